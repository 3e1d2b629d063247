"""Un recurso que declara la nulidad: decide lo pedido o el procedimiento vuelve al momento del vicio (art. 217.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import ActoNulo, Estado
from llaqta.salas.expedientes.rules.reposicion import dias_que_quedan
from llaqta.salas.recursos import queries, services
from llaqta.salas.recursos.models import Recurso
from llaqta.salas.recursos.services import Anulacion
from llaqta.salas.recursos.tests.conftest import Caso, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, Any]]
APELACION = "Resolución que resuelve una apelación"
VUELVE = Anulacion("REPONE", date(2026, 6, 12), "antes del informe técnico")


@pytest.fixture
def apelado(caso: Caso) -> Recurso:
    """Una denegatoria apelada el 10 de agosto, que ya recibió la Gerencia Municipal."""
    caso.negado()
    caso.escribir("APELACION", "2026-08-10")
    caso.recibir(caso.leer(), caso.carmen, "2026-08-11")
    return Recurso.objects.get()


def _resolver(caso: Caso, recurso: Recurso, anulacion: Anulacion) -> None:
    services.fijar_sentido(
        actor=caso.carmen, recurso=recurso, sentido="NULIDAD", anulacion=anulacion, ahora=el("2026-08-20")
    )
    documento = caso.resolver("2026-08-20", por=caso.carmen, firma_=caso.carmen, plantilla=APELACION)
    caso.notificar(documento, "2026-08-20", "2026-08-21 09:00", por=caso.carmen)
    for _ in range(2):
        services.anotar_resuelto(expediente_id=caso.leer().pk, ahora=el("2026-08-21 09:01"))
    recurso.refresh_from_db()


def test_anulado_sin_con_que_decidir_vuelve_a_su_oficial_con_su_reloj(caso: Caso, apelado: Recurso) -> None:
    _resolver(caso, apelado, VUELVE)

    expediente = caso.leer()
    assert (apelado.estado, apelado.sentido, apelado.agota_la_via) == ("RESUELTO", "NULIDAD", False)
    assert expediente.estado == Estado.EN_TRAMITE
    assert (expediente.unidad_responsable, expediente.responsable) == (caso.unidades["SGLC"], caso.lucia)
    # Del 2 al 12 de junio se usaron 9 de los 30 días; los otros 21 corren desde que la nulidad surtió efecto, el
    # viernes 21 de agosto: el lunes 24 es el día 1, y vencen el lunes 21 de setiembre.
    assert expediente.inicio_computo == date(2026, 8, 21)
    assert (expediente.dias_plazo, expediente.calificacion) == (21, "SILENCIO_NEGATIVO")
    assert expediente.vence_el == date(2026, 9, 21)
    assert expediente.silencio_operado_el is None
    assert expediente.explicacion["hecho"] == "Surtió efecto la nulidad de lo decidido"
    cambio = expediente.cambios_de_plazo.get(causa="REPOSICION")
    assert cambio.despues == date(2026, 9, 21)
    assert cambio.explicacion_anterior["hecho"] == "Se presentó el recurso de apelación"
    nulo = ActoNulo.objects.get()
    assert (nulo.documento, nulo.declarado_por, nulo.despues) == (apelado.acto, apelado.decision, "REPONE")
    titulos = [h.titulo for h in expedientes.get_historia(expediente, para=None)]
    assert "La decisión anterior quedó anulada" in titulos
    assert "Su trámite vuelve a evaluarse" in titulos


def test_quien_verifica_lo_anulado_ve_que_es_nulo_y_quien_lo_declaro(caso: Caso, apelado: Recurso) -> None:
    assert apelado.acto is not None
    direccion = f"/v/{apelado.acto.cvd}"
    assert "Este documento fue declarado nulo" not in Client().get(direccion).content.decode()

    _resolver(caso, apelado, VUELVE)

    pagina = Client().get(direccion).content.decode()
    assert "Este documento fue declarado nulo" in pagina
    assert f"Lo declaró nulo {apelado.decision}: no vale desde que se dictó (Ley 27444, art. 12.1)." in pagina
    assert "Este documento es auténtico" not in pagina


def test_repuesto_se_decide_otra_vez_y_lo_nuevo_se_impugna_como_la_primera(
    caso: Caso, apelado: Recurso
) -> None:
    _resolver(caso, apelado, VUELVE)
    caso.recibir(caso.leer(), caso.lucia, "2026-08-24")
    documento = caso.resolver("2026-08-25")
    caso.notificar(documento, "2026-08-25", "2026-08-26 09:00")

    assert caso.leer().estado == Estado.NOTIFICADO
    caso.escribir("RECONSIDERACION", "2026-08-27", nueva_prueba="Un plano.")

    nuevo = Recurso.objects.get(clase="RECONSIDERACION")
    assert (nuevo.etapa_impugnada, nuevo.autoridad, nuevo.acto) == (2, caso.unidades["SGLC"], documento)
    assert caso.leer().etapa == 3
    with pytest.raises(NoProcede, match="nunca dos a la vez"):
        queries.check_interponer(caso.leer(), "APELACION", para=caso.rosa, al=date(2026, 8, 28))


def test_de_lo_repuesto_se_puede_apelar_aunque_antes_ya_se_apelo(caso: Caso, apelado: Recurso) -> None:
    _resolver(caso, apelado, VUELVE)
    caso.recibir(caso.leer(), caso.lucia, "2026-08-24")
    caso.notificar(caso.resolver("2026-08-25"), "2026-08-25", "2026-08-26 09:00")

    caso.escribir("APELACION", "2026-09-01")

    assert Recurso.objects.filter(clase="APELACION").count() == 2
    assert Recurso.objects.get(etapa=3).autoridad == caso.unidades["GM"]


def test_con_que_decidir_la_misma_resolucion_decide_y_no_vuelve(caso: Caso, apelado: Recurso) -> None:
    _resolver(caso, apelado, Anulacion("FONDO"))

    assert (apelado.estado, apelado.agota_la_via) == ("RESUELTO", True)
    assert (caso.leer().estado, caso.leer().etapa) == (Estado.NOTIFICADO, 1)
    assert ActoNulo.objects.get().despues == "FONDO"


@pytest.mark.parametrize(
    ("anulacion", "campo", "dice"),
    [
        (None, "despues", "Diga qué sigue"),
        (Anulacion("NADA"), "despues", "Diga qué sigue"),
        (Anulacion("REPONE"), "vicio_el", "qué día se produjo"),
        (Anulacion("REPONE", date(2026, 6, 12)), "momento", "a qué momento"),
        (Anulacion("REPONE", date(2026, 5, 31), "antes"), "vicio_el", "no puede ser anterior"),
        (Anulacion("REPONE", date(2026, 7, 25), "antes"), "vicio_el", "no puede ser posterior"),
    ],
)
def test_quien_anula_dice_que_sigue(
    caso: Caso, apelado: Recurso, huella: Huella, anulacion: Anulacion | None, campo: str, dice: str
) -> None:
    antes = huella()
    with pytest.raises(EntradaInvalida, match=dice) as negativa:
        services.fijar_sentido(
            actor=caso.carmen, recurso=apelado, sentido="NULIDAD", anulacion=anulacion,
            ahora=el("2026-08-20"),
        )  # fmt: skip
    assert negativa.value.campo == campo
    assert huella() == antes


def test_contra_el_silencio_no_hay_nada_que_anular(caso: Caso) -> None:
    caso.presentar("2026-06-01")
    caso.escribir("APELACION", "2026-07-15")
    caso.recibir(caso.leer(), caso.carmen, "2026-07-16")
    with pytest.raises(NoProcede, match="no hay una decisión que anular") as negativa:
        services.fijar_sentido(
            actor=caso.carmen, recurso=Recurso.objects.get(), sentido="NULIDAD", anulacion=Anulacion("FONDO"),
            ahora=el("2026-07-20"),
        )  # fmt: skip
    assert negativa.value.norma == "Ley 27444, art. 217.2 (TUO, art. 227.2)"


def test_los_dias_que_quedan_nunca_son_menos_de_uno() -> None:
    pasos = [{"fecha": f"2026-06-{dia:02d}", "cuenta": n} for n, dia in enumerate((2, 3, 4), start=1)]
    pasos.insert(2, {"fecha": "2026-06-03", "cuenta": None})
    explicacion = {"pasos": pasos}
    assert dias_que_quedan(explicacion, plazo=3, unidad="HABILES", vicio_el=date(2026, 6, 1)) == 3
    assert dias_que_quedan(explicacion, plazo=3, unidad="HABILES", vicio_el=date(2026, 6, 3)) == 1
    assert dias_que_quedan(explicacion, plazo=3, unidad="HABILES", vicio_el=date(2026, 7, 9)) == 1
    assert dias_que_quedan(explicacion, plazo=2, unidad="MESES", vicio_el=date(2026, 7, 9)) == 2
    assert dias_que_quedan({}, plazo=30, unidad="HABILES", vicio_el=date(2026, 7, 9)) == 30


def test_la_pantalla_pide_que_sigue_y_lo_muestra(
    caso: Caso, apelado: Recurso, cliente: Callable[[Persona], Any]
) -> None:
    ruta = f"/recursos/{apelado.pk}/"
    carmen = cliente(caso.carmen)
    assert "Solo si lo declara nulo" in carmen.get(ruta).content.decode()
    falta = carmen.post(ruta, {"sentido": "NULIDAD"})
    assert falta.status_code == 422
    assert "Diga qué sigue" in falta.content.decode()
    datos = {
        "sentido": "NULIDAD",
        "despues": "REPONE",
        "vicio_el": "2026-06-12",
        "momento": "antes del informe",
    }
    assert carmen.post(ruta, datos).status_code == 302
    assert "Vuelve al momento en que se produjo el vicio" in carmen.get(ruta).content.decode()
