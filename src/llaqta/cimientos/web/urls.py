"""Direcciones de la parte común: van en la raíz."""

from django.urls import path

from llaqta.cimientos.web import views

urlpatterns = [
    path("estilo-entidad.css", views.estilo_entidad, name="estilo_entidad"),
    path("escudo-entidad.svg", views.escudo_entidad, name="escudo_entidad"),
    path("llaqta.js", views.programa, name="programa"),
]
