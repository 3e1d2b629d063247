"""El emplazamiento: uno solo, por lo que la recepción no podía advertir, y el plazo que se detiene (art. 125.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Emplazamiento, Expediente, Suspension

Huella = Callable[[], dict[str, int]]
DEFECTO = "El plano de distribución no corresponde al local inspeccionado."
POR_QUE = "Solo se advierte al inspeccionar el local; a la vista el plano estaba completo."


def en(mes: int, dia: int, hora: int = 10, minuto: int = 0, segundo: int = 0) -> datetime:
    return datetime(2026, mes, dia, hora, minuto, segundo, tzinfo=LIMA)


def emplazar(actor: Persona, expediente: Expediente, ahora: datetime, **datos: Any) -> Emplazamiento:
    return expedientes.emplazar(
        actor=actor, expediente=expediente, ahora=ahora,
        **{"defecto": DEFECTO, "por_que_no_se_vio": POR_QUE, **datos},
    )  # fmt: skip


def test_al_emplazar_se_detiene_todo_plazo(en_tramite: Expediente, especialista: Persona) -> None:
    # Presentado el lunes 1 de junio con 8 días hábiles: vencía el jueves 11.
    assert (en_tramite.vence_el, en_tramite.silencio_desde) == (date(2026, 6, 11), date(2026, 6, 19))
    emplazamiento = emplazar(especialista, en_tramite, en(6, 3))
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EMPLAZADO"
    assert (en_tramite.vence_el, en_tramite.limite_notificacion, en_tramite.silencio_desde) == (None,) * 3
    assert emplazamiento.corregir_hasta == en_tramite.corregir_hasta == date(2026, 6, 17)  # diez días hábiles
    suspension = Suspension.objects.get(expediente=en_tramite)
    assert (suspension.clase, suspension.desde, suspension.hasta) == ("EMPLAZAMIENTO", date(2026, 6, 4), None)
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteEmplazado").count() == 1


def test_corregido_continua_el_plazo_sin_los_dias_de_espera(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona, documento: Callable[..., Documento]
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    expedientes.corregir_emplazamiento(
        actor=ciudadana, expediente=en_tramite, documentos=[documento(2)], ahora=en(6, 10)
    )
    en_tramite.refresh_from_db()
    # Del jueves 4 al miércoles 10 hay cinco días hábiles que no se cuentan: del 11 pasa al 18 de junio.
    assert (en_tramite.estado, en_tramite.vence_el) == ("EN_TRAMITE", date(2026, 6, 18))
    assert en_tramite.fecha_presentacion == date(2026, 6, 1)  # se tiene por recibido desde el inicio (126.1)
    assert en_tramite.corregir_hasta is None
    assert en_tramite.folios == 14
    cambio = CambioDePlazo.objects.get(expediente=en_tramite)
    assert (cambio.causa, cambio.antes, cambio.despues) == (
        "EMPLAZAMIENTO", date(2026, 6, 11), date(2026, 6, 18),
    )  # fmt: skip
    assert queries.reloj(en_tramite, en(6, 11)).vence_el == date(2026, 6, 18)


def test_corregido_el_mismo_dia_no_mueve_la_fecha(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    expedientes.corregir_emplazamiento(
        actor=ciudadana, expediente=en_tramite, documentos=[], ahora=en(6, 3, 18)
    )
    en_tramite.refresh_from_db()
    assert (en_tramite.estado, en_tramite.vence_el) == ("EN_TRAMITE", date(2026, 6, 11))
    assert not Suspension.objects.exists()


def test_corregir_dos_veces_es_corregir_una(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    corregir = {"actor": ciudadana, "expediente": en_tramite, "documentos": [], "ahora": en(6, 10)}
    primera = expedientes.corregir_emplazamiento(**corregir)
    antes = huella_de_la_base()
    assert expedientes.corregir_emplazamiento(**corregir) == primera
    assert huella_de_la_base() == antes


def test_tambien_con_silencio_negativo_se_descuentan_los_dias(
    abrir: Callable[..., Expediente],
    licencia: Any,
    ventanilla: Persona,
    especialista: Persona,
    ciudadana: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> None:
    licencia.calificacion = "SILENCIO_NEGATIVO"
    licencia.save()
    expediente = abrir()
    movimiento = expedientes.derivar(
        actor=ventanilla, expediente=expediente, para_unidad=unidades["SGLC"], motivo="para su atención", proveido="",
        desde_mesa=True, ahora=ahora,
    )  # fmt: skip
    expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=ahora)
    expediente.refresh_from_db()
    emplazar(especialista, expediente, en(6, 3))
    expedientes.corregir_emplazamiento(actor=ciudadana, expediente=expediente, documentos=[], ahora=en(6, 10))
    assert (expediente.vence_el, expediente.limite_notificacion) == (date(2026, 6, 18), None)


def test_el_emplazamiento_es_uno_solo(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    expedientes.corregir_emplazamiento(actor=ciudadana, expediente=en_tramite, documentos=[], ahora=en(6, 4))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="es uno solo y ya se hizo") as negativa:
        emplazar(especialista, en_tramite, en(6, 5), defecto="Otra cosa.")
    assert negativa.value.norma == "Ley 27444, art. 125.5"
    assert huella_de_la_base() == antes


@pytest.mark.parametrize(
    ("datos", "campo"), [({"defecto": "  "}, "defecto"), ({"por_que_no_se_vio": ""}, "por_que_no_se_vio")]
)
def test_sin_decir_por_que_no_se_vio_seria_otra_observacion(
    en_tramite: Expediente,
    especialista: Persona,
    huella_de_la_base: Huella,
    datos: dict[str, str],
    campo: str,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida) as negativa:
        emplazar(especialista, en_tramite, en(6, 3), **datos)
    assert negativa.value.campo == campo
    assert huella_de_la_base() == antes


def test_emplaza_solo_la_unidad_que_lo_tramita(
    en_tramite: Expediente, ventanilla: Persona, asesor: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    for persona in (ventanilla, asesor):
        with pytest.raises(Denegado):
            emplazar(persona, en_tramite, en(6, 3))
    assert huella_de_la_base() == antes


def test_vencido_el_plazo_ya_no_se_detiene_el_silencio_positivo(
    en_tramite: Expediente, especialista: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="solo queda notificar") as negativa:
        emplazar(especialista, en_tramite, en(6, 12))
    assert negativa.value.norma == "Ley 27444, arts. 125.5 y 188.1"
    assert huella_de_la_base() == antes


def test_emplazado_no_avanza_ni_se_decide(
    en_tramite: Expediente,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    huella_de_la_base: Huella,
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede) as negativa:
        expedientes.derivar(
            actor=especialista, expediente=en_tramite, para_unidad=unidades["OAJ"], motivo="para opinión", proveido="",
            ahora=en(6, 4),
        )  # fmt: skip
    assert negativa.value.norma == "Ley 27444, art. 125.5"
    assert huella_de_la_base() == antes


def test_hasta_el_ultimo_segundo_del_ultimo_dia_se_corrige(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona, huella_de_la_base: Huella
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="venció el miércoles 17 de junio de 2026") as negativa:
        expedientes.corregir_emplazamiento(
            actor=ciudadana, expediente=en_tramite, documentos=[], ahora=en(6, 18, 0, 0, 0)
        )
    assert negativa.value.norma == "Ley 27444, arts. 125.4 y 125.5"
    assert huella_de_la_base() == antes
    expedientes.corregir_emplazamiento(
        actor=ciudadana, expediente=en_tramite, documentos=[], ahora=en(6, 17, 23, 59, 59)
    )
    assert en_tramite.estado == "EN_TRAMITE"


def test_otra_persona_no_corrige_lo_ajeno(
    en_tramite: Expediente, especialista: Persona, otro_ciudadano: Persona, huella_de_la_base: Huella
) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.corregir_emplazamiento(
            actor=otro_ciudadano, expediente=en_tramite, documentos=[], ahora=en(6, 4)
        )
    assert huella_de_la_base() == antes


def test_no_corregido_se_tiene_por_no_presentado(en_tramite: Expediente, especialista: Persona) -> None:
    emplazar(especialista, en_tramite, en(6, 3))
    assert expedientes.declarar_no_presentados(ahora=en(6, 17, 23, 59, 59)) == []
    assert expedientes.declarar_no_presentados(ahora=en(6, 18, 0, 1)) == [en_tramite.pk]
    en_tramite.refresh_from_db()
    assert (en_tramite.estado, en_tramite.silencio_operado_el) == ("NO_PRESENTADO", None)
    assert Suspension.objects.get(expediente=en_tramite).hasta == date(2026, 6, 17)
    suceso = Suceso.objects.get(tipo="expedientes.ExpedienteNoPresentado")
    assert suceso.datos["motivo"] == (
        "No se corrigió lo que pedía el emplazamiento hasta el miércoles 17 de junio de 2026."
    )
    assert expedientes.declarar_no_presentados(ahora=en(6, 18, 1)) == []
