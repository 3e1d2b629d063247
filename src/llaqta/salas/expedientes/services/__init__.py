"""Lo que se puede hacer con un expediente; cada archivo es un verbo, y los demás entran por aquí."""

from __future__ import annotations

from llaqta.salas.expedientes.services.abandonar import anotar_paralizacion, levantar_paralizacion
from llaqta.salas.expedientes.services.abrir import abrir, observar, subsanar
from llaqta.salas.expedientes.services.acumular import acumular, desacumular
from llaqta.salas.expedientes.services.anular import declarar_nulo, reponer_procedimiento
from llaqta.salas.expedientes.services.anular_emitido import anular_emitido
from llaqta.salas.expedientes.services.avisar_riesgo import avisar_riesgo, repartir_avisos_de_riesgo
from llaqta.salas.expedientes.services.constancias import (
    sellar,
    sellar_aprobacion_ficta,
    sellar_envio_a_entidad,
    sellar_requerimiento,
)
from llaqta.salas.expedientes.services.correr import (
    correr_correccion,
    correr_emplazamientos,
    decir_pasos,
    hasta_cuando_corrige,
)
from llaqta.salas.expedientes.services.derivar import archivar, derivar, recibir_movimiento
from llaqta.salas.expedientes.services.derivar_a_entidad import derivar_a_otra_entidad
from llaqta.salas.expedientes.services.desglosar import desglosar
from llaqta.salas.expedientes.services.desistir import anotar_desistimiento
from llaqta.salas.expedientes.services.diligenciar import (
    notificar_por_cedula,
    notificar_por_correo,
    notificar_por_publicacion,
)
from llaqta.salas.expedientes.services.emplazar import corregir_emplazamiento, emplazar, prever_emplazamiento
from llaqta.salas.expedientes.services.exportar import (
    DIAS_PARA_DESCARGAR,
    armar_exportacion,
    check_descargar,
    descargar_exportacion,
    exportar_a,
    pedir_exportacion,
    retirar_exportaciones,
)
from llaqta.salas.expedientes.services.firmantes import elegir_firmantes
from llaqta.salas.expedientes.services.firmar import firmar_proyecto
from llaqta.salas.expedientes.services.firmar_local import pedir_firma_local
from llaqta.salas.expedientes.services.firmar_lote import (
    TOPE_DE_LOTE,
    Elegido,
    Resultado,
    Viaje,
    firmar_lote,
    pedir_firma_local_de_lote,
    prever_lote,
)
from llaqta.salas.expedientes.services.foliar import incorporar
from llaqta.salas.expedientes.services.foliar_ajeno import agregar_expediente_foliado
from llaqta.salas.expedientes.services.importar import importar_expediente
from llaqta.salas.expedientes.services.informar import pedir_informe, prescindir_informe, rendir_informe
from llaqta.salas.expedientes.services.notificar import (
    anular_notificacion,
    dar_por_notificado,
    notificar_decision,
    tomar_conocimiento,
)
from llaqta.salas.expedientes.services.nulidad import abrir_audiencia, cerrar_nulidad, iniciar_nulidad
from llaqta.salas.expedientes.services.numeros_reservados import renunciar_al_numero
from llaqta.salas.expedientes.services.plantillas import cargar_plantillas
from llaqta.salas.expedientes.services.prorrogar import prorrogar_informe
from llaqta.salas.expedientes.services.recontar import recontar_abiertos
from llaqta.salas.expedientes.services.redactar import (
    devolver_proyecto,
    editar_proyecto,
    enviar_proyecto,
    redactar_proyecto,
    visar_proyecto,
)
from llaqta.salas.expedientes.services.silencio import anotar_declaracion_jurada
from llaqta.salas.expedientes.services.suspender import get_dias_por_suspender, reanudar, suspender
from llaqta.salas.expedientes.services.vencimientos import (
    Vencimientos,
    declarar_no_presentados,
    declarar_vencimientos,
)

__all__ = [
    "DIAS_PARA_DESCARGAR",
    "TOPE_DE_LOTE",
    "Elegido",
    "Resultado",
    "Vencimientos",
    "Viaje",
    "abrir",
    "abrir_audiencia",
    "acumular",
    "agregar_expediente_foliado",
    "anotar_declaracion_jurada",
    "anotar_desistimiento",
    "anotar_paralizacion",
    "anular_emitido",
    "anular_notificacion",
    "archivar",
    "armar_exportacion",
    "avisar_riesgo",
    "cargar_plantillas",
    "cerrar_nulidad",
    "check_descargar",
    "corregir_emplazamiento",
    "correr_correccion",
    "correr_emplazamientos",
    "dar_por_notificado",
    "decir_pasos",
    "declarar_no_presentados",
    "declarar_nulo",
    "declarar_vencimientos",
    "derivar",
    "derivar_a_otra_entidad",
    "desacumular",
    "descargar_exportacion",
    "desglosar",
    "devolver_proyecto",
    "editar_proyecto",
    "elegir_firmantes",
    "emplazar",
    "enviar_proyecto",
    "exportar_a",
    "firmar_lote",
    "firmar_proyecto",
    "get_dias_por_suspender",
    "hasta_cuando_corrige",
    "importar_expediente",
    "incorporar",
    "iniciar_nulidad",
    "levantar_paralizacion",
    "notificar_decision",
    "notificar_por_cedula",
    "notificar_por_correo",
    "notificar_por_publicacion",
    "observar",
    "pedir_exportacion",
    "pedir_firma_local",
    "pedir_firma_local_de_lote",
    "pedir_informe",
    "prescindir_informe",
    "prever_emplazamiento",
    "prever_lote",
    "prorrogar_informe",
    "reanudar",
    "recibir_movimiento",
    "recontar_abiertos",
    "redactar_proyecto",
    "rendir_informe",
    "renunciar_al_numero",
    "repartir_avisos_de_riesgo",
    "reponer_procedimiento",
    "retirar_exportaciones",
    "sellar",
    "sellar_aprobacion_ficta",
    "sellar_envio_a_entidad",
    "sellar_requerimiento",
    "subsanar",
    "suspender",
    "tomar_conocimiento",
    "visar_proyecto",
]
