"""La mesa de partes para otros programas: ``/api/v1/presentaciones``. La misma puerta que usan las pantallas."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.security import SessionAuth

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas import policies as cuentas_policies
from llaqta.salas.cuentas.autenticacion import como_ingreso
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.mesapartes import queries, services
from llaqta.salas.mesapartes.forms import EscritoForm
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.plazos import queries as plazos

router = Router(tags=["Mesa de partes"], auth=SessionAuth(csrf=True))


class PresentacionNueva(Schema):
    """Lo que se presenta; los archivos van aparte, en ``archivos``, y ``requisitos`` dice cuál cumple cada uno.

    ``declaracion`` es la versión del texto que el programa mostró a la persona antes de presentar.
    """

    tramite: str = Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")
    asunto: str
    envio: UUID
    correo: str = ""
    telefono: str = ""
    domicilio: str = ""
    origen: str = Field("", max_length=80)
    pago_numero: str = ""
    modalidad: str = Field("", max_length=20)
    requisitos: list[int] = []
    declaracion: int | None = None


class PresentacionHecha(Schema):
    """Lo que se devuelve: los números, la clave y dónde está el cargo."""

    numero: str
    expediente: str
    clave: str
    presentada_en: datetime
    vence_el: str | None
    cargo: str
    sellado: bool


@router.post("", response={201: PresentacionHecha}, url_name="presentaciones")
def crear(
    request: HttpRequest, datos: Form[PresentacionNueva], archivos: File[list[UploadedFile]]
) -> Status[dict[str, object]]:
    """Presenta un escrito; el mismo ``envio`` dos veces devuelve la misma presentación."""
    escrito = _limpiar(datos)
    presentacion = services.presentar(
        actor=cuentas_policies.exigir_persona(request.persona),  # type: ignore[attr-defined]
        tramite=datos.tramite,
        asunto=escrito["asunto"],
        archivos=[
            ArchivoRecibido(nombre=archivo.name or "", flujo=cast(BinaryIO, archivo.file))
            for archivo in archivos
        ],
        requisitos=datos.requisitos,
        modalidad=datos.modalidad,
        envio=datos.envio,
        ahora=timezone.now(),
        declaracion=None
        if datos.declaracion is None
        else services.Declaracion(datos.declaracion, como_ingreso(request)),
        datos=services.DatosDelEscrito(
            correo=escrito["correo"],
            telefono=escrito["telefono"],
            domicilio=escrito["domicilio"],
            origen=escrito.get("origen", ""),
            pago_numero=escrito["pago_numero"],
        ),
    )
    return Status(201, _como_json(presentacion))


def _limpiar(datos: PresentacionNueva) -> dict[str, str]:
    """Lo escrito, con las mismas reglas y frases que la pantalla.

    :raises EntradaInvalida: con la primera frase y el campo que falló
    """
    lugares = plazos.get_origenes(al=hoy_en_lima(timezone.now())) if datos.origen else ()
    form = EscritoForm(datos.dict(), origenes=lugares)
    if not form.is_valid():
        campo, frases = next(iter(form.errors.items()))
        raise EntradaInvalida(str(frases[0]), campo=campo)
    return form.cleaned_data


@router.get("/{numero}", response=PresentacionHecha, url_name="presentacion")
def ver(request: HttpRequest, numero: str) -> dict[str, object]:
    """Una presentación propia, por su número de registro."""
    return _como_json(queries.get_presentacion(numero, para=request.persona))  # type: ignore[attr-defined]


def _como_json(presentacion: Presentacion) -> dict[str, object]:
    expediente = presentacion.expediente
    return {
        "numero": presentacion.numero,
        "expediente": expediente.numero,
        "clave": expediente.clave,
        "presentada_en": presentacion.presentada_en,
        "vence_el": expediente.vence_el.isoformat() if expediente.vence_el else None,
        "cargo": reverse("cargo", args=[presentacion.numero]),
        "sellado": presentacion.cargo_id is not None,
    }
