"""La pantalla del libro de sucesos y su copia en CSV."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from llaqta.cimientos.web.escrito import exige_persona
from llaqta.salas.auditoria import planilla, queries, services
from llaqta.salas.auditoria.forms import FiltrosForm


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
