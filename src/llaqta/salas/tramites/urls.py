"""Direcciones del editor del TUPA, bajo ``tupa/``."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.tramites import views

urlpatterns = [
    path("", views.lista, name="administracion_tupa"),
    path("nuevo/", views.nuevo, name="nuevo_procedimiento"),
    path("versiones/<int:pk>/", views.version, name="version_de_procedimiento"),
    path("versiones/<int:pk>/retirar/", views.retirar, name="retirar_version"),
    path("<slug:codigo>/", views.procedimiento, name="procedimiento"),
    path("<slug:codigo>/editar/", views.editar, name="editar_procedimiento"),
]
