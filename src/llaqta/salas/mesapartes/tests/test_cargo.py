"""El cargo: sellado por la entidad, con todo lo que manda la ley, y avisado por correo a quien dejó el suyo."""

from __future__ import annotations

import io
import socket
from datetime import date, datetime
from email import message_from_bytes, policy
from typing import Any

import pikepdf
import pypdfium2
import pytest
from aiosmtpd.controller import Controller
from django.core import mail

from llaqta.cimientos import storage
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import queries as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.firma import queries as firma
from llaqta.salas.mesapartes import reactions, services
from llaqta.salas.mesapartes.events import DocumentoPresentado, PresentacionObservada
from llaqta.salas.mesapartes.services import DatosDelEscrito, ItemPorObservar
from llaqta.salas.mesapartes.tests.factories import archivo, pdf, presentar
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


def bytes_de(documento: Documento) -> bytes:
    with storage.abrir(documento.archivo.sha256) as flujo:
        return flujo.read()


def texto_de(contenido: bytes) -> str:
    paginas = pypdfium2.PdfDocument(contenido)
    return "\n".join(pagina.get_textpage().get_text_range() for pagina in paginas).replace("\r", "")


def test_el_cargo_lleva_lo_que_manda_la_ley_y_va_sellado(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(
        ciudadana, ahora=ahora, archivos=[archivo("plano de mi bodega.pdf", pdf(3))],
        datos=DatosDelEscrito(domicilio="Jr. Cusco 120", pago_numero="R-0077", pago_fecha=date(2026, 5, 29)),
    )  # fmt: skip

    cargo = services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)

    contenido = bytes_de(cargo)
    texto = texto_de(contenido)
    archivo_recibido = presentacion.anexos.get().documento.archivo
    for dato in (
        "CARGO DE RECEPCIÓN", "20999000011", presentacion.numero, presentacion.expediente.numero,
        "10:00:00 (UTC−05:00)",
        "lunes 1 de junio de 2026", "Mesa de partes digital", "Rosa Quispe Huamán", "DNI 45678901", "PE-LIC-ALTO",
        "Licencia para mi bodega del jirón Cusco 120", "plano de mi bodega.pdf", "R-0077", "jueves 11 de junio de 2026",
        "sin observaciones", services.en_grupos(presentacion.expediente.clave), cargo.cvd, archivo_recibido.sha256[:32],
    ):  # fmt: skip
        assert str(dato) in texto, dato
    assert cargo.firmado
    assert cargo.tipo.codigo == "CARGO"
    assert firma.verificar(contenido, ahora=ahora).veredicto == "VALIDA"
    with pikepdf.open(io.BytesIO(contenido)) as abierto, abierto.open_metadata() as metadatos:
        assert metadatos["pdfaid:part"] == "2"


def test_sellar_dos_veces_es_un_cargo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(ciudadana, ahora=ahora)
    evento = DocumentoPresentado(presentacion_id=presentacion.pk)

    reactions.sellar_cargo(evento, ahora=ahora)
    reactions.sellar_cargo(evento, ahora=ahora)

    assert Documento.objects.filter(tipo__codigo="CARGO").count() == 1


