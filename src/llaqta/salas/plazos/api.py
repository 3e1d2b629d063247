"""Los plazos para otros programas: ``/api/v1/plazos``. Los mismos parámetros y el mismo JSON que ``./llaqta plazo``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.plazos.instalada import FuenteInstalada
from llaqta.salas.plazos.lectura import (
    INSTALACION,
    NACIONAL,
    Escrito,
    EscritoDeEfecto,
    Fuente,
    FuenteNacional,
    resolver,
    resolver_efecto,
)
from llaqta.salas.plazos.rules import efecto_en_json, en_json

router = Router(tags=["Plazos"], auth=None)


class PlazoPedido(Schema):
    """Un plazo como se pide; todo llega como texto y lo lee quien lee la orden, con sus mismas frases."""

    desde: str = ""
    dias: str = ""
    unidad: str = "habiles"
    silencio: str = ""
    distancia: str = "0"
    politica: str = ""
    cierre: str = ""
    suspender: list[str] = []
    regional: list[str] = []
    local: list[str] = []
    calendario: str = INSTALACION


class EfectoPedido(Schema):
    """Un depósito en la casilla como se pide."""

    deposito: str = ""
    acuse: str = ""
    regla: str = ""
    regional: list[str] = []
    local: list[str] = []
    calendario: str = INSTALACION


@router.get("", url_name="plazos")
def plazo(request: HttpRequest, pedido: Query[PlazoPedido]) -> dict[str, Any]:
    """Calcula un plazo y dice cada día que se miró."""
    datos = pedido.dict()
    fuente = _fuente(datos.pop("calendario"))
    return en_json(resolver(Escrito(**datos), fuente).plazo)


@router.get("/efecto", url_name="plazos_efecto")
def efecto(request: HttpRequest, pedido: Query[EfectoPedido]) -> dict[str, Any]:
    """Calcula desde cuándo surte efecto lo depositado en una casilla."""
    datos = pedido.dict()
    fuente = _fuente(datos.pop("calendario"))
    return efecto_en_json(resolver_efecto(EscritoDeEfecto(**datos), fuente))


def _fuente(calendario: str) -> Fuente:
    """:raises EntradaInvalida: si el calendario no es ninguno de los dos"""
    if calendario == NACIONAL:
        return FuenteNacional()
    if calendario != INSTALACION:
        raise EntradaInvalida(
            f"El calendario es instalacion o nacional; usted escribió «{calendario}».", campo="calendario"
        )
    return FuenteInstalada()
