"""El sello: la entidad firma sin que nadie escriba un PIN."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.management import call_command

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import queries, sello, services
from llaqta.salas.firma.ca import Titular
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.verificacion import Veredicto

pytestmark = pytest.mark.django_db


@pytest.fixture
def carpeta_nueva(settings: Any, tmp_path: Path) -> Path:
    """Una instalación recién puesta: sin autoridad ni sello."""
    settings.DATOS = tmp_path
    return tmp_path / "firma"


def test_el_sello_de_la_entidad_es_valido_y_no_es_de_una_persona(sellado: bytes, ahora: datetime) -> None:
    informe = queries.verificar(sellado, ahora=ahora)

    assert (informe.veredicto, informe.de_demostracion) == (Veredicto.VALIDA, True)
    (firma,) = informe.firmas
    assert firma.motivo == "Cargo de recepción"
    assert firma.cargo == ""
    assert firma.titular.endswith(" soft")
    assert " FAU " in firma.titular


def test_la_primera_vez_se_crean_la_autoridad_y_el_sello_con_el_ruc_y_el_nombre_de_la_entidad(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime
) -> None:
    sellado = services.sellar(pdf=pdf, motivo="Cargo de recepción", ahora=ahora)

    (firma,) = queries.verificar(sellado, ahora=ahora).firmas
    assert firma.titular == "MUNICIPALIDAD DISTRITAL DE PICHARI FAU 20999000011 soft"
    assert (firma.documento, firma.entidad) == ("RUC 20999000011", "Municipalidad Distrital de Pichari")


def test_el_sello_de_demostracion_que_nacio_antes_que_la_entidad_toma_su_ruc_y_su_nombre(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime
) -> None:
    ruc, entidad.ruc = entidad.ruc, ""
    entidad.save()
    services.sellar(pdf=pdf, motivo="Cargo de recepción", ahora=ahora)
    entidad.ruc = ruc
    entidad.save()

    sellado = services.sellar(pdf=pdf, motivo="Cargo de recepción", ahora=ahora)
    informe = queries.verificar(sellado, ahora=ahora)
    assert informe.veredicto == Veredicto.VALIDA
    assert informe.firmas[0].titular == "MUNICIPALIDAD DISTRITAL DE PICHARI FAU 20999000011 soft"


def test_las_llaves_se_guardan_cifradas_y_solo_las_lee_su_dueno(
    carpeta_nueva: Path, entidad: Entidad, ahora: datetime
) -> None:
    services.crear_autoridad_de_demostracion(ahora=ahora)

    for nombre in ("raiz.key", "emisora.key", "sello.pem"):
        archivo = carpeta_nueva / nombre
        assert archivo.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert archivo.stat().st_mode & 0o777 == 0o600
        with pytest.raises((TypeError, ValueError)):
            serialization.load_pem_private_key(archivo.read_bytes(), None)


def test_preparar_la_firma_dos_veces_no_cambia_nada(
    carpeta_nueva: Path, entidad: Entidad, capsys: Any
) -> None:
    call_command("preparar_firma")
    antes = {archivo.name: archivo.read_bytes() for archivo in carpeta_nueva.iterdir() if archivo.is_file()}
    call_command("preparar_firma")

    despues = {archivo.name: archivo.read_bytes() for archivo in carpeta_nueva.iterdir() if archivo.is_file()}
    assert despues == antes
    assert Certificado.objects.filter(clase=Certificado.Clase.SELLO).count() == 1
    assert capsys.readouterr().out.count("(de demostración, SIN VALOR LEGAL)") == 2


def test_la_llave_del_sello_se_abre_una_sola_vez(sellado: bytes, ahora: datetime) -> None:
    services.preparar_llaves(ahora=ahora)

    assert sello.get_sello(ahora=ahora) is sello.get_sello(ahora=ahora + timedelta(hours=1))


def test_con_otro_secreto_de_instalacion_el_sello_no_abre_y_lo_dice(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime, settings: Any
) -> None:
    services.crear_autoridad_de_demostracion(ahora=ahora)
    settings.SECRET_KEY = "otro-secreto-que-no-es-el-de-la-instalacion-de-antes"

    with pytest.raises(NoProcede, match="La llave del sello de la entidad no se pudo abrir"):
        services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora)


def test_un_sello_de_demostracion_vencido_se_renueva_solo(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime
) -> None:
    antes = sello.get_sello(ahora=ahora).certificado
    despues = ahora + timedelta(days=4 * 365)

    assert queries.verificar(
        services.sellar(pdf=pdf, motivo="Cargo", ahora=despues), ahora=despues
    ).veredicto is (Veredicto.VALIDA)
    assert sello.get_sello(ahora=despues).certificado.serial_number != antes.serial_number


def test_con_el_sello_revocado_no_se_sella(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime
) -> None:
    certificado = services.crear_autoridad_de_demostracion(ahora=ahora)
    services.revocar_certificado(
        actor=None, certificado=certificado, motivo="Se perdió la llave", ahora=ahora
    )

    with pytest.raises(NoProcede, match="El certificado del sello de la entidad fue revocado"):
        services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora)


def test_la_orden_instala_el_certificado_de_la_entidad_sin_escribir_su_clave(
    carpeta_nueva: Path, entidad: Entidad, ahora: datetime, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / "sello.p12").write_bytes(_p12(ahora))
    (tmp_path / "clave").write_text("clave\n")

    call_command("preparar_firma", sello=tmp_path / "sello.p12", clave=tmp_path / "clave")
    assert capsys.readouterr().out.startswith("Sello: MUNICIPALIDAD VERDADERA FAU 20999000011 soft")


def _p12(ahora: datetime, *, nombre: str = "MUNICIPALIDAD VERDADERA") -> bytes:
    """Un PKCS#12 como el que entrega una entidad de certificación; aquí lo emite la de demostración."""
    privada = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    propia = sello.autoridad()
    certificado = propia.emitir(
        titular=Titular(nombre=nombre, marca="FAU 20999000011", ruc="20999000011", organizacion=nombre),
        publica=privada.public_key(),
        desde=ahora,
        hasta=ahora + timedelta(days=365),
    )
    return pkcs12.serialize_key_and_certificates(
        b"sello",
        privada,
        certificado,
        [propia.emisora.certificado],
        serialization.BestAvailableEncryption(b"clave"),
    )


