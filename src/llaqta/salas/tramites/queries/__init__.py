"""Lo que se puede preguntar al TUPA. Es público (art. 38.3 Ley 27444): ``para`` puede ser ``None``."""

from __future__ import annotations

from llaqta.salas.tramites.queries.busqueda import LARGO_DE_CONSULTA, Hallazgo, buscar
from llaqta.salas.tramites.queries.catalogo import (
    Camino,
    FichaDeTramite,
    GrupoDeTema,
    componer_ficha,
    get_catalogo,
    get_frecuentes,
    get_modalidad,
    get_procedimiento,
    get_relacionados,
    get_sinonimos,
    get_temas,
    get_uit,
    get_uit_registradas,
    get_version,
    get_vigente,
    list_procedimientos,
)
from llaqta.salas.tramites.queries.gobpe import get_gobpe, get_gobpe_de_todos
from llaqta.salas.tramites.queries.revision import Revision, get_objeciones, get_revision
from llaqta.salas.tramites.queries.tupa import (
    a_fila,
    get_carga,
    get_cargas,
    get_comparacion,
    get_diferencias,
    get_nombres_de_unidades,
    get_publicado,
    get_siglas,
    get_tupa,
    get_ultimas,
)

__all__ = [
    "LARGO_DE_CONSULTA",
    "Camino",
    "FichaDeTramite",
    "GrupoDeTema",
    "Hallazgo",
    "Revision",
    "a_fila",
    "buscar",
    "componer_ficha",
    "get_carga",
    "get_cargas",
    "get_catalogo",
    "get_comparacion",
    "get_diferencias",
    "get_frecuentes",
    "get_gobpe",
    "get_gobpe_de_todos",
    "get_modalidad",
    "get_nombres_de_unidades",
    "get_objeciones",
    "get_procedimiento",
    "get_publicado",
    "get_relacionados",
    "get_revision",
    "get_siglas",
    "get_sinonimos",
    "get_temas",
    "get_tupa",
    "get_uit",
    "get_uit_registradas",
    "get_ultimas",
    "get_version",
    "get_vigente",
    "list_procedimientos",
]
