"""Direcciones del TUPA, bajo ``tupa/``: lo publicado lo ve cualquiera; lo demás, quien lo administra o lo revisa."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.tramites.views import archivos, catalogo, editor, publicado, revision

urlpatterns = [
    path("", editor.lista, name="administracion_tupa"),
    path("nuevo/", editor.nuevo, name="nuevo_procedimiento"),
    path("publicado/", publicado.publicado, name="tupa_publicado"),
    path("uit/", catalogo.uit, name="uit_del_tupa"),
    path("revision/", revision.revision, name="revision_tupa"),
    path("exportar/<slug:formato>/", archivos.exportar, name="exportar_tupa"),
    path("cargas/", archivos.cargas, name="cargas_tupa"),
    path("cargas/<int:pk>/", archivos.carga, name="carga_tupa"),
    path("versiones/<int:pk>/", editor.version, name="version_de_procedimiento"),
    path("versiones/<int:pk>/retirar/", editor.retirar, name="retirar_version"),
    path("<slug:codigo>/", editor.procedimiento, name="procedimiento"),
    path("<slug:codigo>/editar/", editor.editar, name="editar_procedimiento"),
    path("<slug:codigo>/retirar/", catalogo.derogar, name="derogar_procedimiento"),
    path("<slug:codigo>/reponer/", catalogo.reponer, name="reponer_procedimiento"),
]
