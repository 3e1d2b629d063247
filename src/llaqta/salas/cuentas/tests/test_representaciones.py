"""La carta poder se anota con el documento a la vista, nadie se la anota a sí mismo, y su fin no toca lo ya hecho."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas import queries, services
from llaqta.salas.cuentas.models import Persona, Representacion

HOY = date(2026, 6, 1)
PODER: dict[str, Any] = {
    "tipo_representado": "RUC",
    "numero_representado": "20999000020",
    "tipo_representante": "DNI",
    "numero_representante": "4567 8901",
    "sustento": "Carta poder simple del 2 de enero de 2026",
    "desde": HOY,
}


@pytest.fixture
def poder(empresa: Persona, ciudadana: Persona, ventanilla: Persona, ahora: datetime) -> Representacion:
    return services.anotar_representacion(actor=ventanilla, **PODER, ahora=ahora)


def quedan(cuantas: int, sucesos: int) -> bool:
    return (Representacion.objects.count(), Suceso.objects.count()) == (cuantas, sucesos)


def test_desde_que_se_anota_puede_actuar_por_ella(
    poder: Representacion, empresa: Persona, ciudadana: Persona, ventanilla: Persona
) -> None:
    assert queries.get_representados(ciudadana, al=HOY) == [empresa]
    assert queries.get_representados(ciudadana, al=HOY - timedelta(days=1)) == []
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.datos, suceso.actor_id) == (
        "cuentas.RepresentacionRegistrada",
        {"representacion_id": poder.pk},
        ventanilla.pk,
    )


@pytest.mark.parametrize(
    ("cambio", "campo", "frase"),
    [
        ({"numero_representado": "20999000012"}, "numero_representado", "Ese RUC no existe"),
        (
            {"numero_representado": "20131312955"},
            "numero_representado",
            "RUC 20131312955 no está registrado todavía: registre primero a la persona.",
        ),
        (
            {"numero_representante": "4567"},
            "numero_representante",
            "El DNI tiene 8 números; usted escribió 4.",
        ),
        ({"numero_representante": "99999999"}, "numero_representante", "DNI 99999999 no está registrado"),
        ({"sustento": "  "}, "sustento", "con qué documento se acredita"),
        ({"hasta": HOY - timedelta(days=1)}, "hasta", "no puede ser anterior al comienzo"),
    ],
)
def test_lo_que_no_sirve_se_dice_y_no_deja_nada(
    empresa: Persona, ciudadana: Persona, ventanilla: Persona, ahora: datetime, cambio: dict[str, Any], campo: str,
    frase: str,
) -> None:  # fmt: skip
    antes = Suceso.objects.count()
    with pytest.raises(EntradaInvalida) as negada:
        services.anotar_representacion(actor=ventanilla, **PODER | cambio, ahora=ahora)
    assert negada.value.campo == campo
    assert frase in negada.value.frase
    assert quedan(0, antes)


def test_ni_a_si_misma_ni_por_una_empresa_ni_dos_veces(
    poder: Representacion, empresa: Persona, ciudadana: Persona, ventanilla: Persona, ahora: datetime
) -> None:
    antes = Suceso.objects.count()
    de_rosa = {"tipo_representado": "DNI", "numero_representado": "45678901"}
    with pytest.raises(NoProcede, match="no se representa a sí misma"):
        services.anotar_representacion(actor=ventanilla, **PODER | de_rosa, ahora=ahora)
    al_reves = de_rosa | {"tipo_representante": "RUC", "numero_representante": "20999000020"}
    with pytest.raises(NoProcede, match="siempre una persona natural"):
        services.anotar_representacion(actor=ventanilla, **PODER | al_reves, ahora=ahora)
    with pytest.raises(NoProcede, match=r"ya representa a Cacao del Apurímac S\.A\.C\. en esas fechas"):
        services.anotar_representacion(actor=ventanilla, **PODER, ahora=ahora)
    assert quedan(1, antes)


def test_nadie_se_anota_a_si_mismo_ni_la_anota_un_ciudadano(
    empresa: Persona, ciudadana: Persona, ventanilla: Persona, jefe: Persona, ahora: datetime
) -> None:
    antes = Suceso.objects.count()
    con_mario = PODER | {"numero_representante": ventanilla.numero_documento}
    with pytest.raises(Denegado, match="Usted no puede anotarse como representante"):
        services.anotar_representacion(actor=ventanilla, **con_mario, ahora=ahora)
    for quien in (ciudadana, jefe):
        with pytest.raises(Denegado, match="La representación la anota la mesa de partes"):
            services.anotar_representacion(actor=quien, **PODER, ahora=ahora)
        with pytest.raises(Denegado):
            queries.list_representaciones(para=quien)
    assert quedan(0, antes)


def test_al_ponerle_fin_vale_hasta_el_ultimo_dia(
    poder: Representacion, empresa: Persona, ciudadana: Persona, ventanilla: Persona, ahora: datetime
) -> None:
    services.terminar_representacion(
        actor=ventanilla, representacion=poder, hasta=HOY + timedelta(days=3), ahora=ahora
    )
    assert queries.get_representados(ciudadana, al=HOY + timedelta(days=3)) == [empresa]
    assert queries.get_representados(ciudadana, al=HOY + timedelta(days=4)) == []
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.objeto_id) == ("cuentas.RepresentacionTerminada", str(empresa.pk))
    antes = Suceso.objects.count()
    with pytest.raises(EntradaInvalida, match="para prolongarla, anote otra"):
        services.terminar_representacion(
            actor=ventanilla, representacion=poder, hasta=HOY + timedelta(days=9), ahora=ahora
        )
    with pytest.raises(EntradaInvalida, match="No puede terminar en el pasado"):
        services.terminar_representacion(
            actor=ventanilla, representacion=poder, hasta=HOY - timedelta(days=2), ahora=ahora
        )
    with pytest.raises(Denegado):
        services.terminar_representacion(actor=ciudadana, representacion=poder, hasta=HOY, ahora=ahora)
    poder.refresh_from_db()
    assert poder.hasta == HOY + timedelta(days=3)
    assert Suceso.objects.count() == antes


def test_la_anotada_por_error_deja_de_valer_ahora_mismo(
    poder: Representacion, ciudadana: Persona, ventanilla: Persona, ahora: datetime
) -> None:
    ayer = HOY - timedelta(days=1)
    services.terminar_representacion(actor=ventanilla, representacion=poder, hasta=ayer, ahora=ahora)
    assert queries.get_representados(ciudadana, al=HOY) == []
    antes = Suceso.objects.count()
    with pytest.raises(NoProcede, match="ya terminó el 31/05/2026"):
        services.terminar_representacion(actor=ventanilla, representacion=poder, hasta=HOY, ahora=ahora)
    assert Suceso.objects.count() == antes
    services.anotar_representacion(actor=ventanilla, **PODER, ahora=ahora)


def test_las_pantallas(
    empresa: Persona, ciudadana: Persona, ventanilla: Persona, otro_ciudadano: Persona,
    cliente: Callable[..., Client],
) -> None:  # fmt: skip
    navegador = cliente(ventanilla)
    escrito = {**PODER, "desde": "2026-06-01", "numero_representado": "20131312955"}
    pagina = navegador.post("/cuenta/representaciones/nueva/", escrito).content.decode()
    assert "registre primero a la persona" in pagina
    navegador.post(
        "/cuenta/personas/nueva/",
        {"tipo_documento": "RUC", "numero_documento": "20131312955", "razon_social": "Otra S.A.C."},
    )
    pagina = navegador.post("/cuenta/representaciones/nueva/", escrito, follow=True).content.decode()
    assert "Rosa Quispe Huamán ya puede actuar por Otra S.A.C." in pagina
    poder = Representacion.objects.get()
    lista = "/cuenta/representaciones/"
    assert "Vale hoy" in navegador.get(f"{lista}?q=quispe").content.decode()
    assert "Nadie coincide" in navegador.get(f"{lista}?q=ñaupari").content.decode()
    pagina = navegador.post(f"{lista}{poder.pk}/terminar/", {}).content.decode()
    assert "Escriba el último día" in pagina
    pagina = navegador.post(
        f"{lista}{poder.pk}/terminar/", {"de_inmediato": "on"}, follow=True
    ).content.decode()
    assert "Rosa Quispe Huamán ya no actúa por Otra S.A.C." in pagina
    assert "Terminó" in pagina
    for ruta in (lista, f"{lista}nueva/", f"{lista}{poder.pk}/terminar/"):
        assert cliente(ciudadana).get(ruta).status_code == 403
        assert cliente().get(ruta).status_code == 302
    assert navegador.get(f"{lista}999999/terminar/").status_code == 404
    with pytest.raises(NoEncontrado):
        queries.get_representacion(999999, para=ventanilla)
