"""Direcciones de la firma, bajo ``administracion/confianza/``."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.firma import views

urlpatterns = [path("", views.lista_de_confianza, name="administracion_confianza")]
