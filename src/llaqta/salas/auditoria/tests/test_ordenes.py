"""``./llaqta auditoria``: cada orden contesta 0 si todo coincide, 1 si no, 2 si no se pudo mirar."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import publico, services
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.tests.test_registro import anunciar


@pytest.fixture
def registro(entidad: Entidad, ahora: datetime) -> list[Suceso]:
    sucesos = anunciar(10, ahora)
    services.secuenciar_ahora(ahora=ahora)
    return sucesos


def mandar(*palabras: str) -> tuple[int, str]:
    """El código de salida y lo que dijo."""
    dicho = io.StringIO()
    try:
        call_command("auditoria", *palabras, stdout=dicho, stderr=dicho)
    except SystemExit as salida:
        return int(salida.code or 0), dicho.getvalue()
    except CommandError as error:
        return error.returncode, dicho.getvalue() + str(error)
    return 0, dicho.getvalue()


def alterar(suceso: Suceso) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 77 WHERE id = %s", [suceso.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_verificar_contesta_0_si_esta_intacto_y_1_si_no(registro: list[Suceso]) -> None:
    codigo, dicho = mandar("verificar")
    assert codigo == 0
    assert "INTACTO: cada suceso es el que entró, y en su lugar." in dicho
    alterar(registro[3])
    codigo, dicho = mandar("verificar")
    assert codigo == 1
    assert f"Hoja 3: El suceso {registro[3].pk}, su secreto o su hoja no son los que entraron." in dicho
    codigo, dicho = mandar("verificar", "--json")
    informe = json.loads(dicho)
    assert (codigo, informe["intacto"], [h["hoja"] for h in informe["hallazgos"]]) == (1, False, [3])
    assert mandar("verificar", "--desde", "4")[0] == 0


def test_verificar_contra_un_punto_guardado(registro: list[Suceso], tmp_path: Path) -> None:
    guardado = tmp_path / "punto.txt"
    guardado.write_text(Punto.objects.get().nota)
    assert mandar("verificar", "--contra", str(guardado))[0] == 0
    guardado.write_text("cualquier cosa")
    assert mandar("verificar", "--contra", str(guardado))[0] == 2
    assert mandar("verificar", "--contra", str(tmp_path / "no-existe"))[0] == 2
    assert mandar("verificar", "--desde", "99")[0] == 2


def test_lo_mal_pedido_se_dice_en_castellano_y_no_da_nada_por_revisado(
    registro: list[Suceso], tmp_path: Path
) -> None:
    vacio, binario = tmp_path / "vacio.txt", tmp_path / "binario"
    vacio.write_text("\n")
    binario.write_bytes(b"\xba\xff")
    for palabras, frase in (
        (["verificar", "--contra", str(vacio)], "está vacío: no es un punto de control"),
        (["verificar", "--contra", str(binario)], "no es un texto"),
        (["verificar", "--contra", str(tmp_path)], "es una carpeta"),
        (["verificar", "--contra", str(tmp_path / "no")], "no existe"),
        (["verificar", "--hasta", "0"], "no tiene ninguna hoja"),
        (["verificar", "--desde", "5", "--hasta", "5"], "no tiene ninguna hoja"),
        (["probar", str(registro[0].pk), "--salida", str(tmp_path / "no/x.json")], "no existe"),
        (["exportar", str(binario / "x")], "no es una carpeta"),
    ):
        codigo, dicho = mandar(*palabras)
        assert (codigo, frase in dicho) == (2, True), (palabras, dicho)
        assert "INTACTO" not in dicho
    codigo, dicho = mandar("verificar", "--hasta", "4")
    assert (codigo, "INTACTO EL TRAMO REVISADO" in dicho) == (0, True)


def test_la_prueba_que_se_guarda_la_acepta_el_verificador_de_un_solo_archivo(
    registro: list[Suceso], tmp_path: Path
) -> None:
    salida = tmp_path / "prueba.json"
    codigo, dicho = mandar("probar", str(registro[4].pk), "--salida", str(salida))
    assert codigo == 0
    assert f"El suceso {registro[4].pk} es la hoja 4 de 10." in dicho
    verificador = Path(publico.VERIFICADOR)
    orden = [sys.executable, "-I", str(verificador), str(salida)]
    hecho = subprocess.run(orden, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
    assert json.loads(mandar("probar", str(registro[4].pk))[1])["hoja"] == 4
    assert mandar("probar", "999999999")[0] == 1, "aún no está en el registro"
    alterar(registro[4])
    assert mandar("probar", str(registro[4].pk))[0] == 1


def test_la_consistencia_entre_dos_puntos(registro: list[Suceso], ahora: datetime) -> None:
    anunciar(5, ahora)
    assert mandar("secuenciar") == (0, "Entraron 5 sucesos al registro.\n")
    codigo, dicho = mandar("consistencia", "10", "15")
    assert (codigo, json.loads(dicho)["desde"], json.loads(dicho)["hasta"]) == (0, 10, 15)
    assert mandar("consistencia", "15", "10")[0] == 2


def test_lo_exportado_no_lleva_secretos_ni_la_llave_privada(registro: list[Suceso], tmp_path: Path) -> None:
    destino = tmp_path / "copia"
    assert mandar("exportar", str(destino))[0] == 0
    archivos = sorted(str(ruta.relative_to(destino)) for ruta in destino.rglob("*") if ruta.is_file())
    assert archivos == ["checkpoint", "llaqta_verificador.py", "llave.pub", "tile/0/000.p/10"]
    assert mandar("exportar", str(destino))[0] == 2


def test_la_alteracion_simulada_se_descubre_y_no_deja_rastro(registro: list[Suceso], settings: Any) -> None:
    settings.DEMO = True
    antes = list(Suceso.objects.order_by("pk").values())
    codigo, dicho = mandar("simular-alteracion")
    assert codigo == 0
    assert f"Hoja 5: El suceso {registro[5].pk}, su secreto o su hoja no son los que entraron." in dicho
    assert list(Suceso.objects.order_by("pk").values()) == antes
    assert mandar("verificar")[0] == 0
    settings.DEMO = False
    codigo, dicho = mandar("simular-alteracion")
    assert (codigo, "Solo en la demostración" in dicho) == (2, True)
