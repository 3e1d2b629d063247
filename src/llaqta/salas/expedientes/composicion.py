"""El PDF de un proyecto: el borrador que se mira mientras se escribe, y el documento con número que se firma."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import LIMA, hoy_en_lima
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Puesto
from llaqta.salas.documentos.models import Delegacion
from llaqta.salas.documentos.rules import Cvd
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.expedientes import cuerpo
from llaqta.salas.expedientes.models import Proyecto, Visto


@dataclass(frozen=True)
class Emision:
    """Lo que un proyecto recibe al firmarse: su número y su código de verificación."""

    numero: str
    cvd: Cvd


def componer_proyecto(
    proyecto: Proyecto, *, ahora: datetime, emision: Emision | None = None, vistos: Sequence[Visto] = ()
) -> bytes:
    """El PDF de un proyecto; sin ``emision`` lleva la marca BORRADOR y el lugar del número en blanco.

    :param vistos: los vistos buenos que se imprimen al pie
    :raises EntradaInvalida: si al cuerpo le falta una parte
    """
    hoy = hoy_en_lima(ahora)
    datos: dict[str, Any] = {
        "tipo": proyecto.tipo.nombre.upper(),
        "lugar": Entidad.actual().lugar,
        "organo": proyecto.firmante.unidad.nombre,
        "expediente": proyecto.expediente.numero,
        "firmante": _firmante(proyecto, hoy),
        "por_delegacion": decir_delegacion(proyecto.delegacion, hoy),
        "firmantes_conjuntos": _conjuntos(proyecto, hoy),
        "iniciales": _decir_vistos(vistos),
        "borrador": emision is None,
        "encabezado": f"{proyecto.tipo.nombre} (borrador)",
        **(
            _de_resolucion(proyecto)
            if proyecto.tipo.plantilla_pdf == "resolucion"
            else _de_informe(proyecto, hoy)
        ),
    }
    if emision is not None:
        datos |= {
            "numero": numero_solo(emision.numero, proyecto.tipo.nombre.upper()),
            "fecha": hoy,
            "encabezado": emision.numero,
            "verificacion": recuadro(emision.cvd),
        }
    titulo = emision.numero if emision else f"Borrador: {proyecto.tipo.nombre}, {proyecto.asunto}"
    return pdf.componer(proyecto.tipo.plantilla_pdf, datos, titulo=titulo, ahora=ahora)


def huella(proyecto: Proyecto) -> str:
    """La huella SHA-256 de lo que se ve y se firma: si cambia una coma, cambia."""
    visto = {
        "expediente": proyecto.expediente_id,
        "tipo": proyecto.tipo_id,
        "unidad": proyecto.unidad_id,
        "asunto": proyecto.asunto,
        "cuerpo": proyecto.cuerpo,
        "pone_fin": proyecto.pone_fin,
        "firmante": proyecto.firmante_id,
        "version": proyecto.version,
    }
    return hashlib.sha256(json.dumps(visto, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def numero_solo(numero: str, tipo: str) -> str:
    """El número sin el nombre del tipo, que la plantilla ya imprime delante."""
    return numero.removeprefix(tipo).strip()


def decir_cargo(puesto: Puesto, delegacion: Delegacion | None) -> str:
    """El cargo con que alguien firma, como va en el bloque de la firma; si es por delegación, lo dice."""
    cargo = f"{puesto.nombre}, {puesto.unidad.nombre}"
    if delegacion is None:
        return cargo
    de_quien = con_articulo(delegacion.delegante.unidad.nombre, "de")
    return f"{cargo}, por delegación {de_quien}"


def decir_delegacion(delegacion: Delegacion | None, al: date) -> str:
    """La frase que la ley manda poner junto a la firma: por delegación de quién, o por quién se firma, y con qué acto.

    La competencia delegada se indica expresamente (Ley 27444, art. 67.4); la firma delegada lleva «por», el nombre y el
    cargo de quien delega (art. 72.3). Vacía, si no se firma por delegación.
    """
    if delegacion is None:
        return ""
    puesto = delegacion.delegante
    if delegacion.clase == Delegacion.Clase.COMPETENCIA:
        return f"Por delegación {con_articulo(puesto.unidad.nombre, 'de')}, según {delegacion.acto}"
    persona = organigrama.ocupante(puesto, al)
    quien = f"{persona.nombre_completo}, {puesto.nombre}" if persona else puesto.nombre
    return f"Por: {quien}, {puesto.unidad.nombre}, según {delegacion.acto}"


def _conjuntos(proyecto: Proyecto, hoy: date) -> list[dict[str, str]]:
    """Quienes firman después del primero, en su orden."""
    puestos = Puesto.objects.select_related("unidad").in_bulk(proyecto.firmantes_conjuntos)
    return [_quien_y_cargo(puestos[pk], hoy) for pk in proyecto.firmantes_conjuntos]


def _de_resolucion(proyecto: Proyecto) -> dict[str, Any]:
    return cuerpo.partes_de_resolucion(proyecto.cuerpo)


def _de_informe(proyecto: Proyecto, hoy: date) -> dict[str, Any]:
    firmante = _firmante(proyecto, hoy)
    referencias = [f"Expediente N° {proyecto.expediente.numero}"]
    if proyecto.movimiento is not None and proyecto.movimiento.proveido:
        referencias.append(f"Proveído: {proyecto.movimiento.proveido}")
    return {
        **cuerpo.partes_de_informe(proyecto.cuerpo),
        "para": [_destinatario(proyecto, hoy)],
        "de": [firmante, *_conjuntos(proyecto, hoy)],
        "asunto": proyecto.asunto,
        "referencias": referencias,
    }


def _destinatario(proyecto: Proyecto, hoy: date) -> dict[str, str]:
    """A quién va: a la jefatura que pidió el informe; si no, al administrado."""
    if proyecto.movimiento is None:
        administrado = proyecto.expediente.administrado
        return {"nombre": administrado.nombre_completo, "cargo": administrado.documento}
    puesto = organigrama.get_jefatura(proyecto.movimiento.de_unidad, hoy)
    persona = organigrama.ocupante(puesto, hoy)
    cargo = f"{puesto.nombre}, {puesto.unidad.nombre}"
    return {"nombre": persona.nombre_completo, "cargo": cargo} if persona else {"nombre": cargo, "cargo": ""}


def _firmante(proyecto: Proyecto, hoy: date) -> dict[str, str]:
    return _quien_y_cargo(proyecto.firmante, hoy)


def _quien_y_cargo(puesto: Puesto, hoy: date) -> dict[str, str]:
    persona = organigrama.ocupante(puesto, hoy)
    cargo = f"{puesto.nombre}, {puesto.unidad.nombre}"
    return {"nombre": persona.nombre_completo if persona else "(puesto vacante)", "cargo": cargo}


def _decir_vistos(vistos: Sequence[Visto]) -> str:
    dichos = [
        f"{visto.persona.nombre_completo} ({visto.puesto.nombre}, {visto.puesto.unidad.siglas}), "
        f"{visto.visto_en.astimezone(LIMA):%d/%m/%Y %H:%M}"
        for visto in vistos
    ]
    return f"V° B°: {'; '.join(dichos)}" if dichos else ""
