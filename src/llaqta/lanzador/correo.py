"""El correo de la demostración: un servidor SMTP de verdad que guarda cada mensaje como archivo ``.eml``.

Uso interno de ``up``: ``python -m llaqta.lanzador.correo DESCRIPTOR CARPETA``.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Buzon:
    """Recibe cada mensaje y lo guarda entero en una carpeta."""

    def __init__(self, carpeta: Path) -> None:
        """``carpeta`` es donde quedan los mensajes."""
        self.carpeta = carpeta

    async def handle_DATA(self, _servidor: SMTP, _sesion: Session, sobre: Envelope) -> str:  # noqa: N802 - lo nombra aiosmtpd
        """Guarda el mensaje y responde al remitente, que solo entonces lo da por entregado."""
        instante = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
        ruta = self.carpeta / f"{instante}-{uuid.uuid4().hex[:8]}.eml"
        contenido = sobre.content or b""
        ruta.write_bytes(contenido if isinstance(contenido, bytes) else contenido.encode())
        return "250 Recibido"


async def atender(escucha: socket.socket, carpeta: Path) -> None:
    """Atiende en ``escucha`` hasta recibir SIGTERM."""
    bucle = asyncio.get_running_loop()
    parar = asyncio.Event()
    bucle.add_signal_handler(signal.SIGTERM, parar.set)
    buzon = Buzon(carpeta)
    servidor = await bucle.create_server(
        lambda: SMTP(buzon, hostname="llaqta", enable_SMTPUTF8=True), sock=escucha
    )
    async with servidor:
        await parar.wait()


if __name__ == "__main__":
    asyncio.run(atender(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))
