"""La verificación pública: el auténtico se reconoce, y el cambiado en un solo byte se rechaza diciendo por qué."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.testing import archivos
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.firma import services as firma
from llaqta.salas.sede import rules
from llaqta.salas.sede.tests.conftest import Emitido

Emitir = Callable[..., Emitido]


def _subir(cliente: Client, ruta: str, contenido: bytes, nombre: str = "copia.pdf") -> Any:
    flujo = io.BytesIO(contenido)
    flujo.name = nombre
    return cliente.post(ruta, {"archivo": flujo})


def _con_un_byte_cambiado(contenido: bytes) -> bytes:
    lugar = (
        contenido.index(b"W5M0MpCehiHzreSzNTczkc9d") + 60
    )  # los metadatos: se ven igual, pero ya no son los firmados
    return contenido[:lugar] + bytes([contenido[lugar] ^ 1]) + contenido[lugar + 1 :]


def test_el_codigo_dice_quien_firmo_desde_cuando_se_verifica_y_su_huella(
    visitante: Client, emitir: Emitir
) -> None:
    emitido = emitir()
    texto = visitante.get(f"/v/{emitido.cvd}").content.decode()
    for frase in (
        "Este documento es auténtico",
        "RESOLUCIÓN N° 000001-2026-MDP/GM",
        "Gerencia Municipal",
        "Firma válida",
        "Demostración, sin valor legal",
        "Desde el 1 de junio de 2026 hasta el 1 de junio de 2028",
        emitido.documento.archivo.sha256,
    ):
        assert frase in texto


@pytest.mark.parametrize("forma", ["igual", "minusculas", "sin guiones"])
def test_el_codigo_se_acepta_como_la_gente_lo_escribe(visitante: Client, emitir: Emitir, forma: str) -> None:
    cvd = emitir().cvd
    escrito = {"igual": cvd, "minusculas": cvd.lower(), "sin guiones": cvd.replace("-", " ")}[forma]
    respuesta = visitante.post("/verificar/", {"cvd": escrito}, follow=True)
    assert "Este documento es auténtico" in respuesta.content.decode()


def test_lo_que_no_es_publico_da_solo_el_informe(visitante: Client, emitir: Emitir) -> None:
    emitido = emitir()
    texto = visitante.get(f"/v/{emitido.cvd}").content.decode()
    assert "Rosa Quispe" not in texto
    assert "Su contenido solo lo ven las personas del trámite" in texto
    assert visitante.get(f"/v/{emitido.cvd}/documento").status_code == 404


def test_lo_publico_se_puede_leer(visitante: Client, emitir: Emitir) -> None:
    emitido = emitir(confidencialidad=Documento.Confidencialidad.PUBLICO)
    assert f"/v/{emitido.cvd}/documento" in visitante.get(f"/v/{emitido.cvd}").content.decode()
    leido = visitante.get(f"/v/{emitido.cvd}/documento")
    assert b"".join(leido.streaming_content) == emitido.contenido  # type: ignore[attr-defined]


def test_la_copia_identica_se_reconoce(visitante: Client, emitir: Emitir) -> None:
    emitido = emitir()
    respuesta = _subir(visitante, f"/v/{emitido.cvd}/copia", emitido.contenido)
    assert "Su copia es idéntica" in respuesta.content.decode()


def test_un_solo_byte_cambiado_se_rechaza_y_se_dice_que_fallo(visitante: Client, emitir: Emitir) -> None:
    emitido = emitir()
    respuesta = _subir(visitante, f"/v/{emitido.cvd}/copia", _con_un_byte_cambiado(emitido.contenido))
    texto = respuesta.content.decode()
    assert "Su copia NO es el documento registrado" in texto
    assert "Su huella no coincide" in texto
    assert "el documento fue cambiado después de firmarse" in texto
    assert "Su copia es idéntica" not in texto


def test_la_copia_no_se_guarda(visitante: Client, emitir: Emitir, carpeta_de_datos: Any) -> None:
    emitido = emitir()
    antes = sorted(carpeta_de_datos.rglob("*"))
    _subir(visitante, f"/v/{emitido.cvd}/copia", archivos.pdf(1, texto="otra cosa"))
    assert sorted(carpeta_de_datos.rglob("*")) == antes


def test_otro_pdf_sin_firma_no_es_el_registrado(visitante: Client, emitir: Emitir) -> None:
    respuesta = _subir(visitante, f"/v/{emitir().cvd}/copia", archivos.pdf(1))
    assert "Además, su archivo no tiene ninguna firma digital." in respuesta.content.decode()


@pytest.mark.parametrize("contenido", [b"no soy un pdf", b"%PDF-1.7\n", b"PK\x03\x04 un zip"])
def test_un_archivo_que_no_es_pdf_se_rechaza_sin_fallar(
    visitante: Client, emitir: Emitir, contenido: bytes
) -> None:
    respuesta = _subir(visitante, f"/v/{emitir().cvd}/copia", contenido)
    assert respuesta.status_code == 200
    assert "Su copia NO es el documento registrado" in respuesta.content.decode()


def test_sin_archivo_se_pide(visitante: Client, emitir: Emitir) -> None:
    respuesta = visitante.post(f"/v/{emitir().cvd}/copia", {})
    assert respuesta.status_code == 422
    assert "Falta adjuntar el archivo" in respuesta.content.decode()


def test_un_codigo_que_no_existe_y_uno_mal_escrito_reciben_la_misma_frase(
    visitante: Client, db: None
) -> None:
    frases = set()
    for cvd in ("0000-0000-0000-0000", "hola", "🙂"):
        respuesta = visitante.get(f"/v/{cvd}")
        assert respuesta.status_code == 404
        frases.add(respuesta.context["form"].errors["cvd"][0])
    assert len(frases) == 1
    assert "Ningún documento vigente tiene ese código" in frases.pop()


@pytest.mark.parametrize(
    ("desde", "hasta", "frase"),
    [
        (date(2024, 1, 1), date(2026, 5, 31), "se pudo verificar aquí hasta el 31 de mayo de 2026"),
        (date(2026, 6, 2), date(2028, 6, 2), "se puede verificar desde el 2 de junio de 2026"),
    ],
)
def test_fuera_de_su_ventana_se_dice_la_verdad_y_nada_mas(
    visitante: Client, emitir: Emitir, desde: date, hasta: date, frase: str
) -> None:
    emitido = emitir(confidencialidad=Documento.Confidencialidad.PUBLICO)
    Documento.objects.filter(pk=emitido.documento.pk).update(verificable_desde=desde, verificable_hasta=hasta)
    respuesta = visitante.get(f"/v/{emitido.cvd}")
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert frase in texto
    for reservado in ("RESOLUCIÓN N°", "Firma válida", emitido.documento.archivo.sha256, "es auténtico"):
        assert reservado not in texto
    for puerta in ("documento", "prueba.json", "prueba.zip", "informe.json"):
        assert visitante.get(f"/v/{emitido.cvd}/{puerta}").status_code == 404, puerta


@pytest.mark.parametrize(
    ("desde", "hasta"), [(date(2026, 6, 1), date(2028, 6, 1)), (date(2024, 6, 1), date(2026, 6, 1))]
)
def test_el_primer_y_el_ultimo_dia_de_la_ventana_se_verifica(
    visitante: Client, emitir: Emitir, desde: date, hasta: date
) -> None:
    emitido = emitir()
    Documento.objects.filter(pk=emitido.documento.pk).update(verificable_desde=desde, verificable_hasta=hasta)
    assert "Este documento es auténtico" in visitante.get(f"/v/{emitido.cvd}").content.decode()


def test_el_anulado_lo_dice_aunque_su_firma_sea_valida(
    visitante: Client, emitir: Emitir, ahora: datetime
) -> None:
    emitido = emitir()
    Documento.objects.filter(pk=emitido.documento.pk).update(
        anulado_en=ahora, motivo_anulacion="Error material"
    )
    texto = visitante.get(f"/v/{emitido.cvd}").content.decode()
    assert "Este documento fue anulado" in texto
    assert "Error material" in texto
    assert "Este documento es auténtico" not in texto


def test_la_copia_de_la_version_anterior_se_reconoce_como_tal(
    visitante: Client, emitir: Emitir, ahora: datetime
) -> None:
    emitido, otro = emitir(), emitir("RESOLUCIÓN N° 000002-2026-MDP/GM")
    documentos.agregar_version(
        actor=None,
        documento=emitido.documento,
        archivo=otro.documento.archivo,
        motivo="Se añadió otra firma",
        ahora=ahora + timedelta(minutes=5),
    )
    texto = _subir(visitante, f"/v/{emitido.cvd}/copia", emitido.contenido).content.decode()
    assert "Su copia es de una versión anterior" in texto


def test_un_pdf_suelto_se_reconoce_si_es_nuestro_y_si_no_se_dice(visitante: Client, emitir: Emitir) -> None:
    emitido = emitir()
    texto = _subir(visitante, "/verificar/archivo/", emitido.contenido).content.decode()
    assert "es un documento registrado en esta municipalidad" in texto
    texto = _subir(
        visitante, "/verificar/archivo/", _con_un_byte_cambiado(emitido.contenido)
    ).content.decode()
    assert "La firma no es válida" in texto
    texto = _subir(visitante, "/verificar/archivo/", archivos.pdf(1)).content.decode()
    assert "El archivo no tiene firmas digitales" in texto
    texto = _subir(visitante, "/verificar/archivo/", b"PK\x03\x04 no es un PDF").content.decode()
    assert "Su archivo no se puede dar por bueno" in texto
    assert "La firma no es válida" not in texto
    texto = _subir(visitante, "/verificar/archivo/", archivos.pdf_con_clave()).content.decode()
    assert "No se pudo comprobar su archivo" in texto
    assert "protegido con contraseña" in texto


def test_pasado_el_limite_se_pide_esperar(
    visitante: Client, emitir: Emitir, monkeypatch: pytest.MonkeyPatch
) -> None:
    emitido = emitir()
    monkeypatch.setitem(rules.LIMITES, "verificar", 1)
    assert visitante.get(f"/v/{emitido.cvd}").status_code == 200
    assert visitante.get(f"/v/{emitido.cvd}").status_code == 429


def test_la_copia_de_antes_del_sello_de_tiempo_sigue_siendo_autentica(
    visitante: Client, emitir: Emitir, ahora: datetime
) -> None:
    emitido = emitir()
    con_otra_firma = firma.sellar(pdf=emitido.contenido, motivo="Sello", ahora=ahora + timedelta(minutes=4))
    assert con_otra_firma.startswith(emitido.contenido)
    archivo = documentos.guardar_pdf_propio(actor=None, nombre="r.pdf", pdf=con_otra_firma, ahora=ahora)
    documentos.agregar_version(
        actor=None,
        documento=emitido.documento,
        archivo=archivo,
        motivo="Sello de tiempo",
        ahora=ahora + timedelta(minutes=5),
    )
    texto = _subir(visitante, f"/v/{emitido.cvd}/copia", emitido.contenido).content.decode()
    assert "Su copia es auténtica" in texto
    assert "sin cambiar nada de lo anterior" in texto
    suelto = _subir(visitante, "/verificar/archivo/", emitido.contenido).content.decode()
    assert "es un documento registrado en esta municipalidad" in suelto
