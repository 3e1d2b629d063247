"""El reloj se compara con un servidor de hora de verdad (aquí, en un puerto libre), y nunca se inventa la respuesta."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from llaqta.cimientos import reloj_ntp

DESDE_1900 = 2_208_988_800


def _marca(segundos: float) -> bytes:
    return struct.pack("!II", int(segundos) + DESDE_1900, int((segundos % 1) * 2**32))


@pytest.fixture
def servidor() -> Iterator[Callable[..., str]]:
    """Enciende un servidor SNTP que adelanta lo que se le diga y responde como se le pida."""
    enchufes: list[socket.socket] = []

    def encender(*, adelanto: float = 0.0, estrato: int = 2, aviso: int = 0, eco: bool = True) -> str:
        enchufe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        enchufe.bind(("127.0.0.1", 0))
        enchufes.append(enchufe)

        def atender() -> None:
            try:
                pedido, quien = enchufe.recvfrom(512)
            except OSError:
                return
            hora = _marca(time.time() + adelanto)
            origen = pedido[40:48] if eco else bytes(8)
            respuesta = bytes([aviso << 6 | 4 << 3 | 4, estrato, 0, 0]) + bytes(20) + origen + hora + hora
            enchufe.sendto(respuesta, quien)

        threading.Thread(target=atender, daemon=True).start()
        return f"127.0.0.1:{enchufe.getsockname()[1]}"

    yield encender
    for enchufe in enchufes:
        enchufe.close()


@pytest.mark.parametrize("adelanto", [0.0, 0.25, -3.5])
def test_dice_cuanto_se_aparta(servidor: Callable[..., str], adelanto: float) -> None:
    assert reloj_ntp.consultar(servidor(adelanto=adelanto)) == pytest.approx(adelanto, abs=0.1)


@pytest.mark.parametrize(
    "mal",
    [{"eco": False}, {"estrato": 0}, {"estrato": 16}, {"aviso": 3}],
    ids=["de otra pregunta", "beso de muerte", "16", "sin hora"],
)
def test_una_respuesta_que_no_se_puede_creer_no_se_cree(
    servidor: Callable[..., str], mal: dict[str, Any]
) -> None:
    with pytest.raises(reloj_ntp.RelojSinRespuesta):
        reloj_ntp.consultar(servidor(**mal))


def test_si_nadie_contesta_se_dice() -> None:
    with pytest.raises(reloj_ntp.RelojSinRespuesta):
        reloj_ntp.consultar("127.0.0.1:9", espera=0.1)


@pytest.mark.django_db
def test_prueba_con_el_siguiente_y_lo_recuerda(
    servidor: Callable[..., str], settings: Any, ahora: datetime, entidad: object
) -> None:
    settings.NTP = [servidor(estrato=16), bueno := servidor(adelanto=0.4)]
    hecha = reloj_ntp.comprobar(ahora=ahora)
    assert hecha is not None
    assert (hecha.servidor, hecha.es_confiable) == (bueno, True)
    assert hecha.desfase_ms == pytest.approx(400, abs=100)
    assert reloj_ntp.ultima() == hecha
    assert reloj_ntp.en_palabras(hecha.como_datos()).startswith(f"Comprobado con {bueno}: diferencia de ")


@pytest.mark.django_db
def test_sin_servidores_no_se_pregunta_ni_se_inventa(settings: Any, ahora: datetime) -> None:
    settings.NTP = []
    assert reloj_ntp.comprobar(ahora=ahora) is None
    assert reloj_ntp.ultima() is None
    assert reloj_ntp.en_palabras({}) == "No se pudo comprobar con un servidor de hora"


def test_mas_de_dos_segundos_no_es_confiable() -> None:
    assert reloj_ntp.Comprobacion("x", 2000, "").es_confiable
    assert not reloj_ntp.Comprobacion("x", -2001, "").es_confiable
