"""El registro: cada suceso confirmado tiene una hoja, un secreto y una prueba que cualquiera comprueba."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import canon, merkle, puntos, services
from llaqta.salas.auditoria.lectura import leer_suceso
from llaqta.salas.auditoria.models import Hoja, Punto, Secreto
from llaqta.salas.auditoria.pruebas import TodaviaNo, get_prueba
from llaqta.salas.cuentas.events import SesionIniciada
from llaqta.salas.cuentas.models import Persona

pytestmark = pytest.mark.django_db


def anunciar(cuantos: int, ahora: datetime) -> list[Suceso]:
    with transaction.atomic():
        return [emit(SesionIniciada(cuenta_id=n), actor_id=n or None, ahora=ahora) for n in range(cuantos)]


def comprobar(paquete: dict[str, Any]) -> None:
    """Comprueba un paquete como lo haría un tercero, con la norma en la mano y sin código del registro."""
    texto = json.dumps(paquete["canonico"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for campo, abierto in paquete["abierto"].items():
        valor = json.dumps(abierto["valor"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sal = bytes.fromhex(abierto["sal"])
        assert hashlib.sha256(sal + valor.encode()).hexdigest() == paquete["canonico"][campo]
    huella = hashlib.sha256(b"\0" + texto.encode()).digest()
    llave = puntos.LlavePublica.leer(paquete["llave"])
    nota = puntos.leer_nota(paquete["punto"])
    llave.comprobar(nota)
    assert (nota.origen, nota.tamano) == (paquete["origen"], paquete["tamano"])
    camino = [base64.b64decode(paso) for paso in paquete["inclusion"]]
    assert merkle.verificar_inclusion(huella, paquete["hoja"], paquete["tamano"], camino, nota.raiz)


def test_cada_suceso_entra_una_vez_y_se_prueba(entidad: Entidad, ahora: datetime, settings: Any) -> None:
    sucesos = anunciar(5, ahora)
    assert services.secuenciar_ahora(ahora=ahora) == 5
    assert services.secuenciar_ahora(ahora=ahora) == 0
    assert list(Hoja.objects.order_by("hoja").values_list("hoja", "suceso_id")) == [
        (lugar, suceso.pk) for lugar, suceso in enumerate(sucesos)
    ]
    assert Secreto.objects.count() == 5
    assert list(Punto.objects.values_list("tamano", "firmado_en")) == [(5, ahora)]
    prueba = get_prueba(sucesos[2].pk)
    assert (prueba.hoja, prueba.tamano) == (2, 5)
    assert prueba.paquete["abierto"]["datos"]["valor"] == {"cuenta_id": 2}
    assert prueba.paquete["origen"] == "llaqta.pe/registro/080910"
    assert (Path(settings.REGISTRO) / "checkpoint").read_text() == prueba.punto
    comprobar(prueba.paquete)


def test_lo_de_antes_se_sigue_probando_cuando_el_registro_crece(entidad: Entidad, ahora: datetime) -> None:
    primeros = anunciar(3, ahora)
    services.secuenciar_ahora(ahora=ahora)
    viejo = get_prueba(primeros[0].pk)
    anunciar(700, ahora)
    assert services.secuenciar_ahora(ahora=ahora + timedelta(seconds=2)) == 700
    nuevo = get_prueba(primeros[0].pk)
    assert (viejo.tamano, nuevo.tamano) == (3, 703)
    comprobar(viejo.paquete)
    comprobar(nuevo.paquete)


def test_lo_que_no_se_abre_queda_como_compromiso(ciudadana: Persona, ahora: datetime) -> None:
    with transaction.atomic():
        suceso = emit(SesionIniciada(cuenta_id=7), actor_id=ciudadana.pk, objeto=ciudadana, ahora=ahora)
    services.secuenciar_ahora(ahora=ahora)
    cerrado = get_prueba(suceso.pk, abrir=()).paquete
    assert cerrado["abierto"] == {}
    assert set(cerrado["canonico"]) == {
        "actor", "datos", "en_nombre_de", "objeto", "ocurrido", "registrado", "suceso", "tipo", "v",
    }  # fmt: skip
    assert cerrado["canonico"]["suceso"] == str(suceso.pk)
    assert cerrado["canonico"]["tipo"] == "cuentas.SesionIniciada"
    assert cerrado["canonico"]["ocurrido"] == "2026-06-01T15:00:00.000000Z"
    comprobar(cerrado)
    todo = get_prueba(suceso.pk, abrir=canon.CAMPOS).paquete
    assert {campo: abierto["valor"] for campo, abierto in todo["abierto"].items()} == {
        "actor": ciudadana.pk,
        "datos": {"cuenta_id": 7},
        "en_nombre_de": None,
        "objeto": f"cuentas.Persona:{ciudadana.pk}",
    }
    comprobar(todo)


def test_lo_que_aun_no_tiene_hoja_se_pide_mas_tarde(entidad: Entidad, ahora: datetime) -> None:
    (suceso,) = anunciar(1, ahora)
    with pytest.raises(TodaviaNo):
        get_prueba(suceso.pk)


def test_la_forma_canonica_escrita_a_mano_es_la_de_json(ciudadana: Persona, ahora: datetime) -> None:
    for datos in ({}, {"ñ": '«tilde» \\ " \n\x01', "a": [1, None, True, {"z": 1, "b": -5}]}):
        fila = Suceso.objects.create(tipo="x.Y", datos=datos, actor_id=3, ocurrido_en=ahora, objeto_tipo="a.B",
                                     objeto_id="9")  # fmt: skip
        suceso, semilla = leer_suceso(fila.pk), b"s" * 32
        assert suceso is not None
        esperado: dict[str, Any] = {
            campo: hashlib.sha256(
                hmac.new(semilla, campo.encode(), "sha256").digest()
                + json.dumps(valor, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            ).hexdigest()
            for campo, valor in (("actor", 3), ("datos", datos), ("en_nombre_de", None), ("objeto", "a.B:9"))
        }
        esperado |= {"ocurrido": suceso.ocurrido, "registrado": suceso.registrado, "suceso": str(fila.pk),
                     "tipo": "x.Y", "v": 1}  # fmt: skip
        texto = json.dumps(esperado, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert canon.canonico(suceso, semilla) == texto


def test_un_numero_con_decimales_no_entra(ahora: datetime) -> None:
    with pytest.raises(canon.SinDecimales):
        canon.json_canonico({"monto": [{"soles": 1.5}]})


def test_anunciar_cuesta_una_sola_insercion(entidad: Entidad, ahora: datetime) -> None:
    with CaptureQueriesContext(connection) as consultas, transaction.atomic():
        emit(SesionIniciada(cuenta_id=1), actor_id=1, ahora=ahora)
    sentencias = [c["sql"] for c in consultas if "SAVEPOINT" not in c["sql"]]
    assert len(sentencias) == 1
    assert sentencias[0].startswith("INSERT INTO cimientos_suceso")
