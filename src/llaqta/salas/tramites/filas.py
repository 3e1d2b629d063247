"""Las listas del editor del TUPA, que se agregan, quitan y mueven con botones sin JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from llaqta.cimientos.web.forms import Formulario
from llaqta.salas.tramites.forms import ModalidadForm, NormaForm, RequisitoForm, TarifaForm, VersionForm
from llaqta.salas.tramites.models import VersionProcedimiento
from llaqta.salas.tramites.rules import (
    NuevaBaseLegal,
    NuevaModalidad,
    NuevaTarifa,
    NuevaVersion,
    NuevoRequisito,
)


class Filas:
    """Una lista de filas iguales que se agregan, quitan y mueven con botones, sin JavaScript.

    :param prefijo: con el que se nombran sus controles: ``req-0-texto``
    :param nombre: cómo se llama una fila («Requisito»)
    :param detalle: el campo desde el cual los demás van plegados; vacío: ninguno
    """

    def __init__(
        self, clase: type[Formulario], prefijo: str, *, boton: str = "", nombre: str = "", detalle: str = ""
    ) -> None:
        self.clase, self.prefijo, self.boton, self.nombre, self.detalle = (
            clase,
            prefijo,
            boton,
            nombre,
            detalle,
        )
        self.formularios: list[Formulario] = []

    def desde(self, iniciales: Sequence[Mapping[str, Any]]) -> Filas:
        """Filas con estos valores."""
        self.formularios = [
            self.clase(initial=dict(inicial), prefix=f"{self.prefijo}-{n}")
            for n, inicial in enumerate(iniciales)
        ]
        return self

    def leer(self, datos: Mapping[str, Any]) -> Filas:
        """Las filas que vienen en un POST, en su orden."""
        dicho = str(datos.get(f"{self.prefijo}-total", "")).strip()
        total = min(int(dicho), 60) if dicho.isascii() and dicho.isdecimal() and len(dicho) < 5 else 0
        self.formularios = [self.clase(datos, prefix=f"{self.prefijo}-{n}") for n in range(total)]
        return self

    def is_valid(self) -> bool:
        """Verdadero si todas las filas se entienden."""
        return all(fila.is_valid() for fila in self.formularios)

    def llenas(self) -> list[dict[str, Any]]:
        """Lo escrito en las filas que no están vacías; la primera columna dice si lo están."""
        primera = next(iter(self.clase.base_fields))
        return [fila.cleaned_data for fila in self.formularios if fila.cleaned_data.get(primera, "").strip()]

    def mover(self, accion: str) -> Filas:
        """Aplica «subir-2», «bajar-0», «quitar-1» o «agregar»; una acción que no se entiende no cambia nada."""
        self.is_valid()
        valores = [dict(fila.cleaned_data) for fila in self.formularios]
        verbo, _, cual = accion.partition("-")
        n = int(cual) if cual.isdecimal() and len(cual) < 5 else -1
        if verbo == "agregar":
            valores.append({})
        elif not 0 <= n < len(valores):
            return self.desde(valores)
        elif verbo == "quitar":
            valores.pop(n)
        elif verbo == "subir" and n > 0:
            valores[n - 1], valores[n] = valores[n], valores[n - 1]
        elif verbo == "bajar" and n < len(valores) - 1:
            valores[n + 1], valores[n] = valores[n], valores[n + 1]
        return self.desde(valores)


def a_requisitos(filas: Filas) -> list[NuevoRequisito]:
    """Los requisitos escritos, en su orden."""
    return [NuevoRequisito(**{**fila, "clase": fila["clase"] or "DOCUMENTO"}) for fila in filas.llenas()]


def inicial_de(version: VersionProcedimiento | None) -> dict[str, Any]:
    """Con qué se llena el editor: lo que dice la versión que se va a reemplazar."""
    if version is None:
        return {"con_reconsideracion": True, "canales": ["virtual", "presencial"], "plazo_unidad": "HABILES"}
    iguales = (
        "ordenanza", "publicada_el", "ratificacion", "titulo", "denominacion", "descripcion", "tipo", "calificacion",
        "plazo", "plazo_unidad", "norma_del_plazo", "bien_protegido", "es_gratuito", "monto", "uit_anio",
        "autorizacion_uit", "nota_de_pago", "canales", "sede", "horario", "consulta", "vigencia",
    )  # fmt: skip
    recursos = {recurso.clase: recurso for recurso in version.recursos.all()}
    return {
        **{nombre: getattr(version, nombre) for nombre in iguales},
        "formas_de_pago": "\n".join(version.formas_de_pago),
        "ten_en_cuenta": "\n".join(version.ten_en_cuenta),
        "unidad_presentacion": version.unidad_presentacion_id,
        "unidad_aprobacion": version.unidad_aprobacion_id,
        "con_reconsideracion": "RECONSIDERACION" in recursos,
        "unidad_apelacion": recursos["APELACION"].autoridad_id if "APELACION" in recursos else "",
        "unidad_revision": recursos["REVISION"].autoridad_id if "REVISION" in recursos else "",
    }


@dataclass
class Listas:
    """Las cuatro listas del editor."""

    requisitos: Filas
    normas: Filas
    modalidades: Filas
    tarifas: Filas

    @classmethod
    def vacias(cls) -> Listas:
        """Las cuatro, sin filas."""
        return cls(
            Filas(RequisitoForm, "req", boton="requisito", nombre="Requisito", detalle="formato"),
            Filas(NormaForm, "norma", boton="norma", nombre="Norma", detalle="publicada_el"),
            Filas(ModalidadForm, "mod", boton="modalidad", nombre="Modalidad", detalle="norma_del_plazo"),
            Filas(TarifaForm, "tarifa", boton="tarifa", nombre="Tarifa"),
        )

    @classmethod
    def de_version(cls, version: VersionProcedimiento | None) -> Listas:
        """Lo que dice la versión que se va a reemplazar, con una fila libre donde siempre hace falta otra."""
        listas = cls.vacias()
        if version is None:
            listas.requisitos.desde([{}])
            listas.normas.desde([{}])
            return listas
        codigos = {fila.pk: fila.codigo for fila in version.modalidades_en_orden}
        listas.requisitos.desde(
            [
                *(
                    {**_valores(fila, RequisitoForm), "modalidad": codigos.get(fila.modalidad_id or 0, "")}
                    for fila in version.requisitos_en_orden
                ),
                {},
            ]
        )
        listas.normas.desde([*(_valores(fila, NormaForm) for fila in version.bases_legales.all()), {}])
        listas.modalidades.desde([_valores(fila, ModalidadForm) for fila in version.modalidades_en_orden])
        listas.tarifas.desde([_valores(fila, TarifaForm) for fila in version.tarifas.all()])
        return listas

    @classmethod
    def del_formulario(cls, datos: Mapping[str, Any]) -> Listas:
        """Las filas que vienen en un POST."""
        listas = cls.vacias()
        for filas in listas.todas:
            filas.leer(datos)
        return listas

    @property
    def todas(self) -> tuple[Filas, ...]:
        """Las cuatro, para recorrerlas."""
        return (self.requisitos, self.normas, self.modalidades, self.tarifas)

    def is_valid(self) -> bool:
        """Verdadero si todas se entienden; las mira todas, para decir todo de una vez."""
        validas = [filas.is_valid() for filas in self.todas]
        return all(validas)

    def mover(self, boton: str, accion: str) -> bool:
        """Aplica un botón a la lista que lo lleva; falso si no es de ninguna."""
        for filas in self.todas:
            if filas.boton == boton:
                filas.mover(accion)
                return True
        return False

    def a_datos(self, formulario: VersionForm) -> NuevaVersion:
        """Lo escrito en el formulario y en las listas, como lo piden los servicios."""
        return formulario.a_datos(
            a_requisitos(self.requisitos),
            [NuevaBaseLegal(**fila) for fila in self.normas.llenas()],
            [_a_modalidad(fila) for fila in self.modalidades.llenas()],
            [
                NuevaTarifa(fila["medio"].upper(), fila["nombre"], fila["precio"] or Decimal(0))
                for fila in self.tarifas.llenas()
            ],
        )


def _a_modalidad(fila: Mapping[str, Any]) -> NuevaModalidad:
    monto = fila["monto"] or Decimal(0)
    return NuevaModalidad(
        **{
            **fila,
            "plazo": fila["plazo"] or 0,
            "plazo_unidad": fila["plazo_unidad"] or "HABILES",
            "monto": monto,
            "es_gratuito": not monto,
        }
    )


def _valores(fila: Any, clase: type[Formulario]) -> dict[str, Any]:
    return {nombre: getattr(fila, nombre) for nombre in clase.base_fields}
