"""Cómo cambia de estado una sesión de firma: se toma, se comprueba que siga donde se la esperaba, y se pasa."""

from __future__ import annotations

import hashlib
from datetime import datetime

from llaqta.cimientos import storage
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.events import Evento, emit
from llaqta.salas.firma.local import policies, rules
from llaqta.salas.firma.local.modelos import DocumentoPorFirmar, SesionDeFirma
from llaqta.salas.firma.local.policies import FichaUsada


def por_ficha(campo: str, ficha: str) -> SesionDeFirma:
    """La sesión que dio esa ficha.

    :raises NoEncontrado: si la ficha no es de ninguna
    """
    if not ficha or len(ficha) > 100:
        raise NoEncontrado
    sesion = SesionDeFirma.objects.filter(**{campo: rules.huella_de_ficha(ficha)}).first()
    if sesion is None:
        raise NoEncontrado
    return sesion


def tomar(pk: int, esperado: str, ahora: datetime, *, ficha: tuple[str, str] | None = None) -> SesionDeFirma:
    """Bloquea la sesión y comprueba que sigue donde se la esperaba: la segunda de dos peticiones iguales lo nota aquí.

    :raises FichaUsada: si ya no
    """
    sesion = SesionDeFirma.objects.select_for_update(no_key=True).get(pk=pk)
    policies.check_espera(sesion, esperado, ahora=ahora)
    if ficha and getattr(sesion, ficha[0]) != rules.huella_de_ficha(ficha[1]):
        raise FichaUsada
    return sesion


def pasar(sesion: SesionDeFirma, hacia: str, ahora: datetime, **datos: str | None) -> None:
    """Cambia el estado por la tabla, solo si en la base sigue siendo el que se leyó.

    :raises FichaUsada: si otro lo cambió
    """
    if not any(paso.desde == sesion.estado and paso.hacia == hacia for paso in rules.TRANSICIONES):
        raise FichaUsada
    cambios = {"estado": hacia, "cambiada_en": ahora, **datos}
    if SesionDeFirma.objects.filter(pk=sesion.pk, estado=sesion.estado).update(**cambios) != 1:
        raise FichaUsada
    for campo, valor in cambios.items():
        setattr(sesion, campo, valor)


def leer_original(documento: DocumentoPorFirmar) -> bytes:
    """Los bytes que se entregan, comprobados otra vez contra la huella a la que está atada la sesión.

    :raises NoProcede: si el archivo guardado se dañó
    """
    contenido = storage.leer(documento.huella)
    if hashlib.sha256(contenido).hexdigest() != documento.huella:
        raise NoProcede("El documento guardado está dañado y no se puede firmar; avise a informática.")
    return contenido


def anunciar(evento: Evento, sesion: SesionDeFirma, actor_id: int | None, ahora: datetime) -> None:
    """Anuncia lo que pasó con la sesión."""
    emit(evento, actor_id=actor_id, ahora=ahora, objeto=sesion)
