"""El ambiente de las pruebas de la mesa de partes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from llaqta.salas.mesapartes.tests import factories

_PUERTA = "ALTER TABLE cimientos_suceso {} TRIGGER suceso_no_se_vacia"


@pytest.fixture(autouse=True)
def _mesa(request: pytest.FixtureRequest, settings: Any, tmp_path: Any) -> None:
    """Un almacén propio y los catálogos puestos, en las pruebas que usan la base."""
    settings.DATOS = tmp_path
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        factories.catalogos()


@pytest.fixture(autouse=True)
def _vaciar_al_terminar(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    """Las pruebas con transacciones de verdad vacían la base al terminar; solo entonces se abre la puerta de
    los sucesos.
    """
    marca = request.node.get_closest_marker("django_db")
    if marca is None:
        yield
        return
    if not marca.kwargs.get("transaction"):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUERTA.format("ENABLE"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(_PUERTA.format("DISABLE"))
