"""Las pantallas de las personas: lo publicado, confirmar un correo, y autorizar o retirar el propio."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.paginas import paginar
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.documentos.entrega import entregar
from llaqta.salas.notificaciones import policies, queries, services
from llaqta.salas.notificaciones.forms import AutorizarCorreoForm, RetirarCorreoForm
from llaqta.salas.notificaciones.services.autorizar import CLAVE_DEL_TEXTO


@require_safe
def publicadas(request: HttpRequest) -> HttpResponse:
    """Lo que la municipalidad notifica por publicación: la ve cualquiera (art. 20.1.3)."""
    pagina = paginar(
        queries.get_publicadas(para=None),
        orden=("-en_el_portal_desde", "-pk"),
        cursor=request.GET.get("cursor", ""),
    )
    return render(request, "notificaciones/publicadas.html", {"pagina": pagina})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acuse(request: HttpRequest, llave: str) -> HttpResponse:
    """Confirma que se recibió el correo: con un botón, porque muchos buzones abren solos los enlaces."""
    diligencia = queries.get_por_llave(llave)
    negado = ""
    if request.method == "POST":
        try:
            services.acusar_recibo(llave=llave, ahora=timezone.now())
        except NoProcede as error:
            negado = error.frase
        else:
            return redirect("acuse_de_correo", llave)
    elif diligencia.acuse_en is None:
        try:
            policies.check_acusar(diligencia, al=hoy_en_lima(timezone.now()))
        except NoProcede as error:
            negado = error.frase
    contexto = {"diligencia": diligencia, "negado": negado}
    return render(
        request, "notificaciones/acuse.html", contexto, status=409 if request.method == "POST" else 200
    )


@never_cache
@require_safe
def documento(request: HttpRequest, llave: str) -> HttpResponseBase:
    """El acto notificado, para quien ya confirmó con su enlace."""
    diligencia = queries.get_por_llave(llave)
    if diligencia.acuse_en is None:
        raise NoEncontrado(queries.SIN_ENLACE)
    archivo = diligencia.documento.archivo
    return entregar(request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=False)


@exige_persona
def correo(request: PeticionDePersona) -> HttpResponse:
    """Muestra el texto y registra que la persona autoriza su correo."""
    persona, ahora = request.persona, timezone.now()
    vigente = queries.get_autorizacion_vigente(para=persona, en=ahora)
    form = AutorizarCorreoForm(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial={"correo": vigente.correo if vigente else persona.correo},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.autorizar_correo(actor=persona, correo=form.cleaned_data["correo"], ahora=ahora)
        except EntradaInvalida as error:
            form.add_error(error.campo or None, error.frase)
        else:
            messages.success(request, "Autorizó su correo para notificaciones.")
            return redirect("correo_autorizado")
    contexto = {
        "form": form,
        "titulo": "Notificaciones en su correo",
        "texto": cuentas.get_consentimiento(CLAVE_DEL_TEXTO, hoy_en_lima(ahora)),
        "vigente": vigente,
        "atras": reverse("casilla"),
    }
    return render(request, "notificaciones/correo.html", contexto, status=422 if form.errors else 200)


@exige_persona
def retirar_correo(request: PeticionDePersona) -> HttpResponse:
    """Pide confirmación y retira la autorización."""
    form = RetirarCorreoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.revocar_correo(actor=request.persona, ahora=timezone.now())
        messages.success(request, "Retiró su autorización: las próximas notificaciones irán a su domicilio.")
        return redirect("correo_autorizado")
    contexto = {
        "form": form,
        "titulo": "Retirar la autorización de mi correo",
        "guia": "Lo que ya se le notificó sigue valiendo. Puede volver a autorizarlo cuando quiera.",
        "boton": "Retirar mi autorización",
        "atras": reverse("correo_autorizado"),
    }
    return render(request, "llaqta/pregunta.html", contexto, status=422 if form.errors else 200)
