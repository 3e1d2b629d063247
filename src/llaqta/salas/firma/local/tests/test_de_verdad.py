"""Fuera de la práctica: certificados de una autoridad ajena, con su OCSP y su CRL que contestan por HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from llaqta.cimientos.models import Suceso
from llaqta.salas.firma.local.emulador import RUTA_DEL_PERMISO, Componente, Emulador, NoSalio
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.testing.pki import EstadoDePrueba

from .conftest import Escritorio

Pedir = Callable[..., SesionDeFirma]
Parametro = Callable[[SesionDeFirma], str]


@pytest.fixture
def de_verdad(
    equipo: Componente, pedir: Pedir, estado_de_prueba: EstadoDePrueba, settings: Any, tmp_path: Path
) -> Iterator[SesionDeFirma]:
    """Un pedido sin práctica: la municipalidad tiene su autorización y confía en la autoridad del Estado de prueba."""
    settings.DATOS = tmp_path
    settings.FIRMA_REDES_INTERNAS = ("127.0.0.1",)
    settings.FIRMA_ENTRENAMIENTO = False
    anclas = tmp_path / "firma" / "anclas"
    anclas.mkdir(parents=True)
    (anclas / "estado.pem").write_bytes(estado_de_prueba.raiz_pem)
    with Emulador(equipo, puerto=0) as plataforma:
        autorizacion = {
            "client_id": "mdp",
            "client_secret": "muy-secreta",
            "token_url": f"http://127.0.0.1:{plataforma.puerto}{RUTA_DEL_PERMISO}",
        }
        (tmp_path / "firma" / "fwAuthorization.json").write_text(json.dumps(autorizacion))
        equipo.perillas.tarjeta = estado_de_prueba.llave("firmante")
        yield pedir(entrenamiento=False)


def _rechazado(equipo: Componente, sesion: SesionDeFirma, parametro: Parametro, frase: str) -> str:
    with pytest.raises(NoSalio, match=frase):
        equipo.firmar(parametro(sesion))
    sesion.refresh_from_db()
    assert sesion.estado == "RECHAZADA"
    return str(Suceso.objects.get(tipo="firma.FirmaLocalRechazada").datos["codigo"])


def test_con_su_token_de_verdad_y_la_revocacion_comprobada(
    de_verdad: SesionDeFirma, equipo: Componente, escritorio: Escritorio, parametro: Parametro
) -> None:
    equipo.firmar(parametro(de_verdad))
    [[firmado]] = escritorio.recibidos
    assert (firmado.nivel, firmado.de_demostracion) == ("PAdES B-B", False)


def test_revocado_no_se_acepta(
    de_verdad: SesionDeFirma, equipo: Componente, escritorio: Escritorio, parametro: Parametro,
    estado_de_prueba: EstadoDePrueba, ahora: datetime,
) -> None:  # fmt: skip
    estado_de_prueba.revocar("firmante", desde=ahora - timedelta(hours=1))
    assert _rechazado(equipo, de_verdad, parametro, "revocado") == "NO_VALIDA"
    assert escritorio.recibidos == []


def test_si_no_se_puede_preguntar_por_la_revocacion_no_se_acepta(
    de_verdad: SesionDeFirma, equipo: Componente, escritorio: Escritorio, parametro: Parametro,
    estado_de_prueba: EstadoDePrueba,
) -> None:  # fmt: skip
    estado_de_prueba.apagar()
    assert _rechazado(equipo, de_verdad, parametro, "no se pudo dar por válida") == "NO_VALIDA"
    assert escritorio.recibidos == []


def test_el_gemelo_de_identidad_no_firma(
    de_verdad: SesionDeFirma, equipo: Componente, parametro: Parametro, estado_de_prueba: EstadoDePrueba
) -> None:
    equipo.perillas.tarjeta = estado_de_prueba.llave("autenticacion")
    assert _rechazado(equipo, de_verdad, parametro, "no se pudo dar por válida|AUT") in {
        "NO_VALIDA",
        "NO_ES_DE_FIRMA",
    }


def test_el_token_de_otra_persona_no_firma(
    de_verdad: SesionDeFirma, equipo: Componente, parametro: Parametro, estado_de_prueba: EstadoDePrueba
) -> None:
    equipo.perillas.tarjeta = estado_de_prueba.llave("firmante-rsa")
    assert _rechazado(equipo, de_verdad, parametro, "otra persona") == "OTRA_PERSONA"


def test_vencido_no_firma(
    de_verdad: SesionDeFirma, equipo: Componente, parametro: Parametro, estado_de_prueba: EstadoDePrueba
) -> None:
    equipo.perillas.tarjeta = estado_de_prueba.llave("vencido")
    assert _rechazado(equipo, de_verdad, parametro, "no se pudo dar por válida") == "NO_VALIDA"
