"""Lee un TUPA escrito en YAML o en XLSX y lo entrega como datos por publicar; no escribe nada."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.tramites import armado, escrito, libro
from llaqta.salas.tramites.rules import Tupa

PESO_MAXIMO = 5 * 2**20
_DATOS = Path(__file__).parent / "datos"
ARCHIVOS_DE_DEMOSTRACION = tuple(
    _DATOS / nombre for nombre in ("palabras.yaml", "tupa_demo.yaml", "tupa_demo_otros.yaml")
)
"""Se cargan en este orden; ``palabras.yaml`` (temas, UIT y maneras de hablar) sirve a cualquier municipalidad."""


class ArchivoConErrores(EntradaInvalida):
    """El archivo no se puede leer; ``problemas`` dice cada uno con su lugar (hoja, fila y columna)."""

    def __init__(self, problemas: Sequence[str]) -> None:
        mas = f" (y {len(problemas) - 1} más)" if len(problemas) > 1 else ""
        super().__init__(f"{problemas[0]}{mas}", campo="archivo")
        self.problemas = list(problemas)


def leer_tupa(ruta: Path, *, unidades: Mapping[str, int]) -> Tupa:
    """Lee y comprueba un archivo del disco, YAML o XLSX según su nombre.

    :param unidades: identificador de cada unidad por sus siglas
    :raises EntradaInvalida: si no se entiende, le falta un dato o nombra un tema, una norma o una unidad que no existe
    """
    try:
        contenido = ruta.read_bytes()
    except OSError as error:
        raise EntradaInvalida(f"No se pudo leer el TUPA de «{ruta.name}»: {error}") from error
    return leer_contenido(ruta.name, contenido, unidades=unidades)


def leer_contenido(nombre: str, contenido: bytes, *, unidades: Mapping[str, int]) -> Tupa:
    """Lee y comprueba un archivo ya recibido.

    :raises ArchivoConErrores: con todo lo que está mal y dónde
    """
    if len(contenido) > PESO_MAXIMO:
        raise ArchivoConErrores(
            [f"«{nombre}» pesa más de {PESO_MAXIMO // 2**20} MB: un TUPA nunca pesa tanto."]
        )
    if not contenido.strip():
        raise ArchivoConErrores([f"«{nombre}» está vacío."])
    problemas: list[str] = []
    sinonimos: list[tuple[str, str]] = []
    if nombre.lower().endswith((".yaml", ".yml")):
        filas, sinonimos = escrito.leer_yaml(nombre, contenido, problemas)
    else:
        filas = libro.leer_libro(nombre, contenido, problemas)
    if problemas:
        raise ArchivoConErrores(problemas)
    tupa = armado.armar(filas, unidades, problemas)
    if problemas:
        raise ArchivoConErrores(problemas)
    return replace(tupa, sinonimos=sinonimos)
