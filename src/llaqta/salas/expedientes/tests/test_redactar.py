"""Del borrador a la firma: campos de plantilla, vistos sobre una versión exacta, y devolver con motivo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas.models import Persona, Puesto
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.campos import CAMPOS
from llaqta.salas.expedientes.composicion import componer_proyecto
from llaqta.salas.expedientes.cuerpo import partes_de_informe, partes_de_resolucion
from llaqta.salas.expedientes.models import Expediente, Plantilla, Proyecto

Huella = Callable[[], dict[str, int]]


def _puesto(persona: Persona) -> Puesto:
    return persona.asignaciones.select_related("puesto").get().puesto


def _editar(
    proyecto: Proyecto, actor: Persona, firmante: Persona, ahora: datetime, **cambios: object
) -> Proyecto:
    datos = {
        "asunto": proyecto.asunto,
        "cuerpo": proyecto.cuerpo,
        "firmante": _puesto(firmante),
        "pone_fin": proyecto.pone_fin,
        **cambios,
    }
    return expedientes.editar_proyecto(actor=actor, proyecto=proyecto, ahora=ahora, **datos)  # type: ignore[arg-type]


def test_la_plantilla_trae_los_datos_del_expediente(
    borrador: Proyecto, en_tramite: Expediente, jefe: Persona
) -> None:
    assert borrador.estado == "BORRADOR"
    assert borrador.pone_fin
    assert borrador.firmante == _puesto(jefe)
    assert (
        f"El Expediente N° {en_tramite.numero}, presentado el 1 de junio de 2026 por Rosa Quispe Huamán"
        in borrador.cuerpo
    )
    assert "{{" not in borrador.cuerpo + borrador.asunto


def test_todas_las_plantillas_de_la_casa_se_pueden_componer(
    plantillas: dict[str, Plantilla],
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    ahora: datetime,
) -> None:
    for plantilla in plantillas.values():
        # Abandono, desistimiento, nulidad y enmienda piden algo antes (sus pruebas lo dicen): aquí solo se componen.
        Plantilla.objects.filter(pk=plantilla.pk).update(efecto="")
        plantilla.refresh_from_db()
        proyecto = expedientes.redactar_proyecto(
            actor=especialista, expediente=en_tramite, plantilla=plantilla, ahora=ahora
        )
        assert componer_proyecto(proyecto, ahora=ahora).startswith(b"%PDF-")
    assert len(plantillas) == 13


def test_un_campo_que_no_existe_dice_cuales_si(
    en_tramite: Expediente,
    especialista: Persona,
    jefe: Persona,
    tipos: dict[str, TipoDocumento],
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    mala = Plantilla.objects.create(
        nombre="Mala",
        tipo=tipos["CARTA"],
        asunto="x",
        cuerpo="{{ administrado.clave }} {{ config.SECRET_KEY }}",
    )
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida) as negativa:
        expedientes.redactar_proyecto(actor=especialista, expediente=en_tramite, plantilla=mala, ahora=ahora)
    assert negativa.value.frase == (
        f"El campo «administrado.clave» no existe. Los que puede usar son: {', '.join(CAMPOS)}."
    )
    assert huella_de_la_base() == antes


def test_lo_que_escribio_el_ciudadano_no_se_ejecuta(
    abrir: Callable[..., Expediente],
    plantillas: dict[str, Plantilla],
    ciudadana: Persona,
    especialista: Persona,
    ahora: datetime,
) -> None:
    from llaqta.salas.expedientes.campos import Contexto, rellenar

    expediente = abrir(asunto="{{ administrado.documento }}\nSE RESUELVE:\nArtículo 1.- Nada #set page() $x$")
    puesto = _puesto(especialista)
    contexto = Contexto(expediente, puesto.unidad, puesto, especialista, ahora.date())
    dicho = rellenar("«{{ expediente.asunto }}»", contexto)
    assert dicho == "«administrado.documento SE RESUELVE: Artículo 1.- Nada #set page() $x$»"


def test_otra_unidad_no_redacta(
    en_tramite: Expediente,
    asesor: Persona,
    plantillas: dict[str, Plantilla],
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.redactar_proyecto(
            actor=asesor, expediente=en_tramite, plantilla=plantillas["Oficio"], ahora=ahora
        )
    assert huella_de_la_base() == antes


def test_el_visto_es_sobre_una_version_y_editar_lo_deja_sin_efecto(
    borrador: Proyecto, especialista: Persona, jefe: Persona, jefe_asesoria: Persona, ahora: datetime
) -> None:
    con_visto = _editar(borrador, especialista, jefe, ahora, visadores=[_puesto(jefe_asesoria)])
    enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=con_visto, ahora=ahora)
    assert enviado.estado == "PARA_VISTO"
    visado = expedientes.visar_proyecto(
        actor=jefe_asesoria, proyecto=enviado, version=enviado.version, ahora=ahora
    )
    assert visado.estado == "PARA_FIRMA"
    cambiado = _editar(visado, especialista, jefe, ahora, cuerpo=visado.cuerpo + "\n", asunto="Otro asunto",
                       visadores=[_puesto(jefe_asesoria)])  # fmt: skip
    assert (cambiado.estado, cambiado.version) == ("BORRADOR", visado.version + 1)
    otra_vez = expedientes.enviar_proyecto(actor=especialista, proyecto=cambiado, ahora=ahora)
    assert otra_vez.estado == "PARA_VISTO"


def test_guardar_lo_mismo_no_cambia_nada(
    borrador: Proyecto, especialista: Persona, jefe: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    assert _editar(borrador, especialista, jefe, ahora).version == 1
    assert huella_de_la_base() == antes


def test_visar_lo_que_otro_acaba_de_cambiar_no_vale(
    borrador: Proyecto,
    especialista: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    proyecto = _editar(borrador, especialista, jefe, ahora, visadores=[_puesto(jefe_asesoria)])
    enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="Otra persona acaba de cambiar este proyecto"):
        expedientes.visar_proyecto(
            actor=jefe_asesoria, proyecto=enviado, version=enviado.version - 1, ahora=ahora
        )
    with pytest.raises(Denegado, match="no espera su visto bueno"):
        expedientes.visar_proyecto(actor=jefe, proyecto=enviado, ahora=ahora)
    assert huella_de_la_base() == antes


def test_devolver_pide_un_motivo_y_vuelve_a_borrador(
    borrador: Proyecto,
    especialista: Persona,
    jefe: Persona,
    jefe_asesoria: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    proyecto = _editar(borrador, especialista, jefe, ahora, visadores=[_puesto(jefe_asesoria)])
    enviado = expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="qué hay que corregir"):
        expedientes.devolver_proyecto(actor=jefe_asesoria, proyecto=enviado, nota=" ", ahora=ahora)
    assert huella_de_la_base() == antes
    devuelto = expedientes.devolver_proyecto(
        actor=jefe_asesoria, proyecto=enviado, nota="Corrija el considerando segundo.", ahora=ahora
    )
    assert (devuelto.estado, devuelto.version) == ("BORRADOR", enviado.version + 1)
    visto = devuelto.vistos.get()
    assert (visto.conforme, visto.nota) == (False, "Corrija el considerando segundo.")


@pytest.mark.parametrize(
    ("cuerpo", "frase"),
    [
        ("Hola", "le falta la parte «VISTO:»"),
        ("VISTO:\nalgo\nSE RESUELVE:\nArtículo 1.- x", "le falta la parte «CONSIDERANDO:»"),
        ("VISTO:\na\nCONSIDERANDO:\nb", "le falta la parte «SE RESUELVE:»"),
        ("VISTO:\na\nCONSIDERANDO:\nb\nSE RESUELVE:\n", "no resuelve nada"),
        ("VISTO:\na\nCONSIDERANDO:\nb\nSE RESUELVE:\notorgar", "escriba los artículos"),
        ("VISTO:\na\nCONSIDERANDO:\nb\nSE RESUELVE:\nArtículo 1.-\nArtículo 2.- x", "artículo vacío"),
    ],
)
def test_lo_que_no_se_podria_firmar_no_se_envia(
    borrador: Proyecto, especialista: Persona, jefe: Persona, ahora: datetime, cuerpo: str, frase: str
) -> None:
    proyecto = _editar(borrador, especialista, jefe, ahora, cuerpo=cuerpo)
    with pytest.raises(EntradaInvalida, match=frase):
        expedientes.enviar_proyecto(actor=especialista, proyecto=proyecto, ahora=ahora)
    proyecto.refresh_from_db()
    assert proyecto.estado == "BORRADOR"


def test_las_partes_de_una_resolucion() -> None:
    partes = partes_de_resolucion(
        "VISTOS: el expediente;\n\nCONSIDERANDO:\nQue, uno;\n\nQue, dos;\n\nSE RESUELVE:\n"
        "Artículo 1.- OTORGAR:\n- lo primero\n\nARTÍCULO SEGUNDO.- Encargar.\n\nRegístrese y comuníquese."
    )
    assert partes["visto"] == [{"tipo": "parrafo", "tramos": ["el expediente;"]}]
    assert len(partes["considerando"]) == 2
    assert [len(articulo["texto"]) for articulo in partes["articulos"]] == [2, 1]
    assert (partes["formula"], partes["cierre"]) == ("SE RESUELVE:", "Regístrese y comuníquese.")


def test_un_cuerpo_vacio_o_enorme_no_es_un_informe() -> None:
    with pytest.raises(EntradaInvalida, match="Escriba el cuerpo"):
        partes_de_informe("  \n ")
    with pytest.raises(EntradaInvalida, match="caben 60,000"):
        partes_de_informe("a" * 60_001)


def test_firma_una_jefatura_y_no_se_visa_a_si_misma(
    borrador: Proyecto, especialista: Persona, jefe: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="elija un puesto de jefatura"):
        _editar(borrador, especialista, especialista, ahora, asunto="otro")
    with pytest.raises(EntradaInvalida, match="no da además su visto bueno"):
        _editar(borrador, especialista, jefe, ahora, visadores=[_puesto(jefe)])
    assert huella_de_la_base() == antes
