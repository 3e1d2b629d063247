"""Lo que se puede preguntar a los documentos: qué son, y cómo se numeran."""

from __future__ import annotations

from llaqta.salas.documentos.queries.conservacion import (
    ResumenDeConservacion,
    espera_su_sello,
    get_resumen_de_conservacion,
    list_conservacion,
)
from llaqta.salas.documentos.queries.delegaciones import (
    get_delegacion,
    get_delegaciones,
    get_delegaciones_para_firmar,
)
from llaqta.salas.documentos.queries.documento import (
    Buscado,
    Ficha,
    buscar_por_cvd,
    get_documento,
    get_ficha,
    get_por_cvd,
    get_tipos,
    get_vista,
    puede_ver,
)
from llaqta.salas.documentos.queries.numeracion import (
    ClaseNumerada,
    Cuenta,
    CuentaContinuada,
    Numerador,
    get_anulados,
    get_clases_numeradas,
    get_formatos,
    get_inicios,
    get_numerador,
    get_tipo_numerado,
    probar_formato,
    probar_inicio,
)
from llaqta.salas.documentos.queries.pruebas import (
    SinHuellaEnElRegistro,
    get_prueba,
    get_suceso_de_entrada,
)

__all__ = [
    "Buscado",
    "ClaseNumerada",
    "Cuenta",
    "CuentaContinuada",
    "Ficha",
    "Numerador",
    "ResumenDeConservacion",
    "SinHuellaEnElRegistro",
    "buscar_por_cvd",
    "espera_su_sello",
    "get_anulados",
    "get_clases_numeradas",
    "get_delegacion",
    "get_delegaciones",
    "get_delegaciones_para_firmar",
    "get_documento",
    "get_ficha",
    "get_formatos",
    "get_inicios",
    "get_numerador",
    "get_por_cvd",
    "get_prueba",
    "get_resumen_de_conservacion",
    "get_suceso_de_entrada",
    "get_tipo_numerado",
    "get_tipos",
    "get_vista",
    "list_conservacion",
    "probar_formato",
    "probar_inicio",
    "puede_ver",
]
