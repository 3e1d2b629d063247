"""El informe de una verificación para otra máquina, con las palabras y la forma de ETSI TS 119 102-2."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from llaqta.salas.firma.cadena import Eslabon
from llaqta.salas.firma.juicio import FirmaVista
from llaqta.salas.firma.tiempo import SelloDeTiempo
from llaqta.salas.firma.veredicto import Veredicto
from llaqta.salas.firma.verificacion import Informe

FORMATO = "llaqta-informe/1"
POLITICA = "urn:llaqta:politica-de-verificacion:1"
"""La regla de ``verificacion``: lo que no se pudo comprobar nunca es válido. Está escrita en docs/decisiones/0015."""
_INDICACIONES = {
    Veredicto.VALIDA: "TOTAL-PASSED",
    Veredicto.INVALIDA: "TOTAL-FAILED",
    Veredicto.INDETERMINADA: "INDETERMINATE",
    Veredicto.SIN_FIRMA: "NO_SIGNATURE_FOUND",
}


def informe_json(
    informe: Informe, *, nombre: str = "", huella: str = "", tamano: int | None = None
) -> dict[str, Any]:
    """El informe entero, listo para ``json.dumps``.

    :param nombre: cómo se llama el documento
    :param huella: su SHA-256 en hexadecimal
    """
    return {
        "formato": FORMATO,
        "politica": POLITICA,
        "documento": {"nombre": nombre, "sha256": huella, "tamano": tamano},
        "verificado_en": _fecha(informe.verificado_en),
        "juzgado_al": _fecha(informe.juzgado_al),
        "lista_de_confianza": {"secuencia": informe.secuencia} if informe.secuencia is not None else None,
        "indicacion": _INDICACIONES[informe.veredicto],
        "veredicto": informe.veredicto.en_palabras,
        "motivos": list(informe.motivos),
        "de_demostracion": informe.de_demostracion,
        "firmas": [_firma(firma) for firma in informe.firmas],
        "sellos_de_tiempo": [_sello(sello) for sello in informe.sellos],
    }


def _firma(firma: FirmaVista) -> dict[str, Any]:
    return {
        "campo": firma.campo,
        "indicacion": _INDICACIONES[firma.veredicto],
        "subindicacion": firma.subindicacion or None,
        "veredicto": firma.veredicto.en_palabras,
        "explicacion": firma.explicacion,
        "nivel": firma.nivel,
        "titular": firma.titular,
        "documento": firma.documento,
        "entidad": firma.entidad,
        "cargo": firma.cargo,
        "motivo": firma.motivo,
        "fecha_declarada": _fecha(firma.fecha),
        "prueba_de_existencia": _fecha(firma.existia_el),
        "algoritmo": firma.algoritmo,
        "entidad_certificadora": firma.entidad_certificadora,
        "de_demostracion": firma.de_demostracion,
        "cadena": [_eslabon(eslabon) for eslabon in firma.cadena],
        "sellos_de_tiempo": [_sello(sello) for sello in firma.sellos],
    }


def _sello(sello: SelloDeTiempo) -> dict[str, Any]:
    return {
        "clase": "documento" if sello.de_documento else "firma",
        "indicacion": _INDICACIONES[sello.veredicto].replace("TOTAL-", ""),
        "hora": _fecha(sello.hora),
        "autoridad": sello.autoridad,
        "explicacion": sello.explicacion,
        "cadena": [_eslabon(eslabon) for eslabon in sello.cadena],
    }


def _eslabon(eslabon: Eslabon) -> dict[str, Any]:
    revocacion = None
    if eslabon.comprobado_con:
        revocacion = {
            "fuente": eslabon.comprobado_con,
            "emitida": _fecha(eslabon.constancia_del),
            "sha256": eslabon.huella_de_la_constancia,
        }
    return {
        "titular": eslabon.titular,
        "emisor": eslabon.emisor,
        "serie": eslabon.serie,
        "sha256": eslabon.huella,
        "desde": _fecha(eslabon.desde),
        "hasta": _fecha(eslabon.hasta),
        "ancla": eslabon.es_ancla,
        "revocacion": revocacion,
    }


def _fecha(instante: datetime | None) -> str | None:
    return instante.isoformat() if instante else None
