"""El reloj a la vista: cuánto va y cuánto queda, qué pasa si nadie responde, y lo que apura en la bandeja."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import queries, rules
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Expediente
from llaqta.salas.tramites.models import VersionProcedimiento


def el(texto: str) -> datetime:
    return datetime.fromisoformat(texto if " " in texto else f"{texto} 10:00").replace(tzinfo=LIMA)


@pytest.fixture
def de_treinta(
    abrir: Callable[..., Expediente], licencia: VersionProcedimiento, en_sglc: Callable[..., Expediente]
) -> Expediente:
    """Presentado el lunes 1 de junio de 2026, 30 días hábiles, silencio positivo: vence el martes 14 de julio."""
    VersionProcedimiento.objects.filter(pk=licencia.pk).update(plazo=30)
    licencia.refresh_from_db()
    return en_sglc(abrir())


@pytest.fixture
def en_sglc(
    ventanilla: Persona, especialista: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> Callable[..., Expediente]:
    """Lo deriva a la Subgerencia de Licencias y Lucía lo recibe."""

    def hacer(expediente: Expediente) -> Expediente:
        movimiento = expedientes.derivar(
            actor=ventanilla, expediente=expediente, para_unidad=unidades["SGLC"], motivo="para su atención",
            proveido="", desde_mesa=True, ahora=ahora,
        )  # fmt: skip
        expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=ahora)
        return Expediente.objects.get(pk=expediente.pk)

    return hacer


@pytest.mark.parametrize(
    ("cuando", "palabras", "detalle", "tono"),
    [
        ("2026-06-01", "Quedan 30 días hábiles", "0 de 30 días hábiles usados", "curso"),
        ("2026-06-17", "Quedan 18 días hábiles", "12 de 30 días hábiles usados", "curso"),
        ("2026-07-10", "Quedan 2 días hábiles", "28 de 30 días hábiles usados", "espera"),
        ("2026-07-14", "Vence hoy", "30 de 30 días hábiles usados", "alerta"),
        ("2026-07-16", "Venció hace 2 días hábiles", "30 de 30 días hábiles usados", "alerta"),
    ],
)
def test_el_reloj_dice_lo_usado_y_lo_que_queda(
    de_treinta: Expediente, cuando: str, palabras: str, detalle: str, tono: str
) -> None:
    reloj = queries.reloj(de_treinta, el(cuando))
    assert (reloj.palabras, reloj.detalle, reloj.tono) == (palabras, detalle, tono)
    assert reloj.vence_el == date(2026, 7, 14)


@pytest.mark.parametrize(
    ("cuando", "tono", "seguro"),
    [
        (
            "2026-06-17",
            "curso",
            "El último día seguro para depositarlo en la casilla es el lunes 13 de julio de 2026.",
        ),
        (
            "2026-07-09",
            "espera",
            "El último día seguro para depositarlo en la casilla es el lunes 13 de julio de 2026.",
        ),
        (
            "2026-07-13",
            "alerta",
            "El último día seguro para depositarlo en la casilla es el lunes 13 de julio de 2026.",
        ),
        ("2026-07-14", "alerta", "El lunes 13 de julio de 2026 fue el último día seguro"),
    ],
)
def test_el_silencio_positivo_se_dice_en_palabras(
    de_treinta: Expediente, cuando: str, tono: str, seguro: str
) -> None:
    aviso = queries.avisos_del_plazo(de_treinta, el(cuando))[-1]
    assert aviso.texto.startswith(
        "Si no se notifica hasta el martes 21 de julio de 2026, quedará aprobado por silencio desde el miércoles 22 de "
        "julio de 2026, a las 00:00."
    )
    assert seguro in aviso.texto
    assert (aviso.tono, aviso.norma) == (tono, "Ley 27444, arts. 24.1, 33-A y 188.1")


def test_el_silencio_negativo_nunca_es_una_denegacion(de_treinta: Expediente) -> None:
    de_treinta.calificacion, de_treinta.limite_notificacion = "SILENCIO_NEGATIVO", None
    de_treinta.silencio_desde, de_treinta.ultimo_deposito_seguro = date(2026, 7, 15), None
    for cuando in ("2026-06-17", "2026-07-14", "2026-07-20"):
        texto = " ".join(aviso.texto for aviso in queries.avisos_del_plazo(de_treinta, el(cuando)))
        assert "denegad" not in texto.lower()
        assert "apelar" in texto
    assert "sin que le corra ningún plazo" in texto


def test_lo_observado_espera_y_su_reloj_no_corre(
    presentado: Expediente, ventanilla: Persona, ahora: datetime
) -> None:
    expedientes.observar(
        actor=ventanilla, expediente=presentado, corregir_hasta=date(2026, 6, 3), ahora=ahora
    )
    reloj = queries.reloj(presentado, ahora)
    assert (reloj.total, reloj.vence_el, reloj.verbo) == (0, date(2026, 6, 3), "Hasta")
    (aviso,) = queries.avisos_del_plazo(presentado, ahora)
    assert "hasta el miércoles 3 de junio de 2026, a las 23:59" in aviso.texto
    assert "no corre ningún plazo" in aviso.texto


@pytest.mark.parametrize(
    ("cuando", "vistas"),
    [
        ("2026-06-17", set()),
        ("2026-07-07", set()),
        ("2026-07-08", {"riesgo"}),
        ("2026-07-09", {"riesgo", "vencen_pronto"}),
        ("2026-07-14", {"riesgo", "vencen_pronto", "vence_hoy"}),
        ("2026-07-15", {"riesgo", "vencen_pronto", "vencidos"}),
        ("2026-07-21", {"riesgo", "vencen_pronto", "vencidos"}),
        ("2026-07-22", {"vencen_pronto", "vencidos"}),
    ],
)
def test_las_vistas_de_plazo_de_la_bandeja(
    de_treinta: Expediente, especialista: Persona, cuando: str, vistas: set[str]
) -> None:
    cuentas = queries.contar_bandeja(especialista, ahora=el(cuando))
    de_plazo = {"vence_hoy", "vencidos", "riesgo", "vencen_pronto"}
    assert {vista for vista in de_plazo if cuentas[vista]} == vistas
    for vista in de_plazo:
        numeros = [
            f.expediente.numero
            for f in queries.get_bandeja(especialista, vista=vista, ahora=el(cuando)).filas
        ]
        assert numeros == ([de_treinta.numero] if vista in vistas else [])


def test_lo_notificado_ya_no_esta_en_riesgo(de_treinta: Expediente, especialista: Persona) -> None:
    Expediente.objects.filter(pk=de_treinta.pk).update(estado="NOTIFICADO")
    assert queries.contar_bandeja(especialista, ahora=el("2026-07-13"))["riesgo"] == ""


def test_la_jefatura_ve_los_plazos_de_su_gente_y_un_especialista_no(
    de_treinta: Expediente, jefe: Persona, gerente: Persona, especialista: Persona
) -> None:
    for quien, es_suya in ((jefe, True), (gerente, False)):
        (carga,) = [
            c
            for c in queries.get_plazos_de_unidades(para=quien, ahora=el("2026-07-14"))
            if c.unidad.siglas == "SGLC"
        ]
        assert (carga.total.a_cargo, carga.total.vence_hoy, carga.total.vencidos, carga.total.riesgo) == (
            1,
            1,
            0,
            1,
        )
        assert [p.nombre for p in carga.personas] == ["Lucía Sulca Ramos"]
        assert carga.es_suya is es_suya
    with pytest.raises(Denegado, match="los ve la jefatura de la unidad"):
        queries.get_plazos_de_unidades(para=especialista, ahora=el("2026-07-14"))


def test_la_unidad_recibe_un_solo_correo_al_dia_antes_del_ultimo_deposito_seguro(
    de_treinta: Expediente, especialista: Persona, jefe: Persona, asesor: Persona, entidad: Any
) -> None:
    Persona.objects.filter(pk=especialista.pk).update(correo="lucia@ejemplo.pe")
    Persona.objects.filter(pk=jefe.pk).update(correo="julio@ejemplo.pe")
    Persona.objects.filter(pk=asesor.pk).update(correo="elmer@ejemplo.pe")
    unidad = de_treinta.unidad_responsable_id
    assert expedientes.repartir_avisos_de_riesgo(ahora=el("2026-07-07 07:30")) == 0
    assert expedientes.avisar_riesgo(unidad_id=unidad, ahora=el("2026-07-07 07:30")) is False
    assert expedientes.repartir_avisos_de_riesgo(ahora=el("2026-07-08 07:30")) == 1
    assert expedientes.avisar_riesgo(unidad_id=unidad, ahora=el("2026-07-08 07:30")) is True
    assert expedientes.avisar_riesgo(unidad_id=unidad, ahora=el("2026-07-08 09:00")) is False
    (correo,) = mail.outbox
    assert set(correo.to) == {"lucia@ejemplo.pe", "julio@ejemplo.pe"}
    assert correo.subject == "1 expediente por notificar antes del silencio positivo"
    assert de_treinta.numero in correo.body
    assert "Último día seguro para depositarlo en la casilla: lunes 13 de julio de 2026" in correo.body
    assert "Último día para notificar: martes 21 de julio de 2026" in correo.body
    suceso = Suceso.objects.get(tipo="expedientes.RiesgoAvisado")
    assert suceso.datos == {"unidad_id": unidad, "dia": "2026-07-08", "expedientes": [de_treinta.pk]}
    assert expedientes.avisar_riesgo(unidad_id=unidad, ahora=el("2026-07-09 07:30")) is True
    assert expedientes.repartir_avisos_de_riesgo(ahora=el("2026-07-11 07:30")) == 0  # sábado
    assert len(mail.outbox) == 2


def test_la_pagina_abre_el_por_que_con_sus_dias_sus_reglas_y_sus_cambios(
    de_treinta: Expediente,
    especialista: Persona,
    cliente: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: el("2026-06-17"))
    CambioDePlazo.objects.create(
        expediente=de_treinta, etapa=0, causa="CALENDARIO", motivo="Cambió el calendario: prueba.",
        antes=date(2026, 7, 13), despues=date(2026, 7, 14), cambiado_en=el("2026-06-10"),
    )  # fmt: skip
    texto = " ".join(
        cliente(especialista).get(reverse("expediente", args=[de_treinta.numero])).content.decode().split()
    )
    for dicho in (
        "12 de 30 días hábiles usados",
        "Quedan 18 días hábiles",
        "Si no se notifica hasta el martes 21 de julio de 2026",
        "¿Por qué esta fecha?",
        "Antes vencía el lunes 13 de julio de 2026.",
        "Cambió el calendario: prueba.",
        "no se cuenta, feriado nacional: San Pedro y San Pablo",
        "<b>día 30</b>",
        "Las reglas que se usaron",
        "endiente de verificar",
    ):
        assert dicho in texto, dicho


def test_ninguna_frase_de_estado_dice_denegado() -> None:
    for estado, dicho in rules.EN_PALABRAS.items():
        assert "denegad" not in f"{dicho.palabras} {dicho.explicacion}".lower(), estado
