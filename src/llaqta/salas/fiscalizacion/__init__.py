"""Fiscalización posterior: cada semestre un sorteo, a la vista de todos, dice qué se comprueba de lo aprobado."""
