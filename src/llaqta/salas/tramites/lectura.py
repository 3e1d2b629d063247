"""Lee un TUPA escrito en YAML y lo entrega como datos por publicar; no escribe nada.

El archivo declara una vez lo común (``comunes``, ``normas``) y cada procedimiento solo lo suyo.
El modelo es ``datos/tupa_demo.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.tramites.rules import NuevaBaseLegal, NuevaVersion, NuevoRecurso, NuevoRequisito

# El mismo lector seguro, escrito en C si PyYAML lo trae: diez veces más rápido.
_LECTOR: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATOS = Path(__file__).parent / "datos"
ARCHIVOS_DE_DEMOSTRACION = tuple(
    _DATOS / nombre for nombre in ("palabras.yaml", "tupa_demo.yaml", "tupa_demo_otros.yaml")
)
"""Se cargan en este orden; ``palabras.yaml`` (temas, UIT y maneras de hablar) sirve a cualquier municipalidad."""


@dataclass(frozen=True)
class FilaDeTema:
    """Un tema del archivo."""

    codigo: str
    nombre: str
    orden: int


@dataclass(frozen=True)
class FilaDeProcedimiento:
    """Un procedimiento del archivo, listo para publicarse."""

    codigo: str
    tema: str
    palabras: str
    es_frecuente: bool
    desde: date
    datos: NuevaVersion


@dataclass(frozen=True)
class Tupa:
    """Todo lo que trae un archivo."""

    temas: Sequence[FilaDeTema]
    uit: Sequence[tuple[int, Decimal, str]]
    sinonimos: Sequence[tuple[str, str]]
    procedimientos: Sequence[FilaDeProcedimiento]


def leer_tupa(ruta: Path, *, unidades: Mapping[str, int]) -> Tupa:
    """Lee y comprueba el archivo.

    :param unidades: identificador de cada unidad por sus siglas
    :raises EntradaInvalida: si no es YAML, le falta un dato o nombra un tema, una norma o una unidad que no existe
    """
    try:
        crudo = yaml.load(ruta.read_text(encoding="utf-8"), _LECTOR)  # noqa: S506 — es un SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EntradaInvalida(f"No se pudo leer el TUPA de «{ruta.name}»: {error}") from error
    if not isinstance(crudo, dict) or not isinstance(crudo.get("procedimientos"), list):
        raise EntradaInvalida(f"«{ruta.name}» no es un TUPA: le falta la lista «procedimientos».")
    temas = [
        FilaDeTema(fila["codigo"], fila["nombre"], orden)
        for orden, fila in enumerate(crudo.get("temas", []), 1)
    ]
    lector = _Lector(crudo, unidades)
    return Tupa(
        temas=temas,
        uit=[
            (int(fila["anio"]), Decimal(str(fila["monto"])), str(fila.get("norma", "")))
            for fila in crudo.get("uit", [])
        ],
        sinonimos=[
            (str(dice), str(quiere))
            for quiere, dichos in crudo.get("sinonimos", {}).items()
            for dice in dichos
        ],
        procedimientos=[lector.leer(fila) for fila in crudo["procedimientos"]],
    )


class _Lector:
    """Convierte cada fila del archivo completándola con lo común."""

    def __init__(self, crudo: Mapping[str, Any], unidades: Mapping[str, int]) -> None:
        self.comunes: Mapping[str, Any] = crudo.get("comunes", {})
        self.normas: Mapping[str, Any] = crudo.get("normas", {})
        self.unidades = unidades

    def leer(self, propia: Mapping[str, Any]) -> FilaDeProcedimiento:
        fila = {**self.comunes, **propia}
        codigo = str(fila.get("codigo", "sin código"))
        try:
            return FilaDeProcedimiento(
                codigo=codigo,
                tema=fila["tema"],
                palabras=str(fila.get("palabras", "")),
                es_frecuente=bool(fila.get("frecuente", False)),
                desde=fila["vigencia"]["desde"],
                datos=self._datos(fila),
            )
        except KeyError as error:
            raise EntradaInvalida(f"{codigo}: falta «{error.args[0]}».") from error
        except (TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise EntradaInvalida(f"{codigo}: hay un dato que no se entiende ({error}).") from error

    def _datos(self, fila: Mapping[str, Any]) -> NuevaVersion:
        pago, plazo, vigencia = fila.get("pago") or {}, fila.get("plazo") or {}, fila["vigencia"]
        monto = Decimal(str(pago.get("monto", 0)))
        return NuevaVersion(
            tipo=fila["tipo"],
            denominacion=fila["denominacion"],
            titulo=fila.get("titulo", ""),
            descripcion=" ".join(fila["descripcion"].split()),
            calificacion=fila["calificacion"],
            plazo=int(plazo.get("n", 0)),
            plazo_unidad=plazo.get("unidad", "HABILES"),
            norma_del_plazo=plazo.get("norma", ""),
            es_gratuito=monto == 0,
            monto=monto,
            uit_anio=pago.get("uit_anio", self.comunes.get("uit_anio")) if monto else None,
            autorizacion_uit=pago.get("autorizacion", ""),
            nota_de_pago=pago.get("nota", ""),
            formas_de_pago=fila["formas_de_pago"] if monto else (),
            canales=fila["canales"],
            sede=fila["sede"],
            horario=fila["horario"],
            consulta=fila.get("consulta", ""),
            vigencia=fila.get("vale", ""),
            ten_en_cuenta=fila.get("ten_en_cuenta", ()),
            ordenanza=vigencia["ordenanza"],
            publicada_el=vigencia.get("publicada_el"),
            ratificacion=vigencia.get("ratificacion", ""),
            unidad_presentacion_id=self._unidad(fila.get("presenta", "MESA")),
            unidad_aprobacion_id=self._unidad(fila["aprueba"]),
            requisitos=[_requisito(requisito) for requisito in fila["requisitos"]],
            bases_legales=[self._base_legal(base) for base in fila["base_legal"]],
            recursos=self._recursos(fila),
        )

    def _unidad(self, siglas: str) -> int:
        if siglas not in self.unidades:
            raise EntradaInvalida(f"El TUPA nombra la unidad «{siglas}», que no está en el organigrama.")
        return self.unidades[siglas]

    def _base_legal(self, base: str | Mapping[str, Any]) -> NuevaBaseLegal:
        propia = {"norma": base} if isinstance(base, str) else base
        clave = propia["norma"]
        if clave not in self.normas:
            raise EntradaInvalida(f"El TUPA cita la norma «{clave}», que no está en su lista de normas.")
        norma = self.normas[clave]
        return NuevaBaseLegal(
            tipo=norma["tipo"],
            numero=str(norma.get("numero", "")),
            denominacion=norma.get("denominacion", ""),
            articulos=str(propia.get("articulos", "")),
            publicada_el=norma.get("publicada_el"),
            verificada=bool(norma.get("verificada", False)),
        )

    def _recursos(self, fila: Mapping[str, Any]) -> list[NuevoRecurso]:
        """Los dos recursos de la Ley 27444, art. 207.2: reconsideración ante quien resolvió (15) y apelación (30)."""
        recursos = fila.get("recursos") or {}
        filas = []
        if recursos.get("reconsideracion", True):
            filas.append(NuevoRecurso("RECONSIDERACION", self._unidad(fila["aprueba"]), dias_resolucion=15))
        if apela := recursos.get("apelacion"):
            filas.append(
                NuevoRecurso(
                    "APELACION", self._unidad(apela), dias_resolucion=int(recursos.get("resuelve", 30))
                )
            )
        return filas


def _requisito(crudo: str | Mapping[str, Any]) -> NuevoRequisito:
    if isinstance(crudo, str):
        return NuevoRequisito(texto=crudo)
    return NuevoRequisito(
        texto=crudo["texto"],
        clase=crudo.get("clase", "DOCUMENTO"),
        es_opcional=bool(crudo.get("opcional", False)),
        formato=crudo.get("formato", ""),
        nota=crudo.get("nota", ""),
    )
