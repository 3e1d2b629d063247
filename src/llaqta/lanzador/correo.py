"""El correo de la demostración: un servidor SMTP de verdad que guarda cada mensaje como archivo ``.eml``.

A las direcciones que empiezan con «rebota» las acepta y después las devuelve, como hace un servidor que no encuentra el
buzón: así se ve qué pasa con un aviso devuelto sin tener que estropear nada.

Uso interno de ``up``: ``python -m llaqta.lanzador.correo DESCRIPTOR CARPETA [IP:PUERTO de los rebotes]``.
"""

from __future__ import annotations

import asyncio
import signal
import smtplib
import socket
import sys
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

INFORME = """From: Correo de la demostracion <mailer-daemon@localhost>
To: {vuelve}
Subject: No se pudo entregar el mensaje
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="informe"

--informe
Content-Type: text/plain

La direccion {direccion} no existe.
--informe
Content-Type: message/delivery-status

Reporting-MTA: dns; localhost

Final-Recipient: rfc822; {direccion}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Esa direccion no existe (demostracion)

--informe--
"""


class Buzon:
    """Recibe cada mensaje y lo guarda entero en una carpeta."""

    def __init__(self, carpeta: Path, rebotes: str = "") -> None:
        """``carpeta`` es donde quedan los mensajes; ``rebotes``, quién atiende los devueltos (``IP:PUERTO``)."""
        self.carpeta, self.rebotes = carpeta, rebotes
        self._devolviendo: set[asyncio.Future[None]] = set()

    async def handle_DATA(self, _servidor: SMTP, _sesion: Session, sobre: Envelope) -> str:  # noqa: N802 - lo nombra aiosmtpd
        """Guarda el mensaje y responde al remitente, que solo entonces lo da por entregado."""
        instante = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
        ruta = self.carpeta / f"{instante}-{uuid.uuid4().hex[:8]}.eml"
        contenido = sobre.content or b""
        ruta.write_bytes(contenido if isinstance(contenido, bytes) else contenido.encode())
        for direccion in sobre.rcpt_tos:
            if direccion.lower().startswith("rebota") and self.rebotes and sobre.mail_from:
                bucle = asyncio.get_running_loop()
                tarea = bucle.run_in_executor(None, devolver, self.rebotes, sobre.mail_from, direccion)
                self._devolviendo.add(tarea)
                tarea.add_done_callback(self._devolviendo.discard)
        return "250 Recibido"


def devolver(rebotes: str, vuelve: str, direccion: str) -> None:
    """Devuelve un mensaje a su remitente de sobre, con el informe de que ``direccion`` no existe (RFC 3464)."""
    anfitrion, _, puerto = rebotes.rpartition(":")
    informe = INFORME.format(vuelve=vuelve, direccion=direccion).replace("\n", "\r\n").encode()
    # Si no es la dirección de un aviso, o nadie atiende, no hay a quién devolver.
    with suppress(OSError, smtplib.SMTPException), smtplib.SMTP(anfitrion, int(puerto), timeout=30) as correo:
        correo.sendmail("", [vuelve], informe)


async def atender(escucha: socket.socket, carpeta: Path, rebotes: str = "") -> None:
    """Atiende en ``escucha`` hasta recibir SIGTERM."""
    bucle = asyncio.get_running_loop()
    parar = asyncio.Event()
    bucle.add_signal_handler(signal.SIGTERM, parar.set)
    buzon = Buzon(carpeta, rebotes)
    servidor = await bucle.create_server(
        lambda: SMTP(buzon, hostname="llaqta", enable_SMTPUTF8=True), sock=escucha
    )
    async with servidor:
        await parar.wait()


if __name__ == "__main__":
    asyncio.run(atender(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), *sys.argv[3:4]))
