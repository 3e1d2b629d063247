"""Practicar la firma: una hoja que no dice nada, una tarjeta que no vale, y el camino entero de verdad."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.pdf import Caja
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.bloque import fecha_peruana
from llaqta.salas.firma.local import policies, services
from llaqta.salas.firma.local.destinos import Firmado, recibe_firmas
from llaqta.salas.firma.local.modelos import SesionDeFirma

DESTINO = "firma.Practica"
PLANTILLA = Path(__file__).parents[1] / "plantillas_pdf" / "practica.typ"
CAJA = Caja(0, 335.75, 672.03, 535.75, 718.03)
SEGUNDOS = 40
_turno = threading.Lock()


def check_practicar(actor: Persona) -> None:
    """Practica el personal, en una instalación en modo de entrenamiento; si no, la página no existe.

    :raises NoEncontrado: si no
    """
    if not settings.FIRMA_ENTRENAMIENTO or not actor.es_del_personal:
        raise NoEncontrado


def pedir_practica(*, actor: Persona, ahora: datetime) -> SesionDeFirma:
    """Abre una sesión para firmar la hoja de práctica.

    :raises NoEncontrado: fuera del modo de entrenamiento, o si no es del personal
    """
    check_practicar(actor)
    return services.pedir_firma(
        actor=actor,
        documentos=[
            services.PorFirmar(
                _hoja(actor, ahora), f"{DESTINO}:{actor.pk}", "Hoja de práctica, sin valor legal"
            )
        ],
        destino=DESTINO,
        volver_a=reverse("firma_local_practicar"),
        motivo="Soy el autor del documento",
        cargo="",
        caja=CAJA,
        entrenamiento=True,
        ahora=ahora,
    )


@recibe_firmas(DESTINO)
def recibir_practica(*, sesion: SesionDeFirma, firmados: Sequence[Firmado], ahora: datetime) -> None:
    """Nada: era una práctica."""


def firmar_sin_componente(*, actor: Persona, sesion: SesionDeFirma, ip: str | None, ahora: datetime) -> None:
    """Firma una sesión de práctica con el componente de práctica del servidor.

    Sirve a quien practica desde un equipo que no tiene ninguno encendido, desde un teléfono o sin JavaScript.

    :raises NoEncontrado: si la sesión es de otra persona o no es de práctica
    :raises NoProcede: si el componente del servidor no está encendido
    """
    from llaqta.salas.firma.local import emulador  # noqa: PLC0415 (solo en la práctica)

    policies.check_es_suya(actor, sesion)
    if not (sesion.entrenamiento and settings.FIRMA_ENTRENAMIENTO):
        raise NoEncontrado
    apertura = services.abrir_firma(actor=actor, sesion=sesion, ip=ip, ahora=ahora)
    cuerpo = urlencode({"param": apertura.parametro}).encode()
    cabeceras = {"Origin": str(settings.URL_PUBLICA), "Content-Type": "application/x-www-form-urlencoded"}
    try:
        emulador.pedir_por_http(
            "POST", f"http://127.0.0.1:{apertura.puerto}{emulador.RUTA}", cuerpo, cabeceras
        )
    except emulador.NoSalio as error:
        raise NoProcede(
            "El componente de práctica no está encendido en el servidor. Avise a informática."
        ) from error


def _hoja(actor: Persona, ahora: datetime) -> bytes:
    with _turno:
        return bytes(
            _compilador().compile(
                format="pdf",
                sys_inputs={"persona": actor.nombre_completo, "fecha": fecha_peruana(ahora)},
                pdf_standards="a-2b",
                timestamp=int(ahora.timestamp()),
            )
        )


@lru_cache(maxsize=1)
def _compilador() -> Any:
    import typst  # noqa: PLC0415 (30 MB: solo los gasta quien practica)

    return typst.Compiler(str(PLANTILLA), ignore_system_fonts=True)
