"""El reparto de las pruebas de las salas, también para las que miran la casa entera desde fuera."""

from __future__ import annotations

from llaqta.conftest import (  # noqa: F401 — pytest encuentra aquí las piezas por su nombre
    _estado_encendido,
    administradora,
    ahora,
    asesor,
    auditora,
    ciudadana,
    cliente,
    empresa,
    entidad,
    especialista,
    estado_de_prueba,
    gerente,
    jefe,
    jefe_asesoria,
    licencia,
    otro_ciudadano,
    roles,
    unidades,
    ventanilla,
)
