"""Direcciones de la casilla."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.casilla import views, views_de_oficio

urlpatterns = [
    path("", views.casilla, name="casilla"),
    path("activar/", views.activar, name="casilla_activar"),
    path("activar/<str:ruc>/", views.activar, name="casilla_activar_empresa"),
    path("retirarse/<str:ruc>/", views.retirarse, name="casilla_retirar_empresa"),
    path("retirarse/", views.retirarse, name="casilla_retirarse"),
    path("cifras/", views_de_oficio.cifras, name="casilla_cifras"),
    path("cifras.csv", views_de_oficio.cifras_csv, name="casilla_cifras_csv"),
    path("depositadas/", views_de_oficio.depositadas, name="casilla_depositadas"),
    path("depositadas/<str:codigo>/", views_de_oficio.depositada, name="casilla_depositada"),
    path("conciliacion/", views_de_oficio.conciliacion, name="casilla_conciliacion"),
    path("conciliacion/<int:desajuste>/", views_de_oficio.reintentar, name="casilla_reintentar"),
    path("<str:codigo>/prueba/<str:clase>/", views_de_oficio.prueba, name="casilla_prueba"),
    path("<str:codigo>/", views.notificacion, name="notificacion"),
    path("<str:codigo>/abrir/", views.abrir, name="notificacion_abrir"),
]
