"""Notificar: la decisión firmada llega a la casilla con sus recursos, y surte efecto cuando la ley dice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.events import atender_suceso
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.policies import SinCasilla
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Acceso, Conservacion, Documento
from llaqta.salas.documentos.policies import SelloPendiente
from llaqta.salas.expedientes import queries, reactions
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente

Huella = Callable[[], dict[str, int]]


def test_se_deposita_con_los_recursos_que_proceden(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    con_casilla: None,
    ciudadana: Persona,
    ahora: datetime,
) -> None:
    notificacion = expedientes.notificar_decision(
        actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
    )
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "POR_NOTIFICAR"
    assert notificacion.destinatario == ciudadana
    assert notificacion.expediente == en_tramite.numero
    assert (
        "reconsideración, ante la Subgerencia de Licencias y Comercialización, con una prueba nueva, en 15 días "
        "hábiles; o apelación, para que la resuelva la Gerencia Municipal, en 15 días hábiles."
    ) in notificacion.recursos


def test_al_abrirla_el_expediente_queda_notificado_y_ella_la_ve(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    con_casilla: None,
    ciudadana: Persona,
    ahora: datetime,
) -> None:
    notificacion = expedientes.notificar_decision(
        actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
    )
    casilla.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    leida = Suceso.objects.get(tipo="casilla.NotificacionLeida")
    for _ in range(2):
        atender_suceso(leida.pk, "expedientes.anotar_notificado", reactions.anotar_notificado)
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "NOTIFICADO"
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteNotificado").count() == 1
    assert [i.documento for i in queries.get_documentos(en_tramite, para=ciudadana)][-1] == resolucion
    assert Acceso.objects.filter(documento=resolucion, persona=ciudadana).exists()


def test_sin_casilla_se_notifica_con_cedula(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(SinCasilla, match="notifique en su domicilio, con cédula"):
        expedientes.notificar_decision(
            actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
        )
    assert huella_de_la_base() == antes


def test_depositarla_dos_veces_es_una(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    con_casilla: None,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    primera = expedientes.notificar_decision(
        actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
    )
    antes = huella_de_la_base()
    assert (
        expedientes.notificar_decision(
            actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
        )
        == primera
    )
    assert huella_de_la_base() == antes


def test_lo_que_no_es_la_decision_no_se_notifica(
    en_tramite: Expediente,
    especialista: Persona,
    con_casilla: None,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    solicitud = Documento.objects.get(incorporado__expediente=en_tramite)
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ese documento no lo es"):
        expedientes.notificar_decision(
            actor=especialista, expediente=en_tramite, documento=solicitud, ahora=ahora
        )
    assert huella_de_la_base() == antes


def test_otra_unidad_no_notifica(
    resolucion: Documento,
    en_tramite: Expediente,
    asesor: Persona,
    con_casilla: None,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.notificar_decision(actor=asesor, expediente=en_tramite, documento=resolucion, ahora=ahora)
    assert huella_de_la_base() == antes


def test_se_archiva_lo_notificado_y_antes_no(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    con_casilla: None,
    ciudadana: Persona,
    ahora: datetime,
) -> None:
    with pytest.raises(NoProcede, match="notifique la decisión"):
        expedientes.archivar(actor=especialista, expediente=en_tramite, ahora=ahora)
    notificacion = expedientes.notificar_decision(
        actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
    )
    casilla.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=ahora)
    # Leída el lunes 1 de junio: se puede impugnar hasta el lunes 22.
    with pytest.raises(NoProcede, match="puede impugnar hasta el lunes 22 de junio de 2026"):
        expedientes.archivar(actor=especialista, expediente=en_tramite, ahora=ahora + timedelta(days=21))
    expedientes.archivar(actor=especialista, expediente=en_tramite, ahora=ahora + timedelta(days=22))
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "ARCHIVADO"
    assert not en_tramite.movimientos.filter(atendido_en__isnull=True).exists()
    historia = queries.get_historia(en_tramite, para=None)
    assert [hito.titulo for hito in historia] == [
        "Recibimos su solicitud",
        "Su solicitud pasó a la Subgerencia de Licencias y Comercialización",
        "La Subgerencia de Licencias y Comercialización está revisando su solicitud",
        "Ya hay respuesta",
        "Su respuesta está en su casilla",
        "La respuesta le fue comunicada",
        "El trámite terminó",
    ]
    assert [hito.situacion for hito in historia][-2:] == ["hecho", "actual"]
    nombres = " ".join(hito.texto + hito.titulo for hito in historia)
    assert "Lucía" not in nombres
    interna = queries.get_historia(en_tramite, para=especialista)
    assert any("Lo hizo Lucía Sulca Ramos." in hito.texto for hito in interna)


def test_mientras_se_pone_el_sello_de_tiempo_no_se_notifica_y_la_pantalla_lo_dice(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    con_casilla: None,
    cliente: Callable[[Persona], Client],
    ahora: datetime,
    settings: Any,
    huella_de_la_base: Huella,
) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/"
    Conservacion.objects.create(documento=resolucion, pedido_en=ahora, proximo_intento=ahora)
    antes = huella_de_la_base()
    with pytest.raises(SelloPendiente, match="Se está poniendo el sello de tiempo"):
        expedientes.notificar_decision(
            actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
        )
    assert huella_de_la_base() == antes

    pagina = cliente(especialista).get(f"/expedientes/{en_tramite.numero}/notificar/").content.decode()
    assert "Poniendo el sello de tiempo…" in pagina
    assert "Depositar en su casilla" not in pagina
    Conservacion.objects.update(
        estado="AL_DIA", nivel="T", vence_sello_el=ahora + timedelta(days=900), proximo_intento=None
    )
    pagina = cliente(especialista).get(f"/expedientes/{en_tramite.numero}/notificar/").content.decode()
    assert "Depositar en su casilla" in pagina
