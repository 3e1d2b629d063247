"""``./llaqta up``: enciende la casa entera y la apaga entera."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import socket
import sys
import tempfile
import textwrap
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from llaqta.lanzador.avisos import Impedimento, Parada, decir, explicar_os, paso, resaltar, sin_espacio
from llaqta.lanzador.instalacion import RAIZ, Instalacion, carpeta_elegida, entorno_de_la_web, escribir
from llaqta.lanzador.postgres import Servidor
from llaqta.lanzador.procesos import esperar_a_que, lanzar
from llaqta.lanzador.supervisor import Servicio, Supervisor

SEGUNDOS_PARA_RESPONDER = 90
PUERTO_DE_FIRMA_PERU = 48596
FUENTES_DE_LA_HUELLA = ("src/llaqta", "requirements/base.txt")


def opciones() -> argparse.ArgumentParser:
    """Devuelve las opciones de ``./llaqta up``, con su ayuda."""
    lector = argparse.ArgumentParser(
        prog="./llaqta up",
        description="Enciende Llaqta: base de datos, páginas y tareas. Se apaga con Ctrl-C.",
    )
    lector.add_argument(
        "--port", type=int, default=8000, metavar="N", help="puerto (8000; 0 elige uno libre)"
    )
    lector.add_argument(
        "--host", default="127.0.0.1", metavar="IP", help="dirección (127.0.0.1; 0.0.0.0 abre a la red local)"
    )
    lector.add_argument("--data", metavar="CARPETA", help="carpeta de datos (LLAQTA_DATA o ./datos)")
    lector.add_argument(
        "--sin-demo", action="store_true", help="una municipalidad de verdad: sin datos de demostración"
    )
    lector.add_argument("--web", type=int, default=2, metavar="N", help="procesos que atienden páginas (2)")
    lector.add_argument(
        "--trabajadores", type=int, default=1, metavar="N", help="procesos que atienden tareas (1)"
    )
    return lector


def main(argv: list[str]) -> int:
    """Enciende la casa y la cuida hasta que pidan parar; devuelve 0, o 1 si algo lo impidió."""
    pedido = opciones().parse_args(argv)
    desde = time.monotonic()
    supervisor = Supervisor()
    instalacion: Instalacion | None = None
    codigo = 0
    supervisor.escuchar_senales()
    try:
        demo = False if pedido.sin_demo or os.environ.get("LLAQTA_DEMO") == "0" else None
        instalacion = Instalacion.abrir(carpeta_elegida(pedido.data), demo=demo)
        _encender(pedido, instalacion, supervisor, desde)
        supervisor.cuidar()
    except Parada:
        decir("\nApagando…")
    except Impedimento as impedimento:
        print(f"Llaqta: {impedimento}", file=sys.stderr, flush=True)
        codigo = 1
    finally:
        supervisor.apagar()
        if instalacion is not None:
            instalacion.cerrar()
    if codigo == 0:
        decir("Llaqta está apagada. Sus datos quedan guardados.")
    return codigo


def _encender(
    pedido: argparse.Namespace, instalacion: Instalacion, supervisor: Supervisor, desde: float
) -> None:
    puerta = _abrir_puerta(pedido.host, pedido.port)
    puerto = puerta.getsockname()[1]
    entorno = instalacion.entorno(**_direcciones(pedido.host, puerto))
    buzon = _abrir_buzon(instalacion, entorno)
    if instalacion.demo:  # los mensajes de texto se leen en «Conciliación de la casilla»: nadie los recibe
        entorno.setdefault("LLAQTA_SMS", "prueba")
    rebotes = _abrir_rebotes(entorno, con_buzon=buzon is not None)
    tsa = _abrir_tsa(instalacion, entorno)
    componente = _abrir_componente(instalacion, entorno)
    nueva = _encender_base(instalacion, supervisor, entorno)
    _validar_ajustes(entorno)
    bienvenida = _preparar(instalacion, entorno, base_nueva=nueva)
    supervisor.servicios = _servicios(pedido, instalacion, entorno, puerta, buzon, rebotes, tsa, componente)
    with paso("Abriendo la puerta"):
        for servicio in reversed(supervisor.servicios):
            servicio.encender()
        supervisor.esperar(lambda: _responde(pedido.host, puerto), segundos=SEGUNDOS_PARA_RESPONDER)
    instalacion.marcar_en_marcha(
        database_url=entorno["DATABASE_URL"],
        url=entorno["LLAQTA_URL"],
        tsa_url=entorno.get("LLAQTA_TSA_URL", ""),
    )
    _dar_la_bienvenida(
        instalacion, entorno, bienvenida, segundos=time.monotonic() - desde, correo=buzon is not None
    )


def _abrir_puerta(host: str, puerto: int) -> socket.socket:
    """Toma el puerto desde ahora, sin atender todavía: la web lo hereda, y lo conserva si se reinicia.

    :raises Impedimento: si está ocupado, es de los reservados o la dirección no es de esta máquina
    """
    puerta = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    puerta.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ultimo: list[OSError] = []

    def tomada() -> bool:
        try:
            puerta.bind((host, puerto))
        except (OSError, OverflowError) as error:
            ultimo[:] = [error if isinstance(error, OSError) else OSError(0, "no es un puerto")]
            return False
        return True

    # Se insiste un instante: una Llaqta cortada con SIGKILL puede estar soltando el puerto.
    if esperar_a_que(tomada, segundos=1.5, cada=0.1):
        return puerta
    puerta.close()
    if isinstance(ultimo[0], PermissionError):
        raise Impedimento(
            f"El puerto {puerto} es de los reservados al administrador: elija uno de 1024 o más con --port."
        )
    if _ocupado(host, puerto):
        raise Impedimento(
            f"El puerto {puerto} ya está ocupado por otro programa: ciérrelo o elija otro con --port {puerto + 1}."
        )
    raise Impedimento(
        f"No se puede atender en {host}:{puerto} ({ultimo[0].strerror}): revise --host y --port."
    )


def _ocupado(host: str, puerto: int) -> bool:
    destino = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - solo se compara
    with suppress(OSError, OverflowError), socket.create_connection((destino, puerto), timeout=1):
        return True
    return False


def _direcciones(host: str, puerto: int) -> dict[str, str]:
    """Devuelve la dirección pública y los nombres con que se puede llamar, si nadie los fijó en el entorno."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - solo se compara
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sonda, suppress(OSError):
            sonda.connect(("192.0.2.1", 9))  # no envía nada: solo pregunta por qué dirección saldría
            host = sonda.getsockname()[0]
    visible = f"[{host}]" if ":" in host else host
    return {
        "LLAQTA_URL": f"http://{visible}:{puerto}",
        "LLAQTA_HOSTS": ",".join(dict.fromkeys([host, "127.0.0.1", "localhost", socket.gethostname()])),
    }


