"""Firmar por otro: con el acto que delega, dentro de sus fechas, y la firma solo hacia abajo (arts. 67 y 72)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona, Puesto
from llaqta.salas.documentos import queries, services
from llaqta.salas.documentos.models import Delegacion, TipoDocumento


@pytest.fixture
def datos(gerente: Persona, jefe: Persona, ahora: datetime) -> dict[str, Any]:
    """La Gerencia Municipal delega en la Subgerencia de Licencias."""
    return {
        "clase": "COMPETENCIA",
        "delegante": gerente.asignaciones.get().puesto,
        "delegado": jefe.asignaciones.get().puesto,
        "acto": "Resolución de Gerencia Municipal N° 15-2026-MDP/GM",
        "materia": "Otorgar licencias de funcionamiento",
        "desde": date(2026, 1, 1),
        "ahora": ahora,
    }


def test_vale_para_su_puesto_su_clase_y_sus_fechas(
    datos: dict[str, Any],
    tipos: dict[str, TipoDocumento],
    administradora: Persona,
    jefe: Persona,
    ahora: datetime,
) -> None:
    delegacion = services.registrar_delegacion(
        actor=administradora, **datos, tipo=tipos["INFORME"], hasta=date(2026, 6, 30)
    )

    def rigen(tipo: str, al: date, puesto: Puesto = datos["delegado"]) -> list[Delegacion]:
        return queries.get_delegaciones_para_firmar(puesto, tipos[tipo], al=al, para=jefe)

    assert rigen("INFORME", date(2026, 6, 30)) == [delegacion]
    assert rigen("INFORME", date(2026, 7, 1)) == []
    assert rigen("INFORME", date(2025, 12, 31)) == []
    assert rigen("SOLICITUD", date(2026, 6, 1)) == []
    assert rigen("INFORME", date(2026, 6, 1), datos["delegante"]) == []


def test_registrarla_dos_veces_es_registrarla_una(datos: dict[str, Any], administradora: Persona) -> None:
    una = services.registrar_delegacion(actor=administradora, **datos)
    assert services.registrar_delegacion(actor=administradora, **datos) == una
    assert Suceso.objects.filter(tipo="documentos.DelegacionRegistrada").count() == 1


@pytest.mark.parametrize(
    ("cambio", "dicho"),
    [
        ({"acto": " "}, "sin él no hay delegación"),
        ({"materia": ""}, "materia"),
        ({"hasta": date(2025, 12, 31)}, "termina antes de empezar"),
        ({"clase": "OTRA"}, "qué se delega"),
    ],
)
def test_sin_acto_materia_o_fechas_en_orden_no_hay_delegacion(
    datos: dict[str, Any], administradora: Persona, cambio: dict[str, Any], dicho: str
) -> None:
    with pytest.raises(EntradaInvalida, match=dicho):
        services.registrar_delegacion(actor=administradora, **{**datos, **cambio})
    assert not Delegacion.objects.exists()


def test_la_firma_se_delega_solo_en_quien_depende_de_uno(
    datos: dict[str, Any], administradora: Persona, jefe_asesoria: Persona, especialista: Persona
) -> None:
    subgerente, asesoria = datos["delegado"], jefe_asesoria.asignaciones.get().puesto
    services.registrar_delegacion(actor=administradora, **{**datos, "clase": "FIRMA"})
    with pytest.raises(EntradaInvalida, match="no depende de Subgerencia") as hallada:
        services.registrar_delegacion(
            actor=administradora, **{**datos, "clase": "FIRMA", "delegante": subgerente, "delegado": asesoria}
        )
    assert hallada.value.norma == "Ley 27444, art. 72.1"
    with pytest.raises(EntradaInvalida, match="no firma documentos"):
        services.registrar_delegacion(
            actor=administradora, **{**datos, "delegado": especialista.asignaciones.get().puesto}
        )
    with pytest.raises(EntradaInvalida, match="a sí mismo"):
        services.registrar_delegacion(actor=administradora, **{**datos, "delegante": subgerente})
    assert Delegacion.objects.count() == 1


def test_se_termina_desde_hoy_y_no_hacia_atras(
    datos: dict[str, Any], administradora: Persona, jefe: Persona, ahora: datetime
) -> None:
    delegacion = services.registrar_delegacion(actor=administradora, **datos)
    with pytest.raises(EntradaInvalida, match="lo que ya se firmó por delegación vale"):
        services.terminar_delegacion(
            actor=administradora, delegacion=delegacion, hasta=date(2026, 5, 31), ahora=ahora
        )
    with pytest.raises(Denegado):
        services.terminar_delegacion(actor=jefe, delegacion=delegacion, hasta=ahora.date(), ahora=ahora)
    delegacion.refresh_from_db()
    assert delegacion.hasta is None
    services.terminar_delegacion(actor=administradora, delegacion=delegacion, hasta=ahora.date(), ahora=ahora)
    delegacion.refresh_from_db()
    assert delegacion.hasta == date(2026, 6, 1)
