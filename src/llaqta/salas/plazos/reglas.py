"""Las reglas del procedimiento como datos: qué es una, cuáles trae el programa y cuál rige un día. Puro, sin base.

Una regla nunca se cambia: otra, desde otra fecha, ocupa su lugar. Por eso un plazo de ayer se explica hoy igual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import yaml

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.plazos.cuenta import EN_PALABRAS, HABILES, cuanto
from llaqta.salas.plazos.efecto import ACUSE, DEPOSITO, LEY31736_5DIAS, REGLAS_DE_EFECTO
from llaqta.salas.plazos.pedido import (
    CORTE_HORARIO,
    DIA_COMPLETO,
    NEGATIVO,
    POR_CONFIRMAR,
    POSITIVO,
    SEGUNDA_MANO,
    VERIFICADA,
    Cita,
)

SI, NO = "SI", "NO"
SIMPLE, AVANZADA = "SIMPLE", "AVANZADA"
CITA: Final = "CITA"
"""Lo que vale un artículo que se cita y no lleva cifra: de él solo importa si alguien lo leyó."""
ADMITE: Final = {
    "POLITICA_HORARIO": (DIA_COMPLETO, CORTE_HORARIO),
    "EFECTO_CASILLA": REGLAS_DE_EFECTO,
    "SILENCIO_DE_RECURSO": (NEGATIVO, POSITIVO),
    "FIRMA_DE_QUIEN_PRESENTA": (SIMPLE, AVANZADA),
    "CASILLA_CANALES_EXIGIDOS": ("UNO", "TODOS"),
    "CASILLA_PLAZO_DESDE": ("AVISO", DEPOSITO),
}
"""Las reglas que eligen entre palabras, y cuáles; las que valen «SI» o «NO» se reconocen solas."""
_MAXIMO: Final = 1000
_UN_DIA: Final = timedelta(days=1)

_VALORES: Final = {
    SI: "Sí",
    NO: "No",
    DIA_COMPLETO: "Día completo: hasta las 23:59:59",
    CORTE_HORARIO: "Corte a la hora de cierre",
    NEGATIVO: "Silencio negativo",
    POSITIVO: "Silencio positivo",
    LEY31736_5DIAS: "El acuse o, sin él, el plazo (Ley 31736)",
    DEPOSITO: "El día del depósito",
    ACUSE: "El día del acuse",
    SIMPLE: "Firma electrónica simple",
    AVANZADA: "Firma electrónica avanzada",
    "APELACION": "La que resuelve la apelación",
    "UNO": "Todos intentados, y uno lo aceptó",
    "TODOS": "Todos lo aceptaron",
    "AVISO": "El día en que se aceptó el aviso",
    CITA: "Se cita; no lleva cifra",
}
_UNIDADES: Final = {
    "ANIOS": "años",
    "POR_CIENTO": "%",
    "UIT": "UIT",
    "EXPEDIENTES": "expedientes",
    "FOLIOS": "folios",
}

DE_LA_CASA: Final = Path(__file__).parent / "datos" / "reglas.yaml"
CITADOS: Final = DE_LA_CASA.with_name("citas.yaml")
_DE_DONDE: Final = {
    VERIFICADA: "Texto de la norma",
    SEGUNDA_MANO: "Lo dice quien la leyó",
    POR_CONFIRMAR: "El número del artículo se citó de memoria",
}


@dataclass(frozen=True)
class Regla:
    """Una regla en una fecha: su cifra, la norma que la dice, desde cuándo y si alguien la verificó.

    ``fila`` es la de la municipalidad que la cambió o confirmó; ``None`` si es como la trae el programa.
    """

    codigo: str
    nombre: str
    materia: str
    enunciado: str
    norma: str
    articulo: str
    valor: str
    unidad: str
    estado: str
    desde: date
    hasta: date | None = None
    fuente: str = ""
    nota: str = ""
    fila: int | None = None
    por: str = ""
    en: datetime | None = None
    confirma: bool = False

    @property
    def pendiente(self) -> bool:
        """Verdadero si nadie leyó todavía la norma que la sostiene."""
        return self.estado != VERIFICADA

    @property
    def es_cita(self) -> bool:
        """Verdadero si es un artículo que se cita, y no una regla con la que se calcula."""
        return self.valor == CITA

    @property
    def entero(self) -> int:
        """La cifra.

        :raises ValueError: si la regla no es una cifra
        """
        return int(self.valor)

    @property
    def base(self) -> str:
        """La norma y su artículo, como se citan: ``Ley 27444, arts. 35 y 142``."""
        varios = "s" if " y " in self.articulo or "," in self.articulo else ""
        return f"{self.norma}, art{varios}. {self.articulo}" if self.articulo else self.norma

    @property
    def dicho(self) -> str:
        """El valor dicho en castellano: ``2 días hábiles``, ``10 %``, ``Sí``."""
        if self.valor == "0" and self.unidad == HABILES:
            return "El mismo día"
        if self.unidad in EN_PALABRAS and self.valor.isdigit():
            return cuanto(int(self.valor), self.unidad)
        valor = _VALORES.get(self.valor, self.valor).replace("-", " a ")
        return f"{valor} {_UNIDADES.get(self.unidad, self.unidad.lower())}".strip()

    @property
    def afirma(self) -> bool:
        """Verdadero si el valor es «SI»."""
        return self.valor == SI

    @property
    def hora(self) -> time:
        """La hora, si el valor es una (``16:30``).

        :raises ValueError: si no lo es
        """
        return time.fromisoformat(self.valor)

    @property
    def cita(self) -> Cita:
        """La regla como se cita en la explicación de un plazo."""
        return Cita(self.codigo, self.norma, self.articulo, self.estado)


@cache
def de_la_casa() -> Mapping[str, Regla]:
    """Las reglas que trae el programa y los artículos que cita, por código, en el orden en que se leen.

    :raises ValueError: si un código se repite
    """
    todas = [*(Regla(**fila) for fila in _leer(DE_LA_CASA)), *_citados()]
    if len({regla.codigo for regla in todas}) != len(todas):
        raise ValueError(f"{DE_LA_CASA.name} o {CITADOS.name} repite un código.")
    return {regla.codigo: regla for regla in todas}


def _citados() -> Iterator[Regla]:
    for norma, articulos in _leer(CITADOS).items():
        for articulo, nombre, enunciado, estado in articulos:
            yield Regla(
                codigo=f"{norma} {articulo}".replace(" ", "-").upper(), nombre=nombre, materia=norma,
                enunciado=enunciado, norma=norma, articulo=articulo, valor=CITA, unidad="", estado=estado,
                desde=date(1990, 1, 1), fuente=_DE_DONDE[estado],
            )  # fmt: skip


def _leer(archivo: Path) -> Any:
    lector: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(archivo.read_text(encoding="utf-8"), lector)  # noqa: S506 — es un SafeLoader


def vigente(codigo: str, filas: Iterable[Regla], al: date) -> Regla:
    """La regla que rige el día ``al``: la última de ``filas`` que ya empezó o, si no hay, la de la casa.

    Si otra ya está anotada para después, dice hasta cuándo rige esta.

    :param filas: las de la municipalidad con ese código, en el orden en que se escribieron
    :raises KeyError: si el código no existe: es un error de quien programa
    """
    puestas = sorted(filas, key=lambda fila: fila.desde)
    rigen = [fila for fila in puestas if fila.desde <= al]
    regla = rigen[-1] if rigen else de_la_casa()[codigo]
    proxima = next((fila.desde for fila in puestas if fila.desde > al), None)
    return replace(regla, hasta=proxima - _UN_DIA) if proxima else regla


def con_su_fin(historia: Iterable[Regla]) -> list[Regla]:
    """Las mismas, de la más reciente a la más antigua, cada una con el día hasta el que rige la que otra reemplazó."""
    dichas: list[Regla] = []
    siguiente: date | None = None
    for regla in historia:
        rigio = siguiente is not None and siguiente > regla.desde
        dichas.append(replace(regla, hasta=siguiente - _UN_DIA) if siguiente and rigio else regla)
        siguiente = regla.desde
    return dichas


class Fila(Protocol):
    """Lo que se necesita de una fila de la municipalidad."""

    pk: int
    codigo: str
    valor: str
    norma: str
    articulo: str
    estado: str
    desde: date
    nota: str
    confirma: bool
    en: datetime


def con_fila(fila: Fila, *, por: str) -> Regla:
    """La regla de la casa con lo que dice una fila de la municipalidad; ``por`` es quién la escribió."""
    return replace(
        de_la_casa()[fila.codigo],
        valor=fila.valor,
        norma=fila.norma,
        articulo=fila.articulo,
        estado=fila.estado,
        desde=fila.desde,
        nota=fila.nota,
        fila=fila.pk,
        por=por,
        en=fila.en,
        confirma=fila.confirma,
    )


def en_palabras(valor: str) -> str:
    """Un valor que es una palabra, dicho en castellano; los demás, igual."""
    return _VALORES.get(valor, valor)


def opciones(codigo: str) -> tuple[str, ...]:
    """Las palabras entre las que elige una regla; vacío si se escribe una cifra o una hora.

    :raises KeyError: si el código no existe
    """
    valor = de_la_casa()[codigo].valor
    if valor in (SI, NO):
        return (SI, NO)
    # Una palabra sin otras entre las que elegir solo puede ser ella misma: el programa no conoce más.
    return ADMITE.get(codigo, () if valor[0].isdigit() else (valor,))


def check_cambiable(codigo: str) -> None:
    """Un artículo que se cita se verifica o se corrige, pero no tiene valor que cambiar.

    :raises NoProcede: si es uno
    """
    if de_la_casa()[codigo].es_cita:
        raise NoProcede(
            "Un artículo que se cita no tiene un valor que cambiar. Si su número no es ese, corríjalo al darlo por "
            "verificado."
        )


def check_valor(codigo: str, valor: str) -> str:
    """El valor escrito, si sirve para esa regla.

    :raises EntradaInvalida: si no es de la clase de valor que la regla lleva
    """
    limpio, antes = valor.strip().upper(), de_la_casa()[codigo].valor
    if palabras := opciones(codigo):
        if limpio not in palabras:
            raise EntradaInvalida(f"Esta regla vale {' o '.join(palabras)}.", campo="valor")
        return limpio
    if ":" in antes:
        try:
            return f"{time.fromisoformat(limpio):%H:%M}"
        except ValueError as error:
            raise EntradaInvalida("Escriba la hora como 16:30.", campo="valor") from error
    partes = limpio.split("-") if "-" in antes else [limpio]
    if not all(parte.isascii() and parte.isdigit() and int(parte) <= _MAXIMO for parte in partes):
        raise EntradaInvalida(f"Esta regla es una cifra de 0 a {_MAXIMO}, como {antes}.", campo="valor")
    return "-".join(str(int(parte)) for parte in partes)
