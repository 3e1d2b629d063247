"""La historia de una notificación, parada por parada, en palabras de quien la recibe; cada hecho, con su constancia."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse

from llaqta.cimientos.calendario import LIMA, fecha_en_palabras
from llaqta.cimientos.web.piezas import Hito
from llaqta.salas.casilla.models import Alerta, Constancia, Notificacion


@dataclass(frozen=True)
class Papel:
    """Una constancia que se puede descargar, y la prueba de que su hecho está en el registro."""

    nombre: str
    pdf: str
    prueba: str


def en_pantalla(vista: Notificacion, *, al: date, decir_direccion: bool) -> dict[str, Any]:
    """Lo que se muestra de una notificación, lo mismo a su titular que a quien la depositó.

    :param decir_direccion: si se dice a qué correo o teléfono se avisó: solo a su titular
    """
    return {
        "notificacion": vista,
        "surtio": vista.surte_efecto(al),
        "hitos": contar(vista, al=al, decir_direccion=decir_direccion),
        "papeles": papeles(vista),
        "faltan": faltan(vista),
    }


def contar(notificacion: Notificacion, *, al: date, decir_direccion: bool) -> list[Hito]:
    """Lo que pasó, en orden, y lo que falta.

    :param decir_direccion: a su dueña se le dice a dónde se le avisó; a los demás, solo por qué medio
    """
    hitos = [_deposito(notificacion)]
    hitos += [_aviso(una, decir_direccion=decir_direccion) for una in notificacion.alertas.all()]
    if notificacion.leida_en is not None:
        hitos.append(
            Hito(
                "Abierta", notificacion.leida_en, f"La abrió {notificacion.leida_por}: es su acuse de recibo."
            )
        )
    hitos += _desenlace(notificacion, al)
    # sorted es estable: lo que ocurrió en el mismo instante queda en el orden en que se cuenta.
    return sorted(hitos, key=_cuando)


def _cuando(hito: Hito) -> datetime:
    """Un día sin hora va al final de ese día; lo que no tiene fecha, al final de todo."""
    if isinstance(hito.cuando, datetime):
        return hito.cuando
    return datetime.combine(hito.cuando or date.max, time.max, tzinfo=LIMA)


def papeles(notificacion: Notificacion) -> list[Papel]:
    """Las constancias ya selladas."""
    return [
        Papel(
            una.get_clase_display(),
            reverse("documento_pdf", args=[una.documento_id]),
            reverse("casilla_prueba", args=[notificacion.codigo, una.clase.lower()]) if una.suceso_id else "",
        )
        for una in notificacion.constancias.all()
    ]


def faltan(notificacion: Notificacion) -> bool:
    """Verdadero si la constancia de lo último que pasó todavía se está sellando."""
    selladas = {una.clase for una in notificacion.constancias.all()}
    debe = {Constancia.Clase.DEPOSITO}
    if notificacion.leida_en is not None:
        debe.add(Constancia.Clase.LECTURA)
    return not {str(clase) for clase in debe} <= selladas


def _deposito(notificacion: Notificacion) -> Hito:
    legal = notificacion.deposito_computa_el
    return Hito(
        "Depositada en la casilla",
        notificacion.depositada_en,
        f"Para la ley, el depósito es del {fecha_en_palabras(legal)}.",
    )


def _aviso(alerta: Alerta, *, decir_direccion: bool) -> Hito:
    por = "correo" if alerta.canal == Alerta.Canal.CORREO else "mensaje de texto"
    a_donde = f" a {alerta.direccion}" if decir_direccion else ""
    frases: dict[str, Callable[[], str]] = {
        Alerta.Resultado.PENDIENTE: lambda: "Todavía no sale.",
        Alerta.Resultado.EN_CURSO: lambda: "Está saliendo.",
        Alerta.Resultado.ENVIADA: lambda: (
            "Consta que llegó." if alerta.entregada_en else "Lo aceptó quien lo entrega."
        ),
        Alerta.Resultado.FALLIDA: lambda: (
            "Volvió sin entregarse." if alerta.devuelta_en else "No se pudo entregar."
        ),
        Alerta.Resultado.INCIERTA: lambda: "No se sabe si salió.",
    }
    veces = f", intento {alerta.intento}" if alerta.intento > 1 else ""
    pendiente = alerta.resultado == Alerta.Resultado.PENDIENTE
    return Hito(
        f"Aviso por {por}{a_donde}{veces}",
        alerta.programada_para if pendiente else alerta.resuelta_en or alerta.intentada_en,
        frases[alerta.resultado](),
        situacion="pendiente" if pendiente else "hecho",
    )


def _desenlace(notificacion: Notificacion, al: date) -> list[Hito]:
    estado = Notificacion.Estado
    if notificacion.estado == estado.ANULADA:
        return [
            Hito("Anulada", None, f"No surtió efecto. {notificacion.motivo_anulacion}", situacion="actual")
        ]
    if notificacion.estado == estado.DERIVADA_A_CEDULA:
        return [Hito("Se notifica por cédula", None, "No se pudo avisar de ella.", situacion="actual")]
    if notificacion.estado == estado.REBOTADA_ALERTA:
        return [
            Hito(
                "No se pudo avisar",
                None,
                "El paso de los días no le da efecto. Si se abre, lo surte ese día; si no, se lleva por cédula.",
                situacion="actual",
            )
        ]
    if notificacion.efecto_el is None:
        return [Hito("Surte efecto", None, "El día en que se abra.", situacion="pendiente")]
    if notificacion.surte_efecto(al):
        vencio = notificacion.efecto_por == Notificacion.EfectoPor.VENCIMIENTO
        antes = [Hito("Venció el plazo para abrirla", None, "Nadie la abrió a tiempo.")] if vencio else []
        return [
            *antes,
            Hito("Surtió efecto", notificacion.efecto_el, "Desde el día siguiente corren los plazos."),
        ]
    dicho = "Si nadie la abre antes." if not notificacion.fue_leida else ""
    return [Hito("Surte efecto", notificacion.efecto_el, dicho, situacion="pendiente")]
