"""Recibir archivos: se guarda lo que llegó, byte por byte, y se retiene lo peligroso."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import pytest

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Denegado
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies, services
from llaqta.salas.documentos.inspeccion import JPG, PDF, ArchivoInadmisible
from llaqta.salas.documentos.models import Archivo
from llaqta.salas.documentos.services import ArchivoRecibido

pytestmark = pytest.mark.django_db
de_bytes = ArchivoRecibido.de_bytes


def _objetos(almacen: Path) -> list[Path]:
    return [ruta for ruta in almacen.rglob("*") if ruta.is_file() and ruta.name != ".cerrojo"]


def test_recibir_un_pdf_y_dos_fotos(ciudadana: Persona, ahora: datetime) -> None:
    pdf, foto = archivos.pdf_escaneado(12, ancho=300), archivos.foto()
    filas = services.recibir_archivos(
        actor=ciudadana,
        archivos=[
            de_bytes("solicitud.pdf", pdf),
            de_bytes("fachada.jpg", foto),
            de_bytes("interior.jpg", archivos.foto(semilla=2)),
        ],
        ahora=ahora,
    )
    assert [(fila.nombre, fila.mime, fila.folios, fila.estado) for fila in filas] == [
        ("solicitud.pdf", PDF, 12, "ADMITIDO"),
        ("fachada.jpg", JPG, 1, "ADMITIDO"),
        ("interior.jpg", JPG, 1, "ADMITIDO"),
    ]
    assert filas[0].sha256 == hashlib.sha256(pdf).hexdigest()
    assert storage.leer(filas[0].sha256) == pdf
    assert storage.leer(filas[1].sha256) == foto
    assert {fila.recibido_de for fila in filas} == {ciudadana}


def test_el_peligroso_queda_en_cuarentena_con_su_razon_y_su_huella(
    ciudadana: Persona, ahora: datetime
) -> None:
    contenido = archivos.pdf_con_javascript()
    [fila] = services.recibir_archivos(actor=ciudadana, archivos=[de_bytes("a.pdf", contenido)], ahora=ahora)
    assert (fila.estado, fila.motivo) == ("CUARENTENA", "código JavaScript")
    assert storage.leer(fila.sha256) == contenido
    assert policies.frase_de_cuarentena(fila).startswith(
        "El archivo «a.pdf» quedó retenido por seguridad: contiene código JavaScript."
    )
    suceso = Suceso.objects.get(tipo="documentos.ArchivoRetenido")
    assert (suceso.datos, suceso.actor_id, suceso.ocurrido_en) == (
        {"archivo_id": fila.pk},
        ciudadana.pk,
        ahora,
    )


def test_si_uno_no_se_puede_recibir_no_se_recibe_ninguno(
    ciudadana: Persona, ahora: datetime, almacen: Path
) -> None:
    with pytest.raises(ArchivoInadmisible, match=r"«b\.pdf» está dañado"):
        services.recibir_archivos(
            actor=ciudadana,
            archivos=[de_bytes("a.pdf", archivos.pdf()), de_bytes("b.pdf", archivos.pdf_truncado())],
            ahora=ahora,
        )
    assert Archivo.objects.count() == 0
    assert _objetos(almacen) == []


def test_41_archivos_no_se_reciben(ciudadana: Persona, ahora: datetime, almacen: Path) -> None:
    with pytest.raises(ArchivoInadmisible, match="41 archivos"):
        services.recibir_archivos(
            actor=ciudadana, archivos=[de_bytes("a.pdf", archivos.pdf())] * 41, ahora=ahora
        )
    assert Archivo.objects.count() == 0
    assert _objetos(almacen) == []


def test_sin_cuenta_no_se_adjunta(ahora: datetime, almacen: Path) -> None:
    with pytest.raises(Denegado, match="ingrese a su cuenta"):
        services.recibir_archivos(actor=None, archivos=[de_bytes("a.pdf", archivos.pdf())], ahora=ahora)  # type: ignore[arg-type]
    assert Archivo.objects.count() == 0
    assert _objetos(almacen) == []


@pytest.mark.parametrize("nombre", ["../../etc/passwd", "a\r\nX: y.pdf", "\u202efdp.pdf", "ñ" * 4096])
def test_ningun_nombre_llega_al_disco_ni_pasa_de_150(
    ciudadana: Persona, ahora: datetime, almacen: Path, nombre: str
) -> None:
    [fila] = services.recibir_archivos(
        actor=ciudadana, archivos=[de_bytes(nombre, archivos.pdf())], ahora=ahora
    )
    assert [ruta.name for ruta in _objetos(almacen)] == [fila.sha256]
    assert len(fila.nombre) <= 150
    assert not set(fila.nombre) & set("/\\\r\n\u202e")


def test_un_pdf_firmado_o_no_se_guarda_sin_cambiar_un_byte(ciudadana: Persona, ahora: datetime) -> None:
    contenido = archivos.pdf(2) + b"\n% algo que otro programa dejo al final\n"
    fila = services.guardar_pdf_propio(actor=ciudadana, nombre="cargo.pdf", pdf=contenido, ahora=ahora)
    assert (storage.leer(fila.sha256), fila.folios) == (contenido, 2)


def test_recibir_cuesta_una_sola_escritura_por_tanda(
    ciudadana: Persona, ahora: datetime, django_assert_num_queries: object
) -> None:
    tanda = [de_bytes(f"{numero}.pdf", archivos.pdf(numero)) for numero in range(1, 6)]
    with django_assert_num_queries(3):  # type: ignore[operator]
        # SAVEPOINT, INSERT, RELEASE (la prueba ya está en una transacción).
        services.recibir_archivos(actor=ciudadana, archivos=tanda, ahora=ahora)
