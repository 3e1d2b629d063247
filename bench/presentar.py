"""``./llaqta bench presentar``: cuántos escritos con un PDF de 200 kB recibe la casa por segundo, de verdad y por HTTP.

Enciende un PostgreSQL temporal que espera al disco como en producción, carga la demostración, enciende gunicorn en un
puerto libre e ingresa con una ciudadana por cliente. Cada escrito es un ``POST /api/v1/presentaciones`` con un PDF
distinto: pasa la puerta, se guarda con fsync y sale con número, expediente y clave. Se mide con uno y con
varios clientes:

- ``por_segundo``, ``p50_ms`` y ``p95_ms``, vistos por el cliente;
- ``cpu_ms``: procesador de gunicorn y de PostgreSQL por escrito (el cliente no cuenta);
- ``sql_por_operacion``: sentencias de un escrito, contadas dentro de un proceso, con sesión, cuenta y puntos
de retorno.

Al terminar comprueba que los números van del primero al último sin repetirse ni saltarse. La línea de
``--json`` lleva las cifras de los varios clientes y, con el prefijo ``uno_``, las de uno solo.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).resolve().parents[1]
META_POR_SEGUNDO = 60
META_DE_SENTENCIAS = 25
PESO = 200_000
MARCA = b"%marca-de-este-escrito:"
CLAVE = "pichari-2026-demo"
DNI = "45678901"
TRAMITE = "PE-LIC-ALTO"
SEPARADOR = "llaqta" + secrets.token_hex(8)
_TICS = os.sysconf("SC_CLK_TCK")


@dataclass
class Medida:
    """Lo que se midió con cierto número de clientes."""

    clientes: int
    por_segundo: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    cpu_ms: float = 0.0
    numeros: list[str] = field(default_factory=list)


def main(argv: list[str]) -> int:
    """Mide e imprime; devuelve 1 si hubo números repetidos o saltados, o si no se llegó a las metas."""
    opciones = _opciones(argv)
    with ExitStack() as pila:
        casa = pila.enter_context(_casa(opciones.procesos, opciones.hilos))
        plantilla = _pdf()
        _correr(casa, plantilla, clientes=2, cuantos=20)  # para que todo esté cargado
        uno = _correr(casa, plantilla, clientes=1, cuantos=max(50, opciones.escritos // 8))
        varios = _correr(casa, plantilla, clientes=opciones.clientes, cuantos=opciones.escritos)
        huecos, repetidos = _revisar_numeros()
        sentencias = _contar_sentencias(plantilla)
    if opciones.json:
        print(json.dumps(_como_json(uno, varios, huecos, repetidos, sentencias)))
    else:
        _imprimir([uno, varios], huecos, repetidos, sentencias)
    bien = not huecos and not repetidos and varios.por_segundo >= META_POR_SEGUNDO
    return 0 if bien and sentencias <= META_DE_SENTENCIAS else 1


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(prog="./llaqta bench presentar", description=__doc__.splitlines()[0])
    lector.add_argument("--clientes", type=int, default=8, help="clientes a la vez (8)")
    lector.add_argument(
        "--escritos",
        type=int,
        default=1_000,
        help="escritos con varios clientes (1000; la prueba larga, 10000)",
    )
    lector.add_argument("--procesos", type=int, default=2, help="procesos de gunicorn (2)")
    lector.add_argument("--hilos", type=int, default=4, help="hilos de cada proceso (4)")
    lector.add_argument("--json", action="store_true", help="una sola línea de JSON")
    return lector.parse_args(argv)


# --- La casa --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Casa:
    """Dónde atiende y qué procesos son suyos."""

    puerto: int
    gunicorn: int
    postgres: int


@contextmanager
def _casa(procesos: int, hilos: int) -> Iterator[Casa]:
    """Base temporal, demostración y gunicorn; todo se apaga y se borra al salir."""
    from llaqta.lanzador.postgres import base_temporal

    with ExitStack() as pila:
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="llaqta-presentar-")))
        servidor = pila.enter_context(base_temporal(duradero=True))
        puerto = _puerto_libre()
        os.environ.update(
            DATABASE_URL=servidor.url, LLAQTA_DEMO="1", LLAQTA_DATA=str(carpeta), LLAQTA_LOG="ERROR",
            LLAQTA_URL=f"http://127.0.0.1:{puerto}", LLAQTA_BIND=f"127.0.0.1:{puerto}",
            LLAQTA_WEB_PROCESOS=str(procesos), LLAQTA_WEB_HILOS=str(hilos),
            DJANGO_SETTINGS_MODULE="llaqta.config.settings",
            PYTHONPATH=str(RAIZ / "src"),
        )  # fmt: skip
        _preparar_base()
        orden = [sys.executable, "-m", "gunicorn", "-c", str(RAIZ / "src/llaqta/lanzador/gunicorn_conf.py")]
        gunicorn = subprocess.Popen(orden, cwd=RAIZ, env=dict(os.environ), start_new_session=True)  # noqa: S603
        try:
            _esperar(puerto)
            yield Casa(puerto, gunicorn.pid, servidor.proceso.pid)
        finally:
            gunicorn.send_signal(signal.SIGTERM)
            gunicorn.wait(timeout=20)


def _preparar_base() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("cargar_demo", verbosity=0)


def _puerto_libre() -> int:
    import socket

    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return int(enchufe.getsockname()[1])


def _esperar(puerto: int) -> None:
    limite = time.monotonic() + 60
    while time.monotonic() < limite:
        try:
            conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=5)
            conexion.request("GET", "/cuenta/ingresar/")
            if conexion.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("gunicorn no atendió en un minuto.")


# --- Los clientes ---------------------------------------------------------------------------------------------------
class Cliente:
    """Una ciudadana con su sesión abierta, que presenta por una conexión que se mantiene."""

    def __init__(self, puerto: int) -> None:
        self.conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=60)
        self.galletas: dict[str, str] = {}
        self._pedir("GET", "/cuenta/ingresar/")
        formulario = {"login": DNI, "password": CLAVE, "csrfmiddlewaretoken": self.galletas["csrf"]}
        estado, _ = self._pedir(
            "POST",
            "/cuenta/ingresar/",
            urllib.parse.urlencode(formulario).encode(),
            "application/x-www-form-urlencoded",
        )
        if estado != 302:
            raise RuntimeError(f"No se pudo ingresar: {estado}")

    def presentar(self, pdf: bytes) -> str:
        """Presenta un escrito y devuelve su número de registro."""
        estado, cuerpo = self._pedir(
            "POST", "/api/v1/presentaciones", _multiparte(pdf), f"multipart/form-data; boundary={SEPARADOR}"
        )
        if estado != 201:
            raise RuntimeError(f"Respondió {estado}: {cuerpo[:300]!r}")
        return str(json.loads(cuerpo)["numero"])

    def _pedir(self, metodo: str, ruta: str, cuerpo: bytes = b"", tipo: str = "") -> tuple[int, bytes]:
        cabeceras = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.galletas.items())}
        if cuerpo:
            cabeceras |= {"Content-Type": tipo, "X-CSRFToken": self.galletas["csrf"]}
        self.conexion.request(metodo, ruta, cuerpo or None, cabeceras)
        respuesta = self.conexion.getresponse()
        for valor in respuesta.headers.get_all("Set-Cookie") or []:
            nombre, _, resto = valor.partition("=")
            self.galletas[nombre] = resto.partition(";")[0]
        return respuesta.status, respuesta.read()


def _multiparte(pdf: bytes) -> bytes:
    campos = {"tramite": TRAMITE, "asunto": "Licencia para mi bodega", "envio": str(uuid.uuid4())}
    partes = [
        f'--{SEPARADOR}\r\nContent-Disposition: form-data; name="{nombre}"\r\n\r\n{valor}\r\n'.encode()
        for nombre, valor in campos.items()
    ]
    cabeza = (
        f'--{SEPARADOR}\r\nContent-Disposition: form-data; name="archivos"; filename="solicitud.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return b"".join([*partes, cabeza.encode(), pdf, f"\r\n--{SEPARADOR}--\r\n".encode()])


def _pdf() -> bytes:
    """Un PDF sano de una página y 200 kB: una imagen al azar, como lo escaneado, que no se comprime."""
    import io

    import pikepdf

    documento = pikepdf.new()
    pagina = documento.add_blank_page(page_size=(595, 842))
    imagen = documento.make_stream(
        MARCA + b"0" * 32 + secrets.token_bytes(PESO - 1_500),
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=250, Height=(PESO - 1_500) // 250,
        ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
    )  # fmt: skip
    pagina.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=imagen))
    salida = io.BytesIO()
    documento.save(salida, compress_streams=False)
    return salida.getvalue()


def _distinto(plantilla: bytes) -> bytes:
    """El mismo PDF con otra marca del mismo largo: otra huella, así que se guarda de verdad."""
    lugar = plantilla.index(MARCA) + len(MARCA)
    return plantilla[:lugar] + secrets.token_hex(16).encode() + plantilla[lugar + 32 :]


def _correr(casa: Casa, plantilla: bytes, *, clientes: int, cuantos: int) -> Medida:
    """Presenta ``cuantos`` escritos entre ``clientes`` que no se esperan unos a otros."""
    personas = [Cliente(casa.puerto) for _ in range(clientes)]
    turnos, cerrojo, tiempos, fallas = iter(range(cuantos)), threading.Lock(), [], []
    medida = Medida(clientes)

    def trabajar(persona: Cliente) -> None:
        while True:
            with cerrojo:
                if next(turnos, None) is None or fallas:
                    return
            pdf = _distinto(plantilla)
            comienzo = time.perf_counter()
            try:
                numero = persona.presentar(pdf)
            except Exception as error:
                fallas.append(error)
                return
            tiempos.append(time.perf_counter() - comienzo)
            medida.numeros.append(numero)

    hilos = [threading.Thread(target=trabajar, args=(persona,)) for persona in personas]
    cpu, comienzo = _cpu(casa), time.perf_counter()
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    duracion, gastado = time.perf_counter() - comienzo, _cpu(casa) - cpu
    if fallas:
        raise fallas[0]
    tiempos.sort()
    medida.por_segundo = len(tiempos) / duracion
    medida.p50_ms = statistics.median(tiempos) * 1000
    medida.p95_ms = tiempos[int(len(tiempos) * 0.95) - 1] * 1000
    medida.cpu_ms = gastado * 1000 / len(tiempos)
    return medida


def _cpu(casa: Casa) -> float:
    """Segundos de procesador que llevan gunicorn y PostgreSQL, con sus hijos vivos y los que ya terminaron."""
    total = 0
    for principal in (casa.gunicorn, casa.postgres):
        for proceso in _familia(principal):
            try:
                campos = Path(f"/proc/{proceso}/stat").read_text().rpartition(")")[2].split()
            except FileNotFoundError:
                continue
            total += sum(int(campo) for campo in campos[11:15])
    return total / _TICS


def _familia(principal: int) -> list[int]:
    familia = [principal]
    for padre in familia:
        for hijos in Path(f"/proc/{padre}/task").glob("*/children"):
            familia += [int(numero) for numero in hijos.read_text().split()]
    return familia


# --- Comprobaciones -------------------------------------------------------------------------------------------------
def _revisar_numeros() -> tuple[int, int]:
    """Cuántos números faltan y cuántos se repiten, en el registro y en los expedientes."""
    from llaqta.salas.expedientes.models import Expediente
    from llaqta.salas.mesapartes.models import EscritoPosterior, Presentacion

    huecos = repetidos = 0
    # Lo que llega a un expediente ya abierto toma su número del mismo registro.
    for modelos in ((Presentacion, EscritoPosterior), (Expediente,)):
        numeros = [n for modelo in modelos for n in modelo.objects.values_list("correlativo", flat=True)]
        repetidos += len(numeros) - len(set(numeros))
        huecos += len(set(range(1, max(numeros) + 1)) - set(numeros))
    return huecos, repetidos


def _contar_sentencias(plantilla: bytes) -> int:
    """Sentencias de un escrito entero por la API, con sesión, cuenta y puntos de retorno; BEGIN y COMMIT
    cuentan también.
    """
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.test import Client

    from llaqta.salas.cuentas.models import Cuenta

    navegador = Client(SERVER_NAME="127.0.0.1")
    navegador.force_login(
        Cuenta.objects.get(usuario=DNI), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    vistas: list[str] = []

    def contar(ejecutar: Any, sql: str, params: Any, varias: bool, contexto: Any) -> Any:
        vistas.append(re.sub(r"\s+", " ", sql)[:90])
        return ejecutar(sql, params, varias, contexto)

    def presentar() -> None:
        datos = {
            "tramite": TRAMITE, "asunto": "Licencia", "envio": str(uuid.uuid4()),
            "archivos": SimpleUploadedFile("solicitud.pdf", _distinto(plantilla)),
        }  # fmt: skip
        respuesta = navegador.post("/api/v1/presentaciones", datos)
        if respuesta.status_code != 201:
            raise RuntimeError(f"Respondió {respuesta.status_code}: {respuesta.content[:300]!r}")

    presentar()
    with connection.execute_wrapper(contar):
        presentar()
    return len(vistas) + 2


def _como_json(
    uno: Medida, varios: Medida, huecos: int, repetidos: int, sentencias: int
) -> dict[str, object]:
    return {
        "por_segundo": round(varios.por_segundo, 1),
        "p50_ms": round(varios.p50_ms, 1),
        "p95_ms": round(varios.p95_ms, 1),
        "cpu_ms": round(varios.cpu_ms, 1),
        "sql_por_operacion": sentencias,
        "clientes": varios.clientes,
        "escritos": len(varios.numeros),
        "uno_por_segundo": round(uno.por_segundo, 1),
        "uno_p50_ms": round(uno.p50_ms, 1),
        "uno_p95_ms": round(uno.p95_ms, 1),
        "uno_cpu_ms": round(uno.cpu_ms, 1),
        "numeros_saltados": huecos,
        "numeros_repetidos": repetidos,
    }


def _imprimir(medidas: list[Medida], huecos: int, repetidos: int, sentencias: int) -> None:
    print(f"{'clientes':>8} {'escritos':>9} {'por segundo':>12} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8}")
    for m in medidas:
        print(
            f"{m.clientes:>8} {len(m.numeros):>9} {m.por_segundo:>12.1f} {m.p50_ms:>8.1f} "
            f"{m.p95_ms:>8.1f} {m.cpu_ms:>8.1f}"
        )
    print(f"Sentencias por escrito: {sentencias} (meta: {META_DE_SENTENCIAS}).")
    print(f"Números saltados: {huecos}. Números repetidos: {repetidos}.")
