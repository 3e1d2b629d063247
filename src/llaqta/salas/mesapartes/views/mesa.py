"""Las pantallas de la mesa de partes: la cola, revisar, observar, recibir y derivar, y registrar en ventanilla."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.piezas import VistaDocumento
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_permiso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes import rules as reglas_de_expedientes
from llaqta.salas.mesapartes import policies, queries, rules, services
from llaqta.salas.mesapartes.forms import DerivarForm, RevisionForm, VentanillaForm, limpiar_documento
from llaqta.salas.mesapartes.models import Anexo, Presentacion, RevisionDeRequisito
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites.models import VersionProcedimiento

PAGINAS_A_LA_VISTA = 30


@exige_permiso(policies.RECIBIR)
@require_safe
def cola(request: PeticionDePersona) -> HttpResponse:
    """La cola única: lo virtual y lo de ventanilla, lo más antiguo primero, con su alarma."""
    vista = request.GET.get("vista", "por-recibir")
    vista = vista if vista in queries.VISTAS_DE_COLA else "por-recibir"
    filas, pagina = queries.get_cola(
        para=request.persona, vista=vista, cursor=request.GET.get("cursor", ""), ahora=timezone.now()
    )
    contexto = {
        "filas": filas,
        "pagina": pagina,
        "vista": vista,
        "vistas": queries.VISTAS_DE_COLA.items(),
        "cuantos": queries.contar_cola(para=request.persona),
        "titulo": "Mesa de partes",
    }
    return render(request, "mesapartes/cola.html", contexto)


@exige_permiso(policies.RECIBIR)
def presentacion(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Revisar: los requisitos a un lado y los documentos al otro. Guardar la revisión lleva a observar o a derivar."""
    hallada = queries.get_presentacion(numero, para=request.persona)
    revisados = queries.get_revision(hallada, para=request.persona)
    form = RevisionForm(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        requisitos=[r.requisito for r in revisados],
        initial={k: v for r in revisados if r.revision for k, v in _inicial(r.revision).items()},
    )
    if request.method == "POST" and form.is_valid():
        services.revisar_requisitos(
            actor=request.persona,
            presentacion=hallada,
            marcas={pk: services.Marca(resultado, nota) for pk, (resultado, nota) in form.marcas().items()},
            ahora=timezone.now(),
        )
        return _despues_de_revisar(request, numero)
    return render(request, "mesapartes/presentacion.html", _contexto(request, hallada, revisados, form))


@exige_permiso(policies.RECIBIR)
def observar(request: PeticionDePersona, numero: str) -> HttpResponse:
    """La observación tal como llegará, antes de enviarla: es una sola y no se puede deshacer."""
    hallada = queries.get_presentacion(numero, para=request.persona)
    faltan = [r for r in queries.get_revision(hallada, para=request.persona) if r.resultado == "FALTA"]
    if request.method == "POST":
        services.observar(
            actor=request.persona,
            presentacion=hallada,
            items=[services.ItemPorObservar(r.requisito.pk, r.revision.nota) for r in faltan if r.revision],
            ahora=timezone.now(),
        )
        messages.success(
            request, "Se envió la observación. El expediente espera a la persona: no corre ningún plazo."
        )
        return redirect("mesa_de_partes")
    plazo = queries.get_plazo_para_subsanar(timezone.now(), para=request.persona)
    contexto = {
        "presentacion": hallada,
        "faltan": faltan,
        "negado": _por_que_no_observar(hallada, request)
        or ("" if faltan else "Marque primero qué requisito falta."),
        "subsanar_hasta": plazo.fecha,
        "pasos_del_plazo": rules.explicar(plazo),
        "titulo": "Observar",
    }
    return render(request, "mesapartes/observar.html", contexto)


