"""Del texto que escribe un funcionario a los bloques que compone ``pdf``.

Lo escrito sigue siendo texto corriente; solo se entienden cuatro costumbres de quien escribe a máquina:

- una línea en blanco separa párrafos;
- ``- `` al comenzar la línea es un punto de lista, y ``1. `` uno numerado;
- ``# `` es un subtítulo, y ``| celda | celda |`` la fila de una tabla (la primera es la cabecera);
- ``**negrita**`` y ``*cursiva*`` dentro de una línea.

Cualquier otro signo queda tal cual: nada de lo escrito se ejecuta.
"""

from __future__ import annotations

import re
from typing import Any

Bloque = dict[str, Any]
_TRAMO = re.compile(r"\*\*(?=\S)(?P<negrita>[^*\n]+?)(?<=\S)\*\*|\*(?=\S)(?P<cursiva>[^*\n]+?)(?<=\S)\*")
_PUNTO = re.compile(r"[-•]\s+(?P<texto>.+)")
_NUMERO = re.compile(r"(?P<numero>\d{1,3})[.)]\s+(?P<texto>.+)")


def bloques(texto: str) -> list[Bloque]:
    """Convierte un texto en bloques: párrafos, subtítulos, listas, listas numeradas y tablas.

    :param texto: lo que la persona escribió; puede estar vacío (devuelve una lista vacía)
    """
    trozos = re.split(r"\n\s*\n", texto.replace("\r\n", "\n").replace("\r", "\n").strip())
    return [bloque for trozo in trozos if trozo.strip() for bloque in _bloques_de(trozo.strip().split("\n"))]


def tramos(linea: str) -> list[str | dict[str, str]]:
    """Separa una línea en tramos corrientes, en negrita y en cursiva."""
    salida: list[str | dict[str, str]] = []
    desde = 0
    for hallado in _TRAMO.finditer(linea):
        if hallado.start() > desde:
            salida.append(linea[desde : hallado.start()])
        estilo = "negrita" if hallado["negrita"] else "cursiva"
        salida.append({"estilo": estilo, "texto": hallado[estilo]})
        desde = hallado.end()
    if desde < len(linea) or not salida:
        salida.append(linea[desde:])
    return salida


def _bloques_de(lineas: list[str]) -> list[Bloque]:
    """Agrupa líneas seguidas de la misma clase en un bloque."""
    salida: list[Bloque] = []
    for linea in (linea.strip() for linea in lineas):
        bloque = _bloque_de_linea(linea)
        anterior = salida[-1] if salida else None
        if anterior is None or anterior["tipo"] != bloque["tipo"] or bloque["tipo"] == "titulo":
            salida.append(bloque)
        elif bloque["tipo"] == "parrafo":
            anterior["tramos"] = [*anterior["tramos"], " ", *bloque["tramos"]]
        elif bloque["tipo"] == "tabla":
            anterior["filas"].append(_ajustar(bloque["cabecera"], len(anterior["cabecera"])))
        else:
            anterior["puntos"].extend(bloque["puntos"])
    return salida


def _bloque_de_linea(linea: str) -> Bloque:
    if linea.startswith("# "):
        return {"tipo": "titulo", "tramos": tramos(linea[2:].strip())}
    if linea.startswith("|") and linea.endswith("|") and len(linea) > 2:
        return {
            "tipo": "tabla",
            "cabecera": [tramos(celda.strip()) for celda in linea[1:-1].split("|")],
            "filas": [],
        }
    if punto := _PUNTO.fullmatch(linea):
        return {"tipo": "lista", "puntos": [tramos(punto["texto"])]}
    if numerado := _NUMERO.fullmatch(linea):
        return {"tipo": "numerada", "desde": int(numerado["numero"]), "puntos": [tramos(numerado["texto"])]}
    return {"tipo": "parrafo", "tramos": tramos(linea)}


def _ajustar(celdas: list[Any], columnas: int) -> list[Any]:
    """Completa o une celdas para que la fila tenga las columnas de su cabecera."""
    if len(celdas) <= columnas:
        return celdas + [[""]] * (columnas - len(celdas))
    sobrantes = [tramo for celda in celdas[columnas - 1 :] for tramo in (*celda, " ")]
    return [*celdas[: columnas - 1], sobrantes]
