"""Si la máquina muere en medio de una presentación, después está todo o no está nada, y ningún número se quema.

Cada prueba bifurca el proceso; el hijo presenta de verdad y se mata con SIGKILL justo antes de una de sus
sentencias, antes del COMMIT o después de él. El padre mira lo que quedó en la base y en el almacén.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from llaqta.cimientos.models import Serie, Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes.models import Anexo, Presentacion
from llaqta.salas.mesapartes.tests.factories import archivo, pdf, presentar
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db(transaction=True)


def morir() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def morir_antes_de_la_sentencia(cual: int) -> Callable[[], None]:
    """Prepara al hijo para morir antes de su sentencia número ``cual``."""

    def preparar() -> None:
        contadas = 0

        def contar(ejecutar: Any, sql: str, params: Any, varias: bool, contexto: Any) -> Any:
            nonlocal contadas
            contadas += 1
            if contadas == cual:
                morir()
            return ejecutar(sql, params, varias, contexto)

        connection.execute_wrappers.append(contar)

    return preparar


def morir_antes_del_commit() -> None:
    connection._commit = morir  # type: ignore[method-assign]


def morir_despues_del_commit() -> None:
    confirmar = connection._commit

    def y_morir() -> None:
        confirmar()
        morir()

    connection._commit = y_morir  # type: ignore[method-assign]


def presentar_en_un_hijo(actor: Persona, ahora: datetime, preparar: Callable[[], None], marca: str) -> bool:
    """Presenta en otro proceso; ``True`` si terminó, ``False`` si murió en el camino."""
    connections.close_all()
    hijo = os.fork()
    if hijo == 0:
        try:
            preparar()
            presentar(actor, ahora=ahora, archivos=[archivo("plano.pdf", pdf(2, marca=marca))])
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, estado = os.waitpid(hijo, 0)
    assert os.WIFSIGNALED(estado) or os.WEXITSTATUS(estado) == 0, "el hijo falló por otra razón"
    return not os.WIFSIGNALED(estado)


def cuentas() -> dict[str, int]:
    """Cuántas filas hay de todo lo que una presentación escribe, y por dónde van las series."""
    filas = {m.__name__: m.objects.count() for m in (Presentacion, Expediente, Anexo, Documento, Archivo)}
    series = dict(Serie.objects.values_list("nombre", "ultimo"))
    presentados = Suceso.objects.filter(tipo="mesapartes.DocumentoPresentado").count()
    return {
        **filas,
        "registro": series.get("mesapartes.registro", 0),
        "serie": series.get("expedientes", 0),
        "suceso": presentados,
    }


def objetos(raiz: Path) -> int:
    return sum(1 for ruta in (raiz / "objetos").rglob("*") if ruta.is_file() and len(ruta.name) == 64)


def test_muera_donde_muera_esta_todo_o_no_esta_nada(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime, tmp_path: Path
) -> None:
    nada = cuentas()
    assert set(nada.values()) == {0}
    sentencia, termino = 0, False
    while not termino:
        sentencia += 1
        termino = presentar_en_un_hijo(
            ciudadana, ahora, morir_antes_de_la_sentencia(sentencia), f"s{sentencia}"
        )
        if not termino:
            assert cuentas() == nada, f"al morir antes de la sentencia {sentencia} quedó algo a medias"
    assert sentencia > 15  # de verdad se recorrió toda la presentación

    una = cuentas()
    assert set(una.values()) == {1}  # una de cada cosa, y los números empezaron en uno: ninguno se quemó

    assert not presentar_en_un_hijo(ciudadana, ahora, morir_antes_del_commit, "antes")
    assert cuentas() == una
    assert not presentar_en_un_hijo(ciudadana, ahora, morir_despues_del_commit, "despues")
    assert set(cuentas().values()) == {2}

    # En el almacén quedaron archivos de las que murieron; pasadas 24 horas el barrido los retira y respeta los demás.
    assert objetos(tmp_path) > 2
    documentos.barrer_huerfanos(ahora=timezone.now() + timedelta(hours=25))
    assert objetos(tmp_path) == 2
    siguiente = presentar(ciudadana, ahora=ahora, envio=uuid4())
    assert siguiente.numero == "2026-000003"
