r"""Documentos en PDF: se componen con typst, en PDF/A-2a y PDF/UA-1, y salen iguales en cualquier máquina.

Los datos viajan como JSON y las plantillas (``plantillas_pdf/*.typ``) los usan como valores: un nombre con ``#``, ``$``
o ``\`` se imprime, no se ejecuta. Las letras son las que trae typst, nunca las del sistema; con el mismo ``ahora`` el
resultado es el mismo byte por byte, de modo que su huella se puede recalcular.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from llaqta.cimientos import qr
from llaqta.cimientos.models import Entidad

CARPETA = Path(__file__).parent / "plantillas_pdf"
NORMAS = ["a-2a", "ua-1"]
LIMA = ZoneInfo("America/Lima")
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip

# Lo que cada plantilla exige; lo opcional está al comienzo de cada una.
PLANTILLAS: dict[str, frozenset[str]] = {
    "cargo": frozenset(
        "registro expediente enviado_en presentado_el canal presentante procedimiento asunto folios anexos".split()
    ),
    "constancia": frozenset("encabezado_principal texto secciones".split()),
    "resolucion": frozenset("tipo lugar visto considerando articulos firmante".split()),
    "informe": frozenset("tipo lugar para de asunto cuerpo firmante".split()),
    "caratula": frozenset("expediente procedimiento administrado asunto iniciado_el unidad folios".split()),
    "hoja_de_ruta": frozenset("expediente asunto administrado movimientos".split()),
    "indice": frozenset("expediente asunto administrado cerrado_al documentos".split()),
    "cedula": frozenset(
        "codigo destinatario direccion origen acto expediente procedimiento autoridad domicilio_de_la_autoridad "
        "recursos efecto via notificar_hasta".split()
    ),
    "aviso_de_visita": frozenset("codigo destinatario direccion expediente entidad_dice".split()),
    "acta_de_visita": frozenset("codigo numero destinatario direccion expediente acto hechos relato".split()),
    "ruta_de_notificador": frozenset("dia notificador visitas".split()),
    "punto_de_control": frozenset("origen tamano raiz firmado_en llave nota qr sello direccion".split()),
}


@dataclass(frozen=True)
class Caja:
    """Dónde se ve una firma: página desde 0 y rectángulo en puntos, con el origen abajo a la izquierda."""

    pagina: int
    x0: float
    y0: float
    x1: float
    y1: float


# A4 mide 595.28 × 841.89 puntos. La firma del autor ocupa el lugar que base.typ reserva bajo el membrete.
_CAJA_DEL_AUTOR = Caja(0, 335.75, 672.03, 535.75, 718.03)
_VISTO = {"ancho": 80.0, "alto": 56.0, "x": 4.0, "primero": 566.0, "paso": 60.0}
VISTOS_QUE_CABEN = 9


def caja_de_firma(n: int) -> Caja:
    """Dónde va la firma visible número ``n`` en un documento compuesto aquí.

    :param n: 0 es el autor (o el sello de la entidad), bajo el membrete; 1 a 9, los vistos buenos, en el margen
    :raises ValueError: si no hay lugar para tantas
    """
    if n == 0:
        return _CAJA_DEL_AUTOR
    if not 1 <= n <= VISTOS_QUE_CABEN:
        raise ValueError(f"Caben {VISTOS_QUE_CABEN} vistos buenos en el margen; se pidió el número {n}.")
    abajo = _VISTO["primero"] - (n - 1) * _VISTO["paso"]
    return Caja(0, _VISTO["x"], abajo, _VISTO["x"] + _VISTO["ancho"], abajo + _VISTO["alto"])


def verificacion(*, url: str, cvd: str, desde: date, hasta: date, enlace: str = "") -> dict[str, Any]:
    """Datos del pie de verificación (Directiva 002-2021-PCM/SGTD): dirección, CVD, ventana de fechas y QR.

    :param url: la dirección que se imprime para escribirla a mano
    :param enlace: lo que lleva el QR; vacío: ``url?cvd=…``
    """
    return {
        "url": url,
        "cvd": cvd,
        "desde": f"{desde:%d/%m/%Y}",
        "hasta": f"{hasta:%d/%m/%Y}",
        "qr": qr_para_papel(enlace or f"{url}?cvd={cvd}"),
    }


def qr_para_papel(texto: str) -> list[int]:
    """El QR de ``texto`` para una plantilla: los bytes de un PNG, que pesa diez veces menos que su dibujo en líneas.

    :raises ValueError: si el texto no cabe en un QR
    """
    return list(qr.png(texto, escala=4, margen=1))


def fecha_larga(dia: date) -> str:
    """«14 de julio de 2026», con los nombres de los meses que usa el Perú."""
    return f"{dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def fecha_hora(instante: datetime) -> str:
    """«14 de julio de 2026, 09:05:03 (UTC−05:00)», siempre en la hora oficial peruana."""
    lima = instante.astimezone(LIMA)
    return f"{fecha_larga(lima)}, {lima:%H:%M:%S} (UTC−05:00)"


def tamano(cantidad: int) -> str:
    """«812 bytes», «200 KB», «3.4 MB»: como se lee en el Perú, con punto decimal."""
    if cantidad < 1000:
        return f"{cantidad} bytes"
    if cantidad < 1_000_000:
        return f"{cantidad / 1000:.0f} KB"
    return f"{cantidad / 1_000_000:.1f} MB"


def componer(
    plantilla: str,
    datos: Mapping[str, Any],
    *,
    titulo: str,
    ahora: datetime,
    adjuntos: Mapping[str, bytes] | None = None,
    entidad: Entidad | None = None,
) -> bytes:
    """Compone un PDF/A-2a y PDF/UA-1 con una plantilla de la casa.

    :param plantilla: una de ``PLANTILLAS``
    :param datos: lo que la plantilla pide; ``date`` y ``datetime`` se escriben en castellano y hora de Lima.
        Comunes a todas: ``organo``, ``lemas``, ``borrador``, ``encabezado`` y ``verificacion`` (de ``verificacion()``)
    :param titulo: el título del documento, que leen los lectores de pantalla y los archivos
    :param ahora: la fecha de creación que queda dentro del PDF
    :param adjuntos: imágenes que la plantilla nombra como ``adjuntos/<nombre>``
    :param entidad: la del membrete; por omisión, la de esta instalación
    :raises KeyError: si la plantilla no existe o falta uno de sus datos
    """
    if faltan := PLANTILLAS[plantilla] - datos.keys():
        raise KeyError(f"A la plantilla «{plantilla}» le falta: {', '.join(sorted(faltan))}.")
    contenido = {**datos, "titulo": titulo, "entidad": _membrete(entidad or Entidad.actual())}
    try:
        return _compilar(plantilla, contenido, ahora, adjuntos or {})
    except RuntimeError as error:
        if (dibujable := _dibujable(contenido)) == contenido:
            raise RuntimeError(f"La plantilla «{plantilla}» no se pudo componer: {error}") from error
        # Un nombre con un signo que ninguna letra tiene (un emoji, otro alfabeto) no puede impedir que haya cargo:
        # PDF/A exige que todo signo se vea, así que los que no se pueden dibujar se reemplazan por un cuadrado.
        return _compilar(plantilla, dibujable, ahora, adjuntos or {})


def _compilar(
    plantilla: str, contenido: Mapping[str, Any], ahora: datetime, adjuntos: Mapping[str, bytes]
) -> bytes:
    # Se importa aquí: solo quien compone un PDF paga la memoria de typst.
    import typst  # noqa: PLC0415

    archivos = {nombre: texto for nombre, texto in _plantillas().items() if nombre != f"{plantilla}.typ"}
    archivos["main.typ"] = _plantillas()[f"{plantilla}.typ"]
    archivos |= {f"adjuntos/{nombre}": contenido_ for nombre, contenido_ in adjuntos.items()}
    salida = typst.compile(
        cast(Any, archivos),
        format="pdf",
        font_paths=_letras(),
        sys_inputs={"datos": json.dumps(contenido, default=_escribir, ensure_ascii=False)},
        pdf_standards=cast(Any, NORMAS),
        timestamp=int(ahora.timestamp()),
    )
    return _apretar(salida)


def _apretar(contenido: bytes) -> bytes:
    """Junta en flujos comprimidos los cientos de objetos pequeños de las etiquetas: el cargo baja a la mitad."""
    import pikepdf  # noqa: PLC0415

    salida = io.BytesIO()
    with pikepdf.open(io.BytesIO(contenido)) as documento:
        documento.save(
            salida,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
            preserve_pdfa=True,
            fix_metadata_version=False,
        )
    return salida.getvalue()


@cache
def _plantillas() -> dict[str, bytes]:
    return {ruta.name: ruta.read_bytes() for ruta in sorted(CARPETA.glob("*.typ"))}


@cache
def _letras() -> Any:
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False)


def _membrete(entidad: Entidad) -> dict[str, str]:
    campos = (
        "nombre",
        "nombre_corto",
        "siglas",
        "ruc",
        "direccion",
        "lugar",
        "telefono",
        "correo",
        "escudo",
        "color",
    )
    return {campo: str(getattr(entidad, campo)) for campo in campos}


def _escribir(valor: object) -> str:
    """Escribe en castellano lo que JSON no conoce.

    :raises TypeError: si tampoco lo conocemos nosotros
    """
    if isinstance(valor, datetime):
        return fecha_hora(valor)
    if isinstance(valor, date):
        return fecha_larga(valor)
    if isinstance(valor, Decimal):
        return f"{valor:,.2f}"
    raise TypeError(f"No se puede escribir en un PDF un {type(valor).__name__}.")


def _dibujable(valor: Any) -> Any:
    """Reemplaza por «□» los signos que las letras de typst quizá no dibujan, en todos los textos de una estructura."""
    if isinstance(valor, str):
        return "".join(signo if _se_dibuja(signo) else "□" for signo in unicodedata.normalize("NFC", valor))
    if isinstance(valor, Mapping):
        return {clave: _dibujable(dentro) for clave, dentro in valor.items()}
    if isinstance(valor, list | tuple):
        return [_dibujable(dentro) for dentro in valor]
    return valor


def _se_dibuja(signo: str) -> bool:
    """Latín con todos sus acentos, griego, cirílico y la puntuación corriente; nada que la letra no tenga."""
    punto = ord(signo)
    return (
        signo in "\n\t" or 0x20 <= punto < 0x7F or 0xA0 <= punto < 0x180 or signo in "–—‘’“”„†•…‰€−ʼ№→×\u200b"
    )
