"""Las etiquetas y filtros con que se escriben las pantallas; están disponibles en toda plantilla sin ``{% load %}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from llaqta.cimientos.web import palabras
from llaqta.cimientos.web.forms import TresPartes
from llaqta.cimientos.web.piezas import TONOS

register = template.Library()


# --- Formularios ----------------------------------------------------------------------------------------------------
@register.simple_tag
def campo(
    campo_: BoundField, *, como_titulo: bool = False, etiqueta: str = "", pista: str = "", **atributos: Any
) -> SafeString:
    """Dibuja un campo entero: etiqueta, «(opcional)», pista, error y control, unidos para los lectores de pantalla.

    :param como_titulo: la etiqueta es el h1 de la página (página de una sola pregunta)
    :param atributos: atributos del control: ``autocomplete="email"``, ``inputmode="numeric"``, ``rows=4``
    """
    campo_.field.widget.attrs.pop("placeholder", None)  # la etiqueta ya lo dice, y no se borra al escribir
    clase, id_ = _clase_de_campo(campo_), campo_.id_for_label or campo_.auto_id
    if clase == "oculto":
        return mark_safe(str(campo_))
    raiz = campo_.auto_id or id_
    pista = pista or str(campo_.help_text)
    descrito = " ".join(
        i for i, hay in ((f"{raiz}_pista", pista), (f"{raiz}_error", campo_.errors)) if hay
    )  # fmt: skip
    datos: dict[str, Any] = {
        "campo": campo_,
        "raiz": raiz,
        "etiqueta": etiqueta or campo_.label,
        "pista": pista,
        "errores": campo_.errors,
        "opcional": not campo_.field.required and clase != "casilla",
        "como_titulo": como_titulo,
        "descrito": descrito,
        "contador": campo_.field.widget.attrs.get("data-contador"),
    }
    if clase == "opciones":
        datos["opciones"] = _opciones(campo_)
    elif clase == "fecha":
        datos["partes"] = _partes_de_fecha(campo_)
    else:
        datos["control"] = _control(campo_, descrito, atributos, clase)
    return render_to_string(f"llaqta/piezas/campo_{clase}.html", datos)


def _clase_de_campo(campo_: BoundField) -> str:
    widget = campo_.field.widget
    if widget.is_hidden:
        return "oculto"
    if isinstance(widget, TresPartes):
        return "fecha"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "opciones"
    return "casilla" if isinstance(widget, forms.CheckboxInput) else "texto"


def _control(campo_: BoundField, descrito: str, atributos: Mapping[str, Any], clase: str) -> SafeString:
    propias = str(campo_.field.widget.attrs.get("class", ""))
    attrs = {**atributos, "class": " ".join(filter(None, ("control" if clase == "texto" else "", propias)))}
    if descrito:
        attrs["aria-describedby"] = descrito
    if campo_.errors:
        attrs["aria-invalid"] = "true"
    return campo_.as_widget(attrs={k.replace("_", "-"): v for k, v in attrs.items() if v not in ("", None)})


def _opciones(campo_: BoundField) -> list[dict[str, Any]]:
    """Las opciones con su pista, si el control trae ``pistas = {valor: frase}``."""
    pistas: Mapping[str, str] = getattr(campo_.field.widget, "pistas", {})
    tipo = "checkbox" if isinstance(campo_.field.widget, forms.CheckboxSelectMultiple) else "radio"
    return [
        {
            "id": opcion.data["attrs"].get("id", ""),
            "nombre": opcion.data["name"],
            "valor": opcion.data["value"],
            "texto": opcion.data["label"],
            "marcada": opcion.data["selected"],
            "pista": pistas.get(str(opcion.data["value"]), ""),
            "tipo": tipo,
        }
        for opcion in campo_.subwidgets
    ]


def _partes_de_fecha(campo_: BoundField) -> list[dict[str, Any]]:
    widget = campo_.field.widget
    assert isinstance(widget, TresPartes)
    valores = widget.decompress(campo_.value())
    return [
        {
            "id": f"{campo_.auto_id}_{i}",
            "nombre": f"{campo_.html_name}_{i}",
            "etiqueta": palabra,
            "valor": valor,
            "largo": largo,
        }
        for i, (palabra, valor, largo) in enumerate(
            zip(("Día", "Mes", "Año"), valores, (2, 2, 4), strict=True)
        )
    ]


@register.inclusion_tag("llaqta/piezas/resumen_de_errores.html")
def resumen_de_errores(formulario: forms.BaseForm | None) -> dict[str, Any]:
    """La caja «Hay un problema», con un enlace al primer control de cada campo que falló; nada si no hay errores."""
    errores: list[tuple[str, str]] = []
    if formulario is not None and formulario.is_bound:
        errores += [("", str(frase)) for frase in formulario.non_field_errors()]
        errores += [(_primer_control(c), str(frase)) for c in formulario if c.errors for frase in c.errors]
    return {"errores": errores}


def _primer_control(campo_: BoundField) -> str:
    varios = _clase_de_campo(campo_) in ("fecha", "opciones")
    return f"{campo_.auto_id}_0" if varios else (campo_.id_for_label or campo_.auto_id)


@register.simple_tag(takes_context=True)
def titulo_con_error(context: template.Context, formulario: forms.BaseForm | None = None) -> str:
    """``Error: `` delante del título de la pestaña cuando el formulario volvió con errores."""
    formulario = formulario or context.get("form")
    return (
        "Error: "
        if isinstance(formulario, forms.BaseForm) and formulario.is_bound and formulario.errors
        else ""
    )


# --- Piezas ---------------------------------------------------------------------------------------------------------
@register.inclusion_tag("llaqta/piezas/resumen.html")
def resumen(filas: Iterable[Any]) -> dict[str, Any]:
    """Lista de claves y valores (``piezas.Fila`` o pares). Un valor vacío se dice «No indicado»."""
    lineas = [{"clave": f[0], "valor": f[1]} if isinstance(f, tuple | list) else f for f in filas]
    return {"filas": lineas}


@register.inclusion_tag("llaqta/piezas/linea_tiempo.html")
def linea_tiempo(hitos: Iterable[Any]) -> dict[str, Any]:
    """El recorrido, parada por parada (``piezas.Hito`` u objetos con esos nombres)."""
    return {"hitos": list(hitos)}


@register.inclusion_tag("llaqta/piezas/lista_de_tareas.html")
def lista_de_tareas(tareas: Iterable[Any]) -> dict[str, Any]:
    """Lo que falta y lo que ya está (``piezas.Tarea``)."""
    return {"tareas": list(tareas)}


@register.inclusion_tag("llaqta/piezas/etiqueta_estado.html")
def etiqueta_estado(estado: Any, tono: str = "") -> dict[str, Any]:
    """Un estado en palabra y color.

    :param estado: texto, ``piezas.Estado``, o cualquier objeto con ``palabras`` o ``label`` (y ``tono``)
    :param tono: neutro, curso, espera, hecho o alerta; sin él, el del objeto
    """
    dicho = getattr(estado, "palabras", None) or getattr(estado, "label", None) or str(estado)
    tono = tono or str(getattr(estado, "tono", "neutro"))
    return {"palabras": dicho, "tono": tono if tono in TONOS else "neutro"}


@register.inclusion_tag("llaqta/piezas/reloj.html")
def reloj(plazo: Any, *, corto: bool = False) -> dict[str, Any]:
    """Los días usados de un plazo, en palabras y en una barra (``piezas.Reloj`` o un objeto con esos nombres).

    :param corto: la fecha abreviada, para tablas
    """
    tono = str(getattr(plazo, "tono", "curso") or "curso")
    return {"plazo": plazo, "tono": tono if tono in TONOS else "neutro", "corto": corto}


@register.inclusion_tag("llaqta/piezas/boton.html")
def boton(
    texto: str,
    *,
    enlace: str = "",
    clase: str = "",
    nombre: str = "",
    valor: str = "",
    negado: str = "",
    atajo: str = "",
) -> dict[str, Any]:
    """Un botón que envía el formulario o, con ``enlace``, un enlace con aspecto de botón.

    :param clase: secundario, peligro o enlace; sin ella, es el principal
    :param negado: la frase de por qué no se puede; el botón se ve apagado y la frase se lee junto a él
    :param atajo: la tecla que lo activa en las pantallas internas
    """
    return {
        "texto": texto, "enlace": enlace, "clase": f"boton-{clase}" if clase else "",
        "nombre": nombre, "valor": valor, "negado": negado, "atajo": atajo,
    }  # fmt: skip


@register.inclusion_tag("llaqta/piezas/vista_documento.html")
def vista_documento(vista: Any, *, en_marco: bool = False) -> dict[str, Any]:
    """Un documento a la vista (``piezas.VistaDocumento``): sus páginas como imágenes o, ``en_marco``, el PDF mismo."""
    return {"vista": vista, "en_marco": en_marco}


@register.inclusion_tag("llaqta/piezas/pasos.html")
def pasos(actual: int, total: int) -> dict[str, int]:
    """«Paso 2 de 5» con su barra."""
    return {"actual": actual, "total": total}


@register.inclusion_tag("llaqta/piezas/miga.html")
def miga(*partes: str) -> dict[str, Any]:
    """El camino hasta aquí: dirección y texto alternados, y al final el texto de esta página."""
    return {
        "enlaces": list(zip(partes[:-1:2], partes[1:-1:2], strict=True)),
        "aqui": partes[-1] if partes else "",
    }


@register.inclusion_tag("llaqta/piezas/paginacion.html", takes_context=True)
def paginacion(context: template.Context, pagina: Any) -> dict[str, Any]:
    """Enlaces Anterior y Siguiente de una ``paginas.Pagina``; conserva los demás filtros de la dirección."""
    request = context.get("request")
    filtros = request.GET.copy() if request is not None else None

    def direccion(cursor: str) -> str:
        if not cursor:
            return ""
        if filtros is None:
            return f"?cursor={cursor}"
        filtros["cursor"] = cursor
        return f"?{filtros.urlencode()}"

    return {"anterior": direccion(pagina.anterior), "siguiente": direccion(pagina.siguiente)}


@register.simple_tag
def enlace(nombre: str, *args: Any, **kwargs: Any) -> str:
    """La dirección de una vista, o ``""`` si esa sala no está instalada: el menú no depende de que exista."""
    try:
        return reverse(nombre, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


# --- Palabras -------------------------------------------------------------------------------------------------------
@register.filter
def fecha_larga(cuando: date | datetime | None) -> str:
    """``martes 14 de julio de 2026``."""
    return palabras.fecha_larga(cuando) if cuando else ""


@register.filter
def dia_de_la_semana(cuando: date | datetime | None) -> str:
    """``martes``."""
    return palabras.DIAS[palabras.en_lima(cuando).weekday()] if cuando else ""


@register.filter
def fecha_sin_dia(cuando: date | datetime | None) -> str:
    """``14 de julio de 2026``."""
    return palabras.fecha_sin_dia(cuando) if cuando else ""


@register.filter
def fecha_corta(cuando: date | datetime | None) -> str:
    """``14 jul. 2026``, para tablas."""
    return palabras.fecha_corta(cuando) if cuando else ""


@register.filter
def fecha_hora(cuando: date | datetime | None, variante: str = "") -> str:
    """``14 de julio de 2026, 16:05``; ``|fecha_hora:"zona"`` agrega ``(UTC−05:00)`` y ``"segundos"``, los segundos."""
    if not cuando:
        return ""
    if not isinstance(cuando, datetime):
        return palabras.fecha_sin_dia(cuando)
    return palabras.fecha_hora(cuando, con_zona="zona" in variante, con_segundos="segundos" in variante)


@register.filter
def soles(monto: Decimal | int | float | str | None) -> str:
    """``S/ 1,234.50``."""
    return "" if monto is None or monto == "" else palabras.soles(monto)


@register.filter
def tamano(bytes_: int | None) -> str:
    """``812 KB``."""
    return "" if bytes_ is None else palabras.tamano(bytes_)


@register.filter
def de_a_cuatro(clave: str) -> str:
    """``2BNA R3HD NE44``: así se copia a mano sin perderse."""
    return " ".join(clave[i : i + 4] for i in range(0, len(clave), 4))


@register.filter
def con_articulo(oficina: str) -> str:
    """``la Subgerencia de Licencias``."""
    return palabras.con_articulo(oficina)


@register.filter
def doc_enmascarado(numero: str | None) -> str:
    """``4•••••12``."""
    return palabras.doc_enmascarado(str(numero)) if numero else ""
