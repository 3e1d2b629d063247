"""El escudo de la entidad: un SVG que otro dibujó, reducido a figuras y colores antes de guardarlo.

Va en cada página, en cada PDF y en la hoja de estilo. Un SVG puede traer programas, pedir archivos de otra parte o
multiplicarse hasta agotar la máquina; aquí solo pasa lo que está en las listas. Lo que deja un editor (datos suyos,
comentarios) se quita sin molestar; lo que podría hacer daño se rechaza con la razón.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from llaqta.cimientos.errors import EntradaInvalida

MAXIMO_DE_BYTES = 40_000
_MAXIMO_DE_FIGURAS, _MAXIMA_PROFUNDIDAD = 2_000, 32
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"

_FIGURAS = frozenset(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan"
    " linearGradient radialGradient stop clipPath".split()
)
_SE_QUITAN = frozenset({"metadata"})
_DE_PRESENTACION = frozenset(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit"
    " stroke-dasharray stroke-dashoffset opacity color clip-path clip-rule stop-color stop-opacity display visibility"
    " font-family font-size font-weight font-style text-anchor letter-spacing".split()
)
_ATRIBUTOS = _DE_PRESENTACION | frozenset(
    "id d x y x1 y1 x2 y2 cx cy r rx ry fx fy width height points transform dx dy rotate offset gradientUnits"
    " gradientTransform spreadMethod clipPathUnits".split()
)
_NOMBRES: Mapping[str, str] = {
    "script": "un programa (script)",
    "foreignObject": "contenido ajeno al dibujo (foreignObject)",
    "image": "una imagen pegada (image): expórtelo solo con trazos",
    "use": "copias enlazadas (use): en Inkscape, Edición › Clonar › Desvincular",
    "style": "una hoja de estilo (style): expórtelo con «atributos de presentación»",
}
_FUNCION = re.compile(r"([A-Za-z-]+)\s*\(")
_FUNCIONES = frozenset("url rgb rgba hsl hsla matrix translate scale rotate skewX skewY".split())
_URL = re.compile(r"url\(\s*(['\"]?)([^)'\"]*)\1\s*\)")
_INTERNA = re.compile(r"#[\w.:-]{1,80}")
_NUMERO = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?:px)?\s*")


def limpiar(contenido: bytes | str) -> str:
    """El mismo dibujo, solo con figuras y colores; limpiarlo otra vez no lo cambia.

    :raises EntradaInvalida: si no es un SVG, pesa demasiado o trae algo que podría hacer daño; la frase dice qué
    """
    datos = contenido.encode() if isinstance(contenido, str) else contenido
    # El texto es lo que salió de una limpieza anterior: escribir sus estilos como atributos pudo alargarlo un poco.
    if len(datos) > MAXIMO_DE_BYTES * (2 if isinstance(contenido, str) else 1):
        raise _rechazo(f"pesa {len(datos) // 1000} KB y se aceptan hasta {MAXIMO_DE_BYTES // 1000} KB")
    try:
        texto = datos.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _rechazo("no es un SVG de texto en UTF-8") from error
    return _Limpiador().limpiar(texto)


def _rechazo(porque: str) -> EntradaInvalida:
    return EntradaInvalida(f"El escudo no se puede usar: {porque}.", campo="escudo")


class _Limpiador:
    """Lee el SVG de corrido y escribe solo lo permitido: nunca arma el árbol, así que nada anidado lo agota."""

    def __init__(self) -> None:
        self._salida: list[str] = []
        self._abiertas: list[str] = []  # las figuras abiertas; "" si la figura no se escribe
        self._omitidas = self._figuras = 0

    def limpiar(self, texto: str) -> str:
        lector = expat.ParserCreate(encoding="UTF-8", namespace_separator=" ")
        lector.StartDoctypeDeclHandler = self._doctype
        lector.StartElementHandler = self._abrir
        lector.EndElementHandler = self._cerrar
        lector.CharacterDataHandler = self._texto
        try:
            lector.Parse(texto.encode(), True)
        except expat.ExpatError as error:
            raise _rechazo(f"no es un SVG bien formado (línea {error.lineno})") from error
        return "".join(self._salida)

    def _doctype(self, *_: object) -> None:
        raise _rechazo("trae una declaración DOCTYPE; guárdelo como «SVG simple»")

    def _abrir(self, nombre: str, atributos: dict[str, str]) -> None:
        espacio, _, figura = nombre.rpartition(" ")
        self._figuras += 1
        if not self._abiertas and (espacio, figura) != (_SVG, "svg"):
            raise _rechazo("no es un SVG")
        if self._figuras > _MAXIMO_DE_FIGURAS or len(self._abiertas) >= _MAXIMA_PROFUNDIDAD:
            raise _rechazo("tiene demasiadas figuras, o unas dentro de otras demasiadas veces; simplifíquelo")
        if self._omitidas or espacio != _SVG or figura in _SE_QUITAN:
            self._omitidas += 1
            self._abiertas.append("")
            return
        if figura not in _FIGURAS or (figura == "svg" and self._abiertas):
            raise _rechazo(f"trae {_NOMBRES.get(figura, f'un elemento que no se acepta ({figura})')}")
        limpios = self._atributos(figura, atributos)
        raiz = {"xmlns": _SVG, "viewBox": _recuadro(atributos)} if figura == "svg" else {}
        if figura == "svg":
            limpios = {n: v for n, v in limpios.items() if n not in ("x", "y", "width", "height", "id")}
        escritos = "".join(f" {n}={quoteattr(v)}" for n, v in (raiz | limpios).items())
        self._salida.append(f"<{figura}{escritos}>")
        self._abiertas.append(figura)

    def _cerrar(self, nombre: str) -> None:
        figura = self._abiertas.pop()
        if not figura:
            self._omitidas -= 1
        elif self._salida[-1].startswith(f"<{figura}") and self._salida[-1].endswith(">"):
            self._salida[-1] = f"{self._salida[-1][:-1]}/>"  # no tuvo nada dentro
        else:
            self._salida.append(f"</{figura}>")

    def _texto(self, texto: str) -> None:
        if self._abiertas and self._abiertas[-1] in ("text", "tspan", "title", "desc"):
            self._salida.append(escape(texto))

    def _atributos(self, figura: str, atributos: Mapping[str, str]) -> dict[str, str]:
        """Los permitidos; lo que decía ``style`` pasa a atributos, que pesan lo mismo y no son otro idioma."""
        limpios: dict[str, str] = {}
        for completo, valor in atributos.items():
            espacio, _, nombre = completo.rpartition(" ")
            if nombre.lower().startswith("on"):
                raise _rechazo(f"trae un programa en el atributo «{nombre}»")
            if nombre == "href" and espacio in ("", _XLINK):
                self._referencia(valor)
                if figura in ("linearGradient", "radialGradient"):
                    limpios |= {"xmlns:xlink": _XLINK, "xlink:href": valor.strip()}
            elif not espacio and nombre in _ATRIBUTOS:
                limpios[nombre] = self._valor(figura, valor)
        for declaracion in atributos.get("style", "").split(";"):
            nombre, hay, valor = declaracion.partition(":")
            if hay and nombre.strip() in _DE_PRESENTACION:
                limpios[nombre.strip()] = self._valor(figura, valor.replace("!important", ""))
            elif hay:
                self._valor(figura, valor)  # no se escribe, pero si pide algo de fuera hay que decirlo
        return limpios

    def _valor(self, figura: str, valor: str) -> str:
        if "\\" in valor or "javascript:" in valor.lower().replace(" ", ""):
            raise _rechazo("trae código escondido en un atributo")
        for funcion in _FUNCION.findall(valor):
            if funcion not in _FUNCIONES:
                raise _rechazo(f"trae la función «{funcion}», que no se acepta")
        if "url" in valor.lower():
            if "clipPath" in (*self._abiertas, figura):
                raise _rechazo("trae recortes dentro de recortes; simplifíquelo")
            resto = _URL.sub(lambda hallada: self._referencia(hallada[2]), valor)
            if "url" in resto.lower():
                raise _rechazo("trae una referencia que no se entiende")
        return valor.strip()

    @staticmethod
    def _referencia(destino: str) -> str:
        if not _INTERNA.fullmatch(destino.strip()):
            raise _rechazo("pide un archivo de otra parte; todo el dibujo debe estar en el mismo SVG")
        return ""


def _recuadro(atributos: Mapping[str, str]) -> str:
    """El ``viewBox`` del dibujo o, si falta, el que sale de su ancho y su alto.

    :raises EntradaInvalida: si no dice su tamaño, o si no tiene la forma de un escudo
    """
    partes = re.split(r"[\s,]+", atributos["viewBox"].strip()) if "viewBox" in atributos else []
    partes = partes or ["0", "0", atributos.get("width", ""), atributos.get("height", "")]
    hallados = [_NUMERO.fullmatch(parte) for parte in partes]
    if len(partes) != 4 or not all(hallados):
        raise _rechazo("no dice su tamaño (viewBox)")
    x, y, ancho, alto = (float(hallado[1]) for hallado in hallados if hallado)
    if not (0.01 <= ancho <= 100_000 and 0.01 <= alto <= 100_000 and abs(x) <= 100_000 and abs(y) <= 100_000):
        raise _rechazo("su tamaño (viewBox) no es de un dibujo")
    if not 0.25 <= ancho / alto <= 4:
        raise _rechazo("es demasiado alargado: el lado mayor puede medir hasta cuatro veces el menor")
    return " ".join(f"{numero:.6g}" for numero in (x, y, ancho, alto))
