"""Las leyendas de ley de una copia: qué texto acompaña a cada documento. Son datos con su norma, no código.

Los textos vienen en ``datos/leyendas.json``; la municipalidad que deba decir otra cosa pone el suyo, con la misma
forma, en ``DATOS/sede/leyendas.json``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from llaqta.cimientos.models import Entidad
from llaqta.salas.documentos.models import Documento

PROPIAS = Path(__file__).parent / "datos/leyendas.json"


@dataclass(frozen=True)
class Leyenda:
    """Un texto de ley ya lleno, su título, las normas que cita y si alguien las verificó."""

    titulo: str
    texto: str
    normas: tuple[str, ...]
    verificada: bool


def cual(documento: Documento, *, se_lee: bool, autentico: bool) -> str:
    """Qué leyenda corresponde.

    ``copia_autentica``: la página entrega un documento electrónico de la entidad, firmado y auténtico.
    ``representacion``: quien pregunta tiene una impresión y la contrasta con lo archivado, sin que se le entregue.
    ``copia_simple``: lo que se archivó es un papel digitalizado o lo presentó un particular: la entidad da fe de lo que
    recibió, no de lo que dice. Nada: lo que no es auténtico no lleva leyenda.
    """
    if documento.anulado_en is not None:
        return ""
    if documento.es_ajeno or documento.medio == Documento.Medio.FISICO:
        return "copia_simple"
    if not autentico:
        return ""
    return "copia_autentica" if se_lee else "representacion"


def get_leyenda(documento: Documento, *, se_lee: bool, autentico: bool, al: date) -> Leyenda | None:
    """La leyenda del documento ese día, llena con los datos de la entidad; ``None`` si no lleva."""
    clave = cual(documento, se_lee=se_lee, autentico=autentico)
    del_lugar = Path(settings.DATOS) / "sede/leyendas.json"
    ruta = del_lugar if del_lugar.is_file() else PROPIAS
    vigentes = [
        fila
        for fila in _leer(ruta, ruta.stat().st_mtime_ns)
        if fila["clave"] == clave and date.fromisoformat(fila["desde"]) <= al
    ]
    if not vigentes:
        return None
    fila = max(vigentes, key=lambda una: str(una["desde"]))
    desde, hasta = documento.verificable_desde, documento.verificable_hasta
    datos = {
        "entidad": Entidad.actual().nombre,
        "ruc": Entidad.actual().ruc,
        "url": settings.URL_PUBLICA + reverse("verificar"),
        "cvd": documento.cvd or "",
        "desde": f"{desde:%d/%m/%Y}" if desde else "su emisión",
        "hasta": f"{hasta:%d/%m/%Y}" if hasta else "que se diga otra cosa",
    }
    return Leyenda(
        fila["titulo"], fila["texto"].format_map(datos), tuple(fila["normas"]), bool(fila["verificada"])
    )


@lru_cache(maxsize=2)
def _leer(ruta: Path, _version: int) -> list[dict[str, Any]]:
    return list(json.loads(ruta.read_text(encoding="utf-8"))["leyendas"])
