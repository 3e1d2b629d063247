"""Lo que aceptan las pantallas de la sede."""

from __future__ import annotations

from django import forms
from django.utils.safestring import mark_safe

from llaqta.cimientos.web.forms import CampoArchivo, CampoFecha, Formulario, VariosArchivos

PESO_MAXIMO = 20_000_000


class SeguimientoForm(Formulario):
    """El número y la clave que están en el cargo."""

    numero = forms.CharField(
        label="Número de expediente",
        max_length=40,
        help_text=mark_safe(
            'Está en su cargo, por ejemplo <span class="sin-corte">EXP-2026-000123-7</span>.'
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    clave = forms.CharField(
        label="Clave de seguimiento",
        max_length=40,
        help_text="Son 16 letras y números. Da igual si la escribe con guiones, espacios o minúsculas.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class CodigoForm(Formulario):
    """El código de verificación digital (CVD) impreso al pie del documento."""

    cvd = forms.CharField(
        label="Código de verificación (CVD)",
        max_length=60,
        help_text="Está al pie de cada página: cuatro grupos de cuatro letras y números.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class ClaveForm(Formulario):
    """La clave del expediente, que está en el cargo y no en el documento."""

    clave = forms.CharField(
        label="Clave del expediente",
        max_length=40,
        help_text="Está en el cargo del trámite: son 16 letras y números.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class CopiaForm(Formulario):
    """El PDF que alguien quiere comprobar; no se guarda."""

    archivo = CampoArchivo(
        label="Su archivo PDF",
        tipos=(".pdf",),
        maximo_de_bytes=PESO_MAXIMO,
        widget=VariosArchivos(attrs={"multiple": False}),
        help_text="Solo PDF, hasta 20 MB. Lo comprobamos y no lo guardamos.",
    )


class PlazoForm(Formulario):
    """Desde qué día y cuántos días hábiles contar."""

    desde = CampoFecha(label="Fecha en que presentó o le notificaron", nativo=True)
    dias = forms.IntegerField(
        label="Días hábiles del plazo",
        min_value=1,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto", "autocomplete": "off"}),
    )
