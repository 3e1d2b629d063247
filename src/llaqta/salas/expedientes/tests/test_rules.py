"""Los plazos y los caminos de un expediente, con los ejemplos de la ley."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from llaqta.cimientos.calendario import Calendario
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.numbering import check_digit
from llaqta.salas.expedientes import events, rules
from llaqta.salas.expedientes.models import Estado, Proyecto
from llaqta.salas.plazos.rules import computar

NACIONAL = Calendario()
REGIONAL = Calendario(feriados={date(2026, 6, 24): "Día del Cusco (Ley 27425)"}, version="regional")


@dataclass
class ConReloj:
    dias_plazo: int
    plazo_unidad: str = "HABILES"
    calificacion: str = "SILENCIO_POSITIVO"
    dias_distancia: int = 0


@pytest.mark.parametrize(
    ("inicio", "expediente", "calendario", "vence"),
    [
        (date(2026, 6, 1), ConReloj(30), NACIONAL, date(2026, 7, 14)),  # regla 1: salta el 29 de junio
        (date(2026, 6, 1), ConReloj(30), REGIONAL, date(2026, 7, 15)),  # regla 2: y el feriado regional
        (
            date(2026, 6, 1),
            ConReloj(30, dias_distancia=2),
            NACIONAL,
            date(2026, 7, 16),
        ),  # regla 3: la distancia
        (date(2026, 6, 13), ConReloj(30), NACIONAL, date(2026, 7, 30)),  # regla 9: presentado un sábado
        (date(2026, 5, 8), ConReloj(30), NACIONAL, date(2026, 6, 19)),  # regla 13: desde la subsanación
        (
            date(2026, 1, 31),
            ConReloj(1, "MESES"),
            NACIONAL,
            date(2026, 3, 2),
        ),  # regla 20: febrero no tiene 31
        (date(2026, 6, 15), ConReloj(1, "MESES"), NACIONAL, date(2026, 7, 15)),
        (
            date(2026, 6, 18),
            ConReloj(10, "CALENDARIO"),
            NACIONAL,
            date(2026, 6, 30),
        ),  # domingo; el lunes, feriado
    ],
)
def test_el_reloj_de_un_expediente_se_pide_y_se_cuenta(
    inicio: date, expediente: ConReloj, calendario: Calendario, vence: date
) -> None:
    pedido = rules.get_pedido(
        expediente, rules.al_mediodia(inicio), dias_para_notificar=5, dias_para_acusar=5, hecho="Se presentó"
    )
    plazo = computar(pedido, calendario)
    assert plazo.vence == vence
    assert plazo.silencio_desde is not None  # es de silencio positivo
    assert plazo.explicacion["vence_el"] == vence.isoformat()


def test_la_aprobacion_automatica_no_vence() -> None:
    explicacion = rules.explicar_automatica(date(2026, 6, 1), completo=True)
    assert explicacion["vence_el"] is None
    assert explicacion["articulos"] == "31.1, 31.3"


def test_mientras_esta_observado_nada_se_mueve() -> None:
    for acto in ("derivar", "pedir_informe", "resolver", "notificar", "archivar"):
        with pytest.raises(NoProcede) as negativa:
            rules.get_transicion(acto, "OBSERVADO")
        assert negativa.value.norma == "Ley 27444, art. 125.3"


def test_no_hay_segunda_observacion() -> None:
    with pytest.raises(NoProcede, match="la observación es una sola") as negativa:
        rules.get_transicion("observar", "OBSERVADO")
    assert negativa.value.norma == "Ley 27444, art. 126.2"


def test_ningun_acto_rechaza() -> None:
    """La recepción no puede negarse (art. 124.1): el acto no existe en ninguna tabla."""
    actos = {fila.acto for fila in (*rules.TRANSICIONES, *rules.TRANSICIONES_DE_PROYECTO)}
    assert not {acto for acto in actos if "rechaz" in acto or "deneg" in acto}


def test_las_tablas_nombran_estados_y_sucesos_que_existen() -> None:
    for tabla, estados in ((rules.TRANSICIONES, Estado), (rules.TRANSICIONES_DE_PROYECTO, Proyecto.Estado)):
        for fila in tabla:
            assert fila.hacia in estados.values
            assert fila.desde in ("", *estados.values)
            assert hasattr(events, fila.suceso)
    assert {fila.hacia for fila in rules.TRANSICIONES} == set(Estado.values) == set(rules.EN_PALABRAS)


@pytest.mark.parametrize(
    "escrito",
    ["EXP-2026-000123-{c}", "exp-2026-000123-{c}", "2026-123", " EXP 2026 000123 ", "123", "000123-{c}"],
)
def test_el_numero_se_entiende_de_varias_formas(escrito: str) -> None:
    control = check_digit(123, 2026)
    assert rules.leer_numero(escrito.format(c=control), anio=2026) == f"EXP-2026-000123-{control}"


@pytest.mark.parametrize("escrito", ["", "hola", "EXP-2026-000124-{c}", "EXP-2026-000123-{mal}", "1234567"])
def test_un_numero_mal_copiado_no_abre_otro_expediente(escrito: str) -> None:
    control = check_digit(123, 2026)
    mal = "X" if control != "X" else "0"
    assert rules.leer_numero(escrito.format(c=control, mal=mal), anio=2026) is None


def test_la_clave_se_lee_aunque_se_confundan_sus_signos() -> None:
    assert rules.normalizar_clave("abcd-efgh jkmn-o1il") == "ABCDEFGHJKMN0111"
