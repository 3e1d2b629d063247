"""Fraudes con certificados, fechas, sellos de tiempo y constancias de revocación: el corpus de ataques, segunda parte.

Cada uno dice qué veredicto le toca y qué palabra de la explicación lo prueba: así se sabe que se rechaza por lo debido.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from llaqta.salas.firma import cades
from llaqta.salas.firma.confianza import Confianza
from llaqta.salas.firma.llaves import LlaveDeSoftware
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.tests.sellador import Sellador
from llaqta.salas.firma.tests.taller import DER, Taller, der
from llaqta.salas.firma.veredicto import Veredicto

PDF = una_pagina()
INVALIDA, INDETERMINADA = Veredicto.INVALIDA, Veredicto.INDETERMINADA
DIA, HORA = timedelta(days=1), timedelta(hours=1)
EKU = ExtendedKeyUsageOID


@dataclass(frozen=True)
class Preparado:
    """El documento y con qué se verifica."""

    pdf: bytes
    confianza: Confianza | None = None
    ahora: datetime | None = None


@dataclass(frozen=True)
class Fraude:
    """Cómo se prepara, qué veredicto le toca y qué dice la explicación."""

    preparar: Callable[[Taller], Preparado]
    veredicto: Veredicto
    dice: str
    firmas: int = field(default=1)


# --- Certificados -----------------------------------------------------------------------------------------------------
def con(llave: Callable[[Taller], LlaveDeSoftware], **datos: Any) -> Callable[[Taller], Preparado]:
    """Un documento firmado por pyHanko con una llave."""
    return lambda t: Preparado(t.de_fabrica(PDF, llave(t), **datos))


def emitida(**datos: Any) -> Callable[[Taller], LlaveDeSoftware]:
    return lambda t: t.estado.emitir("a medida", **datos)


def _sin_cadena(t: Taller) -> LlaveDeSoftware:
    return replace(t.estado.llave(), cadena=())


def _certificar(
    sujeto: x509.Name,
    emisor: x509.Name,
    publica: Any,
    firma: Any,
    *,
    autoridad: bool = False,
    rara: bool = False,
) -> x509.Certificate:
    usos = x509.KeyUsage(False, not autoridad, False, False, False, autoridad, autoridad, False, False)
    constructor = (
        x509.CertificateBuilder().subject_name(sujeto).issuer_name(emisor).public_key(publica)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2029, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=autoridad, path_length=None), critical=True)
        .add_extension(usos, critical=True)
    )  # fmt: skip
    if rara:
        desconocida = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
        constructor = constructor.add_extension(desconocida, critical=True)
    return constructor.sign(firma, hashes.SHA256())


def _nombre(comun: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, comun)])


def bajo_una_raiz_falsa(t: Taller) -> LlaveDeSoftware:
    """Emitido por una autoridad con el nombre de la raíz verdadera y otra llave."""
    falsa, propia = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    raiz = t.estado.raiz.subject
    certificado = _certificar(_nombre("FALSARIO Juan"), raiz, propia.public_key(), falsa)
    return LlaveDeSoftware(
        certificado, (_certificar(raiz, raiz, falsa.public_key(), falsa, autoridad=True),), propia
    )


def autofirmado(t: Taller) -> LlaveDeSoftware:
    propia = ec.generate_private_key(ec.SECP256R1())
    nombre = _nombre("ALCALDE Autofirmado")
    return LlaveDeSoftware(_certificar(nombre, nombre, propia.public_key(), propia), (), propia)


def emitido_por_quien_no_es_autoridad(t: Taller) -> LlaveDeSoftware:
    """El titular de un certificado de firma emite otro con su llave."""
    empresa, propia = t.estado.llave("empresa"), ec.generate_private_key(ec.SECP256R1())
    suyo = _certificar(
        _nombre("FALSARIO Juan"), empresa.certificado.subject, propia.public_key(), empresa.privada
    )
    return LlaveDeSoftware(suyo, (empresa.certificado, *empresa.cadena), propia)


def de_una_autoridad_de_mas(t: Taller) -> LlaveDeSoftware:
    """La emisora no puede tener autoridades debajo (longitud de cadena 0), y esta tiene una."""
    sub, propia = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    emisora = t.estado.certificado("emisora")
    autoridad = _certificar(
        _nombre("AC DE MAS"), emisora.subject, sub.public_key(), t.estado.privada("emisora"), autoridad=True
    )
    suyo = _certificar(_nombre("FALSARIO Juan"), autoridad.subject, propia.public_key(), sub)
    return LlaveDeSoftware(suyo, (autoridad, emisora), propia)


def con_extension_critica_desconocida(t: Taller) -> LlaveDeSoftware:
    propia, emisora = ec.generate_private_key(ec.SECP256R1()), t.estado.certificado("emisora")
    suyo = _certificar(
        _nombre("RARO Juan"), emisora.subject, propia.public_key(), t.estado.privada("emisora"), rara=True
    )
    return LlaveDeSoftware(suyo, (emisora,), propia)


def de_la_autoridad_misma(t: Taller) -> LlaveDeSoftware:
    return LlaveDeSoftware(t.estado.certificado("emisora"), (), t.estado.privada("emisora"))


def _atributos_alterados(cambiar: Callable[[list[bytes]], list[bytes]]) -> Callable[[Taller], Preparado]:
    """Firma con el motor propio, con otros atributos firmados."""

    @contextmanager
    def alterados() -> Iterator[None]:
        original = cades.atributos_firmados
        cades.atributos_firmados = lambda *datos: cambiar(original(*datos))
        try:
            yield
        finally:
            cades.atributos_firmados = original

    def preparar(t: Taller) -> Preparado:
        with alterados():
            return Preparado(t.propia(PDF))

    return preparar


def _otro_certificado(atributos: list[bytes]) -> list[bytes]:
    return [uno[:-8] + bytes(8) if cades.CERTIFICADO_DEL_FIRMANTE in uno else uno for uno in atributos]


def _sin_certificado(atributos: list[bytes]) -> list[bytes]:
    return [uno for uno in atributos if cades.CERTIFICADO_DEL_FIRMANTE not in uno]


def _de_mas_alterado(t: Taller) -> Preparado:
    suelto = bytearray(der(t.estado.certificado("empresa")))
    suelto[-3] ^= 1
    return Preparado(t.de_fabrica(PDF, firmante=t.firmante(extra=[bytes(suelto)])))


def _raiz_falsa_en_el_almacen(t: Taller) -> Preparado:
    llave = autofirmado(t)
    return Preparado(t.con_almacen(t.de_fabrica(PDF, llave), certificados=[der(llave.certificado)]))


def _ancla_el_firmante(t: Taller) -> Preparado:
    llave = autofirmado(t)
    return Preparado(t.de_fabrica(PDF, llave), t.confianza.con_anclas([der(llave.certificado)]))


# --- Revocación -------------------------------------------------------------------------------------------------------
def _responder(
    t: Taller,
    *,
    de: str = "firmante",
    estado: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    desde: timedelta = timedelta(0),
    dura: timedelta = HORA,
    quien: str = "estado-emisora",
    con_certificado: bool = True,
    hace: timedelta = DIA,
) -> bytes:
    """Una respuesta OCSP hecha a mano."""
    revocado = estado is ocsp.OCSPCertStatus.REVOKED
    respondedor = t.estado.certificado(quien)
    constructor = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=t.estado.certificado(de), issuer=t.estado.certificado("emisora"), algorithm=hashes.SHA256(),
            cert_status=estado, this_update=t.ahora + desde, next_update=t.ahora + desde + dura,
            revocation_time=t.ahora - hace if revocado else None, revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, respondedor)
    )  # fmt: skip
    if con_certificado:
        constructor = constructor.certificates([respondedor])
    return constructor.sign(t.estado.privada(quien), hashes.SHA256()).public_bytes(DER)


def con_constancias(
    *,
    listas: Callable[[Taller], Sequence[bytes]] = lambda _: (),
    respuestas: Callable[[Taller], Sequence[bytes]] = lambda _: (),
    antes: Callable[[Taller], object] = lambda _: None,
    dentro: bool = False,
) -> Callable[[Taller], Preparado]:
    """Un documento bien firmado, y lo que se sabe de sus revocaciones: guardado aquí o dentro de él."""

    def preparar(t: Taller) -> Preparado:
        firmado = t.propia(PDF)
        antes(t)
        de_la_raiz = t.lista("raiz")
        if dentro:
            firmado = t.con_almacen(firmado, listas=[*listas(t), de_la_raiz], respuestas=respuestas(t))
            return Preparado(firmado, t.a_secas)
        return Preparado(
            firmado,
            replace(t.a_secas, listas=(*listas(t), de_la_raiz), respuestas=tuple(respuestas(t))),
        )

    return preparar


def revocado(t: Taller, *, hace: timedelta = DIA) -> None:
    t.estado.revocar("firmante", desde=t.ahora - hace)


def _lista_falsa(t: Taller) -> list[bytes]:
    """Una lista con el nombre de la emisora, firmada por otro."""
    constructor = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(t.estado.certificado("emisora").subject)
        .last_update(t.ahora - HORA)
        .next_update(t.ahora + HORA)
    )
    return [constructor.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(DER)]


def _lista_de_cambios(t: Taller) -> list[bytes]:
    """Una lista que solo trae cambios (delta): que alguien no esté en ella no dice nada."""
    constructor = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(t.estado.certificado("emisora").subject)
        .last_update(t.ahora - HORA)
        .next_update(t.ahora + HORA)
        .add_extension(x509.DeltaCRLIndicator(1), critical=True)
    )
    return [constructor.sign(t.estado.privada("emisora"), hashes.SHA256()).public_bytes(DER)]


def _lista_de_autoridades(t: Taller) -> list[bytes]:
    """Una lista que solo habla de autoridades."""
    parte = x509.IssuingDistributionPoint(None, None, False, True, None, False, False)
    constructor = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(t.estado.certificado("emisora").subject)
        .last_update(t.ahora - HORA)
        .next_update(t.ahora + HORA)
        .add_extension(parte, critical=True)
    )
    return [constructor.sign(t.estado.privada("emisora"), hashes.SHA256()).public_bytes(DER)]


def _lista_vencida_que_lo_revoca(t: Taller) -> list[bytes]:
    fila = (
        x509.RevokedCertificateBuilder()
        .serial_number(t.estado.certificado("firmante").serial_number)
        .revocation_date(t.ahora - 40 * DIA)
        .build()
    )
    constructor = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(t.estado.certificado("emisora").subject)
        .last_update(t.ahora - 30 * DIA)
        .next_update(t.ahora - 29 * DIA)
        .add_revoked_certificate(fila)
    )
    return [constructor.sign(t.estado.privada("emisora"), hashes.SHA256()).public_bytes(DER)]


def _vieja(t: Taller) -> list[bytes]:
    return [t.lista("emisora", al=t.ahora - 2 * DIA)]


def _de_hoy(t: Taller) -> list[bytes]:
    # Cada lista vale una hora desde la hora en punto: la siguiente ya dice lo que se acaba de revocar.
    return [t.lista("emisora")]


# --- Sellos de tiempo -------------------------------------------------------------------------------------------------
def sellada(
    llave: Callable[[Taller], LlaveDeSoftware],
    cuando: timedelta = timedelta(0),
    *,
    miente: bool = False,
) -> Callable[[Taller], Preparado]:
    """Una firma con el sello de tiempo de esa llave."""

    def preparar(t: Taller) -> Preparado:
        salida = io.BytesIO()
        datos = signers.PdfSignatureMetadata(
            field_name="Firma1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        sellador = Sellador(llave(t), t.ahora + cuando, miente=miente)
        signers.PdfSigner(datos, t.firmante(), timestamper=sellador).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(PDF)), output=salida
        )
        return Preparado(salida.getvalue())

    return preparar


def tsa(nombre: str = "tsa") -> Callable[[Taller], LlaveDeSoftware]:
    return lambda t: LlaveDeSoftware(t.estado.certificado(nombre), (t.estado.raiz,), t.estado.privada(nombre))


def _sello_revocado(t: Taller) -> Preparado:
    pdf = t.de_fabrica(PDF, tsa="tsa")
    t.estado.revocar("tsa", desde=t.ahora - DIA)
    return Preparado(pdf, replace(t.a_secas, listas=t.listas(al=t.ahora + HORA)), t.ahora + HORA)


def _revocado_y_sellado_tarde(t: Taller) -> Preparado:
    """Dice haber firmado antes de que lo revocaran, pero el sello es de después."""
    revocado(t, hace=DIA)
    return Preparado(t.con_sello(t.propia(PDF, en=t.ahora - 2 * DIA)))


def _b_t_con_la_tsa_vencida(t: Taller) -> Preparado:
    """El sello era bueno, pero el certificado de su autoridad ya venció y nadie lo renovó."""
    tarde = t.ahora.replace(year=2028, month=6, day=1)
    return Preparado(t.de_fabrica(PDF, tsa="tsa"), replace(t.a_secas, listas=t.listas(al=tarde)), tarde)


FRAUDES: dict[str, Fraude] = {
    "uso_de_servidor": Fraude(con(emitida(usos_extendidos=[EKU.SERVER_AUTH])), INVALIDA, "otra cosa que firmar"),
    "uso_de_tiempo": Fraude(con(emitida(usos_extendidos=[EKU.TIME_STAMPING])), INVALIDA, "otra cosa que firmar"),
    "uso_de_ocsp": Fraude(con(emitida(usos_extendidos=[EKU.OCSP_SIGNING])), INVALIDA, "otra cosa que firmar"),
    "autenticacion": Fraude(con(lambda t: t.estado.llave("autenticacion")), INVALIDA, "no es de firma"),
    "sin_usos": Fraude(con(emitida(usos=())), INVALIDA, "no es de firma"),
    "solo_cifra": Fraude(con(emitida(usos=("key_encipherment",))), INVALIDA, "no es de firma"),
    "vencido": Fraude(con(lambda t: t.estado.llave("vencido")), INVALIDA, "no estaba vigente"),
    "todavia_no_vale": Fraude(con(lambda t: t.estado.llave("futuro")), INVALIDA, "no estaba vigente"),
    "raiz_falsa_con_el_mismo_nombre": Fraude(con(bajo_una_raiz_falsa), INVALIDA, "autoridad falsa"),
    "autofirmado": Fraude(con(autofirmado), INDETERMINADA, "no reconocemos"),
    "emitido_por_otro_titular": Fraude(con(emitido_por_quien_no_es_autoridad), INDETERMINADA, "cadena"),
    "autoridad_de_mas": Fraude(con(de_una_autoridad_de_mas), INDETERMINADA, "cadena"),
    "extension_critica_rara": Fraude(con(con_extension_critica_desconocida), INDETERMINADA, "cadena"),
    "con_la_llave_de_la_autoridad": Fraude(con(de_la_autoridad_misma), INVALIDA, "no es de firma"),
    "cadena_cortada": Fraude(con(_sin_cadena), INDETERMINADA, "no reconocemos"),
    "raiz_falsa_en_el_almacen": Fraude(_raiz_falsa_en_el_almacen, INDETERMINADA, "no reconocemos"),
    "el_firmante_como_ancla": Fraude(_ancla_el_firmante, INDETERMINADA, "no se pudo comprobar"),
    "resumen_sha1": Fraude(con(lambda t: t.estado.llave(), md_algorithm="sha1"), INVALIDA, "algoritmo"),
    "resumen_md5": Fraude(con(lambda t: t.estado.llave("firmante-rsa"), md_algorithm="md5"), INVALIDA, "algoritmo"),
    "rsa_1024": Fraude(
        con(lambda t: t.estado.emitir("corta", privada=rsa.generate_private_key(public_exponent=65537, key_size=1024))),
        INVALIDA, "algoritmo"),
    "otro_signing_certificate": Fraude(_atributos_alterados(_otro_certificado), INVALIDA, "Julio FAU 20999000011"),
    "sin_signing_certificate": Fraude(_atributos_alterados(_sin_certificado), INVALIDA, "con qué certificado"),
    "certificado_de_mas_alterado": Fraude(_de_mas_alterado, INDETERMINADA, "ajeno a su cadena"),
    "fecha_futura": Fraude(lambda t: Preparado(t.propia(PDF, en=t.ahora + DIA)), INVALIDA, "todavía no llega"),
    "fecha_anterior_al_certificado": Fraude(
        lambda t: Preparado(t.propia(PDF, en=t.ahora.replace(year=2020))), INVALIDA, "no estaba vigente"),
    "vencido_despues_sin_sello": Fraude(
        lambda t: Preparado(t.propia(PDF), None, t.ahora.replace(year=2030, month=3, day=1)), INDETERMINADA,
        "nada prueba que firmara a tiempo"),
    # Revocación
    "sin_ninguna_lista": Fraude(lambda t: Preparado(t.propia(PDF), t.a_secas), INDETERMINADA, "no se pudo comprobar"),
    "revocado_segun_lista": Fraude(con_constancias(antes=revocado, listas=_de_hoy), INVALIDA, "revocado el"),
    "revocado_segun_lista_incrustada": Fraude(
        con_constancias(antes=revocado, listas=_de_hoy, dentro=True), INVALIDA, "revocado el"),
    "revocado_segun_ocsp": Fraude(
        con_constancias(antes=revocado, respuestas=lambda t: [t.respuesta("firmante")]), INVALIDA, "revocado el"),
    "revocado_segun_ocsp_incrustado": Fraude(
        con_constancias(antes=revocado, respuestas=lambda t: [t.respuesta("firmante")], dentro=True), INVALIDA,
        "revocado el"),
    "revocado_con_un_reloj_adelantado": Fraude(
        con_constancias(respuestas=lambda t: [
            _responder(t, estado=ocsp.OCSPCertStatus.REVOKED, hace=-timedelta(minutes=3))]),
        INDETERMINADA, "fue revocado el"),
    "ocsp_bueno_tapa_lista_mala": Fraude(
        con_constancias(antes=revocado, listas=_de_hoy, respuestas=lambda t: [_responder(t)], dentro=True),
        INVALIDA, "revocado el"),
    "lista_buena_tapa_ocsp_malo": Fraude(
        con_constancias(listas=lambda t: [t.lista("emisora")],
                        respuestas=lambda t: [_responder(t, estado=ocsp.OCSPCertStatus.REVOKED)]),
        INVALIDA, "revocado el"),
    "lista_vencida_que_lo_revoca": Fraude(
        con_constancias(listas=_lista_vencida_que_lo_revoca), INVALIDA, "revocado el"),
    "revocada_la_autoridad": Fraude(
        lambda t: (t.estado.revocar("emisora", desde=t.ahora - DIA), Preparado(t.propia(PDF)))[1], INVALIDA,
        "su autoridad"),
    "lista_vencida": Fraude(con_constancias(listas=_vieja), INDETERMINADA, "no se pudo comprobar"),
    "lista_vencida_incrustada": Fraude(con_constancias(listas=_vieja, dentro=True), INDETERMINADA, "comprobar"),
    "lista_de_otro_emisor": Fraude(con_constancias(), INDETERMINADA, "no se pudo comprobar"),
    "lista_falsa": Fraude(con_constancias(listas=_lista_falsa), INDETERMINADA, "no se pudo comprobar"),
    "lista_falsa_incrustada": Fraude(con_constancias(listas=_lista_falsa, dentro=True), INDETERMINADA, "comprobar"),
    "lista_de_cambios": Fraude(con_constancias(listas=_lista_de_cambios), INDETERMINADA, "no se pudo comprobar"),
    "lista_de_autoridades": Fraude(con_constancias(listas=_lista_de_autoridades), INDETERMINADA, "comprobar"),
    "ocsp_de_otro_certificado": Fraude(
        con_constancias(respuestas=lambda t: [t.respuesta("empresa")]), INDETERMINADA, "no se pudo comprobar"),
    "ocsp_vencido": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, desde=-2 * DIA)]), INDETERMINADA, "comprobar"),
    "ocsp_del_futuro": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, desde=DIA)]), INDETERMINADA, "comprobar"),
    "ocsp_que_no_sabe": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, estado=ocsp.OCSPCertStatus.UNKNOWN)]), INDETERMINADA,
        "comprobar"),
    "ocsp_de_quien_no_es_delegado": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, quien="empresa")]), INDETERMINADA, "comprobar"),
    "ocsp_del_propio_firmante": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, quien="firmante")], dentro=True), INDETERMINADA,
        "comprobar"),
    "ocsp_del_delegado_de_otra_autoridad": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, quien="estado-raiz")]), INDETERMINADA, "comprobar"),
    "ocsp_sin_su_certificado": Fraude(
        con_constancias(respuestas=lambda t: [_responder(t, con_certificado=False)]), INDETERMINADA, "comprobar"),
    # Sellos de tiempo
    "sello_de_otra_cosa": Fraude(sellada(tsa(), miente=True), INVALIDA, "no corresponde"),
    "sello_de_autoridad_desconocida": Fraude(
        sellada(lambda t: _tsa_casera()), INDETERMINADA, "no conocemos"),
    "sello_de_un_firmante": Fraude(sellada(lambda t: t.estado.llave("empresa")), INVALIDA, "autoridad de sellado"),
    "sello_de_uso_mezclado": Fraude(
        sellada(lambda t: t.estado.emitir("mixta", usos=("digital_signature",),
                                          usos_extendidos=[EKU.TIME_STAMPING, EKU.CLIENT_AUTH])),
        INVALIDA, "autoridad de sellado"),
    "sello_antedatado": Fraude(sellada(tsa(), -30 * DIA), INVALIDA, "después de su sello"),
    "sello_del_futuro": Fraude(sellada(tsa(), 2 * DIA), INVALIDA, "todavía no llega"),
    "sello_de_autoridad_vencida": Fraude(sellada(tsa("tsa-vencida")), INVALIDA, "no estaba vigente"),
    "sello_de_autoridad_revocada": Fraude(_sello_revocado, INDETERMINADA, "revocado"),
    "sello_cuya_autoridad_vencio_despues": Fraude(_b_t_con_la_tsa_vencida, INDETERMINADA, "venció"),
    "revocado_y_sellado_despues": Fraude(_revocado_y_sellado_tarde, INDETERMINADA, "revocado el"),
    "sello_de_documento_de_autoridad_vencida": Fraude(
        lambda t: Preparado(t.con_sello(t.propia(PDF), "tsa-vencida")), INVALIDA, "no estaba vigente"),
}  # fmt: skip


def _tsa_casera() -> LlaveDeSoftware:
    propia = ec.generate_private_key(ec.SECP256R1())
    nombre = _nombre("TSA CASERA")
    certificado = (
        x509.CertificateBuilder().subject_name(nombre).issuer_name(nombre).public_key(propia.public_key())
        .serial_number(5).not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2029, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([EKU.TIME_STAMPING]), critical=True)
        .sign(propia, hashes.SHA256())
    )  # fmt: skip
    return LlaveDeSoftware(certificado, (), propia)
