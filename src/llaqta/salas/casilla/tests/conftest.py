"""Lo que necesitan las pruebas de la casilla: catálogos y una resolución firmada de verdad."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from llaqta.cimientos import pdf
from llaqta.salas.casilla import reactions, services
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.firma import services as firma


@pytest.fixture(autouse=True)
def reloj_del_trabajador(monkeypatch: pytest.MonkeyPatch, ahora: datetime) -> None:
    """El trabajador atiende en el mismo día de la prueba: desde cuándo está avisada la persona tiene efectos."""
    monkeypatch.setattr(reactions, "timezone", SimpleNamespace(now=lambda: ahora))


@pytest.fixture
def consentimiento(db: None) -> TextoDeConsentimiento:
    """El texto que se acepta."""
    return TextoDeConsentimiento.objects.create(
        clave="casilla",
        version=1,
        texto="Acepto ser notificado en mi casilla.",
        vigente_desde=date(2023, 1, 1),
    )


@pytest.fixture
def adhesion(ciudadana: Persona, consentimiento: TextoDeConsentimiento) -> Adhesion:
    """Rosa tiene casilla desde enero de 2026."""
    return Adhesion.objects.create(
        persona=ciudadana,
        texto=consentimiento,
        correo="rosa@ejemplo.pe",
        aceptada_en=datetime.fromisoformat("2026-01-05T09:00:00-05:00"),
    )


@pytest.fixture
def resolucion(especialista: Persona, ahora: datetime) -> Documento:
    """Una resolución en PDF, con sello digital, guardada como documento interno."""
    for codigo in ("RESOLUCION", "CONSTANCIA"):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo.capitalize()})
    datos = {"encabezado_principal": "RESOLUCIÓN", "texto": ["Se concede la licencia."], "secciones": []}
    hecho = firma.sellar(
        pdf=pdf.componer("constancia", datos, titulo="Resolución", ahora=ahora), motivo="", ahora=ahora
    )
    return documentos.guardar(
        actor=especialista,
        tipo="RESOLUCION",
        asunto="Licencia de funcionamiento",
        archivo=documentos.guardar_pdf_propio(
            actor=especialista, nombre="resolucion.pdf", pdf=hecho, ahora=ahora
        ),
        ahora=ahora,
        origen=Documento.Origen.INTERNO,
        numero="RESOLUCIÓN N° 000001-2026-MDP/SGLC",
        unidad=especialista.asignaciones_vigentes[0].puesto.unidad,
        firmado=True,
    )


@pytest.fixture
def depositar(especialista: Persona, ciudadana: Persona, resolucion: Documento, ahora: datetime) -> Any:
    """Deposita la resolución en la casilla de Rosa; cada prueba cambia lo que necesita."""

    def hacer(**cambios: Any) -> Any:
        datos: dict[str, Any] = {
            "actor": especialista,
            "destinatario": ciudadana,
            "documento": resolucion,
            "expediente": "EXP-2026-000001-3",
            "asunto": "Licencia de funcionamiento",
            "recursos": "Reconsideración o apelación, en 15 días hábiles.",
            "ahora": ahora,
        }
        return services.depositar(**{**datos, **cambios})

    return hacer
