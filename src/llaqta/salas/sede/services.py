"""Lo que se hace en la sede: contar los intentos y sellar un informe. Lo demás es leer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import caches
from django.db import connection, transaction

from llaqta.cimientos import pdf
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import services as firma
from llaqta.salas.sede import queries, rules
from llaqta.salas.sede.models import Intento

DE_TODOS = "todos"
"""El «lugar» con que se cuentan los códigos errados de todos los lugares juntos."""
ESPERE = (
    "Desde su conexión se hicieron demasiados intentos seguidos. Espere diez minutos y vuelva a probar; "
    "si es urgente, llame a la mesa de partes."
)
_SUMAR = """
    INSERT INTO sede_intento AS i (puerta, lugar, tramo, cuantos) VALUES (%s, %s, %s, %s)
    ON CONFLICT (puerta, lugar, tramo) DO UPDATE SET cuantos = i.cuantos + EXCLUDED.cuantos
    RETURNING cuantos
"""


@transaction.atomic
def anotar_intento(*, puerta: str, lugar: str, ahora: datetime, suma: int = 1) -> int:
    """Cuenta un uso de una puerta pública; acierto y error cuestan lo mismo.

    :param puerta: una de ``rules.LIMITES``
    :param lugar: la huella que da ``rules.lugar_de``
    :param suma: 0 para solo leer la cuenta, con la misma sentencia
    :returns: cuántos van en este tramo
    """
    tramo = rules.tramo_de(ahora)
    with connection.cursor() as cursor:
        cursor.execute(_SUMAR, [puerta, lugar, tramo, suma])
        cuantos = int(cursor.fetchone()[0])
    if cuantos == 1 and lugar != DE_TODOS:  # el primero de cada tramo barre lo que ya no sirve para contar
        Intento.objects.filter(tramo__lt=tramo - timedelta(hours=1)).delete()
    return cuantos


def check_intento(*, puerta: str, lugar: str, ahora: datetime) -> None:
    """Cuenta un uso y pide esperar a quien ya probó demasiado.

    :raises DemasiadosIntentos: pasado el límite de la puerta; el intento queda contado
    """
    if anotar_intento(puerta=puerta, lugar=lugar, ahora=ahora) > rules.LIMITES[puerta]:
        raise rules.DemasiadosIntentos(ESPERE)


def check_codigo(*, lugar: str, ahora: datetime) -> None:
    """Cuenta una pregunta por un código y pide esperar a quien pregunta demasiado; nunca pide descifrar imágenes.

    Se cuenta por lugar y también por el conjunto de los códigos: si desde muchos lugares a la vez se están errando
    códigos, a cada lugar se le admiten menos preguntas, pero a nadie se le cierra la puerta por lo que hacen otros.

    :raises DemasiadosIntentos: pasado el límite; el intento queda contado
    """
    usos = anotar_intento(puerta="verificar", lugar=lugar, ahora=ahora)
    errados = anotar_intento(puerta="cvd_errado", lugar=DE_TODOS, ahora=ahora, suma=0)
    limite = rules.LIMITES["verificar"]
    if errados > rules.ERRADOS_DE_TODOS:
        limite = min(limite, rules.LIMITE_SI_PRUEBAN)
    if usos > limite:
        raise rules.DemasiadosIntentos(ESPERE)


def anotar_respuesta(*, hallado: bool, ahora: datetime) -> None:
    """Anota si el código existía; haya existido o no, es la misma sentencia."""
    anotar_intento(puerta="cvd_errado", lugar=DE_TODOS, ahora=ahora, suma=0 if hallado else 1)


def sellar_informe(*, actor: Persona | None, cvd: str, ahora: datetime) -> bytes:
    """El informe de verificación de un documento en PDF, con el sello de la entidad; puede pedirlo cualquiera.

    No se guarda: se vuelve a hacer cuando se pide, y dura unos minutos en la memoria del proceso.

    :raises NoEncontrado: si ningún documento lleva ese código o hoy no se puede verificar
    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que verifica.
    from llaqta.salas.firma.informe_pdf import informe_pdf  # noqa: PLC0415

    documento, informe = queries.get_informe(cvd, para=actor, ahora=ahora)
    clave = f"sede.informe_pdf.{documento.archivo.sha256}.{informe.verificado_en or ahora:%Y%m%d%H%M%S}"
    sellado: bytes | None = caches["memoria"].get(clave)
    if sellado is None:
        compuesto = informe_pdf(
            informe,
            nombre=documento.numero or documento.tipo.nombre,
            huella=documento.archivo.sha256,
            ahora=ahora,
        )
        sellado = firma.sellar(
            pdf=compuesto, motivo="Informe de verificación", ahora=ahora, caja=pdf.caja_de_firma(0)
        )
        caches["memoria"].set(clave, sellado, 300)
    return sellado
