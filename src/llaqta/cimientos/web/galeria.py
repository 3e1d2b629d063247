"""La galería viva: cada pieza con datos de muestra, para mirarla, probarla y copiar cómo se escribe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.web.forms import CampoArchivo, CampoDNI, CampoFecha, CampoRUC, Formulario
from llaqta.cimientos.web.paginas import Pagina
from llaqta.cimientos.web.piezas import Estado, Fila, Hito, Reloj, Tarea, VistaDocumento

LIMA = ZoneInfo("America/Lima")


class OpcionesConPista(forms.RadioSelect):
    """Botones de opción con una frase debajo de cada uno."""

    pistas = {"yo": "Con su propio DNI.", "otro": "Con una carta poder simple."}


class FormularioDeMuestra(Formulario):
    """Un campo de cada clase."""

    quien = forms.ChoiceField(
        label="¿Quién presenta?",
        choices=[("yo", "Yo mismo"), ("otro", "En nombre de otra persona")],
        widget=OpcionesConPista,
    )
    dni = CampoDNI()
    ruc = CampoRUC(label="RUC del negocio", required=False)
    giro = forms.ChoiceField(
        label="Giro", choices=[("", "Elija uno"), ("bodega", "Bodega"), ("taller", "Taller")]
    )
    inicio = CampoFecha(label="¿Desde qué día atiende?")
    asunto = forms.CharField(
        label="¿Qué pide?", max_length=500, widget=forms.Textarea, help_text="Con sus propias palabras."
    )
    correo = forms.EmailField(label="Correo", required=False)
    avisos = forms.MultipleChoiceField(
        label="¿Cómo le avisamos?",
        choices=[("sms", "Mensaje de texto"), ("correo", "Correo")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    plano = CampoArchivo(label="Plano o croquis", maximo_de_archivos=3)
    verdad = forms.BooleanField(label="Declaro que lo que escribo es verdad")


def contenido_de_la_galeria(
    pagina: str,
    datos: QueryDict | None,
    archivos: MultiValueDict[str, UploadedFile[Any]] | None,
    escrito: Mapping[str, Any] | None,
) -> tuple[str, dict[str, Any]]:
    """La plantilla y el contexto de una página de la galería.

    :raises NoEncontrado: si no hay una página con ese nombre
    """
    formulario = FormularioDeMuestra(datos, archivos, escrito=escrito)
    formulario.is_valid()
    paginas: dict[str, tuple[str, dict[str, Any]]] = {
        "": ("llaqta/galeria.html", {"form": formulario, **_piezas()}),
        "interna": ("llaqta/galeria_interna.html", _piezas()),
        "pregunta": (
            "llaqta/pregunta.html",
            {
                "form": formulario, "titulo": "Datos de su negocio", "atras": reverse("galeria"), "paso": 2, "pasos": 5,
                "autoguardar": "galeria",
            },
        ),
        "confirmacion": ("llaqta/confirmacion.html", _confirmacion()),
        "error": (
            "llaqta/error.html",
            {
                "titulo": "Ahora no se puede hacer",
                "frase": "Este expediente ya fue observado una vez y la ley no permite observarlo de nuevo.",
                "norma": "Ley 27444 (TUO, D.S. 004-2019-JUS), artículo 136.1",
                "volver": reverse("galeria"),
            },
        ),
        "vencido": ("llaqta/formulario_vencido.html", {"volver": reverse("galeria"), "recupera": True}),
    }  # fmt: skip
    if pagina not in paginas:
        raise NoEncontrado
    return paginas[pagina]


def _confirmacion() -> dict[str, Any]:
    return {
        "titulo": "Su documento fue presentado",
        "lineas": [("Expediente", "2026-004512-7"), ("Clave para seguirlo", "K7M3-PX9Q-2RTD-VW5H")],
        "que_sigue": [
            "Mesa de partes revisa sus requisitos a más tardar el jueves 16 de julio de 2026.",
            "Si falta algo, le avisamos y tiene 2 días hábiles para completarlo.",
            "La Gerencia de Desarrollo Económico decide a más tardar el lunes 20 de julio de 2026.",
        ],
        "pdf": "#",
    }


def _piezas() -> dict[str, Any]:
    return {
        "titulo": "Galería de piezas",
        "resumen_filas": [
            Fila("Nombre", "Rosa Quispe Huamán", reverse("galeria"), "su nombre"),
            Fila("Documento", "DNI 4•••••12", reverse("galeria"), "su documento"),
            Fila("Teléfono", "", reverse("galeria"), "su teléfono"),
            Fila("Trámite", "Licencia de funcionamiento para edificaciones de riesgo bajo"),
        ],
        "hitos": [
            Hito("Observado", datetime(2026, 11, 26, 10, 3, tzinfo=LIMA), "Falta la declaración jurada firmada.",
                 "Gerencia de Desarrollo Económico", "actual"),
            Hito("Recibido en mesa de partes", datetime(2026, 11, 24, 8, 1, tzinfo=LIMA),
                 oficina="Unidad de Trámite Documentario"),
            Hito("Presentado por internet", datetime(2026, 11, 23, 21, 47, tzinfo=LIMA), "12 folios y 2 fotografías.",
                 enlace="#", enlace_texto="Ver el cargo"),
            Hito("Resolución", None, "A más tardar el martes 1 de diciembre.", situacion="pendiente"),
        ],
        "relojes": [
            Reloj(2, 4, date(2026, 11, 27), "2 de 4 días hábiles usados", "curso"),
            Reloj(4, 4, date(2026, 11, 25), "Vence hoy", "espera"),
            Reloj(5, 4, date(2026, 11, 24), "Venció hace 1 día hábil", "alerta"),
            Reloj(3, 4, None, "Resuelto en 3 días hábiles", "hecho"),
        ],
        "estados": [
            Estado("Presentado"), Estado("En evaluación", "curso"), Estado("Observado", "espera"),
            Estado("Aprobado", "hecho"), Estado("Vencido", "alerta"),
        ],
        "tareas": [
            Tarea("Datos de su negocio", "#", "Completo", "hecho"),
            Tarea("Plano o croquis", "#", "Falta", "espera", "PDF o foto, hasta 50 MB."),
            Tarea("Pago", "", "Todavía no se puede", "neutro"),
        ],
        "tramites": [
            ("Licencia de funcionamiento", "S/ 182.30 · 4 días hábiles"),
            ("Duplicado de partida de matrimonio", "S/ 12.00 · el mismo día"),
            ("Acceso a la información pública", "Gratuito · 10 días hábiles"),
        ],
        "filas": [
            ("2026-004512-7", "Rosa Quispe Huamán", "Licencia de funcionamiento", Reloj(2, 4, date(2026, 11, 27)), 14),
            ("2026-004498-1", "Asociación de Productores de Cacao", "Autorización de evento en la vía pública",
             Reloj(4, 4, date(2026, 11, 25), "Vence hoy", "espera"), 3),
            ("2026-004377-5", "Comunidad Nativa Otari", "Acceso a la información pública",
             Reloj(12, 10, date(2026, 11, 23), "Venció hace 2 días hábiles", "alerta"), 1),
        ],
        "vista": VistaDocumento("Solicitud de licencia.pdf", "#", (), 812_345),
        "pagina": Pagina([], anterior="uno", siguiente="dos"),
        "momento": datetime(2026, 9, 7, 16, 5, 9, tzinfo=LIMA),
    }  # fmt: skip
