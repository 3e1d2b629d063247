"""Quién es cada número de persona: lo dice una sala de arriba, que se presenta al arrancar.

Los sucesos guardan identificadores y esta sala no conoce a las personas; la sala de cuentas, que sí, se inscribe aquí.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Directorio(Protocol):
    """Lo que la auditoría necesita saber de las personas."""

    def nombres(self, ids: Collection[int]) -> Mapping[int, str]:
        """El nombre de cada persona."""

    def buscar(self, texto: str) -> Collection[int]:
        """Las personas cuyo documento o nombre coincide con ``texto``."""


class _SinDirectorio:
    """Nadie se inscribió: las personas se muestran con su número."""

    def nombres(self, ids: Collection[int]) -> Mapping[int, str]:
        return {pk: f"Persona {pk}" for pk in ids}

    def buscar(self, texto: str) -> Collection[int]:
        return [int(texto)] if texto.isdecimal() and len(texto) < 18 else []


_inscrito: Directorio = _SinDirectorio()


def inscribir(directorio: Directorio) -> None:
    """La sala que conoce a las personas se presenta; la llama su ``AppConfig.ready``."""
    global _inscrito  # noqa: PLW0603 — una sola inscripción, al arrancar
    _inscrito = directorio


def nombres(ids: Collection[int]) -> Mapping[int, str]:
    """El nombre de cada persona."""
    return _inscrito.nombres(ids) if ids else {}


def buscar(texto: str) -> Collection[int]:
    """Las personas que coinciden con ``texto``."""
    return _inscrito.buscar(texto)
