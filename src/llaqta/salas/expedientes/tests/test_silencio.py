"""El silencio administrativo en las palabras de la ley: qué lo detiene, qué lo hace operar y qué no es."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import queries, rules
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Expediente, Plantilla, Proyecto
from llaqta.salas.tramites.models import VersionProcedimiento

Huella = Callable[[], dict[str, int]]


def en(mes: int, dia: int, hora: int = 10, minuto: int = 0, segundo: int = 0) -> datetime:
    return datetime(2026, mes, dia, hora, minuto, segundo, tzinfo=LIMA)


def vencer(ahora: datetime, **opciones: Any) -> expedientes.Vencimientos:
    return expedientes.declarar_vencimientos(ahora=ahora, **opciones)


@pytest.fixture
def de_treinta(
    abrir: Callable[..., Expediente],
    licencia: VersionProcedimiento,
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
) -> Expediente:
    """Presentado el lunes 1 de junio de 2026 con 30 días hábiles y silencio positivo, y en trámite en su unidad."""
    licencia.plazo = 30
    licencia.save()
    return _en_tramite(abrir(), ventanilla, especialista, unidades)


@pytest.fixture
def con_negativo(
    abrir: Callable[..., Expediente],
    licencia: VersionProcedimiento,
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
) -> Expediente:
    """El mismo, con silencio negativo."""
    licencia.plazo, licencia.calificacion = 30, "SILENCIO_NEGATIVO"
    licencia.save()
    return _en_tramite(abrir(), ventanilla, especialista, unidades)


def _en_tramite(
    expediente: Expediente, ventanilla: Persona, especialista: Persona, unidades: dict[str, UnidadOrganica]
) -> Expediente:
    movimiento = expedientes.derivar(
        actor=ventanilla, expediente=expediente, para_unidad=unidades["SGLC"], motivo="para su atención", proveido="",
        desde_mesa=True, ahora=en(6, 1),
    )  # fmt: skip
    expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=en(6, 1))
    return Expediente.objects.get(pk=expediente.pk)


@pytest.fixture
def firmar(
    especialista: Persona, jefe: Persona, plantillas: dict[str, Plantilla], con_certificado: None
) -> Callable[[Expediente, datetime], Documento]:
    """Redacta y firma la resolución que otorga la licencia."""

    def hacer(expediente: Expediente, ahora: datetime) -> Documento:
        proyecto: Proyecto = expedientes.redactar_proyecto(
            actor=especialista, expediente=expediente, ahora=ahora,
            plantilla=plantillas["Resolución que otorga una licencia"],
        )  # fmt: skip
        enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
        return expedientes.firmar_proyecto(actor=jefe, proyecto=enviado, pin=PIN, ahora=ahora)

    return hacer


@pytest.fixture
def depositar(especialista: Persona, con_casilla: None) -> Callable[..., Notificacion]:
    """Deposita la decisión en la casilla de Rosa."""

    def hacer(expediente: Expediente, documento: Documento, ahora: datetime) -> Notificacion:
        notificado: Any = expedientes.notificar_decision(
            actor=especialista, expediente=expediente, documento=documento, ahora=ahora
        )
        return Notificacion.objects.get(documento=documento) if notificado is not None else notificado

    return hacer


# --- 4. Plazo más cinco días hábiles --------------------------------------------------------------------------------
def test_04_aprobado_desde_las_00_00_del_miercoles_22_de_julio(de_treinta: Expediente) -> None:
    assert (de_treinta.vence_el, de_treinta.limite_notificacion) == (date(2026, 7, 14), date(2026, 7, 21))
    for todavia_no in (en(7, 14, 23, 59, 59), en(7, 15), en(7, 21, 23, 59, 59)):
        assert vencer(todavia_no).aprobados == 0
    assert vencer(en(7, 22, 0, 0, 0)).aprobados == 1
    de_treinta.refresh_from_db()
    assert de_treinta.estado == "APROBADO_FICTO"
    assert de_treinta.silencio_operado_el == date(2026, 7, 22)
    suceso = Suceso.objects.get(tipo="expedientes.SilencioPositivoOperado")
    assert suceso.datos == {"expediente_id": de_treinta.pk, "desde": "2026-07-22"}
    assert (suceso.ocurrido_en, suceso.actor_id) == (en(7, 22, 0, 0, 0), None)


def test_04_apagado_una_semana_el_dia_es_el_mismo(de_treinta: Expediente) -> None:
    assert vencer(en(7, 30, 9, 15)).aprobados == 1
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.silencio_operado_el) == ("APROBADO_FICTO", date(2026, 7, 22))
    suceso = Suceso.objects.get(tipo="expedientes.SilencioPositivoOperado")
    assert (suceso.datos["desde"], suceso.ocurrido_en) == ("2026-07-22", en(7, 30, 9, 15))


def test_declararlo_dos_veces_no_hace_nada(de_treinta: Expediente, huella_de_la_base: Huella) -> None:
    vencer(en(7, 22))
    antes = huella_de_la_base()
    assert vencer(en(7, 22)) == expedientes.Vencimientos()
    assert vencer(en(8, 22)) == expedientes.Vencimientos()
    assert huella_de_la_base() == antes


def test_lo_aprobado_por_silencio_ya_no_se_resuelve(
    de_treinta: Expediente,
    especialista: Persona,
    jefe: Persona,
    plantillas: dict[str, Plantilla],
    con_certificado: None,
    huella_de_la_base: Huella,
) -> None:
    proyecto = expedientes.redactar_proyecto(
        actor=especialista, expediente=de_treinta, ahora=en(7, 20),
        plantilla=plantillas["Resolución que otorga una licencia"],
    )  # fmt: skip
    enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=en(7, 20))
    vencer(en(7, 22))
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ya quedó aprobado por silencio") as negativa:
        expedientes.firmar_proyecto(actor=jefe, proyecto=enviado, pin=PIN, ahora=en(7, 22))
    assert negativa.value.norma == "Ley 27444, arts. 188.1, 188.2 y 202"
    assert huella_de_la_base() == antes


# --- 5. Lo que salva es la notificación eficaz, no la firma -------------------------------------------------------
def test_05_firmada_sin_notificar_no_detiene_el_silencio(
    de_treinta: Expediente, firmar: Callable[..., Documento]
) -> None:
    firmar(de_treinta, en(7, 13))
    assert vencer(en(7, 22, 0)).aprobados == 1
    de_treinta.refresh_from_db()
    assert de_treinta.estado == "APROBADO_FICTO"


def test_05_depositada_el_14_sin_acuse_llega_tarde_por_un_dia(
    de_treinta: Expediente, firmar: Callable[..., Documento], depositar: Callable[..., Notificacion]
) -> None:
    notificacion = depositar(de_treinta, firmar(de_treinta, en(7, 13)), en(7, 14))
    assert notificacion.efecto_el == date(2026, 7, 22)
    assert vencer(en(7, 22, 0)).aprobados == 1
    de_treinta.refresh_from_db()
    assert de_treinta.estado == "APROBADO_FICTO"
    avisar_todo(ahora=en(7, 22, 1))
    casilla.declarar_eficacia(ahora=en(7, 22, 1))  # y que después surta efecto ya no lo cambia
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=en(7, 22, 1))
    de_treinta.refresh_from_db()
    assert de_treinta.estado == "APROBADO_FICTO"


def test_05_depositada_el_13_sin_acuse_se_salva_aunque_nadie_la_haya_declarado(
    de_treinta: Expediente, firmar: Callable[..., Documento], depositar: Callable[..., Notificacion]
) -> None:
    assert de_treinta.ultimo_deposito_seguro == date(2026, 7, 13)
    notificacion = depositar(de_treinta, firmar(de_treinta, en(7, 13)), en(7, 13, 16))
    assert notificacion.efecto_el == date(2026, 7, 21)
    avisar_todo(ahora=en(7, 13, 16))
    # Después el programa estuvo apagado: nadie declaró la eficacia antes de mirar el silencio.
    assert vencer(en(7, 29)).aprobados == 0
    de_treinta.refresh_from_db()
    assert (de_treinta.estado, de_treinta.silencio_operado_el) == ("POR_NOTIFICAR", None)


def test_05_leida_el_ultimo_dia_tambien_se_salva(
    de_treinta: Expediente,
    firmar: Callable[..., Documento],
    depositar: Callable[..., Notificacion],
    ciudadana: Persona,
) -> None:
    notificacion = depositar(de_treinta, firmar(de_treinta, en(7, 20)), en(7, 20))
    casilla.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=en(7, 21, 23, 59, 59))
    assert vencer(en(7, 22, 0)).aprobados == 0


# --- 6. El silencio negativo no deniega ----------------------------------------------------------------------------
def test_06_el_silencio_negativo_no_es_una_denegatoria(con_negativo: Expediente) -> None:
    assert con_negativo.silencio_desde == date(2026, 7, 15)
    assert vencer(en(7, 14, 23, 59, 59)).con_silencio_negativo == 0
    assert vencer(en(7, 15, 0)).con_silencio_negativo == 1
    con_negativo.refresh_from_db()
    assert (con_negativo.estado, con_negativo.silencio_operado_el) == ("EN_TRAMITE", date(2026, 7, 15))
    assert con_negativo.vence_el == date(2026, 7, 14)
    assert Suceso.objects.get(tipo="expedientes.SilencioNegativoOperado").datos["desde"] == "2026-07-15"
    assert "deneg" not in rules.EN_PALABRAS[con_negativo.estado].palabras.lower()


def test_06_la_entidad_sigue_obligada_a_decidir(
    con_negativo: Expediente, firmar: Callable[..., Documento], depositar: Callable[..., Notificacion]
) -> None:
    vencer(en(7, 15))
    con_negativo.refresh_from_db()
    documento = firmar(con_negativo, datetime(2026, 9, 1, 10, tzinfo=LIMA))
    con_negativo.refresh_from_db()
    assert (documento.firmado, con_negativo.estado) == (True, "RESUELTO")


# --- 7. La resolución tardía es válida --------------------------------------------------------------------------------
def test_07_decidido_el_dia_45_vale_y_queda_a_la_vista_el_retraso(
    con_negativo: Expediente, firmar: Callable[..., Documento]
) -> None:
    tarde = datetime(2026, 8, 6, 10, tzinfo=LIMA)
    firmar(con_negativo, tarde)
    con_negativo.refresh_from_db()
    assert con_negativo.estado == "RESUELTO"
    assert con_negativo.vence_el is not None
    assert con_negativo.vence_el < tarde.date()


# --- 14 y 16. Lo observado ----------------------------------------------------------------------------------------
def test_16_observado_no_opera_ningun_silencio(
    presentado: Expediente, observar: Callable[..., Expediente]
) -> None:
    observar(presentado)
    assert vencer(en(12, 31)).aprobados == 0
    presentado.refresh_from_db()
    assert (presentado.estado, presentado.silencio_desde) == ("OBSERVADO", None)


def test_14_no_corregido_es_no_presentado_sin_silencio_ni_denegatoria(
    presentado: Expediente, observar: Callable[..., Expediente]
) -> None:
    observar(presentado)  # lunes 1 de junio: corrige hasta el miércoles 3
    assert expedientes.declarar_no_presentados(ahora=en(6, 3, 23, 59, 59)) == []
    assert expedientes.declarar_no_presentados(ahora=en(6, 4, 0, 1)) == [presentado.pk]
    presentado.refresh_from_db()
    assert (presentado.estado, presentado.silencio_operado_el) == ("NO_PRESENTADO", None)
    assert vencer(en(12, 31)) == expedientes.Vencimientos()
    suceso = Suceso.objects.get(tipo="expedientes.ExpedienteNoPresentado")
    assert suceso.datos["motivo"] == "No se corrigió lo observado hasta el miércoles 3 de junio de 2026."


# --- 19. Aprobación automática ----------------------------------------------------------------------------------
def test_19_lo_automatico_tiene_su_documento_hasta_el_lunes_6_de_julio(
    abrir: Callable[..., Expediente], licencia: VersionProcedimiento
) -> None:
    licencia.calificacion, licencia.plazo = "AUTOMATICA", 0
    licencia.save()
    expediente = abrir(presentado_en=en(6, 26))
    assert (expediente.estado, expediente.vence_el) == ("APROBADO_AUTOMATICO", None)
    assert rules.documento_hasta(expediente.explicacion) == date(2026, 7, 6)
    assert expediente.explicacion["frases"][-1].endswith("a más tardar el lunes 6 de julio de 2026.")
    assert vencer(en(12, 31)) == expedientes.Vencimientos()


def test_19_la_unidad_lo_ve_como_tarea_con_su_fecha(
    abrir: Callable[..., Expediente],
    licencia: VersionProcedimiento,
    ventanilla: Persona,
    unidades: dict[str, UnidadOrganica],
) -> None:
    licencia.calificacion, licencia.plazo = "AUTOMATICA", 0
    licencia.save()
    expediente = abrir(presentado_en=en(6, 26))
    movimiento = expedientes.derivar(
        actor=ventanilla, expediente=expediente, para_unidad=unidades["SGLC"], motivo="para su atención", proveido="",
        desde_mesa=True, ahora=en(6, 26),
    )  # fmt: skip
    assert movimiento.vence_el == date(2026, 7, 6)
    plazo = queries.reloj(expediente, en(6, 30))
    assert (plazo.vence_el, plazo.palabras, plazo.tono) == (
        date(2026, 7, 6),
        "Aprobación automática",
        "espera",
    )
    assert queries.reloj(expediente, en(7, 7)).tono == "alerta"


# --- 33-B. La declaración jurada -----------------------------------------------------------------------------------
def test_la_declaracion_jurada_se_anota_y_nadie_la_exige(
    de_treinta: Expediente, ciudadana: Persona, documento: Callable[..., Documento], huella_de_la_base: Huella
) -> None:
    papel = documento(1, "Declaración jurada")
    expedientes.anotar_declaracion_jurada(
        actor=ciudadana, expediente=de_treinta, documento=papel, ahora=en(7, 22, 8)
    )
    # Nadie había declarado el silencio todavía: se declara en el mismo acto, desde su día.
    assert (de_treinta.estado, de_treinta.silencio_operado_el) == ("APROBADO_FICTO", date(2026, 7, 22))
    assert de_treinta.incorporados.filter(documento=papel, visible_para_administrado=True).exists()
    assert Suceso.objects.filter(tipo="expedientes.DeclaracionJuradaAnotada").count() == 1
    antes = huella_de_la_base()
    expedientes.anotar_declaracion_jurada(
        actor=ciudadana, expediente=de_treinta, documento=papel, ahora=en(7, 22, 9)
    )
    assert huella_de_la_base() == antes


def test_la_declaracion_jurada_antes_de_su_dia_no_procede(
    de_treinta: Expediente, ciudadana: Persona, documento: Callable[..., Documento], huella_de_la_base: Huella
) -> None:
    papel = documento(1, "Declaración jurada")
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="desde el miércoles 22 de julio de 2026") as negativa:
        expedientes.anotar_declaracion_jurada(
            actor=ciudadana, expediente=de_treinta, documento=papel, ahora=en(7, 21, 23)
        )
    assert negativa.value.norma == "Ley 27444, arts. 33-A y 33-B"
    assert huella_de_la_base() == antes


def test_con_silencio_negativo_no_hay_declaracion_jurada(
    con_negativo: Expediente,
    ciudadana: Persona,
    documento: Callable[..., Documento],
    huella_de_la_base: Huella,
) -> None:
    papel = documento(1, "Declaración jurada")
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="no se aprueba por silencio"):
        expedientes.anotar_declaracion_jurada(
            actor=ciudadana, expediente=con_negativo, documento=papel, ahora=en(12, 1)
        )
    assert huella_de_la_base() == antes


def test_la_declaracion_jurada_es_del_administrado(
    de_treinta: Expediente,
    otro_ciudadano: Persona,
    documento: Callable[..., Documento],
    huella_de_la_base: Huella,
) -> None:
    papel = documento(1, "Declaración jurada")
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.anotar_declaracion_jurada(
            actor=otro_ciudadano, expediente=de_treinta, documento=papel, ahora=en(7, 22)
        )
    assert huella_de_la_base() == antes


# --- Por conjuntos ---------------------------------------------------------------------------------------------------
def test_muchos_vencidos_cuestan_las_mismas_sentencias(abrir: Callable[..., Expediente]) -> None:
    for _ in range(6):
        abrir()
    with CaptureQueriesContext(connection) as seis:
        assert vencer(en(7, 1)).aprobados == 6
    for _ in range(12):
        abrir()
    with CaptureQueriesContext(connection) as doce:
        assert vencer(en(7, 1)).aprobados == 12
    assert len(doce) == len(seis)


def test_por_lotes_y_con_tope(abrir: Callable[..., Expediente]) -> None:
    for _ in range(5):
        abrir()
    assert vencer(en(7, 1), hasta=2).aprobados == 2
    assert vencer(en(7, 1), lote=2).aprobados == 3
    assert Expediente.objects.filter(estado="APROBADO_FICTO").count() == 5


def test_los_relojes_de_antes_se_completan_sin_mover_su_fecha(abrir: Callable[..., Expediente]) -> None:
    viejos = [abrir() for _ in range(3)]
    Expediente.objects.update(limite_notificacion=None, silencio_desde=None, ultimo_deposito_seguro=None)
    assert vencer(en(6, 2)).llenados == 3
    for viejo in viejos:
        actual = Expediente.objects.get(pk=viejo.pk)
        assert (actual.vence_el, actual.limite_notificacion, actual.silencio_desde) == (
            date(2026, 6, 11), date(2026, 6, 18), date(2026, 6, 19),
        )  # fmt: skip
    assert not CambioDePlazo.objects.exists()
    assert vencer(en(6, 2)).llenados == 0
