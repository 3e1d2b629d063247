"""Direcciones de los plazos: las reglas, para el personal; la calculadora, para todos."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.plazos import views

urlpatterns = [
    path("plazos/calculadora/", views.calculadora, name="calculadora"),
    path("reglas/", views.reglas, name="reglas"),
    path("reglas/articulos/", views.articulos_citados, name="articulos_citados"),
    path("reglas/distancia/", views.distancias, name="distancias"),
    path("reglas/distancia/guardar/", views.guardar_distancia, name="distancia_guardar"),
    path("reglas/interrupciones/", views.interrupciones, name="interrupciones"),
    path("reglas/interrupciones/nueva/", views.registrar_interrupcion, name="interrupcion_nueva"),
    path(
        "reglas/interrupciones/<int:pk>/certificar/",
        views.certificar_interrupcion,
        name="interrupcion_certificar",
    ),
    path("reglas/<str:codigo>/", views.regla, name="regla"),
    path("reglas/<str:codigo>/confirmar/", views.confirmar_regla, name="regla_confirmar"),
    path("reglas/<str:codigo>/cambiar/", views.cambiar_regla, name="regla_cambiar"),
]
