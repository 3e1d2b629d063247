"""Las constancias: selladas, con su código de verificación, y una sola por hecho."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pypdfium2
import pytest

from llaqta.cimientos import storage
from llaqta.salas.casilla import constancias, services
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import queries as firma

pytestmark = pytest.mark.django_db


def texto_de(pdf: bytes) -> str:
    paginas = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in paginas).split())


def test_la_constancia_de_deposito_dice_que_cuando_y_desde_cuando(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    documento = constancias.sellar_deposito(notificacion_id=notificacion.pk, ahora=ahora)
    contenido = storage.abrir(documento.archivo.sha256).read()
    assert firma.verificar(contenido, ahora=ahora).veredicto == "VALIDA"
    texto = texto_de(contenido)
    assert "NOT-2026-000001" in texto
    assert "Rosa Quispe Huamán" in texto
    assert "1 de junio de 2026, 10:00:00 (UTC−05:00)" in texto
    assert "martes 9 de junio de 2026" in texto
    assert documento.cvd in texto
    assert constancias.sellar_deposito(notificacion_id=notificacion.pk, ahora=ahora) == documento


def test_la_constancia_de_lectura_dice_quien_abrio(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    documento = constancias.sellar_lectura(notificacion_id=notificacion.pk, ahora=ahora)
    texto = texto_de(storage.abrir(documento.archivo.sha256).read())
    assert "Abierto por Rosa Quispe Huamán (DNI 45678901)" in texto
