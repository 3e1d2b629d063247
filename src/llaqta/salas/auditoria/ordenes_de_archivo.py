"""``./llaqta auditoria archivar`` y ``comprobar-archivo``: los meses viejos del libro, fuera de la base."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.auditoria import retencion
from llaqta.salas.auditoria.verificador.llaqta_verificador import NoVale

Decir = Callable[[str], object]


def declarar_archivar(subordenes: Any) -> None:
    """``archivar``: un mes, a una carpeta."""
    lector = subordenes.add_parser(
        "archivar", help="lleva un mes del libro a una carpeta que se comprueba sola"
    )
    lector.add_argument("--mes", required=True, metavar="2025-01")
    lector.add_argument("--en", type=Path, required=True, metavar="CARPETA")
    lector.add_argument(
        "--retirar", action="store_true", help="y lo retira de la base, si ya cumplió su plazo"
    )
    lector.set_defaults(hacer=archivar)


def archivar(opciones: Mapping[str, Any], decir: Decir, avisar: Decir) -> int:
    """Archiva; contesta 1 si no procede o si lo escrito no se comprueba."""
    try:
        hecho = retencion.archivar(
            mes=opciones["mes"], carpeta=opciones["en"], retirar=opciones["retirar"], ahora=timezone.now(),
            progreso=lambda hechas, todas: None if hechas % 5000 else avisar(f"  {hechas} de {todas}"),
        )  # fmt: skip
    except (NoProcede, NoVale) as negativa:
        avisar(str(negativa))
        return 1
    decir(f"{hecho.filas} sucesos de {hecho.mes.nombre} archivados y vueltos a comprobar: {hecho.manifiesto}")
    if opciones["retirar"]:
        decir(f"{hecho.retirados} se retiraron de la base; sus hojas se quedan.")
    return 0


def declarar_comprobar(subordenes: Any) -> None:
    """``comprobar-archivo``: un mes archivado, con su manifiesto."""
    lector = subordenes.add_parser("comprobar-archivo", help="vuelve a comprobar un mes archivado")
    lector.add_argument("manifiesto", type=Path)
    lector.set_defaults(hacer=comprobar)


def comprobar(opciones: Mapping[str, Any], decir: Decir, avisar: Decir) -> int:
    """Comprueba; contesta 1 si algo no concuerda."""
    try:
        filas = retencion.comprobar(opciones["manifiesto"])
    except (NoVale, ValueError, KeyError, TypeError, EOFError, json.JSONDecodeError) as negativa:
        avisar(f"El archivo no vale: {negativa}")
        return 1
    decir(f"Los {filas} sucesos archivados están en el registro y dicen lo mismo que cuando entraron.")
    return 0
