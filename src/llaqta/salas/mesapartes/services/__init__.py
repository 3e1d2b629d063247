"""Lo que se puede hacer en la mesa de partes."""

from llaqta.salas.mesapartes.services.archivos import ArchivoPeligroso
from llaqta.salas.mesapartes.services.avisos import avisar_observacion, avisar_presentacion
from llaqta.salas.mesapartes.services.borradores import (
    descartar_borrador,
    guardar_adjuntos,
    guardar_paso,
)
from llaqta.salas.mesapartes.services.cargo import (
    datos_del_cargo,
    en_grupos,
    sellar_cargo,
    sellar_observacion,
    sellar_subsanacion,
)
from llaqta.salas.mesapartes.services.presentar import (
    DatosDelEscrito,
    datos_del_borrador,
    presentar,
    presentar_borrador,
)
from llaqta.salas.mesapartes.services.revisar import (
    ItemPorObservar,
    Marca,
    observar,
    recibir_y_derivar,
    revisar_requisitos,
)
from llaqta.salas.mesapartes.services.solicitud import puede_ser_la_solicitud
from llaqta.salas.mesapartes.services.subsanar import subsanar
from llaqta.salas.mesapartes.services.ventanilla import QuienSePresenta, registrar_en_ventanilla

__all__ = [
    "ArchivoPeligroso",
    "DatosDelEscrito",
    "ItemPorObservar",
    "Marca",
    "QuienSePresenta",
    "avisar_observacion",
    "avisar_presentacion",
    "datos_del_borrador",
    "datos_del_cargo",
    "descartar_borrador",
    "en_grupos",
    "guardar_adjuntos",
    "guardar_paso",
    "observar",
    "presentar",
    "presentar_borrador",
    "puede_ser_la_solicitud",
    "recibir_y_derivar",
    "registrar_en_ventanilla",
    "revisar_requisitos",
    "sellar_cargo",
    "sellar_observacion",
    "sellar_subsanacion",
    "subsanar",
]
