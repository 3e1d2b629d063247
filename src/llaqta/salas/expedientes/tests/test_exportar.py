"""Llevarse el expediente completo: todo va, con su huella, sus firmas y su prueba; y lo que no va, se dice."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.exportacion import armar, contenido, indice
from llaqta.salas.expedientes.exportacion.bolsa import Bolsa
from llaqta.salas.expedientes.models import Expediente, Exportacion, Incorporado
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma import xades

pytestmark = pytest.mark.django_db
X = {"x": indice.NS}


def _exportar(actor: Persona, expediente: Expediente, ahora: datetime) -> Exportacion:
    pedida = expedientes.pedir_exportacion(actor=actor, expediente=expediente, ahora=ahora)
    auditoria.secuenciar_ahora(ahora=ahora)
    return expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=0, ahora=ahora)


def _abrir(exportacion: Exportacion) -> dict[str, bytes]:
    """Lo que trae el ZIP, sin el nombre de su carpeta."""
    assert exportacion.estado == "LISTA", exportacion.motivo
    with zipfile.ZipFile(io.BytesIO(storage.leer(exportacion.huella))) as archivo:
        base = f"{exportacion.expediente.numero}/"
        assert all(nombre.startswith(base) for nombre in archivo.namelist())
        return {nombre.removeprefix(base): archivo.read(nombre) for nombre in archivo.namelist()}


def _es_una_bolsa(traido: dict[str, bytes]) -> None:
    """BagIt 1.0 (RFC 8493), comprobado sin el código que la escribe."""
    assert traido["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    for manifiesto, deben in (
        ("manifest-sha256.txt", {n for n in traido if n.startswith("data/")}),
        ("tagmanifest-sha256.txt", {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}),
    ):
        lineas = dict(reversed(linea.split("  ", 1)) for linea in traido[manifiesto].decode().splitlines())
        assert set(lineas) == deben
        for nombre, huella in lineas.items():
            assert hashlib.sha256(traido[nombre]).hexdigest() == huella, nombre
    octetos = sum(len(v) for n, v in traido.items() if n.startswith("data/"))
    cuantos = sum(n.startswith("data/") for n in traido)
    assert f"Payload-Oxum: {octetos}.{cuantos}\n" in traido["bag-info.txt"].decode()


@pytest.fixture
def exportado(resolucion: Documento, especialista: Persona, ahora: datetime) -> Exportacion:
    """El expediente de Rosa con su solicitud y su resolución firmada, llevado por la unidad que lo tiene."""
    expediente = Incorporado.objects.get(documento=resolucion).expediente
    return _exportar(especialista, expediente, ahora)


def test_el_paquete_es_una_bolsa_y_trae_cada_documento_tal_como_esta(exportado: Exportacion) -> None:
    traido = _abrir(exportado)
    _es_una_bolsa(traido)
    raiz = xades.leer_xml(traido["data/indice.xml"])
    for nodo in raiz.iterfind(".//x:documento", X):
        contenido_ = traido[nodo.get("archivo", "")]
        assert hashlib.sha256(contenido_).hexdigest() == nodo.get("sha256")
        assert len(contenido_) == int(nodo.get("bytes", "0"))
    suyos = [fila.documento.archivo.sha256 for fila in exportado.expediente.incorporados.all()]
    assert [nodo.get("sha256") for nodo in raiz.iterfind(".//x:documento", X)] == suyos
    for obligado in ("indice.pdf", "indice.xsd", "leeme.html", "verificador/llaqta_verificador.py"):
        assert f"data/{obligado}" in traido


def test_el_indice_cumple_su_esquema_y_lo_firma_la_entidad(exportado: Exportacion, ahora: datetime) -> None:
    traido = _abrir(exportado)
    esquema = etree.XMLSchema(etree.fromstring(traido["data/indice.xsd"]))
    esquema.assertValid(etree.fromstring(traido["data/indice.xml"]))
    comprobado = xades.comprobar_xml(traido["data/indice.xml"], ahora=ahora)
    assert comprobado.reconocido
    assert firma.verificar(traido["data/indice.pdf"], ahora=ahora).veredicto.value == "VALIDA"
    assert b"pdfaid" in traido["data/indice.pdf"], "es PDF/A"


def test_el_indice_dice_firmantes_actuaciones_y_metadatos(exportado: Exportacion, jefe: Persona) -> None:
    raiz = xades.leer_xml(_abrir(exportado)["data/indice.xml"])
    resolucion = raiz.findall(".//x:documento", X)[-1]
    assert (resolucion.get("tipo"), resolucion.get("origen")) == ("Resolución subgerencial", "INTERNO")
    firmas = resolucion.findall("x:firma", X)
    assert "ORÉ MENDOZA Julio" in firmas[0].get("titular", "")
    assert firmas[0].get("veredicto") == "VALIDA"
    assert resolucion.get("cvd")
    titulos = [nodo.get("titulo") for nodo in raiz.iterfind(".//x:actuacion", X)]
    assert titulos[0] == "Recibimos su solicitud"
    assert raiz.find("x:movimientos", X) is not None, "la entidad ve la hoja de ruta"


def test_cada_documento_lleva_su_prueba_y_su_informe(exportado: Exportacion) -> None:
    traido = _abrir(exportado)
    raiz = xades.leer_xml(traido["data/indice.xml"])
    llave = raiz.find("x:registro", X)
    assert llave is not None
    for nodo in raiz.iterfind(".//x:documento", X):
        de_la_prueba = nodo.find("x:prueba", X)
        assert de_la_prueba is not None
        paquete = json.loads(traido[de_la_prueba.get("archivo", "")])
        assert paquete["abierto"]["datos"]["valor"]["huella"] == nodo.get("sha256")
        assert paquete["llave"] == llave.get("llave")
        informe = nodo.find("x:informe", X)
        assert informe is not None
        assert json.loads(traido[informe.get("archivo", "")])["formato"] == "llaqta-informe/1"


def test_el_verificador_de_un_solo_archivo_lo_comprueba_sin_llaqta(
    exportado: Exportacion, tmp_path: Path
) -> None:
    traido = _abrir(exportado)
    zip_, programa = tmp_path / "e.zip", tmp_path / "v.py"
    zip_.write_bytes(storage.leer(exportado.huella))
    programa.write_bytes(traido["data/verificador/llaqta_verificador.py"])
    orden = [sys.executable, "-I", str(programa), "paquete", str(zip_)]
    corrido = subprocess.run(orden, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert corrido.returncode == 0, corrido.stdout + corrido.stderr
    with zipfile.ZipFile(zip_) as archivo:
        archivo.extractall(tmp_path / "abierto")
    carpeta = tmp_path / "abierto" / exportado.expediente.numero
    corrido = subprocess.run([*orden[:-1], str(carpeta)], capture_output=True, text=True, check=False)
    assert corrido.returncode == 0, corrido.stdout + corrido.stderr
    primero = next((carpeta / "data/documentos").iterdir())
    primero.write_bytes(primero.read_bytes() + b"\n")
    corrido = subprocess.run([*orden[:-1], str(carpeta)], capture_output=True, text=True, check=False)
    assert corrido.returncode == 1
    assert primero.name in corrido.stdout + corrido.stderr


def test_la_pagina_se_abre_sin_conexion_y_sus_enlaces_existen(exportado: Exportacion) -> None:
    traido = _abrir(exportado)
    pagina = traido["data/leeme.html"].decode()
    enlaces = re.findall(r'href="([^"]+)"', pagina)
    assert len(enlaces) >= 6
    assert [enlace for enlace in enlaces if f"data/{enlace}" not in traido] == []
    assert "<script" not in pagina
    assert "http" not in pagina


def test_la_ciudadana_se_lleva_solo_lo_que_ve_y_el_indice_dice_que_falta(
    resolucion: Documento, ciudadana: Persona, ahora: datetime
) -> None:
    fila = Incorporado.objects.get(documento=resolucion)
    assert not fila.visible_para_administrado, "la resolución se le abre al notificarla"
    exportacion = _exportar(ciudadana, fila.expediente, ahora)
    traido = _abrir(exportacion)
    raiz = xades.leer_xml(traido["data/indice.xml"])
    assert resolucion.archivo.sha256 not in {hashlib.sha256(v).hexdigest() for v in traido.values()}
    [excluido] = raiz.findall(".//x:excluido", X)
    assert excluido.get("motivo") == contenido.NO_SE_LE_ABRIO
    assert (excluido.get("folio_desde"), exportacion.excluidos) == (str(fila.folio_desde), 1)
    assert resolucion.numero not in [nodo.get("numero") for nodo in raiz.iterfind(".//x:documento", X)]
    assert raiz.find("x:movimientos", X) is None, "la hoja de ruta es interna"
    assert "no va en este paquete" in traido["data/leeme.html"].decode()
    _es_una_bolsa(traido)


def test_lo_reservado_va_solo_con_quien_puede_verlo(
    resolucion: Documento, especialista: Persona, auditora: Persona, ahora: datetime
) -> None:
    Documento.objects.filter(pk=resolucion.pk).update(
        confidencialidad="RESERVADO", base_legal_reserva="Ley 27806, art. 17.1"
    )
    expediente = Incorporado.objects.get(documento=resolucion).expediente
    assert not especialista.puede("documentos.ver_reservado")
    sin = xades.leer_xml(_abrir(_exportar(especialista, expediente, ahora))["data/indice.xml"])
    [excluido] = sin.findall(".//x:excluido", X)
    assert "Ley 27806, art. 17.1" in excluido.get("motivo", "")
    quien_puede = contenido.reunir(expediente, para=None, ahora=ahora)
    assert resolucion.pk in [incluido.documento.pk for incluido in quien_puede.incluidos]


def test_otra_unidad_y_otro_ciudadano_no_lo_exportan(
    en_tramite: Expediente,
    asesor: Persona,
    otro_ciudadano: Persona,
    ahora: datetime,
    huella_de_la_base: Callable[[], dict[str, int]],
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="está a cargo de Subgerencia de Licencias"):
        expedientes.pedir_exportacion(actor=asesor, expediente=en_tramite, ahora=ahora)
    assert Exportacion.objects.count() == 0
    assert huella_de_la_base() == antes


def test_pedirlo_dos_veces_es_una_y_si_algo_cambio_es_otra(
    en_tramite: Expediente, especialista: Persona, ahora: datetime
) -> None:
    primera = _exportar(especialista, en_tramite, ahora)
    luego = ahora + timedelta(minutes=5)
    assert expedientes.pedir_exportacion(actor=especialista, expediente=en_tramite, ahora=luego) == primera
    pasada = ahora + timedelta(days=8)
    assert expedientes.pedir_exportacion(actor=especialista, expediente=en_tramite, ahora=pasada) != primera
    en_tramite.version += 1
    assert expedientes.pedir_exportacion(actor=especialista, expediente=en_tramite, ahora=luego) != primera


def test_queda_en_el_libro_quien_lo_pidio_y_que_se_llevo(
    exportado: Exportacion, especialista: Persona
) -> None:
    sucesos = Suceso.objects.filter(
        tipo__in=["expedientes.ExportacionPedida", "expedientes.ExpedienteExportado"]
    )
    pedida, hecha = sucesos.order_by("pk")
    assert pedida.actor_id == hecha.actor_id == especialista.pk
    assert hecha.datos == {
        "expediente_id": exportado.expediente_id,
        "exportacion_id": exportado.pk,
        "huella": exportado.huella,
        "documentos": 2,
        "excluidos": 0,
    }


def test_lo_descarga_solo_quien_lo_pidio_mientras_pueda_y_antes_de_que_venza(
    exportado: Exportacion, especialista: Persona, jefe: Persona, ahora: datetime
) -> None:
    archivo = expedientes.descargar_exportacion(actor=especialista, exportacion=exportado, ahora=ahora)
    assert archivo.sha256 == exportado.huella
    with pytest.raises(NoEncontrado):
        expedientes.descargar_exportacion(actor=jefe, exportacion=exportado, ahora=ahora)
    with pytest.raises(NoProcede, match="ya no se puede descargar"):
        expedientes.descargar_exportacion(
            actor=especialista, exportacion=exportado, ahora=ahora + timedelta(days=7, seconds=1)
        )
    otra = UnidadOrganica.objects.get(siglas="OAJ")
    Expediente.objects.filter(pk=exportado.expediente_id).update(unidad_responsable=otra)
    exportado = Exportacion.objects.get(pk=exportado.pk)
    with pytest.raises(Denegado, match="Oficina de Asesoría Jurídica"):
        expedientes.descargar_exportacion(actor=especialista, exportacion=exportado, ahora=ahora)


def test_vencido_se_retira_y_su_archivo_queda_para_el_barrido(
    exportado: Exportacion, ahora: datetime
) -> None:
    assert expedientes.retirar_exportaciones(ahora=ahora + timedelta(days=6)) == 0
    assert expedientes.retirar_exportaciones(ahora=ahora + timedelta(days=7)) == 1
    exportado.refresh_from_db()
    assert (exportado.estado, exportado.archivo) == ("VENCIDA", None)
    assert not Archivo.objects.filter(sha256=exportado.huella).exists()


def test_si_falta_la_prueba_se_espera_y_si_no_llega_se_dice(
    en_tramite: Expediente, especialista: Persona, ahora: datetime
) -> None:
    pedida = expedientes.pedir_exportacion(actor=especialista, expediente=en_tramite, ahora=ahora)
    esperando = expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=0, ahora=ahora)
    assert esperando.estado == "PENDIENTE"
    lista = expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=99, ahora=ahora)
    raiz = xades.leer_xml(_abrir(lista)["data/indice.xml"])
    assert [nodo.get("falta") for nodo in raiz.iterfind(".//x:prueba", X)] == [armar.TODAVIA_NO]
    assert raiz.find("x:registro", X) is None


def test_un_fallo_se_anota_con_palabras_y_se_puede_reintentar(
    en_tramite: Expediente, especialista: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pedida = expedientes.pedir_exportacion(actor=especialista, expediente=en_tramite, ahora=ahora)

    def romper(*_: Any, **__: Any) -> None:
        raise OSError("sin espacio")

    monkeypatch.setattr(storage, "guardar", romper)
    with pytest.raises(OSError, match="sin espacio"):
        expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=99, ahora=ahora)
    pedida.refresh_from_db()
    assert (pedida.estado, pedida.archivo) == ("FALLIDA", None)
    monkeypatch.undo()
    assert expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=99, ahora=ahora).estado == "LISTA"


def test_armarlo_otra_vez_no_hace_nada(exportado: Exportacion, ahora: datetime) -> None:
    cuantos = Suceso.objects.count()
    otra = expedientes.armar_exportacion(exportacion_id=exportado.pk, intento=0, ahora=ahora)
    assert (otra.huella, Suceso.objects.count()) == (exportado.huella, cuantos)


def test_un_archivo_enorme_pasa_de_a_trozos_y_no_por_la_memoria(tmp_path: Path, ahora: datetime) -> None:
    class Enorme(io.RawIOBase):
        """64 MB que nunca están juntos."""

        quedan = 64 << 20

        def read(self, cuantos: int = -1) -> bytes:
            dados = min(cuantos, self.quedan)
            self.quedan -= dados
            return bytes(dados)

    with (tmp_path / "e.zip").open("w+b") as destino:
        tracemalloc.start()
        with Bolsa(destino, base="EXP", ahora=ahora) as bolsa:
            bolsa.poner_flujo("documentos/0001-9999-plano.pdf", Enorme())  # type: ignore[arg-type]
            bolsa.cerrar({})
        _, pico = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert pico < 8 << 20
    assert (tmp_path / "e.zip").stat().st_size > 64 << 20
