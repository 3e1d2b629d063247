"""Ajustes de Llaqta. Todos vienen del entorno; los secretos, también de un archivo nombrado en ``X_FILE``.

La tabla completa está en docs/operacion/variables.md y una prueba la compara con ``entorno.VARIABLES``.
"""

from __future__ import annotations

import json
import os
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from llaqta.config.entorno import base_de_datos, leer, leer_numero, leer_si

RAIZ = Path(__file__).resolve().parents[3]
SECRETO_DE_DEMOSTRACION = "solo-para-la-demostracion-no-usar-en-una-municipalidad"

# --- La instalación -------------------------------------------------------------------------------------------------
DEMO = leer_si("LLAQTA_DEMO", False, "Carga la demostración de Pichari y acepta el secreto de demostración.")
DEBUG = leer_si("LLAQTA_DEBUG", False, "Muestra el detalle de los errores en la página; nunca en producción.")
DATOS = Path(
    leer("LLAQTA_DATA", str(RAIZ / "datos"), "Carpeta de datos: archivos, llaves y el PostgreSQL propio.")
)
SECRET_KEY = leer(
    "LLAQTA_SECRET_KEY", SECRETO_DE_DEMOSTRACION if DEMO else "", "Secreto de la instalación (≥ 50 caracteres).",
    secreta=True,
)  # fmt: skip
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Falta LLAQTA_SECRET_KEY (o LLAQTA_SECRET_KEY_FILE): el secreto de la instalación."
    )
if SECRET_KEY == SECRETO_DE_DEMOSTRACION and not DEMO:
    raise ImproperlyConfigured(
        "LLAQTA_SECRET_KEY es el secreto público de la demostración: una municipalidad no puede arrancar con él."
    )
# El registro que nadie reescribe: mosaicos, punto de control y su llave. Es de la instalación, como su base.
REGISTRO = DATOS / "registro"
REGISTRO_ANIOS = leer_numero(
    "LLAQTA_REGISTRO_ANIOS",
    10,
    "Años que un suceso se queda en la base antes de poder retirarlo a un archivo.",
)
REGISTRO_CORREOS = [
    correo.strip()
    for correo in leer(
        "LLAQTA_REGISTRO_CORREOS",
        "",
        "Correos que reciben cada mañana el punto de control del registro (el OCI, por ejemplo), separados por comas.",
    ).split(",")
    if correo.strip()
]
TESTIGO_HOSTS = [
    servidor.strip()
    for servidor in leer(
        "LLAQTA_TESTIGO_HOSTS",
        "",
        "Servidores de registros vecinos a los que se va por la red interna o sin HTTPS, separados por comas.",
    ).split(",")
    if servidor.strip()
]
URL_PUBLICA = leer(
    "LLAQTA_URL",
    "http://127.0.0.1:8000",
    "Dirección pública; con ella se forman los enlaces de los QR y los correos.",
).rstrip("/")
SEGURO = URL_PUBLICA.startswith("https://")
ALLOWED_HOSTS = [
    servidor.strip()
    for servidor in leer(
        "LLAQTA_HOSTS",
        ",".join({urlsplit(URL_PUBLICA).hostname or "127.0.0.1", "127.0.0.1", "localhost"}),
        "Nombres con los que el servidor acepta ser llamado, separados por comas.",
    ).split(",")
    if servidor.strip()
]
CSRF_TRUSTED_ORIGINS = [URL_PUBLICA]

# --- Las salas ------------------------------------------------------------------------------------------------------
SALAS = [
    "auditoria",
    "cuentas",
    "plazos",
    "firma",
    "documentos",
    "tramites",
    "casilla",
    "notificaciones",
    "expedientes",
    "recursos",
    "fiscalizacion",
    "mesapartes",
    "sede",
]
INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "llaqta.cimientos",
    *[f"llaqta.salas.{sala}" for sala in SALAS],
    "llaqta.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "llaqta.cimientos.web.middleware.cabeceras_de_seguridad",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "llaqta.salas.cuentas.middleware.sesion_vigente",
    "llaqta.salas.cuentas.middleware.persona_que_pide",
    "llaqta.cimientos.web.middleware.puerta",
    "llaqta.salas.cuentas.middleware.clave_propia",
    "llaqta.salas.cuentas.middleware.segundo_paso",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "llaqta.cimientos.web.middleware.errores_de_la_casa",
]
ROOT_URLCONF = "llaqta.config.urls"
WSGI_APPLICATION = "llaqta.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RAIZ / "src/llaqta/cimientos/web/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "llaqta.cimientos.web.contexto.entidad",
            ],
            "builtins": ["llaqta.cimientos.web.templatetags.llaqta"],
        },
    }
]
X_FRAME_OPTIONS = "SAMEORIGIN"

