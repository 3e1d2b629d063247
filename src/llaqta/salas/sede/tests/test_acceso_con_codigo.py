"""Qué entrega un código a quien lo tiene, según la clase de documento; y la clave del expediente, que va aparte."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import Expediente, Incorporado
from llaqta.salas.firma import queries as firma
from llaqta.salas.sede import queries
from llaqta.salas.sede.tests.conftest import Emitido

Emitir = Callable[..., Emitido]


@pytest.fixture
def incorporado(emitir: Emitir, expediente: Expediente, ahora: datetime) -> Emitido:
    """Una resolución que está en el expediente de Rosa y ya se le abrió."""
    emitido = emitir()
    Incorporado.objects.create(
        expediente=expediente,
        documento=emitido.documento,
        orden=99,
        folio_desde=900,
        folio_hasta=900,
        incorporado_en=ahora,
    )
    return emitido


def test_con_la_clave_del_cargo_se_lee_y_sin_ella_no(
    visitante: Client, incorporado: Emitido, expediente: Expediente
) -> None:
    respuesta = visitante.post(
        f"/v/{incorporado.cvd}/clave", {"clave": expediente.clave.lower()}, follow=True
    )
    assert b"".join(respuesta.streaming_content) == incorporado.contenido  # type: ignore[attr-defined]
    assert visitante.get(f"/v/{incorporado.cvd}/documento").status_code == 404, "el código solo no lo abre"


@pytest.mark.parametrize("clave", ["0000000000000000", "x", "🙂"])
def test_una_clave_que_no_es_la_suya_se_niega_con_la_misma_frase(
    visitante: Client, incorporado: Emitido, clave: str
) -> None:
    respuesta = visitante.post(f"/v/{incorporado.cvd}/clave", {"clave": clave})
    assert respuesta.status_code == 422
    assert queries.verificacion.NO_ABRE in respuesta.content.decode()
    assert "seguimiento" not in respuesta.cookies


def test_la_clave_de_otro_expediente_no_abre_un_documento_suelto(
    visitante: Client, emitir: Emitir, expediente: Expediente
) -> None:
    suelto = emitir()
    assert visitante.post(f"/v/{suelto.cvd}/clave", {"clave": expediente.clave}).status_code == 422


def test_lo_reservado_no_lo_abre_ninguna_clave(
    visitante: Client, incorporado: Emitido, expediente: Expediente
) -> None:
    Documento.objects.filter(pk=incorporado.documento.pk).update(
        confidencialidad="RESERVADO", base_legal_reserva="Ley 27806, art. 17"
    )
    texto = visitante.get(f"/v/{incorporado.cvd}").content.decode()
    assert "Su contenido es reservado por ley" in texto
    assert "Tengo la clave" not in texto
    assert visitante.post(f"/v/{incorporado.cvd}/clave", {"clave": expediente.clave}).status_code == 422


def test_lo_que_no_se_le_abrio_al_administrado_tampoco_lo_abre_su_clave(
    visitante: Client, incorporado: Emitido, expediente: Expediente
) -> None:
    Incorporado.objects.filter(documento=incorporado.documento).update(visible_para_administrado=False)
    assert visitante.post(f"/v/{incorporado.cvd}/clave", {"clave": expediente.clave}).status_code == 422


@pytest.mark.parametrize(
    ("cambios", "titulo"),
    [
        ({"confidencialidad": "PUBLICO"}, "copia auténtica imprimible de un documento electrónico"),
        ({}, "representación impresa cuya autenticidad puede ser contrastada"),
        ({"medio": "FISICO"}, "no acredita la verdad de lo que dice"),
    ],
)
def test_cada_documento_lleva_su_leyenda(
    visitante: Client, emitir: Emitir, cambios: dict[str, Any], titulo: str
) -> None:
    emitido = emitir(**cambios)
    texto = visitante.get(f"/v/{emitido.cvd}").content.decode()
    assert titulo in texto
    assert emitido.cvd in texto


def test_el_anulado_no_lleva_leyenda(visitante: Client, emitir: Emitir, ahora: datetime) -> None:
    emitido = emitir()
    Documento.objects.filter(pk=emitido.documento.pk).update(anulado_en=ahora, motivo_anulacion="Error")
    assert 'class="leyenda"' not in visitante.get(f"/v/{emitido.cvd}").content.decode()


def test_la_municipalidad_puede_poner_su_propio_texto(
    visitante: Client, emitir: Emitir, carpeta_de_datos: Any
) -> None:
    lugar = carpeta_de_datos / "sede/leyendas.json"
    lugar.parent.mkdir(exist_ok=True)
    propia = {
        "clave": "representacion",
        "desde": "2026-01-01",
        "titulo": "Otra",
        "texto": "Ordenanza de prueba: {cvd}",
        "normas": [],
        "verificada": True,
    }
    lugar.write_text(json.dumps({"leyendas": [propia]}), encoding="utf-8")
    try:
        emitido = emitir()
        texto = visitante.get(f"/v/{emitido.cvd}").content.decode()
        assert f"Ordenanza de prueba: {emitido.cvd}" in texto
    finally:
        lugar.unlink()


# --- La prueba sin conexión -----------------------------------------------------------------------------------------
def test_la_prueba_trae_el_paquete_el_programa_y_como_usarlo(
    visitante: Client, emitir: Emitir, ahora: datetime
) -> None:
    emitido = emitir()
    antes = visitante.get(f"/v/{emitido.cvd}/prueba.zip")
    assert antes.status_code == 409
    assert "unos segundos" in antes.content.decode()
    auditoria.secuenciar_ahora(ahora=ahora)
    assert "Descargar prueba" in visitante.get(f"/v/{emitido.cvd}").content.decode()
    respuesta = visitante.get(f"/v/{emitido.cvd}/prueba.zip")
    with zipfile.ZipFile(io.BytesIO(respuesta.content)) as archivo:
        assert archivo.namelist() == ["LEEME.txt", "prueba.json", "llaqta_verificador.py"]
        paquete = json.loads(archivo.read("prueba.json"))
        leeme = archivo.read("LEEME.txt").decode()
    assert paquete == json.loads(visitante.get(f"/v/{emitido.cvd}/prueba.json").content)
    assert paquete["formato"] == "llaqta-prueba/1"
    assert paquete["abierto"]["datos"]["valor"]["huella"] == emitido.documento.archivo.sha256
    assert emitido.documento.archivo.sha256 in leeme
    assert "Rosa Quispe" not in leeme, "la prueba no dice lo que el documento guarda"


def test_un_codigo_que_no_existe_no_tiene_prueba_ni_informe(visitante: Client, db: None) -> None:
    for puerta in ("prueba.json", "prueba.zip", "informe.json", "informe.pdf", "documento"):
        assert visitante.get(f"/v/0000-0000-0000-0000/{puerta}").status_code == 404


def test_el_informe_se_lleva_en_json_y_en_pdf_sellado(
    visitante: Client, emitir: Emitir, ahora: datetime
) -> None:
    emitido = emitir()
    informe = json.loads(visitante.get(f"/v/{emitido.cvd}/informe.json").content)
    assert informe["formato"] == "llaqta-informe/1"
    assert (informe["veredicto"], informe["documento"]["sha256"]) == (
        "VÁLIDA",
        emitido.documento.archivo.sha256,
    )
    sellado = visitante.get(f"/v/{emitido.cvd}/informe.pdf").content
    assert firma.verificar(sellado, ahora=ahora).veredicto.value == "VALIDA"


def test_quien_ingreso_ve_lo_suyo_con_el_codigo(
    cliente: Callable[..., Client], ciudadana: Persona, emitir: Emitir
) -> None:
    emitido = emitir(personas=[ciudadana])
    texto = cliente(ciudadana).get(f"/v/{emitido.cvd}").content.decode()
    assert "Usted puede leerlo" in texto


def test_sin_ningun_documento_tambien_se_contesta(visitante: Client, db: None, ahora: datetime) -> None:
    assert visitante.get("/v/ABCD-EFGH-JKMN-PQRS").status_code == 404
    with pytest.raises(NoEncontrado):
        queries.get_verificacion("ABCD-EFGH-JKMN-PQRS", para=None, ahora=ahora)
