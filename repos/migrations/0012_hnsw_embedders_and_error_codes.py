"""Finished HNSW graphs are recorded in their index's row, and errors of jobs get a code.

The graphs that exist already are recorded, so that the indexes of the release before go on using them.
"""

import zlib

from django.db import migrations, models

GRAPHS = """
SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid
WHERE indisvalid AND starts_with(relname, 'repos_graph_')
"""


def record_graphs(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(GRAPHS)
        names = {name for (name,) in cursor.fetchall()}
    for index in apps.get_model("repos", "Index").objects.all():
        index.hnsw_embedders = [
            key for key in index.embedders if f"repos_graph_{index.pk}_{zlib.crc32(key.encode()):08x}" in names
        ]
        if index.hnsw_embedders:
            index.save(update_fields=["hnsw_embedders"])


class Migration(migrations.Migration):
    dependencies = [("repos", "0011_delete_in_the_database")]

    operations = [
        migrations.AddField(
            "index",
            "hnsw_embedders",
            models.JSONField(default=list, help_text="Keys of the embedders whose HNSW graph is finished."),
        ),
        migrations.RunPython(record_graphs, migrations.RunPython.noop),
        migrations.AddField("indexjob", "error_code", models.CharField(blank=True, max_length=50)),
        migrations.AddField("indexjob", "error_parameters", models.JSONField(blank=True, default=dict)),
    ]
