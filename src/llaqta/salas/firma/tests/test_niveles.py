"""Los niveles PAdES: cada uno añade algo al final del archivo, y con la red caída no se finge ninguno."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import anclas, niveles, pades, services, tsa
from llaqta.salas.firma.confianza import Confianza
from llaqta.salas.firma.niveles import Nivel
from llaqta.salas.firma.testing.pki import EstadoDePrueba

DER = serialization.Encoding.DER


@pytest.fixture
def estado(settings: Any, estado_de_prueba: EstadoDePrueba) -> EstadoDePrueba:
    settings.TSA_URL = estado_de_prueba.url_tsa
    settings.TSA_SEGUNDOS = 2
    return estado_de_prueba


@pytest.fixture
def confianza(estado: EstadoDePrueba) -> Confianza:
    return Confianza(
        raices=(estado.raiz.public_bytes(DER),),
        otras=(estado.certificado("emisora").public_bytes(DER),),
        listas=(),
        de_demostracion=b"",
        consulta=estado.consultar,
    )


@pytest.fixture
def firmado(estado: EstadoDePrueba, pdf: bytes, ahora: datetime) -> bytes:
    return pades.firmar_bytes(pdf, llave=estado.llave(), acto=pades.Acto("Julio", "Soy el autor", ahora))


def _nivel(documento: bytes) -> tuple[Nivel, int]:
    leido = niveles.get_estado(documento)
    return leido.nivel, len(PdfFileReader(io.BytesIO(documento)).embedded_timestamp_signatures)


def test_una_firma_recien_puesta_es_b_b(firmado: bytes) -> None:
    assert niveles.get_estado(firmado) == niveles.Estado(Nivel.B, 1, None)


@pytest.mark.parametrize(("nivel", "sellos"), [(Nivel.T, 1), (Nivel.LT, 1), (Nivel.LTA, 2)])
def test_cada_nivel_solo_anade_al_final(
    firmado: bytes, confianza: Confianza, ahora: datetime, nivel: Nivel, sellos: int
) -> None:
    elevado = niveles.elevar(firmado, nivel, confianza=confianza, ahora=ahora)

    assert elevado.startswith(firmado)
    assert _nivel(elevado) == (nivel, sellos)
    for firma in PdfFileReader(io.BytesIO(elevado)).embedded_signatures:
        firma.compute_integrity_info()
        assert firma.compute_digest()


def test_de_nivel_en_nivel_se_llega_a_lo_mismo_y_repetirlo_no_cambia_nada(
    firmado: bytes, confianza: Confianza, ahora: datetime
) -> None:
    documento = firmado
    for nivel in (Nivel.T, Nivel.LT, Nivel.LTA):
        anterior, documento = documento, niveles.elevar(documento, nivel, confianza=confianza, ahora=ahora)
        assert documento.startswith(anterior)
        assert niveles.elevar(documento, nivel, confianza=confianza, ahora=ahora) == documento
    assert niveles.elevar(documento, Nivel.T, confianza=confianza, ahora=ahora) == documento


def test_las_pruebas_incrustadas_bastan_para_comprobar_sin_red(
    firmado: bytes, confianza: Confianza, estado: EstadoDePrueba, ahora: datetime
) -> None:
    elevado = niveles.elevar(firmado, Nivel.LT, confianza=confianza, ahora=ahora)

    dss = DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(elevado)))
    guardados = {certificado.dump() for certificado in dss.load_certs()}
    for nombre in ("firmante", "emisora", "tsa", "raiz"):
        assert estado.certificado(nombre).public_bytes(DER) in guardados
    # Una respuesta OCSP por certificado que puede revocarse: firmante, emisora y TSA. Las listas pesarían más.
    assert (len(dss.ocsps), len(dss.crls)) == (3, 0)


def test_si_la_tsa_no_responde_el_documento_queda_como_estaba(
    firmado: bytes, confianza: Confianza, estado: EstadoDePrueba, ahora: datetime, tmp_path: Path
) -> None:
    ruta = tmp_path / "resolucion.pdf"
    ruta.write_bytes(firmado)
    estado.fallar("tsa", "500")

    with pytest.raises(tsa.TsaNoResponde):
        niveles.elevar_archivo(ruta, Nivel.LTA, confianza=confianza, ahora=ahora)
    assert ruta.read_bytes() == firmado

    estado.reiniciar(reloj=ahora)
    assert niveles.elevar_archivo(ruta, Nivel.LTA, confianza=confianza, ahora=ahora).nivel is Nivel.LTA


def test_si_no_se_puede_comprobar_la_revocacion_no_se_llega_a_lt_pero_t_si(
    firmado: bytes, confianza: Confianza, estado: EstadoDePrueba, ahora: datetime
) -> None:
    estado.fallar("ocsp", "cuelga")
    estado.fallar("crls", "500")
    estado.fallar("ocsp", "500")

    assert niveles.elevar(firmado, Nivel.T, confianza=confianza, ahora=ahora)
    with pytest.raises(niveles.FaltaEvidencia, match="ORE MENDOZA Julio"):
        niveles.elevar(firmado, Nivel.LT, confianza=confianza, ahora=ahora)


def test_con_el_firmante_revocado_no_hay_archivo_que_valga(
    firmado: bytes, confianza: Confianza, estado: EstadoDePrueba, ahora: datetime
) -> None:
    estado.revocar("firmante", desde=ahora - timedelta(days=1))

    with pytest.raises(niveles.NoSePuedeElevar, match="está revocado"):
        niveles.elevar(firmado, Nivel.LT, confianza=confianza, ahora=ahora)


def test_a_un_firmante_que_nadie_conoce_se_le_sella_el_tiempo_y_nada_mas(
    firmado: bytes, confianza: Confianza, ahora: datetime
) -> None:
    desconocida = replace(confianza, raices=())

    assert _nivel(niveles.elevar(firmado, Nivel.T, confianza=desconocida, ahora=ahora))[0] is Nivel.T
    with pytest.raises(niveles.NoSePuedeElevar, match="No conocemos a quien emitió"):
        niveles.elevar(firmado, Nivel.LT, confianza=desconocida, ahora=ahora)


def test_el_sello_se_renueva_con_otra_autoridad_antes_de_que_venza(
    firmado: bytes, confianza: Confianza, estado: EstadoDePrueba, ahora: datetime, settings: Any
) -> None:
    archivado = niveles.elevar(firmado, Nivel.LTA, confianza=confianza, ahora=ahora)
    assert niveles.get_estado(archivado).vence_sello_el == datetime(2028, 1, 1, tzinfo=UTC)

    anio_despues = datetime(2027, 11, 1, 10, tzinfo=ahora.tzinfo)
    estado.reloj = anio_despues
    settings.TSA_URL = estado.url_de_tsa("tsa-nueva")
    flujo = io.BytesIO(archivado)
    renovado = niveles.renovar_flujo(flujo, confianza=confianza, ahora=anio_despues)

    assert flujo.getvalue().startswith(archivado)
    assert (renovado.nivel, renovado.vence_sello_el) == (Nivel.LTA, datetime(2040, 1, 1, tzinfo=UTC))
    assert _nivel(flujo.getvalue())[1] == 3


def test_quien_firma_despues_vuelve_a_pedir_su_sello(
    firmado: bytes, confianza: Confianza, estado: EstadoDePrueba, ahora: datetime
) -> None:
    con_sello = niveles.elevar(firmado, Nivel.T, confianza=confianza, ahora=ahora)
    otro = pades.firmar_bytes(
        con_sello, llave=estado.llave("firmante-rsa"), acto=pades.Acto("Rosa", "Doy V° B°", ahora)
    )

    assert niveles.get_estado(otro).nivel is Nivel.B
    assert _nivel(niveles.elevar(otro, Nivel.T, confianza=confianza, ahora=ahora)) == (Nivel.T, 2)


@pytest.mark.parametrize("basura", [b"", b"%PDF-1.7\nroto", b"hola"])
def test_lo_que_no_es_un_pdf_firmado_no_se_sella(
    basura: bytes, confianza: Confianza, ahora: datetime
) -> None:
    with pytest.raises(niveles.NoSePuedeElevar):
        niveles.elevar(basura, Nivel.T, confianza=confianza, ahora=ahora)


def test_un_pdf_que_nadie_firmo_no_se_sella(pdf: bytes, confianza: Confianza, ahora: datetime) -> None:
    with pytest.raises(niveles.NoSePuedeElevar, match="Nadie ha firmado"):
        niveles.elevar(pdf, Nivel.T, confianza=confianza, ahora=ahora)


@pytest.mark.django_db
def test_los_sellos_de_la_demostracion_llegan_a_lt_sin_red(
    entidad: Entidad, estado: EstadoDePrueba, pdf: bytes, ahora: datetime
) -> None:
    """La lista de revocación de la autoridad de demostración es nuestra: no hace falta preguntar a nadie."""
    sellado = services.sellar(pdf=pdf, motivo="Cargo de recepción", ahora=ahora)
    propia = anclas.get_confianza(ahora=ahora)
    con_tsa = replace(
        propia, raices=(*propia.raices, estado.raiz.public_bytes(DER)), consulta=_solo_tsa(estado)
    )

    assert _nivel(niveles.elevar(sellado, Nivel.LT, confianza=con_tsa, ahora=ahora)) == (Nivel.LT, 1)


def _solo_tsa(estado: EstadoDePrueba) -> Any:
    def consultar(certificado: Any, emisor: Any) -> tuple[list[bytes], list[bytes]]:
        return estado.consultar(certificado, emisor) if emisor == estado.raiz else ([], [])

    return consultar


# --- Certificar (DocMDP) -------------------------------------------------------------------------------------
@pytest.mark.parametrize("permite", list(pades.Cambios))
def test_la_primera_firma_puede_certificar_y_decir_que_admite(
    estado: EstadoDePrueba, confianza: Confianza, pdf: bytes, ahora: datetime, permite: pades.Cambios
) -> None:
    acto = pades.Acto("Julio", "Soy el autor", ahora, certifica=permite)
    certificado = pades.firmar_bytes(pdf, llave=estado.llave(), acto=acto)

    (firma,) = PdfFileReader(io.BytesIO(certificado)).embedded_signatures
    assert firma.docmdp_level is not None
    assert firma.docmdp_level.value == permite.value
    # El sello de tiempo y las pruebas no son cambios del documento: se admiten siempre (ISO 32000-2, 12.8.2.2).
    assert _nivel(niveles.elevar(certificado, Nivel.LTA, confianza=confianza, ahora=ahora))[0] is Nivel.LTA
    segunda = pades.Acto("Rosa", "Doy V° B°", ahora)
    if permite is pades.Cambios.NINGUNO:
        with pytest.raises(pades.NoSePuedeFirmar, match="prohibió todo cambio posterior"):
            pades.firmar_bytes(certificado, llave=estado.llave("firmante-rsa"), acto=segunda)
    else:
        assert pades.firmar_bytes(certificado, llave=estado.llave("firmante-rsa"), acto=segunda)


def test_solo_la_primera_firma_certifica(estado: EstadoDePrueba, firmado: bytes, ahora: datetime) -> None:
    acto = pades.Acto("Rosa", "Soy el autor", ahora, certifica=pades.Cambios.FIRMAS)
    with pytest.raises(pades.NoSePuedeFirmar, match="Solo la primera firma puede certificar"):
        pades.firmar_bytes(firmado, llave=estado.llave("firmante-rsa"), acto=acto)


# --- Archivos grandes ----------------------------------------------------------------------------------------
GUION = r"""
import re, sys
from pathlib import Path
from datetime import datetime, UTC
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from llaqta.salas.firma import niveles, pades
from llaqta.salas.firma.confianza import Confianza
from llaqta.salas.firma.llaves import LlaveDeSoftware
carpeta = Path(sys.argv[1])
settings.configure(
    TSA_URL=sys.argv[2], TSA_RESERVA='', TSA_ANCLA='', TSA_SEGUNDOS=10, TSA_USUARIO='', TSA_CLAVE='', DATOS=str(carpeta)
)
ahora = datetime.fromisoformat(sys.argv[3])
pem = (carpeta / 'llave.pem').read_bytes()
certificado, emisora, raiz = x509.load_pem_x509_certificates(pem)
llave = LlaveDeSoftware(certificado, (emisora,), serialization.load_pem_private_key(pem, None))
acto = pades.Acto('Julio', 'Soy el autor', ahora)
pades.firmar_archivo(carpeta / 'grande.pdf', carpeta / 'firmado.pdf', llave=llave, acto=acto)
confianza = Confianza(raices=(raiz.public_bytes(serialization.Encoding.DER),), otras=(), listas=(), de_demostracion=b'')
estado = niveles.elevar_archivo(carpeta / 'firmado.pdf', niveles.Nivel.T, confianza=confianza, ahora=ahora)
# ``ru_maxrss`` hereda la memoria de quien lo lanzó; ``VmHWM`` es solo de este proceso.
memoria = re.search(r'VmHWM:\s+(\d+)', Path('/proc/self/status').read_text())
print(estado.nivel, int(memoria[1]) // 1024)
"""


def test_un_pdf_de_100_mb_se_firma_y_se_sella_en_menos_de_100_mb_de_memoria(
    estado: EstadoDePrueba, ahora: datetime, tmp_path: Path
) -> None:
    _escribir_pdf_grande(tmp_path / "grande.pdf", 100)
    _guardar_llave(estado, tmp_path / "llave.pem")
    orden = [sys.executable, "-c", GUION, str(tmp_path), estado.url_tsa, ahora.isoformat()]

    hecho = subprocess.run(orden, capture_output=True, text=True)

    assert hecho.returncode == 0, hecho.stderr[-2000:]
    nivel, _, memoria = hecho.stdout.strip().rpartition(" ")
    assert nivel == "PAdES B-T"
    assert int(memoria) <= 100
    with (tmp_path / "grande.pdf").open("rb") as antes, (tmp_path / "firmado.pdf").open("rb") as despues:
        while trozo := antes.read(1 << 20):
            assert despues.read(len(trozo)) == trozo


def test_si_no_se_puede_firmar_no_queda_ninguna_copia(
    estado: EstadoDePrueba, ahora: datetime, tmp_path: Path
) -> None:
    (tmp_path / "roto.pdf").write_bytes(b"%PDF-1.7\nroto")
    with pytest.raises(pades.NoSePuedeFirmar):
        pades.firmar_archivo(
            tmp_path / "roto.pdf",
            tmp_path / "firmado.pdf",
            llave=estado.llave(),
            acto=pades.Acto("J", "A", ahora),
        )
    assert not (tmp_path / "firmado.pdf").exists()


def _escribir_pdf_grande(ruta: Path, megas: int) -> None:
    """Un PDF de una página con una imagen enorme sin comprimir, como las que salen de un escáner viejo."""
    largo = megas * 1024 * 1024
    with ruta.open("wb") as archivo:
        posiciones = []
        archivo.write(b"%PDF-1.7\n")
        for numero, objeto in enumerate(
            (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>>>"), start=1,
        ):  # fmt: skip
            posiciones.append(archivo.tell())
            archivo.write(b"%d 0 obj\n%s\nendobj\n" % (numero, objeto))
        posiciones.append(archivo.tell())
        archivo.write(
            b"4 0 obj\n<</Type/XObject/Subtype/Image/Width 1024/Height %d/ColorSpace/DeviceGray"
            b"/BitsPerComponent 8/Length %d>>\nstream\n" % (megas * 1024, largo)
        )
        for _ in range(megas):
            archivo.write(bytes(1024 * 1024))
        archivo.write(b"\nendstream\nendobj\n")
        xref = archivo.tell()
        archivo.write(
            b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in posiciones)
        )
        archivo.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % xref)


def _guardar_llave(estado: EstadoDePrueba, ruta: Path) -> None:
    llave = estado.llave()
    pem = llave.privada.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    todos = (llave.certificado, *llave.cadena, estado.raiz)
    ruta.write_bytes(pem + b"".join(uno.public_bytes(serialization.Encoding.PEM) for uno in todos))
