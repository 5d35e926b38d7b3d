"""Postings: in which blocks of chunks each term stands. Filled when an index is made anew."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import repos.models.fields


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0027_trigrams'),
    ]

    operations = [
        migrations.AddField(
            model_name='term',
            name='weight',
            field=repos.models.fields.RealField(db_default=0.0, default=0.0),
        ),
        migrations.AddField(
            model_name='term',
            name='blocks',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=None),
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('pk', models.CompositePrimaryKey('index_id', 'term', 'place', blank=True, editable=False, primary_key=True, serialize=False)),
                ('index', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='repos.index')),
                ('place', models.BigIntegerField()),
                ('term', models.IntegerField()),
                ('base', models.IntegerField()),
                ('size', models.IntegerField()),
                ('weight', repos.models.fields.RealField()),
                ('blocks', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
            ],
        ),
        # Read whole, and hardly smaller when compressed.
        migrations.RunSQL(
            "ALTER TABLE repos_posting ALTER COLUMN blocks SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
