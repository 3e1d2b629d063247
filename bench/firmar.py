"""``./llaqta bench firmar``: cuántos PDF de una página firma un núcleo, y qué lo limita.

Compara, con las mismas llaves y el mismo PDF y por turnos (así la máquina ocupada los frena por igual):

- ``rsa`` y ``p256``: solo la operación de ``cryptography``, el límite de cualquier programa;
- ``pyhanko``: el pyHanko de fábrica, que vuelve a cargar la llave y firma dos veces por documento;
- ``bibliotecas``: solo código de las bibliotecas (pyHanko con la llave ya cargada y el hueco ya medido);
- ``llaqta`` y ``llaqta_p256``: nuestro motor, como lo usa ``sellar``, sin bloque visible;
- ``llaqta_visible``: lo mismo buscando sitio y dibujando el bloque peruano;
- ``ficha`` y ``ficha_p256``: nuestro motor con la llave en una ficha PKCS#11 (SoftHSM2), si está instalado;
- ``nivel_t``, ``nivel_lt`` y ``nivel_lta``: llevar una firma hecha hasta ese nivel, con una TSA en otro proceso.

La cifra de cada uno es la mediana de las tandas, en firmas por segundo de procesador nuestro. Todo se verifica.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import signal
import socket
import statistics
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
    from django.conf import settings

    from llaqta.salas.firma import pades, sello
    from llaqta.salas.firma.bloque import Bloque
    from llaqta.salas.firma.sitio import buscar_sitio
    from llaqta.salas.firma.tests import documentos, firmantes

    settings.DATOS = carpeta
    ahora, pdf, autoridad = datetime.now(UTC), documentos.una_pagina(), sello.autoridad()
    llave, eliptica = firmantes.llave_de(autoridad, ahora), _llave_p256(autoridad, ahora)
    acto = pades.Acto(
        "QUISPE HUAMÁN Rosa FAU 20999000011 soft", "Soy el autor del documento", ahora, "Gerenta"
    )
    bloque = Bloque(acto.titular, acto.cargo, acto.motivo, ahora, de_demostracion=True)
    fabrica = firmantes.PyhankoDeFabrica(llave)
    firmado = pades.firmar_bytes(pdf, llave=llave, acto=acto)
    _comprobar(firmado, autoridad)
    _comprobar(pades.firmar_bytes(pdf, llave=eliptica, acto=acto), autoridad)
    bibliotecas = _firmar_con_bibliotecas(fabrica, llave, pdf)
    _comprobar(bibliotecas().getvalue(), autoridad)
    variantes: dict[str, Callable[[], object]] = {
        "rsa": lambda: llave.firmar(pdf),
        "p256": lambda: eliptica.firmar(pdf),
        "pyhanko": _firmar_de_fabrica(fabrica, pdf),
        "bibliotecas": bibliotecas,
        "llaqta": lambda: pades.firmar_bytes(pdf, llave=llave, acto=acto),
        "llaqta_p256": lambda: pades.firmar_bytes(pdf, llave=eliptica, acto=acto),
        "llaqta_visible": lambda: pades.firmar_bytes(
            pdf, llave=llave, acto=acto, caja=buscar_sitio(pdf), bloque=bloque
        ),
    }
    if MODULO.exists():
        fichas = pila.enter_context(_fichas(carpeta, llave, eliptica))
        variantes["ficha"] = lambda: pades.firmar_bytes(pdf, llave=fichas[0], acto=acto)
        variantes["ficha_p256"] = lambda: pades.firmar_bytes(pdf, llave=fichas[1], acto=acto)
    pila.enter_context(_tsa())
    return variantes | _niveles(firmado, autoridad)


def _llave_p256(autoridad: Any, ahora: datetime) -> Any:
    from llaqta.salas.firma.llaves import LlaveDeSoftware, crear_llave
    from llaqta.salas.firma.tests.firmantes import TITULAR

    privada = crear_llave("P-256")
    certificado = autoridad.emitir(
        titular=TITULAR, publica=privada.public_key(), desde=ahora - timedelta(days=1),
        hasta=ahora + timedelta(days=30),
    )  # fmt: skip
    return LlaveDeSoftware(certificado, (autoridad.emisora.certificado,), privada)


def _confianza(autoridad: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    from llaqta.salas.firma.confianza import Confianza

    raiz, emisora = (c.certificado.public_bytes(Encoding.DER) for c in (autoridad.raiz, autoridad.emisora))
    listas = autoridad.emitir_listas(revocados=[], ahora=datetime.now(UTC))
    return Confianza((raiz,), (emisora,), listas, raiz)


def _niveles(firmado: bytes, autoridad: Any) -> dict[str, Callable[[], object]]:
    """Llevar una firma ya hecha a cada nivel, con la TSA de demostración."""
    from llaqta.salas.firma import niveles
    from llaqta.salas.firma.niveles import Nivel

    confianza = _confianza(autoridad)

    def elevar(nivel: Nivel) -> Callable[[], object]:
        _comprobar(niveles.elevar(firmado, nivel, confianza=confianza, ahora=datetime.now(UTC)), autoridad)
        return lambda: niveles.elevar(firmado, nivel, confianza=confianza, ahora=datetime.now(UTC))

    return {f"nivel_{nivel.name.lower()}": elevar(nivel) for nivel in (Nivel.T, Nivel.LT, Nivel.LTA)}


@contextmanager
def _tsa() -> Iterator[None]:
    """La TSA de demostración en otro proceso: su procesador no cuenta como nuestro."""
    from django.conf import settings

    from llaqta.salas.firma.emulador_tsa import EmuladorTsa, llave_de_la_tsa

    llave = llave_de_la_tsa(ahora=datetime.now(UTC))
    puerta = socket.socket()
    puerta.bind(("127.0.0.1", 0))
    settings.TSA_URL = f"http://127.0.0.1:{puerta.getsockname()[1]}/"
    hijo = os.fork()
    if hijo == 0:
        EmuladorTsa(puerta, llave).serve_forever()
        os._exit(0)
    puerta.close()
    time.sleep(0.3)
    try:
        yield
    finally:
        os.kill(hijo, signal.SIGKILL)
        os.waitpid(hijo, 0)


def _firmar_con_bibliotecas(fabrica: Any, llave: Any, pdf: bytes) -> Callable[[], io.BytesIO]:
    """El pyHanko de fábrica sin volver a cargar la llave y sin el ensayo que mide el hueco: lo que da sin más."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    class ConLlaveCargada(signers.SimpleSigner):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            firma: bytes = llave.privada.sign(data, padding.PKCS1v15(), hashes.SHA256())
            return firma

    de_fabrica = fabrica.firmante()
    firmante = ConLlaveCargada(
        signing_cert=de_fabrica.signing_cert, signing_key=de_fabrica.signing_key,
        cert_registry=de_fabrica.cert_registry,
    )  # fmt: skip
    datos = signers.PdfSignatureMetadata(
        field_name="Firma1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )

    def firmar() -> io.BytesIO:
        salida = io.BytesIO()
        signers.PdfSigner(datos, signer=firmante).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), output=salida, bytes_reserved=16384
        )
        return salida

    return firmar


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


