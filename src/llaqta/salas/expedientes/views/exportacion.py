"""Llevarse un expediente entero, y recibir el de otra entidad."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos.web.acto import intentar, intentar_y_avisar
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.entrega import entregar
from llaqta.salas.expedientes import policies, queries, services
from llaqta.salas.expedientes.exportacion.leer import leer_certificados
from llaqta.salas.expedientes.forms_de_paquete import PaqueteForm
from llaqta.salas.expedientes.services.importar import PaqueteRevisado, recibir_revisado, revisar_paquete
from llaqta.salas.expedientes.views.acto import quien

SAL = "llaqta.expedientes.paquete_revisado"
HORAS_PARA_RECIBIR = 12
"""Menos que lo que tarda el barrido en retirar la copia de trabajo."""


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
    """Recibe el paquete de otra entidad en dos pasos: se comprueba y se muestra; después se recibe, o no."""
    persona = quien(request)
    policies.check_importar(persona)
    if "revisado" in request.POST:
        return _recibir(request, persona)
    form = PaqueteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        visto = intentar(form, _revisar, actor=persona, limpio=form.cleaned_data)
        if visto is not None and visto.recibido is not None:
            messages.info(request, "Ese mismo paquete ya se había recibido.")
            return redirect("expediente_recibido", pk=visto.recibido.pk)
        if visto is not None:
            contexto = {"x": visto.leido, "revisado": _firmar(visto, persona, form.cleaned_data)}
            return render(request, "expedientes/importar_revisar.html", contexto)
    estado = 422 if request.method == "POST" else 200
    return render(request, "expedientes/importar.html", {"form": form}, status=estado)


def _recibir(request: HttpRequest, persona: Persona) -> HttpResponse:
    """El segundo paso: lo firmado al revisar dice qué copia de trabajo es, y que la revisó esta persona."""
    try:
        dicho = signing.loads(request.POST["revisado"], salt=SAL, max_age=HORAS_PARA_RECIBIR * 3600)
    except signing.BadSignature:
        dicho = {}
    if dicho.get("quien") != persona.pk:
        messages.error(request, "Pasó mucho tiempo desde que se revisó. Suba otra vez el paquete.")
        return redirect("importar_expediente")
    hecho = intentar_y_avisar(
        request,
        "Se recibió el expediente, comprobado entero.",
        recibir_revisado,
        actor=persona,
        objeto=dicho["objeto"],
        conocidos=[x509.load_der_x509_certificate(base64.b64decode(der)) for der in dicho["conocidos"]],
    )
    return redirect("expediente_recibido", pk=hecho.pk) if hecho else redirect("importar_expediente")


def _revisar(*, actor: Persona, limpio: dict[str, list[UploadedFile[Any]]], ahora: Any) -> PaqueteRevisado:
    [subido] = limpio["archivo"]
    with tempfile.NamedTemporaryFile(suffix=".zip") as copia:
        for trozo in subido.chunks():
            copia.write(trozo)
        copia.flush()
        return revisar_paquete(
            actor=actor, ruta=Path(copia.name), conocidos=_certificados(limpio), ahora=ahora
        )


def _certificados(limpio: dict[str, list[UploadedFile[Any]]]) -> list[x509.Certificate]:
    leidos = []
    for uno in limpio["certificado"]:
        uno.seek(0)
        leidos += leer_certificados(uno.read())
    return leidos


def _firmar(visto: PaqueteRevisado, persona: Persona, limpio: dict[str, list[UploadedFile[Any]]]) -> str:
    conocidos = [
        base64.b64encode(uno.public_bytes(serialization.Encoding.DER)).decode()
        for uno in _certificados(limpio)
    ]
    dicho = {"objeto": visto.objeto, "quien": persona.pk, "conocidos": conocidos}
    return signing.dumps(dicho, salt=SAL, compress=True)
