"""El recuadro con que se comprueba en la sede un documento impreso: su código, su ventana y su QR."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from llaqta.cimientos import pdf
from llaqta.salas.documentos.rules import Cvd


def recuadro(cvd: Cvd) -> dict[str, Any]:
    """Lo que una plantilla necesita para imprimir el pie de verificación (Directiva 002-2021-PCM/SGTD)."""
    return pdf.verificacion(
        url=settings.URL_PUBLICA + reverse("verificar"),
        cvd=cvd.codigo,
        desde=cvd.desde,
        hasta=cvd.hasta,
        enlace=settings.URL_PUBLICA + reverse("verificar_cvd", args=[cvd.codigo]),
    )
