"""Los días que no se cuentan en los plazos: ver los de un año, anotar uno y dejarlo sin efecto.

Nada se borra: con un día anotado quizá ya se contó un plazo, y su explicación debe seguir siendo verdad. El que se
anotó mal, o cuya norma se derogó, deja de regir y desde entonces cuenta como hábil.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from llaqta.cimientos.administracion import Administrador, exigir_administrador
from llaqta.cimientos.calendario import feriados_nacionales, hoy_en_lima
from llaqta.cimientos.dias_en_lista import Renglon
from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.events import Evento, emit
from llaqta.cimientos.models import DiaNoLaborable, Entidad
from llaqta.cimientos.prevision import Cambio, Prevision, armar_cambio, avisar_de_anios, prever
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.palabras import DIAS, fecha_larga, fecha_sin_dia
from llaqta.cimientos.web.piezas import Estado

PRIMER_ANIO, ULTIMO_ANIO = 1990, 2100
Ambito = DiaNoLaborable.Ambito
SUGERIDOS = (
    ("08", 6, 24, Ambito.REGIONAL, "Día del Cusco", "Falta la norma regional: confírmela"),
    ("080910", 8, 9, Ambito.LOCAL, "Aniversario del distrito de Pichari", "Ley 26521: confírmela"),
)
"""Días por confirmar de cada lugar (por cómo empieza su ubigeo): no rigen hasta que se anoten con su norma."""
SE_CUENTA, NO_SE_CUENTA = Estado("Se cuenta", "espera"), Estado("No se cuenta", "curso")


@dataclass(frozen=True)
class DiaAnotado(Evento):
    """El calendario tiene un día más que no se cuenta."""

    dia_id: int


@dataclass(frozen=True)
class DiaSinEfecto(Evento):
    """Un día anotado dejó de regir: vuelve a contar como hábil."""

    dia_id: int


@dataclass(frozen=True)
class DiasAnotados(Evento):
    """El calendario tiene varios días más que no se cuentan, de una sola lista."""

    dias: list[int]


@dataclass(frozen=True)
class DiaDelAnio:
    """Un renglón del calendario; ``fila`` es ``None`` en los feriados nacionales, que vienen con el programa."""

    fecha: date
    motivo: str
    fila: DiaNoLaborable | None = None

    @property
    def en_los_plazos(self) -> tuple[Estado, str]:
        """Qué le hace a un plazo, y por qué si no es lo corriente."""
        if self.fila is None:
            return NO_SE_CUENTA, ""
        if self.fila.vigente_hasta is not None:
            return Estado("Sin efecto"), ""
        if nacional := feriados_nacionales(self.fecha.year).get(self.fecha):
            return NO_SE_CUENTA, f"por feriado nacional: {nacional}"
        if self.fecha.weekday() > 4:
            return NO_SE_CUENTA, f"por ser {DIAS[self.fecha.weekday()]}"
        if self.fila.ambito == Ambito.LOCAL:
            return SE_CUENTA, "por ser local: art. 134.1"
        if not self.fila.efecto_administrativo:
            return SE_CUENTA, "salvo en los tributarios"
        return NO_SE_CUENTA, "" if self.fila.efecto_tributario else "salvo en los tributarios"


def check_ver_calendario(actor: Administrador | None) -> Administrador:
    """Solo la administración del sistema.

    :raises Denegado: si ``actor`` no tiene el permiso
    """
    return exigir_administrador(actor, "ver y cambiar el calendario de días no laborables")


def get_anio(anio: int, *, para: Administrador | None) -> list[DiaDelAnio]:
    """Los feriados nacionales de un año y los días anotados, también los que ya no rigen, por fecha.

    :raises Denegado: si ``para`` no administra el sistema
    :raises NoEncontrado: si el año está fuera de los que el calendario conoce
    """
    check_ver_calendario(para)
    if not PRIMER_ANIO <= anio <= ULTIMO_ANIO:
        raise NoEncontrado(f"El calendario va del año {PRIMER_ANIO} al {ULTIMO_ANIO}.")
    nacionales = [DiaDelAnio(dia, nombre) for dia, nombre in feriados_nacionales(anio).items()]
    anotados = [
        DiaDelAnio(f.fecha, f.descripcion, f)
        for f in DiaNoLaborable.objects.filter(fecha__year=anio).order_by("pk")
    ]
    return sorted(nacionales + anotados, key=lambda dia: dia.fecha)


def get_dia(pk: int, *, para: Administrador | None) -> DiaNoLaborable:
    """Un día anotado.

    :raises Denegado: si ``para`` no administra el sistema
    :raises NoEncontrado: si no existe
    """
    check_ver_calendario(para)
    dia = DiaNoLaborable.objects.filter(pk=pk).first()
    if dia is None:
        raise NoEncontrado
    return dia


@transaction.atomic
def anotar_dia(
    *,
    actor: Administrador | None,
    fecha: date,
    ambito: str,
    descripcion: str,
    norma: str,
    efecto_administrativo: bool,
    efecto_tributario: bool,
    vigente_desde: date,
    ahora: datetime,
) -> DiaNoLaborable:
    """Anota un día que no se cuenta, con la norma que lo dispone (Ley 27444, arts. 134.1 y 137.1).

    :param vigente_desde: desde cuándo rige la norma
    :raises Denegado: si ``actor`` no administra el sistema
    :raises EntradaInvalida: si la fecha, la norma o el efecto no sirven
    :raises NoProcede: si ese día ya es feriado nacional o ya está anotado con ese ámbito
    """
    administrador = check_ver_calendario(actor)
    dia = armar_dia(
        fecha=fecha, ambito=ambito, descripcion=descripcion, norma=norma, vigente_desde=vigente_desde,
        efecto_administrativo=efecto_administrativo, efecto_tributario=efecto_tributario,
    )  # fmt: skip
    _guardar(dia)
    emit(DiaAnotado(dia_id=dia.pk), actor_id=administrador.pk, ahora=ahora, objeto=dia)
    return dia


@transaction.atomic
def anotar_lista(
    *, actor: Administrador | None, dias: Sequence[DiaNoLaborable], ahora: datetime
) -> list[DiaNoLaborable]:
    """Anota de una vez los días de un año: todos o ninguno.

    :param dias: los que armó ``armar_lista``
    :raises Denegado: si ``actor`` no administra el sistema
    :raises EntradaInvalida: si no hay ninguno
    :raises NoProcede: si entretanto alguien anotó uno de ellos
    """
    administrador = check_ver_calendario(actor)
    if not dias:
        raise EntradaInvalida("En la lista no hay ningún día nuevo que anotar.", campo="lista")
    for dia in dias:
        _guardar(dia)
    emit(DiasAnotados(dias=[dia.pk for dia in dias]), actor_id=administrador.pk, ahora=ahora, objeto=dias[0])
    return list(dias)


@transaction.atomic
def dejar_sin_efecto(
    *, actor: Administrador | None, dia: DiaNoLaborable, por: str, ahora: datetime
) -> DiaNoLaborable:
    """Desde ahora el día anotado vuelve a contar como hábil; su renglón queda, para explicar lo que se contó con él.

    :param por: la norma que lo deroga, o el error que se corrige
    :raises Denegado: si ``actor`` no administra el sistema
    :raises EntradaInvalida: si no se dice por qué
    :raises NoProcede: si ya estaba sin efecto
    """
    administrador = check_ver_calendario(actor)
    if not por.strip():
        raise EntradaInvalida(
            "Falta decir por qué deja de regir: la norma que lo deroga o el error.", campo="por"
        )
    dia = DiaNoLaborable.objects.select_for_update().get(pk=dia.pk)
    if dia.vigente_hasta is not None:
        raise NoProcede(f"Ese día ya estaba sin efecto desde el {fecha_sin_dia(dia.vigente_hasta)}.")
    dia.vigente_hasta = hoy_en_lima(ahora)
    dia.sin_efecto_por = por.strip()
    dia.save(update_fields=["vigente_hasta", "sin_efecto_por", "modificado_en"])
    emit(DiaSinEfecto(dia_id=dia.pk), actor_id=administrador.pk, ahora=ahora, objeto=dia)
    return dia


def armar_dia(
    *,
    fecha: date,
    ambito: str,
    descripcion: str,
    norma: str,
    efecto_administrativo: bool,
    efecto_tributario: bool,
    vigente_desde: date,
) -> DiaNoLaborable:
    """El día como quedaría anotado, sin guardarlo: para prever qué movería.

    :raises EntradaInvalida: si la fecha, la norma o el efecto no sirven
    :raises NoProcede: si ese día ya es feriado nacional o ya está anotado con ese ámbito
    """
    _check_fechas(fecha, vigente_desde)
    _check_razon(descripcion, norma)
    _check_efecto(ambito, efecto_administrativo, efecto_tributario)
    if nacional := feriados_nacionales(fecha.year).get(fecha):
        raise NoProcede(
            f"El {fecha_larga(fecha)} ya es feriado nacional ({nacional}) y no se cuenta: no hace falta anotarlo."
        )
    if DiaNoLaborable.objects.filter(fecha=fecha, ambito=ambito, vigente_hasta__isnull=True).exists():
        raise _ya_anotado(fecha)
    return DiaNoLaborable(
        fecha=fecha, ambito=ambito, descripcion=descripcion.strip(), norma=norma.strip(), vigente_desde=vigente_desde,
        efecto_administrativo=efecto_administrativo, efecto_tributario=efecto_tributario,
    )  # fmt: skip


@dataclass(frozen=True)
class RenglonDeLista:
    """Una línea de la lista y lo que se hará con ella; ``dia`` es ``None`` si no hace falta anotarla."""

    renglon: Renglon
    dia: DiaNoLaborable | None
    por_que_no: str = ""


def armar_lista(renglones: Sequence[Renglon], **comun: Any) -> list[RenglonDeLista]:
    """Cada línea de una lista, como quedaría anotada; lo que ya es feriado o ya está anotado no se repite.

    :param comun: el ámbito, la norma, sus efectos y desde cuándo rige, iguales para todas
    :raises EntradaInvalida: si la norma, el efecto o una fecha no sirven
    """
    armados = []
    for renglon in renglones:
        try:
            dia = armar_dia(fecha=renglon.fecha, descripcion=renglon.motivo, **comun)
        except NoProcede as negativa:
            armados.append(RenglonDeLista(renglon, None, negativa.frase))
        except EntradaInvalida as negativa:
            if negativa.campo in ("fecha", "vigente_desde"):
                raise EntradaInvalida(f"Línea {renglon.linea}: {negativa.frase}", campo="lista") from negativa
            raise
        else:
            armados.append(RenglonDeLista(renglon, dia))
    return armados


@dataclass(frozen=True)
class VistaPrevia:
    """Lo que haría un cambio del calendario: qué plazos movería, y lo que conviene revisar antes."""

    cambio: Cambio
    previsiones: Sequence[Prevision]
    avisos: Sequence[str]


def prever_cambio(
    *,
    para: Administrador | None,
    mas: Sequence[DiaNoLaborable] = (),
    menos: DiaNoLaborable | None = None,
    ahora: datetime,
) -> VistaPrevia:
    """Qué plazos abiertos se moverían si se anotaran unos días o uno quedara sin efecto. No escribe nada.

    :raises Denegado: si ``para`` no administra el sistema
    """
    check_ver_calendario(para)
    fuera = [menos.fecha] if menos and not _otro_lo_inhabilita(menos) else []
    cambio = armar_cambio(get_calendario(), mas=mas, menos=fuera, hoy=hoy_en_lima(ahora))
    return VistaPrevia(cambio, prever(cambio), avisar_de_anios(cambio))


def get_sugeridos(anio: int, *, para: Administrador | None) -> list[DiaNoLaborable]:
    """Los días de la región y del distrito que la administración suele anotar cada año, todavía sin efecto.

    :raises Denegado: si ``para`` no administra el sistema
    """
    check_ver_calendario(para)
    anotados = set(DiaNoLaborable.objects.filter(fecha__year=anio).values_list("fecha", flat=True))
    ubigeo = Entidad.actual().ubigeo
    propuestos = [
        DiaNoLaborable(fecha=date(anio, mes, dia), ambito=ambito, descripcion=motivo, norma=norma)
        for lugar, mes, dia, ambito, motivo, norma in SUGERIDOS
        if ubigeo.startswith(lugar)
    ]
    return [dia for dia in propuestos if dia.fecha not in anotados]


def _otro_lo_inhabilita(dia: DiaNoLaborable) -> bool:
    """Si el mismo día está anotado también por otra norma, quitar esta no cambia nada."""
    otras = DiaNoLaborable.objects.filter(fecha=dia.fecha, vigente_hasta__isnull=True).exclude(pk=dia.pk)
    return any(otra.suspende_plazos for otra in otras)


def _guardar(dia: DiaNoLaborable) -> None:
    try:
        with transaction.atomic():
            dia.save(force_insert=True)
    except IntegrityError as error:
        raise _ya_anotado(dia.fecha) from error


def _ya_anotado(fecha: date) -> NoProcede:
    return NoProcede(
        f"El {fecha_larga(fecha)} ya está anotado con ese ámbito. Si algo cambió, deje ese sin efecto primero."
    )


def anios_alrededor(anio: int) -> Sequence[int]:
    """El año, el anterior y el siguiente, sin salir de los que el calendario conoce."""
    return [a for a in (anio - 1, anio, anio + 1) if PRIMER_ANIO <= a <= ULTIMO_ANIO]


def _check_fechas(fecha: date, vigente_desde: date) -> None:
    for campo, dia in (("fecha", fecha), ("vigente_desde", vigente_desde)):
        if not PRIMER_ANIO <= dia.year <= ULTIMO_ANIO:
            raise EntradaInvalida(
                f"El año va de {PRIMER_ANIO} a {ULTIMO_ANIO}; usted escribió {dia.year}.", campo=campo
            )
    if vigente_desde > fecha:
        raise EntradaInvalida(
            f"Una norma que rige desde el {fecha_sin_dia(vigente_desde)} no puede declarar un día anterior a ella.",
            campo="vigente_desde",
        )


def _check_razon(descripcion: str, norma: str) -> None:
    if not descripcion.strip():
        raise EntradaInvalida("Falta el motivo del día, por ejemplo «Día del Cusco».", campo="descripcion")
    if not norma.strip():
        raise EntradaInvalida(
            "Falta la norma que lo dispone: la municipalidad no puede inhabilitar días por su cuenta.",
            campo="norma",
            norma="Ley 27444, art. 137.1",
        )


def _check_efecto(ambito: str, administrativo: bool, tributario: bool) -> None:
    if ambito not in Ambito.values:
        raise EntradaInvalida("Elija quién declara el día.", campo="ambito")
    if ambito == Ambito.LOCAL and administrativo:
        raise EntradaInvalida(
            "Un feriado local no cuenta para los plazos (art. 134.1): se trabaja el plazo como un día hábil. Desmarque"
            " «No se cuenta en los plazos administrativos» o, si una norma cerró el servicio, elija «No laborable del"
            " servicio».",
            campo="efecto_administrativo",
            norma="Ley 27444, art. 134.1",
        )
    if ambito != Ambito.LOCAL and not (administrativo or tributario):
        raise EntradaInvalida(
            "Marque al menos una clase de plazos: así como está, el día no cambiaría nada.",
            campo="efecto_administrativo",
        )
