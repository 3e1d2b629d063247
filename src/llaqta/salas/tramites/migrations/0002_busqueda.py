"""La búsqueda que perdona: raíces en castellano (con el arreglo de -ción) y sonidos, calculados por la base.

``tramites_normalizar`` se usa igual en lo guardado y en lo preguntado: quita tildes, devuelve a «-cion» la tilde que el
diccionario necesita para reconocer su plural, y deja «-ces» como «-z». ``tramites_fonetica`` escribe las palabras como
suenan en el Perú (b = v, s = c = z, ll = y, sin h), de modo que «licensia» y «licencia» son la misma.
"""

from django.db import migrations

PONER = r"""
CREATE FUNCTION tramites_normalizar(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(
        public.unaccent('public.unaccent'::regdictionary, lower(t)),
        '([csx])ion\M', '\1ión', 'g'), 'ces\M', 'z', 'g'), '\manos\M', 'ano', 'g')
$$;

CREATE FUNCTION tramites_fonetica(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE s text := public.unaccent('public.unaccent'::regdictionary, lower(t));
BEGIN
    s := regexp_replace(s, '[^a-z0-9]+', ' ', 'g');
    s := replace(s, 'ch', '#');
    s := regexp_replace(s, 'c([ei])', 's\1', 'g');
    s := regexp_replace(s, 'g([ei])', 'j\1', 'g');
    s := regexp_replace(s, 'gu([ei])', 'g\1', 'g');
    s := regexp_replace(s, 'qu([ei])', 'k\1', 'g');
    s := replace(replace(replace(replace(s, 'h', ''), 'll', 'y'), 'ph', 'f'), 'x', 's');
    s := translate(s, 'vzcqw', 'bskku');
    s := regexp_replace(s, '(.)\1+', '\1', 'g');
    s := regexp_replace(s, '([a-z]{3})s\M', '\1', 'g');
    RETURN btrim(s);
END $$;

ALTER TABLE tramites_textodebusqueda
    ADD COLUMN vector tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.spanish', tramites_normalizar(titulo)), 'A') ||
        setweight(to_tsvector('pg_catalog.spanish', tramites_normalizar(palabras)), 'B') ||
        setweight(to_tsvector('pg_catalog.spanish', tramites_normalizar(descripcion)), 'C') ||
        setweight(to_tsvector('pg_catalog.spanish', tramites_normalizar(requisitos)), 'D')
    ) STORED,
    ADD COLUMN sonido text NOT NULL GENERATED ALWAYS AS (tramites_fonetica(titulo || ' ' || palabras)) STORED;
CREATE INDEX tramites_textodebusqueda_vector ON tramites_textodebusqueda USING gin (vector);

ALTER TABLE tramites_sinonimo
    ADD COLUMN sonido text NOT NULL GENERATED ALWAYS AS (tramites_fonetica(dice)) STORED;
"""
QUITAR = """
ALTER TABLE tramites_sinonimo DROP COLUMN sonido;
DROP INDEX tramites_textodebusqueda_vector;
ALTER TABLE tramites_textodebusqueda DROP COLUMN sonido, DROP COLUMN vector;
DROP FUNCTION tramites_fonetica(text);
DROP FUNCTION tramites_normalizar(text);
"""


class Migration(migrations.Migration):
    dependencies = [("tramites", "0001_initial"), ("cimientos", "0002_sucesos_inmutables")]
    operations = [migrations.RunSQL(PONER, QUITAR)]
