"""Firmar por otro y firmar entre varios: el número, la frase y las firmas que la ley pide (arts. 67 y 72)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Serie, Suceso
from llaqta.conftest import PIN
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Delegacion, Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, FirmaConjunta, Incorporado, Plantilla, Proyecto
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma import services as certificados

Huella = Callable[[], dict[str, int]]


def _leer(documento: Documento) -> bytes:
    with storage.abrir(Documento.objects.get(pk=documento.pk).archivo.sha256) as flujo:
        return flujo.read()


def _texto(documento: Documento) -> str:
    pdf = pypdfium2.PdfDocument(_leer(documento))
    return " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in pdf).split())


@pytest.fixture
def oficio(
    en_tramite: Expediente,
    especialista: Persona,
    plantillas: dict[str, Plantilla],
    con_certificado: None,
    ahora: datetime,
) -> Proyecto:
    """Un oficio de la Subgerencia de Licencias, en borrador; lo firma Julio."""
    return expedientes.redactar_proyecto(
        actor=especialista, expediente=en_tramite, plantilla=plantillas["Oficio"], ahora=ahora
    )


@pytest.fixture
def delegacion(administradora: Persona, gerente: Persona, jefe: Persona, ahora: datetime) -> Delegacion:
    """La Gerencia Municipal delega en la Subgerencia de Licencias."""
    return documentos.registrar_delegacion(
        actor=administradora, clase="COMPETENCIA", delegante=gerente.asignaciones.get().puesto,
        delegado=jefe.asignaciones.get().puesto, acto="Resolución de Gerencia Municipal N° 15-2026-MDP/GM",
        materia="Comunicaciones", desde=date(2026, 1, 1), ahora=ahora,
    )  # fmt: skip


def _enviar(proyecto: Proyecto, especialista: Persona, ahora: datetime, **eleccion: Any) -> Proyecto:
    elegido = expedientes.elegir_firmantes(actor=especialista, proyecto=proyecto, ahora=ahora, **eleccion)
    return expedientes.enviar_proyecto(actor=especialista, proyecto=elegido, ahora=ahora)


# --- Por delegación -------------------------------------------------------------------------------------------------
def test_por_delegacion_numera_quien_delega_y_se_dice_junto_a_la_firma(
    oficio: Proyecto,
    delegacion: Delegacion,
    especialista: Persona,
    jefe: Persona,
    gerente: Persona,
    ahora: datetime,
) -> None:
    proyecto = _enviar(oficio, especialista, ahora, delegacion=delegacion)
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=ahora)
    assert documento.numero == "OFICIO N° 000001-2026-MDP/GM"
    assert documento.unidad == gerente.asignaciones.get().puesto.unidad
    assert documento.autor == jefe
    texto = _texto(documento)
    assert (
        "Por delegación de la Gerencia Municipal, según Resolución de Gerencia Municipal N° 15-2026-MDP/GM"
        in texto
    )
    assert "Julio Oré Mendoza" in texto
    assert Serie.objects.get(nombre="documento.OFICIO.GM").ultimo == 1
    assert not Serie.objects.filter(nombre="documento.OFICIO.SGLC").exists()


def test_la_firma_delegada_lleva_por_y_el_nombre_de_quien_delega(
    oficio: Proyecto, delegacion: Delegacion, especialista: Persona, jefe: Persona, ahora: datetime
) -> None:
    Delegacion.objects.filter(pk=delegacion.pk).update(clase="FIRMA")
    delegacion.refresh_from_db()
    proyecto = _enviar(oficio, especialista, ahora, delegacion=delegacion)
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=ahora)
    assert "Por: Carmen Aguirre Soto, Gerenta municipal, Gerencia Municipal, según" in _texto(documento)
    informe = firma.verificar(_leer(documento), ahora=ahora)
    assert informe.veredicto.name == "VALIDA", informe.motivos


def test_una_delegacion_que_ya_no_rige_no_sirve_para_firmar(
    oficio: Proyecto,
    delegacion: Delegacion,
    administradora: Persona,
    especialista: Persona,
    jefe: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    proyecto = _enviar(oficio, especialista, ahora, delegacion=delegacion)
    documentos.terminar_delegacion(
        actor=administradora, delegacion=delegacion, hasta=ahora.date(), ahora=ahora
    )
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="no rige hoy") as hallada:
        expedientes.firmar_proyecto(actor=jefe, proyecto=proyecto, pin=PIN, ahora=ahora + timedelta(days=1))
    assert hallada.value.norma == "Ley 27444, art. 67"
    assert huella_de_la_base() == antes


def test_no_se_elige_la_delegacion_de_otro(
    oficio: Proyecto, delegacion: Delegacion, especialista: Persona, jefe_asesoria: Persona, ahora: datetime
) -> None:
    ajena = Delegacion.objects.get(pk=delegacion.pk)
    ajena.pk, ajena.delegado = None, jefe_asesoria.asignaciones.get().puesto
    ajena.save()
    with pytest.raises(EntradaInvalida, match="no es de Subgerente"):
        expedientes.elegir_firmantes(actor=especialista, proyecto=oficio, delegacion=ajena, ahora=ahora)
    with pytest.raises(EntradaInvalida, match="no ambos"):
        expedientes.elegir_firmantes(
            actor=especialista, proyecto=oficio, delegacion=delegacion,
            firmantes=[jefe_asesoria.asignaciones.get().puesto], ahora=ahora,
        )  # fmt: skip
    oficio.refresh_from_db()
    assert (oficio.delegacion, oficio.version) == (None, 1)


# --- En conjunto ----------------------------------------------------------------------------------------------------
@pytest.fixture
def conjunto(oficio: Proyecto, especialista: Persona, jefe_asesoria: Persona, ahora: datetime) -> Proyecto:
    """El oficio, para que lo firmen Julio y después Nélida."""
    return _enviar(oficio, especialista, ahora, firmantes=[jefe_asesoria.asignaciones.get().puesto])


def test_dos_firmas_sobre_el_mismo_pdf_y_las_dos_valen(
    conjunto: Proyecto, en_tramite: Expediente, jefe: Persona, jefe_asesoria: Persona, ahora: datetime
) -> None:
    uno = expedientes.firmar_proyecto(actor=jefe, proyecto=conjunto, pin=PIN, ahora=ahora)
    assert uno.numero == "OFICIO N° 000001-2026-MDP/SGLC-OAJ"
    assert not Incorporado.objects.filter(documento=uno).exists()
    conjunto.refresh_from_db()
    assert (conjunto.estado, conjunto.documento) == ("PARA_FIRMA", None)
    assert conjunto.firmante == jefe_asesoria.asignaciones.get().puesto
    con_una = _leer(uno)

    otro = expedientes.firmar_proyecto(
        actor=jefe_asesoria, proyecto=conjunto, pin=PIN, ahora=ahora + timedelta(minutes=5)
    )

    assert otro == uno
    con_dos = _leer(uno)
    assert con_dos.startswith(con_una), "la segunda firma no toca un byte de la primera"
    informe = firma.verificar(con_dos, ahora=ahora + timedelta(minutes=5))
    assert informe.veredicto.name == "VALIDA", informe.motivos
    assert len(informe.firmas) == 2
    assert "Nélida Vargas Lazo" in _texto(uno)
    conjunto.refresh_from_db()
    assert (conjunto.estado, conjunto.documento) == ("EMITIDO", uno)
    assert conjunto.firmante == jefe.asignaciones.get().puesto
    assert Incorporado.objects.get(documento=uno).expediente == en_tramite
    assert Documento.objects.get(pk=uno.pk).firmado
    assert Serie.objects.get(nombre="documento.OFICIO.SGLC").ultimo == 1
    assert Suceso.objects.filter(tipo="expedientes.DocumentoEmitido").count() == 1


def test_firman_en_orden_y_cada_quien_una_vez(
    conjunto: Proyecto, jefe: Persona, jefe_asesoria: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="lo firma Subgerente"):
        expedientes.firmar_proyecto(actor=jefe_asesoria, proyecto=conjunto, pin=PIN, ahora=ahora)
    assert huella_de_la_base() == antes
    uno = expedientes.firmar_proyecto(actor=jefe, proyecto=conjunto, pin=PIN, ahora=ahora)
    antes = huella_de_la_base()
    assert expedientes.firmar_proyecto(actor=jefe, proyecto=conjunto, pin=PIN, ahora=ahora) == uno
    assert huella_de_la_base() == antes
    assert FirmaConjunta.objects.count() == 1


def test_con_el_pin_errado_la_segunda_firma_no_paso(
    conjunto: Proyecto, jefe: Persona, jefe_asesoria: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    expedientes.firmar_proyecto(actor=jefe, proyecto=conjunto, pin=PIN, ahora=ahora)
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="El PIN no es correcto"):
        expedientes.firmar_proyecto(actor=jefe_asesoria, proyecto=conjunto, pin="999999", ahora=ahora)
    assert huella_de_la_base() == antes


def test_si_la_segunda_lo_devuelve_el_numero_queda_anulado_y_el_siguiente_es_otro(
    conjunto: Proyecto, especialista: Persona, jefe: Persona, jefe_asesoria: Persona, ahora: datetime
) -> None:
    uno = expedientes.firmar_proyecto(actor=jefe, proyecto=conjunto, pin=PIN, ahora=ahora)
    with pytest.raises(NoProcede, match="ya tiene el número OFICIO N° 000001-2026-MDP/SGLC-OAJ y una firma"):
        expedientes.elegir_firmantes(actor=especialista, proyecto=conjunto, ahora=ahora)
    expedientes.devolver_proyecto(actor=jefe_asesoria, proyecto=conjunto, nota="Falta el plano", ahora=ahora)
    uno.refresh_from_db()
    assert uno.motivo_anulacion == "Devuelto antes de la última firma: Falta el plano"
    conjunto.refresh_from_db()
    assert (conjunto.estado, conjunto.firmante) == ("BORRADOR", jefe.asignaciones.get().puesto)
    enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=conjunto, ahora=ahora)
    otro = expedientes.firmar_proyecto(actor=jefe, proyecto=enviado, pin=PIN, ahora=ahora)
    assert otro.numero == "OFICIO N° 000002-2026-MDP/SGLC-OAJ"


def test_quien_firma_no_figura_dos_veces(
    oficio: Proyecto, especialista: Persona, jefe: Persona, asesor: Persona, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="ya firma o visa"):
        expedientes.elegir_firmantes(
            actor=especialista, proyecto=oficio, firmantes=[jefe.asignaciones.get().puesto], ahora=ahora
        )
    with pytest.raises(EntradaInvalida, match="no firma documentos"):
        expedientes.elegir_firmantes(
            actor=especialista, proyecto=oficio, firmantes=[asesor.asignaciones.get().puesto], ahora=ahora
        )
    with pytest.raises(Denegado):
        expedientes.elegir_firmantes(actor=asesor, proyecto=oficio, ahora=ahora)


def test_tres_firmas_valen_las_tres(
    oficio: Proyecto,
    especialista: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    gerente: Persona,
    ahora: datetime,
) -> None:
    certificados.emitir_certificado_de_demostracion(persona=gerente, pin=PIN, ahora=ahora - timedelta(days=1))
    otros = [jefe_asesoria.asignaciones.get().puesto, gerente.asignaciones.get().puesto]
    proyecto = _enviar(oficio, especialista, ahora, firmantes=otros)
    for quien in (jefe, jefe_asesoria, gerente):
        documento = expedientes.firmar_proyecto(actor=quien, proyecto=proyecto, pin=PIN, ahora=ahora)
    informe = firma.verificar(_leer(documento), ahora=ahora)
    assert (informe.veredicto.name, len(informe.firmas)) == ("VALIDA", 3), informe.motivos
    assert documento.numero == "OFICIO N° 000001-2026-MDP/SGLC-OAJ-GM"


def test_quien_ya_firmo_sigue_viendo_lo_que_firmo_y_quien_falta_tambien(
    oficio: Proyecto,
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    gerente: Persona,
    ahora: datetime,
    cliente: Callable[..., Client],
) -> None:
    otros = [jefe_asesoria.asignaciones.get().puesto, gerente.asignaciones.get().puesto]
    proyecto = _enviar(oficio, especialista, ahora, firmantes=otros)
    for quien in (jefe, jefe_asesoria):
        expedientes.firmar_proyecto(actor=quien, proyecto=proyecto, pin=PIN, ahora=ahora)
    for quien in (jefe, jefe_asesoria, gerente):
        persona = Persona.objects.get(pk=quien.pk)
        assert Expediente.objects.visible_to(persona).filter(pk=en_tramite.pk).exists()
        respuesta = cliente(persona).get(reverse("proyecto", args=[proyecto.pk]))
        assert respuesta.status_code == 200
        assert "Ya lleva 2 firmas de 3" in respuesta.content.decode()


# --- Anular lo emitido ----------------------------------------------------------------------------------------------
def test_anular_la_decision_no_notificada_conserva_el_numero_y_deja_resolver_otra_vez(
    resolucion: Documento, para_firma: Proyecto, en_tramite: Expediente, jefe: Persona, ahora: datetime
) -> None:
    expedientes.anular_emitido(
        actor=jefe, proyecto=para_firma, motivo="Se consignó otra dirección", ahora=ahora
    )
    resolucion.refresh_from_db()
    assert resolucion.numero == "RESOLUCIÓN SUBGERENCIAL N° 000001-2026-MDP/SGLC"
    assert resolucion.motivo_anulacion == "Se consignó otra dirección"
    assert resolucion.incorporado.folio_desde == 13
    para_firma.refresh_from_db()
    en_tramite.refresh_from_db()
    assert (para_firma.estado, en_tramite.estado) == ("ANULADO", "EN_TRAMITE")
    assert Suceso.objects.filter(tipo="expedientes.EmisionAnulada").count() == 1


def test_anula_la_jefatura_con_motivo_y_antes_de_notificar(
    resolucion: Documento,
    para_firma: Proyecto,
    en_tramite: Expediente,
    jefe: Persona,
    especialista: Persona,
    jefe_asesoria: Persona,
    con_casilla: None,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    for quien in (especialista, jefe_asesoria):
        with pytest.raises(Denegado, match="jefatura"):
            expedientes.anular_emitido(actor=quien, proyecto=para_firma, motivo="m", ahora=ahora)
    with pytest.raises(EntradaInvalida, match="por qué"):
        expedientes.anular_emitido(actor=jefe, proyecto=para_firma, motivo="", ahora=ahora)
    assert huella_de_la_base() == antes
    expediente = Expediente.objects.get(pk=en_tramite.pk)
    expedientes.notificar_decision(
        actor=especialista, expediente=expediente, documento=resolucion, ahora=ahora
    )
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="nulidad de oficio") as hallada:
        expedientes.anular_emitido(actor=jefe, proyecto=para_firma, motivo="m", ahora=ahora)
    assert hallada.value.norma == "Ley 27444, arts. 201 y 202"
    assert huella_de_la_base() == antes


def test_un_borrador_no_tiene_numero_que_anular(oficio: Proyecto, jefe: Persona, ahora: datetime) -> None:
    with pytest.raises(NoProcede, match="no tiene número que anular"):
        expedientes.anular_emitido(actor=jefe, proyecto=oficio, motivo="m", ahora=ahora)
