"""El secuenciador: con escritores a la vez ni falta ni sobra un suceso, y un corte en cualquier punto se repara."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from llaqta.cimientos import archivos
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import integridad, merkle, mosaico, puntos, secuenciador, services
from llaqta.salas.auditoria.models import Avance, Hoja, Punto
from llaqta.salas.auditoria.pruebas import get_prueba
from llaqta.salas.auditoria.tests.test_registro import anunciar, comprobar

de_verdad = pytest.mark.django_db(transaction=True)
INSERTAR = (
    "INSERT INTO cimientos_suceso (tipo, datos, objeto_tipo, objeto_id, ocurrido_en)"
    " VALUES ('x.Y', '{\"n\": 1}', '', '', now()) RETURNING id"
)


def conectar(base: str = "") -> psycopg.Connection[Any]:
    """Una conexión aparte, a la misma base de prueba o a otra del mismo servidor."""
    ajustes = connection.settings_dict
    return psycopg.connect(
        host=ajustes["HOST"], port=ajustes["PORT"], user=ajustes["USER"], dbname=base or ajustes["NAME"]
    )


@de_verdad
def test_ocho_escritores_a_la_vez_y_no_se_pierde_ninguno(ahora: datetime) -> None:
    confirmados: list[int] = []
    terminado, publicado = threading.Event(), threading.Event()

    def escribir(semilla: int) -> None:
        azar = random.Random(semilla)
        with conectar() as base:
            for _ in range(40):
                propios = []
                for _ in range(azar.randint(1, 3)):
                    propios.append(base.execute(INSERTAR).fetchone()[0])  # type: ignore[index]
                    time.sleep(azar.random() * 0.008)
                if azar.random() < 0.2:
                    base.rollback()
                else:
                    base.commit()
                    confirmados.extend(propios)
            # Por lenta que esté la máquina, algo se publica antes de lo último que se escribe.
            assert publicado.wait(120)
            propio = base.execute(INSERTAR).fetchone()[0]  # type: ignore[index]
            base.commit()
            confirmados.append(propio)

    def secuenciar() -> None:
        try:
            while not terminado.is_set():
                if services.secuenciar_ahora(ahora=ahora):
                    publicado.set()
        finally:
            connection.close()

    lectores = [threading.Thread(target=secuenciar) for _ in range(2)]
    escritores = [threading.Thread(target=escribir, args=(n,)) for n in range(8)]
    for hilo in [*lectores, *escritores]:
        hilo.start()
    for hilo in escritores:
        hilo.join()
    terminado.set()
    for hilo in lectores:
        hilo.join()
    services.secuenciar_ahora(ahora=ahora)
    dadas = list(Hoja.objects.order_by("hoja").values_list("hoja", "suceso_id"))
    assert [hoja for hoja, _ in dadas] == list(range(len(confirmados))), "sin huecos"
    assert sorted(suceso for _, suceso in dadas) == sorted(confirmados), "ni falta, ni sobra, ni se repite"
    assert Punto.objects.count() > 1, "se fue publicando mientras se escribía"
    assert integridad.verificar().hallazgos == []
    _todos_los_puntos_se_continuan()


@de_verdad
def test_lo_que_confirma_tarde_entra_despues_y_nadie_se_queda_atras(ahora: datetime) -> None:
    with conectar() as lenta, conectar() as rapida:
        (tardio,) = lenta.execute(INSERTAR).fetchone() or (0,)
        (pronto,) = rapida.execute(INSERTAR).fetchone() or (0,)
        rapida.commit()
        assert services.secuenciar_ahora(ahora=ahora) == 0, (
            "hay una transacción anterior sin terminar: se espera"
        )
        lenta.commit()
        assert services.secuenciar_ahora(ahora=ahora) == 2
    assert list(Hoja.objects.order_by("hoja").values_list("suceso_id", flat=True)) == [tardio, pronto]


@de_verdad
def test_una_transaccion_larga_en_otra_base_del_servidor_no_detiene_el_registro(ahora: datetime) -> None:
    with conectar("postgres") as ajena:
        ajena.execute("SELECT pg_current_xact_id()")
        anunciar(2, ahora)
        assert services.secuenciar_ahora(ahora=ahora) == 2


@de_verdad
def test_dos_secuenciadores_no_trabajan_a_la_vez(ahora: datetime) -> None:
    with conectar() as otro:
        otro.execute(INSERTAR)
        otro.commit()
        otro.execute("SELECT pg_advisory_lock(%s)", [secuenciador.CERROJO])
        otro.commit()
        assert services.secuenciar_ahora(ahora=ahora) == 0
        otro.execute("SELECT pg_advisory_unlock(%s)", [secuenciador.CERROJO])
        otro.commit()
    assert services.secuenciar_ahora(ahora=ahora) == 1


@de_verdad
def test_dentro_de_una_transaccion_no_se_secuencia(ahora: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        services.secuenciar_ahora(ahora=ahora)


@de_verdad
@pytest.mark.parametrize(
    "punto", ["hojas", "mosaicos", "punto", "copia", "mosaico 1", "mosaico 2", "antes de publicar"]
)
def test_un_corte_en_cualquier_punto_se_repara_en_la_vuelta_siguiente(punto: str, ahora: datetime) -> None:
    sucesos = anunciar(300, ahora)
    services.secuenciar_ahora(ahora=ahora)
    sucesos += anunciar(300, ahora)
    _morir_en(punto, ahora)
    services.secuenciar_ahora(ahora=ahora)
    assert list(Hoja.objects.order_by("hoja").values_list("suceso_id", flat=True)) == [s.pk for s in sucesos]
    assert integridad.verificar().hallazgos == []
    publicado = puntos.publicado()
    assert publicado is not None
    assert publicado.tamano == 600
    _todos_los_puntos_se_continuan()
    comprobar(get_prueba(sucesos[450].pk).paquete)


@de_verdad
def test_un_corte_al_hacer_la_llave_deja_hacerla_despues(ahora: datetime, settings: Any) -> None:
    anunciar(1, ahora)
    _morir_en("llave", ahora)
    assert not (Path(settings.REGISTRO) / "llave.pem").exists()
    services.secuenciar_ahora(ahora=ahora)
    assert integridad.verificar().intacto


@pytest.mark.django_db
def test_los_mosaicos_perdidos_se_rehacen_de_la_base(
    entidad: Entidad, ahora: datetime, settings: Any
) -> None:
    anunciar(300, ahora)
    services.secuenciar_ahora(ahora=ahora)
    for ruta in (Path(settings.REGISTRO) / "tile").rglob("*"):
        if ruta.is_file():
            ruta.unlink()
    (suceso,) = anunciar(1, ahora)
    services.secuenciar_ahora(ahora=ahora)
    assert integridad.verificar().intacto
    comprobar(get_prueba(suceso.pk).paquete)


@pytest.mark.django_db
def test_restaurada_la_base_sin_sus_archivos_la_primera_vuelta_los_rehace(
    entidad: Entidad, ahora: datetime, settings: Any
) -> None:
    """El respaldo guarda la base y la llave: lo demás sale de ellas, aunque no haya ningún suceso nuevo."""
    anunciar(300, ahora)
    services.secuenciar_ahora(ahora=ahora)
    publicado = (Path(settings.REGISTRO) / "checkpoint").read_text()
    shutil.rmtree(Path(settings.REGISTRO) / "tile")
    (Path(settings.REGISTRO) / "checkpoint").unlink()
    assert services.secuenciar_ahora(ahora=ahora) == 0
    assert integridad.verificar(contra=publicado).intacto


@pytest.mark.django_db
def test_un_mosaico_del_medio_se_rehace_con_la_orden(
    entidad: Entidad, ahora: datetime, settings: Any
) -> None:
    anunciar(600, ahora)
    services.secuenciar_ahora(ahora=ahora)
    (Path(settings.REGISTRO) / "tile/0/000").unlink()
    services.secuenciar_ahora(ahora=ahora)
    assert [h.clase for h in integridad.verificar().hallazgos] == ["mosaico perdido"]
    assert secuenciador.rehacer_mosaicos() == 600
    assert integridad.verificar().intacto


@pytest.mark.django_db
def test_la_prueba_sale_tambien_sin_mosaicos(entidad: Entidad, ahora: datetime, settings: Any) -> None:
    sucesos = anunciar(300, ahora)
    services.secuenciar_ahora(ahora=ahora)
    con = get_prueba(sucesos[7].pk).paquete
    (Path(settings.REGISTRO) / "tile").rename(Path(settings.REGISTRO) / "perdido")
    assert get_prueba(sucesos[7].pk).paquete == con


@pytest.mark.django_db
def test_la_base_restaurada_en_otro_servidor_sigue_donde_iba(entidad: Entidad, ahora: datetime) -> None:
    """En un servidor nuevo las transacciones se cuentan desde otro número: lo de la copia no se pierde ni se repite."""
    sucesos = anunciar(5, ahora)
    services.secuenciar_ahora(ahora=ahora)
    sucesos += anunciar(2, ahora)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE cimientos_suceso SET xid = '900000000000'")
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("UPDATE auditoria_avance SET xid = '900000000000', servidor = 12345")
    assert services.secuenciar_ahora(ahora=ahora) == 2
    sucesos += anunciar(3, ahora)
    assert services.secuenciar_ahora(ahora=ahora) == 3
    assert list(Hoja.objects.order_by("hoja").values_list("suceso_id", flat=True)) == [s.pk for s in sucesos]
    assert Avance.objects.get().servidor != 12345
    assert integridad.verificar().intacto


@pytest.mark.django_db
def test_la_llave_queda_cifrada_y_solo_la_lee_su_dueno(
    entidad: Entidad, ahora: datetime, settings: Any
) -> None:
    anunciar(1, ahora)
    services.secuenciar_ahora(ahora=ahora)
    llave = Path(settings.REGISTRO) / "llave.pem"
    assert llave.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in llave.read_bytes()
    assert (Path(settings.REGISTRO) / "llave.pub").read_text().startswith("llaqta.pe/registro/080910+")


@pytest.mark.django_db
def test_no_se_firma_si_lo_firmado_ya_no_casa(entidad: Entidad, ahora: datetime) -> None:
    anunciar(10, ahora)
    services.secuenciar_ahora(ahora=ahora)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE auditoria_punto SET raiz = %s", [b"r" * 32])
        cursor.execute("SET LOCAL session_replication_role = origin")
    anunciar(1, ahora)
    with pytest.raises(secuenciador.RegistroAlterado, match="ya no dan la raíz"):
        services.secuenciar_ahora(ahora=ahora)
    assert Punto.objects.count() == 1


def _todos_los_puntos_se_continuan() -> None:
    """Lo que comprobaría un testigo: cada punto firmado continúa el anterior."""
    llave = puntos.llave_publica()
    arbol = mosaico.Mosaico()
    firmados = list(Punto.objects.order_by("tamano"))
    for antes, despues in pairwise(firmados):
        llave.comprobar(puntos.leer_nota(despues.nota))
        camino = merkle.camino_de_consistencia(antes.tamano, despues.tamano, arbol.nodo)
        assert merkle.verificar_consistencia(
            antes.tamano, bytes(antes.raiz), despues.tamano, bytes(despues.raiz), camino
        )


def _morir_en(punto: str, ahora: datetime) -> None:
    """Secuencia en un proceso hijo, que se corta con SIGKILL en ese punto."""
    hijo = os.fork()
    if hijo == 0:
        try:
            connection.connection = None  # la del padre sigue siendo del padre
            _cortar(punto)
            secuenciador.secuenciar(ahora=ahora, paso=lambda paso: _morir() if paso == punto else None)
        finally:
            os._exit(0)
    _, estado = os.waitpid(hijo, 0)
    assert os.WIFSIGNALED(estado), f"el hijo no llegó a «{punto}»"
    _esperar_a_que_la_base_lo_note()


def _esperar_a_que_la_base_lo_note() -> None:
    """PostgreSQL suelta el cerrojo del muerto y deshace lo suyo en cuanto ve su conexión cortada."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.02)
    raise AssertionError("la conexión del proceso muerto no se cerró")


def _cortar(punto: str) -> None:
    if punto == "copia":
        secuenciador._copiar = _despues_de(secuenciador._copiar, veces=1)
    elif punto.startswith("mosaico "):
        archivos.escribir = _despues_de(archivos.escribir, veces=int(punto[-1]))
    elif punto == "antes de publicar":
        puntos.publicar = lambda _nota: _morir()
    elif punto == "llave":
        archivos.asegurar = _despues_de(archivos.asegurar, veces=2)


def _despues_de(funcion: Callable[..., None], *, veces: int) -> Callable[..., None]:
    hechas = 0

    def contar(*args: Any) -> None:
        nonlocal hechas
        funcion(*args)
        hechas += 1
        if hechas == veces:
            _morir()

    return contar


def _morir() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_el_suceso_nuevo_lleva_su_transaccion(db: None, ahora: datetime) -> None:
    Suceso.objects.create(tipo="x.Y", ocurrido_en=ahora)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xid = pg_current_xact_id() FROM cimientos_suceso")
        assert cursor.fetchall() == [(True,)]
