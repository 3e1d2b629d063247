"""El calendario y las reglas de esta instalación, como los pide la lectura de un plazo."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.calendario import Calendario
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.plazos import queries
from llaqta.salas.plazos.reglas import Regla


class FuenteInstalada:
    """El calendario con los días que la municipalidad anotó, y las reglas como ella las dejó."""

    def calendario(self) -> Calendario:
        """Los feriados nacionales y los días anotados que no cuentan."""
        return get_calendario()

    def regla(self, codigo: str, al: date) -> Regla:
        """La regla como rige ese día."""
        return queries.get_regla(codigo, al=al)
