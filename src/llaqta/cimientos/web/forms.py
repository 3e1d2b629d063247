"""El formulario de la casa y sus campos: frases claras en castellano para cada error y texto limpio siempre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as ErrorDeStdnum
from stdnum.pe import ruc as stdnum_ruc

from llaqta.cimientos.web.limpieza import normalizar, validar_texto_limpio
from llaqta.cimientos.web.palabras import MESES, tamano

MENSAJES: dict[str, str] = {
    "required": "Falta completar «{etiqueta}».",
    "invalid": "Lo escrito en «{etiqueta}» no se entiende; revíselo.",
    "invalid_choice": "La opción elegida en «{etiqueta}» ya no existe; elija otra.",
    "invalid_list": "Lo elegido en «{etiqueta}» no se entiende; elija de nuevo.",
    "invalid_pk_value": "La opción elegida en «{etiqueta}» ya no existe; elija otra.",
    "max_length": "«{etiqueta}» admite hasta %(limit_value)d caracteres; usted escribió %(show_value)d.",
    "min_length": "«{etiqueta}» necesita al menos %(limit_value)d caracteres; usted escribió %(show_value)d.",
    "max_value": "«{etiqueta}» no puede ser mayor que %(limit_value)s.",
    "min_value": "«{etiqueta}» no puede ser menor que %(limit_value)s.",
    "max_digits": "«{etiqueta}» admite hasta %(max)s cifras.",
    "max_decimal_places": "«{etiqueta}» admite hasta %(max)s decimales.",
    "null_characters_not_allowed": "«{etiqueta}» trae caracteres que no se ven; bórrelo y escríbalo de nuevo.",
    "missing": "Falta adjuntar el archivo de «{etiqueta}».",
    "empty": "El archivo de «{etiqueta}» está vacío; elija otro.",
    "invalid_image": "El archivo de «{etiqueta}» no es una imagen que se pueda abrir.",
}
_FALTA_ELEGIR = "Elija una opción en «{etiqueta}»."
_FALTA_ADJUNTAR = "Falta adjuntar el archivo de «{etiqueta}»."
_FALTA_MARCAR = "Para continuar, marque «{etiqueta}»."
_CORREO_MAL = "Escriba el correo completo, por ejemplo nombre@ejemplo.pe."


class Formulario(forms.Form):
    """Base de todo formulario de la casa: se dibuja con ``{% campo %}`` y sus errores son frases completas.

    :param escrito: lo que la persona había escrito antes de perder la sesión (``escrito.recuperar_escrito``); llena el
        formulario sin validarlo, y los archivos quedan por elegir
    """

    use_required_attribute = False
    error_css_class = "campo-con-error"

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        escrito: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.label_suffix = ""
        for nombre, campo in self.fields.items():
            _poner_mensajes(nombre, campo)
            if isinstance(campo, forms.CharField) and not isinstance(campo.widget, forms.PasswordInput):
                campo.validators = [*campo.validators, validar_texto_limpio]
            if isinstance(campo.widget, forms.Textarea) and campo.widget.attrs.get("rows") == "10":
                campo.widget.attrs["rows"] = "5"
            if isinstance(campo.widget, forms.Textarea) and (
                tope := campo.widget.attrs.pop("maxlength", None)
            ):
                campo.widget.attrs["data-contador"] = tope  # cortar en silencio lo que se pega sería perderlo
        if self.is_bound:
            self.data = self._datos_normalizados()
        elif escrito:
            self.initial = {**self.initial, **self._inicial_desde(escrito)}

    def _datos_normalizados(self) -> Any:
        datos: Any = self.data.copy() if isinstance(self.data, MultiValueDict) else dict(self.data)
        for nombre, campo in self.fields.items():
            clave = self.add_prefix(nombre)
            if isinstance(campo.widget, forms.PasswordInput) or clave not in datos:
                continue
            if isinstance(datos, MultiValueDict):
                datos.setlist(
                    clave, [normalizar(v) if isinstance(v, str) else v for v in datos.getlist(clave)]
                )
            elif isinstance(datos[clave], str):
                datos[clave] = normalizar(datos[clave])
        return datos

    def _inicial_desde(self, escrito: Mapping[str, Any]) -> dict[str, Any]:
        vacio: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict()
        return {
            nombre: campo.widget.value_from_datadict(escrito, vacio, self.add_prefix(nombre))
            for nombre, campo in self.fields.items()
            if not campo.widget.needs_multipart_form and not isinstance(campo.widget, forms.PasswordInput)
        }


def _poner_mensajes(nombre: str, campo: forms.Field) -> None:
    """Cambia los mensajes que el campo trae de fábrica por frases de la casa; respeta los que se escribieron a mano."""
    de_fabrica: dict[str, Any] = {}
    for clase in reversed(type(campo).__mro__):
        if clase.__module__.startswith("django.") and "default_error_messages" in clase.__dict__:
            de_fabrica.update(clase.__dict__["default_error_messages"])
    etiqueta = str(campo.label or nombre.replace("_", " ").capitalize())
    for codigo, frase in {**MENSAJES, **_segun_su_clase(campo)}.items():
        if codigo not in campo.error_messages or campo.error_messages[codigo] == de_fabrica.get(codigo):
            campo.error_messages[codigo] = frase.replace("{etiqueta}", etiqueta.replace("%", "%%"))
    if isinstance(campo, forms.EmailField):  # su validador trae su propio mensaje
        campo.error_messages["invalid"] = _CORREO_MAL


def _segun_su_clase(campo: forms.Field) -> dict[str, str]:
    if isinstance(campo, forms.FileField):
        return {"required": _FALTA_ADJUNTAR}
    if isinstance(campo, forms.BooleanField):
        return {"required": _FALTA_MARCAR}
    if isinstance(campo, forms.ChoiceField):
        return {"required": _FALTA_ELEGIR}
    return {}


class CampoDNI(forms.CharField):
    """Los 8 números del DNI, con sus ceros a la izquierda; acepta que se escriba con espacios o guiones."""

    def __init__(self, *, label: str = "DNI", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Son 8 números.")
        super().__init__(label=label, max_length=20, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "class": "mediano", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        """Quita espacios y guiones.

        :raises ValidationError: si no quedan exactamente 8 números
        """
        numero = _sin_separadores(super().to_python(value))
        if not numero:
            return ""
        if not (numero.isascii() and numero.isdigit()):
            raise ValidationError("El DNI solo lleva números; quite las letras y los signos.", code="letras")
        if len(numero) != 8:
            raise ValidationError(f"El DNI tiene 8 números; usted escribió {len(numero)}.", code="largo")
        return numero


class CampoRUC(forms.CharField):
    """Los 11 números del RUC, con su dígito verificador comprobado."""

    def __init__(self, *, label: str = "RUC", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Son 11 números; empieza con 10, 15, 16, 17 o 20.")
        super().__init__(label=label, max_length=25, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "class": "mediano", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        """Quita espacios y guiones, y comprueba el RUC.

        :raises ValidationError: si no son 11 números, si no empieza como un RUC o si su último dígito no corresponde
        """
        numero = _sin_separadores(super().to_python(value))
        if not numero:
            return ""
        if not (numero.isascii() and numero.isdigit()):
            raise ValidationError("El RUC solo lleva números; quite las letras y los signos.", code="letras")
        if len(numero) != 11:
            raise ValidationError(f"El RUC tiene 11 números; usted escribió {len(numero)}.", code="largo")
        try:
            return str(stdnum_ruc.validate(numero))
        except InvalidChecksum:
            raise ValidationError(
                "Ese RUC no existe: su último número no corresponde a los demás. Cópielo de nuevo con cuidado.",
                code="verificador",
            ) from None
        except ErrorDeStdnum:
            raise ValidationError(
                "El RUC empieza con 10, 15, 16, 17 o 20. Revise los primeros números.", code="inicio"
            ) from None


def _sin_separadores(texto: str | None) -> str:
    return "".join(c for c in texto or "" if c not in " -.\t\u00a0\u2013\u2212")


class VariosArchivos(forms.ClearableFileInput):
    """Un control que deja elegir uno o varios archivos."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Todos los archivos enviados con ese nombre."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class CampoArchivo(forms.FileField):
    """Uno o varios archivos; ``clean`` devuelve siempre una lista.

    Aquí solo se mira el tamaño, la cantidad y que no estén vacíos; el contenido lo revisa la sala de documentos.
    """

    TIPOS: ClassVar[tuple[str, ...]] = (".pdf", ".jpg", ".jpeg", ".png")

    def __init__(
        self,
        *,
        maximo_de_archivos: int = 1,
        maximo_de_bytes: int = 50_000_000,
        tipos: Sequence[str] = TIPOS,
        **kwargs: Any,
    ) -> None:
        self.maximo_de_archivos, self.maximo_de_bytes, self.tipos = (
            maximo_de_archivos,
            maximo_de_bytes,
            tuple(tipos),
        )
        kwargs.setdefault("help_text", self._limites())
        super().__init__(widget=kwargs.pop("widget", VariosArchivos()), **kwargs)
        self.widget.attrs.update({"accept": ",".join(tipos), "data-maximo-bytes": str(maximo_de_bytes)})
        if maximo_de_archivos > 1:
            self.widget.attrs.update({"multiple": True, "data-maximo-archivos": str(maximo_de_archivos)})

    def _limites(self) -> str:
        varios = self.maximo_de_archivos > 1
        tipos = list(dict.fromkeys(t.strip(".").upper().replace("JPEG", "JPG") for t in self.tipos))
        nombres = f"{', '.join(tipos[:-1])} o {tipos[-1]}" if len(tipos) > 1 else tipos[0]
        cuantos = f"Hasta {self.maximo_de_archivos} archivos" if varios else "Un archivo"
        return f"{cuantos} {nombres}, de {tamano(self.maximo_de_bytes)} como máximo{' cada uno' if varios else ''}."

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """La lista de archivos recibidos.

        :raises ValidationError: una frase por archivo que no se puede recibir
        """
        archivos: Iterable[Any] = data if isinstance(data, (list, tuple)) else [data] if data else []
        recibidos = [a for a in archivos if a]
        if not recibidos:
            super().clean(None, initial)
            return []
        if len(recibidos) > self.maximo_de_archivos:
            raise ValidationError(
                f"Eligió {len(recibidos)} archivos y aquí se reciben {self.maximo_de_archivos} como máximo.",
                code="cantidad",
            )
        errores = [frase for archivo in recibidos if (frase := self._check_archivo(archivo))]
        if errores:
            raise ValidationError([ValidationError(frase, code="archivo") for frase in errores])
        return recibidos

    def _check_archivo(self, archivo: UploadedFile[Any]) -> str:
        nombre, peso = (archivo.name or "sin nombre")[-60:], archivo.size or 0
        if not peso:
            return f"El archivo «{nombre}» está vacío; elija otro."
        if peso > self.maximo_de_bytes:
            return f"El archivo «{nombre}» pesa {tamano(peso)} y se reciben hasta {tamano(self.maximo_de_bytes)}."
        return ""


