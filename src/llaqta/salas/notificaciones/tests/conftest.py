"""Un acto firmado que notificar, un notificador, y el encargo que da la oficina."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Serie, Suceso
from llaqta.conftest import DESDE, _natural
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona, TextoDeConsentimiento
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.firma import services as firma
from llaqta.salas.notificaciones import services
from llaqta.salas.notificaciones.models import (
    AutorizacionDeCorreo,
    Diligencia,
    EnvioDeCorreo,
    Publicacion,
    Visita,
)
from llaqta.salas.notificaciones.services.visitar import LoQuePaso

CASA = "Jr. Los Cafetales 123, Pichari"


def el(texto: str) -> datetime:
    """``el("2026-08-04 10:00")``, en la hora oficial; sin hora, las diez de la mañana."""
    return datetime.fromisoformat(texto if " " in texto else f"{texto} 10:00").replace(tzinfo=LIMA)


@pytest.fixture(scope="session")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notificaciones")


@pytest.fixture(autouse=True)
def _carpeta_de_prueba(settings: Any, _datos: Path) -> None:
    settings.DATOS = _datos


@pytest.fixture
def notificador(roles: dict[str, Rol], entidad: object) -> Persona:
    """Fermín Huayta Poma, que lleva las cédulas."""
    persona = _natural("41000009", "Fermín", "Huayta", "Poma")
    RolDePersona.objects.create(persona=persona, rol=roles["NOTIFICADOR"], desde=DESDE)
    return Persona.objects.get(pk=persona.pk)


@pytest.fixture
def acto(especialista: Persona) -> Callable[..., Documento]:
    """Fábrica de resoluciones selladas: ``acto("2026-08-04")`` es la firmada ese día."""
    for codigo in ("RESOLUCION", "CEDULA_DE_NOTIFICACION", "ACTA", "EDICTO", "CONSTANCIA"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})
    numeros = iter(range(1, 100))

    def hacer(cuando: str = "2026-08-04") -> Documento:
        ahora = el(cuando)
        datos = {"encabezado_principal": "RESOLUCIÓN", "texto": ["Se concede."], "secciones": []}
        hecho = firma.sellar(
            pdf=pdf.componer("constancia", datos, titulo="Resolución", ahora=ahora), motivo="", ahora=ahora
        )
        archivo = documentos.guardar_pdf_propio(actor=especialista, nombre="r.pdf", pdf=hecho, ahora=ahora)
        return documentos.guardar(
            actor=especialista, tipo="RESOLUCION", asunto="Licencia de funcionamiento", archivo=archivo, ahora=ahora,
            origen=Documento.Origen.INTERNO, firmado=True,
            numero=f"RESOLUCIÓN N° {next(numeros):06d}-2026-MDP/SGLC",
            unidad=especialista.asignaciones_vigentes[0].puesto.unidad,
        )  # fmt: skip

    return hacer


@pytest.fixture
def encargo(ciudadana: Persona, especialista: Persona) -> Callable[[Documento], services.Encargo]:
    """Lo que la oficina pide notificar a Rosa."""

    def hacer(documento: Documento) -> services.Encargo:
        return services.Encargo(
            destinatario=ciudadana,
            documento=documento,
            expediente="EXP-2026-000001-3",
            procedimiento="Licencia de funcionamiento",
            asunto=documento.asunto,
            autoridad="Subgerencia de Licencias y Comercialización",
            recursos="Puede apelar ante la Gerencia Municipal, en 15 días hábiles.",
            unidad=especialista.asignaciones_vigentes[0].puesto.unidad,
        )

    return hacer


@pytest.fixture
def cedula(
    acto: Callable[..., Documento], encargo: Callable[[Documento], services.Encargo], especialista: Persona
) -> Callable[..., Diligencia]:
    """Fábrica de cédulas encargadas el día en que se firmó el acto."""

    def hacer(cuando: str = "2026-08-04", documento: Documento | None = None) -> Diligencia:
        return services.ordenar_cedula(
            actor=especialista, encargo=encargo(documento or acto(cuando)), direccion=CASA, origen="EXPEDIENTE",
            referencia="Casa de dos pisos", ahora=el(cuando),
        )  # fmt: skip

    return hacer


@pytest.fixture
def visitar(notificador: Persona) -> Callable[..., Visita]:
    """``visitar(diligencia, "2026-08-05 09:00", "AUSENTE", vuelve_el=…)``."""

    def hacer(diligencia: Diligencia, cuando: str, resultado: str, **datos: Any) -> Visita:
        paso = LoQuePaso(resultado=resultado, realizada_en=el(cuando), **datos)
        return services.anotar_visita(actor=notificador, diligencia=diligencia, paso=paso, ahora=el(cuando))

    return hacer


@pytest.fixture
def autorizado(ciudadana: Persona) -> AutorizacionDeCorreo:
    """Rosa autorizó su correo en enero."""
    TextoDeConsentimiento.objects.create(
        clave="correo", version=1, texto="Autorizo mi correo.", vigente_desde=date(2023, 1, 1)
    )
    return services.autorizar_correo(actor=ciudadana, correo="rosa@ejemplo.pe", ahora=el("2026-01-05"))


@pytest.fixture
def huella() -> Callable[[], dict[str, int]]:
    """Cuánto hay de cada cosa: antes y después de una negativa debe ser lo mismo."""

    def contar() -> dict[str, int]:
        modelos = (Diligencia, Visita, Publicacion, EnvioDeCorreo, AutorizacionDeCorreo, Documento, Suceso)
        cuentas = {modelo.__name__: modelo.objects.count() for modelo in modelos}
        cuentas["números"] = sum(Serie.objects.values_list("ultimo", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            cuentas["trabajos"] = cursor.fetchone()[0]
        return cuentas

    return contar
