"""Las pantallas y las órdenes con que un expediente sale entero de la casa, y con que llega el de otra."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.cuentas.models import Cuenta, Persona
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, ExpedienteRecibido, Exportacion, Incorporado
from llaqta.salas.firma import sello

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reloj(ahora: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: ahora)


@pytest.fixture
def entrar(cliente: Callable[..., Client]) -> Callable[[Persona], Client]:
    def hacer(persona: Persona) -> Client:
        if not Cuenta.objects.filter(persona=persona).exists():
            Cuenta.objects.create_user(persona=persona, password=None)  # type: ignore[attr-defined]
        return cliente(persona)

    return hacer


def test_la_oficina_lo_pide_lo_ve_avanzar_y_lo_descarga(
    resolucion: Documento, especialista: Persona, entrar: Callable[[Persona], Client], ahora: datetime
) -> None:
    numero = Incorporado.objects.get(documento=resolucion).expediente.numero
    lucia = entrar(especialista)
    assert "Descargar el expediente completo" in lucia.get(f"/expedientes/{numero}/").content.decode()
    pagina = lucia.post(f"/expedientes/{numero}/exportar/", follow=True).content.decode()
    assert "Se está armando" in pagina
    assert 'http-equiv="refresh"' in pagina, "sin guiones también se actualiza"
    pedida = Exportacion.objects.get()
    assert lucia.get(f"/expedientes/paquetes/{pedida.pk}/").status_code == 409
    auditoria.secuenciar_ahora(ahora=ahora)
    expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=0, ahora=ahora)
    pagina = lucia.get(f"/expedientes/{numero}/exportar/").content.decode()
    assert "Está listo" in pagina
    respuesta = lucia.get(f"/expedientes/paquetes/{pedida.pk}/")
    assert f'filename="{numero}.zip"' in respuesta["Content-Disposition"]
    contenido = b"".join(respuesta.streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(BytesIO(contenido)).testzip() is None
    resto = lucia.get(f"/expedientes/paquetes/{pedida.pk}/", headers={"Range": "bytes=100-"})
    assert resto.status_code == 206
    assert b"".join(resto.streaming_content) == contenido[100:]  # type: ignore[attr-defined]
    assert Suceso.objects.filter(tipo="expedientes.ExportacionDescargada").count() == 1, "seguir no es otra"


def test_la_ciudadana_se_lleva_el_suyo_y_los_demas_no_saben_que_existe(
    resolucion: Documento,
    ciudadana: Persona,
    otro_ciudadano: Persona,
    entrar: Callable[[Persona], Client],
    ahora: datetime,
) -> None:
    numero = Incorporado.objects.get(documento=resolucion).expediente.numero
    rosa = entrar(ciudadana)
    rosa.post(f"/expedientes/{numero}/exportar/")
    pedida = Exportacion.objects.get()
    expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=99, ahora=ahora)
    pagina = rosa.get(f"/expedientes/{numero}/exportar/").content.decode()
    assert "1 documento no va: todavía no se le abrió" in pagina
    assert rosa.get(f"/expedientes/paquetes/{pedida.pk}/").status_code == 200
    teodoro = entrar(otro_ciudadano)
    assert teodoro.get(f"/expedientes/{numero}/exportar/").status_code == 404
    assert teodoro.get(f"/expedientes/paquetes/{pedida.pk}/").status_code == 404


def test_por_la_consola_sale_y_por_la_pantalla_entra_en_otra_entidad(
    resolucion: Documento,
    ventanilla: Persona,
    jefe: Persona,
    entrar: Callable[[Persona], Client],
    ahora: datetime,
    settings: Any,
    tmp_path: Path,
) -> None:
    numero = Incorporado.objects.get(documento=resolucion).expediente.numero
    dicho = StringIO()
    call_command("expediente", "exportar", numero, "--en", str(tmp_path), "--abierto", stdout=dicho)
    assert "2 documentos, 0 excluidos" in dicho.getvalue()
    assert (tmp_path / numero / "data/leeme.html").is_file()
    assert not list(tmp_path.glob("*.parcial"))
    certificado = sello.get_sello(ahora=ahora).certificado.public_bytes(serialization.Encoding.PEM)
    settings.DATOS = tmp_path / "otra"
    settings.DATOS.mkdir()
    Entidad.objects.filter(pk=1).update(nombre="Municipalidad Distrital de Kimbiri")
    Entidad.olvidar()
    mario = entrar(ventanilla)
    paquete = (tmp_path / f"{numero}.zip").read_bytes()

    def enviar(**mas: Any) -> Any:
        datos = {"archivo": SimpleUploadedFile("e.zip", paquete), **mas}
        return mario.post("/expedientes/recibidos/nuevo/", datos, follow=True)

    negada = enviar()
    assert negada.status_code == 422
    assert "data/indice.xml" in negada.content.decode()
    assert not ExpedienteRecibido.objects.exists()
    antes = (Documento.objects.count(), Archivo.objects.count(), Suceso.objects.count())
    revision = enviar(certificado=SimpleUploadedFile("sello.pem", certificado)).content.decode()
    for dicho_ in ("Revise antes de recibir", "Municipalidad Distrital de Pichari", resolucion.numero):
        assert dicho_ in revision
    assert (Documento.objects.count(), Archivo.objects.count(), Suceso.objects.count()) == antes
    assert not ExpedienteRecibido.objects.exists(), "mirar no es recibir"
    hallado = re.search(r'name="revisado" value="([^"]+)"', revision)
    assert hallado
    revisado = hallado[1]
    falso = mario.post("/expedientes/recibidos/nuevo/", {"revisado": revisado[:-2] + "xx"}, follow=True)
    assert "Suba otra vez el paquete" in falso.content.decode()
    ajeno = entrar(jefe).post("/expedientes/recibidos/nuevo/", {"revisado": revisado})
    assert ajeno.status_code == 403
    assert not ExpedienteRecibido.objects.exists()
    recibida = mario.post("/expedientes/recibidos/nuevo/", {"revisado": revisado}, follow=True)
    pagina = recibida.content.decode()
    assert "Recibido: solo lectura" in pagina
    assert "Municipalidad Distrital de Pichari" in pagina
    assert resolucion.numero in pagina
    otra_vez = enviar(certificado=SimpleUploadedFile("sello.pem", certificado)).content.decode()
    assert "Ese mismo paquete ya se había recibido." in otra_vez
    assert ExpedienteRecibido.objects.count() == 1
    assert numero in mario.get("/expedientes/recibidos/").content.decode()
    Entidad.olvidar()


def test_por_la_consola_se_importa_diciendo_quien(
    en_tramite: Expediente, ventanilla: Persona, especialista: Persona, tmp_path: Path
) -> None:
    call_command("expediente", "exportar", en_tramite.numero, "--en", str(tmp_path), stdout=StringIO())
    ruta = str(tmp_path / f"{en_tramite.numero}.zip")
    with pytest.raises(CommandError, match="Nadie con el documento 99999999"):
        call_command("expediente", "importar", ruta, "--como", "99999999")
    with pytest.raises(CommandError):
        call_command("expediente", "importar", ruta, "--como", especialista.numero_documento)
    assert not ExpedienteRecibido.objects.exists()
    dicho = StringIO()
    call_command("expediente", "importar", ruta, "--como", ventanilla.numero_documento, stdout=dicho)
    assert f"Recibido: {en_tramite.numero}" in dicho.getvalue()
    with pytest.raises(CommandError, match="No encontramos un expediente"):
        call_command("expediente", "exportar", "EXP-1999-000001-0", "--en", str(tmp_path))
