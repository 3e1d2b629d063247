"""Interponer un recurso, y encauzar el que llegó con otro nombre: a quién va y hasta cuándo se resuelve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.expedientes.queries import RecursoPosible
from llaqta.salas.expedientes.services import impugnar
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.recursos import policies, queries, rules
from llaqta.salas.recursos.events import RecursoEncauzado, RecursoInterpuesto
from llaqta.salas.recursos.models import Recurso

_SILENCIO = {"NEGATIVO": "SILENCIO_NEGATIVO", "POSITIVO": "SILENCIO_POSITIVO"}


@transaction.atomic
def interponer(
    *,
    actor: Persona,
    expediente: Expediente,
    clase: str,
    escrito: Documento,
    presentado_por: Persona,
    presentado_en: datetime,
    ahora: datetime,
    nueva_prueba: str = "",
    trae_archivos: bool = False,
    en_papel: bool = False,
    presentado_como: str = "",
) -> Recurso:
    """Recibe un recurso contra la última decisión, o contra el silencio negativo, y eleva lo actuado a quien resuelve.

    El que llega tarde se recibe igual, y queda anotado que es extemporáneo (arts. 124.1 y 212).

    :param clase: ``RECONSIDERACION``, ``APELACION`` o ``REVISION``
    :param presentado_en: cuándo llegó el escrito; si se encauza después, sigue siendo ese día (art. 213)
    :param presentado_como: cómo se llamaba el escrito, si quien lo lee lo encauzó; entonces ``actor`` es quien tramita
    :raises Denegado: si no es parte ni lo representa
    :raises NoProcede: si no hay qué impugnar, si hay otro recurso en curso o si ya se usó (arts. 206, 207 y 214)
    :raises EntradaInvalida: si es reconsideración y no trae prueba nueva (art. 208)
    """
    tomado = tomar(expediente, version=None)
    if presentado_como:
        policies.check_encauzar(actor, tomado)
    if repetido := Recurso.objects.filter(escrito=escrito).first():
        return repetido
    parte = presentado_por if presentado_como else actor
    if tomado.estado == Estado.POR_NOTIFICAR:
        # Quien impugna conoce la decisión: desde hoy se la tiene por bien notificada (27.2).
        hecho = f"presentó recurso de {Recurso.Clase(clase).label.lower()}"
        expedientes.dar_por_notificado(actor=parte, expediente=tomado, hecho=hecho, ahora=ahora)
    presentado_el = hoy_en_lima(presentado_en)
    impugnable = queries.check_interponer(tomado, clase, para=parte, al=presentado_el)
    posible = impugnable.posibles[clase]
    policies.check_nueva_prueba(
        clase, prueba=nueva_prueba, trae_archivos=trae_archivos, en_papel=en_papel or bool(presentado_como),
        instancia_unica=posible.autoridad.padre_id is None,
    )  # fmt: skip
    _cerrar_sin_respuesta(tomado)
    impugnar.abrir_etapa(
        actor=actor, expediente=tomado, clase=clase, ahora=ahora, presentado_en=presentado_en,
        **_de_la_etapa(posible, presentado_en),
    )  # fmt: skip
    acto, limite = impugnable.acto, impugnable.limites.get(clase)
    assert tomado.vence_el is not None
    recurso = Recurso.objects.create(
        expediente=tomado, etapa=tomado.etapa, etapa_impugnada=impugnable.etapa, clase=clase,
        contra=Recurso.Contra.SILENCIO if acto is None else Recurso.Contra.ACTO,
        acto=acto.documento if acto else None, acto_efecto_el=acto.efecto_el if acto else None,
        presentado_en=presentado_en, presentado_por=presentado_por, escrito=escrito,
        nueva_prueba=nueva_prueba.strip(), autoridad=posible.autoridad, vence_el=tomado.vence_el,
        presentado_como=presentado_como, encauzado_en=ahora if presentado_como else None,
        encauzado_por=actor if presentado_como else None,
        **_del_plazo(limite, presentado_en),
    )  # fmt: skip
    _reflejar(tomado, expediente)
    emit(
        RecursoInterpuesto(
            expediente_id=tomado.pk, recurso_id=recurso.pk, clase=clase, en_plazo=recurso.en_plazo
        ),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    if presentado_como:
        _anunciar_encauzado(recurso, actor, ahora)
    return recurso


@transaction.atomic
def encauzar_recurso(*, actor: Persona, recurso: Recurso, clase: str, ahora: datetime) -> Recurso:
    """Tramita como ``clase`` un recurso que se presentó con otro nombre; conserva la fecha en que llegó (art. 213).

    Encauzarlo a lo que ya es no hace nada.

    :raises Denegado: si no es de la unidad que tiene el expediente
    :raises NoProcede: si ya se decidió, o si esa clase no corresponde o ya se usó
    """
    expediente = tomar(Expediente(pk=recurso.expediente_id), version=None)
    actual = Recurso.objects.select_for_update(of=("self",)).get(pk=recurso.pk)
    policies.check_encauzar(actor, expediente)
    if actual.clase == clase:
        return actual
    if actual.estado != Recurso.Estado.EN_REVISION:
        raise NoProcede("Este recurso ya no está en curso.", norma=rules.ART_ERROR)
    posible = _otra_clase(actual, clase)
    presentado_como = actual.presentado_como or actual.get_clase_display().lower()
    impugnar.recalificar_etapa(
        actor=actor, expediente=expediente, clase=clase, ahora=ahora, presentado_en=actual.presentado_en,
        **_de_la_etapa(posible, actual.presentado_en),
    )  # fmt: skip
    assert expediente.vence_el is not None
    actual.clase, actual.autoridad, actual.vence_el = clase, posible.autoridad, expediente.vence_el
    actual.presentado_como, actual.encauzado_en, actual.encauzado_por = presentado_como, ahora, actor
    actual.sentido = ""
    actual.save()
    _anunciar_encauzado(actual, actor, ahora)
    return actual


def _otra_clase(recurso: Recurso, clase: str) -> RecursoPosible:
    """El recurso que correspondía contra lo mismo que se impugnó."""
    posibles = {p.clase: p for p in queries.get_posibles_contra(recurso, para=recurso.presentado_por)}
    usadas = set(queries.usados(recurso.expediente).exclude(pk=recurso.pk).values_list("clase", flat=True))
    policies.check_clase(
        clase, silencio=recurso.contra == Recurso.Contra.SILENCIO, posibles=posibles, usadas=usadas
    )
    return posibles[clase]


def _de_la_etapa(posible: RecursoPosible, presentado_en: datetime) -> dict[str, Any]:
    """Quién resuelve, en cuántos días y qué significa que no responda (la regla es dato: art. 33.1.2)."""
    silencio = plazos.get_regla("SILENCIO_DE_RECURSO", al=hoy_en_lima(presentado_en)).valor
    return {
        "autoridad": posible.autoridad,
        "dias": posible.dias_para_resolver,
        "calificacion": _SILENCIO[silencio],
    }


def _del_plazo(limite: rules.Limite | None, presentado_en: datetime) -> dict[str, Any]:
    if limite is None:  # contra el silencio negativo no corre ningún plazo (188.5)
        return {"en_plazo": True, "explicacion": {"frases": [rules.SIN_PLAZO], "pasos": []}}
    en_plazo = limite.en_plazo(hoy_en_lima(presentado_en))
    explicacion = limite.en_json()
    if not en_plazo:
        explicacion["frases"] = [*explicacion["frases"], rules.frase_de_tardio(limite.hasta)]
    return {"en_plazo": en_plazo, "presentable_hasta": limite.hasta, "explicacion": explicacion}


def _cerrar_sin_respuesta(expediente: Expediente) -> None:
    """La reconsideración que nadie contestó a tiempo deja su lugar a la apelación (188.3)."""
    Recurso.objects.vivos().filter(expediente=expediente).update(estado=Recurso.Estado.SIN_RESPUESTA)


def _anunciar_encauzado(recurso: Recurso, actor: Persona, ahora: datetime) -> None:
    emit(
        RecursoEncauzado(
            expediente_id=recurso.expediente_id, recurso_id=recurso.pk, clase=recurso.clase
        ),
        actor_id=actor.pk, ahora=ahora, objeto=recurso.expediente,
    )  # fmt: skip


def _reflejar(tomado: Expediente, expediente: Expediente) -> None:
    for campo in ("estado", "version", "etapa", "unidad_responsable", "vence_el", "silencio_operado_el"):
        setattr(expediente, campo, getattr(tomado, campo))
