"""El expediente exportado, comprobado sin Llaqta: cada archivo, el índice y su firma, cada prueba y cada PDF."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from llaqta.salas.auditoria.tests.paquete_aparte import (
    CONSTANCIA,
    RESOLUCION,
    SOLICITUD,
    Firmante,
    Paquete,
    firmar_indice,
    firmar_pdf,
)
from llaqta.salas.auditoria.verificador.llaqta_verificador import (
    Confianza,
    Informe,
    NoVale,
    comprobar_paquete,
    main,
)

PRUEBA = "data/pruebas/0001-resolucion.json"
INDICE = "data/indice.xml"


@pytest.fixture
def paquete(tmp_path: Path) -> Paquete:
    return Paquete(tmp_path / "bolsa")


def comprobar(paquete: Paquete, ruta: Path | None = None, *, ancla: Firmante | None = None) -> Informe:
    informe = Informe()
    anclas = (ancla.raiz,) if ancla else ()
    confianza = Confianza(llave=paquete.registro.firmante.vkey, anclas=anclas)
    comprobar_paquete(str(ruta or paquete.raiz), confianza, informe)
    return informe


def en_zip(bolsa: Path, base: str = "bolsa/") -> Path:
    ruta = bolsa.parent / "bolsa.zip"
    with zipfile.ZipFile(ruta, "w") as archivo:
        for cada in sorted(bolsa.rglob("*")):
            if cada.is_file():
                archivo.write(cada, base + cada.relative_to(bolsa).as_posix())
    return ruta


def test_un_expediente_entero_se_prueba_en_carpeta_y_en_zip(paquete: Paquete) -> None:
    bolsa = paquete.raiz
    for ruta in (bolsa, en_zip(bolsa), en_zip(bolsa, "")):
        informe = comprobar(paquete, ruta)
        datos = informe.datos
        assert (datos["archivos"], datos["documentos"], datos["probados"]) == (11, 2, 1)
        assert datos["expediente"] == "EXP-2026-000001-4"
        assert [una["archivo"] for una in datos["firmas"]] == [RESOLUCION, "data/indice.pdf", CONSTANCIA]
        assert "El índice entero lleva la firma de «MUNICIPALIDAD DE PRUEBA»." in informe.probado
        assert f"{RESOLUCION}: firma de «MUNICIPALIDAD DE PRUEBA», íntegra." in informe.probado
        assert f"{RESOLUCION}: está en el registro, hoja 12 ({PRUEBA})." in informe.probado
        assert main(["paquete", str(ruta), "--llave", paquete.registro.firmante.vkey]) == 0


def test_lo_que_no_se_comprueba_se_dice(paquete: Paquete) -> None:
    faltas = " ".join(comprobar(paquete).sin_comprobar)
    assert "no trae prueba de estar en el registro. Se guardó antes del registro." in faltas
    assert (
        "Quién firma el índice lo dice solo su certificado, emitido por «Raíz de MUNICIPALIDAD DE PRUEBA»"
        in faltas
    )
    assert "si sus certificados se revocaron" in faltas
    assert "Quién firmó lo dicen solo los certificados que trae cada PDF" in faltas
    assert f"La hora de firma la dice solo quien firmó en: {CONSTANCIA}" in faltas


def test_con_el_ancla_se_dice_a_quien_se_llega_y_con_otra_no_vale(paquete: Paquete, tmp_path: Path) -> None:
    informe = comprobar(paquete, ancla=paquete.firmante)
    assert "El certificado del índice llega a la autoridad que usted dio con --ancla." in informe.probado
    assert any("su certificado llega a la autoridad que usted dio" in paso for paso in informe.probado)
    assert not any("dé --ancla" in falta for falta in informe.sin_comprobar)
    with pytest.raises(NoVale, match="no llega a lo que usted dio con --ancla"):
        comprobar(paquete, ancla=Firmante("OTRA"))


def test_el_indice_se_acepta_firmado_con_rsa(tmp_path: Path) -> None:
    llave = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    paquete = Paquete(tmp_path / "rsa", firmante=Firmante(llave=llave))
    assert len(comprobar(paquete).datos["firmas"]) == 3


def test_la_firma_de_un_particular_que_no_vale_no_estropea_el_paquete_si_el_indice_lo_dice(
    paquete: Paquete,
) -> None:
    rota = paquete.resolucion.replace(b"la resolucion", b"La resolucion")
    paquete.resolucion = rota
    paquete.rehacer()
    with pytest.raises(NoVale, match=f"{RESOLUCION}: El contenido fue cambiado después de firmarse"):
        comprobar(paquete)
    paquete.informe, paquete.origen = "INVALIDA", "EXTERNO"
    paquete.rehacer()
    assert any(
        "El índice ya advierte que llegó con una firma que no vale" in falta
        for falta in comprobar(paquete).sin_comprobar
    )
    paquete.origen = "INTERNO"
    paquete.rehacer()
    with pytest.raises(NoVale):
        comprobar(paquete)


# --- Ataques: quien altera rehace los manifiestos, y en los últimos firma su propio índice ---------------------------
def alterar_documento(p: Paquete) -> None:
    (p.raiz / RESOLUCION).write_bytes(p.resolucion + b" ")


def alterar_documento_con_manifiestos(p: Paquete) -> None:
    p.poner(RESOLUCION, p.resolucion + b" ")


def alterar_indice(p: Paquete) -> None:
    p.poner(INDICE, p.archivos[INDICE].replace(b"3 pisos", b"9 pisos"))


def alterar_firma_del_indice(p: Paquete) -> None:
    antes, _, despues = p.archivos[INDICE].partition(b"SignatureValue>")
    p.poner(INDICE, antes + b"SignatureValue>" + (b"B" if despues[:1] == b"A" else b"A") + despues[1:])


def quitar_firma_del_indice(p: Paquete) -> None:
    p.poner(INDICE, p.indice().encode())


def cambiar_certificado_del_indice(p: Paquete) -> None:
    otro = firmar_indice(p.indice(), Firmante("OTRA"))
    ajeno = otro.split(b"<ds:X509Certificate>")[1].split(b"</ds:X509Certificate>")[0]
    propio = p.archivos[INDICE].split(b"<ds:X509Certificate>")[1].split(b"</ds:X509Certificate>")[0]
    p.poner(INDICE, p.archivos[INDICE].replace(propio, ajeno))


def dos_firmas_en_el_indice(p: Paquete) -> None:
    firma = p.archivos[INDICE].partition(b"<ds:Signature ")[2].rpartition(b"</ds:Signature>")[0]
    p.poner(
        INDICE,
        p.archivos[INDICE].replace(
            b"</expediente>", b"<ds:Signature " + firma + b"</ds:Signature></expediente>"
        ),
    )


def indice_de_otro_expediente(p: Paquete) -> None:
    ajeno = Paquete(p.raiz.parent / "ajeno")
    p.poner(INDICE, ajeno.archivos[INDICE])


def indice_con_comentario(p: Paquete) -> None:
    p.poner(INDICE, p.archivos[INDICE].replace(b"<asunto>", b"<!-- --><asunto>", 1))


def indice_con_entidades(p: Paquete) -> None:
    p.poner(INDICE, b'<!DOCTYPE a [<!ENTITY b "c">]>' + p.archivos[INDICE].split(b"?>\n")[1])


def indice_con_espacio_ajeno(p: Paquete) -> None:
    p.poner(INDICE, p.archivos[INDICE].replace(b"<asunto>", b'<asunto xmlns="urn:otro">', 1))


def indice_con_algo_detras_de_la_firma(p: Paquete) -> None:
    p.poner(INDICE, p.archivos[INDICE].replace(b"</expediente>", b"algo</expediente>"))


def quitar_documento(p: Paquete) -> None:
    p.quitar(RESOLUCION)


def agregar_documento(p: Paquete) -> None:
    p.poner("data/documentos/0009-colado.pdf", b"%PDF colado")


def callar_documento(p: Paquete) -> None:
    indice = p.indice()
    desde = indice.index('<documento orden="2"')
    p.refirmar(indice[:desde] + indice[indice.index("</documentos>") :])


def mentir_la_huella(p: Paquete) -> None:
    p.refirmar(p.indice(huella="0" * 64))


def prueba_de_otro(p: Paquete) -> None:
    p.poner(PRUEBA, p.archivos[PRUEBA].replace(b'"hoja": 12', b'"hoja": 11'))
    p.refirmar(p.indice())


def pruebas_trocadas(p: Paquete) -> None:
    """La prueba es buena, pero de otro archivo."""
    p.poner(RESOLUCION, firmar_pdf(b"%PDF-1.7 otra resolucion", p.firmante))
    p.refirmar(p.indice())


def prueba_de_otra_hoja_que_la_dicha(p: Paquete) -> None:
    p.refirmar(p.indice(hoja="13"))


def prueba_de_otro_registro(p: Paquete) -> None:
    p.refirmar(p.indice(llave=Paquete(p.raiz.parent / "ajeno").registro.firmante.vkey))


def firma_de_otro_pdf(p: Paquete) -> None:
    otra = firmar_pdf(b"%PDF-1.7 la resoluciom", p.firmante)
    p.resolucion = b"%PDF-1.7 la resolucion" + otra[len(b"%PDF-1.7 la resoluciom") :]
    p.rehacer()


def pdf_sin_su_firma(p: Paquete) -> None:
    p.resolucion = b"%PDF-1.7 la resolucion"
    p.rehacer()


def constancia_sin_sello(p: Paquete) -> None:
    p.poner(CONSTANCIA, b"%PDF-1.7 constancia")
    p.refirmar(p.indice())


def indice_impreso_alterado(p: Paquete) -> None:
    p.poner("data/indice.pdf", p.archivos["data/indice.pdf"].replace(b"impreso", b"impuesto"[:7]))


def enlazar(p: Paquete) -> None:
    (p.raiz / "data/documentos/0003.pdf").symlink_to(p.raiz / RESOLUCION)


def agregar_sin_nombrar(p: Paquete) -> None:
    (p.raiz / "data/otro.txt").write_text("otro")


ATAQUES: list[tuple[Callable[[Paquete], object], str]] = [
    (alterar_documento, f"{RESOLUCION} NO es el que se empaquetó"),
    (alterar_documento_con_manifiestos, f"El índice dice otra huella para {RESOLUCION}"),
    (alterar_indice, f"{INDICE}: El índice fue cambiado después de firmarse"),
    (alterar_firma_del_indice, f"{INDICE}: La firma del índice NO es de su certificado"),
    (quitar_firma_del_indice, f"{INDICE}: El índice no lleva una firma"),
    (cambiar_certificado_del_indice, f"{INDICE}: La firma del índice nombra otro certificado"),
    (dos_firmas_en_el_indice, f"{INDICE}: El índice no lleva una firma"),
    (indice_de_otro_expediente, "El índice dice otra huella para data/"),
    (indice_con_comentario, f"{INDICE}: El índice trae definiciones, comentarios"),
    (indice_con_entidades, f"{INDICE}: El índice trae definiciones, comentarios"),
    (indice_con_espacio_ajeno, f"{INDICE}: El índice usa un espacio de nombres ajeno"),
    (indice_con_algo_detras_de_la_firma, f"{INDICE}: El índice no lleva una firma, al final"),
    (quitar_documento, f"El índice nombra {RESOLUCION}, y no está en el paquete"),
    (agregar_documento, "El paquete trae lo que el índice no nombra: data/documentos/0009-colado.pdf"),
    (callar_documento, f"El paquete trae lo que el índice no nombra: {SOLICITUD}"),
    (mentir_la_huella, f"El índice dice otra huella para {RESOLUCION}"),
    (prueba_de_otro, f"{PRUEBA}: El hecho NO está en el registro"),
    (pruebas_trocadas, f"{PRUEBA}: El archivo NO es el que se registró"),
    (prueba_de_otra_hoja_que_la_dicha, f"{PRUEBA}: Prueba otra hoja que la que dice el índice"),
    (prueba_de_otro_registro, f"{PRUEBA}: Es de otro registro que el del índice"),
    (firma_de_otro_pdf, f"{RESOLUCION}: El contenido fue cambiado después de firmarse"),
    (pdf_sin_su_firma, f"{RESOLUCION}: El índice nombra 1 firmas, y el PDF trae 0"),
    (constancia_sin_sello, f"{CONSTANCIA}: No lleva el sello de la entidad"),
    (indice_impreso_alterado, "data/indice.pdf: El contenido fue cambiado después de firmarse"),
    (agregar_sin_nombrar, "archivos que su manifiesto no nombra: data/otro.txt"),
    (enlazar, "enlace a otra parte"),
    (lambda p: (p.raiz / RESOLUCION).unlink(), f"Falta el archivo {RESOLUCION}"),
    (lambda p: p.quitar(INDICE), f"Falta el archivo {INDICE}"),
    (lambda p: p.quitar("data/indice.pdf"), "Falta el archivo data/indice.pdf"),
    (lambda p: (p.raiz / "bag-info.txt").write_text("Otra"), "bag-info.txt NO es el que se empaquetó"),
    (lambda p: (p.raiz / "tagmanifest-sha256.txt").write_text(""), "no protege al de archivos"),
    (lambda p: (p.raiz / "manifest-sha256.txt").write_text("hola\n"), "manifest-sha256.txt está mal escrito"),
    (lambda p: (p.raiz / "bagit.txt").unlink(), "No es un paquete BagIt"),
    (lambda p: (p.raiz / "bagit.txt").write_text("BagIt-Version: 0.97\n"), "no es BagIt 1.0"),
]  # fmt: skip


@pytest.mark.parametrize(("ataque", "frase"), ATAQUES, ids=lambda valor: getattr(valor, "__name__", ""))
def test_un_paquete_alterado_se_rechaza_nombrando_el_archivo(
    paquete: Paquete, ataque: Callable[[Paquete], object], frase: str
) -> None:
    ataque(paquete)
    with pytest.raises(NoVale) as negativa:
        comprobar(paquete)
    assert frase in str(negativa.value)
    assert main(["paquete", str(paquete.raiz)]) == 1


@pytest.mark.parametrize(
    "nombre", ["../fuera.txt", "/etc/x", "bolsa/data/..\\x", "bolsa/../x", "bolsa/data/c:x"]
)
def test_un_zip_que_se_sale_de_su_carpeta_se_rechaza(paquete: Paquete, nombre: str) -> None:
    ruta = en_zip(paquete.raiz)
    with zipfile.ZipFile(ruta, "a") as archivo:
        archivo.writestr(nombre, b"x")
    with pytest.raises(NoVale):
        comprobar(paquete, ruta)


def test_un_zip_repetido_enlazado_o_roto_se_rechaza(paquete: Paquete) -> None:
    bolsa = paquete.raiz
    ruta = en_zip(bolsa)
    with zipfile.ZipFile(ruta, "a") as archivo, pytest.warns(UserWarning, match="Duplicate"):
        archivo.writestr("bolsa/data/indice.xml", b"otro")
    with pytest.raises(NoVale, match="dos veces el mismo nombre"):
        comprobar(paquete, ruta)
    ruta = en_zip(bolsa)
    with zipfile.ZipFile(ruta, "a") as archivo:
        enlace = zipfile.ZipInfo("bolsa/data/enlace")
        enlace.external_attr = 0o120777 << 16
        archivo.writestr(enlace, "/etc/passwd")
    with pytest.raises(NoVale, match="enlace a otra parte"):
        comprobar(paquete, ruta)
    ruta = en_zip(bolsa)
    ruta.write_bytes(ruta.read_bytes()[:-30])
    assert main(["paquete", str(ruta)]) == 1
    entero = en_zip(bolsa).read_bytes()
    for lugar in range(0, len(entero), 1511):
        alterado = bytearray(entero)
        alterado[lugar] ^= 0xFF
        ruta.write_bytes(bytes(alterado))
        assert main(["paquete", str(ruta), "--llave", paquete.registro.firmante.vkey]) in (0, 1)
