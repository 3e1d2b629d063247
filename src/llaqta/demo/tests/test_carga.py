"""La demostración se carga entera, una sola vez, y deja algo que ver en cada mesa."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.demo import carga
from llaqta.demo.incidencias import CARRETILLA, FERIA, PUESTO
from llaqta.demo.personas import CLAVE, FIGURAS, PIN
from llaqta.demo.revisiones import JUGUERIA, KIOSCO
from llaqta.salas.cuentas.models import Cuenta, Persona, Rol, UnidadOrganica
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import Expediente, Plantilla, Proyecto
from llaqta.salas.fiscalizacion.models import Sorteo
from llaqta.salas.mesapartes import queries as mesapartes
from llaqta.salas.mesapartes.models import OrdenDeDevolucion, Presentacion
from llaqta.salas.mesapartes.opciones import get_opciones
from llaqta.salas.notificaciones.models import Visita
from llaqta.salas.recursos.models import Queja, Recurso
from llaqta.salas.tramites.models import Procedimiento

A_SU_TRABAJO = {
    "MESA": "/mesa-de-partes/",
    "ESPECIALISTA": "/expedientes/",
    "JEFATURA": "/expedientes/",
    "AUDITOR": "/auditoria/",
    "NOTIFICADOR": "/notificaciones/hoy/",
    "FISCALIZADOR": "/fiscalizacion/",
    "TESORERIA": "/devoluciones/",
    "ADMINISTRADOR": "/cuenta/personas/",
}


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
        "Demostración de Pichari lista: 14 personas, 32 unidades, 34 procedimientos nuevos, 21 expedientes nuevos."
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
        "EN_TRAMITE",  # el kiosco: una apelación anuló lo decidido y se repuso
        "IMPUGNADO",  # el puesto que le negaron a Rosa, y ella apeló
        "EN_TRAMITE",  # la carretilla vencida, con su queja
        "EN_NULIDAD",  # la juguería, con su traslado ya leído
        "NOTIFICADO",
        "APROBADO_FICTO",
        "NO_PRESENTADO",
        "POR_NOTIFICAR",  # la cédula que espera su segunda visita
        "EN_TRAMITE",  # la panadería, a punto de aprobarse por silencio
        "EN_TRAMITE",
        "ACUMULADO",
        "SUSPENDIDO",
        "EMPLAZADO",
        "EN_INFORME",
        "DERIVADO_A_OTRA_ENTIDAD",
        "EN_TRAMITE",
        "APROBADO_AUTOMATICO",
        "EN_TRAMITE",
        "OBSERVADO",
        "EN_TRAMITE",
        "PRESENTADO",
    ]
    numeros = Expediente.objects.order_by("correlativo").values_list("correlativo", flat=True)
    assert list(numeros) == list(range(1, 22)), "del más antiguo al más nuevo"
    assert not Expediente.objects.filter(presentado_en__gt=ahora).exists(), "nada ocurre en el futuro"


@pytest.mark.django_db
def test_se_ve_lo_que_la_ley_hace_con_los_plazos(datos: None, ahora: datetime) -> None:
    carga.cargar(ahora=ahora)
    hoy = hoy_en_lima(ahora)
    panaderia = Expediente.objects.get(asunto="Licencia para la panadería «El Horno»")
    assert panaderia.vence_el == hoy, "vence hoy"
    assert panaderia.ultimo_deposito_seguro <= hoy, "y ya no hay día seguro para depositar la decisión"
    carretilla = Expediente.objects.get(asunto=CARRETILLA)
    assert carretilla.silencio_operado_el == carretilla.silencio_desde
    assert Queja.objects.get().expediente == carretilla
    assert Queja.objects.get().superior.siglas == "GDEL"
    apelacion = Recurso.objects.get(expediente__asunto=PUESTO)
    assert (apelacion.clase, apelacion.estado, apelacion.autoridad.siglas) == (
        "APELACION",
        "EN_REVISION",
        "GM",
    )
    assert apelacion.en_plazo
    kiosco = Expediente.objects.get(asunto=KIOSCO)
    assert kiosco.actos_nulos.get().despues == "REPONE"
    assert kiosco.unidad_responsable.siglas == "SGLC"
    assert kiosco.vence_el >= hoy, "con los días que le quedaban"
    jugueria = Expediente.objects.get(asunto=JUGUERIA)
    assert jugueria.revisiones_de_oficio.get().alegar_hasta > hoy, "Rosa todavía puede dar sus razones"
    primera = get_opciones(jugueria, para=jugueria.administrado, ahora=ahora)[0]
    assert (primera.boton, primera.hasta) == (
        "Dar sus razones",
        jugueria.revisiones_de_oficio.get().alegar_hasta,
    )
    orden = OrdenDeDevolucion.objects.get()
    assert (orden.estado, orden.monto) == ("POR_DEVOLVER", Decimal("110.00"))
    visita = Visita.objects.get()
    assert (visita.resultado, visita.diligencia.visitar_el) == ("AUSENTE", hoy)
    assert Sorteo.objects.get().semestre == "2026-1"


@pytest.mark.django_db
def test_cada_quien_lee_lo_suyo(datos: None, ahora: datetime) -> None:
    carga.cargar(ahora=ahora)
    banderola = Expediente.objects.get(asunto="Banderola del aniversario de su negocio")
    assert expedientes.get_palabras(banderola).palabras == "Le llevamos su respuesta", "no tiene casilla"
    leido = expedientes.get_historia(banderola, para=banderola.administrado)[-1].texto
    assert leido.endswith(
        "Fue el viernes 29 de mayo de 2026 y no encontró a nadie; dejó aviso de que volvía el lunes 1 de junio de "
        "2026, a las 15:00."
    )
    feria = expedientes.reloj(Expediente.objects.get(asunto=FERIA), ahora)
    assert (feria.usados, feria.total) == (3, 7), "los días en pausa no se usan"
    unido = expedientes.reloj(Expediente.objects.get(estado="ACUMULADO"), ahora)
    assert unido.palabras == "Su plazo corre en el expediente al que se unió"
    teodoro = Persona.objects.get(numero_documento="01234567")
    carpeta = mesapartes.get_carpeta(para=teodoro, cursor="", ahora=ahora)
    assert [p.asunto for p, _ in carpeta.por_subsanar] == ["Licencia para la bodega «San Martín»"]
    assert [p.asunto for p, _ in carpeta.por_responder] == ["Licencia para el salón de eventos «Otorongo»"]
    resoluciones = Proyecto.objects.filter(estado="EMITIDO")
    assert resoluciones.count() == 7
    assert not resoluciones.filter(cuerpo__contains="(escriba").exists(), "nada se firma a medio escribir"


@pytest.mark.django_db
def test_cada_figura_entra_con_la_clave_que_se_muestra(datos: None, ahora: datetime) -> None:
    carga.cargar(ahora=ahora, con_expedientes=False)
    salida = StringIO()
    call_command("cargar_demo", "--mostrar-cuentas", stdout=salida)
    for figura in FIGURAS:
        assert f"{figura.dni}  {figura.nombre}" in salida.getvalue()
        respuesta = Client().post("/cuenta/ingresar/", {"login": figura.dni, "password": CLAVE})
        assert respuesta.status_code == 302, figura.nombre
        assert respuesta["Location"] == A_SU_TRABAJO.get(figura.rol, "/mi-carpeta/"), figura.nombre
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
