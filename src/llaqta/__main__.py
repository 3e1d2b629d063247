"""El mando: ``./llaqta PALABRA …``. Cada palabra es una fila de la tabla; el resto, órdenes de gestión de Django."""

from __future__ import annotations

import sys
from importlib import import_module

MANDOS = {
    "up": ("up:main", "enciende Llaqta (con la demostración de Pichari, salvo --sin-demo)"),
    "respaldar": ("respaldo:respaldar", "guarda la base, los archivos y las llaves en una carpeta"),
    "restaurar": ("respaldo:restaurar", "crea una carpeta de datos nueva desde un respaldo"),
    "gestion": ("gestion:main", "órdenes de gestión de Django: ./llaqta gestion migrate"),
    "plazo": (
        "plazo:main",
        "calcula un plazo y explica cada día: ./llaqta plazo --desde 2026-06-01 --dias 30",
    ),
    "verificar": (
        "verificar:main",
        "comprueba las firmas de un PDF: ./llaqta verificar resolucion.pdf [--ancla CA.pem] [--al FECHA] [--json]",
    ),
    "test": ("pruebas:main", "corre todas las pruebas, también las del navegador"),
    "check": ("revision:main", "revisa formato, tipos, pisos, reglas de la casa y documentos generados"),
    "docs": ("docs_generados:main", "escribe docs/casos.md y docs/estados/ leyendo el código"),
    "bench": ("medidas:main", "mide: ./llaqta bench NOMBRE [--json]"),
}


def ayuda() -> str:
    """Devuelve la ayuda: una línea por mando."""
    filas = "\n".join(f"  ./llaqta {palabra:<10} {para_que}" for palabra, (_, para_que) in MANDOS.items())
    return f"Llaqta: la municipalidad que recibe, decide, firma, notifica, guarda y publica.\n\n{filas}\n"


def main(argv: list[str]) -> int:
    """Entrega el mando a quien corresponde y devuelve su código de salida."""
    if not argv or argv[0] in {"-h", "--help", "help", "ayuda"}:
        print(ayuda())
        return 0
    puerta, resto = (MANDOS[argv[0]][0], argv[1:]) if argv[0] in MANDOS else (MANDOS["gestion"][0], argv)
    modulo, funcion = puerta.split(":")
    return int(getattr(import_module(f"llaqta.lanzador.{modulo}"), funcion)(resto))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
