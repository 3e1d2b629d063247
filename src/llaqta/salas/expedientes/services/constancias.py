"""Los papeles que un plazo hace nacer: el requerimiento de un emplazamiento y la constancia de la aprobación ficta.

Los sella la entidad después del acto, y quedan en el expediente a la vista del administrado.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.expedientes.models import DerivacionAEntidad, Emplazamiento, Expediente
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.expedientes.services.foliar import incorporar

APROBACION_FICTA = "APROBACION_FICTA"


@transaction.atomic
def sellar_requerimiento(*, expediente_id: int, ahora: datetime) -> Documento:
    """Compone y sella el requerimiento: qué corregir, hasta cuándo y qué pasa si no (arts. 125.4 y 125.5).

    Si ya lo tiene, lo devuelve.
    """
    expediente = tomar(Expediente(pk=expediente_id), version=None)
    emplazamiento = Emplazamiento.objects.select_for_update(no_key=True).get(expediente=expediente)
    if emplazamiento.documento is not None:
        return emplazamiento.documento
    hasta = fecha_en_palabras(emplazamiento.corregir_hasta)
    oficina = con_articulo(expediente.unidad_responsable.nombre)
    dias = max((paso.get("cuenta") or 0 for paso in emplazamiento.explicacion), default=0)
    documento = sellar(
        expediente,
        encabezado="REQUERIMIENTO",
        texto=f"Al revisar su solicitud, {oficina} encontró algo que debe corregirse y que al "
        "recibirla no se podía advertir. Es el único requerimiento que se le hará (Ley 27444, art. 125.5).",
        secciones=[
            {"titulo": "Qué debe corregir", "filas": [["Qué falta", emplazamiento.defecto]]},
            {
                "titulo": "Por qué no se vio antes",
                "filas": [["Razón", emplazamiento.por_que_no_se_vio]],
            },
            {
                "titulo": "Hasta cuándo",
                "filas": [
                    ["Fecha del requerimiento", pdf.fecha_hora(emplazamiento.emplazado_en)],
                    ["Puede corregir hasta el", f"{hasta}, 23:59:59"],
                    ["Cómo se contó", f"{dias} días hábiles desde el siguiente al requerimiento (arts. 133.1 y 134.1)"],
                ],
            },
        ],
        nota="Mientras no corrija, el plazo de la municipalidad para decidir está detenido. Si corrige a tiempo, su "
        "solicitud conserva la fecha en que la presentó. Si no corrige, se tendrá por no presentada: se le devolverán "
        "sus documentos y, si pagó, su dinero, cuando los pida (art. 125.4).",
        acto="EMPLAZAMIENTO",
        ahora=ahora,
    )  # fmt: skip
    emplazamiento.documento = documento
    emplazamiento.save(update_fields=["documento"])
    incorporar(actor=emplazamiento.emplazado_por, expediente=expediente, documentos=[documento], ahora=ahora)
    return documento


@transaction.atomic
def sellar_aprobacion_ficta(*, expediente_id: int, ahora: datetime) -> Documento:
    """Compone y sella la constancia de que lo pedido quedó aprobado por silencio, y desde cuándo (arts. 33-A y 188).

    No es la aprobación, que ya operó por la ley: la prueba. Si el expediente ya la tiene, la devuelve.
    """
    expediente = tomar(Expediente(pk=expediente_id), version=None)
    ya = Documento.objects.filter(
        incorporado__expediente=expediente,
        metadatos__acto=APROBACION_FICTA,
        metadatos__etapa=expediente.etapa,
    )
    if documento := ya.first():
        return documento
    assert expediente.silencio_operado_el is not None
    documento = sellar(
        expediente,
        encabezado="CONSTANCIA DE APROBACIÓN POR SILENCIO",
        texto=f"Lo solicitado quedó aprobado desde el {fecha_en_palabras(expediente.silencio_operado_el)}, a las "
        "00:00: terminó el plazo para decidir y para notificar sin que se notificara ninguna decisión. Es el "
        "silencio administrativo positivo (Ley 27444, arts. 33-A y 188.1).",
        secciones=[{"titulo": "Cómo se contó", "filas": _como_se_conto(expediente)}],
        nota="Esta aprobación vale como una resolución para todo efecto (art. 188.2). No necesita presentar nada más; "
        "si quiere, puede hacerla valer también con una declaración jurada, y nadie se la puede exigir (art. 33-B).",
        acto=APROBACION_FICTA,
        ahora=ahora,
    )  # fmt: skip
    incorporar(actor=None, expediente=expediente, documentos=[documento], ahora=ahora)
    return documento


@transaction.atomic
def sellar_envio_a_entidad(*, expediente_id: int, ahora: datetime) -> Documento:
    """Compone y sella la constancia de que la solicitud se envió a la entidad competente (art. 130).

    Si ya la tiene, la devuelve.
    """
    expediente = tomar(Expediente(pk=expediente_id), version=None)
    derivacion = DerivacionAEntidad.objects.select_for_update(no_key=True).get(expediente=expediente)
    if derivacion.constancia is not None:
        return derivacion.constancia
    derivacion.constancia = sellar(
        expediente,
        encabezado="CONSTANCIA DE ENVÍO A LA ENTIDAD COMPETENTE",
        texto="Lo que usted pidió no le corresponde a esta municipalidad: se envió a la entidad que puede atenderlo "
        "(Ley 27444, art. 130).",
        secciones=[
            {
                "titulo": "A quién se envió",
                "filas": [
                    ["Entidad", " · RUC ".join(p for p in (derivacion.entidad, derivacion.ruc) if p)],
                    ["Por qué", derivacion.motivo],
                    ["Enviado el", pdf.fecha_hora(derivacion.enviado_en)],
                ],
            }
        ],
        nota="El plazo para responderle empieza cuando esa entidad reciba su solicitud; aquí ya no corre. Usted "
        "conserva la fecha en que la presentó.",
        acto="ENVIO_A_ENTIDAD",
        ahora=ahora,
    )
    derivacion.save(update_fields=["constancia"])
    incorporar(
        actor=derivacion.enviado_por, expediente=expediente, documentos=[derivacion.constancia], ahora=ahora
    )
    return derivacion.constancia


def sellar(
    expediente: Expediente,
    *,
    encabezado: str,
    texto: str,
    secciones: Sequence[dict[str, Any]],
    nota: str,
    acto: str,
    ahora: datetime,
) -> Documento:
    """Compone, sella y guarda una constancia de un expediente; la ven las partes y la unidad que lo tiene.

    :param acto: qué prueba, para no sellarla dos veces
    """
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    titulo = f"{encabezado.capitalize()} {expediente.numero}"
    compuesto = pdf.componer(
        "constancia",
        {
            "encabezado_principal": encabezado,
            "fecha": hoy_en_lima(ahora),
            "texto": [texto],
            "secciones": [*secciones, {"titulo": "Su trámite", "filas": _del_tramite(expediente)}],
            "nota": [nota],
            "organo": expediente.unidad_responsable.nombre,
            "verificacion": recuadro(cvd),
        },
        titulo=titulo,
        ahora=ahora,
    )
    return documentos.guardar_sellado(
        pdf=compuesto, motivo=encabezado.capitalize(), tipo="CONSTANCIA", asunto=titulo,
        nombre=f"{slugify(encabezado)}-{expediente.numero}.pdf", cvd=cvd, ahora=ahora,
        unidad=expediente.unidad_responsable, personas=_partes(expediente), unidades=[expediente.unidad_responsable],
        metadatos={"expediente": expediente.numero, "acto": acto, "etapa": expediente.etapa},
    )  # fmt: skip


def _como_se_conto(expediente: Expediente) -> list[list[str]]:
    filas = [["Se presentó el", fecha_en_palabras(expediente.fecha_presentacion)]]
    if expediente.inicio_computo and expediente.inicio_computo != expediente.fecha_presentacion:
        filas.append(["El plazo corre desde el", fecha_en_palabras(expediente.inicio_computo)])
    if expediente.vence_el:
        filas.append(["El plazo para decidir venció el", fecha_en_palabras(expediente.vence_el)])
    if expediente.limite_notificacion:
        filas.append(["Último día para notificar", fecha_en_palabras(expediente.limite_notificacion)])
    if expediente.silencio_operado_el:
        filas.append(["Aprobado desde el", f"{fecha_en_palabras(expediente.silencio_operado_el)}, 00:00"])
    return filas


def _del_tramite(expediente: Expediente) -> list[list[str]]:
    return [
        ["Expediente N°", expediente.numero],
        ["Administrado", f"{expediente.administrado.nombre_completo} · {expediente.administrado.documento}"],
        ["Procedimiento", expediente.version_tramite.denominacion],
        ["Lo que pidió", expediente.asunto],
        ["Presentado el", pdf.fecha_hora(expediente.presentado_en)],
    ]


def _partes(expediente: Expediente) -> list[Persona]:
    return [persona for persona in (expediente.administrado, expediente.representante) if persona is not None]
