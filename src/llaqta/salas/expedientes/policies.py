"""Quién puede hacer qué en un expediente, y la frase que dice por qué no: en el error y en el botón apagado."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import Emplazamiento, Estado, Expediente, Movimiento, Proyecto

ART_SUSPENSION = "Ley 27444, art. 136.4"


SIN_DECISION = (Estado.PRESENTADO, Estado.EN_TRAMITE, Estado.EN_INFORME, Estado.IMPUGNADO)
"""Estados en que todavía no hay decisión: solo se impugna el silencio."""


def check_abrir(actor: Persona | None) -> Persona:
    """Abre quien presenta, por la mesa de partes: recibir no se le niega a nadie que se haya identificado (art. 124.1).

    :raises Denegado: si nadie se ha identificado
    """
    return cuentas.exigir_persona(actor)


def check_mesa(actor: Persona, expediente: Expediente) -> None:
    """Observar y enviar por primera vez es de la mesa de partes.

    :raises Denegado: si no es personal de la mesa de partes
    :raises NoProcede: si el expediente ya salió de ella
    """
    cuentas.exigir(actor, "mesapartes.recibir")
    if not expediente.unidad_responsable.es_mesa_de_partes:
        raise NoProcede("El expediente ya salió de la mesa de partes.", norma="Ley 27444, art. 117.2")


def check_administrado(actor: Persona, expediente: Expediente, *, al: date) -> None:
    """Corrige quien presentó, el administrado, su representante, o la ventanilla a su pedido.

    :raises Denegado: si es otra persona
    """
    if actor.pk == expediente.administrado_id or actor.puede("mesapartes.registrar"):
        return
    if any(p.pk == expediente.administrado_id for p in organigrama.get_representados(actor, al=al)):
        return
    if actor.pk == expediente.representante_id and not organigrama.representa_o_represento(
        actor, expediente.administrado
    ):
        return  # presentó con su carta poder en la mano, que no se registró
    raise Denegado("Solo quien presentó la solicitud, o quien lo representa, puede corregirla.")


def es_parte(persona: Persona, expediente: Expediente) -> bool:
    """Verdadero si es el administrado o quien presentó por él."""
    return persona.pk in (expediente.administrado_id, expediente.representante_id)


def check_abstencion(actor: Persona, expediente: Expediente) -> None:
    """Nadie tramita, opina, visa ni firma en lo que pidió: la autoridad con interés en el asunto se abstiene.

    :raises Denegado: si es el administrado o su representante
    """
    if es_parte(actor, expediente):
        raise Denegado(
            "Usted es parte en este expediente: no puede actuar en él por la municipalidad. Que lo atienda otra "
            "persona de su unidad o, si no la hay, pida a su superior que designe a quien lo haga.",
            norma="Ley 27444, art. 88 (TUO, art. 99)",
        )


def check_tramitar(actor: Persona, expediente: Expediente) -> None:
    """Actúa la unidad que hoy tiene el expediente: hay un solo responsable a la vez.

    :raises Denegado: si no tramita expedientes, si hoy no trabaja en la unidad responsable, o si es parte en él
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    if expediente.unidad_responsable_id not in actor.unidades:
        raise Denegado(
            f"El expediente está a cargo de {expediente.unidad_responsable}; solo esa unidad puede hacer esto."
        )
    check_abstencion(actor, expediente)


def check_derivar(actor: Persona, expediente: Expediente) -> None:
    """Deriva la unidad responsable, después de recibirlo.

    :raises Denegado: si no es de esa unidad
    :raises NoProcede: si la unidad todavía no lo recibió
    """
    check_tramitar(actor, expediente)
    check_recibido(expediente)


def check_recibido(expediente: Expediente) -> None:
    """Nadie actúa sobre un expediente que su unidad todavía no recibió.

    :raises NoProcede: si falta recibirlo
    """
    if Movimiento.objects.filter(
        expediente=expediente,
        clase=Movimiento.Clase.ORIGINAL,
        atendido_en__isnull=True,
        recibido_en__isnull=True,
    ).exists():
        raise NoProcede("Reciba primero el expediente: así queda la hora en que llegó a su unidad.")


