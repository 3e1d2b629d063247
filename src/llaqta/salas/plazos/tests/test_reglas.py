"""Las reglas como datos: cuál rige un día, quién las cambia, y que el pasado no se reescribe."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from llaqta.cimientos.calendario import LIMA, Calendario
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries, services
from llaqta.salas.plazos.models import DistanciaDeOrigen, Interrupcion, ReglaDeLaEntidad
from llaqta.salas.plazos.reglas import check_valor, de_la_casa
from llaqta.salas.plazos.rules import Pausa

HOY = date(2026, 6, 1)
CONTRATO = {
    "OBSERVAR": "2", "SUBSANAR": "2", "EMPLAZAMIENTO": "10", "EVALUACION_PREVIA_MAXIMO": "30", "NOTIFICAR": "5",
    "DERIVAR": "0", "MERO_TRAMITE": "3", "INFORME": "7", "INFORME_AMPLIACION": "3", "ACTO_DEL_ADMINISTRADO": "10",
    "DOCUMENTO_DE_AUTOMATICA": "5", "SUSPENSION_A_PEDIDO": "30", "RECURSO_PRESENTAR": "15",
    "RECONSIDERACION_RESOLVER": "15", "APELACION_RESOLVER": "30", "REVISION_RESOLVER": "30",
    "SILENCIO_DE_RECURSO": "NEGATIVO", "QUEJA_RESOLVER": "3", "QUEJA_DESCARGO": "1", "ABANDONO": "30",
    "CORREO_ACUSE": "2", "VISITAS_PERSONALES": "2", "NULIDAD_ANIOS": "2", "NULIDAD_AUDIENCIA": "5",
    "FISCALIZACION_PORCENTAJE": "10", "FISCALIZACION_TOPE": "150", "FOLIOS_POR_CUERPO": "200",
    "POLITICA_HORARIO": "DIA_COMPLETO", "HORA_DE_CIERRE": "16:30", "EFECTO_CASILLA": "LEY31736_5DIAS",
    "CASILLA_ACUSE": "5", "CASILLA_INHABIL_PASA": "SI", "CASILLA_EXIGE_ALERTA": "SI", "INTERRUPCION_CORRE_PLAZO": "SI",
    "INTERRUPCION_ESPERA": "3",
    "SAIP_RESPONDER": "10", "SAIP_PRORROGA_AVISO": "2", "RECLAMO_RESPONDER": "30", "ANPD_INCIDENTE": "48",
    "CNSD_INCIDENTE": "48", "TUPA_ACTUALIZAR": "60", "TUPA_RATIFICAR": "45", "FALSEDAD_MULTA": "5-10",
}  # fmt: skip


def _cambiar(actor: Persona | None, ahora: datetime, **mas: object) -> ReglaDeLaEntidad:
    datos: dict[str, object] = {
        "codigo": "INFORME", "valor": "5", "norma": "Ley 99999", "articulo": "2", "desde": date(2026, 7, 1),
        "nota": "Cambió la ley.",
    }  # fmt: skip
    return services.cambiar_regla(actor=actor, ahora=ahora, **(datos | mas))  # type: ignore[arg-type]


def test_el_programa_trae_todas_las_reglas_con_su_norma() -> None:
    casa = de_la_casa()
    assert {codigo: casa[codigo].valor for codigo in CONTRATO} == CONTRATO
    for regla in casa.values():
        assert regla.nombre
        assert regla.enunciado.endswith(".")
        assert regla.norma
        assert regla.dicho
        assert regla.estado in {"VERIFICADA", "SEGUNDA_MANO", "POR_CONFIRMAR"}


def test_el_valor_que_trae_cada_regla_es_uno_de_los_que_admite() -> None:
    for codigo, regla in de_la_casa().items():
        assert check_valor(codigo, regla.valor) == regla.valor
        assert regla.dicho != regla.valor or ":" in regla.valor or not regla.unidad, codigo


def test_las_de_segunda_mano_y_las_razonadas_estan_pendientes() -> None:
    pendientes = {regla.codigo for regla in de_la_casa().values() if regla.pendiente}
    assert pendientes >= {
        "POLITICA_HORARIO", "EFECTO_CASILLA", "CASILLA_ACUSE", "CASILLA_EXIGE_ALERTA", "CNSD_INCIDENTE",
        "EMPLAZAMIENTO", "SILENCIO_DE_RECURSO", "NULIDAD_ANIOS", "NULIDAD_AUDIENCIA", "HORA_DE_CIERRE",
        "CASILLA_INHABIL_PASA", "INTERRUPCION_CORRE_PLAZO",
    }  # fmt: skip
    assert not pendientes & {
        "OBSERVAR",
        "SUBSANAR",
        "NOTIFICAR",
        "EVALUACION_PREVIA_MAXIMO",
        "RECURSO_PRESENTAR",
    }


@pytest.mark.django_db
def test_sin_cambios_rige_la_del_programa_y_se_dice_en_palabras() -> None:
    regla = queries.get_regla("INFORME", al=HOY)
    assert (regla.entero, regla.dicho, regla.cita.articulo) == (7, "7 días hábiles", "132.3")
    assert queries.get_regla("DERIVAR", al=HOY).dicho == "El mismo día"
    assert queries.get_regla("FALSEDAD_MULTA", al=HOY).dicho == "5 a 10 UIT"
    with pytest.raises(KeyError):
        queries.get_regla("NO_EXISTE", al=HOY)


def test_cambiar_una_regla_vale_desde_su_fecha_y_nunca_antes(jefe_asesoria: Persona, ahora: datetime) -> None:
    fila = _cambiar(jefe_asesoria, ahora)
    assert queries.get_entero("INFORME", al=date(2026, 6, 30)) == 7
    assert queries.get_entero("INFORME", al=date(2026, 7, 1)) == 5
    regla = queries.get_regla("INFORME", al=date(2026, 7, 1))
    assert (regla.norma, regla.articulo, regla.estado, regla.por) == (
        "Ley 99999", "2", "VERIFICADA", str(jefe_asesoria),
    )  # fmt: skip
    suceso = Suceso.objects.get(tipo="plazos.ReglaCambiada")
    assert (suceso.datos, suceso.actor_id) == ({"regla_id": fila.pk}, jefe_asesoria.pk)
    # La que rige hoy dice hasta cuándo, y la historia, de cuándo a cuándo rigió cada una.
    assert (queries.get_regla("INFORME", al=HOY).hasta, regla.hasta) == (date(2026, 6, 30), None)
    historia = queries.get_historia("INFORME", para=jefe_asesoria)
    assert [(una.valor, una.hasta) for una in historia] == [("5", None), ("7", date(2026, 6, 30))]


def test_un_segundo_cambio_el_mismo_dia_manda_sobre_el_primero(
    jefe_asesoria: Persona, ahora: datetime
) -> None:
    _cambiar(jefe_asesoria, ahora)
    _cambiar(jefe_asesoria, ahora, valor="6")
    _cambiar(jefe_asesoria, ahora, valor="9", desde=date(2026, 9, 1))
    assert [queries.get_entero("INFORME", al=date(2026, mes, 1)) for mes in (6, 7, 8, 9)] == [7, 6, 6, 9]


def test_una_regla_no_se_cambia_hacia_atras(jefe_asesoria: Persona, ahora: datetime) -> None:
    with pytest.raises(EntradaInvalida, match="lo que ya se calculó no cambia") as negativa:
        _cambiar(jefe_asesoria, ahora, desde=date(2026, 5, 31))
    assert negativa.value.campo == "desde"
    assert not ReglaDeLaEntidad.objects.exists()


def test_lo_que_cambia_la_administracion_queda_pendiente(administradora: Persona, ahora: datetime) -> None:
    assert _cambiar(administradora, ahora).estado == "POR_CONFIRMAR"


@pytest.mark.parametrize("quien", ["especialista", "ventanilla", "auditora", "ciudadana"])
def test_los_demas_no_cambian_reglas(quien: str, ahora: datetime, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Denegado):
        _cambiar(request.getfixturevalue(quien), ahora)
    assert not ReglaDeLaEntidad.objects.exists()
    assert not Suceso.objects.filter(tipo__startswith="plazos.").exists()


@pytest.mark.parametrize(
    ("mas", "campo"),
    [
        ({"valor": "muchos"}, "valor"),
        ({"valor": "1001"}, "valor"),
        ({"valor": "-1"}, "valor"),
        ({"codigo": "CASILLA_INHABIL_PASA", "valor": "TAL VEZ"}, "valor"),
        ({"codigo": "POLITICA_HORARIO", "valor": "SIEMPRE"}, "valor"),
        ({"codigo": "HORA_DE_CIERRE", "valor": "25:00"}, "valor"),
        ({"codigo": "NO_EXISTE"}, "codigo"),
        ({"norma": " "}, "norma"),
        ({"nota": ""}, "nota"),
        ({"desde": date(2101, 1, 1)}, "desde"),
    ],
)
def test_un_cambio_mal_escrito_se_rechaza(
    mas: dict[str, object], campo: str, jefe_asesoria: Persona, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida) as negativa:
        _cambiar(jefe_asesoria, ahora, **mas)
    assert negativa.value.campo == campo
    assert not ReglaDeLaEntidad.objects.exists()


def test_los_valores_se_guardan_en_su_forma(jefe_asesoria: Persona, ahora: datetime) -> None:
    assert _cambiar(jefe_asesoria, ahora, codigo="HORA_DE_CIERRE", valor="17:00").valor == "17:00"
    assert _cambiar(jefe_asesoria, ahora, codigo="CASILLA_INHABIL_PASA", valor="no").valor == "NO"
    assert _cambiar(jefe_asesoria, ahora, codigo="FALSEDAD_MULTA", valor="5-12").valor == "5-12"
    assert not queries.get_regla("CASILLA_INHABIL_PASA", al=date(2026, 7, 1)).afirma


def test_confirmar_no_cambia_el_valor_y_deja_la_nota(jefe_asesoria: Persona, ahora: datetime) -> None:
    fila = services.confirmar_regla(
        actor=jefe_asesoria, codigo="EFECTO_CASILLA", nota="Leído en El Peruano.", articulo="5", ahora=ahora
    )
    regla = queries.get_regla("EFECTO_CASILLA", al=HOY)
    assert (regla.valor, regla.estado, regla.articulo, regla.pendiente) == (
        "LEY31736_5DIAS", "VERIFICADA", "5", False,
    )  # fmt: skip
    assert queries.get_historia("EFECTO_CASILLA", para=jefe_asesoria)[0].nota == "Leído en El Peruano."
    assert Suceso.objects.get(tipo="plazos.ReglaConfirmada").datos == {"regla_id": fila.pk}
    with pytest.raises(NoProcede, match="ya está verificada"):
        services.confirmar_regla(actor=jefe_asesoria, codigo="EFECTO_CASILLA", nota="Otra vez.", ahora=ahora)


def test_confirmar_lleva_nota_y_es_de_la_asesoria_juridica(
    jefe_asesoria: Persona, administradora: Persona, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida):
        services.confirmar_regla(actor=jefe_asesoria, codigo="EFECTO_CASILLA", nota="  ", ahora=ahora)
    with pytest.raises(Denegado):
        services.confirmar_regla(actor=administradora, codigo="EFECTO_CASILLA", nota="Sí.", ahora=ahora)
    assert not ReglaDeLaEntidad.objects.exists()


def test_las_reglas_las_ve_el_personal(especialista: Persona, ciudadana: Persona) -> None:
    vistas = [*queries.get_reglas(para=especialista, al=HOY), *queries.get_citas(para=especialista, al=HOY)]
    assert [regla.codigo for regla in vistas] == list(de_la_casa())
    for nadie in (ciudadana, None):
        with pytest.raises(Denegado):
            queries.get_reglas(para=nadie, al=HOY)
    with pytest.raises(NoEncontrado):
        queries.get_historia("NO_EXISTE", para=especialista)


@pytest.mark.django_db
def test_leer_muchas_reglas_es_una_sola_consulta(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        for codigo in CONTRATO:
            queries.get_regla(codigo, al=HOY)


# --- Distancia ------------------------------------------------------------------------------------------------------
def test_la_distancia_rige_desde_su_fecha_y_cero_la_retira(administradora: Persona, ahora: datetime) -> None:
    def guardar(dias: int, desde: date, codigo: str = "") -> DistanciaDeOrigen:
        return services.guardar_origen(
            actor=administradora, nombre="Quisto Valle", dias=dias, norma="Cuadro", desde=desde, codigo=codigo,
            ahora=ahora,
        )  # fmt: skip

    assert guardar(2, HOY).codigo == "quisto-valle"
    guardar(3, date(2026, 8, 1), "quisto-valle")
    guardar(0, date(2026, 9, 1), "quisto-valle")
    assert [queries.get_distancia("quisto-valle", al=date(2026, mes, 1)) for mes in (5, 6, 7, 8, 9)] == [
        0,
        2,
        2,
        3,
        0,
    ]
    assert [o.nombre for o in queries.get_origenes(al=HOY)] == ["Quisto Valle"]
    assert queries.get_origenes(al=date(2026, 9, 1)) == []
    assert queries.get_distancia("", al=HOY) == queries.get_distancia("otro", al=HOY) == 0
    assert DistanciaDeOrigen.objects.first().estado == "POR_CONFIRMAR"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("mas", "campo"),
    [
        ({"dias": 61}, "distancia"),
        ({"dias": -1}, "distancia"),
        ({"nombre": " "}, "nombre"),
        ({"norma": ""}, "norma"),
        ({"desde": date(2026, 5, 1)}, "desde"),
    ],
)
def test_una_distancia_mal_escrita_se_rechaza(
    mas: dict[str, object], campo: str, administradora: Persona, ahora: datetime
) -> None:
    datos: dict[str, object] = {"nombre": "Omaya", "dias": 2, "norma": "Cuadro", "desde": HOY, **mas}
    with pytest.raises(EntradaInvalida) as negativa:
        services.guardar_origen(actor=administradora, ahora=ahora, **datos)  # type: ignore[arg-type]
    assert negativa.value.campo == campo
    assert not DistanciaDeOrigen.objects.exists()


# --- Interrupciones ---------------------------------------------------------------------------------------------------
@pytest.fixture
def caida(administradora: Persona, ahora: datetime) -> Interrupcion:
    """Del jueves 28 de mayo a las 15:00 al viernes 29 a las 11:00, sin la mesa de partes digital."""
    return services.registrar_interrupcion(
        actor=administradora, servicio="MESA_DIGITAL", inicio_en=datetime(2026, 5, 28, 15, tzinfo=LIMA),
        fin_en=datetime(2026, 5, 29, 11, tzinfo=LIMA), causa="Corte de energía", norma="Ley 27444, art. 134.2",
        ahora=ahora,
    )  # fmt: skip


def _certificar(actor: Persona, caida: Interrupcion, ahora: datetime, **mas: datetime) -> Interrupcion:
    fin = datetime(2026, 5, 29, 11, tzinfo=LIMA)
    datos = {"fin_en": fin, "difundida_en": fin, **mas}
    return services.certificar_interrupcion(
        actor=actor, interrupcion=caida, nota="Informe 012-2026-OIS.", ahora=ahora, **datos
    )


def test_sin_certificar_no_corre_ningun_plazo(caida: Interrupcion) -> None:
    assert not queries.esta_interrumpido(date(2026, 5, 29), servicio="MESA_DIGITAL")


def test_certificada_lleva_el_vencimiento_al_primer_habil_con_servicio(
    caida: Interrupcion, jefe_asesoria: Persona, ahora: datetime
) -> None:
    _certificar(jefe_asesoria, caida, ahora)
    corrido = queries.correr_por_interrupcion(
        date(2026, 5, 28), calendario=Calendario(), servicio="MESA_DIGITAL", al=HOY
    )
    assert corrido.fecha == date(2026, 6, 1)  # 28 y 29 sin servicio; 30 y 31, sábado y domingo
    assert [p.motivo for p in corrido.pasos] == [
        "interrupción certificada de la plataforma",
        "interrupción certificada de la plataforma",
        "sábado",
        "domingo",
        "primer día hábil con servicio (134.2)",
    ]
    igual = queries.correr_por_interrupcion(
        date(2026, 5, 27), calendario=Calendario(), servicio="MESA_DIGITAL", al=HOY
    )
    assert (igual.fecha, igual.pasos) == (date(2026, 5, 27), ())
    assert queries.get_pausas_por_interrupcion(
        desde=date(2026, 5, 1), hasta=date(2026, 5, 31), servicio="MESA_DIGITAL"
    ) == (
        Pausa(
            date(2026, 5, 28), date(2026, 5, 29), "interrupción certificada de la plataforma", a_pedido=False
        ),
    )


def test_la_caida_de_un_servicio_no_toca_a_otro_y_la_de_la_plataforma_toca_a_todos(
    caida: Interrupcion, jefe_asesoria: Persona, ahora: datetime
) -> None:
    _certificar(jefe_asesoria, caida, ahora)
    assert not queries.esta_interrumpido(date(2026, 5, 29), servicio="CASILLA")
    Interrupcion.objects.update(servicio="PLATAFORMA")
    assert queries.esta_interrumpido(date(2026, 5, 29), servicio="CASILLA")


def test_una_caida_que_termina_a_medianoche_no_toca_el_dia_siguiente(
    caida: Interrupcion, jefe_asesoria: Persona, ahora: datetime
) -> None:
    _certificar(jefe_asesoria, caida, ahora, fin_en=datetime(2026, 5, 29, 0, 0, tzinfo=LIMA))
    assert queries.esta_interrumpido(date(2026, 5, 28), servicio="MESA_DIGITAL")
    assert not queries.esta_interrumpido(date(2026, 5, 29), servicio="MESA_DIGITAL")


def test_si_la_regla_dice_que_no_corre_no_corre(
    caida: Interrupcion, jefe_asesoria: Persona, ahora: datetime
) -> None:
    _certificar(jefe_asesoria, caida, ahora)
    _cambiar(jefe_asesoria, ahora, codigo="INTERRUPCION_CORRE_PLAZO", valor="NO", desde=HOY)
    corrido = queries.correr_por_interrupcion(
        date(2026, 5, 28), calendario=Calendario(), servicio="MESA_DIGITAL", al=HOY
    )
    assert (corrido.fecha, corrido.pasos) == (date(2026, 5, 28), ())


def test_la_certifica_otra_persona_y_una_sola_vez(
    caida: Interrupcion, administradora: Persona, jefe_asesoria: Persona, ahora: datetime
) -> None:
    with pytest.raises(Denegado):
        _certificar(administradora, caida, ahora)
    Interrupcion.objects.update(registrada_por=jefe_asesoria)
    with pytest.raises(Denegado, match="la certifica otra persona"):
        _certificar(jefe_asesoria, caida, ahora)
    Interrupcion.objects.update(registrada_por=administradora)
    _certificar(jefe_asesoria, caida, ahora)
    with pytest.raises(NoProcede, match="ya se certificó"):
        _certificar(jefe_asesoria, caida, ahora)
    assert Suceso.objects.filter(tipo="plazos.InterrupcionCertificada").count() == 1


def test_una_interrupcion_no_es_futura_ni_termina_antes_de_empezar(
    administradora: Persona, jefe_asesoria: Persona, caida: Interrupcion, ahora: datetime
) -> None:
    def registrar(inicio: datetime, fin: datetime | None) -> None:
        services.registrar_interrupcion(
            actor=administradora,
            servicio="CASILLA",
            inicio_en=inicio,
            fin_en=fin,
            causa="x",
            norma="x",
            ahora=ahora,
        )

    hora = timedelta(hours=1)
    for inicio, fin, campo in (
        (ahora + hora, None, "inicio_en"),
        (ahora - hora, ahora - hora, "fin_en"),
        (ahora - hora, ahora + hora, "fin_en"),
    ):
        with pytest.raises(EntradaInvalida) as negativa:
            registrar(inicio, fin)
        assert negativa.value.campo == campo
    with pytest.raises(EntradaInvalida):
        _certificar(jefe_asesoria, caida, ahora, difundida_en=ahora + hora)
    with pytest.raises(Denegado):
        services.registrar_interrupcion(
            actor=jefe_asesoria,
            servicio="CASILLA",
            inicio_en=ahora,
            fin_en=None,
            causa="x",
            norma="x",
            ahora=ahora,
        )
    assert Interrupcion.objects.count() == 1
