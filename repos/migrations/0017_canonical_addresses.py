"""Stored addresses take the one spelling that the same address has when it is typed.

Hosts that ignore case and host names of the same service used to make a row each. Where
two rows would become one, the older spelling stays: it goes on working.
"""

from django.db import IntegrityError, migrations, transaction

from repos.sources import SourceError, parse_address


def respell(apps, schema_editor):
    repositories = apps.get_model("repos", "Repository").objects
    rows = repositories.exclude(kind="local").order_by("created_at")
    for pk, kind, url in rows.values_list("pk", "kind", "url"):
        try:
            address = parse_address(url, kind)
        except SourceError:
            continue
        if address.url != url:
            try:
                with transaction.atomic():
                    repositories.filter(pk=pk).update(url=address.url, name=address.name)
            except IntegrityError:
                continue


class Migration(migrations.Migration):
    dependencies = [("repos", "0016_chunk_columns")]

    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]
