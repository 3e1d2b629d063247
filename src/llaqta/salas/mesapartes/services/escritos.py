"""Presentar un escrito en un expediente que ya existe: se recibe siempre, se le da cargo y se tramita como lo que pide.

Cada clase llama a una sola puerta de abajo: la sala de recursos, o el acto del expediente que corresponde.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.numbering import next_number
from llaqta.cimientos.web.limpieza import caracteres_negados
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.documentos.services import ArchivoRecibido, Pieza
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import policies
from llaqta.salas.mesapartes.events import EscritoPresentado
from llaqta.salas.mesapartes.models import AnexoDeEscrito, EscritoPosterior, Presentacion
from llaqta.salas.mesapartes.services.archivos import check_cantidad, recibir_admitidos, retener_peligrosos
from llaqta.salas.mesapartes.services.escrito_en_papel import redactar_escrito
from llaqta.salas.mesapartes.services.firma_electronica import (
    Acto,
    Declaracion,
    check_declaracion,
    firmar_acto,
)
from llaqta.salas.mesapartes.services.presentar import SERIE
from llaqta.salas.recursos import services as recursos
from llaqta.salas.recursos.models import Queja, Recurso
from llaqta.salas.recursos.rules import NO_SUSPENDE, frase_de_tardio

Clase = EscritoPosterior.Clase
RECURSOS = (Clase.RECONSIDERACION, Clase.APELACION, Clase.REVISION)
LARGO_DEL_TEXTO = 8000
UN_ENVIO_UNA_VEZ = "escrito_un_envio_una_vez"


@dataclass(frozen=True)
class LoQueDice:
    """El contenido de un escrito posterior; lo que no es de su clase se deja vacío."""

    clase: str
    texto: str = ""
    nueva_prueba: str = ""
    motivo: str = ""
    desistimiento: str = "PROCEDIMIENTO"
    desde: date | None = None
    hasta: date | None = None
    correo: str = ""

    def en_json(self) -> dict[str, Any]:
        """Lo propio de su clase, como se guarda."""
        de_su_clase = {
            Clase.RECONSIDERACION: {"nueva_prueba": self.nueva_prueba.strip()},
            Clase.QUEJA: {"motivo": self.motivo},
            Clase.DESISTIMIENTO: {"desistimiento": self.desistimiento},
            Clase.SUSPENSION: {
                "desde": self.desde.isoformat() if self.desde else "",
                "hasta": self.hasta.isoformat() if self.hasta else "",
            },
        }
        return de_su_clase.get(Clase(self.clase), {})


@dataclass(frozen=True)
class _Traido:
    """Quién trae el escrito y por dónde."""

    presentado_por: Persona
    registrado_por: Persona | None = None
    declaracion: Declaracion | None = None

    @property
    def canal(self) -> str:
        return Presentacion.Canal.VENTANILLA if self.registrado_por else Presentacion.Canal.VIRTUAL

    @property
    def actor(self) -> Persona:
        return self.registrado_por or self.presentado_por


def presentar_escrito(
    *,
    actor: Persona,
    expediente: Expediente,
    dice: LoQueDice,
    archivos: Sequence[ArchivoRecibido],
    envio: UUID,
    ahora: datetime,
    declaracion: Declaracion | None = None,
) -> EscritoPosterior:
    """Recibe un escrito de quien es parte en el expediente, le da número y cargo, y lo tramita como lo que pide.

    No hace falta abogado ni adjuntar un papel: el escrito se compone con lo que la persona dijo (arts. 113 y 211).

    :param envio: identificador del formulario: enviarlo dos veces lo presenta una vez
    :param declaracion: lo que leyó y aceptó al presentar, y cómo ingresó: con ella, lo firma electrónicamente
    :raises NoEncontrado: si no es parte en el expediente ni representa a quien lo es
    :raises NoProcede: si la ley no permite hoy lo que pide; la frase dice por qué, y no queda nada
    :raises EntradaInvalida: si falta lo que su clase exige, o si un archivo no se puede recibir
    """
    traido = _Traido(actor, declaracion=declaracion)
    return _una_vez(
        traido, envio, ahora, lambda: _presentar(traido, expediente, dice, archivos, envio, ahora)
    )


def registrar_escrito(
    *,
    actor: Persona,
    presentado_por: Persona,
    expediente: Expediente,
    dice: LoQueDice,
    archivos: Sequence[ArchivoRecibido],
    envio: UUID,
    ahora: datetime,
) -> EscritoPosterior:
    """Registra en ventanilla el escrito en papel de quien es parte, con su digitalización y su cargo.

    :param presentado_por: quien lo firma: el administrado o quien lo representa
    :raises Denegado: si ``actor`` no es de la mesa de partes
    :raises NoEncontrado: si quien lo firma no es parte
    :raises EntradaInvalida: si falta la digitalización
    """
    policies.check_registrar(actor)
    traido = _Traido(presentado_por, actor)
    if not archivos:
        raise EntradaInvalida("Falta la digitalización de lo que la persona entrega.", campo="archivos")
    return _una_vez(
        traido, envio, ahora, lambda: _presentar(traido, expediente, dice, archivos, envio, ahora)
    )


def _una_vez(
    traido: _Traido, envio: UUID, ahora: datetime, acto: Callable[[], EscritoPosterior]
) -> EscritoPosterior:
    """El mismo envío repetido, aun simultáneo, devuelve el mismo escrito; lo peligroso queda retenido aparte."""
    try:
        with retener_peligrosos(actor=traido.actor, ahora=ahora):
            return acto()
    except IntegrityError as error:
        choque = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        ganador = _por_envio(traido, envio) if choque == UN_ENVIO_UNA_VEZ else None
        if ganador is None:
            raise
        return ganador


@transaction.atomic
def _presentar(
    traido: _Traido,
    expediente: Expediente,
    dice: LoQueDice,
    archivos: Sequence[ArchivoRecibido],
    envio: UUID,
    ahora: datetime,
) -> EscritoPosterior:
    policies.check_escrito(traido.presentado_por, expediente, al=hoy_en_lima(ahora))
    if repetido := _por_envio(traido, envio):
        return repetido
    texto = check_declaracion(declaracion=traido.declaracion, firmante=traido.presentado_por, ahora=ahora)
    _check_dicho(dice)
    check_cantidad(archivos)
    recibidos = recibir_admitidos(actor=traido.actor, archivos=archivos, ahora=ahora)
    guardados = _guardar(traido, expediente, dice, recibidos, ahora)
    expedientes.incorporar(actor=traido.actor, expediente=expediente, documentos=guardados, ahora=ahora)
    # Quien actúa deja de tener detenido su expediente (art. 191).
    expedientes.levantar_paralizacion(expediente=expediente)
    entrega = _Entrega(traido, expediente, dice, guardados, bool(recibidos), ahora)
    que_sigue = _PUERTAS[Clase(dice.clase)](entrega)
    anio = hoy_en_lima(ahora).year
    correlativo = next_number(SERIE, anio)
    escrito = EscritoPosterior.objects.create(
        numero=f"{anio}-{correlativo:06d}", anio=anio, correlativo=correlativo, expediente=expediente,
        clase=dice.clase, canal=traido.canal, presentado_por=traido.presentado_por,
        registrado_por=traido.registrado_por, presentado_en=ahora, texto=dice.texto.strip(), datos=dice.en_json(),
        correo=dice.correo, folios=sum(documento.folios for documento in guardados), envio=envio,
        principal=guardados[0], que_sigue=que_sigue,
    )  # fmt: skip
    AnexoDeEscrito.objects.bulk_create(
        AnexoDeEscrito(escrito=escrito, documento=documento) for documento in guardados[1:]
    )
    huella = ""
    if texto is not None and traido.declaracion is not None:
        acto = Acto(
            f"presentar {escrito.clase}", expediente.numero, escrito.numero, escrito.texto, traido.presentado_por,
            expediente.administrado, guardados,
        )  # fmt: skip
        firma = firmar_acto(acto=acto, texto=texto, declaracion=traido.declaracion, ahora=ahora)
        firma.escrito, huella = escrito, firma.huella
        firma.save()
    emit(
        EscritoPresentado(escrito_id=escrito.pk, clase=escrito.clase, huella_del_acto=huella),
        actor_id=traido.actor.pk, ahora=ahora, objeto=expediente,
        en_nombre_de_id=expediente.administrado_id if expediente.administrado_id != traido.actor.pk else None,
    )  # fmt: skip
    return escrito


def _check_dicho(dice: LoQueDice) -> None:
    """:raises EntradaInvalida: si la clase no existe o el texto no se puede recibir"""
    if dice.clase not in Clase.values:
        raise EntradaInvalida("Elija qué quiere presentar.", campo="clase")
    for campo, escrito in (("texto", dice.texto), ("nueva_prueba", dice.nueva_prueba)):
        if len(escrito) > LARGO_DEL_TEXTO:
            raise EntradaInvalida(
                f"El texto admite hasta {LARGO_DEL_TEXTO} caracteres; usted escribió {len(escrito)}. "
                "Adjúntelo como PDF.",
                campo=campo,
            )
        if caracteres_negados(escrito.replace("\n", " ").replace("\r", " ").replace("\t", " ")):
            raise EntradaInvalida(
                "El texto trae caracteres que no se ven. Bórrelo y escríbalo de nuevo.", campo=campo
            )


def _guardar(
    traido: _Traido,
    expediente: Expediente,
    dice: LoQueDice,
    recibidos: Sequence[Archivo],
    ahora: datetime,
) -> list[Documento]:
    """El escrito primero y después lo que lo acompaña; en ventanilla, el escrito es lo digitalizado."""
    en_papel = traido.registrado_por is not None
    asunto = f"{Clase(dice.clase).label} en {expediente.numero}"
    propio = (
        []
        if en_papel
        else [
            redactar_escrito(
                persona=traido.presentado_por, expediente=expediente, dice=dice, anexos=recibidos, ahora=ahora
            )
        ]
    )
    if not recibidos:
        return propio
    anexos = documentos.guardar_varios(
        actor=traido.actor, tipo="ESCRITO", ahora=ahora, origen=Documento.Origen.EXTERNO,
        autor=traido.presentado_por,
        medio=Documento.Medio.FISICO if en_papel else Documento.Medio.ELECTRONICO,
        piezas=[
            Pieza(archivo=archivo, asunto=(asunto if en_papel and not n else f"Anexo: {archivo.nombre}")[:300])
            for n, archivo in enumerate(recibidos)
        ],
    )  # fmt: skip
    return [*propio, *anexos]


# --- A dónde va cada clase ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Entrega:
    """Lo que recibe cada puerta."""

    traido: _Traido
    expediente: Expediente
    dice: LoQueDice
    guardados: Sequence[Documento]
    trae_archivos: bool
    ahora: datetime

    @property
    def persona(self) -> Persona:
        return self.traido.presentado_por


def _recurso(entrega: _Entrega) -> str:
    recurso = recursos.interponer(
        actor=entrega.persona, expediente=entrega.expediente, clase=entrega.dice.clase,
        escrito=entrega.guardados[0], presentado_por=entrega.persona, presentado_en=entrega.ahora,
        nueva_prueba=entrega.dice.nueva_prueba, trae_archivos=entrega.trae_archivos,
        en_papel=entrega.traido.registrado_por is not None, ahora=entrega.ahora,
    )  # fmt: skip
    return decir_recurso(recurso)


def decir_recurso(recurso: Recurso) -> str:
    """Lo que se le dice a quien impugnó: quién resuelve, hasta cuándo, y si llegó tarde."""
    frases = [
        f"Lo resuelve {con_articulo(recurso.autoridad.nombre)}, hasta el {fecha_en_palabras(recurso.vence_el)}.",
        NO_SUSPENDE,
    ]
    if not recurso.en_plazo and recurso.presentable_hasta:
        frases.insert(0, frase_de_tardio(recurso.presentable_hasta))
    return " ".join(frases)


def _queja(entrega: _Entrega) -> str:
    queja = recursos.presentar_queja(
        actor=entrega.persona, expediente=entrega.expediente, motivo=entrega.dice.motivo,
        texto=entrega.dice.texto, escrito=entrega.guardados[0], presentada_por=entrega.persona,
        presentada_en=entrega.ahora, ahora=entrega.ahora,
    )  # fmt: skip
    return decir_queja(queja)


def decir_queja(queja: Queja) -> str:
    """Lo que se le dice a quien se quejó: quién decide y hasta cuándo."""
    return (
        f"La resuelve {con_articulo(queja.superior.nombre)}, hasta el {fecha_en_palabras(queja.vence_el)}. "
        "Su trámite sigue y su plazo no cambia (art. 158)."
    )


def _desistimiento(entrega: _Entrega) -> str:
    hecho = expedientes.anotar_desistimiento(
        actor=entrega.persona, expediente=entrega.expediente, clase=entrega.dice.desistimiento,
        documento=entrega.guardados[0], ahora=entrega.ahora,
    )  # fmt: skip
    despues = (
        "Después puede volver a pedir lo mismo."
        if hecho.clase == "PROCEDIMIENTO"
        else "Después no podrá volver a pedir lo mismo."
    )
    return f"La municipalidad lo acepta con una resolución que le notificará (art. 189). {despues}"


def _suspension(entrega: _Entrega) -> str:
    desde, hasta = entrega.dice.desde, entrega.dice.hasta
    if desde is None or hasta is None:
        raise EntradaInvalida(
            "Diga desde qué día y hasta qué día quiere suspender el plazo.",
            campo="hasta" if desde else "desde",
        )
    expedientes.suspender(
        actor=entrega.persona, expediente=entrega.expediente, desde=desde, hasta=hasta,
        motivo=entrega.dice.texto.strip()[:300], ahora=entrega.ahora,
    )  # fmt: skip
    entrega.expediente.refresh_from_db(fields=["vence_el"])
    vence = entrega.expediente.vence_el
    ahora_vence = f" Ahora vence el {fecha_en_palabras(vence)}." if vence else ""
    return (
        f"El plazo se detiene del {fecha_en_palabras(desde)} al {fecha_en_palabras(hasta)} (art. 136.4)."
        f"{ahora_vence} Puede reanudarlo antes, cuando quiera."
    )


def _declaracion_jurada(entrega: _Entrega) -> str:
    expedientes.anotar_declaracion_jurada(
        actor=entrega.persona,
        expediente=entrega.expediente,
        documento=entrega.guardados[0],
        ahora=entrega.ahora,
    )
    return (
        "Este cargo, junto con el de su solicitud, prueba que lo pedido quedó aprobado por silencio administrativo "
        "positivo; la municipalidad no puede exigirle otro documento (art. 33-B)."
    )


def _respuesta(entrega: _Entrega) -> str:
    expedientes.corregir_emplazamiento(
        actor=entrega.persona, expediente=entrega.expediente, documentos=list(entrega.guardados),
        ahora=entrega.ahora,
    )  # fmt: skip
    entrega.expediente.refresh_from_db(fields=["vence_el"])
    vence = entrega.expediente.vence_el
    return "El trámite continúa." + (
        f" La municipalidad tiene hasta el {fecha_en_palabras(vence)} para responderle." if vence else ""
    )


def _otro(entrega: _Entrega) -> str:
    return (
        f"Se agregó a su expediente, que tiene {con_articulo(entrega.expediente.unidad_responsable.nombre)}. "
        "Si es un recurso con otro nombre, se tramitará como recurso y valdrá desde hoy (art. 213)."
    )


_PUERTAS: Mapping[Clase, Callable[[_Entrega], str]] = {
    **dict.fromkeys(RECURSOS, _recurso),
    Clase.QUEJA: _queja,
    Clase.DESISTIMIENTO: _desistimiento,
    Clase.SUSPENSION: _suspension,
    Clase.DJ_SILENCIO: _declaracion_jurada,
    Clase.RESPUESTA_A_EMPLAZAMIENTO: _respuesta,
    Clase.OTRO: _otro,
}
"""La única puerta que abre cada clase de escrito."""


def _por_envio(traido: _Traido, envio: UUID) -> EscritoPosterior | None:
    return (
        EscritoPosterior.objects.filter(envio=envio, presentado_por=traido.presentado_por)
        .select_related("expediente")
        .first()
    )
