"""Presentar un escrito, paso por paso: cada página tiene su dirección, guarda lo suyo y funciona sin JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.piezas import Fila
from llaqta.salas.casilla import queries as casilla
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.mesapartes import queries, services
from llaqta.salas.mesapartes.forms import AdjuntosForm, EscritoForm, QuienForm, RevisarForm
from llaqta.salas.mesapartes.models import Borrador
from llaqta.salas.mesapartes.views import declaracion
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites.models import Modalidad, VersionProcedimiento

PASOS = 4


@exige_persona
def presentar(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """El comienzo: si dejó un borrador de este trámite se le ofrece antes que nada; si no, el primer paso."""
    version = _vigente(request, codigo)
    borrador = queries.get_borrador(codigo, para=request.persona)
    if borrador is None:
        return redirect("presentar_quien", codigo)
    if request.method == "POST":
        services.descartar_borrador(actor=request.persona, tramite=codigo)
        messages.success(request, "Borramos el borrador anterior.")
        return redirect("presentar_quien", codigo)
    adjuntos = queries.get_adjuntos(borrador, para=request.persona)
    return render(
        request,
        "mesapartes/borrador.html",
        {"version": version, "borrador": borrador, "adjuntos": adjuntos, "codigo": codigo},
    )


@exige_persona
def quien(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Paso 1: a nombre de quién presenta y si necesita intérprete."""
    version, borrador = _vigente(request, codigo), queries.get_borrador(codigo, para=request.persona)
    form = QuienForm(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial=(borrador.datos if borrador else {}).get("quien", {}),
        persona=request.persona,
        representados=cuentas.get_representados(request.persona, al=hoy_en_lima(timezone.now())),
        modalidades=version.modalidades_en_orden,
    )
    if request.method == "POST" and form.is_valid():
        return _guardar_y_seguir(request, codigo, "quien", form.cleaned_data, "presentar_datos")
    return _pregunta(
        request, "mesapartes/quien.html", codigo, version, form, 1, reverse("tramite", args=[codigo])
    )


