"""Las pantallas de la casilla."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.paginas import paginar
from llaqta.salas.casilla import historia, queries, services
from llaqta.salas.casilla.forms import AceptarCasillaForm, RetirarseForm
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona


@exige_persona
def casilla(request: PeticionDePersona) -> HttpResponse:
    """La lista de notificaciones: mirarla no es acusar recibo."""
    ahora, persona = timezone.now(), request.persona
    consulta = queries.get_casilla(para=persona, al=hoy_en_lima(ahora))
    contexto = {
        "pagina": paginar(consulta, orden=("-depositada_en", "-pk"), cursor=request.GET.get("desde", "")),
        "adhesion": queries.get_adhesion_vigente(para=persona, en=ahora),
        "empresas": queries.get_adhesiones(para=persona, en=ahora)[1:],
        "hoy": hoy_en_lima(ahora),
    }
    return render(request, "casilla/casilla.html", contexto)


@exige_persona
def notificacion(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Una notificación: antes de abrirla, solo su encabezado; después, el documento y desde cuándo surte efecto."""
    hoy = hoy_en_lima(timezone.now())
    vista = queries.get_notificacion(codigo, para=request.persona, al=hoy)
    return render(
        request, "casilla/notificacion.html", historia.en_pantalla(vista, al=hoy, decir_direccion=True)
    )


@require_POST
@exige_persona
def abrir(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Abre el documento: es el acuse."""
    services.abrir_notificacion(actor=request.persona, codigo=codigo, ahora=timezone.now())
    return redirect("notificacion", codigo)


@exige_persona
def activar(request: PeticionDePersona, ruc: str = "") -> HttpResponse:
    """Muestra el texto del consentimiento y registra que se acepta, para sí o para la empresa que representa."""
    persona, ahora = request.persona, timezone.now()
    titular = queries.get_titular(ruc, para=persona, en=ahora)
    inicial = {"correo": persona.correo, "telefono": persona.telefono}
    if request.method == "POST":
        form = AceptarCasillaForm(request.POST)
        if form.is_valid():
            try:
                services.aceptar_casilla(
                    actor=persona,
                    titular=titular,
                    correo=form.cleaned_data["correo"],
                    telefono=form.cleaned_data["telefono"],
                    ahora=ahora,
                )
            except EntradaInvalida as error:
                form.add_error(error.campo or None, error.frase)
            else:
                messages.success(
                    request,
                    f"La casilla de {titular} está activa." if ruc else "Su casilla electrónica está activa.",
                )
                return redirect("casilla")
    else:
        form = AceptarCasillaForm(escrito=recuperar_escrito(request), initial=inicial)
    texto = cuentas.get_consentimiento("casilla", hoy_en_lima(ahora))
    contexto = {
        "form": form,
        "titulo": f"Active la casilla de {titular}" if ruc else "Active su casilla electrónica",
        "empresa": titular if ruc else None,
        "texto": texto,
        "atras": reverse("casilla"),
    }
    return render(request, "casilla/activar.html", contexto, status=422 if form.errors else 200)


@exige_persona
def retirarse(request: PeticionDePersona, ruc: str = "") -> HttpResponse:
    """Pide confirmación y retira el consentimiento propio o el de la empresa que representa."""
    titular = queries.get_titular(ruc, para=request.persona, en=timezone.now())
    form = RetirarseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.revocar_casilla(actor=request.persona, titular=titular, ahora=timezone.now())
        messages.success(
            request, "Retiró su consentimiento: las próximas notificaciones irán a su domicilio."
        )
        return redirect("casilla")
    contexto = {
        "form": form,
        "titulo": f"Retirar la casilla de {titular}" if ruc else "Retirarse de la casilla electrónica",
        "guia": "Lo que ya se depositó sigue valiendo. Puede volver a activarla cuando quiera.",
        "boton": "Retirar mi consentimiento",
        "atras": reverse("casilla"),
    }
    return render(request, "llaqta/pregunta.html", contexto, status=422 if form.errors else 200)
