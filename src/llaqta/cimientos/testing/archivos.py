"""Fabrica archivos de verdad, buenos y malos, para las pruebas, los recorridos en el navegador y la demostración.

Cada función devuelve los bytes del archivo y siempre los mismos: las semillas son fijas.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from functools import cache
from typing import Any

import pikepdf
import typst
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw, ImageFilter, ImageFont

TEXTO = (
    "Señor alcalde: quien suscribe, con domicilio en la avenida César Vallejo, se presenta ante usted y con el debido "
    "respeto expone que cumple los requisitos del procedimiento y adjunta los documentos que lo demuestran, por lo que "
    "solicita que se le otorgue lo pedido dentro del plazo que señala la ley."
)


# --- Buenos -----------------------------------------------------------------------------------------------------------
_HOJA = b"""
#let d = json(bytes(sys.inputs.datos))
#set page(paper: "a4", margin: (x: 2.6cm, y: 2.4cm), fill: rgb("#f7f6f1"))
#set text(font: "Libertinus Serif", size: 12pt, lang: "es", fill: rgb("#26262b"))
#set par(justify: true, leading: 0.8em, spacing: 1.5em)
#align(center, text(16pt, weight: "bold", d.titulo))
#v(1cm)
#for n in range(1, 6) [#d.numero.#n #h(4pt) #d.texto #parbreak()]
#place(bottom + center, text(10pt)[#d.numero])
"""


def pagina_escaneada(numero: int, *, titulo: str = "SOLICITUD", ancho: int = 1240) -> Image.Image:
    """Una hoja como sale del escáner: algo gris, algo torcida, con un sello azul y una firma."""
    azar = random.Random(numero)  # noqa: S311 (no es un secreto)
    hoja = Image.open(io.BytesIO(_dibujar_hoja(numero, titulo, ancho))).convert("RGB")
    pluma, alto = ImageDraw.Draw(hoja), hoja.height
    centro, radio = (int(ancho * 0.72), int(alto * 0.8)), ancho // 11
    caja = [centro[0] - radio, centro[1] - radio, centro[0] + radio, centro[1] + radio]
    pluma.ellipse(caja, outline=(40, 70, 160), width=max(2, ancho // 250))
    pluma.text(centro, "ORIGINAL", font=ImageFont.load_default(ancho // 46), fill=(40, 70, 160), anchor="mm")
    trazo = [
        (
            ancho // 8 + paso * ancho // 40,
            int(alto * 0.82) + azar.randint(-1, 1) * azar.randint(0, ancho // 30),
        )
        for paso in range(12)
    ]
    pluma.line(trazo, fill=(25, 35, 90), width=max(2, ancho // 300), joint="curve")
    girada = hoja.rotate(
        azar.uniform(-0.6, 0.6), fillcolor=(247, 246, 241), resample=Image.Resampling.BICUBIC
    )
    return girada.filter(ImageFilter.GaussianBlur(ancho / 3000))


@cache
def pdf_escaneado(paginas: int = 12, *, titulo: str = "SOLICITUD", ancho: int = 1240) -> bytes:
    """Un PDF hecho de imágenes, como el de un escáner de oficina."""
    hojas = [pagina_escaneada(numero, titulo=titulo, ancho=ancho) for numero in range(1, paginas + 1)]
    salida = io.BytesIO()
    hojas[0].save(salida, "PDF", save_all=True, append_images=hojas[1:], resolution=ancho / 8.27, quality=60)
    return salida.getvalue()


def pdf(paginas: int = 1, *, texto: str = "Hola", relleno: int = 0) -> bytes:
    """Un PDF pequeño de texto; con ``relleno`` pesa, además, esos bytes."""
    return _guardar(_pdf(paginas, texto=texto, relleno=relleno))


@cache
def foto(ancho: int = 1600, alto: int = 1200, *, semilla: int = 1, calidad: int = 72) -> bytes:
    """Una foto JPG de una fachada (cielo, cerro, pared, puerta y ventanas), con algo de grano."""
    imagen = _fachada(ancho, alto, semilla)
    salida = io.BytesIO()
    imagen.save(salida, "JPEG", quality=calidad)
    return salida.getvalue()


def foto_png(ancho: int = 640, alto: int = 480) -> bytes:
    """Una captura de pantalla PNG."""
    salida = io.BytesIO()
    _fachada(ancho, alto, 3).quantize(64).save(salida, "PNG")
    return salida.getvalue()


# --- Malos: no se reciben ---------------------------------------------------------------------------------------------
def pdf_sin_paginas() -> bytes:
    """Un PDF bien formado que no tiene ninguna página."""
    return _guardar(pikepdf.new())


def pdf_con_clave(clave: str = "secreto") -> bytes:
    """Un PDF que pide contraseña para abrirse."""
    documento, salida = _pdf(2), io.BytesIO()
    documento.save(salida, encryption=pikepdf.Encryption(user=clave, owner=clave))
    return salida.getvalue()


def pdf_con_permisos() -> bytes:
    """Un PDF que se abre sin contraseña pero prohíbe imprimir o copiar: se puede leer, y se recibe."""
    documento, salida = _pdf(2), io.BytesIO()
    documento.save(salida, encryption=pikepdf.Encryption(user="", owner="dueño"))
    return salida.getvalue()


def pdf_truncado(parte: float = 0.6) -> bytes:
    """Un PDF al que le falta el final, como cuando se corta la descarga."""
    entero = pdf(3, relleno=4000)
    return entero[: int(len(entero) * parte)]


def pdf_corrupto() -> bytes:
    """Un PDF con su tabla de referencias destrozada."""
    entero = bytearray(pdf(2))
    lugar = entero.rfind(b"startxref")
    entero[lugar : lugar + 20] = b"startxref\n99999999\n%"
    return bytes(entero)


def basura_con_cabecera_de_pdf() -> bytes:
    """Bytes al azar que comienzan como un PDF."""
    return b"%PDF-1.7\n" + random.Random(7).randbytes(3000)  # noqa: S311


def zip_como_pdf() -> bytes:
    """Una carpeta comprimida a la que se cambió el nombre."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w") as carpeta:
        carpeta.writestr(zipfile.ZipInfo("hola.txt"), "hola")
    return salida.getvalue()


