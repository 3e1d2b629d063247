"""Las constancias: selladas, con su código y su lugar en el registro, y una sola por hecho."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos import reloj_ntp, storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import pruebas
from llaqta.salas.auditoria.services import secuenciar_ahora
from llaqta.salas.casilla import constancias, reactions, services
from llaqta.salas.casilla.models import Adhesion, Alerta, Constancia, Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.firma import queries as firma

pytestmark = pytest.mark.django_db


def texto_de(constancia: Constancia) -> str:
    contenido = storage.abrir(constancia.documento.archivo.sha256).read()
    paginas = pypdfium2.PdfDocument(io.BytesIO(contenido))
    return " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in paginas).split())


def sellar(notificacion: Notificacion, clase: str, ahora: datetime) -> Constancia:
    secuenciar_ahora(ahora=ahora)
    return constancias.sellar(notificacion_id=notificacion.pk, clase=clase, ahora=ahora)


def test_la_de_deposito_dice_todo_lo_que_prueba_el_hecho(
    adhesion: Adhesion, depositar: Any, ahora: datetime, resolucion: Documento
) -> None:
    notificacion = depositar()
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    constancia = sellar(notificacion, "DEPOSITO", ahora)
    contenido = storage.abrir(constancia.documento.archivo.sha256).read()
    assert firma.verificar(contenido, ahora=ahora).veredicto == "VALIDA"
    texto = texto_de(constancia)
    suceso = Suceso.objects.get(tipo="casilla.NotificacionDepositada")
    for dicho in (
        "NOT-2026-000001",
        "Rosa Quispe Huamán",
        "1 de junio de 2026, 10:00:00 (UTC−05:00); en UTC, 2026-06-01 15:00:00Z",
        "martes 9 de junio de 2026",
        "EFECTO_CASILLA = LEY31736_5DIAS (Ley 31736; rige desde 1990-01-01; segunda mano)",
        "SubmissionAcceptance, RetrievalReady",
        "Correo, intento 1",
        f"Suceso {suceso.pk}",
        f"Hoja {constancia.hoja} de un registro de {constancia.tamano}",
        constancia.raiz,
        "No se pudo comprobar con un servidor de hora",
    ):
        assert dicho in texto
    junto = texto.replace(" ", "")
    assert resolucion.archivo.sha256 in junto
    assert Alerta.objects.get().huella in junto
    assert "rosa@ejemplo.pe" not in junto
    assert constancia.documento.cvd in texto
    assert sellar(notificacion, "DEPOSITO", ahora) == constancia


def test_la_de_lectura_dice_quien_abrio(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    texto = texto_de(sellar(notificacion, "LECTURA", ahora))
    assert "Abierto por Rosa Quispe Huamán (DNI 45678901)" in texto
    assert "ContentRetrieval" in texto


def test_sin_lectura_queda_la_de_vencimiento_y_despues_la_de_eficacia(
    adhesion: Adhesion, depositar: Any
) -> None:
    notificacion = depositar()
    el_dia = datetime(2026, 6, 9, 0, 7, tzinfo=LIMA)
    avisar_todo(ahora=notificacion.depositada_en)
    assert services.declarar_eficacia(ahora=el_dia) == 1
    assert list(Suceso.objects.order_by("pk").values_list("tipo", flat=True))[-2:] == [
        "casilla.NotificacionVencida",
        "casilla.NotificacionSurtioEfecto",
    ]
    vencida, eficaz = (sellar(notificacion, clase, el_dia) for clase in ("VENCIMIENTO", "EFICACIA"))
    assert "pasaron los 5 días hábiles para acusar recibo sin que nadie abriera" in texto_de(vencida)
    assert "NonDelivery" in texto_de(vencida)
    assert "Surtió efecto el martes 9 de junio de 2026" in texto_de(eficaz)
    assert "Pasaron los días sin que la abriera" in texto_de(eficaz)


def test_la_que_se_leyo_surte_efecto_sin_constancia_de_vencimiento(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    services.declarar_eficacia(ahora=ahora + timedelta(hours=1))
    assert not Suceso.objects.filter(tipo="casilla.NotificacionVencida").exists()
    assert "La abrió" in texto_de(sellar(notificacion, "EFICACIA", ahora))
    with pytest.raises(LookupError, match="no consta ese hecho: Constancia de vencimiento"):
        sellar(notificacion, "VENCIMIENTO", ahora)


def test_la_base_no_admite_dos_del_mismo_hecho(
    adhesion: Adhesion, depositar: Any, ahora: datetime, resolucion: Documento
) -> None:
    notificacion = depositar()
    sellar(notificacion, "DEPOSITO", ahora)
    with pytest.raises(IntegrityError, match="constancia_una_por_clase"), transaction.atomic():
        Constancia.objects.create(
            notificacion=notificacion, clase="DEPOSITO", documento=resolucion, sellada_en=ahora
        )


def test_el_reloj_del_deposito_queda_en_su_constancia(
    adhesion: Adhesion, depositar: Any, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    comprobado = reloj_ntp.Comprobacion("hora.ejemplo.pe", 12, ahora.isoformat())
    monkeypatch.setattr(reloj_ntp, "ultima", lambda: comprobado)
    notificacion = depositar()
    monkeypatch.setattr(reloj_ntp, "ultima", lambda: None)
    assert "Comprobado con hora.ejemplo.pe: diferencia de 12 ms" in texto_de(
        sellar(notificacion, "DEPOSITO", ahora)
    )


def test_lo_que_el_registro_todavia_no_incluye_se_sella_en_unos_segundos(
    adhesion: Adhesion, depositar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def todavia_no(*_: object, **__: object) -> pruebas.Prueba:
        raise pruebas.TodaviaNo

    notificacion = depositar()
    monkeypatch.setattr(pruebas, "get_prueba", todavia_no)
    reactions.sellar(notificacion_id=notificacion.pk, clase="DEPOSITO", vez=3)
    assert not Constancia.objects.exists()
    trabajo = ProcrastinateJob.objects.get(task_name="casilla.sellar")
    assert trabajo.args == {"notificacion_id": notificacion.pk, "clase": "DEPOSITO", "vez": 4}
    assert trabajo.scheduled_at is not None


def test_la_prueba_de_inclusion_es_la_de_su_suceso_y_verifica(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    constancia = sellar(notificacion, "DEPOSITO", ahora)
    suceso = Suceso.objects.get(tipo="casilla.NotificacionDepositada")
    paquete = pruebas.get_prueba(suceso.pk).paquete
    assert constancia.suceso_id == suceso.pk
    assert (constancia.hoja, constancia.tamano) == (paquete["hoja"], paquete["tamano"])
    assert paquete["abierto"]["datos"]["valor"] == {"notificacion_id": notificacion.pk}
    prueba = pruebas.get_prueba(suceso.pk)
    assert (prueba.raiz, prueba.suceso_id) == (constancia.raiz, suceso.pk)
