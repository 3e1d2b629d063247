"""Las fechas, los montos y los tamaños se dicen como en el Perú; los colores se leen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from llaqta.cimientos.web import color, palabras
from llaqta.cimientos.web.limpieza import caracteres_negados, normalizar


def test_la_fecha_larga_nombra_el_dia_y_dice_setiembre() -> None:
    assert palabras.fecha_larga(date(2026, 7, 14)) == "martes 14 de julio de 2026"
    assert palabras.fecha_larga(date(2026, 9, 7)) == "lunes 7 de setiembre de 2026"


def test_la_fecha_corta_abrevia_el_mes() -> None:
    dichas = [palabras.fecha_corta(date(2026, mes, 7)) for mes in (1, 5, 9)]
    assert dichas == ["7 ene. 2026", "7 mayo 2026", "7 set. 2026"]


def test_la_hora_es_la_del_peru_aunque_el_instante_este_en_otra_zona() -> None:
    instante = datetime(2026, 7, 15, 2, 5, 9, tzinfo=UTC)
    assert palabras.fecha_hora(instante) == "14 de julio de 2026, 21:05"
    assert palabras.fecha_hora(instante, con_zona=True) == "14 de julio de 2026, 21:05 (UTC−05:00)"
    assert palabras.fecha_hora(instante, con_segundos=True) == "14 de julio de 2026, 21:05:09"
    assert palabras.fecha_larga(instante) == "martes 14 de julio de 2026"


@pytest.mark.parametrize(
    ("monto", "dicho"),
    [
        (1234.5, "S/ 1,234.50"),
        (Decimal("0.005"), "S/ 0.01"),
        ("12", "S/ 12.00"),
        (0, "S/ 0.00"),
        (-3, "−S/ 3.00"),
    ],
)
def test_los_montos_llevan_coma_de_millar_y_dos_decimales(monto: Decimal, dicho: str) -> None:
    assert palabras.soles(monto) == dicho


def test_un_monto_que_no_es_numero_no_se_inventa() -> None:
    with pytest.raises(ValueError, match="no es un monto"):
        palabras.soles("doce")


@pytest.mark.parametrize(
    ("peso", "dicho"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (812_345, "812 KB"),
        (999_600, "1 MB"),
        (3_400_000, "3.4 MB"),
        (50_000_000, "50 MB"),
    ],
)
def test_los_tamanos_se_cuentan_como_en_el_telefono(peso: int, dicho: str) -> None:
    assert palabras.tamano(peso) == dicho


@pytest.mark.parametrize(
    ("oficina", "preposicion", "dicho"),
    [
        ("Subgerencia de Licencias", "", "la Subgerencia de Licencias"),
        ("Gerencia Municipal", "a", "a la Gerencia Municipal"),
        ("Órgano de Control Institucional", "a", "al Órgano de Control Institucional"),
        ("Área Técnica Municipal", "de", "del Área Técnica Municipal"),
        ("Gerencia Municipal", "ante", "ante la Gerencia Municipal"),
        ("DEMUNA", "de", "de DEMUNA"),
        ("DEMUNA", "", "DEMUNA"),
    ],
)
def test_una_oficina_se_nombra_con_su_articulo(oficina: str, preposicion: str, dicho: str) -> None:
    assert palabras.con_articulo(oficina, preposicion) == dicho


def test_un_documento_enmascarado_solo_deja_ver_la_primera_y_las_dos_ultimas() -> None:
    assert palabras.doc_enmascarado("41234512") == "4•••••12"
    assert palabras.doc_enmascarado("123") == "•••"


def test_el_contraste_es_el_de_la_norma() -> None:
    assert color.contraste("#000000", "#ffffff") == pytest.approx(21)
    assert color.contraste("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert color.contraste("#8b1538", "#8b1538") == 1


def test_una_entidad_no_puede_elegir_colores_que_no_se_leen() -> None:
    assert color.check_marca("#8b1538", "#5f0e26") == []
    assert "casi no se distingue del blanco" in color.check_marca("#ffee88", "#5f0e26")[0]
    assert "color oscuro #ffee88" in color.check_marca("#8b1538", "#ffee88")[0]
    assert color.check_marca("rojo", "#5f0e26") == ["«rojo» no es un color de la forma #rrggbb."]


def test_sobre_un_color_claro_las_letras_son_oscuras() -> None:
    assert color.texto_sobre("#8b1538") == "#ffffff"
    assert color.texto_sobre("#e0a800") == color.TINTA


@pytest.mark.parametrize("malo", ["\u202e", "\u2066", "\x00", "\x1b", "\u200f", "\ue000"])
def test_los_caracteres_que_enganan_no_se_aceptan(malo: str) -> None:
    assert caracteres_negados(f"plano{malo}fdp.exe") == [f"U+{ord(malo):04X}"]


def test_lo_que_se_pega_de_otro_programa_se_limpia_sin_molestar() -> None:
    assert normalizar("Huama\u0301n\u200b\r\nQuispe\ufeff") == "Huamán\nQuispe"
    assert caracteres_negados("Ñaupari, «ñ» 😀\n\tfin") == []
