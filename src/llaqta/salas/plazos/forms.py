"""Lo que aceptan las pantallas de los plazos."""

from __future__ import annotations

from typing import Any

from django import forms

from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.plazos.lectura import Escrito
from llaqta.salas.plazos.models import Interrupcion
from llaqta.salas.plazos.queries import Origen
from llaqta.salas.plazos.reglas import de_la_casa, en_palabras, opciones

_HORA = {"type": "time", "class": "corto"}
_INSTANTE = {"type": "datetime-local", "class": "mediano"}


def _area(filas: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": filas})


def _instante(etiqueta: str, ayuda: str = "", *, opcional: bool = False) -> forms.DateTimeField:
    """Fecha y hora de Lima, en el control del equipo."""
    return forms.DateTimeField(
        label=etiqueta,
        help_text=ayuda,
        required=not opcional,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=dict(_INSTANTE)),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


class CalculadoraForm(Formulario):
    """Un plazo por calcular, como lo preguntaría cualquiera."""

    desde = CampoFecha(
        label="Fecha desde la que se cuenta", nativo=True, help_text="Cuándo se presentó o se notificó."
    )
    hora = forms.CharField(label="Hora", required=False, widget=forms.TextInput(attrs=_HORA))
    dias = forms.CharField(
        label="Cuánto dura el plazo",
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"}),
    )
    unidad = forms.ChoiceField(
        label="En qué se cuenta",
        choices=[
            ("habiles", "Días hábiles"),
            ("calendario", "Días calendario"),
            ("meses", "Meses"),
            ("horas", "Horas"),
        ],
    )
    silencio = forms.ChoiceField(
        label="Si la municipalidad no responde",
        required=False,
        choices=[("", "No importa para esta cuenta"), ("positivo", "Silencio positivo: queda aprobado"),
                 ("negativo", "Silencio negativo: se puede apelar")],
    )  # fmt: skip
    origen = forms.ChoiceField(label="De dónde viene quien presenta", required=False)
    distancia = forms.CharField(
        label="Días por la distancia",
        required=False,
        max_length=3,
        help_text="Si los sabe; se agregan al plazo (art. 135).",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"}),
    )
    suspende_desde = CampoFecha(label="Suspendido desde", nativo=True, required=False)
    suspende_hasta = CampoFecha(label="Suspendido hasta", nativo=True, required=False)
    politica = forms.ChoiceField(
        label="Si se presentó fuera del horario de atención",
        required=False,
        choices=[
            ("", "Como lo hace esta municipalidad"),
            ("DIA_COMPLETO", "Vale ese mismo día, hasta las 23:59:59"),
            ("CORTE_HORARIO", "Vale el siguiente día hábil"),
        ],
    )

    def __init__(self, *args: Any, origenes: list[Origen], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opciones_de_origen = [(o.codigo, f"{o.nombre} ({o.dias} días)") for o in origenes]
        self.fields["origen"].choices = [("", "Del mismo distrito, o no se sabe"), *opciones_de_origen]  # type: ignore[attr-defined]
        self._dias = {o.codigo: str(o.dias) for o in origenes}

    def escrito(self) -> Escrito:
        """Lo escrito, como lo lee la orden."""
        datos = self.cleaned_data
        desde, hasta = datos["suspende_desde"], datos["suspende_hasta"]
        return Escrito(
            desde=f"{datos['desde'].isoformat()}T{datos['hora'] or '00:00'}",
            dias=datos["dias"],
            unidad=datos["unidad"],
            silencio=datos["silencio"],
            distancia=datos["distancia"] or self._dias.get(datos["origen"], "0"),
            politica=datos["politica"],
            suspender=[f"{desde or hasta}:{hasta or desde}"] if desde or hasta else [],
        )

    @property
    def con_mas(self) -> bool:
        """Verdadero si se llenó algo de lo menos frecuente: entonces esa parte se muestra abierta."""
        return any(
            self.data.get(campo) or self.errors.get(campo)
            for campo in ("origen", "distancia", "suspende_desde", "suspende_hasta", "politica")
        )


class ConfirmarForm(Formulario):
    """Dar por verificada una regla."""

    nota = forms.CharField(
        label="Qué texto leyó y qué dice",
        max_length=600,
        widget=_area(),
        help_text="Por ejemplo: «El Peruano, 14 de junio de 2024, artículo 5: …». Queda a la vista de todos.",
    )
    norma = forms.CharField(
        label="Norma", max_length=160, required=False, help_text="Si hay que citarla mejor."
    )
    articulo = forms.CharField(label="Artículo", max_length=60, required=False)


class CambiarForm(Formulario):
    """Dar otro valor a una regla."""

    valor = forms.CharField(
        label="Valor nuevo", max_length=40, widget=forms.TextInput(attrs={"class": "mediano"})
    )
    desde = CampoFecha(label="Rige desde", nativo=True, help_text="Hoy o después: lo ya calculado no cambia.")
    norma = forms.CharField(label="Norma que lo dispone", max_length=160)
    articulo = forms.CharField(label="Artículo", max_length=60, required=False)
    nota = forms.CharField(label="Por qué cambia", max_length=600, widget=_area())

    def __init__(self, *args: Any, codigo: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if palabras := opciones(codigo):
            self.fields["valor"].widget = forms.Select(choices=[(p, en_palabras(p)) for p in palabras])
        elif unidad := de_la_casa()[codigo].unidad:
            self.fields["valor"].help_text = f"En la misma unidad: {unidad.lower().replace('_', ' ')}."


class DistanciaForm(Formulario):
    """Los días que se agregan a quien viene de un lugar."""

    nombre = forms.CharField(label="Lugar", max_length=100, help_text="Comunidad, centro poblado o distrito.")
    dias = forms.IntegerField(
        label="Días hábiles que se agregan",
        min_value=0,
        max_value=60,
        help_text="Cero lo retira de la lista desde esa fecha.",
        widget=forms.NumberInput(attrs={"class": "corto"}),
    )
    norma = forms.CharField(
        label="Norma o cuadro que los fija",
        max_length=200,
        help_text="El cuadro de la municipalidad o, si no lo tiene, el del Poder Judicial (art. 135).",
    )
    desde = CampoFecha(label="Rige desde", nativo=True)


class InterrupcionForm(Formulario):
    """Registrar que un servicio no atendió."""

    servicio = forms.ChoiceField(label="Qué dejó de atender", choices=Interrupcion.Servicio.choices)
    inicio_en = _instante("Desde cuándo")
    fin_en = _instante("Hasta cuándo", "Vacío si todavía sigue.", opcional=True)
    causa = forms.CharField(label="Causa", max_length=300, widget=_area())
    norma = forms.CharField(
        label="Norma",
        max_length=160,
        initial="Ley 27444, arts. 134.2 y 137.3",
        help_text="La que sostiene el efecto.",
    )
    difundida_en = _instante(
        "Cuándo se avisó al público", "En la sede digital o por otro medio.", opcional=True
    )


class CertificarForm(Formulario):
    """Certificar una interrupción."""

    fin_en = _instante("Hasta cuándo duró")
    difundida_en = _instante("Cuándo se avisó al público")
    nota = forms.CharField(
        label="Qué se tuvo a la vista",
        max_length=600,
        widget=_area(),
        help_text="El informe de sistemas, el registro del servidor, el aviso publicado.",
    )
