"""Las pantallas de los folios y de las firmas: lo que se puede, con un enlace; lo que no, sin él."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Desglose, Expediente, ExpedienteAgregado, Plantilla, Proyecto

Navegador = Callable[..., Client]


def test_la_seccion_de_documentos_muestra_los_cuerpos_y_lo_agregado(
    en_tramite: Expediente,
    documento: Callable[..., Documento],
    especialista: Persona,
    cliente: Navegador,
    ahora: datetime,
) -> None:
    navegador = cliente(especialista)
    respuesta = navegador.post(
        reverse("agregar_expediente_foliado", args=[en_tramite.numero]),
        {
            "numero": "Exp. 14919-2019", "procedencia": "Gobierno Regional", "folios": "25", "motivo": "Antecedente",
            "version": en_tramite.version,
        },
        follow=True,
    )  # fmt: skip
    assert "25 folios que no continúan la foliación" in respuesta.content.decode()
    assert ExpedienteAgregado.objects.get().tras_folio == 12
    expedientes.incorporar(actor=None, expediente=en_tramite, documentos=[documento(190)], ahora=ahora)
    texto = navegador.get(reverse("expediente", args=[en_tramite.numero])).content.decode()
    assert "202 folios en 2 documentos, 2 cuerpos" in texto
    assert "folios 1–12" in texto
    assert "folios 13–202" in texto


def test_desglosar_desde_la_pantalla(
    en_tramite: Expediente,
    tipos: dict[str, TipoDocumento],
    especialista: Persona,
    ciudadana: Persona,
    cliente: Navegador,
) -> None:
    TipoDocumento.objects.get_or_create(codigo="CONSTANCIA", defaults={"nombre": "Constancia"})
    navegador = cliente(especialista)
    escrito = en_tramite.incorporados.get().documento_id
    pagina = navegador.get(reverse("expediente", args=[en_tramite.numero])).content.decode()
    assert reverse("desglosar_documento", args=[escrito]) in pagina
    respuesta = navegador.post(
        reverse("desglosar_documento", args=[escrito]),
        {"entregado_a": ciudadana.pk, "motivo": "Lo necesita en el banco", "version": en_tramite.version},
        follow=True,
    )
    texto = respuesta.content.decode()
    assert "queda copia autenticada" in texto
    assert reverse("desglosar_documento", args=[escrito]) not in texto
    assert Desglose.objects.get().entregado_a == ciudadana


def test_el_auditor_mira_y_no_tiene_botones(
    en_tramite: Expediente, auditora: Persona, cliente: Navegador
) -> None:
    texto = cliente(auditora).get(reverse("expediente", args=[en_tramite.numero])).content.decode()
    assert "12 folios en 1 documento" in texto
    assert "Agregar un expediente foliado" not in texto
    assert "Desglosar este documento" not in texto


def test_elegir_los_firmantes_desde_la_pantalla(
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    plantillas: dict[str, Plantilla],
    cliente: Navegador,
    ahora: datetime,
) -> None:
    proyecto = expedientes.redactar_proyecto(
        actor=especialista, expediente=en_tramite, plantilla=plantillas["Oficio"], ahora=ahora
    )
    otro = jefe_asesoria.asignaciones.get().puesto_id
    respuesta = cliente(especialista).post(
        reverse("elegir_firmantes", args=[proyecto.pk]),
        {"segundo": otro, "tercero": "", "cuarto": "", "version": proyecto.version},
        follow=True,
    )
    assert "firman 2 jefaturas" in respuesta.content.decode()
    proyecto.refresh_from_db()
    assert proyecto.firmantes_conjuntos == [otro]


@pytest.mark.usefixtures("resolucion")
def test_anular_lo_emitido_desde_la_pantalla(
    para_firma: Proyecto, en_tramite: Expediente, jefe: Persona, especialista: Persona, cliente: Navegador
) -> None:
    direccion = reverse("anular_emitido", args=[para_firma.pk])
    numero = reverse("expediente", args=[en_tramite.numero])
    assert direccion not in cliente(especialista).get(numero).content.decode()
    navegador = cliente(jefe)
    assert direccion in navegador.get(numero).content.decode()
    texto = navegador.post(
        direccion, {"motivo": "Se consignó otra dirección", "version": para_firma.version}, follow=True
    ).content.decode()
    assert "Se consignó otra dirección" in texto
    assert "Conserva su número, pero no vale" in texto
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EN_TRAMITE"
