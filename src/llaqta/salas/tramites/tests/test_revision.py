"""La revisión legal del TUPA: cada regla objeta lo suyo, con su artículo, y a un TUPA bueno no le objeta nada."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.services import confirmar_regla
from llaqta.salas.tramites import queries
from llaqta.salas.tramites.criterios import leer_criterios
from llaqta.salas.tramites.hojas import BIENES
from llaqta.salas.tramites.models import BienProtegido, VersionProcedimiento
from llaqta.salas.tramites.rules import (
    FilaDeProcedimiento,
    NuevaBaseLegal,
    NuevaModalidad,
    NuevaTarifa,
    NuevaVersion,
    NuevoRecurso,
    NuevoRequisito,
)
from llaqta.salas.tramites.rules.revision import Cifras, Objecion, revisar_tupa

HOY = date(2026, 6, 1)
LEY = NuevaBaseLegal("Ley", "27972", "Ley Orgánica de Municipalidades", "79", date(2003, 5, 27))
SOLICITUD = NuevoRequisito("Solicitud con el número de DNI", clase="SOLICITUD")
PAGO = NuevoRequisito("Número y fecha del recibo de pago", clase="PAGO")
BUENA = NuevaVersion(
    tipo="PA",
    denominacion="Autorización de anuncio publicitario",
    descripcion="Permite colocar un letrero.",
    calificacion="SILENCIO_POSITIVO",
    ordenanza="Ordenanza 007-2026-MDP",
    publicada_el=date(2025, 12, 31),
    ratificacion="Acuerdo de Concejo 012-2025-MPLC",
    sede="Plaza Principal S/N",
    horario="Lunes a viernes",
    unidad_presentacion_id=1,
    unidad_aprobacion_id=2,
    plazo=15,
    monto=Decimal("82.50"),
    uit_anio=2026,
    formas_de_pago=["Caja"],
    requisitos=[SOLICITUD, NuevoRequisito("Diseño del anuncio con un fotomontaje"), PAGO],
    bases_legales=[LEY],
    recursos=[NuevoRecurso("RECONSIDERACION", 2, 15), NuevoRecurso("APELACION", 3, 30)],
)


def _objeciones(datos: NuevaVersion, porcentaje: Decimal | None = Decimal("1.5000")) -> list[Objecion]:
    fila = FilaDeProcedimiento("PA-X", "eventos", "", False, date(2026, 1, 1), datos, porcentaje=porcentaje)
    cifras = Cifras(al=HOY, uit={2026: Decimal("5500"), 2025: Decimal("5350")})
    return revisar_tupa([fila], criterios=leer_criterios(), cifras=cifras)


def test_a_un_procedimiento_bueno_no_se_le_objeta_nada() -> None:
    assert _objeciones(BUENA) == []


@pytest.mark.parametrize(
    ("cambio", "regla", "frase"),
    [
        ({"calificacion": "SILENCIO_NEGATIVO"}, "SILENCIO_NEGATIVO_SIN_CAUSA", "no dice qué bien protege"),
        (
            {"ten_en_cuenta": ["Si no contestan, hay silencio administrativo negativo."]},
            "DOBLE_SILENCIO",
            "«silencio administrativo negativo» y su calificación es la contraria",
        ),
        ({"calificacion": "AUTOMATICA"}, "AUTOMATICA_CON_PLAZO", "se resuelve en 15 días"),
        ({"plazo": 31}, "PLAZO_MAYOR_SIN_LEY", "Demora 31 días hábiles y el máximo son 30"),
        ({"plazo": 31, "norma_del_plazo": "Ordenanza 5"}, "PLAZO_MAYOR_SIN_LEY", "no parece ley"),
        ({"monto": Decimal("5500.01")}, "MAS_DE_UNA_UIT", "Cobra S/ 5,500.01 y la UIT de 2026 es S/ 5,500.00"),
        ({"requisitos": [SOLICITUD, PAGO, replace(PAGO, texto="Pago de la inspección")]}, "COBRO_POR_ETAPAS",
         "Pide 2 pagos"),
        ({"nota_de_pago": "Además se paga al recoger la credencial"}, "COBRO_POR_ETAPAS", "un segundo cobro"),
        ({"nota_de_pago": "El trámite exprés cuesta el doble"}, "COBRO_POR_PRIORIDAD", "atender antes"),
        ({"denominacion": "Queja por defectos de tramitación"}, "COBRO_PROHIBIDO", "la ley hace gratuito"),
        ({"uit_anio": 2025, "porcentaje": Decimal("1.5421")}, "UIT_DE_OTRO_ANIO",
         "el 1.5421 % de la UIT de 2025, que hoy es el 1.5000 %. El monto no cambia solo"),
        ({"porcentaje": Decimal("1.6000")}, "PORCENTAJE_NO_COINCIDE", "S/ 82.50 son 1.5000 %"),
        ({"uit_anio": 1999}, "PORCENTAJE_NO_COINCIDE", "No está registrado el valor de la UIT de 1999"),
        ({"formas_de_pago": []}, "SIN_FORMA_DE_PAGO", "no dice cómo se paga"),
        ({"ratificacion": ""}, "SIN_RATIFICACION", "la municipalidad provincial"),
        ({"ordenanza": ""}, "SIN_ORDENANZA", "qué ordenanza lo aprueba"),
        ({"publicada_el": None}, "SIN_PUBLICACION", "sin publicación no se puede exigir"),
        ({"publicada_el": date(2026, 2, 1)}, "SIN_PUBLICACION", "Rige desde el 01/01/2026 y se publicó el 01/02/2026"),
        ({"bases_legales": []}, "SIN_BASE_LEGAL", "No cita ninguna norma"),
        ({"bases_legales": [replace(LEY, publicada_el=None)]}, "BASE_LEGAL_SIN_FECHA", "no dice cuándo se publicó"),
        ({"recursos": []}, "SIN_AUTORIDAD_DE_RECURSO", "ante quién se apela"),
        ({"recursos": [NuevoRecurso("APELACION", 3, 45)]}, "RECURSO_CON_OTRO_PLAZO",
         "45 para resolverla; la ley dice 15 y 30"),
        ({"recursos": [NuevoRecurso("RECONSIDERACION", 3, 30), NuevoRecurso("APELACION", 3, 30)]},
         "RECURSO_CON_OTRO_PLAZO", "La reconsideración dice 15 días para presentarla y 30"),
        ({"canales": ["presencial"]}, "SIN_CANAL_VIRTUAL", "por internet"),
        ({"denominacion": "Licencia de funcionamiento: establecimiento de riesgo medio"}, "ESTANDARIZADO_DISTINTO",
         "Demora 15 días hábiles; DS 200-2020-PCM manda 2 días hábiles"),
        ({"denominacion": "Licencia de funcionamiento de riesgo muy alto", "plazo": 10}, "ESTANDARIZADO_DISTINTO",
         "manda 8 días hábiles"),
        ({"tarifas": [NuevaTarifa("A4", "Hoja A4", Decimal("0.50"))]}, "TARIFA_MAYOR", "la norma dice S/ 0.10"),
        ({"modalidades": [
            NuevaModalidad("A", "Rápida", "SILENCIO_POSITIVO", plazo=3, monto=Decimal("99.00")),
        ], "monto": Decimal("99.00"), "porcentaje": Decimal("1.8000")}, "COBRO_POR_PRIORIDAD",
         "en la modalidad «Rápida»"),
    ],
)  # fmt: skip
def test_cada_regla_objeta_lo_suyo(cambio: dict[str, Any], regla: str, frase: str) -> None:
    porcentaje = cambio.pop("porcentaje", None)
    halladas = _objeciones(replace(BUENA, **cambio), porcentaje)
    assert [una.regla.codigo for una in halladas] == [regla]
    assert frase in halladas[0].frase
    assert "Ley" in halladas[0].regla.norma or "DS" in halladas[0].regla.norma


@pytest.mark.parametrize(
    ("texto", "regla"),
    [
        ("Copia simple del DNI del solicitante", "PIDE_DNI"),
        ("Fotocopia del documento nacional de identidad", "PIDE_DNI"),
        ("Ficha RUC", "PIDE_RUC"),
        ("Copia literal de la partida registral", "PIDE_PARTIDA_REGISTRAL"),
        ("Vigencia de poder del representante legal", "PIDE_VIGENCIA_DE_PODER"),
        ("Acta de nacimiento", "PIDE_ACTA_DE_REGISTRO_CIVIL"),
        ("Certificado de antecedentes policiales", "PIDE_CERTIFICADO_DEL_ESTADO"),
        ("Copia de la licencia de funcionamiento", "PIDE_LO_QUE_YA_ENTREGO"),
        ("Constancia de no adeudo tributario", "PIDE_LO_QUE_YA_ENTREGO"),
        ("Planos de arquitectura, tres (3) juegos", "PIDE_MUCHAS_COPIAS"),
        ("Formulario por triplicado", "PIDE_MUCHAS_COPIAS"),
        ("Copia legalizada del contrato", "PIDE_NOTARIO"),
        ("Carta poder con firma legalizada ante notario", "PIDE_NOTARIO"),
        ("Dos fotografías tamaño carné", "PIDE_FOTOGRAFIAS"),
        ("Copia del recibo de pago", "PIDE_VOUCHER"),
        ("Voucher del banco", "PIDE_VOUCHER"),
    ],
)
def test_lo_que_el_articulo_40_no_deja_pedir(texto: str, regla: str) -> None:
    requisitos = [SOLICITUD, NuevoRequisito(texto), PAGO]
    [objecion] = _objeciones(replace(BUENA, requisitos=requisitos))
    assert (objecion.regla.codigo, objecion.regla.gravedad) == (regla, "CONTRA_LA_LEY")
    assert texto in objecion.frase


@pytest.mark.parametrize(
    "texto",
    [
        "Número y fecha del recibo de pago",
        "Indicar N° y fecha del comprobante de pago",
        "N° de partida registral del predio (se verifica por interoperabilidad con SUNARP)",
        "Solicitud con su nombre, DNI y la dirección del terreno",
        "Solicitud firmada por el representante legal, con el RUC y la partida registral",
        "Carta poder simple, si lo tramita otra persona en nombre del titular",
        "Constancia de pago de derechos de autor, si habrá música",
        "Formulario Único de Edificaciones (FUE), en dos ejemplares, firmado",
        "Diseño del anuncio con sus medidas y un fotomontaje",
        "Copia simple de los estatutos o de la escritura de constitución",
        "Número de la licencia de funcionamiento",
        "Lugar y fecha de las actas de nacimiento de ambos, para consultarlas",
    ],
)
def test_lo_que_si_se_puede_pedir(texto: str) -> None:
    assert _objeciones(replace(BUENA, requisitos=[SOLICITUD, NuevoRequisito(texto), PAGO])) == []


def test_cada_bien_protegido_del_archivo_esta_en_la_base() -> None:
    assert list(BIENES) == list(BienProtegido.values)


def test_al_tupa_de_demostracion_solo_le_falta_cuando_se_publicaron_unas_normas(
    tupa: int, administradora: Persona
) -> None:
    """Las fechas que nadie leyó en la norma no se inventan: la revisión las seguirá pidiendo."""
    revision = queries.get_revision(para=administradora, al=HOY)
    assert revision.procedimientos == 34
    assert {una.regla.codigo for una in revision.objeciones} == {"BASE_LEGAL_SIN_FECHA"}
    assert revision.cuentas == [
        ("CONTRA_LA_LEY", "Contra la ley", 0),
        ("FALTA", "Falta", 17),
        ("POR_REVISAR", "Por revisar", 0),
    ]


def test_la_ve_quien_administra_y_la_asesoria_y_nadie_mas(
    tupa: int, ciudadana: Persona, especialista: Persona
) -> None:
    for persona in (ciudadana, especialista):
        with pytest.raises(Denegado, match="asesoría jurídica"):
            queries.get_revision(para=persona, al=HOY)


def test_cuando_cambia_la_uit_el_monto_no_cambia_y_la_revision_lo_dice(
    tupa: int, administradora: Persona
) -> None:
    revision = queries.get_revision(para=administradora, al=date(2027, 1, 4), codigo="PA-ANUNC")
    assert [una.regla.codigo for una in revision.objeciones] == ["BASE_LEGAL_SIN_FECHA", "UIT_DE_OTRO_ANIO"]
    assert queries.get_vigente("PA-ANUNC", al=date(2027, 1, 4)).monto == Decimal("82.50")


def test_la_orden_termina_mal_si_algo_va_contra_la_ley(tupa: int) -> None:
    VersionProcedimiento.objects.filter(procedimiento__codigo="PA-ANUNC").update(
        canales=[], publicada_el=None
    )
    salida = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("revisar_tupa", "pa-anunc", "--json", stdout=salida)
    assert {
        (una["procedimiento"], una["regla"], una["gravedad"]) for una in json.loads(salida.getvalue())
    } >= {
        ("PA-ANUNC", "SIN_PUBLICACION", "CONTRA_LA_LEY"),
        ("PA-ANUNC", "SIN_CANAL_VIRTUAL", "FALTA"),
    }


def test_cada_articulo_que_se_cita_dice_si_alguien_lo_leyo(db: None) -> None:
    """Están en «Artículos que se citan», salvo los que llevan cifra, que son reglas de los plazos."""
    con_cifra = {("Ley 27444", uno) for uno in ("34", "35", "142", "38.8", "207.2", "117.1")}
    citados = {cita for regla in leer_criterios().reglas.values() for cita in regla.articulos}
    assert {("Ley 27444", "36-A"), ("Ley 27444", "44.4"), ("Ley 27972", "40"), ("DL 1246", "5")} <= citados
    sin_decir = []
    for norma, articulo in citados - con_cifra:
        try:
            plazos.get_regla(f"{norma} {articulo}".replace(" ", "-").upper(), al=HOY)
        except KeyError:
            sin_decir.append((norma, articulo))
    assert sin_decir == [], "Agregue el artículo a plazos/datos/citas.yaml y diga si alguien lo leyó."


def test_una_regla_esta_pendiente_hasta_que_la_asesoria_confirma_su_articulo(
    tupa: int, administradora: Persona, asesor: Persona, ahora: datetime
) -> None:
    def pendientes() -> set[str]:
        reglas = queries.get_revision(para=administradora, al=HOY).reglas
        return {regla.codigo for regla in reglas if regla.por_confirmar}

    antes = pendientes()
    assert {"PIDE_MUCHAS_COPIAS", "COBRO_PROHIBIDO", "ESTANDARIZADO_DISTINTO"} <= antes
    assert not antes & {"COBRO_POR_ETAPAS", "MAS_DE_UNA_UIT", "PIDE_VOUCHER", "SIN_BASE_LEGAL"}
    rol = Rol.objects.get_or_create(codigo="ASESORIA_LEGAL", defaults={"nombre": "Asesoría jurídica"})[0]
    rol.permisos = ["plazos.confirmar"]
    rol.save()
    RolDePersona.objects.create(persona=asesor, rol=rol, desde=ahora.date())
    confirmar_regla(actor=asesor, codigo="LEY-27444-40.1.3", nota="Leído en El Peruano.", ahora=ahora)
    assert antes - pendientes() == {"PIDE_MUCHAS_COPIAS"}
