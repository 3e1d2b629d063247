"""La tabla de la memoria compartida: la que pide ``DatabaseCache``, sin diario (UNLOGGED), porque lo suyo dura minutos."""

from django.db import migrations

PONER = """
CREATE UNLOGGED TABLE cimientos_memoria (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX memoria_por_vencimiento ON cimientos_memoria (expires);
"""
QUITAR = "DROP TABLE cimientos_memoria;"


class Migration(migrations.Migration):
    dependencies = [("cimientos", "0004_sucesos_por_fecha")]
    operations = [migrations.RunSQL(PONER, QUITAR)]
