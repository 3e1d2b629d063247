"""Armar el paquete: cada documento con su informe y su prueba, el índice firmado y una página para abrirlo."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from llaqta.cimientos import pdf, storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Entidad
from llaqta.salas import auditoria
from llaqta.salas.auditoria.pruebas import NoCoincide, Prueba, TodaviaNo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import queries as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.exportacion import indice
from llaqta.salas.expedientes.exportacion.bolsa import Bolsa
from llaqta.salas.expedientes.exportacion.contenido import Contenido, Incluido, en_nombre
from llaqta.salas.expedientes.exportacion.indice import ConstanciaPuesta, FirmaDelIndice, Puesto
from llaqta.salas.firma import queries as firmas
from llaqta.salas.firma import services as firma
from llaqta.salas.firma import xades

VERIFICADOR = Path(auditoria.__file__).parent / "verificador/llaqta_verificador.py"
PDF = "application/pdf"
TODAVIA_NO = "Se estaba anotando en el registro cuando se armó el paquete."
NO_COINCIDE = "El registro no coincide con lo que se anotó: alguien pudo alterarlo."

Avance = Callable[[int], None]


class FaltaRegistrar(Exception):
    """Algún documento todavía no tiene su prueba: se vuelve a intentar en segundos."""


@dataclass(frozen=True)
class Armado:
    """Cómo quedó el paquete: la huella que lo nombra, y cuántos documentos lleva y cuántos no."""

    huella: str
    documentos: int
    excluidos: int


def armar(
    contenido: Contenido,
    destino: BinaryIO,
    *,
    para: Persona | None,
    ahora: datetime,
    avance: Avance = lambda hechos: None,
    esperar_pruebas: bool = False,
) -> Armado:
    """Escribe el paquete entero en ``destino``; nada pasa entero por la memoria, salvo lo que se firma.

    :param avance: se le dice cuántos documentos van
    :param esperar_pruebas: si alguno todavía no está en el registro, no lo escribe sin prueba: avisa
    :raises FaltaRegistrar: si se pidió esperar y alguno no está
    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    numero = contenido.expediente.numero
    with Bolsa(destino, base=numero, ahora=ahora) as bolsa:
        puestos = []
        for hechos, incluido in enumerate(contenido.incluidos):
            avance(hechos)
            puestos.append(_poner(bolsa, incluido, para, ahora, esperar_pruebas=esperar_pruebas))
        avance(len(puestos))
        constancias = [_poner_constancia(bolsa, constancia) for constancia in contenido.constancias]
        raiz = indice.componer(contenido, puestos, constancias, ahora=ahora)
        bolsa.poner("indice.xml", xades.sellar_xml(raiz, ahora=ahora))
        bolsa.poner("indice.xsd", indice.ESQUEMA.read_bytes())
        bolsa.poner("indice.pdf", _indice_pdf(contenido, puestos, ahora))
        bolsa.poner("leeme.html", _leeme(contenido, puestos, constancias, ahora).encode())
        bolsa.poner_archivo("verificador/llaqta_verificador.py", VERIFICADOR)
        huella = bolsa.cerrar(_informacion(contenido))
    return Armado(huella, len(puestos), len(contenido.excluidos))


def _poner(
    bolsa: Bolsa, incluido: Incluido, para: Persona | None, ahora: datetime, *, esperar_pruebas: bool
) -> Puesto:
    documento = incluido.documento
    archivo = f"documentos/{incluido.nombre}"
    with storage.como_ruta(documento.archivo.sha256) as ruta:
        huella = bolsa.poner_archivo(archivo, ruta)
        informe, veredicto, suyas = _informe(documento, ruta, ahora)
    if huella != documento.archivo.sha256:
        raise storage.ObjetoDanado(documento.archivo.sha256)
    prueba, sin_prueba = _prueba(documento, para, esperar=esperar_pruebas)
    del_informe = f"firmas/{incluido.sin_extension}.json"
    de_la_prueba = f"pruebas/{incluido.sin_extension}.json"
    return Puesto(
        incluido=incluido,
        archivo=f"data/{archivo}",
        sha256=huella,
        informe=f"data/{del_informe}",
        huella_del_informe=bolsa.poner(del_informe, _json(informe)),
        veredicto=veredicto,
        firmas=suyas,
        prueba=prueba,
        archivo_de_prueba=f"data/{de_la_prueba}" if prueba else "",
        huella_de_prueba=bolsa.poner(de_la_prueba, _json(prueba.paquete)) if prueba else "",
        sin_prueba=sin_prueba,
    )


