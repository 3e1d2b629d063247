"""Las personas de la demostración: nadie existe de verdad, y los documentos son los de muestra de la casa."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.contrib.auth.hashers import make_password

from llaqta.salas.cuentas import services as cuentas
from llaqta.salas.cuentas.models import Asignacion, Cuenta, Persona, Puesto, Rol, RolDePersona, UnidadOrganica
from llaqta.salas.firma import services as firma
from llaqta.salas.firma.models import Certificado

CLAVE = "pichari-2026-demo"
"""La contraseña de todas las cuentas de la demostración."""
PIN = "123456"
"""El PIN de firma de todas las jefaturas de la demostración."""
DESDE = date(2023, 1, 1)


@dataclass(frozen=True)
class Figura:
    """Alguien de la demostración: quién es y qué hace."""

    dni: str
    nombres: str
    paterno: str
    materno: str
    papel: str
    rol: str = ""
    puesto: str = ""
    unidad: str = ""
    jefatura: bool = False
    firma: bool = False
    otro_rol: str = ""

    @property
    def nombre(self) -> str:
        """Nombres y apellidos."""
        return f"{self.nombres} {self.paterno} {self.materno}"


FIGURAS: tuple[Figura, ...] = (
    Figura("45678901", "Rosa", "Quispe", "Huamán", "Ciudadana: presenta y sigue sus trámites"),
    Figura("01234567", "Teodoro", "Ñaupari", "Curi", "Otro ciudadano"),
    Figura("41000001", "Mario", "Ccori", "Palomino", "Mesa de partes: recibe, observa y deriva",
           "MESA", "Responsable de ventanilla", "MP"),
    Figura("41000002", "Lucía", "Sulca", "Ramos", "Especialista en licencias: tramita y redacta",
           "ESPECIALISTA", "Especialista en licencias", "SGLC"),
    Figura("41000003", "Julio", "Oré", "Mendoza", "Subgerente de licencias: da visto bueno y firma",
           "JEFATURA", "Subgerente", "SGLC", jefatura=True, firma=True),
    Figura("41000004", "Elmer", "Yupanqui", "Rojas", "Abogado de Asesoría Jurídica: opina",
           "ESPECIALISTA", "Abogado", "OAJ"),
    Figura("41000005", "Nélida", "Vargas", "Lazo", "Jefa de Asesoría Jurídica: da visto bueno y firma",
           "JEFATURA", "Jefa de la oficina", "OAJ", jefatura=True, firma=True, otro_rol="ASESORIA_LEGAL"),
    Figura("41000006", "Carmen", "Aguirre", "Soto", "Gerenta municipal: da visto bueno y firma",
           "JEFATURA", "Gerenta municipal", "GM", jefatura=True, firma=True),
    Figura("41000007", "Irene", "Castro", "Bendezú", "Órgano de Control: mira el libro de sucesos",
           "AUDITOR", "Auditora", "OCI"),
    Figura("41000009", "Fermín", "Huayta", "Poma", "Notificador: lleva las cédulas y levanta sus actas",
           "NOTIFICADOR", "Notificador", "OSG"),
    Figura("41000010", "Jimena", "Rivas", "Achulli", "Fiscalización posterior: sortea y comprueba lo aprobado solo",
           "FISCALIZADOR", "Responsable de fiscalización posterior", "OSG"),
    Figura("41000011", "Óscar", "Tello", "Barrientos", "Tesorero: devuelve lo pagado por lo no presentado",
           "TESORERIA", "Tesorero", "OAF"),
    Figura("41000012", "Saúl", "Medrano", "Ayala", "Gerente de Desarrollo Económico: resuelve las quejas",
           "JEFATURA", "Gerente de Desarrollo Económico Local", "GDEL", jefatura=True, firma=True),
    Figura("41000008", "Paola", "Inga", "Torres", "Administra el sistema: personas, TUPA y calendario",
           "ADMINISTRADOR", "Administradora del sistema", "OIS"),
)  # fmt: skip
ADMINISTRADORA = FIGURAS[-1]


def cargar_administradora(*, ahora: datetime) -> Persona:
    """La primera persona que administra; todo lo demás lo hace ella."""
    persona = _persona(ADMINISTRADORA, ahora=ahora)
    if not RolDePersona.objects.filter(persona=persona).exists():
        cuentas.dar_rol_de_administracion(persona=persona, ahora=ahora)
    return Persona.objects.get(pk=persona.pk)


def cargar_personas(
    *, actor: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> dict[str, Persona]:
    """Las personas con su cuenta, su puesto, su rol y, las jefaturas, su certificado de demostración; por DNI."""
    roles = {rol.codigo: rol for rol in Rol.objects.all()}
    personas: dict[str, Persona] = {}
    for figura in FIGURAS:
        persona = personas[figura.dni] = _persona(figura, ahora=ahora)
        if figura.puesto and not Asignacion.objects.filter(persona=persona).exists():
            puesto = Puesto.objects.filter(unidad=unidades[figura.unidad], nombre=figura.puesto).first()
            puesto = puesto or cuentas.crear_puesto(
                actor=actor,
                nombre=figura.puesto,
                unidad=unidades[figura.unidad],
                es_jefatura=figura.jefatura,
                ahora=ahora,
            )
            cuentas.asignar_puesto(actor=actor, persona=persona, puesto=puesto, desde=DESDE, ahora=ahora)
        for codigo in filter(None, (figura.rol, figura.otro_rol)):
            if not RolDePersona.objects.filter(persona=persona, rol=roles[codigo]).exists():
                cuentas.dar_rol(actor=actor, persona=persona, rol=roles[codigo], desde=DESDE, ahora=ahora)
    _empresa(actor=actor, representante=personas["45678901"], ahora=ahora)
    return {dni: Persona.objects.get(pk=persona.pk) for dni, persona in personas.items()}


def cargar_certificados(*, personas: dict[str, Persona], ahora: datetime) -> None:
    """La autoridad de demostración, el sello y un certificado por cada jefatura, todos «sin valor legal»."""
    firma.crear_autoridad_de_demostracion(ahora=ahora)
    con_certificado = set(Certificado.objects.exclude(persona=None).values_list("persona_id", flat=True))
    for figura in FIGURAS:
        if figura.firma and personas[figura.dni].pk not in con_certificado:
            firma.emitir_certificado_de_demostracion(persona=personas[figura.dni], pin=PIN, ahora=ahora)


def _persona(figura: Figura, *, ahora: datetime) -> Persona:
    persona = Persona.objects.filter(tipo_documento="DNI", numero_documento=figura.dni).first()
    if persona is None:
        persona = cuentas.registrar_persona(
            actor=None,
            clase=Persona.Clase.NATURAL,
            tipo_documento=Persona.TipoDocumento.DNI,
            numero_documento=figura.dni,
            nombres=figura.nombres,
            apellido_paterno=figura.paterno,
            apellido_materno=figura.materno,
            correo=f"{figura.dni}@pichari.ejemplo.pe",
            telefono="900 000 000",
            domicilio="Jr. Los Cafetales 123, Pichari",
            ahora=ahora,
        )
    if not Cuenta.objects.filter(persona=persona).exists():
        cuenta = cuentas.crear_cuenta(actor=None, persona=persona, clave=None, ahora=ahora)
        cuenta.password = _clave_cifrada()
        cuenta.save(update_fields=["password"])
    return persona


@lru_cache(maxsize=1)
def _clave_cifrada() -> str:
    """La contraseña, cifrada una sola vez: todas las cuentas de la demostración tienen la misma, y cifrar tarda."""
    return make_password(CLAVE)


def _empresa(*, actor: Persona, representante: Persona, ahora: datetime) -> None:
    """Una empresa, a la que Rosa representa."""
    if not Persona.objects.filter(tipo_documento="RUC", numero_documento="20999000020").exists():
        empresa = cuentas.registrar_persona(
            actor=actor,
            clase=Persona.Clase.JURIDICA,
            tipo_documento=Persona.TipoDocumento.RUC,
            numero_documento="20999000020",
            razon_social="Cacao del Apurímac S.A.C.",
            correo="20999000020@pichari.ejemplo.pe",
            domicilio="Av. César Vallejo 456, Pichari",
            ahora=ahora,
        )
        cuentas.registrar_representacion(
            actor=actor,
            representado=empresa,
            representante=representante,
            sustento="Vigencia de poder de muestra",
            desde=DESDE,
            ahora=ahora,
        )
