"""Quien prueba códigos no aprende nada: ni por lo que se responde, ni por lo que tarda, ni a fuerza de probar."""

from __future__ import annotations

import math
import re
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from llaqta.salas.documentos import rules as cvds
from llaqta.salas.sede import rules
from llaqta.salas.sede.models import Intento
from llaqta.salas.sede.tests.conftest import Emitido

Emitir = Callable[..., Emitido]


def _inventados(cuantos: int, ahora: datetime) -> list[str]:
    return [cvds.nuevo_cvd(ahora.date()).codigo for _ in range(cuantos)]


def _mann_whitney(a: list[float], b: list[float]) -> float:
    """La probabilidad (aproximación normal, dos colas) de una diferencia así si ambas muestras fueran lo mismo."""
    juntas = sorted((valor, de) for de, muestra in enumerate((a, b)) for valor in muestra)
    suma = float(sum(lugar for lugar, (_, de) in enumerate(juntas, start=1) if de == 0))
    u = suma - len(a) * (len(a) + 1) / 2
    media = len(a) * len(b) / 2
    desviacion = math.sqrt(len(a) * len(b) * (len(a) + len(b) + 1) / 12)
    return math.erfc(abs(u - media) / desviacion / math.sqrt(2))


def test_la_formula_distingue_lo_distinto_y_no_lo_igual() -> None:
    assert _mann_whitney([float(n) for n in range(100)], [n + 0.5 for n in range(100)]) > 0.9
    assert _mann_whitney([float(n) for n in range(100)], [float(n + 200) for n in range(100)]) < 1e-20


def test_acierto_y_error_hacen_las_mismas_sentencias_y_la_misma_verificacion(
    visitante: Client, emitir: Emitir, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llaqta.salas.sede.queries import verificacion  # noqa: PLC0415

    codigos = [emitir(f"RESOLUCIÓN N° {n:06d}-2026-MDP/GM").cvd for n in (1, 2)]
    verificadas: list[int] = []
    verdadera = verificacion.firma.verificar

    def contada(pdf: Any, **datos: Any) -> Any:
        verificadas.append(1)
        return verdadera(pdf, **datos)

    monkeypatch.setattr(verificacion.firma, "verificar", contada)
    monkeypatch.setattr(verificacion, "_LO_QUE_DURA_UN_INFORME", 0)  # cada vez, como si fuera la primera
    visitante.get(f"/v/{codigos[0]}")  # lo que solo cuesta la primera vez

    def medir(cvd: str) -> tuple[int, list[str], int]:
        verificadas.clear()
        with CaptureQueriesContext(
            connection,
        ) as hechas:
            respuesta = visitante.get(f"/v/{cvd}")
        sentencias = [
            re.sub(r' "s\d+_x\d+"', "", consulta["sql"].split(" WHERE ")[0])[:60]
            for consulta in hechas.captured_queries
            if "cimientos_entidad"
            not in consulta["sql"]  # se vuelve a leer cada cinco segundos, pase lo que pase
        ]
        return respuesta.status_code, sentencias, len(verificadas)

    codigo_bueno, sentencias, verificaciones = medir(codigos[0])
    assert (codigo_bueno, verificaciones) == (200, 1)
    for inventado in _inventados(5, ahora):
        codigo, suyas, suyas_verificadas = medir(inventado)
        assert codigo == 404
        assert suyas_verificadas == verificaciones
        # El señuelo puede pedir una sentencia más según el código, exista o no: se comparan las demás.
        assert abs(len(suyas) - len(sentencias)) <= 1
        assert set(suyas) == set(sentencias)


def test_lo_que_tarda_no_dice_si_el_codigo_existia(
    visitante: Client, emitir: Emitir, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    codigos = [emitir(f"RESOLUCIÓN N° {n:06d}-2026-MDP/GM").cvd for n in range(1, 5)]
    monkeypatch.setitem(rules.LIMITES, "verificar", 10_000)
    monkeypatch.setattr(rules, "ERRADOS_DE_TODOS", 10_000)
    inventados = _inventados(120, ahora)
    for cvd in [*codigos, *inventados[:10]]:
        visitante.get(f"/v/{cvd}")

    def segundos(cvd: str) -> float:
        inicio = time.perf_counter()
        visitante.get(f"/v/{cvd}")
        return time.perf_counter() - inicio

    for _ in range(3):  # otra prueba en la misma máquina puede estorbar una vez; tres seguidas, no
        buenos, malos = [], []
        for n, inventado in enumerate(inventados):  # por turnos: lo que la máquina haga les toca a ambos
            buenos.append(segundos(codigos[n % len(codigos)]))
            malos.append(segundos(inventado))
        diferencia = abs(statistics.median(buenos) - statistics.median(malos)) / statistics.median(buenos)
        if _mann_whitney(buenos, malos) > 0.01 or diferencia < 0.05:
            return
    pytest.fail(f"el acierto y el error se distinguen por lo que tardan ({diferencia:.0%})")


def test_mil_adivinanzas_desde_un_lugar_se_frenan_sin_pedir_descifrar_nada(
    visitante: Client, emitir: Emitir, ahora: datetime
) -> None:
    emitido = emitir()
    contestadas = [visitante.get(f"/v/{cvd}").status_code for cvd in _inventados(1000, ahora)]
    assert contestadas.count(404) == rules.LIMITES["verificar"]
    assert contestadas.count(429) == 1000 - rules.LIMITES["verificar"]
    ultima = visitante.get(f"/v/{emitido.cvd}")
    assert ultima.status_code == 429, "la adivinanza mil, aunque acierte, no se contesta"
    assert "Espere diez minutos" in ultima.content.decode()
    assert "captcha" not in ultima.content.decode().lower()
    otro = Client(REMOTE_ADDR="203.0.113.9")
    assert otro.get(f"/v/{emitido.cvd}").status_code == 200, "a los demás no se les cierra la puerta"


def test_si_se_prueban_codigos_desde_muchos_lugares_a_cada_uno_se_le_admiten_menos(
    emitir: Emitir, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    emitido = emitir()
    monkeypatch.setattr(rules, "ERRADOS_DE_TODOS", 40)
    for n, cvd in enumerate(_inventados(45, ahora)):
        Client(REMOTE_ADDR=f"198.51.100.{n}").get(f"/v/{cvd}")
    assert Intento.objects.get(puerta="cvd_errado").cuantos == 45
    ciudadano = Client(REMOTE_ADDR="203.0.113.7")
    codigos = [ciudadano.get(f"/v/{emitido.cvd}").status_code for _ in range(rules.LIMITE_SI_PRUEBAN + 2)]
    assert codigos == [200] * rules.LIMITE_SI_PRUEBAN + [429, 429]
    assert Intento.objects.get(puerta="cvd_errado").cuantos == 45, "acertar no suma"


@pytest.mark.parametrize(
    ("una", "otra", "iguales"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("203.0.113.1", "203.0.113.2", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
    ],
)
def test_una_red_ipv6_de_hogar_es_un_solo_lugar(una: str, otra: str, iguales: bool) -> None:
    def lugar(direccion: str) -> str:
        return rules.lugar_de(direccion, "", intermediarios=0, secreto="s" * 50)

    assert (lugar(una) == lugar(otra)) is iguales
