"""La muestra de la fiscalización posterior: al menos el diez por ciento, con tope, y repetible por cualquiera."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.expedientes.models import Expediente, Movimiento
from llaqta.salas.fiscalizacion import queries, rules, services
from llaqta.salas.fiscalizacion.models import Candidato, Sorteo

FRASE = "El que madruga encuentra todo cerrado"
EN_MAYO = datetime(2026, 5, 4, 9, tzinfo=LIMA)
EN_JULIO = datetime(2026, 7, 1, 9, tzinfo=LIMA)
Aprobados = Callable[..., list[Expediente]]


@pytest.fixture
def convocado(fiscal: Persona) -> Sorteo:
    return services.convocar_sorteo(actor=fiscal, semestre="2026-1", frase=FRASE, ahora=EN_MAYO)


@pytest.fixture
def sorteado(fiscal: Persona, convocado: Sorteo, aprobados: Aprobados) -> Sorteo:
    aprobados(45)
    return services.sortear(actor=fiscal, sorteo=convocado, ahora=EN_JULIO)


@pytest.mark.parametrize(
    ("candidatos", "muestra"), [(0, 0), (1, 1), (10, 1), (11, 2), (45, 5), (1500, 150), (9000, 150)]
)
def test_la_muestra_es_el_diez_por_ciento_y_no_pasa_de_150(candidatos: int, muestra: int) -> None:
    assert rules.tamano(candidatos, porcentaje=10, tope=150) == muestra


def test_cualquiera_repite_el_sorteo_con_la_frase_y_la_lista(sorteado: Sorteo) -> None:
    lista = queries.get_lista(sorteado, para=None)
    assert len(lista) == 45
    # Lo que haría un vecino con papel y una calculadora de SHA-256, sin el programa.
    suerte = {n: hashlib.sha256(f"{FRASE}|2026-1|{n}".encode()).hexdigest() for n in lista}
    assert queries.get_elegidos(sorteado, para=None) == sorted(lista, key=suerte.__getitem__)[:5]
    assert sorteado.huella == hashlib.sha256("\n".join(lista).encode()).hexdigest()
    assert queries.verificar(sorteado, para=None) == []


def test_sortear_dos_veces_da_lo_mismo_y_no_repite_nada(sorteado: Sorteo, fiscal: Persona) -> None:
    elegidos = queries.get_elegidos(sorteado, para=None)
    services.sortear(actor=fiscal, sorteo=sorteado, ahora=EN_JULIO + timedelta(days=3))
    assert queries.get_elegidos(sorteado, para=None) == elegidos
    assert Suceso.objects.filter(tipo="fiscalizacion.SorteoHecho").count() == 1


def test_si_alguien_cambia_un_elegido_se_nota(sorteado: Sorteo) -> None:
    elegido = Candidato.objects.filter(elegido=True).first()
    otro = Candidato.objects.filter(elegido=False).first()
    assert elegido is not None
    assert otro is not None
    Candidato.objects.filter(pk=elegido.pk).update(elegido=False)
    Candidato.objects.filter(pk=otro.pk).update(elegido=True)
    assert queries.verificar(sorteado, para=None) == [
        "Los expedientes elegidos no son los que salen con esa frase y esa lista."
    ]
    with pytest.raises(CommandError, match="no son los que salen"):
        call_command("sorteo", semestre="2026-1")


def test_la_frase_se_publica_antes_de_que_termine_el_semestre(fiscal: Persona) -> None:
    with pytest.raises(NoProcede, match="terminó el martes 30 de junio de 2026") as negativa:
        services.convocar_sorteo(actor=fiscal, semestre="2026-1", frase=FRASE, ahora=EN_JULIO)
    assert negativa.value.norma == "Ley 27444, art. 32 (TUO, art. 34)"
    assert not Sorteo.objects.exists()


def test_no_se_sortea_antes_de_que_termine(convocado: Sorteo, fiscal: Persona, aprobados: Aprobados) -> None:
    aprobados(20)
    with pytest.raises(NoProcede, match="se sortea desde el día siguiente"):
        services.sortear(actor=fiscal, sorteo=convocado, ahora=datetime(2026, 6, 30, 23, 59, tzinfo=LIMA))
    assert not Candidato.objects.exists()


def test_la_frase_no_se_cambia(convocado: Sorteo, fiscal: Persona) -> None:
    otra = services.convocar_sorteo(
        actor=fiscal, semestre="2026-1", frase="Otra que convenga más", ahora=EN_MAYO + timedelta(days=1)
    )
    assert (otra.pk, otra.frase) == (convocado.pk, FRASE)


def test_no_entra_lo_presentado_despues_ni_lo_no_presentado(
    convocado: Sorteo, fiscal: Persona, aprobados: Aprobados
) -> None:
    aprobados(10)
    aprobados(5, dia=date(2026, 7, 1), desde=100)
    aprobados(3, desde=200, estado="NO_PRESENTADO")
    aprobados(2, desde=300, calificacion="SILENCIO_NEGATIVO")
    services.sortear(actor=fiscal, sorteo=convocado, ahora=EN_JULIO + timedelta(days=1))
    assert Candidato.objects.count() == 10


def test_lo_que_se_concluyo_tarde_entra_en_el_siguiente_y_nada_entra_dos_veces(
    sorteado: Sorteo, fiscal: Persona, aprobados: Aprobados
) -> None:
    aprobados(4, desde=500)  # presentados en marzo, aprobados después del primer sorteo
    segundo = services.convocar_sorteo(actor=fiscal, semestre="2026-2", frase=FRASE, ahora=EN_JULIO)
    services.sortear(actor=fiscal, sorteo=segundo, ahora=datetime(2027, 1, 4, 9, tzinfo=LIMA))
    assert segundo.candidatos.count() == 4


def test_solo_quien_tiene_el_encargo(especialista: Persona) -> None:
    with pytest.raises(Denegado, match="fiscalización posterior"):
        services.convocar_sorteo(actor=especialista, semestre="2026-1", frase=FRASE, ahora=EN_MAYO)
    assert not Sorteo.objects.exists()


@pytest.mark.parametrize("semestre", ["2026-3", "26-1", "2026", "", "primero"])
def test_el_semestre_se_escribe_de_una_manera(fiscal: Persona, semestre: str) -> None:
    with pytest.raises(EntradaInvalida, match="2026-1 o 2026-2"):
        services.convocar_sorteo(actor=fiscal, semestre=semestre, frase=FRASE, ahora=EN_MAYO)


# --- Comprobar -------------------------------------------------------------------------------------------------------
def _elegido() -> Candidato:
    return Candidato.objects.filter(elegido=True).select_related("expediente").earliest("lugar")


def test_con_hallazgo_constan_las_medidas_y_la_multa_tiene_limites(sorteado: Sorteo, fiscal: Persona) -> None:
    with pytest.raises(EntradaInvalida, match="va de 5 a 10 UIT; usted escribió 11") as negativa:
        services.anotar_resultado(
            actor=fiscal, candidato=_elegido(), resultado="CON_HALLAZGO", detalle="El título no es suyo.",
            multa_uit=Decimal(11), ahora=EN_JULIO,
        )  # fmt: skip
    assert negativa.value.norma == "Ley 27444, art. 32.3 (TUO, art. 34.3)"
    assert not _elegido().resultado
    services.anotar_resultado(
        actor=fiscal, candidato=_elegido(), resultado="CON_HALLAZGO", detalle="El título no es suyo.",
        pide_nulidad=True, multa_uit=Decimal(5), se_denuncia=True, ahora=EN_JULIO,
    )  # fmt: skip
    anotado = _elegido()
    assert (anotado.resultado, anotado.multa_uit, anotado.pide_nulidad) == (
        "CON_HALLAZGO",
        Decimal("5.0"),
        True,
    )


def test_conforme_no_lleva_medidas(sorteado: Sorteo, fiscal: Persona) -> None:
    with pytest.raises(EntradaInvalida, match="no hay medidas"):
        services.anotar_resultado(
            actor=fiscal, candidato=_elegido(), resultado="CONFORME", detalle="Todo es verdad.", se_denuncia=True,
            ahora=EN_JULIO,
        )  # fmt: skip


def test_no_se_comprueba_lo_que_no_salio(sorteado: Sorteo, fiscal: Persona) -> None:
    no_salio = Candidato.objects.filter(elegido=False).earliest("lugar")
    with pytest.raises(NoProcede, match="no salió sorteado"):
        services.anotar_resultado(
            actor=fiscal, candidato=no_salio, resultado="CONFORME", detalle="Bien.", ahora=EN_JULIO
        )


def test_no_comprueba_quien_lo_tramito(sorteado: Sorteo, fiscal: Persona) -> None:
    expediente = _elegido().expediente
    Movimiento.objects.create(
        expediente=expediente, orden=1, clase="COPIA", de_unidad=expediente.unidad_responsable,
        para_unidad=expediente.unidad_responsable, motivo="para su atención", folios=1, enviado_en=EN_MAYO,
        recibido_en=EN_MAYO, recibido_por=fiscal,
    )  # fmt: skip
    with pytest.raises(Denegado, match="lo comprueba otra persona"):
        services.asignar_revisor(actor=fiscal, candidato=_elegido(), revisor=fiscal, ahora=EN_JULIO)
    assert _elegido().revisor is None


# --- A la vista de todos ---------------------------------------------------------------------------------------------
def test_cualquiera_ve_el_sorteo_y_baja_la_lista(sorteado: Sorteo, client: Client) -> None:
    pagina = client.get("/fiscalizacion/2026-1/")
    assert pagina.status_code == 200
    assert FRASE in pagina.content.decode()
    assert "Rosa" not in pagina.content.decode()  # sin datos de nadie
    lista = client.get("/fiscalizacion/2026-1/lista.txt").content.decode().splitlines()
    assert hashlib.sha256("\n".join(lista).encode()).hexdigest() == sorteado.huella


def test_el_acta_queda_sellada_y_es_publica(sorteado: Sorteo, tipo_acta: TipoDocumento) -> None:
    acta = services.sellar_acta(sorteo_id=sorteado.pk, ahora=EN_JULIO)
    assert services.sellar_acta(sorteo_id=sorteado.pk, ahora=EN_JULIO) == acta
    assert (acta.firmado, acta.confidencialidad) == (True, "PUBLICO")
