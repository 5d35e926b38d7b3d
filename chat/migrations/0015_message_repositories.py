from django.db import migrations, models


class Migration(migrations.Migration):
    """What a question is about, where that is more than one repository."""

    dependencies = [("chat", "0014_message_steps")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="repositories",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                help_text="What is asked about, if several.",
            ),
        ),
    ]
