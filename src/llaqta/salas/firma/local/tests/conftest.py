"""Una casa que espera firmas, y el equipo de Julio: un componente de práctica que le habla sin salir de la prueba."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.pdf import caja_de_firma
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import credenciales, destinos, services
from llaqta.salas.firma.local.destinos import Firmado
from llaqta.salas.firma.local.emulador import Componente
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.local.services import PorFirmar
from llaqta.salas.firma.local.tests.equipos import equipo_de_prueba
from llaqta.salas.firma.tests.documentos import una_pagina

DESTINO = "pruebas.Carta"


@pytest.fixture(scope="session")
def _carpeta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("datos")


@pytest.fixture(autouse=True)
def _datos(settings: Any, _carpeta: Path) -> Iterator[None]:
    settings.DATOS = _carpeta
    settings.FIRMA_ENTRENAMIENTO = True
    settings.URL_PUBLICA = "https://mdp.ejemplo.pe"
    settings.ALLOWED_HOSTS = ["mdp.ejemplo.pe", "testserver"]
    with mock.patch.object(credenciales, "PORTERO", credenciales.Portero()):
        yield


@dataclass
class Escritorio:
    """Quien espera las firmas: anota lo que le llega, o se niega si se le dice."""

    recibidos: list[Sequence[Firmado]] = field(default_factory=list)
    se_niega: str = ""
    se_niega_a: dict[str, str] = field(default_factory=dict)

    def __call__(self, *, sesion: SesionDeFirma, firmados: Sequence[Firmado], ahora: datetime) -> None:
        if self.se_niega:
            raise NoProcede(self.se_niega)
        for firmado in firmados:
            if frase := self.se_niega_a.get(firmado.etiqueta):
                raise NoProcede(frase)
        self.recibidos.append(firmados)


@pytest.fixture
def escritorio() -> Iterator[Escritorio]:
    """El destino de las firmas de estas pruebas."""
    hecho = Escritorio()
    destinos.DESTINOS[DESTINO] = hecho
    yield hecho
    del destinos.DESTINOS[DESTINO]


@pytest.fixture
def pdf() -> bytes:
    """Una resolución de una página."""
    return una_pagina()


@pytest.fixture
def pedir(escritorio: Escritorio, jefe: Persona, pdf: bytes, ahora: datetime) -> Callable[..., SesionDeFirma]:
    """Pide a Julio que firme: ``pedir()``, o con otros documentos."""

    def hacer(*documentos: bytes, **datos: Any) -> SesionDeFirma:
        cuales = documentos or (pdf,)
        return services.pedir_firma(
            **{
                "actor": jefe,
                "documentos": [
                    PorFirmar(uno, f"pruebas.Carta:{n}:v1", f"CARTA N° 00000{n}-2026-MDP/SGLC")
                    for n, uno in enumerate(cuales, start=1)
                ],
                "destino": DESTINO,
                "volver_a": "/expedientes/",
                "motivo": "Soy el autor del documento",
                "cargo": "Subgerente, Subgerencia de Licencias",
                "caja": caja_de_firma(0),
                "entrenamiento": True,
                "ahora": ahora,
                **datos,
            }
        )

    return hacer


@pytest.fixture
def sesion(pedir: Callable[..., SesionDeFirma]) -> SesionDeFirma:
    """Un pedido de firma, recién hecho."""
    return pedir()


@dataclass
class Reloj:
    """La hora que ve todo el mundo en la prueba."""

    hora: datetime

    def __call__(self) -> datetime:
        return self.hora


@pytest.fixture
def reloj(ahora: datetime) -> Iterator[Reloj]:
    """El reloj de la casa y del equipo de Julio, detenido."""
    detenido = Reloj(ahora)
    with mock.patch("django.utils.timezone.now", detenido):
        yield detenido


@pytest.fixture
def equipo(db: None, reloj: Reloj, settings: Any) -> Componente:
    """El componente del equipo de Julio: pide por el mismo camino que uno de verdad, sin red."""
    return equipo_de_prueba(settings.URL_PUBLICA, reloj)


@pytest.fixture
def parametro(jefe: Persona, reloj: Reloj) -> Callable[[SesionDeFirma], str]:
    """Lo que la página de Julio entrega a su componente."""

    def abrir(sesion: SesionDeFirma) -> str:
        return services.abrir_firma(actor=jefe, sesion=sesion, ip="10.1.1.7", ahora=reloj()).parametro

    return abrir
