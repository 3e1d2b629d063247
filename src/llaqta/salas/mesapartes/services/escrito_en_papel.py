"""El escrito de una hoja que se compone con lo que la persona dijo en el formulario: nadie lo redacta aparte."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.recursos import queries as recursos
from llaqta.salas.recursos.models import Queja, Recurso
from llaqta.salas.recursos.rules import DEBERES

if TYPE_CHECKING:
    from llaqta.salas.mesapartes.services.escritos import LoQueDice

Clase = EscritoPosterior.Clase

_PIDO = {
    Clase.RECONSIDERACION: "Interpongo recurso de reconsideración y pido que se vuelva a decidir a la vista de la "
    "prueba nueva que indico (Ley 27444, arts. 207.1 y 208).",
    Clase.APELACION: "Interpongo recurso de apelación y pido que se eleve lo actuado al superior jerárquico, para que "
    "revise lo decidido (Ley 27444, arts. 207.1 y 209).",
    Clase.REVISION: "Interpongo recurso de revisión (Ley 27444, arts. 207.1 y 210).",
    Clase.QUEJA: "Formulo queja por defectos de tramitación y pido que el superior disponga que se corrijan "
    "(Ley 27444, art. 158).",
    Clase.SUSPENSION: "Pido que se suspenda el plazo de mi procedimiento en las fechas que indico "
    "(Ley 27444, art. 136.4).",
    Clase.DJ_SILENCIO: "Declaro bajo juramento que venció el plazo sin que se me notificara una decisión, por lo que "
    "mi solicitud quedó aprobada por silencio administrativo positivo (Ley 27444, arts. 33-B y 188).",
    Clase.RESPUESTA_A_EMPLAZAMIENTO: "Cumplo con corregir lo que se me requirió (Ley 27444, art. 125.5).",
    Clase.OTRO: "Presento este escrito para que se agregue al expediente y se provea lo que corresponda.",
}
_ME_DESISTO = {
    "PROCEDIMIENTO": "Me desisto del procedimiento. Entiendo que puedo volver a pedir lo mismo "
    "(Ley 27444, art. 189.3).",
    "PRETENSION": "Me desisto de la pretensión. Entiendo que no podré volver a pedir lo mismo (Ley 27444, art. 189.2).",
}


def redactar_escrito(
    *, persona: Persona, expediente: Expediente, dice: LoQueDice, anexos: Sequence[Archivo], ahora: datetime
) -> Documento:
    """Compone el escrito con lo que pide el artículo 113 y lo guarda como documento de quien lo presenta."""
    clase = Clase(dice.clase)
    entidad = Entidad.actual()
    pido = _ME_DESISTO.get(dice.desistimiento, "") if clase == Clase.DESISTIMIENTO else _PIDO[clase]
    parrafos: list[object] = [
        {"tipo": "parrafo", "tramos": [f"A: {entidad.nombre}, {expediente.unidad_responsable}"]},
        {"tipo": "parrafo", "tramos": [_quien(persona, expediente)]},
        {"tipo": "parrafo", "tramos": [{"estilo": "negrita", "texto": pido}]},
        *(
            {"tipo": "parrafo", "tramos": [linea.strip()]}
            for linea in dice.texto.splitlines()
            if linea.strip()
        ),
    ]
    contenido = pdf.componer(
        "constancia",
        {
            "encabezado_principal": clase.label.upper(),
            "fecha": hoy_en_lima(ahora),
            "texto": parrafos,
            "secciones": _secciones(expediente, dice, hoy_en_lima(ahora)),
            "huellas": [{"nombre": a.nombre, "sha256": a.sha256} for a in anexos],
            "nota": [
                "Compuesto por la mesa de partes digital con lo que la persona escribió después de identificarse "
                "con su cuenta. No requiere firma de abogado (Ley 27444, art. 211)."
            ],
        },
        titulo=f"{clase.label} en {expediente.numero}",
        ahora=ahora,
    )
    archivo = documentos.guardar_pdf_propio(
        actor=persona, nombre=f"{clase.lower().replace('_', '-')}.pdf", pdf=contenido, ahora=ahora
    )
    return documentos.guardar(
        actor=persona, tipo="ESCRITO", asunto=f"{clase.label} en {expediente.numero}", archivo=archivo,
        ahora=ahora, origen=Documento.Origen.EXTERNO, autor=persona,
    )  # fmt: skip


def _quien(persona: Persona, expediente: Expediente) -> str:
    yo = f"Yo, {persona.nombre_completo}, con {persona.documento}"
    if persona.pk == expediente.administrado_id:
        return f"{yo}, en el Expediente N° {expediente.numero}, digo:"
    otro = expediente.administrado
    return (
        f"{yo}, en representación de {otro.nombre_completo}, con {otro.documento}, en el Expediente N° "
        f"{expediente.numero}, digo:"
    )


def _secciones(expediente: Expediente, dice: LoQueDice, hoy: date) -> list[dict[str, object]]:
    secciones: list[dict[str, object]] = [
        {
            "titulo": "El expediente",
            "filas": [
                ["Procedimiento", expediente.version_tramite.denominacion],
                ["Asunto", expediente.asunto],
                ["A cargo de", expediente.unidad_responsable.nombre],
            ],
        }
    ]
    if dice.clase in Recurso.Clase.values:
        secciones.append({"titulo": "Lo que impugno", "filas": _impugnado(expediente, dice, hoy)})
    elif dice.clase == Clase.QUEJA and dice.motivo in Queja.Motivo.values:
        secciones.append(
            {
                "titulo": "El defecto",
                "filas": [
                    ["Motivo", Queja.Motivo(dice.motivo).label],
                    ["Deber que no se cumple", DEBERES[dice.motivo]],
                    ["Contra", expediente.unidad_responsable.nombre],
                ],
            }
        )
    elif dice.clase == Clase.SUSPENSION and dice.desde and dice.hasta:
        filas = [["Desde", fecha_en_palabras(dice.desde)], ["Hasta", fecha_en_palabras(dice.hasta)]]
        secciones.append({"titulo": "Lo que pido suspender", "filas": filas})
    return secciones


def _impugnado(expediente: Expediente, dice: LoQueDice, hoy: date) -> list[list[str]]:
    """El acto con su número, su fecha y el día en que surtió efecto; si no procede, lo dirá la puerta que sigue."""
    try:
        impugnable = recursos.get_impugnable(expediente, para=expediente.administrado, al=hoy)
    except NoProcede:
        return []
    if impugnable.acto is None:
        filas = [["Contra", "La falta de respuesta dentro del plazo (silencio administrativo negativo)"]]
    else:
        acto = impugnable.acto
        filas = [
            ["Contra", str(acto.documento)],
            ["De fecha", fecha_en_palabras(acto.documento.fechado_el)],
            ["Dictada por", acto.organo.nombre],
            ["Surtió efecto el", fecha_en_palabras(acto.efecto_el)],
        ]
        if limite := impugnable.limites.get(dice.clase):
            filas.append(["Se puede presentar hasta el", fecha_en_palabras(limite.hasta)])
    if dice.nueva_prueba.strip():
        filas.append(["Prueba nueva", dice.nueva_prueba.strip()])
    return filas
