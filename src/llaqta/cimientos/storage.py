"""Almacén de objetos: cada archivo se guarda una sola vez, bajo su SHA-256, y nunca se sobrescribe.

El nombre es el contenido: dos copias iguales ocupan un solo lugar y ``comprobar`` demuestra años después que nada cambió
(DS 029-2021-PCM, art. 49: integridad del documento electrónico). Hay dos respaldos con la misma puerta:

- ``carpeta`` (por omisión): ``DATOS/objetos/ab/cd/<sha256>``, con fsync del archivo y de su carpeta;
- ``s3``: cualquier servidor que hable S3, para varias máquinas, a través de django-storages.

Guardar ocurre antes de que la transacción termine; si el proceso muere en medio queda un objeto sin dueño, que
``documentos.barrer_huerfanos`` retira después de ``EDAD_DE_HUERFANO``.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from django.conf import settings

from llaqta.cimientos.errors import EntradaInvalida

TROZO = 1024 * 1024
EDAD_DE_HUERFANO = timedelta(hours=24)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIN_ESPACIO = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class AlmacenLleno(EntradaInvalida):
    """No queda espacio donde guardar; no se guardó nada."""

    codigo_http = 507

    def __init__(self) -> None:
        super().__init__(
            "No pudimos guardar el archivo porque nuestro almacén se quedó sin espacio. "
            "No se guardó nada. Vuelva a intentarlo en unos minutos o llame a la mesa de partes."
        )


class ObjetoDanado(Exception):
    """El contenido guardado no corresponde a su huella: hay que restaurarlo del respaldo. No es culpa de quien lo pide."""


@dataclass(frozen=True)
class Objeto:
    """Un contenido guardado: su huella SHA-256 en hexadecimal y su tamaño en bytes."""

    sha256: str
    bytes: int


class Almacen(Protocol):
    """La puerta que comparten los respaldos."""

    def guardar(self, flujo: BinaryIO | bytes) -> Objeto: ...
    def abrir(self, sha256: str) -> BinaryIO: ...
    def ruta(self, sha256: str) -> Path | None: ...
    def existe(self, sha256: str) -> bool: ...
    def borrar_huerfano(self, sha256: str, *, anterior_a: datetime) -> bool: ...
    def listar(self, *, anteriores_a: datetime) -> Iterator[str]: ...


def _comprobar_nombre(sha256: str) -> str:
    """Devuelve la huella si lo es; una huella mal formada nunca llega a ser parte de una ruta.

    :raises ValueError: si no son 64 dígitos hexadecimales en minúscula
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"No es una huella SHA-256: {sha256[:80]!r}")
    return sha256


def _copiar(flujo: BinaryIO | bytes, destino: BinaryIO) -> Objeto:
    """Copia el flujo al destino mientras calcula su huella."""
    origen = io.BytesIO(flujo) if isinstance(flujo, bytes) else flujo
    huella = hashlib.sha256()
    total = 0
    while trozo := origen.read(TROZO):
        huella.update(trozo)
        destino.write(trozo)
        total += len(trozo)
    return Objeto(sha256=huella.hexdigest(), bytes=total)


@contextmanager
def _disco_con_espacio() -> Iterator[None]:
    """Convierte «disco lleno» en una frase para la persona.

    :raises AlmacenLleno: si el sistema dice que no hay espacio, cuota o tamaño permitido
    """
    try:
        yield
    except OSError as error:
        if error.errno in _SIN_ESPACIO:
            raise AlmacenLleno from error
        raise


