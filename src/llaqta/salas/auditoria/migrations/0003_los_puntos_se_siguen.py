"""Cada punto nombra al anterior: si falta uno, se nota."""

from django.db import migrations, models

FUNCION = """
CREATE OR REPLACE FUNCTION auditoria_punto_se_ancla_una_vez() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ancla IS NOT NULL OR NEW.ancla IS NULL OR NEW.anclado_en IS NULL
        OR (NEW.tamano, NEW.anterior, NEW.raiz, NEW.nota, NEW.firmado_en) IS DISTINCT FROM
           (OLD.tamano, OLD.anterior, OLD.raiz, OLD.nota, OLD.firmado_en) THEN
        RAISE EXCEPTION 'Un punto de control solo recibe su sello de tiempo, y una sola vez.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("auditoria", "0002_nadie_lo_reescribe")]
    operations = [
        migrations.AddField(
            model_name="punto",
            name="anterior",
            field=models.BigIntegerField(default=0, verbose_name="hojas del punto anterior"),
        ),
        migrations.RunSQL(FUNCION, migrations.RunSQL.noop),
    ]
