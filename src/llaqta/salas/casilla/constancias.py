"""Las constancias de la casilla: qué se depositó o leyó, cuándo, con qué huella y desde cuándo surte efecto."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.casilla import rules
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro


@transaction.atomic
def sellar_deposito(*, notificacion_id: int, ahora: datetime) -> Documento:
    """Sella la constancia de depósito y la une a la notificación; si ya la tiene, la devuelve."""
    notificacion = _bloquear(notificacion_id)
    if notificacion.constancia is None:
        # El trabajador puede llegar después de la lectura: lo que se deposita se cuenta siempre como sin abrir.
        sin_acuse = rules.calcular_efecto(
            deposito=notificacion.deposito_computa_el,
            acuse=None,
            regla=notificacion.regla_efecto,
            dias=notificacion.dias_para_acusar,
            calendario=get_calendario(),
        )
        notificacion.constancia = _sellar(
            notificacion,
            encabezado="Constancia de depósito en casilla electrónica",
            texto=(
                "Se deja constancia de que el documento que abajo se identifica fue depositado en la casilla "
                "electrónica de su destinatario, quien consintió ser notificado por este medio."
            ),
            hechos=[
                ["Depositado el", pdf.fecha_hora(notificacion.depositada_en)],
                ["Fecha legal del depósito", fecha_en_palabras(notificacion.deposito_computa_el)],
                ["Regla de efecto", notificacion.get_regla_efecto_display()],
                ["Si nadie lo abre, surte efecto", _el_dia(sin_acuse.fecha)],
            ],
            nota=sin_acuse.explicacion,
            ahora=ahora,
        )
        notificacion.save(update_fields=["constancia"])
    return notificacion.constancia


@transaction.atomic
def sellar_lectura(*, notificacion_id: int, ahora: datetime) -> Documento:
    """Sella la constancia de lectura (acuse) y la une a la notificación; si ya la tiene, la devuelve."""
    notificacion = _bloquear(notificacion_id)
    if notificacion.constancia_de_lectura is None:
        assert notificacion.leida_en is not None
        assert notificacion.leida_por is not None
        notificacion.constancia_de_lectura = _sellar(
            notificacion,
            encabezado="Constancia de lectura (acuse de recibo)",
            texto=(
                "Se deja constancia de que el documento que abajo se identifica fue abierto en la casilla electrónica."
            ),
            hechos=[
                ["Depositado el", pdf.fecha_hora(notificacion.depositada_en)],
                ["Abierto el", pdf.fecha_hora(notificacion.leida_en)],
                ["Abierto por", f"{notificacion.leida_por} ({notificacion.leida_por.documento})"],
                ["Surte efecto", _el_dia(notificacion.efecto_el)],
            ],
            nota=notificacion.explicacion,
            ahora=ahora,
        )
        notificacion.save(update_fields=["constancia_de_lectura"])
    return notificacion.constancia_de_lectura


@transaction.atomic
def sellar_alerta_rebotada(*, notificacion_id: int, ahora: datetime) -> Documento:
    """Sella la constancia de que se intentó avisar y no se pudo, con cada intento; si ya la tiene, la devuelve."""
    notificacion = _bloquear(notificacion_id)
    if notificacion.constancia_de_alerta is None:
        notificacion.constancia_de_alerta = _sellar(
            notificacion,
            encabezado="Constancia de alerta no entregada",
            texto=(
                "Se deja constancia de que no se pudo avisar al titular de la casilla del depósito que abajo se "
                "identifica. La alerta es parte de la notificación (DS 098-2025-PCM, art. 55): este depósito no "
                "surte efecto por el paso de los días."
            ),
            hechos=[
                ["Depositado el", pdf.fecha_hora(notificacion.depositada_en)],
                *(
                    [
                        f"Intento {alerta.intento}, por {alerta.get_canal_display().lower()}",
                        f"{pdf.fecha_hora(alerta.intentada_en)}, a {alerta.direccion}. {alerta.detalle}",
                    ]
                    for alerta in notificacion.alertas.all()
                ),
                ["Surte efecto", "Solo si la persona lo abre; si no, se notifica por cédula"],
            ],
            nota=notificacion.explicacion,
            ahora=ahora,
        )
        notificacion.save(update_fields=["constancia_de_alerta"])
    return notificacion.constancia_de_alerta


def _bloquear(notificacion_id: int) -> Notificacion:
    # Las constancias pueden faltar (LEFT JOIN): se bloquea solo la notificación y lo demás se lee después. Sin bloquear
    # su llave: mientras se compone y se sella, la alerta que la nombra se puede anotar.
    Notificacion.objects.select_for_update(no_key=True).only("pk").get(pk=notificacion_id)
    return Notificacion.objects.select_related(
        "destinatario",
        "leida_por",
        "documento__archivo",
        "documento__unidad",
        "constancia",
        "constancia_de_lectura",
        "constancia_de_alerta",
    ).get(pk=notificacion_id)


def _el_dia(efecto: date | None) -> str:
    return f"el {fecha_en_palabras(efecto)}" if efecto else "cuando se acuse recibo"


def _sellar(
    notificacion: Notificacion,
    *,
    encabezado: str,
    texto: str,
    hechos: list[list[str]],
    nota: Sequence[str],
    ahora: datetime,
) -> Documento:
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    datos: dict[str, Any] = {
        "encabezado_principal": encabezado,
        "numero": notificacion.codigo,
        "texto": [texto],
        "secciones": [
            {
                "titulo": "Destinatario",
                "filas": [
                    ["Nombre", notificacion.destinatario.nombre_completo],
                    ["Documento", notificacion.destinatario.documento],
                ],
            },
            {
                "titulo": "Acto notificado",
                "filas": [
                    ["Expediente", notificacion.expediente],
                    ["Documento", notificacion.documento.numero],
                    ["Asunto", notificacion.asunto],
                    ["Recursos que proceden", notificacion.recursos or "Los que el documento indica"],
                ],
            },
            {"titulo": "Hechos", "filas": hechos},
        ],
        "huellas": [
            {"nombre": notificacion.documento.numero, "sha256": notificacion.documento.archivo.sha256}
        ],
        "nota": list(nota),
        "verificacion": recuadro(cvd),
    }
    compuesta = pdf.componer("constancia", datos, titulo=f"{encabezado} {notificacion.codigo}", ahora=ahora)
    return documentos.guardar_sellado(
        pdf=compuesta,
        motivo="Constancia de la casilla electrónica",
        tipo="CONSTANCIA",
        asunto=f"{encabezado} {notificacion.codigo}",
        nombre=f"constancia-{notificacion.codigo}.pdf",
        cvd=cvd,
        ahora=ahora,
        personas=[notificacion.destinatario],
        # La prueba es también de la unidad que notificó.
        unidades=[notificacion.documento.unidad] if notificacion.documento.unidad else [],
    )
