"""Las pantallas del libro de sucesos, de la prueba de cada uno y de cómo va el registro."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.web.acto import intentar
from llaqta.cimientos.web.escrito import exige_persona
from llaqta.salas.auditoria import planilla, policies, queries, services
from llaqta.salas.auditoria.forms import BorradoForm, FiltrosForm
from llaqta.salas.auditoria.policies import QuienPide


@require_GET
@exige_persona
def libro(request: HttpRequest) -> HttpResponse:
    """El libro, con sus filtros; a quien no puede verlo se le dice que la página no existe."""
    para = request.persona  # type: ignore[attr-defined]
    form = FiltrosForm(request.GET or None, tipos=queries.list_tipos(para=para))
    pagina = queries.list_renglones(para=para, filtros=form.filtros, cursor=request.GET.get("cursor", ""))
    return render(request, "auditoria/libro.html", {"form": form, "pagina": pagina, "filtros": form.filtros})


@require_POST
@exige_persona  # type: ignore[arg-type]
def exportar(request: HttpRequest) -> StreamingHttpResponse:
    """La copia en CSV de lo que pasa el filtro; pedirla queda en el libro."""
    para = request.persona  # type: ignore[attr-defined]
    form = FiltrosForm(request.POST, tipos=queries.list_tipos(para=para))
    ahora = timezone.localtime()
    renglones = services.exportar(actor=para, filtros=form.filtros, ahora=ahora)
    respuesta = StreamingHttpResponse(planilla.lineas(renglones), content_type="text/csv; charset=utf-8")
    respuesta["Content-Disposition"] = f'attachment; filename="libro-de-sucesos-{ahora:%Y%m%d-%H%M%S}.csv"'
    return respuesta


@require_GET
@exige_persona
def estado(request: HttpRequest) -> HttpResponse:
    """Cómo va el registro: para quien controla y quien administra."""
    para = request.persona  # type: ignore[attr-defined]
    estado_del_registro = queries.get_estado(para=para, ahora=timezone.now())
    contexto = {"e": estado_del_registro, "puede_borrar": policies.puede_borrar_secretos(para)}
    return render(request, "auditoria/estado.html", contexto)


@require_GET
@exige_persona
def prueba(request: HttpRequest, suceso_id: int) -> HttpResponse:
    """Dónde está un suceso en el registro y cómo llevarse su prueba."""
    para = request.persona  # type: ignore[attr-defined]
    hallada = queries.get_prueba_de_renglon(para=para, suceso_id=suceso_id)
    return render(request, "auditoria/prueba.html", {"p": hallada, "fila": hallada.renglon})


@require_GET
@exige_persona
def paquete(request: HttpRequest, suceso_id: int) -> HttpResponse:
    """El paquete de prueba, para comprobarlo sin Llaqta.

    :raises NoProcede: si el suceso todavía no tiene prueba
    """
    para = request.persona  # type: ignore[attr-defined]
    hallada = queries.get_prueba_de_renglon(para=para, suceso_id=suceso_id)
    if hallada.prueba is None:
        raise NoProcede(hallada.por_que_no)
    respuesta = JsonResponse(hallada.prueba.paquete, json_dumps_params={"ensure_ascii": False, "indent": 1})
    respuesta["Content-Disposition"] = f'attachment; filename="prueba-{suceso_id}.json"'
    return respuesta


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def borrado(request: HttpRequest) -> HttpResponse:
    """Borrar lo que dice un suceso, en dos pasos: primero se muestra cuál es y qué queda; después se confirma."""
    para = request.persona  # type: ignore[attr-defined]
    borrados = queries.list_borrados(para=para)
    form, por_borrar = BorradoForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        datos = form.cleaned_data
        por_borrar = intentar(form, _mirar, para=para, suceso_id=datos["suceso"])
        if por_borrar and datos["confirmo"]:
            intentar(
                form, services.borrar_secreto, actor=para, suceso_id=datos["suceso"], motivo=datos["motivo"]
            )
            if form.is_valid():
                messages.success(request, f"Se borró lo que decía el suceso {por_borrar.suceso}.")
                return redirect("auditoria_borrado")
    motivos = dict(form.fields["motivo"].choices)  # type: ignore[attr-defined]
    contexto = {
        "form": form,
        "por_borrar": por_borrar if form.is_valid() else None,
        "motivo": motivos.get(request.POST.get("motivo", ""), ""),
        "borrados": borrados,
    }
    estado = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "auditoria/borrado.html", contexto, status=estado)


def _mirar(*, para: QuienPide, suceso_id: int, ahora: datetime) -> queries.PorBorrar:
    return queries.get_por_borrar(para=para, suceso_id=suceso_id)
