"""El proceso que atiende páginas no abre ninguna llave: sella por medio del llavero, y sin él no sella."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import llavero, queries, sello, services
from llaqta.salas.firma.cades import CONJUNTO, atributos_firmados, conjunto
from llaqta.salas.firma.llaves import Llave, LlaveNoDisponible
from llaqta.salas.firma.verificacion import Veredicto

pytestmark = pytest.mark.django_db


@pytest.fixture
def carpeta_nueva(settings: Any, tmp_path: Path) -> Path:
    settings.DATOS = tmp_path
    return tmp_path / "firma"


@pytest.fixture
def llave(carpeta_nueva: Path, entidad: Entidad, ahora: datetime) -> Llave:
    return sello.get_sello(ahora=ahora)


@pytest.fixture
def zocalo(llave: Llave, tmp_path: Path, settings: Any) -> Iterator[Path]:
    ruta = tmp_path / "llavero.sock"
    servidor = llavero.Llavero(ruta, lambda: llave)
    threading.Thread(target=servidor.serve_forever, args=(0.02,), daemon=True).start()
    settings.PAPEL, settings.LLAVERO = "web", str(ruta)
    yield ruta
    servidor.shutdown()
    servidor.server_close()


def test_la_web_sella_por_el_llavero_y_el_sello_es_valido(
    zocalo: Path, llave: Llave, pdf: bytes, ahora: datetime, settings: Any
) -> None:
    sellado = services.sellar(pdf=pdf, motivo="Cargo de recepción", ahora=ahora)

    settings.PAPEL = ""
    informe = queries.verificar(sellado, ahora=ahora)
    assert informe.veredicto is Veredicto.VALIDA
    assert informe.firmas[0].titular == services.nombre_comun(llave.certificado)


def test_sin_llavero_la_web_no_sella_aunque_tenga_los_archivos_a_la_vista(
    llave: Llave, pdf: bytes, ahora: datetime, settings: Any
) -> None:
    settings.PAPEL = "web"

    with pytest.raises(LlaveNoDisponible, match="El llavero no responde"):
        sello.get_sello(ahora=ahora)
    with pytest.raises(NoProcede, match="no se pudo abrir"):
        services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora)


def test_la_web_no_abre_la_autoridad_ni_cambia_el_sello(llave: Llave, ahora: datetime, settings: Any) -> None:
    settings.PAPEL = "web"

    with pytest.raises(LlaveNoDisponible, match="no abre llaves"):
        sello.autoridad()
    with pytest.raises(LlaveNoDisponible, match="no abre llaves"):
        sello.guardar_sello(privada=llave.privada, certificados=())  # type: ignore[attr-defined]
    assert sello.autoridad_publica().emitio(llave.certificado)


def test_el_llavero_no_firma_certificados_listas_ni_lo_de_otro(
    zocalo: Path, llave: Llave, ahora: datetime
) -> None:
    remota = sello.get_sello(ahora=ahora)
    otro = sello.raiz_de_demostracion()
    assert otro is not None

    for ajeno in (
        llave.certificado.tbs_certificate_bytes,
        hashlib.sha256(b"algo").digest(),
        conjunto(CONJUNTO, atributos_firmados(otro, bytes(32), "")),
        b"",
    ):
        with pytest.raises(LlaveNoDisponible, match="solo firma documentos con su propio certificado"):
            remota.firmar(ajeno)
    assert remota.firmar(conjunto(CONJUNTO, atributos_firmados(llave.certificado, bytes(32), "")))


def test_el_zocalo_solo_lo_abre_su_dueno_o_su_grupo(zocalo: Path) -> None:
    assert zocalo.stat().st_mode & 0o777 == 0o660


def test_lo_que_no_se_entiende_no_tumba_el_llavero(zocalo: Path, ahora: datetime) -> None:
    for pedido in ({"firmar": "zz"}, {"firmar": 7}, {"otro": 1}):
        with pytest.raises(LlaveNoDisponible):
            llavero._pedir(zocalo, pedido)
    assert sello.get_sello(ahora=ahora).certificado


def test_al_poner_una_clave_aparte_lo_ya_guardado_se_vuelve_a_cifrar_con_ella(
    llave: Llave, carpeta_nueva: Path, ahora: datetime, settings: Any
) -> None:
    antes = {
        nombre: (carpeta_nueva / nombre).read_bytes() for nombre in ("sello.pem", "emisora.key", "raiz.key")
    }
    settings.FIRMA_CLAVE_DEL_SELLO = "una-clave-que-la-web-no-tiene"

    assert sello.get_sello(ahora=ahora).certificado == llave.certificado
    assert sello.autoridad().emitio(llave.certificado)

    settings.FIRMA_CLAVE_DEL_SELLO = ""
    for nombre, contenido in antes.items():
        assert (carpeta_nueva / nombre).read_bytes() != contenido
    for abrir in (lambda: sello.get_sello(ahora=ahora), sello.autoridad):
        with pytest.raises(LlaveNoDisponible, match="La clave no abre la llave"):
            abrir()


def test_un_sello_rsa_2048_de_antes_sigue_sirviendo(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime
) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from llaqta.salas.firma.ca import DESDE, Titular

    propia = sello.autoridad()
    privada = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    viejo = propia.emitir(
        titular=Titular("MUNICIPALIDAD", f"FAU {entidad.ruc}", ruc=entidad.ruc), publica=privada.public_key(),
        desde=DESDE, hasta=ahora.replace(year=2029),
    )  # fmt: skip
    sello.guardar_sello(privada=privada, certificados=(viejo, propia.emisora.certificado))

    informe = queries.verificar(services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora), ahora=ahora)
    assert (informe.veredicto, sello.get_sello(ahora=ahora).certificado) == (Veredicto.VALIDA, viejo)


def test_el_proceso_de_paginas_de_verdad_arranca_sin_la_clave_y_no_puede_abrir_el_sello(
    llave: Llave, carpeta_nueva: Path, ahora: datetime, settings: Any
) -> None:
    """Con los ajustes de la web, en un proceso aparte: ni queriendo."""
    settings.FIRMA_CLAVE_DEL_SELLO = "una-clave-que-la-web-no-tiene"
    sello.get_sello(ahora=ahora)
    sello.autoridad()
    guion = (
        "import django; django.setup()\n"
        "from pathlib import Path\n"
        "from django.conf import settings\n"
        "from django.utils import timezone\n"
        "from cryptography.hazmat.primitives.serialization import load_pem_private_key\n"
        "from llaqta.salas.firma import secretos, sello\n"
        "for intento in (sello.autoridad, lambda: sello.get_sello(ahora=timezone.now())):\n"
        "    try:\n        intento()\n        print('ABIERTA')\n"
        "    except Exception as error:\n        print(type(error).__name__)\n"
        "pem = (sello.carpeta() / 'sello.pem').read_bytes()\n"
        "for clave in (secretos.derivar('sello'), secretos.clave_del_sello(), None):\n"
        "    try:\n        load_pem_private_key(pem, clave)\n        print('ABIERTA')\n"
        "    except (ValueError, TypeError):\n        print('cerrada')\n"
    )
    entorno = os.environ | {
        "LLAQTA_PAPEL": "web", "LLAQTA_DATA": str(carpeta_nueva.parent), "LLAQTA_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "llaqta.config.settings", "LLAQTA_DEMO": "1",
    }  # fmt: skip
    hecho = subprocess.run([sys.executable, "-c", guion], env=entorno, capture_output=True, text=True)
    assert hecho.stdout.split() == [
        "LlaveNoDisponible",
        "LlaveNoDisponible",
        "cerrada",
        "cerrada",
        "cerrada",
    ], hecho.stderr


def test_las_llaves_propias_nuevas_son_de_128_bits(settings: Any) -> None:
    from llaqta.salas.firma.llaves import crear_llave

    assert crear_llave("P-256").key_size == 256
    assert crear_llave("RSA-3072").key_size == 3072
    with pytest.raises(ValueError, match="solo P-256 o RSA-3072"):
        crear_llave("RSA-2048")
