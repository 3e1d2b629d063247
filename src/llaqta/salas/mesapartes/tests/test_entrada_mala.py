"""Lo que llega mal, por HTTP: una frase clara en castellano y nada guardado a medias."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from llaqta.cimientos.testing import archivos as corpus
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes.models import AdjuntoDeBorrador, Borrador, Presentacion
from llaqta.salas.mesapartes.tests.factories import pdf, subido
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db
API = "/api/v1/presentaciones"
ADJUNTOS = "/tramites/PE-LIC-ALTO/presentar/adjuntos/"

MALOS: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("vacío", "vacio.pdf", lambda: b"", "está vacío"),
    ("sin páginas", "nada.pdf", corpus.pdf_sin_paginas, "no tiene ninguna página"),
    ("corrupto", "roto.pdf", corpus.pdf_corrupto, "está dañado o incompleto"),
    ("truncado", "corto.pdf", corpus.pdf_truncado, "está dañado o incompleto"),
    ("con contraseña", "clave.pdf", corpus.pdf_con_clave, "está protegido con contraseña"),
    ("ZIP disfrazado", "plano.pdf", corpus.zip_como_pdf, "es una carpeta comprimida, no un PDF"),
    ("HTML disfrazado", "pagina.pdf", corpus.html_como_pdf, "se llama PDF pero su contenido no lo es"),
]
PELIGROSOS: list[tuple[str, Callable[[], bytes]]] = [
    ("JavaScript", corpus.pdf_con_javascript),
    ("abre programas", corpus.pdf_con_launch),
    ("trae archivos dentro", corpus.pdf_con_incrustado),
]


def datos(**mas: object) -> dict[str, object]:
    return {"tramite": "PE-LIC-ALTO", "asunto": "Licencia", "envio": str(uuid4()), **mas}


def nada_guardado() -> bool:
    return not (Presentacion.objects.exists() or Expediente.objects.exists() or Documento.objects.exists())


@pytest.mark.parametrize(("caso", "nombre", "hacer", "frase"), MALOS, ids=[m[0] for m in MALOS])
def test_un_archivo_que_no_se_puede_recibir(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client],
    caso: str, nombre: str, hacer: Callable[[], bytes], frase: str,
) -> None:  # fmt: skip
    navegador, contenido = cliente(ciudadana), hacer()

    por_api = navegador.post(API, datos(archivos=[subido(), subido(nombre, contenido)]))
    por_pantalla = navegador.post(ADJUNTOS, {"otros": subido(nombre, contenido), "continuar": "1"})

    assert por_api.status_code == 422
    assert frase in por_api.json()["mensaje"]
    assert por_api.json()["campo"] == "archivos"
    assert por_pantalla.status_code == 200
    assert frase in por_pantalla.content.decode()
    assert "Hay un problema" in por_pantalla.content.decode()
    assert nada_guardado()
    assert not Archivo.objects.exists()
    assert not AdjuntoDeBorrador.objects.exists()


@pytest.mark.parametrize(("caso", "hacer"), PELIGROSOS, ids=[p[0] for p in PELIGROSOS])
def test_un_pdf_peligroso_queda_en_cuarentena_con_su_razon(
    ciudadana: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
    caso: str,
    hacer: Callable[[], bytes],
) -> None:
    respuesta = cliente(ciudadana).post(API, datos(archivos=[subido(), subido("trampa.pdf", hacer())]))

    assert respuesta.status_code == 422
    assert "quedó retenido por seguridad: contiene" in respuesta.json()["mensaje"]
    assert nada_guardado()
    [retenido] = Archivo.objects.all()
    assert (retenido.nombre, retenido.estado, bool(retenido.motivo)) == ("trampa.pdf", "CUARENTENA", True)


def test_cincuenta_y_un_megas(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    grande = pdf() + b"%" + b"0" * 51_000_000
    navegador = cliente(ciudadana)

    por_api = navegador.post(API, datos(archivos=subido("grande.pdf", grande)))
    por_pantalla = navegador.post(ADJUNTOS, {"otros": subido("grande.pdf", grande), "continuar": "1"})

    assert por_api.status_code == 422
    assert "pesa 51 MB y el máximo es 50 MB" in por_api.json()["mensaje"]
    assert "pesa 51 MB y se reciben hasta 50 MB" in por_pantalla.content.decode()
    assert nada_guardado()
    assert not Archivo.objects.exists()


def test_cuarenta_y_un_archivos(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)

    por_api = navegador.post(API, datos(archivos=[subido(f"{n}.pdf") for n in range(41)]))
    por_pantalla = navegador.post(
        ADJUNTOS, {"otros": [subido(f"{n}.pdf") for n in range(41)], "continuar": "1"}
    )

    assert por_api.status_code == 422
    assert por_api.json()["mensaje"].startswith("Serían 41 archivos y se reciben 40 como máximo")
    assert "Eligió 41 archivos y aquí se reciben 40 como máximo" in por_pantalla.content.decode()
    assert nada_guardado()
    assert not Archivo.objects.exists()


@pytest.mark.parametrize(
    "nombre",
    ["../../etc/passwd.pdf", "a\r\nSet-Cookie: x.pdf", "factura\u202efdp.exe.pdf", "x" * 600 + ".pdf"],
    ids=["../", "CRLF", "derecha a izquierda", "600 letras"],
)
def test_un_nombre_tramposo_se_limpia_y_el_archivo_se_recibe(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client], nombre: str
) -> None:
    respuesta = cliente(ciudadana).post(API, datos(archivos=_con_nombre(nombre)))

    assert respuesta.status_code == 201, respuesta.content
    guardado = Archivo.objects.get().nombre
    assert len(guardado) <= 150
    assert guardado.endswith(".pdf")
    assert not set("/\\\r\n\u202e") & set(guardado)
    assert not guardado.startswith(".")


def test_un_nombre_de_cuatro_mil_letras_se_niega_con_una_frase(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)

    por_api = navegador.post(API, datos(archivos=_con_nombre("x" * 4096 + ".pdf")))
    por_pantalla = navegador.post(ADJUNTOS, {"otros": _con_nombre("x" * 4096 + ".pdf"), "continuar": "1"})

    assert por_api.status_code == por_pantalla.status_code == 400
    assert "El navegador envió algo que no pudimos leer" in por_api.json()["mensaje"]
    assert "El navegador envió algo que no pudimos leer" in por_pantalla.content.decode()
    assert nada_guardado()
    assert not Archivo.objects.exists()


def test_el_mismo_envio_dos_veces_es_un_numero_y_un_cargo(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador, envio = cliente(ciudadana), str(uuid4())

    primera = navegador.post(API, datos(envio=envio, archivos=subido()))
    segunda = navegador.post(API, datos(envio=envio, archivos=subido()))

    assert primera.status_code == segunda.status_code == 201
    assert primera.json() == segunda.json()
    assert Presentacion.objects.count() == 1


def test_la_sesion_vence_mientras_escribe_y_no_pierde_nada(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente()  # la sesión venció: para el servidor ya es nadie
    escrito = {"asunto": "Licencia de mi bodega del jirón Cusco", "telefono": "984 000 111"}

    vencida = navegador.post("/tramites/PE-LIC-ALTO/presentar/datos/", escrito)
    assert vencida.status_code == 302
    assert vencida.url.startswith("/cuenta/ingresar/")
    assert not Borrador.objects.exists()

    ingreso = navegador.post(vencida.url, {"login": "45678901", "password": "clave-de-prueba-1"})
    assert ingreso.status_code == 302, ingreso.content.decode()[:500]
    de_vuelta = navegador.get(ingreso.url).content.decode()
    assert "Recuperamos lo que había escrito" in de_vuelta
    assert "Licencia de mi bodega del jirón Cusco" in de_vuelta
    assert "984 000 111" in de_vuelta


@pytest.mark.parametrize(
    ("tipo", "numero", "frase"),
    [
        ("DNI", "4567890A", "El DNI solo lleva números; quite las letras y los signos."),
        ("DNI", "1234567", "El DNI tiene 8 números; usted escribió 7."),
        ("RUC", "20999000012", "Ese RUC no existe: su último número no corresponde a los demás."),
    ],
)
def test_un_documento_de_identidad_mal_escrito_en_ventanilla(
    ventanilla: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
    tipo: str,
    numero: str,
    frase: str,
) -> None:
    navegador, personas = cliente(ventanilla), Persona.objects.count()

    buscado = navegador.get("/mesa-de-partes/registrar/", {"tipo": tipo, "numero": numero})
    enviado = navegador.post(
        "/mesa-de-partes/registrar/",
        {
            "tipo_documento": tipo, "numero_documento": numero, "nombres": "Juana", "apellido_paterno": "Ayala",
            "tramite": "PE-LIC-ALTO", "envio": str(uuid4()), "archivos": subido(),
        },
    )  # fmt: skip

    assert frase in buscado.content.decode()
    assert frase in enviado.content.decode()
    assert nada_guardado()
    assert Persona.objects.count() == personas


@pytest.mark.parametrize(
    ("cambios", "estado", "frase"),
    [
        ({"asunto": ""}, 422, "¿Qué solicita?"),
        ({"asunto": "x" * 301}, 422, "hasta 300 caracteres"),
        ({"asunto": "a\u202eb"}, 422, "caracteres que no se ven"),
        ({"correo": "rosa@"}, 422, "Escriba el correo completo"),
        ({"telefono": "9" * 21}, 422, "hasta 20 caracteres"),
        ({"tramite": "NO-EXISTE"}, 404, "No encontramos ese trámite"),
        ({"requisitos": "999999"}, 422, "no es de este trámite"),
    ],
)
def test_un_dato_mal_escrito_por_la_api(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client],
    cambios: dict[str, object], estado: int, frase: str,
) -> None:  # fmt: skip
    respuesta = cliente(ciudadana).post(API, datos(archivos=subido(), **cambios))

    assert respuesta.status_code == estado, respuesta.content
    assert frase in respuesta.json()["mensaje"]
    assert nada_guardado()
    assert not Archivo.objects.exists()


def test_sin_ingresar_la_api_no_recibe(
    licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    respuesta = cliente().post(API, datos(archivos=subido()))

    assert respuesta.status_code == 401
    assert nada_guardado()


def test_sin_la_proteccion_del_formulario_la_api_no_recibe(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    respuesta = cliente(ciudadana, enforce_csrf_checks=True).post(API, datos(archivos=subido()))

    assert respuesta.status_code == 403
    assert nada_guardado()


def _con_nombre(nombre: str) -> io.BytesIO:
    return subido(nombre)
