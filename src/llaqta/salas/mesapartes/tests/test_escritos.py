"""Los escritos que llegan a un expediente ya abierto: con número y cargo, y tramitados como lo que piden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.salas.cuentas.models import Persona, Representacion
from llaqta.salas.expedientes import queries as consultas
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Desistimiento, Estado, Expediente, Incorporado
from llaqta.salas.mesapartes import opciones, reactions, services
from llaqta.salas.mesapartes.models import EscritoPosterior, Presentacion
from llaqta.salas.mesapartes.services import LoQueDice
from llaqta.salas.mesapartes.tests import factories
from llaqta.salas.recursos.models import Recurso
from llaqta.salas.recursos.tests.conftest import (  # noqa: F401 — pytest encuentra aquí las piezas por su nombre
    Caso,
    _carpeta_de_prueba,
    _datos,
    atender,
    caso,
    el,
    huella,
    papel,
    plantillas,
    texto_del_pdf,
    tipos,
)

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, Any]]


def test_lleva_el_numero_que_sigue_en_el_mismo_registro(caso: Caso) -> None:  # noqa: F811
    """Un solo registro para todo lo que entra (117.2): los números se siguen sin huecos."""
    caso.presentar("2026-06-01")
    uno = caso.escribir("OTRO", "2026-06-02", texto="Adjunto una foto.")
    caso.presentar("2026-06-03")

    numeros = [*Presentacion.objects.values_list("correlativo", flat=True), uno.correlativo]
    assert sorted(numeros) == [1, 2, 3]
    assert uno.numero == "2026-000002"


def test_entra_al_expediente_foliado_y_lo_ve_quien_lo_presento(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    folios = caso.leer().folios

    escrito = caso.escribir("OTRO", "2026-06-02", texto="Va un plano.", archivos=[papel("plano.pdf", 3)])

    puesto = Incorporado.objects.get(documento=escrito.principal)
    assert puesto.visible_para_administrado
    assert puesto.folio_desde == folios + 1
    assert escrito.folios == escrito.principal.folios + 3
    assert caso.leer().folios == folios + escrito.folios


def test_sin_escribir_nada_el_escrito_se_compone_con_lo_que_se_sabe(caso: Caso) -> None:  # noqa: F811
    caso.negado()

    escrito = caso.escribir("APELACION", "2026-08-10")

    texto = texto_del_pdf(escrito.principal)
    assert "RECURSO DE APELACIÓN" in texto
    assert "Rosa Quispe Huamán" in texto
    assert caso.leer().numero in texto
    assert Recurso.objects.get().acto.numero in texto
    assert "jueves 27 de agosto de 2026" in texto
    assert "No requiere firma de abogado" in texto


def test_el_cargo_se_sella_con_los_mismos_campos(caso: Caso) -> None:  # noqa: F811
    caso.negado()
    escrito = caso.escribir("APELACION", "2026-08-10 16:45")

    uno = services.sellar_cargo_de_escrito(escrito_id=escrito.pk, ahora=el("2026-08-10 16:45"))
    dos = services.sellar_cargo_de_escrito(escrito_id=escrito.pk, ahora=el("2026-08-10 16:46"))

    assert uno == dos
    assert uno.firmado
    texto = texto_del_pdf(uno)
    for campo in (
        "CARGO DE RECEPCIÓN", escrito.numero, caso.leer().numero, "16:45:00", "Recurso de apelación",
        "Rosa Quispe Huamán", "apelacion.pdf", "Gerencia Municipal", "no suspende lo decidido",
    ):  # fmt: skip
        assert campo in texto, campo


def test_avisa_por_correo(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    escrito = caso.escribir("OTRO", "2026-06-02", texto="Hola.", correo="rosa@ejemplo.pe")

    assert services.avisar_escrito(escrito_id=escrito.pk)

    assert mail.outbox[-1].to == ["rosa@ejemplo.pe"]
    assert escrito.numero in mail.outbox[-1].subject


def test_el_mismo_envio_se_recibe_una_vez(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    envio = uuid4()

    uno = caso.escribir("OTRO", "2026-06-02", texto="Hola.", envio=envio)
    dos = caso.escribir("OTRO", "2026-06-02", texto="Hola.", envio=envio)

    assert uno == dos
    assert EscritoPosterior.objects.count() == 1


def test_un_archivo_peligroso_no_deja_nada(caso: Caso, huella: Huella) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    antes = huella()

    with pytest.raises(services.ArchivoPeligroso):
        caso.escribir(
            "OTRO", "2026-06-02", texto="Mire.",
            archivos=[factories.archivo("trampa.pdf", factories.pdf_con_javascript())],
        )  # fmt: skip

    despues = huella()
    assert {**despues, "Suceso": 0, "trabajos": 0} == {**antes, "Suceso": 0, "trabajos": 0}
    assert not EscritoPosterior.objects.exists()


def test_un_texto_enorme_o_con_caracteres_que_no_se_ven_no_se_recibe(caso: Caso, huella: Huella) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    antes = huella()

    for texto in ("a" * 8001, "Hola\u202e"):
        with pytest.raises(EntradaInvalida):
            caso.escribir("OTRO", "2026-06-02", texto=texto)
    with pytest.raises(EntradaInvalida):
        caso.escribir("INVENTADA", "2026-06-02")

    assert huella() == antes


# --- Cada clase abre su puerta --------------------------------------------------------------------------------------
def test_el_desistimiento_queda_anotado_y_espera_su_resolucion(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")

    escrito = caso.escribir("DESISTIMIENTO", "2026-06-05")

    hecho = Desistimiento.objects.get()
    assert (hecho.clase, hecho.documento) == ("PROCEDIMIENTO", escrito.principal)
    assert "puede volver a pedir lo mismo" in escrito.que_sigue
    assert caso.leer().estado == Estado.EN_TRAMITE


def test_21_la_suspension_mueve_el_vencimiento(caso: Caso) -> None:  # noqa: F811
    """Treinta días hábiles desde el 1 de junio; del lunes 15 al viernes 26 suspendido: vence el viernes 31 de julio."""
    caso.rige(calificacion="SILENCIO_POSITIVO")
    caso.presentar("2026-06-01")

    escrito = caso.escribir(
        "SUSPENSION",
        "2026-06-12",
        desde=date(2026, 6, 15),
        hasta=date(2026, 6, 26),
        texto="Consigo el plano.",
    )

    assert caso.leer().vence_el == date(2026, 7, 31)
    assert "viernes 31 de julio de 2026" in escrito.que_sigue
    otra = opciones.check_opcion(caso.leer(), "SUSPENSION", para=caso.rosa, ahora=el("2026-06-12"))
    assert otra is not None
    assert "hasta 20 días hábiles (art. 136.4)" in otra.explicacion, "pidió diez de treinta"


def test_21_con_silencio_negativo_no_se_suspende(caso: Caso, huella: Huella) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    antes = huella()

    with pytest.raises(NoProcede, match="silencio") as negativa:
        caso.escribir("SUSPENSION", "2026-06-12", desde=date(2026, 6, 15), hasta=date(2026, 6, 26))

    assert "136.4" in negativa.value.norma
    assert huella() == antes


def test_la_suspension_sin_fechas_no_se_recibe(caso: Caso, huella: Huella) -> None:  # noqa: F811
    caso.rige(calificacion="SILENCIO_POSITIVO")
    caso.presentar("2026-06-01")
    antes = huella()

    with pytest.raises(EntradaInvalida, match="desde qué día"):
        caso.escribir("SUSPENSION", "2026-06-12")

    assert huella() == antes


def test_la_declaracion_jurada_hace_valer_el_silencio_positivo(caso: Caso, huella: Huella) -> None:  # noqa: F811
    """Vence el 14 de julio; cinco días para notificar; aprobado desde el miércoles 22."""
    caso.rige(calificacion="SILENCIO_POSITIVO")
    caso.presentar("2026-06-01")
    antes = huella()
    with pytest.raises(NoProcede):
        caso.escribir("DJ_SILENCIO", "2026-07-21")
    assert huella() == antes

    escrito = caso.escribir("DJ_SILENCIO", "2026-07-22")

    assert caso.leer().estado == Estado.APROBADO_FICTO
    assert caso.leer().silencio_operado_el == date(2026, 7, 22)
    assert "art. 33-B" in escrito.que_sigue


def test_la_respuesta_al_requerimiento_hace_continuar_el_plazo(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    expedientes.emplazar(
        actor=caso.lucia, expediente=caso.leer(), defecto="El plano no tiene escala.",
        por_que_no_se_vio="Solo se advierte al medir.", ahora=el("2026-06-10"),
    )  # fmt: skip
    assert caso.leer().estado == Estado.EMPLAZADO

    escrito = caso.escribir("RESPUESTA_A_EMPLAZAMIENTO", "2026-06-15", archivos=[papel("plano.pdf")])

    assert caso.leer().estado == Estado.EN_TRAMITE
    assert "El trámite continúa" in escrito.que_sigue


def test_quien_actua_deja_de_tenerlo_paralizado(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    expedientes.anotar_paralizacion(
        actor=caso.lucia, expediente=caso.leer(), desde=date(2026, 6, 5), motivo="No trae el plano.",
        ahora=el("2026-06-10"),
    )  # fmt: skip

    caso.escribir("OTRO", "2026-06-15", texto="Ya lo traigo.")

    assert caso.leer().paralizado_desde is None


# --- Ventanilla y representantes ------------------------------------------------------------------------------------
def test_la_ventanilla_registra_el_papel_de_quien_es_parte(caso: Caso) -> None:  # noqa: F811
    caso.negado()

    escrito = services.registrar_escrito(
        actor=caso.mario, presentado_por=caso.rosa, expediente=caso.leer(), dice=LoQueDice(clase="APELACION"),
        archivos=[papel("apelacion escaneada.pdf", 2)], envio=uuid4(), ahora=el("2026-08-10"),
    )  # fmt: skip

    assert (escrito.canal, escrito.registrado_por) == ("VENTANILLA", caso.mario)
    assert escrito.principal.archivo.nombre == "apelacion escaneada.pdf"
    assert escrito.principal.medio == "FISICO"
    assert Recurso.objects.get().presentado_por == caso.rosa


def test_la_recepcion_no_califica_un_papel_sin_prueba_nueva(caso: Caso) -> None:  # noqa: F811
    """Lo que llega en papel se recibe (124.1): si le falta la prueba nueva, lo dirá quien resuelve."""
    caso.negado()

    services.registrar_escrito(
        actor=caso.mario, presentado_por=caso.rosa, expediente=caso.leer(), envio=uuid4(), archivos=[papel()],
        dice=LoQueDice(clase="RECONSIDERACION"), ahora=el("2026-08-10"),
    )  # fmt: skip

    assert Recurso.objects.get().nueva_prueba == ""


def test_la_ventanilla_pide_la_digitalizacion_y_que_firme_una_parte(
    caso: Caso,  # noqa: F811
    otro_ciudadano: Persona,
    huella: Huella,  # noqa: F811
) -> None:
    caso.presentar("2026-06-01")
    comun = {"expediente": caso.leer(), "dice": LoQueDice(clase="OTRO", texto="Hola."), "envio": uuid4()}
    antes = huella()

    with pytest.raises(EntradaInvalida, match="digitalización"):
        services.registrar_escrito(
            actor=caso.mario, presentado_por=caso.rosa, archivos=[], ahora=el("2026-06-02"), **comun
        )
    with pytest.raises(NoEncontrado):
        services.registrar_escrito(
            actor=caso.mario,
            presentado_por=otro_ciudadano,
            archivos=[papel()],
            ahora=el("2026-06-02"),
            **comun,
        )
    with pytest.raises(Denegado):
        services.registrar_escrito(
            actor=caso.lucia, presentado_por=caso.rosa, archivos=[papel()], ahora=el("2026-06-02"), **comun
        )

    assert huella() == antes


def test_el_representante_presenta_por_ella(caso: Caso, otro_ciudadano: Persona) -> None:  # noqa: F811
    caso.negado()
    Representacion.objects.create(
        representado=caso.rosa,
        representante=otro_ciudadano,
        desde=date(2026, 1, 1),
        sustento="Carta poder",
    )

    caso.escribir("APELACION", "2026-08-10", actor=otro_ciudadano)

    assert Recurso.objects.get().presentado_por == otro_ciudadano


# --- El silencio negativo se avisa, y no se dice que es una negativa -------------------------------------------------
def _con_correo(expediente: Expediente) -> Expediente:
    Presentacion.objects.filter(expediente=expediente).update(correo="rosa@ejemplo.pe")
    return expediente


def test_06_el_silencio_negativo_se_avisa_en_palabras_sencillas(caso: Caso) -> None:  # noqa: F811
    expediente = _con_correo(caso.presentar("2026-06-01"))
    assert not services.avisar_silencio_negativo(expediente_id=expediente.pk)  # todavía no opera
    expedientes.declarar_vencimientos(ahora=el("2026-07-15 00:01"))

    atender("expedientes.SilencioNegativoOperado", reactions.avisar_silencio_negativo)
    atender("expedientes.SilencioNegativoOperado", reactions.avisar_silencio_negativo)

    [correo] = [m for m in mail.outbox if "Venció el plazo para responderle" in m.subject]
    assert correo.to == ["rosa@ejemplo.pe"]
    assert (
        "terminó el martes 14 de julio de 2026 y la municipalidad todavía no le ha respondido" in correo.body
    )
    assert "Esto no es una respuesta: la municipalidad sigue obligada a decidir" in correo.body
    assert "no corre ningún plazo (art. 188.5)" in correo.body
    assert "- Apelar, para que decida la Gerencia Municipal." in correo.body
    assert "deneg" not in correo.body.lower()


def test_06_lo_que_ya_se_apelo_no_se_vuelve_a_avisar_y_tras_la_apelacion_queda_el_juez(
    caso: Caso,  # noqa: F811
) -> None:
    expediente = _con_correo(caso.presentar("2026-06-01"))
    expedientes.declarar_vencimientos(ahora=el("2026-07-15 00:01"))
    caso.escribir("APELACION", "2026-07-15")
    assert not services.avisar_silencio_negativo(expediente_id=expediente.pk)

    vence = caso.leer().silencio_desde
    expedientes.declarar_vencimientos(ahora=el(f"{vence} 00:01"))
    assert services.avisar_silencio_negativo(expediente_id=expediente.pk)

    assert "- Acudir al Poder Judicial: en la municipalidad ya no cabe otro recurso." in mail.outbox[-1].body
    llano = consultas.get_plazo_llano(caso.leer(), el(f"{vence} 09:00"))
    assert llano is not None
    assert llano.explicacion.startswith("Puede acudir al Poder Judicial ahora o seguir esperando")


# --- Los botones ----------------------------------------------------------------------------------------------------
def _ofrecidas(caso: Caso, cuando: str) -> set[str]:  # noqa: F811
    return {o.clase for o in opciones.get_opciones(caso.leer(), para=caso.rosa, ahora=el(cuando))}


def test_solo_se_ofrece_lo_que_la_ley_permite_ese_dia(caso: Caso) -> None:  # noqa: F811
    caso.presentar("2026-06-01")
    assert _ofrecidas(caso, "2026-06-10") == {"QUEJA", "DESISTIMIENTO", "OTRO"}
    # Desde el 15 de julio opera el silencio negativo.
    assert _ofrecidas(caso, "2026-07-15") == {"APELACION", "QUEJA", "DESISTIMIENTO", "OTRO"}


def test_notificada_se_ofrecen_los_recursos_con_su_ultimo_dia_y_despues_no(caso: Caso) -> None:  # noqa: F811
    caso.negado(deposito="2026-07-24")
    hechas = {o.clase: o for o in opciones.get_opciones(caso.leer(), para=caso.rosa, ahora=el("2026-08-10"))}

    assert set(hechas) == {"APELACION", "RECONSIDERACION", "OTRO"}
    assert hechas["APELACION"].hasta == date(2026, 8, 27)
    assert _ofrecidas(caso, "2026-08-27 23:59:59") == {"APELACION", "RECONSIDERACION", "OTRO"}
    assert _ofrecidas(caso, "2026-08-28 00:00") == {"OTRO"}


def test_con_un_recurso_en_curso_no_hay_boton_para_otro(caso: Caso) -> None:  # noqa: F811
    caso.negado()
    caso.escribir("APELACION", "2026-08-10")

    assert _ofrecidas(caso, "2026-08-11") == {"QUEJA", "DESISTIMIENTO", "OTRO"}
