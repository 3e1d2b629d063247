"""El seguimiento con número y clave, sin cuenta.

La clave viaja una vez, en un POST (o en el enlace del QR del cargo), y queda media hora en una galleta firmada que solo
vuelve a ``/seguimiento/``: ni la dirección ni el registro del servidor la repiten.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.documentos.entrega import entregar
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.sede import queries, rules, services
from llaqta.salas.sede.forms import SeguimientoForm

GALLETA = "seguimiento"
DURACION = 30 * 60
CUANTOS = 5
_SAL = "llaqta.sede.seguimiento"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seguimiento(request: HttpRequest) -> HttpResponse:
    """Pide el número y la clave, y lleva al expediente."""
    formulario = SeguimientoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        numero, clave = formulario.cleaned_data["numero"], formulario.cleaned_data["clave"]
        try:
            return _abrir(request, numero, clave)
        except NoEncontrado as negativa:
            formulario.add_error(None, negativa.frase)
    estado = 422 if formulario.is_bound else 200
    contexto = {"form": formulario, "pedido": request.GET.get("numero", "")[:40]}
    return render(request, "sede/seguimiento.html", contexto, status=estado)


@never_cache
@require_safe
def directo(request: HttpRequest, numero: str, clave: str) -> HttpResponse:
    """El enlace del QR del cargo: guarda la clave en la galleta y la quita de la dirección."""
    try:
        return _abrir(request, numero, clave)
    except NoEncontrado as negativa:
        formulario = SeguimientoForm({"numero": numero[:40], "clave": ""})
        formulario.full_clean()
        formulario.errors.clear()
        formulario.add_error(None, negativa.frase)
        return render(request, "sede/seguimiento.html", {"form": formulario}, status=404)


def _abrir(request: HttpRequest, numero: str, clave: str) -> HttpResponseRedirect:
    services.check_intento(puerta="seguimiento", lugar=lugar(request), ahora=timezone.now())
    expediente = queries.get_expediente_seguido(numero, clave=clave, para=None)
    respuesta = HttpResponseRedirect(reverse("seguimiento_expediente", args=[expediente.numero]))
    recordar_clave(request, respuesta, expediente)
    return respuesta


def recordar_clave(request: HttpRequest, respuesta: HttpResponse, expediente: Expediente) -> None:
    """Deja en la galleta la clave de un expediente que esta persona acaba de abrir con ella."""
    claves = {n: c for n, c in _claves(request).items() if n != expediente.numero}
    claves[expediente.numero] = expediente.clave
    _recordar(respuesta, dict(list(claves.items())[-CUANTOS:]))


@never_cache
@require_safe
def expediente(request: HttpRequest, numero: str) -> HttpResponse:
    """En qué está el trámite, en palabras llanas."""
    try:
        hallado = _hallar(request, numero)
    except NoEncontrado:
        return redirect(f"{reverse('seguimiento')}?numero={numero}")
    persona = request.persona  # type: ignore[attr-defined]
    contexto = {
        "s": queries.get_seguimiento(hallado, para=persona, ahora=timezone.now()),
        "con_clave": numero in _claves(request),
    }
    return render(request, "sede/expediente.html", contexto)


@never_cache
@require_safe
def documento(request: HttpRequest, numero: str, documento_id: int) -> HttpResponseBase:
    """Un documento del expediente, para quien trae la clave."""
    suyo = queries.get_documento_seguido(_hallar(request, numero), documento_id)
    archivo = suyo.archivo
    return entregar(
        request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=suyo.es_ajeno
    )


@never_cache
@require_safe
def vencimiento(request: HttpRequest, numero: str) -> HttpResponse:
    """Las fechas que vienen, para el calendario del teléfono."""
    hallado, ahora = _hallar(request, numero), timezone.now()
    dominio = urlsplit(settings.URL_PUBLICA).hostname
    texto = rules.aviso_de_calendario(
        [
            rules.DiaDeCalendario(
                f"{hallado.numero}-{fecha.codigo}@{dominio}",
                fecha.dia,
                f"{fecha.titulo}: {hallado.numero}",
                hallado.version_tramite.nombre_llano,
            )
            for fecha in queries.get_fechas(hallado, para=request.persona, ahora=ahora)  # type: ignore[attr-defined]
        ],
        enlace=settings.URL_PUBLICA + reverse("seguimiento"),
        ahora=ahora,
    )
    respuesta = HttpResponse(texto, content_type="text/calendar; charset=utf-8")
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{hallado.numero}.ics"'
    return respuesta


@require_POST
def cerrar(request: HttpRequest) -> HttpResponse:
    """Olvida las claves que este equipo recordaba."""
    respuesta = redirect("inicio")
    respuesta.delete_cookie(GALLETA, path=reverse("seguimiento"))
    return respuesta


def lugar(request: HttpRequest) -> str:
    """La huella del lugar de donde viene la petición, para contar intentos."""
    return rules.lugar_de(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        intermediarios=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
        secreto=settings.SECRET_KEY,
    )


def _hallar(request: HttpRequest, numero: str) -> Expediente:
    persona = request.persona  # type: ignore[attr-defined]
    return queries.get_expediente_seguido(numero, clave=_claves(request).get(numero, ""), para=persona)


def _claves(request: HttpRequest) -> dict[str, str]:
    """Las claves que trae la galleta, por número de expediente; vacío si venció o fue alterada."""
    try:
        leidas = signing.loads(request.COOKIES.get(GALLETA, ""), salt=_SAL, max_age=DURACION)
    except signing.BadSignature:
        return {}
    return {str(numero): str(clave) for numero, clave in leidas.items()} if isinstance(leidas, dict) else {}


def _recordar(respuesta: HttpResponse, claves: dict[str, str]) -> None:
    respuesta.set_cookie(
        GALLETA,
        signing.dumps(claves, salt=_SAL, compress=True),
        max_age=DURACION,
        path=reverse("seguimiento"),
        httponly=True,
        secure=settings.SEGURO,
        samesite="Lax",
    )
