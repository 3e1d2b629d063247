"""Quién puede abrir qué: cada dirección de la casa, pedida por cada persona del reparto, mirando y enviando.

La tabla está escrita a mano: es lo que la municipalidad promete. Una dirección nueva que no tenga su fila no pasa.
Lo ajeno y lo inexistente se responden igual, y quien no puede no deja ni una fila escrita.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from llaqta.salas.cuentas.models import (
    Persona,
)

from .filas import ING, QUIENES, Casa, Fila
from .tabla import TABLA

pytestmark = pytest.mark.django_db


def _direccion(nombre: str, fila: Fila, objetos: Mapping[str, Any]) -> str:
    return reverse(nombre.split("#")[0], args=[objetos.get(c, c) for c in fila.con])


def _dicho(respuesta: HttpResponse) -> Any:
    """El código; ``ING`` si lleva a ingresar."""
    if respuesta.status_code == 302 and respuesta["Location"].startswith(reverse("account_login")):
        return ING
    return respuesta.status_code


_NO_CUENTAN = {"django_session", "sede_intento", "cimientos_memoria"}


def _escritas() -> int:
    """Las filas que esta transacción insertó, cambió o borró hasta ahora, en cualquier tabla que no sea de sesiones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname <> ALL(%s)",
            [sorted(_NO_CUENTAN)],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _sin_consecuencias() -> Iterator[None]:
    """Lo que pase adentro se deshace: cada petición encuentra la misma casa."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_EXISTIR_ES_PUBLICO = {"verificar_documento"}
"""Que un código de verificación existe lo puede saber cualquiera: para eso es. Lo que se guarda es el contenido."""


def _comparar(quien: str, dicho: Mapping[str, Any], prometido: Mapping[str, Any]) -> None:
    """Todas las diferencias de una vez, una por línea."""
    distintas = [
        f"{quien} {nombre}: se prometió {prometido[nombre]} y se contestó {dicho[nombre]}"
        for nombre in prometido
        if dicho[nombre] != prometido[nombre]
    ]
    assert not distintas, "\n".join(distintas)


# --- Las pruebas ----------------------------------------------------------------------------------------------------
def _nombres(resolver: URLResolver, espacio: str = "") -> Iterator[str]:
    for patron in resolver.url_patterns:
        if isinstance(patron, URLPattern):
            if patron.name:
                yield f"{espacio}{patron.name}"
        else:
            yield from _nombres(patron, f"{patron.namespace}:" if patron.namespace else espacio)


def test_toda_direccion_tiene_su_fila() -> None:
    hay = set(_nombres(get_resolver())) - {"api:openapi-json", "api:api-root"}

    assert hay == {nombre.split("#")[0] for nombre in TABLA}


@pytest.mark.parametrize("quien", QUIENES)
def test_cada_persona_mira_lo_que_le_corresponde(
    quien: str, casa: Casa, navegador: Callable[[str], Client]
) -> None:
    dicho = {}
    for nombre, fila in TABLA.items():
        with _sin_consecuencias():
            dicho[nombre] = _dicho(navegador(quien).get(_direccion(nombre, fila, casa.hay)))

    _comparar(quien, dicho, {nombre: fila.mira[quien] for nombre, fila in TABLA.items()})


@pytest.mark.parametrize("quien", QUIENES)
def test_cada_persona_envia_solo_lo_que_le_corresponde_y_lo_denegado_no_escribe(
    quien: str, casa: Casa, navegador: Callable[[str], Client]
) -> None:
    dicho, escritas = {}, {}
    envian = {nombre: fila for nombre, fila in TABLA.items() if fila.envia is not None}
    for nombre, fila in envian.items():
        direccion = _direccion(nombre, fila, casa.hay)
        antes = _escritas()
        with _sin_consecuencias():
            dicho[nombre] = _dicho(navegador(quien).post(direccion, fila.datos(casa)))
        escritas[nombre] = _escritas() - antes

    _comparar(quien, dicho, {nombre: fila.envia[quien] for nombre, fila in envian.items() if fila.envia})
    negadas = {n: e for n, e in escritas.items() if dicho[n] in (ING, 401, 403, 404, 405, 409)}
    assert {nombre for nombre, cuantas in negadas.items() if cuantas} == set()


@pytest.mark.parametrize("quien", QUIENES)
def test_lo_ajeno_y_lo_inexistente_se_responden_igual(
    quien: str, casa: Casa, navegador: Callable[[str], Client]
) -> None:
    """Quien tantea números no aprende cuáles existen: ni por el código, ni por una letra de la página."""
    for nombre, fila in TABLA.items():
        objetos = [objeto for objeto in fila.con if objeto in casa.no_hay]
        if fila.mira[quien] != 404 or not objetos or nombre in _EXISTIR_ES_PUBLICO:
            continue
        ajeno = _direccion(nombre, fila, casa.hay)
        inexistente = _direccion(nombre, fila, {**casa.hay, objetos[-1]: casa.no_hay[objetos[-1]]})
        with _sin_consecuencias():
            respuestas = [navegador(quien).get(direccion) for direccion in (ajeno, inexistente)]
        assert [r.status_code for r in respuestas] == [404, 404], nombre
        uno, otro = (
            _comun(r, direccion) for r, direccion in zip(respuestas, (ajeno, inexistente), strict=True)
        )
        assert uno == otro, nombre


_MARCADO = "<img src=x onerror=alert(1)>\"'</script><b>"


@pytest.mark.parametrize("escrito", [_MARCADO])
def test_lo_que_alguien_escribe_nunca_sale_como_marcado(
    escrito: str, casa: Casa, reparto: dict[str, Persona], navegador: Callable[[str], Client]
) -> None:
    """En el asunto, el proveído, el nombre de un archivo o el de una persona: se lee tal cual y no hace nada."""
    Persona.objects.filter(pk__in=[reparto["DUE"].pk, reparto["OTR"].pk]).update(
        nombres=escrito, apellido_paterno=escrito, domicilio=escrito
    )
    leido = 0
    for quien in QUIENES:
        for nombre, fila in TABLA.items():
            if fila.mira[quien] != 200:
                continue
            with _sin_consecuencias():
                respuesta = navegador(quien).get(_direccion(nombre, fila, casa.hay))
            if respuesta.get("Content-Type", "").startswith("text/html"):
                texto = respuesta.content.decode()
                assert "<img src=x" not in texto, f"{quien} {nombre}"
                assert "</script><b>" not in texto, f"{quien} {nombre}"
                leido += "&lt;img src=x onerror=alert(1)&gt;" in texto
    assert leido > 20


def _comun(respuesta: HttpResponse, direccion: str) -> str:
    """La página sin lo que cambia en cada pedido: la protección del formulario y la misma dirección pedida."""
    texto = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", respuesta.content.decode())
    return texto.replace(direccion, "ESTA").replace(direccion.replace("/", "%2F"), "ESTA")
