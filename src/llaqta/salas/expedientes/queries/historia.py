"""La historia de un expediente: a un ciudadano, con palabras llanas y oficinas; al personal, también con nombres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from llaqta.cimientos.calendario import LIMA, fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.models import Acumulacion, CambioDePlazo, Expediente, Movimiento, Suspension
from llaqta.salas.expedientes.queries.relato import INCIDENCIAS, Dicho, Hechos
from llaqta.salas.notificaciones.models import Diligencia

Modelo = TypeVar("Modelo", bound=Model)


@dataclass(frozen=True)
class Hito:
    """Una parada de la historia; también con los nombres que pide ``{% linea_tiempo %}``: cuando y oficina."""

    fecha: datetime
    titulo: str
    texto: str = ""
    unidad: str = ""
    tono: str = "hecho"
    situacion: str = "hecho"
    enlace: str = ""
    enlace_texto: str = ""

    @property
    def cuando(self) -> datetime:
        """La fecha, con el nombre que usa la pieza."""
        return self.fecha

    @property
    def oficina(self) -> str:
        """La unidad, con el nombre que usa la pieza."""
        return self.unidad


def get_historia(expediente: Expediente, *, para: Persona | None) -> list[Hito]:
    """Lo ocurrido, en orden. Al ciudadano se le nombran oficinas, nunca personas; al personal, todo y quién lo hizo.

    :param para: ``None`` si llegó con el número y la clave
    """
    sucesos = list(
        Suceso.objects.filter(objeto_tipo=Expediente._meta.label, objeto_id=str(expediente.pk)).order_by("pk")
    )
    interno = policies.es_de_la_entidad(expediente, para)
    hechos = _leer_hechos(expediente, sucesos, interno=interno)
    hitos = [hito for suceso in sucesos if (hito := _contar(suceso, hechos, interno=interno))]
    if hitos:
        ultimo = hitos[-1]
        hitos[-1] = Hito(**{**ultimo.__dict__, "situacion": "actual"})
    return hitos


def _leer_hechos(expediente: Expediente, sucesos: list[Suceso], *, interno: bool) -> Hechos:
    movimientos = expediente.movimientos.select_related("de_unidad", "para_unidad")
    ids = [s.datos["documento_id"] for s in sucesos if "documento_id" in s.datos]
    documentos = Documento.objects.select_related("tipo", "unidad").in_bulk(ids) if ids else {}
    hay_proyectos = interno and any("proyecto_id" in s.datos for s in sucesos)
    proyectos = (
        {p.pk: p for p in expediente.proyectos.select_related("tipo", "unidad")} if hay_proyectos else {}
    )
    personas: dict[int, str] = {}
    if interno:
        de_quienes = Persona.objects.filter(pk__in={s.actor_id for s in sucesos if s.actor_id})
        personas = {p.pk: p.nombre_completo for p in de_quienes}
    return Hechos(
        expediente,
        {m.pk: m for m in movimientos},
        documentos,
        proyectos,
        personas,
        cambios=_los_de(sucesos, "cambio_id", CambioDePlazo.objects.defer("explicacion_anterior")),
        suspensiones=_los_de(sucesos, "suspension_id", Suspension.objects.all()),
        acumulaciones=_los_de(
            sucesos, "acumulacion_id", Acumulacion.objects.select_related("principal", "acumulado")
        ),
    )


def _los_de(sucesos: list[Suceso], clave: str, consulta: QuerySet[Modelo]) -> dict[int, Modelo]:
    """Las filas que nombran los sucesos; si ninguno las nombra, no se pregunta a la base."""
    ids = {suceso.datos[clave] for suceso in sucesos if clave in suceso.datos}
    return consulta.in_bulk(ids) if ids else {}


def _contar(suceso: Suceso, hechos: Hechos, *, interno: bool) -> Hito | None:
    sala, _, nombre = suceso.tipo.partition(".")
    if sala != "expedientes":
        return None
    contar = (
        _PARA_TODOS.get(nombre) or INCIDENCIAS.get(nombre) or (_SOLO_INTERNO.get(nombre) if interno else None)
    )
    dicho = contar(suceso.datos, hechos) if contar else None
    if dicho is None:
        return None
    titulo, texto, unidad, tono = dicho
    if interno and (quien := hechos.personas.get(suceso.actor_id or 0)):
        texto = f"{texto} Lo hizo {quien}.".strip()
    return Hito(suceso.ocurrido_en, titulo, texto, unidad, tono)


def _abierto(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    texto = f"Quedó registrada con el número {hechos.expediente.numero}."
    if hechos.expediente.calificacion == "AUTOMATICA" and hechos.expediente.vence_el is None:
        texto += " Es un trámite de aprobación automática."
    return "Recibimos su solicitud", texto, "Mesa de partes", "curso"


def _al_comienzo(oficina: str, que_hace: str) -> str:
    """``La Subgerencia de Licencias está revisando su solicitud``."""
    sujeto = con_articulo(oficina)
    return f"{sujeto[:1].upper()}{sujeto[1:]} {que_hace}"


def _observado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Falta corregir algo",
        "Encontramos algo que falta o no corresponde. El plazo se detiene hasta que se corrija.",
        "Mesa de partes",
        "espera",
    )


def _subsanado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Recibimos su corrección",
        "Se conserva la fecha en que presentó su solicitud.",
        "Mesa de partes",
        "curso",
    )


def _derivado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    movimiento = hechos.movimientos[datos["movimiento_id"]]
    if movimiento.para_unidad_id == movimiento.de_unidad_id:
        return None
    return (
        f"Su solicitud pasó {con_articulo(movimiento.para_unidad.nombre, 'a')}",
        "Esa oficina la revisa y responde por ella.",
        movimiento.de_unidad.nombre,
        "curso",
    )


def _recibido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    movimiento = hechos.movimientos[datos["movimiento_id"]]
    if movimiento.clase != Movimiento.Clase.ORIGINAL:
        return None
    oficina = movimiento.para_unidad.nombre
    return (
        _al_comienzo(oficina, "está revisando su solicitud"),
        "La recibió y la tiene a su cargo.",
        oficina,
        "curso",
    )


def _informe_pedido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    movimiento = hechos.movimientos[datos["movimiento_id"]]
    texto = (
        f"Tiene hasta el {fecha_en_palabras(movimiento.vence_el)} para darla." if movimiento.vence_el else ""
    )
    return (
        f"Se pidió la opinión {con_articulo(movimiento.para_unidad.nombre, 'de')}",
        texto,
        movimiento.de_unidad.nombre,
        "curso",
    )


def _informe_rendido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    oficina = hechos.movimientos[datos["movimiento_id"]].para_unidad.nombre
    return _al_comienzo(oficina, "dio su opinión"), "", oficina, "curso"


def _informe_prescindido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    movimiento = hechos.movimientos[datos["movimiento_id"]]
    texto = f"La revisión continúa sin la opinión {con_articulo(movimiento.para_unidad.nombre, 'de')}."
    return "Se dejó de esperar una opinión", texto, movimiento.de_unidad.nombre, "curso"


def _emitido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    documento = hechos.documentos.get(datos["documento_id"])
    if documento is None:
        return None
    oficina = documento.unidad.nombre if documento.unidad else ""
    return f"Se firmó {documento}", f"Asunto: {documento.asunto}.", oficina, "hecho"


def _resuelto(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    documento = hechos.documentos.get(datos["documento_id"])
    numero = str(documento) if documento else "la decisión"
    return "Ya hay respuesta", f"Se firmó {numero}. Falta comunicársela.", "", "hecho"


def _depositada(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Su respuesta está en su casilla",
        "Se depositó en su casilla electrónica y se le avisó.",
        "",
        "espera",
    )


def _ordenada(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    diligencia = Diligencia.objects.filter(pk=datos["diligencia_id"]).first()
    if diligencia is None:
        return None
    titulo, texto = _POR_DONDE[diligencia.modalidad]
    return titulo, f"{texto}{_si_no_habia_nadie(diligencia)}", "", "espera"


def _si_no_habia_nadie(diligencia: Diligencia) -> str:
    """La visita en que nadie atendió, y cuándo se vuelve: lo mismo que dice el aviso dejado en la puerta (21.5)."""
    visita = diligencia.visitas.filter(vuelve_el__isnull=False).last()
    if visita is None or visita.vuelve_el is None:
        return ""
    fue, vuelve = (fecha_en_palabras(hoy_en_lima(dia)) for dia in (visita.realizada_en, visita.vuelve_el))
    hora = visita.vuelve_el.astimezone(LIMA).strftime("%H:%M")
    return f" Fue el {fue} y no encontró a nadie; dejó aviso de que volvía el {vuelve}, a las {hora}."


_POR_DONDE = {
    "CEDULA": (
        "Le llevaremos la respuesta a su domicilio",
        "Un notificador la entregará en la dirección que señaló.",
    ),
    "CORREO": ("Le enviamos la respuesta a su correo", "Confirme que la recibió con el enlace del mensaje."),
    "PUBLICACION": (
        "La respuesta se publicó",
        "No se pudo ubicar a la persona: salió en un diario y en el portal.",
    ),
}


def _notificado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "La respuesta le fue comunicada", "", "", "hecho"


def _archivado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "El trámite terminó", "El expediente se conserva en el archivo.", "", "hecho"


def _del_proyecto(frase: str) -> Callable[[dict[str, Any], Hechos], Dicho]:
    def contar(datos: dict[str, Any], hechos: Hechos) -> Dicho:
        proyecto = hechos.proyectos.get(datos["proyecto_id"])
        if proyecto is None:
            return None
        return (
            frase.format(tipo=proyecto.tipo),
            f"Asunto: {proyecto.asunto}.",
            proyecto.unidad.nombre,
            "neutro",
        )

    return contar


def _copia(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    movimiento = hechos.movimientos[datos["movimiento_id"]]
    return (
        f"Se envió copia {con_articulo(movimiento.para_unidad.nombre, 'a')}",
        "Para conocimiento.",
        movimiento.de_unidad.nombre,
        "neutro",
    )


def _incorporados(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    cuantos = len(datos["documentos"])
    return (
        ("Se agregó un documento" if cuantos == 1 else f"Se agregaron {cuantos} documentos"),
        "",
        "",
        "neutro",
    )


def _tarde(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    dias = datos["dias"]
    atraso = "un día hábil" if dias == 1 else f"{dias} días hábiles"
    return (
        "Se decidió fuera de plazo",
        f"Con {atraso} de atraso. La decisión vale; la demora tiene responsable (arts. 140.3 y 143).",
        "",
        "alerta",
    )


_PARA_TODOS: dict[str, Callable[[dict[str, Any], Hechos], Dicho]] = {
    "ExpedienteAbierto": _abierto,
    "ExpedienteObservado": _observado,
    "ExpedienteSubsanado": _subsanado,
    "ExpedienteDerivado": _derivado,
    "MovimientoRecibido": _recibido,
    "InformePedido": _informe_pedido,
    "InformeRendido": _informe_rendido,
    "InformePrescindido": _informe_prescindido,
    "ExpedienteResuelto": _resuelto,
    "DecisionDepositada": _depositada,
    "NotificacionOrdenada": _ordenada,
    "ExpedienteNotificado": _notificado,
    "ExpedienteArchivado": _archivado,
}
_SOLO_INTERNO: dict[str, Callable[[dict[str, Any], Hechos], Dicho]] = {
    "CopiaEnviada": _copia,
    "DocumentosIncorporados": _incorporados,
    "DocumentoEmitido": _emitido,
    "ProyectoRedactado": _del_proyecto("Se redactó un proyecto de {tipo}"),
    "ProyectoEditado": _del_proyecto("Cambió el proyecto de {tipo}"),
    "ProyectoEnviado": _del_proyecto("El proyecto de {tipo} se envió"),
    "ProyectoVisado": _del_proyecto("El proyecto de {tipo} tiene un visto bueno"),
    "ProyectoDevuelto": _del_proyecto("El proyecto de {tipo} fue devuelto"),
    "FirmantesElegidos": _del_proyecto("Se eligió quiénes firman el proyecto de {tipo}"),
    "ResueltoFueraDePlazo": _tarde,
    "FirmaConjuntaPuesta": _del_proyecto("El proyecto de {tipo} tiene una firma más y espera otra"),
}
