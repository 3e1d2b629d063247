"""Direcciones de la sala."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.auditoria import views

urlpatterns = [
    path("", views.libro, name="auditoria"),
    path("exportar/", views.exportar, name="auditoria_exportar"),
]
