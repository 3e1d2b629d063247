"""Sede digital: lo que el público ve sin entrar: trámites, seguimiento y verificación."""
