"""En qué condiciones se resuelve un procedimiento o una de sus modalidades: calificación, plazo y derecho de trámite.

Es puro y no conoce a nadie: lo usan los modelos (que lo componen) y ``rules`` (que lo muestra como puerta de la sala).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_UNO = {"HABILES": "día hábil", "CALENDARIO": "día calendario", "MESES": "mes", "HORAS": "hora"}
_VARIOS = {"HABILES": "días hábiles", "CALENDARIO": "días calendario", "MESES": "meses", "HORAS": "horas"}


@dataclass(frozen=True)
class Condiciones:
    """Lo que vale para un expediente: lo de su modalidad o, si el procedimiento no las tiene, lo de la versión.

    ``calificacion`` y ``plazo_unidad`` son los códigos de ``VersionProcedimiento``; ``monto`` va en soles.
    """

    calificacion: str
    plazo: int
    plazo_unidad: str
    es_gratuito: bool
    monto: Decimal
    porcentaje_uit: Decimal = Decimal(0)
    norma_del_plazo: str = ""
    autorizacion_uit: str = ""
    nota_de_pago: str = ""

    @property
    def costo(self) -> str:
        """``Gratuito`` o ``S/ 187.00``."""
        return "Gratuito" if self.es_gratuito else f"S/ {self.monto:,.2f}"

    @property
    def es_automatica(self) -> bool:
        """Verdadero si se aprueba con solo presentarlo completo (art. 31 Ley 27444)."""
        return self.calificacion == "AUTOMATICA"

    @property
    def plazo_dicho(self) -> str:
        """``8 días hábiles``, ``9 meses`` o ``Al momento``."""
        if self.es_automatica or not self.plazo:
            return "Al momento"
        return f"{self.plazo} {(_UNO if self.plazo == 1 else _VARIOS)[self.plazo_unidad]}"