class TresPartes(forms.MultiWidget):
    """Día, mes y año en tres cajas: más fácil que un calendario para una fecha que ya se sabe."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.TextInput(), forms.TextInput(), forms.TextInput()], attrs)

    def decompress(self, value: Any) -> list[Any]:
        """De una fecha a sus tres partes; un texto que no se entendió vuelve tal como se escribió."""
        if isinstance(value, date):
            return [value.day, value.month, value.year]
        partes = str(value).split("-") if value else []
        return [partes[2], partes[1], partes[0]] if len(partes) == 3 else [None, None, None]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """``"2026-7-14"`` tal como se escribió, o ``None`` si no se escribió nada."""
        dia, mes, anio = (
            str(v or "").strip().replace("-", "") for v in super().value_from_datadict(data, files, name)
        )
        return f"{anio}-{mes}-{dia}" if dia or mes or anio else None


class CampoFecha(forms.DateField):
    """Una fecha: en tres cajas (la que se sabe de memoria) o, con ``nativo=True``, en el calendario del equipo."""

    def __init__(self, *, nativo: bool = False, **kwargs: Any) -> None:
        widget = (
            forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "mediano"})
            if nativo
            else TresPartes()
        )
        if not nativo:
            kwargs.setdefault("help_text", "Por ejemplo: 14 7 2026.")
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> date | None:
        """La fecha escrita.

        :raises ValidationError: si falta una parte o si esa fecha no existe
        """
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        partes = str(value).split("-")
        if len(partes) != 3:
            return super().to_python(value)
        if faltan := [n for n, v in zip(("el año", "el mes", "el día"), partes, strict=True) if not v]:
            raise ValidationError(f"A la fecha le falta {' y '.join(reversed(faltan))}.", code="incompleta")
        if not all(p.isascii() and p.isdigit() and len(p) < 10 for p in partes):
            raise ValidationError("Escriba la fecha solo con números, por ejemplo 14 7 2026.", code="letras")
        anio, mes, dia = (int(p) for p in partes)
        if len(partes[0]) != 4:
            raise ValidationError("Escriba el año con sus cuatro números, por ejemplo 2026.", code="anio")
        if not 1 <= mes <= 12:
            raise ValidationError("El mes va del 1 al 12.", code="mes")
        try:
            return date(anio, mes, dia)
        except ValueError:
            raise ValidationError(
                f"No existe el {dia} de {MESES[mes - 1]} de {anio}.", code="no_existe"
            ) from None
