"""``./llaqta verificar``: lo que responde, con qué código sale, y que no necesita nada encendido."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from llaqta.salas.firma import orden
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.tests.taller import Taller

RAIZ = Path(__file__).resolve().parents[5]


@pytest.fixture
def carpeta(taller: Taller, tmp_path: Path) -> Path:
    """Un PDF firmado con sus listas dentro, su raíz, y una carpeta de datos vacía."""
    firmado = taller.con_almacen(taller.propia(una_pagina()), listas=taller.listas())
    (tmp_path / "firmado.pdf").write_bytes(firmado)
    (tmp_path / "raiz.pem").write_bytes(taller.estado.raiz_pem)
    return tmp_path


@dataclass(frozen=True)
class Hecho:
    """Lo que hizo la orden."""

    returncode: int
    stdout: str
    stderr: str


def _correr(carpeta: Path, *argumentos: str) -> Hecho:
    salida, errores = io.TextIOWrapper(io.BytesIO(), encoding="ascii"), io.StringIO()
    with contextlib.chdir(carpeta), redirect_stdout(salida), redirect_stderr(errores):
        codigo = orden.main(["--datos=datos", *argumentos])
    return Hecho(codigo, salida.buffer.getvalue().decode(), errores.getvalue())  # type: ignore[attr-defined]


def test_corre_sola_sin_base_ni_ajustes_y_en_una_consola_sin_tildes(carpeta: Path) -> None:
    hecho = subprocess.run(
        [sys.executable, "-m", "llaqta.salas.firma.orden", "firmado.pdf", "--ancla", "raiz.pem", "--sin-red"],
        cwd=carpeta, env={"PYTHONPATH": str(RAIZ / "src"), "LC_ALL": "C"}, capture_output=True,
    )  # fmt: skip

    assert (hecho.returncode, hecho.stderr) == (0, b"")
    assert hecho.stdout.decode().startswith("VÁLIDA\n")


def test_una_firma_valida_sale_con_cero_y_responde_exactamente_lo_prometido(carpeta: Path) -> None:
    hecho = _correr(carpeta, "firmado.pdf", "--ancla", "raiz.pem", "--json", "--sin-red")

    dicho = json.loads(hecho.stdout)
    assert (hecho.returncode, hecho.stderr) == (0, "")
    assert list(dicho) == ["veredicto", "firmas", "motivos"]
    (firma,) = dicho["firmas"]
    fecha = firma.pop("fecha")
    assert firma == {
        "titular": "ORE MENDOZA Julio FAU 20999000011 hard",
        "documento": "DNI 41000003",
        "nivel": "PAdES B-B",
        "veredicto": "VÁLIDA",
    }
    assert fecha.endswith("-05:00")
    assert (dicho["veredicto"], dicho["motivos"]) == ("VÁLIDA", [])
    assert not (carpeta / "datos").exists()


def test_sin_el_ancla_no_se_conoce_a_quien_emitio_el_certificado(carpeta: Path) -> None:
    hecho = _correr(carpeta, "firmado.pdf", "--json", "--sin-red")

    dicho = json.loads(hecho.stdout)
    assert hecho.returncode == 1
    assert dicho["veredicto"] == "INDETERMINADA"
    assert dicho["motivos"] == [
        "ORE MENDOZA Julio FAU 20999000011 hard: no reconocemos a la entidad que emitió su certificado."
    ]


def test_un_archivo_alterado_es_invalido(carpeta: Path) -> None:
    (carpeta / "firmado.pdf").write_bytes((carpeta / "firmado.pdf").read_bytes() + b"\n% hola")

    hecho = _correr(carpeta, "firmado.pdf", "--ancla", "raiz.pem", "--json", "--sin-red")
    assert hecho.returncode == 1
    assert json.loads(hecho.stdout)["veredicto"] == "INVÁLIDA"


def test_sin_firmas_o_sin_ser_pdf_tambien_responde_json(carpeta: Path) -> None:
    (carpeta / "sin.pdf").write_bytes(una_pagina())
    (carpeta / "texto.pdf").write_bytes(b"hola")

    sin, texto = (_correr(carpeta, uno, "--json") for uno in ("sin.pdf", "texto.pdf"))
    assert (sin.returncode, json.loads(sin.stdout)["veredicto"]) == (1, "INDETERMINADA")
    assert (texto.returncode, json.loads(texto.stdout)["veredicto"]) == (1, "INVÁLIDA")
    assert json.loads(sin.stdout)["motivos"] == ["El documento no tiene firmas digitales."]
    assert json.loads(texto.stdout)["firmas"] == []
    assert _correr(carpeta, "sin.pdf").stdout.startswith("SIN FIRMA\n")


@pytest.mark.parametrize(
    ("fecha", "veredicto", "sale"),
    [
        ("2024-06-01", "INVÁLIDA", 1),  # la firma dice una fecha que entonces no llegaba
        ("2028-06-01", "INDETERMINADA", 1),  # para entonces su lista ya venció
        ("2034-06-01T10:00", "INDETERMINADA", 1),  # y su certificado también
        ("20240601", "INVÁLIDA", 1),  # la misma fecha, escrita como ISO 8601 también admite
    ],
)
def test_se_juzga_a_la_fecha_que_se_pide(carpeta: Path, fecha: str, veredicto: str, sale: int) -> None:
    hecho = _correr(carpeta, "firmado.pdf", "--ancla", "raiz.pem", "--al", fecha, "--json", "--sin-red")

    assert (hecho.returncode, json.loads(hecho.stdout)["veredicto"]) == (sale, veredicto)


@pytest.mark.parametrize(
    ("argumentos", "dice"),
    [
        (["no-existe.pdf"], "No existe el archivo no-existe.pdf."),
        ([], "Falta decir qué PDF se verifica."),
        (["."], ". es una carpeta"),
        (["firmado.pdf", "--ancla", "no-existe.pem"], "No se pudo leer no-existe.pem: no existe."),
        (["firmado.pdf", "--ancla", "."], "No se pudo leer .: es una carpeta."),
        (["firmado.pdf", "--ancla", "firmado.pdf"], "no tiene un certificado que se pueda leer"),
        (["firmado.pdf", "--al", "ayer"], "«ayer» no es una fecha."),
        (["firmado.pdf", "--al", "2026-02-30"], "no es una fecha"),
        (["firmado.pdf", "--al", ""], "«» no es una fecha."),
        (["firmado.pdf", "--al", "9999-12-31"], "fuera de los años"),
        (["firmado.pdf", "--al"], "A --al le falta su valor."),
        (["firmado.pdf", "--otra"], "No se entiende la orden"),
    ],
)
def test_el_mal_uso_sale_con_dos_y_lo_dice_tambien_en_json(
    carpeta: Path, argumentos: list[str], dice: str
) -> None:
    hecho, en_json = _correr(carpeta, *argumentos), _correr(carpeta, *argumentos, "--json")

    assert (hecho.returncode, hecho.stdout) == (2, "")
    assert dice in hecho.stderr
    assert "Traceback" not in hecho.stderr
    dicho = json.loads(en_json.stdout)
    assert (en_json.returncode, en_json.stderr) == (2, hecho.stderr)
    assert (dicho["veredicto"], dicho["firmas"]) == ("INDETERMINADA", [])
    assert [f"{motivo}\n" for motivo in dicho["motivos"]] == [hecho.stderr]


def test_lo_que_no_se_pudo_consultar_se_dice_por_el_canal_de_errores(taller: Taller, carpeta: Path) -> None:
    (carpeta / "solo.pdf").write_bytes(taller.propia(una_pagina()))

    hecho = _correr(carpeta, "solo.pdf", "--ancla", "raiz.pem", "--json")
    assert (hecho.returncode, json.loads(hecho.stdout)["veredicto"]) == (1, "INDETERMINADA")
    assert "No se pudo consultar la revocación: " in hecho.stderr


def test_sin_json_se_lee_en_castellano(carpeta: Path) -> None:
    hecho = _correr(carpeta, "firmado.pdf", "--ancla", "raiz.pem", "--sin-red")

    assert hecho.stdout.splitlines()[0] == "VÁLIDA"
    assert "Firma 1: ORE MENDOZA Julio FAU 20999000011 hard" in hecho.stdout
    assert "Nivel: PAdES B-B" in hecho.stdout


def test_confia_en_lo_que_hay_en_la_carpeta_de_datos(carpeta: Path, taller: Taller) -> None:
    anclas = carpeta / "datos/firma/anclas"
    anclas.mkdir(parents=True)
    (anclas / "raiz.pem").write_bytes(taller.estado.raiz_pem)

    assert _correr(carpeta, "firmado.pdf", "--json", "--sin-red").returncode == 0


def test_no_carga_django(carpeta: Path) -> None:
    guion = (
        "import sys, llaqta.salas.firma.orden; print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    )
    hecho = subprocess.run(
        [sys.executable, "-c", guion], env={"PYTHONPATH": str(RAIZ / "src")}, capture_output=True, text=True
    )

    assert hecho.stdout.strip() == "[]"
