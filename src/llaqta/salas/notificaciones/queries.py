"""Lo que se puede preguntar a las notificaciones; ``para`` es la persona que pregunta."""

from __future__ import annotations

import hmac
from datetime import date, datetime

from django.db.models import QuerySet

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.notificaciones import policies
from llaqta.salas.notificaciones.models import (
    AutorizacionDeCorreo,
    Diligencia,
    DiligenciaQuerySet,
    Publicacion,
)

NO_ESTA = "No encontramos esa notificación."
SIN_ENLACE = "Este enlace no abre ninguna notificación. Cópielo entero desde el correo y confirme primero."
_CON_DATOS = ("destinatario", "documento__tipo", "documento__archivo", "unidad", "notificador")


def get_diligencias(*, para: Persona, estado: str = "") -> DiligenciaQuerySet:
    """Las que puede ver, de la más reciente a la más antigua.

    :raises Denegado: si no ordena ni lleva notificaciones
    """
    policies.check_ver(para)
    consulta = Diligencia.objects.visible_to(para).select_related(*_CON_DATOS)
    return consulta.filter(estado=estado) if estado in Diligencia.Estado.values else consulta


def get_ruta(*, para: Persona, al: date) -> list[Diligencia]:
    """Las visitas que tocan ese día a ``para``: las suyas y las que nadie tomó, atrasadas primero.

    :raises Denegado: si no es notificador
    """
    policies.check_diligenciar(para)
    consulta = Diligencia.objects.por_diligenciar().filter(visitar_el__lte=al).select_related(*_CON_DATOS)
    suyas = consulta.filter(notificador=para) | consulta.filter(notificador__isnull=True)
    return list(suyas.prefetch_related("visitas").order_by("visitar_el", "direccion", "pk"))


def get_diligencia(codigo: str, *, para: Persona) -> Diligencia:
    """Una diligencia que ``para`` puede ver.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    hallada = (
        Diligencia.objects.visible_to(para)
        .select_related(*_CON_DATOS, "cedula", "rehace", "ordenada_por", "publicacion")
        .filter(codigo=codigo)
        .first()
    )
    if hallada is None or (hallada.destinatario_id == para.pk and not para.es_del_personal):
        raise NoEncontrado(NO_ESTA)
    return hallada


def get_por_llave(llave: str, *, para: Persona | None = None) -> Diligencia:
    """La diligencia por correo que abre ese enlace; no hace falta cuenta.

    :raises NoEncontrado: si el enlace no es de ninguna
    """
    hallada = Diligencia.objects.select_related(*_CON_DATOS).filter(llave=llave, modalidad="CORREO").first()
    if hallada is None or not hmac.compare_digest(hallada.llave or "", llave):
        raise NoEncontrado(SIN_ENLACE)
    return hallada


def get_autorizacion_vigente(*, para: Persona, en: datetime) -> AutorizacionDeCorreo | None:
    """La autorización de correo de ``para`` que vale en ese instante."""
    return AutorizacionDeCorreo.objects.vigentes(en=en).filter(persona=para).select_related("texto").first()


def get_publicadas(*, para: Persona | None = None) -> QuerySet[Publicacion]:
    """Lo publicado en el portal, lo último primero: es de todos (art. 20.1.3)."""
    return (
        Publicacion.objects.exclude(diligencia__estado=Diligencia.Estado.ANULADA)
        .select_related("diligencia__destinatario", "diligencia__documento__tipo")
        .order_by("-en_el_portal_desde", "-pk")
    )
