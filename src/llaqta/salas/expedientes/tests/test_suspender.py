"""La suspensión a pedido del administrado: solo con silencio positivo y hasta treinta días hábiles (art. 136.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Expediente, Suspension
from llaqta.salas.tramites.models import VersionProcedimiento

Huella = Callable[[], dict[str, int]]


def en(mes: int, dia: int, hora: int = 10) -> datetime:
    return datetime(2026, mes, dia, hora, tzinfo=LIMA)


@pytest.fixture
def de_treinta(abrir: Callable[..., Expediente], licencia: VersionProcedimiento) -> Expediente:
    """Presentado el lunes 1 de junio de 2026, con 30 días hábiles y silencio positivo: vence el martes 14 de julio."""
    licencia.plazo = 30
    licencia.save()
    expediente = abrir()
    assert expediente.vence_el == date(2026, 7, 14)
    return expediente


def suspender(
    actor: Persona, expediente: Expediente, desde: date, hasta: date, ahora: datetime
) -> Suspension:
    return expedientes.suspender(actor=actor, expediente=expediente, desde=desde, hasta=hasta, ahora=ahora)


def test_21_diez_dias_de_suspension_llevan_el_vencimiento_al_31_de_julio(
    de_treinta: Expediente, ciudadana: Persona
) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.estado_previo) == ("SUSPENDIDO", "PRESENTADO")
    assert de_treinta.vence_el == date(2026, 7, 31)
    assert (de_treinta.limite_notificacion, de_treinta.silencio_desde) == (
        date(2026, 8, 10), date(2026, 8, 11),
    )  # fmt: skip
    cambio = CambioDePlazo.objects.get(expediente=de_treinta)
    assert (cambio.causa, cambio.antes, cambio.despues) == (
        "SUSPENSION",
        date(2026, 7, 14),
        date(2026, 7, 31),
    )


def test_21_treinta_y_un_dias_no_se_conceden(
    de_treinta: Expediente, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="hasta 30 días hábiles; se pidieron 31") as negativa:
        suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 7, 31), en(6, 15))
    assert negativa.value.norma == "Ley 27444, art. 136.4"
    assert (huella_de_la_base(), Suspension.objects.count()) == (antes, 0)
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.vence_el) == ("PRESENTADO", date(2026, 7, 14))


def test_21_con_silencio_negativo_no_procede(
    abrir: Callable[..., Expediente],
    licencia: VersionProcedimiento,
    ciudadana: Persona,
    huella_de_la_base: Huella,
) -> None:
    licencia.calificacion = "SILENCIO_NEGATIVO"
    licencia.save()
    expediente = abrir()
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="sujetos a silencio positivo") as negativa:
        suspender(ciudadana, expediente, date(2026, 6, 2), date(2026, 6, 5), en(6, 2))
    assert negativa.value.norma == "Ley 27444, art. 136.4"
    assert huella_de_la_base() == antes


def test_los_treinta_dias_son_la_suma_de_todas(
    de_treinta: Expediente, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 2), date(2026, 6, 26), en(6, 2))  # 19 días hábiles
    expedientes.declarar_vencimientos(ahora=en(6, 27, 0))
    assert expedientes.get_dias_por_suspender(de_treinta, al=date(2026, 6, 30)) == 11
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="se pidieron 31"):
        suspender(ciudadana, de_treinta, date(2026, 7, 1), date(2026, 7, 16), en(7, 1))
    assert huella_de_la_base() == antes
    suspender(ciudadana, de_treinta, date(2026, 7, 1), date(2026, 7, 15), en(7, 1))
    assert expedientes.get_dias_por_suspender(de_treinta, al=date(2026, 7, 2)) == 0


def test_la_pide_solo_quien_inicio_el_procedimiento(
    de_treinta: Expediente, especialista: Persona, otro_ciudadano: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    for persona in (especialista, otro_ciudadano):
        with pytest.raises(Denegado):
            suspender(persona, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    assert huella_de_la_base() == antes


@pytest.mark.parametrize(
    ("desde", "hasta", "campo"),
    [
        (date(2026, 6, 12), date(2026, 6, 26), "desde"),  # ayer
        (date(2026, 6, 26), date(2026, 6, 15), "hasta"),  # al revés
        (date(2026, 7, 15), date(2026, 7, 20), "desde"),  # después de vencer
        (date(2026, 6, 20), date(2026, 6, 21), "desde"),  # sábado y domingo: no suspende nada
    ],
)
def test_las_fechas_deben_servir(
    de_treinta: Expediente,
    ciudadana: Persona,
    huella_de_la_base: Huella,
    desde: date,
    hasta: date,
    campo: str,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida) as negativa:
        suspender(ciudadana, de_treinta, desde, hasta, en(6, 15))
    assert negativa.value.campo == campo
    assert huella_de_la_base() == antes


def test_no_se_enciman(de_treinta: Expediente, ciudadana: Persona, huella_de_la_base: Huella) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 8))
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="se enciman"):
        suspender(ciudadana, de_treinta, date(2026, 6, 26), date(2026, 6, 30), en(6, 9))
    assert huella_de_la_base() == antes


def test_mientras_dura_no_se_pide_otra(
    de_treinta: Expediente, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="continúa cuando termine la suspensión") as negativa:
        suspender(ciudadana, de_treinta, date(2026, 7, 1), date(2026, 7, 3), en(6, 16))
    assert negativa.value.norma == "Ley 27444, art. 136.4"
    assert huella_de_la_base() == antes


def test_pedirla_dos_veces_igual_es_una(
    de_treinta: Expediente, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    primera = suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    antes = huella_de_la_base()
    assert suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15)) == primera
    assert huella_de_la_base() == antes


def test_termina_sola_y_la_fecha_ya_estaba_contada(de_treinta: Expediente, ciudadana: Persona) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    assert expedientes.declarar_vencimientos(ahora=en(6, 26, 23)).reanudados == 0
    assert expedientes.declarar_vencimientos(ahora=en(6, 27, 0)).reanudados == 1
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.estado_previo) == ("PRESENTADO", "")
    assert de_treinta.vence_el == date(2026, 7, 31)
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteReanudado").count() == 1
    assert expedientes.declarar_vencimientos(ahora=en(6, 27, 1)).reanudados == 0


def test_la_que_empieza_despues_mueve_la_fecha_ya_y_el_estado_ese_dia(
    de_treinta: Expediente, ciudadana: Persona
) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 8))
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.vence_el) == ("PRESENTADO", date(2026, 7, 31))
    assert expedientes.declarar_vencimientos(ahora=en(6, 14, 23)).suspendidos == 0
    assert expedientes.declarar_vencimientos(ahora=en(6, 15, 0)).suspendidos == 1
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.estado_previo) == ("SUSPENDIDO", "PRESENTADO")


def test_continuar_antes_devuelve_los_dias_que_faltaban(de_treinta: Expediente, ciudadana: Persona) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    expedientes.reanudar(actor=ciudadana, expediente=de_treinta, ahora=en(6, 22))
    de_treinta.refresh_from_db()
    assert de_treinta.estado == "PRESENTADO"
    assert Suspension.objects.get().hasta == date(2026, 6, 21)  # ayer: hoy ya se cuenta
    assert de_treinta.vence_el == date(2026, 7, 21)  # 14 de julio más cinco días hábiles
    causas = list(CambioDePlazo.objects.order_by("pk").values_list("causa", "despues"))
    assert causas == [("SUSPENSION", date(2026, 7, 31)), ("REANUDACION", date(2026, 7, 21))]


def test_sin_suspension_no_hay_que_reanudar(
    de_treinta: Expediente, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="no está suspendido"):
        expedientes.reanudar(actor=ciudadana, expediente=de_treinta, ahora=en(6, 22))
    assert huella_de_la_base() == antes


def test_suspendido_no_avanza(
    de_treinta: Expediente, ciudadana: Persona, ventanilla: Persona, huella_de_la_base: Huella
) -> None:
    suspender(ciudadana, de_treinta, date(2026, 6, 15), date(2026, 6, 26), en(6, 15))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede) as negativa:
        expedientes.observar(
            actor=ventanilla, expediente=de_treinta, corregir_hasta=date(2026, 6, 18), ahora=en(6, 16)
        )
    assert negativa.value.norma == "Ley 27444, art. 136.4"
    assert huella_de_la_base() == antes
