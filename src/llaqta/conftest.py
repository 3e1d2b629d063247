"""El reparto: las mismas personas, unidades y trámite en las pruebas de todas las salas. Nadie existe de verdad."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import secuenciador
from llaqta.salas.cuentas.catalogo import ROLES
from llaqta.salas.cuentas.middleware import COMIENZO, ULTIMO_USO
from llaqta.salas.cuentas.models import Asignacion, Cuenta, Persona, Puesto, Rol, RolDePersona, UnidadOrganica
from llaqta.salas.tramites.models import (
    BaseLegal,
    Procedimiento,
    RecursoAdministrativo,
    Requisito,
    Tema,
    VersionProcedimiento,
)

# Lo que hypothesis busca no depende de la suerte ni de lo rápida que sea la máquina: un fallo se repite igual.
settings.register_profile(
    "casa", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("casa")

CLAVE = "clave-de-prueba-1"
"""La contraseña de todas las cuentas del reparto."""
PIN = "123456"
"""El PIN de firma de todas las jefaturas del reparto."""
DESDE = date(2023, 1, 1)

UNIDADES: tuple[tuple[str, str, str], ...] = (
    ("A", "Alcaldía", ""),
    ("GM", "Gerencia Municipal", "A"),
    ("OCI", "Órgano de Control Institucional", "A"),
    ("OSG", "Oficina de Secretaría General", "A"),
    ("MP", "Unidad de Trámite Documentario y Archivo", "OSG"),
    ("OAJ", "Oficina de Asesoría Jurídica", "GM"),
    ("OIS", "Oficina de Informática y Sistemas", "GM"),
    ("GDEL", "Gerencia de Desarrollo Económico Local", "GM"),
    ("SGLC", "Subgerencia de Licencias y Comercialización", "GDEL"),
    ("SGRD", "Subgerencia de Gestión del Riesgo de Desastres", "GM"),
)


_VACIAR_LA_COLA = (
    "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers,"
    " cimientos_memoria CASCADE"
)
"""Django no vacía las tablas de la cola ni la memoria compartida porque no las administra."""


@pytest.fixture(scope="session", autouse=True)
def _las_pruebas_si_vacian_los_sucesos() -> Iterator[None]:
    """Después de una prueba con transacciones de verdad, Django vacía las tablas; el disparador que protege los sucesos
    se aparta solo en esa conexión y solo en ese momento.
    """
    vaciar = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def vaciar_todo(prueba: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            vaciar(prueba)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")
                cursor.execute(_VACIAR_LA_COLA)

    with pytest.MonkeyPatch.context() as parche:
        parche.setattr(TransactionTestCase, "_fixture_teardown", vaciar_todo)
        yield


@pytest.fixture(autouse=True)
def _maquina_de_prueba(
    settings: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Contraseñas baratas de comprobar, caché limpia y correo en memoria.

    Cada prueba tiene su registro, y el secuenciador ve también los sucesos de la transacción de la prueba.
    """
    settings.REGISTRO = tmp_path_factory.getbasetemp() / f"registro-{uuid4().hex}"
    monkeypatch.setattr(secuenciador, "CONFIRMADOS", secuenciador.CONFIRMADOS_Y_PROPIOS)
    settings.SEGUNDO_PASO_DEL_PERSONAL = False  # la prueba que lo exige lo enciende
    settings.CARGO_ESPERA_PRUEBA = 0  # en las pruebas nadie ordena el registro mientras corren
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    caches["memoria"].clear()
    yield
    caches["memoria"].clear()


@pytest.fixture
def ahora() -> datetime:
    """Lunes 1 de junio de 2026, 10:00 en Lima: día hábil, dentro del horario."""
    return datetime(2026, 6, 1, 10, 0, tzinfo=LIMA)


@pytest.fixture
def entidad(db: None) -> Entidad:
    """La Municipalidad Distrital de Pichari, de demostración."""
    entidad = Entidad(
        nombre="Municipalidad Distrital de Pichari",
        nombre_corto="Pichari",
        siglas="MDP",
        ruc="20999000011",
        ubigeo="080910",
        direccion="Plaza Principal S/N, Pichari",
        lugar="Pichari",
        telefono="(084) 000 000",
        correo="mesadepartes@ejemplo.pe",
        horario="Lunes a viernes, de 8:00 a. m. a 4:30 p. m.",
    )
    entidad.save()
    return entidad


@pytest.fixture
def roles(db: None) -> dict[str, Rol]:
    """Los roles con que nace una instalación, por código."""
    return {
        codigo: Rol.objects.update_or_create(
            codigo=codigo, defaults={"nombre": nombre, "permisos": list(permisos)}
        )[0]
        for codigo, (nombre, permisos) in ROLES.items()
    }


