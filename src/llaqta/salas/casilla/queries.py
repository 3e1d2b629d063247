"""Lo que se puede preguntar a la casilla; ``para`` es la persona que pregunta."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.auditoria import pruebas
from llaqta.salas.casilla import policies
from llaqta.salas.casilla.cuenta import Cuenta, contar
from llaqta.salas.casilla.models import (
    Adhesion,
    Balance,
    Constancia,
    Desajuste,
    Notificacion,
    NotificacionQuerySet,
)
from llaqta.salas.cuentas.models import Persona, Representacion
from llaqta.salas.plazos import queries as plazos


@dataclass(frozen=True)
class ReglasDeLaCasilla:
    """Desde cuándo surte efecto lo depositado, y si hace falta que la alerta llegue."""

    efecto: str
    dias_para_acusar: int
    inhabil_pasa_al_habil: bool
    exige_alerta: bool
    canales_exigidos: str
    plazo_desde: str
    version: dict[str, str]
    """La regla de efecto como quedará congelada: su valor, su norma, desde cuándo rige y si alguien la verificó."""


@dataclass(frozen=True)
class Titular:
    """De quién es una casilla, y su adhesión vigente si la tiene."""

    persona: Persona
    adhesion: Adhesion | None


def get_casilla(*, para: Persona, al: date) -> NotificacionQuerySet:
    """Las notificaciones de ``para`` y de quienes representa ese día, de la más reciente a la más antigua."""
    return Notificacion.objects.visible_to(para, al=al).select_related("destinatario", "documento__tipo")


def count_sin_leer(*, para: Persona, al: date) -> int:
    """Cuántas tiene sin abrir."""
    return (
        Notificacion.objects.visible_to(para, al=al)
        .filter(estado="DEPOSITADA", leida_en__isnull=True)
        .count()
    )


def get_notificacion(codigo: str, *, para: Persona, al: date) -> Notificacion:
    """Una notificación de ``para``.

    :raises NoEncontrado: si no existe o es de otra persona
    """
    consulta = get_casilla(para=para, al=al).select_related("documento__archivo", "adhesion")
    notificacion = consulta.filter(codigo=codigo).first()
    if notificacion is None:
        raise NoEncontrado("No encontramos esa notificación en su casilla.")
    return notificacion


def get_adhesion_vigente(*, para: Persona, en: datetime) -> Adhesion | None:
    """El consentimiento de ``para`` que vale en ese instante."""
    return Adhesion.objects.vigentes(en=en).filter(persona=para).select_related("texto").first()


def tiene_casilla(*, para: Persona, en: datetime) -> bool:
    """Verdadero si ``para`` puede ser notificada en su casilla en ese instante."""
    return Adhesion.objects.vigentes(en=en).filter(persona=para).exists()


def get_reglas(*, para: Persona | None = None, al: date) -> ReglasDeLaCasilla:
    """Las reglas de la casilla que rigen el día ``al``; cada notificación congela las suyas."""
    efecto, desde = (plazos.get_regla(codigo, al=al) for codigo in ("EFECTO_CASILLA", "CASILLA_PLAZO_DESDE"))
    return ReglasDeLaCasilla(
        efecto=efecto.valor,
        dias_para_acusar=plazos.get_entero("CASILLA_ACUSE", al=al),
        inhabil_pasa_al_habil=plazos.get_regla("CASILLA_INHABIL_PASA", al=al).afirma,
        exige_alerta=plazos.get_regla("CASILLA_EXIGE_ALERTA", al=al).afirma,
        canales_exigidos=plazos.get_regla("CASILLA_CANALES_EXIGIDOS", al=al).valor,
        plazo_desde=desde.valor,
        version={
            "codigo": efecto.codigo,
            "valor": efecto.valor,
            "norma": efecto.norma,
            "desde": efecto.desde.isoformat(),
            "estado": efecto.estado,
            "plazo_desde": f"{desde.codigo} = {desde.valor} ({desde.norma}, art. {desde.articulo}; rige desde "
            f"{desde.desde.isoformat()}; {desde.estado.replace('_', ' ').lower()})",
        },
    )


def get_adhesiones(*, para: Persona, en: datetime) -> list[Titular]:
    """La casilla de ``para`` y las de las personas jurídicas que representa ese día, la suya primero."""
    representadas = Persona.objects.filter(
        clase=Persona.Clase.JURIDICA,
        representantes__in=Representacion.objects.vigentes(al=hoy_en_lima(en)).filter(representante=para),
    ).distinct()
    titulares = [para, *representadas.order_by("razon_social")]
    vigentes = {
        fila.persona_id: fila for fila in Adhesion.objects.vigentes(en=en).filter(persona__in=titulares)
    }
    return [Titular(persona, vigentes.get(persona.pk)) for persona in titulares]


def get_titular(numero: str, *, para: Persona, en: datetime) -> Persona:
    """``para``, si ``numero`` está vacío; si no, la persona jurídica con ese RUC que representa.

    :raises NoEncontrado: si no representa a ninguna con ese RUC
    """
    if not numero:
        return para
    for titular in get_adhesiones(para=para, en=en)[1:]:
        if titular.persona.numero_documento == numero:
            return titular.persona
    raise NoEncontrado("No encontramos esa empresa entre las que usted representa.")


def get_depositadas(*, para: Persona, estado: str = "", buscado: str = "") -> NotificacionQuerySet:
    """Lo que depositaron las unidades de ``para``, y su estado; el control lo ve todo.

    :param estado: uno de los de la notificación; vacío, todos
    :param buscado: el comienzo del número de la notificación o del expediente
    :raises NoEncontrado: si no es del personal
    """
    policies.check_ver_depositadas(para)
    consulta = Notificacion.objects.de_oficio(para).select_related("destinatario", "documento__tipo")
    if estado:
        consulta = consulta.filter(estado=estado)
    if buscado := buscado.strip().upper():
        consulta = consulta.filter(Q(codigo__startswith=buscado) | Q(expediente__startswith=buscado))
    return consulta


def get_depositada(codigo: str, *, para: Persona) -> Notificacion:
    """Una de las que depositaron sus unidades.

    :raises NoEncontrado: si no existe, es de otra unidad, o no es del personal
    """
    consulta = get_depositadas(para=para).select_related("documento__archivo", "adhesion", "leida_por")
    notificacion = consulta.filter(codigo=codigo).first()
    if notificacion is None:
        raise NoEncontrado("No encontramos esa notificación entre las de su unidad.")
    return notificacion


def get_prueba(codigo: str, clase: str, *, para: Persona, al: date) -> pruebas.Prueba:
    """La prueba de inclusión del hecho que una constancia prueba, para quien puede ver la notificación.

    :raises NoEncontrado: si no puede verla, o si esa constancia todavía no está sellada
    """
    suya = Notificacion.objects.visible_to(para, al=al).filter(codigo=codigo)
    try:
        policies.check_ver_depositadas(para)
        suya = suya | Notificacion.objects.de_oficio(para).filter(codigo=codigo)
    except NoEncontrado:
        pass
    constancia = Constancia.objects.filter(notificacion__in=suya, clase=clase).exclude(suceso_id=None).first()
    if constancia is None or constancia.suceso_id is None:
        raise NoEncontrado("Esa constancia todavía no está sellada.")
    try:
        return pruebas.get_prueba(constancia.suceso_id)
    except pruebas.TodaviaNo as error:
        raise NoEncontrado("El registro todavía no la incluye: vuelva en unos segundos.") from error


def get_desajustes(*, para: Persona) -> list[Desajuste]:
    """Lo que la casilla no completó y no se reparó en una vuelta, lo más antiguo primero.

    :raises Denegado: si no administra el sistema ni lo controla
    """
    policies.check_ver_conciliacion(para)
    abiertos = Desajuste.objects.filter(resuelto_en=None, veces__gte=2).select_related(
        "notificacion", "alerta"
    )
    return list(abiertos[:200])


def get_balances(*, para: Persona | None, limite: int = 400) -> list[Balance]:
    """La cuenta de cada día, la última primero: es pública."""
    return list(Balance.objects.all()[:limite])


def get_cuenta(*, para: Persona | None = None) -> Cuenta:
    """En qué quedó todo lo depositado hasta este instante; es pública y no nombra a nadie."""
    return contar()
