"""El reparto y los catálogos de las afirmaciones de la ley."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from unittest import mock

import pytest

from llaqta.cimientos.models import DiaNoLaborable
from llaqta.conftest import (  # noqa: F401 — pytest encuentra aquí las piezas por su nombre
    PIN,
    _las_pruebas_si_vacian_los_sucesos,
    _maquina_de_prueba,
)
from llaqta.salas.casilla import services as casilla
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Plantilla
from llaqta.salas.expedientes.tests.conftest import (  # noqa: F401
    _carpeta_de_prueba,
    _datos,
    documento,
    huella_de_la_base,
    plantillas,
    tipos,
)
from llaqta.salas.firma import services as firma
from llaqta.salas.mesapartes.tests import factories
from llaqta.salas.tramites.models import VersionProcedimiento
from llaqta.salas.tramites.tests.conftest import organigrama, tupa  # noqa: F401

from .municipalidad import Municipalidad, el


@pytest.fixture
def muni(
    ciudadana: Persona,
    ventanilla: Persona,
    especialista: Persona,
    jefe: Persona,
    unidades: dict[str, UnidadOrganica],
    licencia: VersionProcedimiento,
    plantillas: dict[str, Plantilla],  # noqa: F811
) -> Municipalidad:
    """La municipalidad con su gente, sus catálogos y un trámite de 30 días hábiles con silencio positivo."""
    factories.catalogos()
    hecha = Municipalidad(ciudadana, ventanilla, especialista, jefe, unidades, licencia)
    hecha.rige(plazo=30)
    return hecha


@pytest.fixture
def julio_firma(muni: Municipalidad) -> None:
    """Julio tiene certificado desde 2025."""
    firma.emitir_certificado_de_demostracion(persona=muni.julio, pin=PIN, ahora=el("2025-01-02"))


@pytest.fixture
def rosa_con_casilla(muni: Municipalidad) -> None:
    """Rosa aceptó su casilla el 5 de enero de 2026; rige la regla por omisión: los cinco días de la Ley 31736."""
    casilla.aceptar_casilla(actor=muni.rosa, correo="rosa@ejemplo.pe", ahora=el("2026-01-05"))


@pytest.fixture
def feriado(entidad: object) -> Callable[..., DiaNoLaborable]:
    """``feriado("2026-06-24", "REGIONAL")`` pone ese día en el calendario de la instalación."""

    def poner(dia: str, ambito: str, **efectos: bool) -> DiaNoLaborable:
        return DiaNoLaborable.objects.create(
            fecha=date.fromisoformat(dia),
            ambito=ambito,
            descripcion="Día de prueba",
            norma="Norma de prueba",
            **efectos,
        )

    return poner


@pytest.fixture
def reloj() -> Iterator[Callable[[str], AbstractContextManager[datetime]]]:
    """Detiene el reloj de las pantallas mientras dura un ``with``."""

    def detener(cuando: str) -> AbstractContextManager[datetime]:
        return mock.patch("django.utils.timezone.now", return_value=el(cuando))

    return detener