# --- Base de datos y cola -------------------------------------------------------------------------------------------
_url_de_la_base = leer(
    "DATABASE_URL",
    "",
    "PostgreSQL ≥ 15 que ya existe; vacío: Llaqta enciende el suyo en la carpeta de datos.",
    secreta=True,
)
# Sin DATABASE_URL, `./llaqta up` enciende el PostgreSQL propio y pone aquí su dirección antes de cargar Django.
DATABASES = {"default": base_de_datos(_url_de_la_base or "postgresql://postgres@/llaqta")}
DATABASES["default"]["CONN_MAX_AGE"] = leer_numero(
    "LLAQTA_CONN_MAX_AGE", 600, "Segundos que se reutiliza una conexión."
)
DATABASES["default"]["TEST"] = {"NAME": f"test_{os.environ.get('LLAQTA_TEST_DB', 'llaqta')}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Los intentos y los códigos de un solo uso se cuentan entre todos los procesos; lo que ahorra trabajo, en cada uno.
CACHES = {
    "default": {"BACKEND": "llaqta.cimientos.memoria.MemoriaCompartida", "LOCATION": "cimientos_memoria"},
    "memoria": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "memoria"},
}

# --- Archivos -------------------------------------------------------------------------------------------------------
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "estatico/"
STATIC_ROOT = DATOS / "estatico"
STATICFILES_DIRS = [RAIZ / "src/llaqta/cimientos/web/static"]
OBJETOS = leer(
    "LLAQTA_OBJETOS",
    "carpeta",
    "Dónde se guardan los archivos: «carpeta» (en LLAQTA_DATA) o «s3» (varias máquinas).",
)
S3 = {
    "bucket_name": leer("LLAQTA_S3_BUCKET", "llaqta", "Cubo de S3."),
    "endpoint_url": leer("LLAQTA_S3_ENDPOINT", "", "Dirección del servidor que habla S3."),
    "access_key": leer("LLAQTA_S3_KEY", "", "Identificador de la cuenta S3.", secreta=True),
    "secret_key": leer("LLAQTA_S3_SECRET", "", "Clave de la cuenta S3.", secreta=True),
    "region_name": leer("LLAQTA_S3_REGION", "us-east-1", "Región de S3."),
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 60
FILE_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024

# --- Correo ---------------------------------------------------------------------------------------------------------
_correo = urlsplit(
    leer(
        "LLAQTA_SMTP",
        "",
        "Servidor de correo: smtp://usuario:clave@servidor:puerto (smtps:// o smtp+tls://).",
        secreta=True,
    )
)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _correo.hostname or "127.0.0.1"
EMAIL_PORT = _correo.port or 25
EMAIL_HOST_USER = unquote(_correo.username or "")
EMAIL_HOST_PASSWORD = unquote(_correo.password or "")
EMAIL_USE_SSL = _correo.scheme == "smtps"
EMAIL_USE_TLS = _correo.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = leer("LLAQTA_CORREO", "Llaqta <no-responder@localhost>", "Remitente de los correos.")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise ImproperlyConfigured(f"LLAQTA_CORREO no es un correo: «{DEFAULT_FROM_EMAIL}».")

REBOTES = leer(
    "LLAQTA_REBOTES",
    "",
    "Correo al que vuelven los avisos devueltos (rebotes@municipalidad…); vacío: no se reconocen.",
)
REBOTES_ESCUCHA = leer(
    "LLAQTA_REBOTES_ESCUCHA", "127.0.0.1:2525", "Dónde se atienden por SMTP los avisos devueltos."
)

# --- Mensajes de texto ----------------------------------------------------------------------------------------------
SMS = {
    "via": leer("LLAQTA_SMS", "", "Con qué se envían los mensajes de texto: «pasarela», «modem» o nada."),
    "url": leer("LLAQTA_SMS_URL", "", "Dirección de la pasarela.", secreta=True),
    "metodo": leer("LLAQTA_SMS_METODO", "POST", "Método HTTP de la pasarela: POST, PUT o GET."),
    "cabeceras": json.loads(
        leer("LLAQTA_SMS_CABECERAS", "{}", "Cabeceras de la pasarela, como objeto JSON.", secreta=True)
    ),
    "cuerpo": leer(
        "LLAQTA_SMS_CUERPO",
        '{"to": "{numero}", "text": "{texto}", "reference": "{llave}"}',
        "Cuerpo del pedido, JSON o formulario, con {numero}, {texto} y {llave}.",
    ),
    "camino_id": leer(
        "LLAQTA_SMS_ID", "id", "Dónde viene el identificador en la respuesta JSON: mensajes.0.id."
    ),
    "puerto": leer("LLAQTA_SMS_PUERTO", "/dev/ttyUSB0", "Puerto serie del módem GSM."),
    "velocidad": leer_numero("LLAQTA_SMS_VELOCIDAD", 115_200, "Velocidad del puerto serie."),
    "pin": leer("LLAQTA_SMS_PIN", "", "PIN del chip del módem.", secreta=True),
    "espera": leer_numero("LLAQTA_SMS_ESPERA", 20, "Segundos que se espera a la pasarela o al módem."),
    "espera_de_informe": leer_numero(
        "LLAQTA_SMS_INFORME", 0, "Segundos que se espera el informe de entrega del módem; 0, no se pide."
    ),
}
if SMS["via"] not in {"", "pasarela", "modem", *(["prueba"] if DEMO else [])}:
    raise ImproperlyConfigured(f"LLAQTA_SMS debe ser «pasarela», «modem» o vacío; vale «{SMS['via']}».")
if SMS["via"] == "pasarela" and not SMS["url"]:
    raise ImproperlyConfigured("LLAQTA_SMS=pasarela necesita LLAQTA_SMS_URL.")

# --- Hora -----------------------------------------------------------------------------------------------------------
NTP = [
    servidor.strip()
    for servidor in leer(
        "LLAQTA_NTP",
        "",
        "Servidores de hora con que se comprueba el reloj, separados por comas; vacío: no se comprueba.",
    ).split(",")
    if servidor.strip()
]

# --- Firma ----------------------------------------------------------------------------------------------------------
FIRMA_PKCS11 = leer(
    "LLAQTA_PKCS11", "", "Módulo PKCS#11 del sello de la entidad; vacío: llave de software cifrada."
)
FIRMA_PKCS11_FICHA = leer("LLAQTA_PKCS11_FICHA", "llaqta", "Etiqueta de la ficha (token) PKCS#11.")
FIRMA_PKCS11_PIN = leer("LLAQTA_PKCS11_PIN", "", "PIN de la ficha PKCS#11.", secreta=True)
FIRMA_TSL_URL = leer(
    "LLAQTA_TSL_URL",
    "",
    "Dirección de la lista de confianza (la del Perú: https://iofe.indecopi.gob.pe/TSL/tsl-pe.xml); vacía: no se "
    "actualiza sola.",
)
FIRMA_REDES_INTERNAS = frozenset(
    leer(
        "LLAQTA_FIRMA_REDES_INTERNAS",
        "",
        "Direcciones IP internas, separadas por comas, a las que se puede ir por listas CRL, OCSP o la de confianza.",
    )
    .replace(",", " ")
    .split()
)
FIRMA_CLAVE_DEL_SELLO = leer(
    "LLAQTA_CLAVE_SELLO", "",
    "Clave que abre la llave del sello; no se da al proceso de las páginas. Vacía: se deriva de LLAQTA_SECRET_KEY.",
    secreta=True,
)  # fmt: skip
FIRMA_LLAVES = leer("LLAQTA_LLAVES", "P-256", "Clase de las llaves propias que se crean: P-256 o RSA-3072.")
if FIRMA_LLAVES not in {"P-256", "RSA-3072"}:
    raise ImproperlyConfigured(f"LLAQTA_LLAVES debe ser P-256 o RSA-3072; vale «{FIRMA_LLAVES}».")
PAPEL = leer(
    "LLAQTA_PAPEL", "", "Papel de este proceso: «web» atiende páginas y no abre llaves; vacío, puede."
)
if PAPEL not in {"", "web"}:
    raise ImproperlyConfigured(f"LLAQTA_PAPEL debe ser «web» o estar vacío; vale «{PAPEL}».")
LLAVERO = leer("LLAQTA_LLAVERO", "", "Zócalo del llavero, que sella por la web; vacío: DATOS/llavero.sock.")
TSA_URL = leer(
    "LLAQTA_TSA_URL", "", "Autoridad de sellado de tiempo (RFC 3161); vacía: no se ponen sellos de tiempo."
)
TSA_RESERVA = leer("LLAQTA_TSA_RESERVA", "", "Otra TSA, para cuando la primera no responde.", secreta=True)
TSA_USUARIO = leer("LLAQTA_TSA_USUARIO", "", "Usuario en la TSA.")
TSA_CLAVE = leer("LLAQTA_TSA_CLAVE", "", "Clave en la TSA.", secreta=True)
TSA_ANCLA = leer(
    "LLAQTA_TSA_ANCLA", "", "Archivo PEM con la raíz de la TSA; con él, no se acepta el sello de otra."
)
TSA_SEGUNDOS = leer_numero("LLAQTA_TSA_SEGUNDOS", 10, "Cuánto se espera a la TSA, en segundos.")
for _url in filter(None, (TSA_URL, TSA_RESERVA)):
    if urlsplit(_url).scheme not in {"http", "https"} or not urlsplit(_url).hostname:
        raise ImproperlyConfigured(
            "LLAQTA_TSA_URL y LLAQTA_TSA_RESERVA deben comenzar con https:// (o http://)."
        )
FIRMA_NIVEL = leer("LLAQTA_FIRMA_NIVEL", "T", "Nivel al que se llevan los documentos firmados: T, LT o LTA.")
if FIRMA_NIVEL not in {"T", "LT", "LTA"}:
    raise ImproperlyConfigured(f"LLAQTA_FIRMA_NIVEL debe ser T, LT o LTA; vale «{FIRMA_NIVEL}».")
FIRMA_DIAS_PARA_ARCHIVO = leer_numero(
    "LLAQTA_FIRMA_DIAS_PARA_ARCHIVO",
    30,
    "Días tras los que un documento firmado se lleva al nivel de archivo (LTA).",
)

# --- Firma en el equipo de la persona (Firma Perú) -------------------------------------------------------------------
FIRMA_ENTRENAMIENTO = leer_si(
    "LLAQTA_ENTRENAMIENTO", DEMO, "Deja practicar la firma con tarjetas de demostración, SIN VALOR LEGAL."
)
FIRMA_LOCAL_MINUTOS = leer_numero(
    "LLAQTA_FIRMA_MINUTOS", 10, "Minutos que espera un pedido de firma en el equipo de la persona."
)
FIRMA_LOCAL_MEGAS = leer_numero(
    "LLAQTA_FIRMA_MEGAS", 50, "Lo más que pesa, en MB, lo que se firma en el equipo de la persona."
)
FIRMA_LOCAL_MISMA_IP = leer_si(
    "LLAQTA_FIRMA_MISMA_IP",
    False,
    "Exige que el componente llame desde la misma dirección de red que la página.",
)
FIRMAPERU_CREDENCIALES = leer(
    "LLAQTA_FIRMAPERU", "", "Ruta de fwAuthorization.json (PCM); vacía: DATOS/firma/fwAuthorization.json."
)
FIRMAPERU_PUERTO = leer_numero("LLAQTA_FIRMAPERU_PUERTO", 48596, "Puerto del componente en el equipo.")
FIRMAPERU_GUION = leer(
    "LLAQTA_FIRMAPERU_GUION",
    "https://apps.firmaperu.gob.pe/web/clienteweb/firmaperu.min.js",
    "Guion público de Firma Perú, que carga solo la página de firmar.",
)
FIRMAPERU_JQUERY = leer(
    "LLAQTA_FIRMAPERU_JQUERY",
    "https://code.jquery.com/jquery-3.6.0.min.js",
    "jQuery, que el guion de Firma Perú necesita; puede ser una copia propia.",
)
FIRMAPERU_JQUERY_SUMA = leer(
    "LLAQTA_FIRMAPERU_JQUERY_SUMA",
    "sha256-/xUj+3OJU5yExlq6GSYGSHk7tPXikynS7ogEvDej/m4=",
    "Suma de ese jQuery (integrity); vacía: no se comprueba.",
)
FIRMAPERU_NIVEL = leer(
    "LLAQTA_FIRMAPERU_NIVEL", "B", "Nivel que se pide al componente: B, o T con su sello de tiempo."
)
FIRMAPERU_TSA = leer(
    "LLAQTA_FIRMAPERU_TSA", "", "Sellado de tiempo que usa el componente en el nivel T, sin usuario ni clave."
)
if FIRMAPERU_NIVEL not in {"B", "T"}:
    raise ImproperlyConfigured(f"LLAQTA_FIRMAPERU_NIVEL debe ser B o T; vale «{FIRMAPERU_NIVEL}».")

CARGO_ESPERA_PRUEBA = leer_numero(
    "LLAQTA_CARGO_ESPERA_PRUEBA",
    8,
    "Segundos que el cargo espera su lugar en el registro para imprimirlo; después se sella sin él.",
)

# --- Cuentas --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "cuentas.Cuenta"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CLAVES_FILTRADAS = leer(
    "LLAQTA_CLAVES_FILTRADAS",
    "",
    "Archivo ordenado de huellas SHA-1 de contraseñas que circulan; vacío, ninguno.",
)
if CLAVES_FILTRADAS and not Path(CLAVES_FILTRADAS).is_file():
    raise ImproperlyConfigured(
        f"LLAQTA_CLAVES_FILTRADAS nombra un archivo que no está: «{CLAVES_FILTRADAS}»."
    )
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "llaqta.salas.cuentas.filtradas.SinFiltradas"},
    {"NAME": "llaqta.salas.cuentas.claves.SinPalabrasDeLaCasa"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("usuario", "email")}},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inicio_de_la_persona"
