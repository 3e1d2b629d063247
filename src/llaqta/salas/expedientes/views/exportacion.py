"""Llevarse un expediente entero, y recibir el de otra entidad."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos.web.acto import intentar, intentar_y_avisar
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.documentos.entrega import entregar
from llaqta.salas.expedientes import policies, queries, services
from llaqta.salas.expedientes.exportacion.leer import leer_certificados
from llaqta.salas.expedientes.forms_de_paquete import PaqueteForm
from llaqta.salas.expedientes.views.acto import quien


@exige_persona
@require_http_methods(["GET", "HEAD", "POST"])
def exportar(request: HttpRequest, numero: str) -> HttpResponse:
    """Pide el paquete, muestra cómo va y lo ofrece cuando está listo."""
    persona = quien(request)
    hallado = queries.get_expediente(numero, para=persona)
    if request.method == "POST":
        intentar_y_avisar(
            request,
            "Recibimos su pedido.",
            services.pedir_exportacion,
            actor=persona,
            expediente=hallado,
        )
        return redirect("exportar_expediente", numero=hallado.numero)
    policies.check_exportar(persona, hallado)
    de_la_entidad = policies.es_de_la_entidad(hallado, persona)
    contexto = {
        "expediente": hallado,
        "exportacion": queries.get_ultima_exportacion(hallado, para=persona),
        "de_la_entidad": de_la_entidad,
        "base": "llaqta/interno.html" if de_la_entidad else "llaqta/base.html",
        "dias": services.DIAS_PARA_DESCARGAR,
        "ahora": timezone.now(),
    }
    return render(request, "expedientes/exportar.html", contexto)


@exige_persona
@require_safe
def descargar(request: HttpRequest, pk: int) -> HttpResponse:
    """El ZIP, para guardarlo; si la descarga se corta, el navegador la continúa."""
    persona, ahora = quien(request), timezone.now()
    exportacion = queries.get_exportacion(pk, para=persona)
    archivo = services.descargar_exportacion(
        actor=persona, exportacion=exportacion, continua="Range" in request.headers, ahora=ahora
    )
    entregado = entregar(
        request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=False, adjunto=True
    )
    return cast(HttpResponse, entregado)


@exige_persona
@require_safe
def recibidos(request: HttpRequest) -> HttpResponse:
    """Los expedientes que llegaron de otras entidades."""
    pagina = queries.list_recibidos(para=quien(request), cursor=request.GET.get("cursor", ""))
    contexto = {"pagina": pagina, "puede_recibir": quien(request).puede("mesapartes.recibir")}
    return render(request, "expedientes/recibidos.html", contexto)


@exige_persona
@require_safe
def recibido(request: HttpRequest, pk: int) -> HttpResponse:
    """Un expediente recibido: de quién, qué se comprobó y sus documentos."""
    hallado, documentos = queries.get_recibido(pk, para=quien(request))
    return render(request, "expedientes/recibido.html", {"recibido": hallado, "documentos": documentos})


@exige_persona
@require_http_methods(["GET", "HEAD", "POST"])
def importar(request: HttpRequest) -> HttpResponse:
    """Recibe el paquete de otra entidad: lo comprueba entero antes de guardar nada."""
    policies.check_importar(quien(request))
    form = PaqueteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        hecho = intentar(form, _recibir, actor=quien(request), limpio=form.cleaned_data)
        if hecho is not None:
            messages.success(request, f"Se recibió y comprobó el expediente {hecho.numero}.")
            return redirect("expediente_recibido", pk=hecho.pk)
    estado = 422 if request.method == "POST" else 200
    return render(request, "expedientes/importar.html", {"form": form}, status=estado)


def _recibir(*, actor: Any, limpio: dict[str, list[UploadedFile[Any]]], ahora: Any) -> Any:
    [subido] = limpio["archivo"]
    conocidos = [c for uno in limpio["certificado"] for c in leer_certificados(uno.read())]
    with tempfile.NamedTemporaryFile(suffix=".zip") as copia:
        for trozo in subido.chunks():
            copia.write(trozo)
        copia.flush()
        return services.importar_expediente(
            actor=actor, ruta=Path(copia.name), conocidos=conocidos, ahora=ahora
        )
