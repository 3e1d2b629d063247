"""Las pantallas de quien firma, y las puertas por donde entra el componente de su equipo.

El componente no trae galletas ni protección de formulario: trae una ficha de un solo uso, que es todo su permiso. Por
eso sus tres puertas no se protegen con CSRF, y por eso no dicen nada de una sesión a quien no trae su ficha.
"""

from __future__ import annotations

import re
from typing import BinaryIO, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from llaqta.cimientos.errors import Negativa, NoEncontrado
from llaqta.cimientos.web.middleware import POLITICA_DE_CONTENIDO
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.firma.local import firmantes, policies, practica, queries, rules, services
from llaqta.salas.firma.local.firmantes import FirmanteLocal
from llaqta.salas.firma.local.modelos import SesionDeFirma

_TELEFONO = re.compile(r"Android|iPhone|iPad|iPod", re.IGNORECASE)
CAMPO = "signed_file"
SOBRE_DEL_FORMULARIO = 64 * 1024
TONOS = {
    rules.ACEPTADA: "hecho",
    rules.RECHAZADA: "alerta",
    rules.CANCELADA: "neutro",
    rules.VENCIDA: "neutro",
}


# --- Lo que ve quien firma ------------------------------------------------------------------------------------------
@exige_persona
@require_safe
@never_cache
def sesion(request: PeticionDePersona, referencia: UUID) -> HttpResponse:
    """La página desde la que se abre el programa y se mira en qué está; sin JavaScript, se actualiza a mano."""
    hallada = queries.get_sesion(referencia, para=request.persona)
    vencida, firmante = hallada.vencida(timezone.now()), firmantes.FIRMANTES.get(hallada.firmante)
    contexto = {
        "sesion": hallada,
        "documentos": hallada.documentos.all(),
        "varios": len(hallada.documentos.all()) > 1,
        "vencida": vencida,
        "tono": "neutro" if vencida else _tono(hallada),
        "desde_telefono": bool(_TELEFONO.search(request.headers.get("User-Agent", ""))),
        "puede_abrir": firmante is not None and hallada.estado == rules.PENDIENTE and not vencida,
        "espera": hallada.estado in (rules.ENTREGADA, rules.DESCARGADA) and not vencida,
        # Uno que la instalación retiró todavía nombra las sesiones que lo usaron.
        "firmante": firmante.nombre if firmante else "El programa de su equipo",
        "guiones": firmante.guiones if firmante and not hallada.entrenamiento else [],
        "minutos": settings.FIRMA_LOCAL_MINUTOS,
    }
    respuesta = render(request, "firma/local/sesion.html", contexto)
    if firmante and (contexto["puede_abrir"] or contexto["espera"]):
        respuesta.headers["Content-Security-Policy"] = politica_de_la_pagina(
            firmante, entrenamiento=hallada.entrenamiento
        )
    return respuesta


@exige_persona
@require_safe
@never_cache
def mis_firmas(request: PeticionDePersona) -> HttpResponse:
    """Los pedidos de firma de la persona, que es del personal, y cómo terminó cada uno."""
    policies.check_del_personal(request.persona)
    ahora = timezone.now()
    filas = []
    for pedida in queries.list_recientes(para=request.persona):
        vencida = pedida.vencida(ahora)
        dicho = SesionDeFirma.Estado.VENCIDA.label if vencida else pedida.dicho
        filas.append((pedida, dicho, "neutro" if vencida else _tono(pedida)))
    contexto = {"filas": filas, "puede_practicar": practica.puede_practicar(request.persona)}
    return render(request, "firma/local/todas.html", contexto)


