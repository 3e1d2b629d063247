"""Los datos de la municipalidad: lo que sirve se guarda y se ve; lo que no, se dice con su cifra y nada cambia."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from llaqta.cimientos import entidades
from llaqta.cimientos.errors import Denegado, EntradaInvalida
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.cimientos.web.estilo import hoja, huella

pytestmark = [pytest.mark.django_db, pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")]
ESCUDO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 50"><path d="M0 0h44v50H0z"/></svg>'


def datos(**cambios: str) -> dict[str, str]:
    """Lo guardado, con algún cambio."""
    guardada = Entidad.objects.get(pk=1)
    return {campo: getattr(guardada, campo) for campo in entidades.CAMPOS} | cambios


def test_se_guarda_y_el_suceso_dice_que_campos_cambiaron(administradora: Any, ahora: datetime) -> None:
    nuevos = datos(horario="Lunes a sábado, de 8 a 13 horas", color="#0b4f8a", escudo=ESCUDO)
    entidades.guardar_entidad(actor=administradora, ahora=ahora, **nuevos)
    guardada = Entidad.objects.get(pk=1)
    assert (guardada.horario, guardada.color, guardada.escudo) == (
        "Lunes a sábado, de 8 a 13 horas",
        "#0b4f8a",
        ESCUDO,
    )
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.datos, suceso.actor_id) == (
        "cimientos.EntidadEditada",
        {"campos": ["horario", "escudo", "color"]},
        administradora.pk,
    )
    antes = Suceso.objects.count()
    entidades.guardar_entidad(actor=administradora, ahora=ahora, **nuevos)
    assert Suceso.objects.count() == antes, "guardar lo mismo no es un cambio"


@pytest.mark.parametrize(
    ("cambio", "campo", "frase"),
    [
        ({"color": "#ffd60a"}, "color", "casi no se distingue del blanco (1.4 a 1; se pide 3 a 1)"),
        (
            {"color_oscuro": "#999999"},
            "color_oscuro",
            "no se leen las letras blancas (2.8 a 1; se pide 4.5 a 1)",
        ),
        ({"color": "rojo"}, "color", "«rojo» no es un color"),
        ({"ruc": "20999000012"}, "ruc", "Ese RUC no existe"),
        ({"ubigeo": "8091"}, "ubigeo", "6 números"),
        ({"ubigeo": "070910"}, "ubigeo", "El del INEI es 080910."),
        ({"nombre": "  "}, "nombre", "Falta: nombre."),
        ({"nombre": "M" * 151}, "nombre", "«nombre» admite hasta 150 caracteres."),
        ({"correo": "mesa"}, "correo", "Escriba el correo completo"),
        ({"escudo": ESCUDO.replace("<path", "<script/><path")}, "escudo", "un programa (script)"),
    ],
)
def test_lo_que_no_sirve_se_dice_y_nada_cambia(
    administradora: Any, ahora: datetime, cambio: dict[str, str], campo: str, frase: str
) -> None:
    antes, previos = Suceso.objects.count(), datos()
    with pytest.raises(EntradaInvalida) as negada:
        entidades.guardar_entidad(actor=administradora, ahora=ahora, **datos(**cambio))
    assert negada.value.campo == campo
    assert frase in negada.value.frase
    assert datos() == previos
    assert Suceso.objects.count() == antes


def test_un_escudo_que_el_pdf_no_dibuja_no_se_guarda(
    administradora: Any, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falla(*_: Any, **__: Any) -> bytes:
        raise RuntimeError("failed to decode image")

    monkeypatch.setattr(entidades.pdf, "componer", falla)
    with pytest.raises(EntradaInvalida, match="no se puede dibujar en un PDF"):
        entidades.guardar_entidad(actor=administradora, ahora=ahora, **datos(escudo=ESCUDO))
    assert datos()["escudo"] == ""


def test_nadie_mas_lo_ve_ni_lo_cambia(
    jefe: Any, administradora: Any, ahora: datetime, cliente: Callable[..., Client]
) -> None:
    antes, previos = Suceso.objects.count(), datos()
    for quien in (None, jefe):
        with pytest.raises(Denegado, match="Solo la administración del sistema"):
            entidades.guardar_entidad(actor=quien, ahora=ahora, **datos(nombre="Otra"))
        with pytest.raises(Denegado):
            entidades.mostrar(Entidad.objects.get(), para=quien, ahora=ahora)
    for ruta in ("", "membrete.pdf"):
        assert cliente(jefe).get(f"/administracion/entidad/{ruta}").status_code == 403
        assert cliente().get(f"/administracion/entidad/{ruta}").status_code == 302
    assert cliente(jefe).post("/administracion/entidad/", datos(nombre="Otra")).status_code == 403
    assert (datos(), Suceso.objects.count()) == (previos, antes)


def test_se_mira_antes_de_guardar_y_el_escudo_no_se_elige_dos_veces(
    administradora: Any, cliente: Callable[..., Client]
) -> None:
    navegador, previos = cliente(administradora), datos()
    archivo = SimpleUploadedFile("escudo.svg", ESCUDO.encode())
    enviado = datos(nombre_corto="Pichari", color="#0b4f8a")
    pagina = navegador.post("/administracion/entidad/", {**enviado, "archivo_de_escudo": archivo, "ver": "1"})
    assert "Así quedaría" in pagina.content.decode()
    assert pagina.context["muestra"].cabecera.startswith("data:image/svg+xml;base64,")
    assert pagina.context["muestra"].membrete.startswith("data:image/webp;base64,")
    assert ("Letras sobre el color", "8.4 a 1 (se pide 4.5 a 1)") in pagina.context["muestra"].contrastes
    assert datos() == previos

    escudo = pagina.context["form"]["escudo"].value()
    respuesta = navegador.post("/administracion/entidad/", {**enviado, "escudo": escudo})
    assert respuesta["Location"] == "/administracion/entidad/"
    assert (datos()["escudo"], datos()["color"]) == (ESCUDO, "#0b4f8a")
    assert "Así se ve ahora" in navegador.get("/administracion/entidad/").content.decode()
    assert navegador.get("/administracion/entidad/membrete.pdf").content.startswith(b"%PDF-")

    navegador.post("/administracion/entidad/", {**enviado, "escudo": escudo, "sin_escudo": "on"})
    assert datos()["escudo"] == ""


def test_un_archivo_malo_y_un_color_malo_vuelven_a_su_casilla(
    administradora: Any, cliente: Callable[..., Client]
) -> None:
    navegador, previos = cliente(administradora), datos()
    malo = SimpleUploadedFile("escudo.svg", ESCUDO.replace("<path", "<script/><path").encode())
    pagina = navegador.post("/administracion/entidad/", {**previos, "archivo_de_escudo": malo})
    assert "un programa (script)" in pagina.context["form"].errors["archivo_de_escudo"][0]
    pagina = navegador.post("/administracion/entidad/", {**previos, "color": "#ffd60a"})
    assert "1.4 a 1" in pagina.context["form"].errors["color"][0]
    pagina = navegador.post("/administracion/entidad/", {**previos, "escudo": "<svg onload='alert(1)'/>"})
    assert "no es un SVG" in pagina.context["form"].errors["archivo_de_escudo"][0]
    assert datos() == previos


def test_otro_proceso_nunca_guarda_por_un_anio_los_colores_de_antes(entidad: Entidad, client: Client) -> None:
    assert Entidad.actual().color == "#8b1538"
    # Otro proceso la cambió: este todavía recuerda la anterior.
    Entidad.objects.filter(pk=1).update(color="#0b4f8a")
    nueva = Entidad.objects.get(pk=1)
    respuesta = client.get(f"/estilo-entidad.css?v={huella(hoja(nueva))}")
    assert "--marca: #0b4f8a" in respuesta.content.decode()
    assert "immutable" in respuesta["Cache-Control"]
    assert "immutable" not in client.get("/estilo-entidad.css?v=otra")["Cache-Control"]


def test_una_instalacion_nueva_pone_sus_datos_por_primera_vez(
    administradora: Any, cliente: Callable[..., Client]
) -> None:
    primeros = datos()
    Entidad.objects.all().delete()
    Entidad.olvidar()
    navegador = cliente(administradora)
    assert navegador.get("/administracion/entidad/").status_code == 200
    assert navegador.post("/administracion/entidad/", {"nombre": "Municipalidad"}).status_code == 200
    assert not Entidad.objects.exists()
    assert navegador.post("/administracion/entidad/", primeros).status_code == 302
    assert datos() == primeros
    assert Suceso.objects.latest("pk").tipo == "cimientos.EntidadEditada"
