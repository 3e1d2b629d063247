"""Direcciones de la sede: lo público."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.sede.views import publico, seguimiento, verificacion

urlpatterns = [
    path("", publico.inicio, name="inicio"),
    path("tramites/", publico.buscar, name="buscar"),
    path("tramites/todos/", publico.catalogo, name="catalogo"),
    path("tramites/temas/<slug:tema>/", publico.catalogo, name="tema"),
    path("tramites/gobpe.json", publico.gobpe_de_todos, name="gobpe_de_todos"),
    path("tramites/<slug:codigo>/", publico.tramite, name="tramite"),
    path("tramites/<slug:codigo>/gobpe.json", publico.gobpe, name="gobpe"),
    path("seguimiento/", seguimiento.seguimiento, name="seguimiento"),
    path("seguimiento/cerrar/", seguimiento.cerrar, name="cerrar_seguimiento"),
    path("seguimiento/<str:numero>/", seguimiento.expediente, name="seguimiento_expediente"),
    path("seguimiento/<str:numero>/vencimiento.ics", seguimiento.vencimiento, name="seguimiento_vencimiento"),
    path(
        "seguimiento/<str:numero>/documentos/<int:documento_id>/",
        seguimiento.documento,
        name="seguimiento_documento",
    ),
    path("s/<str:numero>/<str:clave>", seguimiento.directo, name="seguimiento_directo"),
    path("verificar/", verificacion.verificar, name="verificar"),
    path("verificar/archivo/", verificacion.suelto, name="verificar_archivo"),
    path("v/<str:cvd>", verificacion.por_codigo, name="verificar_cvd"),
    path("v/<str:cvd>/documento", verificacion.contenido, name="verificar_documento"),
    path("v/<str:cvd>/clave", verificacion.con_clave, name="verificar_con_clave"),
    path("v/<str:cvd>/prueba.json", verificacion.prueba_json, name="verificar_prueba_json"),
    path("v/<str:cvd>/prueba.zip", verificacion.prueba_zip, name="verificar_prueba"),
    path("v/<str:cvd>/informe.json", verificacion.informe_json, name="verificar_informe_json"),
    path("v/<str:cvd>/informe.pdf", verificacion.informe_pdf, name="verificar_informe"),
    path("v/<str:cvd>/copia", verificacion.comparar, name="comparar_copia"),
    path("plazos/", publico.plazos, name="plazos"),
    path("accesibilidad/", publico.accesibilidad, name="accesibilidad"),
    path("privacidad/", publico.privacidad, name="privacidad"),
    path("robots.txt", publico.robots, name="robots"),
    path("sitemap.xml", publico.mapa, name="sitemap"),
]
