"""Firmar varios documentos de una vez: un solo PIN, o un solo viaje al equipo de la persona.

Cada documento es su propio acto, con su número y su transacción: el que no se puede firmar dice por qué y no se lleva a
los demás. Ninguno se firma distinto de como se firmaría solo.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from llaqta.cimientos.errors import Negativa, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import Proyecto
from llaqta.salas.expedientes.services.firmar import firmar_proyecto
from llaqta.salas.expedientes.services.firmar_local import DESTINO, Manera, preparar, ver_manera
from llaqta.salas.firma import policies as firma
from llaqta.salas.firma.local import policies as local_policies
from llaqta.salas.firma.local import services as local
from llaqta.salas.firma.local.firmantes import es_de_practica
from llaqta.salas.firma.local.modelos import SesionDeFirma

TOPE_DE_LOTE = local_policies.DOCUMENTOS_POR_LOTE
"""Cuántos documentos se firman juntos, a lo más; los mismos con PIN que con DNIe."""
_DEL_PIN = (firma.SinCertificado, firma.PinEquivocado, firma.CertificadoBloqueado)
_OTRA_MANERA = (
    "Se firma con otro cargo o en otro lugar de la hoja, y Firma Perú pone lo mismo en todos los que firma juntos. "
    "Fírmelo aparte."
)


@dataclass(frozen=True)
class Elegido:
    """Un proyecto marcado para firmarse con otros, en la versión que la persona tenía a la vista."""

    proyecto: Proyecto
    version: int


@dataclass(frozen=True)
class Resultado:
    """Qué pasó con un documento del lote: se firmó, o por qué no."""

    proyecto: Proyecto
    documento: Documento | None = None
    frase: str = ""


@dataclass(frozen=True)
class Viaje:
    """La sesión en que se firmarán juntos, si alguno puede, y los que no entraron en ella."""

    sesion: SesionDeFirma | None
    apartados: list[Resultado] = field(default_factory=list)


def prever_lote(*, actor: Persona, proyectos: Sequence[Proyecto], ahora: datetime) -> list[Resultado]:
    """Dice, antes de firmar nada, cuáles se podrían firmar ahora y por qué no los otros. No cambia nada.

    :raises Denegado: si no firma documentos
    """
    cuentas.exigir(actor, "expedientes.firmar")
    return [Resultado(uno, frase=_reparo(actor, Elegido(uno, uno.version), ahora)) for uno in proyectos]


def firmar_lote(*, actor: Persona, elegidos: Sequence[Elegido], pin: str, ahora: datetime) -> list[Resultado]:
    """Firma varios proyectos con un solo PIN, cada uno como lo haría ``firmar_proyecto``.

    Repetirlo no firma nada dos veces. Con el PIN errado no se firma ninguno y se cuenta un solo intento.

    :return: uno por proyecto, en su orden
    :raises Denegado: si no firma documentos, o el PIN no es el suyo
    :raises NoProcede: si son demasiados, o no tiene un certificado con que firmar
    """
    cuentas.exigir(actor, "expedientes.firmar")
    _check_cuantos(elegidos)
    hechos: list[Resultado] = []
    for elegido in elegidos:
        try:
            documento = firmar_proyecto(
                actor=actor, proyecto=elegido.proyecto, pin=pin, version=elegido.version, ahora=ahora
            )
            hechos.append(Resultado(elegido.proyecto, documento))
        except _DEL_PIN as negativa:
            if not any(hecho.documento for hecho in hechos):
                raise
            # El certificado dejó de servir a la mitad: lo firmado queda, y no se insiste con los que faltan.
            faltan = elegidos[len(hechos) :]
            return hechos + [Resultado(falta.proyecto, frase=negativa.frase) for falta in faltan]
        except Negativa as negativa:
            hechos.append(Resultado(elegido.proyecto, frase=negativa.frase))
    return hechos


def pedir_firma_local_de_lote(
    *, actor: Persona, elegidos: Sequence[Elegido], firmante: str = "firmaperu", ahora: datetime
) -> Viaje:
    """Numera los proyectos y abre una sola sesión para que ``actor`` los firme juntos en su equipo.

    Los números quedan reservados como al firmar uno. El que no se puede firmar se aparta sin gastar número, y no
    detiene a los demás.

    :param firmante: con qué programa de su equipo (``firma.local.firmantes``)
    :raises Denegado: si no firma documentos
    :raises NoProcede: si son demasiados, o no hay con qué firmar así
    """
    cuentas.exigir(actor, "expedientes.firmar")
    _check_cuantos(elegidos)
    local_policies.check_puede_usarla(actor, DESTINO, firmante=firmante, entrenamiento=es_de_practica())
    maneras, apartados = _repartir(actor, elegidos, ahora)
    documentos = []
    for elegido, manera in maneras:
        try:
            documentos.append(_preparar(actor, elegido, manera, ahora))
        except Negativa as negativa:
            apartados.append(Resultado(elegido.proyecto, frase=negativa.frase))
    if not documentos:
        return Viaje(None, apartados)
    manera = maneras[0][1]
    sesion = local.pedir_firma(
        actor=actor,
        documentos=documentos,
        destino=DESTINO,
        volver_a=f"{reverse('bandeja')}?vista=para_firma",
        motivo=manera.motivo.label,
        cargo=manera.cargo,
        caja=manera.caja,
        firmante=firmante,
        entrenamiento=es_de_practica(),
        ahora=ahora,
    )
    return Viaje(sesion, apartados)


def _check_cuantos(elegidos: Sequence[Elegido]) -> None:
    if not 1 <= len({elegido.proyecto.pk for elegido in elegidos}) <= TOPE_DE_LOTE:
        raise NoProcede(f"Marque de uno a {TOPE_DE_LOTE} documentos para firmarlos juntos.")


def _repartir(
    actor: Persona, elegidos: Sequence[Elegido], ahora: datetime
) -> tuple[list[tuple[Elegido, Manera]], list[Resultado]]:
    """Los que se firman de la misma manera, que van juntos, y los que no.

    Van por orden de expediente: así dos lotes a la vez los toman en el mismo orden al recibirlos.
    """
    maneras, apartados = [], []
    for elegido in sorted(elegidos, key=lambda uno: (uno.proyecto.expediente_id, uno.proyecto.pk)):
        try:
            maneras.append((elegido, _ver(actor, elegido, ahora)))
        except Negativa as negativa:
            apartados.append(Resultado(elegido.proyecto, frase=negativa.frase))
    if not maneras:
        return [], apartados
    [(comun, _)] = Counter(manera.juntable for _, manera in maneras).most_common(1)
    juntos = [una for una in maneras if una[1].juntable == comun]
    otros = [
        Resultado(uno.proyecto, frase=_OTRA_MANERA) for uno, manera in maneras if manera.juntable != comun
    ]
    return juntos, apartados + otros


@transaction.atomic
def _ver(actor: Persona, elegido: Elegido, ahora: datetime) -> Manera:
    return ver_manera(actor=actor, proyecto=elegido.proyecto, version=elegido.version, ahora=ahora)


@transaction.atomic
def _preparar(actor: Persona, elegido: Elegido, prevista: Manera, ahora: datetime) -> local.PorFirmar:
    """En su propia transacción: dos lotes que numeran en las mismas series no se esperan el uno al otro."""
    manera = ver_manera(actor=actor, proyecto=elegido.proyecto, version=elegido.version, ahora=ahora)
    if manera.juntable != prevista.juntable:
        raise NoProcede(_OTRA_MANERA)
    return preparar(actor=actor, manera=manera, ahora=ahora)


def _reparo(actor: Persona, elegido: Elegido, ahora: datetime) -> str:
    try:
        _ver(actor, elegido, ahora)
    except Negativa as negativa:
        return negativa.frase
    return ""
