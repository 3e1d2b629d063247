"""Barrer huérfanos: ningún archivo queda para siempre sin dueño."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from llaqta.cimientos import storage
from llaqta.salas.documentos.models import Archivo, Vista

POR_VUELTA = 500


def barrer_huerfanos(*, ahora: datetime) -> int:
    """Retira del almacén lo que ninguna fila nombra y tiene más de 24 horas; devuelve cuántos retiró.

    Un objeto sin fila aparece si el proceso muere entre guardarlo y terminar la transacción. Las 24 horas dan tiempo de
    sobra a la transacción más lenta; y si el mismo contenido se vuelve a guardar mientras se barre, su fecha cambia y
    el almacén ya no lo borra.
    """
    limite = ahora - storage.EDAD_DE_HUERFANO
    retirados = 0
    pendientes = storage.listar(anteriores_a=limite)
    while huellas := list(islice(pendientes, POR_VUELTA)):
        con_dueno = set(Archivo.objects.filter(sha256__in=huellas).values_list("sha256", flat=True))
        con_dueno |= set(Vista.objects.filter(sha256__in=huellas).values_list("sha256", flat=True))
        retirados += sum(
            storage.borrar_huerfano(huella, anterior_a=limite)
            for huella in huellas
            if huella not in con_dueno
        )
    return retirados


def descartar_archivos(*, archivos: Collection[int]) -> int:
    """Olvida archivos recibidos que al final no son documento de nadie; devuelve cuántos. El barrido hace el resto.

    Lo que ya es documento, o quedó en cuarentena, no se toca.

    :raises ProtectedError: si otra sala todavía los nombra
    """
    sueltos = Archivo.objects.filter(pk__in=archivos, documentos__isnull=True, estado=Archivo.Estado.ADMITIDO)
    return sueltos.delete()[0]
