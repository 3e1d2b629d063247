"""Ventanilla: lo que llega en papel entra igual, con su cargo, y la persona queda registrada si no se la conocía."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.mesapartes.services import ItemPorObservar, QuienSePresenta
from llaqta.salas.mesapartes.tests.factories import archivo, pdf
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db
NUEVA = QuienSePresenta("DNI", "00123456", nombres="Juana", apellido_paterno="Ayala", apellido_materno="Ríos")


def registrar(actor: Persona, ahora: datetime, **cambios: Any) -> Presentacion:
    datos: dict[str, Any] = {
        "quien": NUEVA, "tramite": "PE-LIC-ALTO", "asunto": "Licencia de mi bodega", "envio": uuid4(),
        "archivos": [archivo("escaneado.pdf", pdf(4))], "ahora": ahora, **cambios,
    }  # fmt: skip
    return services.registrar_en_ventanilla(actor=actor, **datos)


def test_registra_a_la_persona_nueva_y_su_escrito(
    ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = registrar(ventanilla, ahora)

    assert (presentacion.canal, presentacion.registrada_por) == ("VENTANILLA", ventanilla)
    assert presentacion.presentada_por.numero_documento == "00123456"
    assert presentacion.presentada_por.nombre_completo == "Juana Ayala Ríos"
    [anexo] = presentacion.anexos.all()
    assert (anexo.documento.medio, anexo.documento.folios, presentacion.folios) == ("FISICO", 4, 4)


def test_usa_a_la_persona_conocida(
    ventanilla: Persona, ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = registrar(ventanilla, ahora, quien=QuienSePresenta("DNI", "45678901"))

    assert presentacion.presentada_por == presentacion.administrado == ciudadana


def test_registrar_dos_veces_es_una(
    ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    envio = uuid4()

    assert registrar(ventanilla, ahora, envio=envio) == registrar(ventanilla, ahora, envio=envio)
    assert Presentacion.objects.count() == 1


@pytest.mark.parametrize(
    ("quien", "frase"),
    [
        (QuienSePresenta("DNI", "4567890A", nombres="J", apellido_paterno="A"), "solo lleva números"),
        (QuienSePresenta("DNI", "4567890", nombres="J", apellido_paterno="A"), "tiene 8 números"),
        (QuienSePresenta("RUC", "20999000012", razon_social="Cacao S.A.C."), "Ese RUC no existe"),
    ],
)
def test_un_documento_mal_escrito_no_registra_nada(
    ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime, quien: QuienSePresenta, frase: str
) -> None:
    personas = Persona.objects.count()

    with pytest.raises(EntradaInvalida, match=frase):
        registrar(ventanilla, ahora, quien=quien)

    assert not Presentacion.objects.exists()
    assert Persona.objects.count() == personas


def test_sin_digitalizacion_no_se_registra(
    ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="Falta la digitalización"):
        registrar(ventanilla, ahora, archivos=[])

    assert not Presentacion.objects.exists()
    assert not Persona.objects.filter(numero_documento="00123456").exists()


def test_solo_la_ventanilla_registra(
    ciudadana: Persona, especialista: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    for actor in (ciudadana, especialista):
        with pytest.raises(Denegado, match="Solo el personal de la mesa de partes puede registrar"):
            registrar(actor, ahora)

    assert not Presentacion.objects.exists()


def test_lo_de_ventanilla_se_observa_en_el_mismo_acto(
    ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = registrar(ventanilla, ahora, completo=False)
    items = [ItemPorObservar(licencia.requisitos_en_orden[1].pk, "Falta el croquis.")]

    with pytest.raises(NoProcede, match="se observa en el acto de recibirlo") as negativa:
        services.observar(
            actor=ventanilla, presentacion=presentacion, items=items, ahora=ahora + timedelta(days=1)
        )
    assert negativa.value.norma.startswith("Ley 27444, art. 125.1")

    services.observar(
        actor=ventanilla, presentacion=presentacion, items=items, ahora=ahora + timedelta(minutes=5)
    )
    assert presentacion.observacion.items.count() == 1
