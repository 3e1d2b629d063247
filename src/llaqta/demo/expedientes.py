"""Expedientes de muestra en estados distintos, hechos con los mismos servicios que usa la gente, días atrás.

Cada función cuenta una historia; van de la más antigua a la más nueva, para que los números salgan en orden. Aquí está
el camino de todos los días; lo que la ley hace con los plazos lo cuenta ``incidencias``, y ``revisiones``, lo que se
deshace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from llaqta.cimientos.queries import get_calendario
from llaqta.demo import incidencias, revisiones
from llaqta.demo.escena import LUCIA, MARIO, ROSA, TEODORO, Escena, adjuntos, envio
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.rules import TramiteNoVigente


def cargar_expedientes(*, personas: dict[str, Persona], ahora: datetime) -> int:
    """Cuenta las historias, si la municipalidad no tiene todavía ningún expediente; cada una queda entera o no queda.

    :returns: cuántas presentaciones nuevas hay
    """
    if Presentacion.objects.exists():
        return 0
    unidades = {unidad.siglas: unidad for unidad in UnidadOrganica.objects.all()}
    escena = Escena(personas=personas, unidades=unidades, calendario=get_calendario(), ahora=ahora)
    for historia in HISTORIAS:
        try:
            with transaction.atomic():
                historia(escena)
        except TramiteNoVigente:
            continue  # el reloj de esta máquina está antes de que rija el TUPA de muestra
    return Presentacion.objects.count()


def anuncio_resuelto_y_notificado(escena: Escena) -> None:
    """Rosa pidió permiso para el letrero de su bodega; la resolución está firmada y ella ya la leyó."""
    escena.abrir_casilla(ROSA, escena.hace(15, 8, 40))
    presentacion = escena.presentar(
        ROSA, "PA-ANUNC", "Letrero de la bodega «La Cosecha»", escena.hace(15, 9, 5), fotos=1
    )
    expediente = escena.derivar(presentacion, escena.hace(15, 11, 20))
    expediente = escena.recibir(LUCIA, expediente, escena.hace(15, 15, 10))
    proyecto = escena.redactar_la_resolucion(expediente, escena.hace(12, 10, 0))
    documento = escena.firmar(proyecto, escena.hace(11, 12, 15))
    escena.notificar_y_leer(expediente, documento, escena.hace(11, 15, 30), escena.hace(10, 19, 45))


def espectaculo_en_informe(escena: Escena) -> None:
    """Una función de teatro: licencias pidió opinión a Asesoría Jurídica y la espera."""
    presentacion = escena.presentar(
        TEODORO,
        "PA-ESPEC",
        "Función de teatro en la plaza por el aniversario",
        escena.hace(5, 10, 30),
        paginas=3,
    )
    expediente = escena.derivar(presentacion, escena.hace(5, 12, 0))
    expediente = escena.recibir(LUCIA, expediente, escena.hace(4, 8, 30))
    expedientes.pedir_informe(
        actor=escena.personas[LUCIA],
        expediente=expediente,
        para_unidad=escena.unidades["OAJ"],
        motivo="para opinión",
        proveido="Sírvase opinar sobre el uso de la plaza para un espectáculo con entrada libre.",
        ahora=escena.hace(4, 11, 40),
    )


def licencia_para_la_firma(escena: Escena) -> None:
    """La licencia de Teodoro espera la firma del subgerente."""
    presentacion = escena.presentar(
        TEODORO, "PA-AMBUL", "Puesto de emoliente en el jirón Los Cafetales", escena.hace(4, 16, 10)
    )
    expediente = escena.derivar(presentacion, escena.hace(3, 8, 20))
    expediente = escena.recibir(LUCIA, expediente, escena.hace(3, 9, 0))
    escena.redactar_la_resolucion(expediente, escena.hace(1, 15, 0))


def licencia_en_la_mesa_de_trabajo(escena: Escena) -> None:
    """La empresa presentó en ventanilla los papeles de su hotel; la especialista los está revisando."""
    presentacion = mesapartes.registrar_en_ventanilla(
        actor=escena.personas[MARIO],
        quien=mesapartes.QuienSePresenta(tipo_documento="RUC", numero_documento="20999000020"),
        tramite="PE-LIC-ALTO",
        asunto="Licencia para el hospedaje «Valle del Apurímac»",
        archivos=adjuntos(3),
        envio=envio("hospedaje"),
        ahora=escena.hace(2, 9, 15),
    )
    expediente = escena.derivar(presentacion, escena.hace(2, 9, 40))
    escena.recibir(LUCIA, expediente, escena.hace(2, 14, 30))


def bodega_observada(escena: Escena) -> None:
    """A Teodoro le falta la declaración de seguridad: la mesa lo observó y tiene dos días hábiles para corregir."""
    presentacion = escena.presentar(
        TEODORO, "PE-LIC-BAJO", "Licencia para la bodega «San Martín»", escena.hace(1, 9, 30)
    )
    requisito = presentacion.expediente.version_tramite.requisitos.get(orden=2)
    mesapartes.observar(
        actor=escena.personas[MARIO],
        presentacion=presentacion,
        items=[
            mesapartes.ItemPorObservar(
                requisito_id=requisito.pk,
                texto="Falta la declaración jurada de las condiciones de seguridad, firmada por el titular.",
            )
        ],
        ahora=escena.hace(1, 11, 0),
    )


def restaurante_por_recibir(escena: Escena) -> None:
    """La mesa acaba de derivar el restaurante de Rosa; la unidad todavía no lo recibe."""
    presentacion = escena.presentar(
        ROSA,
        "PE-LIC-MEDIO",
        "Licencia para el restaurante «El Cacaotal»",
        escena.hace(1, 16, 50),
        paginas=3,
        fotos=1,
    )
    escena.derivar(presentacion, escena.hace(0, 8, 15))


def bodega_por_revisar(escena: Escena) -> None:
    """Acaba de llegar la licencia de la bodega de Rosa: está la primera en la cola de la mesa."""
    escena.presentar(
        ROSA,
        "PE-LIC-BAJO",
        "Licencia para la bodega «La Cosecha»",
        escena.ahora - timedelta(minutes=35),
        fotos=1,
    )


HISTORIAS: Sequence[Callable[[Escena], None]] = (
    incidencias.sorteo_convocado,
    revisiones.kiosco_denegado,
    incidencias.puesto_denegado,
    incidencias.carretilla_sin_respuesta,
    revisiones.jugueria_en_revision,
    revisiones.kiosco_repuesto,
    anuncio_resuelto_y_notificado,
    incidencias.botica_aprobada_por_silencio,
    incidencias.ferreteria_no_presentada,
    incidencias.banderola_por_cedula,
    incidencias.panaderia_cerca_del_silencio,
    incidencias.paneles_acumulados,
    incidencias.feria_en_tramite,
    incidencias.discoteca_emplazada,
    espectaculo_en_informe,
    revisiones.panel_a_otra_entidad,
    licencia_para_la_firma,
    incidencias.rosa_apela,
    incidencias.cese_automatico,
    licencia_en_la_mesa_de_trabajo,
    incidencias.rosa_suspende_su_feria,
    incidencias.teodoro_se_queja,
    bodega_observada,
    restaurante_por_recibir,
    bodega_por_revisar,
)
