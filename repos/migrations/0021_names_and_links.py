"""Names that files define, and which file uses the name of another.

Indexes of the release before
have no such rows: they answer without links until they are made anew.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import repos.models.fields

def foreign_key(to, **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=to, **options
    )


def one_to_one(to, **options):
    return models.OneToOneField(
        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=to, **options
    )


class Migration(migrations.Migration):
    dependencies = [("repos", "0020_repository_additions")]

    operations = [
        migrations.AddField(
            "document",
            "pair_key",
            models.CharField(
                db_default="",
                default="",
                help_text="What the names of a test and of its code share.",
                max_length=100,
            ),
        ),
        migrations.AddIndex(
            "document",
            models.Index(
                condition=models.Q(("pair_key", ""), _negated=True),
                fields=["index", "pair_key"],
                name="files_by_pair_key",
            ),
        ),
        migrations.CreateModel(
            "Name",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", foreign_key("repos.index", db_index=False)),
                ("name", models.CharField(max_length=100)),
                ("squashed", models.CharField(max_length=100)),
                ("parts", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None)),
                ("documents", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None)),
                ("files", models.IntegerField()),
                ("users", models.IntegerField(help_text="Files that used it when its links were made.")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["index", "squashed"], name="squashed_names"),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["parts"], name="names_by_part"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["index", "name"], name="one_row_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            "Link",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "source_id", "target_id", "name_id",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("source", foreign_key("repos.document", db_index=False)),
                ("target", foreign_key("repos.document")),
                ("name", foreign_key("repos.name", db_index=False, db_constraint=False)),
                ("weight", repos.models.fields.RealField()),
            ],
        ),
        migrations.CreateModel(
            "Identifiers",
            [
                ("document", one_to_one("repos.document", primary_key=True, serialize=False)),
                ("index", foreign_key("repos.index")),
                ("defines", models.TextField()),
                ("uses", models.BinaryField()),
            ],
        ),
    ]
