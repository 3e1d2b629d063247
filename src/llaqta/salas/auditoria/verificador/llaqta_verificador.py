#!/usr/bin/env python3
"""Comprueba, sin Llaqta y sin internet, lo que el registro de una municipalidad afirma.

    python llaqta_verificador.py prueba.json [--documento F] [--llave registro.pub] [--testigo LLAVE]… [--ca tsa.pem]
    python llaqta_verificador.py consistencia ANTES.txt DESPUES.txt consistencia.json [--llave registro.pub]
    python llaqta_verificador.py paquete CARPETA|ARCHIVO.zip [--ancla firmas.pem] [--llave …] [--testigo …] [--ca …]

Añada ``--json`` para que lo lea otro programa. Salida: 0 = probado, 1 = NO vale, 2 = no se pudo leer lo que se pidió.
Pide Python ≥ 3.9 y el paquete «cryptography» ≥ 42; lo demás está en este único archivo, para que un perito lo lea.

Lo que prueba (normas: RFC 9162 árbol de Merkle, RFC 8785 JSON canónico, RFC 3161 sello de tiempo, C2SP signed-note,
tlog-checkpoint y tlog-cosignature): que un hecho está en el registro, que el registro tenía entonces esa raíz, que la
municipalidad la firmó, y que a esa fecha ya la habían visto una autoridad de sellado de tiempo u otras entidades. De un
expediente exportado (BagIt, RFC 8493) prueba además que su índice lleva la firma de quien lo exportó (XAdES, ETSI EN
319 132-1) y que las firmas de cada PDF (PAdES, CMS de RFC 5652) son íntegras y de los certificados que traen.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, NoReturn
from xml.parsers import expat

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError:
    sys.exit("Falta el paquete «cryptography». Instálelo con: python -m pip install cryptography")

UTC_ = timezone.utc  # noqa: UP017 - «datetime.UTC» no existe en Python 3.9
MAXIMO = 16 * 1024 * 1024
"""Ninguna prueba pasa de unos miles de bytes: lo que pase de aquí no se lee."""
CAMPOS = {"actor", "datos", "en_nombre_de", "objeto", "ocurrido", "registrado", "suceso", "tipo", "v"}
RESERVADOS = ("actor", "datos", "en_nombre_de", "objeto")
"""Los campos que en la hoja van escondidos tras un compromiso: SHA-256 de 32 bytes al azar y del valor."""
OBLIGATORIOS = {
    "formato",
    "origen",
    "llave",
    "hoja",
    "tamano",
    "canonico",
    "abierto",
    "inclusion",
    "punto",
    "ancla",
}
OPCIONALES = {"ancla_punto", "testigos"}


class NoVale(Exception):
    """Lo que se trajo no prueba lo que dice; el texto dice por qué."""


class NoSeSabe(Exception):
    """Está escrito de una manera que este programa no comprueba: ni vale ni deja de valer."""


class NoSePudo(Exception):
    """No se pudo leer lo que se pidió comprobar: un archivo que no existe, una llave mal copiada."""


@dataclass
class Informe:
    """Lo comprobado y lo que no se comprobó, paso a paso y en castellano."""

    probado: list[str] = field(default_factory=list)
    sin_comprobar: list[str] = field(default_factory=list)
    rechazado: str = ""
    datos: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Confianza:
    """Aquello en lo que confía quien verifica, que él consiguió por su cuenta y no dentro de la prueba."""

    llave: str = ""
    testigos: tuple[str, ...] = ()
    autoridades: tuple[x509.Certificate, ...] = ()
    anclas: tuple[x509.Certificate, ...] = ()


# --- JSON sin ambigüedades ----------------------------------------------------------------------------------------
def leer_json(datos: bytes) -> Any:
    """Lee un JSON sin nombres repetidos, sin números con decimales y sin nada después."""

    def sin_repetir(pares: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({nombre for nombre, _ in pares}) != len(pares):
            raise NoVale("El archivo repite un nombre: podría leerse de dos maneras.")
        return dict(pares)

    def no(texto: str) -> NoReturn:
        raise NoVale(f"El archivo trae un número que no es entero: {texto[:20]}.")

    try:
        return json.loads(
            datos.decode("utf-8"), object_pairs_hook=sin_repetir, parse_float=no, parse_constant=no
        )
    except (ValueError, RecursionError) as error:
        raise NoVale("El archivo no es un JSON bien escrito.") from error


def canonico(valor: Any) -> bytes:
    """El valor en su única forma posible (RFC 8785, solo textos, enteros, sí/no, nulo, listas y objetos)."""
    if isinstance(valor, dict):
        nombres = sorted(valor, key=lambda nombre: nombre.encode("utf-16-be"))
        return (
            b"{" + b",".join(canonico(nombre) + b":" + canonico(valor[nombre]) for nombre in nombres) + b"}"
        )
    if isinstance(valor, list):
        return b"[" + b",".join(canonico(cada) for cada in valor) + b"]"
    if valor is None or isinstance(valor, (str, bool, int)):
        return json.dumps(valor, ensure_ascii=False).encode("utf-8")
    raise NoVale("Hay un valor que no se sabe escribir de una sola manera.")


def base64_exacto(texto: Any, largo: int | None = None) -> bytes:
    """Lee base64 escrito de la única manera correcta."""
    exigir(isinstance(texto, str), "Falta un dato en base64.")
    try:
        datos = base64.b64decode(texto, validate=True)
    except ValueError as error:
        raise NoVale("Un dato en base64 está mal escrito.") from error
    exigir(base64.b64encode(datos).decode() == texto, "Un dato en base64 no está escrito en su forma única.")
    exigir(largo is None or len(datos) == largo, "Un dato no tiene el largo que le toca.")
    return datos


def exigir(condicion: object, motivo: str) -> None:
    """Rechaza la prueba con ese motivo si la condición no se cumple."""
    if not condicion:
        raise NoVale(motivo)


def es_entero(valor: Any) -> bool:
    """Verdadero si es un entero de cero a 2^63; «sí» y «no» no son enteros."""
    return isinstance(valor, int) and not isinstance(valor, bool) and 0 <= valor < 2**63


# --- El árbol (RFC 9162, 2.1) --------------------------------------------------------------------------------------
def hoja_de(datos: bytes) -> bytes:
    """La huella de una hoja."""
    return hashlib.sha256(b"\x00" + datos).digest()


def nodo(izquierda: bytes, derecha: bytes) -> bytes:
    """La huella de un nodo, hecha de las de sus dos ramas."""
    return hashlib.sha256(b"\x01" + izquierda + derecha).digest()


def raiz_por_inclusion(indice: int, tamano: int, hoja: bytes, camino: list[bytes]) -> bytes:
    """La raíz a la que lleva ``camino`` desde esa hoja (RFC 9162, 2.1.3.2)."""
    exigir(indice < tamano, "La hoja no cabe en un árbol de ese tamaño.")
    posicion, ultima, huella = indice, tamano - 1, hoja
    for hermana in camino:
        exigir(ultima, "El camino hasta la raíz es más largo de lo posible.")
        if posicion & 1 or posicion == ultima:
            huella = nodo(hermana, huella)
            while posicion and not posicion & 1:
                posicion, ultima = posicion >> 1, ultima >> 1
        else:
            huella = nodo(huella, hermana)
        posicion, ultima = posicion >> 1, ultima >> 1
    exigir(ultima == 0, "El camino hasta la raíz está incompleto.")
    return huella


def comprobar_consistencia(
    antes: int, raiz_antes: bytes, despues: int, raiz: bytes, camino: list[bytes]
) -> None:
    """Exige que el árbol de ``despues`` hojas empiece por el de ``antes`` sin cambiarlo (RFC 9162, 2.1.4.2)."""
    exigir(antes <= despues, "El registro se encogió: el punto posterior tiene menos hojas que el anterior.")
    if antes in (0, despues):
        exigir(not camino, "La prueba trae más de lo que hace falta.")
        exigir(antes == 0 or raiz_antes == raiz, "Dos puntos del mismo tamaño tienen raíces distintas.")
        return
    exigir(camino, "La prueba de consistencia está vacía.")
    pasos = [raiz_antes, *camino] if antes & (antes - 1) == 0 else list(camino)
    posicion, ultima = antes - 1, despues - 1
    while posicion & 1:
        posicion, ultima = posicion >> 1, ultima >> 1
    vieja = nueva = pasos[0]
    for paso in pasos[1:]:
        exigir(ultima, "La prueba de consistencia es más larga de lo posible.")
        if posicion & 1 or posicion == ultima:
            vieja, nueva = nodo(paso, vieja), nodo(paso, nueva)
            while posicion and not posicion & 1:
                posicion, ultima = posicion >> 1, ultima >> 1
        else:
            nueva = nodo(nueva, paso)
        posicion, ultima = posicion >> 1, ultima >> 1
    exigir(ultima == 0, "La prueba de consistencia está incompleta.")
    exigir(vieja == raiz_antes, "La prueba no llega a la raíz anterior: el registro fue REESCRITO.")
    exigir(nueva == raiz, "La prueba no llega a la raíz posterior: el registro fue REESCRITO.")


# --- Notas firmadas (C2SP) -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Llave:
    """Una llave pública Ed25519 con su nombre, como la publica C2SP: ``nombre+identificador+base64``."""

    nombre: str
    algoritmo: int
    publica: bytes

    @property
    def identificador(self) -> bytes:
        """Los cuatro bytes con que la firma dice de qué llave es."""
        return hashlib.sha256(f"{self.nombre}\n".encode() + bytes([self.algoritmo]) + self.publica).digest()[
            :4
        ]

    def comprobar(self, firma: bytes, mensaje: bytes) -> bool:
        """Verdadero si la firma es de esta llave sobre ese mensaje."""
        try:
            Ed25519PublicKey.from_public_bytes(self.publica).verify(firma, mensaje)
        except (InvalidSignature, ValueError):
            return False
        return True


def leer_llave(texto: Any, algoritmo: int) -> Llave:
    """Lee ``nombre+identificador+base64``; 1 es la llave de un registro y 4 la de un testigo."""
    partes = texto.split("+", 2) if isinstance(texto, str) else []
    exigir(
        len(partes) == 3 and partes[0] and not re.search(r"\s", texto), "La llave pública está mal escrita."
    )
    datos = base64_exacto(partes[2], 33)
    exigir(
        datos[0] == algoritmo,
        "La llave pública es de otra clase (¿la de un testigo en lugar de la del registro?).",
    )
    llave = Llave(partes[0], datos[0], datos[1:])
    exigir(llave.identificador.hex() == partes[1], "El identificador de la llave pública no le corresponde.")
    return llave


@dataclass(frozen=True)
class Punto:
    """Un punto de control: cuántas hojas había y cuál era la raíz, con sus firmas."""

    cuerpo: bytes
    origen: str
    tamano: int
    raiz: bytes
    firmas: tuple[tuple[str, bytes], ...]


def leer_firma(linea: str) -> tuple[str, bytes]:
    """Lee una línea ``— nombre base64``."""
    partes = linea.split(" ")
    exigir(len(partes) == 3 and partes[0] == "\u2014" and partes[1], "Una línea de firma está mal escrita.")
    return partes[1], base64_exacto(partes[2])


def leer_punto(nota: Any) -> Punto:
    """Lee una nota firmada con un punto de control (C2SP tlog-checkpoint)."""
    exigir(
        isinstance(nota, str) and "\n\n" in nota and nota.endswith("\n"),
        "El punto de control está mal escrito.",
    )
    exigir(
        not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", nota), "El punto de control trae caracteres de control."
    )
    cuerpo, firmas = nota.rsplit("\n\n", 1)
    lineas = cuerpo.split("\n")
    exigir(len(lineas) >= 3 and all(lineas), "Al punto de control le faltan líneas.")
    exigir(re.fullmatch(r"0|[1-9][0-9]{0,18}", lineas[1]), "El tamaño del punto de control no es un número.")
    renglones = firmas.splitlines()
    exigir(
        renglones and firmas == "".join(f"{linea}\n" for linea in renglones),
        "El punto de control no trae firmas.",
    )
    return Punto(
        f"{cuerpo}\n".encode(), lineas[0], int(lineas[1]), base64_exacto(lineas[2], 32),
        tuple(leer_firma(linea) for linea in renglones),
    )  # fmt: skip


def comprobar_punto(punto: Punto, llave: Llave) -> None:
    """Exige que el punto sea de ese registro y lleve su firma."""
    exigir(punto.origen == llave.nombre, "El punto de control es de otro registro que la llave.")
    propias = [
        firma for nombre, firma in punto.firmas if nombre == llave.nombre and firma[:4] == llave.identificador
    ]
    exigir(len(propias) == 1, "El punto de control no lleva la firma del registro.")
    exigir(llave.comprobar(propias[0][4:], punto.cuerpo), "La firma del punto de control NO es de esa llave.")


def hora_de_cofirma(firma: bytes, testigo: Llave, punto: Punto) -> datetime | None:
    """Cuándo dice el testigo que vio el punto (C2SP cosignature/v1); nada si la firma no es suya."""
    if len(firma) != 76 or firma[:4] != testigo.identificador:
        return None
    segundos = struct.unpack(">Q", firma[4:12])[0]
    if segundos > 253402300799 or not testigo.comprobar(
        firma[12:], f"cosignature/v1\ntime {segundos}\n".encode() + punto.cuerpo
    ):
        return None
    return datetime.fromtimestamp(segundos, tz=UTC_)


# --- Mensajes firmados (CMS, RFC 5652), leídos en DER estricto -------------------------------------------------------
FIRMADO, DATOS, TSTINFO = "2a864886f70d010702", "2a864886f70d010701", "2a864886f70d0109100104"
TIPO_DE_CONTENIDO, RESUMEN = "2a864886f70d010903", "2a864886f70d010904"
CERTIFICADO_V1, CERTIFICADO_V2 = "2a864886f70d010910020c", "2a864886f70d010910022f"
SELLO_DE_LA_FIRMA = "2a864886f70d010910020e"
RESUMENES: dict[str, Any] = {
    "608648016503040201": hashes.SHA256, "608648016503040202": hashes.SHA384, "608648016503040203": hashes.SHA512,
}  # fmt: skip
FIRMAS_RSA = {"2a864886f70d010101": "", "2a864886f70d01010b": "sha256", "2a864886f70d01010c": "sha384",
              "2a864886f70d01010d": "sha512"}  # fmt: skip
RSA_PSS, MGF1 = "2a864886f70d01010a", "2a864886f70d010108"
FIRMAS_EC = {"2a8648ce3d040302": "sha256", "2a8648ce3d040303": "sha384", "2a8648ce3d040304": "sha512"}


def parte(datos: bytes, aqui: int = 0) -> tuple[int, bytes, bytes]:
    """La parte de DER que empieza ahí, como (etiqueta, contenido, entero); nada indefinido."""
    exigir(len(datos) - aqui >= 2 and datos[aqui] & 31 != 31, "La firma o el sello no está en DER.")
    largo, desde = datos[aqui + 1], aqui + 2
    if largo & 128:
        octetos = largo & 127
        if not octetos:
            raise NoSeSabe("está escrita en BER y no en DER")
        exigir(octetos <= 4, "La firma o el sello no está en DER.")
        largo, desde = int.from_bytes(datos[desde : desde + octetos], "big"), desde + octetos
        exigir(largo >= 128 and largo >> (8 * (octetos - 1)), "La firma o el sello no está en DER.")
    exigir(desde + largo <= len(datos), "La firma o el sello está cortado.")
    return datos[aqui], datos[desde : desde + largo], datos[aqui : desde + largo]


def partes(datos: bytes) -> list[tuple[int, bytes, bytes]]:
    """Parte DER en (etiqueta, contenido, entero); nada de sobra."""
    salida, aqui = [], 0
    while aqui < len(datos):
        salida.append(parte(datos, aqui))
        aqui += len(salida[-1][2])
    return salida


def forma(datos: bytes, *formas: str) -> list[tuple[int, bytes, bytes]]:
    """Las partes de ``datos``, si sus etiquetas (en hexadecimal y seguidas) son de una de esas formas."""
    halladas = partes(datos)
    exigir(
        bytes(etiqueta for etiqueta, _, _ in halladas).hex() in formas,
        "La firma o el sello no tiene su forma.",
    )
    return halladas


def algoritmo_de(datos: bytes) -> str:
    """El identificador de un algoritmo sin parámetros."""
    hallado = forma(datos, "06", "0605")
    exigir(len(hallado) == 1 or not hallado[1][1], "Un algoritmo trae parámetros que no se aceptan.")
    return hallado[0][1].hex()


@dataclass(frozen=True)
class Cms:
    """Un mensaje firmado por uno solo, ya partido; todavía no se comprobó nada."""

    tipo: str
    contenido: bytes
    resumen: str
    certificado: x509.Certificate
    certificados: tuple[x509.Certificate, ...]
    der: bytes
    atributos: dict[str, bytes]
    atributos_enteros: bytes
    algoritmo: bytes
    firma: bytes
    sin_firmar: dict[str, bytes]


def leer_cms(datos: bytes) -> Cms:
    """Lee un SignedData de un firmante, nombrado por emisor y número de serie, con atributos firmados.

    :raises NoVale: si está mal escrito
    :raises NoSeSabe: si su resumen o su forma son otros
    """
    tipo, envuelto = forma(forma(datos, "30")[0][1], "06a0")
    exigir(tipo[1].hex() == FIRMADO, "No es un mensaje firmado.")
    firmado = forma(forma(envuelto[1], "30")[0][1], "023130a031", "023130a0a131")
    contenido = forma(firmado[2][1], "06", "06a0")
    firmantes = partes(firmado[-1][1])
    if len(firmantes) != 1 or [p[0] for p in partes(firmantes[0][1])][1:4] != [0x30, 0x30, 0xA0]:
        raise NoSeSabe("está escrita de una manera que este programa no comprueba")
    firmante = forma(forma(firmado[-1][1], "30")[0][1], "023030a03004", "023030a03004a1")
    exigir(firmante[0][1] == b"\x01", "La firma o el sello no tiene su forma.")
    resumen = algoritmo_de(firmante[2][1])
    if resumen not in RESUMENES:
        raise NoSeSabe("usa un resumen que ya no se acepta o que este programa no conoce")
    declarados = [algoritmo_de(forma(cada[2], "30")[0][1]) for cada in partes(firmado[1][1])]
    exigir(
        resumen in declarados and set(declarados) <= set(RESUMENES),
        "La firma o el sello declara otro resumen que el que usa.",
    )
    version = b"\x03" if contenido[0][1].hex() == TSTINFO else b"\x01"
    exigir(firmado[0][1] in (b"\x03", version), "La firma o el sello es de una versión que no le toca.")
    suyos = [entero for etiqueta, _, entero in partes(firmado[3][1]) if etiqueta == 0x30]
    certificado, der = _certificado_del_firmante(suyos, firmante[1][1])
    return Cms(
        tipo=contenido[0][1].hex(),
        contenido=forma(contenido[1][1], "04")[0][1] if len(contenido) == 2 else b"",
        resumen=resumen,
        certificado=certificado,
        certificados=tuple(x509.load_der_x509_certificate(cada) for cada in suyos),
        der=der,
        atributos=_atributos(firmante[3][1]),
        atributos_enteros=b"\x31" + firmante[3][2][1:],
        algoritmo=firmante[4][1],
        firma=firmante[5][1],
        sin_firmar=_atributos(firmante[6][1]) if len(firmante) == 7 else {},
    )


def comprobar_cms(cms: Cms, resumir: Callable[[str], bytes]) -> None:
    """Exige que lo firmado sea ese contenido, y que la firma sea del certificado que trae.

    :param resumir: el resumen del contenido con el algoritmo que se le nombra
    """
    exigir(
        forma(cms.atributos.get(TIPO_DE_CONTENIDO, b""), "06")[0][1].hex() == cms.tipo,
        "Se firmó otra clase de contenido.",
    )
    huella = forma(cms.atributos.get(RESUMEN, b""), "04")[0][1]
    exigir(huella == resumir(RESUMENES[cms.resumen].name), "El contenido fue cambiado después de firmarse.")
    _exigir_certificado_nombrado(cms)
    llave, resumen = cms.certificado.public_key(), RESUMENES[cms.resumen]()
    metodo = forma(cms.algoritmo, "06", "0605", "0630")[0][1].hex()
    try:
        if isinstance(llave, rsa.RSAPublicKey) and metodo == RSA_PSS:
            llave.verify(cms.firma, cms.atributos_enteros, _relleno_pss(cms.algoritmo, cms.resumen), resumen)
        elif isinstance(llave, rsa.RSAPublicKey) and FIRMAS_RSA.get(metodo) in ("", resumen.name):
            llave.verify(cms.firma, cms.atributos_enteros, padding.PKCS1v15(), resumen)
        elif isinstance(llave, ec.EllipticCurvePublicKey) and FIRMAS_EC.get(metodo) == resumen.name:
            llave.verify(cms.firma, cms.atributos_enteros, ec.ECDSA(resumen))
        else:
            raise NoSeSabe("usa un algoritmo que este programa no comprueba")
    except InvalidSignature as error:
        raise NoVale("La firma NO es de su certificado.") from error
    if isinstance(llave, rsa.RSAPublicKey) and llave.key_size < 2048:
        raise NoSeSabe("usa una llave RSA de menos de 2048 bits, que ya no se acepta")


def _relleno_pss(algoritmo: bytes, resumen: str) -> padding.PSS:
    """El relleno de RSASSA-PSS (RFC 4055): un solo resumen para el mensaje y para la máscara."""
    campos = forma(partes(algoritmo)[1][1], "a0a1a2", "a0a1a2a3")
    mascara = forma(forma(campos[1][1], "30")[0][1], "0630")
    usados = {algoritmo_de(forma(campos[0][1], "30")[0][1]), algoritmo_de(mascara[1][1])}
    exigir(mascara[0][1].hex() == MGF1 and usados == {resumen}, "La firma mezcla resúmenes.")
    largo = int.from_bytes(forma(campos[2][1], "02")[0][1], "big")
    return padding.PSS(padding.MGF1(RESUMENES[resumen]()), largo)


def _certificado_del_firmante(certificados: list[bytes], quien: bytes) -> tuple[x509.Certificate, bytes]:
    for entero in certificados:
        campos = [cada for cada in partes(partes(forma(entero, "30")[0][1])[0][1]) if cada[0] != 0xA0]
        if campos[2][2] + campos[0][2] == quien:  # emisor y número de serie
            return x509.load_der_x509_certificate(entero), entero
    raise NoVale("No trae el certificado de quien firma.")


def _atributos(datos: bytes) -> dict[str, bytes]:
    atributos: dict[str, bytes] = {}
    for _, atributo, _ in partes(datos):
        nombre, valores = forma(atributo, "0631")
        exigir(nombre[1].hex() not in atributos, "La firma o el sello repite un atributo.")
        atributos[nombre[1].hex()] = valores[1]
    return atributos


def _exigir_certificado_nombrado(cms: Cms) -> None:
    """Lo firmado nombra el certificado con que se firma (RFC 5035 y 5816): nadie lo cambia por otro parecido."""
    nombrado = cms.atributos.get(CERTIFICADO_V2) or cms.atributos.get(CERTIFICADO_V1) or b""
    identidad = partes(partes(partes(partes(nombrado)[0][1])[0][1])[0][1]) if nombrado else []
    metodo = "sha256" if CERTIFICADO_V2 in cms.atributos else "sha1"
    if identidad and identidad[0][0] == 0x30:
        metodo = RESUMENES.get(algoritmo_de(identidad.pop(0)[1]), hashes.SHA256).name
    if not identidad and cms.tipo == DATOS:
        raise NoSeSabe("no nombra el certificado con que se firmó, como pide PAdES")
    exigir(
        identidad and identidad[0][1] == hashlib.new(metodo, cms.der).digest(), "Se nombra otro certificado."
    )


def nombre_de(certificado: x509.Certificate, *, emisor: bool = False) -> str:
    """El nombre común de quien figura en un certificado, o de quien lo emitió."""
    nombre = certificado.issuer if emisor else certificado.subject
    comunes = nombre.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(comunes[0].value) if comunes else nombre.rfc4514_string()


def cadena_de(
    certificado: x509.Certificate, otros: tuple[x509.Certificate, ...], anclas: tuple[x509.Certificate, ...]
) -> tuple[x509.Certificate, bool]:
    """Sube por quien emitió cada certificado; devuelve hasta dónde se llegó y si es una de las anclas."""
    actual = certificado
    for _ in range(8):
        if actual in anclas:
            return actual, True
        emisores = [cada for cada in (*anclas, *otros) if cada != actual and _emitio(cada, actual)]
        if not emisores:
            break
        actual = emisores[0]
    return actual, actual in anclas


def _emitio(emisor: x509.Certificate, certificado: x509.Certificate) -> bool:
    try:
        certificado.verify_directly_issued_by(emisor)
        return bool(emisor.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False


def vigente(certificado: x509.Certificate, hora: datetime | None) -> bool:
    """Verdadero si el certificado valía a esa hora."""
    return hora is not None and certificado.not_valid_before_utc <= hora <= certificado.not_valid_after_utc


# --- El sello de tiempo (RFC 3161) ----------------------------------------------------------------------------------
def comprobar_sello(token: bytes, cuerpo: bytes, confianza: Confianza, informe: Informe) -> datetime:
    """Comprueba un TimeStampToken sobre ``cuerpo`` y devuelve su hora.

    :raises NoVale: si no cubre ese texto, o su firma o su certificado no valen
    """
    try:
        cms = leer_cms(token)
        hora = _hora_del_sello(cms, lambda metodo: hashlib.new(metodo, cuerpo).digest())
    except NoSeSabe as motivo:
        raise NoVale(f"El sello de tiempo {motivo}.") from motivo
    _comprobar_autoridad(cms, hora, confianza, informe)
    return hora


def _hora_del_sello(cms: Cms, resumir: Callable[[str], bytes]) -> datetime:
    """La hora de un sello íntegro, hecho por una TSA, sobre lo que ``resumir`` resume."""
    exigir(cms.tipo == TSTINFO, "Lo firmado no es un sello de tiempo.")
    try:
        comprobar_cms(cms, lambda metodo: hashlib.new(metodo, cms.contenido).digest())
    except NoVale as motivo:
        raise NoVale(f"La firma del sello de tiempo NO vale. {motivo}") from motivo
    hora = _leer_tstinfo(cms.contenido, resumir)
    uso = cms.certificado.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    exigir(
        list(uso.value) == [ExtendedKeyUsageOID.TIME_STAMPING] and uso.critical, "Quien selló no es una TSA."
    )
    exigir(vigente(cms.certificado, hora), "Un certificado del sello no estaba vigente a su hora.")
    return hora


def _leer_tstinfo(tst: bytes, resumir: Callable[[str], bytes]) -> datetime:
    campos = partes(forma(tst, "30")[0][1])
    exigir([cada[0] for cada in campos[:5]] == [2, 6, 0x30, 2, 0x18], "El sello de tiempo no tiene su forma.")
    impronta = forma(campos[2][1], "3004")
    metodo = algoritmo_de(impronta[0][1])
    exigir(metodo in RESUMENES and impronta[1][1] == resumir(RESUMENES[metodo].name),
           "El sello de tiempo es de OTRO texto, no de este.")  # fmt: skip
    hallada = re.fullmatch(r"(\d{14})(?:\.\d{1,9})?Z", campos[4][1].decode("ascii", "replace"))
    exigir(hallada, "La hora del sello de tiempo está mal escrita.")
    hora = datetime.strptime(hallada.group(1) if hallada else "", "%Y%m%d%H%M%S")
    return hora.replace(tzinfo=UTC_)


def _comprobar_autoridad(cms: Cms, hora: datetime, confianza: Confianza, informe: Informe) -> None:
    """Si se dieron autoridades, el sello es de una de ellas, y toda la cadena estaba vigente."""
    informe.sin_comprobar.append(
        "No se comprobó si el certificado de quien selló la hora fue revocado después."
    )
    if not confianza.autoridades:
        informe.sin_comprobar.append("No se comprobó quién es la autoridad de sellado de tiempo: dé --ca.")
        return
    ultimo, llega = cadena_de(cms.certificado, cms.certificados, confianza.autoridades)
    exigir(llega, "El sello de tiempo no es de la autoridad que usted dio con --ca.")
    exigir(vigente(ultimo, hora), "Un certificado del sello no estaba vigente a su hora.")


# --- Las firmas de un PDF (PAdES, ETSI EN 319 142-1; ISO 32000, 12.8) -----------------------------------------------
RANGO = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")


@dataclass(frozen=True)
class FirmaDePdf:
    """Una firma o un sello de tiempo de un PDF, íntegro y de su certificado."""

    cubre: int
    es_sello: bool
    certificado: x509.Certificate
    titular: str
    emisor: str
    hora: datetime | None
    sellador: str
    llega: bool


def comprobar_pdf(datos: bytes, confianza: Confianza) -> list[FirmaDePdf]:
    """Comprueba cada firma: cubre el archivo desde su comienzo salvo ella misma, y es de su certificado.

    No interpreta las páginas ni lo que se añadió entre una firma y otra, ni la revocación, ni la política.

    :raises NoVale: si alguna no vale
    :raises NoSeSabe: si alguna no se sabe comprobar
    """
    halladas, huecos = [], set()
    for hallado in RANGO.finditer(datos):
        cero, hasta, desde, largo = (int(cada) for cada in hallado.groups())
        bien = cero == 0 and hasta < desde - 1 and desde + largo <= len(datos) and hasta not in huecos
        exigir(bien, "Una firma del PDF no dice bien qué cubre.")
        exigir(not hasta <= hallado.start() < desde, "Una firma del PDF no se cubre a sí misma.")
        antes = datos[max(0, hasta - 20) : hasta].rstrip()
        hueco = re.fullmatch(rb"<((?:[0-9A-Fa-f]{2})+)>", datos[hasta:desde])
        exigir(hueco and antes.endswith(b"/Contents"), "Una firma del PDF deja fuera más que a sí misma.")
        huecos.add(hasta)
        crudo = bytes.fromhex(hueco.group(1).decode()) if hueco else b""
        tramos = (memoryview(datos)[:hasta], memoryview(datos)[desde : desde + largo])
        halladas.append(_firma_de_pdf(crudo, tramos, confianza))
    return _con_hora(sorted(halladas, key=lambda una: una.cubre))


def _con_hora(halladas: list[FirmaDePdf]) -> list[FirmaDePdf]:
    """A la firma sin hora le vale la del primer sello del documento que vino después y la cubre (PAdES B-T)."""
    for lugar, una in enumerate(halladas):
        sellos = [otra for otra in halladas[lugar + 1 :] if otra.es_sello and otra.hora]
        if not una.hora and sellos and vigente(una.certificado, sellos[0].hora):
            halladas[lugar] = replace(una, hora=sellos[0].hora, sellador=sellos[0].sellador)
    return halladas


def _firma_de_pdf(crudo: bytes, tramos: tuple[memoryview, memoryview], confianza: Confianza) -> FirmaDePdf:
    def resumir(metodo: str) -> bytes:
        resumen = hashlib.new(metodo)
        for tramo in tramos:
            resumen.update(tramo)
        return resumen.digest()

    try:
        sobre = parte(crudo)[2]
        exigir(not crudo[len(sobre) :].strip(b"\x00"), "Una firma del PDF esconde algo detrás de ella.")
        cms = leer_cms(sobre)
        hora, sellador = _exigir_firma_de_pdf(cms, resumir)
    except (NoVale, NoSeSabe):
        raise
    except UnsupportedAlgorithm as error:
        raise NoSeSabe("usa una llave o un algoritmo que este programa no conoce") from error
    except Exception as error:  # lo que no se deja leer, no prueba nada
        raise NoVale("Una firma del PDF o su certificado está mal escrito.") from error
    ultimo, llega = cadena_de(cms.certificado, cms.certificados, confianza.anclas)
    return FirmaDePdf(
        cubre=sum(len(tramo) for tramo in tramos) + 2 * len(crudo) + 2,
        es_sello=cms.tipo == TSTINFO,
        certificado=cms.certificado,
        titular=nombre_de(cms.certificado),
        emisor=nombre_de(ultimo, emisor=True),
        hora=hora,
        sellador=sellador,
        llega=llega,
    )


def _exigir_firma_de_pdf(cms: Cms, resumir: Callable[[str], bytes]) -> tuple[datetime | None, str]:
    """Exige que la firma valga; devuelve la hora que alguien selló y quién la selló, si alguien la selló."""
    if cms.tipo == TSTINFO:
        return _hora_del_sello(cms, resumir), nombre_de(cms.certificado)
    exigir(cms.tipo == DATOS and not cms.contenido, "La firma del PDF firma otra cosa que el PDF.")
    comprobar_cms(cms, resumir)
    _exigir_uso(cms.certificado)
    if SELLO_DE_LA_FIRMA not in cms.sin_firmar:
        return None, ""
    sello = leer_cms(cms.sin_firmar[SELLO_DE_LA_FIRMA])
    hora = _hora_del_sello(sello, lambda metodo: hashlib.new(metodo, cms.firma).digest())
    exigir(vigente(cms.certificado, hora), "El certificado no estaba vigente cuando se firmó.")
    return hora, nombre_de(sello.certificado)


def _exigir_uso(certificado: x509.Certificate) -> None:
    """El certificado es de los que sirven para firmar, si dice para qué sirve."""
    try:
        uso = certificado.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    exigir(
        uso.digital_signature or uso.content_commitment, "El certificado no es de los que sirven para firmar."
    )


# --- La prueba de un hecho -----------------------------------------------------------------------------------------
def comprobar_prueba(prueba: Any, confianza: Confianza, informe: Informe, documento: str = "") -> None:
    """Comprueba un paquete de prueba ``llaqta-prueba/1``.

    :param documento: SHA-256 del archivo que se tiene a la mano, en hexadecimal
    :raises NoVale: si algo no concuerda
    """
    exigir(
        isinstance(prueba, dict) and prueba.get("formato") == "llaqta-prueba/1", "No es una prueba de Llaqta."
    )
    exigir(set(prueba) - OPCIONALES == OBLIGATORIOS, "A la prueba le faltan o le sobran datos.")
    llave = leer_llave(prueba["llave"], 1)
    if confianza.llave:
        exigir(prueba["llave"] == confianza.llave, "La prueba es de otra llave que la que usted dio.")
        informe.probado.append(f"La llave es la que usted dio, del registro «{llave.nombre}».")
    else:
        informe.sin_comprobar.append(
            "No se comprobó de quién es la llave: consígala por su cuenta y dé --llave."
        )
    _comprobar_hecho(prueba["canonico"], prueba["abierto"], informe, documento)
    _comprobar_lugar(prueba, llave, informe)
    punto = leer_punto(prueba["punto"])
    _comprobar_ancla(prueba, punto, llave, confianza, informe)
    _comprobar_testigos(prueba.get("testigos", []), punto, confianza, informe)


def _comprobar_hecho(hecho: Any, abierto: Any, informe: Informe, documento: str) -> None:
    exigir(isinstance(hecho, dict) and set(hecho) == CAMPOS, "Al hecho le faltan o le sobran campos.")
    instante = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
    formas = {"ocurrido": instante, "registrado": instante, "suceso": r"[1-9]\d{0,18}", "tipo": r"\w+\.\w+"}
    formas.update(dict.fromkeys(RESERVADOS, "[0-9a-f]{64}"))
    for nombre, patron in formas.items():
        bien = isinstance(hecho[nombre], str) and re.fullmatch(patron, hecho[nombre], re.ASCII)
        exigir(bien, f"El campo «{nombre}» del hecho está mal escrito.")
    exigir(
        es_entero(hecho["v"]) and hecho["v"] == 1, "El hecho es de una versión que este programa no conoce."
    )
    exigir(
        isinstance(abierto, dict) and set(abierto) <= set(RESERVADOS),
        "Lo abierto de la prueba está mal escrito.",
    )
    for nombre, apertura in sorted(abierto.items()):
        exigir(
            isinstance(apertura, dict) and set(apertura) == {"sal", "valor"}, f"«{nombre}» está mal abierto."
        )
        sal = apertura["sal"]
        exigir(
            isinstance(sal, str) and re.fullmatch("[0-9a-f]{64}", sal),
            f"La sal de «{nombre}» está mal escrita.",
        )
        compromiso = hashlib.sha256(bytes.fromhex(sal) + canonico(apertura["valor"])).hexdigest()
        exigir(compromiso == hecho[nombre], f"«{nombre}» NO es lo que se registró.")
        informe.probado.append(
            f"«{nombre}» es lo que se registró: {canonico(apertura['valor']).decode()[:300]}"
        )
    datos = abierto.get("datos", {}).get("valor")
    huella = datos.get("huella") if isinstance(datos, dict) else None
    if documento:
        exigir(huella, "La prueba no dice la huella de ningún archivo: no es la prueba de ese documento.")
        exigir(huella == documento, "El archivo NO es el que se registró: su huella SHA-256 es otra.")
        informe.probado.append(f"El archivo es, byte por byte, el que se registró (SHA-256 {documento}).")
    elif huella:
        informe.sin_comprobar.append("No se comparó ningún archivo con la huella registrada: dé --documento.")
    if oculto := [nombre for nombre in RESERVADOS if nombre not in abierto]:
        informe.sin_comprobar.append(f"No se vio el contenido de: {', '.join(oculto)} (reservado o borrado).")
    informe.datos.update(
        suceso=hecho["suceso"], tipo=hecho["tipo"], ocurrido=hecho["ocurrido"], huella=huella or ""
    )


def _comprobar_lugar(prueba: dict[str, Any], llave: Llave, informe: Informe) -> None:
    """La hoja está en el árbol cuya raíz firmó el registro."""
    punto, hoja, tamano, camino = (
        leer_punto(prueba["punto"]),
        prueba["hoja"],
        prueba["tamano"],
        prueba["inclusion"],
    )
    exigir(
        es_entero(hoja) and es_entero(tamano) and isinstance(camino, list),
        "El lugar de la hoja está mal escrito.",
    )
    exigir(
        punto.origen == prueba["origen"] and punto.tamano == tamano,
        "La prueba y su punto no son del mismo árbol.",
    )
    comprobar_punto(punto, llave)
    huella = hoja_de(canonico(prueba["canonico"]))
    raiz = raiz_por_inclusion(hoja, tamano, huella, [base64_exacto(cada, 32) for cada in camino])
    exigir(raiz == punto.raiz, "El hecho NO está en el registro que se firmó: la raíz no coincide.")
    hecho = prueba["canonico"]
    informe.probado.append(
        f"El hecho {hecho['suceso']} ({hecho['tipo']}, {hecho['ocurrido']}) es la hoja {hoja}."
    )
    informe.probado.append(f"La hoja está en el registro de {tamano} hojas cuya raíz es {punto.raiz.hex()}.")
    informe.probado.append(f"Esa raíz la firmó «{llave.nombre}».")


def _comprobar_ancla(
    prueba: dict[str, Any], punto: Punto, llave: Llave, confianza: Confianza, informe: Informe
) -> None:
    ancla = base64_exacto(prueba["ancla"])
    anclado, otro = punto, prueba.get("ancla_punto", "")
    exigir(isinstance(otro, str), "El punto que lleva el sello de tiempo está mal escrito.")
    if not ancla:
        exigir(
            not confianza.autoridades,
            "La prueba no trae el sello de tiempo que usted pidió comprobar con --ca.",
        )
        exigir(otro == "", "La prueba dice qué punto lleva sello de tiempo, pero no trae el sello.")
        informe.sin_comprobar.append("La prueba no trae sello de tiempo: la hora la dice solo el registro.")
        return
    if otro:
        anclado = leer_punto(otro)
        comprobar_punto(anclado, llave)
    try:
        hora = comprobar_sello(ancla, anclado.cuerpo, confianza, informe)
    except NoVale:
        raise
    except Exception as error:  # lo que no se deja leer, no prueba nada
        raise NoVale("El sello de tiempo o sus certificados están mal escritos.") from error
    informe.probado.append(
        f"Un sello de tiempo prueba que el punto de {anclado.tamano} hojas existía el {hora:%Y-%m-%d %H:%M:%S} UTC."
    )
    if anclado.cuerpo != punto.cuerpo:
        informe.sin_comprobar.append(
            "El sello de tiempo es de otro punto: una ambos con la orden «consistencia»."
        )


def _comprobar_testigos(lineas: Any, punto: Punto, confianza: Confianza, informe: Informe) -> None:
    exigir(
        isinstance(lineas, list) and all(isinstance(cada, str) for cada in lineas),
        "Los testigos están mal escritos.",
    )
    firmas = [leer_firma(cada) for cada in lineas]
    for texto in confianza.testigos:
        testigo = leer_llave(texto, 4)
        horas = [
            hora_de_cofirma(firma, testigo, punto) for nombre, firma in firmas if nombre == testigo.nombre
        ]
        exigir(horas, f"El testigo «{testigo.nombre}» no firmó este punto de control.")
        exigir(None not in horas, f"La firma del testigo «{testigo.nombre}» NO vale.")
        informe.probado.append(
            f"El testigo «{testigo.nombre}» vio ese punto el {horas[0]:%Y-%m-%d %H:%M:%S} UTC."
        )
    conocidos = {leer_llave(texto, 4).nombre for texto in confianza.testigos}
    informe.sin_comprobar += [
        f"No se comprobó al testigo «{nombre}»: dé su llave con --testigo."
        for nombre, _ in firmas
        if nombre not in conocidos
    ]


# --- Consistencia entre dos puntos ---------------------------------------------------------------------------------
def comprobar_puntos(antes: str, despues: str, prueba: Any, confianza: Confianza, informe: Informe) -> None:
    """Exige que el registro de ``despues`` conserve sin cambios el de ``antes`` (``llaqta-consistencia/1``)."""
    viejo, nuevo = leer_punto(antes), leer_punto(despues)
    exigir(viejo.origen == nuevo.origen, "Los dos puntos de control son de registros distintos.")
    exigir(
        isinstance(prueba, dict) and prueba.get("formato") == "llaqta-consistencia/1",
        "No es una consistencia.",
    )
    exigir(
        (prueba.get("desde"), prueba.get("hasta")) == (viejo.tamano, nuevo.tamano),
        "La prueba es de otros puntos.",
    )
    exigir(isinstance(prueba.get("consistencia"), list), "La prueba de consistencia está mal escrita.")
    camino = [base64_exacto(cada, 32) for cada in prueba["consistencia"]]
    comprobar_consistencia(viejo.tamano, viejo.raiz, nuevo.tamano, nuevo.raiz, camino)
    informe.probado.append(
        f"Las {viejo.tamano} hojas de antes siguen iguales y en su orden entre las {nuevo.tamano}."
    )
    if confianza.llave:
        for punto in (viejo, nuevo):
            comprobar_punto(punto, leer_llave(confianza.llave, 1))
        informe.probado.append(f"Los dos puntos los firmó «{viejo.origen}».")
    else:
        informe.sin_comprobar.append("No se comprobaron las firmas de los puntos de control: dé --llave.")


# --- El índice: un XML de una sola forma, y su firma ----------------------------------------------------------------
FORMATO_DEL_INDICE = "llaqta-expediente/1"
DS = "http://www.w3.org/2000/09/xmldsig#"
ESPACIOS = {"": "urn:llaqta:expediente:1", "ds": DS, "xades": "http://uri.etsi.org/01903/v1.3.2#"}
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256_XML = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_XML = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_XML = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_METODO = '<ds:{0} Algorithm="{1}"></ds:{0}>'
_RESUMEN = _METODO.format("DigestMethod", SHA256_XML) + "<ds:DigestValue>{}</ds:DigestValue>"
_REFERENCIA = "<ds:Reference {}><ds:Transforms>{}</ds:Transforms>" + _RESUMEN + "</ds:Reference>"
_ENVUELTA, _CANONICA = (_METODO.format("Transform", cada) for cada in (f"{DS}enveloped-signature", C14N))
LO_FIRMADO = (
    f'<ds:SignedInfo xmlns:ds="{DS}">' + _METODO.format("CanonicalizationMethod", C14N)
    + _METODO.format("SignatureMethod", "{}") + _REFERENCIA.format('URI=""', _ENVUELTA + _CANONICA, "{}")
    + _REFERENCIA.format('Type="http://uri.etsi.org/01903#SignedProperties" URI="#propiedades"', _CANONICA, "{}")
    + "</ds:SignedInfo>"
)  # fmt: skip
"""Lo único que puede decir la firma de un índice: se llena con el método y los dos resúmenes, y se compara entero."""
PROPIEDADES = (
    f'<xades:SignedProperties xmlns:xades="{ESPACIOS["xades"]}" Id="propiedades"><xades:SignedSignatureProperties>'
    "<xades:SigningTime>{}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
    + _RESUMEN.replace("<ds:DigestMethod", f'<ds:DigestMethod xmlns:ds="{DS}"').replace(
        "<ds:DigestValue", f'<ds:DigestValue xmlns:ds="{DS}"'
    )
    + "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>"
    "</xades:SignedProperties>"
)


@dataclass
class Nodo:
    """Un elemento del índice, con su nombre y su prefijo tal como están escritos."""

    nombre: str
    atributos: dict[str, str]
    espacios: set[str]
    hijos: list[Any] = field(default_factory=list)

    def todos(self, *nombres: str) -> list[Nodo]:
        """Los elementos a los que lleva ese camino."""
        hallados = [self]
        for nombre in nombres:
            hallados = [
                hijo
                for cada in hallados
                for hijo in cada.hijos
                if isinstance(hijo, Nodo) and nombre in (hijo.nombre, "*")
            ]
        return hallados

    def uno(self, *nombres: str) -> Nodo:
        """El único al que lleva ese camino."""
        hallados = self.todos(*nombres)
        exigir(len(hallados) == 1, f"Al índice le falta o le sobra «{nombres[-1]}».")
        return hallados[0]

    @property
    def texto(self) -> str:
        """Su texto, si no tiene elementos adentro."""
        exigir(
            all(isinstance(hijo, str) for hijo in self.hijos), f"«{self.nombre}» del índice no es un texto."
        )
        return "".join(self.hijos)


def leer_xml(datos: bytes) -> Nodo:
    """Lee un índice en su única forma: UTF-8, sin DTD, comentarios ni instrucciones, y con sus tres espacios.

    :raises NoVale: si está escrito de cualquier otra
    """
    raiz, pila = Nodo("", {}, set()), []
    pila.append(raiz)

    def no(*_: Any) -> NoReturn:
        raise NoVale("El índice trae definiciones, comentarios o instrucciones que no se aceptan.")

    def abrir(nombre: str, atributos: dict[str, str]) -> None:
        exigir(len(pila) < 32, "El índice es demasiado hondo.")
        espacios = set(pila[-1].espacios)
        for clave in [clave for clave in atributos if clave.split(":")[0] == "xmlns"]:
            prefijo = clave[6:]
            exigir(
                atributos.pop(clave) == ESPACIOS.get(prefijo), "El índice usa un espacio de nombres ajeno."
            )
            espacios.add(prefijo)
        ajeno = any(":" in clave for clave in atributos) or nombre.rpartition(":")[0] not in espacios
        exigir(not ajeno, f"El índice trae un nombre que no es suyo: {nombre[:60]!r}.")
        nodo = Nodo(nombre, atributos, espacios)
        pila[-1].hijos.append(nodo)
        pila.append(nodo)

    lector = expat.ParserCreate("UTF-8")
    lector.buffer_text = True
    lector.StartElementHandler, lector.EndElementHandler = abrir, lambda _: pila.pop()
    lector.CharacterDataHandler = lambda texto: pila[-1].hijos.append(texto)
    lector.StartDoctypeDeclHandler = lector.ProcessingInstructionHandler = lector.CommentHandler = no
    try:
        lector.Parse(datos, True)
    except expat.ExpatError as error:
        raise NoVale("El índice no es un XML bien escrito.") from error
    return raiz.uno("expediente")


def canonico_xml(nodo: Nodo, dichos: frozenset[str] = frozenset()) -> str:
    """El elemento en su forma canónica exclusiva y sin comentarios (W3C xml-exc-c14n)."""
    prefijo = nodo.nombre.rpartition(":")[0]
    nuevo = "" if prefijo in dichos else f' xmlns{":" * bool(prefijo)}{prefijo}="{ESPACIOS[prefijo]}"'
    atributos = "".join(
        f' {clave}="{_en_atributo(valor)}"' for clave, valor in sorted(nodo.atributos.items())
    )
    dentro = "".join(
        canonico_xml(hijo, dichos | {prefijo}) if isinstance(hijo, Nodo) else _en_texto(hijo)
        for hijo in nodo.hijos
    )
    return f"<{nodo.nombre}{nuevo}{atributos}>{dentro}</{nodo.nombre}>"


def _en_texto(texto: str) -> str:
    return texto.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def _en_atributo(texto: str) -> str:
    texto = texto.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return texto.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


def _resumen_xml(texto: str) -> str:
    return base64.b64encode(hashlib.sha256(texto.encode()).digest()).decode()


def comprobar_firma_del_indice(raiz: Nodo, confianza: Confianza, informe: Informe) -> None:
    """Exige que el índice entero lleve la firma de su certificado (XAdES B-B envuelto), y la quita de ``raiz``.

    :raises NoVale: si no la lleva, si es de otra forma, o si se cambió algo
    """
    firmas = raiz.todos("ds:Signature")
    exigir(len(firmas) == 1 and raiz.hijos[-1] is firmas[0], "El índice no lleva una firma, al final.")
    firma = raiz.hijos.pop()
    ramas = [hijo.nombre if isinstance(hijo, Nodo) else "" for hijo in firma.hijos]
    suyas = ["ds:SignedInfo", "ds:SignatureValue", "ds:KeyInfo", "ds:Object"]
    exigir(ramas == suyas and firma.atributos == {"Id": "firma"}, "La firma del índice no tiene su forma.")
    certificados = tuple(
        x509.load_der_x509_certificate(base64_exacto(cada.texto))
        for cada in firma.todos("ds:KeyInfo", "ds:X509Data", "ds:X509Certificate")
    )
    exigir(certificados, "La firma del índice no trae su certificado.")
    dadas = canonico_xml(firma.uno("ds:Object", "xades:QualifyingProperties", "xades:SignedProperties"))
    cuando = re.search(r"<xades:SigningTime>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)<", dadas)
    huella = base64.b64encode(certificados[0].fingerprint(hashes.SHA256())).decode()
    exigir(
        cuando and dadas == PROPIEDADES.format(cuando.group(1), huella),
        "La firma del índice nombra otro certificado, o no tiene su forma.",
    )
    es_rsa = isinstance(certificados[0].public_key(), rsa.RSAPublicKey)
    esperado = LO_FIRMADO.format(
        RSA_XML if es_rsa else ECDSA_XML, _resumen_xml(canonico_xml(raiz)), _resumen_xml(dadas)
    )
    exigir(
        canonico_xml(firma.uno("ds:SignedInfo")) == esperado, "El índice fue cambiado después de firmarse."
    )
    valor = base64_exacto(firma.uno("ds:SignatureValue").texto)
    _exigir_firma_xml(certificados[0].public_key(), valor, esperado.encode())
    hora = datetime.strptime(cuando.group(1) if cuando else "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC_)
    exigir(vigente(certificados[0], hora), "El certificado del índice no estaba vigente cuando se firmó.")
    _exigir_uso(certificados[0])
    _contar_quien_firma_el_indice(certificados, confianza, informe)


def _exigir_firma_xml(llave: Any, valor: bytes, mensaje: bytes) -> None:
    try:
        if isinstance(llave, rsa.RSAPublicKey) and llave.key_size >= 2048:
            llave.verify(valor, mensaje, padding.PKCS1v15(), hashes.SHA256())
            return
        exigir(
            isinstance(llave, ec.EllipticCurvePublicKey), "La llave del índice no es de las que se aceptan."
        )
        r, s = valor[: len(valor) // 2], valor[len(valor) // 2 :]
        der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        llave.verify(der, mensaje, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise NoVale("La firma del índice NO es de su certificado.") from error


def _contar_quien_firma_el_indice(
    certificados: tuple[x509.Certificate, ...], confianza: Confianza, informe: Informe
) -> None:
    ultimo, llega = cadena_de(certificados[0], certificados[1:], confianza.anclas)
    quien, emisor = nombre_de(certificados[0]), nombre_de(ultimo, emisor=True)
    informe.datos["indice"] = {
        "firmado_por": quien,
        "emisor": emisor,
        "certificado_sha256": certificados[0].fingerprint(hashes.SHA256()).hex(),
    }
    exigir(
        llega or not confianza.anclas,
        f"El índice lo firmó «{quien}», que no llega a lo que usted dio con --ancla.",
    )
    informe.probado.append(f"El índice entero lleva la firma de «{quien}».")
    if llega:
        informe.probado.append("El certificado del índice llega a la autoridad que usted dio con --ancla.")
    else:
        informe.sin_comprobar.append(
            f"Quién firma el índice lo dice solo su certificado, emitido por «{emisor}»: dé --ancla, o compare la "
            f"huella {informe.datos['indice']['certificado_sha256']} con la que le dé la entidad."
        )


# --- El paquete de un expediente (BagIt, RFC 8493) ------------------------------------------------------------------
class Paquete:
    """Una carpeta o un ZIP que se leen sin desempaquetar y sin salirse de ellos."""

    def __init__(self, ruta: str) -> None:
        self.zip = None if os.path.isdir(ruta) else zipfile.ZipFile(ruta)
        nombres = self._de_zip(self.zip) if self.zip else self._de_carpeta(ruta)
        raices = [nombre for nombre in nombres if re.fullmatch(r"([^/]+/)?bagit\.txt", nombre)]
        exigir(len(raices) == 1, "No es un paquete BagIt: falta bagit.txt, o hay más de uno.")
        base = raices[0][: -len("bagit.txt")]
        exigir(
            all(nombre.startswith(base) for nombre in nombres),
            "El paquete trae archivos fuera de su carpeta.",
        )
        self.lugar = {nombre[len(base) :]: real for nombre, real in nombres.items()}
        for nombre in self.lugar:
            malo = ".." in nombre.split("/") or re.search(r"^/|[\\:\x00-\x1f]", nombre)
            exigir(not malo, f"El paquete trae un nombre peligroso: {nombre!r}.")

    @staticmethod
    def _de_zip(archivo: zipfile.ZipFile) -> dict[str, str]:
        fichas = [ficha for ficha in archivo.infolist() if not ficha.is_dir()]
        exigir(
            len({ficha.filename for ficha in fichas}) == len(fichas), "El ZIP trae dos veces el mismo nombre."
        )
        exigir(
            all(ficha.external_attr >> 28 != 0xA for ficha in fichas), "El ZIP trae un enlace a otra parte."
        )
        return {ficha.filename: ficha.filename for ficha in fichas}

    @staticmethod
    def _de_carpeta(ruta: str) -> dict[str, str]:
        hallados = {}
        for carpeta, subcarpetas, archivos in os.walk(ruta):
            for nombre in (*subcarpetas, *archivos):
                real = os.path.join(carpeta, nombre)
                exigir(not os.path.islink(real), f"El paquete trae un enlace a otra parte: {nombre!r}.")
                if nombre in archivos:
                    hallados[os.path.relpath(real, ruta).replace(os.sep, "/")] = real
        return hallados

    def abrir(self, nombre: str) -> Any:
        """El archivo, para leerlo por partes."""
        exigir(nombre in self.lugar, f"Falta el archivo {nombre}.")
        return self.zip.open(self.lugar[nombre]) if self.zip else open(self.lugar[nombre], "rb")

    def leer(self, nombre: str, maximo: int = MAXIMO) -> bytes:
        """El archivo entero, si no pasa del máximo."""
        with self.abrir(nombre) as archivo:
            datos: bytes = archivo.read(maximo + 1)
        exigir(len(datos) <= maximo, f"{nombre} es demasiado grande.")
        return datos

    def manifiesto(self, nombre: str) -> dict[str, str]:
        """Las huellas que declara un manifiesto, cada una comprobada con su archivo."""
        declaradas: dict[str, str] = {}
        for linea in self.leer(nombre).decode("utf-8").splitlines():
            hallada = re.fullmatch(r"([0-9a-fA-F]{64})[ \t]+(\S.*)", linea)
            exigir(hallada and hallada[2] not in declaradas, f"{nombre} está mal escrito: {linea[:80]!r}.")
            if hallada:
                declaradas[hallada[2]] = hallada[1].lower()
        for cual, declarada in declaradas.items():
            with self.abrir(cual) as archivo:
                huella = hashlib.sha256()
                for trozo in iter(lambda: archivo.read(1 << 20), b""):
                    huella.update(trozo)
            exigir(
                huella.hexdigest() == declarada, f"El archivo {cual} NO es el que se empaquetó: fue cambiado."
            )
        return declaradas


FIJOS = {f"data/{cual}" for cual in ("indice.xml", "indice.xsd", "indice.pdf", "leeme.html",
                                     "verificador/llaqta_verificador.py")}  # fmt: skip
MAXIMO_DE_PDF = 1 << 30
MAXIMO_DEL_INDICE = 64 << 20


def comprobar_paquete(ruta: str, confianza: Confianza, informe: Informe) -> None:
    """Comprueba un expediente exportado: cada archivo, el índice y su firma, cada prueba y las firmas de cada PDF.

    :raises NoVale: nombrando el archivo que no vale
    """
    paquete = Paquete(ruta)
    exigir(b"BagIt-Version: 1.0" in paquete.leer("bagit.txt"), "El paquete no es BagIt 1.0.")
    huellas = paquete.manifiesto("manifest-sha256.txt")
    contenido = {nombre for nombre in paquete.lugar if nombre.startswith("data/")}
    if sobran := sorted(contenido - set(huellas)):
        raise NoVale(f"El paquete trae archivos que su manifiesto no nombra: {', '.join(sobran[:5])}.")
    exigir(set(huellas) <= contenido, "El manifiesto nombra archivos que no son del contenido.")
    etiquetas = paquete.manifiesto("tagmanifest-sha256.txt")
    exigir("manifest-sha256.txt" in etiquetas, "El manifiesto de etiquetas no protege al de archivos.")
    informe.probado.append(f"Los {len(huellas)} archivos del paquete son los que se empaquetaron.")
    with _nombrando("data/indice.xml"):
        indice = leer_xml(paquete.leer("data/indice.xml", MAXIMO_DEL_INDICE))
        exigir(
            indice.atributos.get("formato") == FORMATO_DEL_INDICE,
            "El índice es de un formato que no se conoce.",
        )
        comprobar_firma_del_indice(indice, confianza, informe)
    documentos = indice.todos("documentos", "documento")
    _comprobar_nombrados(indice, huellas)
    informe.probado.append(f"El índice nombra los {len(documentos)} documentos con sus huellas.")
    probados = _comprobar_pruebas(paquete, indice, confianza, informe)
    firmas = _comprobar_firmas(paquete, indice, confianza, informe)
    informe.datos.update(
        expediente=indice.atributos.get("numero", ""), archivos=len(huellas), documentos=len(documentos),
        probados=probados, firmas=firmas,
    )  # fmt: skip


@contextmanager
def _nombrando(archivo: str) -> Iterator[None]:
    """Lo que no valga adentro se dice con el nombre del archivo; lo que no se deja leer, no prueba nada."""
    try:
        yield
    except (NoVale, NoSeSabe) as motivo:
        raise type(motivo)(f"{archivo}: {motivo}") from motivo
    except Exception as error:  # lo que no se deja leer, no prueba nada
        raise NoVale(f"{archivo}: está mal escrito.") from error


def _comprobar_nombrados(indice: Nodo, huellas: dict[str, str]) -> None:
    """Todo archivo lo nombra el índice con su huella, o es de los fijos; y nada de lo que nombra falta."""
    nombrados = set(FIJOS)
    for nodo in [*indice.todos("documentos", "documento"), *indice.todos("documentos", "documento", "*"),
                 *indice.todos("notificaciones", "notificacion", "constancia")]:  # fmt: skip
        archivo = nodo.atributos.get("archivo", "")
        if not archivo:
            continue
        exigir(archivo in huellas, f"El índice nombra {archivo}, y no está en el paquete.")
        exigir(
            huellas[archivo] == nodo.atributos.get("sha256"), f"El índice dice otra huella para {archivo}."
        )
        exigir(archivo not in nombrados, f"El índice nombra dos veces {archivo}.")
        nombrados.add(archivo)
    if callados := sorted(set(huellas) - nombrados):
        raise NoVale(f"El paquete trae lo que el índice no nombra: {', '.join(callados[:5])}.")
    if faltan := sorted(FIJOS - set(huellas)):
        raise NoVale(f"Falta el archivo {faltan[0]}.")


def _comprobar_pruebas(paquete: Paquete, indice: Nodo, confianza: Confianza, informe: Informe) -> int:
    """Cada documento con su propia prueba, del registro que el índice nombra."""
    registro = [cada.atributos.get("llave") for cada in indice.todos("registro")]
    probados = 0
    for documento in indice.todos("documentos", "documento"):
        nombre, dicha = documento.atributos["archivo"], documento.uno("prueba").atributos
        if "archivo" not in dicha:
            informe.sin_comprobar.append(
                f"{nombre}: no trae prueba de estar en el registro. {dicha.get('falta', '')}"
            )
            continue
        parcial = Informe()
        with _nombrando(dicha["archivo"]):
            prueba = leer_json(paquete.leer(dicha["archivo"]))
            exigir(
                isinstance(prueba, dict) and [prueba.get("llave")] == registro,
                "Es de otro registro que el del índice.",
            )
            comprobar_prueba(prueba, confianza, parcial, documento.atributos["sha256"])
            exigir(str(prueba["hoja"]) == dicha.get("hoja"), "Prueba otra hoja que la que dice el índice.")
        informe.probado.append(f"{nombre}: está en el registro, hoja {prueba['hoja']} ({dicha['archivo']}).")
        informe.sin_comprobar += [
            falta for falta in parcial.sin_comprobar if falta not in informe.sin_comprobar
        ]
        probados += 1
    return probados


def _comprobar_firmas(
    paquete: Paquete, indice: Nodo, confianza: Confianza, informe: Informe
) -> list[dict[str, Any]]:
    """Las firmas de los PDF: las de los documentos, y los sellos del índice impreso y de las constancias."""
    vistas: list[dict[str, Any]] = []
    for nodo in indice.todos("documentos", "documento"):
        if nodo.atributos.get("mime") == "application/pdf":
            _comprobar_documento(paquete, nodo, confianza, informe, vistas)
    constancias = indice.todos("notificaciones", "notificacion", "constancia")
    for archivo in ["data/indice.pdf", *(nodo.atributos["archivo"] for nodo in constancias)]:
        datos = paquete.leer(archivo, MAXIMO_DE_PDF)
        try:
            with _nombrando(archivo):
                halladas = comprobar_pdf(datos, confianza)
                exigir(halladas, "No lleva el sello de la entidad.")
        except NoSeSabe as motivo:
            informe.sin_comprobar.append(f"{motivo}: use un validador de firmas en PDF.")
        else:
            _contar_firmas(archivo, halladas, len(datos), confianza, informe, vistas)
    if sin_hora := sorted({una["archivo"] for una in vistas if not una["hora"]}):
        informe.sin_comprobar.append(f"La hora de firma la dice solo quien firmó en: {', '.join(sin_hora)}.")
    if vistas:
        informe.sin_comprobar.append(
            "De las firmas no se comprobó si sus certificados se revocaron, con qué política se emitieron ni cómo se "
            "ven las páginas: para eso, un validador de firmas en PDF."
        )
    if vistas and not confianza.anclas:
        emisores = sorted({f"«{una['emisor']}»" for una in vistas})
        informe.sin_comprobar.append(
            f"Quién firmó lo dicen solo los certificados que trae cada PDF, de {', '.join(emisores)}: dé --ancla."
        )
    return vistas


def _comprobar_documento(
    paquete: Paquete, nodo: Nodo, confianza: Confianza, informe: Informe, vistas: list[dict[str, Any]]
) -> None:
    """Las firmas de un documento contra lo que el índice dice de ellas."""
    archivo, veredicto = nodo.atributos["archivo"], nodo.uno("informe").atributos.get("veredicto")
    datos = paquete.leer(archivo, MAXIMO_DE_PDF)
    try:
        with _nombrando(archivo):
            halladas = comprobar_pdf(datos, confianza)
            firmas = sum(not una.es_sello for una in halladas)
            exigir(
                firmas >= len(nodo.todos("firma")) and (firmas or veredicto == "SIN_FIRMA"),
                f"El índice nombra {len(nodo.todos('firma'))} firmas, y el PDF trae {firmas}.",
            )
    except NoVale as motivo:
        if veredicto != "INVALIDA" or nodo.atributos.get("origen") != "EXTERNO":
            raise
        informe.sin_comprobar.append(f"{motivo} El índice ya advierte que llegó con una firma que no vale.")
    except NoSeSabe as motivo:
        informe.sin_comprobar.append(f"{motivo}: use un validador de firmas en PDF.")
    else:
        _contar_firmas(archivo, halladas, len(datos), confianza, informe, vistas)


def _contar_firmas(
    archivo: str, halladas: list[FirmaDePdf], largo: int, confianza: Confianza, informe: Informe,
    vistas: list[dict[str, Any]],
) -> None:  # fmt: skip
    for una in halladas:
        cuando = f"{una.hora:%Y-%m-%d %H:%M:%S} UTC" if una.hora else ""
        hora = f", el {cuando} según el sello de tiempo de «{una.sellador}»" if una.hora else ""
        llega = "; su certificado llega a la autoridad que usted dio" if una.llega else ""
        clase = "sello de tiempo" if una.es_sello else "firma"
        informe.probado.append(f"{archivo}: {clase} de «{una.titular}», íntegra{hora}{llega}.")
        if confianza.anclas and not una.llega and not una.es_sello:
            informe.sin_comprobar.append(
                f"{archivo}: el certificado de «{una.titular}», de «{una.emisor}», no llega a lo que usted dio."
            )
        vistas.append(
            {"archivo": archivo, "clase": clase, "titular": una.titular, "emisor": una.emisor, "hora": cuando}
        )
    if halladas and halladas[-1].cubre < largo:
        informe.sin_comprobar.append(
            f"{archivo}: después de su última firma se le añadieron {largo - halladas[-1].cubre} bytes (suelen ser los "
            "datos para validarla): un validador de firmas en PDF dice qué son."
        )


# --- La orden ------------------------------------------------------------------------------------------------------
def leer_archivo(ruta: str) -> bytes:
    """Lee un archivo pequeño de quien verifica.

    :raises NoSePudo: si no existe o es desmesurado
    """
    try:
        with open(ruta, "rb") as archivo:
            datos = archivo.read(MAXIMO + 1)
    except OSError as error:
        raise NoSePudo(f"No se pudo leer {ruta}: {error.strerror}.") from error
    if len(datos) > MAXIMO:
        raise NoSePudo(f"{ruta} es demasiado grande para ser lo que se espera.")
    return datos


def huella_de_archivo(ruta: str) -> str:
    """SHA-256 de un archivo, leído por partes."""
    huella = hashlib.sha256()
    try:
        with open(ruta, "rb") as archivo:
            for trozo in iter(lambda: archivo.read(1 << 20), b""):
                huella.update(trozo)
    except OSError as error:
        raise NoSePudo(f"No se pudo leer {ruta}: {error.strerror}.") from error
    return huella.hexdigest()


def leer_confianza(opciones: argparse.Namespace) -> Confianza:
    """Aquello en lo que confía quien verifica: llaves y autoridades, de archivos o escritas en la orden."""

    def llave(texto: str, algoritmo: int) -> str:
        escrita = leer_archivo(texto).decode("utf-8", "replace") if os.path.exists(texto) else texto
        try:
            leer_llave(escrita.strip(), algoritmo)
        except NoVale as motivo:
            raise NoSePudo(f"{texto[:80]}: {motivo}") from motivo
        return escrita.strip()

    def certificados(rutas: list[str]) -> tuple[x509.Certificate, ...]:
        leidos: list[x509.Certificate] = []
        for ruta in rutas:
            try:
                leidos += x509.load_pem_x509_certificates(leer_archivo(ruta))
            except ValueError as error:
                raise NoSePudo(f"{ruta} no trae certificados en PEM.") from error
        return tuple(leidos)

    testigos = tuple(llave(cada, 4) for cada in opciones.testigo)
    propia = llave(opciones.llave, 1) if opciones.llave else ""
    return Confianza(propia, testigos, certificados(opciones.ca), certificados(opciones.ancla))


def leer_opciones(argumentos: list[str]) -> argparse.Namespace:
    """Entiende la orden."""
    orden = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0], epilog="Lea el comienzo de este archivo."
    )
    orden.add_argument("que", nargs="+", metavar="prueba.json | consistencia A B PRUEBA | paquete RUTA")
    orden.add_argument("--documento", default="", help="el archivo (PDF) que se quiere comprobar")
    orden.add_argument("--llave", default="", help="la llave pública del registro, o el archivo que la trae")
    orden.add_argument(
        "--testigo", action="append", default=[], help="la llave de un testigo en quien confía"
    )
    orden.add_argument(
        "--ca", action="append", default=[], help="certificados PEM de la autoridad de sellado de tiempo"
    )
    orden.add_argument(
        "--ancla", action="append", default=[], help="certificados PEM de quien emitió los de las firmas"
    )
    orden.add_argument("--json", action="store_true", help="responde en JSON")
    return orden.parse_args(argumentos)


def comprobar(opciones: argparse.Namespace, informe: Informe) -> None:
    """Hace lo que se pidió.

    :raises NoVale: si no concuerda
    :raises NoSePudo: si no se pudo leer
    """
    confianza, que = leer_confianza(opciones), opciones.que
    if que[0] == "consistencia" and len(que) == 4:
        antes, despues = (leer_archivo(ruta).decode("utf-8", "replace") for ruta in que[1:3])
        comprobar_puntos(antes, despues, leer_json(leer_archivo(que[3])), confianza, informe)
    elif que[0] == "paquete" and len(que) == 2:
        if not os.path.exists(que[1]):
            raise NoSePudo(f"No existe {que[1]}.")
        try:
            comprobar_paquete(que[1], confianza, informe)
        except NoVale:
            raise
        except Exception as error:  # lo que no se deja leer, no prueba nada
            raise NoVale("El paquete está roto: no se puede leer entero.") from error
    elif len(que) == 1:
        documento = huella_de_archivo(opciones.documento) if opciones.documento else ""
        comprobar_prueba(leer_json(leer_archivo(que[0])), confianza, informe, documento)
    else:
        raise NoSePudo("No se entendió la orden: pruebe con --help.")


def main(argumentos: list[str] | None = None) -> int:
    """Comprueba y lo cuenta. Devuelve 0 si quedó probado, 1 si no vale, 2 si no se pudo leer."""
    opciones = leer_opciones(sys.argv[1:] if argumentos is None else argumentos)
    informe, estado = Informe(), 0
    try:
        comprobar(opciones, informe)
    except NoVale as motivo:
        informe.rechazado, estado = str(motivo), 1
    except NoSePudo as motivo:
        informe.rechazado, estado = str(motivo), 2
    veredicto = ("PROBADO", "NO VALE", "NO SE PUDO COMPROBAR")[estado]
    if opciones.json:
        print(json.dumps({"veredicto": veredicto, **vars(informe)}, ensure_ascii=False, indent=1))
        return estado
    for paso in informe.probado:
        print(f"[probado]        {paso}")
    for falta in informe.sin_comprobar:
        print(f"[sin comprobar]  {falta}")
    if informe.rechazado:
        print(f"[rechazado]      {informe.rechazado}")
    print(
        f"\n{veredicto}"
        + (" (lea arriba lo que quedó sin comprobar)" if not estado and informe.sin_comprobar else "")
    )
    return estado


if __name__ == "__main__":
    for salida in (sys.stdout, sys.stderr):
        if hasattr(salida, "reconfigure"):
            salida.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
