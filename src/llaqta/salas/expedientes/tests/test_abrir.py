"""Abrir un expediente: número invariable, clave que no se adivina, folios y el plazo con su porqué."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.numbering import check_digit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Acceso, Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.tramites.models import VersionProcedimiento

Abrir = Callable[..., Expediente]


def test_tiene_numero_con_control_clave_y_folios(abrir: Abrir, documento: Callable[..., Documento]) -> None:
    expediente = abrir([documento(12), documento(1), documento(1)])
    assert expediente.numero == f"EXP-2026-000001-{check_digit(1, 2026)}"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", expediente.clave)
    assert expediente.folios == 14
    assert [(i.orden, i.folio_desde, i.folio_hasta) for i in expediente.incorporados.all()] == [
        (1, 1, 12),
        (2, 13, 13),
        (3, 14, 14),
    ]
    assert expediente.unidad_responsable.siglas == "MP"
    assert expediente.estado == "PRESENTADO"


def test_el_segundo_es_el_numero_siguiente_y_otra_clave(abrir: Abrir) -> None:
    primero, segundo = abrir(), abrir()
    assert (primero.correlativo, segundo.correlativo) == (1, 2)
    assert primero.clave != segundo.clave


def test_treinta_dias_desde_el_uno_de_junio_vencen_el_catorce_de_julio(
    abrir: Abrir, licencia: VersionProcedimiento
) -> None:
    licencia.plazo = 30
    licencia.save()
    expediente = abrir()
    assert expediente.vence_el == date(2026, 7, 14)
    assert expediente.explicacion["desde"] == "2026-06-01"
    assert {
        "fecha": "2026-06-29",
        "cuenta": None,
        "motivo": expediente.explicacion["pasos"][27]["motivo"],
    } in (expediente.explicacion["pasos"])
    assert expediente.explicacion["frases"][4] == (
        "La municipalidad tiene hasta el martes 14 de julio de 2026 para resolver y hasta el martes 21 de julio de "
        "2026 para notificar su decisión."
    )
    assert expediente.explicacion["frases"][-1].endswith("a tiempo es el lunes 13 de julio de 2026.")


def test_lo_enviado_de_noche_cuenta_ese_dia(abrir: Abrir, licencia: VersionProcedimiento) -> None:
    licencia.plazo = 30
    licencia.save()
    expediente = abrir(presentado_en=datetime(2026, 6, 12, 23, 40, tzinfo=LIMA))
    assert expediente.fecha_presentacion == date(2026, 6, 12)
    assert expediente.vence_el == date(2026, 7, 30)


def test_lo_automatico_nace_aprobado_y_sin_plazo(abrir: Abrir, licencia: VersionProcedimiento) -> None:
    licencia.calificacion, licencia.plazo = "AUTOMATICA", 0
    licencia.save()
    expediente = abrir()
    assert expediente.estado == "APROBADO_AUTOMATICO"
    assert expediente.vence_el is None
    assert "el cargo es el título" in expediente.explicacion["frases"][0]


def test_lo_automatico_incompleto_no_esta_aprobado(abrir: Abrir, licencia: VersionProcedimiento) -> None:
    licencia.calificacion, licencia.plazo = "AUTOMATICA", 0
    licencia.save()
    expediente = abrir(completo=False)
    assert expediente.estado == "PRESENTADO"
    assert expediente.vence_el is None


def test_queda_el_suceso_sobre_el_expediente(abrir: Abrir, ciudadana: Persona) -> None:
    expediente = abrir()
    suceso = Suceso.objects.get(tipo="expedientes.ExpedienteAbierto")
    assert (suceso.objeto_tipo, suceso.objeto_id) == ("expedientes.Expediente", str(expediente.pk))
    assert (suceso.actor_id, suceso.en_nombre_de_id) == (ciudadana.pk, None)


def test_lo_ven_la_administrada_y_la_mesa(
    abrir: Abrir, ciudadana: Persona, documento: Callable[..., Documento]
) -> None:
    presentado = documento(2)
    expediente = abrir([presentado])
    accesos = Acceso.objects.filter(documento=presentado)
    assert accesos.filter(persona=ciudadana).exists()
    assert accesos.filter(unidad=expediente.unidad_responsable).exists()


def test_sin_documentos_no_se_abre(
    abrir: Abrir, huella_de_la_base: Any, ciudadana: Persona, licencia: Any, ahora: Any
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="al menos un documento"):
        expedientes.abrir(
            actor=ciudadana, administrado=ciudadana, version_tramite=licencia, asunto="x", documentos=[],
            presentado_en=ahora, ahora=ahora,
        )  # fmt: skip
    assert huella_de_la_base() == antes


def test_nadie_sin_identificarse(abrir: Abrir, documento: Any, huella_de_la_base: Any) -> None:
    papel = documento()
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        abrir([papel], actor=None)
    assert huella_de_la_base() == antes


def test_cuesta_pocas_ordenes_a_la_base(abrir: Abrir, documento: Any) -> None:
    papeles = [documento(2), documento(1)]
    with CaptureQueriesContext(
        connection,
    ) as consultas:
        abrir(papeles)
    ordenes = [c["sql"] for c in consultas if "SAVEPOINT" not in c["sql"]]
    assert len(ordenes) <= 8, "\n".join(ordenes)


@pytest.mark.django_db(transaction=True)
def test_ocho_a_la_vez_son_ocho_numeros_seguidos(abrir: Abrir, documento: Any) -> None:
    papeles = [documento() for _ in range(8)]

    def uno(papel: Documento) -> int:
        try:
            return abrir([papel]).correlativo
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as hilos:
        assert sorted(hilos.map(uno, papeles)) == list(range(1, 9))
