"""Los mensajes de texto por sus dos vías: una pasarela HTTP de verdad y un módem que habla AT por un terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llaqta.salas.casilla.mensajeria import normalizar_celular
from llaqta.salas.casilla.mensajeria.emulador import ModemDePrueba, PasarelaDePrueba
from llaqta.salas.casilla.mensajeria.modem import Modem
from llaqta.salas.casilla.mensajeria.pasarela import Pasarela
from llaqta.salas.casilla.mensajeria.texto import a_gsm, cabe_en_gsm

LLAVE = "7b0f8a52-5f0e-4a53-b1f4-0e6d1f2f7c11"
CUERPO = '{"to": "{numero}", "message": "{texto}", "ref": "{llave}"}'
TEXTO = 'Pichari: tiene una "notificación" en su casilla'


@pytest.fixture
def pasarela() -> Iterator[PasarelaDePrueba]:
    emulada = PasarelaDePrueba().encender()
    yield emulada
    emulada.apagar()


@pytest.fixture
def modem() -> Iterator[ModemDePrueba]:
    emulado = ModemDePrueba().encender()
    yield emulado
    emulado.apagar()


@pytest.mark.parametrize(
    ("escrito", "queda"),
    [
        ("987 654 321", "+51987654321"),
        ("+51 987-654-321", "+51987654321"),
        ("51987654321", "+51987654321"),
        ("084 234567", ""),
        ("98765432", ""),
        ("", ""),
    ],
)
def test_un_celular_del_peru_se_reconoce_como_se_escriba(escrito: str, queda: str) -> None:
    assert normalizar_celular(escrito) == queda


def test_el_texto_va_con_letras_que_todo_telefono_recibe() -> None:
    assert a_gsm("Notificación de Ñuñoa: «págala» mañana, número 3–A…") == (
        'Notificacion de Ñuñoa: "pagala" mañana, numero 3-A...'
    )
    assert cabe_en_gsm(a_gsm("Asháninka ❤"))


def test_la_pasarela_recibe_json_con_la_llave_del_intento(pasarela: PasarelaDePrueba) -> None:
    via = Pasarela(url=pasarela.url, cuerpo=CUERPO, cabeceras={"Authorization": "Bearer x"})
    hecho = via.enviar(numero="+51987654321", texto=TEXTO, llave=LLAVE)
    assert (hecho.entregado, hecho.identificador) == (True, pasarela.mensajes[0]["id"])
    [pedido] = pasarela.pedidos
    assert (pedido["to"], pedido["message"], pedido["ref"]) == ("+51987654321", TEXTO, LLAVE)
    assert (pedido["llave"], pedido["cabeceras"]["Authorization"]) == (LLAVE, "Bearer x")


def test_la_misma_llave_no_sale_dos_veces(pasarela: PasarelaDePrueba) -> None:
    via = Pasarela(url=pasarela.url, cuerpo=CUERPO)
    primero = via.enviar(numero="+51987654321", texto=TEXTO, llave=LLAVE)
    segundo = via.enviar(numero="+51987654321", texto=TEXTO, llave=LLAVE)
    assert primero.identificador == segundo.identificador
    assert (len(pasarela.pedidos), len(pasarela.mensajes)) == (2, 1)


def test_tambien_como_formulario(pasarela: PasarelaDePrueba) -> None:
    via = Pasarela(url=pasarela.url, cuerpo="to={numero}&text={texto}&id={llave}")
    assert via.enviar(numero="+51987654321", texto="a & b = ñ", llave=LLAVE).entregado
    assert pasarela.mensajes[0]["text"] == "a & b = ñ"
    assert pasarela.mensajes[0]["to"] == "+51987654321"


@pytest.mark.parametrize(
    ("estado", "definitivo"), [(400, True), (404, True), (401, False), (429, False), (503, False)]
)
def test_un_rechazo_se_cuenta_y_se_sabe_si_insistir_sirve(
    pasarela: PasarelaDePrueba, estado: int, definitivo: bool
) -> None:
    pasarela.estado = estado
    hecho = Pasarela(url=pasarela.url, cuerpo=CUERPO).enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (hecho.entregado, hecho.definitivo) == (False, definitivo)
    assert f"127.0.0.1: {estado}" in hecho.detalle


def test_una_pasarela_que_no_contesta_a_tiempo_no_detiene_a_nadie(pasarela: PasarelaDePrueba) -> None:
    pasarela.demora = 0.6
    via = Pasarela(url=pasarela.url, cuerpo=CUERPO, espera=0.2)
    hecho = via.enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (hecho.entregado, hecho.definitivo) == (False, False)
    assert "timed out" in hecho.detalle


def test_una_direccion_que_no_es_http_no_se_abre() -> None:
    hecho = Pasarela(url="file:///etc/passwd", cuerpo=CUERPO).enviar(
        numero="+51987654321", texto="x", llave=LLAVE
    )
    assert (hecho.entregado, hecho.definitivo) == (False, True)


def test_el_modem_entrega_en_modo_texto_y_da_su_referencia(modem: ModemDePrueba) -> None:
    hecho = Modem(puerto=modem.puerto, espera=2).enviar(numero="+51987654321", texto="Hola ñ@è", llave=LLAVE)
    assert (hecho.entregado, hecho.detalle[:9]) == (True, "Aceptado ")
    assert modem.mensajes[-1] == {"numero": "+51987654321", "texto": "Hola ñ@è"}
    assert 'AT+CSCS="GSM"' in modem.ordenes


def test_el_modem_con_letras_de_otro_alfabeto_usa_ucs2(modem: ModemDePrueba) -> None:
    hecho = Modem(puerto=modem.puerto, espera=2).enviar(
        numero="+51987654321", texto="Notificación ❤", llave=LLAVE
    )
    assert hecho.entregado
    assert modem.mensajes == [{"numero": "+51987654321", "texto": "Notificación ❤"}]
    assert 'AT+CSCS="UCS2"' in modem.ordenes


def test_el_modem_abre_el_chip_con_su_pin(modem: ModemDePrueba) -> None:
    modem.pin = "1234"
    sin_pin = Modem(puerto=modem.puerto, espera=2).enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (sin_pin.entregado, "El chip no está listo" in sin_pin.detalle) == (False, True)
    assert (
        Modem(puerto=modem.puerto, pin="1234", espera=2)
        .enviar(numero="+51987654321", texto="x", llave=LLAVE)
        .entregado
    )


@pytest.mark.parametrize(
    ("codigo", "dicho", "definitivo"),
    [(1, "el número no existe", True), (331, "el módem no tiene red", False), (42, "congestionada", False)],
)
def test_el_error_de_la_red_se_dice_en_castellano(
    modem: ModemDePrueba, codigo: int, dicho: str, definitivo: bool
) -> None:
    modem.error = codigo
    hecho = Modem(puerto=modem.puerto, espera=2).enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (hecho.entregado, hecho.definitivo) == (False, definitivo)
    assert dicho in hecho.detalle
    assert f"+CMS ERROR {codigo}" in hecho.detalle


def test_sin_senal_no_se_intenta(modem: ModemDePrueba) -> None:
    modem.senal = 99
    hecho = Modem(puerto=modem.puerto, espera=2).enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (hecho.entregado, hecho.detalle) == (False, "El módem no tiene señal")
    assert not modem.mensajes


@pytest.mark.parametrize(("informe", "llego"), [(0, True), (64, False), (None, False)])
def test_el_informe_de_entrega_dice_si_el_telefono_lo_recibio(
    modem: ModemDePrueba, informe: int | None, llego: bool
) -> None:
    modem.informe = informe
    via = Modem(puerto=modem.puerto, espera=2, espera_de_informe=0.5)
    hecho = via.enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (hecho.entregado, hecho.llego) == (True, llego)


def test_un_modem_mudo_o_ausente_no_detiene_a_nadie(modem: ModemDePrueba) -> None:
    modem.mudo = True
    mudo = Modem(puerto=modem.puerto, espera=0.3).enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (mudo.entregado, "no contestó" in mudo.detalle) == (False, True)
    ausente = Modem(puerto="/dev/no-hay", espera=0.3).enviar(numero="+51987654321", texto="x", llave=LLAVE)
    assert (ausente.entregado, "no responde" in ausente.detalle) == (False, True)


def test_un_texto_que_no_cabe_en_un_mensaje_no_se_parte(modem: ModemDePrueba) -> None:
    hecho = Modem(puerto=modem.puerto, espera=1).enviar(numero="+51987654321", texto="x" * 161, llave=LLAVE)
    assert (hecho.entregado, hecho.definitivo) == (False, True)
    assert not modem.ordenes
