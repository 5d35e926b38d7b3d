"""Columns get the field's terms as their names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0007_audit")]

    operations = [
        migrations.RenameField("message", "number", "position"),
        migrations.RenameField("message", "mode", "search_mode"),
        migrations.AlterModelOptions(
            "message",
            {
                "ordering": ["conversation", "position"],
                "permissions": [("read_message_text", "Can read the text of other people's messages")],
            },
        ),
        # PostgreSQL renames the column inside the constraint by itself; only Django's state must be told.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("message", "one_message_per_place"),
                migrations.AddConstraint(
                    "message",
                    models.UniqueConstraint(fields=["conversation", "position"], name="one_message_per_place"),
                ),
            ]
        ),
    ]
