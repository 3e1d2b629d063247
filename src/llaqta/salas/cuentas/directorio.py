"""Las personas, como la auditoría las necesita: nombre de cada una y búsqueda por documento o nombre."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from llaqta.salas.cuentas import queries


class DirectorioDePersonas:
    """Se inscribe en ``auditoria.directorio`` al arrancar."""

    def nombres(self, ids: Collection[int]) -> Mapping[int, str]:
        """El nombre de cada persona."""
        return queries.get_nombres(ids, para=None)

    def buscar(self, texto: str) -> Collection[int]:
        """Hasta 200 personas cuyo documento o nombre coincide con ``texto``."""
        return queries.buscar_ids(texto, para=None)
