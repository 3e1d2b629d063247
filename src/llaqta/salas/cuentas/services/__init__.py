"""Lo que se puede hacer con las cuentas; cada archivo reúne los verbos de una cosa, y los demás entran por aquí."""

from __future__ import annotations

from llaqta.salas.cuentas.services.llave import cambiar_mi_clave, desactivar_cuenta, reactivar_cuenta
from llaqta.salas.cuentas.services.organigrama import (
    asignar_puesto,
    crear_puesto,
    crear_unidad,
    terminar_asignacion,
    terminar_unidad,
)
from llaqta.salas.cuentas.services.personas import (
    anotar_ingreso,
    atender_cuenta,
    crear_cuenta,
    crear_mi_cuenta,
    dar_clave_nueva,
    registrar_persona,
)
from llaqta.salas.cuentas.services.puesta_en_marcha import crear_primer_administrador
from llaqta.salas.cuentas.services.representaciones import (
    anotar_representacion,
    registrar_representacion,
    terminar_representacion,
)
from llaqta.salas.cuentas.services.roles import dar_rol, dar_rol_de_administracion, editar_rol, retirar_rol
from llaqta.salas.cuentas.services.sesiones import (
    anotar_sesion,
    cerrar_mis_otras_sesiones,
    cerrar_sesiones,
    quitar_segundo_paso,
    renovar_sesion,
)

__all__ = [
    "anotar_ingreso",
    "anotar_representacion",
    "anotar_sesion",
    "asignar_puesto",
    "atender_cuenta",
    "cambiar_mi_clave",
    "cerrar_mis_otras_sesiones",
    "cerrar_sesiones",
    "crear_cuenta",
    "crear_mi_cuenta",
    "crear_primer_administrador",
    "crear_puesto",
    "crear_unidad",
    "dar_clave_nueva",
    "dar_rol",
    "dar_rol_de_administracion",
    "desactivar_cuenta",
    "editar_rol",
    "quitar_segundo_paso",
    "reactivar_cuenta",
    "registrar_persona",
    "registrar_representacion",
    "renovar_sesion",
    "retirar_rol",
    "terminar_asignacion",
    "terminar_representacion",
    "terminar_unidad",
]
