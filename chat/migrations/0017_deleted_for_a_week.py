from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0016_attachments")]
    operations = [
        migrations.AlterField(
            model_name="conversation",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Gone for its owner; deleted for good a week later.",
                null=True,
            ),
        ),
    ]
