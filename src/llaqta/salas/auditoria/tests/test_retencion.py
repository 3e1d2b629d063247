"""Archivar un mes: sale entero, se comprueba solo, y lo retirado se sigue probando y verificando."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad, FalloDeOyente, Suceso, SucesoAtendido
from llaqta.salas.auditoria import integridad, pruebas, retencion, services
from llaqta.salas.auditoria.models import Hoja, Punto
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.cuentas.events import SesionIniciada

pytestmark = pytest.mark.django_db


def antiguo(registrado: str, tipo: str = "cuentas.SesionIniciada", numero: int = 1) -> None:
    """Un suceso de hace años: la base le pondría la hora de hoy, así que se inserta a mano."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cimientos_suceso (tipo, datos, actor_id, objeto_tipo, objeto_id, ocurrido_en, registrado_en)"
            " VALUES (%s, %s, 7, 'cuentas.Persona', '7', %s, %s)",
            [tipo, json.dumps({"cuenta_id": numero}), registrado, registrado],
        )


@pytest.fixture
def libro(entidad: Entidad, ahora: datetime) -> list[int]:
    """Diez sucesos de enero de 2015 (uno, de la casilla), tres de febrero y dos de hoy."""
    for numero in range(9):
        antiguo(f"2015-01-{numero + 1:02d} 15:00:00+00", numero=numero)
    antiguo("2015-02-01 04:59:59+00", "casilla.NotificacionDepositada")  # todavía es enero en el Perú
    for numero in range(3):
        antiguo("2015-02-01 05:00:00+00", numero=numero)
    with transaction.atomic():
        for numero in range(2):
            emit(SesionIniciada(cuenta_id=numero), actor_id=1, ahora=ahora)
    services.secuenciar_ahora(ahora=ahora)
    return list(Hoja.objects.order_by("hoja").values_list("suceso_id", flat=True))


def archivar(carpeta: Path, ahora: datetime, mes: str = "2015-01", *, retirar: bool = False) -> Any:
    return retencion.archivar(mes=mes, carpeta=carpeta, retirar=retirar, ahora=ahora)


def test_el_mes_sale_entero_y_sale_igual_cada_vez(libro: list[int], tmp_path: Path, ahora: datetime) -> None:
    hecho = archivar(tmp_path / "a", ahora)
    assert (hecho.filas, hecho.mes.desde, hecho.mes.hasta, hecho.retirados) == (10, 0, 10, 0)
    ficha = json.loads(hecho.manifiesto.read_text())
    assert sorted(ficha["archivos"]) == ["pruebas-2015-01.jsonl.gz", "sucesos-2015-01.csv.gz"]
    with gzip.open(tmp_path / "a/sucesos-2015-01.csv.gz", "rt") as archivo:
        lineas = archivo.read().splitlines()
    assert len(lineas) == 11
    assert lineas[1].startswith(f'0,{libro[0]},cuentas.SesionIniciada,"{{""cuenta_id"":0}}",7,null,')
    archivar(tmp_path / "b", ahora)
    for nombre in ficha["archivos"]:
        assert (tmp_path / "a" / nombre).read_bytes() == (tmp_path / "b" / nombre).read_bytes()
    assert Suceso.objects.count() == 15


def test_lo_retirado_se_prueba_con_su_archivo_y_el_registro_sigue_intacto(
    libro: list[int], tmp_path: Path, ahora: datetime
) -> None:
    SucesoAtendido.objects.create(suceso_id=libro[0], oyente="sala.oyente")
    hecho = archivar(tmp_path, ahora, retirar=True)
    assert (hecho.filas, hecho.retirados) == (10, 9)
    quedan = Suceso.objects.filter(registrado_en__lt=datetime(2015, 2, 1, 5, tzinfo=UTC))
    assert list(quedan.values_list("tipo", flat=True)) == ["casilla.NotificacionDepositada"]
    assert (SucesoAtendido.objects.count(), Hoja.objects.count()) == (0, 15)
    services.secuenciar_ahora(ahora=ahora)
    informe = integridad.verificar()
    assert (informe.intacto, informe.archivados, informe.tamano) == (True, 9, 16)
    # Un tercero lo comprueba sin Llaqta y sin la base, con la línea del archivo.
    with gzip.open(tmp_path / "pruebas-2015-01.jsonl.gz") as archivo:
        paquetes = [verificador.leer_json(linea) for linea in archivo]
    llave = json.loads(hecho.manifiesto.read_text())["llave"]
    dicho = verificador.Informe()
    verificador.comprobar_prueba(paquetes[4], verificador.Confianza(llave=llave), dicho)
    assert '«datos» es lo que se registró: {"cuenta_id":4}' in dicho.probado
    assert retencion.comprobar(hecho.manifiesto) == 10
    # Lo demás se sigue probando como siempre, y el mes siguiente empieza donde este terminó.
    assert pruebas.get_prueba(libro[12]).hoja == 12
    febrero = retencion.get_mes("2015-02")
    assert (febrero.desde, febrero.hasta) == (10, 13)
    with pytest.raises(NoProcede, match="ya se archivaron"):
        retencion.get_mes("2015-01")


