#!/usr/bin/env python3
"""Comprueba, sin Llaqta y sin internet, lo que el registro de una municipalidad afirma.

    python llaqta_verificador.py prueba.json [--documento F] [--llave registro.pub] [--testigo LLAVE]… [--ca tsa.pem]
    python llaqta_verificador.py consistencia ANTES.txt DESPUES.txt consistencia.json [--llave registro.pub]
    python llaqta_verificador.py paquete CARPETA|ARCHIVO.zip [--llave …] [--testigo …] [--ca …]

Añada ``--json`` para que lo lea otro programa. Salida: 0 = probado, 1 = NO vale, 2 = no se pudo leer lo que se pidió.
Pide Python ≥ 3.9 y el paquete «cryptography» ≥ 42; lo demás está en este único archivo, para que un perito lo lea.

Lo que prueba (normas: RFC 9162 árbol de Merkle, RFC 8785 JSON canónico, RFC 3161 sello de tiempo, C2SP signed-note,
tlog-checkpoint y tlog-cosignature): que un hecho está en el registro, que el registro tenía entonces esa raíz, que la
municipalidad la firmó, y que a esa fecha ya la habían visto una autoridad de sellado de tiempo u otras entidades.
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
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NoReturn
from xml.etree import ElementTree

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.x509.oid import ExtendedKeyUsageOID
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


# --- El sello de tiempo (RFC 3161 sobre CMS, RFC 5652), leído en DER estricto ----------------------------------------
FIRMADO, TSTINFO = "2a864886f70d010702", "2a864886f70d0109100104"
TIPO_DE_CONTENIDO, RESUMEN = "2a864886f70d010903", "2a864886f70d010904"
CERTIFICADO_V1, CERTIFICADO_V2 = "2a864886f70d010910020c", "2a864886f70d010910022f"
RESUMENES: dict[str, Any] = {
    "608648016503040201": hashes.SHA256, "608648016503040202": hashes.SHA384, "608648016503040203": hashes.SHA512,
}  # fmt: skip
FIRMAS_RSA = {"2a864886f70d010101": "", "2a864886f70d01010b": "sha256", "2a864886f70d01010c": "sha384",
              "2a864886f70d01010d": "sha512"}  # fmt: skip
FIRMAS_EC = {"2a8648ce3d040302": "sha256", "2a8648ce3d040303": "sha384", "2a8648ce3d040304": "sha512"}


def partes(datos: bytes) -> list[tuple[int, bytes, bytes]]:
    """Parte DER en (etiqueta, contenido, entero); nada indefinido, nada de sobra."""
    salida, aqui = [], 0
    while aqui < len(datos):
        exigir(len(datos) - aqui >= 2 and datos[aqui] & 31 != 31, "El sello de tiempo está mal escrito.")
        largo, desde = datos[aqui + 1], aqui + 2
        if largo & 128:
            octetos = largo & 127
            exigir(1 <= octetos <= 4, "El sello de tiempo no está en DER.")
            largo, desde = int.from_bytes(datos[desde : desde + octetos], "big"), desde + octetos
            exigir(largo >= 128 and largo >> (8 * (octetos - 1)), "El sello de tiempo no está en DER.")
        exigir(desde + largo <= len(datos), "El sello de tiempo está cortado.")
        salida.append((datos[aqui], datos[desde : desde + largo], datos[aqui : desde + largo]))
        aqui = desde + largo
    return salida


def forma(datos: bytes, *formas: str) -> list[tuple[int, bytes, bytes]]:
    """Las partes de ``datos``, si sus etiquetas (en hexadecimal y seguidas) son de una de esas formas."""
    halladas = partes(datos)
    exigir(
        bytes(etiqueta for etiqueta, _, _ in halladas).hex() in formas,
        "El sello de tiempo no tiene su forma.",
    )
    return halladas


def algoritmo_de(datos: bytes) -> str:
    """El identificador de un algoritmo sin parámetros."""
    hallado = forma(datos, "06", "0605")
    exigir(
        len(hallado) == 1 or not hallado[1][1], "El sello usa un algoritmo con parámetros que no se aceptan."
    )
    return hallado[0][1].hex()


def comprobar_sello(token: bytes, cuerpo: bytes, confianza: Confianza, informe: Informe) -> datetime:
    """Comprueba un TimeStampToken sobre ``cuerpo`` y devuelve su hora.

    :raises NoVale: si no cubre ese texto, o su firma o su certificado no valen
    """
    tipo, envuelto = forma(forma(token, "30")[0][1], "06a0")
    exigir(tipo[1].hex() == FIRMADO, "El sello de tiempo no es un mensaje firmado.")
    firmado = forma(forma(envuelto[1], "30")[0][1], "023130a031", "023130a0a131")
    contenido = forma(firmado[2][1], "06a0")
    exigir(
        firmado[0][1] == b"\x03" and contenido[0][1].hex() == TSTINFO, "Lo firmado no es un sello de tiempo."
    )
    tst = forma(contenido[1][1], "04")[0][1]
    firmante = forma(forma(firmado[-1][1], "30")[0][1], "023030a03004", "023030a03004a1")
    resumen = algoritmo_de(firmante[2][1])
    declarados = [algoritmo_de(forma(cada[2], "30")[0][1]) for cada in partes(firmado[1][1])]
    exigir(firmante[0][1] == b"\x01" and resumen in RESUMENES, "El sello usa un resumen que no se acepta.")
    exigir(
        resumen in declarados and set(declarados) <= set(RESUMENES),
        "El sello declara otro resumen que el que usa.",
    )
    certificado, der = _certificado_del_firmante(firmado[3][1], firmante[1][1])
    atributos = _atributos(firmante[3][1])
    huella = hashlib.new(RESUMENES[resumen].name, tst).digest()
    exigir(
        forma(atributos.get(TIPO_DE_CONTENIDO, b""), "06")[0][1].hex() == TSTINFO, "El sello firma otra cosa."
    )
    exigir(forma(atributos.get(RESUMEN, b""), "04")[0][1] == huella, "El contenido del sello fue cambiado.")
    _exigir_certificado_nombrado(atributos, der)
    _comprobar_firma_cms(certificado, firmante, b"\x31" + firmante[3][2][1:], RESUMENES[resumen]())
    hora = _leer_tstinfo(tst, cuerpo)
    _comprobar_autoridad(certificado, partes(firmado[3][1]), hora, confianza, informe)
    return hora


def _certificado_del_firmante(certificados: bytes, quien: bytes) -> tuple[x509.Certificate, bytes]:
    for _, _, entero in partes(certificados):
        campos = [cada for cada in partes(partes(forma(entero, "30")[0][1])[0][1]) if cada[0] != 0xA0]
        if campos[2][2] + campos[0][2] == quien:  # emisor y número de serie
            return x509.load_der_x509_certificate(entero), entero
    raise NoVale("El sello de tiempo no trae el certificado de quien lo firmó.")


def _atributos(datos: bytes) -> dict[str, bytes]:
    atributos: dict[str, bytes] = {}
    for _, atributo, _ in partes(datos):
        nombre, valores = forma(atributo, "0631")
        exigir(nombre[1].hex() not in atributos, "El sello repite un atributo.")
        atributos[nombre[1].hex()] = valores[1]
    return atributos


def _exigir_certificado_nombrado(atributos: dict[str, bytes], der: bytes) -> None:
    """El sello nombra, dentro de lo firmado, el certificado con que se firma (RFC 5816)."""
    nombrado = atributos.get(CERTIFICADO_V2) or atributos.get(CERTIFICADO_V1) or b""
    identidad = partes(partes(partes(partes(nombrado)[0][1])[0][1])[0][1]) if nombrado else []
    metodo = "sha256" if CERTIFICADO_V2 in atributos else "sha1"
    if identidad and identidad[0][0] == 0x30:
        metodo = RESUMENES.get(algoritmo_de(identidad.pop(0)[1]), hashes.SHA256).name
    exigir(
        identidad and identidad[0][1] == hashlib.new(metodo, der).digest(),
        "El sello nombra otro certificado.",
    )


def _comprobar_firma_cms(certificado: x509.Certificate, firmante: Any, mensaje: bytes, resumen: Any) -> None:
    metodo, firma, llave = algoritmo_de(firmante[4][1]), firmante[5][1], certificado.public_key()
    try:
        if isinstance(llave, rsa.RSAPublicKey) and FIRMAS_RSA.get(metodo) in ("", resumen.name):
            llave.verify(firma, mensaje, padding.PKCS1v15(), resumen)
        elif isinstance(llave, ec.EllipticCurvePublicKey) and FIRMAS_EC.get(metodo) == resumen.name:
            llave.verify(firma, mensaje, ec.ECDSA(resumen))
        else:
            raise NoVale("El sello de tiempo usa una firma que este programa no sabe comprobar.")
    except InvalidSignature as error:
        raise NoVale("La firma del sello de tiempo NO vale.") from error


def _leer_tstinfo(tst: bytes, cuerpo: bytes) -> datetime:
    campos = partes(forma(tst, "30")[0][1])
    exigir([cada[0] for cada in campos[:5]] == [2, 6, 0x30, 2, 0x18], "El sello de tiempo no tiene su forma.")
    impronta = forma(campos[2][1], "3004")
    metodo = algoritmo_de(impronta[0][1])
    exigir(metodo in RESUMENES and impronta[1][1] == hashlib.new(RESUMENES[metodo].name, cuerpo).digest(),
           "El sello de tiempo es de OTRO texto, no de este punto de control.")  # fmt: skip
    hallada = re.fullmatch(r"(\d{14})(?:\.\d{1,9})?Z", campos[4][1].decode("ascii", "replace"))
    exigir(hallada, "La hora del sello de tiempo está mal escrita.")
    hora = datetime.strptime(hallada.group(1) if hallada else "", "%Y%m%d%H%M%S")
    return hora.replace(tzinfo=UTC_)


def _comprobar_autoridad(
    certificado: x509.Certificate, otros: list[tuple[int, bytes, bytes]], hora: datetime, confianza: Confianza,
    informe: Informe,
) -> None:  # fmt: skip
    uso = certificado.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    exigir(
        list(uso.value) == [ExtendedKeyUsageOID.TIME_STAMPING] and uso.critical,
        "Quien selló no es una TSA.",
    )
    informe.sin_comprobar.append(
        "No se comprobó si el certificado de quien selló la hora fue revocado después."
    )
    if not confianza.autoridades:
        informe.sin_comprobar.append("No se comprobó quién es la autoridad de sellado de tiempo: dé --ca.")
    actual, posibles = (
        certificado,
        [x509.load_der_x509_certificate(cada[2]) for cada in otros],
    )
    for _ in range(8):
        vigente = actual.not_valid_before_utc <= hora <= actual.not_valid_after_utc
        exigir(vigente, "Un certificado del sello no estaba vigente a su hora.")
        if not confianza.autoridades or actual in confianza.autoridades:
            return
        emisores = [cada for cada in (*confianza.autoridades, *posibles) if _emitio(cada, actual)]
        exigir(emisores, "El sello de tiempo no es de la autoridad que usted dio con --ca.")
        actual = emisores[0]
        if actual in confianza.autoridades:
            return
    raise NoVale("El sello de tiempo no es de la autoridad que usted dio con --ca.")


def _emitio(emisor: x509.Certificate, certificado: x509.Certificate) -> bool:
    try:
        certificado.verify_directly_issued_by(emisor)
        return bool(emisor.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False


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

    def leer(self, nombre: str) -> bytes:
        """El archivo entero, si es pequeño."""
        with self.abrir(nombre) as archivo:
            datos: bytes = archivo.read(MAXIMO + 1)
        exigir(len(datos) <= MAXIMO, f"{nombre} es demasiado grande.")
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


def comprobar_paquete(ruta: str, confianza: Confianza, informe: Informe) -> None:
    """Comprueba un expediente exportado: cada archivo, cada prueba, y que el índice diga lo mismo.

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
    probados = _comprobar_pruebas_del_paquete(paquete, huellas, confianza, informe)
    _comprobar_indice(paquete, huellas, informe)
    documentos = {nombre: h for nombre, h in huellas.items() if nombre.startswith("data/documentos/")}
    for nombre, huella in sorted(documentos.items()):
        if huella not in probados:
            informe.sin_comprobar.append(f"{nombre}: el paquete no trae prueba de que esté en el registro.")
    informe.datos.update(archivos=len(huellas), documentos=len(documentos), probados=len(probados))


