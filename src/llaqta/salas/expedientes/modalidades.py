"""Por qué medio se notifica un acto: el orden de la ley, y la frase que dice por qué otro no (arts. 20 a 23).

La casilla aceptada es el domicilio digital de la persona (Ley 31736). Sin ella: el correo, si lo autorizó; la cédula en
su domicilio; y la publicación, solo cuando buscarla no bastó. Cambiar ese orden es nulo (art. 20.2). Lo que aquí se
niega lo niegan igual el servicio y la opción apagada de la pantalla.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import NoProcede
from llaqta.salas.casilla import policies as casilla
from llaqta.salas.casilla import queries as casillas
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import (
    APARTE,
    Expediente,
    NotificacionDelExpediente,
    Proyecto,
)
from llaqta.salas.notificaciones import policies as diligencias
from llaqta.salas.notificaciones.models import Diligencia, OrigenDeDireccion, Publicacion

CASILLA, CORREO, CEDULA, PUBLICACION = "CASILLA", "CORREO", "CEDULA", "PUBLICACION"
ARTICULO = "Ley 27444, arts. 20.1 y 20.2"


@dataclass(frozen=True)
class Domicilio:
    """Una dirección a la que la ley deja notificar, y de dónde sale."""

    direccion: str
    origen: str

    @property
    def de_donde(self) -> str:
        """De dónde sale, con su artículo."""
        return str(OrigenDeDireccion(self.origen).label)


def get_acto(expediente: Expediente, documento: Documento) -> Proyecto | None:
    """El acto del expediente que ese documento es: la decisión, la corrección de su error o un traslado."""
    return Proyecto.objects.filter(
        Q(pone_fin=True) | Q(efecto__in=APARTE), expediente=expediente, documento=documento
    ).first()


def get_aparte_por_notificar(expediente: Expediente) -> Documento | None:
    """La corrección o el traslado ya firmado que todavía no se notifica; ``None`` si no hay."""
    firmados = Proyecto.objects.filter(
        expediente=expediente, efecto__in=APARTE, estado=Proyecto.Estado.EMITIDO
    ).select_related("documento__unidad", "documento__tipo", "documento__archivo")  # fmt: skip
    for acto in firmados.order_by("-pk"):
        assert acto.documento is not None  # la base lo exige de lo emitido
        if not any(hecha.esta_viva for hecha in get_notificaciones(expediente, acto.documento)):
            return acto.documento
    return None


def get_notificaciones(expediente: Expediente, documento: Documento) -> list[NotificacionDelExpediente]:
    """Las de ese acto, de la primera a la última."""
    return list(
        NotificacionDelExpediente.objects.del_documento(documento)
        .filter(expediente=expediente)
        .select_related("notificacion", "diligencia")
        .order_by("pk")
    )


def get_domicilios(expediente: Expediente, *, al: date) -> list[Domicilio]:
    """Dónde se la puede notificar en persona, en el orden de la ley (art. 21.1 y 21.2), sin repetir."""
    hace_un_anio = al.replace(year=al.year - 1, day=min(al.day, 28))
    otro = (
        Expediente.objects.filter(administrado=expediente.administrado, fecha_presentacion__gte=hace_un_anio)
        .exclude(pk=expediente.pk)
        .exclude(domicilio="")
        .order_by("-fecha_presentacion", "-pk")
        .first()
    )
    posibles = [
        Domicilio(expediente.domicilio, OrigenDeDireccion.EXPEDIENTE),
        Domicilio(otro.domicilio if otro else "", OrigenDeDireccion.OTRO_PROCEDIMIENTO),
        Domicilio(expediente.administrado.domicilio, OrigenDeDireccion.REGISTRO),
    ]
    vistos: set[str] = set()
    unicos = []
    for posible in posibles:
        llave = " ".join(posible.direccion.lower().split())
        if llave and llave not in vistos:
            vistos.add(llave)
            unicos.append(posible)
    return unicos


def check_sin_otra_en_curso(hechas: Sequence[NotificacionDelExpediente], modalidad: str) -> None:
    """Mientras una notificación del acto esté en curso, o ya valga, no se ordena otra por otro medio.

    :raises NoProcede: si la hay
    """
    for hecha in hechas:
        if hecha.esta_viva and medio_de(hecha) != modalidad:
            raise NoProcede(
                f"Este acto ya se notifica por {NOMBRES[medio_de(hecha)]} ({hecha.medio}): espere su resultado o, si "
                "es defectuosa, anúlela con su razón.",
                norma="Ley 27444, arts. 20.2 y 26",
            )


def check_casilla(
    expediente: Expediente, hechas: Sequence[NotificacionDelExpediente], *, en: datetime
) -> None:
    """La casilla necesita un consentimiento vigente en ese instante, y que se le haya podido avisar.

    :raises SinCasilla: si no la aceptó o la retiró (art. 20.4; Ley 31736)
    :raises NoProcede: si se depositó y ninguna alerta llegó (DS 098-2025-PCM, art. 55)
    """
    casilla.get_adhesion(expediente.administrado, en=en)
    if reboto(hechas):
        raise NoProcede(
            "Se depositó en su casilla y ninguna alerta llegó: este acto se notifica por cédula.",
            norma="DS 098-2025-PCM, art. 55",
        )


def check_correo(
    expediente: Expediente, hechas: Sequence[NotificacionDelExpediente], *, en: datetime
) -> None:
    """El correo necesita autorización expresa, y no haber quedado ya sin confirmar.

    :raises NoProcede: si tiene casilla, si no lo autorizó, o si ya se envió y no confirmó
    """
    _check_sin_casilla(expediente, hechas, en)
    diligencias.get_autorizacion(expediente.administrado, en=en)
    if any(h.diligencia and h.diligencia.estado == Diligencia.Estado.SIN_ACUSE for h in hechas):
        raise NoProcede(
            "Se le envió por correo y no confirmó en su plazo: corresponde la cédula.",
            norma="Ley 27444, art. 20.4",
        )


def check_cedula(
    expediente: Expediente, hechas: Sequence[NotificacionDelExpediente], *, en: datetime
) -> None:
    """La cédula es lo primero que la ley manda, salvo que la persona tenga casilla y se le haya podido avisar.

    :raises NoProcede: si tiene casilla
    """
    _check_sin_casilla(expediente, hechas, en)


def check_publicacion(
    expediente: Expediente,
    documento: Documento,
    hechas: Sequence[NotificacionDelExpediente],
    *,
    en: datetime,
    al: date,
    causa: str = "",
    sustento: str = "-",
) -> None:
    """Publicar es lo último: faltan las visitas y actas, o una causa del 23.1.

    :raises NoProcede: si tiene casilla, si no se la buscó en su domicilio, o si se conoce uno y no se fue
    """
    _check_sin_casilla(expediente, hechas, en)
    diligencias.check_publicar(expediente.administrado, documento, causa=causa, sustento=sustento)
    conocidos = get_domicilios(expediente, al=al)
    fue = any(h.diligencia and h.diligencia.estado == Diligencia.Estado.NO_PRACTICADA for h in hechas)
    if causa == Publicacion.Causa.DOMICILIO_IGNORADO and conocidos and not fue:
        raise NoProcede(
            f"Su domicilio se conoce: {conocidos[0].direccion}. Notifique ahí, con cédula.",
            norma="Ley 27444, arts. 20.2 y 23.1.2",
        )


def reboto(hechas: Sequence[NotificacionDelExpediente]) -> bool:
    """Verdadero si se depositó en la casilla y ninguna alerta llegó."""
    estados = (Notificacion.Estado.REBOTADA_ALERTA, Notificacion.Estado.DERIVADA_A_CEDULA)
    return any(h.notificacion is not None and h.notificacion.estado in estados for h in hechas)


def medio_de(hecha: NotificacionDelExpediente) -> str:
    """La modalidad de una notificación ya hecha."""
    return hecha.diligencia.modalidad if hecha.diligencia else CASILLA


NOMBRES = {
    CASILLA: "la casilla electrónica",
    CORREO: "correo",
    CEDULA: "cédula",
    PUBLICACION: "publicación",
}


def _check_sin_casilla(
    expediente: Expediente, hechas: Sequence[NotificacionDelExpediente], en: datetime
) -> None:
    adhesion = casillas.get_adhesion_vigente(para=expediente.administrado, en=en)
    if adhesion is not None and not reboto(hechas):
        raise NoProcede(
            f"{expediente.administrado.nombre_completo} aceptó la casilla el "
            f"{fecha_en_palabras(adhesion.aceptada_en.date())}: es su domicilio digital, y ahí se le notifica.",
            norma="Ley 27444, arts. 20.2 y 20.4; Ley 31736",
        )
