"""Los filtros del libro."""

from __future__ import annotations

from typing import Any

from django import forms

from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.auditoria.models import MotivoDeBorrado
from llaqta.salas.auditoria.queries import Filtros, TipoDeSuceso


class FiltrosForm(Formulario):
    """Quién, qué, sobre qué y entre qué fechas."""

    quien = forms.CharField(label="Quién (documento o nombre)", required=False, max_length=60)
    tipo = forms.ChoiceField(label="Qué hizo", required=False)
    objeto = forms.CharField(label="Sobre qué (su número)", required=False, max_length=80)
    desde = CampoFecha(label="Desde", required=False, nativo=True)
    hasta = CampoFecha(label="Hasta", required=False, nativo=True)

    def __init__(self, *args: Any, tipos: list[TipoDeSuceso], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opciones = [("", "Cualquier cosa"), *((fila.tipo, fila.palabras.capitalize()) for fila in tipos)]
        self.fields["tipo"].choices = opciones  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Comprueba que las fechas estén en orden.

        :raises ValidationError: si no lo están
        """
        datos = super().clean() or {}
        if datos.get("desde") and datos.get("hasta") and datos["hasta"] < datos["desde"]:
            self.add_error("hasta", "La fecha final no puede ser anterior a la inicial.")
        return datos

    @property
    def filtros(self) -> Filtros:
        """Lo que se pidió y se entiende."""
        if not self.is_bound:
            return Filtros()
        self.is_valid()
        return Filtros(**{nombre: valor for nombre, valor in self.cleaned_data.items() if valor})


class BorradoForm(Formulario):
    """Qué suceso, y por qué se borra lo que dice; ``confirmo`` llega con el segundo paso."""

    suceso = forms.IntegerField(
        label="Número del suceso",
        min_value=1,
        max_value=2**63 - 1,
        help_text="El que da el libro de sucesos, o el campo «suceso» de una prueba.",
        error_messages={"invalid": "Escriba el número del suceso, solo con cifras."},
    )
    motivo = forms.ChoiceField(
        label="Por qué se borra", choices=[("", "Elija uno"), *MotivoDeBorrado.choices]
    )
    confirmo = forms.BooleanField(required=False, widget=forms.HiddenInput)
