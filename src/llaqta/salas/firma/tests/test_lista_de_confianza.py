"""La lista de confianza: se lee como la publica el Perú, y ninguna que no firme quien debe llega a regir."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from llaqta.salas.firma import lista_guardada
from llaqta.salas.firma.confianza import Confianza
from llaqta.salas.firma.lista_de_confianza import ListaIlicita
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.tests.listas import (
    CESADO,
    DS,
    RETIRADO,
    SUPERVISADO,
    TSA,
    TSL,
    Borrador,
    Ficha,
    FirmanteDeListas,
    b64,
)
from llaqta.salas.firma.tests.taller import Taller, der
from llaqta.salas.firma.veredicto import Veredicto

AHORA = datetime(2026, 6, 1, 15, tzinfo=UTC)
DIA = timedelta(days=1)


@pytest.fixture(scope="module")
def indecopi() -> FirmanteDeListas:
    return FirmanteDeListas.crear()


@pytest.fixture
def carpeta(tmp_path: Path, indecopi: FirmanteDeListas) -> Path:
    """Donde la instalación guarda la lista, con el ancla de quien las firma."""
    indecopi.poner_ancla(tmp_path)
    return tmp_path


@pytest.fixture
def borrador(indecopi: FirmanteDeListas) -> Borrador:
    return Borrador(AHORA - 10 * DIA, [Ficha(indecopi.raiz)])


def _aceptar(carpeta: Path, contenido: bytes, ahora: datetime = AHORA) -> lista_guardada.Aceptada:
    return lista_guardada.aceptar(contenido, carpeta=carpeta, ahora=ahora, origen="prueba")


# --- Lo bueno ---------------------------------------------------------------------------------------------------------
def test_una_lista_como_la_peruana_se_lee_entera(
    carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    borrador.fichas[0].antes = [(CESADO, datetime(2012, 1, 1, tzinfo=UTC))]
    hecha = _aceptar(carpeta, indecopi.firmar(borrador.arbol()))

    assert hecha.es_nueva
    lista = lista_guardada.vigente(carpeta)
    assert lista == hecha.lista
    assert lista is not None
    assert (lista.secuencia, lista.territorio, lista.operador) == (
        7,
        "PE",
        "Autoridad Administrativa Competente",
    )
    (servicio,) = lista.servicios
    assert (servicio.prestador, servicio.nombre, servicio.tipo) == (
        "ENTIDAD DE PRUEBA",
        "AC DE FIRMAS",
        "CA/QC",
    )
    assert servicio.certificados == (der(indecopi.raiz),)
    assert servicio.estado(AHORA) == "undersupervision"
    assert servicio.en_palabras(AHORA) == "bajo supervisión"
    assert servicio.vale(AHORA)
    assert servicio.en_palabras(datetime(2014, 1, 1, tzinfo=UTC)) == "sin supervisión: cesó"
    assert not servicio.vale(datetime(2014, 1, 1, tzinfo=UTC))
    assert servicio.en_palabras(datetime(2010, 1, 1, tzinfo=UTC)) == "todavía no figuraba"


def test_su_vigencia_tiene_tres_estados(
    carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    lista = _aceptar(carpeta, indecopi.firmar(borrador.arbol())).lista

    proxima = AHORA - 10 * DIA + 180 * DIA
    dichos = [lista.vigencia(al) for al in (AHORA, proxima - DIA, proxima + DIA)]
    assert dichos == ["vigente", "por vencer", "vencida"]


def test_presentar_la_misma_no_cambia_nada_y_una_posterior_la_reemplaza(
    carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    primera = indecopi.firmar(borrador.arbol())
    assert _aceptar(carpeta, primera).es_nueva
    assert not _aceptar(carpeta, primera).es_nueva
    segunda = indecopi.firmar(replace(borrador, secuencia=8, emitida=AHORA - DIA).arbol())
    assert _aceptar(carpeta, segunda).es_nueva

    vigente = lista_guardada.vigente(carpeta)
    assert vigente is not None
    assert vigente.secuencia == 8
    assert len(list((carpeta / "historia").glob("*.xml"))) == 2
    assert lista_guardada.estado(carpeta)["secuencia"] == 8


# --- Lo malo: diecinueve listas que no llegan a regir -----------------------------------------------------------------
def _con_doctype(contenido: bytes) -> bytes:
    lugar = contenido.index(b"<tsl:Trust")
    return contenido[:lugar] + b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + contenido[lugar:]


def _bomba(contenido: bytes) -> bytes:
    entidades = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 9))
    lugar = contenido.index(b"<tsl:Trust")
    return (
        contenido[:lugar] + b'<!DOCTYPE t [<!ENTITY e0 "ja">' + entidades + b"]>"
        + contenido[lugar:].replace(b"ENTIDAD DE PRUEBA", b"&e8;")
    )  # fmt: skip


def _envuelta(contenido: bytes) -> bytes:
    """La lista firmada queda escondida dentro de otra que nadie firmó."""
    firmada = etree.fromstring(contenido)
    falsa = copy.deepcopy(firmada)
    falsa.set("Id", "otra")
    falsa.find(f".//{{{TSL}}}TSLSequenceNumber").text = "99"
    firma = falsa.find(f"{{{DS}}}Signature")
    falsa.remove(firma)
    envoltura = etree.SubElement(falsa, "escondida")
    envoltura.append(firmada)
    return bytes(etree.tostring(falsa))


def _firma_trasladada(contenido: bytes) -> bytes:
    """La firma, fuera; lo que firma, dentro de un objeto; y la raíz es otra cosa."""
    firmada = etree.fromstring(contenido)
    falsa = copy.deepcopy(firmada)
    falsa.set("Id", "otra")
    falsa.find(f".//{{{TSL}}}TSLSequenceNumber").text = "99"
    firma = falsa.find(f"{{{DS}}}Signature")
    objeto = etree.SubElement(firma, f"{{{DS}}}Object")
    original = copy.deepcopy(firmada)
    original.remove(original.find(f"{{{DS}}}Signature"))
    objeto.append(original)
    return bytes(etree.tostring(falsa))


def _id_repetido(contenido: bytes) -> bytes:
    arbol = etree.fromstring(contenido)
    etree.SubElement(arbol, "otra").set("Id", "tsl-pe")
    return bytes(etree.tostring(arbol))


def _dos_firmas(contenido: bytes) -> bytes:
    arbol = etree.fromstring(contenido)
    arbol.append(copy.deepcopy(arbol.find(f"{{{DS}}}Signature")))
    return bytes(etree.tostring(arbol))


def _sin_firma(contenido: bytes) -> bytes:
    arbol = etree.fromstring(contenido)
    arbol.remove(arbol.find(f"{{{DS}}}Signature"))
    return bytes(etree.tostring(arbol))


def _sin_certificado(contenido: bytes) -> bytes:
    arbol = etree.fromstring(contenido)
    firma = arbol.find(f"{{{DS}}}Signature")
    firma.remove(firma.find(f"{{{DS}}}KeyInfo"))
    return bytes(etree.tostring(arbol))


def _texto(de: bytes, a: bytes) -> Callable[[bytes], bytes]:
    def cambiar(contenido: bytes) -> bytes:
        assert de in contenido
        return contenido.replace(de, a, 1)

    return cambiar


TOCADAS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "entidad externa": (_con_doctype, "definición de tipo"),
    "bomba de entidades": (_bomba, "definición de tipo"),
    "en utf-16": (lambda c: c.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "UTF-8"),
    "no es xml": (lambda c: c[:-40], "bien formado"),
    "es otra cosa": (lambda _: b"<html/>", "no es una lista"),
    "enorme": (lambda c: c + b" " * (17 * 1024 * 1024), "demasiado grande"),
    "sin firma": (_sin_firma, "una sola firma"),
    "dos firmas": (_dos_firmas, "una sola firma"),
    "envuelta en otra": (_envuelta, "una sola firma"),
    "firma trasladada": (_firma_trasladada, "no cubre"),
    "identificador repetido": (_id_repetido, "repite un identificador"),
    "sin certificado": (_sin_certificado, "no trae su certificado"),
    "estado cambiado": (_texto(b"undersupervision", b"granted"), "no es válida"),
    "secuencia cambiada": (_texto(b">7<", b">9<"), "no es válida"),
    "servicio añadido": (_texto(b"</tsl:TSPServices>", b"<tsl:TSPService/></tsl:TSPServices>"), "no es válida"),
}  # fmt: skip


@pytest.mark.parametrize("caso", TOCADAS)
def test_una_lista_tocada_no_se_acepta_y_la_buena_sigue_rigiendo(
    caso: str, carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    _aceptar(carpeta, indecopi.firmar(replace(borrador, secuencia=6).arbol()))
    antes = (carpeta / "actual.xml").read_bytes()
    tocar, dice = TOCADAS[caso]

    with pytest.raises(ListaIlicita, match=dice):
        _aceptar(carpeta, tocar(indecopi.firmar(borrador.arbol())), AHORA + DIA)
    assert (carpeta / "actual.xml").read_bytes() == antes
    assert len(list((carpeta / "historia").glob("*.xml"))) == 1
    assert lista_guardada.estado(carpeta)["error"]
    assert lista_guardada.estado(carpeta)["secuencia"] == 6


CAMBIADAS: dict[str, tuple[dict[str, Any], str]] = {
    "vuelve atrás": ({"secuencia": 6}, "anterior a la 7"),
    "otra con el mismo número": ({"dias": 100}, "dos listas de confianza distintas"),
    "número mayor y fecha anterior": ({"secuencia": 8, "emitida": AHORA - 50 * DIA}, "fecha anterior"),
    "del futuro": ({"secuencia": 8, "emitida": AHORA + 5 * DIA}, "todavía no llega"),
    "vencida": ({"secuencia": 8, "emitida": AHORA - 2 * DIA, "dias": 1}, "venció"),
    "de otro país": ({"secuencia": 8, "emitida": AHORA - DIA, "territorio": "XX"}, "otro país"),
}


@pytest.mark.parametrize("caso", CAMBIADAS)
def test_una_lista_bien_firmada_que_no_sigue_a_la_que_rige_no_se_acepta(
    caso: str, carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    _aceptar(carpeta, indecopi.firmar(borrador.arbol()))
    cambios, dice = CAMBIADAS[caso]

    with pytest.raises(ListaIlicita, match=dice):
        _aceptar(carpeta, indecopi.firmar(replace(borrador, **cambios).arbol()))
    vigente = lista_guardada.vigente(carpeta)
    assert vigente is not None
    assert vigente.secuencia == 7


def test_firmada_por_otra_raiz_con_el_mismo_nombre_no_se_acepta(carpeta: Path, borrador: Borrador) -> None:
    falso = FirmanteDeListas.crear()

    with pytest.raises(ListaIlicita, match="quien debe"):
        _aceptar(carpeta, falso.firmar(borrador.arbol()))
    assert lista_guardada.vigente(carpeta) is None


def test_sin_el_ancla_de_las_listas_no_se_acepta_ninguna(
    tmp_path: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    with pytest.raises(ListaIlicita, match=r"ancla\.pem"):
        _aceptar(tmp_path, indecopi.firmar(borrador.arbol()))


def test_un_comentario_no_cambia_lo_que_se_lee(
    carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    """La firma no cubre los comentarios: el número 12<!-- -->3 no puede leerse como 12."""
    firmada = indecopi.firmar(replace(borrador, secuencia=123).arbol())

    lista = _aceptar(carpeta, firmada.replace(b">123<", b">12<!-- -->3<")).lista
    assert lista.secuencia == 123


def test_un_archivo_cambiado_en_el_disco_no_se_cree(
    carpeta: Path, borrador: Borrador, indecopi: FirmanteDeListas
) -> None:
    _aceptar(carpeta, indecopi.firmar(borrador.arbol()))
    ruta = carpeta / "actual.xml"
    ruta.write_bytes(ruta.read_bytes().replace(b"undersupervision", b"granted"))

    assert lista_guardada.vigente(carpeta) is None


# --- Juzgar firmas con ella -------------------------------------------------------------------------------------------
def _segun(
    taller: Taller, indecopi: FirmanteDeListas, carpeta: Path, *fichas: Ficha, dias: int = 180
) -> Confianza:
    """Confía solo en lo que diga una lista con esas fichas."""
    indecopi.poner_ancla(carpeta)
    borrador = Borrador(taller.ahora - 10 * DIA, list(fichas), dias=dias)
    hecha = _aceptar(carpeta, indecopi.firmar(borrador.arbol()), taller.ahora - 9 * DIA)
    return replace(taller.confianza, raices=(), lista=hecha.lista)


def test_una_autoridad_de_la_lista_es_de_confianza(
    taller: Taller, indecopi: FirmanteDeListas, tmp_path: Path
) -> None:
    emisora = taller.estado.certificado("emisora")
    confianza = _segun(taller, indecopi, tmp_path, Ficha(emisora))

    informe = taller.verificar(taller.propia(una_pagina()), confianza=confianza)
    assert (informe.veredicto, informe.motivos, informe.secuencia) == (Veredicto.VALIDA, (), 7)


def test_una_autoridad_retirada_no_lo_es_aunque_antes_lo_fuera(
    taller: Taller, indecopi: FirmanteDeListas, tmp_path: Path
) -> None:
    emisora = taller.estado.certificado("emisora")
    retirada = Ficha(
        emisora, RETIRADO, taller.ahora - 30 * DIA, antes=[(SUPERVISADO, datetime(2016, 1, 1, tzinfo=UTC))]
    )
    confianza = _segun(taller, indecopi, tmp_path, retirada)
    vieja, nueva = taller.propia(una_pagina(), en=taller.ahora - 60 * DIA), taller.propia(una_pagina())

    hoy = taller.verificar(nueva, confianza=confianza)
    assert hoy.veredicto is Veredicto.INDETERMINADA
    assert "no estaba acreditada (lista de confianza: acreditación retirada)" in hoy.motivos[0]
    # Dice ser de cuando estaba acreditada, pero nada lo prueba.
    assert taller.verificar(vieja, confianza=confianza).veredicto is Veredicto.INDETERMINADA
    # Consta que existía entonces: se juzga con el estado de esa fecha.
    entonces = taller.verificar(vieja, confianza=confianza, al=taller.ahora - 59 * DIA)
    assert (entonces.veredicto, entonces.motivos) == (Veredicto.VALIDA, ())


def test_aunque_la_raiz_sea_de_confianza_una_emisora_retirada_no_lo_es(
    taller: Taller, indecopi: FirmanteDeListas, tmp_path: Path
) -> None:
    confianza = _segun(
        taller, indecopi, tmp_path, Ficha(taller.estado.raiz),
        Ficha(taller.estado.certificado("emisora"), RETIRADO, taller.ahora - 30 * DIA),
    )  # fmt: skip

    assert (
        taller.verificar(taller.propia(una_pagina()), confianza=confianza).veredicto
        is Veredicto.INDETERMINADA
    )


def test_con_la_lista_vencida_no_se_afirma_nada(
    taller: Taller, indecopi: FirmanteDeListas, tmp_path: Path
) -> None:
    confianza = _segun(taller, indecopi, tmp_path, Ficha(taller.estado.certificado("emisora")), dias=5)

    informe = taller.verificar(taller.propia(una_pagina()), confianza=confianza)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert "lista de confianza vencida" in informe.motivos[0]


def test_quien_sella_el_tiempo_no_por_eso_emite_firmas_ni_al_reves(
    taller: Taller, indecopi: FirmanteDeListas, tmp_path: Path
) -> None:
    emisora, tsa = taller.estado.certificado("emisora"), taller.estado.certificado("tsa")
    sellado = taller.de_fabrica(una_pagina(), tsa="tsa")
    solo_firmas = _segun(
        taller, indecopi, tmp_path / "a", Ficha(emisora), Ficha(taller.estado.raiz, tipo="x")
    )
    con_tsa = _segun(taller, indecopi, tmp_path / "b", Ficha(emisora), Ficha(taller.estado.raiz, tipo=TSA))
    de_tiempo = _segun(taller, indecopi, tmp_path / "c", Ficha(emisora, tipo=TSA), Ficha(tsa, tipo=TSA))

    assert taller.verificar(sellado, confianza=solo_firmas).veredicto is Veredicto.INDETERMINADA
    assert taller.verificar(sellado, confianza=con_tsa).veredicto is Veredicto.VALIDA
    assert taller.verificar(sellado, confianza=de_tiempo).veredicto is Veredicto.INDETERMINADA


def test_lo_que_figuraba_en_una_lista_anterior_vale_para_su_fecha(
    taller: Taller, indecopi: FirmanteDeListas, tmp_path: Path
) -> None:
    emisora = taller.estado.certificado("emisora")
    _segun(taller, indecopi, tmp_path, Ficha(emisora))
    sin_ella = Borrador(taller.ahora - DIA, [Ficha(indecopi.raiz)], secuencia=8)
    _aceptar(tmp_path, indecopi.firmar(sin_ella.arbol()), taller.ahora)
    entonces = taller.ahora - 2 * DIA
    firmado = taller.propia(una_pagina(), en=entonces - timedelta(hours=1))

    hoy = replace(taller.confianza, raices=(), lista=lista_guardada.vigente(tmp_path))
    pasada = replace(hoy, lista=lista_guardada.vigente(tmp_path, al=entonces))
    assert taller.verificar(firmado, confianza=hoy).veredicto is Veredicto.INDETERMINADA
    assert taller.verificar(firmado, confianza=pasada, al=entonces).veredicto is Veredicto.VALIDA
    assert b64(emisora) not in (tmp_path / "actual.xml").read_text()
