"""La escena de la demostración: quiénes actúan, qué día es hoy, y los actos que todas las historias repiten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from llaqta.cimientos.calendario import LIMA, Calendario, hoy_en_lima, primer_habil
from llaqta.cimientos.testing import archivos as fabrica
from llaqta.demo.personas import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Plantilla, Proyecto
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion

ROSA, TEODORO = "45678901", "01234567"
MARIO, LUCIA, JULIO = "41000001", "41000002", "41000003"
FERMIN, JIMENA = "41000009", "41000010"
OTORGA, DENIEGA = (
    "Resolución que otorga una licencia",
    "Resolución que declara improcedente lo solicitado",
)
CUMPLE = "cumple los requisitos del TUPA"
POR_ESCRIBIR = re.compile(r"\(escriba aquí[^)]*\)")
"""Lo que una plantilla deja para que lo complete quien redacta."""
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

    def proximo_habil(self, hora: int) -> datetime:
        """A esa hora de Lima, hoy si es hábil; si no, el primer día hábil."""
        dia = primer_habil(hoy_en_lima(self.ahora), self.calendario)
        return datetime.combine(dia, time(hora), tzinfo=LIMA)

    def presentar(
        self, dni: str, tramite: str, asunto: str, en: datetime, paginas: int = 2, fotos: int = 0
    ) -> Presentacion:
        """Alguien presenta por internet una solicitud escaneada y, si las hay, fotos."""
        quien = self.personas[dni]
        return mesapartes.presentar(
            actor=quien,
            tramite=tramite,
            asunto=asunto,
            archivos=adjuntos(paginas, fotos),
            envio=envio(dni, tramite, asunto),
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

    def en_tramite(
        self, dni: str, tramite: str, asunto: str, dias: int, hora: int = 9, paginas: int = 2
    ) -> Expediente:
        """Se presentó hace tantos días hábiles, la mesa lo derivó y la especialista lo recibió ese mismo día."""
        presentacion = self.presentar(dni, tramite, asunto, self.hace(dias, hora, 10), paginas)
        expediente = self.derivar(presentacion, self.hace(dias, hora + 1, 25))
        return self.recibir(LUCIA, expediente, self.hace(dias, hora + 3, 40))

    def redactar_la_resolucion(
        self, expediente: Expediente, en: datetime, plantilla: str = OTORGA, razon: str = CUMPLE
    ) -> Proyecto:
        """La especialista redacta la resolución, escribe la razón y la manda a la firma."""
        lucia = self.personas[LUCIA]
        proyecto = expedientes.redactar_proyecto(
            actor=lucia, expediente=expediente, plantilla=Plantilla.objects.get(nombre=plantilla), ahora=en
        )
        proyecto = expedientes.editar_proyecto(
            actor=lucia,
            proyecto=proyecto,
            asunto=proyecto.asunto,
            cuerpo=POR_ESCRIBIR.sub(razon, proyecto.cuerpo),
            firmante=proyecto.firmante,
            pone_fin=proyecto.pone_fin,
            ahora=en + timedelta(minutes=20),
        )
        expedientes.enviar_proyecto(actor=lucia, proyecto=proyecto, ahora=en + timedelta(minutes=25))
        return Proyecto.objects.get(pk=proyecto.pk)

    def firmar(self, proyecto: Proyecto, en: datetime) -> Documento:
        """El subgerente firma con su PIN."""
        return expedientes.firmar_proyecto(actor=self.personas[JULIO], proyecto=proyecto, pin=PIN, ahora=en)

    def notificar_y_leer(
        self, expediente: Expediente, documento: Documento, deposito: datetime, lectura: datetime
    ) -> None:
        """Se deposita en la casilla de la persona, que la abre después."""
        notificacion = expedientes.notificar_decision(
            actor=self.personas[LUCIA],
            expediente=self.releer(expediente),
            documento=documento,
            ahora=deposito,
        )
        casilla.abrir_notificacion(actor=expediente.administrado, codigo=notificacion.codigo, ahora=lectura)
        expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=lectura)

    def escribir(self, dni: str, expediente: Expediente, dice: mesapartes.LoQueDice, en: datetime) -> None:
        """La persona presenta por internet un escrito en un expediente ya abierto."""
        mesapartes.presentar_escrito(
            actor=self.personas[dni],
            expediente=self.releer(expediente),
            dice=dice,
            archivos=[],
            envio=envio(dni, expediente.numero, dice.clase),
            ahora=en,
        )

    def abrir_casilla(self, dni: str, en: datetime) -> None:
        """La persona acepta su casilla, si todavía no la tiene."""
        quien = self.personas[dni]
        casilla.aceptar_casilla(actor=quien, correo=quien.correo, telefono=quien.telefono, ahora=en)

    def releer(self, expediente: Expediente) -> Expediente:
        """El expediente como quedó después del último acto."""
        return Expediente.objects.get(pk=expediente.pk)

    def buscar(self, asunto: str) -> Expediente:
        """El expediente de una historia anterior."""
        return Expediente.objects.get(asunto=asunto)


def envio(*partes: str) -> UUID:
    """El identificador de un envío: el mismo cada vez que se carga la misma historia."""
    return uuid5(NAMESPACE_URL, ":".join(("demo", *partes)))


def adjuntos(paginas: int, fotos: int = 0) -> list[ArchivoRecibido]:
    """Una solicitud escaneada y, si las hay, fotos; sin páginas, la solicitud la redacta el programa."""
    if not paginas:
        return []
    escritos = [ArchivoRecibido.de_bytes("solicitud escaneada.pdf", _escaneado(paginas))]
    return escritos + [ArchivoRecibido.de_bytes(f"foto {n + 1}.jpg", _foto(n)) for n in range(fotos)]


@lru_cache(maxsize=8)
def _escaneado(paginas: int) -> bytes:
    return fabrica.pdf_escaneado(paginas, ancho=827)


@lru_cache(maxsize=4)
def _foto(semilla: int) -> bytes:
    return fabrica.foto(1024, 768, semilla=semilla + 1)
