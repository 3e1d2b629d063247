"""La municipalidad en pocas palabras, para contar una afirmación de la ley como se cuenta un caso.

Cada verbo llama al servicio de verdad; aquí solo se evita repetir quién es quién. Ninguna regla vive en este archivo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pypdfium2

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.testing import archivos
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento, Plantilla, Proyecto
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Observacion, Presentacion
from llaqta.salas.recursos import services as recursos
from llaqta.salas.recursos.models import Recurso
from llaqta.salas.tramites.models import VersionProcedimiento

OTORGA = "Resolución que otorga una licencia"


def el(texto: str) -> datetime:
    """``el("2026-06-01 10:00")`` es ese instante en la hora oficial del Perú; sin hora, las diez de la mañana."""
    return datetime.fromisoformat(texto if " " in texto else f"{texto} 10:00").replace(tzinfo=LIMA)


def papel(nombre: str = "solicitud.pdf", hojas: int = 1) -> ArchivoRecibido:
    """Un PDF sano, como llega."""
    return ArchivoRecibido.de_bytes(nombre, archivos.pdf(hojas))


def texto_del_pdf(documento: Documento) -> str:
    """Lo que se lee en un documento guardado."""
    with storage.abrir(documento.archivo.sha256) as flujo:
        paginas = pypdfium2.PdfDocument(flujo.read())
    return " ".join(" ".join(pagina.get_textpage().get_text_range() for pagina in paginas).split())


@dataclass
class Municipalidad:
    """Rosa presenta, Mario atiende la mesa de partes, Lucía evalúa y Julio firma."""

    rosa: Persona
    mario: Persona
    lucia: Persona
    julio: Persona
    unidades: dict[str, UnidadOrganica]
    version: VersionProcedimiento

    def rige(self, **condiciones: Any) -> VersionProcedimiento:
        """El trámite del TUPA con las condiciones de la afirmación: ``plazo=30, calificacion=…``."""
        VersionProcedimiento.objects.filter(pk=self.version.pk).update(**condiciones)
        self.version = VersionProcedimiento.objects.get(pk=self.version.pk)
        return self.version

    def presentar(self, cuando: str, *, completo: bool = True, **datos: Any) -> Presentacion:
        """Rosa presenta su solicitud; ``completo=False``: sin el plano que el TUPA exige."""
        requisito = self.version.requisitos_en_orden[1].pk if completo else None
        return mesapartes.presentar(
            actor=self.rosa, tramite=self.version.procedimiento.codigo, asunto="Licencia para mi bodega",
            archivos=[papel()], requisitos=[requisito], envio=uuid4(), ahora=el(cuando), **datos,
        )  # fmt: skip

    def observar(self, presentacion: Presentacion, cuando: str, *, orden: int = 2) -> Observacion:
        """Mario observa un requisito, por su orden en el TUPA."""
        requisito = presentacion.expediente.version_tramite.requisitos_en_orden[orden - 1]
        return mesapartes.observar(
            actor=self.mario, presentacion=presentacion, ahora=el(cuando),
            items=[mesapartes.ItemPorObservar(requisito.pk, "Falta el plano firmado.")],
        )  # fmt: skip

    def subsanar(self, presentacion: Presentacion, cuando: str) -> Presentacion:
        """Rosa corrige todo lo observado."""
        items = Observacion.objects.get(presentacion=presentacion).items.all()
        return mesapartes.subsanar(
            actor=self.rosa, presentacion=presentacion, ahora=el(cuando),
            archivos_por_requisito={item.requisito_id: [papel("plano.pdf")] for item in items},
        )  # fmt: skip

    def derivar(self, presentacion: Presentacion, cuando: str, *, a: str = "SGLC") -> Movimiento:
        """Mario la deriva a la unidad que resuelve."""
        mesapartes.recibir_y_derivar(
            actor=self.mario, presentacion=presentacion, para_unidad=self.unidades[a], motivo="para su atención",
            proveido="Pase para su evaluación.", ahora=el(cuando),
        )  # fmt: skip
        return Movimiento.objects.get(expediente=presentacion.expediente, clase="ORIGINAL", atendido_en=None)

    def en_tramite(self, cuando: str, **datos: Any) -> Expediente:
        """Presentada, derivada y recibida por Lucía el mismo día."""
        presentacion = self.presentar(cuando, **datos)
        movimiento = self.derivar(presentacion, cuando)
        expedientes.recibir_movimiento(actor=self.lucia, movimiento=movimiento, ahora=el(cuando))
        return self.leer(presentacion.expediente)

    def redactar(self, expediente: Expediente, cuando: str, *, plantilla: str = OTORGA) -> Proyecto:
        """Lucía redacta y envía a la firma."""
        proyecto = expedientes.redactar_proyecto(
            actor=self.lucia,
            expediente=expediente,
            plantilla=Plantilla.objects.get(nombre=plantilla),
            ahora=el(cuando),
        )
        return expedientes.enviar_proyecto(actor=self.lucia, proyecto=proyecto, ahora=el(cuando))

    def resolver(self, expediente: Expediente, cuando: str, *, plantilla: str = OTORGA) -> Documento:
        """Lucía redacta y Julio firma la decisión."""
        proyecto = self.redactar(expediente, cuando, plantilla=plantilla)
        return expedientes.firmar_proyecto(actor=self.julio, proyecto=proyecto, pin=PIN, ahora=el(cuando))

    def depositar(self, expediente: Expediente, documento: Documento, cuando: str) -> Notificacion:
        """Lucía deposita la decisión en la casilla de Rosa."""
        return expedientes.notificar_decision(
            actor=self.lucia, expediente=expediente, documento=documento, ahora=el(cuando)
        )

    def abrir(self, notificacion: Notificacion, cuando: str) -> Notificacion:
        """Rosa abre el documento: ese es el acuse."""
        return casilla.abrir_notificacion(actor=self.rosa, codigo=notificacion.codigo, ahora=el(cuando))

    def notificada(self, expediente: Expediente, deposito: str, *, leida: str = "") -> Notificacion:
        """Decidida y depositada ese día; leída cuando se dice o, si no, hasta que surte efecto sola."""
        decision = self.resolver(expediente, deposito)
        notificacion = self.depositar(expediente, decision, deposito)
        if leida:
            self.abrir(notificacion, leida)
            surte = el(leida)
        else:
            assert notificacion.efecto_el is not None
            surte = el(f"{notificacion.efecto_el} 00:05")
            avisar_todo(ahora=surte)
            casilla.declarar_eficacia(ahora=surte)
        expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=surte)
        assert self.leer(expediente).estado == "NOTIFICADO"
        return Notificacion.objects.get(pk=notificacion.pk)

    def escrito(self, cuando: str) -> Documento:
        """Un escrito de Rosa, ya guardado."""
        [archivo] = documentos.recibir_archivos(
            actor=self.rosa, archivos=[papel("escrito.pdf")], ahora=el(cuando)
        )
        return documentos.guardar(
            actor=self.rosa, tipo="SOLICITUD", asunto="No estoy de acuerdo", archivo=archivo, ahora=el(cuando)
        )

    def impugnar(self, expediente: Expediente, clase: str, cuando: str) -> Recurso:
        """Rosa interpone un recurso; la reconsideración trae una prueba nueva."""
        return recursos.interponer(
            actor=self.rosa, expediente=expediente, clase=clase, escrito=self.escrito(cuando), presentado_por=self.rosa,
            presentado_en=el(cuando), ahora=el(cuando),
            nueva_prueba="Un plano nuevo" if clase == "RECONSIDERACION" else "",
        )  # fmt: skip

    @staticmethod
    def leer(expediente: Expediente) -> Expediente:
        """El expediente como está ahora en la base."""
        return Expediente.objects.get(pk=expediente.pk)
