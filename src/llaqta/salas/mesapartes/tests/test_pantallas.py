"""Las pantallas, de punta a punta y sin JavaScript: la persona presenta y corrige; la mesa recibe, observa y deriva."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.web.palabras import fecha_corta
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Estado
from llaqta.salas.mesapartes.models import AdjuntoDeBorrador, Borrador, Presentacion
from llaqta.salas.mesapartes.tests.factories import pdf, subido
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db
BASE = "/tramites/PE-LIC-ALTO/presentar/"


def presentar(navegador: Client, persona: Persona, **mas: Any) -> Presentacion:
    """Todo el recorrido de la persona."""
    navegador.post(BASE + "quien/", {"administrado": persona.pk})
    navegador.post(BASE + "datos/", {"asunto": "Licencia de mi bodega", "correo": "rosa@ejemplo.pe"})
    navegador.post(BASE + "adjuntos/", {"otros": subido("poder.pdf", pdf(2)), "continuar": "1"})
    envio = Borrador.objects.get(persona=persona).envio
    respuesta = navegador.post(BASE + "revisar/", {"envio": str(envio), **mas})
    assert respuesta.status_code == 302, respuesta.content.decode()
    return Presentacion.objects.get(envio=envio)


def test_la_persona_presenta_paso_por_paso(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)

    inicio = navegador.get(BASE)
    assert inicio.url == BASE + "quien/"
    assert "A mi nombre: Rosa Quispe Huamán" in navegador.get(inicio.url).content.decode()
    assert navegador.post(inicio.url, {"administrado": ciudadana.pk}).url == BASE + "datos/"
    datos = navegador.get(BASE + "datos/").content.decode()
    assert licencia.denominacion in datos  # el asunto ya viene escrito
    assert "rosa@ejemplo.pe" in datos  # y su correo
    siguiente = navegador.post(
        BASE + "datos/", {"asunto": "Licencia de mi bodega", "telefono": "984 000 111"}
    )
    assert siguiente.url == BASE + "adjuntos/"
    plano = licencia.requisitos_en_orden[1].pk
    recibido = navegador.post(
        BASE + "adjuntos/", {f"requisito_{plano}": subido("plano.pdf", pdf(2)), "adjuntar": plano}
    )
    assert recibido.url == f"{BASE}adjuntos/#bloque-{plano}"
    assert "Recibido: 2 páginas" in navegador.get(BASE + "adjuntos/").content.decode()

    revision = navegador.get(BASE + "revisar/").content.decode()
    for dicho in (
        "Licencia de mi bodega",
        "984 000 111",
        "plano.pdf",
        "La escribimos nosotros",
        "comprobante de pago",
    ):
        assert dicho in revision
    presentada = navegador.post(BASE + "revisar/", {"envio": str(Borrador.objects.get().envio)})

    presentacion = Presentacion.objects.get()
    assert presentada.url == f"/mi-carpeta/{presentacion.numero}/cargo/"
    cargo = navegador.get(presentada.url).content.decode()
    for dicho in (
        presentacion.numero,
        presentacion.expediente.numero,
        "El sello viene en camino",
        "(UTC−05:00)",
    ):
        assert dicho in cargo
    assert not Borrador.objects.exists()


def test_presentar_otra_vez_con_el_boton_atras_lleva_al_mismo_cargo(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)
    presentacion = presentar(navegador, ciudadana)

    otra_vez = navegador.post(BASE + "revisar/", {"envio": str(presentacion.envio)})

    assert otra_vez.url == f"/mi-carpeta/{presentacion.numero}/cargo/"
    assert Presentacion.objects.count() == 1


def test_se_ofrece_el_borrador_que_dejo(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)
    salida = navegador.post(
        BASE + "datos/", {"asunto": "Mi bodega a medias", "correo": "rosa@", "salir": "1"}
    )
    assert salida.url == "/mi-carpeta/"
    assert "Lo que dejó a medias" in navegador.get("/mi-carpeta/").content.decode()

    ofrecido = navegador.get(BASE).content.decode()
    assert "Usted dejó esta solicitud a medias" in ofrecido
    assert "Mi bodega a medias" in ofrecido

    assert navegador.post(BASE).url == BASE + "quien/"
    assert not Borrador.objects.exists()


def test_lo_elegido_al_continuar_tambien_se_recibe(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    plano = licencia.requisitos_en_orden[1].pk

    respuesta = cliente(ciudadana).post(
        BASE + "adjuntos/",
        {f"requisito_{plano}": subido("a.pdf"), "otros": subido("b.pdf"), "continuar": "1"},
    )

    assert respuesta.url == BASE + "revisar/"
    assert sorted(a.archivo.nombre for a in AdjuntoDeBorrador.objects.all()) == ["a.pdf", "b.pdf"]


def test_la_casilla_se_acepta_aparte_y_pide_correo(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)
    navegador.post(BASE + "datos/", {"asunto": "Licencia"})
    envio = str(Borrador.objects.get().envio)

    sin_correo = navegador.post(BASE + "revisar/", {"envio": envio, "acepta_casilla": "on"})
    assert "Para usar la casilla escriba su correo" in sin_correo.content.decode()
    assert not Presentacion.objects.exists()

    presentar(navegador, ciudadana, acepta_casilla="on")
    assert Adhesion.objects.get().persona == ciudadana


def test_el_cargo_ajeno_no_existe(
    ciudadana: Persona,
    otro_ciudadano: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
) -> None:
    numero = presentar(cliente(ciudadana), ciudadana).numero
    ajeno = cliente(otro_ciudadano)

    for direccion in ("", "cargo/", "cargo.pdf", "subsanar/"):
        assert ajeno.get(f"/mi-carpeta/{numero}/{direccion}").status_code == 404
    assert ajeno.get(f"/api/v1/presentaciones/{numero}").status_code == 404
    for direccion in ("/mesa-de-partes/", f"/mesa-de-partes/{numero}/", "/mesa-de-partes/registrar/"):
        assert ajeno.get(direccion).status_code == 403


def test_la_mesa_observa_la_persona_corrige_y_la_mesa_deriva(
    ciudadana: Persona,
    ventanilla: Persona,
    unidades: dict[str, UnidadOrganica],
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
) -> None:
    ella, mesa = cliente(ciudadana), cliente(ventanilla)
    presentacion = presentar(ella, ciudadana)
    revisar = f"/mesa-de-partes/{presentacion.numero}/"
    uno, dos, tres = (r.pk for r in licencia.requisitos_en_orden)
    cola = mesa.get("/mesa-de-partes/").content.decode()
    assert presentacion.numero in cola
    assert f'<span class="sin-corte">{fecha_corta(presentacion.presentada_en)},</span> ' in cola

    marcas = {
        f"resultado_{uno}": "CUMPLE",
        f"resultado_{dos}": "FALTA",
        f"resultado_{tres}": "NO_APLICA",
        "observar": "1",
    }
    assert (
        f"Diga qué falta en «{licencia.requisitos_en_orden[1]}»"
        in mesa.post(revisar, marcas).content.decode()
    )
    assert mesa.post(revisar, {**marcas, f"nota_{dos}": "Falta el plan."}).url == revisar + "observar/"
    previa = mesa.get(revisar + "observar/").content.decode()
    assert "Falta el plan." in previa
    assert "Es la única observación que se puede hacer" in previa
    assert mesa.post(revisar + "observar/").url == "/mesa-de-partes/"
    assert mesa.post(revisar + "observar/").status_code == 409
    assert mesa.post(revisar + "derivar/", _derivacion(unidades)).status_code == 409

    carpeta = ella.get("/mi-carpeta/").content.decode()
    assert "Corrija su solicitud" in carpeta
    corregir = f"/mi-carpeta/{presentacion.numero}/subsanar/"
    pagina = ella.get(corregir).content.decode()
    assert "Falta el plan." in pagina
    assert "Solicitud con carácter" not in pagina  # solo lo observado
    assert "Falta adjuntar lo corregido" in ella.post(corregir, {}).content.decode()
    assert (
        ella.post(corregir, {f"requisito_{dos}": subido("plan.pdf")}).url
        == f"/mi-carpeta/{presentacion.numero}/"
    )
    assert ella.get(corregir).status_code == 409

    derivada = mesa.post(revisar + "derivar/", _derivacion(unidades))
    assert derivada.url == "/mesa-de-partes/"
    presentacion.expediente.refresh_from_db()
    assert presentacion.expediente.estado == Estado.EN_TRAMITE
    seguimiento = ella.get(f"/mi-carpeta/{presentacion.numero}/").content.decode()
    assert "Su solicitud pasó a la Subgerencia de Licencias y Comercialización" in seguimiento
    assert "rechaz" not in mesa.get(revisar).content.decode().lower().replace(
        "ningún documento se rechaza", ""
    )


def test_la_ventanilla_registra_y_entrega_el_cargo(
    ventanilla: Persona, ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    mesa = cliente(ventanilla)

    hallada = mesa.get("/mesa-de-partes/registrar/", {"tipo": "DNI", "numero": "4567 8901"}).content.decode()
    assert "Rosa Quispe Huamán" in hallada
    nueva = mesa.get("/mesa-de-partes/registrar/", {"tipo": "DNI", "numero": "70000001"}).content.decode()
    assert "No la conocemos todavía" in nueva
    datos: dict[str, Any] = {
        "tipo_documento": "DNI", "numero_documento": "70000001", "tramite": "PE-LIC-ALTO", "completo": "on",
        "envio": "7b0f6c0e-1df1-4f0c-9a0e-2f6f7a6f7a01",
    }  # fmt: skip
    sin_nombre = mesa.post("/mesa-de-partes/registrar/", {**datos, "archivos": subido()}).content.decode()
    assert "No conocemos a esta persona todavía: escriba sus nombres." in sin_nombre
    assert not Presentacion.objects.exists()

    nombres = {"nombres": "Juana", "apellido_paterno": "Ayala"}
    hecha = mesa.post(
        "/mesa-de-partes/registrar/", {**datos, **nombres, "archivos": subido("papel.pdf", pdf(3))}
    )

    presentacion = Presentacion.objects.get()
    assert hecha.url == f"/mi-carpeta/{presentacion.numero}/cargo/"
    assert (presentacion.canal, presentacion.folios, presentacion.asunto) == (
        "VENTANILLA",
        3,
        licencia.denominacion,
    )
    assert "atendido por Mario Ccori Palomino" in mesa.get(hecha.url).content.decode()


def test_cada_pagina_de_la_persona_pesa_poco(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    import gzip  # noqa: PLC0415

    navegador = cliente(ciudadana)
    presentacion = presentar(navegador, ciudadana)
    navegador.post(BASE + "datos/", {"asunto": "Otra"})

    for direccion in (
        BASE + "quien/", BASE + "datos/", BASE + "adjuntos/", BASE + "revisar/", "/mi-carpeta/",
        f"/mi-carpeta/{presentacion.numero}/cargo/", f"/mi-carpeta/{presentacion.numero}/",
    ):  # fmt: skip
        respuesta = navegador.get(direccion)
        assert respuesta.status_code == 200, direccion
        assert len(gzip.compress(respuesta.content)) <= 5_000, direccion


def _derivacion(unidades: dict[str, UnidadOrganica]) -> dict[str, Any]:
    return {"para_unidad": unidades["SGLC"].pk, "motivo": "para su atención", "proveido": "Para su atención."}
