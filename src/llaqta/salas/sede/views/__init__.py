"""Las puertas de la sede: lo público, el seguimiento y la verificación."""
