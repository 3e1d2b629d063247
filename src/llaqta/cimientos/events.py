"""Los sucesos: lo que una sala anuncia y lo que otras hacen después.

``emit`` escribe, en la transacción del acto, una fila en ``Suceso`` y un trabajo por cada oyente: nada se anuncia que
no haya ocurrido, nada de lo ocurrido se olvida. Los oyentes viven en ``reactions.py`` de salas de más arriba y se
declaran con ``@listens``; corren en el trabajador, se reintentan y atender dos veces el mismo suceso no hace nada.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar

from django.db import connection, models, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import ConfigureTaskOptions
from procrastinate.types import JSONValue

from llaqta.cimientos.models import FalloDeOyente, Suceso

registro = logging.getLogger(__name__)

COLA = "sucesos"
REINTENTOS = RetryStrategy(max_attempts=8, exponential_wait=3)
_POR_SENTENCIA = 1000


@dataclass(frozen=True)
class Evento:
    """Base de todo lo que se anuncia: en participio, congelado y con identificadores, nunca con datos personales."""

    TIPOS: ClassVar[dict[str, type[Evento]]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        Evento.TIPOS[cls.tipo()] = cls

    @classmethod
    def tipo(cls) -> str:
        """``sala.Nombre``, como queda escrito en la base."""
        return f"{cls.__module__.rsplit('.', 2)[-2]}.{cls.__name__}"


OYENTES: dict[type[Evento], list[str]] = defaultdict(list)


def listens(*tipos: type[Evento]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declara que una función ``f(evento, *, ahora)`` atiende esos sucesos, en el trabajador y con reintentos."""

    def registrar(funcion: Callable[..., None]) -> Callable[..., None]:
        nombre = f"{funcion.__module__.rsplit('.', 2)[-2]}.{funcion.__name__}"

        def atender(suceso_id: int) -> None:
            atender_suceso(suceso_id, nombre, funcion)

        app.task(name=nombre, queue=COLA, retry=REINTENTOS)(atender)
        for tipo in tipos:
            OYENTES[tipo].append(nombre)
        return funcion

    return registrar


def atender_suceso(suceso_id: int, oyente: str, funcion: Callable[..., None]) -> None:
    """Corre un oyente una sola vez por suceso: marca y efecto van en la misma transacción. Si falla, anota por qué."""
    try:
        with transaction.atomic():
            if not _marcar_atendido(suceso_id, oyente):
                registro.info("%s ya había atendido el suceso %s", oyente, suceso_id)
                return
            suceso = Suceso.objects.get(pk=suceso_id)
            funcion(Evento.TIPOS[suceso.tipo](**suceso.datos), ahora=timezone.now())
    except Exception as error:
        frase = f"{type(error).__name__}: {error}"[:500]
        FalloDeOyente.objects.update_or_create(
            suceso_id=suceso_id, oyente=oyente, defaults={"error": frase, "fallo_en": timezone.now()}
        )
        raise


