"""Los PDF: conformes, iguales cada vez, y ningún texto ajeno se ejecuta."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from llaqta.cimientos import pdf, qr
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.redaccion import bloques

AHORA = datetime(2026, 7, 14, 14, 5, 3, tzinfo=UTC)
HUELLA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ESCUDO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 48"><path d="M2 2h36v24L20 46 2 26z"/></svg>'
)
HOSTIL = 'Ñ #panic("x") $a^2$ \\ *b* _c_ `d` @e <f> "g" // h /* i */ ]{['

CARGO: dict[str, Any] = {
    "registro": "2026-000457",
    "expediente": "EXP-2026-000123-7",
    "enviado_en": AHORA,
    "presentado_el": date(2026, 7, 14),
    "canal": "Virtual (mesa de partes digital)",
    "presentante": {"nombre": "Rosa Quispe Huamán", "documento": "DNI 45678901"},
    "procedimiento": {"codigo": "PE-LIC-BAJO", "nombre": "Licencia de funcionamiento: riesgo bajo"},
    "asunto": "Licencia para la bodega «Virgen del Carmen»",
    "folios": 14,
    "anexos": [{"nombre": "solicitud.pdf", "paginas": 12, "tamano": "1.4 MB", "sha256": HUELLA}],
    "plazo": {"dias": 2, "vence_el": date(2026, 7, 16), "silencio": "Si no responde, queda aprobada."},
    "clave": "K7QM-2XDR-9TWB-4HPC",
}
RESOLUCION: dict[str, Any] = {
    "tipo": "RESOLUCIÓN GERENCIAL",
    "numero": "N° 000087-2026-MDP/GDEL",
    "lugar": "Pichari",
    "fecha": date(2026, 9, 14),
    "visto": bloques("El expediente N° EXP-2026-000123-7; y"),
    "considerando": bloques(
        "Que, **cumple** lo pedido:\n\n- el TUPA;\n\n| Requisito | Folios |\n| Solicitud | 1 |"
    ),
    "articulos": [
        {"texto": bloques("**OTORGAR** la licencia.")},
        {"texto": bloques("**NOTIFICAR** la presente.")},
    ],
    "firmante": {"nombre": "JULIO ORÉ MENDOZA", "cargo": "Subgerente"},
}
OTRAS: dict[str, dict[str, Any]] = {
    "informe": {
        "tipo": "INFORME",
        "numero": "N° 000251-2026-MDP/SGLC",
        "lugar": "Pichari",
        "fecha": date(2026, 7, 14),
        "para": [{"nombre": "CARMEN AGUIRRE SOTO", "cargo": "Gerenta municipal"}],
        "de": [{"nombre": "LUCÍA SULCA RAMOS"}],
        "asunto": "Evaluación",
        "referencias": ["Expediente", "Proveído"],
        "cuerpo": bloques("# Antecedentes\n\nHay."),
        "firmante": {"nombre": "LUCÍA SULCA RAMOS", "cargo": "Especialista"},
    },
    "constancia": {
        "encabezado_principal": "CONSTANCIA DE DEPÓSITO",
        "texto": ["La municipalidad deja constancia."],
        "secciones": [
            {
                "titulo": "Depósito",
                "filas": [["Casilla", "CE-1"], ["Alertas", ["correo", "SMS"]], ["Vacío", ""]],
            }
        ],
        "huellas": [{"nombre": "resolucion.pdf", "sha256": HUELLA}],
        "nota": ["Abrir es acusar recibo."],
    },
    "caratula": {
        "expediente": "EXP-2026-000123-7",
        "procedimiento": "Licencia",
        "administrado": "Rosa Quispe",
        "asunto": "Bodega",
        "iniciado_el": AHORA,
        "unidad": "Subgerencia de Licencias",
        "folios": 34,
    },
    "hoja_de_ruta": {
        "expediente": "EXP-2026-000123-7",
        "asunto": "Bodega",
        "administrado": "Rosa Quispe",
        "movimientos": [
            {
                "n": 1,
                "enviado_en": "14/07/2026 09:05",
                "de": "Mesa de Partes",
                "para": "SGLC",
                "motivo": "Atención",
            }
        ],
    },
    "indice": {
        "expediente": "EXP-2026-000123-7",
        "asunto": "Bodega",
        "administrado": "Rosa Quispe",
        "cerrado_al": AHORA,
        "documentos": [
            {
                "n": 1,
                "nombre": "Solicitud",
                "fecha": "14/07/2026",
                "folio_desde": 1,
                "folio_hasta": 12,
                "sha256": HUELLA,
            }
        ],
    },
}
_DILIGENCIA: dict[str, Any] = {
    "codigo": "CED-2026-000001",
    "destinatario": {"nombre": "Rosa Quispe Huamán", "documento": "DNI 45678901"},
    "direccion": "Jr. Los Cafetales 123",
    "expediente": "EXP-2026-000123-7",
}
DE_NOTIFICACION: dict[str, dict[str, Any]] = {
    "cedula": {
        **_DILIGENCIA,
        "origen": "Lo señaló en el expediente",
        "acto": {
            "nombre": "RESOLUCIÓN N° 1",
            "fecha": "14 de julio de 2026",
            "folios": 3,
            "asunto": "Bodega",
        },
        "procedimiento": "Licencia",
        "autoridad": "la Subgerencia de Licencias",
        "domicilio_de_la_autoridad": "Plaza Principal S/N",
        "recursos": "Puede apelar.",
        "efecto": "Surte efecto el día en que se practica.",
        "via": "No agota la vía administrativa.",
        "notificar_hasta": "21 de julio de 2026",
    },
    "aviso_de_visita": {
        **_DILIGENCIA,
        "entidad_dice": "la municipalidad",
        "vuelve_el": "viernes 7, a las 15:00",
    },
    "acta_de_visita": {
        **_DILIGENCIA,
        "numero": 1,
        "acto": "RESOLUCIÓN N° 1",
        "relato": "Dejo constancia de lo siguiente.",
        "hechos": [["Características del lugar", "Casa de adobe"]],
    },
    "punto_de_control": {
        "origen": "llaqta.pe/registro/080910",
        "tamano": "1 234",
        "raiz": "ab" * 32,
        "firmado_en": "7 de agosto de 2026, 07:05:00 (UTC−05:00)",
        "llave": "llaqta.pe/registro/080910+0a1b2c3d+AQ" + "x" * 43,
        "nota": "llaqta.pe/registro/080910\n1234\n"
        + "x" * 44
        + "\n\n— llaqta.pe/registro/080910 "
        + "y" * 92,
        "qr": pdf.qr_para_papel("prueba"),
        "sello": "",
        "direccion": "https://muni.gob.pe/registro/",
    },
    "ruta_de_notificador": {
        "dia": "viernes 7 de agosto de 2026",
        "notificador": "Fermín Huayta Poma",
        "visitas": [
            {
                "n": 1,
                "codigo": "CED-2026-000001",
                "destinatario": "Rosa Quispe Huamán",
                "direccion": "Jr. Los Cafetales 123",
                "referencia": "",
                "visita": "Primera",
                "hasta": "12/08/2026",
            }
        ],
    },
}
TODAS = {"cargo": CARGO, "resolucion": RESOLUCION, **OTRAS, **DE_NOTIFICACION}


@pytest.fixture
def entidad() -> Entidad:
    """La entidad del membrete, sin base de datos."""
    return Entidad(
        nombre="Municipalidad Distrital de Pichari",
        nombre_corto="Pichari",
        siglas="MDP",
        ruc="20999000011",
        direccion="Plaza Principal S/N",
        lugar="Pichari",
        escudo=ESCUDO,
        color="#8b1538",
    )


def _componer(plantilla: str, datos: dict[str, Any], entidad: Entidad) -> bytes:
    return pdf.componer(plantilla, datos, titulo=f"Prueba de {plantilla}", ahora=AHORA, entidad=entidad)


def _texto(contenido: bytes) -> str:
    documento = pypdfium2.PdfDocument(contenido)
    texto = "\n".join(pagina.get_textpage().get_text_bounded() for pagina in documento)
    documento.close()
    # Los cortes de línea no son del contenido.
    return " ".join(texto.replace("\u200b", "").replace("\ufffe", "").split())


@pytest.mark.parametrize("plantilla", sorted(pdf.PLANTILLAS))
def test_toda_plantilla_da_un_pdf_a_2a_y_ua_1_etiquetado_con_sus_letras(
    plantilla: str, entidad: Entidad
) -> None:
    with pikepdf.open(io.BytesIO(_componer(plantilla, TODAS[plantilla], entidad))) as documento:
        with documento.open_metadata() as metadatos:
            assert (metadatos["pdfaid:part"], metadatos["pdfaid:conformance"]) == ("2", "A")
            assert metadatos["pdfuaid:part"] == "1"
            assert metadatos["dc:title"] == f"Prueba de {plantilla}"
        assert str(documento.Root.Lang).lower() == "es-pe"
        assert documento.Root.MarkInfo.Marked
        assert documento.Root.ViewerPreferences.DisplayDocTitle
        letras = [
            objeto
            for objeto in documento.objects
            if isinstance(objeto, pikepdf.Dictionary) and "/FontDescriptor" in objeto
        ]
        assert letras
        assert all(
            "/FontFile2" in letra.FontDescriptor or "/FontFile3" in letra.FontDescriptor for letra in letras
        )


@pytest.mark.parametrize("plantilla", sorted(pdf.PLANTILLAS))
def test_con_el_mismo_ahora_sale_el_mismo_archivo(plantilla: str, entidad: Entidad) -> None:
    assert _componer(plantilla, TODAS[plantilla], entidad) == _componer(plantilla, TODAS[plantilla], entidad)


def test_el_cargo_dice_lo_que_la_ley_pide(entidad: Entidad) -> None:
    texto = _texto(_componer("cargo", CARGO, entidad))
    for dicho in (
        "Municipalidad Distrital de Pichari",
        "RUC 20999000011",
        "CARGO DE RECEPCIÓN",
        "2026-000457",
        "EXP-2026-000123-7",
        "14 de julio de 2026, 09:05:03 (UTC−05:00)",
        "Rosa Quispe Huamán · DNI 45678901",
        "PE-LIC-BAJO",
        "Folios 14",
        HUELLA,
        "2 días hábiles",
        "16 de julio de 2026",
        "Si no responde, queda aprobada.",
        "sin observaciones",
        "Página 1 de 1",
    ):
        assert dicho in texto, dicho


def test_el_cargo_de_aprobacion_automatica_es_la_aprobacion(entidad: Entidad) -> None:
    texto = _texto(_componer("cargo", {**CARGO, "automatica": True}, entidad))
    assert "aprobación automática" in texto
    assert "queda aprobada" in texto


def test_el_cargo_con_observaciones_dice_los_dos_dias(entidad: Entidad) -> None:
    texto = _texto(_componer("cargo", {**CARGO, "observaciones": ["Falta la firma."]}, entidad))
    assert "Falta la firma." in texto
    assert "plazo máximo de dos días hábiles" in texto
    assert "sin observaciones" not in texto


def test_la_resolucion_ordena_visto_considerando_y_articulos(entidad: Entidad) -> None:
    texto = _texto(_componer("resolucion", RESOLUCION, entidad))
    partes = [
        "RESOLUCIÓN GERENCIAL",
        "N° 000087-2026-MDP/GDEL",
        "Pichari, 14 de setiembre de 2026",
        "VISTO:",
        "CONSIDERANDO:",
        "SE RESUELVE:",
        "ARTÍCULO PRIMERO.- OTORGAR",
        "ARTÍCULO SEGUNDO.- NOTIFICAR",
        "Regístrese",
        "JULIO ORÉ MENDOZA",
    ]
    lugares = [texto.index(parte) for parte in partes]
    assert lugares == sorted(lugares)


def test_el_borrador_reserva_el_numero_y_lo_dice_en_la_hoja(entidad: Entidad) -> None:
    texto = _texto(
        _componer("resolucion", {**RESOLUCION, "numero": None, "fecha": None, "borrador": True}, entidad)
    )
    assert "N° ______ (se asigna al firmar)" in texto
    assert "BORRADOR" in texto
    assert "firmado digitalmente" not in texto


@pytest.mark.parametrize("plantilla", sorted(pdf.PLANTILLAS))
def test_ningun_texto_ajeno_se_ejecuta(plantilla: str, entidad: Entidad) -> None:
    def ensuciar(valor: Any) -> Any:
        if isinstance(valor, str):
            return (
                valor
                if valor in {HUELLA, "parrafo", "lista", "titulo", "tabla", "numerada", "negrita"}
                else HOSTIL
            )
        if isinstance(valor, dict):
            return {clave: ensuciar(dentro) for clave, dentro in valor.items()}
        if isinstance(valor, list):
            return [ensuciar(dentro) for dentro in valor]
        return valor

    texto = _texto(_componer(plantilla, ensuciar(TODAS[plantilla]), entidad))
    assert HOSTIL in texto


def test_un_signo_que_no_se_puede_dibujar_no_impide_el_cargo(entidad: Entidad) -> None:
    persona = {"nombre": "Rosa 🌽 王 Quispe ñ", "documento": "DNI 45678901"}
    assert "Rosa □ □ Quispe ñ" in _texto(_componer("cargo", {**CARGO, "presentante": persona}, entidad))


def test_el_pie_de_verificacion_va_en_cada_pagina_con_su_qr(entidad: Entidad) -> None:
    ver = pdf.verificacion(
        url="https://sede.example/verificar",
        cvd="7KQ2-M9XD-4TRW-P3HB",
        desde=date(2026, 7, 14),
        hasta=date(2028, 7, 14),
    )
    largo = bloques("\n\n".join(["Que, corresponde emitir el acto administrativo. " * 12] * 12))
    contenido = _componer("resolucion", {**RESOLUCION, "considerando": largo, "verificacion": ver}, entidad)
    documento = pypdfium2.PdfDocument(contenido)
    assert len(documento) == 3
    for numero, pagina in enumerate(documento, start=1):
        texto = " ".join(pagina.get_textpage().get_text_bounded().split())
        assert "a partir del 14/07/2026 hasta el 14/07/2028" in texto
        assert "CVD: 7KQ2-M9XD-4TRW-P3HB" in texto
        assert f"Página {numero} de 3" in texto
        [leido] = zxingcpp.read_barcodes(pagina.render(scale=3).to_pil())
        assert leido.text == "https://sede.example/verificar?cvd=7KQ2-M9XD-4TRW-P3HB"
    documento.close()


def test_la_caja_de_la_firma_es_el_lugar_que_la_hoja_reserva(entidad: Entidad) -> None:
    """En el borrador el lugar se dibuja: se compara con lo que dice ``caja_de_firma``."""
    documento = pypdfium2.PdfDocument(_componer("resolucion", {**RESOLUCION, "borrador": True}, entidad))
    [hallada] = [
        objeto.get_bounds()
        for objeto in documento[0].get_objects()
        if 195 < objeto.get_bounds()[2] - objeto.get_bounds()[0] < 205
        and 40 < objeto.get_bounds()[3] - objeto.get_bounds()[1] < 50
    ]
    caja = pdf.caja_de_firma(0)
    assert hallada == pytest.approx((caja.x0, caja.y0, caja.x1, caja.y1), abs=1.5)
    documento.close()


def test_las_cajas_no_se_tapan_ni_tapan_el_texto(entidad: Entidad) -> None:
    imagen = (
        pypdfium2.PdfDocument(_componer("resolucion", RESOLUCION, entidad))[0]
        .render(scale=1)
        .to_pil()
        .convert("L")
    )
    vistas: list[pdf.Caja] = []
    for numero in range(pdf.VISTOS_QUE_CABEN + 1):
        caja = pdf.caja_de_firma(numero)
        recorte = imagen.crop((int(caja.x0), int(842 - caja.y1), int(caja.x1), int(842 - caja.y0)))
        assert recorte.getextrema() == (255, 255), f"la caja {numero} está en blanco"
        assert all(
            otra.x1 <= caja.x0 or otra.x0 >= caja.x1 or otra.y0 >= caja.y1 or otra.y1 <= caja.y0
            for otra in vistas
        )
        vistas.append(caja)
    with pytest.raises(ValueError, match="Caben 9 vistos buenos"):
        pdf.caja_de_firma(10)


def test_falta_un_dato_y_se_dice_cual(entidad: Entidad) -> None:
    with pytest.raises(KeyError, match="le falta: asunto, folios"):
        pdf.componer(
            "cargo",
            {c: v for c, v in CARGO.items() if c not in {"folios", "asunto"}},
            titulo="x",
            ahora=AHORA,
        )


@pytest.mark.parametrize(
    ("bytes_", "dicho"),
    [(812, "812 bytes"), (200_000, "200 KB"), (3_400_000, "3.4 MB"), (51_000_000, "51.0 MB")],
)
def test_los_tamanos_se_dicen_como_en_el_peru(bytes_: int, dicho: str) -> None:
    assert pdf.tamano(bytes_) == dicho


def test_el_qr_png_y_el_svg_dicen_lo_mismo() -> None:
    imagen = Image.open(io.BytesIO(qr.png("https://sede.example/v/1")))
    [leido] = zxingcpp.read_barcodes(imagen)
    assert leido.text == "https://sede.example/v/1"
    assert qr.svg("hola").startswith("<svg")
    assert "width=" not in qr.svg("hola").split(">")[0]


def test_el_cargo_es_liviano_para_una_red_de_2g(entidad: Entidad) -> None:
    seguimiento = {
        "url": "https://sede.example/seguimiento",
        "qr": pdf.qr_para_papel("https://sede.example/s/1"),
    }
    ver = pdf.verificacion(
        url="https://sede.example/verificar", cvd="7KQ2", desde=date(2026, 7, 14), hasta=date(2028, 7, 14)
    )
    contenido = _componer("cargo", {**CARGO, "seguimiento": seguimiento, "verificacion": ver}, entidad)
    assert len(contenido) < 34_000


def test_la_huella_se_copia_del_papel_digital_sin_nada_invisible(entidad: Entidad) -> None:
    for plantilla in ("cargo", "constancia", "indice"):
        documento = pypdfium2.PdfDocument(_componer(plantilla, TODAS[plantilla], entidad))
        assert HUELLA in documento[0].get_textpage().get_text_bounded()
        documento.close()


@pytest.mark.parametrize("parrafos", range(18, 34, 3))
def test_la_firma_nunca_queda_sola_en_una_pagina(parrafos: int, entidad: Entidad) -> None:
    considerando = bloques("\n\n".join(["Que, corresponde resolver lo pedido;"] * parrafos))
    articulos = [{"texto": bloques("NOTIFICAR la presente; lo último que se dispone.")}]
    datos = {**RESOLUCION, "considerando": considerando, "articulos": articulos}
    documento = pypdfium2.PdfDocument(_componer("resolucion", datos, entidad))
    ultima = documento[len(documento) - 1].get_textpage().get_text_bounded()
    assert "lo último que se dispone" in ultima
    assert "JULIO ORÉ MENDOZA" in ultima
    documento.close()


def test_un_parrafo_de_dos_paginas_no_se_pierde(entidad: Entidad) -> None:
    largo = [{"texto": bloques("Que se disponga lo siguiente. " * 400 + "FIN")}]
    assert "FIN" in _texto(_componer("resolucion", {**RESOLUCION, "articulos": largo}, entidad))
