"""Recibir el expediente de otra entidad: se comprueba entero y se guarda entero, o no se guarda nada."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from cryptography import x509
from django.db import transaction

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Negativa, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento, TipoDocumento
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import ExpedienteImportado
from llaqta.salas.expedientes.exportacion import leer
from llaqta.salas.expedientes.exportacion.leer import DocumentoLeido, Leido
from llaqta.salas.expedientes.exportacion.paquete import PaqueteAbierto, PaqueteRechazado
from llaqta.salas.expedientes.models import DocumentoRecibido, ExpedienteRecibido

TIPO = "RECIBIDO_DE_ENTIDAD"


@dataclass(frozen=True)
class PaqueteRevisado:
    """Un paquete que se comprobó entero y todavía no se recibe.

    :ivar objeto: el SHA-256 de la copia de trabajo; si nadie lo recibe, el barrido de archivos la retira en un día
    :ivar recibido: el expediente, si este mismo paquete ya se había recibido
    """

    leido: Leido
    objeto: str
    recibido: ExpedienteRecibido | None = None


def revisar_paquete(
    *, actor: Persona, ruta: Path, ahora: datetime, conocidos: Sequence[x509.Certificate] = ()
) -> PaqueteRevisado:
    """Comprueba un paquete entero y lo deja a la mano, sin recibirlo: quien lo recibe mira antes qué es.

    :param conocidos: el certificado del sello de la entidad que lo envía, si su autoridad no se conoce
    :raises Denegado: si no es personal de la mesa de partes
    :raises PaqueteRechazado: con el archivo y la razón; no queda nada
    :raises AlmacenLleno: si no hay espacio; no queda nada
    """
    policies.check_importar(actor)
    with PaqueteAbierto(ruta) as paquete:
        leido = leer.leer(paquete, ahora=ahora, conocidos=conocidos)
    with ruta.open("rb") as flujo:
        objeto = storage.guardar(cast(BinaryIO, flujo))
    return PaqueteRevisado(
        leido, objeto.sha256, ExpedienteRecibido.objects.filter(huella=leido.huella).first()
    )


def recibir_revisado(
    *, actor: Persona, objeto: str, ahora: datetime, conocidos: Sequence[x509.Certificate] = ()
) -> ExpedienteRecibido:
    """Recibe un paquete que ya se revisó; se vuelve a comprobar entero, porque el tiempo pasó.

    :raises Denegado: si no es personal de la mesa de partes
    :raises NoProcede: si la copia de trabajo ya se retiró
    :raises PaqueteRechazado: con el archivo y la razón; no se guarda nada
    """
    policies.check_importar(actor)
    if not storage.existe(objeto):
        raise NoProcede("Pasó mucho tiempo desde que se revisó. Suba otra vez el paquete.")
    with storage.como_ruta(objeto) as ruta:
        return importar_expediente(actor=actor, ruta=ruta, ahora=ahora, conocidos=conocidos)


def importar_expediente(
    *, actor: Persona, ruta: Path, ahora: datetime, conocidos: Sequence[x509.Certificate] = ()
) -> ExpedienteRecibido:
    """Comprueba un paquete de otra entidad y lo guarda como expediente recibido; el mismo paquete es uno solo.

    :param conocidos: el certificado del sello de la entidad que lo envía, si su autoridad no se conoce
    :raises Denegado: si no es personal de la mesa de partes
    :raises PaqueteRechazado: con el archivo y la razón; no se guarda nada
    :raises AlmacenLleno: si no hay espacio; no se guarda nada
    """
    policies.check_importar(actor)
    with PaqueteAbierto(ruta) as paquete:
        huella, _ = paquete.huella_de("tagmanifest-sha256.txt")
        if repetido := ExpedienteRecibido.objects.filter(huella=huella).first():
            return repetido
        leido = leer.leer(paquete, ahora=ahora, conocidos=conocidos)
        return _guardar(actor, paquete, ruta, leido, ahora)


@transaction.atomic
def _guardar(
    actor: Persona, paquete: PaqueteAbierto, ruta: Path, leido: Leido, ahora: datetime
) -> ExpedienteRecibido:
    with ruta.open("rb") as flujo:
        objeto = storage.guardar(cast(BinaryIO, flujo))
    entero = Archivo.objects.create(
        sha256=objeto.sha256,
        bytes=objeto.bytes,
        nombre=f"{leido.numero}.zip"[:150],
        mime="application/zip",
        folios=0,
        recibido_de=actor,
        recibido_en=ahora,
    )
    recibido, nuevo = ExpedienteRecibido.objects.get_or_create(
        huella=leido.huella,
        defaults={
            "numero": leido.numero[:40],
            "entidad_nombre": leido.entidad["nombre"][:150],
            "entidad_ruc": leido.entidad.get("ruc", "")[:11],
            "asunto": leido.asunto[:300],
            "administrado": leido.administrado["nombre"][:200],
            "exportado_en": leido.exportado_en,
            "firmado_por": leido.firmado_por[:200],
            "certificado": leido.certificado,
            "indice": leido.indice,
            "comprobaciones": list(leido.comprobaciones),
            "paquete": entero,
            "recibido_en": ahora,
            "recibido_por": actor,
        },
    )
    if not nuevo:  # alguien lo recibió mientras se comprobaba
        transaction.set_rollback(True)
        return recibido
    tipo, _ = TipoDocumento.objects.get_or_create(
        codigo=TIPO, defaults={"nombre": "Documento de otra entidad", "es_externo": True}
    )
    for uno in leido.documentos:
        _guardar_documento(actor, paquete, recibido, tipo, uno, ahora)
    emit(
        ExpedienteImportado(recibido_id=recibido.pk, huella=leido.huella, documentos=len(leido.documentos)),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=recibido,
    )
    return recibido


def _guardar_documento(
    actor: Persona,
    paquete: PaqueteAbierto,
    recibido: ExpedienteRecibido,
    tipo: TipoDocumento,
    uno: DocumentoLeido,
    ahora: datetime,
) -> None:
    datos = uno.datos
    try:
        with paquete.abrir(uno.archivo) as flujo:
            nombrado = documentos.ArchivoRecibido.de_bytes(datos["nombre_original"], flujo.read())
        [archivo] = documentos.recibir_archivos(actor=actor, archivos=[nombrado], ahora=ahora)
        documento = documentos.guardar(
            actor=None,
            tipo=tipo.codigo,
            asunto=uno.asunto or datos["tipo"],
            archivo=archivo,
            ahora=ahora,
            origen=Documento.Origen.EXTERNO,
            numero=datos.get("numero", "")[:120],
            fechado_el=uno.fecha("fechado_el"),
            confidencialidad=datos["confidencialidad"],
            base_legal_reserva=datos.get("base_legal_reserva", "")[:160],
            medio=datos["medio"],
            serie_documental=datos.get("serie_documental", "")[:60],
            firmado=uno.veredicto != "SIN_FIRMA",
            unidades=[asignacion.puesto.unidad for asignacion in actor.asignaciones_vigentes],
            metadatos={
                "origen": {"entidad": recibido.entidad_nombre, "expediente": recibido.numero, **datos}
            },
        )
    except PaqueteRechazado:
        raise
    except Negativa as negativa:
        raise PaqueteRechazado(uno.archivo, negativa.frase) from negativa
    if archivo.sha256 != datos["sha256"]:
        raise PaqueteRechazado(uno.archivo, "cambió mientras se leía.")
    DocumentoRecibido.objects.create(
        recibido=recibido,
        documento=documento,
        orden=int(datos["orden"]),
        folio_desde=int(datos["folio_desde"]),
        folio_hasta=int(datos["folio_hasta"]),
        veredicto=uno.veredicto,
        veredicto_de_origen=uno.veredicto_de_origen,
        hoja=uno.hoja,
    )
