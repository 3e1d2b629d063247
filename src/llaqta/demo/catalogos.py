"""Los catálogos legales que toda instalación necesita: roles, clases de documento, textos y cifras."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from llaqta.salas.cuentas.catalogo import ROLES
from llaqta.salas.cuentas.models import Rol, TextoDeConsentimiento
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes import services as expedientes

DATOS = Path(__file__).parent / "datos"


@transaction.atomic
def cargar_catalogos(*, ahora: datetime) -> int:
    """Añade lo que falte y no toca lo que la municipalidad ya cambió.

    :returns: cuántas filas nuevas
    """
    nuevos = _roles() + _tipos_de_documento() + _consentimientos()
    return nuevos + expedientes.cargar_plantillas(actor=None, ahora=ahora)


def _leer(nombre: str) -> Any:
    return yaml.safe_load((DATOS / nombre).read_text(encoding="utf-8"))


def _roles() -> int:
    filas = [
        Rol(codigo=codigo, nombre=nombre, permisos=list(permisos))
        for codigo, (nombre, permisos) in ROLES.items()
    ]
    return _agregar(Rol, filas, "codigo")


def _tipos_de_documento() -> int:
    datos = _leer("tipos_de_documento.yaml")
    filas = [
        TipoDocumento(
            codigo=fila["codigo"],
            nombre=fila["nombre"],
            numera_la_entidad=fila.get("entidad") == "si",
            es_externo=grupo == "externos",
            plantilla_pdf=fila.get("plantilla", "informe"),
        )
        for grupo in ("internos", "externos")
        for fila in datos[grupo]
    ]
    return _agregar(TipoDocumento, filas, "codigo")


def _consentimientos() -> int:
    nuevos = 0
    for fila in _leer("consentimientos.yaml"):
        _, creado = TextoDeConsentimiento.objects.get_or_create(
            clave=fila["clave"],
            version=fila["version"],
            defaults={"texto": fila["texto"].strip(), "vigente_desde": fila["vigente_desde"]},
        )
        nuevos += creado
    return nuevos


def _agregar(modelo: Any, filas: list[Any], llave: str) -> int:
    """Inserta las filas cuya llave no esté; devuelve cuántas."""
    ya_estan = set(modelo.objects.values_list(llave, flat=True))
    faltan = [fila for fila in filas if getattr(fila, llave) not in ya_estan]
    modelo.objects.bulk_create(faltan)
    return len(faltan)
