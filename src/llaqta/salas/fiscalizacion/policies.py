"""Quién fiscaliza, y cuándo."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.fiscalizacion import rules
from llaqta.salas.fiscalizacion.models import Candidato, Sorteo

PERMISO = "fiscalizacion.verificar"


def check_fiscalizar(actor: Persona | None) -> Persona:
    """Convoca, sortea y comprueba quien tiene ese encargo.

    :raises Denegado: si no lo tiene
    """
    cuentas.exigir(actor, PERMISO)
    return cuentas.exigir_persona(actor)


def check_convocar(hasta: date, *, al: date) -> None:
    """La frase se publica antes de que termine el semestre: después se podría escoger la que convenga.

    :raises NoProcede: si el semestre ya terminó
    """
    if al > hasta:
        raise NoProcede(
            f"El semestre terminó el {fecha_en_palabras(hasta)}: la frase debía publicarse antes.",
            norma=rules.NORMA,
        )


def check_sortear(sorteo: Sorteo, *, al: date) -> None:
    """Se sortea cuando el semestre terminó: la lista ya no puede crecer.

    :raises NoProcede: si todavía no termina
    """
    if al <= sorteo.hasta:
        raise NoProcede(
            f"El semestre termina el {fecha_en_palabras(sorteo.hasta)}: se sortea desde el día siguiente.",
            norma=rules.NORMA,
        )


def check_comprobar(actor: Persona, candidato: Candidato) -> None:
    """Se comprueba lo que salió sorteado, y no lo comprueba quien intervino en él.

    :raises Denegado: si es parte, o si lo tramitó
    :raises NoProcede: si no salió sorteado
    """
    if not candidato.elegido:
        raise NoProcede("Ese expediente no salió sorteado.", norma=rules.NORMA)
    expediente = candidato.expediente
    tramito = expediente.movimientos.filter(recibido_por=actor).exists()
    if tramito or actor.pk in (expediente.administrado_id, expediente.representante_id):
        raise Denegado(
            "Usted intervino en este expediente: lo comprueba otra persona.",
            norma="Ley 27444, art. 88 (TUO, art. 99)",
        )