def html_como_pdf() -> bytes:
    """Una página web a la que se cambió el nombre."""
    return b"<!DOCTYPE html><html><script>alert(1)</script><body>%PDF-1.7</body></html>"


def html_y_pdf() -> bytes:
    """Un archivo que para unos programas es HTML y para otros PDF."""
    return b"<html><script>alert(1)</script>\n" + pdf()


def pdf_y_zip() -> bytes:
    """Un PDF con una carpeta comprimida pegada al final."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w") as carpeta:
        carpeta.writestr(zipfile.ZipInfo("oculto.bin"), random.Random(5).randbytes(9000))  # noqa: S311
    return pdf() + salida.getvalue()


def heic() -> bytes:
    """El comienzo de una foto HEIC de teléfono."""
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(400)


def bomba_pdf(megas: int = 1000) -> bytes:
    """Un PDF de menos de 1 MB cuyo flujo de objetos, al abrirse, ocuparía ``megas`` MB."""
    compresor = zlib.compressobj(9)
    trozo = bytes(1_000_000)
    comprimido = b"".join(
        [compresor.compress(b"1 0 "), *(compresor.compress(trozo) for _ in range(megas)), compresor.flush()]
    )
    cuerpo = b"%PDF-1.5\n"
    lugar_flujo = len(cuerpo)
    cuerpo += b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(comprimido)
    cuerpo += comprimido + b"\nendstream\nendobj\n"
    lugar_tabla = len(cuerpo)
    filas = b"".join(
        clase.to_bytes(1, "big") + campo.to_bytes(4, "big") + tercero.to_bytes(1, "big")
        for clase, campo, tercero in [(0, 0, 0), (2, 2, 0), (1, lugar_flujo, 0), (1, lugar_tabla, 0)]
    )
    cuerpo += b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(filas)
    return cuerpo + filas + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % lugar_tabla


def bomba_png(lado: int = 60_000) -> bytes:
    """Un PNG de pocos kilobytes que dice medir ``lado`` × ``lado`` puntos."""
    cabecera = lado.to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    datos = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(cuerpo).to_bytes(4, "big") + clase + cuerpo + zlib.crc32(clase + cuerpo).to_bytes(4, "big")
        for clase, cuerpo in [(b"IHDR", cabecera), (b"IDAT", datos), (b"IEND", b"")]
    )


def foto_truncada() -> bytes:
    """Una foto cuya descarga se cortó."""
    entera = foto(800, 600)
    return entera[: len(entera) // 2]


# --- Peligrosos: van a cuarentena -------------------------------------------------------------------------------------
def pdf_con_javascript() -> bytes:
    """JavaScript en el árbol de nombres, que se ejecuta al abrir."""
    documento = _pdf()
    accion = Dictionary(S=Name.JavaScript, JS=String("app.alert('hola')"))
    documento.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("a"), documento.make_indirect(accion)]))
    )
    return _guardar(documento)


def pdf_con_javascript_escondido() -> bytes:
    """Lo mismo, con el nombre disfrazado (``/J#61vaScript``) y dentro de un flujo de objetos."""
    documento, salida = _pdf(), io.BytesIO()
    documento.Root.AA = Dictionary(
        WC=Dictionary(S=Name.JavaScript, JS=Stream(documento, b"app.alert('hola')"))
    )
    documento.save(salida, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return salida.getvalue()


def pdf_con_nombre_disfrazado() -> bytes:
    """El nombre ``/JavaScript`` escrito ``/J#61vaScript``, que los lectores entienden igual."""
    documento, salida = _pdf(), io.BytesIO()
    documento.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.aler"))
    documento.save(salida, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    # El mensaje pierde dos letras para que el disfraz, dos más largo, no mueva la tabla de referencias.
    return salida.getvalue().replace(b"(app.aler)", b"(app.al)").replace(b"/JavaScript", b"/J#61vaScript")


def pdf_con_javascript_en_campo() -> bytes:
    """JavaScript en las acciones adicionales de un campo de formulario."""
    documento = _pdf()
    campo = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("ruc"), Rect=Array([10, 10, 90, 30]),
        AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=String("event.rc=false"))),
    )  # fmt: skip
    indirecto = documento.make_indirect(campo)
    documento.pages[0].Annots = Array([indirecto])
    documento.Root.AcroForm = Dictionary(Fields=Array([indirecto]))
    return _guardar(documento)