LOGOUT_REDIRECT_URL = "inicio"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "usuario"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a quien no tiene cuenta no se le escribe porque otro lo pida
ACCOUNT_ADAPTER = "llaqta.salas.cuentas.adaptador.AdaptadorDeCuentas"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,30/m/ip", "login": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = leer_numero(
    "LLAQTA_PROXIES",
    0,
    "Servidores de confianza delante de Llaqta (nginx, Caddy): el límite de intentos es por visitante.",
)
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
SEGUNDO_PASO_DEL_PERSONAL = leer_si(
    "LLAQTA_SEGUNDO_PASO_DEL_PERSONAL", not DEMO, "Quien trabaja en la municipalidad entra con dos factores."
)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "llaqta.salas.cuentas.adaptador.AdaptadorDeSegundoPaso"
MFA_TOTP_ISSUER = "Llaqta"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SEGURO
SESSION_COOKIE_NAME = "__Host-sesion" if SEGURO else "sesion"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SEGURO
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = leer_numero("LLAQTA_SESION_SEGUNDOS", 8 * 3600, "Duración de la sesión.")
SESION_SIN_USO = leer_numero(
    "LLAQTA_SESION_SIN_USO", 3600, "Segundos sin usar la cuenta después de los cuales se vuelve a ingresar."
)
CSRF_COOKIE_NAME = "__Host-csrf" if SEGURO else "csrf"
CSRF_FAILURE_VIEW = "llaqta.cimientos.web.views.formulario_vencido"
if SEGURO:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"

