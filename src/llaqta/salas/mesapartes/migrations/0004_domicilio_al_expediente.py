"""El domicilio que cada persona señaló al presentar pasa a su expediente, donde la notificación lo busca primero."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def llevar_domicilios(apps, schema_editor):
    """Solo a los expedientes que no lo tienen."""
    expediente = apps.get_model("expedientes", "Expediente")
    presentacion = apps.get_model("mesapartes", "Presentacion")
    senalado = presentacion.objects.filter(expediente=OuterRef("pk")).exclude(domicilio="")
    expediente.objects.filter(domicilio="", presentacion__in=presentacion.objects.exclude(domicilio="")).update(
        domicilio=Subquery(senalado.values("domicilio")[:1])
    )


class Migration(migrations.Migration):

    dependencies = [
        ("mesapartes", "0003_devoluciones"),
        ("expedientes", "0006_notificar_por_otros_medios"),
    ]

    operations = [migrations.RunPython(llevar_domicilios, migrations.RunPython.noop)]
