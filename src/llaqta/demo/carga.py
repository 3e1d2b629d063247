"""La demostración entera, paso por paso y siempre en el mismo orden."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from llaqta.demo.catalogos import cargar_catalogos
from llaqta.demo.distancias import cargar_distancias
from llaqta.demo.entidad import cargar_entidad, cargar_unidades
from llaqta.demo.expedientes import cargar_expedientes
from llaqta.demo.personas import cargar_administradora, cargar_certificados, cargar_personas
from llaqta.salas.tramites import lectura as tupa
from llaqta.salas.tramites import services as tramites

ANTES = timedelta(days=120)
"""Cuánto antes de hoy se puso en marcha la municipalidad de la demostración."""


def cargar(*, ahora: datetime, con_expedientes: bool = True) -> str:
    """Carga lo que falte y devuelve una frase que lo cuenta. Si un paso falla, no queda a medias."""
    with transaction.atomic():
        puesta_en_marcha = ahora - ANTES
        cargar_catalogos(ahora=puesta_en_marcha)
        cargar_entidad()
        administradora = cargar_administradora(ahora=puesta_en_marcha)
        unidades = cargar_unidades(actor=administradora, ahora=puesta_en_marcha)
        personas = cargar_personas(actor=administradora, unidades=unidades, ahora=puesta_en_marcha)
        cargar_distancias(actor=administradora, ahora=puesta_en_marcha)
        cargar_certificados(personas=personas, ahora=puesta_en_marcha)
        procedimientos = sum(
            tramites.cargar_tupa(actor=administradora, ruta=ruta, ahora=puesta_en_marcha)
            for ruta in tupa.ARCHIVOS_DE_DEMOSTRACION
        )
    presentados = cargar_expedientes(personas=personas, ahora=ahora) if con_expedientes else 0
    return (
        f"Demostración de Pichari lista: {len(personas)} personas, {len(unidades)} unidades, "
        f"{procedimientos} procedimientos nuevos, {presentados} expedientes nuevos."
    )
