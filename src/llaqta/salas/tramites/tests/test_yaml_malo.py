"""Lo que un YAML puede traer mal: cada cosa recibe una frase que dice dónde, antes de que nada se guarde."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
import yaml

from llaqta.salas.tramites import lectura
from llaqta.salas.tramites.lectura import ArchivoConErrores
from llaqta.salas.tramites.rules import Tupa
from llaqta.salas.tramites.rules.diferencias import comparar

_UNIDADES = {"MESA": 1, "GM": 2, "OAJ": 3, "SGLC": 4}


@lru_cache(maxsize=1)
def _demostracion() -> dict[str, Any]:
    crudo: dict[str, Any] = yaml.safe_load(lectura.ARCHIVOS_DE_DEMOSTRACION[1].read_text(encoding="utf-8"))
    suyos = {"PA-ANUNC", "PE-LIC-BAJO"}
    temas = [{"codigo": codigo, "nombre": codigo} for codigo in {f["tema"] for f in crudo["procedimientos"]}]
    filas = [fila for fila in crudo["procedimientos"] if fila["codigo"] in suyos]
    return {**crudo, "procedimientos": filas, "temas": temas}


def _leer(cambiar: Callable[[dict[str, Any]], None]) -> Tupa:
    """Dos procedimientos de la demostración y otro anuncio, cambiado."""
    crudo = deepcopy(_demostracion())
    anuncio = next(fila for fila in crudo["procedimientos"] if fila["codigo"] == "PA-ANUNC")
    comunes = crudo["comunes"]
    nuevo = {**deepcopy(anuncio), "codigo": "PA-NUEVO", "vigencia": deepcopy(comunes["vigencia"])}
    cambiar(nuevo)
    crudo["procedimientos"].append(nuevo)
    contenido = yaml.dump(crudo, Dumper=_SinAtajos, allow_unicode=True).encode()
    return lectura.leer_contenido("a.yaml", contenido, unidades=_UNIDADES)


class _SinAtajos(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _con(**cambios: Any) -> Callable[[dict[str, Any]], None]:
    return lambda fila: fila.update(cambios)


def _pago(monto: Any) -> Callable[[dict[str, Any]], None]:
    return _con(pago={"monto": monto, "uit_anio": 2026, "autorizacion": "DS 001-2026-EF"})


_DOS_IGUALES = [
    {"codigo": codigo, "nombre": nombre, "calificacion": "AUTOMATICA"}
    for codigo, nombre in (("A", "Por primera vez"), ("B", "por  primera VEZ"))
]


@pytest.mark.parametrize(
    ("cambiar", "frase"),
    [
        (_con(codigo="PA MERCADO/../x"), r"PA MERCADO/../x, «codigo»: «PA MERCADO/../x» no es un código"),
        (_con(codigo="P" * 21), "tiene 21 caracteres y admite 20"),
        (_con(codigo="PA-ANUNC"), "PA-ANUNC, «codigo»: el código «PA-ANUNC» está dos veces"),
        (_con(codigo="pa-anunc"), "el código «PA-ANUNC» está dos veces"),
        (_pago(float("nan")), r"«pago.monto»: «nan» no es un monto posible"),
        (_pago(-5), r"«pago.monto»: «-5» no es un monto posible"),
        (_pago("1e30"), r"«1e30» no es un monto"),
        (_pago("10.005"), "«10.005» tiene más de dos decimales"),
        (_con(monto=50), r"PA-NUEVO: «monto» no se conoce aquí: va en «pago.monto»\."),
        (_con(canal=["virtual"]), r"PA-NUEVO: «canal» no se conoce aquí: ¿quiso decir «canales»\?$"),
        (_con(pago={"monto": 10, "uit_anio": [2026]}), r"«pago.uit_anio»: aquí va un solo dato"),
        (_con(plazo={"n": -5}), r"«plazo.n»: «-5» no es un número entero"),
        (_con(plazo={"n": 10**9}), "no es un número entero"),
        (_con(plazo={"n": 5000}), "«5000» no puede ser: va de 0 a 999"),
        (_con(canales=None), "PA-NUEVO: falta «canales»"),
        (_con(requisitos="solicitud"), "«requisitos»: aquí va una lista"),
        (_con(requisitos=[5]), "PA-NUEVO, «requisitos» 1: «5» no se entiende"),
        (_con(tarifas=[{"medio": "A4", "nombre": "Hoja", "precio": -1}]), "«precio»: «-1» no es un monto"),
        (_con(recursos=[{"clase": "APELACION", "autoridad": "GM", "resuelve": -3}]), "«resuelve»: «-3» no es"),
        (_con(vigencia="hoy"), "«vigencia»: aquí van claves con su valor"),
        (_con(base_legal=["NORMA-QUE-NO-ESTA"]), "cita la norma «NORMA-QUE-NO-ESTA»"),
        (_con(tema=["negocios"]), "«tema»: aquí va un solo dato"),
    ],
)  # fmt: skip
def test_un_yaml_malo_dice_donde(cambiar: Callable[[Any], None], frase: str) -> None:
    with pytest.raises(ArchivoConErrores) as negativa:
        _leer(cambiar)
    assert [uno for uno in negativa.value.problemas if re.search(frase, uno)], negativa.value.problemas


@pytest.mark.parametrize(
    ("cambiar", "falta"),
    [
        (_con(modalidades=_DOS_IGUALES), "Hay dos modalidades con el mismo nombre: nadie sabría cuál elegir."),
        (
            _con(recursos=[{"clase": "APELACION", "autoridad": siglas, "resuelve": 30} for siglas in ("GM", "OAJ")]),
            "El recurso «APELACION» está dos veces: quite uno.",
        ),
        (
            _con(plazo={"n": 900, "unidad": "MESES", "norma": "Ley 30000"}),
            "Un plazo de 900 meses no es posible: revise la cifra y la unidad.",
        ),
        (
            lambda fila: fila["vigencia"].update(desde=date(1, 1, 1)),
            "«01/01/1» no puede ser el día desde el que rige: va de 1990 a 2100.",
        ),
    ],
)  # fmt: skip
def test_lo_que_se_lee_y_no_se_puede_publicar_se_dice_antes_de_aplicar(
    cambiar: Callable[[Any], None], falta: str
) -> None:
    diferencias = comparar(_leer(cambiar), {}, uit={2026: Decimal(5500)}, siglas={}, al=date(2026, 6, 1))
    assert [una.faltas for una in diferencias.con_faltas] == [(falta,)]
    assert not diferencias.se_puede_aplicar
