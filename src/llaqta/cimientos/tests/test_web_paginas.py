"""Las listas largas se recorren por llave: sin contar, sin repetir y sin saltar filas."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.models import DiaNoLaborable
from llaqta.cimientos.web.paginas import Pagina, paginar

pytestmark = pytest.mark.django_db
ORDEN = ("ambito", "-fecha", "pk")


@pytest.fixture
def sesenta(db: None) -> list[int]:
    """Sesenta días en dos ámbitos, en el orden de la lista."""
    for i in range(60):
        DiaNoLaborable.objects.create(
            fecha=date(2026, 1, 1) + timedelta(days=i),
            ambito=("LOCAL", "NACIONAL")[i % 2],
            descripcion="x",
            norma="y",
        )
    return list(DiaNoLaborable.objects.order_by(*ORDEN).values_list("pk", flat=True))


def ver(cursor: str = "") -> Pagina[DiaNoLaborable]:
    return paginar(DiaNoLaborable.objects.all(), orden=ORDEN, cursor=cursor)


def llaves(pagina: Pagina[DiaNoLaborable]) -> list[int]:
    return [fila.pk for fila in pagina]


def test_ida_y_vuelta_por_toda_la_lista(sesenta: list[int]) -> None:
    una = ver()
    dos = ver(una.siguiente)
    tres = ver(dos.siguiente)
    assert llaves(una) + llaves(dos) + llaves(tres) == sesenta
    assert (una.anterior, tres.siguiente) == ("", "")
    assert len(tres) == 10
    vuelta = ver(tres.anterior)
    assert llaves(vuelta) == llaves(dos)
    assert llaves(ver(vuelta.anterior)) == llaves(una)
    assert ver(vuelta.anterior).anterior == ""


def test_lo_que_se_inserta_entre_dos_paginas_no_repite_ni_salta(sesenta: list[int]) -> None:
    una = ver()
    DiaNoLaborable.objects.create(fecha=date(2027, 1, 1), ambito="LOCAL", descripcion="nuevo", norma="y")
    assert llaves(ver(una.siguiente)) == sesenta[25:50]


def test_un_cursor_alterado_o_de_otra_lista_vuelve_al_comienzo(sesenta: list[int]) -> None:
    cursor = ver().siguiente
    assert llaves(ver(cursor[:-1] + "x")) == sesenta[:25]
    assert llaves(ver("basura")) == sesenta[:25]
    otra = paginar(DiaNoLaborable.objects.all(), orden=("pk",), cursor=cursor)
    assert [f.pk for f in otra] == sorted(sesenta)[:25]


def test_una_sola_consulta_por_pagina_y_sin_contar(sesenta: list[int]) -> None:
    cursor = ver().siguiente
    with CaptureQueriesContext(
        connection,
    ) as consultas:
        ver(cursor)
    assert len(consultas) == 1
    sql = consultas[0]["sql"].upper()
    assert "COUNT(" not in sql
    assert "OFFSET" not in sql
    assert "LIMIT 26" in sql


def test_una_lista_vacia_no_tiene_enlaces(db: None) -> None:
    pagina = ver()
    assert (llaves(pagina), pagina.anterior, pagina.siguiente) == ([], "", "")


def test_no_se_pagina_por_un_campo_que_puede_ser_nulo(db: None) -> None:
    for i in range(30):
        DiaNoLaborable.objects.create(
            fecha=date(2026, 1, 1) + timedelta(days=i), ambito="LOCAL", descripcion="", norma=""
        )
    with pytest.raises(TypeError, match="No se puede paginar"):
        paginar(DiaNoLaborable.objects.all(), orden=("vigente_desde", "pk"))
