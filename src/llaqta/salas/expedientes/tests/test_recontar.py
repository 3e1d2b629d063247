"""Un decreto que llega a mitad del plazo: se vuelven a contar solo los relojes abiertos (peru-law (a) 51)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos import dias
from llaqta.cimientos.dias import DiaAnotado, DiaSinEfecto
from llaqta.cimientos.models import DiaNoLaborable, Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries, reactions
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Estado, Expediente, Suspension

DIA = date(2026, 6, 10)
MOTIVO = (
    "Cambió el calendario: el miércoles 10 de junio de 2026 no se cuenta (Duelo nacional; DS 050-2026-PCM)."
)


@pytest.fixture
def anotar(administradora: Persona) -> Callable[..., DiaNoLaborable]:
    """Anota un día no laborable del servicio y corre lo que viene después, como lo haría el trabajador."""

    def hacer(fecha: date = DIA, *, ahora: datetime) -> DiaNoLaborable:
        dia = dias.anotar_dia(
            actor=administradora, fecha=fecha, ambito="SERVICIO", descripcion="Duelo nacional", norma="DS 050-2026-PCM",
            efecto_administrativo=True, efecto_tributario=False, vigente_desde=fecha, ahora=ahora,
        )  # fmt: skip
        recontar(DiaAnotado(dia_id=dia.pk), ahora)
        return dia

    return hacer


def recontar(evento: DiaAnotado | DiaSinEfecto, ahora: datetime) -> int:
    fechas, motivo = queries.decir_cambio_de_calendario(evento)
    return expedientes.recontar_abiertos(dias=fechas, motivo=motivo, ahora=ahora)


def fechas(expediente: Expediente) -> tuple[date | None, date | None, date | None]:
    expediente.refresh_from_db()
    return expediente.vence_el, expediente.limite_notificacion, expediente.silencio_desde


def test_51_el_reloj_abierto_se_mueve_y_la_fecha_de_antes_queda(
    en_tramite: Expediente, anotar: Callable[..., Any], ahora: datetime
) -> None:
    """Licencia de 8 días del lunes 1 de junio: vencía el jueves 11; con el miércoles 10 fuera, el viernes 12."""
    assert fechas(en_tramite) == (date(2026, 6, 11), date(2026, 6, 18), date(2026, 6, 19))
    anotar(ahora=ahora + timedelta(days=4))
    assert fechas(en_tramite) == (date(2026, 6, 12), date(2026, 6, 19), date(2026, 6, 20))
    cambio = CambioDePlazo.objects.get()
    assert (cambio.causa, cambio.antes, cambio.despues, cambio.motivo) == (
        "CALENDARIO",
        date(2026, 6, 11),
        date(2026, 6, 12),
        MOTIVO,
    )
    assert cambio.explicacion_anterior["vence_el"] == "2026-06-11"
    assert en_tramite.explicacion["vence_el"] == "2026-06-12"
    saltado = next(p for p in en_tramite.explicacion["pasos"] if p["fecha"] == "2026-06-10")
    assert (saltado["cuenta"], saltado["motivo"]) == (None, "Duelo nacional (DS 050-2026-PCM)")
    # La bandeja se ordena por la fecha del envío: también se movió.
    assert en_tramite.movimientos.get(clase="ORIGINAL").vence_el == date(2026, 6, 12)
    suceso = Suceso.objects.filter(objeto_id=str(en_tramite.pk)).latest("pk")
    assert (suceso.tipo, suceso.datos["cambio_id"]) == ("expedientes.PlazoCambiado", cambio.pk)
    hito = queries.get_historia(en_tramite, para=None)[-1]
    assert hito.titulo == "Cambió la fecha del plazo"
    assert (
        hito.texto
        == f"{MOTIVO} Antes vencía el jueves 11 de junio de 2026; ahora vence el viernes 12 de junio de 2026."
    )


def test_contar_dos_veces_lo_mismo_no_hace_nada(
    en_tramite: Expediente, anotar: Callable[..., DiaNoLaborable], ahora: datetime
) -> None:
    dia = anotar(ahora=ahora)
    antes = (Suceso.objects.count(), CambioDePlazo.objects.count(), fechas(en_tramite))
    assert recontar(DiaAnotado(dia_id=dia.pk), ahora) == 0
    assert (Suceso.objects.count(), CambioDePlazo.objects.count(), fechas(en_tramite)) == antes


def test_un_decreto_que_hace_de_ayer_un_feriado_mueve_lo_que_vencio_ayer_sin_efecto(
    en_tramite: Expediente, anotar: Callable[..., Any]
) -> None:
    hoy = datetime.fromisoformat("2026-06-12T10:00-05:00")
    anotar(date(2026, 6, 11), ahora=hoy)
    assert fechas(en_tramite)[0] == date(2026, 6, 12)


@pytest.mark.parametrize(
    ("estado", "calificacion"), [("APROBADO_FICTO", "SILENCIO_POSITIVO"), ("EN_TRAMITE", "SILENCIO_NEGATIVO")]
)
def test_lo_que_ya_produjo_efecto_no_se_reabre_y_queda_dicho(
    en_tramite: Expediente, anotar: Callable[..., DiaNoLaborable], estado: str, calificacion: str
) -> None:
    Expediente.objects.filter(pk=en_tramite.pk).update(
        estado=estado, calificacion=calificacion, silencio_operado_el=date(2026, 6, 19)
    )
    antes = fechas(en_tramite)
    hoy = datetime.fromisoformat("2026-06-22T10:00-05:00")
    dia = anotar(ahora=hoy)
    assert fechas(en_tramite) == antes
    assert en_tramite.estado == estado
    cambio = CambioDePlazo.objects.get()
    assert (cambio.antes, cambio.despues) == (antes[0], antes[0])
    assert cambio.motivo == f"{MOTIVO} El plazo ya había vencido y produjo su efecto: la fecha no cambia."
    assert queries.get_historia(en_tramite, para=None)[-1].texto == cambio.motivo
    recontar(DiaAnotado(dia_id=dia.pk), hoy)
    assert CambioDePlazo.objects.count() == 1


@pytest.mark.parametrize("estado", ["NOTIFICADO", "ARCHIVADO", "NO_PRESENTADO", "DESISTIDO"])
def test_lo_terminado_no_se_toca(
    en_tramite: Expediente, anotar: Callable[..., Any], ahora: datetime, estado: str
) -> None:
    Expediente.objects.filter(pk=en_tramite.pk).update(estado=estado)
    antes = fechas(en_tramite)
    anotar(ahora=ahora)
    assert fechas(en_tramite) == antes
    assert not CambioDePlazo.objects.exists()


def test_el_dia_que_no_pasa_por_el_plazo_no_lo_mueve(
    en_tramite: Expediente, anotar: Callable[..., Any], ahora: datetime
) -> None:
    antes = fechas(en_tramite)
    anotar(date(2026, 6, 22), ahora=ahora)
    assert fechas(en_tramite) == antes
    assert not CambioDePlazo.objects.exists()


def test_si_solo_cambia_el_ultimo_dia_para_notificar_se_dice(
    en_tramite: Expediente, anotar: Callable[..., Any], ahora: datetime
) -> None:
    anotar(date(2026, 6, 16), ahora=ahora)
    assert fechas(en_tramite) == (date(2026, 6, 11), date(2026, 6, 19), date(2026, 6, 20))
    assert CambioDePlazo.objects.get().motivo.endswith(
        "El último día para notificar era el jueves 18 de junio de 2026 y ahora es el viernes 19 de junio de 2026."
    )


def test_el_dia_que_queda_sin_efecto_devuelve_la_fecha(
    en_tramite: Expediente, anotar: Callable[..., DiaNoLaborable], administradora: Persona, ahora: datetime
) -> None:
    dia = anotar(ahora=ahora)
    dias.dejar_sin_efecto(actor=administradora, dia=dia, por="Derogado por el DS 051-2026-PCM", ahora=ahora)
    assert recontar(DiaSinEfecto(dia_id=dia.pk), ahora) == 1
    assert fechas(en_tramite)[0] == date(2026, 6, 11)
    ultimo = CambioDePlazo.objects.latest("pk")
    assert ultimo.motivo.endswith("vuelve a contarse. Derogado por el DS 051-2026-PCM.")
    assert CambioDePlazo.objects.count() == 2


def test_las_suspensiones_se_respetan(
    en_tramite: Expediente, anotar: Callable[..., Any], ahora: datetime
) -> None:
    Suspension.objects.create(
        expediente=en_tramite, clase=Suspension.Clase.A_PEDIDO, desde=date(2026, 6, 4), hasta=date(2026, 6, 5),
        anotada_en=ahora,
    )  # fmt: skip
    anotar(ahora=ahora)
    # 8 días: 2, 3, 8, 9, 11, 12, 15 y 16 de junio.
    assert fechas(en_tramite)[0] == date(2026, 6, 16)


def test_prever_dice_lo_que_despues_pasa(
    en_tramite: Expediente, anotar: Callable[..., Any], administradora: Persona, ahora: datetime
) -> None:
    propuesto = DiaNoLaborable(
        fecha=DIA, ambito="SERVICIO", descripcion="Duelo nacional", norma="DS 050-2026-PCM"
    )
    antes = Suceso.objects.count()
    (prevision,) = dias.prever_cambio(para=administradora, mas=[propuesto], ahora=ahora).previsiones
    assert (prevision.clase, prevision.total) == ("Plazos para decidir y notificar", 1)
    assert prevision.por_unidad == {en_tramite.unidad_responsable.nombre: 1}
    fila = prevision.primeras[0]
    assert (fila.numero, fila.antes, fila.despues) == (
        en_tramite.numero,
        date(2026, 6, 11),
        date(2026, 6, 12),
    )
    assert Suceso.objects.count() == antes
    assert fechas(en_tramite)[0] == date(2026, 6, 11)
    anotar(ahora=ahora)
    assert fechas(en_tramite)[0] == fila.despues


def test_se_cuenta_una_vez_por_plazo_y_no_por_expediente(
    abrir: Callable[..., Expediente], documento: Any, anotar: Callable[..., Any], ahora: datetime
) -> None:
    def consultas(cuantos: int, fecha: date) -> int:
        for _ in range(cuantos):
            abrir([documento()])
        with CaptureQueriesContext(connection) as hechas:
            anotar(fecha, ahora=ahora)
        return len(hechas)

    pocas = consultas(1, date(2026, 6, 8))
    muchas = consultas(12, date(2026, 6, 9))
    assert muchas <= pocas
    assert CambioDePlazo.objects.count() == 1 + 13


def test_quien_debe_corregir_gana_el_dia_y_nunca_lo_pierde(
    en_tramite: Expediente, especialista: Persona, administradora: Persona, ahora: datetime
) -> None:
    """El plazo para corregir se corre si el calendario lo alarga; si lo acortaría, no se mueve."""
    Expediente.objects.filter(pk=en_tramite.pk).update(
        estado=Estado.EMPLAZADO, corregir_hasta=date(2026, 6, 10), vence_el=None, limite_notificacion=None,
        silencio_desde=None,
    )  # fmt: skip
    hecho = {"causa": "CALENDARIO", "motivo": MOTIVO, "explicacion": {}, "ahora": ahora}
    assert expedientes.correr_correccion(expediente=en_tramite, hasta=date(2026, 6, 9), **hecho) is None
    cambio = expedientes.correr_correccion(expediente=en_tramite, hasta=date(2026, 6, 11), **hecho)
    assert cambio is not None
    assert (cambio.antes, cambio.despues) == (date(2026, 6, 10), date(2026, 6, 11))
    en_tramite.refresh_from_db()
    assert (en_tramite.corregir_hasta, en_tramite.vence_el) == (date(2026, 6, 11), None)
    assert expedientes.correr_correccion(expediente=en_tramite, hasta=date(2026, 6, 11), **hecho) is None
    assert CambioDePlazo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_el_oyente_deja_el_trabajo_que_cuenta_por_lotes(
    en_tramite: Expediente, administradora: Persona, ahora: datetime
) -> None:
    dia = DiaNoLaborable.objects.create(
        fecha=DIA, ambito="SERVICIO", descripcion="Duelo nacional", norma="DS 050-2026-PCM"
    )
    reactions.recontar_por_calendario(DiaAnotado(dia_id=dia.pk), ahora=ahora)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'expedientes.recontar'")
        argumentos = json.loads(cursor.fetchone()[0])
    assert argumentos == {"dias": ["2026-06-10"], "motivo": MOTIVO}
    reactions.recontar(**argumentos)
    assert fechas(en_tramite)[0] == date(2026, 6, 12)
