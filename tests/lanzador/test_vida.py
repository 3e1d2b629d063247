"""La casa se enciende rápido, se levanta si se cae y se apaga entera, también cuando la matan."""

from __future__ import annotations

import email
import json
import os
import re
import signal
import smtplib
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from llaqta.lanzador.procesos import esperar_a_que
from llaqta.lanzador.temporal import Casa, casa_encendida

from .conftest import procesos_de, terminan

pytestmark = pytest.mark.usefixtures("limpio")
Intentar = Callable[..., subprocess.CompletedProcess[str]]


def pedir_inicio(casa: Casa) -> int:
    with urllib.request.urlopen(casa.url, timeout=20) as respuesta:
        return int(respuesta.status)


def responde(casa: Casa) -> bool:
    try:
        return pedir_inicio(casa) == 200
    except OSError:
        return False


def ordenes(casa: Casa) -> dict[str, int]:
    """Los hijos directos de la casa, por lo que son."""
    hijos: dict[str, int] = {}
    for numero in Path(f"/proc/{casa.pid}/task/{casa.pid}/children").read_text().split():
        orden = Path(f"/proc/{numero}/cmdline").read_bytes().decode()
        for que in ("gunicorn", "procrastinate", "lanzador.correo", "bin/postgres"):
            if que in orden:
                hijos[que] = int(numero)
    return hijos


def test_el_segundo_encendido_es_corto_y_no_repite_el_trabajo(carpeta_preparada: Path) -> None:
    """Se cuenta el trabajo del procesador: el reloj de pared depende de quién más use la máquina (bench encender)."""
    antes = (carpeta_preparada / "preparado.json").stat().st_mtime_ns
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        gastado = casa.cpu_segundos()
        assert pedir_inicio(casa) == 200
        assert "Preparando" not in casa.salida.read_text()
    assert (carpeta_preparada / "preparado.json").stat().st_mtime_ns == antes
    assert gastado < 8  # en dos núcleos libres son unos dos segundos de reloj


def test_la_bienvenida_dice_donde_esta_cada_cosa(carpeta_preparada: Path) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        dicho = casa.salida.read_text()
        assert "Llaqta está encendida (demostración de Pichari, en " in dicho
        assert casa.url in dicho
        assert str(carpeta_preparada / "correo") in dicho
        assert "Se apaga con Ctrl-C." in dicho


@pytest.mark.parametrize("senal", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda s: s.name)
def test_una_senal_apaga_a_todos_los_hijos(carpeta_preparada: Path, senal: signal.Signals) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        familia = casa.procesos()
        assert len(familia) >= 6
        os.kill(casa.pid, senal)
        assert terminan(familia, segundos=10) == []
        assert casa.salida.read_text().endswith("Llaqta está apagada. Sus datos quedan guardados.\n")
    assert procesos_de(carpeta_preparada) == []
    assert not (carpeta_preparada / "en-marcha.json").exists()
    assert not (carpeta_preparada / "postgres/postmaster.pid").exists()


def test_si_matan_al_lanzador_no_queda_ningun_hijo_y_la_casa_vuelve(carpeta_preparada: Path) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        familia = casa.procesos()
        os.kill(casa.pid, signal.SIGKILL)
        assert terminan(familia, segundos=10) == []
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        assert pedir_inicio(casa) == 200


