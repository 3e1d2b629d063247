"""Lo que anuncian los expedientes."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class ExpedienteAbierto(Evento):
    """Se abrió un expediente."""

    expediente_id: int


@dataclass(frozen=True)
class DocumentosIncorporados(Evento):
    """Se agregaron documentos al expediente, foliados a continuación."""

    expediente_id: int
    documentos: list[int]


@dataclass(frozen=True)
class ExpedienteObservado(Evento):
    """El expediente espera una corrección: su reloj no corre."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteSubsanado(Evento):
    """Llegó la corrección: el reloj de la entidad empieza (art. 131.1)."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteDerivado(Evento):
    """El expediente tiene otra unidad responsable."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class CopiaEnviada(Evento):
    """Otra unidad recibió copia, sin responsabilidad."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class MovimientoRecibido(Evento):
    """La unidad de destino lo recibió."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class InformePedido(Evento):
    """Se pidió informe u opinión a otra unidad."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class InformeRendido(Evento):
    """La otra unidad devolvió su informe u opinión."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class InformePrescindido(Evento):
    """La unidad responsable decidió seguir sin el informe que pidió."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class ProyectoRedactado(Evento):
    """Hay un proyecto de documento."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class ProyectoEditado(Evento):
    """Cambió el proyecto: los vistos buenos anteriores ya no valen."""

    expediente_id: int
    proyecto_id: int
    version: int


@dataclass(frozen=True)
class ProyectoEnviado(Evento):
    """El proyecto pasó a visto bueno o a firma."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class ProyectoVisado(Evento):
    """Alguien dio su visto bueno."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class ProyectoDevuelto(Evento):
    """Alguien devolvió el proyecto con un motivo."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class DocumentoEmitido(Evento):
    """Un documento tiene número, fecha y firma."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class ExpedienteResuelto(Evento):
    """Hay decisión."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class ResueltoFueraDePlazo(Evento):
    """Se decidió después de vencido el plazo: la decisión vale, y hay responsabilidad por la demora (140.3 y 143)."""

    expediente_id: int
    documento_id: int
    dias: int


@dataclass(frozen=True)
class DecisionDepositada(Evento):
    """La decisión está en la casilla del administrado."""

    expediente_id: int
    notificacion_id: int


@dataclass(frozen=True)
class NotificacionOrdenada(Evento):
    """Un acto se notifica por cédula, por correo o por publicación."""

    expediente_id: int
    diligencia_id: int


@dataclass(frozen=True)
class ExpedienteNotificado(Evento):
    """El administrado tomó conocimiento, o el plazo lo da por notificado: por la casilla o por una diligencia."""

    expediente_id: int
    notificacion_id: int = 0
    diligencia_id: int = 0


@dataclass(frozen=True)
class ExpedienteArchivado(Evento):
    """El expediente terminó."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteNoPresentado(Evento):
    """Nadie corrigió lo pedido a tiempo: se tiene por no presentado (art. 125.4)."""

    expediente_id: int
    motivo: str


@dataclass(frozen=True)
class ExpedienteEmplazado(Evento):
    """Se emplazó, por única vez, a corregir lo que la recepción no podía advertir (art. 125.5)."""

    expediente_id: int


@dataclass(frozen=True)
class EmplazamientoCorregido(Evento):
    """Llegó lo que se pidió en el emplazamiento: el plazo continúa."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteSuspendido(Evento):
    """El plazo se detuvo a pedido del administrado (art. 136.4)."""

    expediente_id: int
    suspension_id: int


@dataclass(frozen=True)
class ExpedienteReanudado(Evento):
    """Terminó la suspensión: el plazo continúa."""

    expediente_id: int
    suspension_id: int


@dataclass(frozen=True)
class PlazoCambiado(Evento):
    """La fecha de vencimiento es otra; la anterior queda en la historia."""

    expediente_id: int
    cambio_id: int


@dataclass(frozen=True)
class SilencioPositivoOperado(Evento):
    """Venció el plazo sin decisión notificada: lo pedido quedó aprobado (art. 188.1)."""

    expediente_id: int
    desde: str


@dataclass(frozen=True)
class SilencioNegativoOperado(Evento):
    """Venció el plazo sin decisión: el administrado puede apelar y la entidad sigue obligada a decidir (art. 188)."""

    expediente_id: int
    desde: str


@dataclass(frozen=True)
class DeclaracionJuradaAnotada(Evento):
    """El administrado hizo valer la aprobación por silencio con su declaración jurada (art. 33-B)."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class ExpedienteImpugnado(Evento):
    """El administrado presentó un recurso: empieza otra etapa con su propio plazo."""

    expediente_id: int
    etapa: int


@dataclass(frozen=True)
class DesistimientoPresentado(Evento):
    """El administrado pidió apartarse (art. 189)."""

    expediente_id: int
    desistimiento_id: int


@dataclass(frozen=True)
class ParalizacionAnotada(Evento):
    """El expediente está detenido por causa del administrado (art. 191)."""

    expediente_id: int
    desde: str


@dataclass(frozen=True)
class ExpedienteAcumulado(Evento):
    """El expediente sigue dentro de otro (art. 149)."""

    expediente_id: int
    acumulacion_id: int


@dataclass(frozen=True)
class ExpedienteSeparado(Evento):
    """El expediente volvió a seguir por su cuenta."""

    expediente_id: int
    acumulacion_id: int


@dataclass(frozen=True)
class DerivadoAOtraEntidad(Evento):
    """Se envió a la entidad competente (art. 130)."""

    expediente_id: int
    entidad: str


@dataclass(frozen=True)
class InformeProrrogado(Evento):
    """El plazo de un informe se prorrogó, por única vez (art. 136.2)."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class NulidadIniciada(Evento):
    """El superior revisa de oficio la validez de lo decidido (art. 202)."""

    expediente_id: int
    motivo: str


@dataclass(frozen=True)
class AudienciaAbierta(Evento):
    """El traslado de la nulidad surtió efecto: desde ahí corren los días para dar razones (art. 202.2)."""

    expediente_id: int
    hasta: str


@dataclass(frozen=True)
class ActoDeclaradoNulo(Evento):
    """Una resolución notificada declaró nulo lo decidido en el expediente (arts. 12, 202 y 217.2)."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class ProcedimientoRepuesto(Evento):
    """El expediente volvió al momento del vicio: lo pedido se decide otra vez (art. 217.2)."""

    expediente_id: int
    acto_nulo_id: int


@dataclass(frozen=True)
class NulidadCerrada(Evento):
    """La revisión de oficio terminó sin anular."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteForaneoAgregado(Evento):
    """Se agregó un expediente ya foliado, que no continúa la foliación (art. 152.2)."""

    expediente_id: int
    agregado_id: int
    folios: int


@dataclass(frozen=True)
class DocumentoDesglosado(Evento):
    """Se devolvió un documento a quien lo presentó; en su lugar queda copia autenticada (art. 153.2)."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class FirmaConjuntaPuesta(Evento):
    """Un documento conjunto lleva una firma más, y todavía espera otra."""

    expediente_id: int
    proyecto_id: int
    documento_id: int


@dataclass(frozen=True)
class NumeroApartado(Evento):
    """Un proyecto ya tiene número, reservado mientras se firma en el equipo de quien firma."""

    expediente_id: int
    proyecto_id: int
    numero: str


@dataclass(frozen=True)
class EmisionAnulada(Evento):
    """Un documento emitido se anuló: conserva su número y la razón, y deja de valer."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class FirmantesElegidos(Evento):
    """Se eligió por quién se firma un proyecto, o quiénes más lo firman."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class RiesgoAvisado(Evento):
    """Se avisó a una unidad qué expedientes pueden quedar aprobados por silencio."""

    unidad_id: int
    dia: str
    expedientes: list[int]


@dataclass(frozen=True)
class ExportacionPedida(Evento):
    """Alguien con derecho pidió llevarse el expediente completo."""

    expediente_id: int
    exportacion_id: int


@dataclass(frozen=True)
class ExpedienteExportado(Evento):
    """El expediente completo quedó en un paquete: con qué huella, cuántos documentos lleva y cuántos no."""

    expediente_id: int
    exportacion_id: int
    huella: str
    documentos: int
    excluidos: int


@dataclass(frozen=True)
class ExportacionDescargada(Evento):
    """Alguien con derecho descargó el paquete de un expediente."""

    expediente_id: int
    exportacion_id: int


@dataclass(frozen=True)
class ExpedienteImportado(Evento):
    """Llegó el expediente de otra entidad, y se comprobó entero antes de guardarlo."""

    recibido_id: int
    huella: str
    documentos: int
