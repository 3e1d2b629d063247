"""Dibuja páginas como WebP. Corre solo, en un proceso aparte: ``python -m llaqta.salas.documentos.render``.

Uso: ``render ARCHIVO MIME CARPETA PÁGINA…``; escribe ``CARPETA/<página>.webp`` y el número de cada página terminada.
No importa Django: abre lo que mandó un extraño, y si muere no se lleva a nadie consigo.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

LADO_MAYOR = 1000
CALIDAD = 70
MEMORIA = 1_500_000_000
SEGUNDOS_DE_CPU = 240


def main(argumentos: list[str]) -> int:
    """Dibuja las páginas pedidas; termina con error en la primera que no puede."""
    origen, mime, carpeta, *paginas = argumentos
    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (SEGUNDOS_DE_CPU, SEGUNDOS_DE_CPU))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    documento = pypdfium2.PdfDocument(origen) if mime == "application/pdf" else None
    if documento is not None:
        documento.init_forms()  # sin esto no se ven los bloques de las firmas
    for pagina in map(int, paginas):
        imagen = _pagina(documento, pagina) if documento else _foto(Path(origen))
        imagen.save(Path(carpeta) / f"{pagina}.webp", "WEBP", quality=CALIDAD, method=4)
        print(pagina, flush=True)
    return 0


def _pagina(documento: pypdfium2.PdfDocument, pagina: int) -> Image.Image:
    hoja = documento[pagina - 1]
    # Con los formularios y firmas visibles, tal como se imprimiría.
    escala = LADO_MAYOR / max(*hoja.get_size(), 1)
    imagen: Image.Image = hoja.render(scale=escala, may_draw_forms=True).to_pil().convert("RGB")
    hoja.close()
    return imagen


def _foto(origen: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = 60_000_000
    with Image.open(origen) as original:
        original.draft("RGB", (LADO_MAYOR * 2, LADO_MAYOR * 2))
        imagen = ImageOps.exif_transpose(original).convert("RGB")
    imagen.thumbnail((LADO_MAYOR, LADO_MAYOR))
    return imagen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
