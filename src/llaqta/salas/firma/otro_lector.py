"""Un segundo lector, más tolerante, para no llamar «inválido» a un PDF que solo está mal escrito y nadie firmó.

Los escáneres y muchos programas escriben índices que el lector estricto rechaza. Eso no dice nada de una firma: si
tampoco hay restos de una en los bytes, y otro programa puede leer todos los objetos y ninguno lo es, no está firmado.
"""

from __future__ import annotations

from typing import BinaryIO

from llaqta.salas.firma import forma
from llaqta.salas.firma.forma import Archivo

_TIPOS = ("/Sig", "/DocTimeStamp")


def nadie_lo_firmo(flujo: BinaryIO) -> bool:
    """Dice si el PDF se puede leer y en ninguna parte hay una firma, ni su casillero, ni lo que quede de una."""
    # qpdf lo carga solo quien llega a necesitarlo.
    import pikepdf  # noqa: PLC0415

    archivo = Archivo(flujo)
    if archivo.leer(0, 5) != b"%PDF-" or forma.tiene_restos_de_firma(archivo):
        return False
    flujo.seek(0)
    try:
        with pikepdf.open(flujo, attempt_recovery=False) as pdf:
            return "/Perms" not in pdf.Root and not any(map(_es_de_firma, pdf.objects))
    except Exception:  # noqa: BLE001 (si tampoco este lo entiende, no se afirma nada)
        return False


def _es_de_firma(objeto: object) -> bool:
    import pikepdf  # noqa: PLC0415

    if not isinstance(objeto, pikepdf.Dictionary):
        return False
    return "/ByteRange" in objeto or objeto.get("/FT") == "/Sig" or objeto.get("/Type") in _TIPOS
