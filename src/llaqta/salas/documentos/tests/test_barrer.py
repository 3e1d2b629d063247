"""Ningún archivo queda para siempre sin dueño, ni se borra el de nadie."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from llaqta.cimientos import storage
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services
from llaqta.salas.documentos.models import Archivo, Vista
from llaqta.salas.documentos.services import ArchivoRecibido

pytestmark = pytest.mark.django_db
VIEJO = timedelta(hours=25)

_GUARDAR_Y_MORIR = """
import os, signal, sys
from pathlib import Path
from llaqta.cimientos.storage import AlmacenCarpeta
AlmacenCarpeta(Path(sys.argv[1])).guardar(sys.stdin.buffer)
os.kill(os.getpid(), signal.SIGKILL)  # después de guardar y antes de que la transacción termine
"""


def test_si_el_proceso_muere_entre_guardar_y_confirmar_el_huerfano_se_retira(almacen: Path) -> None:
    contenido = archivos.pdf()
    muerto = subprocess.run(
        [sys.executable, "-c", _GUARDAR_Y_MORIR, str(almacen)],
        input=contenido,
        check=False,
        env={**os.environ},
    )
    assert muerto.returncode == -9
    ahora = datetime.now(UTC)
    assert services.barrer_huerfanos(ahora=ahora) == 0, "todavía es joven: su transacción podría seguir viva"
    assert services.barrer_huerfanos(ahora=ahora + VIEJO) == 1
    assert list(storage.listar(anteriores_a=ahora + VIEJO)) == []
    assert services.barrer_huerfanos(ahora=ahora + VIEJO) == 0


def test_lo_que_tiene_dueno_no_se_toca(ciudadana: Persona, ahora: datetime) -> None:
    malo = archivos.pdf_con_xfa()
    [bueno, retenido] = services.recibir_archivos(
        actor=ciudadana,
        archivos=[ArchivoRecibido.de_bytes("a.pdf", archivos.pdf()), ArchivoRecibido.de_bytes("b.pdf", malo)],
        ahora=ahora,
    )
    vista = storage.guardar(b"una vista")
    Vista.objects.create(archivo=bueno, pagina=1, sha256=vista.sha256, ancho=1, alto=1)
    sin_dueno = storage.guardar(b"de nadie")
    assert services.barrer_huerfanos(ahora=datetime.now(UTC) + VIEJO) == 1
    assert not storage.existe(sin_dueno.sha256)
    assert all(storage.existe(huella) for huella in (bueno.sha256, retenido.sha256, vista.sha256))
    assert Archivo.objects.count() == 2
