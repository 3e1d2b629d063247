"""Las firmas de un documento conjunto: una tras otra sobre el mismo PDF, sin tocar las anteriores.

Mientras faltan firmas, ``proyecto.firmante`` es el puesto que sigue: así la bandeja, los permisos y la devolución son
los de siempre. El documento ya tiene número, pero no está emitido ni en el expediente hasta la última firma.
"""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos import storage
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.pdf import caja_de_firma
from llaqta.salas.cuentas.models import Persona, Puesto
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.composicion import decir_cargo
from llaqta.salas.expedientes.events import FirmaConjuntaPuesta
from llaqta.salas.expedientes.models import FirmaConjunta, Proyecto
from llaqta.salas.expedientes.services.acto import pasar_proyecto
from llaqta.salas.firma import services as firma


def get_a_medias(proyecto: Proyecto) -> Documento | None:
    """El documento que ya tiene número y alguna firma, y espera las demás; ``None`` si no hay."""
    if proyecto.documento_id is not None:
        return None
    primera = (
        FirmaConjunta.objects.filter(proyecto=proyecto, documento__anulado_en__isnull=True)
        .select_related("documento__archivo")
        .first()
    )
    return primera.documento if primera else None


def ya_firmado_por(proyecto: Proyecto, actor: Persona) -> Documento | None:
    """El documento conjunto que esa persona ya firmó, si no le toca firmar otra vez por otro puesto."""
    if not proyecto.firmantes_conjuntos:
        return None
    if any(asignacion.puesto_id == proyecto.firmante_id for asignacion in actor.asignaciones_vigentes):
        return None
    suya = FirmaConjunta.objects.filter(
        proyecto=proyecto, persona=actor, documento__anulado_en__isnull=True
    ).select_related("documento")
    return suya[0].documento if suya else None


def anotar_primera(
    *, actor: Persona, proyecto: Proyecto, documento: Documento, puesto: Puesto, ahora: datetime
) -> None:
    """Anota la primera firma y pasa el turno al puesto que sigue."""
    _anotar(proyecto, documento, actor, puesto, 1, ahora)
    _pasar_el_turno(proyecto, documento, actor, proyecto.firmantes_conjuntos[0], ahora)


def firmar_despues(
    *, actor: Persona, proyecto: Proyecto, documento: Documento, puesto: Puesto, pin: str, ahora: datetime
) -> bool:
    """Pone la firma que sigue sobre el mismo PDF; devuelve si con ella están todas.

    :raises Denegado: si el PIN no es el suyo
    """
    puestas = FirmaConjunta.objects.filter(documento=documento).count()
    with storage.abrir(documento.archivo.sha256) as flujo:
        contenido = flujo.read()
    firmado = firma.firmar(
        actor=actor,
        pdf=contenido,
        pin=pin,
        motivo=firma.Motivo.AUTOR,
        cargo=decir_cargo(puesto, None),
        ahora=ahora,
        caja=caja_de_firma(puestas),
    )
    return asentar_siguiente(
        actor=actor, proyecto=proyecto, documento=documento, puesto=puesto, pdf=firmado.bytes, ahora=ahora
    )


def asentar_siguiente(
    *, actor: Persona, proyecto: Proyecto, documento: Documento, puesto: Puesto, pdf: bytes, ahora: datetime
) -> bool:
    """Guarda el PDF con una firma más y pasa el turno; devuelve si con ella están todas."""
    puestas = FirmaConjunta.objects.filter(documento=documento).count()
    total = 1 + len(proyecto.firmantes_conjuntos)
    completo = puestas + 1 == total
    archivo = documentos.guardar_pdf_propio(
        actor=actor, nombre=documento.archivo.nombre, pdf=pdf, ahora=ahora
    )
    actual = documentos.agregar_version(
        actor=actor, documento=documento, archivo=archivo, motivo=f"Firma {puestas + 1} de {total}", ahora=ahora,
        firmado=completo,
    )  # fmt: skip
    documento.archivo, documento.version, documento.firmado = actual.archivo, actual.version, completo
    _anotar(proyecto, documento, actor, puesto, puestas + 1, ahora)
    if completo:
        primera = FirmaConjunta.objects.select_related("puesto").get(documento=documento, orden=1)
        proyecto.firmante = primera.puesto
    else:
        _pasar_el_turno(proyecto, documento, actor, proyecto.firmantes_conjuntos[puestas], ahora)
    return completo


def check_sin_firmas(proyecto: Proyecto) -> None:
    """Lo que ya alguien firmó no se edita: lo devuelve quien falta firmar, y su número queda anulado.

    :raises NoProcede: si ya lleva una firma
    """
    if documento := get_a_medias(proyecto):
        raise NoProcede(
            f"Este documento ya tiene el número {documento.numero} y una firma: para cambiarlo, que lo devuelva quien "
            "falta firmar."
        )


def deshacer(*, actor: Persona, proyecto: Proyecto, motivo: str, ahora: datetime) -> None:
    """Alguien devolvió un documento a medio firmar: su número queda anulado con la razón, y vuelve al primero."""
    if documento := get_a_medias(proyecto):
        primera = FirmaConjunta.objects.select_related("puesto").get(documento=documento, orden=1)
        documentos.anular(
            actor=actor,
            documento=documento,
            motivo=f"Devuelto antes de la última firma: {motivo}",
            ahora=ahora,
        )
        proyecto.firmante = primera.puesto
        proyecto.save(update_fields=["firmante"])


def _anotar(
    proyecto: Proyecto, documento: Documento, actor: Persona, puesto: Puesto, orden: int, ahora: datetime
) -> None:
    FirmaConjunta.objects.create(
        proyecto=proyecto, documento=documento, orden=orden, puesto=puesto, persona=actor, firmado_en=ahora
    )


def _pasar_el_turno(
    proyecto: Proyecto, documento: Documento, actor: Persona, siguiente: int, ahora: datetime
) -> None:
    proyecto.firmante_id, proyecto.cambiado_en = siguiente, ahora
    pasar_proyecto(proyecto, "firmar_en_conjunto", guardar=("firmante", "cambiado_en"))
    emit(
        FirmaConjuntaPuesta(
            expediente_id=proyecto.expediente_id, proyecto_id=proyecto.pk, documento_id=documento.pk
        ),
        actor_id=actor.pk, ahora=ahora, objeto=proyecto.expediente,
    )  # fmt: skip
