"""El número que se toma antes de firmar, porque va dentro de lo que se firma en el equipo de la persona.

Con el PIN, numerar y firmar son un solo acto y no se reserva nada. Con el DNIe hay minutos de por medio, y a veces no
se firma: el número queda para ese proyecto. Se usa en el siguiente intento, con DNIe o con PIN; y si ya no sirve (pasó
el año, firma otra unidad) se anula con su razón, y así la serie no tiene huecos sin explicar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.rules import Cvd, nuevo_cvd
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.composicion import Emision, componer_proyecto
from llaqta.salas.expedientes.events import NumeroApartado
from llaqta.salas.expedientes.models import Proyecto
from llaqta.salas.expedientes.models.foliacion import NumeroReservado
from llaqta.salas.expedientes.services.acto import tomar_proyecto


@dataclass(frozen=True)
class Compuesto:
    """Un proyecto con su número y su código de verificación, listo para firmarse."""

    pdf: bytes
    numero: str
    serie: str
    cvd: Cvd
    reserva: NumeroReservado | None


def componer_con_numero(
    *,
    proyecto: Proyecto,
    actor: Persona,
    unidad: UnidadOrganica,
    conjuntos: list[Puesto],
    ahora: datetime,
) -> Compuesto:
    """Compone el proyecto con el número que tenía reservado o, si no, con el siguiente de la serie.

    Si hoy ya se compuso esa misma versión, devuelve los mismos bytes: el código impreso y la fecha no cambian.

    :param unidad: la que numera
    :raises NoProcede: si el número ya lo lleva otro documento
    """
    hoy = hoy_en_lima(ahora)
    reserva = _vigente(
        proyecto, para=_para(proyecto, actor, unidad, conjuntos), actor=actor, hoy=hoy, ahora=ahora
    )
    if (
        reserva
        and (reserva.version, reserva.fechado_el) == (proyecto.version, hoy)
        and storage.existe(reserva.huella)
    ):
        cvd = Cvd(reserva.cvd, reserva.cvd_desde, reserva.cvd_hasta)
        return Compuesto(storage.leer(reserva.huella), reserva.numero, reserva.serie, cvd, reserva)
    if reserva:
        numero, serie = reserva.numero, reserva.serie
    else:
        dado = documentos.numerar(
            tipo=proyecto.tipo,
            unidad=unidad,
            firmante=actor,
            conjuntas=[otro.unidad for otro in conjuntos],
            ahora=ahora,
        )
        numero, serie = dado.texto, dado.serie
    cvd = nuevo_cvd(hoy)
    return Compuesto(_componer(proyecto, Emision(numero=numero, cvd=cvd), ahora), numero, serie, cvd, reserva)


def reservar(
    *,
    proyecto: Proyecto,
    compuesto: Compuesto,
    actor: Persona,
    unidad: UnidadOrganica,
    conjuntos: list[Puesto],
    ahora: datetime,
) -> NumeroReservado:
    """Anota lo compuesto como lo que se espera firmado; lo que hubiera reservado se actualiza."""
    hoy = hoy_en_lima(ahora)
    datos = {
        "version": proyecto.version,
        "fechado_el": hoy,
        "cvd": compuesto.cvd.codigo,
        "cvd_desde": compuesto.cvd.desde,
        "cvd_hasta": compuesto.cvd.hasta,
        "huella": storage.guardar(compuesto.pdf).sha256,
    }
    if compuesto.reserva:
        for campo, valor in datos.items():
            setattr(compuesto.reserva, campo, valor)
        compuesto.reserva.save(update_fields=list(datos))
        return compuesto.reserva
    reserva = NumeroReservado.objects.create(
        proyecto=proyecto, numero=compuesto.numero, serie=compuesto.serie, anio=hoy.year, unidad=unidad,
        para=_para(proyecto, actor, unidad, conjuntos), reservado_en=ahora, reservado_por=actor, **datos,
    )  # fmt: skip
    emit(
        NumeroApartado(expediente_id=proyecto.expediente_id, proyecto_id=proyecto.pk, numero=reserva.numero),
        actor_id=actor.pk, ahora=ahora, objeto=proyecto.expediente,
    )  # fmt: skip
    return reserva


def usar(reserva: NumeroReservado | None, documento: Documento) -> None:
    """El número reservado ya lo lleva un documento, firmado o anulado."""
    if reserva is not None:
        reserva.documento = documento
        reserva.save(update_fields=["documento"])


@transaction.atomic
def renunciar_al_numero(
    *, actor: Persona, proyecto: Proyecto, motivo: str, version: int | None = None, ahora: datetime
) -> Documento:
    """Deja sin efecto el número reservado de un proyecto que no se va a firmar: queda anulado, con su razón.

    :raises Denegado: si no firma este proyecto
    :raises NoProcede: si no tiene un número reservado
    :raises EntradaInvalida: si no se dice por qué
    """
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar_proyecto(proyecto, version=version)
    policies.check_firmar(actor, tomado)
    reserva = tomado.numero_reservado
    if reserva is None:
        raise NoProcede("Este proyecto no tiene un número reservado.")
    if not motivo.strip():
        raise EntradaInvalida("Escriba por qué se anula el número.", campo="motivo")
    return _anular(reserva, tomado, actor=actor, motivo=motivo, ahora=ahora)


def _vigente(
    proyecto: Proyecto, *, para: str, actor: Persona, hoy: date, ahora: datetime
) -> NumeroReservado | None:
    """El número reservado, si todavía sirve; el que ya no, se anula con su razón."""
    reserva = proyecto.numero_reservado
    if reserva is None:
        return None
    if reserva.anio != hoy.year:
        _anular(reserva, proyecto, actor=actor, motivo=f"No se firmó en {reserva.anio}.", ahora=ahora)
        return None
    if reserva.para != para:
        motivo = "Cambió quién numera o firma antes de firmarse."
        _anular(reserva, proyecto, actor=actor, motivo=motivo, ahora=ahora)
        return None
    if Documento.objects.numerados().filter(numero=reserva.numero).exists():
        raise NoProcede(
            f"El número {reserva.numero}, reservado para este proyecto, ya lo lleva otro documento. Avise a quien "
            "administra la numeración.",
            norma="Ley 27444, art. 157",
        )
    return reserva


def _anular(
    reserva: NumeroReservado, proyecto: Proyecto, *, actor: Persona, motivo: str, ahora: datetime
) -> Documento:
    """El número queda anulado en un documento sin firma, con su razón: el siguiente no lo repite."""
    cvd = Cvd(reserva.cvd, reserva.cvd_desde, reserva.cvd_hasta)
    guardado = storage.existe(reserva.huella)
    pdf = (
        storage.leer(reserva.huella)
        if guardado
        else _componer(proyecto, Emision(numero=reserva.numero, cvd=cvd), ahora)
    )
    documento = documentos.guardar(
        actor=actor, tipo=proyecto.tipo.codigo, asunto=proyecto.asunto,
        archivo=documentos.guardar_pdf_propio(
            actor=actor, nombre=f"{reserva.numero.replace('/', '-')}.pdf", pdf=pdf, ahora=ahora
        ),
        ahora=ahora, origen=Documento.Origen.INTERNO, autor=actor, unidad=reserva.unidad, numero=reserva.numero,
        fechado_el=reserva.fechado_el, unidades=[proyecto.unidad, reserva.unidad],
        metadatos={"expediente": proyecto.expediente.numero, "serie": reserva.serie},
    )  # fmt: skip
    usar(reserva, documento)
    return documentos.anular(actor=actor, documento=documento, motivo=motivo, ahora=ahora)


def _componer(proyecto: Proyecto, emision: Emision, ahora: datetime) -> bytes:
    vistos = proyecto.vistos.filter(version=proyecto.version, conforme=True).select_related(
        "persona", "puesto__unidad"
    )
    return componer_proyecto(proyecto, ahora=ahora, emision=emision, vistos=list(vistos.order_by("visto_en")))


def _para(proyecto: Proyecto, actor: Persona, unidad: UnidadOrganica, conjuntos: list[Puesto]) -> str:
    """Con qué se escribe el número: si cambia algo de esto, el número sería otro."""
    otras = ",".join(str(otro.unidad_id) for otro in conjuntos)
    return f"tipo {proyecto.tipo_id}, unidad {unidad.pk}, firma {actor.pk}, con {otras or 'nadie'}"
