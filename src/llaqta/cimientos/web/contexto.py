"""Lo que toda plantilla sabe: la entidad, su estilo, los menús, la ayuda y quién está mirando."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from llaqta.cimientos.alarmas import list_alarmas
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web.estilo import url_de_escudo, url_de_estilo, url_de_programa


@dataclass(frozen=True)
class Entrada:
    """Una entrada de menú: se muestra si su vista existe y la persona tiene alguno de los permisos, si pide alguno."""

    texto: str
    vista: str
    permisos: tuple[str, ...] = ()
    atajo: str = ""
    tambien: tuple[str, ...] = ()
    """Otras vistas en las que esta entrada es «la página en que se está»."""


@dataclass(frozen=True)
class EntradaResuelta:
    """Una entrada que sí se muestra, con su dirección y si es la página en que se está."""

    texto: str
    url: str
    actual: bool
    atajo: str = ""


MENU = (
    Entrada("Trámites", "buscar"),
    Entrada("Seguimiento", "seguimiento"),
    Entrada("Verificar", "verificar"),
)
MENU_INTERNO = (
    Entrada("Bandeja", "bandeja", ("expedientes.tramitar", "expedientes.visar", "expedientes.firmar"), "b"),
    Entrada("Fiscalización posterior", "sorteos", ("fiscalizacion.verificar",)),
    Entrada(
        "Recursos y quejas",
        "recursos",
        ("expedientes.tramitar", "expedientes.ver_todo"),
        tambien=("quejas", "queja", "recurso", "escritos"),
    ),
    Entrada("Mesa de partes", "mesa_de_partes", ("mesapartes.recibir", "mesapartes.registrar"), "m"),
    Entrada("Expedientes recibidos", "expedientes_recibidos", ("mesapartes.recibir", "expedientes.ver_todo")),
    Entrada("Devoluciones", "devoluciones", ("mesapartes.devolver", "mesapartes.recibir")),
    Entrada(
        "Notificaciones",
        "diligencias",
        ("notificaciones.diligenciar", "expedientes.tramitar", "expedientes.firmar", "expedientes.ver_todo"),
    ),
    Entrada(
        "Casilla electrónica",
        "casilla_depositadas",
        ("expedientes.tramitar", "expedientes.firmar", "expedientes.ver_todo"),
    ),
    Entrada("Cuentas en ventanilla", "cuentas_ventanilla", ("mesapartes.registrar",)),
    Entrada("Representaciones", "cuentas_representaciones", ("mesapartes.registrar",)),
    Entrada("TUPA", "administracion_tupa", ("tramites.editar",)),
    Entrada("Calendario", "administracion_calendario", ("cimientos.administrar",)),
    Entrada("Reglas de los plazos", "reglas", ("plazos.confirmar", "cimientos.administrar", "auditoria.ver")),
    Entrada(
        "Personas y unidades",
        "cuentas_personas",
        ("cuentas.administrar",),
        tambien=("cuentas_unidades", "cuentas_roles", "cuentas_puesto_nuevo"),
    ),
    Entrada(
        "Numeración",
        "administracion_numeracion",
        ("cimientos.administrar",),
        tambien=("numeracion_anulados", "numeracion_delegaciones"),
    ),
    Entrada("La municipalidad", "administracion_entidad", ("cimientos.administrar",)),
    Entrada("Trabajos fallidos", "trabajos_fallidos", ("cimientos.administrar",)),
    Entrada("Conciliación de la casilla", "casilla_conciliacion", ("cimientos.administrar", "auditoria.ver")),
    Entrada("Conservación de lo firmado", "administracion_conservacion", ("cimientos.administrar",)),
    Entrada("Lista de confianza", "administracion_confianza", ("cimientos.administrar",)),
    Entrada("Libro de sucesos", "auditoria", ("auditoria.ver",)),
    Entrada("Estado del registro", "estado_del_registro", ("auditoria.ver", "cimientos.administrar")),
)
# Lo que el personal consulta mientras atiende; lleva a las páginas públicas, desde donde se vuelve con «Mi oficina».
MENU_DE_CONSULTA = (
    Entrada("Requisitos del TUPA", "catalogo"),
    Entrada("Cómo corren los plazos", "plazos"),
    Entrada("Calculadora de plazos", "calculadora"),
    Entrada("Verificar un documento", "verificar"),
    Entrada("Seguridad de mi cuenta", "seguridad_de_mi_cuenta"),
)
ENLACES_DEL_PIE = (
    Entrada("Notificaciones por publicación", "notificaciones_publicadas"),
    Entrada("TUPA completo", "tupa_publicado"),
    Entrada("Cifras de la casilla", "casilla_cifras"),
    Entrada("Fiscalización posterior", "sorteos"),
    Entrada("El registro", "registro"),
    Entrada("Libro de Reclamaciones", "reclamaciones"),
    Entrada("Accesibilidad", "accesibilidad"),
    Entrada("Privacidad", "privacidad"),
)


def entidad(request: HttpRequest | None) -> dict[str, Any]:
    """Procesador de contexto: ``entidad``, ``nombre_partido``, ``estilo_url``, menús, ``persona`` y ``demo``."""
    actual = entidad_o_ninguna()
    persona = getattr(request, "persona", None)
    return {
        "entidad": actual,
        "nombre_partido": partir_nombre(actual.nombre, actual.nombre_corto),
        "whatsapp_url": _whatsapp(actual.whatsapp),
        "estilo_url": url_de_estilo(actual),
        "programa_url": url_de_programa(),
        "escudo_url": url_de_escudo(actual) if actual.escudo else "",
        "persona": persona,
        "demo": settings.DEMO,
        "alarmas": lambda: list_alarmas(para=persona),
        "menu": lambda: _resolver(MENU, request),
        "menu_interno": lambda: _resolver(MENU_INTERNO, request),
        "menu_de_consulta": lambda: _resolver(MENU_DE_CONSULTA, request),
        "enlaces_del_pie": lambda: _resolver(ENLACES_DEL_PIE, request),
    }


def entidad_o_ninguna() -> Entidad:
    """La entidad, o una sin nombre si la base no responde: la página de error también necesita cabecera."""
    try:
        return Entidad.actual()
    except DatabaseError:
        return Entidad(
            pk=1,
            nombre="Municipalidad",
            nombre_corto="Municipalidad",
            siglas="M",
            horario="",
            lugar="",
            ruc="",
        )


def partir_nombre(nombre: str, corto: str) -> tuple[str, str]:
    """``("Municipalidad Distrital de", "Pichari")``: lo común en chico y lo propio en grande."""
    if corto and corto != nombre and nombre.endswith(f" {corto}"):
        return nombre[: -len(corto)].strip(), corto
    return "", nombre


def _resolver(entradas: tuple[Entrada, ...], request: HttpRequest | None) -> list[EntradaResuelta]:
    ruta = request.path if request is not None else ""
    persona = getattr(request, "persona", None)
    halladas: list[tuple[Entrada, str, int]] = []
    for entrada in entradas:
        if entrada.permisos and not (persona is not None and any(map(persona.puede, entrada.permisos))):
            continue
        url = _direccion(entrada.vista)
        if not url:
            continue
        raices = [raiz for raiz in (url, *map(_direccion, entrada.tambien)) if raiz not in ("", "/")]
        halladas.append((entrada, url, max((len(r) for r in raices if ruta.startswith(r)), default=0)))
    # Se está en una sola entrada: la de dirección más larga, que es la más precisa.
    mejor = max((largo for _, _, largo in halladas), default=0) or -1
    return [
        EntradaResuelta(entrada.texto, url, largo == mejor, entrada.atajo) for entrada, url, largo in halladas
    ]


def _direccion(vista: str) -> str:
    """La dirección de una vista; vacía si esa sala no está instalada."""
    try:
        return reverse(vista)
    except NoReverseMatch:
        return ""


def _whatsapp(numero: str) -> str:
    """Enlace de conversación para un número peruano; vacío si no hay número."""
    digitos = "".join(c for c in numero if c.isdigit())
    if not digitos:
        return ""
    return f"https://wa.me/{digitos if digitos.startswith('51') and len(digitos) > 9 else '51' + digitos}"
