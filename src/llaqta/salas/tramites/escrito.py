"""Lee un TUPA escrito en YAML y lo reparte en las mismas filas que un libro: así se comprueban con las mismas reglas.

El archivo declara una vez lo común (``comunes``, ``normas``) y cada procedimiento solo lo suyo. El modelo es
``datos/tupa_demo.yaml``. Una clave que no se conoce es un error: quien escribió «monto» fuera de «pago» quería cobrar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from llaqta.salas.tramites.celdas import Fila, limpiar, vacio
from llaqta.salas.tramites.hojas import HOJAS

PROCEDIMIENTOS_MAXIMOS = 2_000
PROBLEMAS_MAXIMOS = 60
_Ruta = tuple[str, ...]

_PLAZO_Y_PAGO: dict[str, _Ruta] = {
    "plazo": ("plazo", "n"), "plazo_unidad": ("plazo", "unidad"), "norma_del_plazo": ("plazo", "norma"),
    "monto": ("pago", "monto"), "autorizacion_uit": ("pago", "autorizacion"), "nota_de_pago": ("pago", "nota"),
}  # fmt: skip
_RUTAS: dict[str, dict[str, _Ruta]] = {
    "Procedimientos": {
        **_PLAZO_Y_PAGO,
        "uit_anio": ("pago", "uit_anio"), "vigencia": ("vale",), "es_frecuente": ("frecuente",),
        "desde": ("vigencia", "desde"), "ordenanza": ("vigencia", "ordenanza"),
        "publicada_el": ("vigencia", "publicada_el"), "ratificacion": ("vigencia", "ratificacion"),
    },
    "Modalidades": _PLAZO_Y_PAGO,
    "Requisitos": {"es_opcional": ("opcional",)},
    "Recursos": {"dias_presentacion": ("presenta",), "dias_resolucion": ("resuelve",)},
}  # fmt: skip
"""Dónde va cada columna en el YAML, si no es en una clave con su mismo nombre."""

_LISTAS = {
    "modalidades": "Modalidades", "requisitos": "Requisitos", "base_legal": "Base legal", "recursos": "Recursos",
    "tarifas": "Tarifas de copia",
}  # fmt: skip
_DE_MODALIDAD = {"calificacion", "plazo", "pago"}
_RAIZ = {"comunes", "normas", "temas", "uit", "sinonimos", "procedimientos"}


@dataclass(frozen=True)
class FilaEscrita(Fila):
    """Una fila de YAML; su lugar se dice por el código del procedimiento y el nombre de la clave."""

    de: str = ""

    def donde(self, clave: str = "") -> str:
        """«PA-ANUNC, requisito 3, «clase»»."""
        ruta = _RUTAS.get(self.hoja, {}).get(clave, (clave,))
        return f"{self.de}, «{'.'.join(ruta)}»" if clave else self.de


class ClaveRepetida(yaml.constructor.ConstructorError):
    """Una clave escrita dos veces en el mismo lugar: la primera se perdería sin que nadie lo note."""


class _LectorSeguro(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """El lector seguro (escrito en C si PyYAML lo trae), que además no deja escribir dos veces una clave."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Como el de YAML.

        :raises ClaveRepetida: si una clave está dos veces
        """
        vistas: set[str] = set()
        for clave, _ in node.value:
            if isinstance(clave.value, str) and clave.value in vistas:
                raise ClaveRepetida(
                    None, None, f"la clave «{str(clave.value)[:40]}» está dos veces", clave.start_mark
                )
            if isinstance(clave.value, str):
                vistas.add(clave.value)
        return dict(super().construct_mapping(node, deep=deep))


def leer_yaml(
    nombre: str, contenido: bytes, problemas: list[str]
) -> tuple[dict[str, list[Fila]], list[tuple[str, str]]]:
    """Las filas de cada hoja, y las maneras de hablar, que un libro no trae.

    :param problemas: donde anota lo que está mal, con su lugar; si queda algo, el resultado no sirve
    """
    crudo = _cargar(nombre, contenido, problemas)
    if crudo is None:
        return {}, []
    return _Repartidor(crudo, problemas).repartir()


def _cargar(nombre: str, contenido: bytes, problemas: list[str]) -> Mapping[str, Any] | None:
    try:
        texto = contenido.decode("utf-8-sig")
        if any(isinstance(parte, yaml.AliasEvent) for parte in yaml.parse(texto, _LectorSeguro)):
            problemas.append(f"«{nombre}» usa abreviaturas de YAML (*así): escríbalo sin ellas.")
            return None
        crudo = yaml.load(texto, _LectorSeguro)  # noqa: S506 — es un SafeLoader
    except UnicodeDecodeError:
        problemas.append(f"No se pudo leer el TUPA de «{nombre}»: no está escrito en UTF-8.")
        return None
    except RecursionError:
        problemas.append(f"No se pudo leer el TUPA de «{nombre}»: tiene demasiados niveles.")
        return None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        problemas.append(f"No se pudo leer el TUPA de «{nombre}»: {_dicho(error)}.")
        return None
    if not isinstance(crudo, dict) or not isinstance(crudo.get("procedimientos"), list):
        problemas.append(f"«{nombre}» no es un TUPA: le falta la lista «procedimientos».")
        return None
    if len(crudo["procedimientos"]) > PROCEDIMIENTOS_MAXIMOS:
        problemas.append(f"«{nombre}» trae más de {PROCEDIMIENTOS_MAXIMOS:,} procedimientos.")
        return None
    return crudo


def _dicho(error: Exception) -> str:
    """Qué pasó y en qué línea, en castellano y sin el volcado del lector."""
    marca = getattr(error, "problem_mark", None)
    if marca is None:
        return "hay una fecha o un número que no existe"
    propio = error.problem if isinstance(error, ClaveRepetida) else "no está escrito como YAML"
    return f"línea {marca.line + 1}, columna {marca.column + 1}: {propio}"


def _sugerencia(clave: str, conocidas: set[str]) -> str:
    """Cómo termina la frase: dónde debía ir lo que está fuera de lugar, o la clave que más se le parece."""
    dentro = [
        ".".join(ruta) for ruta in _RUTAS["Procedimientos"].values() if len(ruta) > 1 and ruta[1] == clave
    ]
    if dentro and dentro[0].split(".")[0] in conocidas:
        return f": va en «{dentro[0]}»."
    parecidas = get_close_matches(clave, sorted(conocidas), n=1)
    return f": ¿quiso decir «{parecidas[0]}»?" if parecidas else "."


class _Repartidor:
    """Convierte cada procedimiento en filas, completándolo con lo común."""

    def __init__(self, crudo: Mapping[str, Any], problemas: list[str]) -> None:
        self.crudo, self.problemas = crudo, problemas
        self.comunes = self._mapa(crudo.get("comunes"), "comunes")
        self.normas = self._mapa(crudo.get("normas"), "normas")
        self.hojas: dict[str, list[Fila]] = {hoja: [] for hoja in HOJAS}

    def repartir(self) -> tuple[dict[str, list[Fila]], list[tuple[str, str]]]:
        self._sobran(self.crudo, _RAIZ, "El archivo")
        for hoja, clave in (("Temas", "temas"), ("UIT", "uit")):
            for n, una in enumerate(self._lista(self.crudo.get(clave), clave), 1):
                self._anotar(hoja, una, de=f"«{clave}», fila {n}")
        for propio in self.crudo["procedimientos"]:
            if len(self.problemas) >= PROBLEMAS_MAXIMOS:
                self.problemas.append("Hay más problemas: corrija estos y vuelva a subirlo.")
                break
            self._procedimiento(propio)
        return self.hojas, list(self._sinonimos())

    def _procedimiento(self, propio: Any) -> None:
        if not isinstance(propio, dict):
            self.problemas.append(f"Hay un procedimiento que no se entiende: {str(propio)[:60]}.")
            return
        fila = {**self.comunes, **propio}
        codigo = str(fila.get("codigo") or "sin código")[:40]
        modalidades = self._lista(fila.get("modalidades"), f"{codigo}, «modalidades»")
        de_pago = f"{codigo}, «pago»"
        comun = fila.pop("uit_anio", None)
        anio = self._mapa(fila.get("pago"), de_pago).get("uit_anio", comun)
        if modalidades and isinstance(modalidades[0], dict):
            # Con modalidades, el procedimiento repite lo de la primera, que es con la que se lista.
            fila |= {clave: dicho for clave, dicho in modalidades[0].items() if clave in _DE_MODALIDAD}
        fila["pago"] = {**self._mapa(fila.get("pago"), de_pago), "uit_anio": anio}
        leida = self._anotar("Procedimientos", fila, de=codigo)
        for clave, hoja in _LISTAS.items():
            partes = self._recursos(fila, codigo) if clave == "recursos" else fila.get(clave)
            for n, parte in enumerate(self._lista(partes, f"{codigo}, «{clave}»"), 1):
                self._anotar(
                    hoja, self._parte(clave, parte, codigo), de=f"{codigo}, «{clave}» {n}",
                    procedimiento=leida.valores["codigo"],
                )  # fmt: skip

    def _parte(self, clave: str, parte: Any, codigo: str) -> Any:
        """Una fila dicha en corto, ya entera: «Copia simple» es un requisito; «LPAG», una norma de la lista."""
        if clave == "requisitos" and isinstance(parte, str):
            return {"texto": parte}
        if clave != "base_legal":
            return parte
        propia = {"norma": parte} if isinstance(parte, str) else parte
        if not isinstance(propia, dict) or "norma" not in propia:
            return propia
        cual = propia["norma"]
        if not isinstance(cual, str) or not isinstance(self.normas.get(cual), dict):
            self.problemas.append(
                f"{codigo}: cita la norma «{str(cual)[:40]}», que no está en la lista de normas."
            )
            return {"tipo": "?"}
        return {**self.normas[cual], **{k: v for k, v in propia.items() if k != "norma"}}

    def _recursos(self, fila: Mapping[str, Any], codigo: str) -> Any:
        """Los dos recursos de la Ley 27444, art. 207.2: reconsideración ante quien resolvió (15) y apelación (30)."""
        dichos = {} if fila.get("recursos") is None else fila["recursos"]
        if not isinstance(dichos, dict):
            return [
                {"presenta": 15, **uno} if isinstance(uno, dict) else uno
                for uno in self._lista(dichos, codigo)
            ]
        self._sobran(dichos, {"reconsideracion", "apelacion", "resuelve"}, f"{codigo}, «recursos»")
        filas = []
        if dichos.get("reconsideracion", True) and fila.get("aprueba"):
            filas.append(
                {"clase": "RECONSIDERACION", "autoridad": fila.get("aprueba"), "presenta": 15, "resuelve": 15}
            )
        if apela := dichos.get("apelacion"):
            filas.append(
                {
                    "clase": "APELACION",
                    "autoridad": apela,
                    "presenta": 15,
                    "resuelve": dichos.get("resuelve", 30),
                }
            )
        return filas

    def _anotar(self, hoja: str, crudo: Any, *, de: str, procedimiento: str = "") -> Fila:
        """Lee una fila y la guarda en su hoja; lo que está mal queda en ``problemas`` y en la fila, vacío."""
        if not isinstance(crudo, dict):
            self.problemas.append(f"{de}: «{str(crudo)[:40]}» no se entiende.")
            crudo = {}
        rutas = _RUTAS.get(hoja, {})
        valores: dict[str, Any] = {}
        esperadas: dict[str, set[str]] = {}
        for columna in HOJAS[hoja]:
            if columna.clave == "procedimiento":
                valores["procedimiento"] = procedimiento
                continue
            ruta = rutas.get(columna.clave, (columna.clave,))
            esperadas.setdefault(ruta[0], set()).update(ruta[1:])
            dicho = crudo.get(ruta[0])
            if len(ruta) > 1:
                dicho = dicho.get(ruta[1]) if isinstance(dicho, dict) else None
            try:
                valores[columna.clave] = limpiar(columna, dicho)
            except ValueError as error:
                falta = dicho is None and columna.obligatoria
                clave = ".".join(ruta)
                self.problemas.append(f"{de}: falta «{clave}»." if falta else f"{de}, «{clave}»: {error}.")
                valores[columna.clave] = vacio(columna)
        if hoja == "Procedimientos":
            esperadas |= {clave: set() for clave in _LISTAS}
        self._sobran(crudo, set(esperadas), de)
        for clave, dentro in esperadas.items():
            if dentro:
                self._sobran(self._mapa(crudo.get(clave), f"{de}, «{clave}»"), dentro, f"{de}, «{clave}»")
        leida = FilaEscrita(hoja, len(self.hojas[hoja]) + 1, valores, de)
        self.hojas[hoja].append(leida)
        return leida

    def _sinonimos(self) -> Iterator[tuple[str, str]]:
        for quiere, dichos in self._mapa(self.crudo.get("sinonimos"), "sinonimos").items():
            for dice in self._lista(dichos, "sinonimos"):
                if len(str(dice)) > 80 or len(str(quiere)) > 160:
                    self.problemas.append(f"«sinonimos»: «{str(dice)[:40]}» es demasiado largo.")
                yield str(dice), str(quiere)

    def _sobran(self, crudo: Mapping[Any, Any], conocidas: set[str], de: str) -> None:
        self.problemas += [
            f"{de}: «{str(clave)[:40]}» no se conoce aquí{_sugerencia(str(clave), conocidas)}"
            for clave in crudo
            if clave not in conocidas
        ]

    def _mapa(self, dicho: Any, de: str) -> Mapping[str, Any]:
        if dicho is None or isinstance(dicho, dict):
            return dicho or {}
        self.problemas.append(f"{de}: aquí van claves con su valor, y dice «{str(dicho)[:40]}».")
        return {}

    def _lista(self, dicho: Any, de: str) -> Sequence[Any]:
        if dicho is None or isinstance(dicho, list):
            return dicho or []
        self.problemas.append(f"{de}: aquí va una lista, y dice «{str(dicho)[:40]}».")
        return []
