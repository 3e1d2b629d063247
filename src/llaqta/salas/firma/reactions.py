"""Lo que la firma hace después: publicar sus listas de revocación y sellar la hora del registro."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import listens
from llaqta.salas.firma import anclaje, services, tsa
from llaqta.salas.firma.events import CertificadoRevocado

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
