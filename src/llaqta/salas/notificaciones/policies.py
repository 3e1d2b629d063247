"""Quién ordena y quién practica una notificación, qué medio admite la ley, y la frase que dice por qué no."""

from __future__ import annotations

from datetime import date, datetime

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones.models import AutorizacionDeCorreo, Diligencia, Publicacion, Visita

DILIGENCIAR = "notificaciones.diligenciar"
SIN_AUTORIZACION = (
    "{nombre} no autorizó que se le notifique por correo: tener su correo no basta; "
    "la autorización es expresa."
)
FALTAN_VISITAS = (
    "La publicación es lo último: antes hay que buscar a la persona en su domicilio, con las visitas y actas que la "
    "ley manda, o tener una de las causas del artículo 23.1.2."
)
ANTES_SE_INTENTO = (
    Publicacion.Causa.DOMICILIO_EQUIVOCADO,
    Publicacion.Causa.DESAPARECIDA,
    Publicacion.Causa.EN_EL_EXTRANJERO,
)


class CorreoSinAutorizacion(NoProcede):
    """La persona no autorizó expresamente que se le notifique por correo, o retiró su autorización."""

    def __init__(self, persona: Persona) -> None:
        super().__init__(
            SIN_AUTORIZACION.format(nombre=persona.nombre_completo), norma="Ley 27444, art. 20.4"
        )


def check_ordenar(actor: Persona, documento: Documento) -> None:
    """Ordena notificar quien tramita o firma, y solo un documento firmado y vigente.

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


def check_ver(persona: Persona) -> None:
    """La lista la ve el personal que ordena o practica notificaciones, y el control.

    :raises Denegado: si no es de ellos
    """
    permisos = (DILIGENCIAR, "expedientes.tramitar", "expedientes.firmar", "expedientes.ver_todo")
    if not any(map(persona.puede, permisos)):
        raise Denegado("Las notificaciones las ve el personal que las ordena o las lleva.")


def check_diligenciar(actor: Persona | None) -> Persona:
    """Visita y levanta actas quien ejerce de notificador.

    :raises Denegado: si no lo es
    """
    cuentas.exigir(actor, DILIGENCIAR)
    return cuentas.exigir_persona(actor)


def get_autorizacion(persona: Persona, *, en: datetime) -> AutorizacionDeCorreo:
    """La autorización expresa que vale en ese instante.

    :raises CorreoSinAutorizacion: si no la hay (art. 20.4)
    """
    autorizacion = AutorizacionDeCorreo.objects.vigentes(en=en).filter(persona=persona).first()
    if autorizacion is None:
        raise CorreoSinAutorizacion(persona)
    return autorizacion


def check_publicar(destinatario: Persona, documento: Documento, *, causa: str, sustento: str = "-") -> None:
    """La publicación solo procede por las causas de la ley, y buscar a la persona viene antes (arts. 20.2 y 23.1).

    :param causa: vacía, si todavía no se elige: entonces hace falta haber buscado ya a la persona, sin hallarla
    :raises NoProcede: si falta buscarla en su domicilio
    :raises EntradaInvalida: si la causa no existe o falta el sustento
    """
    intentos = Diligencia.objects.filter(documento=documento, destinatario=destinatario)
    fracaso = intentos.filter(modalidad="CEDULA", estado=Diligencia.Estado.NO_PRACTICADA).exists()
    if causa and causa not in Publicacion.Causa.values:
        raise EntradaInvalida("Elija la causa por la que se publica.", campo="causa")
    if intentos.filter(modalidad="CEDULA", estado=Diligencia.Estado.POR_DILIGENCIAR).exists():
        raise NoProcede(
            "Hay una cédula en curso: falta su visita. " + FALTAN_VISITAS,
            norma="Ley 27444, arts. 20.2 y 21.5",
        )
    if (not causa or causa in ANTES_SE_INTENTO) and not fracaso:
        raise NoProcede(FALTAN_VISITAS, norma="Ley 27444, arts. 20.2, 21.5 y 23.1.2")
    if not sustento.strip():
        raise EntradaInvalida(
            "Falta el sustento: qué se hizo para ubicar a la persona, o qué ley exige publicar.",
            campo="sustento",
            norma="Ley 27444, art. 23.1.2",
        )


def check_visitar(actor: Persona | None, diligencia: Diligencia, *, resultado: str, numero: int) -> Persona:
    """Lo que el notificador puede anotar en su primera o segunda visita (arts. 21.3 a 21.5).

    :raises Denegado: si no es notificador
    :raises NoProcede: si la diligencia ya terminó, o si la ley pide otra cosa en esa visita
    :raises EntradaInvalida: si el resultado no existe
    """
    quien = check_diligenciar(actor)
    if (
        diligencia.modalidad != Diligencia.Modalidad.CEDULA
        or diligencia.estado != Diligencia.Estado.POR_DILIGENCIAR
    ):
        raise NoProcede("Esta diligencia ya no espera una visita.")
    if resultado not in Visita.Resultado.values:
        raise EntradaInvalida("Elija qué pasó en la visita.", campo="resultado")
    if numero == 1 and resultado == Visita.Resultado.BAJO_PUERTA:
        raise NoProcede(
            "En la primera visita no se deja bajo la puerta: se deja un aviso con la nueva fecha en que se vuelve.",
            norma="Ley 27444, art. 21.5",
        )
    if numero == 2 and resultado == Visita.Resultado.AUSENTE:
        raise NoProcede(
            "Esta ya es la segunda visita: si no hay nadie, la cédula se deja bajo la puerta y el acta lo dice.",
            norma="Ley 27444, art. 21.5",
        )
    return quien


def check_anular(actor: Persona, diligencia: Diligencia, *, al: date) -> None:
    """Se anula la defectuosa que aún no surte efecto; la que ya lo surtió solo se rehace si era defectuosa.

    :raises Denegado: si no ordena notificaciones
    :raises NoProcede: si ya terminó
    """
    if not (actor.puede("expedientes.tramitar") or actor.puede("expedientes.firmar")):
        raise Denegado("Solo el personal que tramita expedientes puede anular una notificación.")
    if not diligencia.esta_viva:
        raise NoProcede("Esta diligencia ya terminó: no hay qué anular.")
    if diligencia.surte_efecto(al):
        raise NoProcede(
            "Esta notificación ya surtió efecto: si la persona la cuestiona, lo decide quien resuelve.",
            norma="Ley 27444, arts. 25 y 26",
        )


def check_acusar(diligencia: Diligencia, *, al: date) -> None:
    """Confirmar vale dentro de su plazo; después, la notificación va por cédula (art. 20.4).

    :raises NoProcede: si el plazo pasó o la diligencia terminó
    """
    tarde = diligencia.acusar_hasta is not None and al > diligencia.acusar_hasta
    if diligencia.estado != Diligencia.Estado.ENVIADA or tarde:
        raise NoProcede(
            "El plazo para confirmar terminó. Se la llevaremos en papel, a su domicilio: no ha perdido ningún derecho.",
            norma="Ley 27444, art. 20.4",
        )
