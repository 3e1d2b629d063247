"""Redactar, mirar, enviar, visar, devolver y firmar un proyecto: una sola página, que muestra lo que toca ahora."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, Negativa, NoEncontrado
from llaqta.cimientos.web.acto import con_norma, intentar, intentar_y_avisar, version_a_la_vista
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.piezas import VistaDocumento
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import forms, policies, queries, rules, services
from llaqta.salas.expedientes.borrador import get_paginas
from llaqta.salas.expedientes.campos import CAMPOS
from llaqta.salas.expedientes.composicion import componer_proyecto
from llaqta.salas.expedientes.models import Movimiento, Proyecto
from llaqta.salas.expedientes.views.acto import quien
from llaqta.salas.firma.local.firmantes import es_de_practica, get_firmantes
from llaqta.salas.firma.local.practica import puede_practicar


@exige_persona
def redactar(request: HttpRequest, numero: str) -> HttpResponse:
    """Elegir la plantilla con que se comienza."""
    persona = quien(request)
    hallado = queries.get_expediente(numero, para=persona)
    movimiento = _pedido(request, persona)
    policies.check_redactar(persona, hallado, movimiento)
    form = forms.RedactarForm(
        request.POST or None,
        plantillas=queries.get_plantillas(para=persona),
        initial={"version": hallado.version},
    )
    if request.method == "POST" and form.is_valid():
        nuevo = intentar(
            form,
            services.redactar_proyecto,
            actor=persona,
            expediente=hallado,
            plantilla=form.elegida(),
            movimiento=movimiento,
            version=form.cleaned_data["version"],
        )
        if nuevo is not None:
            return redirect("proyecto", pk=nuevo.pk)
    estado = 422 if form.is_bound and form.errors else 200
    contexto = {
        "form": form,
        "expediente": hallado,
        "movimiento": movimiento,
        "tono": rules.TONOS[hallado.estado],
    }
    return render(request, "expedientes/redactar.html", contexto, status=estado)


@exige_persona
def proyecto(request: HttpRequest, pk: int) -> HttpResponse:
    """El editor con su vista previa o, si ya se envió, lo que corresponde hacer a quien lo mira."""
    persona = quien(request)
    hallado = queries.get_proyecto(pk, para=persona)
    form = None
    if not _negado(policies.check_editar, persona, hallado) and hallado.documento_id is None:
        form = forms.ProyectoForm(
            request.POST or None,
            proyecto=hallado,
            puestos=queries.get_puestos_que_firman(para=persona, al=hoy_en_lima(timezone.now())),
            escrito=recuperar_escrito(request),
        )
        if request.method == "POST" and form.is_valid():
            guardado = intentar(
                form, services.editar_proyecto, actor=persona, proyecto=hallado, **form.datos()
            )
            if guardado is not None:
                if "enviar" in request.POST:
                    return _enviar(request, guardado)
                return redirect("proyecto", pk=pk)
    return _pagina(request, hallado, form=form)


@exige_persona
@require_safe
def vista_previa(request: HttpRequest, pk: int) -> HttpResponse:
    """El borrador en PDF, con su marca; si al texto le falta una parte, la frase que lo dice."""
    hallado = queries.get_proyecto(pk, para=quien(request))
    contenido = componer_proyecto(
        hallado, ahora=timezone.now(), vistos=queries.get_vistos(hallado, para=quien(request))
    )
    respuesta = HttpResponse(contenido, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="borrador-{pk}.pdf"'
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


@exige_persona
@require_safe
def pagina(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """La imagen de una página del borrador."""
    persona = quien(request)
    hallado = queries.get_proyecto(pk, para=persona)
    paginas = get_paginas(hallado, ahora=timezone.now(), vistos=queries.get_vistos(hallado, para=persona))
    if not 1 <= numero <= len(paginas):
        raise NoEncontrado
    return HttpResponse(
        paginas[numero - 1], content_type="image/webp", headers={"Cache-Control": "private, max-age=600"}
    )


@exige_persona
@require_POST
def visar(request: HttpRequest, pk: int) -> HttpResponse:
    """Dar el visto bueno."""
    hallado = queries.get_proyecto(pk, para=quien(request))
    intentar_y_avisar(
        request,
        "Dio su visto bueno.",
        services.visar_proyecto,
        actor=quien(request),
        proyecto=hallado,
        version=version_a_la_vista(request),
    )
    return redirect("proyecto", pk=pk)


@exige_persona
@require_POST
def devolver(request: HttpRequest, pk: int) -> HttpResponse:
    """Devolver con motivo."""
    persona = quien(request)
    hallado = queries.get_proyecto(pk, para=persona)
    form = forms.DevolverForm(request.POST)
    if form.is_valid():
        devuelto = intentar(
            form,
            services.devolver_proyecto,
            actor=persona,
            proyecto=hallado,
            nota=form.cleaned_data["nota"],
            version=form.cleaned_data["version"],
        )
        if devuelto is not None:
            messages.success(request, f"Devolvió el proyecto a {hallado.unidad}.")
            return redirect("bandeja")
    return _pagina(request, hallado, devolver=form)


@exige_persona
@require_POST
def firmar(request: HttpRequest, pk: int) -> HttpResponse:
    """Numerar, fechar y firmar en un solo acto."""
    persona = quien(request)
    hallado = queries.get_proyecto(pk, para=persona)
    form = forms.FirmarForm(request.POST)
    if form.is_valid():
        documento = intentar(
            form,
            services.firmar_proyecto,
            actor=persona,
            proyecto=hallado,
            pin=form.cleaned_data["pin"],
            version=form.cleaned_data["version"],
        )
        if documento is not None:
            messages.success(request, f"Firmó {documento.numero}.")
            return redirect("expediente", numero=hallado.expediente.numero)
    return _pagina(request, hallado, firmar=form)


@exige_persona
@require_POST
def firmar_en_mi_equipo(request: HttpRequest, pk: int) -> HttpResponse:
    """Numerar y pasar a la página desde la que se firma con el DNIe o el token."""
    hallado = queries.get_proyecto(pk, para=quien(request))
    try:
        sesion = services.pedir_firma_local(
            actor=quien(request),
            proyecto=hallado,
            version=version_a_la_vista(request),
            firmante=request.POST.get("firmante", "firmaperu"),
            ahora=timezone.now(),
        )
    except NoEncontrado:
        raise
    except Negativa as negativa:
        messages.error(request, con_norma(negativa))
        return redirect("proyecto", pk=pk)
    return redirect("firma_local", referencia=sesion.referencia)


@exige_persona
@require_POST
def renunciar(request: HttpRequest, pk: int) -> HttpResponse:
    """Anular el número reservado de un proyecto que no se va a firmar."""
    hallado = queries.get_proyecto(pk, para=quien(request))
    form = forms.RenunciarForm(request.POST)
    if form.is_valid():
        anulado = intentar(
            form,
            services.renunciar_al_numero,
            actor=quien(request),
            proyecto=hallado,
            motivo=form.cleaned_data["motivo"],
            version=form.cleaned_data["version"],
        )
        if anulado is not None:
            messages.success(request, f"El número {anulado.numero} quedó anulado, con su razón.")
            return redirect("proyecto", pk=pk)
    return _pagina(request, hallado, renunciar=form)


def _enviar(request: HttpRequest, guardado: Proyecto) -> HttpResponse:
    """Lo guardado se envía en el mismo gesto; si no se puede, queda guardado y se dice por qué."""
    enviado = intentar_y_avisar(
        request,
        "Proyecto enviado.",
        services.enviar_proyecto,
        actor=quien(request),
        proyecto=guardado,
        version=guardado.version,
    )
    if enviado is None:
        return redirect("proyecto", pk=guardado.pk)
    return redirect("expediente", numero=guardado.expediente.numero)


def _pagina(request: HttpRequest, hallado: Proyecto, **formularios: Any) -> HttpResponse:
    """La página de un proyecto; los formularios que vuelven con errores se muestran tal como se escribieron."""
    persona, inicial = quien(request), {"version": hallado.version}
    para_firma = hallado.estado == Proyecto.Estado.PARA_FIRMA
    para_visto = hallado.estado == Proyecto.Estado.PARA_VISTO
    contexto = {
        "proyecto": hallado,
        "expediente": hallado.expediente,
        "campos": CAMPOS,
        "vistos": queries.get_vistos(hallado, para=persona, todos=True),
        "faltan": queries.get_vistos_que_faltan(hallado, para=persona),
        **_a_la_vista(hallado, persona),
        "puede_firmar": para_firma and not _negado(policies.check_firmar, persona, hallado),
        "puede_visar": para_visto and not _negado(policies.check_visar, persona, hallado),
        "form": None,
        "firmar": forms.FirmarForm(initial=inicial),
        "devolver": forms.DevolverForm(initial=inicial),
        "renunciar": forms.RenunciarForm(initial=inicial),
        "reservado": hallado.numero_reservado,
        "en_su_equipo": get_firmantes(persona) if para_firma else [],
        "de_practica": es_de_practica(),
        "puede_practicar": puede_practicar(persona),
        **formularios,
    }
    errores = any(form is not None and form.is_bound and form.errors for form in formularios.values())
    return render(request, "expedientes/proyecto.html", contexto, status=422 if errores else 200)


def _a_la_vista(hallado: Proyecto, persona: Persona) -> dict[str, Any]:
    """El documento al costado, o lo que impediría componerlo."""
    titulo = f"{hallado.tipo}: así se verá"
    if documento := hallado.documento or hallado.documento_a_medias:
        vistas = queries.get_vistas(documento, para=persona)
        direcciones = [reverse("documento_pagina", args=[documento.pk, vista.pagina]) for vista in vistas]
        pdf = reverse("documento_pdf", args=[documento.pk])
        return {"vista": VistaDocumento(documento.numero, pdf, direcciones), "problema": ""}
    try:
        paginas = get_paginas(hallado, ahora=timezone.now(), vistos=queries.get_vistos(hallado, para=persona))
    except EntradaInvalida as negativa:
        return {"vista": None, "problema": negativa.frase}
    direcciones = [
        f"{reverse('proyecto_pagina', args=[hallado.pk, numero])}?v={hallado.version}"
        for numero in range(1, len(paginas) + 1)
    ]
    return {
        "vista": VistaDocumento(titulo, reverse("proyecto_pdf", args=[hallado.pk]), direcciones),
        "problema": "",
    }


def _negado(politica: Any, persona: Persona, hallado: Proyecto) -> bool:
    try:
        politica(persona, hallado)
    except Negativa:
        return True
    return False


def _pedido(request: HttpRequest, persona: Persona) -> Movimiento | None:
    pk = request.GET.get("movimiento", "")
    return queries.get_movimiento(int(pk), para=persona) if pk.isdecimal() and len(pk) < 18 else None
