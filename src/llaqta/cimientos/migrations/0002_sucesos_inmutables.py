"""Extensiones de búsqueda, y los sucesos que nadie reescribe: la base rechaza UPDATE, DELETE y TRUNCATE."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

PONER = """
CREATE FUNCTION cimientos_suceso_es_inmutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Los sucesos solo se agregan: % está prohibido.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER suceso_no_cambia BEFORE UPDATE OR DELETE ON cimientos_suceso
    FOR EACH ROW EXECUTE FUNCTION cimientos_suceso_es_inmutable();
CREATE TRIGGER suceso_no_se_vacia BEFORE TRUNCATE ON cimientos_suceso
    FOR EACH STATEMENT EXECUTE FUNCTION cimientos_suceso_es_inmutable();
"""
QUITAR = """
DROP TRIGGER suceso_no_se_vacia ON cimientos_suceso;
DROP TRIGGER suceso_no_cambia ON cimientos_suceso;
DROP FUNCTION cimientos_suceso_es_inmutable();
"""


class Migration(migrations.Migration):
    dependencies = [("cimientos", "0001_initial")]
    operations = [UnaccentExtension(), TrigramExtension(), migrations.RunSQL(PONER, QUITAR)]
