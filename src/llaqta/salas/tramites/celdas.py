"""Un dato suelto de un archivo, sea celda de una hoja o valor de un YAML: qué se acepta y cómo se limpia.

Las dos lecturas pasan por aquí, de modo que un mismo error recibe la misma frase venga de donde venga.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl.utils import get_column_letter

from llaqta.salas.tramites.hojas import CODIGO, DECIMAL, ENTERO, FECHA, HOJAS, LISTA, SINO, Columna

_NO_SE_VE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x000D_")
"""Los controles que Word y Excel dejan al pegar: no se ven, y ni la base ni un libro los admiten todos."""
_CODIGO = re.compile(r"[A-Za-z0-9_-]+")
_CENTIMO = Decimal("0.01")
_RUIDO = Decimal("0.00005")
_SI, _NO = {"sí", "si", "true", "1", "x"}, {"no", "false", "0"}


@dataclass(frozen=True)
class Fila:
    """Una fila leída: de qué hoja, en qué lugar y qué dice cada columna."""

    hoja: str
    numero: int
    valores: Mapping[str, Any]

    def donde(self, clave: str = "") -> str:
        """«Hoja «Requisitos», fila 7, columna C (Requisito)», para decir dónde está el problema."""
        for n, columna in enumerate(HOJAS[self.hoja], 1):
            if columna.clave == clave:
                return f"Hoja «{self.hoja}», fila {self.numero}, columna {get_column_letter(n)} ({columna.rotulo})"
        return f"Hoja «{self.hoja}», fila {self.numero}"


def vacio(columna: Columna) -> Any:
    """Lo que vale una celda en la que no se escribió nada."""
    return {LISTA: (), SINO: False, ENTERO: None, DECIMAL: None, FECHA: None}.get(columna.clase, "")


def limpiar(columna: Columna, crudo: Any) -> Any:
    """El valor de una celda como lo pide su columna.

    :raises ValueError: con lo que está mal, para completar «fila 7, columna C: …»
    """
    if crudo is None or (isinstance(crudo, str) and not quitar_lo_que_no_se_ve(crudo).strip()):
        if columna.obligatoria:
            raise ValueError("está vacía y es obligatoria")
        return vacio(columna)
    if columna.clase == LISTA:
        return _lista(columna, crudo)
    if isinstance(crudo, Mapping | list | tuple | set):
        raise ValueError("aquí va un solo dato y hay varios")
    if columna.clase == FECHA:
        return _fecha(crudo)
    dicho = _como_texto(crudo)
    if columna.clase == ENTERO:
        return _entero(columna, dicho)
    if columna.clase == DECIMAL:
        return _decimal(columna, dicho)
    if columna.clase == SINO:
        if dicho.casefold() not in _SI | _NO:
            raise ValueError(f"«{dicho[:40]}» no se entiende: escriba sí o no")
        return dicho.casefold() in _SI
    return _texto(columna, dicho)


def quitar_lo_que_no_se_ve(texto: str) -> str:
    """El texto sin los controles que no se ven."""
    return _NO_SE_VE.sub("", texto)


def _texto(columna: Columna, dicho: str) -> str:
    if columna.opciones and dicho not in columna.opciones:
        raise ValueError(f"«{dicho[:40]}» no se conoce: use {', '.join(columna.opciones)}")
    if columna.clase == CODIGO:
        if not _CODIGO.fullmatch(dicho):
            raise ValueError(
                f"«{dicho[:40]}» no es un código: solo lleva letras sin tilde, números y guiones"
            )
        dicho = dicho.upper() if columna.en_mayusculas else dicho
    if columna.largo and len(dicho) > columna.largo:
        raise ValueError(f"tiene {len(dicho)} caracteres y admite {columna.largo}")
    return dicho


def _lista(columna: Columna, crudo: Any) -> tuple[str, ...]:
    if isinstance(crudo, Mapping) or (
        isinstance(crudo, list | tuple) and any(isinstance(uno, Mapping | list) for uno in crudo)
    ):
        raise ValueError("aquí va una lista de textos")
    lineas = crudo if isinstance(crudo, list | tuple) else _como_texto(crudo).splitlines()
    partes = tuple(parte for linea in lineas if linea is not None and (parte := _como_texto(linea)))
    if columna.obligatoria and not partes:
        raise ValueError("está vacía y es obligatoria")
    if columna.largo and any(len(parte) > columna.largo for parte in partes):
        raise ValueError(f"tiene una línea de más de {columna.largo} caracteres")
    return partes


def _como_texto(crudo: Any) -> str:
    if isinstance(crudo, bool):
        return "sí" if crudo else "no"
    if isinstance(crudo, float) and crudo.is_integer():
        return str(int(crudo))
    return quitar_lo_que_no_se_ve(str(crudo)).strip()


def _entero(columna: Columna, dicho: str) -> int:
    if not dicho.isdecimal() or len(dicho) > 4:
        raise ValueError(f"«{dicho[:40]}» no es un número entero")
    if not columna.minimo <= int(dicho) <= columna.maximo:
        raise ValueError(f"«{dicho}» no puede ser: va de {columna.minimo} a {columna.maximo}")
    return int(dicho)


def _decimal(columna: Columna, dicho: str) -> Decimal:
    limpio = dicho.removeprefix("S/").replace(" ", "")
    try:
        escrito = Decimal(limpio.replace(",", "") if "." in limpio else limpio.replace(",", "."))
        # Una celda calculada trae 82.5000000001: se guarda al céntimo, que es como se cobra.
        monto = escrito.quantize(_CENTIMO)
    except InvalidOperation:
        raise ValueError(f"«{dicho[:40]}» no es un monto en soles") from None
    if not monto.is_finite() or not columna.minimo <= monto < columna.maximo:
        raise ValueError(f"«{dicho[:40]}» no es un monto posible")
    if abs(escrito - monto) > _RUIDO:
        raise ValueError(f"«{dicho[:40]}» tiene más de dos decimales: se cobra al céntimo")
    return monto


def _fecha(crudo: Any) -> date:
    if isinstance(crudo, datetime):
        return crudo.date()
    if isinstance(crudo, date):
        return crudo
    dicho = _como_texto(crudo)
    for forma in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(dicho, forma).date()
        except ValueError:
            continue
    raise ValueError(f"«{dicho[:40]}» no es una fecha: escriba 31/01/2026 o 2026-01-31")
