"""Llevarse un expediente completo: se pide, lo arma el trabajador, se descarga unos días y se retira."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Negativa, NoEncontrado, NoProcede
from llaqta.cimientos.events import diferir, emit
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import ExpedienteExportado, ExportacionDescargada, ExportacionPedida
from llaqta.salas.expedientes.exportacion import armar, contenido
from llaqta.salas.expedientes.models import Expediente, Exportacion

DIAS_PARA_DESCARGAR = 7
ESPERA_DEL_REGISTRO = timedelta(seconds=3)
ESPERAS = 20
TAREA = "expedientes.armar_exportacion"


@transaction.atomic
def pedir_exportacion(*, actor: Persona, expediente: Expediente, ahora: datetime) -> Exportacion:
    """Pide el paquete con el expediente completo; el mismo pedido, sin nada nuevo en el expediente, es uno solo.

    :raises Denegado: si el expediente está a cargo de otra unidad
    """
    policies.check_exportar(actor, expediente)
    cuantos = expediente.incorporados.count()
    ultima = (
        Exportacion.objects.filter(expediente=expediente, pedida_por=actor, version=expediente.version)
        .exclude(estado__in=[Exportacion.Estado.FALLIDA, Exportacion.Estado.VENCIDA])
        .order_by("-pk")
        .first()
    )
    sirve = ultima is not None and ultima.total == cuantos
    if ultima is not None and sirve and (ultima.vence_en is None or ultima.vence_en > ahora):
        return ultima
    exportacion = Exportacion.objects.create(
        expediente=expediente,
        pedida_por=actor,
        version=expediente.version,
        pedida_en=ahora,
        total=cuantos,
    )
    emit(
        ExportacionPedida(expediente_id=expediente.pk, exportacion_id=exportacion.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=expediente,
    )
    _dejar(exportacion, intento=0)
    return exportacion


def armar_exportacion(*, exportacion_id: int, intento: int, ahora: datetime) -> Exportacion:
    """Arma el paquete pedido; lo hace el trabajador, y repetirlo no lo arma otra vez.

    Si algún documento todavía no está en el registro, se espera unos segundos y se vuelve a intentar; pasado un minuto,
    va sin prueba y el índice lo dice.
    """
    exportacion = Exportacion.objects.select_related("expediente", "pedida_por").get(pk=exportacion_id)
    if exportacion.estado in (Exportacion.Estado.LISTA, Exportacion.Estado.VENCIDA):
        return exportacion
    _anotar(exportacion, estado=Exportacion.Estado.EN_CURSO, motivo="")
    if not connection.in_atomic_block:
        auditoria.secuenciar_ahora(ahora=ahora)
    try:
        # En la carpeta de datos y no en la memoria, que es donde está /tmp en muchas máquinas.
        with tempfile.TemporaryFile(dir=settings.DATOS) as destino:
            armado = _escribir(
                exportacion, cast(BinaryIO, destino), ahora=ahora, esperar_pruebas=intento < ESPERAS
            )
            destino.seek(0)
            objeto = storage.guardar(cast(BinaryIO, destino))
    except armar.FaltaRegistrar:
        _anotar(exportacion, estado=Exportacion.Estado.PENDIENTE)
        _dejar(exportacion, intento=intento + 1)
        return exportacion
    except Negativa as negativa:
        _anotar(exportacion, estado=Exportacion.Estado.FALLIDA, motivo=negativa.frase[:300])
        return exportacion
    except Exception:
        frase = "Algo falló al armarlo; se volverá a intentar. Si continúa, avise a informática."
        _anotar(exportacion, estado=Exportacion.Estado.FALLIDA, motivo=frase)
        raise
    return _terminar(exportacion, objeto, armado, ahora=ahora)


def exportar_a(
    *,
    expediente: Expediente,
    destino: BinaryIO,
    ahora: datetime,
    avance: Callable[[int], None] = lambda hechos: None,
) -> armar.Armado:
    """Escribe el paquete en un archivo: lo hace quien opera la máquina, con todo lo que no está retenido.

    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    if not connection.in_atomic_block:
        auditoria.secuenciar_ahora(ahora=ahora)
    reunido = contenido.reunir(expediente, para=None, ahora=ahora)
    armado = armar.armar(reunido, destino, para=None, ahora=ahora, avance=avance)
    with transaction.atomic():
        exportacion = Exportacion.objects.create(
            expediente=expediente,
            version=expediente.version,
            estado=Exportacion.Estado.VENCIDA,
            pedida_en=ahora,
            total=armado.documentos,
            hechos=armado.documentos,
            excluidos=armado.excluidos,
            lista_en=ahora,
            motivo="Exportado desde la consola",
        )
        _anunciar(exportacion, armado.huella, armado, actor=None, ahora=ahora)
    return armado


