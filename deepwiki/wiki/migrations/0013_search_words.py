from django.db import migrations

# No field of the model: every reading of a version would load it. The words are those that
# deepwiki.wiki.reading.page_search looks for.
# By code points: what a letter is depends on the locale of the database.
SEPARATORS = r"[^A-Za-z0-9\u00c0-\u1fff\u2070-\u2fff\u3040-\ufeff\uff10-\U0010ffff]+"
FORWARDS = rf"""
ALTER TABLE wiki_pageversion ADD COLUMN words tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', regexp_replace(left(text, 100000), '{SEPARATORS}', ' ', 'g'))
) STORED;
CREATE INDEX words_of_versions ON wiki_pageversion USING gin (words);
"""
BACKWARDS = """
DROP INDEX words_of_versions;
ALTER TABLE wiki_pageversion DROP COLUMN words;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wiki', '0012_version_origins'),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
