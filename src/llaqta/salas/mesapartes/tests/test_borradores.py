"""El borrador: guarda cada paso y cada archivo, es de una sola persona y se presenta una sola vez."""

from __future__ import annotations

from datetime import datetime

import pytest

from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo
from llaqta.salas.mesapartes import queries, services
from llaqta.salas.mesapartes.models import AdjuntoDeBorrador, Borrador, Presentacion
from llaqta.salas.mesapartes.tests import factories
from llaqta.salas.mesapartes.tests.factories import archivo, pdf
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db
TRAMITE = "PE-LIC-ALTO"


def escribir(actor: Persona, ahora: datetime, **datos: str) -> Borrador:
    return services.guardar_paso(
        actor=actor, tramite=TRAMITE, paso="datos", ahora=ahora,
        datos={"asunto": "Licencia de mi bodega", "correo": "rosa@ejemplo.pe", **datos},
    )  # fmt: skip


def test_cada_paso_guarda_lo_suyo_en_un_solo_borrador(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    escribir(ciudadana, ahora)
    services.guardar_paso(
        actor=ciudadana, tramite=TRAMITE, paso="quien", datos={"lengua": "Quechua"}, ahora=ahora
    )

    borrador = Borrador.objects.get()
    assert borrador.datos["datos"]["asunto"] == "Licencia de mi bodega"
    assert borrador.datos["quien"] == {"lengua": "Quechua"}


def test_un_archivo_malo_no_hace_perder_los_buenos(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    plano = licencia.requisitos_en_orden[1]

    recepcion = services.guardar_adjuntos(
        actor=ciudadana, tramite=TRAMITE, ahora=ahora,
        nuevos={
            plano.pk: [archivo("plano.pdf", pdf(2)), archivo("vacio.pdf", b"")],
            None: [archivo("trampa.pdf", factories.pdf_con_javascript())],
        },
    )  # fmt: skip

    assert [a.archivo.nombre for a in recepcion.recibidos] == ["plano.pdf"]
    assert "está vacío" in recepcion.errores[plano.pk][0]
    assert "quedó retenido por seguridad" in recepcion.errores[None][0]
    assert [a.archivo.nombre for a in AdjuntoDeBorrador.objects.all()] == ["plano.pdf"]
    assert Archivo.objects.get(nombre="trampa.pdf").estado == "CUARENTENA"


def test_el_archivo_cuarenta_y_uno_no_entra(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    recepcion = services.guardar_adjuntos(
        actor=ciudadana, tramite=TRAMITE, ahora=ahora, nuevos={None: [archivo(f"{n}.pdf") for n in range(41)]}
    )

    assert len(recepcion.recibidos) == AdjuntoDeBorrador.objects.count() == 40
    assert recepcion.errores[None] == [
        "Serían 41 archivos y se reciben 40 como máximo por escrito. Una varios en un solo PDF y vuelva a intentarlo."
    ]


def test_quitar_y_volver_a_usar(ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime) -> None:
    anterior = factories.presentar(ciudadana, ahora=ahora, archivos=[archivo("poder.pdf", pdf(2))])
    [documento] = queries.get_documentos_reutilizables(para=ciudadana, ahora=ahora)
    assert documento == anterior.anexos.get().documento

    services.guardar_adjuntos(
        actor=ciudadana, tramite=TRAMITE, nuevos={}, reutilizados=[(None, documento.pk)], ahora=ahora
    )
    [adjunto] = AdjuntoDeBorrador.objects.all()
    assert adjunto.archivo != documento.archivo
    assert adjunto.archivo.sha256 == documento.archivo.sha256

    services.guardar_adjuntos(actor=ciudadana, tramite=TRAMITE, nuevos={}, quitados=[adjunto.pk], ahora=ahora)
    assert not AdjuntoDeBorrador.objects.exists()
    assert list(Archivo.objects.all()) == [documento.archivo]  # lo quitado no queda sin dueño


def test_descartar_el_borrador_no_deja_archivos_sin_dueno(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    services.guardar_adjuntos(
        actor=ciudadana, tramite=TRAMITE, nuevos={None: [archivo(), archivo()]}, ahora=ahora
    )

    services.descartar_borrador(actor=ciudadana, tramite=TRAMITE)

    assert not Borrador.objects.exists()
    assert not Archivo.objects.exists()


def test_no_se_reutiliza_lo_ajeno(
    ciudadana: Persona, otro_ciudadano: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    ajeno = factories.presentar(otro_ciudadano, ahora=ahora).anexos.get().documento

    with pytest.raises(NoEncontrado):
        services.guardar_adjuntos(
            actor=ciudadana, tramite=TRAMITE, nuevos={}, reutilizados=[(None, ajeno.pk)], ahora=ahora
        )

    assert not AdjuntoDeBorrador.objects.exists()


def test_presentar_el_borrador_lo_consume_y_repetirlo_devuelve_lo_mismo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    plano = licencia.requisitos_en_orden[1]
    borrador = escribir(ciudadana, ahora, pago_numero="R-77", pago_fecha="2026-05-29")
    services.guardar_adjuntos(
        actor=ciudadana, tramite=TRAMITE, nuevos={plano.pk: [archivo("plano.pdf", pdf(2))]}, ahora=ahora
    )

    primera = services.presentar_borrador(actor=ciudadana, envio=borrador.envio, ahora=ahora)
    segunda = services.presentar_borrador(actor=ciudadana, envio=borrador.envio, ahora=ahora)

    assert primera == segunda
    assert (primera.asunto, primera.correo, primera.pago_numero) == (
        "Licencia de mi bodega",
        "rosa@ejemplo.pe",
        "R-77",
    )
    assert [a.documento.archivo.nombre for a in primera.anexos.all()] == ["solicitud.pdf", "plano.pdf"]
    assert not Borrador.objects.exists()
    assert Presentacion.objects.count() == 1


def test_el_borrador_ajeno_no_existe(
    ciudadana: Persona, otro_ciudadano: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    borrador = escribir(ciudadana, ahora)

    with pytest.raises(NoEncontrado, match="Ese borrador ya no existe"):
        services.presentar_borrador(actor=otro_ciudadano, envio=borrador.envio, ahora=ahora)

    assert Borrador.objects.count() == 1
    assert not Presentacion.objects.exists()


def test_sin_decir_que_solicita_no_se_presenta(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    borrador = escribir(ciudadana, ahora, asunto="")

    with pytest.raises(EntradaInvalida, match="Falta decir qué solicita"):
        services.presentar_borrador(actor=ciudadana, envio=borrador.envio, ahora=ahora)

    assert Borrador.objects.count() == 1
    assert not Presentacion.objects.exists()


def test_el_consentimiento_de_la_casilla_es_aparte_y_en_el_mismo_acto(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    services.presentar_borrador(actor=ciudadana, envio=escribir(ciudadana, ahora).envio, ahora=ahora)
    assert not Adhesion.objects.exists()

    services.presentar_borrador(
        actor=ciudadana, envio=escribir(ciudadana, ahora).envio, ahora=ahora, acepta_casilla=True
    )
    adhesion = Adhesion.objects.get()
    assert (adhesion.persona, adhesion.correo, adhesion.aceptada_en) == (ciudadana, "rosa@ejemplo.pe", ahora)


def test_si_el_tupa_cambia_mientras_escribe_no_pierde_sus_archivos(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    plano = licencia.requisitos_en_orden[1]
    services.guardar_adjuntos(
        actor=ciudadana, tramite=TRAMITE, nuevos={plano.pk: [archivo("plano.pdf")]}, ahora=ahora
    )
    VersionProcedimiento.objects.filter(pk=licencia.pk).update(hasta=ahora.date())
    nueva = VersionProcedimiento.objects.get(pk=licencia.pk)
    nueva.pk, nueva.desde, nueva.hasta = None, ahora.date().replace(day=2), None
    nueva.save()

    borrador = escribir(ciudadana, ahora.replace(day=2))

    assert borrador.version_tramite == nueva
    [adjunto] = borrador.adjuntos.all()
    assert (adjunto.archivo.nombre, adjunto.requisito) == ("plano.pdf", None)
