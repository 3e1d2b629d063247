"""Cómo se escribe una línea del registro de la máquina: con su huso, y sin que un extraño pueda inventar otra."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

_INVISIBLES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Linea(logging.Formatter):
    r"""``2026-11-23T14:05:00.123+00:00 WARNING sala: mensaje``, en UTC y en una sola línea.

    Los saltos de línea y los signos invisibles del mensaje salen escritos (``\n``): quien ponga uno en su nombre o en
    una dirección no añade líneas al registro. Las líneas de una traza van debajo, sangradas.
    """

    def format(self, record: logging.LogRecord) -> str:
        """La línea, y debajo la traza si la hay."""
        cuando = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        texto = f"{cuando} {record.levelname} {record.name}: {en_una_linea(record.getMessage())}"
        if record.exc_info:
            traza = self.formatException(record.exc_info)
            texto += "".join(f"\n    {en_una_linea(linea)}" for linea in traza.splitlines())
        return texto


def en_una_linea(texto: str) -> str:
    """El texto con los signos que cortan o invierten la línea escritos como se programan."""
    return _INVISIBLES.sub(lambda hallado: hallado.group().encode("unicode_escape").decode(), texto)
