"""Columns get their defaults in the database, so that written-out inserts may leave them out."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0012_hnsw_embedders_and_error_codes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='chunk',
            name='is_live',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name='chunk',
            name='symbol',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AlterField(
            model_name='document',
            name='is_live',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name='index',
            name='chunks',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='index',
            name='commit_history',
            field=models.JSONField(db_default=[], default=list, help_text='Commits it stood at before, each with the steps to the next.'),
        ),
        migrations.AlterField(
            model_name='index',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name='index',
            name='embedders',
            field=models.JSONField(db_default=[], default=list, help_text='Keys of the embedders whose vectors this index holds.'),
        ),
        migrations.AlterField(
            model_name='index',
            name='files',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='index',
            name='format',
            field=models.IntegerField(db_default=0, default=0, help_text='Version of the cutting and weighing; another one means a new index.'),
        ),
        migrations.AlterField(
            model_name='index',
            name='hnsw_embedders',
            field=models.JSONField(db_default=[], default=list, help_text='Keys of the embedders whose HNSW graph is finished.'),
        ),
        migrations.AlterField(
            model_name='index',
            name='revision',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='index',
            name='skipped',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name='index',
            name='state',
            field=models.CharField(choices=[('building', 'Building'), ('lexical', 'ready by words'), ('ready', 'Ready')], db_default='building', default='building', max_length=10),
        ),
        migrations.AlterField(
            model_name='index',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name='index',
            name='vectors',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='claim_number',
            field=models.IntegerField(db_default=0, default=0, help_text='Counts claims: who holds an older number has lost the job.'),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='crash_count',
            field=models.IntegerField(db_default=0, default=0, help_text='How often whoever ran it showed no more sign of life.'),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='error',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='error_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=50),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='error_parameters',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='failures',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='Files that could not be read, and why.'),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='force',
            field=models.BooleanField(db_default=False, default=False, help_text='Build anew even when nothing has changed.'),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='progress',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='rerun_forced',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='rerun_requested',
            field=models.BooleanField(db_default=False, default=False, help_text='Asked for once more while it ran.'),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='result',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='stage',
            field=models.CharField(choices=[('waiting', 'Waiting for a free worker'), ('fetching', 'Fetching the repository'), ('reading', 'Reading and cutting files'), ('storing', 'Storing'), ('embedding', 'Computing vectors'), ('finished', 'Finished')], db_default='waiting', default='waiting', max_length=10),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='state',
            field=models.CharField(choices=[('queued', 'waiting'), ('running', 'Running'), ('paused', 'Paused'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], db_default='queued', default='queued', max_length=10),
        ),
        migrations.AlterField(
            model_name='indexjob',
            name='total',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='repository',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterField(
            model_name='repository',
            name='is_private',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='repository',
            name='revision',
            field=models.CharField(blank=True, db_default='', default='', help_text='Branch, tag or commit; empty for the default branch.', max_length=200),
        ),
        migrations.AlterField(
            model_name='repository',
            name='shares_allowed',
            field=models.BooleanField(db_default=False, default=False, help_text='Conversations about it may be shared by link although it is private.'),
        ),
        migrations.AlterField(
            model_name='repository',
            name='token_encrypted',
            field=models.TextField(blank=True, db_default='', default='', editable=False),
        ),
        migrations.AlterField(
            model_name='repository',
            name='used_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterField(
            model_name='repository',
            name='webhook_secret_encrypted',
            field=models.TextField(blank=True, db_default='', default='', editable=False),
        ),
    ]
