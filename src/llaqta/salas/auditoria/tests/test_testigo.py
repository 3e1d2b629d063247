"""El oficio de testigo: firma lo que conserva lo ya visto, y guarda las dos firmas de quien se contradice."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import llave_de_testigo, publico, puntos, recado, services, testigo
from llaqta.salas.auditoria.models import Cofirma, Contradiccion, Punto, PuntoVisto, TestigoAceptado, Vecino
from llaqta.salas.auditoria.pruebas import get_prueba
from llaqta.salas.auditoria.tests.registro_aparte import Firmante, Registro, mth
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.cuentas.events import SesionIniciada

pytestmark = pytest.mark.django_db
AJENO = Registro(hojas=60)


class Sede:
    """La sede de un vecino, sin red: contesta lo que su registro diría, y anota lo que le entregan."""

    def __init__(self, registro: Registro = AJENO, tamano: int = 10) -> None:
        self.registro, self.tamano = registro, tamano
        self.entregas: list[str] = []
        self.cambiar: Callable[[str], bytes | None] = lambda url: None

    def llevar(self, url: str, cuerpo: bytes | None = None) -> bytes:
        if (otra := self.cambiar(url)) is not None:
            return otra
        if cuerpo is not None:
            self.entregas.append(cuerpo.decode())
            return b"Recibida.\n"
        if url == "https://vecina.gob.pe/registro/checkpoint":
            return self.registro.punto(self.tamano).encode()
        desde, hasta = (int(parte.split("=")[1]) for parte in url.split("?")[1].split("&"))
        return json.dumps(self.registro.consistencia(desde, hasta)).encode()


@pytest.fixture
def vecino(entidad: Entidad, ahora: datetime) -> Vecino:
    return testigo.agregar(url="https://vecina.gob.pe/registro", llave=AJENO.firmante.vkey, ahora=ahora)


def revisar(vecino: Vecino, sede: Sede, ahora: datetime) -> Vecino:
    vecino.refresh_from_db()
    return testigo.revisar(vecino=vecino, ahora=ahora, llevar=sede.llevar)


def test_firma_lo_que_ve_y_lo_que_crece_sin_cambiar(vecino: Vecino, ahora: datetime) -> None:
    sede = Sede()
    assert revisar(vecino, sede, ahora).estado == Vecino.Estado.AL_DIA
    sede.tamano = 33
    assert revisar(vecino, sede, ahora + timedelta(hours=1)).estado == Vecino.Estado.AL_DIA
    assert list(vecino.vistos.order_by("tamano").values_list("tamano", flat=True)) == [10, 33]
    assert len(sede.entregas) == 2
    # La firma que se le entrega la entiende el verificador de un solo archivo.
    llave = verificador.leer_llave(str(llave_de_testigo.llave_publica()), 4)
    _, firma = verificador.leer_firma(sede.entregas[1].rstrip("\n").split("\n")[-1])
    punto = verificador.leer_punto(AJENO.punto(33))
    assert verificador.hora_de_cofirma(firma, llave, punto) == (ahora + timedelta(hours=1)).astimezone(UTC)
    assert sede.entregas[1].startswith(punto.cuerpo.decode())


def test_lo_que_no_cambia_no_se_vuelve_a_firmar(vecino: Vecino, ahora: datetime) -> None:
    sede = Sede()
    for _ in range(3):
        revisar(vecino, sede, ahora)
    assert (PuntoVisto.objects.count(), len(sede.entregas)) == (1, 1)


def test_la_firma_que_no_se_pudo_entregar_se_entrega_en_la_vuelta_siguiente(
    vecino: Vecino, ahora: datetime
) -> None:
    sede = Sede()

    def no_recibe(url: str) -> bytes | None:
        if url.endswith("/cofirma"):
            raise recado.NoSePudo("Contestó con el estado 503.")
        return None

    sede.cambiar = no_recibe
    hecho = revisar(vecino, sede, ahora)
    assert (hecho.estado, hecho.detalle) == (
        Vecino.Estado.AL_DIA,
        "Se lo vio, pero no recibió nuestra firma: Contestó con el estado 503.",
    )
    sede.cambiar = lambda url: None
    revisar(vecino, sede, ahora)
    assert len(sede.entregas) == 1
    assert PuntoVisto.objects.get().entregada_en == ahora


BIFURCADO = Registro(hojas=60, firmante=AJENO.firmante, archivo=b"otro documento")


@pytest.mark.parametrize(
    ("sede", "motivo"),
    [
        (Sede(tamano=19), "Volvió atrás: firmó 20 hojas y ahora muestra 19."),
        (Sede(BIFURCADO, 20), "Firmó dos raíces distintas para 20 hojas."),
        (Sede(BIFURCADO, 40), "Sus 40 hojas no conservan las 20 que ya había firmado."),
    ],
)
def test_quien_reescribe_se_contradice_y_sus_dos_firmas_quedan_guardadas(
    vecino: Vecino, ahora: datetime, sede: Sede, motivo: str
) -> None:
    revisar(vecino, Sede(tamano=20), ahora)
    hecho = revisar(vecino, sede, ahora)
    assert (hecho.estado, hecho.detalle, hecho.tamano) == (Vecino.Estado.CONTRADICE, motivo, 20)
    hallada = Contradiccion.objects.get()
    assert (hallada.antes, hallada.motivo) == (AJENO.punto(20), motivo)
    assert hallada.despues == sede.registro.punto(sede.tamano)
    for nota in (hallada.antes, hallada.despues):  # las dos las firmó él: no hay que creerle al testigo
        verificador.comprobar_punto(
            verificador.leer_punto(nota), verificador.leer_llave(AJENO.firmante.vkey, 1)
        )
    assert Suceso.objects.filter(tipo="auditoria.ContradiccionHallada").count() == 1
    assert sede.entregas == []
    # Aunque después vuelva a mostrar lo de antes, no se le firma nada más; y repetir no repite la alarma.
    buena = Sede(tamano=50)
    assert revisar(vecino, buena, ahora).estado == Vecino.Estado.CONTRADICE
    revisar(vecino, sede, ahora)
    assert (buena.entregas, Contradiccion.objects.count()) == ([], 1)


def test_la_prueba_de_una_contradiccion_no_se_borra_ni_se_cambia(vecino: Vecino, ahora: datetime) -> None:
    revisar(vecino, Sede(tamano=20), ahora)
    revisar(vecino, Sede(tamano=19), ahora)
    for sentencia in (
        "UPDATE auditoria_contradiccion SET motivo = 'nada'",
        "DELETE FROM auditoria_contradiccion",
        "UPDATE auditoria_puntovisto SET nota = 'otra'",
        "DELETE FROM auditoria_puntovisto",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sentencia)


@pytest.mark.parametrize(
    ("respuesta", "detalle"),
    [
        (b"\xff\xfe", "can't decode"),
        (b"<html>mantenimiento</html>", "Eso no es un punto de control"),
        (Firmante(AJENO.firmante.nombre, 1).nota(30, mth([b"x"])).encode(), "no está firmado por"),
        (Firmante("otro/registro", 1).nota(30, mth([b"x"])).encode(), "es de otro/registro"),
        (AJENO.punto(30).replace("\n30\n", "\n31\n").encode(), "no corresponde a su texto"),
    ],
)
def test_lo_que_no_lleva_la_firma_del_vecino_no_se_cree_ni_lo_acusa(
    vecino: Vecino, ahora: datetime, respuesta: bytes, detalle: str
) -> None:
    revisar(vecino, Sede(tamano=20), ahora)
    sede = Sede()
    sede.cambiar = lambda url: respuesta
    hecho = revisar(vecino, sede, ahora)
    assert hecho.estado == Vecino.Estado.NO_RESPONDE
    assert detalle in hecho.detalle
    assert (Contradiccion.objects.count(), PuntoVisto.objects.count()) == (0, 1)


def test_si_no_da_la_consistencia_no_se_avanza(vecino: Vecino, ahora: datetime) -> None:
    revisar(vecino, Sede(tamano=20), ahora)
    sede = Sede(tamano=40)

    def sin_consistencia(url: str) -> bytes | None:
        if "consistencia" in url:
            raise recado.NoSePudo("Contestó con el estado 500.")
        return None

    sede.cambiar = sin_consistencia
    hecho = revisar(vecino, sede, ahora)
    assert (hecho.estado, hecho.tamano, sede.entregas) == (Vecino.Estado.NO_RESPONDE, 20, [])


# --- Quién nos vigila -----------------------------------------------------------------------------------------------
@pytest.fixture
def sucesos(entidad: Entidad, ahora: datetime) -> list[Suceso]:
    with transaction.atomic():
        hechos = [emit(SesionIniciada(cuenta_id=n), actor_id=1, ahora=ahora) for n in range(5)]
    services.secuenciar_ahora(ahora=ahora)
    return hechos


VIGILANTE = Firmante("llaqta.pe/testigo/080901", 4)


def cofirma(nota: str, firmante: Firmante = VIGILANTE, hora: datetime | None = None) -> str:
    linea = firmante.cofirma(nota, hora or datetime(2026, 6, 1, 15, tzinfo=UTC))
    return f"{nota.split(chr(10) * 2)[0]}\n\n{linea}\n"


def test_la_firma_de_un_testigo_aceptado_sale_en_la_prueba_y_en_el_punto_publicado(
    sucesos: list[Suceso], client: Client, ahora: datetime
) -> None:
    testigo.aceptar(llave=VIGILANTE.vkey, ahora=ahora)
    nota = client.get("/registro/checkpoint").content.decode()
    for _ in range(2):  # repetirla no hace nada
        respuesta = client.post("/registro/cofirma", cofirma(nota), content_type="text/plain")
        assert (respuesta.status_code, respuesta.content.decode()) == (200, "Recibida.\n")
    assert Cofirma.objects.get().testigo == VIGILANTE.nombre
    informe = verificador.Informe()
    confianza = verificador.Confianza(testigos=(VIGILANTE.vkey,))
    verificador.comprobar_prueba(get_prueba(sucesos[0].pk).paquete, confianza, informe)
    assert f"El testigo «{VIGILANTE.nombre}» vio ese punto el 2026-06-01 15:00:00 UTC." in informe.probado
    punto = Punto.objects.latest("tamano")
    services.secuenciar_ahora(ahora=ahora)
    assert Punto.objects.count() == 2  # el suceso de aceptar al testigo
    assert VIGILANTE.nombre not in publico.get_portada().testigos  # el punto nuevo aún no lo ha visto
    assert punto.cofirmas.count() == 1


@pytest.mark.parametrize("caso", ["desconocido", "ajeno", "alterada", "futura", "vacía", "larga", "basura"])
def test_ninguna_otra_firma_se_guarda(
    sucesos: list[Suceso], client: Client, ahora: datetime, caso: str
) -> None:
    testigo.aceptar(llave=VIGILANTE.vkey, ahora=ahora)
    nota = client.get("/registro/checkpoint").content.decode()
    cuerpo = {
        "desconocido": cofirma(nota, Firmante("llaqta.pe/testigo/999999", 4)),
        "ajeno": cofirma(AJENO.punto(5)),
        "alterada": cofirma(nota, Firmante(VIGILANTE.nombre, 4)),
        "futura": cofirma(nota, hora=datetime(2126, 6, 1, tzinfo=UTC)),
        "vacía": "",
        "larga": cofirma(nota) + "x" * 5000,
        "basura": "\x01" * 90,
    }[caso]
    respuesta = client.post("/registro/cofirma", cuerpo, content_type="text/plain")
    assert respuesta.status_code == (413 if caso == "larga" else 403)
    assert Cofirma.objects.count() == 0


# --- A dónde se va --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "http://vecina.gob.pe/registro", "ftp://vecina.gob.pe", "file:///etc/passwd", "https://", "vecina.gob.pe",
        "https://ana:clave@vecina.gob.pe", "https://vecina.gob.pe/registro?x=1", "https://vecina.gob.pe/#a",
        "https://vecina.gob.pe:99999/", "https://vecina.gob.pe/a b", "https://vecina.gob.pe/\r\nHost: x", " https://a.pe",
    ],
)  # fmt: skip
def test_no_se_vigila_una_direccion_a_la_que_no_se_va(entidad: Entidad, ahora: datetime, url: str) -> None:
    with pytest.raises(NoProcede):
        testigo.agregar(url=url, llave=AJENO.firmante.vkey, ahora=ahora)
    assert Vecino.objects.count() == 0


@pytest.mark.parametrize(
    "direccion",
    [
        "127.0.0.1", "10.0.0.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1",
        "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::",
    ],
)  # fmt: skip
def test_un_nombre_que_lleva_a_una_red_interna_no_se_sigue(
    monkeypatch: pytest.MonkeyPatch, direccion: str
) -> None:
    familia = socket.AF_INET6 if ":" in direccion else socket.AF_INET
    publica = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))
    interna = (familia, socket.SOCK_STREAM, 6, "", (direccion, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [publica, interna])
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("se conectó"))
    with pytest.raises(recado.NoSePudo, match="está en una red interna"):
        recado.llevar("https://vecina.gob.pe/registro/checkpoint")


def test_se_va_a_la_direccion_que_se_comprobo(monkeypatch: pytest.MonkeyPatch) -> None:
    """El nombre se resuelve una vez: un DNS que después cambie de respuesta no lleva a otra parte."""
    visitadas: list[Any] = []

    def conectar(direccion: Any, *_: Any) -> Any:
        visitadas.append(direccion)
        raise OSError("sin red en las pruebas")

    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    )
    monkeypatch.setattr(socket, "create_connection", conectar)
    with pytest.raises(recado.NoSePudo, match="No se pudo hablar con vecina"):
        recado.llevar("https://vecina.gob.pe/registro/checkpoint")
    assert visitadas == [("8.8.8.8", 443)]


# --- La orden -------------------------------------------------------------------------------------------------------
def test_la_orden(
    entidad: Entidad, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("testigo", "lista")
    call_command("testigo", "agregar", "https://vecina.gob.pe/registro/", AJENO.firmante.vkey)
    call_command("testigo", "aceptar", VIGILANTE.vkey)
    call_command("testigo", "llave")
    call_command("testigo", "lista")
    dicho = capsys.readouterr().out
    assert "No se vigila a nadie: ./llaqta testigo agregar URL LLAVE" in dicho
    assert f"Se vigila {AJENO.firmante.nombre} en https://vecina.gob.pe/registro." in dicho
    assert f"Nos vigila {VIGILANTE.nombre}." in dicho
    assert "llaqta.pe/testigo/080910+" in dicho
    for llave in (VIGILANTE.vkey, "x", Firmante(AJENO.firmante.nombre, 1).vkey):
        with pytest.raises(CommandError):
            call_command("testigo", "agregar", "https://vecina.gob.pe/registro", llave)
    with pytest.raises(CommandError):
        call_command("testigo", "aceptar", Firmante(VIGILANTE.nombre, 4).vkey)
    assert (Vecino.objects.count(), TestigoAceptado.objects.count()) == (1, 1)
    sede = Sede(tamano=20)
    monkeypatch.setattr(testigo, "revisar_a_todos", _revisar_con(sede))
    call_command("testigo", "revisar")
    sede.tamano = 19
    with pytest.raises(SystemExit) as salida:
        call_command("testigo", "revisar")
    assert salida.value.code == 1
    assert "Volvió atrás: firmó 20 hojas y ahora muestra 19." in capsys.readouterr().out


def _revisar_con(sede: Sede) -> Callable[..., Any]:
    def revisar_a_todos(*, ahora: datetime) -> list[Vecino]:
        return [testigo.revisar(vecino=v, ahora=ahora, llevar=sede.llevar) for v in Vecino.objects.all()]

    return revisar_a_todos


def test_nuestra_llave_de_testigo_es_otra_que_la_del_registro(sucesos: list[Suceso]) -> None:
    assert str(llave_de_testigo.llave_publica()).split("+")[0] == "llaqta.pe/testigo/080910"
    assert llave_de_testigo.llave_publica().publica != puntos.llave_publica().publica


def test_quien_controla_ve_la_alarma_con_las_dos_firmas(
    vecino: Vecino, ahora: datetime, auditora: Any, cliente: Callable[..., Client]
) -> None:
    revisar(vecino, Sede(tamano=20), ahora)
    revisar(vecino, Sede(tamano=19), ahora)
    texto = cliente(auditora).get("/auditoria/estado/").content.decode()
    assert "El registro de otra entidad se contradice" in texto
    assert "Volvió atrás: firmó 20 hojas y ahora muestra 19." in texto
    for nota in (AJENO.punto(20), AJENO.punto(19)):
        assert nota.splitlines()[2].replace("+", "&#x2B;") in texto or nota.splitlines()[2] in texto
