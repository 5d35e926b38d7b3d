from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("chat", "0013_latest_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="steps",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                help_text="Calls of tools, and what each gave.",
            ),
        ),
    ]
