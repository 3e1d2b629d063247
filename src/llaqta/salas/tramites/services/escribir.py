"""Escribir una versión con todas sus partes; lo comparten quien publica desde el editor y quien carga un archivo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites import queries, rules
from llaqta.salas.tramites.models import (
    BaseLegal,
    Modalidad,
    Procedimiento,
    RecursoAdministrativo,
    Requisito,
    TarifaDeReproduccion,
    TextoDeBusqueda,
    VersionProcedimiento,
)
from llaqta.salas.tramites.rules import NuevaVersion

_DE_OTRA_TABLA = {"requisitos", "bases_legales", "recursos", "modalidades", "tarifas"}
_LISTAS = ("canales", "formas_de_pago", "ten_en_cuenta")


def check_contra_la_norma(datos: NuevaVersion, uit: Decimal | None, *, al: date, prefijo: str = "") -> None:
    """Comprueba que una versión se pueda publicar.

    :raises EntradaInvalida: con la primera razón por la que no, que dice el campo
    """
    if imposible := rules.revisar_desde(al):
        raise EntradaInvalida(prefijo + imposible, campo="desde")
    maximo = plazos.get_entero("EVALUACION_PREVIA_MAXIMO", al=al)
    for campo, frase in rules.revisar(datos, uit=uit, maximo=maximo):
        raise EntradaInvalida(prefijo + frase, campo=campo, norma="Ley 27444, art. 37")


def escribir(
    procedimiento: Procedimiento,
    datos: NuevaVersion,
    *,
    desde: date,
    actor: Persona | None,
    uits: Mapping[int, Decimal] | None = None,
) -> VersionProcedimiento:
    """Guarda una versión ya comprobada, con todas sus partes, y la deja lista para que la encuentren."""
    datos = rules.completar(datos)
    campos = {nombre: valor for nombre, valor in vars(datos).items() if nombre not in _DE_OTRA_TABLA}
    campos |= {nombre: list(campos[nombre]) for nombre in _LISTAS}
    uit = (uits or {}).get(datos.uit_anio or 0) or queries.get_uit(datos.uit_anio)
    version = VersionProcedimiento.objects.create(
        **campos,
        procedimiento=procedimiento,
        desde=desde,
        creada_por=actor,
        porcentaje_uit=_porcentaje(datos.monto, uit),
    )
    modalidades = _escribir_modalidades(version, datos, uit)
    _escribir_partes(version, datos, modalidades)
    indexar(version, procedimiento, requisitos=[requisito.texto for requisito in datos.requisitos])
    return version


def _porcentaje(monto: Decimal, uit: Decimal | None) -> Decimal:
    return rules.porcentaje_de_uit(monto, uit) if uit and monto else Decimal(0)


def _escribir_modalidades(
    version: VersionProcedimiento, datos: NuevaVersion, uit: Decimal | None
) -> dict[str, Modalidad]:
    creadas = Modalidad.objects.bulk_create(
        [
            Modalidad(version=version, orden=n, porcentaje_uit=_porcentaje(fila.monto, uit), **asdict(fila))
            for n, fila in enumerate(datos.modalidades, 1)
        ]
    )
    return {fila.codigo: fila for fila in creadas}


def _escribir_partes(
    version: VersionProcedimiento, datos: NuevaVersion, modalidades: Mapping[str, Modalidad]
) -> None:
    Requisito.objects.bulk_create(
        [
            Requisito(
                version=version,
                orden=n,
                **{**asdict(fila), "modalidad": modalidades.get(fila.modalidad)},
            )
            for n, fila in enumerate(datos.requisitos, 1)
        ]
    )
    BaseLegal.objects.bulk_create(
        [BaseLegal(version=version, **asdict(base)) for base in datos.bases_legales]
    )
    RecursoAdministrativo.objects.bulk_create(
        [RecursoAdministrativo(version=version, **asdict(recurso)) for recurso in datos.recursos]
    )
    TarifaDeReproduccion.objects.bulk_create(
        [TarifaDeReproduccion(version=version, **asdict(tarifa)) for tarifa in datos.tarifas]
    )


def indexar(
    version: VersionProcedimiento, procedimiento: Procedimiento, *, requisitos: Sequence[str]
) -> None:
    """Guarda el texto por el que se encuentra la versión; de él la base calcula raíces y sonidos."""
    TextoDeBusqueda.objects.bulk_create(
        [
            TextoDeBusqueda(
                version=version,
                titulo=f"{version.denominacion} {version.titulo} {procedimiento.codigo}",
                palabras=f"{procedimiento.palabras} {procedimiento.tema.nombre}",
                descripcion=version.descripcion,
                requisitos=" ".join(requisitos),
            )
        ],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["titulo", "palabras", "descripcion", "requisitos"],
    )
