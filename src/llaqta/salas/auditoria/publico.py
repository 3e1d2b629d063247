"""El registro visto desde afuera: lo que se entrega a cualquiera, sin cuenta y sin preguntar quién es.

Solo salen huellas, firmas y la llave pública: nada de lo que aquí se lee dice qué hizo nadie. El punto de control y los
mosaicos son archivos que escribe el secuenciador; aquí no se escribe.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from llaqta.cimientos import qr
from llaqta.salas.auditoria import mosaico, pruebas, puntos
from llaqta.salas.auditoria.models import Punto

FORMATO_DE_CONSISTENCIA = "llaqta-consistencia/1"
VERIFICADOR = Path(__file__).parent / "verificador/llaqta_verificador.py"
_RUTA = re.compile(
    r"tile/(?P<nivel>[0-9]|[1-5][0-9]|6[0-3])/(?P<lugar>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<ancho>[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
"""C2SP tlog-tiles, y nada más: ni puntos, ni barras de sobra, ni ceros delante."""


class PedidoErrado(Exception):
    """Se pidió una consistencia entre tamaños que no pueden ser; el texto dice cuáles sí."""


@dataclass(frozen=True)
class Mosaico:
    """Un mosaico publicado; el que está lleno no cambia nunca más."""

    huellas: bytes
    lleno: bool


@dataclass(frozen=True)
class Portada:
    """Lo que muestra la página del registro; sin ``tamano``, todavía no comenzó."""

    llave: str
    tamano: int = 0
    raiz: str = ""
    firmado_en: datetime | None = None
    qr: str = ""
    anclado_en: datetime | None = None
    anclado: int = 0
    testigos: Sequence[str] = ()


def get_mosaico(ruta: str) -> Mosaico | None:
    """El mosaico de una ruta C2SP, o ``None`` si no la hay.

    El parcial que se retiró al llenarse su mosaico se responde con el comienzo del lleno: son las mismas huellas.
    """
    hallada = _RUTA.fullmatch(ruta)
    if hallada is None or hallada["lugar"].startswith("x000/"):
        return None
    ancho = int(hallada["ancho"] or mosaico.ANCHO)
    entera = mosaico.carpeta() / f"tile/{hallada['nivel']}/{hallada['lugar']}"
    lleno = _leer(entera)
    if lleno is not None and len(lleno) == mosaico.ANCHO * mosaico.LARGO:
        return Mosaico(lleno[: ancho * mosaico.LARGO], lleno=True)
    if hallada["ancho"] is None:
        return None
    parcial = _leer(Path(f"{entera}.p") / hallada["ancho"])
    if parcial is None or len(parcial) != ancho * mosaico.LARGO:
        return None
    return Mosaico(parcial, lleno=False)


def get_punto() -> bytes | None:
    """El punto de control publicado, con las firmas de sus testigos."""
    return _leer(mosaico.carpeta() / puntos.PUNTO)


def get_llave() -> bytes | None:
    """La llave pública del registro, en una línea (``vkey`` de C2SP)."""
    return _leer(mosaico.carpeta() / puntos.LLAVE_PUBLICA)


@cache
def get_verificador() -> bytes:
    """El verificador de un solo archivo."""
    return VERIFICADOR.read_bytes()


def get_portada() -> Portada:
    """El último punto de control y quiénes más lo vieron."""
    llave = (get_llave() or b"").decode().strip()
    nota = puntos.publicado() if llave else None
    if nota is None:
        return Portada(llave)
    punto = Punto.objects.filter(pk=nota.tamano).first()
    anclado = Punto.objects.filter(ancla__isnull=False).order_by("-tamano").first()
    return Portada(
        llave=llave,
        tamano=nota.tamano,
        raiz=nota.raiz.hex(),
        firmado_en=punto.firmado_en if punto else None,
        qr=qr.svg(nota.cuerpo),
        anclado_en=anclado.anclado_en if anclado else None,
        anclado=anclado.tamano if anclado else 0,
        testigos=[nombre for nombre, _, _ in nota.firmas if nombre != nota.origen],
    )


def get_consistencia(desde: str, hasta: str) -> dict[str, Any]:
    """La prueba de que el registro de ``hasta`` hojas conserva, sin cambios, las primeras ``desde``.

    :raises PedidoErrado: si no son números, si no están en orden o si el registro aún no llega
    """
    nota = puntos.publicado()
    ultimo = nota.tamano if nota else 0
    if not all(re.fullmatch(r"[1-9][0-9]{0,17}", tamano, re.ASCII) for tamano in (desde, hasta)):
        raise PedidoErrado("Diga «desde» y «hasta» con números: cuántas hojas tenía cada punto de control.")
    antes, despues = int(desde), int(hasta)
    if not antes <= despues <= ultimo or nota is None:
        raise PedidoErrado(
            f"«desde» no puede pasar de «hasta», y el registro publicado tiene {ultimo} hojas."
        )
    camino = pruebas.camino_de_consistencia(antes, despues)
    return {
        "formato": FORMATO_DE_CONSISTENCIA,
        "origen": nota.origen,
        "desde": antes,
        "hasta": despues,
        "consistencia": [base64.b64encode(paso).decode() for paso in camino],
    }


def _leer(ruta: Path) -> bytes | None:
    try:
        return ruta.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
