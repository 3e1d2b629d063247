"""Pantallas de los documentos: la ficha y sus páginas (``documento``), y la numeración (``numeracion``)."""
