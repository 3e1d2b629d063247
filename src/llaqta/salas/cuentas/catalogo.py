"""Los roles y los permisos con que nace una instalación; después son datos que la administración edita."""

from __future__ import annotations

ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "ADMINISTRADOR": (
        "Administración del sistema",
        ("tramites.editar", "cuentas.administrar", "cimientos.administrar"),
    ),
    "MESA": ("Mesa de partes", ("mesapartes.recibir", "mesapartes.registrar")),
    "TESORERIA": ("Tesorería", ("mesapartes.devolver",)),
    "ESPECIALISTA": ("Especialista", ("expedientes.tramitar",)),
    "JEFATURA": ("Jefatura", ("expedientes.tramitar", "expedientes.visar", "expedientes.firmar")),
    "NOTIFICADOR": ("Notificador", ("notificaciones.diligenciar",)),
    "ASESORIA_LEGAL": ("Asesoría jurídica", ("plazos.confirmar",)),
    "FISCALIZADOR": ("Fiscalización posterior", ("fiscalizacion.verificar", "expedientes.ver_todo")),
    "AUDITOR": ("Control", ("auditoria.ver", "expedientes.ver_todo")),
}
"""Código, nombre y permisos."""
