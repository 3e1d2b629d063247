"""Lo que prueban las constancias, en filas: a dónde y cómo se avisó, con qué regla, con qué reloj y dónde consta."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from llaqta.cimientos import pdf, reloj_ntp
from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria.pruebas import Prueba
from llaqta.salas.casilla.models import Alerta, Constancia, Notificacion

Fila = list[str]

EVENTO_ERDS = {
    Constancia.Clase.DEPOSITO: "SubmissionAcceptance, RetrievalReady",
    Constancia.Clase.LECTURA: "ContentRetrieval",
    Constancia.Clase.VENCIMIENTO: "NonDelivery",
    Constancia.Clase.ALERTA: "DeliveryFailure",
}
"""El mismo hecho con el nombre de ETSI EN 319 522-1; la eficacia es un efecto de nuestra ley y no tiene uno."""


def destinatario(notificacion: Notificacion) -> list[Fila]:
    """A quién, en qué casilla y desde cuándo la aceptó."""
    entidad, adhesion = Entidad.actual(), notificacion.adhesion
    return [
        ["Entidad", f"{entidad.nombre} (RUC {entidad.ruc})" if entidad.ruc else entidad.nombre],
        ["Nombre", notificacion.destinatario.nombre_completo],
        ["Documento", notificacion.destinatario.documento],
        ["Casilla", f"N° {adhesion.pk}, aceptada el {pdf.fecha_hora(adhesion.aceptada_en)}"],
    ]


def acto(notificacion: Notificacion) -> list[Fila]:
    """Qué se notifica."""
    return [
        ["Expediente", notificacion.expediente],
        ["Documento", notificacion.documento.numero],
        ["Asunto", notificacion.asunto],
        ["Recursos que proceden", notificacion.recursos or "Los que el documento indica"],
    ]


def deposito(notificacion: Notificacion) -> list[Fila]:
    """Cuándo se depositó, en las dos horas, y con qué regla."""
    return [
        ["Depositado el", instante(notificacion.depositada_en)],
        ["Fecha legal del depósito", fecha_en_palabras(notificacion.deposito_computa_el)],
        ["Regla de efecto", notificacion.get_regla_efecto_display()],
        ["Versión de la regla", regla(notificacion)],
        ["El plazo para acusar corre desde", plazo(notificacion)],
    ]


def plazo(notificacion: Notificacion) -> str:
    """Desde qué día corre el plazo para acusar recibo, y cuál de las dos lecturas de la norma se aplicó."""
    lectura = notificacion.regla.get("plazo_desde", "")
    dicho = notificacion.get_plazo_desde_display()
    if notificacion.plazo_corre_el != notificacion.deposito_computa_el:
        dicho = f"El {fecha_en_palabras(notificacion.plazo_corre_el)}, por el día en que se aceptó el aviso"
    return f"{dicho} ({lectura})" if lectura else dicho


def regla(notificacion: Notificacion) -> str:
    """La regla tal como regía al depositar: código, valor, norma y desde cuándo."""
    datos = notificacion.regla
    if not datos:
        return f"{notificacion.regla_efecto}; calendario {notificacion.calendario}"
    return (
        f"{datos['codigo']} = {datos['valor']} ({datos['norma']}; rige desde {datos['desde']}; "
        f"{datos['estado'].replace('_', ' ').lower()}); calendario {notificacion.calendario}"
    )


def avisos(notificacion: Notificacion) -> list[Fila]:
    """Cada intento de avisar: qué pasó, cuándo, con qué identificador, y la huella de la dirección, no la dirección."""
    hechos = [[f"{_medio(una)}, intento {una.intento}", _contar(una)] for una in notificacion.alertas.all()]
    return hechos or [["Avisos", "Todavía no se intentó ninguno"]]


def registro(prueba: Prueba) -> list[Fila]:
    """Dónde consta el hecho en el registro de sucesos, que nadie puede reescribir."""
    return [
        ["Suceso", str(prueba.suceso_id)],
        ["Hoja", f"{prueba.hoja} de un registro de {prueba.tamano}"],
        ["Raíz del registro", prueba.raiz],
    ]


def reloj(datos: dict[str, Any]) -> Fila:
    """Con quién se comparó el reloj."""
    return ["Reloj", reloj_ntp.en_palabras(datos)]


def erds(clase: str) -> list[Fila]:
    """El nombre del hecho en la norma europea, si lo tiene."""
    nombre = EVENTO_ERDS.get(Constancia.Clase(clase))
    return [["Evento (ETSI EN 319 522)", nombre]] if nombre else []


def instante(cuando: datetime) -> str:
    """La hora de Lima y, entre paréntesis, la misma en UTC."""
    return f"{pdf.fecha_hora(cuando)}; en UTC, {cuando.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def el_dia(efecto: date | None) -> str:
    """«el lunes 8 de junio…», o que depende del acuse."""
    return f"el {fecha_en_palabras(efecto)}" if efecto else "cuando se acuse recibo"


def _medio(alerta: Alerta) -> str:
    return "Correo" if alerta.canal == Alerta.Canal.CORREO else "Mensaje de texto"


def _contar(alerta: Alerta) -> str:
    cuando = alerta.resuelta_en or alerta.tomada_en or alerta.intentada_en
    partes = [f"{alerta.get_resultado_display()}, {pdf.fecha_hora(cuando)}."]
    if alerta.detalle and alerta.resuelta_en:
        partes.append(f"{alerta.detalle.rstrip('.')}.")
    if alerta.entregada_en:
        partes.append(f"Consta que llegó: {pdf.fecha_hora(alerta.entregada_en)}.")
    if alerta.devuelta_en:
        partes.append(f"Rebotó: {pdf.fecha_hora(alerta.devuelta_en)}.")
    if alerta.identificador:
        partes.append(f"Identificador {alerta.identificador}.")
    partes.append(f"Huella de la dirección (con sal): {alerta.huella}.")
    return " ".join(partes)
