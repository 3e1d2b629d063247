"""Lo que se puede afirmar de una firma, y cómo se dice."""

from __future__ import annotations

import enum


class Veredicto(enum.StrEnum):
    """Lo que se puede afirmar de una firma."""

    VALIDA = "VALIDA"
    INDETERMINADA = "INDETERMINADA"
    INVALIDA = "INVALIDA"
    SIN_FIRMA = "SIN_FIRMA"

    @property
    def en_palabras(self) -> str:
        """Como se escribe: «VÁLIDA», «INVÁLIDA», «INDETERMINADA», «SIN FIRMA»."""
        return {"VALIDA": "VÁLIDA", "INVALIDA": "INVÁLIDA", "SIN_FIRMA": "SIN FIRMA"}.get(
            self.value, self.value
        )

    @property
    def de_tres(self) -> str:
        """La palabra para un programa: «VÁLIDA», «INVÁLIDA» o «INDETERMINADA»; de lo que nadie firmó nada se afirma."""
        return Veredicto.INDETERMINADA.value if self is Veredicto.SIN_FIRMA else self.en_palabras


# De lo mejor a lo peor: un documento vale lo que la peor de sus firmas.
GRAVEDAD = (Veredicto.VALIDA, Veredicto.INDETERMINADA, Veredicto.INVALIDA)