def _informe(
    documento: Documento, ruta: Path, ahora: datetime
) -> tuple[dict[str, Any], str, list[FirmaDelIndice]]:
    """Lo que dicen sus firmas al exportarlo; una imagen no lleva firmas."""
    if documento.archivo.mime != PDF:
        return {"formato": "llaqta-informe/1", "veredicto": "SIN FIRMA", "firmas": []}, "SIN_FIRMA", []
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que verifica.
    from llaqta.salas.firma.informe_json import informe_json  # noqa: PLC0415

    hecho = firmas.verificar(ruta, ahora=ahora, existia_el=documento.registrado_en)
    dicho = informe_json(
        hecho,
        nombre=documento.numero or documento.tipo.nombre,
        huella=documento.archivo.sha256,
        tamano=documento.archivo.bytes,
    )
    vistas = [
        FirmaDelIndice(
            una.titular, una.documento, una.entidad, una.cargo, una.fecha, una.nivel, una.veredicto.value
        )
        for una in hecho.firmas
    ]
    return dicho, hecho.veredicto.value, vistas


def _prueba(documento: Documento, para: Persona | None, *, esperar: bool) -> tuple[Prueba | None, str]:
    try:
        return documentos.get_prueba(documento, para=para), ""
    except documentos.SinHuellaEnElRegistro as negativa:
        return None, negativa.frase
    except TodaviaNo as error:
        if esperar:
            raise FaltaRegistrar(str(documento)) from error
        return None, TODAVIA_NO
    except NoCoincide:
        return None, NO_COINCIDE


def _poner_constancia(bolsa: Bolsa, constancia: Any) -> ConstanciaPuesta:
    nombre = f"constancias/{en_nombre(f'{constancia.notificacion.codigo}-{constancia.clase}')}.pdf"
    with storage.como_ruta(constancia.documento.archivo.sha256) as ruta:
        return ConstanciaPuesta(constancia, f"data/{nombre}", bolsa.poner_archivo(nombre, ruta))


def _indice_pdf(contenido: Contenido, puestos: Sequence[Puesto], ahora: datetime) -> bytes:
    """El mismo índice en PDF/A, sellado (Ley 27444, art. 29-B)."""
    expediente = contenido.expediente
    renglones: list[tuple[int, dict[str, Any]]] = [
        (puesto.incluido.fila.orden, _renglon(puesto)) for puesto in puestos
    ]
    for excluido in contenido.excluidos:
        fila = excluido.fila
        renglones.append(
            (
                fila.orden,
                {
                    "n": fila.orden,
                    "nombre": "No va en este paquete",
                    "fecha": "",
                    "folio_desde": fila.folio_desde,
                    "folio_hasta": fila.folio_hasta,
                    "sha256": "",
                    "autor": None,
                    "nota": excluido.motivo,
                },
            )
        )
    datos = {
        "expediente": expediente.numero,
        "asunto": expediente.asunto,
        "administrado": expediente.administrado.nombre_completo,
        "cerrado_al": ahora,
        "documentos": [renglon for _, renglon in sorted(renglones, key=lambda par: par[0])],
        "folios": expediente.folios,
    }
    compuesto = pdf.componer(
        "indice", datos, titulo=f"Índice del expediente {expediente.numero}", ahora=ahora
    )
    return firma.sellar(
        pdf=compuesto, motivo="Índice del expediente exportado", ahora=ahora, caja=pdf.caja_de_firma(0)
    )


def _renglon(puesto: Puesto) -> dict[str, Any]:
    fila, documento = puesto.incluido.fila, puesto.incluido.documento
    return {
        "n": fila.orden,
        "nombre": documento.numero or f"{documento.tipo}: {documento.asunto}",
        "fecha": f"{documento.fechado_el:%d/%m/%Y}",
        "folio_desde": fila.folio_desde,
        "folio_hasta": fila.folio_hasta,
        "sha256": puesto.sha256,
        "autor": documento.unidad.nombre if documento.unidad else None,
        "nota": " ".join(indice.notas(puesto.incluido)),
    }


def _informacion(contenido: Contenido) -> dict[str, str]:
    entidad, expediente = Entidad.actual(), contenido.expediente
    return {
        "Source-Organization": entidad.nombre,
        "Organization-Address": entidad.direccion or "-",
        "External-Identifier": expediente.numero,
        "External-Description": "Expediente administrativo electrónico",
        "Bag-Software-Agent": "Llaqta",
        "Llaqta-Formato": indice.FORMATO,
        "Llaqta-Entidad-RUC": entidad.ruc or "-",
    }


