"""Cómo se notifica un acto: el medio que la ley manda y por qué, los demás y por qué no, hasta cuándo, y el riesgo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from llaqta.cimientos.calendario import Calendario, fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import modalidades
from llaqta.salas.expedientes.models import (
    CON_RELOJ,
    Expediente,
    NotificacionDelExpediente,
    Proyecto,
)
from llaqta.salas.notificaciones.models import Diligencia, Publicacion
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.rules import HABILES, vencer
from llaqta.salas.tramites.models import VersionProcedimiento

_PORQUES = {
    modalidades.CASILLA: "Aceptó ser notificada ahí: es su domicilio digital (Ley 31736).",
    modalidades.CORREO: "Autorizó expresamente que se le notifique en su correo (Ley 27444, art. 20.4).",
    modalidades.CEDULA: "No tiene casilla: la ley manda notificar en su domicilio (Ley 27444, art. 20.1.1).",
    modalidades.PUBLICACION: "Ya se la buscó sin hallarla: queda publicar (Ley 27444, arts. 20.1.3 y 23.1.2).",
}
_TEXTOS = {
    modalidades.CASILLA: "Depositar en su casilla electrónica",
    modalidades.CORREO: "Enviar a su correo autorizado",
    modalidades.CEDULA: "Llevar una cédula a su domicilio",
    modalidades.PUBLICACION: "Publicar en un diario y en el portal",
}


@dataclass(frozen=True)
class Opcion:
    """Un medio: si la ley lo manda, si se puede, o por qué no y con qué artículo."""

    modalidad: str
    texto: str
    porque: str = ""
    negado: str = ""
    norma: str = ""
    recomendada: bool = False
    por_causa: bool = False
    """Negada por ahora, pero hay causas de la ley que no piden buscarla antes (23.1)."""


@dataclass(frozen=True)
class PropuestaDeNotificacion:
    """Todo lo que la pantalla de notificar dice antes de que alguien decida."""

    documento: Documento
    opciones: tuple[Opcion, ...]
    limite: date
    dias: int
    tarde: bool
    aviso_de_riesgo: str
    domicilios: tuple[modalidades.Domicilio, ...]
    hechas: tuple[NotificacionDelExpediente, ...]
    en_curso: NotificacionDelExpediente | None

    @property
    def propuesta(self) -> Opcion | None:
        """El medio que la ley manda ahora; ``None`` si ya está en curso o si ninguno se puede."""
        return next((opcion for opcion in self.opciones if opcion.recomendada), None)


def get_propuesta(
    expediente: Expediente, documento: Documento, *, para: Persona | None, ahora: datetime
) -> PropuestaDeNotificacion:
    """Qué medio manda la ley para notificar ese acto a su administrado, ahora."""
    hoy, calendario = hoy_en_lima(ahora), get_calendario()
    hechas = modalidades.get_notificaciones(expediente, documento)
    limite = get_limite(documento, hechas, calendario=calendario)
    return PropuestaDeNotificacion(
        documento=documento,
        opciones=_opciones(expediente, documento, hechas, ahora),
        limite=limite,
        dias=plazos.get_entero("NOTIFICAR", al=documento.fechado_el),
        tarde=hoy > limite,
        aviso_de_riesgo=_decir_riesgo(expediente, hoy),
        domicilios=tuple(modalidades.get_domicilios(expediente, al=hoy)),
        hechas=tuple(hechas),
        en_curso=next((hecha for hecha in hechas if hecha.esta_viva), None),
    )


def get_limite(
    documento: Documento,
    hechas: list[NotificacionDelExpediente],
    *,
    para: Persona | None = None,
    calendario: Calendario | None = None,
) -> date:
    """El último día para notificar un acto (art. 24.1); si un correo quedó sin confirmar, el que volvió a contarse."""
    for hecha in reversed(hechas):
        if hecha.diligencia is not None and hecha.diligencia.renotificar_hasta is not None:
            return hecha.diligencia.renotificar_hasta
    dias = plazos.get_entero("NOTIFICAR", al=documento.fechado_el)
    return vencer(documento.fechado_el, dias, HABILES, calendario or get_calendario()).fecha


def get_acto_por_notificar(
    expediente: Expediente, *, para: Persona | None, documento: int | None = None
) -> Documento | None:
    """El acto firmado que toca notificar: el pedido; si no se dice, la corrección o el traslado que nadie notificó
    todavía o, si no hay, la última decisión firmada del expediente.
    """
    firmados = Proyecto.objects.filter(expediente=expediente, estado=Proyecto.Estado.EMITIDO).select_related(
        "documento__unidad", "documento__tipo", "documento__archivo"
    )
    if documento is not None:
        elegido = firmados.filter(documento=documento).first()
    elif (aparte := modalidades.get_aparte_por_notificar(expediente)) is not None:
        return aparte
    else:
        elegido = firmados.filter(pone_fin=True).order_by("-etapa", "-pk").first()
    return elegido.documento if elegido else None


def get_por_cedula(*, para: Persona, ahora: datetime, limite: int = 50) -> list[NotificacionDelExpediente]:
    """Lo que las unidades de ``para`` deben notificar por cédula porque otro medio no llegó: la tarea pendiente."""
    hoy = hoy_en_lima(ahora)
    ultimas = (
        NotificacionDelExpediente.objects.filter(
            expediente__estado="POR_NOTIFICAR", expediente__unidad_responsable__in=para.unidades
        )
        .select_related("expediente__administrado", "notificacion__documento", "diligencia__documento")
        .order_by("expediente", "-pk")
        .distinct("expediente")
    )
    pendientes = [
        fila
        for fila in ultimas
        if not fila.esta_viva
        and not (
            fila.diligencia and fila.diligencia.renotificar_desde and fila.diligencia.renotificar_desde > hoy
        )
    ]
    return pendientes[:limite]


def _opciones(
    expediente: Expediente, documento: Documento, hechas: list[NotificacionDelExpediente], ahora: datetime
) -> tuple[Opcion, ...]:
    hoy = hoy_en_lima(ahora)
    checks: dict[str, Callable[[], None]] = {
        modalidades.CASILLA: lambda: modalidades.check_casilla(expediente, hechas, en=ahora),
        modalidades.CORREO: lambda: modalidades.check_correo(expediente, hechas, en=ahora),
        modalidades.CEDULA: lambda: modalidades.check_cedula(expediente, hechas, en=ahora),
        modalidades.PUBLICACION: lambda: modalidades.check_publicacion(
            expediente, documento, hechas, en=ahora, al=hoy
        ),
    }
    opciones, elegida = [], False
    for modalidad, check in checks.items():
        try:
            modalidades.check_sin_otra_en_curso(hechas, modalidad)
            check()
        except Negativa as negativa:
            por_causa = modalidad == modalidades.PUBLICACION and _puede_por_causa(
                expediente, documento, hechas, ahora
            )
            opciones.append(
                Opcion(
                    modalidad,
                    _TEXTOS[modalidad],
                    negado=negativa.frase,
                    norma=negativa.norma,
                    por_causa=por_causa,
                )
            )
            continue
        opciones.append(
            Opcion(modalidad, _TEXTOS[modalidad], porque=_porque(modalidad, hechas), recomendada=not elegida)
        )
        elegida = True
    return tuple(opciones)


def _puede_por_causa(
    expediente: Expediente, documento: Documento, hechas: list[NotificacionDelExpediente], ahora: datetime
) -> bool:
    """Verdadero si una ley que exija publicar bastaría: ni casilla, ni otra notificación en curso lo impiden."""
    try:
        modalidades.check_sin_otra_en_curso(hechas, modalidades.PUBLICACION)
        modalidades.check_publicacion(
            expediente,
            documento,
            hechas,
            en=ahora,
            al=hoy_en_lima(ahora),
            causa=Publicacion.Causa.LA_LEY_LO_EXIGE,
        )
    except Negativa:
        return False
    return True


def _porque(modalidad: str, hechas: list[NotificacionDelExpediente]) -> str:
    if modalidad == modalidades.CEDULA and modalidades.reboto(hechas):
        return "No se le pudo avisar del depósito en su casilla (DS 098-2025-PCM, art. 55)."
    if modalidad == modalidades.CEDULA and any(
        h.diligencia and h.diligencia.estado == Diligencia.Estado.SIN_ACUSE for h in hechas
    ):
        return "Se le envió por correo y no confirmó en su plazo (Ley 27444, art. 20.4)."
    return _PORQUES[modalidad]


def _decir_riesgo(expediente: Expediente, hoy: date) -> str:
    """Con silencio positivo: hasta cuándo llega a tiempo lo que se notifica, y qué pasa si no (art. 188.1)."""
    limite, seguro = expediente.limite_notificacion, expediente.ultimo_deposito_seguro
    positivo = expediente.calificacion == VersionProcedimiento.Calificacion.SILENCIO_POSITIVO
    corre = expediente.estado in CON_RELOJ and expediente.silencio_operado_el is None
    if not positivo or limite is None or not corre:
        return ""
    if hoy > limite:
        return (
            f"El {fecha_en_palabras(limite)} fue el último día para notificar: lo pedido queda aprobado por silencio "
            "positivo (Ley 27444, art. 188.1)."
        )
    if seguro is not None and hoy <= seguro:
        return (
            f"Último depósito seguro: {fecha_en_palabras(seguro)}. Lo que se deposite después en la casilla, si nadie "
            f"lo abre, surtirá efecto pasado el {fecha_en_palabras(limite)}, y lo pedido quedará aprobado por silencio."
        )
    era = f" El último depósito seguro fue el {fecha_en_palabras(seguro)}." if seguro else ""
    return (
        f"Riesgo de silencio positivo: la decisión debe surtir efecto a más tardar el {fecha_en_palabras(limite)}. "
        f"Lo depositado hoy en la casilla, si nadie lo abre, llegaría tarde.{era} La cédula surte efecto el día en que "
        "se entrega."
    )
