"""Una contraseña que ya circula no se acepta: se busca por su huella en un archivo, sin salir a la red."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas import filtradas

FILTRADA = "caballo-correcto-9"


def _huella(clave: str) -> str:
    return hashlib.sha1(clave.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def lista(tmp_path: Path) -> Path:
    """Mil huellas, algunas con su cuenta, como se publican."""
    huellas = sorted({_huella(FILTRADA), *(_huella(f"otra-{n}") for n in range(1000))})
    ruta = tmp_path / "filtradas.txt"
    ruta.write_text("".join(f"{h}:{n}\r\n" if n % 3 else f"{h}\n" for n, h in enumerate(huellas)))
    return ruta


def test_se_halla_la_que_esta_y_no_la_que_no_esta(lista: Path) -> None:
    assert filtradas.esta(FILTRADA, lista)
    assert all(filtradas.esta(f"otra-{n}", lista) for n in range(1000))
    assert not any(filtradas.esta(f"ninguna-{n}", lista) for n in range(1000))


@pytest.mark.parametrize("cuantas", [0, 1, 2, 3, 7])
def test_tambien_en_los_bordes_y_con_solo_el_comienzo_de_la_huella(tmp_path: Path, cuantas: int) -> None:
    azar, ruta = random.Random(cuantas), tmp_path / "pocas.txt"
    claves = [f"clave-{n}" for n in range(cuantas)]
    cortadas = sorted(_huella(clave)[: azar.choice([16, 20, 40])].lower() for clave in claves)
    ruta.write_text("\n".join(cortadas))

    assert [filtradas.esta(clave, ruta) for clave in claves] == [True] * cuantas
    assert not filtradas.esta("otra", ruta)


def test_sin_lista_no_se_consulta_y_con_ella_se_rechaza_con_su_razon(
    entidad: Entidad, lista: Path, settings: Any
) -> None:
    validate_password(FILTRADA)

    settings.CLAVES_FILTRADAS = str(lista)
    with pytest.raises(ValidationError, match="apareció en una filtración"):
        validate_password(FILTRADA)
    validate_password("una-que-nadie-tiene-7")


@pytest.mark.parametrize("contenido", [None, b"hola\n", b"\x00" * 500, b"123\n456\n"])
def test_si_la_lista_no_se_puede_leer_no_se_acepta_ninguna(
    entidad: Entidad, tmp_path: Path, settings: Any, contenido: bytes | None
) -> None:
    ruta = tmp_path / "rota.txt"
    if contenido is not None:
        ruta.write_bytes(contenido)
    settings.CLAVES_FILTRADAS = str(ruta)

    with pytest.raises(ValidationError, match="Ahora no podemos comprobar la contraseña"):
        validate_password("una-que-nadie-tiene-7")
