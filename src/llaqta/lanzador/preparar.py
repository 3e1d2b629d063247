"""Prepara la base y los archivos estáticos antes de abrir la puerta. Un solo proceso: Django se carga una vez.

Uso interno de ``up``: ``python -m llaqta.lanzador.preparar RESULTADO``; deja ahí, en JSON, lo que se mostrará.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

MINIMO = 150_000  # PostgreSQL 15
IMPEDIDO = 3


def main(argv: list[str]) -> int:
    """Migra, junta los estáticos y carga la demostración; devuelve 3, y dice una oración, si no puede."""
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error, OperationalError

    try:
        django.setup()
        _exigir_postgres()
        _exigir_version_conocida()
        resultado = _preparar()
    except ImproperlyConfigured as error:
        return _impedido(str(error))
    except OperationalError as error:
        return _impedido(_explicar(str(error)))
    except Error as error:
        if "No space left" in str(error):
            return _impedido(_explicar(str(error)))
        raise
    Path(argv[0]).write_text(json.dumps(resultado), encoding="utf-8")
    return 0


def _preparar() -> dict[str, str]:
    from django.conf import settings
    from django.core.management import call_command, get_commands

    ordenes = get_commands()
    callado = io.StringIO()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=False, stdout=callado)
    for orden in ("preparar_firma", "cargar_catalogos"):
        if orden in ordenes:
            call_command(orden, stdout=callado)
    resultado = {"cuentas": "", "enlace": ""}
    if settings.DEMO and "cargar_demo" in ordenes:
        call_command("cargar_demo", stdout=callado)
        cuentas = io.StringIO()
        call_command("cargar_demo", mostrar_cuentas=True, stdout=cuentas)
        resultado["cuentas"] = cuentas.getvalue().rstrip()
    if (
        not settings.DEMO
        and os.environ.get("LLAQTA_PRIMERA_VEZ")
        and "enlace_primer_administrador" in ordenes
    ):
        enlace = io.StringIO()
        call_command("enlace_primer_administrador", stdout=enlace)
        resultado["enlace"] = enlace.getvalue().strip()
    return resultado


def _exigir_postgres() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        numero = int(cursor.fetchone()[0])
    if numero < MINIMO:
        raise ImproperlyConfigured(
            f"El PostgreSQL de DATABASE_URL es la versión {numero // 10_000} y Llaqta necesita la 15 o una más nueva."
        )


def _exigir_version_conocida() -> None:
    """Una base que ya migró un Llaqta más nuevo no se abre con este: escribiría sobre tablas que no entiende."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    cargador = MigrationLoader(connection)
    desconocidas = set(cargador.applied_migrations) - set(cargador.disk_migrations)
    propias = sorted(f"{sala}.{nombre}" for sala, nombre in desconocidas if sala in cargador.migrated_apps)
    if propias:
        raise ImproperlyConfigured(
            f"Esta base la usó un Llaqta más nuevo (cambio «{propias[-1]}»): actualice el programa o use otra base."
        )


def _explicar(texto: str) -> str:
    if "No space left" in texto:
        return "No queda espacio en el disco de la base de datos: libere espacio y vuelva a intentar."
    if "does not exist" in texto:
        return f"La base o el usuario de DATABASE_URL no existe en ese PostgreSQL ({_primera_linea(texto)})."
    if "password authentication failed" in texto or "no password supplied" in texto:
        return "El PostgreSQL de DATABASE_URL no acepta ese usuario y clave."
    return f"No responde el PostgreSQL de DATABASE_URL ({_primera_linea(texto)})."


def _primera_linea(texto: str) -> str:
    return texto.strip().splitlines()[-1].strip().removeprefix("connection failed: ")


def _impedido(oracion: str) -> int:
    print(oracion, file=sys.stderr)
    return IMPEDIDO


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
