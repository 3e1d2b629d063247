"""Dónde poner el bloque visible sin tapar nada: se mira la página ya dibujada y se busca un hueco en blanco."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llaqta.cimientos.pdf import Caja
from llaqta.cimientos.pdfium import TURNO

ESCALA = 0.5
MARGEN = 24.0
PASO = 10.0
AIRE = 3.0
TAMANOS = ((192.0, 58.0), (150.0, 50.0), (120.0, 44.0))


def buscar_sitio(pdf: bytes) -> Caja | None:
    """Busca un hueco en blanco para el bloque, desde el pie de la última página hacia arriba; luego en la primera.

    Prueba primero el tamaño normal y después dos menores.

    :return: el recuadro, o ``None`` si ninguna de las dos páginas tiene sitio
    """
    import pypdfium2  # noqa: PLC0415 (solo lo carga quien firma con bloque visible)

    with TURNO:
        try:
            documento = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError:
            return None  # el motor de firma dirá qué tiene el PDF
        try:
            # Sin los formularios no se verían los bloques de las firmas anteriores.
            documento.init_forms()
            ultima = len(documento) - 1
            paginas = [(numero, _mirar(documento, numero)) for numero in dict.fromkeys((ultima, 0))]
        finally:
            documento.close()
    for ancho, alto in TAMANOS:
        for numero, (imagen, giro) in paginas:
            if giro == 0 and (esquina := _hueco(imagen, ancho, alto)):
                x, y = esquina
                return Caja(numero, x, y, x + ancho, y + alto)
    return None


def _mirar(documento: Any, numero: int) -> tuple[Any, int]:
    """Dibuja una página en grises, pequeña, con sus anotaciones y firmas anteriores; devuelve también su giro."""
    pagina = documento[numero]
    mapa = pagina.render(scale=ESCALA, grayscale=True, may_draw_forms=True)
    imagen = mapa.to_pil().convert("L").point(lambda gris: 255 if gris > 250 else 0)
    return imagen, pagina.get_rotation()


def _hueco(imagen: Any, ancho: float, alto: float) -> tuple[float, float] | None:
    """Devuelve la esquina inferior izquierda del primer hueco, de abajo arriba y de derecha a izquierda."""
    for x, y in _esquinas(imagen.width / ESCALA, imagen.height / ESCALA, ancho, alto):
        izquierda, derecha = int((x - AIRE) * ESCALA), int((x + ancho + AIRE) * ESCALA) + 1
        arriba = int(imagen.height - (y + alto + AIRE) * ESCALA)
        abajo = int(imagen.height - (y - AIRE) * ESCALA) + 1
        if imagen.crop((izquierda, arriba, derecha, abajo)).getextrema()[0] == 255:
            return x, y
    return None


def _esquinas(
    pagina_ancho: float, pagina_alto: float, ancho: float, alto: float
) -> Iterator[tuple[float, float]]:
    y = MARGEN
    while y + alto <= pagina_alto - MARGEN:
        x = pagina_ancho - MARGEN - ancho
        while x >= MARGEN:
            yield x, y
            x -= PASO * 2
        y += PASO
