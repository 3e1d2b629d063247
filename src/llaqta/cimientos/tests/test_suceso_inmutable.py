"""Lo que ocurrió no se reescribe: la misma base de datos lo impide."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from llaqta.cimientos.models import Suceso

INTENTOS = (
    "UPDATE cimientos_suceso SET actor_id = 99",
    "UPDATE cimientos_suceso SET ocurrido_en = now()",
    "DELETE FROM cimientos_suceso",
    "TRUNCATE cimientos_suceso CASCADE",
)


@pytest.fixture
def suceso(db: None, ahora: datetime) -> Suceso:
    return Suceso.objects.create(tipo="prueba.Ocurrido", datos={"a": 1}, actor_id=1, ocurrido_en=ahora)


@pytest.mark.parametrize("sentencia", INTENTOS)
def test_la_base_rechaza_reescribir_la_historia(suceso: Suceso, sentencia: str) -> None:
    with (
        pytest.raises(IntegrityError, match="Los sucesos solo se agregan"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sentencia)

    leido = Suceso.objects.get(pk=suceso.pk)
    assert (leido.tipo, leido.datos, leido.actor_id, leido.ocurrido_en) == (
        "prueba.Ocurrido", {"a": 1}, 1, suceso.ocurrido_en,
    )  # fmt: skip


def test_tampoco_desde_el_programa(suceso: Suceso) -> None:
    suceso.tipo = "prueba.Otro"
    with pytest.raises(IntegrityError, match="UPDATE está prohibido"), transaction.atomic():
        suceso.save()
    with pytest.raises(IntegrityError, match="DELETE está prohibido"), transaction.atomic():
        Suceso.objects.filter(pk=suceso.pk).delete()
    assert Suceso.objects.get().tipo == "prueba.Ocurrido"


def test_cada_suceso_dice_cuando_lo_escribio_la_base(suceso: Suceso) -> None:
    assert Suceso.objects.get(pk=suceso.pk).registrado_en is not None
