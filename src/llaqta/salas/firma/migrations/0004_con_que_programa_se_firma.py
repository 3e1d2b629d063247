"""Una sesión guarda con qué programa del equipo de la persona se abrió."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Un campo más, y una etiqueta que ya no nombra a uno solo."""

    dependencies = [
        ('firma', '0003_lo_que_paso_con_cada_documento'),
    ]

    operations = [
        migrations.AddField(
            model_name='sesiondefirma',
            name='firmante',
            field=models.CharField(default='firmaperu', max_length=20, verbose_name='con qué programa se firma'),
        ),
        migrations.AlterField(
            model_name='sesiondefirma',
            name='estado',
            field=models.CharField(choices=[('PENDIENTE', 'Lista para firmar'), ('ENTREGADA', 'Su equipo la recibió'), ('DESCARGADA', 'Firmando en su equipo'), ('ACEPTADA', 'Firmada'), ('RECHAZADA', 'La firma no se aceptó'), ('CANCELADA', 'Cancelada'), ('VENCIDA', 'Venció sin firmarse')], default='PENDIENTE', max_length=10, verbose_name='estado'),
        ),
    ]
