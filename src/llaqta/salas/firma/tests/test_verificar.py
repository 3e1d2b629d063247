"""Verificar: solo es válida la firma íntegra, de quien dice, en la que se pudo comprobar todo."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from PIL import Image

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import pades, queries, sello, services
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.services import Motivo
from llaqta.salas.firma.tests import ataques, firmantes
from llaqta.salas.firma.tests.conftest import PIN
from llaqta.salas.firma.verificacion import Informe, Veredicto

pytestmark = pytest.mark.django_db


def _verificar(pdf: bytes, ahora: datetime) -> Informe:
    return queries.verificar(pdf, ahora=ahora)


# --- Lo bueno ---------------------------------------------------------------------------------------------------------
def test_un_documento_sin_firmas_lo_dice(pdf: bytes, ahora: datetime) -> None:
    informe = _verificar(pdf, ahora)

    assert informe == Informe(Veredicto.SIN_FIRMA, (), ("El documento no tiene firmas digitales.",))


def test_un_escaneado_con_un_indice_mal_escrito_no_es_invalido_sino_sin_firma(ahora: datetime) -> None:
    flujo = BytesIO()
    Image.new("RGB", (60, 80), "white").save(flujo, format="PDF")
    assert b" 65536 f" in flujo.getvalue()

    assert _verificar(flujo.getvalue(), ahora).veredicto is Veredicto.SIN_FIRMA


def test_el_mismo_indice_mal_escrito_sobre_algo_firmado_es_invalido(firmado: bytes, ahora: datetime) -> None:
    roto = re.sub(rb"startxref\s+\d+\s+%%EOF\s*$", b"startxref\n0\n%%EOF\n", firmado)
    assert roto != firmado

    assert _verificar(roto, ahora).veredicto is Veredicto.INVALIDA


def test_dos_firmas_y_un_sello_son_validos_y_se_cuentan_en_su_orden(
    firmado: bytes, jefe: Persona, ahora: datetime
) -> None:
    visado = services.firmar(
        actor=jefe,
        pdf=firmado,
        pin=PIN,
        motivo=Motivo.VISTO_BUENO,
        cargo="Subgerente",
        ahora=ahora + timedelta(minutes=1),
    ).bytes
    sellado = services.sellar(pdf=visado, motivo="Constancia", ahora=ahora + timedelta(minutes=2))

    informe = _verificar(sellado, ahora + timedelta(minutes=3))
    assert (informe.veredicto, informe.motivos) == (Veredicto.VALIDA, ())
    assert [firma.motivo for firma in informe.firmas] == [
        "Soy el autor del documento",
        "Doy V° B°",
        "Constancia",
    ]


@pytest.fixture
def certificado_por_otro_programa(pdf: bytes) -> tuple[bytes, datetime]:
    """Un PDF que pyHanko de fábrica certificó para que solo admita más firmas; pyHanko usa el reloj de verdad."""
    ahora = datetime.now(UTC)
    fabrica = firmantes.PyhankoDeFabrica(firmantes.llave_de(sello.autoridad(), ahora))
    return fabrica.firmar(pdf, certifica=True), ahora


def test_una_certificacion_de_otro_programa_admite_nuestra_firma(
    certificado_por_otro_programa: tuple[bytes, datetime],
) -> None:
    certificado, ahora = certificado_por_otro_programa
    firmado = firmantes.firmar_con(firmantes.llave_de(sello.autoridad(), ahora), certificado, ahora)

    assert [_verificar(pdf, ahora).veredicto for pdf in (certificado, firmado)] == [Veredicto.VALIDA] * 2


def test_sobre_una_certificacion_no_se_admiten_notas(
    certificado_por_otro_programa: tuple[bytes, datetime],
) -> None:
    certificado, ahora = certificado_por_otro_programa

    assert _verificar(ataques.tapar_con_una_nota(certificado), ahora).veredicto is Veredicto.INVALIDA


# --- El documento fue tocado ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ataque", ataques.ATAQUES, ids=lambda ataque: ataque.__name__)
def test_un_documento_tocado_despues_de_firmar_es_invalido(
    firmado: bytes, ahora: datetime, ataque: Callable[[bytes], bytes]
) -> None:
    informe = _verificar(ataque(firmado), ahora)

    assert informe.veredicto is Veredicto.INVALIDA
    assert all(motivo.endswith(".") for motivo in informe.motivos)
    assert informe.motivos


@pytest.mark.parametrize("ataque", ataques.ATAQUES[:7], ids=lambda ataque: ataque.__name__)
def test_firmar_encima_de_un_documento_tocado_no_lo_arregla(
    firmado: bytes, ahora: datetime, ataque: Callable[[bytes], bytes]
) -> None:
    otra = firmantes.llave_de(sello.autoridad(), ahora)

    assert (
        _verificar(firmantes.firmar_con(otra, ataque(firmado), ahora), ahora).veredicto is Veredicto.INVALIDA
    )


def test_un_byte_cambiado_en_cualquier_sitio_nunca_es_valido(firmado: bytes, ahora: datetime) -> None:
    azar = random.Random(27269)
    desde, hasta = firmado.rindex(b"/Contents <"), len(firmado)
    sitios = {*range(0, 12), *range(hasta - 8, hasta), desde + 11, *azar.sample(range(hasta), 90)}
    # Lo más delicado está dentro del sobre: las versiones y los algoritmos del comienzo, y el firmante del final.
    sitios |= set(range(desde + 11, desde + 110)) | set(azar.sample(range(desde, hasta), 120))

    validos = [
        sitio
        for sitio in sorted(sitios)
        if _verificar(_cambiar(firmado, sitio, azar), ahora).veredicto
        in {Veredicto.VALIDA, Veredicto.SIN_FIRMA}
    ]
    assert validos == []


def _cambiar(pdf: bytes, sitio: int, azar: random.Random) -> bytes:
    """Cambia un byte; si es un dígito del sobre, por otro dígito: así el cambio llega hasta donde se interpreta."""
    otros = b"0123456789ABCDEF" if pdf[sitio] in b"0123456789ABCDEF" else range(256)
    otro = azar.choice([valor for valor in otros if valor != pdf[sitio]])
    return pdf[:sitio] + bytes([otro]) + pdf[sitio + 1 :]


@pytest.mark.parametrize("corte", [0, 1, 100, 5_000, -1, -10, -1_000])
def test_un_archivo_cortado_no_es_valido(firmado: bytes, ahora: datetime, corte: int) -> None:
    assert _verificar(firmado[:corte], ahora).veredicto is Veredicto.INVALIDA


@pytest.mark.parametrize(
    "contenido", [b"", b"hola", b"%PDF-1.7\n%%EOF", b"PK\x03\x04", b"%PDF-1.7\n" + b"9" * 5000]
)
def test_lo_que_no_se_puede_leer_es_invalido_y_no_un_error(contenido: bytes, ahora: datetime) -> None:
    assert _verificar(contenido, ahora).veredicto is Veredicto.INVALIDA


# --- Quien firma no es quien dice -------------------------------------------------------------------------------------
def test_una_autoridad_hecha_en_casa_con_el_mismo_nombre_es_falsa(
    pdf: bytes, ahora: datetime, tmp_path: Path
) -> None:
    falsa = firmantes.llave_de(firmantes.otra_autoridad(tmp_path), ahora)

    informe = _verificar(firmantes.firmar_con(falsa, pdf, ahora), ahora)
    assert informe.veredicto is Veredicto.INVALIDA
    assert informe.motivos == (
        "FALSARIO Juan FIR 10000001 soft: el certificado es de una autoridad falsa que usa el nombre de una verdadera.",
    )
    assert not informe.de_demostracion


def test_un_certificado_emitido_a_uno_mismo_no_se_reconoce(pdf: bytes, ahora: datetime) -> None:
    informe = _verificar(firmantes.firmar_con(firmantes.certificado_propio(ahora), pdf, ahora), ahora)

    assert informe.veredicto is Veredicto.INDETERMINADA
    assert informe.motivos == ("Nadie: no reconocemos a la entidad que emitió su certificado.",)


def test_con_el_certificado_de_autenticacion_no_se_firma(pdf: bytes, ahora: datetime) -> None:
    llave = firmantes.certificado_de_autenticacion(sello.autoridad(), ahora)

    informe = _verificar(firmantes.firmar_con(llave, pdf, ahora), ahora)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "no es de firma" in informe.motivos[0]


def test_una_firma_no_vale_en_otro_documento(firmado: bytes, ahora: datetime) -> None:
    """El sobre de un documento, puesto en otro del mismo largo."""
    otro = firmado.replace(b"/Type/Pages", b"/Type /Page", 1)
    assert _verificar(otro, ahora).veredicto is Veredicto.INVALIDA


def test_si_el_texto_del_bloque_dice_otro_nombre_manda_el_certificado(
    certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    llave = firmantes.llave_de(sello.autoridad(), ahora)
    firmado = pades.firmar_bytes(
        pdf, llave=llave, acto=pades.Acto(certificado.titular, "Soy el autor", ahora)
    )

    assert _verificar(firmado, ahora).firmas[0].titular == "FALSARIO Juan FIR 10000001 soft"


# --- Fechas y revocación ----------------------------------------------------------------------------------------------
def test_lo_firmado_despues_de_revocado_es_invalido(
    pdf: bytes, certificado: Certificado, ahora: datetime
) -> None:
    llave = _llave_robada(certificado)
    services.revocar_certificado(actor=None, certificado=certificado, motivo="Robo de la llave", ahora=ahora)
    despues = ahora + timedelta(days=1)

    informe = _verificar(firmantes.firmar_con(llave, pdf, despues), despues)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "firmó con un certificado revocado el 01/06/2026" in informe.motivos[0]


def test_lo_firmado_antes_de_revocado_es_indeterminado_si_nada_prueba_la_fecha(
    firmado: bytes, certificado: Certificado, ahora: datetime
) -> None:
    services.revocar_certificado(
        actor=None, certificado=certificado, motivo="Dejó el cargo", ahora=ahora + timedelta(days=2)
    )

    informe = _verificar(firmado, ahora + timedelta(days=3))
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert "fue revocado el 03/06/2026 y nada prueba que firmara antes" in informe.motivos[0]


def test_lo_firmado_antes_de_revocado_es_valido_si_consta_que_ya_existia(
    firmado: bytes, certificado: Certificado, ahora: datetime
) -> None:
    services.revocar_certificado(
        actor=None, certificado=certificado, motivo="Dejó el cargo", ahora=ahora + timedelta(days=2)
    )

    tarde = ahora + timedelta(days=3)
    con_prueba = queries.verificar(firmado, ahora=tarde, existia_el=ahora + timedelta(minutes=1))
    con_prueba_tardia = queries.verificar(
        firmado, ahora=tarde, existia_el=ahora + timedelta(days=2, minutes=1)
    )
    assert con_prueba.veredicto is Veredicto.VALIDA
    assert con_prueba_tardia.veredicto is Veredicto.INDETERMINADA


def test_vencido_el_certificado_la_firma_es_indeterminada_salvo_que_conste_que_existia(
    firmado: bytes, ahora: datetime
) -> None:
    tarde = ahora + timedelta(days=4 * 365)

    informe = _verificar(firmado, tarde)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert "ya no está vigente y nada prueba que firmara a tiempo" in informe.motivos[0]
    assert queries.verificar(firmado, ahora=tarde, existia_el=ahora).veredicto is Veredicto.VALIDA


def test_una_firma_con_fecha_anterior_a_su_certificado_es_invalida(pdf: bytes, ahora: datetime) -> None:
    llave = firmantes.llave_de(sello.autoridad(), ahora)

    informe = _verificar(firmantes.firmar_con(llave, pdf, ahora - timedelta(days=60)), ahora)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "no estaba vigente en la fecha en que dice haber firmado" in informe.motivos[0]


def test_una_firma_con_fecha_futura_es_invalida(pdf: bytes, ahora: datetime) -> None:
    llave = firmantes.llave_de(sello.autoridad(), ahora)

    informe = _verificar(firmantes.firmar_con(llave, pdf, ahora + timedelta(minutes=6)), ahora)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "en una fecha que todavía no llega" in informe.motivos[0]


# --- Autoridades de fuera ---------------------------------------------------------------------------------------------
@pytest.fixture
def instalacion(settings: Any, tmp_path: Path) -> Path:
    """Una instalación que además confía en una autoridad ajena."""
    settings.DATOS = tmp_path / "propia"
    return tmp_path


def _confiar(instalacion: Path, autoridad: Any, *listas: bytes) -> None:
    sello.autoridad()
    anclas, crl = instalacion / "propia/firma/anclas", instalacion / "propia/firma/crl"
    anclas.mkdir()
    crl.mkdir()
    (anclas / "ajena.pem").write_bytes(autoridad.raiz.certificado.public_bytes(serialization.Encoding.PEM))
    for numero, lista in enumerate(listas):
        (crl / f"{numero}.crl").write_bytes(lista)


def test_de_una_autoridad_de_confianza_sin_su_lista_de_revocacion_no_se_afirma_nada(
    instalacion: Path, pdf: bytes, ahora: datetime
) -> None:
    ajena = firmantes.otra_autoridad(instalacion / "ajena")
    _confiar(instalacion, ajena)

    informe = _verificar(firmantes.firmar_con(firmantes.llave_de(ajena, ahora), pdf, ahora), ahora)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert "no se pudo comprobar si su certificado estaba revocado" in informe.motivos[0]


def test_de_una_autoridad_de_confianza_con_su_lista_al_dia_la_firma_es_valida(
    instalacion: Path, pdf: bytes, ahora: datetime
) -> None:
    ajena = firmantes.otra_autoridad(instalacion / "ajena")
    _confiar(instalacion, ajena, *ajena.emitir_listas(revocados=[], ahora=ahora))

    informe = _verificar(firmantes.firmar_con(firmantes.llave_de(ajena, ahora), pdf, ahora), ahora)
    assert (informe.veredicto, informe.de_demostracion) == (Veredicto.VALIDA, False)


def test_con_la_lista_de_revocacion_vencida_no_se_afirma_nada(
    instalacion: Path, pdf: bytes, ahora: datetime
) -> None:
    ajena = firmantes.otra_autoridad(instalacion / "ajena")
    _confiar(instalacion, ajena, *ajena.emitir_listas(revocados=[], ahora=ahora - timedelta(days=5)))

    informe = _verificar(firmantes.firmar_con(firmantes.llave_de(ajena, ahora), pdf, ahora), ahora)
    assert informe.veredicto is Veredicto.INDETERMINADA


def _llave_robada(certificado: Certificado) -> Any:
    from llaqta.salas.firma.llaves import abrir_llave
    from llaqta.salas.firma.secretos import clave_de_pin

    return abrir_llave(
        certificado=certificado.x509,
        cadena=(sello.autoridad().emisora.certificado,),
        pkcs8=certificado.llave_cifrada.encode(),
        clave=clave_de_pin(PIN, certificado.numero_de_serie),
    )
