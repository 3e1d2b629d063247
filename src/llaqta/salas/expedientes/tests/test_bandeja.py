"""La bandeja: cada quien ve lo que hoy espera algo de su unidad o de su puesto, de lo más urgente a lo menos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona, Representacion, UnidadOrganica
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Proyecto

Abrir = Callable[..., Expediente]
Unidades = dict[str, UnidadOrganica]


@pytest.fixture
def enviar(
    abrir: Abrir, ventanilla: Persona, unidades: Unidades, ahora: datetime
) -> Callable[..., Expediente]:
    """Presenta y deriva a la Subgerencia de Licencias; ``hace`` cuántos días se presentó."""

    def hacer(hace: int = 0) -> Expediente:
        expediente = abrir(presentado_en=ahora - timedelta(days=hace))
        expedientes.derivar(
            actor=ventanilla, expediente=expediente, para_unidad=unidades["SGLC"], motivo="para su atención",
            proveido="", desde_mesa=True, ahora=ahora,
        )  # fmt: skip
        return expediente

    return hacer


def _numeros(persona: Persona, vista: str, ahora: datetime) -> list[str]:
    return [fila.expediente.numero for fila in queries.get_bandeja(persona, vista=vista, ahora=ahora).filas]


def test_lo_mas_urgente_va_primero(
    enviar: Callable[..., Expediente], especialista: Persona, asesor: Persona, ahora: datetime
) -> None:
    reciente, antiguo = enviar(0), enviar(5)
    assert _numeros(especialista, "por_recibir", ahora) == [antiguo.numero, reciente.numero]
    assert _numeros(asesor, "por_recibir", ahora) == []


def test_al_recibirlo_cambia_de_vista(en_tramite: Expediente, especialista: Persona, ahora: datetime) -> None:
    assert _numeros(especialista, "por_recibir", ahora) == []
    assert _numeros(especialista, "a_mi_cargo", ahora) == [en_tramite.numero]
    fila = queries.get_bandeja(especialista, vista="a_mi_cargo", ahora=ahora).filas[0]
    assert (fila.de, fila.motivo, fila.reloj.palabras) == (
        "Unidad de Trámite Documentario y Archivo",
        "para su atención",
        "Quedan 8 días hábiles",
    )


def test_vence_pronto_lo_de_tres_dias_habiles_y_lo_vencido(
    en_tramite: Expediente, especialista: Persona, ahora: datetime
) -> None:
    assert en_tramite.vence_el == date(2026, 6, 11)
    assert _numeros(especialista, "vencen_pronto", datetime(2026, 6, 5, 9, 0, tzinfo=LIMA)) == []
    assert _numeros(especialista, "vencen_pronto", datetime(2026, 6, 8, 9, 0, tzinfo=LIMA)) == [
        en_tramite.numero
    ]
    tarde = datetime(2026, 6, 15, 9, 0, tzinfo=LIMA)
    fila = queries.get_bandeja(especialista, vista="vencen_pronto", ahora=tarde).filas[0]
    assert (fila.reloj.palabras, fila.reloj.tono) == ("Venció hace 2 días hábiles", "alerta")


def test_el_informe_pedido_tiene_su_propio_reloj(
    en_tramite: Expediente, especialista: Persona, asesor: Persona, unidades: Unidades, ahora: datetime
) -> None:
    pedido = expedientes.pedir_informe(
        actor=especialista,
        expediente=en_tramite,
        para_unidad=unidades["OAJ"],
        motivo="m",
        proveido="p",
        ahora=ahora,
    )
    assert _numeros(asesor, "por_recibir", ahora) == [en_tramite.numero]
    expedientes.recibir_movimiento(actor=asesor, movimiento=pedido, ahora=ahora)
    fila = queries.get_bandeja(asesor, vista="informes", ahora=ahora).filas[0]
    assert (fila.reloj.palabras, fila.reloj.vence_el) == ("Quedan 7 días hábiles", date(2026, 6, 10))
    assert _numeros(asesor, "a_mi_cargo", ahora) == []


def test_la_firma_espera_solo_a_quien_ocupa_el_puesto(
    para_firma: Proyecto,
    en_tramite: Expediente,
    jefe: Persona,
    especialista: Persona,
    jefe_asesoria: Persona,
    ahora: datetime,
) -> None:
    assert _numeros(jefe, "para_firma", ahora) == [en_tramite.numero]
    assert _numeros(especialista, "para_firma", ahora) == []
    assert _numeros(jefe_asesoria, "para_firma", ahora) == []


def test_el_visto_deja_de_esperar_cuando_se_da(
    borrador: Proyecto, especialista: Persona, jefe_asesoria: Persona, gerente: Persona, ahora: datetime
) -> None:
    puestos = [persona.asignaciones.get().puesto for persona in (jefe_asesoria, gerente)]
    proyecto = expedientes.editar_proyecto(
        actor=especialista, proyecto=borrador, asunto=borrador.asunto, cuerpo=borrador.cuerpo,
        firmante=borrador.firmante, visadores=puestos, pone_fin=True, ahora=ahora,
    )  # fmt: skip
    expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    assert (
        len(_numeros(jefe_asesoria, "para_visto", ahora)) == len(_numeros(gerente, "para_visto", ahora)) == 1
    )
    expedientes.visar_proyecto(actor=jefe_asesoria, proyecto=proyecto, ahora=ahora)
    assert _numeros(jefe_asesoria, "para_visto", ahora) == []
    assert len(_numeros(gerente, "para_visto", ahora)) == 1


def test_las_cuentas_se_dicen_y_la_pagina_sigue(
    enviar: Callable[..., Expediente], especialista: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    enviados = [enviar(0).numero for _ in range(27)]
    assert queries.contar_bandeja(especialista, ahora=ahora)["por_recibir"] == "27"
    primera = queries.get_bandeja(especialista, vista="por_recibir", ahora=ahora)
    segunda = queries.get_bandeja(especialista, vista="por_recibir", cursor=primera.siguiente, ahora=ahora)
    assert [f.expediente.numero for f in (*primera.filas, *segunda.filas)] == enviados
    assert (primera.anterior, segunda.siguiente) == ("", "")
    monkeypatch.setattr("llaqta.salas.expedientes.queries.bandeja.TOPE", 20)
    assert queries.contar_bandeja(especialista, ahora=ahora)["por_recibir"] == "más de 19"


def test_una_pagina_cuesta_pocas_consultas(
    enviar: Callable[..., Expediente], especialista: Persona, ahora: datetime
) -> None:
    for _ in range(12):
        enviar(0)
    persona = Persona.objects.get(pk=especialista.pk)
    with CaptureQueriesContext(connection) as consultas:
        queries.contar_bandeja(persona, ahora=ahora)
        pagina = queries.get_bandeja(persona, vista="por_recibir", ahora=ahora)
        for fila in pagina.filas:
            assert fila.expediente.administrado.nombre_completo
            assert fila.expediente.version_tramite.denominacion
    assert len(consultas) <= 6, [c["sql"][:80] for c in consultas]


def test_quien_ve_un_expediente(
    en_tramite: Expediente,
    ciudadana: Persona,
    otro_ciudadano: Persona,
    especialista: Persona,
    ventanilla: Persona,
    asesor: Persona,
    auditora: Persona,
    ahora: datetime,
) -> None:
    for persona in (ciudadana, especialista, ventanilla, auditora):
        assert queries.get_expediente(en_tramite.numero, para=persona) == en_tramite
    for persona in (otro_ciudadano, asesor):
        with pytest.raises(NoEncontrado):
            queries.get_expediente(en_tramite.numero, para=persona)
    Representacion.objects.create(
        representado=ciudadana, representante=otro_ciudadano, desde=date(2020, 1, 1), sustento="Carta poder"
    )
    assert queries.get_expediente(en_tramite.numero, para=otro_ciudadano) == en_tramite


def test_el_buscador_halla_por_numero_documento_y_asunto(
    en_tramite: Expediente, especialista: Persona, asesor: Persona, ahora: datetime
) -> None:
    for texto in (en_tramite.numero, "1", "45678901", "bodega", "Quispe"):
        assert queries.buscar(texto, para=especialista, al=ahora.date()) == [en_tramite], texto
        assert queries.buscar(texto, para=asesor, al=ahora.date()) == []


def test_el_numero_y_la_clave_abren_y_uno_solo_no(presentado: Expediente) -> None:
    clave = f"{presentado.clave[:4].lower()}-{presentado.clave[4:8]} {presentado.clave[8:]}"
    assert queries.get_por_numero_y_clave(presentado.numero.lower(), clave) == presentado
    for numero, mala in ((presentado.numero, "0" * 16), ("EXP-2026-000002-2", presentado.clave), ("", "")):
        with pytest.raises(NoEncontrado, match="no corresponden a ningún expediente"):
            queries.get_por_numero_y_clave(numero, mala)
