"""Afirmaciones 4 a 7, 14 y 21: cuándo opera el silencio, qué lo detiene, y qué pasa si nadie corrige."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Suspension
from llaqta.salas.expedientes.services.vencimientos import declarar_vencimientos
from llaqta.salas.mesapartes.models import OrdenDeDevolucion, Presentacion
from llaqta.salas.mesapartes.services import DatosDelEscrito
from llaqta.salas.mesapartes.services.no_presentada import declarar_no_presentadas, marcar_devuelta

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, int]]


def _declarar(cuando: str) -> None:
    """Lo que hace el programador cuando despierta."""
    declarar_no_presentadas(ahora=el(cuando))
    declarar_vencimientos(ahora=el(cuando))


# --- 4 y 5 ------------------------------------------------------------------------------------------------------------
def test_04_el_silencio_positivo_espera_ademas_los_cinco_dias_para_notificar(muni: Municipalidad) -> None:
    """Arts. 33-A y 188.1: vence el 14 de julio; el 14 y el 21 no todavía; aprobado desde el miércoles 22."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    assert (expediente.vence_el, expediente.limite_notificacion) == (date(2026, 7, 14), date(2026, 7, 21))
    assert expediente.silencio_desde == date(2026, 7, 22)
    for cuando in ("2026-07-14 23:59:59", "2026-07-15 00:00", "2026-07-21 23:59:59"):
        _declarar(cuando)
        assert muni.leer(expediente).estado == "EN_TRAMITE", cuando
    _declarar("2026-07-22 00:00")
    aprobado = muni.leer(expediente)
    assert (aprobado.estado, aprobado.silencio_operado_el) == ("APROBADO_FICTO", date(2026, 7, 22))


def test_04_si_el_programa_estuvo_apagado_una_semana_la_fecha_es_la_de_la_ley(muni: Municipalidad) -> None:
    """Se declara el 30, pero quedó aprobado el 22; y declararlo otra vez no hace nada."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    _declarar("2026-07-30 08:00")
    aprobado = muni.leer(expediente)
    assert (aprobado.estado, aprobado.silencio_operado_el) == ("APROBADO_FICTO", date(2026, 7, 22))
    _declarar("2026-07-31 08:00")
    declarado = Suceso.objects.get(tipo="expedientes.SilencioPositivoOperado")
    assert (declarado.ocurrido_en, declarado.datos["desde"]) == (el("2026-07-30 08:00"), "2026-07-22")


def test_05_firmar_no_detiene_el_silencio_sino_notificar_con_efecto(
    muni: Municipalidad, julio_firma: None, rosa_con_casilla: None
) -> None:
    """Art. 188.1: firmada el 13; depositada el 14 surte efecto el 22: tarde. Depositada el 13, el 21: a tiempo."""
    a_tiempo, tarde = muni.en_tramite("2026-06-01 10:00"), muni.en_tramite("2026-06-01 10:00")
    assert tarde.ultimo_deposito_seguro == date(2026, 7, 13)
    decisiones = [muni.resolver(expediente, "2026-07-13 09:00") for expediente in (a_tiempo, tarde)]
    salvada = muni.depositar(a_tiempo, decisiones[0], "2026-07-13 16:00")
    perdida = muni.depositar(tarde, decisiones[1], "2026-07-14 08:00")
    assert (salvada.efecto_el, perdida.efecto_el) == (date(2026, 7, 21), date(2026, 7, 22))
    avisar_todo(ahora=el("2026-07-14 08:01"))
    _declarar("2026-07-22 00:00")
    assert muni.leer(tarde).estado == "APROBADO_FICTO"
    assert muni.leer(a_tiempo).estado == "POR_NOTIFICAR"
    assert muni.leer(a_tiempo).silencio_operado_el is None


def test_05_antes_del_ultimo_deposito_seguro_se_avisa_en_pantalla(
    muni: Municipalidad,
    julio_firma: None,
    rosa_con_casilla: None,
    cliente: Callable[..., Client],
    reloj: Callable[[str], Any],
) -> None:
    """La pantalla de quien tramita dice hasta qué día puede depositar sin riesgo."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    muni.resolver(expediente, "2026-07-10 09:00")
    with reloj("2026-07-10 10:00"):
        pagina = cliente(muni.lucia).get(f"/expedientes/{expediente.numero}/").content.decode()
    assert "lunes 13 de julio" in pagina


