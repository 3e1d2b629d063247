"""El secuenciador: da a cada suceso confirmado su hoja, y a cada tanda su punto de control firmado.

Lee los sucesos en el orden ``(xid, id)`` y solo los de transacciones anteriores a toda la que siga abierta: cuando
avanza, ninguna puede confirmar después algo anterior. Una transacción larga demora el registro, no lo rompe.

Un corte en cualquier punto se repara en la vuelta siguiente, porque el orden de escritura es siempre el mismo: hojas y
secretos (una transacción), mosaicos (archivos, que repetir no cambia), punto de control en la base, punto publicado.
Nunca firma un árbol que no continúe el último que firmó, ni el último que publicó.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from llaqta.salas.auditoria import canon, lectura, merkle, puntos
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.mosaico import FaltaMosaico, Mosaico

LOTE = 2000
LOTE_DE_LLEGADA = 50_000
"""Lo que se lee de una vez de una base que acaba de llegar: buscar lo que no tiene hoja la recorre entera."""
TRAMO = 65_536
"""Hojas que pasan a los mosaicos de una vez."""
CERROJO = 0x11A97A_0017
"""El cerrojo de la base con que hay un solo secuenciador a la vez."""
CONFIRMADOS = "s.xid < %(abierta)s::xid8"
"""Qué sucesos se leen: los de transacciones anteriores a toda la que siga abierta en esta base."""
CONFIRMADOS_Y_PROPIOS = f"({CONFIRMADOS} OR s.xid = pg_current_xact_id_if_assigned())"
"""Para las pruebas, que corren dentro de una transacción que no confirma."""
LIMITES = """
SELECT least(coalesce((SELECT min(x) FROM pg_snapshot_xip(f) x WHERE CASE WHEN EXISTS (
           SELECT FROM pg_stat_activity a WHERE a.backend_xid = x::xid AND a.datname <> current_database())
           THEN false ELSE pg_xact_status(x) = 'in progress' END),
       pg_snapshot_xmax(f)), pg_current_xact_id_if_assigned())::text, pg_snapshot_xmax(f)::text
FROM pg_current_snapshot() f
"""
"""La transacción abierta más antigua y la primera por venir, tomadas antes de leer.

Las de otra base del mismo servidor no escriben aquí: una carga larga en ellas no detiene este registro. Y la que acabó
mientras se preguntaba ya se verá en la sentencia que lee.
"""
_CABECERA = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_FINAL = struct.pack(">h", -1)


class RegistroAlterado(Exception):
    """Lo que hay no continúa lo ya firmado o publicado: no se firma nada más hasta que una persona lo vea."""


def secuenciar(*, ahora: datetime, paso: Callable[[str], None] = lambda _: None) -> int:
    """Da hoja a todo lo confirmado que no la tenga y publica el punto de control; devuelve cuántas dio.

    Si otro secuenciador está trabajando no hace nada. ``paso`` se llama entre una escritura y la siguiente.

    :raises RegistroAlterado: si el árbol no continúa el último punto firmado o publicado
    :raises RuntimeError: dentro de una transacción: sus hojas podrían deshacerse después de publicadas
    """
    with _turno() as es_mio:
        if not es_mio:
            return 0
        dadas = 0
        while lote := _dar_hojas():
            dadas += lote
            paso("hojas")
        _publicar(ahora, paso)
    return dadas


def rehacer_mosaicos() -> int:
    """Vuelve a escribir, desde la base, los mosaicos que falten; devuelve cuántas hojas cubren.

    :raises MosaicoAlterado: si uno que sí está dice otra cosa
    """
    with _turno() as es_mio:
        ultimo = Punto.objects.order_by("-tamano").first()
        if not es_mio or ultimo is None:
            return 0
        _agregar(Mosaico(), 0, ultimo.tamano)
        return ultimo.tamano


@contextmanager
def _turno() -> Iterator[bool]:
    """Toma el cerrojo si está libre. Es de la conexión: si el proceso muere, PostgreSQL lo suelta."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [CERROJO])
        es_mio = bool(cursor.fetchone()[0])
    try:
        yield es_mio
    finally:
        if es_mio and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [CERROJO])