class AlmacenCarpeta:
    """Respaldo en una carpeta local o de red con semántica POSIX."""

    def __init__(self, raiz: Path) -> None:
        self.raiz = raiz
        self._nuevos = raiz / ".nuevos"
        with _disco_con_espacio():
            self._nuevos.mkdir(parents=True, exist_ok=True)

    def guardar(self, flujo: BinaryIO | bytes) -> Objeto:
        """Guarda el flujo y devuelve su huella; si el mismo contenido ya estaba, no escribe otra copia.

        :raises AlmacenLleno: si no hay espacio; no queda ningún archivo a medias
        """
        with _disco_con_espacio():
            descriptor, nombre = tempfile.mkstemp(dir=self._nuevos)
            temporal = Path(nombre)
            try:
                with os.fdopen(descriptor, "wb") as destino:
                    objeto = _copiar(flujo, destino)
                    destino.flush()
                    # Solo lectura también para el dueño: nadie lo cambia por descuido.
                    os.fchmod(destino.fileno(), 0o440)
                    os.fsync(destino.fileno())
                self._colocar(temporal, objeto)
            finally:
                temporal.unlink(missing_ok=True)
        return objeto

    def _colocar(self, temporal: Path, objeto: Objeto) -> None:
        """Da al temporal su nombre definitivo sin sobrescribir jamás: ``link`` falla si el nombre existe."""
        destino = self._lugar(objeto.sha256)
        self._crear_carpetas(destino.parent)
        with self._cerrojo(fcntl.LOCK_SH):
            try:
                os.link(temporal, destino)
            except FileExistsError:
                if destino.stat().st_size != objeto.bytes:
                    raise ObjetoDanado(objeto.sha256) from None
                # Rejuvenece al que ya estaba: si era un huérfano viejo, el barrendero ya no debe tocarlo.
                os.utime(destino)
                return
        self._fsync_carpeta(destino.parent)

    def _crear_carpetas(self, carpeta: Path) -> None:
        """Crea ``ab/cd`` y deja cada entrada nueva firme en el disco, de abajo hacia arriba."""
        if carpeta.is_dir():
            return
        carpeta.mkdir(parents=True, exist_ok=True)
        self._fsync_carpeta(carpeta.parent)
        self._fsync_carpeta(self.raiz)

    @staticmethod
    def _fsync_carpeta(carpeta: Path) -> None:
        descriptor = os.open(carpeta, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _cerrojo(self, modo: int) -> Iterator[None]:
        """Quien guarda lo comparte; quien borra lo tiene solo: así no se borra lo que se vuelve a guardar en ese instante."""
        descriptor = os.open(self.raiz / ".cerrojo", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, modo)
            yield
        finally:
            os.close(descriptor)

    def _lugar(self, sha256: str) -> Path:
        _comprobar_nombre(sha256)
        return self.raiz / sha256[:2] / sha256[2:4] / sha256

    def abrir(self, sha256: str) -> BinaryIO:
        """Abre el contenido para leerlo.

        :raises FileNotFoundError: si no está guardado
        """
        return self._lugar(sha256).open("rb")

    def ruta(self, sha256: str) -> Path | None:
        """Devuelve la ruta en el disco (para FileResponse, typst, pdfium), o ``None`` si no está."""
        lugar = self._lugar(sha256)
        return lugar if lugar.is_file() else None

    def existe(self, sha256: str) -> bool:
        """Dice si el contenido está guardado."""
        return self._lugar(sha256).is_file()

    def borrar_huerfano(self, sha256: str, *, anterior_a: datetime) -> bool:
        """Borra un objeto que ninguna fila nombra, solo si sigue siendo más viejo que ``anterior_a``. Solo para el barrendero."""
        lugar = self._lugar(sha256)
        with self._cerrojo(fcntl.LOCK_EX):
            try:
                if lugar.stat().st_mtime >= anterior_a.timestamp():
                    return False
            except FileNotFoundError:
                return False
            lugar.unlink()
        return True

    def listar(self, *, anteriores_a: datetime) -> Iterator[str]:
        """Da las huellas de los objetos más viejos que ``anteriores_a``; de paso retira los temporales abandonados."""
        for temporal in self._nuevos.iterdir():
            if temporal.stat().st_mtime < anteriores_a.timestamp():
                temporal.unlink(missing_ok=True)
        for lugar in sorted(self.raiz.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if _SHA256.fullmatch(lugar.name) and lugar.stat().st_mtime < anteriores_a.timestamp():
                yield lugar.name


class AlmacenS3:
    """Respaldo en un servidor que habla S3; conviene activar allí las versiones y el bloqueo de objetos (WORM)."""

    def __init__(self, opciones: dict[str, Any]) -> None:
        # Se importa aquí: quien guarda en una carpeta no paga la memoria de boto3.
        from storages.backends.s3 import S3Storage  # noqa: PLC0415

        self._s3 = S3Storage(
            **{clave: valor for clave, valor in opciones.items() if valor},
            default_acl=None,
            file_overwrite=True,
        )

    def guardar(self, flujo: BinaryIO | bytes) -> Objeto:
        """Guarda el flujo y devuelve su huella. El contenido pasa antes por un temporal local para conocerla.

        :raises AlmacenLleno: si ni el temporal cabe
        """
        with _disco_con_espacio(), tempfile.SpooledTemporaryFile(max_size=TROZO) as temporal:
            objeto = _copiar(flujo, cast(BinaryIO, temporal))
            # Un objeto viejo se vuelve a subir (son los mismos bytes): así su fecha lo salva del barrendero.
            if not self._es_reciente(objeto.sha256):
                temporal.seek(0)
                self._s3.bucket.upload_fileobj(temporal, self._llave(objeto.sha256))
        return objeto

    def _es_reciente(self, sha256: str) -> bool:
        modificado = self._modificado_en(sha256)
        return modificado is not None and datetime.now(UTC) - modificado < EDAD_DE_HUERFANO / 2

    def _modificado_en(self, sha256: str) -> datetime | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 (la misma razón que arriba)

        try:
            return cast(datetime, self._s3.bucket.Object(self._llave(sha256)).last_modified)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise

    @staticmethod
    def _llave(sha256: str) -> str:
        _comprobar_nombre(sha256)
        return f"objetos/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def abrir(self, sha256: str) -> BinaryIO:
        """Abre el contenido; llega a un temporal local, de modo que se puede recorrer.

        :raises FileNotFoundError: si no está guardado
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415

        temporal = tempfile.TemporaryFile()  # noqa: SIM115 (lo cierra quien lo recibe)
        try:
            self._s3.bucket.download_fileobj(self._llave(sha256), temporal)
        except ClientError as error:
            temporal.close()
            raise FileNotFoundError(sha256) from error
        temporal.seek(0)
        return cast(BinaryIO, temporal)

    def ruta(self, sha256: str) -> Path | None:
        """Devuelve siempre ``None``: en S3 no hay ruta; use ``abrir``."""
        _comprobar_nombre(sha256)
        return None

    def existe(self, sha256: str) -> bool:
        """Dice si el contenido está guardado."""
        return self._modificado_en(sha256) is not None

    def borrar_huerfano(self, sha256: str, *, anterior_a: datetime) -> bool:
        """Borra un objeto que ninguna fila nombra, solo si sigue siendo más viejo que ``anterior_a``. Solo para el barrendero."""
        modificado = self._modificado_en(sha256)
        if modificado is None or modificado >= anterior_a:
            return False
        self._s3.bucket.Object(self._llave(sha256)).delete()
        return True

    def listar(self, *, anteriores_a: datetime) -> Iterator[str]:
        """Da las huellas de los objetos más viejos que ``anteriores_a``."""
        for objeto in self._s3.bucket.objects.filter(Prefix="objetos/"):
            nombre = objeto.key.rpartition("/")[2]
            if _SHA256.fullmatch(nombre) and objeto.last_modified < anteriores_a:
                yield nombre


def get_almacen() -> Almacen:
    """Devuelve el almacén que dicen los ajustes (``OBJETOS``, ``DATOS``, ``S3``).

    :raises ValueError: si ``OBJETOS`` no es «carpeta» ni «s3»
    """
    if settings.OBJETOS == "carpeta":
        return _carpeta(Path(settings.DATOS) / "objetos")
    if settings.OBJETOS == "s3":
        return _s3(tuple(sorted(settings.S3.items())))
    raise ValueError(f"LLAQTA_OBJETOS debe ser «carpeta» o «s3»; vale «{settings.OBJETOS}».")


@lru_cache(maxsize=8)
def _carpeta(raiz: Path) -> AlmacenCarpeta:
    return AlmacenCarpeta(raiz)


@lru_cache(maxsize=8)
def _s3(opciones: tuple[tuple[str, Any], ...]) -> AlmacenS3:
    return AlmacenS3(dict(opciones))


def guardar(flujo: BinaryIO | bytes) -> Objeto:
    """Guarda un contenido y devuelve su huella y tamaño; guardar dos veces lo mismo es guardarlo una.

    :raises AlmacenLleno: si no hay espacio; no queda nada a medias
    """
    return get_almacen().guardar(flujo)


def abrir(sha256: str) -> BinaryIO:
    """Abre un contenido para leerlo desde el principio.

    :raises FileNotFoundError: si no está guardado
    """
    return get_almacen().abrir(sha256)


def leer(sha256: str) -> bytes:
    """Devuelve un contenido entero (para PDF propios, que son pequeños).

    :raises FileNotFoundError: si no está guardado
    """
    with abrir(sha256) as flujo:
        return flujo.read()


def ruta(sha256: str) -> Path | None:
    """Devuelve la ruta local del contenido, o ``None`` si no está o si el almacén es S3."""
    return get_almacen().ruta(sha256)


@contextmanager
def como_ruta(sha256: str) -> Iterator[Path]:
    """Presta una ruta local al contenido, sea cual sea el almacén; no debe escribirse en ella.

    :raises FileNotFoundError: si no está guardado
    """
    if local := ruta(sha256):
        yield local
        return
    with abrir(sha256) as origen, tempfile.NamedTemporaryFile() as copia:
        _copiar(origen, cast(BinaryIO, copia))
        copia.flush()
        yield Path(copia.name)


def existe(sha256: str) -> bool:
    """Dice si un contenido está guardado."""
    return get_almacen().existe(sha256)


def comprobar(sha256: str) -> bool:
    """Vuelve a calcular la huella de lo guardado y dice si sigue siendo la misma.

    :raises FileNotFoundError: si no está guardado
    """
    with abrir(sha256) as flujo:
        return hashlib.file_digest(flujo, "sha256").hexdigest() == _comprobar_nombre(sha256)


def listar(*, anteriores_a: datetime) -> Iterator[str]:
    """Da las huellas guardadas antes de ``anteriores_a``. Solo para el barrendero."""
    return get_almacen().listar(anteriores_a=anteriores_a)


def borrar_huerfano(sha256: str, *, anterior_a: datetime) -> bool:
    """Borra un objeto sin dueño más viejo que ``anterior_a`` y dice si lo hizo. Solo para el barrendero."""
    return get_almacen().borrar_huerfano(sha256, anterior_a=anterior_a)
