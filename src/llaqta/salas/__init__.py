"""Las salas de la casa: una por cada cosa que la municipalidad hace (véase ARQUITECTURA.md)."""
