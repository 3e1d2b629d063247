"""Quien fiscaliza, y un semestre con expedientes aprobados."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.conftest import DESDE
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona, UnidadOrganica
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.tramites.models import VersionProcedimiento


@pytest.fixture(scope="session")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fiscalizacion")


@pytest.fixture(autouse=True)
def _carpeta_de_prueba(settings: Any, _datos: Path) -> None:
    settings.DATOS = _datos


@pytest.fixture
def fiscal(auditora: Persona, roles: dict[str, Rol]) -> Persona:
    """Irene, con el encargo de la fiscalización posterior."""
    RolDePersona.objects.create(persona=auditora, rol=roles["FISCALIZADOR"], desde=DESDE)
    return Persona.objects.get(pk=auditora.pk)


@pytest.fixture
def aprobados(
    ciudadana: Persona, licencia: VersionProcedimiento, unidades: dict[str, UnidadOrganica]
) -> Callable[..., list[Expediente]]:
    """Fábrica: ``aprobados(45)`` son cuarenta y cinco aprobados automáticamente en marzo de 2026."""

    def hacer(
        cuantos: int, *, dia: date = date(2026, 3, 16), desde: int = 1, **datos: Any
    ) -> list[Expediente]:
        completos = {
            "version_tramite": licencia,
            "administrado": ciudadana,
            "asunto": "Licencia",
            "estado": Estado.APROBADO_AUTOMATICO,
            "calificacion": "AUTOMATICA",
            "unidad_responsable": unidades["SGLC"],
            "presentado_en": datetime(dia.year, dia.month, dia.day, 9, tzinfo=LIMA),
            "fecha_presentacion": dia,
            "dias_plazo": 0,
            "anio": dia.year,
            **datos,
        }
        return Expediente.objects.bulk_create(
            Expediente(
                numero=f"EXP-{dia.year}-{n:06d}-0",
                correlativo=n,
                clave=f"CLAVE{dia.year}{n:07d}",
                **completos,
            )
            for n in range(desde, desde + cuantos)
        )

    return hacer


@pytest.fixture
def tipo_acta(db: None) -> TipoDocumento:
    """El tipo de documento del acta."""
    return TipoDocumento.objects.create(codigo="ACTA", nombre="Acta")
