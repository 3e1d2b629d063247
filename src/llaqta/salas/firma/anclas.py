"""En quién confía esta instalación: su autoridad de demostración, las anclas puestas a mano y la lista de Indecopi.

Todo está en archivos, de modo que ``./llaqta verificar`` sirve sin base de datos: ``DATOS/firma/raiz.pem`` y
``emisora.pem`` (la de demostración), ``anclas/`` (las que la municipalidad puso), ``crl/`` (listas de revocación: las
ajenas que se dejen, y las propias que publica el trabajador) y ``tsl/`` (la lista de confianza). La base añade lo que
se revocó y todavía no se publicó, que cuenta en contra desde el mismo instante.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from llaqta.salas.firma import lista_guardada
from llaqta.salas.firma.confianza import Confianza, Consulta, Revocado

__all__ = ["Confianza", "confianza_de", "get_confianza", "leer_certificados"]

CERTIFICADOS = ("*.pem", "*.crt", "*.cer", "*.der")
LISTAS = ("*.crl", "*.pem")


class AnclaIlegible(Exception):
    """Un archivo que debía tener certificados no los tiene; el texto dice cuál."""


def get_confianza(
    *, ahora: datetime, al: datetime | None = None, consulta: Consulta | None = None
) -> Confianza:
    """Reúne las anclas y las listas de revocación que valen en este momento en esta instalación.

    :param al: si se juzga a una fecha pasada, cuenta además la lista de confianza que regía en ella
    :param consulta: cómo preguntar por la red lo que falte; sin ella no se usa
    """
    # La base se importa aquí: el mando ``verificar`` usa este módulo sin ella.
    from llaqta.salas.firma.models import Certificado  # noqa: PLC0415
    from llaqta.salas.firma.sello import carpeta  # noqa: PLC0415

    emitidas = _recien_emitidas(ahora)
    confianza = confianza_de(carpeta(), al=al, consulta=consulta)
    filas = Certificado.objects.filter(revocado_en__isnull=False).only("pem", "revocado_en")
    revocados = tuple(
        Revocado(fila.x509.issuer.public_bytes(), fila.x509.serial_number, fila.revocado_en)
        for fila in filas
        if fila.revocado_en and fila.revocado_en <= ahora
    )
    return replace(confianza, revocados=revocados, listas=(*emitidas, *confianza.listas))


def _recien_emitidas(ahora: datetime) -> tuple[bytes, ...]:
    """Las listas propias, emitidas al momento si este proceso puede abrir la llave; si no, valen las publicadas."""
    from llaqta.salas.firma.llaves import LlaveNoDisponible  # noqa: PLC0415
    from llaqta.salas.firma.models import Certificado  # noqa: PLC0415
    from llaqta.salas.firma.sello import autoridad  # noqa: PLC0415

    try:
        propia = autoridad()
    except LlaveNoDisponible:
        return ()
    revocados = Certificado.objects.filter(revocado_en__isnull=False).values_list(
        "numero_de_serie", "revocado_en"
    )
    return propia.emitir_listas(
        revocados=[(int(serie, 16), en) for serie, en in revocados if en is not None], ahora=ahora
    )


def confianza_de(carpeta: Path, *, al: datetime | None = None, consulta: Consulta | None = None) -> Confianza:
    """Lee la confianza que hay en los archivos de una carpeta ``DATOS/firma``; si está vacía, no confía en nadie.

    :raises AnclaIlegible: si un archivo no es lo que dice su nombre
    """
    propia = leer_certificados(carpeta / "raiz.pem") if (carpeta / "raiz.pem").exists() else ()
    emisora = leer_certificados(carpeta / "emisora.pem") if (carpeta / "emisora.pem").exists() else ()
    puestas = [der for ruta in _archivos(carpeta / "anclas", CERTIFICADOS) for der in leer_certificados(ruta)]
    return Confianza(
        raices=(*propia, *puestas),
        otras=emisora,
        listas=tuple(_leer_listas(carpeta / "crl")),
        de_demostracion=propia[0] if propia else b"",
        lista=lista_guardada.vigente(carpeta / "tsl", al=al),
        consulta=consulta,
    )


def leer_certificados(ruta: Path) -> tuple[bytes, ...]:
    """Lee los certificados (DER) de un archivo PEM o DER.

    :raises AnclaIlegible: si no hay ninguno o están dañados
    :raises OSError: si el archivo no se puede leer
    """
    marca = ruta.stat()
    return _leer_certificados(ruta, marca.st_mtime_ns, marca.st_size)


@lru_cache(maxsize=256)
def _leer_certificados(ruta: Path, _fecha: int, _tamano: int) -> tuple[bytes, ...]:
    contenido = ruta.read_bytes()
    try:
        if b"-----BEGIN" in contenido:
            leidos = x509.load_pem_x509_certificates(contenido)
        else:
            leidos = [x509.load_der_x509_certificate(contenido)]
    except ValueError as error:
        raise AnclaIlegible(f"{ruta} no tiene un certificado que se pueda leer.") from error
    return tuple(certificado.public_bytes(serialization.Encoding.DER) for certificado in leidos)


def _leer_listas(lugar: Path) -> Iterator[bytes]:
    for ruta in _archivos(lugar, LISTAS):
        marca = ruta.stat()
        yield _leer_lista(ruta, marca.st_mtime_ns, marca.st_size)


@lru_cache(maxsize=256)
def _leer_lista(ruta: Path, _fecha: int, _tamano: int) -> bytes:
    contenido = ruta.read_bytes()
    try:
        leer = x509.load_pem_x509_crl if contenido.startswith(b"-----BEGIN") else x509.load_der_x509_crl
        return leer(contenido).public_bytes(serialization.Encoding.DER)
    except ValueError as error:
        raise AnclaIlegible(f"{ruta} no tiene una lista de revocación que se pueda leer.") from error


def _archivos(lugar: Path, patrones: tuple[str, ...]) -> list[Path]:
    return sorted({archivo for patron in patrones for archivo in lugar.glob(patron)})
