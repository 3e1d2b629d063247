"""Lo que acepta la pantalla que devuelve un expediente al momento del vicio. Limpia; nunca guarda."""

from __future__ import annotations

from django import forms

from llaqta.cimientos.web.forms import CampoFecha
from llaqta.salas.expedientes.forms import ConVersion


class ReponerForm(ConVersion):
    """Cuándo se produjo el vicio, y a qué momento se vuelve."""

    vicio_el = CampoFecha(label="Día en que se produjo el vicio", nativo=True)
    momento = forms.CharField(
        label="A qué momento vuelve", max_length=200, help_text="Por ejemplo: antes del informe técnico."
    )
