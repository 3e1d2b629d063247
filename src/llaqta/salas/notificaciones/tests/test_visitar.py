"""La cédula en el domicilio: las dos visitas, sus actas y el día en que vale (arts. 20.1.1, 21, 24.1 y 25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones import queries, services
from llaqta.salas.notificaciones.models import Diligencia, Visita
from llaqta.salas.notificaciones.services.visitar import LoQuePaso

from .conftest import CASA, el

Huella = Callable[[], dict[str, int]]
LUGAR = "Casa de adobe celeste, puerta de metal, medidor 45871"


def test_la_cedula_se_encarga_con_todo_lo_del_articulo_24(
    cedula: Callable[..., Diligencia], especialista: Persona
) -> None:
    """Art. 24.1: firmado el martes 4 de agosto, se notifica hasta el miércoles 12 (el 6 es feriado)."""
    diligencia = cedula("2026-08-04")
    assert diligencia.codigo == "CED-2026-000001"
    assert (diligencia.estado, diligencia.notificar_hasta) == ("POR_DILIGENCIAR", date(2026, 8, 12))
    assert diligencia.direccion == CASA
    assert diligencia.recursos.startswith("Puede apelar")
    suceso = Suceso.objects.get(tipo="notificaciones.DiligenciaOrdenada")
    assert (suceso.actor_id, suceso.objeto_id) == (especialista.pk, str(diligencia.pk))


def test_encargarla_dos_veces_es_una(
    cedula: Callable[..., Diligencia], acto: Callable[..., Documento], huella: Huella
) -> None:
    documento = acto()
    primera = cedula(documento=documento)
    antes = huella()
    assert cedula(documento=documento) == primera
    assert huella() == antes


def test_no_encarga_quien_no_tramita_ni_sin_domicilio(
    acto: Callable[..., Documento], encargo: Callable[..., services.Encargo],
    ventanilla: Persona, especialista: Persona, huella: Huella,
) -> None:  # fmt: skip
    documento = acto()
    antes = huella()
    with pytest.raises(Denegado, match="Solo el personal que tramita"):
        services.ordenar_cedula(
            actor=ventanilla, encargo=encargo(documento), direccion=CASA, origen="EXPEDIENTE", ahora=el("2026-08-04")
        )  # fmt: skip
    with pytest.raises(EntradaInvalida, match="Falta el domicilio"):
        services.ordenar_cedula(
            actor=especialista, encargo=encargo(documento), direccion=" ", origen="EXPEDIENTE", ahora=el("2026-08-04")
        )  # fmt: skip
    assert huella() == antes


def test_la_personal_surte_efecto_el_mismo_dia(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita]
) -> None:
    """Art. 25.1."""
    diligencia = cedula("2026-08-04")
    visitar(diligencia, "2026-08-05 09:00", "ENTREGADA_AL_INTERESADO")
    diligencia.refresh_from_db()
    assert (diligencia.estado, diligencia.efecto_el) == ("EFECTIVA", date(2026, 8, 5))
    assert diligencia.explicacion == [
        "La recibió en su domicilio el miércoles 5 de agosto de 2026.",
        "Surte efecto ese mismo día (Ley 27444, art. 25.1).",
    ]
    assert Suceso.objects.filter(tipo="notificaciones.DiligenciaSurtioEfecto").count() == 1


def test_entregada_en_sabado_surte_efecto_el_lunes(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita]
) -> None:
    """Art. 18: se notifica en día hábil; si no, vale desde el primer hábil, y se declara ese día y una vez."""
    diligencia = cedula("2026-08-04")
    visitar(diligencia, "2026-08-08 09:00", "ENTREGADA_AL_INTERESADO")
    diligencia.refresh_from_db()
    assert (diligencia.estado, diligencia.efecto_el) == ("PRACTICADA", date(2026, 8, 10))
    assert services.declarar_eficacia(ahora=el("2026-08-09 23:59")) == 0
    assert services.declarar_eficacia(ahora=el("2026-08-10 00:00")) == 1
    assert services.declarar_eficacia(ahora=el("2026-08-11 00:00")) == 0


def test_a_otra_persona_con_su_nombre_su_dni_y_su_relacion(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], huella: Huella
) -> None:
    """Art. 21.4."""
    diligencia = cedula()
    antes = huella()
    with pytest.raises(EntradaInvalida, match="Falta su documento de identidad") as negativa:
        visitar(diligencia, "2026-08-05 09:00", "ENTREGADA_A_OTRA_PERSONA", recibio="Ana Curi")
    assert (negativa.value.campo, negativa.value.norma) == (
        "documento_de_quien_recibio",
        "Ley 27444, art. 21.4",
    )
    assert huella() == antes
    visitar(
        diligencia, "2026-08-05 09:00", "ENTREGADA_A_OTRA_PERSONA",
        recibio="Ana Curi", documento_de_quien_recibio="01234567", relacion="su hermana",
    )  # fmt: skip
    diligencia.refresh_from_db()
    assert diligencia.efecto_el == date(2026, 8, 5)
    assert "Ana Curi (01234567), su hermana" in diligencia.explicacion[0]


def test_quien_se_niega_queda_notificado_y_el_acta_describe_el_lugar(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], huella: Huella
) -> None:
    """Art. 21.3."""
    diligencia = cedula()
    antes = huella()
    with pytest.raises(EntradaInvalida, match="Faltan las características del lugar"):
        visitar(diligencia, "2026-08-05 09:00", "SE_NEGO")
    assert huella() == antes
    visitar(diligencia, "2026-08-05 09:00", "SE_NEGO", caracteristicas=LUGAR)
    diligencia.refresh_from_db()
    assert (diligencia.estado, diligencia.efecto_el) == ("EFECTIVA", date(2026, 8, 5))


def test_ausente_deja_aviso_y_la_segunda_vez_va_bajo_la_puerta(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], notificador: Persona
) -> None:
    """Art. 21.5: primera visita sin nadie, aviso con nueva fecha; segunda, bajo la puerta, con acta."""
    diligencia = cedula("2026-08-04")
    visitar(
        diligencia, "2026-08-05 09:00", "AUSENTE", caracteristicas=LUGAR, vuelve_el=el("2026-08-07 15:00")
    )
    diligencia.refresh_from_db()
    assert (diligencia.estado, diligencia.visitar_el, diligencia.efecto_el) == (
        "POR_DILIGENCIAR",
        date(2026, 8, 7),
        None,
    )
    assert queries.get_ruta(para=notificador, al=date(2026, 8, 5)) == []
    assert queries.get_ruta(para=notificador, al=date(2026, 8, 7)) == [diligencia]
    visitar(diligencia, "2026-08-07 15:00", "BAJO_PUERTA", caracteristicas=LUGAR)
    diligencia.refresh_from_db()
    assert (diligencia.estado, diligencia.efecto_el) == ("EFECTIVA", date(2026, 8, 7))
    assert [v.numero for v in diligencia.visitas.all()] == [1, 2]


@pytest.mark.parametrize(
    ("cuando", "resultado", "datos", "frase"),
    [
        ("2026-08-05 09:00", "BAJO_PUERTA", {"caracteristicas": LUGAR}, "no se deja bajo la puerta"),
        ("2026-08-05 09:00", "AUSENTE", {"caracteristicas": LUGAR}, "Falta la nueva fecha y hora"),
        ("2026-08-05 09:00", "AUSENTE", {"caracteristicas": LUGAR, "vuelve_el": el("2026-08-06 09:00")}, "no es hábil"),
        ("2026-08-03 09:00", "ENTREGADA_AL_INTERESADO", {}, "no puede ser anterior al encargo"),
        ("2026-08-05 09:00", "QUIEN_SABE", {}, "Elija qué pasó"),
    ],
)  # fmt: skip
def test_lo_que_la_primera_visita_no_admite(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], huella: Huella,
    cuando: str, resultado: str, datos: dict[str, object], frase: str,
) -> None:  # fmt: skip
    diligencia = cedula("2026-08-04")
    antes = huella()
    with pytest.raises((NoProcede, EntradaInvalida), match=frase):
        visitar(diligencia, cuando, resultado, **datos)
    assert huella() == antes


def test_la_segunda_visita_respeta_el_aviso_y_no_deja_otro(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], huella: Huella
) -> None:
    diligencia = cedula("2026-08-04")
    visitar(
        diligencia, "2026-08-05 09:00", "AUSENTE", caracteristicas=LUGAR, vuelve_el=el("2026-08-07 15:00")
    )
    antes = huella()
    with pytest.raises(EntradaInvalida, match="Se avisó que se volvería el viernes 7 de agosto"):
        visitar(diligencia, "2026-08-05 16:00", "BAJO_PUERTA", caracteristicas=LUGAR)
    with pytest.raises(NoProcede, match="la cédula se deja bajo la puerta"):
        visitar(
            diligencia, "2026-08-07 15:00", "AUSENTE", caracteristicas=LUGAR, vuelve_el=el("2026-08-10 15:00")
        )
    assert huella() == antes


def test_el_domicilio_que_no_existe_termina_sin_notificar(
    cedula: Callable[..., Diligencia], visitar: Callable[..., Visita], huella: Huella
) -> None:
    diligencia = cedula()
    visitar(
        diligencia,
        "2026-08-05 09:00",
        "DOMICILIO_INEXISTENTE",
        caracteristicas="La cuadra no tiene ese número",
    )
    diligencia.refresh_from_db()
    assert (diligencia.estado, diligencia.efecto_el) == ("NO_PRACTICADA", None)
    antes = huella()
    with pytest.raises(NoProcede, match="ya no espera una visita"):
        visitar(diligencia, "2026-08-06 09:00", "ENTREGADA_AL_INTERESADO")
    assert huella() == antes


def test_solo_visita_el_notificador(
    cedula: Callable[..., Diligencia], especialista: Persona, huella: Huella
) -> None:
    diligencia = cedula()
    antes = huella()
    paso = LoQuePaso(resultado="ENTREGADA_AL_INTERESADO", realizada_en=el("2026-08-05"))
    with pytest.raises(Denegado, match="Solo quien ejerce de notificador"):
        services.anotar_visita(actor=especialista, diligencia=diligencia, paso=paso, ahora=el("2026-08-05"))
    assert huella() == antes


def test_el_acta_firmada_se_adjunta_una_vez(
    cedula: Callable[..., Diligencia],
    visitar: Callable[..., Visita],
    notificador: Persona,
    ciudadana: Persona,
) -> None:
    visita = visitar(cedula(), "2026-08-05 09:00", "SE_NEGO", caracteristicas=LUGAR)
    recibido = documentos.ArchivoRecibido.de_bytes("acta.pdf", archivos.pdf(1))
    archivo = documentos.recibir_archivos(actor=notificador, archivos=[recibido], ahora=el("2026-08-05"))[0]
    hecha = services.adjuntar_acta(actor=notificador, visita=visita, archivo=archivo, ahora=el("2026-08-05"))
    assert hecha.acta_firmada is not None
    assert hecha.acta_firmada.medio == Documento.Medio.FISICO
    assert not Documento.objects.visible_to(ciudadana).filter(pk=hecha.acta_firmada.pk).exists()
    with pytest.raises(NoProcede, match="ya tiene su acta"):
        services.adjuntar_acta(actor=notificador, visita=visita, archivo=archivo, ahora=el("2026-08-05"))


def test_las_pantallas_del_notificador_sin_javascript(
    cedula: Callable[..., Diligencia],
    notificador: Persona,
    ciudadana: Persona,
    cliente: Callable[..., Client],
) -> None:
    """Ve sus visitas, imprime sus papeles, anota y, si falta algo, el formulario vuelve con la frase de la ley."""
    from unittest import mock  # noqa: PLC0415

    diligencia = cedula("2026-08-04")
    navegador = cliente(notificador)
    with mock.patch("django.utils.timezone.now", return_value=el("2026-08-05 09:30")):
        pagina = navegador.get("/notificaciones/hoy/").content.decode()
        assert "Rosa Quispe Huamán" in pagina
        assert "Primera visita" in pagina
        for cual in ("aviso", "acta-1"):
            respuesta = navegador.get(f"/notificaciones/{diligencia.codigo}/{cual}.pdf")
            assert respuesta.content.startswith(b"%PDF")
        for cual in ("cedula", "acto"):  # él entrega copia del acto, aunque el expediente no sea de su unidad
            respuesta = navegador.get(f"/notificaciones/{diligencia.codigo}/{cual}.pdf")
            assert b"".join(respuesta).startswith(b"%PDF")
        formulario = navegador.get(f"/notificaciones/{diligencia.codigo}/visita/").content.decode()
        assert "No había nadie: se dejó aviso" in formulario
        assert "bajo la puerta (21.5)" not in formulario
        datos = {"resultado": "SE_NEGO", "realizada_en": "2026-08-05T09:20"}
        respuesta = navegador.post(f"/notificaciones/{diligencia.codigo}/visita/", datos)
        assert respuesta.status_code == 422
        assert "Faltan las características del lugar" in respuesta.content.decode()
        datos["caracteristicas"] = LUGAR
        respuesta = navegador.post(f"/notificaciones/{diligencia.codigo}/visita/", datos)
        assert respuesta.status_code == 302
        ficha = navegador.get(f"/notificaciones/{diligencia.codigo}/").content.decode()
        assert "Falta el acta firmada" in ficha
        assert "miércoles 5 de agosto de 2026" in ficha
    assert cliente(ciudadana).get(f"/notificaciones/{diligencia.codigo}/").status_code == 404
    assert cliente(ciudadana).get("/notificaciones/hoy/").status_code == 403
