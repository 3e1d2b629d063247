"""Afirmaciones 26 a 29: la alerta es parte del acto, el correo sin acuse cae en cédula, y el orden no se salta."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.conftest import DESDE, _natural
from llaqta.salas.casilla import reactions as casilla_reactions
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Alerta, Notificacion
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona, TextoDeConsentimiento
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.notificaciones import services as notificaciones
from llaqta.salas.notificaciones.models import Diligencia
from llaqta.salas.notificaciones.services.autorizar import CLAVE_DEL_TEXTO
from llaqta.salas.notificaciones.services.visitar import LoQuePaso

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, int]]


@pytest.fixture
def resuelto(muni: Municipalidad, julio_firma: None) -> Callable[[str], tuple[Expediente, Documento]]:
    """``resuelto("2026-11-05")``: un expediente con silencio negativo y su decisión firmada ese día."""
    for codigo in ("CEDULA_DE_NOTIFICACION", "ACTA", "EDICTO"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    Persona.objects.filter(pk=muni.rosa.pk).update(domicilio="Jr. Cusco 120, Pichari")

    def hacer(cuando: str) -> tuple[Expediente, Documento]:
        expediente = muni.en_tramite(cuando)
        return expediente, muni.resolver(expediente, cuando)

    return hacer


@pytest.fixture
def notificador(roles: dict[str, Rol], entidad: object) -> Persona:
    """Fermín Huayta Poma, que lleva las cédulas."""
    persona = _natural("41000009", "Fermín", "Huayta", "Poma")
    RolDePersona.objects.create(persona=persona, rol=roles["NOTIFICADOR"], desde=DESDE)
    return Persona.objects.get(pk=persona.pk)


def test_26_si_ningun_aviso_llega_la_notificacion_no_surte_efecto_sola(
    muni: Municipalidad,
    rosa_con_casilla: None,
    resuelto: Callable[[str], tuple[Expediente, Documento]],
    settings: Any,
) -> None:
    """DS 098-2025-PCM, art. 55: fallan todos los intentos; queda dicho, y el paso de los días no le da efecto."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        puerto = libre.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", puerto  # ahí no escucha nadie
    expediente, decision = resuelto("2026-11-03")
    notificacion = muni.depositar(expediente, decision, "2026-11-03 11:00")
    casilla.abrir_alerta(notificacion=notificacion, ahora=el("2026-11-03 11:00"))
    while pendiente := Alerta.objects.filter(resultado="PENDIENTE").first():
        casilla_reactions.enviar_alerta(alerta_id=pendiente.pk)
    rebotada = Notificacion.objects.get(pk=notificacion.pk)
    assert (rebotada.estado, rebotada.efecto_el) == ("REBOTADA_ALERTA", None)
    assert set(rebotada.alertas.values_list("resultado", flat=True)) == {"FALLIDA"}
    assert "No se pudo avisar a su titular por ningún medio" in " ".join(rebotada.explicacion)
    assert Suceso.objects.filter(tipo="casilla.AlertaRebotada").count() == 1

    assert casilla.declarar_eficacia(ahora=el("2026-12-31")) == 0
    assert Notificacion.objects.get(pk=notificacion.pk).estado == "REBOTADA_ALERTA"
    assert muni.leer(expediente).estado == "POR_NOTIFICAR"
    cedula = expedientes.notificar_por_cedula(
        actor=muni.lucia,
        expediente=muni.leer(expediente),
        documento=decision,
        origen="REGISTRO",
        ahora=el("2026-11-12"),
    )
    assert cedula.modalidad == "CEDULA"


def test_27_el_correo_sin_acuse_cae_en_cedula_y_el_plazo_empieza_otra_vez(
    muni: Municipalidad, resuelto: Callable[[str], tuple[Expediente, Documento]]
) -> None:
    """Art. 20.4: enviado el jueves 5, sin acuse hasta el lunes 9; el martes 10, cédula; cinco días más, hasta el 16."""
    _autoriza_el_correo(muni)
    expediente, decision = resuelto("2026-11-05")
    enviada = expedientes.notificar_por_correo(
        actor=muni.lucia, expediente=expediente, documento=decision, ahora=el("2026-11-05 11:00")
    )
    assert notificaciones.declarar_sin_acuse(ahora=el("2026-11-09 23:59:59")) == 0
    assert notificaciones.declarar_sin_acuse(ahora=el("2026-11-10 00:00")) == 1
    enviada.refresh_from_db()
    assert (enviada.estado, enviada.efecto_el) == ("SIN_ACUSE", None)
    assert (enviada.renotificar_desde, enviada.renotificar_hasta) == (date(2026, 11, 10), date(2026, 11, 16))
    assert muni.leer(expediente).estado == "POR_NOTIFICAR"
    cedula = expedientes.notificar_por_cedula(
        actor=muni.lucia,
        expediente=muni.leer(expediente),
        documento=decision,
        origen="REGISTRO",
        ahora=el("2026-11-10"),
    )
    assert (cedula.modalidad, cedula.notificar_hasta) == ("CEDULA", date(2026, 11, 16))


