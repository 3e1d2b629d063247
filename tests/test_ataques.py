"""Lo que probaría quien quiere hacer daño, y lo que la casa contesta: nada se rompe, se filtra ni se escribe."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings as ajustes
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.cimientos.web import middleware
from llaqta.conftest import CLAVE, _maquina_de_prueba  # noqa: F401 — vale para todo este archivo
from llaqta.salas.auditoria import planilla
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Cuenta, Persona, TextoDeConsentimiento, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Borrador, Presentacion
from llaqta.salas.mesapartes.services import DatosDelEscrito
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ataques")


@pytest.fixture(autouse=True)
def _ambiente(settings: Any, _datos: Path, db: None) -> None:
    settings.DATOS = _datos
    for codigo in ("SOLICITUD", "ESCRITO", "CARGO", "CONSTANCIA"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})
    TextoDeConsentimiento.objects.create(
        clave="casilla", version=1, texto="Acepto.", vigente_desde="2023-01-01"
    )


@pytest.fixture
def presentada(ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime) -> Presentacion:
    return mesapartes.presentar(
        actor=ciudadana,
        tramite="PE-LIC-ALTO",
        asunto="Licencia para mi bodega",
        archivos=[documentos.ArchivoRecibido.de_bytes("solicitud.pdf", archivos.pdf(2))],
        envio=uuid4(),
        ahora=ahora,
    )


def _subido(contenido: bytes, nombre: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nombre, contenido, "application/pdf")


# --- Lo que no es texto, ni número, ni cabe -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "ruta",
    [
        "/mi-carpeta/{}/",
        "/mi-carpeta/{}/cargo/",
        "/casilla/{}/",
        "/api/v1/presentaciones/{}",
        "/mesa-de-partes/{}/",
        "/expedientes/{}/",
        "/seguimiento/{}/",
        "/v/{}",
        "/tramites/{}/",
        "/documentos/{}/",
        "/expedientes/proyectos/{}/",
    ],
)
@pytest.mark.parametrize("raro", ["\x00", "²", "9" * 40, "٣", "a\r\nX: y", "\u202e", "\ud7ff"])
def test_una_direccion_rara_no_existe_y_no_rompe_nada(
    ruta: str, raro: str, ventanilla: Persona, cliente: Callable[..., Client]
) -> None:
    respuesta = cliente(ventanilla).get(ruta.format(quote(raro)))

    assert respuesta.status_code in (302, 400, 404)


@pytest.mark.parametrize("consulta", ["?q=%00", "?cursor=%00", "?next=%00", "?vista=a%00b"])
def test_un_caracter_nulo_en_la_consulta_se_rechaza_en_la_puerta(
    consulta: str, administradora: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(administradora)

    for nombre in ("cuentas_personas", "buscar", "bandeja", "mesa_de_partes", "administracion_tupa"):
        assert navegador.get(reverse(nombre) + consulta).status_code == 400


@pytest.mark.parametrize("raro", ["²", "9" * 5000, "-1", "x", ""])
def test_un_numero_que_no_lo_es_no_rompe_los_expedientes(
    raro: str,
    presentada: Presentacion,
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    cliente: Callable[..., Client],
    ahora: datetime,
) -> None:
    mesapartes.recibir_y_derivar(
        actor=ventanilla,
        presentacion=presentada,
        para_unidad=unidades["SGLC"],
        motivo="para su atención",
        proveido="",
        ahora=ahora,
    )
    navegador, numero = cliente(especialista), presentada.expediente.numero

    assert navegador.get(reverse("expediente", args=[numero]), {"documento": raro}).status_code == 200
    assert navegador.get(reverse("redactar_proyecto", args=[numero]), {"movimiento": raro}).status_code in (
        200,
        404,
        409,
    )
    antes = Suceso.objects.count()
    for nombre in ("archivar_expediente", "notificar_decision"):
        assert navegador.post(reverse(nombre, args=[numero]), {"version": raro}).status_code in (200, 302)
    assert Suceso.objects.count() == antes


@pytest.mark.parametrize("raro", ["²", "9" * 5000, "\x00"])
def test_un_formulario_alterado_no_rompe_la_presentacion(
    raro: str, ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)
    campos = (
        "asunto", "correo", "telefono", "domicilio", "pago_numero", "pago_fecha_0", "pago_fecha_1", "pago_fecha_2",
    )  # fmt: skip

    for paso, datos in (
        ("quien", {"administrado": raro, "lengua": raro}),
        ("datos", {**dict.fromkeys(campos, raro), "salir": "1"}),
        ("datos", dict.fromkeys(campos, raro)),
        ("adjuntos", {"quitar": raro, "reutilizar": raro, "reutilizar_en": raro}),
        ("adjuntos", {"adjuntar": raro}),
        ("revisar", {"envio": raro}),
    ):
        respuesta = navegador.post(reverse(f"presentar_{paso}", args=["PE-LIC-ALTO"]), datos)
        assert respuesta.status_code < 500, (paso, datos)
        assert navegador.get(reverse(f"presentar_{paso}", args=["PE-LIC-ALTO"])).status_code < 500
    assert not Presentacion.objects.exists()


@pytest.mark.parametrize(
    "datos",
    [
        {"correo": "rosa@ejemplo.pe\r\nBcc: todos@ejemplo.pe"},
        {"correo": "no es un correo"},
        {"telefono": "9" * 21},
        {"domicilio": "x" * 201},
        {"pago_numero": "1" * 41},
        {"domicilio": "Jr. \u202eocsuC"},
    ],
)
def test_un_borrador_con_datos_que_no_caben_no_se_presenta(
    datos: dict[str, str], ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    """«Guardar y salir» guarda lo escrito tal como está; presentar lo comprueba."""
    from llaqta.cimientos.errors import EntradaInvalida  # noqa: PLC0415

    borrador = mesapartes.guardar_paso(
        actor=ciudadana,
        tramite="PE-LIC-ALTO",
        paso="datos",
        datos={"asunto": "Licencia", **datos},
        ahora=ahora,
    )

    with pytest.raises(EntradaInvalida) as negativa:
        mesapartes.presentar_borrador(actor=ciudadana, envio=borrador.envio, ahora=ahora)

    assert negativa.value.campo == next(iter(datos))
    assert not Presentacion.objects.exists()
    assert Borrador.objects.filter(pk=borrador.pk).exists()


@pytest.mark.parametrize("cvd", ["a/b", "../..", "<script>alert(1)</script>", "x" * 60, "²"])
def test_un_codigo_de_verificacion_imposible_se_dice_en_la_pagina(cvd: str, entidad: Any) -> None:
    respuesta = Client().post(reverse("verificar"), {"cvd": cvd}, follow=True)

    assert respuesta.status_code in (404, 422)
    assert "<script>alert" not in respuesta.content.decode()


def test_un_formulario_con_mil_campos_o_tres_megas_se_rechaza_sin_escribir(entidad: Any) -> None:
    antes = Suceso.objects.count()

    muchos = Client().post(reverse("seguimiento"), {f"campo{n}": "1" for n in range(1200)})
    grande = Client().post(reverse("seguimiento"), {"numero": "x" * 3_000_000})

    assert (muchos.status_code, grande.status_code) == (400, 400)
    assert Suceso.objects.count() == antes


def test_un_cuerpo_enorme_se_rechaza_antes_de_leerlo(
    entidad: Any, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    """Sin cuenta se comprueba un PDF, o vuelve el envío de una sesión vencida; con cuenta se presenta un escrito."""

    def pesar(navegador: Client, ruta: str, bytes_: int) -> int:
        return int(
            navegador.generic(
                "POST", ruta, b"", content_type="multipart/form-data; boundary=X", CONTENT_LENGTH=str(bytes_)
            ).status_code
        )

    ingresar, adjuntar = reverse("account_login"), reverse("casilla_activar")
    assert pesar(Client(), ingresar, middleware.PESO_SIN_CUENTA + 1) == 413
    assert pesar(cliente(ciudadana), adjuntar, middleware.PESO_SIN_CUENTA + 1) != 413
    assert pesar(cliente(ciudadana), adjuntar, middleware.PESO_CON_CUENTA + 1) == 413
    assert pesar(Client(), ingresar, -1) != 413


# --- De dónde viene y adónde lo llevan ------------------------------------------------------------------------------
_AJENOS = [
    "//malo.pe",
    "https://malo.pe",
    "/\\malo.pe",
    "javascript:alert(1)",
    "http:///malo.pe",
    "²",
    "inicio",
]


@pytest.mark.parametrize("destino", _AJENOS)
def test_nadie_sale_de_la_casa_al_ingresar(destino: str, ciudadana: Persona, entidad: Any) -> None:
    respuesta = Client().post(
        reverse("account_login"), {"login": "45678901", "password": CLAVE, "next": destino}
    )

    assert respuesta.status_code == 302
    assert not urlsplit(respuesta["Location"]).netloc
    assert not respuesta["Location"].startswith(("//", "/\\", "javascript:"))


@pytest.mark.parametrize("destino", _AJENOS)
def test_nadie_sale_de_la_casa_al_crear_su_cuenta(destino: str, entidad: Any) -> None:
    navegador = Client()

    assert "malo.pe" not in navegador.get(reverse("account_signup"), {"next": destino}).content.decode()
    respuesta = navegador.post(
        reverse("account_signup"),
        {
            "numero_documento": "45678902",
            "nombres": "Ana",
            "apellido_paterno": "Rojas",
            "correo": "ana@ejemplo.pe",
            "clave": "una clave larga 9",
            "clave_otra_vez": "una clave larga 9",
            "repetir": "una clave larga 9",
            "next": destino,
        },
    )
    assert respuesta.status_code in (200, 302)
    if respuesta.status_code == 302:
        assert respuesta["Location"] == reverse("inicio_de_la_persona")


@pytest.mark.parametrize("destino", ["//malo.pe", "https://malo.pe/x", "javascript:alert(1)"])
def test_nadie_sale_de_la_casa_al_recibir_un_envio(
    destino: str,
    presentada: Presentacion,
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    cliente: Callable[..., Client],
    ahora: datetime,
) -> None:
    mesapartes.recibir_y_derivar(
        actor=ventanilla, presentacion=presentada, para_unidad=unidades["SGLC"], motivo="para su atención",
        proveido="", ahora=ahora,
    )  # fmt: skip
    movimiento = presentada.expediente.movimientos.get()

    respuesta = cliente(especialista).post(
        reverse("recibir_movimiento", args=[movimiento.pk]), {"volver": destino}
    )

    assert respuesta["Location"] == reverse("expediente", args=[presentada.expediente.numero])


def test_un_nombre_de_servidor_ajeno_no_se_atiende(entidad: Any) -> None:
    respuesta = Client().get("/", headers={"host": "malo.pe"})

    assert respuesta.status_code == 400
    assert "malo.pe" not in respuesta.content.decode()
    assert respuesta["Content-Security-Policy"]


@pytest.mark.parametrize("ruta", ["/robots.txt", "/sitemap.xml", "/", "/cuenta/ingresar/", "/seguimiento/"])
def test_ninguna_direccion_se_forma_con_lo_que_dice_el_visitante(
    ruta: str, entidad: Any, licencia: VersionProcedimiento, settings: Any
) -> None:
    """El puerto de la cabecera ``Host`` no se comprueba: las direcciones completas salen solo de LLAQTA_URL."""
    assert ":6666" not in Client().get(ruta, headers={"host": "localhost:6666"}).content.decode()


def test_el_aviso_de_calendario_lleva_la_direccion_publica(
    presentada: Presentacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    direccion = reverse("seguimiento_vencimiento", args=[presentada.expediente.numero])

    aviso = cliente(ciudadana).get(direccion, headers={"host": "localhost:6666"}).content.decode()

    assert ":6666" not in aviso
    assert ajustes.URL_PUBLICA in aviso


def test_el_correo_para_recuperar_la_contrasena_lleva_la_direccion_publica(
    ciudadana: Persona, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Cuenta.objects.filter(persona=ciudadana).update(**_con_correo("rosa@ejemplo.pe"))

    Client().post(
        reverse("account_reset_password"), {"email": "rosa@ejemplo.pe"}, headers={"host": "localhost:6666"}
    )

    for mensaje in mail.outbox:
        assert ":6666" not in mensaje.body
        for enlace in re.findall(r"https?://\S+", mensaje.body):
            assert enlace.startswith(ajustes.URL_PUBLICA)


def _con_correo(correo: str) -> dict[str, str]:
    campos = {campo.name for campo in Cuenta._meta.get_fields()}
    return {"email": correo} if "email" in campos else {}


# --- Sesiones, formularios y galletas -------------------------------------------------------------------------------
def test_al_ingresar_cambia_la_llave_de_la_sesion(ciudadana: Persona, entidad: Any) -> None:
    """Quien le dejó a otro una sesión preparada no entra con ella (fijación de sesión)."""
    navegador = Client()
    sesion = navegador.session
    sesion["trampa"] = "1"
    sesion.save()
    navegador.cookies[ajustes.SESSION_COOKIE_NAME] = sesion.session_key

    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})

    assert navegador.cookies[ajustes.SESSION_COOKIE_NAME].value != sesion.session_key
    vieja = Client()
    vieja.cookies[ajustes.SESSION_COOKIE_NAME] = sesion.session_key
    assert vieja.get(reverse("inicio_de_la_persona")).status_code == 302


def test_al_salir_la_sesion_deja_de_valer(ciudadana: Persona, entidad: Any) -> None:
    navegador = Client()
    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})
    llave = navegador.cookies[ajustes.SESSION_COOKIE_NAME].value
    navegador.post(reverse("account_logout"))

    copia = Client()
    copia.cookies[ajustes.SESSION_COOKIE_NAME] = llave

    assert copia.get(reverse("inicio_de_la_persona")).status_code == 302


def test_las_galletas_no_se_leen_ni_viajan_de_otro_sitio(ciudadana: Persona, entidad: Any) -> None:
    navegador = Client()
    navegador.get(reverse("account_login"))
    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})

    sesion = navegador.cookies[ajustes.SESSION_COOKIE_NAME]
    assert (bool(sesion["httponly"]), sesion["samesite"], sesion["domain"]) == (True, "Lax", "")
    assert navegador.cookies[ajustes.CSRF_COOKIE_NAME]["samesite"] == "Lax"


def test_todo_envio_exige_la_proteccion_del_formulario(
    ciudadana: Persona, administradora: Persona, cliente: Callable[..., Client], ahora: datetime
) -> None:
    casilla.aceptar_casilla(actor=ciudadana, correo="r@ejemplo.pe", ahora=ahora - timedelta(days=2))
    antes = Suceso.objects.count()

    for persona in (ciudadana, administradora):
        navegador = cliente(persona, enforce_csrf_checks=True)
        for nombre in (
            "casilla_retirarse", "account_logout", "account_change_password", "cuentas_persona_nueva",
            "cuentas_rol_nuevo", "nuevo_procedimiento", "seguimiento", "verificar", "auditoria_exportar",
            "registrar_en_ventanilla", "cerrar_seguimiento", "verificar_archivo",
        ):  # fmt: skip
            assert navegador.post(reverse(nombre), {"confirmo": "on"}).status_code == 403, nombre
    assert navegador.post(reverse("api:presentaciones"), {"tramite": "x"}).status_code == 403
    assert Adhesion.objects.get().revocada_en is None
    assert Suceso.objects.count() == antes


def test_ingresar_contesta_lo_mismo_exista_o_no_la_cuenta(
    ciudadana: Persona, entidad: Any, settings: Any
) -> None:
    settings.DEMO = False  # la demostración muestra sus cuentas debajo

    def intentar(documento: str) -> tuple[int, str]:
        respuesta = Client().post(
            reverse("account_login"), {"login": documento, "password": "no es la clave"}
        )
        texto = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", respuesta.content.decode())
        return respuesta.status_code, texto.replace(documento, "DNI")

    assert intentar("45678901") == intentar("45678999")


def test_recuperar_la_contrasena_contesta_lo_mismo_y_no_escribe_a_desconocidos(
    ciudadana: Persona, entidad: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    respuestas = [
        Client().post(reverse("account_reset_password"), {"email": correo})
        for correo in ("rosa@ejemplo.pe", "nadie@ejemplo.pe")
    ]

    assert [r.status_code for r in respuestas] == [302, 302]
    assert respuestas[0]["Location"] == respuestas[1]["Location"]
    assert [m.to for m in mail.outbox if "nadie@ejemplo.pe" in m.to] == []


def test_cinco_contrasenas_malas_cierran_un_rato_sin_decir_si_la_cuenta_existe(
    ciudadana: Persona, entidad: Any
) -> None:
    for documento in ("45678901", "45678999"):
        for _ in range(5):
            Client().post(reverse("account_login"), {"login": documento, "password": "mala"})
        sexta = Client().post(reverse("account_login"), {"login": documento, "password": CLAVE})
        assert sexta.status_code == 200
        assert "Demasiados intentos" in sexta.content.decode()


def test_cambiar_de_direccion_inventada_no_da_mas_intentos(presentada: Presentacion, settings: Any) -> None:
    """Sin intermediarios de confianza (LLAQTA_PROXIES=0), lo que diga X-Forwarded-For no se cree."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    from llaqta.salas.sede.rules import LIMITES  # noqa: PLC0415

    datos = {"numero": presentada.expediente.numero, "clave": "0" * 16}
    codigos = [
        Client()
        .post(reverse("seguimiento"), datos, headers={"x-forwarded-for": f"10.0.{n // 250}.{n % 250}"})
        .status_code
        for n in range(LIMITES["seguimiento"] + 1)
    ]

    assert set(codigos[:-1]) == {422}
    assert codigos[-1] == 429


