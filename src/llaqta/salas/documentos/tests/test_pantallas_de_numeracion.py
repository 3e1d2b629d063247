"""Las pantallas de la numeración: lo que se ve, lo que se prueba sin guardar y lo que se niega con su frase."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.models import Serie
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Delegacion, FormatoDeNumero, TipoDocumento

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos", "unidades")]
Navegador = Callable[..., Client]


def test_ver_como_quedaria_muestra_el_numero_y_no_guarda(
    administradora: Persona, unidades: dict[str, UnidadOrganica], cliente: Navegador
) -> None:
    respuesta = cliente(administradora).post(
        reverse("numeracion_formato", args=["INFORME"]),
        {
            "formato": "{TIPO} N° {NUM:03}-{AÑO}-{UNIDAD}-{PADRE}/{ENTIDAD}", "contador": "UNIDAD",
            "unidad": unidades["SGLC"].pk, "desde": "2099-01-01", "norma": "Directiva", "ver": "1",
        },
    )  # fmt: skip
    texto = respuesta.content.decode()
    assert "Así se vería" in texto
    assert "-SGLC-GDEL/MDP" in texto
    assert not FormatoDeNumero.objects.exists()


def test_guardar_un_formato_lo_deja_anotado_y_a_la_vista(administradora: Persona, cliente: Navegador) -> None:
    navegador = cliente(administradora)
    respuesta = navegador.post(
        reverse("numeracion_formato", args=["INFORME"]),
        {
            "formato": "{tipo} N° {numero:04d}-{anio}-{unidad}", "contador": "UNIDAD", "unidad": "",
            "desde": "2099-01-01", "norma": "Directiva N° 3",
        },
        follow=True,
    )  # fmt: skip
    texto = respuesta.content.decode()
    assert "{TIPO} N° {NUM:04}-{AÑO}-{UNIDAD}" in texto
    assert "Todavía no rige" in texto
    assert FormatoDeNumero.objects.get().formato == "{TIPO} N° {NUM:04}-{AÑO}-{UNIDAD}"


def test_un_formato_malo_vuelve_con_su_frase(administradora: Persona, cliente: Navegador) -> None:
    respuesta = cliente(administradora).post(
        reverse("numeracion_formato", args=["INFORME"]),
        {
            "formato": "{TIPO} N° {NUM}-{SECRETO}", "contador": "UNIDAD", "unidad": "", "desde": "2099-01-01",
            "norma": "D",
        },
    )  # fmt: skip
    assert "El campo {SECRETO} no existe" in respuesta.content.decode()
    assert not FormatoDeNumero.objects.exists()


def test_continuar_del_papel_dice_el_siguiente_y_aparece_en_las_cuentas(
    administradora: Persona, auditora: Persona, unidades: dict[str, UnidadOrganica], cliente: Navegador
) -> None:
    navegador = cliente(administradora)
    datos = {"unidad": unidades["SGLC"].pk, "ultimo": "262", "motivo": "Hasta el 262, en papel"}
    direccion = reverse("numeracion_continuar", args=["INFORME"])
    assert "INFORME N° 000263-" in navegador.post(direccion, {**datos, "ver": "1"}).content.decode()
    assert not Serie.objects.exists()
    texto = navegador.post(direccion, datos, follow=True).content.decode()
    assert "el siguiente será INFORME N° 000263-" in texto
    assert "Hasta el 262, en papel" in texto
    assert "ya llegó al número 262" in navegador.post(direccion, datos).content.decode()
    de_control = cliente(auditora).get(reverse("numeracion_anulados")).content.decode()
    assert "Informe, Subgerencia de Licencias y Comercialización" in de_control


def test_una_delegacion_se_anota_y_se_termina(
    administradora: Persona, gerente: Persona, jefe: Persona, cliente: Navegador
) -> None:
    navegador = cliente(administradora)
    texto = navegador.post(
        reverse("numeracion_delegacion_nueva"),
        {
            "clase": "COMPETENCIA", "delegante": gerente.asignaciones.get().puesto_id,
            "delegado": jefe.asignaciones.get().puesto_id, "tipo": "", "materia": "Licencias",
            "acto": "Resolución N° 15", "desde": "2026-01-01", "hasta": "",
        },
        follow=True,
    ).content.decode()  # fmt: skip
    assert "Resolución N° 15" in texto
    delegacion = Delegacion.objects.get()
    navegador.post(reverse("numeracion_delegacion_terminar", args=[delegacion.pk]), {"hasta": "2099-12-31"})
    delegacion.refresh_from_db()
    assert str(delegacion.hasta) == "2099-12-31"


def test_la_portada_lista_todas_las_clases_que_numera_la_casa(
    administradora: Persona, cliente: Navegador
) -> None:
    texto = cliente(administradora).get(reverse("administracion_numeracion")).content.decode()
    assert "INFORME N° 000001-" in texto
    assert TipoDocumento.objects.get(codigo="SOLICITUD").nombre not in texto
