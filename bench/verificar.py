"""``./llaqta bench verificar``: cuántos PDF firmados verifica un núcleo, por nivel y por tamaño.

Compara, con los mismos documentos y por turnos (así la máquina ocupada los frena por igual):

- ``llaqta``: nuestra verificación entera: forma, cambios, cadena, revocación, sellos de tiempo y nivel;
- ``pyhanko``: el ``validate_pdf_signature`` de fábrica, con revocación obligatoria, por cada firma del documento; en
  B-LTA, su ``async_ades_lta_validation``, que es lo que hace lo mismo que nosotros.

Los documentos: B-B, B-T y B-LTA con P-256, y B-B con RSA-2048; de 1 página y, el B-B, de 50. Las autoridades son las de
``firma.testing.pki``. La cifra es la mediana de las tandas, en documentos por segundo de procesador.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

META = 50


def main(argv: list[str]) -> int:
    """Mide e imprime; con ``--json``, una sola línea. Devuelve 1 si un B-B de una página no llega a 50 por segundo."""
    lector = argparse.ArgumentParser(prog="./llaqta bench verificar", description=__doc__.split("\n", 1)[0])
    lector.add_argument("--json", action="store_true", help="una línea de JSON")
    lector.add_argument("--tandas", type=int, default=7, help="repeticiones de cada variante")
    lector.add_argument("--segundos", type=float, default=0.6, help="lo que dura cada tanda")
    opciones = lector.parse_args(argv)
    _preparar_django()
    with tempfile.TemporaryDirectory() as carpeta:
        medidas = _medir(_variantes(Path(carpeta)), tandas=opciones.tandas, segundos=opciones.segundos)
    if opciones.json:
        print(json.dumps({"banco": "verificar", "por_segundo": {k: round(v, 1) for k, v in medidas.items()}}))
    else:
        _imprimir(medidas)
    return 0 if medidas["B-B 1 p · llaqta"] >= META else 1


def _preparar_django() -> None:
    """El motor no usa la base de datos, pero la autoridad de prueba lee los ajustes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llaqta.config.settings")
    os.environ.setdefault("LLAQTA_DEMO", "1")
    os.environ.setdefault("DATABASE_URL", "postgresql://nadie@/nada")
    import django

    django.setup()
    logging.disable(logging.WARNING)


def _variantes(carpeta: Path) -> dict[str, Callable[[], object]]:
    """Hace los documentos y devuelve qué hacer en cada variante, después de comprobar que son válidos."""
    from llaqta.salas.firma.testing.pki import EstadoDePrueba
    from llaqta.salas.firma.tests import documentos, taller
    from llaqta.salas.firma.veredicto import Veredicto

    banco = taller.armar(EstadoDePrueba(carpeta))
    una, cincuenta = documentos.una_pagina(), _de_cincuenta_paginas()
    hechos = {
        "B-B 1 p": banco.propia(una),
        "B-B 1 p RSA": banco.propia(una, banco.estado.llave("firmante-rsa")),
        "B-B 50 p": banco.propia(cincuenta),
        "B-T 1 p": banco.de_fabrica(una, tsa="tsa"),
        "B-LTA 1 p": banco.de_fabrica(una, tsa="tsa", lt=True, lta=True),
        "B-LTA 50 p": banco.de_fabrica(cincuenta, tsa="tsa", lt=True, lta=True),
    }
    confianza = banco.confianza
    variantes: dict[str, Callable[[], object]] = {}
    for nombre, pdf in hechos.items():
        informe = banco.verificar(pdf, confianza=confianza)
        if informe.veredicto is not Veredicto.VALIDA:
            raise SystemExit(f"{nombre} no es válido: {informe.motivos}")
        variantes[f"{nombre} · llaqta"] = lambda pdf=pdf: banco.verificar(pdf, confianza=confianza)  # type: ignore[misc]
        variantes[f"{nombre} · pyhanko"] = _de_fabrica(banco, pdf, largo="LTA" in nombre)
    banco.estado.apagar()
    return variantes


def _de_fabrica(banco: Any, pdf: bytes, *, largo: bool) -> Callable[[], object]:
    """La verificación de pyHanko, como la muestra su documentación."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.ades import ades_lta_validation
    from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.context import CertValidationPolicySpec
    from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
    from pyhanko_certvalidator.policy_decl import (
        REQUIRE_REVINFO,
        CertRevTrustPolicy,
    )
    from pyhanko_certvalidator.registry import SimpleTrustManager

    raiz = _raiz(banco)
    listas = list(banco.listas())

    def corta() -> object:
        firmas = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        return [
            validate_pdf_signature(
                firma,
                ValidationContext(
                    trust_roots=[raiz], crls=listas, revocation_mode="require", moment=banco.ahora,
                    allow_fetching=False,
                ),
            ).bottom_line
            for firma in firmas
        ]  # fmt: skip

    politica = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[raiz]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    especificacion = PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=politica))
    instantes = ValidationTimingInfo(banco.ahora, banco.ahora, point_in_time_validation=True)

    def larga() -> object:
        firma = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
        return asyncio.run(ades_lta_validation(firma, especificacion, timing_info=instantes)).ades_subindic

    return larga if largo else corta


def _raiz(banco: Any) -> Any:
    from llaqta.salas.firma.confianza import leer_asn1
    from llaqta.salas.firma.tests.taller import der

    return leer_asn1(der(banco.estado.raiz))


def _de_cincuenta_paginas() -> bytes:
    from llaqta.salas.firma.tests.documentos import FUENTE, _componer

    return _componer(FUENTE.format(palabras=24_000))


def _medir(variantes: dict[str, Callable[[], object]], *, tandas: int, segundos: float) -> dict[str, float]:
    """Corre las variantes por turnos y devuelve la mediana de sus tandas, por segundo de procesador."""
    cpu: dict[str, list[float]] = {nombre: [] for nombre in variantes}
    for hacer in variantes.values():
        hacer()
    for _ in range(tandas):
        for nombre, hacer in variantes.items():
            fin, veces, antes = time.perf_counter() + segundos, 0, time.process_time()
            while time.perf_counter() < fin:
                hacer()
                veces += 1
            cpu[nombre].append((time.process_time() - antes) / veces)
    return {nombre: 1 / statistics.median(tiempos) for nombre, tiempos in cpu.items()}


def _imprimir(medidas: dict[str, float]) -> None:
    print(f"{'documento':<14} {'llaqta/s/núcleo':>16} {'pyHanko/s/núcleo':>17} {'veces':>7}")
    for nombre in [clave.removesuffix(" · llaqta") for clave in medidas if clave.endswith("llaqta")]:
        nuestra, suya = medidas[f"{nombre} · llaqta"], medidas[f"{nombre} · pyhanko"]
        print(f"{nombre:<14} {nuestra:>16.1f} {suya:>17.1f} {nuestra / suya:>7.1f}")
    print(
        f"Meta: {META} B-B por segundo y núcleo. Lo que limita: interpretar el PDF y el sobre (asn1crypto)."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
