"""Direcciones de la conservación de lo firmado, bajo ``administracion/conservacion/``."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.documentos.views import conservacion

urlpatterns = [
    path("", conservacion.conservacion, name="administracion_conservacion"),
    path("<int:documento_id>/reintentar/", conservacion.reintentar, name="conservacion_reintentar"),
]
