"""Las pantallas del personal y las públicas: lo depositado, lo que no se completó, y la cuenta que debe cuadrar."""

from __future__ import annotations

import csv
import io
import json

from django.http import HttpResponse
from django.http.request import HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.web.paginas import paginar
from llaqta.salas.casilla import bandeja_de_sms, historia, queries, rebotes_vigilados, services
from llaqta.salas.casilla.forms import FiltroForm
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona

COLUMNAS = (
    "dia", "depositadas", "leidas", "vencidas", "en_plazo", "anuladas", "alternativas", "sucesos", "numeros", "cuadra",
)  # fmt: skip


@exige_persona
@require_safe
def depositadas(request: PeticionDePersona) -> HttpResponse:
    """Lo que depositaron las unidades de quien mira, con su estado."""
    form = FiltroForm(request.GET or None)
    limpio = form.cleaned_data if form.is_valid() else {"estado": "", "q": ""}
    consulta = queries.get_depositadas(para=request.persona, estado=limpio["estado"], buscado=limpio["q"])
    contexto = {
        "pagina": paginar(consulta, orden=("-depositada_en", "-pk"), cursor=request.GET.get("cursor", "")),
        "form": FiltroForm(initial=limpio),
        "filtrada": bool(limpio["estado"] or limpio["q"]),
        "hoy": hoy_en_lima(timezone.now()),
    }
    return render(request, "casilla/depositadas.html", contexto)


@exige_persona
@require_safe
def depositada(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Una notificación y todo lo que la prueba, para el personal de la unidad que la depositó."""
    hoy = hoy_en_lima(timezone.now())
    vista = queries.get_depositada(codigo, para=request.persona)
    return render(
        request, "casilla/depositada.html", historia.en_pantalla(vista, al=hoy, decir_direccion=False)
    )


@exige_persona
@require_safe
def prueba(request: PeticionDePersona, codigo: str, clase: str) -> HttpResponse:
    """El paquete de prueba de una constancia: se comprueba sin Llaqta, con el verificador de ``/registro/``."""
    hoy = hoy_en_lima(timezone.now())
    hallada = queries.get_prueba(codigo, clase.upper(), para=request.persona, al=hoy)
    respuesta = HttpResponse(
        json.dumps(hallada.paquete, ensure_ascii=False, indent=1), content_type="application/json"
    )
    respuesta["Content-Disposition"] = f'attachment; filename="prueba-{codigo}-{clase}.json"'
    return respuesta


@exige_persona
@require_safe
def conciliacion(request: PeticionDePersona) -> HttpResponse:
    """Lo que debía ocurrir y no ocurrió, con un botón para intentarlo otra vez."""
    contexto = {
        "desajustes": queries.get_desajustes(para=request.persona),
        "cuenta": queries.get_cuenta(),
        "reintenta": request.persona.puede("cimientos.administrar"),
        "rebotes": rebotes_vigilados.se_atienden(),
        "mensajes_de_prueba": bandeja_de_sms.leer(),
    }
    return render(request, "casilla/conciliacion.html", contexto)


@require_POST
@exige_persona
def reintentar(request: PeticionDePersona, desajuste: int) -> HttpResponse:
    """Manda intentar otra vez lo que no se completó."""
    services.reintentar_desajuste(actor=request.persona, desajuste_id=desajuste, ahora=timezone.now())
    return redirect("casilla_conciliacion")


@require_safe
def cifras(request: HttpRequest) -> HttpResponse:
    """La cuenta pública: cuántas se depositaron y en qué quedaron, sin nombrar a nadie."""
    contexto = {"cuenta": queries.get_cuenta(), "balances": queries.get_balances(para=None, limite=31)}
    return render(request, "casilla/cifras.html", contexto)


@require_safe
def cifras_csv(request: HttpRequest) -> HttpResponse:
    """La cuenta de cada día, en una hoja que cualquiera puede sumar."""
    salida = io.StringIO()
    hoja = csv.writer(salida)
    hoja.writerow(COLUMNAS)
    for balance in queries.get_balances(para=None):
        fila = [getattr(balance, columna) for columna in COLUMNAS[:-1]]
        hoja.writerow([*fila, "si" if balance.cuadra else "no"])
    respuesta = HttpResponse(salida.getvalue(), content_type="text/csv; charset=utf-8")
    respuesta["Content-Disposition"] = 'attachment; filename="notificaciones-de-la-casilla.csv"'
    return respuesta
