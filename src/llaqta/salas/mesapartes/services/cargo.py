"""El cargo y los demás papeles que la mesa entrega: se componen, se sellan y se guardan después de cada acto.

El número y la hora ya constan en la presentación; el sello llega uno o dos segundos después, por el
trabajador, y mientras tanto la página muestra el mismo cargo sin sellar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from llaqta.cimientos import pdf, qr
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.auditoria.pruebas import TodaviaNo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.mesapartes import prueba, rules
from llaqta.salas.mesapartes.events import DocumentoPresentado
from llaqta.salas.mesapartes.models import Anexo, ItemObservado, Observacion, Presentacion
from llaqta.salas.tramites.rules import silencio_en_palabras

SIN_ESPERA = timedelta(0)


@transaction.atomic
def sellar_cargo(*, presentacion_id: int, ahora: datetime, paciencia: timedelta = SIN_ESPERA) -> Documento:
    """Compone el cargo con los campos del artículo 117.2, lo sella la entidad y lo une a la presentación.

    Si ya lo tiene, lo devuelve: sellar dos veces no hace nada.

    :param paciencia: cuánto se espera, desde que se presentó, a que el registro le dé su lugar; después se sella sin él
    :raises TodaviaNo: si el registro aún no se lo dio y todavía se espera
    """
    presentacion = Presentacion.objects.select_for_update(of=("self",)).get(pk=presentacion_id)
    if presentacion.cargo is not None:
        return presentacion.cargo
    lugar = prueba.get_prueba_de(presentacion.expediente, DocumentoPresentado.tipo())
    if lugar is None and ahora < presentacion.presentada_en + paciencia:
        raise TodaviaNo(f"La presentación {presentacion.numero} todavía no está en el registro.")
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    contenido = pdf.componer(
        "cargo",
        {
            **datos_del_cargo(presentacion),
            "prueba": prueba.prueba_en_cargo(lugar),
            "verificacion": recuadro(cvd),
        },
        titulo=f"Cargo de recepción {presentacion.numero}",
        ahora=ahora,
    )
    cargo = _sellar(
        contenido, nombre=f"cargo-{presentacion.numero}.pdf", tipo="CARGO", cvd=cvd, ahora=ahora,
        asunto=f"Cargo de recepción {presentacion.numero}", presentacion=presentacion,
    )  # fmt: skip
    presentacion.cargo = cargo
    presentacion.save(update_fields=["cargo"])
    return cargo


@transaction.atomic
def sellar_observacion(*, observacion_id: int, ahora: datetime) -> Documento:
    """Compone y sella el requerimiento: qué falta, hasta cuándo se corrige y qué pasa si no (art. 125)."""
    observacion = Observacion.objects.select_for_update(of=("self",)).get(pk=observacion_id)
    if observacion.documento is not None:
        return observacion.documento
    presentacion, cvd = (
        observacion.presentacion,
        documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA),
    )
    contenido = pdf.componer(
        "constancia",
        {
            "encabezado_principal": "OBSERVACIÓN DE REQUISITOS",
            "fecha": hoy_en_lima(observacion.observada_en),
            "texto": [
                f"Revisamos su solicitud, registro N° {presentacion.numero}, y falta corregir lo siguiente. "
                "Es la única observación que se le hará por lo que ya entregó (Ley 27444, arts. 125 y 126.2)."
            ],
            "secciones": [
                {
                    "titulo": "Qué debe corregir",
                    "filas": _filas_de_items(observacion.items.select_related("requisito")),
                },
                {
                    "titulo": "Hasta cuándo",
                    "filas": [
                        ["Fecha de la observación", pdf.fecha_hora(observacion.observada_en)],
                        [
                            "Puede corregir hasta el",
                            f"{fecha_en_palabras(observacion.subsanar_hasta)}, 23:59:59",
                        ],
                        [
                            "Cómo se contó",
                            "Dos días hábiles desde el siguiente a la observación (Ley 27444, arts. 125.6 y 133.1)",
                        ],
                    ],
                },
                {"titulo": "Su trámite", "filas": _filas_del_tramite(presentacion)},
            ],
            "nota": [
                "Mientras no corrija no corre ningún plazo y su solicitud no se deriva. Si corrige a tiempo, "
                "conserva la fecha en que la presentó. Si no corrige, se tendrá por no presentada: se le "
                "devolverán sus documentos y, si pagó, su dinero, cuando los pida (art. 125.4)."
            ],
            "verificacion": recuadro(cvd),
        },
        titulo=f"Observación de requisitos {presentacion.numero}",
        ahora=ahora,
    )
    observacion.documento = _sellar(
        contenido, nombre=f"observacion-{presentacion.numero}.pdf", tipo="CONSTANCIA", cvd=cvd, ahora=ahora,
        asunto=f"Observación de requisitos del registro {presentacion.numero}", presentacion=presentacion,
    )  # fmt: skip
    observacion.save(update_fields=["documento"])
    expedientes.incorporar(
        actor=observacion.observada_por,
        expediente=presentacion.expediente,
        documentos=[observacion.documento],
        ahora=ahora,
    )
    return observacion.documento


@transaction.atomic
def sellar_subsanacion(*, observacion_id: int, ahora: datetime) -> Documento:
    """Compone y sella el cargo de lo que la persona entregó al subsanar, con las dos fechas que importan."""
    observacion = Observacion.objects.select_for_update(of=("self",)).get(pk=observacion_id)
    if observacion.constancia is not None:
        return observacion.constancia
    assert observacion.subsanada_en is not None
    presentacion, cvd = (
        observacion.presentacion,
        documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA),
    )
    anexos = presentacion.anexos.filter(de_subsanacion=True).select_related("documento__archivo")
    expediente = presentacion.expediente
    contenido = pdf.componer(
        "constancia",
        {
            "encabezado_principal": "CARGO DE SUBSANACIÓN",
            "fecha": hoy_en_lima(observacion.subsanada_en),
            "texto": ["La mesa de partes recibió lo que faltaba en la solicitud que abajo se identifica."],
            "secciones": [
                {"titulo": "Su trámite", "filas": _filas_del_tramite(presentacion)},
                *_seccion_de_firma(observacion),
                {
                    "titulo": "Fechas",
                    "filas": [
                        ["Subsanado el", pdf.fecha_hora(observacion.subsanada_en)],
                        ["Se tiene por presentada el", fecha_en_palabras(expediente.fecha_presentacion)],
                        ["El plazo para responder corre desde el", _inicio(presentacion)],
                        [
                            "Vence el",
                            fecha_en_palabras(expediente.vence_el)
                            if expediente.vence_el
                            else "No corresponde",
                        ],
                    ],
                },
            ],
            "huellas": [
                {"nombre": a.documento.archivo.nombre, "sha256": a.documento.archivo.sha256} for a in anexos
            ],
            "verificacion": recuadro(cvd),
        },
        titulo=f"Cargo de subsanación {presentacion.numero}",
        ahora=ahora,
    )
    observacion.constancia = _sellar(
        contenido, nombre=f"subsanacion-{presentacion.numero}.pdf", tipo="CARGO", cvd=cvd, ahora=ahora,
        asunto=f"Cargo de subsanación del registro {presentacion.numero}", presentacion=presentacion,
    )  # fmt: skip
    observacion.save(update_fields=["constancia"])
    return observacion.constancia


def datos_del_cargo(presentacion: Presentacion) -> dict[str, Any]:
    """Los campos de un cargo (arts. 117.2 y 124; peru-law 1.1), como los pide la plantilla ``cargo``."""
    expediente, version = presentacion.expediente, presentacion.expediente.version_tramite
    anexos = Anexo.objects.filter(presentacion=presentacion, de_subsanacion=False).select_related(
        "documento__archivo"
    )
    enlace = settings.URL_PUBLICA + reverse("seguimiento_directo", args=[expediente.numero, expediente.clave])
    datos: dict[str, Any] = {
        "registro": presentacion.numero,
        "expediente": expediente.numero,
        "enviado_en": presentacion.presentada_en,
        "presentado_el": fecha_en_palabras(expediente.fecha_presentacion),
        "canal": presentacion.get_canal_display(),
        "lugar": Entidad.actual().lugar,
        "presentante": persona_en_cargo(presentacion.presentada_por),
        "procedimiento": {"codigo": version.procedimiento.codigo, "nombre": version.denominacion},
        "asunto": presentacion.asunto,
        "folios": presentacion.folios,
        "domicilio": presentacion.domicilio,
        "correo": presentacion.correo,
        "receptor": presentacion.registrada_por.nombre_completo
        if presentacion.registrada_por
        else "Mesa de partes digital",
        "anexos": [fila_de_anexo(anexo.documento) for anexo in anexos],
        "observaciones": [],
        "automatica": expediente.estado == "APROBADO_AUTOMATICO",
        "clave": en_grupos(expediente.clave),
        "seguimiento": {"url": settings.URL_PUBLICA + reverse("seguimiento"), "qr": qr.svg(enlace, margen=1)},
    }
    if firma := prueba.firma_en_cargo(getattr(presentacion, "firma", None)):
        datos["firma"] = firma
    if presentacion.presentada_por_id != presentacion.administrado_id:
        datos["representado"] = persona_en_cargo(presentacion.administrado)
    if presentacion.pago_numero:
        datos["pago"] = {
            "recibo": presentacion.pago_numero,
            "fecha": presentacion.pago_fecha or "fecha no indicada",
        }
    if expediente.vence_el:
        condiciones = version.condiciones(expediente.modalidad)
        datos["plazo"] = {
            "dias": expediente.dias_plazo,
            "vence_el": fecha_en_palabras(expediente.vence_el),
            "silencio": silencio_en_palabras(condiciones.calificacion, condiciones.plazo_dicho),
        }
    return datos


def en_grupos(clave: str) -> str:
    """``7F3A 92C1 …``: de a cuatro se copia y se dicta mejor."""
    return " ".join(clave[i : i + 4] for i in range(0, len(clave), 4))


def _sellar(
    contenido: bytes,
    *,
    nombre: str,
    tipo: str,
    asunto: str,
    cvd: Any,
    presentacion: Presentacion,
    ahora: datetime,
) -> Documento:
    """Sella y guarda un papel de la mesa; lo ven las partes y la mesa."""
    return documentos.guardar_sellado(
        pdf=contenido, motivo="Recepción por la mesa de partes", tipo=tipo, asunto=asunto, nombre=nombre, cvd=cvd,
        ahora=ahora, personas=[presentacion.presentada_por, presentacion.administrado],
        unidades=[presentacion.expediente.unidad_responsable],
    )  # fmt: skip


def fila_de_anexo(documento: Documento) -> dict[str, Any]:
    """Un archivo entregado: nombre, páginas, tamaño y huella."""
    archivo = documento.archivo
    return {
        "nombre": archivo.nombre,
        "paginas": archivo.folios,
        "tamano": pdf.tamano(archivo.bytes),
        "sha256": archivo.sha256,
    }


def persona_en_cargo(persona: Persona) -> dict[str, str]:
    """Una persona y su documento."""
    return {"nombre": persona.nombre_completo, "documento": persona.documento}


def _filas_de_items(items: Sequence[ItemObservado] | Any) -> list[list[str]]:
    return [[item.requisito.texto, item.texto] for item in items]


def _filas_del_tramite(presentacion: Presentacion) -> list[list[str]]:
    expediente = presentacion.expediente
    return [
        ["Registro N°", presentacion.numero],
        ["Expediente N°", expediente.numero],
        [
            "Administrado",
            f"{presentacion.administrado.nombre_completo} · {presentacion.administrado.documento}",
        ],
        ["Procedimiento", expediente.version_tramite.denominacion],
        ["Asunto", presentacion.asunto],
        ["Presentada el", pdf.fecha_hora(presentacion.presentada_en)],
    ]


def _seccion_de_firma(observacion: Observacion) -> list[dict[str, Any]]:
    firma = prueba.firma_en_cargo(getattr(observacion, "firma", None))
    if firma is None:
        return []
    filas = [*firma["filas"], ["Huella del acto", firma["huella"]], ["Qué vale", firma["nota"]]]
    filas.append(["Lo que declaró", " ".join(firma["texto"])])
    return [{"titulo": prueba.TITULO, "filas": filas}]


def _inicio(presentacion: Presentacion) -> str:
    inicio = presentacion.expediente.inicio_computo
    if inicio is None:
        return "No corresponde"
    return fecha_en_palabras(rules.primer_dia_del_plazo(inicio, get_calendario()))
