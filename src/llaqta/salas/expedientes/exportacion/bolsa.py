"""Escribir una bolsa BagIt 1.0 (RFC 8493) en un ZIP, archivo por archivo y sin tenerla nunca en memoria."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from llaqta.cimientos.calendario import LIMA

TROZO = 1 << 20
YA_COMPRIMIDOS = (".pdf", ".jpg", ".jpeg", ".png", ".zip")


class Bolsa:
    """Una bolsa que se está escribiendo; al cerrarla se ponen sus manifiestos."""

    def __init__(self, destino: BinaryIO, *, base: str, ahora: datetime) -> None:
        """Comienza la bolsa.

        :param destino: dónde se escribe el ZIP; se puede buscar en él
        :param base: el nombre de su única carpeta
        """
        self._zip = zipfile.ZipFile(destino, "w", allowZip64=True)
        self._base, self._fecha = base, ahora.astimezone(LIMA)
        self._contenido: dict[str, str] = {}
        self._etiquetas: dict[str, str] = {}
        self._octetos = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, clase: type[BaseException] | None, error: BaseException | None, traza: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def huellas(self) -> Mapping[str, str]:
        """Lo puesto hasta ahora, con su SHA-256."""
        return self._contenido

    def poner(self, nombre: str, contenido: bytes) -> str:
        """Pone un archivo pequeño bajo ``data/`` y devuelve su SHA-256."""
        return self.poner_flujo(nombre, BytesIO(contenido))

    def poner_archivo(self, nombre: str, ruta: Path) -> str:
        """Pone un archivo del disco, de a trozos, y devuelve su SHA-256."""
        with ruta.open("rb") as flujo:
            return self.poner_flujo(nombre, flujo)

    def poner_flujo(self, nombre: str, flujo: BinaryIO) -> str:
        """Pone lo que se lea de ``flujo`` y devuelve su SHA-256.

        :raises ValueError: si ya hay otro con ese nombre: sería un error nuestro
        """
        completo = f"data/{nombre}"
        if completo in self._contenido:
            raise ValueError(f"Ya hay un archivo {completo} en el paquete.")
        huella, octetos = self._escribir(completo, flujo)
        self._contenido[completo] = huella
        self._octetos += octetos
        return huella

    def cerrar(self, informacion: Mapping[str, str]) -> str:
        """Pone la declaración, los datos de la bolsa y los manifiestos; devuelve la huella del último, que la nombra.

        :param informacion: los renglones de ``bag-info.txt``
        """
        self._etiqueta("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        datos = {
            **informacion,
            "Bagging-Date": f"{self._fecha:%Y-%m-%d}",
            "Payload-Oxum": f"{self._octetos}.{len(self._contenido)}",
        }
        self._etiqueta("bag-info.txt", "".join(f"{clave}: {valor}\n" for clave, valor in datos.items()))
        self._etiqueta("manifest-sha256.txt", _manifiesto(self._contenido))
        return self._etiqueta("tagmanifest-sha256.txt", _manifiesto(self._etiquetas))

    def _etiqueta(self, nombre: str, texto: str) -> str:
        huella, _ = self._escribir(nombre, BytesIO(texto.encode()))
        self._etiquetas[nombre] = huella
        return huella

    def _escribir(self, nombre: str, flujo: BinaryIO) -> tuple[str, int]:
        ficha = zipfile.ZipInfo(f"{self._base}/{nombre}", date_time=self._fecha.timetuple()[:6])
        ficha.external_attr = 0o644 << 16
        comprimido = nombre.lower().endswith(YA_COMPRIMIDOS)
        ficha.compress_type = zipfile.ZIP_STORED if comprimido else zipfile.ZIP_DEFLATED
        resumen, octetos = hashlib.sha256(), 0
        with self._zip.open(ficha, "w", force_zip64=True) as salida:
            while trozo := flujo.read(TROZO):
                resumen.update(trozo)
                octetos += len(trozo)
                salida.write(trozo)
        return resumen.hexdigest(), octetos


def _manifiesto(huellas: Mapping[str, str]) -> str:
    return "".join(f"{huella}  {nombre}\n" for nombre, huella in sorted(huellas.items()))
