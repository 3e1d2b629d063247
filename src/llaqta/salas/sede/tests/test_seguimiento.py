"""El seguimiento con número y clave: sin cuenta, en palabras llanas, y sin que la clave quede escrita."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.mesapartes.services.revisar import ItemPorObservar
from llaqta.salas.sede import queries, rules
from llaqta.salas.sede.models import Intento


def _abrir(visitante: Client, expediente: Expediente, clave: str = "") -> Any:
    return visitante.post("/seguimiento/", {"numero": expediente.numero, "clave": clave or expediente.clave})


def test_con_numero_y_clave_se_ve_todo_en_palabras_llanas(visitante: Client, expediente: Expediente) -> None:
    respuesta = _abrir(visitante, expediente)
    assert respuesta.headers["Location"] == f"/seguimiento/{expediente.numero}/"
    pagina = visitante.get(respuesta.headers["Location"])
    texto = pagina.content.decode()
    assert pagina.status_code == 200
    for frase in (
        "Recibimos su solicitud",
        "La mesa de partes está revisando sus documentos.",
        "Quedan 8 días hábiles",
        "Su municipalidad tiene hasta el jueves 11 de junio de 2026 para responder.",
        "Si no le notifica su decisión hasta el jueves 18 de junio de 2026, lo que pidió queda aprobado",
        "¿Por qué esta fecha?",
        "jueves 11 de junio de 2026: <b>día 8</b>",
        "domingo 7 de junio de 2026: no se cuenta, feriado nacional",
        "su pedido queda aprobado (silencio positivo)",
    ):
        assert frase in texto
    assert "Rosa" not in texto
    assert "45678901" not in texto


def test_la_clave_no_queda_en_la_direccion_ni_en_la_pagina(visitante: Client, expediente: Expediente) -> None:
    respuesta = _abrir(visitante, expediente)
    assert expediente.clave not in respuesta.headers["Location"]
    pagina = visitante.get(respuesta.headers["Location"])
    assert expediente.clave not in pagina.content.decode()
    assert "no-store" in pagina.headers["Cache-Control"]
    galleta = respuesta.cookies["seguimiento"]
    assert (galleta["path"], galleta["httponly"], galleta["samesite"], galleta["max-age"]) == (
        "/seguimiento/",
        True,
        "Lax",
        1800,
    )


@pytest.mark.parametrize("forma", ["{}", " {} ", "minusculas", "guiones"])
def test_la_clave_se_acepta_como_la_gente_la_escribe(
    visitante: Client, expediente: Expediente, forma: str
) -> None:
    clave = expediente.clave
    escrita = {
        "minusculas": clave.lower(),
        "guiones": "-".join([clave[:4], clave[4:8], clave[8:12], clave[12:]]),
    }
    assert _abrir(visitante, expediente, escrita.get(forma) or forma.format(clave)).status_code == 302


def test_clave_errada_y_numero_que_no_existe_reciben_la_misma_respuesta_al_mismo_costo(
    visitante: Client, expediente: Expediente
) -> None:
    visitante.get("/seguimiento/")  # la entidad ya está en memoria
    respuestas = []
    for numero in (expediente.numero, "EXP-2026-000999-4", "cualquier cosa"):
        Intento.objects.all().delete()
        with CaptureQueriesContext(connection) as consultas:
            respuesta = visitante.post("/seguimiento/", {"numero": numero, "clave": "A" * 16})
        frases = respuesta.context["form"].non_field_errors()
        respuestas.append(
            (respuesta.status_code, list(frases), "seguimiento" in respuesta.cookies, len(consultas))
        )
    assert respuestas[0] == respuestas[1] == respuestas[2]
    assert respuestas[0][:3] == (
        422,
        ["El número y la clave no corresponden a ningún expediente. Cópielos tal como están en su cargo."],
        False,
    )


def test_sin_clave_se_pide_y_no_se_dice_si_existe(visitante: Client, expediente: Expediente) -> None:
    for numero in (expediente.numero, "EXP-2026-000999-4"):
        respuesta = visitante.get(f"/seguimiento/{numero}/")
        assert respuesta.headers["Location"] == f"/seguimiento/?numero={numero}"


def test_el_qr_del_cargo_abre_y_quita_la_clave_de_la_direccion(
    visitante: Client, expediente: Expediente
) -> None:
    respuesta = visitante.get(f"/s/{expediente.numero}/{expediente.clave}")
    assert respuesta.headers["Location"] == f"/seguimiento/{expediente.numero}/"
    assert visitante.get(respuesta.headers["Location"]).status_code == 200
    assert visitante.get(f"/s/{expediente.numero}/{'A' * 16}").status_code == 404


def test_una_galleta_alterada_no_abre_nada(visitante: Client, expediente: Expediente) -> None:
    _abrir(visitante, expediente)
    visitante.cookies["seguimiento"] = visitante.cookies["seguimiento"].value + "x"
    assert visitante.get(f"/seguimiento/{expediente.numero}/").status_code == 302


def test_cerrar_olvida_la_clave(visitante: Client, expediente: Expediente) -> None:
    _abrir(visitante, expediente)
    assert visitante.post("/seguimiento/cerrar/").status_code == 302
    assert visitante.get(f"/seguimiento/{expediente.numero}/").status_code == 302


def test_quien_presento_con_su_cuenta_no_necesita_la_clave_y_otro_ciudadano_no_lo_ve(
    ciudadana: Persona, otro_ciudadano: Persona, cliente: Any, expediente: Expediente
) -> None:
    assert cliente(ciudadana).get(f"/seguimiento/{expediente.numero}/").status_code == 200
    assert cliente(otro_ciudadano).get(f"/seguimiento/{expediente.numero}/").status_code == 302
    with pytest.raises(NoEncontrado):
        queries.get_expediente_seguido(expediente.numero, clave="", para=otro_ciudadano)


def test_los_documentos_se_abren_con_la_clave_y_solo_los_del_expediente(
    visitante: Client, expediente: Expediente, emitir: Any
) -> None:
    suyo = expediente.incorporados.first()
    ajeno = emitir().documento
    assert suyo is not None
    direccion = f"/seguimiento/{expediente.numero}/documentos/{suyo.documento_id}/"
    assert visitante.get(direccion).status_code == 404
    _abrir(visitante, expediente)
    respuesta = visitante.get(direccion)
    assert b"".join(respuesta.streaming_content)[:5] == b"%PDF-"  # type: ignore[attr-defined]
    assert "sandbox" in respuesta.headers["Content-Security-Policy"]
    assert visitante.get(f"/seguimiento/{expediente.numero}/documentos/{ajeno.pk}/").status_code == 404
    suyo.visible_para_administrado = False
    suyo.save()
    assert visitante.get(direccion).status_code == 404


def test_el_cargo_sellado_aparece_y_se_abre(
    visitante: Client, presentacion: Presentacion, ahora: datetime
) -> None:
    cargo = mesapartes.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)
    numero = presentacion.expediente.numero
    _abrir(visitante, presentacion.expediente)
    assert "Cargo de recepción" in visitante.get(f"/seguimiento/{numero}/").content.decode()
    assert visitante.get(f"/seguimiento/{numero}/documentos/{cargo.pk}/").status_code == 200


def test_si_le_falta_algo_lo_dice_con_su_fecha_y_como_corregirlo(
    visitante: Client, ventanilla: Persona, presentacion: Presentacion, licencia: Any, ahora: datetime
) -> None:
    croquis = licencia.requisitos_en_orden[1]
    mesapartes.observar(
        actor=ventanilla,
        presentacion=presentacion,
        items=[ItemPorObservar(croquis.pk, "Falta el croquis.")],
        ahora=ahora,
    )
    _abrir(visitante, presentacion.expediente)
    texto = visitante.get(f"/seguimiento/{presentacion.expediente.numero}/").content.decode()
    assert "Le falta corregir 1 cosa" in texto
    assert "Falta el croquis." in texto
    assert "miércoles 3 de junio de 2026" in texto
    assert f"/mi-carpeta/{presentacion.numero}/subsanar/" in texto
    assert "Agregar el último día" not in texto


def test_el_recorrido_nombra_oficinas_y_nunca_personas(
    visitante: Client,
    ventanilla: Persona,
    presentacion: Presentacion,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> None:
    mesapartes.recibir_y_derivar(
        actor=ventanilla,
        presentacion=presentacion,
        para_unidad=unidades["SGLC"],
        motivo="para su atención",
        proveido="Pase.",
        ahora=ahora + timedelta(hours=1),
    )
    _abrir(visitante, presentacion.expediente)
    texto = visitante.get(f"/seguimiento/{presentacion.expediente.numero}/").content.decode()
    assert "Su solicitud pasó a la Subgerencia de Licencias y Comercialización" in texto
    assert texto.index("Su solicitud pasó a") < texto.index("Quedó registrada con el número")
    assert ventanilla.apellido_paterno not in texto
    assert "Pase." not in texto


def test_el_vencimiento_llega_al_calendario_del_telefono(visitante: Client, expediente: Expediente) -> None:
    _abrir(visitante, expediente)
    respuesta = visitante.get(f"/seguimiento/{expediente.numero}/vencimiento.ics")
    lineas = respuesta.content.decode().split("\r\n")
    assert respuesta.headers["Content-Type"] == "text/calendar; charset=utf-8"
    fechas = [linea.removeprefix("DTSTART;VALUE=DATE:") for linea in lineas if linea.startswith("DTSTART")]
    assert fechas == ["20260611", "20260618", "20260619"]  # responder, notificar y, si no, aprobado
    assert f"SUMMARY:Último día de la municipalidad para responder: {expediente.numero}" in (
        "\r\n".join(lineas).replace("\r\n ", "").split("\r\n")
    )
    assert "DTSTAMP:20260601T150000Z" in lineas
    assert all(len(linea.encode()) <= 75 for linea in lineas)
    assert expediente.clave not in respuesta.content.decode()


def test_pasado_el_limite_se_pide_esperar_y_despues_se_vuelve_a_atender(
    visitante: Client, expediente: Expediente, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.LIMITES, "seguimiento", 2)
    for _ in range(2):
        assert _abrir(visitante, expediente, "A" * 16).status_code == 422
    negada = _abrir(visitante, expediente)
    assert negada.status_code == 429
    assert "Espere diez minutos" in negada.content.decode()
    otra = Client(REMOTE_ADDR="190.116.1.9")
    assert _abrir(otra, expediente).status_code == 302
    monkeypatch.setattr("django.utils.timezone.now", lambda: ahora + timedelta(minutes=11))
    assert _abrir(visitante, expediente).status_code == 302


def test_del_lugar_solo_queda_una_huella_y_solo_se_cree_al_intermediario_propio() -> None:
    def lugar(directa: str, reenviada: str = "", intermediarios: int = 0) -> str:
        return rules.lugar_de(directa, reenviada, intermediarios=intermediarios, secreto="s")

    assert lugar("127.0.0.1", "198.51.100.1, 190.116.1.9", 1) == lugar("190.116.1.9")
    assert lugar("127.0.0.1", "198.51.100.1, 190.116.1.9, 10.0.0.2", 2) == lugar("190.116.1.9")
    assert lugar("190.116.1.9", "198.51.100.1") == lugar("190.116.1.9")
    assert lugar("10.0.0.7", "198.51.100.1") == lugar("10.0.0.7")  # ni la red de la oficina
    assert lugar("", "190.116.1.9", 1) == lugar("190.116.1.9")
    assert "190.116" not in lugar("190.116.1.9")


def test_la_pagina_se_arma_con_pocas_consultas(
    visitante: Client, expediente: Expediente, django_assert_max_num_queries: Any
) -> None:
    _abrir(visitante, expediente)
    visitante.get("/")  # la entidad ya está en memoria
    with django_assert_max_num_queries(10):
        assert visitante.get(f"/seguimiento/{expediente.numero}/").status_code == 200
