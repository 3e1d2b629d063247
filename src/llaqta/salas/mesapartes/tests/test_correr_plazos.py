"""El plazo de quien debe subsanar: el calendario o una interrupción certificada lo corren; nada se lo acorta."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from llaqta.cimientos import dias
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.dias import DiaAnotado, DiaSinEfecto
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import CambioDePlazo, Estado
from llaqta.salas.mesapartes import reactions, services
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.mesapartes.services import ItemPorObservar
from llaqta.salas.mesapartes.tests.factories import presentar
from llaqta.salas.plazos import services as plazos
from llaqta.salas.plazos.events import InterrupcionCertificada
from llaqta.salas.plazos.models import Interrupcion
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db
LUNES = datetime(2026, 5, 4, 10, 0, tzinfo=LIMA)
MIERCOLES = datetime(2026, 5, 6, 9, 0, tzinfo=LIMA)
SABADO = datetime(2026, 5, 9, 9, 0, tzinfo=LIMA)


@pytest.fixture
def observada(ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento) -> Presentacion:
    """Observada el miércoles 6 de mayo: se subsana hasta el viernes 8."""
    presentacion = presentar(ciudadana, ahora=LUNES)
    services.observar(
        actor=ventanilla, presentacion=presentacion, ahora=MIERCOLES,
        items=[ItemPorObservar(licencia.requisitos_en_orden[1].pk, "Falta el plan de seguridad.")],
    )  # fmt: skip
    assert presentacion.observacion.subsanar_hasta == date(2026, 5, 8)
    return presentacion


def hasta(presentacion: Presentacion) -> tuple[date, date | None]:
    presentacion.observacion.refresh_from_db()
    presentacion.expediente.refresh_from_db()
    assert presentacion.expediente.estado == Estado.OBSERVADO
    assert (
        presentacion.expediente.vence_el is None
    )  # mientras está observado no corre ningún reloj de la entidad
    return presentacion.observacion.subsanar_hasta, presentacion.expediente.corregir_hasta


def test_el_dia_que_deja_de_contarse_corre_el_plazo_y_el_que_vuelve_no_lo_acorta(
    observada: Presentacion, administradora: Persona
) -> None:
    dia = dias.anotar_dia(
        actor=administradora, fecha=date(2026, 5, 7), ambito="SERVICIO", descripcion="Duelo", norma="DS 1",
        efecto_administrativo=True, efecto_tributario=False, vigente_desde=date(2026, 5, 6), ahora=MIERCOLES,
    )  # fmt: skip
    (prevision,) = [
        p
        for p in dias.prever_cambio(para=administradora, menos=dia, ahora=MIERCOLES).previsiones
        if "subsanar" in p.clase
    ] or [None]
    assert prevision is None  # quitarlo no acortaría ningún plazo de una persona
    reactions.correr_por_calendario(DiaAnotado(dia_id=dia.pk), ahora=MIERCOLES)
    assert hasta(observada) == (date(2026, 5, 11), date(2026, 5, 11))
    cambio = CambioDePlazo.objects.get()
    assert (cambio.causa, cambio.antes, cambio.despues) == ("CALENDARIO", date(2026, 5, 8), date(2026, 5, 11))
    assert "El plazo para corregir vencía el viernes 8 de mayo de 2026." in cambio.motivo
    dias.dejar_sin_efecto(actor=administradora, dia=dia, por="Derogado", ahora=MIERCOLES)
    reactions.correr_por_calendario(DiaSinEfecto(dia_id=dia.pk), ahora=MIERCOLES)
    assert hasta(observada) == (date(2026, 5, 11), date(2026, 5, 11))
    assert CambioDePlazo.objects.count() == 1


def test_la_interrupcion_certificada_del_ultimo_dia_lo_pasa_al_siguiente_habil(
    observada: Presentacion, administradora: Persona, jefe_asesoria: Persona
) -> None:
    """No hubo servicio el viernes 8 por la tarde: se subsana hasta el lunes 11."""
    inicio, fin = datetime(2026, 5, 8, 15, 0, tzinfo=LIMA), datetime(2026, 5, 9, 1, 0, tzinfo=LIMA)
    fila = plazos.registrar_interrupcion(
        actor=administradora, servicio=Interrupcion.Servicio.MESA_DIGITAL, inicio_en=inicio, fin_en=fin,
        causa="Corte de fibra", norma="Decisión 1", difundida_en=fin, ahora=SABADO,
    )  # fmt: skip
    reactions.correr_por_interrupcion(InterrupcionCertificada(interrupcion_id=fila.pk), ahora=SABADO)
    assert hasta(observada) == (date(2026, 5, 8), date(2026, 5, 8))  # registrada no basta: falta certificarla
    plazos.certificar_interrupcion(
        actor=jefe_asesoria, interrupcion=fila, fin_en=fin, difundida_en=fin, nota="Registros del servidor.",
        ahora=SABADO,
    )  # fmt: skip
    reactions.correr_por_interrupcion(InterrupcionCertificada(interrupcion_id=fila.pk), ahora=SABADO)
    assert hasta(observada) == (date(2026, 5, 11), date(2026, 5, 11))
    cambio = CambioDePlazo.objects.get()
    assert cambio.causa == "INTERRUPCION"
    assert "no hubo servicio (Corte de fibra)" in cambio.motivo
    reactions.correr_por_interrupcion(InterrupcionCertificada(interrupcion_id=fila.pk), ahora=SABADO)
    assert CambioDePlazo.objects.count() == 1
