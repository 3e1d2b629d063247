"""Lo que aceptan las pantallas de los expedientes: limpian y preguntan, nunca guardan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from llaqta.cimientos.web.forms import CampoFecha, Formulario
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos.models import Delegacion
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import Plantilla, Proyecto, RevisionDeOficio

Destinos = tuple[Sequence[UnidadOrganica], Sequence[UnidadOrganica]]


class ConVersion(Formulario):
    """Un acto sobre lo que se tenía a la vista: si alguien actuó después, no procede."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class EnvioForm(ConVersion):
    """A dónde va, para qué y con qué proveído."""

    para_unidad = forms.ChoiceField(label="Para", choices=())
    motivo = forms.ChoiceField(
        label="Motivo", choices=[(motivo, motivo.capitalize()) for motivo in rules.MOTIVOS]
    )
    frase = forms.ChoiceField(
        label="Frase de uso diario",
        required=False,
        choices=[("", "Ninguna"), *((f, f) for f in rules.PROVEIDOS)],
    )
    proveido = forms.CharField(
        label="Proveído",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )

    def __init__(self, *args: Any, destinos: Destinos, propia: UnidadOrganica, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.favoritas, self.todas = destinos
        self.propia = propia
        campo = self.fields["para_unidad"]
        assert isinstance(campo, forms.ChoiceField)
        preferidas = [(str(u.pk), u.nombre) for u in self.favoritas]
        demas = [(str(u.pk), u.nombre) for u in self.otras() if u not in self.favoritas]
        campo.choices = [
            ("", "Elija una unidad"),
            ("Las de siempre", preferidas),
            ("Todas las unidades", demas),
        ]

    def otras(self) -> list[UnidadOrganica]:
        """Las unidades que no son la que envía."""
        return [unidad for unidad in self.todas if unidad != self.propia]

    def unidad(self) -> UnidadOrganica:
        """La unidad elegida."""
        return next(u for u in self.todas if str(u.pk) == self.cleaned_data["para_unidad"])

    def proveido_completo(self) -> str:
        """La frase de uso diario y lo escrito, en un solo texto."""
        partes = (self.cleaned_data["frase"], self.cleaned_data["proveido"])
        return " ".join(parte for parte in partes if parte)


class DerivarForm(EnvioForm):
    """Derivar: la otra unidad queda a cargo; las copias no comprometen a nadie."""

    copias = forms.MultipleChoiceField(
        label="Con copia a", required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["copias"]
        assert isinstance(campo, forms.MultipleChoiceField)
        campo.choices = [(str(u.pk), u.nombre) for u in self.otras()]

    def unidades_con_copia(self) -> list[UnidadOrganica]:
        """Las unidades que reciben copia."""
        return [u for u in self.todas if str(u.pk) in self.cleaned_data["copias"]]


class AsignarForm(ConVersion):
    """Dentro de la unidad: quién se hace cargo."""

    para_persona = forms.ChoiceField(label="Quién se hace cargo", choices=())

    def __init__(self, *args: Any, personal: Sequence[Persona], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.personal = personal
        campo = self.fields["para_persona"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [("", "Elija a una persona"), *((str(p.pk), p.nombre_completo) for p in personal)]

    def persona(self) -> Persona:
        """La persona elegida."""
        return next(p for p in self.personal if str(p.pk) == self.cleaned_data["para_persona"])


class PedirInformeForm(EnvioForm):
    """Pedir informe: qué se pregunta es obligatorio."""

    field_order = ["version", "para_unidad", "motivo", "proveido"]
    frase = None  # type: ignore[assignment]
    motivo = forms.ChoiceField(
        label="Motivo",
        choices=[(m, m.capitalize()) for m in rules.MOTIVOS_DE_INFORME],
    )
    proveido = forms.CharField(
        label="Qué necesita que le informen",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
    )

    def proveido_completo(self) -> str:
        """Lo que se pregunta."""
        return str(self.cleaned_data["proveido"])


class RendirForm(Formulario):
    """Devolver el informe."""

    nota = forms.CharField(
        label="Respuesta",
        required=False,
        max_length=1000,
        help_text="Si ya firmó su informe puede dejarla vacía.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )


class RedactarForm(ConVersion):
    """Con qué plantilla se comienza."""

    plantilla = forms.ChoiceField(label="Plantilla", choices=(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, plantillas: Sequence[Plantilla], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plantillas = plantillas
        campo = self.fields["plantilla"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(str(p.pk), p.nombre) for p in plantillas]
        campo.widget.pistas = {
            str(p.pk): "Al firmarla, el expediente queda resuelto." for p in plantillas if p.pone_fin
        }

    def elegida(self) -> Plantilla:
        """La plantilla elegida."""
        return next(p for p in self.plantillas if str(p.pk) == self.cleaned_data["plantilla"])


class ProyectoForm(ConVersion):
    """El editor de un proyecto."""

    asunto = forms.CharField(label="Asunto", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    cuerpo = forms.CharField(label="Cuerpo", widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}))
    firmante = forms.ChoiceField(label="Lo firma", choices=())
    visadores = forms.MultipleChoiceField(
        label="Antes le dan su visto bueno", required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    pone_fin = forms.BooleanField(
        label="Resuelve el procedimiento",
        required=False,
        help_text="Al firmarlo, el expediente queda resuelto.",
    )

    def __init__(self, *args: Any, proyecto: Proyecto, puestos: Sequence[Puesto], **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "version": proyecto.version,
                "asunto": proyecto.asunto,
                "cuerpo": proyecto.cuerpo,
                "firmante": str(proyecto.firmante_id),
                "visadores": [str(pk) for pk in proyecto.visadores],
                "pone_fin": proyecto.pone_fin,
            },
        )
        super().__init__(*args, **kwargs)
        conocidos = {p.pk for p in puestos}
        self.puestos = [*puestos] if proyecto.firmante_id in conocidos else [proyecto.firmante, *puestos]
        opciones = [(str(p.pk), f"{p.nombre}, {p.unidad.nombre}") for p in self.puestos]
        for nombre in ("firmante", "visadores"):
            campo = self.fields[nombre]
            assert isinstance(campo, forms.ChoiceField)
            campo.choices = opciones
        if proyecto.movimiento_id is not None:
            del self.fields["pone_fin"]

    def datos(self) -> dict[str, Any]:
        """Lo que pide ``editar_proyecto``."""
        limpio = self.cleaned_data
        return {
            "asunto": limpio["asunto"],
            "cuerpo": limpio["cuerpo"],
            "firmante": next(p for p in self.puestos if str(p.pk) == limpio["firmante"]),
            "visadores": [p for p in self.puestos if str(p.pk) in limpio["visadores"]],
            "pone_fin": limpio.get("pone_fin", False),
            "version": limpio["version"],
        }


class FirmarVariosForm(Formulario):
    """El PIN del certificado, una vez para todos los que se firman juntos."""

    pin = forms.CharField(
        label="PIN de su certificado",
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "mediano", "autocomplete": "off", "inputmode": "numeric"}),
    )


class FirmarForm(FirmarVariosForm, ConVersion):
    """El PIN del certificado, para el documento que se tenía a la vista."""


class RenunciarForm(ConVersion):
    """Por qué no se va a usar el número reservado."""

    motivo = forms.CharField(label="Por qué se anula el número", max_length=200)


class DevolverForm(ConVersion):
    """Qué hay que corregir."""

    nota = forms.CharField(
        label="Qué hay que corregir",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )


# --- Los actos menos frecuentes -------------------------------------------------------------------------------------
def _texto(etiqueta: str, ayuda: str = "", filas: int = 3, largo: int = 300) -> forms.CharField:
    return forms.CharField(
        label=etiqueta,
        help_text=ayuda,
        max_length=largo,
        widget=forms.Textarea(attrs={"rows": filas, "maxlength": largo}),
    )


class ProrrogarForm(Formulario):
    """Por qué hacen falta más días para el informe."""

    motivo = _texto("Por qué necesita más días", "Un viaje, o algo que deben dar terceros.", largo=200)


class ParalizarForm(ConVersion):
    """Desde cuándo está detenido, y qué debía hacer el administrado."""

    desde = CampoFecha(label="Detenido desde", nativo=True)
    motivo = _texto(
        "Qué debía hacer el administrado y no hizo", "Qué se le requirió y cuándo se le notificó."
    )


class AcumularForm(ConVersion):
    """Con qué otro expediente, y qué conexión guardan."""

    otro = forms.CharField(
        label="Número del expediente que se acumula a este",
        max_length=30,
        help_text="Por ejemplo: EXP-2026-000123-7. Debe estar a cargo de su unidad.",
    )
    motivo = _texto("Qué conexión guardan")


class MotivoForm(ConVersion):
    """Un acto que solo pide decir por qué."""

    motivo = _texto("Por qué", largo=400)


class OtraEntidadForm(ConVersion):
    """A qué entidad le corresponde, y por qué norma."""

    entidad = forms.CharField(label="Entidad competente", max_length=200)
    ruc = forms.CharField(label="Su RUC, si lo conoce", max_length=11, required=False)
    motivo = _texto("Por qué es de su competencia", "La norma y el artículo que lo dicen.", largo=400)


class NulidadForm(ConVersion):
    """La causal, y en qué consiste el vicio."""

    causal = forms.ChoiceField(
        label="Causal (art. 10)", choices=RevisionDeOficio.Causal.choices, widget=forms.RadioSelect
    )
    motivo = _texto("En qué consiste el vicio y qué interés público agravia", filas=5, largo=2000)


class AgregarFoliadoForm(ConVersion):
    """Un expediente de fuera, ya foliado, que se agrega a este."""

    numero = forms.CharField(
        label="Número o denominación", max_length=120, help_text="Tal como viene escrito en su carátula."
    )
    procedencia = forms.CharField(label="De dónde viene", max_length=120)
    folios = forms.IntegerField(
        label="Cuántos folios trae",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "corto"}),
    )
    motivo = forms.CharField(label="Por qué se agrega", max_length=200)


class DesgloseForm(ConVersion):
    """A quién se entrega el documento, y para qué lo pide."""

    entregado_a = forms.ChoiceField(label="Se entrega a", choices=(), widget=forms.RadioSelect())
    motivo = forms.CharField(label="Para qué lo pide", max_length=200)

    def __init__(self, *args: Any, partes: Sequence[Persona], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partes = {str(persona.pk): persona for persona in partes}
        campo = self.fields["entregado_a"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [
            (pk, f"{persona.nombre_completo}, {persona.documento}") for pk, persona in self.partes.items()
        ]

    def datos(self) -> dict[str, Any]:
        """Lo que pide el servicio."""
        limpio = self.cleaned_data
        return {**limpio, "entregado_a": self.partes[limpio["entregado_a"]]}


class FirmantesForm(ConVersion):
    """Por quién se firma, o qué otras jefaturas firman después, en orden."""

    delegacion = forms.ChoiceField(label="Se firma por delegación", required=False, choices=())
    segundo = forms.ChoiceField(label="Firma después", required=False, choices=())
    tercero = forms.ChoiceField(label="Y después", required=False, choices=())
    cuarto = forms.ChoiceField(label="Y por último", required=False, choices=())

    def __init__(
        self,
        *args: Any,
        proyecto: Proyecto,
        puestos: Sequence[Puesto],
        delegaciones: Sequence[Delegacion],
        **kwargs: Any,
    ) -> None:
        conjuntos = [str(pk) for pk in proyecto.firmantes_conjuntos]
        inicial = {
            "version": proyecto.version,
            "delegacion": proyecto.delegacion_id or "",
            **dict(zip(("segundo", "tercero", "cuarto"), conjuntos, strict=False)),
        }
        super().__init__(*args, initial=inicial, **kwargs)
        self.puestos = {str(puesto.pk): puesto for puesto in puestos if puesto.pk != proyecto.firmante_id}
        self.delegaciones = {str(delegacion.pk): delegacion for delegacion in delegaciones}
        self._elegir("delegacion", "No: por su propio cargo", {
            pk: f"Por {d.delegante} ({d.acto})" for pk, d in self.delegaciones.items()
        })  # fmt: skip
        for nombre in ("segundo", "tercero", "cuarto"):
            self._elegir(nombre, "Nadie más", {pk: str(puesto) for pk, puesto in self.puestos.items()})
        if not self.delegaciones:
            del self.fields["delegacion"]

    def datos(self) -> dict[str, Any]:
        """Lo que pide el servicio."""
        limpio = self.cleaned_data
        elegidos = [limpio[nombre] for nombre in ("segundo", "tercero", "cuarto") if limpio[nombre]]
        return {
            "delegacion": self.delegaciones.get(limpio.get("delegacion", "")),
            "firmantes": [self.puestos[pk] for pk in elegidos],
            "version": limpio["version"],
        }

    def _elegir(self, nombre: str, nadie: str, opciones: dict[str, str]) -> None:
        campo = self.fields[nombre]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [("", nadie), *opciones.items()]


class EmplazarForm(ConVersion):
    """Emplazar: qué debe corregir y por qué no se pudo advertir al recibir."""

    defecto = forms.CharField(
        label="Qué debe corregir",
        help_text="Como se lo diría en persona: qué está mal y qué debe traer.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
    )
    por_que_no_se_vio = forms.CharField(
        label="Por qué la mesa de partes no podía advertirlo",
        help_text="Lo que se podía ver al recibir ya no se puede pedir (art. 126.2).",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
    )
