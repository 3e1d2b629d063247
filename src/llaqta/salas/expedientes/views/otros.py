"""Los actos menos frecuentes de un expediente: cada uno dice qué pasará antes de hacerlo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as formularios
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.web.acto import intentar
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.palabras import fecha_larga
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.expedientes import forms, oportunidad, policies, queries, rules, services
from llaqta.salas.expedientes.forms_de_reposicion import ReponerForm
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.services.anular import NORMA as NORMA_DE_REPONER
from llaqta.salas.expedientes.views.acto import quien


@exige_persona
def prorrogar(request: HttpRequest, pk: int) -> HttpResponse:
    """La unidad consultada pide unos días más para su informe (136.2)."""
    movimiento = queries.get_movimiento(pk, para=quien(request))
    policies.check_rendir(quien(request), movimiento)
    oportunidad.check_prorrogar(movimiento, al=hoy_en_lima(timezone.now()))
    form = forms.ProrrogarForm(request.POST or None, escrito=recuperar_escrito(request))
    return _acto(
        request,
        movimiento.expediente,
        form,
        titulo="Prorrogar el plazo del informe",
        que_pasa=(
            f"Hoy vence el {fecha_larga(movimiento.vence_el)}." if movimiento.vence_el else "",
            "La prórroga se da una sola vez y se cuenta desde ese vencimiento.",
        ),
        norma=oportunidad.ART_PRORROGA,
        boton="Prorrogar",
        acto=services.prorrogar_informe,
        datos=lambda limpio: {"movimiento": movimiento, "motivo": limpio["motivo"]},
        hecho="El plazo de su informe quedó prorrogado.",
    )


@exige_persona
def paralizar(request: HttpRequest, numero: str) -> HttpResponse:
    """Anota desde cuándo el administrado tiene detenido el expediente (191)."""
    hallado = _tomar_vista(request, numero, "paralizar")
    form = forms.ParalizarForm(request.POST or None, **_con_version(request, hallado))
    return _acto(
        request,
        hallado,
        form,
        titulo="Anotar que está detenido por el administrado",
        que_pasa=(
            "Anotarlo no termina el expediente ni detiene su plazo.",
            "Pasados treinta días hábiles podrá redactar la resolución que declara el abandono; si el administrado "
            "presenta algo antes, deja de estar detenido.",
        ),
        norma=oportunidad.ART_ABANDONO,
        boton="Anotar",
        acto=services.anotar_paralizacion,
        datos=lambda limpio: {"expediente": hallado, **limpio},
        hecho="Quedó anotado desde cuándo está detenido.",
    )


@exige_persona
def acumular(request: HttpRequest, numero: str) -> HttpResponse:
    """Sigue otro expediente conexo dentro de este (149)."""
    hallado = _tomar_vista(request, numero, "acumular")
    form = forms.AcumularForm(request.POST or None, **_con_version(request, hallado))
    otro = (
        _otro(request, form) if request.method == "POST" and form.is_valid() else None
    )  # puede negar el campo
    return _acto(
        request,
        hallado,
        form,
        titulo="Acumular otro expediente a este",
        que_pasa=(
            "El otro expediente seguirá dentro de este, que conserva su número y se queda con el plazo que venza "
            "antes.",
            "Sus folios no continúan la foliación de este: solo se anota cuántos son. No se puede impugnar.",
        ),
        norma="Ley 27444, arts. 116, 149 y 152.2",
        boton="Acumular",
        acto=services.acumular,
        datos=lambda limpio: {
            "principal": hallado,
            "acumulado": otro,
            "motivo": limpio["motivo"],
            "version": limpio["version"],
        },
        hecho="El expediente quedó acumulado.",
    )


@exige_persona
def separar(request: HttpRequest, numero: str) -> HttpResponse:
    """Separa este expediente del principal al que estaba acumulado."""
    hallado = _tomar_vista(request, numero, "separar")
    acumulacion = queries.get_acumulacion(hallado, para=quien(request))
    form = forms.MotivoForm(request.POST or None, **_con_version(request, hallado))
    return _acto(
        request,
        hallado,
        form,
        titulo=f"Separar del expediente {acumulacion.principal.numero}",
        que_pasa=(
            "Sigue por su cuenta, en la misma unidad y con el plazo que tenía: los días acumulado también cuentan.",
        ),
        norma="Ley 27444, art. 149",
        boton="Separar",
        acto=services.desacumular,
        datos=lambda limpio: {"acumulacion": acumulacion, "motivo": limpio["motivo"]},
        hecho="El expediente quedó separado.",
    )


@exige_persona
def otra_entidad(request: HttpRequest, numero: str) -> HttpResponse:
    """Envía a la entidad competente lo que no es de la municipalidad (130)."""
    hallado = _tomar_vista(request, numero, "otra_entidad")
    form = forms.OtraEntidadForm(request.POST or None, **_con_version(request, hallado))
    return _acto(
        request,
        hallado,
        form,
        titulo="Enviar a otra entidad",
        que_pasa=(
            "Aquí deja de correr el plazo: para la otra entidad empieza cuando lo reciba.",
            "El administrado lo verá en su seguimiento. Esto no se deshace.",
        ),
        norma="Ley 27444, art. 130 (TUO, art. 141)",
        boton="Enviar a otra entidad",
        acto=services.derivar_a_otra_entidad,
        datos=lambda limpio: {"expediente": hallado, **limpio},
        hecho="El expediente quedó enviado a la otra entidad.",
    )


@exige_persona
def revisar_de_oficio(request: HttpRequest, numero: str) -> HttpResponse:
    """El superior abre la revisión de lo decidido (202)."""
    hallado = _tomar_vista(request, numero, "revisar")
    form = forms.NulidadForm(request.POST or None, **_con_version(request, hallado))
    return _acto(
        request,
        hallado,
        form,
        titulo="Iniciar la revisión de oficio",
        que_pasa=(
            "El expediente pasa a su cargo. Lo decidido sigue valiendo mientras no se notifique la nulidad.",
            "El administrado tiene unos días para dar sus razones; recién después se puede resolver.",
        ),
        norma=oportunidad.ART_NULIDAD,
        boton="Iniciar la revisión",
        acto=services.iniciar_nulidad,
        datos=lambda limpio: {"expediente": hallado, **limpio},
        hecho="La revisión de oficio quedó iniciada.",
    )


@exige_persona
def cerrar_revision(request: HttpRequest, numero: str) -> HttpResponse:
    """Termina la revisión sin anular."""
    hallado = _tomar_vista(request, numero, "cerrar_revision")
    form = forms.MotivoForm(request.POST or None, **_con_version(request, hallado))
    return _acto(
        request,
        hallado,
        form,
        titulo="Cerrar la revisión sin anular",
        que_pasa=("Lo decidido queda como estaba.",),
        norma=oportunidad.ART_NULIDAD,
        boton="Cerrar la revisión",
        acto=services.cerrar_nulidad,
        datos=lambda limpio: {"expediente": hallado, **limpio},
        hecho="La revisión se cerró; lo decidido queda como estaba.",
    )


@exige_persona
def reponer(request: HttpRequest, numero: str) -> HttpResponse:
    """Devuelve al momento del vicio lo que una nulidad de oficio dejó sin decidir (217.2)."""
    hallado = _tomar_vista(request, numero, "reponer")
    form = ReponerForm(request.POST or None, **_con_version(request, hallado))
    return _acto(
        request,
        hallado,
        form,
        titulo="Reponer el procedimiento",
        que_pasa=(
            "El expediente vuelve a la unidad que lo instruyó y, si sigue en ella, a quien lo tenía.",
            "Corren los días que quedaban cuando se produjo el vicio, desde que la nulidad surtió efecto. Lo actuado "
            "antes vale.",
        ),
        norma=NORMA_DE_REPONER,
        boton="Reponer el procedimiento",
        acto=services.reponer_procedimiento,
        datos=lambda limpio: {"expediente": hallado, **limpio},
        hecho="El procedimiento quedó repuesto: lo pedido se decide otra vez.",
    )


def _tomar_vista(request: HttpRequest, numero: str, accion: str) -> Expediente:
    """El expediente, si quien mira puede hacer hoy ese acto; si no, la frase que dice por qué no."""
    hallado = queries.get_expediente(numero, para=quien(request))
    queries.check_accion(accion, hallado, para=quien(request), ahora=timezone.now())
    return hallado


def _con_version(request: HttpRequest, hallado: Expediente) -> dict[str, Any]:
    return {"initial": {"version": hallado.version}, "escrito": recuperar_escrito(request)}


def _otro(request: HttpRequest, form: forms.AcumularForm) -> Expediente | None:
    try:
        return queries.get_expediente(form.cleaned_data["otro"], para=quien(request))
    except NoEncontrado as negativa:
        form.add_error("otro", negativa.frase)
        return None


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
) -> HttpResponse:
    """Muestra un acto con lo que pasará y la norma que lo permite; si se confirma, lo hace."""
    confirmado = request.method == "POST" and form.is_valid()
    if confirmado and intentar(form, acto, actor=quien(request), **datos(form.cleaned_data)) is not None:
        messages.success(request, hecho)
        return redirect("expediente", numero=expediente.numero)
    contexto = {
        "expediente": expediente,
        "form": form,
        "titulo": titulo,
        "que_pasa": [frase for frase in que_pasa if frase],
        "norma": norma,
        "boton": boton,
        "tono": rules.TONOS[expediente.estado],
        "plazo": queries.reloj(expediente, timezone.now()),
    }
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, "expedientes/otro_acto.html", contexto, status=estado)
