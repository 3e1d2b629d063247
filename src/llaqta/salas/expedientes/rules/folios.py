"""Cómo se reparten los folios en cuerpos: de doscientos a lo más, sin partir un documento (art. 152.1 Ley 27444)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cuerpo:
    """Un cuerpo del expediente: qué folios tiene y qué documentos, por su lugar en la lista (desde 0)."""

    numero: int
    folio_desde: int
    folio_hasta: int
    documentos: range

    @property
    def folios(self) -> int:
        """Cuántos folios tiene."""
        return self.folio_hasta - self.folio_desde + 1

    @property
    def dicho(self) -> str:
        """``folios 1–187``, o ``folio 188`` si es uno solo."""
        if self.folio_desde == self.folio_hasta:
            return f"folio {self.folio_desde}"
        return f"folios {self.folio_desde}–{self.folio_hasta}"


def en_cuerpos(folios_por_documento: Sequence[int], maximo: int) -> list[Cuerpo]:
    """Reparte los documentos, en su orden, en cuerpos correlativos de ``maximo`` folios a lo más.

    Un documento nunca se parte: si no cabe en lo que queda, empieza el cuerpo siguiente; si él solo pasa de ``maximo``,
    su cuerpo pasa también, porque la ley mantiene la unidad del texto.

    :param folios_por_documento: cuántos folios tiene cada uno; los expedientes agregados no van aquí (152.2)
    :raises ValueError: si ``maximo`` no es positivo, o un documento no tiene folios
    """
    if maximo < 1:
        raise ValueError("Un cuerpo tiene al menos un folio.")
    if any(folios < 1 for folios in folios_por_documento):
        raise ValueError("Todo documento tiene al menos un folio.")
    cuerpos: list[Cuerpo] = []
    primero, folio_desde, llenos = 0, 1, 0
    for lugar, folios in enumerate(folios_por_documento):
        if llenos and llenos + folios > maximo:
            cuerpos.append(_cuerpo(cuerpos, folio_desde, llenos, primero, lugar))
            primero, folio_desde, llenos = lugar, folio_desde + llenos, 0
        llenos += folios
    if llenos:
        cuerpos.append(_cuerpo(cuerpos, folio_desde, llenos, primero, len(folios_por_documento)))
    return cuerpos


def _cuerpo(anteriores: Sequence[Cuerpo], folio_desde: int, folios: int, desde: int, hasta: int) -> Cuerpo:
    return Cuerpo(len(anteriores) + 1, folio_desde, folio_desde + folios - 1, range(desde, hasta))
