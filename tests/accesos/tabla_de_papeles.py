"""Las direcciones con que un papel se comprueba y un expediente sale entero de la casa, o llega de otra."""

from __future__ import annotations

from .filas import ING, Fila, personas, solo, todos

PAPELES: dict[str, Fila] = {
    # Verificar es de todos; leer el documento, solo de quien puede verlo.
    "verificar": Fila(todos(200), todos(422)),
    "verificar_archivo": Fila(todos(405), todos(422)),
    "verificar_cvd": Fila(todos(200), con=("cvd",)),
    "verificar_documento": Fila(solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("cvd",)),
    "verificar_documento#publico": Fila(todos(200), con=("cvd_publico",)),
    "verificar_con_clave": Fila(todos(405), todos(422), con=("cvd",)),
    # La prueba y el informe no dicen lo que el documento guarda: los lleva cualquiera que tenga el código.
    "verificar_prueba": Fila(todos(409), con=("cvd",)),
    "verificar_prueba_json": Fila(todos(409), con=("cvd",)),
    "verificar_informe": Fila(todos(200), con=("cvd",)),
    "verificar_informe_json": Fila(todos(200), con=("cvd",)),
    "comparar_copia": Fila(todos(405), todos(422), con=("cvd",)),
    # Llevarse el expediente: la unidad que lo tiene, quien controla y la dueña; recibir el ajeno, la mesa.
    "exportar_expediente": Fila(
        {**solo(200, "DUE", "ESP", "JEF", "AUD", resto=404), "VEN": 403},
        solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404),
        con=("expediente",),
    ),
    "descargar_exportacion": Fila(personas(404), con=("999999",)),
    "expedientes_recibidos": Fila(solo(200, "VEN", "AUD")),
    "importar_expediente": Fila(solo(200, "VEN"), solo(422, "VEN")),
    "expediente_recibido": Fila({**solo(404, "VEN", "AUD"), "ANO": ING}, con=("999999",)),
}
