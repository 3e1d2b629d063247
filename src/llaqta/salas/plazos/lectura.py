"""De lo que alguien escribió a un pedido para el motor: la misma lectura para la orden, la API y la calculadora.

Pura: de dónde salen el calendario y las reglas lo dice una ``Fuente``; la nacional no necesita base de datos.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final, Protocol

from llaqta.cimientos.calendario import LIMA, Calendario, Paso
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.plazos.cuenta import CALENDARIO, HABILES, HORAS, MESES, Pausa, check_fecha
from llaqta.salas.plazos.efecto import Efecto, computar_efecto
from llaqta.salas.plazos.pedido import NEGATIVO, POSITIVO, Cita, Pedido, Plazo
from llaqta.salas.plazos.reglas import Regla, de_la_casa
from llaqta.salas.plazos.rules import computar

INSTALACION: Final = "instalacion"
NACIONAL: Final = "nacional"
_UNIDADES: Final = {
    "habiles": HABILES,
    "hábiles": HABILES,
    "calendario": CALENDARIO,
    "meses": MESES,
    "horas": HORAS,
}
_SILENCIOS: Final = {"": "", "positivo": POSITIVO, "negativo": NEGATIVO}
_MAXIMO_DE_FECHAS: Final = 400


class Fuente(Protocol):
    """De dónde salen los días que no cuentan y las cifras de la ley."""

    def calendario(self) -> Calendario:
        """Los días que no cuentan."""

    def regla(self, codigo: str, al: date) -> Regla:
        """Una regla como rige ese día."""


class FuenteNacional:
    """El calendario nacional y las reglas que trae el programa, sin lo que una municipalidad haya anotado."""

    def calendario(self) -> Calendario:
        """Los feriados nacionales."""
        return Calendario()

    def regla(self, codigo: str, al: date) -> Regla:
        """La regla que trae el programa."""
        return de_la_casa()[codigo]


@dataclass(frozen=True)
class Escrito:
    """Un plazo como se escribió; vacío, lo que digan las reglas de esa fecha."""

    desde: str
    dias: str
    unidad: str = "habiles"
    silencio: str = ""
    distancia: str = "0"
    politica: str = ""
    cierre: str = ""
    suspender: Sequence[str] = ()
    regional: Sequence[str] = ()
    local: Sequence[str] = ()


@dataclass(frozen=True)
class EscritoDeEfecto:
    """Un depósito en la casilla como se escribió; vacío, lo que digan las reglas de esa fecha."""

    deposito: str
    acuse: str = ""
    regla: str = ""
    regional: Sequence[str] = ()
    local: Sequence[str] = ()


@dataclass(frozen=True)
class Resuelto:
    """Lo que se entendió y lo que se calculó."""

    pedido: Pedido
    plazo: Plazo
    calendario: Calendario


def resolver(escrito: Escrito, fuente: Fuente) -> Resuelto:
    """Calcula lo escrito con el calendario y las reglas de ``fuente``.

    :raises EntradaInvalida: si algo no se entiende o no sirve; ``campo`` dice qué
    :raises NoProcede: si la norma no admite la suspensión pedida
    """
    desde = leer_instante(escrito.desde, "desde")
    dia = desde.astimezone(LIMA).date()
    cierre, politica = fuente.regla("HORA_DE_CIERRE", dia), fuente.regla("POLITICA_HORARIO", dia)
    notificar, acuse = fuente.regla("NOTIFICAR", dia), fuente.regla("CASILLA_ACUSE", dia)
    suspension = fuente.regla("SUSPENSION_A_PEDIDO", dia)
    silencio = _elegir(escrito.silencio, _SILENCIOS, "silencio", "El silencio es positivo o negativo")
    pausas = tuple(_leer_pausa(texto) for texto in _pocas(escrito.suspender, "suspender"))
    pedido = Pedido(
        desde=desde,
        cantidad=leer_entero(escrito.dias, "dias"),
        unidad=_elegir(
            escrito.unidad, _UNIDADES, "unidad", "La unidad del plazo es hábiles, calendario, meses u horas"
        ),
        silencio=silencio,
        distancia=leer_entero(escrito.distancia or "0", "distancia"),
        pausas=pausas,
        politica=escrito.politica.strip().upper() or politica.valor,
        cierre=_leer_hora(escrito.cierre) if escrito.cierre else cierre.hora,
        dias_para_notificar=notificar.entero,
        dias_para_acusar=acuse.entero,
        suspension_maxima=suspension.entero,
        citas=_citas(politica, notificar, acuse, suspension, silencio=silencio, pausas=pausas),
    )
    calendario = _con_regionales(fuente.calendario(), escrito.regional)
    plazo = computar(pedido, calendario)
    return Resuelto(pedido, _nombrar_locales(plazo, escrito.local, calendario), calendario)


def resolver_efecto(escrito: EscritoDeEfecto, fuente: Fuente) -> Efecto:
    """Calcula desde cuándo surte efecto lo depositado.

    :raises EntradaInvalida: si algo no se entiende o no sirve; ``campo`` dice qué
    """
    deposito = leer_instante(escrito.deposito, "deposito")
    dia = deposito.astimezone(LIMA).date()
    for texto in _pocas(escrito.local, "local"):
        leer_dia(texto, "local")
    return computar_efecto(
        deposito=deposito,
        acuse=leer_instante(escrito.acuse, "acuse") if escrito.acuse else None,
        regla=escrito.regla.strip().upper() or fuente.regla("EFECTO_CASILLA", dia).valor,
        dias=fuente.regla("CASILLA_ACUSE", dia).entero,
        inhabil_pasa_al_habil=fuente.regla("CASILLA_INHABIL_PASA", dia).afirma,
        calendario=_con_regionales(fuente.calendario(), escrito.regional),
    )


def leer_instante(texto: str, campo: str) -> datetime:
    """Una fecha y hora como ``2026-06-01T10:00``; sin hora, las 00:00; sin zona, la de Lima.

    :raises EntradaInvalida: si no lo es, o su año está fuera del calendario
    """
    if not texto.strip():
        raise EntradaInvalida(f"Falta la fecha ({campo}): escríbala como 2026-06-01T10:00.", campo=campo)
    try:
        leido = datetime.fromisoformat(texto.strip())
    except ValueError as error:
        raise EntradaInvalida(
            f"«{texto}» no es una fecha: escriba año, mes y día, y si quiere la hora, como 2026-06-01T10:00.",
            campo=campo,
        ) from error
    check_fecha(leido.date(), campo)
    return leido.replace(tzinfo=LIMA) if leido.tzinfo is None else leido.astimezone(LIMA)


def leer_dia(texto: str, campo: str) -> date:
    """Una fecha como ``2026-06-24``.

    :raises EntradaInvalida: si no lo es, o su año está fuera del calendario
    """
    try:
        dia = date.fromisoformat(texto.strip())
    except ValueError as error:
        raise EntradaInvalida(
            f"«{texto}» no es una fecha: escriba año, mes y día, como 2026-06-24.", campo=campo
        ) from error
    check_fecha(dia, campo)
    return dia


def leer_entero(texto: str, campo: str) -> int:
    """Un número entero, también negativo: quien cuenta dirá si sirve.

    :raises EntradaInvalida: si no lo es
    """
    limpio = texto.strip()
    if not limpio:
        raise EntradaInvalida("Falta cuántos días (o meses, u horas) tiene el plazo.", campo=campo)
    cifras = limpio.removeprefix("-")
    if not (cifras.isascii() and cifras.isdigit() and len(cifras) <= 9):
        raise EntradaInvalida(f"«{texto}» no es un número entero.", campo=campo)
    return int(limpio)


def _elegir(texto: str, opciones: dict[str, str], campo: str, frase: str) -> str:
    if (elegido := opciones.get(texto.strip().lower())) is None:
        raise EntradaInvalida(f"{frase}; usted escribió «{texto}».", campo=campo)
    return elegido


def _leer_hora(texto: str) -> time:
    try:
        hora = time.fromisoformat(texto.strip())
    except ValueError as error:
        raise EntradaInvalida(f"«{texto}» no es una hora: escríbala como 16:30.", campo="cierre") from error
    return hora.replace(tzinfo=None)


def _leer_pausa(texto: str) -> Pausa:
    primero, dos_puntos, ultimo = texto.partition(":")
    if not dos_puntos:
        raise EntradaInvalida(
            f"«{texto}» no es una suspensión: escriba su primer y su último día, como 2026-06-15:2026-06-26.",
            campo="suspender",
        )
    return Pausa(leer_dia(primero, "suspender"), leer_dia(ultimo, "suspender"))


def _pocas(textos: Sequence[str], campo: str) -> Sequence[str]:
    if len(textos) > _MAXIMO_DE_FECHAS:
        raise EntradaInvalida(f"Son demasiadas fechas: hasta {_MAXIMO_DE_FECHAS}.", campo=campo)
    return textos


def _con_regionales(calendario: Calendario, textos: Sequence[str]) -> Calendario:
    """El calendario con esos feriados regionales, que tampoco cuentan (134.1)."""
    dias = sorted({leer_dia(texto, "regional") for texto in _pocas(textos, "regional")})
    if not dias:
        return calendario
    return Calendario(
        feriados={**calendario.feriados, **dict.fromkeys(dias, "feriado regional (134.1)")},
        version=f"{calendario.version}+{len(dias)} regional{'es' if len(dias) > 1 else ''}",
    )


def _nombrar_locales(plazo: Plazo, textos: Sequence[str], calendario: Calendario) -> Plazo:
    """Un feriado local se trabaja como hábil (134.1): no cambia ninguna fecha, y el paso de ese día lo dice."""
    locales = {leer_dia(texto, "local") for texto in _pocas(textos, "local")}
    if not locales:
        return plazo
    pasos = tuple(
        Paso(paso.fecha, paso.cuenta, f"{paso.motivo}; es feriado local y no suspende el plazo (134.1)")
        if paso.fecha in locales and calendario.es_habil(paso.fecha)
        else paso
        for paso in plazo.pasos
    )
    return replace(plazo, pasos=pasos)


def _citas(
    politica: Regla,
    notificar: Regla,
    acuse: Regla,
    suspension: Regla,
    *,
    silencio: str,
    pausas: Sequence[Pausa],
) -> tuple[Cita, ...]:
    """Solo las reglas que esta cuenta usó."""
    usadas = [
        politica,
        *([notificar, acuse] if silencio == POSITIVO else []),
        *([suspension] if pausas else []),
    ]
    return tuple(regla.cita for regla in usadas)
