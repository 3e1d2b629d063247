"""Falsificaciones de un documento firmado que trabajan sobre su estructura: el corpus de ataques, primera parte.

Cada una recibe el taller y devuelve un PDF que **no** debe darse por válido, aunque la firma que lleva fuera buena.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter as Escritor
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from llaqta.salas.firma import pades
from llaqta.salas.firma.tests import ataques
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.tests.taller import Taller

Falsificacion = Callable[[Taller], bytes]
PDF = una_pagina()
N, D, A = generic.NumberObject, generic.DictionaryObject, generic.ArrayObject


def _dic(**pares: object) -> generic.DictionaryObject:
    return D({pdf_name(f"/{nombre}"): valor for nombre, valor in pares.items()})


def _flujo(contenido: bytes, **pares: object) -> generic.StreamObject:
    return generic.StreamObject(_dic(**pares), stream_data=contenido)


def revisar(pdf: bytes, cambio: Callable[[Escritor], None]) -> bytes:
    """Añade una revisión con un cambio, sin tocar los metadatos."""
    escritor = Escritor(io.BytesIO(pdf))
    escritor._update_meta = lambda: None  # type: ignore[method-assign]
    cambio(escritor)
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()


def sobre_firmado(cambio: Callable[[Escritor], None]) -> Falsificacion:
    return lambda taller: revisar(taller.propia(PDF), cambio)


def bajo_otra_firma(falsificacion: Falsificacion) -> Falsificacion:
    """Lo mismo, con otra firma buena encima: ahora el archivo entero vuelve a estar cubierto."""
    return lambda taller: taller.propia(falsificacion(taller), taller.estado.llave("firmante-rsa"))


def con_almacen_encima(falsificacion: Falsificacion) -> Falsificacion:
    """Lo mismo, con un almacén de validación al final: la excusa para que haya bytes sin firmar."""
    return lambda taller: taller.con_almacen(falsificacion(taller), listas=taller.listas())


def _pagina(escritor: Escritor) -> generic.DictionaryObject:
    return escritor.find_page_for_modification(0)[0].get_object()  # type: ignore[no-any-return]


# --- Cambios en una revisión posterior --------------------------------------------------------------------------------
def _letra(escritor: Escritor) -> None:
    """Cambia la letra con que se dibuja el texto: los mismos códigos, otros signos."""
    recursos = _pagina(escritor)["/Resources"]
    letras = recursos["/Font"]
    nombre = next(iter(letras))
    letras[nombre] = escritor.add_object(
        _dic(Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"), BaseFont=pdf_name("/Symbol"))
    )
    escritor.update_container(letras)


def _objeto_repetido(escritor: Escritor) -> None:
    """Vuelve a escribir, con el mismo número, el flujo de la página."""
    referencia = _pagina(escritor).raw_get("/Contents").reference
    escritor.objects[(referencia.generation, referencia.idnum)] = _flujo(b"BT (APROBADO) Tj ET")


def _medidas(escritor: Escritor) -> None:
    _pagina(escritor)["/MediaBox"] = A([N(0), N(0), N(10), N(10)])
    escritor.update_container(_pagina(escritor))


def _recorte(escritor: Escritor) -> None:
    _pagina(escritor)["/CropBox"] = A([N(0), N(0), N(200), N(200)])
    escritor.update_container(_pagina(escritor))


def _girada(escritor: Escritor) -> None:
    _pagina(escritor)["/Rotate"] = N(180)
    escritor.update_container(_pagina(escritor))


def _acciones_de_pagina(escritor: Escritor) -> None:
    _pagina(escritor)["/AA"] = _dic(O=_dic(S=pdf_name("/JavaScript"), JS=pdf_string("1")))
    escritor.update_container(_pagina(escritor))


def _acciones_del_documento(escritor: Escritor) -> None:
    escritor.root["/AA"] = _dic(WC=_dic(S=pdf_name("/JavaScript"), JS=pdf_string("1")))
    escritor.update_root()


def _nombres(escritor: Escritor) -> None:
    """Un árbol de nombres con un programa que corre al abrir."""
    guion = escritor.add_object(_dic(S=pdf_name("/JavaScript"), JS=pdf_string("1")))
    escritor.root["/Names"] = _dic(JavaScript=_dic(Names=A([pdf_string("a"), guion])))
    escritor.update_root()


def _capas(escritor: Escritor) -> None:
    """Capas que muestran u ocultan partes."""
    capa = escritor.add_object(_dic(Type=pdf_name("/OCG"), Name=pdf_string("capa")))
    escritor.root["/OCProperties"] = _dic(OCGs=A([capa]), D=_dic(OFF=A([capa])))
    escritor.update_root()


def _etiquetas(escritor: Escritor) -> None:
    escritor.root["/PageLabels"] = _dic(Nums=A([N(0), _dic(P=pdf_string("99"))]))
    escritor.update_root()


def _al_abrir(escritor: Escritor) -> None:
    escritor.root["/OpenAction"] = _dic(S=pdf_name("/URI"), URI=pdf_string("http://malo/"))
    escritor.update_root()


def _idioma(escritor: Escritor) -> None:
    escritor.root["/Lang"] = pdf_string("xx")
    escritor.update_root()


def _colecciones(escritor: Escritor) -> None:
    """Lo convierte en un portafolio que muestra otra cosa primero."""
    escritor.root["/Collection"] = _dic(Type=pdf_name("/Collection"), View=pdf_name("/H"))
    escritor.update_root()


def _anotar(**pares: object) -> Callable[[Escritor], None]:
    def cambio(escritor: Escritor) -> None:
        nota = _dic(Type=pdf_name("/Annot"), Rect=A([N(72), N(600), N(400), N(700)]), F=N(4), **pares)
        escritor.register_annotation(escritor.find_page_for_modification(0)[0], escritor.add_object(nota))

    return cambio


def _boton(escritor: Escritor) -> None:
    """Un campo de botón con su dibujo: parece un sello."""
    campo = escritor.add_object(
        _dic(Type=pdf_name("/Annot"), Subtype=pdf_name("/Widget"), FT=pdf_name("/Btn"), T=pdf_string("b"),
             Rect=A([N(72), N(600), N(400), N(700)]), F=N(4))
    )  # fmt: skip
    escritor.root["/AcroForm"]["/Fields"].append(campo)
    escritor.update_container(escritor.root["/AcroForm"]["/Fields"])
    escritor.register_annotation(escritor.find_page_for_modification(0)[0], campo)


def _xfa(escritor: Escritor) -> None:
    formulario = escritor.root["/AcroForm"]
    formulario["/XFA"] = escritor.add_object(_flujo(b"<xdp:xdp/>"))
    escritor.update_container(formulario)


def _rehacer_dibujos(escritor: Escritor) -> None:
    formulario = escritor.root["/AcroForm"]
    formulario["/NeedAppearances"] = generic.BooleanObject(True)
    formulario["/CO"] = A([])
    escritor.update_container(formulario)


def _sin_banderas(escritor: Escritor) -> None:
    """Quita SigFlags: algunos visores dejan de mirar la firma."""
    del escritor.root["/AcroForm"]["/SigFlags"]
    escritor.update_container(escritor.root["/AcroForm"])


def _mover_la_firma(escritor: Escritor) -> None:
    """Cambia dónde se ve la firma."""
    campo = escritor.root["/AcroForm"]["/Fields"][0]
    campo["/Rect"] = A([N(0), N(0), N(500), N(500)])
    escritor.update_container(campo)


def _vestir_la_firma(escritor: Escritor) -> None:
    """Le pone a la firma otro dibujo: dice otro nombre."""
    campo = escritor.root["/AcroForm"]["/Fields"][0]
    dibujo = _flujo(b"BT (Alcalde) Tj ET", Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"),
                    BBox=A([N(0), N(0), N(200), N(50)]))  # fmt: skip
    campo["/AP"] = _dic(N=escritor.add_object(dibujo))
    escritor.update_container(campo)


def _renombrar_el_campo(escritor: Escritor) -> None:
    campo = escritor.root["/AcroForm"]["/Fields"][0]
    campo["/T"] = pdf_string("Alcalde")
    escritor.update_container(campo)


def _cambiar_el_motivo(escritor: Escritor) -> None:
    """Vuelve a escribir el diccionario de la firma con otro motivo."""
    firma = escritor.root["/AcroForm"]["/Fields"][0]["/V"]
    firma["/Reason"] = pdf_string("Apruebo todo")
    escritor.update_container(firma)


def _vaciar_el_campo(escritor: Escritor) -> None:
    campo = escritor.root["/AcroForm"]["/Fields"][0]
    del campo["/V"]
    escritor.update_container(campo)


def _quitar_el_campo(escritor: Escritor) -> None:
    campos = escritor.root["/AcroForm"]["/Fields"]
    campos.clear()
    escritor.update_container(campos)


def _quitar_anotaciones(escritor: Escritor) -> None:
    del _pagina(escritor)["/Annots"]
    escritor.update_container(_pagina(escritor))


def _otra_raiz(escritor: Escritor) -> None:
    """Un catálogo nuevo con otras páginas."""
    hoja = _dic(Type=pdf_name("/Page"), MediaBox=A([N(0), N(0), N(595), N(842)]))
    hojas = _dic(Type=pdf_name("/Pages"), Count=N(1), Kids=A([escritor.add_object(hoja)]))
    escritor.root["/Pages"] = escritor.add_object(hojas)
    escritor.update_root()


def _quitar_estructura(escritor: Escritor) -> None:
    del escritor.root["/StructTreeRoot"]
    escritor.update_root()


def _permisos(escritor: Escritor) -> None:
    """Inventa una certificación que el documento nunca tuvo."""
    escritor.root["/Perms"] = _dic(DocMDP=escritor.root["/AcroForm"]["/Fields"][0].raw_get("/V"))
    escritor.update_root()


def _almacen_con_otra_cosa(escritor: Escritor) -> None:
    """Con la excusa del almacén de validación, cambia también el contenido."""
    escritor.root["/DSS"] = escritor.add_object(_dic(Type=pdf_name("/DSS"), Certs=A([])))
    escritor.update_root()
    _objeto_repetido(escritor)


def _almacen_con_clave_rara(escritor: Escritor) -> None:
    guion = _dic(S=pdf_name("/JavaScript"), JS=pdf_string("1"))
    escritor.root["/DSS"] = escritor.add_object(_dic(Type=pdf_name("/DSS"), Certs=A([]), Next=guion))
    escritor.update_root()


# --- Bytes ------------------------------------------------------------------------------------------------------------
def _rango(pdf: bytes) -> tuple[int, int, int, int]:
    uno, dos, tres, cuatro = (
        int(numero) for numero in re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)[-1]
    )
    return uno, dos, tres, cuatro


def _con_rango(cambiar: Callable[[tuple[int, int, int, int]], tuple[int, ...]]) -> Falsificacion:
    """Escribe otro rango, sin mover nada."""

    def falsificar(taller: Taller) -> bytes:
        pdf = taller.propia(PDF)
        numeros = b" ".join(b"%d" % n for n in cambiar(_rango(pdf)))
        nuevo = b"/ByteRange [" + numeros + b"]"
        hallado = re.search(rb"/ByteRange \[\d+ \d+ \d+ \d+\] *", pdf)
        assert hallado
        return pdf[: hallado.start()] + nuevo.ljust(len(hallado[0])) + pdf[hallado.end() :]

    return falsificar


def _con_bytes(hacer: Callable[[bytes], bytes]) -> Falsificacion:
    return lambda taller: hacer(taller.propia(PDF))


def _zip_pegado(pdf: bytes) -> bytes:
    """Un archivo que es a la vez PDF y ZIP."""
    import zipfile

    salida = io.BytesIO(pdf)
    salida.seek(0, 2)
    with zipfile.ZipFile(salida, "a") as paquete:
        paquete.writestr("a.html", "<script>1</script>")
    return salida.getvalue()


def _sobre_doble(pdf: bytes) -> bytes:
    """Pone a continuación del sobre otro igual, dentro del hueco ensanchado."""
    return ataques.esconder_en_el_relleno(pdf)


def _indice_hibrido(pdf: bytes) -> bytes:
    """Añade una revisión con dos índices distintos: cada programa ve un documento."""
    catalogo = re.findall(rb"/Root (\d+) 0 R", pdf)[-1]
    previo = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    cuerpo = pdf + b"\n"
    objeto = len(cuerpo)
    cuerpo += b"9001 0 obj\n<</Type/XRef/Size 9002/W[1 2 1]/Index[9000 1]/Length 4>>\n"
    cuerpo += b"stream\n\x01\x00\x10\x00\nendstream\nendobj\n"
    indice = len(cuerpo)
    cuerpo += b"xref\n9001 1\n%010d 00000 n \ntrailer\n<</Size 9002/Root %s 0 R/Prev %d/XRefStm %d>>\n" % (
        objeto, catalogo, previo, objeto)  # fmt: skip
    return cuerpo + b"startxref\n%d\n%%%%EOF\n" % indice


def _cadena_rota(pdf: bytes) -> bytes:
    """Una revisión cuyo índice se salta la firmada: nadie ve la firma, pero está."""
    catalogo = b"9100 0 obj\n<</Type/Catalog/Pages 9101 0 R>>\nendobj\n"
    catalogo += b"9101 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"
    cuerpo = pdf + b"\n"
    primero = len(cuerpo)
    segundo = primero + catalogo.index(b"9101 0 obj")
    cuerpo += catalogo
    indice = len(cuerpo)
    cuerpo += b"xref\n0 1\n0000000000 65535 f \n9100 2\n%010d 00000 n \n%010d 00000 n \n" % (primero, segundo)
    return cuerpo + b"trailer\n<</Size 9102/Root 9100 0 R>>\nstartxref\n%d\n%%%%EOF\n" % indice


def _numero_indirecto(pdf: bytes) -> bytes:
    """El ByteRange con un número más."""
    return re.sub(rb"/ByteRange \[(\d+ \d+ \d+ \d+)\]  ", rb"/ByteRange [\1 0]", pdf, count=1)


def _dos_contenidos(pdf: bytes) -> bytes:
    """Un segundo /Contents en el diccionario de la firma, en el lugar de otra clave."""
    return re.sub(rb"/Reason", rb"/Conten", pdf, count=1)


# --- Juegos con dos firmas --------------------------------------------------------------------------------------------
def _misma_firma_dos_veces(taller: Taller) -> bytes:
    """Otro campo que muestra la misma firma, para que parezca que firmaron dos."""

    def cambio(escritor: Escritor) -> None:
        primero = escritor.root["/AcroForm"]["/Fields"][0]
        campo = escritor.add_object(
            _dic(Type=pdf_name("/Annot"), Subtype=pdf_name("/Widget"), FT=pdf_name("/Sig"), T=pdf_string("Alcalde"),
                 V=primero.raw_get("/V"), Rect=A([N(0)] * 4), F=N(132))
        )  # fmt: skip
        escritor.root["/AcroForm"]["/Fields"].append(campo)
        escritor.update_container(escritor.root["/AcroForm"]["/Fields"])
        escritor.register_annotation(escritor.find_page_for_modification(0)[0], campo)

    return revisar(taller.propia(PDF), cambio)


def _segunda_despues_de_cambiar(taller: Taller) -> bytes:
    """Se cambia la página y firma otro encima: la primera ya no vale."""
    return taller.propia(ataques.cambiar_la_pagina(taller.propia(PDF)), taller.estado.llave("firmante-rsa"))


def _primera_borrada_al_firmar_la_segunda(taller: Taller) -> bytes:
    dos = taller.propia(taller.propia(PDF), taller.estado.llave("firmante-rsa"))
    return revisar(dos, _quitar_el_campo)


def _primera_estropeada(taller: Taller) -> bytes:
    """Con dos firmas, se cambia un byte que solo cubre el sobre de la primera: su propia firma."""
    dos = taller.propia(taller.propia(PDF), taller.estado.llave("firmante-rsa"))
    lugar = dos.index(b"/Contents <") + 900
    return dos[:lugar] + (b"0" if dos[lugar : lugar + 1] != b"0" else b"1") + dos[lugar + 1 :]


def _sobre_de_otro_documento(taller: Taller) -> bytes:
    """El sobre de la firma de un documento, puesto en otro igual de largo."""
    uno, otro = taller.propia(PDF), taller.propia(PDF.replace(b"%PDF-1.7", b"%PDF-1.6"))
    _, abre, cierra, _ = _rango(uno)
    return otro[:abre] + uno[abre:cierra] + otro[cierra:] if len(uno) == len(otro) else uno + b" "


def _sobres_cambiados(taller: Taller) -> bytes:
    """Dos firmas de la misma persona con los sobres cruzados."""
    dos = taller.propia(taller.propia(PDF))
    sobres = [(h.start(1), h.end(1)) for h in re.finditer(rb"/Contents (<[0-9A-F]{100,}>)", dos)]
    (a0, a1), (b0, b1) = sobres
    corto = min(a1 - a0, b1 - b0)
    if a1 - a0 != b1 - b0:
        return dos[:a0] + b"<" + b"0" * (corto - 2) + b">" + dos[a0 + corto :]
    return dos[:a0] + dos[b0:b1] + dos[a1:b0] + dos[a0:a1] + dos[b1:]


# --- Certificados (DocMDP) --------------------------------------------------------------------------------------------
def _certificado(permiso: MDPPerm, cambio: Callable[[Escritor], None]) -> Falsificacion:
    return lambda taller: revisar(taller.certificada(PDF, permiso), cambio)


def _firma_tras_prohibir(taller: Taller) -> bytes:
    """Un documento certificado «solo firmas», al que se le cambia el permiso después."""
    return taller.propia(
        taller.certificada(PDF, MDPPerm.FILL_FORMS), taller.estado.llave("firmante-rsa")
    ).replace(b"/P 2", b"/P 1", 1)


def _campo_nuevo_tras_prohibir(taller: Taller) -> bytes:
    """Lo mismo, con la firma nueva escrita de veras sobre uno que las prohíbe."""
    certificada = taller.certificada(PDF, MDPPerm.NO_CHANGES)
    comprobar, pades._comprobar_que_admite = pades._comprobar_que_admite, lambda _: None  # type: ignore[assignment]
    try:
        return taller.propia(certificada, taller.estado.llave("firmante-rsa"))
    finally:
        pades._comprobar_que_admite = comprobar


def _certifica_despues(taller: Taller) -> bytes:
    """Una certificación puesta como segunda firma: la norma exige que sea la primera."""
    uno = taller.propia(PDF)

    def cambio(escritor: Escritor) -> None:
        _permisos(escritor)

    return revisar(taller.propia(uno, taller.estado.llave("firmante-rsa")), cambio)


FALSIFICACIONES: dict[str, Falsificacion] = {
    **{f"clasico_{uno.__name__}": _con_bytes(uno) for uno in ataques.ATAQUES},
    "letra_cambiada": sobre_firmado(_letra),
    "objeto_repetido": sobre_firmado(_objeto_repetido),
    "medidas_de_la_pagina": sobre_firmado(_medidas),
    "recorte_de_la_pagina": sobre_firmado(_recorte),
    "pagina_girada": sobre_firmado(_girada),
    "acciones_de_pagina": sobre_firmado(_acciones_de_pagina),
    "acciones_del_documento": sobre_firmado(_acciones_del_documento),
    "arbol_de_nombres": sobre_firmado(_nombres),
    "capas": sobre_firmado(_capas),
    "numeros_de_pagina": sobre_firmado(_etiquetas),
    "direccion_al_abrir": sobre_firmado(_al_abrir),
    "idioma": sobre_firmado(_idioma),
    "portafolio": sobre_firmado(_colecciones),
    "nota_de_texto": sobre_firmado(_anotar(Subtype=pdf_name("/FreeText"), Contents=pdf_string("S/ 90,000"))),
    "sello_de_goma": sobre_firmado(_anotar(Subtype=pdf_name("/Stamp"), Name=pdf_name("/Approved"))),
    "enlace": sobre_firmado(
        _anotar(Subtype=pdf_name("/Link"), A=_dic(S=pdf_name("/URI"), URI=pdf_string("http://x")))
    ),
    "tachadura": sobre_firmado(_anotar(Subtype=pdf_name("/Redact"))),
    "multimedia": sobre_firmado(_anotar(Subtype=pdf_name("/RichMedia"))),
    "archivo_en_una_nota": sobre_firmado(_anotar(Subtype=pdf_name("/FileAttachment"))),
    "boton": sobre_firmado(_boton),
    "formulario_xfa": sobre_firmado(_xfa),
    "orden_de_calculo": sobre_firmado(_rehacer_dibujos),
    "sin_banderas_de_firma": sobre_firmado(_sin_banderas),
    "firma_movida": sobre_firmado(_mover_la_firma),
    "firma_con_otro_dibujo": sobre_firmado(_vestir_la_firma),
    "campo_renombrado": sobre_firmado(_renombrar_el_campo),
    "motivo_cambiado": sobre_firmado(_cambiar_el_motivo),
    "campo_vaciado": sobre_firmado(_vaciar_el_campo),
    "campo_quitado": sobre_firmado(_quitar_el_campo),
    "anotaciones_quitadas": sobre_firmado(_quitar_anotaciones),
    "otras_paginas": sobre_firmado(_otra_raiz),
    "sin_estructura": sobre_firmado(_quitar_estructura),
    "certificacion_inventada": sobre_firmado(_permisos),
    "almacen_y_contenido": sobre_firmado(_almacen_con_otra_cosa),
    "almacen_con_programa": sobre_firmado(_almacen_con_clave_rara),
    "rango_desde_el_medio": _con_rango(lambda r: (1, r[1] - 1, r[2], r[3])),
    "rango_corto": _con_rango(lambda r: (r[0], r[1], r[2], r[3] - 7)),
    "rango_mas_alla": _con_rango(lambda r: (r[0], r[1], r[2], r[3] + 50)),
    "rango_al_reves": _con_rango(lambda r: (r[2], r[3], r[0], r[1])),
    "rango_que_se_pisa": _con_rango(lambda r: (r[0], r[1] + 200, r[2], r[3])),
    "rango_sin_final": _con_rango(lambda r: (r[0], r[1], r[2], 0)),
    "rango_de_dos": _con_rango(lambda r: (r[0], r[1])),
    "zip_pegado": _con_bytes(_zip_pegado),
    "sobre_doble": _con_bytes(_sobre_doble),
    "indice_hibrido": _con_bytes(_indice_hibrido),
    "indice_que_se_salta_la_firma": _con_bytes(_cadena_rota),
    "otra_clave_en_la_firma": _con_bytes(_dos_contenidos),
    "final_repetido": _con_bytes(lambda pdf: pdf + b"%%EOF\n"),
    "cola_repetida": _con_bytes(lambda pdf: pdf + pdf[pdf.rindex(b"startxref") :]),
    "almacen_y_bytes": lambda t: t.con_almacen(t.propia(PDF), listas=t.listas()) + b"PK\x03\x04 hola",
    "bytes_antes_del_almacen": lambda t: t.con_almacen(t.propia(PDF) + b"% PK hola\n", listas=t.listas()),
    "objeto_suelto_antes_del_almacen": lambda t: t.con_almacen(
        t.propia(PDF) + b"PK\x03\x04 1 0 obj\nendobj\n", listas=t.listas()
    ),
    "almacen_y_otro_final": lambda t: t.con_almacen(t.propia(PDF), listas=t.listas()) + b"% hola\n%%EOF\n",
    "misma_firma_dos_veces": _misma_firma_dos_veces,
    "segunda_firma_sobre_lo_cambiado": _segunda_despues_de_cambiar,
    "primera_borrada": _primera_borrada_al_firmar_la_segunda,
    "primera_estropeada": _primera_estropeada,
    "sobre_de_otro_documento": _sobre_de_otro_documento,
    "sobres_cruzados": _sobres_cambiados,
    "certificado_y_nota": _certificado(MDPPerm.ANNOTATE, _anotar(Subtype=pdf_name("/FreeText"))),
    "certificado_y_pagina": _certificado(MDPPerm.FILL_FORMS, _objeto_repetido),
    "certificado_sin_cambios_y_campo": _certificado(MDPPerm.NO_CHANGES, _boton),
    "permiso_ampliado": _firma_tras_prohibir,
    "firma_tras_prohibir": _campo_nuevo_tras_prohibir,
    "certifica_despues": _certifica_despues,
}


def leer(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(pdf))
