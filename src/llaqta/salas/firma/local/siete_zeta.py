"""Leer y escribir 7z, el sobre en que Firma Perú lleva varios documentos a la vez.

Solo lo que hace falta, y en memoria: al escribir, sin comprimir (un PDF ya lo está); al leer, sin comprimir, LZMA o
LZMA2 (``lzma``, de la biblioteca estándar). Aquí nada se escribe en el disco ni se cree en una ruta: de cada entrada
solo se devuelven su nombre, tal como vino, y sus bytes. Antes de descomprimir se conoce y se limita cuánto saldrá.

El formato está publicado por su autor (7zFormat.txt, dominio público). Los programas que lo leen son LGPL, y un
programa aparte que extrae archivos ajenos es justo lo que aquí se quiere evitar (decisión 0016).
"""

from __future__ import annotations

import lzma
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

MARCA = b"7z\xbc\xaf\x27\x1c"
CABECERA = 32
INDICE_MAXIMO = 1024 * 1024
DICCIONARIO_MAXIMO = 64 * 1024 * 1024
ENTRADAS_MAXIMAS = 64
_FIN, _INDICE, _FLUJOS, _ARCHIVOS = 0x00, 0x01, 0x04, 0x05
_EMPACADO, _DESEMPACADO, _PARTES, _TAMANOS, _SUMAS = 0x06, 0x07, 0x08, 0x09, 0x0A
_CARPETAS, _TAMANOS_DE_CARPETA, _CUANTAS_PARTES = 0x0B, 0x0C, 0x0D
_VACIOS, _NOMBRES, _ATRIBUTOS, _INDICE_COMPRIMIDO = 0x0E, 0x11, 0x15, 0x17
_COPIA, _LZMA, _LZMA2 = b"\x00", b"\x03\x01\x01", b"\x21"
_ES_DE_UNIX, _TIPO, _ENLACE = 0x8000, 0xF000, 0xA000


class SieteZetaInadmisible(Exception):
    """El archivo está dañado, usa algo que aquí no se admite o es demasiado grande; el texto dice cuál."""


def escribir(archivos: Mapping[str, bytes]) -> bytes:
    """Empaca esos archivos, sin comprimir, en el orden dado."""
    cuerpo = b"".join(archivos.values())
    cuantos = _numero(len(archivos))
    tamanos = b"".join(_numero(len(contenido)) for contenido in archivos.values())
    sumas = b"".join(struct.pack("<I", crc32(contenido)) for contenido in archivos.values())
    nombres = b"".join(nombre.encode("utf-16-le") + b"\0\0" for nombre in archivos)
    indice = b"".join(
        (
            bytes((_INDICE, _FLUJOS)),
            bytes((_EMPACADO,)) + _numero(0) + cuantos + bytes((_TAMANOS,)) + tamanos + bytes((_FIN,)),
            bytes((_DESEMPACADO, _CARPETAS)) + cuantos + b"\0" + b"\x01\x01\x00" * len(archivos),
            bytes((_TAMANOS_DE_CARPETA,)) + tamanos,
            bytes((_SUMAS, 1)) + sumas + bytes((_FIN, _FIN)),
            bytes((_ARCHIVOS,)) + cuantos,
            bytes((_NOMBRES,)) + _numero(len(nombres) + 1) + b"\0" + nombres,
            bytes((_FIN, _FIN)),
        )
    )
    donde = struct.pack("<QQI", len(cuerpo), len(indice), crc32(indice))
    return MARCA + b"\0\x04" + struct.pack("<I", crc32(donde)) + donde + cuerpo + indice


def leer(contenido: bytes, *, tope: int) -> dict[str, bytes]:
    """Devuelve los archivos de un 7z por su nombre.

    :param tope: lo más que pueden pesar todos juntos, ya descomprimidos
    :raises SieteZetaInadmisible: si está dañado, pasa del tope, o trae carpetas, enlaces o nombres repetidos
    """
    try:
        return _leer(contenido, tope)
    except (struct.error, IndexError, ValueError, lzma.LZMAError, UnicodeDecodeError, OverflowError) as error:
        raise SieteZetaInadmisible("El archivo 7z está dañado.") from error


