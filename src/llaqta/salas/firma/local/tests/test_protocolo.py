"""Lo que viaja entre la página, el componente y la casa; y cada falla vista en otras integraciones (trust.md 3.4)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import rules, services
from llaqta.salas.firma.local.emulador import Componente, NoSalio
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.local.policies import FichaUsada
from llaqta.salas.firma.tests.documentos import con_membrete_escrito

from .conftest import Escritorio, Reloj

Pedir = Callable[..., SesionDeFirma]
Parametro = Callable[[SesionDeFirma], str]

ARGUMENTOS = {
    "signatureFormat", "signatureLevel", "signaturePackaging", "documentToSign", "certificateFilter", "webTsa",
    "userTsa", "passwordTsa", "theme", "visiblePosition", "contactInfo", "signatureReason", "bachtOperation",
    "oneByOne", "signatureStyle", "stampTextSize", "stampWordWrap", "role", "stampPage", "positionx", "positiony",
    "uploadDocumentSigned", "certificationSignature", "token",
}  # fmt: skip
"""Los nombres exactos de peru-law 7.2, sin ``imageToStamp``, que vacío hace fallar al componente."""


def _leer(en_base64: str | bytes) -> dict[str, Any]:
    return dict(json.loads(base64.b64decode(en_base64)))


def _argumentos(cliente: Client, dicho: dict[str, Any], **cabeceras: str) -> Any:
    return cliente.post(
        reverse("firma_local_argumentos"), {"param_token": dicho["param_token"]}, headers=cabeceras or None
    )


# --- El idioma ------------------------------------------------------------------------------------------------------
def test_el_parametro_de_start_signature(sesion: SesionDeFirma, parametro: Parametro) -> None:
    dicho = _leer(parametro(sesion))
    assert set(dicho) == {"param_url", "param_token", "document_extension"}
    assert dicho["param_url"] == "https://mdp.ejemplo.pe/firma/local/argumentos/"
    assert dicho["document_extension"] == "pdf"
    assert len(base64.urlsafe_b64decode(dicho["param_token"] + "=")) == 32


def test_los_argumentos_son_los_que_lee_firma_peru(sesion: SesionDeFirma, parametro: Parametro) -> None:
    respuesta = _argumentos(Client(), _leer(parametro(sesion)))
    assert respuesta["Content-Type"] == "text/plain; charset=utf-8"
    dichos = _leer(respuesta.content)
    assert set(dichos) - {"tarjetaDePractica"} == ARGUMENTOS
    assert (dichos["signatureFormat"], dichos["signatureLevel"]) == ("PAdES", "B")
    assert dichos["certificateFilter"] == ".*FIR.*|.*FAU.*"
    assert (dichos["bachtOperation"], dichos["oneByOne"]) == (False, True)
    assert dichos["signatureReason"] == "Soy el autor del documento"
    assert dichos["documentToSign"].startswith("https://mdp.ejemplo.pe/firma/local/descargar/")
    assert dichos["uploadDocumentSigned"].startswith("https://mdp.ejemplo.pe/firma/local/devolver/")


def test_fuera_de_la_practica_los_argumentos_no_dicen_nada_mas(
    pedir: Pedir, parametro: Parametro, equipo: Componente, settings: Any, tmp_path: Path
) -> None:
    from llaqta.salas.firma.local.emulador import RUTA_DEL_PERMISO, Emulador

    with Emulador(equipo, puerto=0) as plataforma:
        settings.FIRMAPERU_CREDENCIALES = str(tmp_path / "fwAuthorization.json")
        Path(settings.FIRMAPERU_CREDENCIALES).write_text(
            json.dumps(
                {
                    "client_id": "mdp",
                    "client_secret": "muy-secreta",
                    "token_url": f"http://127.0.0.1:{plataforma.puerto}{RUTA_DEL_PERMISO}",
                }
            )
        )
        respuesta = _argumentos(Client(), _leer(parametro(pedir(entrenamiento=False))))
    dichos = _leer(respuesta.content)
    assert set(dichos) == ARGUMENTOS
    assert dichos["token"].count(".") == 2
    assert "muy-secreta" not in base64.b64decode(respuesta.content).decode()


# --- Un solo uso, una sola persona, un solo documento ---------------------------------------------------------------
def test_cada_ficha_sirve_una_vez_y_para_una_cosa(
    sesion: SesionDeFirma, parametro: Parametro, pdf: bytes
) -> None:
    cliente, dicho = Client(), _leer(parametro(sesion))
    dichos = _leer(_argumentos(cliente, dicho).content)
    assert _argumentos(cliente, dicho).status_code == 404
    descargar = dichos["documentToSign"].removeprefix("https://mdp.ejemplo.pe")
    devolver = dichos["uploadDocumentSigned"].removeprefix("https://mdp.ejemplo.pe")
    assert cliente.get(devolver.replace("devolver", "descargar")).status_code == 404
    assert cliente.post(descargar.replace("descargar", "devolver")).status_code == 404
    # Devolver antes de descargar: nadie puede firmar lo que no leyó.
    assert cliente.post(devolver, {"signed_file": _archivo(pdf)}).status_code == 409
    entregado = cliente.get(descargar)
    assert (entregado["Content-Type"], entregado.content) == ("application/pdf", pdf)
    assert cliente.get(descargar).status_code == 404


def test_las_fichas_se_guardan_por_su_huella(sesion: SesionDeFirma, parametro: Parametro) -> None:
    ficha = _leer(parametro(sesion))["param_token"]
    sesion.refresh_from_db()
    assert sesion.ficha_de_argumentos == rules.huella_de_ficha(ficha)
    assert ficha not in str(SesionDeFirma.objects.filter(pk=sesion.pk).values())


def test_param_token_nunca_es_el_mismo(pedir: Pedir, parametro: Parametro) -> None:
    sesion = pedir()
    fichas = {_leer(parametro(sesion))["param_token"] for _ in range(5)} | {
        _leer(parametro(pedir()))["param_token"] for _ in range(5)
    }
    assert len(fichas) == 10


def test_abrir_otra_vez_deja_sin_efecto_la_ficha_anterior(
    sesion: SesionDeFirma, parametro: Parametro
) -> None:
    primera, segunda = _leer(parametro(sesion)), _leer(parametro(sesion))
    assert _argumentos(Client(), primera).status_code == 404
    assert _argumentos(Client(), segunda).status_code == 200


@pytest.mark.parametrize(
    "inventada",
    [
        "",
        "1",
        "x" * 500,
        base64.b64encode(b"41|41000003|638000000000").decode(),
        "e30.eyJleHAiOjk5OTk5OTk5OTl9.",
    ],
    ids=["vacía", "corta", "larga", "id|usuario|hora", "JWT sin firma"],
)
def test_una_ficha_inventada_no_abre_nada(sesion: SesionDeFirma, inventada: str) -> None:
    """Ni adivinada, ni armada con el usuario y la hora, ni con un JWT sin firma."""
    assert Client().post(reverse("firma_local_argumentos"), {"param_token": inventada}).status_code == 404
    if inventada:
        for puerta in ("firma_local_descargar", "firma_local_devolver"):
            direccion = reverse(puerta, args=[inventada])
            assert Client().get(direccion).status_code in {404, 405}
            assert Client().post(direccion).status_code in {404, 405}


def test_saber_el_usuario_o_el_numero_de_la_sesion_no_basta(
    sesion: SesionDeFirma, cliente: Callable[..., Client], gerente: Persona
) -> None:
    """La página es de quien firma: con otra cuenta es como si no existiera; sin cuenta, se pide ingresar."""
    for nombre in ("firma_local", "firma_local_estado"):
        direccion = reverse(nombre, args=[sesion.referencia])
        assert cliente(gerente).get(direccion).status_code == 404
        assert cliente().get(direccion).status_code == 302
    for nombre in ("firma_local_abrir", "firma_local_cancelar"):
        direccion = reverse(nombre, args=[sesion.referencia])
        assert cliente(gerente).post(direccion).status_code == 404
        assert cliente().post(direccion).status_code == 302
    with pytest.raises(NoEncontrado):
        services.abrir_firma(actor=gerente, sesion=sesion, ip=None, ahora=sesion.pedida_en)
    sesion.refresh_from_db()
    assert (sesion.estado, sesion.ficha_de_argumentos) == ("PENDIENTE", None)


def test_abrir_y_cancelar_piden_la_proteccion_del_formulario(
    sesion: SesionDeFirma, jefe: Persona, cliente: Any
) -> None:
    navegador = cliente(jefe, enforce_csrf_checks=True)
    for nombre in ("firma_local_abrir", "firma_local_cancelar"):
        assert navegador.post(reverse(nombre, args=[sesion.referencia])).status_code == 403
    sesion.refresh_from_db()
    assert sesion.estado == "PENDIENTE"


def test_la_ficha_de_un_documento_no_sirve_para_otro(
    pedir: Pedir,
    parametro: Parametro,
    equipo: Componente,
    escritorio: Escritorio,
    gerente: Persona,
    pdf: bytes,
) -> None:
    """Una ficha buena de una sesión no reemplaza el documento de otra."""
    ajena = pedir(con_membrete_escrito())
    argumentos_ajenos = _leer(_argumentos(Client(), _leer(parametro(ajena))).content)
    Client().get(argumentos_ajenos["documentToSign"].removeprefix("https://mdp.ejemplo.pe"))
    propia = pedir(pdf, entrenamiento=True, destino="pruebas.Carta", actor=gerente)
    assert propia.documentos.get().huella != ajena.documentos.get().huella
    firmado = equipo.firmar_uno(pdf, {**argumentos_ajenos, "signatureStyle": 0})
    equipo.devolver(argumentos_ajenos["uploadDocumentSigned"], firmado)
    assert equipo.respuestas[-1].codigo == 422
    ajena.refresh_from_db()
    propia.refresh_from_db()
    assert (ajena.estado, propia.estado) == ("RECHAZADA", "PENDIENTE")
    assert escritorio.recibidos == []


# --- El reloj -------------------------------------------------------------------------------------------------------
def test_a_los_diez_minutos_ya_no_sirve(
    sesion: SesionDeFirma, parametro: Parametro, equipo: Componente, escritorio: Escritorio, reloj: Reloj
) -> None:
    dicho = parametro(sesion)
    reloj.hora += timedelta(minutes=10)
    with pytest.raises(NoSalio, match="venció"):
        equipo.firmar(dicho)
    assert services.vencer_sesiones(ahora=reloj()) == 1
    assert services.vencer_sesiones(ahora=reloj()) == 0
    sesion.refresh_from_db()
    assert (sesion.estado, escritorio.recibidos) == ("VENCIDA", [])
    assert Suceso.objects.filter(tipo="firma.FirmaLocalVencida").count() == 1


def test_vence_tambien_entre_la_descarga_y_la_devolucion(
    sesion: SesionDeFirma, parametro: Parametro, equipo: Componente, escritorio: Escritorio, reloj: Reloj
) -> None:
    def tardar(pdf: bytes) -> bytes:
        reloj.hora += timedelta(minutes=11)
        return pdf

    equipo.perillas.antes_de_firmar = tardar
    with pytest.raises(NoSalio, match="venció"):
        equipo.firmar(parametro(sesion))
    assert escritorio.recibidos == []


def test_cancelar_cierra_la_puerta(
    sesion: SesionDeFirma,
    parametro: Parametro,
    equipo: Componente,
    escritorio: Escritorio,
    jefe: Persona,
    reloj: Reloj,
) -> None:
    dicho = parametro(sesion)

    def cancelar(pdf: bytes) -> bytes:
        services.cancelar_firma(actor=jefe, sesion=sesion, ahora=reloj())
        services.cancelar_firma(actor=jefe, sesion=sesion, ahora=reloj())
        return pdf

    equipo.perillas.antes_de_firmar = cancelar
    with pytest.raises(NoSalio):
        equipo.firmar(dicho)
    sesion.refresh_from_db()
    assert (sesion.estado, escritorio.recibidos) == ("CANCELADA", [])
    assert Suceso.objects.filter(tipo="firma.FirmaLocalCancelada").count() == 1


def test_pedir_otra_vez_cancela_el_pedido_anterior(
    pedir: Pedir, parametro: Parametro, equipo: Componente, escritorio: Escritorio
) -> None:
    primera = pedir()
    dicho = parametro(primera)
    segunda = pedir()
    with pytest.raises(NoSalio):
        equipo.firmar(dicho)
    primera.refresh_from_db()
    assert (primera.estado, primera.frase) == ("CANCELADA", "Se volvió a pedir la firma.")
    equipo.firmar(parametro(segunda))
    assert len(escritorio.recibidos) == 1


@pytest.mark.parametrize("cuando", ["antes de descargar", "antes de devolver"])
def test_si_el_componente_se_cae_se_vuelve_a_pedir(
    pedir: Pedir, parametro: Parametro, equipo: Componente, escritorio: Escritorio, cuando: str
) -> None:
    equipo.perillas.se_cae = cuando
    with pytest.raises(NoSalio):
        equipo.firmar(parametro(pedir()))
    equipo.perillas.se_cae = ""
    equipo.firmar(parametro(pedir()))
    assert len(escritorio.recibidos) == 1


@pytest.mark.django_db(transaction=True)
def test_dos_devoluciones_a_la_vez_son_una(
    sesion: SesionDeFirma, parametro: Parametro, equipo: Componente, escritorio: Escritorio, pdf: bytes
) -> None:
    import io

    dichos = _leer(_argumentos(Client(), _leer(parametro(sesion))).content)
    Client().get(dichos["documentToSign"].removeprefix("https://mdp.ejemplo.pe"))
    firmado = equipo.firmar_uno(pdf, dichos)
    ficha = dichos["uploadDocumentSigned"].rstrip("/").rpartition("/")[2]

    def devolver(_: int) -> str:
        try:
            return services.recibir_firmado(
                ficha=ficha, archivo=io.BytesIO(firmado), ip=None, ahora=sesion.pedida_en
            ).estado
        except (FichaUsada, NoEncontrado):
            return "ya"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hilos:
        assert sorted(hilos.map(devolver, range(4))) == ["ACEPTADA", "ya", "ya", "ya"]
    assert len(escritorio.recibidos) == 1


def test_cada_paso_esta_en_la_tabla() -> None:
    """De un estado final no se sale, y a cada estado se llega."""
    finales = {rules.ACEPTADA, rules.RECHAZADA, rules.CANCELADA, rules.VENCIDA}
    assert not {paso.desde for paso in rules.TRANSICIONES} & finales
    assert {paso.hacia for paso in rules.TRANSICIONES} == {*SesionDeFirma.Estado.values} - {rules.PENDIENTE}


# --- Lo que traían mal las integraciones públicas -------------------------------------------------------------------
def test_la_cabecera_host_no_cambia_ninguna_direccion(
    sesion: SesionDeFirma, parametro: Parametro, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    respuesta = _argumentos(
        Client(),
        _leer(parametro(sesion)),
        **{"Host": "malo.ejemplo.com", "X-Forwarded-Host": "malo.ejemplo.com"},
    )
    dichos = _leer(respuesta.content)
    assert "malo" not in json.dumps(dichos)
    assert dichos["documentToSign"].startswith("https://mdp.ejemplo.pe/")


def test_un_host_ajeno_no_se_atiende(sesion: SesionDeFirma, parametro: Parametro) -> None:
    respuesta = _argumentos(Client(), _leer(parametro(sesion)), Host="malo.ejemplo.com")
    assert respuesta.status_code == 400


def test_nadie_puede_decir_de_donde_se_descarga_ni_donde_se_guarda(
    sesion: SesionDeFirma, parametro: Parametro, pdf: bytes
) -> None:
    """Ni ``url``, ni ``documentName``, ni ``result``, ni ``dir``: no existen (SSRF, archivos ajenos)."""
    ajenos = {
        "url": "http://169.254.169.254/latest/", "documentToSign": "http://127.0.0.1:5432/",
        "documentName": "../../../etc/passwd", "uuid": "../..", "dir": "/", "file": "x", "result": "shell.php",
    }  # fmt: skip
    dicho = _leer(parametro(sesion))
    respuesta = Client().post(
        f"{reverse('firma_local_argumentos')}?result=../public/shell.php",
        {"param_token": dicho["param_token"], **ajenos},
    )
    dichos = _leer(respuesta.content)
    assert dichos["documentToSign"].startswith("https://mdp.ejemplo.pe/firma/local/descargar/")
    assert "169.254" not in json.dumps(dichos)
    entregado = Client().get(
        dichos["documentToSign"].removeprefix("https://mdp.ejemplo.pe") + "?file=../../secreto&url=http://x",
        follow=False,
    )
    assert entregado.content == pdf


def test_el_nombre_con_que_suben_el_archivo_no_nombra_nada(
    sesion: SesionDeFirma,
    parametro: Parametro,
    equipo: Componente,
    escritorio: Escritorio,
    pdf: bytes,
    settings: Any,
) -> None:
    dichos = _leer(_argumentos(Client(), _leer(parametro(sesion))).content)
    Client().get(dichos["documentToSign"].removeprefix("https://mdp.ejemplo.pe"))
    antes = {ruta for ruta in Path(settings.DATOS).rglob("*") if ruta.is_file()}
    archivo = _archivo(equipo.firmar_uno(pdf, dichos))
    archivo.name = "../../../../tmp/webshell.php"
    respuesta = Client().post(
        dichos["uploadDocumentSigned"].removeprefix("https://mdp.ejemplo.pe"), {"signed_file": archivo}
    )
    assert (respuesta.status_code, respuesta.content) == (200, b"OK")
    nuevos = {ruta for ruta in Path(settings.DATOS).rglob("*") if ruta.is_file()} - antes
    assert {len(ruta.name) for ruta in nuevos} <= {64}, "solo objetos, nombrados por su huella"


@pytest.mark.parametrize(
    ("titulo", "seguro"),
    [
        (
            "RESOLUCIÓN SUBGERENCIAL N° 000001-2026-MDP/SGLC",
            "01-RESOLUCION-SUBGERENCIAL-N-000001-2026-MDP-SGLC.pdf",
        ),
        ("../../etc/passwd", "01-etc-passwd.pdf"),
        ("..\\..\\windows\\system32", "01-windows-system32.pdf"),
        ('a"\r\nSet-Cookie: x=1.pdf', "01-a-Set-Cookie-x-1.pdf"),
        ("\u202efdp.exe", "01-fdp.exe.pdf"),
        ("///", "01-documento.pdf"),
    ],
)
def test_un_nombre_nunca_es_una_ruta(titulo: str, seguro: str) -> None:
    assert rules.nombre_seguro(titulo, 1) == seguro


def test_lo_recibido_nunca_se_escribe_encima_de_algo_mas_largo(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro, pdf: bytes
) -> None:
    """Sin truncar, un archivo corto escrito sobre uno largo dejaría la cola del anterior."""
    largo, corto = con_membrete_escrito(), pdf
    assert len(largo) > len(corto)
    for documento in (largo, corto):
        equipo.firmar(parametro(pedir(documento, caja=None)))
    [[_], [segundo]] = escritorio.recibidos
    from llaqta.cimientos import storage

    assert storage.leer(segundo.huella) == segundo.pdf
    assert storage.comprobar(segundo.huella)
    assert segundo.pdf.startswith(corto)
    assert segundo.pdf.rstrip().endswith(b"%%EOF")


def test_la_huella_es_del_contenido(sesion: SesionDeFirma, pdf: bytes) -> None:
    """No una cadena con forma de huella, como «SHA1-ENVIO-41-1700000000»."""
    import hashlib

    assert sesion.documentos.get().huella == hashlib.sha256(pdf).hexdigest()


def test_una_subida_enorme_se_corta_antes_de_guardarla(
    sesion: SesionDeFirma, parametro: Parametro, settings: Any
) -> None:
    dichos = _leer(_argumentos(Client(), _leer(parametro(sesion))).content)
    Client().get(dichos["documentToSign"].removeprefix("https://mdp.ejemplo.pe"))
    settings.FIRMA_LOCAL_MEGAS = 0
    devolver = dichos["uploadDocumentSigned"].removeprefix("https://mdp.ejemplo.pe")
    assert Client().post(devolver, {"signed_file": _archivo(b"%PDF-" + bytes(100_000))}).status_code == 413
    sesion.refresh_from_db()
    assert sesion.estado == "DESCARGADA"


def test_la_ip_se_anota_y_solo_se_exige_si_se_pide(
    sesion: SesionDeFirma, parametro: Parametro, settings: Any
) -> None:
    dicho = _leer(parametro(sesion))
    sesion.refresh_from_db()
    assert sesion.ip == "10.1.1.7"
    settings.FIRMA_LOCAL_MISMA_IP = True
    assert _argumentos(Client(REMOTE_ADDR="10.1.1.8"), dicho).status_code == 403
    assert _argumentos(Client(REMOTE_ADDR="10.1.1.7"), dicho).status_code == 200


def _archivo(contenido: bytes) -> Any:
    import io

    archivo = io.BytesIO(contenido)
    archivo.name = "firmado.pdf"
    return archivo
