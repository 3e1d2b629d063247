"""Lo que se puede preguntar a la mesa de partes; quien pregunta entra como ``para``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from llaqta.cimientos.calendario import Calendario, Computo, hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.paginas import Pagina, paginar
from llaqta.salas.auditoria.pruebas import Prueba
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes import policies as politicas_de_expedientes
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes import rules as reglas_de_expedientes
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.mesapartes import policies, prueba, rules
from llaqta.salas.mesapartes.events import DocumentoPresentado, EscritoPresentado
from llaqta.salas.mesapartes.models import (
    AdjuntoDeBorrador,
    Anexo,
    Borrador,
    EscritoPosterior,
    ItemObservado,
    Observacion,
    OrdenDeDevolucion,
    Presentacion,
    RevisionDeRequisito,
)
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites.models import Requisito, VersionProcedimiento

MESES_PARA_REUTILIZAR = 24
NOMBRE_DE_SOLICITUD = "solicitud.pdf"


# --- Borradores -----------------------------------------------------------------------------------------------------
def get_borrador(tramite: str, *, para: Persona) -> Borrador | None:
    """El borrador que ``para`` tiene de ese trámite, con su versión; ``None`` si no tiene."""
    return (
        Borrador.objects.filter(persona=para, version_tramite__procedimiento__codigo=tramite)
        .select_related("version_tramite__procedimiento", "version_tramite__unidad_aprobacion")
        .order_by("-cambiado_en")
        .first()
    )


def get_borradores(*, para: Persona) -> list[Borrador]:
    """Todo lo que dejó a medias, lo último primero."""
    return list(
        Borrador.objects.filter(persona=para)
        .select_related("version_tramite__procedimiento")
        .order_by("-cambiado_en")
    )


def get_adjuntos(borrador: Borrador, *, para: Persona) -> list[AdjuntoDeBorrador]:
    """Los archivos recibidos de un borrador, en el orden de los requisitos.

    :raises NoEncontrado: si el borrador no es suyo
    """
    policies.check_borrador(para, borrador)
    return list(
        AdjuntoDeBorrador.objects.filter(borrador=borrador)
        .select_related("archivo", "requisito")
        .order_by("requisito__orden", "pk")
    )


def get_archivos_del_borrador(borrador: Borrador, *, para: Persona) -> list[Archivo]:
    """Solo los archivos, para contarlos y pesarlos."""
    return [adjunto.archivo for adjunto in get_adjuntos(borrador, para=para)]


def get_requisito(
    requisito_id: int | None, *, para: Persona, version: VersionProcedimiento
) -> Requisito | None:
    """El requisito de esa versión; ``None`` para «otros documentos».

    :raises NoEncontrado: si es de otro trámite
    """
    if requisito_id is None:
        return None
    requisito = Requisito.objects.filter(pk=requisito_id, version=version).first()
    if requisito is None:
        raise NoEncontrado("Ese requisito no es de este trámite.")
    return requisito


def get_representado(persona_id: int | None, *, para: Persona, al: date) -> Persona | None:
    """La persona por quien ``para`` eligió presentar; ``None`` si presenta por sí mismo.

    :raises Denegado: si ya no la representa
    """
    if persona_id is None or persona_id == para.pk:
        return None
    elegida = next((p for p in cuentas.get_representados(para, al=al) if p.pk == persona_id), None)
    if elegida is None:
        elegida = Persona.objects.filter(pk=persona_id).first() or para
        policies.check_presentar(para, administrado=elegida, al=al)
    return elegida


def get_documentos_reutilizables(*, para: Persona, ahora: datetime) -> list[Documento]:
    """Lo que ya entregó en los últimos 24 meses, sin repetir el mismo archivo: no se le pide otra vez (art. 40)."""
    desde = ahora - timedelta(days=MESES_PARA_REUTILIZAR * 30)
    anexos = (
        Anexo.objects.filter(presentacion__presentada_por=para, presentacion__presentada_en__gte=desde)
        .exclude(documento__archivo__nombre=NOMBRE_DE_SOLICITUD)
        .select_related("documento__archivo")
        .order_by("-pk")[:60]
    )
    vistos: dict[str, Documento] = {}
    for anexo in anexos:
        vistos.setdefault(anexo.documento.archivo.sha256, anexo.documento)
    return list(vistos.values())[:20]


def get_declaracion(al: date, *, para: Persona | None) -> TextoDeConsentimiento | None:
    """Lo que se firma electrónicamente al presentar, como rige el día ``al``; ``None`` si no se ha publicado."""
    try:
        return cuentas.get_consentimiento("presentar", al, para=para)
    except NoEncontrado:
        return None


# --- Presentaciones -------------------------------------------------------------------------------------------------
def get_por_envio(envio: UUID, *, para: Persona) -> Presentacion | None:
    """Lo que ``para`` ya presentó con ese identificador de envío.

    Casi siempre no hay nada, y averiguarlo debe costar poco: es lo primero que mira cada presentación.
    """
    suya = Presentacion.objects.filter(envio=envio, presentada_por=para)
    hallada = suya.order_by().values_list("pk", flat=True)[:1]
    return Presentacion.objects.select_related("expediente").get(pk=hallada[0]) if hallada else None


def get_presentacion(numero: str, *, para: Persona | None) -> Presentacion:
    """Una presentación con todo lo que su página enseña.

    :raises NoEncontrado: si no existe o no le corresponde verla
    """
    presentacion = (
        Presentacion.objects.filter(numero=numero)
        .select_related(
            "expediente__version_tramite__procedimiento", "expediente__version_tramite__unidad_aprobacion",
            "expediente__unidad_responsable", "presentada_por", "administrado", "registrada_por", "recibida_por",
            "cargo", "observacion", "firma__firmante", "firma__texto",
        )
        .first()
    )  # fmt: skip
    if presentacion is None:
        raise NoEncontrado
    policies.check_ver(para, presentacion)
    return presentacion


def get_anexos(presentacion: Presentacion, *, para: Persona | None) -> list[Anexo]:
    """Los documentos de la presentación, en el orden en que llegaron.

    :raises NoEncontrado: si no le corresponde verla
    """
    policies.check_ver(para, presentacion)
    return list(
        Anexo.objects.filter(presentacion=presentacion)
        .select_related("documento__archivo__firmas", "documento__tipo", "documento__autor", "requisito")
        .prefetch_related("documento__archivo__vistas")
    )


def get_observacion(presentacion: Presentacion, *, para: Persona | None) -> Observacion | None:
    """La única observación de la presentación, si la tiene."""
    policies.check_ver(para, presentacion)
    return (
        Observacion.objects.filter(presentacion=presentacion)
        .prefetch_related(Prefetch("items", queryset=ItemObservado.objects.select_related("requisito")))
        .first()
    )


def get_prueba_del_acto(presentacion: Presentacion, *, para: Persona | None) -> Prueba | None:
    """La prueba de que la presentación está en el registro, con la huella de su firma; ``None`` si todavía no lo está.

    :raises NoEncontrado: si no le corresponde verla
    """
    policies.check_ver(para, presentacion)
    return prueba.get_prueba_de(presentacion.expediente, DocumentoPresentado.tipo())


@dataclass(frozen=True)
class Revisado:
    """Un requisito con lo que llegó para cumplirlo y lo que la mesa vio de él."""

    requisito: Requisito
    anexos: list[Anexo]
    revision: RevisionDeRequisito | None
    item: ItemObservado | None = None

    @property
    def resultado(self) -> str:
        """Lo marcado; antes de marcar, ``""``."""
        return self.revision.resultado if self.revision else ""


def get_revision(presentacion: Presentacion, *, para: Persona) -> list[Revisado]:
    """La lista de requisitos del TUPA con que se presentó, junto a lo recibido y lo revisado.

    :raises Denegado: si no es de la mesa de partes
    """
    policies.check_recibir(para)
    anexos = get_anexos(presentacion, para=para)
    revisiones = {revision.requisito_id: revision for revision in presentacion.revisiones.all()}
    observacion = get_observacion(presentacion, para=para)
    items = {item.requisito_id: item for item in observacion.items_en_orden} if observacion else {}
    requisitos = presentacion.expediente.version_tramite.requisitos_de(presentacion.expediente.modalidad)
    return [
        Revisado(r, [a for a in anexos if a.requisito_id == r.pk], revisiones.get(r.pk), items.get(r.pk))
        for r in requisitos
    ]


# --- La cola de la mesa ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FilaDeCola:
    """Un escrito por recibir, con lo que a la mesa le toca hacer y hasta cuándo."""

    presentacion: Presentacion
    derivar: rules.Alarma
    observar: rules.Alarma
    espera: str = ""


VISTAS_DE_COLA = {"por-recibir": "Por recibir", "observados": "Observados", "recibidos": "Recibidos"}


def get_cola(
    *, para: Persona, vista: str, cursor: str, ahora: datetime
) -> tuple[list[FilaDeCola], Pagina[Presentacion]]:
    """La cola única, virtual y de ventanilla, lo más antiguo primero; los recibidos, lo último primero.

    :param vista: una de ``VISTAS_DE_COLA``
    :raises Denegado: si no es de la mesa de partes
    """
    policies.check_recibir(para)
    consulta = Presentacion.objects.select_related(
        "expediente__version_tramite__procedimiento",
        "expediente__unidad_responsable",
        "administrado",
        "observacion",
    )
    if vista == "recibidos":
        pagina = paginar(
            consulta.filter(recibida_en__isnull=False), orden=("-recibida_en", "-pk"), cursor=cursor
        )
    else:
        pendientes = consulta.por_recibir().vigentes()
        esperan = {"observacion__isnull": False, "observacion__subsanada_en__isnull": True}
        pendientes = pendientes.filter(**esperan) if vista == "observados" else pendientes.exclude(**esperan)
        pagina = paginar(pendientes, orden=("presentada_en", "pk"), cursor=cursor)
    calendario = get_calendario()
    return [_fila_de_cola(presentacion, ahora, calendario) for presentacion in pagina], pagina


def _fila_de_cola(presentacion: Presentacion, ahora: datetime, calendario: Calendario) -> FilaDeCola:
    observacion: Observacion | None = getattr(presentacion, "observacion", None)
    presentado_el = presentacion.expediente.fecha_presentacion
    if observacion is not None and observacion.subsanada_en is None:
        alarma = rules.alarma_de_subsanar(observacion.subsanar_hasta, ahora, calendario)
        return FilaDeCola(
            presentacion, rules.Alarma("Espera a la persona", "neutro"), alarma, espera="subsanación"
        )
    if observacion is not None and observacion.subsanada_en is not None:
        subsanado_el = hoy_en_lima(observacion.subsanada_en)
        derivar = rules.alarma_de_derivar(subsanado_el, ahora, calendario)
        return FilaDeCola(presentacion, derivar, rules.Alarma("Subsanado", "hecho", subsanado_el))
    hasta = get_plazo_para_observar(presentacion, para=presentacion.administrado, calendario=calendario)
    return FilaDeCola(
        presentacion,
        rules.alarma_de_derivar(presentado_el, ahora, calendario),
        rules.alarma_de_observar(hasta, ahora, calendario),
    )


def get_plazo_para_observar(
    presentacion: Presentacion, *, para: Persona | None, calendario: Calendario | None = None
) -> date:
    """El último día en que la mesa puede observar esta presentación (125.1 y 125.6)."""
    presentado_el = presentacion.expediente.fecha_presentacion
    return rules.plazo_para_observar(
        presentado_el,
        dias=plazos.get_entero("OBSERVAR", al=presentado_el),
        en_ventanilla=presentacion.canal == Presentacion.Canal.VENTANILLA,
        calendario=calendario or get_calendario(),
    ).fecha


def get_plazo_para_subsanar(
    requerido_en: datetime, *, para: Persona | None, calendario: Calendario | None = None
) -> Computo:
    """Hasta cuándo corrige quien es requerido en ese instante, con la regla que rige ese día (125.1 y 125.6)."""
    dias = plazos.get_entero("SUBSANAR", al=hoy_en_lima(requerido_en))
    return rules.plazo_para_subsanar(requerido_en, calendario or get_calendario(), dias=dias)


def get_devoluciones(*, para: Persona, cursor: str, hechas: bool = False) -> Pagina[OrdenDeDevolucion]:
    """Lo pagado por solicitudes no presentadas: lo que falta devolver, lo más antiguo primero; o lo devuelto.

    :raises Denegado: si no es de la mesa de partes ni de tesorería
    """
    policies.check_devolver(para)
    ordenes = OrdenDeDevolucion.objects.select_related(
        "presentacion__administrado", "presentacion__expediente", "devuelta_por"
    )
    if hechas:
        devueltas = ordenes.filter(estado=OrdenDeDevolucion.Estado.DEVUELTA)
        return paginar(devueltas, orden=("-devuelta_en", "-pk"), cursor=cursor)
    return paginar(
        ordenes.filter(estado=OrdenDeDevolucion.Estado.POR_DEVOLVER),
        orden=("ordenada_en", "pk"),
        cursor=cursor,
    )


def get_devolucion(pk: int, *, para: Persona) -> OrdenDeDevolucion:
    """Una orden de devolución.

    :raises Denegado: si no es de la mesa de partes ni de tesorería
    :raises NoEncontrado: si no existe
    """
    policies.check_devolver(para)
    orden = OrdenDeDevolucion.objects.filter(pk=pk).first()
    if orden is None:
        raise NoEncontrado
    return orden


def contar_cola(*, para: Persona, tope: int = 99) -> dict[str, str]:
    """Cuántos hay en cada vista, sin contar más allá de ``tope``: «99+» basta para saber que hay muchos.

    :raises Denegado: si no es de la mesa de partes
    """
    policies.check_recibir(para)
    esperan = {"observacion__isnull": False, "observacion__subsanada_en__isnull": True}
    pendientes = Presentacion.objects.por_recibir().vigentes()
    return {
        "por-recibir": _contar(pendientes.exclude(**esperan), tope),
        "observados": _contar(pendientes.filter(**esperan), tope),
    }


def _contar(consulta: QuerySet[Any], tope: int) -> str:
    cuantos = consulta.order_by()[: tope + 1].count()
    return f"{tope}+" if cuantos > tope else str(cuantos)


# --- La carpeta ciudadana -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TramiteDeCarpeta:
    """Un trámite propio con su estado dicho en palabras."""

    presentacion: Presentacion
    estado: reglas_de_expedientes.Palabras


@dataclass(frozen=True)
class Carpeta:
    """Lo que una persona encuentra al entrar: primero lo que espera de ella."""

    por_subsanar: list[tuple[Presentacion, rules.Alarma]]
    por_responder: list[tuple[Presentacion, rules.Alarma]]
    borradores: list[Borrador]
    tramites: list[TramiteDeCarpeta]
    pagina: Pagina[Presentacion]


def get_carpeta(*, para: Persona, cursor: str, ahora: datetime) -> Carpeta:
    """Sus trámites, lo pendiente y sus borradores."""
    suyas = Presentacion.objects.filter(pk__in=_suyas(para)).select_related(
        "expediente__version_tramite__procedimiento",
        "expediente__unidad_responsable",
        "administrado",
        "observacion",
    )
    por_corregir = suyas.filter(observacion__isnull=False, observacion__subsanada_en__isnull=True)
    calendario = get_calendario()
    pagina = paginar(suyas, orden=("-presentada_en", "-pk"), cursor=cursor)
    return Carpeta(
        por_subsanar=[
            (p, rules.alarma_de_subsanar(p.observacion.subsanar_hasta, ahora, calendario))
            for p in por_corregir.order_by("presentada_en")
            if rules.en_plazo(ahora, p.observacion.subsanar_hasta)
        ],
        por_responder=[
            (p, rules.alarma_de_subsanar(p.expediente.corregir_hasta, ahora, calendario))
            for p in suyas.filter(expediente__estado=Estado.EMPLAZADO).order_by("presentada_en")
            if p.expediente.corregir_hasta and rules.en_plazo(ahora, p.expediente.corregir_hasta)
        ],
        borradores=get_borradores(para=para),
        tramites=[TramiteDeCarpeta(p, decir_estado(p, para=para)) for p in pagina],
        pagina=pagina,
    )


def decir_estado(presentacion: Presentacion, *, para: Persona | None) -> reglas_de_expedientes.Palabras:
    """El estado del expediente, como se le dice a un ciudadano."""
    return expedientes.get_palabras(presentacion.expediente, para=para)


def _suyas(persona: Persona) -> QuerySet[Any]:
    """Dos búsquedas por índice en vez de una condición con «o» que recorrería la tabla."""
    presento = Presentacion.objects.filter(presentada_por=persona).values("pk")
    return presento.union(Presentacion.objects.filter(administrado=persona).values("pk"))


# --- Escritos en expedientes ya abiertos ----------------------------------------------------------------------------
_DEL_ESCRITO = (
    "expediente__version_tramite__procedimiento", "expediente__unidad_responsable", "expediente__administrado",
    "presentado_por", "registrado_por", "principal__archivo", "cargo", "firma__firmante", "firma__texto",
)  # fmt: skip


def get_escrito(numero: str, *, para: Persona) -> EscritoPosterior:
    """Un escrito posterior, con todo lo que su página enseña.

    :raises NoEncontrado: si no existe o no le corresponde verlo
    """
    visibles = EscritoPosterior.objects.visible_to(para).select_related(*_DEL_ESCRITO)
    hallado = visibles.prefetch_related("anexos__documento__archivo__firmas").filter(numero=numero).first()
    if hallado is None:
        raise NoEncontrado
    return hallado


def get_prueba_del_escrito(escrito: EscritoPosterior, *, para: Persona) -> Prueba | None:
    """Lo mismo que ``get_prueba_del_acto``, de un escrito que ``para`` ya puede ver."""
    return prueba.get_prueba_de(escrito.expediente, EscritoPresentado.tipo(), escrito_id=escrito.pk)


def get_escritos_de(expediente: Expediente, *, para: Persona | None) -> list[EscritoPosterior]:
    """Los escritos que llegaron a un expediente que ``para`` ya puede ver, del último al primero."""
    return list(EscritoPosterior.objects.filter(expediente=expediente).order_by("-pk"))


def get_escritos_de_unidad(*, para: Persona, cursor: str = "") -> Pagina[EscritoPosterior]:
    """Los escritos de los expedientes que hoy tienen las unidades de ``para``, del último al primero.

    :raises Denegado: si no tramita expedientes
    """
    politicas_de_expedientes.check_bandeja(para)
    consulta = EscritoPosterior.objects.select_related("expediente__administrado", "presentado_por")
    if not para.puede("expedientes.ver_todo"):
        consulta = consulta.filter(expediente__unidad_responsable__in=para.unidades)
    return paginar(consulta, orden=("-presentado_en", "-pk"), cursor=cursor)


def existe_envio(envio: UUID, *, para: Persona) -> bool:
    """Verdadero si ``para`` ya presentó un escrito con ese identificador."""
    return EscritoPosterior.objects.filter(envio=envio, presentado_por=para).exists()


def get_presentacion_de(expediente: Expediente, *, para: Persona | None) -> Presentacion | None:
    """La presentación con que nació un expediente que ``para`` ya puede ver."""
    return Presentacion.objects.filter(expediente=expediente).first()
