"""Lo que aceptan las pantallas de la numeración. Limpia y no guarda."""

from __future__ import annotations

from typing import Any

from django import forms

from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.cuentas.models import Puesto, UnidadOrganica
from llaqta.salas.documentos import numeros
from llaqta.salas.documentos.models import Delegacion, FormatoDeNumero, TipoDocumento

_CONTADORES = (
    (FormatoDeNumero.Contador.UNIDAD, "Cada unidad cuenta los suyos"),
    (FormatoDeNumero.Contador.TIPO, "Una sola cuenta de esta clase para toda la municipalidad"),
    (FormatoDeNumero.Contador.ENTIDAD, "Una sola cuenta para todas las clases que se numeran así"),
)


class FormatoForm(Formulario):
    """Cómo se escribe y se cuenta una clase de documento."""

    formato = forms.CharField(
        label="Formato",
        max_length=numeros.LARGO_DEL_FORMATO,
        help_text=f"Campos que puede usar: {' '.join(numeros.CAMPOS)}. Lo demás se escribe tal cual.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    contador = forms.ChoiceField(label="Cómo se cuenta", choices=_CONTADORES, widget=forms.RadioSelect())
    unidad = forms.ModelChoiceField(
        UnidadOrganica.objects.filter(vigente_hasta__isnull=True), label="Para qué unidad", required=False,
        empty_label="Todas",
    )  # fmt: skip
    desde = CampoFecha(
        label="Rige desde", nativo=True, help_text="Hoy o después: los números ya dados no cambian."
    )
    norma = forms.CharField(
        label="Norma o documento que lo dispone",
        max_length=160,
        help_text="Por ejemplo: Directiva N° 003-2026-MDP.",
    )


class InicioForm(Formulario):
    """Hasta qué número llegó una cuenta en papel."""

    unidad = forms.ModelChoiceField(
        UnidadOrganica.objects.filter(vigente_hasta__isnull=True),
        label="Unidad que numera",
        empty_label="Elija la unidad",
    )
    ultimo = forms.IntegerField(
        label="Último número dado en papel", min_value=1, max_value=numeros.ULTIMO_POSIBLE - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"}),
    )  # fmt: skip
    motivo = forms.CharField(
        label="Por qué",
        max_length=200,
        help_text="Por ejemplo: hasta el Informe 262, del 29 de mayo, se numeró en papel.",
    )


class DelegacionForm(Formulario):
    """Quién firma por quién."""

    clase = forms.ChoiceField(
        label="Qué se delega",
        choices=[
            (Delegacion.Clase.COMPETENCIA, "La competencia: decide y firma por delegación (art. 67)"),
            (Delegacion.Clase.FIRMA, "Solo la firma: quien delega decide y responde (art. 72)"),
        ],
        widget=forms.RadioSelect(),
    )
    delegante = forms.ModelChoiceField(
        Puesto.objects.none(), label="Quién delega", empty_label="Elija el puesto"
    )
    delegado = forms.ModelChoiceField(
        Puesto.objects.none(), label="En quién delega", empty_label="Elija el puesto"
    )
    tipo = forms.ModelChoiceField(
        TipoDocumento.objects.filter(es_externo=False), label="Clase de documento", required=False,
        empty_label="Todas las de la materia",
    )  # fmt: skip
    materia = forms.CharField(
        label="Materia", max_length=200, help_text="Por ejemplo: otorgar licencias de funcionamiento."
    )
    acto = forms.CharField(
        label="Acto que delega", max_length=160,
        help_text="Con su número, como se imprimirá: Resolución de Alcaldía N° 120-2026-A-MDP.",
    )  # fmt: skip
    desde = CampoFecha(label="Desde", nativo=True)
    hasta = CampoFecha(label="Hasta", nativo=True, required=False, help_text="Vacío si no tiene fecha final.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        jefaturas = Puesto.objects.filter(es_jefatura=True).select_related("unidad")
        for nombre in ("delegante", "delegado"):
            campo = self.fields[nombre]
            assert isinstance(campo, forms.ModelChoiceField)
            campo.queryset = jefaturas


class HastaForm(Formulario):
    """El último día en que vale."""

    hasta = CampoFecha(label="Último día en que vale", nativo=True)
