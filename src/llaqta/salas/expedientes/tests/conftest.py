"""Expedientes de verdad, en cada momento de su vida, hechos con los servicios."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from llaqta.cimientos.calendario import hoy_en_lima, sumar_habiles
from llaqta.cimientos.models import Serie, Suceso
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.testing import archivos
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Incorporado, Movimiento, Plantilla, Proyecto, Visto
from llaqta.salas.firma import services as firma
from llaqta.salas.tramites.models import VersionProcedimiento


@pytest.fixture(scope="session")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("datos")


@pytest.fixture(autouse=True)
def _carpeta_de_prueba(settings: Any, _datos: Path) -> None:
    """El almacén y la autoridad de certificación de demostración, una sola vez para todas las pruebas."""
    settings.DATOS = _datos


@pytest.fixture
def tipos(db: None) -> dict[str, TipoDocumento]:
    """Los tipos de documento que usan las pruebas."""
    filas = [
        ("SOLICITUD", "Solicitud", False, True, "informe"),
        ("RESOLUCION_SUBGERENCIAL", "Resolución subgerencial", True, False, "resolucion"),
        ("RESOLUCION_GERENCIAL", "Resolución gerencial", True, False, "resolucion"),
        ("OPINION_LEGAL", "Opinión legal", False, False, "informe"),
        ("INFORME_TECNICO", "Informe técnico", False, False, "informe"),
        ("OFICIO", "Oficio", False, False, "informe"),
        ("CARTA", "Carta", False, False, "informe"),
    ]
    return {
        codigo: TipoDocumento.objects.update_or_create(
            codigo=codigo,
            defaults={
                "nombre": nombre,
                "numera_la_entidad": de_la_entidad,
                "es_externo": externo,
                "plantilla_pdf": plantilla,
            },
        )[0]
        for codigo, nombre, de_la_entidad, externo, plantilla in filas
    }


@pytest.fixture
def documento(
    tipos: dict[str, TipoDocumento], ciudadana: Persona, ahora: datetime
) -> Callable[..., Documento]:
    """Fábrica de documentos presentados por Rosa: ``documento(12)`` tiene 12 folios."""

    def hacer(folios: int = 1, asunto: str = "Solicitud de licencia") -> Documento:
        recibido = documentos.ArchivoRecibido.de_bytes("solicitud.pdf", archivos.pdf(folios))
        archivo = documentos.recibir_archivos(actor=ciudadana, archivos=[recibido], ahora=ahora)[0]
        return documentos.guardar(
            actor=ciudadana, tipo="SOLICITUD", asunto=asunto, archivo=archivo, ahora=ahora
        )

    return hacer


@pytest.fixture
def abrir(
    ciudadana: Persona, licencia: VersionProcedimiento, documento: Callable[..., Documento], ahora: datetime
) -> Callable[..., Expediente]:
    """Fábrica de expedientes de Rosa, recién abiertos."""

    def hacer(documentos_: Sequence[Documento] | None = None, **datos: Any) -> Expediente:
        return expedientes.abrir(
            **{
                "actor": ciudadana,
                "administrado": ciudadana,
                "version_tramite": licencia,
                "asunto": "Licencia de funcionamiento para una bodega",
                "documentos": documentos_ or [documento(12)],
                "presentado_en": ahora,
                "ahora": ahora,
                **datos,
            }
        )

    return hacer


@pytest.fixture
def presentado(abrir: Callable[..., Expediente]) -> Expediente:
    """En la mesa de partes, sin observar."""
    return abrir()


@pytest.fixture
def observar(ventanilla: Persona, ahora: datetime) -> Callable[..., Expediente]:
    """Observa un expediente como lo hace la mesa: la persona corrige en dos días hábiles."""

    def hacer(expediente: Expediente, **datos: Any) -> Expediente:
        cuando = datos.get("ahora", ahora)
        hasta = sumar_habiles(hoy_en_lima(cuando), 2, get_calendario()).fecha
        return expedientes.observar(
            **{
                "actor": ventanilla, "expediente": expediente, "corregir_hasta": hasta, "ahora": cuando, **datos,
            }
        )  # fmt: skip

    return hacer


@pytest.fixture
def en_tramite(
    presentado: Expediente,
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> Expediente:
    """Derivado a la Subgerencia de Licencias y recibido por Lucía."""
    movimiento = expedientes.derivar(
        actor=ventanilla,
        expediente=presentado,
        para_unidad=unidades["SGLC"],
        motivo="para su atención",
        proveido="Pase para su evaluación.",
        desde_mesa=True,
        ahora=ahora,
    )
    expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=ahora)
    return Expediente.objects.get(pk=presentado.pk)


@pytest.fixture
def plantillas(tipos: dict[str, TipoDocumento], ahora: datetime) -> dict[str, Plantilla]:
    """Las plantillas de la casa, por nombre."""
    expedientes.cargar_plantillas(actor=None, ahora=ahora)
    return {plantilla.nombre: plantilla for plantilla in Plantilla.objects.all()}


@pytest.fixture
def con_certificado(jefe: Persona, jefe_asesoria: Persona, ahora: datetime) -> None:
    """Julio y Nélida tienen certificado de firma, con el PIN 123456."""
    for persona in (jefe, jefe_asesoria):
        firma.emitir_certificado_de_demostracion(persona=persona, pin=PIN, ahora=ahora - timedelta(days=1))


@pytest.fixture
def borrador(
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    plantillas: dict[str, Plantilla],
    ahora: datetime,
) -> Proyecto:
    """La resolución que otorga la licencia, recién redactada por Lucía; la firmará Julio."""
    plantilla = plantillas["Resolución que otorga una licencia"]
    return expedientes.redactar_proyecto(
        actor=especialista, expediente=en_tramite, plantilla=plantilla, ahora=ahora
    )


@pytest.fixture
def para_firma(borrador: Proyecto, especialista: Persona, con_certificado: None, ahora: datetime) -> Proyecto:
    """La misma, sin vistos pedidos, esperando la firma de Julio."""
    return expedientes.enviar_proyecto(actor=especialista, proyecto=borrador, ahora=ahora)


@pytest.fixture
def resolucion(para_firma: Proyecto, jefe: Persona, ahora: datetime) -> Documento:
    """La misma, firmada."""
    return expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora)


@pytest.fixture
def con_casilla(ciudadana: Persona, ahora: datetime) -> None:
    """Rosa aceptó que la notifiquen en su casilla."""
    TextoDeConsentimiento.objects.create(
        clave="casilla", version=1, texto="Acepto.", vigente_desde=date(2023, 1, 1)
    )
    casilla.aceptar_casilla(actor=ciudadana, correo="rosa@ejemplo.pe", ahora=ahora - timedelta(days=3))


@pytest.fixture
def huella_de_la_base() -> Callable[[], dict[str, int]]:
    """Cuánto hay de cada cosa: antes y después de una negativa debe ser lo mismo."""

    def contar() -> dict[str, int]:
        modelos = (Expediente, Incorporado, Movimiento, Proyecto, Visto, Documento, Notificacion, Suceso)
        cuentas: dict[str, int] = {modelo.__name__: modelo.objects.count() for modelo in modelos}
        cuentas["números"] = sum(Serie.objects.values_list("ultimo", flat=True))
        cuentas["versiones de proyecto"] = sum(Proyecto.objects.values_list("version", flat=True))
        cuentas["atendidos"] = Movimiento.objects.filter(atendido_en__isnull=False).count()
        cuentas["versiones"] = sum(Expediente.objects.values_list("version", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            cuentas["trabajos"] = cursor.fetchone()[0]
        return cuentas

    return contar
