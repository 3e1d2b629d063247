"""Puestos y roles valen entre dos fechas, los da quien administra, y nunca falta quien administre."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas import policies, queries, services
from llaqta.salas.cuentas.models import Asignacion, Persona, Puesto, Rol, RolDePersona, UnidadOrganica

HOY = date(2026, 6, 1)


def _de_nuevo(persona: Persona) -> Persona:
    return Persona.objects.get(pk=persona.pk)


def test_un_puesto_se_asigna_y_se_termina(
    administradora: Persona, ciudadana: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    puesto = services.crear_puesto(
        actor=administradora, nombre="Inspector", unidad=unidades["SGRD"], ahora=ahora
    )
    asignacion = services.asignar_puesto(
        actor=administradora, persona=ciudadana, puesto=puesto, desde=HOY, ahora=ahora
    )
    assert queries.ocupante(puesto, HOY) == ciudadana
    assert queries.ocupante(puesto, HOY - timedelta(days=1)) is None

    services.terminar_asignacion(
        actor=administradora, asignacion=asignacion, hasta=HOY + timedelta(days=9), ahora=ahora
    )
    assert queries.ocupante(puesto, HOY + timedelta(days=9)) == ciudadana
    assert queries.ocupante(puesto, HOY + timedelta(days=10)) is None
    tipos = list(Suceso.objects.order_by("pk").values_list("tipo", flat=True))
    assert tipos == ["cuentas.PuestoCreado", "cuentas.PuestoAsignado", "cuentas.AsignacionTerminada"]


def test_en_una_encargatura_firma_el_ultimo_que_llego(
    administradora: Persona,
    jefe: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> None:
    jefatura = queries.get_jefatura(unidades["SGLC"], HOY)
    assert queries.ocupante(jefatura, HOY) == jefe
    services.asignar_puesto(
        actor=administradora, persona=especialista, puesto=jefatura, desde=HOY, hasta=HOY, ahora=ahora
    )
    assert queries.ocupante(jefatura, HOY) == especialista
    assert queries.ocupante(jefatura, HOY + timedelta(days=1)) == jefe


def test_las_fechas_al_reves_y_los_dobles_se_niegan(
    administradora: Persona, jefe: Persona, ahora: datetime
) -> None:
    puesto = Puesto.objects.get(nombre="Subgerente")
    with pytest.raises(EntradaInvalida, match=r"La fecha final \(31/05/2026\) no puede ser anterior"):
        services.asignar_puesto(
            actor=administradora, persona=jefe, puesto=puesto, desde=HOY, hasta=date(2026, 5, 31), ahora=ahora
        )
    with pytest.raises(NoProcede, match="ya ocupa ese puesto en esas fechas"):
        services.asignar_puesto(actor=administradora, persona=jefe, puesto=puesto, desde=HOY, ahora=ahora)
    assert Asignacion.objects.filter(persona=jefe).count() == 1
    assert not Suceso.objects.exists()


def test_solo_quien_administra_da_puestos_y_roles(
    jefe: Persona,
    ciudadana: Persona,
    roles: dict[str, Rol],
    unidades: dict[str, UnidadOrganica],
    ahora: datetime,
) -> None:
    frase = "Solo la administración del sistema"
    puesto = Puesto.objects.get(nombre="Subgerente")
    with pytest.raises(Denegado, match=frase):
        services.dar_rol(actor=jefe, persona=jefe, rol=roles["ADMINISTRADOR"], desde=HOY, ahora=ahora)
    with pytest.raises(Denegado, match=frase):
        services.asignar_puesto(actor=ciudadana, persona=ciudadana, puesto=puesto, desde=HOY, ahora=ahora)
    with pytest.raises(Denegado, match=frase):
        services.crear_unidad(actor=jefe, nombre="Mía", siglas="MIA", desde=HOY, ahora=ahora)
    with pytest.raises(Denegado, match=frase):
        services.editar_rol(
            actor=jefe, codigo="JEFATURA", nombre="J", permisos=list(policies.PERMISOS), ahora=ahora
        )
    assert RolDePersona.objects.count() == 1
    assert roles["JEFATURA"].permisos == Rol.objects.get(codigo="JEFATURA").permisos
    assert not Suceso.objects.exists()


def test_un_rol_retirado_deja_de_permitir_al_dia_siguiente(
    administradora: Persona, especialista: Persona, ahora: datetime
) -> None:
    ayer = date.today() - timedelta(days=1)  # noqa: DTZ011 — los permisos se miran con el reloj de la máquina
    dado = RolDePersona.objects.get(persona=especialista)
    services.retirar_rol(
        actor=administradora, rol_de_persona=dado, hasta=ayer - timedelta(days=1), ahora=ahora
    )
    assert not _de_nuevo(especialista).puede("expedientes.tramitar")
    with pytest.raises(Denegado, match="Solo el personal encargado de tramitar"):
        policies.exigir(_de_nuevo(especialista), "expedientes.tramitar")


def test_nunca_falta_quien_administre(
    administradora: Persona, jefe: Persona, roles: dict[str, Rol], ahora: datetime
) -> None:
    unico = RolDePersona.objects.get(persona=administradora)
    with pytest.raises(NoProcede, match="Es la única persona que administra el sistema"):
        services.retirar_rol(actor=administradora, rol_de_persona=unico, hasta=HOY, ahora=ahora)
    with pytest.raises(NoProcede, match="único rol con que se administra"):
        services.editar_rol(
            actor=administradora, codigo="ADMINISTRADOR", nombre="A", permisos=["auditoria.ver"], ahora=ahora
        )
    assert RolDePersona.objects.get(pk=unico.pk).hasta is None

    services.dar_rol(actor=administradora, persona=jefe, rol=roles["ADMINISTRADOR"], desde=HOY, ahora=ahora)
    services.retirar_rol(actor=administradora, rol_de_persona=unico, hasta=HOY, ahora=ahora)
    assert RolDePersona.objects.get(pk=unico.pk).hasta == HOY


def test_un_permiso_que_no_existe_no_entra_en_un_rol(administradora: Persona, ahora: datetime) -> None:
    with pytest.raises(EntradaInvalida, match=r"No existe el permiso «todo\.poder»"):
        services.editar_rol(
            actor=administradora, codigo="X", nombre="X", permisos=["todo.poder"], ahora=ahora
        )
    assert not Rol.objects.filter(codigo="X").exists()


def test_solo_hay_una_mesa_de_partes_y_no_se_cierra(
    administradora: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    assert queries.get_unidad_de_mesa() == unidades["MP"]
    with pytest.raises(NoProcede, match="solo puede haber una"):
        services.crear_unidad(
            actor=administradora,
            nombre="Otra mesa",
            siglas="OM",
            es_mesa_de_partes=True,
            desde=HOY,
            ahora=ahora,
        )
    with pytest.raises(NoProcede, match="La mesa de partes no puede cerrarse"):
        services.terminar_unidad(actor=administradora, unidad=unidades["MP"], hasta=HOY, ahora=ahora)
    with pytest.raises(NoProcede, match="dependen otras unidades"):
        services.terminar_unidad(actor=administradora, unidad=unidades["GDEL"], hasta=HOY, ahora=ahora)
    assert UnidadOrganica.objects.filter(vigente_hasta__isnull=False).count() == 0


def test_una_unidad_con_gente_no_se_cierra(
    administradora: Persona, jefe: Persona, unidades: dict[str, UnidadOrganica], ahora: datetime
) -> None:
    with pytest.raises(NoProcede, match="hay puestos ocupados"):
        services.terminar_unidad(actor=administradora, unidad=unidades["SGLC"], hasta=HOY, ahora=ahora)
    services.terminar_unidad(actor=administradora, unidad=unidades["SGRD"], hasta=HOY, ahora=ahora)
    assert unidades["SGRD"] in queries.get_unidades(administradora, al=HOY)
    assert unidades["SGRD"] not in queries.get_unidades(administradora, al=HOY + timedelta(days=1))
