"""Quién puede pedir y usar una sesión de firma, y la frase que dice por qué no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import firmantes, rules
from llaqta.salas.firma.local.destinos import DESTINOS
from llaqta.salas.firma.local.modelos import SesionDeFirma

DOCUMENTOS_POR_LOTE = 20


class FichaUsada(NoProcede):
    """La sesión ya se usó, se canceló o venció."""

    def __init__(self) -> None:
        super().__init__(
            "Este pedido de firma ya se usó, se canceló o venció. Vuelva a la página y pida firmar otra vez."
        )


class FirmaRechazada(NoProcede):
    """Lo devuelto no se acepta. ``frase`` lo dice a quien firmaba; ``codigo``, a quien mira el registro."""

    def __init__(self, codigo: str, frase: str) -> None:
        super().__init__(frase)
        self.codigo = codigo


def check_del_personal(actor: Persona) -> None:
    """Los pedidos de firma son cosa del personal: para los demás, la página no existe.

    :raises NoEncontrado: si no lo es
    """
    if not actor.es_del_personal:
        raise NoEncontrado


def check_puede_usarla(actor: Persona, destino: str, *, firmante: str, entrenamiento: bool) -> None:
    """Comprueba que esa persona puede firmar en su equipo con ese programa, antes de preparar nada.

    :raises NoProcede: si la municipalidad no puede usarlo todavía, o la persona no tiene DNI
    """
    if destino not in DESTINOS:
        raise LookupError(f"Nadie recibe firmas para «{destino}».")
    if entrenamiento and not settings.FIRMA_ENTRENAMIENTO:
        raise NoProcede("Esta instalación no está en modo de entrenamiento.")
    elegido = firmantes.get_firmante(firmante)
    if not entrenamiento:
        elegido.check_listo()
    if actor.clase != Persona.Clase.NATURAL or actor.tipo_documento != Persona.TipoDocumento.DNI:
        raise NoProcede("Con DNIe o token firma quien tiene DNI peruano. Firme con su PIN.")


def check_pedir(
    actor: Persona, destino: str, pdfs: Sequence[bytes], *, firmante: str, entrenamiento: bool
) -> None:
    """Comprueba que se puede pedir la firma de esos documentos.

    :raises NoProcede: si no puede usarla (``check_puede_usarla``), o son demasiados documentos o demasiado pesados
    """
    check_puede_usarla(actor, destino, firmante=firmante, entrenamiento=entrenamiento)
    if not 1 <= len(pdfs) <= DOCUMENTOS_POR_LOTE:
        raise NoProcede(f"Se firman juntos hasta {DOCUMENTOS_POR_LOTE} documentos.")
    if sum(map(len, pdfs)) > maximo():
        raise NoProcede("Los documentos pesan demasiado para firmarlos desde el equipo. Firme con su PIN.")


def maximo() -> int:
    """Cuánto puede pesar lo que se entrega o lo que vuelve, en bytes."""
    return int(settings.FIRMA_LOCAL_MEGAS) * 1024 * 1024


def check_es_suya(actor: Persona, sesion: SesionDeFirma) -> None:
    """La sesión es de quien firma: para los demás no existe.

    :raises NoEncontrado: si es de otra persona
    """
    if sesion.persona_id != actor.pk:
        raise NoEncontrado


def check_espera(sesion: SesionDeFirma, estado: str, *, ahora: datetime) -> None:
    """La sesión sigue donde se la esperaba, y a tiempo.

    :raises FichaUsada: si no
    """
    if sesion.estado != estado or sesion.vencida(ahora) or estado not in rules.ABIERTAS:
        raise FichaUsada


def check_ip(sesion: SesionDeFirma, ip: str | None) -> None:
    """Si la instalación lo exige, el componente llama desde la misma dirección que la página.

    :raises Denegado: si es otra
    """
    if settings.FIRMA_LOCAL_MISMA_IP and sesion.ip and sesion.ip != ip:
        raise Denegado("El pedido llegó desde otra dirección de red que la página donde se pidió firmar.")
