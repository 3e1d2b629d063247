"""Cuentas: personas, unidades orgánicas, puestos, asignaciones y roles; cada cuenta es de una persona."""
