"""La Municipalidad Distrital de Pichari de demostración: su nombre y su organigrama.

El RUC, los teléfonos y las unidades que el plan no nombra son inventados; el escudo es un dibujo propio.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas import services as cuentas
from llaqta.salas.cuentas.models import Persona, UnidadOrganica

DESDE = date(2023, 1, 1)
ESCUDO = Path(__file__).parent / "datos" / "escudo.svg"

UNIDADES: tuple[tuple[str, str, str], ...] = (
    ("A", "Alcaldía", ""),
    ("OCI", "Órgano de Control Institucional", "A"),
    ("PPM", "Procuraduría Pública Municipal", "A"),
    ("CGTD", "Comité de Gobierno y Transformación Digital", "A"),
    ("OSG", "Oficina de Secretaría General", "A"),
    ("MP", "Unidad de Trámite Documentario y Archivo", "OSG"),
    ("GM", "Gerencia Municipal", "A"),
    ("OAJ", "Oficina de Asesoría Jurídica", "GM"),
    ("OPP", "Oficina de Planeamiento y Presupuesto", "GM"),
    ("OAF", "Oficina de Administración y Finanzas", "GM"),
    ("ORH", "Oficina de Recursos Humanos", "OAF"),
    ("OIS", "Oficina de Informática y Sistemas", "GM"),
    ("GAT", "Gerencia de Administración Tributaria", "GM"),
    ("EC", "Ejecutoría Coactiva", "GAT"),
    ("GDUR", "Gerencia de Desarrollo Urbano y Rural", "GM"),
    ("SGO", "Subgerencia de Obras", "GDUR"),
    ("SGCU", "Subgerencia de Catastro y Control Urbano", "GDUR"),
    ("GDEL", "Gerencia de Desarrollo Económico Local", "GM"),
    ("SGLC", "Subgerencia de Licencias y Comercialización", "GDEL"),
    ("SGA", "Subgerencia de Desarrollo Agropecuario", "GDEL"),
    ("GDS", "Gerencia de Desarrollo Social", "GM"),
    ("OREC", "Subgerencia de Registro Civil", "GDS"),
    ("DEMUNA", "Defensoría Municipal del Niño y del Adolescente", "GDS"),
    ("OMAPED", "Oficina Municipal de Atención a las Personas con Discapacidad", "GDS"),
    ("PVL", "Programa del Vaso de Leche", "GDS"),
    ("SGPV", "Subgerencia de Participación Vecinal", "GDS"),
    ("GSMGA", "Gerencia de Servicios Municipales y Gestión Ambiental", "GM"),
    ("SGLP", "Subgerencia de Limpieza Pública", "GSMGA"),
    ("SGSC", "Subgerencia de Seguridad Ciudadana", "GSMGA"),
    ("SGRD", "Subgerencia de Gestión del Riesgo de Desastres", "GSMGA"),
    ("ATM", "Área Técnica Municipal de Saneamiento", "GSMGA"),
    ("SGTV", "Subgerencia de Transporte y Vialidad", "GSMGA"),
)
MESA = "MP"


def cargar_entidad() -> Entidad:
    """Pone nombre, escudo y colores a la instalación, si todavía no los tiene."""
    if existente := Entidad.objects.filter(pk=1).first():
        return existente
    entidad = Entidad(
        nombre="Municipalidad Distrital de Pichari",
        nombre_corto="Pichari",
        siglas="MDP",
        ruc="20999000011",
        ubigeo="080910",
        direccion="Plaza Principal S/N, Pichari, La Convención, Cusco",
        lugar="Pichari",
        telefono="(084) 000 000",
        whatsapp="900 000 000",
        correo="mesadepartes@pichari.ejemplo.pe",
        horario="Lunes a viernes, de 8:00 a. m. a 4:30 p. m.",
        escudo=ESCUDO.read_text(encoding="utf-8").strip(),
        color="#8b1538",
        color_oscuro="#5f0e26",
    )
    entidad.save()
    return entidad


def cargar_unidades(*, actor: Persona, ahora: datetime) -> dict[str, UnidadOrganica]:
    """Las unidades del organigrama, por siglas; crea las que falten."""
    hechas = {unidad.siglas: unidad for unidad in UnidadOrganica.objects.all()}
    for siglas, nombre, padre in UNIDADES:
        if siglas not in hechas:
            hechas[siglas] = cuentas.crear_unidad(
                actor=actor,
                nombre=nombre,
                siglas=siglas,
                padre=hechas.get(padre),
                es_mesa_de_partes=siglas == MESA,
                desde=DESDE,
                ahora=ahora,
            )
    return hechas
