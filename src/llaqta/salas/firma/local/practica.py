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

from llaqta.cimientos import storage
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
HOJAS = 3
_turno = threading.Lock()


def check_practicar(actor: Persona) -> None:
    """Practica el personal, en una instalación en modo de entrenamiento; si no, la página no existe.

    :raises NoEncontrado: si no
    """
    if not puede_practicar(actor):
        raise NoEncontrado


def puede_practicar(actor: Persona) -> bool:
    """Verdadero si se le ofrece practicar."""
    return bool(settings.FIRMA_ENTRENAMIENTO and actor.es_del_personal)


def pedir_practica(*, actor: Persona, hojas: int = 1, ahora: datetime) -> SesionDeFirma:
    """Abre una sesión para firmar la hoja de práctica.

    :param hojas: cuántas, de una a ``HOJAS``, para practicar también la firma de varios documentos en un viaje
    :raises NoEncontrado: fuera del modo de entrenamiento, o si no es del personal
    """
    check_practicar(actor)
    hoja, cuantas = _hoja(actor, ahora), min(max(hojas, 1), HOJAS)
    nombres = [f" {cual} de {cuantas}" if cuantas > 1 else "" for cual in range(1, cuantas + 1)]
    return services.pedir_firma(
        actor=actor,
        documentos=[
            services.PorFirmar(
                hoja, f"{DESTINO}:{actor.pk}:{cual}", f"Hoja de práctica{nombre}, sin valor legal"
            )
            for cual, nombre in enumerate(nombres, start=1)
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


def get_hoja(sesion: SesionDeFirma, orden: int, *, para: Persona) -> bytes:
    """La hoja que ``para`` practicó, como volvió firmada o, si no volvió, como se entregó; lleva su marca impresa.

    :raises NoEncontrado: si la sesión es de otra persona o no es de práctica, o no tiene esa hoja
    """
    policies.check_es_suya(para, sesion)
    hoja = sesion.documentos.filter(orden=orden).first()
    if sesion.destino != DESTINO or hoja is None:
        raise NoEncontrado
    return storage.leer(hoja.huella_firmada or hoja.huella)


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
