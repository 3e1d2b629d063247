"""Cada servidor devuelve el correo a su manera; de todas se saca lo mismo: qué intento, qué pasó y por qué."""

from __future__ import annotations

from uuid import UUID

import pytest

from llaqta.salas.casilla import rebotes

from . import informes

TOKEN = UUID("7b0f8a52-5f0e-4a53-b1f4-0e6d1f2f7c11")


def leer(plantilla: str, **opciones: tuple[str, ...]) -> rebotes.Rebote | None:
    return rebotes.leer(plantilla.format(token=TOKEN).encode(), **opciones)


@pytest.mark.parametrize(
    ("plantilla", "dicho"),
    [
        (informes.POSTFIX, "User unknown in virtual mailbox table"),
        (informes.EXIM, "550 No such user here"),
        (informes.EXIM_ANTIGUO, "550 5.7.1 relaying denied"),
        (informes.GMAIL, "does not exist"),
        (informes.QMAIL, "550 no mailbox by that name"),
        (informes.SIN_VERP, "User unknown"),
    ],
    ids=["postfix", "exim", "exim antiguo", "gmail", "qmail", "sin el uuid en la dirección"],
)
def test_una_direccion_que_no_existe_es_para_siempre(plantilla: str, dicho: str) -> None:
    rebote = leer(plantilla)
    assert rebote is not None
    assert (rebote.token, rebote.que, rebote.definitivo) == (TOKEN, rebotes.DEVUELTO, True)
    assert dicho in rebote.diagnostico


def test_el_buzon_lleno_se_puede_volver_a_intentar() -> None:
    rebote = leer(informes.BUZON_LLENO)
    assert rebote is not None
    assert (rebote.que, rebote.definitivo) == (rebotes.DEVUELTO, False)


def test_un_retraso_no_es_un_rebote_y_una_entrega_es_una_entrega() -> None:
    demorado, entregado = leer(informes.DEMORADO), leer(informes.ENTREGADO)
    assert demorado is not None
    assert entregado is not None
    assert (demorado.que, entregado.que) == (rebotes.DEMORADO, rebotes.LLEGO)


def test_una_respuesta_automatica_no_es_un_informe() -> None:
    assert leer(informes.FUERA_DE_OFICINA) is None


def test_sin_el_uuid_no_se_sabe_de_que_intento_es() -> None:
    sin_token = informes.POSTFIX.replace("+{token}", "").replace("<{token}@", "<otro@")
    assert rebotes.leer(sin_token.encode()) is None


def test_la_direccion_del_sobre_manda_sobre_lo_que_el_mensaje_diga() -> None:
    otro = UUID("11111111-2222-4333-8444-555555555555")
    rebote = leer(
        informes.POSTFIX, destinatarios=(rebotes.direccion_de_rebote("rebotes@pichari.ejemplo.pe", otro),)
    )
    assert rebote is not None
    assert rebote.token == otro


@pytest.mark.parametrize(
    "basura", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; boundary=x\n\n--x\n"]
)
def test_la_basura_no_rompe_nada(basura: bytes) -> None:
    assert rebotes.leer(basura) is None
