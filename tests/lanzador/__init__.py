"""Pruebas del lanzador."""
