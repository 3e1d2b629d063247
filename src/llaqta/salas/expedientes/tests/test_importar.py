"""Recibir el expediente de otra entidad: entra entero y comprobado, o no entra nada y se dice qué archivo falla."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from lxml import etree

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Denegado
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.exportacion import leer, paquete
from llaqta.salas.expedientes.exportacion.paquete import PaqueteRechazado
from llaqta.salas.expedientes.models import DocumentoRecibido, ExpedienteRecibido, Incorporado
from llaqta.salas.firma import sello, xades

pytestmark = pytest.mark.django_db
Traido = dict[str, bytes]


@pytest.fixture
def enviado(
    resolucion: Documento, especialista: Persona, ahora: datetime, tmp_path: Path, _datos: Path, settings: Any
) -> Path:
    """El paquete que mandó otra municipalidad, con su sello; ahora estamos en la nuestra, que no la conoce."""
    expediente = Incorporado.objects.get(documento=resolucion).expediente
    pedida = expedientes.pedir_exportacion(actor=especialista, expediente=expediente, ahora=ahora)
    auditoria.secuenciar_ahora(ahora=ahora)
    hecha = expedientes.armar_exportacion(exportacion_id=pedida.pk, intento=0, ahora=ahora)
    assert hecha.estado == "LISTA", hecha.motivo
    ruta = tmp_path / "enviado.zip"
    ruta.write_bytes(storage.leer(hecha.huella))
    return ruta


@pytest.fixture
def certificado(enviado: Path, ahora: datetime) -> Any:
    """El certificado del sello de quien lo mandó, conseguido por otra vía."""
    return sello.get_sello(ahora=ahora).certificado


@pytest.fixture
def nuestra(enviado: Path, certificado: Any, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Otra instalación: su almacén, su autoridad de demostración, su registro y su nombre."""
    settings.DATOS = tmp_path / "nuestra"
    settings.DATOS.mkdir()
    Entidad.objects.filter(pk=1).update(nombre="Municipalidad Distrital de Kimbiri", ruc="20999000030")
    Entidad.olvidar()
    yield
    Entidad.olvidar()


@pytest.fixture
def importar(nuestra: None, ventanilla: Persona, certificado: Any, ahora: datetime) -> Callable[..., Any]:
    def hacer(ruta: Path, **datos: Any) -> ExpedienteRecibido:
        opciones: dict[str, Any] = {"actor": ventanilla, "conocidos": [certificado], "ahora": ahora, **datos}
        return expedientes.importar_expediente(ruta=ruta, **opciones)

    return hacer


def _cuentas() -> tuple[int, ...]:
    return tuple(
        m.objects.count() for m in (ExpedienteRecibido, DocumentoRecibido, Documento, Archivo, Suceso)
    )


def test_ida_y_vuelta_entre_dos_entidades(
    enviado: Path, importar: Callable[..., ExpedienteRecibido], ventanilla: Persona, resolucion: Documento
) -> None:
    recibido = importar(enviado)
    assert (recibido.entidad_nombre, recibido.numero) == (
        "Municipalidad Distrital de Pichari",
        Incorporado.objects.get(documento=resolucion).expediente.numero,
    )
    filas = list(recibido.documentos.select_related("documento__archivo"))
    assert len(filas) == 2
    for fila in filas:
        assert fila.documento.origen == "EXTERNO"
        assert storage.comprobar(fila.documento.archivo.sha256), "está en nuestro almacén, tal como salió"
        assert fila.hoja is not None
        assert fila.documento.metadatos["origen"]["entidad"] == "Municipalidad Distrital de Pichari"
    assert filas[-1].documento.archivo.sha256 == resolucion.archivo.sha256
    assert filas[-1].documento.numero == resolucion.numero
    assert filas[-1].veredicto_de_origen == "VALIDA"
    suceso = Suceso.objects.get(tipo="expedientes.ExpedienteImportado")
    assert (suceso.actor_id, suceso.datos["documentos"]) == (ventanilla.pk, 2)
    assert Documento.objects.visible_to(ventanilla).filter(pk=filas[0].documento.pk).exists()


def test_recibirlo_dos_veces_es_una_aunque_lo_vuelvan_a_comprimir(
    enviado: Path, importar: Callable[..., ExpedienteRecibido], tmp_path: Path
) -> None:
    primero = importar(enviado)
    antes = _cuentas()
    otra_vez = tmp_path / "otra.zip"
    _escribir(otra_vez, _abrir(enviado), base="con-otro-nombre")
    assert importar(otra_vez) == primero
    assert _cuentas() == antes


