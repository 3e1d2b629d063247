"""Recibir lo que vuelve firmado: se juzga documento por documento, y el que falla no arrastra a los demás.

Primero se juzgan todos, que es lo que tarda; después se da efecto a los aceptados, cada uno en su propio punto de
retorno. Un solo documento que no se acepta es una sesión rechazada; de varios, la sesión dice cuántos quedaron.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Negativa
from llaqta.salas.firma.events import FirmaDePracticaAceptada, FirmaLocalAceptada, FirmaLocalRechazada
from llaqta.salas.firma.local import lote, policies, rules
from llaqta.salas.firma.local.destinos import DESTINOS, Firmado
from llaqta.salas.firma.local.modelos import DocumentoPorFirmar, SesionDeFirma
from llaqta.salas.firma.local.paso import anunciar, leer_original, pasar, por_ficha, tomar
from llaqta.salas.firma.local.policies import FirmaRechazada


def check_puede_devolver(*, ficha: str, ip: str | None, ahora: datetime) -> SesionDeFirma:
    """Antes de leer lo que envían: si la ficha no sirve, no se recibe ni un byte.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si la sesión no espera un documento firmado, o venció
    """
    sesion = por_ficha("ficha_de_devolucion", ficha)
    policies.check_ip(sesion, ip)
    policies.check_espera(sesion, rules.DESCARGADA, ahora=ahora)
    return sesion


@transaction.atomic
def recibir_firmado(*, ficha: str, archivo: BinaryIO, ip: str | None, ahora: datetime) -> SesionDeFirma:
    """Recibe lo firmado, lo juzga y entrega lo que se acepta a quien lo esperaba, todo en un acto.

    Una sola vez: aceptada o rechazada, la sesión termina. Devuelve la sesión: ``estado`` y ``frase`` dicen cómo, y
    cada uno de sus documentos, el suyo. Queda aceptada si se aceptó por lo menos uno.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si ya se devolvió, se canceló o venció; no se toca nada
    """
    sesion = check_puede_devolver(ficha=ficha, ip=ip, ahora=ahora)
    tomada = tomar(sesion.pk, rules.DESCARGADA, ahora, ficha=("ficha_de_devolucion", ficha))
    documentos = list(tomada.documentos.all())
    juicios = _juzgar_todos(tomada, documentos, archivo, ahora)
    for documento in documentos:
        _asentar(tomada, documento, juicios[documento.pk], ahora)
    _terminar(tomada, documentos, ahora)
    return tomada


def _juzgar_todos(
    sesion: SesionDeFirma, documentos: list[DocumentoPorFirmar], archivo: BinaryIO, ahora: datetime
) -> dict[int, Firmado | Negativa]:
    """Aplica la regla a cada documento, sin dar efecto a ninguno."""
    try:
        devueltos = _abrir_sobre(documentos, archivo)
    except FirmaRechazada as error:
        return {documento.pk: error for documento in documentos}
    return {documento.pk: _juzgar(sesion, documento, devueltos, ahora) for documento in documentos}


def _abrir_sobre(documentos: list[DocumentoPorFirmar], archivo: BinaryIO) -> Mapping[str, bytes]:
    from llaqta.salas.firma.local import aceptacion  # noqa: PLC0415 (pyHanko ocupa 40 MB: se pagan al firmar)

    if len(documentos) == 1:
        return {documentos[0].nombre: archivo.read()}
    tope = sum(documento.bytes + aceptacion.CRECE_A_LO_MAS for documento in documentos)
    try:
        return lote.desempacar(archivo.read(), [documento.nombre for documento in documentos], tope=tope)
    except lote.LoteInadmisible as error:
        raise FirmaRechazada("LOTE", str(error)) from error


def _juzgar(
    sesion: SesionDeFirma, documento: DocumentoPorFirmar, devueltos: Mapping[str, bytes], ahora: datetime
) -> Firmado | Negativa:
    from llaqta.salas.firma.local import aceptacion  # noqa: PLC0415

    esperado = aceptacion.Esperado(
        sesion.documento_esperado, sesion.ruc_esperado, sesion.nivel, sesion.entrenamiento
    )
    try:
        if (pdf := devueltos.get(documento.nombre)) is None:
            raise FirmaRechazada("NO_VOLVIO", "No volvió en el sobre: su componente no lo firmó.")
        aceptada = aceptacion.check_devuelto(leer_original(documento), pdf, esperado, ahora=ahora)
    except Negativa as negativa:
        return negativa
    return Firmado(
        documento.etiqueta, pdf, storage.guardar(pdf).sha256, aceptada.titular, aceptada.nivel,
        aceptada.de_demostracion, base=documento.huella,
    )  # fmt: skip


def _asentar(
    sesion: SesionDeFirma, documento: DocumentoPorFirmar, juicio: Firmado | Negativa, ahora: datetime
) -> None:
    """Da efecto a lo aceptado; si quien lo esperaba ya no puede recibirlo, ese documento queda sin firmar."""
    try:
        if isinstance(juicio, Negativa):
            raise juicio
        with transaction.atomic():
            DESTINOS[sesion.destino](sesion=sesion, firmados=[juicio], ahora=ahora)
    except Negativa as negativa:
        documento.estado, documento.frase = DocumentoPorFirmar.Estado.RECHAZADO, negativa.frase[:400]
        documento.save(update_fields=["estado", "frase"])
        codigo = negativa.codigo if isinstance(negativa, FirmaRechazada) else type(negativa).__name__
        rechazo = FirmaLocalRechazada(sesion_id=sesion.pk, codigo=codigo, documento=documento.orden)
        anunciar(rechazo, sesion, sesion.persona_id, ahora)
        return
    documento.estado, documento.huella_firmada = DocumentoPorFirmar.Estado.FIRMADO, juicio.huella
    documento.save(update_fields=["estado", "huella_firmada"])


def _terminar(sesion: SesionDeFirma, documentos: list[DocumentoPorFirmar], ahora: datetime) -> None:
    firmados = [uno for uno in documentos if uno.estado == DocumentoPorFirmar.Estado.FIRMADO]
    if not firmados:
        frases = dict.fromkeys(uno.frase for uno in documentos)
        frase = " ".join(frases)[:400]
        pasar(sesion, rules.RECHAZADA, ahora, ficha_de_devolucion=None, frase=frase)
        return
    todos = len(firmados) == len(documentos)
    frase = "" if todos else f"Se firmaron {len(firmados)} de {len(documentos)} documentos."
    pasar(sesion, rules.ACEPTADA, ahora, ficha_de_devolucion=None, frase=frase)
    suceso = FirmaDePracticaAceptada if sesion.entrenamiento else FirmaLocalAceptada
    huellas = [uno.huella_firmada for uno in firmados]
    anunciar(suceso(sesion_id=sesion.pk, huellas=huellas), sesion, sesion.persona_id, ahora)
