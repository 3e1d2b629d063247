"""Lo que se puede hacer con la firma: firmar, sellar, y emitir y revocar los certificados con que se hace."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import models, transaction

from llaqta.cimientos.archivos import escribir
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.pdf import Caja
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import intentos, policies, queries, sello
from llaqta.salas.firma.bloque import Bloque
from llaqta.salas.firma.ca import Titular, cifrar_llave
from llaqta.salas.firma.events import CertificadoEmitido, CertificadoRevocado
from llaqta.salas.firma.llaves import Llave, LlaveDeSoftware, LlaveNoDisponible, abrir_llave, crear_llave
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.secretos import clave_de_pin
from llaqta.salas.firma.sello_vigente import get_sello_vigente
from llaqta.salas.firma.sitio import buscar_sitio

VIGENCIA_DE_FIRMA = timedelta(days=3 * 365)
LISTAS = ("demostracion-emisora.crl", "demostracion-raiz.crl")
"""Los archivos de ``DATOS/firma/crl`` en que se publica lo que revocó la autoridad de demostración."""


class Motivo(models.TextChoices):
    """Por qué firma una persona, con las palabras que usan las firmas del Estado."""

    AUTOR = "AUTOR", "Soy el autor del documento"
    VISTO_BUENO = "VISTO_BUENO", "Doy V° B°"
    ENCARGO = "ENCARGO", "Por encargo"


@dataclass(frozen=True)
class PdfFirmado:
    """Un PDF recién firmado: sus bytes, quién firmó, su huella SHA-256 y dónde se ve la firma."""

    bytes: bytes
    titular: str
    huella: str
    caja: Caja | None


def firmar(
    *,
    actor: Persona,
    pdf: bytes,
    pin: str,
    motivo: Motivo,
    cargo: str,
    ahora: datetime,
    caja: Caja | None = None,
    certifica: int | None = None,
) -> PdfFirmado:
    """Firma un PDF con el certificado de quien actúa (Ley 27269, art. 1). No guarda el documento.

    Se llama dentro de la transacción del acto. Si el PIN está mal, el acto se deshace pero el intento queda contado.

    :param cargo: con qué cargo firma; va en el bloque visible y, declarado, dentro de la firma
    :param caja: dónde va el bloque visible; sin ella se busca un hueco en blanco, y si no lo hay la firma no se ve
    :param certifica: solo en la primera firma: qué admite después (DocMDP: 1 nada, 2 más firmas, 3 además notas)
    :raises SinCertificado: si no tiene uno, venció o fue revocado
    :raises PinEquivocado: si el PIN no es el suyo
    :raises CertificadoBloqueado: si falló el PIN cinco veces seguidas en los últimos quince minutos
    :raises EntradaInvalida: si el PDF no admite firmas
    """
    certificado = policies.check_certificado(queries.get_certificado(para=actor, ahora=ahora), ahora=ahora)
    llave = _abrir_con_pin(certificado, pin, ahora)
    return _firmar(
        pdf,
        llave,
        motivo=motivo.label,
        cargo=cargo,
        caja=caja,
        ahora=ahora,
        de_demostracion=certificado.de_demostracion,
        certifica=certifica,
    )


@dataclass(frozen=True)
class PorFirmar:
    """Un documento de un lote: su nombre para el informe, sus bytes, por qué y con qué cargo se firma."""

    nombre: str
    pdf: bytes
    motivo: Motivo
    cargo: str
    caja: Caja | None = None


@dataclass(frozen=True)
class FirmaDelLote:
    """Lo que pasó con un documento del lote: quedó firmado, o por qué no."""

    nombre: str
    firmado: PdfFirmado | None
    error: str = ""


def firmar_varios(
    *, actor: Persona, documentos: Sequence[PorFirmar], pin: str, ahora: datetime
) -> list[FirmaDelLote]:
    """Firma un lote con un solo PIN y la llave abierta una sola vez; cada documento queda firmado o como estaba.

    :return: uno por documento, en el mismo orden; el que no se pudo firmar dice por qué y no detiene a los demás
    :raises SinCertificado: si no tiene uno, venció o fue revocado
    :raises PinEquivocado: si el PIN no es el suyo; no se firma ninguno
    :raises CertificadoBloqueado: si falló el PIN cinco veces seguidas en los últimos quince minutos
    """
    certificado = policies.check_certificado(queries.get_certificado(para=actor, ahora=ahora), ahora=ahora)
    llave = _abrir_con_pin(certificado, pin, ahora)
    hechos = []
    for uno in documentos:
        try:
            firmado = _firmar(
                uno.pdf, llave, motivo=uno.motivo.label, cargo=uno.cargo, caja=uno.caja, ahora=ahora,
                de_demostracion=certificado.de_demostracion,
            )  # fmt: skip
            hechos.append(FirmaDelLote(uno.nombre, firmado))
        except EntradaInvalida as error:
            hechos.append(FirmaDelLote(uno.nombre, None, error.frase))
    return hechos


def sellar(*, pdf: bytes, motivo: str, ahora: datetime, caja: Caja | None = None) -> bytes:
    """Firma un PDF con el sello de la entidad: cargos, constancias y cuanto emite la municipalidad sin que nadie firme.

    :param motivo: lo que dirá el bloque (``Cargo de recepción``, ``Constancia de depósito``…)
    :raises NoProcede: si el certificado del sello venció, fue revocado o no se puede abrir
    :raises EntradaInvalida: si el PDF no admite firmas
    """
    llave = get_sello_vigente(ahora=ahora)
    return _firmar(
        pdf,
        llave,
        motivo=motivo,
        cargo="",
        caja=caja,
        ahora=ahora,
        de_demostracion=sello.es_de_demostracion(llave.certificado),
    ).bytes


class TodaviaNo(Exception):
    """El nivel no se alcanzó por algo que pasará (la TSA o el OCSP no responden): hay que volver a intentarlo."""


class NoSePuedeElevar(Exception):
    """El documento no llegará a ese nivel por más que se insista; el texto dice por qué."""


@dataclass(frozen=True)
class Elevado:
    """Cómo quedó un archivo: su nivel (``B``, ``T``, ``LT``, ``LTA``), hasta cuándo vale su sello y si cambió."""

    nivel: str
    vence_sello_el: datetime | None
    cambio: bool


def elevar_archivo(*, ruta: Path, nivel: str, ahora: datetime, renovar: bool = False) -> Elevado:
    """Lleva un PDF firmado, en su sitio, al nivel ``T``, ``LT`` o ``LTA``; solo añade al final. Usa la red.

    Si falla, el archivo queda como estaba. No se llama dentro de una transacción: la TSA puede tardar.

    :param renovar: si ya está en ese nivel, le pone otro sello encima, porque el último va a vencer
    :raises TodaviaNo: si no hay o no responde la TSA, o no se pudo comprobar un certificado
    :raises NoSePuedeElevar: si nunca se podrá
    """
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que sella.
    from llaqta.salas.firma import anclas, niveles, tsa  # noqa: PLC0415
    from llaqta.salas.firma.consultas import Consultor  # noqa: PLC0415

    consulta = Consultor(sello.carpeta() / "revocacion", al=ahora, permitidas=settings.FIRMA_REDES_INTERNAS)
    confianza = anclas.get_confianza(ahora=ahora, consulta=consulta)
    pedido, antes = niveles.Nivel[nivel], ruta.stat().st_size
    try:
        with ruta.open("r+b") as flujo:
            estado = niveles.elevar_flujo(flujo, pedido, confianza=confianza, ahora=ahora)
            if renovar and flujo.seek(0, os.SEEK_END) == antes:
                estado = niveles.renovar_flujo(flujo, confianza=confianza, ahora=ahora)
            flujo.flush()
    except (tsa.TsaNoConfigurada, tsa.TsaNoResponde, niveles.FaltaEvidencia) as error:
        raise TodaviaNo(str(error)) from error
    except niveles.NoSePuedeElevar as error:
        raise NoSePuedeElevar(str(error)) from error
    return Elevado(estado.nivel.name, estado.vence_sello_el, ruta.stat().st_size != antes)


@transaction.atomic
def emitir_certificado_de_demostracion(*, persona: Persona, pin: str, ahora: datetime) -> Certificado:
    """Emite a una persona un certificado de firma de demostración, SIN VALOR LEGAL, cuya llave abre solo su PIN.

    A quien ocupa un puesto se le emite por la entidad (``FAU`` y el RUC, como a todo funcionario: así su DNI no sale en
    cada resolución); a los demás, ``FIR`` y su documento. El anterior, si lo tenía, sigue valiendo para lo ya firmado.

    :raises NoProcede: si es una persona jurídica
    :raises EntradaInvalida: si el PIN tiene menos de 6 caracteres
    """
    policies.check_titular(persona)
    policies.check_pin_nuevo(pin)
    privada = crear_llave(settings.FIRMA_LLAVES)
    emitido = sello.autoridad().emitir(
        titular=_titular(persona), publica=privada.public_key(), desde=ahora.replace(microsecond=0),
        hasta=ahora.replace(microsecond=0) + VIGENCIA_DE_FIRMA,
    )  # fmt: skip
    serie = f"{emitido.serial_number:x}"
    certificado = _registrar(
        emitido, clase=Certificado.Clase.FIRMA, persona=persona, de_demostracion=True,
        llave_cifrada=cifrar_llave(privada, clave_de_pin(pin, serie)).decode(),
    )  # fmt: skip
    emit(
        CertificadoEmitido(certificado_id=certificado.pk),
        actor_id=persona.pk,
        ahora=ahora,
        objeto=certificado,
    )
    return certificado


@transaction.atomic
def revocar_certificado(
    *, actor: Persona | None, certificado: Certificado, motivo: str, ahora: datetime
) -> Certificado:
    """Revoca un certificado (Ley 27269, art. 10): desde ``ahora`` no firma, y lo que firme después no vale.

    Puede hacerlo su titular, o el sistema (``actor=None``) por orden de la administración. Repetirlo no hace nada.

    :raises Denegado: si lo pide otra persona
    """
    policies.check_revocar(actor, certificado)
    certificado = Certificado.objects.select_for_update().get(pk=certificado.pk)
    if certificado.revocado_en:
        return certificado
    certificado.revocado_en, certificado.motivo_de_revocacion = ahora, motivo
    certificado.save(update_fields=["revocado_en", "motivo_de_revocacion"])
    emit(
        CertificadoRevocado(certificado_id=certificado.pk), actor_id=actor.pk if actor else None, ahora=ahora,
        objeto=certificado,
    )  # fmt: skip
    return certificado


@transaction.atomic
def crear_autoridad_de_demostracion(*, ahora: datetime) -> Certificado:
    """Deja lista la firma: crea la autoridad de demostración y el sello si no existen, y registra su certificado.

    Repetirla no cambia nada.

    :raises NoProcede: si las llaves existen pero no se pueden abrir con este secreto de instalación
    """
    try:
        llave = sello.get_sello(ahora=ahora)
    except LlaveNoDisponible as error:
        raise NoProcede(f"La firma no se pudo preparar: {error}") from error
    publicar_listas(ahora=ahora)
    return _registrar(
        llave.certificado,
        clase=Certificado.Clase.SELLO,
        de_demostracion=sello.es_de_demostracion(llave.certificado),
    )


@transaction.atomic
def instalar_sello(*, p12: bytes, clave: str) -> Certificado:
    """Instala el certificado verdadero de la entidad (PKCS#12 de una entidad acreditada) en lugar del de demostración.

    :raises EntradaInvalida: si la clave no abre el archivo o no trae llave y certificado de firma
    """
    try:
        contenido = pkcs12.load_pkcs12(p12, clave.encode())
    except ValueError as error:
        raise EntradaInvalida("El archivo no es PKCS#12 o la clave no lo abre.") from error
    if contenido.cert is None or not isinstance(
        contenido.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    ):
        raise EntradaInvalida("El archivo debe traer una llave RSA o de curva elíptica, y su certificado.")
    certificado = contenido.cert.certificate
    if not _puede_firmar(certificado):
        raise EntradaInvalida("El certificado no es de firma: le falta el uso «nonRepudiation».")
    sello.guardar_sello(
        privada=contenido.key,
        certificados=(certificado, *(c.certificate for c in contenido.additional_certs)),
    )
    return _registrar(
        certificado, clase=Certificado.Clase.SELLO, de_demostracion=sello.es_de_demostracion(certificado)
    )


@transaction.atomic
def instalar_certificado(*, certificados: Sequence[x509.Certificate], ahora: datetime) -> Certificado:
    """Pone en uso la llave de la última ceremonia, con el certificado que respondió la entidad de certificación.

    :raises EntradaInvalida: si ninguno es de esa llave, o no es de firma
    """
    from llaqta.salas.firma import ceremonia  # noqa: PLC0415 (solo lo usa la orden ``firma``)

    if not any(_puede_firmar(uno) for uno in certificados):
        raise EntradaInvalida("El certificado no es de firma: le falta el uso «nonRepudiation».")
    try:
        propio = ceremonia.instalar(certificados, ahora=ahora)
    except LlaveNoDisponible as error:
        raise EntradaInvalida(str(error)) from error
    return _registrar(propio, clase=Certificado.Clase.SELLO, de_demostracion=sello.es_de_demostracion(propio))


def publicar_listas(*, ahora: datetime) -> None:
    """Publica las listas de revocación de la autoridad de demostración en ``DATOS/firma/crl``, que todos leen.

    Lo hace el trabajador al revocar y cada seis horas; quien verifica no necesita la llave, solo el archivo.

    :raises LlaveNoDisponible: si la autoridad no abre, o este proceso atiende páginas
    """
    revocados = Certificado.objects.filter(revocado_en__isnull=False).values_list(
        "numero_de_serie", "revocado_en"
    )
    listas = sello.autoridad().emitir_listas(
        revocados=[(int(serie, 16), en) for serie, en in revocados if en is not None], ahora=ahora
    )
    lugar = sello.carpeta() / "crl"
    lugar.mkdir(exist_ok=True, mode=0o755)
    for nombre, lista in zip(LISTAS, listas, strict=True):
        escribir(lugar / nombre, lista)
        (lugar / nombre).chmod(0o644)


def preparar_llaves(*, ahora: datetime) -> None:
    """Abre la autoridad y el sello al arrancar un proceso, para que la primera firma no espere.

    :raises LlaveNoDisponible: si las llaves no abren; mejor saberlo al arrancar
    """
    sello.get_sello(ahora=ahora)


def _abrir_con_pin(certificado: Certificado, pin: str, ahora: datetime) -> LlaveDeSoftware:
    """Abre la llave de una persona con su PIN y lleva la cuenta de los fallos."""
    emisora = sello.autoridad_publica()
    if not emisora.emitio(certificado.x509):
        raise policies.SinCertificado(
            "Su certificado lo emitió una autoridad que esta instalación ya no tiene. Pida uno nuevo para firmar."
        )
    quedan = intentos.cobrar(certificado, ahora=ahora)
    try:
        llave = abrir_llave(
            certificado=certificado.x509,
            cadena=(emisora.emisora,),
            pkcs8=certificado.llave_cifrada.encode(),
            clave=clave_de_pin(pin, certificado.numero_de_serie),
        )
    except LlaveNoDisponible as error:
        if quedan:
            raise policies.PinEquivocado(quedan) from error
        raise intentos.anunciar_bloqueo(certificado, ahora=ahora) from error
    intentos.perdonar(certificado)
    return llave


def _firmar(
    pdf: bytes,
    llave: Llave,
    *,
    motivo: str,
    cargo: str,
    caja: Caja | None,
    ahora: datetime,
    de_demostracion: bool,
    certifica: int | None = None,
) -> PdfFirmado:
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que firma.
    from llaqta.salas.firma import pades  # noqa: PLC0415

    titular = nombre_comun(llave.certificado)
    permite = pades.Cambios(certifica) if certifica else None
    acto = pades.Acto(titular=titular, motivo=motivo, fecha=ahora, cargo=cargo, certifica=permite)
    try:
        # Sobre lo certificado se firma sin dibujar: un bloque nuevo en la página sería un cambio que no se admite.
        sitio = None if pades.esta_certificado(pdf) else caja or buscar_sitio(pdf)
        firmado = pades.firmar_bytes(
            pdf,
            llave=llave,
            acto=acto,
            caja=sitio,
            bloque=Bloque(
                titular, cargo, motivo, ahora, de_demostracion, color=Entidad.actual().color_oscuro
            ),
        )
    except pades.NoSePuedeFirmar as error:
        raise EntradaInvalida(str(error)) from error
    return PdfFirmado(bytes=firmado, titular=titular, huella=hashlib.sha256(firmado).hexdigest(), caja=sitio)


def _registrar(
    certificado: x509.Certificate,
    *,
    clase: Certificado.Clase,
    de_demostracion: bool,
    persona: Persona | None = None,
    llave_cifrada: str = "",
) -> Certificado:
    registrado, _ = Certificado.objects.get_or_create(
        numero_de_serie=f"{certificado.serial_number:x}",
        defaults={
            "clase": clase,
            "persona": persona,
            "titular": nombre_comun(certificado),
            "pem": certificado.public_bytes(serialization.Encoding.PEM).decode(),
            "llave_cifrada": llave_cifrada,
            "valido_desde": certificado.not_valid_before_utc,
            "valido_hasta": certificado.not_valid_after_utc,
            "de_demostracion": de_demostracion,
        },
    )
    return registrado


def _titular(persona: Persona) -> Titular:
    apellidos = " ".join(parte for parte in (persona.apellido_paterno, persona.apellido_materno) if parte)
    nombre = f"{apellidos.upper()} {persona.nombres}"
    # Los códigos son los de ETSI EN 319 412-1: PNO, el documento nacional; PAS, el pasaporte; IDC, otro carné.
    codigo = {Persona.TipoDocumento.DNI: "PNO", Persona.TipoDocumento.PASAPORTE: "PAS"}.get(
        Persona.TipoDocumento(persona.tipo_documento), "IDC"
    )
    documento = f"{codigo}PE-{persona.numero_documento}"
    if persona.asignaciones_vigentes and (entidad := Entidad.actual()).ruc:
        return Titular(nombre, f"FAU {entidad.ruc}", documento, ruc=entidad.ruc, organizacion=entidad.nombre)
    return Titular(nombre, f"FIR {persona.numero_documento}", documento)


def nombre_comun(certificado: x509.Certificate) -> str:
    """El CN de un certificado, que es como firma su titular."""
    return str(certificado.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _puede_firmar(certificado: x509.Certificate) -> bool:
    try:
        return certificado.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    except x509.ExtensionNotFound:
        return False
