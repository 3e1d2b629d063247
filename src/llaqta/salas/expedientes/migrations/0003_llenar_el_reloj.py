"""Llena el reloj de los expedientes que ya existían, y desde entonces la base exige lo que la ley exige."""

from django.db import migrations, models
from django.db.models import F, Q

LLENAR = """
UPDATE expedientes_expediente AS e
   SET calificacion = v.calificacion, plazo_unidad = v.plazo_unidad
  FROM tramites_versionprocedimiento AS v
 WHERE v.id = e.version_tramite_id;

DO $$
BEGIN
    -- La observación es de la mesa de partes, una sala de arriba: en una instalación nueva todavía no existe.
    IF to_regclass('mesapartes_observacion') IS NOT NULL THEN
        UPDATE expedientes_expediente AS e
           SET corregir_hasta = o.subsanar_hasta
          FROM mesapartes_presentacion AS p
          JOIN mesapartes_observacion AS o ON o.presentacion_id = p.id
         WHERE p.expediente_id = e.id AND e.estado = 'OBSERVADO';
    END IF;
END $$;

UPDATE expedientes_proyecto SET efecto = 'DECIDE' WHERE pone_fin;
UPDATE expedientes_plantilla SET efecto = 'DECIDE' WHERE pone_fin;
"""


class Migration(migrations.Migration):
    """Datos primero, restricciones después."""

    dependencies = [("expedientes", "0002_el_reloj_y_las_incidencias")]

    operations = [
        migrations.RunSQL(LLENAR, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='expediente',
            constraint=models.CheckConstraint(condition=Q(Q(('estado__in', ['OBSERVADO', 'EMPLAZADO']), _negated=True), Q(('limite_notificacion__isnull', True), ('silencio_desde__isnull', True), ('vence_el__isnull', True)), _connector='OR'), name='expediente_observado_sin_reloj'),
        ),
        migrations.AddConstraint(
            model_name='expediente',
            constraint=models.CheckConstraint(condition=Q(Q(('estado__in', ['OBSERVADO', 'EMPLAZADO']), _negated=True), ('corregir_hasta__isnull', False), _connector='OR'), name='expediente_observado_con_fecha_para_corregir'),
        ),
        migrations.AddConstraint(
            model_name='expediente',
            constraint=models.CheckConstraint(condition=Q(('silencio_operado_el__isnull', True), ('silencio_operado_el__gte', F('silencio_desde')), _connector='OR'), name='expediente_silencio_no_antes_de_su_dia'),
        ),
        migrations.AddConstraint(
            model_name='expediente',
            constraint=models.CheckConstraint(condition=Q(Q(('estado', 'APROBADO_FICTO'), _negated=True), Q(('calificacion', 'SILENCIO_POSITIVO'), ('silencio_operado_el__isnull', False)), _connector='OR'), name='expediente_ficto_solo_con_silencio_positivo'),
        ),
        migrations.AddConstraint(
            model_name='expediente',
            constraint=models.CheckConstraint(condition=Q(Q(('acumulado_en__isnull', False), ('estado', 'ACUMULADO')), Q(Q(('estado', 'ACUMULADO'), _negated=True), ('acumulado_en__isnull', True)), _connector='OR'), name='expediente_acumulado_en_otro'),
        ),
    ]
