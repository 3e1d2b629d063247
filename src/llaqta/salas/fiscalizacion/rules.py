"""El sorteo, como cuenta que cualquiera repite: una frase publicada antes, una lista publicada después, y SHA-256.

A cada expediente le toca el número ``SHA-256(frase|semestre|número de expediente)``; se ordenan de menor a mayor y se
revisan los primeros. Nadie puede elegir el resultado: la frase se conoce antes de que se cierre la lista, y cambiar una
letra de la frase o de la lista lo cambia todo.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from llaqta.cimientos.errors import EntradaInvalida

NORMA = "Ley 27444, art. 32 (TUO, art. 34)"
_SEMESTRE = re.compile(r"(20\d\d)-([12])")


def get_fechas(semestre: str) -> tuple[date, date]:
    """El primer y el último día de un semestre escrito ``2026-1`` o ``2026-2``.

    :raises EntradaInvalida: si no se escribe así
    """
    escrito = _SEMESTRE.fullmatch(semestre.strip())
    if escrito is None:
        raise EntradaInvalida("Escriba el semestre así: 2026-1 o 2026-2.", campo="semestre")
    anio, mitad = int(escrito[1]), int(escrito[2])
    return (date(anio, 1, 1), date(anio, 6, 30)) if mitad == 1 else (date(anio, 7, 1), date(anio, 12, 31))


def get_semestre(dia: date) -> str:
    """El semestre de un día: ``2026-1``."""
    return f"{dia.year}-{1 if dia.month <= 6 else 2}"


def tamano(candidatos: int, *, porcentaje: int, tope: int) -> int:
    """Cuántos se revisan: el porcentaje de los candidatos, redondeado hacia arriba, y no más que el tope (32.2)."""
    return min(-(-candidatos * porcentaje // 100), tope)


def sortear(numeros: Iterable[str], *, frase: str, semestre: str) -> list[str]:
    """Los números de expediente en el orden que les tocó: los primeros son los que se revisan."""
    return sorted(numeros, key=lambda numero: (_suerte(numero, frase, semestre), numero))


def huella(numeros: Iterable[str]) -> str:
    """La huella de la lista de candidatos: el SHA-256 de los números en orden, uno por línea."""
    return hashlib.sha256("\n".join(sorted(numeros)).encode()).hexdigest()


def check_multa(multa: Decimal | None, *, minimo: int, maximo: int) -> None:
    """La multa por declarar algo falso va entre dos cifras de UIT que dice la regla (32.3).

    :raises EntradaInvalida: si se sale de ellas
    """
    if multa is not None and not minimo <= multa <= maximo:
        raise EntradaInvalida(
            f"La multa va de {minimo} a {maximo} UIT; usted escribió {multa}.",
            campo="multa_uit",
            norma="Ley 27444, art. 32.3 (TUO, art. 34.3)",
        )


def _suerte(numero: str, frase: str, semestre: str) -> str:
    return hashlib.sha256(f"{frase}|{semestre}|{numero}".encode()).hexdigest()
