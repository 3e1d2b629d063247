"""``./llaqta plazo``: la misma cuenta en la consola, con base o sin ella, y qué dice cuando lo escrito no sirve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.management import get_commands

from llaqta.cimientos.models import DiaNoLaborable
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import orden
from llaqta.salas.plazos.instalada import FuenteInstalada
from llaqta.salas.plazos.models import ReglaDeLaEntidad

RAIZ = Path(__file__).resolve().parents[5]
BASE_CERRADA = "postgresql://nadie@127.0.0.1:1/nada"


def correr(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    salida = orden.main(argv)
    dicho = capsys.readouterr()
    return salida, dicho.out, dicho.err


def en_json(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, object]:
    salida, dicho, error = correr(capsys, *argv, "--calendario", "nacional", "--json")
    assert (salida, error) == (0, "")
    return json.loads(dicho)  # type: ignore[no-any-return]


BASICO = ("--desde", "2026-06-01T10:00", "--dias", "30")


def test_el_json_tiene_las_fechas_y_nulo_donde_no_corresponde(capsys: pytest.CaptureFixture[str]) -> None:
    datos = en_json(capsys, *BASICO)
    pasos = datos.pop("pasos")
    assert datos == {
        "fecha_presentacion": "2026-06-01", "inicio": "2026-06-02", "vence": "2026-07-14", "limite_notificacion": None,
        "silencio_desde": None, "ultimo_deposito_seguro": None,
    }  # fmt: skip
    assert isinstance(pasos, list)
    assert pasos[0] == {"fecha": "2026-06-02", "cuenta": 1, "motivo": "día hábil"}
    assert pasos[4] == {"fecha": "2026-06-06", "cuenta": None, "motivo": "sábado"}
    assert pasos[-1]["fecha"] == "2026-07-14"


@pytest.mark.parametrize(
    ("mas", "esperado"),
    [
        (("--silencio", "positivo"), {"limite_notificacion": "2026-07-21", "silencio_desde": "2026-07-22",
                                      "ultimo_deposito_seguro": "2026-07-13"}),
        (("--silencio", "negativo"), {"silencio_desde": "2026-07-15"}),
        (("--distancia", "2"), {"vence": "2026-07-16"}),
        (("--regional", "2026-06-24"), {"vence": "2026-07-15"}),
        (("--local", "2026-06-24"), {"vence": "2026-07-14"}),
        (("--regional", "2026-06-24", "--regional", "2026-06-25"), {"vence": "2026-07-16"}),
        (("--silencio", "positivo", "--suspender", "2026-06-15:2026-06-26"), {"vence": "2026-07-31"}),
        (("--silencio", "positivo", "--suspender", "2026-06-15:2026-06-19", "--suspender", "2026-06-22:2026-06-26"),
         {"vence": "2026-07-31"}),
        (("--unidad", "calendario"), {"vence": "2026-07-01"}),
        (("--unidad", "hábiles"), {"vence": "2026-07-14"}),
    ],
)  # fmt: skip
def test_cada_opcion_hace_lo_suyo(
    mas: tuple[str, ...], esperado: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    datos = en_json(capsys, *BASICO, *mas)
    assert {llave: datos[llave] for llave in esperado} == esperado


def test_sin_hora_son_las_cero_horas_y_el_corte_se_puede_elegir(capsys: pytest.CaptureFixture[str]) -> None:
    assert en_json(capsys, "--desde", "2026-06-12", "--dias", "30")["fecha_presentacion"] == "2026-06-12"
    noche = ("--desde", "2026-06-12T23:40", "--dias", "30")
    assert en_json(capsys, *noche)["vence"] == "2026-07-30"
    cortado = en_json(capsys, *noche, "--politica", "CORTE_HORARIO")
    assert (cortado["fecha_presentacion"], cortado["inicio"], cortado["vence"]) == (
        "2026-06-15", "2026-06-16", "2026-07-31",
    )  # fmt: skip
    abierto = en_json(capsys, *noche, "--politica", "CORTE_HORARIO", "--cierre", "23:59")
    assert abierto["vence"] == "2026-07-30"


def test_meses_y_horas(capsys: pytest.CaptureFixture[str]) -> None:
    meses = en_json(capsys, "--desde", "2026-01-31", "--dias", "1", "--unidad", "meses")
    assert meses["vence"] == "2026-03-02"
    horas = en_json(capsys, "--desde", "2026-10-09T18:30", "--dias", "48", "--unidad", "horas")
    assert (horas["inicio"], horas["vence"]) == ("2026-10-09T18:30:00-05:00", "2026-10-11T18:30:00-05:00")


def test_el_dia_local_se_cuenta_y_el_paso_lo_dice(capsys: pytest.CaptureFixture[str]) -> None:
    pasos = en_json(capsys, *BASICO, "--local", "2026-06-24")["pasos"]
    [dia] = [paso for paso in pasos if paso["fecha"] == "2026-06-24"]  # type: ignore[attr-defined]
    assert dia["cuenta"] == 17
    assert dia["motivo"] == "día hábil; es feriado local y no suspende el plazo (134.1)"


@pytest.mark.parametrize(
    ("argv", "efecto"),
    [
        (("--deposito", "2026-04-01T09:00", "--regla", "LEY31736_5DIAS"), "2026-04-13"),
        (("--deposito", "2026-04-01T09:00", "--acuse", "2026-04-07T11:00", "--regla", "LEY31736_5DIAS"), "2026-04-07"),
        (("--deposito", "2026-07-24T09:00"), "2026-08-05"),
        (("--deposito", "2026-04-01T09:00", "--regla", "DEPOSITO"), "2026-04-01"),
        (("--deposito", "2026-04-01T09:00", "--regla", "ACUSE"), None),
        (("--deposito", "2026-06-13T09:00", "--regla", "DEPOSITO"), "2026-06-15"),
    ],
)  # fmt: skip
def test_el_efecto_de_una_notificacion(
    argv: tuple[str, ...], efecto: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    datos = en_json(capsys, "efecto", *argv)
    assert list(datos) == ["efecto", "pasos"]
    assert datos["efecto"] == efecto


def test_sin_json_se_lee_en_castellano(capsys: pytest.CaptureFixture[str]) -> None:
    salida, dicho, _ = correr(capsys, *BASICO, "--silencio", "positivo", "--calendario", "nacional")
    assert salida == 0
    assert (
        "tiene hasta el martes 14 de julio de 2026 para resolver y hasta el martes 21 de julio de 2026"
        in dicho
    )
    assert "lunes 29 de junio de 2026                     —  feriado nacional: San Pedro y San Pablo" in dicho
    assert "martes 14 de julio de 2026                   30  día hábil" in dicho


@pytest.mark.parametrize(
    ("argv", "frase"),
    [
        (("--dias", "3"), "Falta la fecha"),
        (("--desde", "2026-06-01"), "Falta cuántos días"),
        (("--desde", "1989-06-01", "--dias", "3"), "La fecha va del año 1990 al 2100; usted escribió 1989."),
        (("--desde", "2026-02-30", "--dias", "3"), "«2026-02-30» no es una fecha"),
        (("--desde", "9999-12-31T23:59-11:00", "--dias", "3"), "del año 1990 al 2100"),
        (("--desde", "2026-06-01", "--dias", "0"), "Un plazo es de uno o más; usted escribió 0 días hábiles."),
        (("--desde", "2026-06-01", "--dias", "-4"), "Un plazo es de uno o más"),
        (("--desde", "2026-06-01", "--dias", "5000"), "Un plazo de 5000 días hábiles no existe"),
        (("--desde", "2026-06-01", "--dias", "3,5"), "«3,5» no es un número entero."),
        (("--desde", "2026-06-01", "--dias", "²"), "«²» no es un número entero."),
        (("--desde", "2026-06-01", "--dias", "3", "--unidad", "siglos"), "usted escribió «siglos»"),
        (("--desde", "2026-06-01", "--dias", "3", "--silencio", "quizá"), "usted escribió «quizá»"),
        (("--desde", "2026-06-01", "--dias", "3", "--distancia", "-1"), "va de 0 a 60 días"),
        (("--desde", "2026-06-01", "--dias", "3", "--politica", "SIEMPRE"), "usted escribió «SIEMPRE»"),
        (("--desde", "2026-06-01", "--dias", "3", "--cierre", "tarde"), "«tarde» no es una hora"),
        (("--desde", "2026-06-01", "--dias", "3", "--suspender", "2026-06-02"), "no es una suspensión"),
        (("--desde", "2026-06-01", "--dias", "3", "--suspender", "2026-06-02:ayer"), "«ayer» no es una fecha"),
        (("--desde", "2026-06-01", "--dias", "3", "--regional", "ayer"), "«ayer» no es una fecha"),
        (("--desde", "2026-06-01", "--dias", "3", "--local", "ayer"), "«ayer» no es una fecha"),
        (("--desde", "2026-06-01", "--dias", "3", "--que"), "No se conoce «--que»"),
        (("--desde", "2026-06-01", "--dias"), "A --dias le falta su valor"),
        (("--desde", "2100-12-20", "--dias", "30"), "después del año 2100"),
        ((*BASICO, "--silencio", "negativo", "--suspender", "2026-06-15:2026-06-19"), "(Ley 27444, art. 136.4)"),
        ((*BASICO, "--suspender", "2026-06-15:2026-06-19", "--suspender", "2026-06-19:2026-06-22"), "se enciman"),
        (("efecto", "--regla", "ACUSE"), "Falta la fecha"),
        (("efecto", "--deposito", "2026-06-05", "--acuse", "2026-06-04"), "no puede ser anterior al depósito"),
        (("efecto", "--deposito", "2026-06-05", "--regla", "AYER"), "usted escribió «AYER»"),
    ],
)  # fmt: skip
def test_lo_que_no_sirve_se_dice_por_el_canal_de_errores_y_sale_dos(
    argv: tuple[str, ...], frase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    salida, dicho, error = correr(capsys, *argv, "--calendario", "nacional", "--json")
    assert (salida, dicho) == (2, "")
    assert frase in error
    assert error.count("\n") == 1


def test_un_calendario_que_no_existe_se_dice(capsys: pytest.CaptureFixture[str]) -> None:
    assert correr(capsys, *BASICO, "--calendario", "lunar")[0] == 2


@pytest.mark.django_db
def test_con_el_calendario_de_la_instalacion_valen_sus_dias_y_sus_reglas(
    capsys: pytest.CaptureFixture[str], administradora: Persona, ahora: object
) -> None:
    DiaNoLaborable.objects.create(
        fecha=date(2026, 6, 24), ambito="REGIONAL", descripcion="Día del Cusco", norma="Ley 1"
    )
    ReglaDeLaEntidad.objects.create(
        codigo="POLITICA_HORARIO", valor="CORTE_HORARIO", norma="x", estado="VERIFICADA", desde=date(2026, 6, 10),
        nota="x", por=administradora, en=ahora,
    )  # fmt: skip
    assert orden.main([*BASICO, "--json"], FuenteInstalada) == 0
    assert json.loads(capsys.readouterr().out)["vence"] == "2026-07-15"
    assert orden.main(["--desde", "2026-06-12T23:40", "--dias", "5", "--json"], FuenteInstalada) == 0
    assert json.loads(capsys.readouterr().out)["fecha_presentacion"] == "2026-06-15"
    assert get_commands()["plazo"] == "llaqta.salas.plazos"


def _mandar(*argv: str, **entorno: str) -> subprocess.CompletedProcess[str]:
    limpio = {n: v for n, v in os.environ.items() if not n.startswith(("DATABASE_URL", "DJANGO", "LLAQTA"))}
    return subprocess.run(
        [sys.executable, "-m", "llaqta", "plazo", *argv],
        env=limpio | {"PYTHONPATH": str(RAIZ / "src")} | entorno,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_con_el_calendario_nacional_no_se_toca_ninguna_base() -> None:
    hecho = _mandar(*BASICO, "--calendario", "nacional", "--json", DATABASE_URL=BASE_CERRADA)
    assert (hecho.returncode, hecho.stderr) == (0, "")
    assert json.loads(hecho.stdout)["vence"] == "2026-07-14"


def test_sin_instalacion_se_usa_el_nacional_y_se_avisa(tmp_path: Path) -> None:
    hecho = _mandar(*BASICO, "--json", LLAQTA_DATA=str(tmp_path / "nada"))
    assert hecho.returncode == 0
    assert json.loads(hecho.stdout)["vence"] == "2026-07-14"
    assert hecho.stderr == "Aquí todavía no hay una instalación: se usa el calendario nacional.\n"
    assert not (tmp_path / "nada").exists()


def test_sin_argumentos_se_dice_que_falta_y_la_ayuda_esta_en_castellano(tmp_path: Path) -> None:
    vacia = _mandar(LLAQTA_DATA=str(tmp_path / "nada"))
    assert (vacia.returncode, vacia.stdout) == (2, "")
    assert vacia.stderr.endswith("Falta la fecha (desde): escríbala como 2026-06-01T10:00.\n")
    ayuda = _mandar("--ayuda")
    assert (ayuda.returncode, ayuda.stderr) == (0, "")
    assert ayuda.stdout.startswith("uso: ./llaqta plazo")
    assert "options:" not in ayuda.stdout


def test_si_la_base_no_responde_se_dice_y_no_se_inventa(tmp_path: Path) -> None:
    hecho = _mandar(*BASICO, "--json", DATABASE_URL=BASE_CERRADA, LLAQTA_DEMO="1", LLAQTA_DATA=str(tmp_path))
    assert (hecho.returncode, hecho.stdout) == (1, "")
    assert "No se pudo leer el calendario de la instalación" in hecho.stderr
