"""La verificación: rehace el registro desde los sucesos y nombra la hoja que no coincide.

Tres cosas tienen que decir lo mismo: la base (sucesos, secretos, hojas, puntos), los mosaicos que se publicaron y los
puntos que se firmaron. Quien cambia la base no cambia los mosaicos; quien cambia ambos no tiene la llave; y quien tiene
las tres cosas no puede cambiar el punto que otro guardó: para eso es ``contra``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from llaqta.salas.auditoria import canon, lectura, merkle, puntos
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.mosaico import ANCHO, LARGO, FaltaMosaico, Mosaico

TROZO = 8192
"""Hojas que se leen de una vez: múltiplo del ancho de un mosaico."""
BASTAN = 200
"""Hallazgos que se detallan; si hay más, se cuentan."""
BORRADO = "auditoria.SecretoDeSucesoBorrado"
Progreso = Callable[[int, int], None]


@dataclass(frozen=True)
class Hallazgo:
    """Algo que no coincide: en qué hoja, de qué suceso, y dicho en castellano."""

    clase: str
    frase: str
    hoja: int | None = None
    suceso: int | None = None


@dataclass
class Informe:
    """El resultado de una verificación."""

    tamano: int = 0
    raiz: str = ""
    sucesos: int = 0
    borrados: int = 0
    archivados: int = 0
    puntos: int = 0
    pendientes: int = 0
    hallazgos: list[Hallazgo] = field(default_factory=list)
    omitidos: int = 0

    @property
    def intacto(self) -> bool:
        """Verdadero si todo coincide."""
        return not self.hallazgos

    def anotar(self, clase: str, frase: str, hoja: int | None = None, suceso: int | None = None) -> None:
        """Anota un hallazgo; después de ``BASTAN`` solo los cuenta."""
        if len(self.hallazgos) < BASTAN:
            self.hallazgos.append(Hallazgo(clase, frase, hoja, suceso))
        else:
            self.omitidos += 1

    def en_json(self) -> dict[str, Any]:
        """El informe para otra máquina."""
        hallazgos = [vars(hallazgo) for hallazgo in self.hallazgos]
        return {"intacto": self.intacto} | vars(self) | {"hallazgos": hallazgos}


def verificar(
    *, desde: int = 0, hasta: int | None = None, contra: str = "", progreso: Progreso = lambda _h, _t: None
) -> Informe:
    """Verifica las hojas ``desde … hasta - 1`` (todas, si no se dice) y todo punto que caiga en ellas.

    :param contra: el texto de un punto de control que alguien guardó; el registro tiene que continuarlo
    :raises NotaInvalida: si ``contra`` no es un punto de control
    :raises ValueError: si el tramo no existe
    """
    guardado = puntos.leer_nota(contra) if contra else None
    informe = Informe()
    total = _hojas_que_debe_haber()
    hasta = total if hasta is None else min(hasta, total)
    if not 0 <= desde <= hasta:
        raise ValueError(f"El registro tiene {total} hojas: no hay un tramo de {desde} a {hasta}.")
    informe.tamano = total
    revision = _Revision(informe, desde, hasta, guardado)
    revision.recorrer(progreso)
    if (desde, hasta) == (0, total):
        informe.raiz = revision.raices.get(total, b"").hex()
        _revisar_sucesos_sin_hoja(informe)
    _revisar_lo_publicado(informe, total)
    if guardado is not None:
        _comparar(informe, guardado, total, revision)
    return informe


class _Revision:
    """El recorrido de un tramo: cada hoja contra su suceso, contra su mosaico y contra los puntos."""

    def __init__(self, informe: Informe, desde: int, hasta: int, guardado: puntos.Nota | None) -> None:
        self.informe, self.desde, self.hasta = informe, desde, hasta
        self.arbol = Mosaico()
        self.frontera = merkle.Frontera()
        self.raices: dict[int, bytes] = {0: merkle.VACIO}
        self.constancias = _constancias_de_borrado()
        self.archivados = _tramos_archivados()
        self.hitos = {hasta, *([guardado.tamano] if guardado else [])}
        self.punto_anterior = 0
        self.llave = _llave(informe) if Punto.objects.exists() else None
        self.peores: set[int] = set()

    def recorrer(self, progreso: Progreso) -> None:
        for inicio in range(self.desde - self.desde % ANCHO, self.hasta, TROZO):
            fin = min(inicio + TROZO, self.hasta)
            self._trozo(inicio, fin)
            self.arbol.olvidar()
            progreso(fin - self.desde, self.hasta - self.desde)
        if self.desde and (ultimo := Punto.objects.order_by("-tamano").first()) is not None:
            self._revisar_por_mosaicos(ultimo)

    def _trozo(self, inicio: int, fin: int) -> None:
        esperada = inicio
        huellas: list[bytes] = []
        for fila in _hojas(inicio, fin):
            if fila[0] > esperada:
                self._faltan(esperada, fila[0], huellas)
            esperada = fila[0] + 1
            huellas.append(bytes(fila[2]))
            if fila[0] >= self.desde:
                self._revisar_hoja(fila)
        if esperada < fin:
            self._faltan(esperada, fin, huellas)
        self._revisar_mosaicos(inicio, huellas)
        if self.desde == 0:
            self._sumar(inicio, huellas)

    def _faltan(self, desde: int, hasta: int, huellas: list[bytes]) -> None:
        """Las hojas que no están; donde el mosaico las recuerda, el recorrido sigue con lo que él dice."""
        tramo = f"la hoja {desde}" if hasta == desde + 1 else f"las hojas {desde} a {hasta - 1}"
        self.informe.anotar("hoja borrada", f"Falta en la base {tramo}.", hoja=desde)
        self.peores.update(range(desde, min(hasta, desde + BASTAN)))
        for hoja in range(desde, hasta):
            try:
                huellas.append(self.arbol.nodo(0, hoja))
            except FaltaMosaico:
                huellas.append(b"\x00" * LARGO)

    def _revisar_hoja(self, fila: tuple[Any, ...]) -> None:
        hoja, suceso_id, h, semilla, borrado, borrado_por, *datos = fila
        h = bytes(h)
        self.informe.sucesos += 1
        if borrado is not None:
            self._revisar_borrado(hoja, suceso_id, h, semilla, borrado, borrado_por, datos)
        elif datos[0] is None:
            if any(a <= hoja < b for a, b in self.archivados):
                self.informe.archivados += 1
            else:
                self._mal(hoja, suceso_id, "suceso borrado", f"Falta en la base el suceso {suceso_id}.")
        elif semilla is None:
            self._mal(hoja, suceso_id, "secreto borrado",
                      f"Falta el secreto del suceso {suceso_id}, y no se borró por el procedimiento.")  # fmt: skip
        else:
            try:
                suceso = lectura.suceso_de(tuple(datos))
                coincide = merkle.huella_de_hoja(canon.canonico(suceso, bytes(semilla))) == h
            except (canon.SinDecimales, ValueError):
                coincide = False
            if not coincide:
                self._mal(hoja, suceso_id, "suceso alterado",
                          f"El suceso {suceso_id}, su secreto o su hoja no son los que entraron.")  # fmt: skip

    def _revisar_borrado(
        self,
        hoja: int,
        suceso_id: int,
        h: bytes,
        semilla: Any,
        borrado: str,
        borrado_por: int,
        datos: list[Any],
    ) -> None:
        """Un secreto borrado deja la forma canónica, que da la misma hoja, y un suceso que dice que se borró."""
        self.informe.borrados += 1
        if merkle.huella_de_hoja(borrado.encode()) != h:
            self._mal(
                hoja,
                suceso_id,
                "borrado alterado",
                f"La forma canónica guardada del suceso {suceso_id} es otra.",
            )
            return
        if self.constancias.get(borrado_por) != suceso_id or semilla is not None:
            self._mal(hoja, suceso_id, "borrado sin constancia",
                      f"El secreto del suceso {suceso_id} figura borrado sin un suceso que lo diga.")  # fmt: skip
            return
        if datos[0] is not None:
            suceso, claro = lectura.suceso_de(tuple(datos)), json.loads(borrado)
            if (claro["suceso"], claro["tipo"], claro["ocurrido"], claro["registrado"]) != (
                str(suceso.id), suceso.tipo, suceso.ocurrido, suceso.registrado,
            ):  # fmt: skip
                self._mal(hoja, suceso_id, "suceso alterado", f"El suceso {suceso_id} no es el que entró.")

    def _mal(self, hoja: int, suceso: int, clase: str, frase: str) -> None:
        self.peores.add(hoja)
        self.informe.anotar(clase, f"Hoja {hoja}: {frase}", hoja, suceso)

    def _revisar_mosaicos(self, inicio: int, huellas: list[bytes]) -> None:
        """Cada hoja contra el mosaico que se publicó, y cada mosaico lleno contra su huella en el nivel de arriba."""
        for desde in range(0, len(huellas), ANCHO):
            propias = huellas[desde : desde + ANCHO]
            lugar = (inicio + desde) // ANCHO
            try:
                publicadas = self.arbol.leer(0, lugar, len(propias))[: len(propias) * LARGO]
                if publicadas != b"".join(propias):
                    self._comparar_mosaico(inicio + desde, propias, publicadas)
                elif len(propias) == ANCHO and self.arbol.nodo(8, lugar) != merkle.plegar(propias):
                    self.informe.anotar(
                        "mosaico alterado", f"El mosaico que resume las hojas desde la {inicio + desde} es otro.",
                        hoja=inicio + desde,
                    )  # fmt: skip
            except FaltaMosaico as falta:
                self.informe.anotar("mosaico perdido", str(falta), hoja=inicio + desde)

    def _comparar_mosaico(self, inicio: int, propias: list[bytes], publicadas: bytes) -> None:
        for lugar, propia in enumerate(propias):
            hoja = inicio + lugar
            if publicadas[lugar * LARGO : lugar * LARGO + LARGO] != propia and hoja not in self.peores:
                self.peores.add(hoja)
                self.informe.anotar(
                    "hoja alterada", f"Hoja {hoja}: la base y el mosaico publicado dicen huellas distintas.", hoja,
                    _suceso_de(hoja),
                )  # fmt: skip

    def _sumar(self, inicio: int, huellas: list[bytes]) -> None:
        """Agrega las hojas al árbol y comprueba cada punto que se firmó en este trozo, al pasar por él."""
        aqui = Punto.objects.filter(tamano__gt=inicio, tamano__lte=inicio + len(huellas))
        firmados = {punto.tamano: punto for punto in aqui}
        agregar, hitos = self.frontera.agregar, self.hitos | firmados.keys()
        for tamano, huella in enumerate(huellas, start=inicio + 1):
            agregar(huella)
            if tamano in hitos:
                raiz = self.frontera.raiz()
                if tamano in self.hitos:
                    self.raices[tamano] = raiz
                if tamano in firmados:
                    self._revisar_punto(firmados[tamano], raiz)

    def _revisar_punto(self, punto: Punto, raiz: bytes) -> None:
        self.informe.puntos += 1
        anterior, self.punto_anterior = self.punto_anterior, punto.tamano
        if punto.anterior != anterior:
            self.informe.anotar(
                "punto borrado", f"Falta el punto de {punto.anterior} hojas, anterior al de {punto.tamano}.",
                hoja=punto.anterior - 1 if punto.anterior else None,
            )  # fmt: skip
        if bytes(punto.raiz) != raiz:
            self.informe.anotar(
                "punto no coincide",
                f"Las primeras {punto.tamano} hojas no dan la raíz que se firmó: "
                f"algo cambió entre la hoja {anterior} y la {punto.tamano - 1}.",
                hoja=anterior,
            )
        if self.llave is not None:
            _revisar_firma(self.informe, punto, self.llave)

    def _revisar_por_mosaicos(self, ultimo: Punto) -> None:
        """En un tramo, los mosaicos de las demás hojas bastan para llegar a la raíz firmada."""
        self.informe.puntos += 1
        try:
            calculada = merkle.raiz_de(ultimo.tamano, self.arbol.nodo)
        except FaltaMosaico as falta:
            self.informe.anotar("mosaico perdido", str(falta))
            return
        if calculada != bytes(ultimo.raiz):
            self.informe.anotar(
                "punto no coincide", f"Los mosaicos no dan la raíz de {ultimo.tamano} hojas firmada."
            )
        if self.llave is not None:
            _revisar_firma(self.informe, ultimo, self.llave)


def _hojas_que_debe_haber() -> int:
    """Cuántas hojas hay según quien más diga: la base, el secuenciador, el último punto o lo publicado."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest((SELECT max(hoja) + 1 FROM auditoria_hoja), (SELECT max(hojas) FROM auditoria_avance),"
            " (SELECT max(tamano) FROM auditoria_punto), 0)"
        )
        (hojas,) = cursor.fetchone()
    return int(hojas)


