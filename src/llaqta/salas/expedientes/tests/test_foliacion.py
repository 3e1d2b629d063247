"""La foliación con expedientes de verdad: cuerpos, expedientes agregados y desgloses (arts. 152 y 153)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento, TipoDocumento
from llaqta.salas.expedientes import impresos, queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import (
    Acumulacion,
    Desglose,
    Expediente,
    ExpedienteAgregado,
    Incorporado,
)
from llaqta.salas.firma import queries as firma

Huella = Callable[[], dict[str, int]]
HOY = date(2026, 6, 1)


@pytest.fixture
def constancias(tipos: dict[str, TipoDocumento]) -> None:
    """El tipo con que se guarda la constancia de un desglose."""
    TipoDocumento.objects.get_or_create(codigo="CONSTANCIA", defaults={"nombre": "Constancia"})


def _lineas(expediente: Expediente, para: Persona) -> list[list[str]]:
    """El índice dicho en corto: cada cuerpo con sus documentos y lo agregado."""
    foliado = queries.get_foliado(expediente, para=para, al=HOY)
    return [
        [
            f"+{renglon.agregado.folios} de {renglon.agregado.numero}"
            if renglon.agregado
            else f"{renglon.documento.folio_desde}-{renglon.documento.folio_hasta}"  # type: ignore[union-attr]
            for renglon in cuerpo.renglones
        ]
        for cuerpo in foliado.cuerpos
    ]


def test_un_expediente_de_230_folios_tiene_dos_cuerpos(
    abrir: Callable[..., Expediente], documento: Callable[..., Documento], especialista: Persona
) -> None:
    expediente = abrir([documento(120), documento(67), documento(43)])
    assert expediente.folios == 230
    cuerpos = queries.get_cuerpos(expediente, para=especialista, al=HOY)
    assert [cuerpo.dicho for cuerpo in cuerpos] == ["folios 1–187", "folios 188–230"]
    assert _lineas(expediente, especialista) == [["1-120", "121-187"], ["188-230"]]


def test_un_expediente_agregado_de_25_folios_no_continua_la_foliacion(
    en_tramite: Expediente, documento: Callable[..., Documento], especialista: Persona, ahora: datetime
) -> None:
    expedientes.incorporar(actor=None, expediente=en_tramite, documentos=[documento(28)], ahora=ahora)
    assert en_tramite.folios == 40
    agregado = expedientes.agregar_expediente_foliado(
        actor=especialista, expediente=en_tramite, numero="Exp. 14919-2019", procedencia="Gobierno Regional del Cusco",
        folios=25, motivo="Antecedente del local", ahora=ahora,
    )  # fmt: skip
    assert agregado.tras_folio == 40
    [puesto] = expedientes.incorporar(
        actor=None, expediente=en_tramite, documentos=[documento(2)], ahora=ahora
    )
    assert (puesto.folio_desde, puesto.folio_hasta) == (41, 42)
    assert _lineas(en_tramite, especialista) == [["1-12", "13-40", "+25 de Exp. 14919-2019", "41-42"]]
    en_tramite.refresh_from_db()
    assert en_tramite.folios == 42
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteForaneoAgregado").count() == 1


def test_agregarlo_dos_veces_es_agregarlo_una(
    en_tramite: Expediente, especialista: Persona, ahora: datetime
) -> None:
    datos: dict[str, Any] = {
        "actor": especialista, "expediente": en_tramite, "numero": "Exp. 1", "procedencia": "RENIEC", "folios": 3,
        "motivo": "Antecedente", "ahora": ahora,
    }  # fmt: skip
    uno = expedientes.agregar_expediente_foliado(**datos)
    assert expedientes.agregar_expediente_foliado(**datos) == uno
    assert ExpedienteAgregado.objects.count() == 1


def test_un_expediente_acumulado_tampoco_la_continua(
    en_tramite: Expediente,
    abrir: Callable[..., Expediente],
    documento: Callable[..., Documento],
    especialista: Persona,
    ahora: datetime,
) -> None:
    otro = abrir([documento(25)])
    luego = ahora + timedelta(hours=1)
    Acumulacion.objects.create(
        principal=en_tramite, acumulado=otro, motivo="Mismo local", folios=25, acumulado_en=luego,
        acumulado_por=especialista,
    )  # fmt: skip
    expedientes.incorporar(
        actor=None, expediente=en_tramite, documentos=[documento(1)], ahora=luego + timedelta(hours=1)
    )
    assert _lineas(en_tramite, especialista) == [["1-12", f"+25 de {otro.numero}", "13-13"]]


def test_agrega_la_unidad_responsable_y_dice_que_agrega(
    en_tramite: Expediente, especialista: Persona, asesor: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    datos: dict[str, Any] = {
        "expediente": en_tramite, "numero": "Exp. 1", "procedencia": "RENIEC", "folios": 3, "motivo": "Antecedente",
        "ahora": ahora,
    }  # fmt: skip
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="solo esa unidad"):
        expedientes.agregar_expediente_foliado(actor=asesor, **datos)
    for cambio, dicho in (
        ({"numero": " "}, "número"),
        ({"procedencia": ""}, "de dónde viene"),
        ({"motivo": " "}, "por qué"),
        ({"folios": 0}, "cuántos folios"),
        ({"folios": 5_000_000}, "cuántos folios"),
    ):
        with pytest.raises(EntradaInvalida, match=dicho):
            expedientes.agregar_expediente_foliado(actor=especialista, **{**datos, **cambio})
    assert huella_de_la_base() == antes


def test_el_administrado_ve_los_mismos_folios_aunque_no_vea_todo(
    en_tramite: Expediente, documento: Callable[..., Documento], ciudadana: Persona, ahora: datetime
) -> None:
    expedientes.incorporar(
        actor=None, expediente=en_tramite, documentos=[documento(3)], ahora=ahora, visible=False
    )
    expedientes.incorporar(actor=None, expediente=en_tramite, documentos=[documento(2)], ahora=ahora)
    assert _lineas(en_tramite, ciudadana) == [["1-12", "16-17"]]


# --- Desglose -------------------------------------------------------------------------------------------------------
def _desglosar(expediente: Expediente, **datos: Any) -> Desglose:
    return expedientes.desglosar(incorporado=expediente.incorporados.get(orden=1), **datos)


@pytest.mark.usefixtures("constancias")
def test_el_desglose_deja_copia_autenticada_con_los_mismos_folios(
    en_tramite: Expediente, especialista: Persona, ciudadana: Persona, ahora: datetime
) -> None:
    original = en_tramite.incorporados.get(orden=1).documento.archivo
    desglose = _desglosar(
        en_tramite, actor=especialista, entregado_a=ciudadana, motivo="Lo necesita en el banco", ahora=ahora
    )
    lugar = desglose.incorporado
    lugar.refresh_from_db()
    assert (lugar.orden, lugar.folio_desde, lugar.folio_hasta) == (1, 1, 12)
    copia = Documento.objects.get(pk=lugar.documento_id)
    assert (copia.version, copia.folios, copia.firmado) == (2, 12, True)
    assert copia.versiones_anteriores.get().archivo == original
    with storage.abrir(copia.archivo.sha256) as flujo:
        assert firma.verificar(flujo.read(), ahora=ahora).veredicto.name == "VALIDA"
    ultimo = en_tramite.incorporados.get(orden=2)
    assert ultimo.documento == desglose.constancia
    assert ultimo.folio_desde == 13
    assert "Constancia de desglose, folios 1 a 12" in ultimo.documento.asunto
    assert Suceso.objects.filter(tipo="expedientes.DocumentoDesglosado").count() == 1
    [cuerpo] = queries.get_foliado(en_tramite, para=especialista, al=HOY).cuerpos
    assert cuerpo.renglones[0].desglose == desglose


@pytest.mark.usefixtures("constancias")
def test_una_foto_tambien_se_desglosa(
    abrir: Callable[..., Expediente],
    en_tramite: Expediente,
    especialista: Persona,
    ciudadana: Persona,
    ahora: datetime,
) -> None:
    recibido = documentos.ArchivoRecibido.de_bytes("croquis.png", archivos.foto_png())
    [archivo] = documentos.recibir_archivos(actor=ciudadana, archivos=[recibido], ahora=ahora)
    foto = documentos.guardar(
        actor=ciudadana, tipo="SOLICITUD", asunto="Croquis", archivo=archivo, ahora=ahora
    )
    [puesto] = expedientes.incorporar(actor=None, expediente=en_tramite, documentos=[foto], ahora=ahora)
    expedientes.desglosar(
        actor=especialista, incorporado=puesto, entregado_a=ciudadana, motivo="Lo pide", ahora=ahora
    )
    foto.refresh_from_db()
    assert (foto.archivo.mime, foto.folios) == ("application/pdf", 1)


@pytest.mark.usefixtures("constancias")
def test_desglosar_dos_veces_es_una(
    en_tramite: Expediente,
    especialista: Persona,
    ciudadana: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    datos = {"actor": especialista, "entregado_a": ciudadana, "motivo": "Lo pide", "ahora": ahora}
    uno = _desglosar(en_tramite, **datos)
    antes = huella_de_la_base()
    assert _desglosar(en_tramite, **datos) == uno
    assert huella_de_la_base() == antes


@pytest.mark.usefixtures("constancias")
def test_no_se_desglosa_lo_de_la_municipalidad_ni_se_entrega_a_un_extrano(
    resolucion: Documento,
    en_tramite: Expediente,
    especialista: Persona,
    asesor: Persona,
    ciudadana: Persona,
    otro_ciudadano: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    datos: dict[str, Any] = {"motivo": "Lo pide", "ahora": ahora}
    with pytest.raises(NoProcede, match="lo que emitió la municipalidad no sale del expediente") as hallada:
        expedientes.desglosar(
            actor=especialista,
            incorporado=Incorporado.objects.get(documento=resolucion),
            entregado_a=ciudadana,
            **datos,
        )
    assert hallada.value.norma == "Ley 27444, art. 153.2"
    with pytest.raises(EntradaInvalida, match="no es parte"):
        _desglosar(en_tramite, actor=especialista, entregado_a=otro_ciudadano, **datos)
    with pytest.raises(EntradaInvalida, match="para qué"):
        _desglosar(en_tramite, actor=especialista, entregado_a=ciudadana, **{**datos, "motivo": ""})
    with pytest.raises(Denegado):
        _desglosar(en_tramite, actor=asesor, entregado_a=ciudadana, **datos)
    assert huella_de_la_base() == antes


# --- Carátula e índice ----------------------------------------------------------------------------------------------
def _paginas(contenido: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(contenido)
    return [" ".join(pagina.get_textpage().get_text_range().split()) for pagina in pdf]


def test_hay_una_caratula_por_cuerpo_con_organo_responsable_y_fecha_del_termino(
    abrir: Callable[..., Expediente], documento: Callable[..., Documento], ahora: datetime
) -> None:
    expediente = abrir([documento(120), documento(67), documento(43)])
    Expediente.objects.filter(pk=expediente.pk).update(vence_el=date(2026, 7, 14))
    expediente.refresh_from_db()
    una, otra = _paginas(impresos.caratula(expediente, ahora=ahora))
    assert "Cuerpo 1 de 2, folios 1–187" in una
    assert "Cuerpo 2 de 2, folios 188–230" in otra
    for pagina in (una, otra):
        assert "Órgano que lo tiene a cargo Unidad de Trámite Documentario y Archivo" in pagina
        assert "Fecha del término martes 14 de julio de 2026" in pagina
        assert "Folios del expediente 230" in pagina
        assert expediente.numero in pagina


def test_la_caratula_nombra_a_la_autoridad_responsable(
    en_tramite: Expediente, jefe: Persona, ahora: datetime
) -> None:
    [pagina] = _paginas(impresos.caratula(en_tramite, ahora=ahora))
    assert "Autoridad responsable Lucía Sulca Ramos" in pagina
    assert "Cuerpo" not in pagina


@pytest.mark.parametrize(
    ("estado", "vence_el", "dicho"),
    [
        ("EN_TRAMITE", date(2026, 7, 14), "martes 14 de julio de 2026"),
        ("OBSERVADO", None, "Sin plazo corriendo: observado"),
        ("EMPLAZADO", None, "Sin plazo corriendo: emplazado"),
        ("SUSPENDIDO", date(2026, 7, 14), "Sin plazo corriendo: suspendido"),
        ("APROBADO_AUTOMATICO", None, "Sin plazo: aprobado automáticamente al presentarse (art. 31.1)"),
        ("ARCHIVADO", date(2026, 7, 14), "martes 14 de julio de 2026 (hoy: archivado)"),
    ],
)
def test_la_fecha_del_termino_se_dice_o_se_dice_por_que_no_corre(
    estado: str, vence_el: date | None, dicho: str
) -> None:
    assert impresos.decir_termino(Expediente(estado=estado, vence_el=vence_el)) == dicho


@pytest.mark.usefixtures("constancias")
def test_el_indice_sellado_trae_los_cuerpos_lo_agregado_y_lo_desglosado(
    abrir: Callable[..., Expediente],
    en_tramite: Expediente,
    documento: Callable[..., Documento],
    especialista: Persona,
    ciudadana: Persona,
    ahora: datetime,
) -> None:
    expedientes.agregar_expediente_foliado(
        actor=especialista, expediente=en_tramite, numero="Exp. 14919-2019", procedencia="Gobierno Regional", folios=25,
        motivo="Antecedente", ahora=ahora,
    )  # fmt: skip
    expedientes.incorporar(actor=None, expediente=en_tramite, documentos=[documento(190)], ahora=ahora)
    _desglosar(en_tramite, actor=especialista, entregado_a=ciudadana, motivo="Lo pide", ahora=ahora)
    en_tramite.refresh_from_db()
    contenido = impresos.indice(en_tramite, para=especialista, ahora=ahora)
    texto = " ".join(_paginas(contenido))
    assert "Cuerpo 1 de 2, folios 1–12" in texto
    assert "Cuerpo 2 de 2, folios 13–203" in texto
    assert "Exp. 14919-2019 (Gobierno Regional)" in texto
    assert "Se agregó con 25 folios, que no continúan la foliación (art. 152.2)" in texto
    assert "Desglosado el 01/06/2026 y entregado a Rosa Quispe Huamán: queda copia autenticada" in texto
    assert firma.verificar(contenido, ahora=ahora).veredicto.name == "VALIDA"
