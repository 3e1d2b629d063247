"""Lo que se pregunta a los plazos: qué regla rige un día, cuánto agrega la distancia, cuándo no hubo servicio.

Las reglas se leen en el camino de cada acto: viven unos segundos en la memoria del proceso, como la entidad.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.cache import caches
from django.db.models import Q, QuerySet

from llaqta.cimientos.calendario import LIMA, Calendario, Computo, Paso, sumar_habiles
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.models import SEGUNDOS_EN_MEMORIA
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import policies
from llaqta.salas.plazos.cuenta import Pausa
from llaqta.salas.plazos.models import DistanciaDeOrigen, Interrupcion, ReglaDeLaEntidad
from llaqta.salas.plazos.reglas import Regla, con_fila, con_su_fin, de_la_casa, vigente

__all__ = ["Origen", "Regla"]

_REGLAS, _DISTANCIAS = "plazos.reglas", "plazos.distancias"
_UN_DIA = timedelta(days=1)


@dataclass(frozen=True)
class Origen:
    """Un lugar y los días hábiles que se agregan a quien viene de él, como rige una fecha."""

    codigo: str
    nombre: str
    dias: int
    norma: str
    estado: str
    desde: date


# --- Reglas ---------------------------------------------------------------------------------------------------------
def get_regla(codigo: str, *, al: date, para: Persona | None = None) -> Regla:
    """La regla ``codigo`` como rige el día ``al``: la de la municipalidad si la cambió; si no, la del programa.

    :raises KeyError: si el código no existe: es un error de quien programa
    """
    return vigente(codigo, _reglas_de_la_entidad().get(codigo, ()), al)


def get_entero(codigo: str, *, al: date, para: Persona | None = None) -> int:
    """La cifra de una regla el día ``al``.

    :raises KeyError: si el código no existe
    :raises ValueError: si la regla no es una cifra
    """
    return get_regla(codigo, al=al).entero


def get_reglas(*, para: Persona | None, al: date) -> list[Regla]:
    """Todas las reglas con que se calcula, como rigen el día ``al``, en el orden en que se leen.

    :raises Denegado: si ``para`` no es del personal
    """
    policies.check_ver_reglas(para)
    return [get_regla(codigo, al=al) for codigo, regla in de_la_casa().items() if not regla.es_cita]


def get_citas(*, para: Persona | None, al: date) -> list[Regla]:
    """Los demás artículos que el programa cita, y si alguien los leyó.

    :raises Denegado: si ``para`` no es del personal
    """
    policies.check_ver_reglas(para)
    return [get_regla(codigo, al=al) for codigo, regla in de_la_casa().items() if regla.es_cita]


def esta_pendiente(norma: str, articulo: str, *, al: date, para: Persona | None = None) -> bool:
    """Verdadero si ese artículo se cita y nadie leyó todavía su número en la norma."""
    codigo = f"{norma} {articulo}".replace(" ", "-").upper()
    return codigo in de_la_casa() and get_regla(codigo, al=al).pendiente


def get_historia(codigo: str, *, para: Persona | None) -> list[Regla]:
    """Cómo ha sido una regla: la del programa y cada cambio o confirmación, de la más reciente a la más antigua.

    :raises Denegado: si ``para`` no es del personal
    :raises NoEncontrado: si no existe
    """
    policies.check_ver_reglas(para)
    if codigo not in de_la_casa():
        raise NoEncontrado
    filas = ReglaDeLaEntidad.objects.filter(codigo=codigo).select_related("por").order_by("-desde", "-pk")
    return con_su_fin([*(con_fila(fila, por=str(fila.por)) for fila in filas), de_la_casa()[codigo]])


def olvidar(*, para: Persona | None = None) -> None:
    """Olvida lo leído en este proceso; los demás lo olvidan solos en segundos."""
    caches["memoria"].delete_many([_REGLAS, _DISTANCIAS])


def _reglas_de_la_entidad() -> Mapping[str, tuple[Regla, ...]]:
    guardadas: dict[str, tuple[Regla, ...]] | None = caches["memoria"].get(_REGLAS)
    if guardadas is None:
        guardadas = {}
        for fila in ReglaDeLaEntidad.objects.select_related("por").order_by("pk"):
            if fila.codigo in de_la_casa():
                guardadas[fila.codigo] = (*guardadas.get(fila.codigo, ()), con_fila(fila, por=str(fila.por)))
        caches["memoria"].set(_REGLAS, guardadas, SEGUNDOS_EN_MEMORIA)
    return guardadas


# --- Término de la distancia ----------------------------------------------------------------------------------------
def get_distancia(origen: str, *, al: date, para: Persona | None = None) -> int:
    """Los días hábiles que se agregan a quien viene de ``origen`` (art. 135); cero si no se sabe de dónde viene."""
    hallado = next((fila for fila in get_origenes(al=al) if fila.codigo == origen), None)
    return hallado.dias if hallado else 0


def get_origenes(*, al: date, para: Persona | None = None) -> list[Origen]:
    """Los lugares con término de la distancia el día ``al``, por nombre. Es de todos: se elige al presentar."""
    ultimos: dict[str, Origen] = {}
    for fila in _distancias():
        if fila.desde <= al:
            ultimos[fila.codigo] = fila
    return sorted((fila for fila in ultimos.values() if fila.dias), key=lambda fila: fila.nombre)


def _distancias() -> list[Origen]:
    guardadas: list[Origen] | None = caches["memoria"].get(_DISTANCIAS)
    if guardadas is None:
        guardadas = [
            Origen(fila.codigo, fila.nombre, fila.dias, fila.norma, fila.estado, fila.desde)
            for fila in DistanciaDeOrigen.objects.order_by("desde", "pk")
        ]
        caches["memoria"].set(_DISTANCIAS, guardadas, SEGUNDOS_EN_MEMORIA)
    return guardadas


# --- Interrupciones -------------------------------------------------------------------------------------------------
def get_interrupciones(*, para: Persona | None) -> QuerySet[Interrupcion]:
    """Las interrupciones registradas, de la más reciente a la más antigua.

    :raises Denegado: si ``para`` no es del personal
    """
    policies.check_ver_reglas(para)
    return Interrupcion.objects.select_related("registrada_por", "certificada_por")


def get_interrupcion(pk: int, *, para: Persona | None) -> Interrupcion:
    """Una interrupción.

    :raises Denegado: si ``para`` no es del personal
    :raises NoEncontrado: si no existe
    """
    hallada = get_interrupciones(para=para).filter(pk=pk).first()
    if hallada is None:
        raise NoEncontrado
    return hallada


def esta_interrumpido(dia: date, *, servicio: str, para: Persona | None = None) -> bool:
    """Verdadero si una interrupción certificada de ``servicio`` (o de toda la plataforma) tocó ese día."""
    return dia in _dias_interrumpidos(dia, dia, servicio)


def get_pausas_por_interrupcion(
    *, desde: date, hasta: date, servicio: str, para: Persona | None = None
) -> tuple[Pausa, ...]:
    """Las interrupciones certificadas entre dos fechas, como pausas de días enteros, en orden y sin encimarse."""
    pausas: list[Pausa] = []
    for dia in sorted(_dias_interrumpidos(desde, hasta, servicio)):
        if pausas and pausas[-1].hasta + _UN_DIA == dia:
            pausas[-1] = Pausa(pausas[-1].desde, dia, pausas[-1].motivo, a_pedido=False)
        else:
            pausas.append(Pausa(dia, dia, "interrupción certificada de la plataforma", a_pedido=False))
    return tuple(pausas)


def correr_por_interrupcion(
    vence: date, *, calendario: Calendario, servicio: str, al: date, para: Persona | None = None
) -> Computo:
    """El último día de un plazo, corrido si ese día no hubo servicio: al primer hábil con servicio (art. 134.2).

    Sin interrupción certificada ese día, o si la regla ``INTERRUPCION_CORRE_PLAZO`` es «NO», devuelve ``vence`` igual y
    ningún paso. Vale para los plazos de las personas; los de la municipalidad no se alargan con sus propias fallas.
    """
    if not get_regla("INTERRUPCION_CORRE_PLAZO", al=al).afirma:
        return Computo(vence)
    dia, pasos = vence, []
    while esta_interrumpido(dia, servicio=servicio) or not calendario.es_habil(dia):
        motivo = calendario.motivo(dia) or "interrupción certificada de la plataforma"
        pasos.append(Paso(dia, None, motivo))
        dia += _UN_DIA
    if dia == vence:
        return Computo(vence)
    return Computo(dia, (*pasos, Paso(dia, None, "primer día hábil con servicio (134.2)")))


def _dias_interrumpidos(desde: date, hasta: date, servicio: str) -> set[date]:
    inicio, fin = _medianoche(desde), _medianoche(hasta + _UN_DIA)
    tramos = Interrupcion.objects.filter(
        Q(servicio=servicio) | Q(servicio=Interrupcion.Servicio.PLATAFORMA),
        certificada_en__isnull=False,
        inicio_en__lt=fin,
        fin_en__gt=inicio,
    ).values_list("inicio_en", "fin_en")
    dias: set[date] = set()
    for empieza, termina in tramos:
        assert termina is not None  # certificada: la base lo exige
        primero = max(empieza, inicio).astimezone(LIMA).date()
        ultimo = (min(termina, fin).astimezone(LIMA) - timedelta(microseconds=1)).date()
        dias |= {primero + n * _UN_DIA for n in range((ultimo - primero).days + 1)}
    return dias


def get_dias_por_certificar(*, al: date, calendario: Calendario, para: Persona | None = None) -> set[date]:
    """Los días con una interrupción registrada que todavía se espera certificar (regla ``INTERRUPCION_ESPERA``).

    Lo que vencía para una persona uno de esos días todavía no se declara vencido.
    """
    espera = get_entero("INTERRUPCION_ESPERA", al=al)
    pendientes = Interrupcion.objects.filter(
        certificada_en__isnull=True, inicio_en__gte=_medianoche(al - timedelta(days=30))
    )
    dias: set[date] = set()
    for inicio, fin in pendientes.values_list("inicio_en", "fin_en"):
        primero = inicio.astimezone(LIMA).date()
        ultimo = min(fin.astimezone(LIMA).date(), al) if fin else al
        dias |= {primero + n * _UN_DIA for n in range((ultimo - primero).days + 1)}
    return {dia for dia in dias if al <= sumar_habiles(dia, espera, calendario).fecha}


def _medianoche(dia: date) -> datetime:
    return datetime.combine(dia, time.min, tzinfo=LIMA)
