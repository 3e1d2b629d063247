"""Subsanar: solo lo observado, en el mismo expediente, con la fecha original y un plazo nuevo para la entidad."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado, NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import Estado
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.models import Anexo, Presentacion
from llaqta.salas.mesapartes.services import ItemPorObservar
from llaqta.salas.mesapartes.tests import factories
from llaqta.salas.mesapartes.tests.factories import archivo, presentar
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db
LUNES = datetime(2026, 5, 4, 10, 0, tzinfo=LIMA)
MIERCOLES = datetime(2026, 5, 6, 9, 0, tzinfo=LIMA)
VIERNES = datetime(2026, 5, 8, 18, 0, tzinfo=LIMA)


@pytest.fixture
def observada(ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento) -> Presentacion:
    """Presentada el lunes 4 de mayo y observada el miércoles 6; plazo de 30 días hábiles."""
    VersionProcedimiento.objects.filter(pk=licencia.pk).update(plazo=30)
    presentacion = presentar(ciudadana, ahora=LUNES)
    requisito = licencia.requisitos_en_orden[1]
    services.observar(
        actor=ventanilla, presentacion=presentacion, ahora=MIERCOLES,
        items=[ItemPorObservar(requisito.pk, "Falta el plan de seguridad.")],
    )  # fmt: skip
    return presentacion


def requisito_observado(observada: Presentacion) -> int:
    return observada.observacion.items.get().requisito_id


def test_subsanar_conserva_la_fecha_y_empieza_el_plazo_de_la_entidad(
    observada: Presentacion, ciudadana: Persona
) -> None:
    folios = observada.folios

    services.subsanar(
        actor=ciudadana, presentacion=observada, ahora=VIERNES,
        archivos_por_requisito={requisito_observado(observada): [archivo("plan.pdf", factories.pdf(3))]},
    )  # fmt: skip

    expediente = observada.expediente
    expediente.refresh_from_db()
    assert expediente.estado == Estado.PRESENTADO
    assert expediente.fecha_presentacion == date(2026, 5, 4)
    assert expediente.inicio_computo == date(2026, 5, 8)
    assert expediente.vence_el == date(2026, 6, 19)
    observada.refresh_from_db()
    assert observada.folios == folios + 3
    anexo = Anexo.objects.get(de_subsanacion=True)
    assert anexo.requisito_id == requisito_observado(observada)
    assert anexo.documento.incorporado.expediente == expediente
    assert observada.observacion.items.get().subsanado


def test_falta_corregir_todo_lo_observado(observada: Presentacion, ciudadana: Persona) -> None:
    with pytest.raises(EntradaInvalida, match="Falta adjuntar lo corregido de «Croquis"):
        services.subsanar(actor=ciudadana, presentacion=observada, archivos_por_requisito={}, ahora=VIERNES)

    sigue_observada(observada)


def test_solo_se_corrige_lo_observado(
    observada: Presentacion, ciudadana: Persona, licencia: VersionProcedimiento
) -> None:
    otro = licencia.requisitos_en_orden[0].pk
    archivos = {requisito_observado(observada): [archivo()], otro: [archivo()]}

    with pytest.raises(EntradaInvalida, match="solo se corrige lo observado"):
        services.subsanar(
            actor=ciudadana, presentacion=observada, archivos_por_requisito=archivos, ahora=VIERNES
        )

    sigue_observada(observada)


def test_el_ultimo_segundo_vale_y_el_siguiente_no(observada: Presentacion, ciudadana: Persona) -> None:
    archivos = {requisito_observado(observada): [archivo()]}

    with pytest.raises(
        NoProcede, match="El plazo para subsanar venció el viernes 8 de mayo de 2026"
    ) as negativa:
        services.subsanar(
            actor=ciudadana, presentacion=observada, archivos_por_requisito=archivos,
            ahora=datetime(2026, 5, 9, 0, 0, tzinfo=LIMA),
        )  # fmt: skip
    assert negativa.value.norma.startswith("Ley 27444, art. 125.4")
    sigue_observada(observada)

    services.subsanar(
        actor=ciudadana, presentacion=observada, archivos_por_requisito=archivos,
        ahora=datetime(2026, 5, 8, 23, 59, 59, tzinfo=LIMA),
    )  # fmt: skip
    observada.observacion.refresh_from_db()
    assert observada.observacion.subsanada_en is not None


def test_no_se_subsana_dos_veces(observada: Presentacion, ciudadana: Persona) -> None:
    archivos = {requisito_observado(observada): [archivo()]}
    services.subsanar(actor=ciudadana, presentacion=observada, archivos_por_requisito=archivos, ahora=VIERNES)

    with pytest.raises(NoProcede, match="ya se subsanó"):
        services.subsanar(
            actor=ciudadana, presentacion=observada, archivos_por_requisito=archivos, ahora=VIERNES
        )

    assert Anexo.objects.filter(de_subsanacion=True).count() == 1


def test_nadie_subsana_lo_ajeno_y_la_ventanilla_si_a_su_pedido(
    observada: Presentacion, otro_ciudadano: Persona, ventanilla: Persona
) -> None:
    archivos = {requisito_observado(observada): [archivo()]}

    with pytest.raises(NoEncontrado):
        services.subsanar(
            actor=otro_ciudadano, presentacion=observada, archivos_por_requisito=archivos, ahora=VIERNES
        )
    sigue_observada(observada)

    services.subsanar(
        actor=ventanilla, presentacion=observada, archivos_por_requisito=archivos, ahora=VIERNES
    )
    assert Anexo.objects.filter(de_subsanacion=True).count() == 1


def test_un_archivo_malo_no_subsana_nada(observada: Presentacion, ciudadana: Persona) -> None:
    archivos = {
        requisito_observado(observada): [archivo(), archivo("trampa.pdf", factories.pdf_con_javascript())]
    }

    with pytest.raises(services.ArchivoPeligroso):
        services.subsanar(
            actor=ciudadana, presentacion=observada, archivos_por_requisito=archivos, ahora=VIERNES
        )

    sigue_observada(observada)


def sigue_observada(observada: Presentacion) -> None:
    observada.expediente.refresh_from_db()
    observada.observacion.refresh_from_db()
    assert observada.expediente.estado == Estado.OBSERVADO
    assert observada.observacion.subsanada_en is None
    assert not Anexo.objects.filter(de_subsanacion=True).exists()
