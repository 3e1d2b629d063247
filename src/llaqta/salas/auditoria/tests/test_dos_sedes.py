"""Dos sedes de verdad, cada una con su base y su servidor, se vigilan por HTTP; y una reescribe su registro."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection, transaction

from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import llave_de_testigo, puntos, secuenciador, services, testigo
from llaqta.salas.auditoria.models import Cofirma, Contradiccion, Hoja, Vecino
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.cuentas.events import SesionIniciada

pytestmark = pytest.mark.django_db(transaction=True)
DATOS_DE_LA_VECINA = {
    "pk": 1, "nombre": "Municipalidad Distrital de Kimbiri", "nombre_corto": "Kimbiri", "siglas": "MDK",
    "ruc": "20999000012", "ubigeo": "080906", "lugar": "Kimbiri", "horario": "",
}  # fmt: skip
PREPARAR = f"""
from llaqta.cimientos.models import Entidad
Entidad(**{DATOS_DE_LA_VECINA!r}).save()
"""
ANUNCIAR = """
from django.db import transaction
from django.utils import timezone
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.events import SesionIniciada
with transaction.atomic():
    for n in range({cuantos}):
        emit(SesionIniciada(cuenta_id=n), actor_id=1, ahora=timezone.now())
from llaqta.salas.auditoria.tests.test_dos_sedes import poner_al_dia
poner_al_dia(timezone.now())
"""
REESCRIBIR = """
import shutil
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    for tabla in ("cofirma", "punto", "hoja", "secreto", "avance"):
        cursor.execute(f"DELETE FROM auditoria_{tabla}")
    cursor.execute("UPDATE cimientos_suceso SET actor_id = 99 WHERE id = (SELECT min(id) FROM cimientos_suceso)")
    cursor.execute("SET session_replication_role = origin")
