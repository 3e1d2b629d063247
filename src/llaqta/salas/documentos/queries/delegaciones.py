"""Quién puede firmar por quién."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona, Puesto
from llaqta.salas.documentos import policies
from llaqta.salas.documentos.models import Delegacion, TipoDocumento

_CON_PUESTOS = ("delegante__unidad__padre", "delegado__unidad", "tipo")


def get_delegaciones(*, para: Persona | None) -> list[Delegacion]:
    """Todas las delegaciones, también las terminadas; primero las que empezaron después.

    :raises Denegado: si ``para`` no administra la numeración ni controla
    """
    policies.check_ver_numeracion(para)
    return list(Delegacion.objects.select_related(*_CON_PUESTOS).order_by("-desde", "-pk"))


def get_delegacion(pk: int, *, para: Persona | None) -> Delegacion:
    """Una delegación.

    :raises Denegado: si ``para`` no administra la numeración
    :raises NoEncontrado: si no existe
    """
    policies.check_administrar_numeracion(para)
    delegacion = Delegacion.objects.select_related(*_CON_PUESTOS).filter(pk=pk).first()
    if delegacion is None:
        raise NoEncontrado
    return delegacion


def get_delegaciones_para_firmar(
    puesto: Puesto, tipo: TipoDocumento, *, al: date, para: Persona | None
) -> list[Delegacion]:
    """Por quiénes puede firmar ese puesto un documento de esa clase el día ``al``."""
    de_la_clase = Q(tipo=tipo) | Q(tipo__isnull=True)
    vigentes = Delegacion.objects.vigentes(al=al).filter(de_la_clase, delegado=puesto)
    return list(vigentes.select_related(*_CON_PUESTOS))
