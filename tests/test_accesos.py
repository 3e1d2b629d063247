"""Quién puede abrir qué: cada dirección de la casa, pedida por cada persona del reparto, mirando y enviando.

La tabla está escrita a mano: es lo que la municipalidad promete. Una dirección nueva que no tenga su fila no pasa.
Lo ajeno y lo inexistente se responden igual, y quien no puede no deja ni una fila escrita.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from llaqta.cimientos import storage
from llaqta.cimientos.testing import archivos
from llaqta.conftest import PIN, _maquina_de_prueba  # noqa: F401 — vale para todo este archivo
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import ParametroDeCasilla, ReglaDeEfecto
from llaqta.salas.cuentas.models import (
    Asignacion,
    Persona,
    RolDePersona,
    TextoDeConsentimiento,
    UnidadOrganica,
)
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento, Vista
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento, Plantilla, Proyecto
from llaqta.salas.firma import services as firma
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db

QUIENES = ("ANO", "DUE", "OTR", "VEN", "ESP", "ASE", "JEF", "AUD", "ADM")
"""Anónimo; la dueña del trámite; otro ciudadano; ventanilla; especialista de la unidad que lo tiene; especialista de
otra unidad; jefatura de la unidad; auditora; administradora."""

ING = "ING"
"""Se le pide ingresar, y vuelve a donde iba."""


# --- Cómo se escribe una fila ---------------------------------------------------------------------------------------
Respuestas = Mapping[str, Any]


def todos(codigo: int) -> Respuestas:
    """Lo mismo a cualquiera, con cuenta o sin ella."""
    return dict.fromkeys(QUIENES, codigo)


def personas(codigo: int) -> Respuestas:
    """Lo mismo a quien haya ingresado."""
    return {**todos(codigo), "ANO": ING}


def solo(codigo: int, *quienes: str, resto: int = 403, anonimo: Any = ING) -> Respuestas:
    """Solo a esas personas; a las demás, ``resto``."""
    return {**todos(resto), "ANO": anonimo, **dict.fromkeys(quienes, codigo)}


PERSONAL = ("VEN", "ESP", "ASE", "JEF", "AUD", "ADM")


@dataclass(frozen=True)
class Fila:
    """Una dirección: con qué objeto se prueba, qué se contesta a quien mira y a quien envía, y qué envía."""

    mira: Respuestas
    envia: Respuestas | None = None
    con: tuple[str, ...] = ()
    datos: Callable[[Casa], dict[str, Any]] = field(default=lambda casa: {})


# --- La casa habitada -----------------------------------------------------------------------------------------------
@dataclass
class Casa:
    """Los objetos con que se prueba, y los mismos que no existen."""

    hay: dict[str, Any]
    no_hay: dict[str, Any]
    datos: dict[str, Any]


@pytest.fixture(scope="session")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accesos")


@pytest.fixture(autouse=True)
def _ambiente(settings: Any, _datos: Path) -> None:
    settings.DATOS = _datos
    settings.DEMO = False


@pytest.fixture
def _catalogos(db: None, ahora: datetime) -> None:
    for codigo, nombre, plantilla in (
        ("SOLICITUD", "Solicitud", "informe"),
        ("ESCRITO", "Escrito", "informe"),
        ("CARGO", "Cargo de recepción", "informe"),
        ("CONSTANCIA", "Constancia", "informe"),
        ("RESOLUCION_SUBGERENCIAL", "Resolución subgerencial", "resolucion"),
        ("OFICIO", "Oficio", "informe"),
    ):
        TipoDocumento.objects.get_or_create(
            codigo=codigo, defaults={"nombre": nombre, "plantilla_pdf": plantilla}
        )
    TextoDeConsentimiento.objects.create(
        clave="casilla", version=1, texto="Acepto.", vigente_desde=date(2023, 1, 1)
    )
    ParametroDeCasilla.objects.create(
        regla_efecto=ReglaDeEfecto.LEY31736_5DIAS,
        dias_para_acusar=5,
        norma="Ley 31736",
        desde=date(2023, 8, 3),
    )
    expedientes.cargar_plantillas(actor=None, ahora=ahora)


@pytest.fixture
def reparto(
    ciudadana: Persona,
    otro_ciudadano: Persona,
    ventanilla: Persona,
    especialista: Persona,
    asesor: Persona,
    jefe: Persona,
    auditora: Persona,
    administradora: Persona,
) -> dict[str, Persona | None]:
    return dict(
        zip(
            QUIENES,
            (
                None,
                ciudadana,
                otro_ciudadano,
                ventanilla,
                especialista,
                asesor,
                jefe,
                auditora,
                administradora,
            ),
            strict=True,
        )
    )


@pytest.fixture
def escrito() -> str:
    """Lo que Rosa escribe en su asunto y con lo que nombra su archivo; y Mario, en su proveído."""
    return "Licencia para mi bodega"


def _presentada(rosa: Persona, escrito: str, ahora: datetime) -> Presentacion:
    return mesapartes.presentar(
        actor=rosa,
        tramite="PE-LIC-ALTO",
        asunto=escrito,
        archivos=[documentos.ArchivoRecibido.de_bytes(f"{escrito}.pdf", archivos.pdf(2))],
        envio=uuid4(),
        ahora=ahora,
    )


@pytest.fixture
def casa(
    reparto: dict[str, Persona],
    unidades: dict[str, UnidadOrganica],
    licencia: VersionProcedimiento,
    _catalogos: None,
    escrito: str,
    ahora: datetime,
) -> Casa:
    """Tres expedientes de Rosa: uno en la mesa, uno en trámite con su proyecto, y uno resuelto y notificado."""
    rosa, mario, lucia, julio = (reparto[q] for q in ("DUE", "VEN", "ESP", "JEF"))
    firma.emitir_certificado_de_demostracion(persona=julio, pin=PIN, ahora=ahora)
    casilla.aceptar_casilla(actor=rosa, correo="rosa@ejemplo.pe", ahora=ahora - timedelta(days=1))
    en_mesa, en_tramite, notificada = (_presentada(rosa, escrito, ahora) for _ in range(3))
    plantilla = Plantilla.objects.get(nombre="Resolución que otorga una licencia")
    proyectos: list[Proyecto] = []
    for presentacion in (en_tramite, notificada):
        mesapartes.recibir_y_derivar(
            actor=mario,
            presentacion=presentacion,
            para_unidad=unidades["SGLC"],
            motivo="para su atención",
            proveido=f"Pase: {escrito}",
            ahora=ahora,
        )
        movimiento = Movimiento.objects.get(expediente=presentacion.expediente)
        expedientes.recibir_movimiento(actor=lucia, movimiento=movimiento, ahora=ahora)
        proyectos.append(
            expedientes.redactar_proyecto(
                actor=lucia,
                expediente=Expediente.objects.get(pk=presentacion.expediente_id),
                plantilla=plantilla,
                ahora=ahora,
            )
        )
    expedientes.enviar_proyecto(actor=lucia, proyecto=proyectos[1], ahora=ahora)
    resolucion = expedientes.firmar_proyecto(actor=julio, proyecto=proyectos[1], pin=PIN, ahora=ahora)
    notificacion = expedientes.notificar_decision(
        actor=lucia, expediente=notificada.expediente, documento=resolucion, ahora=ahora
    )
    expedientes.enviar_proyecto(actor=lucia, proyecto=proyectos[0], ahora=ahora)
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=ahora)
    publico = documentos.guardar(
        actor=julio,
        tipo="OFICIO",
        asunto="Aviso",
        archivo=documentos.guardar_pdf_propio(
            actor=julio, nombre="aviso.pdf", pdf=archivos.pdf(1), ahora=ahora
        ),
        ahora=ahora,
        origen=Documento.Origen.INTERNO,
        confidencialidad=Documento.Confidencialidad.PUBLICO,
        cvd=documentos.nuevo_cvd(ahora.date()),
    )
    _vista(resolucion)
    mesapartes.guardar_paso(
        actor=rosa, tramite="PE-LIC-ALTO", paso="datos", datos={"asunto": "Otra bodega"}, ahora=ahora
    )
    hay = {
        "codigo": "PE-LIC-ALTO",
        "presentacion": en_mesa.numero,
        "presentacion_en_tramite": en_tramite.numero,
        "expediente": en_tramite.expediente.numero,
        "clave": en_tramite.expediente.clave,
        "movimiento": Movimiento.objects.get(expediente=en_tramite.expediente).pk,
        "proyecto": proyectos[0].pk,
        "documento": resolucion.pk,
        "publico": publico.pk,
        "escrito": en_tramite.anexos.exclude(documento__archivo__nombre="x").first().documento_id,
        "cvd": resolucion.cvd,
        "cvd_publico": publico.cvd,
        "notificacion": notificacion.codigo,
        "persona": reparto["OTR"].pk,
        "asignacion": Asignacion.objects.get(persona=julio).pk,
        "rol_dado": RolDePersona.objects.get(persona=julio).pk,
        "rol": RolDePersona.objects.get(persona=julio).rol_id,
        "unidad": unidades["OAJ"].pk,
        "version": licencia.pk,
    }
    no_hay: dict[str, Any] = {nombre: 999_000_000 for nombre, valor in hay.items() if isinstance(valor, int)}
    no_hay |= {
        "codigo": "PE-NO-HAY",
        "presentacion": "2026-999999",
        "presentacion_en_tramite": "2026-999999",
        "expediente": _otro_numero(en_tramite.expediente),
        "clave": "0" * 16,
        "cvd": "0000-0000-0000-0000",
        "cvd_publico": "0000-0000-0000-0000",
        "notificacion": "NOT-2026-999999",
    }
    datos = {
        "sglc": unidades["SGLC"].pk,
        "oaj": unidades["OAJ"].pk,
        "version_expediente": Expediente.objects.get(pk=en_tramite.expediente_id).version,
        "version_proyecto": Proyecto.objects.get(pk=proyectos[0].pk).version,
        "plantilla": plantilla.pk,
        "requisito": licencia.requisitos_en_orden[1].pk,
    }
    return Casa(hay, no_hay, datos)


def _otro_numero(expediente: Expediente) -> str:
    from llaqta.cimientos.numbering import check_digit  # noqa: PLC0415

    return f"EXP-{expediente.anio}-900000-{check_digit(900000, expediente.anio)}"


def _vista(documento: Documento) -> None:
    import io  # noqa: PLC0415

    salida = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(salida, "WEBP")
    objeto = storage.guardar(io.BytesIO(salida.getvalue()))
    Vista.objects.create(archivo=documento.archivo, pagina=1, sha256=objeto.sha256, ancho=60, alto=80)


# --- La tabla -------------------------------------------------------------------------------------------------------
def _envio(casa: Casa, **mas: Any) -> dict[str, Any]:
    return {
        "version": casa.datos["version_expediente"],
        "para_unidad": casa.datos["oaj"],
        "motivo": "para opinión",
        "proveido": "Opine.",
        **mas,
    }


TABLA: dict[str, Fila] = {
    # La puerta de la calle: cualquiera.
    "inicio": Fila(todos(200)),
    "buscar": Fila(todos(200)),
    "catalogo": Fila(todos(200)),
    "tema": Fila(todos(200), con=("negocios",)),
    "tramite": Fila(todos(200), con=("codigo",)),
    "plazos": Fila(todos(200)),
    "accesibilidad": Fila(todos(200)),
    "privacidad": Fila(todos(200)),
    "robots": Fila(todos(200)),
    "sitemap": Fila(todos(200)),
    "estilo_entidad": Fila(todos(200)),
    "escudo_entidad": Fila(todos(404)),
    "programa": Fila(todos(200)),
    "galeria": Fila(todos(404), todos(404)),
    "galeria_pagina": Fila(todos(404), todos(404), con=("error",)),
    # Seguimiento: con la clave o, si ingresó, lo suyo. A los demás se les pide la clave.
    "seguimiento": Fila(todos(200), todos(422)),
    "cerrar_seguimiento": Fila(todos(405), todos(302)),
    "seguimiento_expediente": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=302, anonimo=302), con=("expediente",)
    ),
    "seguimiento_vencimiento": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("expediente",)
    ),
    "seguimiento_documento": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("expediente", "escrito")
    ),
    "seguimiento_documento#ajeno": Fila(todos(404), con=("expediente", "documento")),
    "seguimiento_directo": Fila(todos(302), con=("expediente", "clave")),
    # Verificar es de todos; leer el documento, solo de quien puede verlo.
    "verificar": Fila(todos(200), todos(422)),
    "verificar_archivo": Fila(todos(405), todos(422)),
    "verificar_cvd": Fila(todos(200), con=("cvd",)),
    "verificar_documento": Fila(solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("cvd",)),
    "verificar_documento#publico": Fila(todos(200), con=("cvd_publico",)),
    "comparar_copia": Fila(todos(405), todos(422), con=("cvd",)),
    # Documentos: ajeno e inexistente, lo mismo.
    "documento_ficha": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento",)
    ),
    "documento_pdf": Fila(solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento",)),
    "documento_descarga": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento",)
    ),
    "documento_pagina": Fila(
        solo(200, "DUE", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("documento", "1")
    ),
    "documento_pdf#escrito": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404, anonimo=404), con=("escrito",)
    ),
    "documento_pdf#publico": Fila(todos(200), con=("publico",)),
    # Presentar: cada quien lo suyo; el borrador es de quien lo escribe y su dirección no lo nombra.
    "presentar": Fila(
        {**personas(302), "DUE": 200},
        personas(302),
        con=("codigo",),
    ),
    "presentar_quien": Fila(personas(200), personas(200), con=("codigo",)),
    "presentar_datos": Fila(personas(200), personas(200), con=("codigo",)),
    "presentar_adjuntos": Fila(personas(200), personas(302), con=("codigo",)),
    "presentar_revisar": Fila({**personas(302), "DUE": 200}, personas(422), con=("codigo",)),
    "api:presentaciones": Fila(todos(405), {**personas(422), "ANO": 401}),
    "api:presentacion": Fila(solo(200, "DUE", "VEN", "AUD", resto=404, anonimo=401), con=("presentacion",)),
    # La carpeta de la persona.
    "inicio_de_la_persona": Fila(personas(200)),
    "mi_tramite": Fila(solo(200, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "cargo": Fila(solo(200, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "cargo_pdf": Fila(solo(302, "DUE", "VEN", "AUD", resto=404), con=("presentacion",)),
    "subsanar": Fila(
        {**solo(409, "DUE", "VEN", resto=404)}, solo(409, "DUE", "VEN", resto=404), con=("presentacion",)
    ),
    # La mesa de partes.
    "mesa_de_partes": Fila(solo(200, "VEN")),
    "registrar_en_ventanilla": Fila(solo(200, "VEN"), solo(200, "VEN")),
    "presentacion": Fila(solo(200, "VEN"), solo(302, "VEN"), con=("presentacion",)),
    "observar": Fila(solo(200, "VEN"), solo(422, "VEN"), con=("presentacion",)),
    "recibir_y_derivar": Fila(
        solo(200, "VEN"),
        solo(302, "VEN"),
        con=("presentacion",),
        datos=lambda casa: {"para_unidad": casa.datos["sglc"], "motivo": "para su atención"},
    ),
    # La casilla: de su dueña y de nadie más.
    "casilla": Fila(personas(200)),
    "casilla_activar": Fila(
        personas(200), personas(302), datos=lambda casa: {"correo": "x@ejemplo.pe", "acepto": "on"}
    ),
    "casilla_retirarse": Fila(
        personas(200), {**personas(409), "DUE": 302}, datos=lambda casa: {"confirmo": "on"}
    ),
    "notificacion": Fila(solo(200, "DUE", resto=404), con=("notificacion",)),
    "notificacion_abrir": Fila(todos(405), solo(302, "DUE", resto=404), con=("notificacion",)),
    # Los expedientes por dentro: solo el personal; cada unidad, los suyos.
    "bandeja": Fila(solo(200, *PERSONAL)),
    "buscar_interno": Fila(solo(200, *PERSONAL)),
    "expediente": Fila(
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403, "OTR": 403}, con=("expediente",)
    ),
    "expediente_pdf": Fila(
        solo(200, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("expediente", "caratula")
    ),
    "expediente_pdf#hoja": Fila(
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403}, con=("expediente", "hoja-de-ruta")
    ),
    "derivar_expediente": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(302, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=_envio,
    ),
    "asignar_expediente": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(422, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=lambda casa: {"version": casa.datos["version_expediente"]},
    ),
    "pedir_informe": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(302, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=_envio,
    ),
    "redactar_proyecto": Fila(
        {**solo(200, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(302, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("expediente",),
        datos=lambda casa: {
            "plantilla": casa.datos["plantilla"],
            "version": casa.datos["version_expediente"],
        },
    ),
    "notificar_decision": Fila(
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403, "OTR": 403},
        {**solo(200, "VEN", "ESP", "JEF", "AUD", resto=404), "DUE": 403, "OTR": 403},
        con=("expediente",),
    ),
    "archivar_expediente": Fila(
        personas(405),
        solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404),
        con=("expediente",),
    ),
    "recibir_movimiento": Fila(
        personas(405), solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("movimiento",)
    ),
    "prescindir_informe": Fila(
        personas(405), solo(302, "DUE", "VEN", "ESP", "JEF", "AUD", resto=404), con=("movimiento",)
    ),
    "rendir_informe": Fila(
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        {**solo(409, "ESP", "JEF", resto=404), "DUE": 403, "VEN": 403, "AUD": 403},
        con=("movimiento",),
        datos=lambda casa: {"nota": "Conforme."},
    ),
    # Los proyectos: nunca el administrado, que solo ve lo firmado y notificado.
    "proyecto": Fila(
        solo(200, "ESP", "JEF", "AUD", resto=404),
        solo(200, "AUD", resto=404) | {"ESP": 422, "JEF": 422},
        con=("proyecto",),
        datos=lambda casa: {"asunto": "", "version": casa.datos["version_proyecto"]},
    ),
    "proyecto_pdf": Fila(solo(200, "ESP", "JEF", "AUD", resto=404), con=("proyecto",)),
    "proyecto_pagina": Fila(solo(200, "ESP", "JEF", "AUD", resto=404), con=("proyecto", "1")),
    "visar_proyecto": Fila(
        personas(405),
        solo(302, "ESP", "JEF", "AUD", resto=404),
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"]},
    ),
    "devolver_proyecto": Fila(
        personas(405),
        solo(302, "JEF", resto=404) | {"ESP": 422, "AUD": 422},
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"], "nota": "Falta motivar."},
    ),
    "firmar_proyecto": Fila(
        personas(405),
        solo(302, "JEF", resto=404) | {"ESP": 422, "AUD": 422},
        con=("proyecto",),
        datos=lambda casa: {"version": casa.datos["version_proyecto"], "pin": PIN},
    ),
    # El libro y la sala de máquinas.
    "auditoria": Fila(solo(200, "AUD", resto=404)),
    "auditoria_exportar": Fila(todos(405), solo(200, "AUD", resto=404)),
    "trabajos_fallidos": Fila(solo(200, "ADM")),
    "reintentar_trabajo": Fila(todos(405), solo(404, "ADM"), con=("1",)),
    "administracion_calendario": Fila(solo(200, "ADM")),
    "administracion_dia_nuevo": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "administracion_dia_sin_efecto": Fila(solo(404, "ADM"), solo(404, "ADM"), con=("1",)),
    # El TUPA.
    "administracion_tupa": Fila(solo(200, "ADM")),
    "nuevo_procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM")),
    "procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM"), con=("codigo",)),
    "editar_procedimiento": Fila(solo(200, "ADM"), solo(422, "ADM"), con=("codigo",)),
    "version_de_procedimiento": Fila(solo(200, "ADM"), con=("version",)),
    "retirar_version": Fila(solo(405, "ADM"), solo(409, "ADM"), con=("version",)),
    # Personas, unidades y roles.
    "cuentas_personas": Fila(solo(200, "ADM")),
    "cuentas_persona_nueva": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_persona": Fila(solo(200, "ADM"), con=("persona",)),
    "cuentas_crear_cuenta": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_clave_nueva": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_ventanilla": Fila(solo(200, "VEN", "ADM"), solo(200, "VEN", "ADM")),
    "cuentas_asignar": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_dar_rol": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("persona",)),
    "cuentas_terminar_asignacion": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("asignacion",)),
    "cuentas_retirar_rol": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("rol_dado",)),
    "cuentas_unidades": Fila(solo(200, "ADM")),
    "cuentas_unidad_nueva": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_terminar_unidad": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("unidad",)),
    "cuentas_puesto_nuevo": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_roles": Fila(solo(200, "ADM")),
    "cuentas_rol_nuevo": Fila(solo(200, "ADM"), solo(200, "ADM")),
    "cuentas_rol": Fila(solo(200, "ADM"), solo(200, "ADM"), con=("rol",)),
    # La propia cuenta.
    "account_login": Fila(personas(302) | {"ANO": 200}, personas(302) | {"ANO": 200}),
    "account_logout": Fila(personas(200) | {"ANO": 302}, todos(302)),
    "account_signup": Fila(personas(302) | {"ANO": 200}, personas(302) | {"ANO": 200}),
    "account_inactive": Fila(todos(200)),
    "account_reauthenticate": Fila(personas(200), personas(200)),
    "account_change_password": Fila(personas(200), personas(200)),
    "account_set_password": Fila(personas(302), personas(302)),
    "account_reset_password": Fila(todos(200), todos(200)),
    "account_reset_password_done": Fila(todos(200)),
    "account_reset_password_from_key": Fila(todos(200), todos(200), con=("1", "a-b")),
    "account_reset_password_from_key_done": Fila(todos(200)),
    "account_email": Fila(todos(302)),
    "mfa_index": Fila(todos(302)),
    "seguridad_de_mi_cuenta": Fila(personas(200)),
    "primer_administrador": Fila(todos(403), todos(403), con=("llave-falsa",)),
}
TABLA |= {nombre: Fila(personas(302)) for nombre in (
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_authenticate", "mfa_login_webauthn",
)}  # fmt: skip
TABLA |= {nombre: Fila(personas(404)) for nombre in (
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
)}  # fmt: skip
TABLA |= {
    "mfa_list_webauthn": Fila(personas(200)),
    "mfa_remove_webauthn": Fila(personas(302), personas(302), con=("1",)),
    "mfa_edit_webauthn": Fila(personas(302), personas(302), con=("1",)),
}


# --- Pedir y comprobar ----------------------------------------------------------------------------------------------
def _direccion(nombre: str, fila: Fila, objetos: Mapping[str, Any]) -> str:
    return reverse(nombre.split("#")[0], args=[objetos.get(c, c) for c in fila.con])


def _dicho(respuesta: HttpResponse) -> Any:
    """El código; ``ING`` si lleva a ingresar."""
    if respuesta.status_code == 302 and respuesta["Location"].startswith(reverse("account_login")):
        return ING
    return respuesta.status_code


_NO_CUENTAN = {"django_session", "sede_intento"}


def _escritas() -> int:
    """Las filas que esta transacción insertó, cambió o borró hasta ahora, en cualquier tabla que no sea de sesiones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname <> ALL(%s)",
            [sorted(_NO_CUENTAN)],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _sin_consecuencias() -> Iterator[None]:
    """Lo que pase adentro se deshace: cada petición encuentra la misma casa."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def navegador(
    reparto: dict[str, Persona | None], cliente: Callable[..., Client], ahora: datetime
) -> Iterator[Callable[[str], Client]]:
    """Un navegador por persona; el reloj está detenido en el lunes de las pruebas."""
    sesiones = {quien: cliente(persona).cookies.output() for quien, persona in reparto.items()}

    def abrir(quien: str) -> Client:
        """Uno nuevo cada vez, con la sesión de siempre: salir en una petición no saca de las demás."""
        recien = Client()
        recien.cookies.load(sesiones[quien].replace("Set-Cookie: ", ""))
        return recien

    with mock.patch("django.utils.timezone.now", return_value=ahora):
        yield abrir


_EXISTIR_ES_PUBLICO = {"verificar_documento"}
"""Que un código de verificación existe lo puede saber cualquiera: para eso es. Lo que se guarda es el contenido."""


def _comparar(quien: str, dicho: Mapping[str, Any], prometido: Mapping[str, Any]) -> None:
    """Todas las diferencias de una vez, una por línea."""
    distintas = [
        f"{quien} {nombre}: se prometió {prometido[nombre]} y se contestó {dicho[nombre]}"
        for nombre in prometido
        if dicho[nombre] != prometido[nombre]
    ]
    assert not distintas, "\n".join(distintas)


# --- Las pruebas ----------------------------------------------------------------------------------------------------
def _nombres(resolver: URLResolver, espacio: str = "") -> Iterator[str]:
    for patron in resolver.url_patterns:
        if isinstance(patron, URLPattern):
            if patron.name:
                yield f"{espacio}{patron.name}"
        else:
            yield from _nombres(patron, f"{patron.namespace}:" if patron.namespace else espacio)


def test_toda_direccion_tiene_su_fila() -> None:
    hay = set(_nombres(get_resolver())) - {"api:openapi-json", "api:api-root"}

    assert hay == {nombre.split("#")[0] for nombre in TABLA}


@pytest.mark.parametrize("quien", QUIENES)
def test_cada_persona_mira_lo_que_le_corresponde(
    quien: str, casa: Casa, navegador: Callable[[str], Client]
) -> None:
    dicho = {}
    for nombre, fila in TABLA.items():
        with _sin_consecuencias():
            dicho[nombre] = _dicho(navegador(quien).get(_direccion(nombre, fila, casa.hay)))

    _comparar(quien, dicho, {nombre: fila.mira[quien] for nombre, fila in TABLA.items()})


@pytest.mark.parametrize("quien", QUIENES)
def test_cada_persona_envia_solo_lo_que_le_corresponde_y_lo_denegado_no_escribe(
    quien: str, casa: Casa, navegador: Callable[[str], Client]
) -> None:
    dicho, escritas = {}, {}
    envian = {nombre: fila for nombre, fila in TABLA.items() if fila.envia is not None}
    for nombre, fila in envian.items():
        direccion = _direccion(nombre, fila, casa.hay)
        antes = _escritas()
        with _sin_consecuencias():
            dicho[nombre] = _dicho(navegador(quien).post(direccion, fila.datos(casa)))
        escritas[nombre] = _escritas() - antes

    _comparar(quien, dicho, {nombre: fila.envia[quien] for nombre, fila in envian.items() if fila.envia})
    negadas = {n: e for n, e in escritas.items() if dicho[n] in (ING, 401, 403, 404, 405, 409)}
    assert {nombre for nombre, cuantas in negadas.items() if cuantas} == set()


@pytest.mark.parametrize("quien", QUIENES)
def test_lo_ajeno_y_lo_inexistente_se_responden_igual(
    quien: str, casa: Casa, navegador: Callable[[str], Client]
) -> None:
    """Quien tantea números no aprende cuáles existen: ni por el código, ni por una letra de la página."""
    for nombre, fila in TABLA.items():
        objetos = [objeto for objeto in fila.con if objeto in casa.no_hay]
        if fila.mira[quien] != 404 or not objetos or nombre in _EXISTIR_ES_PUBLICO:
            continue
        ajeno = _direccion(nombre, fila, casa.hay)
        inexistente = _direccion(nombre, fila, {**casa.hay, objetos[-1]: casa.no_hay[objetos[-1]]})
        with _sin_consecuencias():
            respuestas = [navegador(quien).get(direccion) for direccion in (ajeno, inexistente)]
        assert [r.status_code for r in respuestas] == [404, 404], nombre
        uno, otro = (
            _comun(r, direccion) for r, direccion in zip(respuestas, (ajeno, inexistente), strict=True)
        )
        assert uno == otro, nombre


_MARCADO = "<img src=x onerror=alert(1)>\"'</script><b>"


@pytest.mark.parametrize("escrito", [_MARCADO])
def test_lo_que_alguien_escribe_nunca_sale_como_marcado(
    escrito: str, casa: Casa, reparto: dict[str, Persona], navegador: Callable[[str], Client]
) -> None:
    """En el asunto, el proveído, el nombre de un archivo o el de una persona: se lee tal cual y no hace nada."""
    Persona.objects.filter(pk__in=[reparto["DUE"].pk, reparto["OTR"].pk]).update(
        nombres=escrito, apellido_paterno=escrito, domicilio=escrito
    )
    leido = 0
    for quien in QUIENES:
        for nombre, fila in TABLA.items():
            if fila.mira[quien] != 200:
                continue
            with _sin_consecuencias():
                respuesta = navegador(quien).get(_direccion(nombre, fila, casa.hay))
            if respuesta.get("Content-Type", "").startswith("text/html"):
                texto = respuesta.content.decode()
                assert "<img src=x" not in texto, f"{quien} {nombre}"
                assert "</script><b>" not in texto, f"{quien} {nombre}"
                leido += "&lt;img src=x onerror=alert(1)&gt;" in texto
    assert leido > 20


def _comun(respuesta: HttpResponse, direccion: str) -> str:
    """La página sin lo que cambia en cada pedido: la protección del formulario y la misma dirección pedida."""
    texto = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", respuesta.content.decode())
    return texto.replace(direccion, "ESTA").replace(direccion.replace("/", "%2F"), "ESTA")
