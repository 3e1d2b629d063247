"""Reglas puras de la sede: de qué lugar viene una petición, el aviso de calendario y lo que se dice de una copia."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.web.piezas import Tono

TRAMO = timedelta(minutes=10)
LIMITES = {"seguimiento": 120, "verificar": 120, "copia": 40}
"""Usos por tramo y por lugar. Son holgados: toda una cabina sale a internet por una sola dirección."""
ERRADOS_DE_TODOS = 1000
"""Códigos errados por tramo, sumados todos los lugares, desde los que alguien parece estar probando códigos."""
LIMITE_SI_PRUEBAN = 20
"""Mientras alguien prueba códigos desde muchos lugares a la vez, cuántos usos se admiten a cada lugar."""


class DemasiadosIntentos(Negativa):
    """Desde ese lugar se probó demasiado en poco tiempo; no se cierra la puerta a la persona, se le pide esperar."""

    codigo_http = 429


@dataclass(frozen=True)
class Dictamen:
    """Lo que se responde a quien verifica: una frase grande, su explicación y su tono."""

    titulo: str
    explicacion: str
    tono: Tono


def lugar_de(direccion: str, reenviada: str, *, intermediarios: int, secreto: str) -> str:
    """La huella del lugar de donde viene una petición.

    :param direccion: la de quien se conectó con el servidor
    :param reenviada: la cabecera ``X-Forwarded-For``; cada intermediario agrega al final a quien se conectó con él,
        y lo que está antes lo pudo escribir cualquiera
    :param intermediarios: cuántos hay delante (LLAQTA_PROXIES); sin ninguno, la cabecera no se cree
    """
    saltos = [salto.strip() for salto in reenviada.split(",")] if reenviada else []
    origen = _red_de(saltos[-intermediarios] if 0 < intermediarios <= len(saltos) else direccion)
    return hmac.new(secreto.encode(), origen.encode(), hashlib.sha256).hexdigest()[:32]


def _red_de(direccion: str) -> str:
    """Una dirección IPv6 se cuenta por su red /64, que es lo que recibe un hogar; una IPv4, entera."""
    try:
        leida = ipaddress.ip_address(direccion)
    except ValueError:
        return direccion
    if isinstance(leida, ipaddress.IPv6Address):
        if leida.ipv4_mapped:
            return str(leida.ipv4_mapped)
        return str(ipaddress.ip_network((leida, 64), strict=False))
    return str(leida)


def tramo_de(ahora: datetime) -> datetime:
    """El comienzo del tramo de diez minutos en que cae ``ahora``."""
    return ahora - timedelta(
        minutes=ahora.minute % (TRAMO.seconds // 60), seconds=ahora.second, microseconds=ahora.microsecond
    )


@dataclass(frozen=True)
class DiaDeCalendario:
    """Un suceso de todo el día para el calendario del teléfono."""

    identificador: str
    dia: date
    titulo: str
    texto: str


def aviso_de_calendario(dias: Sequence[DiaDeCalendario], *, enlace: str, ahora: datetime) -> str:
    """Unos sucesos de todo el día en iCalendar (RFC 5545): líneas CRLF de 75 bytes como máximo, con comas escapadas."""
    lineas = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Llaqta//Sede digital//ES",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *(linea for dia in dias for linea in _suceso(dia, enlace, ahora)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_doblar(linea)}\r\n" for linea in lineas)


def _suceso(dia: DiaDeCalendario, enlace: str, ahora: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_escapar(dia.identificador)}",
        f"DTSTAMP:{ahora.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{dia.dia:%Y%m%d}",
        f"DTEND;VALUE=DATE:{dia.dia + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escapar(dia.titulo)}",
        f"DESCRIPTION:{_escapar(dia.texto)}",
        f"URL:{enlace}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escapar(dia.titulo)}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
    ]


def _escapar(texto: str) -> str:
    limpio = texto.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return limpio.replace("\r", "").replace("\n", "\\n")


def _doblar(linea: str) -> str:
    """Parte la línea cada 75 bytes sin cortar un carácter; la continuación empieza con un espacio."""
    trozos: list[str] = []
    actual = ""
    for signo in linea:
        if len((actual + signo).encode()) > (75 if not trozos else 74):
            trozos.append(actual)
            actual = ""
        actual += signo
    return "\r\n ".join([*trozos, actual])


def dictamen_del_registrado(
    *, veredicto: str, motivos: Sequence[str], anulado: str = "", nulo: str = ""
) -> Dictamen:
    """Lo que se dice del documento que guarda la municipalidad.

    :param veredicto: VALIDA, INDETERMINADA, INVALIDA o SIN_FIRMA
    :param anulado: por qué se anuló, si se anuló
    :param nulo: qué resolución lo declaró nulo, si alguna lo hizo (art. 12.1)
    """
    if anulado:
        return Dictamen("Este documento fue anulado", f"Ya no tiene efecto. Motivo: {anulado}", "alerta")
    if nulo:
        return Dictamen(
            "Este documento fue declarado nulo",
            f"Lo declaró nulo {nulo}: no vale desde que se dictó (Ley 27444, art. 12.1).",
            "alerta",
        )
    detalle = " ".join(motivos)
    if veredicto == "VALIDA":
        return Dictamen(
            "Este documento es auténtico",
            "Está en el archivo de esta municipalidad, lleva firma digital válida y no cambió desde que se firmó.",
            "hecho",
        )
    if veredicto == "SIN_FIRMA":
        return Dictamen(
            "Documento registrado",
            "Está en el archivo de esta municipalidad, pero no lleva firma digital.",
            "curso",
        )
    if veredicto == "INDETERMINADA":
        return Dictamen(
            "Documento registrado, con una firma por confirmar",
            f"Está en el archivo de esta municipalidad, pero algo de su firma no se pudo comprobar. {detalle}".strip(),
            "espera",
        )
    return Dictamen("La firma no es válida", detalle or "La firma no pasó la comprobación.", "alerta")


def dictamen_de_la_ventana(
    *, desde: date | None, hasta: date | None, al: date, dicho_desde: str, dicho_hasta: str
) -> Dictamen | None:
    """Lo que se dice de un documento que existe, fuera de las fechas en que se puede verificar; dentro, ``None``.

    :param dicho_desde: esas fechas en palabras
    """
    if desde is not None and al < desde:
        return Dictamen(
            "Todavía no se puede verificar",
            f"Este código es de un documento de esta municipalidad, que se puede verificar desde el {dicho_desde}. "
            "Vuelva ese día.",
            "espera",
        )
    if hasta is not None and al > hasta:
        return Dictamen(
            "Su plazo de verificación terminó",
            "Este código es de un documento de esta municipalidad que se pudo verificar aquí hasta el "
            f"{dicho_hasta}. Que haya terminado no dice que el documento sea falso: el original sigue en el archivo. "
            "Pida una copia certificada en la mesa de partes.",
            "espera",
        )
    return None


def dictamen_de_la_copia(
    *,
    igual: bool,
    anterior_el: date | None,
    veredicto: str,
    motivos: Sequence[str],
    es_comienzo: bool = False,
) -> Dictamen:
    """Lo que se dice de la copia que alguien trae, comparada con el documento registrado.

    :param igual: si es el mismo archivo, byte por byte
    :param es_comienzo: si el actual es ese mismo archivo con algo añadido al final: otra firma, un sello de tiempo
    :param anterior_el: si es el archivo que el documento tuvo antes, cuándo se reemplazó
    """
    if igual:
        return Dictamen(
            "Su copia es idéntica",
            "Es el mismo archivo que guarda la municipalidad, sin un solo cambio.",
            "hecho",
        )
    if anterior_el is not None and es_comienzo:
        return Dictamen(
            "Su copia es auténtica",
            f"Es el documento tal como estaba hasta el {anterior_el:%d/%m/%Y}. Después solo se le añadió otra firma "
            "o un sello de tiempo, sin cambiar nada de lo anterior. Si quiere tenerlos, descargue el actual.",
            "hecho",
        )
    if anterior_el is not None:
        return Dictamen(
            "Su copia es de una versión anterior",
            f"La municipalidad reemplazó ese archivo el {anterior_el:%d/%m/%Y}. Descargue el actual.",
            "espera",
        )
    razones = ["Su huella no coincide con la del documento registrado: al menos un dato es distinto."]
    if veredicto == "INVALIDA":
        razones += motivos
    elif veredicto == "SIN_FIRMA":
        razones.append("Además, su archivo no tiene ninguna firma digital.")
    return Dictamen("Su copia NO es el documento registrado", " ".join(razones), "alerta")


def dictamen_del_suelto(
    *, registrado: bool, veredicto: str, motivos: Sequence[str], con_firmas: bool = True
) -> Dictamen:
    """Lo que se dice de un PDF que alguien trae sin código.

    :param registrado: si es, byte por byte, un documento con código de esta municipalidad
    :param con_firmas: si se llegó a ver alguna firma; un archivo dañado, o que no es un PDF, puede no tenerla
    """
    detalle = " ".join(motivos)
    if veredicto == "VALIDA":
        origen = (
            "y es un documento registrado en esta municipalidad"
            if registrado
            else "pero no está registrado aquí con un código"
        )
        return Dictamen(
            "Las firmas son válidas"
            if registrado
            else "Las firmas son válidas, pero no es un documento nuestro",
            f"El archivo no cambió desde que se firmó {origen}.",
            "hecho" if registrado else "espera",
        )
    if veredicto == "SIN_FIRMA":
        return Dictamen(
            "El archivo no tiene firmas digitales", "No hay nada que permita saber si es auténtico.", "espera"
        )
    if veredicto == "INDETERMINADA":
        titulo = "Algo de la firma no se pudo comprobar" if con_firmas else "No se pudo comprobar su archivo"
        return Dictamen(titulo, detalle, "espera")
    titulo = "La firma no es válida" if con_firmas else "Su archivo no se puede dar por bueno"
    return Dictamen(titulo, detalle or "El archivo no pasó la comprobación.", "alerta")
