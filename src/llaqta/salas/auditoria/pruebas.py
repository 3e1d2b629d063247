"""La prueba de un suceso: lo que un tercero necesita para comprobar, sin Llaqta, que está en el registro."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llaqta.salas.auditoria import canon, lectura, merkle, puntos
from llaqta.salas.auditoria.models import Hoja, Punto, Secreto, SecretoBorrado
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
    hoja = Hoja.objects.filter(suceso_id=suceso_id).first()
    if hoja is None:
        raise TodaviaNo(f"El suceso {suceso_id} todavía no está en el registro.")
    punto = _punto_que_incluye(hoja.hoja)
    canonico, abierto = _contenido(suceso_id, bytes(hoja.h), abrir)
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
    anclado = Punto.objects.filter(tamano__gt=hoja, ancla__isnull=False).order_by("tamano").first()
    punto = anclado or Punto.objects.order_by("-tamano").first()
    if punto is None or punto.tamano <= hoja:
        raise TodaviaNo(f"La hoja {hoja} todavía no está en un punto de control firmado.")
    return punto


def get_canonico(suceso_id: int) -> bytes:
    """La forma canónica con que un suceso entró al registro.

    :raises TodaviaNo: si aún no tiene hoja
    :raises NoCoincide: si el suceso, su secreto o su hoja fueron alterados
    """
    hoja = Hoja.objects.filter(suceso_id=suceso_id).first()
    if hoja is None:
        raise TodaviaNo(f"El suceso {suceso_id} todavía no está en el registro.")
    return _contenido(suceso_id, bytes(hoja.h), ())[0]


def _contenido(
    suceso_id: int, huella: bytes, abrir: Sequence[str]
) -> tuple[bytes, dict[str, dict[str, Any]]]:
    """La forma canónica del suceso y lo que se abre de ella; si su secreto se borró, ya no se abre nada."""
    borrado = SecretoBorrado.objects.filter(suceso_id=suceso_id).first()
    if borrado is not None:
        canonico, abierto = borrado.canonico.encode(), {}
    else:
        suceso, secreto = lectura.leer_suceso(suceso_id), Secreto.objects.filter(pk=suceso_id).first()
        if suceso is None or secreto is None:
            raise NoCoincide(f"Falta el suceso {suceso_id} o su secreto, y su hoja está en el registro.")
        semilla = bytes(secreto.semilla)
        canonico = canon.canonico(suceso, semilla)
        abierto = canon.abrir(suceso, semilla, tuple(abrir))
    if merkle.huella_de_hoja(canonico) != huella:
        raise NoCoincide(f"El suceso {suceso_id} no es el que entró al registro.")
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