def _abrir_buzon(instalacion: Instalacion, entorno: dict[str, str]) -> socket.socket | None:
    """En la demostración sin servidor de correo, toma un puerto libre para el buzón propio."""
    if not instalacion.demo or entorno.get("LLAQTA_SMTP") or entorno.get("LLAQTA_SMTP_FILE"):
        return None
    buzon = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    buzon.bind(("127.0.0.1", 0))
    entorno["LLAQTA_SMTP"] = f"smtp://127.0.0.1:{buzon.getsockname()[1]}"
    (instalacion.carpeta / "correo").mkdir(exist_ok=True, mode=0o700)
    return buzon


def _abrir_rebotes(entorno: dict[str, str], *, con_buzon: bool) -> socket.socket | None:
    """Con ``LLAQTA_REBOTES``, toma el puerto donde se atienden los avisos devueltos; con el buzón propio, uno libre.

    :raises Impedimento: si no se puede atender donde dice ``LLAQTA_REBOTES_ESCUCHA``
    """
    if con_buzon and not entorno.get("LLAQTA_REBOTES"):
        entorno |= {"LLAQTA_REBOTES": "rebotes@localhost", "LLAQTA_REBOTES_ESCUCHA": "127.0.0.1:0"}
    if not entorno.get("LLAQTA_REBOTES"):
        return None
    donde = entorno.get("LLAQTA_REBOTES_ESCUCHA") or "127.0.0.1:2525"
    anfitrion, _, puerto = donde.rpartition(":")
    puerta = socket.socket(socket.AF_INET6 if ":" in anfitrion else socket.AF_INET, socket.SOCK_STREAM)
    puerta.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        puerta.bind((anfitrion.strip("[]"), int(puerto)))
    except (OSError, OverflowError, ValueError) as error:
        raise Impedimento(
            f"No se pueden atender los avisos devueltos en {donde}: revise LLAQTA_REBOTES_ESCUCHA ({error})."
        ) from error
    entorno["LLAQTA_REBOTES_ESCUCHA"] = f"{anfitrion}:{puerta.getsockname()[1]}"
    return puerta


