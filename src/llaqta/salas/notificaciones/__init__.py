"""Notificaciones fuera de la casilla: cédula con sus visitas y actas, correo autorizado y publicación."""