def test_el_certificado_de_la_entidad_reemplaza_al_de_demostracion(
    carpeta_nueva: Path, entidad: Entidad, pdf: bytes, ahora: datetime
) -> None:
    services.crear_autoridad_de_demostracion(ahora=ahora)
    services.instalar_sello(p12=_p12(ahora), clave="clave")

    (firma,) = queries.verificar(services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora), ahora=ahora).firmas
    assert firma.titular == "MUNICIPALIDAD VERDADERA FAU 20999000011 soft"


def test_un_pkcs12_con_clave_equivocada_no_se_instala(
    carpeta_nueva: Path, entidad: Entidad, ahora: datetime
) -> None:
    certificado = services.crear_autoridad_de_demostracion(ahora=ahora)

    with pytest.raises(EntradaInvalida, match="la clave no lo abre"):
        services.instalar_sello(p12=_p12(ahora), clave="otra")
    assert sello.get_sello(ahora=ahora).certificado == certificado.x509


def test_el_sello_puede_vivir_en_una_ficha_pkcs11(
    ficha: str, entidad: Entidad, pdf: bytes, ahora: datetime, settings: Any
) -> None:
    settings.FIRMA_PKCS11, settings.FIRMA_PKCS11_FICHA, settings.FIRMA_PKCS11_PIN = ficha, "llaqta", "1234"

    uno, dos = (services.sellar(pdf=pdf, motivo=f"Cargo {n}", ahora=ahora) for n in (1, 2))

    for sellado in (uno, dos):
        informe = queries.verificar(sellado, ahora=ahora)
        assert (informe.veredicto, informe.firmas[0].titular) == (
            Veredicto.VALIDA,
            "ENTIDAD EN FICHA FAU 20999000011 soft",
        )


def test_con_el_pin_de_la_ficha_equivocado_no_se_sella(
    ficha: str, entidad: Entidad, pdf: bytes, ahora: datetime, settings: Any
) -> None:
    settings.FIRMA_PKCS11, settings.FIRMA_PKCS11_FICHA, settings.FIRMA_PKCS11_PIN = ficha, "llaqta", "9999"

    with pytest.raises(NoProcede, match="no se pudo abrir"):
        services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora)


@pytest.fixture(scope="session")
def carpeta_de_fichas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SoftHSM2 lee su configuración una sola vez por proceso."""
    return tmp_path_factory.mktemp("softhsm")


@pytest.fixture
def ficha(carpeta_de_fichas: Path, ahora: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """Una ficha SoftHSM2 con la llave y el certificado del sello; devuelve el módulo PKCS#11."""
    modulo = "/usr/lib/softhsm/libsofthsm2.so"
    configuracion = carpeta_de_fichas / "softhsm2.conf"
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuracion))
    if not configuracion.exists():
        (carpeta_de_fichas / "fichas").mkdir()
        configuracion.write_text(f"directories.tokendir = {carpeta_de_fichas}/fichas\nlog.level = ERROR\n")
        _poblar(modulo, ahora)
    return modulo


def _poblar(modulo: str, ahora: datetime) -> None:
    import pkcs11
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util.rsa import decode_rsa_private_key

    orden = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "llaqta",
        "--pin",
        "1234",
        "--so-pin",
        "5678",
    ]
    subprocess.run(orden, check=True, capture_output=True)
    privada = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    propia = sello.autoridad()
    certificado = propia.emitir(
        titular=Titular(
            nombre="ENTIDAD EN FICHA", marca="FAU 20999000011", ruc="20999000011", organizacion="Entidad"
        ),
        publica=privada.public_key(),
        desde=ahora - timedelta(days=1),
        hasta=ahora + timedelta(days=365),
    )
    pkcs1 = privada.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    lib = pkcs11.lib(modulo)
    lib.reinitialize()
    with lib.get_token(token_label="llaqta").open(user_pin="1234", rw=True) as sesion:
        sesion.create_object(
            decode_rsa_private_key(pkcs1) | {Attribute.LABEL: "sello", Attribute.TOKEN: True}
        )
        for etiqueta, guardado in (("sello", certificado), ("emisora", propia.emisora.certificado)):
            sesion.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.LABEL: etiqueta,
                    Attribute.TOKEN: True,
                    Attribute.SUBJECT: guardado.subject.public_bytes(),
                    Attribute.VALUE: guardado.public_bytes(serialization.Encoding.DER),
                }
            )
