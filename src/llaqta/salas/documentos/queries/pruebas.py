"""La prueba de que un documento está en el registro: la del suceso con que entró el archivo que hoy tiene."""

from __future__ import annotations

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import pruebas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.events import DocumentoGuardado, VersionAgregada
from llaqta.salas.documentos.models import Documento

_ENTRADAS = (DocumentoGuardado.tipo(), VersionAgregada.tipo())


class SinHuellaEnElRegistro(NoProcede):
    """El documento se guardó antes de que el registro anotara las huellas: no hay prueba que dar."""


def get_suceso_de_entrada(documento: Documento, *, para: Persona | None) -> Suceso:
    """El suceso con que entró al registro el archivo que hoy tiene el documento, con su huella y su tamaño.

    :raises SinHuellaEnElRegistro: si entró antes de que se anotaran las huellas
    """
    suceso = (
        Suceso.objects.filter(
            objeto_tipo=Documento._meta.label,
            objeto_id=str(documento.pk),
            tipo__in=_ENTRADAS,
            datos__archivo_id=documento.archivo_id,
        )
        .order_by("-pk")
        .first()
    )
    if suceso is None or suceso.datos.get("huella") != documento.archivo.sha256:
        raise SinHuellaEnElRegistro(
            "Este documento se guardó antes de que el registro de la municipalidad anotara la huella de cada archivo: "
            "sus firmas se pueden comprobar, pero no tiene prueba de registro."
        )
    return suceso


def get_prueba(documento: Documento, *, para: Persona | None) -> pruebas.Prueba:
    """La prueba de inclusión en el registro del archivo que hoy tiene el documento.

    El paquete abre solo los identificadores, la huella y el tamaño: se puede dar a quien tiene el código del
    documento sin darle su contenido.

    :raises SinHuellaEnElRegistro: si entró antes de que se anotaran las huellas
    :raises pruebas.TodaviaNo: si el suceso aún no está en un punto de control firmado: en segundos lo estará
    """
    return pruebas.get_prueba(get_suceso_de_entrada(documento, para=para).pk)
