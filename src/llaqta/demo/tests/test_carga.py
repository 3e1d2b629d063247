"""La demostración se carga entera, una sola vez, y deja algo que ver en cada mesa."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from llaqta.cimientos.models import Entidad, Suceso
from llaqta.demo import carga
from llaqta.demo.personas import CLAVE, FIGURAS, PIN
from llaqta.salas.cuentas.models import Cuenta, Persona, Rol, UnidadOrganica
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes.models import Expediente, Plantilla
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import Procedimiento


@pytest.fixture
def datos(settings: Any, tmp_path: Path) -> None:
    settings.DATOS = tmp_path
    settings.DEMO = True


def contar() -> dict[str, int]:
    modelos = (
        Persona,
        Cuenta,
        UnidadOrganica,
        Rol,
        TipoDocumento,
        Plantilla,
        Procedimiento,
        Presentacion,
        Suceso,
    )
    return {modelo.__name__: modelo.objects.count() for modelo in modelos}


@pytest.mark.django_db
def test_cargarla_dos_veces_es_cargarla_una(datos: None, ahora: datetime) -> None:
    frase = carga.cargar(ahora=ahora)
    assert frase == (
        "Demostración de Pichari lista: 10 personas, 32 unidades, 34 procedimientos nuevos, 7 expedientes nuevos."
    )
    una_vez = contar()
    assert carga.cargar(ahora=ahora).endswith("0 procedimientos nuevos, 0 expedientes nuevos.")
    assert contar() == una_vez
    assert Entidad.objects.get().nombre == "Municipalidad Distrital de Pichari"


@pytest.mark.django_db
def test_hay_un_expediente_en_cada_estado_que_importa(datos: None, ahora: datetime) -> None:
    carga.cargar(ahora=ahora)
    estados = list(Expediente.objects.order_by("correlativo").values_list("estado", flat=True))
    assert estados == [
        "POR_NOTIFICAR",  # ya la leyó: el trabajador la dará por notificada en cuanto arranque
        "EN_INFORME",
        "EN_TRAMITE",
        "EN_TRAMITE",
        "OBSERVADO",
        "EN_TRAMITE",
        "PRESENTADO",
    ]
    numeros = Expediente.objects.order_by("correlativo").values_list("correlativo", flat=True)
    assert list(numeros) == [1, 2, 3, 4, 5, 6, 7], "del más antiguo al más nuevo"
    assert not Expediente.objects.filter(presentado_en__gt=ahora).exists(), "nada ocurre en el futuro"


@pytest.mark.django_db
def test_cada_figura_entra_con_la_clave_que_se_muestra(datos: None, ahora: datetime) -> None:
    carga.cargar(ahora=ahora, con_expedientes=False)
    salida = StringIO()
    call_command("cargar_demo", "--mostrar-cuentas", stdout=salida)
    for figura in FIGURAS:
        assert f"{figura.dni}  {figura.nombre}" in salida.getvalue()
        respuesta = Client().post("/cuenta/ingresar/", {"login": figura.dni, "password": CLAVE})
        assert respuesta.status_code == 302, figura.nombre
    assert f"Contraseña de todas: {CLAVE}    PIN de firma de las jefaturas: {PIN}" in salida.getvalue()


@pytest.mark.django_db
def test_la_pagina_de_ingreso_ofrece_las_cuentas_solo_en_la_demostracion(settings: Any) -> None:
    settings.DEMO = True
    con = Client().get("/cuenta/ingresar/").content.decode()
    assert CLAVE in con
    assert "Rosa Quispe Huamán" in con
    settings.DEMO = False
    sin = Client().get("/cuenta/ingresar/").content.decode()
    assert CLAVE not in sin
    assert "Rosa" not in sin


@pytest.mark.django_db
def test_con_datos_de_verdad_no_se_carga(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="aquí hay datos de verdad"):
        call_command("cargar_demo")
    assert not Persona.objects.exists()


@pytest.mark.django_db
def test_los_catalogos_solo_anaden_lo_que_falta(ahora: datetime) -> None:
    call_command("cargar_catalogos", stdout=StringIO())
    Rol.objects.filter(codigo="MESA").update(nombre="Ventanilla única")
    salida = StringIO()
    call_command("cargar_catalogos", stdout=salida)
    assert salida.getvalue() == "Catálogos al día (0 filas nuevas).\n"
    assert Rol.objects.get(codigo="MESA").nombre == "Ventanilla única"
    assert {t.codigo for t in TipoDocumento.objects.all()} >= {
        "SOLICITUD",
        "CARGO",
        "CONSTANCIA",
        "RESOLUCION",
    }