@dataclass
class _Carpeta:
    """Un flujo comprimido: con qué se comprimió, cuánto ocupa suelto y su suma."""

    metodo: bytes
    propiedades: bytes
    tamano: int = 0
    suma: int | None = None
    partes: list[int] = field(default_factory=list)
    sumas: list[int | None] = field(default_factory=list)


@dataclass
class _Flujos:
    """Dónde están los flujos y qué son."""

    desde: int = 0
    empacados: list[int] = field(default_factory=list)
    carpetas: list[_Carpeta] = field(default_factory=list)


@dataclass
class _Lector:
    """Un índice que se lee de izquierda a derecha."""

    datos: bytes
    lugar: int = 0

    def tomar(self, cuantos: int) -> bytes:
        """Los bytes que siguen."""
        if cuantos < 0 or self.lugar + cuantos > len(self.datos):
            raise IndexError("fin del índice")
        trozo = self.datos[self.lugar : self.lugar + cuantos]
        self.lugar += cuantos
        return trozo

    def byte(self) -> int:
        """El byte que sigue."""
        return self.tomar(1)[0]

    def numero(self) -> int:
        """Un entero de largo variable: los unos del comienzo dicen cuántos bytes más tiene."""
        primero, mascara, valor = self.byte(), 0x80, 0
        for corrido in range(8):
            if not primero & mascara:
                return valor | (primero & (mascara - 1)) << (8 * corrido)
            valor |= self.byte() << (8 * corrido)
            mascara >>= 1
        return valor

    def cuantos(self, maximo: int) -> int:
        """Un número de cosas, que no puede pasar de ``maximo``."""
        hallado = self.numero()
        if hallado > maximo:
            raise SieteZetaInadmisible("El archivo 7z trae demasiadas entradas.")
        return hallado

    def bits(self, cuantos: int) -> list[bool]:
        """Un sí o no por cosa, de ocho en ocho."""
        octetos = self.tomar((cuantos + 7) // 8)
        return [bool(octetos[lugar // 8] & (0x80 >> lugar % 8)) for lugar in range(cuantos)]

    def sumas(self, cuantas: int) -> list[int | None]:
        """Las sumas CRC-32, y ``None`` donde no hay."""
        estan = [True] * cuantas if self.byte() else self.bits(cuantas)
        return [struct.unpack("<I", self.tomar(4))[0] if esta else None for esta in estan]


def _leer(contenido: bytes, tope: int) -> dict[str, bytes]:
    if not contenido.startswith(MARCA) or len(contenido) < CABECERA:
        raise SieteZetaInadmisible("Lo que volvió no es un archivo 7z.")
    [suma] = struct.unpack("<I", contenido[8:12])
    desde, largo, suma_del_indice = struct.unpack("<QQI", contenido[12:32])
    if crc32(contenido[12:32]) != suma or largo > INDICE_MAXIMO:
        raise SieteZetaInadmisible("El archivo 7z está dañado.")
    indice = contenido[CABECERA + desde : CABECERA + desde + largo]
    if len(indice) != largo or crc32(indice) != suma_del_indice:
        raise SieteZetaInadmisible("El archivo 7z está dañado.")
    lector = _Lector(indice)
    clase = lector.byte()
    if clase == _INDICE_COMPRIMIDO:
        [suelto] = _soltar(contenido, _leer_flujos(lector), INDICE_MAXIMO)
        lector = _Lector(suelto)
        clase = lector.byte()
    if clase != _INDICE:
        raise SieteZetaInadmisible("El archivo 7z está dañado.")
    flujos = _Flujos()
    nombres: list[str] = []
    while (clase := lector.byte()) != _FIN:
        if clase == _FLUJOS:
            flujos = _leer_flujos(lector)
        elif clase == _ARCHIVOS:
            nombres = _leer_nombres(lector)
        else:
            raise SieteZetaInadmisible("El archivo 7z usa algo que aquí no se admite.")
    sueltos = _soltar(contenido, flujos, tope)
    if len(nombres) != len(sueltos) or len(set(nombres)) != len(nombres):
        raise SieteZetaInadmisible("El archivo 7z trae carpetas, enlaces o nombres repetidos.")
    return dict(zip(nombres, sueltos, strict=True))


def _leer_flujos(lector: _Lector) -> _Flujos:
    flujos = _Flujos()
    con_partes = False
    while (clase := lector.byte()) != _FIN:
        if clase == _EMPACADO:
            _leer_empacado(lector, flujos)
        elif clase == _DESEMPACADO:
            _leer_carpetas(lector, flujos)
        elif clase == _PARTES:
            con_partes = True
            _leer_partes(lector, flujos)
        else:
            raise SieteZetaInadmisible("El archivo 7z usa algo que aquí no se admite.")
    if not con_partes:
        for carpeta in flujos.carpetas:
            carpeta.partes, carpeta.sumas = [carpeta.tamano], [carpeta.suma]
    if len(flujos.empacados) != len(flujos.carpetas):
        raise SieteZetaInadmisible("El archivo 7z usa algo que aquí no se admite.")
    return flujos


def _leer_empacado(lector: _Lector, flujos: _Flujos) -> None:
    flujos.desde = lector.numero()
    cuantos = lector.cuantos(ENTRADAS_MAXIMAS)
    while (clase := lector.byte()) != _FIN:
        if clase == _TAMANOS:
            flujos.empacados = [lector.numero() for _ in range(cuantos)]
        elif clase == _SUMAS:
            lector.sumas(cuantos)
        else:
            raise SieteZetaInadmisible("El archivo 7z está dañado.")


def _leer_carpetas(lector: _Lector, flujos: _Flujos) -> None:
    if lector.byte() != _CARPETAS:
        raise SieteZetaInadmisible("El archivo 7z está dañado.")
    cuantas = lector.cuantos(ENTRADAS_MAXIMAS)
    if lector.byte() != 0:
        raise SieteZetaInadmisible("El archivo 7z usa algo que aquí no se admite.")
    flujos.carpetas = [_leer_carpeta(lector) for _ in range(cuantas)]
    if lector.byte() != _TAMANOS_DE_CARPETA:
        raise SieteZetaInadmisible("El archivo 7z está dañado.")
    for carpeta in flujos.carpetas:
        carpeta.tamano = lector.numero()
    while (clase := lector.byte()) != _FIN:
        if clase != _SUMAS:
            raise SieteZetaInadmisible("El archivo 7z está dañado.")
        for carpeta, suma in zip(flujos.carpetas, lector.sumas(cuantas), strict=True):
            carpeta.suma = suma


def _leer_carpeta(lector: _Lector) -> _Carpeta:
    """Una carpeta con un solo método, sin cifrar ni encadenar."""
    if lector.numero() != 1:
        raise SieteZetaInadmisible("El archivo 7z encadena métodos y aquí no se admite.")
    marca = lector.byte()
    metodo = lector.tomar(marca & 0x0F)
    if marca & 0x90 or metodo not in {_COPIA, _LZMA, _LZMA2}:
        raise SieteZetaInadmisible("El archivo 7z está cifrado o usa un método que aquí no se admite.")
    return _Carpeta(metodo, lector.tomar(lector.numero()) if marca & 0x20 else b"")


def _leer_partes(lector: _Lector, flujos: _Flujos) -> None:
    cuantas = [1] * len(flujos.carpetas)
    clase = lector.byte()
    if clase == _CUANTAS_PARTES:
        cuantas = [lector.cuantos(ENTRADAS_MAXIMAS) for _ in flujos.carpetas]
        clase = lector.byte()
    tamanos: list[list[int]] = []
    for carpeta, partes in zip(flujos.carpetas, cuantas, strict=True):
        dichos = [lector.numero() for _ in range(partes - 1)] if clase == _TAMANOS else []
        tamanos.append([*dichos, carpeta.tamano - sum(dichos)] if partes else [])
        carpeta.partes = tamanos[-1]
        if len(carpeta.partes) != partes or any(tamano < 0 for tamano in carpeta.partes):
            raise SieteZetaInadmisible("El archivo 7z está dañado.")
    if clase == _TAMANOS:
        clase = lector.byte()
    sabidas = [c.suma is not None and len(c.partes) == 1 for c in flujos.carpetas]
    faltan = sum(len(c.partes) for c, sabida in zip(flujos.carpetas, sabidas, strict=True) if not sabida)
    leidas: list[int | None] = [None] * faltan
    while clase != _FIN:
        if clase != _SUMAS:
            raise SieteZetaInadmisible("El archivo 7z está dañado.")
        leidas = lector.sumas(faltan)
        clase = lector.byte()
    for carpeta, sabida in zip(flujos.carpetas, sabidas, strict=True):
        carpeta.sumas = [carpeta.suma] if sabida else leidas[: len(carpeta.partes)]
        leidas = leidas if sabida else leidas[len(carpeta.partes) :]


def _leer_nombres(lector: _Lector) -> list[str]:
    cuantos = lector.cuantos(ENTRADAS_MAXIMAS)
    nombres: list[str] = []
    while (clase := lector.byte()) != _FIN:
        dato = _Lector(lector.tomar(lector.numero()))
        if clase == _VACIOS and any(dato.bits(cuantos)):
            raise SieteZetaInadmisible("El archivo 7z trae carpetas o archivos vacíos.")
        if clase == _NOMBRES:
            if dato.byte() != 0:
                raise SieteZetaInadmisible("El archivo 7z usa algo que aquí no se admite.")
            nombres = dato.datos[1:].decode("utf-16-le").split("\0")[:-1]
        if clase == _ATRIBUTOS:
            _check_sin_enlaces(dato, cuantos)
    if len(nombres) != cuantos:
        raise SieteZetaInadmisible("El archivo 7z está dañado.")
    return nombres


def _check_sin_enlaces(dato: _Lector, cuantos: int) -> None:
    estan = [True] * cuantos if dato.byte() else dato.bits(cuantos)
    dato.byte()
    for _ in filter(None, estan):
        [atributos] = struct.unpack("<I", dato.tomar(4))
        if atributos & _ES_DE_UNIX and (atributos >> 16) & _TIPO == _ENLACE:
            raise SieteZetaInadmisible("El archivo 7z trae un enlace.")


def _soltar(contenido: bytes, flujos: _Flujos, tope: int) -> list[bytes]:
    """Descomprime, después de comprobar que todo junto no pasa del tope."""
    if sum(carpeta.tamano for carpeta in flujos.carpetas) > tope:
        raise SieteZetaInadmisible("El archivo 7z ocupa demasiado al descomprimirse.")
    desde, sueltos = CABECERA + flujos.desde, []
    for carpeta, largo in zip(flujos.carpetas, flujos.empacados, strict=True):
        suelto = _descomprimir(carpeta, contenido[desde : desde + largo])
        desde += largo
        if len(suelto) != carpeta.tamano or (carpeta.suma is not None and crc32(suelto) != carpeta.suma):
            raise SieteZetaInadmisible("El archivo 7z está dañado.")
        lugar = 0
        for tamano, suma in zip(carpeta.partes, carpeta.sumas, strict=True):
            parte = suelto[lugar : lugar + tamano]
            lugar += tamano
            if suma is not None and crc32(parte) != suma:
                raise SieteZetaInadmisible("El archivo 7z está dañado.")
            sueltos.append(parte)
    return sueltos


def _descomprimir(carpeta: _Carpeta, empacado: bytes) -> bytes:
    if carpeta.metodo == _COPIA:
        return empacado
    if carpeta.metodo == _LZMA:
        marca, diccionario = struct.unpack("<BI", carpeta.propiedades)
        filtro = {"id": lzma.FILTER_LZMA1, "lc": marca % 9, "lp": marca // 9 % 5, "pb": marca // 45}
    else:
        [marca] = carpeta.propiedades
        diccionario = (2 | marca & 1) << (marca // 2 + 11)
        filtro = {"id": lzma.FILTER_LZMA2}
    if diccionario > DICCIONARIO_MAXIMO:
        raise SieteZetaInadmisible("El archivo 7z pide demasiada memoria.")
    filtro["dict_size"] = max(diccionario, 4096)
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filtro]).decompress(empacado, carpeta.tamano)


def _numero(valor: int) -> bytes:
    """Un entero de largo variable, con los bytes justos (hasta 2^56, que sobra)."""
    for largo in range(8):
        if valor < 1 << (7 * (largo + 1)):
            primero = (0xFF << (8 - largo)) & 0xFF | valor >> (8 * largo)
            return bytes((primero,)) + (valor & ((1 << 8 * largo) - 1)).to_bytes(largo, "little")
    raise OverflowError(valor)
