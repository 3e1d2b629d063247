"""Los rebotes: el informe con que un servidor de correo devuelve un aviso (RFC 3464), y a qué intento corresponde.

Cada aviso sale con un remitente propio, ``rebotes+<uuid del intento>@…`` (VERP): lo que vuelva a esa dirección dice por
sí solo qué intento falló, aunque el informe no traiga el mensaje original. El uuid no se puede adivinar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

_UUID = r"([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})"
_VERP = re.compile(rf"\+{_UUID}@", re.IGNORECASE)
_MENSAJE = re.compile(rf"<{_UUID}@", re.IGNORECASE)
_ESTADO = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_SMTP = re.compile(r"\b([45])\d\d[ -]")
LLEGO, DEMORADO, DEVUELTO = "LLEGO", "DEMORADO", "DEVUELTO"


@dataclass(frozen=True)
class Rebote:
    """Lo que un informe de entrega dice de un aviso.

    ``que`` es ``LLEGO`` (quedó en su buzón), ``DEMORADO`` (el servidor insistirá) o ``DEVUELTO`` (ya no insistirá).
    ``definitivo``: la dirección no sirve (5.x.x); si no, otro intento puede llegar.
    """

    token: UUID
    que: str
    definitivo: bool
    diagnostico: str


def direccion_de_rebote(base: str, token: UUID) -> str:
    """``rebotes+<uuid>@dominio``: el remitente de sobre de un intento."""
    local, _, dominio = base.partition("@")
    return f"{local}+{token}@{dominio}"


def token_de(direccion: str) -> UUID | None:
    """El uuid que lleva una dirección de rebote; ``None`` si no es una."""
    hallado = _VERP.search(direccion)
    return UUID(hallado.group(1)) if hallado else None


def leer(contenido: bytes, *, destinatarios: tuple[str, ...] = ()) -> Rebote | None:
    """Entiende un mensaje devuelto; ``None`` si no es un informe o no dice de qué intento.

    :param destinatarios: a quién se entregó (``RCPT TO``): ahí viene el uuid del intento
    """
    mensaje = message_from_bytes(contenido, policy=policy.default)
    token = _token(mensaje, destinatarios)
    if token is None:
        return None
    for campos in _por_destinatario(mensaje):
        accion = str(campos.get("Action", "")).strip().lower()
        codigo = str(campos.get("Status", "")).strip()
        diagnostico = " ".join(str(campos.get("Diagnostic-Code", "")).split())
        if accion in {"delivered", "relayed", "expanded"}:
            return Rebote(token, LLEGO, False, _decir(codigo, diagnostico or accion))
        if accion == "delayed":
            return Rebote(token, DEMORADO, False, _decir(codigo, diagnostico or accion))
        if accion == "failed":
            return Rebote(token, DEVUELTO, _es_definitivo(codigo, diagnostico), _decir(codigo, diagnostico))
    return _informe_antiguo(mensaje, token)


def _por_destinatario(mensaje: Message) -> Iterator[Message]:
    """Los grupos de campos de cada destinatario: todos los del ``message/delivery-status`` menos el primero."""
    for parte in mensaje.walk():
        if parte.get_content_type() != "message/delivery-status":
            continue
        grupos = parte.get_payload()
        if isinstance(grupos, list):
            # El módulo ``email`` entrega cada grupo como un mensaje; el primero es el del servidor.
            yield from (grupo for grupo in grupos if isinstance(grupo, Message) and grupo.get("Action"))


def _informe_antiguo(mensaje: EmailMessage, token: UUID) -> Rebote | None:
    """Los que no siguen la norma: Exim antiguo (``X-Failed-Recipients``) y qmail (un texto que empieza con «Hi.»)."""
    cuerpo = mensaje.get_body(preferencelist=("plain",))
    texto = cuerpo.get_content() if cuerpo is not None else ""
    es_qmail = "This is the qmail-send program" in texto
    if not mensaje.get("X-Failed-Recipients") and not es_qmail:
        return None
    linea = next(
        (" ".join(una.split()) for una in texto.splitlines() if _SMTP.search(una) or _ESTADO.search(una)), ""
    )
    return Rebote(token, DEVUELTO, _es_definitivo("", linea), linea[:250] or "Devuelto sin decir por qué")


def _es_definitivo(codigo: str, diagnostico: str) -> bool:
    """5.x.x es para siempre, menos el buzón lleno (5.2.2): mañana puede tener lugar."""
    hallado = _ESTADO.search(codigo) or _ESTADO.search(diagnostico)
    if hallado is not None:
        return hallado.group(1) == "5" and not hallado.group(0).startswith("5.2.2")
    respuesta = _SMTP.search(diagnostico)
    return respuesta is None or respuesta.group(1) == "5"


def _decir(codigo: str, diagnostico: str) -> str:
    return f"{codigo} {diagnostico}".strip()[:250]


def _token(mensaje: EmailMessage, destinatarios: tuple[str, ...]) -> UUID | None:
    """De la dirección de sobre; si se perdió en el camino, del ``To`` o del mensaje original que viene dentro."""
    for direccion in (*destinatarios, str(mensaje.get("To", "")), str(mensaje.get("Delivered-To", ""))):
        if token := token_de(direccion):
            return token
    for parte in mensaje.walk():
        if parte.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            original = parte.get_payload()
            dentro = "".join(map(str, original)) if isinstance(original, list) else str(original)
            if hallado := _MENSAJE.search(dentro):
                return UUID(hallado.group(1))
    return None
