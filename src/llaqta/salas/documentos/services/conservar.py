"""Conservar lo firmado: ponerle el sello de tiempo, llevarlo al archivo y renovarlo antes de que venza.

Se insiste siempre: una TSA caída retrasa el sello, nunca lo inventa ni lo da por puesto. La red se usa fuera de toda
transacción, y el documento solo cambia si sigue siendo el mismo que se leyó.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from llaqta.cimientos import storage
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies
from llaqta.salas.documentos.events import ConservacionReintentada, DocumentoConservado
from llaqta.salas.documentos.models import Archivo, Conservacion, Documento
from llaqta.salas.documentos.services.guardar import agregar_version
from llaqta.salas.documentos.services.pedir_conservacion import PDF, encolar
from llaqta.salas.firma import services as firma
from llaqta.salas.firma.queries import hay_tsa

POR_VUELTA = 200
POR_NOCHE = 5000
PRIMERA_ESPERA, ULTIMA_ESPERA = timedelta(seconds=15), timedelta(hours=1)
ANTES_DE_VENCER = timedelta(days=180)
"""Con cuánta anticipación se renueva un sello: da tiempo de sobra a que la TSA cambie de certificado."""
ENTRE_RENOVACIONES = timedelta(days=30)
SELLO, PRUEBAS, ARCHIVO = "Sello de tiempo", "Sello de tiempo y pruebas", "Sello de archivo"
_MOTIVOS = {"T": SELLO, "LT": PRUEBAS, "LTA": ARCHIVO}


def conservar(*, documento_id: int, ahora: datetime) -> Conservacion | None:
    """Lleva un documento al nivel pedido; si no se puede ahora, queda anotado por qué y cuándo se vuelve a intentar.

    Repetirla no hace nada. Devuelve ``None`` si no hay nada que hacer.
    """
    pendiente = Conservacion.objects.filter(
        documento_id=documento_id, estado=Conservacion.Estado.PENDIENTE
    ).select_related("documento__archivo").first()  # fmt: skip
    if pendiente is None:
        return None
    documento = pendiente.documento
    if documento.anulado_en is not None:
        return _anotar(pendiente, estado=Conservacion.Estado.FALLIDA, detalle="El documento fue anulado.")
    with tempfile.TemporaryDirectory(prefix="llaqta-") as temporal:
        copia = Path(temporal) / "documento.pdf"
        _copiar(documento.archivo, copia)
        try:
            elevado = firma.elevar_archivo(
                ruta=copia,
                nivel=pendiente.pedido,
                ahora=ahora,
                renovar=pendiente.nivel == Conservacion.Nivel.LTA,
            )
            return _guardar(pendiente, documento, copia, elevado, ahora)
        except (firma.TodaviaNo, firma.NoSePuedeElevar) as error:
            return _guardar_lo_que_se_pueda(pendiente, documento, copia, error, ahora)


def conservar_pendientes(*, ahora: datetime) -> int:
    """Vuelve a intentar lo que espera y cuyo turno ya llegó; devuelve cuántos intentó. La llama el trabajador."""
    if not hay_tsa():
        return 0
    turnos = Conservacion.objects.por_hacer(en=ahora).order_by("proximo_intento")
    pendientes = list(turnos.values_list("documento_id", flat=True)[:POR_VUELTA])
    for documento_id in pendientes:
        hecho = conservar(documento_id=documento_id, ahora=ahora)
        if hecho is not None and hecho.intentos > 0 and hecho.espera_su_sello:
            break  # la TSA no contesta: insistir con los demás sería gastar la espera de cada uno
    return len(pendientes)


@transaction.atomic
def pedir_archivo(*, ahora: datetime) -> int:
    """Cada noche: pide el nivel de archivo para lo firmado hace tiempo, y renueva los sellos que van a vencer.

    Devuelve cuántos pidió. Lo que ya estaba en espera sigue su turno.
    """
    if not hay_tsa():
        return 0
    viejos = Documento.objects.filter(
        Q(conservacion__isnull=True)
        | Q(conservacion__estado=Conservacion.Estado.AL_DIA, conservacion__nivel__in=["B", "T", "LT"]),
        firmado=True, anulado_en__isnull=True, archivo__mime=PDF,
        origen__in=[Documento.Origen.INTERNO, Documento.Origen.SISTEMA],
        registrado_en__lt=ahora - timedelta(days=settings.FIRMA_DIAS_PARA_ARCHIVO),
    )  # fmt: skip
    por_vencer = Documento.objects.filter(
        conservacion__estado=Conservacion.Estado.AL_DIA, anulado_en__isnull=True,
        conservacion__vence_sello_el__lt=ahora + ANTES_DE_VENCER,
        conservacion__alcanzado_en__lt=ahora - ENTRE_RENOVACIONES,
    )  # fmt: skip
    elegidos = dict.fromkeys([*por_vencer.values_list("pk", flat=True)[:POR_NOCHE],
                              *viejos.order_by("pk").values_list("pk", flat=True)[:POR_NOCHE]])  # fmt: skip
    for documento_id in elegidos:
        Conservacion.objects.update_or_create(
            documento_id=documento_id,
            defaults={
                "pedido": Conservacion.Nivel.LTA, "estado": Conservacion.Estado.PENDIENTE, "intentos": 0,
                "proximo_intento": ahora, "detalle": "", "pedido_en": ahora,
            },
        )  # fmt: skip
    return len(elegidos)


@transaction.atomic
def reintentar_conservacion(*, actor: Persona | None, documento_id: int, ahora: datetime) -> Conservacion:
    """Vuelve a intentar ahora mismo lo que no se logró conservar.

    :raises Denegado: si ``actor`` no administra el sistema
    :raises NoEncontrado: si ese documento no tiene conservación pedida
    :raises NoProcede: si ya está al día
    """
    administrador = policies.check_administrar_conservacion(actor)
    fila = Conservacion.objects.select_for_update().filter(documento_id=documento_id).first()
    if fila is None:
        raise NoEncontrado("Ese documento no espera ningún sello.")
    if fila.estado == Conservacion.Estado.AL_DIA:
        raise NoProcede("Ese documento ya está al día: alguien lo reintentó antes.")
    fila.estado, fila.intentos, fila.proximo_intento = Conservacion.Estado.PENDIENTE, 0, ahora
    fila.save(update_fields=["estado", "intentos", "proximo_intento"])
    encolar(documento_id)
    emit(
        ConservacionReintentada(documento_id=documento_id), actor_id=administrador.pk, ahora=ahora,
        objeto=fila.documento,
    )  # fmt: skip
    return fila


def _guardar_lo_que_se_pueda(
    pendiente: Conservacion, documento: Documento, copia: Path, error: Exception, ahora: datetime
) -> Conservacion | None:
    """Si no se llegó al nivel pedido, que al menos tenga su sello de tiempo; y se anota qué falta."""
    hecho: Conservacion | None = pendiente
    if pendiente.nivel == Conservacion.Nivel.B and pendiente.pedido != Conservacion.Nivel.T:
        try:
            con_sello = firma.elevar_archivo(ruta=copia, nivel=Conservacion.Nivel.T, ahora=ahora)
            hecho = _guardar(pendiente, documento, copia, con_sello, ahora, completo=False)
        except (firma.TodaviaNo, firma.NoSePuedeElevar) as otro:
            error = otro
    if hecho is None:
        return None
    if isinstance(error, firma.NoSePuedeElevar):
        return _anotar(hecho, estado=Conservacion.Estado.FALLIDA, detalle=str(error)[:300])
    return _reintentar_despues(hecho, str(error), ahora)


@transaction.atomic
def _guardar(
    pendiente: Conservacion,
    documento: Documento,
    copia: Path,
    elevado: firma.Elevado,
    ahora: datetime,
    *,
    completo: bool = True,
) -> Conservacion | None:
    actual = Documento.objects.select_for_update().get(pk=documento.pk)
    fila = Conservacion.objects.select_for_update().get(pk=pendiente.pk)
    if actual.archivo_id != documento.archivo_id or fila.estado != Conservacion.Estado.PENDIENTE:
        return None  # mientras tanto firmó alguien más: su propio pedido hará el trabajo
    if elevado.cambio:
        archivo = _archivar(documento.archivo, copia, ahora)
        agregar_version(
            actor=None, documento=actual, archivo=archivo, motivo=_MOTIVOS[elevado.nivel], ahora=ahora,
            conservar=False,
        )  # fmt: skip
    fila.nivel, fila.vence_sello_el, fila.alcanzado_en = elevado.nivel, elevado.vence_sello_el, ahora
    if completo:
        fila.estado, fila.intentos, fila.proximo_intento, fila.detalle = (
            Conservacion.Estado.AL_DIA,
            0,
            None,
            "",
        )
    fila.save()
    emit(
        DocumentoConservado(documento_id=actual.pk, nivel=elevado.nivel), actor_id=None, ahora=ahora,
        objeto=actual,
    )  # fmt: skip
    return fila


def _copiar(archivo: Archivo, destino: Path) -> None:
    with storage.abrir(archivo.sha256) as origen, destino.open("xb") as salida:
        shutil.copyfileobj(origen, salida, 1024 * 1024)


def _archivar(anterior: Archivo, copia: Path, ahora: datetime) -> Archivo:
    """Guarda el archivo elevado: es el anterior y algo más al final, de modo que conserva su nombre y sus folios."""
    with copia.open("rb") as flujo:
        objeto = storage.guardar(flujo)
    return Archivo.objects.create(
        sha256=objeto.sha256, bytes=objeto.bytes, nombre=anterior.nombre, mime=anterior.mime,
        folios=anterior.folios, recibido_de=anterior.recibido_de, recibido_en=ahora,
    )  # fmt: skip


def _reintentar_despues(pendiente: Conservacion, detalle: str, ahora: datetime) -> Conservacion:
    """Cada vez se espera el doble, hasta una hora; y así para siempre."""
    espera = min(PRIMERA_ESPERA * 2 ** min(pendiente.intentos, 12), ULTIMA_ESPERA)
    Conservacion.objects.filter(pk=pendiente.pk, estado=Conservacion.Estado.PENDIENTE).update(
        intentos=F("intentos") + 1, proximo_intento=ahora + espera, detalle=detalle[:300]
    )
    pendiente.refresh_from_db()
    return pendiente


def _anotar(pendiente: Conservacion, *, estado: str, detalle: str) -> Conservacion:
    pendiente.estado, pendiente.detalle, pendiente.proximo_intento = estado, detalle, None
    pendiente.save(update_fields=["estado", "detalle", "proximo_intento"])
    return pendiente
