"""El verificador de un solo archivo: corre solo, prueba lo que dice y no cree nada de lo que le traen."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llaqta.salas.auditoria.tests.registro_aparte import HORA, Firmante, Registro, Tsa, b64, mth
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.auditoria.verificador.llaqta_verificador import Confianza, Informe, NoVale, comprobar_prueba

ARCHIVO = Path(verificador.__file__)
REGISTRO = Registro()
CONFIANZA = Confianza(
    llave=REGISTRO.firmante.vkey, testigos=(REGISTRO.testigo.vkey,), autoridades=(REGISTRO.tsa.raiz,)
)


def comprobar(prueba: Any, confianza: Confianza = CONFIANZA, documento: str = "") -> Informe:
    informe = Informe()
    comprobar_prueba(prueba, confianza, informe, documento)
    return informe


def correr(carpeta: Path, *argumentos: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "llaqta_verificador.py", *argumentos],
        cwd=carpeta, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def maleta(tmp_path: Path) -> Path:
    """Una carpeta que solo tiene el verificador y lo que el ciudadano descargó."""
    (tmp_path / "llaqta_verificador.py").write_bytes(ARCHIVO.read_bytes())
    (tmp_path / "prueba.json").write_text(json.dumps(REGISTRO.prueba()), encoding="utf-8")
    (tmp_path / "registro.pub").write_text(REGISTRO.firmante.vkey + "\n")
    (tmp_path / "tsa.pem").write_bytes(REGISTRO.tsa.pem)
    (tmp_path / "documento.pdf").write_bytes(REGISTRO.archivo)
    return tmp_path


def test_solo_importa_la_biblioteca_estandar_y_cryptography() -> None:
    raices = set()
    for nodo in ast.walk(ast.parse(ARCHIVO.read_text("utf-8"))):
        if isinstance(nodo, ast.Import):
            raices |= {alias.name.split(".")[0] for alias in nodo.names}
        if isinstance(nodo, ast.ImportFrom):
            raices.add((nodo.module or ".").split(".")[0])
    assert raices - set(sys.stdlib_module_names) == {"cryptography"}


def test_no_usa_nada_que_python_3_9_no_tenga() -> None:
    ast.parse(ARCHIVO.read_text("utf-8"), feature_version=(3, 9))


def test_corre_solo_y_prueba_todo(maleta: Path) -> None:
    hecho = correr(
        maleta, "prueba.json", "--documento", "documento.pdf", "--llave", "registro.pub", "--ca", "tsa.pem",
        "--testigo", REGISTRO.testigo.vkey,
    )  # fmt: skip
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
    assert "El archivo es, byte por byte, el que se registró" in hecho.stdout
    assert (
        "El hecho 13 (documentos.DocumentoGuardado, 2026-06-01T15:00:00.123456Z) es la hoja 12."
        in hecho.stdout
    )
    assert "existía el 2026-06-01 15:00:00 UTC" in hecho.stdout
    assert "El testigo «llaqta.pe/testigo/080901» vio ese punto" in hecho.stdout
    assert hecho.stdout.count("[sin comprobar]") == 2  # lo reservado, y si la TSA fue revocada después
    assert "\nPROBADO" in hecho.stdout


def test_dice_lo_que_no_comprobo(maleta: Path) -> None:
    hecho = correr(maleta, "prueba.json", "--json")
    dicho = json.loads(hecho.stdout)
    assert (hecho.returncode, dicho["veredicto"]) == (0, "PROBADO")
    faltas = "\n".join(dicho["sin_comprobar"])
    assert "No se comprobó quién es la autoridad de sellado de tiempo: dé --ca." in faltas
    assert "No se comprobó de quién es la llave" in faltas
    assert "No se comprobó al testigo «llaqta.pe/testigo/080901»" in faltas
    assert "No se comparó ningún archivo" in faltas
    assert "No se vio el contenido de: actor, en_nombre_de" in faltas


@pytest.mark.parametrize(
    ("argumentos", "estado", "frase"),
    [
        (("no-existe.json",), 2, "No se pudo leer no-existe.json"),
        (("prueba.json", "--llave", "una-llave"), 2, "La llave pública está mal escrita"),
        (("prueba.json", "--ca", "prueba.json"), 2, "no trae certificados"),
        (("prueba.json", "otra", "cosa"), 2, "No se entendió la orden"),
        (("paquete", "no-existe"), 2, "No existe no-existe."),
        (("documento.pdf",), 1, "no es un JSON bien escrito"),
        (("prueba.json", "--documento", "tsa.pem"), 1, "El archivo NO es el que se registró"),
        (("prueba.json", "--llave", Firmante("llaqta.pe/registro/080910", 1).vkey), 1, "otra llave"),
        (("prueba.json", "--testigo", Firmante("llaqta.pe/testigo/080901", 4).vkey), 1, "NO vale"),
        (("prueba.json", "--testigo", Firmante("otro", 4).vkey), 1, "«otro» no firmó este punto"),
    ],
)
def test_rechaza_con_la_razon(maleta: Path, argumentos: tuple[str, ...], estado: int, frase: str) -> None:
    hecho = correr(maleta, *argumentos)
    assert (hecho.returncode, frase in hecho.stdout) == (estado, True), hecho.stdout + hecho.stderr


# --- Nada de lo que trae la prueba se cree ---------------------------------------------------------------------------
def lugares(valor: Any, camino: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """El camino de cada valor suelto de la prueba."""
    if isinstance(valor, dict):
        for nombre, cada in valor.items():
            yield from lugares(cada, (*camino, nombre))
    elif isinstance(valor, list):
        for indice, cada in enumerate(valor):
            yield from lugares(cada, (*camino, indice))
    else:
        yield camino


def con(prueba: dict[str, Any], camino: tuple[Any, ...], valor: Any) -> dict[str, Any]:
    otra = copy.deepcopy(prueba)
    destino = otra
    for paso in camino[:-1]:
        destino = destino[paso]
    destino[camino[-1]] = valor
    return otra


def test_cambiar_cualquier_campo_por_cualquier_cosa_se_rechaza() -> None:
    prueba = REGISTRO.prueba()
    comprobar(prueba)
    aceptados = []
    for camino in lugares(prueba):
        actual: Any = prueba
        for paso in camino:
            actual = actual[paso]
        for otro in (None, True, 0, -1, 2**70, "", "x", [], {}, [[]], "0" * 64, 13):
            if otro == actual and type(otro) is type(actual):
                continue
            try:
                comprobar(con(prueba, camino, otro))
            except NoVale:
                continue
            aceptados.append((camino, otro))
    assert aceptados == []


def test_quitar_o_agregar_cualquier_campo_se_rechaza() -> None:
    prueba = REGISTRO.prueba()
    for nombre in prueba:
        if nombre == "ancla_punto":  # opcional
            continue
        with pytest.raises(NoVale):
            comprobar({clave: valor for clave, valor in prueba.items() if clave != nombre})
    with pytest.raises(NoVale, match="sobran"):
        comprobar({**prueba, "otro": 1})
    for campo in prueba["canonico"]:
        with pytest.raises(NoVale):
            comprobar({**prueba, "canonico": {c: v for c, v in prueba["canonico"].items() if c != campo}})


def test_cambiar_cualquier_byte_de_la_prueba_se_rechaza() -> None:
    """Un bit por cada byte del archivo: o se rechaza, o dice exactamente lo mismo que antes (un escape de JSON)."""
    prueba = REGISTRO.prueba()
    texto = json.dumps(prueba, separators=(",", ":")).encode()
    aceptados = []
    for lugar in range(len(texto)):
        alterado = bytearray(texto)
        alterado[lugar] ^= 1 << (lugar % 7)
        try:
            leida = verificador.leer_json(bytes(alterado))
            comprobar(leida)
        except NoVale:
            continue
        if leida != prueba:
            aceptados.append((lugar, bytes(alterado[max(0, lugar - 20) : lugar + 20])))
    assert aceptados == []


def test_cambiar_cualquier_byte_del_sello_se_rechaza() -> None:
    prueba = REGISTRO.prueba()
    token = REGISTRO.tsa.sellar(prueba["punto"].split("\n\n")[0].encode() + b"\n")
    aceptados = []
    for lugar in range(len(token)):
        for bit in (0x01, 0x80):
            alterado = bytearray(token)
            alterado[lugar] ^= bit
            try:
                comprobar({**prueba, "ancla": b64(bytes(alterado))})
            except NoVale:
                continue
            aceptados.append((lugar, bit))
    assert aceptados == []
    for corte in range(1, len(token), 37):
        with pytest.raises(NoVale):
            comprobar({**prueba, "ancla": b64(token[:corte])})
    with pytest.raises(NoVale):
        comprobar({**prueba, "ancla": b64(token + b"\x00")})


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_cualesquiera_se_rechazan_sin_caerse(datos: bytes) -> None:
    with pytest.raises(NoVale):
        comprobar(verificador.leer_json(datos))
    with pytest.raises(NoVale):
        comprobar({**REGISTRO.prueba(), "ancla": b64(datos) if datos else b64(b"\x30")})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda hijos: st.lists(hijos, max_size=3) | st.dictionaries(st.text(max_size=8), hijos, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(REGISTRO.prueba())), JSON)
def test_cualquier_valor_en_cualquier_campo_se_rechaza_sin_caerse(nombre: str, valor: Any) -> None:
    prueba = REGISTRO.prueba()
    if (
        valor == prueba[nombre]
        or (nombre == "ancla_punto" and valor == "")
        or (nombre, valor) == ("abierto", {})
    ):
        return
    if nombre == "ancla_punto" and not valor:
        valor = None
    with pytest.raises(NoVale):
        comprobar({**prueba, nombre: valor})


def test_un_json_ambiguo_o_desmesurado_se_rechaza() -> None:
    for texto in (
        b'{"a":1,"a":2}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b'{"a":1}x',
        b"\xff",
        b"[" * 100_000,
        b"9" * 5000,
    ):
        with pytest.raises(NoVale):
            verificador.leer_json(texto)


# --- El árbol --------------------------------------------------------------------------------------------------------
def test_toda_hoja_de_todo_tamano_se_prueba_y_ninguna_otra() -> None:
    for tamano in range(1, 18):
        for hoja in range(tamano):
            assert comprobar(REGISTRO.prueba(hoja, tamano)).probado
            with pytest.raises(NoVale):
                comprobar({**REGISTRO.prueba(hoja, tamano), "hoja": (hoja + 1) % (tamano + 1)})


def test_toda_consistencia_se_prueba_y_un_registro_reescrito_no() -> None:
    for desde in range(1, 18):
        for hasta in range(desde, 18):
            pasos = [
                verificador.base64_exacto(p) for p in REGISTRO.consistencia(desde, hasta)["consistencia"]
            ]
            viejo, nuevo = mth(REGISTRO.canonicos[:desde]), mth(REGISTRO.canonicos[:hasta])
            verificador.comprobar_consistencia(desde, viejo, hasta, nuevo, pasos)
            otro = mth([b"reescrito", *REGISTRO.canonicos[1:hasta]])
            with pytest.raises(NoVale):
                verificador.comprobar_consistencia(desde, viejo, hasta, otro, pasos)
            with pytest.raises(NoVale):
                verificador.comprobar_consistencia(desde, viejo, hasta, nuevo, [*pasos, viejo])


def test_la_orden_de_consistencia(maleta: Path) -> None:
    (maleta / "a.txt").write_text(REGISTRO.punto(5))
    (maleta / "b.txt").write_text(REGISTRO.punto(40))
    (maleta / "c.json").write_text(json.dumps(REGISTRO.consistencia(5, 40)))
    hecho = correr(maleta, "consistencia", "a.txt", "b.txt", "c.json", "--llave", "registro.pub")
    assert (hecho.returncode, "[sin comprobar]" in hecho.stdout) == (0, False), hecho.stdout
    assert "Las 5 hojas de antes siguen iguales y en su orden entre las 40." in hecho.stdout
    (maleta / "b.txt").write_text(REGISTRO.firmante.nota(40, mth([b"otra", *REGISTRO.canonicos[1:]])))
    hecho = correr(maleta, "consistencia", "a.txt", "b.txt", "c.json")
    assert (hecho.returncode, "REESCRITO" in hecho.stdout) == (1, True)


# --- El sello de tiempo y los testigos -------------------------------------------------------------------------------
def con_sello(token: bytes) -> dict[str, Any]:
    return {**REGISTRO.prueba(), "ancla": b64(token)}


def cuerpo() -> bytes:
    return REGISTRO.punto().split("\n\n")[0].encode() + b"\n"


def test_un_sello_de_otro_texto_de_otra_autoridad_o_fuera_de_vigencia_no_vale() -> None:
    with pytest.raises(NoVale, match="OTRO texto"):
        comprobar(con_sello(REGISTRO.tsa.sellar(b"otro")))
    with pytest.raises(NoVale, match="no es de la autoridad que usted dio"):
        comprobar(con_sello(Tsa().sellar(cuerpo())))
    with pytest.raises(NoVale, match="no estaba vigente a su hora"):
        comprobar(con_sello(REGISTRO.tsa.sellar(cuerpo(), hora=HORA + timedelta(days=9000))))
    with pytest.raises(NoVale, match=r"mal escritos|no es una TSA"):
        comprobar(con_sello(Tsa(es_tsa=False).sellar(cuerpo())))
    impostora = Tsa()
    impostora.llave = Tsa().llave
    with pytest.raises(NoVale, match="La firma del sello de tiempo NO vale"):
        comprobar(con_sello(impostora.sellar(cuerpo())))


def test_el_certificado_de_la_autoridad_tambien_puede_darse_suelto() -> None:
    sola = Confianza(autoridades=(REGISTRO.tsa.cert,))
    informe = comprobar(REGISTRO.prueba(), sola)
    assert not [falta for falta in informe.sin_comprobar if "--ca" in falta]


def test_un_sello_de_otro_punto_se_acepta_y_se_dice() -> None:
    antes = REGISTRO.punto(30)
    prueba = REGISTRO.prueba() | {
        "ancla": b64(REGISTRO.tsa.sellar(antes.split("\n\n")[0].encode() + b"\n")),
        "ancla_punto": antes,
    }
    informe = comprobar(prueba)
    assert (
        "El sello de tiempo es de otro punto: una ambos con la orden «consistencia»." in informe.sin_comprobar
    )
    ajeno = Firmante("llaqta.pe/registro/080910", 1).nota(30, mth(REGISTRO.canonicos[:30]))
    with pytest.raises(NoVale, match="no lleva la firma del registro"):
        comprobar({**prueba, "ancla_punto": ajeno})


def test_sin_sello_y_sin_testigos_lo_dice() -> None:
    informe = comprobar(
        {**REGISTRO.prueba(), "ancla": "", "testigos": []}, Confianza(llave=REGISTRO.firmante.vkey)
    )
    assert "La prueba no trae sello de tiempo: la hora la dice solo el registro." in informe.sin_comprobar


def test_un_testigo_que_firmo_otro_punto_no_vale() -> None:
    with pytest.raises(NoVale, match="NO vale"):
        comprobar({**REGISTRO.prueba(), "testigos": [REGISTRO.testigo.cofirma(REGISTRO.punto(39))]})
