"""La parte común de las pantallas: marco, estilo, piezas, formularios, errores y paginación.

Las plantillas de las salas extienden ``llaqta/base.html``, ``llaqta/interno.html`` o ``llaqta/pregunta.html`` y usan
las etiquetas de ``templatetags.llaqta``, que están disponibles sin ``{% load %}``. La galería viva las enseña todas.
"""
