"""Lo que se puede preguntar al TUPA. Es público (art. 38.3 Ley 27444): ``para`` puede ser ``None``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Prefetch, Q

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import policies
from llaqta.salas.tramites.models import (
    Modalidad,
    Procedimiento,
    RecursoAdministrativo,
    Requisito,
    Sinonimo,
    Tema,
    UnidadImpositiva,
    VersionProcedimiento,
    VersionQuerySet,
)
from llaqta.salas.tramites.rules import (
    CANALES,
    PRIMER_ANIO,
    ULTIMO_ANIO,
    Condiciones,
    TramiteNoVigente,
    silencio_en_palabras,
)


@dataclass(frozen=True)
class GrupoDeTema:
    """Un tema y sus procedimientos vigentes."""

    tema: Tema
    versiones: Sequence[VersionProcedimiento]


@dataclass(frozen=True)
class Camino:
    """Una manera de hacer el trámite (por internet, en la municipalidad…), con sus pasos."""

    clave: str
    nombre: str
    pasos: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Variante:
    """Una modalidad del trámite con lo que es solo suyo."""

    modalidad: Modalidad
    condiciones: Condiciones
    silencio: str
    requisitos: Sequence[Requisito]


@dataclass(frozen=True)
class FichaDeTramite:
    """Un trámite en el orden en que lo cuenta gob.pe."""

    version: VersionProcedimiento
    silencio: str
    requisitos: Sequence[Requisito]
    variantes: Sequence[Variante]
    caminos: Sequence[Camino]
    relacionados: Sequence[VersionProcedimiento]


def get_vigente(
    codigo: str, *, para: Persona | None = None, al: date, con_ficha: bool = True
) -> VersionProcedimiento:
    """La versión de un procedimiento que rige el día ``al``, con todo lo que su ficha muestra ya traído.

    :param con_ficha: ``False`` trae solo lo que hace falta para presentar: el procedimiento y sus requisitos
    :raises NoEncontrado: si el TUPA no tiene ese código
    :raises TramiteNoVigente: si lo tiene, pero no rige ese día
    """
    versiones = versiones_completas() if con_ficha else _para_presentar()
    version = versiones.vigentes(al=al).filter(procedimiento__codigo=codigo).first()
    if version is None:
        if not Procedimiento.objects.filter(codigo=codigo).exists():
            raise NoEncontrado("No encontramos ese trámite en el TUPA.")
        raise TramiteNoVigente(_por_que_no_rige(codigo, al), norma="Ley 27444, art. 37")
    return version


def _por_que_no_rige(codigo: str, al: date) -> str:
    """La frase para quien busca un trámite que el TUPA no tiene ese día."""
    retirada = (
        VersionProcedimiento.objects.filter(procedimiento__codigo=codigo, hasta__lt=al).exclude(
            derogada_por=""
        )
    ).first()
    if retirada is None or retirada.hasta is None:
        return "Ese trámite no está vigente en la fecha indicada."
    return (
        f"Ese trámite se retiró del TUPA el {fecha_en_palabras(retirada.hasta + timedelta(days=1))} "
        f"({retirada.derogada_por}): nadie puede exigirlo ni cobrarlo."
    )


def leer_dia(escrito: str, *, hoy: date, para: Persona | None = None) -> date:
    """El día que pide una dirección (``?al=2026-06-01``); sin él, o si no se entiende, hoy.

    Es público: lo que el TUPA decía un día vale para los expedientes de ese día.
    """
    try:
        dia = date.fromisoformat(escrito.strip())
    except ValueError:
        return hoy
    return dia if PRIMER_ANIO <= dia.year <= ULTIMO_ANIO else hoy


def get_modalidad(
    version: VersionProcedimiento, codigo: str = "", *, para: Persona | None = None
) -> Modalidad | None:
    """La modalidad que se pide; ``None`` si el procedimiento no las tiene y no se pidió ninguna.

    Con una sola modalidad no hace falta nombrarla.

    :raises EntradaInvalida: si hay varias y no se eligió, o si la elegida no es de esta versión
    """
    modalidades = version.modalidades_en_orden
    if not codigo and len(modalidades) < 2:
        return modalidades[0] if modalidades else None
    if not codigo:
        raise EntradaInvalida(
            "Elija la modalidad: cada una tiene sus requisitos y su costo.", campo="modalidad"
        )
    elegida = next((fila for fila in modalidades if fila.codigo == codigo), None)
    if elegida is None:
        raise EntradaInvalida(
            "Esa modalidad no es de este trámite. Elija una de la lista.", campo="modalidad"
        )
    return elegida


def get_version(pk: int, *, para: Persona) -> VersionProcedimiento:
    """Una versión cualquiera, vigente o no, para quien administra el TUPA.

    :raises Denegado: si no lo administra
    :raises NoEncontrado: si no existe
    """
    policies.check_editar(para)
    version = versiones_completas().filter(pk=pk).first()
    if version is None:
        raise NoEncontrado("No encontramos esa versión del procedimiento.")
    return version


def _para_presentar() -> VersionQuerySet:
    return VersionProcedimiento.objects.select_related("procedimiento").prefetch_related(
        "requisitos", "modalidades"
    )


def versiones_completas(*, para: Persona | None = None) -> VersionQuerySet:
    """Las versiones con todo lo que su ficha muestra ya pedido."""
    return VersionProcedimiento.objects.select_related(
        "procedimiento__tema", "unidad_presentacion", "unidad_aprobacion"
    ).prefetch_related(
        "requisitos",
        "modalidades",
        "tarifas",
        "bases_legales",
        Prefetch(
            "recursos", RecursoAdministrativo.objects.select_related("autoridad").order_by("dias_resolucion")
        ),
    )


def get_catalogo(*, para: Persona | None = None, al: date, tema: str = "") -> list[GrupoDeTema]:
    """Todo lo que rige el día ``al``, por tema y en orden alfabético; con ``tema`` (su código), solo ese.

    :raises NoEncontrado: si no hay tal tema
    """
    versiones = (
        VersionProcedimiento.objects.vigentes(al=al)
        .select_related("procedimiento__tema")
        .prefetch_related("modalidades")
    )
    if tema:
        if not Tema.objects.filter(codigo=tema).exists():
            raise NoEncontrado("No encontramos ese tema.")
        versiones = versiones.filter(procedimiento__tema__codigo=tema)
    grupos: dict[int, tuple[Tema, list[VersionProcedimiento]]] = {}
    for version in versiones:
        suyo = version.procedimiento.tema
        grupos.setdefault(suyo.pk, (suyo, []))[1].append(version)
    ordenados = sorted(grupos.values(), key=lambda grupo: (grupo[0].orden, grupo[0].nombre))
    return [
        GrupoDeTema(suyo, sorted(lista, key=lambda v: v.nombre_llano.casefold())) for suyo, lista in ordenados
    ]


def get_frecuentes(*, para: Persona | None = None, al: date, limite: int = 8) -> list[VersionProcedimiento]:
    """Los que la municipalidad destaca en el inicio, en el orden de sus temas."""
    frecuentes = VersionProcedimiento.objects.vigentes(al=al).filter(procedimiento__es_frecuente=True)
    ordenados = frecuentes.select_related("procedimiento__tema").order_by(
        "procedimiento__tema__orden", "denominacion"
    )
    return list(ordenados.prefetch_related("modalidades")[:limite])


def get_relacionados(
    version: VersionProcedimiento, *, para: Persona | None = None, al: date, limite: int = 4
) -> list[VersionProcedimiento]:
    """Otros procedimientos vigentes del mismo tema."""
    vecinos = VersionProcedimiento.objects.vigentes(al=al).filter(
        procedimiento__tema_id=version.procedimiento.tema_id
    )
    return list(
        vecinos.exclude(pk=version.pk).select_related("procedimiento").order_by("denominacion")[:limite]
    )


def list_procedimientos(*, para: Persona, al: date, texto: str = "") -> list[Procedimiento]:
    """Los procedimientos con sus versiones (``version_vigente`` y ``version_futura`` puestas), para administrarlos.

    :raises Denegado: si ``para`` no administra el TUPA
    """
    policies.check_editar(para)
    filas = Procedimiento.objects.select_related("tema").prefetch_related(
        "versiones__unidad_aprobacion", "versiones__modalidades"
    )
    texto = texto.replace("\x00", "").strip()
    if texto:
        parecidos = Q(codigo__icontains=texto) | Q(versiones__denominacion__icontains=texto)
        filas = filas.filter(parecidos).distinct()
    procedimientos = list(filas.order_by("tema__orden", "codigo"))
    for fila in procedimientos:
        versiones = list(fila.versiones.all())
        fila.version_vigente = next(  # type: ignore[attr-defined]
            (v for v in versiones if v.desde <= al and (v.hasta is None or v.hasta >= al)), None
        )
        fila.version_futura = next((v for v in versiones if v.desde > al), None)  # type: ignore[attr-defined]
    return procedimientos


def get_procedimiento(codigo: str, *, para: Persona) -> Procedimiento:
    """Un procedimiento con su tema y sus versiones, de la más nueva a la más vieja.

    :raises Denegado: si ``para`` no administra el TUPA
    :raises NoEncontrado: si no existe
    """
    policies.check_editar(para)
    procedimiento = (
        Procedimiento.objects.filter(codigo=codigo)
        .select_related("tema")
        .prefetch_related("versiones__creada_por", "versiones__modalidades")
        .first()
    )
    if procedimiento is None:
        raise NoEncontrado("No encontramos ese procedimiento en el TUPA.")
    return procedimiento


def get_temas(*, para: Persona | None = None) -> list[Tema]:
    """Los temas, en su orden."""
    return list(Tema.objects.all())


def get_uit(anio: int | None, *, para: Persona | None = None) -> Decimal | None:
    """El valor de la UIT de ``anio``; ``None`` si no está registrado."""
    return (
        UnidadImpositiva.objects.filter(anio=anio).values_list("monto", flat=True).first() if anio else None
    )


def get_uit_registradas(*, para: Persona | None = None) -> list[UnidadImpositiva]:
    """Las UIT registradas, de la más nueva a la más vieja."""
    return list(UnidadImpositiva.objects.all())


def get_sinonimos(texto: str = "", *, para: Persona | None = None) -> list[Sinonimo]:
    """Las maneras de hablar registradas; con ``texto``, las que lo contienen."""
    sinonimos = Sinonimo.objects.all()
    return list(
        sinonimos.filter(Q(dice__icontains=texto) | Q(quiere_decir__icontains=texto)) if texto else sinonimos
    )


def componer_ficha(
    version: VersionProcedimiento, *, relacionados_al: date | None, para: Persona | None = None
) -> FichaDeTramite:
    """La ficha de una versión cualquiera; también sirve para la vista previa de quien administra el TUPA.

    :param relacionados_al: el día en que se buscan los trámites del mismo tema; ``None``: ninguno
    """
    return FichaDeTramite(
        version=version,
        silencio=silencio_en_palabras(version.calificacion, version.condiciones(None).plazo_dicho),
        requisitos=version.requisitos_de(None),
        variantes=[_variante(fila, version) for fila in version.modalidades_en_orden],
        caminos=componer_caminos(version),
        relacionados=get_relacionados(version, al=relacionados_al) if relacionados_al else [],
    )


def componer_caminos(version: VersionProcedimiento, *, para: Persona | None = None) -> list[Camino]:
    """Las maneras de hacer el trámite, con sus pasos, en el orden de gob.pe."""
    return [_camino(canal, version) for canal in CANALES if canal in version.canales]


def _variante(modalidad: Modalidad, version: VersionProcedimiento) -> Variante:
    condiciones = version.condiciones(modalidad)
    return Variante(
        modalidad=modalidad,
        condiciones=condiciones,
        silencio=silencio_en_palabras(condiciones.calificacion, condiciones.plazo_dicho),
        requisitos=[fila for fila in version.requisitos_en_orden if fila.modalidad_id == modalidad.pk],
    )


def _camino(canal: str, version: VersionProcedimiento) -> Camino:
    reunir = ("Reúna los requisitos", "Son los de esta página; nadie puede pedirle otros.")
    pagar = ("Pague el derecho de trámite", f"{version.costo}. Anote el número y la fecha de su recibo.")
    pago = [] if version.es_gratuito else [pagar]
    if canal == "virtual":
        pasos = [
            reunir,
            *pago,
            (
                "Preséntelo desde aquí",
                "Escriba sus datos y adjunte sus archivos; una foto nítida también vale. A toda hora.",
            ),
            ("Guarde su cargo", "Recibe al momento un número y una clave para seguir su trámite."),
        ]
    elif canal == "presencial":
        pasos = [
            reunir,
            *pago,
            ("Acérquese a la mesa de partes", f"{version.sede}. {version.horario}."),
            ("Reciba su cargo", "Nadie puede negarse a recibir su documento (Ley 27444, art. 124.1)."),
        ]
    else:
        pasos = [("Llame", version.consulta or "Al teléfono de la municipalidad, en horario de atención.")]
    return Camino(canal, CANALES[canal], pasos)
