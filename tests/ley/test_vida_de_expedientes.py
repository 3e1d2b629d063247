"""Vidas de expedientes al azar: actos lícitos e ilícitos, de quien puede y de quien no, con un reloj que avanza.

Hypothesis busca una sucesión de actos que rompa una promesa de la ley; si la encuentra, la reduce a la más corta.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import settings as settings_de_django
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.models import Serie, Suceso
from llaqta.salas.auditoria import integridad
from llaqta.salas.auditoria import queries as libro
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.auditoria.models import Hoja
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CON_RELOJ, Expediente, Incorporado, Suspension
from llaqta.salas.expedientes.services.vencimientos import declarar_vencimientos
from llaqta.salas.mesapartes.models import EscritoPosterior, Observacion, Presentacion
from llaqta.salas.mesapartes.services.no_presentada import declarar_no_presentadas
from llaqta.salas.recursos.models import Recurso
from llaqta.salas.tramites.models import Procedimiento, Requisito, VersionProcedimiento

from . import oraculo, vida
from .actos import ACTOS, lo_que_sigue
from .municipalidad import Municipalidad
from .vida import Mundo

MAXIMO = 4
ALMANAQUE = oraculo.Almanaque(frozenset(oraculo.feriados_nacionales(range(2025, 2031))))
OTROS = ("rosa", "teodoro", "mario", "lucia", "julio", "elmer")
SEMILLAS = st.integers(0, 10**6)
"""De cada una sale una sucesión de actos: hypothesis elige y reduce semillas, y el azar reparte parejo los actos."""
SIN_PLAZO = ("OBSERVADO", "EMPLAZADO")


class Vida(RuleBasedStateMachine):
    """Tres o cuatro expedientes de Rosa en la misma municipalidad."""

    mundo: Mundo  # lo pone la prueba: la base está dentro de su transacción

    def __init__(self) -> None:
        super().__init__()
        self.transaccion = transaction.atomic()
        self.transaccion._from_testcase = True  # type: ignore[attr-defined]  # el registro se ordena dentro de ella
        self.transaccion.__enter__()
        self.m = Mundo(self.mundo.muni, self.mundo.gente, self.mundo.tramites)
        self.registro = Path(tempfile.mkdtemp(dir=settings_de_django.REGISTRO.parent))
        self.antes = vida.huella()
        self.hechos: Counter[str] = Counter()
        self.paso = 0
        self.frases: dict[str, str] = {}

    def teardown(self) -> None:
        HECHOS.update(self.hechos)
        transaction.set_rollback(True)
        self.transaccion.__exit__(None, None, None)

    # --- Lo que ocurre ------------------------------------------------------------------------------------------------
    @initialize(otros=st.lists(st.integers(0, 2), min_size=2, max_size=2), completo=st.booleans())
    def tres_solicitudes(self, otros: list[int], completo: bool) -> None:
        for tramite in (0, *otros):
            self._presentar(tramite, completo)

    @precondition(lambda self: len(self.m.expedientes) < MAXIMO)
    @rule(tramite=st.integers(0, 2), completo=st.booleans())
    def otra_solicitud(self, tramite: int, completo: bool) -> None:
        self._presentar(tramite, completo)

    @rule(semilla=SEMILLAS)
    def la_ley_sigue_su_curso(self, semilla: int) -> None:
        """Hasta diez pasos de los que la ley espera, en un expediente o en otro."""
        azar = self._azar(semilla)
        for _ in range(azar.randint(3, 10)):
            cual = azar.randint(0, MAXIMO - 1)
            if siguiente := lo_que_sigue(self.m, self._expediente(cual), azar.randint(0, 15)):
                self._intentar(*siguiente, cual, azar)
                self.m.pasar(azar.choice([0, 0, 0, 0, 0, 0, 9]), 7)

    @rule(cual=st.integers(0, MAXIMO - 1), semilla=SEMILLAS)
    def cualquier_acto(self, cual: int, semilla: int) -> None:
        """Cinco actos cualesquiera; cuatro de cada cinco veces los intenta la persona a quien le tocan."""
        azar = self._azar(semilla)
        for acto in azar.sample(sorted(ACTOS), 5):
            quien = azar.choice(OTROS) if azar.random() < 0.2 else ACTOS[acto].a_quien_le_toca
            self._intentar(acto, quien, cual, azar)
            self.m.pasar(0, 1)

    @rule(
        dias=st.sampled_from([0, 1, 1, 2, 3, 5, 8, 14, 55]), minutos=st.integers(1, 700), reloj=st.booleans()
    )
    def pasa_el_tiempo(self, dias: int, minutos: int, reloj: bool) -> None:
        """El programador puede llevar días apagado; correrlo dos veces es correrlo una."""
        self.m.pasar(dias, minutos)
        if not reloj:
            return
        self._declarar()
        self.antes = vida.huella()
        self._declarar()
        assert vida.huella() == self.antes, "declarar dos veces no es declarar una"
        self._nada_quedo_sin_declarar()
        self._todo_esta_en_el_libro()

    def _todo_esta_en_el_libro(self) -> None:
        """Cada suceso tiene su renglón para quien controla y su hoja en el registro, que se rehace y coincide."""
        with override_settings(REGISTRO=self.registro):
            auditoria.secuenciar_ahora(ahora=self.m.ahora)
            informe = integridad.verificar()
        assert informe.intacto, informe.hallazgos
        sucesos = Suceso.objects.count()
        assert (informe.tamano, Hoja.objects.count()) == (sucesos, sucesos)
        renglones = libro.iter_renglones(para=self.m.gente["irene"], filtros=libro.Filtros())
        assert sum(1 for _ in renglones) == sucesos
        self.antes = vida.huella()

    def _nada_quedo_sin_declarar(self) -> None:
        """Recién corrido el programador, ningún plazo vencido sigue como si nada."""
        for e in Expediente.objects.filter(silencio_desde__lte=self.m.hoy, silencio_operado_el=None):
            assert e.estado not in CON_RELOJ or _notificada_a_tiempo(e), e
        assert not Expediente.objects.filter(estado__in=SIN_PLAZO, corregir_hasta__lt=self.m.hoy).exists()

    def _azar(self, semilla: int) -> Random:
        """Hypothesis repite a menudo el mismo número: con el paso, cada vez es otro azar, y siempre el mismo."""
        self.paso += 1
        return Random(f"{semilla}/{self.paso}")

    # --- Cómo se intenta ----------------------------------------------------------------------------------------------
    def _expediente(self, cual: int) -> Expediente:
        return Expediente.objects.get(pk=self.m.expedientes[cual % len(self.m.expedientes)])

    def _presentar(self, tramite: int, completo: bool) -> None:
        codigo = self.m.tramites[tramite]
        presentacion = vida.presentar(self.m, self.m.muni.rosa, codigo, completo=completo)
        self.m.expedientes.append(presentacion.expediente_id)
        self._se_anuncio("mesapartes.DocumentoPresentado", self.m.muni.rosa)

    def _intentar(self, nombre: str, quien: str, cual: int, azar: Random) -> None:
        acto, persona = ACTOS[nombre], self.m.gente[quien]
        self.m.azar = azar.randint(0, 1000)
        llamada = acto.hacer(self.m, self._expediente(cual), persona)
        if llamada is None:
            return
        try:
            llamada()
        except Negativa as negativa:
            self.frases[negativa.frase] = nombre
            assert vida.huella() == self.antes, f"«{nombre}» se negó y dejó rastro"
            self.hechos[f"negado: {nombre}"] += 1
            return
        if vida.huella() != self.antes:  # si nada cambió, fue la repetición de algo ya hecho
            self._se_anuncio(acto.anuncia, persona)
            self.hechos[nombre] += 1

    def _se_anuncio(self, tipo: str, persona: Persona) -> None:
        anunciados = Suceso.objects.filter(tipo=tipo, actor_id=persona.pk, ocurrido_en=self.m.ahora)
        assert anunciados.exists(), f"No se anunció {tipo}"
        despues = vida.huella()
        sucesos = "cimientos_suceso"
        assert despues[sucesos][0] > self.antes[sucesos][0]
        self.antes = despues

    def _declarar(self) -> None:
        """Lo que hace el programador, y lo que los oyentes hacen con lo que anuncia."""
        avisar_todo(ahora=self.m.ahora)
        casilla.declarar_eficacia(ahora=self.m.ahora)
        for notificacion in Notificacion.objects.filter(estado__in=["EFECTIVA", "LEIDA"]):
            expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=self.m.ahora)
        declarar_no_presentadas(ahora=self.m.ahora)
        declarar_vencimientos(ahora=self.m.ahora)

    @invariant()
    def toda_negativa_es_una_oracion(self) -> None:
        assert all(frase.endswith(".") and frase[0].isupper() for frase in self.frases), self.frases

    # --- Lo que siempre es cierto -------------------------------------------------------------------------------------
    @invariant()
    def nunca_hay_segunda_observacion(self) -> None:
        for tipo in ("expedientes.ExpedienteObservado", "expedientes.ExpedienteEmplazado"):
            veces = Counter(Suceso.objects.filter(tipo=tipo).values_list("objeto_id", flat=True))
            assert all(cuantas == 1 for cuantas in veces.values()), (tipo, veces)
        presentaciones = Observacion.objects.values_list("presentacion_id", flat=True)
        assert len(presentaciones) == len(set(presentaciones))

    @invariant()
    def nada_corre_mientras_se_espera_una_correccion(self) -> None:
        for expediente in Expediente.objects.filter(estado__in=SIN_PLAZO):
            assert (expediente.vence_el, expediente.limite_notificacion, expediente.silencio_desde) == (
                None,
            ) * 3
            assert expediente.corregir_hasta is not None

    @invariant()
    def el_reloj_es_el_del_oraculo(self) -> None:
        """La fecha guardada es la que se cuenta a mano desde el inicio del cómputo, sin los días suspendidos."""
        for e in Expediente.objects.exclude(estado__in=SIN_PLAZO).exclude(vence_el=None):
            pausas = Suspension.objects.filter(expediente=e, etapa=e.etapa).exclude(hasta=None)
            en_pausa = oraculo.dias_de(pausas.values_list("desde", "hasta"))
            assert e.inicio_computo is not None
            vence = oraculo.en_habiles(
                e.inicio_computo, e.dias_plazo + e.dias_distancia, ALMANAQUE, en_pausa=en_pausa
            )
            limite = oraculo.limite_para_notificar(vence, ALMANAQUE)
            if e.calificacion == "SILENCIO_POSITIVO":
                esperado = (vence, limite, limite + timedelta(days=1))
            else:
                esperado = (vence, None, vence + timedelta(days=1))
            assert (e.vence_el, e.limite_notificacion, e.silencio_desde) == esperado, e

    @invariant()
    def el_silencio_nunca_opera_antes_de_su_dia(self) -> None:
        for e in Expediente.objects.exclude(silencio_operado_el=None):
            # Emplazar o enviar a otra entidad después para el reloj, pero no borra el día en que operó.
            if e.silencio_desde is None:
                assert e.estado not in CON_RELOJ, e
            else:
                assert e.silencio_operado_el >= e.silencio_desde
            assert e.silencio_operado_el <= self.m.hoy

    @invariant()
    def lo_notificado_a_tiempo_no_se_aprueba_por_silencio(self) -> None:
        for e in Expediente.objects.filter(estado="APROBADO_FICTO"):
            assert e.calificacion == "SILENCIO_POSITIVO"
            assert not _notificada_a_tiempo(e), e

    @invariant()
    def los_numeros_no_tienen_huecos(self) -> None:
        for serie, modelos in (
            ("expedientes", (Expediente,)),
            ("mesapartes.registro", (Presentacion, EscritoPosterior)),
        ):
            del_anio = [
                modelo.objects.filter(anio=2026).values_list("correlativo", flat=True) for modelo in modelos
            ]
            numeros = sorted(numero for suyos in del_anio for numero in suyos)
            assert numeros == list(range(1, len(numeros) + 1))
            assert Serie.objects.get(nombre=serie, anio=2026).ultimo == len(numeros)
        emitidos = sorted(Documento.objects.filter(origen="INTERNO").values_list("numero", flat=True))
        for anio in {numero.split("-")[1] for numero in emitidos}:
            del_anio = [n for n in emitidos if n.split("-")[1] == anio]
            assert [int(n.split("N° ")[1].split("-")[0]) for n in del_anio] == list(
                range(1, len(del_anio) + 1)
            )

    @invariant()
    def nunca_hay_dos_recursos_vivos(self) -> None:
        vivos = Counter(Recurso.objects.vivos().values_list("expediente_id", flat=True))
        assert all(cuantos == 1 for cuantos in vivos.values()), vivos

    @invariant()
    def los_folios_van_seguidos(self) -> None:
        for pk in self.m.expedientes:
            siguiente = 1
            for puesto in Incorporado.objects.filter(expediente=pk).order_by("orden"):
                assert puesto.folio_desde == siguiente
                siguiente = puesto.folio_hasta + 1
            assert Expediente.objects.get(pk=pk).folios == siguiente - 1


DE_SIEMPRE = (
    "derivar de mesa",
    "recibir",
    "redactar",
    "enviar a la firma",
    "firmar",
    "notificar",
    "abrir la casilla",
)
"""Lo que alguna de las vidas tuvo que lograr; si no, las promesas se estarían comprobando sobre nada."""


def _notificada_a_tiempo(e: Expediente) -> bool:
    """Verdadero si la decisión de la etapa surtió efecto antes de que operara el silencio."""
    efectos = Notificacion.objects.filter(
        del_expediente__expediente=e, documento__proyecto__pone_fin=True, documento__proyecto__etapa=e.etapa
    ).values_list("efecto_el", flat=True)
    return any(e.silencio_desde and efecto and efecto < e.silencio_desde for efecto in efectos)


HECHOS: Counter[str] = Counter()
"""Cuántas veces se logró o se negó cada acto en todas las vidas: si un acto nunca ocurre, la prueba no prueba nada."""


@pytest.fixture
def mundo(
    muni: Municipalidad,
    otro_ciudadano: Persona,
    asesor: Persona,
    auditora: Persona,
    rosa_con_casilla: None,
    julio_firma: None,
) -> Mundo:
    """Tres trámites: con silencio positivo, con silencio negativo y de aprobación automática."""
    muni.rige(plazo=6)
    calificaciones = VersionProcedimiento.Calificacion
    codigos = [muni.version.procedimiento.codigo]
    for codigo, calificacion, plazo in (
        ("PE-NEGATIVO", calificaciones.SILENCIO_NEGATIVO, 8),
        ("PE-AUTOMATICA", calificaciones.APROBACION_AUTOMATICA, 0),
    ):
        otra = VersionProcedimiento.objects.get(pk=muni.version.pk)
        requisitos = list(Requisito.objects.filter(version=otra))
        otra.pk = None
        otra.procedimiento = Procedimiento.objects.create(codigo=codigo, tema=muni.version.procedimiento.tema)
        otra.calificacion, otra.plazo = calificacion, plazo
        otra.save(force_insert=True)
        for requisito in requisitos:
            requisito.pk, requisito.version = None, otra
            requisito.save(force_insert=True)
        codigos.append(codigo)
    gente = {
        "rosa": muni.rosa, "mario": muni.mario, "lucia": muni.lucia, "julio": muni.julio, "elmer": asesor,
        "teodoro": otro_ciudadano, "irene": auditora,
    }  # fmt: skip
    return Mundo(muni, gente, codigos)


@pytest.mark.django_db
def test_ninguna_vida_al_azar_rompe_una_promesa(mundo: Mundo) -> None:
    Vida.mundo = mundo
    HECHOS.clear()
    run_state_machine_as_test(
        Vida,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    nunca = {acto for acto in DE_SIEMPRE if not HECHOS[acto]}
    assert not nunca, f"Nunca se logró: {nunca}"
    logrados = [acto for acto in ACTOS if HECHOS[acto]]
    assert len(logrados) >= 14, logrados
    assert sum(cuantos for acto, cuantos in HECHOS.items() if acto.startswith("negado: ")) >= 100
