"""Lo que se hace con el libro y con el registro: llevarse una copia, hacerlo avanzar, revisarlo y borrar un secreto."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from llaqta.cimientos import alarmas
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import integridad, policies, pruebas, queries, secuenciador
from llaqta.salas.auditoria.events import LibroExportado, RegistroAlteradoHallado, SecretoDeSucesoBorrado
from llaqta.salas.auditoria.models import MotivoDeBorrado, Secreto, SecretoBorrado, Verificacion
from llaqta.salas.auditoria.policies import QuienPide
from llaqta.salas.auditoria.queries import Filtros, Renglon

ALTERADO = alarmas.declarar("registro.alterado")


@transaction.atomic
def exportar(*, actor: QuienPide | None, filtros: Filtros, ahora: datetime) -> Iterator[Renglon]:
    """Deja constancia de la exportación y entrega los renglones que pasan el filtro.

    :raises NoEncontrado: si ``actor`` no puede ver el libro
    """
    quien = policies.check_ver(actor)
    emit(LibroExportado(filtros=sorted(filtros.como_textos())), actor_id=quien.pk, ahora=ahora)
    return queries.iter_renglones(para=quien, filtros=filtros)


def secuenciar_ahora(*, ahora: datetime) -> int:
    """Da hoja en el registro a todo lo confirmado que no la tenga, y firma y publica el punto de control.

    Lo llaman el trabajador, cada dos segundos, y quien necesita ya una prueba. Repetirlo no hace nada.

    :return: cuántos sucesos entraron; 0 si no había nada o si otro proceso ya lo está haciendo
    :raises RegistroAlterado: si lo que hay no continúa lo ya firmado o publicado: no se firma
    :raises RuntimeError: dentro de una transacción
    """
    return secuenciador.secuenciar(ahora=ahora)


@transaction.atomic
def verificar_registro(*, ahora: datetime) -> Verificacion:
    """Rehace el registro entero, deja escrito el resultado y, si algo no coincide, lo anuncia.

    La llama el trabajador cada noche: no hay quien pida permiso.
    """
    comienzo = time.monotonic()
    informe = integridad.verificar()
    verificacion = Verificacion.objects.create(
        comenzada_en=ahora,
        terminada_en=ahora + timedelta(seconds=time.monotonic() - comienzo),
        tamano=informe.tamano,
        raiz=informe.raiz,
        intacto=informe.intacto,
        hallazgos=[vars(hallazgo) for hallazgo in informe.hallazgos],
    )
    if informe.intacto:
        alarmas.quitar(ALTERADO)
    else:
        hallados = len(informe.hallazgos) + informe.omitidos
        frase = f"El registro de sucesos fue alterado: {informe.hallazgos[0].frase}"
        alarmas.poner(ALTERADO, frase, "estado_del_registro")
        emit(
            RegistroAlteradoHallado(verificacion_id=verificacion.pk, hallazgos=hallados),
            actor_id=None, ahora=ahora, objeto=verificacion,
        )  # fmt: skip
    return verificacion


@transaction.atomic
def borrar_secreto(
    *, actor: QuienPide | None, suceso_id: int, motivo: str, ahora: datetime
) -> SecretoBorrado:
    """Borra la semilla de un suceso: su hoja sigue probando que existió, y ya nadie abre lo que dice (Ley 29733).

    Queda su forma canónica, hecha de compromisos que sin la semilla no dicen nada. El suceso mismo solo lleva
    identificadores: a quién nombran se borra en la sala que guarda los datos.

    :param motivo: uno de ``MotivoDeBorrado``
    :raises Denegado: si ``actor`` no es el oficial de datos personales ni administra
    :raises NoEncontrado: si ese suceso no está en el registro
    :raises NoProcede: si el motivo no es de los previstos, o si el suceso ya no es el que entró
    """
    quien = policies.check_borrar_secreto(actor)
    if motivo not in MotivoDeBorrado:
        raise NoProcede("Elija por qué se borra: no se escribe un motivo libre.")
    secreto = Secreto.objects.select_for_update().filter(pk=suceso_id).first()
    if repetido := SecretoBorrado.objects.filter(pk=suceso_id).first():
        return repetido
    if secreto is None:
        raise NoEncontrado("Ese suceso no está en el registro.")
    canonico = pruebas.get_canonico(suceso_id)
    constancia = emit(
        SecretoDeSucesoBorrado(suceso_borrado_id=suceso_id, motivo=motivo),
        actor_id=quien.pk, ahora=ahora, objeto=Suceso.objects.filter(pk=suceso_id).first(),
    )  # fmt: skip
    borrado = SecretoBorrado.objects.create(
        pk=suceso_id, canonico=canonico.decode(), borrado_en=ahora, constancia_id=constancia.pk
    )
    secreto.delete()
    return borrado
