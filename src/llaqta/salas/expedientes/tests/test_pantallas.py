"""Las pantallas del personal, sin JavaScript: la bandeja, el expediente y el camino entero hasta notificar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llaqta.conftest import PIN
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento, Plantilla, Proyecto

Cliente = Callable[..., Client]
Unidades = dict[str, UnidadOrganica]


@pytest.fixture(autouse=True)
def _reloj_detenido(monkeypatch: pytest.MonkeyPatch, ahora: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: ahora)


def _texto(respuesta: Any) -> str:
    return " ".join(respuesta.content.decode().split())


def test_la_bandeja_dice_numero_persona_plazo_y_boton(
    presentado: Expediente,
    ventanilla: Persona,
    especialista: Persona,
    unidades: Unidades,
    cliente: Cliente,
    ahora: datetime,
) -> None:
    expedientes.derivar(
        actor=ventanilla, expediente=presentado, para_unidad=unidades["SGLC"], motivo="para su atención", proveido="",
        desde_mesa=True, ahora=ahora,
    )  # fmt: skip
    navegador = cliente(especialista)
    texto = _texto(navegador.get(reverse("bandeja")))
    for dicho in (presentado.numero, "Rosa Quispe Huamán", "Quedan 8 días hábiles", "Recibir"):
        assert dicho in texto
    movimiento = presentado.movimientos.get()
    respuesta = navegador.post(
        reverse("recibir_movimiento", args=[movimiento.pk]), {"volver": reverse("bandeja")}
    )
    assert respuesta.headers["Location"] == reverse("bandeja")
    movimiento.refresh_from_db()
    assert movimiento.recibido_por == especialista


def test_el_boton_no_lleva_fuera_de_casa(
    en_tramite: Expediente, especialista: Persona, cliente: Cliente
) -> None:
    movimiento = en_tramite.movimientos.get()
    respuesta = cliente(especialista).post(
        reverse("recibir_movimiento", args=[movimiento.pk]), {"volver": "https://ejemplo.com/"}
    )
    assert respuesta.headers["Location"] == reverse("expediente", args=[en_tramite.numero])


def test_la_bandeja_no_es_de_los_ciudadanos(ciudadana: Persona, cliente: Cliente) -> None:
    assert cliente(ciudadana).get(reverse("bandeja")).status_code == 403
    assert cliente().get(reverse("bandeja")).status_code == 302


@pytest.mark.parametrize("seccion", ["documentos", "recorrido", "proyectos", "historia"])
def test_las_secciones_del_expediente(
    en_tramite: Expediente, borrador: Proyecto, especialista: Persona, cliente: Cliente, seccion: str
) -> None:
    respuesta = cliente(especialista).get(
        reverse("expediente", args=[en_tramite.numero]), {"seccion": seccion}
    )
    assert respuesta.status_code == 200
    assert "¿Por qué esta fecha?" in _texto(respuesta)


def test_lo_que_no_se_puede_trae_su_frase(
    en_tramite: Expediente, especialista: Persona, cliente: Cliente
) -> None:
    texto = _texto(cliente(especialista).get(reverse("expediente", args=[en_tramite.numero])))
    assert "Lo que ahora no se puede hacer, y por qué" in texto
    assert "Ahora no se puede notificar" in texto


def test_ajeno_e_inexistente_se_responden_igual(
    en_tramite: Expediente, asesor: Persona, cliente: Cliente
) -> None:
    navegador = cliente(asesor)
    for numero in (en_tramite.numero, "EXP-2026-000999-1", "hola"):
        assert navegador.get(reverse("expediente", args=[numero])).status_code == 404


@pytest.mark.parametrize("cual", ["caratula", "hoja-de-ruta", "indice"])
def test_los_impresos(en_tramite: Expediente, especialista: Persona, cliente: Cliente, cual: str) -> None:
    respuesta = cliente(especialista).get(reverse("expediente_pdf", args=[en_tramite.numero, cual]))
    assert respuesta.headers["Content-Type"] == "application/pdf"
    assert respuesta.content.startswith(b"%PDF-")


def test_la_caratula_dice_organo_autoridad_y_fecha_del_termino(
    en_tramite: Expediente, ahora: datetime
) -> None:
    import pypdfium2

    from llaqta.salas.expedientes import impresos

    pdf = pypdfium2.PdfDocument(impresos.caratula(en_tramite, ahora=ahora))
    texto = " ".join(pdf[0].get_textpage().get_text_range().split())
    for dicho in (
        en_tramite.numero,
        "Subgerencia de Licencias y Comercialización",
        "Autoridad responsable Lucía Sulca Ramos",
        "Fecha del término jueves 11 de junio de 2026",
    ):
        assert dicho in texto


def test_el_indice_va_sellado_y_con_las_huellas(
    en_tramite: Expediente, especialista: Persona, ahora: datetime
) -> None:
    import pypdfium2

    from llaqta.salas.expedientes import impresos
    from llaqta.salas.firma import queries as firma

    indice = impresos.indice(en_tramite, para=especialista, ahora=ahora)
    texto = "".join(pypdfium2.PdfDocument(indice)[0].get_textpage().get_text_range().split())
    huella = en_tramite.incorporados.get().documento.archivo.sha256
    assert huella in texto.replace("\u200b", "").replace("\ufffe", "")
    assert "1–12" in texto
    assert firma.verificar(indice, ahora=ahora).veredicto.name == "VALIDA"


def test_derivar_desde_la_pantalla(
    en_tramite: Expediente, especialista: Persona, unidades: Unidades, cliente: Cliente
) -> None:
    navegador, direccion = cliente(especialista), reverse("derivar_expediente", args=[en_tramite.numero])
    assert "Derivar el expediente" in _texto(navegador.get(direccion))
    vacio = navegador.post(direccion, {"version": en_tramite.version, "motivo": "para su atención"})
    assert vacio.status_code == 422
    assert "Hay un problema" in _texto(vacio)
    respuesta = navegador.post(
        direccion,
        {
            "version": en_tramite.version,
            "para_unidad": unidades["GDEL"].pk,
            "motivo": "para su atención",
            "frase": "Para su conocimiento y fines.",
            "proveido": "Urgente.",
            "copias": [unidades["OAJ"].pk],
        },
    )
    assert respuesta.headers["Location"] == reverse("bandeja")
    original = Movimiento.objects.get(expediente=en_tramite, clase="ORIGINAL", atendido_en__isnull=True)
    assert (original.para_unidad, original.proveido) == (
        unidades["GDEL"],
        "Para su conocimiento y fines. Urgente.",
    )
    assert Movimiento.objects.get(expediente=en_tramite, clase="COPIA").para_unidad == unidades["OAJ"]


def test_el_segundo_funcionario_ve_la_frase_y_no_pierde_lo_escrito(
    en_tramite: Expediente, especialista: Persona, unidades: Unidades, cliente: Cliente
) -> None:
    respuesta = cliente(especialista).post(
        reverse("derivar_expediente", args=[en_tramite.numero]),
        {
            "version": en_tramite.version - 1,
            "para_unidad": unidades["GDEL"].pk,
            "motivo": "para su atención",
            "proveido": "Lo que estaba escribiendo.",
        },
    )
    assert respuesta.status_code == 422
    texto = _texto(respuesta)
    assert "Otra persona acaba de actuar en este expediente; revise lo nuevo y vuelva a intentar." in texto
    assert "Lo que estaba escribiendo." in texto
    assert Movimiento.objects.filter(expediente=en_tramite).count() == 1


def test_de_la_opinion_a_la_notificacion(
    en_tramite: Expediente,
    especialista: Persona,
    asesor: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    con_certificado: None,
    con_casilla: None,
    plantillas: dict[str, Plantilla],
    unidades: Unidades,
    cliente: Cliente,
) -> None:
    numero, lucia, elmer = en_tramite.numero, cliente(especialista), cliente(asesor)
    lucia.post(
        reverse("pedir_informe", args=[numero]),
        {
            "version": en_tramite.version,
            "para_unidad": unidades["OAJ"].pk,
            "motivo": "para opinión",
            "proveido": "¿Procede?",
        },
    )
    pedido = Movimiento.objects.get(expediente=en_tramite, clase="INFORME")
    elmer.post(reverse("recibir_movimiento", args=[pedido.pk]))
    elmer.post(reverse("rendir_informe", args=[pedido.pk]), {"nota": "Es procedente."})
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EN_TRAMITE"

    plantilla = plantillas["Resolución que otorga una licencia"]
    redactar = reverse("redactar_proyecto", args=[numero])
    assert "Resolución que otorga una licencia" in _texto(lucia.get(redactar))
    lucia.post(redactar, {"version": en_tramite.version, "plantilla": plantilla.pk})
    proyecto = Proyecto.objects.get(expediente=en_tramite)
    pagina = reverse("proyecto", args=[proyecto.pk])
    respuesta = lucia.get(pagina)
    assert reverse("proyecto_pagina", args=[proyecto.pk, 1]) in _texto(respuesta)
    assert lucia.get(reverse("proyecto_pagina", args=[proyecto.pk, 1])).content[8:12] == b"WEBP"
    assert lucia.get(reverse("proyecto_pdf", args=[proyecto.pk])).content.startswith(b"%PDF-")
    visador = jefe_asesoria.asignaciones.get().puesto
    lucia.post(
        pagina,
        {
            "version": proyecto.version, "asunto": proyecto.asunto, "cuerpo": proyecto.cuerpo,
            "firmante": proyecto.firmante_id, "visadores": [visador.pk], "pone_fin": "on", "enviar": "1",
        },
    )  # fmt: skip
    proyecto.refresh_from_db()
    assert proyecto.estado == "PARA_VISTO"

    nelida = cliente(jefe_asesoria)
    assert "Dar visto bueno" in _texto(nelida.get(pagina))
    nelida.post(reverse("visar_proyecto", args=[proyecto.pk]), {"version": proyecto.version})
    julio, firmar = cliente(jefe), reverse("firmar_proyecto", args=[proyecto.pk])
    errado = julio.post(firmar, {"version": proyecto.version, "pin": "000000"})
    assert errado.status_code == 422
    assert "El PIN no es correcto" in _texto(errado)
    julio.post(firmar, {"version": proyecto.version, "pin": PIN})
    documento = Documento.objects.get(origen="INTERNO")
    assert documento.numero == "RESOLUCIÓN SUBGERENCIAL N° 000001-2026-MDP/SGLC"

    en_tramite.refresh_from_db()
    notificar = reverse("notificar_decision", args=[numero])
    assert "Depositar en su casilla" in _texto(lucia.get(notificar))
    lucia.post(notificar, {"version": en_tramite.version, "medio": "CASILLA", "documento": documento.pk})
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "POR_NOTIFICAR"


def test_al_cuerpo_le_falta_una_parte_se_dice_y_queda_guardado(
    borrador: Proyecto, especialista: Persona, cliente: Cliente
) -> None:
    navegador, pagina = cliente(especialista), reverse("proyecto", args=[borrador.pk])
    respuesta = navegador.post(
        pagina,
        {
            "version": 1, "asunto": "Asunto", "cuerpo": "VISTO:\nalgo", "firmante": borrador.firmante_id,
            "enviar": "1",
        },
        follow=True,
    )  # fmt: skip
    assert "le falta la parte «CONSIDERANDO:»" in _texto(respuesta)
    borrador.refresh_from_db()
    assert (borrador.estado, borrador.cuerpo) == ("BORRADOR", "VISTO:\nalgo")


def test_el_borrador_no_lo_ve_quien_no_lo_trabaja(
    borrador: Proyecto, ciudadana: Persona, jefe_asesoria: Persona, cliente: Cliente
) -> None:
    for persona in (ciudadana, jefe_asesoria):
        navegador = cliente(persona)
        for vista in ("proyecto", "proyecto_pdf"):
            assert navegador.get(reverse(vista, args=[borrador.pk])).status_code == 404


def test_el_buscador_lleva_derecho_al_expediente(
    en_tramite: Expediente, especialista: Persona, cliente: Cliente
) -> None:
    navegador = cliente(especialista)
    respuesta = navegador.get(reverse("buscar_interno"), {"q": "1"})
    assert respuesta.headers["Location"] == reverse("expediente", args=[en_tramite.numero])
    assert "No hallamos «zzz»" in _texto(navegador.get(reverse("buscar_interno"), {"q": "zzz"}))
