"""Las pantallas del personal: la bandeja, el expediente, sus envíos y sus proyectos."""
