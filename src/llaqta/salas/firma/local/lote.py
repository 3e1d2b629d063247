"""Varios documentos en un solo viaje: qué se empaca y qué se admite de vuelta.

Del sobre que vuelve solo se leen los nombres que se esperan (``01-oficio[FP].pdf``, o el mismo con que se fue). Nada se
escribe en el disco con un nombre ajeno, y lo que sobra o se repite hace rechazar el sobre entero: no es obra de la
persona. Lo que falta, no: una tarjeta que se retira a la mitad deja sin firmar los que seguían, y solo esos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llaqta.salas.firma.local import siete_zeta

MARCA_DE_FIRMADO = "[FP].pdf"


class LoteInadmisible(Exception):
    """El sobre que volvió no es el que se espera; el texto dice por qué."""


def empacar(documentos: Mapping[str, bytes]) -> bytes:
    """Un 7z con los documentos, cada uno con su nombre seguro."""
    return siete_zeta.escribir(documentos)


def desempacar(contenido: bytes, nombres: Sequence[str], *, tope: int) -> dict[str, bytes]:
    """Los documentos devueltos, por el nombre con que se fueron; pueden faltar algunos.

    :param tope: lo más que pueden pesar todos juntos
    :raises LoteInadmisible: si el sobre está dañado o vacío, o trae algo que no se entregó, o dos veces lo mismo
    """
    try:
        traidos = siete_zeta.leer(contenido, tope=tope)
    except siete_zeta.SieteZetaInadmisible as error:
        raise LoteInadmisible(str(error)) from error
    esperados = {nombre.removesuffix(".pdf") + MARCA_DE_FIRMADO: nombre for nombre in nombres}
    esperados |= {nombre: nombre for nombre in nombres}
    if ajenos := [nombre for nombre in traidos if nombre not in esperados]:
        raise LoteInadmisible(f"El sobre trae {len(ajenos)} archivo(s) que no se entregaron.")
    devueltos = {esperados[nombre]: pdf for nombre, pdf in traidos.items()}
    if len(devueltos) != len(traidos):
        raise LoteInadmisible("El sobre trae dos veces el mismo documento.")
    if not devueltos:
        raise LoteInadmisible("El sobre volvió vacío.")
    return devueltos
