"""Cómo ingresó quien está usando su cuenta: con qué medios y a qué hora, según lo anotó su sesión."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

_METODOS = {
    "password": "contraseña",
    "password_reset": "enlace enviado a su correo",
    "code": "código enviado a su correo",
}
_SEGUNDOS = {
    "totp": "código de su aplicación (TOTP)",
    "webauthn": "llave de acceso",
    "recovery_codes": "código de recuperación",
}


@dataclass(frozen=True)
class Ingreso:
    """Un medio con que la persona probó quién es, y cuándo."""

    metodo: str
    en: datetime

    def en_json(self) -> dict[str, str]:
        """Como se guarda y se imprime: en UTC, al segundo."""
        return {"metodo": self.metodo, "en": self.en.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def como_ingreso(request: HttpRequest) -> tuple[Ingreso, ...]:
    """Los medios con que se abrió la sesión de quien pide, en orden; vacío si la sesión no lo dice.

    Volver a escribir la contraseña en la misma sesión reemplaza la hora anterior de ese medio.
    """
    ultimos: dict[str, Ingreso] = {}
    for anotado in get_authentication_records(request, request.user):
        metodo, en = _metodo(anotado), anotado.get("at")
        if metodo and isinstance(en, int | float):
            ultimos.pop(metodo, None)
            ultimos[metodo] = Ingreso(metodo, datetime.fromtimestamp(en, UTC))
    return tuple(ultimos.values())


def _metodo(anotado: dict[str, Any]) -> str:
    if anotado.get("method") == "mfa":
        return _SEGUNDOS.get(str(anotado.get("type")), "")
    return _METODOS.get(str(anotado.get("method")), "")
