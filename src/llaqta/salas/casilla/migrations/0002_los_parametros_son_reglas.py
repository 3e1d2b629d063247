"""Los parámetros de la casilla pasan a ser reglas de los plazos."""

from django.db import migrations
from django.utils import timezone

DE_LA_CASA = {"EFECTO_CASILLA": "LEY31736_5DIAS", "CASILLA_ACUSE": "5", "CASILLA_INHABIL_PASA": "SI"}


def copiar_parametros(apps, schema_editor):
    """Lo que la municipalidad había cambiado o verificado se conserva, a nombre de quien administra."""
    parametro_modelo = apps.get_model("casilla", "ParametroDeCasilla")
    regla_modelo = apps.get_model("plazos", "ReglaDeLaEntidad")
    rol_modelo = apps.get_model("cuentas", "RolDePersona")
    primera = (
        rol_modelo.objects.filter(rol__permisos__contains=["cimientos.administrar"]).order_by("pk").first()
    )
    if primera is None:
        return  # sin quien administre no hay municipalidad en marcha: rigen las reglas de la casa
    for parametro in parametro_modelo.objects.order_by("desde"):
        valores = {
            "EFECTO_CASILLA": parametro.regla_efecto,
            "CASILLA_ACUSE": str(parametro.dias_para_acusar),
            "CASILLA_INHABIL_PASA": "SI" if parametro.inhabil_pasa_al_habil else "NO",
        }
        for codigo, valor in valores.items():
            anterior = regla_modelo.objects.filter(codigo=codigo).order_by("desde", "pk").last()
            rige = anterior.valor if anterior else DE_LA_CASA[codigo]
            if valor == rige and not parametro.verificada:
                continue
            regla_modelo.objects.create(
                codigo=codigo,
                valor=valor,
                norma=parametro.norma,
                estado="VERIFICADA" if parametro.verificada else "POR_CONFIRMAR",
                desde=parametro.desde,
                confirma=valor == rige,
                nota="Viene de los parámetros de la casilla, tal como los tenía la municipalidad.",
                por_id=primera.persona_id,
                en=timezone.now(),
            )


class Migration(migrations.Migration):

    dependencies = [
        ("casilla", "0001_initial"),
        ("cuentas", "0001_initial"),
        ("documentos", "0001_initial"),
        ("plazos", "0001_inicial"),
    ]

    operations = [
        migrations.RunPython(copiar_parametros, migrations.RunPython.noop),
    ]
