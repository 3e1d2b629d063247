"""Quien no firma ni verifica no paga la memoria de quien sí."""

from __future__ import annotations

import subprocess
import sys

ORDEN = """
import sys, django
django.setup()
from llaqta.salas.firma import queries, services
print(sorted({"pyhanko", "typst", "pkcs11", "asn1crypto"} & set(sys.modules)))
"""


def test_importar_la_sala_no_carga_los_programas_pesados() -> None:
    hecho = subprocess.run([sys.executable, "-c", ORDEN], capture_output=True, text=True, check=True)

    assert hecho.stdout.strip() == "[]"
