"""El mando: ``./llaqta PALABRA …``. Cada palabra es una fila de la tabla; el resto, órdenes de gestión de Django."""

from __future__ import annotations

import sys
from importlib import import_module

MANDOS = {
    "up": ("llaqta.lanzador.up", "enciende Llaqta (con la demostración de Pichari, salvo --sin-demo)"),
    "test": ("llaqta.lanzador.pruebas", "corre todas las pruebas, también las del navegador"),
    "check": (
        "llaqta.lanzador.revision",
        "revisa formato, tipos, pisos, reglas de la casa y documentos generados",
    ),
    "docs": ("llaqta.lanzador.docs_generados", "escribe docs/casos.md y docs/estados/ leyendo el código"),
    "bench": ("llaqta.lanzador.medidas", "mide: ./llaqta bench NOMBRE [--json]"),
    "gestion": ("llaqta.lanzador.gestion", "órdenes de gestión de Django: ./llaqta gestion migrate"),
}


def ayuda() -> str:
    """Devuelve la ayuda: una línea por mando."""
    filas = "\n".join(f"  ./llaqta {palabra:<8} {para_que}" for palabra, (_, para_que) in MANDOS.items())
    return f"Llaqta: la municipalidad que recibe, decide, firma, notifica, guarda y publica.\n\n{filas}\n"


def main(argv: list[str]) -> int:
    """Entrega el mando a quien corresponde y devuelve su código de salida."""
    if not argv or argv[0] in {"-h", "--help", "help", "ayuda"}:
        print(ayuda())
        return 0
    modulo, resto = (MANDOS[argv[0]][0], argv[1:]) if argv[0] in MANDOS else (MANDOS["gestion"][0], argv)
    return int(import_module(modulo).main(resto))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
