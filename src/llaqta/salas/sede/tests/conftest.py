"""El ambiente de la sede: la hora detenida, un almacén propio y un expediente presentado por la ciudadana."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from llaqta.cimientos import pdf
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.firma import services as firma
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento


@pytest.fixture(scope="session")
def carpeta_de_datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un solo almacén y una sola autoridad de demostración: crearla en cada prueba sería tiempo perdido."""
    return tmp_path_factory.mktemp("datos")


@pytest.fixture(autouse=True)
def _sede(settings: Any, carpeta_de_datos: Path, ahora: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATOS = carpeta_de_datos
    monkeypatch.setattr(timezone, "now", lambda: ahora)


@pytest.fixture
def visitante() -> Client:
    """Alguien sin cuenta."""
    return Client()


@pytest.fixture
def tipos(db: None) -> None:
    """Las clases de documento que estas pruebas usan."""
    for codigo in ("SOLICITUD", "ESCRITO", "CARGO", "CONSTANCIA", "RESOLUCION"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})


@pytest.fixture
def presentacion(
    ciudadana: Persona, licencia: VersionProcedimiento, tipos: None, ahora: datetime
) -> Presentacion:
    """Una licencia presentada el lunes 1 de junio de 2026."""
    return mesapartes.presentar(
        actor=ciudadana,
        tramite="PE-LIC-ALTO",
        asunto="Licencia para mi discoteca",
        archivos=[documentos.ArchivoRecibido.de_bytes("solicitud.pdf", archivos.pdf(2))],
        envio=uuid4(),
        ahora=ahora,
    )


@pytest.fixture
def expediente(presentacion: Presentacion) -> Expediente:
    return presentacion.expediente


@dataclass(frozen=True)
class Emitido:
    """Un documento firmado y registrado, con sus bytes."""

    documento: Documento
    contenido: bytes

    @property
    def cvd(self) -> str:
        assert self.documento.cvd
        return self.documento.cvd


@pytest.fixture
def emitir(
    entidad: Any, unidades: dict[str, UnidadOrganica], tipos: None, ahora: datetime
) -> Callable[..., Emitido]:
    """Compone una resolución de verdad, la sella, la registra con su código y la devuelve."""

    def hacer(numero: str = "RESOLUCIÓN N° 000001-2026-MDP/GM", **datos: Any) -> Emitido:
        cvd = documentos.nuevo_cvd(ahora.date())
        compuesto = pdf.componer(
            "constancia",
            {"encabezado_principal": numero, "texto": ["Se otorga la licencia."], "secciones": []},
            titulo=numero,
            ahora=ahora,
        )
        sellado = firma.sellar(pdf=compuesto, motivo="Soy el autor del documento", ahora=ahora)
        archivo = documentos.guardar_pdf_propio(actor=None, nombre="resolucion.pdf", pdf=sellado, ahora=ahora)
        documento = documentos.guardar(
            actor=None,
            tipo="RESOLUCION",
            asunto="Otorga licencia a Rosa Quispe",
            archivo=archivo,
            ahora=ahora,
            origen="INTERNO",
            unidad=unidades["GM"],
            numero=numero,
            cvd=cvd,
            firmado=True,
            **datos,
        )
        return Emitido(documento, sellado)

    return hacer
