"""``./llaqta docs``: escribe docs/casos.md y docs/estados/*.md leyendo el código; con ``--comprobar``, solo compara.

Los casos de uso se leen del árbol sintáctico, sin ejecutar nada. Las tablas ``TRANSICIONES`` sí se cargan, porque sus
celdas son estados y actos con nombre propio.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from llaqta.lanzador.instalacion import RAIZ

SALAS = RAIZ / "src/llaqta/salas"
DOCS = RAIZ / "docs"
AVISO = "<!-- Generado del código por `./llaqta docs`. No lo edite: `./llaqta check` lo compara. -->\n"


@dataclass
class Caso:
    """Un caso de uso: una función pública de ``services`` de una sala."""

    sala: str
    nombre: str
    archivo: str
    promesa: str
    politicas: set[str] = field(default_factory=set)
    llama: set[str] = field(default_factory=set)
    anuncia: set[str] = field(default_factory=set)
    niega: list[str] = field(default_factory=list)
    pruebas: list[str] = field(default_factory=list)


def main(argv: list[str]) -> int:
    """Escribe los documentos, o dice cuáles ya no son iguales al código y devuelve 1."""
    documentos = {DOCS / "casos.md": escribir_casos(leer_casos())} | escribir_estados()
    sobran = set((DOCS / "estados").glob("*.md")) - set(documentos)
    distintos = [
        ruta for ruta, texto in documentos.items() if not ruta.exists() or ruta.read_text("utf-8") != texto
    ]
    if "--comprobar" in argv:
        for ruta in sorted([*distintos, *sobran]):
            print(f"{ruta.relative_to(RAIZ)} no es igual al código: corra ./llaqta docs")
        return 1 if distintos or sobran else 0
    for ruta in distintos:
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.write_text(documentos[ruta], encoding="utf-8")
        print(f"Escrito {ruta.relative_to(RAIZ)}")
    for ruta in sobran:
        ruta.unlink()
        print(f"Borrado {ruta.relative_to(RAIZ)}")
    return 0


def leer_casos() -> list[Caso]:
    """Devuelve los casos de uso de todas las salas, en el orden en que están escritos."""
    casos: list[Caso] = []
    for sala in sorted(ruta.parent.name for ruta in SALAS.glob("*/__init__.py")):
        for archivo in archivos_de_servicios(SALAS / sala):
            casos += _casos_de(sala, archivo)
    textos = {ruta: ruta.read_text("utf-8") for ruta in _archivos_de_pruebas()}
    for caso in casos:
        nombre = re.compile(rf"\b{caso.nombre}\b")
        caso.pruebas = sorted(
            str(ruta.relative_to(RAIZ)) for ruta, texto in textos.items() if nombre.search(texto)
        )
    return casos


def archivos_de_servicios(sala: Path) -> list[Path]:
    """Devuelve ``services.py`` o los archivos de ``services/`` de una sala."""
    return [
        ruta
        for ruta in [sala / "services.py", *sorted((sala / "services").glob("[a-z]*.py"))]
        if ruta.exists()
    ]


def funciones_publicas(arbol: ast.Module) -> list[ast.FunctionDef]:
    """Devuelve las funciones del módulo cuyo nombre no comienza con guion bajo."""
    return [
        nodo for nodo in arbol.body if isinstance(nodo, ast.FunctionDef) and not nodo.name.startswith("_")
    ]


def es_caso_de_uso(funcion: ast.FunctionDef) -> bool:
    """Dice si una función pública de ``services`` es un acto: abre una transacción, o alguien actúa a cierta hora.

    Lo demás son piezas que los archivos de ``services/`` comparten.
    """
    argumentos = {
        uno.arg for uno in [*funcion.args.posonlyargs, *funcion.args.args, *funcion.args.kwonlyargs]
    }
    atomica = any("atomic" in ast.unparse(decorador) for decorador in funcion.decorator_list)
    return atomica or {"actor", "ahora"} <= argumentos


def _casos_de(sala: str, archivo: Path) -> list[Caso]:
    arbol = ast.parse(archivo.read_text(encoding="utf-8"))
    funciones = {nodo.name: nodo for nodo in arbol.body if isinstance(nodo, ast.FunctionDef)}
    modulos = _modulos_de_salas(arbol)
    casos = []
    for funcion in filter(es_caso_de_uso, funciones_publicas(arbol)):
        docstring = ast.get_docstring(funcion) or ""
        caso = Caso(sala, funcion.name, str(archivo.relative_to(RAIZ)), _primera_oracion(docstring))
        caso.niega = re.findall(r":raises ([\w.]+):", docstring)
        for nodo in _cuerpo_con_ayudantes(funcion, funciones):
            _anotar_llamada(caso, nodo, modulos)
        casos.append(caso)
    return casos


def _cuerpo_con_ayudantes(
    funcion: ast.FunctionDef, funciones: dict[str, ast.FunctionDef]
) -> Iterator[ast.Call]:
    """Recorre las llamadas de la función y de las funciones privadas del mismo archivo a las que acude."""
    vistas: set[str] = set()
    pendientes = [funcion.name]
    while pendientes:
        nombre = pendientes.pop()
        if nombre in vistas:
            continue
        vistas.add(nombre)
        for nodo in ast.walk(funciones[nombre]):
            if isinstance(nodo, ast.Call):
                yield nodo
            if isinstance(nodo, ast.Name) and nodo.id.startswith("_") and nodo.id in funciones:
                pendientes.append(nodo.id)


def _anotar_llamada(caso: Caso, nodo: ast.Call, modulos: dict[str, str]) -> None:
    llamado = nodo.func
    if isinstance(llamado, ast.Attribute) and isinstance(llamado.value, ast.Name):
        modulo = llamado.value.id
        if modulo == "policies" and llamado.attr.startswith("check_"):
            caso.politicas.add(llamado.attr)
        elif modulo in modulos and modulos[modulo] != caso.sala:
            caso.llama.add(f"{modulos[modulo]}.{llamado.attr}")
    elif isinstance(llamado, ast.Name):
        if llamado.id in modulos and modulos[llamado.id] != caso.sala and llamado.id[0].islower():
            caso.llama.add(f"{modulos[llamado.id]}.{llamado.id}")
        if llamado.id == "emit" and nodo.args and isinstance(nodo.args[0], ast.Call):
            caso.anuncia.add(ast.unparse(nodo.args[0].func).rsplit(".", 1)[-1])


def _modulos_de_salas(arbol: ast.Module) -> dict[str, str]:
    """Devuelve, por cada nombre importado de una sala, cuál es la sala."""
    nombres: dict[str, str] = {}
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.ImportFrom) and (nodo.module or "").startswith("llaqta.salas"):
            partes = (nodo.module or "").split(".")
            for importado in nodo.names:
                nombres[importado.asname or importado.name] = partes[2] if len(partes) > 2 else importado.name
    return nombres


def _archivos_de_pruebas() -> Iterable[Path]:
    return [*SALAS.glob("*/tests/test_*.py"), *(RAIZ / "tests").rglob("test_*.py")]


def _primera_oracion(docstring: str) -> str:
    parrafo = " ".join(docstring.split("\n\n", 1)[0].split())
    return re.split(r"(?<=\.)\s(?=[«A-ZÁÉÍÓÚÑ])", parrafo, maxsplit=1)[0].replace("``", "`")


def escribir_casos(casos: list[Caso]) -> str:
    """Devuelve docs/casos.md: una fila por caso de uso."""
    lineas = [
        AVISO,
        "# Casos de uso\n",
        "Cada fila es un acto de `services` de una sala: lo que la municipalidad puede hacer.",
        "La política dice quién puede; llama solo a salas de más abajo; lo que anuncia lo oyen las de más arriba.\n",
        f"Son {len(casos)} casos en {len({caso.sala for caso in casos})} salas.",
    ]
    for sala in dict.fromkeys(caso.sala for caso in casos):
        lineas += [
            f"\n## {sala}\n",
            "| Caso | Qué hace | Política | Llama a | Anuncia | Se niega con | Pruebas |",
            "|---|---|---|---|---|---|---|",
        ]
        for caso in (caso for caso in casos if caso.sala == sala):
            pruebas = [f"[{Path(ruta).stem}](../{ruta})" for ruta in caso.pruebas]
            celdas = [
                f"[`{caso.nombre}`](../{caso.archivo})",
                caso.promesa.replace("|", "\\|"),
                *(_celda(valores) for valores in (caso.politicas, caso.llama, caso.anuncia, caso.niega)),
                ", ".join(pruebas) or "—",
            ]
            lineas.append(f"| {' | '.join(celdas)} |")
    return "\n".join(lineas) + "\n"


def _celda(valores: Iterable[str]) -> str:
    return ", ".join(f"`{valor}`" for valor in sorted(set(valores))) or "—"


def escribir_estados() -> dict[Path, str]:
    """Devuelve un documento por cada tabla ``TRANSICIONES``: su dibujo y su lista."""
    documentos = {}
    for reglas in sorted([*SALAS.glob("*/rules.py"), *SALAS.glob("*/rules/__init__.py")]):
        sala = reglas.relative_to(SALAS).parts[0]
        arbol = ast.parse(reglas.read_text(encoding="utf-8"))
        nombres = [nombre for nombre in _nombres_a_la_vista(arbol) if nombre.startswith("TRANSICIONES")]
        if not nombres:
            continue
        _cargar_django()
        modulo = importlib.import_module(f"llaqta.salas.{sala}.rules")
        for nombre in nombres:
            sufijo = nombre.removeprefix("TRANSICIONES").lower().replace("_", "-")
            destino = DOCS / "estados" / f"{sala}{sufijo}.md"
            documentos[destino] = _estado(f"{sala}{sufijo}", list(getattr(modulo, nombre)))
    return documentos


def _nombres_a_la_vista(arbol: ast.Module) -> Iterator[str]:
    """Los que el módulo define y los que trae de sus piezas, si ``rules`` es una carpeta."""
    yield from _nombres_asignados(arbol)
    for nodo in arbol.body:
        if isinstance(nodo, ast.ImportFrom):
            yield from (alias.name for alias in nodo.names)


def _nombres_asignados(arbol: ast.Module) -> Iterator[str]:
    for nodo in arbol.body:
        destinos = (
            nodo.targets
            if isinstance(nodo, ast.Assign)
            else [nodo.target]
            if isinstance(nodo, ast.AnnAssign)
            else []
        )
        yield from (destino.id for destino in destinos if isinstance(destino, ast.Name))


def _estado(titulo: str, filas: list[object]) -> str:
    lineas = [AVISO, f"# Estados de {titulo}\n", "```mermaid", "stateDiagram-v2"]
    tabla = ["", "| Acto | Desde | Hacia | Quién | Anuncia |", "|---|---|---|---|---|"]
    codigos: dict[str, str] = {}
    flechas = []
    for fila in filas:
        acto, quien, suceso = (
            _texto(getattr(fila, columna, None)) for columna in ("acto", "quien", "suceso")
        )
        desde, hacia = (_varios(getattr(fila, columna, None)) for columna in ("desde", "hacia"))
        for a in desde or [""]:
            for b in hacia or desde or [""]:
                flechas.append(f"    {_codigo(a, codigos)} --> {_codigo(b, codigos)}: {acto}")
        tabla.append(
            f"| {acto} | {', '.join(desde) or '—'} | {', '.join(hacia) or '—'} | {quien or '—'} | {suceso or '—'} |"
        )
    lineas += [f'    state "{nombre}" as {codigo}' for nombre, codigo in codigos.items()]
    return "\n".join([*lineas, *flechas, "```", *tabla]) + "\n"


def _codigo(estado: str, codigos: dict[str, str]) -> str:
    return codigos.setdefault(estado, f"e{len(codigos) + 1}") if estado else "[*]"


def _varios(valor: object) -> list[str]:
    if isinstance(valor, list | tuple | set | frozenset):
        return [_texto(uno) for uno in (valor if isinstance(valor, list | tuple) else sorted(valor, key=str))]
    return [_texto(valor)] if valor is not None and valor != "" else []


def _texto(valor: object) -> str:
    if valor is None:
        return ""
    if isinstance(valor, type):
        return valor.__name__
    if isinstance(valor, list | tuple | set | frozenset):
        return ", ".join(_varios(valor))
    return str(getattr(valor, "label", valor))


def _cargar_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llaqta.config.settings")
    os.environ.setdefault("LLAQTA_LOG", "WARNING")
    if not (os.environ.get("LLAQTA_SECRET_KEY") or os.environ.get("LLAQTA_SECRET_KEY_FILE")):
        os.environ.setdefault("LLAQTA_DEMO", "1")  # solo se leen nombres: no hay datos que proteger
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
