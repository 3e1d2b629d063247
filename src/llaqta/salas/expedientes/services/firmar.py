"""Firmar: número, fecha, código de verificación y firma en un solo acto. Si algo falla, no pasó nada."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import contar_habiles, hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.pdf import caja_de_firma
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Delegacion, Documento
from llaqta.salas.expedientes import oportunidad, policies, rules
from llaqta.salas.expedientes.composicion import decir_cargo
from llaqta.salas.expedientes.events import DocumentoEmitido, ExpedienteResuelto, ResueltoFueraDePlazo
from llaqta.salas.expedientes.models import APARTE, Expediente, Proyecto
from llaqta.salas.expedientes.services import firmas_conjuntas, numeros_reservados
from llaqta.salas.expedientes.services.acto import pasar, pasar_proyecto, tomar_proyecto
from llaqta.salas.expedientes.services.firmantes import check_delegacion, check_firmantes
from llaqta.salas.expedientes.services.foliar import foliar
from llaqta.salas.expedientes.services.redactar import puestos_conformes
from llaqta.salas.firma import services as firma


@transaction.atomic
def firmar_proyecto(
    *, actor: Persona, proyecto: Proyecto, pin: str, version: int | None = None, ahora: datetime
) -> Documento:
    """Numera, fecha y firma el proyecto, y lo incorpora al expediente; si resuelve, el expediente queda resuelto.

    El número se toma aquí y la serie queda bloqueada hasta que el acto termine: con un PIN errado no se quema ninguno.
    Si se firma por delegación, numera la unidad que delega. Un documento conjunto se numera con la primera firma y se
    emite con la última. Firmar dos veces devuelve el mismo documento.

    :raises Denegado: si hoy no ocupa el puesto que firma, si no es competente (3.1), o el PIN no es el suyo
    :raises NoProcede: si no está para firma, le falta un visto bueno, se espera un informe, la delegación ya no rige u
        otra persona actuó
    :raises EntradaInvalida: si el cuerpo no se puede componer
    """
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar_proyecto(proyecto, version=version)
    if ya := firmas_conjuntas.ya_firmado_por(tomado, actor):
        return ya
    puesto = policies.check_firmar(actor, tomado)
    if tomado.documento_id is not None:
        return Documento.objects.get(pk=tomado.documento_id)
    if a_medias := firmas_conjuntas.get_a_medias(tomado):
        check_sigue(tomado)
        completo = firmas_conjuntas.firmar_despues(
            actor=actor, proyecto=tomado, documento=a_medias, puesto=puesto, pin=pin, ahora=ahora
        )
        return emitir(proyecto=tomado, actor=actor, documento=a_medias, ahora=ahora) if completo else a_medias
    documento = _firmar_primero(tomado, actor, puesto, pin, ahora)
    if tomado.firmantes_conjuntos:
        firmas_conjuntas.anotar_primera(
            actor=actor, proyecto=tomado, documento=documento, puesto=puesto, ahora=ahora
        )
        return documento
    return emitir(proyecto=tomado, actor=actor, documento=documento, ahora=ahora)


def _firmar_primero(tomado: Proyecto, actor: Persona, puesto: Puesto, pin: str, ahora: datetime) -> Documento:
    """Toma el número, compone, firma y guarda el documento, todavía fuera del expediente."""
    primera = comprobar_primera(tomado, puesto, ahora)
    compuesto = numeros_reservados.componer_con_numero(
        proyecto=tomado, actor=actor, unidad=primera.unidad, conjuntos=primera.conjuntos, ahora=ahora
    )
    firmado = firma.firmar(
        actor=actor,
        pdf=compuesto.pdf,
        pin=pin,
        motivo=primera.motivo,
        cargo=primera.cargo,
        ahora=ahora,
        caja=caja_de_firma(0),
    )
    return asentar(
        proyecto=tomado, primera=primera, compuesto=compuesto, actor=actor, pdf=firmado.bytes, ahora=ahora
    )


@dataclass(frozen=True)
class Primera:
    """La primera firma de un proyecto, ya comprobada: quién numera, quiénes más firman, por qué y con qué cargo."""

    puesto: Puesto
    unidad: UnidadOrganica
    conjuntos: list[Puesto]
    delegacion: Delegacion | None
    motivo: firma.Motivo
    cargo: str


def comprobar_primera(proyecto: Proyecto, puesto: Puesto, ahora: datetime) -> Primera:
    """Comprueba todo lo que debe cumplirse antes de gastar un número, y dice cómo se firmará.

    :raises Denegado: si quien decide no es competente (3.1)
    :raises NoProcede: si algo falta o la delegación ya no rige
    """
    _check_para_firma(proyecto)
    hoy = hoy_en_lima(ahora)
    conjuntos = check_firmantes(proyecto)
    delegacion = check_delegacion(proyecto, al=hoy)
    quien_decide = delegacion.delegante if delegacion else puesto
    oportunidad.check_efecto(proyecto.efecto, proyecto.expediente, al=hoy)
    oportunidad.check_competencia(proyecto.efecto, proyecto.expediente, quien_decide)
    return Primera(
        puesto=puesto,
        unidad=quien_decide.unidad,
        conjuntos=conjuntos,
        delegacion=delegacion,
        motivo=firma.Motivo.ENCARGO if _solo_firma(delegacion) else firma.Motivo.AUTOR,
        cargo=decir_cargo(puesto, delegacion),
    )


def asentar(
    *,
    proyecto: Proyecto,
    primera: Primera,
    compuesto: numeros_reservados.Compuesto,
    actor: Persona,
    pdf: bytes,
    ahora: datetime,
    metadatos: Mapping[str, object] | None = None,
) -> Documento:
    """Guarda lo compuesto, ya firmado, como documento con su número y su código; todavía fuera del expediente."""
    archivo = documentos.guardar_pdf_propio(
        actor=actor, nombre=f"{compuesto.numero.replace('/', '-')}.pdf", pdf=pdf, ahora=ahora
    )
    otras = [otro.unidad for otro in primera.conjuntos]
    documento = documentos.guardar(
        actor=actor,
        tipo=proyecto.tipo.codigo,
        asunto=proyecto.asunto,
        archivo=archivo,
        ahora=ahora,
        origen=Documento.Origen.INTERNO,
        autor=actor,
        unidad=primera.unidad,
        numero=compuesto.numero,
        cvd=compuesto.cvd,
        firmado=not primera.conjuntos,
        unidades=[proyecto.unidad, primera.puesto.unidad, primera.unidad, *otras],
        metadatos={
            "expediente": proyecto.expediente.numero,
            "serie": compuesto.serie,
            **_de_delegacion(primera.delegacion),
            **(metadatos or {}),
        },
    )
    numeros_reservados.usar(compuesto.reserva, documento)
    return documento


def _check_para_firma(proyecto: Proyecto) -> None:
    """Lo que la tabla y los vistos exigen antes de gastar un número.

    :raises NoProcede: si algo falta
    """
    rules.get_transicion("firmar", proyecto.estado, tabla=rules.TRANSICIONES_DE_PROYECTO)
    if set(proyecto.visadores) - puestos_conformes(proyecto):
        raise NoProcede("A este proyecto le falta un visto bueno sobre su texto actual.")
    check_sigue(proyecto)


def check_sigue(proyecto: Proyecto) -> None:
    """El expediente todavía admite este documento, antes de la primera firma y de cada una de las otras.

    :raises NoProcede: si no
    """
    policies.check_sigue_a_cargo(proyecto)
    if proyecto.pone_fin:
        rules.get_transicion("resolver", proyecto.expediente.estado)


def emitir(*, proyecto: Proyecto, actor: Persona, documento: Documento, ahora: datetime) -> Documento:
    """Con todas las firmas, el proyecto es un documento del expediente."""
    proyecto.documento, proyecto.cambiado_en = documento, ahora
    pasar_proyecto(proyecto, "firmar", guardar=("documento", "cambiado_en", "firmante"))
    _incorporar(proyecto, actor, documento, ahora)
    return documento


def _incorporar(proyecto: Proyecto, actor: Persona, documento: Documento, ahora: datetime) -> None:
    """Lo pone al final del expediente; la decisión se abre al administrado recién al notificarla."""
    expediente = proyecto.expediente
    foliar(expediente, [documento], por=actor, ahora=ahora, visible=_lo_ve_ya(proyecto))
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
        _decir_si_es_tarde(expediente, documento, actor, ahora)


def _decir_si_es_tarde(expediente: Expediente, documento: Documento, actor: Persona, ahora: datetime) -> None:
    """La decisión tardía vale igual, pero la demora tiene responsable y queda en el libro (140.3 y 143)."""
    hoy = hoy_en_lima(ahora)
    if expediente.vence_el is not None and hoy > expediente.vence_el:
        dias = contar_habiles(expediente.vence_el, hoy, get_calendario())
        emit(
            ResueltoFueraDePlazo(expediente_id=expediente.pk, documento_id=documento.pk, dias=dias),
            actor_id=actor.pk, ahora=ahora, objeto=expediente,
        )  # fmt: skip


def _lo_ve_ya(proyecto: Proyecto) -> bool:
    """La persona ve al firmarse los informes; lo que se le notifica, desde que surte efecto."""
    return not proyecto.pone_fin and proyecto.efecto not in APARTE


def _solo_firma(delegacion: Delegacion | None) -> bool:
    return delegacion is not None and delegacion.clase == Delegacion.Clase.FIRMA


def _de_delegacion(delegacion: Delegacion | None) -> dict[str, object]:
    return {"delegacion": delegacion.pk} if delegacion else {}
