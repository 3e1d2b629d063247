"""Antes de cambiar el calendario se ve qué plazos movería; un año entero se anota de una lista, o nada."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos import dias, prevision
from llaqta.cimientos.calendario import sumar_habiles
from llaqta.cimientos.dias_en_lista import leer_lista
from llaqta.cimientos.errors import Denegado, EntradaInvalida
from llaqta.cimientos.models import DiaNoLaborable, Suceso
from llaqta.cimientos.prevision import Cambio, FechaQueCambia, Prevision
from llaqta.cimientos.queries import TRIBUTARIO, get_calendario

pytestmark = [pytest.mark.django_db, pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")]
CUSCO: dict[str, Any] = {
    "fecha": date(2026, 6, 24),
    "ambito": "REGIONAL",
    "descripcion": "Día del Cusco",
    "norma": "Ley de prueba 1",
    "efecto_administrativo": True,
    "efecto_tributario": True,
    "vigente_desde": date(2026, 1, 1),
}
COMUN = {k: v for k, v in CUSCO.items() if k not in ("fecha", "descripcion")} | {"ambito": "SERVICIO"}


@pytest.fixture(autouse=True)
def previsor() -> Iterator[list[Cambio]]:
    """Una sala de prueba con un plazo de 30 días que corre desde el 1 de junio de 2026."""
    antes, pedidos = list(prevision.PREVISTAS), []

    def prever(cambio: Cambio) -> Prevision:
        pedidos.append(cambio)
        vence = [sumar_habiles(date(2026, 6, 1), 30, c).fecha for c in (cambio.antes, cambio.despues)]
        if vence[0] == vence[1]:
            return Prevision("Plazos de prueba", 0)
        fila = FechaQueCambia("Una licencia", "SGLC", vence[0], vence[1])
        return Prevision("Plazos de prueba", 1, {"SGLC": 1}, [fila])

    prevision.PREVISTAS[:] = [prever]
    yield pedidos
    prevision.PREVISTAS[:] = antes


def _prever(actor: Any, ahora: datetime, **cambio: Any) -> dias.VistaPrevia:
    return dias.prever_cambio(para=actor, mas=[dias.armar_dia(**CUSCO | cambio)], ahora=ahora)


def test_se_ve_de_que_fecha_a_que_fecha_y_no_se_escribe_nada(administradora: Any, ahora: datetime) -> None:
    antes = Suceso.objects.count()
    vista = _prever(administradora, ahora)
    assert [(p.total, p.por_unidad) for p in vista.previsiones] == [(1, {"SGLC": 1})]
    fila = vista.previsiones[0].primeras[0]
    assert (fila.antes, fila.despues) == (date(2026, 7, 14), date(2026, 7, 15))
    assert not DiaNoLaborable.objects.exists()
    assert Suceso.objects.count() == antes


@pytest.mark.parametrize(
    "cambio",
    [
        {"ambito": "LOCAL", "efecto_administrativo": False},
        {"efecto_administrativo": False},
        {"fecha": date(2026, 6, 27)},
    ],
    ids=["local", "solo tributario", "sábado"],
)
def test_lo_que_no_toca_los_plazos_administrativos_no_pregunta_a_nadie(
    administradora: Any, ahora: datetime, previsor: list[Cambio], cambio: dict[str, Any]
) -> None:
    assert _prever(administradora, ahora, **cambio).previsiones == []
    assert previsor == []


def test_quitar_un_dia_se_preve_al_reves(administradora: Any, ahora: datetime) -> None:
    dia = dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    vista = dias.prever_cambio(para=administradora, menos=dia, ahora=ahora)
    fila = vista.previsiones[0].primeras[0]
    assert (fila.antes, fila.despues) == (date(2026, 7, 15), date(2026, 7, 14))
    dias.anotar_dia(actor=administradora, **CUSCO | {"ambito": "SERVICIO"}, ahora=ahora)
    assert dias.prever_cambio(para=administradora, menos=dia, ahora=ahora).cambio.dias == ()


def test_38_el_reloj_tributario_no_es_el_administrativo(administradora: Any, ahora: datetime) -> None:
    """Dos días desde el miércoles 31-12-2025, con el 2-1-2026 no laborable compensable: 6 y 5 de enero."""
    dias.anotar_dia(
        actor=administradora,
        **CUSCO | {"fecha": date(2026, 1, 2), "ambito": "SERVICIO", "efecto_tributario": False,
                   "descripcion": "No laborable compensable", "vigente_desde": date(2025, 12, 1)},
        ahora=ahora,
    )  # fmt: skip
    assert sumar_habiles(date(2025, 12, 31), 2, get_calendario()).fecha == date(2026, 1, 6)
    assert sumar_habiles(date(2025, 12, 31), 2, get_calendario(efecto=TRIBUTARIO)).fecha == date(2026, 1, 5)


def test_un_anio_con_demasiados_dias_se_avisa_y_se_puede_anotar(administradora: Any, ahora: datetime) -> None:
    primero = date(2026, 1, 1)
    todos = "\n".join(f"{primero + timedelta(days=n):%d/%m/%Y} Cierre" for n in range(300))
    armados = dias.armar_lista(leer_lista(todos), **COMUN)
    nuevos = [r.dia for r in armados if r.dia]
    vista = dias.prever_cambio(para=administradora, mas=nuevos, ahora=ahora)
    assert "en 2026 no se contarían" in vista.avisos[0]
    dias.anotar_lista(actor=administradora, dias=nuevos, ahora=ahora)
    assert DiaNoLaborable.objects.count() == len(nuevos) == 300 - 13
    assert sumar_habiles(date(2026, 1, 1), 1, get_calendario()).fecha == date(2026, 10, 28)


@pytest.mark.parametrize(
    ("texto", "hallado"),
    [
        ("24/12/2026 Compensable", (date(2026, 12, 24), "Compensable")),
        ("2026-12-24;Compensable", (date(2026, 12, 24), "Compensable")),
        ('fecha;motivo\n24-12-2026;"Compensable"', (date(2026, 12, 24), "Compensable")),
        ("24.12.2026\tCompensable", (date(2026, 12, 24), "Compensable")),
        ("\n\n24/12/2026", (date(2026, 12, 24), "De la lista")),
    ],
)
def test_la_lista_se_lee_como_la_gente_la_escribe(texto: str, hallado: tuple[date, str]) -> None:
    renglon = leer_lista(texto, motivo="De la lista")[0]
    assert (renglon.fecha, renglon.motivo) == hallado


@pytest.mark.parametrize(
    ("texto", "frase"),
    [
        ("", "Escriba o pegue al menos un día"),
        ("Navidad", "Línea 1: empiece por la fecha"),
        ("31/02/2026 Nunca", "Línea 1: «31/02/2026» no es una fecha"),
        ("24/12/2026", "Línea 1: falta el motivo"),
        ("24/12/2026 A\n2026-12-24 B", "Línea 2: la fecha se repite: ya está en la línea 1"),
        ("24/12/2026 " + "a" * 121, "Línea 1: el motivo pasa de 120 caracteres"),
        (
            "\n".join(f"{date(2020, 1, 1) + timedelta(days=n):%d/%m/%Y} X" for n in range(401)),
            "hasta 400 días",
        ),
    ],
)
def test_una_lista_que_no_se_entiende_dice_que_linea(texto: str, frase: str) -> None:
    with pytest.raises(EntradaInvalida) as negada:
        leer_lista(texto)
    assert frase in negada.value.frase
    assert negada.value.campo == "lista"


def test_el_anio_se_anota_entero_con_un_solo_suceso(
    administradora: Any, cliente: Callable[..., Client], ahora: datetime
) -> None:
    navegador = cliente(administradora)
    escrito = {
        "lista": "02/01/2027 Compensable\n28/07/2027 Fiestas Patrias\n24/12/2027 Compensable",
        "norma": "DS de prueba", "ambito": "SERVICIO", "efecto_administrativo": "on", "vigente_desde": "2026-06-01",
    }  # fmt: skip
    pagina = navegador.post("/administracion/calendario/lista/", escrito).content.decode()
    assert "No hace falta" in pagina
    assert "ya es feriado nacional" in pagina
    assert "Anotar 2 días" in pagina
    assert not DiaNoLaborable.objects.exists()
    respuesta = navegador.post("/administracion/calendario/lista/", escrito | {"confirmado": "1"})
    assert respuesta["Location"] == "/administracion/calendario/?anio=2027"
    anotados = list(DiaNoLaborable.objects.order_by("fecha"))
    assert [dia.fecha for dia in anotados] == [date(2027, 1, 2), date(2027, 12, 24)]
    assert all(dia.efecto_administrativo and not dia.efecto_tributario for dia in anotados)
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.datos) == ("cimientos.DiasAnotados", {"dias": [dia.pk for dia in anotados]})
    repetida = navegador.post("/administracion/calendario/lista/", escrito).content.decode()
    assert "ya está anotado con ese ámbito" in repetida


def test_los_dias_de_la_region_y_del_distrito_se_sugieren_sin_efecto(
    administradora: Any, entidad: Any, ahora: datetime
) -> None:
    entidad.ubigeo = "080910"
    entidad.save()
    sugeridos = dias.get_sugeridos(2026, para=administradora)
    assert [(dia.fecha, dia.ambito, dia.pk) for dia in sugeridos] == [
        (date(2026, 6, 24), "REGIONAL", None),
        (date(2026, 8, 9), "LOCAL", None),
    ]
    assert get_calendario().es_habil(date(2026, 6, 24))
    dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    assert [dia.fecha for dia in dias.get_sugeridos(2026, para=administradora)] == [date(2026, 8, 9)]


def test_prever_y_la_lista_son_de_la_administracion(jefe: Any, ahora: datetime) -> None:
    for pedir in (
        lambda: dias.prever_cambio(para=jefe, mas=[], ahora=ahora),
        lambda: dias.anotar_lista(actor=jefe, dias=[DiaNoLaborable(fecha=date(2026, 6, 24))], ahora=ahora),
        lambda: dias.get_sugeridos(2026, para=jefe),
    ):
        with pytest.raises(Denegado):
            pedir()
    assert not DiaNoLaborable.objects.exists()