def _abrir_tsa(instalacion: Instalacion, entorno: dict[str, str]) -> socket.socket | None:
    """En la demostración sin autoridad de sellado de tiempo, toma un puerto libre para una SIN VALOR LEGAL."""
    if not instalacion.demo or entorno.get("LLAQTA_TSA_URL"):
        return None
    puerta = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    puerta.bind(("127.0.0.1", 0))
    entorno["LLAQTA_TSA_URL"] = f"http://127.0.0.1:{puerta.getsockname()[1]}/"
    return puerta


def _abrir_componente(instalacion: Instalacion, entorno: dict[str, str]) -> socket.socket | None:
    """En la práctica, toma el puerto de Firma Perú para el componente de práctica; si está ocupado, otro."""
    if entorno.get("LLAQTA_ENTRENAMIENTO", "1" if instalacion.demo else "0") not in {"1", "si", "sí", "true"}:
        return None
    puerta = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    puerta.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        puerta.bind(("127.0.0.1", PUERTO_DE_FIRMA_PERU))
    except OSError:
        puerta.bind(("127.0.0.1", 0))
    entorno["LLAQTA_FIRMAPERU_PUERTO"] = str(puerta.getsockname()[1])
    return puerta


def _encender_base(instalacion: Instalacion, supervisor: Supervisor, entorno: dict[str, str]) -> bool:
    """Enciende el PostgreSQL propio, salvo que ``DATABASE_URL`` nombre otro; devuelve si hay que prepararlo."""
    if entorno.get("DATABASE_URL") or entorno.get("DATABASE_URL_FILE"):
        entorno.setdefault("DATABASE_URL", "")
        return True
    with paso("Encendiendo la base de datos"):
        supervisor.postgres = Servidor(instalacion.carpeta, registro=instalacion.registro / "postgres.log")
        nueva = supervisor.postgres.encender()
    entorno["DATABASE_URL"] = supervisor.postgres.url
    return nueva


def _validar_ajustes(entorno: dict[str, str]) -> None:
    """Lee los ajustes como los leerá la web: un valor mal escrito se dice aquí, en una oración.

    :raises Impedimento: con la oración de ``settings.py``
    """
    antes = dict(os.environ)
    os.environ.update(entorno)
    from django.core.exceptions import ImproperlyConfigured

    try:
        import llaqta.config.settings  # noqa: F401
    except ImproperlyConfigured as error:
        raise Impedimento(str(error)) from error
    finally:
        os.environ.clear()
        os.environ.update(antes)


