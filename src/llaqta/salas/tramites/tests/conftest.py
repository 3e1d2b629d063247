"""El TUPA de demostración cargado, y las unidades que nombra y el reparto común no tiene."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from llaqta.salas.cuentas.models import UnidadOrganica
from llaqta.salas.tramites import lectura, services

_FALTAN = ("SGCU", "SGTV", "SGA", "SGPV", "OREC", "GAT", "ATM")


@pytest.fixture
def organigrama(unidades: dict[str, UnidadOrganica]) -> dict[str, UnidadOrganica]:
    """El organigrama del reparto con las demás unidades que el TUPA nombra."""
    for siglas in _FALTAN:
        unidades[siglas] = UnidadOrganica.objects.create(
            siglas=siglas, nombre=f"Unidad {siglas}", padre=unidades["GM"], vigente_desde=date(2023, 1, 1)
        )
    return unidades


@pytest.fixture
def tupa(organigrama: dict[str, UnidadOrganica], ahora: datetime) -> int:
    """Los 34 procedimientos de demostración."""
    return sum(
        services.cargar_tupa(actor=None, ruta=ruta, ahora=ahora) for ruta in lectura.ARCHIVOS_DE_DEMOSTRACION
    )