def check_recibir(actor: Persona, movimiento: Movimiento) -> None:
    """Recibe cualquiera que hoy tramita en la unidad de destino; la mesa de partes, si vuelve a ella.

    :raises Denegado: si no trabaja hoy en esa unidad
    """
    if not (movimiento.para_unidad.es_mesa_de_partes and actor.puede("mesapartes.recibir")):
        cuentas.exigir(actor, "expedientes.tramitar")
    if movimiento.para_unidad_id not in actor.unidades:
        raise Denegado(f"Este envío es para {movimiento.para_unidad}; solo esa unidad puede recibirlo.")
    check_abstencion(actor, movimiento.expediente)


def check_rendir(actor: Persona, movimiento: Movimiento) -> None:
    """Rinde el informe la unidad a la que se le pidió, después de recibir el pedido.

    :raises Denegado: si no trabaja hoy en esa unidad
    :raises NoProcede: si no es un pedido de informe, si falta recibirlo o si ya se rindió
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    if movimiento.para_unidad_id not in actor.unidades:
        raise Denegado(f"El informe se pidió a {movimiento.para_unidad}; solo esa unidad puede rendirlo.")
    check_abstencion(actor, movimiento.expediente)
    if movimiento.clase != Movimiento.Clase.INFORME or movimiento.responde_a_id:
        raise NoProcede("Este envío no es un pedido de informe.")
    if movimiento.recibido_en is None:
        raise NoProcede("Reciba primero el pedido: así queda la hora en que llegó a su unidad.")


def check_redactar(actor: Persona, expediente: Expediente, movimiento: Movimiento | None) -> UnidadOrganica:
    """Redacta la unidad responsable, o la que debe un informe; devuelve esa unidad.

    :raises Denegado: si hoy no trabaja en ella
    :raises NoEncontrado: si el pedido de informe es de otro expediente
    :raises NoProcede: si falta recibir lo enviado
    """
    if movimiento is None:
        check_derivar(actor, expediente)
        return expediente.unidad_responsable
    if movimiento.expediente_id != expediente.pk:
        raise NoEncontrado
    check_rendir(actor, movimiento)
    if movimiento.atendido_en is not None:
        raise NoProcede("Este informe ya se rindió.")
    return movimiento.para_unidad


def check_editar(actor: Persona, proyecto: Proyecto) -> None:
    """Edita y envía la unidad que lo redactó.

    :raises Denegado: si hoy no trabaja en ella
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    if proyecto.unidad_id not in actor.unidades:
        raise Denegado(f"Este proyecto es de {proyecto.unidad}; solo esa unidad puede cambiarlo.")
    check_abstencion(actor, proyecto.expediente)


def check_visar(actor: Persona, proyecto: Proyecto) -> Puesto:
    """Visa quien hoy ocupa uno de los puestos pedidos y todavía no lo hizo en esta versión; devuelve ese puesto.

    :raises Denegado: si no le corresponde
    """
    cuentas.exigir(actor, "expedientes.visar")
    check_abstencion(actor, proyecto.expediente)
    dados = set(proyecto.vistos.filter(version=proyecto.version).values_list("puesto_id", flat=True))
    for asignacion in actor.asignaciones_vigentes:
        if asignacion.puesto_id in proyecto.visadores and asignacion.puesto_id not in dados:
            return asignacion.puesto
    raise Denegado("Este proyecto no espera su visto bueno.")


def check_firmar(actor: Persona, proyecto: Proyecto) -> Puesto:
    """Firma quien hoy ocupa el puesto señalado; devuelve ese puesto.

    :raises Denegado: si no lo ocupa o no firma documentos
    """
    cuentas.exigir(actor, "expedientes.firmar")
    check_abstencion(actor, proyecto.expediente)
    for asignacion in actor.asignaciones_vigentes:
        if asignacion.puesto_id == proyecto.firmante_id:
            return asignacion.puesto
    raise Denegado(
        f"Este documento lo firma {proyecto.firmante}; solo quien hoy ocupa ese puesto puede hacerlo."
    )


