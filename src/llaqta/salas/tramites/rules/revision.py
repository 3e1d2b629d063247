"""La revisión legal del TUPA: qué objeta la ley a lo que un procedimiento exige, cobra o demora.

Las reglas, sus artículos y las palabras que las delatan están en ``datos/revision.yaml``; aquí solo se comparan.
No impide publicar: lo que de plano no se puede publicar lo dice ``publicar.revisar``. Señala, con su artículo, lo que
una asesora legal debe mirar, también en lo que ya rige.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from llaqta.salas.tramites.condiciones import Condiciones
from llaqta.salas.tramites.rules.contenido import FilaDeProcedimiento
from llaqta.salas.tramites.rules.publicar import excede_el_maximo, porcentaje_de_uit
from llaqta.salas.tramites.rules.reproduccion import TARIFAS_DE_LEY

_CITA = re.compile(r"((?:Ley|DL|DS) [\dA-Z-]+),? arts?\. ([^,;]+(?:, [\d.]+)*)")
_ARTICULO = re.compile(r"\d+(?:\.\d+)*(?:-[A-Z])?")
GRAVEDADES = {"CONTRA_LA_LEY": "Contra la ley", "FALTA": "Falta", "POR_REVISAR": "Por revisar"}


@dataclass(frozen=True)
class ReglaDeRevision:
    """Una regla de la revisión, como la lee un abogado."""

    codigo: str
    enunciado: str
    norma: str
    gravedad: str
    estado: str
    sobre: str

    @property
    def gravedad_dicha(self) -> str:
        """``Contra la ley``, ``Falta`` o ``Por revisar``."""
        return GRAVEDADES[self.gravedad]

    @property
    def por_confirmar(self) -> bool:
        """Verdadero si nadie la leyó todavía en la norma publicada."""
        return self.estado != "VERIFICADA"

    @property
    def articulos(self) -> list[tuple[str, str]]:
        """Cada artículo en que se apoya, con su norma: ``("Ley 27444", "40.1.1")``; los del TUO no."""
        hallados = []
        for cita in re.sub(r"\([^)]*\)", "", self.norma).split(";"):
            if partes := _CITA.match(cita.strip()):
                hallados += [(partes[1], articulo) for articulo in _ARTICULO.findall(partes[2])]
        return hallados


@dataclass(frozen=True)
class Prohibido:
    """Algo que un requisito no puede pedir, y cómo se reconoce."""

    regla: ReglaDeRevision
    patron: re.Pattern[str]
    salvo: re.Pattern[str] | None


@dataclass(frozen=True)
class Estandarizado:
    """Un procedimiento que se copia de una norma nacional, y lo que esa norma manda."""

    patron: re.Pattern[str]
    plazo: int
    unidad: str
    calificaciones: tuple[str, ...]
    norma: str


@dataclass(frozen=True)
class Criterios:
    """Con qué se revisa: las reglas, las palabras, las cifras de la ley y el valor de la UIT."""

    reglas: Mapping[str, ReglaDeRevision]
    prohibidos: Sequence[Prohibido]
    estandarizados: Sequence[Estandarizado]
    silencios: Mapping[str, re.Pattern[str]]
    por_etapas: re.Pattern[str]
    por_prioridad: re.Pattern[str]
    gratuitos: re.Pattern[str]
    con_rango_de_ley: re.Pattern[str]
    recursos_propios: Sequence[str]


@dataclass(frozen=True)
class Cifras:
    """Los números de la ley el día en que se revisa, y el valor de cada UIT."""

    al: date
    uit: Mapping[int, Decimal]
    maximo: int = 30
    presentar: int = 15
    reconsideracion: int = 15
    apelacion: int = 30


@dataclass(frozen=True)
class Objecion:
    """Lo que la ley objeta a un procedimiento, en una frase que dice qué corregir."""

    codigo: str
    denominacion: str
    regla: ReglaDeRevision
    frase: str


_Halladas = Iterator[tuple[str, str]]
_Revisor = Callable[[FilaDeProcedimiento, Criterios, Cifras], _Halladas]


def sin_tildes(texto: str) -> str:
    """El texto en minúsculas y sin tildes, para reconocer palabras como sea que se escriban."""
    partes = unicodedata.normalize("NFKD", texto.casefold())
    return " ".join("".join(letra for letra in partes if not unicodedata.combining(letra)).split())


def revisar_tupa(
    filas: Sequence[FilaDeProcedimiento], *, criterios: Criterios, cifras: Cifras
) -> list[Objecion]:
    """Todo lo que la ley objeta, por procedimiento y de lo más grave a lo menos.

    :param filas: lo que el TUPA dice, o lo que un archivo quiere que diga
    """
    orden = list(GRAVEDADES)
    halladas = [
        Objecion(fila.codigo, fila.datos.titulo or fila.datos.denominacion, regla, frase)
        for fila in filas
        for regla, frase in _de_un_procedimiento(fila, criterios, cifras)
    ]
    return sorted(halladas, key=lambda una: (una.codigo, orden.index(una.regla.gravedad)))


def _de_un_procedimiento(
    fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras
) -> Iterator[tuple[ReglaDeRevision, str]]:
    for revisor in _REVISORES:
        for codigo, frase in revisor(fila, criterios, cifras):
            yield criterios.reglas[codigo], frase
    for requisito in fila.datos.requisitos:
        texto = sin_tildes(requisito.texto)
        for prohibido in criterios.prohibidos:
            if prohibido.patron.search(texto) and not (prohibido.salvo and prohibido.salvo.search(texto)):
                yield prohibido.regla, f"Pide «{requisito.texto}». {prohibido.regla.enunciado}"


def _de(nombre: str) -> str:
    return f" en la modalidad «{nombre}»" if nombre else ""


def _silencio(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    datos = fila.datos
    negativas = [nombre for nombre, c in datos.variantes if c.calificacion == "SILENCIO_NEGATIVO"]
    if negativas and not datos.bien_protegido:
        yield (
            "SILENCIO_NEGATIVO_SIN_CAUSA",
            f"Tiene silencio negativo{_de(negativas[0])} y no dice qué bien protege: dígalo o cámbielo a positivo.",
        )
    calificaciones = {condiciones.calificacion for _, condiciones in datos.variantes}
    if len(calificaciones) > 1:
        return  # cada modalidad tiene el suyo: sus textos pueden hablar de ambos
    dicho = sin_tildes(
        " . ".join([datos.descripcion, datos.vigencia, datos.nota_de_pago, *datos.ten_en_cuenta])
    )
    if contrario := criterios.silencios[datos.calificacion].search(dicho):
        yield "DOBLE_SILENCIO", f"Su texto dice «{contrario.group()}» y su calificación es la contraria."


def _plazo(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    for nombre, condiciones in fila.datos.variantes:
        if condiciones.es_automatica:
            if condiciones.plazo:
                yield (
                    "AUTOMATICA_CON_PLAZO",
                    f"Es automático{_de(nombre)} y dice que se resuelve en {condiciones.plazo} días: quite el plazo.",
                )
        elif excede_el_maximo(condiciones, cifras.maximo):
            yield from _plazo_mayor(nombre, condiciones, criterios, cifras)


def _plazo_mayor(nombre: str, condiciones: Condiciones, criterios: Criterios, cifras: Cifras) -> _Halladas:
    norma = condiciones.norma_del_plazo.strip()
    if not norma:
        yield (
            "PLAZO_MAYOR_SIN_LEY",
            f"Demora {condiciones.plazo_dicho}{_de(nombre)} y el máximo son {cifras.maximo} días hábiles: "
            "escriba la ley que lo permite o acórtelo.",
        )
    elif not criterios.con_rango_de_ley.search(sin_tildes(norma)):
        yield (
            "PLAZO_MAYOR_SIN_LEY",
            f"Demora {condiciones.plazo_dicho}{_de(nombre)} por «{norma}», que no parece ley ni decreto legislativo.",
        )


def _costo(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    datos = fila.datos
    uit = cifras.uit.get(datos.uit_anio or 0)
    for nombre, condiciones in datos.variantes:
        if uit and condiciones.monto > uit and not condiciones.autorizacion_uit.strip():
            yield (
                "MAS_DE_UNA_UIT",
                f"Cobra {condiciones.costo}{_de(nombre)} y la UIT de {datos.uit_anio} es S/ {uit:,.2f}.",
            )
        if condiciones.monto and criterios.por_prioridad.search(
            sin_tildes(f"{nombre} {condiciones.nota_de_pago}")
        ):
            yield (
                "COBRO_POR_PRIORIDAD",
                f"Cobra {condiciones.costo}{_de(nombre)} y su texto habla de atender antes.",
            )
    if not any(condiciones.monto for _, condiciones in datos.variantes):
        return
    if not datos.formas_de_pago:
        yield "SIN_FORMA_DE_PAGO", "Cuesta y no dice cómo se paga."
    if criterios.gratuitos.search(sin_tildes(datos.denominacion)):
        yield "COBRO_PROHIBIDO", f"Cobra {datos.condiciones.costo} por algo que la ley hace gratuito."
    yield from _unidad_impositiva(fila, uit, cifras)


def _unidad_impositiva(fila: FilaDeProcedimiento, uit: Decimal | None, cifras: Cifras) -> _Halladas:
    datos = fila.datos
    if uit is None:
        yield (
            "PORCENTAJE_NO_COINCIDE",
            f"No está registrado el valor de la UIT de {datos.uit_anio or 'su año'}: no se puede decir el porcentaje.",
        )
        return
    esperado = porcentaje_de_uit(datos.monto, uit)
    if fila.porcentaje is not None and fila.porcentaje != esperado:
        yield (
            "PORCENTAJE_NO_COINCIDE",
            f"Dice {fila.porcentaje} % de la UIT de {datos.uit_anio} y S/ {datos.monto:,.2f} son {esperado} %.",
        )
    if datos.uit_anio and datos.uit_anio < cifras.al.year:
        nueva = cifras.uit.get(cifras.al.year)
        ahora = f", que hoy es el {porcentaje_de_uit(datos.monto, nueva)} %" if nueva else ""
        yield (
            "UIT_DE_OTRO_ANIO",
            f"Su monto es el {esperado} % de la UIT de {datos.uit_anio}{ahora}. El monto no cambia solo.",
        )


def _etapas(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    datos = fila.datos
    for codigo, nombre in [(una.codigo, una.nombre) for una in datos.modalidades] or [("", "")]:
        pagos = [r for r in datos.requisitos if r.clase == "PAGO" and r.modalidad in ("", codigo)]
        if len(pagos) > 1:
            yield (
                "COBRO_POR_ETAPAS",
                f"Pide {len(pagos)} pagos{_de(nombre)}: el derecho se paga una sola vez.",
            )
    textos = [c.nota_de_pago for _, c in datos.variantes]
    textos += [r.texto for r in datos.requisitos if r.clase == "PAGO"]
    for texto in dict.fromkeys(textos):
        if hallado := criterios.por_etapas.search(sin_tildes(texto)):
            yield (
                "COBRO_POR_ETAPAS",
                f"«{texto}»: «{hallado.group()}» anuncia un segundo cobro del mismo trámite.",
            )


def _vigencia(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    datos = fila.datos
    if not datos.ordenanza.strip():
        yield "SIN_ORDENANZA", "No dice qué ordenanza lo aprueba."
    if datos.publicada_el is None:
        yield "SIN_PUBLICACION", "No dice cuándo se publicó: sin publicación no se puede exigir."
    elif datos.publicada_el > fila.desde:
        yield (
            "SIN_PUBLICACION",
            f"Rige desde el {fila.desde:%d/%m/%Y} y se publicó el {datos.publicada_el:%d/%m/%Y}.",
        )
    if any(c.monto for _, c in datos.variantes) and not datos.ratificacion.strip():
        yield "SIN_RATIFICACION", "Cobra y no dice con qué acuerdo lo ratificó la municipalidad provincial."


def _normas(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    if not fila.datos.bases_legales:
        yield "SIN_BASE_LEGAL", "No cita ninguna norma."
    for base in fila.datos.bases_legales:
        if base.publicada_el is None:
            cita = " ".join(parte for parte in (base.tipo, base.numero, base.denominacion) if parte)
            yield "BASE_LEGAL_SIN_FECHA", f"«{cita}» no dice cuándo se publicó."


def _recursos(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    datos = fila.datos
    clases = {recurso.clase for recurso in datos.recursos}
    citas = sin_tildes(" ".join(f"{base.tipo} {base.denominacion}" for base in datos.bases_legales))
    tiene_los_suyos = any(propio in citas for propio in criterios.recursos_propios)
    if "APELACION" not in clases and not tiene_los_suyos:
        yield "SIN_AUTORIDAD_DE_RECURSO", "No dice ante quién se apela."
    # La revisión, que solo una ley puede dar (207.1.c), se presenta y se resuelve en los plazos de toda impugnación.
    resolver = {
        "RECONSIDERACION": cifras.reconsideracion,
        "APELACION": cifras.apelacion,
        "REVISION": cifras.apelacion,
    }
    nombres = {"RECONSIDERACION": "reconsideración", "APELACION": "apelación", "REVISION": "revisión"}
    for recurso in datos.recursos:
        if (recurso.dias_presentacion, recurso.dias_resolucion) != (
            cifras.presentar,
            resolver[recurso.clase],
        ):
            yield (
                "RECURSO_CON_OTRO_PLAZO",
                f"La {nombres[recurso.clase]} dice "
                f"{recurso.dias_presentacion} días para presentarla y {recurso.dias_resolucion} para resolverla; "
                f"la ley dice {cifras.presentar} y {resolver[recurso.clase]}.",
            )


def _canales(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    if "virtual" not in fila.datos.canales:
        yield "SIN_CANAL_VIRTUAL", "No se puede presentar por internet."


def _estandarizados(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    nombre = sin_tildes(fila.datos.denominacion)
    for norma in criterios.estandarizados:
        if not norma.patron.search(nombre):
            continue
        for modalidad, condiciones in fila.datos.variantes:
            yield from _contra_el_estandar(norma, modalidad, condiciones)


def _contra_el_estandar(norma: Estandarizado, modalidad: str, condiciones: Condiciones) -> _Halladas:
    if condiciones.calificacion not in norma.calificaciones:
        yield "ESTANDARIZADO_DISTINTO", f"Su calificación{_de(modalidad)} no es la que manda {norma.norma}."
    elif not condiciones.es_automatica and (condiciones.plazo, condiciones.plazo_unidad) != (
        norma.plazo,
        norma.unidad,
    ):
        yield (
            "ESTANDARIZADO_DISTINTO",
            f"Demora {condiciones.plazo_dicho}{_de(modalidad)}; {norma.norma} manda {norma.plazo} días hábiles.",
        )


def _tarifas(fila: FilaDeProcedimiento, criterios: Criterios, cifras: Cifras) -> _Halladas:
    topes = {tarifa.medio: tarifa.precio for tarifa in TARIFAS_DE_LEY}
    for tarifa in fila.datos.tarifas:
        tope = topes.get(tarifa.medio)
        if tope is not None and tarifa.precio > tope:
            yield (
                "TARIFA_MAYOR",
                f"{tarifa.nombre}: cobra S/ {tarifa.precio:,.2f} y la norma dice S/ {tope:,.2f}.",
            )


_REVISORES: tuple[_Revisor, ...] = (
    _silencio, _plazo, _costo, _etapas, _vigencia, _normas, _recursos, _canales, _estandarizados, _tarifas,
)  # fmt: skip
