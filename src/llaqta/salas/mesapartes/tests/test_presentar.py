"""Presentar: número, expediente y cargo para quien llega; a nadie se le niega y nada queda a medias."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llaqta.cimientos.calendario import LIMA, hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado
from llaqta.cimientos.models import Serie, Suceso
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona, Representacion
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.models import Anexo, Presentacion
from llaqta.salas.mesapartes.tests import factories
from llaqta.salas.mesapartes.tests.factories import archivo, pdf, presentar
from llaqta.salas.plazos import services as plazos
from llaqta.salas.tramites.models import VersionProcedimiento
from llaqta.salas.tramites.rules import TramiteNoVigente

pytestmark = pytest.mark.django_db


def nada_ocurrio() -> bool:
    """Ni presentación, ni expediente, ni documento, ni número, ni suceso de la mesa."""
    return not (
        Presentacion.objects.exists()
        or Expediente.objects.exists()
        or Documento.objects.exists()
        or Serie.objects.filter(nombre__in=["mesapartes.registro", "expedientes"]).exists()
        or Suceso.objects.filter(tipo__startswith="mesapartes.").exists()
    )


def test_quien_presenta_recibe_numero_expediente_y_clave(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(
        ciudadana,
        ahora=ahora,
        archivos=[archivo("solicitud.pdf", pdf(12)), archivo("foto.jpg", factories.foto())],
    )

    assert presentacion.numero == "2026-000001"
    assert presentacion.canal == "VIRTUAL"
    assert presentacion.folios == 13
    expediente = presentacion.expediente
    assert expediente.numero.startswith("EXP-2026-000001-")
    assert len(expediente.clave) == 16
    assert expediente.administrado == ciudadana
    assert expediente.fecha_presentacion == date(2026, 6, 1)
    assert expediente.vence_el == date(2026, 6, 11)
    assert [a.documento.archivo.nombre for a in presentacion.anexos.all()] == ["solicitud.pdf", "foto.jpg"]
    suceso = Suceso.objects.get(tipo="mesapartes.DocumentoPresentado")
    assert (suceso.actor_id, suceso.objeto_id) == (ciudadana.pk, str(expediente.pk))


def test_de_noche_y_en_feriado_cuenta_el_dia_del_envio(
    ciudadana: Persona, licencia: VersionProcedimiento
) -> None:
    licencia.plazo = 30
    licencia.save()
    viernes_de_noche = datetime(2026, 6, 12, 23, 40, tzinfo=LIMA)
    sabado = datetime(2026, 6, 13, 10, 0, tzinfo=LIMA)

    de_noche = presentar(ciudadana, ahora=viernes_de_noche).expediente
    en_sabado = presentar(ciudadana, ahora=sabado).expediente

    assert (de_noche.fecha_presentacion, de_noche.vence_el) == (date(2026, 6, 12), date(2026, 7, 30))
    assert (en_sabado.fecha_presentacion, en_sabado.vence_el) == (date(2026, 6, 13), date(2026, 7, 30))


def test_el_mismo_envio_dos_veces_es_una_presentacion(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    envio = uuid4()

    primera = presentar(ciudadana, ahora=ahora, envio=envio)
    segunda = presentar(ciudadana, ahora=ahora, envio=envio)

    assert segunda == primera
    assert Presentacion.objects.count() == Expediente.objects.count() == Documento.objects.count() == 1
    assert Serie.objects.get(nombre="mesapartes.registro").ultimo == 1


@pytest.mark.django_db(transaction=True)
def test_el_mismo_envio_a_la_vez_es_un_numero_y_un_cargo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    envio, salida, recibidas = uuid4(), Barrier(4), []

    def enviar() -> None:
        try:
            salida.wait()
            recibidas.append(presentar(ciudadana, ahora=ahora, envio=envio).numero)
        finally:
            connection.close()

    hilos = [Thread(target=enviar) for _ in range(4)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()

    assert recibidas == ["2026-000001"] * 4
    assert Presentacion.objects.count() == Expediente.objects.count() == 1
    assert Serie.objects.get(nombre="mesapartes.registro").ultimo == 1
    assert Serie.objects.get(nombre="expedientes").ultimo == 1


@pytest.mark.django_db(transaction=True)
def test_muchos_a_la_vez_no_repiten_ni_saltan_numeros(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    def enviar() -> None:
        try:
            for _ in range(5):
                presentar(ciudadana, ahora=ahora)
        finally:
            connection.close()

    hilos = [Thread(target=enviar) for _ in range(4)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()

    assert sorted(Presentacion.objects.values_list("correlativo", flat=True)) == list(range(1, 21))
    assert sorted(Expediente.objects.values_list("correlativo", flat=True)) == list(range(1, 21))


def test_sin_solicitud_adjunta_la_redacta_llaqta(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(ciudadana, ahora=ahora, archivos=[])

    [anexo] = presentacion.anexos.all()
    assert anexo.requisito == licencia.requisitos_en_orden[0]
    assert anexo.documento.tipo.codigo == "SOLICITUD"
    assert anexo.documento.origen == "EXTERNO"
    assert anexo.documento.autor == ciudadana
    assert presentacion.folios == anexo.documento.folios == 1


def test_una_foto_suelta_acompania_y_no_reemplaza_a_la_solicitud(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(ciudadana, ahora=ahora, archivos=[archivo("local.jpg", factories.foto())])

    assert [a.documento.tipo.codigo for a in presentacion.anexos.all()] == ["SOLICITUD", "ESCRITO"]
    assert presentacion.folios == 2


def test_cada_archivo_cumple_su_requisito_y_la_solicitud_adjunta_no_se_redacta(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    solicitud, plano, _ = licencia.requisitos_en_orden
    archivos = [archivo("mi solicitud.pdf"), archivo("plano.pdf", pdf(2))]

    presentacion = presentar(ciudadana, ahora=ahora, archivos=archivos, requisitos=[solicitud.pk, plano.pk])

    assert [a.requisito for a in presentacion.anexos.all()] == [solicitud, plano]
    assert [a.documento.tipo.codigo for a in presentacion.anexos.all()] == ["SOLICITUD", "ESCRITO"]


def test_el_representante_presenta_por_quien_representa(
    ciudadana: Persona, empresa: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    Representacion.objects.create(
        representado=empresa, representante=ciudadana, desde=date(2026, 1, 1), sustento="Vigencia de poder"
    )

    presentacion = presentar(ciudadana, ahora=ahora, administrado=empresa)

    assert (presentacion.presentada_por, presentacion.administrado) == (ciudadana, empresa)
    assert presentacion.expediente.representante == ciudadana
    assert Suceso.objects.get(tipo="mesapartes.DocumentoPresentado").en_nombre_de_id == empresa.pk


def test_sin_representacion_vigente_no_se_presenta_por_otro(
    ciudadana: Persona, empresa: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    Representacion.objects.create(
        representado=empresa,
        representante=ciudadana,
        desde=date(2025, 1, 1),
        hasta=date(2026, 5, 31),
        sustento="Carta poder",
    )

    with pytest.raises(Denegado, match="no tiene una representación vigente de Cacao del Apurímac"):
        presentar(ciudadana, ahora=ahora, administrado=empresa)

    assert nada_ocurrio()


def test_un_tramite_que_no_rige_no_se_presenta(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    licencia.hasta = date(2026, 5, 31)
    licencia.save()

    with pytest.raises(TramiteNoVigente):
        presentar(ciudadana, ahora=ahora)

    assert nada_ocurrio()


def test_un_archivo_malo_no_deja_nada_a_medias(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="está vacío"):
        presentar(ciudadana, ahora=ahora, archivos=[archivo(), archivo("vacio.pdf", b"")])

    assert nada_ocurrio()
    assert not Archivo.objects.exists()


def test_un_pdf_con_javascript_queda_en_cuarentena_y_no_se_presenta(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    with pytest.raises(services.ArchivoPeligroso, match="quedó retenido por seguridad: contiene "):
        presentar(
            ciudadana,
            ahora=ahora,
            archivos=[archivo(), archivo("trampa.pdf", factories.pdf_con_javascript())],
        )

    assert nada_ocurrio()
    [retenido] = Archivo.objects.all()
    assert (retenido.nombre, retenido.estado) == ("trampa.pdf", "CUARENTENA")


def test_cuarenta_y_un_archivos_no_se_reciben(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="Serían 41 archivos y se reciben 40 como máximo"):
        presentar(ciudadana, ahora=ahora, archivos=[archivo()] * 41)

    assert nada_ocurrio()


def test_el_requisito_de_otro_tramite_se_niega(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="no es de este trámite"):
        presentar(ciudadana, ahora=ahora, requisitos=[999_999])

    assert nada_ocurrio()


def test_el_asunto_se_dice(ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime) -> None:
    for asunto, frase in (
        ("  ", "Falta decir qué solicita"),
        ("x" * 301, "hasta 300"),
        ("a\u202eb", "no se ven"),
    ):
        with pytest.raises(EntradaInvalida, match=frase):
            services.presentar(
                actor=ciudadana,
                tramite="PE-LIC-ALTO",
                asunto=asunto,
                archivos=[archivo()],
                envio=uuid4(),
                ahora=ahora,
            )

    assert nada_ocurrio()


def test_lo_automatico_nace_aprobado_solo_si_esta_completo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    VersionProcedimiento.objects.filter(pk=licencia.pk).update(calificacion="AUTOMATICA", plazo=0)
    solicitud, plano, _ = licencia.requisitos_en_orden
    dos = [archivo("s.pdf"), archivo("p.pdf")]

    completa = presentar(ciudadana, ahora=ahora, archivos=dos, requisitos=[solicitud.pk, plano.pk])
    incompleta = presentar(ciudadana, ahora=ahora, archivos=dos[:1], requisitos=[solicitud.pk])

    assert completa.expediente.estado == Estado.APROBADO_AUTOMATICO
    assert incompleta.expediente.estado == Estado.PRESENTADO


def test_presentar_cuesta_a_lo_mas_veinticinco_consultas(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime, cliente: Callable[..., object]
) -> None:
    presentar(ciudadana, ahora=ahora)
    navegador = cliente(ciudadana)
    with CaptureQueriesContext(connection) as consultas:
        respuesta = navegador.post(  # type: ignore[attr-defined]
            "/api/v1/presentaciones",
            {
                "tramite": "PE-LIC-ALTO",
                "asunto": "Licencia",
                "envio": str(uuid4()),
                "archivos": factories.subido(),
            },
        )
    assert respuesta.status_code == 201
    # El primer y el último punto de retorno son los de la prueba; en producción son BEGIN y COMMIT.
    assert len(consultas) <= 25, "\n".join(consulta["sql"][:160] for consulta in consultas)


def test_lo_presentado_es_solo_de_quien_corresponde(
    ciudadana: Persona,
    otro_ciudadano: Persona,
    ventanilla: Persona,
    licencia: VersionProcedimiento,
    ahora: datetime,
) -> None:
    from llaqta.salas.mesapartes import queries  # noqa: PLC0415

    presentacion = presentar(ciudadana, ahora=ahora)

    assert queries.get_presentacion(presentacion.numero, para=ciudadana) == presentacion
    assert queries.get_presentacion(presentacion.numero, para=ventanilla) == presentacion
    for ajeno in (otro_ciudadano, None):
        with pytest.raises(NoEncontrado):
            queries.get_presentacion(presentacion.numero, para=ajeno)


def test_quien_ya_presento_no_pierde_su_anexo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentar(ciudadana, ahora=ahora)

    assert Anexo.objects.filter(requisito__isnull=True, de_subsanacion=False).count() == 1


def test_quien_viene_de_lejos_tiene_el_termino_de_la_distancia(
    ciudadana: Persona, licencia: VersionProcedimiento, administradora: Persona, ahora: datetime
) -> None:
    lugar = plazos.guardar_origen(
        actor=administradora, nombre="Kimbiri Alto", dias=2, norma="Cuadro de prueba", desde=hoy_en_lima(ahora),
        ahora=ahora,
    )  # fmt: skip
    cerca = presentar(ciudadana, ahora=ahora)
    lejos = presentar(ciudadana, ahora=ahora, datos=services.DatosDelEscrito(origen=lugar.codigo))
    assert (lejos.expediente.dias_distancia, lejos.origen) == (2, lugar.codigo)
    assert cerca.expediente.vence_el is not None
    assert lejos.expediente.vence_el == sumar_habiles(cerca.expediente.vence_el, 2, get_calendario()).fecha
