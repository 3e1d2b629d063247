"""Direcciones de las cuentas: las de django-allauth que usamos, con caminos en castellano, y las nuestras.

Las demás páginas de allauth no se publican: lo que no está aquí no se puede alcanzar.
"""

from __future__ import annotations

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codigos
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as llaves
from django.urls import path, re_path
from django.views.generic import RedirectView

from llaqta.salas.cuentas.views import administracion, cuenta, ventanilla

urlpatterns = [
    path("ingresar/", cuenta.ingresar, name="account_login"),
    path("salir/", cuenta.salir, name="account_logout"),
    path("crear/", cuenta.crear_cuenta, name="account_signup"),
    path("desactivada/", allauth_views.account_inactive, name="account_inactive"),
    path("confirmar/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("clave/", allauth_views.password_change, name="account_change_password"),
    path("clave/nueva/", allauth_views.password_set, name="account_set_password"),
    path("clave/olvido/", allauth_views.password_reset, name="account_reset_password"),
    path("clave/olvido/enviado/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "clave/olvido/listo/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^clave/olvido/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("correo/", RedirectView.as_view(pattern_name="seguridad_de_mi_cuenta"), name="account_email"),
    path("seguridad/", cuenta.seguridad, name="seguridad_de_mi_cuenta"),
    path("seguridad/sesiones/cerrar/", cuenta.cerrar_otras_sesiones, name="cerrar_otras_sesiones"),
    path("seguridad/pasos/", RedirectView.as_view(pattern_name="seguridad_de_mi_cuenta"), name="mfa_index"),
    path("ingresar/codigo/", mfa.authenticate, name="mfa_authenticate"),
    path("confirmar/codigo/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("seguridad/aplicacion/activar/", totp.activate_totp, name="mfa_activate_totp"),
    path("seguridad/aplicacion/quitar/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("seguridad/codigos/", codigos.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("seguridad/codigos/nuevos/", codigos.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("seguridad/codigos/descargar/", codigos.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("seguridad/llaves/", llaves.list_webauthn, name="mfa_list_webauthn"),
    path("seguridad/llaves/nueva/", llaves.add_webauthn, name="mfa_add_webauthn"),
    path("seguridad/llaves/<int:pk>/quitar/", llaves.remove_webauthn, name="mfa_remove_webauthn"),
    path("seguridad/llaves/<int:pk>/nombre/", llaves.edit_webauthn, name="mfa_edit_webauthn"),
    path("confirmar/llave/", llaves.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("ingresar/llave/", llaves.login_webauthn, name="mfa_login_webauthn"),
    path("puesta-en-marcha/<str:llave>/", cuenta.primer_administrador, name="primer_administrador"),
    path("personas/", administracion.personas, name="cuentas_personas"),
    path("personas/nueva/", ventanilla.registrar_persona, name="cuentas_persona_nueva"),
    path("personas/<int:pk>/", administracion.persona, name="cuentas_persona"),
    path("personas/<int:pk>/cuenta/", administracion.crear_cuenta, name="cuentas_crear_cuenta"),
    path("personas/<int:pk>/clave/", administracion.dar_clave_nueva, name="cuentas_clave_nueva"),
    path("personas/<int:pk>/desactivar/", administracion.desactivar_cuenta, name="cuentas_desactivar"),
    path(
        "personas/<int:pk>/segundo-paso/",
        administracion.quitar_segundo_paso,
        name="cuentas_quitar_segundo_paso",
    ),
    path(
        "personas/<int:pk>/sesiones/cerrar/", administracion.cerrar_sesiones, name="cuentas_cerrar_sesiones"
    ),
    path("personas/<int:pk>/reactivar/", administracion.reactivar_cuenta, name="cuentas_reactivar"),
    path("representaciones/", ventanilla.representaciones, name="cuentas_representaciones"),
    path("representaciones/nueva/", ventanilla.anotar_representacion, name="cuentas_representacion_nueva"),
    path(
        "representaciones/<int:pk>/terminar/",
        ventanilla.terminar_representacion,
        name="cuentas_terminar_representacion",
    ),
    path("ventanilla/", ventanilla.atender, name="cuentas_ventanilla"),
    path("personas/<int:pk>/puesto/", administracion.asignar_puesto, name="cuentas_asignar"),
    path("personas/<int:pk>/rol/", administracion.dar_rol, name="cuentas_dar_rol"),
    path(
        "asignaciones/<int:pk>/terminar/",
        administracion.terminar_asignacion,
        name="cuentas_terminar_asignacion",
    ),
    path("roles-dados/<int:pk>/terminar/", administracion.retirar_rol, name="cuentas_retirar_rol"),
    path("unidades/", administracion.unidades, name="cuentas_unidades"),
    path("unidades/nueva/", administracion.crear_unidad, name="cuentas_unidad_nueva"),
    path("unidades/<int:pk>/cerrar/", administracion.terminar_unidad, name="cuentas_terminar_unidad"),
    path("puestos/nuevo/", administracion.crear_puesto, name="cuentas_puesto_nuevo"),
    path("roles/", administracion.roles, name="cuentas_roles"),
    path("roles/nuevo/", administracion.crear_rol, name="cuentas_rol_nuevo"),
    path("roles/<int:pk>/", administracion.editar_rol, name="cuentas_rol"),
]