def _preparar(instalacion: Instalacion, entorno: dict[str, str], *, base_nueva: bool) -> dict[str, str]:
    """Migra, junta estáticos y carga la demostración, solo si el programa cambió desde la última vez.

    :raises Impedimento: si la base no sirve o la preparación falla
    """
    marca = instalacion.carpeta / "preparado.json"
    huella = _huella()
    with suppress(OSError, ValueError, KeyError):
        anterior = json.loads(marca.read_text(encoding="utf-8"))
        if anterior["huella"] == huella and not base_nueva:
            return dict(anterior["bienvenida"])
    primera = {"LLAQTA_PRIMERA_VEZ": "1"} if not marca.exists() else {}
    registro = instalacion.registro / "preparar.log"
    with paso("Preparando la base y las páginas"), tempfile.TemporaryDirectory() as temporal:
        resultado = Path(temporal) / "resultado.json"
        with registro.open("wb") as salida:
            orden = [sys.executable, "-m", "llaqta.lanzador.preparar", str(resultado)]
            # La TSA de demostración todavía no atiende, y lo que la demostración cuenta es de antes de tenerla.
            propio = entorno | primera | {"LLAQTA_TSA_URL": ""}
            codigo = lanzar(orden, entorno=propio, salida=salida).wait()
        dicho = registro.read_text(errors="replace").strip()
        if codigo == 3:
            raise Impedimento(dicho.splitlines()[-1])
        if codigo != 0:
            if "No space left on device" in dicho:
                raise sin_espacio(instalacion.carpeta)
            detalle = dicho.splitlines()[-1] if dicho else f"código {codigo}"
            raise Impedimento(f"No se pudo preparar la base ({detalle}). El detalle está en {registro}.")
        bienvenida: dict[str, str] = json.loads(resultado.read_text(encoding="utf-8"))
    sin_enlace = {**bienvenida, "enlace": ""}  # el enlace del primer administrador se muestra una sola vez
    try:
        escribir(marca, json.dumps({"huella": huella, "bienvenida": sin_enlace}, ensure_ascii=False) + "\n")
    except OSError as error:
        raise explicar_os(error, instalacion.carpeta) from error
    return bienvenida


def _huella() -> str:
    """Devuelve una suma de lo que puede cambiar la base o los estáticos: nombres, tamaños y fechas del programa."""
    suma = hashlib.sha256()
    for fuente in FUENTES_DE_LA_HUELLA:
        raiz = RAIZ / fuente
        for ruta in sorted(raiz.rglob("*")) if raiz.is_dir() else [raiz]:
            if ruta.is_file() and ruta.suffix != ".pyc":
                estado = ruta.stat()
                suma.update(f"{ruta.relative_to(RAIZ)} {estado.st_size} {estado.st_mtime_ns}\n".encode())
    return suma.hexdigest()