def _comprobar_pruebas_del_paquete(
    paquete: Paquete, huellas: dict[str, str], confianza: Confianza, informe: Informe
) -> set[str]:
    probados, existentes = set(), set(huellas.values())
    for nombre in sorted(huellas):
        if not (nombre.startswith("data/pruebas/") and nombre.endswith(".json")):
            continue
        parcial = Informe()
        try:
            prueba = leer_json(paquete.leer(nombre))
            comprobar_prueba(prueba, confianza, parcial)
        except NoVale as motivo:
            raise NoVale(f"{nombre}: {motivo}") from motivo
        huella = parcial.datos["huella"]
        exigir(
            not huella or huella in existentes, f"{nombre} es la prueba de un archivo que el paquete no trae."
        )
        informe.probado.append(
            f"{nombre}: está en el registro" + (", con el archivo de su huella." if huella else ".")
        )
        probados.add(huella)
        for falta in parcial.sin_comprobar:
            if not falta.startswith("No se comparó ningún archivo") and falta not in informe.sin_comprobar:
                informe.sin_comprobar.append(falta)
    return probados - {""}


def _comprobar_indice(paquete: Paquete, huellas: dict[str, str], informe: Informe) -> None:
    """Cada elemento del índice que nombra un archivo y su huella nombra los del paquete."""
    texto = paquete.leer("data/indice.xml")
    exigir(
        b"<!DOCTYPE" not in texto and b"<!ENTITY" not in texto,
        "El índice trae definiciones que no se aceptan.",
    )
    try:
        elementos = list(ElementTree.fromstring(texto).iter())
    except ElementTree.ParseError as error:
        raise NoVale("El índice no es un XML bien escrito.") from error
    nombrados = set()
    for elemento in elementos:
        valores = {
            hijo.tag.rsplit("}", 1)[-1]: (hijo.text or "").strip() for hijo in elemento
        } | elemento.attrib
        archivo, huella = valores.get("archivo", ""), valores.get("sha256", "").lower()
        if archivo and huella:
            ruta = archivo if archivo.startswith("data/") else f"data/{archivo}"
            exigir(
                huellas.get(ruta) == huella,
                f"El índice dice otra huella para {archivo}, o el archivo no está.",
            )
            nombrados.add(ruta)
    documentos = {nombre for nombre in huellas if nombre.startswith("data/documentos/")}
    exigir(
        documentos <= nombrados,
        f"El índice calla documentos: {', '.join(sorted(documentos - nombrados)[:5])}.",
    )
    informe.probado.append(f"El índice nombra los {len(documentos)} documentos con sus huellas.")
    informe.sin_comprobar.append(
        "No se comprobó la firma XML del índice ni las firmas de los PDF: use otro verificador."
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

    autoridades: list[x509.Certificate] = []
    for ruta in opciones.ca:
        try:
            autoridades += x509.load_pem_x509_certificates(leer_archivo(ruta))
        except ValueError as error:
            raise NoSePudo(f"{ruta} no trae certificados en PEM.") from error
    testigos = tuple(llave(cada, 4) for cada in opciones.testigo)
    return Confianza(llave(opciones.llave, 1) if opciones.llave else "", testigos, tuple(autoridades))


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
