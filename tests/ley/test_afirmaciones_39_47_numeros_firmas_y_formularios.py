"""Afirmaciones 39 a 47: números sin huecos, derechos de trámite, lo que se puede pedir y la firma que no engaña."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from django.db import connection
from django.test import Client

from llaqta.cimientos import entidades
from llaqta.cimientos.errors import Denegado, EntradaInvalida
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.cimientos.ubigeo import del_reniec
from llaqta.conftest import PIN
from llaqta.salas.cuentas import services as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Proyecto
from llaqta.salas.firma import queries as firmas
from llaqta.salas.firma import sello
from llaqta.salas.firma import services as firma
from llaqta.salas.firma.local import services as firma_local
from llaqta.salas.firma.local.emulador import NoSalio
from llaqta.salas.firma.local.tarjetas import hacer_tarjeta
from llaqta.salas.firma.local.tests.equipos import equipo_de_prueba
from llaqta.salas.firma.tests import ataques, firmantes
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.mesapartes.models import Borrador, Presentacion
from llaqta.salas.mesapartes.tests.factories import subido
from llaqta.salas.tramites import services as tupa
from llaqta.salas.tramites.models import Procedimiento, Requisito, UnidadImpositiva, VersionProcedimiento
from llaqta.salas.tramites.rules import NuevaBaseLegal, NuevaVersion, NuevoRequisito, porcentaje_de_uit

from .municipalidad import Municipalidad, el

Huella = Callable[[], dict[str, int]]


# --- 39 ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def desde_123(muni: Municipalidad, administradora: Persona) -> None:
    """En papel se llegó al oficio 123."""
    documentos.fijar_inicio(
        actor=administradora, tipo=TipoDocumento.objects.get(codigo="OFICIO"), unidad=muni.unidades["SGLC"],
        anio=2026, ultimo=123, motivo="Hasta el 123 se numeró en papel", ahora=el("2026-06-01"),
    )  # fmt: skip


def _oficio(muni: Municipalidad, cuando: str) -> Proyecto:
    return muni.redactar(muni.en_tramite(cuando), cuando, plantilla="Oficio")


def _firmar(muni: Municipalidad, proyecto: Proyecto, ahora: datetime) -> Documento:
    return expedientes.firmar_proyecto(actor=muni.julio, proyecto=proyecto, pin=PIN, ahora=ahora)


@pytest.mark.django_db(transaction=True)
def test_39_dos_firmas_a_la_vez_toman_124_y_125(
    muni: Municipalidad, julio_firma: None, desde_123: None
) -> None:
    """Art. 157: el número se toma al firmar; dos a la vez, dos números seguidos y ninguno repetido."""
    proyectos = [_oficio(muni, "2026-06-01 10:00") for _ in range(2)]
    salida = Barrier(2)

    def firmar(proyecto: Proyecto) -> str:
        try:
            salida.wait()
            return _firmar(muni, proyecto, el("2026-06-01 11:00")).numero
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hilos:
        numeros = sorted(hilos.map(firmar, proyectos))
    assert numeros == ["OFICIO N° 000124-2026-MDP/SGLC", "OFICIO N° 000125-2026-MDP/SGLC"]


@pytest.mark.django_db
def test_39_el_anulado_conserva_su_numero_y_el_siguiente_es_otro(
    muni: Municipalidad, julio_firma: None, desde_123: None
) -> None:
    """Se anula el 124: queda con su razón, y el siguiente es el 125."""
    anulado = _firmar(muni, _oficio(muni, "2026-06-01 10:00"), el("2026-06-01 11:00"))
    assert anulado.numero == "OFICIO N° 000124-2026-MDP/SGLC"
    documentos.anular_numero(
        actor=muni.julio, documento=anulado, motivo="Se dirigió a otra entidad", ahora=el("2026-06-01 12:00")
    )
    siguiente = _firmar(muni, _oficio(muni, "2026-06-01 13:00"), el("2026-06-01 14:00"))
    assert siguiente.numero == "OFICIO N° 000125-2026-MDP/SGLC"
    anulado.refresh_from_db()
    assert anulado.numero == "OFICIO N° 000124-2026-MDP/SGLC"
    assert anulado.anulado_en == el("2026-06-01 12:00")
    assert anulado.motivo_anulacion == "Se dirigió a otra entidad"


@pytest.mark.django_db
def test_39_el_anio_recomienza_en_la_medianoche_de_lima(muni: Municipalidad, julio_firma: None) -> None:
    """23:59:59 del 31 de diciembre es el año que acaba; dos segundos después, el 000001 del que empieza."""
    uno, otro = (_oficio(muni, "2026-12-30 10:00") for _ in range(2))
    del_viejo = _firmar(muni, uno, el("2026-12-31 23:59:59"))
    del_nuevo = _firmar(muni, otro, datetime(2027, 1, 1, 5, 0, 1, tzinfo=UTC))
    assert del_viejo.numero == "OFICIO N° 000001-2026-MDP/SGLC"
    assert del_nuevo.numero == "OFICIO N° 000001-2027-MDP/SGLC"


# --- 42, 43 y 44 ------------------------------------------------------------------------------------------------------
@pytest.fixture
def anuncio(muni: Municipalidad) -> tuple[Procedimiento, NuevaVersion]:
    """El anuncio publicitario a S/ 82.50, con la UIT de 2026 en S/ 5,500."""
    UnidadImpositiva.objects.update_or_create(
        anio=2026, defaults={"monto": Decimal("5500"), "norma": "DS de la UIT 2026"}
    )
    procedimiento = Procedimiento.objects.create(codigo="PA-ANUNC", tema=muni.version.procedimiento.tema)
    datos = NuevaVersion(
        tipo="PA", denominacion="Anuncio publicitario", descripcion="Permite colocar un letrero.",
        calificacion="SILENCIO_POSITIVO", ordenanza="Ordenanza 007-2026-MDP", sede="Plaza Principal S/N",
        horario="Lunes a viernes", unidad_presentacion_id=muni.unidades["MP"].pk,
        unidad_aprobacion_id=muni.unidades["SGLC"].pk, plazo=15, monto=Decimal("82.50"), uit_anio=2026,
        requisitos=[NuevoRequisito("Solicitud", clase="SOLICITUD")],
        bases_legales=[NuevaBaseLegal("Ley", "27972", "Ley Orgánica de Municipalidades")],
    )  # fmt: skip
    return procedimiento, datos


def _publicar(actor: Persona, procedimiento: Procedimiento, datos: NuevaVersion) -> VersionProcedimiento:
    return tupa.publicar_version(
        actor=actor, procedimiento=procedimiento, datos=datos, desde=date(2026, 7, 1), ahora=el("2026-06-01")
    )


@pytest.mark.django_db
def test_42_el_derecho_de_tramite_se_dice_en_soles_y_en_uit(
    anuncio: tuple[Procedimiento, NuevaVersion], administradora: Persona
) -> None:
    """Art. 45.1: S/ 82.50 de S/ 5,500 es 1.5000 %, con cuatro decimales."""
    assert porcentaje_de_uit(Decimal("82.50"), Decimal("5500")) == Decimal("1.5000")
    version = _publicar(administradora, *anuncio)
    assert (version.monto, version.porcentaje_uit) == (Decimal("82.50"), Decimal("1.5000"))


@pytest.mark.django_db
def test_42_mas_de_una_uit_sin_autorizacion_no_se_publica(
    anuncio: tuple[Procedimiento, NuevaVersion], administradora: Persona
) -> None:
    """Art. 45.1: hasta S/ 5,500 exactos se publica; un céntimo más necesita la norma que lo autoriza."""
    procedimiento, datos = anuncio
    antes = (VersionProcedimiento.objects.count(), Suceso.objects.count())
    with pytest.raises(EntradaInvalida, match="no puede pasar de una UIT"):
        _publicar(administradora, procedimiento, replace(datos, monto=Decimal("5500.01")))
    assert (VersionProcedimiento.objects.count(), Suceso.objects.count()) == antes
    version = _publicar(administradora, procedimiento, replace(datos, monto=Decimal("5500")))
    assert version.porcentaje_uit == Decimal("100.0000")


@pytest.mark.django_db
def test_43_del_pago_solo_se_pide_el_numero_y_el_dia(
    muni: Municipalidad, cliente: Callable[..., Client], reloj: Callable[[str], Any]
) -> None:
    """Art. 40.1.8: el formulario pide número y fecha; no pide el comprobante, y sin él la solicitud está completa."""
    Requisito.objects.create(
        version=muni.version, orden=4, texto="Pago del derecho de trámite", clase=Requisito.Clase.PAGO
    )
    base, ella = "/tramites/PE-LIC-ALTO/presentar/", cliente(muni.rosa)
    pago = Requisito.objects.get(clase=Requisito.Clase.PAGO)
    with reloj("2026-06-01 10:00"):
        ella.post(base + "quien/", {"administrado": muni.rosa.pk})
        pagina = ella.get(base + "datos/").content.decode()
        for campo in ('name="pago_numero"', "Fecha del pago"):
            assert campo in pagina
        ella.post(
            base + "datos/",
            {
                "asunto": "Licencia",
                "pago_numero": "R-0077",
                "pago_fecha_0": "29",
                "pago_fecha_1": "5",
                "pago_fecha_2": "2026",
            },
        )
        adjuntos = ella.get(base + "adjuntos/").content.decode()
        assert f'name="requisito_{pago.pk}"' not in adjuntos
        plano = muni.version.requisitos_en_orden[1].pk
        ella.post(base + "adjuntos/", {f"requisito_{plano}": subido("plano.pdf"), "continuar": "1"})
        envio = Borrador.objects.get().envio
        assert "Todavía no adjunta" not in ella.get(base + "revisar/").content.decode()
        ella.post(base + "revisar/", {"envio": str(envio)})
    presentacion = Presentacion.objects.get()
    assert (presentacion.pago_numero, presentacion.pago_fecha) == ("R-0077", date(2026, 5, 29))
    assert pago.pk not in presentacion.anexos.values_list("requisito", flat=True)


@pytest.mark.django_db
def test_44_el_dni_es_texto_con_sus_ceros_y_el_ruc_se_comprueba(
    muni: Municipalidad, huella_de_la_base: Huella
) -> None:
    """El DNI 01234567 se guarda con su cero; el RUC 20999000011 vale y el 20999000012 no."""
    comun = {"actor": muni.mario, "ahora": el("2026-06-01")}
    persona = cuentas.registrar_persona(
        **comun, clase="NATURAL", tipo_documento="DNI", numero_documento="01234567", nombres="Teodoro",
        apellido_paterno="Ñaupari",
    )  # fmt: skip
    assert Persona.objects.get(pk=persona.pk).numero_documento == "01234567"
    empresa: dict[str, Any] = {
        **comun,
        "clase": "JURIDICA",
        "tipo_documento": "RUC",
        "razon_social": "Cacao S.A.C.",
    }
    antes = (Persona.objects.count(), huella_de_la_base())
    with pytest.raises(EntradaInvalida, match="RUC"):
        cuentas.registrar_persona(**empresa, numero_documento="20999000012")
    assert (Persona.objects.count(), huella_de_la_base()) == antes
    assert (
        cuentas.registrar_persona(**empresa, numero_documento="20999000011").numero_documento == "20999000011"
    )


# --- 45 ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_45_el_ubigeo_del_reniec_no_se_toma_por_el_del_inei(
    administradora: Persona, cliente: Callable[..., Client]
) -> None:
    """070910 es Pichari para el RENIEC y 080910 para el INEI: la pantalla lo dice y no se guarda."""
    pichari = del_reniec("070910")
    assert pichari is not None
    assert (pichari.inei, pichari.distrito) == ("080910", "Pichari")
    guardada = Entidad.objects.get(pk=1)
    datos = {campo: getattr(guardada, campo) for campo in entidades.CAMPOS if campo != "escudo"}
    pagina = cliente(administradora).post("/administracion/entidad/", datos | {"ubigeo": "070910"})
    assert "El del INEI es 080910." in pagina.content.decode()
    assert Entidad.objects.get(pk=1).ubigeo == "080910"


# --- 46 y 47 ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def resolucion(muni: Municipalidad) -> bytes:
    """Una resolución que Julio firmó con su certificado."""
    firma.emitir_certificado_de_demostracion(persona=muni.julio, pin=PIN, ahora=el("2026-05-31"))
    return firma.firmar(
        actor=muni.julio,
        pdf=una_pagina(),
        pin=PIN,
        motivo=firma.Motivo.AUTOR,
        cargo="Subgerente",
        ahora=el("2026-06-01"),
    ).bytes


@pytest.mark.django_db
def test_46_un_pdf_tocado_despues_de_firmar_es_invalido(
    resolucion: bytes, cliente: Callable[..., Client], reloj: Callable[[str], Any]
) -> None:
    """Alterado un solo byte o cambiada una página, la página pública dice que la firma no es válida."""
    assert firmas.verificar(resolucion, ahora=el("2026-06-02")).veredicto == "VALIDA"
    tocado = ataques.cambiar_la_pagina(resolucion)
    assert firmas.verificar(tocado, ahora=el("2026-06-02")).veredicto == "INVALIDA"
    with reloj("2026-06-02 10:00"):
        archivo = io.BytesIO(tocado)
        archivo.name = "resolucion.pdf"
        pagina = cliente().post("/verificar/archivo/", {"archivo": archivo}).content.decode()
    assert "La firma no es válida" in pagina


@pytest.mark.django_db
def test_46_con_el_certificado_revocado_es_invalido(muni: Municipalidad) -> None:
    """Lo firmado después de revocado el certificado es inválido."""
    certificado = firma.emitir_certificado_de_demostracion(
        persona=muni.julio, pin=PIN, ahora=el("2026-05-31")
    )
    propia = firma.firmar(
        actor=muni.julio,
        pdf=una_pagina(),
        pin=PIN,
        motivo=firma.Motivo.AUTOR,
        cargo="Subgerente",
        ahora=el("2026-06-03"),
    ).bytes
    # La revocación consta desde antes de la fecha que dice la firma.
    firma.revocar_certificado(
        actor=None, certificado=certificado, motivo="Robo de la llave", ahora=el("2026-06-02")
    )
    informe = firmas.verificar(propia, ahora=el("2026-06-04"))
    assert informe.veredicto == "INVALIDA"
    assert "firmó con un certificado revocado el 02/06/2026" in informe.motivos[0]


@pytest.mark.django_db
def test_46_si_no_se_puede_comprobar_la_revocacion_es_indeterminado(settings: Any, tmp_path: Path) -> None:
    """Sin poder preguntar por la revocación nunca se dice «válida»."""
    settings.DATOS = tmp_path / "propia"
    sello.autoridad()
    autoridad = firmantes.otra_autoridad(tmp_path / "ajena")
    anclas = tmp_path / "propia/firma/anclas"
    anclas.mkdir()
    (anclas / "ajena.pem").write_bytes(autoridad.raiz.certificado.public_bytes(serialization.Encoding.PEM))
    ahora = el("2026-06-01")
    firmado = firmantes.firmar_con(firmantes.llave_de(autoridad, ahora), una_pagina(), ahora)
    informe = firmas.verificar(firmado, ahora=ahora + timedelta(minutes=1))
    assert informe.veredicto == "INDETERMINADA"
    assert "no se pudo comprobar si su certificado estaba revocado" in informe.motivos[0]


@pytest.mark.django_db
def test_47_solo_firma_la_persona_a_quien_le_toca(
    muni: Municipalidad, julio_firma: None, jefe_asesoria: Persona, huella_de_la_base: Huella
) -> None:
    """Otra jefatura, con su propio certificado y su propio PIN, no firma lo que le toca a Julio: no pasa nada."""
    firma.emitir_certificado_de_demostracion(persona=jefe_asesoria, pin=PIN, ahora=el("2026-01-02"))
    proyecto = muni.redactar(muni.en_tramite("2026-06-01 10:00"), "2026-06-01 11:00")
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.firmar_proyecto(
            actor=jefe_asesoria, proyecto=proyecto, pin=PIN, ahora=el("2026-06-01 12:00")
        )
    assert huella_de_la_base() == antes
    documento = _firmar(muni, proyecto, el("2026-06-01 12:00"))
    assert documento.autor == muni.julio


@pytest.mark.django_db
def test_47_lo_firmado_fuera_por_otra_persona_no_se_acepta(
    muni: Municipalidad, julio_firma: None, jefe_asesoria: Persona, reloj: Callable[[str], Any], settings: Any
) -> None:
    """Julio pide firmar con su DNI electrónico y vuelve firmado con el de otra persona: se rechaza y nada se emite."""
    settings.DEMO = settings.FIRMA_ENTRENAMIENTO = True
    expediente = muni.en_tramite("2026-06-01 10:00")
    proyecto = muni.redactar(expediente, "2026-06-01 11:00")
    ahora = el("2026-06-01 12:00")
    equipo = equipo_de_prueba(settings.URL_PUBLICA, lambda: ahora)
    equipo.perillas.tarjeta = hacer_tarjeta(jefe_asesoria.numero_documento, ahora=ahora)
    with reloj("2026-06-01 12:00"):
        sesion = expedientes.pedir_firma_local(actor=muni.julio, proyecto=proyecto, ahora=ahora)
        pedida = firma_local.abrir_firma(actor=muni.julio, sesion=sesion, ip=None, ahora=ahora)
        with pytest.raises(NoSalio, match="El certificado con que se firmó es de otra persona"):
            equipo.firmar(pedida.parametro)
    sesion.refresh_from_db()
    proyecto.refresh_from_db()
    assert (sesion.estado, proyecto.estado, proyecto.documento) == ("RECHAZADA", "PARA_FIRMA", None)
    assert muni.leer(expediente).estado == "EN_TRAMITE"
    assert not Documento.objects.numerados().filter(incorporado__expediente=expediente).exists()
    assert Suceso.objects.get(tipo="firma.FirmaLocalRechazada").datos["codigo"] == "OTRA_PERSONA"
