"""Lo que la persona firma electrónicamente al presentar: se le muestra antes del botón, y vuelve con el formulario."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.acceso import PeticionDePersona
from llaqta.salas.cuentas.autenticacion import como_ingreso
from llaqta.salas.mesapartes import queries
from llaqta.salas.mesapartes.services import Declaracion


def a_la_vista(request: PeticionDePersona, ahora: datetime) -> dict[str, Any]:
    """Lo que la plantilla ``_declaracion.html`` enseña."""
    return {"declaracion": queries.get_declaracion(hoy_en_lima(ahora), para=request.persona)}


def aceptada(request: PeticionDePersona) -> Declaracion | None:
    """La que la persona tenía delante al presionar el botón, con los medios de su sesión; ``None`` si no vio ninguna.

    Una versión alterada no corresponde a ninguna, y el servicio la devuelve a la pantalla.
    """
    escrita = request.POST.get("declaracion", "")
    if not escrita:
        return None
    version = int(escrita) if escrita.isdecimal() and escrita.isascii() and len(escrita) < 6 else -1
    return Declaracion(version, como_ingreso(request))
