"""Firmar sin tarjeta: un acto identificado, lo que la persona leyó, cada huella, y su nombre verdadero."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.auditoria.pruebas import Prueba, TodaviaNo
from llaqta.salas.auditoria.verificador import llaqta_verificador
from llaqta.salas.cuentas.autenticacion import Ingreso
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import prueba, reactions, services
from llaqta.salas.mesapartes.events import DocumentoPresentado
from llaqta.salas.mesapartes.models import Borrador, FirmaElectronica, Presentacion
from llaqta.salas.mesapartes.services import Declaracion, LoQueDice
from llaqta.salas.mesapartes.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("licencia")]
Navegador = Callable[..., Client]
TEXTO = "Al presionar el botón, firmo electrónicamente. No es una firma digital."
A_LAS_NUEVE = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
CON_DOS_MEDIOS = Declaracion(
    1, (Ingreso("contraseña", A_LAS_NUEVE), Ingreso("llave de acceso", A_LAS_NUEVE + timedelta(seconds=20)))
)


@pytest.fixture(autouse=True)
def texto(db: None) -> TextoDeConsentimiento:
    """La declaración que rige."""
    return TextoDeConsentimiento.objects.create(
        clave="presentar", version=1, texto=TEXTO, vigente_desde="2023-01-01"
    )


def _presentar(quien: Persona, ahora: datetime, **mas: Any) -> Presentacion:
    return factories.presentar(quien, ahora=ahora, declaracion=CON_DOS_MEDIOS, **mas)


def _texto_de(presentacion: Presentacion) -> str:
    presentacion.refresh_from_db()
    assert presentacion.cargo is not None
    import pypdfium2

    with pypdfium2.PdfDocument(storage.leer(presentacion.cargo.archivo.sha256)) as documento:
        paginas = [pagina.get_textpage().get_text_bounded() for pagina in documento]
    return " ".join(" ".join(paginas).split())


def test_el_acto_guarda_quien_como_ingreso_que_leyo_y_la_huella_de_cada_documento(
    ciudadana: Persona, ahora: datetime
) -> None:
    presentacion = _presentar(ciudadana, ahora)
    firma = presentacion.firma
    acto = json.loads(firma.acto)
    documentos = [anexo.documento.archivo for anexo in presentacion.anexos.all()]
    assert acto == {
        "v": 1,
        "acto": "presentar",
        "registro": presentacion.numero,
        "expediente": presentacion.expediente.numero,
        "dice": "Licencia para mi bodega del jirón Cusco 120",
        "firmante": {"documento": "DNI 45678901", "nombre": ciudadana.nombre_completo},
        "administrado": {"documento": "DNI 45678901", "nombre": ciudadana.nombre_completo},
        "firmado_en": "2026-06-01T15:00:00.000000Z",
        "ingreso": [
            {"metodo": "contraseña", "en": "2026-06-01T14:00:00Z"},
            {"metodo": "llave de acceso", "en": "2026-06-01T14:00:20Z"},
        ],
        "declaracion": {
            "clave": "presentar", "version": 1, "sha256": hashlib.sha256(TEXTO.encode()).hexdigest(),
        },
        "documentos": [{"nombre": a.nombre, "bytes": a.bytes, "sha256": a.sha256} for a in documentos],
    }  # fmt: skip
    assert firma.huella == hashlib.sha256(firma.acto.encode()).hexdigest()


def test_la_huella_del_acto_entra_al_registro_con_el_suceso(ciudadana: Persona, ahora: datetime) -> None:
    presentacion = _presentar(ciudadana, ahora)
    suceso = Suceso.objects.get(tipo="mesapartes.DocumentoPresentado")
    assert suceso.datos == {
        "presentacion_id": presentacion.pk,
        "huella_del_acto": presentacion.firma.huella,
    }


def test_un_documento_distinto_da_otra_huella(ciudadana: Persona, ahora: datetime) -> None:
    una = _presentar(ciudadana, ahora, archivos=[factories.archivo(contenido=factories.pdf(marca="a"))])
    otra = _presentar(ciudadana, ahora, archivos=[factories.archivo(contenido=factories.pdf(marca="b"))])
    assert una.firma.huella != otra.firma.huella


def test_el_cargo_la_llama_por_su_nombre_y_nunca_firma_digital(ciudadana: Persona, ahora: datetime) -> None:
    presentacion = _presentar(ciudadana, ahora)
    services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)
    dicho = _texto_de(presentacion)
    assert "Firma electrónica (no es firma digital)" in dicho
    assert "Firma electrónica simple (DL 1412 y DS 029-2021-PCM)" in dicho
    assert "contraseña (01/06/2026, 09:00) y llave de acceso (01/06/2026, 09:00)" in dicho
    assert "«presentar», versión 1" in dicho
    assert presentacion.firma.huella in dicho.replace(" ", "")
    assert "No es una firma digital" in dicho
    assert "Firmado digitalmente por QUISPE" not in dicho
    assert TEXTO in dicho, "quien solo tiene el papel lee también lo que la persona declaró"


def test_lo_que_no_paso_por_una_declaracion_se_recibe_y_el_cargo_no_dice_que_se_firmo(
    ciudadana: Persona, ahora: datetime
) -> None:
    presentacion = factories.presentar(ciudadana, ahora=ahora)
    services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)
    assert not FirmaElectronica.objects.exists()
    assert Suceso.objects.get(tipo="mesapartes.DocumentoPresentado").datos["huella_del_acto"] == ""
    assert "Firma electrónica" not in _texto_de(presentacion)


def test_si_la_declaracion_cambio_mientras_escribia_no_firma_lo_que_no_leyo(
    ciudadana: Persona, ahora: datetime
) -> None:
    TextoDeConsentimiento.objects.create(
        clave="presentar", version=2, texto="Otra cosa.", vigente_desde="2026-05-01"
    )
    with pytest.raises(EntradaInvalida, match="cambió mientras usted escribía"):
        _presentar(ciudadana, ahora)
    assert not Presentacion.objects.exists()
    assert not Expediente.objects.exists()
    assert not FirmaElectronica.objects.exists()


def test_un_escrito_posterior_y_una_subsanacion_tambien_se_firman(
    ciudadana: Persona, ventanilla: Persona, ahora: datetime
) -> None:
    presentacion = _presentar(ciudadana, ahora)
    escrito = services.presentar_escrito(
        actor=ciudadana, expediente=presentacion.expediente, dice=LoQueDice(clase="OTRO", texto="Agrego esto."),
        archivos=[], envio=uuid4(), ahora=ahora, declaracion=CON_DOS_MEDIOS,
    )  # fmt: skip
    assert json.loads(escrito.firma.acto)["acto"] == "presentar OTRO"
    assert json.loads(escrito.firma.acto)["dice"] == "Agrego esto."
    suceso = Suceso.objects.get(tipo="mesapartes.EscritoPresentado")
    assert suceso.datos["huella_del_acto"] == escrito.firma.huella
    assert services.sellar_cargo_de_escrito(escrito_id=escrito.pk, ahora=ahora) is not None


def test_de_la_sesion_sale_con_que_ingreso(
    ciudadana: Persona, cliente: Navegador, client: Client, ahora: datetime
) -> None:
    client.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})
    base = "/presentar/PE-LIC-ALTO/"
    base = reverse("presentar_revisar", args=["PE-LIC-ALTO"]).removesuffix("revisar/")
    client.post(base + "quien/", {"administrado": ciudadana.pk, "lengua": ""})
    client.post(base + "datos/", {"asunto": "Licencia", "telefono": "", "correo": "", "domicilio": ""})
    pagina = client.get(base + "revisar/").content.decode()
    assert TEXTO in pagina
    assert '<input type="hidden" name="declaracion" value="1">' in pagina
    envio = str(Borrador.objects.get().envio)
    respuesta = client.post(base + "revisar/", {"envio": envio, "declaracion": "1"})
    assert respuesta.status_code == 302
    firma = FirmaElectronica.objects.get()
    assert [ingreso["metodo"] for ingreso in firma.ingresos] == ["contraseña"]
    cargo = client.get(respuesta["Location"]).content.decode()
    assert "No es una firma digital" in cargo
    assert firma.huella in cargo
    assert TEXTO in cargo
    assert "pondrá su sello digital" in cargo, "todavía no lo puso: no se dice lo que no pasó"


@pytest.mark.parametrize("version", ["2", "-1", "x", "٣", "99999999999"])
def test_una_version_alterada_vuelve_a_la_pantalla_y_no_se_pierde_nada(
    ciudadana: Persona, cliente: Navegador, version: str
) -> None:
    rosa = cliente(ciudadana)
    base = reverse("presentar_revisar", args=["PE-LIC-ALTO"]).removesuffix("revisar/")
    rosa.post(base + "quien/", {"administrado": ciudadana.pk, "lengua": ""})
    rosa.post(base + "datos/", {"asunto": "Licencia", "telefono": "", "correo": "", "domicilio": ""})
    envio = str(Borrador.objects.get().envio)
    respuesta = rosa.post(base + "revisar/", {"envio": envio, "declaracion": version})
    assert "cambió mientras usted escribía" in respuesta.content.decode()
    assert Borrador.objects.count() == 1
    assert not Presentacion.objects.exists()


def test_el_cargo_espera_su_lugar_en_el_registro_pero_no_para_siempre(
    ciudadana: Persona, ahora: datetime
) -> None:
    presentacion = _presentar(ciudadana, ahora)
    ocho = timedelta(seconds=8)
    with pytest.raises(TodaviaNo):
        services.sellar_cargo(
            presentacion_id=presentacion.pk, ahora=ahora + timedelta(seconds=7), paciencia=ocho
        )
    presentacion.refresh_from_db()
    assert presentacion.cargo is None
    services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora + ocho, paciencia=ocho)
    dicho = _texto_de(presentacion)
    assert "Descargar prueba" in dicho
    assert "hoja N°" not in dicho


def test_con_su_lugar_el_cargo_imprime_la_hoja_y_la_raiz(
    ciudadana: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    presentacion = _presentar(ciudadana, ahora)
    suceso = Suceso.objects.get(tipo="mesapartes.DocumentoPresentado")
    raiz = "ab" * 32
    lugar = Prueba(suceso_id=suceso.pk, hoja=12, tamano=40, raiz=raiz, punto="", paquete={})
    monkeypatch.setattr(prueba, "get_prueba", lambda pk: lugar if pk == suceso.pk else None)
    services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora, paciencia=timedelta(seconds=8))
    dicho = _texto_de(presentacion)
    assert "hoja N° 12" in dicho
    assert "40 hojas" in dicho
    assert raiz in dicho.replace(" ", "")


def test_mientras_espera_deja_otro_intento_en_la_cola(
    ciudadana: Persona, ahora: datetime, settings: Any
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    settings.CARGO_ESPERA_PRUEBA = 8
    presentacion = _presentar(ciudadana, ahora)
    reactions.sellar_cargo(DocumentoPresentado(presentacion.pk), ahora=ahora)
    [trabajo] = ProcrastinateJob.objects.filter(task_name="mesapartes.sellar_cargo_despues")
    assert trabajo.args == {"presentacion_id": presentacion.pk}
    reactions.sellar_cargo_despues(presentacion.pk)
    presentacion.refresh_from_db()
    assert presentacion.cargo is not None, "ya pasaron más de ocho segundos de aquel primero de junio"


def test_el_cargo_con_firma_sigue_siendo_pdf_a(ciudadana: Persona, ahora: datetime) -> None:
    presentacion = _presentar(ciudadana, ahora)
    cargo = services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)
    with pikepdf.open(io.BytesIO(storage.leer(cargo.archivo.sha256))) as documento:
        assert b"pdfaid" in bytes(documento.Root.Metadata.read_bytes())


def test_la_prueba_de_que_presento_la_comprueba_un_tercero_y_trae_la_huella_de_lo_firmado(
    ciudadana: Persona,
    otro_ciudadano: Persona,
    cliente: Navegador,
    ahora: datetime,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.REGISTRO = tmp_path / "registro"
    presentacion = _presentar(ciudadana, ahora)
    direccion = reverse("cargo_prueba", args=[presentacion.numero])
    rosa = cliente(ciudadana)
    assert rosa.get(direccion).status_code == 302, "todavía no está en el registro"
    auditoria.secuenciar_ahora(ahora=ahora)
    respuesta = rosa.get(direccion)
    assert respuesta["Content-Disposition"] == f'attachment; filename="prueba-{presentacion.numero}.json"'
    assert respuesta.json()["abierto"]["datos"]["valor"]["huella_del_acto"] == presentacion.firma.huella
    archivo = tmp_path / "prueba.json"
    archivo.write_bytes(respuesta.content)
    # El mismo archivo que se reparte: un programa aparte, sin Llaqta.
    orden = [sys.executable, "-I", llaqta_verificador.__file__, str(archivo)]
    assert subprocess.run(orden, capture_output=True, check=False).returncode == 0
    archivo.write_bytes(respuesta.content.replace(presentacion.firma.huella.encode(), b"0" * 64))
    assert subprocess.run(orden, capture_output=True, check=False).returncode == 1
    assert cliente(otro_ciudadano).get(direccion).status_code == 404
    # Y con su lugar ya dado, el cargo lo imprime.
    services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora, paciencia=timedelta(seconds=8))
    assert "hoja N°" in _texto_de(presentacion)


def test_la_de_un_escrito_posterior_es_la_suya(
    ciudadana: Persona, cliente: Navegador, ahora: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.REGISTRO = tmp_path / "registro"
    presentacion = _presentar(ciudadana, ahora)
    hechos = [
        services.presentar_escrito(
            actor=ciudadana, expediente=presentacion.expediente, dice=LoQueDice(clase="OTRO", texto=texto),
            archivos=[], envio=uuid4(), ahora=ahora, declaracion=CON_DOS_MEDIOS,
        )
        for texto in ("Uno.", "Dos.")
    ]  # fmt: skip
    auditoria.secuenciar_ahora(ahora=ahora)
    for escrito in hechos:
        paquete = cliente(ciudadana).get(reverse("cargo_de_escrito_prueba", args=[escrito.numero])).json()
        assert paquete["abierto"]["datos"]["valor"]["huella_del_acto"] == escrito.firma.huella
