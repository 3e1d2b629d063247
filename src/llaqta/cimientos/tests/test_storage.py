"""El almacén: un contenido, un nombre; nada a medias, nada sobrescrito, nada perdido."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from llaqta.cimientos import almacenes, storage
from llaqta.cimientos.storage import Almacen, AlmacenCarpeta, AlmacenLleno, AlmacenS3

CONTENIDO = b"Que, mediante el expediente..." * 1000
HUELLA = hashlib.sha256(CONTENIDO).hexdigest()
AYER_Y_MAS = timedelta(hours=25)


@pytest.fixture
def carpeta(tmp_path: Path) -> AlmacenCarpeta:
    return AlmacenCarpeta(tmp_path / "objetos")


@pytest.fixture(scope="module")
def servidor_s3() -> Iterator[str]:
    """Un servidor que habla S3, por HTTP de verdad, en un puerto libre de esta máquina."""
    from moto.server import ThreadedMotoServer

    servidor = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    servidor.start()
    direccion, puerto = servidor.get_host_and_port()
    yield f"http://{direccion}:{puerto}"
    servidor.stop()


@pytest.fixture
def s3(servidor_s3: str) -> AlmacenS3:
    import boto3

    opciones = {"endpoint_url": servidor_s3, "region_name": "us-east-1"}
    boto3.client("s3", aws_access_key_id="cuenta", aws_secret_access_key="clave", **opciones).create_bucket(
        Bucket="llaqta"
    )
    return AlmacenS3({"bucket_name": "llaqta", "access_key": "cuenta", "secret_key": "clave", **opciones})


@pytest.fixture(params=["carpeta", "s3"])
def almacen(request: pytest.FixtureRequest) -> Almacen:
    elegido: Almacen = request.getfixturevalue(request.param)
    return elegido


def _archivos(carpeta: AlmacenCarpeta) -> list[Path]:
    return [ruta for ruta in carpeta.raiz.rglob("*") if ruta.is_file() and ruta.name != ".cerrojo"]


def test_lo_guardado_se_lee_igual_y_se_llama_como_su_huella(almacen: Almacen) -> None:
    objeto = almacen.guardar(io.BytesIO(CONTENIDO))
    assert (objeto.sha256, objeto.bytes) == (HUELLA, len(CONTENIDO))
    assert almacen.existe(HUELLA)
    with almacen.abrir(HUELLA) as flujo:
        assert flujo.read() == CONTENIDO


def test_lo_que_no_esta_no_esta(almacen: Almacen) -> None:
    ausente = "0" * 64
    assert not almacen.existe(ausente)
    assert almacen.ruta(ausente) is None
    with pytest.raises(FileNotFoundError):
        almacen.abrir(ausente)


@pytest.mark.parametrize(
    "nombre", ["../../etc/passwd", "", "a" * 63, "A" * 64, "g" * 64, HUELLA + "\n", HUELLA + "/.."]
)
def test_un_nombre_que_no_es_huella_nunca_llega_al_disco(almacen: Almacen, nombre: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        almacen.abrir(nombre)


def test_lo_que_guardo_otro_usuario_del_sistema_no_estorba_y_queda_joven(
    carpeta: AlmacenCarpeta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Páginas y tareas pueden ser dos usuarios: lo ajeno no se puede tocar, y se pone lo propio, que es igual."""
    objeto = carpeta.guardar(b"lo mismo")
    ruta = carpeta.ruta(objeto.sha256)
    assert ruta is not None
    os.utime(ruta, (1_000_000_000, 1_000_000_000))

    def ajeno(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "utime", ajeno)
    assert carpeta.guardar(b"lo mismo") == objeto
    assert (ruta.read_bytes(), ruta.stat().st_mode & 0o777) == (b"lo mismo", 0o440)
    assert ruta.stat().st_mtime > 1_000_000_000
    assert list((carpeta.raiz / ".nuevos").iterdir()) == []


def test_guardar_dos_veces_lo_mismo_es_guardarlo_una(carpeta: AlmacenCarpeta) -> None:
    carpeta.guardar(CONTENIDO)
    primera = carpeta.ruta(HUELLA)
    assert primera is not None
    nodo = primera.stat().st_ino
    carpeta.guardar(CONTENIDO)
    assert primera.stat().st_ino == nodo
    assert _archivos(carpeta) == [primera]


def test_queda_en_dos_niveles_y_de_solo_lectura(carpeta: AlmacenCarpeta) -> None:
    carpeta.guardar(CONTENIDO)
    ruta = carpeta.ruta(HUELLA)
    assert ruta == carpeta.raiz / HUELLA[:2] / HUELLA[2:4] / HUELLA
    assert ruta.stat().st_mode & 0o777 == 0o440


def test_treinta_y_dos_a_la_vez_dejan_un_objeto_por_contenido(carpeta: AlmacenCarpeta) -> None:
    contenidos = [bytes([numero % 4]) * 50_000 for numero in range(32)]
    with ThreadPoolExecutor(16) as hilos:
        objetos = list(hilos.map(carpeta.guardar, contenidos))
    assert {objeto.sha256 for objeto in objetos} == {
        hashlib.sha256(contenido).hexdigest() for contenido in contenidos
    }
    assert len(_archivos(carpeta)) == 4


class SeCorta(io.BytesIO):
    """Un envío que se corta a la mitad."""

    def read(self, cuantos: int | None = -1) -> bytes:
        leido = super().read(10_000)
        if not leido:
            raise ConnectionResetError
        return leido


def test_si_el_envio_se_corta_no_queda_nada(carpeta: AlmacenCarpeta) -> None:
    with pytest.raises(ConnectionResetError):
        carpeta.guardar(SeCorta(CONTENIDO))
    assert _archivos(carpeta) == []


