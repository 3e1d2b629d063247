"""El idioma de Firma Perú: los nombres exactos de sus argumentos, tal como los lee el componente del Estado.

Los errores de los nombres (``bachtOperation``) son suyos y se respetan. ``imageToStamp`` no se envía: vacío, el
componente falla. Fuente: /docs/decisiones/0016 y la guía RSGTD 002-2022-PCM/SGTD.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from llaqta.salas.firma.local.modelos import SesionDeFirma

CUALQUIERA_DE_FIRMA = ".*FIR.*|.*FAU.*"
ALTO_A4 = 841.89


@dataclass(frozen=True)
class Direcciones:
    """A dónde va el componente: siempre nuestra, siempre de un solo uso, siempre desde la dirección configurada."""

    descargar: str
    devolver: str


def parametro(*, url_de_argumentos: str, ficha: str, extension: str) -> str:
    """Lo que recibe ``startSignature``: base64 de ``{param_url, param_token, document_extension}``."""
    return _en_base64({"param_url": url_de_argumentos, "param_token": ficha, "document_extension": extension})


def argumentos(sesion: SesionDeFirma, *, direcciones: Direcciones, jwt: str, lote: bool) -> str:
    """Los argumentos de una sesión, en base64."""
    return _en_base64(get_argumentos(sesion, direcciones=direcciones, jwt=jwt, lote=lote))


def get_argumentos(
    sesion: SesionDeFirma, *, direcciones: Direcciones, jwt: str, lote: bool
) -> Mapping[str, Any]:
    """Los mismos, legibles."""
    con_tsa = sesion.nivel != "B"
    caja = sesion.caja or {}
    dichos: dict[str, Any] = {
        "signatureFormat": "PAdES",
        "signatureLevel": sesion.nivel,
        "signaturePackaging": "enveloped",
        "documentToSign": direcciones.descargar,
        "certificateFilter": CUALQUIERA_DE_FIRMA,
        "webTsa": str(settings.FIRMAPERU_TSA) if con_tsa else "",
        "userTsa": "",
        "passwordTsa": "",
        "theme": "claro",
        "visiblePosition": False,
        "contactInfo": "",
        "signatureReason": sesion.motivo,
        "bachtOperation": lote,
        "oneByOne": not lote,
        "signatureStyle": 1 if caja else 0,
        "stampTextSize": 14,
        "stampWordWrap": 37,
        "role": sesion.cargo,
        "stampPage": int(caja.get("pagina", 0)) + 1,
        "positionx": round(caja.get("x0", 0)),
        # El componente cuenta desde arriba; nosotros, como manda el PDF, desde abajo.
        "positiony": round(ALTO_A4 - caja["y1"]) if caja else 0,
        "uploadDocumentSigned": direcciones.devolver,
        "certificationSignature": False,
        "token": jwt,
    }
    if sesion.entrenamiento:
        # Solo lo entiende el componente de práctica: de quién es la tarjeta que debe tener puesta.
        dichos["tarjetaDePractica"] = sesion.documento_esperado
    return dichos


def _en_base64(dicho: Mapping[str, Any]) -> str:
    return base64.b64encode(json.dumps(dicho, ensure_ascii=False).encode()).decode()