# --- Las hojas ------------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def _dar_hojas() -> int:
    """Lee un lote de sucesos confirmados y escribe sus hojas y sus secretos; devuelve cuántos."""
    with lectura.cursor_binario() as cursor:
        cursor.execute(
            "SELECT coalesce(a.hojas, 0), coalesce(a.xid, '0')::text, coalesce(a.suceso_id, 0), a.servidor,"
            " c.system_identifier FROM pg_control_system() c"
            " LEFT JOIN auditoria_avance a ON a.id = 1"
        )
        hojas, xid, ultimo, servidor, este = cursor.fetchone() or (0, "0", 0, None, 0)
        if servidor != este:
            return _dar_hojas_en_otro_servidor(hojas, este)
        # Los límites se toman antes de leer: lo que confirme entre las dos sentencias se lee ahora o después.
        abierta, _ = cursor.execute(LIMITES).fetchone() or ("0", "0")
        # El orden nombra la columna: «ORDER BY xid» tras escoger «xid::text» ordenaría por el texto.
        cursor.execute(
            f"SELECT {lectura.CAMPOS}, s.xid::text FROM cimientos_suceso s"
            f" WHERE (s.xid, s.id) > (%(xid)s::xid8, %(ultimo)s) AND {CONFIRMADOS}"
            " AND NOT EXISTS (SELECT FROM auditoria_hoja h WHERE h.suceso_id = s.id)"
            " ORDER BY s.xid, s.id LIMIT %(lote)s",
            {"xid": xid, "ultimo": ultimo, "abierta": abierta, "lote": LOTE},
        )
        filas = cursor.fetchall()
        if filas:
            _escribir(hojas, filas)
            cursor.execute(
                "UPDATE auditoria_avance SET hojas = %s, xid = %s::xid8, suceso_id = %s WHERE id = 1",
                [hojas + len(filas), filas[-1][-1], filas[-1][0]],
            )
    return len(filas)


def _dar_hojas_en_otro_servidor(hojas: int, este: int) -> int:
    """La base es nueva, o se restauró en otro servidor, cuyas transacciones se cuentan desde otro número.

    Lo que no tiene hoja y no es de una transacción abierta aquí vino con la copia: está confirmado y se le da la suya.
    Cuando no queda nada, se sigue por las transacciones de este servidor.
    """
    with lectura.cursor_binario() as cursor:
        abierta, futura = cursor.execute(LIMITES).fetchone() or ("0", "0")
        cursor.execute(
            f"SELECT {lectura.CAMPOS} FROM cimientos_suceso s"
            f" WHERE ({CONFIRMADOS} OR s.xid >= %(futura)s::xid8)"
            " AND NOT EXISTS (SELECT FROM auditoria_hoja h WHERE h.suceso_id = s.id)"
            " ORDER BY s.xid, s.id LIMIT %(lote)s",
            {"abierta": abierta, "futura": futura, "lote": LOTE_DE_LLEGADA},
        )
        filas = cursor.fetchall()
        _escribir(hojas, filas)
        al_dia = len(filas) < LOTE_DE_LLEGADA
        cursor.execute(
            "INSERT INTO auditoria_avance (id, hojas, xid, suceso_id, servidor) VALUES (1, %s, %s::xid8, 0, %s)"
            " ON CONFLICT (id) DO UPDATE SET hojas = excluded.hojas, xid = excluded.xid, suceso_id = 0,"
            " servidor = excluded.servidor",
            [hojas + len(filas), abierta, este if al_dia else 0],
        )
    return len(filas)


def _escribir(desde: int, filas: Sequence[tuple[object, ...]]) -> None:
    """Copia a la base las hojas y las semillas de los sucesos leídos, en binario."""
    semillas = os.urandom(32 * len(filas))
    hojas, secretos = [_CABECERA], [_CABECERA]
    de_hoja = struct.Struct(">hiqiqi").pack
    de_secreto = struct.Struct(">hiqi").pack
    for lugar, fila in enumerate(filas):
        suceso = lectura.suceso_de(fila)
        semilla = semillas[32 * lugar : 32 * lugar + 32]
        huella = merkle.huella_de_hoja(canon.canonico(suceso, semilla))
        hojas += de_hoja(3, 8, desde + lugar, 8, suceso.id, 32), huella
        secretos += de_secreto(2, 8, suceso.id, 32), semilla
    _copiar("auditoria_hoja (hoja, suceso_id, h)", [*hojas, _FINAL])
    _copiar("auditoria_secreto (suceso_id, semilla)", [*secretos, _FINAL])


