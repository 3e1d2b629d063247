"""``./llaqta verificar``: comprueba las firmas de un PDF desde la consola. Pura: ni Django, ni base, ni servidor.

La corre sola el lanzador (``python -m llaqta.salas.firma.orden``). Confía en lo que se le da con ``--ancla`` y, si hay
una instalación, en lo que hay en su carpeta de datos. Sale 0 solo si el veredicto es VÁLIDA; 1 con cualquier otro; y 2
si no se pudo empezar (no hay archivo, un ancla ilegible, una fecha mal escrita), con la frase por el canal de errores.
Con ``--json`` la salida es siempre un JSON de la misma forma, también entonces.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from llaqta.salas.firma.anclas import AnclaIlegible, confianza_de, leer_certificados
from llaqta.salas.firma.consultas import Consultor
from llaqta.salas.firma.juicio import FirmaVista
from llaqta.salas.firma.verificacion import Informe, Veredicto, verificar

LIMA = ZoneInfo("America/Lima")
NO_SIRVE = 2
SIN_DATOS = Path("/nonexistent")
SEGUNDOS_DE_RED = 12.0
_DEL_SISTEMA = {errno.ENOENT: "no existe", errno.EACCES: "falta permiso", errno.EISDIR: "es una carpeta"}
ANIOS = range(1990, 2200)
_AYUDA = """Comprueba las firmas digitales de un PDF y dice por qué valen o no.

  ./llaqta verificar resolucion.pdf
  ./llaqta verificar resolucion.pdf --ancla raiz.pem --al 2026-06-01 --json"""


class MalUso(Exception):
    """Lo que se pidió no se puede hacer; el texto dice por qué."""


class _Lector(ArgumentParser):
    """El lector de argumentos, que responde en castellano."""

    def error(self, message: str) -> NoReturn:
        """:raises MalUso: siempre"""
        opcion, _, resto = message.removeprefix("argument ").partition(": ")
        if "expected" in resto:
            raise MalUso(f"A {opcion} le falta su valor. Mire: ./llaqta verificar --help")
        if "required" in message:
            raise MalUso("Falta decir qué PDF se verifica. Mire: ./llaqta verificar --help")
        raise MalUso(f"No se entiende la orden ({message}). Mire: ./llaqta verificar --help")


def main(argv: Sequence[str]) -> int:
    """Lee los argumentos, verifica e imprime; devuelve el código de salida."""
    logging.getLogger().addHandler(logging.NullHandler())
    en_json = "--json" in argv
    try:
        opciones = _lector().parse_args(list(argv))
        ahora = datetime.now(UTC)
        informe = _verificar(opciones, ahora)
    except MalUso as error:
        print(error, file=sys.stderr)
        if en_json:
            _decir(_json(Informe(Veredicto.INDETERMINADA, (), (str(error),))))
        return NO_SIRVE
    _decir(_json(informe) if en_json else _en_palabras(informe))
    return 0 if informe.veredicto is Veredicto.VALIDA else 1


def _json(informe: Informe) -> str:
    return json.dumps(informe.en_json(), ensure_ascii=False, indent=2)


def _decir(texto: str) -> None:
    """Escribe en UTF-8, diga lo que diga la consola; quien cierra la tubería antes de tiempo no es una avería."""
    try:
        sys.stdout.buffer.write(f"{texto}\n".encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lector() -> _Lector:
    lector = _Lector(prog="./llaqta verificar", description=_AYUDA, formatter_class=RawDescriptionHelpFormatter,
                     add_help=False, allow_abbrev=False)  # fmt: skip
    lector.add_argument("archivo", metavar="ARCHIVO.pdf", type=Path)
    lector.add_argument(
        "--ancla", metavar="CA.pem", type=Path, action="append", default=[],
        help="confía además en los certificados de este archivo, solo esta vez; se puede repetir",
    )  # fmt: skip
    lector.add_argument("--al", metavar="FECHA", help="juzga a esa fecha: 2026-06-01 o 2026-06-01T10:00")
    lector.add_argument("--json", action="store_true", help="responde en JSON")
    lector.add_argument(
        "--sin-red", action="store_true", help="no pregunta por la red si los certificados fueron revocados"
    )
    # Lo que pone el lanzador: dónde está la instalación y qué ajustes tiene.
    lector.add_argument("--datos", type=Path, default=SIN_DATOS, help=SUPPRESS)
    lector.add_argument("--red-interna", action="append", default=[], help=SUPPRESS)
    lector.add_argument("-h", "--help", "--ayuda", action="help", help="muestra esta ayuda")
    return lector


def _verificar(opciones: Namespace, ahora: datetime) -> Informe:
    archivo: Path = opciones.archivo
    _check_archivo(archivo)
    al = None if opciones.al is None else _fecha(opciones.al, ahora)
    carpeta = opciones.datos / "firma"
    consultor = Consultor(
        carpeta / "revocacion",
        al=al or ahora,
        permitidas=opciones.red_interna,
        presupuesto=SEGUNDOS_DE_RED,
        en_linea=not opciones.sin_red,
        guarda=carpeta.is_dir(),
    )
    try:
        anclas = [der for ruta in opciones.ancla for der in leer_certificados(ruta)]
        confianza = confianza_de(carpeta, al=al, consulta=consultor).con_anclas(anclas)
    except (AnclaIlegible, ValueError) as error:
        raise MalUso(str(error)) from error
    except OSError as error:
        raise MalUso(f"No se pudo leer {error.filename}: {_porque(error)}.") from error
    try:
        informe = verificar(archivo, confianza=confianza, ahora=ahora, existia_el=al)
    except OSError as error:
        raise MalUso(f"No se pudo leer {archivo}: {_porque(error)}.") from error
    if informe.veredicto is not Veredicto.VALIDA:
        for falla in dict.fromkeys(consultor.fallas):
            print(f"No se pudo consultar la revocación: {falla}", file=sys.stderr)
    return informe


def _porque(error: OSError) -> str:
    return _DEL_SISTEMA.get(error.errno or 0, str(error.strerror))


def _check_archivo(archivo: Path) -> None:
    """:raises MalUso: si no hay un archivo con ese nombre, o no se le puede mirar"""
    try:
        if archivo.is_file():
            return
        que_es = "es una carpeta" if archivo.is_dir() else "no es un archivo" if archivo.exists() else ""
    except (OSError, ValueError) as error:
        raise MalUso(f"No se pudo leer {archivo}: el nombre no sirve o falta permiso.") from error
    raise MalUso(
        f"{archivo} {que_es}; diga qué PDF se verifica." if que_es else f"No existe el archivo {archivo}."
    )


def _fecha(texto: str, ahora: datetime) -> datetime:
    """Lee una fecha; sin hora es ese día entero (o lo que va de él), y sin zona es la hora del Perú."""
    try:
        instante = datetime.fromisoformat(texto)
        dia = date.fromisoformat(texto) if len(texto) <= len("2026-06-01") else None
    except ValueError as error:
        raise MalUso(f"«{texto}» no es una fecha. Escríbala así: 2026-06-01 o 2026-06-01T10:00.") from error
    if instante.year not in ANIOS:
        raise MalUso(f"«{texto}» queda fuera de los años en que se puede juzgar una firma (1990 a 2199).")
    if dia is not None:
        fin = datetime.combine(dia, time(23, 59, 59), LIMA)
        return ahora if ahora <= fin and dia == ahora.astimezone(LIMA).date() else fin
    return instante if instante.tzinfo else instante.replace(tzinfo=LIMA)


def _en_palabras(informe: Informe) -> str:
    lineas = [informe.veredicto.en_palabras]
    for numero, firma in enumerate(informe.firmas, 1):
        lineas += ["", f"Firma {numero}: {firma.titular}", *(f"  {fila}" for fila in _de_la_firma(firma))]
    for sello in informe.sellos:
        hora = sello.hora.astimezone(LIMA).strftime("%d/%m/%Y %H:%M:%S") if sello.hora else "sin hora"
        lineas += ["", f"Sello de tiempo: {hora}, por {sello.autoridad or 'autoridad desconocida'}",
                   f"  {sello.veredicto.en_palabras} {sello.explicacion}".rstrip()]  # fmt: skip
    if informe.motivos:
        lineas += ["", *(f"- {motivo}" for motivo in informe.motivos)]
    if informe.de_demostracion:
        lineas += ["", "Hay firmas de demostración: SIN VALOR LEGAL."]
    return "\n".join(lineas)


def _de_la_firma(firma: FirmaVista) -> list[str]:
    fecha = (
        firma.fecha.astimezone(LIMA).strftime("%d/%m/%Y %H:%M:%S (hora del Perú)")
        if firma.fecha
        else "no la dice"
    )
    filas = [firma.veredicto.en_palabras, f"Documento: {firma.documento}" if firma.documento else "",
             f"Motivo: {firma.motivo}" if firma.motivo else "", f"Fecha que declara: {fecha}", f"Nivel: {firma.nivel}",
             f"Certificado emitido por: {firma.entidad_certificadora}"]  # fmt: skip
    return [fila for fila in filas if fila]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
