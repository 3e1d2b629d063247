"""Quién puede qué en la casilla, y la frase que dice por qué no."""

from __future__ import annotations

from datetime import date, datetime

from llaqta.cimientos.administracion import exigir_administrador
from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.cimientos.reloj_ntp import Comprobacion
from llaqta.salas.casilla.models import Adhesion, Notificacion
from llaqta.salas.cuentas.models import Persona, Representacion
from llaqta.salas.documentos import policies as documentos
from llaqta.salas.documentos.models import Documento


class SinCasilla(NoProcede):
    """La persona no consintió ser notificada en casilla, o retiró su consentimiento."""

    def __init__(self, persona: Persona) -> None:
        super().__init__(
            f"{persona.nombre_completo} no ha aceptado la casilla electrónica: notifique en su domicilio, con cédula.",
            norma="Ley 27444, arts. 20.1.1 y 20.4; Ley 31736",
        )


def check_depositar(actor: Persona, documento: Documento) -> None:
    """Deposita quien tramita o firma, y solo un documento firmado y vigente.

    :raises Denegado: si no tramita expedientes
    :raises NoProcede: si el documento no está firmado, fue anulado o todavía espera su sello de tiempo
    """
    if not (actor.puede("expedientes.tramitar") or actor.puede("expedientes.firmar")):
        raise Denegado("Solo el personal que tramita expedientes puede notificar.")
    if not documento.firmado:
        raise NoProcede("Solo se notifica un documento firmado digitalmente.", norma="Ley 27444, art. 24.1")
    if documento.anulado_en is not None:
        raise NoProcede("Este documento fue anulado: no se puede notificar.")
    documentos.check_lista_para_salir(documento)


def get_adhesion(persona: Persona, *, en: datetime) -> Adhesion:
    """El consentimiento vigente de ``persona`` en ese instante.

    :raises SinCasilla: si no lo hay (art. 20.4: consentimiento expreso y previo)
    """
    adhesion = Adhesion.objects.vigentes(en=en).filter(persona=persona).first()
    if adhesion is None:
        raise SinCasilla(persona)
    return adhesion


def check_aceptar_por(actor: Persona, titular: Persona, *, al: date) -> None:
    """Cada persona acepta la suya; la de una empresa, quien hoy la representa (DS 029-2021-PCM, art. 57.2).

    :raises Denegado: si no es la misma persona ni representa a esa persona jurídica
    """
    if actor == titular:
        return
    representa = Representacion.objects.vigentes(al=al).filter(representante=actor, representado=titular)
    if titular.clase != Persona.Clase.JURIDICA or not representa.exists():
        raise Denegado(
            "La casilla de una empresa la acepta o la deja quien la representa; la de una persona, solo ella misma.",
            norma="Ley 31736; DS 029-2021-PCM, art. 57.2",
        )


def check_anular(actor: Persona, notificacion: Notificacion, *, al: date) -> None:
    """Se anula lo depositado por error mientras no surta efecto.

    :raises Denegado: si no tramita ni firma expedientes
    :raises NoProcede: si ya surtió efecto o ya no está depositada
    """
    if not (actor.puede("expedientes.tramitar") or actor.puede("expedientes.firmar")):
        raise Denegado("Solo el personal que tramita expedientes puede anular una notificación.")
    if notificacion.estado in (Notificacion.Estado.LEIDA, Notificacion.Estado.EFECTIVA):
        raise NoProcede("Esta notificación ya surtió efecto: no se puede anular.", norma="Ley 27444, art. 25")
    if notificacion.surte_efecto(al):
        raise NoProcede("Esta notificación ya surtió efecto: no se puede anular.", norma="Ley 27444, art. 25")
    if notificacion.estado not in (Notificacion.Estado.DEPOSITADA, Notificacion.Estado.REBOTADA_ALERTA):
        raise NoProcede("Esta notificación ya no está en la casilla.")


def check_abrir(notificacion: Notificacion) -> None:
    """Se abre lo que no fue anulado ni pasó a cédula; de quién es lo decide la consulta.

    :raises NoEncontrado: si fue anulada o se notifica por cédula
    """
    if notificacion.estado == Notificacion.Estado.ANULADA:
        raise NoEncontrado("Esta notificación fue anulada antes de surtir efecto.")
    if notificacion.estado == Notificacion.Estado.DERIVADA_A_CEDULA:
        raise NoEncontrado("No le pudimos avisar de esta notificación: se la llevaremos a su domicilio.")


def check_reloj(comprobacion: Comprobacion | None) -> None:
    """Con el reloj fuera de hora no se deposita: la constancia diría una hora falsa. Sin comprobarlo, se anota.

    :raises NoProcede: si se comprobó y se aparta más de dos segundos
    """
    if comprobacion is not None and not comprobacion.es_confiable:
        raise NoProcede(
            f"El reloj de esta máquina se aparta {comprobacion.desfase_ms / 1000:.1f} segundos de la hora de "
            f"{comprobacion.servidor}: no se puede depositar hasta que la administración lo corrija.",
        )


def check_ver_conciliacion(persona: Persona) -> None:
    """Lo que no se completó lo miran la administración y el control.

    :raises Denegado: si no es ninguno de los dos
    """
    if not persona.puede("auditoria.ver"):
        check_conciliar(persona)


def check_conciliar(actor: Persona | None) -> None:
    """Lo que no se reparó solo lo ve y lo reintenta la administración del sistema.

    :raises Denegado: si no la administra
    """
    exigir_administrador(actor, "ver y reintentar lo que la casilla no completó")


def check_ver_depositadas(actor: Persona) -> None:
    """Lo depositado lo ven el personal que tramita, por su unidad, y el control, entero.

    :raises NoEncontrado: si no es del personal: ni siquiera se dice que existe
    """
    permisos = ("expedientes.tramitar", "expedientes.firmar", "expedientes.ver_todo")
    if not any(actor.puede(permiso) for permiso in permisos):
        raise NoEncontrado
