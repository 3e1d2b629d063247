"""Cómo se dice el silencio administrativo en palabras de todos."""

from __future__ import annotations


def silencio_en_palabras(calificacion: str, plazo_dicho: str) -> str:
    """Qué pasa si la municipalidad no contesta (arts. 31, 33, 34 y 188 Ley 27444); nunca dice «denegado»."""
    if calificacion == "AUTOMATICA":
        return "Queda aprobado en el momento en que lo presenta completo: su cargo es la aprobación."
    if calificacion == "SILENCIO_POSITIVO":
        return (
            f"La municipalidad tiene {plazo_dicho} para resolver y 5 días hábiles más para avisarle. "
            "Si no le avisa en ese tiempo, su pedido queda aprobado (silencio positivo)."
        )
    return (
        f"La municipalidad tiene {plazo_dicho} para resolver. Si no contesta, usted puede esperar la respuesta, que "
        "sigue siendo obligatoria, o apelar cuando quiera (silencio negativo). No significa que su pedido fue negado."
    )
