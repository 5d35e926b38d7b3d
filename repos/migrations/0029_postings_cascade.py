"""Postings go with their index, in the database.

Apart from the table, whose constraint is added when its migration ends.
"""

import importlib

from django.db import migrations

recreate = importlib.import_module("repos.migrations.0011_delete_in_the_database").recreate


def cascade(apps, schema_editor):
    recreate(schema_editor, "repos_posting", "index_id", "repos_index", "CASCADE")


class Migration(migrations.Migration):
    dependencies = [("repos", "0028_postings")]
    operations = [migrations.RunPython(cascade, migrations.RunPython.noop)]
