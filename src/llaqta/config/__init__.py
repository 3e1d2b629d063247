"""Configuración de la instalación: un solo archivo de ajustes, leído del entorno."""
