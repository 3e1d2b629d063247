"""Las quejas por defectos de tramitación: no suspenden nada y las decide el superior en tres días (art. 158)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.recursos import policies, rules
from llaqta.salas.recursos.events import QuejaContestada, QuejaPresentada, QuejaResuelta
from llaqta.salas.recursos.models import Queja


@transaction.atomic
def presentar_queja(
    *,
    actor: Persona,
    expediente: Expediente,
    motivo: str,
    texto: str,
    escrito: Documento,
    presentada_por: Persona,
    presentada_en: datetime,
    ahora: datetime,
) -> Queja:
    """Recibe una queja contra quien hoy tramita; el plazo del expediente sigue igual (art. 158).

    :param motivo: uno de los defectos del 158.1
    :raises Denegado: si no es parte ni lo representa
    :raises NoProcede: si en esa instancia ya se decidió, o si ya hay una igual por resolver
    :raises EntradaInvalida: si el motivo no existe
    """
    tomado = tomar(expediente, version=None)
    presentada_el = hoy_en_lima(presentada_en)
    policies.check_parte(actor, tomado, al=presentada_el)
    policies.check_quejarse(tomado)
    if repetida := Queja.objects.filter(escrito=escrito).first():
        return repetida
    if motivo not in Queja.Motivo.values:
        raise EntradaInvalida("Elija por qué se queja.", campo="motivo")
    unidad = tomado.unidad_responsable
    igual = Queja.objects.filter(
        expediente=tomado, motivo=motivo, contra_unidad=unidad, estado=Queja.Estado.PRESENTADA
    ).first()
    if igual is not None:
        raise NoProcede(
            f"Ya hay una queja igual: se resuelve hasta el {fecha_en_palabras(igual.vence_el)}.",
            norma=rules.ART_QUEJA,
        )
    calendario = get_calendario()
    resolver = plazos.get_entero("QUEJA_RESOLVER", al=presentada_el)
    descargo = plazos.get_entero("QUEJA_DESCARGO", al=presentada_el)
    plazo = sumar_habiles(presentada_el, resolver, calendario)
    queja = Queja.objects.create(
        expediente=tomado, motivo=motivo, texto=texto.strip(), contra_unidad=unidad,
        contra_persona=tomado.responsable, superior=_superior(unidad), presentada_en=presentada_en,
        presentada_por=presentada_por, escrito=escrito, vence_el=plazo.fecha,
        descargo_hasta=sumar_habiles(presentada_el, descargo, calendario).fecha,
        explicacion=[
            {"fecha": p.fecha.isoformat(), "cuenta": p.cuenta, "motivo": p.motivo} for p in plazo.pasos
        ],
    )  # fmt: skip
    documentos.dar_acceso(documentos=[escrito], personas=[], unidades=[queja.superior, unidad])
    emit(
        QuejaPresentada(expediente_id=tomado.pk, queja_id=queja.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return queja


@transaction.atomic
def contestar_queja(*, actor: Persona, queja: Queja, descargo: str, ahora: datetime) -> Queja:
    """El quejado informa al superior, a más tardar el día siguiente (158.2); tarde también vale.

    :raises Denegado: si no es de la unidad contra la que se dirige
    :raises NoProcede: si ya se contestó o se resolvió
    :raises EntradaInvalida: si no dice nada
    """
    actual = _tomar(queja)
    policies.check_contestar_queja(actor, actual)
    if not descargo.strip():
        raise EntradaInvalida("Escriba su informe: qué se hizo y en qué está el trámite.", campo="descargo")
    actual.descargo, actual.descargo_en, actual.descargo_por = descargo.strip(), ahora, actor
    actual.save(update_fields=["descargo", "descargo_en", "descargo_por"])
    emit(
        QuejaContestada(expediente_id=actual.expediente_id, queja_id=actual.pk),
        actor_id=actor.pk, ahora=ahora, objeto=actual.expediente,
    )  # fmt: skip
    return actual


@transaction.atomic
def resolver_queja(*, actor: Persona, queja: Queja, sentido: str, resolucion: str, ahora: datetime) -> Queja:
    """El superior decide la queja y qué debe hacerse para corregir el defecto; lo decidido no se impugna (158.3).

    Puede hacerlo aunque el quejado no haya informado. Tarde también vale (140.3).

    :raises Denegado: si no es de la unidad superior, si la queja es contra él o si es parte
    :raises NoProcede: si ya se resolvió
    :raises EntradaInvalida: si falta el sentido o la razón
    """
    actual = _tomar(queja)
    policies.check_resolver_queja(actor, actual)
    if sentido not in Queja.Sentido.values:
        raise EntradaInvalida("Elija cómo se resuelve la queja.", campo="sentido")
    if not resolucion.strip():
        raise EntradaInvalida("Escriba por qué y qué debe hacerse.", campo="resolucion")
    actual.estado, actual.sentido, actual.resolucion = Queja.Estado.RESUELTA, sentido, resolucion.strip()
    actual.resuelta_en, actual.resuelta_por = ahora, actor
    actual.save(update_fields=["estado", "sentido", "resolucion", "resuelta_en", "resuelta_por"])
    emit(
        QuejaResuelta(expediente_id=actual.expediente_id, queja_id=actual.pk),
        actor_id=actor.pk, ahora=ahora, objeto=actual.expediente,
    )  # fmt: skip
    return actual


@transaction.atomic
def sellar_queja_resuelta(*, queja_id: int, ahora: datetime) -> Documento:
    """Compone y sella lo decidido sobre una queja y lo agrega al expediente; sellarlo dos veces no hace nada."""
    queja = Queja.objects.select_for_update(of=("self",)).get(pk=queja_id)
    if queja.documento is not None:
        return queja.documento
    assert queja.resuelta_en is not None
    assert queja.resuelta_por is not None
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    contenido = pdf.componer(
        "constancia",
        {
            "encabezado_principal": "QUEJA POR DEFECTOS DE TRAMITACIÓN: DECISIÓN",
            "fecha": hoy_en_lima(queja.resuelta_en),
            "texto": [
                f"{queja.superior.nombre} declara {queja.get_sentido_display().upper()} la queja que abajo se "
                "identifica (Ley 27444, art. 158; TUO, art. 169).",
                *queja.resolucion.split("\n"),
            ],
            "secciones": [{"titulo": "La queja", "filas": _filas(queja)}],
            "nota": [
                "Esta decisión no se puede impugnar (art. 158.3). La queja no suspendió el procedimiento: su plazo "
                "siguió corriendo."
            ],
            "verificacion": recuadro(cvd),
        },
        titulo=f"Decisión de la queja en {queja.expediente.numero}",
        ahora=ahora,
    )
    queja.documento = documentos.guardar_sellado(
        pdf=contenido, motivo="Decisión de una queja", tipo="CONSTANCIA",
        asunto=f"Queja {queja.get_sentido_display().lower()}",
        nombre=f"queja-{queja.expediente.numero}-{queja.pk}.pdf", cvd=cvd, ahora=ahora,
        personas=[queja.presentada_por, queja.expediente.administrado],
        unidades=[queja.superior, queja.contra_unidad],
    )  # fmt: skip
    queja.save(update_fields=["documento"])
    expedientes.incorporar(
        actor=queja.resuelta_por, expediente=queja.expediente, documentos=[queja.documento], ahora=ahora
    )
    return queja.documento


def _filas(queja: Queja) -> list[list[str]]:
    return [
        ["Expediente N°", queja.expediente.numero],
        ["Presentada por", f"{queja.presentada_por.nombre_completo} · {queja.presentada_por.documento}"],
        ["Presentada el", pdf.fecha_hora(queja.presentada_en)],
        ["Motivo", queja.get_motivo_display()],
        ["Deber que se invoca", rules.DEBERES[queja.motivo]],
        ["Contra", queja.contra_unidad.nombre],
        ["Informe del quejado", queja.descargo or "No informó."],
        ["Resuelta por", f"{queja.resuelta_por}, {queja.superior.nombre}"],
        ["Resuelta el", pdf.fecha_hora(queja.resuelta_en) if queja.resuelta_en else ""],
    ]


def _superior(unidad: UnidadOrganica) -> UnidadOrganica:
    """El superior jerárquico inmediato; quien no tiene superior responde por sí mismo."""
    return unidad.padre or unidad


def _tomar(queja: Queja) -> Queja:
    tomar(Expediente(pk=queja.expediente_id), version=None)
    return (
        Queja.objects.select_for_update(of=("self",))
        .select_related("superior", "contra_unidad", "expediente")
        .get(pk=queja.pk)
    )
