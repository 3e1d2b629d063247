"""Cómo se reparte el TUPA en las hojas de un libro: qué columnas tiene cada una y qué acepta cada celda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CALIFICACIONES = ("AUTOMATICA", "SILENCIO_POSITIVO", "SILENCIO_NEGATIVO")
UNIDADES = ("HABILES", "CALENDARIO", "MESES")
TIPOS = ("PA", "PE", "SE")
CLASES = ("SOLICITUD", "DECLARACION", "DOCUMENTO", "DATO", "PAGO")
RECURSOS = ("RECONSIDERACION", "APELACION", "REVISION")
BIENES = (
    "SALUD", "AMBIENTE", "RECURSOS_NATURALES", "SEGURIDAD_CIUDADANA", "FINANZAS", "MERCADO_DE_VALORES",
    "DEFENSA_COMERCIAL", "DEFENSA_NACIONAL", "PATRIMONIO_CULTURAL", "TRILATERAL", "REGISTRAL",
    "OBLIGACION_DEL_ESTADO", "OTRA_LEY",
)  # fmt: skip

TEXTO, ENTERO, DECIMAL, FECHA, SINO, LISTA = "texto", "entero", "decimal", "fecha", "sí o no", "lista"
CODIGO = "código"
PLAZO_MAXIMO = 999
"""El mayor plazo que se puede escribir, en la unidad que sea: lo mismo en el editor que en un archivo."""


@dataclass(frozen=True)
class Columna:
    """Una columna: su rótulo, el dato que lleva, y qué se puede escribir en ella."""

    rotulo: str
    clave: str
    clase: str = TEXTO
    obligatoria: bool = False
    opciones: Sequence[str] = ()
    ancho: int = 18
    largo: int = 0
    minimo: int = 0
    maximo: int = 10_000_000
    en_mayusculas: bool = False


_PLAZO_Y_PAGO = (
    Columna("Calificación", "calificacion", obligatoria=True, opciones=CALIFICACIONES, ancho=22),
    Columna("Plazo", "plazo", ENTERO, ancho=8, maximo=PLAZO_MAXIMO),
    Columna("Unidad del plazo", "plazo_unidad", opciones=UNIDADES),
    Columna("Norma de un plazo mayor", "norma_del_plazo", largo=160, ancho=26),
    Columna("Derecho en soles", "monto", DECIMAL, ancho=14),
    Columna("Norma que autoriza más de 1 UIT", "autorizacion_uit", largo=160, ancho=26),
    Columna("Nota de pago", "nota_de_pago", largo=200, ancho=30),
)

_DE = Columna(
    "Procedimiento", "procedimiento", CODIGO, obligatoria=True, largo=20, ancho=16, en_mayusculas=True
)

HOJAS: dict[str, tuple[Columna, ...]] = {
    "Procedimientos": (
        Columna("Código", "codigo", CODIGO, obligatoria=True, largo=20, ancho=16, en_mayusculas=True),
        Columna("Código SUT", "codigo_sut", largo=20, ancho=14),
        Columna("Tema", "tema", CODIGO, obligatoria=True, largo=50),
        Columna("Tipo", "tipo", obligatoria=True, opciones=TIPOS, ancho=6),
        Columna("Denominación", "denominacion", obligatoria=True, largo=200, ancho=44),
        Columna("Título en palabras de todos", "titulo", largo=160, ancho=36),
        Columna("Descripción", "descripcion", obligatoria=True, largo=4000, ancho=60),
        *_PLAZO_Y_PAGO,
        Columna("Silencio negativo por", "bien_protegido", opciones=BIENES, ancho=22),
        Columna("Año de la UIT", "uit_anio", ENTERO, ancho=10, minimo=1990, maximo=2100),
        Columna("Formas de pago", "formas_de_pago", LISTA, largo=60, ancho=30),
        Columna("Canales", "canales", LISTA, obligatoria=True, largo=20),
        Columna("Sede", "sede", obligatoria=True, largo=200, ancho=36),
        Columna("Horario", "horario", obligatoria=True, largo=120, ancho=36),
        Columna("Consultas", "consulta", largo=200, ancho=26),
        Columna("Cuánto vale lo que se obtiene", "vigencia", largo=120, ancho=24),
        Columna("Tenga en cuenta", "ten_en_cuenta", LISTA, largo=600, ancho=44),
        Columna("Recibe", "presenta", ancho=10),
        Columna("Resuelve", "aprueba", obligatoria=True, ancho=10),
        Columna("Rige desde", "desde", FECHA, obligatoria=True, ancho=12),
        Columna("Ordenanza", "ordenanza", obligatoria=True, largo=120, ancho=30),
        Columna("Publicada el", "publicada_el", FECHA, ancho=12),
        Columna("Ratificación provincial", "ratificacion", largo=120, ancho=26),
        Columna("Palabras con que se busca", "palabras", largo=2000, ancho=40),
        Columna("Aparece en el inicio", "es_frecuente", SINO, ancho=10),
    ),
    "Modalidades": (
        _DE,
        Columna("Código", "codigo", CODIGO, obligatoria=True, largo=20, ancho=12),
        Columna("Nombre", "nombre", obligatoria=True, largo=200, ancho=44),
        *_PLAZO_Y_PAGO,
    ),
    "Requisitos": (
        _DE,
        Columna("Modalidad", "modalidad", CODIGO, largo=20, ancho=12),
        Columna("Requisito", "texto", obligatoria=True, largo=400, ancho=70),
        Columna("Clase", "clase", opciones=CLASES, ancho=14),
        Columna("Solo si corresponde", "es_opcional", SINO, ancho=10),
        Columna("Formulario", "formato", largo=60),
        Columna("Nota", "nota", largo=200, ancho=30),
    ),
    "Base legal": (
        _DE,
        Columna("Tipo de norma", "tipo", obligatoria=True, largo=40),
        Columna("Número", "numero", largo=40),
        Columna("Denominación", "denominacion", largo=250, ancho=50),
        Columna("Artículos", "articulos", largo=60),
        Columna("Publicada el", "publicada_el", FECHA, ancho=12),
        Columna("Verificada", "verificada", SINO, ancho=10),
    ),
    "Recursos": (
        _DE,
        Columna("Recurso", "clase", obligatoria=True, opciones=RECURSOS),
        Columna("Autoridad", "autoridad", obligatoria=True, ancho=10),
        Columna(
            "Días para presentarlo",
            "dias_presentacion",
            ENTERO,
            obligatoria=True,
            ancho=10,
            minimo=1,
            maximo=PLAZO_MAXIMO,
        ),
        Columna(
            "Días para resolverlo",
            "dias_resolucion",
            ENTERO,
            obligatoria=True,
            ancho=10,
            minimo=1,
            maximo=PLAZO_MAXIMO,
        ),
    ),
    "Tarifas de copia": (
        _DE,
        Columna("Medio", "medio", CODIGO, obligatoria=True, largo=12, en_mayusculas=True),
        Columna("Nombre", "nombre", obligatoria=True, largo=60, ancho=30),
        Columna("Precio en soles", "precio", DECIMAL, obligatoria=True, ancho=12, maximo=100_000),
    ),
    "Temas": (
        Columna("Código", "codigo", CODIGO, obligatoria=True, largo=50),
        Columna("Nombre", "nombre", obligatoria=True, largo=60, ancho=40),
    ),
    "UIT": (
        Columna("Año", "anio", ENTERO, obligatoria=True, ancho=8, minimo=1990, maximo=2100),
        Columna("Valor en soles", "monto", DECIMAL, obligatoria=True, ancho=14, minimo=1),
        Columna("Norma", "norma", largo=120, ancho=40),
    ),
}
"""Las hojas en el orden en que aparecen; «Instrucciones» va delante y no se lee."""

OBLIGATORIAS = ("Procedimientos", "Requisitos", "Base legal")