def _json(valor: Any) -> bytes:
    return json.dumps(valor, ensure_ascii=False, indent=1).encode()


# --- La página con que se abre --------------------------------------------------------------------------------------
_ESTILO = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:62rem;margin:1.5rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.45rem .6rem;border-bottom:1px solid #ccc;"
    "vertical-align:top}code{font-size:.8rem;word-break:break-all}.nota{color:#555}a{color:#0b4f8a}"
    "@media(max-width:40rem){table,tbody,tr,td{display:block}thead{display:none}td{border:0;padding:.1rem 0}"
    "tr{border-bottom:1px solid #ccc;padding:.6rem 0;display:block}}"
)
_EN_PALABRAS = {
    "VALIDA": "Firma válida",
    "INVALIDA": "Firma no válida",
    "INDETERMINADA": "Firma por confirmar",
    "SIN_FIRMA": "Sin firma digital",
}


def _leeme(
    contenido: Contenido,
    puestos: Sequence[Puesto],
    constancias: Sequence[ConstanciaPuesta],
    ahora: datetime,
) -> str:
    """Un índice que abre cualquier navegador, sin conexión ni guiones: enlaces relativos y nada más."""
    e, expediente, entidad = html.escape, contenido.expediente, Entidad.actual()
    filas = "".join(_fila_de(puesto) for puesto in puestos)
    faltan = "".join(
        f"<li>Folios {x.fila.folio_desde} a {x.fila.folio_hasta}: {e(x.motivo)}</li>"
        for x in contenido.excluidos
    )
    de_notificar = "".join(
        f'<li><a href="{e(c.archivo.removeprefix("data/"))}">{e(c.constancia.get_clase_display())}, '
        f"{e(c.constancia.notificacion.codigo)}</a></li>"
        for c in constancias
    )
    return (
        '<!doctype html><html lang="es-PE"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Expediente {e(expediente.numero)}</title><style>{_ESTILO}</style></head><body>"
        f"<h1>Expediente {e(expediente.numero)}</h1><p>{e(expediente.asunto)}</p>"
        f"<p>{e(entidad.nombre)}. Exportado el {ahora.astimezone(LIMA):%d/%m/%Y a las %H:%M}, hora del Perú. "
        f"{len(puestos)} documentos, {expediente.folios} folios en el expediente.</p>"
        '<p>El índice con valor legal es <a href="indice.pdf">indice.pdf</a>, sellado, y '
        '<a href="indice.xml">indice.xml</a>, firmado. Esta página es solo para leer.</p>'
        "<h2>Documentos</h2><table><thead><tr><th>Folios</th><th>Documento</th><th>Firmas</th><th>Registro</th></tr>"
        f"</thead><tbody>{filas}</tbody></table>"
        + (f"<h2>Lo que no va en este paquete</h2><ul>{faltan}</ul>" if faltan else "")
        + (f"<h2>Constancias de notificación</h2><ul>{de_notificar}</ul>" if de_notificar else "")
        + "<h2>Cómo comprobarlo sin Llaqta</h2><p>Con Python 3.9 o posterior y la biblioteca «cryptography», desde la "
        "carpeta que contiene a <code>data</code>:</p>"
        "<p><code>python data/verificador/llaqta_verificador.py paquete .</code></p>"
        "<p>También lo comprueba cualquier programa que lea BagIt (RFC 8493), y las firmas, cualquier validador de "
        "PDF.</p></body></html>\n"
    )


def _fila_de(puesto: Puesto) -> str:
    e, fila, documento = html.escape, puesto.incluido.fila, puesto.incluido.documento
    nombre = documento.numero or f"{documento.tipo}: {documento.asunto}"
    firmado = "; ".join(una.titular for una in puesto.firmas)
    en_registro = (
        f'<a href="{e(puesto.archivo_de_prueba.removeprefix("data/"))}">Hoja {puesto.prueba.hoja}</a>'
        if puesto.prueba
        else e(puesto.sin_prueba)
    )
    aparte = "".join(f'<br><span class="nota">{e(nota)}</span>' for nota in indice.notas(puesto.incluido))
    return (
        f"<tr><td>{fila.folio_desde} a {fila.folio_hasta}</td>"
        f'<td><a href="{e(puesto.archivo.removeprefix("data/"))}">{e(nombre)}</a>{aparte}<br>'
        f"<code>{puesto.sha256}</code></td>"
        f'<td><a href="{e(puesto.informe.removeprefix("data/"))}">{_EN_PALABRAS[puesto.veredicto]}</a>'
        f"{f'<br>{e(firmado)}' if firmado else ''}</td><td>{en_registro}</td></tr>"
    )
