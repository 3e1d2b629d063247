"""La API pública, ``/api/v1/``: las mismas puertas que usan las pantallas, para otros programas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.web.views import pagina_de_negativa
from llaqta.salas.mesapartes.api import router as mesapartes
from llaqta.salas.plazos.api import router as plazos
from llaqta.salas.tramites.api import router as tramites

api = NinjaAPI(title="Llaqta", version="1", urls_namespace="api", docs_url=None)
api.add_router("/presentaciones", mesapartes)
api.add_router("/plazos", plazos)
api.add_router("/tramites", tramites)


@api.exception_handler(Negativa)
def negativa(request: HttpRequest, exc: Negativa) -> HttpResponse:
    """Una negativa en JSON: su código, su frase y su norma, como en las pantallas."""
    return pagina_de_negativa(request, exc)


urlpatterns, _, app_name = api.urls
