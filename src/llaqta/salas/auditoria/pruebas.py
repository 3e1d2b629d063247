"""La prueba de un suceso: lo que un tercero necesita para comprobar, sin Llaqta, que está en el registro."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llaqta.salas.auditoria import canon, lectura, merkle, puntos
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.mosaico import FaltaMosaico, Mosaico

FORMATO = "llaqta-prueba/1"


class TodaviaNo(Exception):
    """El suceso aún no tiene hoja, o ningún punto firmado la incluye: vuelva a pedirla en unos segundos."""


class NoCoincide(Exception):
    """El suceso ya no es el que entró al registro: alguien lo cambió, o cambió su secreto o su hoja."""


@dataclass(frozen=True)
class Prueba:
    """Dónde está un suceso en el registro, y su paquete de prueba."""

    suceso_id: int
    hoja: int
    tamano: int
    raiz: str
    punto: str
    paquete: dict[str, Any]


def get_prueba(suceso_id: int, *, abrir: Sequence[str] = ("datos", "objeto")) -> Prueba:
    """La prueba de un suceso frente al primer punto anclado que lo incluye o, si no hay, frente al último firmado.

    :param abrir: los campos cuyo valor se muestra; los demás quedan como compromisos
    :raises TodaviaNo: si el suceso aún no está en un punto firmado
    :raises NoCoincide: si el suceso, su secreto o su hoja fueron alterados
    """
    hoja = _leer(suceso_id)
    punto = _punto_que_incluye(hoja.hoja)
    canonico, abierto = _contenido(hoja, abrir)
    camino = merkle.camino_de_inclusion(hoja.hoja, punto.tamano, nodos())
    paquete = {
        "formato": FORMATO,
        "origen": puntos.leer_nota(punto.nota).origen,
        "llave": str(puntos.llave_publica()),
        "hoja": hoja.hoja,
        "tamano": punto.tamano,
        "canonico": json.loads(canonico),
        "abierto": abierto,
        "inclusion": [base64.b64encode(paso).decode() for paso in camino],
        "punto": punto.nota,
        "ancla": base64.b64encode(punto.ancla or b"").decode(),
        "ancla_punto": "",
        "testigos": [linea.rstrip() for linea in punto.cofirmas.values_list("linea", flat=True)],
    }
    return Prueba(suceso_id, hoja.hoja, punto.tamano, bytes(punto.raiz).hex(), punto.nota, paquete)


def camino_de_consistencia(desde: int, hasta: int) -> list[bytes]:
    """Lo que prueba que el registro de ``hasta`` hojas comienza con el de ``desde``.

    :raises ValueError: si esos tamaños no están en orden
    """
    return merkle.camino_de_consistencia(desde, hasta, nodos())


def _punto_que_incluye(hoja: int) -> Punto:
    """El primero anclado que la incluye prueba desde cuándo existe; sin anclas, el último firmado."""
    que_la_incluyen = Punto.objects.filter(tamano__gt=hoja)
    anclado = que_la_incluyen.filter(ancla__isnull=False).order_by("tamano").first()
    punto = anclado or que_la_incluyen.order_by("-tamano").first()
    if punto is None:
        raise TodaviaNo(f"La hoja {hoja} todavía no está en un punto de control firmado.")
    return punto


def get_canonico(suceso_id: int) -> bytes:
    """La forma canónica con que un suceso entró al registro.

    :raises TodaviaNo: si aún no tiene hoja
    :raises NoCoincide: si el suceso, su secreto o su hoja fueron alterados
    """
    return _contenido(_leer(suceso_id), ())[0]


@dataclass(frozen=True)
class _EnLaBase:
    """Lo que la base dice de un suceso que ya tiene hoja."""

    hoja: int
    huella: bytes
    semilla: bytes | None
    borrado: str | None
    suceso: canon.SucesoLeido | None


def _leer(suceso_id: int) -> _EnLaBase:
    """La hoja de un suceso y lo que la abre, en una sola sentencia.

    :raises TodaviaNo: si aún no tiene hoja
    """
    with lectura.cursor_binario() as cursor:
        cursor.execute(
            f"SELECT h.hoja, h.h, x.semilla, b.canonico, {lectura.CAMPOS} FROM auditoria_hoja h"
            " LEFT JOIN cimientos_suceso s ON s.id = h.suceso_id"
            " LEFT JOIN auditoria_secreto x ON x.suceso_id = h.suceso_id"
            " LEFT JOIN auditoria_secretoborrado b ON b.suceso_id = h.suceso_id"
            " WHERE h.suceso_id = %s",
            [suceso_id],
        )
        fila = cursor.fetchone()
    if fila is None:
        raise TodaviaNo(f"El suceso {suceso_id} todavía no está en el registro.")
    hoja, huella, semilla, borrado, *datos = fila
    suceso = lectura.suceso_de(tuple(datos)) if datos[0] is not None else None
    return _EnLaBase(hoja, huella, semilla, borrado, suceso)


def _contenido(fila: _EnLaBase, abrir: Sequence[str]) -> tuple[bytes, dict[str, dict[str, Any]]]:
    """La forma canónica del suceso y lo que se abre de ella; si su secreto se borró, ya no se abre nada."""
    if fila.borrado is not None:
        canonico, abierto = fila.borrado.encode(), {}
    elif fila.suceso is None or fila.semilla is None:
        raise NoCoincide(
            f"Falta el suceso de la hoja {fila.hoja}, o su secreto, y no se borró por el procedimiento."
        )
    else:
        canonico = canon.canonico(fila.suceso, fila.semilla)
        abierto = canon.abrir(fila.suceso, fila.semilla, tuple(abrir))
    if merkle.huella_de_hoja(canonico) != fila.huella:
        raise NoCoincide(f"El suceso de la hoja {fila.hoja} no es el que entró al registro.")
    return canonico, abierto


def nodos() -> merkle.Nodo:
    """Los nodos del árbol: de los mosaicos y, donde falte uno, de las hojas de la base."""
    arbol = Mosaico()

    def nodo(nivel: int, lugar: int) -> bytes:
        try:
            return arbol.nodo(nivel, lugar)
        except FaltaMosaico:
            desde = lugar << nivel
            huellas = list(lectura.huellas(desde, desde + (1 << nivel)))
            if len(huellas) != 1 << nivel:
                raise NoCoincide(f"Falta la hoja {desde + len(huellas)} en la base.") from None
            return merkle.plegar(huellas)

    return nodo