def _marcar_atendido(suceso_id: int, oyente: str) -> bool:
    """Escribe la marca y dice si es nueva; dos trabajadores a la vez: el segundo espera y encuentra la del primero."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cimientos_sucesoatendido (suceso_id, oyente) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [suceso_id, oyente],
        )
        return int(cursor.rowcount) == 1


def emit(
    evento: Evento,
    *,
    actor_id: int | None,
    ahora: datetime,
    objeto: models.Model | None = None,
    en_nombre_de_id: int | None = None,
) -> Suceso:
    """Anuncia ``evento``: escribe el suceso y deja un trabajo por oyente, todo en la transacción de quien llama.

    :param actor_id: la persona que actuó; ``None`` si fue el sistema
    :param objeto: sobre qué; sirve para buscar su historia
    :raises RuntimeError: fuera de una transacción: se anunciaría lo que quizá no ocurra
    """
    _check_en_transaccion()
    suceso = _suceso(evento, objeto, actor_id, en_nombre_de_id, ahora)
    _insertar(suceso)
    _dejar_trabajos([(evento, suceso)])
    return suceso


def emit_varios(
    anuncios: Sequence[tuple[Evento, models.Model | None]], *, actor_id: int | None, ahora: datetime
) -> list[Suceso]:
    """Anuncia muchos sucesos de una vez, con las mismas garantías que ``emit`` y en pocas sentencias.

    :param anuncios: cada evento con el objeto sobre el que ocurrió; quedan en ese orden
    :raises RuntimeError: fuera de una transacción
    """
    _check_en_transaccion()
    sucesos = Suceso.objects.bulk_create(
        [_suceso(evento, objeto, actor_id, None, ahora) for evento, objeto in anuncios],
        batch_size=_POR_SENTENCIA,
    )
    _dejar_trabajos(list(zip((evento for evento, _ in anuncios), sucesos, strict=True)))
    return sucesos


def _check_en_transaccion() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("emit debe llamarse dentro de la transacción del acto.")


def _suceso(
    evento: Evento,
    objeto: models.Model | None,
    actor_id: int | None,
    en_nombre_de_id: int | None,
    ahora: datetime,
) -> Suceso:
    return Suceso(
        tipo=evento.tipo(),
        datos=asdict(evento),
        actor_id=actor_id,
        en_nombre_de_id=en_nombre_de_id,
        objeto_tipo=objeto._meta.label if objeto is not None else "",
        objeto_id=str(objeto.pk) if objeto is not None else "",
        ocurrido_en=ahora,
    )


def _insertar(suceso: Suceso) -> None:
    """Escribe la fila con una sola sentencia: está en cada acto de la casa, y por el ORM cuesta el doble."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cimientos_suceso"
            " (tipo, datos, actor_id, en_nombre_de_id, objeto_tipo, objeto_id, ocurrido_en)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id, registrado_en",
            [
                suceso.tipo, json.dumps(suceso.datos), suceso.actor_id, suceso.en_nombre_de_id,
                suceso.objeto_tipo, suceso.objeto_id, suceso.ocurrido_en,
            ],
        )  # fmt: skip
        suceso.pk, suceso.registrado_en = cursor.fetchone()
    suceso._state.adding, suceso._state.db = False, connection.alias


def _dejar_trabajos(anunciados: Sequence[tuple[Evento, Suceso]]) -> None:
    """Un trabajo por suceso y oyente, en la transacción de quien llama."""
    trabajos = [
        app.configure_task(nombre).make_new_job(suceso_id=suceso.pk)
        for evento, suceso in anunciados
        for nombre in OYENTES.get(type(evento), ())
    ]
    for desde in range(0, len(trabajos), _POR_SENTENCIA):
        _en_la_transaccion().batch_defer_jobs(trabajos[desde : desde + _POR_SENTENCIA])


def diferir(
    tarea: str, *, dentro_de: timedelta | None = None, candado: str | None = None, **argumentos: JSONValue
) -> None:
    """Deja un trabajo en la cola, en la transacción de quien llama.

    :param dentro_de: cuánto esperar antes de hacerlo; ``None``, nada
    :param candado: los trabajos con el mismo candado se hacen de a uno
    """
    opciones: ConfigureTaskOptions = {"lock": candado}
    if dentro_de is not None:
        opciones["schedule_at"] = timezone.now() + dentro_de
    _en_la_transaccion().batch_defer_jobs([app.configure_task(tarea, **opciones).make_new_job(**argumentos)])


@cache
def _en_la_transaccion() -> JobManager:
    """La cola, siempre por la conexión de Django.

    Dentro del trabajador, ``app`` habla por otra conexión, que confirma por su cuenta: lo que un oyente anunciara se
    vería antes de haber ocurrido, y quedaría aunque su transacción se deshiciera.
    """
    return JobManager(DjangoConnector())
