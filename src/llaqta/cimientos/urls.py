"""Direcciones de los cimientos, bajo ``administracion/``."""

from django.urls import path

from llaqta.cimientos import views, views_calendario

urlpatterns = [
    path("calendario/", views_calendario.calendario, name="administracion_calendario"),
    path("calendario/nuevo/", views_calendario.anotar_dia, name="administracion_dia_nuevo"),
    path("calendario/lista/", views_calendario.anotar_lista, name="administracion_dias_lista"),
    path(
        "calendario/<int:pk>/sin-efecto/",
        views_calendario.dejar_sin_efecto,
        name="administracion_dia_sin_efecto",
    ),
    path("entidad/", views.entidad, name="administracion_entidad"),
    path("entidad/membrete.pdf", views.membrete, name="administracion_membrete"),
    path("galeria/", views.galeria, name="galeria"),
    path("galeria/<slug:pagina>/", views.galeria, name="galeria_pagina"),
    path("trabajos-fallidos/", views.trabajos_fallidos, name="trabajos_fallidos"),
    path("trabajos-fallidos/<int:trabajo_id>/reintentar/", views.reintentar, name="reintentar_trabajo"),
]
