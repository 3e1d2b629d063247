"""Presenta un escrito por HTTP, como lo haría otro programa: solo la biblioteca estándar.

Uso: ``presentar.py DIRECCIÓN DNI CONTRASEÑA``. Entra con la cuenta, presenta un PDF que hace aquí mismo por
``POST /api/v1/presentaciones``, lo repite (debe dar la misma presentación), espera el cargo sellado y baja su PDF.
"""

from __future__ import annotations

import hashlib
import http.cookiejar
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

TRAMITE = "PE-SAIP"
SEGUNDOS_PARA_EL_SELLO = 60


class Visitante:
    """Alguien con su navegador: recuerda sus galletas y manda el testigo de cada formulario."""

    def __init__(self, direccion: str) -> None:
        """``direccion`` es la de la casa."""
        self.direccion = direccion
        self.galletas = http.cookiejar.CookieJar()
        self.abridor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.galletas))

    def pedir(self, ruta: str, cuerpo: bytes | None = None, tipo: str = "") -> tuple[int, bytes]:
        """Pide o envía, y devuelve el estado y lo recibido."""
        cabeceras = (
            {"X-CSRFToken": self.testigo(), "Referer": self.direccion, "Content-Type": tipo} if cuerpo else {}
        )
        pedido = urllib.request.Request(self.direccion + ruta, data=cuerpo, headers=cabeceras)
        try:
            with self.abridor.open(pedido, timeout=60) as respuesta:
                return respuesta.status, respuesta.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def testigo(self) -> str:
        """El testigo contra envíos de otros sitios, de la galleta."""
        return next((galleta.value or "" for galleta in self.galletas if "csrf" in galleta.name), "")


def exigir(condicion: object, oracion: str) -> None:
    """Termina con ``oracion`` si no se cumple."""
    if not condicion:
        sys.exit(f"✗ {oracion}")


def pdf_de_una_pagina() -> bytes:
    """Un PDF pequeño y válido, escrito a mano."""
    trazo = b"BT /F1 14 Tf 72 760 Td (Pido las actas de sesion de concejo de 2026) Tj ET"
    objetos = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(trazo), trazo),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    pdf, lugares = b"%PDF-1.7\n", []
    for numero, objeto in enumerate(objetos, start=1):
        lugares.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (numero, objeto)
    tabla = b"".join(b"%010d 00000 n \n" % lugar for lugar in lugares)
    cola = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objetos) + 1, len(pdf))
    return pdf + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objetos) + 1) + tabla + cola


def formulario(campos: dict[str, str], archivo: bytes) -> tuple[bytes, str]:
    """Arma el ``multipart/form-data`` y devuelve el cuerpo y su tipo."""
    borde = uuid.uuid4().hex
    partes = [
        f'--{borde}\r\nContent-Disposition: form-data; name="{nombre}"\r\n\r\n{valor}\r\n'.encode()
        for nombre, valor in campos.items()
    ]
    cabecera = 'Content-Disposition: form-data; name="archivos"; filename="solicitud.pdf"'
    partes.append(
        f"--{borde}\r\n{cabecera}\r\nContent-Type: application/pdf\r\n\r\n".encode() + archivo + b"\r\n"
    )
    return b"".join(partes) + f"--{borde}--\r\n".encode(), f"multipart/form-data; boundary={borde}"


def main(direccion: str, dni: str, clave: str) -> None:
    """Hace el camino entero; se detiene en la primera promesa que no se cumple."""
    yo = Visitante(direccion)
    estado, inicio = yo.pedir("/")
    exigir(estado == 200 and b"<h1" in inicio, f"La página de inicio respondió {estado}.")
    estado, pagina = yo.pedir("/cuenta/ingresar/")
    exigir(estado == 200, f"La página de ingreso respondió {estado}.")
    oculto = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', pagina)
    exigir(oculto, "La página de ingreso no trae su testigo.")
    assert oculto is not None
    datos = {"csrfmiddlewaretoken": oculto[1].decode(), "login": dni, "password": clave}
    yo.pedir("/cuenta/ingresar/", urllib.parse.urlencode(datos).encode(), "application/x-www-form-urlencoded")
    exigir(
        any("sesion" in galleta.name for galleta in yo.galletas),
        "No se pudo ingresar con la cuenta de la demostración.",
    )

    campos = {
        "tramite": TRAMITE,
        "asunto": "Pido las actas de sesión de concejo de 2026",
        "envio": str(uuid.uuid4()),
    }
    cuerpo, tipo = formulario(campos, pdf_de_una_pagina())
    estado, dicho = yo.pedir("/api/v1/presentaciones", cuerpo, tipo)
    exigir(estado == 201, f"La presentación respondió {estado}: {dicho.decode(errors='replace')[:500]}")
    hecha = json.loads(dicho)
    estado, dicho = yo.pedir("/api/v1/presentaciones", cuerpo, tipo)
    exigir(json.loads(dicho)["numero"] == hecha["numero"], "El mismo envío dos veces dio dos números.")

    limite = time.monotonic() + SEGUNDOS_PARA_EL_SELLO
    ver = "/api/v1/presentaciones/" + urllib.parse.quote(hecha["numero"])
    while not json.loads(yo.pedir(ver)[1])["sellado"]:
        exigir(time.monotonic() < limite, f"El cargo no se selló en {SEGUNDOS_PARA_EL_SELLO} segundos.")
        time.sleep(0.2)
    estado, cargo = yo.pedir(hecha["cargo"].rstrip("/") + ".pdf")
    exigir(
        estado == 200 and cargo.startswith(b"%PDF") and b"/ByteRange" in cargo,
        "El cargo no es un PDF sellado.",
    )
    huella = hashlib.sha256(cargo).hexdigest()[:16]
    print(f"✓ Registro {hecha['numero']}, expediente {hecha['expediente']}; cargo sellado ({huella}…).")


if __name__ == "__main__":
    main(*sys.argv[1:])
