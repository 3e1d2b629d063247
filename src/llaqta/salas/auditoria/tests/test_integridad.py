"""Quien administra la base puede apartar los disparadores y cambiar lo que quiera; la verificación nombra la hoja."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import integridad, puntos, secuenciador, services
from llaqta.salas.auditoria.integridad import Hallazgo
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.tests.test_registro import anunciar

pytestmark = pytest.mark.django_db


@contextmanager
def sin_disparadores() -> Iterator[Any]:
    """Lo que puede hacer quien administra la base."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def registro(entidad: Entidad, ahora: datetime) -> list[Suceso]:
    """300 sucesos en dos puntos: 40 y 300 hojas."""
    sucesos = anunciar(40, ahora)
    services.secuenciar_ahora(ahora=ahora)
    sucesos += anunciar(260, ahora)
    services.secuenciar_ahora(ahora=ahora + timedelta(seconds=2))
    return sucesos


def hallazgos() -> list[Hallazgo]:
    return integridad.verificar().hallazgos


def hallado() -> list[tuple[str, int | None, int | None]]:
    return [(h.clase, h.hoja, h.suceso) for h in hallazgos()]


def test_un_registro_sano_esta_intacto(registro: list[Suceso], ahora: datetime) -> None:
    anunciar(2, ahora)
    informe = integridad.verificar()
    assert informe.hallazgos == []
    assert (informe.tamano, informe.sucesos, informe.puntos, informe.pendientes) == (300, 300, 2, 2)
    assert informe.raiz == bytes(Punto.objects.get(tamano=300).raiz).hex()


@pytest.mark.parametrize(
    "cambio",
    [
        "datos = '{\"cuenta_id\": 999}'",
        "actor_id = 4242",
        "actor_id = NULL",
        "en_nombre_de_id = 1",
        "objeto_tipo = 'cuentas.Persona', objeto_id = '1'",
        "tipo = 'cuentas.CuentaCreada'",
        "ocurrido_en = ocurrido_en - interval '1 microsecond'",
        "registrado_en = registrado_en - interval '1 day'",
    ],
)
def test_cambiar_cualquier_campo_de_un_suceso_nombra_su_hoja(registro: list[Suceso], cambio: str) -> None:
    with sin_disparadores() as cursor:
        cursor.execute(f"UPDATE cimientos_suceso SET {cambio} WHERE id = %s", [registro[50].pk])
    assert hallado() == [("suceso alterado", 50, registro[50].pk)]


