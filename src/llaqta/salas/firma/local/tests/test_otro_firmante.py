"""Otro programa que firma en el equipo de la persona: el ejemplo del manual, escrito tal cual, firma de verdad."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import firmantes, services
from llaqta.salas.firma.local.emulador import Componente
from llaqta.salas.firma.local.modelos import SesionDeFirma

from .conftest import Escritorio, Reloj

RAIZ = Path(__file__).parents[6]
MANUAL = RAIZ / "docs/operacion/firma-peru.md"
DECISION = RAIZ / "docs/decisiones/0016-firmar-en-el-equipo-de-la-persona.md"


@pytest.fixture
def agente() -> Iterator[firmantes.FirmanteLocal]:
    """El del manual, instalado con las mismas líneas que lee quien administra."""
    [ejemplo] = re.findall(r"```python\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(ejemplo, str(MANUAL), "exec", dont_inherit=True), {"__name__": "ejemplo"})  # noqa: S102 (es nuestro manual)
    yield firmantes.FIRMANTES["agente"]
    del firmantes.FIRMANTES["agente"]


def _pedir_y_bajar(abierto: services.Apertura) -> tuple[dict[str, Any], bytes]:
    """Lo que haría el agente: trae la ficha, recibe sus argumentos y descarga."""
    dicho, equipo = json.loads(abierto.parametro), Client()
    direccion = dicho["pedir_a"].removeprefix("https://mdp.ejemplo.pe")
    argumentos = json.loads(equipo.post(direccion, {"param_token": dicho["ficha"]}, secure=True).content)
    bajado = equipo.get(argumentos["descargar"].removeprefix("https://mdp.ejemplo.pe"), secure=True)
    return argumentos, bajado.content


def test_el_ejemplo_del_manual_firma_y_se_acepta_con_la_misma_regla(
    agente: firmantes.FirmanteLocal, pedir: Callable[..., SesionDeFirma], escritorio: Escritorio, jefe: Persona,
    equipo: Componente, reloj: Reloj, pdf: bytes,
) -> None:  # fmt: skip
    sesion = pedir(firmante="agente")
    abierto = services.abrir_firma(actor=jefe, sesion=sesion, ip=None, ahora=reloj())
    assert abierto.puerto == "48600"
    argumentos, bajado = _pedir_y_bajar(abierto)
    assert (bajado, argumentos["nivel"], argumentos["varios"]) == (pdf, "B", False)
    firmado = equipo.firmar_uno(
        bajado,
        {
            "tarjetaDePractica": "41000003", "signatureReason": argumentos["motivo"], "role": "", "signatureStyle": 0,
        },
    )  # fmt: skip
    archivo = BytesIO(firmado)
    archivo.name = "firmado.pdf"
    devuelto = Client().post(
        argumentos["devolver"].removeprefix("https://mdp.ejemplo.pe"), {"signed_file": archivo}, secure=True
    )
    assert (devuelto.status_code, devuelto.content) == (200, b"OK")
    sesion.refresh_from_db()
    assert (sesion.estado, len(escritorio.recibidos)) == ("ACEPTADA", 1)


def test_de_otro_programa_tampoco_se_confia_nada(
    agente: firmantes.FirmanteLocal, pedir: Callable[..., SesionDeFirma], escritorio: Escritorio, jefe: Persona,
    equipo: Componente, reloj: Reloj,
) -> None:  # fmt: skip
    sesion = pedir(firmante="agente")
    argumentos, bajado = _pedir_y_bajar(
        services.abrir_firma(actor=jefe, sesion=sesion, ip=None, ahora=reloj())
    )
    archivo = BytesIO(bajado + b"\n")
    archivo.name = "firmado.pdf"
    devuelto = Client().post(
        argumentos["devolver"].removeprefix("https://mdp.ejemplo.pe"), {"signed_file": archivo}, secure=True
    )
    assert devuelto.status_code == 422
    sesion.refresh_from_db()
    assert (sesion.estado, escritorio.recibidos) == ("RECHAZADA", [])


def test_la_pagina_lo_nombra_y_solo_deja_entrar_su_guion(
    agente: firmantes.FirmanteLocal, pedir: Callable[..., SesionDeFirma], jefe: Persona,
    cliente: Callable[..., Client], reloj: Reloj,
) -> None:  # fmt: skip
    sesion = pedir(firmante="agente")
    SesionDeFirma.objects.filter(pk=sesion.pk).update(entrenamiento=False)
    respuesta = cliente(jefe).get(reverse("firma_local", args=[sesion.referencia]))
    texto, politica = respuesta.content.decode(), respuesta.headers["Content-Security-Policy"]
    assert "Abrir Agente de firma" in texto
    assert "Firma Perú" not in texto
    assert "script-src 'self' https://firma.ejemplo.gob.pe/agente.js" in politica
    assert "connect-src 'self' http://127.0.0.1:48600" in politica


def test_uno_que_no_esta_no_abre_nada(pedir: Callable[..., SesionDeFirma], ahora: datetime) -> None:
    with pytest.raises(NoProcede, match="no está disponible"):
        pedir(firmante="refirma")
    assert not SesionDeFirma.objects.exists()


def test_cada_fallo_ajeno_que_la_decision_nombra_tiene_su_prueba() -> None:
    nombradas = set(re.findall(r"`(test_\w+)`", DECISION.read_text(encoding="utf-8")))
    escritas = {
        nombre
        for ruta in Path(__file__).parent.glob("test_*.py")
        for nombre in re.findall(r"^def (test_\w+)", ruta.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(nombradas) > 10
    assert nombradas <= escritas
