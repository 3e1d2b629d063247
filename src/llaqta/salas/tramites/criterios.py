"""Lee ``datos/revision.yaml`` una vez: las reglas de la revisión legal y las palabras que las delatan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from llaqta.salas.tramites.rules.revision import Criterios, Estandarizado, Prohibido, ReglaDeRevision

ARCHIVO = Path(__file__).parent / "datos" / "revision.yaml"


@lru_cache(maxsize=1)
def leer_criterios() -> Criterios:
    """Los criterios que trae el programa."""
    crudo: dict[str, Any] = yaml.safe_load(ARCHIVO.read_text(encoding="utf-8"))
    reglas = [ReglaDeRevision(**fila) for fila in crudo["reglas"]]
    prohibidos = [_prohibido(fila) for fila in crudo["requisitos_prohibidos"]]
    return Criterios(
        reglas={regla.codigo: regla for regla in [*reglas, *(uno.regla for uno in prohibidos)]},
        prohibidos=prohibidos,
        estandarizados=[
            Estandarizado(
                re.compile(fila["patron"]),
                fila["plazo"],
                fila["unidad"],
                tuple(fila["calificaciones"]),
                fila["norma"],
            )
            for fila in crudo["estandarizados"]
        ],
        silencios={nombre: re.compile(patron) for nombre, patron in crudo["silencios"].items()},
        por_etapas=re.compile(crudo["por_etapas"]),
        por_prioridad=re.compile(crudo["por_prioridad"]),
        gratuitos=re.compile(crudo["gratuitos"]),
        con_rango_de_ley=re.compile(crudo["norma_con_rango_de_ley"]),
        recursos_propios=tuple(crudo["recursos_propios"]),
    )


def _prohibido(fila: Mapping[str, Any]) -> Prohibido:
    regla = ReglaDeRevision(
        codigo=fila["codigo"],
        enunciado=fila["enunciado"],
        norma=fila["norma"],
        gravedad="CONTRA_LA_LEY",
        estado=fila["estado"],
        sobre="requisitos",
    )
    salvo = re.compile(fila["salvo"]) if "salvo" in fila else None
    return Prohibido(regla, re.compile(fila["patron"]), salvo)
