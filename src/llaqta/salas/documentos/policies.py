"""Quién puede ver, recibir y guardar documentos, y la frase que dice por qué no."""

from __future__ import annotations

from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo, Conservacion, Documento
from llaqta.salas.firma.queries import hay_tsa

FRASE_SIN_CUENTA = "Para adjuntar documentos, ingrese a su cuenta."


def check_recibir(actor: Persona | None) -> Persona:
    """Cualquier persona con cuenta puede adjuntar archivos (la recepción no se niega: Ley 27444, art. 124.1).

    :raises Denegado: si nadie ha ingresado
    """
    if actor is None:
        raise Denegado(FRASE_SIN_CUENTA)
    return actor


def check_admitido(archivo: Archivo) -> None:
    """Un archivo en cuarentena no se tramita ni se sirve.

    :raises NoProcede: si está retenido, con la razón
    """
    if archivo.estado == Archivo.Estado.CUARENTENA:
        raise NoProcede(frase_de_cuarentena(archivo))


def frase_de_cuarentena(archivo: Archivo) -> str:
    """Lo que se dice a la persona cuyo archivo quedó retenido; vacío si está admitido."""
    if archivo.estado == Archivo.Estado.ADMITIDO:
        return ""
    return (
        f"El archivo «{archivo.nombre}» quedó retenido por seguridad: contiene {archivo.motivo}. "
        "Ábralo en su equipo, guárdelo con «Imprimir → Guardar como PDF» y adjunte ese archivo nuevo."
    )


def check_ver(para: Persona | None, documento: Documento) -> None:
    """Comprueba que ``para`` pueda ver el documento; ajeno e inexistente se responden igual.

    :raises NoEncontrado: si no le corresponde
    """
    if not Documento.objects.visible_to(para).filter(pk=documento.pk).exists():
        raise NoEncontrado


def check_comprobar_firmas(actor: Persona | None, documento: Documento) -> Persona:
    """El personal que puede ver un documento puede pedir que se comprueben otra vez sus firmas.

    :raises NoEncontrado: si no puede verlo
    :raises Denegado: si no es del personal
    """
    check_ver(actor, documento)
    if actor is None or not actor.es_del_personal:
        raise Denegado("Las firmas de lo recibido las vuelve a comprobar la municipalidad.")
    return actor


class SelloPendiente(NoProcede):
    """Al documento todavía le falta su sello de tiempo: en unos segundos lo tendrá."""


def check_lista_para_salir(documento: Documento) -> None:
    """Un acto sale de la municipalidad con su sello de tiempo, si la entidad tiene quien lo ponga.

    Con él se puede probar que se firmó antes de notificarlo, aunque el certificado venza o se revoque después.

    :raises SelloPendiente: si el sello se está poniendo
    :raises NoProcede: si no se pudo poner
    """
    conservacion = Conservacion.objects.filter(documento=documento).first()
    if conservacion is None or not conservacion.espera_su_sello or not hay_tsa():
        return
    if conservacion.estado == Conservacion.Estado.FALLIDA:
        raise NoProcede(
            f"No se pudo poner el sello de tiempo a «{documento}»: {conservacion.detalle} "
            "Avise a quien administra el sistema."
        )
    raise SelloPendiente(
        f"Se está poniendo el sello de tiempo a «{documento}». Vuelva a intentarlo en unos segundos."
    )


def check_administrar_conservacion(actor: Persona | None) -> Persona:
    """La conservación de lo firmado la mira y la apura quien administra el sistema.

    :raises Denegado: si no le corresponde
    """
    cuentas.exigir(actor, "cimientos.administrar")
    return cuentas.exigir_persona(actor)


def check_vigente(documento: Documento) -> None:
    """Un documento anulado ya no cambia.

    :raises NoProcede: si fue anulado
    """
    if documento.anulado_en is not None:
        raise NoProcede(f"El documento «{documento}» fue anulado y ya no se puede cambiar.")


def check_administrar_numeracion(actor: Persona | None) -> None:
    """La numeración la administra quien administra los ajustes de la municipalidad.

    :raises Denegado: si no le corresponde
    """
    cuentas.exigir(actor, "cimientos.administrar")


def check_ver_numeracion(para: Persona | None) -> None:
    """Los números anulados y los saltos de una serie los ve también quien controla.

    :raises Denegado: si no administra ni controla
    """
    if not (para is not None and para.puede("auditoria.ver")):
        check_administrar_numeracion(para)


def check_anular_numero(actor: Persona, documento: Documento) -> None:
    """El número lo anula la jefatura de la unidad que lo dio, o quien lo firmó por delegación; administrar no basta.

    :raises NoProcede: si el documento no lleva un número de la municipalidad
    :raises Denegado: si hoy no dirige esa unidad
    """
    if documento.es_ajeno or not documento.numero or documento.unidad is None:
        raise NoProcede("Este documento no lleva un número de la municipalidad: no hay número que anular.")
    cuentas.exigir(actor, "expedientes.firmar")
    if not (actor.jefatura_de(documento.unidad.pk) or documento.autor_id == actor.pk):
        raise Denegado(
            f"El número {documento.numero} solo lo anula la jefatura de {documento.unidad}, que lo emitió."
        )
