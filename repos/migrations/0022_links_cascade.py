"""Names, links and identifiers go with their index and documents, in the database.

Apart from the tables, whose constraints are added when their migration ends.
"""

import importlib

from django.db import migrations

recreate = importlib.import_module("repos.migrations.0011_delete_in_the_database").recreate
FOREIGN_KEYS = [
    ("repos_name", "index_id", "repos_index"),
    ("repos_link", "source_id", "repos_document"),
    ("repos_link", "target_id", "repos_document"),
    ("repos_identifiers", "document_id", "repos_document"),
    ("repos_identifiers", "index_id", "repos_index"),
]


def cascade(apps, schema_editor):
    for table, column, target in FOREIGN_KEYS:
        recreate(schema_editor, table, column, target, "CASCADE")


class Migration(migrations.Migration):
    dependencies = [("repos", "0021_names_and_links")]
    operations = [migrations.RunPython(cascade, migrations.RunPython.noop)]
