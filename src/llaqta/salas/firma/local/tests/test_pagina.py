"""Quién puede pedir la firma, y la página desde la que se abre Firma Perú."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local.emulador import Componente
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.tests.documentos import una_pagina

from .conftest import Escritorio, Reloj

Pedir = Callable[..., SesionDeFirma]


def test_sin_autorizacion_ni_practica_no_se_ofrece(pedir: Pedir, settings: Any) -> None:
    settings.FIRMA_ENTRENAMIENTO = False
    with pytest.raises(NoProcede, match="no está en modo de entrenamiento"):
        pedir()
    with pytest.raises(NoProcede, match="falta su archivo de autorización"):
        pedir(entrenamiento=False)
    assert not SesionDeFirma.objects.exists()


def test_quien_no_tiene_dni_firma_con_su_pin(pedir: Pedir, jefe: Persona) -> None:
    jefe.tipo_documento, jefe.numero_documento = "CE", "001234567"
    jefe.save()
    with pytest.raises(NoProcede, match="Firme con su PIN"):
        pedir()


# --- La página ------------------------------------------------------------------------------------------------------
def test_solo_la_pagina_de_firmar_deja_entrar_guiones_de_afuera(
    pedir: Pedir, jefe: Persona, cliente: Callable[..., Client], reloj: Reloj
) -> None:
    practica = pedir()
    real = pedir(entrenamiento=True)
    SesionDeFirma.objects.filter(pk=real.pk).update(entrenamiento=False)
    SesionDeFirma.objects.filter(pk=practica.pk).update(estado="PENDIENTE")
    navegador = cliente(jefe)
    pagina = navegador.get(reverse("firma_local", args=[real.referencia]))
    politica = pagina["Content-Security-Policy"]
    assert "https://apps.firmaperu.gob.pe/web/clienteweb/firmaperu.min.js" in politica
    assert "connect-src 'self' http://127.0.0.1:48596;" in politica
    assert "unsafe" not in politica
    assert 'id="addComponent"' in pagina.content.decode()
    pagina = navegador.get(reverse("firma_local", args=[practica.referencia]))
    assert "firmaperu.gob.pe" not in pagina["Content-Security-Policy"] + pagina.content.decode()
    assert "Modo de entrenamiento: sin valor legal" in pagina.content.decode()
    assert "firmaperu.gob.pe" not in navegador.get(reverse("inicio"))["Content-Security-Policy"]


def test_desde_el_telefono_se_dice_que_no_y_que_hacer(
    sesion: SesionDeFirma, jefe: Persona, cliente: Callable[..., Client], reloj: Reloj
) -> None:
    pagina = cliente(jefe).get(
        reverse("firma_local", args=[sesion.referencia]),
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14)"},
    )
    texto = pagina.content.decode()
    assert "Firma Perú no funciona en el teléfono" in texto
    assert "firme con su PIN" in texto
    assert "data-abrir" not in texto
    assert "Para practicar sí le sirve" in texto


@pytest.mark.parametrize(
    ("estado", "dicho"),
    [
        ("ENTREGADA", "Siga en la ventana"),
        ("ACEPTADA", "La firma de práctica se comprobó"),
        ("RECHAZADA", "La firma no se aceptó"),
        ("CANCELADA", "No se firmó"),
        ("VENCIDA", "Pasaron 10 minutos y no se firmó"),
    ],
)
def test_la_pagina_dice_en_que_esta(
    sesion: SesionDeFirma,
    jefe: Persona,
    cliente: Callable[..., Client],
    reloj: Reloj,
    estado: str,
    dicho: str,
) -> None:
    SesionDeFirma.objects.filter(pk=sesion.pk).update(
        estado=estado, frase="Se firmó con otro certificado." if estado == "RECHAZADA" else ""
    )
    navegador = cliente(jefe)
    texto = navegador.get(reverse("firma_local", args=[sesion.referencia])).content.decode()
    assert dicho in texto
    assert ("Se firmó con otro certificado." in texto) == (estado == "RECHAZADA")
    termino = navegador.get(reverse("firma_local_estado", args=[sesion.referencia])).json()["termino"]
    assert termino == (estado != "ENTREGADA")


def test_de_un_lote_se_ve_como_quedo_cada_documento(
    equipo: Componente, pedir: Pedir, parametro: Callable[[SesionDeFirma], str], jefe: Persona,
    cliente: Callable[..., Client], escritorio: Escritorio,
) -> None:  # fmt: skip
    escritorio.se_niega_a = {"pruebas.Carta:2:v1": "El expediente pasó a otra unidad."}
    sesion = pedir(una_pagina(), una_pagina())
    equipo.firmar(parametro(sesion))
    navegador = cliente(jefe)
    texto = " ".join(navegador.get(reverse("firma_local", args=[sesion.referencia])).content.decode().split())
    assert "Practicada en parte" in texto
    assert "Se firmaron 1 de 2 documentos." in texto
    assert "CARTA N° 000001-2026-MDP/SGLC" in texto
    assert "No se firmó" in texto
    assert "El expediente pasó a otra unidad." in texto
    todas = navegador.get(reverse("firma_local_todas")).content.decode()
    assert "Practicada en parte" in todas
    assert "De práctica, sin valor legal" in todas


def test_cada_quien_ve_solo_sus_pedidos(
    sesion: SesionDeFirma, especialista: Persona, jefe: Persona, cliente: Callable[..., Client]
) -> None:
    suya = cliente(jefe).get(reverse("firma_local_todas")).content.decode()
    ajena = cliente(especialista).get(reverse("firma_local_todas")).content.decode()
    assert "CARTA N° 000001-2026-MDP/SGLC" in suya
    assert "CARTA N°" not in ajena
    assert "Todavía no pidió firmar" in ajena
