"""La tabla, escrita a mano: lo que la municipalidad promete a cada persona en cada dirección."""

from __future__ import annotations

from typing import Any

from .filas import ING, PERSONAL, Casa, Fila, personas, solo, todos
from .tabla_de_firmas import FIRMAS
from .tabla_de_papeles import PAPELES


def _envio(casa: Casa, **mas: Any) -> dict[str, Any]:
    return {
        "version": casa.datos["version_expediente"],
        "para_unidad": casa.datos["oaj"],
        "motivo": "para opinión",
        "proveido": "Opine.",
        **mas,
    }


TABLA: dict[str, Fila] = {
    **PAPELES,
    **FIRMAS,
    # La puerta de la calle: cualquiera.
    "inicio": Fila(todos(200)),
    "buscar": Fila(todos(200)),
    "catalogo": Fila(todos(200)),
    "tema": Fila(todos(200), con=("negocios",)),
    "tramite": Fila(todos(200), con=("codigo",)),
    "gobpe": Fila(todos(200), con=("codigo",)),
    "gobpe_de_todos": Fila(todos(200)),
    "tupa_publicado": Fila(todos(200)),
    "plazos": Fila(todos(200)),
    "accesibilidad": Fila(todos(200)),
    "privacidad": Fila(todos(200)),
    "robots": Fila(todos(200)),
    "sitemap": Fila(todos(200)),
    "estilo_entidad": Fila(todos(200)),
    "escudo_entidad": Fila(todos(404)),
    "programa": Fila(todos(200)),
    "galeria": Fila(todos(404), todos(404)),
    "galeria_pagina": Fila(todos(404), todos(404), con=("error",)),
    # El registro se mira sin cuenta; lo que no es suyo (rutas o tamaños inventados) se niega igual a todos.
    "registro": Fila(todos(200)),
    "registro_punto": Fila(todos(404)),
    "registro_llave": Fila(todos(404)),
    "registro_verificador": Fila(todos(200)),
    "registro_consistencia": Fila(todos(400)),
    "registro_cofirma": Fila(todos(405), todos(403)),
    "registro_mosaico": Fila(todos(404), con=("0/000",)),
    # Seguimiento: con la clave o, si ingresó, lo suyo. A los demás se les pide la clave.
    "seguimiento": Fila(todos(200), todos(422)),
    "cerrar_seguimiento": Fila(todos(405), todos(302)),
    "seguimiento_expediente": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=302, anonimo=302), con=("expediente",)
    ),
    "seguimiento_vencimiento": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("expediente",)
    ),
    "seguimiento_documento": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("expediente", "escrito")
    ),
    "seguimiento_documento#ajeno": Fila(todos(404), con=("expediente", "documento")),
    "seguimiento_directo": Fila(todos(302), con=("expediente", "clave")),
    # Documentos: ajeno e inexistente, lo mismo.
    "documento_ficha": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento",)
    ),
    "documento_pdf": Fila(solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento",)),
    "documento_descarga": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento",)
    ),
    "documento_pagina": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento", "1")
    ),
    "documento_comprobar_firmas": Fila(
        personas(405), {**solo(302, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403}, con=("escrito",)
    ),
    "documento_pdf#escrito": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("escrito",)
    ),
    "documento_pdf#publico": Fila(todos(200), con=("publico",)),
    # Presentar: cada quien lo suyo; el borrador es de quien lo escribe y su dirección no lo nombra.
    "presentar": Fila({**personas(302), "DUE": 200}, personas(302), con=("codigo",)),
    "presentar_quien": Fila(personas(200), personas(200), con=("codigo",)),
    "presentar_datos": Fila(personas(200), personas(200), con=("codigo",)),
    "presentar_adjuntos": Fila(personas(200), personas(302), con=("codigo",)),
    "presentar_revisar": Fila({**personas(302), "DUE": 200}, personas(422), con=("codigo",)),
    "api:presentaciones": Fila(todos(405), {**personas(422), "ANO": 401}),
    "api:presentacion": Fila(solo(200, "DUE", "VEN", "AUD", resto=404, anonimo=401), con=("presentacion",)),
    # La carpeta de la persona.
    "inicio_de_la_persona": Fila(personas(200)),
    "mi_tramite": Fila(solo(200, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "cargo": Fila(solo(200, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "cargo_prueba": Fila(solo(302, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "cargo_pdf": Fila(solo(302, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "subsanar": Fila(
        {**solo(409, "DUE", "VEN", resto=404)}, solo(409, "DUE", "VEN", resto=404), con=("presentacion",)
    ),
    # Los escritos que llegan después: los presenta quien es parte; los lee también quien ve el expediente.
    "escrito_nuevo": Fila(
        solo(200, "DUE", resto=404), solo(422, "DUE", resto=404), con=("expediente", "otro")
    ),
    "cargo_de_escrito": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("escrito_posterior",)
    ),
    "cargo_de_escrito_prueba": Fila(
        solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("escrito_posterior",)
    ),
    "cargo_de_escrito_pdf": Fila(
        solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("escrito_posterior",)
    ),
    "encauzar_escrito": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(422, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("escrito_posterior",),
    ),
    "reanudar_plazo": Fila(personas(405), solo(302, "DUE", resto=404), con=("expediente",)),
    "registrar_escrito": Fila(solo(200, "VEN"), solo(422, "VEN")),
    "escritos": Fila(solo(200, *PERSONAL)),
    # Recursos y quejas: los ve quien ve el expediente; el sentido lo anota quien lo tiene; la queja, el superior.
    "recursos": Fila(solo(200, "VEN", "ESP", "ASE", "JEF", "AUD")),
    "recurso": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404),
        solo(422, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404),
        con=("recurso",),
    ),
    "recurso_del_expediente": Fila(
        solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("expediente",)
    ),
    "informacion_erronea": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(422, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
    ),
    "quejas": Fila(solo(200, "VEN", "ESP", "ASE", "JEF", "AUD")),
    "queja": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404),
        solo(422, "DUE", "ESP", "JEF", "AUD", resto=404),
        con=("queja",),
    ),
    # La mesa de partes.
    "mesa_de_partes": Fila(solo(200, "VEN")),
    "registrar_en_ventanilla": Fila(solo(200, "VEN"), solo(200, "VEN")),
    "devoluciones": Fila(solo(200, "VEN")),
    "devoluciones_marcar": Fila(solo(405, "VEN"), solo(422, "VEN"), con=("orden_de_devolucion",)),
    "presentacion": Fila(solo(200, "VEN"), solo(302, "VEN"), con=("presentacion",)),
    "observar": Fila(solo(200, "VEN"), solo(422, "VEN"), con=("presentacion",)),
    "recibir_y_derivar": Fila(
        solo(200, "VEN"),
        solo(302, "VEN"),
        con=("presentacion",),
        datos=lambda casa: {"para_unidad": casa.datos["sglc"], "motivo": "para su atención"},
    ),
    # La casilla: de su dueña y de nadie más.
    "casilla": Fila(personas(200)),
    "casilla_activar": Fila(
        personas(200), personas(302), datos=lambda casa: {"correo": "x@ejemplo.pe", "acepto": "on"}
    ),
    "casilla_retirarse": Fila(
        personas(200), {**personas(409), "DUE": 302}, datos=lambda casa: {"confirmo": "on"}
    ),
    "casilla_activar_empresa": Fila(personas(404), personas(404), con=("20999000020",)),
    "casilla_retirar_empresa": Fila(personas(404), personas(404), con=("20999000020",)),
    "notificacion": Fila(solo(200, "DUE", resto=404), con=("notificacion",)),
    "notificacion_abrir": Fila(todos(405), solo(302, "DUE", resto=404), con=("notificacion",)),
    "casilla_prueba": Fila(solo(404, resto=404), con=("notificacion", "deposito")),
    # Lo depositado, por dentro: de la unidad que lo depositó y del control. La cuenta es de todos.
    "casilla_depositadas": Fila(solo(200, "ESP", "ASE", "JEF", "AUD", resto=404)),
    "casilla_depositada": Fila(solo(200, "ESP", "JEF", "AUD", resto=404), con=("notificacion",)),
    "casilla_conciliacion": Fila(solo(200, "AUD", "ADM")),
    "casilla_reintentar": Fila(todos(405), solo(404, "ADM"), con=("1",)),
    "casilla_cifras": Fila(todos(200)),
    "casilla_cifras_csv": Fila(todos(200)),
    # Fuera de la casilla. Lo publicado es de todos; confirmar un correo, de quien tiene su enlace.
    "notificaciones_publicadas": Fila(todos(200)),
    "acuse_de_correo": Fila(todos(200), todos(302), con=("llave",)),
    "acuse_documento": Fila(todos(404), con=("llave",)),
    "correo_autorizado": Fila(
        personas(200), personas(302), datos=lambda casa: {"correo": "x@ejemplo.pe", "autorizo": "on"}
    ),
    "correo_retirar": Fila(personas(200), personas(409), datos=lambda casa: {"confirmo": "on"}),
    # Las diligencias: de la unidad que las ordenó y del control; visitar es solo del notificador, que aquí no está.
    "diligencias": Fila(solo(200, "ESP", "ASE", "JEF", "AUD")),
    "diligencia": Fila(solo(200, "ESP", "JEF", "AUD", resto=404), con=("diligencia",)),
    "diligencia_pdf": Fila({**todos(404), "ANO": ING}, con=("diligencia", "cedula")),
    "diligencias_de_hoy": Fila(solo(200)),
    "ruta_de_notificador": Fila(solo(200)),
    "anotar_visita": Fila(solo(200), solo(200), con=("diligencia",)),
    "tomar_diligencia": Fila(solo(405), solo(200), con=("diligencia",)),
    "adjuntar_acta": Fila(solo(200), solo(200), con=("diligencia", "1")),
    # Los expedientes por dentro: solo el personal; cada unidad, los suyos.
    "bandeja": Fila(solo(200, *PERSONAL)),
    "buscar_interno": Fila(solo(200, *PERSONAL)),
    "plazos_de_unidades": Fila(solo(200, "JEF", "AUD")),
    "expediente": Fila(
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403, "OTR": 403}, con=("expediente",)
    ),
    "expediente_pdf": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("expediente", "caratula")
    ),
    "expediente_pdf#hoja": Fila(
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403}, con=("expediente", "hoja-de-ruta")
    ),
    "derivar_expediente": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(302, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=_envio,
    ),
    "asignar_expediente": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(422, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=lambda casa: {"version": casa.datos["version_expediente"]},
    ),
    "pedir_informe": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(302, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=_envio,
    ),
    "redactar_proyecto": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(302, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=lambda casa: {
            "plantilla": casa.datos["plantilla"],
            "version": casa.datos["version_expediente"],
        },
    ),
    "anular_notificacion": Fila(
        {**todos(404), "ANO": ING, "DUE": 403, "OTR": 403},
        {**todos(404), "ANO": ING, "DUE": 403, "OTR": 403},
        con=("expediente",),
    ),
    "notificar_decision": Fila(
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403, "OTR": 403},
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403, "OTR": 403},
        con=("expediente",),
    ),
    # Los actos menos frecuentes: la pantalla se niega igual que el servicio.
    **{
        nombre: Fila(
            {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
            {**solo(422, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
            con=("expediente",),
            datos=lambda casa: {"version": casa.datos["version_expediente"]},
        )
        for nombre in (
            "emplazar_expediente",
            "anotar_paralizacion",
            "acumular_expediente",
            "derivar_a_otra_entidad",
        )
    },
    **{
        nombre: Fila(
            solo(409, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404),
            solo(409, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404),
            con=("expediente",),
        )
        for nombre in ("separar_expediente", "revisar_de_oficio")
    },
    "cerrar_revision": Fila(
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
    ),
    "reponer_expediente": Fila(
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
    ),
    "prorrogar_informe": Fila(
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("movimiento",),
        datos=lambda casa: {"motivo": "Un viaje."},
    ),
    "archivar_expediente": Fila(
        personas(405), solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("expediente",)
    ),
    "recibir_movimiento": Fila(
        personas(405), solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("movimiento",)
    ),
    "prescindir_informe": Fila(
        personas(405), solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("movimiento",)
    ),
    "rendir_informe": Fila(
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("movimiento",),
        datos=lambda casa: {"nota": "Conforme."},
    ),
    # La fiscalización posterior: los sorteos, de todos; comprobar, de quien tiene el encargo.
    "sorteos": Fila(todos(200)),
    "sorteo": Fila(todos(404), con=("2026-1",)),
    "lista_del_sorteo": Fila(todos(404), con=("2026-1",)),
    "convocar_sorteo": Fila(personas(403), personas(403)),
    "sortear": Fila(personas(403), personas(403), con=("2026-1",)),
    "asignar_revisor": Fila(personas(403), personas(403), con=("1",)),
    "resultado_de_fiscalizacion": Fila(personas(403), personas(403), con=("1",)),
    # Los proyectos: nunca el administrado, que solo ve lo firmado y notificado.
    "proyecto": Fila(
        solo(200, "ESP", "JEF", "AUD", resto=404),
        solo(200, "AUD", resto=404) | {"ESP": 422, "JEF": 422},
        con=("proyecto",),
        datos=lambda casa: {"asunto": "", "version": casa.datos["version_proyecto"]},
    ),
    "proyecto_pdf": Fila(solo(200, "ESP", "JEF", "AUD", resto=404), con=("proyecto",)),
    "proyecto_pagina": Fila(solo(200, "ESP", "JEF", "AUD", resto=404), con=("proyecto", "1")),
    "visar_proyecto": Fila(
        personas(405),
        solo(302, "ESP", "JEF", "AUD", resto=404),
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"]},
    ),
    "devolver_proyecto": Fila(
        personas(405),
        solo(302, "JEF", resto=404) | {"ESP": 422, "AUD": 422},
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"], "nota": "Falta motivar."},
    ),
    # Los folios y las firmas de un documento: la unidad que tiene el expediente; anular, la jefatura que emitió.
    "agregar_expediente_foliado": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
    ),
    "desglosar_documento": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("escrito",),
    ),
    "elegir_firmantes": Fila(
        solo(200, "ESP", "JEF", resto=404) | {"AUD": 403},
        solo(200, "ESP", "JEF", resto=404) | {"AUD": 403},
        con=("proyecto",),
    ),
    "anular_emitido": Fila(
        solo(200, "ESP", "JEF", "AUD", resto=404),
        solo(200, "ESP", "JEF", "AUD", resto=404),
        con=("proyecto",),
    ),
    # El libro y la sala de máquinas.
    "auditoria": Fila(solo(200, "AUD", resto=404)),
    "auditoria_exportar": Fila(todos(405), solo(200, "AUD", resto=404)),
    "estado_del_registro": Fila(solo(200, "AUD", "ADM", resto=404)),
    "auditoria_borrado": Fila(solo(200, "ADM"), solo(422, "ADM")),
    "auditoria_prueba": Fila(solo(200, "AUD", resto=404), con=("suceso",)),
    "auditoria_paquete": Fila(solo(409, "AUD", resto=404), con=("suceso",)),  # todavía no está en el registro
    "trabajos_fallidos": Fila(solo(200, "ADM")),
    "administracion_confianza": Fila(solo(200, "ADM")),
    "administracion_conservacion": Fila(solo(200, "ADM")),
    "conservacion_reintentar": Fila(todos(405), solo(404, "ADM"), con=("1",)),
    "reintentar_trabajo": Fila(todos(405), solo(404, "ADM"), con=("1",)),
    "administracion_calendario": Fila(solo(200, "ADM")),
    "administracion_dia_nuevo": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "administracion_dias_lista": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "administracion_dia_sin_efecto": Fila(solo(404, "ADM"), solo(404, "ADM"), con=("1",)),
    "administracion_entidad": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "administracion_membrete": Fila(solo(200, "ADM")),
    # La numeración: la administra quien administra; quien controla mira los anulados y las delegaciones.
    "administracion_numeracion": Fila(solo(200, "ADM")),
    "numeracion_anulados": Fila(solo(200, "ADM", "AUD")),
    "numeracion_delegaciones": Fila(solo(200, "ADM", "AUD")),
    "numeracion_delegacion_nueva": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "numeracion_delegacion_terminar": Fila(solo(404, "ADM"), solo(404, "ADM"), con=("1",)),
    "numeracion_clase": Fila(solo(200, "ADM"), con=("tipo_interno",)),
    "numeracion_formato": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("tipo_interno",)),
    "numeracion_continuar": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("tipo_interno",)),
    # Los plazos: la cuenta es de todos; las reglas las ve el personal; verificarlas, solo la asesoría jurídica.
    "calculadora": Fila(todos(200)),
    "api:tramites_gobpe": Fila(todos(200)),
    "api:tramite_gobpe": Fila(todos(200), con=("codigo",)),
    "api:plazos": Fila(todos(422)),
    "api:plazos_efecto": Fila(todos(422)),
    "reglas": Fila(solo(200, *PERSONAL)),
    "regla": Fila(solo(200, *PERSONAL), con=("INFORME",)),
    "regla_confirmar": Fila(personas(403), personas(403), con=("INFORME",)),
    "regla_cambiar": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("INFORME",)),
    "articulos_citados": Fila(solo(200, *PERSONAL)),
    "distancias": Fila(solo(200, *PERSONAL)),
    "distancia_guardar": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "interrupciones": Fila(solo(200, *PERSONAL)),
    "interrupcion_nueva": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "interrupcion_certificar": Fila(personas(403), personas(403), con=("1",)),
    # El TUPA.
    "administracion_tupa": Fila(solo(200, "ADM")),
    "nuevo_procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM")),
    "procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM"), con=("codigo",)),
    "editar_procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM"), con=("codigo",)),
    "version_de_procedimiento": Fila(solo(200, "ADM"), con=("version",)),
    "exportar_tupa": Fila(solo(200, "ADM"), con=("xlsx",)),
    "cargas_tupa": Fila(solo(200, "ADM"), solo(422, "ADM")),
    "carga_tupa": Fila(solo(200, "ADM"), solo(302, "ADM"), con=("carga",)),
    # La asesoría jurídica revisa el TUPA sin cambiarlo; en este reparto nadie tiene ese rol.
    "revision_tupa": Fila(solo(200, "ADM")),
    "uit_del_tupa": Fila(solo(200, "ADM"), solo(422, "ADM")),
    "derogar_procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM"), con=("codigo",)),
    "reponer_procedimiento": Fila(solo(405, "ADM"), solo(409, "ADM"), con=("codigo",)),
    "retirar_version": Fila(solo(405, "ADM"), solo(409, "ADM"), con=("version",)),
    # Personas, unidades y roles.
    "cuentas_personas": Fila(solo(200, "ADM")),
    "cuentas_persona_nueva": Fila(solo(200, "VEN", "ADM"), solo(200, "VEN", "ADM")),
    "cuentas_persona": Fila(solo(200, "ADM"), con=("persona",)),
    "cuentas_crear_cuenta": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_clave_nueva": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_quitar_segundo_paso": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_cerrar_sesiones": Fila(solo(200, "ADM"), solo(302, "ADM"), con=("persona",)),
    "cuentas_desactivar": Fila(solo(200, "ADM"), solo(302, "ADM"), con=("persona",)),
    "cuentas_reactivar": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_representaciones": Fila(solo(200, "VEN", "ADM")),
    "cuentas_representacion_nueva": Fila(solo(200, "VEN", "ADM"), solo(200, "VEN", "ADM")),
    "cuentas_terminar_representacion": Fila(
        solo(200, "VEN", "ADM"), solo(200, "VEN", "ADM"), con=("representacion",)
    ),
    "cuentas_ventanilla": Fila(solo(200, "VEN", "ADM"), solo(200, "VEN", "ADM")),
    "cuentas_asignar": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_dar_rol": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_terminar_asignacion": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("asignacion",)),
    "cuentas_retirar_rol": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("rol_dado",)),
    "cuentas_unidades": Fila(solo(200, "ADM")),
    "cuentas_unidad_nueva": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_terminar_unidad": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("unidad",)),
    "cuentas_puesto_nuevo": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_roles": Fila(solo(200, "ADM")),
    "cuentas_rol_nuevo": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_rol": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("rol",)),
    # La propia cuenta.
    "account_login": Fila(personas(302) | {"ANO": 200}, personas(302) | {"ANO": 200}),
    "account_logout": Fila(personas(200) | {"ANO": 302}, todos(302)),
    "account_signup": Fila(personas(302) | {"ANO": 200}, personas(302) | {"ANO": 200}),
    "account_inactive": Fila(todos(200)),
    "account_reauthenticate": Fila(personas(200), personas(200)),
    "account_change_password": Fila(personas(200), personas(200)),
    "account_set_password": Fila(personas(302), personas(302)),
    "account_reset_password": Fila(todos(200), todos(200)),
    "account_reset_password_done": Fila(todos(200)),
    "account_reset_password_from_key": Fila(todos(200), todos(200), con=("1", "a-b")),
    "account_reset_password_from_key_done": Fila(todos(200)),
    "account_email": Fila(todos(302)),
    "mfa_index": Fila(todos(302)),
    "cerrar_otras_sesiones": Fila(personas(405), personas(302)),
    "seguridad_de_mi_cuenta": Fila(personas(200)),
    "primer_administrador": Fila(todos(403), todos(403), con=("llave-falsa",)),
}
TABLA |= {nombre: Fila(personas(302)) for nombre in (
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_authenticate", "mfa_login_webauthn",
)}  # fmt: skip
TABLA |= {nombre: Fila(personas(404)) for nombre in (
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
)}  # fmt: skip
TABLA |= {
    "mfa_list_webauthn": Fila(personas(200)),
    "mfa_remove_webauthn": Fila(personas(302), personas(302), con=("1",)),
    "mfa_edit_webauthn": Fila(personas(302), personas(302), con=("1",)),
}
