"""Lo que aceptan las pantallas de los cimientos: un día del calendario y los datos de la entidad."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.escudo import MAXIMO_DE_BYTES, limpiar
from llaqta.cimientos.models import DiaNoLaborable
from llaqta.cimientos.web.forms import CampoArchivo, CampoFecha, CampoRUC, Formulario


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


class ListaDeDiasForm(Formulario):
    """Anotar de una vez los días de un año."""

    lista = forms.CharField(
        label="Los días, uno por línea",
        required=False,
        max_length=60_000,
        help_text="La fecha y el motivo: 24/12/2026 Día no laborable. Puede pegarlos de una hoja de cálculo.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    archivo = CampoArchivo(
        label="O un archivo CSV con esas dos columnas",
        required=False,
        tipos=(".csv", ".txt"),
        maximo_de_bytes=100_000,
    )
    motivo = forms.CharField(label="Motivo, si la lista no lo trae", required=False, max_length=120)
    norma = DiaForm.base_fields["norma"]
    ambito = DiaForm.base_fields["ambito"]
    efecto_administrativo = DiaForm.base_fields["efecto_administrativo"]
    efecto_tributario = DiaForm.base_fields["efecto_tributario"]
    vigente_desde = DiaForm.base_fields["vigente_desde"]

    def clean(self) -> dict[str, Any]:
        """Pone en ``lista`` lo que trae el archivo, si se eligió uno.

        :raises ValidationError: si el archivo no es texto
        """
        limpio: dict[str, Any] = super().clean() or {}
        if archivos := limpio.pop("archivo", None):
            limpio["lista"] = _texto_de(archivos[0].read())
        return limpio


def _texto_de(contenido: bytes) -> str:
    for juego in ("utf-8-sig", "cp1252"):
        try:
            return contenido.decode(juego)
        except UnicodeDecodeError:
            continue
    raise ValidationError(
        {"archivo": "El archivo no es un texto CSV: guárdelo de nuevo como CSV y vuelva a elegirlo."}
    )


class SinEfectoForm(Formulario):
    """Dejar sin efecto un día anotado."""

    por = forms.CharField(
        label="Por qué deja de regir",
        max_length=160,
        help_text="La norma que lo deroga o el error que se corrige. Queda a la vista en el calendario.",
    )


class EntidadForm(Formulario):
    """Los datos de la municipalidad."""

    nombre = forms.CharField(label="Nombre", max_length=150, help_text="Como en su norma de creación.")
    nombre_corto = forms.CharField(
        label="Nombre corto",
        max_length=60,
        help_text="Como termina el nombre: se ve más grande en la cabecera.",
    )
    siglas = forms.CharField(
        label="Siglas",
        max_length=20,
        help_text="Van en el número de cada documento: INFORME N° 012-2026-MDP/SGLC.",
        widget=forms.TextInput(attrs={"class": "mediano"}),
    )
    ruc = CampoRUC()
    ubigeo = forms.RegexField(
        r"^\d{6}$",
        label="Ubigeo",
        help_text="Los 6 números con que el INEI nombra al distrito. El que trae el DNI es otro: lo pone el RENIEC.",
        error_messages={"invalid": "El ubigeo son los 6 números con que el INEI nombra al distrito."},
        widget=forms.TextInput(attrs={"class": "mediano", "inputmode": "numeric"}),
    )
    direccion = forms.CharField(label="Dirección", max_length=200)
    lugar = forms.CharField(
        label="Lugar de emisión", max_length=60, help_text="Encabeza la fecha: Pichari, 1 de junio de 2026."
    )
    telefono = forms.CharField(label="Teléfono", max_length=40, required=False)
    whatsapp = forms.CharField(label="WhatsApp", max_length=40, required=False)
    correo = forms.EmailField(label="Correo", required=False)
    horario = forms.CharField(
        label="Horario de atención", max_length=120, help_text="Lunes a viernes, de 8:00 a. m. a 4:30 p. m."
    )
    color = forms.CharField(
        label="Color",
        help_text="Pinta la barra y los botones. Debe distinguirse del blanco (3 a 1) y dejar leer letras (4.5 a 1).",
        widget=forms.TextInput(attrs={"type": "color", "class": "corto"}),
    )
    color_oscuro = forms.CharField(
        label="Color oscuro",
        help_text="Lleva siempre letras blancas encima (4.5 a 1).",
        widget=forms.TextInput(attrs={"type": "color", "class": "corto"}),
    )
    archivo_de_escudo = CampoArchivo(
        label="Escudo nuevo",
        required=False,
        tipos=(".svg",),
        maximo_de_bytes=MAXIMO_DE_BYTES,
        help_text=f"Un dibujo SVG de {MAXIMO_DE_BYTES // 1000} KB como máximo, solo con trazos y colores.",
    )
    sin_escudo = forms.BooleanField(label="Quitar el escudo", required=False)
    # El escudo que se está viendo: así, después de mirar la muestra, no hay que elegir el archivo otra vez.
    escudo = forms.CharField(required=False, widget=forms.HiddenInput())

    def clean_archivo_de_escudo(self) -> str:
        """El dibujo limpio, o vacío si no se eligió ninguno.

        :raises ValidationError: si el archivo no sirve; la frase dice por qué
        """
        archivos = self.cleaned_data["archivo_de_escudo"]
        try:
            return limpiar(archivos[0].read()) if archivos else ""
        except EntradaInvalida as error:
            raise ValidationError(error.frase) from error

    def datos(self) -> dict[str, str]:
        """Lo escrito, con el escudo que vale: el nuevo, el que ya estaba, o ninguno."""
        limpios = dict(self.cleaned_data)
        nuevo, quitar = limpios.pop("archivo_de_escudo"), limpios.pop("sin_escudo")
        limpios["escudo"] = "" if quitar else nuevo or limpios["escudo"]
        return limpios