def _copiar(tabla: str, trozos: Sequence[bytes]) -> None:
    with lectura.cursor_binario() as cursor, cursor.copy(f"COPY {tabla} FROM STDIN (FORMAT BINARY)") as copia:
        copia.write(b"".join(trozos))


# --- El punto de control --------------------------------------------------------------------------------------------
def _publicar(ahora: datetime, paso: Callable[[str], None]) -> None:
    """Lleva los mosaicos hasta la última hoja, firma el punto y lo publica."""
    ultimo = Punto.objects.order_by("-tamano").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT hojas FROM auditoria_avance WHERE id = 1")
        (hojas,) = cursor.fetchone() or (0,)
    if ultimo is not None and hojas < ultimo.tamano:
        raise RegistroAlterado(f"Se firmaron {ultimo.tamano} hojas y la base dice que hay {hojas}.")
    if hojas == 0:
        return
    if ultimo is None or ultimo.tamano < hojas:
        ultimo = _firmar(ultimo, hojas, ahora, paso)
    elif not Mosaico().llega_hasta(hojas):
        _agregar(Mosaico(), 0, hojas)  # la base se restauró, o alguien borró los archivos
    texto = texto_publico(ultimo)
    _check_continua_lo_publicado(ultimo, texto)
    puntos.publicar(texto)


def _firmar(ultimo: Punto | None, hojas: int, ahora: datetime, paso: Callable[[str], None]) -> Punto:
    arbol = _extender(ultimo.tamano if ultimo else 0, hojas)
    paso("mosaicos")
    if ultimo is not None and merkle.raiz_de(ultimo.tamano, arbol.nodo) != bytes(ultimo.raiz):
        raise RegistroAlterado(f"Las primeras {ultimo.tamano} hojas ya no dan la raíz que se firmó.")
    publicado = puntos.publicado()
    if publicado is not None and publicado.tamano > hojas:
        raise RegistroAlterado(
            f"Se publicó un punto de {publicado.tamano} hojas y la base tiene {hojas}: volvió a un estado anterior."
        )
    raiz = merkle.raiz_de(hojas, arbol.nodo)
    nota = puntos.firmar(hojas, raiz)
    punto = Punto.objects.create(
        tamano=hojas, anterior=ultimo.tamano if ultimo else 0, raiz=raiz, nota=nota, firmado_en=ahora
    )
    paso("punto")
    return punto


def _extender(desde: int, hasta: int) -> Mosaico:
    """Escribe los mosaicos de las hojas nuevas; si falta alguno de los viejos, los rehace todos desde la base."""
    arbol = Mosaico()
    try:
        _agregar(arbol, desde, hasta)
    except FaltaMosaico:
        arbol = Mosaico()
        _agregar(arbol, 0, hasta)
    return arbol


def _agregar(arbol: Mosaico, desde: int, hasta: int) -> None:
    while desde < hasta:
        tope = min(hasta, desde - desde % TRAMO + TRAMO)
        nuevas = list(lectura.huellas(desde, tope))
        if len(nuevas) != tope - desde:
            raise RegistroAlterado(f"Falta la hoja {desde + len(nuevas)} en la base.")
        arbol.extender(desde, nuevas)
        desde = tope


def _check_continua_lo_publicado(punto: Punto, texto: str) -> None:
    """Lo publicado solo puede crecer: si el archivo dice más, o dice otra cosa, no se toca."""
    publicado = puntos.publicado()
    if publicado is None or publicado.tamano < punto.tamano:
        return
    if publicado.tamano > punto.tamano or publicado.raiz != bytes(punto.raiz):
        raise RegistroAlterado(
            f"El punto publicado ({publicado.tamano} hojas) no es el de la base ({punto.tamano} hojas)."
        )


def texto_publico(punto: Punto) -> str:
    """La nota de un punto con las cofirmas de sus testigos, como se publica."""
    lineas = punto.cofirmas.order_by("pk").values_list("linea", flat=True)
    return punto.nota + "".join(f"{linea.rstrip()}\n" for linea in lineas)
