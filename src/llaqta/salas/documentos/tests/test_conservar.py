"""Lo firmado espera su sello de tiempo antes de salir, y con los años no deja de poderse comprobar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos import pdf, storage
from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies, queries, services
from llaqta.salas.documentos.models import Archivo, Conservacion, Documento
from llaqta.salas.firma import niveles
from llaqta.salas.firma import services as firma
from llaqta.salas.firma.testing.pki import EstadoDePrueba

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos", "entidad")]
PIN = "246810"
PENDIENTE, AL_DIA, FALLIDA = (
    Conservacion.Estado.PENDIENTE,
    Conservacion.Estado.AL_DIA,
    Conservacion.Estado.FALLIDA,
)


@pytest.fixture
def estado(settings: Any, estado_de_prueba: EstadoDePrueba, tmp_path: Path) -> EstadoDePrueba:
    """La entidad tiene TSA, y conoce su raíz."""
    settings.TSA_URL, settings.TSA_SEGUNDOS, settings.FIRMA_NIVEL = estado_de_prueba.url_tsa, 2, "T"
    settings.FIRMA_REDES_INTERNAS = ("127.0.0.1",)
    anclas = tmp_path / "firma" / "anclas"
    anclas.mkdir(parents=True)
    (anclas / "estado.pem").write_bytes(estado_de_prueba.raiz_pem)
    return estado_de_prueba


@pytest.fixture
def firmado(jefe: Persona, ahora: datetime) -> bytes:
    firma.emitir_certificado_de_demostracion(persona=jefe, pin=PIN, ahora=ahora)
    datos = {"encabezado_principal": "RESOLUCIÓN", "texto": ["Se concede."], "secciones": []}
    compuesto = pdf.componer("constancia", datos, titulo="Resolución", ahora=ahora)
    return firma.firmar(
        actor=jefe, pdf=compuesto, pin=PIN, motivo=firma.Motivo.AUTOR, cargo="Subgerente", ahora=ahora
    ).bytes


@pytest.fixture
def guardar(jefe: Persona, firmado: bytes, ahora: datetime) -> Callable[..., Documento]:
    def hacer(**cambios: Any) -> Documento:
        archivo = services.guardar_pdf_propio(actor=jefe, nombre="resolucion.pdf", pdf=firmado, ahora=ahora)
        datos = {"actor": jefe, "tipo": "INFORME", "asunto": "Licencia", "archivo": archivo, "ahora": ahora,
                 "origen": "INTERNO", "firmado": True} | cambios  # fmt: skip
        return services.guardar(**datos)

    return hacer


def _leer(documento: Documento) -> bytes:
    documento.refresh_from_db()
    return storage.leer(Archivo.objects.get(pk=documento.archivo_id).sha256)


def test_sin_tsa_nada_espera_y_el_documento_puede_salir(guardar: Callable[..., Documento]) -> None:
    documento = guardar()

    assert not Conservacion.objects.exists()
    policies.check_lista_para_salir(documento)


def test_un_acto_firmado_espera_su_sello_y_con_el_ya_puede_salir(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], firmado: bytes, ahora: datetime
) -> None:
    documento = guardar()
    with pytest.raises(policies.SelloPendiente, match="Se está poniendo el sello de tiempo"):
        policies.check_lista_para_salir(documento)
    trabajo = ProcrastinateJob.objects.get(task_name="documentos.conservar")
    assert trabajo.priority > 0  # pasa delante de dibujar y de comprobar lo recibido, que duran

    hecho = services.conservar(documento_id=documento.pk, ahora=ahora)

    assert hecho is not None
    assert (hecho.estado, hecho.nivel, hecho.vence_sello_el) == (
        AL_DIA,
        "T",
        datetime(2028, 1, 1, tzinfo=UTC),
    )
    policies.check_lista_para_salir(documento)
    contenido = _leer(documento)
    assert contenido.startswith(firmado)
    assert niveles.get_estado(contenido).nivel is niveles.Nivel.T
    assert (documento.version, documento.versiones_anteriores.get().motivo) == (2, "Sello de tiempo")
    assert Suceso.objects.filter(tipo="documentos.DocumentoConservado").count() == 1


def test_repetirlo_no_pone_otro_sello(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], ahora: datetime
) -> None:
    documento = guardar()
    services.conservar(documento_id=documento.pk, ahora=ahora)
    antes, pedidos = _leer(documento), len(estado.pedidos)

    assert services.conservar(documento_id=documento.pk, ahora=ahora) is None
    assert services.conservar_pendientes(ahora=ahora) == 0
    assert (_leer(documento), len(estado.pedidos)) == (antes, pedidos)


def test_con_la_tsa_caida_espera_el_doble_cada_vez_y_nunca_se_da_por_vencida(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], firmado: bytes, ahora: datetime
) -> None:
    estado.fallar("tsa", "500")
    documento = guardar()

    esperas, momento = [], ahora
    for _ in range(12):
        fila = services.conservar(documento_id=documento.pk, ahora=momento)
        assert fila is not None
        assert (fila.estado, fila.nivel) == (PENDIENTE, "B")
        assert fila.proximo_intento is not None
        esperas.append(int((fila.proximo_intento - momento).total_seconds()))
        assert services.conservar_pendientes(ahora=fila.proximo_intento - timedelta(seconds=1)) == 0
        momento = fila.proximo_intento

    assert esperas == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert "estado 500" in fila.detalle
    assert _leer(documento) == firmado
    with pytest.raises(policies.SelloPendiente):
        policies.check_lista_para_salir(documento)

    estado.reiniciar(reloj=momento)
    assert services.conservar_pendientes(ahora=momento) == 1
    policies.check_lista_para_salir(documento)


def test_los_papeles_del_sistema_y_los_ajenos_no_esperan(
    estado: EstadoDePrueba, guardar: Callable[..., Documento]
) -> None:
    for origen in ("SISTEMA", "EXTERNO"):
        policies.check_lista_para_salir(guardar(origen=origen))
    policies.check_lista_para_salir(guardar(firmado=False))
    assert not Conservacion.objects.exists()


def test_si_firma_alguien_mas_vuelve_a_esperar(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], jefe: Persona, ahora: datetime
) -> None:
    documento = guardar()
    services.conservar(documento_id=documento.pk, ahora=ahora)
    otra = firma.sellar(pdf=_leer(documento), motivo="Conforme", ahora=ahora)
    archivo = services.guardar_pdf_propio(actor=jefe, nombre="resolucion.pdf", pdf=otra, ahora=ahora)
    services.agregar_version(
        actor=jefe, documento=documento, archivo=archivo, motivo="Otra firma", ahora=ahora, firmado=True
    )

    with pytest.raises(policies.SelloPendiente):
        policies.check_lista_para_salir(documento)
    services.conservar(documento_id=documento.pk, ahora=ahora)
    assert niveles.get_estado(_leer(documento)) == niveles.Estado(
        niveles.Nivel.T, 2, datetime(2028, 1, 1, tzinfo=UTC)
    )


def test_si_el_documento_cambia_mientras_se_sella_lo_sellado_se_descarta(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], jefe: Persona, ahora: datetime
) -> None:
    documento = guardar()
    otra = firma.sellar(pdf=_leer(documento), motivo="Conforme", ahora=ahora)
    nuevo = services.guardar_pdf_propio(actor=jefe, nombre="resolucion.pdf", pdf=otra, ahora=ahora)

    def firmar_mientras(respuesta: bytes) -> bytes:
        Documento.objects.filter(pk=documento.pk).update(archivo=nuevo)
        return respuesta

    # El cambio se hace al ir a guardar, cuando la TSA ya contestó.
    original = services.conservar.__globals__["_copiar"]
    try:
        services.conservar.__globals__["_copiar"] = lambda archivo, destino: (
            original(archivo, destino), firmar_mientras(b"")
        )  # fmt: skip
        assert services.conservar(documento_id=documento.pk, ahora=ahora) is None
    finally:
        services.conservar.__globals__["_copiar"] = original
    assert _leer(documento) == otra
    assert Conservacion.objects.get().estado == PENDIENTE


def test_un_pdf_que_no_se_puede_sellar_queda_dicho_y_no_sale(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], jefe: Persona, ahora: datetime
) -> None:
    sin_firmas = pdf.componer("constancia", {"encabezado_principal": "X", "texto": ["x"], "secciones": []},
                              titulo="X", ahora=ahora)  # fmt: skip
    archivo = services.guardar_pdf_propio(actor=jefe, nombre="x.pdf", pdf=sin_firmas, ahora=ahora)
    documento = guardar(archivo=archivo)

    fila = services.conservar(documento_id=documento.pk, ahora=ahora)
    assert fila is not None
    assert (fila.estado, fila.detalle) == (FALLIDA, "Nadie ha firmado este documento.")
    with pytest.raises(NoProcede, match="No se pudo poner el sello de tiempo"):
        policies.check_lista_para_salir(documento)


def test_un_documento_anulado_ya_no_se_sella(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], ahora: datetime
) -> None:
    documento = guardar()
    Documento.objects.filter(pk=documento.pk).update(anulado_en=ahora, motivo_anulacion="Error")

    fila = services.conservar(documento_id=documento.pk, ahora=ahora)
    assert fila is not None
    assert (fila.estado, fila.detalle) == (FALLIDA, "El documento fue anulado.")


# --- Archivo ----------------------------------------------------------------------------------------------------------
def test_de_noche_lo_antiguo_se_lleva_al_archivo_tambien_los_papeles_del_sistema(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], ahora: datetime, settings: Any
) -> None:
    settings.TSA_URL = ""
    acto, cargo = guardar(), guardar(origen="SISTEMA")
    settings.TSA_URL = estado.url_tsa
    assert services.pedir_archivo(ahora=ahora + timedelta(days=30)) == 0

    tarde = ahora + timedelta(days=31)
    estado.reloj = tarde
    assert services.pedir_archivo(ahora=tarde) == 2
    assert services.conservar_pendientes(ahora=tarde) == 2
    for documento in (acto, cargo):
        contenido = _leer(documento)
        assert niveles.get_estado(contenido).nivel is niveles.Nivel.LTA
        assert documento.versiones_anteriores.get().motivo == "Sello de archivo"
    assert services.pedir_archivo(ahora=tarde + timedelta(days=1)) == 0


def test_sin_la_constancia_de_revocacion_tiene_al_menos_su_sello_y_se_sigue_intentando(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], ahora: datetime, settings: Any
) -> None:
    settings.FIRMA_NIVEL = "LTA"
    estado.fallar("ocsp", "500")
    estado.fallar("crls", "500")
    documento = guardar()

    fila = services.conservar(documento_id=documento.pk, ahora=ahora)
    assert fila is not None
    assert (fila.estado, fila.nivel, fila.intentos) == (PENDIENTE, "T", 1)
    assert "No se pudo comprobar" in fila.detalle
    policies.check_lista_para_salir(documento)

    estado.reiniciar(reloj=ahora + timedelta(minutes=1))
    fila = services.conservar(documento_id=documento.pk, ahora=ahora + timedelta(minutes=1))
    assert fila is not None
    assert (fila.estado, fila.nivel) == (AL_DIA, "LTA")


def test_el_sello_de_archivo_se_renueva_medio_anio_antes_de_que_venza(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], ahora: datetime, settings: Any
) -> None:
    settings.FIRMA_NIVEL = "LTA"
    documento = guardar()
    services.conservar(documento_id=documento.pk, ahora=ahora)
    archivado = _leer(documento)

    vence = datetime(2028, 1, 1, tzinfo=UTC)
    assert services.pedir_archivo(ahora=vence - timedelta(days=181)) == 0
    momento = vence - timedelta(days=179)
    estado.reloj, settings.TSA_URL = momento, estado.url_de_tsa("tsa-nueva")
    assert services.pedir_archivo(ahora=momento) == 1
    fila = services.conservar(documento_id=documento.pk, ahora=momento)

    assert fila is not None
    assert (fila.estado, fila.nivel, fila.vence_sello_el) == (AL_DIA, "LTA", datetime(2040, 1, 1, tzinfo=UTC))
    assert _leer(documento).startswith(archivado)
    assert services.pedir_archivo(ahora=momento + timedelta(days=40)) == 0


# --- La pantalla ------------------------------------------------------------------------------------------------------
def test_la_administracion_ve_lo_que_espera_y_lo_vuelve_a_intentar(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], administradora: Persona, ahora: datetime
) -> None:
    estado.fallar("tsa", "500")
    documento = guardar()
    services.conservar(documento_id=documento.pk, ahora=ahora)

    (fila,) = queries.list_conservacion(para=administradora)
    assert (fila.documento, fila.intentos) == (documento, 1)
    assert queries.get_resumen_de_conservacion(para=administradora).en_espera == 1

    services.reintentar_conservacion(actor=administradora, documento_id=documento.pk, ahora=ahora)
    fila.refresh_from_db()
    assert (fila.intentos, fila.proximo_intento) == (0, ahora)
    assert Suceso.objects.get(tipo="documentos.ConservacionReintentada").actor_id == administradora.pk


def test_quien_no_administra_ni_mira_ni_reintenta(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], jefe: Persona, ahora: datetime
) -> None:
    documento = guardar()
    for pedir in (
        lambda: queries.list_conservacion(para=jefe),
        lambda: queries.get_resumen_de_conservacion(para=jefe),
        lambda: services.reintentar_conservacion(actor=jefe, documento_id=documento.pk, ahora=ahora),
    ):
        with pytest.raises(Denegado):
            pedir()
    assert Conservacion.objects.get().proximo_intento == ahora


def test_lo_que_esta_al_dia_o_no_existe_no_se_reintenta(
    estado: EstadoDePrueba, guardar: Callable[..., Documento], administradora: Persona, ahora: datetime
) -> None:
    documento = guardar()
    services.conservar(documento_id=documento.pk, ahora=ahora)

    with pytest.raises(NoProcede, match="ya está al día"):
        services.reintentar_conservacion(actor=administradora, documento_id=documento.pk, ahora=ahora)
    with pytest.raises(NoEncontrado):
        services.reintentar_conservacion(actor=administradora, documento_id=0, ahora=ahora)


def test_la_pantalla_lo_dice_con_palabras(
    estado: EstadoDePrueba,
    guardar: Callable[..., Documento],
    administradora: Persona,
    cliente: Any,
    ahora: datetime,
) -> None:
    estado.fallar("tsa", "500")
    documento = guardar()
    services.conservar(documento_id=documento.pk, ahora=ahora)

    pagina = cliente(administradora).get("/administracion/conservacion/").content.decode()
    assert "contestó con el estado 500" in pagina
    assert "Volver a intentar" in pagina


def test_un_documento_grande_se_conserva_desde_el_disco(
    estado: EstadoDePrueba,
    guardar: Callable[..., Documento],
    ahora: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documento = guardar()

    def prohibido(sha256: str) -> bytes:
        raise AssertionError("se leyó entero")

    monkeypatch.setattr(storage, "leer", prohibido)
    assert services.conservar(documento_id=documento.pk, ahora=ahora) is not None
