"""Lo que no es texto, ni número, ni cabe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.models import Suceso
from llaqta.cimientos.web import middleware
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Borrador, Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


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
