"""Quien es parte en un expediente no actúa en él por la municipalidad, y nadie redacta en un expediente ajeno."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.errors import Denegado, NoEncontrado
from llaqta.conftest import PIN
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento, Plantilla, Proyecto

pytestmark = pytest.mark.django_db


@pytest.fixture
def de_julio(
    abrir: Callable[..., Expediente], jefe: Persona, ventanilla: Persona, unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> Expediente:  # fmt: skip
    """Julio, subgerente de licencias, pide una licencia para su propio local, y le llega a su unidad."""
    expediente = abrir(actor=jefe, administrado=jefe)
    expedientes.derivar(
        actor=ventanilla, expediente=expediente, para_unidad=unidades["SGLC"], motivo="para su atención",
        proveido="", desde_mesa=True, ahora=ahora,
    )  # fmt: skip
    return Expediente.objects.get(pk=expediente.pk)


def test_el_jefe_no_recibe_ni_deriva_ni_redacta_en_su_propio_tramite(
    de_julio: Expediente, jefe: Persona, unidades: dict[str, UnidadOrganica], plantillas: dict[str, Plantilla],
    ahora: datetime, huella_de_la_base: Callable[[], dict[str, int]],
) -> None:  # fmt: skip
    movimiento = Movimiento.objects.get(expediente=de_julio)
    antes = huella_de_la_base()

    actos: list[Callable[[], Any]] = [
        lambda: expedientes.recibir_movimiento(actor=jefe, movimiento=movimiento, ahora=ahora),
        lambda: expedientes.derivar(
            actor=jefe, expediente=de_julio, para_unidad=unidades["OAJ"], motivo="para opinión", proveido="",
            ahora=ahora,
        ),
        lambda: expedientes.redactar_proyecto(
            actor=jefe, expediente=de_julio, plantilla=plantillas["Resolución que otorga una licencia"], ahora=ahora
        ),
    ]  # fmt: skip
    for acto in actos:
        with pytest.raises(Denegado, match="es parte en este expediente") as negativa:
            acto()
        assert negativa.value.norma.startswith("Ley 27444, art. 88")
    assert huella_de_la_base() == antes


def test_el_jefe_no_firma_su_propia_licencia_ni_ve_su_proyecto(
    de_julio: Expediente, jefe: Persona, especialista: Persona, plantillas: dict[str, Plantilla], con_certificado: None,
    ahora: datetime, huella_de_la_base: Callable[[], dict[str, int]], cliente: Callable[..., Client],
) -> None:  # fmt: skip
    movimiento = Movimiento.objects.get(expediente=de_julio)
    expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=ahora)
    proyecto = expedientes.redactar_proyecto(
        actor=especialista,
        expediente=de_julio,
        plantilla=plantillas["Resolución que otorga una licencia"],
        ahora=ahora,
    )
    expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    antes = huella_de_la_base()

    with pytest.raises(Denegado, match="es parte en este expediente"):
        expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=ahora)
    with pytest.raises(Denegado, match="es parte en este expediente"):
        expedientes.devolver_proyecto(actor=jefe, proyecto=proyecto, nota="Apruébelo ya.", ahora=ahora)
    for nombre in ("proyecto", "proyecto_pdf"):
        assert cliente(jefe).get(reverse(nombre, args=[proyecto.pk])).status_code == 404

    assert huella_de_la_base() == antes
    assert Proyecto.objects.get(pk=proyecto.pk).estado == Proyecto.Estado.PARA_FIRMA


def test_con_el_pedido_de_informe_de_un_expediente_no_se_redacta_en_otro(
    abrir: Callable[..., Expediente], en_tramite: Expediente, especialista: Persona, asesor: Persona,
    jefe_asesoria: Persona, ventanilla: Persona, unidades: dict[str, UnidadOrganica],
    plantillas: dict[str, Plantilla], ahora: datetime, huella_de_la_base: Callable[[], dict[str, int]],
) -> None:  # fmt: skip
    """Asesoría debe un informe en un expediente; no le sirve para poner documentos en los demás que conoce."""
    pedido = expedientes.pedir_informe(
        actor=especialista, expediente=en_tramite, para_unidad=unidades["OAJ"], motivo="para opinión",
        proveido="Opine.", ahora=ahora,
    )  # fmt: skip
    expedientes.recibir_movimiento(actor=asesor, movimiento=pedido, ahora=ahora)
    otro = abrir()
    expedientes.derivar(
        actor=ventanilla, expediente=otro, para_unidad=unidades["SGLC"], motivo="para su atención", proveido="",
        copias=[unidades["OAJ"]], desde_mesa=True, ahora=ahora,
    )  # fmt: skip
    antes = huella_de_la_base()

    with pytest.raises(NoEncontrado):
        expedientes.redactar_proyecto(
            actor=asesor,
            expediente=otro,
            plantilla=plantillas["Opinión legal"],
            movimiento=pedido,
            ahora=ahora,
        )

    assert huella_de_la_base() == antes
