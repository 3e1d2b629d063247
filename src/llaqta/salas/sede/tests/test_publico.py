"""Las páginas públicas: el inicio, la búsqueda, la ficha en el orden de gob.pe, los plazos y su peso en la red."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.models import DiaNoLaborable, Entidad
from llaqta.cimientos.web import estilo
from llaqta.salas.cuentas.models import UnidadOrganica
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.sede import queries
from llaqta.salas.tramites import lectura
from llaqta.salas.tramites import services as tramites
from llaqta.salas.tramites.models import VersionProcedimiento

KB = 1024


@pytest.fixture
def tupa(unidades: dict[str, UnidadOrganica], ahora: datetime) -> int:
    """Los 34 procedimientos de demostración."""
    for siglas in ("SGCU", "SGTV", "SGA", "SGPV", "OREC", "GAT", "ATM"):
        UnidadOrganica.objects.create(siglas=siglas, nombre=siglas, vigente_desde=date(2023, 1, 1))
    return sum(
        tramites.cargar_tupa(actor=None, ruta=r, ahora=ahora) for r in lectura.ARCHIVOS_DE_DEMOSTRACION
    )


class _Titulos(HTMLParser):
    """Los títulos de la página y lo que trae de afuera de sí misma."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.titulos: list[str] = []
        self.recursos: list[str] = []
        self._dentro = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        datos = dict(attrs)
        if tag in ("h1", "h2"):
            self._dentro = tag
            self.titulos.append("")
        if tag == "link" and datos.get("rel") in ("stylesheet", "icon"):
            self.recursos.append(datos["href"] or "")
        if tag in ("script", "img") and datos.get("src"):
            self.recursos.append(datos["src"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._dentro:
            self._dentro = ""

    def handle_data(self, data: str) -> None:
        if self._dentro:
            self.titulos[-1] = (self.titulos[-1] + data).strip()


def test_el_inicio_pregunta_que_tramite_y_ofrece_los_ocho_mas_pedidos(visitante: Client, tupa: int) -> None:
    texto = visitante.get("/").content.decode()
    assert _Titulos(texto).titulos[:2] == ["¿Qué trámite necesita hacer?", "Los más pedidos"]
    assert texto.count("tarjeta-tramite") == 9
    assert "Los 34 del TUPA" in texto
    assert "S/ 110.00 · 2 días hábiles" in texto


def test_sin_tupa_el_inicio_lo_dice_y_no_muestra_listas_vacias(visitante: Client, entidad: Entidad) -> None:
    texto = visitante.get("/").content.decode()
    assert "La municipalidad todavía no publica sus trámites aquí" in texto
    assert "Por tema" not in texto
    assert "Los 0 del TUPA" not in texto


def test_licensia_encuentra_la_licencia_y_conserva_lo_escrito(visitante: Client, tupa: int) -> None:
    texto = visitante.get("/tramites/", {"q": "licensia"}).content.decode()
    assert 'value="licensia"' in texto
    assert texto.index("Abrir un negocio de riesgo bajo") < texto.index("Construir una vivienda")


def test_si_no_se_encuentra_se_ofrece_ayuda_y_nada_escrito_se_ejecuta(visitante: Client, tupa: int) -> None:
    respuesta = visitante.get("/tramites/", {"q": "<script>alert(1)</script> zzzz"})
    texto = respuesta.content.decode()
    assert "No encontramos ese trámite" in texto
    assert "¿No lo encuentra?" in texto
    assert "<script>alert" not in texto
    assert visitante.get("/tramites/", {"q": "\x00"}).status_code == 400


def test_la_ficha_sigue_el_orden_de_gob_pe(visitante: Client, tupa: int) -> None:
    texto = visitante.get("/tramites/PE-LIC-ALTO/").content.decode()
    assert _Titulos(texto).titulos[:10] == [
        "Abrir un negocio de riesgo alto",
        "Requisitos",
        "Antes de empezar",
        "Cómo hacerlo",
        "Costo",
        "Plazo y qué pasa si no contestan",
        "Vigencia",
        "Quién resuelve y a quién reclamar",
        "Base legal",
        "Enlaces relacionados",
    ]
    for frase in (
        'href="/tramites/PE-LIC-ALTO/presentar/">Empezar ahora',
        "S/ 187.00 (3.4000 % de la UIT de 2026)",
        "tiene 8 días hábiles para resolver y 5 días hábiles más para avisarle",
        "Lo resuelve la Gerencia Municipal en 30 días hábiles",
        "Ordenanza de demostración",
        "Número y fecha del recibo de pago",
    ):
        assert frase in texto


def test_el_codigo_en_minusculas_llega_igual_y_el_que_no_existe_no(visitante: Client, tupa: int) -> None:
    assert visitante.get("/tramites/pe-lic-alto/").headers["Location"] == "/tramites/PE-LIC-ALTO/"
    assert visitante.get("/tramites/PA-NADA/").status_code == 404
    assert visitante.get("/tramites/temas/nada/").status_code == 404


def test_el_catalogo_agrupa_por_tema(visitante: Client, tupa: int) -> None:
    texto = visitante.get("/tramites/todos/").content.decode()
    assert _Titulos(texto).titulos[:3] == [
        "Todos los trámites",
        "Negocios y comercio",
        "Construcción y vivienda",
    ]
    assert (
        _Titulos(visitante.get("/tramites/temas/familia/").content.decode()).titulos[0]
        == "Familia y registro civil"
    )


def test_sin_tupa_las_paginas_no_fallan(visitante: Client, entidad: Entidad) -> None:
    for ruta in ("/", "/tramites/", "/tramites/todos/", "/tramites/?q=bodega", "/sitemap.xml", "/robots.txt"):
        assert visitante.get(ruta).status_code == 200


def test_los_plazos_se_cuentan_en_publico_y_en_castellano(visitante: Client, entidad: Entidad) -> None:
    DiaNoLaborable.objects.create(
        fecha=date(2026, 6, 24), ambito="REGIONAL", descripcion="Día del Cusco", norma="Ley de prueba"
    )
    texto = visitante.get("/plazos/", {"desde": "2026-06-01", "dias": "30"}).content.decode()
    assert "Vence el <strong>miércoles 15 de julio de 2026</strong>" in texto
    assert "Día del Cusco" in texto
    assert "San Pedro y San Pablo" in texto
    assert "Independence" not in texto


@pytest.mark.parametrize("dias", ["0", "-3", "999", "hola", ""])
def test_una_cuenta_imposible_se_explica(visitante: Client, entidad: Entidad, dias: str) -> None:
    respuesta = visitante.get("/plazos/", {"desde": "2026-06-01", "dias": dias})
    assert respuesta.status_code == 200
    assert "Hay un problema" in respuesta.content.decode()


@pytest.mark.parametrize("ruta", ["/accesibilidad/", "/privacidad/", "/verificar/", "/seguimiento/"])
def test_las_paginas_fijas_tienen_un_solo_titulo(visitante: Client, entidad: Entidad, ruta: str) -> None:
    assert visitante.get(ruta).content.decode().count("<h1") == 1


def test_los_buscadores_no_recorren_claves_ni_codigos(visitante: Client, tupa: int) -> None:
    robots = visitante.get("/robots.txt").content.decode()
    assert all(f"Disallow: {ruta}" in robots for ruta in ("/s/", "/v/", "/seguimiento/"))
    assert "/tramites/PA-SUBDIV/" in visitante.get("/sitemap.xml").content.decode()


def test_el_inicio_se_recuerda_y_no_consulta_los_tramites_cada_vez(
    visitante: Client, tupa: int, django_assert_max_num_queries: Any
) -> None:
    visitante.get("/")
    with django_assert_max_num_queries(0):
        queries.get_inicio(al=date(2026, 6, 1))


def _cabeceras(respuesta: Any) -> int:
    """Los bytes que pesan las cabeceras de una respuesta, con sus galletas."""
    lineas = [f"{nombre}: {valor}" for nombre, valor in respuesta.headers.items()]
    return sum(len(linea) + 2 for linea in [*lineas, respuesta.cookies.output(), "HTTP/1.1 200 OK"])


Pesar = Callable[[str], tuple[float, float, int]]


@pytest.fixture
def pesar(visitante: Client, entidad: Entidad) -> Pesar:
    """HTML más hoja de estilo, total, y número de pedidos de una página visitada por primera vez; todo comprimido."""

    def medir(ruta: str) -> tuple[float, float, int]:
        respuesta = visitante.get(ruta, headers={"accept-encoding": "gzip"})
        html = respuesta.content
        texto = (
            gzip.decompress(html).decode()
            if respuesta.headers.get("Content-Encoding") == "gzip"
            else html.decode()
        )
        recursos = [r for r in _Titulos(texto).recursos if not r.startswith("data:")]
        assert all(recurso.startswith("/") for recurso in recursos), recursos
        respuestas = [visitante.get(recurso, headers={"accept-encoding": "br, gzip"}) for recurso in recursos]
        total = sum(len(r.content) + _cabeceras(r) for r in (respuesta, *respuestas))
        hoja = len(estilo.comprimir(estilo.hoja(entidad), "gzip"))
        return (len(html) + hoja) / KB, total / KB, 1 + len(recursos)

    return medir


@pytest.mark.parametrize(
    ("ruta", "html_y_hoja", "total", "pedidos"),
    [
        ("/", 14, 24, 4),
        ("/tramites/?q=licensia", 14, 20, 4),
        ("/tramites/todos/", 14, 20, 4),
        ("/tramites/PE-LIC-ALTO/", 14, 20, 4),
        ("/verificar/", 12, 14, 4),
        ("/seguimiento/", 12, 14, 4),
    ],
)
def test_cada_pagina_cabe_en_su_presupuesto(
    pesar: Pesar, tupa: int, ruta: str, html_y_hoja: float, total: float, pedidos: int
) -> None:
    pesa_html, pesa_todo, pide = pesar(ruta)
    assert pesa_html <= html_y_hoja
    assert pesa_todo <= total
    assert pide <= pedidos


def test_el_seguimiento_cabe_en_su_presupuesto(
    visitante: Client, pesar: Pesar, expediente: Expediente
) -> None:
    visitante.post("/seguimiento/", {"numero": expediente.numero, "clave": expediente.clave})
    pesa_html, pesa_todo, pide = pesar(f"/seguimiento/{expediente.numero}/")
    assert pesa_html <= 12
    assert pesa_todo <= 14
    assert pide <= 4


def test_una_version_que_ya_no_rige_no_se_ofrece(visitante: Client, licencia: VersionProcedimiento) -> None:
    licencia.hasta = date(2026, 5, 31)
    licencia.save()
    respuesta = visitante.get("/tramites/PE-LIC-ALTO/")
    assert respuesta.status_code == 409
    assert "no está vigente" in respuesta.content.decode()
