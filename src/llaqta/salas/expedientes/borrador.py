"""Las páginas de un borrador como imágenes, para verlas junto al texto sin abrir el PDF.

Se dibujan en otro proceso, con el programa que dibuja las de los documentos guardados, y se recuerdan unos minutos:
mientras el texto no cambie, mirar otra vez no cuesta nada.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pikepdf
from django.core.cache import caches

from llaqta.salas.documentos import render
from llaqta.salas.expedientes.composicion import componer_proyecto, huella
from llaqta.salas.expedientes.models import Proyecto, Visto

MINUTOS = 10
SEGUNDOS = 30


def get_paginas(proyecto: Proyecto, *, ahora: datetime, vistos: Sequence[Visto] = ()) -> list[bytes]:
    """Las páginas del borrador en WebP; ninguna si no se pudieron dibujar (queda el PDF).

    :raises EntradaInvalida: si al cuerpo le falta una parte
    """
    llave = f"expedientes.borrador.{huella(proyecto)}.{len(vistos)}.{ahora:%Y%m%d}"
    paginas: list[bytes] | None = caches["memoria"].get(llave)
    if paginas is None:
        paginas = _dibujar(componer_proyecto(proyecto, ahora=ahora, vistos=vistos))
        caches["memoria"].set(llave, paginas, MINUTOS * 60)
    return paginas


def _dibujar(pdf: bytes) -> list[bytes]:
    with tempfile.TemporaryDirectory() as carpeta:
        origen = Path(carpeta) / "borrador.pdf"
        origen.write_bytes(pdf)
        paginas = [str(numero) for numero in range(1, _cuantas(pdf) + 1)]
        orden = [sys.executable, "-m", render.__name__, str(origen), "application/pdf", carpeta, *paginas]
        try:
            subprocess.run(orden, capture_output=True, timeout=SEGUNDOS, check=True)  # noqa: S603 (la orden es nuestra)
        except subprocess.SubprocessError:
            return []
        return [(Path(carpeta) / f"{pagina}.webp").read_bytes() for pagina in paginas]


def _cuantas(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as documento:
        return len(documento.pages)