def _comprobar(firmado: bytes, autoridad: Any) -> None:
    """Lo que se mide tiene que ser una firma válida."""
    from llaqta.salas.firma.verificacion import Veredicto, verificar

    al = datetime.now(UTC) + timedelta(seconds=1)
    informe = verificar(firmado, confianza=_confianza(autoridad), ahora=al)
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
def _fichas(carpeta: Path, *llaves: Any) -> Iterator[list[Any]]:
    """Las mismas llaves, cada una en una ficha SoftHSM2."""
    from llaqta.salas.firma.llaves import abrir_ficha
    from llaqta.salas.firma.testing.fichas import PIN, crear_ficha, poner_llave

    nombres = [f"banco {numero}" for numero in range(len(llaves))]
    for nombre, llave in zip(nombres, llaves, strict=True):
        crear_ficha(carpeta, nombre)
        poner_llave(nombre, llave)
    abiertas = [abrir_ficha(modulo=str(MODULO), ficha=nombre, pin=PIN) for nombre in nombres]
    try:
        yield abiertas
    finally:
        for abierta in abiertas:
            abierta.cerrar()


def _como_json(medidas: dict[str, Medida]) -> dict[str, object]:
    nuestra = medidas["llaqta"]
    return {
        "banco": "firmar",
        **{clave: round(valor, 3) for clave, valor in vars(nuestra).items()},
        "veces_pyhanko": round(nuestra.por_segundo / medidas["pyhanko"].por_segundo, 1),
        "veces_bibliotecas": round(nuestra.por_segundo / medidas["bibliotecas"].por_segundo, 1),
        "fraccion_del_limite_rsa": round(nuestra.por_segundo / medidas["rsa"].por_segundo, 3),
        "cumple_sin_codigo_propio": medidas["bibliotecas"].por_segundo >= META,
        "memoria_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "variantes": {
            nombre: {clave: round(valor, 3) for clave, valor in vars(medida).items()}
            for nombre, medida in medidas.items()
        },
    }


def _imprimir(medidas: dict[str, Medida]) -> None:
    columnas = f"{'firmas/s/núcleo':>16} {'p50 ms':>9} {'p95 ms':>9} {'CPU ms':>9} {'× pyHanko':>10}"
    print(f"{'1 página':<18} {columnas}")
    base = medidas["pyhanko"].por_segundo
    for nombre, medida in medidas.items():
        print(
            f"{nombre:<18} {medida.por_segundo:>16.1f} {medida.p50_ms:>9.2f} {medida.p95_ms:>9.2f} "
            f"{medida.cpu_ms:>9.2f} {medida.por_segundo / base:>10.1f}"
        )
    nuestra, solas, limite = (medidas[nombre].cpu_ms for nombre in ("llaqta", "bibliotecas", "rsa"))
    print(
        f"Meta: {META} firmas/s/núcleo con el código de las bibliotecas. De sus {solas:.1f} ms, la RSA son "
        f"{limite:.2f}; el resto arma el sobre con asn1crypto y escribe la revisión.\n"
        f"Con el sobre propio quedan {nuestra:.2f} ms: {nuestra - limite:.2f} son leer el PDF y escribir la revisión "
        f"con pyHanko. Con P-256 la llave casi no cuenta.\n"
        f"En los niveles, lo que cuesta es volver a leer el PDF en cada paso y comprobar el sello que da la TSA."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
