"""Los datos que reciben las piezas de la pantalla; una sala puede pasar otros objetos con los mismos nombres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Tono = Literal["neutro", "curso", "espera", "hecho", "alerta"]
"""Qué significa un estado: nada en especial, sigue su curso, espera a alguien, terminó bien, o venció o falló."""

TONOS: tuple[Tono, ...] = ("neutro", "curso", "espera", "hecho", "alerta")


@dataclass(frozen=True)
class Fila:
    """Una línea de ``{% resumen %}``; sin ``cambiar`` no ofrece el enlace «Cambiar»."""

    clave: str
    valor: object
    cambiar: str = ""
    cambiar_que: str = ""


@dataclass(frozen=True)
class Hito:
    """Una parada de ``{% linea_tiempo %}``. ``actual`` marca dónde está ahora; ``pendiente``, lo que aún no ocurre."""

    titulo: str
    cuando: datetime | date | None = None
    texto: str = ""
    oficina: str = ""
    situacion: Literal["hecho", "actual", "pendiente"] = "hecho"
    enlace: str = ""
    enlace_texto: str = "Ver el documento"


@dataclass(frozen=True)
class Reloj:
    """Un plazo en ``{% reloj %}``: días usados de los que hay, cuándo vence y cómo se dice.

    ``verbo`` va antes de la fecha («Vence el …»); vacío, se elige por el tono.
    """

    usados: int
    total: int
    vence_el: date | None
    palabras: str = ""
    tono: Tono = "curso"
    detalle: str = ""
    verbo: str = ""


@dataclass(frozen=True)
class Tarea:
    """Una línea de ``{% lista_de_tareas %}``."""

    titulo: str
    enlace: str = ""
    estado: str = "Falta"
    tono: Tono = "espera"
    pista: str = ""


@dataclass(frozen=True)
class Estado:
    """Un estado con su palabra y su tono, para ``{% etiqueta_estado %}``."""

    palabras: str
    tono: Tono = "neutro"


@dataclass(frozen=True)
class VistaDocumento:
    """Un documento que se mira: sus páginas como imágenes y el archivo completo, un PDF o una imagen."""

    titulo: str
    pdf: str
    paginas: Sequence[str] = ()
    peso: int | None = None
    es_imagen: bool = False
