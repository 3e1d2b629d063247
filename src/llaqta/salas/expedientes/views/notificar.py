"""Notificar un acto: la pantalla propone el medio que la ley manda, y dice por qué los otros no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.web.acto import intentar
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.documentos import queries as documentos_guardados
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import modalidades, policies, queries, services
from llaqta.salas.expedientes.forms_de_notificacion import (
    AnularNotificacionForm,
    CedulaForm,
    NotificarForm,
    PublicarForm,
)
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.queries.expediente import NO_ESTA
from llaqta.salas.expedientes.queries.recursos import decir_lo_que_cabe
from llaqta.salas.expedientes.views.acto import quien

FORMULARIOS: dict[str, type[NotificarForm]] = {
    modalidades.CEDULA: CedulaForm,
    modalidades.PUBLICACION: PublicarForm,
}


@dataclass(frozen=True)
class _Medio:
    """Cómo se pide un medio: su servicio, lo que dice su botón y lo que se avisa después."""

    servicio: Callable[..., Any]
    boton: str
    hecho: str


@exige_persona
def notificar(request: HttpRequest, numero: str) -> HttpResponse:
    """Propone el medio que la ley manda y, con un botón, notifica por él."""
    policies.check_bandeja(quien(request))
    ahora = timezone.now()
    ficha = queries.get_ficha(numero, para=quien(request), ahora=ahora)
    expediente = ficha.expediente
    documento = _acto(request, expediente)
    accion = next(accion for accion in ficha.acciones if accion.nombre == "notificar")
    contexto: dict[str, Any] = {"ficha": ficha, "expediente": expediente, "accion": accion, "form": None}
    if documento is None:
        return render(request, "expedientes/notificar.html", contexto)
    propuesta = queries.get_propuesta(expediente, documento, para=quien(request), ahora=ahora)
    elegida = _elegida(request, propuesta)
    form = _formulario(request, expediente, documento, propuesta, elegida) if elegida else None
    if request.method == "POST" and form is not None and elegida is not None and form.is_valid():
        medio = MEDIOS[elegida.modalidad]
        datos = {**form.cleaned_data, "documento": documento}
        datos.pop("medio")
        if intentar(form, medio.servicio, actor=quien(request), expediente=expediente, **datos) is not None:
            messages.success(request, medio.hecho)
            return redirect("expediente", numero=numero)
    contexto |= {
        "documento": documento,
        "espera_sello": documentos_guardados.espera_su_sello(documento, para=quien(request)),
        "propuesta": propuesta,
        "elegida": elegida,
        "form": form,
        "boton": MEDIOS[elegida.modalidad].boton if elegida else "",
        "recursos": decir_lo_que_cabe(expediente, documento, para=quien(request)),
    }
    estado = 422 if form is not None and form.errors else 200
    return render(request, "expedientes/notificar.html", contexto, status=estado)


@exige_persona
def anular(request: HttpRequest, numero: str) -> HttpResponse:
    """Anula la notificación defectuosa en curso, para rehacerla (art. 26.1)."""
    policies.check_bandeja(quien(request))
    ficha = queries.get_ficha(numero, para=quien(request), ahora=timezone.now())
    documento = _acto(request, ficha.expediente)
    if documento is None:
        # La misma frase que si el expediente no existiera: quien tantea números no aprende nada.
        raise NoEncontrado(NO_ESTA)
    form = AnularNotificacionForm(
        request.POST or None,
        escrito=recuperar_escrito(request),
        initial={"documento": documento.pk, "version": ficha.expediente.version},
    )
    if request.method == "POST" and form.is_valid():
        datos = {**form.cleaned_data, "documento": documento}
        if intentar(
            form, services.anular_notificacion, actor=quien(request), expediente=ficha.expediente, **datos
        ):
            messages.success(request, "La notificación quedó anulada. Notifique de nuevo, sin el defecto.")
            return redirect("notificar_decision", numero=numero)
    contexto = {
        "form": form,
        "expediente": ficha.expediente,
        "titulo": "Anular la notificación",
        "que_pasa": (
            "Se anula antes de que surta efecto y queda en el expediente con su razón; después la rehace.",
            "Si ya surtió efecto no se puede anular: lo que la persona alegue lo decide quien resuelve.",
        ),
        "norma": "Ley 27444, art. 26.1",
        "boton": "Anular",
    }
    return render(request, "expedientes/otro_acto.html", contexto, status=422 if form.errors else 200)


def _acto(request: HttpRequest, expediente: Expediente) -> Documento | None:
    pedido = request.POST.get("documento") or request.GET.get("documento", "")
    elegido = int(pedido) if pedido.isdecimal() and len(pedido) < 18 else None
    return queries.get_acto_por_notificar(expediente, para=quien(request), documento=elegido)


def _elegida(request: HttpRequest, propuesta: queries.PropuestaDeNotificacion) -> queries.Opcion | None:
    """La que la ley propone, u otra que también se pueda; la negada no tiene formulario."""
    pedida = request.POST.get("medio") or request.GET.get("medio", "")
    posibles = {o.modalidad: o for o in propuesta.opciones if o.por_causa or not o.negado}
    if request.method == "POST" and pedida in MEDIOS:
        # Lo enviado se intenta siempre: si la ley ya no lo permite, el servicio dice por qué y con qué artículo.
        return next(opcion for opcion in propuesta.opciones if opcion.modalidad == pedida)
    return posibles.get(pedida) or propuesta.propuesta


def _formulario(
    request: HttpRequest,
    expediente: Expediente,
    documento: Documento,
    propuesta: queries.PropuestaDeNotificacion,
    elegida: queries.Opcion,
) -> NotificarForm:
    clase = FORMULARIOS.get(elegida.modalidad, NotificarForm)
    extra: dict[str, Any] = {}
    if clase is CedulaForm:
        extra = {"domicilios": propuesta.domicilios}
    elif clase is PublicarForm and request.method == "GET":
        extra = {"sin_buscar": elegida.por_causa}
    return clase(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial={"medio": elegida.modalidad, "documento": documento.pk, "version": expediente.version},
        **extra,
    )


def _publicar(*, recorte: Any = None, ahora: datetime, **datos: Any) -> Any:
    """La página del diario se recibe antes: si trae algo peligroso queda en cuarentena aunque el acto se niegue."""
    archivo = None
    if recorte:
        subido = recorte[0]
        recibido = documentos.ArchivoRecibido(nombre=subido.name or "", flujo=subido.file)
        archivo = documentos.recibir_archivos(actor=datos["actor"], archivos=[recibido], ahora=ahora)[0]
    return services.notificar_por_publicacion(recorte=archivo, ahora=ahora, **datos)


MEDIOS = {
    modalidades.CASILLA: _Medio(
        services.notificar_decision,
        "Depositar en su casilla",
        "La decisión quedó depositada en la casilla y se avisó a la persona.",
    ),
    modalidades.CORREO: _Medio(
        services.notificar_por_correo,
        "Enviar a su correo",
        "El correo salió con el acto completo. La persona tiene dos días hábiles para confirmar.",
    ),
    modalidades.CEDULA: _Medio(
        services.notificar_por_cedula,
        "Encargar la cédula",
        "La cédula quedó encargada: el notificador la verá en su lista.",
    ),
    modalidades.PUBLICACION: _Medio(
        _publicar, "Anotar la publicación", "El acto se ve desde ahora en el portal."
    ),
}
