"""Direcciones de la casilla."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.casilla import views

urlpatterns = [
    path("", views.casilla, name="casilla"),
    path("activar/", views.activar, name="casilla_activar"),
    path("activar/<str:ruc>/", views.activar, name="casilla_activar_empresa"),
    path("retirarse/<str:ruc>/", views.retirarse, name="casilla_retirar_empresa"),
    path("retirarse/", views.retirarse, name="casilla_retirarse"),
    path("<str:codigo>/", views.notificacion, name="notificacion"),
    path("<str:codigo>/abrir/", views.abrir, name="notificacion_abrir"),
]
