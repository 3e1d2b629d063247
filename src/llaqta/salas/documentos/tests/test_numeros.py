"""Cómo se escribe el número de un documento: los formatos, sus campos y lo que no se acepta."""

from __future__ import annotations

from datetime import date

import pytest

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.documentos.numeros import (
    Datos,
    comprobar_formato,
    elegir_formato,
    escribir_numero,
    iniciales_de,
    nombre_de_serie,
    normalizar,
)

DATOS = Datos("INFORME", 262, 2026, "MDP", ("SGLC",), "GDEL", "EYR")


@pytest.mark.parametrize(
    ("formato", "escrito"),
    [
        ("{TIPO} N° {NUM:06}-{AÑO}-{ENTIDAD}/{UNIDAD}", "INFORME N° 000262-2026-MDP/SGLC"),
        ("{TIPO} N° {NUM:06}-{AÑO}-{UNIDAD}-{PADRE}/{ENTIDAD}", "INFORME N° 000262-2026-SGLC-GDEL/MDP"),
        ("{TIPO} N° {NUM}-{ANIO}-{ENTIDAD}/{UNIDAD}/{INICIALES}", "INFORME N° 262-2026-MDP/SGLC/EYR"),
        ("{tipo} N.° {num:3}-{año}-{unidad}-{entidad}/LC", "INFORME N.° 262-2026-SGLC-MDP/LC"),
        ("{TIPO} N° D{NÚM:06}-{AÑO}-{ENTIDAD}-{UNIDAD}", "INFORME N° D000262-2026-MDP-SGLC"),
        ("{tipo} N° {numero:06d}-{anio}-{entidad}/{unidad}", "INFORME N° 000262-2026-MDP/SGLC"),
    ],
)
def test_los_formatos_que_se_usan_en_el_pais(formato: str, escrito: str) -> None:
    comprobar_formato(formato, contador="UNIDAD")
    assert escribir_numero(formato, DATOS) == escrito


def test_un_numero_mas_largo_que_sus_cifras_no_se_corta() -> None:
    datos = Datos("CARTA", 12345, 2026, "MDP", ("A",))
    assert escribir_numero("{TIPO} N° {NUM:03}-{AÑO}-{UNIDAD}", datos) == "CARTA N° 12345-2026-A"


def test_lo_que_no_tiene_valor_no_deja_un_signo_suelto() -> None:
    alcaldia = Datos("CARTA", 10, 2026, "MDP", ("A",))
    formato = "{TIPO} N° {NUM:03}-{AÑO}-{UNIDAD}-{PADRE}/{ENTIDAD}/{INICIALES}"
    assert escribir_numero(formato, alcaldia) == "CARTA N° 010-2026-A/MDP"
    assert escribir_numero("{INICIALES}/{TIPO} {NUM}-{AÑO}/{UNIDAD}", alcaldia) == "CARTA 10-2026/A"


def test_en_un_documento_conjunto_las_siglas_van_unidas() -> None:
    datos = Datos("INFORME", 7, 2026, "MDP", ("SGLC", "SGRD"))
    assert (
        escribir_numero("{TIPO} N° {NUM:06}-{AÑO}-{ENTIDAD}/{UNIDAD}", datos)
        == "INFORME N° 000007-2026-MDP/SGLC-SGRD"
    )


@pytest.mark.parametrize(
    ("formato", "contador", "dicho"),
    [
        ("{TIPO} N° {NUM}-{AÑO}-{SECRETO}", "TIPO", r"El campo \{SECRETO\} no existe. Puede usar: \{TIPO\}"),
        ("{TIPO} N° {NUM-{AÑO}", "TIPO", "no existe|llave suelta"),
        ("{TIPO} N° NUM}-{AÑO}", "TIPO", "llave suelta"),
        ("{TIPO} N° {AÑO}-{UNIDAD}", "UNIDAD", "necesita el número una sola vez"),
        ("{TIPO} {NUM} {NUM} {AÑO}", "TIPO", "necesita el número una sola vez"),
        ("{TIPO} N° {NUM}-{UNIDAD}", "UNIDAD", r"falta \{AÑO\}: la cuenta recomienza cada 1 de enero"),
        ("N° {NUM}-{AÑO}-{UNIDAD}", "UNIDAD", r"falta \{TIPO\}"),
        ("{TIPO} N° {NUM}-{AÑO}", "UNIDAD", r"falta \{UNIDAD\}: si cada unidad cuenta los suyos"),
        ("{TIPO} N° {NUM:20}-{AÑO}", "TIPO", "cuántas cifras, de 1 a 9"),
        ("{TIPO:5} N° {NUM}-{AÑO}", "TIPO", "solo el número lleva cuántas cifras"),
        ("{TIPO.__class__} {NUM}-{AÑO}", "TIPO", "no existe"),
        ("{TIPO} N° {NUM}-{AÑO}" + "x" * 120, "TIPO", "caben 120"),
    ],
)
def test_un_formato_que_daria_numeros_repetidos_o_no_se_entiende_se_rechaza(
    formato: str, contador: str, dicho: str
) -> None:
    with pytest.raises(EntradaInvalida, match=dicho) as hallada:
        comprobar_formato(formato, contador=contador)
    assert hallada.value.campo == "formato"


def test_el_contador_de_toda_la_entidad_no_necesita_el_tipo() -> None:
    comprobar_formato("{NUM:04}-{AÑO}-{ENTIDAD}/{UNIDAD}", contador="ENTIDAD")


def test_cada_contador_tiene_su_serie() -> None:
    nombres = [
        nombre_de_serie(tipo="INFORME", siglas="GM", contador=c) for c in ("UNIDAD", "TIPO", "ENTIDAD")
    ]
    assert nombres == ["documento.INFORME.GM", "documento.INFORME", "documento"]


def test_el_formato_de_la_unidad_gana_y_despues_el_mas_reciente() -> None:
    de_fabrica = ("f", "UNIDAD")
    general = (date(2026, 1, 1), False, "general", "TIPO")
    nuevo = (date(2026, 5, 1), False, "nuevo", "UNIDAD")
    propio = (date(2026, 3, 1), True, "propio", "UNIDAD")
    filas = [general, propio, nuevo]
    assert elegir_formato(filas, al=date(2025, 12, 31), de_fabrica=de_fabrica) == de_fabrica
    assert elegir_formato(filas, al=date(2026, 2, 1), de_fabrica=de_fabrica) == ("general", "TIPO")
    assert elegir_formato(filas, al=date(2026, 6, 1), de_fabrica=de_fabrica) == ("propio", "UNIDAD")
    assert elegir_formato([general, nuevo], al=date(2026, 6, 1), de_fabrica=de_fabrica) == ("nuevo", "UNIDAD")


def test_las_iniciales_saltan_las_particulas() -> None:
    assert iniciales_de("Elmer", "Yupanqui", "de la Rosa") == "EYR"


def test_un_formato_se_ensena_con_los_campos_de_la_pantalla() -> None:
    assert normalizar("{tipo} N° {numero:06d}-{anio}-{entidad}/{unidad}") == (
        "{TIPO} N° {NUM:06}-{AÑO}-{ENTIDAD}/{UNIDAD}"
    )
    assert normalizar("{Tipo} {NÚM}-{año}") == "{TIPO} {NUM}-{AÑO}"
