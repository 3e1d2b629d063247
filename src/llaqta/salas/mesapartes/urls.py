"""Direcciones de la mesa de partes y de la carpeta de la persona."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.mesapartes.views import carpeta, devoluciones, escritos, mesa, presentar

urlpatterns = [
    path("tramites/<slug:codigo>/presentar/", presentar.presentar, name="presentar"),
    path("tramites/<slug:codigo>/presentar/quien/", presentar.quien, name="presentar_quien"),
    path("tramites/<slug:codigo>/presentar/datos/", presentar.datos, name="presentar_datos"),
    path("tramites/<slug:codigo>/presentar/adjuntos/", presentar.adjuntos, name="presentar_adjuntos"),
    path("tramites/<slug:codigo>/presentar/revisar/", presentar.revisar, name="presentar_revisar"),
    path("mi-carpeta/", carpeta.inicio, name="inicio_de_la_persona"),
    path("mi-carpeta/<str:numero>/", carpeta.mi_tramite, name="mi_tramite"),
    path("mi-carpeta/<str:numero>/cargo/", carpeta.cargo, name="cargo"),
    path("mi-carpeta/<str:numero>/cargo.pdf", carpeta.cargo_pdf, name="cargo_pdf"),
    path("mi-carpeta/<str:numero>/prueba.json", carpeta.cargo_prueba, name="cargo_prueba"),
    path("mi-carpeta/<str:numero>/subsanar/", carpeta.subsanar, name="subsanar"),
    path("escritos/", escritos.lista, name="escritos"),
    path("escritos/cargo/<str:numero>/", escritos.cargo, name="cargo_de_escrito"),
    path("escritos/cargo/<str:numero>/cargo.pdf", escritos.cargo_pdf, name="cargo_de_escrito_pdf"),
    path("escritos/cargo/<str:numero>/prueba.json", escritos.cargo_prueba, name="cargo_de_escrito_prueba"),
    path("escritos/cargo/<str:numero>/encauzar/", escritos.encauzar, name="encauzar_escrito"),
    path("escritos/<str:numero>/reanudar/", escritos.reanudar, name="reanudar_plazo"),
    path("escritos/<str:numero>/<slug:ruta>/", escritos.nuevo, name="escrito_nuevo"),
    path("mesa-de-partes/escrito/", escritos.registrar, name="registrar_escrito"),
    path("mesa-de-partes/", mesa.cola, name="mesa_de_partes"),
    path("devoluciones/", devoluciones.lista, name="devoluciones"),
    path("devoluciones/<int:pk>/", devoluciones.marcar, name="devoluciones_marcar"),
    path("mesa-de-partes/registrar/", mesa.registrar, name="registrar_en_ventanilla"),
    path("mesa-de-partes/<str:numero>/", mesa.presentacion, name="presentacion"),
    path("mesa-de-partes/<str:numero>/observar/", mesa.observar, name="observar"),
    path("mesa-de-partes/<str:numero>/derivar/", mesa.derivar, name="recibir_y_derivar"),
]
