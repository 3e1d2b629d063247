"""``./llaqta bench firmar``: cuántos PDF firma un núcleo, con RSA-2048 y una página.

Compara, con la misma llave y el mismo PDF y por turnos (así la máquina ocupada los frena por igual):

- ``llaqta``: nuestro motor, como lo usa ``sellar`` con la llave ya abierta, sin bloque visible;
- ``llaqta_visible``: lo mismo buscando sitio y dibujando el bloque peruano;
- ``pyhanko``: el pyHanko de fábrica, que vuelve a cargar la llave y firma dos veces por documento;
- ``rsa``: solo la operación RSA de ``cryptography``, el límite de cualquier programa;
- ``ficha``: nuestro motor con la llave en una ficha PKCS#11 (SoftHSM2), si está instalado.

La cifra de cada uno es la mediana de las tandas, en firmas por segundo de procesador. Cada tanda se verifica.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MODULO = Path("/usr/lib/softhsm/libsofthsm2.so")
META = 50


@dataclass(frozen=True)
class Medida:
    """Lo medido de una variante: firmas por segundo de un núcleo y milisegundos por firma."""

    por_segundo: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def main(argv: list[str]) -> int:
    """Mide e imprime; con ``--json``, una sola línea. Devuelve 1 si no se alcanza la meta de 50 firmas por segundo."""
    opciones = _opciones(argv)
    _preparar_django()
    with ExitStack() as pila:
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory()))
        variantes = _variantes(carpeta, pila)
        medidas = _medir(variantes, tandas=opciones.tandas, segundos=opciones.segundos)
    if opciones.json:
        print(json.dumps(_como_json(medidas)))
    else:
        _imprimir(medidas)
    return 0 if medidas["llaqta"].por_segundo >= META else 1


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(prog="./llaqta bench firmar", description=__doc__.split("\n", 1)[0])
    lector.add_argument("--json", action="store_true", help="una línea de JSON")
    lector.add_argument("--tandas", type=int, default=7, help="repeticiones de cada variante")
    lector.add_argument("--segundos", type=float, default=0.6, help="lo que dura cada tanda")
    return lector.parse_args(argv)


def _preparar_django() -> None:
    """El motor no usa la base de datos, pero sus módulos leen los ajustes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llaqta.config.settings")
    os.environ.setdefault("LLAQTA_DEMO", "1")
    os.environ.setdefault("DATABASE_URL", "postgresql://nadie@/nada")
    import django

    django.setup()


def _variantes(carpeta: Path, pila: ExitStack) -> dict[str, Callable[[], object]]:
    """Prepara las llaves y el PDF, y devuelve qué hacer en cada variante."""
    from llaqta.salas.firma import pades
    from llaqta.salas.firma.bloque import Bloque
    from llaqta.salas.firma.ca import abrir_autoridad
    from llaqta.salas.firma.sitio import buscar_sitio
    from llaqta.salas.firma.tests import documentos, firmantes

    ahora = datetime.now(UTC)
    pdf = documentos.una_pagina()
    autoridad = abrir_autoridad(carpeta=carpeta, clave=b"banco")
    llave = firmantes.llave_de(autoridad, ahora)
    acto = pades.Acto(
        "QUISPE HUAMÁN Rosa FAU 20999000011 soft", "Soy el autor del documento", ahora, "Gerenta"
    )
    bloque = Bloque(acto.titular, acto.cargo, acto.motivo, ahora, de_demostracion=True)
    fabrica = firmantes.PyhankoDeFabrica(llave)
    _comprobar(pades.firmar_bytes(pdf, llave=llave, acto=acto), autoridad, ahora)
    variantes: dict[str, Callable[[], object]] = {
        "llaqta": lambda: pades.firmar_bytes(pdf, llave=llave, acto=acto),
        "llaqta_visible": lambda: pades.firmar_bytes(
            pdf, llave=llave, acto=acto, caja=buscar_sitio(pdf), bloque=bloque
        ),
        "pyhanko": _firmar_de_fabrica(fabrica, pdf),
        "rsa": lambda: llave.firmar(pdf),
    }
    if MODULO.exists():
        ficha = pila.enter_context(_ficha(carpeta, llave))
        variantes["ficha"] = lambda: pades.firmar_bytes(pdf, llave=ficha, acto=acto)
    return variantes


