"""Escribe el TUPA en YAML o en un libro XLSX que ``lectura`` vuelve a leer igual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import yaml
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from llaqta.salas.tramites.celdas import quitar_lo_que_no_se_ve
from llaqta.salas.tramites.condiciones import Condiciones
from llaqta.salas.tramites.hojas import FECHA, HOJAS, LISTA, SINO, Columna
from llaqta.salas.tramites.rules import FilaDeProcedimiento, NuevaModalidad, NuevaVersion, Tupa

_COMO_FORMULA = ("=", "+", "-", "@")
_INSTRUCCIONES = (
    "TUPA en hoja de cálculo",
    "Cada procedimiento es una fila de «Procedimientos»; sus requisitos, normas, recursos y modalidades van en las "
    "demás hojas y lo nombran por su código.",
    "No cambie los rótulos de la primera fila ni escriba fórmulas. En una lista va una idea por línea (Alt+Entrar).",
    "Un procedimiento que no está en este libro no se toca. Uno que cambia necesita una fecha «Rige desde» por venir.",
    "Al subirlo verá qué cambia antes de que nada se guarde.",
)


def a_yaml(tupa: Tupa, *, siglas: Mapping[int, str]) -> bytes:
    """El TUPA en YAML, con cada norma escrita donde se cita.

    :param siglas: cómo se llama cada unidad
    """
    crudo = {
        "temas": [{"codigo": tema.codigo, "nombre": tema.nombre} for tema in tupa.temas],
        "uit": [
            {"anio": anio, "monto": str(monto), **({"norma": norma} if norma else {})}
            for anio, monto, norma in tupa.uit
        ],
        "procedimientos": [_procedimiento(fila, siglas) for fila in tupa.procedimientos],
    }
    texto = yaml.dump(
        crudo, Dumper=_SinAtajos, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False
    )
    return f"# TUPA exportado de Llaqta. Se vuelve a cargar con la misma forma.\n{texto}".encode()


class _SinAtajos(yaml.SafeDumper):
    """Escribe cada valor entero donde va: quien edita a mano no tiene que seguir referencias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _procedimiento(fila: FilaDeProcedimiento, siglas: Mapping[int, str]) -> dict[str, Any]:
    datos = fila.datos
    return _sin_vacios(
        {
            "codigo": fila.codigo,
            "codigo_sut": fila.codigo_sut,
            "tipo": datos.tipo,
            "tema": fila.tema,
            "frecuente": fila.es_frecuente,
            "titulo": datos.titulo,
            "denominacion": datos.denominacion,
            "descripcion": datos.descripcion,
            "palabras": fila.palabras,
            **_condiciones(datos.condiciones, datos.uit_anio),
            "bien_protegido": datos.bien_protegido,
            "modalidades": [_modalidad(una) for una in datos.modalidades],
            "presenta": siglas[datos.unidad_presentacion_id],
            "aprueba": siglas[datos.unidad_aprobacion_id],
            "vale": datos.vigencia,
            "sede": datos.sede,
            "horario": datos.horario,
            "consulta": datos.consulta,
            "ten_en_cuenta": list(datos.ten_en_cuenta),
            "vigencia": _sin_vacios(
                {
                    "desde": fila.desde,
                    "ordenanza": datos.ordenanza,
                    "publicada_el": datos.publicada_el,
                    "ratificacion": datos.ratificacion,
                }
            ),
            "tarifas": [{**vars(una), "precio": str(una.precio)} for una in datos.tarifas],
        }
    ) | {
        # Estos se escriben aunque estén vacíos: el lector los pide.
        "formas_de_pago": list(datos.formas_de_pago),
        "canales": list(datos.canales),
        "requisitos": [_requisito(vars(uno)) for uno in datos.requisitos],
        "base_legal": [_sin_vacios(vars(una)) for una in datos.bases_legales],
        "recursos": [
            {
                "clase": uno.clase,
                "autoridad": siglas[uno.autoridad_id],
                "presenta": uno.dias_presentacion,
                "resuelve": uno.dias_resolucion,
            }
            for uno in datos.recursos
        ],
    }


def _sin_vacios(crudo: Mapping[str, Any]) -> dict[str, Any]:
    return {clave: valor for clave, valor in crudo.items() if valor not in ("", None, False) and valor != []}


def _condiciones(condiciones: Condiciones, uit_anio: int | None = None) -> dict[str, Any]:
    return {
        "calificacion": condiciones.calificacion,
        "plazo": _sin_vacios(
            {
                "n": condiciones.plazo,
                "unidad": condiciones.plazo_unidad,
                "norma": condiciones.norma_del_plazo,
            }
        ),
        "pago": _sin_vacios(
            {
                "monto": str(condiciones.monto),
                "uit_anio": uit_anio,
                "autorizacion": condiciones.autorizacion_uit,
                "nota": condiciones.nota_de_pago,
            }
        ),
    }


