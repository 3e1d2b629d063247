"""Los testigos: a quién vigilamos, qué le vimos y quién nos vigila. Lo visto y lo hallado no se reescribe."""

import django.db.models.deletion
from django.db import migrations, models

PONER = """
CREATE FUNCTION auditoria_visto_solo_se_entrega() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.entregada_en IS NOT NULL OR (NEW.id, NEW.vecino_id, NEW.tamano, NEW.nota, NEW.cofirma, NEW.visto_en)
        IS DISTINCT FROM (OLD.id, OLD.vecino_id, OLD.tamano, OLD.nota, OLD.cofirma, OLD.visto_en) THEN
        RAISE EXCEPTION 'Lo que se vio de un vecino no se cambia.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contradiccion_no_cambia BEFORE UPDATE OR DELETE ON auditoria_contradiccion
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER contradiccion_no_se_vacia BEFORE TRUNCATE ON auditoria_contradiccion
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER visto_no_cambia BEFORE UPDATE ON auditoria_puntovisto
    FOR EACH ROW EXECUTE FUNCTION auditoria_visto_solo_se_entrega();
CREATE TRIGGER visto_no_se_borra BEFORE DELETE ON auditoria_puntovisto
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER visto_no_se_vacia BEFORE TRUNCATE ON auditoria_puntovisto
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
"""
QUITAR = """
DROP TRIGGER visto_no_se_vacia ON auditoria_puntovisto;
DROP TRIGGER visto_no_se_borra ON auditoria_puntovisto;
DROP TRIGGER visto_no_cambia ON auditoria_puntovisto;
DROP TRIGGER contradiccion_no_se_vacia ON auditoria_contradiccion;
DROP TRIGGER contradiccion_no_cambia ON auditoria_contradiccion;
DROP FUNCTION auditoria_visto_solo_se_entrega();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('auditoria', '0003_los_puntos_se_siguen'),
    ]

    operations = [
        migrations.CreateModel(
            name='TestigoAceptado',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nombre', models.CharField(max_length=200, unique=True, verbose_name='nombre de su llave')),
                ('llave', models.CharField(max_length=400, verbose_name='llave pública (vkey)')),
                ('agregado_en', models.DateTimeField(verbose_name='desde cuándo se acepta')),
            ],
        ),
        migrations.CreateModel(
            name='Vecino',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nombre', models.CharField(max_length=200, unique=True, verbose_name='origen del registro')),
                ('url', models.CharField(max_length=300, verbose_name='dirección pública de su registro')),
                ('llave', models.CharField(max_length=400, verbose_name='llave pública (vkey)')),
                ('agregado_en', models.DateTimeField(verbose_name='desde cuándo se vigila')),
                ('estado', models.CharField(choices=[('SIN_REVISAR', 'Todavía no se revisa'), ('AL_DIA', 'Conserva todo lo que ya se le vio'), ('NO_RESPONDE', 'No se pudo revisar'), ('CONTRADICE', 'Se contradice: reescribió su registro')], default='SIN_REVISAR', max_length=12, verbose_name='estado')),
                ('detalle', models.CharField(blank=True, max_length=400, verbose_name='qué pasó')),
                ('revisado_en', models.DateTimeField(null=True, verbose_name='última revisión')),
                ('tamano', models.BigIntegerField(default=0, verbose_name='hojas comprobadas')),
            ],
        ),
        migrations.CreateModel(
            name='Contradiccion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('antes', models.TextField(verbose_name='lo que había firmado')),
                ('despues', models.TextField(verbose_name='lo que firma ahora')),
                ('prueba', models.TextField(blank=True, verbose_name='la prueba de consistencia que dio')),
                ('motivo', models.CharField(max_length=300, verbose_name='por qué se contradicen')),
                ('hallada_en', models.DateTimeField(verbose_name='cuándo se halló')),
                ('vecino', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contradicciones', to='auditoria.vecino')),
            ],
        ),
        migrations.CreateModel(
            name='PuntoVisto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tamano', models.BigIntegerField(verbose_name='hojas')),
                ('nota', models.TextField(verbose_name='nota firmada por el vecino')),
                ('cofirma', models.TextField(verbose_name='nuestra línea de firma')),
                ('visto_en', models.DateTimeField(verbose_name='cuándo se vio')),
                ('entregada_en', models.DateTimeField(null=True, verbose_name='cuándo recibió nuestra firma')),
                ('vecino', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vistos', to='auditoria.vecino')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('vecino', 'tamano'), name='un_punto_visto_por_tamano')],
            },
        ),
        migrations.RunSQL(PONER, QUITAR),
    ]