def test_solo_la_mesa_de_partes_lo_recibe(
    enviado: Path, importar: Callable[..., ExpedienteRecibido], especialista: Persona, ciudadana: Persona
) -> None:
    antes = _cuentas()
    for quien in (especialista, ciudadana):
        with pytest.raises(Denegado):
            importar(enviado, actor=quien)
    assert _cuentas() == antes


def test_sin_el_certificado_de_quien_lo_manda_se_dice_cual_pedir(
    enviado: Path, importar: Callable[..., ExpedienteRecibido], certificado: Any
) -> None:
    antes = _cuentas()
    huella = hashlib.sha256(certificado.public_bytes(serialization.Encoding.DER)).hexdigest()
    with pytest.raises(PaqueteRechazado, match=huella) as negado:
        importar(enviado, conocidos=[])
    assert negado.value.archivo == "data/indice.xml"
    assert _cuentas() == antes


def test_el_certificado_se_lee_en_pem_y_en_der_y_lo_demas_se_niega(certificado: Any) -> None:
    for forma in (serialization.Encoding.PEM, serialization.Encoding.DER):
        assert leer.leer_certificados(certificado.public_bytes(forma)) == [certificado]
    with pytest.raises(PaqueteRechazado, match="PEM o DER"):
        leer.leer_certificados(b"no es")


# --- Paquetes alterados ---------------------------------------------------------------------------------------------
def _abrir(ruta: Path) -> Traido:
    with zipfile.ZipFile(ruta) as archivo:
        return {nombre.split("/", 1)[1]: archivo.read(nombre) for nombre in archivo.namelist()}


def _escribir(ruta: Path, traido: Traido, base: str = "EXP", rehacer: bool = False) -> Path:
    """Escribe el ZIP; con ``rehacer``, como quien altera con cuidado: con sus manifiestos otra vez bien hechos."""
    if rehacer:
        contenido = {n: v for n, v in traido.items() if n.startswith("data/")}
        octetos = sum(len(v) for v in contenido.values())
        informacion = [
            linea
            for linea in traido["bag-info.txt"].decode().splitlines()
            if not linea.startswith("Payload-Oxum")
        ]
        traido["bag-info.txt"] = "\n".join(
            [*informacion, f"Payload-Oxum: {octetos}.{len(contenido)}", ""]
        ).encode()
        traido["manifest-sha256.txt"] = _manifiesto(contenido)
        etiquetas = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")
        traido["tagmanifest-sha256.txt"] = _manifiesto({n: traido[n] for n in etiquetas})
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, contenido_ in traido.items():
            archivo.writestr(f"{base}/{nombre}", contenido_)
    return ruta


def _manifiesto(archivos: Traido) -> bytes:
    return "".join(f"{hashlib.sha256(v).hexdigest()}  {n}\n" for n, v in sorted(archivos.items())).encode()


def _primero(traido: Traido, carpeta: str) -> str:
    return sorted(nombre for nombre in traido if nombre.startswith(f"data/{carpeta}/"))[-1]


def _byte(contenido: bytes) -> bytes:
    return contenido[:200] + bytes([contenido[200] ^ 1]) + contenido[201:]


def _cambia_un_documento(t: Traido) -> None:
    nombre = _primero(t, "documentos")
    t[nombre] = _byte(t[nombre])


def _cambia_el_indice(t: Traido) -> None:
    t["data/indice.xml"] = t["data/indice.xml"].replace(
        b'confidencialidad="PARTES"', b'confidencialidad="PUBLICO"'
    )


def _quita_un_documento(t: Traido) -> None:
    del t[_primero(t, "documentos")]


def _agrega_un_documento(t: Traido) -> None:
    t["data/documentos/9999-9999-colado.pdf"] = b"%PDF-1.7 colado"


def _cambia_una_prueba(t: Traido) -> None:
    nombre = _primero(t, "pruebas")
    prueba = json.loads(t[nombre])
    prueba["abierto"]["datos"]["valor"]["tamano"] = 1
    t[nombre] = json.dumps(prueba).encode()


def _cambia_un_informe(t: Traido) -> None:
    nombre = _primero(t, "firmas")
    t[nombre] = t[nombre].replace(b"llaqta-informe/1", b"llaqta-informe/2")


def _quita_la_firma_del_indice(t: Traido) -> None:
    raiz = etree.fromstring(t["data/indice.xml"])
    for firma in raiz.findall(f"{{{xades.DS}}}Signature"):
        raiz.remove(firma)
    t["data/indice.xml"] = etree.tostring(raiz)


