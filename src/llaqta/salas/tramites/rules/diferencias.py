"""Qué cambiaría en el TUPA si se aplicara un archivo: lo nuevo, lo que cambia, lo igual y lo que no se puede."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from llaqta.salas.tramites.rules.contenido import FilaDeProcedimiento, Tupa, completar
from llaqta.salas.tramites.rules.publicar import MAXIMO_GENERAL, revisar, revisar_desde

NUEVO, CAMBIA, IGUAL = "NUEVO", "CAMBIA", "IGUAL"

ROTULOS = {
    "tipo": "Tipo", "denominacion": "Denominación", "titulo": "Título", "descripcion": "Descripción",
    "calificacion": "Calificación", "plazo": "Plazo", "plazo_unidad": "Unidad del plazo",
    "norma_del_plazo": "Norma que permite un plazo mayor", "bien_protegido": "Qué protege el silencio negativo",
    "es_gratuito": "Gratuito", "monto": "Derecho de trámite", "uit_anio": "Año de la UIT",
    "autorizacion_uit": "Norma que autoriza más de una UIT", "nota_de_pago": "Nota sobre el pago",
    "formas_de_pago": "Formas de pago", "canales": "Canales", "sede": "Sede", "horario": "Horario",
    "consulta": "Consultas", "vigencia": "Cuánto vale lo que se obtiene", "ten_en_cuenta": "Tenga en cuenta",
    "unidad_presentacion_id": "Unidad que recibe", "unidad_aprobacion_id": "Unidad que resuelve",
    "ordenanza": "Ordenanza", "publicada_el": "Publicada el", "ratificacion": "Ratificación",
    "requisitos": "Requisitos", "bases_legales": "Base legal", "recursos": "Recursos", "modalidades": "Modalidades",
    "tarifas": "Tarifas de copia", "palabras": "Palabras con que se busca", "tema": "Tema",
    "es_frecuente": "Aparece en el inicio", "codigo_sut": "Código SUT",
}  # fmt: skip


@dataclass(frozen=True)
class Cambio:
    """Un campo que deja de decir una cosa y dice otra."""

    campo: str
    antes: tuple[str, ...]
    despues: tuple[str, ...]

    @property
    def rotulo(self) -> str:
        """El nombre del campo como lo lee una persona."""
        return ROTULOS.get(self.campo, self.campo)

    @property
    def salen(self) -> list[str]:
        """Las líneas que ya no estarán."""
        return [linea for linea in self.antes if linea not in self.despues]

    @property
    def entran(self) -> list[str]:
        """Las líneas que no estaban."""
        return [linea for linea in self.despues if linea not in self.antes]


@dataclass(frozen=True)
class Diferencia:
    """Qué pasa con un procedimiento del archivo, y por qué no podría aplicarse."""

    fila: FilaDeProcedimiento
    situacion: str
    cambios: tuple[Cambio, ...] = ()
    faltas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diferencias:
    """La comparación entera, en el orden del archivo."""

    todas: tuple[Diferencia, ...]
    ausentes: tuple[str, ...]
    comunes: tuple[str, ...] = ()
    """Las UIT y los temas que el archivo agrega, dichos en una frase cada uno."""
    avisos: tuple[str, ...] = ()
    """Lo que el archivo dice distinto y no se cambia desde un archivo."""

    def _de(self, situacion: str) -> list[Diferencia]:
        return [una for una in self.todas if una.situacion == situacion]

    @property
    def nuevos(self) -> list[Diferencia]:
        """Los que el TUPA no tenía."""
        return self._de(NUEVO)

    @property
    def cambiados(self) -> list[Diferencia]:
        """Los que dicen otra cosa."""
        return self._de(CAMBIA)

    @property
    def iguales(self) -> list[Diferencia]:
        """Los que dicen lo mismo: no se tocan."""
        return self._de(IGUAL)

    @property
    def con_faltas(self) -> list[Diferencia]:
        """Los que no podrían publicarse."""
        return [una for una in self.todas if una.faltas]

    @property
    def se_puede_aplicar(self) -> bool:
        """Verdadero si hay algo que cambiar y nada que lo impida."""
        return not self.con_faltas and bool(self.nuevos or self.cambiados or self.comunes)


def comparar(
    archivo: Tupa,
    actuales: Mapping[str, FilaDeProcedimiento],
    *,
    uit: Mapping[int, Decimal],
    siglas: Mapping[int, str],
    al: date,
    desde: date | None = None,
    maximo: int = MAXIMO_GENERAL,
    vigentes: Mapping[str, FilaDeProcedimiento] | None = None,
) -> Diferencias:
    """Compara un archivo con el TUPA.

    :param actuales: lo último que el TUPA dice de cada código, rija ya o esté por regir
    :param siglas: cómo se llama cada unidad
    :param al: el día en que se mira
    :param vigentes: lo que rige hoy de cada código: repetirlo no toca la versión que está por regir
    :param desde: si se da, la fecha desde la que regirá todo lo nuevo y lo que cambia
    """
    temas = {fila.codigo for fila in archivo.temas}
    vistos: set[str] = set()
    todas = []
    for fila in archivo.procedimientos:
        con_fecha = replace(fila, desde=desde) if desde else fila
        una = _una(con_fecha, actuales.get(fila.codigo), uit, siglas, al, maximo)
        rige = (vigentes or {}).get(fila.codigo)
        if una.situacion == CAMBIA and rige and not desde and _es_lo_que_rige(fila, rige, siglas):
            una = Diferencia(con_fecha, IGUAL)
        faltas = list(una.faltas)
        if fila.tema not in temas:
            faltas.append(f"El tema «{fila.tema}» no existe.")
        vistos.add(fila.codigo)
        todas.append(replace(una, faltas=tuple(faltas)))
    return Diferencias(tuple(todas), tuple(sorted(set(actuales) - vistos)))


def _es_lo_que_rige(fila: FilaDeProcedimiento, rige: FilaDeProcedimiento, siglas: Mapping[int, str]) -> bool:
    return fila.desde == rige.desde and not _cambios(rige, fila, siglas)


def _una(
    fila: FilaDeProcedimiento,
    actual: FilaDeProcedimiento | None,
    uit: Mapping[int, Decimal],
    siglas: Mapping[int, str],
    al: date,
    maximo: int,
) -> Diferencia:
    faltas = [frase for _, frase in revisar(fila.datos, uit=uit.get(fila.datos.uit_anio or 0), maximo=maximo)]
    if imposible := revisar_desde(fila.desde):
        faltas.append(imposible)
    if actual is None:
        return Diferencia(fila, NUEVO, faltas=tuple(faltas))
    cambios = _cambios(actual, fila, siglas)
    if not cambios:
        return Diferencia(fila, IGUAL)
    if fila.desde <= al and any(cambio.campo in vars(fila.datos) for cambio in cambios):
        faltas.append(
            "Cambia, pero su fecha «rige desde» ya pasó: lo que ya rige no se corrige. Escriba desde cuándo regirá."
        )
    return Diferencia(fila, CAMBIA, tuple(cambios), tuple(faltas))


def _cambios(
    actual: FilaDeProcedimiento, nueva: FilaDeProcedimiento, siglas: Mapping[int, str]
) -> list[Cambio]:
    antes, despues = _aplanar(actual, siglas), _aplanar(nueva, siglas)
    return [
        Cambio(campo, antes[campo], despues[campo]) for campo in despues if antes[campo] != despues[campo]
    ]


def _aplanar(fila: FilaDeProcedimiento, siglas: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
    """Cada campo como líneas de texto que una persona puede comparar."""
    datos = completar(fila.datos)
    propios = {
        "palabras": fila.palabras,
        "tema": fila.tema,
        "es_frecuente": fila.es_frecuente,
        "codigo_sut": fila.codigo_sut,
    }
    decir = _decidor(siglas)
    return {campo: decir(campo, valor) for campo, valor in {**vars(datos), **propios}.items()}


def _decidor(siglas: Mapping[int, str]) -> Callable[[str, Any], tuple[str, ...]]:
    def decir(campo: str, valor: Any) -> tuple[str, ...]:
        if isinstance(valor, Sequence) and not isinstance(valor, str):
            return tuple(" · ".join(decir(campo, uno)) for uno in valor)
        if hasattr(valor, "__dataclass_fields__"):
            partes = [dicho for nombre, uno in vars(valor).items() for dicho in decir(nombre, uno) if dicho]
            return (", ".join(partes),)
        return (_dicho(campo, valor, siglas),)

    return decir


def _dicho(campo: str, valor: Any, siglas: Mapping[int, str]) -> str:
    """Un valor suelto, siempre igual escrito venga de la base o de un archivo."""
    if campo.endswith("_id"):
        return siglas.get(valor, str(valor))
    if isinstance(valor, bool):
        return "sí" if valor else ("" if campo in {"es_opcional", "verificada"} else "no")
    if isinstance(valor, Decimal):
        return f"S/ {valor:,.2f}"
    if isinstance(valor, date):
        return valor.strftime("%d/%m/%Y")
    return "" if valor is None else str(valor).strip()
