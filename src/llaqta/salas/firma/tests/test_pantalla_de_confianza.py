"""La pantalla y la orden de la lista de confianza, y los informes en JSON y PDF."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from llaqta.cimientos.errors import Denegado
from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import lista_guardada, queries, reactions, services
from llaqta.salas.firma.informe_json import informe_json
from llaqta.salas.firma.informe_pdf import informe_pdf
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.tests.listas import RETIRADO, Borrador, Ficha, FirmanteDeListas
from llaqta.salas.firma.veredicto import Veredicto

pytestmark = pytest.mark.django_db


@pytest.fixture
def indecopi(settings: Any, tmp_path: Path) -> FirmanteDeListas:
    """Una instalación con el ancla de quien firma listas, y todavía sin lista."""
    settings.DATOS = tmp_path
    firmante = FirmanteDeListas.crear()
    firmante.poner_ancla(tmp_path / "firma/tsl")
    return firmante


def _lista(indecopi: FirmanteDeListas, **datos: Any) -> bytes:
    ahora = timezone.now()
    fichas = [
        Ficha(indecopi.raiz, nombre="AC BUENA"),
        Ficha(indecopi.certificado, RETIRADO, ahora - timedelta(days=9), nombre="AC RETIRADA"),
    ]
    return indecopi.firmar(Borrador(ahora - timedelta(days=1), fichas, **datos).arbol())


def test_el_administrador_ve_los_servicios_con_su_estado_en_palabras(
    indecopi: FirmanteDeListas,
    administradora: Persona,
    cliente: Callable[..., Client],
    tmp_path: Path,
) -> None:
    lista_guardada.aceptar(
        _lista(indecopi), carpeta=tmp_path / "firma/tsl", ahora=timezone.now(), origen="prueba"
    )
    estado = queries.get_lista_de_confianza(para=administradora, ahora=timezone.now())

    assert estado.vigencia == "vigente"
    assert [(uno.nombre, palabras, vale) for uno, palabras, vale in estado.servicios] == [
        ("AC BUENA", "bajo supervisión", True),
        ("AC RETIRADA", "acreditación retirada", False),
    ]
    pagina = cliente(administradora).get("/administracion/confianza/").content.decode()
    assert "AC RETIRADA" in pagina
    assert "Acreditación retirada" in pagina


def test_quien_no_administra_no_la_ve(indecopi: FirmanteDeListas, jefe: Persona) -> None:
    with pytest.raises(Denegado):
        queries.get_lista_de_confianza(para=jefe, ahora=timezone.now())


def test_la_orden_importa_una_lista_y_rechaza_una_mala(indecopi: FirmanteDeListas, tmp_path: Path) -> None:
    buena, mala = tmp_path / "buena.xml", tmp_path / "mala.xml"
    buena.write_bytes(_lista(indecopi))
    mala.write_bytes(_lista(indecopi, secuencia=9).replace(b"AC BUENA", b"AC FALSA"))
    salida = io.StringIO()

    call_command("confianza", "importar", str(buena), stdout=salida)
    assert "Lista nueva." in salida.getvalue()
    assert "acreditación retirada" in salida.getvalue()
    with pytest.raises(CommandError, match="no es válida"):
        call_command("confianza", "importar", str(mala))
    call_command("confianza", "mostrar", stdout=salida)
    assert "Lista N.º 7" in salida.getvalue()


def test_si_no_se_puede_traer_queda_anotado_y_sigue_la_anterior(
    indecopi: FirmanteDeListas, settings: Any, tmp_path: Path
) -> None:
    lugar = tmp_path / "firma/tsl"
    lista_guardada.aceptar(_lista(indecopi), carpeta=lugar, ahora=timezone.now(), origen="prueba")
    settings.FIRMA_TSL_URL = "http://127.0.0.1:9/tsl.xml"

    reactions.actualizar_lista_de_confianza(0)
    assert "ahí no se va" in lista_guardada.estado(lugar)["error"]
    vigente = lista_guardada.vigente(lugar)
    assert vigente is not None
    assert vigente.secuencia == 7


def test_el_informe_se_entrega_en_json_y_en_pdf(
    firmado: bytes, sellado: bytes, entidad: Entidad, ahora: datetime
) -> None:
    informe = queries.verificar(firmado, ahora=ahora + timedelta(minutes=1))
    huella = hashlib.sha256(firmado).hexdigest()

    maquina = informe_json(informe, nombre="resolucion.pdf", huella=huella, tamano=len(firmado))
    assert (maquina["indicacion"], maquina["documento"]["sha256"]) == ("TOTAL-PASSED", huella)
    assert len(maquina["firmas"][0]["cadena"]) == 3
    papel = informe_pdf(informe, nombre="resolucion.pdf", huella=huella, ahora=ahora)
    texto = "".join(pagina.get_textpage().get_text_bounded() for pagina in pypdfium2.PdfDocument(papel))
    assert "INFORME DE VERIFICACIÓN DE FIRMAS" in texto
    assert "VÁLIDA" in texto
    assert "SIN VALOR LEGAL" in texto


def test_el_proceso_de_las_paginas_verifica_con_las_listas_publicadas_y_con_lo_que_sabe_la_base(
    firmado: bytes, certificado: Certificado, settings: Any, ahora: datetime
) -> None:
    services.publicar_listas(ahora=ahora)
    settings.PAPEL = "web"
    un_rato = ahora + timedelta(minutes=1)
    assert queries.verificar(firmado, ahora=un_rato).veredicto is Veredicto.VALIDA

    # Se revocó, pero la lista nueva todavía no se publica: la base ya lo sabe, y cuenta en contra.
    Certificado.objects.filter(pk=certificado.pk).update(
        revocado_en=ahora - timedelta(hours=1), motivo_de_revocacion="Robo de la llave"
    )
    informe = queries.verificar(firmado, ahora=un_rato)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "revocado el" in informe.motivos[0]