def _modalidad(una: NuevaModalidad) -> dict[str, Any]:
    return {"codigo": una.codigo, "nombre": una.nombre, **_condiciones(una.condiciones)}


def _requisito(crudo: Mapping[str, Any]) -> dict[str, Any]:
    valores = {**crudo, "opcional": crudo["es_opcional"]}
    del valores["es_opcional"]
    return _sin_vacios(valores)


def a_libro(tupa: Tupa, *, siglas: Mapping[int, str]) -> bytes:
    """El TUPA en un libro XLSX, con los valores permitidos como listas desplegables.

    :param siglas: cómo se llama cada unidad
    """
    libro = Workbook()
    portada = libro.active
    assert isinstance(portada, Worksheet)
    portada.title = "Instrucciones"
    portada.column_dimensions["A"].width = 110
    for n, linea in enumerate(_INSTRUCCIONES, 1):
        celda = portada.cell(n, 1, linea)
        celda.alignment = Alignment(wrap_text=True, vertical="top")
        celda.font = Font(bold=n == 1, size=14 if n == 1 else 11)
    filas = _filas(tupa, siglas)
    for titulo, columnas in HOJAS.items():
        _escribir_hoja(libro.create_sheet(titulo), columnas, filas[titulo])
    salida = BytesIO()
    libro.save(salida)
    return salida.getvalue()


def _escribir_hoja(hoja: Worksheet, columnas: Sequence[Columna], filas: Sequence[Mapping[str, Any]]) -> None:
    for n, columna in enumerate(columnas, 1):
        rotulo = hoja.cell(1, n, columna.rotulo)
        rotulo.font = Font(bold=True, color="FFFFFF")
        rotulo.fill = PatternFill("solid", fgColor="1F3A5F")
        rotulo.alignment = Alignment(wrap_text=True, vertical="center")
        letra = get_column_letter(n)
        hoja.column_dimensions[letra].width = columna.ancho
        opciones = ("sí", "no") if columna.clase == SINO else columna.opciones
        if opciones:
            lista = DataValidation(type="list", formula1=f'"{",".join(opciones)}"', allow_blank=True)
            lista.add(f"{letra}2:{letra}2000")
            hoja.add_data_validation(lista)
    for m, fila in enumerate(filas, 2):
        for n, columna in enumerate(columnas, 1):
            _escribir_celda(hoja.cell(m, n), columna, fila[columna.clave])  # type: ignore[arg-type]
    hoja.freeze_panes = "B2"


def _escribir_celda(celda: Cell, columna: Columna, valor: Any) -> None:
    """Escribe como texto lo que es texto: un requisito que empiece con «=» no se vuelve fórmula."""
    celda.alignment = Alignment(wrap_text=True, vertical="top")
    if valor in (None, "", ()):
        return
    if columna.clase == LISTA:
        valor = "\n".join(valor)
    elif columna.clase == SINO:
        valor = "sí" if valor else "no"
    celda.value = quitar_lo_que_no_se_ve(valor) if isinstance(valor, str) else valor
    if isinstance(valor, str):
        celda.data_type = "s"
        celda.quotePrefix = valor.startswith(_COMO_FORMULA)  # tampoco al editarla en Excel
    if columna.clase == FECHA:
        celda.number_format = "dd/mm/yyyy"


def _filas(tupa: Tupa, siglas: Mapping[int, str]) -> dict[str, list[dict[str, Any]]]:
    hojas: dict[str, list[dict[str, Any]]] = {titulo: [] for titulo in HOJAS}
    for fila in tupa.procedimientos:
        datos = fila.datos
        hojas["Procedimientos"].append(
            {
                **vars(datos),
                **vars(fila),
                "monto": datos.monto or None,
                "plazo": datos.plazo or None,
                "presenta": siglas[datos.unidad_presentacion_id],
                "aprueba": siglas[datos.unidad_aprobacion_id],
            }
        )
        for titulo, partes in _partes(datos, siglas):
            hojas[titulo] += [{**parte, "procedimiento": fila.codigo} for parte in partes]
    hojas["Temas"] = [vars(tema) for tema in tupa.temas]
    hojas["UIT"] = [{"anio": anio, "monto": monto, "norma": norma} for anio, monto, norma in tupa.uit]
    return hojas


def _partes(datos: NuevaVersion, siglas: Mapping[int, str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield (
        "Modalidades",
        [{**vars(una), "monto": una.monto or None, "plazo": una.plazo or None} for una in datos.modalidades],
    )
    yield "Requisitos", [dict(vars(uno)) for uno in datos.requisitos]
    yield "Base legal", [dict(vars(una)) for una in datos.bases_legales]
    yield "Recursos", [{**vars(uno), "autoridad": siglas[uno.autoridad_id]} for uno in datos.recursos]
    yield "Tarifas de copia", [dict(vars(una)) for una in datos.tarifas]
