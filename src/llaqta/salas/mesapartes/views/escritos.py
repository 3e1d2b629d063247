"""Presentar escritos en un expediente que ya existe: por la persona, por la ventanilla, y encauzarlos después."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, Negativa, NoEncontrado
from llaqta.cimientos.web.acto import con_norma, intentar
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_permiso, exige_persona
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes import services as actos_del_expediente
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import opciones, policies, queries, services
from llaqta.salas.mesapartes.formularios_de_escrito import (
    EncauzarForm,
    EscritoEnVentanillaForm,
    EscritoPosteriorForm,
)
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.mesapartes.prueba import ingresos_de
from llaqta.salas.mesapartes.views import declaracion
from llaqta.salas.mesapartes.views.paquete import paquete_de_prueba
from llaqta.salas.recursos import queries as recursos


@exige_persona
def nuevo(request: PeticionDePersona, numero: str, ruta: str) -> HttpResponse:
    """El formulario de un escrito, ya rellenado con lo que el expediente sabe, y el botón que lo presenta."""
    clase, ahora = opciones.desde_direccion(ruta), timezone.now()
    hallado = _propio(request, numero)
    if not clase:
        raise NoEncontrado
    repetido = _ya_presentado(request)
    opcion = None if repetido else opciones.check_opcion(hallado, clase, para=request.persona, ahora=ahora)
    form = EscritoPosteriorForm(
        *_enviado(request),
        clase=clase,
        escrito=recuperar_escrito(request),
        initial={"correo": request.persona.correo},
    )
    if request.method == "POST" and form.is_valid():
        escrito = intentar(
            form, services.presentar_escrito, actor=request.persona, expediente=hallado, dice=form.dicho(),
            archivos=form.adjuntos(), envio=_envio(request), declaracion=declaracion.aceptada(request),
        )  # fmt: skip
        if escrito is not None:
            return redirect("cargo_de_escrito", escrito.numero)
    contexto = {
        "expediente": hallado,
        "opcion": opcion,
        "clase": EscritoPosterior.Clase(clase),
        "form": form,
        "envio": request.POST.get("envio") or uuid4(),
        "requerimiento": expedientes.get_requerimiento(hallado, para=request.persona)
        if clase == EscritoPosterior.Clase.RESPUESTA_A_EMPLAZAMIENTO
        else None,
        "impugnado": _impugnado(hallado, clase, request.persona, ahora),
        "presentacion": queries.get_presentacion_de(hallado, para=request.persona),
        **declaracion.a_la_vista(request, ahora),
    }
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, "mesapartes/escrito.html", contexto, status=estado)


@exige_persona
def cargo(request: PeticionDePersona, numero: str) -> HttpResponse:
    """El cargo en pantalla: vale desde que se presentó."""
    escrito = queries.get_escrito(numero, para=request.persona)
    contexto = {
        "escrito": escrito,
        "ingresos": ingresos_de(getattr(escrito, "firma", None)),
        "expediente": escrito.expediente,
        "recurso": recursos.get_por_escrito(escrito.principal_id, para=request.persona),
        "puede_encauzar": _puede_encauzar(request.persona, escrito),
        "presentacion": queries.get_presentacion_de(escrito.expediente, para=request.persona),
        "es_de_mesa": request.persona.puede(policies.REGISTRAR),
    }
    return render(request, "mesapartes/cargo_de_escrito.html", contexto)


@exige_persona
def cargo_pdf(request: PeticionDePersona, numero: str) -> HttpResponse:
    """El cargo sellado en PDF; si el sello viene en camino, vuelve a la página, que ya vale como cargo."""
    escrito = queries.get_escrito(numero, para=request.persona)
    if escrito.cargo_id is None:
        messages.info(request, "El sello llega en unos segundos. Esta página ya es su cargo.")
        return redirect("cargo_de_escrito", numero)
    return redirect("documento_descarga", escrito.cargo_id)


@exige_persona
def cargo_prueba(request: PeticionDePersona, numero: str) -> HttpResponse:
    """El paquete que prueba, sin la municipalidad, que se presentó."""
    escrito = queries.get_escrito(numero, para=request.persona)
    lugar = queries.get_prueba_del_escrito(escrito, para=request.persona)
    return paquete_de_prueba(request, lugar, numero, volver="cargo_de_escrito")


@exige_persona
@require_POST
def reanudar(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Termina antes de lo pedido la suspensión de su plazo."""
    hallado = _propio(request, numero)
    try:
        actos_del_expediente.reanudar(actor=request.persona, expediente=hallado, ahora=timezone.now())
        messages.success(request, "El plazo vuelve a correr desde hoy.")
    except NoEncontrado:
        raise
    except Negativa as negativa:
        messages.error(request, con_norma(negativa))
    presentacion = queries.get_presentacion_de(hallado, para=request.persona)
    return redirect("mi_tramite", presentacion.numero) if presentacion else redirect("inicio_de_la_persona")


