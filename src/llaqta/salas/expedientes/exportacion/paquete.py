"""Abrir un paquete que viene de fuera sin desempaquetarlo: se mira entero antes de creerle nada.

Se niega lo que pueda salirse de su carpeta, ocupar la memoria o el disco, o estar y no estar: rutas peligrosas,
enlaces, nombres repetidos, bombas de compresión, archivos que el manifiesto no nombra.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from llaqta.cimientos.errors import EntradaInvalida

MAX_ARCHIVOS = 50_000
MAX_BYTES = 50 * 1024**3
MAX_POR_ARCHIVO = 4 * 1024**3
MAX_RAZON = 150
RAZON_DESDE = 1 << 20
MAX_DE_TEXTO = 64 * 1024**2
TROZO = 1 << 20
_LINEA = re.compile(r"([0-9a-f]{64})[ \t]+\*?(\S.*)")
_PELIGROSO = re.compile(r"^[/~]|^[A-Za-z]:|[\\\x00-\x1f\x7f]|(^|/)\.{1,2}(/|$)|//")


class PaqueteRechazado(EntradaInvalida):
    """El paquete no se recibe; la frase nombra el archivo y la razón."""

    def __init__(self, archivo: str, razon: str) -> None:
        super().__init__(f"No se recibe el paquete. {archivo}: {razon}", campo="archivo")
        self.archivo, self.razon = archivo, razon


class PaqueteAbierto:
    """Un ZIP con una bolsa BagIt adentro, ya revisado por fuera; se lee archivo por archivo."""

    def __init__(self, ruta: Path) -> None:
        """Abre el ZIP y revisa su lista de archivos; todavía no lee ninguno.

        :raises PaqueteRechazado: si no es un ZIP, o si su lista es peligrosa
        """
        try:
            self._zip = zipfile.ZipFile(ruta)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise PaqueteRechazado(ruta.name, "no es un ZIP que se pueda abrir.") from error
        try:
            self._fichas = _revisar(self._zip.infolist())
        except PaqueteRechazado:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, clase: type[BaseException] | None, error: BaseException | None, traza: TracebackType | None
    ) -> None:
        self._zip.close()

    def abrir(self, nombre: str) -> IO[bytes]:
        """Un archivo del paquete, para leerlo por partes.

        :raises PaqueteRechazado: si falta
        """
        if nombre not in self._fichas:
            raise PaqueteRechazado(nombre, "falta en el paquete.")
        return self._zip.open(self._fichas[nombre])

    def leer(self, nombre: str) -> bytes:
        """Un archivo entero, si es de los que se leen enteros.

        :raises PaqueteRechazado: si falta, está dañado o es desmesurado
        """
        try:
            with self.abrir(nombre) as flujo:
                leido = flujo.read(MAX_DE_TEXTO + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise PaqueteRechazado(nombre, "está dañado y no se puede leer.") from error
        if len(leido) > MAX_DE_TEXTO:
            raise PaqueteRechazado(nombre, "es desmesurado.")
        return leido

    def comprobar_bolsa(self) -> dict[str, str]:
        """Comprueba los manifiestos contra cada archivo; devuelve el contenido (``data/…``) con sus huellas.

        :raises PaqueteRechazado: con el archivo que falta, sobra o cambió
        """
        if b"BagIt-Version: 1.0" not in self.leer("bagit.txt").splitlines():
            raise PaqueteRechazado("bagit.txt", "no declara BagIt 1.0.")
        etiquetas = self._manifiesto("tagmanifest-sha256.txt")
        contenido = self._manifiesto("manifest-sha256.txt")
        for obligada in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt"):
            if obligada not in etiquetas:
                raise PaqueteRechazado("tagmanifest-sha256.txt", f"no nombra {obligada}.")
        declarados = {*contenido, *etiquetas, "tagmanifest-sha256.txt"}
        for nombre in sorted(set(self._fichas) - declarados):
            raise PaqueteRechazado(nombre, "está en el paquete y su manifiesto no lo nombra.")
        octetos = 0
        for nombre, huella in (etiquetas | contenido).items():
            hallada, suyos = self.huella_de(nombre)
            octetos += suyos if nombre in contenido else 0
            if hallada != huella:
                raise PaqueteRechazado(nombre, "fue cambiado: su huella no es la del manifiesto.")
        self._comprobar_suma(octetos, len(contenido))
        return contenido

    def huella_de(self, nombre: str) -> tuple[str, int]:
        """El SHA-256 y el tamaño de un archivo del paquete.

        :raises PaqueteRechazado: si falta o está dañado
        """
        resumen, octetos = hashlib.sha256(), 0
        try:
            with self.abrir(nombre) as flujo:
                while trozo := flujo.read(TROZO):
                    resumen.update(trozo)
                    octetos += len(trozo)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise PaqueteRechazado(nombre, "está dañado y no se puede leer.") from error
        return resumen.hexdigest(), octetos

    def _manifiesto(self, cual: str) -> dict[str, str]:
        huellas: dict[str, str] = {}
        for linea in _texto(cual, self.leer(cual)).splitlines():
            hallada = _LINEA.fullmatch(linea)
            if hallada is None or hallada[2] in huellas:
                raise PaqueteRechazado(cual, f"está mal escrito: «{linea[:80]}».")
            de_contenido = hallada[2].startswith("data/")
            if _PELIGROSO.search(hallada[2]) or de_contenido != (cual == "manifest-sha256.txt"):
                raise PaqueteRechazado(cual, f"nombra lo que no le toca: «{hallada[2][:80]}».")
            huellas[hallada[2]] = hallada[1]
        return huellas

    def _comprobar_suma(self, octetos: int, cuantos: int) -> None:
        informacion = _texto("bag-info.txt", self.leer("bag-info.txt"))
        declarada = re.search(r"^Payload-Oxum: (\S+)$", informacion, re.MULTILINE)
        if declarada is None or declarada[1] != f"{octetos}.{cuantos}":
            raise PaqueteRechazado("bag-info.txt", "no dice cuánto trae el paquete (Payload-Oxum).")


def _texto(nombre: str, octetos: bytes) -> str:
    try:
        return octetos.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PaqueteRechazado(nombre, "no está escrito en UTF-8.") from error


def _revisar(fichas: list[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    """Los archivos por su nombre dentro de la única carpeta del paquete.

    :raises PaqueteRechazado: si algo en la lista es peligroso
    """
    if len(fichas) > MAX_ARCHIVOS:
        raise PaqueteRechazado("El ZIP", f"trae más de {MAX_ARCHIVOS} archivos.")
    archivos = [ficha for ficha in fichas if not ficha.is_dir()]
    for ficha in fichas:
        _revisar_ficha(ficha)
    if sum(ficha.file_size for ficha in archivos) > MAX_BYTES:
        raise PaqueteRechazado("El ZIP", "ocuparía demasiado al abrirlo.")
    _revisar_sin_encimar(archivos)
    bases = {ficha.filename.split("/", 1)[0] for ficha in archivos if "/" in ficha.filename}
    if len(bases) != 1 or any("/" not in ficha.filename for ficha in archivos):
        raise PaqueteRechazado("El ZIP", "debe traer una sola carpeta con todo adentro.")
    hallados: dict[str, zipfile.ZipInfo] = {}
    vistos: set[str] = set()
    for ficha in archivos:
        nombre = ficha.filename.split("/", 1)[1]
        if nombre.casefold() in vistos:
            raise PaqueteRechazado(nombre, "está dos veces en el ZIP.")
        vistos.add(nombre.casefold())
        hallados[nombre] = ficha
    return hallados


def _revisar_ficha(ficha: zipfile.ZipInfo) -> None:
    nombre = ficha.filename
    original = getattr(ficha, "orig_filename", nombre)
    if _PELIGROSO.search(nombre) or _PELIGROSO.search(original):
        raise PaqueteRechazado(repr(original)[1:80], "su nombre saldría de la carpeta del paquete.")
    if (ficha.external_attr >> 28) not in (0x0, 0x8, 0x4):
        raise PaqueteRechazado(nombre, "es un enlace o algo que no es un archivo.")
    if ficha.flag_bits & 0x1:
        raise PaqueteRechazado(nombre, "está cifrado.")
    if ficha.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PaqueteRechazado(nombre, "está comprimido de una manera que no se acepta.")
    if ficha.file_size > MAX_POR_ARCHIVO:
        raise PaqueteRechazado(nombre, "es desmesurado.")
    if ficha.file_size > RAZON_DESDE and ficha.file_size > MAX_RAZON * max(1, ficha.compress_size):
        raise PaqueteRechazado(nombre, "se infla demasiado al descomprimirlo: es una bomba.")


def _revisar_sin_encimar(archivos: list[zipfile.ZipInfo]) -> None:
    """Cada archivo ocupa su propio lugar en el ZIP: dos nombres no pueden compartir los mismos bytes."""
    fin = 0
    for ficha in sorted(archivos, key=lambda una: una.header_offset):
        if ficha.header_offset < fin:
            raise PaqueteRechazado(ficha.filename, "está encimado con otro dentro del ZIP.")
        fin = ficha.header_offset + 30 + len(ficha.orig_filename.encode()) + ficha.compress_size
