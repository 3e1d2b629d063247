"""Lo que se puede preguntar a las cuentas."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Count, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat

from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.web.paginas import Pagina, paginar
from llaqta.salas.cuentas import policies, rules
from llaqta.salas.cuentas.events import SesionIniciada
from llaqta.salas.cuentas.models import (
    Asignacion,
    Cuenta,
    Persona,
    Puesto,
    Representacion,
    Rol,
    RolDePersona,
    TextoDeConsentimiento,
    UnidadOrganica,
)


def buscar_persona(*, para: Persona, tipo_documento: str, numero: str) -> Persona | None:
    """La persona que tiene ese documento, si el personal la busca; un ciudadano solo se encuentra a sí mismo."""
    hallada = Persona.objects.filter(tipo_documento=tipo_documento, numero_documento=numero.strip()).first()
    if hallada is None or hallada == para or para.es_del_personal:
        return hallada
    return None


def get_unidad_de_mesa(*, para: Persona | None = None) -> UnidadOrganica:
    """La unidad que recibe (art. 117 Ley 27444); es una sola.

    :raises NoProcede: si la administración todavía no la ha señalado
    """
    unidad = UnidadOrganica.objects.filter(es_mesa_de_partes=True).first()
    if unidad is None:
        raise NoProcede("La municipalidad todavía no ha señalado cuál de sus unidades es la mesa de partes.")
    return unidad


def get_jefatura(unidad: UnidadOrganica, al: date, *, para: Persona | None = None) -> Puesto:
    """El puesto que dirige ``unidad``: de haber varios, el que alguien ocupa el día ``al``.

    :raises NoProcede: si la unidad no tiene un puesto de jefatura
    """
    puestos = list(
        Puesto.objects.filter(unidad=unidad, es_jefatura=True).select_related("unidad").order_by("pk")
    )
    if not puestos:
        raise NoProcede(f"La unidad «{unidad}» no tiene un puesto de jefatura.")
    ocupados = set(
        Asignacion.objects.vigentes(al=al).filter(puesto__in=puestos).values_list("puesto_id", flat=True)
    )
    return next((puesto for puesto in puestos if puesto.pk in ocupados), puestos[0])


def ocupante(puesto: Puesto, al: date, *, para: Persona | None = None) -> Persona | None:
    """Quién ocupa ``puesto`` el día ``al``: si hay encargatura, la asignación más reciente."""
    asignacion = (
        Asignacion.objects.vigentes(al=al)
        .filter(puesto=puesto)
        .select_related("persona")
        .order_by("-desde", "-pk")
        .first()
    )
    return asignacion.persona if asignacion else None


def get_unidades(para: Persona | None, *, al: date | None = None) -> list[UnidadOrganica]:
    """Las unidades del organigrama por nombre; con ``al``, solo las que existen ese día."""
    unidades = UnidadOrganica.objects.select_related("padre")
    if al is not None:
        unidades = unidades.filter(
            Q(vigente_desde__lte=al) & (Q(vigente_hasta__isnull=True) | Q(vigente_hasta__gte=al))
        )
    return list(unidades)


def get_representados(para: Persona, *, al: date) -> list[Persona]:
    """Las personas por las que ``para`` puede actuar el día ``al`` (art. 115 Ley 27444)."""
    vigentes = (
        Representacion.objects.vigentes(al=al).filter(representante=para).select_related("representado")
    )
    return [representacion.representado for representacion in vigentes.order_by("representado__pk")]


def representa_o_represento(para: Persona, representado: Persona) -> bool:
    """Verdadero si alguna vez se registró que ``para`` representa a esa persona, aunque ya haya terminado."""
    return Representacion.objects.filter(representante=para, representado=representado).exists()


def list_representaciones(*, para: Persona, texto: str = "", cursor: str = "") -> Pagina[Representacion]:
    """Las representaciones anotadas, la última primero; ``texto`` busca a cualquiera de las dos personas.

    :raises Denegado: si ``para`` no atiende en ventanilla ni administra
    """
    policies.check_registrar_representacion(para)
    todas = Representacion.objects.select_related("representado", "representante")
    if texto:
        hallados = _que_coinciden(texto).values("pk")
        todas = todas.filter(Q(representado__in=hallados) | Q(representante__in=hallados))
    return paginar(todas, orden=("-pk",), cursor=cursor)


def get_representacion(pk: int, *, para: Persona) -> Representacion:
    """Una representación con sus dos personas.

    :raises Denegado: si ``para`` no atiende en ventanilla ni administra
    :raises NoEncontrado: si no existe
    """
    policies.check_registrar_representacion(para)
    hallada = Representacion.objects.filter(pk=pk).select_related("representado", "representante").first()
    if hallada is None:
        raise NoEncontrado
    return hallada


def get_consentimiento(clave: str, al: date, *, para: Persona | None = None) -> TextoDeConsentimiento:
    """La versión del texto de consentimiento que rige el día ``al``.

    :raises NoEncontrado: si ese texto no existe todavía
    """
    texto = (
        TextoDeConsentimiento.objects.filter(clave=clave, vigente_desde__lte=al).order_by("-version").first()
    )
    if texto is None:
        raise NoEncontrado("La municipalidad todavía no ha publicado el texto que se debe aceptar.")
    return texto


@dataclass(frozen=True)
class SesionAbierta:
    """Una sesión abierta: desde cuándo, en qué equipo y desde qué dirección."""

    desde: datetime
    equipo: str
    lugar: str
    es_esta: bool


@dataclass(frozen=True)
class Seguridad:
    """Con qué entra una persona, y cuándo entró."""

    aplicacion: Authenticator | None
    codigos_sin_usar: int
    llaves: Sequence[Authenticator]
    ingresos: Sequence[datetime]
    sesiones: Sequence[SesionAbierta] = ()

    @property
    def hay_otras(self) -> bool:
        """Verdadero si hay sesiones abiertas además de esta."""
        return any(not sesion.es_esta for sesion in self.sesiones)


def get_seguridad(cuenta: Cuenta, *, para: Persona, llave: str = "") -> Seguridad:
    """Los segundos pasos y llaves de una cuenta, sus sesiones abiertas y sus cinco últimos ingresos.

    :param llave: la de la sesión desde la que se pregunta

    :raises NoEncontrado: si la cuenta es de otra persona
    """
    if cuenta.persona_id != para.pk:
        raise NoEncontrado
    por_tipo: dict[str, list[Authenticator]] = {}
    for fila in Authenticator.objects.filter(user=cuenta).order_by("created_at"):
        por_tipo.setdefault(fila.type, []).append(fila)
    codigos = por_tipo.get(Authenticator.Type.RECOVERY_CODES, [])
    ingresos = Suceso.objects.filter(tipo=SesionIniciada.tipo(), actor_id=para.pk).order_by("-id")
    return Seguridad(
        aplicacion=next(iter(por_tipo.get(Authenticator.Type.TOTP, [])), None),
        codigos_sin_usar=len(codigos[0].wrap().get_unused_codes()) if codigos else 0,
        llaves=por_tipo.get(Authenticator.Type.WEBAUTHN, []),
        ingresos=list(ingresos.values_list("ocurrido_en", flat=True)[:5]),
        sesiones=[
            SesionAbierta(
                desde=sesion.created_at,
                equipo=rules.equipo(sesion.user_agent),
                lugar=sesion.ip,
                es_esta=sesion.session_key == llave,
            )
            for sesion in sorted(UserSession.objects.purge_and_list(cuenta), key=lambda s: s.created_at)
        ],
    )


def tiene_segundo_paso(cuenta: Cuenta, *, para: Persona) -> bool:
    """Verdadero si la cuenta entra con algo más que su contraseña: una aplicación de códigos o una llave de acceso."""
    tipos = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=cuenta, type__in=tipos).exists())


def list_personas(*, para: Persona, texto: str = "", cursor: str = "") -> Pagina[Persona]:
    """Las personas registradas, por apellido; ``texto`` busca en el documento, los nombres y la razón social.

    :raises Denegado: si ``para`` no administra las cuentas
    """
    policies.exigir(para, "cuentas.administrar")
    personas = _que_coinciden(texto).select_related("cuenta")
    personas = personas.annotate(orden=Concat("razon_social", "apellido_paterno", Value(" "), "nombres"))
    return paginar(personas, orden=("orden", "pk"), cursor=cursor)


def get_nombres(ids: Collection[int], *, para: Persona | None) -> dict[int, str]:
    """El nombre de cada persona, para el libro de sucesos; quién puede verlo lo decide la auditoría."""
    return {persona.pk: persona.nombre_completo for persona in Persona.objects.filter(pk__in=ids)}


def buscar_ids(texto: str, *, para: Persona | None) -> list[int]:
    """Hasta 200 personas que coinciden con ``texto``, para filtrar el libro de sucesos."""
    return list(_que_coinciden(texto).values_list("pk", flat=True)[:200])


def _que_coinciden(texto: str) -> QuerySet[Persona]:
    """Las personas en cuyo documento, nombres o razón social está cada palabra, sin mirar tildes."""
    personas = Persona.objects.all()
    for palabra in texto.split():
        personas = personas.filter(
            Q(numero_documento__startswith=palabra)
            | Q(nombres__unaccent__icontains=palabra)
            | Q(apellido_paterno__unaccent__icontains=palabra)
            | Q(apellido_materno__unaccent__icontains=palabra)
            | Q(razon_social__unaccent__icontains=palabra)
        )
    return personas


def get_para_atender(documento: str, *, para: Persona) -> FichaDePersona:
    """La persona que está delante de la ventanilla, por su número exacto de documento, y si tiene cuenta.

    :raises Denegado: si ``para`` no atiende en ventanilla ni administra
    :raises NoEncontrado: si ese documento no está registrado
    """
    if not para.puede("cuentas.administrar"):
        policies.exigir(para, "mesapartes.registrar")
    persona = Persona.objects.filter(numero_documento=documento, clase=Persona.Clase.NATURAL).first()
    if persona is None:
        raise NoEncontrado(
            "Ese documento no está registrado todavía: registre primero su trámite en ventanilla."
        )
    return FichaDePersona(persona, Cuenta.objects.filter(persona=persona).first(), (), ())


@dataclass(frozen=True)
class FichaDePersona:
    """Una persona con todo lo que tuvo y tiene: puestos, roles y cuenta."""

    persona: Persona
    cuenta: Cuenta | None
    asignaciones: Sequence[Asignacion]
    roles: Sequence[RolDePersona]


def get_ficha(pk: int, *, para: Persona) -> FichaDePersona:
    """La ficha de una persona.

    :raises Denegado: si ``para`` no administra las cuentas
    :raises NoEncontrado: si no existe
    """
    policies.exigir(para, "cuentas.administrar")
    persona = Persona.objects.filter(pk=pk).first()
    if persona is None:
        raise NoEncontrado
    return FichaDePersona(
        persona=persona,
        cuenta=Cuenta.objects.filter(persona=persona).first(),
        asignaciones=list(
            Asignacion.objects.filter(persona=persona)
            .select_related("puesto__unidad")
            .order_by("-desde", "-pk")
        ),
        roles=list(
            RolDePersona.objects.filter(persona=persona).select_related("rol").order_by("-desde", "-pk")
        ),
    )


@dataclass(frozen=True)
class Rama:
    """Una unidad del organigrama, a qué profundidad está, y sus puestos con quien los ocupa."""

    unidad: UnidadOrganica
    nivel: int
    puestos: Sequence[Puesto]


def get_organigrama(*, para: Persona, al: date) -> list[Rama]:
    """Las unidades en el orden del árbol; cada puesto trae ``ocupantes`` el día ``al``.

    :raises Denegado: si ``para`` no administra las cuentas
    """
    policies.exigir(para, "cuentas.administrar")
    vigentes = Asignacion.objects.vigentes(al=al).select_related("persona")
    puestos = Puesto.objects.order_by("-es_jefatura", "nombre").prefetch_related(
        Prefetch("asignaciones", queryset=vigentes, to_attr="ocupantes")
    )
    hijas: dict[int | None, list[UnidadOrganica]] = {}
    for unidad in UnidadOrganica.objects.order_by("nombre").prefetch_related(
        Prefetch("puestos", queryset=puestos)
    ):
        hijas.setdefault(unidad.padre_id, []).append(unidad)
    ramas: list[Rama] = []
    pendientes = [(unidad, 0) for unidad in reversed(hijas.get(None, []))]
    while pendientes:
        unidad, nivel = pendientes.pop()
        ramas.append(Rama(unidad, nivel, list(unidad.puestos.all())))
        pendientes.extend((hija, nivel + 1) for hija in reversed(hijas.get(unidad.pk, [])))
    return ramas


def get_unidad(pk: int, *, para: Persona) -> UnidadOrganica:
    """Una unidad del organigrama.

    :raises NoEncontrado: si no existe
    """
    unidad = UnidadOrganica.objects.filter(pk=pk).first()
    if unidad is None:
        raise NoEncontrado
    return unidad


def get_asignacion(pk: int, *, para: Persona) -> Asignacion:
    """Una asignación con su persona y su puesto.

    :raises Denegado: si ``para`` no administra las cuentas
    :raises NoEncontrado: si no existe
    """
    policies.exigir(para, "cuentas.administrar")
    asignacion = Asignacion.objects.filter(pk=pk).select_related("persona", "puesto__unidad").first()
    if asignacion is None:
        raise NoEncontrado
    return asignacion


def get_rol_de_persona(pk: int, *, para: Persona) -> RolDePersona:
    """Un rol que tiene o tuvo una persona.

    :raises Denegado: si ``para`` no administra las cuentas
    :raises NoEncontrado: si no existe
    """
    policies.exigir(para, "cuentas.administrar")
    dado = RolDePersona.objects.filter(pk=pk).select_related("persona", "rol").first()
    if dado is None:
        raise NoEncontrado
    return dado


@dataclass(frozen=True)
class RolDescrito:
    """Un rol, con ``rol.cuantas`` personas que hoy lo tienen, y lo que permite, en palabras."""

    rol: Rol
    permite: Sequence[str]


def list_roles(*, para: Persona, al: date) -> list[RolDescrito]:
    """Los roles, con cuántas personas los tienen el día ``al`` y lo que permiten.

    :raises Denegado: si ``para`` no administra las cuentas
    """
    policies.exigir(para, "cuentas.administrar")
    vigente = Q(personas__desde__lte=al) & (Q(personas__hasta__isnull=True) | Q(personas__hasta__gte=al))
    roles = Rol.objects.annotate(cuantas=Count("personas", filter=vigente)).order_by("nombre")
    return [RolDescrito(rol, [policies.PERMISOS.get(p, (p, ""))[0] for p in rol.permisos]) for rol in roles]


def get_rol(pk: int, *, para: Persona) -> Rol:
    """Un rol.

    :raises Denegado: si ``para`` no administra las cuentas
    :raises NoEncontrado: si no existe
    """
    policies.exigir(para, "cuentas.administrar")
    rol = Rol.objects.filter(pk=pk).first()
    if rol is None:
        raise NoEncontrado
    return rol
