"""Los papeles que nacen de un plazo: sellados, en el expediente, y a la vista de quien los espera."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Emplazamiento, Expediente

DEFECTO = "El plano de distribución no corresponde al local inspeccionado."
POR_QUE = "Solo se advierte al inspeccionar el local."


def en(mes: int, dia: int, hora: int = 10) -> datetime:
    return datetime(2026, mes, dia, hora, tzinfo=LIMA)


@pytest.fixture(autouse=True)
def _con_constancias(tipos: dict[str, TipoDocumento]) -> None:
    TipoDocumento.objects.get_or_create(codigo="CONSTANCIA", defaults={"nombre": "Constancia"})


def texto_de(documento: Documento) -> str:
    with storage.abrir(documento.archivo.sha256) as flujo:
        paginas = pypdfium2.PdfDocument(flujo.read())
    return " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in paginas).split())


def test_el_requerimiento_dice_que_hasta_cuando_y_que_pasa_si_no(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona
) -> None:
    expedientes.emplazar(
        actor=especialista, expediente=en_tramite, defecto=DEFECTO, por_que_no_se_vio=POR_QUE, ahora=en(6, 3)
    )
    documento = expedientes.sellar_requerimiento(expediente_id=en_tramite.pk, ahora=en(6, 3))
    assert Emplazamiento.objects.get().documento == documento
    assert documento.firmado
    texto = texto_de(documento)
    for dicho in (DEFECTO, POR_QUE, "miércoles 17 de junio de 2026, 23:59:59", "10 días hábiles", "único"):
        assert dicho in texto
    assert documento in [i.documento for i in queries.get_documentos(en_tramite, para=ciudadana)]
    assert expedientes.sellar_requerimiento(expediente_id=en_tramite.pk, ahora=en(6, 4)) == documento


def test_la_constancia_de_aprobacion_ficta_dice_desde_cuando(
    en_tramite: Expediente, ciudadana: Persona
) -> None:
    # Vencía el jueves 11 de junio; se notificaba hasta el 18; quedó aprobado el viernes 19.
    expedientes.declarar_vencimientos(ahora=en(6, 22))
    documento = expedientes.sellar_aprobacion_ficta(expediente_id=en_tramite.pk, ahora=en(6, 22))
    texto = texto_de(documento)
    for dicho in (
        "quedó aprobado desde el viernes 19 de junio de 2026, a las 00:00",
        "jueves 11 de junio de 2026",
        "jueves 18 de junio de 2026",
        "188.2",
        "33-B",
    ):
        assert dicho in texto
    assert documento in [i.documento for i in queries.get_documentos(en_tramite, para=ciudadana)]
    assert expedientes.sellar_aprobacion_ficta(expediente_id=en_tramite.pk, ahora=en(6, 23)) == documento
    assert en_tramite.incorporados.filter(documento=documento).count() == 1


def test_la_pantalla_del_requerimiento_avisa_y_lo_envia(
    abrir: Callable[..., Expediente],
    en_tramite: Expediente,
    especialista: Persona,
    cliente: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: en(6, 3))
    navegador, direccion = cliente(especialista), reverse("emplazar_expediente", args=[en_tramite.numero])
    pagina = navegador.get(direccion)
    assert "el único requerimiento" in pagina.text
    assert "17 de junio de 2026" in pagina.text
    vacio = navegador.post(direccion, {"version": en_tramite.version, "defecto": DEFECTO})
    assert vacio.status_code == 422
    assert not Emplazamiento.objects.exists()
    enviado = navegador.post(
        direccion,
        {"version": en_tramite.version, "defecto": DEFECTO, "por_que_no_se_vio": POR_QUE},
        follow=True,
    )
    assert "Se envió el requerimiento" in enviado.text
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EMPLAZADO"
    otra_vez = navegador.get(direccion)
    assert (otra_vez.status_code, "es uno solo y ya se hizo" in otra_vez.text) == (409, True)


def test_a_quien_no_lo_tramita_no_se_le_muestra(
    en_tramite: Expediente, ventanilla: Persona, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    direccion = reverse("emplazar_expediente", args=[en_tramite.numero])
    assert cliente(ventanilla).get(direccion).status_code == 403
    assert cliente(ciudadana).get(direccion).status_code == 403
