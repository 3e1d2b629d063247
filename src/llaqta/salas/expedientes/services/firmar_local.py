"""Firmar en el equipo de la persona: se pide, y al volver lo firmado el documento se emite en el mismo acto."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.pdf import Caja, caja_de_firma
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.composicion import decir_cargo
from llaqta.salas.expedientes.models import FirmaConjunta, Proyecto
from llaqta.salas.expedientes.services import firmas_conjuntas, numeros_reservados
from llaqta.salas.expedientes.services.acto import tomar_proyecto
from llaqta.salas.expedientes.services.firmar import (
    Primera,
    asentar,
    check_sigue,
    comprobar_primera,
    emitir,
)
from llaqta.salas.firma.local import services as local
from llaqta.salas.firma.local.destinos import Firmado, recibe_firmas
from llaqta.salas.firma.local.firmantes import es_de_practica, get_firmante
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.services import Motivo

DESTINO = "expedientes.Proyecto"
_ETIQUETA = re.compile(rf"{re.escape(DESTINO)}:(\d+):v(\d+)")


@transaction.atomic
def pedir_firma_local(
    *,
    actor: Persona,
    proyecto: Proyecto,
    version: int | None = None,
    firmante: str = "firmaperu",
    ahora: datetime,
) -> SesionDeFirma:
    """Numera y compone el proyecto, y abre una sesión para que ``actor`` lo firme con su DNIe o su token.

    El número queda reservado para este proyecto: si no se firma, el siguiente intento lo usa. Nada más cambia.

    :param firmante: con qué programa de su equipo (``firma.local.firmantes``)
    :raises Denegado: si hoy no ocupa el puesto que firma, o si no es competente (3.1)
    :raises NoProcede: si ya se firmó, no está para firma, le falta un visto bueno, o no hay con qué firmar así
    :raises EntradaInvalida: si el cuerpo no se puede componer
    """
    cuentas.exigir(actor, "expedientes.firmar")
    manera = ver_manera(actor=actor, proyecto=proyecto, version=version, ahora=ahora)
    return local.pedir_firma(
        actor=actor,
        documentos=[preparar(actor=actor, manera=manera, ahora=ahora)],
        destino=DESTINO,
        volver_a=reverse("proyecto", args=[proyecto.pk]),
        motivo=manera.motivo.label,
        cargo=manera.cargo,
        caja=manera.caja,
        firmante=firmante,
        entrenamiento=es_de_practica(),
        ahora=ahora,
    )


@dataclass(frozen=True)
class Manera:
    """Cómo firmará una persona un proyecto que ya se tomó: sobre qué, por qué, con qué cargo y dónde se verá."""

    proyecto: Proyecto
    motivo: Motivo
    cargo: str
    caja: Caja
    primera: Primera | None
    a_medias: Documento | None

    @property
    def juntable(self) -> tuple[str, str, Caja]:
        """Lo que Firma Perú aplica a todos los documentos de un mismo viaje."""
        return self.motivo.label, self.cargo, self.caja


def ver_manera(*, actor: Persona, proyecto: Proyecto, version: int | None, ahora: datetime) -> Manera:
    """Toma el proyecto y comprueba que ``actor`` puede firmarlo; todavía no se gasta ningún número.

    :raises Negativa: si no
    """
    tomado = tomar_proyecto(proyecto, version=version)
    puesto = policies.check_firmar(actor, tomado)
    if tomado.documento_id is not None:
        raise NoProcede("Este documento ya está firmado.")
    if a_medias := firmas_conjuntas.get_a_medias(tomado):
        check_sigue(tomado)
        caja = caja_de_firma(FirmaConjunta.objects.filter(documento=a_medias).count())
        return Manera(tomado, Motivo.AUTOR, decir_cargo(puesto, None), caja, None, a_medias)
    primera = comprobar_primera(tomado, puesto, ahora)
    return Manera(tomado, primera.motivo, primera.cargo, caja_de_firma(0), primera, None)


def preparar(*, actor: Persona, manera: Manera, ahora: datetime) -> local.PorFirmar:
    """Los bytes exactos que se firmarán; si es la primera firma, con su número, que queda reservado.

    :raises EntradaInvalida: si el cuerpo no se puede componer
    """
    tomado, primera = manera.proyecto, manera.primera
    if primera is None:
        assert manera.a_medias is not None
        pdf, titulo = storage.leer(manera.a_medias.archivo.sha256), manera.a_medias.numero
    else:
        unidad, conjuntos = primera.unidad, primera.conjuntos
        compuesto = numeros_reservados.componer_con_numero(
            proyecto=tomado, actor=actor, unidad=unidad, conjuntos=conjuntos, ahora=ahora
        )
        numeros_reservados.reservar(
            proyecto=tomado, compuesto=compuesto, actor=actor, unidad=unidad, conjuntos=conjuntos, ahora=ahora
        )
        pdf, titulo = compuesto.pdf, compuesto.numero
    return local.PorFirmar(
        pdf, f"{DESTINO}:{tomado.pk}:v{tomado.version}", titulo, reverse("proyecto", args=[tomado.pk])
    )


@recibe_firmas(DESTINO)
def recibir_firma_local(*, sesion: SesionDeFirma, firmados: Sequence[Firmado], ahora: datetime) -> None:
    """Lo firmado volvió y se aceptó: el documento se emite como si se hubiera firmado con PIN, en la misma transacción.

    :raises Negativa: si mientras se firmaba dejó de proceder; entonces la firma tampoco se acepta
    """
    [firmado] = firmados
    hallada = _ETIQUETA.fullmatch(firmado.etiqueta)
    assert hallada is not None
    actor = Persona.objects.get(pk=sesion.persona_id)
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar_proyecto(Proyecto.objects.get(pk=int(hallada[1])), version=int(hallada[2]))
    puesto = policies.check_firmar(actor, tomado)
    if tomado.documento_id is not None:
        raise NoProcede("Este documento se firmó de otra manera mientras usted firmaba.")
    if a_medias := firmas_conjuntas.get_a_medias(tomado):
        check_sigue(tomado)
        if a_medias.archivo.sha256 != firmado.base:
            raise NoProcede("El documento cambió mientras usted firmaba. Vuelva a pedir la firma.")
        completo = firmas_conjuntas.asentar_siguiente(
            actor=actor, proyecto=tomado, documento=a_medias, puesto=puesto, pdf=firmado.pdf, ahora=ahora
        )
        if completo:
            emitir(proyecto=tomado, actor=actor, documento=a_medias, ahora=ahora)
        return
    primera = comprobar_primera(tomado, puesto, ahora)
    reserva = tomado.numero_reservado
    if reserva is None or reserva.huella != firmado.base:
        raise NoProcede("El documento se volvió a preparar mientras usted firmaba. Vuelva a pedir la firma.")
    if reserva.fechado_el != hoy_en_lima(ahora):
        raise NoProcede(
            "Pasó la medianoche mientras se firmaba y la fecha del documento ya no es la de hoy. Pida firmar otra vez."
        )
    compuesto = numeros_reservados.componer_con_numero(
        proyecto=tomado, actor=actor, unidad=primera.unidad, conjuntos=primera.conjuntos, ahora=ahora
    )
    if compuesto.reserva != reserva:
        raise NoProcede("El número reservado ya no sirve. Vuelva a pedir la firma.")
    documento = asentar(
        proyecto=tomado,
        primera=primera,
        compuesto=compuesto,
        actor=actor,
        pdf=firmado.pdf,
        ahora=ahora,
        metadatos=_de_la_firma(sesion, firmado),
    )
    if primera.conjuntos:
        firmas_conjuntas.anotar_primera(
            actor=actor, proyecto=tomado, documento=documento, puesto=puesto, ahora=ahora
        )
    else:
        emitir(proyecto=tomado, actor=actor, documento=documento, ahora=ahora)


def _de_la_firma(sesion: SesionDeFirma, firmado: Firmado) -> dict[str, object]:
    """Lo que se anota de cómo se firmó."""
    con = get_firmante(sesion.firmante).nombre
    dicho: dict[str, object] = {"firmado_con": con, "sesion_de_firma": str(sesion.referencia)}
    return {**dicho, "sin_valor_legal": True} if firmado.de_demostracion else dicho