# --- 6 y 7 ------------------------------------------------------------------------------------------------------------
def test_06_el_silencio_negativo_no_deniega_nada(
    muni: Municipalidad,
    julio_firma: None,
    rosa_con_casilla: None,
    cliente: Callable[..., Client],
    reloj: Callable[[str], Any],
) -> None:
    """Arts. 188.3 a 188.5: el estado no cambia, se puede impugnar sin plazo, y la entidad debe decidir igual."""
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    uno, otro = muni.en_tramite("2026-06-01 10:00"), muni.en_tramite("2026-06-01 10:00")
    _declarar("2026-07-14 23:59")
    assert muni.leer(uno).silencio_operado_el is None
    _declarar("2026-07-15 00:00")
    for expediente in (uno, otro):
        leido = muni.leer(expediente)
        assert (leido.estado, leido.silencio_operado_el) == ("EN_TRAMITE", date(2026, 7, 15))

    presentacion = Presentacion.objects.get(expediente=uno)
    with reloj("2026-08-20 10:00"):
        rosa = cliente(muni.rosa)
        for direccion in (f"/mi-carpeta/{presentacion.numero}/", f"/s/{uno.numero}/{uno.clave}"):
            pagina = rosa.get(direccion, follow=True).content.decode().lower()
            assert uno.numero.lower() in pagina
            assert "denegad" not in pagina
            assert "rechazad" not in pagina

    recurso = muni.impugnar(muni.leer(uno), "APELACION", "2027-03-01 10:00")
    assert (recurso.contra, recurso.en_plazo, recurso.presentable_hasta) == ("SILENCIO", True, None)

    decision = muni.resolver(muni.leer(otro), "2026-09-01 10:00")
    assert decision.numero.endswith("2026-MDP/SGLC")
    assert muni.leer(otro).estado == "RESUELTO"


def test_07_la_resolucion_tardia_vale(muni: Municipalidad, julio_firma: None, rosa_con_casilla: None) -> None:
    """Arts. 140.3 y 143: decidida el día 45 con silencio negativo, es válida y se notifica; consta que venció."""
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    expediente = muni.en_tramite("2026-06-01 10:00")
    _declarar("2026-07-15 00:05")
    muni.notificada(expediente, "2026-08-06 10:00", leida="2026-08-07 10:00")
    leido = muni.leer(expediente)
    assert (leido.estado, leido.vence_el, leido.silencio_operado_el) == (
        "NOTIFICADO",
        date(2026, 7, 14),
        date(2026, 7, 15),
    )
    assert Suceso.objects.filter(tipo="expedientes.SilencioNegativoOperado").count() == 1
    # La responsabilidad por la demora: quién, cuántos días hábiles, en el libro.
    tarde = Suceso.objects.get(tipo="expedientes.ResueltoFueraDePlazo")
    assert (tarde.datos["dias"], tarde.actor_id) == (13, muni.julio.pk)