shutil.rmtree(settings.REGISTRO / "tile")
(settings.REGISTRO / "checkpoint").unlink()
"""


def poner_al_dia(ahora: datetime) -> None:
    """Ordena el registro. Nadie más escribe aquí: no se espera a las transacciones de otras bases del servidor."""
    secuenciador.CONFIRMADOS = "true"
    services.secuenciar_ahora(ahora=ahora)
    assert Hoja.objects.count() == Suceso.objects.count()


@dataclass
class Sede:
    """Otra instalación: su base, su carpeta y su servidor."""

    base: str
    carpeta: Path
    puerto: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.puerto}/registro"

    @property
    def entorno(self) -> dict[str, str]:
        donde = connection.settings_dict
        clave = f":{quote(str(donde['PASSWORD']))}" if donde["PASSWORD"] else ""
        # Como opción, porque el PostgreSQL propio escucha en una carpeta y no en una dirección.
        servidor = f"host={quote(str(donde['HOST']), safe='')}&port={donde['PORT'] or 5432}"
        return os.environ | {
            "DATABASE_URL": f"postgresql://{donde['USER']}{clave}@/{self.base}?{servidor}",
            "LLAQTA_DATA": str(self.carpeta),
            "LLAQTA_DEMO": "1",
            "LLAQTA_LOG": "ERROR",
            "LLAQTA_TESTIGO_HOSTS": "127.0.0.1,localhost",
            "DJANGO_SETTINGS_MODULE": "llaqta.config.settings",
        }

    def hacer(self, codigo: str) -> str:
        """Corre un programa en esa instalación."""
        hecho = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{codigo}"],
            env=self.entorno, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert hecho.returncode == 0, hecho.stderr
        return hecho.stdout

    def orden(self, *argumentos: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "django", *argumentos],
            env=self.entorno, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def pedir(self, ruta: str) -> str:
        with urllib.request.urlopen(f"{self.url}/{ruta}", timeout=10) as respuesta:
            return str(respuesta.read().decode())


@pytest.fixture
def kimbiri(tmp_path: Path) -> Iterator[Sede]:
    donde = connection.settings_dict
    base = f"{donde['NAME']}_vecina"
    connection.close()
    with psycopg.connect(
        host=donde["HOST"] or None, port=donde["PORT"] or None, user=donde["USER"] or None,
        password=donde["PASSWORD"] or None, dbname="postgres", autocommit=True,
    ) as administracion:  # fmt: skip
        administracion.execute(f'DROP DATABASE IF EXISTS "{base}" WITH (FORCE)')
        # Otra prueba pudo dejar abierta la conexión de un hilo: una base con alguien dentro no se puede copiar.
        administracion.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [donde["NAME"]]
        )
        administracion.execute(f'CREATE DATABASE "{base}" TEMPLATE "{donde["NAME"]}"')
        with socket.socket() as libre:
            libre.bind(("127.0.0.1", 0))
            puerto = libre.getsockname()[1]
        sede = Sede(base, tmp_path / "kimbiri", puerto)
        sede.hacer(PREPARAR)
        servidor = subprocess.Popen(
            [sys.executable, "-m", "django", "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{puerto}"],
            env=sede.entorno, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _esperar(puerto)
            yield sede
        finally:
            servidor.terminate()
            servidor.wait(20)
            administracion.execute(f'DROP DATABASE IF EXISTS "{base}" WITH (FORCE)')


def _esperar(puerto: int) -> None:
    hasta = time.monotonic() + 60
    while time.monotonic() < hasta:
        with socket.socket() as intento:
            if intento.connect_ex(("127.0.0.1", puerto)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("La sede vecina no encendió.")


def test_dos_sedes_se_vigilan_y_la_que_reescribe_queda_en_evidencia(
    kimbiri: Sede, entidad: Entidad, ahora: datetime, settings: Any, live_server: Any, monkeypatch: Any
) -> None:
    settings.TESTIGO_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(secuenciador, "CONFIRMADOS", "true")
    kimbiri.hacer(ANUNCIAR.format(cuantos=5))
    with transaction.atomic():
        emit(SesionIniciada(cuenta_id=1), actor_id=1, ahora=ahora)
    poner_al_dia(ahora)

    # Cada una recibe, por oficio, las llaves de la otra.
    llave = kimbiri.pedir("llave.pub").strip()
    de_testigo = kimbiri.orden("testigo", "llave").stdout.strip()
    testigo.agregar(url=kimbiri.url, llave=llave, ahora=ahora)
    testigo.aceptar(llave=de_testigo, ahora=ahora)
    nuestra = str(llave_de_testigo.llave_publica())
    assert kimbiri.orden("testigo", "aceptar", nuestra).returncode == 0
    agregado = kimbiri.orden("testigo", "agregar", f"{live_server.url}/registro", str(puntos.llave_publica()))
    assert agregado.returncode == 0, agregado.stderr

    # Nosotros miramos a Kimbiri y le entregamos nuestra firma, que ella publica.
    (vecino,) = testigo.revisar_a_todos(ahora=ahora)
    assert (vecino.estado, vecino.detalle) == (Vecino.Estado.AL_DIA, "")
    visto = vecino.vistos.get()
    assert visto.entregada_en == ahora
    guardadas = "from llaqta.salas.auditoria.models import Cofirma; print(Cofirma.objects.get().testigo)"
    assert kimbiri.hacer(guardadas).strip() == "llaqta.pe/testigo/080910"

    # Kimbiri nos mira a nosotros, por nuestro servidor, y su firma queda en nuestra base.
    revisado = kimbiri.orden("testigo", "revisar")
    assert revisado.returncode == 0, revisado.stdout + revisado.stderr
    assert "Conserva todo lo que ya se le vio" in revisado.stdout
    assert Cofirma.objects.get().testigo == "llaqta.pe/testigo/080906"

    # Crece sin cambiar lo de antes: se acepta. Publica nuestra firma en el punto que le vimos.
    kimbiri.hacer(ANUNCIAR.format(cuantos=300))
    poner_al_dia(ahora)
    (vecino,) = testigo.revisar_a_todos(ahora=ahora)
    assert (vecino.estado, vecino.tamano > 300) == (Vecino.Estado.AL_DIA, True)
    kimbiri.hacer(ANUNCIAR.format(cuantos=0))
    punto = verificador.leer_punto(kimbiri.pedir("checkpoint"))
    firma = next(firma for nombre, firma in punto.firmas if nombre == "llaqta.pe/testigo/080910")
    assert verificador.hora_de_cofirma(firma, verificador.leer_llave(nuestra, 4), punto) == ahora

    # Quien administra su base cambia un suceso viejo, rehace todo y vuelve a firmar con la misma llave.
    kimbiri.hacer(REESCRIBIR)
    kimbiri.hacer(ANUNCIAR.format(cuantos=10))
    (vecino,) = testigo.revisar_a_todos(ahora=ahora)
    assert vecino.estado == Vecino.Estado.CONTRADICE
    hallada = Contradiccion.objects.get()
    assert hallada.motivo.endswith("ya había firmado.")
    publica = verificador.leer_llave(llave, 1)
    for nota in (hallada.antes, hallada.despues):
        verificador.comprobar_punto(verificador.leer_punto(nota), publica)
    with pytest.raises(verificador.NoVale, match="REESCRITO"):
        verificador.comprobar_puntos(
            hallada.antes, hallada.despues, verificador.leer_json(hallada.prueba.encode()),
            verificador.Confianza(llave=llave), verificador.Informe(),
        )  # fmt: skip
