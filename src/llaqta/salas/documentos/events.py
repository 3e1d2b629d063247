"""Lo que anuncian los documentos."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class ArchivoRetenido(Evento):
    """Un archivo quedó en cuarentena porque trae algo que podría actuar por su cuenta."""

    archivo_id: int


@dataclass(frozen=True)
class DocumentoGuardado(Evento):
    """Hay un documento nuevo, con su archivo, que entra al registro por su huella SHA-256 y su tamaño.

    Los anunciados antes de que se anotara la huella no la tienen: vacía, y tamaño cero.
    """

    documento_id: int
    archivo_id: int
    huella: str = ""
    tamano: int = 0


@dataclass(frozen=True)
class VersionAgregada(Evento):
    """Un documento tiene un archivo nuevo, que entra al registro por su huella; el anterior se conserva."""

    documento_id: int
    archivo_id: int
    version: int
    huella: str = ""
    tamano: int = 0


@dataclass(frozen=True)
class FirmasComprobadas(Evento):
    """Se comprobaron las firmas digitales de un archivo recibido, y el veredicto es nuevo o cambió."""

    archivo_id: int
    veredicto: str
    firmas: int


@dataclass(frozen=True)
class CvdAsignado(Evento):
    """Un documento tiene código de verificación digital."""

    documento_id: int


@dataclass(frozen=True)
class DocumentoAnulado(Evento):
    """Un documento dejó de valer; su número no se vuelve a usar."""

    documento_id: int


@dataclass(frozen=True)
class FormatoFijado(Evento):
    """Una clase de documento se numera de otra manera desde una fecha."""

    formato_id: int


@dataclass(frozen=True)
class InicioFijado(Evento):
    """Una cuenta continúa desde el último número dado en papel."""

    inicio_id: int
    ultimo: int


@dataclass(frozen=True)
class DelegacionRegistrada(Evento):
    """Un puesto puede firmar por otro, en virtud de un acto."""

    delegacion_id: int


@dataclass(frozen=True)
class DelegacionTerminada(Evento):
    """Una delegación tiene fecha final."""

    delegacion_id: int


@dataclass(frozen=True)
class DocumentoConservado(Evento):
    """Un documento firmado alcanzó el nivel que se le pidió: su prueba durará más."""

    documento_id: int
    nivel: str


@dataclass(frozen=True)
class ConservacionReintentada(Evento):
    """La administración pidió que se vuelva a intentar poner el sello de tiempo de un documento."""

    documento_id: int
