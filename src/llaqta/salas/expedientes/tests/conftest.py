"""Expedientes de verdad, en cada momento de su vida, hechos con los servicios."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from llaqta.cimientos.models import Serie, Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Incorporado, Movimiento, Proyecto, Visto
from llaqta.salas.tramites.models import VersionProcedimiento


@pytest.fixture(autouse=True)
def _almacen_de_prueba(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATOS = tmp_path_factory.mktemp("datos")


@pytest.fixture
def tipos(db: None) -> dict[str, TipoDocumento]:
    """Los tipos de documento que usan las pruebas."""
    filas = [
        ("SOLICITUD", "SOLICITUD", False, True, "informe"),
        ("RESOLUCION_JEFATURAL", "RESOLUCIÓN JEFATURAL", True, False, "resolucion"),
        ("OPINION_LEGAL", "OPINIÓN LEGAL", False, False, "informe"),
        ("INFORME_TECNICO", "INFORME TÉCNICO", False, False, "informe"),
        ("OFICIO", "OFICIO", False, False, "informe"),
        ("CARTA", "CARTA", False, False, "informe"),
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
def documento(tipos: dict[str, TipoDocumento], ciudadana: Persona, ahora: datetime) -> Callable[..., Documento]:
    """Fábrica de documentos presentados por Rosa: ``documento(12)`` tiene 12 folios."""

    def hacer(folios: int = 1, asunto: str = "Solicitud de licencia") -> Documento:
        recibido = documentos.ArchivoRecibido.de_bytes("solicitud.pdf", archivos.pdf(folios))
        archivo = documentos.recibir_archivos(actor=ciudadana, archivos=[recibido], ahora=ahora)[0]
        return documentos.guardar(actor=ciudadana, tipo="SOLICITUD", asunto=asunto, archivo=archivo, ahora=ahora)

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
def huella_de_la_base() -> Callable[[], dict[str, int]]:
    """Cuánto hay de cada cosa: antes y después de una negativa debe ser lo mismo."""

    def contar() -> dict[str, int]:
        modelos = (Expediente, Incorporado, Movimiento, Proyecto, Visto, Documento, Suceso)
        cuentas: dict[str, int] = {modelo.__name__: modelo.objects.count() for modelo in modelos}
        cuentas["números"] = sum(Serie.objects.values_list("ultimo", flat=True))
        cuentas["versiones"] = sum(Expediente.objects.values_list("version", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            cuentas["trabajos"] = cursor.fetchone()[0]
        return cuentas

    return contar
