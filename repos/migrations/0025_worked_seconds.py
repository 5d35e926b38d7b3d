"""A job counts the time that it has worked, instead of when its stage began."""

from django.db import migrations, models

# Of unfinished jobs it is what has passed since, as their estimate was made until now.
FROM_START = """
UPDATE repos_indexjob
SET worked_seconds = greatest(extract(epoch FROM coalesce(heartbeat_at, now()) - stage_at), 0)
WHERE stage_at IS NOT NULL AND state IN ('queued', 'running', 'paused')
"""
TO_START = """
UPDATE repos_indexjob SET stage_at = now() - worked_seconds * interval '1 second'
WHERE state IN ('queued', 'running', 'paused')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0024_code_graph'),
    ]

    operations = [
        migrations.AddField(
            model_name='indexjob',
            name='worked_seconds',
            field=models.FloatField(db_default=0, default=0, help_text='How long its stage has run: without pauses and the turns of other jobs.'),
        ),
        migrations.RunSQL(FROM_START, TO_START),
        migrations.RemoveField(
            model_name='indexjob',
            name='stage_at',
        ),
    ]