@exige_persona
def datos(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Paso 2: qué solicita, dónde avisarle y, si el trámite cuesta, con qué comprobante pagó."""
    version, borrador = _vigente(request, codigo), queries.get_borrador(codigo, para=request.persona)
    modalidad = _modalidad(version, borrador)
    if modalidad is None and len(version.modalidades_en_orden) > 1:
        return redirect("presentar_quien", codigo)
    form = EscritoForm(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial=_inicial_del_escrito(request, version, modalidad, borrador),
        condiciones=version.condiciones(modalidad),
        origenes=plazos.get_origenes(al=hoy_en_lima(timezone.now())),
    )
    if request.method == "POST" and ("salir" in request.POST or form.is_valid()):
        form.is_valid()
        return _guardar_y_seguir(request, codigo, "datos", form.como_json(), "presentar_adjuntos")
    atras = _atras(request, codigo, "presentar_quien")
    contexto = {"condiciones": version.condiciones(modalidad)}
    return _pregunta(request, "mesapartes/datos.html", codigo, version, form, 2, atras, **contexto)


@exige_persona
def adjuntos(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Paso 3: los documentos, requisito por requisito; lo que falte puede entregarse después."""
    version = _vigente(request, codigo)
    modalidad = _modalidad(version, queries.get_borrador(codigo, para=request.persona))
    requisitos = [requisito for requisito in version.requisitos_de(modalidad) if requisito.admite_archivo]
    reutilizables = queries.get_documentos_reutilizables(para=request.persona, ahora=timezone.now())
    form = AdjuntosForm(*_enviado(request), requisitos=requisitos, reutilizables=reutilizables)
    if request.method == "POST":
        form.is_valid()
        recepcion = services.guardar_adjuntos(
            actor=request.persona,
            tramite=codigo,
            nuevos={destino: _recibidos(archivos) for destino, archivos in form.por_requisito().items()},
            reutilizados=form.reutilizados(),
            quitados=form.quitados(),
            ahora=timezone.now(),
        )
        form.agregar_errores(recepcion.errores)
        if not form.errors:
            return _despues_de_adjuntar(request, codigo)
    borrador = queries.get_borrador(codigo, para=request.persona)
    recibidos = queries.get_adjuntos(borrador, para=request.persona) if borrador else []
    bloques = form.bloques(recibidos)
    contexto = {"bloques": bloques, "reutilizables": reutilizables, "hay": bool(recibidos)}
    atras = _atras(request, codigo, "presentar_datos")
    return _pregunta(request, "mesapartes/adjuntos.html", codigo, version, form, 3, atras, **contexto)


@exige_persona
def revisar(request: PeticionDePersona, codigo: str) -> HttpResponse:
    """Paso 4: todo lo que va a presentar, lo que falta, y el botón que presenta y entrega el cargo."""
    borrador = queries.get_borrador(codigo, para=request.persona)
    if request.method == "POST":
        correo = services.datos_del_borrador(borrador).correo if borrador else ""
        form = RevisarForm(request.POST, correo=correo)
        if form.is_valid():
            try:
                presentacion = services.presentar_borrador(
                    actor=request.persona,
                    envio=_envio(request),
                    ahora=timezone.now(),
                    acepta_casilla=form.cleaned_data["acepta_casilla"],
                    declaracion=declaracion.aceptada(request),
                )
                return redirect("cargo", presentacion.numero)
            except EntradaInvalida as negativa:
                if negativa.campo != "declaracion":
                    raise
                form.add_error(None, negativa.frase)
    else:
        form = RevisarForm()
    if borrador is None:
        return redirect("presentar_quien", codigo)
    if not borrador.datos.get("datos", {}).get("asunto"):
        return redirect("presentar_datos", codigo)
    version = _vigente(request, codigo)
    if _modalidad(version, borrador) is None and len(version.modalidades_en_orden) > 1:
        return redirect("presentar_quien", codigo)  # el TUPA cambió mientras escribía: que elija otra vez
    return _pregunta(
        request, "mesapartes/revisar.html", codigo, version, form, 4, reverse("presentar_adjuntos", args=[codigo]),
        **_resumen(request, codigo, version, borrador),
    )  # fmt: skip


# --- Piezas de las páginas ------------------------------------------------------------------------------------------
def _vigente(request: PeticionDePersona, codigo: str) -> VersionProcedimiento:
    return tramites.get_vigente(codigo, para=request.persona, al=hoy_en_lima(timezone.now()))


def _modalidad(version: VersionProcedimiento, borrador: Borrador | None) -> Modalidad | None:
    """La que eligió en el primer paso, o la única; ``None`` si no la hay o si la elegida ya no existe."""
    elegida = (borrador.datos if borrador else {}).get("quien", {}).get("modalidad") or ""
    modalidades = version.modalidades_en_orden
    if len(modalidades) == 1:
        return modalidades[0]
    return next((fila for fila in modalidades if fila.codigo == elegida), None)


def _pregunta(
    request: PeticionDePersona,
    plantilla: str,
    codigo: str,
    version: VersionProcedimiento,
    form: Any,
    paso: int,
    atras: str,
    **mas: Any,
) -> HttpResponse:
    contexto = {
        "version": version, "codigo": codigo, "form": form, "paso": paso, "pasos": PASOS, "atras": atras,
        "vuelve_a_revisar": request.GET.get("volver") == "revisar", "autoguardar": f"presentar-{codigo}-{paso}", **mas,
    }  # fmt: skip
    return render(request, plantilla, contexto)


def _guardar_y_seguir(
    request: PeticionDePersona, codigo: str, paso: str, escrito: dict[str, Any], siguiente: str
) -> HttpResponse:
    services.guardar_paso(
        actor=request.persona, tramite=codigo, paso=paso, datos=escrito, ahora=timezone.now()
    )
    if "salir" in request.POST:
        messages.success(
            request, "Guardamos su borrador. Puede continuarlo cuando quiera, desde cualquier equipo."
        )
        return redirect("inicio_de_la_persona")
    if request.GET.get("volver") == "revisar":
        return redirect("presentar_revisar", codigo)
    return redirect(siguiente, codigo)


def _despues_de_adjuntar(request: PeticionDePersona, codigo: str) -> HttpResponse:
    if "salir" in request.POST:
        messages.success(request, "Guardamos su borrador y sus archivos. Puede continuarlo cuando quiera.")
        return redirect("inicio_de_la_persona")
    if "continuar" in request.POST:
        return redirect("presentar_revisar", codigo)
    bloque = request.POST.get("adjuntar", "")
    ancla = f"#bloque-{bloque}" if bloque.isalnum() else ""
    return redirect(f"{reverse('presentar_adjuntos', args=[codigo])}{ancla}")


def _atras(request: PeticionDePersona, codigo: str, anterior: str) -> str:
    return reverse("presentar_revisar" if request.GET.get("volver") == "revisar" else anterior, args=[codigo])


def _recibidos(archivos: Any) -> list[ArchivoRecibido]:
    return [ArchivoRecibido(nombre=archivo.name or "", flujo=archivo.file) for archivo in archivos]


def _inicial_del_escrito(
    request: PeticionDePersona,
    version: VersionProcedimiento,
    modalidad: Modalidad | None,
    borrador: Borrador | None,
) -> dict[str, Any]:
    """Lo que ya se sabe no se vuelve a preguntar: el trámite pone el asunto, y la persona, sus datos."""
    guardado = (borrador.datos if borrador else {}).get("datos")
    if guardado is not None:
        return dict(guardado)
    persona = request.persona
    return {
        "asunto": (f"{version.denominacion}. {modalidad}" if modalidad else version.denominacion)[:300],
        "correo": persona.correo,
        "telefono": persona.telefono,
        "domicilio": persona.domicilio,
    }


def _envio(request: PeticionDePersona) -> UUID:
    """:raises EntradaInvalida: si el formulario llegó sin su identificador"""
    try:
        return UUID(request.POST.get("envio", ""))
    except ValueError:
        raise EntradaInvalida(
            "El formulario llegó incompleto. Vuelva a la página anterior y presente otra vez."
        ) from None


def _resumen(
    request: PeticionDePersona, codigo: str, version: VersionProcedimiento, borrador: Borrador
) -> dict[str, Any]:
    """Lo que la página de revisión enseña: quién, qué, dónde avisar, documentos y lo que falta."""
    ahora = timezone.now()
    quien_, escrito = borrador.datos.get("quien", {}), borrador.datos.get("datos", {})
    modalidad = _modalidad(version, borrador)
    condiciones = version.condiciones(modalidad)
    titular = queries.get_representado(
        quien_.get("administrado"), para=request.persona, al=hoy_en_lima(ahora)
    )
    recibidos = queries.get_adjuntos(borrador, para=request.persona)
    con_archivo = {adjunto.requisito_id for adjunto in recibidos}
    faltan = [
        r
        for r in version.requisitos_de(modalidad)
        if r.admite_archivo and not r.es_opcional and r.pk not in con_archivo and r.clase != r.Clase.SOLICITUD
    ]
    cambiar = {
        paso: f"{reverse(f'presentar_{paso}', args=[codigo])}?volver=revisar"
        for paso in ("quien", "datos", "adjuntos")
    }
    interprete = f"Sí, {quien_['lengua'].lower()}" if quien_.get("lengua") else "No"
    persona = request.persona
    filas_quien = [
        *([Fila("Modalidad", str(modalidad), cambiar["quien"], "la modalidad")] if modalidad else []),
        Fila(
            "Presenta", f"{persona.nombre_completo}\n{persona.documento}", cambiar["quien"], "quién presenta"
        ),
        *(
            [Fila("En representación de", f"{titular.nombre_completo}\n{titular.documento}")]
            if titular
            else []
        ),
        Fila("Intérprete", interprete, cambiar["quien"], "si necesita intérprete"),
    ]
    filas_escrito = [
        Fila("Solicita", escrito.get("asunto", ""), cambiar["datos"], "lo que solicita"),
        Fila("Teléfono", escrito.get("telefono", ""), cambiar["datos"], "el teléfono"),
        Fila("Correo", escrito.get("correo", ""), cambiar["datos"], "el correo"),
        Fila("Domicilio", escrito.get("domicilio", ""), cambiar["datos"], "el domicilio"),
        *_fila_de_origen(escrito.get("origen", ""), cambiar["datos"]),
    ]
    if not condiciones.es_gratuito and condiciones.monto:
        pago = services.datos_del_borrador(borrador)
        dicho = (
            f"N° {pago.pago_numero}" + (f", del {pago.pago_fecha:%d/%m/%Y}" if pago.pago_fecha else "")
            if pago.pago_numero
            else ""
        )
        filas_escrito.append(Fila("Comprobante de pago", dicho, cambiar["datos"], "el comprobante de pago"))
    return {
        "borrador": borrador,
        "filas_quien": filas_quien,
        "filas_escrito": filas_escrito,
        "recibidos": recibidos,
        "faltan": faltan,
        "condiciones": condiciones,
        "falta_pago": not condiciones.es_gratuito
        and bool(condiciones.monto)
        and not escrito.get("pago_numero"),
        "redactamos": not any(services.puede_ser_la_solicitud(a.archivo, a.requisito) for a in recibidos),
        "cambiar_adjuntos": cambiar["adjuntos"],
        "ofrece_casilla": titular is None and not casilla.tiene_casilla(para=request.persona, en=ahora),
        "consentimiento": cuentas.get_consentimiento("casilla", hoy_en_lima(ahora)),
        **declaracion.a_la_vista(request, ahora),
    }


def _enviado(request: PeticionDePersona) -> tuple[Any, Any]:
    """Lo que envió el formulario, también si llegó vacío; nada, si solo se pidió la página."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _fila_de_origen(codigo: str, cambiar: str) -> list[Fila]:
    """De dónde viene y cuántos días le agrega la distancia; nada, si no lo dijo."""
    hoy = hoy_en_lima(timezone.now())
    elegido = next((fila for fila in plazos.get_origenes(al=hoy) if fila.codigo == codigo), None)
    if elegido is None:
        return []
    dias = "1 día hábil más" if elegido.dias == 1 else f"{elegido.dias} días hábiles más"
    return [Fila("Viene de", f"{elegido.nombre}\n{dias} de plazo (art. 135)", cambiar, "de dónde viene")]
