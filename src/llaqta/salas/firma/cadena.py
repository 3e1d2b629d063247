"""La cadena de un certificado hasta un ancla: quiénes la forman, y si alguno estaba revocado.

La usan por igual la firma de una persona y el sello de una autoridad de tiempo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from llaqta.salas.firma.confianza import Confianza, leer_asn1, leer_x509
from llaqta.salas.firma.revocacion import Conclusion, Evidencias, Hallazgo


@dataclass(frozen=True)
class Eslabon:
    """Un certificado de la cadena, como se cuenta en el informe.

    :param comprobado_con: ``CRL`` u ``OCSP``, con la fecha de la constancia; vacío en el ancla o si no se comprobó
    """

    titular: str
    emisor: str
    serie: str
    huella: str
    desde: datetime
    hasta: datetime
    es_ancla: bool
    comprobado_con: str = ""
    constancia_del: datetime | None = None
    huella_de_la_constancia: str = ""


@dataclass(frozen=True)
class Comprobada:
    """La cadena comprobada: sus eslabones desde el titular hasta el ancla y el peor hallazgo, con el de quién es."""

    eslabones: tuple[Eslabon, ...]
    conclusion: Conclusion
    de_quien: str = ""
    del_titular: bool = True
    revocado_en: datetime | None = None


@dataclass(frozen=True)
class Instantes:
    """A qué fecha se juzga y qué fecha es.

    :param referencia: instante en que consta que lo juzgado existía; si nada lo prueba, el momento de la verificación
    :param horizonte: lo que diga venir de después no se cree
    """

    referencia: datetime
    horizonte: datetime


def contexto(
    confianza: Confianza, otros: Iterable[bytes], al: datetime, *, de_tiempo: bool = False
) -> ValidationContext:
    """Con qué construye pyHanko la cadena: sin red ni revocaciones, que se juzgan aquí con una regla más estricta.

    :param otros: certificados que el documento trae
    :param de_tiempo: si se juzga un sello de tiempo, cuyas anclas son otras que las de quien firma
    """
    servicios = confianza.lista.certificados(de_tiempo=de_tiempo) if confianza.lista else ()
    anclas = [leer_asn1(der) for der in dict.fromkeys((*confianza.raices, *servicios))]
    demas = [certificado for der in (*confianza.otras, *otros) if (certificado := _leer(der))]
    return ValidationContext(
        trust_roots=_sin_las_que_tapan(anclas, demas),
        other_certs=demas,
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=al,
    )


def _sin_las_que_tapan(
    anclas: list[asn1.Certificate], demas: list[asn1.Certificate]
) -> list[asn1.Certificate]:
    """Las anclas, menos la de una persona cuya autoridad también es ancla.

    Nadie responde por un ancla: la de la persona taparía la cadena en que su autoridad sí responde por ella.
    La de quien no tiene aquí a su autoridad se queda.
    """
    autoridades = [una for una in anclas if una.ca or una.issuer == una.subject]
    if len(autoridades) == len(anclas):
        return anclas
    alcanzadas = [leer_x509(una.dump()) for una in autoridades]
    for _ in demas:
        nuevas = [
            otra
            for una in demas
            if una.ca
            and (otra := leer_x509(una.dump())) not in alcanzadas
            and any(emitio(conocida, otra) for conocida in alcanzadas)
        ]
        if not nuevas:
            break
        alcanzadas += nuevas
    return [
        una
        for una in anclas
        if una in autoridades or not any(emitio(conocida, leer_x509(una.dump())) for conocida in alcanzadas)
    ]


def emitio(emisor: x509.Certificate, certificado: x509.Certificate) -> bool:
    """Dice si ese emisor, con ese nombre y esa llave, firmó el certificado."""
    try:
        certificado.verify_directly_issued_by(emisor)
    except Exception:  # noqa: BLE001 (cryptography lanza varias clases; todas significan que no)
        return False
    return True


def _leer(der: bytes) -> asn1.Certificate | None:
    try:
        leer_x509(der)  # asn1crypto es perezosa: lo que no es un certificado fallaría mucho después
        return leer_asn1(der)
    except ValueError:
        return None


def comprobar(
    camino: ValidationPath, evidencias: Evidencias, confianza: Confianza, instantes: Instantes
) -> Comprobada:
    """Comprueba que ningún certificado de la cadena estaba revocado; al ancla nadie la revoca sino quitándola."""
    certificados = [
        leer_x509(certificado.dump()) for certificado in reversed(list(camino.iter_certs(include_root=True)))
    ]
    if len(certificados) == 1:
        # El propio firmante es el ancla: nadie responde por él.
        return Comprobada(
            (_eslabon(certificados[0], None),), Conclusion.SIN_COMPROBAR, _nombre(certificados[0])
        )
    eslabones, peor = [], Comprobada((), Conclusion.VIGENTE)
    for lugar, (certificado, emisor) in enumerate(pairwise(certificados)):
        hallazgo = _averiguar(certificado, emisor, evidencias, confianza, instantes)
        eslabones.append(_eslabon(certificado, hallazgo))
        if _es_peor(hallazgo.conclusion, peor.conclusion):
            peor = Comprobada((), hallazgo.conclusion, _nombre(certificado), lugar == 0, hallazgo.revocado_en)
    eslabones.append(_eslabon(certificados[-1], None))
    return Comprobada(tuple(eslabones), peor.conclusion, peor.de_quien, peor.del_titular, peor.revocado_en)


def _averiguar(
    certificado: x509.Certificate,
    emisor: x509.Certificate,
    evidencias: Evidencias,
    confianza: Confianza,
    instantes: Instantes,
) -> Hallazgo:
    def concluir() -> Hallazgo:
        return evidencias.concluir(
            certificado, emisor, referencia=instantes.referencia, horizonte=instantes.horizonte
        )

    hallazgo = concluir()
    if hallazgo.conclusion is not Conclusion.SIN_COMPROBAR or confianza.consulta is None:
        return hallazgo
    listas, respuestas = confianza.consulta(certificado, emisor)
    evidencias.agregar(listas=listas, respuestas=respuestas)
    return concluir()


def _es_peor(una: Conclusion, otra: Conclusion) -> bool:
    orden = (Conclusion.VIGENTE, Conclusion.SIN_COMPROBAR, Conclusion.REVOCADO)
    return orden.index(una) > orden.index(otra)


def _eslabon(certificado: x509.Certificate, hallazgo: Hallazgo | None) -> Eslabon:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

    constancia = hallazgo.constancia if hallazgo else None
    return Eslabon(
        titular=_nombre(certificado),
        emisor=_nombre_de(certificado.issuer),
        serie=f"{certificado.serial_number:x}",
        huella=certificado.fingerprint(hashes.SHA256()).hex(),
        desde=certificado.not_valid_before_utc,
        hasta=certificado.not_valid_after_utc,
        es_ancla=hallazgo is None,
        comprobado_con=constancia.fuente if constancia else "",
        constancia_del=constancia.desde if constancia else None,
        huella_de_la_constancia=constancia.huella if constancia else "",
    )


def _nombre(certificado: x509.Certificate) -> str:
    return _nombre_de(certificado.subject)


def _nombre_de(nombre: x509.Name) -> str:
    comunes = nombre.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(comunes[0].value) if comunes else nombre.rfc4514_string()
