"""Guardar documentos: metadatos del art. 49.3, versiones, código de verificación, acceso y anulación."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona, Representacion, UnidadOrganica
from llaqta.salas.documentos import queries, rules, services
from llaqta.salas.documentos.models import Acceso, Archivo, Documento, TipoDocumento, VersionAnterior
from llaqta.salas.documentos.services import ArchivoRecibido, Pieza

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos")]


@pytest.fixture
def archivo(ciudadana: Persona, ahora: datetime) -> Archivo:
    """Un PDF de tres folios, admitido."""
    return _recibir(ciudadana, archivos.pdf(3), ahora)


@pytest.fixture
def solicitud(ciudadana: Persona, archivo: Archivo, ahora: datetime) -> Documento:
    """Lo que Rosa presentó."""
    return services.guardar(
        actor=ciudadana, tipo="SOLICITUD", asunto="Licencia", archivo=archivo, ahora=ahora
    )


def _recibir(actor: Persona, contenido: bytes, ahora: datetime) -> Archivo:
    [fila] = services.recibir_archivos(
        actor=actor, archivos=[ArchivoRecibido.de_bytes("a.pdf", contenido)], ahora=ahora
    )
    return fila


def _nada_cambio(antes: tuple[int, int, int]) -> bool:
    return antes == _cuenta()


def _cuenta() -> tuple[int, int, int]:
    return Documento.objects.count(), Suceso.objects.count(), ProcrastinateJob.objects.count()


def test_guardar_deja_metadatos_suceso_y_trabajo(
    ciudadana: Persona, archivo: Archivo, ahora: datetime
) -> None:
    documento = services.guardar(
        actor=ciudadana, tipo="SOLICITUD", asunto="  Licencia  ", archivo=archivo, ahora=ahora
    )
    assert documento.tipo.codigo == "SOLICITUD"
    assert (documento.asunto, documento.folios, documento.autor, documento.origen) == (
        "Licencia",
        3,
        ciudadana,
        "EXTERNO",
    )
    assert (documento.fechado_el, documento.registrado_en, documento.version) == (date(2026, 6, 1), ahora, 1)
    assert documento.confidencialidad == "PARTES"
    suceso = Suceso.objects.get(tipo="documentos.DocumentoGuardado")
    assert suceso.datos == {
        "documento_id": documento.pk,
        "archivo_id": archivo.pk,
        "huella": archivo.sha256,
        "tamano": archivo.bytes,
    }
    assert ProcrastinateJob.objects.filter(
        task_name="documentos.pedir_vistas", args={"suceso_id": suceso.pk}
    ).exists()


def test_guardar_cuesta_siete_sentencias(
    ciudadana: Persona,
    archivo: Archivo,
    ahora: datetime,
    unidades: dict[str, UnidadOrganica],
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(7):
        # SAVEPOINT, tipo, documento, acceso, suceso, trabajo, RELEASE.
        services.guardar(
            actor=ciudadana,
            tipo="SOLICITUD",
            asunto="x",
            archivo=archivo,
            ahora=ahora,
            unidades=[unidades["MP"]],
        )


def test_lo_retenido_no_se_guarda_como_documento(ciudadana: Persona, ahora: datetime) -> None:
    retenido = _recibir(ciudadana, archivos.pdf_con_launch(), ahora)
    antes = _cuenta()
    with pytest.raises(
        NoProcede, match="retenido por seguridad: contiene una orden para abrir otros programas"
    ):
        services.guardar(actor=ciudadana, tipo="SOLICITUD", asunto="Licencia", archivo=retenido, ahora=ahora)
    assert _nada_cambio(antes)


def test_sin_asunto_o_sin_tipo_no_se_guarda(ciudadana: Persona, archivo: Archivo, ahora: datetime) -> None:
    antes = _cuenta()
    with pytest.raises(EntradaInvalida, match="Escriba el asunto"):
        services.guardar(actor=ciudadana, tipo="SOLICITUD", asunto=" ", archivo=archivo, ahora=ahora)
    with pytest.raises(NoProcede, match="no tiene registrado el tipo de documento «MEMORIAL»"):
        services.guardar(actor=ciudadana, tipo="MEMORIAL", asunto="x", archivo=archivo, ahora=ahora)
    assert _nada_cambio(antes)


def test_guardar_varios_respeta_el_orden_y_abre_el_acceso_una_vez(
    ciudadana: Persona,
    otro_ciudadano: Persona,
    unidades: dict[str, UnidadOrganica],
    archivo: Archivo,
    ahora: datetime,
) -> None:
    piezas = [
        Pieza(archivo, "Solicitud"),
        Pieza(_recibir(ciudadana, archivos.foto(), ahora), "Fachada", tipo="INFORME"),
    ]
    uno, dos = services.guardar_varios(
        actor=ciudadana, tipo="SOLICITUD", piezas=piezas, ahora=ahora,
        personas=iter([otro_ciudadano, otro_ciudadano]), unidades=[unidades["MP"]],
    )  # fmt: skip
    assert [(uno.asunto, uno.tipo.codigo), (dos.asunto, dos.tipo.codigo)] == [
        ("Solicitud", "SOLICITUD"),
        ("Fachada", "INFORME"),
    ]
    services.dar_acceso(documentos=[uno, dos], unidades=[unidades["MP"]])
    assert Acceso.objects.count() == 4


def test_una_version_nueva_conserva_la_anterior(
    solicitud: Documento, archivo: Archivo, ciudadana: Persona, ahora: datetime
) -> None:
    firmada = services.guardar_pdf_propio(actor=None, nombre="firmada.pdf", pdf=archivos.pdf(4), ahora=ahora)
    actual = services.agregar_version(
        actor=ciudadana, documento=solicitud, archivo=firmada, motivo="Firmada", ahora=ahora, firmado=True
    )
    assert (actual.version, actual.folios, actual.archivo, actual.firmado) == (2, 4, firmada, True)
    anterior = VersionAnterior.objects.get(documento=solicitud)
    assert (anterior.version, anterior.archivo, anterior.motivo) == (1, archivo, "Firmada")
    services.agregar_version(
        actor=ciudadana, documento=solicitud, archivo=firmada, motivo="Otra vez", ahora=ahora
    )
    assert VersionAnterior.objects.count() == 1, "repetirlo no hace nada"


def test_un_documento_anulado_no_cambia_y_dice_por_que(
    solicitud: Documento, ciudadana: Persona, archivo: Archivo, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="Escriba por qué"):
        services.anular(actor=ciudadana, documento=solicitud, motivo=" ", ahora=ahora)
    anulado = services.anular(actor=ciudadana, documento=solicitud, motivo="Duplicado", ahora=ahora)
    assert (anulado.anulado_en, anulado.motivo_anulacion) == (ahora, "Duplicado")
    otra = services.guardar_pdf_propio(actor=None, nombre="b.pdf", pdf=archivos.pdf(), ahora=ahora)
    with pytest.raises(NoProcede, match="fue anulado"):
        services.agregar_version(actor=ciudadana, documento=solicitud, archivo=otra, motivo="x", ahora=ahora)
    assert VersionAnterior.objects.count() == 0


def test_un_numero_emitido_no_se_repite(ciudadana: Persona, archivo: Archivo, ahora: datetime) -> None:
    def emitir() -> None:
        services.guardar(
            actor=ciudadana,
            tipo="INFORME",
            asunto="x",
            archivo=archivo,
            ahora=ahora,
            origen="INTERNO",
            numero="INFORME N° 1",
        )

    emitir()
    with pytest.raises(IntegrityError, match="documento_numero_unico"), transaction.atomic():
        emitir()
    assert Documento.objects.count() == 1


def test_reservar_exige_base_legal(ciudadana: Persona, archivo: Archivo, ahora: datetime) -> None:
    with pytest.raises(IntegrityError, match="documento_reserva_con_base_legal"), transaction.atomic():
        services.guardar(
            actor=ciudadana,
            tipo="INFORME",
            asunto="x",
            archivo=archivo,
            ahora=ahora,
            confidencialidad="RESERVADO",
        )
    assert Documento.objects.count() == 0


# --- Código de verificación -------------------------------------------------------------------------------------------
def test_el_cvd_tiene_80_bits_y_dos_anios_de_ventana() -> None:
    codigos = {rules.nuevo_cvd(date(2026, 6, 1)).codigo for _ in range(200)}
    assert len(codigos) == 200
    assert {len(codigo) for codigo in codigos} == {19}
    assert rules.LARGO_CVD * 5 == 80
    assert len(set(rules.ALFABETO_CVD)) == 32
    assert rules.nuevo_cvd(date(2024, 2, 29), anios=1).hasta == date(2025, 3, 1)


@pytest.mark.parametrize(
    "escrito", ["0123-4567-89ab-cdef", " O123 4567 89AB CDEF ", "oi23456789abcdef", "Ol23–4567–89AB–CDEF"]
)
def test_el_cvd_se_entiende_aunque_se_copie_mal(escrito: str) -> None:
    assert rules.normalizar_cvd(escrito) == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "escrito", ["", "0123", "U123-4567-89AB-CDEF", "0123-4567-89AB-CDEFG", "'; DROP TABLE"]
)
def test_lo_que_no_es_un_cvd_no_lo_es(escrito: str) -> None:
    assert rules.normalizar_cvd(escrito) == ""


def test_se_verifica_dentro_de_la_ventana_y_no_fuera(
    ciudadana: Persona, archivo: Archivo, ahora: datetime
) -> None:
    cvd = services.nuevo_cvd(date(2026, 6, 1))
    documento = services.guardar(
        actor=ciudadana, tipo="INFORME", asunto="x", archivo=archivo, ahora=ahora, cvd=cvd
    )
    for al in (cvd.desde, cvd.hasta):
        assert queries.get_por_cvd(cvd.codigo.lower(), para=None, al=al) == documento
    for al in (cvd.desde - timedelta(days=1), cvd.hasta + timedelta(days=1)):
        with pytest.raises(NoEncontrado, match="Ningún documento vigente tiene ese código"):
            queries.get_por_cvd(cvd.codigo, para=None, al=al)
    assert not queries.puede_ver(documento, para=None), "verificar no es ver"


def test_el_cvd_impreso_no_se_cambia(solicitud: Documento, ciudadana: Persona, ahora: datetime) -> None:
    cvd = services.nuevo_cvd(date(2026, 6, 1))
    assert services.asignar_cvd(actor=ciudadana, documento=solicitud, cvd=cvd, ahora=ahora).cvd == cvd.codigo
    with pytest.raises(NoProcede, match="ya tiene código"):
        services.asignar_cvd(
            actor=ciudadana, documento=solicitud, cvd=services.nuevo_cvd(date(2026, 6, 1)), ahora=ahora
        )
    solicitud.refresh_from_db()
    assert solicitud.cvd == cvd.codigo


# --- Quién ve ---------------------------------------------------------------------------------------------------------
def test_quien_ve_un_documento_de_las_partes(
    solicitud: Documento,
    ciudadana: Persona,
    otro_ciudadano: Persona,
    ventanilla: Persona,
    especialista: Persona,
    asesor: Persona,
    auditora: Persona,
    administradora: Persona,
    unidades: dict[str, UnidadOrganica],
) -> None:
    services.dar_acceso(documentos=[solicitud], unidades=[unidades["SGLC"]])
    ven = {
        persona.nombres: queries.puede_ver(solicitud, para=persona)
        for persona in (ciudadana, otro_ciudadano, ventanilla, especialista, asesor, auditora, administradora)
    }
    assert ven == {
        "Rosa": True, "Teodoro": False, "Mario": False, "Lucía": True, "Elmer": False, "Irene": True, "Paola": False,
    }  # fmt: skip
    with pytest.raises(NoEncontrado) as ajeno:
        queries.get_documento(solicitud.pk, para=otro_ciudadano)
    with pytest.raises(NoEncontrado) as inexistente:
        queries.get_documento(999_999_999, para=otro_ciudadano)
    assert ajeno.value.frase == inexistente.value.frase


def test_el_representante_ve_lo_de_su_representada_mientras_lo_es(
    empresa: Persona, ciudadana: Persona, otro_ciudadano: Persona, solicitud: Documento
) -> None:
    services.dar_acceso(documentos=[solicitud], personas=[empresa])
    assert not queries.puede_ver(solicitud, para=otro_ciudadano)
    poder = Representacion.objects.create(
        representado=empresa,
        representante=otro_ciudadano,
        desde=date(2020, 1, 1),
        sustento="Vigencia de poder",
    )
    assert queries.puede_ver(solicitud, para=otro_ciudadano)
    poder.hasta = date(2020, 12, 31)
    poder.save()
    assert not queries.puede_ver(solicitud, para=otro_ciudadano)


def test_lo_reservado_no_lo_abre_la_unidad_sin_permiso(
    solicitud: Documento,
    ciudadana: Persona,
    especialista: Persona,
    auditora: Persona,
    unidades: dict[str, UnidadOrganica],
) -> None:
    services.dar_acceso(documentos=[solicitud], unidades=[unidades["SGLC"]])
    Documento.objects.filter(pk=solicitud.pk).update(
        confidencialidad="CONFIDENCIAL", base_legal_reserva="Ley 27806, art. 17.5"
    )
    assert queries.puede_ver(solicitud, para=ciudadana)
    assert not queries.puede_ver(solicitud, para=especialista)
    assert not queries.puede_ver(solicitud, para=auditora)


def test_lo_publico_lo_ve_cualquiera(solicitud: Documento, otro_ciudadano: Persona) -> None:
    Documento.objects.filter(pk=solicitud.pk).update(confidencialidad="PUBLICO")
    assert queries.puede_ver(solicitud, para=None)
    assert queries.puede_ver(solicitud, para=otro_ciudadano)


def test_los_tipos_se_listan_por_su_origen(ciudadana: Persona) -> None:
    assert [tipo.codigo for tipo in queries.get_tipos(para=ciudadana, externos=True)] == ["SOLICITUD"]
    assert TipoDocumento.objects.count() == len(queries.get_tipos(para=ciudadana))
