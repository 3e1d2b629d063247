"""«¿Por qué esta fecha?»: la explicación de un plazo, con las mismas palabras para el personal y para cualquiera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.calendario import Paso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import SIN_RELOJ, CambioDePlazo, Expediente
from llaqta.salas.expedientes.queries.cambios import get_cambios_de_plazo
from llaqta.salas.plazos import queries as plazos


@dataclass(frozen=True)
class ReglaCitada:
    """Una regla que se usó en la cuenta, y si alguien leyó la norma que la sostiene."""

    nombre: str
    norma: str
    articulo: str
    estado: str


@dataclass(frozen=True)
class PorQue:
    """La explicación de la fecha que rige y las fechas que rigieron antes."""

    frases: Sequence[str] = ()
    pasos: Sequence[Paso] = ()
    reglas: Sequence[ReglaCitada] = ()
    cambios: Sequence[CambioDePlazo] = ()
    norma: str = ""
    articulos: str = ""
    calendario: str = ""
    vence_el: date | None = None


def get_por_que(expediente: Expediente, *, para: Persona | None, al: date) -> PorQue:
    """Por qué ``expediente`` vence cuando vence; quien llama ya obtuvo el expediente.

    :param al: la fecha con que se nombra cada regla citada
    """
    # Mientras se espera una corrección no corre ningún plazo: la cuenta de antes ya no explica nada.
    explicacion = {} if expediente.estado in SIN_RELOJ else expediente.explicacion or {}
    return PorQue(
        frases=explicacion.get("frases", []),
        pasos=[
            Paso(date.fromisoformat(paso["fecha"]), paso["cuenta"], paso["motivo"])
            for paso in explicacion.get("pasos", [])
        ],
        reglas=[
            ReglaCitada(_nombrar(cita["codigo"], al), cita["norma"], cita["articulo"], cita["estado"])
            for cita in explicacion.get("citas", [])
        ],
        cambios=get_cambios_de_plazo(expediente, para=para),
        norma=explicacion.get("norma", ""),
        articulos=explicacion.get("articulos", ""),
        calendario=explicacion.get("calendario", ""),
        vence_el=expediente.vence_el,
    )


def _nombrar(codigo: str, al: date) -> str:
    try:
        return plazos.get_regla(codigo, al=al).nombre
    except KeyError:  # una regla que el programa ya no trae: la explicación guardada sigue siendo verdad
        return codigo
