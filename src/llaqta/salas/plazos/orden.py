"""``./llaqta plazo``: cuándo vence un plazo y por qué, en la consola. Pura: con ``--calendario nacional`` no hay base.

La corre sola el lanzador (``python -m llaqta.salas.plazos.orden``) y, con el calendario de la instalación, la orden de
gestión ``plazo``. Con ``--json``, por la salida va solo JSON; lo que no sirve se dice por el canal de errores y sale 2.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from llaqta.cimientos.calendario import Paso, fecha_en_palabras
from llaqta.cimientos.errors import EntradaInvalida, Negativa
from llaqta.salas.plazos.lectura import (
    INSTALACION,
    NACIONAL,
    Escrito,
    EscritoDeEfecto,
    Fuente,
    FuenteNacional,
    resolver,
    resolver_efecto,
)
from llaqta.salas.plazos.rules import efecto_en_json, en_json

NO_SIRVE = 2
"""Con qué sale la orden cuando lo escrito no sirve."""

_AYUDA = """Calcula un plazo de la Ley 27444 y explica cada día.

  ./llaqta plazo --desde 2026-06-01T10:00 --dias 30 --silencio positivo
  ./llaqta plazo --desde 2026-01-31 --dias 1 --unidad meses --json
  ./llaqta plazo efecto --deposito 2026-04-01T09:00 --acuse 2026-04-07T11:00"""


class _Ayuda(RawDescriptionHelpFormatter):
    """La ayuda, que también empieza en castellano."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Con «uso:» donde la biblioteca dice «usage:»."""
        super().add_usage(usage, actions, groups, prefix or "uso: ")


class _Lector(ArgumentParser):
    """El lector de argumentos, que responde en castellano."""

    def error(self, message: str) -> NoReturn:
        """:raises EntradaInvalida: siempre"""
        opcion, _, resto = message.removeprefix("argument ").partition(": ")
        if "expected" in resto:
            raise EntradaInvalida(f"A {opcion} le falta su valor. Mire: ./llaqta plazo --help")
        raise EntradaInvalida(f"No se entiende la orden ({message}). Mire: ./llaqta plazo --help")


def main(argv: Sequence[str], fuente: Callable[[], Fuente] = FuenteNacional) -> int:
    """Lee los argumentos, calcula e imprime; devuelve el código de salida.

    :param fuente: el calendario y las reglas de la instalación; con ``--calendario nacional`` no se llega a pedir
    """
    try:
        efecto = bool(argv) and argv[0] == "efecto"
        opciones, sobran = _lector(efecto).parse_known_args(argv[1:] if efecto else argv)
        if sobran:
            raise EntradaInvalida(f"No se conoce «{sobran[0]}». Mire: ./llaqta plazo --help")
        elegida = FuenteNacional() if _es_nacional(opciones.calendario) else fuente()
        (_efecto if efecto else _plazo)(opciones, elegida)
    except Negativa as negativa:
        print(f"{negativa.frase}{f' ({negativa.norma})' if negativa.norma else ''}", file=sys.stderr)
        return NO_SIRVE
    return 0


def _plazo(opciones: Namespace, fuente: Fuente) -> None:
    hecho = resolver(
        Escrito(
            desde=opciones.desde,
            dias=opciones.dias,
            unidad=opciones.unidad,
            silencio=opciones.silencio,
            distancia=opciones.distancia,
            politica=opciones.politica,
            cierre=opciones.cierre,
            suspender=opciones.suspender,
            regional=opciones.regional,
            local=opciones.local,
        ),
        fuente,
    )
    if opciones.json:
        _imprimir_json(en_json(hecho.plazo))
        return
    _imprimir(hecho.plazo.explicacion["frases"], hecho.plazo.pasos)
    citas = hecho.plazo.explicacion
    if citas["articulos"]:
        print(f"\n{citas['norma']}, arts. {citas['articulos']}. Calendario: {citas['calendario']}.")