def _firmar_de_fabrica(fabrica: Any, pdf: bytes) -> Callable[[], object]:
    """El firmador de pyHanko tal como lo muestra su documentación, con el firmante ya construido."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    firmante = fabrica.firmante()
    datos = signers.PdfSignatureMetadata(
        field_name="Firma1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    return lambda: signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), datos, signer=firmante, output=io.BytesIO()
    )


def _comprobar(firmado: bytes, autoridad: Any, ahora: datetime) -> None:
    """Lo que se mide tiene que ser una firma válida."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from llaqta.salas.firma.anclas import Confianza
    from llaqta.salas.firma.verificacion import Veredicto, verificar

    raiz, emisora = (c.certificado.public_bytes(Encoding.DER) for c in (autoridad.raiz, autoridad.emisora))
    confianza = Confianza((raiz,), (emisora,), autoridad.emitir_listas(revocados=[], ahora=ahora), raiz)
    informe = verificar(firmado, confianza=confianza, ahora=ahora + timedelta(seconds=1))
    if informe.veredicto is not Veredicto.VALIDA:
        raise SystemExit(f"Lo firmado no es válido: {informe.motivos}")


def _medir(variantes: dict[str, Callable[[], object]], *, tandas: int, segundos: float) -> dict[str, Medida]:
    """Corre las variantes por turnos y devuelve la mediana de sus tandas."""
    cpu: dict[str, list[float]] = {nombre: [] for nombre in variantes}
    paredes: dict[str, list[float]] = {nombre: [] for nombre in variantes}
    for hacer in variantes.values():
        hacer()
    for _ in range(tandas):
        for nombre, hacer in variantes.items():
            fin, veces, antes = time.perf_counter() + segundos, 0, time.process_time()
            while time.perf_counter() < fin:
                inicio = time.perf_counter()
                hacer()
                paredes[nombre].append(time.perf_counter() - inicio)
                veces += 1
            cpu[nombre].append((time.process_time() - antes) / veces)
    return {nombre: _resumir(cpu[nombre], paredes[nombre]) for nombre in variantes}


def _resumir(cpu: list[float], paredes: list[float]) -> Medida:
    centiles = statistics.quantiles(paredes, n=100)
    por_firma = statistics.median(cpu)
    return Medida(1 / por_firma, centiles[49] * 1000, centiles[94] * 1000, por_firma * 1000)


@contextmanager
def _ficha(carpeta: Path, llave: Any) -> Iterator[Any]:
    """Una ficha SoftHSM2 con la misma llave."""
    import pkcs11
    from cryptography.hazmat.primitives import serialization
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util.rsa import decode_rsa_private_key

    from llaqta.salas.firma.llaves import abrir_ficha

    (carpeta / "fichas").mkdir()
    (carpeta / "softhsm2.conf").write_text(f"directories.tokendir = {carpeta}/fichas\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(carpeta / "softhsm2.conf")
    orden = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "banco",
        "--pin",
        "1234",
        "--so-pin",
        "5678",
    ]
    subprocess.run(orden, check=True, capture_output=True)
    der = llave.privada.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with pkcs11.lib(str(MODULO)).get_token(token_label="banco").open(user_pin="1234", rw=True) as sesion:
        sesion.create_object(decode_rsa_private_key(der) | {Attribute.LABEL: "sello", Attribute.TOKEN: True})
        sesion.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                Attribute.LABEL: "sello",
                Attribute.TOKEN: True,
                Attribute.SUBJECT: llave.certificado.subject.public_bytes(),
                Attribute.VALUE: llave.certificado.public_bytes(serialization.Encoding.DER),
            }
        )
    abierta = abrir_ficha(modulo=str(MODULO), ficha="banco", pin="1234")
    try:
        yield abierta
    finally:
        abierta.cerrar()


def _como_json(medidas: dict[str, Medida]) -> dict[str, object]:
    nuestra = medidas["llaqta"]
    return {
        "banco": "firmar",
        **{clave: round(valor, 3) for clave, valor in vars(nuestra).items()},
        "veces_pyhanko": round(nuestra.por_segundo / medidas["pyhanko"].por_segundo, 1),
        "fraccion_del_limite_rsa": round(nuestra.por_segundo / medidas["rsa"].por_segundo, 3),
        "memoria_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "variantes": {
            nombre: {clave: round(valor, 3) for clave, valor in vars(medida).items()}
            for nombre, medida in medidas.items()
        },
    }


def _imprimir(medidas: dict[str, Medida]) -> None:
    columnas = f"{'firmas/s/núcleo':>16} {'p50 ms':>9} {'p95 ms':>9} {'CPU ms':>9} {'× pyHanko':>10}"
    print(f"{'RSA-2048, 1 página':<18} {columnas}")
    base = medidas["pyhanko"].por_segundo
    for nombre, medida in medidas.items():
        print(
            f"{nombre:<18} {medida.por_segundo:>16.1f} {medida.p50_ms:>9.2f} {medida.p95_ms:>9.2f} "
            f"{medida.cpu_ms:>9.2f} {medida.por_segundo / base:>10.1f}"
        )
    print(
        f"Meta: {META} firmas/s/núcleo. Lo que limita: escribir la revisión con pyHanko; la RSA es el resto."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
