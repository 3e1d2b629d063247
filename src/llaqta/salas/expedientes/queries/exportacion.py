"""Lo que se puede preguntar de un expediente que sale entero, y de los que llegaron de otras entidades."""

from __future__ import annotations

from llaqta.cimientos.errors import Negativa, NoEncontrado
from llaqta.cimientos.web.paginas import Pagina, paginar
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.models import DocumentoRecibido, Expediente, ExpedienteRecibido, Exportacion
from llaqta.salas.expedientes.queries.expediente import NO_ESTA


def puede_exportar(expediente: Expediente, *, para: Persona) -> bool:
    """Verdadero si ``para``, que ya ve el expediente, se lo puede llevar entero."""
    try:
        policies.check_exportar(para, expediente)
    except Negativa:
        return False
    return True


def get_por_consola(numero: str, *, para: Persona | None) -> Expediente:
    """El expediente con ese número, para quien opera la máquina: ya tiene el disco y la base.

    :raises NoEncontrado: si no existe
    """
    leido = rules.leer_numero(numero)
    hallado = (
        Expediente.objects.select_related(
            "version_tramite__procedimiento", "administrado", "unidad_responsable"
        )
        .filter(numero=leido)
        .first()
        if leido
        else None
    )
    if hallado is None:
        raise NoEncontrado(NO_ESTA)
    return hallado


def get_ultima_exportacion(expediente: Expediente, *, para: Persona) -> Exportacion | None:
    """El último paquete que pidió ``para`` de ese expediente, si pidió alguno."""
    return (
        Exportacion.objects.filter(expediente=expediente, pedida_por=para)
        .select_related("archivo")
        .order_by("-pk")
        .first()
    )


def get_exportacion(pk: int, *, para: Persona) -> Exportacion:
    """Un paquete que pidió ``para``.

    :raises NoEncontrado: si no existe o lo pidió otra persona
    """
    hallada = (
        Exportacion.objects.filter(pk=pk, pedida_por=para)
        .select_related("archivo", "expediente__unidad_responsable")
        .first()
    )
    if hallada is None:
        raise NoEncontrado
    return hallada


def list_recibidos(*, para: Persona, cursor: str = "") -> Pagina[ExpedienteRecibido]:
    """Los expedientes que llegaron de otras entidades, el último primero.

    :raises Denegado: si no le corresponde verlos
    """
    policies.check_ver_recibidos(para)
    return paginar(ExpedienteRecibido.objects.all(), orden=("-id",), cursor=cursor)


def get_recibido(pk: int, *, para: Persona) -> tuple[ExpedienteRecibido, list[DocumentoRecibido]]:
    """Un expediente recibido, con sus documentos en orden.

    :raises Denegado: si no le corresponde verlos
    :raises NoEncontrado: si no existe
    """
    policies.check_ver_recibidos(para)
    hallado = ExpedienteRecibido.objects.filter(pk=pk).select_related("recibido_por", "paquete").first()
    if hallado is None:
        raise NoEncontrado
    return hallado, list(hallado.documentos.select_related("documento__archivo").order_by("orden"))
