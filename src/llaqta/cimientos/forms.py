"""Lo que aceptan las pantallas de los cimientos: un día del calendario y los datos de la entidad."""

from __future__ import annotations

from django import forms

from llaqta.cimientos.models import DiaNoLaborable
from llaqta.cimientos.web.forms import CampoFecha, Formulario


class _AmbitoDelDia(forms.RadioSelect):
    """Quién declara el día, y qué cambia con ello."""

    pistas = {
        "NACIONAL": "Lo fija una ley o un decreto supremo y este programa todavía no lo trae.",
        "REGIONAL": "Feriado de la región: no se cuenta en los plazos.",
        "LOCAL": "Aniversario o fiesta del distrito: se cuenta como hábil (art. 134.1).",
        "SERVICIO": "Por decreto supremo la municipalidad no atiende ese día: no se cuenta.",
    }


class DiaForm(Formulario):
    """Anotar un día que no se cuenta."""

    fecha = CampoFecha(label="Día", nativo=True)
    ambito = forms.ChoiceField(
        label="Quién lo declara",
        choices=[
            (DiaNoLaborable.Ambito.REGIONAL, "Regional"),
            (DiaNoLaborable.Ambito.SERVICIO, "No laborable del servicio"),
            (DiaNoLaborable.Ambito.LOCAL, "Local"),
            (DiaNoLaborable.Ambito.NACIONAL, "Nacional"),
        ],
        widget=_AmbitoDelDia(),
    )
    descripcion = forms.CharField(label="Motivo", max_length=120, help_text="Por ejemplo: Día del Cusco.")
    norma = forms.CharField(
        label="Norma que lo dispone",
        max_length=160,
        help_text="Con su número. La municipalidad no puede inhabilitar días por su cuenta (art. 137.1).",
    )
    efecto_administrativo = forms.BooleanField(
        label="No se cuenta en los plazos administrativos", required=False, initial=True
    )
    efecto_tributario = forms.BooleanField(label="No se cuenta en los plazos tributarios", required=False)
    vigente_desde = CampoFecha(label="La norma rige desde", nativo=True)


class SinEfectoForm(Formulario):
    """Dejar sin efecto un día anotado."""

    por = forms.CharField(
        label="Por qué deja de regir",
        max_length=160,
        help_text="La norma que lo deroga o el error que se corrige. Queda a la vista en el calendario.",
    )
