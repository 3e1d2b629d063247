"""Archivar un mes del libro: llevarlo a un archivo que se comprueba solo y, si ya pasó su plazo, retirarlo de la base.

Se retiran los sucesos; sus hojas, sus mosaicos y los puntos de control se quedan para siempre. Por eso el registro se
sigue verificando, y cada suceso archivado se prueba con su paquete, que va en el mismo archivo, y el verificador.
El archivo es CSV y no Parquet: se abre con lo que ya tiene cualquier oficina, dentro de treinta años también, y no pide
una biblioteca de cien megabytes para escribirlo.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from llaqta.cimientos import archivos
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import FalloDeOyente, Suceso, SucesoAtendido
from llaqta.salas.auditoria import lectura, pruebas, puntos
from llaqta.salas.auditoria.canon import SucesoLeido, json_canonico
from llaqta.salas.auditoria.events import MesArchivado
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador

FORMATO = "llaqta-archivo/1"
CABECERA = ("hoja", "suceso", "tipo", "datos", "actor", "en_nombre_de", "objeto", "ocurrido", "registrado")
SE_QUEDAN = ("auditoria.%", "casilla.%")
"""Lo que nunca se retira: lo que el propio registro necesita para explicarse, y lo que cuadra las notificaciones."""
TODOS = ("actor", "datos", "en_nombre_de", "objeto")
Progreso = Callable[[int, int], object]


@dataclass(frozen=True)
class Mes:
    """Un mes del libro y el tramo de hojas que le toca: ``desde … hasta - 1``."""

    nombre: str
    desde: int
    hasta: int
    termina_en: datetime


@dataclass(frozen=True)
class Archivado:
    """Lo que quedó hecho."""

    mes: Mes
    filas: int
    manifiesto: Path
    retirados: int


def get_mes(nombre: str) -> Mes:
    """El tramo de hojas de un mes (``2025-01``), según cuándo se registraron sus sucesos, en la hora del Perú.

    :raises NoProcede: si no es un mes, no tiene sucesos o alguno todavía no está en el registro
    """
    hallado = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", nombre, re.ASCII)
    if hallado is None:
        raise NoProcede("Escriba el mes como 2025-01.")
    anio, mes = int(hallado[1]), int(hallado[2])
    comienza = datetime(anio, mes, 1, tzinfo=LIMA)
    termina = datetime(anio + mes // 12, mes % 12 + 1, 1, tzinfo=LIMA)
    retirados = _retirados()
    if nombre in retirados:
        raise NoProcede(f"Los sucesos de {nombre} ya se archivaron y se retiraron.")
    antes = [fin for cual, fin in retirados.items() if cual < nombre]
    desde, hasta = max([_hojas_hasta(comienza), *antes]), _hojas_hasta(termina)
    if desde >= hasta:
        raise NoProcede(f"En {nombre} no hay sucesos que archivar.")
    return Mes(nombre, desde, hasta, termina)


def archivar(
    *, mes: str, carpeta: Path, retirar: bool, ahora: datetime, progreso: Progreso = lambda _h, _t: None
) -> Archivado:
    """Escribe el mes, lo vuelve a leer para comprobarlo y, si se pide y ya pasó el plazo, lo retira de la base.

    :raises NoProcede: si el mes no ha terminado, si no pasó su plazo o si un suceso suyo todavía se está atendiendo
    :raises NoVale: si lo escrito, vuelto a leer, no prueba lo que dice: no se retira nada
    """
    tramo = get_mes(mes)
    if tramo.termina_en > ahora:
        raise NoProcede(f"El mes {mes} todavía no termina.")
    if retirar:
        _check_retirar(tramo, ahora)
    carpeta.mkdir(parents=True, exist_ok=True)
    manifiesto = _escribir(tramo, carpeta, progreso)
    filas = comprobar(manifiesto)
    retirados = _retirar(tramo, manifiesto, filas, ahora) if retirar else 0
    return Archivado(tramo, filas, manifiesto, retirados)


def comprobar(manifiesto: Path) -> int:
    """Vuelve a leer un mes archivado: sus huellas, cada fila y cada prueba; devuelve cuántas filas tiene.

    No mira la base: sirve también para lo que ya se retiró.

    :raises NoVale: si algo no concuerda
    """
    ficha = json.loads(manifiesto.read_text(encoding="utf-8"))
    verificador.exigir(ficha.get("formato") == FORMATO, "Eso no es el manifiesto de un mes archivado.")
    for nombre, huella in ficha["archivos"].items():
        verificador.exigir(Path(nombre).name == nombre, "El manifiesto nombra un archivo de otra carpeta.")
        leida = hashlib.sha256((manifiesto.parent / nombre).read_bytes()).hexdigest()
        verificador.exigir(leida == huella, f"{nombre} no es el que se archivó.")
    sucesos, pruebas_ = (manifiesto.parent / nombre for nombre in sorted(ficha["archivos"], reverse=True))
    confianza, filas = verificador.Confianza(llave=ficha["llave"]), 0
    with (
        gzip.open(sucesos, "rt", encoding="utf-8", newline="") as hoja,
        gzip.open(pruebas_, "rb") as paquetes,
    ):
        for fila, linea in zip(csv.DictReader(hoja), paquetes, strict=True):
            paquete = verificador.leer_json(linea)
            verificador.comprobar_prueba(paquete, confianza, verificador.Informe())
            _comprobar_fila(fila, paquete, ficha["hoja_desde"] + filas)
            filas += 1
    verificador.exigir(filas == ficha["filas"], "Al archivo le faltan filas.")
    return filas


def _comprobar_fila(fila: dict[str, str], paquete: dict[str, Any], hoja: int) -> None:
    """La fila dice lo mismo que su prueba, y no falta ninguna hoja entre una fila y la siguiente."""
    verificador.exigir(
        fila["hoja"] == str(hoja) == str(paquete["hoja"]), f"Falta la hoja {hoja} en el archivo."
    )
    claro = paquete["canonico"]
    iguales = all(fila[campo] == claro[campo] for campo in ("suceso", "tipo", "ocurrido", "registrado"))
    abierto = {campo: json_canonico(dicho["valor"]) for campo, dicho in paquete["abierto"].items()}
    iguales = iguales and all(fila[campo] == valor for campo, valor in abierto.items())
    verificador.exigir(iguales, f"La fila de la hoja {hoja} no dice lo que prueba su paquete.")


def _hojas_hasta(instante: datetime) -> int:
    """Cuántas hojas hay hasta el último suceso registrado antes de ese instante.

    :raises NoProcede: si alguno anterior todavía no tiene hoja
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(h.hoja) + 1, 0), count(*) - count(h.hoja) FROM cimientos_suceso s"
            " LEFT JOIN auditoria_hoja h ON h.suceso_id = s.id WHERE s.registrado_en < %s",
            [instante],
        )
        hasta, sin_hoja = cursor.fetchone()
    if sin_hoja:
        raise NoProcede(
            "Hay sucesos que todavía no están en el registro: espere a que el trabajador los ordene."
        )
    return int(hasta)