@transaction.atomic
def descargar_exportacion(
    *, actor: Persona, exportacion: Exportacion, ahora: datetime, continua: bool = False
) -> Archivo:
    """Entrega el paquete a quien lo pidió, si hoy todavía puede tenerlo, y lo anota.

    :param continua: si el navegador sigue una descarga que se cortó: no es otra
    :raises NoEncontrado: si lo pidió otra persona
    :raises Denegado: si el expediente ya no está a cargo de su unidad
    :raises NoProcede: si todavía no está listo, o ya no se puede descargar
    """
    check_descargar(actor=actor, exportacion=exportacion, ahora=ahora)
    assert exportacion.archivo is not None
    if continua:
        return exportacion.archivo
    emit(
        ExportacionDescargada(expediente_id=exportacion.expediente_id, exportacion_id=exportacion.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=exportacion.expediente,
    )
    return exportacion.archivo


def check_descargar(*, actor: Persona, exportacion: Exportacion, ahora: datetime) -> None:
    """Lo descarga solo quien lo pidió, mientras pueda ver el expediente y no haya vencido.

    :raises NoEncontrado: si lo pidió otra persona, o ya no ve el expediente
    :raises Denegado: si el expediente ya no está a cargo de su unidad
    :raises NoProcede: si todavía no está listo, o ya no se puede descargar
    """
    suyo = exportacion.pedida_por_id == actor.pk
    if not suyo or not Expediente.objects.visible_to(actor).filter(pk=exportacion.expediente_id).exists():
        raise NoEncontrado
    policies.check_exportar(actor, exportacion.expediente)
    if exportacion.en_marcha:
        raise NoProcede("El paquete todavía se está armando; vuelva en unos segundos.")
    if exportacion.estado == Exportacion.Estado.FALLIDA:
        raise NoProcede(exportacion.motivo)
    if exportacion.archivo is None or exportacion.vence_en is None or exportacion.vence_en <= ahora:
        raise NoProcede("Este paquete ya no se puede descargar; pida otro.")


@transaction.atomic
def retirar_exportaciones(*, ahora: datetime) -> int:
    """Retira los paquetes cuyo tiempo terminó; devuelve cuántos. El barrido de archivos hace el resto."""
    vencidas = list(
        Exportacion.objects.select_for_update(skip_locked=True).filter(
            estado=Exportacion.Estado.LISTA, vence_en__lte=ahora
        )
    )
    archivos = [exportacion.archivo_id for exportacion in vencidas if exportacion.archivo_id]
    Exportacion.objects.filter(pk__in=[exportacion.pk for exportacion in vencidas]).update(
        estado=Exportacion.Estado.VENCIDA, archivo=None
    )
    documentos.descartar_archivos(archivos=archivos)
    return len(vencidas)


def _escribir(
    exportacion: Exportacion, destino: BinaryIO, *, ahora: datetime, esperar_pruebas: bool
) -> armar.Armado:
    reunido = contenido.reunir(exportacion.expediente, para=exportacion.pedida_por, ahora=ahora)
    return armar.armar(
        reunido,
        destino,
        para=exportacion.pedida_por,
        ahora=ahora,
        avance=lambda hechos: _anotar(exportacion, hechos=hechos),
        esperar_pruebas=esperar_pruebas,
    )


@transaction.atomic
def _terminar(
    exportacion: Exportacion, objeto: storage.Objeto, armado: armar.Armado, *, ahora: datetime
) -> Exportacion:
    actual = Exportacion.objects.select_for_update().get(pk=exportacion.pk)
    if actual.estado == Exportacion.Estado.LISTA:
        return actual
    actual.archivo = Archivo.objects.create(
        sha256=objeto.sha256,
        bytes=objeto.bytes,
        nombre=f"{exportacion.expediente.numero}.zip",
        mime="application/zip",
        folios=0,
        recibido_en=ahora,
    )
    actual.estado, actual.huella, actual.lista_en = Exportacion.Estado.LISTA, objeto.sha256, ahora
    actual.vence_en = ahora + timedelta(days=DIAS_PARA_DESCARGAR)
    actual.hechos, actual.excluidos, actual.motivo = armado.documentos, armado.excluidos, ""
    actual.save()
    _anunciar(actual, objeto.sha256, armado, actor=exportacion.pedida_por, ahora=ahora)
    return actual


def _anunciar(
    exportacion: Exportacion, huella: str, armado: armar.Armado, *, actor: Persona | None, ahora: datetime
) -> None:
    emit(
        ExpedienteExportado(
            expediente_id=exportacion.expediente_id,
            exportacion_id=exportacion.pk,
            huella=huella,
            documentos=armado.documentos,
            excluidos=armado.excluidos,
        ),
        actor_id=actor.pk if actor else None,
        ahora=ahora,
        objeto=exportacion.expediente,
    )


def _anotar(exportacion: Exportacion, **cambios: object) -> None:
    for campo, valor in cambios.items():
        setattr(exportacion, campo, valor)
    exportacion.save(update_fields=list(cambios))


def _dejar(exportacion: Exportacion, *, intento: int) -> None:
    diferir(
        TAREA,
        dentro_de=ESPERA_DEL_REGISTRO if intento else None,
        candado=f"exportacion-{exportacion.pk}",
        exportacion_id=exportacion.pk,
        intento=intento,
    )
