"""Las unidades de systemd separan de verdad: el usuario de las páginas sella y guarda, y no llega a la llave.

De cada unidad se toman su usuario, su máscara y su entorno; de ``llaqta.tmpfiles``, las carpetas. Como root, cada papel
corre con su propio usuario (un número basta: al núcleo no le hace falta que tenga nombre). Sin ser root no se puede
cambiar de usuario: corre todo con el mismo y se comprueban los permisos con que quedó cada archivo.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from llaqta.lanzador.instalacion import RAIZ, SOLO_DE_QUIEN_SELLA

UNIDADES = RAIZ / "docs/operacion/systemd"
ES_ROOT = os.geteuid() == 0
NUMEROS = {"root": 0, "llaqta": 64_001, "llaqta-sello": 64_002}
GRUPO = 64_001
QUE_SELLAN = ("llaqta-llavero", "llaqta-tareas", "llaqta-preparar")
QUE_ATIENDEN = ("llaqta-web", "llaqta-rebotes")
"""A los de afuera: reciben lo que escribe un extraño."""


def leer(unidad: str) -> dict[str, list[str]]:
    """Las líneas ``clave=valor`` de una unidad; una clave puede repetirse."""
    leido: dict[str, list[str]] = {}
    for linea in (UNIDADES / f"{unidad}.service").read_text(encoding="utf-8").splitlines():
        if "=" in linea and not linea.startswith(("#", "[")):
            clave, valor = linea.split("=", 1)
            leido.setdefault(clave, []).append(valor)
    return leido


def entorno_de(unidad: str) -> dict[str, str]:
    """Las variables que la unidad pone, sin las de sus archivos."""
    return dict(par.split("=", 1) for linea in leer(unidad)["Environment"] for par in linea.split())


# --- Lo que dicen las unidades ----------------------------------------------------------------------------------------
def test_quienes_atienden_a_los_de_afuera_corren_con_un_usuario_y_quienes_sellan_con_otro() -> None:
    assert [leer(unidad)["User"] for unidad in QUE_ATIENDEN] == [["llaqta"]] * len(QUE_ATIENDEN)
    assert [leer(unidad)["User"] for unidad in QUE_SELLAN] == [["llaqta-sello"]] * len(QUE_SELLAN)
    todas = {ruta.stem for ruta in UNIDADES.glob("llaqta-*.service")}
    assert todas == {*QUE_ATIENDEN, *QUE_SELLAN}


@pytest.mark.parametrize("unidad", [*QUE_ATIENDEN, *QUE_SELLAN])
def test_ninguna_unidad_puede_ganar_permisos_ni_salir_adonde_no_debe(unidad: str) -> None:
    dicho = leer(unidad)
    assert dicho["NoNewPrivileges"] == ["yes"]
    assert dicho["CapabilityBoundingSet"] == [""]
    assert dicho["ProtectSystem"] == ["strict"]
    assert dicho["RestrictAddressFamilies"] == ["AF_UNIX AF_INET AF_INET6 AF_NETLINK"]
    assert dicho["IPAddressAllow"] == ["localhost"]
    solo_de_adentro = "link-local multicast 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"
    assert dicho["IPAddressDeny"] == [solo_de_adentro if unidad == "llaqta-tareas" else "any"]


def test_quienes_atienden_a_los_de_afuera_no_reciben_nada_que_abra_llaves() -> None:
    assert entorno_de("llaqta-web")["LLAQTA_LLAVERO"] == entorno_de("llaqta-llavero")["LLAQTA_LLAVERO"]
    for unidad in QUE_ATIENDEN:
        assert entorno_de(unidad)["LLAQTA_PAPEL"] == "web"
        assert not set(SOLO_DE_QUIEN_SELLA) & set(entorno_de(unidad))
        assert leer(unidad)["EnvironmentFile"] == ["/etc/llaqta/comun.env"]
    for unidad in QUE_SELLAN:
        assert entorno_de(unidad)["LLAQTA_CLAVE_SELLO_FILE"] == "/etc/llaqta/clave-del-sello"
        assert "-/etc/llaqta/sello.env" in leer(unidad)["EnvironmentFile"]


# --- Lo que pasa al correrlas -----------------------------------------------------------------------------------------
PREPARAR = """
import json, os, sys
import django; django.setup()
from datetime import UTC, datetime, timedelta
from pathlib import Path
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from llaqta.cimientos import archivos, storage
from llaqta.salas.firma import cades, llavero, sello
from llaqta.salas.firma.ca import DESDE, Titular
from llaqta.salas.firma.llaves import crear_llave
datos = Path(os.environ["LLAQTA_DATA"])
# Con todo ya cargado se baja al usuario de la unidad: así corre también donde él no puede leer el programa.
if os.geteuid() == 0:
    os.setgroups([]); os.setresgid(*[int(os.environ["GID"])] * 3); os.setresuid(*[int(os.environ["UID"])] * 3)