@exige_permiso(policies.RECIBIR)
def derivar(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Recibir y derivar: la unidad que resuelve ya viene elegida."""
    hallada = queries.get_presentacion(numero, para=request.persona)
    version = hallada.expediente.version_tramite
    form = DerivarForm(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        unidades=[
            u
            for u in cuentas.get_unidades(request.persona, al=hoy_en_lima(timezone.now()))
            if not u.es_mesa_de_partes
        ],
        motivos=reglas_de_expedientes.MOTIVOS,
        initial={
            "para_unidad": str(version.unidad_aprobacion_id),
            "motivo": reglas_de_expedientes.MOTIVOS[0],
        },
    )
    if request.method == "POST" and form.is_valid():
        services.recibir_y_derivar(
            actor=request.persona,
            presentacion=hallada,
            para_unidad=form.unidad,
            motivo=form.cleaned_data["motivo"],
            proveido=form.cleaned_data["proveido"],
            ahora=timezone.now(),
        )
        messages.success(request, f"{hallada.expediente.numero} pasó a {form.unidad}.")
        return redirect("mesa_de_partes")
    contexto = {
        "presentacion": hallada,
        "form": form,
        "negado": _por_que_no_derivar(hallada, request),
        "faltan": [
            r
            for r in queries.get_revision(hallada, para=request.persona)
            if r.resultado == "FALTA" and not r.item
        ],
        "titulo": "Recibir y derivar",
    }
    return render(request, "mesapartes/derivar.html", contexto)


@exige_permiso(policies.REGISTRAR)
def registrar(request: PeticionDePersona) -> HttpResponse:
    """Registrar en ventanilla lo que llega en papel; con el documento de la persona se busca si ya la conocemos."""
    al = hoy_en_lima(timezone.now())
    conocida, error = _buscar(request)
    grupos = tramites.get_catalogo(para=request.persona, al=al)
    opciones = [opcion for grupo in grupos for v in grupo.versiones for opcion in _opciones_de(v)]
    inicial: dict[str, Any] = {
        "tipo_documento": request.GET.get("tipo", "DNI"),
        "numero_documento": request.GET.get("numero", ""),
    }
    if conocida:
        inicial |= {c: getattr(conocida, c) for c in ("correo", "telefono", "domicilio")}
    form = VentanillaForm(
        *_enviado(request), escrito=recuperar_escrito(request), initial=inicial,
        tramites=sorted(opciones, key=lambda par: par[1]), conocida=conocida,
        origenes=plazos.get_origenes(al=al),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        registrada = services.registrar_en_ventanilla(
            actor=request.persona, archivos=_archivos(form), ahora=timezone.now(), envio=_envio(request),
            **_de_ventanilla(form.cleaned_data, dict(opciones)),
        )  # fmt: skip
        messages.success(request, f"Registrado con el N° {registrada.numero}. Imprima el cargo y entréguelo.")
        return redirect("cargo", registrada.numero)
    contexto = {
        "form": form,
        "conocida": conocida,
        "buscada": bool(request.GET.get("numero")) and not error,
        "error_de_busqueda": error,
        "envio": request.POST.get("envio") or uuid4(),
        "titulo": "Registrar en ventanilla",
    }
    return render(request, "mesapartes/registrar.html", contexto)


# --- Piezas ---------------------------------------------------------------------------------------------------------
def _contexto(
    request: PeticionDePersona, hallada: Presentacion, revisados: list[queries.Revisado], form: RevisionForm
) -> dict[str, Any]:
    ahora, calendario = timezone.now(), get_calendario()
    anexos = queries.get_anexos(hallada, para=request.persona)
    hasta = queries.get_plazo_para_observar(hallada, para=request.persona, calendario=calendario)
    return {
        "presentacion": hallada,
        "expediente": hallada.expediente,
        "revisados": [
            (r, form[f"resultado_{r.requisito.pk}"], form[f"nota_{r.requisito.pk}"]) for r in revisados
        ],
        "form": form,
        "vistas": [_vista(anexo, orden) for orden, anexo in enumerate(anexos, start=1)],
        "observacion": queries.get_observacion(hallada, para=request.persona),
        "negado_observar": _por_que_no_observar(hallada, request),
        "negado_derivar": _por_que_no_derivar(hallada, request),
        "alarma_derivar": rules.alarma_de_derivar(hallada.expediente.fecha_presentacion, ahora, calendario),
        "alarma_observar": rules.alarma_de_observar(hasta, ahora, calendario),
        "titulo": f"Registro {hallada.numero}",
    }


def _vista(anexo: Anexo, orden: int) -> dict[str, Any]:
    """Un documento con las imágenes de sus primeras páginas; el resto se mira en el PDF."""
    documento = anexo.documento
    paginas = [vista.pagina for vista in documento.archivo.vistas.all()][:PAGINAS_A_LA_VISTA]
    return {
        "id": documento.pk,
        "documento": documento,
        "pieza": VistaDocumento(
            titulo=f"{orden}. {documento.archivo.nombre}",
            pdf=reverse("documento_pdf", args=[documento.pk]),
            paginas=[reverse("documento_pagina", args=[documento.pk, pagina]) for pagina in paginas],
            peso=documento.archivo.bytes,
            es_imagen=documento.archivo.mime.startswith("image/"),
        ),
    }


def _inicial(revision: RevisionDeRequisito) -> dict[str, str]:
    return {
        f"resultado_{revision.requisito_id}": revision.resultado,
        f"nota_{revision.requisito_id}": revision.nota,
    }


def _despues_de_revisar(request: PeticionDePersona, numero: str) -> HttpResponse:
    if "observar" in request.POST:
        return redirect("observar", numero)
    if "derivar" in request.POST:
        return redirect("recibir_y_derivar", numero)
    messages.success(request, "Se guardó la revisión.")
    return redirect("presentacion", numero)


def _por_que_no_observar(hallada: Presentacion, request: PeticionDePersona) -> str:
    """La frase de la política, para el botón apagado; vacía si se puede."""
    try:
        policies.check_observar(
            hallada,
            queries.get_observacion(hallada, para=request.persona),
            hasta=queries.get_plazo_para_observar(hallada, para=request.persona),
            ahora=timezone.now(),
        )
    except NoProcede as negativa:
        return negativa.frase
    return ""


def _por_que_no_derivar(hallada: Presentacion, request: PeticionDePersona) -> str:
    try:
        policies.check_derivar(hallada, queries.get_observacion(hallada, para=request.persona))
    except NoProcede as negativa:
        return negativa.frase
    return ""


def _buscar(request: PeticionDePersona) -> tuple[Persona | None, str]:
    """La persona del documento que se escribió, y por qué no se pudo buscar."""
    if request.method == "POST":
        tipo, numero = request.POST.get("tipo_documento", ""), request.POST.get("numero_documento", "")
    else:
        tipo, numero = request.GET.get("tipo", ""), request.GET.get("numero", "")
    if not numero:
        return None, ""
    try:
        limpio = limpiar_documento(tipo, numero)
    except ValidationError as error:
        return None, error.messages[0]
    return cuentas.buscar_persona(para=request.persona, tipo_documento=tipo, numero=limpio), ""


def _archivos(form: VentanillaForm) -> list[ArchivoRecibido]:
    return [ArchivoRecibido(nombre=a.name or "", flujo=a.file) for a in form.cleaned_data["archivos"]]


def _opciones_de(version: VersionProcedimiento) -> list[tuple[str, str]]:
    """El trámite, o una opción por modalidad: en la ventanilla se elige de una sola vez."""
    codigo, nombre = version.procedimiento.codigo, version.denominacion
    modalidades = version.modalidades_en_orden
    if len(modalidades) < 2:
        return [(codigo, nombre)]
    return [(f"{codigo}/{fila.codigo}", f"{nombre}. {fila.nombre}") for fila in modalidades]


_DE_LA_PERSONA = (
    "tipo_documento",
    "numero_documento",
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "razon_social",
)
_DEL_ESCRITO = ("correo", "telefono", "domicilio", "origen", "pago_numero", "pago_fecha", "lengua")


def _de_ventanilla(limpio: dict[str, Any], nombres: dict[str, str]) -> dict[str, Any]:
    """De lo limpio a lo que pide el servicio."""
    return {
        "quien": services.QuienSePresenta(**{campo: limpio[campo] for campo in _DE_LA_PERSONA}),
        "tramite": limpio["tramite"].partition("/")[0],
        "modalidad": limpio["tramite"].partition("/")[2],
        "asunto": limpio["asunto"].strip() or nombres[limpio["tramite"]][:300],
        "completo": limpio["completo"],
        "datos": services.DatosDelEscrito(
            **{campo: limpio[campo] for campo in _DEL_ESCRITO if campo in limpio},
            necesita_interprete=bool(limpio["lengua"]),
        ),
    }


def _envio(request: PeticionDePersona) -> UUID:
    try:
        return UUID(request.POST.get("envio", ""))
    except ValueError:
        return uuid4()


def _enviado(request: PeticionDePersona) -> tuple[Any, Any]:
    """Lo que envió el formulario, también si llegó vacío; nada, si solo se pidió la página."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