def _retirados() -> dict[str, int]:
    """Los meses que ya se retiraron, y en qué hoja termina cada uno."""
    hechos = Suceso.objects.filter(tipo=MesArchivado.tipo()).values_list("datos", flat=True)
    return {datos["mes"]: datos["hoja_hasta"] for datos in hechos if datos["retirado"]}


def _check_retirar(mes: Mes, ahora: datetime) -> None:
    """Solo se retira lo que cumplió su plazo y nadie está atendiendo.

    :raises NoProcede: si no
    """
    anios = settings.REGISTRO_ANIOS
    local = ahora.astimezone(LIMA)
    if (local.year - mes.termina_en.year) * 12 + local.month - mes.termina_en.month < anios * 12:
        raise NoProcede(f"El mes {mes.nombre} todavía no cumple los {anios} años que se guarda en la base.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM auditoria_hoja h WHERE h.hoja >= %s AND h.hoja < %s AND (EXISTS (SELECT FROM"
            " cimientos_fallodeoyente f LEFT JOIN cimientos_sucesoatendido a ON (a.suceso_id, a.oyente) ="
            " (f.suceso_id, f.oyente) WHERE f.suceso_id = h.suceso_id AND a.id IS NULL) OR EXISTS (SELECT FROM"
            " procrastinate_jobs j WHERE (j.args->>'suceso_id') = h.suceso_id::text AND j.status NOT IN"
            " ('succeeded', 'cancelled')))",
            [mes.desde, mes.hasta],
        )
        (pendientes,) = cursor.fetchone()
    if pendientes:
        raise NoProcede(
            f"{pendientes} sucesos de {mes.nombre} tienen trabajos sin terminar: resuélvalos antes."
        )