@pytest.mark.parametrize(
    ("mes", "retirar", "frase"),
    [
        ("2015-13", False, "Escriba el mes"),
        ("enero", False, "Escriba el mes"),
        ("2014-12", False, "no hay sucesos"),
        ("2026-11", False, "no hay sucesos|todavía no termina"),
    ],
)
def test_lo_que_no_se_archiva(
    libro: list[int], tmp_path: Path, ahora: datetime, mes: str, retirar: bool, frase: str
) -> None:
    with pytest.raises(NoProcede, match=frase):
        archivar(tmp_path, ahora, mes, retirar=retirar)
    assert list(tmp_path.iterdir()) == []


def test_no_se_retira_antes_de_su_plazo(
    libro: list[int], tmp_path: Path, ahora: datetime, settings: Any
) -> None:
    settings.REGISTRO_ANIOS = 12
    with pytest.raises(NoProcede, match="todavía no cumple los 12 años"):
        archivar(tmp_path, ahora, retirar=True)
    assert Suceso.objects.count() == 15


def test_no_se_retira_lo_que_un_oyente_no_pudo_atender(
    libro: list[int], tmp_path: Path, ahora: datetime
) -> None:
    FalloDeOyente.objects.create(suceso_id=libro[3], oyente="sala.oyente", error="no pudo", fallo_en=ahora)
    with pytest.raises(NoProcede, match="1 sucesos de 2015-01 tienen trabajos sin terminar"):
        archivar(tmp_path, ahora, retirar=True)
    SucesoAtendido.objects.create(suceso_id=libro[3], oyente="sala.oyente")
    assert archivar(tmp_path, ahora, retirar=True).retirados == 9


def test_sin_la_constancia_la_base_no_deja_borrar(libro: list[int], ahora: datetime) -> None:
    for sentencia in ("DELETE FROM cimientos_suceso", "UPDATE cimientos_suceso SET tipo = 'x'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sentencia)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE cimientos_suceso CASCADE")


def test_ni_con_constancia_se_borra_lo_de_hace_menos_de_un_anio(libro: list[int], ahora: datetime) -> None:
    from llaqta.salas.auditoria.events import MesArchivado

    with transaction.atomic():
        emit(
            MesArchivado(mes="2026-06", hoja_desde=0, hoja_hasta=99, filas=1, retirado=True, manifiesto="0" * 64),
            actor_id=None, ahora=ahora,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cimientos_suceso WHERE id = %s", [libro[14]])


@pytest.mark.parametrize("cual", ["sucesos-2015-01.csv.gz", "pruebas-2015-01.jsonl.gz"])
def test_un_archivo_alterado_se_descubre(
    libro: list[int], tmp_path: Path, ahora: datetime, cual: str
) -> None:
    hecho = archivar(tmp_path, ahora)
    contenido = gzip.decompress((tmp_path / cual).read_bytes())
    (tmp_path / cual).write_bytes(gzip.compress(contenido.replace(b"2015-01-03", b"2015-01-04")))
    with pytest.raises(verificador.NoVale, match="no es el que se archivó"):
        retencion.comprobar(hecho.manifiesto)
    # Aunque quien lo altera rehaga el manifiesto, la prueba de la fila ya no concuerda.
    ficha = json.loads(hecho.manifiesto.read_text())
    ficha["archivos"][cual] = hashlib.sha256((tmp_path / cual).read_bytes()).hexdigest()
    hecho.manifiesto.write_text(json.dumps(ficha))
    with pytest.raises(verificador.NoVale, match=r"no dice lo que prueba|NO está en el registro"):
        retencion.comprobar(hecho.manifiesto)


def test_la_orden(libro: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("auditoria", "archivar", "--mes", "2015-01", "--en", str(tmp_path), "--retirar")
    dicho = capsys.readouterr().out
    assert "10 sucesos de 2015-01 archivados y vueltos a comprobar" in dicho
    assert "9 se retiraron de la base; sus hojas se quedan." in dicho
    call_command("auditoria", "comprobar-archivo", str(tmp_path / "manifiesto-2015-01.json"))
    assert "Los 10 sucesos archivados están en el registro" in capsys.readouterr().out
    with pytest.raises(SystemExit) as salida:
        call_command("auditoria", "archivar", "--mes", "2015-01", "--en", str(tmp_path))
    assert salida.value.code == 1
    assert Punto.objects.count() >= 1
