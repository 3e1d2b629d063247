"""Un trámite con modalidades: se pregunta cuál, y de ella salen requisitos, costo, plazo y calificación."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import queries, services
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites import services as publicacion
from llaqta.salas.tramites.models import Modalidad, Requisito, UnidadImpositiva, VersionProcedimiento

pytestmark = pytest.mark.django_db


@pytest.fixture
def demolicion(licencia: VersionProcedimiento) -> VersionProcedimiento:
    """La licencia del reparto con dos modalidades: la A es automática y gratuita; la B no, y pide una póliza."""
    comunes: dict[str, Any] = {"version": licencia}
    Modalidad.objects.create(
        codigo="A", nombre="Modalidad A", orden=1, calificacion="AUTOMATICA", es_gratuito=True, **comunes
    )
    b = Modalidad.objects.create(
        codigo="B", nombre="Modalidad B", orden=2, calificacion="SILENCIO_POSITIVO", plazo=15, monto=Decimal("150"),
        porcentaje_uit=Decimal("2.7273"), **comunes,
    )  # fmt: skip
    Requisito.objects.create(orden=90, texto="Póliza de seguro", modalidad=b, **comunes)
    return licencia


def _presentar(
    persona: Persona, version: VersionProcedimiento, ahora: datetime, modalidad: str
) -> Presentacion:
    return services.presentar(
        actor=persona, tramite=version.procedimiento.codigo, asunto="Demoler mi casa", archivos=[], envio=uuid4(),
        ahora=ahora, modalidad=modalidad,
    )  # fmt: skip


def test_sin_decir_cual_no_se_presenta_nada(
    ciudadana: Persona, demolicion: VersionProcedimiento, ahora: datetime
) -> None:
    for codigo, frase in (("", "Elija la modalidad"), ("Z", "Esa modalidad no es de este trámite")):
        with pytest.raises(EntradaInvalida, match=frase):
            _presentar(ciudadana, demolicion, ahora, codigo)
    assert (Presentacion.objects.count(), Expediente.objects.count()) == (0, 0)


def test_el_expediente_se_abre_con_el_plazo_y_la_calificacion_de_su_modalidad(
    ciudadana: Persona, demolicion: VersionProcedimiento, ahora: datetime, ventanilla: Persona
) -> None:
    presentacion = _presentar(ciudadana, demolicion, ahora, "B")
    expediente = presentacion.expediente
    assert (str(expediente.modalidad), expediente.calificacion, expediente.dias_plazo) == (
        "Modalidad B",
        "SILENCIO_POSITIVO",
        15,
    )
    pedidos = [r.requisito.texto for r in queries.get_revision(presentacion, para=ventanilla)]
    assert "Póliza de seguro" in pedidos
    otra = _presentar(ciudadana, demolicion, ahora, "A")
    assert otra.expediente.calificacion == "AUTOMATICA"
    assert "Póliza de seguro" not in [r.requisito.texto for r in queries.get_revision(otra, para=ventanilla)]


def test_los_pasos_preguntan_la_modalidad_y_solo_piden_lo_suyo(
    ciudadana: Persona, demolicion: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    base = f"/tramites/{demolicion.procedimiento.codigo}/presentar/"
    ella = cliente(ciudadana)
    assert "¿Qué modalidad necesita?" in ella.get(base + "quien/").content.decode()
    assert ella.post(base + "quien/", {"administrado": ciudadana.pk}).status_code in (200, 422)
    assert ella.get(base + "datos/").headers["Location"] == base + "quien/"

    ella.post(base + "quien/", {"administrado": ciudadana.pk, "modalidad": "B"})
    datos = ella.get(base + "datos/").content.decode()
    assert "S/ 150.00" in datos
    assert "Modalidad B" in datos
    assert "Póliza de seguro" in ella.get(base + "adjuntos/").content.decode()

    ella.post(base + "quien/", {"administrado": ciudadana.pk, "modalidad": "A"})
    assert "comprobante de pago" not in ella.get(base + "datos/").content.decode()
    assert "Póliza de seguro" not in ella.get(base + "adjuntos/").content.decode()
    ella.post(base + "datos/", {"asunto": "Demoler mi casa"})
    revision = ella.get(base + "revisar/").content.decode()
    assert "Modalidad A" in revision
    assert "Póliza de seguro" not in revision


def test_en_la_ventanilla_cada_modalidad_es_una_opcion(
    ventanilla: Persona, demolicion: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    pagina = cliente(ventanilla).get("/mesa-de-partes/registrar/?tipo=DNI&numero=40111222").content.decode()
    codigo = demolicion.procedimiento.codigo
    assert f'value="{codigo}/A"' in pagina
    assert f'value="{codigo}/B"' in pagina
    assert f'value="{codigo}"' not in pagina


def test_un_expediente_conserva_la_version_y_los_requisitos_con_que_se_presento(
    ciudadana: Persona,
    demolicion: VersionProcedimiento,
    ahora: datetime,
    ventanilla: Persona,
    administradora: Persona,
) -> None:
    """Ley 27444, art. 38: lo que cambia después no alcanza a lo ya presentado, ni se puede borrar lo que ya se usó."""
    UnidadImpositiva.objects.create(anio=2026, monto=5500)
    presentacion = _presentar(ciudadana, demolicion, ahora, "B")
    datos = tramites.get_ultimas(para=administradora)["PE-LIC-ALTO"].datos
    nueva = publicacion.publicar_version(
        actor=administradora, procedimiento=demolicion.procedimiento, desde=ahora.date() + timedelta(days=1),
        datos=replace(datos, modalidades=[], requisitos=datos.requisitos[:1]), ahora=ahora,
    )  # fmt: skip
    expediente = Expediente.objects.get(pk=presentacion.expediente_id)
    assert expediente.version_tramite_id == demolicion.pk != nueva.pk
    assert "Póliza de seguro" in [
        r.requisito.texto for r in queries.get_revision(presentacion, para=ventanilla)
    ]
    manana = ahora + timedelta(days=1)
    otra = services.presentar(
        actor=ciudadana, tramite="PE-LIC-ALTO", asunto="Otra", archivos=[], envio=uuid4(), ahora=manana
    )
    assert otra.expediente.version_tramite_id == nueva.pk
