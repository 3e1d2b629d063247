"""El texto y el número de un mensaje: el alfabeto GSM de 7 bits, las 160 letras y los celulares del Perú."""

from __future__ import annotations

import re
import unicodedata

LARGO_GSM, LARGO_UCS2 = 160, 70
ALFABETO = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""El alfabeto básico (GSM 03.38), cada letra en su posición; los de su extensión valen por dos y aquí no se usan."""
GSM = frozenset(ALFABETO) - {"\x1b"}
_CELULAR = re.compile(r"(?:\+?51)?(9\d{8})")


def es_celular(telefono: str) -> bool:
    """Verdadero si es un celular del Perú: nueve cifras que empiezan con 9, con o sin el 51."""
    return bool(normalizar_celular(telefono))


def normalizar_celular(telefono: str) -> str:
    """``+51987654321``; vacío si no es un celular del Perú."""
    hallado = _CELULAR.fullmatch(re.sub(r"[\s().-]", "", telefono))
    return f"+51{hallado.group(1)}" if hallado else ""


def a_gsm(texto: str) -> str:
    """El mismo texto con las letras que todo teléfono recibe en un solo mensaje: sin las tildes que GSM no tiene."""
    return "".join(letra if letra in GSM else _parecida(letra) for letra in texto)


def cabe_en_gsm(texto: str) -> bool:
    """Verdadero si todas sus letras son del alfabeto GSM."""
    return all(letra in GSM for letra in texto)


def _parecida(letra: str) -> str:
    base = unicodedata.normalize("NFD", letra)[0]
    return (
        base
        if base in GSM
        else {"«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "’": "'"}.get(letra, "?")
    )
