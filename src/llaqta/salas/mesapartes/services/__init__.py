"""Lo que se puede hacer en la mesa de partes."""

from llaqta.salas.mesapartes.services.archivos import ArchivoPeligroso
from llaqta.salas.mesapartes.services.avisos import (
    avisar_aprobacion_ficta,
    avisar_emplazamiento,
    avisar_envio_a_entidad,
    avisar_no_presentada,
    avisar_observacion,
    avisar_presentacion,
    avisar_revision_de_oficio,
    avisar_silencio_negativo,
)
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
from llaqta.salas.mesapartes.services.cargo_de_escrito import avisar_escrito, sellar_cargo_de_escrito
from llaqta.salas.mesapartes.services.encauzar import encauzar_escrito
from llaqta.salas.mesapartes.services.escritos import LoQueDice, presentar_escrito, registrar_escrito
from llaqta.salas.mesapartes.services.firma_electronica import Declaracion
from llaqta.salas.mesapartes.services.no_presentada import (
    declarar_no_presentadas,
    marcar_devuelta,
    sellar_no_presentada,
)
from llaqta.salas.mesapartes.services.presentar import (
    DatosDelEscrito,
    datos_del_borrador,
    presentar,
    presentar_borrador,
)
from llaqta.salas.mesapartes.services.recontar import correr_observaciones
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
    "Declaracion",
    "ItemPorObservar",
    "LoQueDice",
    "Marca",
    "QuienSePresenta",
    "avisar_aprobacion_ficta",
    "avisar_emplazamiento",
    "avisar_envio_a_entidad",
    "avisar_escrito",
    "avisar_no_presentada",
    "avisar_observacion",
    "avisar_presentacion",
    "avisar_revision_de_oficio",
    "avisar_silencio_negativo",
    "correr_observaciones",
    "datos_del_borrador",
    "datos_del_cargo",
    "declarar_no_presentadas",
    "descartar_borrador",
    "en_grupos",
    "encauzar_escrito",
    "guardar_adjuntos",
    "guardar_paso",
    "marcar_devuelta",
    "observar",
    "presentar",
    "presentar_borrador",
    "presentar_escrito",
    "puede_ser_la_solicitud",
    "recibir_y_derivar",
    "registrar_en_ventanilla",
    "registrar_escrito",
    "revisar_requisitos",
    "sellar_cargo",
    "sellar_cargo_de_escrito",
    "sellar_no_presentada",
    "sellar_observacion",
    "sellar_subsanacion",
    "subsanar",
]
