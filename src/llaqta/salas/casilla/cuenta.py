"""La ecuación de conservación: cada sumando se cuenta por su lado, y el total, por tres."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import connection

_CONTAR = """
SELECT count(*),
       count(*) FILTER (WHERE estado IN ('LEIDA', 'EFECTIVA') AND efecto_por IN ('LECTURA', 'CONVALIDACION')),
       count(*) FILTER (WHERE estado IN ('LEIDA', 'EFECTIVA') AND efecto_por IN ('VENCIMIENTO', 'DEPOSITO')),
       count(*) FILTER (WHERE estado = 'DEPOSITADA'),
       count(*) FILTER (WHERE estado = 'ANULADA'),
       count(*) FILTER (WHERE estado IN ('REBOTADA_ALERTA', 'DERIVADA_A_CEDULA')),
       (SELECT count(*) FROM cimientos_suceso WHERE tipo = 'casilla.NotificacionDepositada'),
       (SELECT coalesce(sum(ultimo), 0) FROM cimientos_serie WHERE nombre = 'casilla.notificacion')
  FROM casilla_notificacion
"""


@dataclass(frozen=True)
class Cuenta:
    """En qué quedaron todas las notificaciones depositadas hasta un instante."""

    depositadas: int
    leidas: int
    vencidas: int
    en_plazo: int
    anuladas: int
    alternativas: int
    sucesos: int
    numeros: int

    @property
    def suma(self) -> int:
        """Lo que deben sumar las depositadas."""
        return self.leidas + self.vencidas + self.en_plazo + self.anuladas + self.alternativas

    @property
    def cuadra(self) -> bool:
        """Verdadero si las filas suman lo depositado, y el libro y la numeración dicen lo mismo."""
        return self.depositadas == self.suma == self.sucesos == self.numeros

    def como_datos(self) -> dict[str, int]:
        """Los sumandos por su nombre."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.depositadas} depositadas = {self.leidas} leídas + {self.vencidas} vencidas + {self.en_plazo} en "
            f"plazo + {self.anuladas} anuladas + {self.alternativas} por otro medio "
            f"(libro: {self.sucesos}; números: {self.numeros})"
        )


def contar() -> Cuenta:
    """Todo en una sentencia: un solo instante de la base, aunque otros estén escribiendo."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTAR)
        return Cuenta(*(int(cifra) for cifra in cursor.fetchone()))