def test_el_cargo_lo_ve_quien_presento_y_no_un_extrano(
    ciudadana: Persona, otro_ciudadano: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    cargo = services.sellar_cargo(presentacion_id=presentar(ciudadana, ahora=ahora).pk, ahora=ahora)

    assert documentos.puede_ver(cargo, para=ciudadana)
    assert not documentos.puede_ver(cargo, para=otro_ciudadano)
    assert not documentos.puede_ver(cargo, para=None)


def test_el_correo_confirma_con_numero_y_clave_solo_si_dejo_correo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    con = presentar(ciudadana, ahora=ahora, datos=DatosDelEscrito(correo="rosa@ejemplo.pe"))
    sin = presentar(ciudadana, ahora=ahora)

    for presentacion in (con, sin):
        reactions.avisar_presentacion(DocumentoPresentado(presentacion_id=presentacion.pk), ahora=ahora)

    [mensaje] = mail.outbox
    assert mensaje.to == ["rosa@ejemplo.pe"]
    assert mensaje.subject == f"Recibimos su solicitud: registro N° {con.numero}"
    assert services.en_grupos(con.expediente.clave) in mensaje.body
    assert "jueves 11 de junio de 2026" in mensaje.body
    assert f"/mi-carpeta/{con.numero}/cargo/" in mensaje.body


def test_la_observacion_se_sella_se_incorpora_y_se_avisa(
    ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(ciudadana, ahora=ahora, datos=DatosDelEscrito(correo="rosa@ejemplo.pe"))
    requisito = licencia.requisitos_en_orden[1]
    observacion = services.observar(
        actor=ventanilla,
        presentacion=presentacion,
        ahora=ahora,
        items=[ItemPorObservar(requisito.pk, "Falta el plano.")],
    )
    evento = PresentacionObservada(presentacion_id=presentacion.pk, observacion_id=observacion.pk)

    reactions.sellar_observacion(evento, ahora=ahora)
    reactions.sellar_observacion(evento, ahora=ahora)
    reactions.avisar_observacion(evento, ahora=ahora)

    observacion.refresh_from_db()
    texto = texto_de(bytes_de(observacion.documento))
    assert "Falta el plano." in texto
    assert "miércoles 3 de junio de 2026, 23:59:59" in texto
    assert observacion.documento.incorporado.expediente == presentacion.expediente
    [mensaje] = mail.outbox
    assert "Falta el plano." in mensaje.body
    assert "miércoles 3 de junio de 2026, a las 23:59" in mensaje.body


def test_el_cargo_de_la_subsanacion_dice_las_dos_fechas(
    ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    presentacion = presentar(ciudadana, ahora=ahora)
    requisito = licencia.requisitos_en_orden[1]
    observacion = services.observar(
        actor=ventanilla,
        presentacion=presentacion,
        ahora=ahora,
        items=[ItemPorObservar(requisito.pk, "Falta el plano.")],
    )
    manana = ahora.replace(day=2)
    services.subsanar(
        actor=ciudadana,
        presentacion=presentacion,
        archivos_por_requisito={requisito.pk: [archivo("plano.pdf")]},
        ahora=manana,
    )

    constancia = services.sellar_subsanacion(observacion_id=observacion.pk, ahora=manana)

    texto = texto_de(bytes_de(constancia))
    assert "CARGO DE SUBSANACIÓN" in texto
    assert "lunes 1 de junio de 2026" in texto  # se tiene por presentada
    assert "miércoles 3 de junio de 2026" in texto  # el plazo corre desde
    assert "viernes 12 de junio de 2026" in texto  # vence
    assert "plano.pdf" in texto


def test_lo_automatico_dice_que_el_cargo_es_la_aprobacion(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    VersionProcedimiento.objects.filter(pk=licencia.pk).update(calificacion="AUTOMATICA", plazo=0)
    solicitud, plano, _ = licencia.requisitos_en_orden
    presentacion = presentar(
        ciudadana,
        ahora=ahora,
        archivos=[archivo("s.pdf"), archivo("p.pdf")],
        requisitos=[solicitud.pk, plano.pk],
    )

    cargo = services.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)

    assert "aprobación automática" in texto_de(bytes_de(cargo))


def test_presentar_deja_los_trabajos_de_sellar_y_avisar(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob  # noqa: PLC0415

    presentar(ciudadana, ahora=ahora)

    suceso = Suceso.objects.get(tipo="mesapartes.DocumentoPresentado")
    trabajos = ProcrastinateJob.objects.filter(args__suceso_id=suceso.pk).values_list("task_name", flat=True)
    assert {"mesapartes.sellar_cargo", "mesapartes.avisar_presentacion"} <= set(trabajos)


def test_el_correo_conversa_con_un_servidor_de_verdad(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime, settings: Any
) -> None:
    recibidos: list[Any] = []

    class Buzon:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            recibidos.append(envelope)
            return "250 Recibido"

    presentacion = presentar(ciudadana, ahora=ahora, datos=DatosDelEscrito(correo="rosa@ejemplo.pe"))
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        puerto = libre.getsockname()[1]
    servidor = Controller(Buzon(), hostname="127.0.0.1", port=puerto)
    servidor.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", puerto
    try:
        assert services.avisar_presentacion(presentacion_id=presentacion.pk)
    finally:
        servidor.stop()

    [sobre] = recibidos
    mensaje = message_from_bytes(sobre.content, policy=policy.default)
    assert sobre.rcpt_tos == ["rosa@ejemplo.pe"]
    assert mensaje["Subject"] == f"Recibimos su solicitud: registro N° {presentacion.numero}"
    assert mensaje.get_content_type() == "text/plain"
    assert presentacion.expediente.numero in mensaje.get_content()


def test_si_el_servidor_de_correo_no_atiende_el_trabajo_se_reintenta(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime, settings: Any
) -> None:
    presentacion = presentar(ciudadana, ahora=ahora, datos=DatosDelEscrito(correo="rosa@ejemplo.pe"))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nadie escucha ahí

    with pytest.raises(ConnectionRefusedError):
        reactions.avisar_presentacion(DocumentoPresentado(presentacion_id=presentacion.pk), ahora=ahora)
