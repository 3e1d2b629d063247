"""Las pantallas de los recursos y las quejas: las listas de la unidad, cada recurso, y lo que decide el superior."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from llaqta.cimientos.errors import Negativa, NoEncontrado
from llaqta.cimientos.web.acto import intentar
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies as expedientes_policies
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.recursos import policies, queries, services
from llaqta.salas.recursos.forms import (
    ContestarForm,
    InformacionErroneaForm,
    ResolverQuejaForm,
    SentidoForm,
)
from llaqta.salas.recursos.models import Queja, Recurso

VISTAS_DE_QUEJAS = {
    "por-resolver": "Por resolver",
    "por-contestar": "Por contestar",
    "resueltas": "Resueltas",
}


@exige_persona
def lista(request: PeticionDePersona) -> HttpResponse:
    """Los recursos que espera decidir la unidad, el que vence antes primero."""
    pagina = queries.get_por_resolver(para=request.persona, cursor=request.GET.get("cursor", ""))
    return render(request, "recursos/recursos.html", {"pagina": pagina, "ahora": timezone.now()})


@exige_persona
def recurso(request: PeticionDePersona, pk: int) -> HttpResponse:
    """Un recurso: contra qué, si llegó a tiempo, hasta cuándo se resuelve, y el sentido de la decisión."""
    hallado = queries.get_recurso(pk, para=request.persona)
    form = SentidoForm(
        request.POST if request.method == "POST" else None,
        initial={
            "sentido": hallado.sentido,
            "despues": hallado.despues_de_anular,
            "vicio_el": hallado.vicio_el,
            "momento": hallado.momento_del_vicio,
        },
    )
    if request.method == "POST" and form.is_valid():
        hecho = intentar(
            form,
            services.fijar_sentido,
            actor=request.persona,
            recurso=hallado,
            sentido=form.cleaned_data["sentido"],
            anulacion=form.anulacion,
        )
        if hecho is not None:
            messages.success(
                request, f"Anotado: {hecho.get_sentido_display().lower()}. Ahora redacte la resolución."
            )
            return redirect("recurso", pk)
    contexto = {"recurso": hallado, "form": form, "puede": _puede_resolver(request, hallado)}
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, "recursos/recurso.html", contexto, status=estado)


@exige_persona
def recurso_del_expediente(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Lleva al recurso en curso de un expediente."""
    hallado = expedientes.get_expediente(numero, para=request.persona)
    vivo = queries.get_vivo(hallado, para=request.persona)
    if vivo is None:
        raise NoEncontrado("En ese expediente no hay un recurso en curso.")
    return redirect("recurso", vivo.pk)


@exige_persona
def informacion_erronea(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Anotar que la notificación informó mal: los días perdidos no cuentan contra la persona (24.2)."""
    hallado = expedientes.get_expediente(numero, para=request.persona)
    expedientes_policies.check_tramitar(request.persona, hallado)
    form = InformacionErroneaForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hecho = intentar(
            form,
            services.anotar_informacion_erronea,
            actor=request.persona,
            expediente=hallado,
            **form.cleaned_data,
        )
        if hecho is not None:
            messages.success(request, "Anotado: esos días no se cuentan para presentar un recurso.")
            return redirect("expediente", numero)
    estado = 422 if form.is_bound and form.errors else 200
    return render(
        request, "recursos/informacion_erronea.html", {"form": form, "expediente": hallado}, status=estado
    )


@exige_persona
def quejas(request: PeticionDePersona) -> HttpResponse:
    """Las quejas de la unidad: las que decide como superior, las que debe contestar y las resueltas."""
    cuantas = queries.contar_quejas(para=request.persona)
    # Quien no decide ninguna y debe contestar una, la encuentra primero: tiene un día (158.2).
    primera = "por-contestar" if cuantas["por-contestar"] and not cuantas["por-resolver"] else "por-resolver"
    vista = request.GET.get("vista", primera)
    vista = vista if vista in VISTAS_DE_QUEJAS else primera
    pagina = queries.get_quejas(para=request.persona, vista=vista, cursor=request.GET.get("cursor", ""))
    vistas = [(codigo, titulo, cuantas.get(codigo, 0)) for codigo, titulo in VISTAS_DE_QUEJAS.items()]
    return render(request, "recursos/quejas.html", {"pagina": pagina, "vista": vista, "vistas": vistas})


@exige_persona
def queja(request: PeticionDePersona, pk: int) -> HttpResponse:
    """Una queja: qué dice, qué informó el quejado, y lo que decide el superior."""
    hallada = queries.get_queja(pk, para=request.persona)
    contestar, resolver = ContestarForm(prefix="c"), ResolverQuejaForm(prefix="r")
    if request.method == "POST" and "contestar" in request.POST:
        contestar = ContestarForm(request.POST, prefix="c")
        if contestar.is_valid() and intentar(
            contestar,
            services.contestar_queja,
            actor=request.persona,
            queja=hallada,
            **contestar.cleaned_data,
        ):
            messages.success(request, "Su informe llegó al superior.")
            return redirect("queja", pk)
    elif request.method == "POST":
        resolver = ResolverQuejaForm(request.POST, prefix="r")
        if resolver.is_valid() and intentar(
            resolver, services.resolver_queja, actor=request.persona, queja=hallada, **resolver.cleaned_data
        ):
            messages.success(request, "Queja resuelta. La persona recibe lo decidido en su expediente.")
            return redirect("queja", pk)
    contexto = {
        "queja": hallada,
        "contestar": contestar if _puede(policies.check_contestar_queja, request, hallada) else None,
        "resolver": resolver if _puede(policies.check_resolver_queja, request, hallada) else None,
        "form": contestar if contestar.is_bound else resolver,
    }
    estado = 422 if (contestar.is_bound or resolver.is_bound) else 200
    return render(request, "recursos/queja.html", contexto, status=estado)


def _puede(check: Callable[[Persona, Queja], None], request: PeticionDePersona, hallada: Queja) -> bool:
    try:
        check(request.persona, hallada)
    except Negativa:
        return False
    return True


def _puede_resolver(request: PeticionDePersona, hallado: Recurso) -> bool:
    try:
        policies.check_resolver(request.persona, hallado)
    except Negativa:
        return False
    return hallado.estado == Recurso.Estado.EN_REVISION or not hallado.sentido
