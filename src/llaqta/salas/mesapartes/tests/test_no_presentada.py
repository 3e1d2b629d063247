"""Lo que nadie corrige se tiene por no presentado, y se devuelven documentos y pago (art. 125.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.mesapartes import queries, services
from llaqta.salas.mesapartes.models import OrdenDeDevolucion, Presentacion
from llaqta.salas.mesapartes.services import DatosDelEscrito, ItemPorObservar
from llaqta.salas.mesapartes.tests.factories import archivo, presentar
from llaqta.salas.plazos import services as plazos
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


def en(mes: int, dia: int, hora: int = 10, minuto: int = 0, segundo: int = 0) -> datetime:
    return datetime(2026, mes, dia, hora, minuto, segundo, tzinfo=LIMA)


@pytest.fixture
def observada(
    ciudadana: Persona, ventanilla: Persona, licencia: VersionProcedimiento
) -> Callable[..., Presentacion]:
    """Fábrica: presentada el viernes 24 de julio de 2026 y observada el lunes 27: se corrige hasta el viernes 31."""

    def hacer(**datos: Any) -> Presentacion:
        presentacion = presentar(
            ciudadana, ahora=en(7, 24), datos=DatosDelEscrito(correo="rosa@ejemplo.pe", **datos)
        )
        services.observar(
            actor=ventanilla, presentacion=presentacion, ahora=en(7, 27),
            items=[ItemPorObservar(licencia.requisitos_en_orden[1].pk, "Falta el plan de seguridad.")],
        )  # fmt: skip
        return presentacion

    return hacer


@pytest.fixture
def orden(observada: Callable[..., Presentacion]) -> OrdenDeDevolucion:
    """La orden de devolver los 187 soles que Rosa dijo haber pagado."""
    observada(pago_numero="B001-4567", pago_fecha=date(2026, 7, 23))
    services.declarar_no_presentadas(ahora=en(8, 1, 0, 1))
    return OrdenDeDevolucion.objects.get()


def test_12_se_corrige_hasta_el_ultimo_segundo_del_viernes_31(
    observada: Callable[..., Presentacion], ciudadana: Persona
) -> None:
    presentacion = observada()
    assert presentacion.observacion.subsanar_hasta == date(2026, 7, 31)
    assert services.declarar_no_presentadas(ahora=en(7, 31, 23, 59, 59)) == 0
    item = presentacion.observacion.items.get()
    services.subsanar(
        actor=ciudadana, presentacion=presentacion, ahora=en(7, 31, 23, 59, 59),
        archivos_por_requisito={item.requisito_id: [archivo("plan.pdf")]},
    )  # fmt: skip
    assert services.declarar_no_presentadas(ahora=en(8, 1, 0, 1)) == 0


def test_14_no_corregida_es_no_presentada_con_orden_de_devolucion(
    observada: Callable[..., Presentacion], ciudadana: Persona
) -> None:
    presentacion = observada(pago_numero="B001-4567", pago_fecha=date(2026, 7, 23))
    assert services.declarar_no_presentadas(ahora=en(8, 1, 0, 1)) == 1
    presentacion.expediente.refresh_from_db()
    assert presentacion.expediente.estado == "NO_PRESENTADO"
    assert presentacion.expediente.silencio_operado_el is None
    orden = OrdenDeDevolucion.objects.get(presentacion=presentacion)
    assert (orden.monto, orden.comprobante, orden.estado) == (Decimal("187.00"), "B001-4567", "POR_DEVOLVER")
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteNoPresentado").count() == 1
    assert Suceso.objects.filter(tipo="mesapartes.DevolucionOrdenada").count() == 1
    item = presentacion.observacion.items.get()
    with pytest.raises(NoProcede, match="se tiene por no presentada"):
        services.subsanar(
            actor=ciudadana, presentacion=presentacion, ahora=en(8, 1, 8),
            archivos_por_requisito={item.requisito_id: [archivo("plan.pdf")]},
        )  # fmt: skip


def test_si_ese_dia_fallo_la_plataforma_se_espera_a_que_se_certifique(
    observada: Callable[..., Presentacion], administradora: Persona
) -> None:
    observada()
    plazos.registrar_interrupcion(
        actor=administradora, servicio="PLATAFORMA", inicio_en=en(7, 31, 18), fin_en=en(7, 31, 23),
        causa="Se cortó la fibra.", norma="Ley 27444, art. 134.2", difundida_en=en(7, 31, 19), ahora=en(7, 31, 23),
    )  # fmt: skip
    # Tres días hábiles para certificarla: el 3, el 4 y el 5 de agosto (el 6 es feriado).
    assert services.declarar_no_presentadas(ahora=en(8, 1, 0, 1)) == 0
    assert services.declarar_no_presentadas(ahora=en(8, 5, 23, 1)) == 0
    assert services.declarar_no_presentadas(ahora=en(8, 6, 0, 1)) == 1  # nadie la certificó


def test_14_sin_pago_no_hay_que_devolver_y_repetirlo_no_hace_nada(
    observada: Callable[..., Presentacion],
) -> None:
    observada()
    assert services.declarar_no_presentadas(ahora=en(8, 8)) == 1  # apagado una semana
    assert services.declarar_no_presentadas(ahora=en(8, 8)) == 0
    assert not OrdenDeDevolucion.objects.exists()
    assert Suceso.objects.filter(tipo="expedientes.ExpedienteNoPresentado").count() == 1


def test_por_lotes_se_declaran_todas(observada: Callable[..., Presentacion]) -> None:
    for _ in range(3):
        observada(pago_numero="B001-1")
    assert services.declarar_no_presentadas(ahora=en(8, 1), lote=2) == 3
    assert OrdenDeDevolucion.objects.count() == 3


def test_la_constancia_dice_que_recoger_y_nunca_que_se_denego(
    observada: Callable[..., Presentacion], ciudadana: Persona
) -> None:
    presentacion = observada(pago_numero="B001-4567")
    services.declarar_no_presentadas(ahora=en(8, 1))
    constancia = services.sellar_no_presentada(expediente_id=presentacion.expediente_id, ahora=en(8, 1))
    assert constancia is not None
    assert constancia.firmado
    texto = _texto(constancia)
    assert "viernes 31 de julio de 2026" in texto
    assert "S/ 187.00" in texto
    assert "B001-4567" in texto
    assert "deneg" not in texto.lower()
    incorporado = presentacion.expediente.incorporados.get(documento=constancia)
    assert incorporado.visible_para_administrado
    otra_vez = services.sellar_no_presentada(expediente_id=presentacion.expediente_id, ahora=en(8, 2))
    assert otra_vez == constancia


def test_el_correo_dice_que_recoger(observada: Callable[..., Presentacion]) -> None:
    presentacion = observada(pago_numero="B001-4567")
    services.declarar_no_presentadas(ahora=en(8, 1))
    assert services.avisar_no_presentada(expediente_id=presentacion.expediente_id)
    (correo,) = mail.outbox
    assert correo.to == ["rosa@ejemplo.pe"]
    assert correo.subject == f"Su solicitud se tiene por no presentada: registro N° {presentacion.numero}"
    assert "S/ 187.00, comprobante N° B001-4567" in correo.body


def test_sale_de_la_cola_de_lo_observado(observada: Callable[..., Presentacion], ventanilla: Persona) -> None:
    observada()
    assert queries.contar_cola(para=ventanilla)["observados"] == "1"
    services.declarar_no_presentadas(ahora=en(8, 1))
    assert queries.contar_cola(para=ventanilla) == {"por-recibir": "0", "observados": "0"}
    filas, _ = queries.get_cola(para=ventanilla, vista="observados", cursor="", ahora=en(8, 1))
    assert filas == []


def test_la_devolucion_se_anota_una_vez(orden: OrdenDeDevolucion, ventanilla: Persona) -> None:
    nota = "En caja, en efectivo; se entregaron los planos."
    hecha = services.marcar_devuelta(actor=ventanilla, orden=orden, nota=nota, ahora=en(8, 3))
    assert (hecha.estado, hecha.devuelta_en, hecha.devuelta_por, hecha.nota) == (
        "DEVUELTA", en(8, 3), ventanilla, nota,
    )  # fmt: skip
    repetida = services.marcar_devuelta(actor=ventanilla, orden=orden, nota="Otra vez", ahora=en(8, 4))
    assert (repetida.nota, repetida.devuelta_en) == (nota, en(8, 3))
    assert Suceso.objects.filter(tipo="mesapartes.DevolucionHecha").count() == 1


def test_devuelve_solo_la_mesa_o_tesoreria(
    orden: OrdenDeDevolucion, especialista: Persona, ciudadana: Persona
) -> None:
    for persona in (especialista, ciudadana):
        with pytest.raises(Denegado):
            services.marcar_devuelta(actor=persona, orden=orden, nota="En caja.", ahora=en(8, 3))
        with pytest.raises(Denegado):
            queries.get_devoluciones(para=persona, cursor="")
    orden.refresh_from_db()
    assert (orden.estado, orden.devuelta_en) == ("POR_DEVOLVER", None)


def test_sin_decir_como_no_se_anota(orden: OrdenDeDevolucion, ventanilla: Persona) -> None:
    with pytest.raises(EntradaInvalida) as negativa:
        services.marcar_devuelta(actor=ventanilla, orden=orden, nota="  ", ahora=en(8, 3))
    assert negativa.value.campo == "nota"
    orden.refresh_from_db()
    assert orden.estado == "POR_DEVOLVER"


def test_la_pantalla_enumera_y_anota(
    orden: OrdenDeDevolucion, ventanilla: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ventanilla)
    pagina = navegador.get(reverse("devoluciones"))
    assert "B001-4567" in pagina.text
    assert "S/ 187.00" in pagina.text
    vacio = navegador.post(reverse("devoluciones_marcar", args=[orden.pk]), {"nota": ""})
    assert (vacio.status_code, "Diga cómo se devolvió" in vacio.text) == (422, True)
    hecho = navegador.post(reverse("devoluciones_marcar", args=[orden.pk]), {"nota": "En caja."}, follow=True)
    assert "quedó anotada" in hecho.text
    assert "No hay nada por devolver" in hecho.text


def _texto(documento: Documento) -> str:
    with storage.abrir(documento.archivo.sha256) as flujo:
        paginas = pypdfium2.PdfDocument(flujo.read())
    return " ".join("\n".join(p.get_textpage().get_text_range() for p in paginas).split())
