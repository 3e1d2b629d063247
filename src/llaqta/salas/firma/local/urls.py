"""Direcciones de la firma en el equipo de la persona: sus páginas y tres puertas para el componente."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.firma.local import views

urlpatterns = [
    path("", views.mis_firmas, name="firma_local_todas"),
    path("argumentos/", views.argumentos, name="firma_local_argumentos"),
    path("descargar/<str:ficha>/", views.descargar, name="firma_local_descargar"),
    path("devolver/<str:ficha>/", views.devolver, name="firma_local_devolver"),
    path("practicar/", views.practicar, name="firma_local_practicar"),
    path("<uuid:referencia>/", views.sesion, name="firma_local"),
    path("<uuid:referencia>/abrir/", views.abrir, name="firma_local_abrir"),
    path("<uuid:referencia>/estado/", views.estado, name="firma_local_estado"),
    path("<uuid:referencia>/sin-componente/", views.sin_componente, name="firma_local_sin_componente"),
    path("<uuid:referencia>/hoja-<int:orden>.pdf", views.hoja, name="firma_local_hoja"),
    path("<uuid:referencia>/cancelar/", views.cancelar, name="firma_local_cancelar"),
]
