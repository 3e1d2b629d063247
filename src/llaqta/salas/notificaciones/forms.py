"""Lo que aceptan las pantallas de las notificaciones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.web.forms import CampoArchivo, Formulario
from llaqta.salas.notificaciones.models import Diligencia, Visita

R = Visita.Resultado
_PISTAS = {
    R.ENTREGADA_AL_INTERESADO: "Firmó el cargo. Vale desde hoy.",
    R.ENTREGADA_A_OTRA_PERSONA: "Anote su nombre, su DNI y qué es de la persona notificada. Vale desde hoy.",
    R.SE_NEGO: "Describa el lugar: puerta, color, medidor. Vale igual, desde hoy.",
    R.AUSENTE: "Deje el aviso con el día y la hora en que vuelve.",
    R.BAJO_PUERTA: "Deje la cédula bajo la puerta y describa el lugar. Vale desde hoy.",
    R.DOMICILIO_INEXISTENTE: "No existe la dirección, o ahí no la conocen. Describa lo que encontró.",
}


class CampoInstante(forms.DateTimeField):
    """Un día y una hora del Perú, con el control del teléfono."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "mediano"}
        )
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs
        )

    def clean(self, value: Any) -> datetime | None:
        """El instante en la hora oficial.

        :raises ValidationError: si no es una fecha y hora
        """
        instante: datetime | None = super().clean(value)
        return instante.replace(tzinfo=LIMA) if instante and instante.tzinfo is None else instante


class VisitaForm(Formulario):
    """Lo que pasó en la puerta; funciona con mala señal: un solo envío, sin nada más que el formulario."""

    resultado = forms.ChoiceField(label="Qué pasó", widget=forms.RadioSelect())
    realizada_en = CampoInstante(label="Cuándo")
    recibio = forms.CharField(
        label="Quién la recibió", required=False, max_length=150, help_text="Si fue otra persona."
    )
    documento_de_quien_recibio = forms.CharField(
        label="Su DNI",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "mediano"}),
    )
    relacion = forms.CharField(
        label="Qué es de la persona", required=False, max_length=80, help_text="Hermana, inquilino, vecino."
    )
    caracteristicas = forms.CharField(
        label="Características del lugar",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Material, color, puerta, número del medidor de luz.",
    )
    vuelve_el = CampoInstante(
        label="Cuándo vuelve", required=False, help_text="Si no había nadie: va en el aviso."
    )
    nota = forms.CharField(label="Observaciones", required=False, max_length=400)

    def __init__(self, *args: Any, numero: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        negado = R.BAJO_PUERTA if numero == 1 else R.AUSENTE
        campo = self.fields["resultado"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(r.value, r.label) for r in R if r != negado]
        campo.widget.pistas = {r.value: _PISTAS[r] for r in R}
        if numero == 2:
            del self.fields["vuelve_el"]

    def clean(self) -> dict[str, Any]:
        """Los datos de otra persona no van si la recibió la notificada.

        :raises ValidationError: si se llenó el nombre de otra persona y se marcó que la recibió la notificada
        """
        limpio: dict[str, Any] = super().clean() or self.cleaned_data
        if limpio.get("resultado") == R.ENTREGADA_AL_INTERESADO and limpio.get("recibio"):
            raise ValidationError(
                "Escribió quién la recibió: si fue otra persona, marque «La recibió otra persona»."
            )
        return limpio


class ActaForm(Formulario):
    """El acta firmada en papel, escaneada o en foto."""

    acta = CampoArchivo(label="Acta firmada")


class AutorizarCorreoForm(Formulario):
    """La autorización expresa del correo."""

    correo = forms.EmailField(
        label="Correo electrónico",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    autorizo = forms.BooleanField(label="He leído este texto y autorizo que me notifiquen en ese correo")


class RetirarCorreoForm(Formulario):
    """La confirmación de que se retira."""

    confirmo = forms.BooleanField(label="Entiendo que desde ahora me notificarán en papel, en mi domicilio")


class FiltroForm(Formulario):
    """Qué diligencias se miran."""

    estado = forms.ChoiceField(
        label="Estado", required=False, choices=[("", "Todas"), *Diligencia.Estado.choices]
    )
