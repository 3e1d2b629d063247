"""Lo que el TUPA dirá de un procedimiento, como datos: los mismos para el editor, los archivos y la revisión legal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from llaqta.salas.tramites.condiciones import Condiciones

CANALES = {"virtual": "Por internet", "presencial": "En la municipalidad", "telefono": "Por teléfono"}


@dataclass(frozen=True)
class NuevoRequisito:
    """Un requisito por publicar; su orden es su lugar en la lista y ``modalidad`` vacía lo hace de todas."""

    texto: str
    clase: str = "DOCUMENTO"
    es_opcional: bool = False
    formato: str = ""
    nota: str = ""
    modalidad: str = ""


@dataclass(frozen=True)
class NuevaBaseLegal:
    """Una norma por publicar."""

    tipo: str
    numero: str = ""
    denominacion: str = ""
    articulos: str = ""
    publicada_el: date | None = None
    verificada: bool = False


@dataclass(frozen=True)
class NuevoRecurso:
    """Un recurso por publicar: la autoridad se nombra por su identificador de unidad."""

    clase: str
    autoridad_id: int
    dias_resolucion: int
    dias_presentacion: int = 15


@dataclass(frozen=True)
class NuevaTarifa:
    """Lo que cuesta reproducir en un medio: ``A4`` a S/ 0.10 la hoja, ``CD`` a S/ 1.00."""

    medio: str
    nombre: str
    precio: Decimal


@dataclass(frozen=True)
class NuevaModalidad:
    """Una variante por publicar, con sus propias condiciones; su orden es su lugar en la lista."""

    codigo: str
    nombre: str
    calificacion: str
    plazo: int = 0
    plazo_unidad: str = "HABILES"
    norma_del_plazo: str = ""
    es_gratuito: bool = False
    monto: Decimal = Decimal(0)
    autorizacion_uit: str = ""
    nota_de_pago: str = ""

    @property
    def condiciones(self) -> Condiciones:
        """Las suyas."""
        return Condiciones(
            calificacion=self.calificacion,
            plazo=self.plazo,
            plazo_unidad=self.plazo_unidad,
            es_gratuito=self.es_gratuito,
            monto=self.monto,
            norma_del_plazo=self.norma_del_plazo,
            autorizacion_uit=self.autorizacion_uit,
            nota_de_pago=self.nota_de_pago,
        )


@dataclass(frozen=True)
class NuevaVersion:
    """Todo lo que el TUPA dirá de un procedimiento (art. 37 Ley 27444)."""

    tipo: str
    denominacion: str
    descripcion: str
    calificacion: str
    ordenanza: str
    sede: str
    horario: str
    unidad_presentacion_id: int
    unidad_aprobacion_id: int
    titulo: str = ""
    plazo: int = 0
    plazo_unidad: str = "HABILES"
    es_gratuito: bool = False
    monto: Decimal = Decimal(0)
    uit_anio: int | None = None
    autorizacion_uit: str = ""
    nota_de_pago: str = ""
    formas_de_pago: Sequence[str] = ()
    canales: Sequence[str] = ("virtual", "presencial")
    consulta: str = ""
    vigencia: str = ""
    ten_en_cuenta: Sequence[str] = ()
    publicada_el: date | None = None
    ratificacion: str = ""
    norma_del_plazo: str = ""
    bien_protegido: str = ""
    requisitos: Sequence[NuevoRequisito] = ()
    bases_legales: Sequence[NuevaBaseLegal] = ()
    recursos: Sequence[NuevoRecurso] = ()
    modalidades: Sequence[NuevaModalidad] = ()
    tarifas: Sequence[NuevaTarifa] = ()

    @property
    def condiciones(self) -> Condiciones:
        """Las de la versión: valen para quien no elige modalidad."""
        return Condiciones(
            calificacion=self.calificacion,
            plazo=self.plazo,
            plazo_unidad=self.plazo_unidad,
            es_gratuito=self.es_gratuito,
            monto=self.monto,
            norma_del_plazo=self.norma_del_plazo,
            autorizacion_uit=self.autorizacion_uit,
            nota_de_pago=self.nota_de_pago,
        )

    @property
    def variantes(self) -> Sequence[tuple[str, Condiciones]]:
        """Cada modalidad con sus condiciones; sin modalidades, las de la versión con nombre vacío."""
        return [(fila.nombre, fila.condiciones) for fila in self.modalidades] or [("", self.condiciones)]


@dataclass(frozen=True)
class FilaDeTema:
    """Un tema con que la gente busca."""

    codigo: str
    nombre: str
    orden: int


@dataclass(frozen=True)
class FilaDeProcedimiento:
    """Un procedimiento con su código y lo que el TUPA dice de él desde una fecha."""

    codigo: str
    tema: str
    palabras: str
    es_frecuente: bool
    desde: date
    datos: NuevaVersion
    codigo_sut: str = ""
    porcentaje: Decimal | None = None
    """El porcentaje de la UIT que está publicado; un archivo no lo trae: se calcula."""


@dataclass(frozen=True)
class Tupa:
    """Todo lo que trae o lleva un archivo."""

    temas: Sequence[FilaDeTema]
    uit: Sequence[tuple[int, Decimal, str]]
    sinonimos: Sequence[tuple[str, str]]
    procedimientos: Sequence[FilaDeProcedimiento]


def completar(datos: NuevaVersion) -> NuevaVersion:
    """La versión con las condiciones de su primera modalidad en sus propios campos, que es con la que se lista.

    Sin modalidades queda igual. El año de la UIT solo se conserva si alguna variante cuesta. La descripción es un
    párrafo: sus saltos de línea no dicen nada.
    """
    datos = replace(datos, descripcion=" ".join(datos.descripcion.split()))
    if datos.modalidades:
        datos = replace(datos, **_propias(datos.modalidades[0].condiciones))
    cuesta = any(condiciones.monto for _, condiciones in datos.variantes)
    return datos if cuesta else replace(datos, uit_anio=None, formas_de_pago=())


def _propias(condiciones: Condiciones) -> dict[str, Any]:
    """Los campos que una versión comparte con sus modalidades; el porcentaje se calcula al publicar."""
    return {nombre: valor for nombre, valor in vars(condiciones).items() if nombre != "porcentaje_uit"}
