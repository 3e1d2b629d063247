"""Un expediente: por su número, por su clave, sus documentos y su reloj."""

from __future__ import annotations

import hmac
from datetime import date

from django.db.models import Q, QuerySet

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.models import ActoNulo, Expediente, Incorporado, Movimiento

_CON_DATOS = (
    "version_tramite__procedimiento",
    "administrado",
    "representante",
    "unidad_responsable",
    "responsable",
)
NO_ESTA = (
    "No encontramos un expediente con ese número. Revíselo: está en su cargo, por ejemplo EXP-2026-000123-7."
)
NO_COINCIDE = "El número y la clave no corresponden a ningún expediente. Cópielos tal como están en su cargo."


def get_expediente(numero: str, *, para: Persona) -> Expediente:
    """El expediente con ese número, si ``para`` es parte, si su unidad lo tramita o si su rol los ve todos.

    :raises NoEncontrado: si no existe o no le corresponde verlo
    """
    leido = rules.leer_numero(numero)
    consulta = Expediente.objects.visible_to(para).select_related(*_CON_DATOS)
    expediente = consulta.filter(numero=leido).first() if leido else None
    if expediente is None:
        raise NoEncontrado(NO_ESTA)
    return expediente


def get_por_numero_y_clave(numero: str, clave: str, *, para: Persona | None = None) -> Expediente:
    """El expediente que abre ese par, escrito con guiones, espacios o minúsculas; no hace falta cuenta.

    :raises NoEncontrado: si no coinciden; no se dice cuál de los dos está mal
    """
    escrita = rules.normalizar_clave(clave)
    expediente = (
        Expediente.objects.select_related(*_CON_DATOS).filter(numero=rules.leer_numero(numero) or "").first()
    )
    guardada = expediente.clave if expediente else "-" * 16
    if not hmac.compare_digest(escrita.encode(), guardada.encode()) or expediente is None:
        raise NoEncontrado(NO_COINCIDE)
    return expediente


def buscar(texto: str, *, para: Persona, al: date, limite: int = 25) -> list[Expediente]:
    """Lo que halla el buscador del personal: el número, exacto; el documento de una persona; o parte del nombre o del
    asunto, entre lo que hoy está en sus unidades.
    """
    texto = texto.strip()
    visibles = Expediente.objects.visible_to(para).select_related(*_CON_DATOS).defer("explicacion")
    numero = rules.leer_numero(texto, anio=al.year)
    if numero and (exactos := list(visibles.filter(numero=numero))):
        return exactos
    if texto.isdigit() and len(texto) >= 8:
        return list(visibles.filter(administrado__numero_documento=texto).order_by("-pk")[:limite])
    if len(texto) < 3:
        return []
    pendientes = Movimiento.objects.filter(para_unidad__in=para.unidades, atendido_en__isnull=True).values(
        "expediente"
    )
    condicion = Q(asunto__icontains=texto)
    for palabra in texto.split()[:4]:
        condicion |= Q(administrado__nombres__icontains=palabra) | Q(
            administrado__apellido_paterno__icontains=palabra
        )
        condicion |= Q(administrado__razon_social__icontains=palabra)
    return list(visibles.filter(pk__in=pendientes).filter(condicion).order_by("-pk")[:limite])


def get_expedientes_de(*, para: Persona) -> QuerySet[Expediente]:
    """Los expedientes donde ``para`` es parte, del más nuevo al más antiguo: su carpeta."""
    suyos = Q(administrado=para) | Q(representante=para)
    return Expediente.objects.filter(suyos).select_related(*_CON_DATOS).defer("explicacion").order_by("-pk")


def get_documentos(expediente: Expediente, *, para: Persona | None) -> list[Incorporado]:
    """El índice del expediente, en orden; quien es parte ve lo que ya se le abrió (art. 160). Lo nulo viene marcado."""
    filas = expediente.incorporados.select_related(
        "documento__tipo", "documento__archivo__firmas", "documento__unidad", "documento__autor"
    ).order_by("orden")
    hallados = list(
        filas if policies.es_de_la_entidad(expediente, para) else filas.filter(visible_para_administrado=True)
    )
    if expediente.etapa:  # sin un recurso ni una revisión no hay nada nulo, y no se pregunta
        nulos = expediente.actos_nulos.select_related("declarado_por__tipo")
        por_documento = {nulo.documento_id: nulo for nulo in nulos if nulo.documento_id}
        for fila in hallados:
            fila.nulo = por_documento.get(fila.documento_id)
    return hallados


def get_nulidad(documento: Documento, *, para: Persona | None) -> ActoNulo | None:
    """La declaración que lo hizo nulo, si la hay; la puede saber cualquiera (``para``) que tenga el documento."""
    return ActoNulo.objects.filter(documento=documento).select_related("declarado_por__tipo").last()
