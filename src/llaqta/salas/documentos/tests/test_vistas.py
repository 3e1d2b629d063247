"""Las vistas: una imagen por página, hechas por el trabajador, que se pueden interrumpir y continuar."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos import storage
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import reactions, services
from llaqta.salas.documentos.events import DocumentoGuardado
from llaqta.salas.documentos.models import Archivo, Vista
from llaqta.salas.documentos.services import ArchivoRecibido, vistas

pytestmark = pytest.mark.django_db


def _recibir(actor: Persona, contenido: bytes, ahora: datetime, nombre: str = "a.pdf") -> Archivo:
    [fila] = services.recibir_archivos(
        actor=actor, archivos=[ArchivoRecibido.de_bytes(nombre, contenido)], ahora=ahora
    )
    return fila


def test_cada_pagina_tiene_su_vista_webp_de_mil_puntos(ciudadana: Persona, ahora: datetime) -> None:
    archivo = _recibir(ciudadana, archivos.pdf(3, texto="Licencia"), ahora)
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 3
    assert list(archivo.vistas.values_list("pagina", "ancho", "alto")) == [(n, 707, 1000) for n in (1, 2, 3)]
    imagen = Image.open(io.BytesIO(storage.leer(archivo.vistas.get(pagina=2).sha256)))
    assert (imagen.format, imagen.size) == ("WEBP", (707, 1000))
    assert imagen.convert("L").getextrema()[0] < 60, "hay texto"


def test_hacerlas_dos_veces_no_repite_y_si_se_interrumpe_continua(
    ciudadana: Persona, ahora: datetime
) -> None:
    archivo = _recibir(ciudadana, archivos.pdf(3), ahora)
    services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora)
    Vista.objects.filter(archivo=archivo, pagina=2).delete()
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 1
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 0


def test_una_foto_girada_se_ve_derecha(ciudadana: Persona, ahora: datetime) -> None:
    original = Image.open(io.BytesIO(archivos.foto(1600, 1200)))
    orientacion = original.getexif()
    orientacion[0x0112] = 6
    girada = io.BytesIO()
    original.save(girada, "JPEG", exif=orientacion)
    archivo = _recibir(ciudadana, girada.getvalue(), ahora, "foto.jpg")
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 1
    assert archivo.vistas.values_list("ancho", "alto").get() == (750, 1000)


def test_quien_dibuja_no_conoce_las_claves_de_la_casa() -> None:
    assert set(vistas.SIN_SECRETOS) == {"PYTHONPATH"}


def test_lo_que_esta_en_cuarentena_no_se_dibuja(ciudadana: Persona, ahora: datetime) -> None:
    archivo = _recibir(ciudadana, archivos.pdf_con_javascript(), ahora)
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 0
    assert Vista.objects.count() == 0


def test_una_pagina_que_no_se_puede_dibujar_no_detiene_a_las_demas(
    ciudadana: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    archivo = _recibir(ciudadana, archivos.pdf(4), ahora)
    verdadero = vistas._dibujar

    def se_cae_en_la_segunda(origen: Any, mime: str, paginas: list[int], carpeta: Any) -> list[int]:
        return verdadero(origen, mime, paginas[: paginas.index(2)] if 2 in paginas else paginas, carpeta)

    monkeypatch.setattr(vistas, "_dibujar", se_cae_en_la_segunda)
    assert services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora) == 3
    assert list(archivo.vistas.values_list("pagina", flat=True)) == [1, 3, 4]


@pytest.mark.usefixtures("tipos")
def test_guardar_un_documento_deja_el_trabajo_de_dibujarlo(ciudadana: Persona, ahora: datetime) -> None:
    archivo = _recibir(ciudadana, archivos.pdf(), ahora)
    documento = services.guardar(actor=ciudadana, tipo="SOLICITUD", asunto="x", archivo=archivo, ahora=ahora)
    suceso = Suceso.objects.get(tipo="documentos.DocumentoGuardado")
    reactions.pedir_vistas(DocumentoGuardado(**suceso.datos), ahora=ahora)
    trabajo = ProcrastinateJob.objects.get(task_name="documentos.dibujar_vistas")
    assert (trabajo.args, trabajo.queue_name) == ({"archivo_id": archivo.pk}, "vistas")
    assert trabajo.priority < 0  # nadie espera una vista para notificar un acto
    reactions.dibujar_vistas.func(archivo_id=archivo.pk)
    assert documento.archivo.vistas.count() == 1


@pytest.mark.usefixtures("tipos")
def test_lo_que_se_emite_por_miles_se_dibuja_cuando_alguien_lo_mira(
    ciudadana: Persona, ahora: datetime, cliente: Callable[[Persona], Client]
) -> None:
    archivo = _recibir(ciudadana, archivos.pdf(), ahora)
    documento = services.guardar(
        actor=ciudadana,
        tipo="SOLICITUD",
        asunto="x",
        archivo=archivo,
        ahora=ahora,
        metadatos=services.A_PEDIDO,
    )
    suceso = Suceso.objects.get(tipo="documentos.DocumentoGuardado")
    reactions.pedir_vistas(DocumentoGuardado(**suceso.datos), ahora=ahora)
    pedidos = ProcrastinateJob.objects.filter(task_name="documentos.dibujar_vistas")
    assert not pedidos.exists()
    navegador = cliente(ciudadana)
    ficha = reverse("documento_ficha", args=[documento.pk])
    assert "Las páginas se están preparando" in navegador.get(ficha).content.decode()
    assert pedidos.get().args == {"archivo_id": archivo.pk}
    reactions.dibujar_vistas.func(archivo_id=archivo.pk)
    assert "Página 1 de 1" in navegador.get(ficha).content.decode()
    assert pedidos.count() == 1
