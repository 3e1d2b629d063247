"""Un documento compuesto, visado y firmado: las firmas caben en su lugar y lo guardado es byte por byte lo firmado."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from llaqta.cimientos import pdf, storage
from llaqta.cimientos.redaccion import bloques
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services
from llaqta.salas.firma import queries as firmas
from llaqta.salas.firma import services as firma
from llaqta.salas.firma.services import Motivo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos")]
PIN = "246810"


def test_lo_firmado_en_sus_cajas_se_guarda_igual_y_sigue_siendo_valido(
    jefe: Persona, especialista: Persona, ahora: datetime, tmp_path: Path
) -> None:
    for persona in (jefe, especialista):
        firma.emitir_certificado_de_demostracion(persona=persona, pin=PIN, ahora=ahora)
    cvd = services.nuevo_cvd(ahora.date())
    compuesto = pdf.componer(
        "resolucion",
        {
            "tipo": "RESOLUCIÓN SUBGERENCIAL",
            "numero": "N° 000087-2026-MDP/SGLC",
            "lugar": "Pichari",
            "fecha": date(2026, 6, 1),
            "organo": "Subgerencia de Licencias y Comercialización",
            "lemas": ["Año de la Esperanza y el Fortalecimiento de la Democracia"],
            "visto": bloques("El expediente N° EXP-2026-000123-7; y"),
            "considerando": bloques("Que, **cumple** los requisitos;\n\nQue, corresponde resolver;"),
            "articulos": [{"texto": bloques("**OTORGAR** la licencia de funcionamiento.")}],
            "firmante": {"nombre": "JULIO ORÉ MENDOZA", "cargo": "Subgerente"},
            "verificacion": pdf.verificacion(
                url="https://sede.example/verificar", cvd=cvd.codigo, desde=cvd.desde, hasta=cvd.hasta
            ),
        },
        titulo="RESOLUCIÓN SUBGERENCIAL N° 000087-2026-MDP/SGLC",
        ahora=ahora,
    )
    visado = firma.firmar(
        actor=especialista, pdf=compuesto, pin=PIN, motivo=Motivo.VISTO_BUENO, cargo="Especialista en licencias",
        ahora=ahora, caja=pdf.caja_de_firma(1),
    )  # fmt: skip
    firmado = firma.firmar(
        actor=jefe, pdf=visado.bytes, pin=PIN, motivo=Motivo.AUTOR, cargo="Subgerente", ahora=ahora,
        caja=pdf.caja_de_firma(0),
    )  # fmt: skip
    archivo = services.guardar_pdf_propio(actor=jefe, nombre="resolucion.pdf", pdf=firmado.bytes, ahora=ahora)
    documento = services.guardar(
        actor=jefe,
        tipo="INFORME",
        asunto="Licencia",
        archivo=archivo,
        ahora=ahora,
        origen="INTERNO",
        cvd=cvd,
        firmado=True,
    )
    guardado = storage.leer(documento.archivo.sha256)
    assert guardado == firmado.bytes
    assert archivo.sha256 == firmado.huella
    informe = firmas.verificar(guardado, ahora=ahora)
    assert informe.veredicto.value == "VALIDA"
    assert len(informe.firmas) == 2
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 1
