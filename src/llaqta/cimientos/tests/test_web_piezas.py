"""Cada pieza, sola: sus etiquetas, sus enlaces de accesibilidad y sus palabras."""

from __future__ import annotations

from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web import estilo
from llaqta.cimientos.web.contexto import entidad as contexto_de_entidad
from llaqta.cimientos.web.contexto import partir_nombre
from llaqta.cimientos.web.galeria import FormularioDeMuestra
from llaqta.cimientos.web.paginas import Pagina
from llaqta.cimientos.web.piezas import Fila, Hito, Reloj, Tarea, VistaDocumento

SIN_CIERRE = {"meta", "link", "input", "img", "br", "hr", "progress-"}


class Lector(HTMLParser):
    """Lee el HTML y guarda cada elemento con sus atributos y el texto que sigue dentro."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elementos: list[tuple[str, dict[str, str]]] = []
        self.texto = ""
        self.abiertos: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elementos.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in SIN_CIERRE:
            self.abiertos.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in SIN_CIERRE:
            assert self.abiertos, f"sobra </{tag}>"
            assert self.abiertos.pop() == tag, f"</{tag}> cierra otra cosa"

    def handle_data(self, data: str) -> None:
        self.texto += data

    def todos(self, tag: str, **atributos: str) -> list[dict[str, str]]:
        pedidos = {k.replace("_", "-").rstrip("-"): v for k, v in atributos.items()}
        return [a for t, a in self.elementos if t == tag and all(a.get(k) == v for k, v in pedidos.items())]

    def uno(self, tag: str, **atributos: str) -> dict[str, str]:
        hallados = self.todos(tag, **atributos)
        assert len(hallados) == 1, f"{len(hallados)} <{tag} {atributos}>"
        return hallados[0]

    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.elementos if "id" in a]


def dibujar(plantilla: str, **contexto: object) -> Lector:
    lector = Lector(Template(plantilla).render(Context(contexto)))
    assert not lector.abiertos, f"quedaron abiertos {lector.abiertos}"
    ids = lector.ids()
    assert len(ids) == len(set(ids)), f"ids repetidos: {ids}"
    for _, atributos in lector.elementos:
        for nombre in ("aria-describedby", "aria-labelledby"):
            assert all(i in ids for i in atributos.get(nombre, "").split()), f"{nombre} sin destino"
        assert "style" not in atributos, "la política de contenido prohíbe style="
        assert not any(a.startswith("on") for a in atributos), "la política de contenido prohíbe on…="
    return lector


def vacio() -> FormularioDeMuestra:
    return FormularioDeMuestra({})


def test_un_campo_une_su_etiqueta_su_pista_y_su_error() -> None:
    lector = dibujar("{% campo form.dni %}", form=vacio())
    assert lector.uno("label")["for"] == "id_dni"
    control = lector.uno("input")
    assert control["id"] == "id_dni"
    assert control["aria-describedby"] == "id_dni_pista id_dni_error"
    assert control["aria-invalid"] == "true"
    assert control["inputmode"] == "numeric"
    assert "required" not in control, "la validación del navegador habla otro idioma"
    assert "Error: Falta completar «DNI»." in " ".join(lector.texto.split())


def test_un_campo_opcional_lo_dice_con_palabras() -> None:
    assert "(opcional)" in dibujar("{% campo form.ruc %}", form=FormularioDeMuestra()).texto
    assert "(opcional)" not in dibujar("{% campo form.dni %}", form=FormularioDeMuestra()).texto


def test_la_etiqueta_puede_ser_el_titulo_de_la_pagina() -> None:
    html = Template("{% campo form.asunto como_titulo=True %}").render(
        Context({"form": FormularioDeMuestra()})
    )
    assert html.index("<h1>") < html.index("<label") < html.index("</h1>")


def test_los_atributos_del_control_se_piden_en_la_plantilla() -> None:
    control = dibujar('{% campo form.correo autocomplete="email" %}', form=FormularioDeMuestra()).uno("input")
    assert control["autocomplete"] == "email"
    assert control["type"] == "email"


def test_las_opciones_van_en_un_grupo_con_su_pregunta() -> None:
    lector = dibujar("{% campo form.quien %}", form=vacio())
    assert lector.uno("fieldset")["aria-describedby"] == "id_quien_error"
    assert [r["id"] for r in lector.todos("input", type="radio")] == ["id_quien_0", "id_quien_1"]
    assert [r["aria-describedby"] for r in lector.todos("input")] == ["id_quien_0_pista", "id_quien_1_pista"]
    assert "Con una carta poder simple." in lector.texto


def test_la_opcion_elegida_vuelve_marcada() -> None:
    lector = dibujar(
        "{% campo form.quien %}{% campo form.avisos %}",
        form=FormularioDeMuestra({"quien": "otro", "avisos": "sms"}),
    )
    assert [e["value"] for e in lector.todos("input") if "checked" in e] == ["otro", "sms"]


def test_la_fecha_son_tres_cajas_con_su_etiqueta() -> None:
    lector = dibujar(
        "{% campo form.inicio %}",
        form=FormularioDeMuestra({"inicio_0": "31", "inicio_1": "2", "inicio_2": "2026"}),
    )
    assert [(i["name"], i["value"]) for i in lector.todos("input")] == [
        ("inicio_0", "31"),
        ("inicio_1", "2"),
        ("inicio_2", "2026"),
    ]
    assert [e["for"] for e in lector.todos("label")] == ["id_inicio_0", "id_inicio_1", "id_inicio_2"]
    assert "No existe el 31 de febrero de 2026." in lector.texto


def test_el_control_de_archivos_dice_sus_limites() -> None:
    lector = dibujar("{% campo form.plano %}", form=FormularioDeMuestra())
    control = lector.uno("input", type="file")
    assert "multiple" in control
    assert control["accept"] == ".pdf,.jpg,.jpeg,.png"
    assert "Hasta 3 archivos PDF, JPG o PNG, de 50 MB como máximo cada uno." in lector.texto


def test_una_casilla_lleva_su_error_antes() -> None:
    lector = dibujar("{% campo form.verdad %}", form=vacio())
    assert lector.uno("input", type="checkbox")["aria-describedby"] == "id_verdad_error"
    assert "Para continuar, marque «Declaro que lo que escribo es verdad»." in lector.texto


def test_un_texto_largo_cuenta_sin_cortar_lo_que_se_pega() -> None:
    area = dibujar("{% campo form.asunto %}", form=FormularioDeMuestra()).uno("textarea")
    assert area["data-contador"] == "500"
    assert "maxlength" not in area


def test_el_resumen_de_errores_enlaza_a_cada_control() -> None:
    lector = dibujar(
        "{% resumen_de_errores form %}{% for c in form %}{% campo c %}{% endfor %}", form=vacio()
    )
    assert lector.uno("div", class_="resumen-de-errores")["role"] == "alert"
    destinos = [a["href"] for a in lector.todos("a")]
    assert destinos == [
        "#id_quien_0",
        "#id_dni",
        "#id_giro",
        "#id_inicio_0",
        "#id_asunto",
        "#id_plano",
        "#id_verdad",
    ]
    assert all(d[1:] in lector.ids() for d in destinos)


def test_sin_errores_no_hay_resumen_ni_prefijo_en_el_titulo() -> None:
    assert (
        dibujar(
            "{% resumen_de_errores form %}{% titulo_con_error form %}", form=FormularioDeMuestra()
        ).elementos
        == []
    )
    assert dibujar("{% titulo_con_error form %}", form=vacio()).texto == "Error: "


def test_el_resumen_ofrece_cambiar_y_dice_lo_no_indicado() -> None:
    lector = dibujar(
        "{% resumen filas %}", filas=[Fila("Teléfono", "", "/x/", "su teléfono"), ("Trámite", "Licencia")]
    )
    assert lector.uno("a")["href"] == "/x/"
    assert "Cambiar su teléfono" in lector.texto
    assert "No indicado" in lector.texto


def test_el_valor_de_un_resumen_no_puede_traer_html() -> None:
    assert (
        dibujar("{% resumen filas %}", filas=[("Nombre", "<script>alert(1)</script>")]).todos("script") == []
    )


def test_el_recorrido_marca_donde_esta_y_lo_que_falta() -> None:
    lector = dibujar(
        "{% linea_tiempo hitos %}",
        hitos=[
            Hito(
                "Recibido",
                datetime(2026, 7, 14, 16, 5, tzinfo=LIMA),
                oficina="Mesa de partes",
                situacion="actual",
            ),
            Hito("Resolución", situacion="pendiente"),
        ],
    )
    assert lector.uno("li", aria_current="step")["class"] == "actual"
    assert lector.uno("time")["datetime"] == "2026-07-14T16:05:00-05:00"
    assert "14 de julio de 2026, 16:05" in lector.texto
    assert "(todavía no)" in lector.texto


def test_el_estado_se_lee_y_un_tono_desconocido_es_neutro() -> None:
    assert (
        dibujar("{% etiqueta_estado 'Observado' 'espera' %}").uno("span")["class"]
        == "etiqueta-estado es-espera"
    )
    assert (
        dibujar("{% etiqueta_estado 'Observado' 'x\"y' %}").uno("span")["class"]
        == "etiqueta-estado es-neutro"
    )


def test_el_reloj_dice_los_dias_y_la_barra_es_solo_para_los_ojos() -> None:
    lector = dibujar("{% reloj plazo %}", plazo=Reloj(2, 4, date(2026, 11, 27)))
    assert lector.uno("progress") == {"value": "2", "max": "4", "aria-hidden": "true"}
    assert "2 de 4 días hábiles" in lector.texto
    assert "Vence el viernes 27 de noviembre de 2026" in lector.texto
    vencido = dibujar("{% reloj plazo corto=True %}", plazo=Reloj(5, 4, date(2026, 11, 27), tono="alerta"))
    assert "Venció el 27 nov. 2026" in vencido.texto


def test_un_boton_negado_dice_por_que() -> None:
    lector = dibujar("{% boton 'Observar' negado='Ya fue observado una vez.' %}")
    assert lector.uno("button")["aria-disabled"] == "true"
    assert lector.uno("button")["type"] == "button"
    assert "Ya fue observado una vez." in lector.texto


def test_el_boton_puede_ser_enlace_o_envio() -> None:
    assert (
        dibujar("{% boton 'Ver' enlace='/x/' clase='secundario' %}").uno("a")["class"]
        == "boton boton-secundario"
    )
    assert dibujar("{% boton 'Firmar' nombre='acto' valor='firmar' %}").uno("button")["value"] == "firmar"


def test_la_paginacion_conserva_los_filtros() -> None:
    request = RequestFactory().get("/?q=cacao&cursor=viejo")
    lector = dibujar("{% paginacion pagina %}", pagina=Pagina([], siguiente="nuevo"), request=request)
    assert lector.uno("a", rel="next")["href"] == "?q=cacao&cursor=nuevo"
    assert dibujar("{% paginacion pagina %}", pagina=Pagina([])).elementos == []


def test_las_tareas_completas_no_llaman_la_atencion() -> None:
    lector = dibujar(
        "{% lista_de_tareas tareas %}", tareas=[Tarea("Datos", "#", "Completo", "hecho"), Tarea("Plano", "#")]
    )
    assert [s["class"] for s in lector.todos("span") if "class" in s] == ["etiqueta-estado es-espera"]


def test_el_documento_se_mira_pagina_por_pagina() -> None:
    vista = VistaDocumento("Solicitud.pdf", "/pdf", ("/1.webp", "/2.webp"), 812_345)
    lector = dibujar("{% vista_documento vista %}", vista=vista)
    assert [i["alt"] for i in lector.todos("img")] == ["Página 1 de 2", "Página 2 de 2"]
    assert (
        dibujar("{% vista_documento vista en_marco=True %}", vista=vista).uno("iframe")["title"]
        == "Solicitud.pdf"
    )


def test_un_enlace_a_una_sala_que_no_existe_no_rompe_la_pagina() -> None:
    assert dibujar("{% enlace 'sala_que_no_existe' %}").texto == ""


def test_el_nombre_de_la_entidad_se_parte_sin_perder_palabras() -> None:
    assert partir_nombre("Municipalidad Distrital de Pichari", "Pichari") == (
        "Municipalidad Distrital de",
        "Pichari",
    )
    assert partir_nombre("Municipalidad", "Municipalidad") == ("", "Municipalidad")


# --- Páginas enteras -------------------------------------------------------------------------------------------------
PAGINAS = ["", "interna/", "pregunta/", "confirmacion/", "error/", "vencido/"]


@pytest.mark.django_db
@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
@pytest.mark.usefixtures("_demostracion")
@pytest.mark.parametrize("pagina", PAGINAS)
def test_toda_pagina_tiene_idioma_un_titulo_y_ayuda(entidad: Entidad, pagina: str) -> None:
    respuesta = Client().get(f"/administracion/galeria/{pagina}")
    assert respuesta.status_code == 200
    lector = Lector(respuesta.content.decode())
    assert lector.uno("html")["lang"] == "es-PE"
    assert len(lector.todos("h1")) == 1
    assert len(lector.todos("main")) == 1
    assert lector.todos("a")[0]["href"] == "#contenido"
    assert len(lector.ids()) == len(set(lector.ids()))
    assert entidad.telefono in lector.texto
    assert not lector.abiertos


@pytest.mark.django_db
@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
def test_fuera_de_la_demostracion_no_hay_galeria(entidad: Entidad, settings: Any) -> None:
    settings.DEMO = False
    assert Client().get("/administracion/galeria/").status_code == 404


# --- Estilo y peso ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
def test_la_hoja_trae_los_colores_y_el_escudo_y_se_guarda_un_anio(entidad: Entidad) -> None:
    entidad.color, entidad.color_oscuro = "#0b5d3b", "#063a25"
    entidad.escudo = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>'
    entidad.save()
    respuesta = Client().get(estilo.url_de_estilo(entidad), headers={"accept-encoding": ""})
    hoja = respuesta.content.decode()
    assert "--marca: #0b5d3b; --marca-oscura: #063a25; --sobre-marca: #ffffff" in hoja
    assert '--escudo: url("data:image/svg+xml,%3Csvg' in hoja
    assert respuesta["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Client().get("/estilo-entidad.css")["Cache-Control"] == "public, max-age=300"
    escudo = Client().get("/escudo-entidad.svg")
    assert escudo["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
def test_unos_colores_ilegibles_dejan_los_de_la_casa() -> None:
    assert "--marca: #8b1538" in estilo.valores_de_entidad(Entidad(color="#ffff00", color_oscuro="#ffffff"))
    assert "--marca: #8b1538" in estilo.valores_de_entidad(Entidad(color="red;}", color_oscuro="#5f0e26"))


@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
def test_la_direccion_cambia_solo_cuando_cambia_la_hoja() -> None:
    una, otra = Entidad(color="#8b1538"), Entidad(color="#0b5d3b", color_oscuro="#063a25")
    assert estilo.url_de_estilo(una) == estilo.url_de_estilo(Entidad(color="#8b1538"))
    assert estilo.url_de_estilo(una) != estilo.url_de_estilo(otra)


def test_el_estilo_y_el_programa_caben_en_su_presupuesto() -> None:
    casa = estilo.hoja(Entidad())
    assert len(estilo.comprimir(casa, "gzip")) <= 6 * 1024
    assert len(estilo.comprimir(estilo.programa(), "gzip")) <= 4 * 1024


@pytest.mark.django_db
@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
@pytest.mark.usefixtures("_demostracion")
def test_una_pregunta_con_su_estilo_cabe_en_el_primer_vuelo(entidad: Entidad) -> None:
    html = Client().get("/administracion/galeria/pregunta/", headers={"accept-encoding": "gzip"}).content
    assert len(html) + len(estilo.comprimir(estilo.hoja(entidad), "gzip")) <= 14 * 1024


@pytest.fixture
def _demostracion(settings: Any) -> None:
    settings.DEMO = True


def test_un_formulario_sin_nuestra_base_tambien_se_dibuja() -> None:
    class Ajeno(forms.Form):
        clave = forms.CharField(widget=forms.PasswordInput)
        oculto = forms.CharField(widget=forms.HiddenInput)

    lector = dibujar("{% for c in form %}{% campo c %}{% endfor %}", form=Ajeno())
    assert lector.uno("input", type="password")["class"] == "control"
    assert len(lector.todos("input", type="hidden")) == 1


class Funcionaria:
    """Una persona con un solo permiso, vista como la ven los cimientos."""

    def puede(self, permiso: str) -> bool:
        return permiso == "mesapartes.recibir"


@pytest.mark.django_db
@pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")
@pytest.mark.parametrize(
    ("persona", "cuenta", "oficina"),
    [(None, ["Ingresar"], []), (Funcionaria(), ["Mi oficina", "Salir"], ["Mesa de partes"])],
)
def test_cada_quien_ve_en_el_menu_lo_que_puede_hacer(
    entidad: Entidad, persona: object, cuenta: list[str], oficina: list[str]
) -> None:
    request = RequestFactory().get("/tramites/")
    request.persona = persona  # type: ignore[attr-defined]
    contexto = contexto_de_entidad(request)
    assert [e.texto for e in contexto["menu_interno"]()] == oficina
    assert [(e.texto, e.actual) for e in contexto["menu"]()] == [
        ("Trámites", True),
        ("Seguimiento", False),
        ("Verificar", False),
    ]
    html = render_to_string("llaqta/_cuenta.html", contexto, request=request)
    assert [t for t in (parte.split("<")[0] for parte in html.split(">")) if t.strip()] == cuenta
