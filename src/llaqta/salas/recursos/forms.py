"""Lo que aceptan las pantallas de los recursos y las quejas. Limpian; nunca guardan."""

from __future__ import annotations

from django import forms

from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.recursos.models import Queja, Recurso
from llaqta.salas.recursos.services import Anulacion


class SentidoForm(Formulario):
    """Cómo se resuelve el recurso."""

    sentido = forms.ChoiceField(
        label="¿Cómo se resuelve?", choices=Recurso.Sentido.choices, widget=forms.RadioSelect
    )
    despues = forms.ChoiceField(
        label="Si lo declara nulo, ¿qué sigue?", required=False, widget=forms.RadioSelect,
        choices=Recurso._meta.get_field("despues_de_anular").choices or [],
        help_text="Quien anula decide también lo pedido, si tiene con qué (art. 217.2).",
    )  # fmt: skip
    vicio_el = CampoFecha(
        label="Si vuelve atrás: día en que se produjo el vicio", nativo=True, required=False
    )
    momento = forms.CharField(
        label="Si vuelve atrás: a qué momento", max_length=200, required=False,
        help_text="Por ejemplo: antes del informe técnico. Vuelve a la oficina y a quien lo tenía, con los días que "
        "entonces quedaban.",
    )  # fmt: skip

    @property
    def anulacion(self) -> Anulacion:
        """Lo que sigue a la nulidad, con el formulario ya limpio."""
        limpio = self.cleaned_data
        return Anulacion(limpio["despues"], limpio["vicio_el"], limpio["momento"])


class InformacionErroneaForm(Formulario):
    """Qué informó mal la notificación y qué días hizo perder."""

    que_decia = forms.CharField(
        label="¿Qué informaba mal?", max_length=300, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text="Por ejemplo: decía que el recurso se presentaba en treinta días, o ante otra autoridad.",
    )  # fmt: skip
    desde = CampoFecha(label="Primer día perdido", nativo=True)
    hasta = CampoFecha(label="Día en que se rechazó lo que hizo por eso", nativo=True)


class ContestarForm(Formulario):
    """El informe de quien recibió la queja."""

    descargo = forms.CharField(
        label="¿Qué pasó y en qué está el trámite?", max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


class ResolverQuejaForm(Formulario):
    """Lo que decide el superior."""

    sentido = forms.ChoiceField(
        label="¿Cómo se resuelve?", choices=Queja.Sentido.choices, widget=forms.RadioSelect
    )
    resolucion = forms.CharField(
        label="¿Por qué, y qué debe hacerse?", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Si es fundada, diga qué debe corregirse, quién y hasta cuándo.",
    )  # fmt: skip
