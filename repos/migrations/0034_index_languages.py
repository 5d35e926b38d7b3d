from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repos", "0033_files_with_names_left_out")]

    operations = [
        migrations.AddField(
            "index",
            "languages",
            models.JSONField(
                default=list,
                db_default=[],
                help_text="Languages of its code, that of most lines first.",
            ),
        ),
    ]
