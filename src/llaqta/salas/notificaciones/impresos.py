"""Los papeles de una diligencia: la cédula, el aviso de la primera visita, las actas y la hoja de ruta del día."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import LIMA, fecha_en_palabras
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.rules import Cvd
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.notificaciones.models import Diligencia, Visita


def cedula(diligencia: Diligencia, *, cvd: Cvd, ahora: datetime) -> bytes:
    """La cédula con todo lo que manda el artículo 24.1 y, al pie, el cargo que se llena a mano."""
    entidad, documento = Entidad.actual(), diligencia.documento
    datos = {
        **_comunes(diligencia),
        "origen": diligencia.get_origen_de_direccion_display(),
        "referencia": diligencia.referencia,
        "acto": {
            "nombre": str(documento),
            "fecha": pdf.fecha_larga(diligencia.emitido_el),
            "folios": documento.folios,
            "asunto": documento.asunto,
        },
        "procedimiento": diligencia.procedimiento,
        "autoridad": con_articulo(diligencia.autoridad),
        "domicilio_de_la_autoridad": entidad.direccion,
        "recursos": diligencia.recursos,
        "efecto": "Esta notificación surte efecto el día en que se practica (Ley 27444, art. 25.1).",
        "via": (
            "El acto agota la vía administrativa."
            if diligencia.agota_la_via
            else "El acto no agota la vía administrativa."
        ),
        "notificar_hasta": pdf.fecha_larga(diligencia.notificar_hasta),
        "verificacion": recuadro(cvd),
    }
    return pdf.componer("cedula", datos, titulo=f"Cédula de notificación {diligencia.codigo}", ahora=ahora)


def aviso(diligencia: Diligencia, *, visita: Visita | None, ahora: datetime) -> bytes:
    """El aviso de la primera visita (art. 21.5); sin ``visita``, en blanco para llenarlo a mano en la puerta."""
    entidad = Entidad.actual()
    datos = {
        **_comunes(diligencia),
        "entidad_dice": f"la {entidad.nombre}, {entidad.direccion}. {entidad.horario}".rstrip("."),
        "primera": _cuando(visita.realizada_en) if visita else None,
        "vuelve_el": _cuando(visita.vuelve_el) if visita and visita.vuelve_el else None,
        "notificador": _quien(visita.notificador) if visita else "nombre y DNI",
    }
    return pdf.componer("aviso_de_visita", datos, titulo=f"Aviso {diligencia.codigo}", ahora=ahora)


def acta(diligencia: Diligencia, *, numero: int, visita: Visita | None, ahora: datetime) -> bytes:
    """El acta de una visita para imprimir y firmar; sin ``visita``, en blanco."""
    datos: dict[str, Any] = {
        **_comunes(diligencia),
        "numero": numero,
        "acto": f"{diligencia.documento}, del {pdf.fecha_larga(diligencia.emitido_el)}",
    }
    if visita is None:
        posibles = [r for r in Visita.Resultado if r != ("BAJO_PUERTA" if numero == 1 else "AUSENTE")]
        datos |= {
            "relato": (
                "Me constituí en el domicilio indicado para practicar la notificación, y dejo constancia de lo "
                "siguiente:"
            ),
            "hechos": [["", str(resultado.label)] for resultado in posibles],
            "en_blanco": True,
        }
    else:
        datos |= {
            "relato": (
                f"El {_cuando(visita.realizada_en)} me constituí en el domicilio indicado para practicar la "
                f"notificación, y dejo constancia de lo siguiente: {visita.get_resultado_display()}."
            ),
            "hechos": _hechos(visita),
            "notificador": _quien(visita.notificador),
        }
    titulo = f"Acta de la visita {numero}, {diligencia.codigo}"
    return pdf.componer("acta_de_visita", datos, titulo=titulo, ahora=ahora)


def ruta(diligencias: Sequence[Diligencia], *, notificador: Persona, dia: date, ahora: datetime) -> bytes:
    """La hoja de ruta del día, para llevar cuando no hay señal."""
    datos = {
        "dia": fecha_en_palabras(dia),
        "notificador": _quien(notificador),
        "visitas": [
            {
                "n": n,
                "codigo": diligencia.codigo,
                "destinatario": diligencia.destinatario.nombre_completo,
                "direccion": diligencia.direccion,
                "referencia": diligencia.referencia,
                "visita": "Segunda" if diligencia.visitas.all() else "Primera",
                "hasta": f"{diligencia.notificar_hasta:%d/%m/%Y}",
            }
            for n, diligencia in enumerate(diligencias, start=1)
        ],
    }
    return pdf.componer("ruta_de_notificador", datos, titulo=f"Diligencias del {dia:%d/%m/%Y}", ahora=ahora)


def _comunes(diligencia: Diligencia) -> dict[str, Any]:
    return {
        "codigo": diligencia.codigo,
        "destinatario": {
            "nombre": diligencia.destinatario.nombre_completo,
            "documento": diligencia.destinatario.documento,
        },
        "direccion": diligencia.direccion,
        "expediente": diligencia.expediente,
    }


def _hechos(visita: Visita) -> list[list[str]]:
    return [
        ["Quién la recibió", visita.recibio],
        ["Su documento", visita.documento_de_quien_recibio],
        ["Qué es de la persona", visita.relacion],
        ["Características del lugar", visita.caracteristicas],
        ["Se avisó que se vuelve", _cuando(visita.vuelve_el) if visita.vuelve_el else ""],
        ["Observaciones", visita.nota],
    ]


def _cuando(instante: datetime) -> str:
    lima = instante.astimezone(LIMA)
    return f"{fecha_en_palabras(lima.date())}, a las {lima:%H:%M}"


def _quien(persona: Persona) -> str:
    return f"{persona.nombre_completo}, {persona.documento}"