@exige_permiso(policies.REGISTRAR)
def registrar(request: PeticionDePersona) -> HttpResponse:
    """Registrar en ventanilla el escrito en papel de quien es parte en un expediente."""
    form = EscritoEnVentanillaForm(
        *_enviado(request),
        escrito=recuperar_escrito(request),
        initial={"numero": request.GET.get("expediente", "")},
    )
    if request.method == "POST" and form.is_valid():
        escrito = intentar(form, _registrar, request=request, lleno=form)
        if escrito is not None:
            messages.success(
                request, f"Registrado con el N° {escrito.numero}. Imprima el cargo y entréguelo."
            )
            return redirect("cargo_de_escrito", escrito.numero)
    contexto = {
        "form": form,
        "envio": request.POST.get("envio") or uuid4(),
        "titulo": "Escrito para un expediente",
    }
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, "mesapartes/registrar_escrito.html", contexto, status=estado)


@exige_persona
def lista(request: PeticionDePersona) -> HttpResponse:
    """Los escritos que llegaron a los expedientes de la unidad, lo último primero."""
    pagina = queries.get_escritos_de_unidad(para=request.persona, cursor=request.GET.get("cursor", ""))
    return render(request, "mesapartes/escritos.html", {"pagina": pagina, "titulo": "Escritos recibidos"})


@exige_persona
def encauzar(request: PeticionDePersona, numero: str) -> HttpResponse:
    """Tramitar un escrito mal nombrado como el recurso que es."""
    escrito = queries.get_escrito(numero, para=request.persona)
    policies.check_encauzar(request.persona, escrito)
    form = EncauzarForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hecho = intentar(
            form,
            services.encauzar_escrito,
            actor=request.persona,
            escrito=escrito,
            clase=form.cleaned_data["clase"],
        )
        if hecho is not None:
            messages.success(request, f"El escrito {hecho.numero} se tramita como {hecho.dicho.lower()}.")
            return redirect("cargo_de_escrito", numero)
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, "mesapartes/encauzar.html", {"form": form, "escrito": escrito}, status=estado)


# --- Piezas ---------------------------------------------------------------------------------------------------------
def _propio(request: PeticionDePersona, numero: str) -> Expediente:
    """El expediente, si es parte en él quien pide.

    :raises NoEncontrado: si no lo es
    """
    try:
        hallado = expedientes.get_expediente(numero, para=request.persona)
    except NoEncontrado:
        # Con otra frase, quien tantea números sabría cuáles existen.
        raise NoEncontrado(policies.NO_ES_SUYO) from None
    policies.check_escrito(request.persona, hallado, al=hoy_en_lima(timezone.now()))
    return hallado


def _impugnado(expediente: Expediente, clase: str, para: Persona, ahora: Any) -> recursos.Impugnable | None:
    """Lo que se ataca y hasta cuándo, para enseñarlo antes de escribir."""
    if clase not in ("APELACION", "RECONSIDERACION", "REVISION"):
        return None
    try:
        return recursos.get_impugnable(expediente, para=para, al=hoy_en_lima(ahora))
    except Negativa:
        return None


def _registrar(*, request: PeticionDePersona, lleno: EscritoEnVentanillaForm, ahora: Any) -> EscritoPosterior:
    try:
        hallado = expedientes.get_expediente(lleno.cleaned_data["numero"], para=request.persona)
    except NoEncontrado as error:
        raise EntradaInvalida(error.frase, campo="numero") from error
    firmante = cuentas.buscar_persona(
        para=request.persona,
        tipo_documento=lleno.cleaned_data["tipo_documento"],
        numero=lleno.cleaned_data["documento"],
    )
    if firmante is None:
        raise EntradaInvalida("No conocemos a nadie con ese documento.", campo="documento")
    try:
        return services.registrar_escrito(
            actor=request.persona, presentado_por=firmante, expediente=hallado, dice=lleno.dicho(),
            archivos=lleno.adjuntos(), envio=_envio(request), ahora=ahora,
        )  # fmt: skip
    except NoEncontrado as error:
        raise EntradaInvalida(
            "Quien lo firma no es parte en ese expediente ni representa a quien lo es.", campo="documento"
        ) from error


def _puede_encauzar(persona: Persona, escrito: EscritoPosterior) -> bool:
    try:
        policies.check_encauzar(persona, escrito)
    except Negativa:
        return False
    return True


def _ya_presentado(request: PeticionDePersona) -> bool:
    """El mismo envío otra vez (la mala señal repite): no se vuelve a preguntar si procede."""
    envio = request.POST.get("envio", "")
    return bool(envio) and queries.existe_envio(_envio(request), para=request.persona)


def _envio(request: PeticionDePersona) -> UUID:
    try:
        return UUID(request.POST.get("envio", ""))
    except ValueError:
        return uuid4()


def _enviado(request: PeticionDePersona) -> tuple[Any, Any]:
    """Lo que envió el formulario, también si llegó vacío; nada, si solo se pidió la página."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
