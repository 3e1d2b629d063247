"""Casilla electrónica: adhesión, depósito, alerta, acuse y eficacia de las notificaciones."""
