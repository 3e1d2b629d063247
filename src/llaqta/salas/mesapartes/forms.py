"""Lo que aceptan las pantallas de la mesa de partes. Limpian; nunca guardan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from llaqta.cimientos.web.forms import CampoArchivo, CampoDNI, CampoFecha, CampoRUC, Formulario
from llaqta.cimientos.web.limpieza import validar_texto_limpio
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.mesapartes.models import AdjuntoDeBorrador, RevisionDeRequisito
from llaqta.salas.plazos.queries import Origen
from llaqta.salas.tramites.models import Modalidad, Requisito
from llaqta.salas.tramites.rules import Condiciones

LENGUAS = ["Quechua", "Asháninka", "Matsigenka", "Lengua de señas", "Otra"]
ARCHIVOS_POR_VEZ = 40


class QuienForm(Formulario):
    """Quién presenta y si necesita intérprete."""

    administrado = forms.TypedChoiceField(
        label="¿A nombre de quién presenta?", coerce=int, widget=forms.RadioSelect
    )
    lengua = forms.ChoiceField(
        label="¿Necesita un intérprete?",
        required=False,
        choices=[("", "No"), *((lengua, f"Sí, {lengua.lower()}") for lengua in LENGUAS)],
        help_text="La municipalidad lo pone, sin costo para usted.",
    )

    modalidad = forms.ChoiceField(label="¿Qué modalidad necesita?", widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        persona: Persona,
        representados: Sequence[Persona] = (),
        modalidades: Sequence[Modalidad] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._poner_modalidades(modalidades)
        campo = self.fields["administrado"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [
            (str(persona.pk), f"A mi nombre: {persona.nombre_completo}"),
            *((str(p.pk), f"En representación de {p.nombre_completo}") for p in representados),
        ]
        campo.widget.pistas = {str(p.pk): p.documento for p in (persona, *representados)}
        if self.initial.get("administrado") is None:
            self.initial["administrado"] = str(persona.pk)

    def _poner_modalidades(self, modalidades: Sequence[Modalidad]) -> None:
        """Con una sola, o sin ninguna, no se pregunta nada."""
        if len(modalidades) < 2:
            del self.fields["modalidad"]
            return
        campo = self.fields["modalidad"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(fila.codigo, fila.nombre) for fila in modalidades]
        campo.widget.pistas = {
            fila.codigo: f"{fila.condiciones.costo} · {fila.condiciones.plazo_dicho}" for fila in modalidades
        }


def poner_origenes(form: forms.Form, origenes: Sequence[Origen]) -> None:
    """Las comunidades y lugares lejanos con los días que agregan; si la municipalidad no tiene, no se pregunta."""
    campo = form.fields["origen"]
    assert isinstance(campo, forms.ChoiceField)
    if not origenes:
        del form.fields["origen"]
        return
    campo.choices = [("", "No"), *((fila.codigo, f"{fila.nombre} (+{fila.dias})") for fila in origenes)]


class EscritoForm(Formulario):
    """Qué solicita y dónde avisarle; del pago, solo el número y la fecha (art. 40.1.8)."""

    asunto = forms.CharField(
        label="¿Qué solicita?", max_length=300, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="Ya lo escribimos por usted; agregue lo que haga falta, por ejemplo la dirección de su negocio.",
    )  # fmt: skip
    telefono = forms.CharField(
        label="Teléfono", required=False, max_length=20, help_text="Para llamarle si hay una duda.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "mediano"}),
    )  # fmt: skip
    correo = forms.EmailField(
        label="Correo electrónico", required=False, max_length=254, help_text="Le enviaremos su cargo y los avisos.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )  # fmt: skip
    domicilio = forms.CharField(
        label="Domicilio", required=False, max_length=200,
        help_text="Donde podemos notificarle en papel. Puede poner una referencia.",
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )  # fmt: skip
    origen = forms.ChoiceField(
        label="¿Viene de una de estas comunidades o lugares?", required=False, choices=(),
        help_text="Si vive lejos, la ley agrega días a los plazos (art. 135).",
    )  # fmt: skip
    pago_numero = forms.CharField(
        label="Número del comprobante de pago", required=False, max_length=40,
        help_text="Basta el número; no hace falta adjuntar el comprobante.",
        widget=forms.TextInput(attrs={"class": "mediano"}),
    )  # fmt: skip
    pago_fecha = CampoFecha(label="Fecha del pago", required=False)

    def __init__(
        self,
        *args: Any,
        condiciones: Condiciones | None = None,
        origenes: Sequence[Origen] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        poner_origenes(self, origenes)
        if condiciones is not None and (condiciones.es_gratuito or not condiciones.monto):
            del self.fields["pago_numero"], self.fields["pago_fecha"]

    def clean(self) -> dict[str, Any]:
        """La fecha del pago sin su número no sirve, y no puede ser futura."""
        datos: dict[str, Any] = super().clean() or {}
        if datos.get("pago_fecha") and not datos.get("pago_numero") and "pago_numero" in self.fields:
            self.add_error("pago_numero", "Escriba el número del comprobante que pagó en esa fecha.")
        return datos

    def como_json(self) -> dict[str, Any]:
        """Lo escrito, como cabe en un borrador; vale aunque haya errores, para no perder nada."""
        limpio = getattr(self, "cleaned_data", {})
        escrito = {nombre: str(self.data.get(self.add_prefix(nombre), "")) for nombre in self.fields}
        # Un carácter nulo no cabe en un borrador; lo demás, aunque no valga, se guarda como se escribió.
        datos = {
            nombre: limpio.get(nombre, valor.replace("\x00", ""))[:2000] if nombre != "pago_fecha" else ""
            for nombre, valor in escrito.items()
        }
        fecha = limpio.get("pago_fecha")
        return {**datos, "pago_fecha": fecha.isoformat() if isinstance(fecha, date) else ""}


@dataclass(frozen=True)
class Bloque:
    """Un requisito en la página de adjuntar: su control y lo que ya llegó para él."""

    requisito: Requisito | None
    campo: BoundField
    recibidos: list[AdjuntoDeBorrador]


class AdjuntosForm(Formulario):
    """Un control de archivos por requisito, y uno para «otros documentos»: todo lo elegido se recibe junto."""

    def __init__(
        self,
        *args: Any,
        requisitos: Sequence[Requisito],
        reutilizables: Sequence[Documento] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.requisitos: list[Requisito | None] = [*requisitos, None]
        for requisito in self.requisitos:
            self.fields[_nombre(requisito)] = CampoArchivo(
                label=requisito.texto if requisito else "Otros documentos", required=False,
                maximo_de_archivos=ARCHIVOS_POR_VEZ, help_text="",
            )  # fmt: skip
        if reutilizables:
            self.fields["reutilizar"] = forms.ChoiceField(
                label="Archivo que ya entregó", required=False,
                choices=[("", "Elija uno"), *((d.pk, d.archivo.nombre) for d in reutilizables)],
            )  # fmt: skip
            self.fields["reutilizar_en"] = forms.ChoiceField(
                label="Sirve para", required=False,
                choices=[(r.pk if r else "", r.texto if r else "Otros documentos") for r in self.requisitos],
            )  # fmt: skip

    def por_requisito(self) -> dict[int | None, list[Any]]:
        """Los archivos que se eligieron, por identificador del requisito."""
        elegidos = {r.pk if r else None: self.cleaned_data.get(_nombre(r)) or [] for r in self.requisitos}
        return {destino: archivos for destino, archivos in elegidos.items() if archivos}

    def reutilizados(self) -> list[tuple[int | None, int]]:
        """El documento que se vuelve a usar, con su requisito."""
        documento = self.cleaned_data.get("reutilizar")
        destino = self.cleaned_data.get("reutilizar_en")
        return [(int(destino) if destino else None, int(documento))] if documento else []

    def quitados(self) -> list[int]:
        """El adjunto cuyo botón «Quitar» se pulsó."""
        pulsado = str(self.data.get("quitar", ""))
        return [int(pulsado)] if pulsado.isdecimal() and len(pulsado) < 18 else []

    def agregar_errores(self, errores: Mapping[int | None, Sequence[str]]) -> None:
        """Pone junto a cada control por qué no se recibió un archivo."""
        por_pk = {r.pk if r else None: r for r in self.requisitos}
        for destino, frases in errores.items():
            for frase in frases:
                self.add_error(_nombre(por_pk.get(destino)), frase)

    def bloques(self, recibidos: Sequence[AdjuntoDeBorrador]) -> list[Bloque]:
        """Lo que la página dibuja, requisito por requisito."""
        conocidos = {r.pk for r in self.requisitos if r}
        for requisito in self.requisitos:
            # Nada es obligatorio para presentar; aquí solo decide si la etiqueta dice «(opcional)».
            self.fields[_nombre(requisito)].required = requisito is not None and not requisito.es_opcional
        return [
            Bloque(r, self[_nombre(r)], [a for a in recibidos if _es_de(a, r, conocidos)])
            for r in self.requisitos
        ]


def _nombre(requisito: Requisito | None) -> str:
    return f"requisito_{requisito.pk}" if requisito else "otros"


def _es_de(adjunto: AdjuntoDeBorrador, requisito: Requisito | None, conocidos: Collection[int]) -> bool:
    if requisito is not None:
        return adjunto.requisito_id == requisito.pk
    return adjunto.requisito_id not in conocidos


class RevisarForm(Formulario):
    """El consentimiento, expreso y aparte, para ser notificado en la casilla (art. 20.4; Ley 31736)."""

    acepta_casilla = forms.BooleanField(
        label="Acepto que me notifiquen en mi casilla electrónica", required=False,
        help_text="Es voluntario y puede retirarse cuando quiera. Si no acepta, le notificarán en su domicilio.",
    )  # fmt: skip

    def __init__(self, *args: Any, correo: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.correo = correo

    def clean_acepta_casilla(self) -> bool:
        """:raises ValidationError: si acepta sin haber dejado un correo, que es donde se avisa cada depósito"""
        acepta = bool(self.cleaned_data["acepta_casilla"])
        if acepta and not self.correo:
            raise ValidationError(
                "Para usar la casilla escriba su correo en «Dónde avisarle»: ahí se avisa cada notificación."
            )
        return acepta


class SubsanarForm(Formulario):
    """Un control de archivos por requisito observado."""

    def __init__(self, *args: Any, requisitos: Iterable[Requisito], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for requisito in requisitos:
            campo = CampoArchivo(label=requisito.texto, maximo_de_archivos=ARCHIVOS_POR_VEZ)
            campo.error_messages["required"] = f"Falta adjuntar lo corregido de «{requisito.texto}»."
            self.fields[f"requisito_{requisito.pk}"] = campo

    def por_requisito(self) -> dict[int, list[Any]]:
        """Los archivos recibidos, por identificador del requisito."""
        return {
            int(nombre.removeprefix("requisito_")): archivos for nombre, archivos in self.cleaned_data.items()
        }


class RevisionForm(Formulario):
    """Por cada requisito: Cumple, Falta (y qué falta) o No aplica."""

    def __init__(self, *args: Any, requisitos: Iterable[Requisito], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requisitos = list(requisitos)
        for requisito in self.requisitos:
            self.fields[f"resultado_{requisito.pk}"] = forms.ChoiceField(
                label=requisito.texto,
                required=False,
                choices=RevisionDeRequisito.Resultado.choices,
                widget=forms.RadioSelect,
            )
            self.fields[f"nota_{requisito.pk}"] = forms.CharField(
                label="Qué falta", required=False, max_length=300, validators=[validar_texto_limpio],
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Lo que falta se dice."""
        datos: dict[str, Any] = super().clean() or {}
        for requisito in self.requisitos:
            falta = datos.get(f"resultado_{requisito.pk}") == RevisionDeRequisito.Resultado.FALTA
            if falta and not datos.get(f"nota_{requisito.pk}", "").strip():
                self.add_error(f"nota_{requisito.pk}", f"Diga qué falta en «{requisito.texto}».")
        return datos

    def marcas(self) -> dict[int, tuple[str, str]]:
        """``{requisito: (resultado, nota)}`` de lo que se marcó."""
        return {
            r.pk: (self.cleaned_data[f"resultado_{r.pk}"], self.cleaned_data.get(f"nota_{r.pk}", ""))
            for r in self.requisitos
            if self.cleaned_data.get(f"resultado_{r.pk}")
        }


