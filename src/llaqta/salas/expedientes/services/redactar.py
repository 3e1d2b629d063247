"""Redactar, editar, enviar, visar y devolver: el camino de un proyecto hasta que espera la firma."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.expedientes import oportunidad, policies, rules
from llaqta.salas.expedientes.campos import Contexto, rellenar
from llaqta.salas.expedientes.composicion import componer_proyecto, huella
from llaqta.salas.expedientes.events import (
    ProyectoDevuelto,
    ProyectoEditado,
    ProyectoEnviado,
    ProyectoRedactado,
    ProyectoVisado,
)
from llaqta.salas.expedientes.models import (
    EfectoDeActo,
    Estado,
    Expediente,
    Movimiento,
    Plantilla,
    Proyecto,
    Visto,
)
from llaqta.salas.expedientes.services import firmas_conjuntas
from llaqta.salas.expedientes.services.acto import pasar_proyecto, tomar, tomar_proyecto
from llaqta.salas.expedientes.services.foliar import abrir_todo_a


@transaction.atomic
def redactar_proyecto(
    *,
    actor: Persona,
    expediente: Expediente,
    plantilla: Plantilla,
    movimiento: Movimiento | None = None,
    version: int | None = None,
    ahora: datetime,
) -> Proyecto:
    """Comienza un documento desde una plantilla, con sus campos ya rellenados; lo firmará la jefatura de la unidad.

    :param movimiento: el pedido de informe al que responde, si es de otra unidad
    :raises Denegado: si hoy no trabaja en la unidad que puede redactar
    :raises NoProcede: si el expediente está observado o archivado, falta recibirlo, no hay jefatura que firme, o la
        ley no permite hoy ese acto
    :raises EntradaInvalida: si la plantilla usa un campo que no existe
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    pedido = Movimiento.objects.select_related("para_unidad").get(pk=movimiento.pk) if movimiento else None
    unidad = policies.check_redactar(actor, tomado, pedido)
    _check_abierto(tomado)
    hoy = hoy_en_lima(ahora)
    oportunidad.check_efecto(_efecto(plantilla, pedido), tomado, al=hoy)
    firmante = organigrama.get_jefatura(unidad, hoy)
    contexto = Contexto(tomado, unidad, firmante, organigrama.ocupante(firmante, hoy), hoy)
    proyecto = Proyecto.objects.create(
        expediente=tomado,
        movimiento=pedido,
        plantilla=plantilla,
        tipo=plantilla.tipo,
        unidad=unidad,
        asunto=rellenar(plantilla.asunto, contexto)[:300],
        cuerpo=rellenar(plantilla.cuerpo, contexto),
        pone_fin=plantilla.pone_fin and pedido is None,
        efecto=_efecto(plantilla, pedido),
        etapa=tomado.etapa,
        redactado_por=actor,
        creado_en=ahora,
        cambiado_en=ahora,
        firmante=firmante,
    )
    emit(
        ProyectoRedactado(expediente_id=tomado.pk, proyecto_id=proyecto.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return proyecto


def _que_hace(proyecto: Proyecto, pone_fin: bool) -> dict[str, object]:
    """Si resuelve y con qué efecto. Quien edita elige si decide; el abandono, la nulidad y los demás vienen dados."""
    if proyecto.efecto not in ("", EfectoDeActo.DECIDE):
        return {"pone_fin": proyecto.pone_fin, "efecto": proyecto.efecto}
    decide = pone_fin and proyecto.movimiento_id is None
    return {"pone_fin": decide, "efecto": EfectoDeActo.DECIDE if decide else ""}


def _efecto(plantilla: Plantilla, pedido: Movimiento | None) -> str:
    """Un informe no le hace nada al expediente; lo que resuelve sin decir más, decide lo pedido."""
    if pedido is not None:
        return ""
    return plantilla.efecto or (EfectoDeActo.DECIDE if plantilla.pone_fin else "")


@transaction.atomic
def editar_proyecto(
    *,
    actor: Persona,
    proyecto: Proyecto,
    asunto: str,
    cuerpo: str,
    firmante: Puesto,
    visadores: Sequence[Puesto] = (),
    pone_fin: bool = False,
    version: int | None = None,
    ahora: datetime,
) -> Proyecto:
    """Cambia el proyecto, que vuelve a ser borrador con otra versión: los vistos buenos anteriores ya no valen.

    Guardar lo mismo no cambia nada.

    :raises Denegado: si hoy no trabaja en la unidad que lo redactó
    :raises NoProcede: si ya se firmó, o si otra persona acaba de cambiarlo
    :raises EntradaInvalida: si falta el asunto o el cuerpo, usa un campo que no existe, o los puestos no sirven
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar_proyecto(proyecto, version=version)
    policies.check_editar(actor, tomado)
    rules.get_transicion("editar", tomado.estado, tabla=rules.TRANSICIONES_DE_PROYECTO)
    firmas_conjuntas.check_sin_firmas(tomado)
    _check_puestos(firmante, visadores)
    hoy = hoy_en_lima(ahora)
    contexto = Contexto(tomado.expediente, tomado.unidad, firmante, organigrama.ocupante(firmante, hoy), hoy)
    nuevo = {
        "asunto": rellenar(asunto.strip(), contexto),
        "cuerpo": rellenar(cuerpo.strip(), contexto),
        "firmante_id": firmante.pk,
        "visadores": [puesto.pk for puesto in dict.fromkeys(visadores)],
        **_que_hace(tomado, pone_fin),
    }
    if not nuevo["asunto"] or not nuevo["cuerpo"]:
        raise EntradaInvalida(
            "El documento necesita asunto y cuerpo.", campo="cuerpo" if nuevo["asunto"] else "asunto"
        )
    if all(getattr(tomado, campo) == valor for campo, valor in nuevo.items()):
        return tomado
    for campo, valor in nuevo.items():
        setattr(tomado, campo, valor)
    tomado.version, tomado.cambiado_en = tomado.version + 1, ahora
    pasar_proyecto(
        tomado,
        "editar",
        guardar=("asunto", "cuerpo", "firmante", "visadores", "pone_fin", "efecto", "version", "cambiado_en"),
    )
    emit(
        ProyectoEditado(expediente_id=tomado.expediente_id, proyecto_id=tomado.pk, version=tomado.version),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


@transaction.atomic
def enviar_proyecto(
    *, actor: Persona, proyecto: Proyecto, version: int | None = None, ahora: datetime
) -> Proyecto:
    """Envía el proyecto a quienes deben visarlo o, si no hay ninguno, a quien lo firma.

    :raises Denegado: si hoy no trabaja en la unidad que lo redactó
    :raises NoProcede: si ya se envió, o si otra persona acaba de cambiarlo
    :raises EntradaInvalida: si al cuerpo le falta una parte: no se envía lo que no se podría firmar
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar_proyecto(proyecto, version=version)
    policies.check_editar(actor, tomado)
    hacia = Proyecto.Estado.PARA_VISTO if tomado.visadores else Proyecto.Estado.PARA_FIRMA
    rules.get_transicion("enviar", tomado.estado, hacia, tabla=rules.TRANSICIONES_DE_PROYECTO)
    _check_abierto(tomado.expediente)
    componer_proyecto(tomado, ahora=ahora)
    tomado.cambiado_en = ahora
    pasar_proyecto(tomado, "enviar", hacia, guardar=("cambiado_en",))
    puestos = Puesto.objects.filter(pk__in=[*tomado.visadores, tomado.firmante_id])
    abrir_todo_a(tomado.expediente, list(UnidadOrganica.objects.filter(puestos__in=puestos).distinct()))
    emit(
        ProyectoEnviado(expediente_id=tomado.expediente_id, proyecto_id=tomado.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


@transaction.atomic
def visar_proyecto(
    *, actor: Persona, proyecto: Proyecto, version: int | None = None, nota: str = "", ahora: datetime
) -> Proyecto:
    """Da el visto bueno de un puesto a la versión exacta que tuvo a la vista; con el último, pasa a la firma.

    :raises Denegado: si no se espera su visto bueno
    :raises NoProcede: si el proyecto no está para visto, o si otra persona acaba de cambiarlo
    """
    cuentas.exigir(actor, "expedientes.visar")
    tomado = tomar_proyecto(proyecto, version=version)
    rules.get_transicion(
        "visar", tomado.estado, Proyecto.Estado.PARA_VISTO, tabla=rules.TRANSICIONES_DE_PROYECTO
    )
    puesto = policies.check_visar(actor, tomado)
    _anotar_visto(tomado, puesto, actor, conforme=True, nota=nota, ahora=ahora)
    completo = set(tomado.visadores) <= puestos_conformes(tomado)
    if completo:
        tomado.cambiado_en = ahora
    hacia = Proyecto.Estado.PARA_FIRMA if completo else Proyecto.Estado.PARA_VISTO
    pasar_proyecto(tomado, "visar", hacia, guardar=("cambiado_en",))
    emit(
        ProyectoVisado(expediente_id=tomado.expediente_id, proyecto_id=tomado.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


@transaction.atomic
def devolver_proyecto(
    *, actor: Persona, proyecto: Proyecto, nota: str, version: int | None = None, ahora: datetime
) -> Proyecto:
    """Devuelve el proyecto a quien lo redactó, con el motivo; los vistos buenos que tenía ya no valen.

    :raises Denegado: si no le toca visarlo ni firmarlo
    :raises NoProcede: si no está para visto ni para firma, o si otra persona acaba de cambiarlo
    :raises EntradaInvalida: si no dice qué hay que corregir
    """
    tomado = tomar_proyecto(proyecto, version=version)
    rules.get_transicion("devolver", tomado.estado, tabla=rules.TRANSICIONES_DE_PROYECTO)
    puesto = policies.check_devolver(actor, tomado)
    if not nota.strip():
        raise EntradaInvalida("Escriba qué hay que corregir.", campo="nota")
    _anotar_visto(tomado, puesto, actor, conforme=False, nota=nota, ahora=ahora)
    firmas_conjuntas.deshacer(actor=actor, proyecto=tomado, motivo=nota, ahora=ahora)
    tomado.version, tomado.cambiado_en = tomado.version + 1, ahora
    pasar_proyecto(tomado, "devolver", guardar=("version", "cambiado_en"))
    emit(
        ProyectoDevuelto(expediente_id=tomado.expediente_id, proyecto_id=tomado.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


def puestos_conformes(proyecto: Proyecto) -> set[int]:
    """Los puestos que dieron su visto bueno a exactamente esta versión."""
    return set(
        proyecto.vistos.filter(version=proyecto.version, conforme=True, huella=huella(proyecto)).values_list(
            "puesto_id", flat=True
        )
    )


def _anotar_visto(
    proyecto: Proyecto, puesto: Puesto, actor: Persona, *, conforme: bool, nota: str, ahora: datetime
) -> None:
    Visto.objects.create(
        proyecto=proyecto,
        version=proyecto.version,
        huella=huella(proyecto),
        puesto=puesto,
        persona=actor,
        conforme=conforme,
        nota=nota.strip()[:400],
        visto_en=ahora,
    )


SIN_REDACTAR = (
    Estado.OBSERVADO, Estado.PRESENTADO, Estado.EMPLAZADO, Estado.SUSPENDIDO, Estado.NO_PRESENTADO, Estado.ACUMULADO,
    Estado.DERIVADO_A_OTRA_ENTIDAD, Estado.ARCHIVADO,
)  # fmt: skip
"""Mientras se espera al administrado, o cuando el expediente ya no se tramita aquí, no se redacta en él."""


def _check_abierto(expediente: Expediente) -> None:
    if expediente.estado in SIN_REDACTAR:
        raise NoProcede(
            f"Ahora no se puede redactar: el expediente está «{expediente.get_estado_display().lower()}».",
            norma="Ley 27444, art. 125.3" if expediente.estado == Estado.OBSERVADO else "",
        )


def _check_puestos(firmante: Puesto, visadores: Sequence[Puesto]) -> None:
    if not firmante.es_jefatura:
        raise EntradaInvalida(
            f"{firmante} no firma documentos: elija un puesto de jefatura.", campo="firmante"
        )
    if firmante in visadores:
        raise EntradaInvalida(
            "Quien firma no da además su visto bueno: quítelo de uno de los dos.", campo="visadores"
        )
