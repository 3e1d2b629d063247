"""El «Informe de verificación de firmas» en papel: lo mismo que el de la máquina, para que lo lea una persona."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from llaqta.cimientos import pdf
from llaqta.salas.firma.juicio import LIMA, FirmaVista
from llaqta.salas.firma.tiempo import SelloDeTiempo
from llaqta.salas.firma.veredicto import Veredicto
from llaqta.salas.firma.verificacion import Informe

TITULO = "INFORME DE VERIFICACIÓN DE FIRMAS"
_QUE_SIGNIFICA = {
    Veredicto.VALIDA: "Todas sus firmas son válidas: el documento no cambió desde que se firmó, cada certificado llega "
    "hasta una autoridad de confianza y se comprobó que no estaba revocado.",
    Veredicto.INVALIDA: "No puede confiar en este documento: al menos una firma no es válida, o el documento fue "
    "cambiado después de firmarse.",
    Veredicto.INDETERMINADA: "No se pudo comprobar todo lo necesario para darlo por válido. No significa que sea "
    "falso; significa que falta una prueba, y abajo se dice cuál.",
    Veredicto.SIN_FIRMA: "El documento no tiene firmas digitales.",
}


def informe_pdf(
    informe: Informe, *, nombre: str, huella: str, ahora: datetime, verificacion: dict[str, Any] | None = None
) -> bytes:
    """Compone el informe en PDF/A. Quien llama lo sella y lo guarda, si quiere.

    :param nombre: cómo se llama el documento verificado
    :param huella: su SHA-256 en hexadecimal
    :param verificacion: el pie con que el propio informe se podrá verificar (``cimientos.pdf.verificacion``)
    """
    datos: dict[str, Any] = {
        "encabezado_principal": TITULO,
        "texto": [f"Resultado: {informe.veredicto.en_palabras}.", _QUE_SIGNIFICA[informe.veredicto]],
        "secciones": [
            _resumen(informe, nombre, ahora),
            *(_firma(numero, firma) for numero, firma in enumerate(informe.firmas, 1)),
            *(_sello(sello) for sello in informe.sellos),
        ],
        "huellas": [{"nombre": nombre or "Documento verificado", "sha256": huella}],
    }
    if informe.de_demostracion:
        datos["nota"] = ["Alguna de las firmas es de demostración: SIN VALOR LEGAL."]
    if verificacion:
        datos["verificacion"] = verificacion
    return pdf.componer("constancia", datos, titulo="Informe de verificación de firmas", ahora=ahora)


def _resumen(informe: Informe, nombre: str, ahora: datetime) -> dict[str, Any]:
    filas: list[list[str]] = [["Documento", nombre], ["Resultado", informe.veredicto.en_palabras]]
    filas.append(["Verificado el", pdf.fecha_hora(informe.verificado_en or ahora)])
    if informe.juzgado_al and informe.juzgado_al != informe.verificado_en:
        filas.append(["Juzgado a la fecha", pdf.fecha_hora(informe.juzgado_al)])
    if informe.secuencia is not None:
        filas.append(["Lista de confianza", f"N.º {informe.secuencia}"])
    filas += [["Motivo", motivo] for motivo in informe.motivos]
    return {"titulo": "Qué se verificó", "filas": filas}


def _firma(numero: int, firma: FirmaVista) -> dict[str, Any]:
    filas = [
        ["Resultado", firma.veredicto.en_palabras],
        ["Explicación", firma.explicacion],
        ["Documento de identidad", firma.documento],
        ["Entidad y cargo", " · ".join(filter(None, (firma.entidad, firma.cargo)))],
        ["Motivo de la firma", firma.motivo],
        ["Fecha que declara", pdf.fecha_hora(firma.fecha) if firma.fecha else "No la dice"],
        ["Consta que existía", pdf.fecha_hora(firma.existia_el) if firma.existia_el else ""],
        ["Nivel", firma.nivel],
        ["Certificado emitido por", firma.entidad_certificadora],
        *([f"Certificado {lugar}", _eslabon(eslabon)] for lugar, eslabon in enumerate(firma.cadena, 1)),
        *(["Sello de tiempo", _de_tiempo(sello)] for sello in firma.sellos),
    ]
    return {"titulo": f"Firma {numero}: {firma.titular}", "filas": [fila for fila in filas if fila[1]]}


def _sello(sello: SelloDeTiempo) -> dict[str, Any]:
    return {"titulo": "Sello de tiempo del documento", "filas": [["Sello", _de_tiempo(sello)]]}


def _de_tiempo(sello: SelloDeTiempo) -> str:
    hora = pdf.fecha_hora(sello.hora) if sello.hora else "sin hora"
    autoridad = sello.autoridad or "autoridad desconocida"
    return f"{hora}, por {autoridad}: {sello.veredicto.en_palabras}. {sello.explicacion}".strip()


def _eslabon(eslabon: Any) -> str:
    if eslabon.es_ancla:
        como = "autoridad en que se confía"
    elif eslabon.comprobado_con:
        como = f"no revocado ({eslabon.comprobado_con} del {_dia(eslabon.constancia_del)})"
    else:
        como = "revocación sin comprobar"
    return f"{eslabon.titular}, N.º {eslabon.serie}, hasta {_dia(eslabon.hasta)}: {como}"


def _dia(instante: datetime) -> str:
    return f"{instante.astimezone(LIMA):%d/%m/%Y}"
