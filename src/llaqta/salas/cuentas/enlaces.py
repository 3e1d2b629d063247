"""El enlace de un solo uso con que entra la primera persona que administra una instalación nueva.

No se guarda en ninguna parte: va firmado con el secreto de la instalación, vence a los siete días y deja de valer en
cuanto alguien administra. Perderlo no importa: se imprime otro.
"""

from __future__ import annotations

import secrets

from django.core import signing
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas import policies

_SAL = "llaqta.cuentas.primer_administrador"
_DIAS = 7


def nuevo_enlace() -> str:
    """La parte secreta de un enlace nuevo.

    :raises Denegado: si el sistema ya tiene quien lo administre
    """
    _check_sin_administracion()
    return signing.dumps(secrets.token_hex(8), salt=_SAL)


def check_enlace(llave: str) -> None:
    """Comprueba que el enlace sea de esta instalación, no haya vencido y no se haya usado.

    :raises Denegado: si no vale
    """
    try:
        signing.loads(llave, salt=_SAL, max_age=_DIAS * 24 * 3600)
    except signing.SignatureExpired as error:
        raise Denegado("Este enlace venció. Pida otro con «./llaqta enlace_primer_administrador».") from error
    except signing.BadSignature as error:
        raise Denegado("Este enlace no es válido. Cópielo completo, tal como se imprimió.") from error
    _check_sin_administracion()


def _check_sin_administracion() -> None:
    if policies.hay_quien_administre(al=hoy_en_lima(timezone.now())):
        raise Denegado("Este enlace ya se usó: la municipalidad ya tiene quien administre el sistema.")
