"""Notificaciones fuera de la casilla: cédula en el domicilio, con sus visitas y actas; correo autorizado; publicación."""
