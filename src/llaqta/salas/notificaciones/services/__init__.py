"""Lo que se puede hacer para notificar fuera de la casilla."""

from llaqta.salas.notificaciones.policies import CorreoSinAutorizacion
from llaqta.salas.notificaciones.services.autorizar import autorizar_correo, revocar_correo
from llaqta.salas.notificaciones.services.enviar import (
    acusar_recibo,
    anotar_envio,
    declarar_sin_acuse,
    enviar_por_correo,
)
from llaqta.salas.notificaciones.services.ordenar import Encargo, ordenar_cedula, sellar_cedula
from llaqta.salas.notificaciones.services.publicar import publicar
from llaqta.salas.notificaciones.services.sanear import anular_diligencia, convalidar
from llaqta.salas.notificaciones.services.surtir import declarar_eficacia
from llaqta.salas.notificaciones.services.visitar import adjuntar_acta, anotar_visita, asignar_notificador

__all__ = [
    "CorreoSinAutorizacion",
    "Encargo",
    "acusar_recibo",
    "adjuntar_acta",
    "anotar_envio",
    "anotar_visita",
    "anular_diligencia",
    "asignar_notificador",
    "autorizar_correo",
    "convalidar",
    "declarar_eficacia",
    "declarar_sin_acuse",
    "enviar_por_correo",
    "ordenar_cedula",
    "publicar",
    "revocar_correo",
    "sellar_cedula",
]
