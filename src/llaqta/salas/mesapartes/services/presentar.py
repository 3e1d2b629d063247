"""Presentar: el caso de uso por el que existe la casa. Un escrito entra y sale con número, expediente y cargo.

Los números se toman al final: la fila bloqueada de la serie solo se retiene mientras se escriben las últimas filas y se
confirma, de modo que muchas personas presentan a la vez sin esperarse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.numbering import next_number
from llaqta.cimientos.web.limpieza import caracteres_negados
from llaqta.salas.casilla import services as casilla
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.documentos.services import ArchivoRecibido, Pieza
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.mesapartes import policies, queries
from llaqta.salas.mesapartes.events import DocumentoPresentado
from llaqta.salas.mesapartes.models import Anexo, Borrador, Presentacion
from llaqta.salas.mesapartes.services.archivos import check_cantidad, recibir_admitidos, retener_peligrosos
from llaqta.salas.mesapartes.services.comprobar import check_datos
from llaqta.salas.mesapartes.services.firma_electronica import (
    Acto,
    Declaracion,
    check_declaracion,
    firmar_acto,
)
from llaqta.salas.mesapartes.services.solicitud import (
    falta_la_solicitud,
    puede_ser_la_solicitud,
    redactar_solicitud,
)
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites.models import Modalidad, Requisito, VersionProcedimiento

SERIE = "mesapartes.registro"
LARGO_DEL_ASUNTO = 300
UN_ENVIO_UNA_VEZ = "presentacion_un_envio_una_vez"


@dataclass(frozen=True)
class DatosDelEscrito:
    """Lo que el escrito dice además de su asunto (arts. 113 y 40.1.8): dónde avisar, y del pago solo número y fecha."""

    correo: str = ""
    telefono: str = ""
    domicilio: str = ""
    origen: str = ""
    pago_numero: str = ""
    pago_fecha: date | None = None
    necesita_interprete: bool = False
    lengua: str = ""


@dataclass(frozen=True)
class Llegada:
    """Quién trae el escrito, a nombre de quién y por dónde."""

    presentada_por: Persona
    administrado: Persona
    canal: Presentacion.Canal = Presentacion.Canal.VIRTUAL
    registrada_por: Persona | None = None

    @property
    def representante(self) -> Persona | None:
        """Quien actúa por el administrado, si es otra persona."""
        return None if self.presentada_por.pk == self.administrado.pk else self.presentada_por

    @property
    def actor(self) -> Persona:
        """Quien hizo el acto en el sistema: el que registra en ventanilla o el que presenta."""
        return self.registrada_por or self.presentada_por


def presentar(
    *,
    actor: Persona,
    tramite: str,
    asunto: str,
    archivos: Sequence[ArchivoRecibido],
    envio: UUID,
    ahora: datetime,
    administrado: Persona | None = None,
    requisitos: Sequence[int | None] = (),
    modalidad: str = "",
    datos: DatosDelEscrito = DatosDelEscrito(),  # noqa: B008 — es inmutable
    declaracion: Declaracion | None = None,
) -> Presentacion:
    """Recibe un escrito con sus archivos, abre su expediente y anuncia que hay que entregar el cargo.

    :param tramite: código del procedimiento en el TUPA
    :param administrado: a nombre de quién, si no es ``actor``
    :param requisitos: qué requisito cumple cada archivo, en el mismo orden; vacío: no se dijo
    :param modalidad: código de la modalidad, si el trámite tiene varias
    :param declaracion: lo que la persona leyó y aceptó al presentar, y cómo ingresó: con ella, lo firma
        electrónicamente
    :param envio: identificador que puso quien envía; el mismo envío repetido, aun simultáneo, devuelve la
        misma presentación
    :raises Denegado: si presenta por quien no representa (art. 115)
    :raises TramiteNoVigente: si el trámite no está en el TUPA que rige hoy
    :raises EntradaInvalida: si un archivo no se puede recibir o falta elegir la modalidad; no se guarda nada
    :raises ArchivoPeligroso: si un archivo trae algo peligroso; queda en cuarentena y no se presenta nada
    """
    try:
        with retener_peligrosos(actor=actor, ahora=ahora):
            return _presentar(
                actor, (tramite, modalidad), asunto, archivos, requisitos, envio, ahora, administrado, datos,
                declaracion,
            )  # fmt: skip
    except IntegrityError as error:
        return _la_que_llego_antes(error, actor, envio)


@contextmanager
def _un_solo_acto() -> Iterator[None]:
    """Una transacción en la que los servicios llamados se unen sin puntos de retorno: si uno falla, falla todo.

    Nadie atrapa aquí adentro una negativa para seguir adelante, así que los SAVEPOINT de cada servicio no protegen nada
    y son la cuarta parte de las sentencias de una presentación.
    """
    with transaction.atomic():
        connection.features.uses_savepoints = False
        try:
            yield
        finally:
            del connection.features.uses_savepoints  # vuelve a valer lo que dice su clase


@_un_solo_acto()
def _presentar(
    actor: Persona,
    pedido: tuple[str, str],
    asunto: str,
    archivos: Sequence[ArchivoRecibido],
    requisitos: Sequence[int | None],
    envio: UUID,
    ahora: datetime,
    administrado: Persona | None,
    datos: DatosDelEscrito,
    declaracion: Declaracion | None,
) -> Presentacion:
    hoy = hoy_en_lima(ahora)
    titular = policies.check_presentar(actor, administrado=administrado, al=hoy)  # política
    if repetida := queries.get_por_envio(envio, para=actor):
        return repetida  # repetición: la mala señal envía dos veces
    version = tramites.get_vigente(pedido[0], para=actor, al=hoy, con_ficha=False)  # leer y decidir
    modalidad = tramites.get_modalidad(version, pedido[1], para=actor)
    check_cantidad(archivos)
    check_asunto(asunto)
    destinos = _requisitos(version, modalidad, requisitos or [None] * len(archivos), archivos)
    recibidos = recibir_admitidos(actor=actor, archivos=archivos, ahora=ahora)  # escribir
    llegada = Llegada(presentada_por=actor, administrado=titular)
    return asentar(
        llegada=llegada, version=version, modalidad=modalidad, asunto=asunto,
        archivos=list(zip(recibidos, destinos, strict=True)), datos=datos, envio=envio, ahora=ahora,
        declaracion=declaracion,
    )  # fmt: skip


def presentar_borrador(
    *,
    actor: Persona,
    envio: UUID,
    ahora: datetime,
    acepta_casilla: bool = False,
    declaracion: Declaracion | None = None,
) -> Presentacion:
    """Presenta un borrador tal como está guardado, y el borrador deja de existir en la misma transacción.

    :param envio: el identificador del borrador; presentarlo otra vez devuelve la misma presentación
    :param acepta_casilla: consentimiento expreso y aparte para recibir notificaciones en la casilla (art. 20.4)
    :param declaracion: como en ``presentar``
    :raises NoEncontrado: si no es suyo o ya no existe
    :raises Denegado: si la representación ya no está vigente
    :raises TramiteNoVigente: si el trámite dejó el TUPA mientras escribía
    :raises EntradaInvalida: si falta un dato obligatorio
    """
    try:
        return _presentar_borrador(actor, envio, ahora, acepta_casilla, declaracion)
    except IntegrityError as error:
        return _la_que_llego_antes(error, actor, envio)


@_un_solo_acto()
def _presentar_borrador(
    actor: Persona, envio: UUID, ahora: datetime, acepta_casilla: bool, declaracion: Declaracion | None
) -> Presentacion:
    borrador = Borrador.objects.select_for_update(of=("self",)).filter(envio=envio, persona=actor).first()
    if borrador is None and (repetida := queries.get_por_envio(envio, para=actor)):  # repetición
        return repetida
    borrador = policies.check_borrador(actor, borrador)  # política
    hoy = hoy_en_lima(ahora)
    quien = borrador.datos.get("quien", {})
    titular = queries.get_representado(quien.get("administrado"), para=actor, al=hoy)
    policies.check_presentar(actor, administrado=titular, al=hoy)
    version = tramites.get_vigente(
        borrador.version_tramite.procedimiento.codigo, para=actor, al=hoy
    )  # leer y decidir
    modalidad = tramites.get_modalidad(version, str(quien.get("modalidad") or ""), para=actor)
    datos = datos_del_borrador(borrador)
    check_datos(datos)
    asunto = str(borrador.datos.get("datos", {}).get("asunto", "")).strip()
    check_asunto(asunto)
    if acepta_casilla:  # escribir
        casilla.aceptar_casilla(actor=actor, correo=datos.correo, telefono=datos.telefono, ahora=ahora)
    adjuntos = [
        (adjunto.archivo, adjunto.requisito) for adjunto in queries.get_adjuntos(borrador, para=actor)
    ]
    borrador.delete()
    llegada = Llegada(presentada_por=actor, administrado=titular or actor)
    return asentar(
        llegada=llegada,
        version=version,
        modalidad=modalidad,
        asunto=asunto,
        archivos=adjuntos,
        datos=datos,
        envio=envio,
        ahora=ahora,
        declaracion=declaracion,
    )


def asentar(
    *,
    llegada: Llegada,
    version: VersionProcedimiento,
    modalidad: Modalidad | None = None,
    asunto: str,
    archivos: Sequence[tuple[Archivo, Requisito | None]],
    datos: DatosDelEscrito,
    envio: UUID,
    ahora: datetime,
    medio: str = Documento.Medio.ELECTRONICO,
    completo: bool | None = None,
    declaracion: Declaracion | None = None,
) -> Presentacion:
    """Escribe el ingreso (art. 117.2): documentos, expediente, registro y anexos; anuncia y devuelve la presentación.

    Corre dentro de la transacción de quien llama, que ya miró la política y la repetición. Si la persona no adjuntó su
    solicitud, la redacta Llaqta con los datos escritos: no se exige un papel para decir lo ya dicho (arts. 40 y 113).

    :param completo: si trae todo lo que el TUPA pide, cuando quien recibe lo comprobó; ``None``: se deduce de
        lo adjunto
    :param declaracion: como en ``presentar``; nadie la acepta por otro, y lo de ventanilla no la lleva
    :raises EntradaInvalida: si la declaración que vio ya no es la que rige
    """
    texto = check_declaracion(declaracion=declaracion, firmante=llegada.presentada_por, ahora=ahora)
    guardados = _guardar(archivos, asunto, llegada, ahora, medio)
    cumplidos = [requisito for _, requisito in archivos]
    faltante = falta_la_solicitud(version, archivos)
    if faltante is not None:
        solicitud = redactar_solicitud(
            llegada=llegada, version=version, modalidad=modalidad, asunto=asunto, datos=datos, ahora=ahora
        )
        guardados, cumplidos = [solicitud, *guardados], [faltante.requisito, *cumplidos]
    expediente = expedientes.abrir(
        actor=llegada.actor, administrado=llegada.administrado, representante=llegada.representante,
        version_tramite=version, modalidad=modalidad, asunto=asunto, documentos=guardados, presentado_en=ahora,
        domicilio=datos.domicilio, origen=datos.origen, ahora=ahora,
        completo=_esta_completo(version, modalidad, cumplidos, datos) if completo is None else completo,
    )  # fmt: skip
    anio = hoy_en_lima(ahora).year
    correlativo = next_number(SERIE, anio)
    presentacion = Presentacion.objects.create(
        numero=f"{anio}-{correlativo:06d}", anio=anio, correlativo=correlativo, expediente=expediente,
        canal=llegada.canal, presentada_por=llegada.presentada_por, administrado=llegada.administrado,
        registrada_por=llegada.registrada_por, presentada_en=ahora, asunto=asunto,
        folios=sum(documento.folios for documento in guardados), envio=envio, **vars(datos),
    )  # fmt: skip
    Anexo.objects.bulk_create(
        Anexo(presentacion=presentacion, documento=documento, requisito=requisito)
        for documento, requisito in zip(guardados, cumplidos, strict=True)
    )
    huella = ""
    if texto is not None and declaracion is not None:
        acto = Acto(
            "presentar", expediente.numero, presentacion.numero, asunto, llegada.presentada_por, llegada.administrado,
            guardados,
        )  # fmt: skip
        firma = firmar_acto(acto=acto, texto=texto, declaracion=declaracion, ahora=ahora)
        firma.presentacion, huella = presentacion, firma.huella
        firma.save()
    emit(
        DocumentoPresentado(presentacion_id=presentacion.pk, huella_del_acto=huella),
        actor_id=llegada.actor.pk, ahora=ahora, objeto=expediente,
        en_nombre_de_id=llegada.administrado.pk if llegada.administrado.pk != llegada.actor.pk else None,
    )  # fmt: skip
    return presentacion


def _esta_completo(
    version: VersionProcedimiento,
    modalidad: Modalidad | None,
    cumplidos: Sequence[Requisito | None],
    datos: DatosDelEscrito,
) -> bool:
    """Verdadero si llegó algo para cada requisito obligatorio: solo así lo automático se aprueba (art. 31)."""
    llegaron = {requisito.pk for requisito in cumplidos if requisito is not None}
    gratuito = version.condiciones(modalidad).es_gratuito
    for requisito in version.requisitos_de(modalidad):
        if requisito.es_opcional:
            continue
        if requisito.clase == Requisito.Clase.PAGO and not gratuito and not datos.pago_numero:
            return False
        if requisito.admite_archivo and requisito.pk not in llegaron:
            return False
    return True


def datos_del_borrador(borrador: Borrador) -> DatosDelEscrito:
    """Lo escrito en los pasos de un borrador; la fecha de pago que no se entiende queda vacía."""
    escrito, quien = borrador.datos.get("datos", {}), borrador.datos.get("quien", {})
    fecha = escrito.get("pago_fecha") or None
    return DatosDelEscrito(
        correo=escrito.get("correo", ""),
        telefono=escrito.get("telefono", ""),
        domicilio=escrito.get("domicilio", ""),
        origen=escrito.get("origen", ""),
        pago_numero=escrito.get("pago_numero", ""),
        pago_fecha=date.fromisoformat(fecha) if fecha else None,
        necesita_interprete=bool(quien.get("lengua")),
        lengua=quien.get("lengua", ""),
    )


def check_asunto(asunto: str) -> None:
    """Lo que se solicita se dice, en una frase corta y con letras que se ven (art. 113.2).

    :raises EntradaInvalida: si falta, si es muy largo o si trae caracteres que no se ven
    """
    if not asunto.strip():
        raise EntradaInvalida("Falta decir qué solicita.", campo="asunto")
    if len(asunto) > LARGO_DEL_ASUNTO:
        raise EntradaInvalida(
            f"El asunto admite hasta {LARGO_DEL_ASUNTO} caracteres; usted escribió {len(asunto)}.",
            campo="asunto",
        )
    if caracteres_negados(asunto):
        raise EntradaInvalida(
            "El asunto trae caracteres que no se ven. Bórrelo y escríbalo de nuevo.", campo="asunto"
        )


def _requisitos(
    version: VersionProcedimiento,
    modalidad: Modalidad | None,
    pedidos: Sequence[int | None],
    archivos: Sequence[ArchivoRecibido],
) -> list[Requisito | None]:
    """:raises EntradaInvalida: si un requisito es de otro trámite, o si no hay uno por archivo"""
    if len(pedidos) != len(archivos):
        raise EntradaInvalida(
            "Diga qué requisito cumple cada archivo, o no lo diga de ninguno.", campo="archivos"
        )
    propios = {requisito.pk: requisito for requisito in version.requisitos_de(modalidad)}
    for pedido in pedidos:
        if pedido is not None and pedido not in propios:
            raise EntradaInvalida(f"El requisito {pedido} no es de este trámite.", campo="archivos")
    return [propios[pedido] if pedido is not None else None for pedido in pedidos]


def _guardar(
    archivos: Sequence[tuple[Archivo, Requisito | None]],
    asunto: str,
    llegada: Llegada,
    ahora: datetime,
    medio: str,
) -> list[Documento]:
    if not archivos:
        return []
    return documentos.guardar_varios(
        actor=llegada.actor, tipo="ESCRITO", ahora=ahora, origen=Documento.Origen.EXTERNO, autor=llegada.administrado,
        medio=medio,
        piezas=[
            Pieza(
                archivo=archivo,
                asunto=(requisito.texto if requisito else asunto)[:300],
                tipo="SOLICITUD" if puede_ser_la_solicitud(archivo, requisito) else "ESCRITO",
            )
            for archivo, requisito in archivos
        ],
    )  # fmt: skip


def _la_que_llego_antes(error: IntegrityError, actor: Persona, envio: UUID) -> Presentacion:
    """Dos envíos iguales a la vez: el que perdió devolvió sus números al deshacerse, y recibe lo que ganó el otro.

    :raises IntegrityError: si el choque fue por otra cosa
    """
    restriccion = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    ganadora = queries.get_por_envio(envio, para=actor) if restriccion == UN_ENVIO_UNA_VEZ else None
    if ganadora is None:
        raise error
    return ganadora
