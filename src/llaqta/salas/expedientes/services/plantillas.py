"""Los modelos de documentos con que nace una instalación."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml
from django.db import transaction

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes.models import Plantilla

DE_LA_CASA = Path(__file__).parents[1] / "datos" / "plantillas.yaml"


@transaction.atomic
def cargar_plantillas(*, actor: Persona | None, ahora: datetime, ruta: Path = DE_LA_CASA) -> int:
    """Agrega las plantillas que todavía no existen y devuelve cuántas; nunca toca las que la municipalidad ya cambió.

    Las de un tipo de documento que la instalación no tiene se dejan para cuando lo tenga.

    :raises OSError: si el archivo no está
    """
    filas = yaml.safe_load(ruta.read_text(encoding="utf-8"))
    tipos = {
        tipo.codigo: tipo
        for tipo in TipoDocumento.objects.filter(codigo__in={fila["tipo"] for fila in filas})
    }
    ya = set(Plantilla.objects.values_list("nombre", flat=True))
    nuevas = [
        Plantilla(
            nombre=fila["nombre"],
            tipo=tipos[fila["tipo"]],
            asunto=fila["asunto"],
            cuerpo=fila["cuerpo"].strip(),
            pone_fin=fila.get("pone_fin", False),
            efecto=fila.get("efecto", ""),
        )
        for fila in filas
        if fila["nombre"] not in ya and fila["tipo"] in tipos
    ]
    Plantilla.objects.bulk_create(nuevas)
    return len(nuevas)
