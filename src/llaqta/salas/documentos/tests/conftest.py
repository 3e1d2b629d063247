"""El reparto de la sala: un almacén que se tira después, y los tipos de documento que las pruebas nombran."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llaqta.salas.documentos.models import TipoDocumento


@pytest.fixture(autouse=True)
def almacen(settings: Any, tmp_path: Path) -> Path:
    """Cada prueba guarda en su propia carpeta."""
    settings.DATOS = tmp_path
    settings.OBJETOS = "carpeta"
    return tmp_path / "objetos"


@pytest.fixture
def tipos(db: None) -> dict[str, TipoDocumento]:
    """Solicitud (externa) e informe (interno)."""
    return {
        "SOLICITUD": TipoDocumento.objects.create(codigo="SOLICITUD", nombre="Solicitud", es_externo=True),
        "INFORME": TipoDocumento.objects.create(codigo="INFORME", nombre="Informe"),
    }
