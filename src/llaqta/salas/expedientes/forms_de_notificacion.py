"""Lo que acepta la pantalla de notificar, según el medio que la ley manda."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from llaqta.cimientos.web.forms import CampoArchivo, CampoFecha, Formulario
from llaqta.salas.expedientes import modalidades
from llaqta.salas.notificaciones.models import Publicacion
from llaqta.salas.notificaciones.policies import ANTES_SE_INTENTO


class NotificarForm(Formulario):
    """La casilla y el correo no preguntan nada: dónde ya lo dijo la persona."""

    medio = forms.CharField(widget=forms.HiddenInput())
    documento = forms.IntegerField(widget=forms.HiddenInput())
    version = forms.IntegerField(widget=forms.HiddenInput())


class CedulaForm(NotificarForm):
    """Adónde se lleva la cédula: solo los domicilios que la ley admite, en su orden."""

    origen = forms.ChoiceField(label="A qué domicilio", widget=forms.RadioSelect())
    referencia = forms.CharField(
        label="Cómo llegar",
        required=False,
        max_length=300,
        help_text="Una seña para quien la lleva: junto al mercado, casa de dos pisos, paradero del kilómetro 4.",
    )

    def __init__(self, *args: Any, domicilios: Sequence[modalidades.Domicilio] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["origen"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(d.origen, d.direccion) for d in domicilios]
        campo.widget.pistas = {d.origen: d.de_donde for d in domicilios}
        if domicilios and not self.is_bound:
            self.initial.setdefault("origen", domicilios[0].origen)


class PublicarForm(NotificarForm):
    """La causa, lo que se hizo antes, y dónde salió."""

    causa = forms.ChoiceField(
        label="Causa que lo permite", choices=Publicacion.Causa.choices, widget=forms.RadioSelect()
    )
    sustento = forms.CharField(
        label="Sustento",
        max_length=600,
        widget=forms.Textarea(),
        help_text="Qué se hizo para ubicar a la persona, con fechas y actas; o qué ley exige publicar.",
    )
    diario = forms.CharField(
        label="Diario", max_length=120, help_text="El de avisos judiciales del lugar, o El Peruano."
    )
    publicado_el = CampoFecha(label="Día en que salió", nativo=True)
    recorte = CampoArchivo(label="Página del diario", required=False)

    def __init__(self, *args: Any, sin_buscar: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["causa"]
        assert isinstance(campo, forms.ChoiceField)
        if sin_buscar:  # las demás piden el acta de que ya se la buscó
            campo.choices = [(c.value, c.label) for c in Publicacion.Causa if c not in ANTES_SE_INTENTO]


class AnularNotificacionForm(Formulario):
    """Por qué se anula la que está en curso."""

    motivo = forms.CharField(
        label="Qué defecto tiene",
        max_length=200,
        help_text="Quedará en el expediente. Por ejemplo: la dirección está equivocada.",
    )
    documento = forms.IntegerField(widget=forms.HiddenInput())
    version = forms.IntegerField(widget=forms.HiddenInput())
