"""El archivo de un documento entra al registro por su huella, y de ella sale su prueba."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from llaqta.cimientos.events import Evento, emit
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import queries, services
from llaqta.salas.documentos.events import DocumentoGuardado
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.documentos.services import ArchivoRecibido

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos")]


def _archivo(actor: Persona, folios: int, ahora: datetime) -> Archivo:
    recibido = ArchivoRecibido.de_bytes("a.pdf", archivos.pdf(folios))
    return services.recibir_archivos(actor=actor, archivos=[recibido], ahora=ahora)[0]


@pytest.fixture
def solicitud(ciudadana: Persona, ahora: datetime) -> Documento:
    """Lo que Rosa presentó."""
    archivo = _archivo(ciudadana, 2, ahora)
    return services.guardar(
        actor=ciudadana, tipo="SOLICITUD", asunto="Licencia", archivo=archivo, ahora=ahora
    )


def test_la_entrada_es_la_del_archivo_que_hoy_tiene(
    solicitud: Documento, ciudadana: Persona, ahora: datetime
) -> None:
    assert queries.get_suceso_de_entrada(solicitud, para=None).tipo == "documentos.DocumentoGuardado"
    nuevo = _archivo(ciudadana, 3, ahora)
    actual = services.agregar_version(
        actor=None, documento=solicitud, archivo=nuevo, motivo="Otra firma", ahora=ahora + timedelta(hours=1)
    )
    suceso = queries.get_suceso_de_entrada(actual, para=None)
    assert suceso.tipo == "documentos.VersionAgregada"
    assert (suceso.datos["huella"], suceso.datos["tamano"]) == (nuevo.sha256, nuevo.bytes)


def test_el_suceso_viejo_sin_huella_se_sigue_leyendo_y_se_dice_que_no_hay_prueba(
    solicitud: Documento, ciudadana: Persona, ahora: datetime
) -> None:
    otro = _archivo(ciudadana, 4, ahora)
    Documento.objects.filter(pk=solicitud.pk).update(archivo=otro)
    viejo = emit(
        DocumentoGuardado(documento_id=solicitud.pk, archivo_id=otro.pk),
        actor_id=None,
        ahora=ahora,
        objeto=solicitud,
    )
    datos = {"documento_id": solicitud.pk, "archivo_id": otro.pk}
    assert Evento.TIPOS[viejo.tipo](**datos) == DocumentoGuardado(solicitud.pk, otro.pk, "", 0)
    cuantos = Suceso.objects.count()
    with pytest.raises(queries.SinHuellaEnElRegistro, match="antes de que el registro"):
        queries.get_suceso_de_entrada(Documento.objects.get(pk=solicitud.pk), para=None)
    assert Suceso.objects.count() == cuantos
