"""Todas las direcciones de la casa: una línea por sala."""

from django.urls import include, path

urlpatterns = [
    path("", include("llaqta.cimientos.web.urls")),
    path("cuenta/", include("llaqta.salas.cuentas.urls")),
    path("administracion/", include("llaqta.cimientos.urls")),
    path("administracion/confianza/", include("llaqta.salas.firma.urls")),
    path("administracion/conservacion/", include("llaqta.salas.documentos.urls_de_conservacion")),
    path("administracion/numeracion/", include("llaqta.salas.documentos.urls_de_numeracion")),
    path("auditoria/", include("llaqta.salas.auditoria.urls")),
    path("registro/", include("llaqta.salas.auditoria.urls_publicas")),
    path("firma/local/", include("llaqta.salas.firma.local.urls")),
    path("", include("llaqta.salas.plazos.urls")),
    path("tupa/", include("llaqta.salas.tramites.urls")),
    path("documentos/", include("llaqta.salas.documentos.urls")),
    path("casilla/", include("llaqta.salas.casilla.urls")),
    path("notificaciones/", include("llaqta.salas.notificaciones.urls")),
    path("expedientes/", include("llaqta.salas.expedientes.urls")),
    path("recursos/", include("llaqta.salas.recursos.urls")),
    path("fiscalizacion/", include("llaqta.salas.fiscalizacion.urls")),
    path("", include("llaqta.salas.mesapartes.urls")),
    path("api/v1/", include("llaqta.config.api")),
    path("", include("llaqta.salas.sede.urls")),
]
handler400 = "llaqta.cimientos.web.views.pagina_400"
handler403 = "llaqta.cimientos.web.views.pagina_403"
handler404 = "llaqta.cimientos.web.views.pagina_404"
handler500 = "llaqta.cimientos.web.views.pagina_500"
