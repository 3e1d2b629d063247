"""El conciliador repara lo que se quedó a medias, y lo que no puede lo muestra; la cuenta siempre cuadra o se dice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos import reloj_ntp
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla import cuenta, services
from llaqta.salas.casilla.cuenta import Cuenta
from llaqta.salas.casilla.models import Adhesion, Alerta, Balance, Desajuste, Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento

from .test_depositar import huellas

pytestmark = pytest.mark.django_db


def vaciar_la_cola() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")


def trabajos(nombre: str) -> list[dict[str, Any]]:
    return list(ProcrastinateJob.objects.filter(task_name=nombre).values_list("args", flat=True))


def abiertos() -> set[tuple[str, str]]:
    return set(Desajuste.objects.filter(resuelto_en=None).values_list("clase", "que"))


def test_recien_depositada_no_falta_nada(adhesion: Adhesion, depositar: Any, ahora: datetime) -> None:
    depositar()
    assert services.conciliar(ahora=ahora + timedelta(minutes=1)) == 0
    assert not Desajuste.objects.exists()


def test_lo_que_tiene_su_trabajo_en_la_cola_no_se_pide_dos_veces(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    depositar()
    antes = ProcrastinateJob.objects.count()
    services.conciliar(ahora=ahora + timedelta(hours=1))
    assert ProcrastinateJob.objects.count() == antes


def test_si_la_cola_perdio_el_trabajo_se_vuelve_a_dejar(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    vaciar_la_cola()
    assert services.conciliar(ahora=ahora + timedelta(minutes=6)) == 2
    assert abiertos() == {("SIN_CONSTANCIA", "DEPOSITO"), ("SIN_ALERTA", "")}
    assert trabajos("casilla.sellar") == [{"notificacion_id": notificacion.pk, "clase": "DEPOSITO"}]
    assert [alerta.canal for alerta in notificacion.alertas.all()] == ["CORREO"]
    assert len(trabajos("casilla.enviar_alerta")) == 1
    # A la vuelta siguiente sus trabajos están en la cola: ya no falta nada.
    assert services.conciliar(ahora=ahora + timedelta(minutes=7)) == 0
    assert Desajuste.objects.filter(resuelto_en=ahora + timedelta(minutes=7)).count() == 2


def test_un_aviso_detenido_se_vuelve_a_dejar(adhesion: Adhesion, depositar: Any, ahora: datetime) -> None:
    notificacion = depositar()
    [alerta] = services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    services.tomar_alerta(alerta_id=alerta.pk, ahora=ahora)
    vaciar_la_cola()
    services.conciliar(ahora=ahora + timedelta(minutes=6))
    assert trabajos("casilla.enviar_alerta") == [{"alerta_id": alerta.pk}]


def test_el_que_espera_su_hora_no_esta_detenido(adhesion: Adhesion, depositar: Any, ahora: datetime) -> None:
    notificacion = depositar()
    services.abrir_alerta(notificacion=notificacion, dentro_de=timedelta(hours=2), ahora=ahora)
    vaciar_la_cola()
    services.conciliar(ahora=ahora + timedelta(hours=1))
    assert trabajos("casilla.enviar_alerta") == []


def test_lo_leido_sin_acuse_y_lo_eficaz_sin_constancia(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    services.declarar_eficacia(ahora=ahora + timedelta(hours=1))
    vaciar_la_cola()
    services.conciliar(ahora=ahora + timedelta(hours=2))
    assert abiertos() == {("SIN_CONSTANCIA", clase) for clase in ("DEPOSITO", "LECTURA", "EFICACIA")}
    assert {trabajo["clase"] for trabajo in trabajos("casilla.sellar")} == {"DEPOSITO", "LECTURA", "EFICACIA"}


def test_lo_de_ayer_sin_declarar_se_declara(adhesion: Adhesion, depositar: Any, ahora: datetime) -> None:
    notificacion = depositar()
    avisar_todo(ahora=ahora)
    services.conciliar(ahora=datetime(2026, 6, 10, 8, 0, tzinfo=LIMA))
    notificacion.refresh_from_db()
    assert (notificacion.estado, notificacion.efecto_por) == ("EFECTIVA", "VENCIMIENTO")


def test_lo_que_nadie_intento_avisar_no_vence_aunque_la_cola_se_atrase_un_mes(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    """DS 098-2025-PCM, art. 55: primero se avisa. Ni el conciliador ni la vuelta de cada hora se adelantan."""
    notificacion = depositar()
    despues = datetime(2026, 7, 10, 8, 0, tzinfo=LIMA)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = %s", [ahora])
    services.conciliar(ahora=despues)
    assert services.declarar_eficacia(ahora=despues) == 0
    notificacion.refresh_from_db()
    assert notificacion.estado == "DEPOSITADA"
    assert ("COLA_ATRASADA", "") in abiertos()


def test_lo_que_sigue_mal_a_la_tercera_se_anuncia_y_la_administracion_lo_reintenta(
    adhesion: Adhesion, administradora: Persona, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    [alerta] = services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    Alerta.objects.update(resultado="INCIERTA")
    for minuto in range(6, 10):
        services.conciliar(ahora=ahora + timedelta(minutes=minuto))
    desajuste = Desajuste.objects.get(clase="ALERTA_INCIERTA")
    assert (desajuste.veces, desajuste.alerta) == (4, alerta)
    assert Suceso.objects.filter(tipo="casilla.DesajusteDetectado").count() == 1
    antes = huellas()
    with pytest.raises(Denegado, match="Solo la administración del sistema"):
        services.reintentar_desajuste(actor=ciudadana, desajuste_id=desajuste.pk, ahora=ahora)
    assert huellas() == antes
    services.reintentar_desajuste(actor=administradora, desajuste_id=desajuste.pk, ahora=ahora)
    assert notificacion.alertas.get(intento=2).resultado == "PENDIENTE"
    with pytest.raises(NoEncontrado, match="ya se resolvió"):
        services.reintentar_desajuste(actor=administradora, desajuste_id=desajuste.pk, ahora=ahora)


def test_con_el_reloj_fuera_de_hora_no_se_deposita_y_se_ve(
    adhesion: Adhesion, depositar: Any, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuera = reloj_ntp.Comprobacion("hora.ejemplo.pe", -2_600, ahora.isoformat())
    monkeypatch.setattr(reloj_ntp, "ultima", lambda: fuera)
    antes = huellas()
    with pytest.raises(NoProcede, match=r"se aparta -2\.6 segundos de la hora de hora\.ejemplo\.pe"):
        depositar()
    assert huellas() == antes
    services.conciliar(ahora=ahora)
    assert Desajuste.objects.get().clase == "RELOJ"


def test_sin_poder_comprobar_el_reloj_se_deposita_y_se_anota(adhesion: Adhesion, depositar: Any) -> None:
    assert depositar().reloj == {}


# --- La cuenta ------------------------------------------------------------------------------------------------------
def test_la_cuenta_de_cada_destino(
    adhesion: Adhesion, ciudadana: Persona, especialista: Persona, resolucion: Documento, depositar: Any,
    ahora: datetime,
) -> None:  # fmt: skip
    def otra() -> Notificacion:
        resolucion.pk, resolucion.numero = (
            None,
            f"RESOLUCIÓN N° {Documento.objects.count() + 7:06d}-2026-MDP/SGLC",
        )
        resolucion.save()
        hecha: Notificacion = depositar(documento=resolucion)
        return hecha

    leida, anulada, rebotada, vencida = otra(), otra(), otra(), otra()
    services.abrir_notificacion(actor=ciudadana, codigo=leida.codigo, ahora=ahora)
    services.anular_notificacion(actor=especialista, notificacion=anulada, motivo="Error", ahora=ahora)
    services.rebotar(notificacion_id=rebotada.pk, ahora=ahora)
    services.derivar_a_cedula(actor=especialista, notificacion=rebotada, ahora=ahora)
    avisar_todo(ahora=ahora)
    services.declarar_eficacia(ahora=datetime(2026, 6, 9, 0, 1, tzinfo=LIMA))
    en_plazo = otra()
    services.abrir_notificacion(actor=ciudadana, codigo=vencida.codigo, ahora=ahora + timedelta(days=20))
    hecha = cuenta.contar()
    assert hecha == Cuenta(5, 1, 1, 1, 1, 1, 5, 5)
    assert hecha.cuadra
    assert str(hecha).startswith(
        "5 depositadas = 1 leídas + 1 vencidas + 1 en plazo + 1 anuladas + 1 por otro medio"
    )
    assert en_plazo.estado == "DEPOSITADA"


def test_se_publica_cada_dia_y_el_mismo_dia_se_reemplaza(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    services.publicar_balance(ahora=ahora)
    depositar()
    balance = services.publicar_balance(ahora=ahora + timedelta(hours=3))
    assert Balance.objects.count() == 1
    assert (balance.dia, balance.depositadas, balance.en_plazo, balance.cuadra) == (
        date(2026, 6, 1),
        1,
        1,
        True,
    )


def test_si_alguien_borra_una_fila_la_cuenta_no_cuadra_y_es_una_alarma(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    depositar().delete()
    hecha = cuenta.contar()
    assert (hecha.depositadas, hecha.sucesos, hecha.numeros, hecha.cuadra) == (0, 1, 1, False)
    services.conciliar(ahora=ahora)
    assert Desajuste.objects.get(clase="NO_CUADRA").detalle.startswith("0 depositadas = 0 leídas")
    assert not services.publicar_balance(ahora=ahora).cuadra


ACTOS = st.sampled_from(["abrir", "anular", "rebotar", "cedula", "convalidar", "declarar", "depositar"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pasos=st.lists(st.tuples(ACTOS, st.integers(0, 3), st.integers(0, 40)), max_size=14))
def test_pase_lo_que_pase_la_cuenta_cuadra(
    adhesion: Adhesion, ciudadana: Persona, especialista: Persona, resolucion: Documento, depositar: Any,
    ahora: datetime, pasos: list[tuple[str, int, int]],
) -> None:  # fmt: skip
    """Actos al azar, en cualquier orden y a destiempo: lo que no procede se niega, y nada se pierde ni se duplica."""
    hechas = list(Notificacion.objects.all())
    for acto, cual, dias in pasos:
        cuando = ahora + timedelta(days=dias)
        una = hechas[cual % len(hechas)] if hechas else None
        try:
            if acto == "depositar" or una is None:
                resolucion.pk, resolucion.numero = None, f"R-{Documento.objects.count()}"
                resolucion.save()
                hechas.append(depositar(documento=resolucion, ahora=cuando))
            elif acto == "abrir":
                services.abrir_notificacion(actor=ciudadana, codigo=una.codigo, ahora=cuando)
            elif acto == "anular":
                services.anular_notificacion(actor=especialista, notificacion=una, motivo="x", ahora=cuando)
            elif acto == "rebotar":
                services.rebotar(notificacion_id=una.pk, ahora=cuando)
            elif acto == "cedula":
                services.derivar_a_cedula(actor=especialista, notificacion=una, ahora=cuando)
            elif acto == "convalidar":
                services.convalidar(actor=ciudadana, notificacion=una, hecho="apeló", ahora=cuando)
            else:
                avisar_todo(ahora=cuando)
                services.declarar_eficacia(ahora=cuando)
        except (NoProcede, NoEncontrado):
            continue
    hecha = cuenta.contar()
    assert hecha.cuadra, str(hecha)