# --- 14 ---------------------------------------------------------------------------------------------------------------
def test_14_lo_que_nadie_corrige_se_tiene_por_no_presentado_y_se_devuelve_lo_pagado(
    muni: Municipalidad,
) -> None:
    """Art. 125.4: vence el viernes 31 a las 23:59:59; desde el 1, no presentada: sin silencio ni denegatoria."""
    presentacion = muni.presentar(
        "2026-07-24 09:00", datos=DatosDelEscrito(pago_numero="R-0077", pago_fecha=date(2026, 7, 23))
    )
    muni.observar(presentacion, "2026-07-27 15:00")
    _declarar("2026-07-31 23:59:59")
    assert muni.leer(presentacion.expediente).estado == "OBSERVADO"
    assert not OrdenDeDevolucion.objects.exists()

    _declarar("2026-08-01 00:00")
    _declarar("2026-08-02 00:00")
    expediente = muni.leer(presentacion.expediente)
    assert expediente.estado == "NO_PRESENTADO"
    assert (expediente.vence_el, expediente.silencio_desde, expediente.silencio_operado_el) == (
        None,
        None,
        None,
    )
    orden = OrdenDeDevolucion.objects.get()
    assert (orden.monto, orden.comprobante) == (Decimal("187.00"), "R-0077")
    assert not Suceso.objects.filter(tipo__contains="Silencio").exists()
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteNoPresentado").count() == 1

    devuelta = marcar_devuelta(
        actor=muni.mario, orden=orden, nota="Efectivo; y sus tres documentos", ahora=el("2026-08-03")
    )
    assert (devuelta.estado, devuelta.devuelta_por) == ("DEVUELTA", muni.mario)
    with pytest.raises(NoProcede):
        muni.derivar(presentacion, "2026-08-03 10:00")
    assert muni.leer(expediente).estado == "NO_PRESENTADO"


# --- 21 ---------------------------------------------------------------------------------------------------------------
def _suspender(muni: Municipalidad, expediente: Expediente, desde: date, hasta: date) -> Suspension:
    return expedientes.suspender(
        actor=muni.rosa,
        expediente=expediente,
        desde=desde,
        hasta=hasta,
        motivo="Viaje",
        ahora=el("2026-06-12 10:00"),
    )


def test_21_suspender_a_pedido_corre_el_plazo_los_mismos_dias_habiles(muni: Municipalidad) -> None:
    """Art. 136.4: del lunes 15 al viernes 26 de junio, diez días hábiles: vence el viernes 31 de julio."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    _suspender(muni, expediente, date(2026, 6, 15), date(2026, 6, 26))
    assert muni.leer(expediente).vence_el == date(2026, 7, 31)
    _declarar("2026-06-15 00:05")
    assert muni.leer(expediente).estado == "SUSPENDIDO"
    _declarar("2026-06-27 00:05")
    leido = muni.leer(expediente)
    assert (leido.estado, leido.vence_el) == ("EN_TRAMITE", date(2026, 7, 31))


def test_21_treinta_y_un_dias_no(muni: Municipalidad, huella_de_la_base: Huella) -> None:
    """Art. 136.4: hasta treinta días hábiles; con uno más no pasa nada."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    antes = (Suspension.objects.count(), huella_de_la_base())
    with pytest.raises(NoProcede, match="30 días hábiles") as negativa:
        _suspender(muni, expediente, date(2026, 6, 15), date(2026, 7, 31))  # 31 días hábiles
    assert "136.4" in negativa.value.norma
    assert (Suspension.objects.count(), huella_de_la_base()) == antes
    assert muni.leer(expediente).vence_el == date(2026, 7, 14)
    _suspender(muni, expediente, date(2026, 6, 15), date(2026, 7, 30))  # 30 días hábiles
    assert Suspension.objects.count() == 1


def test_21_con_silencio_negativo_no_se_suspende(muni: Municipalidad, huella_de_la_base: Huella) -> None:
    """Art. 136.4: solo en los procedimientos sujetos a silencio positivo."""
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    expediente = muni.en_tramite("2026-06-01 10:00")
    antes = (Suspension.objects.count(), huella_de_la_base())
    with pytest.raises((NoProcede, EntradaInvalida), match="silencio positivo") as negativa:
        _suspender(muni, expediente, date(2026, 6, 15), date(2026, 6, 26))
    assert "136.4" in negativa.value.norma
    assert (Suspension.objects.count(), huella_de_la_base()) == antes
