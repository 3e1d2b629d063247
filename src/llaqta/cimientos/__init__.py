"""Cimientos: lo que toda sala necesita y ninguna norma nombra.

Sucesos y cola (``events``), errores, numeración, calendario, almacén de objetos, PDF, QR y lo común de las pantallas.
"""
