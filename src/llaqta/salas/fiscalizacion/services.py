"""Lo que se puede hacer en la fiscalización posterior: convocar, sortear, encargar y anotar lo comprobado."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.fiscalizacion import policies, queries, rules
from llaqta.salas.fiscalizacion.events import (
    ResultadoAnotado,
    RevisorAsignado,
    SorteoConvocado,
    SorteoHecho,
)
from llaqta.salas.fiscalizacion.models import Candidato, Sorteo
from llaqta.salas.plazos import queries as plazos


@transaction.atomic
def convocar_sorteo(*, actor: Persona, semestre: str, frase: str, ahora: datetime) -> Sorteo:
    """Publica, antes de que termine el semestre, la frase con que se sorteará. No se cambia después.

    Congela el porcentaje y el tope de las reglas que rigen hoy. Convocar dos veces devuelve la primera.

    :raises Denegado: si no fiscaliza
    :raises EntradaInvalida: si el semestre o la frase no sirven
    :raises NoProcede: si el semestre ya terminó
    """
    policies.check_fiscalizar(actor)
    desde, hasta = rules.get_fechas(semestre)
    if ya := Sorteo.objects.filter(semestre=semestre.strip()).first():
        return ya
    hoy = hoy_en_lima(ahora)
    policies.check_convocar(hasta, al=hoy)
    limpia = " ".join(frase.split())
    if not 12 <= len(limpia) <= 200:
        raise EntradaInvalida(
            "Escriba una frase de 12 a 200 letras: un refrán, el título de una noticia de hoy.", campo="frase"
        )
    sorteo = Sorteo.objects.create(
        semestre=semestre.strip(),
        desde=desde,
        hasta=hasta,
        frase=limpia,
        convocado_en=ahora,
        convocado_por=actor,
        porcentaje=plazos.get_entero("FISCALIZACION_PORCENTAJE", al=hoy),
        tope=plazos.get_entero("FISCALIZACION_TOPE", al=hoy),
    )
    emit(SorteoConvocado(sorteo_id=sorteo.pk), actor_id=actor.pk, ahora=ahora, objeto=sorteo)
    return sorteo


@transaction.atomic
def sortear(*, actor: Persona, sorteo: Sorteo, ahora: datetime) -> Sorteo:
    """Cierra la lista de candidatos y sortea: al menos el diez por ciento, y no más que el tope (32.2).

    Sortear dos veces no cambia nada.

    :raises Denegado: si no fiscaliza
    :raises NoProcede: si el semestre todavía no termina
    """
    policies.check_fiscalizar(actor)
    tomado = Sorteo.objects.select_for_update(no_key=True).get(pk=sorteo.pk)
    if tomado.sorteado_en is not None:
        return tomado
    policies.check_sortear(tomado, al=hoy_en_lima(ahora))
    universo = dict(queries.get_universo(hasta=tomado.hasta, para=actor).values_list("numero", "pk"))
    en_orden = rules.sortear(universo, frase=tomado.frase, semestre=tomado.semestre)
    cuantos = rules.tamano(len(en_orden), porcentaje=tomado.porcentaje, tope=tomado.tope)
    Candidato.objects.bulk_create(
        [
            Candidato(sorteo=tomado, expediente_id=universo[numero], lugar=lugar, elegido=lugar <= cuantos)
            for lugar, numero in enumerate(en_orden, start=1)
        ],
        batch_size=2000,
    )
    tomado.huella = rules.huella(universo)
    tomado.sorteado_en, tomado.sorteado_por = ahora, actor
    tomado.save(update_fields=["huella", "sorteado_en", "sorteado_por"])
    emit(SorteoHecho(sorteo_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    return tomado


@transaction.atomic
def asignar_revisor(*, actor: Persona, candidato: Candidato, revisor: Persona, ahora: datetime) -> Candidato:
    """Encarga a alguien comprobar un expediente sorteado.

    :raises Denegado: si no fiscaliza, o si el revisor intervino en el expediente
    :raises NoProcede: si no salió sorteado
    """
    policies.check_fiscalizar(actor)
    policies.check_fiscalizar(revisor)
    tomado = _tomar(candidato)
    policies.check_comprobar(revisor, tomado)
    if tomado.revisor_id == revisor.pk:
        return tomado
    tomado.revisor = revisor
    tomado.save(update_fields=["revisor"])
    emit(
        RevisorAsignado(candidato_id=tomado.pk, revisor_id=revisor.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


@transaction.atomic
def anotar_resultado(
    *,
    actor: Persona,
    candidato: Candidato,
    resultado: str,
    detalle: str,
    pide_nulidad: bool = False,
    multa_uit: Decimal | None = None,
    se_denuncia: bool = False,
    ahora: datetime,
) -> Candidato:
    """Anota qué se comprobó; con hallazgo, qué medidas se toman: nulidad, multa y comunicación al Ministerio Público.

    Las medidas se ejecutan con sus propios actos; aquí consta que se decidieron (32.3).

    :raises Denegado: si no fiscaliza, o si intervino en el expediente
    :raises NoProcede: si no salió sorteado
    :raises EntradaInvalida: si no se dice qué se comprobó, o las medidas no corresponden
    """
    policies.check_fiscalizar(actor)
    tomado = _tomar(candidato)
    policies.check_comprobar(actor, tomado)
    if resultado not in Candidato.Resultado.values:
        raise EntradaInvalida("Diga si está conforme o si hay un hallazgo.", campo="resultado")
    if not detalle.strip():
        raise EntradaInvalida("Diga qué se comprobó, y cómo.", campo="detalle", norma=rules.NORMA)
    if resultado == Candidato.Resultado.CONFORME and (pide_nulidad or multa_uit or se_denuncia):
        raise EntradaInvalida("Si está conforme no hay medidas que tomar.", campo="resultado")
    minimo, maximo = _limites_de_la_multa(ahora)
    rules.check_multa(multa_uit, minimo=minimo, maximo=maximo)
    tomado.resultado, tomado.detalle = resultado, detalle.strip()
    tomado.pide_nulidad, tomado.multa_uit, tomado.se_denuncia = pide_nulidad, multa_uit or None, se_denuncia
    tomado.anotado_en, tomado.anotado_por = ahora, actor
    tomado.save()
    emit(
        ResultadoAnotado(candidato_id=tomado.pk, resultado=resultado),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


@transaction.atomic
def sellar_acta(*, sorteo_id: int, ahora: datetime) -> Documento:
    """Compone y sella el acta del sorteo, que cualquiera puede verificar; si ya la tiene, la devuelve."""
    sorteo = Sorteo.objects.select_for_update(no_key=True).get(pk=sorteo_id)
    if sorteo.acta is not None:
        return sorteo.acta
    assert sorteo.sorteado_en is not None
    elegidos = queries.get_elegidos(sorteo, para=None)
    candidatos = sorteo.candidatos.count()
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    titulo = f"Acta del sorteo de fiscalización posterior {sorteo.semestre}"
    compuesto = pdf.componer(
        "constancia",
        {
            "encabezado_principal": "ACTA DE SORTEO DE FISCALIZACIÓN POSTERIOR",
            "fecha": hoy_en_lima(sorteo.sorteado_en),
            "texto": [
                f"Semestre {sorteo.semestre}: de {candidatos} expedientes aprobados sin revisión previa o con silencio "
                f"positivo se sortearon {len(elegidos)}, al menos el {sorteo.porcentaje} % y no más de {sorteo.tope} "
                f"({rules.NORMA})."
            ],
            "secciones": [
                {
                    "titulo": "Con qué se sorteó",
                    "filas": [
                        ["Frase", sorteo.frase],
                        ["Publicada el", pdf.fecha_hora(sorteo.convocado_en)],
                        ["Fin del semestre", fecha_en_palabras(sorteo.hasta)],
                        ["Sorteado el", pdf.fecha_hora(sorteo.sorteado_en)],
                        ["Huella de la lista", sorteo.huella],
                    ],
                },
                {
                    "titulo": "Expedientes sorteados",
                    "filas": [[str(n), numero] for n, numero in enumerate(elegidos, start=1)]
                    or [["—", "Ninguno"]],
                },
            ],
            "nota": [
                "Para repetir el sorteo: calcule SHA-256 de «frase|semestre|número» para cada número de la lista "
                "publicada, ordene de menor a mayor y tome los primeros."
            ],
            "verificacion": recuadro(cvd),
        },
        titulo=titulo,
        ahora=ahora,
    )
    sorteo.acta = documentos.guardar_sellado(
        pdf=compuesto, motivo=titulo, tipo="ACTA", asunto=titulo, nombre=f"acta-sorteo-{sorteo.semestre}.pdf", cvd=cvd,
        ahora=ahora, confidencialidad=Documento.Confidencialidad.PUBLICO,
    )  # fmt: skip
    sorteo.save(update_fields=["acta"])
    return sorteo.acta


def _tomar(candidato: Candidato) -> Candidato:
    return (
        Candidato.objects.select_for_update(of=("self",), no_key=True)
        .select_related("expediente")
        .get(pk=candidato.pk)
    )


def _limites_de_la_multa(ahora: datetime) -> tuple[int, int]:
    """De «5-10» a (5, 10)."""
    minimo, _, maximo = plazos.get_regla("FALSEDAD_MULTA", al=hoy_en_lima(ahora)).valor.partition("-")
    return int(minimo), int(maximo.split()[0])
