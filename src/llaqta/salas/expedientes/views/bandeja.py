"""La bandeja y el buscador del personal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.expedientes import policies, queries, rules, services
from llaqta.salas.expedientes.views.acto import quien


@exige_persona
@require_safe
def bandeja(request: HttpRequest) -> HttpResponse:
    """Lo que hoy espera algo de la persona, por vistas, de lo más urgente a lo menos."""
    persona, ahora = quien(request), timezone.now()
    policies.check_bandeja(persona)
    pagina = queries.get_bandeja(
        persona,
        vista=request.GET.get("vista", ""),
        cursor=request.GET.get("cursor", ""),
        ahora=ahora,
        con_cuentas=True,
    )
    varios = pagina.vista == "para_firma" and len(pagina.filas) > 1
    vistas = [(codigo, nombre, pagina.cuentas[codigo]) for codigo, nombre in queries.VISTAS.items()]
    contexto = {
        "pagina": pagina,
        "vistas": vistas,
        "nombre": queries.VISTAS[pagina.vista],
        "por_cedula": queries.get_por_cedula(para=persona, ahora=ahora, limite=10),
        "urgentes": ("vence_hoy", "vencidos", "riesgo"),
        "varios": varios,
        "marcados": varios and request.GET.get("marcar") == "todos",
        "cursor": request.GET.get("cursor", ""),
        "tope": services.TOPE_DE_LOTE,
        "dirige": any(asignacion.puesto.es_jefatura for asignacion in persona.asignaciones_vigentes),
    }
    return render(request, "expedientes/bandeja.html", contexto)


@exige_persona
@require_safe
def unidades(request: HttpRequest) -> HttpResponse:
    """Los plazos de las unidades que la persona dirige, por unidad y por persona."""
    cargas = queries.get_plazos_de_unidades(para=quien(request), ahora=timezone.now())
    return render(request, "expedientes/unidades.html", {"cargas": cargas})


@exige_persona
@require_safe
def buscar(request: HttpRequest) -> HttpResponse:
    """El buscador: un número lleva derecho a su expediente; lo demás, a una lista."""
    persona, texto, ahora = quien(request), request.GET.get("q", "").strip()[:120], timezone.now()
    policies.check_bandeja(persona)
    hallados = queries.buscar(texto, para=persona, al=hoy_en_lima(ahora))
    if len(hallados) == 1:
        return redirect("expediente", numero=hallados[0].numero)
    filas = [(e, queries.reloj(e, ahora, para=persona), rules.TONOS[e.estado]) for e in hallados]
    return render(request, "expedientes/buscar.html", {"texto": texto, "filas": filas})
