"""Direcciones de los recursos y las quejas."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.recursos import views

urlpatterns = [
    path("", views.lista, name="recursos"),
    path("<int:pk>/", views.recurso, name="recurso"),
    path("quejas/", views.quejas, name="quejas"),
    path("quejas/<int:pk>/", views.queja, name="queja"),
    path("expediente/<str:numero>/", views.recurso_del_expediente, name="recurso_del_expediente"),
    path("expediente/<str:numero>/informacion/", views.informacion_erronea, name="informacion_erronea"),
]
