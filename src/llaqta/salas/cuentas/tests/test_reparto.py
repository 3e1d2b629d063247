"""El reparto de las pruebas dice lo que promete."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites.models import VersionProcedimiento


def test_cada_quien_tiene_su_lugar(
    ciudadana: Persona, otro_ciudadano: Persona, empresa: Persona, ventanilla: Persona, jefe: Persona,
    auditora: Persona, administradora: Persona, licencia: VersionProcedimiento,
) -> None:  # fmt: skip
    assert ciudadana.nombre_completo == "Rosa Quispe Huamán"
    assert not ciudadana.es_del_personal
    assert otro_ciudadano.numero_documento == "01234567"
    assert str(empresa) == "Cacao del Apurímac S.A.C."
    assert ventanilla.puede("mesapartes.recibir")
    assert not ventanilla.puede("expedientes.firmar")
    assert jefe.jefatura_de(licencia.unidad_aprobacion_id)
    assert jefe.unidades == [licencia.unidad_aprobacion_id]
    assert auditora.permisos == {"auditoria.ver", "expedientes.ver_todo"}
    assert administradora.puede("cuentas.administrar")
    assert licencia.requisitos.count() == 3


def test_el_cliente_ingresa_con_su_persona(ciudadana: Persona, cliente: Callable[..., Client]) -> None:
    respuesta = cliente(ciudadana).get("/cuenta/seguridad/")
    assert respuesta.wsgi_request.persona == ciudadana
