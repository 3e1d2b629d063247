"""La lista de confianza que esta instalación aceptó: dónde se guarda, cuál rige y cuáles rigieron.

``DATOS/firma/tsl/`` tiene el ancla de quien firma listas (``ancla.pem``), la lista que rige (``actual.xml``), todas las
aceptadas con su número y fecha (``historia/``) y el registro del último intento (``estado.json``). Una lista buena solo
la reemplaza otra verificada y posterior; la historia no se borra: una firma vieja se juzga con la lista de su día.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from llaqta.cimientos import red
from llaqta.cimientos.archivos import escribir
from llaqta.salas.firma.lista_de_confianza import (
    HOLGURA,
    TOPE,
    ListaDeConfianza,
    ListaIlicita,
    verificar_lista,
)

registro = logging.getLogger(__name__)
DIRECCION_DEL_PERU = "https://iofe.indecopi.gob.pe/TSL/tsl-pe.xml"


@dataclass(frozen=True)
class Aceptada:
    """Lo que pasó al presentar una lista: la que rige, y si es nueva."""

    lista: ListaDeConfianza
    es_nueva: bool


def vigente(carpeta: Path, *, al: datetime | None = None) -> ListaDeConfianza | None:
    """La lista que rige; con ``al``, además los servicios que figuraban en la que regía en esa fecha.

    Se vuelve a verificar al leerla: un archivo cambiado en el disco no se cree.
    """
    actual = _leer(carpeta / "actual.xml", carpeta)
    if actual is None or al is None:
        return actual
    anteriores = [
        lista
        for ruta in sorted((carpeta / "historia").glob("*.xml"))
        if (lista := _leer(ruta, carpeta)) and lista.emitida <= al
    ]
    return actual.con_anterior(max(anteriores, key=lambda una: una.secuencia)) if anteriores else actual


def aceptar(contenido: bytes, *, carpeta: Path, ahora: datetime, origen: str) -> Aceptada:
    """Verifica una lista y, si es buena y no es anterior a la que rige, la guarda en su lugar.

    :raises ListaIlicita: si no se acepta; la que regía sigue rigiendo y el intento queda anotado
    """
    try:
        lista = _verificar(contenido, carpeta, ahora)
        previa = vigente(carpeta)
        if previa and _es_la_misma(contenido, carpeta):
            anotar(carpeta, ahora=ahora, origen=origen, error="")
            return Aceptada(previa, es_nueva=False)
        _check_posterior(lista, previa, ahora)
    except ListaIlicita as error:
        anotar(carpeta, ahora=ahora, origen=origen, error=str(error))
        raise
    historia = carpeta / "historia"
    historia.mkdir(parents=True, exist_ok=True)
    escribir(historia / f"{lista.secuencia:08d}-{ahora:%Y%m%dT%H%M%SZ}.xml", contenido)
    escribir(carpeta / "actual.xml", contenido)
    anotar(carpeta, ahora=ahora, origen=origen, error="", aceptada=lista)
    return Aceptada(lista, es_nueva=True)


def anotar(
    carpeta: Path, *, ahora: datetime, origen: str, error: str, aceptada: ListaDeConfianza | None = None
) -> None:
    """Anota un intento de actualizar la lista, haya salido bien o no."""
    datos = estado(carpeta) | {"intento": ahora.isoformat(), "origen": origen, "error": error}
    if aceptada:
        datos |= {"aceptada": ahora.isoformat(), "secuencia": aceptada.secuencia}
    carpeta.mkdir(parents=True, exist_ok=True)
    escribir(carpeta / "estado.json", json.dumps(datos, ensure_ascii=False, indent=1).encode())


def estado(carpeta: Path) -> dict[str, Any]:
    """El último intento: ``intento``, ``origen``, ``error``, ``aceptada`` y ``secuencia``; vacío si no hubo."""
    try:
        return dict(json.loads((carpeta / "estado.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def anclas_de_listas(carpeta: Path) -> tuple[bytes, ...]:
    """Los certificados en que se confía para firmar listas (DER); no sirven para firmar documentos."""
    try:
        contenido = (carpeta / "ancla.pem").read_bytes()
        return tuple(uno.public_bytes(Encoding.DER) for uno in x509.load_pem_x509_certificates(contenido))
    except (OSError, ValueError):
        return ()


def _verificar(contenido: bytes, carpeta: Path, al: datetime) -> ListaDeConfianza:
    anclas = anclas_de_listas(carpeta)
    if not anclas:
        raise ListaIlicita(
            f"Falta el certificado de quien firma las listas: póngalo en {carpeta / 'ancla.pem'}."
        )
    return verificar_lista(contenido, anclas=anclas, al=al)


def _check_posterior(lista: ListaDeConfianza, previa: ListaDeConfianza | None, ahora: datetime) -> None:
    if lista.emitida > ahora + HOLGURA:
        raise ListaIlicita("La lista de confianza dice haberse emitido en una fecha que todavía no llega.")
    if lista.proxima <= ahora:
        raise ListaIlicita(f"La lista de confianza venció el {lista.proxima:%d/%m/%Y}.")
    if lista.territorio not in {"PE", ""} and previa is not None and previa.territorio != lista.territorio:
        raise ListaIlicita("La lista de confianza es de otro país.")
    if previa is None:
        return
    if lista.secuencia < previa.secuencia:
        raise ListaIlicita(
            f"La lista de confianza es la número {lista.secuencia}, anterior a la {previa.secuencia} que ya rige."
        )
    if lista.secuencia == previa.secuencia:
        raise ListaIlicita(f"Hay dos listas de confianza distintas con el número {lista.secuencia}.")
    if lista.emitida < previa.emitida:
        raise ListaIlicita(
            "La lista de confianza tiene un número mayor pero una fecha anterior a la que ya rige."
        )


def _es_la_misma(contenido: bytes, carpeta: Path) -> bool:
    return (
        hashlib.sha256((carpeta / "actual.xml").read_bytes()).digest() == hashlib.sha256(contenido).digest()
    )


def _leer(ruta: Path, carpeta: Path) -> ListaDeConfianza | None:
    try:
        marca = ruta.stat()
        ancla = (carpeta / "ancla.pem").stat()
    except OSError:
        return None
    return _leer_de(ruta, carpeta, marca.st_mtime_ns, ancla.st_mtime_ns)


@lru_cache(maxsize=64)
def _leer_de(ruta: Path, carpeta: Path, fecha: int, _fecha_del_ancla: int) -> ListaDeConfianza | None:
    contenido = ruta.read_bytes()
    try:
        # La firma se juzga al día en que se aceptó: después, su certificado puede vencer.
        return _verificar(contenido, carpeta, datetime.fromtimestamp(fecha / 1e9).astimezone())
    except ListaIlicita as error:
        registro.error("La lista de confianza guardada en %s ya no se puede creer: %s", ruta, error)
        return None


def actualizar(*, carpeta: Path, url: str, ahora: datetime, permitidas: Collection[str] = ()) -> Aceptada:
    """Trae la lista de su dirección y, si es buena, la pone a regir.

    :param permitidas: direcciones internas a las que sí se puede ir
    :raises ListaIlicita: si no se pudo traer o no se acepta; la que regía sigue rigiendo y el intento queda anotado
    """
    try:
        contenido = red.traer(url, tope=TOPE, permitidas=permitidas, espera=60.0)
    except red.NoSeTrajo as error:
        anotar(carpeta, ahora=ahora, origen=url, error=str(error))
        raise ListaIlicita(f"No se pudo traer la lista de confianza: {error}") from error
    return aceptar(contenido, carpeta=carpeta, ahora=ahora, origen=url)
