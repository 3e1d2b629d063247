"""Cómo se escribe el número de un documento: leer un formato, comprobar que sirve y rellenarlo. Funciones puras.

Un formato es texto con campos: ``{TIPO} N° {NUM:06}-{AÑO}-{ENTIDAD}/{UNIDAD}``. Se aceptan con tilde o sin ella, en
mayúsculas o minúsculas, y los nombres que usó la primera versión (``{numero:06d}``, ``{anio}``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.errors import EntradaInvalida

CAMPOS = ("{TIPO}", "{NUM:06}", "{AÑO}", "{ENTIDAD}", "{UNIDAD}", "{PADRE}", "{INICIALES}")
"""Los campos que admite un formato, como se enseñan en pantalla."""

UNIDAD, TIPO, ENTIDAD = "UNIDAD", "TIPO", "ENTIDAD"
LARGO_DEL_FORMATO = 120
CIFRAS_MAXIMAS = 9
ULTIMO_POSIBLE = 999_999
"""El mayor número que admite una serie en un año: seis cifras."""

_NOMBRES = {
    "TIPO": "TIPO", "NUM": "NUM", "NUMERO": "NUM", "ANIO": "ANIO", "ANO": "ANIO", "ENTIDAD": "ENTIDAD",
    "UNIDAD": "UNIDAD", "PADRE": "PADRE", "INICIALES": "INICIALES",
}  # fmt: skip
_CAMPO = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_CIFRAS = re.compile(r"0?([1-9])d?")
_SEPARADORES = " -/.,·–"
_PARTICULAS = {"de", "del", "la", "las", "los", "y", "da", "do", "dos"}


@dataclass(frozen=True)
class Campo:
    """Un campo de un formato: su nombre sin tildes y, si es el número, cuántas cifras lleva al menos."""

    nombre: str
    cifras: int = 0


@dataclass(frozen=True)
class Datos:
    """Con qué se rellena un formato.

    :ivar unidades: las siglas de quienes firman; en un documento conjunto son varias y se escriben unidas
    :ivar padre: las siglas de la unidad de la que depende la primera; vacío, si no depende de otra
    """

    tipo: str
    numero: int
    anio: int
    entidad: str
    unidades: tuple[str, ...]
    padre: str = ""
    iniciales: str = ""


def leer_formato(formato: str) -> tuple[str | Campo, ...]:
    """Las partes de un formato: textos y campos, en orden.

    :raises EntradaInvalida: si usa un campo que no existe, o una llave queda abierta, con la frase que dice cuál
    """
    partes: list[str | Campo] = []
    hasta = 0
    for hallado in _CAMPO.finditer(formato):
        partes.append(_texto(formato[hasta : hallado.start()]))
        partes.append(_campo(hallado[1], hallado[2]))
        hasta = hallado.end()
    partes.append(_texto(formato[hasta:]))
    return tuple(parte for parte in partes if parte != "")


def comprobar_formato(formato: str, *, contador: str) -> None:
    """Comprueba que con este formato nunca se escriban dos números iguales.

    :param contador: ``UNIDAD``, ``TIPO`` o ``ENTIDAD``: qué documentos comparten la cuenta
    :raises EntradaInvalida: si le falta un campo sin el cual dos documentos tendrían el mismo número, o no se entiende
    """
    if len(formato) > LARGO_DEL_FORMATO:
        raise _mal(f"El formato tiene {len(formato)} caracteres y caben {LARGO_DEL_FORMATO}.")
    campos = [parte.nombre for parte in leer_formato(formato) if isinstance(parte, Campo)]
    if campos.count("NUM") != 1:
        raise _mal("El formato necesita el número una sola vez: escriba {NUM:06} donde va.")
    if "ANIO" not in campos:
        raise _mal(
            "Al formato le falta {AÑO}: la cuenta recomienza cada 1 de enero y, sin el año, el número se repetiría."
        )
    if "TIPO" not in campos and contador != ENTIDAD:
        raise _mal(
            "Al formato le falta {TIPO}: sin él, dos clases de documento podrían llevar el mismo número."
        )
    if contador == UNIDAD and "UNIDAD" not in campos:
        raise _mal(
            "Al formato le falta {UNIDAD}: si cada unidad cuenta los suyos, dos unidades llegarían al mismo número."
        )


def escribir_numero(formato: str, datos: Datos) -> str:
    """El número de un documento: ``INFORME N° 000251-2026-MDP/SGLC``.

    Un campo sin valor (una unidad que no depende de otra, por ejemplo) se lleva consigo la raya o la barra que lo
    antecede: no queda un signo suelto.

    :raises EntradaInvalida: si el formato no se entiende
    """
    valores = {
        "TIPO": datos.tipo, "ANIO": str(datos.anio), "ENTIDAD": datos.entidad, "UNIDAD": "-".join(datos.unidades),
        "PADRE": datos.padre, "INICIALES": datos.iniciales,
    }  # fmt: skip
    escrito = ""
    for parte in leer_formato(formato):
        if isinstance(parte, str):
            escrito = escrito + parte if escrito else parte.lstrip(_SEPARADORES)
        elif parte.nombre == "NUM":
            escrito += f"{datos.numero:0{max(parte.cifras, 1)}d}"
        elif valores[parte.nombre]:
            escrito += valores[parte.nombre]
        else:
            escrito = escrito.rstrip(_SEPARADORES)
    return escrito.strip()


def normalizar(formato: str) -> str:
    """El mismo formato con los nombres de campo que se enseñan en pantalla: ``{numero:06d}`` pasa a ``{NUM:06}``."""
    partes = []
    for parte in leer_formato(formato):
        if isinstance(parte, str):
            partes.append(parte)
        elif parte.nombre == "NUM":
            partes.append(f"{{NUM:0{parte.cifras}}}" if parte.cifras else "{NUM}")
        else:
            partes.append(f"{{{'AÑO' if parte.nombre == 'ANIO' else parte.nombre}}}")
    return "".join(partes)


def nombre_de_serie(*, tipo: str, siglas: str, contador: str) -> str:
    """El nombre con que los cimientos guardan la cuenta; junto con el año, una fila bloqueada.

    :param tipo: el código de la clase de documento; ``siglas``, las de la unidad que numera
    """
    if contador == ENTIDAD:
        return "documento"
    return f"documento.{tipo}" if contador == TIPO else f"documento.{tipo}.{siglas}"


def elegir_formato(
    filas: Sequence[tuple[date, bool, str, str]], *, al: date, de_fabrica: tuple[str, str]
) -> tuple[str, str]:
    """El formato y el contador que rigen el día ``al``.

    :param filas: ``(desde, es de la unidad, formato, contador)`` de la clase de documento, como se anotaron
    :param de_fabrica: los que trae la clase de documento, si ninguna fila rige todavía
    """
    rigen = [fila for fila in filas if fila[0] <= al]
    if not rigen:
        return de_fabrica
    mejor = max(enumerate(rigen), key=lambda par: (par[1][1], par[1][0], par[0]))[1]
    return mejor[2], mejor[3]


def iniciales_de(*partes: str) -> str:
    """Las iniciales de un nombre, como se ponen al pie: «Elmer», «Yupanqui», «de la Rosa» → ``EYR``."""
    palabras = [palabra for parte in partes for palabra in parte.split()]
    return "".join(palabra[0].upper() for palabra in palabras if palabra.lower() not in _PARTICULAS)


def _texto(texto: str) -> str:
    if "{" in texto or "}" in texto:
        raise _mal("Hay una llave suelta en el formato: cada campo va entre llaves, como {NUM:06}.")
    return texto


def _campo(escrito: str, medida: str | None) -> Campo:
    sin_tildes = unicodedata.normalize("NFD", escrito.strip().upper())
    nombre = _NOMBRES.get("".join(signo for signo in sin_tildes if not unicodedata.combining(signo)))
    if nombre is None:
        raise _mal(f"El campo {{{escrito}}} no existe. Puede usar: {', '.join(CAMPOS)}.")
    if medida is None:
        return Campo(nombre)
    cifras = _CIFRAS.fullmatch(medida.strip())
    if nombre != "NUM" or cifras is None:
        raise _mal(
            f"«{{{escrito}:{medida}}}» no se entiende: solo el número lleva cuántas cifras, de 1 a {CIFRAS_MAXIMAS}, "
            "como en {NUM:06}."
        )
    return Campo(nombre, int(cifras[1]))


def _mal(frase: str) -> EntradaInvalida:
    return EntradaInvalida(frase, campo="formato")