# --- Idioma, hora y formatos ----------------------------------------------------------------------------------------
for _codigo, _nombre in {
    "es-pe": "Castellano",
    "quz": "Runasimi (Qusqu)",
    "quy": "Runasimi (Ayakuchu)",
    "cni": "Asháninka",
}.items():
    LANG_INFO[_codigo] = {"bidi": False, "code": _codigo, "name": _nombre, "name_local": _nombre}
LANGUAGE_CODE = "es-pe"
LANGUAGES = [("es-pe", "Castellano")]
FORMAT_MODULE_PATH = ["llaqta.config.formatos"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Lima"
USE_THOUSAND_SEPARATOR = True

# --- Registro de lo que pasa en la máquina --------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"linea": {"()": "llaqta.cimientos.bitacora.Linea"}},
    "handlers": {"consola": {"class": "logging.StreamHandler", "formatter": "linea"}},
    # Cada orden repetiría la lista de tareas periódicas: no le dice nada a nadie.
    # Lo negado lo anota la casa, sin la dirección escrita: la de un enlace o un seguimiento trae su llave.
    "loggers": {
        **{f"procrastinate.{parte}": {"level": "WARNING"} for parte in ("blueprints", "periodic")},
        "django.request": {"level": "ERROR"},
    },
    "root": {
        "handlers": ["consola"],
        "level": leer("LLAQTA_LOG", "INFO", "Detalle del registro: DEBUG, INFO, WARNING."),
    },
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS = ["security.W004"]
PROCRASTINATE_IMPORT_PATHS: list[str] = []
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "reactions"
