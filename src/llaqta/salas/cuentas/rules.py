"""Aritmética de las cuentas: documentos válidos, nombres completos y fechas que no se cruzan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from stdnum.exceptions import ValidationError as ErrorDeStdnum
from stdnum.pe import ruc as stdnum_ruc

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.models import Persona

_SEPARADORES = str.maketrans("", "", " .-\t\u00a0\u2013\u2212")
_NOMBRES_DE_DOCUMENTO = {"CE": "carné de extranjería", "PAS": "pasaporte", "PTP": "permiso temporal"}


def validar_documento(tipo: str, numero: str) -> str:
    """El número sin espacios ni guiones y con sus ceros a la izquierda.

    :raises EntradaInvalida: con la frase que dice qué está mal
    """
    limpio = numero.translate(_SEPARADORES).upper()
    if tipo not in Persona.TipoDocumento.values:
        raise EntradaInvalida("Elija un tipo de documento de identidad.", campo="tipo_documento")
    if tipo == Persona.TipoDocumento.DNI:
        return _validar_dni(limpio)
    if tipo == Persona.TipoDocumento.RUC:
        return _validar_ruc(limpio)
    if not (limpio.isascii() and limpio.isalnum() and 6 <= len(limpio) <= 15):
        raise EntradaInvalida(
            f"El número de {_NOMBRES_DE_DOCUMENTO[tipo]} lleva de 6 a 15 letras o números.",
            campo="numero_documento",
        )
    return limpio


def _validar_dni(numero: str) -> str:
    if not (numero.isascii() and numero.isdigit()):
        raise EntradaInvalida(
            "El DNI solo lleva números; quite las letras y los signos.", campo="numero_documento"
        )
    if len(numero) != 8:
        raise EntradaInvalida(
            f"El DNI tiene 8 números; usted escribió {len(numero)}.", campo="numero_documento"
        )
    return numero


def _validar_ruc(numero: str) -> str:
    if not (numero.isascii() and numero.isdigit()):
        raise EntradaInvalida(
            "El RUC solo lleva números; quite las letras y los signos.", campo="numero_documento"
        )
    if len(numero) != 11:
        raise EntradaInvalida(
            f"El RUC tiene 11 números; usted escribió {len(numero)}.", campo="numero_documento"
        )
    try:
        return str(stdnum_ruc.validate(numero))
    except ErrorDeStdnum as error:
        raise EntradaInvalida(
            "Ese RUC no existe: su último número no corresponde a los demás. Cópielo de nuevo con cuidado.",
            campo="numero_documento",
        ) from error


def validar_nombre(*, natural: bool, nombres: str, apellido_paterno: str, razon_social: str) -> None:
    """Comprueba que la persona tenga con qué llamarla.

    :raises EntradaInvalida: si falta un nombre, un apellido o la razón social
    """
    if not natural and not razon_social.strip():
        raise EntradaInvalida("Falta la razón social.", campo="razon_social")
    if natural and not nombres.strip():
        raise EntradaInvalida("Faltan los nombres.", campo="nombres")
    if natural and not apellido_paterno.strip():
        raise EntradaInvalida("Falta el primer apellido.", campo="apellido_paterno")


def check_fechas(desde: date, hasta: date | None) -> None:
    """Comprueba que el final no sea anterior al comienzo.

    :raises EntradaInvalida: si lo es
    """
    if hasta is not None and hasta < desde:
        raise EntradaInvalida(
            f"La fecha final ({hasta:%d/%m/%Y}) no puede ser anterior al comienzo ({desde:%d/%m/%Y}).",
            campo="hasta",
        )


def equipo(agente: str) -> str:
    """``Firefox en Windows``: lo que un navegador dice de sí mismo, en dos palabras."""
    programas = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    sistemas = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS": "Mac",
        "Linux": "Linux",
    }
    programa = next((dicho for rastro, dicho in programas.items() if f"{rastro}/" in agente), "Otro programa")
    sistema = next((f" en {dicho}" for rastro, dicho in sistemas.items() if rastro in agente), "")
    return f"{programa}{sistema}"


def se_cruzan(desde: date, hasta: date | None, otros: Iterable[tuple[date, date | None]]) -> bool:
    """Verdadero si el tramo comparte algún día con alguno de los otros; sin final, dura para siempre."""
    fin = hasta or date.max
    return any(d <= fin and desde <= (h or date.max) for d, h in otros)