def _autoriza_el_correo(muni: Municipalidad) -> None:
    TextoDeConsentimiento.objects.get_or_create(
        clave=CLAVE_DEL_TEXTO, version=1, defaults={"texto": "Autorizo.", "vigente_desde": date(2023, 1, 1)}
    )
    notificaciones.autorizar_correo(actor=muni.rosa, correo="rosa@ejemplo.pe", ahora=el("2026-01-05"))


def test_28_dejar_un_correo_no_es_autorizar(
    muni: Municipalidad,
    resuelto: Callable[[str], tuple[Expediente, Documento]],
    huella_de_la_base: Huella,
    cliente: Callable[..., Client],
    reloj: Callable[[str], Any],
) -> None:
    """Arts. 20.4 y 27: Rosa tiene correo, pero no autorizó; el botón lo dice y el servicio se niega."""
    expediente, decision = resuelto("2026-11-05")
    assert Persona.objects.get(pk=muni.rosa.pk).correo == "rosa@ejemplo.pe"
    antes = (Diligencia.objects.count(), huella_de_la_base())
    with pytest.raises(NoProcede) as negativa:
        expedientes.notificar_por_correo(
            actor=muni.lucia, expediente=expediente, documento=decision, ahora=el("2026-11-05 11:00")
        )
    assert "20.4" in negativa.value.norma
    assert (Diligencia.objects.count(), huella_de_la_base()) == antes
    with reloj("2026-11-05 11:00"):
        pagina = cliente(muni.lucia).get(f"/expedientes/{expediente.numero}/notificar/").content.decode()
    assert "no ha autorizado" in pagina or "no autorizó" in pagina


def test_29_no_se_publica_con_una_sola_visita(
    muni: Municipalidad,
    resuelto: Callable[[str], tuple[Expediente, Documento]],
    notificador: Persona,
    huella_de_la_base: Huella,
) -> None:
    """Arts. 20.2 y 21.5: después de una visita sin nadie falta la segunda; la publicación es lo último."""
    expediente, decision = resuelto("2026-11-05")
    cedula = expedientes.notificar_por_cedula(
        actor=muni.lucia,
        expediente=expediente,
        documento=decision,
        origen="REGISTRO",
        ahora=el("2026-11-05 11:00"),
    )
    primera = LoQuePaso(
        resultado="AUSENTE", realizada_en=el("2026-11-06 09:00"), vuelve_el=el("2026-11-09 15:00"),
        caracteristicas="Casa de dos pisos, puerta verde",
    )  # fmt: skip
    notificaciones.anotar_visita(
        actor=notificador, diligencia=cedula, paso=primera, ahora=el("2026-11-06 09:30")
    )
    antes = (Diligencia.objects.count(), huella_de_la_base())
    for causa in ("DOMICILIO_EQUIVOCADO", "DESAPARECIDA", "DOMICILIO_IGNORADO"):
        with pytest.raises(NoProcede):
            expedientes.notificar_por_publicacion(
                actor=muni.lucia, expediente=muni.leer(expediente), documento=decision, causa=causa,
                sustento="No estaba", diario="Diario del Cusco", publicado_el=date(2026, 11, 6),
                ahora=el("2026-11-06 10:00"),
            )  # fmt: skip
    assert (Diligencia.objects.count(), huella_de_la_base()) == antes

    segunda = LoQuePaso(
        resultado="BAJO_PUERTA",
        realizada_en=el("2026-11-09 15:00"),
        caracteristicas="Casa de dos pisos, puerta verde",
    )
    notificaciones.anotar_visita(
        actor=notificador, diligencia=cedula, paso=segunda, ahora=el("2026-11-09 15:30")
    )
    cedula.refresh_from_db()
    assert (cedula.estado, cedula.efecto_el) == ("EFECTIVA", date(2026, 11, 9))
    expedientes.tomar_conocimiento(diligencia_id=cedula.pk, ahora=el("2026-11-09 15:30"))
    assert muni.leer(expediente).estado == "NOTIFICADO"
