"""Un suceso se puede retirar de la base si una constancia en el propio registro dice en qué archivo quedó.

Y aun así, nunca antes de un año: eso lo exige la base aunque el programa dijera otra cosa.
"""

from django.db import migrations

PONER = """
CREATE OR REPLACE FUNCTION cimientos_suceso_es_inmutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.registrado_en < now() - interval '1 year' AND EXISTS (
            SELECT FROM cimientos_suceso m JOIN auditoria_hoja h ON h.suceso_id = OLD.id
            WHERE m.tipo = 'auditoria.MesArchivado' AND (m.datos->>'retirado')::boolean
            AND h.hoja >= (m.datos->>'hoja_desde')::bigint AND h.hoja < (m.datos->>'hoja_hasta')::bigint
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'Los sucesos solo se agregan: % está prohibido.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
QUITAR = """
CREATE OR REPLACE FUNCTION cimientos_suceso_es_inmutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Los sucesos solo se agregan: % está prohibido.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("auditoria", "0004_testigos"), ("cimientos", "0007_sucesos_con_transaccion")]
    operations = [migrations.RunSQL(PONER, QUITAR)]
