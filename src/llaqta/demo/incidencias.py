"""Historias de lo que la ley hace con los plazos: silencios, correcciones, suspensiones, cédulas, recursos y quejas.

Se cuentan por pasos, cada uno en su día, para que los números de registro también salgan en orden.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from llaqta.cimientos.calendario import LIMA, hoy_en_lima
from llaqta.demo.escena import DENIEGA, FERMIN, JIMENA, LUCIA, MARIO, ROSA, TEODORO, Escena
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.fiscalizacion import rules as sorteo
from llaqta.salas.fiscalizacion import services as fiscalizacion
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.services import LoQueDice
from llaqta.salas.notificaciones import services as notificaciones
from llaqta.salas.notificaciones.models import OrigenDeDireccion, Visita
from llaqta.salas.notificaciones.services.visitar import LoQuePaso

PUESTO = "Puesto de jugos en la plaza principal"
CARRETILLA = "Carretilla de anticuchos en la avenida César Vallejo"
SIN_SITIO = "la zona pedida ya tiene ocupados los sitios que la ordenanza del comercio ambulatorio permite"
TAPA_LA_SENAL = "el lugar propuesto tapa una señal de tránsito, lo que la ordenanza de anuncios prohíbe"
FERIA = "Feria de cacao y café en el parque"


def sorteo_convocado(escena: Escena) -> None:
    """La frase del sorteo de este semestre ya se publicó."""
    fiscalizacion.convocar_sorteo(
        actor=escena.personas[JIMENA],
        semestre=sorteo.get_semestre(hoy_en_lima(escena.ahora)),
        frase="Tayta Inti llega temprano a quien madruga en Pichari",
        ahora=escena.hace(22, 10),
    )


def puesto_denegado(escena: Escena) -> None:
    """A Rosa le negaron un puesto en la plaza, y ella ya leyó la resolución en su casilla."""
    escena.abrir_casilla(ROSA, escena.hace(20, 8, 30))
    expediente = escena.en_tramite(ROSA, "PA-AMBUL", PUESTO, 20)
    proyecto = escena.redactar_la_resolucion(expediente, escena.hace(15, 11), DENIEGA, SIN_SITIO)
    documento = escena.firmar(proyecto, escena.hace(14, 9, 30))
    escena.notificar_y_leer(expediente, documento, escena.hace(14, 15), escena.hace(13, 18, 20))


def rosa_apela(escena: Escena) -> None:
    """Rosa apela contra la negativa: lo resuelve la Gerencia Municipal."""
    texto = (
        "La resolución dice que la plaza no admite más puestos, pero la ordenanza permite doce y hoy hay nueve. "
        "Pido que se revise y se me otorgue la autorización."
    )
    escena.escribir(ROSA, escena.buscar(PUESTO), LoQueDice("APELACION", texto=texto), escena.hace(4, 17, 30))


def carretilla_sin_respuesta(escena: Escena) -> None:
    """Nadie le contestó a Teodoro en quince días: operó el silencio negativo y su expediente está vencido."""
    expediente = escena.en_tramite(TEODORO, "PA-AMBUL", CARRETILLA, 18)
    assert expediente.silencio_desde is not None
    expedientes.declarar_vencimientos(ahora=_al_empezar(expediente.silencio_desde, escena))


def teodoro_se_queja(escena: Escena) -> None:
    """Teodoro se queja de que no cumplen el plazo: la resuelve la Gerencia de Desarrollo Económico Local."""
    texto = "Presenté mi solicitud hace más de tres semanas y nadie me responde. Fui dos veces a preguntar."
    escena.escribir(
        TEODORO,
        escena.buscar(CARRETILLA),
        LoQueDice("QUEJA", texto=texto, motivo="PLAZO"),
        escena.hace(1, 8, 45),
    )


def botica_aprobada_por_silencio(escena: Escena) -> None:
    """Nadie notificó a tiempo la licencia de la botica: quedó aprobada por silencio positivo."""
    expediente = escena.en_tramite(TEODORO, "PE-LIC-MEDIO", "Licencia para la botica «Santa Rosa»", 14)
    assert expediente.silencio_desde is not None
    expedientes.declarar_vencimientos(ahora=_al_empezar(expediente.silencio_desde, escena))


def ferreteria_no_presentada(escena: Escena) -> None:
    """Teodoro no corrigió a tiempo: su solicitud se tuvo por no presentada y hay que devolverle lo que pagó."""
    presentacion = escena.presentar(
        TEODORO, "PE-LIC-BAJO", "Licencia para la ferretería «El Tornillo»", escena.hace(10, 9, 20)
    )
    requisito = presentacion.expediente.version_tramite.requisitos.get(orden=2)
    falta = "La declaración jurada está sin firma."
    mesapartes.observar(
        actor=escena.personas[MARIO],
        presentacion=presentacion,
        items=[mesapartes.ItemPorObservar(requisito_id=requisito.pk, texto=falta)],
        ahora=escena.hace(10, 11),
    )
    hasta = Expediente.objects.get(pk=presentacion.expediente_id).corregir_hasta
    assert hasta is not None
    mesapartes.declarar_no_presentadas(ahora=_al_empezar(hasta + timedelta(days=1), escena))


def banderola_por_cedula(escena: Escena) -> None:
    """Teodoro no tiene casilla: se le notifica en su domicilio, y en la primera visita no había nadie."""
    expediente = escena.en_tramite(TEODORO, "PA-ANUNC", "Banderola del aniversario de su negocio", 9)
    proyecto = escena.redactar_la_resolucion(expediente, escena.hace(6, 9, 30), DENIEGA, TAPA_LA_SENAL)
    documento = escena.firmar(proyecto, escena.hace(5, 10))
    diligencia = expedientes.notificar_por_cedula(
        actor=escena.personas[LUCIA],
        expediente=escena.releer(expediente),
        documento=documento,
        origen=OrigenDeDireccion.EXPEDIENTE,
        referencia="Casa de dos pisos, frente a la losa deportiva",
        ahora=escena.hace(3, 9),
    )
    fermin = escena.personas[FERMIN]
    notificaciones.asignar_notificador(
        actor=fermin, diligencia=diligencia, notificador=fermin, ahora=escena.hace(3, 9, 30)
    )
    notificaciones.anotar_visita(
        actor=fermin,
        diligencia=diligencia,
        paso=LoQuePaso(
            resultado=Visita.Resultado.AUSENTE,
            realizada_en=escena.hace(1, 10, 15),
            caracteristicas="Fachada celeste de ladrillo, puerta de fierro marrón, medidor 20458",
            vuelve_el=escena.proximo_habil(15),
        ),
        ahora=escena.hace(1, 11),
    )


def panaderia_cerca_del_silencio(escena: Escena) -> None:
    """La licencia de la panadería vence hoy: si no se notifica pronto, queda aprobada por silencio."""
    escena.en_tramite(TEODORO, "PE-LIC-ALTO", "Licencia para la panadería «El Horno»", 8)


def paneles_acumulados(escena: Escena) -> None:
    """Rosa pidió por separado dos letreros de la misma tienda: se tramitan juntos."""
    primero = escena.en_tramite(ROSA, "PA-ANUNC", "Letrero de la tienda «La Cosecha 2»", 8, hora=10)
    segundo = escena.en_tramite(ROSA, "PA-ANUNC", "Toldo con el nombre de la tienda «La Cosecha 2»", 7)
    expedientes.acumular(
        actor=escena.personas[LUCIA],
        principal=primero,
        acumulado=segundo,
        motivo="Son anuncios de la misma tienda y se resuelven juntos.",
        ahora=escena.hace(6, 12),
    )


def feria_en_tramite(escena: Escena) -> None:
    """Rosa pide permiso para una feria."""
    escena.en_tramite(ROSA, "PA-ESPEC", FERIA, 6)


def rosa_suspende_su_feria(escena: Escena) -> None:
    """Rosa consigue otra fecha y pide detener el plazo mientras junta lo que le falta."""
    en = escena.hace(2, 16, 5)
    desde = hoy_en_lima(en)
    hasta = hoy_en_lima(escena.ahora) + timedelta(days=9)
    texto = "Estamos cambiando la fecha de la feria y todavía no tenemos el nuevo plan de seguridad."
    escena.escribir(
        ROSA, escena.buscar(FERIA), LoQueDice("SUSPENSION", texto=texto, desde=desde, hasta=hasta), en
    )


def discoteca_emplazada(escena: Escena) -> None:
    """Al inspeccionar el local se vio que el plano no coincide: se le requirió que lo corrija."""
    expediente = escena.en_tramite(TEODORO, "PE-LIC-ALTO", "Licencia para el salón de eventos «Otorongo»", 5)
    expedientes.emplazar(
        actor=escena.personas[LUCIA],
        expediente=expediente,
        defecto="El plano muestra dos salidas de emergencia y el local tiene una: presente el plano del local como es.",
        por_que_no_se_vio="Se advirtió en la visita al local; el plano por sí solo no lo dejaba ver.",
        ahora=escena.hace(2, 11, 30),
    )


def cese_automatico(escena: Escena) -> None:
    """Rosa cierra un local: el cese se aprueba con solo presentarlo, y por eso puede salir sorteado."""
    presentacion = escena.presentar(
        ROSA,
        "PE-LIC-CESE",
        "Cese de actividades del quiosco de la losa deportiva",
        escena.hace(3, 9, 50),
        paginas=0,
    )
    escena.recibir(LUCIA, escena.derivar(presentacion, escena.hace(3, 11, 5)), escena.hace(3, 14, 20))


def _al_empezar(dia: date, escena: Escena) -> datetime:
    """La primera vuelta del trabajador en ese día de Lima; nunca en el futuro."""
    return min(datetime.combine(dia, time(0, 20), tzinfo=LIMA), escena.ahora)
