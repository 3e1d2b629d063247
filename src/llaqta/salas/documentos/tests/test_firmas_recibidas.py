"""Las firmas de lo que llega: se comprueban solas, se dicen con palabras, y lo que no se pudo se vuelve a intentar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos.errors import Denegado, NoEncontrado
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import firmas_recibidas, queries, reactions, services
from llaqta.salas.documentos.events import DocumentoGuardado
from llaqta.salas.documentos.models import Documento, RevisionDeFirmas
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.firma import queries as verificacion
from llaqta.salas.firma import services as firma
from llaqta.salas.firma.juicio import Veredicto
from llaqta.salas.firma.services import Motivo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos")]
PIN = "246810"
Navegador = Callable[..., Client]


def _firmar(quien: Persona, ahora: datetime, pdf: bytes | None = None) -> bytes:
    firma.emitir_certificado_de_demostracion(persona=quien, pin=PIN, ahora=ahora)
    return firma.firmar(
        actor=quien, pdf=pdf or archivos.pdf(1, texto="Solicitud"), pin=PIN, motivo=Motivo.AUTOR, cargo="", ahora=ahora
    ).bytes  # fmt: skip


def _llega(quien: Persona, contenido: bytes, ahora: datetime, **mas: Any) -> Documento:
    [archivo] = services.recibir_archivos(
        actor=quien, archivos=[ArchivoRecibido.de_bytes("escrito.pdf", contenido)], ahora=ahora
    )
    return services.guardar(
        actor=quien, tipo="SOLICITUD", asunto="Mi pedido", archivo=archivo, ahora=ahora, **mas
    )


def _describir(documento: Documento) -> list[firmas_recibidas.Insignia]:
    return firmas_recibidas.describir(Documento.objects.get(pk=documento.pk))


def _trabajos() -> int:
    return ProcrastinateJob.objects.filter(task_name="documentos.comprobar_firmas").count()


def test_al_llegar_un_pdf_se_pide_comprobarlo_y_lo_propio_no(
    ciudadana: Persona, jefe: Persona, ahora: datetime
) -> None:
    documento = _llega(ciudadana, archivos.pdf(1), ahora)
    reactions.pedir_vistas(DocumentoGuardado(documento.pk, documento.archivo_id), ahora=ahora)
    assert _trabajos() == 1
    propio = services.guardar_pdf_propio(actor=jefe, nombre="informe.pdf", pdf=archivos.pdf(1), ahora=ahora)
    interno = services.guardar(
        actor=jefe, tipo="INFORME", asunto="Informe", archivo=propio, ahora=ahora, origen="INTERNO"
    )
    reactions.pedir_vistas(DocumentoGuardado(interno.pk, interno.archivo_id), ahora=ahora)
    assert _trabajos() == 1
    assert services.comprobar_firmas(archivo_id=interno.archivo_id, ahora=ahora) is None
    assert _describir(interno) == []


def test_mientras_no_se_comprueba_lo_dice(ciudadana: Persona, ahora: datetime) -> None:
    [insignia] = _describir(_llega(ciudadana, archivos.pdf(1), ahora))
    assert insignia.palabras == "Firmas por comprobar"


def test_sin_firma_se_dice_y_no_llena_el_libro(ciudadana: Persona, ahora: datetime) -> None:
    documento = _llega(ciudadana, archivos.pdf(1), ahora)
    revision = services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    assert revision is not None
    assert revision.veredicto == "SIN_FIRMA"
    [insignia] = _describir(documento)
    assert (insignia.palabras, insignia.tono) == ("Sin firma digital", "neutro")
    assert not Suceso.objects.filter(tipo="documentos.FirmasComprobadas").exists()


def test_de_un_papel_digitalizado_no_se_dice_que_no_tiene_firma_digital(
    ventanilla: Persona, ahora: datetime
) -> None:
    documento = _llega(ventanilla, archivos.pdf(1), ahora, medio="FISICO")
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    assert _describir(documento) == []


def test_una_firma_valida_dice_quien_y_que_es_de_demostracion(ciudadana: Persona, ahora: datetime) -> None:
    documento = _llega(ciudadana, _firmar(ciudadana, ahora), ahora)
    revision = services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora + timedelta(minutes=1))
    assert revision is not None
    assert (revision.veredicto, revision.regla, revision.proximo_intento) == ("VALIDA", 1, None)
    [insignia] = _describir(documento)
    assert insignia.palabras == "Firmado digitalmente por QUISPE HUAMÁN Rosa (DNI 45678901) – válida"
    assert insignia.tono == "hecho"
    assert insignia.notas == ("Certificado de demostración: SIN VALOR LEGAL.",)
    suceso = Suceso.objects.get(tipo="documentos.FirmasComprobadas")
    assert suceso.datos == {"archivo_id": documento.archivo_id, "veredicto": "VALIDA", "firmas": 1}


def test_si_firma_otra_persona_que_la_que_presenta_se_advierte(
    ciudadana: Persona, otro_ciudadano: Persona, ahora: datetime
) -> None:
    documento = _llega(otro_ciudadano, _firmar(ciudadana, ahora), ahora)
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    [insignia] = _describir(documento)
    assert "Quien firma no es quien lo presentó." in insignia.notas


def test_lo_cambiado_despues_de_firmar_no_es_valido(ciudadana: Persona, ahora: datetime) -> None:
    firmado = _firmar(ciudadana, ahora)
    lugar = firmado.index(b"/MediaBox") + 11
    alterado = firmado[:lugar] + (b"9" if firmado[lugar : lugar + 1] != b"9" else b"8") + firmado[lugar + 1 :]
    documento = _llega(ciudadana, alterado, ahora)
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    insignias = _describir(documento)
    assert [insignia.tono for insignia in insignias] == ["alerta"]
    assert insignias[0].palabras.startswith("Firma no válida: ")


def test_lo_que_no_se_pudo_comprobar_se_vuelve_a_intentar_cada_vez_mas_tarde_y_un_dia_se_deja(
    ciudadana: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    documento = _llega(ciudadana, _firmar(ciudadana, ahora), ahora)
    _sin_red(monkeypatch)
    momento = ahora
    for espera in firmas_recibidas.ESPERAS:
        revision = services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=momento)
        assert revision is not None
        assert revision.veredicto == "INDETERMINADA"
        assert revision.proximo_intento == momento + espera
        assert services.pedir_lo_pendiente(ahora=momento) == 0, "todavía no toca"
        momento += espera
        assert services.pedir_lo_pendiente(ahora=momento) == 1
    revision = services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=momento)
    assert revision is not None
    assert revision.proximo_intento is None
    assert services.pedir_lo_pendiente(ahora=momento + timedelta(days=90)) == 0
    [insignia] = _describir(documento)
    assert (
        insignia.palabras == "No se pudo comprobar: no se pudo consultar si su certificado estaba revocado."
    )
    assert insignia.tono == "espera"
    assert insignia.notas[0].startswith("La firma dice ser de QUISPE")
    assert Suceso.objects.filter(tipo="documentos.FirmasComprobadas").count() == 1, "el veredicto no cambió"


def test_cuando_por_fin_se_puede_el_veredicto_cambia_y_queda_en_el_libro(
    ciudadana: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    documento = _llega(ciudadana, _firmar(ciudadana, ahora), ahora)
    with monkeypatch.context() as sin_red:
        _sin_red(sin_red)
        services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora + timedelta(hours=1))
    veredictos = [
        s.datos["veredicto"]
        for s in Suceso.objects.filter(tipo="documentos.FirmasComprobadas").order_by("pk")
    ]
    assert veredictos == ["INDETERMINADA", "VALIDA"]
    assert RevisionDeFirmas.objects.get().intentos == 0


def test_lo_que_llego_antes_de_esta_version_y_lo_comprobado_con_otra_regla_se_piden_una_vez_al_dia(
    ciudadana: Persona, ahora: datetime
) -> None:
    antiguo = _llega(ciudadana, archivos.pdf(1), ahora)
    otro = _llega(ciudadana, archivos.pdf(2), ahora)
    services.comprobar_firmas(archivo_id=otro.archivo_id, ahora=ahora)
    assert services.pedir_lo_pendiente(ahora=ahora) == 1
    assert services.pedir_lo_pendiente(ahora=ahora + timedelta(minutes=10)) == 0
    assert services.pedir_lo_pendiente(ahora=ahora + timedelta(days=1)) == 1
    services.comprobar_firmas(archivo_id=antiguo.archivo_id, ahora=ahora)
    RevisionDeFirmas.objects.filter(archivo=otro.archivo_id).update(regla=0)
    assert services.pedir_lo_pendiente(ahora=ahora) == 1


def test_se_pregunta_por_la_red_y_se_juzga_a_la_fecha_en_que_llego(
    ciudadana: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    documento, pedidos = _llega(ciudadana, archivos.pdf(1), ahora), []
    de_verdad = verificacion.verificar

    def anotar(pdf: Any, **como: Any) -> Any:
        pedidos.append(como)
        return de_verdad(pdf, **como)

    monkeypatch.setattr(verificacion, "verificar", anotar)
    manana = ahora + timedelta(days=1)
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=manana)
    assert pedidos == [{"ahora": manana, "existia_el": ahora, "en_linea": True}]


def test_un_nombre_hostil_en_el_certificado_se_limpia() -> None:
    assert firmas_recibidas.limpio("ROSA‮\x00\nQUISPE​ <b>") == "ROSA QUISPE <b>"
    assert len(firmas_recibidas.limpio("A" * 9000)) == 160


def test_volver_a_comprobar_lo_pide_solo_el_personal_que_lo_ve(
    ciudadana: Persona, especialista: Persona, ahora: datetime
) -> None:
    documento = _llega(ciudadana, archivos.pdf(1), ahora)
    with pytest.raises(Denegado):
        services.pedir_comprobacion(actor=ciudadana, documento_id=documento.pk, ahora=ahora)
    with pytest.raises(NoEncontrado):
        services.pedir_comprobacion(actor=especialista, documento_id=documento.pk, ahora=ahora)
    assert (_trabajos(), RevisionDeFirmas.objects.count()) == (0, 0)


def test_la_ficha_ensena_la_firma_y_el_boton_solo_al_personal(
    ciudadana: Persona, auditora: Persona, cliente: Navegador, ahora: datetime
) -> None:
    documento = _llega(ciudadana, _firmar(ciudadana, ahora), ahora)
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    direccion = reverse("documento_ficha", args=[documento.pk])
    de_ella = cliente(ciudadana).get(direccion).content.decode()
    assert "Firmado digitalmente por QUISPE HUAMÁN Rosa" in de_ella
    assert "Volver a comprobar" not in de_ella
    de_oficio = cliente(auditora)
    assert "Volver a comprobar" in de_oficio.get(direccion).content.decode()
    boton = reverse("documento_comprobar_firmas", args=[documento.pk])
    assert de_oficio.post(boton).status_code == 302
    assert de_oficio.post(boton).status_code == 302
    assert _trabajos() == 1
    assert "Se está comprobando otra vez" in de_oficio.get(direccion).content.decode()
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    assert "Se está comprobando otra vez" not in de_oficio.get(direccion).content.decode()


def test_la_lista_no_hace_una_consulta_por_documento(
    ciudadana: Persona, ahora: datetime, django_assert_num_queries: Any
) -> None:
    documento = _llega(ciudadana, archivos.pdf(1), ahora)
    services.comprobar_firmas(archivo_id=documento.archivo_id, ahora=ahora)
    traido = queries.get_documento(documento.pk, para=ciudadana)
    with django_assert_num_queries(0):
        firmas_recibidas.describir(traido)


def _sin_red(parche: pytest.MonkeyPatch) -> None:
    """La firma está bien, pero nadie contesta si su certificado fue revocado."""
    de_verdad = verificacion.verificar

    def verificar(*args: Any, **kwargs: Any) -> Any:
        informe = de_verdad(*args, **kwargs)
        frase = "no se pudo consultar si su certificado estaba revocado."
        firmas = tuple(
            replace(f, veredicto=Veredicto.INDETERMINADA, explicacion=f"{f.titular}: {frase}") for f in informe.firmas
        )  # fmt: skip
        return replace(informe, veredicto=Veredicto.INDETERMINADA, firmas=firmas, motivos=(frase,))

    parche.setattr(verificacion, "verificar", verificar)
