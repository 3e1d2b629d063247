"""Lee un libro XLSX sin creerle nada, y dice la hoja, la fila y la columna de cada problema."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from llaqta.salas.tramites.celdas import Fila, limpiar, vacio
from llaqta.salas.tramites.hojas import HOJAS, OBLIGATORIAS, Columna

FILAS_MAXIMAS = 5_000
PROBLEMAS_MAXIMOS = 60
ABIERTO_MAXIMO = 60 * 2**20
PIEZAS_MAXIMAS = 200
COLUMNAS_MAXIMAS = 60
_EXCEL_ANTIGUO = b"\xd0\xcf\x11\xe0"


def leer_libro(nombre: str, contenido: bytes, problemas: list[str]) -> dict[str, list[Fila]]:
    """Lee las hojas que conoce; las demás no le importan.

    :param problemas: donde anota lo que está mal, con su lugar; si queda algo, el resultado no sirve
    """
    if reparo := _reparo(nombre, contenido):
        problemas.append(reparo)
        return {}
    try:
        libro = load_workbook(BytesIO(contenido), read_only=True, data_only=False, keep_links=False)
        hojas = {hoja.title: hoja for hoja in libro.worksheets}
    except Exception:  # noqa: BLE001 — openpyxl deja escapar de todo ante un libro roto
        problemas.append(f"«{nombre}» está dañado o no es una hoja de cálculo XLSX: no se pudo abrir.")
        return {}
    faltan = [hoja for hoja in OBLIGATORIAS if hoja not in hojas]
    if faltan:
        problemas.append(
            f"«{nombre}» no es un libro del TUPA: le falta la hoja «{faltan[0]}». Exporte el TUPA y escriba sobre él."
        )
        return {}
    filas: dict[str, list[Fila]] = {}
    for titulo, columnas in HOJAS.items():
        try:
            filas[titulo] = _leer_hoja(titulo, columnas, hojas[titulo], problemas) if titulo in hojas else []
        except Exception:  # noqa: BLE001
            problemas.append(f"Hoja «{titulo}»: está dañada y no se pudo leer.")
        if len(problemas) >= PROBLEMAS_MAXIMOS:
            problemas.append("Hay más problemas: corrija estos y vuelva a subirlo.")
            break
    return filas


def _reparo(nombre: str, contenido: bytes) -> str:
    """Por qué no conviene abrirlo, mirando el ZIP por fuera; vacío si se puede."""
    if contenido.startswith(_EXCEL_ANTIGUO):
        return (
            f"«{nombre}» es de un Excel antiguo o tiene contraseña: guárdelo como libro .xlsx sin contraseña."
        )
    try:
        with zipfile.ZipFile(BytesIO(contenido)) as paquete:
            piezas = paquete.infolist()
            if len(piezas) > PIEZAS_MAXIMAS or sum(pieza.file_size for pieza in piezas) > ABIERTO_MAXIMO:
                return f"«{nombre}» es demasiado grande por dentro: un TUPA nunca pesa tanto."
            if any(pieza.filename.endswith("vbaProject.bin") for pieza in piezas):
                return f"«{nombre}» trae macros: guárdelo como libro .xlsx sin macros."
            for pieza in piezas:
                if pieza.filename.endswith((".xml", ".rels")):
                    with paquete.open(pieza) as flujo:
                        if b"<!DOCTYPE" in flujo.read(4096).upper():
                            return f"«{nombre}» trae definiciones que un libro no necesita: no se abrió."
            if "[Content_Types].xml" not in paquete.namelist():
                return f"«{nombre}» no es una hoja de cálculo XLSX."
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return (
            f"«{nombre}» no es una hoja de cálculo XLSX ni un archivo YAML. "
            "Guárdelo como «Libro de Excel (.xlsx)» y vuelva a subirlo."
        )
    return ""


def _leer_hoja(titulo: str, columnas: Sequence[Columna], hoja: Any, problemas: list[str]) -> list[Fila]:
    hoja.reset_dimensions()  # el tamaño que el libro dice de sí mismo puede ser mentira
    filas = hoja.iter_rows(max_row=FILAS_MAXIMAS + 2, max_col=COLUMNAS_MAXIMAS)
    rotulos = [str(celda.value or "").strip() for celda in next(filas, ())]
    lugar = {
        columna.clave: rotulos.index(columna.rotulo) for columna in columnas if columna.rotulo in rotulos
    }
    for columna in columnas:
        if columna.obligatoria and columna.clave not in lugar:
            problemas.append(f"Hoja «{titulo}»: le falta la columna «{columna.rotulo}».")
            return []
    leidas: list[Fila] = []
    for numero, celdas in enumerate(filas, 2):
        if numero > FILAS_MAXIMAS + 1:
            problemas.append(f"Hoja «{titulo}»: tiene más de {FILAS_MAXIMAS:,} filas.")
            return []
        if all(celda.value in (None, "") for celda in celdas):
            continue
        leidas.append(_leer_fila(titulo, numero, columnas, lugar, celdas, problemas))
        if len(problemas) >= PROBLEMAS_MAXIMOS:
            return []
    return leidas


def _leer_fila(
    titulo: str,
    numero: int,
    columnas: Sequence[Columna],
    lugar: Mapping[str, int],
    celdas: Sequence[Any],
    problemas: list[str],
) -> Fila:
    valores: dict[str, Any] = {}
    for columna in columnas:
        n = lugar.get(columna.clave, COLUMNAS_MAXIMAS)
        celda = celdas[n] if n < len(celdas) else None
        crudo = celda.value if celda is not None else None
        try:
            if getattr(celda, "data_type", "") == "f":
                raise ValueError("tiene una fórmula: pegue solo el valor")
            if getattr(celda, "data_type", "") == "e":
                raise ValueError(f"tiene un error de la hoja de cálculo ({crudo})")
            valores[columna.clave] = limpiar(columna, crudo)
        except ValueError as error:
            aqui = f"columna {get_column_letter(n + 1)} ({columna.rotulo})"
            problemas.append(f"Hoja «{titulo}», fila {numero}, {aqui}: {error}.")
            valores[columna.clave] = vacio(columna)
    return Fila(titulo, numero, valores)