os.umask(int(os.environ["UMASK"], 8)); os.chdir("/")
"""

LLAVERO = """
propia, privada = sello.autoridad(), crear_llave("P-256")
certificado = propia.emitir(titular=Titular("MUNICIPALIDAD", "FAU 20222222222"), publica=privada.public_key(),
                            desde=DESDE, hasta=datetime(2050, 1, 1, tzinfo=UTC))
sello.guardar_sello(privada=privada, certificados=(certificado, propia.emisora.certificado))
storage.guardar(b"de las tareas")
ruta = sello.carpeta() / "sello.pem"
servidor = llavero.Llavero(sello.ruta_del_llavero(), lambda: sello._abrir_archivo(ruta))
print("abierto", flush=True)
servidor.serve_forever(0.05)
"""

WEB = """
separados = datos.stat().st_uid != os.geteuid()
def intento(hacer, si=True):
    try:
        if not si:
            return "no se intenta"
        hacer()
    except Exception as error:
        return type(error).__name__
    return "pudo"
llave = sello.get_sello(ahora=datetime(2026, 11, 23, tzinfo=UTC))
atributos = cades.conjunto(cades.CONJUNTO, cades.atributos_firmados(llave.certificado, bytes(32), ""))
llave.certificado.public_key().verify(llave.firmar(atributos), atributos, ec.ECDSA(hashes.SHA256()))
storage.guardar(b"de las paginas")
ajeno = storage.guardar(b"de las tareas")
firma, proceso = datos / "firma", Path("/proc", os.environ["PID"])
print(json.dumps({
    "uid": os.geteuid(),
    "abre": intento(sello.autoridad),
    "lee": {nombre: intento(Path(nombre).read_bytes) for nombre in sys.argv[1:]},
    "entorno": intento((proceso / "environ").read_bytes),
    "memoria": intento(lambda: open(proceso / "mem", "rb").close()),
    "descriptores": intento(lambda: os.listdir(proceso / "fd")),
    "mata": intento(lambda: os.kill(int(os.environ["PID"]), 0)),
    "aparta": intento(lambda: os.rename(firma, datos / "firma-otra"), separados),
    "escribe": intento(lambda: archivos.escribir(firma / "raiz.pem", b"otra raiz"), separados),
    "publico": intento(sello.raiz_de_demostracion),
    "guardado": storage.abrir(ajeno.sha256).read().decode(),
}))
"""

TAREAS = """
propio = storage.guardar(b"de las paginas")
print(storage.abrir(propio.sha256).read().decode())
"""


@dataclass(frozen=True)
class Maquina:
    """Una raíz con las carpetas de ``llaqta.tmpfiles`` y los secretos de ``/etc/llaqta``."""

    raiz: Path

    def en(self, ruta: str) -> Path:
        """Dónde está aquí una ruta de la máquina."""
        return self.raiz / ruta.lstrip("/")

    def correr(self, unidad: str, guion: str, *palabras: str, **mas: str) -> subprocess.Popen[str]:
        """Enciende un guion con el usuario, la máscara y el entorno de una unidad."""
        dicho = leer(unidad)
        entorno = {
            nombre: str(self.en(valor)) if valor.startswith(("/etc/", "/var/", "/run/")) else valor
            for nombre, valor in entorno_de(unidad).items()
        }
        propio = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(RAIZ / "src"), "LLAQTA_DEMO": "1",
            "DATABASE_URL": "postgresql://nadie@127.0.0.1:1/ninguna", "UMASK": dicho["UMask"][0],
            "UID": str(NUMEROS[dicho["User"][0]]), "GID": str(GRUPO),
        }  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-c", PREPARAR + guion, *palabras],
            env=entorno | propio | mas, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
        )  # fmt: skip


def _hacer_carpetas(maquina: Maquina) -> None:
    """Lo que hace ``systemd-tmpfiles --create``."""
    for linea in (UNIDADES / "llaqta.tmpfiles").read_text(encoding="utf-8").splitlines():
        if linea.startswith("#"):
            continue
        clase, ruta, modo, usuario, grupo = linea.split()
        lugar = maquina.en(ruta)
        if clase == "d":
            lugar.mkdir(parents=True, exist_ok=True)
        _poner(lugar, int(modo, 8), usuario, grupo)
    # Y lo que hace systemd con RuntimeDirectory.
    llavero = leer("llaqta-llavero")
    zocalos = maquina.en(f"/run/{llavero['RuntimeDirectory'][0]}")
    zocalos.mkdir(parents=True)
    _poner(zocalos, int(llavero["RuntimeDirectoryMode"][0], 8), llavero["User"][0], llavero["Group"][0])


def _poner(lugar: Path, modo: int, usuario: str, grupo: str) -> None:
    if ES_ROOT:
        os.chown(lugar, NUMEROS[usuario], 0 if grupo == "root" else GRUPO)
    lugar.chmod(modo)


@pytest.fixture
def maquina() -> Iterator[Maquina]:
    """Fuera de la carpeta de pytest, que es solo de quien lo corre."""
    raiz = Path(tempfile.mkdtemp(prefix="llaqta-dos-usuarios-"))
    raiz.chmod(0o755)
    try:
        nueva = Maquina(raiz)
        secretos = nueva.en("/etc/llaqta")
        secretos.mkdir(parents=True)
        (secretos / "secreto").write_text("x" * 60)
        (secretos / "clave-del-sello").write_text("una-clave-que-la-web-no-tiene")
        _hacer_carpetas(nueva)
        yield nueva
    finally:
        shutil.rmtree(raiz, ignore_errors=True)


def test_el_usuario_de_las_paginas_sella_y_guarda_pero_no_llega_a_la_llave(maquina: Maquina) -> None:
    firma, clave = maquina.en("/var/lib/llaqta/datos/firma"), maquina.en("/etc/llaqta/clave-del-sello")
    secretos = [clave, *(firma / nombre for nombre in ("sello.pem", "raiz.key", "emisora.key"))]
    llavero = maquina.correr("llaqta-llavero", LLAVERO)
    try:
        assert llavero.stdout
        assert llavero.stderr
        assert llavero.stdout.readline() == "abierto\n", llavero.stderr.read()
        web = maquina.correr("llaqta-web", WEB, *map(str, secretos), PID=str(llavero.pid))
        salida, errores = web.communicate(timeout=120)
        assert web.returncode == 0, errores
        dicho = json.loads(salida)
        tareas = maquina.correr("llaqta-tareas", TAREAS)
        de_las_tareas, errores = tareas.communicate(timeout=120)
        assert (tareas.returncode, de_las_tareas) == (0, "de las paginas\n"), errores
    finally:
        llavero.kill()
        llavero.communicate()

    # Lo que hace falta se puede: sellar por el llavero, guardar, leer lo del otro y los certificados de todos.
    assert (dicho["guardado"], dicho["publico"], dicho["abre"]) == (
        "de las tareas",
        "pudo",
        "LlaveNoDisponible",
    )
    for secreto in secretos:
        assert stat.S_IMODE(secreto.stat().st_mode) & 0o077 == 0, secreto
    if ES_ROOT:
        assert dicho["uid"] == NUMEROS["llaqta"]
        assert {secreto.stat().st_uid for secreto in secretos} == {NUMEROS["llaqta-sello"]}
        assert set(dicho["lee"].values()) == {"PermissionError"}
        prohibido = ("entorno", "memoria", "descriptores", "mata", "aparta", "escribe")
        assert {que: dicho[que] for que in prohibido} == dict.fromkeys(prohibido, "PermissionError")
