"""docs/asvs.csv: los 253 requisitos de OWASP ASVS 5.0.0 (niveles 1 y 2), y ninguna evidencia que no exista."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[1]
TABLA = RAIZ / "docs/asvs.csv"
ESTADOS = {"CUMPLE", "PARCIAL", "NO CUMPLE", "NO APLICA"}
# Cuántos requisitos de nivel 1 o 2 trae cada sección: «a-b» son corridos; los que faltan son de nivel 3.
SECCIONES = (
    "1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1-1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2 "
    "4.1:1-3 4.2:1-1 4.3:1-2 4.4:1-4 5.1:1-1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 "
    "6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1-1 8.4:1-1 9.1:1-3 9.2:1-4 10.1:1-2 "
    "10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1-1 11.6:1-1 "
    "12.1:1-3 12.2:1-2 12.3:1-4 13.1:1-1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 "
    "15.3:1-7 16.1:1-1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1-1 17.2:1-4 17.3:1-2"
)


def _filas() -> list[dict[str, str]]:
    with TABLA.open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo))


def _los_de_nivel_dos() -> Iterator[str]:
    for seccion in SECCIONES.split():
        nombre, _, corridos = seccion.partition(":")
        desde, hasta = map(int, corridos.split("-"))
        yield from (f"V{nombre}.{numero}" for numero in range(desde, hasta + 1))


@cache
def _pruebas(ruta: Path) -> frozenset[str]:
    arbol = ast.parse(ruta.read_text(encoding="utf-8"))
    return frozenset(nodo.name for nodo in ast.walk(arbol) if isinstance(nodo, ast.FunctionDef))


def test_estan_los_253_en_su_orden_y_setenta_son_de_nivel_uno() -> None:
    filas = _filas()
    assert list(filas[0]) == ["id", "nivel", "resumen", "aplica", "estado", "evidencia", "nota"]
    assert [fila["id"] for fila in filas] == list(_los_de_nivel_dos())
    assert len(filas) == 253
    assert sum(fila["nivel"] == "1" for fila in filas) == 70
    assert {fila["nivel"] for fila in filas} == {"1", "2"}


def test_cada_evidencia_existe() -> None:
    faltas = []
    for fila in _filas():
        for evidencia in filter(None, fila["evidencia"].split("; ")):
            nombre, _, prueba = evidencia.partition("::")
            ruta = RAIZ / nombre
            if not ruta.is_file():
                faltas.append(f"{fila['id']}: no existe {nombre}")
            elif prueba and prueba not in _pruebas(ruta):
                faltas.append(f"{fila['id']}: {nombre} no tiene {prueba}")
    assert faltas == []


def test_lo_que_se_cumple_tiene_evidencia_y_lo_que_no_dice_que_falta() -> None:
    faltas = []
    for fila in _filas():
        estado, aplica = fila["estado"], fila["aplica"]
        if estado not in ESTADOS or not fila["resumen"]:
            faltas.append(f"{fila['id']}: sin estado o sin resumen")
        if estado in {"CUMPLE", "PARCIAL"} and not fila["evidencia"]:
            faltas.append(f"{fila['id']}: {estado} sin evidencia")
        if estado in {"PARCIAL", "NO CUMPLE"} and len(fila["nota"]) < 20:
            faltas.append(f"{fila['id']}: {estado} sin decir qué falta")
        if (estado == "NO APLICA") != aplica.startswith("no: ") or (estado != "NO APLICA") != (
            aplica == "sí"
        ):
            faltas.append(f"{fila['id']}: «aplica» y «estado» no concuerdan")
    assert faltas == []


def test_lo_que_no_se_cumple_esta_en_seguridad_md() -> None:
    """Quien lee SEGURIDAD.md sabe lo que falta sin abrir la tabla."""
    texto = (RAIZ / "SEGURIDAD.md").read_text(encoding="utf-8")
    assert [f["id"] for f in _filas() if f["estado"] == "NO CUMPLE" and f["id"] not in texto] == []