@exige_persona
@require_safe
def hoja(request: PeticionDePersona, referencia: UUID, orden: int) -> HttpResponse:
    """La hoja de práctica, con su firma sin valor legal, para ver cómo queda."""
    hallada = queries.get_sesion(referencia, para=request.persona)
    contenido = practica.get_hoja(hallada, orden, para=request.persona)
    respuesta = HttpResponse(contenido, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="practica-sin-valor-legal-{orden}.pdf"'
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


@exige_persona
@require_POST
def abrir(request: PeticionDePersona, referencia: UUID) -> HttpResponse:
    """Da a la página el parámetro de ``startSignature``, con una ficha que no se escribe en ninguna página."""
    hallada = queries.get_sesion(referencia, para=request.persona)
    try:
        apertura = services.abrir_firma(
            actor=request.persona, sesion=hallada, ip=_ip(request), ahora=timezone.now()
        )
    except Negativa as negativa:
        return JsonResponse({"frase": negativa.frase}, status=negativa.codigo_http)
    return JsonResponse({"puerto": apertura.puerto, "parametro": apertura.parametro})


@exige_persona
@require_GET
@never_cache
def estado(request: PeticionDePersona, referencia: UUID) -> HttpResponse:
    """En qué está, para la página que espera."""
    hallada = queries.get_sesion(referencia, para=request.persona)
    vencida = hallada.vencida(timezone.now())
    return JsonResponse(
        {
            "estado": rules.VENCIDA if vencida else hallada.estado,
            "dicho": SesionDeFirma.Estado.VENCIDA.label if vencida else hallada.dicho,
            "termino": vencida or not hallada.abierta,
        }
    )


@exige_persona
@require_POST
def cancelar(request: PeticionDePersona, referencia: UUID) -> HttpResponse:
    """Dejar de esperar."""
    hallada = queries.get_sesion(referencia, para=request.persona)
    services.cancelar_firma(actor=request.persona, sesion=hallada, ahora=timezone.now())
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"estado": rules.CANCELADA})
    return redirect("firma_local", referencia=referencia)


@exige_persona
@require_POST
def sin_componente(request: PeticionDePersona, referencia: UUID) -> HttpResponse:
    """En la práctica, firmar con el componente del servidor: sin nada instalado, sin JavaScript o desde un teléfono."""
    hallada = queries.get_sesion(referencia, para=request.persona)
    try:
        practica.firmar_sin_componente(
            actor=request.persona, sesion=hallada, ip=_ip(request), ahora=timezone.now()
        )
    except NoEncontrado:
        raise
    except Negativa as negativa:
        messages.error(request, negativa.frase)
    return redirect("firma_local", referencia=referencia)


@exige_persona
@require_http_methods(["GET", "HEAD", "POST"])
def practicar(request: PeticionDePersona) -> HttpResponse:
    """La página donde se practica con una hoja que no dice nada."""
    practica.check_practicar(request.persona)
    if request.method == "POST":
        try:
            hojas = practica.HOJAS if request.POST.get("hojas") == "varias" else 1
            pedida = practica.pedir_practica(actor=request.persona, hojas=hojas, ahora=timezone.now())
        except Negativa as negativa:
            messages.error(request, negativa.frase)
            return redirect("firma_local_practicar")
        return redirect("firma_local", referencia=pedida.referencia)
    ultima = queries.get_ultima_practica(para=request.persona)
    contexto = {"ultima": ultima, "tono": _tono(ultima) if ultima else ""}
    return render(request, "firma/local/practicar.html", contexto)


# --- Lo que pide el componente --------------------------------------------------------------------------------------
@csrf_exempt
@require_POST
def argumentos(request: HttpRequest) -> HttpResponse:
    """Los argumentos de la sesión cuya ficha viene en ``param_token``: texto plano, base64 de un JSON."""
    try:
        dichos = services.entregar_argumentos(
            ficha=request.POST.get("param_token", ""), ip=_ip(request), ahora=timezone.now()
        )
    except Negativa as negativa:
        return _no(negativa)
    return _texto(dichos)


