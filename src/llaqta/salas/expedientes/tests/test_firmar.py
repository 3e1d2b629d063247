"""Firmar es un solo acto: número, fecha y firma. Si algo falla no pasó nada, y el número no se quema."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import connection

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Serie
from llaqta.conftest import PIN
from llaqta.salas.cuentas.models import Asignacion, Persona, RolDePersona, UnidadOrganica
from llaqta.salas.documentos.models import Acceso, Documento
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Plantilla, Proyecto
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma import services as certificados

Huella = Callable[[], dict[str, int]]


def _leer(documento: Documento) -> bytes:
    with storage.abrir(documento.archivo.sha256) as flujo:
        return flujo.read()


def test_lleva_numero_firma_y_codigo_y_resuelve_el_expediente(
    resolucion: Documento, para_firma: Proyecto, en_tramite: Expediente, jefe: Persona, ahora: datetime
) -> None:
    assert resolucion.numero == "RESOLUCIÓN SUBGERENCIAL N° 000001-2026-MDP/SGLC"
    assert resolucion.firmado
    assert resolucion.autor == jefe
    assert resolucion.cvd is not None
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "RESUELTO"
    assert en_tramite.folios == 12 + resolucion.folios
    incorporado = resolucion.incorporado
    assert (incorporado.orden, incorporado.folio_desde) == (2, 13)
    para_firma.refresh_from_db()
    assert (para_firma.estado, para_firma.documento) == ("EMITIDO", resolucion)
    informe = firma.verificar(_leer(resolucion), ahora=ahora)
    assert informe.veredicto.name == "VALIDA", informe.motivos


def test_la_administrada_no_la_ve_hasta_que_se_le_notifique(
    resolucion: Documento, ciudadana: Persona
) -> None:
    assert not resolucion.incorporado.visible_para_administrado
    assert not Acceso.objects.filter(documento=resolucion, persona=ciudadana).exists()


def test_el_pdf_dice_el_numero_y_ya_no_es_borrador(resolucion: Documento) -> None:
    with pikepdf.open(BytesIO(_leer(resolucion))) as pdf:
        assert str(pdf.docinfo["/Title"]) == resolucion.numero


def test_con_el_pin_errado_no_paso_nada(
    para_firma: Proyecto, jefe: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="El PIN no es correcto"):
        expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin="999999", ahora=ahora)
    assert huella_de_la_base() == antes
    assert not Serie.objects.filter(nombre__startswith="documento.").exists()
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora)
    assert documento.numero.endswith("000001-2026-MDP/SGLC")


def test_firmar_dos_veces_da_el_mismo_documento(
    resolucion: Documento, para_firma: Proyecto, jefe: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    assert expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora) == resolucion
    assert huella_de_la_base() == antes


def test_solo_firma_quien_hoy_ocupa_el_puesto(
    para_firma: Proyecto,
    jefe_asesoria: Persona,
    especialista: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="solo quien hoy ocupa ese puesto"):
        expedientes.firmar_proyecto(actor=jefe_asesoria, proyecto=para_firma, pin=PIN, ahora=ahora)
    with pytest.raises(Denegado, match="jefatura"):
        expedientes.firmar_proyecto(actor=especialista, proyecto=para_firma, pin=PIN, ahora=ahora)
    assert huella_de_la_base() == antes


def test_un_borrador_no_se_firma(
    borrador: Proyecto, con_certificado: None, jefe: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede):
        expedientes.firmar_proyecto(actor=jefe, proyecto=borrador, pin=PIN, ahora=ahora)
    assert huella_de_la_base() == antes


def test_mientras_se_espera_un_informe_no_se_resuelve(
    para_firma: Proyecto,
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    expedientes.pedir_informe(
        actor=especialista,
        expediente=en_tramite,
        para_unidad=unidades["OAJ"],
        motivo="m",
        proveido="p",
        ahora=ahora,
    )
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="Todavía se espera un informe"):
        expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora)
    assert huella_de_la_base() == antes


def test_quien_ya_no_tiene_el_expediente_no_lo_resuelve(
    para_firma: Proyecto,
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    expedientes.derivar(
        actor=especialista,
        expediente=en_tramite,
        para_unidad=unidades["GDEL"],
        motivo="m",
        proveido="",
        ahora=ahora,
    )
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ahora lo tiene Gerencia de Desarrollo Económico Local"):
        expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=ahora)
    assert huella_de_la_base() == antes


def test_el_numero_lleva_las_siglas_de_quien_firma(
    borrador: Proyecto, especialista: Persona, gerente: Persona, ahora: datetime
) -> None:
    certificados.emitir_certificado_de_demostracion(persona=gerente, pin=PIN, ahora=ahora - timedelta(days=1))
    puesto = gerente.asignaciones.get().puesto
    proyecto = expedientes.editar_proyecto(
        actor=especialista, proyecto=borrador, asunto=borrador.asunto, cuerpo=borrador.cuerpo, firmante=puesto,
        pone_fin=True, ahora=ahora,
    )  # fmt: skip
    proyecto = expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    documento = expedientes.firmar_proyecto(actor=gerente, proyecto=proyecto, pin=PIN, ahora=ahora)
    assert documento.numero == "RESOLUCIÓN SUBGERENCIAL N° 000001-2026-MDP/GM"
    assert documento.unidad == puesto.unidad


def test_el_anio_del_numero_es_el_de_lima(para_firma: Proyecto, jefe: Persona) -> None:
    justo = datetime(2026, 12, 31, 23, 59, 59, tzinfo=LIMA)
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=justo)
    assert "-2026-" in documento.numero
    assert documento.fechado_el == justo.date()


def test_la_opinion_legal_se_firma_vuelve_y_no_resuelve(
    en_tramite: Expediente,
    especialista: Persona,
    asesor: Persona,
    jefe_asesoria: Persona,
    con_certificado: None,
    plantillas: dict[str, Plantilla],
    unidades: dict[str, UnidadOrganica],
    ciudadana: Persona,
    ahora: datetime,
) -> None:
    pedido = expedientes.pedir_informe(
        actor=especialista, expediente=en_tramite, para_unidad=unidades["OAJ"], motivo="para opinión",
        proveido="¿Procede?", ahora=ahora,
    )  # fmt: skip
    pedido = expedientes.recibir_movimiento(actor=asesor, movimiento=pedido, ahora=ahora)
    proyecto = expedientes.redactar_proyecto(
        actor=asesor,
        expediente=en_tramite,
        plantilla=plantillas["Opinión legal"],
        movimiento=pedido,
        ahora=ahora,
    )
    enviado = expedientes.enviar_proyecto(actor=asesor, proyecto=proyecto, ahora=ahora)
    opinion = expedientes.firmar_proyecto(actor=jefe_asesoria, proyecto=enviado, pin=PIN, ahora=ahora)
    assert opinion.numero == "OPINIÓN LEGAL N° 000001-2026-MDP/OAJ"
    assert opinion.incorporado.visible_para_administrado
    expedientes.rendir_informe(actor=asesor, movimiento=pedido, nota="", ahora=ahora)
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EN_TRAMITE"
    assert en_tramite.movimientos.get(responde_a=pedido).proveido == opinion.numero
    resolucion = expedientes.redactar_proyecto(
        actor=especialista,
        expediente=en_tramite,
        plantilla=plantillas["Resolución que otorga una licencia"],
        ahora=ahora,
    )
    assert opinion.numero in resolucion.cuerpo
    titulos = [hito.titulo for hito in queries.get_historia(en_tramite, para=ciudadana)]
    assert "La Oficina de Asesoría Jurídica dio su opinión" in titulos


def test_el_visto_bueno_se_imprime_y_la_huella_es_de_lo_visto(
    borrador: Proyecto,
    especialista: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    con_certificado: None,
    ahora: datetime,
) -> None:
    import pypdfium2

    puesto = jefe_asesoria.asignaciones.get().puesto
    proyecto = expedientes.editar_proyecto(
        actor=especialista, proyecto=borrador, asunto=borrador.asunto, cuerpo=borrador.cuerpo,
        firmante=borrador.firmante, visadores=[puesto], pone_fin=True, ahora=ahora,
    )  # fmt: skip
    proyecto = expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    proyecto = expedientes.visar_proyecto(actor=jefe_asesoria, proyecto=proyecto, ahora=ahora)
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=ahora)
    pdf = pypdfium2.PdfDocument(_leer(documento))
    texto = " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in pdf).split())
    assert "V° B°: Nélida Vargas Lazo (Jefa de oficina, OAJ), 01/06/2026 10:00" in texto
    assert "BORRADOR" not in texto


@pytest.mark.django_db(transaction=True)
def test_dos_jefes_a_la_vez_un_solo_documento(
    para_firma: Proyecto, jefe: Persona, gerente: Persona, ahora: datetime, roles: Any
) -> None:
    """Hay encargatura: dos personas ocupan hoy el mismo puesto y las dos pulsan «Firmar»."""
    Asignacion.objects.create(persona=gerente, puesto=para_firma.firmante, desde=ahora.date())
    RolDePersona.objects.get_or_create(persona=gerente, rol=roles["JEFATURA"], desde=ahora.date())
    certificados.emitir_certificado_de_demostracion(persona=gerente, pin=PIN, ahora=ahora - timedelta(days=1))
    encargada = Persona.objects.get(pk=gerente.pk)

    def firmar(quien: Persona) -> int:
        try:
            return expedientes.firmar_proyecto(actor=quien, proyecto=para_firma, pin=PIN, ahora=ahora).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hilos:
        uno, otro = hilos.submit(firmar, jefe), hilos.submit(firmar, encargada)
        assert uno.result() == otro.result()
    assert Documento.objects.filter(origen="INTERNO").count() == 1
    assert Serie.objects.get(nombre="documento.RESOLUCION_SUBGERENCIAL").ultimo == 1


@pytest.mark.django_db(transaction=True)
def test_dos_documentos_del_mismo_tipo_a_la_vez_numeros_seguidos(
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    con_certificado: None,
    plantillas: dict[str, Plantilla],
    abrir: Callable[..., Expediente],
    ventanilla: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> None:
    otro = abrir()
    movimiento = expedientes.derivar(
        actor=ventanilla,
        expediente=otro,
        para_unidad=unidades["SGLC"],
        motivo="m",
        proveido="",
        desde_mesa=True,
        ahora=ahora,
    )
    expedientes.recibir_movimiento(actor=especialista, movimiento=movimiento, ahora=ahora)
    proyectos = []
    for expediente in (en_tramite, otro):
        proyecto = expedientes.redactar_proyecto(
            actor=especialista, expediente=expediente, plantilla=plantillas["Oficio"], ahora=ahora
        )
        proyectos.append(expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora))

    def firmar(proyecto: Proyecto) -> str:
        try:
            return expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=ahora).numero
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hilos:
        numeros = sorted(hilos.map(firmar, proyectos))
    assert numeros == ["OFICIO N° 000001-2026-MDP/SGLC", "OFICIO N° 000002-2026-MDP/SGLC"]
