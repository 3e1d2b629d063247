"""Lo que se puede preguntar a los expedientes; ``para`` es la persona que pregunta."""

from __future__ import annotations

from llaqta.salas.expedientes.queries.acciones import Accion, Posible, check_accion, get_acciones, ofrecer
from llaqta.salas.expedientes.queries.bandeja import (
    VISTAS,
    Bandeja,
    FilaDeBandeja,
    contar_bandeja,
    get_bandeja,
)
from llaqta.salas.expedientes.queries.cambios import (
    decir_cambio_de_calendario,
    decir_interrupcion,
    get_cambios_de_plazo,
)
from llaqta.salas.expedientes.queries.expediente import (
    buscar,
    get_documentos,
    get_expediente,
    get_expedientes_de,
    get_por_numero_y_clave,
)
from llaqta.salas.expedientes.queries.exportacion import (
    get_exportacion,
    get_por_consola,
    get_recibido,
    get_ultima_exportacion,
    list_recibidos,
    puede_exportar,
)
from llaqta.salas.expedientes.queries.ficha import (
    Ficha,
    get_ficha,
    get_personal,
    get_plantillas,
    get_por_firmar,
    get_proyecto,
    get_puestos_que_firman,
    get_responsable,
    get_vistas,
    get_vistos,
    get_vistos_que_faltan,
)
from llaqta.salas.expedientes.queries.foliacion import (
    Agregado,
    CuerpoConRenglones,
    Foliado,
    Renglon,
    get_agregados,
    get_cuerpos,
    get_foliado,
    get_incorporado,
)
from llaqta.salas.expedientes.queries.historia import Hito, get_historia
from llaqta.salas.expedientes.queries.notificacion import (
    Opcion,
    PropuestaDeNotificacion,
    get_acto_por_notificar,
    get_limite,
    get_por_cedula,
    get_propuesta,
)
from llaqta.salas.expedientes.queries.palabras import get_palabras, get_requerimiento
from llaqta.salas.expedientes.queries.plazo_llano import FechaDelPlazo, PlazoLlano, get_plazo_llano
from llaqta.salas.expedientes.queries.porque import PorQue, ReglaCitada, get_por_que
from llaqta.salas.expedientes.queries.recorrido import (
    get_acumulacion,
    get_destinos,
    get_movimiento,
    get_movimientos,
)
from llaqta.salas.expedientes.queries.recursos import (
    ActoNotificado,
    RecursoPosible,
    decir_recursos,
    decir_recursos_en_resolucion,
    get_acto_notificado,
    get_organo,
    get_recursos_posibles,
)
from llaqta.salas.expedientes.queries.reloj import AvisoDePlazo, avisos_del_plazo, reloj
from llaqta.salas.expedientes.queries.unidad import (
    Carga,
    CargaDeUnidad,
    get_en_riesgo,
    get_plazos_de_unidades,
)

__all__ = [
    "VISTAS",
    "Accion",
    "ActoNotificado",
    "Agregado",
    "AvisoDePlazo",
    "Bandeja",
    "Carga",
    "CargaDeUnidad",
    "CuerpoConRenglones",
    "FechaDelPlazo",
    "Ficha",
    "FilaDeBandeja",
    "Foliado",
    "Hito",
    "Opcion",
    "PlazoLlano",
    "PorQue",
    "Posible",
    "PropuestaDeNotificacion",
    "RecursoPosible",
    "ReglaCitada",
    "Renglon",
    "avisos_del_plazo",
    "buscar",
    "check_accion",
    "contar_bandeja",
    "decir_cambio_de_calendario",
    "decir_interrupcion",
    "decir_recursos",
    "decir_recursos_en_resolucion",
    "get_acciones",
    "get_acto_notificado",
    "get_acto_por_notificar",
    "get_acumulacion",
    "get_agregados",
    "get_bandeja",
    "get_cambios_de_plazo",
    "get_cuerpos",
    "get_destinos",
    "get_documentos",
    "get_en_riesgo",
    "get_expediente",
    "get_expedientes_de",
    "get_exportacion",
    "get_ficha",
    "get_foliado",
    "get_historia",
    "get_incorporado",
    "get_limite",
    "get_movimiento",
    "get_movimientos",
    "get_organo",
    "get_palabras",
    "get_personal",
    "get_plantillas",
    "get_plazo_llano",
    "get_plazos_de_unidades",
    "get_por_cedula",
    "get_por_consola",
    "get_por_firmar",
    "get_por_numero_y_clave",
    "get_por_que",
    "get_propuesta",
    "get_proyecto",
    "get_puestos_que_firman",
    "get_recibido",
    "get_recursos_posibles",
    "get_requerimiento",
    "get_responsable",
    "get_ultima_exportacion",
    "get_vistas",
    "get_vistos",
    "get_vistos_que_faltan",
    "list_recibidos",
    "ofrecer",
    "puede_exportar",
    "reloj",
]