@csrf_exempt
@require_GET
def descargar(request: HttpRequest, ficha: str) -> HttpResponse:
    """Los bytes que se quieren firmados."""
    try:
        entrega = services.entregar_documento(ficha=ficha, ip=_ip(request), ahora=timezone.now())
    except Negativa as negativa:
        return _no(negativa)
    respuesta = HttpResponse(entrega.contenido, content_type=entrega.tipo)
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{entrega.nombre}"'
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


@csrf_exempt
@require_POST
def devolver(request: HttpRequest, ficha: str) -> HttpResponse:
    """Recibe lo firmado en ``signed_file``; antes de leer un byte comprueba que alguien lo espera."""
    try:
        services.check_puede_devolver(ficha=ficha, ip=_ip(request), ahora=timezone.now())
        tope = policies.maximo() + SOBRE_DEL_FORMULARIO
        if int(request.META.get("CONTENT_LENGTH") or 0) > tope:
            return _texto("El archivo pesa demasiado.", codigo=413)
        request.upload_handlers.insert(0, _Tope(tope))
        archivo = request.FILES.get(CAMPO)
        if archivo is None:
            return _texto("Falta el archivo firmado.", codigo=400)
        terminada = services.recibir_firmado(
            ficha=ficha, archivo=cast(BinaryIO, archivo), ip=_ip(request), ahora=timezone.now()
        )
    except Negativa as negativa:
        return _no(negativa)
    if terminada.estado != rules.ACEPTADA:
        return _texto(terminada.frase, codigo=422)
    # Aunque alguno no se haya aceptado, el componente terminó lo suyo: cómo quedó cada uno lo dice la página.
    return _texto(terminada.frase or "OK")


def _tono(sesion: SesionDeFirma) -> str:
    en_parte = sesion.estado == rules.ACEPTADA and sesion.frase
    return "espera" if en_parte else TONOS.get(sesion.estado, "espera")


class _Tope(FileUploadHandler):
    """Corta una subida que pasa del tope, aunque no haya dicho cuánto pesaba."""

    def __init__(self, tope: int) -> None:
        super().__init__()
        self.tope = tope
        self.leidos = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Cuenta y deja pasar a quien guarda."""
        self.leidos += len(raw_data)
        if self.leidos > self.tope:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """El archivo lo arma el que sigue."""


def politica_de_la_pagina(firmante: FirmanteLocal, *, entrenamiento: bool) -> str:
    """La política de contenido de la única página que habla con el componente.

    En la práctica no se carga nada de afuera; fuera de ella, solo los guiones del firmante, por su dirección completa.
    """
    componente = f"http://127.0.0.1:{firmante.puerto}"
    cambios = {"connect-src 'self'": f"connect-src 'self' {componente}"}
    if not entrenamiento:
        guiones = " ".join(guion.direccion for guion in firmante.guiones)
        de_donde = urlsplit(firmante.guiones[-1].direccion)
        cambios["script-src 'self'"] = f"script-src 'self' {guiones}"
        # Para encender el componente, el guion abre en un marco la dirección de su instalador.
        cambios["frame-src 'self'"] = f"frame-src 'self' {de_donde.scheme}://{de_donde.netloc} jnlps:"
    return "; ".join(cambios.get(regla, regla) for regla in POLITICA_DE_CONTENIDO.split("; "))


def _ip(request: HttpRequest) -> str | None:
    """De dónde viene la petición; detrás de servidores propios, lo que anotó el primero de ellos."""
    de_confianza = int(settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    anotadas = [una.strip() for una in request.headers.get("X-Forwarded-For", "").split(",") if una.strip()]
    if de_confianza and len(anotadas) >= de_confianza:
        return anotadas[-de_confianza]
    return request.META.get("REMOTE_ADDR") or None


def _texto(dicho: str, *, codigo: int = 200) -> HttpResponse:
    respuesta = HttpResponse(dicho, content_type="text/plain; charset=utf-8", status=codigo)
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


def _no(negativa: Negativa) -> HttpResponse:
    return _texto(negativa.frase, codigo=negativa.codigo_http)
