"""El TUPA sale a un archivo y vuelve a entrar igual; un archivo malo recibe una frase clara y no deja nada a medias."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import escritura, lectura, queries, services
from llaqta.salas.tramites.lectura import ArchivoConErrores
from llaqta.salas.tramites.models import CargaDeTupa, Procedimiento, VersionProcedimiento
from llaqta.salas.tramites.rules import NuevaModalidad, NuevaTarifa, NuevoRequisito

HOY = date(2026, 6, 1)
DESPUES = date(2026, 7, 1)
ESCRITORES = [("tupa.yaml", escritura.a_yaml), ("tupa.xlsx", escritura.a_libro)]


@pytest.fixture
def con_modalidades(tupa: int, administradora: Persona, ahora: datetime) -> VersionProcedimiento:
    """La demolición con sus dos modalidades, una automática y otra no, y un requisito que empieza con «=»."""
    fila = queries.get_ultimas(para=administradora)["PA-DEMO"]
    datos = replace(
        fila.datos,
        modalidades=[
            NuevaModalidad("A", "Modalidad A", "AUTOMATICA", monto=Decimal("95.00")),
            NuevaModalidad("B", "Modalidad B", "SILENCIO_POSITIVO", plazo=15, monto=Decimal("150.00")),
        ],
        requisitos=[
            NuevoRequisito("FUE", clase="SOLICITUD"),
            NuevoRequisito("=SUMA(A1) es un texto", modalidad="B"),
        ],
        tarifas=[NuevaTarifa("A4", "Hoja A4", Decimal("0.10"))],
    )
    return services.publicar_version(
        actor=administradora,
        procedimiento=Procedimiento.objects.get(codigo="PA-DEMO"),
        datos=datos,
        desde=DESPUES,
        ahora=ahora,
    )


@pytest.mark.parametrize(("nombre", "escribir"), ESCRITORES)
def test_lo_que_sale_vuelve_a_entrar_igual(
    con_modalidades: VersionProcedimiento,
    administradora: Persona,
    nombre: str,
    escribir: Callable[..., bytes],
) -> None:
    original = queries.get_tupa(al=DESPUES)
    contenido = escribir(original, siglas=queries.get_nombres_de_unidades())
    leido = lectura.leer_contenido(nombre, contenido, unidades=queries.get_siglas())
    assert len(leido.procedimientos) == 34
    diferencias = queries.get_comparacion(leido, para=administradora, al=HOY)
    assert [
        (una.fila.codigo, una.cambios, una.faltas) for una in diferencias.todas if una.cambios or una.faltas
    ] == []
    assert (len(diferencias.iguales), diferencias.ausentes) == (34, ())
    vuelta = escribir(leido, siglas=queries.get_nombres_de_unidades())
    otra_vez = lectura.leer_contenido(nombre, vuelta, unidades=queries.get_siglas())
    assert otra_vez == leido


def _libro(cambiar: Callable[[Any], None] = lambda libro: None) -> bytes:
    contenido = escritura.a_libro(queries.get_tupa(al=HOY), siglas=queries.get_nombres_de_unidades())
    libro = load_workbook(BytesIO(contenido))
    cambiar(libro)
    salida = BytesIO()
    libro.save(salida)
    return salida.getvalue()


def _columna(hoja: Any, rotulo: str) -> int:
    return [celda.value for celda in hoja[1]].index(rotulo) + 1


def _fila(hoja: Any, codigo: str) -> int:
    return next(n for n in range(2, hoja.max_row + 1) if hoja.cell(n, 1).value == codigo)


def _poner(titulo: str, codigo: str, rotulo: str, valor: Any) -> Callable[[Any], None]:
    def cambiar(libro: Any) -> None:
        hoja = libro[titulo]
        hoja.cell(_fila(hoja, codigo), _columna(hoja, rotulo)).value = valor

    return cambiar


def _huella() -> tuple[int, ...]:
    return (
        VersionProcedimiento.objects.count(),
        Procedimiento.objects.count(),
        Suceso.objects.count(),
        CargaDeTupa.objects.count(),
    )


def test_se_mira_antes_de_aplicar_y_se_aplica_una_vez(
    tupa: int, administradora: Persona, ahora: datetime
) -> None:
    contenido = _libro(_poner("Procedimientos", "PA-ANUNC", "Derecho en soles", 90))
    carga = services.preparar_carga(
        actor=administradora, nombre="nuevo.xlsx", contenido=contenido, desde=DESPUES, ahora=ahora
    )
    _, diferencias = queries.get_diferencias(carga, para=administradora, al=HOY)
    [cambiado] = diferencias.cambiados
    assert [(c.rotulo, c.antes, c.despues) for c in cambiado.cambios] == [
        ("Derecho de trámite", ("S/ 82.50",), ("S/ 90.00",))
    ]
    assert (len(diferencias.nuevos), len(diferencias.iguales), diferencias.se_puede_aplicar) == (0, 33, True)
    assert queries.get_vigente("PA-ANUNC", al=DESPUES).monto == Decimal("82.50")

    assert services.aplicar_carga(actor=administradora, carga=carga, ahora=ahora) == 1
    nueva = queries.get_vigente("PA-ANUNC", al=DESPUES)
    assert (nueva.monto, nueva.porcentaje_uit, nueva.desde) == (Decimal("90.00"), Decimal("1.6364"), DESPUES)
    antes = _huella()
    assert services.aplicar_carga(actor=administradora, carga=carga, ahora=ahora) == 1
    assert _huella() == antes


def test_lo_que_ya_rige_no_se_corrige_desde_un_archivo(
    tupa: int, administradora: Persona, ahora: datetime
) -> None:
    contenido = _libro(_poner("Procedimientos", "PA-ANUNC", "Derecho en soles", 90))
    carga = services.preparar_carga(actor=administradora, nombre="a.xlsx", contenido=contenido, ahora=ahora)
    _, diferencias = queries.get_diferencias(carga, para=administradora, al=HOY)
    assert diferencias.con_faltas[0].faltas == (
        "Cambia, pero su fecha «rige desde» ya pasó: lo que ya rige no se corrige. Escriba desde cuándo regirá.",
    )
    antes = _huella()
    with pytest.raises(NoProcede, match="todavía tiene problemas"):
        services.aplicar_carga(actor=administradora, carga=carga, ahora=ahora)
    assert _huella() == antes


def test_un_ciudadano_no_sube_nada(tupa: int, ciudadana: Persona, ahora: datetime) -> None:
    antes = _huella()
    with pytest.raises(Denegado):
        services.preparar_carga(actor=ciudadana, nombre="a.xlsx", contenido=_libro(), ahora=ahora)
    assert _huella() == antes


def test_un_procedimiento_nuevo_de_un_archivo_queda_con_todas_sus_partes(
    con_modalidades: VersionProcedimiento, administradora: Persona, ahora: datetime
) -> None:
    def cambiar(libro: Any) -> None:
        for hoja in libro.worksheets[1:7]:
            for n in range(2, hoja.max_row + 1):
                if hoja.cell(n, 1).value == "PA-DEMO":
                    hoja.cell(n, 1).value = "PA-DEMO-2"

    contenido = escritura.a_libro(queries.get_tupa(al=DESPUES), siglas=queries.get_nombres_de_unidades())
    libro = load_workbook(BytesIO(contenido))
    cambiar(libro)
    salida = BytesIO()
    libro.save(salida)
    carga = services.preparar_carga(
        actor=administradora, nombre="a.xlsx", contenido=salida.getvalue(), ahora=ahora
    )
    assert services.aplicar_carga(actor=administradora, carga=carga, ahora=ahora) == 1
    nueva = queries.get_vigente("PA-DEMO-2", al=DESPUES)
    assert [(m.codigo, m.calificacion, m.porcentaje_uit) for m in nueva.modalidades_en_orden] == [
        ("A", "AUTOMATICA", Decimal("1.7273")),
        ("B", "SILENCIO_POSITIVO", Decimal("2.7273")),
    ]
    a, b = nueva.modalidades_en_orden
    assert [r.texto for r in nueva.requisitos_de(a)] == ["FUE"]
    assert [r.texto for r in nueva.requisitos_de(b)] == ["FUE", "=SUMA(A1) es un texto"]


def _formula(libro: Any) -> None:
    _poner("Procedimientos", "PA-ANUNC", "Derecho en soles", "=2+2")(libro)


def _muchas_filas(libro: Any) -> None:
    for n in range(5_100):
        libro["Requisitos"].append(["PA-ANUNC", "", f"Requisito {n}"])


def _sin_hoja(libro: Any) -> None:
    del libro["Requisitos"]


def _sin_columna(libro: Any) -> None:
    hoja = libro["Requisitos"]
    hoja.cell(1, _columna(hoja, "Requisito")).value = "Otra cosa"


@pytest.mark.parametrize(
    ("cambiar", "frase"),
    [
        (_formula, r"Hoja «Procedimientos», fila 4, columna L \(Derecho en soles\): tiene una fórmula"),
        (_muchas_filas, "Hoja «Requisitos»: tiene más de 5,000 filas"),
        (_sin_hoja, "le falta la hoja «Requisitos»"),
        (_sin_columna, "Hoja «Requisitos»: le falta la columna «Requisito»"),
        (
            _poner("Procedimientos", "PA-ANUNC", "Resuelve", "NADIE"),
            r"fila 4, columna Y \(Resuelve\): «NADIE» no es una unidad del organigrama",
        ),
        (_poner("Procedimientos", "PA-ANUNC", "Plazo", "pronto"), "«pronto» no es un número entero"),
        (_poner("Procedimientos", "PA-ANUNC", "Rige desde", "ayer"), "«ayer» no es una fecha"),
        (_poner("Procedimientos", "PA-ANUNC", "Calificación", "EP-SP / EP-SN"), "«EP-SP / EP-SN» no se conoce"),
        (_poner("Procedimientos", "PA-ANUNC", "Denominación", "x" * 201), "tiene 201 caracteres y admite 200"),
        (_poner("Procedimientos", "PA-ANUNC", "Denominación", None), "está vacía y es obligatoria"),
        (_poner("Requisitos", "PA-ANUNC", "Modalidad", "Z"), "«Z» no es una modalidad suya"),
        (_poner("Requisitos", "PA-ANUNC", "Procedimiento", "PA-NADA"), "«PA-NADA» no está en la hoja «Procedimientos»"),
        (_poner("Base legal", "PA-ANUNC", "Verificada", "quizá"), "«quizá» no se entiende: escriba sí o no"),
    ],
)  # fmt: skip
def test_un_libro_malo_dice_donde_y_no_guarda_nada(
    tupa: int, administradora: Persona, ahora: datetime, cambiar: Callable[[Any], None], frase: str
) -> None:
    contenido = _libro(cambiar)
    antes = _huella()
    with pytest.raises(ArchivoConErrores, match=frase):
        services.preparar_carga(actor=administradora, nombre="malo.xlsx", contenido=contenido, ahora=ahora)
    assert _huella() == antes


def _otro_libro() -> bytes:
    libro, salida = Workbook(), BytesIO()
    libro.save(salida)
    return salida.getvalue()


def _bomba() -> bytes:
    salida = BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
        paquete.writestr("[Content_Types].xml", "<Types/>")
        paquete.writestr("xl/workbook.xml", b"\0" * (70 * 2**20))
    return salida.getvalue()


def _con_entidades() -> bytes:
    salida = BytesIO()
    with zipfile.ZipFile(salida, "w") as paquete:
        paquete.writestr("[Content_Types].xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Types/>')
    return salida.getvalue()


@pytest.mark.parametrize(
    ("nombre", "contenido", "frase"),
    [
        ("a.xlsx", b"", "está vacío"),
        ("a.xlsx", b"hola", "no es una hoja de cálculo XLSX"),
        ("a.xlsx", b"PK\x03\x04 roto", "no es una hoja de cálculo XLSX"),
        ("a.xls", b"\xd0\xcf\x11\xe0resto", "Excel antiguo o tiene contraseña"),
        ("a.xlsx", _otro_libro(), "le falta la hoja «Procedimientos»"),
        ("a.xlsx", _bomba(), "demasiado grande por dentro"),
        ("a.xlsx", _con_entidades(), "definiciones que un libro no necesita"),
        ("a.xlsx", b"x" * (5 * 2**20 + 1), "pesa más de 5 MB"),
        ("a.yaml", b"procedimientos: 3", "le falta la lista «procedimientos»"),
        ("a.yaml", b"a: &a [1]\nprocedimientos: [*a, *a]", "abreviaturas de YAML"),
        ("a.yaml", b"procedimientos: [hola]", "no se entiende: hola"),
        ("a.yaml", b"procedimientos: [{codigo: X}]", "X: falta"),
        ("a.yaml", b"\xff\xfe", "No se pudo leer"),
        ("a.yaml", b"!!python/object/apply:os.system ['true']", "No se pudo leer"),
        ("a.yaml", b"[" * 3000, "No se pudo leer"),
        ("a.yaml", b"procedimientos: [{a: 2026-02-30}]", "una fecha o un número que no existe"),
        ("a.yaml", b"procedimientos: []\ntramites: []", "«tramites» no se conoce aquí"),
    ],
)
def test_un_archivo_que_no_es_un_tupa_recibe_una_frase_clara(
    tupa: int, administradora: Persona, ahora: datetime, nombre: str, contenido: bytes, frase: str
) -> None:
    antes = _huella()
    with pytest.raises(ArchivoConErrores, match=frase):
        services.preparar_carga(actor=administradora, nombre=nombre, contenido=contenido, ahora=ahora)
    assert _huella() == antes


def test_lo_que_no_se_ve_no_entra_ni_sale(
    con_modalidades: VersionProcedimiento, administradora: Persona
) -> None:
    """Lo que se pega de Word trae controles que no se ven; un libro con ellos no se podría escribir."""
    con_modalidades.descripcion = "Derribar\x0b una\r\ncasa"
    con_modalidades.save()
    for nombre, escribir in ESCRITORES:
        contenido = escribir(queries.get_tupa(al=DESPUES), siglas=queries.get_nombres_de_unidades())
        leido = lectura.leer_contenido(nombre, contenido, unidades=queries.get_siglas())
        assert "Derribar una casa" in {fila.datos.descripcion for fila in leido.procedimientos}


def test_un_texto_que_empieza_con_igual_no_es_formula_ni_al_editarlo(
    con_modalidades: VersionProcedimiento,
) -> None:
    contenido = escritura.a_libro(queries.get_tupa(al=DESPUES), siglas=queries.get_nombres_de_unidades())
    celdas = [celda for fila in load_workbook(BytesIO(contenido))["Requisitos"].iter_rows() for celda in fila]
    (celda,) = [una for una in celdas if str(una.value).startswith("=SUMA")]
    assert (celda.data_type, celda.quotePrefix) == ("s", True)


def test_un_expediente_conserva_su_version(con_modalidades: VersionProcedimiento) -> None:
    """La versión de antes sigue diciendo lo suyo, con sus requisitos, cuando ya rige otra."""
    antigua = queries.get_vigente("PA-DEMO", al=HOY)
    assert (antigua.hasta, antigua.monto, len(antigua.requisitos_en_orden)) == (
        date(2026, 6, 30),
        Decimal("90.00"),
        6,
    )
    assert [m.monto for m in antigua.modalidades_en_orden] == [Decimal("90.00"), Decimal("150.00")]
    assert con_modalidades.condiciones(None).monto == Decimal("95.00")


def test_el_archivo_de_la_demostracion_se_carga_desde_el_disco_en_xlsx(
    tupa: int, ahora: datetime, tmp_path: Path
) -> None:
    ruta = tmp_path / "tupa.xlsx"
    ruta.write_bytes(_libro())
    assert services.cargar_tupa(actor=None, ruta=ruta, ahora=ahora) == 0
