"""Numerar: dar el número siguiente, anular uno, cambiar cómo se escriben y decir desde cuál continúa una cuenta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.numbering import continue_from, next_number
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import numeros, policies, queries
from llaqta.salas.documentos.events import FormatoFijado, InicioFijado
from llaqta.salas.documentos.models import Documento, FormatoDeNumero, InicioDeSerie, TipoDocumento
from llaqta.salas.documentos.services.guardar import anular


@dataclass(frozen=True)
class NumeroDado:
    """Un número recién tomado: como se imprime, su lugar en la cuenta y en qué cuenta."""

    texto: str
    numero: int
    serie: str


@transaction.atomic
def numerar(
    *,
    tipo: TipoDocumento,
    unidad: UnidadOrganica,
    ahora: datetime,
    firmante: Persona | None = None,
    conjuntas: Sequence[UnidadOrganica] = (),
) -> NumeroDado:
    """Toma el número siguiente y bloquea la cuenta hasta que el acto termine; si el acto fracasa, no se quema.

    El año es el de Lima: el 31 de diciembre a las 23:59:59 todavía es el mismo, y un segundo después recomienza.

    :param unidad: la que numera: la de quien firma, la de quien delegó o, en un conjunto, la primera
    :raises NoProcede: si ese número ya lo lleva otro documento (se cambió el formato): no se emite nada
    """
    hoy = hoy_en_lima(ahora)
    numerador = queries.get_numerador(tipo, unidad, al=hoy)
    numero = next_number(numerador.serie, hoy.year)
    texto = numerador.escribir(numero, hoy.year, firmante=firmante, conjuntas=conjuntas)
    if Documento.objects.numerados().filter(numero=texto).exists():
        raise NoProcede(
            f"El número {texto} ya lo lleva otro documento, así que no se emitió nada. Pida a quien administra la "
            "numeración que fije desde qué número continúa esta cuenta.",
            norma="Ley 27444, art. 157",
        )
    return NumeroDado(texto, numero, numerador.serie)


@transaction.atomic
def anular_numero(*, actor: Persona, documento: Documento, motivo: str, ahora: datetime) -> Documento:
    """Anula un número ya dado: el documento se conserva con su número y la razón, y el siguiente no lo repite.

    Si el documento obra en un expediente, se anula por ``expedientes.anular_emitido``, que además lo dice en él.

    :raises Denegado: si hoy no dirige la unidad que lo emitió
    :raises NoProcede: si no lleva un número de la municipalidad
    :raises EntradaInvalida: si no se dice por qué
    """
    policies.check_anular_numero(actor, documento)
    return anular(actor=actor, documento=documento, motivo=motivo, ahora=ahora)


@transaction.atomic
def fijar_formato(
    *,
    actor: Persona,
    tipo: TipoDocumento,
    unidad: UnidadOrganica | None,
    formato: str,
    contador: str,
    desde: date,
    norma: str,
    ahora: datetime,
) -> FormatoDeNumero:
    """Cambia cómo se escribe y se cuenta una clase de documento desde un día: hoy o después.

    :param unidad: solo para ella; ``None``, para toda la municipalidad
    :raises Denegado: si no administra la numeración
    :raises EntradaInvalida: si el formato daría números repetidos o no se entiende, la fecha ya pasó, o falta la norma
    """
    policies.check_administrar_numeracion(actor)
    formato, hoy = " ".join(formato.split()), hoy_en_lima(ahora)
    if contador not in FormatoDeNumero.Contador.values:
        raise EntradaInvalida("Elija cómo se cuenta.", campo="contador")
    numeros.comprobar_formato(formato, contador=contador)
    formato = numeros.normalizar(formato)
    _check_largo(tipo, unidad, formato, contador, hoy.year)
    if desde < hoy:
        raise EntradaInvalida(
            f"Un formato rige desde hoy ({fecha_en_palabras(hoy)}) o después: los números ya dados no cambian.",
            campo="desde",
        )
    if not norma.strip():
        raise EntradaInvalida("Escriba la norma o el documento que dispone esta numeración.", campo="norma")
    fila, nueva = FormatoDeNumero.objects.get_or_create(
        tipo=tipo,
        unidad=unidad,
        desde=desde,
        defaults={
            "formato": formato, "contador": contador, "norma": norma.strip()[:160],
            "registrado_por": actor, "registrado_en": ahora,
        },
    )  # fmt: skip
    if not nueva and (fila.formato, fila.contador) != (formato, contador):
        raise EntradaInvalida(
            f"Ya hay un formato desde el {fecha_en_palabras(desde)}: «{fila.formato}». Elija otra fecha.",
            campo="desde",
        )
    if nueva:
        emit(FormatoFijado(formato_id=fila.pk), actor_id=actor.pk, ahora=ahora, objeto=tipo)
    return fila


@transaction.atomic
def fijar_inicio(
    *,
    actor: Persona,
    tipo: TipoDocumento,
    unidad: UnidadOrganica,
    anio: int,
    ultimo: int,
    motivo: str,
    ahora: datetime,
) -> str:
    """Dice hasta qué número llegó una cuenta en papel, para que continúe: con ``ultimo=262``, el siguiente es 263.

    Solo hacia adelante, y solo si el siguiente no lo lleva ya otro documento. Repetirlo con el mismo número no procede:
    la cuenta ya está ahí.

    :param unidad: la que numera; si la cuenta es de toda la municipalidad, cualquiera de ella
    :return: cómo se verá el número siguiente
    :raises Denegado: si no administra la numeración
    :raises EntradaInvalida: si el año no es el que corre, el número no cabe, o no se dice por qué
    :raises NoProcede: si la cuenta ya llegó más lejos, o el número siguiente ya está usado
    """
    policies.check_administrar_numeracion(actor)
    hoy = hoy_en_lima(ahora)
    if anio != hoy.year:
        raise EntradaInvalida(
            f"Solo se fija la cuenta del año que corre, {hoy.year}: las demás empiezan en 1 o ya terminaron.",
            campo="anio",
        )
    if not 1 <= ultimo < numeros.ULTIMO_POSIBLE:
        raise EntradaInvalida(
            f"El último número dado en papel debe estar entre 1 y {numeros.ULTIMO_POSIBLE - 1:,}.",
            campo="ultimo",
        )
    if not motivo.strip():
        raise EntradaInvalida(
            "Escriba por qué: por ejemplo, hasta qué documento se numeró en papel.", campo="motivo"
        )
    numerador = queries.get_numerador(tipo, unidad, al=hoy)
    habia = continue_from(numerador.serie, anio, ultimo)
    siguiente = numerador.escribir(ultimo + 1, anio)
    if Documento.objects.numerados().filter(numero=siguiente).exists():
        raise NoProcede(
            f"El número siguiente sería {siguiente}, y ya lo lleva otro documento: fije uno mayor."
        )
    inicio = InicioDeSerie.objects.create(
        serie=numerador.serie, anio=anio, habia=habia, ultimo=ultimo, motivo=motivo.strip()[:200],
        fijado_por=actor, fijado_en=ahora,
    )  # fmt: skip
    emit(InicioFijado(inicio_id=inicio.pk, ultimo=ultimo), actor_id=actor.pk, ahora=ahora, objeto=tipo)
    return siguiente


def _check_largo(
    tipo: TipoDocumento, unidad: UnidadOrganica | None, formato: str, contador: str, anio: int
) -> None:
    """El número más largo que saldría de este formato cabe en un documento.

    :raises EntradaInvalida: si no
    """
    muestra = unidad or UnidadOrganica(siglas="SIGLASDELAUNIDAD")
    largo = len(queries.Numerador(tipo, muestra, formato, contador).escribir(numeros.ULTIMO_POSIBLE, anio))
    if largo > numeros.LARGO_DEL_FORMATO:
        raise EntradaInvalida(
            f"Con este formato el número tendría {largo} caracteres; caben {numeros.LARGO_DEL_FORMATO}.",
            campo="formato",
        )
