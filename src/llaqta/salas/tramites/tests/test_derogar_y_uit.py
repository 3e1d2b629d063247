"""Un procedimiento sale del TUPA por ordenanza, la UIT de cada año se anota, y lo que regía un día se puede leer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import escritura, queries, services
from llaqta.salas.tramites.models import Procedimiento, UnidadImpositiva, VersionProcedimiento
from llaqta.salas.tramites.rules import TramiteNoVigente

HOY = date(2026, 6, 1)
DESDE = date(2026, 7, 1)
ORDENANZA = "Ordenanza 012-2026-MDP"


@pytest.fixture
def anuncio(tupa: int) -> Procedimiento:
    return Procedimiento.objects.get(codigo="PA-ANUNC")


def _vigencia(anuncio: Procedimiento) -> list[tuple[date, date | None, str]]:
    return list(anuncio.versiones.order_by("desde").values_list("desde", "hasta", "derogada_por"))


def test_una_ordenanza_lo_retira_y_quien_lo_busca_sabe_cual(
    anuncio: Procedimiento, administradora: Persona, ahora: datetime
) -> None:
    orden = {
        "actor": administradora,
        "procedimiento": anuncio,
        "desde": DESDE,
        "norma": ORDENANZA,
        "ahora": ahora,
    }
    services.derogar_procedimiento(**orden)  # type: ignore[arg-type]
    sucesos = Suceso.objects.count()
    services.derogar_procedimiento(**orden)  # type: ignore[arg-type]
    assert Suceso.objects.count() == sucesos, "repetirlo no lo anota otra vez"
    assert _vigencia(anuncio) == [(date(2026, 1, 1), date(2026, 6, 30), ORDENANZA)]
    assert queries.get_vigente("PA-ANUNC", al=date(2026, 6, 30)).monto == Decimal("82.50")
    with pytest.raises(
        TramiteNoVigente, match=r"se retiró del TUPA el .*1 de julio de 2026 \(Ordenanza 012-2026-MDP\)"
    ):
        queries.get_vigente("PA-ANUNC", al=DESDE)
    assert "PA-ANUNC" not in {fila.codigo for fila in queries.get_tupa(al=DESDE).procedimientos}


def test_el_retiro_se_deja_sin_efecto_antes_de_su_fecha_y_no_despues(
    anuncio: Procedimiento, administradora: Persona, ahora: datetime
) -> None:
    services.derogar_procedimiento(
        actor=administradora, procedimiento=anuncio, desde=DESDE, norma=ORDENANZA, ahora=ahora
    )
    despues = ahora + timedelta(days=40)
    with pytest.raises(NoProcede, match="publique una versión nueva con su ordenanza"):
        services.anular_derogacion(actor=administradora, procedimiento=anuncio, ahora=despues)
    services.anular_derogacion(actor=administradora, procedimiento=anuncio, ahora=ahora)
    assert _vigencia(anuncio) == [(date(2026, 1, 1), None, "")]


def test_lo_retirado_vuelve_con_otra_version_y_el_hueco_queda(
    anuncio: Procedimiento, administradora: Persona, ahora: datetime
) -> None:
    datos = replace(
        queries.get_ultimas(para=administradora)["PA-ANUNC"].datos, ordenanza="Ordenanza 020-2026-MDP"
    )
    services.derogar_procedimiento(
        actor=administradora, procedimiento=anuncio, desde=DESDE, norma=ORDENANZA, ahora=ahora
    )
    services.publicar_version(
        actor=administradora, procedimiento=anuncio, datos=datos, desde=date(2026, 9, 1), ahora=ahora
    )
    assert _vigencia(anuncio) == [
        (date(2026, 1, 1), date(2026, 6, 30), ORDENANZA),
        (date(2026, 9, 1), None, ""),
    ]
    with pytest.raises(TramiteNoVigente):
        queries.get_vigente("PA-ANUNC", al=date(2026, 8, 1))
    with pytest.raises(NoProcede, match="Tiene una versión por regir"):
        services.derogar_procedimiento(
            actor=administradora, procedimiento=anuncio, desde=DESDE, norma=ORDENANZA, ahora=ahora
        )


@pytest.mark.parametrize(
    ("cambio", "negativa", "frase"),
    [
        ({"desde": HOY}, NoProcede, "desde mañana o después"),
        ({"desde": date(2500, 1, 1)}, EntradaInvalida, "va de 1990 a 2100"),
        ({"norma": "  "}, EntradaInvalida, "Escriba la ordenanza"),
    ],
)
def test_lo_que_no_procede_no_retira_nada(
    anuncio: Procedimiento,
    administradora: Persona,
    ciudadana: Persona,
    ahora: datetime,
    cambio: dict[str, object],
    negativa: type[Exception],
    frase: str,
) -> None:
    orden = {
        "actor": administradora,
        "procedimiento": anuncio,
        "desde": DESDE,
        "norma": ORDENANZA,
        "ahora": ahora,
    }
    antes = Suceso.objects.count(), _vigencia(anuncio)
    with pytest.raises(negativa, match=frase):
        services.derogar_procedimiento(**{**orden, **cambio})  # type: ignore[arg-type]
    with pytest.raises(Denegado):
        services.derogar_procedimiento(**{**orden, "actor": ciudadana})  # type: ignore[arg-type]
    assert (Suceso.objects.count(), _vigencia(anuncio)) == antes


def test_la_uit_de_un_anio_se_anota_y_la_que_ya_se_uso_no_se_cambia(
    tupa: int, administradora: Persona, ahora: datetime
) -> None:
    orden = {"actor": administradora, "norma": "DS de demostración", "ahora": ahora}
    nueva = services.registrar_uit(anio=2027, monto=Decimal(5600), **orden)  # type: ignore[arg-type]
    assert (nueva.anio, nueva.monto) == (2027, Decimal(5600))
    # Nadie la usó todavía: un error al escribirla se corrige.
    services.registrar_uit(anio=2027, monto=Decimal(5650), **orden)  # type: ignore[arg-type]
    assert queries.get_uit(2027) == Decimal(5650)
    antes = Suceso.objects.count()
    with pytest.raises(NoProcede, match=r"publicados con la UIT de 2026 a S/ 5,500\.00"):
        services.registrar_uit(anio=2026, monto=Decimal(5000), **orden)  # type: ignore[arg-type]
    for anio, monto, norma in ((1980, 10, "x"), (2027, 0, "x"), (2027, 10, " ")):
        with pytest.raises(EntradaInvalida):
            services.registrar_uit(
                actor=administradora, anio=anio, monto=Decimal(monto), norma=norma, ahora=ahora
            )
    assert Suceso.objects.count() == antes
    # La norma de una ya usada sí se puede completar: el valor es el mismo.
    services.registrar_uit(anio=2026, monto=Decimal(5500), **orden)  # type: ignore[arg-type]
    assert UnidadImpositiva.objects.get(anio=2026).norma == "DS de demostración"


def test_un_archivo_que_solo_trae_la_uit_nueva_se_puede_aplicar(
    tupa: int, administradora: Persona, ahora: datetime
) -> None:
    tupa_de_hoy = queries.get_tupa(al=HOY)
    con_uit = replace(tupa_de_hoy, uit=[(2026, Decimal(5000), ""), (2027, Decimal(5600), "DS")])
    contenido = escritura.a_yaml(con_uit, siglas=queries.get_nombres_de_unidades())
    carga = services.preparar_carga(actor=administradora, nombre="a.yaml", contenido=contenido, ahora=ahora)
    _, diferencias = queries.get_diferencias(carga, para=administradora, al=HOY)
    assert diferencias.comunes == ("UIT de 2027: S/ 5,600.00",)
    assert diferencias.avisos == (
        "La UIT de 2026 está registrada con S/ 5,500.00 y el archivo dice S/ 5,000.00: no se cambia desde un archivo.",
    )
    assert services.aplicar_carga(actor=administradora, carga=carga, ahora=ahora) == 0
    assert (queries.get_uit(2027), queries.get_uit(2026)) == (Decimal(5600), Decimal(5500))


def test_bajar_y_subir_lo_de_hoy_no_toca_la_version_por_regir(
    anuncio: Procedimiento, administradora: Persona, ahora: datetime
) -> None:
    datos = replace(queries.get_ultimas(para=administradora)["PA-ANUNC"].datos, monto=Decimal("90.00"))
    services.publicar_version(
        actor=administradora, procedimiento=anuncio, datos=datos, desde=DESDE, ahora=ahora
    )
    for nombre, escribir in (("a.yaml", escritura.a_yaml), ("a.xlsx", escritura.a_libro)):
        contenido = escribir(queries.get_tupa(al=HOY), siglas=queries.get_nombres_de_unidades())
        carga = services.preparar_carga(actor=administradora, nombre=nombre, contenido=contenido, ahora=ahora)
        _, diferencias = queries.get_diferencias(carga, para=administradora, al=HOY)
        assert (len(diferencias.iguales), diferencias.con_faltas) == (34, []), nombre


def test_en_pantalla_se_retira_se_repone_y_se_lee_el_tupa_de_otro_dia(
    anuncio: Procedimiento, administradora: Persona, cliente: Callable[..., Client]
) -> None:
    oficina, calle = cliente(administradora), cliente()
    VersionProcedimiento.objects.filter(procedimiento=anuncio).update(desde=date(2020, 1, 1))
    pagina = oficina.post("/tupa/PA-ANUNC/retirar/", {"desde": "2020-01-01", "norma": ORDENANZA})
    assert pagina.status_code == 422
    assert "desde mañana o después" in pagina.content.decode()
    ida = oficina.post("/tupa/PA-ANUNC/retirar/", {"desde": "2099-01-02", "norma": ORDENANZA}, follow=True)
    assert f"lo retira del TUPA {ORDENANZA}" in " ".join(ida.content.decode().split())
    vuelta = oficina.post("/tupa/PA-ANUNC/reponer/", follow=True)
    assert "sigue en el TUPA, sin fecha de término" in vuelta.content.decode()
    # Una versión que ya no rige se sigue leyendo, sin botón para empezar.
    VersionProcedimiento.objects.filter(procedimiento=anuncio).update(
        hasta=date(2021, 12, 31), derogada_por=ORDENANZA
    )
    assert calle.get("/tramites/PA-ANUNC/").status_code == 409
    antigua = calle.get("/tramites/PA-ANUNC/?al=2021-06-01").content.decode()
    assert "Así era este trámite hasta el viernes 31 de diciembre de 2021" in antigua
    assert "Empezar ahora" not in antigua
    assert (
        "Así era el TUPA el martes 1 de junio de 2021"
        in calle.get("/tupa/publicado/?al=2021-06-01").content.decode()
    )
    for raro in ("ayer", "0001-01-01", "9999-12-31"):
        assert calle.get(f"/tupa/publicado/?al={raro}").status_code == 200


def test_la_uit_se_registra_en_pantalla(
    tupa: int, administradora: Persona, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    oficina = cliente(administradora)
    buena = oficina.post("/tupa/uit/", {"anio": "2027", "monto": "5600", "norma": "DS"}, follow=True)
    assert "La UIT de 2027 es S/ 5,600.00." in buena.content.decode()
    mala = oficina.post("/tupa/uit/", {"anio": "2026", "monto": "1", "norma": "DS"})
    assert mala.status_code == 422
    assert "ese valor ya no se cambia" in mala.content.decode()
    assert cliente(ciudadana).get("/tupa/uit/").status_code == 403