def test_borrar_un_suceso_nombra_su_hoja(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM cimientos_suceso WHERE id = %s", [registro[299].pk])
    assert hallado() == [("suceso borrado", 299, registro[299].pk)]


def test_permutar_dos_sucesos_nombra_las_dos_hojas(registro: list[Suceso]) -> None:
    uno, otro = registro[10].pk, registro[20].pk
    with sin_disparadores() as cursor:
        cursor.execute("UPDATE cimientos_suceso SET id = -1 WHERE id = %s", [uno])
        cursor.execute("UPDATE cimientos_suceso SET id = %s WHERE id = %s", [uno, otro])
        cursor.execute("UPDATE cimientos_suceso SET id = %s WHERE id = -1", [otro])
    assert hallado() == [("suceso alterado", 10, uno), ("suceso alterado", 20, otro)]


def test_vaciar_los_sucesos_nombra_la_primera_hoja_y_cuenta_las_demas(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM cimientos_suceso")
    informe = integridad.verificar()
    assert informe.hallazgos[0].clase == "suceso borrado"
    assert informe.hallazgos[0].hoja == 0
    assert len(informe.hallazgos) + informe.omitidos == 300


def test_agregar_un_suceso_por_la_puerta_de_atras_se_nota(registro: list[Suceso], ahora: datetime) -> None:
    with sin_disparadores() as cursor:
        cursor.execute(
            "INSERT INTO cimientos_suceso (id, tipo, datos, objeto_tipo, objeto_id, ocurrido_en, registrado_en, xid)"
            " VALUES (-7, 'x.Y', '{}', '', '', now(), now(), '3')"
        )
    assert hallado() == [("suceso sin hoja", None, -7)]


def test_cambiar_una_hoja_la_nombra(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("UPDATE auditoria_hoja SET h = %s WHERE hoja = 77", [b"x" * 32])
    assert ("suceso alterado", 77, registro[77].pk) in hallado()


def test_cambiar_el_suceso_y_su_hoja_para_que_casen_la_nombra_por_el_mosaico(registro: list[Suceso]) -> None:
    _recalcular(registro[77].pk, 77)
    assert hallado() == [("hoja alterada", 77, registro[77].pk), ("punto no coincide", 40, None)]


def test_cambiar_tambien_los_mosaicos_se_nota_por_el_punto_firmado(
    registro: list[Suceso], settings: Any
) -> None:
    _recalcular(registro[77].pk, 77)
    shutil.rmtree(Path(settings.REGISTRO) / "tile")
    secuenciador._agregar(secuenciador.Mosaico(), 0, 300)
    assert hallado() == [("punto no coincide", 40, None)]
    assert "entre la hoja 40 y la 299" in hallazgos()[0].frase


def test_borrar_hojas_nombra_el_tramo(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_hoja WHERE hoja IN (100, 101)")
    frases = [h.frase for h in hallazgos()]
    assert frases == [
        "Falta en la base las hojas 100 a 101.",
        f"El suceso {registro[100].pk} no tiene hoja en el registro.",
        f"El suceso {registro[101].pk} no tiene hoja en el registro.",
    ]


def test_recortar_las_ultimas_hojas_se_nota(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_hoja WHERE hoja >= 290")
        cursor.execute("DELETE FROM auditoria_secreto WHERE suceso_id >= %s", [registro[290].pk])
        cursor.execute("DELETE FROM cimientos_suceso WHERE id >= %s", [registro[290].pk])
        cursor.execute("UPDATE auditoria_avance SET hojas = 290, suceso_id = %s", [registro[289].pk])
    assert hallado()[0] == ("hoja borrada", 290, None)


def test_permutar_dos_hojas_nombra_las_dos(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("UPDATE auditoria_hoja SET hoja = -1 WHERE hoja = 60")
        cursor.execute("UPDATE auditoria_hoja SET hoja = 60 WHERE hoja = 61")
        cursor.execute("UPDATE auditoria_hoja SET hoja = 61 WHERE hoja = -1")
    assert [h[:2] for h in hallado()] == [
        ("hoja alterada", 60),
        ("hoja alterada", 61),
        ("punto no coincide", 40),
    ]


def test_vaciar_las_hojas_se_nota(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_hoja")
    primera = hallazgos()[0]
    assert (primera.clase, primera.hoja) == ("hoja borrada", 0)
    assert primera.frase == "Falta en la base las hojas 0 a 299."


def test_cambiar_un_secreto_nombra_su_hoja(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute(
            "UPDATE auditoria_secreto SET semilla = %s WHERE suceso_id = %s", [b"y" * 32, registro[5].pk]
        )
    assert hallado() == [("suceso alterado", 5, registro[5].pk)]


def test_borrar_un_secreto_sin_procedimiento_nombra_su_hoja(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_secreto WHERE suceso_id = %s", [registro[5].pk])
    assert hallado() == [("secreto borrado", 5, registro[5].pk)]


def test_cambiar_la_raiz_de_un_punto_se_nota(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("UPDATE auditoria_punto SET raiz = %s WHERE tamano = 40", [b"z" * 32])
    assert [h[:2] for h in hallado()] == [("punto no coincide", 0), ("punto alterado", 39)]


def test_cambiar_la_nota_de_un_punto_se_nota(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute(
            "UPDATE auditoria_punto SET nota = replace(nota, '080910', '080901') WHERE tamano = 40"
        )
    assert hallado() == [("punto alterado", 39, None)]


def test_borrar_un_punto_se_nota(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_punto WHERE tamano = 40")
    assert hallado() == [("punto borrado", 39, None)]


def test_borrar_el_ultimo_punto_se_nota_por_lo_publicado(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_punto WHERE tamano = 300")
    assert hallado() == [("punto borrado", 299, None)]


def test_vaciar_los_puntos_se_nota(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_punto")
    assert hallado() == [("punto borrado", 299, None)]


def test_cambiar_un_mosaico_de_arriba_se_nota(registro: list[Suceso], settings: Any) -> None:
    (Path(settings.REGISTRO) / "tile/1/000.p/1").write_bytes(b"m" * 32)
    assert ("mosaico alterado", 0, None) in hallado()


def test_un_tramo_se_verifica_solo(registro: list[Suceso]) -> None:
    with sin_disparadores() as cursor:
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 9 WHERE id IN (%s, %s)",
                       [registro[10].pk, registro[270].pk])  # fmt: skip
    assert [h.hoja for h in integridad.verificar(desde=260).hallazgos] == [270]
    assert [h.hoja for h in integridad.verificar(hasta=260).hallazgos] == [10]
    assert integridad.verificar(desde=100, hasta=200).intacto
    with pytest.raises(ValueError, match="tiene 300 hojas"):
        integridad.verificar(desde=301)


def test_el_punto_que_otro_guardo_descubre_un_registro_rehecho_entero(
    registro: list[Suceso], settings: Any, ahora: datetime
) -> None:
    guardado = Punto.objects.get(tamano=40).nota
    assert integridad.verificar(contra=guardado).intacto
    with sin_disparadores() as cursor:
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 9 WHERE id = %s", [registro[10].pk])
        for tabla in ("hoja", "secreto", "punto", "avance"):
            cursor.execute(f"DELETE FROM auditoria_{tabla}")
    shutil.rmtree(Path(settings.REGISTRO) / "tile")
    (Path(settings.REGISTRO) / "checkpoint").unlink()
    services.secuenciar_ahora(ahora=ahora)
    assert integridad.verificar().intacto, "con la llave y los archivos, por dentro todo casa"
    assert [h.clase for h in integridad.verificar(contra=guardado).hallazgos] == ["bifurcación"]


def test_devolver_la_base_al_respaldo_de_ayer_se_nota_y_no_se_firma_mas(
    registro: list[Suceso], ahora: datetime
) -> None:
    guardado = Punto.objects.get(tamano=300).nota
    _volver_a_ayer(registro)
    (hallazgo, *_) = integridad.verificar(contra=guardado).hallazgos[-1:]
    assert (hallazgo.clase, hallazgo.hoja) == ("registro recortado", 40)
    anunciar(3, ahora)
    with pytest.raises(secuenciador.RegistroAlterado, match="volvió a un estado anterior"):
        services.secuenciar_ahora(ahora=ahora)
    assert Punto.objects.count() == 1


def test_un_punto_de_otro_registro_no_sirve_para_comparar(registro: list[Suceso]) -> None:
    ajeno = Punto.objects.get(tamano=40).nota.replace("080910", "080901")
    assert [h.clase for h in integridad.verificar(contra=ajeno).hallazgos] == ["punto ajeno"]
    with pytest.raises(puntos.NotaInvalida):
        integridad.verificar(contra="hola")


@pytest.mark.parametrize(
    "orden",
    [
        "UPDATE auditoria_hoja SET h = h", "DELETE FROM auditoria_hoja", "TRUNCATE auditoria_hoja",
        "UPDATE auditoria_secreto SET semilla = semilla", "DELETE FROM auditoria_secreto", "TRUNCATE auditoria_secreto",
        "UPDATE auditoria_punto SET raiz = raiz", "DELETE FROM auditoria_punto", "TRUNCATE auditoria_punto CASCADE",
        "UPDATE auditoria_punto SET ancla = 'x', anclado_en = now(), nota = 'otra'",
    ],
)  # fmt: skip
def test_la_base_rechaza_reescribir_el_registro(registro: list[Suceso], orden: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(orden)
    assert integridad.verificar().intacto


def test_un_punto_recibe_su_sello_de_tiempo_una_sola_vez(registro: list[Suceso], ahora: datetime) -> None:
    assert Punto.objects.filter(tamano=40).update(ancla=b"sello", anclado_en=ahora) == 1
    with pytest.raises(DatabaseError, match="una sola vez"), transaction.atomic():
        Punto.objects.filter(tamano=40).update(ancla=b"otro", anclado_en=ahora)


def _recalcular(suceso_id: int, hoja: int) -> None:
    """Cambia un suceso y escribe en la base la hoja que le correspondería."""
    from llaqta.salas.auditoria import canon, lectura, merkle
    from llaqta.salas.auditoria.models import Secreto

    with sin_disparadores() as cursor:
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 9 WHERE id = %s", [suceso_id])
        suceso = lectura.leer_suceso(suceso_id)
        assert suceso is not None
        h = merkle.huella_de_hoja(canon.canonico(suceso, bytes(Secreto.objects.get(pk=suceso_id).semilla)))
        cursor.execute("UPDATE auditoria_hoja SET h = %s WHERE hoja = %s", [h, hoja])


def _volver_a_ayer(registro: list[Suceso]) -> None:
    """Deja la base como estaba con 40 hojas; los archivos publicados siguen siendo los de hoy."""
    with sin_disparadores() as cursor:
        cursor.execute("DELETE FROM auditoria_punto WHERE tamano = 300")
        cursor.execute("DELETE FROM auditoria_hoja WHERE hoja >= 40")
        cursor.execute("DELETE FROM auditoria_secreto WHERE suceso_id >= %s", [registro[40].pk])
        cursor.execute("DELETE FROM cimientos_suceso WHERE id >= %s", [registro[40].pk])
        cursor.execute("UPDATE auditoria_avance SET hojas = 40, suceso_id = %s", [registro[39].pk])