def _efecto(opciones: Namespace, fuente: Fuente) -> None:
    efecto = resolver_efecto(
        EscritoDeEfecto(
            deposito=opciones.deposito,
            acuse=opciones.acuse,
            regla=opciones.regla,
            regional=opciones.regional,
            local=opciones.local,
        ),
        fuente,
    )
    if opciones.json:
        _imprimir_json(efecto_en_json(efecto))
    else:
        _imprimir(efecto.explicacion, efecto.pasos)


def _lector(efecto: bool) -> _Lector:
    lector = _Lector(
        prog="./llaqta plazo efecto" if efecto else "./llaqta plazo",
        description=_AYUDA,
        formatter_class=_Ayuda,
        allow_abbrev=False,
        add_help=False,
    )
    lector._optionals.title = "opciones"
    lector.add_argument("-h", "--help", "--ayuda", action="help", help="muestra esta ayuda")
    if efecto:
        _poner(lector, "deposito", "FECHA_HORA", "cuándo se depositó en la casilla")
        _poner(lector, "acuse", "FECHA_HORA", "cuándo se abrió; sin él, nadie la abrió")
        _poner(lector, "regla", "REGLA", "LEY31736_5DIAS, DEPOSITO o ACUSE; sin ella, la que rige")
    else:
        _poner(lector, "desde", "FECHA_HORA", "el hecho desde el que se cuenta, como 2026-06-01T10:00")
        _poner(lector, "dias", "N", "cuántos días, meses u horas")
        _poner(lector, "unidad", "UNIDAD", "habiles (si no se dice), calendario, meses u horas", "habiles")
        _poner(lector, "silencio", "CLASE", "positivo o negativo")
        _poner(lector, "distancia", "N", "días hábiles por el término de la distancia", "0")
        _poner(lector, "politica", "POLITICA", "DIA_COMPLETO o CORTE_HORARIO; sin ella, la que rige")
        _poner(lector, "cierre", "HH:MM", "hora de cierre, para CORTE_HORARIO")
        _repetir(lector, "suspender", "DESDE:HASTA", "días en que el plazo no corre, a pedido (art. 136.4)")
    _repetir(lector, "regional", "FECHA", "un feriado regional: no se cuenta")
    _repetir(lector, "local", "FECHA", "un feriado local: se cuenta igual (art. 134.1)")
    _poner(lector, "calendario", "CUAL", "instalacion (si no se dice) o nacional", INSTALACION)
    lector.add_argument("--json", action="store_true", help="imprime solo JSON")
    return lector


def _poner(lector: ArgumentParser, nombre: str, valor: str, ayuda: str, omision: str = "") -> None:
    lector.add_argument(f"--{nombre}", metavar=valor, default=omision, help=ayuda)


def _repetir(lector: ArgumentParser, nombre: str, valor: str, ayuda: str) -> None:
    lector.add_argument(
        f"--{nombre}", metavar=valor, action="append", default=[], help=f"{ayuda}; se puede repetir"
    )


def _es_nacional(calendario: str) -> bool:
    if calendario not in (INSTALACION, NACIONAL):
        raise EntradaInvalida(
            f"El calendario es instalacion o nacional; usted escribió «{calendario}».", campo="calendario"
        )
    return calendario == NACIONAL


def _imprimir(frases: Iterable[str], pasos: Sequence[Paso]) -> None:
    for frase in frases:
        print(frase)
    if pasos:
        print(f"\n{'Día':<40} {'Cuenta':>6}  Motivo")
    for paso in pasos:
        cuenta = "—" if paso.cuenta is None else str(paso.cuenta)
        print(f"{fecha_en_palabras(paso.fecha):<40} {cuenta:>6}  {paso.motivo}")


def _imprimir_json(datos: dict[str, Any]) -> None:
    print(json.dumps(datos, ensure_ascii=False))


if __name__ == "__main__":
    try:
        salida = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Quien leía (``| head``) ya tiene lo que quería: no es un error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        salida = 0
    sys.exit(salida)
