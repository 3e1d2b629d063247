"""El calendario: se anota con su norma, se deja sin efecto sin borrar, y lo que no corresponde no cambia nada."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos import dias
from llaqta.cimientos.calendario import sumar_habiles
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.models import DiaNoLaborable, Suceso
from llaqta.cimientos.queries import get_calendario

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


def nada_cambio(antes: int) -> bool:
    return Suceso.objects.count() == antes and not DiaNoLaborable.objects.exists()


def vence() -> date:
    """Un plazo de 30 días presentado el 1 de junio de 2026."""
    return sumar_habiles(date(2026, 6, 1), 30, get_calendario()).fecha


def test_el_dia_anotado_ya_no_se_cuenta(administradora: Any, ahora: datetime) -> None:
    assert vence() == date(2026, 7, 14)
    dia = dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    assert vence() == date(2026, 7, 15)
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.datos, suceso.actor_id, suceso.objeto_tipo) == (
        "cimientos.DiaAnotado",
        {"dia_id": dia.pk},
        administradora.pk,
        "cimientos.DiaNoLaborable",
    )


def test_el_feriado_local_se_anota_y_se_sigue_contando(administradora: Any, ahora: datetime) -> None:
    local = CUSCO | {"ambito": "LOCAL", "efecto_administrativo": False, "efecto_tributario": False}
    dias.anotar_dia(actor=administradora, **local, ahora=ahora)
    assert vence() == date(2026, 7, 14)


@pytest.mark.parametrize(
    ("cambio", "campo", "frase"),
    [
        ({"ambito": "LOCAL"}, "efecto_administrativo", "no cuenta para los plazos (art. 134.1)"),
        ({"fecha": date(1989, 12, 31)}, "fecha", "El año va de 1990 a 2100; usted escribió 1989."),
        ({"fecha": date(2101, 1, 2)}, "fecha", "usted escribió 2101"),
        ({"vigente_desde": date(1980, 1, 1)}, "vigente_desde", "usted escribió 1980"),
        ({"vigente_desde": date(2026, 6, 25)}, "vigente_desde", "no puede declarar un día anterior a ella"),
        ({"norma": "   "}, "norma", "Falta la norma que lo dispone"),
        ({"descripcion": ""}, "descripcion", "Falta el motivo"),
        ({"ambito": "BARRIAL"}, "ambito", "Elija quién declara el día."),
        (
            {"efecto_administrativo": False, "efecto_tributario": False},
            "efecto_administrativo",
            "el día no cambiaría nada",
        ),
    ],
)
def test_lo_que_no_sirve_se_dice_y_no_deja_nada(
    administradora: Any, ahora: datetime, cambio: dict[str, Any], campo: str, frase: str
) -> None:
    antes = Suceso.objects.count()
    with pytest.raises(EntradaInvalida) as negada:
        dias.anotar_dia(actor=administradora, **CUSCO | cambio, ahora=ahora)
    assert negada.value.campo == campo
    assert frase in negada.value.frase
    assert nada_cambio(antes)


def test_un_feriado_nacional_no_se_anota(administradora: Any, ahora: datetime) -> None:
    antes = Suceso.objects.count()
    with pytest.raises(NoProcede, match="martes 28 de julio de 2026 ya es feriado nacional"):
        dias.anotar_dia(actor=administradora, **CUSCO | {"fecha": date(2026, 7, 28)}, ahora=ahora)
    assert nada_cambio(antes)


def test_el_mismo_dia_no_se_anota_dos_veces_con_el_mismo_ambito(administradora: Any, ahora: datetime) -> None:
    dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    antes = Suceso.objects.count()
    with pytest.raises(NoProcede, match="ya está anotado con ese ámbito"):
        dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    assert Suceso.objects.count() == antes
    assert DiaNoLaborable.objects.count() == 1
    dias.anotar_dia(actor=administradora, **CUSCO | {"ambito": "SERVICIO"}, ahora=ahora)


def test_sin_efecto_vuelve_a_contar_y_su_historia_queda(administradora: Any, ahora: datetime) -> None:
    dia = dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    dias.dejar_sin_efecto(actor=administradora, dia=dia, por="Derogada por la Ley de prueba 2", ahora=ahora)
    assert vence() == date(2026, 7, 14)
    fila = DiaNoLaborable.objects.get()
    assert (fila.vigente_hasta, fila.sin_efecto_por) == (date(2026, 6, 1), "Derogada por la Ley de prueba 2")
    # Lo que se contó mientras regía se puede volver a explicar.
    assert sumar_habiles(date(2026, 6, 1), 30, get_calendario(date(2026, 6, 1))).fecha == date(2026, 7, 15)
    assert Suceso.objects.latest("pk").tipo == "cimientos.DiaSinEfecto"

    antes = Suceso.objects.count()
    with pytest.raises(NoProcede, match="ya estaba sin efecto desde el 1 de junio de 2026"):
        dias.dejar_sin_efecto(actor=administradora, dia=fila, por="otra vez", ahora=ahora)
    assert Suceso.objects.count() == antes
    dias.anotar_dia(actor=administradora, **CUSCO | {"norma": "Ley de prueba 3"}, ahora=ahora)
    assert vence() == date(2026, 7, 15)


def test_sin_decir_por_que_no_se_deja_sin_efecto(administradora: Any, ahora: datetime) -> None:
    dia = dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    antes = Suceso.objects.count()
    with pytest.raises(EntradaInvalida, match="Falta decir por qué"):
        dias.dejar_sin_efecto(actor=administradora, dia=dia, por=" ", ahora=ahora)
    assert Suceso.objects.count() == antes
    assert DiaNoLaborable.objects.get().vigente_hasta is None


def test_nadie_mas_lo_ve_ni_lo_cambia(
    jefe: Any, administradora: Any, ahora: datetime, cliente: Callable[..., Client]
) -> None:
    antes = Suceso.objects.count()
    for quien in (None, jefe):
        with pytest.raises(Denegado):
            dias.anotar_dia(actor=quien, **CUSCO, ahora=ahora)
        with pytest.raises(Denegado):
            dias.get_anio(2026, para=quien)
    assert nada_cambio(antes)
    dia = dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    with pytest.raises(Denegado):
        dias.dejar_sin_efecto(actor=jefe, dia=dia, por="porque sí", ahora=ahora)
    assert DiaNoLaborable.objects.get().vigente_hasta is None
    navegador = cliente(jefe)
    for ruta in ("", "nuevo/", f"{dia.pk}/sin-efecto/"):
        assert navegador.get(f"/administracion/calendario/{ruta}").status_code == 403
    assert cliente().get("/administracion/calendario/").status_code == 302


def test_el_anio_trae_nacionales_y_anotados_en_orden(administradora: Any, ahora: datetime) -> None:
    dias.anotar_dia(actor=administradora, **CUSCO, ahora=ahora)
    anio = dias.get_anio(2026, para=administradora)
    assert [d.fecha for d in anio] == sorted(d.fecha for d in anio)
    assert [d.motivo for d in anio if d.fila] == ["Día del Cusco"]
    assert len([d for d in anio if not d.fila]) == 17
    assert {d.en_los_plazos[0].palabras for d in anio} == {"No se cuenta"}
    for fuera in (1989, 2101):
        with pytest.raises(NoEncontrado, match="del año 1990 al 2100"):
            dias.get_anio(fuera, para=administradora)


def test_las_pantallas(administradora: Any, cliente: Callable[..., Client]) -> None:
    navegador = cliente(administradora)
    escrito = {
        "fecha": "2026-06-24", "ambito": "LOCAL", "descripcion": "Aniversario", "norma": "Ordenanza 1",
        "efecto_administrativo": "on", "vigente_desde": "2026-01-01",
    }  # fmt: skip
    pagina = navegador.post("/administracion/calendario/nuevo/", escrito)
    assert "no cuenta para los plazos (art. 134.1)" in pagina.content.decode()
    regional = escrito | {"ambito": "REGIONAL"}
    pagina = navegador.post("/administracion/calendario/nuevo/", regional).content.decode()
    assert "Si el miércoles 24 de junio de 2026 no se cuenta" in pagina
    assert "Hoy no hay ningún plazo abierto que cambie de fecha." in pagina
    assert not DiaNoLaborable.objects.exists()  # solo se miró
    pagina = navegador.post(
        "/administracion/calendario/nuevo/", regional | {"confirmado": "1", "corregir": "1"}
    ).content.decode()
    assert "Aniversario" in pagina
    assert not DiaNoLaborable.objects.exists()
    respuesta = navegador.post("/administracion/calendario/nuevo/", regional | {"confirmado": "1"})
    assert respuesta["Location"] == "/administracion/calendario/?anio=2026"
    pagina = navegador.get("/administracion/calendario/?anio=2026")
    assert "Aniversario" in pagina.content.decode()
    pk = DiaNoLaborable.objects.get().pk
    pagina = navegador.post(f"/administracion/calendario/{pk}/sin-efecto/", {"por": "Fue un error"})
    assert "Si el miércoles 24 de junio de 2026 vuelve a contar" in pagina.content.decode()
    assert DiaNoLaborable.objects.get().vigente_hasta is None
    navegador.post(f"/administracion/calendario/{pk}/sin-efecto/", {"por": "Fue un error", "confirmado": "1"})
    assert "Fue un error" in navegador.get("/administracion/calendario/?anio=2026").content.decode()
    for raro in ("3000", "x", "9" * 5000, "-1"):
        assert navegador.get(f"/administracion/calendario/?anio={raro}").status_code in (200, 404)
    assert navegador.get("/administracion/calendario/nuevo/?fecha=2026-99-99").status_code == 200
    assert navegador.get("/administracion/calendario/999999/sin-efecto/").status_code == 404


@pytest.mark.parametrize(
    ("fecha", "ambito", "administrativo", "tributario", "dice"),
    [
        (date(2026, 6, 24), "REGIONAL", True, True, ("No se cuenta", "")),
        (date(2026, 12, 24), "SERVICIO", True, False, ("No se cuenta", "salvo en los tributarios")),
        (date(2026, 12, 24), "SERVICIO", False, True, ("Se cuenta", "salvo en los tributarios")),
        (date(2026, 8, 7), "LOCAL", False, False, ("Se cuenta", "por ser local: art. 134.1")),
        (date(2026, 8, 8), "LOCAL", False, False, ("No se cuenta", "por ser sábado")),
        (date(2026, 8, 6), "LOCAL", False, False, ("No se cuenta", "por feriado nacional: Batalla de Junín")),
    ],
)
def test_el_calendario_dice_que_le_hace_cada_dia_a_un_plazo(
    fecha: date, ambito: str, administrativo: bool, tributario: bool, dice: tuple[str, str]
) -> None:
    fila = DiaNoLaborable(
        fecha=fecha, ambito=ambito, efecto_administrativo=administrativo, efecto_tributario=tributario
    )
    estado, por_que = dias.DiaDelAnio(fecha, "x", fila).en_los_plazos
    assert (estado.palabras, por_que) == dice
