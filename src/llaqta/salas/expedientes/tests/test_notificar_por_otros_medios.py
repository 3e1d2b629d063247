"""El orden de la ley para notificar una decisión, por los servicios y por los botones (arts. 20 a 27)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.events import atender_suceso
from llaqta.cimientos.models import Suceso
from llaqta.conftest import DESDE, _natural
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Alerta, Notificacion
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona, TextoDeConsentimiento
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import queries, reactions
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, NotificacionDelExpediente
from llaqta.salas.notificaciones import services as notificaciones
from llaqta.salas.notificaciones.models import Diligencia
from llaqta.salas.notificaciones.services.visitar import LoQuePaso
from llaqta.salas.tramites.models import VersionProcedimiento

Huella = Callable[[], dict[str, int]]
LUGAR = "Casa de adobe celeste, puerta de metal"


def el(texto: str) -> datetime:
    return datetime.fromisoformat(texto if " " in texto else f"{texto} 10:00").replace(tzinfo=LIMA)


@pytest.fixture
def resuelto(resolucion: Documento, en_tramite: Expediente) -> Expediente:
    """El expediente con su resolución firmada el lunes 1 de junio de 2026; Rosa señaló su domicilio."""
    for codigo in ("CEDULA_DE_NOTIFICACION", "ACTA", "EDICTO", "CONSTANCIA"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})
    Expediente.objects.filter(pk=en_tramite.pk).update(domicilio="Jr. Los Cafetales 123")
    return Expediente.objects.get(pk=en_tramite.pk)


@pytest.fixture
def notificador(roles: dict[str, Rol]) -> Persona:
    persona = _natural("41000009", "Fermín", "Huayta", "Poma")
    RolDePersona.objects.create(persona=persona, rol=roles["NOTIFICADOR"], desde=DESDE)
    return Persona.objects.get(pk=persona.pk)


@pytest.fixture
def con_correo(ciudadana: Persona) -> None:
    TextoDeConsentimiento.objects.create(clave="correo", version=1, texto="Autorizo.", vigente_desde=DESDE)
    notificaciones.autorizar_correo(actor=ciudadana, correo="rosa@ejemplo.pe", ahora=el("2026-05-01"))


@pytest.fixture
def por_cedula(
    resuelto: Expediente, resolucion: Documento, especialista: Persona
) -> Callable[..., Diligencia]:
    def hacer(cuando: str = "2026-06-01 11:00", **datos: Any) -> Diligencia:
        return expedientes.notificar_por_cedula(
            **{
                "actor": especialista, "expediente": resuelto, "documento": resolucion, "origen": "EXPEDIENTE",
                "ahora": el(cuando), **datos,
            }
        )  # fmt: skip

    return hacer


def _propuesta(expediente: Expediente, documento: Documento, cuando: str) -> dict[str, Any]:
    hecha = queries.get_propuesta(expediente, documento, para=None, ahora=el(cuando))
    negadas = {opcion.modalidad: opcion.norma for opcion in hecha.opciones if opcion.negado}
    return {"propone": hecha.propuesta and hecha.propuesta.modalidad, "negadas": negadas}


def _visitar(notificador: Persona, diligencia: Diligencia, cuando: str, resultado: str, **datos: Any) -> None:
    paso = LoQuePaso(resultado=resultado, realizada_en=el(cuando), **datos)
    notificaciones.anotar_visita(actor=notificador, diligencia=diligencia, paso=paso, ahora=el(cuando))


def _correr(tipo: str) -> None:
    """El trabajador atiende, dos veces, lo que las notificaciones anunciaron."""
    for suceso in Suceso.objects.filter(tipo=tipo):
        for _ in range(2):
            atender_suceso(suceso.pk, "expedientes.anotar_diligenciado", reactions.anotar_diligenciado)


def test_sin_casilla_ni_correo_la_ley_manda_la_cedula(resuelto: Expediente, resolucion: Documento) -> None:
    assert _propuesta(resuelto, resolucion, "2026-06-01") == {
        "propone": "CEDULA",
        "negadas": {
            "CASILLA": "Ley 27444, arts. 20.1.1 y 20.4; Ley 31736",
            "CORREO": "Ley 27444, art. 20.4",
            "PUBLICACION": "Ley 27444, arts. 20.2, 21.5 y 23.1.2",
        },
    }


def test_con_casilla_va_a_la_casilla_y_a_ningun_otro_lado(
    resuelto: Expediente, resolucion: Documento, especialista: Persona, por_cedula: Callable[..., Diligencia],
    con_casilla: None, con_correo: None, huella_de_la_base: Huella,
) -> None:  # fmt: skip
    """Ley 31736: aceptada, es su domicilio digital; cambiar el orden es nulo (20.2)."""
    propuesta = _propuesta(resuelto, resolucion, "2026-06-01")
    assert propuesta["propone"] == "CASILLA"
    assert set(propuesta["negadas"]) == {"CORREO", "CEDULA", "PUBLICACION"}
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="es su domicilio digital") as negativa:
        por_cedula()
    assert "20.2" in negativa.value.norma
    with pytest.raises(NoProcede, match="es su domicilio digital"):
        expedientes.notificar_por_correo(
            actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-01 11:00")
        )
    assert huella_de_la_base() == antes
    assert not Diligencia.objects.exists()


def test_con_correo_autorizado_va_al_correo(
    resuelto: Expediente, resolucion: Documento, con_correo: None
) -> None:
    propuesta = _propuesta(resuelto, resolucion, "2026-06-01")
    assert propuesta["propone"] == "CORREO"
    assert set(propuesta["negadas"]) == {"CASILLA", "PUBLICACION"}


def test_por_cedula_entregada_queda_notificado_y_ella_lo_ve(
    por_cedula: Callable[..., Diligencia], resuelto: Expediente, resolucion: Documento, notificador: Persona,
    ciudadana: Persona,
) -> None:  # fmt: skip
    diligencia = por_cedula()
    resuelto.refresh_from_db()
    assert resuelto.estado == "POR_NOTIFICAR"
    assert (diligencia.direccion, diligencia.origen_de_direccion) == ("Jr. Los Cafetales 123", "EXPEDIENTE")
    assert diligencia.autoridad == "Subgerencia de Licencias y Comercialización"
    assert "apelación, para que la resuelva la Gerencia Municipal" in diligencia.recursos
    vinculo = NotificacionDelExpediente.objects.get()
    assert (vinculo.diligencia, vinculo.notificacion, vinculo.efecto_el) == (diligencia, None, None)
    _visitar(notificador, diligencia, "2026-06-03 09:00", "ENTREGADA_AL_INTERESADO")
    _correr("notificaciones.DiligenciaSurtioEfecto")
    resuelto.refresh_from_db()
    vinculo = NotificacionDelExpediente.objects.get()
    assert (resuelto.estado, vinculo.efecto_el) == ("NOTIFICADO", date(2026, 6, 3))
    assert vinculo.surtio_efecto(date(2026, 6, 3))
    assert not vinculo.surtio_efecto(date(2026, 6, 2))
    assert [i.documento for i in queries.get_documentos(resuelto, para=ciudadana)][-1] == resolucion
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteNotificado").count() == 1
    acto = queries.get_acto_notificado(resuelto, al=date(2026, 6, 3))
    assert acto is not None
    assert acto.efecto_el == date(2026, 6, 3)


def test_encargarla_dos_veces_es_una_y_otro_medio_espera(
    por_cedula: Callable[..., Diligencia], resuelto: Expediente, resolucion: Documento, especialista: Persona,
    con_correo: None, huella_de_la_base: Huella,
) -> None:  # fmt: skip
    primera = por_cedula()
    antes = huella_de_la_base()
    assert por_cedula() == primera
    with pytest.raises(NoProcede, match="ya se notifica por cédula"):
        expedientes.notificar_por_correo(
            actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-02")
        )
    assert huella_de_la_base() == antes


def test_solo_a_un_domicilio_que_la_ley_admite(
    por_cedula: Callable[..., Diligencia], resuelto: Expediente, ciudadana: Persona, asesor: Persona,
    huella_de_la_base: Huella,
) -> None:  # fmt: skip
    """Art. 21: el señalado; si no, el de otro trámite del último año; si no, el de su documento."""
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="uno de los domicilios"):
        por_cedula(origen="REGISTRO")
    with pytest.raises(Denegado):
        por_cedula(actor=asesor)
    assert huella_de_la_base() == antes
    Expediente.objects.filter(pk=resuelto.pk).update(domicilio="")
    Persona.objects.filter(pk=ciudadana.pk).update(domicilio="Av. La Cultura 45, Kimbiri")
    assert por_cedula(origen="REGISTRO").direccion == "Av. La Cultura 45, Kimbiri"


def test_26_la_alerta_rebotada_manda_la_cedula(
    resuelto: Expediente, resolucion: Documento, especialista: Persona, con_casilla: None,
    por_cedula: Callable[..., Diligencia], huella_de_la_base: Huella,
) -> None:  # fmt: skip
    """DS 098-2025-PCM, art. 55: no surte efecto solo, aparece la tarea, y la cédula ya se puede."""
    notificacion = expedientes.notificar_decision(
        actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-01 11:00")
    )
    assert queries.get_por_cedula(para=especialista, ahora=el("2026-06-01 12:00")) == []
    Alerta.objects.create(
        notificacion=notificacion, canal="CORREO", direccion="x@ejemplo.pe", intento=1, resultado="FALLIDA",
        intentada_en=el("2026-06-01 11:01"),
    )  # fmt: skip
    casilla.rebotar(notificacion_id=notificacion.pk, ahora=el("2026-06-01 14:00"))
    assert casilla.declarar_eficacia(ahora=el("2026-07-15")) == 0
    pendientes = queries.get_por_cedula(para=especialista, ahora=el("2026-06-01 15:00"))
    assert [fila.expediente for fila in pendientes] == [resuelto]
    assert _propuesta(resuelto, resolucion, "2026-06-01 15:00")["propone"] == "CEDULA"
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ninguna alerta llegó"):
        expedientes.notificar_decision(
            actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-01 15:00")
        )
    assert huella_de_la_base() == antes
    por_cedula("2026-06-01 16:00")
    notificacion.refresh_from_db()
    assert notificacion.estado == Notificacion.Estado.DERIVADA_A_CEDULA
    assert queries.get_por_cedula(para=especialista, ahora=el("2026-06-01 17:00")) == []


def test_27_el_correo_sin_confirmar_manda_la_cedula_y_el_plazo_empieza_otra_vez(
    resuelto: Expediente, resolucion: Documento, especialista: Persona, con_correo: None,
    por_cedula: Callable[..., Diligencia], huella_de_la_base: Huella,
) -> None:  # fmt: skip
    """Art. 20.4: enviado el lunes 1 de junio, vence el miércoles 3; cédula desde el 4, hasta el miércoles 10."""
    expedientes.notificar_por_correo(
        actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-01 11:00")
    )
    notificaciones.declarar_sin_acuse(ahora=el("2026-06-04 00:00"))
    assert len(queries.get_por_cedula(para=especialista, ahora=el("2026-06-04 08:00"))) == 1
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="no confirmó en su plazo: corresponde la cédula"):
        expedientes.notificar_por_correo(
            actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-04 08:00")
        )
    assert huella_de_la_base() == antes
    diligencia = por_cedula("2026-06-04 09:00")
    assert diligencia.notificar_hasta == date(2026, 6, 10)
    assert diligencia.rehace is not None


def test_29_publicar_solo_despues_de_buscarla(
    resuelto: Expediente, resolucion: Documento, especialista: Persona, notificador: Persona,
    por_cedula: Callable[..., Diligencia], huella_de_la_base: Huella,
) -> None:  # fmt: skip
    """Art. 20.2: con una visita fallida no; con el acta de que el domicilio no existe, sí."""

    def publicar(cuando: str, causa: str) -> Diligencia:
        return expedientes.notificar_por_publicacion(
            actor=especialista, expediente=resuelto, documento=resolucion, causa=causa,
            sustento="Acta de la visita", diario="Diario del Cusco", publicado_el=date(2026, 6, 5), ahora=el(cuando),
        )  # fmt: skip

    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="Su domicilio se conoce"):
        publicar("2026-06-05", "DOMICILIO_IGNORADO")
    assert huella_de_la_base() == antes
    diligencia = por_cedula()
    _visitar(
        notificador,
        diligencia,
        "2026-06-02 09:00",
        "AUSENTE",
        caracteristicas=LUGAR,
        vuelve_el=el("2026-06-04"),
    )
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ya se notifica por cédula"):
        publicar("2026-06-05", "DOMICILIO_EQUIVOCADO")
    assert huella_de_la_base() == antes
    _visitar(notificador, diligencia, "2026-06-04 10:00", "DOMICILIO_INEXISTENTE", caracteristicas=LUGAR)
    assert publicar("2026-06-05", "DOMICILIO_EQUIVOCADO").efecto_el == date(2026, 6, 5)
    _correr("notificaciones.DiligenciaSurtioEfecto")
    resuelto.refresh_from_db()
    assert resuelto.estado == "NOTIFICADO"


def test_la_defectuosa_se_anula_y_se_rehace_por_la_casilla_o_por_cedula(
    resuelto: Expediente, resolucion: Documento, especialista: Persona, con_casilla: None,
    huella_de_la_base: Huella,
) -> None:  # fmt: skip
    """Art. 26.1."""

    def anular(motivo: str) -> NotificacionDelExpediente:
        return expedientes.anular_notificacion(
            actor=especialista,
            expediente=resuelto,
            documento=resolucion,
            motivo=motivo,
            ahora=el("2026-06-02"),
        )

    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="no tiene una notificación en curso"):
        anular("Falta un folio")
    assert huella_de_la_base() == antes
    primera = expedientes.notificar_decision(
        actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-01 11:00")
    )
    assert not anular("Falta un folio").esta_viva
    segunda = expedientes.notificar_decision(
        actor=especialista, expediente=resuelto, documento=resolucion, ahora=el("2026-06-02 11:00")
    )
    assert segunda != primera
    resuelto.refresh_from_db()
    assert resuelto.estado == "POR_NOTIFICAR"


def test_27_2_si_apela_antes_de_que_llegue_queda_notificada_ese_dia(
    por_cedula: Callable[..., Diligencia], resuelto: Expediente, ciudadana: Persona, otro_ciudadano: Persona,
    huella_de_la_base: Huella,
) -> None:  # fmt: skip
    por_cedula()
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="Solo lo que hace la persona notificada"):
        expedientes.dar_por_notificado(
            actor=otro_ciudadano, expediente=resuelto, hecho="apeló", ahora=el("2026-06-02")
        )
    assert huella_de_la_base() == antes
    expedientes.dar_por_notificado(
        actor=ciudadana, expediente=resuelto, hecho="presentó apelación", ahora=el("2026-06-02")
    )
    resuelto.refresh_from_db()
    assert resuelto.estado == "NOTIFICADO"
    assert NotificacionDelExpediente.objects.get().efecto_el == date(2026, 6, 2)


def test_5_avisa_el_ultimo_deposito_seguro_y_no_niega_nada(
    resuelto: Expediente, resolucion: Documento, con_casilla: None
) -> None:
    """Afirmación 5: después del 13 de julio, lo depositado y no abierto llegaría tarde."""
    Expediente.objects.filter(pk=resuelto.pk).update(
        calificacion=VersionProcedimiento.Calificacion.SILENCIO_POSITIVO, vence_el=date(2026, 7, 14),
        limite_notificacion=date(2026, 7, 21), silencio_desde=date(2026, 7, 22),
        ultimo_deposito_seguro=date(2026, 7, 13),
    )  # fmt: skip
    resuelto.refresh_from_db()
    a_tiempo = queries.get_propuesta(resuelto, resolucion, para=None, ahora=el("2026-07-13"))
    assert a_tiempo.aviso_de_riesgo.startswith("Último depósito seguro: lunes 13 de julio de 2026.")
    tarde = queries.get_propuesta(resuelto, resolucion, para=None, ahora=el("2026-07-14"))
    assert tarde.aviso_de_riesgo.startswith("Riesgo de silencio positivo")
    assert "a más tardar el martes 21 de julio de 2026" in tarde.aviso_de_riesgo
    assert tarde.propuesta is not None
    assert (
        "aprobado por silencio"
        in queries.get_propuesta(resuelto, resolucion, para=None, ahora=el("2026-07-22")).aviso_de_riesgo
    )


def test_22_el_limite_se_ve_y_notificar_tarde_vale(resuelto: Expediente, resolucion: Documento) -> None:
    """Art. 24.1: firmada el martes 4 de agosto, hasta el miércoles 12; el 13 avisa y no niega."""
    Documento.objects.filter(pk=resolucion.pk).update(fechado_el=date(2026, 8, 4))
    resolucion.refresh_from_db()
    el_12 = queries.get_propuesta(resuelto, resolucion, para=None, ahora=el("2026-08-12 23:59"))
    assert (el_12.limite, el_12.tarde) == (date(2026, 8, 12), False)
    el_13 = queries.get_propuesta(resuelto, resolucion, para=None, ahora=el("2026-08-13 00:00"))
    assert el_13.tarde
    assert el_13.propuesta is not None


def test_en_la_pantalla_el_medio_de_la_ley_tiene_boton_y_los_otros_su_articulo(
    resuelto: Expediente, resolucion: Documento, especialista: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(especialista)
    direccion = f"/expedientes/{resuelto.numero}/notificar/"
    with mock.patch("django.utils.timezone.now", return_value=el("2026-06-01 11:00")):
        pagina = navegador.get(direccion).content.decode()
        assert "Encargar la cédula" in pagina
        assert "Lo señaló en el expediente (art. 21.1)" in pagina
        assert "Depositar en su casilla</button>" not in pagina
        assert "Ley 27444, arts. 20.2, 21.5 y 23.1.2" in pagina
        datos = {"documento": resolucion.pk, "version": resuelto.version}
        # Aunque alguien arme el envío a mano, la ley lo niega con su artículo y nada cambia.
        forzado = navegador.post(
            direccion,
            {**datos, "medio": "PUBLICACION", "causa": "DESAPARECIDA", "sustento": "x", "diario": "y",
             "publicado_el": "2026-06-01"},
        )  # fmt: skip
        assert forzado.status_code == 422
        assert "La publicación es lo último" in forzado.content.decode()
        assert not Diligencia.objects.exists()
        respuesta = navegador.post(direccion, {**datos, "medio": "CEDULA", "origen": "EXPEDIENTE"})
        assert respuesta.status_code == 302
        assert Diligencia.objects.get().estado == "POR_DILIGENCIAR"
        pagina = navegador.get(direccion).content.decode()
        assert "Anularla por defectuosa" in pagina
        assert "Encargar la cédula" not in pagina
        resuelto.refresh_from_db()
        respuesta = navegador.post(
            f"{direccion}anular/", {"motivo": "Dirección equivocada", "documento": resolucion.pk,
                                    "version": resuelto.version},
        )  # fmt: skip
        assert respuesta.status_code == 302
        assert Diligencia.objects.get().estado == "ANULADA"
