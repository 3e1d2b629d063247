"""Los números salen sin huecos ni repetidos, aunque muchos los pidan a la vez."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from llaqta.cimientos.models import Serie
from llaqta.cimientos.numbering import check_digit, next_number


@pytest.mark.django_db(transaction=True)
def test_ocho_a_la_vez_doscientos_numeros_sin_huecos_ni_repetidos() -> None:
    def tomar(_: int) -> list[int]:
        tomados = []
        try:
            for _vez in range(25):
                with transaction.atomic():
                    tomados.append(next_number("mesapartes.registro", 2026))
        finally:
            connection.close()
        return tomados

    with ThreadPoolExecutor(8) as hilos:
        numeros = [numero for lista in hilos.map(tomar, range(8)) for numero in lista]

    assert sorted(numeros) == list(range(1, 201))
    assert Serie.objects.get(nombre="mesapartes.registro", anio=2026).ultimo == 200


@pytest.mark.django_db(transaction=True)
def test_un_acto_que_fracasa_no_quema_su_numero() -> None:
    with transaction.atomic():
        assert next_number("documento.RESOLUCION", 2026) == 1

    def acto_que_fracasa() -> None:
        with transaction.atomic():
            assert next_number("documento.RESOLUCION", 2026) == 2
            raise ValueError("el PIN no era")

    with pytest.raises(ValueError, match="el PIN no era"):
        acto_que_fracasa()
    with transaction.atomic():
        assert next_number("documento.RESOLUCION", 2026) == 2


@pytest.mark.django_db
def test_cada_serie_y_cada_anio_llevan_su_cuenta() -> None:
    assert [
        next_number("a", 2026),
        next_number("a", 2026),
        next_number("b", 2026),
        next_number("a", 2027),
    ] == [1, 2, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_fuera_de_una_transaccion_se_niega() -> None:
    with pytest.raises(RuntimeError, match="dentro de una transacción"):
        next_number("a", 2026)
    assert not Serie.objects.exists()


@given(
    numero=st.integers(0, 999_999),
    anio=st.integers(2000, 2099),
    lugar=st.integers(0, 5),
    cambio=st.integers(1, 9),
)
def test_el_digito_de_control_descubre_un_digito_errado(
    numero: int, anio: int, lugar: int, cambio: int
) -> None:
    digitos = f"{numero:06d}"
    errado = digitos[:lugar] + str((int(digitos[lugar]) + cambio) % 10) + digitos[lugar + 1 :]
    assert check_digit(numero, anio) != check_digit(int(errado), anio)


@given(numero=st.integers(0, 999_999), anio=st.integers(2000, 2099), lugar=st.integers(0, 4))
def test_el_digito_de_control_descubre_dos_vecinos_cambiados(numero: int, anio: int, lugar: int) -> None:
    digitos = f"{numero:06d}"
    cambiado = digitos[:lugar] + digitos[lugar + 1] + digitos[lugar] + digitos[lugar + 2 :]
    if cambiado != digitos:
        assert check_digit(numero, anio) != check_digit(int(cambiado), anio)
