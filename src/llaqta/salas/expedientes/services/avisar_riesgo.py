"""El aviso diario a cada unidad: qué expedientes pueden quedar aprobados por silencio si no se notifica pronto."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.events import diferir, emit
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Asignacion, Persona, UnidadOrganica
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes.events import RiesgoAvisado
from llaqta.salas.expedientes.models import Movimiento

TAREA = "expedientes.avisar_riesgo"


@transaction.atomic
def repartir_avisos_de_riesgo(*, ahora: datetime) -> int:
    """Deja un trabajo por cada unidad con expedientes en riesgo, si hoy es día hábil; dice cuántas son."""
    hoy = hoy_en_lima(ahora)
    if not get_calendario().es_habil(hoy):
        return 0
    unidades = list(
        queries.get_en_riesgo(al=hoy).order_by("para_unidad").values_list("para_unidad", flat=True).distinct()
    )
    for unidad_id in unidades:
        diferir(TAREA, candado=f"riesgo-{unidad_id}", unidad_id=unidad_id)
    return len(unidades)


@transaction.atomic
def avisar_riesgo(*, unidad_id: int, ahora: datetime) -> bool:
    """Envía a quienes trabajan en la unidad la lista del día, una sola vez por día; ``False`` si no había que enviarla.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    hoy = hoy_en_lima(ahora)
    unidad = UnidadOrganica.objects.select_for_update(no_key=True).get(pk=unidad_id)
    if _ya_avisada(unidad, hoy):
        return False
    envios = list(
        queries.get_en_riesgo(al=hoy)
        .filter(para_unidad=unidad)
        .select_related("expediente__administrado", "expediente__version_tramite")
        .defer("expediente__explicacion")
        .order_by("expediente__ultimo_deposito_seguro", "urgencia_el")[:100]
    )
    correos = _correos(unidad, hoy)
    if not envios or not correos:
        return False
    _enviar(unidad, envios, correos)
    emit(
        RiesgoAvisado(unidad_id=unidad.pk, dia=hoy.isoformat(), expedientes=[m.expediente_id for m in envios]),
        actor_id=None, ahora=ahora, objeto=unidad,
    )  # fmt: skip
    return True


def _ya_avisada(unidad: UnidadOrganica, hoy: date) -> bool:
    return Suceso.objects.filter(
        tipo=RiesgoAvisado.tipo(),
        objeto_tipo=UnidadOrganica._meta.label,
        objeto_id=str(unidad.pk),
        datos__dia=hoy.isoformat(),
    ).exists()


def _correos(unidad: UnidadOrganica, hoy: date) -> list[str]:
    """Los de quienes hoy trabajan en la unidad y dejaron el suyo."""
    asignadas = Asignacion.objects.vigentes(al=hoy).filter(puesto__unidad=unidad).values("persona")
    personas = Persona.objects.filter(pk__in=asignadas).exclude(correo="").order_by("pk")
    return list(personas.values_list("correo", flat=True))


def _enviar(unidad: UnidadOrganica, envios: Sequence[Movimiento], correos: Sequence[str]) -> None:
    contexto = {
        "unidad": unidad,
        "expedientes": [envio.expediente for envio in envios],
        "entidad": Entidad.actual(),
        "enlace": f"{settings.URL_PUBLICA}{reverse('bandeja')}?vista=riesgo",
    }
    cuantos = len(envios)
    EmailMessage(
        f"{cuantos} expediente{'' if cuantos == 1 else 's'} por notificar antes del silencio positivo",
        render_to_string("expedientes/correo_riesgo.txt", contexto),
        to=correos,
    ).send()
