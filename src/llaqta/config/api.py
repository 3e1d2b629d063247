"""La API pública, ``/api/v1/``: las mismas puertas que usan las pantallas, para otros programas."""

from __future__ import annotations

from ninja import NinjaAPI

api = NinjaAPI(title="Llaqta", version="1", urls_namespace="api", docs_url=None)
urlpatterns, app_name, _ = api.urls
