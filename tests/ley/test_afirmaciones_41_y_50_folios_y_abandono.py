"""Afirmaciones 41 y 50: cuerpos de 200 folios sin partir un documento, y el abandono, solo por resolución."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from llaqta.cimientos.errors import NoProcede
from llaqta.conftest import PIN
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Incorporado, Plantilla

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, int]]
ABANDONO = "Resolución que declara el abandono"


@pytest.mark.parametrize(
    ("documentos", "cuerpos"),
    [
        ((100, 90, 40), [(1, 190), (191, 230)]),
        ((230,), [(1, 230)]),
        ((200, 30), [(1, 200), (201, 230)]),
        ((10, 220), [(1, 10), (11, 230)]),
    ],
)
def test_41_cada_cuerpo_tiene_hasta_200_folios_y_ningun_documento_se_parte(
    muni: Municipalidad,
    documento: Callable[..., Documento],
    documentos: tuple[int, ...],
    cuerpos: list[tuple[int, int]],
) -> None:
    """Art. 152.1: 230 folios son dos cuerpos; si un solo documento tiene 230, su cuerpo los tiene."""
    expediente = expedientes.abrir(
        actor=muni.rosa, administrado=muni.rosa, version_tramite=muni.version, asunto="Licencia",
        documentos=[documento(folios) for folios in documentos], presentado_en=el("2026-06-01"), ahora=el("2026-06-01"),
    )  # fmt: skip
    assert expediente.folios == 230
    hechos = queries.get_cuerpos(expediente, para=muni.rosa, al=date(2026, 6, 1))
    assert [(cuerpo.folio_desde, cuerpo.folio_hasta) for cuerpo in hechos] == cuerpos


def test_41_el_expediente_agregado_no_continua_la_foliacion(
    muni: Municipalidad, documento: Callable[..., Documento]
) -> None:
    """Art. 152.2: después del folio 40 se agrega uno de 25 folios, y el que sigue es el 41."""
    expediente = muni.en_tramite("2026-06-01")
    faltan = 40 - expediente.folios
    expedientes.incorporar(
        actor=None, expediente=expediente, documentos=[documento(faltan)], ahora=el("2026-06-01 11:00")
    )
    agregado = expedientes.agregar_expediente_foliado(
        actor=muni.lucia, expediente=expediente, numero="N° 14919", procedencia="Archivo en papel", folios=25,
        motivo="Antecedente de la licencia", ahora=el("2026-06-01 12:00"),
    )  # fmt: skip
    assert (agregado.folios, agregado.tras_folio) == (25, 40)
    expedientes.incorporar(
        actor=None, expediente=expediente, documentos=[documento(2)], ahora=el("2026-06-01 13:00")
    )
    ultimo = Incorporado.objects.filter(expediente=expediente).order_by("-orden").first()
    assert ultimo is not None
    assert (ultimo.folio_desde, ultimo.folio_hasta) == (41, 42)
    assert muni.leer(expediente).folios == 42


def test_50_el_abandono_lo_declara_solo_una_resolucion_notificada_y_no_antes_del_15_de_octubre(
    muni: Municipalidad, julio_firma: None, rosa_con_casilla: None, huella_de_la_base: Huella
) -> None:
    """Art. 191: paralizado desde el martes 1 de setiembre; desde el jueves 15 de octubre se puede resolver."""
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    expediente = muni.en_tramite("2026-08-20 10:00")
    expedientes.anotar_paralizacion(
        actor=muni.lucia, expediente=expediente, desde=date(2026, 9, 1), motivo="No publicó el aviso.",
        ahora=el("2026-09-02"),
    )  # fmt: skip
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="desde el jueves 15 de octubre de 2026") as negativa:
        muni.redactar(expediente, "2026-10-14 23:59", plantilla=ABANDONO)
    assert negativa.value.norma == "Ley 27444, art. 191"
    assert huella_de_la_base() == antes

    proyecto = expedientes.redactar_proyecto(
        actor=muni.lucia,
        expediente=expediente,
        plantilla=Plantilla.objects.get(nombre=ABANDONO),
        ahora=el("2026-10-15"),
    )
    proyecto = expedientes.editar_proyecto(
        actor=muni.lucia, proyecto=proyecto, asunto=proyecto.asunto, firmante=proyecto.firmante,
        cuerpo=proyecto.cuerpo.replace("(escriba aquí qué se le requirió y cuándo se le notificó)", "publicar"),
        ahora=el("2026-10-15"),
    )  # fmt: skip
    expedientes.enviar_proyecto(actor=muni.lucia, proyecto=proyecto, ahora=el("2026-10-15"))
    decision = expedientes.firmar_proyecto(
        actor=muni.julio, proyecto=proyecto, pin=PIN, ahora=el("2026-10-15 11:00")
    )
    assert muni.leer(expediente).estado == "RESUELTO"
    notificacion = muni.depositar(expediente, decision, "2026-10-15 12:00")
    assert muni.leer(expediente).estado == "POR_NOTIFICAR"
    muni.abrir(notificacion, "2026-10-16 09:00")
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=el("2026-10-16 09:00"))
    assert muni.leer(expediente).estado == "ABANDONADO"