def _hojas(desde: int, hasta: int) -> Iterator[tuple[Any, ...]]:
    with lectura.cursor_binario() as cursor:
        cursor.execute(
            "SELECT h.hoja, h.suceso_id, h.h, x.semilla, b.canonico, b.constancia_id,"
            f" {lectura.CAMPOS}"
            " FROM auditoria_hoja h"
            " LEFT JOIN cimientos_suceso s ON s.id = h.suceso_id"
            " LEFT JOIN auditoria_secreto x ON x.suceso_id = h.suceso_id"
            " LEFT JOIN auditoria_secretoborrado b ON b.suceso_id = h.suceso_id"
            " WHERE h.hoja >= %s AND h.hoja < %s ORDER BY h.hoja",
            [desde, hasta],
        )
        yield from cursor.fetchall()


def _suceso_de(hoja: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT suceso_id FROM auditoria_hoja WHERE hoja = %s", [hoja])
        fila = cursor.fetchone()
    return int(fila[0]) if fila else None


def _constancias_de_borrado() -> dict[int, int]:
    """De qué suceso borró el secreto cada suceso que deja constancia de ello."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, (datos->>'suceso_borrado_id')::bigint FROM cimientos_suceso WHERE tipo = %s",
            [BORRADO],
        )
        return dict(cursor.fetchall())


def _tramos_archivados() -> list[tuple[int, int]]:
    """Los tramos de hojas cuyos sucesos se retiraron a un archivo, según dejaron constancia."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (datos->>'hoja_desde')::bigint, (datos->>'hoja_hasta')::bigint FROM cimientos_suceso"
            " WHERE tipo = 'auditoria.MesArchivado' AND datos ? 'hoja_desde' AND (datos->>'retirado')::boolean"
        )
        return [(int(desde), int(hasta)) for desde, hasta in cursor.fetchall()]


