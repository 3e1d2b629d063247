# El recurso de revisión se puede nombrar en el TUPA (art. 207.1.c).

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tramites", "0005_derogacion")]

    operations = [
        migrations.AlterField(
            model_name="recursoadministrativo",
            name="clase",
            field=models.CharField(
                choices=[
                    ("RECONSIDERACION", "Reconsideración"),
                    ("APELACION", "Apelación"),
                    ("REVISION", "Revisión"),
                ],
                max_length=16,
                verbose_name="recurso",
            ),
        ),
    ]
