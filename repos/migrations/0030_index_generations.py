"""What an update replaces stays for the answers that read it: generations of an index, and holds.

Documents that are stored already are live since generation 0.
"""

import django.db.models.deletion
from django.db import migrations, models

# Its rows need not survive a crash; see the model.
UNLOGGED = "ALTER TABLE repos_indexhold SET UNLOGGED"
# The release before knows no retired documents: its columns take no NULL.
DELETE_RETIRED = "SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM repos_document WHERE is_live IS NULL"


class Migration(migrations.Migration):
    dependencies = [("repos", "0029_postings_cascade")]

    operations = [
        migrations.AddField("index", "generation", models.IntegerField(db_default=0, default=0, help_text="How many updates replaced documents of it.")),
        migrations.AddField("document", "added_in", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("document", "retired_in", models.IntegerField(null=True)),
        migrations.AlterField("document", "is_live", models.BooleanField(db_default=True, default=True, null=True)),
        migrations.AlterField("chunk", "is_live", models.BooleanField(db_default=True, default=True, null=True)),
        migrations.AddIndex("document", models.Index(condition=models.Q(("is_live__isnull", True)), fields=["index"], name="retired_documents")),
        migrations.AddIndex("chunk", models.Index(condition=models.Q(("is_live__isnull", True)), fields=["index"], name="retired_chunks")),
        migrations.CreateModel(
            "IndexHold",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.IntegerField()),
                ("expires_at", models.DateTimeField()),
                ("index", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="repos.index")),
            ],
            options={"indexes": [models.Index(fields=["index", "generation"], name="holds_of_an_index")]},
        ),
        migrations.RunSQL(UNLOGGED, migrations.RunSQL.noop),
        migrations.RunSQL(migrations.RunSQL.noop, DELETE_RETIRED),
    ]
