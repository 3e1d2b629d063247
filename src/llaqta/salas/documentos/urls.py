"""Direcciones de los documentos."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.documentos.views import documento as views

urlpatterns = [
    path("<int:documento_id>/", views.ficha, name="documento_ficha"),
    path("<int:documento_id>/pdf", views.contenido, name="documento_pdf"),
    path("<int:documento_id>/descarga", views.descarga, name="documento_descarga"),
    path("<int:documento_id>/firmas", views.comprobar_firmas, name="documento_comprobar_firmas"),
    path("<int:documento_id>/paginas/<int:pagina>.webp", views.pagina, name="documento_pagina"),
]
