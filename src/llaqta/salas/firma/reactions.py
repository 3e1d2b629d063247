"""Lo que la firma hace después: publicar sus listas de revocación y sellar la hora del registro."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import listens
from llaqta.salas.firma import anclaje, services, tsa
from llaqta.salas.firma.events import CertificadoRevocado
from llaqta.salas.firma.local import services as local
from llaqta.salas.firma.sello import carpeta

registro = logging.getLogger(__name__)


@listens(CertificadoRevocado)
def publicar_lo_revocado(evento: CertificadoRevocado, *, ahora: datetime) -> None:
    """Vuelve a publicar las listas de la autoridad de demostración: el revocado ya consta para quien verifique."""
    services.publicar_listas(ahora=ahora)


@app.periodic(cron="7 */6 * * *")
@app.task(name="firma.publicar_listas", queueing_lock="firma.publicar_listas")
def publicar_listas(timestamp: int) -> None:
    """Cada seis horas: las listas valen un día y no deben vencer."""
    services.publicar_listas(ahora=timezone.now())


@app.periodic(cron="3,13,23,33,43,53 * * * *")
@app.task(name="firma.anclar_el_registro", queueing_lock="firma.anclar_el_registro")
def anclar_el_registro(timestamp: int) -> None:
    """Cada diez minutos mira si al registro le toca su sello de tiempo; si nadie responde, a la otra vuelta."""
    try:
        anclaje.anclar(ahora=timezone.now())
    except tsa.TsaNoResponde as error:
        registro.warning("El registro espera su sello de tiempo: %s", error)


@app.periodic(cron="*/10 * * * *")
@app.task(name="firma.vencer_sesiones", queueing_lock="firma.vencer_sesiones")
def vencer_sesiones(timestamp: int) -> None:
    """Cada diez minutos anota los pedidos de firma en el equipo de una persona que vencieron sin firmarse."""
    local.vencer_sesiones(ahora=timezone.now())


@app.periodic(cron="25 4 * * *")
@app.task(name="firma.actualizar_lista_de_confianza", queueing_lock="firma.actualizar_lista_de_confianza")
def actualizar_lista_de_confianza(timestamp: int) -> None:
    """Cada día trae la lista de confianza, si se configuró de dónde; una mala no reemplaza a la que rige."""
    if not settings.FIRMA_TSL_URL:
        return
    # Trae consigo lxml y pyHanko: que no los pague quien solo importa este módulo.
    from llaqta.salas.firma import lista_guardada  # noqa: PLC0415
    from llaqta.salas.firma.lista_de_confianza import ListaIlicita  # noqa: PLC0415

    try:
        lista_guardada.actualizar(
            carpeta=carpeta() / "tsl",
            url=settings.FIRMA_TSL_URL,
            ahora=timezone.now(),
            permitidas=settings.FIRMA_REDES_INTERNAS,
        )
    except ListaIlicita as error:
        registro.error("La lista de confianza no se actualizó; sigue rigiendo la anterior. %s", error)
