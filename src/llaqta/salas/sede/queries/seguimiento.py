"""El expediente contado a quien lo presentó, con clave o con cuenta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.web.piezas import Estado, Hito, Reloj
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import Expediente, Incorporado
from llaqta.salas.expedientes.policies import es_parte
from llaqta.salas.mesapartes.models import Observacion, Presentacion
from llaqta.salas.mesapartes.opciones import Opcion, get_opciones
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites.rules import silencio_en_palabras


@dataclass(frozen=True)
class Seguimiento:
    """Un expediente contado a quien lo presentó."""

    expediente: Expediente
    estado: Estado
    explicacion: str
    reloj: Reloj
    plazo_llano: expedientes.PlazoLlano | None
    porque: expedientes.PorQue
    fechas: Sequence[expedientes.FechaDelPlazo]
    opciones: Sequence[Opcion]
    sigue: str
    hitos: Sequence[Hito]
    documentos: Sequence[Incorporado]
    cargo: Documento | None
    observacion: Observacion | None
    faltan: Sequence[Any]
    silencio: str


def get_expediente_seguido(numero: str, *, clave: str, para: Persona | None) -> Expediente:
    """El expediente de quien trae la clave o, si ingresó a su cuenta, el suyo.

    :raises NoEncontrado: si ni la clave ni la cuenta lo abren; no se dice si el número existe
    """
    if clave or para is None:
        return expedientes.get_por_numero_y_clave(numero, clave)
    return expedientes.get_expediente(numero, para=para)


def get_seguimiento(expediente: Expediente, *, para: Persona | None = None, ahora: datetime) -> Seguimiento:
    """Lo que muestra la página de seguimiento, contado siempre a un ciudadano: con oficinas y sin nombres."""
    dicho = expedientes.get_palabras(expediente, para=para)
    condiciones = expediente.version_tramite.condiciones(expediente.modalidad)
    observacion = _observacion_abierta(expediente)
    opciones = _opciones(expediente, para, ahora)
    plazo_llano = expedientes.get_plazo_llano(expediente, ahora)
    hitos = [_como_hito(hito) for hito in expedientes.get_historia(expediente, para=None)]
    return Seguimiento(
        expediente=expediente,
        estado=Estado(dicho.palabras, dicho.tono),  # type: ignore[arg-type]
        explicacion=dicho.explicacion,
        reloj=expedientes.reloj(expediente, ahora),
        plazo_llano=plazo_llano,
        porque=expedientes.get_por_que(expediente, para=para, al=hoy_en_lima(ahora)),
        fechas=_fechas(plazo_llano, opciones, hoy_en_lima(ahora)),
        opciones=opciones,
        sigue=_que_sigue(expediente, hoy_en_lima(ahora)),
        hitos=hitos[::-1],
        documentos=expedientes.get_documentos(expediente, para=None),
        cargo=_cargo(expediente),
        observacion=observacion,
        faltan=list(observacion.items.select_related("requisito")) if observacion else [],
        silencio=silencio_en_palabras(condiciones.calificacion, condiciones.plazo_dicho),
    )


def get_fechas(
    expediente: Expediente, *, para: Persona | None = None, ahora: datetime
) -> Sequence[expedientes.FechaDelPlazo]:
    """Las fechas que vienen, para el calendario del teléfono: responder, notificar, corregir, presentar un recurso.

    :raises NoEncontrado: si ahora no hay ninguna
    """
    llano = expedientes.get_plazo_llano(expediente, ahora)
    fechas = _fechas(llano, _opciones(expediente, para, ahora), hoy_en_lima(ahora))
    if not fechas:
        raise NoEncontrado("Este expediente no tiene ahora un plazo que vencer.")
    return fechas


def _opciones(expediente: Expediente, para: Persona | None, ahora: datetime) -> Sequence[Opcion]:
    """Lo que hoy puede presentar el administrado; quien llegó con la clave lo ve y, para hacerlo, ingresa."""
    parte = para if para is not None and es_parte(para, expediente) else expediente.administrado
    return get_opciones(expediente, para=parte, ahora=ahora)


def _fechas(
    llano: expedientes.PlazoLlano | None, opciones: Sequence[Opcion], hoy: date
) -> list[expedientes.FechaDelPlazo]:
    fechas = [fecha for fecha in (llano.fechas if llano else ()) if fecha.dia >= hoy]
    for codigo, titulo, clases in _POR_PRESENTAR:
        dias = [o.hasta for o in opciones if o.clase in clases and o.hasta and o.hasta >= hoy]
        if dias:
            fechas.append(expedientes.FechaDelPlazo(codigo, titulo, max(dias)))
    return fechas


_POR_PRESENTAR = (
    ("recurso", "Último día para presentar su recurso", ("RECONSIDERACION", "APELACION", "REVISION")),
    ("razones", "Último día para dar sus razones", ("OTRO",)),
)
"""Lo que la persona puede presentar hasta un día; lo que debe corregir ya viene en su plazo."""


def get_documento_seguido(
    expediente: Expediente, documento_id: int, *, para: Persona | None = None
) -> Documento:
    """Un documento del expediente que ya se abrió a quien lo presentó.

    :raises NoEncontrado: si no está en el expediente o todavía no se le abrió
    """
    for fila in expedientes.get_documentos(expediente, para=None):
        if fila.documento_id == documento_id:
            return fila.documento
    cargo = _cargo(expediente)
    if cargo is None or cargo.pk != documento_id:
        raise NoEncontrado
    return cargo


def _cargo(expediente: Expediente) -> Documento | None:
    """El cargo de recepción, cuando ya tiene su sello."""
    suyo = Presentacion.objects.filter(expediente=expediente).values("cargo")
    return Documento.objects.filter(pk__in=suyo).select_related("archivo").first()


def _como_hito(hito: Any) -> Hito:
    return Hito(hito.titulo, hito.fecha, hito.texto, hito.unidad, hito.situacion)


def _observacion_abierta(expediente: Expediente) -> Observacion | None:
    if expediente.estado != "OBSERVADO":
        return None
    return (
        Observacion.objects.filter(presentacion__expediente=expediente).select_related("presentacion").first()
    )


_SIGUE = {
    "PRESENTADO": "La mesa de partes revisa que esté completo y lo envía a la oficina que decide. Si falta algo, se lo "
    "diremos una sola vez y tendrá {subsanar} días hábiles para corregirlo.",
    "OBSERVADO": "Cuando corrija lo que falta, el trámite continúa y conserva la fecha en que lo presentó.",
    "EMPLAZADO": "Cuando corrija lo que falta, el plazo continúa donde estaba.",
    "SUSPENDIDO": "El trámite continúa solo cuando termine la pausa, o antes si usted lo pide.",
    "EN_TRAMITE": "La oficina decide y la municipalidad le comunica la respuesta.",
    "EN_INFORME": "Cuando llegue la opinión que se pidió, la oficina decide y se le comunica la respuesta.",
    "IMPUGNADO": "Se decide su recurso y se le comunica la respuesta.",
    "RESUELTO": "La municipalidad tiene {notificar} días hábiles para comunicarle la respuesta.",
    "POR_NOTIFICAR": "Ingrese a su casilla electrónica y abra la notificación.",
    "NOTIFICADO": "Si no está de acuerdo, puede presentar un recurso dentro de {recurso} días hábiles.",
    "APROBADO_AUTOMATICO": "Conserve su cargo: es su aprobación.",
    "APROBADO_FICTO": "Ya puede hacer lo que pidió. Su cargo lo prueba; si quiere, presente una declaración jurada.",
    "NO_PRESENTADO": "Puede recoger sus documentos y presentar la solicitud otra vez cuando quiera.",
    "ACUMULADO": "Siga el expediente al que se unió: ahí se decide.",
    "DERIVADO_A_OTRA_ENTIDAD": "La otra entidad le responde; su plazo corre desde que lo reciba.",
    "ARCHIVADO": "El trámite terminó. Puede pedir copias cuando las necesite.",
}


def _que_sigue(expediente: Expediente, al: date) -> str:
    reglas = {"subsanar": "SUBSANAR", "notificar": "NOTIFICAR", "recurso": "RECURSO_PRESENTAR"}
    return _SIGUE.get(expediente.estado, "").format(
        **{nombre: plazos.get_entero(codigo, al=al) for nombre, codigo in reglas.items()}
    )
