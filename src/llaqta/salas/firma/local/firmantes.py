"""Con qué puede firmar una persona: lo que todo firmante debe saber hacer, y los que hay.

Para añadir otro (un agente propio, la firma remota CSC) basta cumplir ``FirmanteLocal`` y ponerlo en ``FIRMANTES``. Los
que firman fuera del servidor abren una sesión; el PIN no la necesita: firma en el mismo acto.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import queries
from llaqta.salas.firma.local import credenciales


class FirmanteLocal(Protocol):
    """Una manera de firmar que se ofrece a una persona."""

    @property
    def codigo(self) -> str:
        """Cómo se llama en un formulario."""
        ...

    @property
    def nombre(self) -> str:
        """Cómo se le dice a quien firma."""
        ...

    @property
    def abre_sesion(self) -> bool:
        """Verdadero si firma en el equipo de la persona, por una ``SesionDeFirma``."""
        ...

    def disponible(self, persona: Persona, *, ahora: datetime) -> bool:
        """Dice si esa persona puede usarla ahora."""
        ...


@dataclass(frozen=True)
class ConPin:
    """El certificado que guarda la casa, que abre el PIN de su titular."""

    codigo: str = "pin"
    nombre: str = "Con mi PIN"
    abre_sesion: bool = False

    def disponible(self, persona: Persona, *, ahora: datetime) -> bool:
        """Quien tiene un certificado vigente."""
        certificado = queries.get_certificado(para=persona, ahora=ahora)
        return (
            certificado is not None and certificado.revocado_en is None and certificado.valido_hasta > ahora
        )


@dataclass(frozen=True)
class ConFirmaPeru:
    """El DNIe o el token de la persona, con el componente de Firma Perú en su computadora."""

    codigo: str = "firmaperu"
    nombre: str = "Con mi DNIe o token (Firma Perú)"
    abre_sesion: bool = True

    def disponible(self, persona: Persona, *, ahora: datetime) -> bool:
        """Quien tiene DNI, si la municipalidad ya tiene su autorización; en la demostración, siempre."""
        puede = credenciales.hay_credenciales() or es_de_practica()
        return puede and persona.tipo_documento == Persona.TipoDocumento.DNI


FIRMANTES: tuple[FirmanteLocal, ...] = (ConPin(), ConFirmaPeru())


def get_firmantes(persona: Persona, *, ahora: datetime) -> list[FirmanteLocal]:
    """Las maneras en que esa persona puede firmar ahora."""
    return [firmante for firmante in FIRMANTES if firmante.disponible(persona, ahora=ahora)]


def es_de_practica() -> bool:
    """Verdadero si un documento de verdad puede firmarse con una tarjeta de práctica: solo en la demostración."""
    return bool(settings.FIRMA_ENTRENAMIENTO and settings.DEMO)
