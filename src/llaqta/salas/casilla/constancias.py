"""Las constancias de la casilla: un hecho, sellado una sola vez, con lo que lo prueba y su lugar en el registro."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos import pdf, reloj_ntp
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.auditoria import pruebas
from llaqta.salas.casilla import evidencia, rules
from llaqta.salas.casilla.events import (
    AlertaRebotada,
    NotificacionConvalidada,
    NotificacionDepositada,
    NotificacionLeida,
    NotificacionSurtioEfecto,
    NotificacionVencida,
)
from llaqta.salas.casilla.models import Constancia, Notificacion
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro


@dataclass(frozen=True)
class _Dicho:
    """Lo que cambia de una constancia a otra."""

    texto: str
    hechos: list[list[str]]
    nota: Sequence[str]


ENCABEZADOS = {
    Constancia.Clase.DEPOSITO: "Constancia de depósito en casilla electrónica",
    Constancia.Clase.LECTURA: "Constancia de lectura (acuse de recibo)",
    Constancia.Clase.VENCIMIENTO: "Constancia de vencimiento sin lectura",
    Constancia.Clase.EFICACIA: "Constancia de eficacia",
    Constancia.Clase.ALERTA: "Constancia de alerta no entregada",
}
SUCESOS = {
    Constancia.Clase.DEPOSITO: (NotificacionDepositada,),
    Constancia.Clase.LECTURA: (NotificacionLeida,),
    Constancia.Clase.VENCIMIENTO: (NotificacionVencida,),
    Constancia.Clase.EFICACIA: (NotificacionSurtioEfecto, NotificacionConvalidada),
    Constancia.Clase.ALERTA: (AlertaRebotada,),
}
"""De qué suceso da fe cada una: su prueba de inclusión es la de ese suceso."""


@transaction.atomic
def sellar(*, notificacion_id: int, clase: str, ahora: datetime) -> Constancia:
    """Sella una constancia con la prueba de su suceso; si ya está sellada, la devuelve.

    :raises TodaviaNo: si el suceso aún no está en un punto firmado del registro: vuelva en unos segundos
    :raises LookupError: si ese hecho no ocurrió: de lo que no pasó no se deja constancia
    """
    notificacion = _bloquear(notificacion_id)
    if ya := notificacion.constancias.select_related("documento").filter(clase=clase).first():
        return ya
    prueba = pruebas.get_prueba(_suceso(notificacion, Constancia.Clase(clase)))
    documento = _componer(notificacion, Constancia.Clase(clase), prueba, ahora)
    return Constancia.objects.create(
        notificacion=notificacion,
        clase=clase,
        documento=documento,
        suceso_id=prueba.suceso_id,
        hoja=prueba.hoja,
        tamano=prueba.tamano,
        raiz=prueba.raiz,
        sellada_en=ahora,
    )


def _bloquear(notificacion_id: int) -> Notificacion:
    # Sin bloquear su llave: mientras se compone y se sella, la alerta que la nombra se puede anotar.
    Notificacion.objects.select_for_update(no_key=True).only("pk").get(pk=notificacion_id)
    return Notificacion.objects.select_related(
        "destinatario", "adhesion", "leida_por", "documento__archivo", "documento__unidad"
    ).get(pk=notificacion_id)


def _suceso(notificacion: Notificacion, clase: Constancia.Clase) -> int:
    hallado = (
        Suceso.objects.filter(
            objeto_tipo=notificacion._meta.label,
            objeto_id=str(notificacion.pk),
            tipo__in=[evento.tipo() for evento in SUCESOS[clase]],
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    if hallado is None:
        raise LookupError(f"De {notificacion} no consta ese hecho: {clase.label}.")
    return hallado


def _de_deposito(notificacion: Notificacion) -> _Dicho:
    # El trabajador puede llegar después de la lectura: lo que se deposita se cuenta siempre como sin abrir.
    sin_acuse = rules.calcular_efecto(
        deposito=notificacion.deposito_computa_el,
        acuse=None,
        regla=notificacion.regla_efecto,
        dias=notificacion.dias_para_acusar,
        calendario=get_calendario(),
    )
    return _Dicho(
        "Se deja constancia de que el documento que abajo se identifica fue depositado en la casilla electrónica de su "
        "destinatario, quien consintió ser notificado por este medio.",
        [
            *evidencia.deposito(notificacion),
            ["Si nadie lo abre, surte efecto", evidencia.el_dia(sin_acuse.fecha)],
        ],
        sin_acuse.explicacion,
    )


def _de_lectura(notificacion: Notificacion) -> _Dicho:
    assert notificacion.leida_en is not None
    assert notificacion.leida_por is not None
    return _Dicho(
        "Se deja constancia de que el documento que abajo se identifica fue abierto en la casilla electrónica.",
        [
            *evidencia.deposito(notificacion),
            ["Abierto el", evidencia.instante(notificacion.leida_en)],
            ["Abierto por", f"{notificacion.leida_por} ({notificacion.leida_por.documento})"],
            ["Surte efecto", evidencia.el_dia(notificacion.efecto_el)],
        ],
        notificacion.explicacion,
    )


def _de_vencimiento(notificacion: Notificacion) -> _Dicho:
    dias = notificacion.dias_para_acusar
    return _Dicho(
        f"Se deja constancia de que pasaron los {dias} días hábiles para acusar recibo sin que nadie abriera el "
        "documento que abajo se identifica, depositado en la casilla electrónica de su destinatario.",
        [*evidencia.deposito(notificacion), ["Surtió efecto", evidencia.el_dia(notificacion.efecto_el)]],
        notificacion.explicacion,
    )


def _de_eficacia(notificacion: Notificacion) -> _Dicho:
    por_que = Notificacion.EfectoPor(notificacion.efecto_por).label
    leida = (
        [["Abierto el", evidencia.instante(notificacion.leida_en)]]
        if notificacion.leida_en is not None
        else []
    )
    return _Dicho(
        "Se deja constancia de que la notificación del documento que abajo se identifica surtió efecto. Los plazos que "
        "dependen de ella se cuentan desde el día siguiente.",
        [
            *evidencia.deposito(notificacion),
            *leida,
            ["Surtió efecto", evidencia.el_dia(notificacion.efecto_el)],
            ["Porque", por_que],
        ],
        notificacion.explicacion,
    )


def _de_alerta(notificacion: Notificacion) -> _Dicho:
    return _Dicho(
        "Se deja constancia de que no se pudo avisar al titular de la casilla del depósito que abajo se identifica. La "
        "alerta es parte de la notificación (DS 098-2025-PCM, art. 55): este depósito no surte efecto por el paso de "
        "los días.",
        [
            *evidencia.deposito(notificacion),
            ["Surte efecto", "Solo si la persona lo abre; si no, se notifica por cédula"],
        ],
        notificacion.explicacion,
    )


_DICHOS: dict[Constancia.Clase, Callable[[Notificacion], _Dicho]] = {
    Constancia.Clase.DEPOSITO: _de_deposito,
    Constancia.Clase.LECTURA: _de_lectura,
    Constancia.Clase.VENCIMIENTO: _de_vencimiento,
    Constancia.Clase.EFICACIA: _de_eficacia,
    Constancia.Clase.ALERTA: _de_alerta,
}


def _reloj(notificacion: Notificacion, clase: Constancia.Clase) -> dict[str, Any]:
    """El del depósito quedó congelado con él; los demás hechos se sellan en segundos, con la última comprobación."""
    if clase == Constancia.Clase.DEPOSITO:
        return dict(notificacion.reloj)
    ultima = reloj_ntp.ultima()
    return ultima.como_datos() if ultima else {}


def _componer(
    notificacion: Notificacion, clase: Constancia.Clase, prueba: pruebas.Prueba, ahora: datetime
) -> Documento:
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    dicho, encabezado = _DICHOS[clase](notificacion), ENCABEZADOS[clase]
    nombre = notificacion.documento.numero or notificacion.documento.asunto
    datos: dict[str, Any] = {
        "encabezado_principal": encabezado,
        "numero": notificacion.codigo,
        "texto": [dicho.texto],
        "secciones": [
            {"titulo": "Destinatario", "filas": evidencia.destinatario(notificacion)},
            {"titulo": "Acto notificado", "filas": evidencia.acto(notificacion)},
            {"titulo": "Hechos", "filas": [*dicho.hechos, *evidencia.erds(clase)]},
            {"titulo": "Avisos a su titular", "filas": evidencia.avisos(notificacion)},
            {
                "titulo": "Dónde consta",
                "filas": [*evidencia.registro(prueba), evidencia.reloj(_reloj(notificacion, clase))],
            },
        ],
        "huellas": [{"nombre": nombre, "sha256": notificacion.huella}],
        "nota": list(dicho.nota),
        "verificacion": recuadro(cvd),
    }
    compuesta = pdf.componer("constancia", datos, titulo=f"{encabezado} {notificacion.codigo}", ahora=ahora)
    return documentos.guardar_sellado(
        pdf=compuesta,
        motivo="Constancia de la casilla electrónica",
        tipo="CONSTANCIA",
        asunto=f"{encabezado} {notificacion.codigo}",
        nombre=f"constancia-{clase.lower()}-{notificacion.codigo}.pdf",
        cvd=cvd,
        # La hoja es nuestra y tiene reservado su lugar: buscarlo sería dibujarla entera otra vez.
        caja=pdf.caja_de_firma(0),
        ahora=ahora,
        personas=[notificacion.destinatario],
        metadatos=documentos.A_PEDIDO,
        # La prueba es también de la unidad que notificó.
        unidades=[notificacion.documento.unidad] if notificacion.documento.unidad else [],
    )
