"""Comprobar un paquete de otra entidad: su índice, cada documento, cada prueba y cada firma, antes de guardar nada."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from lxml import etree

from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.expedientes.exportacion import indice
from llaqta.salas.expedientes.exportacion.paquete import PaqueteAbierto, PaqueteRechazado
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma import services as nombres
from llaqta.salas.firma import xades

INDICE = "data/indice.xml"
FIJOS = frozenset(
    {
        INDICE,
        "data/indice.pdf",
        "data/indice.xsd",
        "data/leeme.html",
        "data/verificador/llaqta_verificador.py",
    }
)
PDF = "application/pdf"
_X = {"x": indice.NS}
Espacio = dict[str, str]


@dataclass(frozen=True)
class DocumentoLeido:
    """Un documento del paquete, ya comprobado."""

    datos: Espacio
    asunto: str
    archivo: str
    veredicto: str
    veredicto_de_origen: str
    hoja: int | None

    def fecha(self, cual: str) -> date | None:
        """Una de sus fechas."""
        return date.fromisoformat(self.datos[cual]) if self.datos.get(cual) else None


@dataclass(frozen=True)
class Leido:
    """Un paquete comprobado entero: lo que dice su índice, sus documentos y qué se comprobó."""

    huella: str
    numero: str
    entidad: Espacio
    asunto: str
    administrado: Espacio
    exportado_en: datetime
    firmado_por: str
    certificado: str
    indice: dict[str, Any]
    documentos: Sequence[DocumentoLeido]
    comprobaciones: Sequence[str]


def leer(paquete: PaqueteAbierto, *, ahora: datetime, conocidos: Sequence[x509.Certificate] = ()) -> Leido:
    """Comprueba el paquete entero.

    Los manifiestos contra cada archivo; la firma del índice contra las autoridades en que se confía o los certificados
    dados; cada documento contra el índice; cada prueba contra el registro que el índice nombra; y cada firma, otra vez.

    :param conocidos: el certificado del sello de la entidad que lo envía, conseguido por otra vía
    :raises PaqueteRechazado: con el archivo y la razón exacta
    """
    huellas = paquete.comprobar_bolsa()
    huella, _ = paquete.huella_de("tagmanifest-sha256.txt")
    firmado = _indice_firmado(paquete, ahora=ahora, conocidos=conocidos)
    raiz = firmado.raiz
    _comprobar_nombrados(raiz, huellas)
    llave = raiz.find("x:registro", _X)
    # Quien reconoce el sello de la entidad conoce a quien lo emitió, solo para este paquete: así la autoridad de otra
    # instalación no se toma por una que imita a la nuestra. Sin revocación comprobada, igual nada queda «válido».
    anclas = [
        certificado.public_bytes(serialization.Encoding.DER)
        for certificado in (*conocidos, *firmado.emisores)
    ]
    _comprobar_indice_pdf(paquete, ahora=ahora, anclas=anclas)
    documentos = [
        _documento(
            paquete,
            nodo,
            str(llave.get("llave", "")) if llave is not None else "",
            ahora=ahora,
            anclas=anclas,
        )
        for nodo in raiz.iterfind("x:documentos/x:documento", _X)
    ]
    exportado = _uno(raiz, "exportado")
    return Leido(
        huella=huella,
        numero=str(raiz.get("numero")),
        entidad=_datos(_uno(raiz, "entidad")),
        asunto=_uno(raiz, "asunto").text or "",
        administrado=_datos(_uno(raiz, "administrado")),
        exportado_en=datetime.strptime(str(exportado.get("en")), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        firmado_por=nombres.nombre_comun(firmado.certificado),
        certificado=firmado.huella_del_certificado,
        indice=_resumen(raiz),
        documentos=documentos,
        comprobaciones=_lo_comprobado(huellas, firmado, documentos),
    )


def _indice_firmado(
    paquete: PaqueteAbierto, *, ahora: datetime, conocidos: Sequence[x509.Certificate]
) -> xades.XmlFirmado:
    try:
        firmado = xades.comprobar_xml(paquete.leer(INDICE), ahora=ahora, conocidos=conocidos)
    except xades.XmlNoVale as error:
        raise PaqueteRechazado(INDICE, str(error)) from error
    if not firmado.reconocido:
        raise PaqueteRechazado(
            INDICE,
            f"{firmado.explicacion} Pida a la entidad el certificado de su sello por otra vía y adjúntelo; su huella "
            f"debe ser {firmado.huella_del_certificado}.",
        )
    esquema = etree.XMLSchema(etree.parse(str(indice.ESQUEMA)))
    if not esquema.validate(firmado.raiz):
        raise PaqueteRechazado(INDICE, f"no cumple su esquema: {esquema.error_log.last_error.message}"[:300])
    return firmado


def _comprobar_nombrados(raiz: etree._Element, huellas: dict[str, str]) -> None:
    """Todo archivo del contenido lo nombra el índice, o es de los fijos; y cada uno, con su misma huella."""
    nombrados: set[str] = set()
    for nodo in raiz.iter("{*}*"):
        archivo, declarada = nodo.get("archivo"), nodo.get("sha256")
        if not archivo:
            continue
        if archivo in nombrados:
            raise PaqueteRechazado(archivo, "el índice lo nombra dos veces.")
        nombrados.add(archivo)
        if archivo not in huellas:
            raise PaqueteRechazado(archivo, "el índice lo nombra y no está en el paquete.")
        if huellas[archivo] != declarada:
            raise PaqueteRechazado(archivo, "no es el que dice el índice: su huella es otra.")
    for nombre in sorted(set(huellas) - nombrados - FIJOS):
        raise PaqueteRechazado(nombre, "está en el paquete y el índice no lo nombra.")
    total, incluidos = _uno(raiz, "documentos").get("total"), _uno(raiz, "documentos").get("incluidos")
    hay = len(raiz.findall("x:documentos/x:documento", _X))
    fuera = len(raiz.findall("x:documentos/x:excluido", _X))
    if (total, incluidos) != (str(hay + fuera), str(hay)):
        raise PaqueteRechazado(INDICE, "sus cuentas de documentos no coinciden con lo que lista.")


def _comprobar_indice_pdf(paquete: PaqueteAbierto, *, ahora: datetime, anclas: Sequence[bytes]) -> None:
    informe = firma.verificar(paquete.leer("data/indice.pdf"), ahora=ahora, anclas=anclas)
    if informe.veredicto.value in ("INVALIDA", "SIN_FIRMA"):
        raise PaqueteRechazado("data/indice.pdf", " ".join(informe.motivos))


def _documento(
    paquete: PaqueteAbierto, nodo: etree._Element, llave: str, *, ahora: datetime, anclas: Sequence[bytes]
) -> DocumentoLeido:
    datos = _datos(nodo)
    de_origen = str(_uno(nodo, "informe").get("veredicto"))
    veredicto = _verificar(paquete, datos, de_origen, ahora=ahora, anclas=anclas)
    return DocumentoLeido(
        datos=datos,
        asunto=_uno(nodo, "asunto").text or "",
        archivo=datos["archivo"],
        veredicto=veredicto,
        veredicto_de_origen=de_origen,
        hoja=_probar(paquete, nodo, datos["sha256"], llave),
    )


def _verificar(
    paquete: PaqueteAbierto, datos: Espacio, de_origen: str, *, ahora: datetime, anclas: Sequence[bytes]
) -> str:
    """Vuelve a verificar las firmas: lo que la entidad emitió no puede estar alterado, ni nada peor que al salir."""
    if datos["mime"] != PDF:
        return "SIN_FIRMA"
    informe = firma.verificar(paquete.leer(datos["archivo"]), ahora=ahora, anclas=anclas)
    veredicto = str(informe.veredicto.value)
    ajeno_y_ya_dicho = datos["origen"] == "EXTERNO" and de_origen == "INVALIDA"
    if veredicto == "INVALIDA" and not ajeno_y_ya_dicho:
        raise PaqueteRechazado(datos["archivo"], f"su firma no es válida. {' '.join(informe.motivos)}")
    if veredicto == "SIN_FIRMA" and de_origen != "SIN_FIRMA":
        raise PaqueteRechazado(datos["archivo"], "el índice dice que está firmado y no lleva ninguna firma.")
    return veredicto


def _probar(paquete: PaqueteAbierto, nodo: etree._Element, huella: str, llave: str) -> int | None:
    """Comprueba la prueba de registro con el mismo verificador que tiene cualquiera; ``None`` si no la trae."""
    dicha = _uno(nodo, "prueba")
    archivo = dicha.get("archivo")
    if not archivo:
        return None
    try:
        prueba = verificador.leer_json(paquete.leer(archivo))
        verificador.comprobar_prueba(
            prueba, verificador.Confianza(llave=llave), verificador.Informe(), documento=huella
        )
    except verificador.NoVale as error:
        raise PaqueteRechazado(archivo, f"su prueba de registro no vale. {error}") from error
    if str(prueba["hoja"]) != dicha.get("hoja"):
        raise PaqueteRechazado(archivo, "prueba otra hoja que la que dice el índice.")
    return int(prueba["hoja"])


def _resumen(raiz: etree._Element) -> dict[str, Any]:
    """Lo que se muestra del índice sin volver a leer el paquete."""
    return {
        "expediente": _datos(raiz),
        "procedimiento": _uno(raiz, "procedimiento").text or "",
        "exportado": _datos(_uno(raiz, "exportado")),
        "excluidos": [_datos(nodo) for nodo in raiz.iterfind("x:documentos/x:excluido", _X)],
        "agregados": [_datos(nodo) for nodo in raiz.iterfind("x:documentos/x:agregado", _X)],
        "actuaciones": [
            {**_datos(nodo), "texto": nodo.text or ""}
            for nodo in raiz.iterfind("x:actuaciones/x:actuacion", _X)
        ],
        "notificaciones": [_datos(nodo) for nodo in raiz.iterfind("x:notificaciones/x:notificacion", _X)],
    }


def _lo_comprobado(
    huellas: dict[str, str], firmado: xades.XmlFirmado, documentos: Sequence[DocumentoLeido]
) -> list[str]:
    probados = sum(documento.hoja is not None for documento in documentos)
    veredictos = Counter(documento.veredicto for documento in documentos)
    dichos = [
        (veredictos["VALIDA"], "con firmas válidas"),
        (veredictos["INDETERMINADA"], "con firmas íntegras que aquí falta confirmar"),
        (veredictos["SIN_FIRMA"], "sin firma digital"),
        (veredictos["INVALIDA"], "de particulares, que ya venían señalados porque su firma no vale"),
    ]
    return [
        f"Los {len(huellas)} archivos del paquete son los que su manifiesto nombra, sin que falte ni sobre ninguno.",
        f"El índice lo firmó {nombres.nombre_comun(firmado.certificado)}. {firmado.explicacion}",
        f"Los {len(documentos)} documentos son los que el índice dice, byte por byte.",
        f"{probados} de {len(documentos)} traen prueba de estar en el registro de su entidad, y las pruebas valen.",
        "Las firmas se volvieron a verificar: "
        + ", ".join(f"{cuantos} {como}" for cuantos, como in dichos if cuantos)
        + ".",
    ]


def _uno(nodo: etree._Element, nombre: str) -> etree._Element:
    hallado = nodo.find(f"x:{nombre}", _X)
    if hallado is None:
        raise PaqueteRechazado(INDICE, f"le falta «{nombre}».")
    return hallado


def _datos(nodo: etree._Element) -> Espacio:
    return {str(clave): str(valor) for clave, valor in nodo.attrib.items()}


def leer_certificados(contenido: bytes) -> list[x509.Certificate]:
    """Los certificados de un archivo PEM o DER, los que alguien da por buenos.

    :raises PaqueteRechazado: si no es un certificado
    """
    try:
        if b"-----BEGIN" in contenido:
            return x509.load_pem_x509_certificates(contenido)
        return [x509.load_der_x509_certificate(contenido)]
    except ValueError as error:
        raise PaqueteRechazado("El certificado", "no se puede leer: debe ser PEM o DER.") from error


def abrir(ruta: Path) -> PaqueteAbierto:
    """Abre un paquete; se usa con ``with``.

    :raises PaqueteRechazado: si su lista de archivos es peligrosa
    """
    return PaqueteAbierto(ruta)
