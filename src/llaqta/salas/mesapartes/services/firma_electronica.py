"""La firma electrónica de quien presenta con su cuenta: qué se firmó, quién, cómo ingresó y qué leyó antes.

No es una firma digital (Ley 27269): no hay certificado de la persona. Su fuerza está en que el acto entero, con la
huella de cada documento, queda resumido en una huella que entra al registro, y en el sello de la entidad en el cargo.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.autenticacion import Ingreso
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.documentos.models import Documento
from llaqta.salas.mesapartes import queries
from llaqta.salas.mesapartes.models import FirmaElectronica
from llaqta.salas.plazos import queries as plazos

REGLA = "FIRMA_DE_QUIEN_PRESENTA"
VERSION = 1
"""La de la forma del acto: con ella se sabe leer lo que se firmó hace años."""


@dataclass(frozen=True)
class Declaracion:
    """Lo que la persona tenía a la vista al presionar el botón, y cómo había ingresado."""

    version: int
    ingresos: tuple[Ingreso, ...] = ()


@dataclass(frozen=True)
class Acto:
    """Qué se presentó: la clase de acto, sus números, lo que dice y sus documentos."""

    clase: str
    expediente: str
    registro: str
    dice: str
    firmante: Persona
    administrado: Persona
    documentos: Sequence[Documento]


def check_declaracion(
    *, declaracion: Declaracion | None, firmante: Persona, ahora: datetime
) -> TextoDeConsentimiento | None:
    """El texto que la persona aceptó, si es el que rige; ``None`` si presentó sin una pantalla que lo muestre.

    La recepción no se niega (Ley 27444, art. 124.1): lo que llega sin declaración se recibe, y el cargo no dice que se
    firmó. Lo que llega con una que ya cambió se devuelve a la pantalla, porque la persona leyó otra cosa.

    :raises EntradaInvalida: si el texto que vio ya no es el que rige
    """
    if declaracion is None:
        return None
    vigente = queries.get_declaracion(hoy_en_lima(ahora), para=firmante)
    if vigente is None or vigente.version != declaracion.version:
        raise EntradaInvalida(
            "La declaración que se firma al presentar cambió mientras usted escribía. "
            "Vuelva a cargar la página, léala y presente otra vez: lo que escribió está guardado.",
            campo="declaracion",
        )
    return vigente


def firmar_acto(
    *, acto: Acto, texto: TextoDeConsentimiento, declaracion: Declaracion, ahora: datetime
) -> FirmaElectronica:
    """Compone el acto en su forma única y calcula su huella. No guarda: quien llama la une a lo presentado.

    :param texto: el que devolvió ``check_declaracion``
    """
    regla = plazos.get_regla(REGLA, al=hoy_en_lima(ahora))
    ingresos = [ingreso.en_json() for ingreso in declaracion.ingresos]
    canonico = en_forma_unica(
        {
            "v": VERSION,
            "acto": acto.clase,
            "expediente": acto.expediente,
            "registro": acto.registro,
            "dice": acto.dice,
            "firmante": _de(acto.firmante),
            "administrado": _de(acto.administrado),
            "firmado_en": ahora.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "ingreso": ingresos,
            "declaracion": {
                "clave": texto.clave,
                "version": texto.version,
                "sha256": hashlib.sha256(texto.texto.encode()).hexdigest(),
            },
            "documentos": [
                {"nombre": d.archivo.nombre, "bytes": d.archivo.bytes, "sha256": d.archivo.sha256}
                for d in acto.documentos
            ],
        }
    )
    return FirmaElectronica(
        firmante=acto.firmante, texto=texto, clase=regla.valor, norma=regla.base, ingresos=ingresos,
        firmada_en=ahora, acto=canonico, huella=hashlib.sha256(canonico.encode()).hexdigest(),
    )  # fmt: skip


def en_forma_unica(valor: dict[str, Any]) -> str:
    """JSON con las claves en orden, sin espacios: el mismo acto da siempre los mismos bytes (RFC 8785)."""
    return json.dumps(valor, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _de(persona: Persona) -> dict[str, str]:
    return {"documento": persona.documento, "nombre": persona.nombre_completo}
