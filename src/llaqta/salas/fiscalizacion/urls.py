"""Direcciones de la fiscalización posterior."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.fiscalizacion import views

urlpatterns = [
    path("", views.sorteos, name="sorteos"),
    path("convocar/", views.convocar, name="convocar_sorteo"),
    path("expedientes/<int:pk>/revisor/", views.asignar, name="asignar_revisor"),
    path("expedientes/<int:pk>/resultado/", views.resultado, name="resultado_de_fiscalizacion"),
    path("<str:semestre>/", views.sorteo, name="sorteo"),
    path("<str:semestre>/lista.txt", views.lista, name="lista_del_sorteo"),
    path("<str:semestre>/sortear/", views.sortear, name="sortear"),
]