@pytest.fixture
def unidades(entidad: Entidad) -> dict[str, UnidadOrganica]:
    """Las unidades del organigrama, por siglas; ``MP`` es la mesa de partes."""
    hechas: dict[str, UnidadOrganica] = {}
    for siglas, nombre, padre in UNIDADES:
        hechas[siglas] = UnidadOrganica.objects.create(
            siglas=siglas,
            nombre=nombre,
            padre=hechas.get(padre),
            es_mesa_de_partes=siglas == "MP",
            vigente_desde=DESDE,
        )
    return hechas


def _natural(dni: str, nombres: str, paterno: str, materno: str) -> Persona:
    persona = Persona.objects.create(
        tipo_documento=Persona.TipoDocumento.DNI,
        numero_documento=dni,
        nombres=nombres,
        apellido_paterno=paterno,
        apellido_materno=materno,
        correo=f"{nombres.split()[0].lower()}@ejemplo.pe",
    )
    Cuenta.objects.create_user(persona=persona, password=CLAVE)
    return persona


def _del_personal(
    persona: Persona, rol: Rol, puesto: str, unidad: UnidadOrganica, *, jefatura: bool = False
) -> Persona:
    hecho = Puesto.objects.create(nombre=puesto, unidad=unidad, es_jefatura=jefatura)
    Asignacion.objects.create(persona=persona, puesto=hecho, desde=DESDE)
    RolDePersona.objects.create(persona=persona, rol=rol, desde=DESDE)
    return Persona.objects.get(pk=persona.pk)


@pytest.fixture
def ciudadana(entidad: Entidad) -> Persona:
    """Rosa Quispe Huamán, que presenta."""
    return _natural("45678901", "Rosa", "Quispe", "Huamán")


@pytest.fixture
def otro_ciudadano(entidad: Entidad) -> Persona:
    """Teodoro Ñaupari Curi, a quien nada de Rosa le incumbe; su DNI comienza con cero."""
    return _natural("01234567", "Teodoro", "Ñaupari", "Curi")


@pytest.fixture
def empresa(entidad: Entidad) -> Persona:
    """Una persona jurídica."""
    return Persona.objects.create(
        clase=Persona.Clase.JURIDICA,
        tipo_documento=Persona.TipoDocumento.RUC,
        numero_documento="20999000020",
        razon_social="Cacao del Apurímac S.A.C.",
    )


