"""El bloque visible de una firma, en la forma peruana, como una página de PDF con su letra incrustada (PDF/A)."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PLANTILLA = Path(__file__).parent / "plantillas_pdf" / "bloque.typ"
LIMA = ZoneInfo("America/Lima")
ADVERTENCIA = "SIN VALOR LEGAL – DEMOSTRACIÓN"
COLOR = "#5f0e26"

# Un compilador guarda las fuentes ya leídas (8 ms la primera vez, 1,5 ms las demás) y atiende de a uno.
_turno = threading.Lock()
_MARCA = re.compile(r"\b(FAU|FIR) (\S+) (soft|hard)$")
_QUIZA_SIN_LETRA = re.compile("[^\x20-\x7e\xa0-\u017f–—‘’“”…]")


@dataclass(frozen=True)
class Bloque:
    """Lo que dice el bloque: quién firma (como en su certificado), con qué cargo, por qué y cuándo."""

    titular: str
    cargo: str
    motivo: str
    fecha: datetime
    de_demostracion: bool
    color: str = COLOR

    def lineas(self) -> dict[str, str]:
        """Los textos del bloque, uno por línea."""
        return {
            # «FAU 20123456789 soft» no se parte entre dos líneas.
            "titular": _MARCA.sub("\\1\xa0\\2\xa0\\3", self.titular),
            "cargo": self.cargo,
            "motivo": self.motivo,
            "fecha": fecha_peruana(self.fecha),
            "advertencia": ADVERTENCIA if self.de_demostracion else "",
        }


def fecha_peruana(instante: datetime) -> str:
    """Escribe un instante como lo hacen las firmas del Estado: ``23.11.2026 09:05:00 -05:00``."""
    local = instante.astimezone(LIMA)
    desfase = local.strftime("%z")
    return f"{local:%d.%m.%Y %H:%M:%S} {desfase[:3]}:{desfase[3:]}"


def dibujar(bloque: Bloque, *, ancho: float, alto: float) -> bytes:
    """Devuelve un PDF de una página de ``ancho`` × ``alto`` puntos con el bloque."""
    medidas = {"ancho": f"{ancho:g}", "alto": f"{alto:g}", "color": bloque.color}
    try:
        return _compilar(bloque.lineas() | medidas, bloque.fecha)
    except RuntimeError:
        # PDF/A exige que todo signo se vea: los que la letra no tiene (un emoji, otro alfabeto) van como un cuadrado.
        dibujable = {clave: _QUIZA_SIN_LETRA.sub("□", texto) for clave, texto in bloque.lineas().items()}
        return _compilar(dibujable | medidas, bloque.fecha)


def _compilar(entradas: dict[str, str], fecha: datetime) -> bytes:
    with _turno:
        pdf = _compilador().compile(
            format="pdf",
            sys_inputs=entradas,
            pdf_standards="a-2b",
            pdf_tags=False,
            timestamp=int(fecha.timestamp()),
        )
    return bytes(pdf)


@lru_cache(maxsize=1)
def _compilador() -> Any:
    # typst ocupa unos 30 MB: solo los gasta el proceso que firma con bloque visible.
    import typst  # noqa: PLC0415

    return typst.Compiler(str(PLANTILLA), ignore_system_fonts=True)
