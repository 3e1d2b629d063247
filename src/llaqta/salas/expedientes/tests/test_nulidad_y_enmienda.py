"""La nulidad de oficio, el error material y la competencia de quien firma (arts. 3.1, 10, 201 y 202)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas.models import Asignacion, Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import EfectoDeActo, Expediente, Plantilla, Proyecto
from llaqta.salas.firma import services as firma

Huella = Callable[[], dict[str, int]]


def en(dia: date, hora: int = 10) -> datetime:
    return datetime(dia.year, dia.month, dia.day, hora, tzinfo=LIMA)


@pytest.fixture
def gerenta_de_linea(gerente: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime) -> Persona:
    """La superior de la Subgerencia de Licencias, con certificado."""
    puesto = Puesto.objects.create(
        nombre="Gerenta de desarrollo económico", unidad=unidades["GDEL"], es_jefatura=True
    )
    Asignacion.objects.create(persona=gerente, puesto=puesto, desde=date(2024, 1, 2))
    firma.emitir_certificado_de_demostracion(persona=gerente, pin=PIN, ahora=ahora)
    return Persona.objects.get(pk=gerente.pk)


@pytest.fixture
def notificado(
    en_tramite: Expediente,
    resolucion: Documento,
    especialista: Persona,
    ciudadana: Persona,
    con_casilla: None,
    ahora: datetime,
) -> Expediente:
    """Con su licencia otorgada y leída en la casilla el lunes 1 de junio."""
    notificacion = expedientes.notificar_decision(
        actor=especialista, expediente=en_tramite, documento=resolucion, ahora=ahora
    )
    casilla.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=ahora)
    return Expediente.objects.get(pk=en_tramite.pk)


def _iniciar(actor: Persona, expediente: Expediente, dia: date) -> None:
    expedientes.iniciar_nulidad(
        actor=actor, expediente=expediente, causal="CONTRAVENCION", motivo="Falta el informe de riesgos.",
        ahora=en(dia),
    )  # fmt: skip


def test_la_nulidad_la_inicia_el_superior_y_nadie_mas(
    notificado: Expediente, jefe: Persona, gerenta_de_linea: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(
        Denegado, match="el superior de quien decidió: Gerencia de Desarrollo Económico"
    ) as negativa:
        _iniciar(jefe, notificado, date(2026, 7, 1))
    assert negativa.value.norma == "Ley 27444, art. 202 (TUO, art. 213)"
    assert huella_de_la_base() == antes
    _iniciar(gerenta_de_linea, notificado, date(2026, 7, 1))
    notificado.refresh_from_db()
    assert notificado.estado == "EN_NULIDAD"
    assert notificado.unidad_responsable.siglas == "GDEL"  # el expediente pasa a su cargo


def _firmado(actor: Persona, expediente: Expediente, plantilla: Plantilla, dia: date) -> Documento:
    proyecto = expedientes.redactar_proyecto(
        actor=actor, expediente=expediente, plantilla=plantilla, ahora=en(dia)
    )
    cuerpo = proyecto.cuerpo.replace("(escriba aquí", "consta que").replace(")", "")
    expedientes.editar_proyecto(
        actor=actor, proyecto=proyecto, asunto=proyecto.asunto, cuerpo=cuerpo, firmante=proyecto.firmante,
        ahora=en(dia),
    )  # fmt: skip
    expedientes.enviar_proyecto(actor=actor, proyecto=proyecto, ahora=en(dia))
    return expedientes.firmar_proyecto(actor=actor, proyecto=proyecto, pin=PIN, ahora=en(dia))


def _leido(
    actor: Persona, lector: Persona, expediente: Expediente, documento: Documento, deposito: date, leido: date
) -> Notificacion:
    hecho = expedientes.notificar_decision(
        actor=actor, expediente=expediente, documento=documento, ahora=en(deposito)
    )
    casilla.abrir_notificacion(actor=lector, codigo=hecho.codigo, ahora=en(leido, 15))
    for _ in range(2):
        expedientes.tomar_conocimiento(notificacion_id=hecho.pk, ahora=en(leido, 15))
    expediente.refresh_from_db()
    return hecho


@pytest.fixture
def anulado(
    notificado: Expediente,
    gerenta_de_linea: Persona,
    ciudadana: Persona,
    plantillas: dict[str, Plantilla],
) -> Expediente:
    """Con su licencia anulada de oficio, después de oír a la ciudadana: la nulidad surtió efecto el 16 de julio."""
    _iniciar(gerenta_de_linea, notificado, date(2026, 7, 1))
    movimiento = notificado.movimientos.latest("orden")
    expedientes.recibir_movimiento(actor=gerenta_de_linea, movimiento=movimiento, ahora=en(date(2026, 7, 1)))
    traslado = plantillas["Carta que corre traslado de la nulidad de oficio"]
    carta = _firmado(gerenta_de_linea, notificado, traslado, date(2026, 7, 1))
    _leido(gerenta_de_linea, ciudadana, notificado, carta, date(2026, 7, 2), date(2026, 7, 6))
    nulidad = plantillas["Resolución que declara la nulidad de oficio"]
    resolucion = _firmado(gerenta_de_linea, notificado, nulidad, date(2026, 7, 14))
    _leido(gerenta_de_linea, ciudadana, notificado, resolucion, date(2026, 7, 14), date(2026, 7, 16))
    return notificado


def test_los_dias_para_dar_razones_corren_desde_que_el_traslado_surte_efecto(
    notificado: Expediente,
    gerenta_de_linea: Persona,
    ciudadana: Persona,
    plantillas: dict[str, Plantilla],
    huella_de_la_base: Huella,
) -> None:
    _iniciar(gerenta_de_linea, notificado, date(2026, 7, 1))
    movimiento = notificado.movimientos.latest("orden")
    expedientes.recibir_movimiento(actor=gerenta_de_linea, movimiento=movimiento, ahora=en(date(2026, 7, 1)))
    nulidad = plantillas["Resolución que declara la nulidad de oficio"]
    traslado = plantillas["Carta que corre traslado de la nulidad de oficio"]
    antes = huella_de_la_base()
    # Pasaron muchos días, pero nadie la oyó: sin traslado notificado no corre ninguno.
    with pytest.raises(NoProcede, match="Primero se oye al administrado") as negativa:
        expedientes.redactar_proyecto(
            actor=gerenta_de_linea, expediente=notificado, plantilla=nulidad, ahora=en(date(2026, 9, 1))
        )
    assert negativa.value.norma == "Ley 27444, art. 202 (TUO, art. 213)"
    assert huella_de_la_base() == antes

    carta = _firmado(gerenta_de_linea, notificado, traslado, date(2026, 7, 1))
    assert "Falta el informe de riesgos." in Proyecto.objects.get(documento=carta).cuerpo
    assert not notificado.incorporados.get(documento=carta).visible_para_administrado
    with pytest.raises(NoProcede, match="El traslado de esta revisión ya se firmó"):
        expedientes.redactar_proyecto(
            actor=gerenta_de_linea, expediente=notificado, plantilla=traslado, ahora=en(date(2026, 7, 2))
        )
    hecho = _leido(gerenta_de_linea, ciudadana, notificado, carta, date(2026, 7, 2), date(2026, 7, 6))

    assert notificado.estado == "EN_NULIDAD"  # el traslado no decide nada
    assert hecho.recursos.startswith("Puede dar sus razones dentro de 5 días hábiles")
    assert notificado.incorporados.get(documento=carta).visible_para_administrado
    revision = notificado.revisiones_de_oficio.get()
    # Surtió efecto el lunes 6: 7, 8, 9, 10 y 13 de julio. Desde el acto, el 1 de julio, habría sido el 8.
    assert (revision.oido_desde, revision.alegar_hasta) == (date(2026, 7, 6), date(2026, 7, 13))
    assert Suceso.objects.filter(tipo="expedientes.AudienciaAbierta").count() == 1
    with pytest.raises(NoProcede, match="hasta el lunes 13 de julio de 2026 para dar sus razones"):
        expedientes.redactar_proyecto(
            actor=gerenta_de_linea, expediente=notificado, plantilla=nulidad, ahora=en(date(2026, 7, 13))
        )


def test_primero_se_oye_al_administrado_y_despues_se_anula(anulado: Expediente, ciudadana: Persona) -> None:
    assert anulado.estado == "ANULADO"
    assert Proyecto.objects.filter(expediente=anulado, pone_fin=True).count() == 2  # una por etapa
    nulo = anulado.actos_nulos.get()
    assert (nulo.etapa, nulo.efecto_el, nulo.despues) == (0, date(2026, 7, 16), "NADA")
    assert nulo.documento is not None
    assert nulo.documento != nulo.declarado_por
    # Lo que declara la nulidad de oficio agota la vía (218.2.d).
    dicho = queries.decir_recursos(anulado, para=ciudadana, al=date(2026, 7, 16))
    assert dicho.startswith("Esta decisión agota la vía administrativa")


def test_anulado_de_oficio_se_repone_con_su_unidad_su_oficial_y_los_dias_que_quedaban(
    anulado: Expediente, gerenta_de_linea: Persona, especialista: Persona, jefe: Persona
) -> None:
    with pytest.raises(Denegado):
        expedientes.reponer_procedimiento(
            actor=jefe, expediente=anulado, vicio_el=date(2026, 6, 1), momento="antes del informe",
            ahora=en(date(2026, 7, 17)),
        )  # fmt: skip
    with pytest.raises(EntradaInvalida, match="no puede ser posterior"):
        expedientes.reponer_procedimiento(
            actor=gerenta_de_linea, expediente=anulado, vicio_el=date(2026, 6, 30), momento="antes del informe",
            ahora=en(date(2026, 7, 17)),
        )  # fmt: skip
    expedientes.reponer_procedimiento(
        actor=gerenta_de_linea, expediente=anulado, vicio_el=date(2026, 6, 1), momento="antes del informe",
        ahora=en(date(2026, 7, 17)),
    )  # fmt: skip
    anulado.refresh_from_db()
    assert (anulado.estado, anulado.decide_lo_pedido, anulado.etapa) == ("EN_TRAMITE", True, 2)
    assert (anulado.unidad_responsable.siglas, anulado.responsable) == ("SGLC", especialista)
    assert anulado.inicio_computo == date(2026, 7, 16)
    assert anulado.vence_el is not None
    assert anulado.vence_el > date(2026, 7, 16)
    assert anulado.silencio_operado_el is None
    cambio = anulado.cambios_de_plazo.get(causa="REPOSICION")
    assert cambio.despues == anulado.vence_el
    assert anulado.actos_nulos.get().momento == "antes del informe"


def test_cerrada_sin_anular_la_decision_queda_como_estaba(
    notificado: Expediente, gerenta_de_linea: Persona
) -> None:
    _iniciar(gerenta_de_linea, notificado, date(2026, 7, 1))
    expedientes.cerrar_nulidad(
        actor=gerenta_de_linea,
        expediente=notificado,
        motivo="El informe sí estaba.",
        ahora=en(date(2026, 7, 2)),
    )
    notificado.refresh_from_db()
    assert (notificado.estado, notificado.estado_previo, notificado.etapa) == ("NOTIFICADO", "", 0)
    # Y lo que sigue en pie se impugna como antes.
    posibles = queries.get_recursos_posibles(notificado, al=date(2026, 7, 2))
    assert [p.clase for p in posibles] == ["RECONSIDERACION", "APELACION"]
    assert queries.get_acto_notificado(notificado, al=date(2026, 7, 2)) is not None


def test_pasados_dos_anios_ya_no_se_anula_de_oficio(
    notificado: Expediente, gerenta_de_linea: Persona, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="Pasaron más de 2 años"):
        _iniciar(gerenta_de_linea, notificado, date(2028, 6, 2))
    assert huella_de_la_base() == antes


def test_el_error_material_se_corrige_sin_cambiar_lo_decidido(
    notificado: Expediente,
    especialista: Persona,
    jefe: Persona,
    ciudadana: Persona,
    plantillas: dict[str, Plantilla],
) -> None:
    dia = date(2026, 6, 10)
    proyecto = expedientes.redactar_proyecto(
        actor=especialista, expediente=notificado,
        plantilla=plantillas["Resolución que corrige un error material"], ahora=en(dia),
    )  # fmt: skip
    assert (proyecto.efecto, proyecto.pone_fin) == (EfectoDeActo.ENMIENDA, False)
    cuerpo = proyecto.cuerpo.replace("(escriba aquí el error)", "«Quipse»").replace(
        "(escriba aquí lo correcto)", "«Quispe»"
    )
    expedientes.editar_proyecto(
        actor=especialista, proyecto=proyecto, asunto=proyecto.asunto, cuerpo=cuerpo, firmante=proyecto.firmante,
        ahora=en(dia),
    )  # fmt: skip
    expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=en(dia))
    correccion = expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=en(dia))
    notificado.refresh_from_db()
    assert notificado.estado == "NOTIFICADO"
    # Se comunica del mismo modo que lo corregido (201.2): el botón se enciende y propone ese documento.
    queries.check_accion("notificar", notificado, para=especialista, ahora=en(dia))
    assert queries.get_acto_por_notificar(notificado, para=especialista) == correccion
    _leido(especialista, ciudadana, notificado, correccion, dia, dia)
    assert notificado.estado == "NOTIFICADO"
    assert notificado.incorporados.get(documento=correccion).visible_para_administrado
    with pytest.raises(NoProcede):
        queries.check_accion("notificar", notificado, para=especialista, ahora=en(dia))


def test_no_se_corrige_lo_que_todavia_no_se_decide(
    en_tramite: Expediente, especialista: Persona, plantillas: dict[str, Plantilla], ahora: datetime
) -> None:
    with pytest.raises(NoProcede, match="de una decisión ya notificada") as negativa:
        expedientes.redactar_proyecto(
            actor=especialista, expediente=en_tramite,
            plantilla=plantillas["Resolución que corrige un error material"], ahora=ahora,
        )  # fmt: skip
    assert negativa.value.norma == "Ley 27444, art. 201"


def test_decide_la_autoridad_que_dice_el_tupa(
    para_firma: Proyecto,
    jefe: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    version = para_firma.expediente.version_tramite
    version.unidad_aprobacion = unidades["SGRD"]
    version.save(update_fields=["unidad_aprobacion"])
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="lo resuelve Subgerencia de Gestión del Riesgo") as negativa:
        expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora)
    assert negativa.value.norma == "Ley 27444, arts. 3.1 y 61"
    assert huella_de_la_base() == antes


def test_la_autoridad_superior_tambien_es_competente(
    para_firma: Proyecto, jefe: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    hija = UnidadOrganica.objects.create(
        siglas="SGLC-1", nombre="Área de Licencias", padre=unidades["SGLC"], vigente_desde=date(2023, 1, 1)
    )
    version = para_firma.expediente.version_tramite
    version.unidad_aprobacion = hija
    version.save(update_fields=["unidad_aprobacion"])
    assert expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora).firmado


def test_el_superior_ve_lo_de_las_unidades_que_dependen_de_el_y_nadie_mas(
    en_tramite: Expediente, gerenta_de_linea: Persona, jefe_asesoria: Persona
) -> None:
    assert en_tramite in Expediente.objects.visible_to(gerenta_de_linea)
    assert Documento.objects.visible_to(gerenta_de_linea).filter(incorporado__expediente=en_tramite).exists()
    assert en_tramite not in Expediente.objects.visible_to(jefe_asesoria)  # dirige otra oficina
