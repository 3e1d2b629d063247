"""Lo que aceptan las pantallas de la fiscalización posterior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from llaqta.cimientos.web.forms import Formulario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.fiscalizacion.models import Candidato


class ConvocarForm(Formulario):
    """El semestre y su frase."""

    semestre = forms.CharField(label="Semestre", max_length=6, help_text="Por ejemplo: 2026-2.")
    frase = forms.CharField(
        label="Frase con que se sorteará",
        max_length=200,
        help_text="Se publica hoy y no se cambia: un refrán, el título de una noticia de hoy.",
    )


class AsignarForm(Formulario):
    """Quién comprueba."""

    revisor = forms.ChoiceField(label="Quién comprueba", choices=())

    def __init__(self, *args: Any, revisores: Sequence[Persona], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.revisores = revisores
        campo = self.fields["revisor"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [("", "Elija a una persona"), *((str(p.pk), p.nombre_completo) for p in revisores)]

    def persona(self) -> Persona:
        """La persona elegida."""
        return next(p for p in self.revisores if str(p.pk) == self.cleaned_data["revisor"])


class ResultadoForm(Formulario):
    """Qué se comprobó y qué se hace."""

    resultado = forms.ChoiceField(
        label="Resultado", choices=Candidato.Resultado.choices, widget=forms.RadioSelect
    )
    detalle = forms.CharField(
        label="Qué se comprobó, y cómo",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
    )
    pide_nulidad = forms.BooleanField(label="Se pide declarar la nulidad de lo aprobado", required=False)
    multa_uit = forms.DecimalField(
        label="Multa, en UIT", required=False, max_digits=4, decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "corto"}),
    )  # fmt: skip
    se_denuncia = forms.BooleanField(label="Se comunica al Ministerio Público", required=False)
