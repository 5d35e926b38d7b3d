"""An index goes with its repository in the database: ON DELETE on its foreign keys.

Django's own cascade would load the id of every chunk. The models say DO_NOTHING. A later migration
that alters one of these columns' type makes Django create the constraint anew, without ON DELETE:
it must set it again.
"""

import django.db.models.deletion
from django.db import migrations, models

# Table, column, table that it refers to, action.
FOREIGN_KEYS = [
    ("repos_index", "repository_id", "repos_repository", "CASCADE"),
    ("repos_document", "index_id", "repos_index", "CASCADE"),
    ("repos_chunk", "index_id", "repos_index", "CASCADE"),
    ("repos_chunk", "document_id", "repos_document", "CASCADE"),
    ("repos_embedding", "index_id", "repos_index", "CASCADE"),
    ("repos_embedding", "chunk_id", "repos_chunk", "CASCADE"),
    ("repos_term", "index_id", "repos_index", "CASCADE"),
    ("repos_repository", "current_index_id", "repos_index", "SET NULL"),
]
# Django generates the names of constraints: they are looked up.
NAME = """
SELECT c.conname FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND a.attname = %s
"""


def recreate(schema_editor, table, column, target, action):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(NAME, [table, column])
        for (name,) in cursor.fetchall():
            cursor.execute(
                f'ALTER TABLE {table} DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" FOREIGN KEY ({column})'
                f" REFERENCES {target} (id) ON DELETE {action} DEFERRABLE INITIALLY DEFERRED"
            )


def forwards(apps, schema_editor):
    for table, column, target, action in FOREIGN_KEYS:
        recreate(schema_editor, table, column, target, action)


def backwards(apps, schema_editor):
    for table, column, target, _ in FOREIGN_KEYS:
        recreate(schema_editor, table, column, target, "NO ACTION")


def foreign_key(to, **options):
    return models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [("repos", "0010_field_names")]

    operations = [
        migrations.AlterField("index", "repository", foreign_key("repos.repository", related_name="indexes")),
        migrations.AlterField("document", "index", foreign_key("repos.index", related_name="documents")),
        migrations.AlterField("chunk", "index", foreign_key("repos.index", related_name="+")),
        migrations.AlterField("chunk", "document", foreign_key("repos.document", related_name="chunks")),
        migrations.AlterField("embedding", "index", foreign_key("repos.index", related_name="+", db_index=False)),
        migrations.AlterField("embedding", "chunk", foreign_key("repos.chunk", related_name="+", db_index=False)),
        migrations.AlterField("term", "index", foreign_key("repos.index", related_name="+", db_index=False)),
        migrations.AlterField(
            "repository",
            "current_index",
            foreign_key("repos.index", related_name="+", null=True, blank=True, editable=False),
        ),
        migrations.RunPython(forwards, backwards),
    ]
