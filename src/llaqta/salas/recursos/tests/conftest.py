"""Decisiones notificadas, y expedientes sin respuesta, hechos con los servicios, para impugnarlos."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pypdfium2
import pytest
from django.db import connection

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.events import atender_suceso
from llaqta.cimientos.models import Serie, Suceso
from llaqta.cimientos.testing import archivos
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona, UnidadOrganica
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes import reactions as reacciones_de_expedientes
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import (
    CambioDePlazo,
    Expediente,
    Incorporado,
    Movimiento,
    Plantilla,
    Proyecto,
)
from llaqta.salas.expedientes.tests.conftest import (  # noqa: F401 — pytest encuentra aquí las piezas por su nombre
    _carpeta_de_prueba,
    _datos,
    tipos,
)
from llaqta.salas.firma import services as firma
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import EscritoPosterior, Presentacion
from llaqta.salas.mesapartes.tests import factories
from llaqta.salas.recursos.models import InformacionErronea, Queja, Recurso
from llaqta.salas.tramites.models import VersionProcedimiento


def el(texto: str) -> datetime:
    """``el("2026-06-01 10:00")`` en la hora de Lima; sin hora, las diez de la mañana."""
    return datetime.fromisoformat(texto if " " in texto else f"{texto} 10:00").replace(tzinfo=LIMA)


def papel(nombre: str = "prueba.pdf", hojas: int = 1) -> ArchivoRecibido:
    """Un PDF sano, como llega."""
    return ArchivoRecibido.de_bytes(nombre, archivos.pdf(hojas))


def subido(nombre: str) -> io.BytesIO:
    """Un archivo como lo envía un navegador."""
    flujo = io.BytesIO(archivos.pdf(1))
    flujo.name = nombre
    return flujo


def texto_del_pdf(documento: Documento) -> str:
    """Lo que se lee en un documento guardado."""
    with storage.abrir(documento.archivo.sha256) as flujo:
        paginas = pypdfium2.PdfDocument(flujo.read())
    return " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in paginas).split())


@dataclass
class Caso:
    """Rosa pide una licencia; Mario la deriva, Lucía la evalúa, Julio firma y Carmen es la gerenta municipal."""

    rosa: Persona
    mario: Persona
    lucia: Persona
    julio: Persona
    carmen: Persona
    unidades: dict[str, UnidadOrganica]
    version: VersionProcedimiento
    expediente: Expediente | None = None

    def rige(self, **condiciones: Any) -> None:
        """El trámite del TUPA con esas condiciones."""
        VersionProcedimiento.objects.filter(pk=self.version.pk).update(**condiciones)
        self.version = VersionProcedimiento.objects.get(pk=self.version.pk)

    def presentar(self, cuando: str) -> Expediente:
        """Presentada, derivada a la Subgerencia de Licencias y recibida por Lucía."""
        presentacion = mesapartes.presentar(
            actor=self.rosa, tramite=self.version.procedimiento.codigo, asunto="Licencia para mi bodega",
            archivos=[papel("solicitud.pdf")], envio=uuid4(), ahora=el(cuando),
        )  # fmt: skip
        mesapartes.recibir_y_derivar(
            actor=self.mario, presentacion=presentacion, para_unidad=self.unidades["SGLC"],
            motivo="para su atención", proveido="", ahora=el(cuando),
        )  # fmt: skip
        self.recibir(presentacion.expediente, self.lucia, cuando)
        self.expediente = Expediente.objects.get(pk=presentacion.expediente_id)
        return self.expediente

    def recibir(self, expediente: Expediente, persona: Persona, cuando: str) -> None:
        """Recibe el original que espera."""
        movimiento = Movimiento.objects.get(expediente=expediente, clase="ORIGINAL", atendido_en=None)
        expedientes.recibir_movimiento(actor=persona, movimiento=movimiento, ahora=el(cuando))

    def resolver(
        self, cuando: str, *, por: Persona | None = None, firma_: Persona | None = None, plantilla: str = ""
    ) -> Documento:
        """Redacta y firma la decisión de la etapa en curso."""
        modelo = plantilla or "Resolución que declara improcedente lo solicitado"
        redacta = por or self.lucia
        proyecto = expedientes.redactar_proyecto(
            actor=redacta,
            expediente=self.leer(),
            plantilla=Plantilla.objects.get(nombre=modelo),
            ahora=el(cuando),
        )
        expedientes.enviar_proyecto(actor=redacta, proyecto=proyecto, ahora=el(cuando))
        return expedientes.firmar_proyecto(
            actor=firma_ or self.julio, proyecto=proyecto, pin=PIN, ahora=el(cuando)
        )

    def notificar(
        self, documento: Documento, deposito: str, acuse: str = "", *, por: Persona | None = None
    ) -> None:
        """Deposita en la casilla y, si hay acuse, la abre; si no, vence el plazo para abrirla."""
        notificacion = expedientes.notificar_decision(
            actor=por or self.lucia, expediente=self.leer(), documento=documento, ahora=el(deposito)
        )
        if acuse:
            casilla.abrir_notificacion(actor=self.rosa, codigo=notificacion.codigo, ahora=el(acuse))
        else:
            efecto = Notificacion.objects.get(pk=notificacion.pk).efecto_el
            avisar_todo(ahora=el(f"{efecto} 00:05"))
            casilla.declarar_eficacia(ahora=el(f"{efecto} 00:05"))
        atender("casilla.NotificacionLeida", reacciones_de_expedientes.anotar_notificado)
        atender("casilla.NotificacionSurtioEfecto", reacciones_de_expedientes.anotar_notificado)

    def escribir(
        self, clase: str, cuando: str, *, archivos: Sequence[ArchivoRecibido] = (), envio: UUID | None = None,
        actor: Persona | None = None, **dice: Any,
    ) -> EscritoPosterior:  # fmt: skip
        """Rosa presenta un escrito en su expediente."""
        return mesapartes.presentar_escrito(
            actor=actor or self.rosa, expediente=self.leer(), archivos=archivos, envio=envio or uuid4(),
            dice=mesapartes.LoQueDice(clase=clase, **dice), ahora=el(cuando),
        )  # fmt: skip

    def leer(self) -> Expediente:
        """El expediente como está ahora en la base."""
        assert self.expediente is not None
        return Expediente.objects.get(pk=self.expediente.pk)

    def negado(
        self, presentado: str = "2026-06-01", deposito: str = "2026-07-24", acuse: str = ""
    ) -> Expediente:
        """Una licencia denegada y notificada; por omisión, el depósito del viernes 24 de julio que nadie abre."""
        self.presentar(presentado)
        dia = deposito.split(" ")[0]
        self.notificar(self.resolver(dia), deposito, acuse)
        return self.leer()


def atender(tipo: str, oyente: Callable[..., None]) -> None:
    """Corre un oyente con cada suceso de ese tipo, como lo haría el trabajador."""
    modulo = oyente.__module__.split(".")[-2]
    for suceso in Suceso.objects.filter(tipo=tipo).order_by("pk"):
        atender_suceso(suceso.pk, f"{modulo}.{oyente.__name__}", oyente)


@pytest.fixture
def plantillas(tipos: dict[str, TipoDocumento], ahora: datetime) -> dict[str, Plantilla]:  # noqa: F811
    """Las plantillas de la casa, con las de los recursos."""
    TipoDocumento.objects.get_or_create(
        codigo="RESOLUCION_DE_GERENCIA_MUNICIPAL",
        defaults={
            "nombre": "Resolución de gerencia municipal",
            "numera_la_entidad": True,
            "plantilla_pdf": "resolucion",
        },
    )
    expedientes.cargar_plantillas(actor=None, ahora=ahora)
    return {plantilla.nombre: plantilla for plantilla in Plantilla.objects.all()}


@pytest.fixture
def caso(
    ciudadana: Persona,
    ventanilla: Persona,
    especialista: Persona,
    jefe: Persona,
    gerente: Persona,
    unidades: dict[str, UnidadOrganica],
    licencia: VersionProcedimiento,
    plantillas: dict[str, Plantilla],
) -> Caso:
    """La municipalidad con un trámite de 30 días hábiles y silencio negativo; Rosa tiene casilla."""
    factories.catalogos()
    for persona in (jefe, gerente):
        firma.emitir_certificado_de_demostracion(persona=persona, pin=PIN, ahora=el("2025-01-02"))
    casilla.aceptar_casilla(actor=ciudadana, correo="rosa@ejemplo.pe", ahora=el("2026-01-05"))
    hecho = Caso(ciudadana, ventanilla, especialista, jefe, gerente, unidades, licencia)
    hecho.rige(plazo=30, calificacion=VersionProcedimiento.Calificacion.SILENCIO_NEGATIVO)
    return hecho


@pytest.fixture
def huella() -> Callable[[], dict[str, Any]]:
    """Cuánto hay de cada cosa, y los números dados: antes y después de una negativa debe ser lo mismo."""

    def contar() -> dict[str, Any]:
        modelos = (
            Recurso, Queja, InformacionErronea, EscritoPosterior, Presentacion, Documento, Incorporado, Movimiento,
            Proyecto, CambioDePlazo, Suceso,
        )  # fmt: skip
        cuentas: dict[str, Any] = {modelo.__name__: modelo.objects.count() for modelo in modelos}
        cuentas["números"] = sum(Serie.objects.values_list("ultimo", flat=True))
        cuentas["expedientes"] = sorted(
            Expediente.objects.values_list("estado", "etapa", "vence_el", "version", "unidad_responsable")
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            cuentas["trabajos"] = cursor.fetchone()[0]
        return cuentas

    return contar


@pytest.fixture
def asesora_legal(jefe_asesoria: Persona, roles: dict[str, Rol]) -> Persona:
    """Nélida confirma las reglas y certifica las interrupciones."""
    RolDePersona.objects.create(
        persona=jefe_asesoria, rol=roles["ASESORIA_LEGAL"], desde=el("2023-01-01").date()
    )
    return Persona.objects.get(pk=jefe_asesoria.pk)