def pdf_con_launch() -> bytes:
    """Un enlace que abre otro programa."""
    documento = _pdf()
    documento.pages[0].Annots = Array(
        [
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=Array([0, 0, 99, 99]),
                A=Dictionary(S=Name.Launch, F=String("cmd.exe")),
            )
        ]
    )
    return _guardar(documento)


def pdf_que_actua_al_abrir() -> bytes:
    """Un PDF que al abrirse visita una dirección."""
    documento = _pdf()
    documento.Root.OpenAction = Dictionary(S=Name.URI, URI=String("http://192.0.2.1/"))
    return _guardar(documento)


def pdf_que_abre_en_una_pagina() -> bytes:
    """Un PDF corriente que al abrirse va a su primera página (lo hacen los procesadores de texto): se recibe."""
    documento = _pdf(2)
    documento.Root.OpenAction = Array([documento.pages[0].obj, Name.Fit])
    return _guardar(documento)


def pdf_que_habla_de_javascript() -> bytes:
    """Un PDF inocente cuyo título y texto dicen «/JavaScript»: se recibe."""
    documento = _pdf(texto="Manual de /JavaScript y /Launch")
    documento.docinfo["/Title"] = String("/JavaScript /JS (curso) /EmbeddedFile")
    return _guardar(documento)


def pdf_con_incrustado() -> bytes:
    """Un PDF con otro archivo dentro."""
    documento = _pdf()
    documento.attachments["virus.exe"] = pikepdf.AttachedFileSpec(
        documento, b"MZ...", description="", filename="virus.exe", mime_type="", creation_date="", mod_date=""
    )
    return _guardar(documento)


