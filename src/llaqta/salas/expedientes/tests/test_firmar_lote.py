"""Doce documentos por firmar y una sola ceremonia: cada uno con su número, y el que falla no arrastra a los demás."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Serie, Suceso
from llaqta.conftest import PIN
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Plantilla, Proyecto
from llaqta.salas.expedientes.services import Elegido
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma.local import services as local
from llaqta.salas.firma.local import siete_zeta
from llaqta.salas.firma.local.emulador import Componente
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.local.tests.equipos import equipo_de_prueba
from llaqta.salas.firma.models import IntentosDePin
from llaqta.salas.firma.policies import PinEquivocado

Huella = Callable[[], dict[str, int]]


@pytest.fixture
def equipo(ahora: datetime, settings: Any) -> Iterator[Componente]:
    """La computadora de Julio, en modo de entrenamiento, con el reloj detenido."""
    settings.DEMO = settings.FIRMA_ENTRENAMIENTO = True
    with mock.patch("django.utils.timezone.now", return_value=ahora):
        yield equipo_de_prueba(settings.URL_PUBLICA, lambda: ahora)


@pytest.fixture
def tres(
    abrir: Callable[..., Expediente], en_tramite: Expediente, ventanilla: Persona, especialista: Persona,
    unidades: dict[str, UnidadOrganica], plantillas: dict[str, Plantilla], con_certificado: None, ahora: datetime,
) -> list[Proyecto]:  # fmt: skip
    """Dos oficios de un expediente y uno de otro, que esperan la firma de Julio."""
    otro = abrir()
    envio = expedientes.derivar(
        actor=ventanilla, expediente=otro, para_unidad=unidades["SGLC"], motivo="para su atención",
        proveido="Pase.", desde_mesa=True, ahora=ahora,
    )  # fmt: skip
    expedientes.recibir_movimiento(actor=especialista, movimiento=envio, ahora=ahora)
    hechos = []
    for expediente in (en_tramite, en_tramite, otro):
        borrador = expedientes.redactar_proyecto(
            actor=especialista, expediente=Expediente.objects.get(pk=expediente.pk), plantilla=plantillas["Oficio"],
            ahora=ahora,
        )  # fmt: skip
        hechos.append(expedientes.enviar_proyecto(actor=especialista, proyecto=borrador, ahora=ahora))
    return hechos


def _todos(proyectos: list[Proyecto]) -> list[Elegido]:
    return [Elegido(proyecto, proyecto.version) for proyecto in proyectos]


def _estados(proyectos: list[Proyecto]) -> list[str]:
    return [Proyecto.objects.get(pk=proyecto.pk).estado for proyecto in proyectos]


def _oficio(cual: int) -> str:
    return f"OFICIO N° {cual:06d}-2026-MDP/SGLC"


# --- Con PIN --------------------------------------------------------------------------------------------------------
def test_con_un_pin_se_firman_todos_cada_uno_con_su_numero(
    tres: list[Proyecto], jefe: Persona, ahora: datetime
) -> None:
    hechos = expedientes.firmar_lote(actor=jefe, elegidos=_todos(tres), pin=PIN, ahora=ahora)
    documentos = [hecho.documento for hecho in hechos]
    assert [documento and documento.numero for documento in documentos] == [
        _oficio(1),
        _oficio(2),
        _oficio(3),
    ]
    assert _estados(tres) == ["EMITIDO"] * 3
    for documento in documentos:
        assert documento is not None
        informe = firma.verificar(storage.leer(documento.archivo.sha256), ahora=ahora)
        assert (informe.veredicto.name, len(informe.firmas)) == ("VALIDA", 1)


def test_con_el_pin_errado_no_se_firma_ninguno_y_cuenta_un_intento(
    tres: list[Proyecto], jefe: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(PinEquivocado, match="Le quedan 4 intentos"):
        expedientes.firmar_lote(actor=jefe, elegidos=_todos(tres), pin="000000", ahora=ahora)
    assert huella_de_la_base() == antes
    certificado = firma.get_certificado(para=jefe, ahora=ahora)
    assert certificado is not None
    assert IntentosDePin.objects.get(pk=certificado.numero_de_serie).fallidos == 1


def test_con_pin_el_que_no_procede_dice_por_que_y_los_demas_se_firman(
    tres: list[Proyecto], especialista: Persona, jefe: Persona, ahora: datetime
) -> None:
    """Mientras Julio leía, Lucía cambió el segundo: se firma lo que él vio, o no se firma."""
    vistos = _todos(tres)
    expedientes.enviar_proyecto(
        actor=especialista,
        proyecto=expedientes.editar_proyecto(
            actor=especialista, proyecto=tres[1], asunto="Otro", cuerpo=tres[1].cuerpo, firmante=tres[1].firmante,
            pone_fin=False, ahora=ahora,
        ),
        ahora=ahora,
    )  # fmt: skip
    hechos = expedientes.firmar_lote(actor=jefe, elegidos=vistos, pin=PIN, ahora=ahora)
    assert [hecho.documento is not None for hecho in hechos] == [True, False, True]
    assert "acaba de cambiar este proyecto" in hechos[1].frase
    assert _estados(tres) == ["EMITIDO", "PARA_FIRMA", "EMITIDO"]
    assert list(Documento.objects.numerados().order_by("numero").values_list("numero", flat=True)) == [
        _oficio(1), _oficio(2)
    ], "el que no se firmó no gastó número"  # fmt: skip


def test_repetir_el_lote_no_firma_dos_veces(tres: list[Proyecto], jefe: Persona, ahora: datetime) -> None:
    primera = expedientes.firmar_lote(actor=jefe, elegidos=_todos(tres), pin=PIN, ahora=ahora)
    otra = expedientes.firmar_lote(actor=jefe, elegidos=_todos(tres), pin=PIN, ahora=ahora)
    assert [uno.documento for uno in otra] == [uno.documento for uno in primera]
    assert Documento.objects.numerados().count() == 3


@pytest.mark.parametrize("cuantos", [0, 21])
def test_de_uno_a_veinte(
    tres: list[Proyecto], jefe: Persona, ahora: datetime, cuantos: int, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    elegidos = [Elegido(Proyecto(pk=n, expediente_id=1), 1) for n in range(cuantos)]
    with pytest.raises(NoProcede, match="de uno a 20"):
        expedientes.firmar_lote(actor=jefe, elegidos=elegidos, pin=PIN, ahora=ahora)
    with pytest.raises(NoProcede, match="de uno a 20"):
        expedientes.pedir_firma_local_de_lote(actor=jefe, elegidos=elegidos, ahora=ahora)
    assert huella_de_la_base() == antes


def test_quien_no_firma_documentos_no_firma_varios(
    tres: list[Proyecto], especialista: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado):
        expedientes.firmar_lote(actor=especialista, elegidos=_todos(tres), pin=PIN, ahora=ahora)
    with pytest.raises(Denegado):
        expedientes.pedir_firma_local_de_lote(actor=especialista, elegidos=_todos(tres), ahora=ahora)
    assert huella_de_la_base() == antes


# --- Con DNIe o token -----------------------------------------------------------------------------------------------
def _firmar(equipo: Componente, actor: Persona, sesion: SesionDeFirma, ahora: datetime) -> None:
    equipo.firmar(local.abrir_firma(actor=actor, sesion=sesion, ip=None, ahora=ahora).parametro)


def test_en_un_solo_viaje_se_firman_todos(
    equipo: Componente, tres: list[Proyecto], jefe: Persona, ahora: datetime
) -> None:
    viaje = expedientes.pedir_firma_local_de_lote(actor=jefe, elegidos=_todos(tres), ahora=ahora)
    assert viaje.sesion is not None
    assert viaje.apartados == []
    pedidos = list(viaje.sesion.documentos.values_list("titulo", "etiqueta"))
    assert pedidos == [
        (_oficio(n), f"expedientes.Proyecto:{proyecto.pk}:v{proyecto.version}") for n, proyecto in enumerate(tres, 1)
    ]  # fmt: skip
    assert not Documento.objects.numerados().exists(), "los números están reservados, no emitidos"
    _firmar(equipo, jefe, viaje.sesion, ahora)
    assert _estados(tres) == ["EMITIDO"] * 3
    for documento in Documento.objects.numerados():
        informe = firma.verificar(storage.leer(documento.archivo.sha256), ahora=ahora)
        assert (informe.veredicto.name, informe.firmas[0].documento) == ("VALIDA", "DNI 41000003")
        assert documento.metadatos["sin_valor_legal"] is True


def test_el_que_se_estropea_queda_por_firmar_con_su_numero_y_los_demas_se_emiten(
    equipo: Componente, tres: list[Proyecto], jefe: Persona, ahora: datetime
) -> None:
    def estropear(firmados: dict[str, bytes]) -> bytes:
        segundo = sorted(firmados)[1]
        return siete_zeta.escribir({**firmados, segundo: firmados[segundo][:-9] + b"x" * 9})

    equipo.perillas.sobre = estropear
    viaje = expedientes.pedir_firma_local_de_lote(actor=jefe, elegidos=_todos(tres), ahora=ahora)
    assert viaje.sesion is not None
    _firmar(equipo, jefe, viaje.sesion, ahora)
    assert _estados(tres) == ["EMITIDO", "PARA_FIRMA", "EMITIDO"]
    assert [d.estado for d in viaje.sesion.documentos.all()] == ["FIRMADO", "RECHAZADO", "FIRMADO"]
    pendiente = Proyecto.objects.get(pk=tres[1].pk)
    assert pendiente.numero_reservado is not None
    assert pendiente.numero_reservado.numero == _oficio(2)
    documento = expedientes.firmar_proyecto(actor=jefe, proyecto=pendiente, pin=PIN, ahora=ahora)
    assert documento.numero == _oficio(2), "la serie no tiene huecos"
    assert Serie.objects.get(nombre__startswith="documento.").ultimo == 3


def test_el_que_ya_no_procede_no_gasta_numero_ni_entra(
    equipo: Componente, tres: list[Proyecto], jefe: Persona, ahora: datetime
) -> None:
    vistos = [*_todos(tres[:2]), Elegido(tres[2], tres[2].version + 1)]
    viaje = expedientes.pedir_firma_local_de_lote(actor=jefe, elegidos=vistos, ahora=ahora)
    assert viaje.sesion is not None
    assert [d.titulo for d in viaje.sesion.documentos.all()] == [_oficio(1), _oficio(2)]
    assert [apartado.proyecto for apartado in viaje.apartados] == [tres[2]]
    assert "acaba de cambiar este proyecto" in viaje.apartados[0].frase
    assert Serie.objects.get(nombre__startswith="documento.").ultimo == 2


def test_lo_que_se_firma_de_otra_manera_va_aparte(
    equipo: Componente, tres: list[Proyecto], especialista: Persona, jefe: Persona, jefe_asesoria: Persona,
    ahora: datetime,
) -> None:  # fmt: skip
    """Nélida ya firmó uno conjunto: en él Julio firma debajo, y Firma Perú pone a todos el bloque en el mismo lugar."""
    conjunto = Proyecto.objects.get(pk=tres[0].pk)
    Proyecto.objects.filter(pk=conjunto.pk).update(
        firmante=jefe_asesoria.asignaciones.get().puesto, firmantes_conjuntos=[conjunto.firmante_id]
    )
    conjunto.refresh_from_db()
    with mock.patch("llaqta.salas.expedientes.services.firmar.oportunidad.check_competencia"):
        expedientes.firmar_proyecto(actor=jefe_asesoria, proyecto=conjunto, pin=PIN, ahora=ahora)
    viaje = expedientes.pedir_firma_local_de_lote(actor=jefe, elegidos=_todos(tres), ahora=ahora)
    assert viaje.sesion is not None
    assert viaje.sesion.documentos.count() == 2
    [apartado] = viaje.apartados
    assert apartado.proyecto.pk == conjunto.pk
    assert "Fírmelo aparte" in apartado.frase


def test_sin_autorizacion_no_se_reserva_ningun_numero(
    tres: list[Proyecto], jefe: Persona, ahora: datetime, settings: Any, huella_de_la_base: Huella
) -> None:
    settings.DEMO = settings.FIRMA_ENTRENAMIENTO = False
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="falta su archivo de autorización"):
        expedientes.pedir_firma_local_de_lote(actor=jefe, elegidos=_todos(tres), ahora=ahora)
    assert huella_de_la_base() == antes


# --- Las pantallas --------------------------------------------------------------------------------------------------
def test_se_marcan_en_la_bandeja_se_firman_y_se_ve_cada_uno(
    equipo: Componente, tres: list[Proyecto], jefe: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(jefe)
    bandeja = navegador.get(reverse("bandeja"), {"vista": "para_firma", "marcar": "todos"}).content.decode()
    assert bandeja.count("checked") == 3
    assert "Firmar los marcados" in bandeja
    pagina = navegador.get(reverse("firmar_varios"), {"p": [uno.pk for uno in tres]}).content.decode()
    assert "Firmar 3 documentos" in pagina
    enviados = {"elegido": [f"{uno.pk}:{uno.version}" for uno in tres]}
    mal = navegador.post(reverse("firmar_varios"), {**enviados, "pin": "000000"})
    assert mal.status_code == 422
    assert "El PIN no es correcto" in mal.content.decode()
    assert _estados(tres) == ["PARA_FIRMA"] * 3
    bien = navegador.post(reverse("firmar_varios"), {**enviados, "pin": PIN}, follow=True).content.decode()
    assert "Firmó 3 de 3 documentos" in bien
    assert all(_oficio(n) in bien for n in (1, 2, 3))


def test_se_piden_juntos_con_dnie_desde_la_pantalla(
    equipo: Componente, tres: list[Proyecto], jefe: Persona, cliente: Callable[..., Client], ahora: datetime
) -> None:
    navegador = cliente(jefe)
    vistos = [f"{tres[0].pk}:{tres[0].version}", f"{tres[1].pk}:{tres[1].version}", f"{tres[2].pk}:99"]
    pedida = navegador.post(reverse("firmar_varios_en_mi_equipo"), {"elegido": vistos}, follow=True)
    texto = pedida.content.decode()
    assert "2 documentos" in texto
    assert "No entra en esta firma" in texto
    sesion = SesionDeFirma.objects.get()
    _firmar(equipo, jefe, sesion, ahora)
    texto = navegador.get(reverse("firma_local", args=[sesion.referencia])).content.decode()
    assert texto.count("Firma de práctica<") == 2
    tipos = list(Suceso.objects.filter(tipo="expedientes.DocumentoEmitido"))
    assert len(tipos) == 2


@pytest.mark.parametrize("elegido", ["", "x", "1", "1:x", "999999999:1", "1:" + "9" * 30, "²:1"])
def test_lo_que_no_es_un_proyecto_suyo_no_firma_nada(
    tres: list[Proyecto],
    jefe: Persona,
    cliente: Callable[..., Client],
    elegido: str,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    for donde in ("firmar_varios", "firmar_varios_en_mi_equipo"):
        respuesta = cliente(jefe).post(reverse(donde), {"elegido": elegido, "pin": PIN})
        assert (respuesta.status_code, respuesta["Location"]) == (302, "/expedientes/?vista=para_firma")
    assert huella_de_la_base() == antes