# --- Cabeceras ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "ruta",
    ["/", "/no-existe/", "/cuenta/ingresar/", "/estilo-entidad.css", "/llaqta.js", "/mi-carpeta/", "/api/v1/nada",
     "/documentos/1/", "/sitemap.xml", "/administracion/galeria/", "/v/0000-0000-0000-0000"],
)  # fmt: skip
def test_toda_respuesta_lleva_sus_defensas(ruta: str, entidad: Any) -> None:
    respuesta = Client().get(ruta)

    politica = respuesta["Content-Security-Policy"]
    assert "unsafe-eval" not in politica
    assert "script-src 'self'" in politica or "default-src 'none'" in politica
    assert "frame-ancestors 'self'" in politica or "sandbox" in politica
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert respuesta["X-Frame-Options"] in ("SAMEORIGIN", "DENY")
    assert respuesta["Referrer-Policy"] == "same-origin"


def test_una_falla_nuestra_tambien_lleva_sus_defensas(entidad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from llaqta.salas.sede import queries  # noqa: PLC0415

    def romper(**_: Any) -> None:
        raise RuntimeError("secreto-de-la-casa")

    monkeypatch.setattr(queries, "get_inicio", romper)
    navegador = Client(raise_request_exception=False)

    respuesta = navegador.get("/")

    assert respuesta.status_code == 500
    assert respuesta["Content-Security-Policy"]
    assert "secreto-de-la-casa" not in respuesta.content.decode()


def test_las_paginas_de_quien_ingreso_no_se_guardan_en_el_equipo(
    presentada: Presentacion,
    ciudadana: Persona,
    ventanilla: Persona,
    auditora: Persona,
    administradora: Persona,
    cliente: Callable[..., Client],
) -> None:
    """En la cabina, el botón «Atrás» no le enseña a quien sigue lo de quien salió."""
    numero = presentada.numero
    for persona, rutas in (
        (
            ciudadana,
            ["/mi-carpeta/", f"/mi-carpeta/{numero}/", f"/mi-carpeta/{numero}/cargo/", "/casilla/", "/"],
        ),
        (ventanilla, ["/mesa-de-partes/", f"/mesa-de-partes/{numero}/", "/mesa-de-partes/registrar/"]),
        (auditora, ["/auditoria/"]),
        (administradora, ["/cuenta/personas/", "/cuenta/seguridad/"]),
    ):
        for ruta in rutas:
            assert "no-store" in cliente(persona).get(ruta).get("Cache-Control", ""), ruta
    api = cliente(ciudadana).get(reverse("api:presentacion", args=[numero]))
    assert "no-store" in api["Cache-Control"]


def test_lo_publico_y_el_estilo_si_se_guardan(
    entidad: Any, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    for navegador in (Client(), cliente(ciudadana)):
        assert "public" in navegador.get("/estilo-entidad.css")["Cache-Control"]


# --- La API ---------------------------------------------------------------------------------------------------------
def test_la_api_dice_como_es_y_no_se_rompe_con_lo_que_no_entiende(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador, ruta = cliente(ciudadana), reverse("api:presentaciones")

    assert navegador.get(reverse("api:openapi-json")).status_code == 200
    for tipo, cuerpo in (
        ("application/json", b'{"tramite": "PE-LIC-ALTO"}'),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        ("multipart/form-data; boundary=X", b"--X\r\nrota"),
        ("multipart/form-data", b"sin frontera"),
        ("application/x-www-form-urlencoded", b"tramite=%00&asunto=%FF&envio=x"),
    ):
        respuesta = navegador.generic("POST", ruta, cuerpo, content_type=tipo)
        assert respuesta.status_code in (400, 422), tipo
    for verbo in ("GET", "PUT", "PATCH", "DELETE"):
        assert navegador.generic(verbo, ruta).status_code == 405
    assert Client().post(ruta).status_code in (401, 403)
    assert not Presentacion.objects.exists()


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("tramite", "PE-\x00"), ("asunto", "x" * 301), ("asunto", "a\x00b"), ("correo", "a@b.pe\r\nBcc: c@d.pe"),
        ("envio", "no"), ("requisitos", "99999999999999999999"), ("telefono", "9" * 30),
    ],
)  # fmt: skip
def test_la_api_rechaza_un_dato_imposible_sin_guardar_nada(
    campo: str, valor: str, ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    datos = {"tramite": "PE-LIC-ALTO", "asunto": "Licencia", "envio": str(uuid4()), campo: valor}

    respuesta = cliente(ciudadana).post(
        reverse("api:presentaciones"), {**datos, "archivos": _subido(archivos.pdf(1))}
    )

    assert respuesta.status_code in (400, 404, 409, 422)
    assert not Presentacion.objects.exists()
    assert not Documento.objects.exists()


# --- Archivos -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rango",
    ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=0-" + "9" * 4400, "bytes=5-2", "bytes=a-b",
     "lineas=1-2", "bytes=0-1,3-4", "bytes=--1", "bytes=²-³"],
)  # fmt: skip
def test_un_rango_imposible_no_rompe_la_entrega(
    rango: str, presentada: Presentacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    documento = presentada.anexos.order_by("-pk")[0].documento

    respuesta = cliente(ciudadana).get(
        reverse("documento_pdf", args=[documento.pk]), headers={"range": rango}
    )

    assert respuesta.status_code in (200, 206, 416)


@pytest.mark.parametrize(
    "nombre",
    ["../../etc/passwd.pdf", 'a"; filename="b.exe.pdf', "a\r\nSet-Cookie: x=y.pdf", "fdp\u202eexe.pdf", "ñandú 😀.pdf",
     "x" * 4000 + ".pdf", "a\x00b.pdf", "C:\\a\\b.pdf", "CON.pdf"],
)  # fmt: skip
def test_un_nombre_de_archivo_hostil_sale_limpio(
    nombre: str,
    ciudadana: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
    ahora: datetime,
) -> None:
    presentacion = mesapartes.presentar(
        actor=ciudadana, tramite="PE-LIC-ALTO", asunto="Licencia", envio=uuid4(), ahora=ahora,
        archivos=[documentos.ArchivoRecibido.de_bytes(nombre, archivos.pdf(1))],
    )  # fmt: skip
    documento = presentacion.anexos.order_by("-pk")[0].documento

    respuesta = cliente(ciudadana).get(reverse("documento_descarga", args=[documento.pk]))

    disposicion = respuesta["Content-Disposition"]
    assert re.fullmatch(
        r'attachment; filename="[A-Za-z0-9._ ()-]+"; filename\*=UTF-8\'\'[A-Za-z0-9._~%-]+', disposicion
    )
    assert "Set-Cookie" not in respuesta.headers
    assert not {"..", "/", "\\", "\u202e", "\r", "\n", "\x00"} & set(documento.archivo.nombre.split())
    assert "/" not in documento.archivo.nombre
    assert len(documento.archivo.nombre) <= 150


def test_lo_que_manda_un_extrano_se_sirve_encerrado(
    presentada: Presentacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    documento = presentada.anexos.order_by("-pk")[0].documento

    respuesta = cliente(ciudadana).get(reverse("documento_pdf", args=[documento.pk]))

    assert "sandbox" in respuesta["Content-Security-Policy"]
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert respuesta["Content-Type"] == "application/pdf"


_HTML = b"<html><script>alert(document.domain)</script></html>"


@pytest.mark.parametrize(
    ("nombre", "contenido"),
    [
        ("pagina.pdf", _HTML),
        ("html-y-pdf.pdf", _HTML + archivos.pdf(1)),
        ("zip.pdf", b"PK\x03\x04" + archivos.pdf(1)),
        ("gif.jpg", b"GIF89a" + _HTML),
        ("svg.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("exe.pdf", b"MZ" + b"\0" * 400 + archivos.pdf(1)),
    ],
)
def test_un_archivo_que_es_dos_cosas_no_se_recibe(
    nombre: str,
    contenido: bytes,
    ciudadana: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
) -> None:
    respuesta = cliente(ciudadana).post(
        reverse("api:presentaciones"),
        {"tramite": "PE-LIC-ALTO", "asunto": "Licencia", "envio": str(uuid4()), "archivos": _subido(contenido, nombre)},
    )  # fmt: skip

    assert respuesta.status_code == 422
    assert not Presentacion.objects.exists()
    assert not Documento.objects.exists()


def test_lo_que_sigue_al_final_de_un_pdf_no_se_ejecuta_ni_cambia_su_tipo(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    """Un PDF con HTML pegado detrás es un PDF: se sirve como PDF, encerrado y sin adivinar."""
    navegador = cliente(ciudadana)
    respuesta = navegador.post(
        reverse("api:presentaciones"),
        {"tramite": "PE-LIC-ALTO", "asunto": "x", "envio": str(uuid4()), "archivos": _subido(archivos.pdf(1) + _HTML)},
    )  # fmt: skip
    if respuesta.status_code == 201:
        documento = (
            Documento.objects.exclude(tipo__codigo="SOLICITUD", origen="SISTEMA").order_by("pk").last()
        )
        assert documento is not None
        servido = navegador.get(reverse("documento_pdf", args=[documento.pk]))
        assert servido["Content-Type"] == "application/pdf"
        assert "sandbox" in servido["Content-Security-Policy"]
    else:
        assert respuesta.status_code == 422


# --- Lo que se escribe en un sitio y se lee en otro ----------------------------------------------------------------
@pytest.mark.parametrize(
    "texto", ['=HYPERLINK("http://malo.pe")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]
)
def test_la_copia_del_libro_no_lleva_formulas(texto: str) -> None:
    assert planilla.celda(texto)[0] not in "=+-@\t\r＝"
    assert not planilla.celda(texto).lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_un_asunto_con_saltos_de_linea_no_agrega_cabeceras_al_correo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Persona.objects.filter(pk=ciudadana.pk).update(nombres="Rosa\r\nBcc: malo@malo.pe")
    presentacion = mesapartes.presentar(
        actor=Persona.objects.get(pk=ciudadana.pk), tramite="PE-LIC-ALTO", asunto="Licencia\r\nBcc: malo@malo.pe",
        archivos=[documentos.ArchivoRecibido.de_bytes("a.pdf", archivos.pdf(1))], envio=uuid4(), ahora=ahora,
        datos=DatosDelEscrito(correo="rosa@ejemplo.pe"),
    )  # fmt: skip

    mesapartes.avisar_presentacion(presentacion_id=presentacion.pk)

    [mensaje] = mail.outbox
    cabeceras = mensaje.message().as_bytes().split(b"\n\n")[0]
    assert b"Bcc" not in cabeceras
    assert mensaje.recipients() == ["rosa@ejemplo.pe"]


@pytest.mark.parametrize(
    "texto",
    [
        '#read("/etc/passwd")',
        "$ x^2 $ #sys.inputs",
        "*negrita* _cursiva_ `codigo`",
        '#import "a"',
        "<etiqueta> @cita",
    ],
)
def test_lo_escrito_no_es_codigo_en_el_cargo(
    texto: str, ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    """La plantilla del cargo recibe datos, no código: lo escrito se imprime tal cual."""
    import pypdfium2  # noqa: PLC0415

    from llaqta.cimientos import storage  # noqa: PLC0415

    presentacion = mesapartes.presentar(
        actor=ciudadana, tramite="PE-LIC-ALTO", asunto=texto,
        archivos=[documentos.ArchivoRecibido.de_bytes(f"{texto}.pdf", archivos.pdf(1))], envio=uuid4(), ahora=ahora,
    )  # fmt: skip

    mesapartes.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)

    presentacion.refresh_from_db()
    assert presentacion.cargo is not None
    pdf = pypdfium2.PdfDocument(storage.leer(presentacion.cargo.archivo.sha256))
    dicho = "".join("".join(pagina.get_textpage().get_text_range().split()) for pagina in pdf)
    assert "root:" not in dicho
    assert "".join(texto.split())[:12] in dicho


# --- Adivinar -------------------------------------------------------------------------------------------------------
def test_el_seguimiento_contesta_lo_mismo_exista_o_no_el_expediente(presentada: Presentacion) -> None:
    def pedir(numero: str) -> tuple[int, str]:
        respuesta = Client().post(reverse("seguimiento"), {"numero": numero, "clave": "0" * 16})
        texto = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", respuesta.content.decode())
        return respuesta.status_code, texto.replace(numero, "NUMERO")

    numero = presentada.expediente.numero
    otro = f"{numero[:-3]}9{numero[-2:]}"

    assert pedir(numero) == pedir(otro) == pedir("EXP-2026-999999-1")


def test_la_galleta_del_seguimiento_no_se_fabrica_ni_se_presta(
    presentada: Presentacion, entidad: Any
) -> None:
    numero, clave = presentada.expediente.numero, presentada.expediente.clave
    bueno = Client()
    bueno.post(reverse("seguimiento"), {"numero": numero, "clave": clave})
    pagina = reverse("seguimiento_expediente", args=[numero])
    assert bueno.get(pagina).status_code == 200

    malo = Client()
    malo.cookies["seguimiento"] = bueno.cookies["seguimiento"].value[:-3] + "abc"

    assert malo.get(pagina).status_code == 302
    galleta = bueno.cookies["seguimiento"]
    assert (bool(galleta["httponly"]), galleta["samesite"], galleta["path"]) == (True, "Lax", "/seguimiento/")


def test_la_clave_no_queda_en_ninguna_direccion(presentada: Presentacion) -> None:
    numero, clave = presentada.expediente.numero, presentada.expediente.clave

    respuesta = Client().get(reverse("seguimiento_directo", args=[numero, clave]))

    assert clave not in urlsplit(respuesta["Location"]).geturl()
    assert "no-store" in respuesta["Cache-Control"]
