"""``./llaqta bench constancias``: cuánto procesador cuesta una constancia de la casilla, y en qué se va.

Enciende un PostgreSQL que espera al disco como en producción, carga la demostración, deposita y sella de verdad: PDF/A
compuesto con typst, sello de la entidad, prueba de inclusión, archivo y filas. Compara por turnos, en una misma
corrida, la de hoy con lo que se hacía antes: buscar sitio para el sello dibujando la hoja, y dibujar sus vistas sin que
nadie las mire. Se cuenta el procesador de este proceso y el de los que enciende para dibujar.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

RAIZ = Path(__file__).resolve().parents[1]
TANDA = 10
ROSA = "45678901"


def main(argv: list[str]) -> int:
    """Mide e imprime; con ``--json``, una sola línea."""
    lector = argparse.ArgumentParser(prog="./llaqta bench constancias", description=__doc__)
    lector.add_argument("--tandas", type=int, default=6, help=f"tandas de {TANDA} de cada variante (6)")
    lector.add_argument("--json", action="store_true", help="una línea de JSON")
    opciones = lector.parse_args(argv)
    from llaqta.lanzador.postgres import base_temporal

    with (
        tempfile.TemporaryDirectory(prefix="llaqta-constancias-") as carpeta,
        base_temporal(duradero=True) as base,
    ):
        _preparar(base.url, carpeta)
        resultado = _medir(opciones.tandas)
    if opciones.json:
        print(json.dumps(resultado, ensure_ascii=False))
        return 0
    for variante in ("antes", "hoy"):
        ms = resultado[variante]["ms_de_procesador"]
        print(f"{variante:>6}: {ms:7.1f} ms de procesador por constancia, {1000 / ms:5.1f}/s por núcleo")
    print(f"veces más barata: {resultado['veces']}")
    for etapa, ms in resultado["hoy"]["etapas"].items():
        print(f"{etapa:>40}: {ms:6.1f} ms")
    return 0


def _preparar(url: str, carpeta: str) -> None:
    limpio = {nombre: os.environ[nombre] for nombre in os.environ if not nombre.startswith("LLAQTA_")}
    os.environ.clear()
    os.environ.update(
        limpio, DATABASE_URL=url, LLAQTA_DEMO="1", LLAQTA_DATA=carpeta, LLAQTA_LOG="WARNING",
        DJANGO_SETTINGS_MODULE="llaqta.config.settings",
    )  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("cargar_demo", verbosity=0)


def _medir(tandas: int) -> dict[str, Any]:
    from llaqta.salas.documentos import services as documentos

    etapas = _Etapas()
    actual = documentos.guardar_sellado

    def buscando_sitio(**datos: Any) -> Any:
        return actual(**{**datos, "caja": None})

    por_sellar = _depositadas(2 * TANDA * (tandas + 1))
    gastos: dict[str, list[float]] = {"antes": [], "hoy": []}
    for tanda in range(tandas + 1):
        with mock.patch.object(documentos, "guardar_sellado", buscando_sitio):
            antes = _gasto(lambda: _sellar(por_sellar, dibujar=True))
        with etapas.contando(anotar=tanda > 0):
            hoy = _gasto(lambda: _sellar(por_sellar, dibujar=False))
        if tanda:  # la primera abre llaves y letras
            gastos["antes"].append(antes)
            gastos["hoy"].append(hoy)
    medianas = {variante: statistics.median(todas) / TANDA * 1000 for variante, todas in gastos.items()}
    return {
        "antes": {"ms_de_procesador": round(medianas["antes"], 1)},
        "hoy": {
            "ms_de_procesador": round(medianas["hoy"], 1),
            "etapas": {k: round(v / (TANDA * tandas) * 1000, 1) for k, v in etapas.segundos.items()},
        },
        "veces": round(medianas["antes"] / medianas["hoy"], 1),
    }


def _depositadas(cuantas: int) -> Iterator[Any]:
    """Deposita de verdad y pone cada suceso en el registro; devuelve lo que espera su constancia."""
    from django.utils import timezone

    from llaqta.salas.auditoria.services import secuenciar_ahora
    from llaqta.salas.casilla import services
    from llaqta.salas.cuentas.models import Persona
    from llaqta.salas.documentos.models import Documento

    modelo = Documento.objects.filter(firmado=True, origen="INTERNO").first()
    assert modelo is not None
    propios = {"id", "numero", "cvd", "registrado_en"}
    campos = [campo.attname for campo in Documento._meta.concrete_fields if campo.attname not in propios]
    comun = {campo: getattr(modelo, campo) for campo in campos}
    actos = Documento.objects.bulk_create(
        Documento(**comun, numero=f"ACTO-{n:06d}", registrado_en=timezone.now()) for n in range(cuantas)
    )
    rosa = Persona.objects.get(numero_documento=ROSA)
    actor = next(una for una in Persona.objects.exclude(pk=rosa.pk) if una.puede("expedientes.tramitar"))
    hechas = []
    for acto in actos:
        hecha = services.depositar(
            actor=actor, destinatario=rosa, documento=acto, expediente="EXP-2026-000001-3", asunto=acto.asunto,
            ahora=timezone.now(),
        )  # fmt: skip
        services.abrir_alertas(notificacion_id=hecha.pk, ahora=timezone.now())
        hechas.append(hecha)
    secuenciar_ahora(ahora=timezone.now())
    return iter(hechas)


def _sellar(por_sellar: Iterator[Any], *, dibujar: bool) -> None:
    from django.utils import timezone

    from llaqta.salas.casilla import constancias
    from llaqta.salas.documentos import services as documentos

    for _ in range(TANDA):
        ahora = timezone.now()
        hecha = constancias.sellar(notificacion_id=next(por_sellar).pk, clase="DEPOSITO", ahora=ahora)
        if dibujar:
            documentos.hacer_vistas(archivo_id=hecha.documento.archivo_id, ahora=ahora)


def _gasto(hacer: Callable[[], None]) -> float:
    """Segundos de procesador de este proceso y de los que encendió."""
    antes = _procesador()
    hacer()
    return _procesador() - antes


def _procesador() -> float:
    hijos = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + hijos.ru_utime + hijos.ru_stime


class _Etapas:
    """En qué se va el procesador: cuánto hay dentro de cada función, con las que llama."""

    def __init__(self) -> None:
        self.segundos: dict[str, float] = defaultdict(float)

    @contextmanager
    def contando(self, *, anotar: bool) -> Iterator[None]:
        """Mientras dura, las funciones miradas anotan su procesador."""
        from llaqta.cimientos import pdf, qr, storage
        from llaqta.salas.auditoria import pruebas
        from llaqta.salas.documentos import inspeccion
        from llaqta.salas.firma import services as firma

        miradas = [
            (pdf, "_compilar", "componer (typst, PDF/A-2a y UA-1)"), (qr, "png", "código QR"),
            (firma, "_firmar", "sellar (PAdES y bloque visible)"), (inspeccion, "revisar", "revisar el PDF"),
            (storage, "guardar", "escribir en el almacén"), (pruebas, "get_prueba", "prueba de inclusión"),
        ]  # fmt: skip
        parches = [mock.patch.object(donde, cual, self._mirar(getattr(donde, cual), nombre, anotar=anotar))
                   for donde, cual, nombre in miradas]  # fmt: skip
        for parche in parches:
            parche.start()
        try:
            yield
        finally:
            for parche in parches:
                parche.stop()

    def _mirar(self, hacer: Callable[..., Any], nombre: str, *, anotar: bool) -> Callable[..., Any]:
        def mirada(*args: Any, **datos: Any) -> Any:
            desde = time.process_time()
            try:
                return hacer(*args, **datos)
            finally:
                if anotar:
                    self.segundos[nombre] += time.process_time() - desde

        return mirada


if __name__ == "__main__":
    sys.path[:0] = [str(RAIZ), str(RAIZ / "src")]
    sys.exit(main(sys.argv[1:]))
