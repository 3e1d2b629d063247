"""Hacer las vistas: la imagen WebP de cada página, para mirar un documento sin descargarlo."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import llaqta
from llaqta.cimientos import storage
from llaqta.cimientos.events import diferir
from llaqta.salas.documentos.models import Archivo, Documento, Vista

registro = logging.getLogger(__name__)
# Por su nombre: importarlo cargaría pdfium en cada proceso web.
RENDER = "llaqta.salas.documentos.render"
PAGINAS_POR_PROCESO = 20
SEGUNDOS_POR_PAGINA = 15
# Quien abre lo que mandó un extraño no recibe las claves de la instalación.
SIN_SECRETOS = {"PYTHONPATH": str(Path(llaqta.__file__).parents[1])}
A_PEDIDO = {"vistas": "a pedido"}
"""El metadato de lo que se emite por miles y casi nadie mira página por página: se dibuja la primera vez que se mira.

Dibujar cuesta varias veces más que componer, sellar y guardar la misma hoja (``./llaqta bench constancias``).
"""


def pedir_vistas(*, archivo_id: int, mirando: bool = False) -> None:
    """Deja en la cola dibujar las vistas que falten de un archivo, salvo que sea de los que esperan a que alguien mire.

    :param mirando: si alguien lo está mirando ahora
    """
    if not mirando and Documento.objects.filter(archivo=archivo_id, metadatos__contains=A_PEDIDO).exists():
        return
    diferir("documentos.dibujar_vistas", candado=f"vistas-{archivo_id}", archivo_id=archivo_id)


def hacer_vistas(*, archivo_id: int, ahora: datetime) -> int:
    """Hace las vistas que faltan de un archivo y devuelve cuántas hizo; si se interrumpe, sigue donde quedó.

    Cada página se dibuja en otro proceso, con memoria y tiempo limitados: una página hostil o rota se queda sin vista,
    pero no detiene a las demás ni al trabajador. Lo que está en cuarentena no se dibuja.
    """
    archivo = Archivo.objects.get(pk=archivo_id)
    if archivo.estado == Archivo.Estado.CUARENTENA:
        return 0
    hechas = set(archivo.vistas.values_list("pagina", flat=True))
    faltan = [pagina for pagina in range(1, archivo.folios + 1) if pagina not in hechas]
    total = 0
    with storage.como_ruta(archivo.sha256) as origen, tempfile.TemporaryDirectory() as carpeta:
        while faltan:
            tanda, faltan = faltan[:PAGINAS_POR_PROCESO], faltan[PAGINAS_POR_PROCESO:]
            dibujadas = _dibujar(origen, archivo.mime, tanda, Path(carpeta))
            total += sum(_anotar(archivo, pagina, Path(carpeta)) for pagina in dibujadas)
            if len(dibujadas) < len(tanda):
                rota = tanda[len(dibujadas)]
                registro.warning("No se pudo hacer la vista de la página %s del archivo %s", rota, archivo_id)
                faltan = tanda[len(dibujadas) + 1 :] + faltan
    return total


def _dibujar(origen: Path, mime: str, paginas: list[int], carpeta: Path) -> list[int]:
    """Dibuja páginas seguidas en otro proceso; devuelve las que terminó, en orden, hasta la primera que falló."""
    orden = [sys.executable, "-m", RENDER, str(origen), mime, str(carpeta), *map(str, paginas)]
    try:
        salida = subprocess.run(  # noqa: S603 (la orden es nuestra; el nombre del archivo es su huella)
            orden,
            capture_output=True,
            env=SIN_SECRETOS,
            timeout=SEGUNDOS_POR_PAGINA * len(paginas),
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as error:
        salida = error.stdout or b""
    terminadas = {int(linea) for linea in salida.split() if linea.isdigit()}
    hasta = next((lugar for lugar, pagina in enumerate(paginas) if pagina not in terminadas), len(paginas))
    return paginas[:hasta]


def _anotar(archivo: Archivo, pagina: int, carpeta: Path) -> int:
    """Guarda la imagen y su fila; si otro trabajador la hizo antes, no pasa nada."""
    from PIL import Image  # noqa: PLC0415 (lo mismo: solo el trabajador lo necesita)

    ruta = carpeta / f"{pagina}.webp"
    with Image.open(ruta) as imagen:
        ancho, alto = imagen.size
    objeto = storage.guardar(ruta.read_bytes())
    ruta.unlink()
    _, creada = Vista.objects.get_or_create(
        archivo=archivo, pagina=pagina, defaults={"sha256": objeto.sha256, "ancho": ancho, "alto": alto}
    )
    return int(creada)
