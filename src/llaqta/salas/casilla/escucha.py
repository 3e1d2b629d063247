"""Quien atiende los rebotes: un servidor SMTP pequeño que solo acepta informes de entrega, y los anota."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from typing import Any

from aiosmtpd.smtp import SMTP
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from llaqta.salas.casilla import rebotes, rebotes_vigilados, services

registro = logging.getLogger(__name__)
MAXIMO = 256 * 1024


class BuzonDeRebotes:
    """Acepta solo informes (remitente vacío, RFC 3464) dirigidos a un intento; lo demás se rechaza al nombrarlo."""

    async def handle_MAIL(  # noqa: N802 - lo nombra aiosmtpd
        self, _servidor: Any, _sesion: Any, sobre: Any, direccion: str, opciones: list[str]
    ) -> str:
        """Un informe no tiene remitente: así no se contestan unos a otros."""
        if direccion not in {"", "<>"}:
            return "550 5.7.1 Aqui solo se reciben informes de entrega"
        sobre.mail_from = "<>"
        sobre.mail_options.extend(opciones)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _servidor: Any, _sesion: Any, sobre: Any, direccion: str, opciones: list[str]
    ) -> str:
        """Solo direcciones con el uuid de un intento."""
        if rebotes.token_de(direccion) is None:
            return "550 5.1.1 No es la direccion de un aviso"
        sobre.rcpt_tos.append(direccion)
        sobre.rcpt_options.extend(opciones)
        return "250 OK"

    async def handle_DATA(self, _servidor: Any, _sesion: Any, sobre: Any) -> str:  # noqa: N802
        """Anota el rebote antes de contestar: si no se pudo, el servidor de correo lo volverá a traer."""
        try:
            que = await sync_to_async(_anotar, thread_sensitive=False)(sobre.content, tuple(sobre.rcpt_tos))
        except Exception:
            registro.exception("No se pudo anotar un rebote")
            return "451 4.3.0 Intente mas tarde"
        return f"250 2.0.0 {que}"


def _anotar(contenido: bytes, destinatarios: tuple[str, ...]) -> str:
    close_old_connections()
    try:
        rebote = rebotes.leer(contenido, destinatarios=destinatarios)
        if rebote is None:
            return "No es un informe de entrega: se descarta"
        alerta = services.anotar_rebote(rebote=rebote, ahora=timezone.now())
        return "Anotado" if alerta is not None else "No es de ningun aviso: se descarta"
    finally:
        close_old_connections()


def hacer() -> SMTP:
    """Quien atiende una conexión; lo que pase de 256 KB se rechaza."""
    return SMTP(BuzonDeRebotes(), hostname="llaqta", data_size_limit=MAXIMO, ident="Llaqta")


async def atender(puerta: socket.socket) -> None:
    """Atiende en ``puerta`` hasta que lo cancelen o llegue SIGTERM, y dice cada minuto que sigue ahí."""
    bucle, parar = asyncio.get_running_loop(), asyncio.Event()
    bucle.add_signal_handler(signal.SIGTERM, parar.set)
    async with await bucle.create_server(hacer, sock=puerta):
        while not parar.is_set():
            await sync_to_async(_latir, thread_sensitive=False)()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(parar.wait(), rebotes_vigilados.CADA)


def _latir() -> None:
    close_old_connections()
    try:
        rebotes_vigilados.latir()
    except DatabaseError:
        registro.exception("No se pudo decir que se atienden los rebotes")
    finally:
        close_old_connections()
