"""Verificar un PDF firmado, con la regla estricta de la casa.

pyHanko comprueba la criptografía, la cadena y los cambios posteriores; encima va nuestra regla, porque ningún programa
basta solo: poppler da por buenos seis de seis documentos alterados después de firmar, y pyHanko acepta bytes añadidos
al final y un firmante revocado si no hay lista que consultar. Aquí, lo que no se pudo comprobar nunca es ``VALIDA``.

==============  ========================================================================================================
VALIDA          íntegra, cubre el archivo entero, cadena hasta un ancla nuestra y revocación comprobada
INDETERMINADA   íntegra, pero falta comprobar algo: autoridad que no conocemos, revocación, vigencia
INVALIDA        alterada, de forma ilícita, o de quien se hace pasar por otro; también todo lo que no se pudo leer
SIN_FIRMA       no tiene firmas ni restos de ellas
==============  ========================================================================================================

Los sellos de tiempo se juzgan del último al primero: uno válido prueba que todo lo que cubre existía a su hora, y lo
anterior se juzga a esa hora (ETSI EN 319 102-1, 5.6). Así vale una firma cuyo certificado venció o se revocó después.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, message_imprint_checker
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko_certvalidator.path import ValidationPath

from llaqta.salas.firma import cadena, cola, forma, juicio, otro_lector, tiempo
from llaqta.salas.firma.cadena import Instantes
from llaqta.salas.firma.confianza import Confianza
from llaqta.salas.firma.forma import Archivo
from llaqta.salas.firma.incrustado import Incrustado, leer_incrustado
from llaqta.salas.firma.juicio import FirmaVista, Prueba
from llaqta.salas.firma.politica import POLITICA
from llaqta.salas.firma.revocacion import Conclusion, Evidencias
from llaqta.salas.firma.tiempo import SelloDeTiempo
from llaqta.salas.firma.veredicto import GRAVEDAD, Veredicto

registro = logging.getLogger(__name__)
# Un certificado que no se reconoce es una respuesta, no una avería: pyHanko escribiría su traza entera cada vez.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)

FIRMAS, REVISIONES = 60, 250
"""Lo que se mira de un documento: comparar revisiones cuesta, y uno hecho para cansar tendría miles."""

__all__ = ["FirmaVista", "Informe", "SelloDeTiempo", "Veredicto", "verificar"]


@dataclass(frozen=True)
class Informe:
    """El resultado de verificar un documento: el veredicto, cada firma en su orden, y los motivos en castellano.

    :param sellos: los sellos de tiempo del documento entero (los de cada firma van en ella)
    :param verificado_en: cuándo se verificó; ``juzgado_al``, a qué fecha
    :param secuencia: el número de la lista de confianza con que se juzgó, si había
    """

    veredicto: Veredicto
    firmas: tuple[FirmaVista, ...]
    motivos: tuple[str, ...]
    sellos: tuple[SelloDeTiempo, ...] = field(default=(), compare=False)
    verificado_en: datetime | None = field(default=None, compare=False)
    juzgado_al: datetime | None = field(default=None, compare=False)
    secuencia: int | None = field(default=None, compare=False)

    @property
    def de_demostracion(self) -> bool:
        """Verdadero si alguna de sus firmas es de demostración, SIN VALOR LEGAL."""
        return any(firma.de_demostracion for firma in self.firmas)

    def en_json(self) -> dict[str, Any]:
        """Lo que responde ``./llaqta verificar --json``: veredicto, firmas y motivos, y ninguna clave más."""
        return {
            "veredicto": self.veredicto.de_tres,
            "firmas": [
                {
                    "titular": firma.titular,
                    "documento": firma.documento,
                    "fecha": firma.fecha.isoformat() if firma.fecha else None,
                    "nivel": firma.nivel,
                    "veredicto": firma.veredicto.de_tres,
                }
                for firma in self.firmas
            ],
            "motivos": list(self.motivos),
        }


def verificar(
    pdf: bytes | Path, *, confianza: Confianza, ahora: datetime, existia_el: datetime | None = None
) -> Informe:
    """Verifica las firmas de un PDF. Nunca lanza por lo que diga el archivo: lo que no se puede leer es ``INVALIDA``.

    No usa la red, salvo que ``confianza`` traiga con qué consultar.

    :param pdf: los bytes, o la ruta: uno grande no entra entero en la memoria
    :param existia_el: instante en que consta que el documento ya existía; las firmas se juzgan a esa fecha
    :raises OSError: si la ruta no se puede abrir
    """
    instantes = Instantes(existia_el or ahora, max(ahora, existia_el or ahora))
    # Fuera del «try»: un ancla ilegible es culpa de la instalación, no del documento.
    cadena.contexto(confianza, (), instantes.referencia)
    informe = _con_flujo(pdf, confianza, instantes, probada=existia_el is not None)
    return replace(
        informe,
        verificado_en=ahora,
        juzgado_al=instantes.referencia,
        secuencia=confianza.lista.secuencia if confianza.lista else None,
    )


def _con_flujo(pdf: bytes | Path, confianza: Confianza, instantes: Instantes, *, probada: bool) -> Informe:
    flujo: BinaryIO = pdf.open("rb") if isinstance(pdf, Path) else BytesIO(pdf)
    with flujo:
        examen = _Examen(flujo, confianza, instantes, probada)
        try:
            return examen.hacer()
        except forma.FormaIlicita as error:
            return _invalido(str(error), examen.rechazadas(str(error)))
        except (Exception, RecursionError) as error:  # noqa: BLE001 (la regla: si algo falla al leer, no se da por bueno)
            registro.info("Un PDF no se pudo verificar: %s: %s", type(error).__name__, error)
            if otro_lector.nadie_lo_firmo(flujo):
                return _sin_firma()
            return _invalido("El archivo está dañado o fue manipulado, y sus firmas no se pueden leer.")


def _sin_firma() -> Informe:
    return Informe(Veredicto.SIN_FIRMA, (), ("El documento no tiene firmas digitales.",))


def _invalido(motivo: str, firmas: tuple[FirmaVista, ...] = ()) -> Informe:
    return Informe(Veredicto.INVALIDA, firmas, (motivo,))


class _Examen:
    """La verificación de un documento: lo que se va sabiendo de él mientras se mira."""

    def __init__(self, flujo: BinaryIO, confianza: Confianza, instantes: Instantes, probada: bool) -> None:
        self.archivo = Archivo(flujo)
        self.confianza, self.instantes, self.probada = confianza, instantes, probada
        self.incrustado = Incrustado()
        self.evidencias = Evidencias(listas=(), respuestas=())
        self.sellos_de_documento: list[tuple[int, SelloDeTiempo]] = []

    def hacer(self) -> Informe:
        """Verifica el documento.

        :raises FormaIlicita: si el archivo no tiene la forma de un PDF firmado limpiamente
        :raises FinalPerdido: si no termina como un PDF
        """
        forma.check_comienzo(self.archivo)
        forma.check_final(self.archivo)
        self.archivo.flujo.seek(0)
        self.lector = lector = PdfFileReader(self.archivo.flujo)
        if lector.encrypted:
            frase = "El PDF está protegido con contraseña y sus firmas no se pueden comprobar."
            return Informe(Veredicto.INDETERMINADA, (), (frase,))
        sellos = list(lector.embedded_signatures)
        if not sellos:
            if forma.tiene_restos_de_firma(self.archivo):
                return _invalido("El documento tuvo una firma que fue retirada o dañada.")
            return _sin_firma()
        if len(sellos) > FIRMAS or lector.xrefs.total_revisions > REVISIONES:
            frase = "El documento tiene demasiadas firmas o revisiones, y no se comprobaron."
            return Informe(Veredicto.INDETERMINADA, (), (frase,))
        self._check_cobertura(sellos)
        if any(sello.sig_object_type not in {"/Sig", "/DocTimeStamp"} for sello in sellos):
            return _invalido("Una firma del documento fue alterada: no dice lo que es.")
        self._reunir(sellos)
        return self._juzgar_todo(sellos)

    def rechazadas(self, motivo: str) -> tuple[FirmaVista, ...]:
        """Las firmas de un documento que se rechaza por su forma: se dice de quién parecen ser, y que no valen."""
        try:
            vistas = [juicio.ilegible(sello) for sello in self.lector.embedded_regular_signatures[:FIRMAS]]
        except Exception:  # noqa: BLE001 (ni siquiera se pueden enumerar)
            return ()
        return tuple(
            replace(una, explicacion=f"{una.titular}: {motivo[0].lower()}{motivo[1:]}") for una in vistas
        )

    def _check_cobertura(self, sellos: list[EmbeddedPdfSignature]) -> None:
        """Cada firma cubre desde el primer byte y la última llega al último.

        :raises FormaIlicita: si no
        """
        alcances = [forma.check_rango(self.archivo, uno.byte_range, uno.pkcs7_content) for uno in sellos]
        if len(set(alcances)) != len(alcances):
            raise forma.FormaIlicita("Dos campos muestran la misma firma.")
        if forma.contar_firmas_escritas(self.archivo) > len(sellos):
            raise forma.FormaIlicita("El documento tuvo otra firma, que fue retirada.")
        if max(alcances) != self.archivo.tamano and not self._solo_se_anadio_almacen(sellos):
            raise forma.FormaIlicita("Después de la última firma se añadió algo al archivo.")

    def _solo_se_anadio_almacen(self, sellos: list[EmbeddedPdfSignature]) -> bool:
        """Tras la última firma, lo único que una de nivel LT añade: una revisión con certificados y listas.

        Que no toque otra cosa lo comprueba después ``POLITICA``; aquí, que no haya nada más.
        """
        ultima = max(sellos, key=lambda sello: sello.signed_revision)
        if "/DSS" not in self.lector.root or self.lector.xrefs.total_revisions <= ultima.signed_revision + 1:
            return False
        desde = max(int(uno.byte_range[2]) + int(uno.byte_range[3]) for uno in sellos)
        if self.archivo.tamano - desde > cola.TOPE:
            return False
        return cola.esta_limpia(self.archivo.leer(desde, self.archivo.tamano))

    def _reunir(self, sellos: list[EmbeddedPdfSignature]) -> None:
        self.incrustado = leer_incrustado(self.lector, sellos)
        self.evidencias = Evidencias(
            listas=(*self.confianza.listas, *self.incrustado.listas),
            respuestas=(*self.confianza.respuestas, *self.incrustado.respuestas),
            revocados=self.confianza.revocados,
        )

    def _juzgar_todo(self, sellos: list[EmbeddedPdfSignature]) -> Informe:
        """Del último al primero: cada sello de tiempo válido fija a qué hora existía ya lo anterior."""
        firmas: list[FirmaVista] = []
        instantes, probada = self.instantes, self.probada
        for sello in reversed(sellos):
            if sello.sig_object_type == "/DocTimeStamp":
                visto = self._mirar_sello_de_tiempo(sello, instantes)
                self.sellos_de_documento.append((sello.signed_revision, visto))
                if visto.veredicto is Veredicto.VALIDA and visto.hora and visto.hora < instantes.referencia:
                    instantes, probada = Instantes(visto.hora, instantes.horizonte), True
            else:
                firmas.append(self._mirar_firma(sello, instantes, probada))
        firmas.reverse()
        sellos_vistos = [visto for _, visto in reversed(self.sellos_de_documento)]
        if not firmas:
            return Informe(
                Veredicto.INDETERMINADA, (), ("El documento solo tiene sellos de tiempo, nadie lo firma.",)
            )
        vistos: list[FirmaVista | SelloDeTiempo] = [*firmas, *sellos_vistos]
        motivos = [uno.explicacion for uno in vistos if uno.veredicto is not Veredicto.VALIDA]
        veredictos = [uno.veredicto for uno in vistos]
        return Informe(
            max(veredictos, key=GRAVEDAD.index),
            tuple(firmas),
            tuple(dict.fromkeys(motivos)),
            sellos=tuple(sellos_vistos),
        )

    def _mirar_sello_de_tiempo(self, sello: EmbeddedPdfSignature, instantes: Instantes) -> SelloDeTiempo:
        sello.compute_integrity_info(diff_policy=POLITICA)  # type: ignore[no-untyped-call]
        datos = sello.summarise_integrity_info()
        if not datos["docmdp_ok"] or str(sello.sig_object.get("/SubFilter")) != "/ETSI.RFC3161":
            return SelloDeTiempo(
                None,
                "",
                Veredicto.INVALIDA,
                "El sello de tiempo del documento no corresponde a su contenido.",
                True,
            )
        return self._juzgar_sello(sello.signed_data, sello.compute_digest, instantes, de_documento=True)

    def _juzgar_sello(
        self, firmado: Any, sellado: Any, instantes: Instantes, *, de_documento: bool
    ) -> SelloDeTiempo:
        return tiempo.juzgar(
            firmado,
            sellado,
            contexto=cadena.contexto(
                self.confianza, self.incrustado.certificados, instantes.referencia, de_tiempo=True
            ),
            confianza=self.confianza,
            evidencias=self.evidencias,
            instantes=instantes,
            de_documento=de_documento,
        )

    def _mirar_firma(self, sello: EmbeddedPdfSignature, instantes: Instantes, probada: bool) -> FirmaVista:
        vistos = tuple(
            self._juzgar_sello(
                token, message_imprint_checker(sello.signer_info), instantes, de_documento=False
            )
            for token in extract_tst_data_iter(sello.signer_info, signed=False)
        )
        horas = [visto.hora for visto in vistos if visto.veredicto is Veredicto.VALIDA and visto.hora]
        if horas and min(horas) < instantes.referencia:
            instantes, probada = Instantes(min(horas), instantes.horizonte), True
        try:
            suyos = (uno.dump() for uno in sello.other_embedded_certs)
            contexto = cadena.contexto(
                self.confianza, (*self.incrustado.certificados, *suyos), instantes.referencia
            )
            estado = tiempo.correr(async_validate_pdf_signature(sello, contexto, diff_policy=POLITICA))
        except Exception as error:  # noqa: BLE001 (una firma que no se puede leer no vale, y se dice cuál es)
            registro.info("Una firma no se pudo verificar: %s: %s", type(error).__name__, error)
            return juicio.ilegible(sello)
        prueba = Prueba(self.confianza, self.evidencias, instantes, probada, vistos)
        firma = juicio.juzgar(sello, estado, prueba)
        return replace(firma, nivel=self._nivel(firma, sello, estado.validation_path, instantes))

    def _nivel(
        self,
        firma: FirmaVista,
        sello: EmbeddedPdfSignature,
        camino: ValidationPath | None,
        instantes: Instantes,
    ) -> str:
        """B-T: sellada; B-LT: además trae con qué comprobarla; B-LTA: y un sello de documento cubre también eso.

        El nivel dice qué lleva la firma; si a quien selló se le puede creer, lo dice el veredicto.
        """
        if firma.nivel != "PAdES B-B":
            return firma.nivel
        de_documento = [
            revision
            for revision, visto in self.sellos_de_documento
            if visto.veredicto is not Veredicto.INVALIDA and revision > sello.signed_revision
        ]
        if not de_documento and not any(visto.veredicto is not Veredicto.INVALIDA for visto in firma.sellos):
            return "PAdES B-B"
        if camino is None or not self._trae_con_que(camino, instantes):
            return "PAdES B-T"
        archivada = any("/DSS" in self.lector.get_historical_root(revision) for revision in de_documento)
        return "PAdES B-LTA" if archivada else "PAdES B-LT"

    def _trae_con_que(self, camino: ValidationPath, instantes: Instantes) -> bool:
        """Dice si el documento mismo, sin ayuda, prueba que nadie de la cadena estaba revocado."""
        if not self.incrustado.hay_almacen:
            return False
        suyas = Evidencias(listas=self.incrustado.listas, respuestas=self.incrustado.respuestas)
        sin_ayuda = replace(self.confianza, consulta=None)
        return cadena.comprobar(camino, suyas, sin_ayuda, instantes).conclusion is Conclusion.VIGENTE
