"""Los respaldos del almacén: una carpeta con fsync, o un servidor que habla S3. La puerta es ``storage``."""

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
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from llaqta.cimientos.archivos import asegurar
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
    """El contenido guardado no corresponde a su huella: hay que restaurarlo del respaldo."""


@dataclass(frozen=True)
class Objeto:
    """Un contenido guardado: su huella SHA-256 en hexadecimal y su tamaño en bytes."""

    sha256: str
    bytes: int


class Almacen(Protocol):
    """La puerta que comparten los respaldos."""

    def guardar(self, flujo: BinaryIO | bytes) -> Objeto:
        """Guarda un contenido."""
        ...

    def abrir(self, sha256: str) -> BinaryIO:
        """Lo abre para leer."""
        ...

    def ruta(self, sha256: str) -> Path | None:
        """Su ruta local, si la tiene."""
        ...

    def existe(self, sha256: str) -> bool:
        """Dice si está."""
        ...

    def borrar_huerfano(self, sha256: str, *, anterior_a: datetime) -> bool:
        """Borra uno sin dueño."""
        ...

    def listar(self, *, anteriores_a: datetime) -> Iterator[str]:
        """Da los más viejos."""
        ...


def _comprobar_nombre(sha256: str) -> str:
    """Devuelve la huella si lo es; una huella mal formada nunca llega a ser parte de una ruta.

    :raises ValueError: si no son 64 dígitos hexadecimales en minúscula
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"No es una huella SHA-256: {sha256[:80]!r}")
    return sha256


def copiar_con_huella(flujo: BinaryIO | bytes, destino: BinaryIO) -> Objeto:
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
                    objeto = copiar_con_huella(flujo, destino)
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
                try:
                    os.utime(destino)
                except PermissionError:
                    # Lo guardó otro usuario del sistema (páginas y tareas pueden ser dos): va el nuestro, igual.
                    temporal.replace(destino)
                return
        asegurar(destino.parent)

    def _crear_carpetas(self, carpeta: Path) -> None:
        """Crea ``ab/cd`` y deja cada entrada nueva firme en el disco, de abajo hacia arriba."""
        if carpeta.is_dir():
            return
        estrena_madre = not carpeta.parent.is_dir()
        carpeta.mkdir(parents=True, exist_ok=True)
        asegurar(carpeta.parent)
        if estrena_madre:
            asegurar(self.raiz)

    @contextmanager
    def _cerrojo(self, modo: int) -> Iterator[None]:
        """Quien guarda lo comparte; quien borra lo tiene solo: no se borra lo que se vuelve a guardar entonces."""
        descriptor = os.open(self.raiz / ".cerrojo", os.O_RDWR | os.O_CREAT, 0o660)
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
        """Borra un objeto sin dueño, solo si sigue siendo más viejo que ``anterior_a``. Solo para el barrendero."""
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
            objeto = copiar_con_huella(flujo, cast(BinaryIO, temporal))
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
        """Borra un objeto sin dueño, solo si sigue siendo más viejo que ``anterior_a``. Solo para el barrendero."""
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
