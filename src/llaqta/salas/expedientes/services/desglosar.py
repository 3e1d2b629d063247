"""Desglosar: devolver un documento a quien lo presentó, dejando en su lugar copia autenticada (art. 153.2)."""

from __future__ import annotations

import io
from datetime import datetime

from django.db import transaction

from llaqta.cimientos import pdf, storage
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import DocumentoDesglosado
from llaqta.salas.expedientes.models import Desglose, Expediente, Incorporado
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.expedientes.services.foliar import foliar
from llaqta.salas.firma import services as firma

NORMA = "Ley 27444, art. 153.2"


@transaction.atomic
def desglosar(
    *,
    actor: Persona,
    incorporado: Incorporado,
    entregado_a: Persona,
    motivo: str,
    version: int | None = None,
    ahora: datetime,
) -> Desglose:
    """Deja en el lugar del documento su copia autenticada, con los mismos folios, y agrega la constancia al final.

    El original no se pierde: queda como versión anterior del documento. Repetirlo devuelve el mismo desglose.

    :param entregado_a: quién pidió el documento y lo recibe: el administrado o quien lo representa
    :raises Denegado: si hoy no trabaja en la unidad responsable, o es parte
    :raises NoProcede: si lo emitió la municipalidad, si está anulado, o si otra persona acaba de actuar
    :raises EntradaInvalida: si no se dice por qué, o se entrega a quien no es parte
    """
    tomado = tomar(incorporado.expediente, version=version)
    policies.check_tramitar(actor, tomado)
    if ya := Desglose.objects.filter(incorporado=incorporado).first():
        return ya
    fila = Incorporado.objects.select_related("documento__archivo", "documento__tipo").get(
        pk=incorporado.pk, expediente=tomado
    )
    _check_desglosar(tomado, fila, entregado_a, motivo)
    original = fila.documento.archivo
    copia = _copia_autenticada(fila, actor, ahora)
    documentos.agregar_version(
        actor=actor, documento=fila.documento, archivo=copia, motivo="Desglose: queda copia autenticada", ahora=ahora,
        firmado=True,
    )  # fmt: skip
    constancia = _constancia(tomado, fila, original, actor, entregado_a, motivo, ahora)
    foliar(tomado, [constancia], por=actor, ahora=ahora)
    tomado.version += 1
    tomado.save(update_fields=["folios", "version"])
    desglose = Desglose.objects.create(
        incorporado=fila, constancia=constancia, entregado_a=entregado_a, motivo=motivo.strip()[:200],
        desglosado_en=ahora, desglosado_por=actor,
    )  # fmt: skip
    emit(
        DocumentoDesglosado(expediente_id=tomado.pk, documento_id=fila.documento_id),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=tomado,
    )
    return desglose


def _check_desglosar(expediente: Expediente, fila: Incorporado, entregado_a: Persona, motivo: str) -> None:
    if not fila.documento.es_ajeno:
        raise NoProcede(
            "Solo se desglosa lo que presentó un administrado: lo que emitió la municipalidad no sale del expediente.",
            norma=NORMA,
        )
    if not motivo.strip():
        raise EntradaInvalida("Escriba para qué se pide el documento.", campo="motivo", norma=NORMA)
    if not policies.es_parte(entregado_a, expediente):
        raise EntradaInvalida(
            f"{entregado_a} no es parte en este expediente: se entrega al administrado o a quien lo representa.",
            campo="entregado_a",
            norma=NORMA,
        )


