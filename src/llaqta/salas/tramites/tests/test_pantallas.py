"""Las pantallas del TUPA: lo publicado, GOB.PE, los archivos, la revisión legal y las modalidades en el editor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona
from llaqta.salas.tramites import escritura, queries
from llaqta.salas.tramites.models import CargaDeTupa, VersionProcedimiento
from llaqta.salas.tramites.tests.test_publicar_version import _formulario


@pytest.fixture
def hoy() -> Any:
    return timezone.localdate()


def test_el_tupa_publicado_dice_lo_que_pide_el_articulo_37(tupa: int, cliente: Callable[..., Client]) -> None:
    pagina = cliente().get("/tupa/publicado/").content.decode()
    for dicho in (
        "34 procedimientos y servicios",
        "publicada el 31 de diciembre de 2025",
        "Ley 27972 Ley Orgánica de Municipalidades",  # 1. base legal con su fecha
        "27 de mayo de 2003",
        "Diseño del anuncio con sus medidas y un fotomontaje",  # 2. requisitos
        "Evaluación previa con silencio negativo (recursos naturales)",  # 3 y 4. calificación y silencio
        "S/ 82.50 (1.5000 % de la UIT de 2026)",  # 5. derecho
        "Se paga en: Caja de la municipalidad (efectivo)",
        "Por internet, En la municipalidad",  # 6. canales
        "se presenta en 15 días hábiles y se resuelve en 30",  # 7. recursos
        "(formulario FUE)",  # 8. formularios
        "Modalidad B: edificación de hasta cinco pisos",
        "Copias: hoja a4, S/ 0.10; disco compacto, S/ 1.00; correo electrónico, gratis",
    ):
        assert dicho in pagina, dicho


def test_el_tupa_entero_se_lee_con_pocas_consultas(
    tupa: int, cliente: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    navegador = cliente()
    navegador.get("/tupa/publicado/")
    with django_assert_max_num_queries(8):
        navegador.get("/tupa/publicado/")


def test_gobpe_tiene_la_forma_que_se_copia(tupa: int, cliente: Callable[..., Client]) -> None:
    ficha = cliente().get("/tramites/PA-ANUNC/gobpe.json").json()
    assert ficha["titulo"] == "Poner un letrero o panel publicitario"
    assert ficha["costo"] == {
        "gratuito": False, "monto": 82.5, "moneda": "PEN",
        "pago": [
            {"medio": "Caja de la municipalidad (efectivo)", "codigo": ""},
            {"medio": "Págalo.pe", "codigo": ""},
            {"medio": "Transferencia bancaria", "codigo": ""},
        ],
    }  # fmt: skip
    assert ficha["plazo"] == {"n": 15, "unidad": "días hábiles", "calificacion": "EP-SP"}
    assert [(m["tipo"], len(m["pasos"])) for m in ficha["modalidades"]] == [("online", 4), ("presencial", 4)]
    assert (ficha["tupa_codigo"], ficha["actualizado"]) == ("PA-ANUNC", "2026-01-01")
    demolicion = cliente().get("/api/v1/tramites/pa-demo").json()
    assert [
        (v["codigo"], v["costo"]["monto"], v["plazo"]["calificacion"]) for v in demolicion["variantes"]
    ] == [
        ("A", 90.0, "AA"),
        ("B", 150.0, "EP-SP"),
    ]
    assert len(cliente().get("/tramites/gobpe.json").json()) == 34
    assert cliente().get("/tramites/NO-HAY/gobpe.json").status_code == 404


def test_se_sube_se_mira_y_se_aplica(
    tupa: int, administradora: Persona, cliente: Callable[..., Client], hoy: Any
) -> None:
    ella = cliente(administradora)
    bajado = ella.get("/tupa/exportar/yaml/").content.decode()
    subido = SimpleUploadedFile("tupa.yaml", bajado.replace("monto: '82.50'", "monto: '90.00'").encode())
    desde = hoy + timedelta(days=20)
    respuesta = ella.post("/tupa/cargas/", {"archivo": subido, "desde": desde.isoformat()})
    carga = CargaDeTupa.objects.get()
    assert respuesta.headers["Location"] == f"/tupa/cargas/{carga.pk}/"
    pagina = ella.get(f"/tupa/cargas/{carga.pk}/").content.decode()
    assert "S/ 82.50" in pagina
    assert "S/ 90.00" in pagina
    assert queries.get_vigente("PA-ANUNC", al=desde).monto == Decimal("82.50")
    assert ella.post(f"/tupa/cargas/{carga.pk}/").headers["Location"] == "/tupa/"
    assert queries.get_vigente("PA-ANUNC", al=desde).monto == Decimal("90.00")
    assert "Ya se aplicó" in ella.get(f"/tupa/cargas/{carga.pk}/").content.decode()


def test_un_archivo_malo_dice_donde_en_la_pantalla(
    tupa: int, administradora: Persona, cliente: Callable[..., Client]
) -> None:
    respuesta = cliente(administradora).post(
        "/tupa/cargas/", {"archivo": SimpleUploadedFile("a.xlsx", b"hola")}
    )
    assert respuesta.status_code == 422
    assert "no es una hoja de cálculo XLSX" in respuesta.content.decode()
    assert CargaDeTupa.objects.count() == 0


def test_la_hoja_de_calculo_baja_con_el_dia(
    tupa: int, administradora: Persona, cliente: Callable[..., Client], hoy: Any
) -> None:
    respuesta = cliente(administradora).get("/tupa/exportar/xlsx/")
    assert respuesta.headers["Content-Disposition"] == f'attachment; filename="tupa-{hoy:%Y-%m-%d}.xlsx"'
    assert respuesta.content.startswith(b"PK")
    assert cliente(administradora).get("/tupa/exportar/pdf/").status_code == 404


def test_la_asesoria_juridica_revisa_y_no_edita(
    tupa: int, asesor: Persona, cliente: Callable[..., Client], ahora: datetime
) -> None:
    rol = Rol.objects.get_or_create(codigo="ASESORIA_LEGAL", defaults={"nombre": "Asesoría jurídica"})[0]
    rol.permisos = ["plazos.confirmar"]
    rol.save()
    RolDePersona.objects.create(persona=asesor, rol=rol, desde=ahora.date())
    pagina = cliente(asesor).get("/tupa/revision/?gravedad=FALTA")
    assert pagina.status_code == 200
    assert "no dice cuándo se publicó" in pagina.content.decode()
    assert "Corregir en una versión nueva" not in pagina.content.decode()
    assert cliente(asesor).get("/tupa/").status_code == 403


def test_el_editor_conserva_modalidades_requisitos_y_tarifas(
    tupa: int, administradora: Persona, cliente: Callable[..., Client], hoy: Any
) -> None:
    navegador, desde = cliente(administradora), hoy + timedelta(days=30)
    for codigo in ("PA-DEMO", "PE-SAIP"):
        enviado = {**_formulario(navegador, codigo), "desde": desde.isoformat(), "accion": "publicar"}
        assert navegador.post(f"/tupa/{codigo}/editar/", enviado).status_code == 302
    nueva = queries.get_vigente("PA-DEMO", al=desde)
    assert [(m.codigo, m.monto, m.plazo) for m in nueva.modalidades_en_orden] == [
        ("A", Decimal("90.00"), 0),
        ("B", Decimal("150.00"), 15),
    ]
    assert [r.modalidad.codigo for r in nueva.requisitos_en_orden if r.modalidad] == ["B", "B"]
    saip = queries.get_vigente("PE-SAIP", al=desde)
    assert (saip.bien_protegido, [(t.medio, t.precio) for t in saip.tarifas.all()]) == (
        "OTRA_LEY",
        [("A4", Decimal("0.10")), ("CD", Decimal("1.00")), ("CORREO", Decimal("0.00"))],
    )


def test_el_editor_agrega_una_modalidad_y_niega_lo_que_la_norma_no_permite(
    tupa: int, administradora: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(administradora)
    enviado = {**_formulario(navegador, "PA-DEMO"), "desde": "2099-01-01"}
    agregada = navegador.post("/tupa/PA-DEMO/editar/", {**enviado, "accion": "modalidad:agregar"})
    assert len(agregada.context["modalidades"].formularios) == 3
    antes = VersionProcedimiento.objects.count()
    respuesta = navegador.post(
        "/tupa/PA-DEMO/editar/", {**enviado, "mod-1-plazo": "45", "accion": "publicar"}
    )
    assert respuesta.status_code == 422
    assert "edificación de hasta cinco pisos»: Una evaluación previa" in respuesta.content.decode()
    assert VersionProcedimiento.objects.count() == antes


def test_la_orden_exporta_y_la_otra_carga(tupa: int, tmp_path: Any) -> None:
    ruta = tmp_path / "tupa.xlsx"
    call_command("exportar_tupa", str(ruta), "--al", "2026-06-01")
    assert ruta.read_bytes().startswith(b"PK")
    with pytest.raises(CommandError, match=r"termina en \.yaml o en \.xlsx"):
        call_command("exportar_tupa", str(tmp_path / "tupa.doc"))
    assert escritura.a_yaml(
        queries.get_tupa(al=timezone.localdate()), siglas=queries.get_nombres_de_unidades()
    )


@pytest.mark.parametrize("total", ["muchas", "-3", "9" * 5000, "²"])
def test_una_cuenta_de_filas_que_no_es_un_numero_no_rompe_el_editor(total: str) -> None:
    from llaqta.salas.tramites.filas import Listas

    assert [filas.formularios for filas in Listas.del_formulario({"req-total": total}).todas] == [
        [],
        [],
        [],
        [],
    ]
