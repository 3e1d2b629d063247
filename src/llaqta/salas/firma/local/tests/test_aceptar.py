"""La regla con que se acepta lo que vuelve firmado: los trece casos de trust.md 3.3, y los que se nos ocurrieron."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from llaqta.cimientos import storage
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma import sello, services
from llaqta.salas.firma.ca import Titular
from llaqta.salas.firma.llaves import LlaveDeSoftware
from llaqta.salas.firma.local.emulador import Componente, NoSalio
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.local.tarjetas import hacer_tarjeta
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.tests.documentos import sin_sitio

from .conftest import Escritorio

Pedir = Callable[..., SesionDeFirma]
Parametro = Callable[[SesionDeFirma], str]


def _tipos() -> list[str]:
    return list(Suceso.objects.filter(tipo__startswith="firma.Firma").values_list("tipo", flat=True))


def _rechazo(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, frase: str
) -> str:
    """Lo devuelto se rechaza con esa frase, y no llegó a nadie; devuelve el código que quedó en el libro."""
    with pytest.raises(NoSalio, match=frase):
        equipo.firmar(parametro(sesion))
    sesion.refresh_from_db()
    assert sesion.estado == "RECHAZADA"
    assert escritorio.recibidos == []
    assert sesion.documentos.get().huella_firmada == ""
    assert not {"firma.FirmaLocalAceptada", "firma.FirmaDePracticaAceptada"} & set(_tipos())
    return str(Suceso.objects.get(tipo="firma.FirmaLocalRechazada").datos["codigo"])


# --- Lo que se acepta -----------------------------------------------------------------------------------------------
def test_una_pagina_con_la_firma_de_la_persona_esperada(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, pdf: bytes,
    ahora: datetime,
) -> None:  # fmt: skip
    equipo.firmar(parametro(sesion))

    sesion.refresh_from_db()
    assert sesion.estado == "ACEPTADA"
    [[firmado]] = escritorio.recibidos
    assert firmado.pdf.startswith(pdf)
    assert (firmado.etiqueta, firmado.titular) == (
        "pruebas.Carta:1:v1",
        "ORÉ MENDOZA Julio FIR 41000003 soft",
    )
    assert (firmado.nivel, firmado.de_demostracion) == ("PAdES B-B", True)
    assert storage.leer(sesion.documentos.get().huella_firmada) == firmado.pdf
    assert firma.verificar(firmado.pdf, ahora=ahora).veredicto.name == "VALIDA"
    assert _tipos() == [
        "firma.FirmaLocalPedida",
        "firma.FirmaLocalEntregada",
        "firma.FirmaDePracticaAceptada",
    ]


def test_un_documento_de_muchas_paginas_y_varios_megas(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    grande = io.BytesIO()
    with pikepdf.open(io.BytesIO(sin_sitio())) as abierto:
        for _ in range(5):
            abierto.pages.extend(abierto.pages[:3])
        abierto.pages[0].obj.Relleno = abierto.make_stream(bytes(range(256)) * 20_000)
        abierto.save(grande, compress_streams=False)
    equipo.firmar(parametro(pedir(grande.getvalue(), caja=None)))
    [[firmado]] = escritorio.recibidos
    assert len(firmado.pdf) > 5_000_000


def test_la_segunda_firma_de_un_documento_ya_firmado(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro, gerente: Persona, pdf: bytes,
    ahora: datetime,
) -> None:  # fmt: skip
    services.emitir_certificado_de_demostracion(persona=gerente, pin="246810", ahora=ahora)
    primera = services.firmar(
        actor=gerente, pdf=pdf, pin="246810", motivo=services.Motivo.AUTOR, cargo="Gerenta", ahora=ahora
    ).bytes
    sesion = pedir(primera, caja=None)
    assert sesion.documentos.get().firmas_previas == 1
    equipo.firmar(parametro(sesion))
    [[firmado]] = escritorio.recibidos
    assert [f.documento for f in firma.verificar(firmado.pdf, ahora=ahora).firmas] == [
        "DNI 41000006",
        "DNI 41000003",
    ]


def test_un_certificado_de_la_entidad_con_el_dni_de_la_persona(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, ahora: datetime
) -> None:
    equipo.perillas.tarjeta = _tarjeta(
        ahora, marca="FAU 20999000011", documento="PNOPE-41000003", ruc="20999000011"
    )
    equipo.firmar(parametro(sesion))
    assert len(escritorio.recibidos) == 1


# --- Lo que no ------------------------------------------------------------------------------------------------------
def test_repetir_la_misma_respuesta_no_hace_nada(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.devuelve = 2
    with pytest.raises(NoSalio):
        equipo.firmar(parametro(sesion))
    assert [respuesta.codigo for respuesta in equipo.respuestas] == [200, 404]
    assert len(escritorio.recibidos) == 1
    sesion.refresh_from_db()
    assert sesion.estado == "ACEPTADA"


def test_otro_documento(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.antes_de_firmar = lambda _: sin_sitio()
    codigo = _rechazo(equipo, escritorio, sesion, parametro, "no es el documento que se entregó")
    assert codigo == "OTRO_DOCUMENTO"


def test_otra_persona(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, ahora: datetime
) -> None:
    equipo.perillas.tarjeta = hacer_tarjeta("41000006", ahora=ahora)
    codigo = _rechazo(
        equipo, escritorio, sesion, parametro, "El certificado con que se firmó es de otra persona"
    )
    assert codigo == "OTRA_PERSONA"


def test_otra_entidad(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, ahora: datetime
) -> None:
    equipo.perillas.tarjeta = _tarjeta(
        ahora, marca="FAU 20131370301", documento="PNOPE-41000003", ruc="20131370301"
    )
    assert _rechazo(equipo, escritorio, sesion, parametro, "es de otra entidad") == "OTRA_ENTIDAD"


def test_el_sello_de_la_entidad_no_es_una_persona(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, ahora: datetime
) -> None:
    equipo.perillas.tarjeta = _tarjeta(ahora, marca="FAU 20999000011", documento="", ruc="20999000011")
    assert _rechazo(equipo, escritorio, sesion, parametro, "otra persona") == "OTRA_PERSONA"


def test_el_certificado_de_identidad_no_firma(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, ahora: datetime
) -> None:
    equipo.perillas.tarjeta = _de_autenticacion(ahora)
    assert _rechazo(equipo, escritorio, sesion, parametro, "nonRepudiation|AUT") in {
        "NO_VALIDA",
        "NO_ES_DE_FIRMA",
    }


def test_un_certificado_revocado(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, jefe: Persona,
    ahora: datetime,
) -> None:  # fmt: skip
    tarjeta = equipo.sacar_tarjeta("41000003")
    pem = tarjeta.certificado.public_bytes(Encoding.PEM).decode()
    revocado = Certificado.objects.create(
        clase="FIRMA", persona=jefe, titular="Julio", numero_de_serie=f"{tarjeta.certificado.serial_number:x}",
        pem=pem, llave_cifrada="x", valido_desde=ahora - timedelta(days=1), valido_hasta=ahora + timedelta(days=1),
    )  # fmt: skip
    services.revocar_certificado(
        actor=None, certificado=revocado, motivo="Robo", ahora=ahora - timedelta(minutes=30)
    )
    assert _rechazo(equipo, escritorio, sesion, parametro, "revocado") == "NO_VALIDA"


def test_una_autoridad_hecha_en_casa_con_el_mismo_nombre(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, tmp_path: Any,
    ahora: datetime,
) -> None:  # fmt: skip
    from llaqta.salas.firma.tests.firmantes import llave_de, otra_autoridad

    titular = Titular("ORÉ MENDOZA Julio", "FIR 41000003", "PNOPE-41000003")
    equipo.perillas.tarjeta = llave_de(otra_autoridad(tmp_path), ahora, titular=titular)
    assert _rechazo(equipo, escritorio, sesion, parametro, "autoridad") == "NO_VALIDA"


def test_sin_firmar(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.sin_firmar = True
    assert _rechazo(equipo, escritorio, sesion, parametro, "sin firmar") == "SIN_FIRMA"


def test_con_dos_firmas_en_vez_de_una(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro, ahora: datetime
) -> None:
    from llaqta.salas.firma.tests.firmantes import firmar_con

    otra = hacer_tarjeta("41000006", ahora=ahora)
    equipo.perillas.antes_de_firmar = lambda pdf: firmar_con(otra, pdf, ahora)
    assert _rechazo(equipo, escritorio, sesion, parametro, "más firmas que la suya") == "VARIAS_FIRMAS"


def test_un_guion_agregado_antes_de_firmar(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    """La firma lo cubre y es válida; pero no es lo que se le mostró."""
    equipo.perillas.antes_de_firmar = _con_guion
    assert (
        _rechazo(equipo, escritorio, sesion, parametro, "se le agregó o cambió contenido")
        == "CONTENIDO_AGREGADO"
    )


def test_una_pagina_agregada_antes_de_firmar(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    from llaqta.salas.firma.tests import ataques

    equipo.perillas.antes_de_firmar = ataques.agregar_una_pagina
    assert (
        _rechazo(equipo, escritorio, sesion, parametro, "se le agregó o cambió contenido")
        == "CONTENIDO_AGREGADO"
    )


def test_un_guion_agregado_despues_de_firmar(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.despues_de_firmar = _con_guion
    assert _rechazo(equipo, escritorio, sesion, parametro, "Después de firmar se añadió") == "BYTES_DESPUES"


def test_bytes_despues_del_final(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.despues_de_firmar = lambda pdf: pdf + b"\n% nada\n"
    assert _rechazo(equipo, escritorio, sesion, parametro, "Después de firmar se añadió") == "BYTES_DESPUES"


def test_un_byte_del_original_cambiado(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    def cambiar(pdf: bytes) -> bytes:
        medio = len(pdf) // 3
        return pdf[:medio] + bytes((pdf[medio] ^ 1,)) + pdf[medio + 1 :]

    equipo.perillas.despues_de_firmar = cambiar
    assert _rechazo(equipo, escritorio, sesion, parametro, "cambió por lo menos un byte") == "OTRO_DOCUMENTO"


def test_lo_que_no_es_un_pdf(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.despues_de_firmar = lambda _: b"MZ\x90\x00 esto es un programa"
    assert _rechazo(equipo, escritorio, sesion, parametro, "no es un PDF") == "NO_ES_PDF"


def test_lo_que_crece_demasiado(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    equipo.perillas.despues_de_firmar = lambda pdf: pdf + b"0" * 5_000_000
    assert _rechazo(equipo, escritorio, sesion, parametro, "pesa mucho más") == "CRECIO"


def test_un_nivel_menor_que_el_pedido(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro, settings: Any
) -> None:
    settings.FIRMAPERU_NIVEL = "T"
    assert _rechazo(equipo, escritorio, pedir(), parametro, "se pidió «PAdES B-T»") == "NIVEL"


def test_fuera_de_la_practica_una_tarjeta_de_practica_no_vale(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    dicho = parametro(sesion)
    equipo.perillas.tarjeta = equipo.sacar_tarjeta("41000003")
    equipo.perillas.antes_de_firmar = lambda pdf: (
        SesionDeFirma.objects.filter(pk=sesion.pk).update(entrenamiento=False), pdf
    )[1]  # fmt: skip
    with pytest.raises(NoSalio, match="certificado de práctica, que no tiene valor legal"):
        equipo.firmar(dicho)
    assert escritorio.recibidos == []


def test_si_quien_la_espera_ya_no_puede_recibirla_no_queda_nada(
    equipo: Componente, escritorio: Escritorio, sesion: SesionDeFirma, parametro: Parametro
) -> None:
    escritorio.se_niega = "El expediente pasó a otra unidad."
    codigo = _rechazo(equipo, escritorio, sesion, parametro, "El expediente pasó a otra unidad")
    assert codigo == "NoProcede"


def _tarjeta(ahora: datetime, *, marca: str, documento: str, ruc: str) -> LlaveDeSoftware:
    autoridad, privada = sello.autoridad(), ec.generate_private_key(ec.SECP256R1())
    certificado = autoridad.emitir(
        titular=Titular("ORÉ MENDOZA Julio", marca, documento, ruc=ruc, organizacion="Una entidad"),
        publica=privada.public_key(), desde=ahora - timedelta(days=1), hasta=ahora + timedelta(days=1),
    )  # fmt: skip
    return LlaveDeSoftware(certificado, (autoridad.emisora.certificado,), privada)


def _de_autenticacion(ahora: datetime) -> LlaveDeSoftware:
    """El gemelo AUT de Julio: su mismo DNI, pero solo para identificarse."""
    autoridad, privada = sello.autoridad(), ec.generate_private_key(ec.SECP256R1())
    certificado = (
        x509.CertificateBuilder()
        .subject_name(
            x509.Name(
                [
                    x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, "PNOPE-41000003"),
                    x509.NameAttribute(x509.NameOID.COMMON_NAME, "ORÉ MENDOZA Julio AUT 41000003 soft"),
                ]
            )
        )
        .issuer_name(autoridad.emisora.certificado.subject)
        .public_key(privada.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(days=1))
        .not_valid_after(ahora + timedelta(days=1))
        .add_extension(x509.KeyUsage(True, *[False] * 8), critical=True)
        .sign(autoridad.emisora.privada, hashes.SHA256())
    )
    return LlaveDeSoftware(certificado, (autoridad.emisora.certificado,), privada)


def _con_guion(pdf: bytes) -> bytes:
    """Lo mismo con una revisión que corre un guion al abrirse."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    flujo = io.BytesIO(pdf)
    revision = IncrementalPdfFileWriter(flujo)
    guion = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    revision.root["/OpenAction"] = revision.add_object(generic.DictionaryObject(guion))
    revision.update_root()
    revision.write_in_place()
    return flujo.getvalue()
