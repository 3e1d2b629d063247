"""Julio firma una resolución con su DNIe (el componente de práctica) en un navegador de verdad, y la casa la acepta."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.recorridos.conftest import ESCRITORIO, ESPECIALISTA, PIN, SUBGERENTE, TELEFONO, Visitante

from llaqta.lanzador.temporal import Casa

pytestmark = pytest.mark.navegador


def enviar_a_firma(abrir: Callable[..., Visitante], *, cuantos: int = 1) -> list[str]:
    """Lucía envía a la firma oficios de uno de sus expedientes; devuelve las direcciones de los proyectos."""
    lucia = abrir(ESPECIALISTA)
    lucia.ir("/expedientes/?vista=a_mi_cargo")
    lucia.pagina.locator("main a", has_text=re.compile(r"EXP-\d{4}-\d{6}")).first.click()
    lucia.pagina.wait_for_load_state()
    expediente = re.search(r"EXP-\d{4}-\d{6}-[\dX]", lucia.pagina.url)
    assert expediente, lucia.pagina.url
    proyectos = []
    for _ in range(cuantos):
        lucia.ir(f"/expedientes/{expediente[0]}/redactar/")
        lucia.pagina.get_by_label("Oficio", exact=True).check()
        lucia.pulsar("Comenzar a redactar")
        proyectos.append(lucia.pagina.url)
        lucia.pulsar("Guardar y enviar")
    return proyectos


def preparar(abrir: Callable[..., Visitante]) -> tuple[Visitante, str]:
    """Un oficio espera la firma de Julio, que lo tiene delante; devuelve a Julio y la dirección del proyecto."""
    [proyecto] = enviar_a_firma(abrir)
    julio = abrir(SUBGERENTE)
    julio.pagina.goto(proyecto)
    return julio, proyecto


def pedir_firma(julio: Visitante) -> str:
    """Julio elige su DNIe y llega a la página de firmar; devuelve el número reservado."""
    julio.pulsar("Firmar con mi DNIe o token (Firma Perú)")
    julio.lee("Modo de entrenamiento: sin valor legal")
    numero = re.search(r"OFICIO N° \d{6}-\d{4}-MDP/\S+", julio.pagina.inner_text("main"))
    assert numero, julio.pagina.inner_text("main")
    return numero[0]


def test_un_oficio_se_firma_con_la_tarjeta_de_practica(casa: Casa, abrir: Callable[..., Visitante]) -> None:
    julio, proyecto = preparar(abrir)
    julio.lee("Firmar con mi DNIe o token (Firma Perú)")
    julio.foto("firmar-como")
    ajenas: list[str] = []
    julio.pagina.on("request", lambda pedido: ajenas.append(pedido.url))
    numero = pedir_firma(julio)
    julio.foto("firmar-dnie")
    julio.pulsar("Cancelar")
    julio.lee("conserva su número")
    julio.pagina.goto(proyecto)
    julio.lee(f"Tiene reservado el número {numero}")
    julio.foto("firmar-reservado")
    assert pedir_firma(julio) == numero
    julio.pagina.get_by_role("button", name="Firmar con la tarjeta de práctica").click()
    julio.pagina.wait_for_url(proyecto, timeout=60_000)
    julio.lee(numero)
    julio.lee("Emitido")
    julio.foto("firmar-dnie-hecho")
    # Nada se pidió fuera de la casa y de esta máquina.
    assert {url for url in ajenas if not url.startswith((casa.url, "http://127.0.0.1:", "data:"))} == set()


def test_varios_oficios_se_firman_en_un_viaje_y_se_ve_cada_uno(abrir: Callable[..., Visitante]) -> None:
    proyectos = enviar_a_firma(abrir, cuantos=2)
    julio = abrir(SUBGERENTE)
    julio.ir("/expedientes/?vista=para_firma")
    for proyecto in proyectos:
        julio.pagina.locator(f"input[name=p][value='{proyecto.rstrip('/').rsplit('/', 1)[1]}']").check()
    julio.pulsar("Firmar los marcados")
    julio.foto("firmar-varios")
    julio.pulsar("Firmar con mi DNIe o token")
    julio.lee("2 documentos")
    julio.pagina.get_by_role("button", name="Firmar con la tarjeta de práctica").click()
    julio.pagina.get_by_text("La firma de práctica se comprobó").wait_for(timeout=60_000)
    assert julio.pagina.get_by_text("Firma de práctica", exact=True).count() == 2
    julio.foto("firmar-varios-hecho")


def test_se_practica_desde_un_telefono_sin_javascript(abrir: Callable[..., Visitante]) -> None:
    julio = abrir(SUBGERENTE, telefono=True, javascript=False)
    julio.ir("/firma/local/practicar/")
    julio.foto("practicar")
    julio.pulsar("Empezar a practicar")
    julio.lee("Hoja de práctica, sin valor legal")
    julio.pulsar("Firmar con la tarjeta de práctica")
    julio.lee("La firma de práctica se comprobó")
    julio.foto("practicar-hecho")


def test_desde_el_telefono_o_sin_javascript_se_ofrece_el_pin(abrir: Callable[..., Visitante]) -> None:
    julio, proyecto = preparar(abrir)
    julio.pagina.set_viewport_size(TELEFONO)
    numero = pedir_firma(julio)
    julio.ancho = 360
    julio.foto("firmar-dnie")
    julio.pagina.set_viewport_size(ESCRITORIO)
    sin_guiones = abrir(SUBGERENTE, telefono=True, javascript=False)
    sin_guiones.pagina.goto(julio.pagina.url)
    sin_guiones.pulsar("Actualizar")
    sin_guiones.lee(numero)
    sin_guiones.pagina.goto(proyecto)
    sin_guiones.pagina.fill("input[name=pin]", PIN)
    sin_guiones.pulsar("Firmar y numerar")
    sin_guiones.pagina.goto(proyecto)
    sin_guiones.lee(numero)
    sin_guiones.lee("Emitido")
