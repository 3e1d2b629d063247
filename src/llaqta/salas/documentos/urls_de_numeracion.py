"""Direcciones de la numeración, bajo ``administracion/numeracion/``."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.documentos.views import numeracion

urlpatterns = [
    path("", numeracion.numeracion, name="administracion_numeracion"),
    path("anulados/", numeracion.anulados, name="numeracion_anulados"),
    path("delegaciones/", numeracion.delegaciones, name="numeracion_delegaciones"),
    path("delegaciones/nueva/", numeracion.anotar_delegacion, name="numeracion_delegacion_nueva"),
    path(
        "delegaciones/<int:pk>/terminar/",
        numeracion.terminar_delegacion,
        name="numeracion_delegacion_terminar",
    ),
    path("clases/<str:codigo>/", numeracion.clase, name="numeracion_clase"),
    path("clases/<str:codigo>/formato/", numeracion.cambiar_formato, name="numeracion_formato"),
    path("clases/<str:codigo>/continuar/", numeracion.continuar, name="numeracion_continuar"),
]
