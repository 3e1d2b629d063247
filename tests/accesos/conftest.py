"""La casa habitada: tres expedientes de Rosa, y un navegador por persona del reparto."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.test import Client
from PIL import Image

from llaqta.cimientos import storage
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.conftest import PIN, _maquina_de_prueba  # noqa: F401 — pytest la encuentra aquí
from llaqta.salas.casilla import services as casilla
from llaqta.salas.cuentas import services as cuentas
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
from llaqta.salas.mesapartes.models import OrdenDeDevolucion, Presentacion
from llaqta.salas.notificaciones.models import Diligencia
from llaqta.salas.recursos.models import Queja, Recurso
from llaqta.salas.tramites.models import CargaDeTupa, VersionProcedimiento

from .filas import QUIENES, Casa


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
    TextoDeConsentimiento.objects.create(
        clave="correo", version=1, texto="Autorizo.", vigente_desde=date(2023, 1, 1)
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
    queja = mesapartes.presentar_escrito(
        actor=rosa,
        expediente=en_tramite.expediente,
        dice=mesapartes.LoQueDice(clase="QUEJA", motivo="PLAZO", texto=escrito),
        archivos=[],
        envio=uuid4(),
        ahora=ahora,
    )
    recurso = Recurso.objects.create(
        expediente=en_tramite.expediente, etapa=1, etapa_impugnada=0, clase="APELACION", contra="SILENCIO",
        en_plazo=True, presentado_en=ahora, presentado_por=rosa, escrito=queja.principal,
        autoridad=unidades["GM"], vence_el=ahora.date(),
    )  # fmt: skip
    diligencia = _diligencia(rosa, lucia, publico, ahora)
    hay = {
        "codigo": "PE-LIC-ALTO",
        "diligencia": diligencia.codigo,
        "llave": diligencia.llave,
        "escrito_posterior": queja.numero,
        "queja": Queja.objects.get().pk,
        "recurso": recurso.pk,
        "tipo_interno": "OFICIO",
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
        "suceso": Suceso.objects.order_by("pk").values_list("pk", flat=True)[0],
        "asignacion": Asignacion.objects.get(persona=julio).pk,
        "rol_dado": RolDePersona.objects.get(persona=julio).pk,
        "rol": RolDePersona.objects.get(persona=julio).rol_id,
        "unidad": unidades["OAJ"].pk,
        "version": licencia.pk,
        "carga": CargaDeTupa.objects.create(
            nombre="tupa.yaml",
            contenido=b"procedimientos: []",
            huella="0" * 64,
            subida_por=reparto["ADM"],
            subida_en=ahora,
        ).pk,
        "representacion": _representacion(reparto, ahora),
        "orden_de_devolucion": OrdenDeDevolucion.objects.create(
            presentacion=notificada, monto="187.00", comprobante="B001-1", ordenada_en=ahora
        ).pk,
    }
    no_hay: dict[str, Any] = {nombre: 999_000_000 for nombre, valor in hay.items() if isinstance(valor, int)}
    no_hay |= {
        "codigo": "PE-NO-HAY",
        "tipo_interno": "NO_HAY",
        "presentacion": "2026-999999",
        "escrito_posterior": "2026-999999",
        "presentacion_en_tramite": "2026-999999",
        "expediente": _otro_numero(en_tramite.expediente),
        "clave": "0" * 16,
        "cvd": "0000-0000-0000-0000",
        "cvd_publico": "0000-0000-0000-0000",
        "diligencia": "COR-2026-999999",
        "llave": "otra-llave",
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


def _diligencia(rosa: Persona, lucia: Persona, acto: Documento, ahora: datetime) -> Diligencia:
    """Un correo por confirmar, ordenado por la unidad de Lucía a Rosa."""
    return Diligencia.objects.create(
        codigo="COR-2026-000001", modalidad="CORREO", estado="ENVIADA", destinatario=rosa, documento=acto,
        unidad=lucia.asignaciones_vigentes[0].puesto.unidad, expediente="EXP-2026-000001-3", asunto="Aviso",
        direccion="rosa@ejemplo.pe", origen_de_direccion="AUTORIZADO", emitido_el=ahora.date(),
        notificar_hasta=ahora.date() + timedelta(days=7), ordenada_en=ahora, ordenada_por=lucia, enviada_en=ahora,
        acusar_hasta=ahora.date() + timedelta(days=2), llave="llave-de-prueba", calendario="nacional",
    )  # fmt: skip


def _representacion(reparto: dict[str, Persona], ahora: datetime) -> int:
    """Una que anotó ventanilla y ya terminó: no abre nada de Rosa a nadie."""
    ayer = ahora.date() - timedelta(days=1)
    return cuentas.registrar_representacion(
        actor=reparto["VEN"],
        representado=reparto["DUE"],
        representante=reparto["OTR"],
        sustento="Carta poder simple",
        desde=ayer - timedelta(days=30),
        hasta=ayer,
        ahora=ahora,
    ).pk


def _otro_numero(expediente: Expediente) -> str:
    from llaqta.cimientos.numbering import check_digit  # noqa: PLC0415

    return f"EXP-{expediente.anio}-900000-{check_digit(900000, expediente.anio)}"


def _vista(documento: Documento) -> None:
    import io  # noqa: PLC0415

    salida = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(salida, "WEBP")
    objeto = storage.guardar(io.BytesIO(salida.getvalue()))
    Vista.objects.create(archivo=documento.archivo, pagina=1, sha256=objeto.sha256, ancho=60, alto=80)


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
