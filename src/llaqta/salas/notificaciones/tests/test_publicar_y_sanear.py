"""Publicar es lo último, y lo defectuoso se rehace o se convalida (arts. 20.1.3, 20.2, 23, 26 y 27)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones import services
from llaqta.salas.notificaciones.models import AutorizacionDeCorreo, Diligencia, Visita

from .conftest import el

Huella = Callable[[], dict[str, int]]
LUGAR = "La cuadra no tiene ese número"


@pytest.fixture
def publicar(especialista: Persona, encargo: Callable[..., services.Encargo]) -> Callable[..., Diligencia]:
    """``publicar(documento, causa="DOMICILIO_EQUIVOCADO")``, el lunes 10 de agosto de 2026."""

    def hacer(documento: Documento, **cambios: Any) -> Diligencia:
        datos: dict[str, Any] = {
            "actor": especialista, "encargo": encargo(documento), "causa": "DOMICILIO_EQUIVOCADO",
            "sustento": "Acta de la visita del 5 de agosto.", "diario": "Diario Judicial del Cusco",
            "publicado_el": date(2026, 8, 7), "ahora": el("2026-08-10"),
        }  # fmt: skip
        return services.publicar(**{**datos, **cambios})

    return hacer


def test_29_con_una_sola_visita_no_se_publica(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], publicar: Callable[..., Diligencia],
    huella: Huella,
) -> None:  # fmt: skip
    """Art. 20.2: una visita sin nadie no basta; falta la segunda, que deja bajo la puerta (21.5)."""
    diligencia = cedula("2026-08-04")
    visitar(
        diligencia,
        "2026-08-05 09:00",
        "AUSENTE",
        caracteristicas="Puerta verde",
        vuelve_el=el("2026-08-07 15:00"),
    )
    antes = huella()
    for causa in ("DOMICILIO_EQUIVOCADO", "DESAPARECIDA", "DOMICILIO_IGNORADO"):
        with pytest.raises(NoProcede, match="falta su visita") as negativa:
            publicar(diligencia.documento, causa=causa)
        assert "20.2" in negativa.value.norma
    assert huella() == antes


def test_29_sin_visita_alguna_tampoco(
    acto: Callable[..., Documento], publicar: Callable[..., Diligencia], huella: Huella
) -> None:
    documento = acto()
    antes = huella()
    for causa in ("DOMICILIO_EQUIVOCADO", "DESAPARECIDA", "EN_EL_EXTRANJERO"):
        with pytest.raises(NoProcede, match="La publicación es lo último"):
            publicar(documento, causa=causa)
    with pytest.raises(EntradaInvalida, match="Elija la causa"):
        publicar(documento, causa="")
    with pytest.raises(EntradaInvalida, match="Falta el sustento"):
        publicar(documento, causa="DOMICILIO_IGNORADO", sustento=" ")
    assert huella() == antes


def test_29_con_el_acta_de_que_el_domicilio_no_existe_si(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], publicar: Callable[..., Diligencia],
    client: Client,
) -> None:  # fmt: skip
    """Arts. 23.1.2 y 25.3: surte efecto con la última publicación, la del portal."""
    diligencia = cedula("2026-08-04")
    visitar(diligencia, "2026-08-05 09:00", "DOMICILIO_INEXISTENTE", caracteristicas=LUGAR)
    hecha = publicar(diligencia.documento)
    assert (hecha.codigo, hecha.estado, hecha.efecto_el) == ("PUB-2026-000001", "EFECTIVA", date(2026, 8, 10))
    assert publicar(diligencia.documento) == hecha
    pagina = client.get("/notificaciones/publicadas/").content.decode()
    assert "Rosa Quispe Huamán" in pagina
    assert "45678901" not in pagina
    assert "4•••••01" in pagina
    assert "Diario Judicial del Cusco" in pagina


def test_lo_que_la_publicacion_no_admite(
    acto: Callable[..., Documento], publicar: Callable[..., Diligencia], ventanilla: Persona, huella: Huella
) -> None:
    documento = acto()
    antes = huella()
    ley = {"causa": "LA_LEY_LO_EXIGE", "sustento": "Ley 29090, art. 10"}
    with pytest.raises(EntradaInvalida, match="Falta el nombre del diario"):
        publicar(documento, **ley, diario="")
    with pytest.raises(EntradaInvalida, match="cuando ya salió"):
        publicar(documento, **ley, publicado_el=date(2026, 8, 11))
    with pytest.raises(EntradaInvalida, match="antes de su fecha"):
        publicar(documento, **ley, publicado_el=date(2026, 8, 3))
    with pytest.raises(Denegado):
        publicar(documento, **ley, actor=ventanilla)
    assert huella() == antes


def test_26_la_defectuosa_se_anula_y_se_rehace(
    cedula: Callable[..., Diligencia], especialista: Persona, huella: Huella
) -> None:
    """Art. 26.1."""
    primera = cedula("2026-08-04")
    antes = huella()
    with pytest.raises(EntradaInvalida, match="Falta decir qué defecto tiene"):
        services.anular_diligencia(actor=especialista, diligencia=primera, motivo=" ", ahora=el("2026-08-05"))
    assert huella() == antes
    services.anular_diligencia(
        actor=especialista,
        diligencia=primera,
        motivo="La dirección es de otra persona",
        ahora=el("2026-08-05"),
    )
    segunda = cedula("2026-08-05", documento=primera.documento)
    assert segunda != primera
    assert (segunda.codigo, segunda.notificar_hasta) == ("CED-2026-000002", date(2026, 8, 12))
    primera.refresh_from_db()
    assert (primera.estado, primera.motivo) == ("ANULADA", "La dirección es de otra persona")


def test_la_que_ya_surtio_efecto_no_se_anula(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], especialista: Persona, huella: Huella
) -> None:
    diligencia = cedula()
    visitar(diligencia, "2026-08-05 09:00", "ENTREGADA_AL_INTERESADO")
    antes = huella()
    with pytest.raises(NoProcede, match="ya surtió efecto"):
        services.anular_diligencia(
            actor=especialista, diligencia=diligencia, motivo="x", ahora=el("2026-08-06")
        )
    assert huella() == antes


def test_27_2_lo_que_la_persona_hace_la_convalida_desde_ese_dia(
    cedula: Callable[..., Diligencia], ciudadana: Persona
) -> None:
    """Art. 27.2: apela antes de que llegue la cédula; conocía el acto y desde ese día vale."""
    diligencia = cedula("2026-08-04")
    hecha = services.convalidar(
        actor=ciudadana, diligencia=diligencia, hecho="presentó recurso de apelación", ahora=el("2026-08-07")
    )
    assert (hecha.estado, hecha.efecto_el) == ("EFECTIVA", date(2026, 8, 7))
    assert hecha.explicacion == [
        "La persona presentó recurso de apelación el viernes 7 de agosto de 2026: conocía el acto, y desde ese día se "
        "la tiene por bien notificada (Ley 27444, art. 27.2)."
    ]
    assert Suceso.objects.filter(tipo="notificaciones.DiligenciaSurtioEfecto").count() == 1


def test_27_2_tambien_el_correo_que_nadie_confirmo(
    acto: Callable[..., Documento], encargo: Callable[..., services.Encargo], especialista: Persona,
    ciudadana: Persona, autorizado: AutorizacionDeCorreo,
) -> None:  # fmt: skip
    enviada = services.enviar_por_correo(
        actor=especialista, encargo=encargo(acto("2026-11-05 09:00")), ahora=el("2026-11-05")
    )
    services.declarar_sin_acuse(ahora=el("2026-11-10"))
    hecha = services.convalidar(
        actor=ciudadana, diligencia=enviada, hecho="pidió copia del acto", ahora=el("2026-11-12")
    )
    assert (hecha.estado, hecha.efecto_el) == ("EFECTIVA", date(2026, 11, 12))


def test_lo_que_ya_valia_no_se_mueve(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], ciudadana: Persona, huella: Huella
) -> None:
    diligencia = cedula()
    visitar(diligencia, "2026-08-05 09:00", "ENTREGADA_AL_INTERESADO")
    antes = huella()
    hecha = services.convalidar(actor=ciudadana, diligencia=diligencia, hecho="apeló", ahora=el("2026-08-07"))
    assert hecha.efecto_el == date(2026, 8, 5)
    assert huella() == antes
