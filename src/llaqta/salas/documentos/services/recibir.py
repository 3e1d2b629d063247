"""Recibir archivos: se revisan en la puerta, se guardan una vez y quedan con su huella y sus folios."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from llaqta.cimientos import storage
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import inspeccion, policies
from llaqta.salas.documentos.events import ArchivoRetenido
from llaqta.salas.documentos.models import Archivo


@dataclass(frozen=True)
class ArchivoRecibido:
    """Un archivo tal como llegó: el nombre que le puso la persona y su contenido (un ``UploadedFile`` sirve)."""

    nombre: str
    flujo: BinaryIO

    @classmethod
    def de_bytes(cls, nombre: str, contenido: bytes) -> ArchivoRecibido:
        """Lo mismo, con el contenido en memoria."""
        return cls(nombre=nombre, flujo=io.BytesIO(contenido))

    @property
    def bytes(self) -> int:
        """Cuánto pesa."""
        total = self.flujo.seek(0, os.SEEK_END)
        self.flujo.seek(0)
        return total


@transaction.atomic
def recibir_archivos(
    *,
    actor: Persona,
    archivos: Sequence[ArchivoRecibido],
    ahora: datetime,
    ya_entregados: int = 0,
    bytes_entregados: int = 0,
) -> list[Archivo]:
    """Revisa y guarda archivos; devuelve una fila por cada uno, en el mismo orden.

    Un PDF que trae algo peligroso se guarda en cuarentena (``estado``, ``motivo``) y ``guardar`` no lo aceptará:
    muestre ``policies.frase_de_cuarentena``. Para que esa fila quede aunque la presentación se niegue, llame a esta
    función antes de la transacción que presenta, no dentro.

    :param ya_entregados: cuántos archivos tenía ya la misma entrega, y ``bytes_entregados``, cuánto pesan
    :raises Denegado: si nadie ha ingresado
    :raises inspeccion.ArchivoInadmisible: si alguno no se puede recibir; no se recibe ninguno
    :raises AlmacenLleno: si no hay espacio
    """
    policies.check_recibir(actor)
    inspeccion.check_conjunto(
        [archivo.bytes for archivo in archivos],
        ya_entregados=ya_entregados,
        bytes_entregados=bytes_entregados,
    )
    revisados = [
        (archivo, inspeccion.revisar(archivo.flujo, nombre=inspeccion.nombre_limpio(archivo.nombre)))
        for archivo in archivos
    ]
    filas = [_fila(archivo, revision, actor, ahora) for archivo, revision in revisados]
    Archivo.objects.bulk_create(filas)
    for fila in filas:
        if fila.estado == Archivo.Estado.CUARENTENA:
            emit(ArchivoRetenido(archivo_id=fila.pk), actor_id=actor.pk, ahora=ahora, objeto=fila)
    return filas


@transaction.atomic
def guardar_pdf_propio(*, actor: Persona | None, nombre: str, pdf: bytes, ahora: datetime) -> Archivo:
    """Guarda un PDF que hizo Llaqta (cargo, constancia, resolución firmada); no pasa por la cuarentena.

    :raises inspeccion.ArchivoInadmisible: si no es un PDF sano: sería un error nuestro
    :raises AlmacenLleno: si no hay espacio
    """
    flujo = io.BytesIO(pdf)
    revision = inspeccion.revisar(flujo, nombre=nombre)
    objeto = storage.guardar(flujo)
    return Archivo.objects.create(
        sha256=objeto.sha256,
        bytes=objeto.bytes,
        nombre=inspeccion.nombre_limpio(nombre, mime=revision.mime),
        mime=revision.mime,
        folios=revision.folios,
        recibido_de=actor,
        recibido_en=ahora,
    )


def _fila(
    archivo: ArchivoRecibido, revision: inspeccion.Revision, actor: Persona, ahora: datetime
) -> Archivo:
    """Guarda el contenido y arma la fila, todavía sin escribirla."""
    objeto = storage.guardar(archivo.flujo)
    return Archivo(
        sha256=objeto.sha256,
        bytes=objeto.bytes,
        nombre=inspeccion.nombre_limpio(archivo.nombre, mime=revision.mime),
        mime=revision.mime,
        folios=revision.folios,
        estado=Archivo.Estado.CUARENTENA if revision.peligro else Archivo.Estado.ADMITIDO,
        motivo=revision.peligro,
        recibido_de=actor,
        recibido_en=ahora,
    )
