"""Lo que se puede hacer con una sesión de firma: pedirla, abrirla, entregarla, recibir lo firmado y cancelarla."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.pdf import Caja
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.events import (
    FirmaLocalCancelada,
    FirmaLocalEntregada,
    FirmaLocalPedida,
    FirmaLocalVencida,
)
from llaqta.salas.firma.local import firmantes, firmaperu, lote, policies, rules
from llaqta.salas.firma.local.modelos import DocumentoPorFirmar, SesionDeFirma
from llaqta.salas.firma.local.paso import anunciar, leer_original, pasar, por_ficha, tomar
from llaqta.salas.firma.local.recepcion import check_puede_devolver, recibir_firmado

__all__ = [
    "Apertura",
    "Entrega",
    "PorFirmar",
    "abrir_firma",
    "cancelar_firma",
    "check_puede_devolver",
    "entregar_argumentos",
    "entregar_documento",
    "pedir_firma",
    "recibir_firmado",
    "vencer_sesiones",
]


@dataclass(frozen=True)
class PorFirmar:
    """Un documento que se quiere firmado: sus bytes, qué es para quien lo pide y cómo se llama para la persona.

    ``ver_en`` es la página donde la persona lo mira, antes y después de firmarlo.
    """

    pdf: bytes
    etiqueta: str
    titulo: str
    ver_en: str = ""


@dataclass(frozen=True)
class Apertura:
    """Lo que la página entrega al programa que firma."""

    puerto: str
    parametro: str


@dataclass(frozen=True)
class Entrega:
    """Lo que descarga el componente."""

    nombre: str
    tipo: str
    contenido: bytes


@transaction.atomic
def pedir_firma(
    *,
    actor: Persona,
    documentos: Sequence[PorFirmar],
    destino: str,
    volver_a: str,
    motivo: str,
    cargo: str,
    ahora: datetime,
    caja: Caja | None = None,
    firmante: str = "firmaperu",
    entrenamiento: bool = False,
) -> SesionDeFirma:
    """Prepara una sesión para que ``actor`` firme esos bytes exactos en su equipo; la que tuviera abierta se cancela.

    :param destino: quién recibirá lo firmado (``destinos.recibe_firmas``)
    :param firmante: con qué programa de su equipo (``firmantes.FIRMANTES``)
    :param entrenamiento: acepta certificados de demostración, y solo si la instalación lo permite
    :raises NoProcede: si la municipalidad no puede usar ese programa, o la persona no tiene DNI
    """
    policies.check_pedir(
        actor, destino, [por.pdf for por in documentos], firmante=firmante, entrenamiento=entrenamiento
    )
    _cancelar_las_abiertas(actor, destino, [por.etiqueta for por in documentos], ahora)
    sesion = SesionDeFirma.objects.create(
        persona=actor,
        documento_esperado=actor.numero_documento,
        ruc_esperado=Entidad.actual().ruc,
        firmante=firmante,
        destino=destino,
        volver_a=volver_a,
        nivel=str(settings.FIRMAPERU_NIVEL),
        motivo=motivo[:80],
        cargo=cargo[:200],
        caja=asdict(caja) if caja else None,
        entrenamiento=entrenamiento,
        pedida_en=ahora,
        vence_en=ahora + timedelta(minutes=int(settings.FIRMA_LOCAL_MINUTOS)),
        cambiada_en=ahora,
    )
    DocumentoPorFirmar.objects.bulk_create(
        _por_firmar(sesion, orden, por) for orden, por in enumerate(documentos, start=1)
    )
    anunciar(FirmaLocalPedida(sesion_id=sesion.pk), sesion, actor.pk, ahora)
    return sesion


@transaction.atomic
def abrir_firma(*, actor: Persona, sesion: SesionDeFirma, ip: str | None, ahora: datetime) -> Apertura:
    """Da a la página lo que pide el programa que firma, con una ficha nueva; la que se hubiera dado deja de servir.

    :raises NoEncontrado: si la sesión es de otra persona
    :raises FichaUsada: si ya se usó, se canceló o venció
    :raises FirmaPeruNoResponde: si la plataforma no da el permiso; mejor saberlo antes de abrir nada
    """
    policies.check_es_suya(actor, sesion)
    ficha = rules.nueva_ficha()
    firmante = firmantes.get_firmante(sesion.firmante)
    firmante.permiso(sesion, ahora=ahora)
    tomada = tomar(sesion.pk, rules.PENDIENTE, ahora)
    tomada.ficha_de_argumentos, tomada.ip, tomada.cambiada_en = rules.huella_de_ficha(ficha), ip, ahora
    tomada.save(update_fields=["ficha_de_argumentos", "ip", "cambiada_en"])
    varios = tomada.documentos.count() > 1
    parametro = firmante.parametro(
        url_de_argumentos=_absoluta("firma_local_argumentos"),
        ficha=ficha,
        extension="7z" if varios else "pdf",
    )
    return Apertura(puerto=firmante.puerto, parametro=parametro)


def entregar_argumentos(*, ficha: str, ip: str | None, ahora: datetime) -> str:
    """Los argumentos de la sesión, en base64, para el componente; su ficha sirve una vez.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si ya se usó, se canceló o venció
    """
    sesion = por_ficha("ficha_de_argumentos", ficha)
    policies.check_ip(sesion, ip)
    firmante = firmantes.get_firmante(sesion.firmante)
    permiso = firmante.permiso(sesion, ahora=ahora)
    descarga, devolucion = rules.nueva_ficha(), rules.nueva_ficha()
    with transaction.atomic():
        tomada = tomar(sesion.pk, rules.PENDIENTE, ahora, ficha=("ficha_de_argumentos", ficha))
        pasar(
            tomada, rules.ENTREGADA, ahora,
            ficha_de_argumentos=None,
            ficha_de_descarga=rules.huella_de_ficha(descarga),
            ficha_de_devolucion=rules.huella_de_ficha(devolucion),
        )  # fmt: skip
        anunciar(FirmaLocalEntregada(sesion_id=tomada.pk), tomada, tomada.persona_id, ahora)
    direcciones = firmaperu.Direcciones(
        descargar=_absoluta("firma_local_descargar", descarga),
        devolver=_absoluta("firma_local_devolver", devolucion),
    )
    varios = tomada.documentos.count() > 1
    return firmante.argumentos(tomada, direcciones=direcciones, permiso=permiso, lote=varios)


def entregar_documento(*, ficha: str, ip: str | None, ahora: datetime) -> Entrega:
    """Los bytes exactos que se quieren firmados: un PDF o, si son varios, un 7z; su ficha sirve una vez.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si ya se usó, se canceló o venció
    """
    sesion = por_ficha("ficha_de_descarga", ficha)
    policies.check_ip(sesion, ip)
    with transaction.atomic():
        tomada = tomar(sesion.pk, rules.ENTREGADA, ahora, ficha=("ficha_de_descarga", ficha))
        pasar(tomada, rules.DESCARGADA, ahora, ficha_de_descarga=None)
        documentos = list(tomada.documentos.all())
    originales = {documento.nombre: leer_original(documento) for documento in documentos}
    if len(documentos) == 1:
        [(nombre, contenido)] = originales.items()
        return Entrega(nombre, "application/pdf", contenido)
    return Entrega("documentos.7z", "application/x-7z-compressed", lote.empacar(originales))


@transaction.atomic
def cancelar_firma(*, actor: Persona, sesion: SesionDeFirma, ahora: datetime) -> SesionDeFirma:
    """La persona cerró la ventana o cambió de idea; lo que vuelva después ya no se recibe. Repetirlo no hace nada.

    :raises NoEncontrado: si la sesión es de otra persona
    """
    policies.check_es_suya(actor, sesion)
    tomada = SesionDeFirma.objects.select_for_update(no_key=True).get(pk=sesion.pk)
    if tomada.abierta:
        _cancelar(tomada, "Canceló la firma.", ahora)
    return tomada


def vencer_sesiones(*, ahora: datetime) -> int:
    """Anota las que vencieron sin firmarse; devuelve cuántas."""
    with transaction.atomic():
        vencidas = list(
            SesionDeFirma.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(estado__in=rules.ABIERTAS, vence_en__lte=ahora)
            .order_by("pk")[:500]
        )
        for sesion in vencidas:
            pasar(
                sesion, rules.VENCIDA, ahora, frase="Pasó el tiempo sin que se firmara.",
                ficha_de_argumentos=None, ficha_de_descarga=None, ficha_de_devolucion=None,
            )  # fmt: skip
            anunciar(FirmaLocalVencida(sesion_id=sesion.pk), sesion, None, ahora)
    return len(vencidas)


def _por_firmar(sesion: SesionDeFirma, orden: int, por: PorFirmar) -> DocumentoPorFirmar:
    from llaqta.salas.firma.local.aceptacion import contar_firmas  # noqa: PLC0415

    guardado = storage.guardar(por.pdf)
    return DocumentoPorFirmar(
        sesion=sesion,
        orden=orden,
        etiqueta=por.etiqueta,
        nombre=rules.nombre_seguro(por.titulo, orden),
        titulo=por.titulo[:200],
        huella=guardado.sha256,
        bytes=guardado.bytes,
        firmas_previas=contar_firmas(por.pdf),
        ver_en=por.ver_en[:200],
    )


def _cancelar(sesion: SesionDeFirma, frase: str, ahora: datetime) -> None:
    pasar(
        sesion, rules.CANCELADA, ahora, frase=frase,
        ficha_de_argumentos=None, ficha_de_descarga=None, ficha_de_devolucion=None,
    )  # fmt: skip
    anunciar(FirmaLocalCancelada(sesion_id=sesion.pk), sesion, sesion.persona_id, ahora)


def _cancelar_las_abiertas(actor: Persona, destino: str, etiquetas: Sequence[str], ahora: datetime) -> None:
    """Quien vuelve a pedir la firma deja sin efecto el pedido anterior.

    La que en este instante está recibiendo su documento no se espera: quien la recibe notará que ya hay otra.
    """
    anteriores = SesionDeFirma.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
        pk__in=DocumentoPorFirmar.objects.filter(
            sesion__persona=actor,
            sesion__destino=destino,
            sesion__estado__in=rules.ABIERTAS,
            etiqueta__in=etiquetas,
        ).values("sesion_id")
    )
    for sesion in anteriores:
        _cancelar(sesion, "Se volvió a pedir la firma.", ahora)


def _absoluta(nombre: str, *argumentos: str) -> str:
    """Una dirección nuestra, siempre desde la configurada: lo que diga la cabecera Host no cuenta."""
    return f"{settings.URL_PUBLICA}{reverse(nombre, args=argumentos)}"
