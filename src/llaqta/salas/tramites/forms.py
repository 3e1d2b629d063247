"""Lo que acepta el editor del TUPA: la versión, sus requisitos y sus normas. Limpia y no guarda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.cuentas.models import UnidadOrganica
from llaqta.salas.tramites.models import Requisito, Tema, VersionProcedimiento
from llaqta.salas.tramites.rules import CANALES, NuevaBaseLegal, NuevaVersion, NuevoRecurso, NuevoRequisito


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
        self._opciones("uit_anio", [("", "Elija"), *((anio, str(anio)) for anio in anios)])

    def _opciones(self, nombre: str, opciones: Sequence[tuple[Any, str]]) -> None:
        campo = self.fields[nombre]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = list(opciones)

    def a_datos(self, requisitos: Sequence[NuevoRequisito], normas: Sequence[NuevaBaseLegal]) -> NuevaVersion:
        """Lo escrito, como lo piden los servicios; solo después de ``is_valid``."""
        limpio = dict(self.cleaned_data)
        presenta, aprueba = limpio.pop("unidad_presentacion"), limpio.pop("unidad_aprobacion")
        recursos = []
        if limpio.pop("con_reconsideracion"):
            recursos.append(NuevoRecurso("RECONSIDERACION", aprueba, 15))
        if apela := limpio.pop("unidad_apelacion"):
            recursos.append(NuevoRecurso("APELACION", apela, 30))
        limpio.pop("desde")
        return NuevaVersion(
            **{
                **limpio,
                "unidad_presentacion_id": presenta,
                "unidad_aprobacion_id": aprueba,
                "plazo": limpio["plazo"] or 0,
                "monto": limpio["monto"] or Decimal(0),
                "uit_anio": limpio["uit_anio"] if limpio["monto"] else None,
                "formas_de_pago": _lineas(limpio["formas_de_pago"]),
                "ten_en_cuenta": _lineas(limpio["ten_en_cuenta"]),
                "requisitos": requisitos,
                "bases_legales": normas,
                "recursos": recursos,
            }
        )


class RequisitoForm(Formulario):
    """Una fila de requisito; vacía, no cuenta."""

    texto = forms.CharField(label="Requisito", max_length=400, required=False)
    clase = forms.ChoiceField(label="Clase", choices=Requisito.Clase.choices, required=False)
    es_opcional = forms.BooleanField(label="Solo si corresponde", required=False)
    formato = forms.CharField(label="Formulario", max_length=60, required=False)
    nota = forms.CharField(label="Nota", max_length=200, required=False)


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


class Filas:
    """Una lista de filas iguales que se agregan, quitan y mueven con botones, sin JavaScript.

    :param prefijo: con el que se nombran sus controles: ``req-0-texto``
    """

    def __init__(self, clase: type[Formulario], prefijo: str, *, boton: str = "") -> None:
        self.clase, self.prefijo, self.boton = clase, prefijo, boton
        self.formularios: list[Formulario] = []

    def desde(self, iniciales: Sequence[Mapping[str, Any]]) -> Filas:
        """Filas con estos valores."""
        self.formularios = [
            self.clase(initial=dict(inicial), prefix=f"{self.prefijo}-{n}")
            for n, inicial in enumerate(iniciales)
        ]
        return self

    def leer(self, datos: Mapping[str, Any]) -> Filas:
        """Las filas que vienen en un POST, en su orden."""
        total = min(int(str(datos.get(f"{self.prefijo}-total", "0")).strip() or 0), 60)
        self.formularios = [self.clase(datos, prefix=f"{self.prefijo}-{n}") for n in range(total)]
        return self

    def is_valid(self) -> bool:
        """Verdadero si todas las filas se entienden."""
        return all(fila.is_valid() for fila in self.formularios)

    def llenas(self) -> list[dict[str, Any]]:
        """Lo escrito en las filas que no están vacías; la primera columna dice si lo están."""
        primera = next(iter(self.clase.base_fields))
        return [fila.cleaned_data for fila in self.formularios if fila.cleaned_data.get(primera, "").strip()]

    def mover(self, accion: str) -> Filas:
        """Aplica «subir-2», «bajar-0», «quitar-1» o «agregar»; una acción que no se entiende no cambia nada."""
        self.is_valid()
        valores = [dict(fila.cleaned_data) for fila in self.formularios]
        verbo, _, cual = accion.partition("-")
        n = int(cual) if cual.isdecimal() and len(cual) < 5 else -1
        if verbo == "agregar":
            valores.append({})
        elif not 0 <= n < len(valores):
            return self.desde(valores)
        elif verbo == "quitar":
            valores.pop(n)
        elif verbo == "subir" and n > 0:
            valores[n - 1], valores[n] = valores[n], valores[n - 1]
        elif verbo == "bajar" and n < len(valores) - 1:
            valores[n + 1], valores[n] = valores[n], valores[n + 1]
        return self.desde(valores)


def a_requisitos(filas: Filas) -> list[NuevoRequisito]:
    """Los requisitos escritos, en su orden."""
    return [NuevoRequisito(**{**fila, "clase": fila["clase"] or "DOCUMENTO"}) for fila in filas.llenas()]


def a_normas(filas: Filas) -> list[NuevaBaseLegal]:
    """Las normas escritas, en su orden."""
    return [NuevaBaseLegal(**fila) for fila in filas.llenas()]


def inicial_de(version: VersionProcedimiento | None) -> dict[str, Any]:
    """Con qué se llena el editor: lo que dice la versión que se va a reemplazar."""
    if version is None:
        return {"con_reconsideracion": True, "canales": ["virtual", "presencial"], "plazo_unidad": "HABILES"}
    iguales = (
        "ordenanza", "publicada_el", "ratificacion", "titulo", "denominacion", "descripcion", "tipo", "calificacion",
        "plazo", "plazo_unidad", "norma_del_plazo", "es_gratuito", "monto", "uit_anio", "autorizacion_uit",
        "nota_de_pago", "canales", "sede", "horario", "consulta", "vigencia",
    )  # fmt: skip
    recursos = {recurso.clase: recurso for recurso in version.recursos.all()}
    return {
        **{nombre: getattr(version, nombre) for nombre in iguales},
        "formas_de_pago": "\n".join(version.formas_de_pago),
        "ten_en_cuenta": "\n".join(version.ten_en_cuenta),
        "unidad_presentacion": version.unidad_presentacion_id,
        "unidad_aprobacion": version.unidad_aprobacion_id,
        "con_reconsideracion": "RECONSIDERACION" in recursos,
        "unidad_apelacion": recursos["APELACION"].autoridad_id if "APELACION" in recursos else "",
    }


def filas_iniciales(version: VersionProcedimiento | None) -> tuple[Filas, Filas]:
    """Los requisitos y las normas de la versión que se va a reemplazar, con una fila libre al final."""
    requisitos: list[dict[str, Any]] = []
    normas: list[dict[str, Any]] = []
    if version is not None:
        requisitos = [_valores(fila, RequisitoForm) for fila in version.requisitos_en_orden]
        normas = [_valores(fila, NormaForm) for fila in version.bases_legales.all()]
    return filas_de_requisitos().desde([*requisitos, {}]), filas_de_normas().desde([*normas, {}])


def filas_de_requisitos() -> Filas:
    """Las filas de requisitos, vacías."""
    return Filas(RequisitoForm, "req", boton="requisito")


def filas_de_normas() -> Filas:
    """Las filas de normas, vacías."""
    return Filas(NormaForm, "norma", boton="norma")


def _valores(fila: Any, clase: type[Formulario]) -> dict[str, Any]:
    return {nombre: getattr(fila, nombre) for nombre in clase.base_fields}
