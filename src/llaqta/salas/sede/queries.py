"""Lo que la sede muestra, ya reunido para cada pantalla. Todo es público: ``para`` puede ser ``None``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import caches

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import Calendario, Computo, hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.piezas import Estado, Hito, Reloj
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import queries as documentos
from llaqta.salas.documentos.models import Documento, VersionAnterior, Vista
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import Expediente, Incorporado
from llaqta.salas.expedientes.policies import es_parte
from llaqta.salas.firma import queries as firma
from llaqta.salas.mesapartes.models import Observacion, Presentacion
from llaqta.salas.mesapartes.opciones import Opcion, get_opciones
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.sede import rules
from llaqta.salas.sede.rules import Dictamen
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites.models import Tema, VersionProcedimiento
from llaqta.salas.tramites.queries import FichaDeTramite
from llaqta.salas.tramites.rules import silencio_en_palabras

if TYPE_CHECKING:
    from llaqta.salas.firma.verificacion import Informe

_UN_RATO = 60


# --- Inicio y fichas ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Inicio:
    """La primera página: lo más pedido y los temas, con cuántos trámites tiene cada uno."""

    frecuentes: Sequence[VersionProcedimiento]
    temas: Sequence[tuple[Tema, int]]

    @property
    def total(self) -> int:
        """Cuántos trámites rigen."""
        return sum(cuantos for _, cuantos in self.temas)


def get_inicio(*, para: Persona | None = None, al: date) -> Inicio:
    """Lo que muestra la primera página; se recuerda un minuto."""
    guardado: Inicio | None = caches["memoria"].get(f"sede.inicio.{al}")
    if guardado is None:
        grupos = tramites.get_catalogo(al=al)
        frecuentes = [v for grupo in grupos for v in grupo.versiones if v.procedimiento.es_frecuente]
        guardado = Inicio(frecuentes, [(grupo.tema, len(grupo.versiones)) for grupo in grupos])
        caches["memoria"].set(f"sede.inicio.{al}", guardado, _UN_RATO)
    return guardado


def get_ficha(codigo: str, *, para: Persona | None = None, al: date) -> FichaDeTramite:
    """La ficha de un trámite vigente.

    :raises NoEncontrado: si el TUPA no lo tiene
    :raises TramiteNoVigente: si no rige el día ``al``
    """
    return tramites.componer_ficha(tramites.get_vigente(codigo, al=al), relacionados_al=al)


# --- Seguimiento ----------------------------------------------------------------------------------------------------
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
    recursos = [opcion.hasta for opcion in opciones if opcion.hasta and opcion.hasta >= hoy]
    if recursos:
        fechas.append(
            expedientes.FechaDelPlazo("recurso", "Último día para presentar su recurso", max(recursos))
        )
    return fechas


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


# --- Verificación ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Verificacion:
    """Un documento registrado y lo que dicen sus firmas; ``es_publico`` dice si cualquiera puede leerlo."""

    documento: Documento
    dictamen: Dictamen
    informe: Informe
    es_publico: bool
    paginas: Sequence[Vista]


@dataclass(frozen=True)
class Comparacion:
    """Lo que se dice de la copia que alguien trae."""

    dictamen: Dictamen
    informe: Informe
    huella: str
    documento: Documento | None = None


def get_verificacion(cvd: str, *, para: Persona | None, ahora: datetime) -> Verificacion:
    """El documento que lleva ese código y el resultado de comprobar sus firmas ahora.

    :raises NoEncontrado: si ningún documento lo lleva o ya no se puede verificar
    """
    documento = documentos.get_por_cvd(cvd, para=para, al=hoy_en_lima(ahora))
    informe = firma.verificar(
        storage.leer(documento.archivo.sha256), ahora=ahora, existia_el=documento.registrado_en
    )
    es_publico = documentos.puede_ver(documento, para=para)
    return Verificacion(
        documento=documento,
        dictamen=rules.dictamen_del_registrado(
            veredicto=informe.veredicto.value,
            motivos=informe.motivos,
            anulado=documento.motivo_anulacion if documento.anulado_en else "",
        ),
        informe=informe,
        es_publico=es_publico,
        paginas=list(documento.archivo.vistas.all()) if es_publico else [],
    )


def get_documento_verificado(cvd: str, *, para: Persona | None, ahora: datetime) -> Documento:
    """El documento que lleva ese código, para leerlo.

    :raises NoEncontrado: si ninguno lo lleva, ya no se puede verificar o ``para`` no puede leerlo
    """
    documento = documentos.get_por_cvd(cvd, para=para, al=hoy_en_lima(ahora))
    if not documentos.puede_ver(documento, para=para):
        raise NoEncontrado
    return documento


def comparar_copia(cvd: str, copia: bytes, *, para: Persona | None, ahora: datetime) -> Comparacion:
    """Compara una copia con el documento que lleva ese código.

    :raises NoEncontrado: si ningún documento lo lleva o ya no se puede verificar
    """
    documento = documentos.get_por_cvd(cvd, para=para, al=hoy_en_lima(ahora))
    huella = hashlib.sha256(copia).hexdigest()
    informe = firma.verificar(copia, ahora=ahora)
    anterior = (
        VersionAnterior.objects.filter(documento=documento, archivo__sha256=huella)
        .order_by("-version")
        .first()
    )
    dictamen = rules.dictamen_de_la_copia(
        igual=huella == documento.archivo.sha256,
        anterior_el=hoy_en_lima(anterior.reemplazada_en) if anterior else None,
        veredicto=informe.veredicto.value,
        motivos=informe.motivos,
    )
    return Comparacion(dictamen, informe, huella, documento)


def comprobar_suelto(copia: bytes, *, para: Persona | None, ahora: datetime) -> Comparacion:
    """Comprueba las firmas de un PDF que alguien trae sin código, y dice si es un documento registrado aquí."""
    huella = hashlib.sha256(copia).hexdigest()
    informe = firma.verificar(copia, ahora=ahora)
    hoy = hoy_en_lima(ahora)
    documento = (
        Documento.objects.filter(archivo__sha256=huella, cvd__isnull=False, verificable_hasta__gte=hoy)
        .select_related("tipo", "archivo", "unidad")
        .first()
    )
    dictamen = rules.dictamen_del_suelto(
        registrado=documento is not None, veredicto=informe.veredicto.value, motivos=informe.motivos
    )
    if documento is not None and documento.anulado_en:
        dictamen = rules.dictamen_del_registrado(veredicto="", motivos=(), anulado=documento.motivo_anulacion)
    return Comparacion(dictamen, informe, huella, documento)


# --- Plazos ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class DiaQueNoCuenta:
    """Un día que no se cuenta, aunque no sea sábado ni domingo."""

    fecha: date
    motivo: str


def get_dias_que_no_cuentan(*, para: Persona | None = None, al: date) -> list[DiaQueNoCuenta]:
    """Los días de lunes a viernes que no se cuentan en el año de ``al`` y en el siguiente."""
    calendario = get_calendario()
    dia, fin = date(al.year, 1, 1), date(al.year + 1, 12, 31)
    dias = []
    while dia <= fin:
        if dia.weekday() < 5 and (motivo := calendario.motivo(dia)):
            dias.append(DiaQueNoCuenta(dia, motivo.removeprefix("feriado nacional: ")))
        dia += timedelta(days=1)
    return dias


def contar_plazo(
    desde: date, dias: int, *, para: Persona | None = None, calendario: Calendario | None = None
) -> Computo:
    """Cuándo vence un plazo de días hábiles, con cada día explicado (arts. 133 y 134 Ley 27444)."""
    return sumar_habiles(desde, dias, calendario or get_calendario())
