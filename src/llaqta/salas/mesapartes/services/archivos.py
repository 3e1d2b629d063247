"""Los archivos de un escrito: se reciben en su transacción, y lo peligroso queda retenido aunque se niegue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies as documentos_policies
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo
from llaqta.salas.documentos.services import ArchivoRecibido

MAXIMO_DE_ARCHIVOS = 40
MAXIMO_DE_BYTES = 300_000_000


class ArchivoPeligroso(EntradaInvalida):
    """Un archivo trae algo que podría actuar: el escrito no se recibe con él, y él queda en cuarentena."""

    def __init__(self, frase: str, peligrosos: Sequence[ArchivoRecibido]) -> None:
        super().__init__(frase, campo="archivos")
        self.peligrosos = tuple(peligrosos)


def recibir_admitidos(
    *, actor: Persona, archivos: Sequence[ArchivoRecibido], ahora: datetime
) -> list[Archivo]:
    """Recibe los archivos en la transacción del acto: todos admitidos, o ninguno.

    :raises ArchivoPeligroso: si alguno debe quedar en cuarentena; ``retener_peligrosos`` lo guarda aparte
    :raises EntradaInvalida: si alguno está vacío, dañado, protegido, es enorme o no es lo que dice ser
    """
    if not archivos:
        return []
    recibidos = documentos.recibir_archivos(actor=actor, archivos=archivos, ahora=ahora)
    retenidos = [(i, a) for i, a in enumerate(recibidos) if a.estado == Archivo.Estado.CUARENTENA]
    if retenidos:
        frase = documentos_policies.frase_de_cuarentena(retenidos[0][1])
        raise ArchivoPeligroso(frase, [archivos[i] for i, _ in retenidos])
    return recibidos


@contextmanager
def retener_peligrosos(*, actor: Persona, ahora: datetime) -> Iterator[None]:
    """Envuelve la transacción de un acto: si un archivo peligroso la deshizo, guarda ese archivo en cuarentena
    por su cuenta.

    Así el escrito no queda a medias y quien cuida la seguridad conserva la prueba.
    """
    try:
        yield
    except ArchivoPeligroso as peligro:
        documentos.recibir_archivos(actor=actor, archivos=peligro.peligrosos, ahora=ahora)
        raise


def check_cantidad(archivos: Sequence[ArchivoRecibido], *, ya_recibidos: Sequence[Any] = ()) -> None:
    """Cuenta los archivos y su peso junto con los que ya estaban.

    :raises EntradaInvalida: si pasan de 40 archivos o de 300 MB
    """
    cuantos = len(ya_recibidos) + len(archivos)
    if cuantos > MAXIMO_DE_ARCHIVOS:
        raise EntradaInvalida(
            f"Serían {cuantos} archivos y se reciben {MAXIMO_DE_ARCHIVOS} como máximo por escrito. "
            "Una varios en un solo PDF y vuelva a intentarlo.",
            campo="archivos",
        )
    if sum(a.bytes for a in ya_recibidos) + sum(a.bytes for a in archivos) > MAXIMO_DE_BYTES:
        raise EntradaInvalida(
            "Entre todos, los archivos pasan de 300 MB. Quite alguno o entréguelo en la mesa de partes.",
            campo="archivos",
        )
