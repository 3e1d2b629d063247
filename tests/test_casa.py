"""Las reglas de la casa que ningún otro programa revisa. Las listas de excepciones están vacías, y así se quedan.

Cada prueba nombra al infractor y su línea: quien la rompe sabe qué mover sin preguntar.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from llaqta.lanzador.docs_generados import archivos_de_servicios, es_caso_de_uso, funciones_publicas

RAIZ = Path(__file__).resolve().parents[1]
FUENTE = RAIZ / "src/llaqta"
SALAS = sorted(ruta.parent for ruta in (FUENTE / "salas").glob("*/__init__.py"))
NOMBRES_DE_CAJON = {"utils", "helpers", "common", "misc", "varios", "comun", "util", "helper"}
LINEAS_POR_ARCHIVO = 500
VERIFICADOR = FUENTE / "salas/auditoria/verificador/llaqta_verificador.py"
"""Un tercero lo descarga y lo corre sin la casa: por contrato es un solo archivo, y tiene su propio límite."""
LINEAS_DEL_VERIFICADOR = 1500


def archivos_de_python(*, con_migraciones: bool = False) -> Iterator[Path]:
    for carpeta in (FUENTE, RAIZ / "tests", RAIZ / "bench", RAIZ / ".ci"):
        for ruta in sorted(carpeta.rglob("*.py")):
            if con_migraciones or "migrations" not in ruta.parts:
                yield ruta


def arbol(ruta: Path) -> ast.Module:
    return ast.parse(ruta.read_text(encoding="utf-8"), filename=str(ruta))


def aqui(ruta: Path, nodo: ast.AST | None = None) -> str:
    return f"{ruta.relative_to(RAIZ)}:{getattr(nodo, 'lineno', 1)}"


def archivos_del_repositorio() -> list[Path]:
    """Lo que está en git y lo que estará: ni lo ignorado ni lo borrado."""
    orden = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    nombres = subprocess.run(orden, cwd=RAIZ, capture_output=True, text=True, check=True).stdout.split("\0")
    return [RAIZ / nombre for nombre in nombres if nombre and (RAIZ / nombre).is_file()]


def exigir_ninguno(infractores: list[str]) -> None:
    assert not infractores, "\n" + "\n".join(infractores)


def modulos(sala: Path, nombre: str) -> list[Path]:
    """``views.py`` o los archivos de ``views/``, si la sala ya creció."""
    return [ruta for ruta in [sala / f"{nombre}.py", *sorted((sala / nombre).glob("*.py"))] if ruta.exists()]


def test_nadie_guarda_cosas_en_un_cajon_de_sastre() -> None:
    infractores = [
        str(ruta.relative_to(RAIZ))
        for ruta in FUENTE.rglob("*")
        if ruta.stem.lower() in NOMBRES_DE_CAJON and (ruta.is_dir() or ruta.suffix == ".py")
    ]
    exigir_ninguno(infractores)


@pytest.mark.parametrize("sala", SALAS, ids=lambda ruta: ruta.name)
def test_cada_sala_dice_que_es(sala: Path) -> None:
    docstring = ast.get_docstring(arbol(sala / "__init__.py")) or ""
    assert len(docstring) >= 40, f"{aqui(sala / '__init__.py')}: diga en una oración qué es esta sala"


def test_cada_carpeta_de_salas_es_una_sala() -> None:
    carpetas = {ruta for ruta in (FUENTE / "salas").iterdir() if ruta.is_dir() and ruta.name != "__pycache__"}
    assert carpetas == set(SALAS)


def test_todo_archivo_de_la_casa_tiene_docstring() -> None:
    infractores = [
        aqui(ruta)
        for ruta in archivos_de_python()
        if ruta.is_relative_to(FUENTE)
        and ruta.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(arbol(ruta))
    ]
    exigir_ninguno(infractores)


def test_no_hay_senales_de_orm() -> None:
    infractores = []
    for ruta in archivos_de_python():
        for nodo in ast.walk(arbol(ruta)):
            nombres = [nodo.module or ""] if isinstance(nodo, ast.ImportFrom) else []
            nombres += [alias.name for alias in nodo.names] if isinstance(nodo, ast.Import) else []
            if any(nombre.startswith(("django.db.models.signals", "django.dispatch")) for nombre in nombres):
                infractores.append(aqui(ruta, nodo))
    exigir_ninguno(infractores)


@pytest.mark.parametrize("sala", SALAS, ids=lambda ruta: ruta.name)
def test_las_puertas_no_tocan_la_base(sala: Path) -> None:
    """Las vistas y la API piden a ``queries`` y mandan a ``services``: no consultan ni guardan."""
    infractores = []
    for ruta in [*modulos(sala, "views"), *modulos(sala, "api")]:
        for nodo in ast.walk(arbol(ruta)):
            if isinstance(nodo, ast.Attribute) and nodo.attr in {
                "objects",
                "_base_manager",
                "_default_manager",
            }:
                infractores.append(aqui(ruta, nodo))
            if (
                isinstance(nodo, ast.Call)
                and isinstance(nodo.func, ast.Attribute)
                and nodo.func.attr in {"save", "bulk_create"}
            ):
                infractores.append(aqui(ruta, nodo))
    exigir_ninguno(infractores)


@pytest.mark.parametrize("sala", SALAS, ids=lambda ruta: ruta.name)
def test_toda_consulta_sabe_para_quien_es(sala: Path) -> None:
    """Una función pública de ``queries`` recibe ``para``: nadie pregunta sin decir quién pregunta."""
    infractores = []
    for ruta in modulos(sala, "queries"):
        for funcion in funciones_publicas(arbol(ruta)):
            argumentos = funcion.args.posonlyargs + funcion.args.args + funcion.args.kwonlyargs
            if "para" not in {argumento.arg for argumento in argumentos}:
                infractores.append(f"{aqui(ruta, funcion)} {funcion.name}")
    exigir_ninguno(infractores)


@pytest.mark.parametrize("sala", SALAS, ids=lambda ruta: ruta.name)
def test_todo_servicio_se_llama_por_nombre_y_explica_que_hace(sala: Path) -> None:
    infractores = []
    for ruta in archivos_de_servicios(sala):
        for funcion in filter(es_caso_de_uso, funciones_publicas(arbol(ruta))):
            docstring = ast.get_docstring(funcion) or ""
            if funcion.args.args or funcion.args.posonlyargs:
                infractores.append(f"{aqui(ruta, funcion)} {funcion.name}: sus argumentos van por nombre (*)")
            if len(docstring) < 20:
                infractores.append(f"{aqui(ruta, funcion)} {funcion.name}: falta decir qué hace")
    exigir_ninguno(infractores)


@pytest.mark.parametrize("sala", SALAS, ids=lambda ruta: ruta.name)
def test_el_reloj_entra_por_la_puerta(sala: Path) -> None:
    """Servicios, políticas, consultas y reglas no miran la hora: la reciben en ``ahora`` o ``al``."""
    infractores = []
    for nombre in ("services", "policies", "queries", "rules"):
        for ruta in modulos(sala, nombre):
            for nodo in ast.walk(arbol(ruta)):
                if isinstance(nodo, ast.Call) and re.search(
                    r"\b(timezone|datetime|date)\.(now|today|localdate|localtime|utcnow)$",
                    ast.unparse(nodo.func),
                ):
                    infractores.append(aqui(ruta, nodo))
    exigir_ninguno(infractores)


@pytest.mark.parametrize("sala", SALAS, ids=lambda ruta: ruta.name)
def test_los_sucesos_son_fichas_congeladas(sala: Path) -> None:
    infractores = []
    for ruta in modulos(sala, "events"):
        for nodo in arbol(ruta).body:
            if isinstance(nodo, ast.ClassDef) and not any(
                "frozen=True" in ast.unparse(decorador) for decorador in nodo.decorator_list
            ):
                infractores.append(f"{aqui(ruta, nodo)} {nodo.name}")
    exigir_ninguno(infractores)


def test_ningun_archivo_crece_sin_partirse() -> None:
    largos = {
        str(ruta.relative_to(RAIZ)): lineas
        for ruta in archivos_de_python()
        if (lineas := len(ruta.read_text(encoding="utf-8").splitlines()))
        > (LINEAS_DEL_VERIFICADOR if ruta == VERIFICADOR else LINEAS_POR_ARCHIVO)
    }
    assert largos == {}


def test_ninguna_direccion_de_registro_de_paquetes_en_el_repositorio() -> None:
    """Los candados valen en cualquier espejo: la dirección la pone la máquina, nunca el repositorio."""
    prohibido = re.compile(
        r"--(?:extra-)?index-url|--find-links|--trusted-host|(?:pypi|pythonhosted)\.org|registry\.npmjs|proxy\.golang"
        r"|deb\.debian\.org",
        re.IGNORECASE,
    )
    propio = Path(__file__).resolve()
    infractores = []
    for ruta in archivos_del_repositorio():
        if ruta.resolve() == propio or ruta.suffix in {".png", ".webp", ".pdf", ".woff2", ".jpg", ".jpeg"}:
            continue
        texto = ruta.read_text(encoding="utf-8", errors="ignore")
        infractores += [
            f"{ruta.relative_to(RAIZ)}: {hallado.group()}" for hallado in prohibido.finditer(texto)
        ]
    exigir_ninguno(infractores)


def _nombre_canonico(linea: str) -> str:
    return re.split(r"[\[<>=!~; ]", linea.strip(), maxsplit=1)[0].lower().replace("_", "-")


def test_cada_dependencia_tiene_su_razon_en_las_decisiones() -> None:
    decisiones = "\n".join(
        ruta.read_text("utf-8") for ruta in (RAIZ / "docs/decisiones").glob("*.md")
    ).lower()
    pedidas = {
        _nombre_canonico(linea)
        for linea in (RAIZ / "requirements/base.in").read_text("utf-8").splitlines()
        if linea.strip() and not linea.startswith(("#", "-"))
    }
    assert sorted(nombre for nombre in pedidas if nombre not in decisiones) == []


@pytest.mark.parametrize("candado", ["base", "test"])
def test_el_candado_fija_todo_lo_pedido_con_su_suma(candado: str) -> None:
    fijado = (RAIZ / f"requirements/{candado}.txt").read_text("utf-8")
    nombres = {_nombre_canonico(linea) for linea in fijado.splitlines() if re.match(r"[a-z0-9]", linea)}
    pedidas = {
        _nombre_canonico(linea)
        for linea in (RAIZ / f"requirements/{candado}.in").read_text("utf-8").splitlines()
        if linea.strip() and not linea.startswith(("#", "-"))
    }
    assert sorted(pedidas - nombres) == [], "corra la orden de docs/operacion/actualizacion.md"
    bloques = re.split(r"\n(?=[a-z0-9])", fijado.strip())
    assert [bloque.splitlines()[0] for bloque in bloques if "--hash=sha256:" not in bloque] == []


def test_cada_variable_de_entorno_esta_documentada() -> None:
    import llaqta.config.settings  # noqa: F401 - al leerse, cada variable se anota en VARIABLES
    from llaqta.config.entorno import VARIABLES

    documento = (RAIZ / "docs/operacion/variables.md").read_text(encoding="utf-8")
    documentadas = set(re.findall(r"^\| `([A-Z0-9_]+)`", documento, re.MULTILINE))
    assert sorted(set(VARIABLES) ^ documentadas) == []
    secretas = set(re.findall(r"^\| `([A-Z0-9_]+)` ⚿", documento, re.MULTILINE))
    assert sorted({nombre for nombre, variable in VARIABLES.items() if variable.secreta} ^ secretas) == []


def test_solo_la_configuracion_lee_el_entorno() -> None:
    """Ni las salas ni los cimientos preguntan al entorno: preguntan a ``settings``."""
    infractores = []
    for ruta in archivos_de_python():
        if not ruta.is_relative_to(FUENTE / "salas") and not ruta.is_relative_to(FUENTE / "cimientos"):
            continue
        if "tests" in ruta.parts or "testing" in ruta.parts:
            continue
        for nodo in ast.walk(arbol(ruta)):
            if isinstance(nodo, ast.Attribute) and ast.unparse(nodo) in {"os.environ", "os.getenv"}:
                infractores.append(aqui(ruta, nodo))
    exigir_ninguno(infractores)


@pytest.mark.parametrize("archivo", ["README.md", "README.en.md"])
def test_el_leeme_tiene_las_dos_ordenes(archivo: str) -> None:
    texto = (RAIZ / archivo).read_text(encoding="utf-8")
    assert "./llaqta up" in texto
    assert "./llaqta test" in texto


def test_los_documentos_no_apuntan_a_archivos_que_no_existen() -> None:
    rotos = []
    for ruta in archivos_del_repositorio():
        if ruta.suffix != ".md":
            continue
        for destino in re.findall(r"\]\(([^)#\s]+)", ruta.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", destino) and not (ruta.parent / destino).exists():
                rotos.append(f"{ruta.relative_to(RAIZ)} → {destino}")
    exigir_ninguno(rotos)


def test_las_plantillas_no_traen_nada_de_afuera() -> None:
    """Ninguna página carga estilos, letras ni guiones de otro servidor, ni lleva guiones o estilos incrustados."""
    afuera = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    incrustado = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\sstyle=|\son[a-z]+=", re.IGNORECASE
    )
    infractores = []
    for ruta in sorted(FUENTE.rglob("templates/**/*.html")):
        texto = ruta.read_text(encoding="utf-8")
        infractores += [f"{ruta.relative_to(RAIZ)}: {h.group().strip()}" for h in afuera.finditer(texto)]
        infractores += [f"{ruta.relative_to(RAIZ)}: {h.group().strip()}" for h in incrustado.finditer(texto)]
    exigir_ninguno(infractores)


def test_las_salas_ocupan_los_pisos_que_dice_el_contrato() -> None:
    """El contrato de import-linter nombra cada sala que existe: una sala nueva no se queda sin piso."""
    contrato = (RAIZ / "pyproject.toml").read_text(encoding="utf-8")
    assert [sala.name for sala in SALAS if contrato.count(f"llaqta.salas.{sala.name}") < 2] == []


def test_todo_trabajo_se_deja_en_la_transaccion_de_quien_lo_deja() -> None:
    """En el trabajador, ``app`` habla por otra conexión: solo ``events.emit`` y ``events.diferir`` dejan trabajos."""
    infractores = [
        aqui(ruta, nodo)
        for ruta in archivos_de_python()
        if ruta.is_relative_to(FUENTE)
        and "tests" not in ruta.parts
        and ruta != FUENTE / "cimientos/events.py"
        for nodo in ast.walk(arbol(ruta))
        if isinstance(nodo, ast.Attribute)
        and nodo.attr in {"configure_task", "batch_defer_jobs", "defer_async"}
    ]
    exigir_ninguno(infractores)