def pdf_con_xfa() -> bytes:
    """Un formulario XFA."""
    documento = _pdf()
    documento.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(documento, b"<xdp/>"))
    return _guardar(documento)


def pdf_con_multimedia() -> bytes:
    """Una anotación RichMedia."""
    documento = _pdf()
    anotacion = Dictionary(
        Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]), RichMediaContent=Dictionary()
    )
    documento.pages[0].Annots = Array([anotacion])
    return _guardar(documento)


# --- Cómo se hacen ----------------------------------------------------------------------------------------------------
def _dibujar_hoja(numero: int, titulo: str, ancho: int) -> bytes:
    datos = json.dumps({"titulo": titulo, "numero": numero, "texto": TEXTO})
    dibujo: Any = typst.compile(
        _HOJA, format="png", ppi=ancho / 8.27, sys_inputs={"datos": datos}, font_paths=_letras()
    )
    return bytes(dibujo)


@cache
def _letras() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _pdf(paginas: int = 1, *, texto: str = "Hola", relleno: int = 0) -> pikepdf.Pdf:
    documento = pikepdf.new()
    letra = documento.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    escapado = (
        texto.encode("latin-1", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    )
    for numero in range(1, paginas + 1):
        contenido = b"BT /F1 24 Tf 72 740 Td (%b) Tj 0 -40 Td (%d) Tj ET" % (escapado, numero)
        documento.pages.append(
            pikepdf.Page(
                documento.make_indirect(
                    Dictionary(
                        Type=Name.Page,
                        MediaBox=Array([0, 0, 595, 842]),
                        Contents=Stream(documento, contenido),
                        Resources=Dictionary(Font=Dictionary(F1=letra)),
                    )
                )
            )
        )
    if relleno:
        ruido = random.Random(relleno).randbytes(relleno)  # noqa: S311
        documento.Root.Relleno = Stream(documento, ruido)
    return documento


def _guardar(documento: pikepdf.Pdf) -> bytes:
    salida = io.BytesIO()
    documento.save(salida, deterministic_id=True)
    return salida.getvalue()


def _fachada(ancho: int, alto: int, semilla: int) -> Image.Image:
    azar = random.Random(semilla)  # noqa: S311
    imagen = Image.new("RGB", (ancho, alto), (140, 185, 225))
    pluma = ImageDraw.Draw(imagen)
    cumbres = [
        (0, alto),
        *((ancho * i // 6, alto * azar.randint(22, 45) // 100) for i in range(7)),
        (ancho, alto),
    ]
    pluma.polygon(cumbres, fill=(70, 110, 70))
    pared = azar.choice([(225, 205, 160), (200, 215, 220), (222, 180, 170)])
    pluma.rectangle([ancho * 0.14, alto * 0.38, ancho * 0.86, alto * 0.92], fill=pared)
    pluma.polygon(
        [(ancho * 0.08, alto * 0.4), (ancho * 0.5, alto * 0.24), (ancho * 0.92, alto * 0.4)],
        fill=(150, 70, 50),
    )
    pluma.rectangle([ancho * 0.44, alto * 0.58, ancho * 0.57, alto * 0.92], fill=(90, 55, 35))
    for x in (0.2, 0.66):
        pluma.rectangle(
            [ancho * x, alto * 0.5, ancho * (x + 0.14), alto * 0.68],
            fill=(60, 80, 100),
            outline="white",
            width=6,
        )
    pluma.rectangle([0, alto * 0.92, ancho, alto], fill=(150, 140, 130))
    pluma.text(
        (ancho * 0.5, alto * 0.45),
        "BODEGA",
        font=ImageFont.load_default(ancho // 18),
        fill=(120, 20, 40),
        anchor="mm",
    )
    grano = Image.frombytes("L", (ancho // 4, alto // 4), azar.randbytes((ancho // 4) * (alto // 4))).resize(
        (ancho, alto)
    )
    return Image.blend(imagen, Image.merge("RGB", [grano] * 3), 0.06)
