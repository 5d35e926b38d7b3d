"""Whether a repository's host is public is recorded, since strangers read no other.

Rows of the well-known public services are marked. Others stay unmarked until they are
fetched again: what was fetched from them may have come from a private network.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import migrations, models

from repos.sources.hosts import HOSTS


def mark(apps, schema_editor):
    allowed = {entry.lower().partition(":")[0] for entry in settings.CLONE_ALLOW}
    repositories = apps.get_model("repos", "Repository").objects
    for pk, url in repositories.filter(url__startswith="https://").values_list("pk", "url"):
        hostname = urlsplit(url).hostname or ""
        if hostname not in allowed and any(host.is_public(hostname) for host in HOSTS):
            repositories.filter(pk=pk).update(host_is_public=True)


class Migration(migrations.Migration):
    dependencies = [("repos", "0013_database_defaults")]

    operations = [
        migrations.AddField(
            model_name="repository",
            name="host_is_public",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Its address is of a public host: people without an account may read it.",
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
