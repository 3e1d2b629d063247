"""Cada suceso recuerda en qué transacción se escribió: así el registro lee en un orden en que nadie se queda atrás.

Los sucesos que ya había quedan con la transacción de esta migración: ordenados por (xid, id) siguen en su orden.
"""

from django.db import migrations

PONER = """
ALTER TABLE cimientos_suceso ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX suceso_por_transaccion ON cimientos_suceso (xid, id);
"""
QUITAR = "ALTER TABLE cimientos_suceso DROP COLUMN xid;"


class Migration(migrations.Migration):
    dependencies = [("cimientos", "0006_calendario_con_historia")]
    operations = [migrations.RunSQL(PONER, QUITAR)]
