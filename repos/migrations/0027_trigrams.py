"""Trigrams of documents, which go with them in the database.

Documents of older indexes have none: a search by pattern reads these one by one.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# The numbers compress badly, and compressing them costs more than writing them. Statistics
# of so many numbers would cost more than any plan could gain.
STORAGE = """
ALTER TABLE repos_trigrams ALTER COLUMN numbers SET STATISTICS 0;
ALTER TABLE repos_trigrams ALTER COLUMN numbers SET STORAGE EXTERNAL;
ALTER TABLE repos_trigrams ADD CONSTRAINT repos_trigrams_document_fk
    FOREIGN KEY (document_id) REFERENCES repos_document (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("repos", "0026_graph_files")]

    operations = [
        migrations.CreateModel(
            "Trigrams",
            [
                (
                    "document",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="repos.document",
                    ),
                ),
                ("numbers", django.contrib.postgres.fields.ArrayField(models.IntegerField(), size=None)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["numbers"], name="documents_by_trigram")
                ],
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
