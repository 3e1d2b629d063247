"""Direcciones de los expedientes."""

from __future__ import annotations

from django.urls import path

from llaqta.salas.expedientes.views import (
    bandeja,
    emplazar,
    envios,
    expediente,
    exportacion,
    firmar_lote,
    foliacion,
    notificar,
    otros,
    proyectos,
)

urlpatterns = [
    path("", bandeja.bandeja, name="bandeja"),
    path("buscar/", bandeja.buscar, name="buscar_interno"),
    path("unidades/", bandeja.unidades, name="plazos_de_unidades"),
    path("envios/<int:pk>/recibir/", expediente.recibir, name="recibir_movimiento"),
    path("envios/<int:pk>/prescindir/", expediente.prescindir, name="prescindir_informe"),
    path("envios/<int:pk>/informe/", envios.rendir, name="rendir_informe"),
    path("envios/<int:pk>/prorrogar/", otros.prorrogar, name="prorrogar_informe"),
    path("proyectos/firmar/", firmar_lote.firmar_varios, name="firmar_varios"),
    path(
        "proyectos/firmar/en-mi-equipo/",
        firmar_lote.firmar_varios_en_mi_equipo,
        name="firmar_varios_en_mi_equipo",
    ),
    path("proyectos/firmados/", firmar_lote.firmados, name="firmados"),
    path("proyectos/<int:pk>/", proyectos.proyecto, name="proyecto"),
    path("proyectos/<int:pk>/vista.pdf", proyectos.vista_previa, name="proyecto_pdf"),
    path("proyectos/<int:pk>/paginas/<int:numero>.webp", proyectos.pagina, name="proyecto_pagina"),
    path("proyectos/<int:pk>/visar/", proyectos.visar, name="visar_proyecto"),
    path("proyectos/<int:pk>/devolver/", proyectos.devolver, name="devolver_proyecto"),
    path("proyectos/<int:pk>/firmar/", proyectos.firmar, name="firmar_proyecto"),
    path(
        "proyectos/<int:pk>/firmar/en-mi-equipo/", proyectos.firmar_en_mi_equipo, name="firmar_en_mi_equipo"
    ),
    path("proyectos/<int:pk>/firmar/renunciar/", proyectos.renunciar, name="renunciar_al_numero"),
    path("proyectos/<int:pk>/firmantes/", foliacion.firmantes, name="elegir_firmantes"),
    path("proyectos/<int:pk>/anular/", foliacion.anular, name="anular_emitido"),
    path("documentos/<int:documento>/desglosar/", foliacion.desglosar, name="desglosar_documento"),
    path("recibidos/", exportacion.recibidos, name="expedientes_recibidos"),
    path("recibidos/nuevo/", exportacion.importar, name="importar_expediente"),
    path("recibidos/<int:pk>/", exportacion.recibido, name="expediente_recibido"),
    path("paquetes/<int:pk>/", exportacion.descargar, name="descargar_exportacion"),
    path("<str:numero>/", expediente.expediente, name="expediente"),
    path("<str:numero>/derivar/", envios.derivar, name="derivar_expediente"),
    path("<str:numero>/asignar/", envios.asignar, name="asignar_expediente"),
    path("<str:numero>/informe/", envios.pedir_informe, name="pedir_informe"),
    path("<str:numero>/redactar/", proyectos.redactar, name="redactar_proyecto"),
    path("<str:numero>/notificar/", notificar.notificar, name="notificar_decision"),
    path("<str:numero>/notificar/anular/", notificar.anular, name="anular_notificacion"),
    path("<str:numero>/emplazar/", emplazar.emplazar, name="emplazar_expediente"),
    path("<str:numero>/paralizar/", otros.paralizar, name="anotar_paralizacion"),
    path("<str:numero>/acumular/", otros.acumular, name="acumular_expediente"),
    path("<str:numero>/separar/", otros.separar, name="separar_expediente"),
    path("<str:numero>/otra-entidad/", otros.otra_entidad, name="derivar_a_otra_entidad"),
    path("<str:numero>/revision-de-oficio/", otros.revisar_de_oficio, name="revisar_de_oficio"),
    path("<str:numero>/revision-de-oficio/cerrar/", otros.cerrar_revision, name="cerrar_revision"),
    path("<str:numero>/reponer/", otros.reponer, name="reponer_expediente"),
    path("<str:numero>/agregar/", foliacion.agregar, name="agregar_expediente_foliado"),
    path("<str:numero>/exportar/", exportacion.exportar, name="exportar_expediente"),
    path("<str:numero>/archivar/", expediente.archivar, name="archivar_expediente"),
    path("<str:numero>/<str:cual>.pdf", expediente.impreso, name="expediente_pdf"),
]
