"""Lo que aceptan las pantallas de las cuentas."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.web.forms import CampoDNI, CampoFecha, Formulario
from llaqta.salas.cuentas import policies, rules
from llaqta.salas.cuentas.models import Cuenta, Persona, Puesto, Rol, UnidadOrganica

_CLAVE_NUEVA = (
    "Al menos 10 caracteres. Una frase corta que solo usted sepa es mejor que una palabra con números."
)


def _clave_provisional() -> forms.CharField:
    """La contraseña que se entrega en la mano: se ve al escribirla, porque hay que copiarla."""
    return forms.CharField(
        label="Contraseña provisional",
        max_length=128,
        help_text="Al menos 10 caracteres. Entréguesela en un papel y pídale que la cambie al entrar.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CrearCuentaForm(Formulario):
    """Crear mi cuenta: DNI, nombres, contraseña; el correo y el teléfono se pueden dejar en blanco."""

    numero_documento = CampoDNI(label="Número de DNI")
    nombres = forms.CharField(label="Nombres", max_length=80)
    apellido_paterno = forms.CharField(label="Primer apellido", max_length=60)
    apellido_materno = forms.CharField(label="Segundo apellido", max_length=60, required=False)
    correo = forms.EmailField(
        label="Correo electrónico", required=False, help_text="Para avisarle y para recuperar su contraseña."
    )
    telefono = forms.RegexField(
        r"^\+?[\d \-()]{6,20}$",
        label="Teléfono",
        required=False,
        help_text="Celular o fijo.",
        error_messages={"invalid": "Escriba el teléfono solo con números, por ejemplo 987 654 321."},
    )
    clave = forms.CharField(
        label="Contraseña", max_length=128, strip=False, help_text=_CLAVE_NUEVA, widget=forms.PasswordInput()
    )

    def clean(self) -> dict[str, Any]:
        """Comprueba que la contraseña no sea fácil de adivinar.

        :raises ValidationError: si lo es
        """
        datos = super().clean() or {}
        if clave := datos.get("clave"):
            cuenta = Cuenta(usuario=datos.get("numero_documento", ""), email=datos.get("correo", ""))
            try:
                validate_password(clave, cuenta)
            except ValidationError as error:
                self.add_error("clave", error)
        return datos


class PersonaForm(Formulario):
    """Registrar a una persona natural o jurídica."""

    tipo_documento = forms.ChoiceField(
        label="Documento", choices=Persona.TipoDocumento.choices, initial=Persona.TipoDocumento.DNI
    )
    numero_documento = forms.CharField(label="Número de documento", max_length=30)
    nombres = forms.CharField(label="Nombres", max_length=80, required=False)
    apellido_paterno = forms.CharField(label="Primer apellido", max_length=60, required=False)
    apellido_materno = forms.CharField(label="Segundo apellido", max_length=60, required=False)
    razon_social = forms.CharField(
        label="Razón social",
        max_length=150,
        required=False,
        help_text="Solo si es una empresa u organización con RUC 20.",
    )
    correo = forms.EmailField(label="Correo electrónico", required=False)
    telefono = forms.CharField(label="Teléfono", max_length=20, required=False)
    domicilio = forms.CharField(label="Domicilio", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Comprueba el documento y que la persona tenga nombre; la clase sale de lo escrito.

        :raises ValidationError: con la frase en su casilla
        """
        datos = super().clean() or {}
        datos["clase"] = Persona.Clase.JURIDICA if datos.get("razon_social") else Persona.Clase.NATURAL
        try:
            if "numero_documento" in datos and "tipo_documento" in datos:
                datos["numero_documento"] = rules.validar_documento(
                    datos["tipo_documento"], datos["numero_documento"]
                )
            rules.validar_nombre(
                natural=datos["clase"] == Persona.Clase.NATURAL,
                nombres=datos.get("nombres", ""),
                apellido_paterno=datos.get("apellido_paterno", ""),
                razon_social=datos.get("razon_social", ""),
            )
        except EntradaInvalida as error:
            self.add_error(error.campo or None, error.frase)
        return datos


class AtenderForm(Formulario):
    """Con el documento de la persona a la vista: darle cuenta, o una contraseña nueva."""

    documento = forms.CharField(
        label="Número de su documento", max_length=20, help_text="Cópielo del documento que tiene a la vista."
    )
    clave = _clave_provisional()

    def clean_clave(self) -> str:
        """La contraseña, si no es fácil de adivinar.

        :raises ValidationError: si lo es
        """
        clave: str = self.cleaned_data["clave"]
        validate_password(clave)
        return clave


