"""A chunk may be a part of one long line: where it begins and ends in it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0015_share_permission'),
    ]

    operations = [
        migrations.AddField(
            model_name='chunk',
            name='start_column',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='chunk',
            name='end_column',
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
