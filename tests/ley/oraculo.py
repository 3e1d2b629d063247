"""Un oráculo de plazos: lento, ingenuo y escrito aparte, solo desde el texto de la ley.

No comparte una línea con Llaqta y no la importa: camina los días de uno en uno, como quien tacha hojas de un
almanaque, y en cada hoja se hace la pregunta que hace la norma. Sirve para que el motor de plazos no se califique a sí
mismo: cien mil casos al azar deben dar lo mismo aquí y allá (``test_oraculo.py``).

Los artículos son los de la Ley 27444, con la numeración de la ley.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import holidays

PERU = timezone(timedelta(hours=-5))
"""La hora oficial del Perú no cambia en el año."""
MANANA = timedelta(days=1)
SABADO, DOMINGO = 5, 6


def feriados_nacionales(anios: Iterable[int]) -> set[date]:
    """Los feriados nacionales de esos años, tomados de un paquete público."""
    return set(holidays.country_holidays("PE", years=list(anios)))


@dataclass(frozen=True)
class Almanaque:
    """Los días que no se trabaja además de los sábados y domingos."""

    inhabiles: frozenset[date]

    def se_trabaja(self, dia: date) -> bool:
        """Art. 134.1: no se cuentan los días no laborables del servicio ni los feriados nacionales o regionales."""
        return dia.weekday() not in (SABADO, DOMINGO) and dia not in self.inhabiles


def presentado(enviado: datetime, almanaque: Almanaque, *, corte: time | None) -> date:
    """La fecha en que se tiene por presentado lo enviado.

    :param corte: la hora de cierre, donde rija el corte horario del DS 075-2023-PCM; ``None``: cuenta el día entero
    """
    en_lima = enviado.astimezone(PERU)
    dia = en_lima.date()
    if corte is None:
        return dia
    hora = en_lima.time()
    if almanaque.se_trabaja(dia) and hora <= corte:
        return dia
    dia += MANANA
    while not almanaque.se_trabaja(dia):
        dia += MANANA
    return dia


def primer_dia(desde: date, almanaque: Almanaque, *, en_pausa: Collection[date] = ()) -> date:
    """Art. 133.1: el plazo se cuenta desde el día hábil siguiente."""
    dia = desde + MANANA
    while not almanaque.se_trabaja(dia) or dia in en_pausa:
        dia += MANANA
    return dia


def en_habiles(desde: date, dias: int, almanaque: Almanaque, *, en_pausa: Collection[date] = ()) -> date:
    """Arts. 133.1 y 134.1: días hábiles consecutivos; los de una suspensión no corren (arts. 125.5 y 136.4)."""
    dia, corridos = desde, 0
    while corridos < dias:
        dia += MANANA
        if almanaque.se_trabaja(dia) and dia not in en_pausa:
            corridos += 1
    return dia


def en_calendario(desde: date, dias: int, almanaque: Almanaque, *, distancia: int = 0) -> date:
    """Días calendario; si el último es inhábil, el plazo llega hasta el primer día hábil siguiente (art. 134.2).

    :param distancia: los días hábiles que la distancia agrega al plazo (arts. 134.1 y 135)
    """
    dia, corridos = desde, 0
    while corridos < dias:
        dia += MANANA
        corridos += 1
    dia = en_habiles(dia, distancia, almanaque)
    while not almanaque.se_trabaja(dia):
        dia += MANANA
    return dia


def en_meses(desde: date, meses: int, almanaque: Almanaque, *, distancia: int = 0) -> date:
    """Art. 134.3: de fecha a fecha; si al mes le falta el día, vence el primer día hábil del mes siguiente.

    :param distancia: los días hábiles que la distancia agrega al plazo (arts. 134.1 y 135)
    """
    dia, meses_nuevos = desde, 0
    while meses_nuevos < meses:  # llegar al día 1 del mes en que vence
        dia += MANANA
        if dia.day == 1:
            meses_nuevos += 1
    while dia.day != desde.day:  # buscar en él el mismo día
        dia += MANANA
        if dia.day == 1:  # se acabó el mes sin encontrarlo
            while not almanaque.se_trabaja(dia):
                dia += MANANA
            break
    dia = en_habiles(dia, distancia, almanaque)
    while not almanaque.se_trabaja(dia):
        dia += MANANA
    return dia


def en_horas(desde: datetime, horas: int) -> datetime:
    """Las horas corren de corrido, también de noche, sábados, domingos y feriados."""
    instante = desde.astimezone(PERU)
    for _ in range(horas):
        instante += timedelta(hours=1)
    return instante


def dias_de(pausas: Iterable[tuple[date, date]]) -> frozenset[date]:
    """Cada día de cada pausa, con sus dos extremos."""
    dias = set()
    for primero, ultimo in pausas:
        dia = primero
        while dia <= ultimo:
            dias.add(dia)
            dia += MANANA
    return frozenset(dias)


def limite_para_notificar(vence: date, almanaque: Almanaque, dias: int = 5) -> date:
    """Arts. 33-A y 188.1: al plazo se le agrega el máximo del art. 24.1 para notificar."""
    return en_habiles(vence, dias, almanaque)


def aprobado_desde(limite: date) -> date:
    """Silencio positivo: desde las 00:00 del día siguiente, sea hábil o no."""
    return limite + MANANA


def efecto_en_casilla(
    depositado: date, acuse: date | None, regla: str, almanaque: Almanaque, *, dias_para_acusar: int = 5
) -> date | None:
    """El día en que surte efecto lo depositado en una casilla; ``None`` si todavía no se sabe.

    - Lo depositado un día inhábil se entiende depositado el primer día hábil siguiente.
    - ``DEPOSITO``: el día que consta recibido (art. 25.2).
    - ``ACUSE``: el día en que la persona acusa recibo; si es inhábil, el primer hábil siguiente.
    - ``LEY31736_5DIAS``: el día del acuse o, sin acuse, el primer día hábil después de los cinco que tenía; acusar
      recibo más tarde ya no cambia nada.
    """
    if acuse is not None and acuse < depositado:
        raise ValueError("nadie acusa recibo de lo que no ha llegado")
    recibido = depositado
    while not almanaque.se_trabaja(recibido):
        recibido += MANANA
    if regla == "DEPOSITO":
        return recibido
    leido = acuse
    while leido is not None and not almanaque.se_trabaja(leido):
        leido += MANANA
    if regla == "ACUSE":
        return leido
    solo = recibido
    for _ in range(dias_para_acusar):  # los cinco días que tiene para acusar recibo
        solo += MANANA
        while not almanaque.se_trabaja(solo):
            solo += MANANA
    solo += MANANA  # y el primer día hábil después de esos cinco
    while not almanaque.se_trabaja(solo):
        solo += MANANA
    if leido is not None and leido < solo:
        return leido
    return solo


def ultimo_deposito_seguro(
    presentacion: date, limite: date, almanaque: Almanaque, *, dias_para_acusar: int = 5
) -> date | None:
    """A la fuerza: se prueba cada día, del límite hacia atrás, como si nadie fuera a abrir la casilla."""
    dia = limite
    while dia >= presentacion:
        efecto = efecto_en_casilla(dia, None, "LEY31736_5DIAS", almanaque, dias_para_acusar=dias_para_acusar)
        if efecto is not None and efecto <= limite:
            return dia
        dia -= MANANA
    return None
