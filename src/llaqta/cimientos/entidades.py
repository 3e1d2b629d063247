"""Los datos de la municipalidad: nombre, RUC, contacto, horario, colores y escudo, y cómo se verán."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from stdnum.exceptions import ValidationError as ErrorDeStdnum
from stdnum.pe import ruc as stdnum_ruc

from llaqta.cimientos import escudo as dibujo
from llaqta.cimientos import pdf
from llaqta.cimientos.administracion import Administrador, exigir_administrador
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import Evento, emit
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.pdfium import TURNO
from llaqta.cimientos.redaccion import bloques
from llaqta.cimientos.ubigeo import check_es_del_inei
from llaqta.cimientos.web.color import BLANCO, check_marca, contraste, texto_sobre
from llaqta.cimientos.web.contexto import partir_nombre

CAMPOS = (
    "nombre", "nombre_corto", "siglas", "ruc", "ubigeo", "direccion", "lugar", "telefono", "whatsapp", "correo",
    "horario", "escudo", "color", "color_oscuro",
)  # fmt: skip
_SE_PUEDEN_OMITIR = frozenset({"telefono", "whatsapp", "correo", "escudo"})
_UBIGEO = re.compile(r"\d{6}")


@dataclass(frozen=True)
class EntidadEditada(Evento):
    """Cambiaron datos de la municipalidad; ``campos`` dice cuáles."""

    campos: tuple[str, ...]


@dataclass(frozen=True)
class Muestra:
    """Cómo se verán la cabecera y la hoja membretada, como imágenes que la página lleva dentro, y sus contrastes."""

    cabecera: str
    membrete: str
    contrastes: tuple[tuple[str, str], ...]


def check_editar(actor: Administrador | None) -> Administrador:
    """Solo la administración del sistema.

    :raises Denegado: si ``actor`` no tiene el permiso
    """
    return exigir_administrador(actor, "cambiar los datos de la municipalidad")


def get_entidad(*, para: Administrador | None) -> Entidad:
    """La entidad como está guardada ahora, no como la recuerda este proceso.

    :raises Denegado: si ``para`` no administra el sistema
    """
    check_editar(para)
    Entidad.olvidar()
    return Entidad.actual()


def proponer(*, para: Administrador | None, ahora: datetime, **datos: str) -> Entidad:
    """La entidad con esos datos, comprobados, sin guardarla.

    :param datos: uno por cada nombre de ``CAMPOS``
    :raises Denegado: si ``para`` no administra el sistema
    :raises EntradaInvalida: si un dato falta o no sirve; la frase dice cuál y por qué
    """
    check_editar(para)
    propuesta = Entidad(pk=1, **{campo: datos[campo].strip() for campo in CAMPOS})
    _check_datos(propuesta)
    if razones := check_marca(propuesta.color, propuesta.color_oscuro):
        oscuro = all("oscuro" in razon for razon in razones)
        raise EntradaInvalida(
            " ".join(razones), campo="color_oscuro" if oscuro else "color", norma="WCAG 2.2, 1.4.3"
        )
    if propuesta.escudo:
        propuesta.escudo = dibujo.limpiar(propuesta.escudo)
    try:
        componer_membrete(propuesta, ahora=ahora)
    except RuntimeError as error:
        # Con un escudo que no se dibuja no habría cargos ni resoluciones: mejor saberlo ahora.
        raise EntradaInvalida(
            "El escudo no se puede dibujar en un PDF; expórtelo de otra manera.", campo="escudo"
        ) from error
    return propuesta


@transaction.atomic
def guardar_entidad(*, actor: Administrador | None, ahora: datetime, **datos: str) -> Entidad:
    """Guarda los datos de la municipalidad; todas las páginas y los documentos nuevos los llevan en segundos.

    :param datos: uno por cada nombre de ``CAMPOS``
    :raises Denegado: si ``actor`` no administra el sistema
    :raises EntradaInvalida: si un dato falta o no sirve
    """
    administrador = check_editar(actor)
    anterior = Entidad.objects.select_for_update().filter(pk=1).first()
    propuesta = proponer(para=actor, ahora=ahora, **datos)
    campos = tuple(c for c in CAMPOS if anterior is None or getattr(anterior, c) != getattr(propuesta, c))
    if not campos:
        return propuesta
    propuesta.save(force_insert=anterior is None, force_update=anterior is not None)
    transaction.on_commit(Entidad.olvidar)
    emit(EntidadEditada(campos=campos), actor_id=administrador.pk, ahora=ahora, objeto=propuesta)
    return propuesta


def componer_membrete(entidad: Entidad, *, ahora: datetime) -> bytes:
    """Una hoja membretada de muestra, en PDF."""
    return pdf.componer(
        "constancia",
        {
            "encabezado_principal": "MUESTRA DE LA HOJA MEMBRETADA",
            "texto": bloques(
                "Así salen los cargos, las constancias y las resoluciones. Esta hoja no tiene valor."
            ),
            "secciones": [
                {
                    "titulo": "Datos de la municipalidad",
                    "filas": [
                        ["Nombre", entidad.nombre],
                        ["Siglas", entidad.siglas],
                        ["Horario", entidad.horario],
                    ],
                }
            ],
        },
        titulo="Muestra de la hoja membretada",
        ahora=ahora,
        entidad=entidad,
    )


def mostrar(entidad: Entidad, *, para: Administrador | None, ahora: datetime) -> Muestra:
    """La cabecera y la hoja membretada de una entidad, guardada o propuesta.

    :raises Denegado: si ``para`` no administra el sistema
    """
    check_editar(para)
    return Muestra(
        cabecera=_incrustar(_cabecera(entidad).encode(), "image/svg+xml"),
        membrete=_incrustar(_primera_mitad(componer_membrete(entidad, ahora=ahora)), "image/webp"),
        contrastes=(
            ("Color sobre blanco", _razon(entidad.color, BLANCO, "3")),
            ("Letras sobre el color", _razon(texto_sobre(entidad.color), entidad.color, "4.5")),
            ("Letras blancas sobre el color oscuro", _razon(BLANCO, entidad.color_oscuro, "4.5")),
        ),
    )


def _check_datos(entidad: Entidad) -> None:
    for campo in CAMPOS:
        columna: Any = Entidad._meta.get_field(campo)
        nombre, tope, valor = columna.verbose_name, columna.max_length, getattr(entidad, campo)
        if not valor and campo not in _SE_PUEDEN_OMITIR:
            raise EntradaInvalida(f"Falta: {nombre}.", campo=campo)
        if tope and len(valor) > tope:
            raise EntradaInvalida(f"«{nombre}» admite hasta {tope} caracteres.", campo=campo)
    try:
        stdnum_ruc.validate(entidad.ruc)
    except ErrorDeStdnum as error:
        raise EntradaInvalida("Ese RUC no existe: cópielo de nuevo con cuidado.", campo="ruc") from error
    if not _UBIGEO.fullmatch(entidad.ubigeo):
        raise EntradaInvalida(
            "El ubigeo son los 6 números con que el INEI nombra al distrito.", campo="ubigeo"
        )
    check_es_del_inei(entidad.ubigeo)
    try:
        if entidad.correo:
            validate_email(entidad.correo)
    except ValidationError as error:
        raise EntradaInvalida(
            "Escriba el correo completo, por ejemplo mesadepartes@ejemplo.pe.", campo="correo"
        ) from error


def _razon(uno: str, otro: str, minimo: str) -> str:
    return f"{contraste(uno, otro):.1f} a 1 (se pide {minimo} a 1)"


def _cabecera(entidad: Entidad) -> str:
    """La cabecera de las páginas, dibujada: barra, escudo, nombre, y un botón con los dos colores."""
    antes, propio = partir_nombre(entidad.nombre, entidad.nombre_corto)
    escudo = quoteattr(_incrustar(entidad.escudo.encode(), "image/svg+xml")) if entidad.escudo else '""'
    x = 66 if entidad.escudo else 16
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 128" font-family="system-ui, sans-serif">
<path fill="#fff" d="M0 0h360v128H0z"/><path fill="{entidad.color}" d="M0 0h360v8H0z"/>
{f'<image x="14" y="18" width="44" height="48" href={escudo}/>' if entidad.escudo else ""}
<text x="{x}" y="36" font-size="13" fill="#4b545c">{escape(antes)}</text>
<text x="{x}" y="{56 if antes else 46}" font-size="{17 if len(propio) < 28 else 13}" font-weight="700" fill="#15191d">\
{escape(propio)}</text>
<rect x="14" y="80" width="150" height="36" rx="4" fill="{entidad.color}"/>
<g font-size="14" font-weight="600" text-anchor="middle">
<text x="89" y="103" fill="{texto_sobre(entidad.color)}">Presentar</text>
<rect x="178" y="80" width="168" height="36" rx="4" fill="{entidad.color_oscuro}"/>
<text x="262" y="103" fill="#fff">Al señalarlo</text></g></svg>"""


def _primera_mitad(documento: bytes) -> bytes:
    """La parte de arriba de la hoja, como imagen."""
    # Se importan aquí: solo quien mira una muestra paga su memoria.
    import pypdfium2  # noqa: PLC0415

    with TURNO:
        abierto = pypdfium2.PdfDocument(documento)
        try:
            imagen = abierto[0].render(scale=1.4).to_pil().convert("RGB")
        finally:
            abierto.close()
    salida = BytesIO()
    imagen.crop((0, 0, imagen.width, imagen.height * 2 // 5)).save(salida, "WEBP", quality=80)
    return salida.getvalue()


def _incrustar(contenido: bytes, tipo: str) -> str:
    return f"data:{tipo};base64,{b64encode(contenido).decode('ascii')}"
