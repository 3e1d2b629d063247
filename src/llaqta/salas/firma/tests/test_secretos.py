"""Las claves derivadas no cambian de una versión a otra: con ellas se abre lo que ya está guardado."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from llaqta.cimientos import secretos
from llaqta.salas.firma import secretos as de_la_firma

SECRETO = "un-secreto-de-instalacion-que-no-cambia-nunca-y-es-largo"


@pytest.fixture(autouse=True)
def _secreto(settings: Any) -> None:
    settings.SECRET_KEY, settings.FIRMA_CLAVE_DEL_SELLO = SECRETO, ""


def _de(mensaje: bytes) -> bytes:
    return hmac.new(SECRETO.encode(), mensaje, hashlib.sha256).hexdigest().encode()


@pytest.mark.parametrize("proposito", ["llaqta.auditoria.registro", "llaqta.auditoria.testigo"])
def test_las_llaves_del_registro_se_abren_con_la_clave_de_siempre(proposito: str) -> None:
    assert secretos.derivar(proposito) == _de(proposito.encode())


def test_el_sello_la_autoridad_y_el_pin_se_abren_con_la_clave_de_siempre() -> None:
    assert de_la_firma.clave_del_sello() == _de(b"llaqta.firma.sello")
    assert de_la_firma.clave_de_la_autoridad() == _de(b"llaqta.firma.autoridad")
    lenta = hashlib.scrypt(b"123456", salt=b"0a1b", n=2**14, r=8, p=1, dklen=32)
    assert de_la_firma.clave_de_pin("123456", "0a1b") == _de(b"llaqta.firma.pin" + lenta)
