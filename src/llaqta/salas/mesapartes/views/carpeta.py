"""La carpeta de la persona: lo pendiente, sus trámites, su cargo y la página para subsanar."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.casilla import queries as casilla
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import policies, queries, rules, services
from llaqta.salas.mesapartes.forms import SubsanarForm
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.mesapartes.opciones import get_opciones
from llaqta.salas.mesapartes.prueba import ingresos_de
from llaqta.salas.mesapartes.views import declaracion
from llaqta.salas.mesapartes.views.paquete import paquete_de_prueba
from llaqta.salas.tramites.rules import silencio_en_palabras


@exige_persona
def inicio(request: PeticionDePersona) -> HttpResponse:
    """Mi carpeta: «Pendiente de usted» primero, después sus trámites y sus borradores."""
    ahora = timezone.now()
    carpeta = queries.get_carpeta(para=request.persona, cursor=request.GET.get("cursor", ""), ahora=ahora)
    contexto = {
        "carpeta": carpeta,
        "sin_leer": casilla.count_sin_leer(para=request.persona, al=hoy_en_lima(ahora)),
        "tiene_casilla": casilla.tiene_casilla(para=request.persona, en=ahora),
    }
    return render(request, "mesapartes/carpeta.html", contexto)


@exige_persona
def cargo(request: PeticionDePersona, numero: str) -> HttpResponse:
    """El cargo en pantalla: vale desde que se presentó, y su dirección sigue valiendo."""
    presentacion = queries.get_presentacion(numero, para=request.persona)
    expediente, calendario = presentacion.expediente, get_calendario()
    version = expediente.version_tramite
    condiciones = version.condiciones(expediente.modalidad)
    contexto = {
        "presentacion": presentacion,
        "expediente": expediente,
        "version": version,
        "clave": services.en_grupos(expediente.clave),
        "anexos": queries.get_anexos(presentacion, para=request.persona),
        "observacion": queries.get_observacion(presentacion, para=request.persona),
        "primer_dia": rules.primer_dia_del_plazo(expediente.inicio_computo, calendario)
        if expediente.inicio_computo
        else None,
        "silencio": silencio_en_palabras(condiciones.calificacion, condiciones.plazo_dicho),
        "es_de_mesa": request.persona.puede(policies.RECIBIR),
        "ingresos": ingresos_de(getattr(presentacion, "firma", None)),
        "borrador": f"presentar-{version.procedimiento.codigo}",
    }
    return render(request, "mesapartes/cargo.html", contexto)


@exige_persona
def cargo_pdf(request: PeticionDePersona, numero: str) -> HttpResponse:
    """El cargo sellado en PDF; si el sello viene en camino, vuelve a la página, que ya vale como cargo."""
    presentacion = queries.get_presentacion(numero, para=request.persona)
    if presentacion.cargo_id is None:
        messages.info(
            request,
            "El sello llega en unos segundos. Esta página ya es su cargo; vuelva a intentarlo enseguida.",
        )
        return redirect("cargo", numero)
    return redirect("documento_descarga", presentacion.cargo_id)


@exige_persona
def cargo_prueba(request: PeticionDePersona, numero: str) -> HttpResponse:
    """El paquete que prueba, sin la municipalidad, que se presentó: lleva la huella del acto firmado."""
    presentacion = queries.get_presentacion(numero, para=request.persona)
    lugar = queries.get_prueba_del_acto(presentacion, para=request.persona)
    return paquete_de_prueba(request, lugar, numero, volver="cargo")


@exige_persona
def mi_tramite(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Un trámite propio: en qué está, qué pasó, qué falta y sus documentos."""
    presentacion = queries.get_presentacion(numero, para=request.persona)
    expediente, ahora = presentacion.expediente, timezone.now()
    contexto = {
        "presentacion": presentacion,
        "expediente": expediente,
        "estado": queries.decir_estado(presentacion, para=request.persona),
        "documentos": expedientes.get_documentos(expediente, para=request.persona),
        "historia": expedientes.get_historia(expediente, para=request.persona),
        "plazo": expedientes.reloj(expediente, ahora),
        "plazo_llano": expedientes.get_plazo_llano(expediente, ahora, para=request.persona),
        "porque": expedientes.get_por_que(expediente, para=request.persona, al=hoy_en_lima(ahora)),
        "opciones": get_opciones(expediente, para=request.persona, ahora=ahora)
        if _es_parte(request, expediente)
        else [],
        "escritos": queries.get_escritos_de(expediente, para=request.persona),
        **_lo_observado(presentacion, request),
    }
    return render(request, "mesapartes/mi_tramite.html", contexto)


@exige_persona
def subsanar(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Corregir solo lo observado, con su reloj a la vista."""
    presentacion = queries.get_presentacion(numero, para=request.persona)
    ahora = timezone.now()
    observacion = policies.check_subsanar(
        request.persona,
        presentacion,
        queries.get_observacion(presentacion, para=request.persona),
        ahora=ahora,
    )
    items = observacion.items_en_orden
    es_suya = request.persona.pk in (presentacion.presentada_por_id, presentacion.administrado_id)
    form = SubsanarForm(*_enviado(request), requisitos=[item.requisito for item in items])
    if request.method == "POST" and form.is_valid():
        services.subsanar(
            actor=request.persona,
            presentacion=presentacion,
            archivos_por_requisito={
                requisito: [ArchivoRecibido(nombre=a.name or "", flujo=a.file) for a in archivos]
                for requisito, archivos in form.por_requisito().items()
            },
            ahora=ahora,
            declaracion=declaracion.aceptada(request) if es_suya else None,
        )
        messages.success(
            request, "Recibimos lo que faltaba. El trámite continúa y conserva su fecha de presentación."
        )
        return redirect("mi_tramite" if es_suya else "presentacion", numero)
    contexto = {
        "presentacion": presentacion,
        "form": form,
        "bloques": [(item, form[f"requisito_{item.requisito_id}"]) for item in items],
        "boton": "Enviar lo corregido",
        **(declaracion.a_la_vista(request, ahora) if es_suya else {}),
        **_lo_observado(presentacion, request),
    }
    return render(request, "mesapartes/subsanar.html", contexto)


def _es_parte(request: PeticionDePersona, expediente: Expediente) -> bool:
    try:
        policies.check_escrito(request.persona, expediente, al=hoy_en_lima(timezone.now()))
    except NoEncontrado:
        return False
    return True


def _lo_observado(presentacion: Presentacion, request: PeticionDePersona) -> dict[str, object]:
    observacion = queries.get_observacion(presentacion, para=request.persona)
    if observacion is None:
        return {"observacion": None}
    ahora = timezone.now()
    return {
        "observacion": observacion,
        "alarma": rules.alarma_de_subsanar(observacion.subsanar_hasta, ahora, get_calendario()),
        "puede_subsanar": observacion.subsanada_en is None
        and rules.en_plazo(ahora, observacion.subsanar_hasta),
    }


def _enviado(request: PeticionDePersona) -> tuple[Any, Any]:
    """Lo que envió el formulario, también si llegó vacío; nada, si solo se pidió la página."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
