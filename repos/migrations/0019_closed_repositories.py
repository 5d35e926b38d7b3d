"""A repository that its host no longer lets be read is closed; hosts are asked in turn."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0018_job_phases'),
    ]

    operations = [
        migrations.AddField(
            model_name='repository',
            name='checked_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When its host was last asked.', null=True),
        ),
        migrations.AddField(
            model_name='repository',
            name='closed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Since when its host refuses; its index is then no longer the current one.', null=True),
        ),
    ]