class UnidadForm(Formulario):
    """Añadir una unidad al organigrama."""

    nombre = forms.CharField(label="Nombre de la unidad", max_length=120)
    siglas = forms.RegexField(
        r"^[A-ZÑ0-9.\-]{1,20}$",
        label="Siglas",
        max_length=20,
        help_text="Con ellas se numeran sus documentos, por ejemplo SGLC.",
        error_messages={"invalid": "Las siglas llevan solo mayúsculas, números, puntos y guiones."},
    )
    padre = forms.ModelChoiceField(
        label="Depende de",
        queryset=UnidadOrganica.objects.none(),
        required=False,
        empty_label="De nadie: es la cabeza",
    )
    es_mesa_de_partes = forms.BooleanField(label="Es la mesa de partes", required=False)
    desde = CampoFecha(label="Existe desde", nativo=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["padre"].queryset = UnidadOrganica.objects.filter(vigente_hasta__isnull=True)  # type: ignore[attr-defined]


class PuestoForm(Formulario):
    """Crear un puesto en una unidad."""

    unidad = forms.ModelChoiceField(label="Unidad", queryset=UnidadOrganica.objects.none())
    nombre = forms.CharField(label="Nombre del puesto", max_length=120)
    es_jefatura = forms.BooleanField(label="Dirige la unidad: puede firmar por ella", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unidad"].queryset = UnidadOrganica.objects.filter(vigente_hasta__isnull=True)  # type: ignore[attr-defined]


class AsignarForm(Formulario):
    """Poner a la persona en un puesto."""

    puesto = forms.ModelChoiceField(label="Puesto", queryset=Puesto.objects.none())
    desde = CampoFecha(label="Desde", nativo=True)
    hasta = CampoFecha(label="Hasta", nativo=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vigentes = Puesto.objects.filter(unidad__vigente_hasta__isnull=True).select_related("unidad")
        self.fields["puesto"].queryset = vigentes  # type: ignore[attr-defined]


class DarRolForm(Formulario):
    """Dar un rol a la persona."""

    rol = forms.ModelChoiceField(label="Rol", queryset=Rol.objects.none())
    desde = CampoFecha(label="Desde", nativo=True)
    hasta = CampoFecha(label="Hasta", nativo=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rol"].queryset = Rol.objects.order_by("nombre")  # type: ignore[attr-defined]


class TerminarForm(Formulario):
    """Poner fecha final a algo que vale por un tiempo."""

    hasta = CampoFecha(label="Último día", nativo=True)


class RolForm(Formulario):
    """Nombre y permisos de un rol."""

    codigo = forms.RegexField(
        r"^[A-Z][A-Z0-9_]{2,39}$",
        label="Código",
        help_text="En mayúsculas y sin espacios, por ejemplo TESORERIA.",
        error_messages={
            "invalid": "El código lleva mayúsculas, números o guion bajo, y comienza con una letra."
        },
    )
    nombre = forms.CharField(label="Nombre", max_length=80)
    permisos = forms.MultipleChoiceField(
        label="Permisos",
        choices=[(codigo, nombre) for codigo, (nombre, _) in policies.PERMISOS.items()],
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": "Marque al menos un permiso."},
    )


class ClaveNuevaForm(Formulario):
    """Una contraseña para activar la cuenta de otra persona, que ella cambia al entrar."""

    clave = _clave_provisional()

    def clean_clave(self) -> str:
        """La contraseña, si no es fácil de adivinar.

        :raises ValidationError: si lo es
        """
        clave: str = self.cleaned_data["clave"]
        validate_password(clave)
        return clave


class ConfirmarForm(Formulario):
    """Nada que escribir: enviar es confirmar."""


class RepresentacionForm(Formulario):
    """Anotar quién actúa por quién, con el documento a la vista."""

    tipo_representado = forms.ChoiceField(
        label="Documento de la persona representada",
        choices=Persona.TipoDocumento.choices,
        initial=Persona.TipoDocumento.RUC,
    )
    numero_representado = forms.CharField(label="Número de la persona representada", max_length=30)
    tipo_representante = forms.ChoiceField(
        label="Documento de quien la representa",
        choices=[c for c in Persona.TipoDocumento.choices if c[0] != Persona.TipoDocumento.RUC],
        initial=Persona.TipoDocumento.DNI,
    )
    numero_representante = forms.CharField(label="Número de quien la representa", max_length=30)
    sustento = forms.CharField(
        label="Documento que lo acredita",
        max_length=160,
        help_text="Por ejemplo: Carta poder simple del 2 de enero de 2026.",
    )
    desde = CampoFecha(label="Vale desde", nativo=True)
    hasta = CampoFecha(
        label="Último día", nativo=True, required=False, help_text="En blanco, hasta que se le ponga fin."
    )
    es_especial = forms.BooleanField(
        label="Es un poder formal: puede desistirse de la pretensión, cobrar o terminar el procedimiento por convenio",
        required=False,
        help_text="Ley 27444, art. 115.2. La carta poder simple no alcanza para eso.",
    )


class TerminarRepresentacionForm(Formulario):
    """Poner fin a una representación: ahora mismo, o al terminar un día."""

    de_inmediato = forms.BooleanField(label="Deja de valer ahora mismo", required=False)
    hasta = CampoFecha(label="Último día en que vale", nativo=True, required=False)

    def clean(self) -> dict[str, Any]:
        """Comprueba que se dijo cuándo.

        :raises ValidationError: si no se dijo
        """
        datos = super().clean() or {}
        if not datos.get("de_inmediato") and not datos.get("hasta") and "hasta" not in self.errors:
            self.add_error("hasta", "Escriba el último día, o marque «Deja de valer ahora mismo».")
        return datos
