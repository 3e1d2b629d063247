"""Los números se toman al firmar, sin huecos, por clase, unidad y año de Lima (peru-law (a) 39)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Serie, Suceso
from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import queries, services
from llaqta.salas.documentos.models import Documento, FormatoDeNumero, InicioDeSerie, TipoDocumento

Tipos = dict[str, TipoDocumento]
Unidades = dict[str, UnidadOrganica]


def _emitir(tipo: TipoDocumento, unidad: UnidadOrganica, ahora: datetime) -> Documento:
    """Un documento numerado de verdad, con su archivo."""
    with transaction.atomic():
        dado = services.numerar(tipo=tipo, unidad=unidad, ahora=ahora)
        archivo = services.guardar_pdf_propio(actor=None, nombre="a.pdf", pdf=archivos.pdf(1), ahora=ahora)
        return services.guardar(
            actor=None, tipo=tipo.codigo, asunto="Informe", archivo=archivo, ahora=ahora, origen="INTERNO",
            unidad=unidad, numero=dado.texto, metadatos={"serie": dado.serie},
        )  # fmt: skip


def _en(tipos: Tipos, unidades: Unidades, ahora: datetime, siglas: str = "SGLC") -> str:
    return services.numerar(tipo=tipos["INFORME"], unidad=unidades[siglas], ahora=ahora).texto


def test_cada_unidad_cuenta_los_suyos(tipos: Tipos, unidades: Unidades, ahora: datetime) -> None:
    numeros = [_en(tipos, unidades, ahora, siglas) for siglas in ("SGLC", "SGLC", "OAJ")]
    assert numeros == [
        "INFORME N° 000001-2026-MDP/SGLC", "INFORME N° 000002-2026-MDP/SGLC", "INFORME N° 000001-2026-MDP/OAJ",
    ]  # fmt: skip


def test_el_anio_recomienza_a_las_cinco_de_greenwich(tipos: Tipos, unidades: Unidades) -> None:
    ultimo_segundo = datetime(2026, 12, 31, 23, 59, 59, tzinfo=LIMA)
    assert ultimo_segundo.astimezone(UTC) == datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)
    assert _en(tipos, unidades, ultimo_segundo) == "INFORME N° 000001-2026-MDP/SGLC"
    assert _en(tipos, unidades, ultimo_segundo) == "INFORME N° 000002-2026-MDP/SGLC"
    a_las_cinco = datetime(2027, 1, 1, 5, 0, 1, tzinfo=UTC)
    assert _en(tipos, unidades, a_las_cinco) == "INFORME N° 000001-2027-MDP/SGLC"


@pytest.mark.django_db(transaction=True)
def test_dos_firmas_a_la_vez_reciben_124_y_125(
    tipos: Tipos, unidades: Unidades, administradora: Persona, ahora: datetime
) -> None:
    services.fijar_inicio(
        actor=administradora, tipo=tipos["INFORME"], unidad=unidades["SGLC"], anio=2026, ultimo=123, motivo="Papel",
        ahora=ahora,
    )  # fmt: skip
    salida = Barrier(2)

    def firmar(_: int) -> str:
        try:
            salida.wait()
            return _emitir(tipos["INFORME"], unidades["SGLC"], ahora).numero
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hilos:
        numeros = sorted(hilos.map(firmar, range(2)))
    assert numeros == ["INFORME N° 000124-2026-MDP/SGLC", "INFORME N° 000125-2026-MDP/SGLC"]


@pytest.mark.django_db(transaction=True)
def test_muchas_firmas_a_la_vez_no_dejan_huecos_aunque_unas_fracasen(
    tipos: Tipos, unidades: Unidades, ahora: datetime
) -> None:
    class Fracaso(Exception):
        pass

    def firmar(n: int) -> None:
        try:
            with transaction.atomic():
                services.numerar(tipo=tipos["INFORME"], unidad=unidades["SGLC"], ahora=ahora)
                if n % 3 == 0:
                    raise Fracaso
        except Fracaso:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as hilos:
        list(hilos.map(firmar, range(30)))
    assert Serie.objects.get(nombre="documento.INFORME.SGLC", anio=2026).ultimo == 20


def test_el_numero_anulado_queda_con_su_motivo_y_el_siguiente_no_lo_repite(
    tipos: Tipos, unidades: Unidades, jefe: Persona, administradora: Persona, ahora: datetime
) -> None:
    services.fijar_inicio(
        actor=administradora, tipo=tipos["INFORME"], unidad=unidades["SGLC"], anio=2026, ultimo=123, motivo="Papel",
        ahora=ahora,
    )  # fmt: skip
    anulado = _emitir(tipos["INFORME"], unidades["SGLC"], ahora)
    assert anulado.numero == "INFORME N° 000124-2026-MDP/SGLC"
    services.anular_numero(actor=jefe, documento=anulado, motivo="Se numeró por error", ahora=ahora)
    anulado.refresh_from_db()
    assert (anulado.numero, anulado.motivo_anulacion) == (
        "INFORME N° 000124-2026-MDP/SGLC",
        "Se numeró por error",
    )
    assert _emitir(tipos["INFORME"], unidades["SGLC"], ahora).numero == "INFORME N° 000125-2026-MDP/SGLC"
    assert queries.get_anulados(para=administradora, anio=2026) == [anulado]
    [informe] = [c for c in queries.get_clases_numeradas(para=administradora, anio=2026, al=ahora.date())
                 if c.tipo.codigo == "INFORME"]  # fmt: skip
    [cuenta] = informe.cuentas
    assert (cuenta.ultimo, cuenta.anulados, cuenta.siguiente) == (125, 1, "INFORME N° 000126-2026-MDP/SGLC")


def test_anula_la_jefatura_de_la_unidad_que_lo_emitio_y_nadie_mas(
    tipos: Tipos, unidades: Unidades, jefe: Persona, jefe_asesoria: Persona, especialista: Persona,
    administradora: Persona, ahora: datetime,
) -> None:  # fmt: skip
    documento = _emitir(tipos["INFORME"], unidades["SGLC"], ahora)
    for quien in (jefe_asesoria, especialista, administradora):
        with pytest.raises(Denegado, match="jefatura"):
            services.anular_numero(actor=quien, documento=documento, motivo="Porque sí", ahora=ahora)
    with pytest.raises(EntradaInvalida, match="por qué se anula"):
        services.anular_numero(actor=jefe, documento=documento, motivo="  ", ahora=ahora)
    documento.refresh_from_db()
    assert documento.anulado_en is None
    assert not Suceso.objects.filter(tipo="documentos.DocumentoAnulado").exists()


def test_la_cuenta_continua_desde_el_ultimo_numero_dado_en_papel(
    tipos: Tipos, unidades: Unidades, administradora: Persona, ahora: datetime
) -> None:
    siguiente = services.fijar_inicio(
        actor=administradora, tipo=tipos["INFORME"], unidad=unidades["SGLC"], anio=2026, ultimo=262,
        motivo="Hasta el Informe 262 se numeró en papel", ahora=ahora,
    )  # fmt: skip
    assert siguiente == "INFORME N° 000263-2026-MDP/SGLC"
    assert _en(tipos, unidades, ahora) == siguiente
    inicio = InicioDeSerie.objects.get()
    assert (inicio.habia, inicio.ultimo, inicio.fijado_por) == (0, 262, administradora)
    assert Suceso.objects.filter(tipo="documentos.InicioFijado", actor_id=administradora.pk).count() == 1


def test_una_cuenta_nunca_vuelve_atras(
    tipos: Tipos, unidades: Unidades, administradora: Persona, jefe: Persona, ahora: datetime
) -> None:
    datos = {"tipo": tipos["INFORME"], "unidad": unidades["SGLC"], "motivo": "Papel", "ahora": ahora}
    services.fijar_inicio(actor=administradora, anio=2026, ultimo=262, **datos)
    for ultimo in (262, 100):
        with pytest.raises(NoProcede, match="ya llegó al número 262 en 2026"):
            services.fijar_inicio(actor=administradora, anio=2026, ultimo=ultimo, **datos)
    for ultimo in (0, -1, 1_000_000):
        with pytest.raises(EntradaInvalida, match="entre 1 y"):
            services.fijar_inicio(actor=administradora, anio=2026, ultimo=ultimo, **datos)
    with pytest.raises(EntradaInvalida, match="año que corre, 2026"):
        services.fijar_inicio(actor=administradora, anio=2025, ultimo=500, **datos)
    with pytest.raises(EntradaInvalida, match="por qué"):
        services.fijar_inicio(actor=administradora, anio=2026, ultimo=500, **{**datos, "motivo": " "})
    with pytest.raises(Denegado, match="administración"):
        services.fijar_inicio(actor=jefe, anio=2026, ultimo=500, **datos)
    assert Serie.objects.get(nombre="documento.INFORME.SGLC").ultimo == 262
    assert InicioDeSerie.objects.count() == 1


def test_un_formato_nuevo_rige_desde_su_fecha_y_no_toca_lo_numerado(
    tipos: Tipos, unidades: Unidades, administradora: Persona, ahora: datetime
) -> None:
    viejo = _emitir(tipos["INFORME"], unidades["SGLC"], ahora)
    manana = ahora + timedelta(days=1)
    services.fijar_formato(
        actor=administradora, tipo=tipos["INFORME"], unidad=None, contador="UNIDAD",
        formato="{TIPO} N° {NUM:06}-{AÑO}-{UNIDAD}-{PADRE}/{ENTIDAD}", desde=manana.date(),
        norma="Directiva 003-2026-MDP", ahora=ahora,
    )  # fmt: skip
    assert _en(tipos, unidades, ahora) == "INFORME N° 000002-2026-MDP/SGLC"
    assert _en(tipos, unidades, manana) == "INFORME N° 000003-2026-SGLC-GDEL/MDP"
    viejo.refresh_from_db()
    assert viejo.numero == "INFORME N° 000001-2026-MDP/SGLC"


def test_el_formato_de_una_unidad_es_solo_de_ella(
    tipos: Tipos, unidades: Unidades, administradora: Persona, jefe: Persona, ahora: datetime
) -> None:
    services.fijar_formato(
        actor=administradora, tipo=tipos["INFORME"], unidad=unidades["SGLC"],
        formato="{TIPO} N° {NUM:03}-{AÑO}-{ENTIDAD}/{UNIDAD}/{INICIALES}", contador="UNIDAD", desde=ahora.date(),
        norma="Memorando 5", ahora=ahora,
    )  # fmt: skip
    con_iniciales = services.numerar(
        tipo=tipos["INFORME"], unidad=unidades["SGLC"], ahora=ahora, firmante=jefe
    )
    assert con_iniciales.texto == "INFORME N° 001-2026-MDP/SGLC/JOM"
    assert _en(tipos, unidades, ahora, "OAJ") == "INFORME N° 000001-2026-MDP/OAJ"


def test_un_formato_no_rige_hacia_atras_ni_lo_cambia_cualquiera(
    tipos: Tipos, unidades: Unidades, administradora: Persona, jefe: Persona, ahora: datetime
) -> None:
    datos = {
        "tipo": tipos["INFORME"], "unidad": None, "contador": "UNIDAD", "norma": "Directiva",
        "formato": "{TIPO} N° {NUM}-{AÑO}-{UNIDAD}", "desde": ahora.date(), "ahora": ahora,
    }  # fmt: skip
    with pytest.raises(EntradaInvalida, match="rige desde hoy"):
        services.fijar_formato(actor=administradora, **{**datos, "desde": date(2026, 5, 31)})
    with pytest.raises(EntradaInvalida, match="norma"):
        services.fijar_formato(actor=administradora, **{**datos, "norma": " "})
    with pytest.raises(Denegado):
        services.fijar_formato(actor=jefe, **datos)
    assert not FormatoDeNumero.objects.exists()
    hecho = services.fijar_formato(actor=administradora, **datos)
    assert services.fijar_formato(actor=administradora, **datos) == hecho
    with pytest.raises(EntradaInvalida, match="Ya hay un formato desde el lunes 1 de junio de 2026"):
        services.fijar_formato(actor=administradora, **{**datos, "contador": "TIPO"})
    assert Suceso.objects.filter(tipo="documentos.FormatoFijado").count() == 1


def test_si_el_numero_ya_existe_no_se_emite_nada_y_se_dice_que_hacer(
    tipos: Tipos, unidades: Unidades, administradora: Persona, ahora: datetime
) -> None:
    """La cuenta pasó de cada unidad a toda la municipalidad a mitad de año: empezaría otra vez en 1."""
    _emitir(tipos["INFORME"], unidades["SGLC"], ahora)
    services.fijar_formato(
        actor=administradora, tipo=tipos["INFORME"], unidad=None, contador="TIPO", desde=ahora.date(), norma="D.",
        formato="{TIPO} N° {NUM:06}-{AÑO}-{ENTIDAD}/{UNIDAD}", ahora=ahora,
    )  # fmt: skip
    with pytest.raises(NoProcede, match="000001-2026-MDP/SGLC ya lo lleva otro documento"):
        _en(tipos, unidades, ahora)
    assert not Serie.objects.filter(nombre="documento.INFORME").exists()
    services.fijar_inicio(
        actor=administradora, tipo=tipos["INFORME"], unidad=unidades["SGLC"], anio=2026, ultimo=1,
        motivo="Cuenta única", ahora=ahora,
    )  # fmt: skip
    assert _en(tipos, unidades, ahora) == "INFORME N° 000002-2026-MDP/SGLC"


def test_la_pantalla_senala_la_cuenta_que_chocaria(
    tipos: Tipos, unidades: Unidades, administradora: Persona, ahora: datetime
) -> None:
    con_padre = next(u for u in queries.get_clases_numeradas(para=administradora, anio=2026, al=ahora.date())
                     if u.tipo.codigo == "INFORME").muestra  # fmt: skip
    siglas = con_padre.rsplit("/", 1)[1]
    _emitir(tipos["INFORME"], UnidadOrganica.objects.get(siglas=siglas), ahora)
    services.fijar_formato(
        actor=administradora, tipo=tipos["INFORME"], unidad=None, contador="TIPO", desde=ahora.date(), norma="D.",
        formato="{TIPO} N° {NUM:06}-{AÑO}-{ENTIDAD}/{UNIDAD}", ahora=ahora,
    )  # fmt: skip
    clases = queries.get_clases_numeradas(para=administradora, anio=2026, al=ahora.date())
    [cuenta] = [c for clase in clases if clase.tipo.codigo == "INFORME" for c in clase.cuentas]
    assert cuenta.unidad is None
    assert cuenta.chocaria
