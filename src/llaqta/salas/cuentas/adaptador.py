"""Lo que django-allauth hace a nuestra manera: quién entra, a dónde va, y que cada ingreso queda anotado."""

from __future__ import annotations

import base64
import hashlib
import logging
from functools import lru_cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from llaqta.salas.cuentas import services
from llaqta.salas.cuentas.models import Cuenta

registro = logging.getLogger(__name__)

SU_TRABAJO = (
    ("mesapartes.recibir", "mesa_de_partes"),
    ("expedientes.tramitar", "bandeja"),
    ("cuentas.administrar", "cuentas_personas"),
    ("notificaciones.diligenciar", "diligencias_de_hoy"),
    ("fiscalizacion.verificar", "sorteos"),
    ("mesapartes.devolver", "devoluciones"),
    ("auditoria.ver", "auditoria"),
)
"""A dónde va cada quien al entrar, por el primero de sus permisos."""


class AdaptadorDeCuentas(DefaultAccountAdapter):  # type: ignore[misc]
    """Cuentas de personas: se crean en nuestra página, se entra con el número del documento."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "El número de documento o la contraseña no son correctos.",
        "email_password_mismatch": "El número de documento o la contraseña no son correctos.",
        "too_many_login_attempts": "Demasiados intentos fallidos. Espere cinco minutos y vuelva a probar.",
        "account_inactive": "Esta cuenta está desactivada.",
        "enter_current_password": "Escriba su contraseña actual.",
        "incorrect_password": "Esa no es su contraseña.",
        "unknown_email": "Ninguna cuenta tiene ese correo.",
        "rate_limited": "Demasiados intentos. Espere un momento y vuelva a probar.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nadie se registra por allauth: la cuenta nace con su persona en ``crear_mi_cuenta``."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Después de entrar: el personal va a su trabajo; el ciudadano, a su carpeta."""
        usuario = request.user
        vistas = ["inicio_de_la_persona", "inicio"]
        if isinstance(usuario, Cuenta):
            persona = usuario.persona
            vistas[:0] = [vista for permiso, vista in SU_TRABAJO if persona.puede(permiso)][:1]
        return _primera_que_exista(vistas)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Después de cambiar la contraseña se vuelve a «Seguridad de mi cuenta»."""
        return reverse("seguridad_de_mi_cuenta")

    def clean_password(self, password: str, user: Any = None) -> str:
        """La contraseña nueva, si no es fácil de adivinar ni la misma provisional que otra persona conoce.

        :raises ValidationError: si lo es
        """
        limpia: str = super().clean_password(password, user=user)
        if isinstance(user, Cuenta) and user.clave_provisional and user.check_password(limpia):
            raise ValidationError("Esa es la contraseña provisional; ponga una que solo usted sepa.")
        return limpia

    def set_password(self, user: Any, password: str) -> None:
        """La dueña de la cuenta cambió su contraseña, o puso otra con el enlace de su correo."""
        services.cambiar_mi_clave(cuenta=user, clave=password, ahora=timezone.now())

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Anota el ingreso y sigue."""
        services.anotar_ingreso(cuenta=user, ahora=timezone.now())
        respuesta: HttpResponse = super().post_login(request, user, **kwargs)
        return respuesta

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Anota en el registro de la máquina el ingreso que falló: desde dónde y con qué cuenta, sin decir cuál es.

        La cuenta va como huella con el secreto de la instalación: sirve para ver que alguien prueba muchas contraseñas
        con una, y no le da un número de documento a quien lea el registro. La contraseña no va.
        """
        registro.warning(
            "Ingreso fallido desde %s con la cuenta %s",
            self.get_client_ip(request),
            _huella(credentials.get("username")),
        )
        super().authentication_failed(request, **credentials)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """El enlace del correo sale de LLAQTA_URL, nunca de lo que diga el visitante en su cabecera ``Host``."""
        uid, _, secreto = key.partition("-")
        ruta = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secreto})
        return f"{settings.URL_PUBLICA}{ruta}"

    def format_email_subject(self, subject: str) -> str:
        """El asunto sin prefijo: no usamos el marco de sitios."""
        return subject.strip()

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Los avisos «ha ingresado» y «ha salido» estorban: la página ya lo dice con el nombre de la persona."""
        if message_template in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def get_user_search_fields(self) -> list[str]:
        """Campos con que se busca una cuenta."""
        return ["usuario"]


class AdaptadorDeSegundoPaso(DefaultMFAAdapter):  # type: ignore[misc]
    """El secreto del segundo paso se guarda cifrado, y las llaves tienen un nombre que se entiende."""

    def encrypt(self, text: str) -> str:
        """Cifra un secreto con una clave que sale del secreto de la instalación."""
        return _cifrador().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Descifra un secreto.

        :raises InvalidToken: si se cifró en otra instalación
        """
        return _cifrador().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """El nombre que se propone al registrar una llave."""
        return "Mi equipo"


def _huella(usuario: object) -> str:
    return salted_hmac("llaqta.cuentas.ingreso_fallido", str(usuario or "")).hexdigest()[:16]


@lru_cache(maxsize=1)
def _cifrador() -> Fernet:
    clave = hashlib.sha256(b"llaqta.cuentas.segundo_paso:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(clave))


def _primera_que_exista(vistas: list[str]) -> str:
    for vista in vistas:
        try:
            return reverse(vista)
        except NoReverseMatch:
            continue
    return "/"
