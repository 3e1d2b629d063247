"""Practicar sin certificados: la hoja, la tarjeta y el componente del servidor."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest import mock

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import emulador, services
from llaqta.salas.firma.local.emulador import Componente, Emulador, NoSalio, Respuesta
from llaqta.salas.firma.local.firmantes import get_firmantes
from llaqta.salas.firma.local.modelos import SesionDeFirma

from .conftest import Reloj


def test_se_practica_de_punta_a_punta_sin_nada_instalado(
    equipo: Componente, jefe: Persona, cliente: Callable[..., Client], reloj: Reloj, settings: Any
) -> None:
    """Sin JavaScript: dos botones. El componente del servidor hace lo mismo que haría el de su equipo."""
    navegador = cliente(jefe)
    respuesta = navegador.post(reverse("firma_local_practicar"), follow=True)
    assert "Hoja de práctica, sin valor legal" in respuesta.content.decode()
    sesion = SesionDeFirma.objects.get()
    assert sesion.entrenamiento

    def al_componente(metodo: str, direccion: str, cuerpo: bytes, cabeceras: Any) -> Respuesta:
        from urllib.parse import parse_qs

        assert (metodo, direccion) == ("POST", "http://127.0.0.1:48596/firmaperu/sign")
        assert cabeceras["Origin"] == settings.URL_PUBLICA
        equipo.firmar(parse_qs(cuerpo.decode())["param"][0])
        return Respuesta(200, b"")

    with mock.patch.object(emulador, "pedir_por_http", al_componente):
        respuesta = navegador.post(
            reverse("firma_local_sin_componente", args=[sesion.referencia]), follow=True
        )
    texto = respuesta.content.decode()
    assert "La firma de práctica se comprobó" in texto
    assert "Modo de entrenamiento: sin valor legal" in texto
    tipos = set(Suceso.objects.values_list("tipo", flat=True))
    assert "firma.FirmaDePracticaAceptada" in tipos
    assert "firma.FirmaLocalAceptada" not in tipos, "practicar no es firmar: el registro no dice que se firmó"
    assert not [tipo for tipo in tipos if tipo.startswith(("documentos.", "expedientes."))]
    hoja = navegador.get(reverse("firma_local_hoja", args=[sesion.referencia, 1]))
    impreso = "".join(
        pagina.get_textpage().get_text_range() for pagina in pypdfium2.PdfDocument(hoja.content)
    )
    assert "SIN VALOR LEGAL" in " ".join(impreso.split())
    assert len(list(PdfFileReader(BytesIO(hoja.content)).embedded_signatures)) == 1
    pagina = navegador.get(reverse("firma_local_practicar")).content.decode()
    assert "Su última práctica" in pagina
    assert "Practicar otra vez" in pagina


def test_se_practica_tambien_con_varias_hojas(
    jefe: Persona, cliente: Callable[..., Client], db: None
) -> None:
    navegador = cliente(jefe)
    texto = navegador.post(
        reverse("firma_local_practicar"), {"hojas": "varias"}, follow=True
    ).content.decode()
    assert "Hoja de práctica 3 de 3, sin valor legal" in texto
    assert SesionDeFirma.objects.get().documentos.count() == 3


def test_la_hoja_es_de_quien_practica_y_solo_de_la_practica(
    sesion: SesionDeFirma, jefe: Persona, especialista: Persona, cliente: Callable[..., Client]
) -> None:
    """Una sesión que no es de práctica no entrega nada por aquí: su documento se ve donde corresponde."""
    assert cliente(jefe).get(reverse("firma_local_hoja", args=[sesion.referencia, 1])).status_code == 404
    cliente(jefe).post(reverse("firma_local_practicar"))
    suya = SesionDeFirma.objects.get(destino="firma.Practica")
    donde = reverse("firma_local_hoja", args=[suya.referencia, 1])
    assert cliente(jefe).get(donde)["Content-Type"] == "application/pdf"
    assert cliente(especialista).get(donde).status_code == 404
    assert cliente(jefe).get(reverse("firma_local_hoja", args=[suya.referencia, 2])).status_code == 404


def test_si_el_componente_del_servidor_esta_apagado_se_dice(
    jefe: Persona, cliente: Callable[..., Client], reloj: Reloj, db: None
) -> None:
    navegador = cliente(jefe)
    navegador.post(reverse("firma_local_practicar"))
    sesion = SesionDeFirma.objects.get()
    with mock.patch.object(emulador, "pedir_por_http", side_effect=NoSalio("no responde")):
        respuesta = navegador.post(
            reverse("firma_local_sin_componente", args=[sesion.referencia]), follow=True
        )
    assert "no está encendido en el servidor" in respuesta.content.decode()
    sesion.refresh_from_db()
    assert sesion.estado == "PENDIENTE"


def test_lo_que_no_es_practica_no_lo_firma_el_servidor(
    sesion: SesionDeFirma, jefe: Persona, cliente: Callable[..., Client], reloj: Reloj
) -> None:
    SesionDeFirma.objects.filter(pk=sesion.pk).update(entrenamiento=False)
    with mock.patch.object(emulador, "pedir_por_http") as pedido:
        direccion = reverse("firma_local_sin_componente", args=[sesion.referencia])
        assert cliente(jefe).post(direccion).status_code == 404
    pedido.assert_not_called()


def test_fuera_del_entrenamiento_no_hay_donde_practicar(
    jefe: Persona, ciudadana: Persona, cliente: Callable[..., Client], settings: Any
) -> None:
    assert cliente(ciudadana).get(reverse("firma_local_practicar")).status_code == 404
    settings.FIRMA_ENTRENAMIENTO = False
    assert cliente(jefe).get(reverse("firma_local_practicar")).status_code == 404
    assert cliente(jefe).post(reverse("firma_local_practicar")).status_code == 404
    assert not SesionDeFirma.objects.exists()
    assert not Suceso.objects.filter(tipo__startswith="firma.FirmaLocal").exists()


def test_con_que_puede_firmar_cada_quien(jefe: Persona, settings: Any) -> None:
    settings.DEMO = True
    assert [f.codigo for f in get_firmantes(jefe)] == ["firmaperu"]
    settings.DEMO = False
    assert get_firmantes(jefe) == []
    jefe.tipo_documento = "CE"
    settings.DEMO = True
    assert get_firmantes(jefe) == []


# --- El componente de práctica --------------------------------------------------------------------------------------
@pytest.fixture
def encendido(equipo: Componente) -> Any:
    with Emulador(equipo, puerto=0) as hecho:
        yield hecho


def _pedir(encendido: Emulador, metodo: str, ruta: str, cuerpo: bytes = b"", **cabeceras: str) -> Any:
    import http.client

    conexion = http.client.HTTPConnection("127.0.0.1", encendido.puerto, timeout=10)
    try:
        conexion.request(metodo, ruta, cuerpo or None, cabeceras)
        respuesta = conexion.getresponse()
        respuesta.cuerpo = respuesta.read()  # type: ignore[attr-defined]
        return respuesta
    finally:
        conexion.close()


def test_contesta_que_esta_encendido_y_solo_su_casa_lo_lee(encendido: Emulador) -> None:
    propia = _pedir(encendido, "GET", "/firmaperu/sign", Origin="https://mdp.ejemplo.pe")
    assert propia.cuerpo == b'{"status": "ok"}'
    assert propia.getheader("Access-Control-Allow-Origin") == "https://mdp.ejemplo.pe"
    ajena = _pedir(encendido, "GET", "/firmaperu/sign", Origin="https://malo.ejemplo.com")
    assert ajena.getheader("Access-Control-Allow-Origin") is None


def test_una_pagina_ajena_no_le_hace_firmar_nada(encendido: Emulador) -> None:
    respuesta = _pedir(
        encendido, "POST", "/firmaperu/sign", b"param=e30%3D", Origin="https://malo.ejemplo.com",
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert respuesta.status == 403


def test_no_va_a_ninguna_direccion_que_no_sea_de_su_casa(equipo: Componente) -> None:
    import base64
    import json

    pedidas: list[str] = []
    equipo.pedir = lambda metodo, direccion, cuerpo, cabeceras: (
        pedidas.append(direccion) or Respuesta(200, b"")
    )  # type: ignore[func-returns-value]
    for direccion in (
        "http://169.254.169.254/latest/",
        "https://mdp.ejemplo.pe.malo.com/",
        "file:///etc/passwd",
    ):
        dicho = {"param_url": direccion, "param_token": "x", "document_extension": "pdf"}
        with pytest.raises(NoSalio, match="no viene de esta municipalidad"):
            equipo.firmar(base64.b64encode(json.dumps(dicho).encode()).decode())
    assert pedidas == []


@pytest.mark.parametrize("basura", ["", "no es base64", "W10=", "bm8="])
def test_un_pedido_que_no_se_entiende(equipo: Componente, basura: str) -> None:
    with pytest.raises(NoSalio, match="no se puede leer"):
        equipo.firmar(basura)


def test_en_la_misma_maquina_valen_sus_dos_nombres(equipo: Componente) -> None:
    equipo.origen = "http://127.0.0.1:8000"
    assert equipo.origenes == {"http://127.0.0.1:8000", "http://localhost:8000"}


@pytest.mark.django_db(transaction=True)
def test_por_http_de_verdad(
    pedir: Callable[..., SesionDeFirma], jefe: Persona, reloj: Reloj, live_server: Any, settings: Any,
    equipo: Componente,
) -> None:  # fmt: skip
    """Servidor, componente y navegador en tres puertos: cada byte pasa por un enchufe."""
    import json
    from urllib.parse import urlencode

    settings.URL_PUBLICA = equipo.origen = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    equipo.pedir = None
    apertura = services.abrir_firma(actor=jefe, sesion=pedir(), ip=None, ahora=reloj())
    with Emulador(equipo, puerto=0) as encendido:
        respuesta = _pedir(
            encendido, "POST", "/firmaperu/sign", urlencode({"param": apertura.parametro}).encode(),
            Origin=live_server.url, **{"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
    assert json.loads(respuesta.cuerpo) == {"status": "ok"}
    assert SesionDeFirma.objects.get().estado == "ACEPTADA"
