"""Prorrogar, abandonar, desistirse, acumular, enviar a otra entidad: qué permite la ley, cuándo, y qué dice si no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.cuentas import services as cuentas
from llaqta.salas.cuentas.models import Persona, Representacion, UnidadOrganica
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import (
    Acumulacion,
    CambioDePlazo,
    EfectoDeActo,
    Expediente,
    Movimiento,
    Plantilla,
)
from llaqta.salas.expedientes.services import reloj

Huella = Callable[[], dict[str, int]]


def en(dia: date, hora: int = 10) -> datetime:
    return datetime(dia.year, dia.month, dia.day, hora, tzinfo=LIMA)


@pytest.fixture
def pedido(
    en_tramite: Expediente,
    especialista: Persona,
    asesor: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> Movimiento:
    """Un pedido de opinión a Asesoría Jurídica, ya recibido: vence el miércoles 10 de junio."""
    movimiento = expedientes.pedir_informe(
        actor=especialista, expediente=en_tramite, para_unidad=unidades["OAJ"], motivo="para opinión",
        proveido="¿Procede?", ahora=ahora,
    )  # fmt: skip
    return expedientes.recibir_movimiento(actor=asesor, movimiento=movimiento, ahora=ahora)


# --- Prórroga (136.2) ---------------------------------------------------------------------------------------
def test_un_informe_se_prorroga_una_vez_y_antes_de_vencer(
    pedido: Movimiento, asesor: Persona, huella_de_la_base: Huella
) -> None:
    assert pedido.vence_el == date(2026, 6, 10)
    prorrogado = expedientes.prorrogar_informe(
        actor=asesor, movimiento=pedido, motivo="Falta el plano del otro predio", ahora=en(date(2026, 6, 10))
    )
    assert (prorrogado.vencia_el, prorrogado.vence_el) == (date(2026, 6, 10), date(2026, 6, 15))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="una sola vez") as negativa:
        expedientes.prorrogar_informe(
            actor=asesor, movimiento=pedido, motivo="Más", ahora=en(date(2026, 6, 11))
        )
    assert negativa.value.norma == "Ley 27444, arts. 132.3 y 136.2"
    assert huella_de_la_base() == antes


def test_vencido_ya_no_se_prorroga(pedido: Movimiento, asesor: Persona, huella_de_la_base: Huella) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="venció el 10/06/2026: la prórroga se pide antes"):
        expedientes.prorrogar_informe(
            actor=asesor, movimiento=pedido, motivo="Un viaje", ahora=en(date(2026, 6, 11))
        )
    assert huella_de_la_base() == antes


def test_la_prorroga_la_pide_la_unidad_consultada_y_dice_por_que(
    pedido: Movimiento, asesor: Persona, especialista: Persona, ahora: datetime
) -> None:
    with pytest.raises(Denegado):
        expedientes.prorrogar_informe(actor=especialista, movimiento=pedido, motivo="Un viaje", ahora=ahora)
    with pytest.raises(EntradaInvalida, match="por qué necesita más días"):
        expedientes.prorrogar_informe(actor=asesor, movimiento=pedido, motivo=" ", ahora=ahora)


# --- Abandono (191; peru-law (a) 50) ------------------------------------------------------------------------
PARALIZADO = date(2026, 9, 1)


@pytest.fixture
def paralizado(en_tramite: Expediente, especialista: Persona) -> Expediente:
    """Detenido desde el martes 1 de setiembre de 2026 porque el administrado no hizo lo que se le pidió."""
    return expedientes.anotar_paralizacion(
        actor=especialista, expediente=en_tramite, desde=PARALIZADO, motivo="No publicó el aviso.",
        ahora=en(date(2026, 9, 2)),
    )  # fmt: skip


def _redactar(actor: Persona, expediente: Expediente, plantilla: Plantilla, dia: date) -> Any:
    return expedientes.redactar_proyecto(
        actor=actor, expediente=expediente, plantilla=plantilla, ahora=en(dia)
    )


def test_el_abandono_se_declara_desde_el_15_de_octubre_y_no_antes(
    paralizado: Expediente,
    especialista: Persona,
    jefe: Persona,
    plantillas: dict[str, Plantilla],
    huella_de_la_base: Huella,
) -> None:
    plantilla = plantillas["Resolución que declara el abandono"]
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="desde el jueves 15 de octubre de 2026") as negativa:
        _redactar(especialista, paralizado, plantilla, date(2026, 10, 14))
    assert negativa.value.norma == "Ley 27444, art. 191"
    assert huella_de_la_base() == antes
    proyecto = _redactar(especialista, paralizado, plantilla, date(2026, 10, 15))
    assert (proyecto.efecto, proyecto.pone_fin) == (EfectoDeActo.ABANDONO, True)


def test_el_abandono_lo_declara_solo_la_resolucion_notificada(
    paralizado: Expediente,
    especialista: Persona,
    jefe: Persona,
    ciudadana: Persona,
    plantillas: dict[str, Plantilla],
    con_certificado: None,
    con_casilla: None,
) -> None:
    dia = date(2026, 10, 15)
    proyecto = _redactar(especialista, paralizado, plantillas["Resolución que declara el abandono"], dia)
    expedientes.editar_proyecto(
        actor=especialista, proyecto=proyecto, asunto=proyecto.asunto, firmante=proyecto.firmante,
        cuerpo=proyecto.cuerpo.replace("(escriba aquí qué se le requirió y cuándo se le notificó)", "publicar"),
        ahora=en(dia),
    )  # fmt: skip
    expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=en(dia))
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=en(dia))
    paralizado.refresh_from_db()
    assert paralizado.estado == "RESUELTO"  # firmada, todavía no abandonado
    notificacion = expedientes.notificar_decision(
        actor=especialista, expediente=paralizado, documento=documento, ahora=en(dia)
    )
    casilla.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=en(dia, 12))
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=en(dia, 12))
    paralizado.refresh_from_db()
    assert paralizado.estado == "ABANDONADO"


def test_si_el_administrado_actua_deja_de_estar_paralizado(
    paralizado: Expediente, especialista: Persona, plantillas: dict[str, Plantilla]
) -> None:
    expedientes.levantar_paralizacion(expediente=paralizado)
    with pytest.raises(NoProcede, match="anote desde cuándo está detenido"):
        _redactar(
            especialista, paralizado, plantillas["Resolución que declara el abandono"], date(2026, 10, 20)
        )


@pytest.mark.parametrize("desde", [date(2026, 5, 31), date(2026, 9, 3)])
def test_la_paralizacion_tiene_una_fecha_posible(
    en_tramite: Expediente, especialista: Persona, desde: date, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="desde el día en que se presentó hasta hoy"):
        expedientes.anotar_paralizacion(
            actor=especialista, expediente=en_tramite, desde=desde, motivo="Nada hizo.",
            ahora=en(date(2026, 9, 2)),
        )  # fmt: skip
    assert huella_de_la_base() == antes


# --- Desistimiento (189) ------------------------------------------------------------------------------------
def test_se_desiste_del_procedimiento_si_no_dice_otra_cosa(
    en_tramite: Expediente, ciudadana: Persona, ahora: datetime
) -> None:
    desistimiento = expedientes.anotar_desistimiento(actor=ciudadana, expediente=en_tramite, ahora=ahora)
    assert desistimiento.clase == "PROCEDIMIENTO"
    repetido = expedientes.anotar_desistimiento(actor=ciudadana, expediente=en_tramite, ahora=ahora)
    assert repetido.pk == desistimiento.pk
    assert Suceso.objects.filter(tipo="expedientes.DesistimientoPresentado").count() == 1


def test_no_se_acepta_un_desistimiento_que_nadie_presento(
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    ciudadana: Persona,
    plantillas: dict[str, Plantilla],
) -> None:
    plantilla = plantillas["Resolución que acepta el desistimiento"]
    dia = date(2026, 6, 3)
    with pytest.raises(NoProcede, match="Nadie se ha desistido"):
        _redactar(especialista, en_tramite, plantilla, dia)
    expedientes.anotar_desistimiento(actor=ciudadana, expediente=en_tramite, ahora=en(dia))
    assert _redactar(especialista, en_tramite, plantilla, dia).efecto == EfectoDeActo.DESISTIMIENTO


def test_nadie_desiste_por_otro_sin_serlo(
    en_tramite: Expediente, otro_ciudadano: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.anotar_desistimiento(actor=otro_ciudadano, expediente=en_tramite, ahora=ahora)
    assert huella_de_la_base() == antes


def test_de_la_pretension_por_otro_solo_con_poder_formal(
    en_tramite: Expediente, ciudadana: Persona, otro_ciudadano: Persona, ventanilla: Persona, ahora: datetime
) -> None:
    poder = cuentas.registrar_representacion(
        actor=ventanilla, representado=ciudadana, representante=otro_ciudadano, sustento="Carta poder simple",
        desde=date(2026, 1, 2), ahora=ahora,
    )  # fmt: skip
    with pytest.raises(Denegado, match="hace falta un poder formal") as negativa:
        expedientes.anotar_desistimiento(
            actor=otro_ciudadano, expediente=en_tramite, clase="PRETENSION", ahora=ahora
        )
    assert negativa.value.norma == "Ley 27444, art. 115.2"
    Representacion.objects.filter(pk=poder.pk).update(es_especial=True)
    hecho = expedientes.anotar_desistimiento(
        actor=otro_ciudadano, expediente=en_tramite, clase="PRETENSION", ahora=ahora
    )
    assert hecho.clase == "PRETENSION"


def test_quien_deja_de_representar_deja_de_ver(
    abrir: Callable[..., Expediente],
    ciudadana: Persona,
    otro_ciudadano: Persona,
    ventanilla: Persona,
    ahora: datetime,
) -> None:
    expediente = abrir(representante=otro_ciudadano)
    assert expediente in Expediente.objects.visible_to(otro_ciudadano)  # presentó con su carta en la mano
    poder = cuentas.registrar_representacion(
        actor=ventanilla, representado=ciudadana, representante=otro_ciudadano, sustento="Carta poder simple",
        desde=date(2026, 1, 2), ahora=ahora,
    )  # fmt: skip
    assert expediente in Expediente.objects.visible_to(otro_ciudadano)
    Representacion.objects.filter(pk=poder.pk).update(hasta=date(2026, 5, 1))
    assert expediente not in Expediente.objects.visible_to(otro_ciudadano)
    with pytest.raises(Denegado):
        expedientes.anotar_desistimiento(actor=otro_ciudadano, expediente=expediente, ahora=ahora)


# --- Acumulación (116 y 149) --------------------------------------------------------------------------------
@pytest.fixture
def dos(
    en_tramite: Expediente,
    abrir: Callable[..., Expediente],
    documento: Callable[..., Any],
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
) -> tuple[Expediente, Expediente]:
    """El de Rosa del 1 de junio y otro conexo, de 25 folios, de dos días después; ambos en la misma unidad."""
    despues = en(date(2026, 6, 3))
    otro = abrir([documento(25)], presentado_en=despues, ahora=despues)
    movimiento = expedientes.derivar(
        actor=ventanilla, expediente=otro, para_unidad=unidades["SGLC"], motivo="para su atención", proveido="",
        desde_mesa=True, ahora=despues,
    )  # fmt: skip
    expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=despues)
    return en_tramite, Expediente.objects.get(pk=otro.pk)


def test_el_acumulado_sigue_dentro_del_principal_sin_continuar_los_folios(
    dos: tuple[Expediente, Expediente], especialista: Persona
) -> None:
    principal, otro = dos
    folios = principal.folios
    acumulacion = expedientes.acumular(
        actor=especialista, principal=principal, acumulado=otro, motivo="El mismo local.",
        ahora=en(date(2026, 6, 4)),
    )  # fmt: skip
    otro.refresh_from_db()
    principal.refresh_from_db()
    assert (otro.estado, otro.acumulado_en_id) == ("ACUMULADO", principal.pk)
    assert (acumulacion.folios, principal.folios) == (25, folios)
    with pytest.raises(NoProcede, match="los actos se hacen en el principal"):
        expedientes.pedir_informe(
            actor=especialista, expediente=otro, para_unidad=principal.unidad_responsable, motivo="",
            proveido="¿?", ahora=en(date(2026, 6, 5)),
        )  # fmt: skip


def test_acumular_no_hace_esperar_mas_a_nadie(
    dos: tuple[Expediente, Expediente], especialista: Persona
) -> None:
    primero, segundo = dos
    vencia, antes = segundo.vence_el, primero.vence_el
    assert antes is not None
    assert vencia is not None
    assert antes < vencia
    expedientes.acumular(
        actor=especialista, principal=segundo, acumulado=primero, motivo="El mismo local.",
        ahora=en(date(2026, 6, 4)),
    )  # fmt: skip
    segundo.refresh_from_db()
    assert segundo.vence_el == antes
    cambio = CambioDePlazo.objects.get(expediente=segundo)
    assert (cambio.causa, cambio.antes, cambio.despues) == ("ACUMULACION", vencia, antes)


def test_separado_vuelve_con_el_plazo_que_tenia(
    dos: tuple[Expediente, Expediente], especialista: Persona
) -> None:
    principal, otro = dos
    vencia = otro.vence_el
    acumulacion = expedientes.acumular(
        actor=especialista, principal=principal, acumulado=otro, motivo="El mismo local.",
        ahora=en(date(2026, 6, 4)),
    )  # fmt: skip
    for _ in range(2):  # separar dos veces es separar una
        expedientes.desacumular(
            actor=especialista, acumulacion=acumulacion, motivo="Son locales distintos.",
            ahora=en(date(2026, 6, 8)),
        )  # fmt: skip
    otro.refresh_from_db()
    assert (otro.estado, otro.vence_el, otro.acumulado_en_id) == ("EN_TRAMITE", vencia, None)
    assert Acumulacion.objects.get().separado_en is not None
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteSeparado").count() == 2


def test_no_se_acumula_lo_que_termina_distinto_con_el_silencio(
    dos: tuple[Expediente, Expediente], especialista: Persona, huella_de_la_base: Huella
) -> None:
    principal, otro = dos
    Expediente.objects.filter(pk=otro.pk).update(calificacion="SILENCIO_NEGATIVO")
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="el silencio de uno no puede valer para el otro"):
        expedientes.acumular(
            actor=especialista, principal=principal, acumulado=otro, motivo="Conexos.",
            ahora=en(date(2026, 6, 4)),
        )  # fmt: skip
    with pytest.raises(EntradaInvalida, match="no se acumula a sí mismo"):
        expedientes.acumular(
            actor=especialista,
            principal=principal,
            acumulado=principal,
            motivo="x",
            ahora=en(date(2026, 6, 4)),
        )
    assert huella_de_la_base() == antes


# --- Otra entidad (130) -------------------------------------------------------------------------------------
def test_lo_que_es_de_otra_entidad_se_le_envia_y_aqui_deja_de_correr(
    en_tramite: Expediente, especialista: Persona, ahora: datetime
) -> None:
    expedientes.derivar_a_otra_entidad(
        actor=especialista, expediente=en_tramite, entidad="Autoridad Nacional del Agua", ruc="20999000020",
        motivo="Ley 29338, art. 15.", ahora=ahora,
    )  # fmt: skip
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "DERIVADO_A_OTRA_ENTIDAD"
    assert (en_tramite.vence_el, en_tramite.silencio_desde) == (None, None)
    assert not en_tramite.movimientos.filter(atendido_en__isnull=True).exists()


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({"entidad": " "}, "nombre de la entidad"),
        ({"motivo": ""}, "por qué es de competencia"),
        ({"ruc": "20999000012"}, "Ese RUC no existe"),
    ],
)
def test_a_otra_entidad_se_envia_sabiendo_a_cual_y_por_que(
    en_tramite: Expediente,
    especialista: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
    datos: dict[str, str],
    frase: str,
) -> None:
    antes = huella_de_la_base()
    completos = {"entidad": "SUNARP", "motivo": "Ley 26366.", "ruc": "", **datos}
    with pytest.raises(EntradaInvalida, match=frase):
        expedientes.derivar_a_otra_entidad(
            actor=especialista, expediente=en_tramite, ahora=ahora, **completos
        )
    assert huella_de_la_base() == antes


def test_el_envio_deja_una_constancia_que_ve_el_administrado(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona, tipos: dict[str, Any], ahora: datetime
) -> None:
    TipoDocumento.objects.get_or_create(codigo="CONSTANCIA", defaults={"nombre": "Constancia"})
    expedientes.derivar_a_otra_entidad(
        actor=especialista, expediente=en_tramite, entidad="SUNARP", motivo="Ley 26366.", ahora=ahora
    )
    constancia = expedientes.sellar_envio_a_entidad(expediente_id=en_tramite.pk, ahora=ahora)
    assert expedientes.sellar_envio_a_entidad(expediente_id=en_tramite.pk, ahora=ahora) == constancia
    assert constancia.firmado
    assert en_tramite.incorporados.get(documento=constancia).visible_para_administrado


def test_el_plazo_heredado_trae_sus_suspensiones_al_contarse_otra_vez(
    dos: tuple[Expediente, Expediente], especialista: Persona, ciudadana: Persona
) -> None:
    primero, segundo = dos
    expedientes.suspender(
        actor=ciudadana, expediente=primero, desde=date(2026, 6, 4), hasta=date(2026, 6, 4), motivo="Un viaje.",
        ahora=en(date(2026, 6, 3)),
    )  # fmt: skip
    primero.refresh_from_db()
    antes = primero.vence_el
    assert antes == date(2026, 6, 12)  # ocho días desde el 1 de junio, y uno que no se cuenta
    expedientes.declarar_vencimientos(ahora=en(date(2026, 6, 5)))
    expedientes.acumular(
        actor=especialista, principal=segundo, acumulado=primero, motivo="El mismo local.",
        ahora=en(date(2026, 6, 8)),
    )  # fmt: skip
    segundo = Expediente.objects.get(pk=segundo.pk)
    assert segundo.vence_el == antes
    reloj.mover(segundo, causa="CALENDARIO", motivo="Nada cambió.", ahora=en(date(2026, 6, 9)))
    assert segundo.vence_el == antes
