"""Las órdenes de ``./llaqta auditoria``: cada una declara sus opciones y qué hace.

Quien añade una escribe ``declarar(subordenes)`` y la agrega a ``TODAS``. Lo que hace recibe las opciones, dónde decir
el resultado y dónde decir cómo va, y devuelve 0 si todo coincide o 1 si no.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from llaqta.salas.auditoria import (
    integridad,
    mosaico,
    ordenes_de_archivo,
    pruebas,
    publico,
    puntos,
    secuenciador,
    services,
)
from llaqta.salas.auditoria.integridad import Informe
from llaqta.salas.auditoria.models import Hoja, Punto

Decir = Callable[[str], object]
Opciones = Mapping[str, Any]
BIEN, MAL = 0, 1


class NoSePudo(Exception):
    """La orden no se pudo cumplir; el texto dice por qué."""


def declarar_verificar(subordenes: Any) -> None:
    """``verificar``: rehace el registro desde los sucesos."""
    lector = subordenes.add_parser("verificar", help="rehace el registro y nombra la hoja que no coincide")
    lector.add_argument("--desde", type=int, default=0, metavar="HOJA", help="primera hoja (0)")
    lector.add_argument("--hasta", type=int, metavar="HOJA", help="la hoja siguiente a la última (todas)")
    lector.add_argument("--contra", type=Path, metavar="ARCHIVO", help="un punto de control que usted guardó")
    lector.add_argument("--json", action="store_true", help="el informe para otra máquina")
    lector.set_defaults(hacer=verificar)


def verificar(opciones: Opciones, decir: Decir, avisar: Decir) -> int:
    """Verifica y cuenta lo hallado.

    :raises NoSePudo: si el tramo no existe o el archivo no es un punto de control
    """
    contra = _leer_punto(opciones["contra"]) if opciones["contra"] else ""
    if opciones["hasta"] is not None and opciones["hasta"] <= max(opciones["desde"], 0):
        raise NoSePudo("Ese tramo no tiene ninguna hoja: «--hasta» es la hoja siguiente a la última.")
    try:
        informe = integridad.verificar(
            desde=opciones["desde"], hasta=opciones["hasta"], contra=contra, progreso=_progreso(avisar)
        )
    except (ValueError, puntos.NotaInvalida) as error:
        raise NoSePudo(str(error)) from error
    decir(json.dumps(informe.en_json(), ensure_ascii=False) if opciones["json"] else contar(informe))
    return BIEN if informe.intacto else MAL


def _leer_punto(ruta: Path) -> str:
    """El punto de control que alguien guardó; un archivo vacío no es ninguno, y darlo por comparado sería mentir."""
    try:
        texto = ruta.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NoSePudo(f"{ruta} no es un punto de control: no es un texto.") from error
    if not texto.strip():
        raise NoSePudo(f"{ruta} está vacío: no es un punto de control.")
    return texto


def contar(informe: Informe) -> str:
    """El informe en castellano."""
    lineas = [
        f"Hojas del registro: {informe.tamano}. Revisadas: {informe.sucesos}. Puntos firmados: {informe.puntos}."
    ]
    if informe.borrados:
        lineas.append(f"Con su secreto borrado por el procedimiento: {informe.borrados}.")
    if informe.archivados:
        lineas.append(f"Con su suceso retirado al archivo: {informe.archivados}.")
    if informe.pendientes:
        lineas.append(f"Sucesos que todavía esperan su hoja: {informe.pendientes}.")
    if informe.raiz:
        lineas.append(f"Raíz: {informe.raiz}")
    if informe.intacto and not informe.raiz:
        return "\n".join([*lineas, "INTACTO EL TRAMO REVISADO; de las demás hojas no se dice nada."])
    if informe.intacto:
        return "\n".join([*lineas, "INTACTO: cada suceso es el que entró, y en su lugar."])
    lineas.append("ALTERADO:")
    lineas += [f"  · {hallazgo.frase}" for hallazgo in informe.hallazgos]
    if informe.omitidos:
        lineas.append(f"  · y {informe.omitidos} más.")
    return "\n".join(lineas)


def _progreso(avisar: Decir) -> integridad.Progreso:
    """Dice cómo va una vez por segundo, desde el primero."""
    comienzo = ultimo = time.monotonic()

    def progreso(hechas: int, todas: int) -> None:
        nonlocal ultimo
        ahora = time.monotonic()
        if ahora - ultimo >= 1 and hechas < todas:
            ultimo = ahora
            faltan = (ahora - comienzo) / hechas * (todas - hechas)
            avisar(f"  {hechas} de {todas} hojas ({hechas * 100 // todas} %); faltan unos {faltan:.0f} s")

    return progreso


def declarar_probar(subordenes: Any) -> None:
    """``probar``: el paquete de prueba de un suceso."""
    lector = subordenes.add_parser("probar", help="el paquete de prueba de un suceso")
    lector.add_argument("suceso", type=int, help="el número del suceso en el libro")
    lector.add_argument("--salida", type=Path, metavar="ARCHIVO", help="dónde guardarlo (si no, se muestra)")
    lector.set_defaults(hacer=probar)


def probar(opciones: Opciones, decir: Decir, avisar: Decir) -> int:
    """Entrega el paquete; si el suceso no coincide con su hoja, lo dice y contesta 1."""
    try:
        prueba = pruebas.get_prueba(opciones["suceso"])
    except (pruebas.TodaviaNo, pruebas.NoCoincide) as error:
        avisar(str(error))
        return MAL
    texto = json.dumps(prueba.paquete, ensure_ascii=False, indent=1)
    if opciones["salida"] is None:
        decir(texto)
        return BIEN
    opciones["salida"].write_text(f"{texto}\n", encoding="utf-8")
    decir(
        f"El suceso {prueba.suceso_id} es la hoja {prueba.hoja} de {prueba.tamano}. Su prueba está en "
        f"{opciones['salida']}; se comprueba sin Llaqta con llaqta_verificador.py."
    )
    return BIEN


def declarar_consistencia(subordenes: Any) -> None:
    """``consistencia``: que un punto posterior conserva todo lo del anterior."""
    lector = subordenes.add_parser(
        "consistencia", help="prueba que un punto posterior conserva lo del anterior"
    )
    lector.add_argument("desde", help="cuántas hojas tenía el punto anterior")
    lector.add_argument("hasta", help="cuántas, el posterior")
    lector.set_defaults(hacer=consistencia)


def consistencia(opciones: Opciones, decir: Decir, avisar: Decir) -> int:
    """Entrega la prueba de consistencia.

    :raises NoSePudo: si esos tamaños no pueden ser
    """
    try:
        prueba = publico.get_consistencia(opciones["desde"], opciones["hasta"])
    except publico.PedidoErrado as error:
        raise NoSePudo(str(error)) from error
    except pruebas.NoCoincide as error:
        avisar(str(error))
        return MAL
    decir(json.dumps(prueba, ensure_ascii=False, indent=1))
    return BIEN


def declarar_exportar(subordenes: Any) -> None:
    """``exportar``: lo publicado, en una carpeta."""
    lector = subordenes.add_parser(
        "exportar", help="copia lo publicado: mosaicos, puntos, llave y verificador"
    )
    lector.add_argument("carpeta", type=Path, help="una carpeta nueva o vacía")
    lector.set_defaults(hacer=exportar)


def exportar(opciones: Opciones, decir: Decir, avisar: Decir) -> int:
    """Copia a una carpeta todo lo que un tercero necesita para vigilar el registro; no hay en ella datos de nadie.

    :raises NoSePudo: si la carpeta ya tiene algo o si el registro no comenzó
    """
    destino: Path = opciones["carpeta"]
    origen = mosaico.carpeta()
    if destino.exists() and any(destino.iterdir()):
        raise NoSePudo(f"La carpeta {destino} ya tiene algo: elija una nueva.")
    if not (origen / puntos.PUNTO).exists():
        raise NoSePudo("El registro todavía no comenzó: no hay nada que exportar.")
    destino.mkdir(parents=True, exist_ok=True)
    # El punto primero: los mosaicos que se copien después lo cubren.
    for nombre in (puntos.PUNTO, puntos.LLAVE_PUBLICA):
        shutil.copyfile(origen / nombre, destino / nombre)
    shutil.copytree(origen / "tile", destino / "tile", ignore=shutil.ignore_patterns(".*"))
    shutil.copyfile(publico.VERIFICADOR, destino / publico.VERIFICADOR.name)
    anclados = Punto.objects.filter(ancla__isnull=False).order_by("tamano")
    for punto in anclados:
        (destino / "puntos").mkdir(exist_ok=True)
        (destino / f"puntos/{punto.tamano}.txt").write_text(
            secuenciador.texto_publico(punto), encoding="utf-8"
        )
        (destino / f"puntos/{punto.tamano}.tsr").write_bytes(bytes(punto.ancla or b""))
    decir(f"El registro publicado está en {destino}, con {len(anclados)} puntos sellados en el tiempo.")
    return BIEN


def declarar_secuenciar(subordenes: Any) -> None:
    """``secuenciar``: lo que hace el trabajador cada dos segundos, ahora."""
    lector = subordenes.add_parser("secuenciar", help="da hoja a lo que falte y publica el punto de control")
    lector.add_argument(
        "--rehacer-mosaicos",
        action="store_true",
        help="escribe otra vez, desde la base, los mosaicos que falten",
    )
    lector.set_defaults(hacer=secuenciar)


def secuenciar(opciones: Opciones, decir: Decir, avisar: Decir) -> int:
    """Secuencia lo que haya; si el registro no continúa lo firmado, lo dice y contesta 1."""
    try:
        dadas = services.secuenciar_ahora(ahora=timezone.now())
        cubiertas = secuenciador.rehacer_mosaicos() if opciones["rehacer_mosaicos"] else 0
    except (secuenciador.RegistroAlterado, mosaico.MosaicoAlterado) as error:
        avisar(str(error))
        return MAL
    decir(
        f"Entraron {dadas} sucesos al registro." + (f" Mosaicos de {cubiertas} hojas." if cubiertas else "")
    )
    return BIEN


def declarar_simular(subordenes: Any) -> None:
    """``simular-alteracion``: qué pasa cuando alguien cambia un suceso."""
    lector = subordenes.add_parser(
        "simular-alteracion",
        help="cambia un suceso, lo descubre y lo deja como estaba (solo en la demostración)",
    )
    lector.add_argument("--hoja", type=int, metavar="N", help="qué hoja (la del medio)")
    lector.set_defaults(hacer=simular)


def simular(opciones: Opciones, decir: Decir, avisar: Decir) -> int:
    """Hace lo que haría quien administra la base, lo verifica, y deshace la transacción: nada queda cambiado.

    :raises NoSePudo: fuera de la demostración, o si el registro está vacío
    """
    if not settings.DEMO:
        raise NoSePudo(
            "Solo en la demostración: en una municipalidad de verdad no se toca el registro ni de broma."
        )
    total = Hoja.objects.count()
    hoja = Hoja.objects.filter(hoja=opciones["hoja"] if opciones["hoja"] is not None else total // 2).first()
    if hoja is None:
        raise NoSePudo(f"Esa hoja no existe: el registro tiene {total}.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cimientos_suceso DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE cimientos_suceso SET ocurrido_en = ocurrido_en - interval '1 day' WHERE id = %s",
            [hoja.suceso_id],
        )
        decir(f"Se atrasó un día el suceso {hoja.suceso_id}, como podría hacerlo quien administra la base.")
        informe = integridad.verificar()
        transaction.set_rollback(True)
    decir(contar(informe))
    decir("La transacción se deshizo: el suceso está como estaba.")
    return BIEN if [h.hoja for h in informe.hallazgos] == [hoja.hoja] else MAL


TODAS: list[Callable[[Any], None]] = [
    declarar_verificar,
    declarar_probar,
    declarar_consistencia,
    declarar_exportar,
    declarar_secuenciar,
    declarar_simular,
    ordenes_de_archivo.declarar_archivar,
    ordenes_de_archivo.declarar_comprobar,
]
