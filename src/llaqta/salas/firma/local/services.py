"""Lo que se puede hacer con una sesión de firma: pedirla, abrirla, entregarla, recibir lo firmado y cancelarla."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Negativa, NoEncontrado, NoProcede
from llaqta.cimientos.events import Evento, emit
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.pdf import Caja
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.events import (
    FirmaLocalAceptada,
    FirmaLocalCancelada,
    FirmaLocalEntregada,
    FirmaLocalPedida,
    FirmaLocalRechazada,
    FirmaLocalVencida,
)
from llaqta.salas.firma.local import credenciales, firmaperu, lote, policies, rules
from llaqta.salas.firma.local.destinos import DESTINOS, Firmado
from llaqta.salas.firma.local.modelos import DocumentoPorFirmar, SesionDeFirma
from llaqta.salas.firma.local.policies import FichaUsada, FirmaRechazada

SIN_JWT = "PRACTICA"
"""Lo que lleva ``token`` en la práctica de quien todavía no tiene su autorización de la PCM."""


@dataclass(frozen=True)
class PorFirmar:
    """Un documento que se quiere firmado: sus bytes, qué es para quien lo pide y cómo se llama para la persona."""

    pdf: bytes
    etiqueta: str
    titulo: str


@dataclass(frozen=True)
class Apertura:
    """Lo que la página entrega a Firma Perú."""

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
    entrenamiento: bool = False,
) -> SesionDeFirma:
    """Prepara una sesión para que ``actor`` firme esos bytes exactos en su equipo; la que tuviera abierta se cancela.

    :param destino: quién recibirá lo firmado (``destinos.recibe_firmas``)
    :param entrenamiento: acepta certificados de demostración, y solo si la instalación lo permite
    :raises NoProcede: si la municipalidad no puede usar Firma Perú, o la persona no tiene DNI
    """
    policies.check_pedir(actor, destino, [por.pdf for por in documentos], entrenamiento=entrenamiento)
    _cancelar_las_abiertas(actor, destino, [por.etiqueta for por in documentos], ahora)
    sesion = SesionDeFirma.objects.create(
        persona=actor,
        documento_esperado=actor.numero_documento,
        ruc_esperado=Entidad.actual().ruc,
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
    _anunciar(FirmaLocalPedida(sesion_id=sesion.pk), sesion, actor.pk, ahora)
    return sesion


@transaction.atomic
def abrir_firma(*, actor: Persona, sesion: SesionDeFirma, ip: str | None, ahora: datetime) -> Apertura:
    """Da a la página lo que pide Firma Perú, con una ficha nueva; la que se hubiera dado antes deja de servir.

    :raises NoEncontrado: si la sesión es de otra persona
    :raises FichaUsada: si ya se usó, se canceló o venció
    :raises FirmaPeruNoResponde: si la plataforma no da el permiso; mejor saberlo antes de abrir nada
    """
    policies.check_es_suya(actor, sesion)
    ficha = rules.nueva_ficha()
    _get_jwt(sesion, ahora)
    tomada = _tomar(sesion.pk, rules.PENDIENTE, ahora)
    tomada.ficha_de_argumentos, tomada.ip, tomada.cambiada_en = rules.huella_de_ficha(ficha), ip, ahora
    tomada.save(update_fields=["ficha_de_argumentos", "ip", "cambiada_en"])
    varios = tomada.documentos.count() > 1
    parametro = firmaperu.parametro(
        url_de_argumentos=_absoluta("firma_local_argumentos"),
        ficha=ficha,
        extension="7z" if varios else "pdf",
    )
    return Apertura(puerto=str(settings.FIRMAPERU_PUERTO), parametro=parametro)


def entregar_argumentos(*, ficha: str, ip: str | None, ahora: datetime) -> str:
    """Los argumentos de la sesión, en base64, para el componente; su ficha sirve una vez.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si ya se usó, se canceló o venció
    """
    sesion = _por_ficha("ficha_de_argumentos", ficha)
    policies.check_ip(sesion, ip)
    jwt = _get_jwt(sesion, ahora)
    descarga, devolucion = rules.nueva_ficha(), rules.nueva_ficha()
    with transaction.atomic():
        tomada = _tomar(sesion.pk, rules.PENDIENTE, ahora, ficha=("ficha_de_argumentos", ficha))
        _pasar(
            tomada, rules.ENTREGADA, ahora,
            ficha_de_argumentos=None,
            ficha_de_descarga=rules.huella_de_ficha(descarga),
            ficha_de_devolucion=rules.huella_de_ficha(devolucion),
        )  # fmt: skip
        _anunciar(FirmaLocalEntregada(sesion_id=tomada.pk), tomada, tomada.persona_id, ahora)
    direcciones = firmaperu.Direcciones(
        descargar=_absoluta("firma_local_descargar", descarga),
        devolver=_absoluta("firma_local_devolver", devolucion),
    )
    return firmaperu.argumentos(tomada, direcciones=direcciones, jwt=jwt, lote=tomada.documentos.count() > 1)


def entregar_documento(*, ficha: str, ip: str | None, ahora: datetime) -> Entrega:
    """Los bytes exactos que se quieren firmados: un PDF o, si son varios, un 7z; su ficha sirve una vez.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si ya se usó, se canceló o venció
    """
    sesion = _por_ficha("ficha_de_descarga", ficha)
    policies.check_ip(sesion, ip)
    with transaction.atomic():
        tomada = _tomar(sesion.pk, rules.ENTREGADA, ahora, ficha=("ficha_de_descarga", ficha))
        _pasar(tomada, rules.DESCARGADA, ahora, ficha_de_descarga=None)
        documentos = list(tomada.documentos.all())
    originales = {documento.nombre: _leer_original(documento) for documento in documentos}
    if len(documentos) == 1:
        [(nombre, contenido)] = originales.items()
        return Entrega(nombre, "application/pdf", contenido)
    return Entrega("documentos.7z", "application/x-7z-compressed", lote.empacar(originales))


def check_puede_devolver(*, ficha: str, ip: str | None, ahora: datetime) -> SesionDeFirma:
    """Antes de leer lo que envían: si la ficha no sirve, no se recibe ni un byte.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si la sesión no espera un documento firmado, o venció
    """
    sesion = _por_ficha("ficha_de_devolucion", ficha)
    policies.check_ip(sesion, ip)
    policies.check_espera(sesion, rules.DESCARGADA, ahora=ahora)
    return sesion


@transaction.atomic
def recibir_firmado(*, ficha: str, archivo: BinaryIO, ip: str | None, ahora: datetime) -> SesionDeFirma:
    """Recibe lo firmado, lo juzga y, si se acepta, lo entrega a quien lo esperaba, todo en un acto.

    Una sola vez: aceptada o rechazada, la sesión termina. Devuelve la sesión; ``estado`` y ``frase`` dicen cómo.

    :raises NoEncontrado: si la ficha no es de ninguna sesión
    :raises FichaUsada: si ya se devolvió, se canceló o venció; no se toca nada
    """
    sesion = check_puede_devolver(ficha=ficha, ip=ip, ahora=ahora)
    tomada = _tomar(sesion.pk, rules.DESCARGADA, ahora, ficha=("ficha_de_devolucion", ficha))
    try:
        with transaction.atomic():
            firmados = _juzgar(tomada, archivo, ahora)
            _pasar(tomada, rules.ACEPTADA, ahora, ficha_de_devolucion=None)
            _anunciar(
                FirmaLocalAceptada(sesion_id=tomada.pk, huellas=[firmado.huella for firmado in firmados]),
                tomada, tomada.persona_id, ahora,
            )  # fmt: skip
            DESTINOS[tomada.destino](sesion=tomada, firmados=firmados, ahora=ahora)
    except Negativa as negativa:
        tomada.refresh_from_db()
        codigo = negativa.codigo if isinstance(negativa, FirmaRechazada) else type(negativa).__name__
        _pasar(tomada, rules.RECHAZADA, ahora, ficha_de_devolucion=None, frase=negativa.frase[:400])
        _anunciar(FirmaLocalRechazada(sesion_id=tomada.pk, codigo=codigo), tomada, tomada.persona_id, ahora)
    return tomada


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
            _pasar(
                sesion, rules.VENCIDA, ahora, frase="Pasó el tiempo sin que se firmara.",
                ficha_de_argumentos=None, ficha_de_descarga=None, ficha_de_devolucion=None,
            )  # fmt: skip
            _anunciar(FirmaLocalVencida(sesion_id=sesion.pk), sesion, None, ahora)
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
    )


def _juzgar(sesion: SesionDeFirma, archivo: BinaryIO, ahora: datetime) -> list[Firmado]:
    """Aplica la regla a cada documento y lo guarda bajo su huella nueva.

    :raises FirmaRechazada: si uno falla, fallan todos
    """
    from llaqta.salas.firma.local import aceptacion  # noqa: PLC0415

    esperado = aceptacion.Esperado(
        sesion.documento_esperado, sesion.ruc_esperado, sesion.nivel, sesion.entrenamiento
    )
    documentos = list(sesion.documentos.all())
    if len(documentos) == 1:
        devueltos = {documentos[0].nombre: archivo.read()}
    else:
        tope = sum(documento.bytes + aceptacion.CRECE_A_LO_MAS for documento in documentos)
        try:
            devueltos = lote.desempacar(
                archivo.read(), [documento.nombre for documento in documentos], tope=tope
            )
        except lote.LoteInadmisible as error:
            raise FirmaRechazada("LOTE", str(error)) from error
    firmados = []
    for documento in documentos:
        pdf = devueltos[documento.nombre]
        aceptada = aceptacion.check_devuelto(_leer_original(documento), pdf, esperado, ahora=ahora)
        documento.huella_firmada = storage.guardar(pdf).sha256
        documento.save(update_fields=["huella_firmada"])
        firmados.append(
            Firmado(
                documento.etiqueta, pdf, documento.huella_firmada, aceptada.titular, aceptada.nivel,
                aceptada.de_demostracion,
            )
        )  # fmt: skip
    return firmados


def _leer_original(documento: DocumentoPorFirmar) -> bytes:
    """Los bytes que se entregan, comprobados otra vez contra la huella a la que está atada la sesión."""
    contenido = storage.leer(documento.huella)
    if hashlib.sha256(contenido).hexdigest() != documento.huella:
        raise NoProcede("El documento guardado está dañado y no se puede firmar; avise a informática.")
    return contenido


def _por_ficha(campo: str, ficha: str) -> SesionDeFirma:
    if not ficha or len(ficha) > 100:
        raise NoEncontrado
    sesion = SesionDeFirma.objects.filter(**{campo: rules.huella_de_ficha(ficha)}).first()
    if sesion is None:
        raise NoEncontrado
    return sesion


def _tomar(pk: int, esperado: str, ahora: datetime, *, ficha: tuple[str, str] | None = None) -> SesionDeFirma:
    """Bloquea la sesión y comprueba que sigue donde se la esperaba: la segunda de dos peticiones iguales lo nota aquí.

    :raises FichaUsada: si ya no
    """
    sesion = SesionDeFirma.objects.select_for_update(no_key=True).get(pk=pk)
    policies.check_espera(sesion, esperado, ahora=ahora)
    if ficha and getattr(sesion, ficha[0]) != rules.huella_de_ficha(ficha[1]):
        raise FichaUsada
    return sesion


def _pasar(sesion: SesionDeFirma, hacia: str, ahora: datetime, **datos: str | None) -> None:
    """Cambia el estado por la tabla, solo si en la base sigue siendo el que se leyó.

    :raises FichaUsada: si otro lo cambió
    """
    if not any(paso.desde == sesion.estado and paso.hacia == hacia for paso in rules.TRANSICIONES):
        raise FichaUsada
    cambios = {"estado": hacia, "cambiada_en": ahora, **datos}
    if SesionDeFirma.objects.filter(pk=sesion.pk, estado=sesion.estado).update(**cambios) != 1:
        raise FichaUsada
    for campo, valor in cambios.items():
        setattr(sesion, campo, valor)


def _cancelar(sesion: SesionDeFirma, frase: str, ahora: datetime) -> None:
    _pasar(
        sesion, rules.CANCELADA, ahora, frase=frase,
        ficha_de_argumentos=None, ficha_de_descarga=None, ficha_de_devolucion=None,
    )  # fmt: skip
    _anunciar(FirmaLocalCancelada(sesion_id=sesion.pk), sesion, sesion.persona_id, ahora)


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


def _get_jwt(sesion: SesionDeFirma, ahora: datetime) -> str:
    if sesion.entrenamiento and not credenciales.hay_credenciales():
        return SIN_JWT
    return credenciales.PORTERO.get_permiso(credenciales.leer(), ahora=ahora)


def _absoluta(nombre: str, *argumentos: str) -> str:
    """Una dirección nuestra, siempre desde la configurada: lo que diga la cabecera Host no cuenta."""
    return f"{settings.URL_PUBLICA}{reverse(nombre, args=argumentos)}"


def _anunciar(evento: Evento, sesion: SesionDeFirma, actor_id: int | None, ahora: datetime) -> None:
    emit(evento, actor_id=actor_id, ahora=ahora, objeto=sesion)
