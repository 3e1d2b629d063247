"""El ambiente de los ataques: un almacén propio y una presentación de Rosa."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from llaqta.cimientos.testing import archivos
from llaqta.conftest import _maquina_de_prueba  # noqa: F401 — pytest la encuentra aquí
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento


@pytest.fixture(scope="session")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ataques")


@pytest.fixture(autouse=True)
def _ambiente(settings: Any, _datos: Path, db: None) -> None:
    settings.DATOS = _datos
    for codigo in ("SOLICITUD", "ESCRITO", "CARGO", "CONSTANCIA"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})
    TextoDeConsentimiento.objects.create(
        clave="casilla", version=1, texto="Acepto.", vigente_desde="2023-01-01"
    )


@pytest.fixture
def presentada(ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime) -> Presentacion:
    return mesapartes.presentar(
        actor=ciudadana,
        tramite="PE-LIC-ALTO",
        asunto="Licencia para mi bodega",
        archivos=[documentos.ArchivoRecibido.de_bytes("solicitud.pdf", archivos.pdf(2))],
        envio=uuid4(),
        ahora=ahora,
    )
