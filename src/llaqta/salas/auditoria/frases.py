"""Cada suceso dicho en castellano: «Rosa Quispe Huamán ⟨frase⟩». Un suceso sin frase se muestra con su descripción.

Esta sala no conoce a las de arriba: los tipos se nombran como quedan escritos en la base.
"""

from __future__ import annotations

from llaqta.cimientos.events import Evento

FRASES: dict[str, str] = {
    # Auditoría
    "auditoria.LibroExportado": "exportó el libro de sucesos",
    # Casilla
    "casilla.AlertaRebotada": "dejó constancia de que no se pudo avisar de una notificación",
    "casilla.CasillaAceptada": "aceptó recibir notificaciones en su casilla",
    "casilla.CasillaRevocada": "retiró su aceptación de la casilla",
    "casilla.NotificacionAnulada": "anuló una notificación antes de que surtiera efecto",
    "casilla.NotificacionConvalidada": "actuó conociendo el acto: quedó por bien notificado",
    "casilla.NotificacionDepositada": "depositó una notificación en la casilla",
    "casilla.NotificacionDerivadaACedula": "pasó una notificación a cédula",
    "casilla.NotificacionLeida": "abrió una notificación: es su acuse",
    "casilla.NotificacionSurtioEfecto": "dejó constancia de que una notificación surtió efecto",
    # Cimientos
    "cimientos.DiaAnotado": "anotó un día que no se cuenta en los plazos",
    "cimientos.DiasAnotados": "anotó los días que no se cuentan en un año",
    "cimientos.DiaSinEfecto": "dejó sin efecto un día del calendario",
    "cimientos.EntidadEditada": "cambió los datos de la municipalidad",
    "cimientos.TrabajoReintentado": "volvió a intentar un trabajo que había fallado",
    # Cuentas
    "cuentas.AsignacionTerminada": "puso fecha final a un puesto",
    "cuentas.ClaveCambiada": "dio una contraseña nueva",
    "cuentas.ClavePropiaCambiada": "cambió su contraseña",
    "cuentas.CuentaCreada": "creó una cuenta",
    "cuentas.CuentaDesactivada": "desactivó una cuenta",
    "cuentas.CuentaReactivada": "reactivó una cuenta",
    "cuentas.PersonaRegistrada": "registró a una persona",
    "cuentas.PuestoAsignado": "asignó un puesto",
    "cuentas.PuestoCreado": "creó un puesto",
    "cuentas.RepresentacionRegistrada": "anotó que una persona representa a otra",
    "cuentas.RepresentacionTerminada": "puso fin a una representación",
    "cuentas.RolDado": "dio un rol",
    "cuentas.RolEditado": "creó o cambió un rol",
    "cuentas.RolRetirado": "puso fecha final a un rol",
    "cuentas.SesionIniciada": "ingresó a su cuenta",
    "cuentas.UnidadCreada": "añadió una unidad al organigrama",
    "cuentas.UnidadTerminada": "cerró una unidad",
    # Documentos
    "documentos.ArchivoEnCuarentena": "envió un archivo que quedó en cuarentena",
    "documentos.ArchivoRetenido": "envió un archivo que quedó en cuarentena",
    "documentos.ArchivosRecibidos": "entregó archivos",
    "documentos.CvdAsignado": "dio código de verificación a un documento",
    "documentos.DelegacionRegistrada": "anotó que un puesto firma por delegación de otro",
    "documentos.DelegacionTerminada": "puso fin a una delegación",
    "documentos.DocumentoAnulado": "anuló un documento",
    "documentos.DocumentoGuardado": "guardó un documento",
    "documentos.DocumentoReemplazado": "puso una versión nueva de un documento",
    "documentos.FirmasComprobadas": "comprobó las firmas digitales de un documento recibido",
    "documentos.FormatoFijado": "cambió cómo se numera una clase de documento",
    "documentos.InicioFijado": "fijó desde qué número continúa una cuenta",
    "documentos.VersionAgregada": "puso una versión nueva de un documento",
    # Expedientes
    "expedientes.CopiaEnviada": "envió copia a otra unidad",
    "expedientes.DecisionDepositada": "depositó la decisión en la casilla",
    "expedientes.DeclaracionJuradaAnotada": "presentó su declaración jurada de aprobación por silencio",
    "expedientes.DerivadoAOtraEntidad": "envió un expediente a otra entidad",
    "expedientes.DesistimientoPresentado": "se desistió",
    "expedientes.DocumentoDesglosado": "desglosó un documento y dejó copia autenticada",
    "expedientes.DocumentoEmitido": "emitió un documento: número, fecha y firma",
    "expedientes.DocumentosIncorporados": "agregó documentos al expediente",
    "expedientes.EmisionAnulada": "anuló un documento emitido; su número se conserva",
    "expedientes.EmplazamientoCorregido": "corrigió lo que se le emplazó",
    "expedientes.ExpedienteAbierto": "abrió un expediente",
    "expedientes.ExpedienteAcumulado": "acumuló un expediente a otro",
    "expedientes.ExpedienteArchivado": "archivó un expediente",
    "expedientes.ExpedienteDerivado": "derivó un expediente",
    "expedientes.ExpedienteEmplazado": "emplazó a corregir un defecto",
    "expedientes.ExpedienteForaneoAgregado": "agregó un expediente ya foliado",
    "expedientes.ExpedienteImpugnado": "impugnó una decisión",
    "expedientes.ExpedienteNoPresentado": "tuvo por no presentada una solicitud",
    "expedientes.ExpedienteNotificado": "dio por notificado un expediente",
    "expedientes.ExpedienteObservado": "observó un expediente",
    "expedientes.ExpedienteReanudado": "reanudó un expediente",
    "expedientes.ExpedienteResuelto": "resolvió un expediente",
    "expedientes.ExpedienteSeparado": "separó un expediente acumulado",
    "expedientes.ExpedienteSubsanado": "subsanó un expediente",
    "expedientes.ExpedienteSuspendido": "suspendió un expediente a su pedido",
    "expedientes.FirmaConjuntaPuesta": "firmó un documento conjunto",
    "expedientes.FirmantesElegidos": "eligió quiénes firman un proyecto",
    "expedientes.InformePedido": "pidió informe a otra unidad",
    "expedientes.InformePrescindido": "decidió seguir sin el informe que pidió",
    "expedientes.InformeProrrogado": "prorrogó el plazo de un informe",
    "expedientes.InformeRendido": "rindió un informe",
    "expedientes.MovimientoRecibido": "recibió un expediente en su unidad",
    "expedientes.NulidadCerrada": "cerró una revisión de oficio sin anular",
    "expedientes.NulidadIniciada": "inició la revisión de oficio de una decisión",
    "expedientes.ParalizacionAnotada": "anotó que un expediente está paralizado por el administrado",
    "expedientes.PlazoCambiado": "cambió la fecha de vencimiento de un expediente",
    "expedientes.NotificacionOrdenada": "ordenó notificar la decisión por otro medio",
    "expedientes.ProyectoDevuelto": "devolvió un proyecto de documento",
    "expedientes.ProyectoEditado": "cambió un proyecto de documento",
    "expedientes.ProyectoEnviado": "envió un proyecto a visto bueno o firma",
    "expedientes.ProyectoRedactado": "redactó un proyecto de documento",
    "expedientes.ProyectoVisado": "dio su visto bueno a un proyecto",
    "expedientes.RiesgoAvisado": "avisó a una unidad de un posible silencio positivo",
    "expedientes.ResueltoFueraDePlazo": "resolvió fuera de plazo",
    "expedientes.SilencioNegativoOperado": "anotó el silencio administrativo negativo",
    "expedientes.SilencioPositivoOperado": "anotó la aprobación por silencio administrativo positivo",
    # Firma
    "firma.CertificadoEmitido": "recibió un certificado para firmar",
    "firma.CertificadoRevocado": "revocó un certificado",
    "firma.DocumentoFirmado": "firmó un documento",
    "firma.PinBloqueado": "falló demasiadas veces el PIN de su firma",
    # Fiscalización posterior
    "fiscalizacion.ResultadoAnotado": "anotó lo comprobado en un expediente",
    "fiscalizacion.RevisorAsignado": "encargó comprobar un expediente",
    "fiscalizacion.SorteoConvocado": "publicó la frase de un sorteo",
    "fiscalizacion.SorteoHecho": "sorteó los expedientes que se comprueban",
    # Mesa de partes
    "mesapartes.EscritoEncauzado": "tramitó un escrito como lo que es",
    "mesapartes.EscritoPresentado": "presentó un escrito en un expediente ya abierto",
    "mesapartes.DevolucionHecha": "devolvió lo pagado por una solicitud no presentada",
    "mesapartes.DevolucionOrdenada": "ordenó devolver lo pagado por una solicitud no presentada",
    "mesapartes.DocumentoPresentado": "presentó un escrito",
    "mesapartes.ObservacionSubsanada": "corrigió lo observado",
    "mesapartes.PresentacionObservada": "observó un escrito",
    "mesapartes.PresentacionRecibida": "recibió y derivó un escrito",
    # Notificaciones
    "notificaciones.ActaAdjuntada": "adjuntó el acta firmada de una visita",
    "notificaciones.ActoPublicado": "publicó un acto",
    "notificaciones.AutorizacionDeCorreoRevocada": "retiró la autorización de su correo",
    "notificaciones.CorreoAutorizado": "autorizó que se le notifique en su correo",
    "notificaciones.CorreoSinAcuse": "dejó constancia de que nadie confirmó un correo",
    "notificaciones.DiligenciaAnulada": "anuló una notificación defectuosa",
    "notificaciones.DiligenciaConvalidada": "actuó conociendo el acto: quedó por bien notificado",
    "notificaciones.DiligenciaNoPracticada": "dejó constancia de que no se pudo notificar",
    "notificaciones.DiligenciaOrdenada": "ordenó notificar un acto",
    "notificaciones.DiligenciaSurtioEfecto": "dejó constancia de que una notificación surtió efecto",
    "notificaciones.ReciboConfirmado": "confirmó que recibió una notificación por correo",
    "notificaciones.VisitaAnotada": "anotó una visita y levantó su acta",
    # Plazos
    "plazos.DistanciaGuardada": "fijó los días que se agregan por la distancia",
    "plazos.InterrupcionCertificada": "certificó una interrupción del servicio",
    "plazos.InterrupcionRegistrada": "registró una interrupción del servicio",
    "plazos.ReglaCambiada": "cambió una regla de los plazos",
    "plazos.ReglaConfirmada": "verificó una regla de los plazos",
    # Recursos y quejas
    "recursos.InformacionErroneaAnotada": "anotó que una notificación informó mal",
    "recursos.QuejaContestada": "informó sobre una queja",
    "recursos.QuejaPresentada": "presentó una queja",
    "recursos.QuejaResuelta": "resolvió una queja",
    "recursos.RecursoEncauzado": "tramitó un escrito como el recurso que es",
    "recursos.RecursoInterpuesto": "presentó un recurso",
    "recursos.RecursoResuelto": "anotó que el recurso quedó resuelto",
    "recursos.SentidoAnotado": "anotó en qué sentido se resuelve un recurso",
    # Trámites
    "tramites.PalabrasCambiadas": "cambió las palabras con que se busca un trámite",
    "tramites.ProcedimientoRegistrado": "registró un trámite nuevo",
    "tramites.TupaCargado": "cargó el TUPA",
    "tramites.VersionPublicada": "publicó una versión de un trámite",
    "tramites.VersionRetirada": "retiró una versión de un trámite",
}

