"""Fechas, horas, montos, tamaños y documentos dichos como se dicen en el Perú. Funciones puras."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

LIMA = ZoneInfo("America/Lima")
DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def en_lima(cuando: date | datetime) -> date | datetime:
    """El mismo instante con hora del Perú; una fecha sin hora queda igual."""
    return cuando.astimezone(LIMA) if isinstance(cuando, datetime) and cuando.tzinfo else cuando


def fecha_larga(cuando: date | datetime) -> str:
    """``martes 14 de julio de 2026``, contado en el Perú."""
    dia = en_lima(cuando)
    return f"{DIAS[dia.weekday()]} {dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def fecha_sin_dia(cuando: date | datetime) -> str:
    """``14 de julio de 2026``."""
    dia = en_lima(cuando)
    return f"{dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def fecha_corta(cuando: date | datetime) -> str:
    """``14 jul. 2026``; mayo no se abrevia y setiembre es ``set.``."""
    dia = en_lima(cuando)
    mes = MESES[dia.month - 1]
    return f"{dia.day} {mes if len(mes) < 5 else mes[:3] + '.'} {dia.year}"


def fecha_hora(cuando: datetime, *, con_zona: bool = False, con_segundos: bool = False) -> str:
    """``14 de julio de 2026, 16:05``; con zona agrega ``(UTC−05:00)``."""
    instante = en_lima(cuando)
    assert isinstance(instante, datetime)
    hora = f"{instante:%H:%M:%S}" if con_segundos else f"{instante:%H:%M}"
    return f"{fecha_sin_dia(instante)}, {hora}" + (" (UTC−05:00)" if con_zona else "")


def soles(monto: Decimal | int | float | str) -> str:
    """``S/ 1,234.50``; cero se dice ``Gratuito`` en la plantilla, no aquí.

    :raises ValueError: si ``monto`` no es un número
    """
    try:
        cantidad = Decimal(str(monto)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation as error:
        raise ValueError(f"«{monto}» no es un monto.") from error
    return f"S/ {cantidad:,.2f}".replace("S/ -", "−S/ ")


def tamano(bytes_: int) -> str:
    """``812 KB`` o ``3.4 MB``; de a mil, como los cuentan los teléfonos."""
    if bytes_ < 1000:
        return f"{bytes_} bytes"
    if bytes_ < 999_500:
        return f"{round(bytes_ / 1000)} KB"
    return f"{bytes_ / 1_000_000:.1f}".removesuffix(".0") + " MB"


_FEMENINAS = frozenset(
    "alcaldía comisión defensoría dirección división ejecutoría gerencia jefatura mesa municipalidad oficina "
    "procuraduría sala secretaría subgerencia unidad".split()
)
_MASCULINAS = frozenset(
    "archivo área centro comité concejo departamento despacho equipo órgano programa".split()
)


def con_articulo(oficina: str, preposicion: str = "") -> str:
    """``la Subgerencia de Licencias``; con preposición, ``a la Subgerencia…``, ``del Órgano…``.

    «Área» es femenina y lleva «el». Un nombre que no conocemos queda sin artículo.
    """
    primera = oficina.partition(" ")[0].lower()
    articulo = "la" if primera in _FEMENINAS else "el" if primera in _MASCULINAS else ""
    unido = {("a", "el"): "al", ("de", "el"): "del"}.get((preposicion, articulo), f"{preposicion} {articulo}")
    return f"{unido.strip()} {oficina}".strip()


def doc_enmascarado(numero: str) -> str:
    """Deja ver solo el primero y los dos últimos caracteres: ``4•••••12``. Vale para DNI, CE y pasaporte."""
    if len(numero) < 5:
        return "•" * len(numero)
    return numero[0] + "•" * (len(numero) - 3) + numero[-2:]
