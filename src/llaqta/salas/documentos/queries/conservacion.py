"""Lo que se puede preguntar de la conservación de lo firmado."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from llaqta.cimientos.web.paginas import Pagina, paginar
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies
from llaqta.salas.documentos.models import Conservacion, Documento


@dataclass(frozen=True)
class ResumenDeConservacion:
    """Cuántos documentos hay en cada nivel, cuántos esperan, cuántos no se pudieron y cuál vence antes."""

    por_nivel: tuple[tuple[str, int], ...]
    en_espera: int
    no_se_puede: int
    vence_primero: datetime | None


def espera_su_sello(documento: Documento, *, para: Persona | None) -> bool:
    """Verdadero si el documento todavía no puede salir porque le falta su sello de tiempo.

    :raises NoEncontrado: si ``para`` no puede verlo
    """
    policies.check_ver(para, documento)
    try:
        policies.check_lista_para_salir(documento)
    except policies.SelloPendiente:
        return True
    return False


def list_conservacion(*, para: Persona | None, cursor: str = "") -> Pagina[Conservacion]:
    """Los documentos que esperan o no lograron su nivel, el que más espera primero.

    :raises Denegado: si ``para`` no administra el sistema
    """
    policies.check_administrar_conservacion(para)
    filas = Conservacion.objects.exclude(estado=Conservacion.Estado.AL_DIA).select_related("documento__tipo")
    return paginar(filas, orden=("pedido_en", "pk"), cursor=cursor)


def get_resumen_de_conservacion(*, para: Persona | None) -> ResumenDeConservacion:
    """Las cuentas de la conservación.

    :raises Denegado: si ``para`` no administra el sistema
    """
    policies.check_administrar_conservacion(para)
    estados = dict(Conservacion.objects.values_list("estado").annotate(n=Count("pk")))
    niveles = dict(Conservacion.objects.values_list("nivel").annotate(n=Count("pk")))
    primero = (
        Conservacion.objects.filter(estado=Conservacion.Estado.AL_DIA, vence_sello_el__isnull=False)
        .order_by("vence_sello_el")
        .values_list("vence_sello_el", flat=True)
        .first()
    )
    return ResumenDeConservacion(
        por_nivel=tuple((str(nivel.label), niveles.get(nivel.value, 0)) for nivel in Conservacion.Nivel),
        en_espera=estados.get(Conservacion.Estado.PENDIENTE, 0),
        no_se_puede=estados.get(Conservacion.Estado.FALLIDA, 0),
        vence_primero=primero,
    )
