"""Lo que aceptan las pantallas de los escritos que llegan a un expediente ya abierto. Limpian; nunca guardan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from llaqta.cimientos.web.forms import CampoArchivo, CampoFecha, Formulario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes.models import Desistimiento
from llaqta.salas.mesapartes.forms import ARCHIVOS_POR_VEZ, limpiar_documento
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.mesapartes.services import LoQueDice
from llaqta.salas.recursos.models import Queja

Clase = EscritoPosterior.Clase

_PREGUNTA = {
    Clase.RECONSIDERACION: "¿Por qué deben decidir otra vez?",
    Clase.APELACION: "¿En qué no está de acuerdo?",
    Clase.REVISION: "¿En qué no está de acuerdo?",
    Clase.QUEJA: "¿Qué pasó?",
    Clase.DESISTIMIENTO: "¿Quiere decir por qué?",
    Clase.SUSPENSION: "¿Para qué necesita ese tiempo?",
    Clase.DJ_SILENCIO: "¿Quiere agregar algo?",
    Clase.RESPUESTA_A_EMPLAZAMIENTO: "¿Qué está corrigiendo?",
    Clase.OTRO: "¿Qué pide o qué informa?",
}


class EscritoPosteriorForm(Formulario):
    """Lo propio de cada clase de escrito; casi todo es opcional, porque el expediente ya lo sabe."""

    motivo = forms.ChoiceField(
        label="¿De qué se queja?", choices=Queja.Motivo.choices, widget=forms.RadioSelect
    )
    desistimiento = forms.ChoiceField(
        label="¿De qué se desiste?",
        choices=Desistimiento.Clase.choices,
        widget=forms.RadioSelect,
        initial=Desistimiento.Clase.PROCEDIMIENTO,
    )
    nueva_prueba = forms.CharField(
        label="¿Qué prueba nueva tiene?", required=False, max_length=2000,
        help_text="Un hecho o documento que la municipalidad no vio al decidir. Descríbalo, adjúntelo abajo, o las dos "
        "cosas.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    desde = CampoFecha(label="Desde qué día")
    hasta = CampoFecha(label="Hasta qué día")
    texto = forms.CharField(
        label="Texto", required=False, max_length=8000,
        help_text="Con sus palabras. Si lo deja vacío, escribimos por usted lo necesario.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    archivos = CampoArchivo(
        label="Documentos que adjunta", required=False, maximo_de_archivos=ARCHIVOS_POR_VEZ
    )
    correo = forms.EmailField(
        label="Correo para enviarle el cargo", required=False, max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, clase: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clase = Clase(clase)
        suyos = {
            "motivo": Clase.QUEJA,
            "desistimiento": Clase.DESISTIMIENTO,
            "nueva_prueba": Clase.RECONSIDERACION,
            "desde": Clase.SUSPENSION,
            "hasta": Clase.SUSPENSION,
        }
        for nombre, clase_de in suyos.items():
            if self.clase != clase_de:
                del self.fields[nombre]
        self.fields["texto"].label = _PREGUNTA[self.clase]
        if self.clase == Clase.OTRO:
            self.fields["texto"].help_text = "Escríbalo aquí o adjunte su escrito."
        if self.clase == Clase.DESISTIMIENTO:
            self.fields["desistimiento"].widget.pistas = {
                "PROCEDIMIENTO": "Termina este trámite; después puede volver a pedir lo mismo.",
                "PRETENSION": "Renuncia a lo que pidió: no podrá volver a pedirlo.",
            }
        if self.clase == Clase.QUEJA:
            self.fields["motivo"].widget.pistas = {
                "PARALIZACION": "Nadie ha hecho nada en su expediente.",
                "PLAZO": "Se pasó la fecha de un informe o de la respuesta.",
                "DEBERES": "Por ejemplo, no lo atienden o no le dejan ver su expediente.",
                "OMISION": "Por ejemplo, una inspección que debían hacer.",
            }

    def clean(self) -> dict[str, Any]:
        """Un escrito sin clase propia dice algo: con letras o con un archivo."""
        datos: dict[str, Any] = super().clean() or {}
        vacio = not datos.get("texto", "").strip() and not datos.get("archivos")
        if self.clase in (Clase.OTRO, Clase.RESPUESTA_A_EMPLAZAMIENTO) and vacio:
            self.add_error("texto", "Escriba lo que quiere decir, o adjunte su escrito.")
        return datos

    def dicho(self) -> LoQueDice:
        """Lo escrito, como lo pide el servicio."""
        campos = ("texto", "nueva_prueba", "motivo", "desistimiento", "desde", "hasta", "correo")
        return LoQueDice(
            clase=self.clase, **{c: self.cleaned_data[c] for c in campos if c in self.cleaned_data}
        )

    def adjuntos(self) -> list[ArchivoRecibido]:
        """Los archivos elegidos."""
        return recibidos(self)


class EscritoEnVentanillaForm(Formulario):
    """Lo que se registra de quien trae un escrito en papel para un expediente que ya existe."""

    numero = forms.CharField(
        label="Número del expediente", max_length=30, widget=forms.TextInput(attrs={"class": "mediano"})
    )
    tipo_documento = forms.ChoiceField(
        label="Documento de quien lo firma", choices=Persona.TipoDocumento.choices,
        help_text="El administrado o quien lo representa.",
    )  # fmt: skip
    documento = forms.CharField(
        label="Número del documento", max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "mediano"}),
    )  # fmt: skip
    clase = forms.ChoiceField(
        label="Qué es", choices=Clase.choices, initial=Clase.OTRO,
        help_text="Si duda, «Otro escrito»: quien lo tramita lo encauzará sin que pierda su fecha.",
    )  # fmt: skip
    motivo = forms.ChoiceField(
        label="Motivo de la queja", required=False, choices=[("", "Elija"), *Queja.Motivo.choices]
    )
    desistimiento = forms.ChoiceField(
        label="De qué se desiste", required=False, choices=Desistimiento.Clase.choices
    )
    desde = CampoFecha(label="Suspender desde", required=False, nativo=True)
    hasta = CampoFecha(label="Suspender hasta", required=False, nativo=True)
    correo = forms.EmailField(label="Correo para el cargo", required=False)
    archivos = CampoArchivo(label="Digitalización", maximo_de_archivos=ARCHIVOS_POR_VEZ)

    def clean(self) -> dict[str, Any]:
        """El documento de identidad es válido y la queja dice su motivo."""
        datos: dict[str, Any] = super().clean() or {}
        try:
            datos["documento"] = limpiar_documento(
                datos.get("tipo_documento", ""), datos.get("documento", "")
            )
        except ValidationError as error:
            self.add_error("documento", error)
        if datos.get("clase") == Clase.QUEJA and not datos.get("motivo"):
            self.add_error("motivo", "Elija el motivo de la queja.")
        return datos

    def dicho(self) -> LoQueDice:
        """Lo escrito, como lo pide el servicio."""
        limpio = self.cleaned_data
        return LoQueDice(
            clase=limpio["clase"], motivo=limpio["motivo"], desde=limpio["desde"], hasta=limpio["hasta"],
            desistimiento=limpio["desistimiento"] or Desistimiento.Clase.PROCEDIMIENTO, correo=limpio["correo"],
        )  # fmt: skip

    def adjuntos(self) -> list[ArchivoRecibido]:
        """Lo digitalizado."""
        return recibidos(self)


class EncauzarForm(Formulario):
    """Qué recurso es en verdad el escrito."""

    clase = forms.ChoiceField(
        label="¿Qué recurso es?",
        widget=forms.RadioSelect,
        choices=[(c, c.label) for c in (Clase.RECONSIDERACION, Clase.APELACION, Clase.REVISION)],
    )


def recibidos(form: forms.Form) -> list[ArchivoRecibido]:
    """Los archivos de un formulario, como los pide el servicio."""
    return [ArchivoRecibido(nombre=a.name or "", flujo=a.file) for a in form.cleaned_data["archivos"] or []]
