"""Lo que surtió efecto, por algo lo surtió: aparte, porque la tabla se acaba de completar."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("casilla", "0004_maquina_legal")]

    operations = [
        migrations.AddConstraint("notificacion", models.CheckConstraint(condition=~Q(estado="EFECTIVA") | ~Q(efecto_por=""), name="notificacion_eficaz_por_algo")),
    ]
