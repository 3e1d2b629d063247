"""Publicar una versión del TUPA: lo que ya rige no se corrige, y lo que la norma no permite no se publica."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.tramites import queries, services
from llaqta.salas.tramites.models import Procedimiento, VersionProcedimiento
from llaqta.salas.tramites.rules import NuevaBaseLegal, NuevaVersion, NuevoRecurso, NuevoRequisito

HOY = date(2026, 6, 1)
DESPUES = date(2026, 7, 1)


@pytest.fixture
def datos(tupa: int, unidades: dict[str, UnidadOrganica]) -> NuevaVersion:
    """El anuncio publicitario, un poco más caro."""
    return NuevaVersion(
        tipo="PA",
        denominacion="Autorización de ubicación de anuncio publicitario",
        descripcion="Permite colocar un letrero.",
        calificacion="SILENCIO_POSITIVO",
        ordenanza="Ordenanza 007-2026-MDP",
        sede="Plaza Principal S/N",
        horario="Lunes a viernes",
        unidad_presentacion_id=unidades["MP"].pk,
        unidad_aprobacion_id=unidades["SGLC"].pk,
        plazo=15,
        monto=Decimal("82.50"),
        uit_anio=2026,
        requisitos=[NuevoRequisito("Solicitud", clase="SOLICITUD"), NuevoRequisito("Diseño del anuncio")],
        bases_legales=[NuevaBaseLegal("Ley", "27972", "Ley Orgánica de Municipalidades")],
        recursos=[NuevoRecurso("APELACION", unidades["GM"].pk, 30)],
    )


@pytest.fixture
def anuncio(tupa: int) -> Procedimiento:
    return Procedimiento.objects.get(codigo="PA-ANUNC")


def _huella() -> tuple[int, int, list[Any]]:
    return (
        VersionProcedimiento.objects.count(),
        Suceso.objects.count(),
        list(
            VersionProcedimiento.objects.filter(procedimiento__codigo="PA-ANUNC").values_list(
                "desde", "hasta", "monto"
            )
        ),
    )


def test_la_version_nueva_cierra_la_anterior_el_dia_previo(
    administradora: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    version = services.publicar_version(
        actor=administradora, procedimiento=anuncio, datos=datos, desde=DESPUES, ahora=ahora
    )
    assert version.porcentaje_uit == Decimal("1.5000")
    anterior = queries.get_vigente("PA-ANUNC", al=date(2026, 6, 30))
    assert (anterior.hasta, anterior.ordenanza[:12]) == (date(2026, 6, 30), "Ordenanza de")
    vigente = queries.get_vigente("PA-ANUNC", al=DESPUES)
    assert (vigente.pk, vigente.hasta, [r.texto for r in vigente.requisitos_en_orden]) == (
        version.pk,
        None,
        ["Solicitud", "Diseño del anuncio"],
    )
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.actor_id, suceso.datos) == (
        "tramites.VersionPublicada",
        administradora.pk,
        {"version_id": version.pk},
    )


def test_una_version_que_todavia_no_rige_se_reemplaza_y_se_anota(
    administradora: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    orden = {"actor": administradora, "procedimiento": anuncio, "desde": DESPUES, "ahora": ahora}
    primera = services.publicar_version(datos=datos, **orden)  # type: ignore[arg-type]
    segunda = services.publicar_version(datos=replace(datos, monto=Decimal("90.00")), **orden)  # type: ignore[arg-type]
    assert not VersionProcedimiento.objects.filter(pk=primera.pk).exists()
    assert queries.get_vigente("PA-ANUNC", al=DESPUES).pk == segunda.pk
    assert Suceso.objects.latest("pk").tipo == "tramites.VersionRetirada"


def test_retirarla_deja_rigiendo_a_la_anterior(
    administradora: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    version = services.publicar_version(
        actor=administradora, procedimiento=anuncio, datos=datos, desde=DESPUES, ahora=ahora
    )
    services.retirar_version(actor=administradora, version=version, ahora=ahora)
    assert queries.get_vigente("PA-ANUNC", al=date(2030, 1, 1)).hasta is None


def test_lo_que_ya_rige_no_se_retira_ni_se_reemplaza_hoy(
    administradora: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    antes = _huella()
    with pytest.raises(NoProcede, match="debe empezar a regir mañana o después"):
        services.publicar_version(
            actor=administradora, procedimiento=anuncio, datos=datos, desde=HOY, ahora=ahora
        )
    vigente = queries.get_vigente("PA-ANUNC", al=HOY)
    with pytest.raises(NoProcede, match="ya rige o rigió"):
        services.retirar_version(actor=administradora, version=vigente, ahora=ahora)
    assert _huella() == antes


def test_un_ciudadano_no_publica_nada(
    ciudadana: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    antes = _huella()
    with pytest.raises(Denegado):
        services.publicar_version(
            actor=ciudadana, procedimiento=anuncio, datos=datos, desde=DESPUES, ahora=ahora
        )
    assert _huella() == antes


@pytest.mark.parametrize(
    ("cambio", "frase"),
    [
        ({"monto": Decimal("5500.01")}, "no puede pasar de una UIT"),
        ({"monto": Decimal("0")}, "Escriba el derecho de trámite en soles o marque que es gratuito"),
        ({"es_gratuito": True}, "el derecho de trámite debe ser cero"),
        ({"uit_anio": 1999}, "No está registrado el valor de la UIT de 1999"),
        ({"calificacion": "AUTOMATICA"}, "Una aprobación automática no tiene plazo"),
        ({"plazo": 0}, "Escriba en cuántos días se resuelve"),
        ({"plazo": 31}, "30 días hábiles como máximo"),
        ({"plazo": 2, "plazo_unidad": "MESES"}, "30 días hábiles como máximo"),
        ({"requisitos": []}, "al menos un requisito"),
        (
            {"requisitos": [NuevoRequisito("Solicitud"), NuevoRequisito(" solicitud ")]},
            "dos requisitos iguales",
        ),
        ({"bases_legales": []}, "Falta la base legal"),
        ({"canales": []}, "al menos un canal"),
    ],
)
def test_lo_que_la_norma_no_permite_no_se_publica(
    administradora: Persona,
    anuncio: Procedimiento,
    datos: NuevaVersion,
    ahora: datetime,
    cambio: dict[str, Any],
    frase: str,
) -> None:
    antes = _huella()
    with pytest.raises(EntradaInvalida, match=frase):
        services.publicar_version(
            actor=administradora,
            procedimiento=anuncio,
            datos=replace(datos, **cambio),
            desde=DESPUES,
            ahora=ahora,
        )
    assert _huella() == antes


def test_con_la_norma_que_lo_autoriza_si_se_cobra_mas_de_una_uit_y_se_demora_mas(
    administradora: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    caro = replace(
        datos,
        monto=Decimal("6000"),
        autorizacion_uit="DS 000-2026-EF",
        plazo=45,
        norma_del_plazo="Código Tributario, art. 162",
    )
    version = services.publicar_version(
        actor=administradora, procedimiento=anuncio, datos=caro, desde=DESPUES, ahora=ahora
    )
    assert version.porcentaje_uit == Decimal("109.0909")


def test_la_vista_previa_muestra_todo_y_no_guarda_nada(
    administradora: Persona, anuncio: Procedimiento, datos: NuevaVersion, ahora: datetime
) -> None:
    antes = _huella()
    ficha = services.previsualizar_version(
        actor=administradora, procedimiento=anuncio, datos=datos, desde=DESPUES, ahora=ahora
    )
    assert [r.texto for r in ficha.version.requisitos_en_orden] == ["Solicitud", "Diseño del anuncio"]
    assert "su pedido queda aprobado (silencio positivo)" in ficha.silencio
    assert _huella() == antes


def test_las_palabras_nuevas_encuentran_el_tramite(
    administradora: Persona, anuncio: Procedimiento, ahora: datetime
) -> None:
    assert queries.buscar("trampantojo", al=HOY) == []
    services.cambiar_palabras(
        actor=administradora,
        procedimiento=anuncio,
        tema=anuncio.tema,
        palabras="trampantojo",
        es_frecuente=False,
        ahora=ahora,
    )
    assert [h.version.procedimiento.codigo for h in queries.buscar("trampantojos", al=HOY)] == ["PA-ANUNC"]


def test_un_codigo_no_se_repite(administradora: Persona, anuncio: Procedimiento, ahora: datetime) -> None:
    with pytest.raises(EntradaInvalida, match="El código PA-ANUNC ya pertenece a otro procedimiento"):
        services.registrar_procedimiento(
            actor=administradora, codigo="pa-anunc", tema=anuncio.tema, ahora=ahora
        )
    assert Procedimiento.objects.count() == 34


def test_el_silencio_negativo_nunca_se_dice_como_una_negativa(tupa: int) -> None:
    from llaqta.salas.tramites.rules import silencio_en_palabras

    frase = silencio_en_palabras("SILENCIO_NEGATIVO", "30 días hábiles")
    assert "apelar cuando quiera" in frase
    assert "No significa que su pedido fue negado" in frase


def _formulario(cliente: Any, codigo: str) -> dict[str, Any]:
    """Lo que el navegador enviaría al pulsar un botón sin tocar nada más."""
    contexto = cliente.get(f"/tupa/{codigo}/editar/").context
    enviado: dict[str, Any] = {}
    grupos = ("requisitos", "normas", "modalidades", "tarifas")
    filas = [fila for grupo in grupos for fila in contexto[grupo].formularios]
    for formulario in (contexto["form"], *filas):
        for campo in formulario:
            valor = campo.value()
            if valor not in (None, False, ""):
                enviado[campo.html_name] = "on" if valor is True else valor
    for grupo in grupos:
        enviado[f"{contexto[grupo].prefijo}-total"] = len(contexto[grupo].formularios)
    return enviado


def test_el_editor_ordena_requisitos_muestra_y_publica(
    administradora: Persona, anuncio: Procedimiento, cliente: Any
) -> None:
    from django.utils import timezone

    desde = timezone.localdate() + timedelta(days=30)
    navegador = cliente(administradora)
    enviado = {**_formulario(navegador, "PA-ANUNC"), "desde": desde.isoformat()}
    movida = navegador.post("/tupa/PA-ANUNC/editar/", {**enviado, "accion": "requisito:subir-1"})
    assert movida.context["requisitos"].formularios[0]["texto"].value().startswith("Diseño del anuncio")
    enviado["req-0-texto"], enviado["req-1-texto"] = enviado["req-1-texto"], enviado["req-0-texto"]
    antes = _huella()
    previa = navegador.post("/tupa/PA-ANUNC/editar/", {**enviado, "accion": "ver"})
    assert "Así quedará desde el" in previa.content.decode()
    assert _huella() == antes
    assert navegador.post("/tupa/PA-ANUNC/editar/", {**enviado, "accion": "publicar"}).status_code == 302
    nueva = queries.get_vigente("PA-ANUNC", al=desde)
    assert (nueva.desde, nueva.requisitos_en_orden[0].texto[:18]) == (desde, "Diseño del anuncio")


def test_el_editor_dice_junto_al_campo_lo_que_la_norma_no_permite(
    administradora: Persona, anuncio: Procedimiento, cliente: Any
) -> None:
    navegador = cliente(administradora)
    enviado = {
        **_formulario(navegador, "PA-ANUNC"),
        "desde": "2099-01-01",
        "monto": "9000",
        "accion": "publicar",
    }
    respuesta = navegador.post("/tupa/PA-ANUNC/editar/", enviado)
    assert respuesta.status_code == 422
    assert "no puede pasar de una UIT" in respuesta.context["form"].errors["monto"][0]


@pytest.mark.parametrize("ruta", ["/tupa/", "/tupa/nuevo/", "/tupa/PA-ANUNC/", "/tupa/PA-ANUNC/editar/"])
def test_un_ciudadano_no_entra_al_editor(
    ciudadana: Persona, anuncio: Procedimiento, cliente: Any, ruta: str
) -> None:
    assert cliente(ciudadana).get(ruta).status_code == 403
