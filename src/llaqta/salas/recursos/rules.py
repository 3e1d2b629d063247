"""La aritmética y las palabras de los recursos: hasta cuándo se impugna, y por qué. Sin base de datos ni hora."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from llaqta.cimientos.calendario import Calendario, Computo, Paso, fecha_en_palabras
from llaqta.salas.plazos.rules import HABILES, Pausa, vencer

ART_CLASES = "Ley 27444, art. 207.1 (TUO, art. 218.1)"
ART_PLAZO = "Ley 27444, art. 207.2 (TUO, art. 218.2)"
ART_PRUEBA = "Ley 27444, art. 208 (TUO, art. 219)"
ART_ACTO_FIRME = "Ley 27444, art. 212 (TUO, art. 222)"
ART_NULIDAD = "Ley 27444, art. 217.2 (TUO, art. 227.2)"
ART_ERROR = "Ley 27444, art. 213 (TUO, art. 223)"
ART_UNA_VEZ = "Ley 27444, art. 214 (TUO, art. 224)"
ART_SILENCIO = "Ley 27444, arts. 188.3 y 188.5 (TUO, art. 199)"
ART_INFORMACION = "Ley 27444, art. 24.2 (TUO, art. 24.2)"
ART_QUEJA = "Ley 27444, art. 158 (TUO, art. 169)"
ART_QUEJA_ANTES = "Ley 27444, art. 158.1 (TUO, art. 169.1)"

NO_SUSPENDE = (
    "Presentarlo no suspende lo decidido, salvo que una ley o la misma municipalidad lo disponga (art. 216)."
)
SIN_PLAZO = (
    "Como no le respondieron a tiempo, puede apelar cuando quiera: no corre ningún plazo (art. 188.5)."
)
DEBERES = {
    "PARALIZACION": "Impulsar de oficio el procedimiento (Ley 27444, art. 145)",
    "PLAZO": "Cumplir los plazos del procedimiento (Ley 27444, arts. 131 y 143)",
    "DEBERES": "Cumplir los deberes de toda autoridad en el procedimiento (Ley 27444, art. 75)",
    "OMISION": "Hacer, antes de decidir, los actos que la ley manda (Ley 27444, arts. 145 y 148)",
}
"""El deber infringido y la norma que lo exige, que toda queja cita (158.2)."""


@dataclass(frozen=True)
class Limite:
    """El último día para presentar un recurso y el camino que llevó a él."""

    hasta: date
    frases: tuple[str, ...]
    pasos: tuple[Paso, ...]

    def en_plazo(self, presentado_el: date) -> bool:
        """Verdadero hasta las 23:59:59 del último día."""
        return presentado_el <= self.hasta

    def en_json(self) -> dict[str, Any]:
        """Como se guarda y se muestra."""
        return {
            "norma": "Ley 27444",
            "articulos": "207.2, 133.1, 134.1, 140.1",
            "vence_el": self.hasta.isoformat(),
            "frases": list(self.frases),
            "pasos": [
                {"fecha": p.fecha.isoformat(), "cuenta": p.cuenta, "motivo": p.motivo} for p in self.pasos
            ],
        }


def contar_limite(
    efecto_el: date,
    dias: int,
    calendario: Calendario,
    *,
    distancia: int = 0,
    erroneos: Sequence[tuple[date, date, str]] = (),
    corrido: Computo | None = None,
) -> Limite:
    """Hasta cuándo se puede impugnar lo que surtió efecto ese día: se cuenta desde el siguiente (133.1 y 207.2).

    :param distancia: días hábiles que se agregan por el término de la distancia (135)
    :param erroneos: los días perdidos por una notificación que informó mal, que no se cuentan (24.2)
    :param corrido: el último día corrido por una interrupción del servicio, si la hubo
    """
    pausas = [Pausa(desde, hasta, motivo, a_pedido=False) for desde, hasta, motivo in erroneos]
    computo = vencer(efecto_el, dias, HABILES, calendario, distancia=distancia, pausas=pausas)
    hasta = corrido.fecha if corrido else computo.fecha
    pasos = (*computo.pasos, *(corrido.pasos if corrido else ()))
    return Limite(hasta, _frases(efecto_el, dias, distancia, erroneos, pasos, hasta), pasos)


def _frases(
    efecto_el: date,
    dias: int,
    distancia: int,
    erroneos: Sequence[tuple[date, date, str]],
    pasos: Sequence[Paso],
    hasta: date,
) -> tuple[str, ...]:
    mas = f", más {distancia} por el término de la distancia (art. 135)" if distancia else ""
    razones = {motivo for _, _, motivo in erroneos}
    saltados = [p for p in pasos if p.cuenta is None and p.fecha.weekday() < 5 and p.motivo not in razones]
    nombres = "; ".join(f"{p.fecha:%d/%m/%Y} ({p.motivo})" for p in saltados)
    return (
        f"La decisión surtió efecto el {fecha_en_palabras(efecto_el)}: se cuenta desde el día siguiente.",
        f"Son {dias} días hábiles{mas}.",
        f"No se cuentan los sábados, los domingos{f' ni estos días: {nombres}' if nombres else ''}."
        if nombres
        else "No se cuentan los sábados ni los domingos.",
        *(
            f"Tampoco se cuentan del {fecha_en_palabras(desde)} al {fecha_en_palabras(fin)}: {motivo}."
            for desde, fin, motivo in erroneos
        ),
        f"El último día es el {fecha_en_palabras(hasta)}, hasta las 23:59:59.",
    )


def frase_de_tardio(hasta: date) -> str:
    """Lo que se dice de un recurso que llega después de su último día: se recibe, y se declarará improcedente."""
    return (
        f"Se presentó fuera de plazo: se podía hasta el {fecha_en_palabras(hasta)}. Se recibe igual y la autoridad "
        f"responderá, pero la decisión ya quedó firme ({ART_ACTO_FIRME})."
    )
