"""La observación única y su corrección: dos fechas, la de la ciudadana y la del plazo de la entidad."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.tramites.models import VersionProcedimiento

Huella = Callable[[], dict[str, int]]
Observar = Callable[..., Expediente]


def test_observado_no_corre_ningun_plazo(presentado: Expediente, ahora: datetime, observar: Observar) -> None:
    observar(presentado)
    presentado.refresh_from_db()
    assert (presentado.estado, presentado.vence_el, presentado.inicio_computo) == ("OBSERVADO", None, None)
    reloj = queries.reloj(presentado, ahora)
    assert (reloj.tono, reloj.vence_el) == ("espera", date(2026, 6, 3))  # hasta cuándo corrige la persona


def test_la_segunda_observacion_no_existe(
    presentado: Expediente, huella_de_la_base: Huella, observar: Observar
) -> None:
    observar(presentado)
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="es una sola") as negativa:
        observar(presentado)
    assert negativa.value.norma == "Ley 27444, art. 126.2"
    assert huella_de_la_base() == antes


def test_solo_la_mesa_de_partes_observa(
    presentado: Expediente, especialista: Persona, huella_de_la_base: Huella, observar: Observar
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        observar(presentado, actor=especialista)
    assert huella_de_la_base() == antes


def test_presentado_el_cuatro_y_subsanado_el_ocho_vence_el_diecinueve_de_junio(
    abrir: Callable[..., Expediente],
    documento: Callable[..., Documento],
    licencia: VersionProcedimiento,
    ciudadana: Persona,
    observar: Observar,
) -> None:
    licencia.plazo = 30
    licencia.save()
    expediente = abrir(presentado_en=datetime(2026, 5, 4, 9, 0, tzinfo=LIMA))
    assert expediente.vence_el == date(2026, 6, 15)
    observar(expediente, ahora=datetime(2026, 5, 6, 9, 0, tzinfo=LIMA))
    expedientes.subsanar(
        actor=ciudadana,
        expediente=expediente,
        documentos=[documento(3)],
        ahora=datetime(2026, 5, 8, 9, 0, tzinfo=LIMA),
    )
    expediente.refresh_from_db()
    assert expediente.estado == "PRESENTADO"
    assert expediente.fecha_presentacion == date(2026, 5, 4)
    assert expediente.inicio_computo == date(2026, 5, 8)
    assert expediente.vence_el == date(2026, 6, 19)
    assert expediente.folios == 15


def test_lo_automatico_queda_aprobado_al_completarlo(
    abrir: Callable[..., Expediente],
    documento: Callable[..., Documento],
    licencia: VersionProcedimiento,
    ciudadana: Persona,
    ahora: datetime,
    observar: Observar,
) -> None:
    licencia.calificacion, licencia.plazo = "AUTOMATICA", 0
    licencia.save()
    expediente = abrir(completo=False)
    observar(expediente)
    expedientes.subsanar(actor=ciudadana, expediente=expediente, documentos=[documento()], ahora=ahora)
    assert expediente.estado == "APROBADO_AUTOMATICO"


def test_otra_persona_no_corrige_lo_ajeno(
    presentado: Expediente,
    otro_ciudadano: Persona,
    documento: Any,
    ahora: datetime,
    huella_de_la_base: Huella,
    observar: Observar,
) -> None:
    observar(presentado)
    papel = documento()
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.subsanar(actor=otro_ciudadano, expediente=presentado, documentos=[papel], ahora=ahora)
    assert huella_de_la_base() == antes


def test_sin_observacion_no_hay_que_subsanar(
    presentado: Expediente, ciudadana: Persona, documento: Any, ahora: datetime, huella_de_la_base: Huella
) -> None:
    papel = documento()
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="no tiene una observación pendiente"):
        expedientes.subsanar(actor=ciudadana, expediente=presentado, documentos=[papel], ahora=ahora)
    assert huella_de_la_base() == antes


def test_incorporar_continua_los_folios_y_no_repite(
    presentado: Expediente, documento: Any, ahora: datetime
) -> None:
    cargo = documento(2)
    puestos = expedientes.incorporar(actor=None, expediente=presentado, documentos=[cargo], ahora=ahora)
    assert [(i.orden, i.folio_desde, i.folio_hasta) for i in puestos] == [(2, 13, 14)]
    assert expedientes.incorporar(actor=None, expediente=presentado, documentos=[cargo], ahora=ahora) == []
    presentado.refresh_from_db()
    assert presentado.folios == 14
