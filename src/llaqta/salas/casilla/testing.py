"""Lo que las pruebas de otras salas necesitan de la casilla: que sus depósitos consten avisados."""

from __future__ import annotations

from datetime import datetime

from llaqta.salas.casilla import services
from llaqta.salas.casilla.mensajeria import Despacho
from llaqta.salas.casilla.models import Notificacion


def avisar_todo(*, ahora: datetime) -> None:
    """Da por aceptado, apenas se depositó, el aviso de cada depósito que no tiene ninguno, como haría el trabajador."""
    for pendiente in Notificacion.objects.filter(estado="DEPOSITADA", alertas=None):
        cuando = min(ahora, pendiente.depositada_en)
        for alerta in services.abrir_alertas(notificacion_id=pendiente.pk, ahora=cuando):
            services.anotar_envio(
                alerta_id=alerta.pk, despacho=Despacho(True, "prueba", "Aceptado por la prueba"), ahora=cuando
            )
