"""Muchas personas a la vez, por HTTP y en una casa encendida: un envío es un envío, y un acto se hace una vez."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

import psycopg
import pytest

from llaqta.cimientos.testing import archivos
from llaqta.lanzador.temporal import Casa, casa_encendida

CLAVE = "pichari-2026-demo"
PIN = "123456"
ROSA, MARIO, LUCIA, JULIO = "45678901", "41000001", "41000002", "41000003"
TRAMITE = "PE-LIC-ALTO"


@pytest.fixture(scope="module")
def casa() -> Iterator[Casa]:
    with casa_encendida() as encendida:
        yield encendida


class _SinSeguir(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Respuesta:
    codigo: int
    destino: str
    texto: str


class Ventana:
    """La ventana de un navegador sin JavaScript: una sesión, y formularios con su protección."""

    def __init__(self, url: str, documento: str) -> None:
        self.url = url
        self.galletas = CookieJar()
        self._abrir: OpenerDirector = build_opener(HTTPCookieProcessor(self.galletas), _SinSeguir())
        entrada = self.enviar("/cuenta/ingresar/", {"login": documento, "password": CLAVE})
        assert entrada.codigo == 302, entrada.texto[:500]

    def pedir(
        self, ruta: str, cuerpo: bytes | None = None, tipo: str = "application/x-www-form-urlencoded"
    ) -> Respuesta:
        peticion = Request(
            self.url + ruta, data=cuerpo, headers={"Content-Type": tipo, "Referer": self.url + ruta}
        )
        try:
            with self._abrir.open(peticion, timeout=60) as respuesta:
                return Respuesta(
                    respuesta.status, respuesta.headers.get("Location", ""), respuesta.read().decode()
                )
        except HTTPError as error:
            return Respuesta(error.code, error.headers.get("Location", ""), error.read().decode())

    def sello(self) -> str:
        """La protección del formulario: la que trae la galleta."""
        hallada = [galleta.value for galleta in self.galletas if galleta.name == "csrf"]
        if not hallada:
            self.pedir("/cuenta/ingresar/")
            return self.sello()
        return hallada[0] or ""

    def enviar(
        self, ruta: str, datos: dict[str, Any], pdf: bytes = b"", campo: str = "archivos"
    ) -> Respuesta:
        datos = {**datos, "csrfmiddlewaretoken": self.sello()}
        if not pdf:
            return self.pedir(ruta, urlencode(datos, doseq=True).encode())
        marca = uuid.uuid4().hex
        partes = [
            f'--{marca}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
            for k, v in datos.items()
        ]
        cabecera = f'Content-Disposition: form-data; name="{campo}"; filename="a.pdf"\r\nContent-Type: application/pdf'
        partes += [f"--{marca}\r\n{cabecera}\r\n\r\n".encode(), pdf, f"\r\n--{marca}--\r\n".encode()]
        return self.pedir(ruta, b"".join(partes), f"multipart/form-data; boundary={marca}")


def a_la_vez(actos: Sequence[Callable[[], Respuesta]]) -> list[Respuesta]:
    """Corre todos los actos en el mismo instante, cada uno en su hilo."""
    salida = threading.Barrier(len(actos))
    respuestas: dict[int, Respuesta] = {}

    def correr(n: int, acto: Callable[[], Respuesta]) -> None:
        salida.wait()
        respuestas[n] = acto()

    hilos = [threading.Thread(target=correr, args=par) for par in enumerate(actos)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    return [respuestas[n] for n in range(len(actos))]


def leer(casa: Casa, consulta: str, *valores: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(casa.database_url) as conexion:
        return conexion.execute(consulta, valores).fetchall()


def uno(casa: Casa, consulta: str, *valores: Any) -> Any:
    [[valor]] = leer(casa, consulta, *valores)
    return valor


def _sin_huecos(casa: Casa) -> None:
    """Los números van del primero al último, sin saltos ni repetidos, y la serie lo sabe."""
    # Lo que llega a un expediente ya abierto toma su número del mismo registro.
    registro = (
        "(SELECT anio, correlativo FROM mesapartes_presentacion"
        " UNION ALL SELECT anio, correlativo FROM mesapartes_escritoposterior) AS registro"
    )
    for tabla, serie in (
        (registro, "mesapartes.registro"),
        ("expedientes_expediente", "expedientes"),
    ):
        for anio, cuantos, distintos, ultimo in leer(
            casa,
            f"SELECT anio, count(*), count(DISTINCT correlativo), max(correlativo) FROM {tabla} GROUP BY anio",
        ):
            assert cuantos == distintos == ultimo
            assert (
                uno(casa, "SELECT ultimo FROM cimientos_serie WHERE nombre = %s AND anio = %s", serie, anio)
                == ultimo
            )


def _presentada(casa: Casa) -> str:
    respuesta = Ventana(casa.url, ROSA).enviar(
        "/api/v1/presentaciones",
        {"tramite": TRAMITE, "asunto": "Licencia", "envio": str(uuid.uuid4())},
        archivos.pdf(1),
    )
    assert respuesta.codigo == 201, respuesta.texto
    hallado = re.search(r'"numero": "([^"]+)"', respuesta.texto)
    assert hallado is not None
    return hallado[1]


def _expediente(casa: Casa, presentacion: str) -> tuple[int, str]:
    [[pk, numero]] = leer(
        casa,
        "SELECT e.id, e.numero FROM expedientes_expediente e JOIN mesapartes_presentacion p ON p.expediente_id = e.id"
        " WHERE p.numero = %s",
        presentacion,
    )
    return pk, numero


def _derivada(casa: Casa) -> tuple[int, str]:
    """Un expediente recién llegado a la Subgerencia de Licencias y recibido por Lucía."""
    numero = _presentada(casa)
    unidad = uno(casa, "SELECT id FROM cuentas_unidadorganica WHERE siglas = 'SGLC'")
    datos = {"para_unidad": unidad, "motivo": "para su atención"}
    assert Ventana(casa.url, MARIO).enviar(f"/mesa-de-partes/{numero}/derivar/", datos).codigo == 302
    pk, expediente = _expediente(casa, numero)
    movimiento = uno(casa, "SELECT id FROM expedientes_movimiento WHERE expediente_id = %s", pk)
    Ventana(casa.url, LUCIA).enviar(f"/expedientes/envios/{movimiento}/recibir/", {})
    return pk, expediente


def test_el_mismo_envio_veinte_veces_es_una_presentacion_con_un_cargo(casa: Casa) -> None:
    ventanas = [Ventana(casa.url, ROSA) for _ in range(4)]
    datos = {"tramite": TRAMITE, "asunto": "Licencia para mi bodega", "envio": str(uuid.uuid4())}
    pdf = archivos.pdf(3)
    antes = uno(casa, "SELECT count(*) FROM mesapartes_presentacion")

    respuestas = a_la_vez(
        [lambda v=ventanas[n % 4]: v.enviar("/api/v1/presentaciones", datos, pdf) for n in range(20)]  # type: ignore[misc]
    )

    assert Counter(r.codigo for r in respuestas) == {201: 20}
    assert len({re.sub(r'"sellado": \w+', "", r.texto) for r in respuestas}) == 1
    assert uno(casa, "SELECT count(*) FROM mesapartes_presentacion") == antes + 1
    assert uno(casa, "SELECT count(*) FROM expedientes_expediente") == uno(
        casa, "SELECT count(*) FROM mesapartes_presentacion"
    )
    _sin_huecos(casa)


def test_el_boton_presentar_pulsado_diez_veces_lleva_siempre_al_mismo_cargo(casa: Casa) -> None:
    ventana = Ventana(casa.url, ROSA)
    base = f"/tramites/{TRAMITE}/presentar/"
    ventana.enviar(base, {})  # si quedaba un borrador, se descarta
    persona = uno(casa, "SELECT id FROM cuentas_persona WHERE numero_documento = %s", ROSA)
    ventana.enviar(base + "quien/", {"administrado": persona})
    ventana.enviar(base + "datos/", {"asunto": "Otra licencia", "correo": "rosa@ejemplo.pe"})
    ventana.enviar(base + "adjuntos/", {"continuar": "1"}, archivos.pdf(1), "otros")
    envio = uno(casa, "SELECT envio FROM mesapartes_borrador WHERE persona_id = %s", persona)

    respuestas = a_la_vez([lambda: ventana.enviar(base + "revisar/", {"envio": str(envio)})] * 10)

    assert {(r.codigo, r.destino) for r in respuestas} == {(302, respuestas[0].destino)}
    assert respuestas[0].destino.endswith("/cargo/")
    assert uno(casa, "SELECT count(*) FROM mesapartes_presentacion WHERE envio = %s", envio) == 1
    _sin_huecos(casa)


def test_ventanilla_registra_una_vez_a_una_persona_nueva_aunque_se_envie_ocho(casa: Casa) -> None:
    ventanas = [Ventana(casa.url, MARIO) for _ in range(4)]
    envio = str(uuid.uuid4())
    datos = {
        "tipo_documento": "DNI", "numero_documento": "47654321", "nombres": "Ana", "apellido_paterno": "Rojas",
        "tramite": TRAMITE, "asunto": "Licencia", "completo": "on", "envio": envio,
    }  # fmt: skip
    pdf = archivos.pdf(1)

    respuestas = a_la_vez(
        [lambda v=ventanas[n % 4]: v.enviar("/mesa-de-partes/registrar/", datos, pdf) for n in range(8)]  # type: ignore[misc]
    )

    assert Counter(r.codigo for r in respuestas) == {302: 8}
    assert len({r.destino for r in respuestas}) == 1
    assert uno(casa, "SELECT count(*) FROM mesapartes_presentacion WHERE envio = %s", envio) == 1
    assert uno(casa, "SELECT count(*) FROM cuentas_persona WHERE numero_documento = '47654321'") == 1
    _sin_huecos(casa)


def test_observar_dos_veces_a_la_vez_es_una_observacion(casa: Casa) -> None:
    numero = _presentada(casa)
    una, otra = Ventana(casa.url, MARIO), Ventana(casa.url, MARIO)
    requisitos = [
        fila[0]
        for fila in leer(
            casa,
            "SELECT r.id FROM tramites_requisito r JOIN expedientes_expediente e ON e.version_tramite_id = r.version_id"
            " WHERE e.id = %s ORDER BY r.orden",
            _expediente(casa, numero)[0],
        )
    ]
    marcas = {
        f"resultado_{requisitos[0]}": "FALTA",
        f"nota_{requisitos[0]}": "Falta la firma",
        "observar": "1",
    }
    assert una.enviar(f"/mesa-de-partes/{numero}/", marcas).codigo == 302

    respuestas = a_la_vez(
        [lambda v=v: v.enviar(f"/mesa-de-partes/{numero}/observar/", {}) for v in (una, otra)]
    )  # type: ignore[misc]

    assert Counter(r.codigo for r in respuestas) == {302: 1, 409: 1}
    pk = _expediente(casa, numero)[0]
    assert uno(
        casa,
        "SELECT count(*) FROM mesapartes_observacion o JOIN mesapartes_presentacion p ON p.id = o.presentacion_id"
        " WHERE p.numero = %s",
        numero,
    ) == 1  # fmt: skip
    assert _sucesos(casa, "ExpedienteObservado", pk) == 1


def test_dos_de_la_mesa_derivan_a_la_vez_y_sale_una_vez(casa: Casa) -> None:
    numero = _presentada(casa)
    destinos = [
        uno(casa, "SELECT id FROM cuentas_unidadorganica WHERE siglas = %s", s) for s in ("SGLC", "OAJ")
    ]
    ventanas = [Ventana(casa.url, MARIO) for _ in destinos]

    respuestas = a_la_vez(
        [
            lambda v=v, d=d: v.enviar(  # type: ignore[misc]
                f"/mesa-de-partes/{numero}/derivar/", {"para_unidad": d, "motivo": "para su atención"}
            )
            for v, d in zip(ventanas, destinos, strict=True)
        ]
    )

    assert Counter(r.codigo for r in respuestas) == {302: 1, 409: 1}
    pk = _expediente(casa, numero)[0]
    assert uno(casa, "SELECT count(*) FROM expedientes_movimiento WHERE expediente_id = %s", pk) == 1
    assert _sucesos(casa, "ExpedienteDerivado", pk) == 1


def test_dos_funcionarios_derivan_el_mismo_expediente_y_solo_uno_lo_hace(casa: Casa) -> None:
    pk, expediente = _derivada(casa)
    version = uno(casa, "SELECT version FROM expedientes_expediente WHERE id = %s", pk)
    destinos = [
        uno(casa, "SELECT id FROM cuentas_unidadorganica WHERE siglas = %s", s) for s in ("GM", "OAJ")
    ]
    ventanas = [Ventana(casa.url, LUCIA), Ventana(casa.url, JULIO)]

    respuestas = a_la_vez(
        [
            lambda v=v, d=d: v.enviar(  # type: ignore[misc]
                f"/expedientes/{expediente}/derivar/",
                {"para_unidad": d, "motivo": "para su atención", "proveido": "Pase.", "version": version},
            )
            for v, d in zip(ventanas, destinos, strict=True)
        ]
    )

    assert sorted(r.codigo for r in respuestas)[0] == 302
    assert sorted(r.codigo for r in respuestas)[1] in (403, 404, 422)
    assert uno(
        casa,
        "SELECT count(*) FROM expedientes_movimiento WHERE expediente_id = %s AND clase = 'ORIGINAL'"
        " AND atendido_en IS NULL",
        pk,
    ) == 1  # fmt: skip
    assert uno(casa, "SELECT count(*) FROM expedientes_movimiento WHERE expediente_id = %s", pk) == 2


def _esperar_sello_de_tiempo(casa: Casa, documento: int) -> None:
    """Lo firmado no sale sin la hora de la TSA: la pone el trabajador, uno o dos segundos después."""
    for _ in range(480):
        nivel = leer(casa, "SELECT nivel FROM documentos_conservacion WHERE documento_id = %s", documento)
        if nivel and nivel[0][0] != "B":
            return
        time.sleep(0.25)
    pytest.fail("El documento firmado sigue sin sello de tiempo después de dos minutos.")


def test_firmar_y_abrir_a_la_vez_da_un_documento_y_un_acuse(casa: Casa) -> None:
    pk, expediente = _derivada(casa)
    lucia = Ventana(casa.url, LUCIA)
    plantilla = uno(
        casa, "SELECT id FROM expedientes_plantilla WHERE nombre = 'Resolución que otorga una licencia'"
    )
    version = uno(casa, "SELECT version FROM expedientes_expediente WHERE id = %s", pk)
    creado = lucia.enviar(
        f"/expedientes/{expediente}/redactar/", {"plantilla": plantilla, "version": version}
    )
    proyecto = int(re.findall(r"/proyectos/(\d+)/", creado.destino)[0])
    [[asunto, cuerpo, firmante, de_proyecto]] = leer(
        casa, "SELECT asunto, cuerpo, firmante_id, version FROM expedientes_proyecto WHERE id = %s", proyecto
    )
    enviado = lucia.enviar(
        f"/expedientes/proyectos/{proyecto}/",
        {
            "asunto": asunto,
            "cuerpo": cuerpo,
            "firmante": firmante,
            "pone_fin": "on",
            "version": de_proyecto,
            "enviar": "1",
        },
    )
    assert enviado.codigo == 302, enviado.texto[:2000]
    de_proyecto = uno(casa, "SELECT version FROM expedientes_proyecto WHERE id = %s", proyecto)
    ventanas = [Ventana(casa.url, JULIO) for _ in range(2)]

    firmas = a_la_vez(
        [
            lambda v=v: v.enviar(
                f"/expedientes/proyectos/{proyecto}/firmar/", {"pin": PIN, "version": de_proyecto}
            )  # type: ignore[misc]
            for v in ventanas
        ]
    )

    assert Counter(r.codigo for r in firmas) == {302: 2}  # firmar dos veces devuelve el mismo documento
    documento, numero = leer(
        casa,
        "SELECT d.id, d.numero FROM documentos_documento d JOIN expedientes_incorporado i ON i.documento_id = d.id"
        " WHERE i.expediente_id = %s AND d.firmado AND d.origen = 'INTERNO'",
        pk,
    )[0]  # fmt: skip
    assert uno(casa, "SELECT count(*) FROM documentos_documento WHERE numero = %s", numero) == 1
    assert _sucesos(casa, "DocumentoEmitido", pk) == 1

    _esperar_sello_de_tiempo(casa, documento)
    version = uno(casa, "SELECT version FROM expedientes_expediente WHERE id = %s", pk)
    depositos = a_la_vez(
        [
            lambda v=v: v.enviar(  # type: ignore[misc]
                f"/expedientes/{expediente}/notificar/",
                {"version": version, "medio": "CASILLA", "documento": documento},
            )
            for v in (lucia, ventanas[0])
        ]
    )
    assert {r.codigo for r in depositos} == {302}
    [[codigo, notificacion]] = leer(
        casa, "SELECT codigo, id FROM casilla_notificacion WHERE documento_id = %s", documento
    )

    rosas = [Ventana(casa.url, ROSA) for _ in range(2)]
    abiertas = a_la_vez([lambda v=v: v.enviar(f"/casilla/{codigo}/abrir/", {}) for v in rosas])  # type: ignore[misc]
    assert {(r.codigo, r.destino) for r in abiertas} == {(302, f"/casilla/{codigo}/")}
    assert uno(
        casa,
        "SELECT count(*) FROM cimientos_suceso WHERE tipo LIKE '%%NotificacionLeida'"
        " AND datos->>'notificacion_id' = %s",
        str(notificacion),
    ) == 1  # fmt: skip


def _sucesos(casa: Casa, tipo: str, expediente: int) -> int:
    return int(
        uno(
            casa,
            "SELECT count(*) FROM cimientos_suceso WHERE tipo LIKE %s AND datos->>'expediente_id' = %s",
            f"%{tipo}",
            str(expediente),
        )
    )
