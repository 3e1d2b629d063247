"""Lo que el cargo dice de su firma electrónica y de su lugar en el registro."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria.pruebas import Prueba, TodaviaNo, get_prueba
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes.models import FirmaElectronica

TITULO = "Firma electrónica (no es firma digital)"
NO_ES_DIGITAL = (
    "No es una firma digital: la persona se identificó con su cuenta y aceptó la declaración. El sello digital de este "
    "cargo es de la municipalidad (Ley 27269)."
)


def get_prueba_de(expediente: Expediente, tipo: str, **datos: int) -> Prueba | None:
    """La prueba del suceso de ese expediente, o ``None`` si todavía no está en un punto firmado.

    :param tipo: ``mesapartes.DocumentoPresentado``…
    :param datos: lo que lo distingue de otros del mismo expediente
    """
    suceso = (
        Suceso.objects.filter(
            tipo=tipo, objeto_tipo=expediente._meta.label, objeto_id=str(expediente.pk),
            **{f"datos__{nombre}": valor for nombre, valor in datos.items()},
        )
        .order_by("-pk")
        .first()
    )  # fmt: skip
    if suceso is None:
        return None
    try:
        return get_prueba(suceso.pk)
    except TodaviaNo:
        return None


def firma_en_cargo(firma: FirmaElectronica | None) -> dict[str, Any] | None:
    """Las filas que imprime el cargo; nada, si no hay firma electrónica (lo traído en papel, por ejemplo)."""
    if firma is None:
        return None
    return {
        "titulo": TITULO,
        "filas": [
            ["Firmó", f"{firma.firmante.nombre_completo} · {firma.firmante.documento}"],
            ["Clase", f"{firma.dicha} ({firma.norma})"],
            ["Cuándo", pdf.fecha_hora(firma.firmada_en)],
            ["Cómo ingresó", ingresos_en_palabras(firma)],
            ["Declaración que aceptó", f"«{firma.texto.clave}», versión {firma.texto.version}"],
        ],
        "huella": firma.huella,
        "nota": NO_ES_DIGITAL,
        "texto": [linea.strip() for linea in firma.texto.texto.splitlines() if linea.strip()],
    }


def ingresos_en_palabras(firma: FirmaElectronica) -> str:
    """``contraseña (01/06/2026, 09:55) y llave de acceso (…)``; si la sesión no lo anotó, lo dice."""
    dichos = [
        f"{fila['metodo']} ({_leer(fila['en']).astimezone(LIMA):%d/%m/%Y, %H:%M})" for fila in firma.ingresos
    ]
    if not dichos:
        return "con su cuenta; la sesión no anotó el medio"
    return " y ".join([", ".join(dichos[:-1]), dichos[-1]] if dichos[1:] else dichos)


def ingresos_de(firma: FirmaElectronica | None) -> str:
    """Los medios con que ingresó quien firmó, para la página del cargo; vacío si no hay firma."""
    return ingresos_en_palabras(firma) if firma else ""


def prueba_en_cargo(prueba: Prueba | None) -> dict[str, Any]:
    """Dónde está en el registro, o que la prueba se descarga después."""
    if prueba is None:
        return {}
    return {"hoja": prueba.hoja, "tamano": prueba.tamano, "raiz": prueba.raiz}


def _leer(instante: str) -> datetime:
    return datetime.fromisoformat(instante)
