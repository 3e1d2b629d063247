"""Registrar en ventanilla lo que llega en papel: el mismo ingreso, con el mismo cargo, hecho por quien atiende."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.cuentas import queries as cuentas_queries
from llaqta.salas.cuentas import services as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.mesapartes import policies
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.mesapartes.services.archivos import check_cantidad, recibir_admitidos, retener_peligrosos
from llaqta.salas.mesapartes.services.presentar import (
    UN_ENVIO_UNA_VEZ,
    DatosDelEscrito,
    Llegada,
    asentar,
    check_asunto,
)
from llaqta.salas.tramites import queries as tramites


@dataclass(frozen=True)
class QuienSePresenta:
    """La persona que está delante: su documento y, si la municipalidad aún no la conoce, sus nombres o razón social."""

    tipo_documento: str
    numero_documento: str
    nombres: str = ""
    apellido_paterno: str = ""
    apellido_materno: str = ""
    razon_social: str = ""


def registrar_en_ventanilla(
    *,
    actor: Persona,
    quien: QuienSePresenta,
    tramite: str,
    asunto: str,
    archivos: Sequence[ArchivoRecibido],
    envio: UUID,
    ahora: datetime,
    datos: DatosDelEscrito = DatosDelEscrito(),  # noqa: B008 — es inmutable
    completo: bool = True,
    modalidad: str = "",
) -> Presentacion:
    """Registra un escrito en papel con su digitalización y le da número, expediente y cargo.

    :param quien: si su documento ya está registrado se usa esa persona; si no, se la registra ahora
    :param archivos: lo digitalizado, todo cuenta como el escrito
    :param completo: si quien atiende comprobó que trae todo lo que el TUPA pide
    :param modalidad: código de la modalidad, si el trámite tiene varias
    :param envio: identificador del formulario: enviarlo dos veces registra una vez
    :raises Denegado: si no es de la mesa de partes
    :raises TramiteNoVigente: si el trámite no está en el TUPA que rige hoy
    :raises EntradaInvalida: si el documento de identidad está mal, faltan nombres o un archivo no se puede recibir
    """
    try:
        with retener_peligrosos(actor=actor, ahora=ahora):
            return _registrar(
                actor, quien, (tramite, modalidad), asunto, archivos, envio, ahora, datos, completo
            )
    except NoProcede:
        # El mismo envío, a la vez: el otro ya anotó a la persona nueva y su escrito; este recibe lo mismo.
        if repetida := _ya_registrada(envio, actor):
            return repetida
        raise
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != UN_ENVIO_UNA_VEZ:
            raise
        return Presentacion.objects.select_related("expediente").get(envio=envio, registrada_por=actor)


@transaction.atomic
def _registrar(
    actor: Persona,
    quien: QuienSePresenta,
    pedido: tuple[str, str],
    asunto: str,
    archivos: Sequence[ArchivoRecibido],
    envio: UUID,
    ahora: datetime,
    datos: DatosDelEscrito,
    completo: bool,
) -> Presentacion:
    policies.check_registrar(actor)
    if repetida := _ya_registrada(envio, actor):
        return repetida
    version = tramites.get_vigente(pedido[0], para=actor, al=hoy_en_lima(ahora))
    modalidad = tramites.get_modalidad(version, pedido[1], para=actor)
    check_asunto(asunto)
    check_cantidad(archivos)
    if not archivos:
        raise EntradaInvalida("Falta la digitalización de lo que la persona entrega.", campo="archivos")
    persona = _persona(actor, quien, datos, ahora)
    recibidos = recibir_admitidos(actor=actor, archivos=archivos, ahora=ahora)
    llegada = Llegada(
        presentada_por=persona,
        administrado=persona,
        canal=Presentacion.Canal.VENTANILLA,
        registrada_por=actor,
    )
    return asentar(
        llegada=llegada, version=version, modalidad=modalidad, asunto=asunto,
        archivos=[(archivo, None) for archivo in recibidos], datos=datos, envio=envio, ahora=ahora,
        medio=Documento.Medio.FISICO, completo=completo,
    )  # fmt: skip


def _ya_registrada(envio: UUID, actor: Persona) -> Presentacion | None:
    return Presentacion.objects.select_related("expediente").filter(envio=envio, registrada_por=actor).first()


def _persona(actor: Persona, quien: QuienSePresenta, datos: DatosDelEscrito, ahora: datetime) -> Persona:
    conocida = cuentas_queries.buscar_persona(
        para=actor, tipo_documento=quien.tipo_documento, numero=quien.numero_documento
    )
    if conocida is not None:
        return conocida
    es_juridica = quien.tipo_documento == Persona.TipoDocumento.RUC and bool(quien.razon_social)
    return cuentas.registrar_persona(
        actor=actor,
        clase=Persona.Clase.JURIDICA if es_juridica else Persona.Clase.NATURAL,
        correo=datos.correo, telefono=datos.telefono, domicilio=datos.domicilio, ahora=ahora, **vars(quien),
    )  # fmt: skip
