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
from llaqta.salas.expedientes.events import (
    DerivadoAOtraEntidad,
    ExpedienteEmplazado,
    SilencioPositivoOperado,
)
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


@listens(ExpedienteEmplazado)
def sellar_requerimiento(evento: ExpedienteEmplazado, *, ahora: datetime) -> None:
    """El requerimiento del emplazamiento, sellado y en el expediente."""
    expedientes.sellar_requerimiento(expediente_id=evento.expediente_id, ahora=ahora)


@listens(SilencioPositivoOperado)
def sellar_aprobacion_ficta(evento: SilencioPositivoOperado, *, ahora: datetime) -> None:
    """La constancia de la aprobación por silencio, a la vista del administrado."""
    expedientes.sellar_aprobacion_ficta(expediente_id=evento.expediente_id, ahora=ahora)


@listens(DerivadoAOtraEntidad)
def sellar_envio_a_entidad(evento: DerivadoAOtraEntidad, *, ahora: datetime) -> None:
    """La constancia de que la solicitud se envió a la entidad competente."""
    expedientes.sellar_envio_a_entidad(expediente_id=evento.expediente_id, ahora=ahora)


@app.periodic(cron="1 * * * *")
@app.task(
    name="expedientes.declarar_vencimientos",
    queue=COLA,
    queueing_lock="expedientes.declarar_vencimientos",
    pass_context=False,
)
def declarar_vencimientos(timestamp: int) -> None:
    """Cada hora, y a las 00:01 en Lima, declara los silencios y mueve las suspensiones."""
    expedientes.declarar_vencimientos(ahora=timezone.now())


@app.periodic(cron="30 12 * * *")
@app.task(name="expedientes.repartir_avisos", queue=COLA, queueing_lock="expedientes.repartir_avisos")
def repartir_avisos(timestamp: int) -> None:
    """A las 7:30 de cada día hábil, en Lima: avisa a cada unidad antes del último depósito seguro."""
    expedientes.repartir_avisos_de_riesgo(ahora=timezone.now())


@app.task(name="expedientes.avisar_riesgo", queue=COLA, retry=REINTENTOS)
def avisar_riesgo(unidad_id: int) -> None:
    """El correo de una unidad; si el servidor no atiende, se reintenta, y nunca se envía dos veces el mismo día."""
    expedientes.avisar_riesgo(unidad_id=unidad_id, ahora=timezone.now())


@app.task(name="expedientes.armar_exportacion", queue=COLA, retry=REINTENTOS)
def armar_exportacion(exportacion_id: int, intento: int) -> None:
    """Arma el paquete con un expediente completo; dos veces es lo mismo que una."""
    expedientes.armar_exportacion(exportacion_id=exportacion_id, intento=intento, ahora=timezone.now())


@app.periodic(cron="25 8 * * *")
@app.task(
    name="expedientes.retirar_exportaciones", queue=COLA, queueing_lock="expedientes.retirar_exportaciones"
)
def retirar_exportaciones(timestamp: int) -> None:
    """Cada madrugada, en Lima, retira los paquetes cuyo tiempo de descarga terminó."""
    expedientes.retirar_exportaciones(ahora=timezone.now())
