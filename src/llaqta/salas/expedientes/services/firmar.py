"""Firmar: número, fecha, código de verificación y firma en un solo acto. Si algo falla, no pasó nada."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.pdf import caja_de_firma
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.rules import nuevo_cvd
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.composicion import Emision, componer_proyecto
from llaqta.salas.expedientes.events import DocumentoEmitido, ExpedienteResuelto
from llaqta.salas.expedientes.models import Proyecto
from llaqta.salas.expedientes.services.acto import pasar, pasar_proyecto, tomar_proyecto
from llaqta.salas.expedientes.services.efectos import check_competencia, check_efecto
from llaqta.salas.expedientes.services.foliar import foliar
from llaqta.salas.expedientes.services.redactar import puestos_conformes
from llaqta.salas.firma import services as firma


@transaction.atomic
def firmar_proyecto(
    *, actor: Persona, proyecto: Proyecto, pin: str, version: int | None = None, ahora: datetime
) -> Documento:
    """Numera, fecha y firma el proyecto, y lo incorpora al expediente; si resuelve, el expediente queda resuelto.

    El número se toma aquí y la serie queda bloqueada hasta que el acto termine: con un PIN errado no se quema ninguno.
    Firmar dos veces devuelve el mismo documento.

    :raises Denegado: si hoy no ocupa el puesto que firma, si no es competente (3.1), o el PIN no es el suyo
    :raises NoProcede: si no está para firma, le falta un visto bueno, se espera un informe u otra persona actuó
    :raises EntradaInvalida: si el cuerpo no se puede componer
    """
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar_proyecto(proyecto, version=version)
    puesto = policies.check_firmar(actor, tomado)
    if tomado.documento_id is not None:
        return Documento.objects.get(pk=tomado.documento_id)
    _check_para_firma(tomado)
    hoy = hoy_en_lima(ahora)
    check_efecto(tomado.efecto, tomado.expediente, al=hoy)
    check_competencia(tomado.efecto, tomado.expediente, puesto)
    dado = documentos.numerar(tipo=tomado.tipo, unidad=puesto.unidad, firmante=actor, ahora=ahora)
    emision = Emision(numero=dado.texto, cvd=nuevo_cvd(hoy))
    vistos = tomado.vistos.filter(version=tomado.version, conforme=True).select_related(
        "persona", "puesto__unidad"
    )
    compuesto = componer_proyecto(
        tomado, ahora=ahora, emision=emision, vistos=list(vistos.order_by("visto_en"))
    )
    firmado = firma.firmar(
        actor=actor,
        pdf=compuesto,
        pin=pin,
        motivo=firma.Motivo.AUTOR,
        cargo=f"{puesto.nombre}, {puesto.unidad.nombre}",
        ahora=ahora,
        caja=caja_de_firma(0),
    )
    documento = _guardar(tomado, actor, firmado.bytes, emision, dado.serie, ahora)
    tomado.documento, tomado.cambiado_en = documento, ahora
    pasar_proyecto(tomado, "firmar", guardar=("documento", "cambiado_en"))
    _incorporar(tomado, actor, documento, ahora)
    return documento


def _check_para_firma(proyecto: Proyecto) -> None:
    """Lo que la tabla y los vistos exigen antes de gastar un número.

    :raises NoProcede: si algo falta
    """
    rules.get_transicion("firmar", proyecto.estado, tabla=rules.TRANSICIONES_DE_PROYECTO)
    if set(proyecto.visadores) - puestos_conformes(proyecto):
        raise NoProcede("A este proyecto le falta un visto bueno sobre su texto actual.")
    policies.check_sigue_a_cargo(proyecto)
    if proyecto.pone_fin:
        rules.get_transicion("resolver", proyecto.expediente.estado)


def _guardar(
    proyecto: Proyecto, actor: Persona, pdf: bytes, emision: Emision, serie: str, ahora: datetime
) -> Documento:
    nombre = f"{emision.numero.replace('/', '-')}.pdf"
    archivo = documentos.guardar_pdf_propio(actor=actor, nombre=nombre, pdf=pdf, ahora=ahora)
    return documentos.guardar(
        actor=actor,
        tipo=proyecto.tipo.codigo,
        asunto=proyecto.asunto,
        archivo=archivo,
        ahora=ahora,
        origen=Documento.Origen.INTERNO,
        autor=actor,
        unidad=proyecto.firmante.unidad,
        numero=emision.numero,
        cvd=emision.cvd,
        firmado=True,
        unidades=[proyecto.unidad, proyecto.firmante.unidad],
        metadatos={"expediente": proyecto.expediente.numero, "serie": serie},
    )


def _incorporar(proyecto: Proyecto, actor: Persona, documento: Documento, ahora: datetime) -> None:
    """Lo pone al final del expediente; la decisión se abre al administrado recién al notificarla."""
    expediente = proyecto.expediente
    foliar(expediente, [documento], por=actor, ahora=ahora, visible=not proyecto.pone_fin)
    if proyecto.pone_fin:
        pasar(expediente, "resolver", guardar=("folios",))
    else:
        expediente.version += 1
        expediente.save(update_fields=["folios", "version"])
    emit(
        DocumentoEmitido(expediente_id=expediente.pk, documento_id=documento.pk),
        actor_id=actor.pk, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    if proyecto.pone_fin:
        emit(
            ExpedienteResuelto(expediente_id=expediente.pk, documento_id=documento.pk),
            actor_id=actor.pk, ahora=ahora, objeto=expediente,
        )  # fmt: skip
