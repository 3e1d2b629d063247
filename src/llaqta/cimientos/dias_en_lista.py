"""Una lista de días escrita o pegada: una línea por día, con su fecha y su motivo; dice qué línea no se entiende."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.errors import EntradaInvalida

MAXIMO = 400
_LINEA = re.compile(r"^\s*(?P<fecha>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})\s*[;,\t ]?\s*(?P<resto>.*)$")


@dataclass(frozen=True)
class Renglon:
    """Un día de la lista."""

    linea: int
    fecha: date
    motivo: str


def leer_lista(texto: str, *, motivo: str = "") -> list[Renglon]:
    """Los días de una lista pegada o de un archivo CSV, en el orden en que vienen.

    Cada línea lleva la fecha (``24/12/2026`` o ``2026-12-24``) y, después de un espacio, una coma, un punto y coma o un
    tabulador, el motivo. Las líneas vacías y el encabezado se saltan.

    :param motivo: el de las líneas que no traen uno
    :raises EntradaInvalida: si no hay ninguna, si son demasiadas, si una no se entiende o si una fecha se repite
    """
    hallados: list[Renglon] = []
    vistas: dict[date, int] = {}
    lineas = texto.lstrip("\ufeff").splitlines()
    for numero, linea in enumerate(lineas, start=1):
        limpia = linea.strip().strip('"').strip()
        if not limpia or (numero == 1 and limpia.lower().startswith("fecha")):
            continue
        renglon = _leer(numero, limpia, motivo)
        if renglon.fecha in vistas:
            raise _mal(numero, f"la fecha se repite: ya está en la línea {vistas[renglon.fecha]}")
        vistas[renglon.fecha] = numero
        hallados.append(renglon)
    if not hallados:
        raise EntradaInvalida("Escriba o pegue al menos un día, con su fecha y su motivo.", campo="lista")
    if len(hallados) > MAXIMO:
        raise EntradaInvalida(
            f"Se anotan hasta {MAXIMO} días de una vez; la lista trae {len(hallados)}.", campo="lista"
        )
    return hallados


def _leer(numero: int, linea: str, motivo: str) -> Renglon:
    partes = _LINEA.match(linea)
    if partes is None:
        raise _mal(numero, "empiece por la fecha, por ejemplo 24/12/2026 Día no laborable")
    dicho = partes["resto"].strip().strip(';,"').strip() or motivo.strip()
    if not dicho:
        raise _mal(numero, "falta el motivo")
    if len(dicho) > 120:
        raise _mal(numero, "el motivo pasa de 120 caracteres")
    return Renglon(numero, _fecha(numero, partes["fecha"]), dicho)


def _fecha(numero: int, escrita: str) -> date:
    uno, dos, tres = (int(parte) for parte in re.split(r"[-/.]", escrita))
    anio, mes, dia = (uno, dos, tres) if uno > 31 else (tres, dos, uno)
    try:
        return date(anio, mes, dia)
    except ValueError as error:
        raise _mal(numero, f"«{escrita}» no es una fecha") from error


def _mal(numero: int, que: str) -> EntradaInvalida:
    return EntradaInvalida(f"Línea {numero}: {que}.", campo="lista")
