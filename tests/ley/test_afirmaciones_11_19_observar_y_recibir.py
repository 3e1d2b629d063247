"""Afirmaciones 11 a 19: observar una vez, subsanar, recibir siempre, derivar el mismo día y aprobar al presentar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Movimiento
from llaqta.salas.expedientes.rules import documento_hasta
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import ItemObservado, Observacion, Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento

from .municipalidad import Municipalidad, el, texto_del_pdf

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, int]]
AUTOMATICA = VersionProcedimiento.Calificacion.APROBACION_AUTOMATICA


def _boton(pagina: str, dicho: str) -> str:
    """La etiqueta HTML del botón que dice eso."""
    antes = pagina[: pagina.index(dicho)]
    return antes[max(antes.rfind("<button"), antes.rfind("<a ")) :]


def test_11_la_entidad_observa_en_dos_dias_habiles_y_despues_ya_no(
    muni: Municipalidad,
    cliente: Callable[..., Client],
    reloj: Callable[[str], Any],
    huella_de_la_base: Huella,
) -> None:
    """Art. 125.6: presentado el viernes 24 de julio, se observa hasta el jueves 30; el 31 el botón está negado."""
    a_tiempo, tarde = muni.presentar("2026-07-24 09:00"), muni.presentar("2026-07-24 09:00")
    mesa = cliente(muni.mario)
    with reloj("2026-07-30 23:59"):
        pagina = mesa.get(f"/mesa-de-partes/{tarde.numero}/").content.decode()
    assert "disabled" not in _boton(pagina, "Observar lo que falta")
    muni.observar(a_tiempo, "2026-07-30 23:59:59")
    assert Observacion.objects.get().presentacion == a_tiempo

    with reloj("2026-07-31 00:00"):
        pagina = mesa.get(f"/mesa-de-partes/{tarde.numero}/").content.decode()
    assert "disabled" in _boton(pagina, "Observar lo que falta")
    assert "venció el jueves 30 de julio de 2026" in pagina
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="venció el jueves 30 de julio de 2026") as negativa:
        muni.observar(tarde, "2026-07-31 00:00")
    assert negativa.value.norma.startswith("Ley 27444, art. 125.6")
    assert huella_de_la_base() == antes
    assert Observacion.objects.count() == 1


def test_12_la_persona_corrige_en_dos_dias_habiles_desde_el_requerimiento(
    muni: Municipalidad, huella_de_la_base: Huella
) -> None:
    """Art. 125.6: requerida el lunes 27 de julio, corrige hasta el viernes 31 a las 23:59:59."""
    en_plazo, tarde = muni.presentar("2026-07-24 09:00"), muni.presentar("2026-07-24 09:00")
    for presentacion in (en_plazo, tarde):
        assert muni.observar(presentacion, "2026-07-27 15:00").subsanar_hasta == date(2026, 7, 31)
    muni.subsanar(en_plazo, "2026-07-31 23:59:59")
    assert muni.leer(en_plazo.expediente).estado == "PRESENTADO"

    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="venció el viernes 31 de julio de 2026"):
        muni.subsanar(tarde, "2026-08-01 00:00:00")
    assert huella_de_la_base() == antes


def test_13_despues_de_subsanar_hay_dos_fechas(muni: Municipalidad) -> None:
    """Arts. 126.1 y 131.1: la fecha de presentación es la primera; el plazo de la entidad corre desde la corrección."""
    presentacion = muni.presentar("2026-05-04 10:00")
    assert presentacion.expediente.vence_el == date(2026, 6, 15)
    muni.observar(presentacion, "2026-05-06 09:00")
    muni.subsanar(presentacion, "2026-05-08 18:00")
    expediente = muni.leer(presentacion.expediente)
    assert expediente.fecha_presentacion == date(2026, 5, 4)
    assert expediente.inicio_computo == date(2026, 5, 8)
    assert expediente.vence_el == date(2026, 6, 19)


def test_15_no_se_observa_dos_veces(muni: Municipalidad, huella_de_la_base: Huella) -> None:
    """Art. 126.2: ni otro requisito, ni el mismo, ni después de subsanar."""
    presentacion = muni.presentar("2026-06-01 10:00")
    muni.observar(presentacion, "2026-06-01 11:00", orden=2)
    antes = huella_de_la_base()
    for orden in (1, 2):
        with pytest.raises(NoProcede, match="ya fue observado una vez") as negativa:
            muni.observar(presentacion, "2026-06-01 12:00", orden=orden)
        assert negativa.value.norma.startswith("Ley 27444, art. 126.2")
    assert huella_de_la_base() == antes

    muni.subsanar(presentacion, "2026-06-02 10:00")
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ya fue observado una vez"):
        muni.observar(presentacion, "2026-06-02 11:00", orden=1)
    assert huella_de_la_base() == antes
    assert ItemObservado.objects.get().requisito.orden == 2


def test_16_mientras_esta_observado_nada_corre_ni_se_mueve(
    muni: Municipalidad, huella_de_la_base: Huella
) -> None:
    """Art. 125.3: sin plazo, sin derivación y, si es automático, sin aprobación."""
    muni.rige(calificacion=AUTOMATICA, plazo=0)
    presentacion = muni.presentar("2026-06-01 10:00", completo=False)
    assert presentacion.expediente.estado == "PRESENTADO"
    muni.observar(presentacion, "2026-06-01 11:00")
    expediente = muni.leer(presentacion.expediente)
    assert (expediente.estado, expediente.vence_el, expediente.inicio_computo) == ("OBSERVADO", None, None)

    antes = huella_de_la_base()
    with pytest.raises(NoProcede) as negativa:
        muni.derivar(presentacion, "2026-06-01 12:00")
    assert negativa.value.norma.startswith("Ley 27444, art. 125.3")
    with pytest.raises(NoProcede) as negativa:
        expedientes.derivar(
            actor=muni.mario, expediente=expediente, para_unidad=muni.unidades["SGLC"], motivo="para su atención",
            proveido="", desde_mesa=True, ahora=el("2026-06-01 12:00"),
        )  # fmt: skip
    assert "125.3" in negativa.value.norma
    assert huella_de_la_base() == antes
    assert not Movimiento.objects.exists()
    assert muni.leer(expediente).estado == "OBSERVADO"


def test_17_la_recepcion_no_puede_rechazar(
    muni: Municipalidad, cliente: Callable[..., Client], reloj: Callable[[str], Any]
) -> None:
    """Art. 124.1: el acto no existe como servicio, como dirección ni como botón; solo se recibe u observa."""
    prohibidos = ("rechaz", "deneg", "inadmi", "no_admit", "devolver_doc")
    assert not [acto for acto in mesapartes.__all__ if any(p in acto.lower() for p in prohibidos)]
    direcciones = [clave for clave in get_resolver().reverse_dict if isinstance(clave, str)]
    assert "recibir_y_derivar" in direcciones
    assert not [nombre for nombre in direcciones if any(p in nombre for p in prohibidos)]

    presentacion = muni.presentar("2026-06-01 10:00", completo=False)
    mesa = cliente(muni.mario)
    with reloj("2026-06-01 10:30"):
        pagina = mesa.get(f"/mesa-de-partes/{presentacion.numero}/").content.decode()
        assert mesa.post(f"/mesa-de-partes/{presentacion.numero}/rechazar/").status_code == 404
    assert "Recibir y derivar" in pagina
    assert "Observar lo que falta" in pagina
    assert "disabled" not in _boton(pagina, "Recibir y derivar")
    botones = pagina.lower().replace("ningún documento se rechaza", "")
    assert not [p for p in ("rechaz", "denegar", "no admitir") if p in botones]


def test_18_lo_que_entra_se_deriva_el_mismo_dia(
    muni: Municipalidad, cliente: Callable[..., Client], reloj: Callable[[str], Any]
) -> None:
    """Arts. 117.2 y 132.1: lo del martes a las diez que nadie envió dice «Derivar hoy», y al día siguiente, atraso."""
    presentacion = muni.presentar("2026-06-02 10:00")
    mesa = cliente(muni.mario)
    with reloj("2026-06-02 16:29"):
        cola = mesa.get("/mesa-de-partes/").content.decode()
    assert presentacion.numero in cola
    assert "Derivar hoy" in cola
    with reloj("2026-06-03 08:00"):
        cola = mesa.get("/mesa-de-partes/").content.decode()
    assert "Derivar hoy" not in cola
    assert "Atrasado 1 día hábil" in cola
    muni.derivar(presentacion, "2026-06-03 08:05")
    with reloj("2026-06-03 08:10"):
        assert presentacion.numero not in mesa.get("/mesa-de-partes/").content.decode()


def test_19_la_aprobacion_automatica_es_al_presentar_y_el_cargo_es_el_titulo(muni: Municipalidad) -> None:
    """Art. 31: completa el viernes 26 de junio, está aprobada en ese acto, sin plazo que vencer."""
    muni.rige(calificacion=AUTOMATICA, plazo=0)
    presentacion = muni.presentar("2026-06-26 11:00")
    expediente = muni.leer(presentacion.expediente)
    assert (expediente.estado, expediente.vence_el) == ("APROBADO_AUTOMATICO", None)
    assert Suceso.objects.filter(tipo="mesapartes.DocumentoPresentado").count() == 1
    cargo = mesapartes.sellar_cargo(presentacion_id=presentacion.pk, ahora=el("2026-06-26 11:00"))
    assert cargo.firmado
    assert Presentacion.objects.get(pk=presentacion.pk).cargo == cargo
    assert "APROB" in texto_del_pdf(cargo).upper()
    assert Documento.objects.filter(tipo__codigo="CARGO").count() == 1
    # Si hace falta un documento para ejercer lo aprobado, se entrega en cinco días hábiles: el lunes 6 de julio (31.2).
    assert documento_hasta(expediente.explicacion) == date(2026, 7, 6)
    assert muni.derivar(presentacion, "2026-06-26 12:00").vence_el == date(2026, 7, 6)


def test_19_incompleta_no_se_aprueba_sola(muni: Municipalidad) -> None:
    """Art. 31: sin un requisito obligatorio no hay aprobación automática; al completarla, sí."""
    muni.rige(calificacion=AUTOMATICA, plazo=0)
    presentacion = muni.presentar("2026-06-26 11:00", completo=False)
    assert presentacion.expediente.estado == "PRESENTADO"
    muni.observar(presentacion, "2026-06-26 12:00")
    muni.subsanar(presentacion, "2026-06-30 09:00")
    assert muni.leer(presentacion.expediente).estado == "APROBADO_AUTOMATICO"
