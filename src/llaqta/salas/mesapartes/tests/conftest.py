"""El ambiente de las pruebas de la mesa de partes."""

from __future__ import annotations

from typing import Any

import pytest

from llaqta.salas.mesapartes.tests import factories


@pytest.fixture(autouse=True)
def _mesa(request: pytest.FixtureRequest, settings: Any, tmp_path: Any) -> None:
    """Un almacén propio y los catálogos puestos, en las pruebas que usan la base."""
    settings.DATOS = tmp_path
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        factories.catalogos()
