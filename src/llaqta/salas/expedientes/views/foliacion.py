"""Los folios y las firmas: agregar lo que viene foliado, desglosar, elegir quiénes firman y anular lo emitido."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as formularios
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.web.acto import intentar
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.documentos import policies as documentos_policies
from llaqta.salas.documentos import queries as documentos
from llaqta.salas.expedientes import forms, policies, queries, rules, services
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.views.acto import quien


@exige_persona
def agregar(request: HttpRequest, numero: str) -> HttpResponse:
    """Agrega un expediente que ya viene foliado."""
    persona = quien(request)
    hallado = queries.get_expediente(numero, para=persona)
    policies.check_tramitar(persona, hallado)
    form = forms.AgregarFoliadoForm(
        request.POST or None, escrito=recuperar_escrito(request), initial={"version": hallado.version}
    )
    return _acto(
        request,
        hallado,
        form,
        titulo="Agregar un expediente ya foliado",
        que_pasa=(
            f"Quedará después del folio {hallado.folios}, con la cantidad de folios que trae.",
            f"No continúa la foliación: el siguiente folio de este expediente seguirá siendo el {hallado.folios + 1}.",
        ),
        norma="Ley 27444, art. 152.2",
        boton="Agregar",
        acto=services.agregar_expediente_foliado,
        datos=lambda limpio: {"expediente": hallado, **limpio},
        hecho="El expediente quedó agregado, con su número de folios.",
        atras=reverse("expediente", args=[hallado.numero]),
    )


@exige_persona
def desglosar(request: HttpRequest, documento: int) -> HttpResponse:
    """Devuelve un documento a quien lo presentó, y deja copia autenticada."""
    persona = quien(request)
    lugar = queries.get_incorporado(documento, para=persona)
    policies.check_tramitar(persona, lugar.expediente)
    expediente = lugar.expediente
    form = forms.DesgloseForm(
        request.POST or None,
        partes=[parte for parte in (expediente.administrado, expediente.representante) if parte],
        escrito=recuperar_escrito(request),
        initial={"version": expediente.version, "entregado_a": expediente.administrado_id},
    )
    folios = (
        f"el folio {lugar.folio_desde}"
        if lugar.folio_desde == lugar.folio_hasta
        else f"los folios {lugar.folio_desde} a {lugar.folio_hasta}"
    )
    return _acto(
        request,
        expediente,
        form,
        titulo=f"Desglosar: {lugar.documento.asunto}",
        que_pasa=(
            f"En su lugar, con {folios}, quedará copia autenticada con el sello de la municipalidad.",
            "Al final del expediente se agrega la constancia, que también se puede imprimir y firmar en papel.",
        ),
        norma="Ley 27444, art. 153.2",
        boton="Desglosar y dejar constancia",
        acto=services.desglosar,
        datos=lambda limpio: {"incorporado": lugar, **form.datos()},
        hecho="El documento se desglosó: quedan su copia autenticada y la constancia.",
        atras=f"{reverse('expediente', args=[expediente.numero])}?documento={documento}",
    )


@exige_persona
def firmantes(request: HttpRequest, pk: int) -> HttpResponse:
    """Elige si el proyecto se firma por delegación, o entre varias jefaturas."""
    persona, hoy = quien(request), hoy_en_lima(timezone.now())
    proyecto = queries.get_proyecto(pk, para=persona)
    policies.check_editar(persona, proyecto)
    form = forms.FirmantesForm(
        request.POST or None,
        proyecto=proyecto,
        puestos=queries.get_puestos_que_firman(para=persona, al=hoy),
        delegaciones=documentos.get_delegaciones_para_firmar(
            proyecto.firmante, proyecto.tipo, al=hoy, para=persona
        ),
        escrito=recuperar_escrito(request),
    )
    return _acto(
        request,
        proyecto.expediente,
        form,
        titulo=f"Quiénes firman: {proyecto.tipo}",
        que_pasa=(
            f"Firma primero {proyecto.firmante}. Por delegación, el número es de la unidad que delega y junto "
            "a la firma se dice con qué acto.",
            "Entre varios, cada jefatura firma el mismo PDF después de la anterior; el número lleva las siglas de "
            "todas y el documento se emite con la última firma.",
        ),
        norma="Ley 27444, arts. 67.4 y 72.3",
        boton="Guardar",
        acto=services.elegir_firmantes,
        datos=lambda limpio: {"proyecto": proyecto, **form.datos()},
        hecho="Quedó anotado quiénes firman.",
        atras=reverse("proyecto", args=[pk]),
    )


@exige_persona
def anular(request: HttpRequest, pk: int) -> HttpResponse:
    """Anula un documento emitido que todavía no se notificó."""
    persona = quien(request)
    proyecto = queries.get_proyecto(pk, para=persona)
    if proyecto.documento is not None:
        documentos_policies.check_anular_numero(persona, proyecto.documento)
    form = forms.MotivoForm(
        request.POST or None, escrito=recuperar_escrito(request), initial={"version": proyecto.version}
    )
    return _acto(
        request,
        proyecto.expediente,
        form,
        titulo=f"Anular {proyecto.documento or proyecto.tipo}",
        que_pasa=(
            "El documento se conserva en su lugar, con su número y la razón, y deja de valer.",
            "El número no se vuelve a dar.",
            "Si era la decisión, el expediente queda otra vez por resolver, con el mismo plazo."
            if proyecto.pone_fin
            else "Lo demás del expediente no cambia.",
        ),
        norma="Ley 27444, art. 157",
        boton="Anular el documento",
        acto=services.anular_emitido,
        datos=lambda limpio: {"proyecto": proyecto, **limpio},
        hecho="El documento quedó anulado; su número se conserva con la razón.",
        atras=reverse("expediente", args=[proyecto.expediente.numero]),
    )


def _acto(
    request: HttpRequest,
    expediente: Expediente,
    form: formularios.Form,
    *,
    titulo: str,
    que_pasa: tuple[str, ...],
    norma: str,
    boton: str,
    acto: Callable[..., Any],
    datos: Callable[[dict[str, Any]], dict[str, Any]],
    hecho: str,
    atras: str,
) -> HttpResponse:
    """La página de un acto: qué pasará, el formulario y, hecho, el aviso; una negativa vuelve a su casilla."""
    if request.method == "POST" and form.is_valid():
        resultado = intentar(form, acto, actor=quien(request), **datos(form.cleaned_data))
        if resultado is not None:
            messages.success(request, hecho)
            return redirect(atras)
    contexto = {
        "form": form, "expediente": expediente, "titulo": titulo, "que_pasa": que_pasa, "norma": norma, "boton": boton,
        "tono": rules.TONOS[expediente.estado], "plazo": queries.reloj(expediente, timezone.now()),
    }  # fmt: skip
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, "expedientes/otro_acto.html", contexto, status=estado)