def check_sigue_a_cargo(proyecto: Proyecto) -> None:
    """Lo que no responde a un pedido de informe lo emite solo la unidad que todavía tiene el expediente.

    :raises NoProcede: si el expediente ya está a cargo de otra unidad, o en el archivo
    """
    expediente = proyecto.expediente
    if expediente.estado == Estado.ARCHIVADO:
        raise NoProcede("El expediente está en el archivo.", norma="Ley 27444, art. 150")
    if proyecto.movimiento_id is None and expediente.unidad_responsable_id != proyecto.unidad_id:
        raise NoProcede(
            f"El expediente ya no está a cargo de {proyecto.unidad}, que preparó este documento: ahora lo tiene "
            f"{expediente.unidad_responsable}.",
        )


def check_devolver(actor: Persona, proyecto: Proyecto) -> Puesto:
    """Devuelve quien debe visar o, si ya está para firma, quien debe firmar; devuelve el puesto con que actúa.

    :raises Denegado: si no es ninguno de ellos
    """
    if proyecto.estado == Proyecto.Estado.PARA_FIRMA:
        return check_firmar(actor, proyecto)
    return check_visar(actor, proyecto)


def check_destino(para_unidad: UnidadOrganica, *, al: date) -> None:
    """Se deriva solo a unidades que existen hoy y que tramitan.

    :raises EntradaInvalida: si la unidad ya no existe o todavía no, o si es la mesa de partes
    """
    if para_unidad.es_mesa_de_partes:
        raise EntradaInvalida(
            f"{para_unidad} recibe y deriva, pero no tramita: elija la unidad que debe continuar.",
            campo="para_unidad",
            norma="Ley 27444, art. 117.2",
        )
    if para_unidad.vigente_desde > al or (para_unidad.vigente_hasta and para_unidad.vigente_hasta < al):
        raise EntradaInvalida(
            f"{para_unidad} no existe hoy en el organigrama; elija otra unidad.", campo="para_unidad"
        )


def check_persona_de_unidad(persona: Persona | None, unidad: UnidadOrganica) -> None:
    """Se asigna solo a quien hoy trabaja en la unidad de destino.

    :raises EntradaInvalida: si no trabaja ahí
    """
    if persona is not None and unidad.pk not in persona.unidades:
        raise EntradaInvalida(
            f"{persona} no trabaja hoy en {unidad}; elija a otra persona.", campo="para_persona"
        )


def es_de_la_entidad(expediente: Expediente, para: Persona | None) -> bool:
    """Verdadero si quien pregunta tramita o controla el expediente, y no es parte en él."""
    if para is None or es_parte(para, expediente):
        return False
    return para.puede("expedientes.ver_todo") or bool(para.unidades)


