"""Direcciones de las notificaciones."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.notificaciones.views import personal, publico

urlpatterns = [
    path("", personal.lista, name="diligencias"),
    path("hoy/", personal.hoy, name="diligencias_de_hoy"),
    path("ruta.pdf", personal.ruta, name="ruta_de_notificador"),
    path("publicadas/", publico.publicadas, name="notificaciones_publicadas"),
    path("correo/", publico.correo, name="correo_autorizado"),
    path("correo/retirar/", publico.retirar_correo, name="correo_retirar"),
    path("acuse/<str:llave>/", publico.acuse, name="acuse_de_correo"),
    path("acuse/<str:llave>/documento.pdf", publico.documento, name="acuse_documento"),
    path("<str:codigo>/", personal.diligencia, name="diligencia"),
    path("<str:codigo>/visita/", personal.visita, name="anotar_visita"),
    path("<str:codigo>/tomar/", personal.tomar, name="tomar_diligencia"),
    path("<str:codigo>/acta/<int:numero>/", personal.acta, name="adjuntar_acta"),
    path("<str:codigo>/<str:cual>.pdf", personal.papel, name="diligencia_pdf"),
]
