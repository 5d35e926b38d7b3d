from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wiki", "0013_search_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="wikibuild",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AlterField(
            model_name="pageversion",
            name="second_look",
            field=models.JSONField(
                blank=True,
                db_default={},
                default=dict,
                help_text="What of its questions it answers: `deepwiki.wiki.writing.second_look`.",
            ),
        ),
    ]
