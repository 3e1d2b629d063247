"""Junta las filas de un libro en procedimientos completos, y dice qué fila nombra lo que no existe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from llaqta.salas.tramites.celdas import Fila
from llaqta.salas.tramites.rules import (
    CANALES,
    FilaDeProcedimiento,
    FilaDeTema,
    NuevaBaseLegal,
    NuevaModalidad,
    NuevaTarifa,
    NuevaVersion,
    NuevoRecurso,
    NuevoRequisito,
    Tupa,
    completar,
)

_T = TypeVar("_T")
_PARTES = ("Modalidades", "Requisitos", "Base legal", "Recursos", "Tarifas de copia")
_DE_LA_VERSION = (
    "tipo", "denominacion", "titulo", "bien_protegido", "uit_anio", "formas_de_pago", "canales", "sede", "horario",
    "consulta", "vigencia", "ten_en_cuenta", "ordenanza", "publicada_el", "ratificacion",
)  # fmt: skip


def armar(hojas: Mapping[str, Sequence[Fila]], unidades: Mapping[str, int], problemas: list[str]) -> Tupa:
    """Los procedimientos que dicen las hojas.

    :param unidades: identificador de cada unidad por sus siglas
    :param problemas: donde anota lo que nombra algo que no existe; si queda algo, el resultado no sirve
    """
    armador = _Armador(unidades, problemas)
    propias: dict[str, dict[str, list[Fila]]] = defaultdict(lambda: {parte: [] for parte in _PARTES})
    conocidos: set[str] = set()
    for fila in hojas["Procedimientos"]:
        codigo = fila.valores["codigo"]
        if codigo in conocidos:
            problemas.append(f"{fila.donde('codigo')}: el código «{codigo}» está dos veces en el archivo.")
        conocidos.add(codigo)
    for parte in _PARTES:
        for fila in hojas.get(parte, ()):
            codigo = fila.valores["procedimiento"]
            if codigo not in conocidos:
                problemas.append(
                    f"{fila.donde('procedimiento')}: «{codigo[:40]}» no está en la hoja «Procedimientos»."
                )
            propias[codigo][parte].append(fila)
    return Tupa(
        temas=[
            FilaDeTema(fila.valores["codigo"], fila.valores["nombre"], orden)
            for orden, fila in enumerate(hojas.get("Temas", ()), 1)
        ],
        uit=[
            (fila.valores["anio"], fila.valores["monto"], fila.valores["norma"])
            for fila in hojas.get("UIT", ())
        ],
        sinonimos=[],
        procedimientos=[
            armador.procedimiento(fila, propias[fila.valores["codigo"]]) for fila in hojas["Procedimientos"]
        ],
    )


class _Armador:
    """Convierte filas en datos, con las unidades a mano."""

    def __init__(self, unidades: Mapping[str, int], problemas: list[str]) -> None:
        self.unidades, self.problemas = unidades, problemas

    def procedimiento(self, fila: Fila, partes: Mapping[str, Sequence[Fila]]) -> FilaDeProcedimiento:
        valores = fila.valores
        return FilaDeProcedimiento(
            codigo=valores["codigo"],
            codigo_sut=valores["codigo_sut"],
            tema=valores["tema"],
            palabras=valores["palabras"],
            es_frecuente=valores["es_frecuente"],
            desde=valores["desde"],
            datos=completar(self._datos(fila, partes)),
        )

    def _datos(self, fila: Fila, partes: Mapping[str, Sequence[Fila]]) -> NuevaVersion:
        valores = fila.valores
        for canal in valores["canales"]:
            if canal not in CANALES:
                self.problemas.append(
                    f"{fila.donde('canales')}: «{canal[:40]}» no se conoce: use {', '.join(CANALES)}, uno por línea."
                )
        codigos = {modalidad.valores["codigo"] for modalidad in partes["Modalidades"]}
        for requisito in partes["Requisitos"]:
            if requisito.valores["modalidad"] and requisito.valores["modalidad"] not in codigos:
                self.problemas.append(
                    f"{requisito.donde('modalidad')}: «{requisito.valores['modalidad'][:40]}» no es una modalidad suya."
                )
        return NuevaVersion(
            **{nombre: valores[nombre] for nombre in _DE_LA_VERSION},
            **_condiciones(valores),
            descripcion=valores["descripcion"],
            unidad_presentacion_id=self._unidad(fila, "presenta", "MESA"),
            unidad_aprobacion_id=self._unidad(fila, "aprueba"),
            requisitos=_de(partes["Requisitos"], _requisito),
            bases_legales=_de(partes["Base legal"], lambda v: NuevaBaseLegal(**_sin_codigo(v))),
            recursos=[self._recurso(una) for una in partes["Recursos"]],
            modalidades=_de(
                partes["Modalidades"],
                lambda v: NuevaModalidad(codigo=v["codigo"], nombre=v["nombre"], **_condiciones(v)),
            ),
            tarifas=_de(partes["Tarifas de copia"], lambda v: NuevaTarifa(**_sin_codigo(v))),
        )

    def _recurso(self, fila: Fila) -> NuevoRecurso:
        return NuevoRecurso(
            fila.valores["clase"],
            self._unidad(fila, "autoridad"),
            fila.valores["dias_resolucion"] or 0,
            fila.valores["dias_presentacion"] or 0,
        )

    def _unidad(self, fila: Fila, clave: str, por_omision: str = "") -> int:
        siglas = fila.valores[clave] or por_omision
        if siglas and siglas not in self.unidades:
            self.problemas.append(f"{fila.donde(clave)}: «{siglas[:40]}» no es una unidad del organigrama.")
        return self.unidades.get(siglas, 0)


def _de(filas: Sequence[Fila], hacer: Callable[[Mapping[str, Any]], _T]) -> list[_T]:
    return [hacer(fila.valores) for fila in filas]


def _sin_codigo(valores: Mapping[str, Any]) -> dict[str, Any]:
    return {clave: valor for clave, valor in valores.items() if clave != "procedimiento"}


def _requisito(valores: Mapping[str, Any]) -> NuevoRequisito:
    return NuevoRequisito(**{**_sin_codigo(valores), "clase": valores["clase"] or "DOCUMENTO"})


def _condiciones(valores: Mapping[str, Any]) -> dict[str, Any]:
    """Lo que tienen igual un procedimiento y una modalidad; sin monto, es gratuito."""
    monto = valores["monto"] or Decimal(0)
    return {
        "calificacion": valores["calificacion"],
        "plazo": valores["plazo"] or 0,
        "plazo_unidad": valores["plazo_unidad"] or "HABILES",
        "norma_del_plazo": valores["norma_del_plazo"],
        "es_gratuito": not monto,
        "monto": monto,
        "autorizacion_uit": valores["autorizacion_uit"],
        "nota_de_pago": valores["nota_de_pago"],
    }
