"""Direcciones de la sala."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.auditoria import views

urlpatterns = [
    path("", views.libro, name="auditoria"),
    path("exportar/", views.exportar, name="auditoria_exportar"),
    path("estado/", views.estado, name="estado_del_registro"),
    path("borrado/", views.borrado, name="auditoria_borrado"),
    path("suceso/<int:suceso_id>/prueba/", views.prueba, name="auditoria_prueba"),
    path("suceso/<int:suceso_id>/prueba.json", views.paquete, name="auditoria_paquete"),
]
