"""La alerta es parte del acto: si ninguna llega, el paso de los días no da efecto (DS 098-2025-PCM, art. 55)."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from smtplib import SMTPException
from typing import Any
from unittest import mock

import pypdfium2
import pytest

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria.services import secuenciar_ahora
from llaqta.salas.casilla import constancias, evidencia, reactions, services
from llaqta.salas.casilla.mensajeria import Despacho
from llaqta.salas.casilla.models import Adhesion, Alerta, Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import services as plazos

from .test_depositar import huellas

pytestmark = pytest.mark.django_db
MUCHO_DESPUES = datetime(2026, 7, 15, 9, 0, tzinfo=LIMA)


def _fallar(notificacion: Notificacion, veces: int = 5) -> None:
    """El correo falla tantas veces seguidas como intentos se le dan."""
    services.abrir_alerta(notificacion=notificacion, ahora=notificacion.depositada_en)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=SMTPException("sin servidor")):
        for intento in range(1, veces + 1):
            reactions.enviar_alerta(
                alerta_id=Alerta.objects.get(notificacion=notificacion, intento=intento).pk
            )
    notificacion.refresh_from_db()


def test_26_si_ninguna_alerta_llega_queda_rebotada_y_nunca_se_vuelve_eficaz_sola(
    adhesion: Adhesion, depositar: Any
) -> None:
    notificacion = depositar()
    _fallar(notificacion)
    assert (notificacion.estado, notificacion.efecto_el) == ("REBOTADA_ALERTA", None)
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 0
    assert not notificacion.surte_efecto(date(2026, 12, 31))
    assert "DS 098-2025-PCM, art. 55" in " ".join(notificacion.explicacion)
    assert Suceso.objects.filter(tipo="casilla.AlertaRebotada").count() == 1


def test_26_mientras_se_sigue_intentando_tampoco(adhesion: Adhesion, depositar: Any) -> None:
    notificacion = depositar()
    _fallar(notificacion, veces=2)
    assert notificacion.estado == "DEPOSITADA"
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 0


def _aceptar(intento: int, ahora: datetime) -> None:
    """Ese intento lo aceptó el servidor de correo, a esa hora."""
    alerta = Alerta.objects.get(intento=intento)
    services.tomar_alerta(alerta_id=alerta.pk, ahora=ahora)
    services.anotar_envio(alerta_id=alerta.pk, despacho=Despacho(True, "m1", "Aceptado"), ahora=ahora)


def test_26_si_un_intento_llega_el_mismo_dia_corre_su_plazo(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    _fallar(notificacion, veces=2)
    _aceptar(3, ahora + timedelta(hours=2))
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 1
    notificacion.refresh_from_db()
    assert (notificacion.estado, notificacion.efecto_el) == ("EFECTIVA", date(2026, 6, 9))
    assert not Suceso.objects.filter(tipo="casilla.PlazoDesdeElAviso").exists()


def test_26_si_el_aviso_llega_otro_dia_el_plazo_corre_desde_el_aviso(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    """Depositada el lunes 1 de junio y avisada el jueves 11: los cinco días son hasta el jueves 18."""
    notificacion = depositar()
    _fallar(notificacion, veces=2)
    _aceptar(3, datetime(2026, 6, 11, 18, 0, tzinfo=LIMA))
    notificacion.refresh_from_db()
    assert (notificacion.avisada_el, notificacion.efecto_el) == (date(2026, 6, 11), date(2026, 6, 19))
    assert "los días para acusar recibo corren desde entonces" in notificacion.explicacion[1]
    assert Suceso.objects.filter(tipo="casilla.PlazoDesdeElAviso").count() == 1
    assert services.declarar_eficacia(ahora=datetime(2026, 6, 18, 23, 59, tzinfo=LIMA)) == 0
    assert services.declarar_eficacia(ahora=datetime(2026, 6, 19, 0, 7, tzinfo=LIMA)) == 1
    assert "El jueves 11 de junio de 2026, por el día en que se aceptó el aviso" in evidencia.plazo(
        notificacion
    )


def test_26_la_otra_lectura_cuenta_desde_el_deposito_y_queda_congelada(
    adhesion: Adhesion, administradora: Persona, depositar: Any, ahora: datetime
) -> None:
    plazos.cambiar_regla(
        actor=administradora, codigo="CASILLA_PLAZO_DESDE", valor="DEPOSITO", norma="Informe 1",
        desde=date(2026, 6, 1), nota="Para la prueba.", ahora=ahora,
    )  # fmt: skip
    notificacion = depositar()
    _fallar(notificacion, veces=2)
    _aceptar(3, datetime(2026, 6, 11, 18, 0, tzinfo=LIMA))
    notificacion.refresh_from_db()
    assert (notificacion.plazo_desde, notificacion.efecto_el) == ("DEPOSITO", date(2026, 6, 9))
    assert evidencia.plazo(notificacion).startswith(
        "El depósito, aunque el aviso se acepte después (CASILLA_PLAZO_DESDE"
    )


def test_26_abrirla_tarde_sin_que_nadie_le_avisara_la_hace_efectiva_ese_dia(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any
) -> None:
    notificacion = depositar()
    _fallar(notificacion)
    abierta = services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=MUCHO_DESPUES)
    assert (abierta.efecto_el, abierta.efecto_por) == (date(2026, 7, 15), "LECTURA")


def test_26_si_igual_la_abre_surte_efecto_ese_dia(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    _fallar(notificacion)
    abierta = services.abrir_notificacion(
        actor=ciudadana, codigo=notificacion.codigo, ahora=ahora + timedelta(days=1)
    )
    assert (abierta.estado, abierta.efecto_el) == ("LEIDA", date(2026, 6, 2))


def test_26_la_constancia_lo_dice_con_cada_intento(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    _fallar(notificacion)
    secuenciar_ahora(ahora=ahora)
    constancia = constancias.sellar(notificacion_id=notificacion.pk, clase="ALERTA", ahora=ahora)
    documento = constancia.documento
    paginas = pypdfium2.PdfDocument(io.BytesIO(storage.abrir(documento.archivo.sha256).read()))
    texto = " ".join(" ".join(p.get_textpage().get_text_range() for p in paginas).split())
    assert "Constancia de alerta no entregada" in texto
    assert "Correo, intento 5" in texto
    assert "sin servidor" in texto
    assert "rosa@ejemplo.pe" not in texto
    assert notificacion.alertas.get(intento=5).huella in texto.replace(" ", "")
    assert constancias.sellar(notificacion_id=notificacion.pk, clase="ALERTA", ahora=ahora) == constancia


def test_26_la_municipalidad_puede_no_exigirla_y_queda_congelado(
    adhesion: Adhesion, administradora: Persona, depositar: Any, ahora: datetime
) -> None:
    """La regla CASILLA_EXIGE_ALERTA se lee al depositar; cambiarla después no toca lo depositado."""
    plazos.cambiar_regla(
        actor=administradora, codigo="CASILLA_EXIGE_ALERTA", valor="NO", norma="Informe 1", desde=date(2026, 6, 1),
        nota="Para la prueba.", ahora=ahora,
    )  # fmt: skip
    notificacion = depositar()
    _fallar(notificacion)
    assert (notificacion.exige_alerta, notificacion.estado) == (False, "DEPOSITADA")
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 1


def test_pasa_a_cedula_solo_lo_rebotado_y_entonces_ya_no_se_abre(
    adhesion: Adhesion, especialista: Persona, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    with pytest.raises(NoProcede, match="Solo pasa a cédula"):
        services.derivar_a_cedula(actor=especialista, notificacion=notificacion, ahora=ahora)
    _fallar(notificacion)
    for _ in range(2):
        services.derivar_a_cedula(actor=especialista, notificacion=notificacion, ahora=ahora)
    assert Suceso.objects.filter(tipo="casilla.NotificacionDerivadaACedula").count() == 1
    with pytest.raises(NoEncontrado, match="se la llevaremos a su domicilio"):
        services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)


def test_se_anula_antes_de_su_efecto_y_se_deposita_otra_vez(
    adhesion: Adhesion, especialista: Persona, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    primera = depositar()
    antes = huellas()
    with pytest.raises(EntradaInvalida, match="Falta decir por qué"):
        services.anular_notificacion(actor=especialista, notificacion=primera, motivo=" ", ahora=ahora)
    with pytest.raises(Denegado):
        services.anular_notificacion(actor=ciudadana, notificacion=primera, motivo="x", ahora=ahora)
    assert huellas() == antes
    anulada = services.anular_notificacion(
        actor=especialista, notificacion=primera, motivo="Se equivocó el documento", ahora=ahora
    )
    assert (anulada.estado, anulada.motivo_anulacion) == ("ANULADA", "Se equivocó el documento")
    assert depositar() != primera
    with pytest.raises(NoEncontrado, match="fue anulada"):
        services.abrir_notificacion(actor=ciudadana, codigo=primera.codigo, ahora=ahora)


def test_lo_que_ya_surtio_efecto_no_se_anula(
    adhesion: Adhesion, especialista: Persona, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    antes = huellas()
    with pytest.raises(NoProcede, match="ya surtió efecto"):  # llegó su día, aunque nadie lo declaró
        services.anular_notificacion(
            actor=especialista, notificacion=notificacion, motivo="x", ahora=MUCHO_DESPUES
        )
    assert huellas() == antes
    services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    with pytest.raises(NoProcede, match="ya surtió efecto"):
        services.anular_notificacion(actor=especialista, notificacion=notificacion, motivo="x", ahora=ahora)


def test_27_2_recurrir_muestra_que_la_conocia(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    _fallar(notificacion)
    hecha = services.convalidar(actor=ciudadana, notificacion=notificacion, hecho="apeló", ahora=ahora)
    assert (hecha.estado, hecha.efecto_el) == ("EFECTIVA", date(2026, 6, 1))
    assert "art. 27.2" in hecha.explicacion[-1]
