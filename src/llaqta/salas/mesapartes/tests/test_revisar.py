"""La mesa recibe siempre: revisa, observa una sola vez y deriva el mismo día; nunca rechaza."""

from __future__ import annotations

import inspect
from datetime import date, datetime, timedelta

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Estado, Movimiento
from llaqta.salas.mesapartes import queries, services
from llaqta.salas.mesapartes.models import Observacion, Presentacion, RevisionDeRequisito
from llaqta.salas.mesapartes.services import ItemPorObservar, Marca
from llaqta.salas.mesapartes.tests.factories import presentar
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


@pytest.fixture
def presentada(
    ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> Presentacion:
    """Lo que Rosa presentó el lunes 1 de junio de 2026 a las 10:00."""
    return presentar(ciudadana, ahora=ahora)


def observar(presentada: Presentacion, actor: Persona, ahora: datetime, orden: int = 2) -> Observacion:
    requisito = presentada.expediente.version_tramite.requisitos_en_orden[orden - 1]
    items = [ItemPorObservar(requisito.pk, "Falta el plan de seguridad firmado.")]
    return services.observar(actor=actor, presentacion=presentada, items=items, ahora=ahora)


def test_no_existe_el_acto_de_rechazar() -> None:
    actos = [nombre for nombre, _ in inspect.getmembers(services, inspect.isfunction)]

    assert not [
        acto for acto in actos if any(v in acto for v in ("rechaz", "denegar", "devolver", "inadmit"))
    ]
    assert {"observar", "recibir_y_derivar", "revisar_requisitos"} <= set(actos)


def test_la_revision_se_guarda_y_se_puede_cambiar(
    presentada: Presentacion, ventanilla: Persona, ahora: datetime
) -> None:
    uno, dos, tres = (r.pk for r in presentada.expediente.version_tramite.requisitos_en_orden)
    primera = {uno: Marca("CUMPLE"), dos: Marca("FALTA", "Falta el plano."), tres: Marca("NO_APLICA")}

    services.revisar_requisitos(actor=ventanilla, presentacion=presentada, marcas=primera, ahora=ahora)
    services.revisar_requisitos(
        actor=ventanilla, presentacion=presentada, marcas={dos: Marca("CUMPLE", "sobra")}, ahora=ahora
    )

    guardado = {r.requisito_id: (r.resultado, r.nota) for r in RevisionDeRequisito.objects.all()}
    assert guardado == {uno: ("CUMPLE", ""), dos: ("CUMPLE", ""), tres: ("NO_APLICA", "")}


def test_lo_que_falta_se_dice(presentada: Presentacion, ventanilla: Persona, ahora: datetime) -> None:
    dos = presentada.expediente.version_tramite.requisitos_en_orden[1]

    with pytest.raises(EntradaInvalida, match="Diga qué falta en «Croquis"):
        services.revisar_requisitos(
            actor=ventanilla, presentacion=presentada, marcas={dos.pk: Marca("FALTA", " ")}, ahora=ahora
        )

    assert not RevisionDeRequisito.objects.exists()


def test_observar_detiene_el_reloj_y_da_dos_dias_habiles(
    presentada: Presentacion, ventanilla: Persona, ahora: datetime
) -> None:
    observacion = observar(presentada, ventanilla, ahora)

    presentada.expediente.refresh_from_db()
    assert presentada.expediente.estado == Estado.OBSERVADO
    assert presentada.expediente.vence_el is None
    assert observacion.subsanar_hasta == date(2026, 6, 3)
    assert [item.texto for item in observacion.items.all()] == ["Falta el plan de seguridad firmado."]
    suceso = Suceso.objects.get(tipo="mesapartes.PresentacionObservada")
    assert (suceso.actor_id, suceso.objeto_id) == (ventanilla.pk, str(presentada.expediente.pk))


def test_no_hay_segunda_observacion(presentada: Presentacion, ventanilla: Persona, ahora: datetime) -> None:
    observar(presentada, ventanilla, ahora)

    with pytest.raises(NoProcede, match="ya fue observado una vez") as negativa:
        observar(presentada, ventanilla, ahora, orden=1)

    assert negativa.value.norma.startswith("Ley 27444, art. 126.2")
    assert Observacion.objects.count() == 1
    assert Observacion.objects.get().items.count() == 1


def test_lo_que_sostiene_una_observacion_no_se_cambia_despues(
    presentada: Presentacion, ventanilla: Persona, ahora: datetime
) -> None:
    observar(presentada, ventanilla, ahora)
    dos = presentada.expediente.version_tramite.requisitos_en_orden[1]
    antes = list(RevisionDeRequisito.objects.values())

    with pytest.raises(NoProcede, match="la revisión que sostiene esa observación no se cambia"):
        services.revisar_requisitos(
            actor=ventanilla, presentacion=presentada, marcas={dos.pk: Marca("CUMPLE")}, ahora=ahora
        )

    assert list(RevisionDeRequisito.objects.values()) == antes


def test_pasados_los_dos_dias_de_la_entidad_ya_no_se_observa(
    ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento
) -> None:
    viernes = datetime(2026, 7, 24, 9, 0, tzinfo=LIMA)
    a_tiempo, tarde = presentar(ciudadana, ahora=viernes), presentar(ciudadana, ahora=viernes)

    observar(a_tiempo, ventanilla, datetime(2026, 7, 30, 23, 59, 59, tzinfo=LIMA))
    with pytest.raises(NoProcede, match="venció el jueves 30 de julio de 2026") as negativa:
        observar(tarde, ventanilla, datetime(2026, 7, 31, 0, 0, tzinfo=LIMA))

    assert negativa.value.norma.startswith("Ley 27444, art. 125.6")
    assert Observacion.objects.count() == 1


@pytest.mark.parametrize(
    ("textos", "frase"),
    [
        ([], "marque al menos un requisito"),
        ([""], "Diga qué debe corregir"),
        (["a", "a"], "cada uno una vez"),
    ],
)
def test_una_observacion_dice_que_corregir(
    presentada: Presentacion, ventanilla: Persona, ahora: datetime, textos: list[str], frase: str
) -> None:
    requisito = presentada.expediente.version_tramite.requisitos_en_orden[1]
    items = [ItemPorObservar(requisito.pk, texto) for texto in textos]

    with pytest.raises(EntradaInvalida, match=frase):
        services.observar(actor=ventanilla, presentacion=presentada, items=items, ahora=ahora)

    assert not Observacion.objects.exists()
    presentada.expediente.refresh_from_db()
    assert presentada.expediente.estado == Estado.PRESENTADO


def test_observado_no_se_deriva(
    presentada: Presentacion, ventanilla: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    observar(presentada, ventanilla, ahora)

    with pytest.raises(NoProcede, match="mientras tanto no se deriva") as negativa:
        derivar(presentada, ventanilla, unidades["SGLC"], ahora)

    assert negativa.value.norma.startswith("Ley 27444, art. 125.3")
    assert not Movimiento.objects.exists()
    presentada.refresh_from_db()
    assert presentada.recibida_en is None


def test_recibir_y_derivar_lo_entrega_a_quien_resuelve(
    presentada: Presentacion, ventanilla: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    derivar(presentada, ventanilla, unidades["SGLC"], ahora)

    presentada.refresh_from_db()
    presentada.expediente.refresh_from_db()
    assert (presentada.recibida_por, presentada.recibida_en) == (ventanilla, ahora)
    assert presentada.expediente.estado == Estado.EN_TRAMITE
    assert presentada.expediente.unidad_responsable == unidades["SGLC"]
    movimiento = Movimiento.objects.get()
    assert (movimiento.proveido, movimiento.motivo) == ("Para su atención en plazo.", "para su atención")


def test_lo_derivado_no_se_deriva_dos_veces(
    presentada: Presentacion, ventanilla: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    derivar(presentada, ventanilla, unidades["SGLC"], ahora)

    for acto in (
        lambda: derivar(presentada, ventanilla, unidades["OAJ"], ahora),
        lambda: observar(presentada, ventanilla, ahora),
    ):
        with pytest.raises(NoProcede, match="ya recibió y derivó"):
            acto()

    assert Movimiento.objects.count() == 1
    assert not Observacion.objects.exists()


def test_solo_la_mesa_revisa_observa_y_deriva(
    presentada: Presentacion,
    ciudadana: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> None:
    for actor in (ciudadana, especialista):
        for acto in (
            lambda actor=actor: observar(presentada, actor, ahora),
            lambda actor=actor: derivar(presentada, actor, unidades["SGLC"], ahora),
            lambda actor=actor: services.revisar_requisitos(
                actor=actor, presentacion=presentada, marcas={}, ahora=ahora
            ),
            lambda actor=actor: queries.get_cola(para=actor, vista="por-recibir", cursor="", ahora=ahora),
        ):
            with pytest.raises(Denegado, match="Solo el personal de la mesa de partes"):
                acto()

    assert not Observacion.objects.exists()
    assert not Movimiento.objects.exists()


def test_la_cola_ensena_lo_mas_antiguo_primero_con_su_alarma(
    ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    de_hoy = presentar(ciudadana, ahora=ahora)
    de_ayer = presentar(ciudadana, ahora=ahora - timedelta(days=3))

    filas, _ = queries.get_cola(para=ventanilla, vista="por-recibir", cursor="", ahora=ahora)

    assert [f.presentacion for f in filas] == [de_ayer, de_hoy]
    assert [f.derivar.palabras for f in filas] == ["Atrasado 1 día hábil", "Derivar hoy"]
    assert [f.observar.palabras for f in filas] == [
        "Observar: queda 1 día hábil",
        "Observar: quedan 2 días hábiles",
    ]
    assert queries.contar_cola(para=ventanilla) == {"por-recibir": "2", "observados": "0"}


def derivar(
    presentada: Presentacion, actor: Persona, unidad: UnidadOrganica, ahora: datetime
) -> Presentacion:
    return services.recibir_y_derivar(
        actor=actor, presentacion=presentada, para_unidad=unidad, motivo="para su atención",
        proveido="Para su atención en plazo.", ahora=ahora,
    )  # fmt: skip
