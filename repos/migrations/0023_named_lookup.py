"""Indexes by which a search finds the symbols and files that a question names.

Not CONCURRENTLY: a process that waits for the migrations of another one holds a snapshot, and such
a build would wait for that. With the plain form searches go on, and writing waits for seconds.
"""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0022_links_cascade'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='chunk',
            index=models.Index(models.F('index'), django.db.models.functions.text.Lower(models.Func(models.F('symbol'), models.Value('[^.]+$'), function='substring')), name='chunk_by_name'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(models.F('index'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Left(django.db.models.functions.text.Reverse(django.db.models.functions.text.Lower('path')), 200), 'text_pattern_ops'), name='document_by_path_end'),
        ),
    ]
