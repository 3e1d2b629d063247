"""Por qué cambió una fecha, dicho como se lee en la historia de un expediente, y los cambios que ya tuvo."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.dias import DiaAnotado, DiasAnotados, DiaSinEfecto
from llaqta.cimientos.models import DiaNoLaborable
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import CambioDePlazo, Expediente
from llaqta.salas.plazos.models import Interrupcion


def decir_cambio_de_calendario(
    evento: DiaAnotado | DiasAnotados | DiaSinEfecto, *, para: Persona | None = None
) -> tuple[list[date], str]:
    """Los días que cambiaron y la frase que lo cuenta, con su norma."""
    ids = evento.dias if isinstance(evento, DiasAnotados) else [evento.dia_id]
    filas = list(DiaNoLaborable.objects.filter(pk__in=ids).order_by("fecha"))
    fila, fechas = filas[0], [fila.fecha for fila in filas]
    if isinstance(evento, DiaSinEfecto):
        return fechas, (
            f"Cambió el calendario: el {fecha_en_palabras(fila.fecha)} vuelve a contarse. {fila.sin_efecto_por}."
        )
    if len(filas) == 1:
        return fechas, (
            f"Cambió el calendario: el {fecha_en_palabras(fila.fecha)} no se cuenta ({fila.descripcion}; {fila.norma})."
        )
    return fechas, f"Cambió el calendario: hay {len(filas)} días más que no se cuentan ({fila.norma})."


def decir_interrupcion(pk: int, *, para: Persona | None = None) -> str:
    """La interrupción certificada, en una frase."""
    fila = Interrupcion.objects.get(pk=pk)
    return f"Se certificó que el {fecha_en_palabras(_dia(fila))} no hubo servicio ({fila.causa})."


def get_cambios_de_plazo(expediente: Expediente, *, para: Persona | None) -> list[CambioDePlazo]:
    """Las fechas que el expediente tuvo, de la más reciente a la más antigua; las ve quien ve el expediente."""
    return list(expediente.cambios_de_plazo.order_by("-pk"))


def _dia(fila: Interrupcion) -> date:
    return hoy_en_lima(fila.fin_en or fila.inicio_en)
