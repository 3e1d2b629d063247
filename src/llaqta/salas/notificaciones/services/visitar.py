"""La diligencia en el domicilio: a quién le toca, qué pasó en cada visita, y el acta firmada que lo prueba."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.notificaciones import policies, rules
from llaqta.salas.notificaciones.events import ActaAdjuntada, DiligenciaNoPracticada, VisitaAnotada
from llaqta.salas.notificaciones.models import Diligencia, Visita
from llaqta.salas.notificaciones.services.surtir import practicar

R = Visita.Resultado


@dataclass(frozen=True)
class LoQuePaso:
    """Lo que el notificador vio e hizo, como quedará en el acta."""

    resultado: str
    realizada_en: datetime
    recibio: str = ""
    documento_de_quien_recibio: str = ""
    relacion: str = ""
    caracteristicas: str = ""
    vuelve_el: datetime | None = None
    nota: str = ""


@transaction.atomic
def asignar_notificador(
    *, actor: Persona, diligencia: Diligencia, notificador: Persona | None, ahora: datetime
) -> Diligencia:
    """Dice quién la lleva; ``None`` la deja para cualquiera.

    :raises Denegado: si quien la asigna no es notificador, o a quien se asigna tampoco
    :raises NoProcede: si ya no espera una visita
    """
    policies.check_diligenciar(actor)
    if notificador is not None:
        policies.check_diligenciar(notificador)
    tomada = _tomar(diligencia)
    if tomada.estado != Diligencia.Estado.POR_DILIGENCIAR:
        raise NoProcede("Esta diligencia ya no espera una visita.")
    tomada.notificador = notificador
    tomada.save(update_fields=["notificador"])
    return tomada


@transaction.atomic
def anotar_visita(*, actor: Persona, diligencia: Diligencia, paso: LoQuePaso, ahora: datetime) -> Visita:
    """Anota la primera o la segunda visita y lo que la ley saca de ella (arts. 21.3 a 21.5 y 25.1).

    Entregada, rehusada o dejada bajo la puerta: notifica ese día. Ausente: se vuelve en la fecha del aviso. Domicilio
    que no existe: la diligencia termina sin notificar.

    :raises Denegado: si no es notificador
    :raises NoProcede: si la ley pide otra cosa en esa visita
    :raises EntradaInvalida: si falta un dato del acta, o la hora no puede ser
    """
    tomada = _tomar(diligencia)
    numero = tomada.visitas.count() + 1
    notificador = policies.check_visitar(actor, tomada, resultado=paso.resultado, numero=numero)
    _check_datos(paso, tomada, ahora)
    visita = Visita.objects.create(
        diligencia=tomada,
        numero=numero,
        notificador=notificador,
        anotada_en=ahora,
        realizada_en=paso.realizada_en,
        resultado=paso.resultado,
        recibio=paso.recibio.strip()[:150],
        documento_de_quien_recibio=paso.documento_de_quien_recibio.strip()[:20],
        relacion=paso.relacion.strip()[:80],
        caracteristicas=paso.caracteristicas.strip()[:400],
        vuelve_el=paso.vuelve_el if paso.resultado == R.AUSENTE else None,
        nota=paso.nota.strip()[:400],
    )
    emit(
        VisitaAnotada(diligencia_id=tomada.pk, visita_id=visita.pk),
        actor_id=notificador.pk, ahora=ahora, objeto=tomada,
    )  # fmt: skip
    _sacar_consecuencias(tomada, visita, ahora)
    return visita


@transaction.atomic
def adjuntar_acta(*, actor: Persona, visita: Visita, archivo: Archivo, ahora: datetime) -> Visita:
    """Une a la visita el acta firmada en papel, escaneada o fotografiada.

    :raises Denegado: si no es notificador
    :raises NoProcede: si ya tiene su acta, o si el archivo quedó en cuarentena
    """
    notificador = policies.check_diligenciar(actor)
    tomada = (
        Visita.objects.select_for_update(of=("self",)).select_related("diligencia__unidad").get(pk=visita.pk)
    )
    if tomada.acta_firmada_id is not None:
        raise NoProcede("Esta visita ya tiene su acta firmada.")
    unidad = tomada.diligencia.unidad
    tomada.acta_firmada = documentos.guardar(
        actor=notificador,
        tipo="ACTA",
        asunto=f"Acta de la visita {tomada.numero}, {tomada.diligencia.codigo}",
        archivo=archivo,
        ahora=ahora,
        origen=Documento.Origen.INTERNO,
        medio=Documento.Medio.FISICO,
        autor=notificador,
        unidades=[unidad] if unidad else [],
    )
    tomada.save(update_fields=["acta_firmada"])
    emit(
        ActaAdjuntada(diligencia_id=tomada.diligencia_id, visita_id=tomada.pk),
        actor_id=notificador.pk, ahora=ahora, objeto=tomada.diligencia,
    )  # fmt: skip
    return tomada


def _tomar(diligencia: Diligencia) -> Diligencia:
    Diligencia.objects.select_for_update(no_key=True).only("pk").get(pk=diligencia.pk)
    return Diligencia.objects.select_related("destinatario").get(pk=diligencia.pk)


def _check_datos(paso: LoQuePaso, diligencia: Diligencia, ahora: datetime) -> None:
    if paso.realizada_en > ahora:
        raise EntradaInvalida("La visita no puede ser futura.", campo="realizada_en")
    # La hora de la visita se escribe sin segundos.
    if paso.realizada_en < diligencia.ordenada_en.replace(second=0, microsecond=0):
        raise EntradaInvalida("La visita no puede ser anterior al encargo.", campo="realizada_en")
    if ultima := diligencia.visitas.last():
        if paso.realizada_en <= ultima.realizada_en:
            raise EntradaInvalida("La segunda visita es posterior a la primera.", campo="realizada_en")
        avisada = ultima.vuelve_el
        if avisada is not None and hoy_en_lima(paso.realizada_en) < hoy_en_lima(avisada):
            raise EntradaInvalida(
                f"Se avisó que se volvería el {fecha_en_palabras(hoy_en_lima(avisada))}: antes no se puede.",
                campo="realizada_en",
                norma="Ley 27444, art. 21.5",
            )
    if paso.resultado == R.ENTREGADA_A_OTRA_PERSONA:
        _exigir(paso.recibio, "recibio", "Falta el nombre de quien la recibió.", "21.4")
        _exigir(
            paso.documento_de_quien_recibio,
            "documento_de_quien_recibio",
            "Falta su documento de identidad.",
            "21.4",
        )
        _exigir(paso.relacion, "relacion", "Falta qué es de la persona notificada.", "21.4")
    if paso.resultado in (R.SE_NEGO, R.AUSENTE, R.BAJO_PUERTA, R.DOMICILIO_INEXISTENTE):
        _exigir(
            paso.caracteristicas,
            "caracteristicas",
            "Faltan las características del lugar: color, material, puerta, número de medidor.",
            "21.3",
        )
    if paso.resultado == R.AUSENTE:
        _check_vuelta(paso)


def _check_vuelta(paso: LoQuePaso) -> None:
    if paso.vuelve_el is None or paso.vuelve_el <= paso.realizada_en:
        raise EntradaInvalida(
            "Falta la nueva fecha y hora en que se vuelve: va en el aviso que se deja.",
            campo="vuelve_el",
            norma="Ley 27444, art. 21.5",
        )
    dia = hoy_en_lima(paso.vuelve_el)
    if motivo := get_calendario().motivo(dia):
        raise EntradaInvalida(
            f"El {fecha_en_palabras(dia)} no es hábil ({motivo}): se notifica en día y hora hábil.",
            campo="vuelve_el",
            norma="Ley 27444, art. 18",
        )


def _exigir(texto: str, campo: str, frase: str, articulo: str) -> None:
    if not texto.strip():
        raise EntradaInvalida(frase, campo=campo, norma=f"Ley 27444, art. {articulo}")


def _sacar_consecuencias(diligencia: Diligencia, visita: Visita, ahora: datetime) -> None:
    if visita.resultado == R.AUSENTE:
        assert visita.vuelve_el is not None
        diligencia.visitar_el = hoy_en_lima(visita.vuelve_el)
        diligencia.save(update_fields=["visitar_el"])
    elif visita.resultado == R.DOMICILIO_INEXISTENTE:
        diligencia.estado = Diligencia.Estado.NO_PRACTICADA
        diligencia.motivo = f"Visita {visita.numero}: el domicilio no existe o no es de la persona."
        diligencia.save(update_fields=["estado", "motivo"])
        emit(
            DiligenciaNoPracticada(diligencia_id=diligencia.pk),
            actor_id=visita.notificador_id, ahora=ahora, objeto=diligencia,
        )  # fmt: skip
    else:
        dia = hoy_en_lima(visita.realizada_en)
        practicar(diligencia, rules.efecto_de_cedula(dia, _como(visita), get_calendario()), ahora)


def _como(visita: Visita) -> str:
    match visita.resultado:
        case R.ENTREGADA_AL_INTERESADO:
            return "La recibió en su domicilio"
        case R.ENTREGADA_A_OTRA_PERSONA:
            return (
                f"La recibió en su domicilio {visita.recibio} ({visita.documento_de_quien_recibio}), "
                f"{visita.relacion},"
            )
        case R.SE_NEGO:
            return (
                "Se negó a recibirla o a firmar; el acta describe el lugar y se tiene por notificada (21.3),"
            )
        case _:
            return "No había nadie en la segunda visita y se dejó bajo la puerta, con su acta (21.5),"
