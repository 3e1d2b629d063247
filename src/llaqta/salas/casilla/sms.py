"""El aviso por mensaje de texto: cabe en uno solo, y no dice qué dice el acto."""

from __future__ import annotations

from django.conf import settings

from llaqta.cimientos.models import Entidad
from llaqta.salas.casilla.mensajeria import Despacho, abrir_mensajeria
from llaqta.salas.casilla.mensajeria.texto import LARGO_GSM, a_gsm
from llaqta.salas.casilla.models import Alerta, Notificacion, ReglaDeEfecto


def enviar_aviso(alerta: Alerta) -> Despacho:
    """Lo envía por la vía que eligió la municipalidad, con el uuid del intento como llave."""
    try:
        mensajeria = abrir_mensajeria()
    except LookupError as error:
        return Despacho(False, "", str(error))
    texto = redactar(alerta.notificacion)
    return mensajeria.enviar(numero=alerta.direccion, texto=texto, llave=str(alerta.token))


def redactar(notificacion: Notificacion) -> str:
    """El texto, en 160 letras o menos; si el enlace no cabe, se dice dónde está la casilla sin él."""
    entidad = Entidad.actual()
    inicio = f"{entidad.nombre_corto}: tiene una notificacion en su casilla electronica, {notificacion.expediente}."
    final = _desde_cuando(notificacion)
    enlace = f"{settings.URL_PUBLICA}/casilla/"
    for candidato in (f"{inicio} {final} {enlace}", f"{inicio} {enlace}", f"{inicio} {final}"):
        if len(dicho := a_gsm(candidato)) <= LARGO_GSM:
            return dicho
    return a_gsm(f"{inicio[: LARGO_GSM - 1]}.")[:LARGO_GSM]


def _desde_cuando(notificacion: Notificacion) -> str:
    if notificacion.regla_efecto == ReglaDeEfecto.LEY31736_5DIAS:
        return f"Tiene {notificacion.dias_para_acusar} dias habiles para abrirla."
    return "Abrala cuanto antes."
