"""Direcciones públicas del registro; las de los mosaicos y el punto de control son las que pide C2SP."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.auditoria import views_publicas

urlpatterns = [
    path("", views_publicas.portada, name="registro"),
    path("checkpoint", views_publicas.punto, name="registro_punto"),
    path("consistencia", views_publicas.consistencia, name="registro_consistencia"),
    path("verificador.py", views_publicas.verificador, name="registro_verificador"),
    path("llave.pub", views_publicas.llave, name="registro_llave"),
    path("cofirma", views_publicas.cofirma, name="registro_cofirma"),
    path("tile/<path:resto>", views_publicas.mosaico, name="registro_mosaico"),
]
