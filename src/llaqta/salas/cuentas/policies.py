"""Quién puede, y con qué frase se dice que no. La misma frase sirve en la página de error y en el botón apagado."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas.models import Persona, RolDePersona

PERMISOS: dict[str, tuple[str, str]] = {
    "mesapartes.recibir": (
        "Revisar y derivar lo que llega a la mesa de partes",
        "Solo el personal de la mesa de partes puede recibir, observar y derivar documentos.",
    ),
    "mesapartes.registrar": (
        "Registrar en ventanilla lo que llega en papel",
        "Solo el personal de la mesa de partes puede registrar documentos en ventanilla.",
    ),
    "mesapartes.devolver": (
        "Devolver lo pagado por solicitudes no presentadas",
        "Solo la mesa de partes y tesorería pueden ver y anotar devoluciones.",
    ),
    "expedientes.tramitar": (
        "Tramitar expedientes en su unidad",
        "Solo el personal encargado de tramitar expedientes puede hacer esto.",
    ),
    "expedientes.visar": (
        "Dar visto bueno",
        "Solo quien ejerce una jefatura puede dar su visto bueno.",
    ),
    "expedientes.firmar": (
        "Firmar documentos",
        "Solo quien ejerce una jefatura puede firmar documentos de su unidad.",
    ),
    "notificaciones.diligenciar": (
        "Diligenciar notificaciones en el domicilio",
        "Solo quien ejerce de notificador puede hacer visitas y levantar sus actas.",
    ),
    "expedientes.ver_todo": (
        "Ver todos los expedientes",
        "No tiene permiso para ver expedientes de otras unidades.",
    ),
    "fiscalizacion.verificar": (
        "Sortear y comprobar lo aprobado sin revisión previa",
        "Solo quien tiene el encargo de la fiscalización posterior puede hacer esto.",
    ),
    "auditoria.ver": (
        "Ver el libro de sucesos",
        "Solo el personal de control puede ver el libro de sucesos.",
    ),
    "plazos.confirmar": (
        "Verificar las reglas de los plazos",
        "Solo la asesoría jurídica puede verificar las reglas de los plazos y certificar interrupciones.",
    ),
    "tramites.editar": (
        "Editar el TUPA",
        "Solo la administración del sistema puede editar el TUPA.",
    ),
    "cuentas.administrar": (
        "Administrar personas, unidades, puestos y roles",
        "Solo la administración del sistema puede cambiar personas, unidades, puestos y roles.",
    ),
    "cimientos.administrar": (
        "Administrar la entidad, el calendario y los trabajos",
        "Solo la administración del sistema puede cambiar los ajustes de la municipalidad.",
    ),
}
"""Cada permiso con su nombre en pantalla y la frase con que se niega."""

FRASE_SIN_CUENTA = "Para continuar, ingrese a su cuenta."

FRASE_DNI_YA_REGISTRADO = (
    "Ese DNI ya figura en la municipalidad. Si ya tiene cuenta, ingrese con su contraseña; si no la tiene, "
    "actívela en ventanilla con su DNI: así nadie puede tomar su lugar."
)


def exigir_persona(persona: Persona | None) -> Persona:
    """Devuelve a quien pide.

    :raises Denegado: si nadie ha ingresado
    """
    if persona is None:
        raise Denegado(FRASE_SIN_CUENTA)
    return persona


def exigir(persona: Persona | None, permiso: str) -> None:
    """Comprueba que alguno de los roles que hoy tiene ``persona`` incluya ``permiso``.

    :raises Denegado: si no lo incluye, o si nadie ha ingresado
    :raises KeyError: si ``permiso`` no es de la casa: es un error de quien programa
    """
    _, frase = PERMISOS[permiso]
    if not exigir_persona(persona).puede(permiso):
        raise Denegado(frase)


def check_registrar_persona(actor: Persona | None) -> None:
    """Cada quien se registra a sí mismo (``None``); a otros los registra el personal de la municipalidad.

    :raises Denegado: si un ciudadano registra a otra persona
    """
    if actor is not None and not actor.es_del_personal:
        raise Denegado("Solo el personal de la municipalidad puede registrar a otra persona.")


def check_registrar_representacion(actor: Persona, *, representante: Persona | None = None) -> None:
    """La anota el personal, con el documento a la vista; nadie se nombra a sí mismo representante de otro.

    :raises Denegado: si es un ciudadano, o si quien la anota es quien va a representar
    """
    if not (actor.puede("mesapartes.registrar") or actor.puede("cuentas.administrar")):
        raise Denegado(
            "La representación la anota la mesa de partes, con el documento que la acredita a la vista."
        )
    if actor == representante:
        raise Denegado(
            "Usted no puede anotarse como representante: que lo haga otra persona de la mesa de partes."
        )


def check_desactivar_cuenta(actor: Persona, persona: Persona) -> None:
    """La desactiva quien administra, y nunca la suya: así siempre queda quien administre.

    :raises Denegado: si no administra las cuentas, o si es la suya
    """
    exigir(actor, "cuentas.administrar")
    if actor == persona:
        raise Denegado("Usted no puede desactivar su propia cuenta: pídaselo a otra persona que administre.")


def check_quitar_segundo_paso(actor: Persona, persona: Persona) -> None:
    """Lo quita quien administra, con el documento de la otra persona a la vista, y nunca el suyo.

    :raises Denegado: si no administra las cuentas, o si es el suyo
    """
    exigir(actor, "cuentas.administrar")
    if actor == persona:
        raise Denegado("El suyo se lo quita otra persona que administre, con su documento a la vista.")


def check_cambiar_clave(actor: Persona, persona: Persona) -> None:
    """Con el documento a la vista, la ventanilla ayuda a los ciudadanos; a quien trabaja aquí, solo quien administra.

    :raises Denegado: si no le corresponde: nadie toma por la ventanilla la cuenta de quien firma
    """
    if actor.puede("cuentas.administrar"):
        return
    if not actor.puede("mesapartes.registrar"):
        raise Denegado(
            "Solo el personal de ventanilla puede dar una contraseña nueva, con el documento a la vista."
        )
    if persona.es_del_personal:
        raise Denegado(
            "A quien trabaja en la municipalidad le cambia la contraseña la administración del sistema."
        )


def check_crear_cuenta(actor: Persona | None, persona: Persona) -> None:
    """La cuenta la crea la misma persona, o quien administra o atiende en ventanilla con el documento a la vista.

    :raises Denegado: si la pide otra
    """
    if actor is not None and actor != persona:
        check_cambiar_clave(actor, persona)


def hay_quien_administre(*, al: date) -> bool:
    """Verdadero si alguien administra el sistema el día ``al``."""
    return (
        RolDePersona.objects.vigentes(al=al).filter(rol__permisos__contains=["cuentas.administrar"]).exists()
    )
