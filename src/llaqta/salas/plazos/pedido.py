"""Qué se le pide al motor y qué responde: las piezas, sin su aritmética."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from llaqta.cimientos.calendario import Paso
from llaqta.salas.plazos.cuenta import DIAS_DE_SUSPENSION, HABILES, Pausa

DIA_COMPLETO: Final = "DIA_COMPLETO"
CORTE_HORARIO: Final = "CORTE_HORARIO"
POSITIVO: Final = "POSITIVO"
NEGATIVO: Final = "NEGATIVO"

VERIFICADA: Final = "VERIFICADA"
SEGUNDA_MANO: Final = "SEGUNDA_MANO"
POR_CONFIRMAR: Final = "POR_CONFIRMAR"


@dataclass(frozen=True)
class Cita:
    """Una regla usada en una cuenta, como estaba ese día: su código, su norma y si alguien la verificó."""

    codigo: str
    norma: str
    articulo: str
    estado: str = VERIFICADA


@dataclass(frozen=True)
class Pedido:
    """Un plazo por calcular.

    :param desde: el instante del hecho; sin zona se entiende en la hora oficial (Lima)
    :param silencio: ``POSITIVO``, ``NEGATIVO`` o vacío si no hay silencio
    :param distancia: días hábiles que se agregan por el término de la distancia (135)
    :param politica: desde qué hora lo enviado vale al día siguiente (``DIA_COMPLETO``: ninguna)
    :param hecho: con qué empieza, como principio de frase: ``"Se presentó"``, ``"Se subsanó"``
    :param sujeto: a quién obliga o favorece el plazo, y ``accion``, para qué: con ellos se forma la frase final
    :param tras_silencio: qué puede hacer la persona si vence con silencio negativo: apelar o, si ya apeló, demandar
    :param citas: las reglas de donde salieron las cifras, para explicarlas
    """

    desde: datetime
    cantidad: int
    unidad: str = HABILES
    silencio: str = ""
    distancia: int = 0
    pausas: tuple[Pausa, ...] = ()
    politica: str = DIA_COMPLETO
    cierre: time = time(16, 30)
    dias_para_notificar: int = 5
    dias_para_acusar: int = 5
    suspension_maxima: int = DIAS_DE_SUSPENSION
    hecho: str = "Se presentó"
    sujeto: str = "La municipalidad"
    accion: str = "resolver"
    tras_silencio: str = "apelar"
    citas: tuple[Cita, ...] = ()


@dataclass(frozen=True)
class Plazo:
    """Un plazo calculado: sus fechas, cada día mirado y la explicación que se guarda y se muestra.

    ``inicio`` es el primer día que cuenta (en meses, la fecha desde la que corren; en horas, el instante). Con silencio
    positivo, ``limite_notificacion`` es el último día para notificar y ``ultimo_deposito_seguro`` el último en que un
    depósito en la casilla que nadie abra todavía surte efecto a tiempo. ``silencio_desde`` es el día en que el silencio
    ya operó (positivo) o desde el que se puede apelar sin esperar más (negativo).
    """

    fecha_presentacion: date
    inicio: date | datetime
    vence: date | datetime
    limite_notificacion: date | None = None
    silencio_desde: date | None = None
    ultimo_deposito_seguro: date | None = None
    pasos: tuple[Paso, ...] = ()
    explicacion: dict[str, Any] = field(default_factory=dict)
