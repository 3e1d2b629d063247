"""``./llaqta bench caos``: se mata al azar al trabajador, las páginas, quien deposita y la base; y nada se pierde.

Enciende un PostgreSQL que espera al disco como en producción, carga la demostración, y pone a trabajar de verdad: quien
deposita llama al mismo caso de uso que las pantallas, el trabajador avisa (a un servidor SMTP y a una pasarela de
mensajes que cuentan lo que reciben), ordena el registro y sella; una persona abre por HTTP parte de lo depositado, y
otra parte lleva fecha de hace semanas: nadie la abre, y vence. Mientras tanto, una y otra vez, en un instante
cualquiera, se mata a uno de ellos y se lo vuelve a encender.

Al final, con todo quieto, se comprueba: nada depositado se perdió, ninguna constancia se selló dos veces, a nadie se le
avisó más de una vez de más por un medio, todo lo abierto tiene su acuse, todo lo vencido se declaró una vez y tiene sus
dos constancias, y la cuenta cuadra.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

RAIZ = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(RAIZ), str(RAIZ / "src")]

from bench._cuenta_del_caos import BuzonQueCuenta, comprobar  # noqa: E402
from bench._lector_del_caos import CADA, ROSA, VENCE, Lector  # noqa: E402 — también corre como programa suelto

VICTIMAS = {"trabajador": 3, "otro trabajador": 2, "base": 3, "páginas": 2, "depositante": 2}
"""A quién se mata y cuántas veces de cada doce."""
SIN_AVANZAR = 120
"""Segundos sin que se haga nada: en una máquina cargada se tarda lo que se tarda, pero se avanza."""
HACE = 20
"""Días que tiene lo que nadie abre y ya venció al depositarse."""
LO_MAS = 400
"""Segundos que se espera en total, más uno por notificación: una tarea que da vueltas también parece avanzar."""


@dataclass
class Elenco:
    """Los procesos que se matan y se vuelven a encender."""

    ordenes: dict[str, list[str]]
    entorno: dict[str, str]
    carpeta: Path
    servidor: Any
    vivos: dict[str, Popen[bytes]] = field(default_factory=dict)
    muertes: Counter[str] = field(default_factory=Counter)
    turno: threading.RLock = field(default_factory=threading.RLock)

    def encender(self, cual: str) -> None:
        """Enciende un proceso si no está vivo."""
        from llaqta.lanzador.procesos import lanzar

        proceso = self.vivos.get(cual)
        if proceso is not None and proceso.poll() is None:
            return
        with (self.carpeta / f"{cual}.log").open("ab") as salida:
            self.vivos[cual] = lanzar(
                self.ordenes[cual], entorno=self.entorno, salida=salida, al_morir_el_padre=signal.SIGKILL
            )

    def matar(self, cual: str) -> None:
        """SIGKILL a un proceso y a toda su familia: como un corte de luz para él solo."""
        proceso = self.servidor.proceso if cual == "base" else self.vivos.get(cual)
        if proceso is None or proceso.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(proceso.pid, signal.SIGKILL)
        proceso.wait()
        self.muertes[cual] += 1

    def levantar(self, cual: str) -> None:
        """Vuelve a encender lo que se mató; la base se recupera sola de su diario."""
        if cual == "base":
            _encender_base(self.servidor)
        else:
            self.encender(cual)

    def cuidar(self) -> None:
        """Levanta a los que se cayeron porque se cayó la base, como hace ``./llaqta up``."""
        for cual, proceso in list(self.vivos.items()):
            if proceso.poll() not in (None, 0):
                self.encender(cual)

    def apagar(self) -> None:
        """Termina con todos."""
        for cual in list(self.vivos):
            self.matar(cual)


def _encender_base(servidor: Any) -> None:
    from llaqta.lanzador.avisos import Impedimento

    for _ in range(100):
        try:
            servidor.encender()
        except Impedimento:  # los hijos de la que murió todavía sueltan su memoria
            time.sleep(0.1)
        else:
            return
    raise SystemExit("La base no volvió a encender.")


def main(argv: list[str]) -> int:
    """Corre el caos, lo cuenta y devuelve 1 si algo se perdió o se repitió."""
    if argv[:1] == ["--depositar"]:
        return _depositar(int(argv[1]), Path(argv[2]))
    opciones = _opciones(argv)
    resultado = correr(
        notificaciones=opciones.notificaciones, muertes=opciones.muertes, semilla=opciones.semilla,
        pausa=(min(0.3, opciones.pausa), opciones.pausa), decir=(lambda _: None) if opciones.json else print,
    )  # fmt: skip
    if opciones.json:
        print(json.dumps(resultado, ensure_ascii=False))
    else:
        for nombre, valor in resultado.items():
            print(f"{nombre:>24}: {valor}")
    return 1 if resultado["faltas"] else 0


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(
        prog="./llaqta bench caos", description=(__doc__ or "").split("\n", 1)[0]
    )
    lector.add_argument("--notificaciones", type=int, default=10_000, metavar="N")
    lector.add_argument(
        "--muertes", type=int, default=60, metavar="N", help="cuántas veces se mata a alguien (60)"
    )
    lector.add_argument("--semilla", type=int, default=0, help="para repetir el mismo azar")
    lector.add_argument(
        "--pausa", type=float, default=2.5, metavar="S", help="lo más que se espera entre muertes (2.5)"
    )
    lector.add_argument("--json", action="store_true", help="una sola línea de JSON")
    return lector.parse_args(argv)


def correr(
    *, notificaciones: int, muertes: int, semilla: int = 0, pausa: tuple[float, float] = (0.3, 2.5),
    decir: Callable[[str], Any] = print,
) -> dict[str, Any]:  # fmt: skip
    """Hace un caos entero y devuelve la cuenta; ``faltas`` vacío es que nada se perdió ni se repitió.

    :param pausa: entre cuántos y cuántos segundos se espera antes de cada muerte
    """
    azar = random.Random(semilla or None)
    with ExitStack() as pila:
        from llaqta.lanzador.postgres import base_temporal

        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="llaqta-caos-")))
        servidor = pila.enter_context(base_temporal(duradero=True))
        buzon, correo = pila.enter_context(_correo())
        pasarela = pila.enter_context(_mensajes())
        puerto = _puerto_libre()
        entorno = _entorno(carpeta, servidor.url, correo, pasarela.url, puerto)
        decir("Preparando la base…")
        _preparar(entorno, notificaciones)
        acuses = carpeta / "depositadas.txt"
        elenco = Elenco(_ordenes(notificaciones, acuses), entorno, carpeta, servidor)
        pila.callback(elenco.apagar)
        inicio = time.monotonic()
        for cual in elenco.ordenes:
            elenco.encender(cual)
        lector = Lector(puerto, acuses)
        lector.start()
        decir(f"Depositando {notificaciones} y matando {muertes} veces…")
        _matar(elenco, muertes, azar, pausa)
        tras_las_muertes = time.monotonic() - inicio
        _esperar(elenco, notificaciones, lector, decir)
        total = time.monotonic() - inicio
        lector.parar()
        elenco.apagar()
        return {
            "notificaciones": notificaciones,
            "muertes": dict(elenco.muertes),
            "segundos": round(total, 1),
            "segundos_de_muertes": round(tras_las_muertes, 1),
            **comprobar(buzon, pasarela, acuses, lector),
        }


# --- El reparto -----------------------------------------------------------------------------------------------------
@contextmanager
def _correo() -> Iterator[tuple[BuzonQueCuenta, int]]:
    from aiosmtpd.controller import Controller

    buzon, puerto = BuzonQueCuenta(), _puerto_libre()
    controlador = Controller(buzon, hostname="127.0.0.1", port=puerto)
    controlador.start()
    yield buzon, puerto
    controlador.stop()


@contextmanager
def _mensajes() -> Iterator[Any]:
    from llaqta.salas.casilla.mensajeria.emulador import PasarelaDePrueba

    pasarela = PasarelaDePrueba().encender()
    yield pasarela
    pasarela.apagar()


def _puerto_libre() -> int:
    import socket

    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        return int(libre.getsockname()[1])


def _entorno(carpeta: Path, url: str, correo: int, mensajes: str, puerto: int) -> dict[str, str]:
    limpio = {k: v for k, v in os.environ.items() if not k.startswith(("LLAQTA_", "DATABASE_URL"))}
    return {
        **limpio,
        "DATABASE_URL": url,
        "LLAQTA_DEMO": "1",
        "LLAQTA_DATA": str(carpeta),
        "LLAQTA_LOG": "WARNING",
        "LLAQTA_SMTP": f"smtp://127.0.0.1:{correo}",
        "LLAQTA_SMS": "pasarela",
        "LLAQTA_SMS_URL": mensajes,
        "LLAQTA_SMS_CUERPO": '{"to": "{numero}", "text": "{texto}"}',
        "LLAQTA_BIND": f"127.0.0.1:{puerto}",
        "LLAQTA_URL": f"http://127.0.0.1:{puerto}",
        "LLAQTA_WEB_PROCESOS": "1",
        "DJANGO_SETTINGS_MODULE": "llaqta.config.settings",
        "PYTHONPATH": str(RAIZ / "src"),
    }


def _ordenes(notificaciones: int, acuses: Path) -> dict[str, list[str]]:
    trabajador = [
        sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "2",
        "--shutdown-graceful-timeout", "2",
    ]  # fmt: skip
    return {
        "trabajador": trabajador,
        "otro trabajador": trabajador,
        "páginas": [sys.executable, "-m", "gunicorn", "-c", "python:llaqta.lanzador.gunicorn_conf"],
        "depositante": [sys.executable, str(Path(__file__)), "--depositar", str(notificaciones), str(acuses)],
    }  # fmt: skip


def _preparar(entorno: dict[str, str], cuantas: int) -> None:
    """Migra, carga la demostración y escribe los actos firmados que se van a notificar."""
    os.environ.update(entorno)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("cargar_demo", verbosity=0)
    # Lo que la demostración deja por sellar y dibujar a otras salas no es lo que se mide, y va delante en la cola.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name NOT LIKE 'casilla.%'")
    call_command("collectstatic", verbosity=0, interactive=False)
    from llaqta.salas.casilla.models import Adhesion
    from llaqta.salas.documentos.models import Documento

    _que_venza_desde_el_deposito()
    Adhesion.objects.filter(persona__numero_documento=ROSA).update(telefono="987654321")
    modelo = Documento.objects.filter(firmado=True, origen="INTERNO").select_related("archivo").first()
    assert modelo is not None
    comun = {
        campo.attname: getattr(modelo, campo.attname)
        for campo in Documento._meta.concrete_fields
        if campo.attname not in {"id", "numero", "cvd", "registrado_en"}
    }
    Documento.objects.bulk_create(
        (Documento(**comun, numero=f"ACTO-{n:06d}", registrado_en=timezone.now()) for n in range(cuantas)),
        batch_size=1000,
    )
    connections.close_all()


def _que_venza_desde_el_deposito() -> None:
    """La lectura que cuenta los días desde el depósito: con la otra, avisado hoy lo de hace semanas no vence hoy."""
    from django.utils import timezone

    from llaqta.salas.cuentas.models import Persona
    from llaqta.salas.plazos import services as plazos

    entonces = timezone.now() - timedelta(days=HACE + 10)
    actor = next(una for una in Persona.objects.all() if una.puede("cimientos.administrar"))
    plazos.cambiar_regla(
        actor=actor, codigo="CASILLA_PLAZO_DESDE", valor="DEPOSITO", norma="Medida del caos",
        desde=entonces.date(), nota="Para que venza lo que se deposita con fecha de hace semanas.", ahora=entonces,
    )  # fmt: skip


def _depositar(cuantas: int, acuses: Path) -> int:
    """El proceso que deposita: uno por uno, y anota lo que la base le confirmó. Otra vez no deposita otra vez."""
    import django

    django.setup()
    from django.utils import timezone

    from llaqta.salas.casilla import services
    from llaqta.salas.cuentas.models import Persona
    from llaqta.salas.documentos.models import Documento

    rosa = Persona.objects.get(numero_documento=ROSA)
    actor = next(una for una in Persona.objects.exclude(pk=rosa.pk) if una.puede("expedientes.tramitar"))
    ya = set(acuses.read_text().split()) if acuses.exists() else set()
    actos = Documento.objects.filter(numero__startswith="ACTO-").select_related("archivo").order_by("pk")
    with acuses.open("a") as salida:
        for acto in actos.exclude(numero__in=ya).iterator(chunk_size=500):
            hace = HACE if int(acto.numero[-6:]) % CADA == VENCE else 0
            hecha = services.depositar(
                actor=actor, destinatario=rosa, documento=acto, expediente="EXP-2026-000001-3",
                asunto=acto.asunto, ahora=timezone.now() - timedelta(days=hace),
            )  # fmt: skip
            salida.write(f"{acto.numero} {hecha.codigo}\n")
            salida.flush()
    return 0


# --- El caos --------------------------------------------------------------------------------------------------------
def _matar(elenco: Elenco, muertes: int, azar: random.Random, pausa: tuple[float, float]) -> None:
    nombres, pesos = list(VICTIMAS), list(VICTIMAS.values())
    while sum(elenco.muertes.values()) < muertes:
        limite = time.monotonic() + azar.uniform(*pausa)
        _pedir_vencimientos()
        while time.monotonic() < limite:
            elenco.cuidar()
            time.sleep(0.02)
        [victima] = azar.choices(nombres, pesos)
        if victima == "depositante" and elenco.vivos["depositante"].poll() == 0:
            victima = "trabajador"
        elenco.matar(victima)
        time.sleep(azar.uniform(0, 0.3))
        elenco.levantar(victima)


def _esperar(elenco: Elenco, cuantas: int, lector: Lector, decir: Callable[[str], Any]) -> None:
    """Deja trabajar hasta que no quede nada por hacer, o hasta que pase ``SIN_AVANZAR`` sin que se haga nada."""
    from django.db import connection

    connection.close()  # la de antes pudo morir con la base
    empezo, dicho, antes = time.monotonic(), 0.0, (-1, -1)
    limite = empezo + SIN_AVANZAR
    while time.monotonic() < min(limite, empezo + LO_MAS + cuantas):
        elenco.cuidar()
        _retomar()
        quedan = _quedan(cuantas) + len(lector.por_abrir())
        if not quedan and elenco.vivos["depositante"].poll() == 0:
            return
        if (ahora := (quedan, _trabajos_hechos())) != antes:
            limite, antes = time.monotonic() + SIN_AVANZAR, ahora
        if time.monotonic() - dicho > 15:
            dicho = time.monotonic()
            _pedir_vencimientos()
            decir(f"  quedan {quedan} por terminar")
        time.sleep(0.5)


def _pedir_vencimientos() -> None:
    """Lo que la casa hace cada hora, ya; si la base no contesta, será en la próxima."""
    from django.db import DatabaseError, connection
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

    try:
        with suppress(AlreadyEnqueued):
            app.configure_task("casilla.declarar_eficacia").defer(timestamp=int(time.time()))
    except (DatabaseError, ConnectorException):
        connection.close()


def _quedan(cuantas: int) -> int:
    """Lo que falta: depósitos, constancias, avisos y vencimientos."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s - (SELECT count(*) FROM casilla_constancia c JOIN casilla_notificacion n ON n.id ="
            " c.notificacion_id JOIN documentos_documento d ON d.id = n.documento_id WHERE c.clase = 'DEPOSITO' AND"
            " d.numero LIKE 'ACTO-%%') + (SELECT count(*) FROM casilla_notificacion n WHERE leida_en IS NOT NULL AND"
            " NOT EXISTS (SELECT FROM casilla_constancia c WHERE c.notificacion_id = n.id AND c.clase = 'LECTURA'))"
            " + (SELECT count(*) FROM casilla_alerta WHERE resultado IN ('PENDIENTE', 'EN_CURSO'))"
            " + (SELECT count(*) FROM casilla_notificacion n JOIN documentos_documento d ON d.id = n.documento_id"
            " WHERE d.numero LIKE 'ACTO-%%' AND right(d.numero, 6)::int %% %s = %s AND NOT EXISTS (SELECT FROM"
            " casilla_constancia c WHERE c.notificacion_id = n.id AND c.clase = 'EFICACIA'))",
            [cuantas, CADA, VENCE],
        )
        return int(cursor.fetchone()[0])


def _trabajos_hechos() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded' AND queueing_lock IS NULL"
        )
        return int(cursor.fetchone()[0])


def _retomar() -> None:
    """Lo que la casa hace al latido o al minuto, ya: retomar lo del muerto, que el registro lata y que nadie espere.

    Ninguna garantía depende de cuánto se espera entre intentos; los que viven laten cada diez segundos.
    """
    from django.db import connection
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing'"
            " AND queueing_lock IS NULL"  # de los que no se repiten en la cola, el siguiente ya hará lo suyo
            " AND NOT EXISTS (SELECT FROM procrastinate_workers w WHERE w.id = worker_id"
            " AND w.last_heartbeat > now() - interval '60 seconds')"
        )
        # Tres segundos, y no cero: lo que falla una y otra vez no debe agotar sus intentos en un instante.
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = least(scheduled_at, now() + interval '3 seconds')"
            " WHERE status = 'todo' AND scheduled_at > now() + interval '3 seconds'"
        )
    with suppress(AlreadyEnqueued):
        app.configure_task("auditoria.mantener_el_ritmo").defer(timestamp=int(time.time()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
