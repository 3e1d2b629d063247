"""Las claves que salen del secreto de la instalación: una por propósito, y sin el secreto no se pueden calcular."""

from __future__ import annotations

import hmac

from django.conf import settings


def derivar(proposito: str | bytes) -> bytes:
    """La clave de la instalación para un propósito, en hexadecimal.

    :param proposito: qué se guarda con ella (``llaqta.sala.cosa``); cambiarlo deja cerrado lo que ya se guardó
    """
    mensaje = proposito.encode() if isinstance(proposito, str) else proposito
    return hmac.digest(settings.SECRET_KEY.encode(), mensaje, "sha256").hex().encode()
