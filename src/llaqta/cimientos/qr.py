"""Códigos QR: el camino corto entre el papel y la verificación en la sede digital."""

from __future__ import annotations

import io

import segno


def svg(texto: str, *, oscuro: str = "#000", margen: int = 4) -> str:
    """Devuelve el QR de ``texto`` como SVG sin tamaño fijo (lo da quien lo muestra).

    :param margen: módulos blancos alrededor; cuatro, salvo donde ya lo rodea papel blanco
    :raises ValueError: si el texto no cabe en un QR
    """
    salida = io.BytesIO()
    _codigo(texto).save(
        salida, kind="svg", border=margen, dark=oscuro, light="#fff", xmldecl=False, omitsize=True, svgns=True
    )
    return salida.getvalue().decode()


def png(texto: str, *, escala: int = 6, margen: int = 4) -> bytes:
    """Devuelve el QR de ``texto`` como PNG, cada módulo de ``escala`` píxeles, con ``margen`` módulos blancos.

    :raises ValueError: si el texto no cabe en un QR
    """
    salida = io.BytesIO()
    _codigo(texto).save(salida, kind="png", border=margen, scale=escala)
    return salida.getvalue()


def _codigo(texto: str) -> segno.QRCode:
    # Corrección M (15 %): el papel de un expediente se dobla, se sella encima y se fotocopia.
    return segno.make(texto, error="m", micro=False, boost_error=True)
