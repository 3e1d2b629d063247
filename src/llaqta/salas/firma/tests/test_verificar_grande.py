"""Un PDF de cien megas se verifica desde el disco sin entrar entero en la memoria."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from llaqta.salas.firma import pades
from llaqta.salas.firma.tests.taller import Taller

RAIZ = Path(__file__).resolve().parents[5]
MEGA = 1024 * 1024
GUION = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from llaqta.salas.firma.anclas import confianza_de, leer_certificados
from llaqta.salas.firma.verificacion import verificar
antes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
confianza = confianza_de(Path("no-hay")).con_anclas(leer_certificados(Path("raiz.pem")))
informe = verificar(Path("grande.pdf"), confianza=confianza, ahora=datetime.now(UTC))
despues = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"veredicto": informe.veredicto, "megas": (despues - antes) // 1024, "motivos": informe.motivos}))
"""


@pytest.mark.parametrize("alterado", [False, True], ids=["integro", "alterado"])
def test_cien_megas_se_verifican_en_poca_memoria(taller: Taller, tmp_path: Path, alterado: bool) -> None:
    documento = pikepdf.new()
    documento.add_blank_page()
    documento.Root.Anexo = documento.make_stream(os.urandom(100 * MEGA))
    ruta = tmp_path / "grande.pdf"
    documento.save(ruta)
    with ruta.open("r+b") as flujo:
        acto = pades.Acto("Alguien", "Soy el autor del documento", taller.ahora)
        pades.firmar_flujo(flujo, llave=taller.estado.llave(), acto=acto)
        if alterado:
            flujo.seek(50 * MEGA)
            byte = flujo.read(1)
            flujo.seek(50 * MEGA)
            flujo.write(bytes([byte[0] ^ 1]))
    (tmp_path / "raiz.pem").write_bytes(taller.estado.raiz_pem)

    hecho = subprocess.run(
        [sys.executable, "-c", GUION], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(RAIZ / "src")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    dicho = json.loads(hecho.stdout)
    # Sin lista no se afirma que valga; pero se leyó entero, y si cambió un solo byte se nota.
    assert dicho["veredicto"] == ("INVALIDA" if alterado else "INDETERMINADA"), dicho["motivos"]
    assert dicho["megas"] <= 60
