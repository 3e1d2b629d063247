"""Lo que acepta el editor del TUPA: la versión, sus requisitos y sus normas. Limpia y no guarda."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.cuentas.models import UnidadOrganica
from llaqta.salas.tramites.models import BienProtegido, Requisito, Tema, VersionProcedimiento
from llaqta.salas.tramites.rules import (
    CANALES,
    NuevaBaseLegal,
    NuevaModalidad,
    NuevaTarifa,
    NuevaVersion,
    NuevoRecurso,
    NuevoRequisito,
)


def _lineas(texto: str) -> list[str]:
    return [linea.strip() for linea in texto.splitlines() if linea.strip()]


def _parrafo(filas: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": filas}), **kwargs)


class VersionForm(Formulario):
    """Una versión del procedimiento, con los campos del artículo 37."""

    desde = CampoFecha(
        label="Rige desde", nativo=True, help_text="Mañana o después: lo que ya rige no se cambia."
    )
    ordenanza = forms.CharField(label="Ordenanza que lo aprueba", max_length=120)
    publicada_el = CampoFecha(label="Fecha de publicación", nativo=True, required=False)
    ratificacion = forms.CharField(label="Acuerdo de ratificación provincial", max_length=120, required=False)
    titulo = forms.CharField(
        label="Título en palabras de todos", max_length=160, required=False,
        help_text="Con verbo: «Abrir un negocio de riesgo bajo». Es lo que se lee en el inicio.",
    )  # fmt: skip
    denominacion = forms.CharField(label="Denominación en el TUPA", max_length=200)
    descripcion = _parrafo(
        4, label="Descripción", help_text="Qué es, quién lo necesita y qué efecto tiene. Frases cortas."
    )
    tipo = forms.ChoiceField(label="Tipo", choices=VersionProcedimiento.Tipo.choices)
    calificacion = forms.ChoiceField(label="Calificación", choices=VersionProcedimiento.Calificacion.choices)
    plazo = forms.IntegerField(
        label="Plazo", min_value=0, max_value=999, required=False, help_text="Vacío si es de aprobación automática.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"}),
    )  # fmt: skip
    plazo_unidad = forms.ChoiceField(
        label="El plazo se cuenta en", choices=VersionProcedimiento.Unidad.choices
    )
    norma_del_plazo = forms.CharField(
        label="Norma que permite un plazo mayor", max_length=160, required=False,
        help_text="Solo si pasa de 30 días hábiles (art. 35).",
    )  # fmt: skip
    bien_protegido = forms.ChoiceField(
        label="Qué protege el silencio negativo", required=False,
        choices=[("", "No tiene silencio negativo"), *BienProtegido.choices],
        help_text="La ley solo lo permite por estas razones (art. 34).",
    )  # fmt: skip
    es_gratuito = forms.BooleanField(label="Es gratuito", required=False)
    monto = forms.DecimalField(
        label="Derecho de trámite, en soles", min_value=0, max_digits=9, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "mediano"}),
    )  # fmt: skip
    uit_anio = forms.TypedChoiceField(label="UIT del año", coerce=int, empty_value=None, required=False)
    autorizacion_uit = forms.CharField(
        label="Norma que autoriza cobrar más de una UIT", max_length=160, required=False,
        help_text="Solo si el derecho pasa de una UIT (art. 45.1).",
    )  # fmt: skip
    nota_de_pago = forms.CharField(label="Nota sobre el pago", max_length=200, required=False)
    formas_de_pago = _parrafo(3, label="Formas de pago", required=False, help_text="Una por línea.")
    canales = forms.MultipleChoiceField(
        label="Por dónde se presenta", choices=list(CANALES.items()), widget=forms.CheckboxSelectMultiple
    )
    unidad_presentacion = forms.TypedChoiceField(label="Unidad que lo recibe", coerce=int)
    unidad_aprobacion = forms.TypedChoiceField(label="Unidad que resuelve", coerce=int)
    con_reconsideracion = forms.BooleanField(
        label="Admite reconsideración ante la unidad que resuelve",
        required=False,
        help_text="Se resuelve en 15 días hábiles.",
    )
    unidad_apelacion = forms.TypedChoiceField(
        label="Apelación ante",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Se resuelve en 30 días hábiles.",
    )
    unidad_revision = forms.TypedChoiceField(
        label="Revisión ante",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Solo si una ley la prevé para este trámite (art. 207.1). Se resuelve en 30 días hábiles.",
    )
    sede = forms.CharField(label="Sede de atención", max_length=200)
    horario = forms.CharField(label="Horario", max_length=120)
    consulta = forms.CharField(label="Consultas", max_length=200, required=False)
    vigencia = forms.CharField(label="Vigencia de lo que se obtiene", max_length=120, required=False)
    ten_en_cuenta = _parrafo(
        3, label="Antes de empezar, tenga en cuenta", required=False, help_text="Una idea por línea."
    )

    def __init__(
        self, *args: Any, unidades: Sequence[UnidadOrganica] = (), anios: Sequence[int] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        opciones = [(unidad.pk, unidad.nombre) for unidad in unidades]
        for nombre in ("unidad_presentacion", "unidad_aprobacion"):
            self._opciones(nombre, opciones)
        self._opciones("unidad_apelacion", [("", "No hay apelación"), *opciones])
        self._opciones("unidad_revision", [("", "No hay revisión"), *opciones])
        self._opciones("uit_anio", [("", "Elija"), *((anio, str(anio)) for anio in anios)])

    def _opciones(self, nombre: str, opciones: Sequence[tuple[Any, str]]) -> None:
        campo = self.fields[nombre]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = list(opciones)

    def a_datos(
        self,
        requisitos: Sequence[NuevoRequisito],
        normas: Sequence[NuevaBaseLegal],
        modalidades: Sequence[NuevaModalidad] = (),
        tarifas: Sequence[NuevaTarifa] = (),
    ) -> NuevaVersion:
        """Lo escrito, como lo piden los servicios; solo después de ``is_valid``."""
        limpio = dict(self.cleaned_data)
        presenta, aprueba = limpio.pop("unidad_presentacion"), limpio.pop("unidad_aprobacion")
        recursos = []
        if limpio.pop("con_reconsideracion"):
            recursos.append(NuevoRecurso("RECONSIDERACION", aprueba, 15))
        if apela := limpio.pop("unidad_apelacion"):
            recursos.append(NuevoRecurso("APELACION", apela, 30))
        if revisa := limpio.pop("unidad_revision"):
            recursos.append(NuevoRecurso("REVISION", revisa, 30))
        limpio.pop("desde")
        return NuevaVersion(
            **{
                **limpio,
                "unidad_presentacion_id": presenta,
                "unidad_aprobacion_id": aprueba,
                "plazo": limpio["plazo"] or 0,
                "monto": limpio["monto"] or Decimal(0),
                "formas_de_pago": _lineas(limpio["formas_de_pago"]),
                "ten_en_cuenta": _lineas(limpio["ten_en_cuenta"]),
                "requisitos": requisitos,
                "bases_legales": normas,
                "recursos": recursos,
                "modalidades": modalidades,
                "tarifas": tarifas,
            }
        )


class RequisitoForm(Formulario):
    """Una fila de requisito; vacía, no cuenta."""

    texto = forms.CharField(label="Requisito", max_length=400, required=False)
    clase = forms.ChoiceField(label="Clase", choices=Requisito.Clase.choices, required=False)
    es_opcional = forms.BooleanField(label="Solo si corresponde", required=False)
    formato = forms.CharField(label="Formulario", max_length=60, required=False)
    nota = forms.CharField(label="Nota", max_length=200, required=False)
    modalidad = forms.SlugField(
        label="Solo de la modalidad", max_length=20, required=False, help_text="Su código. Vacío: de todas.",
        widget=forms.TextInput(attrs={"class": "corto"}),
    )  # fmt: skip


class ModalidadForm(Formulario):
    """Una fila de modalidad, con sus propias condiciones; vacía, no cuenta."""

    codigo = forms.SlugField(
        label="Código", max_length=20, required=False, help_text="Corto: A, B, CON-ITSE…",
        widget=forms.TextInput(attrs={"class": "corto"}),
    )  # fmt: skip
    nombre = forms.CharField(label="Nombre", max_length=200, required=False)
    calificacion = forms.ChoiceField(
        label="Calificación", choices=VersionProcedimiento.Calificacion.choices, required=False
    )
    plazo = forms.IntegerField(
        label="Plazo", min_value=0, max_value=999, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"}),
    )  # fmt: skip
    plazo_unidad = forms.ChoiceField(
        label="El plazo se cuenta en", choices=VersionProcedimiento.Unidad.choices, required=False
    )
    monto = forms.DecimalField(
        label="Derecho de trámite, en soles", min_value=0, max_digits=9, decimal_places=2, required=False,
        help_text="Vacío o cero: gratuita.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "mediano"}),
    )  # fmt: skip
    norma_del_plazo = forms.CharField(
        label="Norma que permite un plazo mayor", max_length=160, required=False
    )
    autorizacion_uit = forms.CharField(
        label="Norma que autoriza cobrar más de una UIT", max_length=160, required=False
    )
    nota_de_pago = forms.CharField(label="Nota sobre el pago", max_length=200, required=False)


class TarifaForm(Formulario):
    """Una fila de lo que cuesta una copia; vacía, no cuenta."""

    medio = forms.SlugField(
        label="Medio", max_length=12, required=False, help_text="A4, CD, CORREO.",
        widget=forms.TextInput(attrs={"class": "corto"}),
    )  # fmt: skip
    nombre = forms.CharField(label="Nombre", max_length=60, required=False)
    precio = forms.DecimalField(
        label="Precio en soles", min_value=0, max_digits=7, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "corto"}),
    )  # fmt: skip


class NormaForm(Formulario):
    """Una fila de la base legal; vacía, no cuenta."""

    tipo = forms.CharField(label="Tipo de norma", max_length=40, required=False)
    numero = forms.CharField(label="Número", max_length=40, required=False)
    denominacion = forms.CharField(label="Denominación", max_length=250, required=False)
    articulos = forms.CharField(label="Artículos", max_length=60, required=False)
    publicada_el = CampoFecha(label="Publicada el", nativo=True, required=False)
    verificada = forms.BooleanField(label="La leí en la norma publicada", required=False)


class PalabrasForm(Formulario):
    """Cómo se encuentra un procedimiento."""

    tema = forms.ModelChoiceField(label="Tema", queryset=Tema.objects.all(), empty_label=None)
    palabras = _parrafo(
        3, label="Palabras con que la gente lo busca", required=False,
        help_text="Como se dice en la calle: «bodega», «autovalúo», «casarme».",
    )  # fmt: skip
    es_frecuente = forms.BooleanField(label="Mostrarlo en el inicio", required=False)


class ProcedimientoForm(PalabrasForm):
    """Un procedimiento nuevo."""

    codigo = forms.SlugField(
        label="Código", max_length=20, help_text="Letras, números y guiones, por ejemplo PA-MERCADO.",
        error_messages={"invalid": "El código solo lleva letras sin tilde, números y guiones."},
    )  # fmt: skip
    field_order = ("codigo", "tema", "palabras", "es_frecuente")


class CargaForm(Formulario):
    """El archivo con que se quiere cambiar el TUPA."""

    archivo = forms.FileField(
        label="Archivo del TUPA",
        help_text="Hoja de cálculo (.xlsx) o YAML, de hasta 5 MB. Nada se guarda todavía.",
    )
    desde = CampoFecha(
        label="Rige desde", nativo=True, required=False,
        help_text="Para todo lo nuevo y lo que cambia. Vacío: la fecha que diga cada fila del archivo.",
    )  # fmt: skip


class UitForm(Formulario):
    """Cuánto vale la UIT en un año, y qué norma lo dice."""

    anio = forms.IntegerField(
        label="Año", widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"})
    )
    monto = forms.DecimalField(
        label="Valor en soles", max_digits=9, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "mediano"}),
    )  # fmt: skip
    norma = forms.CharField(
        label="Norma que lo fija",
        max_length=120,
        help_text="Por ejemplo: el decreto supremo del Ministerio de Economía.",
    )


class DerogarForm(Formulario):
    """Desde cuándo se retira un procedimiento, y qué norma lo manda."""

    desde = CampoFecha(label="Se retira desde", nativo=True, help_text="Mañana o después.")
    norma = forms.CharField(label="Ordenanza que lo retira", max_length=160)


def anotar(formulario: Formulario, negativa: EntradaInvalida | NoProcede, *, campo: str) -> None:
    """La frase junto al campo del que habla; si la negativa no nombra uno, junto a ``campo``."""
    de = negativa.campo if isinstance(negativa, EntradaInvalida) else campo
    formulario.add_error(de if de in formulario.fields else None, negativa.frase)
