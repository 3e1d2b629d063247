"""Quién puede qué en la mesa de partes, y la frase que dice por qué no.

No hay política para rechazar: la unidad de recepción recibe siempre y nunca califica, niega ni difiere (art. 124.1).
"""

from __future__ import annotations

from datetime import date, datetime

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.salas.cuentas import policies as cuentas_policies
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies as politicas_de_expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import rules
from llaqta.salas.mesapartes.models import Borrador, EscritoPosterior, Observacion, Presentacion

NO_ES_SUYO = "No encontramos ese expediente entre los suyos."
"""Lo mismo para el que no existe y para el de otra persona."""
RECIBIR = "mesapartes.recibir"
REGISTRAR = "mesapartes.registrar"
DEVOLVER = "mesapartes.devolver"


def check_presentar(actor: Persona, *, administrado: Persona | None, al: date) -> Persona:
    """Quien ingresó presenta por sí mismo o por alguien a quien hoy representa (art. 115).

    :returns: la persona a cuyo nombre se presenta
    :raises Denegado: si no tiene una representación vigente de ``administrado``
    """
    if administrado is None or administrado.pk == actor.pk:
        return actor
    if any(representado.pk == administrado.pk for representado in cuentas.get_representados(actor, al=al)):
        return administrado
    raise Denegado(
        f"Usted no tiene una representación vigente de {administrado.nombre_completo}. "
        "Acérquese a la mesa de partes con su carta poder para registrarla.",
        norma="Ley 27444, art. 115 (TUO, art. 126)",
    )


def check_registrar(actor: Persona) -> None:
    """:raises Denegado: si no es de la mesa de partes"""
    cuentas_policies.exigir(actor, REGISTRAR)


def check_recibir(actor: Persona) -> None:
    """:raises Denegado: si no es de la mesa de partes"""
    cuentas_policies.exigir(actor, RECIBIR)


def check_borrador(actor: Persona, borrador: Borrador | None) -> Borrador:
    """El borrador es solo de quien lo escribe.

    :raises NoEncontrado: si no existe o es de otra persona
    """
    if borrador is None or borrador.persona_id != actor.pk:
        raise NoEncontrado("Ese borrador ya no existe. Si lo presentó, lo encuentra en su carpeta.")
    return borrador


def check_ver(para: Persona | None, presentacion: Presentacion) -> None:
    """La ven quien la presentó, el administrado, la mesa de partes y quien puede ver todo.

    :raises NoEncontrado: a los demás, como si no existiera
    """
    if para is None:
        raise NoEncontrado
    if para.pk in (presentacion.presentada_por_id, presentacion.administrado_id):
        return
    if para.puede(RECIBIR) or para.puede(REGISTRAR) or para.puede("expedientes.ver_todo"):
        return
    raise NoEncontrado


def check_por_recibir(presentacion: Presentacion) -> None:
    """:raises NoProcede: si ya la recibió y derivó otra persona"""
    if presentacion.recibida_en is not None:
        raise NoProcede("Otra persona de la mesa de partes ya recibió y derivó este documento.")


def check_revisar(presentacion: Presentacion, observacion: Observacion | None) -> None:
    """Lo que se vio de cada requisito queda como estaba al observar: es lo que sostiene la observación.

    :raises NoProcede: si ya se derivó o ya se observó
    """
    check_por_recibir(presentacion)
    if observacion is not None:
        raise NoProcede(
            "Este documento ya fue observado: la revisión que sostiene esa observación no se cambia."
        )


def check_observar(
    presentacion: Presentacion, observacion: Observacion | None, *, hasta: date, ahora: datetime
) -> None:
    """Se observa una sola vez y en el plazo de la entidad.

    :raises NoProcede: si ya se observó (126.2), si ya se derivó, o si el plazo para observar pasó (125.6, 125.1)
    """
    if observacion is not None:
        raise NoProcede(
            "Este documento ya fue observado una vez. La ley prohíbe observarlo de nuevo por algo que ya se pudo ver.",
            norma=rules.ART_OBSERVACION_UNICA,
        )
    check_por_recibir(presentacion)
    if rules.en_plazo(ahora, hasta):
        return
    if presentacion.canal == Presentacion.Canal.VENTANILLA:
        raise NoProcede(
            f"Lo que llega en ventanilla se observa en el acto de recibirlo, y este documento se recibió el "
            f"{fecha_en_palabras(hasta)}. Recíbalo y derívelo; si algo falta, lo pedirá la unidad que resuelve.",
            norma=rules.ART_VENTANILLA,
        )
    raise NoProcede(
        f"El plazo de la municipalidad para observar venció el {fecha_en_palabras(hasta)}. "
        "Recíbalo y derívelo; si algo falta, lo pedirá la unidad que resuelve.",
        norma=rules.ART_PLAZO_DE_LA_ENTIDAD,
    )


def check_subsanar(
    actor: Persona, presentacion: Presentacion, observacion: Observacion | None, *, ahora: datetime
) -> Observacion:
    """Subsana quien presentó o el administrado, o la ventanilla por quien trae sus papeles, en plazo y una vez.

    :raises NoEncontrado: si la presentación no es suya
    :raises NoProcede: si no está observada, si ya se subsanó o si el plazo venció (125.4)
    """
    es_suya = actor.pk in (presentacion.presentada_por_id, presentacion.administrado_id)
    if not es_suya and not actor.puede(REGISTRAR):
        raise NoEncontrado
    if observacion is None:
        raise NoProcede("Este documento no tiene observaciones: no hay nada que subsanar.")
    if observacion.subsanada_en is not None:
        raise NoProcede("Esta observación ya se subsanó. No hace falta nada más.")
    if not rules.en_plazo(ahora, observacion.subsanar_hasta):
        raise NoProcede(
            f"El plazo para subsanar venció el {fecha_en_palabras(observacion.subsanar_hasta)}. La solicitud se "
            "tiene por no presentada: puede pedir la devolución de sus documentos y del pago, y presentarla de "
            "nuevo cuando quiera.",
            norma=rules.ART_NO_SUBSANADO,
        )
    return observacion


def check_derivar(presentacion: Presentacion, observacion: Observacion | None) -> None:
    """:raises NoProcede: si ya se derivó, o si espera que la persona subsane (125.3)"""
    check_por_recibir(presentacion)
    if observacion is not None and observacion.subsanada_en is None:
        raise NoProcede(
            "Está observado y espera que la persona lo subsane: mientras tanto no se deriva ni corre ningún plazo.",
            norma=rules.ART_NO_SE_MUEVE,
        )


def check_escrito(actor: Persona, expediente: Expediente, *, al: date) -> None:
    """En un expediente ajeno no se presenta nada: ni se dice que existe.

    :raises NoEncontrado: si no es parte en él ni representa hoy a quien lo es
    """
    if actor.pk in (expediente.administrado_id, expediente.representante_id):
        return
    if any(p.pk == expediente.administrado_id for p in cuentas.get_representados(actor, al=al)):
        return
    raise NoEncontrado(NO_ES_SUYO)


def check_encauzar(actor: Persona, escrito: EscritoPosterior) -> None:
    """Encauza la unidad que hoy tiene el expediente.

    :raises Denegado: si no es de esa unidad, o si es parte
    """
    politicas_de_expedientes.check_tramitar(actor, escrito.expediente)


def check_devolver(actor: Persona) -> None:
    """Devuelve la mesa de partes o quien tiene el encargo de hacerlo, como tesorería.

    :raises Denegado: a los demás
    """
    if not actor.puede(RECIBIR):
        cuentas_policies.exigir(actor, DEVOLVER)
