"""El oficio de testigo: mirar el registro de una entidad vecina, exigirle que conserve lo que ya se le vio, y firmarlo.

Quien muestra a cada uno un registro distinto, o vuelve atrás, firma dos cosas que no pueden ser ciertas a la vez. El
testigo guarda ambas firmas: son la prueba, y no hay que creerle a él.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.auditoria import llave_de_testigo, merkle, puntos, recado
from llaqta.salas.auditoria.events import ContradiccionHallada, TestigoAutorizado, VecinoAgregado
from llaqta.salas.auditoria.llave_de_testigo import LlaveDeTestigo
from llaqta.salas.auditoria.modelos_de_testigos import Contradiccion, PuntoVisto, TestigoAceptado, Vecino
from llaqta.salas.auditoria.models import Cofirma, Punto
from llaqta.salas.auditoria.puntos import LlavePublica, Nota, NotaInvalida

registro = logging.getLogger(__name__)
Recado = Callable[..., bytes]
MINUTOS_DE_RELOJ = 5
"""Lo que el reloj de un testigo puede ir adelantado al nuestro."""


class CofirmaRechazada(Exception):
    """La firma que mandaron no es de un testigo aceptado, o no es de un punto nuestro."""


@transaction.atomic
def agregar(*, url: str, llave: str, ahora: datetime) -> Vecino:
    """Comienza a vigilar el registro de una entidad vecina; repetirlo solo corrige su dirección.

    :param llave: su llave pública, conseguida por otra vía que su propia sede (un oficio, un convenio)
    :raises NoProcede: si la dirección o la llave no sirven, o si ya se la vigila con otra llave
    """
    try:
        limpia, publica = recado.check_url(url), LlavePublica.leer(llave)
    except (recado.NoSePudo, NotaInvalida) as error:
        raise NoProcede(str(error)) from error
    vecino, nuevo = Vecino.objects.select_for_update().get_or_create(
        nombre=publica.nombre, defaults={"url": limpia, "llave": str(publica), "agregado_en": ahora}
    )
    if vecino.llave != str(publica):
        raise NoProcede(f"A {publica.nombre} ya se lo vigila con otra llave: no se cambia sin más.")
    if nuevo:
        emit(VecinoAgregado(vecino_id=vecino.pk), actor_id=None, ahora=ahora, objeto=vecino)
    elif vecino.url != limpia:
        vecino.url = limpia
        vecino.save(update_fields=["url"])
    return vecino


@transaction.atomic
def aceptar(*, llave: str, ahora: datetime) -> TestigoAceptado:
    """Comienza a aceptar, sobre nuestros puntos de control, la firma de ese testigo.

    :raises NoProcede: si la llave no es la de un testigo, o si ese nombre ya tiene otra
    """
    try:
        publica = LlaveDeTestigo.leer(llave)
    except NotaInvalida as error:
        raise NoProcede(str(error)) from error
    testigo, nuevo = TestigoAceptado.objects.get_or_create(
        nombre=publica.nombre, defaults={"llave": str(publica), "agregado_en": ahora}
    )
    if testigo.llave != str(publica):
        raise NoProcede(f"El testigo {publica.nombre} ya tiene otra llave: no se cambia sin más.")
    if nuevo:
        emit(TestigoAutorizado(testigo_id=testigo.pk), actor_id=None, ahora=ahora, objeto=testigo)
    return testigo


def revisar_a_todos(*, ahora: datetime, llevar: Recado = recado.llevar) -> Sequence[Vecino]:
    """Revisa a cada vecino; lo que falle con uno no deja sin revisar a los demás."""
    return [revisar(vecino=vecino, ahora=ahora, llevar=llevar) for vecino in Vecino.objects.order_by("pk")]


def revisar(*, vecino: Vecino, ahora: datetime, llevar: Recado = recado.llevar) -> Vecino:
    """Mira el punto de control de un vecino, exige que conserve lo ya visto, lo firma y le entrega la firma.

    A quien se contradijo no se le vuelve a firmar nada: su estado queda así hasta que una persona lo resuelva.
    """
    try:
        nota_escrita = llevar(f"{vecino.url}/checkpoint").decode("utf-8")
        nota = puntos.leer_nota(nota_escrita)
        if nota.origen != vecino.nombre:
            raise NotaInvalida(f"El punto de control es de {nota.origen[:100]}.")
        LlavePublica.leer(vecino.llave).comprobar(nota)
        _comparar(vecino, nota, nota_escrita, ahora, llevar)
    except (recado.NoSePudo, NotaInvalida, UnicodeDecodeError) as error:
        _anotar(vecino, Vecino.Estado.NO_RESPONDE, str(error), ahora)
    return vecino


def _comparar(vecino: Vecino, nota: Nota, nota_escrita: str, ahora: datetime, llevar: Recado) -> None:
    """Compara lo que muestra con lo último que se le vio.

    :raises NoSePudo: si no dio la prueba de consistencia: no se acepta ni se acusa
    """
    visto = vecino.vistos.order_by("-tamano").first()
    if visto is not None:
        antes = puntos.leer_nota(visto.nota)
        if nota.tamano < antes.tamano:
            motivo = f"Volvió atrás: firmó {antes.tamano} hojas y ahora muestra {nota.tamano}."
            return _acusar(vecino, visto.nota, nota_escrita, "", motivo, ahora)
        if nota.tamano == antes.tamano and nota.raiz != antes.raiz:
            motivo = f"Firmó dos raíces distintas para {nota.tamano} hojas."
            return _acusar(vecino, visto.nota, nota_escrita, "", motivo, ahora)
        if nota.tamano > antes.tamano:
            prueba = llevar(f"{vecino.url}/consistencia?desde={antes.tamano}&hasta={nota.tamano}")
            if not _conserva(antes, nota, prueba):
                motivo = f"Sus {nota.tamano} hojas no conservan las {antes.tamano} que ya había firmado."
                dada = prueba.decode("utf-8", "replace")
                return _acusar(vecino, visto.nota, nota_escrita, dada, motivo, ahora)
    if vecino.estado == Vecino.Estado.CONTRADICE:
        vecino.revisado_en = ahora
        vecino.save(update_fields=["revisado_en"])
        return None
    visto, _ = PuntoVisto.objects.get_or_create(
        vecino=vecino,
        tamano=nota.tamano,
        defaults={
            "nota": nota_escrita,
            "cofirma": llave_de_testigo.cofirmar(nota, ahora=ahora),
            "visto_en": ahora,
        },
    )
    vecino.tamano = nota.tamano
    _anotar(vecino, Vecino.Estado.AL_DIA, "", ahora)
    if visto.entregada_en is None:
        _entregar(vecino, visto, nota, ahora, llevar)
    return None


def _conserva(antes: Nota, ahora: Nota, prueba: bytes) -> bool:
    try:
        pasos = json.loads(prueba)["consistencia"]
        camino = [base64.b64decode(paso, validate=True) for paso in pasos]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if any(len(paso) != 32 for paso in camino):
        return False
    return merkle.verificar_consistencia(antes.tamano, antes.raiz, ahora.tamano, ahora.raiz, camino)


def _entregar(vecino: Vecino, visto: PuntoVisto, nota: Nota, ahora: datetime, llevar: Recado) -> None:
    """Le devuelve nuestra firma; si no la quiere o no responde, se intenta en la vuelta siguiente."""
    try:
        llevar(f"{vecino.url}/cofirma", f"{nota.cuerpo}\n{visto.cofirma}\n".encode())
    except recado.NoSePudo as error:
        vecino.detalle = f"Se lo vio, pero no recibió nuestra firma: {error}"[:400]
        vecino.save(update_fields=["detalle"])
        return
    visto.entregada_en = ahora
    visto.save(update_fields=["entregada_en"])


@transaction.atomic
def _acusar(vecino: Vecino, antes: str, despues: str, prueba: str, motivo: str, ahora: datetime) -> None:
    """Guarda las dos firmas que se contradicen y da la alarma; la misma contradicción se anota una vez."""
    hallada, nueva = Contradiccion.objects.get_or_create(
        vecino=vecino,
        antes=antes,
        despues=despues,
        defaults={"prueba": prueba, "motivo": motivo, "hallada_en": ahora},
    )
    _anotar(vecino, Vecino.Estado.CONTRADICE, motivo, ahora)
    if nueva:
        registro.critical("El registro %s se contradice: %s", vecino.nombre, motivo)
        emit(
            ContradiccionHallada(vecino_id=vecino.pk, contradiccion_id=hallada.pk),
            actor_id=None, ahora=ahora, objeto=vecino,
        )  # fmt: skip


def _anotar(vecino: Vecino, estado: str, detalle: str, ahora: datetime) -> None:
    if vecino.estado != Vecino.Estado.CONTRADICE:
        vecino.estado = estado
        vecino.detalle = detalle[:400]
    vecino.revisado_en = ahora
    vecino.save(update_fields=["estado", "detalle", "revisado_en", "tamano"])


@transaction.atomic
def recibir_cofirma(*, escrito: bytes, ahora: datetime) -> Cofirma:
    """Guarda la firma de un testigo aceptado sobre un punto de control nuestro; repetirla no hace nada.

    :param escrito: el texto del punto, una línea en blanco y la línea de la firma
    :raises CofirmaRechazada: si no es de un testigo aceptado, no es de un punto nuestro o no vale
    """
    try:
        nota = puntos.leer_nota(escrito.decode("utf-8"))
    except (NotaInvalida, UnicodeDecodeError) as error:
        raise CofirmaRechazada("Eso no es un punto de control con una firma.") from error
    aceptados = TestigoAceptado.objects.in_bulk([nombre for nombre, _, _ in nota.firmas], field_name="nombre")
    if len(nota.firmas) != 1 or len(aceptados) != 1:
        raise CofirmaRechazada("No es la firma de un testigo que esta entidad acepte.")
    nombre, identificador, firma = nota.firmas[0]
    llave = LlaveDeTestigo.leer(aceptados[nombre].llave)
    hora = llave.hora_de(firma, nota.cuerpo) if identificador == llave.identificador else None
    if hora is None or (hora - ahora).total_seconds() > MINUTOS_DE_RELOJ * 60:
        raise CofirmaRechazada("La firma del testigo no vale.")
    punto = Punto.objects.filter(pk=nota.tamano).first()
    if punto is None or puntos.leer_nota(punto.nota).cuerpo != nota.cuerpo:
        raise CofirmaRechazada("Ese punto de control no es de este registro.")
    linea = f"— {nombre} {base64.b64encode(identificador + firma).decode()}"
    cofirma, _ = Cofirma.objects.get_or_create(
        punto=punto, testigo=nombre, defaults={"linea": linea, "recibida_en": ahora}
    )
    return cofirma
