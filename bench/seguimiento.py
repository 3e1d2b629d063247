"""``./llaqta bench seguimiento``: la página pública de seguimiento, con número y clave, por HTTP.

Enciende una casa entera de usar y tirar (``./llaqta up`` con la demostración), presenta un expediente y lo mueve entre
oficinas con los mismos servicios que usa la gente, y pide su página como la pide un teléfono: con la galleta que dejó
la clave, sin caché. Mide con uno y con varios clientes a la vez; cada respuesta se comprueba.

- ``por_segundo``, ``p50_ms`` y ``p95_ms``: con los clientes pedidos (por omisión, 4);
- ``cpu_ms``: procesador de toda la casa (web y PostgreSQL) por página;
- ``sql_por_operacion``: consultas que hace una página, contadas dentro de un proceso.

Meta: p95 ≤ 50 ms.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import logging
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from llaqta.lanzador.temporal import Casa

META_P95_MS = 50
OFICINAS = ("SGLC", "OAJ", "SGLC", "OAJ", "SGLC")
PERSONAS = {"ciudadana": "45678901", "MP": "41000001", "SGLC": "41000002", "OAJ": "41000004"}


@dataclass(frozen=True)
class Medida:
    """Lo medido con un número de clientes."""

    clientes: int
    por_segundo: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def main(argv: list[str]) -> int:
    """Mide e imprime; con ``--json``, una sola línea. Devuelve 1 si no se alcanza la meta."""
    opciones = _opciones(argv)
    from llaqta.lanzador.temporal import casa_encendida

    with casa_encendida() as casa:
        _preparar_django(casa)
        numero, clave = _presentar_y_mover()
        consultas = _contar_consultas(numero, clave)
        medidas = [
            _medir(casa, numero, clave, clientes=n, segundos=opciones.segundos)
            for n in (1, opciones.clientes)
        ]
        memoria = casa.memoria_mb()
    pedida = medidas[-1]
    if opciones.json:
        uno, varios = (vars(medida) | {"clientes": medida.clientes} for medida in medidas)
        print(
            json.dumps(
                {
                    "banco": "seguimiento",
                    **{clave_: round(valor, 2) for clave_, valor in varios.items()},
                    "sql_por_operacion": consultas,
                    "memoria_mb": round(memoria, 1),
                    "con_un_cliente": {clave_: round(valor, 2) for clave_, valor in uno.items()},
                }
            )
        )
    else:
        print(f"{'clientes':>8} {'páginas/s':>10} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8}")
        for m in medidas:
            print(
                f"{m.clientes:>8} {m.por_segundo:>10.1f} {m.p50_ms:>8.1f} {m.p95_ms:>8.1f} {m.cpu_ms:>8.1f}"
            )
        print(
            f"Consultas por página: {consultas}. Memoria de la casa: {memoria:.0f} MB. Meta: p95 ≤ {META_P95_MS} ms."
        )
    return 0 if pedida.p95_ms <= META_P95_MS else 1


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(
        prog="./llaqta bench seguimiento", description=(__doc__ or "").split("\n", 1)[0]
    )
    lector.add_argument("--json", action="store_true", help="una línea de JSON")
    lector.add_argument("--clientes", type=int, default=4, help="cuántos piden a la vez")
    lector.add_argument("--segundos", type=float, default=8, help="lo que dura cada medida")
    return lector.parse_args(argv)


def _preparar_django(casa: Casa) -> None:
    """Este proceso usa la misma base y el mismo almacén que la casa."""
    os.environ.update(
        DATABASE_URL=casa.database_url,
        LLAQTA_DATA=str(casa.carpeta),
        LLAQTA_DEMO="1",
        LLAQTA_LOG="ERROR",
        DJANGO_SETTINGS_MODULE="llaqta.config.settings",
    )
    import django

    django.setup()
    logging.disable(logging.WARNING)


def _presentar_y_mover() -> tuple[str, str]:
    """Un expediente con su historia: presentado, derivado y paseado por cinco oficinas."""
    from uuid import uuid4

    import pikepdf
    from django.utils import timezone

    from llaqta.salas.cuentas.models import Persona, UnidadOrganica
    from llaqta.salas.documentos.services import ArchivoRecibido
    from llaqta.salas.expedientes import services as expedientes
    from llaqta.salas.mesapartes import services as mesapartes

    personas = {siglas: Persona.objects.get(numero_documento=dni) for siglas, dni in PERSONAS.items()}
    ahora = timezone.now() - timedelta(days=3)
    hoja = pikepdf.new()
    hoja.add_blank_page()
    contenido = io.BytesIO()
    hoja.save(contenido)
    presentacion = mesapartes.presentar(
        actor=personas["ciudadana"],
        tramite="PE-LIC-ALTO",
        asunto="Licencia para medir el seguimiento",
        archivos=[ArchivoRecibido.de_bytes("solicitud.pdf", contenido.getvalue())],
        envio=uuid4(),
        ahora=ahora,
    )
    unidades = {unidad.siglas: unidad for unidad in UnidadOrganica.objects.all()}
    orden = {"motivo": "para su atención", "proveido": "Pase."}
    mesapartes.recibir_y_derivar(
        actor=personas["MP"],
        presentacion=presentacion,
        para_unidad=unidades[OFICINAS[0]],
        ahora=ahora + timedelta(hours=1),
        **orden,
    )
    expediente = presentacion.expediente
    for paso, (de, para) in enumerate(pairwise(OFICINAS), 2):
        cuando = ahora + timedelta(hours=paso)
        movimiento = expediente.movimientos.order_by("-orden").first()
        expedientes.recibir_movimiento(actor=personas[de], movimiento=movimiento, ahora=cuando)
        expedientes.derivar(
            actor=personas[de], expediente=expediente, para_unidad=unidades[para], ahora=cuando, **orden
        )
    return expediente.numero, expediente.clave


def _contar_consultas(numero: str, clave: str) -> int:
    """Cuántas consultas hace una página, con la entidad ya en memoria como en un servidor que trabaja."""
    from django.db import connection
    from django.test import Client

    cliente = Client(headers={"host": "127.0.0.1"})
    cliente.get(f"/s/{numero}/{clave}")
    cliente.get(f"/seguimiento/{numero}/")
    cuantas = 0

    def contar(ejecutar: Any, sql: str, params: Any, many: bool, contexto: Any) -> Any:
        nonlocal cuantas
        cuantas += 1
        return ejecutar(sql, params, many, contexto)

    with connection.execute_wrapper(contar):
        respuesta = cliente.get(f"/seguimiento/{numero}/")
    assert respuesta.status_code == 200, respuesta.status_code
    connection.close()
    return cuantas


def _medir(casa: Casa, numero: str, clave: str, *, clientes: int, segundos: float) -> Medida:
    """Pide la página sin parar desde varios hilos, cada uno con su conexión abierta."""
    servidor = urlsplit(casa.url)
    tiempos: list[list[float]] = [[] for _ in range(clientes)]
    errores: list[str] = []
    with _sesion(servidor, numero, clave) as galleta:
        _pedir(servidor, galleta, numero, time.perf_counter() + 1, [], errores)  # calentar
        antes, inicio = _procesador(casa), time.perf_counter()
        hilos = [
            threading.Thread(
                target=_pedir, args=(servidor, galleta, numero, inicio + segundos, lista, errores)
            )
            for lista in tiempos
        ]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join()
        duro, gasto = time.perf_counter() - inicio, _procesador(casa) - antes
    if errores:
        raise SystemExit(f"Una página no salió bien: {errores[0]}")
    todos = [tiempo for lista in tiempos for tiempo in lista]
    centiles = statistics.quantiles(todos, n=100)
    return Medida(
        clientes, len(todos) / duro, centiles[49] * 1000, centiles[94] * 1000, gasto / len(todos) * 1000
    )


@contextmanager
def _sesion(servidor: Any, numero: str, clave: str) -> Iterator[str]:
    """Entra con la clave, como quien escanea el QR del cargo, y entrega la galleta."""
    conexion = http.client.HTTPConnection(servidor.hostname, servidor.port, timeout=30)
    conexion.request("GET", f"/s/{numero}/{clave}")
    respuesta = conexion.getresponse()
    respuesta.read()
    galleta = (respuesta.getheader("Set-Cookie") or "").split(";")[0]
    if respuesta.status != 302 or not galleta.startswith("seguimiento="):
        raise SystemExit(f"La clave no abrió el seguimiento: {respuesta.status}")
    conexion.close()
    yield galleta


def _pedir(
    servidor: Any, galleta: str, numero: str, hasta: float, tiempos: list[float], errores: list[str]
) -> None:
    conexion = http.client.HTTPConnection(servidor.hostname, servidor.port, timeout=30)
    cabeceras = {"Cookie": galleta, "Accept-Encoding": "gzip"}
    while (inicio := time.perf_counter()) < hasta and not errores:
        conexion.request("GET", f"/seguimiento/{numero}/", headers=cabeceras)
        respuesta = conexion.getresponse()
        cuerpo = respuesta.read()
        tiempos.append(time.perf_counter() - inicio)
        if respuesta.status != 200 or len(cuerpo) < 1000:
            errores.append(f"{respuesta.status}, {len(cuerpo)} bytes")
    conexion.close()


def _procesador(casa: Casa) -> float:
    """Segundos de procesador que llevan gastados todos los procesos vivos de la casa."""
    total = 0
    for numero in casa.procesos():
        try:
            campos = Path(f"/proc/{numero}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(campos[11]) + int(campos[12])
    return total / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
