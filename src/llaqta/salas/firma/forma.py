"""La forma de un PDF firmado, mirada byte por byte, antes de creer lo que diga ningún programa que lo interprete.

Los ataques conocidos a firmas de PDF juegan con lo que la firma no cubre: bytes antes del comienzo o después del final,
un hueco más ancho que la firma, relleno alrededor. Aquí nada de eso pasa: la firma cubre todo el archivo menos los
dígitos de ella misma, y esos dígitos son exactamente el sobre.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

_HEXADECIMAL = re.compile(rb"(?:[0-9A-F]*|[0-9a-f]*)")
_FIN = re.compile(rb"[\r\n]%%EOF")
_INDICE = re.compile(rb"[\r\n]startxref[\x00\t\f\r\n ]{1,16}\d{1,12}[\x00\t\f\r\n ]{0,16}\Z")
_RANGO = re.compile(rb"/ByteRange\s*\[")
_RANGO_ENTERO = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,12})\s+(\d{1,12})\s+\d{1,12}\s*\]")
FINAL = 1024
"""En cuántos bytes del final debe estar el ``%%EOF``, como manda la norma (ISO 32000, anexo H) y exige pyHanko."""
VENTANA = 4 * 1024 * 1024
SOLAPE = 256
"""Un rango escrito no mide más que esto: con el solape, ninguno queda partido entre dos ventanas."""


class FormaIlicita(Exception):
    """El archivo no tiene la forma de un PDF firmado limpiamente; el texto dice por qué."""


class FinalPerdido(Exception):
    """El archivo no termina como un PDF: ni siquiera se puede empezar a leer."""


class Archivo:
    """Los bytes de un PDF, leídos por pedazos: uno de cien megas no entra entero en la memoria."""

    def __init__(self, flujo: BinaryIO) -> None:
        self.flujo = flujo
        self.tamano = flujo.seek(0, 2)

    def leer(self, desde: int, hasta: int) -> bytes:
        """Los bytes de ``desde`` a ``hasta``, sin incluirlo; los que haya."""
        desde = max(desde, 0)
        self.flujo.seek(desde)
        return self.flujo.read(max(hasta - desde, 0))

    def ventanas(self) -> Iterator[bytes]:
        """El archivo entero, por ventanas que se solapan."""
        for desde in range(0, self.tamano, VENTANA):
            yield self.leer(desde, desde + VENTANA + SOLAPE)


def check_comienzo(archivo: Archivo) -> None:
    """Comprueba que el archivo empieza por ``%PDF-``.

    :raises FormaIlicita: si no
    """
    if archivo.leer(0, 5) != b"%PDF-":
        raise FormaIlicita("El archivo no es un PDF, o tiene algo escrito antes de su comienzo.")


def check_final(archivo: Archivo) -> None:
    """Comprueba que el archivo termina señalando su índice; pyHanko lo buscaría hacia atrás, byte por byte.

    Dos megas de relleno al final le costaban medio minuto de procesador antes de decir que no.

    :raises FinalPerdido: si no
    """
    final = archivo.leer(archivo.tamano - FINAL, archivo.tamano)
    finales = [hallado.start() for hallado in _FIN.finditer(final)]
    desde = archivo.tamano - len(final) + finales[-1] if finales else 0
    if not finales or not _INDICE.search(archivo.leer(desde - FINAL, desde)):
        raise FinalPerdido("No termina como un PDF.")


def tiene_restos_de_firma(archivo: Archivo) -> bool:
    """Dice si en el archivo quedan rastros de una firma, aunque el documento ya no la muestre."""
    return any(_RANGO.search(ventana) for ventana in archivo.ventanas())


def contar_firmas_escritas(archivo: Archivo) -> int:
    """Cuenta las firmas que alguna vez se escribieron en este archivo: rangos que señalan un sobre en su sitio.

    Los de un PDF firmado que venga adjunto señalan posiciones de otro archivo y no cuentan.
    """
    rangos = {
        tuple(int(numero) for numero in hallado.groups())
        for ventana in archivo.ventanas()
        for hallado in _RANGO_ENTERO.finditer(ventana)
    }
    return sum(
        archivo.leer(abre, abre + 1) == b"<" and archivo.leer(cierra - 1, cierra) == b">"
        for abre, cierra in rangos
    )


def check_rango(archivo: Archivo, rango: Sequence[int], sobre: bytes) -> int:
    """Comprueba que una firma cubre el archivo desde su primer byte, salvo los dígitos del sobre, y nada más.

    :param rango: el ``/ByteRange``
    :param sobre: el contenido de ``/Contents`` tal como lo entiende el lector
    :return: hasta qué byte cubre
    :raises FormaIlicita: si el rango deja fuera, o encierra, otra cosa
    """
    if len(rango) != 4 or rango[0] != 0 or min(rango) < 0:
        raise FormaIlicita("La firma no cubre el documento desde su comienzo.")
    _, abre, cierra, resto = (int(numero) for numero in rango)
    if not 0 < abre < cierra or resto == 0 or cierra + resto > archivo.tamano:
        raise FormaIlicita("La zona que la firma dice cubrir no corresponde a este archivo.")
    hueco = archivo.leer(abre, cierra)
    if hueco[:1] != b"<" or hueco[-1:] != b">":
        raise FormaIlicita("El hueco de la firma encierra algo más que la firma.")
    digitos = hueco[1:-1]
    if not _HEXADECIMAL.fullmatch(digitos) or bytes.fromhex(digitos.decode()) != sobre:
        raise FormaIlicita("El hueco de la firma encierra algo más que la firma.")
    _check_relleno(sobre)
    return cierra + resto


def _check_relleno(sobre: bytes) -> None:
    """Después del sobre solo puede haber ceros: ahí se podría esconder cualquier cosa."""
    if len(sobre) < 2 or sobre[0] != 0x30:
        raise FormaIlicita("La firma está vacía o dañada.")
    if sobre[1] < 0x80:
        largo, cabeza = sobre[1], 2
    elif sobre[1] == 0x80:
        # Un largo indefinido (BER) deja poner bytes donde nadie mira; la norma del PDF pide DER.
        raise FormaIlicita("La firma no está escrita como manda la norma (DER).")
    else:
        octetos = sobre[1] & 0x7F
        largo, cabeza = int.from_bytes(sobre[2 : 2 + octetos]), 2 + octetos
    if cabeza + largo > len(sobre) or any(sobre[cabeza + largo :]):
        raise FormaIlicita("El hueco de la firma encierra algo más que la firma.")
