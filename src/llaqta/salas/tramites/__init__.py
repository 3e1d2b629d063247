"""Trámites: el TUPA, sus versiones por fecha y la búsqueda que perdona errores."""
