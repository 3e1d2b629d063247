"""Dónde poner el bloque visible sin tapar nada: se mira la página ya dibujada y se busca un hueco en blanco."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llaqta.cimientos.pdf import Caja, caja_de_firma
from llaqta.cimientos.pdfium import TURNO

ESCALA = 0.5
MARGEN = 24.0
PASO = 10.0
AIRE = 3.0
TAMANOS = ((192.0, 58.0), (150.0, 50.0), (120.0, 44.0))
A4 = (595, 842)


@dataclass(frozen=True)
class _Hoja:
    """Una página dibujada en blanco y negro, y dónde empieza (no siempre en el 0, 0)."""

    numero: int
    imagen: Any
    x0: float
    y0: float
    ancho: float
    alto: float

    def esta_en_blanco(self, caja: Caja, *, aire: float = AIRE) -> bool:
        """Dice si en el recuadro, y un poco alrededor, no hay nada dibujado."""
        izquierda, derecha = caja.x0 - self.x0 - aire, caja.x1 - self.x0 + aire
        arriba, abajo = self.alto - (caja.y1 - self.y0 + aire), self.alto - (caja.y0 - self.y0 - aire)
        recorte = (izquierda * ESCALA, arriba * ESCALA, derecha * ESCALA + 1, abajo * ESCALA + 1)
        return bool(self.imagen.crop(tuple(int(medida) for medida in recorte)).getextrema()[0] == 255)


def buscar_sitio(pdf: bytes) -> Caja | None:
    """Busca dónde poner un bloque sin tapar nada.

    Primero el lugar que los documentos de la casa reservan bajo el membrete; luego, del pie hacia arriba, un hueco en
    la última página y en la primera, con el tamaño normal y con dos menores.

    :return: el recuadro, o ``None`` si ninguna de las dos páginas tiene sitio
    """
    hojas = _dibujar(pdf)
    reservado = caja_de_firma(0)
    primera = next((hoja for hoja in hojas if hoja.numero == 0), None)
    if (
        primera
        and (round(primera.ancho), round(primera.alto)) == A4
        and primera.esta_en_blanco(reservado, aire=0)
    ):
        return reservado
    for ancho, alto in TAMANOS:
        for hoja in hojas:
            for caja in _cajas(hoja, ancho, alto):
                if hoja.esta_en_blanco(caja):
                    return caja
    return None


def _dibujar(pdf: bytes) -> list[_Hoja]:
    """Dibuja la última página y la primera; un PDF ilegible no da ninguna, y el motor de firma dirá qué tiene."""
    import pypdfium2  # noqa: PLC0415 (solo lo carga quien firma con bloque visible)

    with TURNO:
        try:
            documento = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError:
            return []
        try:
            # Sin los formularios no se verían los bloques de las firmas anteriores.
            documento.init_forms()
            numeros = dict.fromkeys((len(documento) - 1, 0))
            return [hoja for numero in numeros if (hoja := _mirar(documento[numero], numero))]
        finally:
            documento.close()


def _mirar(pagina: Any, numero: int) -> _Hoja | None:
    """Dibuja una página pequeña, con sus anotaciones; una girada no sirve: el bloque saldría de lado."""
    if pagina.get_rotation():
        return None
    imagen = pagina.render(scale=ESCALA, grayscale=True, may_draw_forms=True).to_pil()
    x0, y0, _, _ = pagina.get_cropbox()
    return _Hoja(
        numero, imagen.convert("L").point(lambda gris: 255 if gris > 250 else 0), x0, y0, *pagina.get_size()
    )


def _cajas(hoja: _Hoja, ancho: float, alto: float) -> Iterator[Caja]:
    """Los sitios que se prueban, de abajo arriba y de derecha a izquierda."""
    y = MARGEN
    while y + alto <= hoja.alto - MARGEN:
        x = hoja.ancho - MARGEN - ancho
        while x >= MARGEN:
            abajo, izquierda = hoja.y0 + y, hoja.x0 + x
            yield Caja(hoja.numero, izquierda, abajo, izquierda + ancho, abajo + alto)
            x -= PASO * 2
        y += PASO