_LLENAR = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from llaqta.cimientos.storage import AlmacenCarpeta, AlmacenLleno
almacen = AlmacenCarpeta(Path(sys.argv[1]))
try:
    almacen.guardar(b"x" * 3_000_000)
except AlmacenLleno as negativa:
    print(negativa.frase)
"""


def test_disco_lleno_da_una_frase_y_no_deja_archivo_a_medias(carpeta: AlmacenCarpeta) -> None:
    """El sistema mismo niega seguir escribiendo (un tope de tamaño por archivo, EFBIG), en un proceso aparte."""
    salida = subprocess.run(
        [sys.executable, "-c", _LLENAR, str(carpeta.raiz)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    ).stdout
    assert salida.startswith("No pudimos guardar el archivo porque nuestro almacén se quedó sin espacio.")
    assert _archivos(carpeta) == []


def test_almacen_lleno_responde_507() -> None:
    assert AlmacenLleno().codigo_http == 507


_MORIR = """
import os, signal, sys
from pathlib import Path
from llaqta.cimientos.storage import AlmacenCarpeta
class Muere:
    quedan = 3
    def read(self, cuantos):
        self.quedan -= 1
        if not self.quedan:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"x" * 100_000
AlmacenCarpeta(Path(sys.argv[1])).guardar(Muere())
"""


def test_si_el_proceso_muere_el_temporal_lo_retira_el_barrendero(carpeta: AlmacenCarpeta) -> None:
    proceso = subprocess.run(
        [sys.executable, "-c", _MORIR, str(carpeta.raiz)], check=False, env={**os.environ}
    )
    assert proceso.returncode == -9
    [temporal] = _archivos(carpeta)
    assert temporal.parent.name == ".nuevos"
    assert list(carpeta.listar(anteriores_a=datetime.now(UTC) + AYER_Y_MAS)) == []
    assert _archivos(carpeta) == []


def test_comprobar_descubre_un_byte_cambiado(settings: Any, tmp_path: Path) -> None:
    settings.DATOS, settings.OBJETOS = tmp_path, "carpeta"
    storage.guardar(CONTENIDO)
    assert storage.comprobar(HUELLA)
    ruta = storage.ruta(HUELLA)
    assert ruta is not None
    ruta.chmod(0o600)
    ruta.write_bytes(b"q" + CONTENIDO[1:])
    assert not storage.comprobar(HUELLA)


def test_un_objeto_cortado_en_el_disco_no_se_da_por_guardado(carpeta: AlmacenCarpeta) -> None:
    carpeta.guardar(CONTENIDO)
    ruta = carpeta.ruta(HUELLA)
    assert ruta is not None
    ruta.chmod(0o600)
    ruta.write_bytes(CONTENIDO[:10])
    with pytest.raises(storage.ObjetoDanado):
        carpeta.guardar(CONTENIDO)


def test_un_huerfano_viejo_se_borra_y_uno_joven_no(almacen: Almacen) -> None:
    almacen.guardar(CONTENIDO)
    ahora = datetime.now(UTC)
    assert not almacen.borrar_huerfano(HUELLA, anterior_a=ahora - storage.EDAD_DE_HUERFANO)
    assert almacen.existe(HUELLA)
    manana = ahora + AYER_Y_MAS
    assert HUELLA in list(almacen.listar(anteriores_a=manana))
    assert almacen.borrar_huerfano(HUELLA, anterior_a=manana)
    assert not almacen.existe(HUELLA)
    assert not almacen.borrar_huerfano(HUELLA, anterior_a=manana)


def test_volver_a_guardar_rejuvenece_y_salva_del_barrendero(carpeta: AlmacenCarpeta) -> None:
    carpeta.guardar(CONTENIDO)
    ruta = carpeta.ruta(HUELLA)
    assert ruta is not None
    hace_un_mes = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    os.utime(ruta, (hace_un_mes, hace_un_mes))
    limite = datetime.now(UTC) - storage.EDAD_DE_HUERFANO
    assert list(carpeta.listar(anteriores_a=limite)) == [HUELLA]
    carpeta.guardar(CONTENIDO)
    assert not carpeta.borrar_huerfano(HUELLA, anterior_a=limite)
    assert carpeta.existe(HUELLA)


def test_como_ruta_presta_un_archivo_tambien_desde_s3(s3: AlmacenS3, settings: Any, servidor_s3: str) -> None:
    settings.OBJETOS = "s3"
    settings.S3 = {
        "bucket_name": "llaqta", "endpoint_url": servidor_s3, "access_key": "cuenta", "secret_key": "clave",
        "region_name": "us-east-1",
    }  # fmt: skip
    storage.guardar(CONTENIDO)
    assert storage.ruta(HUELLA) is None
    with storage.como_ruta(HUELLA) as prestada:
        assert prestada.read_bytes() == CONTENIDO
    assert not prestada.exists()
    assert storage.leer(HUELLA) == CONTENIDO


def test_un_ajuste_desconocido_se_dice(settings: Any) -> None:
    settings.OBJETOS = "cinta"
    with pytest.raises(ValueError, match="LLAQTA_OBJETOS debe ser «carpeta» o «s3»; vale «cinta»"):
        storage.get_almacen()


def test_guardar_no_carga_el_archivo_entero_en_memoria(carpeta: AlmacenCarpeta) -> None:
    class Largo(io.RawIOBase):
        quedan = 200

        def read(self, cuantos: int = -1) -> bytes:
            self.quedan -= 1
            return bytes(almacenes.TROZO) if self.quedan >= 0 else b""

    antes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    flujo: BinaryIO = Largo()  # type: ignore[assignment]
    assert carpeta.guardar(flujo).bytes == 200 * almacenes.TROZO
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - antes < 50_000, "kilobytes"
