"""El árbol de Merkle de RFC 9162 (2.1): huellas, raíces y pruebas, en funciones puras.

Un nodo completo se nombra por su nivel (0 son las hojas) y su lugar en el nivel: el nodo ``(n, i)`` resume las hojas
``i·2ⁿ … (i+1)·2ⁿ - 1``. Las pruebas piden los nodos que necesitan a una función ``nodo(nivel, lugar)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Nodo = Callable[[int, int], bytes]
VACIO = hashlib.sha256(b"").digest()
"""La raíz de un árbol sin hojas."""


def huella_de_hoja(contenido: bytes) -> bytes:
    """SHA-256(0x00 || contenido)."""
    return hashlib.sha256(b"\x00" + contenido).digest()


def huella_de_nodo(izquierda: bytes, derecha: bytes) -> bytes:
    """SHA-256(0x01 || izquierda || derecha)."""
    return hashlib.sha256(b"\x01" + izquierda + derecha).digest()


def plegar(huellas: Sequence[bytes]) -> bytes:
    """La raíz de un subárbol completo: ``huellas`` son 2ᵏ."""
    sha = hashlib.sha256
    while len(huellas) > 1:
        huellas = [sha(b"\x01" + huellas[i] + huellas[i + 1]).digest() for i in range(0, len(huellas), 2)]
    return huellas[0]


class Frontera:
    """El borde derecho de un árbol que crece: basta para saber su raíz, con memoria logarítmica."""

    def __init__(self) -> None:
        self.tamano = 0
        self._torres: list[bytes] = []

    def agregar(self, huella: bytes) -> None:
        """Agrega una hoja por su huella."""
        sha, torres = hashlib.sha256, self._torres
        resto = self.tamano
        while resto & 1:
            huella = sha(b"\x01" + torres.pop() + huella).digest()
            resto >>= 1
        torres.append(huella)
        self.tamano += 1

    def raiz(self) -> bytes:
        """La raíz de las hojas agregadas hasta ahora."""
        return _juntar(self._torres)


def raiz(huellas: Iterable[bytes]) -> bytes:
    """La raíz de un árbol con esas hojas."""
    frontera = Frontera()
    for huella in huellas:
        frontera.agregar(huella)
    return frontera.raiz()


def raiz_de(tamano: int, nodo: Nodo) -> bytes:
    """La raíz del árbol de ``tamano`` hojas cuyos nodos completos da ``nodo``."""
    return _raiz_del_tramo(0, tamano, nodo) if tamano else VACIO


def camino_de_inclusion(hoja: int, tamano: int, nodo: Nodo) -> list[bytes]:
    """Lo que falta para rehacer la raíz desde una hoja (RFC 9162, 2.1.3.1), de abajo arriba.

    :raises ValueError: si la hoja no está en el árbol
    """
    if not 0 <= hoja < tamano:
        raise ValueError(f"La hoja {hoja} no está en un árbol de {tamano}.")
    camino: list[bytes] = []
    desde, hasta = 0, tamano
    while hasta - desde > 1:
        medio = desde + _mitad(hasta - desde)
        if hoja < medio:
            camino.append(_raiz_del_tramo(medio, hasta, nodo))
            hasta = medio
        else:
            camino.append(_raiz_del_tramo(desde, medio, nodo))
            desde = medio
    return camino[::-1]


def camino_de_consistencia(antes: int, despues: int, nodo: Nodo) -> list[bytes]:
    """Lo que prueba que el árbol de ``despues`` hojas comienza con el de ``antes`` (RFC 9162, 2.1.4.1).

    :raises ValueError: si ``antes`` no es un tamaño anterior
    """
    if not 0 < antes <= despues:
        raise ValueError(f"No hay prueba de consistencia de {antes} a {despues} hojas.")
    camino: list[bytes] = []
    desde, hasta, entero = 0, despues, True
    while antes != hasta:
        medio = desde + _mitad(hasta - desde)
        if antes <= medio:
            camino.append(_raiz_del_tramo(medio, hasta, nodo))
            hasta = medio
        else:
            camino.append(_raiz_del_tramo(desde, medio, nodo))
            desde, entero = medio, False
    if not entero:
        camino.append(_raiz_del_tramo(desde, hasta, nodo))
    return camino[::-1]


def verificar_inclusion(
    huella: bytes, hoja: int, tamano: int, camino: Sequence[bytes], raiz_esperada: bytes
) -> bool:
    """Dice si el camino lleva de la hoja a la raíz (RFC 9162, 2.1.3.2)."""
    if not 0 <= hoja < tamano:
        return False
    lugar, ultimo, calculada = hoja, tamano - 1, huella
    for paso in camino:
        if ultimo == 0:
            return False
        if lugar & 1 or lugar == ultimo:
            calculada = huella_de_nodo(paso, calculada)
            while not lugar & 1 and lugar:
                lugar, ultimo = lugar >> 1, ultimo >> 1
        else:
            calculada = huella_de_nodo(calculada, paso)
        lugar, ultimo = lugar >> 1, ultimo >> 1
    return ultimo == 0 and calculada == raiz_esperada


def verificar_consistencia(
    antes: int, raiz_antes: bytes, despues: int, raiz_despues: bytes, camino: Sequence[bytes]
) -> bool:
    """Dice si el camino prueba que el árbol mayor comienza con el menor (RFC 9162, 2.1.4.2)."""
    if not 0 < antes <= despues:
        return False
    if antes == despues:
        return not camino and raiz_antes == raiz_despues
    pasos = list(camino)
    if antes & (antes - 1) == 0:
        pasos.insert(0, raiz_antes)
    if not pasos:
        return False
    lugar, ultimo = antes - 1, despues - 1
    while lugar & 1:
        lugar, ultimo = lugar >> 1, ultimo >> 1
    vieja = nueva = pasos[0]
    for paso in pasos[1:]:
        if ultimo == 0:
            return False
        if lugar & 1 or lugar == ultimo:
            vieja, nueva = huella_de_nodo(paso, vieja), huella_de_nodo(paso, nueva)
            while not lugar & 1 and lugar:
                lugar, ultimo = lugar >> 1, ultimo >> 1
        else:
            nueva = huella_de_nodo(nueva, paso)
        lugar, ultimo = lugar >> 1, ultimo >> 1
    return ultimo == 0 and vieja == raiz_antes and nueva == raiz_despues


def _mitad(tamano: int) -> int:
    """La mayor potencia de dos menor que ``tamano``."""
    return 1 << ((tamano - 1).bit_length() - 1)


def _raiz_del_tramo(desde: int, hasta: int, nodo: Nodo) -> bytes:
    """La raíz de las hojas ``desde … hasta - 1``; ``desde`` es múltiplo de la potencia de dos que cubre el tramo."""
    torres = []
    while desde < hasta:
        nivel = (hasta - desde).bit_length() - 1
        torres.append(nodo(nivel, desde >> nivel))
        desde += 1 << nivel
    return _juntar(torres)


def _juntar(torres: Sequence[bytes]) -> bytes:
    """Une subárboles completos, del mayor al menor, de derecha a izquierda."""
    if not torres:
        return VACIO
    calculada = torres[-1]
    for torre in reversed(torres[:-1]):
        calculada = huella_de_nodo(torre, calculada)
    return calculada
