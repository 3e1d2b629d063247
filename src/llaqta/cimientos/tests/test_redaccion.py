"""Del texto del funcionario a bloques: se entiende lo que se escribe a máquina, y nada más."""

from __future__ import annotations

from llaqta.cimientos.redaccion import bloques, tramos


def test_vacio() -> None:
    assert bloques("  \n\n ") == []


def test_parrafos_listas_titulos_y_tablas() -> None:
    texto = "Que, uno\nsigue.\n\n# Dos\n- a\n- b\n\n3. tres\n4) cuatro\n\n| A | B |\n| 1 |\n| 2 | 3 | 4 |"
    assert bloques(texto) == [
        {"tipo": "parrafo", "tramos": ["Que, uno", " ", "sigue."]},
        {"tipo": "titulo", "tramos": ["Dos"]},
        {"tipo": "lista", "puntos": [["a"], ["b"]]},
        {"tipo": "numerada", "desde": 3, "puntos": [["tres"], ["cuatro"]]},
        {
            "tipo": "tabla",
            "cabecera": [["A"], ["B"]],
            "filas": [[["1"], [""]], [["2"], ["3", " ", "4", " "]]],
        },
    ]


def test_negrita_y_cursiva() -> None:
    assert tramos("**OTORGAR** la *Bodega* y ya") == [
        {"estilo": "negrita", "texto": "OTORGAR"}, " la ", {"estilo": "cursiva", "texto": "Bodega"}, " y ya",
    ]  # fmt: skip


def test_los_signos_sueltos_quedan_como_estan() -> None:
    assert tramos("5 * 3 ** 2 #x $y$ \\z") == ["5 * 3 ** 2 #x $y$ \\z"]
