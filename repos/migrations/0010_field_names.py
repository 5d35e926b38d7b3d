"""Columns get the field's terms as their names. Data stays as it is: an index made before goes on answering."""

from django.db import migrations, models
from django.db.models import Q

LIVE_DOCUMENTS = "one_live_document_per_path"
STAGED_CHUNKS = "staged_chunks"


class Migration(migrations.Migration):
    dependencies = [("repos", "0009_commits_passed")]

    operations = [
        migrations.RenameField("indexjob", "again", "rerun_requested"),
        migrations.RenameField("indexjob", "again_forced", "rerun_forced"),
        migrations.RenameField("indexjob", "deaths", "crash_count"),
        migrations.RenameField("indexjob", "beat_at", "heartbeat_at"),
        migrations.RenameField("indexjob", "done", "progress"),
        migrations.RenameField("indexjob", "attempts", "claim_number"),
        migrations.RenameField("index", "passed", "commit_history"),
        migrations.RenameField("repository", "token_sealed", "token_encrypted"),
        migrations.RenameField("repository", "webhook_sealed", "webhook_secret_encrypted"),
        migrations.RenameField("document", "live", "is_live"),
        migrations.RenameField("chunk", "live", "is_live"),
        # PostgreSQL renames the column inside constraints and indexes by itself; only Django's state must be told.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("document", LIVE_DOCUMENTS),
                migrations.AddConstraint(
                    "document", models.UniqueConstraint(fields=["index", "path", "is_live"], name=LIVE_DOCUMENTS)
                ),
                migrations.RemoveIndex("chunk", STAGED_CHUNKS),
                migrations.AddIndex(
                    "chunk", models.Index(fields=["index"], condition=Q(is_live=False), name=STAGED_CHUNKS)
                ),
            ]
        ),
    ]
