"""Las pantallas del notificador y de quien ordena: su lista, cada diligencia, sus visitas, sus actas y sus papeles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, Negativa, NoEncontrado
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.paginas import paginar
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_permiso, exige_persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.entrega import entregar
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones import impresos, policies, queries, services
from llaqta.salas.notificaciones.forms import ActaForm, FiltroForm, VisitaForm
from llaqta.salas.notificaciones.models import Diligencia, Visita
from llaqta.salas.notificaciones.services.visitar import LoQuePaso


@exige_persona
@require_safe
def lista(request: PeticionDePersona) -> HttpResponse:
    """Las diligencias que puede ver, con su estado y su plazo."""
    form = FiltroForm(request.GET or None)
    estado = form.cleaned_data["estado"] if form.is_valid() else ""
    consulta = queries.get_diligencias(para=request.persona, estado=estado)
    pagina = paginar(consulta, orden=("-ordenada_en", "-pk"), cursor=request.GET.get("cursor", ""))
    contexto = {
        "pagina": pagina,
        "form": FiltroForm(initial={"estado": estado}),
        "estado": estado,
        "hoy": hoy_en_lima(timezone.now()),
        "es_notificador": request.persona.puede(policies.DILIGENCIAR),
    }
    return render(request, "notificaciones/lista.html", contexto)


@exige_permiso(policies.DILIGENCIAR)
@require_safe
def hoy(request: PeticionDePersona) -> HttpResponse:
    """Mis diligencias de hoy: una página liviana, para el teléfono y con mala señal."""
    dia = hoy_en_lima(timezone.now())
    return render(
        request,
        "notificaciones/hoy.html",
        {"diligencias": queries.get_ruta(para=request.persona, al=dia), "hoy": dia},
    )


@exige_permiso(policies.DILIGENCIAR)
@require_safe
def ruta(request: PeticionDePersona) -> HttpResponse:
    """La hoja de ruta del día, en PDF."""
    ahora = timezone.now()
    dia = hoy_en_lima(ahora)
    diligencias = queries.get_ruta(para=request.persona, al=dia)
    return _pdf(
        impresos.ruta(diligencias, notificador=request.persona, dia=dia, ahora=ahora), f"ruta-{dia}.pdf"
    )


@exige_persona
@require_safe
def diligencia(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Una diligencia: qué se notifica, a quién, dónde, qué pasó y desde cuándo vale."""
    hallada = queries.get_diligencia(codigo, para=request.persona)
    visitas = list(hallada.visitas.select_related("notificador", "acta_firmada"))
    contexto = {
        "diligencia": hallada,
        "visitas": visitas,
        "envios": hallada.envios.all(),
        "numero": len(visitas) + 1,
        "hoy": hoy_en_lima(timezone.now()),
        "es_notificador": request.persona.puede(policies.DILIGENCIAR),
    }
    return render(request, "notificaciones/diligencia.html", contexto)


