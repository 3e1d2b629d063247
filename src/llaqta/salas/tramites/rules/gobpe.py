"""La ficha de un trámite con los nombres y el orden de GOB.PE, para que otra página la copie tal cual."""

from __future__ import annotations

from typing import Any

from llaqta.salas.tramites.condiciones import Condiciones

TIPOS_DE_CANAL = {"virtual": "online", "presencial": "presencial", "telefono": "telefono"}
SIGLAS_DE_CALIFICACION = {
    "AUTOMATICA": "AA",
    "SILENCIO_POSITIVO": "EP-SP",
    "SILENCIO_NEGATIVO": "EP-SN",
}
"""Aprobación automática y evaluación previa con silencio positivo o negativo, como se escriben en el TUPA."""

UNIDADES_DICHAS = {"HABILES": "días hábiles", "CALENDARIO": "días calendario", "MESES": "meses"}


def costo(condiciones: Condiciones, formas_de_pago: list[str]) -> dict[str, Any]:
    """El costo: monto como número, porque así lo lee una hoja de cálculo; la moneda, aparte."""
    return {
        "gratuito": condiciones.es_gratuito,
        "monto": float(condiciones.monto),
        "moneda": "PEN",
        "pago": []
        if condiciones.es_gratuito
        else [{"medio": medio, "codigo": ""} for medio in formas_de_pago],
    }


def plazo(condiciones: Condiciones) -> dict[str, Any]:
    """El plazo con su unidad y las siglas de su calificación; cero si se aprueba al presentarlo."""
    return {
        "n": condiciones.plazo,
        "unidad": UNIDADES_DICHAS.get(condiciones.plazo_unidad, condiciones.plazo_unidad),
        "calificacion": SIGLAS_DE_CALIFICACION[condiciones.calificacion],
    }