class DerivarForm(Formulario):
    """A qué unidad pasa, con qué motivo y con qué proveído."""

    para_unidad = forms.ChoiceField(label="Unidad que lo tramita")
    motivo = forms.ChoiceField(label="Motivo")
    proveido = forms.CharField(
        label="Proveído",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )

    def __init__(
        self, *args: Any, unidades: Sequence[UnidadOrganica], motivos: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unidades = {str(unidad.pk): unidad for unidad in unidades}
        for nombre, opciones in (
            ("para_unidad", [(clave, f"{u.nombre} ({u.siglas})") for clave, u in self.unidades.items()]),
            ("motivo", [(m, m[:1].upper() + m[1:]) for m in motivos]),
        ):
            campo = self.fields[nombre]
            assert isinstance(campo, forms.ChoiceField)
            campo.choices = opciones

    @property
    def unidad(self) -> UnidadOrganica:
        """La unidad elegida."""
        return self.unidades[self.cleaned_data["para_unidad"]]


class VentanillaForm(Formulario):
    """Lo que se registra de quien llega con papeles: identidad, trámite, asunto, dónde avisarle y la digitalización."""

    tipo_documento = forms.ChoiceField(label="Tipo de documento", choices=Persona.TipoDocumento.choices)
    numero_documento = forms.CharField(
        label="Número de documento",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "mediano"}),
    )
    nombres = forms.CharField(label="Nombres", required=False, max_length=80)
    apellido_paterno = forms.CharField(label="Apellido paterno", required=False, max_length=60)
    apellido_materno = forms.CharField(label="Apellido materno", required=False, max_length=60)
    razon_social = forms.CharField(label="Razón social", required=False, max_length=150)
    tramite = forms.ChoiceField(label="Trámite del TUPA")
    asunto = forms.CharField(
        label="Asunto", required=False, max_length=300, help_text="Vacío: el nombre del trámite.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip
    correo = forms.EmailField(label="Correo", required=False)
    telefono = forms.CharField(
        label="Teléfono", required=False, max_length=20, widget=forms.TextInput(attrs={"class": "mediano"})
    )
    domicilio = forms.CharField(label="Domicilio", required=False, max_length=200)
    origen = forms.ChoiceField(
        label="Comunidad o lugar lejano",
        required=False,
        choices=(),
        help_text="Agrega días al plazo (art. 135).",
    )
    pago_numero = forms.CharField(
        label="N° del comprobante de pago",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "mediano"}),
    )
    pago_fecha = CampoFecha(label="Fecha del pago", required=False, nativo=True)
    lengua = forms.ChoiceField(
        label="¿Necesita intérprete?",
        required=False,
        choices=[("", "No"), *((x, f"Sí, {x.lower()}") for x in LENGUAS)],
    )
    completo = forms.BooleanField(
        label="Comprobé que entrega todos los requisitos", required=False,
        help_text="Si falta algo, déjelo sin marcar y obsérvelo en este mismo acto.",
    )  # fmt: skip
    archivos = CampoArchivo(label="Digitalización", maximo_de_archivos=ARCHIVOS_POR_VEZ)

    def __init__(
        self,
        *args: Any,
        tramites: Sequence[tuple[str, str]],
        conocida: Persona | None = None,
        origenes: Sequence[Origen] = (),
        **kwargs: Any,
    ) -> None:
        self.conocida = conocida
        super().__init__(*args, **kwargs)
        poner_origenes(self, origenes)
        campo = self.fields["tramite"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [("", "Elija el trámite"), *tramites]
        if not self.is_bound and conocida is None:
            # Lo que se exige depende del documento y lo comprueba ``clean``; aquí solo lo dice la etiqueta.
            es_ruc = self.initial.get("tipo_documento") == Persona.TipoDocumento.RUC
            for nombre in ("razon_social",) if es_ruc else ("nombres", "apellido_paterno"):
                self.fields[nombre].required = True

    def clean(self) -> dict[str, Any]:
        """El documento de identidad es válido y, si la persona es nueva, se dice cómo se llama."""
        datos: dict[str, Any] = super().clean() or {}
        tipo, numero = datos.get("tipo_documento", ""), datos.get("numero_documento", "")
        try:
            datos["numero_documento"] = limpiar_documento(tipo, numero)
        except ValidationError as error:
            self.add_error("numero_documento", error)
        if self.conocida is None and not (tipo == Persona.TipoDocumento.RUC and datos.get("razon_social")):
            for campo, frase in (("nombres", "sus nombres"), ("apellido_paterno", "su apellido paterno")):
                if not datos.get(campo):
                    self.add_error(campo, f"No conocemos a esta persona todavía: escriba {frase}.")
        return datos


def limpiar_documento(tipo: str, numero: str) -> str:
    """El número sin espacios ni guiones, comprobado según su tipo.

    :raises ValidationError: con una frase que dice qué está mal
    """
    if tipo == Persona.TipoDocumento.DNI:
        return CampoDNI().to_python(numero)
    if tipo == Persona.TipoDocumento.RUC:
        return CampoRUC().to_python(numero)
    limpio = "".join(c for c in numero if c not in " -.").upper()
    if not (limpio.isascii() and limpio.isalnum() and 6 <= len(limpio) <= 15):
        raise ValidationError("El número del documento tiene entre 6 y 15 letras o números.")
    return limpio
