"""Con qué puede firmar una persona en su equipo: lo que todo firmante local debe saber hacer, y los que hay.

La sesión, sus tres puertas (``argumentos/``, ``descargar/``, ``devolver/``) y la regla de aceptación son las mismas
para todos: de un firmante no se confía nada, se comprueba lo que devuelve. Lo suyo es solo cómo se le habla.

Para añadir otro se cumple ``FirmanteLocal`` y se pone en ``FIRMANTES``: hay un ejemplo entero, probado, en el manual
de operación (``firma-peru.md``). El PIN no está aquí: firma en el servidor, en el mismo acto.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import credenciales, firmaperu
from llaqta.salas.firma.local.firmaperu import Direcciones
from llaqta.salas.firma.local.modelos import SesionDeFirma

PRACTICA = "PRACTICA"
"""Lo que lleva ``token`` en la práctica de quien todavía no tiene su autorización de la PCM."""


@dataclass(frozen=True)
class Guion:
    """Un guion que la página de firmar carga de afuera, por su dirección completa; ``suma`` es su SRI, si la tiene."""

    direccion: str
    suma: str = ""


class FirmanteLocal(Protocol):
    """Un programa que firma en el equipo de la persona, con su tarjeta o su token."""

    @property
    def codigo(self) -> str:
        """Cómo se llama en un formulario y en la sesión; no cambia nunca."""
        ...

    @property
    def nombre(self) -> str:
        """Cómo se le dice a quien firma: «Firma Perú»."""
        ...

    @property
    def guiones(self) -> Sequence[Guion]:
        """Lo que la página carga, en orden: entre todos definen ``startSignature(puerto, parametro)``."""
        ...

    @property
    def puerto(self) -> str:
        """En qué puerto de 127.0.0.1 atiende: la página solo puede hablar con él."""
        ...

    def check_listo(self) -> None:
        """Comprueba que la municipalidad ya tiene lo que hace falta para usarlo.

        :raises NoProcede: si no, con la frase que dice qué falta
        """
        ...

    def permiso(self, sesion: SesionDeFirma, *, ahora: datetime) -> str:
        """El permiso que el programa exija para firmar ahora, o nada; se pide antes de gastar una ficha.

        :raises Negativa: si hoy no se puede
        """
        ...

    def parametro(self, *, url_de_argumentos: str, ficha: str, extension: str) -> str:
        """Lo que la página entrega a ``startSignature``."""
        ...

    def argumentos(self, sesion: SesionDeFirma, *, direcciones: Direcciones, permiso: str, lote: bool) -> str:
        """Lo que se contesta a quien trae la ficha: qué descargar, cómo firmarlo y a dónde devolverlo."""
        ...


@dataclass(frozen=True)
class ConFirmaPeru:
    """El DNIe o el token de la persona, con el componente de Firma Perú en su computadora."""

    codigo: str = "firmaperu"
    nombre: str = "Firma Perú"

    @property
    def guiones(self) -> Sequence[Guion]:
        """jQuery, que el guion del Estado exige, y el guion del Estado."""
        jquery = Guion(str(settings.FIRMAPERU_JQUERY), str(settings.FIRMAPERU_JQUERY_SUMA))
        return jquery, Guion(str(settings.FIRMAPERU_GUION))

    @property
    def puerto(self) -> str:
        """El del componente."""
        return str(settings.FIRMAPERU_PUERTO)

    def check_listo(self) -> None:
        """Hace falta la autorización de la PCM.

        :raises NoProcede: si la municipalidad no la tiene
        """
        if not credenciales.hay_credenciales():
            raise NoProcede(
                "La municipalidad todavía no puede usar Firma Perú: falta su archivo de autorización. "
                "Avise a informática."
            )

    def permiso(self, sesion: SesionDeFirma, *, ahora: datetime) -> str:
        """El permiso de un día que da la plataforma; en la práctica de quien no tiene autorización, ninguno.

        :raises FirmaPeruNoResponde: si la plataforma no lo da
        """
        if sesion.entrenamiento and not credenciales.hay_credenciales():
            return PRACTICA
        return credenciales.PORTERO.get_permiso(credenciales.leer(), ahora=ahora)

    def parametro(self, *, url_de_argumentos: str, ficha: str, extension: str) -> str:
        """El de Firma Perú."""
        return firmaperu.parametro(url_de_argumentos=url_de_argumentos, ficha=ficha, extension=extension)

    def argumentos(self, sesion: SesionDeFirma, *, direcciones: Direcciones, permiso: str, lote: bool) -> str:
        """Los de Firma Perú."""
        return firmaperu.argumentos(sesion, direcciones=direcciones, jwt=permiso, lote=lote)


FIRMANTES: dict[str, FirmanteLocal] = {uno.codigo: uno for uno in (ConFirmaPeru(),)}
"""Los que hay, por su código. Una sesión guarda el suyo: retirar uno deja sin abrir las que lo esperaban."""


def get_firmante(codigo: str) -> FirmanteLocal:
    """El firmante de ese código.

    :raises NoProcede: si esta instalación no lo tiene
    """
    if codigo not in FIRMANTES:
        raise NoProcede("Esa manera de firmar no está disponible. Vuelva a la página y elija otra.")
    return FIRMANTES[codigo]


def get_firmantes(persona: Persona) -> list[FirmanteLocal]:
    """Con los que esa persona puede firmar ahora en su equipo.

    En la demostración, con Firma Perú: es el idioma del componente de práctica.
    """
    if persona.tipo_documento != Persona.TipoDocumento.DNI:
        return []
    if es_de_practica():
        return [FIRMANTES["firmaperu"]]
    return [firmante for firmante in FIRMANTES.values() if _esta_listo(firmante)]


def es_de_practica() -> bool:
    """Verdadero si un documento de verdad puede firmarse con una tarjeta de práctica: solo en la demostración."""
    return bool(settings.FIRMA_ENTRENAMIENTO and settings.DEMO)


def _esta_listo(firmante: FirmanteLocal) -> bool:
    try:
        firmante.check_listo()
    except NoProcede:
        return False
    return True
