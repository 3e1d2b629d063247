"""Firmar una resolución con DNIe: el número se reserva, vuelve firmada y se emite igual que con PIN."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Serie, Suceso
from llaqta.conftest import PIN
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Proyecto
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma.local import services as local
from llaqta.salas.firma.local.emulador import Componente, NoSalio
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.local.tests.equipos import equipo_de_prueba

Huella = Callable[[], dict[str, int]]
NUMERO = "RESOLUCIÓN SUBGERENCIAL N° 000001-2026-MDP/SGLC"


class _Reloj:
    def __init__(self, hora: datetime) -> None:
        self.hora = hora

    def __call__(self) -> datetime:
        return self.hora


@pytest.fixture
def reloj(ahora: datetime) -> Iterator[_Reloj]:
    """El reloj de la casa y del equipo de Julio."""
    detenido = _Reloj(ahora)
    with mock.patch("django.utils.timezone.now", detenido):
        yield detenido


@pytest.fixture
def equipo(reloj: _Reloj, settings: Any) -> Componente:
    """La computadora de Julio, en modo de entrenamiento."""
    settings.DEMO = settings.FIRMA_ENTRENAMIENTO = True
    return equipo_de_prueba(settings.URL_PUBLICA, reloj)


def _firmar(equipo: Componente, actor: Persona, sesion: SesionDeFirma, reloj: _Reloj) -> None:
    equipo.firmar(local.abrir_firma(actor=actor, sesion=sesion, ip=None, ahora=reloj()).parametro)


def test_se_emite_igual_que_con_pin(
    equipo: Componente, para_firma: Proyecto, en_tramite: Expediente, jefe: Persona, reloj: _Reloj
) -> None:
    sesion = expedientes.pedir_firma_local(
        actor=jefe, proyecto=para_firma, version=para_firma.version, ahora=reloj()
    )
    assert sesion.documentos.get().titulo == NUMERO
    assert not Documento.objects.filter(numero=NUMERO).exists()
    _firmar(equipo, jefe, sesion, reloj)

    para_firma.refresh_from_db()
    documento = para_firma.documento
    assert documento is not None
    assert (para_firma.estado, documento.numero, documento.firmado) == ("EMITIDO", NUMERO, True)
    assert documento.cvd is not None
    assert documento.metadatos["sin_valor_legal"] is True
    assert documento.metadatos["firmado_con"] == "Firma Perú"
    en_tramite.refresh_from_db()
    assert (en_tramite.estado, en_tramite.folios) == ("RESUELTO", 12 + documento.folios)
    informe = firma.verificar(storage.leer(documento.archivo.sha256), ahora=reloj())
    assert (informe.veredicto.name, informe.firmas[0].documento) == ("VALIDA", "DNI 41000003")
    assert informe.firmas[0].cargo == "Subgerente, Subgerencia de Licencias y Comercialización"
    assert para_firma.numero_reservado is None
    tipos = set(Suceso.objects.values_list("tipo", flat=True))
    assert {
        "expedientes.NumeroApartado",
        "firma.FirmaDePracticaAceptada",
        "expedientes.DocumentoEmitido",
    } <= tipos


def test_si_se_cancela_el_numero_queda_para_el_mismo_proyecto(
    equipo: Componente, para_firma: Proyecto, en_tramite: Expediente, jefe: Persona, reloj: _Reloj
) -> None:
    sesion = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    local.cancelar_firma(actor=jefe, sesion=sesion, ahora=reloj())
    para_firma.refresh_from_db()
    en_tramite.refresh_from_db()
    assert (para_firma.estado, en_tramite.estado) == ("PARA_FIRMA", "EN_TRAMITE")
    assert para_firma.numero_reservado is not None
    otra = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    assert otra.documentos.get().huella == sesion.documentos.get().huella, (
        "hoy, la misma versión son los mismos bytes"
    )
    _firmar(equipo, jefe, otra, reloj)
    assert Documento.objects.numerados().get().numero == NUMERO
    assert Serie.objects.get(nombre__startswith="documento.").ultimo == 1


def test_no_se_archiva_con_un_numero_reservado_sin_usar(
    equipo: Componente, para_firma: Proyecto, en_tramite: Expediente, especialista: Persona, jefe: Persona,
    reloj: _Reloj,
) -> None:  # fmt: skip
    expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    # Otro acto lo decidió mientras tanto.
    Expediente.objects.filter(pk=en_tramite.pk).update(estado="APROBADO_AUTOMATICO")
    en_tramite.refresh_from_db()

    with pytest.raises(NoProcede, match="está reservado para un proyecto que no se firmó") as negativa:
        expedientes.archivar(actor=especialista, expediente=en_tramite, ahora=reloj())
    assert negativa.value.norma == "Ley 27444, art. 157"
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "APROBADO_AUTOMATICO"

    expedientes.renunciar_al_numero(actor=jefe, proyecto=para_firma, motivo="Ya se aprobó.", ahora=reloj())
    archivado = expedientes.archivar(actor=especialista, expediente=en_tramite, ahora=reloj())
    assert archivado.estado == "ARCHIVADO"


def test_lo_que_se_reservo_lo_usa_tambien_el_pin(
    equipo: Componente, para_firma: Proyecto, jefe: Persona, reloj: _Reloj
) -> None:
    sesion = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=reloj())
    assert documento.numero == NUMERO
    with pytest.raises(NoSalio, match="se firmó de otra manera"):
        _firmar(equipo, jefe, sesion, reloj)
    assert Documento.objects.numerados().count() == 1


def test_si_el_texto_cambia_se_vuelve_a_componer_con_el_mismo_numero(
    equipo: Componente, para_firma: Proyecto, especialista: Persona, jefe: Persona, reloj: _Reloj
) -> None:
    sesion = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    editado = expedientes.editar_proyecto(
        actor=especialista, proyecto=para_firma, asunto="Otro asunto", cuerpo=para_firma.cuerpo,
        firmante=para_firma.firmante, pone_fin=True, ahora=reloj(),
    )  # fmt: skip
    enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=editado, ahora=reloj())
    with pytest.raises(NoSalio, match="acaba de cambiar este proyecto"):
        _firmar(equipo, jefe, sesion, reloj)
    otra = expedientes.pedir_firma_local(actor=jefe, proyecto=enviado, ahora=reloj())
    assert otra.documentos.get().titulo == NUMERO
    assert otra.documentos.get().huella != sesion.documentos.get().huella
    _firmar(equipo, jefe, otra, reloj)
    assert Documento.objects.numerados().get().asunto == "Otro asunto"


def test_si_el_expediente_pasa_a_otra_unidad_la_firma_no_se_acepta(
    equipo: Componente, para_firma: Proyecto, en_tramite: Expediente, especialista: Persona, jefe: Persona,
    unidades: Any, reloj: _Reloj,
) -> None:  # fmt: skip
    sesion = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    expedientes.derivar(
        actor=especialista,
        expediente=en_tramite,
        para_unidad=unidades["GDEL"],
        motivo="m",
        proveido="",
        ahora=reloj(),
    )
    with pytest.raises(NoSalio, match="ahora lo tiene Gerencia de Desarrollo Económico Local"):
        _firmar(equipo, jefe, sesion, reloj)
    sesion.refresh_from_db()
    para_firma.refresh_from_db()
    assert (sesion.estado, para_firma.estado, Documento.objects.numerados().count()) == (
        "RECHAZADA",
        "PARA_FIRMA",
        0,
    )


def test_al_pasar_el_anio_el_numero_se_anula_con_su_razon(
    equipo: Componente, para_firma: Proyecto, jefe: Persona, reloj: _Reloj
) -> None:
    reloj.hora = datetime(2026, 12, 31, 23, 58, tzinfo=LIMA)
    with mock.patch("llaqta.salas.expedientes.oportunidad.check_efecto"):
        sesion = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
        equipo.perillas.antes_de_firmar = lambda pdf: (
            setattr(reloj, "hora", reloj.hora + timedelta(minutes=4)),
            pdf,
        )[1]
        with pytest.raises(NoSalio, match="Pasó la medianoche"):
            _firmar(equipo, jefe, sesion, reloj)
        equipo.perillas.antes_de_firmar = None
        otra = expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    assert otra.documentos.get().titulo == "RESOLUCIÓN SUBGERENCIAL N° 000001-2027-MDP/SGLC"
    anulado = Documento.objects.get(numero=NUMERO)
    assert anulado.anulado_en == reloj()
    assert (anulado.motivo_anulacion, anulado.firmado, anulado.cvd) == ("No se firmó en 2026.", False, None)


def test_renunciar_anula_el_numero_con_su_razon(
    equipo: Componente, para_firma: Proyecto, jefe: Persona, jefe_asesoria: Persona, reloj: _Reloj,
    huella_de_la_base: Huella,
) -> None:  # fmt: skip
    with pytest.raises(NoProcede, match="no tiene un número reservado"):
        expedientes.renunciar_al_numero(actor=jefe, proyecto=para_firma, motivo="x", ahora=reloj())
    expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.renunciar_al_numero(actor=jefe_asesoria, proyecto=para_firma, motivo="x", ahora=reloj())
    with pytest.raises(EntradaInvalida, match="por qué"):
        expedientes.renunciar_al_numero(actor=jefe, proyecto=para_firma, motivo=" ", ahora=reloj())
    assert huella_de_la_base() == antes
    anulado = expedientes.renunciar_al_numero(
        actor=jefe, proyecto=para_firma, motivo="Se resolverá de otra manera", ahora=reloj()
    )
    assert (anulado.numero, anulado.motivo_anulacion) == (NUMERO, "Se resolverá de otra manera")
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=para_firma, pin=PIN, ahora=reloj())
    assert documento.numero == NUMERO.replace("000001", "000002")


def test_un_documento_conjunto_se_firma_en_el_equipo_de_cada_quien(
    equipo: Componente, borrador: Proyecto, especialista: Persona, jefe: Persona, jefe_asesoria: Persona,
    con_certificado: None, reloj: _Reloj,
) -> None:  # fmt: skip
    conjunto = expedientes.elegir_firmantes(
        actor=especialista,
        proyecto=borrador,
        firmantes=[jefe_asesoria.asignaciones.get().puesto],
        ahora=reloj(),
    )
    conjunto = expedientes.enviar_proyecto(actor=especialista, proyecto=conjunto, ahora=reloj())
    _firmar(equipo, jefe, expedientes.pedir_firma_local(actor=jefe, proyecto=conjunto, ahora=reloj()), reloj)
    conjunto.refresh_from_db()
    assert conjunto.documento_a_medias is not None
    sesion = expedientes.pedir_firma_local(actor=jefe_asesoria, proyecto=conjunto, ahora=reloj())
    assert sesion.documentos.get().firmas_previas == 1
    _firmar(equipo, jefe_asesoria, sesion, reloj)
    conjunto.refresh_from_db()
    assert conjunto.documento is not None
    informe = firma.verificar(storage.leer(conjunto.documento.archivo.sha256), ahora=reloj())
    assert informe.veredicto.name == "VALIDA", informe.motivos
    assert [f.documento for f in informe.firmas] == ["DNI 41000003", "DNI 41000005"]


def test_solo_la_pide_quien_hoy_ocupa_el_puesto(
    equipo: Componente, para_firma: Proyecto, jefe_asesoria: Persona, especialista: Persona, reloj: _Reloj,
    huella_de_la_base: Huella,
) -> None:  # fmt: skip
    antes = huella_de_la_base()
    for otra in (jefe_asesoria, especialista):
        with pytest.raises(Denegado):
            expedientes.pedir_firma_local(actor=otra, proyecto=para_firma, ahora=reloj())
    assert huella_de_la_base() == antes
    assert not SesionDeFirma.objects.exists()


def test_sin_autorizacion_no_se_gasta_ningun_numero(
    para_firma: Proyecto, jefe: Persona, reloj: _Reloj, settings: Any, huella_de_la_base: Huella
) -> None:
    settings.DEMO = settings.FIRMA_ENTRENAMIENTO = False
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="falta su archivo de autorización"):
        expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())
    assert huella_de_la_base() == antes


def test_fuera_de_la_demostracion_practicar_no_firma_nada_de_verdad(
    equipo: Componente, para_firma: Proyecto, jefe: Persona, reloj: _Reloj, settings: Any
) -> None:
    """Aunque el entrenamiento esté encendido, en una municipalidad un proyecto pide un certificado de verdad."""
    settings.DEMO = False
    with pytest.raises(NoProcede, match="falta su archivo de autorización"):
        expedientes.pedir_firma_local(actor=jefe, proyecto=para_firma, ahora=reloj())


def test_la_pantalla_ofrece_las_dos_maneras(
    equipo: Componente, para_firma: Proyecto, jefe: Persona, cliente: Callable[..., Client], reloj: _Reloj
) -> None:
    navegador = cliente(jefe)
    pagina = navegador.get(reverse("proyecto", args=[para_firma.pk])).content.decode()
    assert "Firmar con mi DNIe o token (Firma Perú)" in pagina
    assert "PIN de su certificado" in pagina
    respuesta = navegador.post(
        reverse("firmar_en_mi_equipo", args=[para_firma.pk]), {"version": para_firma.version}, follow=True
    )
    texto = respuesta.content.decode()
    assert "Modo de entrenamiento: sin valor legal" in texto
    assert NUMERO in texto
    pagina = navegador.get(reverse("proyecto", args=[para_firma.pk])).content.decode()
    assert f"Tiene reservado el número {NUMERO}" in pagina
    respuesta = navegador.post(
        reverse("renunciar_al_numero", args=[para_firma.pk]),
        {"version": para_firma.version, "motivo": "Se resolverá de otra manera"}, follow=True,
    )  # fmt: skip
    assert "quedó anulado, con su razón" in respuesta.content.decode()
