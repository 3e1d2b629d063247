"""Lo que la mesa de partes hace después: entregar el cargo sellado, sellar la observación y avisar por correo.

Sellar y avisar son oyentes distintos: si el correo falla y se reintenta, el cargo ya está.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.dias import DiaAnotado, DiasAnotados, DiaSinEfecto
from llaqta.cimientos.events import COLA, REINTENTOS, diferir, listens
from llaqta.salas.auditoria.pruebas import TodaviaNo
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.events import (
    AudienciaAbierta,
    DerivadoAOtraEntidad,
    ExpedienteEmplazado,
    ExpedienteNoPresentado,
    NulidadIniciada,
    SilencioNegativoOperado,
    SilencioPositivoOperado,
)
from llaqta.salas.expedientes.models import CambioDePlazo
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.events import (
    DocumentoPresentado,
    EscritoPresentado,
    ObservacionSubsanada,
    PresentacionObservada,
)
from llaqta.salas.plazos.events import InterrupcionCertificada

ENTRE_INTENTOS = timedelta(seconds=2)
"""El secuenciador del registro pasa cada dos segundos."""


@listens(DocumentoPresentado)
def sellar_cargo(evento: DocumentoPresentado, *, ahora: datetime) -> None:
    """El cargo, segundos después de presentar: en cuanto el registro le da su lugar, o sin él si tarda."""
    try:
        services.sellar_cargo(presentacion_id=evento.presentacion_id, ahora=ahora, paciencia=_paciencia())
    except TodaviaNo:
        diferir(
            "mesapartes.sellar_cargo_despues",
            dentro_de=ENTRE_INTENTOS,
            presentacion_id=evento.presentacion_id,
        )


@app.task(name="mesapartes.sellar_cargo_despues", queue=COLA, retry=REINTENTOS)
def sellar_cargo_despues(presentacion_id: int) -> None:
    """Otro intento de sellar el cargo con su lugar en el registro."""
    try:
        services.sellar_cargo(presentacion_id=presentacion_id, ahora=timezone.now(), paciencia=_paciencia())
    except TodaviaNo:
        with transaction.atomic():
            diferir(
                "mesapartes.sellar_cargo_despues", dentro_de=ENTRE_INTENTOS, presentacion_id=presentacion_id
            )


def _paciencia() -> timedelta:
    return timedelta(seconds=settings.CARGO_ESPERA_PRUEBA)


@listens(DocumentoPresentado)
def avisar_presentacion(evento: DocumentoPresentado, *, ahora: datetime) -> None:
    """El correo que confirma."""
    services.avisar_presentacion(presentacion_id=evento.presentacion_id)


@listens(PresentacionObservada)
def sellar_observacion(evento: PresentacionObservada, *, ahora: datetime) -> None:
    """El requerimiento, sellado."""
    services.sellar_observacion(observacion_id=evento.observacion_id, ahora=ahora)


@listens(PresentacionObservada)
def avisar_observacion(evento: PresentacionObservada, *, ahora: datetime) -> None:
    """El correo que dice qué falta."""
    services.avisar_observacion(observacion_id=evento.observacion_id)


@listens(ObservacionSubsanada)
def sellar_subsanacion(evento: ObservacionSubsanada, *, ahora: datetime) -> None:
    """El cargo de lo subsanado."""
    services.sellar_subsanacion(observacion_id=evento.observacion_id, ahora=ahora)


@listens(DiaAnotado, DiasAnotados, DiaSinEfecto)
def correr_por_calendario(evento: DiaAnotado | DiasAnotados | DiaSinEfecto, *, ahora: datetime) -> None:
    """Cambió el calendario: se vuelve a contar el plazo para subsanar de quien todavía no corrige."""
    _, motivo = expedientes.decir_cambio_de_calendario(evento)
    services.correr_observaciones(causa=CambioDePlazo.Causa.CALENDARIO, motivo=motivo, ahora=ahora)


@listens(InterrupcionCertificada)
def correr_por_interrupcion(evento: InterrupcionCertificada, *, ahora: datetime) -> None:
    """Se certificó que un día no hubo servicio: se corre el plazo de quien debía subsanar ese día."""
    motivo = expedientes.decir_interrupcion(evento.interrupcion_id)
    services.correr_observaciones(causa=CambioDePlazo.Causa.INTERRUPCION, motivo=motivo, ahora=ahora)


@listens(EscritoPresentado)
def sellar_cargo_de_escrito(evento: EscritoPresentado, *, ahora: datetime) -> None:
    """El cargo de un escrito que llegó a un expediente ya abierto."""
    try:
        services.sellar_cargo_de_escrito(escrito_id=evento.escrito_id, ahora=ahora, paciencia=_paciencia())
    except TodaviaNo:
        diferir("mesapartes.sellar_escrito_despues", dentro_de=ENTRE_INTENTOS, escrito_id=evento.escrito_id)


@app.task(name="mesapartes.sellar_escrito_despues", queue=COLA, retry=REINTENTOS)
def sellar_escrito_despues(escrito_id: int) -> None:
    """Otro intento de sellar el cargo de un escrito con su lugar en el registro."""
    try:
        services.sellar_cargo_de_escrito(escrito_id=escrito_id, ahora=timezone.now(), paciencia=_paciencia())
    except TodaviaNo:
        with transaction.atomic():
            diferir("mesapartes.sellar_escrito_despues", dentro_de=ENTRE_INTENTOS, escrito_id=escrito_id)


@listens(EscritoPresentado)
def avisar_escrito(evento: EscritoPresentado, *, ahora: datetime) -> None:
    """El correo que confirma ese escrito."""
    services.avisar_escrito(escrito_id=evento.escrito_id)


@listens(ExpedienteEmplazado)
def avisar_emplazamiento(evento: ExpedienteEmplazado, *, ahora: datetime) -> None:
    """El correo que dice qué pide el requerimiento."""
    services.avisar_emplazamiento(expediente_id=evento.expediente_id)


@listens(SilencioPositivoOperado)
def avisar_aprobacion_ficta(evento: SilencioPositivoOperado, *, ahora: datetime) -> None:
    """El correo que dice que lo pedido quedó aprobado por silencio."""
    services.avisar_aprobacion_ficta(expediente_id=evento.expediente_id)


@listens(SilencioNegativoOperado)
def avisar_silencio_negativo(evento: SilencioNegativoOperado, *, ahora: datetime) -> None:
    """El correo que dice que venció el plazo sin respuesta, y qué puede elegir."""
    services.avisar_silencio_negativo(expediente_id=evento.expediente_id)


@listens(ExpedienteNoPresentado)
def sellar_no_presentada(evento: ExpedienteNoPresentado, *, ahora: datetime) -> None:
    """La constancia de que se tiene por no presentada."""
    services.sellar_no_presentada(expediente_id=evento.expediente_id, ahora=ahora)


@listens(ExpedienteNoPresentado)
def avisar_no_presentada(evento: ExpedienteNoPresentado, *, ahora: datetime) -> None:
    """El correo que dice qué puede recoger."""
    services.avisar_no_presentada(expediente_id=evento.expediente_id)


@listens(DerivadoAOtraEntidad)
def avisar_envio_a_entidad(evento: DerivadoAOtraEntidad, *, ahora: datetime) -> None:
    """El correo que dice a qué entidad se envió."""
    services.avisar_envio_a_entidad(expediente_id=evento.expediente_id)


@listens(NulidadIniciada, AudienciaAbierta)
def avisar_revision_de_oficio(evento: NulidadIniciada | AudienciaAbierta, *, ahora: datetime) -> None:
    """El correo que dice que se revisa lo decidido y, ya corrido el traslado, hasta cuándo puede dar sus razones."""
    services.avisar_revision_de_oficio(expediente_id=evento.expediente_id)


@app.periodic(cron="1 * * * *")
@app.task(
    name="mesapartes.declarar_no_presentadas",
    queue=COLA,
    queueing_lock="mesapartes.declarar_no_presentadas",
    pass_context=False,
)
def declarar_no_presentadas(timestamp: int) -> None:
    """Cada hora, y a las 00:01 en Lima, tiene por no presentado lo que nadie corrigió a tiempo."""
    services.declarar_no_presentadas(ahora=timezone.now())
