"""Qué decisión se puede impugnar, ante quién y en cuántos días: lo que toda notificación dice (art. 24.1.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import (
    CambioDePlazo,
    EfectoDeActo,
    Expediente,
    NotificacionDelExpediente,
    Proyecto,
)
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.cuenta import cuanto

RECONSIDERACION, APELACION, REVISION = "RECONSIDERACION", "APELACION", "REVISION"
_RESOLVER = {clase: f"{clase}_RESOLVER" for clase in (RECONSIDERACION, APELACION, REVISION)}


@dataclass(frozen=True)
class RecursoPosible:
    """Un recurso que la ley da contra la última decisión: ante quién, y los días hábiles de cada uno."""

    clase: str
    autoridad: UnidadOrganica
    dias: int
    dias_para_resolver: int


@dataclass(frozen=True)
class ActoNotificado:
    """La decisión de la etapa actual que ya surtió efecto, y desde qué día."""

    documento: Documento
    etapa: int
    organo: UnidadOrganica
    efecto_el: date


def get_acto_notificado(
    expediente: Expediente, *, para: Persona | None = None, al: date
) -> ActoNotificado | None:
    """La decisión de la etapa actual, si su notificación ya surtió efecto el día ``al``."""
    decision = _decision(expediente, expediente.etapa)
    if decision is None or decision.documento is None:
        return None
    vinculos = (
        NotificacionDelExpediente.objects.del_documento(decision.documento)
        .filter(expediente=expediente)
        .select_related("notificacion", "diligencia")
    )
    efectos = [vinculo.efecto_el for vinculo in vinculos if vinculo.surtio_efecto(al)]
    conocidos = [efecto for efecto in efectos if efecto is not None]
    if not conocidos:
        return None
    return ActoNotificado(decision.documento, expediente.etapa, decision.firmante.unidad, min(conocidos))


def get_organo(expediente: Expediente, *, para: Persona | None = None, etapa: int) -> UnidadOrganica:
    """El órgano de esa etapa: el de quien firmó su decisión o, si no la hay, el que debía decidir."""
    if decision := _decision(expediente, etapa):
        return decision.firmante.unidad
    if etapa > expediente.etapa_repuesta:
        return expediente.unidad_responsable
    return expediente.version_tramite.unidad_aprobacion


def get_recursos_posibles(
    expediente: Expediente,
    *,
    para: Persona | None = None,
    al: date,
    etapa: int | None = None,
    silencio: bool = False,
) -> list[RecursoPosible]:
    """Los recursos contra la decisión de una etapa, o contra su silencio; vacía, si lo decidido agota la vía.

    Los días para presentarlo nunca son menos que los de la ley (207.2), ni los de resolver, más.

    :param etapa: la que se impugna; sin ella, la actual
    """
    impugnada = expediente.etapa if etapa is None else etapa
    abierta_con = _recurso_de_la_etapa(expediente, impugnada)
    if abierta_con in (APELACION, REVISION):
        return _de_revision(expediente, al) if abierta_con == APELACION else []
    if expediente.revisiones_de_oficio.filter(etapa=impugnada, motivo_de_cierre="").exists():
        return []  # lo que declara la nulidad de oficio agota la vía (218.2.d)
    organo = get_organo(expediente, etapa=min(impugnada, expediente.etapa_repuesta))
    hechos = []
    if not abierta_con and not silencio:
        hechos.append(_posible(expediente, RECONSIDERACION, organo, al))
    if (superior := _superior(expediente, organo)) is not None:
        hechos.append(_posible(expediente, APELACION, superior, al))
    return hechos


def decir_recursos(expediente: Expediente, *, para: Persona | None, al: date | None = None) -> str:
    """Qué recursos proceden, ante quién y hasta cuándo: lo que toda notificación debe decir (art. 24.1.6).

    :param al: el día de la notificación; sin él, el de la última fecha del expediente
    """
    dia = al or expediente.fecha_presentacion
    posibles = get_recursos_posibles(expediente, para=para, al=dia)
    if not posibles:
        regla, meses = plazos.get_regla("AGOTA_LA_VIA", al=dia), plazos.get_regla("CONTENCIOSO", al=dia)
        return (
            "Esta decisión agota la vía administrativa: ya no cabe otro recurso en la municipalidad "
            f"({regla.norma}, {regla.articulo}). Si no está de acuerdo, puede demandar ante el Poder Judicial "
            f"dentro de {cuanto(meses.entero, meses.unidad)} ({meses.norma}, {meses.articulo})."
        )
    return (
        "Si no está de acuerdo, puede presentar uno de estos recursos, uno por vez, desde el día siguiente a aquel en "
        f"que esta notificación surta efecto: {'; o '.join(_decir(posible) for posible in posibles)}. "
        "Vale hasta las 23:59:59 del último día. No necesita abogado. Presentarlo no suspende lo decidido "
        "(Ley 27444, arts. 206 a 216)."
    )


def agota_la_via(expediente: Expediente, documento: Documento, *, para: Persona | None, al: date) -> bool:
    """Verdadero si contra ese acto ya no cabe nada en la municipalidad; un traslado no decide, y no la agota."""
    if _es_traslado(documento):
        return False
    return not get_recursos_posibles(expediente, para=para, al=al)


def decir_lo_que_cabe(
    expediente: Expediente, documento: Documento, *, para: Persona | None, al: date | None = None
) -> str:
    """Lo que la persona puede hacer ante ese acto: los recursos o, si es un traslado, dar sus razones (202.2)."""
    if not _es_traslado(documento):
        return decir_recursos(expediente, para=para, al=al)
    regla = plazos.get_regla("NULIDAD_AUDIENCIA", al=al or documento.fechado_el)
    return (
        f"Puede dar sus razones dentro de {cuanto(regla.entero, regla.unidad)}, contados desde el día siguiente a "
        "aquel en que esta notificación surta efecto, con un escrito en su expediente. Este traslado no decide nada y "
        f"no se impugna; lo decidido sigue valiendo mientras tanto ({regla.norma}, {regla.articulo})."
    )


def _es_traslado(documento: Documento) -> bool:
    return Proyecto.objects.filter(documento=documento, efecto=EfectoDeActo.TRASLADO).exists()


def decir_recursos_en_resolucion(expediente: Expediente, *, para: Persona | None, al: date) -> str:
    """Lo mismo, como se escribe en la parte resolutiva: «contra esta resolución caben…»."""
    posibles = get_recursos_posibles(expediente, para=para, al=al)
    if not posibles:
        regla = plazos.get_regla("AGOTA_LA_VIA", al=al)
        return f"esta resolución agota la vía administrativa ({regla.norma}, artículos {regla.articulo})"
    return (
        "contra esta resolución caben, uno por vez y desde el día siguiente a aquel en que surta efecto su "
        "notificación, "
        f"estos recursos: {'; o '.join(_decir(posible) for posible in posibles)} (Ley N° 27444, artículo 207)"
    )


def _decir(posible: RecursoPosible) -> str:
    en = f"en {cuanto(posible.dias, 'HABILES')}"
    if posible.clase == RECONSIDERACION:
        return f"reconsideración, {con_articulo(str(posible.autoridad), 'ante')}, con una prueba nueva, {en}"
    nombre = "apelación" if posible.clase == APELACION else "revisión"
    return f"{nombre}, para que la resuelva {con_articulo(str(posible.autoridad))}, {en}"


def _posible(expediente: Expediente, clase: str, autoridad: UnidadOrganica, al: date) -> RecursoPosible:
    suyo = expediente.version_tramite.recursos.filter(clase=clase).first()
    presentar = plazos.get_entero("RECURSO_PRESENTAR", al=al)
    resolver = plazos.get_entero(_RESOLVER[clase], al=al)
    if suyo is not None:
        presentar, resolver = max(presentar, suyo.dias_presentacion), min(resolver, suyo.dias_resolucion)
    return RecursoPosible(clase, autoridad, presentar, resolver)


def _de_revision(expediente: Expediente, al: date) -> list[RecursoPosible]:
    """La revisión, solo si el TUPA la nombra porque una ley la prevé (207.1.c)."""
    suyo = expediente.version_tramite.recursos.filter(clase=REVISION).select_related("autoridad").first()
    return [_posible(expediente, REVISION, suyo.autoridad, al)] if suyo else []


def _superior(expediente: Expediente, organo: UnidadOrganica) -> UnidadOrganica | None:
    """Quien resuelve la apelación: el que dice el TUPA o, si no lo dice, el superior en el organigrama (art. 209)."""
    version = expediente.version_tramite
    suyo = version.recursos.filter(clase=APELACION).select_related("autoridad").first()
    if suyo is not None and suyo.autoridad != organo and organo == version.unidad_aprobacion:
        return suyo.autoridad
    return organo.padre


def _recurso_de_la_etapa(expediente: Expediente, etapa: int) -> str:
    """Qué recurso abrió esa etapa; vacío, si es la de la solicitud."""
    if not etapa:
        return ""
    cambios = CambioDePlazo.objects.filter(
        expediente=expediente, etapa=etapa, causa=CambioDePlazo.Causa.RECURSO
    )
    ultimo = cambios.order_by("-pk").first()
    return str(ultimo.explicacion.get("recurso", "")) if ultimo else ""


def _decision(expediente: Expediente, etapa: int) -> Proyecto | None:
    return (
        Proyecto.objects.filter(
            expediente=expediente, etapa=etapa, pone_fin=True, estado=Proyecto.Estado.EMITIDO
        )
        .select_related("documento", "firmante__unidad__padre")
        .first()
    )
