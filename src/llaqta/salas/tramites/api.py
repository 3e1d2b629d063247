"""El TUPA para otros programas: ``/api/v1/tramites``, en la forma de GOB.PE. Es público (art. 38.3 Ley 27444)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.tramites import queries

router = Router(tags=["Trámites"], auth=None)


@router.get("", response=list[dict[str, Any]], url_name="tramites_gobpe")
def todos(request: HttpRequest) -> list[dict[str, Any]]:
    """Las fichas de todo lo que rige hoy."""
    return queries.get_gobpe_de_todos(al=hoy_en_lima(timezone.now()))


@router.get("/{codigo}", response=dict[str, Any], url_name="tramite_gobpe")
def uno(request: HttpRequest, codigo: str) -> dict[str, Any]:
    """La ficha de un trámite que rige hoy."""
    return queries.get_gobpe(codigo.upper()[:20], al=hoy_en_lima(timezone.now()))
