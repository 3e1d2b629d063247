"""La hoja diaria con el punto de control: sellada, pública, una por día, y por correo a quien corresponda."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from django.core import mail
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos import storage
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.cuentas.events import SesionIniciada
from llaqta.salas.documentos import cartel_del_registro
from llaqta.salas.documentos.models import Documento, TipoDocumento

pytestmark = pytest.mark.django_db


@pytest.fixture
def registro(entidad: Entidad, ahora: datetime) -> Punto:
    TipoDocumento.objects.get_or_create(codigo="CONSTANCIA", defaults={"nombre": "Constancia"})
    with transaction.atomic():
        emit(SesionIniciada(cuenta_id=1), actor_id=1, ahora=ahora)
    auditoria.secuenciar_ahora(ahora=ahora)
    return Punto.objects.latest("tamano")


def contenido(documento: Documento) -> bytes:
    with storage.abrir(documento.archivo.sha256) as flujo:
        return flujo.read()


def test_la_hoja_lleva_el_punto_de_control_entero_en_su_qr(registro: Punto, ahora: datetime) -> None:
    import pypdfium2

    documento = cartel_del_registro.emitir(ahora=ahora)
    assert documento is not None
    assert (documento.confidencialidad, documento.firmado) == (Documento.Confidencialidad.PUBLICO, True)
    assert documento.asunto == "Punto de control del registro, 1 de junio de 2026"
    pagina = pypdfium2.PdfDocument(io.BytesIO(contenido(documento)))
    assert len(pagina) == 1
    leidos = [hallado.text for hallado in zxingcpp.read_barcodes(pagina[0].render(scale=4).to_pil())]
    (nota,) = [leido for leido in leidos if leido.startswith("llaqta.pe/registro/")]
    assert nota == registro.nota
    assert verificador.leer_punto(nota).raiz == bytes(registro.raiz)


def test_una_por_dia(registro: Punto, ahora: datetime) -> None:
    assert cartel_del_registro.emitir(ahora=ahora) is not None
    assert cartel_del_registro.emitir(ahora=ahora + timedelta(hours=3)) is None
    assert cartel_del_registro.emitir(ahora=ahora + timedelta(days=1)) is not None


def test_sin_registro_no_hay_hoja(entidad: Entidad, ahora: datetime) -> None:
    assert cartel_del_registro.emitir(ahora=ahora) is None
    assert Documento.objects.count() == 0


def test_va_por_correo_solo_a_quien_se_dijo(registro: Punto, ahora: datetime, settings: Any) -> None:
    settings.REGISTRO_CORREOS = ["oci@ejemplo.pe"]
    documento = cartel_del_registro.emitir(ahora=ahora)
    assert documento is not None
    trabajo = ProcrastinateJob.objects.get(task_name="documentos.enviar_cartel")
    assert cartel_del_registro.enviar(**trabajo.args) == 1
    (mensaje,) = mail.outbox
    assert mensaje.to == ["oci@ejemplo.pe"]
    assert registro.nota in mensaje.body
    nombres = [adjunto[0] for adjunto in mensaje.attachments]
    assert nombres == ["punto-de-control-2026-06-01.pdf", "checkpoint.txt"]
