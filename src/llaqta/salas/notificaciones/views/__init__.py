"""Las pantallas de las notificaciones."""
