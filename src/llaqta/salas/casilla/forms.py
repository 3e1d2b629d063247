"""Lo que las pantallas de la casilla aceptan."""

from __future__ import annotations

from django import forms

from llaqta.cimientos.web.forms import Formulario
from llaqta.salas.casilla.models import Notificacion


class AceptarCasillaForm(Formulario):
    """El consentimiento expreso y a dónde avisar."""

    correo = forms.EmailField(
        label="Correo electrónico",
        help_text="Ahí le avisaremos cada vez que depositemos una notificación.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    telefono = forms.CharField(
        label="Teléfono",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    acepto = forms.BooleanField(label="He leído este texto y acepto ser notificado en mi casilla electrónica")


class RetirarseForm(Formulario):
    """La confirmación de que se retira el consentimiento."""

    confirmo = forms.BooleanField(label="Entiendo que desde ahora me notificarán en papel, en mi domicilio")


class FiltroForm(Formulario):
    """Qué notificaciones depositadas se muestran."""

    estado = forms.ChoiceField(
        label="Estado", required=False, choices=[("", "Todas"), *Notificacion.Estado.choices]
    )
    q = forms.CharField(label="Número de notificación o de expediente", required=False, max_length=30)
