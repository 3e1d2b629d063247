"""Nadie reescribe el registro, tampoco el dueño de las tablas: la base rechaza UPDATE, DELETE y TRUNCATE.

Las excepciones son dos y las comprueba el mismo disparador: un punto recibe su sello de tiempo una sola vez, y un
secreto se borra solo si antes quedó su forma canónica en ``auditoria_secretoborrado``.
"""

from django.db import migrations

PONER = """
ALTER TABLE auditoria_avance ADD COLUMN xid xid8 NOT NULL DEFAULT '0';

CREATE FUNCTION auditoria_solo_se_agrega() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'El registro solo se agrega: % en % está prohibido.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION auditoria_punto_se_ancla_una_vez() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ancla IS NOT NULL OR NEW.ancla IS NULL OR NEW.anclado_en IS NULL
        OR (NEW.tamano, NEW.raiz, NEW.nota, NEW.firmado_en) IS DISTINCT FROM
           (OLD.tamano, OLD.raiz, OLD.nota, OLD.firmado_en) THEN
        RAISE EXCEPTION 'Un punto de control solo recibe su sello de tiempo, y una sola vez.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION auditoria_secreto_se_borra_con_constancia() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM auditoria_secretoborrado b WHERE b.suceso_id = OLD.suceso_id) THEN
        RAISE EXCEPTION 'El secreto del suceso % no se borra sin dejar su forma canónica.', OLD.suceso_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER hoja_no_cambia BEFORE UPDATE OR DELETE ON auditoria_hoja
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER hoja_no_se_vacia BEFORE TRUNCATE ON auditoria_hoja
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER secreto_no_cambia BEFORE UPDATE ON auditoria_secreto
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER secreto_se_borra_con_constancia BEFORE DELETE ON auditoria_secreto
    FOR EACH ROW EXECUTE FUNCTION auditoria_secreto_se_borra_con_constancia();
CREATE TRIGGER secreto_no_se_vacia BEFORE TRUNCATE ON auditoria_secreto
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER secretoborrado_no_cambia BEFORE UPDATE OR DELETE ON auditoria_secretoborrado
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER secretoborrado_no_se_vacia BEFORE TRUNCATE ON auditoria_secretoborrado
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER punto_se_ancla_una_vez BEFORE UPDATE ON auditoria_punto
    FOR EACH ROW EXECUTE FUNCTION auditoria_punto_se_ancla_una_vez();
CREATE TRIGGER punto_no_se_borra BEFORE DELETE ON auditoria_punto
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER punto_no_se_vacia BEFORE TRUNCATE ON auditoria_punto
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER cofirma_no_cambia BEFORE UPDATE OR DELETE ON auditoria_cofirma
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER cofirma_no_se_vacia BEFORE TRUNCATE ON auditoria_cofirma
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER verificacion_no_cambia BEFORE UPDATE OR DELETE ON auditoria_verificacion
    FOR EACH ROW EXECUTE FUNCTION auditoria_solo_se_agrega();
CREATE TRIGGER verificacion_no_se_vacia BEFORE TRUNCATE ON auditoria_verificacion
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_se_agrega();
"""
QUITAR = """
DROP TRIGGER hoja_no_cambia ON auditoria_hoja;
DROP TRIGGER hoja_no_se_vacia ON auditoria_hoja;
DROP TRIGGER secreto_no_cambia ON auditoria_secreto;
DROP TRIGGER secreto_se_borra_con_constancia ON auditoria_secreto;
DROP TRIGGER secreto_no_se_vacia ON auditoria_secreto;
DROP TRIGGER secretoborrado_no_cambia ON auditoria_secretoborrado;
DROP TRIGGER secretoborrado_no_se_vacia ON auditoria_secretoborrado;
DROP TRIGGER punto_se_ancla_una_vez ON auditoria_punto;
DROP TRIGGER punto_no_se_borra ON auditoria_punto;
DROP TRIGGER punto_no_se_vacia ON auditoria_punto;
DROP TRIGGER cofirma_no_cambia ON auditoria_cofirma;
DROP TRIGGER cofirma_no_se_vacia ON auditoria_cofirma;
DROP TRIGGER verificacion_no_cambia ON auditoria_verificacion;
DROP TRIGGER verificacion_no_se_vacia ON auditoria_verificacion;
DROP FUNCTION auditoria_secreto_se_borra_con_constancia();
DROP FUNCTION auditoria_punto_se_ancla_una_vez();
DROP FUNCTION auditoria_solo_se_agrega();
ALTER TABLE auditoria_avance DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    dependencies = [("auditoria", "0001_registro"), ("cimientos", "0007_sucesos_con_transaccion")]
    operations = [migrations.RunSQL(PONER, QUITAR)]