def _pone_dtd(t: Traido) -> None:
    t["data/indice.xml"] = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + t["data/indice.xml"]


def _cambia_el_pdf_del_indice(t: Traido) -> None:
    t["data/indice.pdf"] = t["data/indice.pdf"] + b"\n% algo"


@pytest.mark.parametrize(
    ("alterar", "archivo", "razon"),
    [
        (_cambia_un_documento, "data/documentos/", "no es el que dice el índice"),
        (_cambia_el_indice, "data/indice.xml", "cambiado después de firmarse"),
        (_quita_un_documento, "data/documentos/", "el índice lo nombra y no está"),
        (_agrega_un_documento, "data/documentos/9999-9999-colado.pdf", "el índice no lo nombra"),
        (_cambia_una_prueba, "data/pruebas/", "no es el que dice el índice"),
        (_cambia_un_informe, "data/firmas/", "no es el que dice el índice"),
        (_quita_la_firma_del_indice, "data/indice.xml", "una sola firma"),
        (_pone_dtd, "data/indice.xml", "DTD"),
        (_cambia_el_pdf_del_indice, "data/indice.pdf", "firma"),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_lo_alterado_con_cuidado_se_niega_nombrando_el_archivo(
    enviado: Path,
    importar: Callable[..., ExpedienteRecibido],
    tmp_path: Path,
    alterar: Callable[[Traido], None],
    archivo: str,
    razon: str,
) -> None:
    traido, antes = _abrir(enviado), _cuentas()
    alterar(traido)
    with pytest.raises(PaqueteRechazado, match=razon) as negado:
        importar(_escribir(tmp_path / "malo.zip", traido, rehacer=True))
    assert negado.value.archivo.startswith(archivo)
    assert _cuentas() == antes, "no se guardó nada"


@pytest.mark.parametrize(
    ("alterar", "razon"),
    [
        (_cambia_un_documento, "su huella no es la del manifiesto"),
        (_quita_un_documento, "falta en el paquete"),
        (_agrega_un_documento, "su manifiesto no lo nombra"),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_lo_alterado_sin_cuidado_lo_dice_el_manifiesto(
    enviado: Path,
    importar: Callable[..., ExpedienteRecibido],
    tmp_path: Path,
    alterar: Callable[[Traido], None],
    razon: str,
) -> None:
    traido = _abrir(enviado)
    alterar(traido)
    with pytest.raises(PaqueteRechazado, match=razon):
        importar(_escribir(tmp_path / "malo.zip", traido))
    assert not ExpedienteRecibido.objects.exists()


def test_una_firma_rota_se_niega_aunque_la_entidad_la_haya_sellado_en_su_indice(
    enviado: Path,
    importar: Callable[..., ExpedienteRecibido],
    tmp_path: Path,
    monkeypatch: Any,
    settings: Any,
) -> None:
    """Quien manda puede equivocarse o mentir: cada PDF se vuelve a verificar aquí."""
    traido = _abrir(enviado)
    nombre = _primero(traido, "documentos")
    original = hashlib.sha256(traido[nombre]).hexdigest()
    traido[nombre] = _byte(traido[nombre])
    nueva = hashlib.sha256(traido[nombre]).hexdigest()
    raiz = xades.leer_xml(traido["data/indice.xml"])
    raiz.remove(raiz[-1])
    for nodo in raiz.iter("{*}*"):
        if nodo.get("sha256") == original:
            nodo.set("sha256", nueva)
    nuestra_carpeta = settings.DATOS
    traido["data/indice.xml"] = xades.sellar_xml(
        raiz, ahora=datetime.fromisoformat("2026-06-01T10:00:00-05:00")
    )
    settings.DATOS = nuestra_carpeta
    with pytest.raises(PaqueteRechazado, match="no es válida") as negado:
        importar(_escribir(tmp_path / "malo.zip", traido, rehacer=True))
    assert negado.value.archivo == nombre
    assert not ExpedienteRecibido.objects.exists()


# --- ZIP hostiles ---------------------------------------------------------------------------------------------------
def _zip(ruta: Path, *entradas: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as archivo:
        for ficha, contenido in entradas:
            archivo.writestr(ficha, contenido)
    return ruta


@pytest.mark.parametrize(
    "nombre", ["../../etc/x", "/etc/x", "a/../../x", "a\\..\\x", "C:/x", "a/./x", "a//x", "a/\x01x", "~/x"]
)
def test_un_nombre_que_se_sale_de_su_carpeta_se_niega(tmp_path: Path, nombre: str) -> None:
    antes = sorted(tmp_path.parent.rglob("x"))
    with pytest.raises(PaqueteRechazado, match="saldría de la carpeta"):
        paquete.PaqueteAbierto(
            _zip(tmp_path / "z.zip", ("a/bagit.txt", b""), (zipfile.ZipInfo(nombre), b"x"))
        )
    assert sorted(tmp_path.parent.rglob("x")) == antes


def test_un_enlace_una_bomba_y_un_repetido_se_niegan(tmp_path: Path) -> None:
    enlace = zipfile.ZipInfo("a/enlace")
    enlace.external_attr = 0o120777 << 16
    with pytest.raises(PaqueteRechazado, match="es un enlace"):
        paquete.PaqueteAbierto(_zip(tmp_path / "1.zip", (enlace, b"/etc/passwd")))
    with pytest.raises(PaqueteRechazado, match="es una bomba"):
        paquete.PaqueteAbierto(_zip(tmp_path / "2.zip", ("a/bomba", bytes(20_000_000))))
    with pytest.warns(UserWarning, match="Duplicate"):
        _zip(tmp_path / "3.zip", ("a/x", b"1"), ("a/x", b"2"))
    with pytest.raises(PaqueteRechazado, match="está dos veces"):
        paquete.PaqueteAbierto(tmp_path / "3.zip")
    with pytest.raises(PaqueteRechazado, match="está dos veces"):
        paquete.PaqueteAbierto(_zip(tmp_path / "4.zip", ("a/x", b"1"), ("a/X", b"2")))
    with pytest.raises(PaqueteRechazado, match="una sola carpeta"):
        paquete.PaqueteAbierto(_zip(tmp_path / "5.zip", ("a/x", b"1"), ("b/x", b"2")))
    (tmp_path / "6.zip").write_bytes(b"no soy un zip")
    with pytest.raises(PaqueteRechazado, match="no es un ZIP"):
        paquete.PaqueteAbierto(tmp_path / "6.zip")


def test_dos_archivos_encimados_en_los_mismos_bytes_se_niegan(tmp_path: Path) -> None:
    """La bomba de David Fifield: muchos nombres que apuntan al mismo lugar."""
    ruta = _zip(tmp_path / "z.zip", ("a/x", b"1" * 100), ("a/y", b"2" * 100))
    octetos = bytearray(ruta.read_bytes())
    segundo = octetos.rindex(b"PK\x01\x02")
    octetos[segundo + 42 : segundo + 46] = struct.pack("<I", 0)  # «a/y» también comienza en 0
    ruta.write_bytes(octetos)
    with pytest.raises(PaqueteRechazado, match="encimado"):
        paquete.PaqueteAbierto(ruta)


def test_demasiados_archivos_se_niegan_sin_leerlos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paquete, "MAX_ARCHIVOS", 3)
    with pytest.raises(PaqueteRechazado, match="más de 3 archivos"):
        paquete.PaqueteAbierto(_zip(tmp_path / "z.zip", *((f"a/{n}", b"") for n in range(4))))


def test_un_zip_que_miente_su_tamano_no_llena_la_memoria(tmp_path: Path) -> None:
    ruta = _zip(tmp_path / "z.zip", ("a/bagit.txt", b"BagIt-Version: 1.0\n" * 50))
    octetos = bytearray(ruta.read_bytes())
    central = octetos.rindex(b"PK\x01\x02")
    octetos[central + 24 : central + 28] = struct.pack("<I", 10)
    ruta.write_bytes(octetos)
    with paquete.PaqueteAbierto(ruta) as abierto, pytest.raises(PaqueteRechazado):
        abierto.comprobar_bolsa()


def test_un_zip_vacio_o_sin_bolsa_se_niega(tmp_path: Path) -> None:
    with pytest.raises(PaqueteRechazado, match="una sola carpeta"):
        paquete.PaqueteAbierto(_zip(tmp_path / "z.zip"))
    with (
        paquete.PaqueteAbierto(_zip(tmp_path / "y.zip", ("a/x", b""))) as abierto,
        pytest.raises(PaqueteRechazado, match="falta en el paquete"),
    ):
        abierto.comprobar_bolsa()


def test_el_certificado_vencido_no_se_reconoce(
    enviado: Path, importar: Callable[..., ExpedienteRecibido], ahora: datetime
) -> None:
    with pytest.raises(PaqueteRechazado, match="no está vigente"):
        importar(enviado, ahora=ahora + timedelta(days=365 * 20))