FRASES_SOBRE_SI: dict[str, str] = {
    "cuentas.ClavePropiaCambiada": "cambió su contraseña",
    "cuentas.CuentaCreada": "creó su cuenta",
    "cuentas.PersonaRegistrada": "se registró",
    "cuentas.SesionIniciada": "ingresó a su cuenta",
}
"""Lo mismo, cuando quien actúa y sobre quien actúa son la misma persona."""

NOMBRES_DE_OBJETO: dict[str, str] = {
    "casilla.Adhesion": "Casilla de",
    "casilla.Notificacion": "Notificación",
    "notificaciones.AutorizacionDeCorreo": "Correo de",
    "notificaciones.Diligencia": "Notificación",
    "cimientos.DiaNoLaborable": "Día del calendario",
    "cimientos.Entidad": "La municipalidad",
    "cuentas.Persona": "",
    "cuentas.Puesto": "Puesto",
    "cuentas.Rol": "Rol",
    "cuentas.UnidadOrganica": "Unidad",
    "documentos.Archivo": "Archivo",
    "documentos.Documento": "Documento",
    "documentos.TipoDocumento": "Clase de documento",
    "expedientes.Expediente": "Expediente",
    "firma.Certificado": "Certificado",
    "fiscalizacion.Sorteo": "",
    "mesapartes.Presentacion": "Registro",
    "plazos.DistanciaDeOrigen": "Distancia",
    "plazos.Interrupcion": "Interrupción",
    "plazos.ReglaDeLaEntidad": "Regla",
    "tramites.Procedimiento": "Trámite",
}
"""Cómo se nombra cada clase de objeto delante de su número o nombre."""


def frase(tipo: str, *, sobre_si: bool = False) -> str:
    """Lo que hizo el actor, en pasado; ``sobre_si``, si lo hizo sobre su propia persona."""
    if dicha := (FRASES_SOBRE_SI.get(tipo) if sobre_si else None) or FRASES.get(tipo):
        return dicha
    evento = Evento.TIPOS.get(tipo)
    descripcion = ((evento.__doc__ or "") if evento else "").strip().splitlines()
    return descripcion[0].rstrip(".").lower() if descripcion else tipo
