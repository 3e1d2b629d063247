"""La verificación pública de documentos: por código, por QR o con el PDF en la mano."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.auditoria.pruebas import Prueba
from llaqta.salas.documentos.entrega import disposicion, entregar
from llaqta.salas.documentos.models import Documento
from llaqta.salas.sede import prueba, queries, services
from llaqta.salas.sede.forms import ClaveForm, CodigoForm, CopiaForm
from llaqta.salas.sede.views.seguimiento import lugar, recordar_clave


@require_http_methods(["GET", "HEAD", "POST"])
def verificar(request: HttpRequest) -> HttpResponse:
    """Pide el código, o el PDF."""
    formulario = CodigoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        # Lo que no puede ser un código tampoco puede ir en una dirección: una barra, por ejemplo.
        return redirect(
            "verificar_cvd", cvd="".join(formulario.cleaned_data["cvd"].replace("/", "-").split())
        )
    contexto = {"form": formulario, "copia": CopiaForm(), "titulo": "Verificar un documento"}
    return render(request, "sede/verificar.html", contexto, status=422 if formulario.is_bound else 200)


@never_cache
@require_safe
def por_codigo(request: HttpRequest, cvd: str) -> HttpResponse:
    """Qué documento lleva ese código, quién lo firmó y si es válido; con acierto o error, el mismo trabajo."""
    ahora = timezone.now()
    services.check_codigo(lugar=lugar(request), ahora=ahora)
    try:
        mirado: queries.Verificacion | None = queries.get_verificacion(
            cvd,
            para=request.persona,  # type: ignore[attr-defined]
            ahora=ahora,
        )
        hallado = True
    except queries.CodigoSinDocumento as negativa:
        mirado, hallado = negativa.senuelo, False
    services.anotar_respuesta(hallado=hallado, ahora=ahora)
    # Se dibujan las dos páginas y se entrega una: dibujar también tarda.
    no_hay = _no_hay(request, cvd)
    la_hay = _pagina(request, mirado) if mirado else no_hay
    return la_hay if hallado else no_hay


def _pagina(
    request: HttpRequest,
    mirado: queries.Verificacion,
    *,
    copia: CopiaForm | None = None,
    clave: ClaveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    contexto = {"v": mirado, "copia": copia or CopiaForm(), "clave": clave or ClaveForm()}
    return render(request, "sede/verificado.html", contexto, status=status)


def _no_hay(request: HttpRequest, cvd: str) -> HttpResponse:
    formulario = CodigoForm({"cvd": cvd[:60]})
    formulario.full_clean()
    formulario.add_error("cvd", queries.NO_HAY)
    contexto = {"form": formulario, "copia": CopiaForm(), "titulo": "Verificar un documento"}
    return render(request, "sede/verificar.html", contexto, status=404)


@never_cache
@require_safe
def contenido(request: HttpRequest, cvd: str) -> HttpResponseBase:
    """El documento que lleva ese código, si es público o si quien pregunta puede verlo.

    :raises NoEncontrado: en otro caso
    """
    services.check_intento(puerta="verificar", lugar=lugar(request), ahora=timezone.now())
    documento = queries.get_documento_verificado(
        cvd,
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )
    archivo = documento.archivo
    return entregar(
        request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=documento.es_ajeno
    )


@never_cache
@require_POST
def con_clave(request: HttpRequest, cvd: str) -> HttpResponse:
    """Abre el documento a quien además trae la clave de su expediente: la recuerda como el seguimiento."""
    services.check_intento(puerta="seguimiento", lugar=lugar(request), ahora=timezone.now())
    ahora, persona = timezone.now(), request.persona  # type: ignore[attr-defined]
    formulario = ClaveForm(request.POST)
    if formulario.is_valid():
        try:
            expediente, documento = queries.get_documento_con_clave(
                cvd, formulario.cleaned_data["clave"], para=persona, ahora=ahora
            )
        except NoEncontrado as negativa:
            formulario.add_error("clave", negativa.frase)
        else:
            respuesta = HttpResponseRedirect(
                reverse("seguimiento_documento", args=[expediente.numero, documento.pk])
            )
            recordar_clave(request, respuesta, expediente)
            return respuesta
    mirado = queries.get_verificacion(cvd, para=persona, ahora=ahora)
    return _pagina(request, mirado, clave=formulario, status=422)


@never_cache
@require_safe
def prueba_json(request: HttpRequest, cvd: str) -> HttpResponse:
    """La prueba de registro sola, para programas."""
    documento, dada = _prueba(request, cvd)
    return _adjunto(
        prueba.en_json(dada.paquete), "application/json; charset=utf-8", f"prueba-{documento.cvd}.json"
    )


@never_cache
@require_safe
def prueba_zip(request: HttpRequest, cvd: str) -> HttpResponse:
    """La prueba con su verificador y cómo usarlo: se comprueba sin conexión y sin creerle a nadie."""
    documento, dada = _prueba(request, cvd)
    return _adjunto(
        prueba.en_zip(documento, dada.paquete, ahora=timezone.now()),
        "application/zip",
        f"prueba-{documento.cvd}.zip",
    )


def _prueba(request: HttpRequest, cvd: str) -> tuple[Documento, Prueba]:
    services.check_intento(puerta="verificar", lugar=lugar(request), ahora=timezone.now())
    return queries.get_prueba_descargable(
        cvd,
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )


@never_cache
@require_safe
def informe_json(request: HttpRequest, cvd: str) -> HttpResponse:
    """El informe de verificación de las firmas, para programas."""
    services.check_intento(puerta="verificar", lugar=lugar(request), ahora=timezone.now())
    informe = queries.get_informe_json(
        cvd,
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )
    contenido_ = json.dumps(informe, ensure_ascii=False, indent=2).encode()
    return _adjunto(contenido_, "application/json; charset=utf-8", f"informe-{cvd[:19]}.json")


@never_cache
@require_safe
def informe_pdf(request: HttpRequest, cvd: str) -> HttpResponse:
    """El informe de verificación de las firmas, sellado por la entidad."""
    services.check_intento(puerta="copia", lugar=lugar(request), ahora=timezone.now())
    sellado = services.sellar_informe(
        actor=request.persona,  # type: ignore[attr-defined]
        cvd=cvd,
        ahora=timezone.now(),
    )
    return _adjunto(sellado, "application/pdf", f"informe-{cvd[:19]}.pdf")


def _adjunto(contenido_: bytes, mime: str, nombre: str) -> HttpResponse:
    respuesta = HttpResponse(contenido_, content_type=mime)
    respuesta.headers["Content-Disposition"] = disposicion(nombre, adjunto=True)
    respuesta.headers["X-Content-Type-Options"] = "nosniff"
    return respuesta


@never_cache
@require_POST
def comparar(request: HttpRequest, cvd: str) -> HttpResponse:
    """«Compruebe su copia»: la compara, byte por byte, con el documento registrado."""
    services.check_intento(puerta="copia", lugar=lugar(request), ahora=timezone.now())
    formulario = CopiaForm(request.POST, request.FILES)
    ahora, persona = timezone.now(), request.persona  # type: ignore[attr-defined]
    if not formulario.is_valid():
        mirado = queries.get_verificacion(cvd, para=persona, ahora=ahora)
        return _pagina(request, mirado, copia=formulario, status=422)
    subido = formulario.cleaned_data["archivo"][0]
    comparacion = queries.comparar_copia(cvd, subido.read(), para=persona, ahora=ahora)
    return render(request, "sede/comparacion.html", {"c": comparacion, "cvd": cvd, "nombre": subido.name})


@never_cache
@require_POST
def suelto(request: HttpRequest) -> HttpResponse:
    """Comprueba las firmas de un PDF que se trae sin código."""
    services.check_intento(puerta="copia", lugar=lugar(request), ahora=timezone.now())
    formulario = CopiaForm(request.POST, request.FILES)
    if not formulario.is_valid():
        contexto = {"form": CodigoForm(), "copia": formulario, "titulo": "Verificar un documento"}
        return render(request, "sede/verificar.html", contexto, status=422)
    subido = formulario.cleaned_data["archivo"][0]
    comprobado = queries.comprobar_suelto(
        subido.read(),
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )
    cvd = comprobado.documento.cvd if comprobado.documento else ""
    return render(request, "sede/comparacion.html", {"c": comprobado, "cvd": cvd, "nombre": subido.name})
