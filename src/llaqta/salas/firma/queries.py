"""Lo que se puede preguntar a la firma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import policies
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.sello import carpeta

if TYPE_CHECKING:
    from llaqta.salas.firma.lista_de_confianza import ListaDeConfianza, Servicio
    from llaqta.salas.firma.verificacion import Informe


def hay_tsa(*, para: Persona | None = None) -> bool:
    """Dice si la entidad tiene una autoridad de sellado de tiempo configurada; es igual para cualquiera."""
    return bool(settings.TSA_URL)


def get_certificado(*, para: Persona, ahora: datetime) -> Certificado | None:
    """El certificado con que firma ``para``: el vigente más reciente; si no tiene vigentes, el último que tuvo."""
    suyos = Certificado.objects.filter(clase=Certificado.Clase.FIRMA, persona=para)
    return suyos.vigentes(al=ahora).first() or suyos.first()


def verificar(
    pdf: bytes | Path,
    *,
    ahora: datetime,
    existia_el: datetime | None = None,
    para: Persona | None = None,
    anclas: Sequence[bytes] = (),
    en_linea: bool = False,
) -> Informe:
    """Dice si las firmas de un PDF son válidas y por qué.

    Nunca falla por lo que diga el archivo: lo que no se puede leer es ``INVALIDA`` con su motivo. Lo que responde es
    igual para cualquiera.

    :param pdf: los bytes, o la ruta del archivo (uno grande no entra entero en la memoria)
    :param existia_el: un instante en que nos consta que el documento ya existía así (cuando lo registramos); con él
        vale una firma cuyo certificado venció o fue revocado después
    :param anclas: certificados (DER) en que además se confía, solo esta vez
    :param en_linea: si puede preguntar por la red (OCSP y CRL de autoridades ajenas); hasta quince segundos. Sin ella
        se usa lo ya guardado. Dentro de una página, mejor no; en el trabajador, sí
    :raises OSError: si la ruta no se puede abrir
    """
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que verifica.
    from llaqta.salas.firma.anclas import get_confianza  # noqa: PLC0415
    from llaqta.salas.firma.consultas import Consultor  # noqa: PLC0415
    from llaqta.salas.firma.verificacion import verificar as comprobar  # noqa: PLC0415

    consulta = Consultor(
        carpeta() / "revocacion",
        al=existia_el or ahora,
        permitidas=settings.FIRMA_REDES_INTERNAS,
        en_linea=en_linea,
    )
    confianza = get_confianza(ahora=ahora, al=existia_el, consulta=consulta).con_anclas(anclas)
    return comprobar(pdf, confianza=confianza, ahora=ahora, existia_el=existia_el)


@dataclass(frozen=True)
class EstadoDeLaLista:
    """La lista de confianza que rige, y qué pasó la última vez que se quiso actualizar.

    :param vigencia: ``vigente``, ``por vencer``, ``vencida``; vacía si no hay lista
    :param falta_ancla: si nadie puso el certificado de quien firma las listas
    """

    lista: ListaDeConfianza | None
    vigencia: str
    servicios: tuple[tuple[Servicio, str, bool], ...]
    direccion: str
    falta_ancla: bool
    intento: datetime | None
    aceptada: datetime | None
    error: str


def get_lista_de_confianza(*, para: Persona | None, ahora: datetime) -> EstadoDeLaLista:
    """La lista de confianza con que se verifica, para quien administra.

    :raises Denegado: si ``para`` no administra
    """
    from llaqta.salas.firma import lista_guardada  # noqa: PLC0415 (trae lxml y pyHanko)

    policies.check_administrar(para)
    lugar = carpeta() / "tsl"
    lista, anotado = lista_guardada.vigente(lugar), lista_guardada.estado(lugar)
    return EstadoDeLaLista(
        lista=lista,
        vigencia=lista.vigencia(ahora) if lista else "",
        servicios=tuple((uno, uno.en_palabras(ahora), uno.vale(ahora)) for uno in lista.servicios)
        if lista
        else (),
        direccion=settings.FIRMA_TSL_URL,
        falta_ancla=not lista_guardada.anclas_de_listas(lugar),
        intento=_instante(anotado.get("intento")),
        aceptada=_instante(anotado.get("aceptada")),
        error=str(anotado.get("error", "")),
    )


def _instante(texto: object) -> datetime | None:
    return datetime.fromisoformat(texto) if isinstance(texto, str) and texto else None
