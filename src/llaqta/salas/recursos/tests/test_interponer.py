"""Interponer un recurso: desde que la notificación surte efecto, de a uno, hasta el último segundo del último día."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Estado, Movimiento
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.plazos import services as plazos
from llaqta.salas.recursos.models import Recurso
from llaqta.salas.recursos.tests.conftest import Caso, el, papel

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, Any]]


def test_24_el_recurso_se_cuenta_desde_el_efecto_y_no_desde_el_deposito(caso: Caso) -> None:
    """Depósito el viernes 24 de julio que nadie abre: efecto el miércoles 5 de agosto; hasta el jueves 27 de agosto."""
    caso.negado(deposito="2026-07-24")

    caso.escribir("APELACION", "2026-08-27 23:59")

    recurso = Recurso.objects.get()
    assert recurso.acto_efecto_el == date(2026, 8, 5)
    assert recurso.presentable_hasta == date(2026, 8, 27)
    assert recurso.en_plazo


def test_10_el_ultimo_dia_termina_a_las_23_59_59(caso: Caso) -> None:
    """Notificada el miércoles 22 de julio: el martes 18 de agosto a las 23:59:59 está a tiempo."""
    caso.negado(deposito="2026-07-20", acuse="2026-07-22 09:00")

    caso.escribir("APELACION", "2026-08-18 23:59:59")

    recurso = Recurso.objects.get()
    assert (recurso.acto_efecto_el, recurso.presentable_hasta) == (date(2026, 7, 22), date(2026, 8, 18))
    assert recurso.en_plazo
    saltados = [p["fecha"] for p in recurso.explicacion["pasos"] if p["cuenta"] is None]
    assert {"2026-07-23", "2026-07-28", "2026-07-29", "2026-08-06"} <= set(saltados)


def test_10_un_segundo_despues_llega_tarde_y_se_recibe_igual(caso: Caso) -> None:
    """El 19 de agosto a las 00:00:00 ya es extemporáneo: la recepción no rechaza (124.1), y queda dicho (212)."""
    caso.negado(deposito="2026-07-20", acuse="2026-07-22 09:00")

    escrito = caso.escribir("APELACION", "2026-08-19 00:00")

    recurso = Recurso.objects.get()
    assert not recurso.en_plazo
    assert "Se presentó fuera de plazo: se podía hasta el martes 18 de agosto de 2026" in escrito.que_sigue
    assert "art. 212" in escrito.que_sigue
    assert caso.leer().estado == Estado.IMPUGNADO


@pytest.mark.parametrize(
    ("clase", "dias", "vence", "resuelve"),
    [
        ("RECONSIDERACION", 15, date(2027, 1, 6), "SGLC"),
        ("APELACION", 30, date(2027, 1, 27), "GM"),
    ],
)
def test_31_cada_recurso_tiene_su_plazo_para_decidirse(
    caso: Caso, clase: str, dias: int, vence: date, resuelve: str
) -> None:
    """Presentados el lunes 14 de diciembre de 2026: la reconsideración vence el 6 de enero; la apelación, el 27."""
    caso.negado(presentado="2026-11-02", deposito="2026-12-01", acuse="2026-12-02 09:00")
    antes = caso.leer()

    caso.escribir(clase, "2026-12-14", nueva_prueba="El plano corregido.")

    despues, recurso = caso.leer(), Recurso.objects.get()
    assert recurso.autoridad == caso.unidades[resuelve]
    assert (despues.dias_plazo, despues.vence_el, recurso.vence_el) == (dias, vence, vence)
    assert (despues.estado, despues.etapa) == (Estado.IMPUGNADO, 1)
    cambio = CambioDePlazo.objects.get(causa=CambioDePlazo.Causa.RECURSO)
    assert (cambio.antes, cambio.despues) == (antes.vence_el, vence)
    assert despues.explicacion["silencio"] == "NEGATIVO"
    salida = "acudir al Poder Judicial" if clase == "APELACION" else "apelar"
    assert any(f"se puede {salida}, o seguir esperando" in frase for frase in despues.explicacion["frases"])


def test_la_apelacion_se_eleva_sola_al_superior_que_dice_el_tupa(caso: Caso) -> None:
    """Se presenta ante quien decidió, que la eleva (209): el original pasa a la Gerencia Municipal."""
    caso.negado()

    caso.escribir("APELACION", "2026-08-10")

    movimiento = Movimiento.objects.get(clase="ORIGINAL", atendido_en=None)
    assert movimiento.para_unidad == caso.unidades["GM"] == caso.leer().unidad_responsable
    assert "se eleva lo actuado" in movimiento.proveido
    assert movimiento.vence_el == caso.leer().vence_el
    assert movimiento.de_persona is None


def test_la_reconsideracion_la_resuelve_el_mismo_organo(caso: Caso) -> None:
    """No se mueve de la unidad que decidió (208)."""
    caso.negado()
    movimientos = Movimiento.objects.count()

    caso.escribir("RECONSIDERACION", "2026-08-10", nueva_prueba="La licencia de edificación.")

    assert caso.leer().unidad_responsable == caso.unidades["SGLC"]
    assert Movimiento.objects.count() == movimientos


def test_la_reconsideracion_sin_prueba_nueva_no_procede(caso: Caso, huella: Huella) -> None:
    caso.negado()
    antes = huella()

    with pytest.raises(EntradaInvalida, match="pide una prueba nueva") as negativa:
        caso.escribir("RECONSIDERACION", "2026-08-10", texto="No estoy de acuerdo.")

    assert negativa.value.norma.startswith("Ley 27444, art. 208")
    assert huella() == antes


def test_la_prueba_nueva_puede_ser_un_archivo(caso: Caso) -> None:
    caso.negado()

    caso.escribir("RECONSIDERACION", "2026-08-10", archivos=[papel("contrato.pdf")])

    assert Recurso.objects.get().clase == "RECONSIDERACION"


@pytest.mark.parametrize(
    ("primero", "segundo"), [("RECONSIDERACION", "APELACION"), ("APELACION", "RECONSIDERACION")]
)
def test_30_nunca_dos_recursos_a_la_vez(caso: Caso, huella: Huella, primero: str, segundo: str) -> None:
    caso.negado()
    caso.escribir(primero, "2026-08-10", nueva_prueba="Un plano.")
    antes = huella()

    with pytest.raises(NoProcede, match="nunca dos a la vez") as negativa:
        caso.escribir(segundo, "2026-08-11", nueva_prueba="Otro plano.")

    assert "art. 214" in negativa.value.norma
    assert huella() == antes


def test_30_la_base_tampoco_admite_dos_vivos(caso: Caso) -> None:
    caso.negado()
    caso.escribir("APELACION", "2026-08-10")
    recurso = Recurso.objects.get()
    recurso.pk, recurso.etapa, recurso.clase = None, 2, "REVISION"

    with pytest.raises(IntegrityError, match="recurso_uno_vivo_por_expediente"), transaction.atomic():
        recurso.save(force_insert=True)


def test_la_revision_solo_si_una_ley_la_preve(caso: Caso, huella: Huella) -> None:
    caso.negado()
    antes = huella()

    with pytest.raises(NoProcede, match="solo procede cuando una ley la prevé"):
        caso.escribir("REVISION", "2026-08-10")

    assert huella() == antes


def test_6_contra_el_silencio_negativo_se_apela_sin_que_corra_ningun_plazo(caso: Caso) -> None:
    """Treinta días hábiles desde el lunes 1 de junio: venció el 14 de julio; en noviembre todavía puede apelar."""
    caso.presentar("2026-06-01")

    escrito = caso.escribir("APELACION", "2026-11-20")

    recurso = Recurso.objects.get()
    assert (recurso.contra, recurso.acto, recurso.presentable_hasta) == ("SILENCIO", None, None)
    assert recurso.en_plazo
    assert caso.leer().estado == Estado.IMPUGNADO
    assert caso.leer().unidad_responsable == caso.unidades["GM"]
    assert caso.leer().silencio_operado_el is None
    assert "deneg" not in escrito.que_sigue.lower()


def test_antes_de_que_venza_no_hay_silencio_que_apelar(caso: Caso, huella: Huella) -> None:
    caso.presentar("2026-06-01")
    antes = huella()

    with pytest.raises(NoProcede, match="hasta el martes 14 de julio de 2026 para resolver") as negativa:
        caso.escribir("APELACION", "2026-07-14")

    assert "188.3" in negativa.value.norma
    assert huella() == antes
    caso.escribir("APELACION", "2026-07-15")
    assert Recurso.objects.get().contra == "SILENCIO"


def test_con_silencio_positivo_no_se_apela_la_demora(caso: Caso, huella: Huella) -> None:
    caso.rige(calificacion="SILENCIO_POSITIVO")
    caso.presentar("2026-06-01")
    antes = huella()

    with pytest.raises(NoProcede, match="puede presentar una queja"):
        caso.escribir("APELACION", "2026-07-15")

    assert huella() == antes


def test_contra_el_silencio_no_cabe_reconsideracion(caso: Caso, huella: Huella) -> None:
    caso.presentar("2026-06-01")
    antes = huella()

    with pytest.raises(NoProcede, match="contra la falta de respuesta se apela"):
        caso.escribir("RECONSIDERACION", "2026-08-03", nueva_prueba="Una prueba.")

    assert huella() == antes


def test_la_reconsideracion_sin_respuesta_deja_paso_a_la_apelacion(caso: Caso) -> None:
    """Quince días hábiles desde el lunes 10 de agosto: vence el 31 (el 30 es domingo); el 1 de setiembre se apela."""
    caso.negado()
    caso.escribir("RECONSIDERACION", "2026-08-10", nueva_prueba="Un plano.")
    assert caso.leer().vence_el == date(2026, 8, 31)

    with pytest.raises(NoProcede, match="nunca dos a la vez"):
        caso.escribir("APELACION", "2026-08-31 23:59")
    caso.escribir("APELACION", "2026-09-01")

    primero, segundo = Recurso.objects.order_by("etapa")
    assert (primero.estado, segundo.estado) == ("SIN_RESPUESTA", "EN_REVISION")
    assert (segundo.contra, segundo.etapa, segundo.autoridad) == ("SILENCIO", 2, caso.unidades["GM"])


def test_lo_que_no_se_notifico_no_se_impugna(caso: Caso, huella: Huella) -> None:
    caso.presentar("2026-06-01")
    caso.resolver("2026-06-10")
    antes = huella()

    with pytest.raises(NoProcede, match="todavía no se notifica") as negativa:
        caso.escribir("APELACION", "2026-06-11")

    assert "207.2" in negativa.value.norma
    assert huella() == antes


def test_impugnar_lo_depositado_sana_su_notificacion(caso: Caso) -> None:
    """Quien recurre conoce la decisión: se la tiene por bien notificada ese día (27.2)."""
    caso.presentar("2026-06-01")
    documento = caso.resolver("2026-06-10")
    expedientes.notificar_decision(
        actor=caso.lucia, expediente=caso.leer(), documento=documento, ahora=el("2026-06-10")
    )

    caso.escribir("APELACION", "2026-06-11")

    assert Recurso.objects.get().acto_efecto_el == date(2026, 6, 11)


def test_nadie_impugna_lo_ajeno(caso: Caso, otro_ciudadano: Persona, huella: Huella) -> None:
    caso.negado()
    antes = huella()

    with pytest.raises(NoEncontrado):
        caso.escribir("APELACION", "2026-08-10", actor=otro_ciudadano)

    assert huella() == antes


def test_el_mismo_envio_dos_veces_es_un_recurso(caso: Caso) -> None:
    caso.negado()
    envio = uuid4()

    uno = caso.escribir("APELACION", "2026-08-10", envio=envio)
    dos = caso.escribir("APELACION", "2026-08-10", envio=envio)

    assert uno == dos
    assert (Recurso.objects.count(), EscritoPosterior.objects.count()) == (1, 1)


def test_una_falla_certificada_el_ultimo_dia_lo_corre(
    caso: Caso, administradora: Persona, asesora_legal: Persona
) -> None:
    """Si el jueves 27 de agosto no hubo plataforma, se puede el viernes 28 (134.2)."""
    caso.negado()
    fallo = plazos.registrar_interrupcion(
        actor=administradora, servicio="PLATAFORMA", inicio_en=el("2026-08-27 20:00"),
        fin_en=el("2026-08-27 23:59"), causa="Corte de fibra", norma="Informe 12", ahora=el("2026-08-28 08:00"),
    )  # fmt: skip
    plazos.certificar_interrupcion(
        actor=asesora_legal, interrupcion=fallo, fin_en=el("2026-08-27 23:59"), nota="Consta en el informe 12.",
        difundida_en=el("2026-08-28 08:00"), ahora=el("2026-08-28 08:10"),
    )  # fmt: skip

    caso.escribir("APELACION", "2026-08-28 23:59")

    recurso = Recurso.objects.get()
    assert (recurso.presentable_hasta, recurso.en_plazo) == (date(2026, 8, 28), True)


def test_queda_en_el_libro_de_sucesos(caso: Caso) -> None:
    caso.negado()

    caso.escribir("APELACION", "2026-08-10")

    suceso = Suceso.objects.get(tipo="recursos.RecursoInterpuesto")
    assert suceso.datos["clase"] == "APELACION"
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteImpugnado").exists()
    assert suceso.ocurrido_en - Suceso.objects.get(
        tipo="mesapartes.EscritoPresentado"
    ).ocurrido_en < timedelta(1)
