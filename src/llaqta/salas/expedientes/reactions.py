"""Lo que hacen los expedientes después: anotar lo notificado, y volver a contar cuando cambia el calendario."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.dias import DiaAnotado, DiasAnotados, DiaSinEfecto
from llaqta.cimientos.events import COLA, REINTENTOS, diferir, listens
from llaqta.salas.casilla.events import NotificacionLeida, NotificacionSurtioEfecto
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo
from llaqta.salas.notificaciones.events import DiligenciaSurtioEfecto
from llaqta.salas.plazos.events import InterrupcionCertificada


@listens(NotificacionLeida, NotificacionSurtioEfecto)
def anotar_notificado(evento: NotificacionLeida | NotificacionSurtioEfecto, *, ahora: datetime) -> None:
    """El administrado abrió la decisión, o el plazo lo da por notificado: el expediente queda notificado."""
    expedientes.tomar_conocimiento(notificacion_id=evento.notificacion_id, ahora=ahora)


@listens(DiligenciaSurtioEfecto)
def anotar_diligenciado(evento: DiligenciaSurtioEfecto, *, ahora: datetime) -> None:
    """La cédula, el correo o la publicación surtió efecto: el expediente queda notificado."""
    expedientes.tomar_conocimiento(diligencia_id=evento.diligencia_id, ahora=ahora)


@listens(DiaAnotado, DiasAnotados, DiaSinEfecto)
def recontar_por_calendario(evento: DiaAnotado | DiasAnotados | DiaSinEfecto, *, ahora: datetime) -> None:
    """Deja un trabajo que vuelve a contar por lotes los relojes abiertos: puede durar, y guarda lote por lote."""
    dias, motivo = queries.decir_cambio_de_calendario(evento)
    expedientes.correr_emplazamientos(causa=CambioDePlazo.Causa.CALENDARIO, motivo=motivo, ahora=ahora)
    diferir(
        "expedientes.recontar",
        candado="expedientes.recontar",
        dias=[d.isoformat() for d in dias],
        motivo=motivo,
    )


@app.task(name="expedientes.recontar", queue=COLA, retry=REINTENTOS)
def recontar(dias: list[str], motivo: str) -> None:
    """Vuelve a contar los relojes abiertos que pasan por unos días; dos veces es lo mismo que una."""
    expedientes.recontar_abiertos(
        dias=[date.fromisoformat(dia) for dia in dias], motivo=motivo, ahora=timezone.now()
    )


@listens(InterrupcionCertificada)
def correr_por_interrupcion(evento: InterrupcionCertificada, *, ahora: datetime) -> None:
    """Corre el plazo de quien debía corregir un día sin servicio; los de la municipalidad no se alargan."""
    motivo = queries.decir_interrupcion(evento.interrupcion_id)
    expedientes.correr_emplazamientos(causa=CambioDePlazo.Causa.INTERRUPCION, motivo=motivo, ahora=ahora)
