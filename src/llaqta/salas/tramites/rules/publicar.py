"""Qué impide publicar una versión del TUPA: lo que se mira siempre, venga del editor, de un archivo o de la API."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from llaqta.salas.tramites.condiciones import Condiciones
from llaqta.salas.tramites.hojas import (
    BIENES,
    CALIFICACIONES,
    CLASES,
    HOJAS,
    PLAZO_MAXIMO,
    RECURSOS,
    TEXTO,
    TIPOS,
    UNIDADES,
)
from llaqta.salas.tramites.rules.contenido import CANALES, NuevaVersion

MAXIMO_GENERAL = 30
"""Días hábiles que como máximo dura una evaluación previa, salvo que una ley diga más (art. 35 Ley 27444)."""

PRIMER_ANIO, ULTIMO_ANIO = 1990, 2100
"""Entre qué años puede empezar a regir una versión: los mismos que cuenta el calendario."""

_TOPES_DE_PLAZO = {"MESES": 60}
Falta = tuple[str, str]
"""El campo y la frase."""


def porcentaje_de_uit(monto: Decimal, uit: Decimal) -> Decimal:
    """El derecho de trámite como porcentaje de la UIT, con cuatro decimales (S/ 82.50 de S/ 5,500 es 1.5000)."""
    return (monto * 100 / uit).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def revisar(
    datos: NuevaVersion, *, uit: Decimal | None, maximo: int = MAXIMO_GENERAL
) -> list[tuple[str, str]]:
    """Lo que impide publicar una versión, como pares (campo, frase); lista vacía si puede publicarse.

    :param uit: el valor de la UIT de ``datos.uit_anio``; ``None`` si no está registrada
    :param maximo: días hábiles que dura como máximo una evaluación previa (regla ``EVALUACION_PREVIA_MAXIMO``)
    """
    faltas = [*_revisar_formas(datos), *_revisar_variantes(datos, uit, maximo)]
    faltas += [*_revisar_modalidades(datos), *_revisar_requisitos(datos)]
    if not datos.bases_legales:
        faltas.append(
            (
                "bases_legales",
                "Falta la base legal: lo que no tiene norma no se puede exigir (art. 37.1 Ley 27444).",
            )
        )
    if not datos.canales:
        faltas.append(("canales", "Elija al menos un canal por donde se presenta."))
    faltas += [
        (campo, f"{que} «{repetido}» está dos veces: quite uno.")
        for campo, que, dichos in (
            ("recursos", "El recurso", [fila.clase for fila in datos.recursos]),
            ("tarifas", "El medio de copia", [fila.medio for fila in datos.tarifas]),
        )
        for repetido in sorted(cual for cual, veces in Counter(dichos).items() if veces > 1)
    ]
    return faltas


def revisar_desde(desde: date) -> str:
    """Por qué una versión no puede regir desde ese día; vacío si puede."""
    if PRIMER_ANIO <= desde.year <= ULTIMO_ANIO:
        return ""
    return f"«{desde:%d/%m/}{desde.year}» no puede ser el día desde el que rige: va de {PRIMER_ANIO} a {ULTIMO_ANIO}."


def _revisar_formas(datos: NuevaVersion) -> list[Falta]:
    return [
        *_revisar_palabras_fijas(datos),
        *_revisar_largos("", datos, "Procedimientos"),
        *(una for fila in datos.modalidades for una in _revisar_largos("modalidades", fila, "Modalidades")),
        *(una for fila in datos.requisitos for una in _revisar_largos("requisitos", fila, "Requisitos")),
        *(
            una
            for fila in datos.bases_legales
            for una in _revisar_largos("bases_legales", fila, "Base legal")
        ),
        *(una for fila in datos.tarifas for una in _revisar_largos("tarifas", fila, "Tarifas de copia")),
    ]


def _revisar_largos(campo: str, parte: object, hoja: str) -> list[Falta]:
    """Lo que no cabe o no es texto: la base lo rechazaría con un error que nadie entiende."""
    faltas: list[Falta] = []
    for columna in HOJAS[hoja]:
        dicho = getattr(parte, columna.clave, None)
        if columna.clase == TEXTO and columna.largo and dicho is not None:
            if not isinstance(dicho, str):
                faltas.append(
                    (campo or columna.clave, f"{columna.rotulo}: «{str(dicho)[:40]}» debe ir entre comillas.")
                )
            elif len(dicho) > columna.largo:
                faltas.append(
                    (
                        campo or columna.clave,
                        f"{columna.rotulo}: tiene {len(dicho)} caracteres y admite {columna.largo}.",
                    )
                )
    return faltas


def _revisar_palabras_fijas(datos: NuevaVersion) -> list[Falta]:
    """Lo que solo admite ciertos códigos: un archivo puede traer cualquier cosa."""
    dichas = [("tipo", datos.tipo, TIPOS), ("bien_protegido", datos.bien_protegido, ("", *BIENES))]
    dichas += [("canales", canal, tuple(CANALES)) for canal in datos.canales]
    dichas += [("requisitos", fila.clase, CLASES) for fila in datos.requisitos]
    dichas += [("recursos", fila.clase, RECURSOS) for fila in datos.recursos]
    for _, condiciones in [("", datos.condiciones), *datos.variantes]:
        dichas += [
            ("calificacion", condiciones.calificacion, CALIFICACIONES),
            ("plazo_unidad", condiciones.plazo_unidad, UNIDADES),
        ]
    return [
        (campo, f"«{str(dicho)[:40]}» no se conoce: use {', '.join(uno for uno in validas if uno)}.")
        for campo, dicho, validas in dichas
        if dicho not in validas
    ]


def _revisar_variantes(datos: NuevaVersion, uit: Decimal | None, maximo: int) -> list[Falta]:
    """El costo y el plazo de cada modalidad; si no las hay, los de la versión."""
    faltas: list[Falta] = []
    for nombre, condiciones in datos.variantes:
        suyas = [
            *_revisar_costo(condiciones, uit, datos.uit_anio),
            *_revisar_plazo(condiciones, maximo),
        ]
        faltas += (
            [("modalidades", f"Modalidad «{nombre}»: {frase}") for _, frase in suyas] if nombre else suyas
        )
    return faltas


def _revisar_modalidades(datos: NuevaVersion) -> list[Falta]:
    codigos = [fila.codigo for fila in datos.modalidades]
    faltas: list[Falta] = []
    if any(not fila.codigo or not fila.nombre.strip() for fila in datos.modalidades):
        faltas.append(("modalidades", "Toda modalidad lleva un código y un nombre."))
    if repetidos := [codigo for codigo, veces in Counter(codigos).items() if veces > 1]:
        faltas.append(("modalidades", f"El código de modalidad «{repetidos[0]}» está dos veces."))
    nombres = Counter(" ".join(fila.nombre.split()).casefold() for fila in datos.modalidades)
    if any(veces > 1 for veces in nombres.values()):
        faltas.append(("modalidades", "Hay dos modalidades con el mismo nombre: nadie sabría cuál elegir."))
    ajenos = {fila.modalidad for fila in datos.requisitos if fila.modalidad} - set(codigos)
    faltas += [
        ("requisitos", f"Hay un requisito de la modalidad «{ajeno}», que este procedimiento no tiene.")
        for ajeno in sorted(ajenos)
    ]
    return faltas


def _revisar_requisitos(datos: NuevaVersion) -> list[Falta]:
    faltas: list[Falta] = []
    comunes = any(not fila.modalidad for fila in datos.requisitos)
    con_propios = {fila.modalidad for fila in datos.requisitos}
    sin_ninguno = [fila.nombre for fila in datos.modalidades if fila.codigo not in con_propios]
    if not datos.requisitos or (sin_ninguno and not comunes):
        de = f" La modalidad «{sin_ninguno[0]}» no tiene ninguno." if sin_ninguno and datos.requisitos else ""
        faltas.append(
            (
                "requisitos",
                f"Un procedimiento necesita al menos un requisito: la solicitud o el dato que se pide.{de}",
            )
        )
    textos = [(fila.texto.strip().casefold(), fila.modalidad) for fila in datos.requisitos]
    if any(not texto for texto, _ in textos):
        faltas.append(("requisitos", "Hay un requisito sin texto: complételo o quítelo."))
    de_todos = {texto for texto, modalidad in textos if not modalidad}
    if len(set(textos)) < len(textos) or any(texto in de_todos for texto, modalidad in textos if modalidad):
        faltas.append(("requisitos", "Hay dos requisitos iguales: quite uno."))
    return faltas


def _revisar_costo(condiciones: Condiciones, uit: Decimal | None, uit_anio: int | None) -> list[Falta]:
    if condiciones.es_gratuito:
        return (
            [("monto", "Si es gratuito, el derecho de trámite debe ser cero.")] if condiciones.monto else []
        )
    if condiciones.monto <= 0:
        return [("monto", "Escriba el derecho de trámite en soles o marque que es gratuito.")]
    if uit is None:
        return [("uit_anio", f"No está registrado el valor de la UIT de {uit_anio or 'ese año'}.")]
    if condiciones.monto > uit and not condiciones.autorizacion_uit.strip():
        return [
            ("monto", f"El derecho de trámite no puede pasar de una UIT (S/ {uit:,.2f}) sin la norma que lo autoriza "
                      "(art. 45.1 Ley 27444).")
        ]  # fmt: skip
    return []


def _revisar_plazo(condiciones: Condiciones, maximo: int) -> list[Falta]:
    if condiciones.es_automatica:
        if condiciones.plazo:
            return [
                (
                    "plazo",
                    "Una aprobación automática no tiene plazo: el cargo es la aprobación (art. 31 Ley 27444).",
                )
            ]
        return []
    if condiciones.plazo <= 0:
        return [("plazo", "Escriba en cuántos días se resuelve.")]
    if condiciones.plazo > _TOPES_DE_PLAZO.get(condiciones.plazo_unidad, PLAZO_MAXIMO):
        return [
            ("plazo", f"Un plazo de {condiciones.plazo_dicho} no es posible: revise la cifra y la unidad.")
        ]
    if excede_el_maximo(condiciones, maximo) and not condiciones.norma_del_plazo.strip():
        return [
            ("plazo", f"Una evaluación previa se resuelve en {maximo} días hábiles como máximo (art. 35); "
                      "si una ley permite más, escriba cuál en «Norma que permite un plazo mayor».")
        ]  # fmt: skip
    return []


def excede_el_maximo(condiciones: Condiciones, maximo: int) -> bool:
    """Verdadero si el plazo pasa del máximo general; un mes ya tiene más días hábiles de los que puede asegurarse."""
    topes = {"HABILES": maximo, "CALENDARIO": maximo * 7 // 5}
    return condiciones.plazo > topes.get(condiciones.plazo_unidad, 0)