def check_ver_proyecto(actor: Persona, proyecto: Proyecto | None) -> None:
    """Un proyecto lo ven su unidad, la responsable, quienes lo visan o firman y quien controla; nunca el administrado.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    if proyecto is None or es_parte(actor, proyecto.expediente):
        raise NoEncontrado
    puestos = {asignacion.puesto_id for asignacion in actor.asignaciones_vigentes}
    suyo = proyecto.unidad_id in actor.unidades or proyecto.expediente.unidad_responsable_id in actor.unidades
    espera = (
        bool(puestos & {*proyecto.visadores, proyecto.firmante_id, *proyecto.firmantes_conjuntos})
        and proyecto.estado != Proyecto.Estado.BORRADOR
    ) or any(firma.persona_id == actor.pk for firma in proyecto.firmas_vigentes)
    if not (suyo or espera or actor.puede("expedientes.ver_todo")):
        raise NoEncontrado


def check_bandeja(actor: Persona) -> None:
    """La bandeja y el buscador son del personal y de quien controla.

    :raises Denegado: si no trabaja en la municipalidad
    """
    if not (actor.asignaciones_vigentes or actor.puede("expedientes.ver_todo")):
        raise Denegado(
            "La bandeja es para el personal de la municipalidad. Sus trámites están en su carpeta."
        )


def check_emplazar(actor: Persona, expediente: Expediente, *, al: date) -> None:
    """Emplaza, una sola vez, la unidad que lo tramita, mientras corre el plazo para decidir.

    :raises Denegado: si no es de esa unidad
    :raises NoProcede: si ya se emplazó, si el estado no lo admite, o si el silencio positivo ya no se puede detener
    """
    check_derivar(actor, expediente)
    if Emplazamiento.objects.filter(expediente=expediente).exists():
        raise NoProcede("El emplazamiento es uno solo y ya se hizo.", norma="Ley 27444, art. 125.5")
    rules.get_transicion("emplazar", expediente.estado)
    positivo = expediente.calificacion == "SILENCIO_POSITIVO"
    if positivo and expediente.vence_el is not None and al > expediente.vence_el:
        raise NoProcede(
            f"El plazo para decidir venció el {fecha_en_palabras(expediente.vence_el)}: ya no se puede detener; "
            "solo queda notificar lo decidido.",
            norma="Ley 27444, arts. 125.5 y 188.1",
        )


def check_suspender(actor: Persona, expediente: Expediente, *, al: date) -> None:
    """Suspende solo quien inició el procedimiento, y solo si termina en silencio positivo.

    :raises Denegado: si no es el administrado ni su representante
    :raises NoProcede: si el procedimiento o el estado no lo admiten
    """
    check_administrado(actor, expediente, al=al)
    if expediente.calificacion != "SILENCIO_POSITIVO":
        raise NoProcede(
            "La ley permite suspender solo los procedimientos sujetos a silencio positivo, y este no lo es.",
            norma=ART_SUSPENSION,
        )
    rules.get_transicion("suspender", expediente.estado)
    if expediente.vence_el is not None and al > expediente.vence_el:
        raise NoProcede(
            f"El plazo para decidir venció el {fecha_en_palabras(expediente.vence_el)}: ya no hay qué suspender.",
            norma=ART_SUSPENSION,
        )


def check_sin_decision(expediente: Expediente, *, al: date) -> None:
    """Mientras no hay decisión solo se impugna por silencio negativo, y desde el día en que opera.

    :raises NoProcede: si todavía no opera, o si lo que opera es el silencio positivo
    """
    if expediente.estado not in SIN_DECISION:
        return
    negativo = rules.SILENCIOS.get(expediente.calificacion) == rules.SILENCIOS["SILENCIO_NEGATIVO"]
    if negativo and expediente.silencio_desde and expediente.silencio_desde <= al:
        return
    if expediente.vence_el and expediente.vence_el >= al:
        raise NoProcede(
            "Todavía no hay una decisión que impugnar: la municipalidad tiene hasta el "
            f"{fecha_en_palabras(expediente.vence_el)} para resolver.",
            norma="Ley 27444, arts. 188.3 y 206",
        )
    raise NoProcede(
        "Todavía no hay una decisión que impugnar. Si la municipalidad demora, puede presentar una queja.",
        norma="Ley 27444, arts. 158 y 206",
    )


def check_plazos_de_unidades(actor: Persona) -> None:
    """Los plazos de cada persona de una unidad los ve quien la dirige y quien controla.

    :raises Denegado: si no dirige ninguna unidad
    """
    dirige = any(asignacion.puesto.es_jefatura for asignacion in actor.asignaciones_vigentes)
    if not (dirige or actor.puede("expedientes.ver_todo")):
        raise Denegado("Los plazos de cada persona los ve la jefatura de la unidad y quien controla.")


def check_exportar(actor: Persona, expediente: Expediente) -> None:
    """El expediente completo se lo lleva la unidad que lo tiene, quien controla, y el administrado, con lo que ve.

    :raises Denegado: si es del personal de otra unidad
    """
    if not es_de_la_entidad(expediente, actor) or actor.puede("expedientes.ver_todo"):
        return  # quien llama ya obtuvo el expediente: si no es de la entidad, es parte o lo representa
    if expediente.unidad_responsable_id not in actor.unidades:
        raise Denegado(
            f"El expediente está a cargo de {expediente.unidad_responsable}; pídale a esa unidad que lo exporte."
        )


def check_importar(actor: Persona | None) -> None:
    """El expediente de otra entidad lo recibe la mesa de partes.

    :raises Denegado: si no es personal de la mesa de partes
    """
    cuentas.exigir(actor, "mesapartes.recibir")


def check_ver_recibidos(actor: Persona | None) -> None:
    """Los expedientes que llegaron de otras entidades los ve la mesa de partes y quien controla.

    :raises Denegado: si no le corresponde
    """
    if not (actor is not None and actor.puede("expedientes.ver_todo")):
        cuentas.exigir(actor, "mesapartes.recibir")