def test_si_matan_a_toda_la_familia_a_la_vez_la_casa_vuelve(carpeta_preparada: Path) -> None:
    """Como un corte de luz: queda ``postmaster.pid``, y el número puede ser ahora de otro programa."""
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        familia = casa.procesos()
        for numero in familia:
            try:
                os.kill(numero, signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert terminan(familia, segundos=10) == []
    marca = carpeta_preparada / "postgres/postmaster.pid"
    lineas = marca.read_text().splitlines()
    marca.write_text("\n".join([str(os.getpid()), *lineas[1:]]) + "\n")
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        assert pedir_inicio(casa) == 200


def test_quien_se_cae_se_levanta(carpeta_preparada: Path) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        antes = ordenes(casa)
        assert set(antes) == {"gunicorn", "procrastinate", "lanzador.correo", "bin/postgres"}
        os.kill(antes["procrastinate"], signal.SIGKILL)
        os.kill(antes["gunicorn"], signal.SIGKILL)

        def volvieron_todos() -> bool:
            ahora = ordenes(casa)
            return set(ahora) == set(antes) and ahora["gunicorn"] != antes["gunicorn"]

        assert esperar_a_que(volvieron_todos, segundos=20), casa.salida.read_text()
        assert esperar_a_que(lambda: responde(casa), segundos=20)
        assert "El proceso «tareas 1» se cayó" in casa.salida.read_text()


def test_si_muere_postgresql_se_cierra_la_casa_y_se_dice(carpeta_preparada: Path) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        familia = casa.procesos()
        os.kill(ordenes(casa)["bin/postgres"], signal.SIGKILL)
        assert terminan(familia, segundos=12) == []
        assert "Llaqta: PostgreSQL se detuvo y la casa se cierra" in casa.salida.read_text()


def test_el_buzon_de_la_demostracion_guarda_cada_mensaje(carpeta_preparada: Path) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        entorno = Path(f"/proc/{ordenes(casa)['procrastinate']}/environ").read_bytes().decode().split("\0")
        puerto = int(next(v for v in entorno if v.startswith("LLAQTA_SMTP=")).rsplit(":", 1)[1])
        with smtplib.SMTP("127.0.0.1", puerto, timeout=10) as correo:
            mensaje = "Subject: Aviso de prueba\r\n\r\nTiene una notificación.\r\n".encode()
            correo.sendmail("a@localhost", ["b@localhost"], mensaje)
        guardados = [ruta.read_bytes() for ruta in (carpeta_preparada / "correo").glob("*.eml")]
        asuntos = [email.message_from_bytes(guardado)["Subject"] for guardado in guardados]
        assert asuntos.count("Aviso de prueba") == 1


def test_la_gestion_usa_la_base_de_la_casa_encendida(carpeta_preparada: Path, intentar: Intentar) -> None:
    with casa_encendida(carpeta=carpeta_preparada):
        hecho = intentar("gestion", "migrate", "--check", entorno={"LLAQTA_DATA": str(carpeta_preparada)})
        assert hecho.returncode == 0, hecho.stderr


def test_la_gestion_enciende_la_base_si_la_casa_esta_apagada(
    carpeta_preparada: Path, intentar: Intentar
) -> None:
    hecho = intentar("gestion", "migrate", "--check", entorno={"LLAQTA_DATA": str(carpeta_preparada)})
    assert hecho.returncode == 0, hecho.stderr
    assert procesos_de(carpeta_preparada) == []


def test_una_municipalidad_estrena_su_propio_secreto_y_lo_conserva(tmp_path: Path) -> None:
    carpeta = tmp_path / "datos"
    with casa_encendida("--sin-demo", carpeta=carpeta) as casa:
        assert pedir_inicio(casa) == 200
        assert "(municipalidad, en " in casa.salida.read_text()
        assert "lanzador.correo" not in ordenes(casa)
        assert "este enlace sirve una sola vez" in casa.salida.read_text()
        (enlace,) = re.findall(rf"{casa.url}/\S+", casa.salida.read_text())
        with urllib.request.urlopen(enlace, timeout=20) as respuesta:
            assert respuesta.status == 200
    secreto = carpeta / "secreto"
    valor = secreto.read_text()
    assert secreto.stat().st_mode & 0o777 == 0o600
    assert len(valor.strip()) >= 50
    assert json.loads((carpeta / "instalacion.json").read_text()) == {"demostracion": False}
    with casa_encendida(carpeta=carpeta) as casa:  # sin repetir --sin-demo: la carpeta recuerda lo que es
        assert "(municipalidad, en " in casa.salida.read_text()
        assert "este enlace" not in casa.salida.read_text()
    assert secreto.read_text() == valor


def test_respaldar_y_restaurar_devuelven_lo_mismo(
    carpeta_preparada: Path, intentar: Intentar, tmp_path: Path
) -> None:
    objeto = carpeta_preparada / "objetos/ab/cd/prueba"
    objeto.parent.mkdir(parents=True, exist_ok=True)
    objeto.write_bytes(b"documento")
    copia, nueva = tmp_path / "respaldo", tmp_path / "nueva"
    contar = "import django; django.setup(); from django.db import connection as c; k = c.cursor(); "
    contar += "k.execute('select count(*) from django_migrations'); print(k.fetchone()[0])"
    hecho = intentar("respaldar", str(copia), entorno={"LLAQTA_DATA": str(carpeta_preparada)})
    assert hecho.returncode == 0, hecho.stderr
    hecho = intentar("restaurar", str(copia), "--data", str(nueva))
    assert hecho.returncode == 0, hecho.stderr
    assert (nueva / "objetos/ab/cd/prueba").read_bytes() == b"documento"
    cuentas = [
        intentar("gestion", "shell", "--no-imports", "-c", contar, entorno={"LLAQTA_DATA": str(c)}).stdout
        for c in (carpeta_preparada, nueva)
    ]
    assert cuentas[0] == cuentas[1]
    assert int(cuentas[0]) > 0
    hecho = intentar("restaurar", str(copia), "--data", str(nueva))
    assert hecho.returncode == 1
    assert hecho.stderr == (
        f"Llaqta: La carpeta {nueva} ya tiene algo: restaure en una nueva y después cámbielas de nombre.\n"
    )
    objeto.unlink()
