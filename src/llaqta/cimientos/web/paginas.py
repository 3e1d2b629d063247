"""Paginación por llave: cada página continúa donde terminó la anterior, sin contar ni saltar filas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet

TAMANO = 25
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Pagina(Generic[M]):
    """Un tramo de una lista. Se recorre como una lista; ``anterior`` y ``siguiente`` son cursores para la dirección."""

    filas: Sequence[M]
    anterior: str = ""
    siguiente: str = ""

    def __iter__(self) -> Any:
        return iter(self.filas)

    def __len__(self) -> int:
        return len(self.filas)


def paginar(
    consulta: QuerySet[M], *, orden: Sequence[str], cursor: str = "", tamano: int = TAMANO
) -> Pagina[M]:
    """El tramo de ``consulta`` que señala ``cursor``.

    :param orden: campos sin nulos que juntos son únicos, con ``-`` los descendentes: ``("-presentada_en", "-pk")``
    :param cursor: lo que trae la dirección; si está alterado o es de otra lista, se vuelve al comienzo
    """
    marca = _leer(cursor, orden)
    hacia_atras = marca is not None and marca[0] == "a"
    campos = [_invertir(c) for c in orden] if hacia_atras else list(orden)
    tramo = consulta.order_by(*campos)
    if marca is not None:
        tramo = tramo.filter(_despues_de(campos, marca[1]))
    filas = list(tramo[: tamano + 1])
    hay_mas = len(filas) > tamano
    filas = filas[:tamano]
    if hacia_atras:
        filas.reverse()
    if not filas:
        return Pagina(filas)
    antes = hay_mas if hacia_atras else marca is not None
    despues = hacia_atras or hay_mas
    return Pagina(
        filas,
        anterior=_escribir("a", filas[0], orden) if antes else "",
        siguiente=_escribir("s", filas[-1], orden) if despues else "",
    )


def _invertir(campo: str) -> str:
    return campo[1:] if campo.startswith("-") else f"-{campo}"


def _despues_de(campos: Sequence[str], valores: Sequence[Any]) -> Q:
    """``(a, b, c)`` después de los valores dados. La primera condición, aunque sobra, deja usar el índice."""
    comparadores = [(c.lstrip("-"), "lt" if c.startswith("-") else "gt") for c in campos]
    alternativas = Q(pk__in=[])
    for i, (nombre, comparador) in enumerate(comparadores):
        iguales = {comparadores[j][0]: valores[j] for j in range(i)}
        alternativas |= Q(**iguales, **{f"{nombre}__{comparador}": valores[i]})
    nombre, comparador = comparadores[0]
    return Q(**{f"{nombre}__{comparador}e": valores[0]}) & alternativas


def _sal(orden: Sequence[str]) -> str:
    return "llaqta.pagina:" + ",".join(orden)


def _escribir(direccion: str, fila: Model, orden: Sequence[str]) -> str:
    valores = [_a_texto(_valor(fila, campo.lstrip("-"))) for campo in orden]
    return signing.dumps([direccion, valores], salt=_sal(orden), compress=True)


def _leer(cursor: str, orden: Sequence[str]) -> tuple[str, list[Any]] | None:
    if not cursor or len(cursor) > 2000:
        return None
    try:
        direccion, valores = signing.loads(cursor, salt=_sal(orden))
        return direccion, [_de_texto(clase, texto) for clase, texto in valores]
    except (signing.BadSignature, ValueError):
        return None


def _valor(fila: Model, camino: str) -> Any:
    valor: Any = fila
    for parte in camino.split("__"):
        valor = getattr(valor, parte)
    return valor


def _a_texto(valor: Any) -> tuple[str, Any]:
    """El valor con su clase, para que vuelva igual de la dirección.

    :raises TypeError: si el campo no sirve para ordenar páginas (nulo, lista, diccionario…)
    """
    match valor:
        case bool() | int() | str():
            return "j", valor
        case datetime():
            return "dt", valor.isoformat()
        case date():
            return "d", valor.isoformat()
        case Decimal():
            return "n", str(valor)
        case UUID():
            return "u", valor.hex
        case _:
            raise TypeError(f"No se puede paginar por un valor de clase {type(valor).__name__}.")


def _de_texto(clase: str, texto: Any) -> Any:
    return {"j": lambda v: v, "dt": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal, "u": UUID}[
        clase
    ](texto)
