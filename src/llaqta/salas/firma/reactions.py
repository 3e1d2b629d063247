"""Lo que la firma hace después: publicar sus listas de revocación."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import listens
from llaqta.salas.firma import services
from llaqta.salas.firma.events import CertificadoRevocado


@listens(CertificadoRevocado)
def publicar_lo_revocado(evento: CertificadoRevocado, *, ahora: datetime) -> None:
    """Vuelve a publicar las listas de la autoridad de demostración: el revocado ya consta para quien verifique."""
    services.publicar_listas(ahora=ahora)


@app.periodic(cron="7 */6 * * *")
@app.task(name="firma.publicar_listas", queueing_lock="firma.publicar_listas")
def publicar_listas(timestamp: int) -> None:
    """Cada seis horas: las listas valen un día y no deben vencer."""
    services.publicar_listas(ahora=timezone.now())