@exige_permiso(policies.DILIGENCIAR)
def visita(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Anota lo que pasó en la visita."""
    hallada = queries.get_diligencia(codigo, para=request.persona)
    numero = hallada.visitas.count() + 1
    if hallada.estado != Diligencia.Estado.POR_DILIGENCIAR:
        messages.error(request, "Esta diligencia ya no espera una visita.")
        return redirect("diligencia", codigo)
    form = VisitaForm(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial={"realizada_en": timezone.localtime()},
        numero=numero,
    )
    if request.method == "POST" and form.is_valid() and _anotar(request, hallada, form):
        return redirect("diligencia", codigo)
    contexto = {
        "form": form,
        "diligencia": hallada,
        "numero": numero,
        "titulo": "Anotar la primera visita" if numero == 1 else "Anotar la segunda visita",
    }
    return render(request, "notificaciones/visita.html", contexto, status=422 if form.errors else 200)


@exige_permiso(policies.DILIGENCIAR)
def acta(request: PeticionDePersona, codigo: str, numero: int) -> HttpResponse:
    """Adjunta el acta firmada de una visita."""
    hallada = queries.get_diligencia(codigo, para=request.persona)
    la_visita = _visita(hallada, numero)
    form = ActaForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid() and _adjuntar(request, la_visita, form):
        return redirect("diligencia", codigo)
    contexto = {
        "form": form,
        "titulo": f"Acta firmada de la visita {numero}",
        "guia": "Súbala escaneada o en foto, con las firmas a la vista.",
        "boton": "Adjuntar",
        "atras": reverse("diligencia", args=[codigo]),
    }
    return render(request, "llaqta/formulario_interno.html", contexto, status=422 if form.errors else 200)


@exige_permiso(policies.DILIGENCIAR)
@require_POST
def tomar(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Dice que esta la lleva quien lo pide."""
    hallada = queries.get_diligencia(codigo, para=request.persona)
    try:
        services.asignar_notificador(
            actor=request.persona, diligencia=hallada, notificador=request.persona, ahora=timezone.now()
        )
    except NoEncontrado:
        raise
    except Negativa as negativa:
        messages.error(request, negativa.frase)
    else:
        messages.success(request, f"Usted lleva la {codigo}.")
    return redirect("diligencia", codigo)


@exige_persona  # type: ignore[arg-type]
@require_safe
def papel(request: PeticionDePersona, codigo: str, cual: str) -> HttpResponseBase:
    """La cédula, el acto, el aviso o un acta, en PDF para imprimir.

    Quien lleva la diligencia entrega copia del acto: lo abre por ella, aunque el expediente no sea de su unidad.
    """
    hallada, ahora = queries.get_diligencia(codigo, para=request.persona), timezone.now()
    if cual == "acto":
        return _entregar(request, hallada.documento)
    if hallada.modalidad != Diligencia.Modalidad.CEDULA:
        raise NoEncontrado(queries.NO_ESTA)
    visitas = {v.numero: v for v in hallada.visitas.select_related("notificador")}
    match cual:
        case "cedula":
            return _entregar(request, services.sellar_cedula(diligencia_id=hallada.pk, ahora=ahora))
        case "aviso":
            contenido = impresos.aviso(hallada, visita=visitas.get(1), ahora=ahora)
        case "acta-1" | "acta-2":
            numero = int(cual[-1])
            contenido = impresos.acta(hallada, numero=numero, visita=visitas.get(numero), ahora=ahora)
        case _:
            raise NoEncontrado(queries.NO_ESTA)
    return _pdf(contenido, f"{codigo}-{cual}.pdf")


def _anotar(request: PeticionDePersona, diligencia_: Diligencia, form: VisitaForm) -> bool:
    try:
        hecha = services.anotar_visita(
            actor=request.persona,
            diligencia=diligencia_,
            paso=LoQuePaso(**form.cleaned_data),
            ahora=timezone.now(),
        )
    except NoEncontrado:
        raise
    except Negativa as negativa:
        _poner(form, negativa)
        return False
    messages.success(request, f"Anotó la visita {hecha.numero}. Imprima su acta, hágala firmar y adjúntela.")
    return True


def _adjuntar(request: PeticionDePersona, visita_: Visita, form: ActaForm) -> bool:
    subido = form.cleaned_data["acta"][0]
    try:
        archivo = documentos.recibir_archivos(
            actor=request.persona,
            archivos=[documentos.ArchivoRecibido(nombre=subido.name or "", flujo=subido.file)],
            ahora=timezone.now(),
        )[0]
        services.adjuntar_acta(actor=request.persona, visita=visita_, archivo=archivo, ahora=timezone.now())
    except NoEncontrado:
        raise
    except Negativa as negativa:
        _poner(form, negativa, omision="acta")
        return False
    messages.success(request, "El acta quedó en el expediente de la diligencia.")
    return True


def _poner(form: Any, negativa: Negativa, *, omision: str | None = None) -> None:
    campo = negativa.campo if isinstance(negativa, EntradaInvalida) else ""
    frase = f"{negativa.frase} ({negativa.norma})" if negativa.norma else negativa.frase
    form.add_error(campo if campo in form.fields else omision, frase)


def _visita(diligencia_: Diligencia, numero: int) -> Visita:
    hallada = diligencia_.visitas.filter(numero=numero).first()
    if hallada is None:
        raise NoEncontrado
    return hallada


def _entregar(request: PeticionDePersona, documento: Documento) -> HttpResponseBase:
    archivo = documento.archivo
    return entregar(request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=False)


def _pdf(contenido: bytes, nombre: str) -> HttpResponse:
    respuesta = HttpResponse(contenido, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}"'
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta
