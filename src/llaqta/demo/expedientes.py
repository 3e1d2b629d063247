"""Expedientes de muestra en estados distintos, hechos con los mismos servicios que usa la gente, días atrás.

Cada función cuenta una historia; van de la más antigua a la más nueva, para que los números salgan en orden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from llaqta.cimientos.calendario import LIMA, Calendario, hoy_en_lima
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.testing import archivos as fabrica
from llaqta.demo.personas import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Plantilla, Proyecto
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.rules import TramiteNoVigente

ROSA, TEODORO, MARIO, LUCIA, JULIO, ELMER = (
    "45678901",
    "01234567",
    "41000001",
    "41000002",
    "41000003",
    "41000004",
)
PROVEIDO = "Para evaluación del cumplimiento de requisitos e informe."


@dataclass(frozen=True)
class Escena:
    """Quiénes actúan, qué día es hoy y qué días no cuentan."""

    personas: dict[str, Persona]
    unidades: dict[str, UnidadOrganica]
    calendario: Calendario
    ahora: datetime

    def hace(self, dias: int, hora: int, minuto: int = 0) -> datetime:
        """A esa hora de Lima, tantos días hábiles antes de hoy; nunca en el futuro."""
        dia = hoy_en_lima(self.ahora)
        while dias > 0:
            dia -= timedelta(days=1)
            dias -= self.calendario.es_habil(dia)
        return min(datetime.combine(dia, time(hora, minuto), tzinfo=LIMA), self.ahora)

    def presentar(
        self, dni: str, tramite: str, asunto: str, en: datetime, paginas: int = 2, fotos: int = 0
    ) -> Presentacion:
        """Alguien presenta por internet una solicitud escaneada y, si las hay, fotos."""
        quien = self.personas[dni]
        return mesapartes.presentar(
            actor=quien,
            tramite=tramite,
            asunto=asunto,
            archivos=_adjuntos(paginas, fotos),
            envio=uuid5(NAMESPACE_URL, f"demo:{dni}:{tramite}:{asunto}"),
            datos=mesapartes.DatosDelEscrito(
                correo=quien.correo, telefono=quien.telefono, domicilio=quien.domicilio,
                pago_numero=f"0001-{paginas}{fotos}4587", pago_fecha=hoy_en_lima(en),
            ),
            ahora=en,
        )  # fmt: skip

    def derivar(self, presentacion: Presentacion, en: datetime, siglas: str = "SGLC") -> Expediente:
        """La mesa de partes recibe el escrito y lo deriva."""
        mesapartes.recibir_y_derivar(
            actor=self.personas[MARIO],
            presentacion=presentacion,
            para_unidad=self.unidades[siglas],
            motivo="para su atención",
            proveido=PROVEIDO,
            ahora=en,
        )
        return Expediente.objects.get(pk=presentacion.expediente_id)

    def recibir(self, dni: str, expediente: Expediente, en: datetime) -> Expediente:
        """La unidad de destino recibe lo último que le enviaron."""
        movimiento = expediente.movimientos.filter(recibido_en__isnull=True).order_by("-orden").first()
        assert movimiento is not None
        expedientes.recibir_movimiento(actor=self.personas[dni], movimiento=movimiento, ahora=en)
        return Expediente.objects.get(pk=expediente.pk)

    def redactar_la_resolucion(self, expediente: Expediente, en: datetime) -> Proyecto:
        """La especialista redacta la resolución y la manda a la firma."""
        lucia = self.personas[LUCIA]
        proyecto = expedientes.redactar_proyecto(
            actor=lucia,
            expediente=expediente,
            plantilla=Plantilla.objects.get(nombre="Resolución que otorga una licencia"),
            ahora=en,
        )
        expedientes.enviar_proyecto(actor=lucia, proyecto=proyecto, ahora=en + timedelta(minutes=25))
        return Proyecto.objects.get(pk=proyecto.pk)


def cargar_expedientes(*, personas: dict[str, Persona], ahora: datetime) -> int:
    """Cuenta las historias, si la municipalidad no tiene todavía ningún expediente; cada una queda entera o no queda.

    :returns: cuántas presentaciones nuevas hay
    """
    if Presentacion.objects.exists():
        return 0
    unidades = {unidad.siglas: unidad for unidad in UnidadOrganica.objects.all()}
    escena = Escena(personas=personas, unidades=unidades, calendario=get_calendario(), ahora=ahora)
    for historia in HISTORIAS:
        try:
            with transaction.atomic():
                historia(escena)
        except TramiteNoVigente:
            continue  # el reloj de esta máquina está antes de que rija el TUPA de muestra
    return Presentacion.objects.count()


def anuncio_resuelto_y_notificado(escena: Escena) -> None:
    """Rosa pidió permiso para el letrero de su bodega; la resolución está firmada y ella ya la leyó."""
    rosa = escena.personas[ROSA]
    casilla.aceptar_casilla(
        actor=rosa, correo=rosa.correo, telefono=rosa.telefono, ahora=escena.hace(15, 8, 40)
    )
    presentacion = escena.presentar(
        ROSA, "PA-ANUNC", "Letrero de la bodega «La Cosecha»", escena.hace(15, 9, 5), fotos=1
    )
    expediente = escena.derivar(presentacion, escena.hace(15, 11, 20))
    expediente = escena.recibir(LUCIA, expediente, escena.hace(15, 15, 10))
    proyecto = escena.redactar_la_resolucion(expediente, escena.hace(12, 10, 0))
    documento = expedientes.firmar_proyecto(
        actor=escena.personas[JULIO], proyecto=proyecto, pin=PIN, ahora=escena.hace(11, 12, 15)
    )
    notificacion = expedientes.notificar_decision(
        actor=escena.personas[LUCIA],
        expediente=Expediente.objects.get(pk=expediente.pk),
        documento=documento,
        ahora=escena.hace(11, 15, 30),
    )
    casilla.abrir_notificacion(actor=rosa, codigo=notificacion.codigo, ahora=escena.hace(10, 19, 45))


def espectaculo_en_informe(escena: Escena) -> None:
    """Una función de teatro: licencias pidió opinión a Asesoría Jurídica y la espera."""
    presentacion = escena.presentar(
        TEODORO,
        "PA-ESPEC",
        "Función de teatro en la plaza por el aniversario",
        escena.hace(5, 10, 30),
        paginas=3,
    )
    expediente = escena.derivar(presentacion, escena.hace(5, 12, 0))
    expediente = escena.recibir(LUCIA, expediente, escena.hace(4, 8, 30))
    expedientes.pedir_informe(
        actor=escena.personas[LUCIA],
        expediente=expediente,
        para_unidad=escena.unidades["OAJ"],
        motivo="para opinión",
        proveido="Sírvase opinar sobre el uso de la plaza para un espectáculo con entrada libre.",
        ahora=escena.hace(4, 11, 40),
    )


def licencia_para_la_firma(escena: Escena) -> None:
    """La licencia de Teodoro espera la firma del subgerente."""
    presentacion = escena.presentar(
        TEODORO, "PA-AMBUL", "Puesto de emoliente en el jirón Los Cafetales", escena.hace(4, 16, 10)
    )
    expediente = escena.derivar(presentacion, escena.hace(3, 8, 20))
    expediente = escena.recibir(LUCIA, expediente, escena.hace(3, 9, 0))
    escena.redactar_la_resolucion(expediente, escena.hace(1, 15, 0))


def licencia_en_la_mesa_de_trabajo(escena: Escena) -> None:
    """La empresa presentó en ventanilla los papeles de su hotel; la especialista los está revisando."""
    presentacion = mesapartes.registrar_en_ventanilla(
        actor=escena.personas[MARIO],
        quien=mesapartes.QuienSePresenta(tipo_documento="RUC", numero_documento="20999000020"),
        tramite="PE-LIC-ALTO",
        asunto="Licencia para el hospedaje «Valle del Apurímac»",
        archivos=_adjuntos(3, 0),
        envio=uuid5(NAMESPACE_URL, "demo:hospedaje"),
        ahora=escena.hace(2, 9, 15),
    )
    expediente = escena.derivar(presentacion, escena.hace(2, 9, 40))
    escena.recibir(LUCIA, expediente, escena.hace(2, 14, 30))


def bodega_observada(escena: Escena) -> None:
    """A Teodoro le falta la declaración de seguridad: la mesa lo observó y tiene dos días hábiles para corregir."""
    presentacion = escena.presentar(
        TEODORO, "PE-LIC-BAJO", "Licencia para la bodega «San Martín»", escena.hace(1, 9, 30)
    )
    requisito = presentacion.expediente.version_tramite.requisitos.get(orden=2)
    mesapartes.observar(
        actor=escena.personas[MARIO],
        presentacion=presentacion,
        items=[
            mesapartes.ItemPorObservar(
                requisito_id=requisito.pk,
                texto="Falta la declaración jurada de las condiciones de seguridad, firmada por el titular.",
            )
        ],
        ahora=escena.hace(1, 11, 0),
    )


def restaurante_por_recibir(escena: Escena) -> None:
    """La mesa acaba de derivar el restaurante de Rosa; la unidad todavía no lo recibe."""
    presentacion = escena.presentar(
        ROSA,
        "PE-LIC-MEDIO",
        "Licencia para el restaurante «El Cacaotal»",
        escena.hace(1, 16, 50),
        paginas=3,
        fotos=1,
    )
    escena.derivar(presentacion, escena.hace(0, 8, 15))


def bodega_por_revisar(escena: Escena) -> None:
    """Acaba de llegar la licencia de la bodega de Rosa: está la primera en la cola de la mesa."""
    escena.presentar(
        ROSA,
        "PE-LIC-BAJO",
        "Licencia para la bodega «La Cosecha»",
        escena.ahora - timedelta(minutes=35),
        fotos=1,
    )


HISTORIAS: Sequence[Callable[[Escena], None]] = (
    anuncio_resuelto_y_notificado,
    espectaculo_en_informe,
    licencia_para_la_firma,
    licencia_en_la_mesa_de_trabajo,
    bodega_observada,
    restaurante_por_recibir,
    bodega_por_revisar,
)


def _adjuntos(paginas: int, fotos: int) -> list[ArchivoRecibido]:
    escritos = [ArchivoRecibido.de_bytes("solicitud escaneada.pdf", _escaneado(paginas))]
    return escritos + [ArchivoRecibido.de_bytes(f"foto {n + 1}.jpg", _foto(n)) for n in range(fotos)]


@lru_cache(maxsize=8)
def _escaneado(paginas: int) -> bytes:
    return fabrica.pdf_escaneado(paginas, ancho=827)


@lru_cache(maxsize=4)
def _foto(semilla: int) -> bytes:
    return fabrica.foto(1024, 768, semilla=semilla + 1)
