"""Lectura del entorno: cada variable se declara una vez, con su tipo, su valor por omisión y para qué sirve."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    """Una variable de entorno que Llaqta entiende."""

    nombre: str
    omision: str
    para_que: str
    secreta: bool = False


VARIABLES: dict[str, Variable] = {}


def leer(nombre: str, omision: str, para_que: str, *, secreta: bool = False) -> str:
    """Devuelve el valor de la variable ``nombre``; si es secreta, también lo busca en el archivo ``nombre_FILE``.

    :raises ImproperlyConfigured: si ``nombre_FILE`` apunta a un archivo que no se puede leer
    """
    VARIABLES[nombre] = Variable(nombre, omision, para_que, secreta)
    if secreta and (ruta := os.environ.get(f"{nombre}_FILE")):
        try:
            return Path(ruta).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"No se pudo leer el secreto {nombre}_FILE={ruta}: {error.strerror}."
            ) from error
    return os.environ.get(nombre, omision)


def leer_si(nombre: str, omision: bool, para_que: str) -> bool:
    """Devuelve una variable de sí o no: ``1``, ``si``, ``true`` valen sí; ``0``, ``no``, ``false`` y vacío valen no.

    :raises ImproperlyConfigured: si el valor no es ninguno de ellos
    """
    valor = leer(nombre, "1" if omision else "0", para_que).strip().lower()
    if valor in {"1", "si", "sí", "true"}:
        return True
    if valor in {"", "0", "no", "false"}:
        return False
    raise ImproperlyConfigured(f"{nombre} debe valer 1 o 0; vale «{valor}».")


def leer_numero(nombre: str, omision: int, para_que: str) -> int:
    """Devuelve una variable que es un número entero.

    :raises ImproperlyConfigured: si no lo es
    """
    valor = leer(nombre, str(omision), para_que)
    try:
        return int(valor)
    except ValueError as error:
        raise ImproperlyConfigured(f"{nombre} debe ser un número entero; vale «{valor}».") from error


def base_de_datos(url: str) -> dict[str, object]:
    """Convierte ``postgresql://usuario:clave@servidor:puerto/base?opcion=valor`` en lo que pide Django.

    :raises ImproperlyConfigured: si la dirección no es de PostgreSQL, el único motor de Llaqta
    """
    partes = urlsplit(url)
    if partes.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            "DATABASE_URL debe comenzar con postgresql://: es el único motor de Llaqta."
        )
    opciones: dict[str, object] = dict(parse_qsl(partes.query))
    servidor = opciones.pop("host", None) or unquote(partes.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(partes.path.lstrip("/")) or "llaqta",
        "USER": unquote(partes.username or ""),
        "PASSWORD": unquote(partes.password or ""),
        "HOST": servidor,
        "PORT": str(opciones.pop("port", None) or partes.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": opciones,
    }
