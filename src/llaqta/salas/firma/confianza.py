"""Con qué se verifica: en quién se confía, y qué se sabe de las revocaciones. Pura: no hay base, ni reloj, ni red."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from asn1crypto import x509 as asn1
from cryptography import x509

if TYPE_CHECKING:
    from llaqta.salas.firma.lista_de_confianza import ListaDeConfianza

# Quien consulta afuera: recibe un certificado y su emisor y devuelve listas CRL y respuestas OCSP (DER), o nada.
Consulta = Callable[[x509.Certificate, x509.Certificate], tuple[Sequence[bytes], Sequence[bytes]]]


@dataclass(frozen=True)
class Revocado:
    """Un certificado que esta instalación revocó, aunque su lista todavía no se haya publicado."""

    emisor: bytes
    serie: int
    en: datetime


@dataclass(frozen=True)
class Confianza:
    """Con qué se verifica un documento.

    :param raices: certificados en que se confía sin más (DER): la autoridad de demostración y las anclas puestas a mano
    :param otras: certificados intermedios conocidos (DER)
    :param listas: listas de revocación (DER)
    :param de_demostracion: la raíz de demostración, para decir SIN VALOR LEGAL; vacía si no hay
    :param respuestas: respuestas OCSP guardadas (DER)
    :param lista: la lista de confianza de Indecopi ya verificada, si hay
    :param revocados: lo que la base de esta instalación sabe que está revocado: cuenta siempre, en contra
    :param consulta: cómo preguntar por la red lo que falte; sin ella no se usa la red
    """

    raices: tuple[bytes, ...]
    otras: tuple[bytes, ...]
    listas: tuple[bytes, ...]
    de_demostracion: bytes
    respuestas: tuple[bytes, ...] = ()
    lista: ListaDeConfianza | None = None
    revocados: tuple[Revocado, ...] = ()
    consulta: Consulta | None = None

    def con_anclas(self, anclas: Sequence[bytes]) -> Confianza:
        """La misma confianza, con otras raíces (DER) solo para esta vez."""
        return replace(self, raices=(*self.raices, *anclas)) if anclas else self


@lru_cache(maxsize=512)
def leer_asn1(der: bytes) -> asn1.Certificate:
    """Lee un certificado como lo quiere pyHanko; los que se repiten no se vuelven a leer."""
    return asn1.Certificate.load(der)


@lru_cache(maxsize=512)
def leer_x509(der: bytes) -> x509.Certificate:
    """Lee un certificado como lo quiere ``cryptography``.

    :raises ValueError: si no es un certificado
    """
    return x509.load_der_x509_certificate(der)
