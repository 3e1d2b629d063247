"""Derivar y recibir: un solo responsable a la vez, copias sin responsabilidad, y nada mientras está observado."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Acceso
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento

Huella = Callable[[], dict[str, int]]
Observar = Callable[..., Expediente]
Unidades = dict[str, UnidadOrganica]


def _derivar(
    actor: Persona, expediente: Expediente, unidad: UnidadOrganica, ahora: datetime, **mas: Any
) -> Movimiento:
    datos = {"motivo": "para su atención", "proveido": "Pase.", **mas}
    return expedientes.derivar(actor=actor, expediente=expediente, para_unidad=unidad, ahora=ahora, **datos)


def test_la_mesa_envia_a_la_unidad_que_resuelve(
    presentado: Expediente, ventanilla: Persona, unidades: Unidades, ahora: datetime
) -> None:
    movimiento = _derivar(ventanilla, presentado, unidades["SGLC"], ahora, desde_mesa=True)
    presentado.refresh_from_db()
    assert presentado.estado == "EN_TRAMITE"
    assert presentado.unidad_responsable == unidades["SGLC"]
    assert (movimiento.orden, movimiento.clase, movimiento.folios) == (1, "ORIGINAL", 12)
    assert movimiento.vence_el == presentado.vence_el
    assert Acceso.objects.filter(unidad=unidades["SGLC"]).count() == presentado.incorporados.count()
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteDerivado", actor_id=ventanilla.pk).count() == 1


def test_las_copias_no_hacen_responsable_a_nadie(
    en_tramite: Expediente, especialista: Persona, unidades: Unidades, ahora: datetime
) -> None:
    _derivar(
        especialista,
        en_tramite,
        unidades["GDEL"],
        ahora,
        copias=[unidades["OAJ"], unidades["SGRD"], unidades["GDEL"]],
    )
    en_tramite.refresh_from_db()
    assert en_tramite.unidad_responsable == unidades["GDEL"]
    copias = Movimiento.objects.filter(expediente=en_tramite, clase="COPIA")
    assert {(copia.para_unidad.siglas, copia.vence_el) for copia in copias} == {("OAJ", None), ("SGRD", None)}
    assert (
        Movimiento.objects.filter(expediente=en_tramite, clase="ORIGINAL", atendido_en__isnull=True).count()
        == 1
    )


def test_quien_recibe_responde_por_el_expediente(
    presentado: Expediente, ventanilla: Persona, especialista: Persona, unidades: Unidades, ahora: datetime
) -> None:
    movimiento = _derivar(ventanilla, presentado, unidades["SGLC"], ahora, desde_mesa=True)
    luego = ahora + timedelta(hours=1)
    recibido = expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=luego)
    assert (recibido.recibido_en, recibido.recibido_por) == (luego, especialista)
    presentado.refresh_from_db()
    assert presentado.responsable == especialista


def test_recibir_dos_veces_no_hace_nada(
    en_tramite: Expediente, jefe: Persona, especialista: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    movimiento = en_tramite.movimientos.get()
    antes = huella_de_la_base()
    otra_vez = expedientes.recibir_movimiento(
        actor=jefe, movimiento=movimiento, ahora=ahora + timedelta(hours=2)
    )
    assert otra_vez.recibido_por == especialista
    assert huella_de_la_base() == antes


def test_la_copia_se_atiende_al_recibirla(
    en_tramite: Expediente, especialista: Persona, asesor: Persona, unidades: Unidades, ahora: datetime
) -> None:
    _derivar(especialista, en_tramite, unidades["GDEL"], ahora, copias=[unidades["OAJ"]])
    copia = Movimiento.objects.get(expediente=en_tramite, clase="COPIA")
    assert expedientes.recibir_movimiento(actor=asesor, movimiento=copia, ahora=ahora).atendido_en == ahora


def test_otra_unidad_no_lo_deriva(
    en_tramite: Expediente, asesor: Persona, unidades: Unidades, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="está a cargo de Subgerencia de Licencias y Comercialización"):
        _derivar(asesor, en_tramite, unidades["OAJ"], ahora)
    assert huella_de_la_base() == antes


def test_quien_ya_no_trabaja_ahi_no_lo_deriva(
    en_tramite: Expediente,
    especialista: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    especialista.asignaciones.update(hasta=date(2026, 5, 31))
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        _derivar(Persona.objects.get(pk=especialista.pk), en_tramite, unidades["OAJ"], ahora)
    assert huella_de_la_base() == antes


def test_una_ciudadana_no_deriva(
    en_tramite: Expediente, ciudadana: Persona, unidades: Unidades, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        _derivar(ciudadana, en_tramite, unidades["OAJ"], ahora)
    assert huella_de_la_base() == antes


def test_la_mesa_no_mueve_lo_que_ya_salio_de_ella(
    en_tramite: Expediente,
    ventanilla: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ya salió de la mesa de partes"):
        _derivar(ventanilla, en_tramite, unidades["OAJ"], ahora, desde_mesa=True)
    assert huella_de_la_base() == antes


def test_observado_no_se_deriva(
    presentado: Expediente,
    ventanilla: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
    observar: Observar,
) -> None:
    observar(presentado)
    antes = huella_de_la_base()
    with pytest.raises(NoProcede) as negativa:
        _derivar(ventanilla, presentado, unidades["SGLC"], ahora, desde_mesa=True)
    assert negativa.value.norma == "Ley 27444, art. 125.3"
    assert huella_de_la_base() == antes


def test_sin_recibirlo_no_se_deriva(
    presentado: Expediente,
    ventanilla: Persona,
    especialista: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    _derivar(ventanilla, presentado, unidades["SGLC"], ahora, desde_mesa=True)
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="Reciba primero el expediente"):
        _derivar(especialista, presentado, unidades["OAJ"], ahora)
    assert huella_de_la_base() == antes


@pytest.mark.parametrize(
    ("cambio", "frase"),
    [
        ({"motivo": "  "}, "Diga para qué"),
        ({"unidad": "SGLC"}, "El expediente ya está en"),
        ({"cerrada": True}, "no existe hoy en el organigrama"),
    ],
)
def test_un_destino_que_no_sirve(
    en_tramite: Expediente,
    especialista: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
    cambio: dict[str, Any],
    frase: str,
) -> None:
    destino = unidades[cambio.get("unidad", "OAJ")]
    if cambio.get("cerrada"):
        destino.vigente_hasta = date(2026, 5, 31)
        destino.save()
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match=frase):
        _derivar(especialista, en_tramite, destino, ahora, motivo=cambio.get("motivo", "para informe"))
    assert huella_de_la_base() == antes


def test_no_se_asigna_a_quien_no_trabaja_en_el_destino(
    en_tramite: Expediente, especialista: Persona, asesor: Persona, unidades: Unidades, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="no trabaja hoy en"):
        _derivar(especialista, en_tramite, unidades["GM"], ahora, para_persona=asesor)


def test_dentro_de_la_unidad_se_asigna_a_otra_persona(
    en_tramite: Expediente, especialista: Persona, jefe: Persona, unidades: Unidades, ahora: datetime
) -> None:
    _derivar(especialista, en_tramite, unidades["SGLC"], ahora, para_persona=jefe)
    en_tramite.refresh_from_db()
    assert en_tramite.responsable == jefe


def test_con_una_version_vieja_no_se_actua(
    en_tramite: Expediente,
    especialista: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="Otra persona acaba de actuar en este expediente"):
        _derivar(especialista, en_tramite, unidades["OAJ"], ahora, version=en_tramite.version - 1)
    assert huella_de_la_base() == antes


@pytest.mark.django_db(transaction=True)
def test_dos_funcionarios_a_la_vez_el_segundo_se_entera(
    en_tramite: Expediente, especialista: Persona, jefe: Persona, unidades: Unidades, ahora: datetime
) -> None:
    def actuar(quien: Persona, destino: str) -> str:
        try:
            _derivar(quien, en_tramite, unidades[destino], ahora, version=en_tramite.version)
            return "hecho"
        except NoProcede as negativa:
            return negativa.frase
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hilos:
        uno = hilos.submit(actuar, especialista, "OAJ")
        otro = hilos.submit(actuar, jefe, "GDEL")
        respuestas = sorted([uno.result(), otro.result()])
    assert respuestas == [
        "Otra persona acaba de actuar en este expediente; revise lo nuevo y vuelva a intentar.",
        "hecho",
    ]
    assert Movimiento.objects.filter(expediente=en_tramite).count() == 2
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteDerivado").count() == 2
    assert (
        Movimiento.objects.filter(expediente=en_tramite, clase="ORIGINAL", atendido_en__isnull=True).count()
        == 1
    )


def test_un_expediente_en_tramite_no_vuelve_a_la_mesa_de_partes(
    en_tramite: Expediente,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
    huella_de_la_base: Callable[[], dict[str, int]],
) -> None:
    """La mesa recibe y deriva, pero no tramita: lo que vuelve a ella no lo podría mover nadie y el plazo corre."""
    antes = huella_de_la_base()

    for acto in (expedientes.derivar, expedientes.pedir_informe):
        with pytest.raises(EntradaInvalida, match="no tramita") as negativa:
            acto(
                actor=especialista,
                expediente=en_tramite,
                para_unidad=unidades["MP"],
                motivo="para su atención",
                proveido="Se devuelve.",
                ahora=ahora,
            )
        assert negativa.value.campo == "para_unidad"

    assert huella_de_la_base() == antes
