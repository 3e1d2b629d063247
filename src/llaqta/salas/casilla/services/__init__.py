"""Lo que se puede hacer con la casilla: aceptarla, depositar, abrir, avisar, y declarar lo que ya surtió efecto."""

from llaqta.salas.casilla.policies import SinCasilla
from llaqta.salas.casilla.services.alertar import (
    abrir_alerta,
    abrir_alertas,
    anotar_envio,
    anotar_rebote,
    rebotar,
    reintentar_alerta,
    tomar_alerta,
)
from llaqta.salas.casilla.services.conciliar import conciliar, reintentar_desajuste
from llaqta.salas.casilla.services.consentir import aceptar_casilla, revocar_casilla
from llaqta.salas.casilla.services.cuadrar import publicar_balance
from llaqta.salas.casilla.services.depositar import abrir_notificacion, depositar
from llaqta.salas.casilla.services.surtir import (
    anular_notificacion,
    convalidar,
    declarar_eficacia,
    derivar_a_cedula,
)

__all__ = [
    "SinCasilla",
    "abrir_alerta",
    "abrir_alertas",
    "abrir_notificacion",
    "aceptar_casilla",
    "anotar_envio",
    "anotar_rebote",
    "anular_notificacion",
    "conciliar",
    "convalidar",
    "declarar_eficacia",
    "depositar",
    "derivar_a_cedula",
    "publicar_balance",
    "rebotar",
    "reintentar_alerta",
    "reintentar_desajuste",
    "revocar_casilla",
    "tomar_alerta",
]
