"""La prueba de un documento, lista para llevársela: el paquete, el verificador y cómo usarlos sin conexión."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Entidad
from llaqta.salas import auditoria
from llaqta.salas.documentos.models import Documento

VERIFICADOR = Path(auditoria.__file__).parent / "verificador/llaqta_verificador.py"
_LEEME = """PRUEBA DE REGISTRO
{entidad}

Documento: {documento}
Código de verificación (CVD): {cvd}
Huella SHA-256 del archivo: {huella}
Descargada el {fecha}, hora del Perú

QUÉ PRUEBA
Que el archivo con esa huella está anotado en el registro de la municipalidad, en la hoja {hoja}, y que el registro
tenía {tamano} hojas cuando se firmó el punto de control. Nadie, ni la municipalidad, puede cambiar esa hoja sin que
este archivo lo descubra. No prueba que lo que dice el documento sea cierto: prueba cuál es y que no cambió.

CÓMO COMPROBARLO SIN CONEXIÓN Y SIN LLAQTA
1. Necesita Python 3.9 o posterior con la biblioteca «cryptography».
2. Ponga en esta carpeta el PDF del documento, por ejemplo con el nombre documento.pdf.
3. Escriba:

   python llaqta_verificador.py prueba.json --documento documento.pdf

El programa dice, paso por paso, qué quedó probado y qué no. Es un solo archivo de texto: puede leerlo entero, o pedir a
un perito que lo lea.

PARA NO CREERLE NI A LA MUNICIPALIDAD
Compare la llave del registro que muestra el programa con la que la municipalidad publica en su sede, en su tablero de
anuncios y en las municipalidades vecinas que la vigilan.
"""


def en_json(paquete: Mapping[str, Any]) -> bytes:
    """El paquete de prueba, como lo lee el verificador."""
    return json.dumps(paquete, ensure_ascii=False, indent=1).encode()


def en_zip(documento: Documento, paquete: Mapping[str, Any], *, ahora: datetime) -> bytes:
    """El paquete de prueba con el verificador y las instrucciones; el documento no va: lo pone quien lo tiene."""
    leeme = _LEEME.format(
        entidad=Entidad.actual().nombre,
        documento=documento.numero or documento.tipo.nombre,
        cvd=documento.cvd,
        huella=documento.archivo.sha256,
        fecha=f"{ahora.astimezone(LIMA):%d/%m/%Y %H:%M}",
        hoja=paquete["hoja"],
        tamano=paquete["tamano"],
    )
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        archivo.writestr("LEEME.txt", leeme.replace("\n", "\r\n"))
        archivo.writestr("prueba.json", en_json(paquete))
        archivo.write(VERIFICADOR, "llaqta_verificador.py")
    return salida.getvalue()
