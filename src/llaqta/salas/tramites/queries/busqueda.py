"""Encontrar un trámite como la gente habla: con o sin tildes, con errores y con jerga."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites.models import VersionProcedimiento

LARGO_DE_CONSULTA = 120
PARECIDO_MINIMO = 0.5
CORTE = 0.3
"""Un resultado que puntúa menos que esta parte del mejor ya no se parece a lo que se pidió."""


@dataclass(frozen=True)
class Hallazgo:
    """Un procedimiento encontrado: su versión vigente, un trozo que lo explica y cuánto se parece a lo buscado."""

    version: VersionProcedimiento
    fragmento: str
    puntaje: float


_VACIAS = """
    quiero quisiera necesito deseo sacar hacer tramitar tramite obtener pedir solicitar como donde cuanto cuesta demora
    requisitos requisito para mi mis tengo tener puedo debo hay ir poner abrir nuevo nueva municipalidad muni favor
    sobre cual cuales papel papeles saber ayuda quien hago saco
""".split()

_BUSCAR = r"""
WITH consulta AS (
    SELECT tramites_normalizar(%(texto)s) AS texto, ' ' || tramites_fonetica(%(texto)s) || ' ' AS sonido
), dicho AS (
    SELECT s.dice, s.quiere_decir FROM tramites_sinonimo s, consulta c
    WHERE c.sonido LIKE '%% ' || s.sonido || ' %%'
       OR (length(s.sonido) >= 6 AND strict_word_similarity(s.sonido, c.sonido) >= 0.65)
), palabra AS (
    SELECT p AS palabra, 1.0::float AS peso FROM consulta, regexp_split_to_table(texto, '[^a-z0-9áéíóú]+') p
    WHERE p <> ALL (%(vacias)s)
    UNION ALL
    SELECT p, 1.4 FROM dicho, regexp_split_to_table(tramites_normalizar(quiere_decir), '[^a-z0-9áéíóú]+') p
), termino AS (
    SELECT palabra, max(peso) AS peso, plainto_tsquery('pg_catalog.spanish', palabra) AS raiz,
           tramites_fonetica(palabra) AS sonido
    FROM palabra WHERE length(palabra) >= 2 GROUP BY palabra
), vigente AS (
    SELECT t.version_id, t.vector, t.sonido
    FROM tramites_textodebusqueda t JOIN tramites_versionprocedimiento v ON v.id = t.version_id
    WHERE v.desde <= %(al)s AND (v.hasta IS NULL OR v.hasta >= %(al)s)
), cruce AS (
    SELECT t.palabra, t.peso, v.version_id, greatest(
        CASE WHEN v.vector @@ t.raiz THEN least(1, ts_rank('{0.1,0.25,0.7,1}', v.vector, t.raiz) / 0.6) ELSE 0 END,
        CASE WHEN length(t.sonido) >= 4 AND strict_word_similarity(t.sonido, v.sonido) >= %(parecido)s
             THEN strict_word_similarity(t.sonido, v.sonido) * 0.75 ELSE 0 END) AS calidad
    FROM termino t CROSS JOIN vigente v WHERE numnode(t.raiz) > 0
), rareza AS (
    SELECT palabra, ln(1 + count(*)::float / greatest(1, count(*) FILTER (WHERE calidad > 0.3))) AS valor
    FROM cruce GROUP BY palabra
)
SELECT c.version_id, sum(c.peso * c.calidad * r.valor) AS puntaje
FROM cruce c JOIN rareza r USING (palabra) GROUP BY c.version_id HAVING sum(c.calidad) > 0.2
ORDER BY puntaje DESC, c.version_id LIMIT %(limite)s
"""


def buscar(texto: str, *, para: Persona | None = None, al: date, limite: int = 10) -> list[Hallazgo]:
    """Los procedimientos vigentes que mejor responden a lo que la gente escribe, con o sin tildes, errores y jerga.

    Tres consultas a la base: una que puntúa y dos que traen lo encontrado con sus modalidades.
    """
    texto = texto.replace("\x00", "").strip()[:LARGO_DE_CONSULTA]  # PostgreSQL no compara el carácter nulo
    if not texto:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _BUSCAR,
            {"texto": texto, "vacias": _VACIAS, "al": al, "parecido": PARECIDO_MINIMO, "limite": limite},
        )
        puntajes: dict[int, float] = dict(cursor.fetchall())
    if not puntajes:
        return []
    minimo = max(puntajes.values()) * CORTE
    versiones = (
        VersionProcedimiento.objects.select_related("procedimiento__tema", "unidad_aprobacion")
        .prefetch_related("modalidades")
        .in_bulk([pk for pk, puntaje in puntajes.items() if puntaje >= minimo])
    )
    return [
        Hallazgo(
            version=versiones[pk], fragmento=_primera_oracion(versiones[pk].descripcion), puntaje=puntaje
        )
        for pk, puntaje in puntajes.items()
        if pk in versiones
    ]


def _primera_oracion(texto: str) -> str:
    return texto.split(". ")[0].rstrip(".") + "."