# --- Escribir -------------------------------------------------------------------------------------------------------
def _escribir(mes: Mes, carpeta: Path, progreso: Progreso) -> Path:
    sucesos, paquetes = f"sucesos-{mes.nombre}.csv.gz", f"pruebas-{mes.nombre}.jsonl.gz"
    total, filas = mes.hasta - mes.desde, 0
    with _comprimido(carpeta / sucesos) as texto, _comprimido(carpeta / paquetes) as lineas:
        escritor = csv.writer(texto, lineterminator="\n")
        escritor.writerow(CABECERA)
        for hoja, suceso in _sucesos(mes):
            prueba = pruebas.get_prueba(suceso.id, abrir=TODOS)
            if prueba.hoja != hoja:
                raise NoProcede(
                    f"La hoja {hoja} no está donde debe: verifique el registro antes de archivar."
                )
            abierto = prueba.paquete["abierto"]
            valores = [json_canonico(suceso.valores[campo]) if campo in abierto else "" for campo in _ORDEN]
            escritor.writerow((hoja, suceso.id, suceso.tipo, *valores, suceso.ocurrido, suceso.registrado))
            lineas.write(json.dumps(prueba.paquete, ensure_ascii=False, separators=(",", ":")) + "\n")
            filas += 1
            progreso(filas, total)
    for nombre in (sucesos, paquetes):
        with (carpeta / nombre).open("rb") as escrito:
            os.fsync(escrito.fileno())
    ficha = {
        "formato": FORMATO,
        "mes": mes.nombre,
        "hoja_desde": mes.desde,
        "hoja_hasta": mes.hasta,
        "filas": filas,
        "llave": str(puntos.llave_publica()),
        "archivos": {
            nombre: hashlib.sha256((carpeta / nombre).read_bytes()).hexdigest()
            for nombre in (sucesos, paquetes)
        },
    }
    manifiesto = carpeta / f"manifiesto-{mes.nombre}.json"
    archivos.escribir(manifiesto, (json.dumps(ficha, ensure_ascii=False, indent=1) + "\n").encode())
    return manifiesto


_ORDEN = ("datos", "actor", "en_nombre_de", "objeto")


def _comprimido(ruta: Path) -> io.TextIOWrapper:
    """Un archivo comprimido que, con lo mismo dentro, sale igual byte por byte."""
    return io.TextIOWrapper(gzip.GzipFile(ruta, "wb", mtime=0), encoding="utf-8", newline="")


def _sucesos(mes: Mes) -> Iterator[tuple[int, SucesoLeido]]:
    with lectura.cursor_binario() as cursor:
        cursor.execute(
            f"SELECT {lectura.CAMPOS}, h.hoja FROM auditoria_hoja h JOIN cimientos_suceso s ON s.id = h.suceso_id"
            " WHERE h.hoja >= %s AND h.hoja < %s ORDER BY h.hoja",
            [mes.desde, mes.hasta],
        )
        for fila in cursor.fetchall():
            yield fila[8], lectura.suceso_de(fila)


# --- Retirar --------------------------------------------------------------------------------------------------------
@transaction.atomic
def _retirar(mes: Mes, manifiesto: Path, filas: int, ahora: datetime) -> int:
    """Deja constancia y retira los sucesos: el disparador de la base solo lo permite si la constancia los nombra."""
    _check_retirar(mes, ahora)
    emit(
        MesArchivado(
            mes=mes.nombre, hoja_desde=mes.desde, hoja_hasta=mes.hasta, filas=filas, retirado=True,
            manifiesto=hashlib.sha256(manifiesto.read_bytes()).hexdigest(),
        ),
        actor_id=None, ahora=ahora,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM cimientos_suceso s JOIN auditoria_hoja h ON h.suceso_id = s.id"
            " WHERE h.hoja >= %s AND h.hoja < %s AND NOT s.tipo LIKE ANY (%s)",
            [mes.desde, mes.hasta, list(SE_QUEDAN)],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        SucesoAtendido.objects.filter(suceso_id__in=ids).delete()
        FalloDeOyente.objects.filter(suceso_id__in=ids).delete()
        cursor.execute("DELETE FROM cimientos_suceso WHERE id = ANY (%s)", [ids])
    return len(ids)
