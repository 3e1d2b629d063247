"""Quién puede abrir qué: la tabla de direcciones y personas, y las pruebas que la comprueban."""
