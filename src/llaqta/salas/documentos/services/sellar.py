"""Sellar y guardar los papeles que hace el sistema: cargos, constancias, cédulas y actas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.pdf import Caja
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.rules import Cvd
from llaqta.salas.documentos.services.guardar import guardar
from llaqta.salas.documentos.services.recibir import guardar_pdf_propio
from llaqta.salas.firma import services as firma

ANIOS_DE_CONSTANCIA = 10
"""Los años en que se puede comprobar, con su código, un papel que hizo el sistema."""


@transaction.atomic
def guardar_sellado(
    *,
    pdf: bytes,
    motivo: str,
    tipo: str,
    asunto: str,
    nombre: str,
    cvd: Cvd,
    ahora: datetime,
    actor: Persona | None = None,
    caja: Caja | None = None,
    **datos: Any,
) -> Documento:
    """Pone el sello de la entidad a un PDF ya compuesto con su código, y lo guarda como documento del sistema.

    :param motivo: lo que dice el sello
    :param datos: los demás son los de ``guardar``: quién lo ve, de qué unidad es, sus metadatos
    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    sellado = firma.sellar(pdf=pdf, motivo=motivo, ahora=ahora, caja=caja)
    archivo = guardar_pdf_propio(actor=actor, nombre=nombre, pdf=sellado, ahora=ahora)
    return guardar(
        actor=actor,
        tipo=tipo,
        asunto=asunto,
        archivo=archivo,
        ahora=ahora,
        origen=Documento.Origen.SISTEMA,
        cvd=cvd,
        firmado=True,
        **datos,
    )