def _servicios(
    pedido: argparse.Namespace,
    instalacion: Instalacion,
    entorno: dict[str, str],
    puerta: socket.socket,
    buzon: socket.socket | None,
    rebotes: socket.socket | None,
    tsa: socket.socket | None,
    componente: socket.socket | None,
) -> list[Servicio]:
    """Devuelve los hijos en el orden en que se apagan: tareas, páginas, llavero, rebotes, correo."""
    sin_llaves = entorno_de_la_web(entorno)
    web = sin_llaves | {
        "LLAQTA_BIND": f"fd://{puerta.fileno()}",
        "LLAQTA_WEB_PROCESOS": str(pedido.web),
    }
    tareas = [
        sys.executable,
        "-m",
        "django",
        "procrastinate",
        "worker",
        "--concurrency",
        "2",
        "--shutdown-graceful-timeout",
        "2",
    ]
    servicios = [
        Servicio(f"tareas {n}", tareas, instalacion.registro / "tareas.log", entorno, segundos_para_parar=3)
        for n in range(1, pedido.trabajadores + 1)
    ]
    orden_web = [sys.executable, "-m", "gunicorn", "-c", "python:llaqta.lanzador.gunicorn_conf"]
    servicios.append(
        Servicio("páginas", orden_web, instalacion.registro / "paginas.log", web, segundos_para_parar=3.5,
                 puertas=[puerta])
    )  # fmt: skip
    # El único que tiene abierta la llave del sello mientras se atiende; con él va la TSA de demostración.
    orden_llavero = [sys.executable, "-m", "django", "llavero"]
    orden_llavero += ["--tsa", str(tsa.fileno())] if tsa is not None else []
    orden_llavero += ["--componente", str(componente.fileno())] if componente is not None else []
    servicios.append(
        Servicio("llavero", orden_llavero, instalacion.registro / "llavero.log", entorno, segundos_para_parar=2,
                 puertas=[p for p in (tsa, componente) if p is not None])
    )  # fmt: skip
    if rebotes is not None:
        orden = [sys.executable, "-m", "django", "escuchar_rebotes", "--puerta", str(rebotes.fileno())]
        servicios.append(
            Servicio("rebotes", orden, instalacion.registro / "rebotes.log", sin_llaves, segundos_para_parar=1,
                     puertas=[rebotes])
        )  # fmt: skip
    if buzon is not None:
        orden = [
            sys.executable,
            "-m",
            "llaqta.lanzador.correo",
            str(buzon.fileno()),
            str(instalacion.carpeta / "correo"),
            entorno.get("LLAQTA_REBOTES_ESCUCHA", ""),
        ]
        servicios.append(
            Servicio("correo", orden, instalacion.registro / "correo.log", entorno, segundos_para_parar=1,
                     puertas=[buzon])
        )  # fmt: skip
    return servicios


def _responde(host: str, puerto: int) -> bool:
    """Dice si la casa ya contesta la página de inicio, con cualquier respuesta que no sea un error suyo."""
    destino = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - solo se compara
    try:
        conexion = http.client.HTTPConnection(destino, puerto, timeout=30)
        conexion.request("GET", "/", headers={"Host": f"localhost:{puerto}"})
        estado = conexion.getresponse().status
        conexion.close()
    except (OSError, http.client.HTTPException):
        return False
    if estado >= 500:
        raise Impedimento(
            f"La página de inicio respondió con el error {estado}; mire el registro de «páginas»."
        )
    return True


def _dar_la_bienvenida(
    instalacion: Instalacion,
    entorno: dict[str, str],
    bienvenida: dict[str, str],
    *,
    segundos: float,
    correo: bool,
) -> None:
    tiempo = f"{segundos:.1f}"
    que = "demostración de Pichari" if instalacion.demo else "municipalidad"
    decir()
    decir(f"  {resaltar('Llaqta está encendida')} ({que}, en {tiempo} s)")
    decir()
    decir(f"  Ábrala en   {resaltar(entorno['LLAQTA_URL'])}")
    decir(f"  Datos en    {instalacion.carpeta}")
    if correo:
        decir(f"  Correos en  {instalacion.carpeta / 'correo'}  (cada uno es un archivo .eml)")
    elif not entorno.get("LLAQTA_SMTP") and not entorno.get("LLAQTA_SMTP_FILE"):
        decir("  Correos     no se envían: falta LLAQTA_SMTP (docs/operacion/variables.md)")
    if bienvenida.get("cuentas"):
        decir()
        decir("  Cuentas de la demostración")
        for linea in textwrap.dedent(bienvenida["cuentas"]).splitlines():
            decir(f"    {linea}")
    if bienvenida.get("enlace"):
        decir()
        decir("  Primer administrador: este enlace sirve una sola vez y no se volverá a mostrar")
        decir(f"    {bienvenida['enlace']}")
    if urlsplit(entorno["LLAQTA_URL"]).scheme == "http" and not instalacion.demo:
        decir()
        decir(
            "  Sin HTTPS: póngala detrás de un servidor como los de docs/operacion/ antes de abrirla al público."
        )
    decir()
    decir("  Se apaga con Ctrl-C.")
    decir()
