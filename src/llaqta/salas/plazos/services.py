"""Lo que se puede hacer con los plazos: cambiar y confirmar reglas, guardar distancias, dejar constancia de fallas."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.web.palabras import fecha_sin_dia
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import policies, queries
from llaqta.salas.plazos.cuenta import ULTIMO_ANIO, check_distancia
from llaqta.salas.plazos.events import (
    DistanciaGuardada,
    InterrupcionCertificada,
    InterrupcionRegistrada,
    ReglaCambiada,
    ReglaConfirmada,
)
from llaqta.salas.plazos.models import DistanciaDeOrigen, Interrupcion, ReglaDeLaEntidad, Verificacion
from llaqta.salas.plazos.reglas import check_cambiable, check_valor, de_la_casa


@transaction.atomic
def cambiar_regla(
    *,
    actor: Persona | None,
    codigo: str,
    valor: str,
    norma: str,
    articulo: str = "",
    desde: date,
    nota: str,
    ahora: datetime,
) -> ReglaDeLaEntidad:
    """Da otro valor a una regla desde una fecha que no ha pasado: lo ya calculado queda como se dijo.

    Si la cambia la asesoría jurídica queda verificada; si la cambia la administración, pendiente de verificar.

    :raises Denegado: si no es de la asesoría jurídica ni administra el sistema
    :raises EntradaInvalida: si el valor, la norma, la nota o la fecha no sirven
    :raises NoProcede: si es un artículo que se cita, sin valor que cambiar
    """
    persona = policies.check_cambiar(actor)
    hoy = hoy_en_lima(ahora)
    _check_codigo(codigo)
    check_cambiable(codigo)
    limpio = check_valor(codigo, valor)
    _exigir_texto("norma", norma, "Falta la norma que sostiene el cambio.")
    _exigir_texto("nota", nota, "Falta decir por qué cambia: quedará a la vista de todos.")
    _check_desde(desde, hoy)
    verificada = persona.puede(policies.CONFIRMAR)
    fila = ReglaDeLaEntidad.objects.create(
        codigo=codigo,
        valor=limpio,
        norma=norma.strip(),
        articulo=articulo.strip(),
        estado=Verificacion.VERIFICADA if verificada else Verificacion.POR_CONFIRMAR,
        desde=desde,
        nota=nota.strip(),
        por=persona,
        en=ahora,
    )
    _olvidar()
    emit(ReglaCambiada(regla_id=fila.pk), actor_id=persona.pk, ahora=ahora, objeto=fila)
    return fila


@transaction.atomic
def confirmar_regla(
    *,
    actor: Persona | None,
    codigo: str,
    nota: str,
    norma: str = "",
    articulo: str = "",
    ahora: datetime,
) -> ReglaDeLaEntidad:
    """Deja dicho que un abogado leyó la norma de una regla y que su valor es ese; el valor no cambia.

    :param norma: cómo se cita mejor, si la que figura no basta; vacío, se conserva
    :raises Denegado: si no es de la asesoría jurídica
    :raises EntradaInvalida: si falta la nota
    :raises NoProcede: si la regla ya estaba verificada
    """
    persona = policies.check_confirmar(actor)
    _check_codigo(codigo)
    regla = queries.get_regla(codigo, al=hoy_en_lima(ahora))
    _exigir_texto("nota", nota, "Falta la nota: qué texto se leyó y qué dice.")
    if not regla.pendiente:
        raise NoProcede("Esta regla ya está verificada.")
    fila = ReglaDeLaEntidad.objects.create(
        codigo=codigo,
        valor=regla.valor,
        norma=norma.strip() or regla.norma,
        articulo=articulo.strip() or regla.articulo,
        estado=Verificacion.VERIFICADA,
        desde=regla.desde,
        confirma=True,
        nota=nota.strip(),
        por=persona,
        en=ahora,
    )
    _olvidar()
    emit(ReglaConfirmada(regla_id=fila.pk), actor_id=persona.pk, ahora=ahora, objeto=fila)
    return fila


@transaction.atomic
def guardar_origen(
    *,
    actor: Persona | None,
    nombre: str,
    dias: int,
    norma: str,
    desde: date,
    ahora: datetime,
    codigo: str = "",
) -> DistanciaDeOrigen:
    """Fija cuántos días hábiles se agregan a quien viene de un lugar, desde una fecha; cero lo retira (art. 135).

    :param codigo: el del lugar que se cambia; vacío, uno nuevo que sale de su nombre
    :raises Denegado: si no es de la asesoría jurídica ni administra el sistema
    :raises EntradaInvalida: si el nombre, los días, la norma o la fecha no sirven
    """
    persona = policies.check_cambiar(actor)
    _exigir_texto("nombre", nombre, "Falta el nombre del lugar.")
    _exigir_texto("norma", norma, "Falta la norma o el cuadro que fija los días.")
    check_distancia(dias)
    _check_desde(desde, hoy_en_lima(ahora))
    fila = DistanciaDeOrigen.objects.create(
        codigo=codigo or slugify(nombre)[:40],
        nombre=nombre.strip(),
        dias=dias,
        norma=norma.strip(),
        estado=(Verificacion.VERIFICADA if persona.puede(policies.CONFIRMAR) else Verificacion.POR_CONFIRMAR),
        desde=desde,
        por=persona,
        en=ahora,
    )
    _olvidar()
    emit(DistanciaGuardada(distancia_id=fila.pk), actor_id=persona.pk, ahora=ahora, objeto=fila)
    return fila


@transaction.atomic
def registrar_interrupcion(
    *,
    actor: Persona | None,
    servicio: str,
    inicio_en: datetime,
    fin_en: datetime | None,
    causa: str,
    norma: str,
    difundida_en: datetime | None = None,
    ahora: datetime,
) -> Interrupcion:
    """Deja constancia de que un servicio digital no atendió; por sí sola no mueve ningún plazo.

    :raises Denegado: si no administra el sistema
    :raises EntradaInvalida: si el servicio, las fechas o la causa no sirven
    """
    persona = policies.check_registrar_interrupcion(actor)
    if servicio not in Interrupcion.Servicio.values:
        raise EntradaInvalida("Elija qué servicio no atendió.", campo="servicio")
    _exigir_texto("causa", causa, "Falta la causa.")
    _exigir_texto("norma", norma, "Falta la norma.")
    _check_tramo(inicio_en, fin_en, ahora)
    fila = Interrupcion.objects.create(
        servicio=servicio,
        inicio_en=inicio_en,
        fin_en=fin_en,
        causa=causa.strip(),
        norma=norma.strip(),
        difundida_en=difundida_en,
        registrada_por=persona,
        registrada_en=ahora,
    )
    emit(InterrupcionRegistrada(interrupcion_id=fila.pk), actor_id=persona.pk, ahora=ahora, objeto=fila)
    return fila


@transaction.atomic
def certificar_interrupcion(
    *,
    actor: Persona | None,
    interrupcion: Interrupcion,
    fin_en: datetime,
    difundida_en: datetime,
    nota: str,
    ahora: datetime,
) -> Interrupcion:
    """Certifica una interrupción ya terminada y avisada: los plazos de las personas que vencían esos días se corren.

    :raises Denegado: si no es de la asesoría jurídica, o si es quien la registró
    :raises EntradaInvalida: si las fechas no sirven o falta la nota
    :raises NoProcede: si ya estaba certificada
    """
    persona = policies.check_confirmar(actor)
    tomada = Interrupcion.objects.select_for_update().get(pk=interrupcion.pk)
    if tomada.certificada_en is not None:
        raise NoProcede(f"Esta interrupción ya se certificó el {fecha_sin_dia(tomada.certificada_en)}.")
    policies.check_otra_persona(persona, tomada)
    _check_tramo(tomada.inicio_en, fin_en, ahora)
    if difundida_en > ahora:
        raise EntradaInvalida("El aviso al público no puede ser futuro.", campo="difundida_en")
    _exigir_texto("nota", nota, "Falta la nota: qué registros se tuvieron a la vista.")
    tomada.fin_en, tomada.difundida_en, tomada.nota = fin_en, difundida_en, nota.strip()
    tomada.certificada_por, tomada.certificada_en = persona, ahora
    tomada.save(update_fields=["fin_en", "difundida_en", "nota", "certificada_por", "certificada_en"])
    emit(InterrupcionCertificada(interrupcion_id=tomada.pk), actor_id=persona.pk, ahora=ahora, objeto=tomada)
    return tomada


def _check_codigo(codigo: str) -> None:
    if codigo not in de_la_casa():
        raise EntradaInvalida(f"No existe la regla «{codigo}».", campo="codigo")


def _exigir_texto(campo: str, texto: str, frase: str) -> None:
    if not texto.strip():
        raise EntradaInvalida(frase, campo=campo)


def _check_desde(desde: date, hoy: date) -> None:
    """Hacia atrás no: con la regla anterior ya se dijeron fechas, y esas fechas valen."""
    if desde < hoy:
        raise EntradaInvalida(
            f"Rige desde hoy ({fecha_sin_dia(hoy)}) o desde después: lo que ya se calculó no cambia.",
            campo="desde",
        )
    if desde.year > ULTIMO_ANIO:
        raise EntradaInvalida(f"La fecha va hasta el año {ULTIMO_ANIO}.", campo="desde")


def _check_tramo(inicio_en: datetime, fin_en: datetime | None, ahora: datetime) -> None:
    if inicio_en > ahora:
        raise EntradaInvalida("Una interrupción se registra cuando ya empezó.", campo="inicio_en")
    if fin_en is not None and fin_en <= inicio_en:
        raise EntradaInvalida("La interrupción no puede terminar antes de empezar.", campo="fin_en")
    if fin_en is not None and fin_en > ahora:
        raise EntradaInvalida("El final no puede ser futuro: déjelo vacío si todavía sigue.", campo="fin_en")


def _olvidar() -> None:
    """Ahora, para quien sigue en esta transacción; y al confirmarse, por lo que otro hilo haya leído entretanto."""
    queries.olvidar()
    transaction.on_commit(queries.olvidar)
