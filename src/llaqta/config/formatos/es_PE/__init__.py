"""Formatos del castellano del Perú."""
