"""Lee un TUPA escrito en YAML o en XLSX y lo entrega como datos por publicar; no escribe nada.

El archivo declara una vez lo común (``comunes``, ``normas``) y cada procedimiento solo lo suyo.
El modelo es ``datos/tupa_demo.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.tramites import armado, libro
from llaqta.salas.tramites.rules import (
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

# El mismo lector seguro, escrito en C si PyYAML lo trae: diez veces más rápido.
_LECTOR: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PESO_MAXIMO = 5 * 2**20
PROCEDIMIENTOS_MAXIMOS = 2_000
_DATOS = Path(__file__).parent / "datos"
ARCHIVOS_DE_DEMOSTRACION = tuple(
    _DATOS / nombre for nombre in ("palabras.yaml", "tupa_demo.yaml", "tupa_demo_otros.yaml")
)
"""Se cargan en este orden; ``palabras.yaml`` (temas, UIT y maneras de hablar) sirve a cualquier municipalidad."""


class ArchivoConErrores(EntradaInvalida):
    """El archivo no se puede leer; ``problemas`` dice cada uno con su lugar (hoja, fila y columna)."""

    def __init__(self, problemas: Sequence[str]) -> None:
        mas = f" (y {len(problemas) - 1} más)" if len(problemas) > 1 else ""
        super().__init__(f"{problemas[0]}{mas}", campo="archivo")
        self.problemas = list(problemas)


def leer_tupa(ruta: Path, *, unidades: Mapping[str, int]) -> Tupa:
    """Lee y comprueba un archivo del disco, YAML o XLSX según su nombre.

    :param unidades: identificador de cada unidad por sus siglas
    :raises EntradaInvalida: si no se entiende, le falta un dato o nombra un tema, una norma o una unidad que no existe
    """
    try:
        contenido = ruta.read_bytes()
    except OSError as error:
        raise EntradaInvalida(f"No se pudo leer el TUPA de «{ruta.name}»: {error}") from error
    return leer_contenido(ruta.name, contenido, unidades=unidades)


def leer_contenido(nombre: str, contenido: bytes, *, unidades: Mapping[str, int]) -> Tupa:
    """Lee y comprueba un archivo ya recibido.

    :raises ArchivoConErrores: con todo lo que está mal y dónde
    """
    if len(contenido) > PESO_MAXIMO:
        raise ArchivoConErrores(
            [f"«{nombre}» pesa más de {PESO_MAXIMO // 2**20} MB: un TUPA nunca pesa tanto."]
        )
    if not contenido.strip():
        raise ArchivoConErrores([f"«{nombre}» está vacío."])
    if nombre.lower().endswith((".yaml", ".yml")):
        return _leer_yaml(nombre, contenido, unidades)
    problemas: list[str] = []
    filas = libro.leer_libro(nombre, contenido, problemas)
    if problemas:
        raise ArchivoConErrores(problemas)
    tupa = armado.armar(filas, unidades, problemas)
    if problemas:
        raise ArchivoConErrores(problemas)
    return tupa


def _leer_yaml(nombre: str, contenido: bytes, unidades: Mapping[str, int]) -> Tupa:
    try:
        texto = contenido.decode("utf-8")
        if any(isinstance(parte, yaml.AliasEvent) for parte in yaml.parse(texto, _LECTOR)):
            raise ArchivoConErrores([f"«{nombre}» usa abreviaturas de YAML (*así): escríbalo sin ellas."])
        crudo = yaml.load(texto, _LECTOR)  # noqa: S506 — es un SafeLoader
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ArchivoConErrores([f"No se pudo leer el TUPA de «{nombre}»: {error}"]) from error
    if not isinstance(crudo, dict) or not isinstance(crudo.get("procedimientos"), list):
        raise ArchivoConErrores([f"«{nombre}» no es un TUPA: le falta la lista «procedimientos»."])
    if len(crudo["procedimientos"]) > PROCEDIMIENTOS_MAXIMOS:
        raise ArchivoConErrores([f"«{nombre}» trae más de {PROCEDIMIENTOS_MAXIMOS:,} procedimientos."])
    try:
        return _armar_yaml(crudo, unidades)
    except ArchivoConErrores:
        raise
    except EntradaInvalida as error:
        raise ArchivoConErrores([error.frase]) from error
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise ArchivoConErrores([f"«{nombre}» tiene una parte que no se entiende: {error}."]) from error


def _armar_yaml(crudo: Mapping[str, Any], unidades: Mapping[str, int]) -> Tupa:
    lector = _Lector(crudo, unidades)
    return Tupa(
        temas=[
            FilaDeTema(str(fila["codigo"]), str(fila["nombre"]), orden)
            for orden, fila in enumerate(crudo.get("temas", []), 1)
        ],
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
        if not isinstance(propia, dict):
            raise EntradaInvalida(f"Hay un procedimiento que no se entiende: {str(propia)[:60]}.")
        fila = {**self.comunes, **propia}
        codigo = str(fila.get("codigo", "sin código"))
        try:
            return FilaDeProcedimiento(
                codigo=codigo,
                tema=fila["tema"],
                palabras=str(fila.get("palabras", "")),
                es_frecuente=bool(fila.get("frecuente", False)),
                desde=_fecha(fila["vigencia"]["desde"]),
                datos=completar(self._datos(fila)),
                codigo_sut=str(fila.get("codigo_sut") or ""),
            )
        except KeyError as error:
            raise EntradaInvalida(f"{codigo}: falta «{error.args[0]}».") from error
        except (TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise EntradaInvalida(f"{codigo}: hay un dato que no se entiende ({error}).") from error

    def _datos(self, fila: Mapping[str, Any]) -> NuevaVersion:
        pago, vigencia = fila.get("pago") or {}, fila["vigencia"]
        return NuevaVersion(
            tipo=fila["tipo"],
            denominacion=fila["denominacion"],
            titulo=fila.get("titulo", ""),
            descripcion=" ".join(fila["descripcion"].split()),
            modalidades=[_modalidad(una) for una in fila.get("modalidades", ())],
            tarifas=[
                NuevaTarifa(una["medio"], una["nombre"], Decimal(str(una["precio"])))
                for una in fila.get("tarifas", ())
            ],
            **_plazo_y_pago(fila["modalidades"][0] if fila.get("modalidades") else fila),
            bien_protegido=fila.get("bien_protegido", ""),
            uit_anio=pago.get("uit_anio", self.comunes.get("uit_anio")),
            formas_de_pago=fila["formas_de_pago"],
            canales=fila["canales"],
            sede=fila["sede"],
            horario=fila["horario"],
            consulta=fila.get("consulta", ""),
            vigencia=fila.get("vale", ""),
            ten_en_cuenta=fila.get("ten_en_cuenta", ()),
            ordenanza=vigencia["ordenanza"],
            publicada_el=_fecha_o_nada(vigencia.get("publicada_el")),
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
        if "tipo" in propia:
            return _norma(propia, propia)
        clave = propia["norma"]
        if clave not in self.normas:
            raise EntradaInvalida(f"El TUPA cita la norma «{clave}», que no está en su lista de normas.")
        return _norma(self.normas[clave], propia)

    def _recursos(self, fila: Mapping[str, Any]) -> list[NuevoRecurso]:
        """Los dos recursos de la Ley 27444, art. 207.2: reconsideración ante quien resolvió (15) y apelación (30)."""
        recursos = fila.get("recursos", {})
        if isinstance(recursos, list):
            return [
                NuevoRecurso(
                    uno["clase"],
                    self._unidad(uno["autoridad"]),
                    int(uno["resuelve"]),
                    int(uno.get("presenta", 15)),
                )
                for uno in recursos
            ]
        filas = []
        recursos = recursos or {}
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
        modalidad=str(crudo.get("modalidad", "")),
    )


def _norma(norma: Mapping[str, Any], propia: Mapping[str, Any]) -> NuevaBaseLegal:
    return NuevaBaseLegal(
        tipo=norma["tipo"],
        numero=str(norma.get("numero", "")),
        denominacion=norma.get("denominacion", ""),
        articulos=str(propia.get("articulos", "")),
        publicada_el=_fecha_o_nada(norma.get("publicada_el")),
        verificada=bool(norma.get("verificada", False)),
    )


def _plazo_y_pago(fila: Mapping[str, Any]) -> dict[str, Any]:
    """Lo que tienen igual una versión y una modalidad."""
    pago, plazo = fila.get("pago") or {}, fila.get("plazo") or {}
    monto = Decimal(str(pago.get("monto", 0)))
    return {
        "calificacion": fila["calificacion"],
        "plazo": int(plazo.get("n", 0)),
        "plazo_unidad": plazo.get("unidad", "HABILES"),
        "norma_del_plazo": plazo.get("norma", ""),
        "es_gratuito": monto == 0,
        "monto": monto,
        "autorizacion_uit": pago.get("autorizacion", ""),
        "nota_de_pago": pago.get("nota", ""),
    }


def _modalidad(fila: Mapping[str, Any]) -> NuevaModalidad:
    return NuevaModalidad(codigo=str(fila["codigo"]), nombre=fila["nombre"], **_plazo_y_pago(fila))


def _fecha(valor: Any) -> date:
    """:raises ValueError: si no es una fecha"""
    if isinstance(valor, date):
        return valor
    raise ValueError(f"«{valor}» no es una fecha: se escribe 2026-01-31")


def _fecha_o_nada(valor: Any) -> date | None:
    return None if valor in (None, "") else _fecha(valor)
