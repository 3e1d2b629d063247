"""Lo que necesitan las pruebas de la firma: una carpeta de datos propia, documentos y firmantes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

# asn1crypto aprende este atributo al importarse, y solo si nadie usó antes su lista de atributos.
import asn1crypto.pdf  # noqa: F401
import pytest

from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import services
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.services import Motivo
from llaqta.salas.firma.tests.documentos import una_pagina

PIN = "246810"


@pytest.fixture(scope="session")
def carpeta_de_firma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Una sola autoridad de demostración para todas las pruebas: crearla en cada una sería tiempo perdido."""
    return tmp_path_factory.mktemp("datos")


@pytest.fixture(autouse=True)
def _datos(settings: Any, carpeta_de_firma: Path) -> None:
    settings.DATOS = carpeta_de_firma
    settings.FIRMA_PKCS11 = ""


@pytest.fixture
def pdf() -> bytes:
    """Una resolución de una página, PDF/A."""
    return una_pagina()


@pytest.fixture
def certificado(jefe: Persona, ahora: datetime) -> Certificado:
    """El certificado del subgerente."""
    return services.emitir_certificado_de_demostracion(persona=jefe, pin=PIN, ahora=ahora)


@pytest.fixture
def firmado(jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime) -> bytes:
    """La resolución firmada por el subgerente."""
    return services.firmar(
        actor=jefe, pdf=pdf, pin=PIN, motivo=Motivo.AUTOR, cargo="Subgerente de Licencias", ahora=ahora
    ).bytes


@pytest.fixture
def sellado(entidad: Entidad, pdf: bytes, ahora: datetime) -> bytes:
    """La misma resolución con el sello de la entidad."""
    return services.sellar(pdf=pdf, motivo="Cargo de recepción", ahora=ahora)


@pytest.fixture
def taller(estado_de_prueba: Any) -> Any:
    """Donde se hacen documentos firmados de todas clases, con el Estado de prueba."""
    from llaqta.salas.firma.tests.taller import armar

    return armar(estado_de_prueba)
