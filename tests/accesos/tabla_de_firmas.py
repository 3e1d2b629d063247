"""Las direcciones con que se firma: con PIN, de a uno o varios, y en el equipo de la persona."""

from __future__ import annotations

from llaqta.conftest import PIN

from .filas import PERSONAL, Fila, personas, solo, todos

_SESION = "00000000-0000-4000-8000-000000000000"

FIRMAS: dict[str, Fila] = {
    "firmar_proyecto": Fila(
        personas(405),
        solo(302, "JEF", resto=404) | {"ESP": 422, "AUD": 422},
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"], "pin": PIN},
    ),
    "firmar_en_mi_equipo": Fila(
        personas(405),
        solo(302, "ESP", "JEF", "AUD", resto=404),
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"]},
    ),
    "renunciar_al_numero": Fila(
        personas(405),
        solo(422, "ESP", "JEF", "AUD", resto=404),
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"], "motivo": "No se firmará."},
    ),
    # Varios juntos: solo quien firma documentos; sin ninguno marcado, vuelve a su bandeja.
    "firmar_varios": Fila(solo(302, "JEF"), solo(302, "JEF")),
    "firmar_varios_en_mi_equipo": Fila(personas(405), solo(302, "JEF")),
    "firmados": Fila(solo(302, "JEF")),
    # La firma en el equipo de la persona: su página es solo suya; el componente entra con su ficha o no entra.
    "firma_local": Fila(personas(404), con=(_SESION,)),
    "firma_local_abrir": Fila(personas(405), personas(404), con=(_SESION,)),
    "firma_local_estado": Fila(personas(404), con=(_SESION,)),
    "firma_local_cancelar": Fila(personas(405), personas(404), con=(_SESION,)),
    "firma_local_sin_componente": Fila(personas(405), personas(404), con=(_SESION,)),
    "firma_local_hoja": Fila(personas(404), con=(_SESION, "1")),
    "firma_local_todas": Fila(solo(200, *PERSONAL, resto=404)),
    "firma_local_practicar": Fila(solo(200, *PERSONAL, resto=404), solo(302, *PERSONAL, resto=404)),
    "firma_local_argumentos": Fila(todos(405), todos(404)),
    "firma_local_descargar": Fila(todos(404), con=("ficha-inventada",)),
    "firma_local_devolver": Fila(todos(405), todos(404), con=("ficha-inventada",)),
}
