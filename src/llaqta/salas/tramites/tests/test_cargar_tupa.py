"""El TUPA de demostración: 25 procedimientos en detalle y 9 más."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.tramites import lectura, queries, services
from llaqta.salas.tramites.models import Procedimiento, VersionProcedimiento
from llaqta.salas.tramites.rules import TramiteNoVigente

HOY = date(2026, 6, 1)


def test_carga_los_34_procedimientos_y_repetir_no_duplica(tupa: int, ahora: datetime) -> None:
    assert tupa == 34
    assert VersionProcedimiento.objects.vigentes(al=HOY).count() == 34
    sucesos = Suceso.objects.count()
    for ruta in lectura.ARCHIVOS_DE_DEMOSTRACION:
        assert services.cargar_tupa(actor=None, ruta=ruta, ahora=ahora) == 0
    assert Procedimiento.objects.count() == 34
    assert Suceso.objects.count() == sucesos


def test_la_subdivision_dice_lo_que_dice_el_tupa(tupa: int) -> None:
    version = queries.get_vigente("PA-SUBDIV", al=HOY)
    assert version.denominacion == "Subdivisión de lote urbano sin cambio de uso"
    assert version.monto == Decimal("165.00")
    assert version.porcentaje_uit == Decimal("3.0000")
    assert (version.plazo, version.plazo_dicho, version.calificacion) == (
        10,
        "10 días hábiles",
        "SILENCIO_POSITIVO",
    )
    assert [r.texto for r in version.requisitos_en_orden][1] == (
        "N° de partida registral del predio (se verifica por interoperabilidad con SUNARP)"
    )
    assert [r.clase for r in version.requisitos_en_orden] == ["SOLICITUD", "DATO", "DOCUMENTO", "PAGO"]
    assert [(r.clase, r.dias_presentacion, r.dias_resolucion) for r in version.recursos.all()] == [
        ("RECONSIDERACION", 15, 15),
        ("APELACION", 15, 30),
    ]
    base = version.bases_legales.first()
    assert base is not None
    assert (base.numero, base.articulos, base.publicada_el) == (
        "29090",
        "31-34",
        date(2007, 9, 25),
    )
    assert not base.verificada


@pytest.mark.parametrize(
    ("codigo", "porcentaje", "plazo"),
    [
        ("PE-LIC-BAJO", "2.0000", "2 días hábiles"),
        ("PE-LIC-ALTO", "3.4000", "8 días hábiles"),
        ("PA-EDIF-B", "6.3636", "15 días hábiles"),
        ("PA-ANUNC", "1.5000", "15 días hábiles"),
        ("PE-LIC-GIRO", "0.0000", "Al momento"),
        ("PA-RECLAM", "0.0000", "9 meses"),
        ("SE-PARTIDA", "0.2182", "1 día hábil"),
    ],
)
def test_los_derechos_se_dicen_en_soles_y_en_porcentaje_de_la_uit(
    tupa: int, codigo: str, porcentaje: str, plazo: str
) -> None:
    version = queries.get_vigente(codigo, al=HOY)
    assert (version.porcentaje_uit, version.plazo_dicho) == (Decimal(porcentaje), plazo)


def test_antes_de_regir_no_esta_vigente_y_un_codigo_ajeno_no_se_encuentra(tupa: int) -> None:
    with pytest.raises(TramiteNoVigente):
        queries.get_vigente("PA-SUBDIV", al=date(2025, 12, 31))
    with pytest.raises(NoEncontrado):
        queries.get_vigente("PA-NADA", al=HOY)


def test_la_ficha_completa_se_lee_con_pocas_consultas(
    tupa: int, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        version = queries.get_vigente("PE-LIC-ALTO", al=HOY)
        assert len(version.requisitos_en_orden) == 9
        assert [str(b) for b in version.bases_legales.all()]
        assert [r.autoridad.siglas for r in version.recursos.all()] == ["SGLC", "GM"]
        assert version.unidad_presentacion.es_mesa_de_partes


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [
        ("{{{", "No se pudo leer el TUPA"),
        ("hola: 1", "le falta la lista «procedimientos»"),
        ("procedimientos:\n  - {codigo: PA-X, tipo: PA}", "PA-X: falta «tema»"),
        (
            "procedimientos: []\nprocedimientos: []",
            "línea 2, columna 1: la clave «procedimientos» está dos veces",
        ),
    ],
)
def test_un_archivo_que_no_se_entiende_no_deja_nada(
    organigrama: dict[str, UnidadOrganica], ahora: datetime, tmp_path: Path, contenido: str, frase: str
) -> None:
    ruta = tmp_path / "tupa.yaml"
    ruta.write_text(contenido)
    with pytest.raises(EntradaInvalida, match=frase):
        services.cargar_tupa(actor=None, ruta=ruta, ahora=ahora)
    assert not Procedimiento.objects.exists()
    assert not Suceso.objects.exists()


def test_una_unidad_desconocida_se_nombra(organigrama: dict[str, UnidadOrganica], ahora: datetime) -> None:
    organigrama["SGTV"].delete()
    with pytest.raises(EntradaInvalida, match="«SGTV» no es una unidad del organigrama"):
        services.cargar_tupa(actor=None, ruta=lectura.ARCHIVOS_DE_DEMOSTRACION[1], ahora=ahora)
    assert not Procedimiento.objects.exists()


def test_un_ciudadano_no_carga_el_tupa(
    organigrama: dict[str, UnidadOrganica], ciudadana: Persona, ahora: datetime
) -> None:
    from llaqta.cimientos.errors import Denegado

    with pytest.raises(Denegado):
        services.cargar_tupa(actor=ciudadana, ruta=lectura.ARCHIVOS_DE_DEMOSTRACION[1], ahora=ahora)
    assert not Procedimiento.objects.exists()
