"""El TUPA en archivos: bajarlo, subir otro, ver qué cambia y aplicarlo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.acceso import exige_permiso
from llaqta.salas.tramites import escritura, forms, queries, services
from llaqta.salas.tramites.lectura import ArchivoConErrores

_EDITA = exige_permiso("tramites.editar")
_FORMATOS = {
    "xlsx": (escritura.a_libro, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "yaml": (escritura.a_yaml, "application/yaml; charset=utf-8"),
}


@_EDITA
@require_safe
def exportar(request: HttpRequest, formato: str) -> HttpResponse:
    """Baja el TUPA que rige hoy, como hoja de cálculo o como YAML."""
    if formato not in _FORMATOS:
        raise NoEncontrado("El TUPA se baja en XLSX o en YAML.")
    escribir, tipo = _FORMATOS[formato]
    hoy = hoy_en_lima(timezone.now())
    contenido = escribir(queries.get_tupa(para=_persona(request), al=hoy), siglas=_siglas(request))
    respuesta = HttpResponse(contenido, content_type=tipo)
    respuesta["Content-Disposition"] = f'attachment; filename="tupa-{hoy:%Y-%m-%d}.{formato}"'
    return respuesta


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def cargas(request: HttpRequest) -> HttpResponse:
    """Sube un archivo para ver qué cambiaría; si no se entiende, dice dónde y no guarda nada."""
    formulario = (
        forms.CargaForm(request.POST, request.FILES) if request.method == "POST" else forms.CargaForm()
    )
    problemas: list[str] = []
    if formulario.is_bound and formulario.is_valid():
        archivo = formulario.cleaned_data["archivo"]
        try:
            subida = services.preparar_carga(
                actor=_persona(request),
                nombre=archivo.name or "",
                contenido=archivo.read(),
                desde=formulario.cleaned_data["desde"],
                ahora=timezone.now(),
            )
        except ArchivoConErrores as negativa:
            problemas = negativa.problemas
            formulario.add_error("archivo", "El archivo tiene problemas: corríjalos y súbalo otra vez.")
        else:
            return redirect("carga_tupa", subida.pk)
    contexto = {
        "form": formulario,
        "problemas": problemas,
        "cargas": queries.get_cargas(para=_persona(request)),
    }
    return render(request, "tramites/cargas.html", contexto, status=422 if formulario.is_bound else 200)


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def carga(request: HttpRequest, pk: int) -> HttpResponse:
    """Qué cambia un archivo, fila por fila, y el botón que lo aplica entero."""
    subida = queries.get_carga(pk, para=_persona(request))
    if request.method == "POST":
        cambios = services.aplicar_carga(actor=_persona(request), carga=subida, ahora=timezone.now())
        messages.success(
            request, f"Aplicamos el archivo: {cambios} procedimiento{'s' if cambios != 1 else ''}."
        )
        return redirect("administracion_tupa")
    contexto: dict[str, Any] = {"carga": subida}
    if subida.aplicada_en is None:
        hoy = hoy_en_lima(timezone.now())
        _, diferencias = queries.get_diferencias(subida, para=_persona(request), al=hoy)
        cambiadas = [una.fila for una in (*diferencias.nuevos, *diferencias.cambiados)]
        contexto |= {
            "d": diferencias,
            "objeciones": queries.get_objeciones(cambiadas, para=_persona(request), al=hoy),
        }
    return render(request, "tramites/carga.html", contexto)


def _siglas(request: HttpRequest) -> Any:
    return queries.get_nombres_de_unidades(para=_persona(request))


def _persona(request: HttpRequest) -> Any:
    return request.persona  # type: ignore[attr-defined]
