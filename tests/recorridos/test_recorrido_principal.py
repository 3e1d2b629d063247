"""El trabajo principal, de punta a punta: Rosa presenta, la municipalidad decide y notifica, y cualquiera verifica.

Rosa usa un teléfono sin JavaScript. Todo es de verdad: la base, el trabajador, los PDF, las firmas y el correo.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from pypdfium2 import PdfDocument
from tests.recorridos.conftest import (
    ABOGADO,
    ADMINISTRADORA,
    AUDITORA,
    ESPECIALISTA,
    GERENCIA,
    JEFA_LEGAL,
    MESA,
    PIN,
    ROSA,
    SUBGERENTE,
    Visitante,
    correos_para,
    esperar,
)

from llaqta.cimientos.testing import archivos
from llaqta.lanzador.temporal import Casa

pytestmark = pytest.mark.navegador


def guardar(carpeta: Path, nombre: str, contenido: bytes) -> str:
    ruta = carpeta / nombre
    ruta.write_bytes(contenido)
    return str(ruta)


def buscar_y_presentar(rosa: Visitante, carpeta: Path) -> tuple[str, str, str]:
    """Rosa busca mal escrito, adjunta un PDF de doce páginas y dos fotos, y recibe número, expediente y clave."""
    rosa.ir("/")
    rosa.foto("inicio")
    rosa.pagina.fill("input[name=q]", "licensia")
    rosa.pulsar("Buscar")
    rosa.foto("buscar")
    rosa.pagina.get_by_role("link", name=re.compile("riesgo alto", re.IGNORECASE)).first.click()
    rosa.lee("Evaluación previa" if rosa.ve("Evaluación previa") else "días hábiles")
    rosa.foto("tramite")
    rosa.pulsar("Empezar ahora")
    if "/cuenta/ingresar/" in rosa.pagina.url:
        rosa.pagina.fill("input[name=login]", ROSA)
        rosa.pagina.fill("input[name=password]", "pichari-2026-demo")
        rosa.pagina.locator("main form button[type=submit]").first.click()
    rosa.pulsar("Continuar")
    rosa.pagina.fill(
        "textarea[name=asunto]", "Licencia de funcionamiento para una ferretería en el jirón Cusco 214"
    )
    rosa.foto("presentar-datos")
    rosa.pulsar("Continuar")
    controles = rosa.pagina.locator("input[type=file]")
    controles.nth(1).set_input_files(guardar(carpeta, "planos escaneados.pdf", archivos.pdf_escaneado(12)))
    rosa.pagina.locator("button[name=adjuntar]").nth(1).click()
    rosa.lee("12 páginas")
    fotos = [guardar(carpeta, f"local{n}.jpg", archivos.foto(semilla=n)) for n in (1, 2)]
    rosa.pagina.locator("#bloque-otros input[type=file]").set_input_files(fotos)
    rosa.pagina.locator("#bloque-otros button[name=adjuntar]").click()
    rosa.lee("local2.jpg")
    rosa.foto("presentar-adjuntos")
    rosa.pulsar("Continuar")
    rosa.lee("Revise y presente")
    rosa.foto("presentar-revisar")
    rosa.pulsar("Presentar y recibir mi cargo")
    rosa.lee("Su solicitud fue presentada")
    rosa.foto("cargo")
    texto = " ".join(rosa.pagina.inner_text("main").split())
    registro = re.search(r"Registro N° ?(\d{4}-\d{6})", texto)
    expediente = re.search(r"Expediente N° ?(EXP-\d{4}-\d{6}-[\dX])", texto)
    clave = re.search(r"Clave de seguimiento ?([0-9A-Z]{4}(?:[ -][0-9A-Z]{4}){3})", texto)
    assert registro, texto
    assert expediente, texto
    assert clave, texto
    return registro[1], expediente[1], clave[1]


def observar(mesa: Visitante, registro: str) -> None:
    """La mesa la ve en su cola, revisa con el PDF al lado y observa un requisito; no hay cómo rechazar."""
    mesa.ir("/mesa-de-partes/")
    mesa.lee(registro)
    mesa.foto("mesa-cola")
    mesa.pagina.get_by_role("link", name=re.compile(registro)).first.click()
    mesa.foto("mesa-revision")
    for cumple in mesa.pagina.locator("input[type=radio][value=CUMPLE]").all():
        cumple.check()
    mesa.pagina.locator("input[type=radio][value=FALTA]").nth(3).check()
    mesa.pagina.locator("textarea[name^=nota_]").nth(3).fill(
        "Falta la firma del ingeniero electricista colegiado."
    )
    assert not mesa.ve("Rechazar")
    mesa.pulsar("Observar lo que falta")
    mesa.lee("Así le llegará la observación")
    mesa.lee("Es la única observación que se puede hacer")
    mesa.foto("mesa-observar")
    mesa.pulsar("Enviar la observación")
    mesa.ir(f"/mesa-de-partes/{registro}/")
    mesa.lee("Observado: espera a la persona")


def subsanar(rosa: Visitante, registro: str, carpeta: Path) -> None:
    """Rosa ve solo lo observado, lo corrige en el mismo expediente y conserva su fecha."""
    rosa.ir("/mi-carpeta/")
    rosa.foto("carpeta")
    rosa.ir(f"/mi-carpeta/{registro}/")
    rosa.lee("Falta la firma del ingeniero electricista colegiado.")
    rosa.pulsar("Corregir")
    assert rosa.pagina.locator("input[type=file]").count() == 1
    rosa.foto("subsanar")
    plano = guardar(
        carpeta, "plano eléctrico firmado.pdf", archivos.pdf_escaneado(1, titulo="PLANO ELÉCTRICO")
    )
    rosa.pagina.locator("input[type=file]").set_input_files(plano)
    rosa.pagina.locator("main form button[type=submit]").first.click()
    rosa.ir(f"/mi-carpeta/{registro}/")
    assert not rosa.ve("Usted tiene que corregir algo")


def derivar(mesa: Visitante, registro: str) -> None:
    """La mesa recibe y deriva a la unidad que resuelve, con su proveído."""
    mesa.ir(f"/mesa-de-partes/{registro}/")
    mesa.lee("Subsanado")
    mesa.pulsar("Recibir y derivar")
    mesa.pagina.fill("textarea[name=proveido]", "Para su evaluación dentro del plazo.")
    mesa.foto("mesa-derivar")
    mesa.pulsar("Recibir y derivar")
    mesa.ir(f"/mesa-de-partes/{registro}/")
    mesa.lee("Recibido y derivado")


def pedir_opinion(especialista: Visitante, abrir: Callable[..., Visitante], expediente: str) -> None:
    """La especialista lo recibe, pide opinión a Asesoría Jurídica, que la redacta, la firma y la devuelve."""
    especialista.ir("/expedientes/")
    especialista.lee(expediente)
    especialista.ir(f"/expedientes/{expediente}/")
    especialista.pulsar("Recibir")
    especialista.ir("/expedientes/?vista=a_mi_cargo")
    especialista.lee(expediente)
    especialista.foto("bandeja")
    especialista.ir(f"/expedientes/{expediente}/")
    especialista.foto("expediente")
    especialista.pulsar("Pedir informe")
    especialista.pagina.select_option("select[name=para_unidad]", label="Oficina de Asesoría Jurídica")
    especialista.pagina.fill("textarea[name=proveido]", "Opine si procede otorgar la licencia.")
    especialista.foto("pedir-informe")
    especialista.pulsar("Pedir informe")

    abogado = abrir(ABOGADO)
    abogado.ir(f"/expedientes/{expediente}/")
    abogado.pulsar("Recibir el pedido de informe")
    abogado.pulsar("Redactar el informe")
    abogado.pagina.get_by_label("Opinión legal").check()
    abogado.pulsar("Comenzar a redactar")
    proyecto = abogado.pagina.url
    abogado.pulsar("Guardar y enviar")

    jefa = abrir(JEFA_LEGAL)
    jefa.pagina.goto(proyecto)
    jefa.pagina.fill("input[name=pin]", PIN)
    jefa.pulsar("Firmar y numerar")
    jefa.lee("OPINIÓN LEGAL N°")

    abogado.ir(f"/expedientes/{expediente}/")
    abogado.pulsar("Devolver el informe")
    abogado.pulsar("Devolver el informe")
    especialista.ir(f"/expedientes/{expediente}/")
    especialista.pulsar("Recibir el informe de OAJ")


def ver_las_paginas(visitante: Visitante) -> None:
    """Espera las páginas del documento, que aparecen solas cuando el trabajador las dibuja."""
    visitante.pagina.wait_for_function(
        "() => { const i = document.querySelector('.paginas img'); return i && i.complete && i.naturalWidth > 0 }"
    )


def numero_que_sigue(administradora: Visitante) -> str:
    """El número que llevará la próxima resolución, sin las siglas de su unidad, según la página de numeración."""
    administradora.ir("/administracion/numeracion/")
    sigue = re.search(
        r"RESOLUCIÓN SUBGERENCIAL N° \d{6}-\d{4}-MDP/", administradora.pagina.inner_text("main")
    )
    assert sigue, administradora.pagina.inner_text("main")
    return sigue[0]


def resolver(especialista: Visitante, abrir: Callable[..., Visitante], expediente: str) -> str:
    """Redacta la resolución con su plantilla, Asesoría la visa y la subgerencia la firma: devuelve su número."""
    especialista.ir(f"/expedientes/{expediente}/")
    especialista.pulsar("Redactar")
    especialista.pagina.get_by_label("Resolución que otorga una licencia").check()
    especialista.foto("redactar-plantilla")
    especialista.pulsar("Comenzar a redactar")
    proyecto = especialista.pagina.url
    especialista.lee("Rosa Quispe Huamán")
    especialista.pagina.locator("details.copias summary").click()
    especialista.pagina.get_by_label("Jefa de la oficina, Oficina de Asesoría Jurídica").check()
    especialista.pulsar("Guardar y ver")
    ver_las_paginas(especialista)
    especialista.foto("redactar")
    especialista.pulsar("Guardar y enviar")

    jefa = abrir(JEFA_LEGAL)
    jefa.ir("/expedientes/?vista=para_visto")
    jefa.lee(expediente)
    jefa.pagina.goto(proyecto)
    jefa.pulsar("Dar visto bueno")

    subgerente = abrir(SUBGERENTE)
    subgerente.ir("/expedientes/?vista=para_firma")
    subgerente.lee(expediente)
    esperado = numero_que_sigue(abrir(ADMINISTRADORA))
    subgerente.pagina.goto(proyecto)
    subgerente.pagina.fill("input[name=pin]", "000000")
    subgerente.pulsar("Firmar y numerar")
    subgerente.lee("PIN")
    subgerente.pagina.goto(proyecto)
    subgerente.pagina.fill("input[name=pin]", PIN)
    subgerente.foto("firmar")
    subgerente.pulsar("Firmar y numerar")
    subgerente.pagina.goto(proyecto)
    numero = re.search(r"RESOLUCIÓN[^\n]* N° \d{6}-\d{4}-MDP\S*", subgerente.pagina.inner_text("h1"))
    assert numero, subgerente.pagina.inner_text("body")
    ver_las_paginas(subgerente)
    subgerente.foto("firmado")
    # El PIN equivocado no quemó ninguno: es el que seguía antes de equivocarse.
    assert numero[0].startswith(esperado)
    return numero[0]


def notificar_y_abrir(
    casa: Casa, especialista: Visitante, rosa: Visitante, expediente: str, numero: str
) -> bytes:
    """Se deposita en la casilla de Rosa, le llega un correo y la abre: ese es su acuse. Devuelve la resolución."""
    antes = len(correos_para(casa, "45678901@"))
    especialista.ir(f"/expedientes/{expediente}/")
    especialista.pulsar("Notificar")
    especialista.foto("notificar")
    especialista.pulsar("Depositar en su casilla")
    esperar(
        casa, lambda: any("casilla" in str(m["Subject"]) for m in correos_para(casa, "45678901@")[antes:])
    )
    aviso = next(m for m in correos_para(casa, "45678901@")[antes:] if "casilla" in str(m["Subject"]))
    enlace = re.search(r"http://\S+/casilla/(NOT-\d{4}-\d{6})/", aviso.get_content())
    assert enlace, aviso.get_content()

    rosa.ir("/casilla/")
    rosa.lee("Sin abrir")
    rosa.foto("casilla")
    rosa.ir(f"/casilla/{enlace[1]}/")
    rosa.lee("Al abrir el documento, usted acusa recibo")
    rosa.foto("casilla-por-abrir")
    rosa.pulsar("Abrir el documento y acusar recibo")
    rosa.lee(numero)
    rosa.lee("Abierta el")
    rosa.foto("casilla-abierta")
    ver = rosa.pagina.get_by_role("link", name=re.compile("Ver el documento"))
    respuesta = rosa.pagina.request.get(casa.url + str(ver.get_attribute("href")))
    assert respuesta.ok
    return respuesta.body()


def direccion_del_qr(pdf: bytes) -> str:
    """Lo que lee la cámara de un teléfono en la primera página impresa."""
    pagina = PdfDocument(pdf)[0].render(scale=3).to_pil()
    [codigo] = [c for c in zxingcpp.read_barcodes(pagina) if "/v/" in c.text]
    return codigo.text


def verificar(casa: Casa, extrano: Visitante, resolucion: bytes, numero: str, carpeta: Path) -> None:
    """Un extraño escanea el QR y ve que es auténtica; la misma con un byte cambiado se rechaza."""
    direccion = direccion_del_qr(resolucion)
    assert direccion.startswith(f"{casa.url}/v/")
    extrano.pagina.goto(direccion)
    extrano.lee(numero)
    extrano.lee("Este documento es auténtico")
    extrano.lee("ORÉ MENDOZA Julio")
    extrano.foto("verificar")
    extrano.pagina.set_input_files("input[type=file]", guardar(carpeta, "copia.pdf", resolucion))
    extrano.pulsar("Comparar")
    extrano.foto("verificar-identica")
    assert "idéntic" in extrano.pagina.inner_text("main").lower()

    cambiada = bytearray(resolucion)
    cambiada[len(cambiada) // 3] ^= 1
    extrano.pagina.goto(direccion)
    extrano.pagina.set_input_files("input[type=file]", guardar(carpeta, "falsa.pdf", bytes(cambiada)))
    extrano.pulsar("Comparar")
    extrano.foto("verificar-cambiada")
    dicho = extrano.pagina.inner_text("main").lower()
    assert "idéntic" not in dicho.replace("no es idéntic", "")
    assert "no es" in dicho or "cambi" in dicho

    extrano.ir("/verificar/")
    extrano.pagina.set_input_files("input[type=file]", guardar(carpeta, "falsa.pdf", bytes(cambiada)))
    extrano.pulsar("Comprobar el archivo")
    assert extrano.pagina.locator(".panel-de-confirmacion").count() == 0


def seguir_sin_cuenta(extrano: Visitante, expediente: str, clave: str) -> None:
    """Con número y clave, sin cuenta, se lee toda la historia en palabras sencillas."""
    extrano.ir("/seguimiento/")
    extrano.pagina.fill("input[name=numero]", expediente)
    extrano.pagina.fill("input[name=clave]", clave)
    extrano.pulsar("Ver en qué está")
    extrano.foto("seguimiento")
    extrano.lee("Recorrido")
    for hito in ("Recibimos", "correg", "Asesoría Jurídica", "Resol", "casilla"):
        assert hito.lower() in extrano.pagina.inner_text("main").lower(), hito
    assert "Sulca" not in extrano.pagina.inner_text("main"), "El seguimiento nombra unidades, no personas"


def apelar(
    casa: Casa, rosa: Visitante, abrir: Callable[..., Visitante], registro: str, expediente: str
) -> None:
    """Rosa apela en un toque, recibe su cargo, y la Gerencia Municipal lo encuentra en su lista."""
    rosa.ir(f"/mi-carpeta/{registro}/")
    rosa.lee("Qué puede hacer")
    rosa.foto("que-puede-hacer")
    rosa.pulsar("Apelar")
    rosa.lee("Puede presentarlo hasta el")
    rosa.lee("no suspende lo decidido")
    rosa.foto("apelacion")
    rosa.pagina.fill("textarea[name=texto]", "Pido que se amplíe el horario que me autorizaron.")
    rosa.pulsar("Presentar y recibir mi cargo")
    rosa.lee("Lo resuelve la Gerencia Municipal")
    rosa.foto("cargo-de-escrito")
    cargo = rosa.pagina.url.rstrip("/")
    esperar(casa, lambda: rosa.pagina.request.get(f"{cargo}/cargo.pdf").ok)
    rosa.ir(f"/mi-carpeta/{registro}/")
    assert rosa.pagina.get_by_role("link", name="Apelar").count() == 0, "Nunca dos recursos a la vez (214)"

    gerencia = abrir(GERENCIA)
    gerencia.ir("/recursos/")
    gerencia.lee(expediente)
    gerencia.foto("recursos")
    gerencia.pulsar(expediente)
    gerencia.lee("Sentido de la decisión")


def test_de_la_presentacion_a_la_verificacion(
    casa: Casa, abrir: Callable[..., Visitante], tmp_path: Path
) -> None:
    rosa = abrir(telefono=True, javascript=False)
    registro, expediente, clave = buscar_y_presentar(rosa, tmp_path)
    esperar(casa, lambda: rosa.pagina.request.get(f"{casa.url}/mi-carpeta/{registro}/cargo.pdf").ok)

    mesa = abrir(MESA)
    observar(mesa, registro)
    subsanar(rosa, registro, tmp_path)
    derivar(mesa, registro)

    especialista = abrir(ESPECIALISTA)
    pedir_opinion(especialista, abrir, expediente)
    numero = resolver(especialista, abrir, expediente)
    resolucion = notificar_y_abrir(casa, especialista, rosa, expediente, numero)

    extrano = abrir(telefono=True, javascript=False)
    verificar(casa, extrano, resolucion, numero, tmp_path)
    seguir_sin_cuenta(extrano, expediente, clave)
    apelar(casa, rosa, abrir, registro, expediente)

    auditora = abrir(AUDITORA)
    auditora.ir("/auditoria/")
    auditora.foto("auditoria")
