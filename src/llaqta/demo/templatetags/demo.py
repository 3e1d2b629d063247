"""La tabla de cuentas que se ofrece al ingresar, solo en la demostración."""

from __future__ import annotations

from typing import Any

from django import template

from llaqta.demo.personas import CLAVE, FIGURAS, PIN

register = template.Library()


@register.simple_tag
def cuentas_de_demostracion() -> dict[str, Any]:
    """Las figuras de la demostración, su contraseña y su PIN."""
    return {"figuras": FIGURAS, "clave": CLAVE, "pin": PIN}