def _revisar_sucesos_sin_hoja(informe: Informe) -> None:
    """Todo suceso anterior al avance tiene hoja; el que no, entró por la puerta de atrás o perdió la suya."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, (s.xid, s.id) > (coalesce(a.xid, '0'), coalesce(a.suceso_id, 0))"
            " FROM cimientos_suceso s LEFT JOIN auditoria_avance a ON a.id = 1"
            " LEFT JOIN auditoria_hoja h ON h.suceso_id = s.id WHERE h.suceso_id IS NULL ORDER BY s.id"
        )
        for pk, pendiente in cursor.fetchall():
            if pendiente:
                informe.pendientes += 1
            else:
                informe.anotar("suceso sin hoja", f"El suceso {pk} no tiene hoja en el registro.", suceso=pk)


def _revisar_lo_publicado(informe: Informe, total: int) -> None:
    """El punto publicado en la carpeta no puede decir más que la base, ni otra cosa."""
    try:
        publicado = puntos.publicado()
    except (puntos.NotaInvalida, FileNotFoundError) as error:
        informe.anotar("punto publicado alterado", f"El punto publicado no se puede comprobar: {error}")
        return
    if publicado is None:
        if total:
            informe.anotar("punto publicado perdido", "No hay ningún punto de control publicado.")
        return
    punto = Punto.objects.filter(tamano=publicado.tamano).first()
    if punto is None:
        informe.anotar(
            "punto borrado", f"El punto publicado, de {publicado.tamano} hojas, no está en la base.",
            hoja=publicado.tamano - 1,
        )  # fmt: skip
    elif bytes(punto.raiz) != publicado.raiz:
        informe.anotar(
            "bifurcación",
            f"El punto publicado de {publicado.tamano} hojas tiene otra raíz que el de la base.",
        )


def _comparar(informe: Informe, guardado: puntos.Nota, total: int, revision: _Revision) -> None:
    """El registro de hoy contra un punto que otro guardó."""
    llave = _llave(informe)
    if llave is not None:
        try:
            llave.comprobar(guardado)
        except puntos.NotaInvalida as error:
            informe.anotar("punto ajeno", f"El punto guardado no es de este registro: {error}")
            return
    if guardado.tamano > total:
        informe.anotar(
            "registro recortado",
            f"El punto guardado tiene {guardado.tamano} hojas y la base {total}: volvió a un estado anterior. "
            f"La primera hoja que falta es la {total}.",
            hoja=total,
        )
        return
    try:
        hoy = revision.raices.get(guardado.tamano) or merkle.raiz_de(guardado.tamano, revision.arbol.nodo)
    except FaltaMosaico as falta:
        informe.anotar("mosaico perdido", str(falta))
        return
    if hoy != guardado.raiz:
        informe.anotar(
            "bifurcación",
            f"El registro ya no continúa el punto guardado: algo cambió en sus primeras {guardado.tamano} hojas.",
            hoja=None,
        )


def _llave(informe: Informe) -> puntos.LlavePublica | None:
    try:
        return puntos.llave_publica()
    except (puntos.NotaInvalida, FileNotFoundError) as error:
        if all(hallazgo.clase != "llave perdida" for hallazgo in informe.hallazgos):
            informe.anotar("llave perdida", f"No se puede leer la llave pública del registro: {error}")
        return None


def _revisar_firma(informe: Informe, punto: Punto, llave: puntos.LlavePublica) -> None:
    try:
        nota = puntos.leer_nota(punto.nota)
        llave.comprobar(nota)
        if (nota.tamano, nota.raiz) != (punto.tamano, bytes(punto.raiz)):
            raise puntos.NotaInvalida("Su texto dice otro tamaño u otra raíz.")
    except puntos.NotaInvalida as error:
        informe.anotar("punto alterado", f"Punto de {punto.tamano} hojas: {error}", hoja=punto.tamano - 1)