@pytest.fixture
def ventanilla(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Mario Ccori Palomino, que atiende la mesa de partes."""
    persona = _natural("41000001", "Mario", "Ccori", "Palomino")
    return _del_personal(persona, roles["MESA"], "Responsable de ventanilla", unidades["MP"])


@pytest.fixture
def especialista(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Lucía Sulca Ramos, especialista en licencias."""
    persona = _natural("41000002", "Lucía", "Sulca", "Ramos")
    return _del_personal(persona, roles["ESPECIALISTA"], "Especialista en licencias", unidades["SGLC"])


@pytest.fixture
def jefe(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Julio Oré Mendoza, subgerente de licencias: visa y firma."""
    persona = _natural("41000003", "Julio", "Oré", "Mendoza")
    return _del_personal(persona, roles["JEFATURA"], "Subgerente", unidades["SGLC"], jefatura=True)


@pytest.fixture
def asesor(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Elmer Yupanqui Rojas, abogado de Asesoría Jurídica."""
    persona = _natural("41000004", "Elmer", "Yupanqui", "Rojas")
    return _del_personal(persona, roles["ESPECIALISTA"], "Abogado", unidades["OAJ"])


@pytest.fixture
def jefe_asesoria(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Nélida Vargas Lazo, jefa de Asesoría Jurídica: verifica las reglas de los plazos."""
    persona = _natural("41000005", "Nélida", "Vargas", "Lazo")
    RolDePersona.objects.create(persona=persona, rol=roles["ASESORIA_LEGAL"], desde=DESDE)
    return _del_personal(persona, roles["JEFATURA"], "Jefa de oficina", unidades["OAJ"], jefatura=True)


@pytest.fixture
def gerente(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Carmen Aguirre Soto, gerenta municipal."""
    persona = _natural("41000006", "Carmen", "Aguirre", "Soto")
    return _del_personal(persona, roles["JEFATURA"], "Gerenta municipal", unidades["GM"], jefatura=True)


@pytest.fixture
def auditora(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Irene Castro Bendezú, del Órgano de Control Institucional."""
    persona = _natural("41000007", "Irene", "Castro", "Bendezú")
    return _del_personal(persona, roles["AUDITOR"], "Auditora", unidades["OCI"])


@pytest.fixture
def administradora(unidades: dict[str, UnidadOrganica], roles: dict[str, Rol]) -> Persona:
    """Paola Inga Torres, de Informática: administra el sistema."""
    persona = _natural("41000008", "Paola", "Inga", "Torres")
    return _del_personal(persona, roles["ADMINISTRADOR"], "Administradora del sistema", unidades["OIS"])


@pytest.fixture
def licencia(unidades: dict[str, UnidadOrganica]) -> VersionProcedimiento:
    """Licencia de funcionamiento, riesgo alto: 8 días hábiles, silencio positivo, tres requisitos."""
    tema, _ = Tema.objects.get_or_create(codigo="negocios", defaults={"nombre": "Negocios", "orden": 1})
    version = VersionProcedimiento.objects.create(
        procedimiento=Procedimiento.objects.create(
            codigo="PE-LIC-ALTO", tema=tema, palabras="bodega tienda negocio abrir local", es_frecuente=True
        ),
        desde=DESDE,
        ordenanza="Ordenanza Municipal 001-2023-MDP (de prueba)",
        tipo=VersionProcedimiento.Tipo.PE,
        denominacion="Licencia de funcionamiento: riesgo alto (con inspección previa)",
        descripcion="Permiso para abrir un local de riesgo alto, después de la inspección de seguridad.",
        calificacion=VersionProcedimiento.Calificacion.SILENCIO_POSITIVO,
        plazo=8,
        monto="187.00",
        porcentaje_uit="3.4000",
        uit_anio=2026,
        formas_de_pago=["Caja de la municipalidad"],
        canales=["virtual", "presencial"],
        sede="Plaza Principal S/N, Pichari",
        horario="Lunes a viernes, de 8:00 a. m. a 4:30 p. m.",
        unidad_presentacion=unidades["MP"],
        unidad_aprobacion=unidades["SGLC"],
    )
    for orden, (texto, clase, opcional) in enumerate(
        [
            ("Solicitud con carácter de declaración jurada", Requisito.Clase.SOLICITUD, False),
            (
                "Croquis de ubicación, plano de distribución y plan de seguridad",
                Requisito.Clase.DOCUMENTO,
                False,
            ),
            ("Carta poder simple, si actúa un representante", Requisito.Clase.DOCUMENTO, True),
        ],
        start=1,
    ):
        Requisito.objects.create(version=version, orden=orden, texto=texto, clase=clase, es_opcional=opcional)
    BaseLegal.objects.create(version=version, tipo="Decreto Supremo", numero="002-2018-PCM")
    for recurso, autoridad, dias in (("RECONSIDERACION", "SGLC", 15), ("APELACION", "GM", 30)):
        RecursoAdministrativo.objects.create(
            version=version, clase=recurso, autoridad=unidades[autoridad], dias_resolucion=dias
        )
    return version


@pytest.fixture
def cliente() -> Callable[..., Client]:
    """Fábrica de navegadores: ``cliente(persona)`` ya ingresó; ``cliente()`` es un anónimo."""

    def abrir(persona: Persona | None = None, **opciones: Any) -> Client:
        navegador = Client(**opciones)
        if persona is not None:
            cuenta = Cuenta.objects.get(persona=persona)
            navegador.force_login(cuenta, backend="allauth.account.auth_backends.AuthenticationBackend")
            # Una sesión en uso: la primera página de cada minuto anota el último uso, y no se cuenta en lo que cuesta.
            sesion = navegador.session
            sesion[COMIENZO] = sesion[ULTIMO_USO] = int(time.time())
            sesion.save()
        return navegador

    return abrir


@pytest.fixture(scope="session")
def _estado_encendido(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    # certomancer solo lo carga quien lo pide.
    from llaqta.salas.firma.testing.pki import EstadoDePrueba

    estado = EstadoDePrueba(tmp_path_factory.mktemp("estado"))
    yield estado
    estado.apagar()


@pytest.fixture
def estado_de_prueba(_estado_encendido: Any, ahora: datetime) -> Iterator[Any]:
    """Una autoridad de certificación con TSA, OCSP y CRL que contestan por HTTP; su reloj marca ``ahora``.

    Se enciende una vez para todas las pruebas y cada una la recibe como nueva (``firma.testing.pki.EstadoDePrueba``).
    """
    _estado_encendido.reiniciar(reloj=ahora)
    yield _estado_encendido
    _estado_encendido.reiniciar()