def _copia_autenticada(fila: Incorporado, actor: Persona, ahora: datetime) -> Archivo:
    """El mismo contenido con el sello de la entidad: tiene los mismos folios que el original."""
    archivo = fila.documento.archivo
    with storage.abrir(archivo.sha256) as flujo:
        contenido = flujo.read()
    if archivo.mime != "application/pdf":
        contenido = _en_pdf(contenido)
    motivo = "Copia autenticada por desglose"
    try:
        sellada = firma.sellar(pdf=contenido, motivo=motivo, ahora=ahora)
    except EntradaInvalida:
        # Hay programas que hacen PDF que se ven bien y no cumplen su norma: la copia se reescribe; el original no.
        sellada = firma.sellar(pdf=_reescrito(contenido), motivo=motivo, ahora=ahora)
    nombre = f"copia-autenticada-folio-{fila.folio_desde}.pdf"
    return documentos.guardar_pdf_propio(actor=actor, nombre=nombre, pdf=sellada, ahora=ahora)


def _en_pdf(imagen: bytes) -> bytes:
    """Una foto presentada como documento, en un PDF de una página."""
    from PIL import Image  # noqa: PLC0415 (solo la paga quien desglosa una foto)

    salida = io.BytesIO()
    with Image.open(io.BytesIO(imagen)) as abierta:
        abierta.convert("RGB").save(salida, "PDF")
    return _reescrito(salida.getvalue())


def _reescrito(contenido: bytes) -> bytes:
    """Las mismas páginas, en un PDF bien formado.

    :raises EntradaInvalida: si no se puede leer
    """
    import pikepdf  # noqa: PLC0415 (solo lo paga quien lo necesita)

    salida = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(contenido)) as leido:
            leido.save(salida, deterministic_id=True)
    except pikepdf.PdfError as error:
        raise EntradaInvalida(
            "Este documento está dañado: no se puede hacer de él una copia autenticada."
        ) from error
    return salida.getvalue()


def _constancia(
    expediente: Expediente,
    fila: Incorporado,
    original: Archivo,
    actor: Persona,
    entregado_a: Persona,
    motivo: str,
    ahora: datetime,
) -> Documento:
    """La constancia del instructor y del solicitante, con la fecha y los folios; impresa, ambos la pueden firmar."""
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora))
    folios = (
        f"{fila.folio_desde}"
        if fila.folio_desde == fila.folio_hasta
        else f"{fila.folio_desde} a {fila.folio_hasta}"
    )
    datos = {
        "encabezado_principal": "Constancia de desglose",
        "organo": expediente.unidad_responsable.nombre,
        "texto": [
            "Se deja constancia de que el documento que abajo se identifica se desglosó del expediente y se entregó a "
            "quien lo pidió. En su lugar queda copia autenticada, con la misma foliación."
        ],
        "secciones": [
            {
                "titulo": "Qué se desglosó",
                "filas": [
                    ["Expediente", expediente.numero],
                    ["Documento", f"{fila.documento.tipo}: {fila.documento.asunto}"],
                    ["Folios", f"{folios} ({fila.documento.folios} en total)"],
                    ["Para qué", motivo.strip()],
                    ["Fecha", pdf.fecha_hora(ahora)],
                ],
            },
            {
                "titulo": "Quién lo entrega y quién lo recibe",
                "filas": [
                    ["Instructor", actor.nombre_completo],
                    ["Solicitante", f"{entregado_a.nombre_completo} ({entregado_a.documento})"],
                    [
                        "Si se firma en papel",
                        "Instructor: ____________________   Solicitante: ____________________",
                    ],
                ],
            },
        ],
        "huellas": [{"nombre": original.nombre, "sha256": original.sha256}],
        "verificacion": recuadro(cvd),
    }
    titulo = f"Constancia de desglose, folios {folios}"
    compuesta = pdf.componer("constancia", datos, titulo=titulo, ahora=ahora)
    return documentos.guardar_sellado(
        pdf=compuesta,
        motivo="Constancia de desglose",
        caja=pdf.caja_de_firma(0),
        tipo="CONSTANCIA",
        asunto=titulo,
        nombre="desglose.pdf",
        cvd=cvd,
        actor=actor,
        ahora=ahora,
        autor=actor,
        unidad=expediente.unidad_responsable,
        metadatos={"expediente": expediente.numero},
    )
